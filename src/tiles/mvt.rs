//! Mapbox Vector Tile 2.1: writing layers and geometries.

use super::attributes::{Code, Decoded, NULL, Values, encode_int, varint};
use super::features::{Class, Features};
use super::rings::{Rings, shells_with_holes};
use super::source::chunk::Kind;
use super::world::Pt;

const MOVE_TO: u64 = 1;
const LINE_TO: u64 = 2;
const CLOSE: u8 = 15;

#[inline]
fn zigzag(v: i32) -> u64 {
    u64::from((v << 1) as u32 ^ (v >> 31) as u32)
}

/// Appends points, relative to a tile's corner.
pub fn encode_points(points: &[Pt], origin: Pt, out: &mut Vec<u8>) {
    varint(out, (points.len() as u64) << 3 | MOVE_TO);
    let mut c = origin;
    for p in points {
        varint(out, zigzag(p[0].wrapping_sub(c[0])));
        varint(out, zigzag(p[1].wrapping_sub(c[1])));
        c = *p;
    }
}

fn encode_path(path: &[Pt], cursor: &mut Pt, coarse: u32, out: &mut Vec<u8>) {
    let mut c = *cursor;
    let mut step = |p: Pt, out: &mut Vec<u8>| {
        varint(out, zigzag(p[0].wrapping_sub(c[0]) << coarse));
        varint(out, zigzag(p[1].wrapping_sub(c[1]) << coarse));
        c = p;
    };
    out.push((1 << 3 | MOVE_TO) as u8);
    step(path[0], out);
    varint(out, ((path.len() - 1) as u64) << 3 | LINE_TO);
    for p in &path[1..] {
        step(*p, out);
    }
    *cursor = c;
}

/// Appends lines; `coarse` is the binary logarithm of their unit in the tile's units.
pub fn encode_lines(lines: &Rings, origin: Pt, coarse: u32, out: &mut Vec<u8>) {
    let mut cursor = origin;
    for line in lines.iter() {
        encode_path(line, &mut cursor, coarse, out);
    }
}

/// Appends polygons: each outer ring, then its holes; `coarse` as for lines.
pub fn encode_polygons(rings: &Rings, origin: Pt, coarse: u32, out: &mut Vec<u8>) {
    let mut cursor = origin;
    if rings.len() == 1 {
        encode_path(rings.ring(0), &mut cursor, coarse, out);
        out.push(CLOSE);
        return;
    }
    for n in shells_with_holes(rings) {
        encode_path(rings.ring(n), &mut cursor, coarse, out);
        out.push(CLOSE);
    }
}

/// Local numbers of values met in one tile layer: table values by stamp, whole numbers by hash.
#[derive(Debug, Default)]
struct Locals {
    stamps: Vec<(u32, u32)>,
    /// Open addressing: code and local number; [`NULL`] where free.
    ints: Vec<(Code, u32)>,
    used: usize,
    stamp: u32,
}

/// Space for building tile layers, kept from tile to tile.
#[derive(Debug, Default)]
pub struct LayerWriter {
    locals: Locals,
    key_stamps: Vec<(u32, u32)>,
    keys: Vec<u16>,
    features: Vec<u8>,
    values: Vec<u8>,
    value_count: u32,
    body: Vec<u8>,
    tags: Vec<u8>,
    /// Features written since the layer began.
    pub count: u32,
}

impl LayerWriter {
    /// Begins a layer.
    pub fn begin(&mut self, features: &Features) {
        self.locals.stamp = self.locals.stamp.wrapping_add(1);
        if self.locals.stamp == 0 {
            self.locals = Locals { stamp: 1, ..Locals::default() };
            self.key_stamps.clear();
        }
        self.locals.stamps.resize(features.values.len(), (0, 0));
        self.locals.forget_ints();
        self.key_stamps.resize(features.keys.len(), (0, 0));
        self.keys.clear();
        self.features.clear();
        self.values.clear();
        self.value_count = 0;
        self.count = 0;
    }

    /// Adds a feature whose geometry is already encoded.
    #[inline]
    #[expect(clippy::too_many_arguments, reason = "one call writes one feature")]
    pub fn feature(
        &mut self,
        kind: Kind,
        class: &Class,
        codes: &[Code],
        id: u64,
        values: &Values,
        extra: Option<(u16, Code)>,
        geometry: impl FnOnce(&mut Vec<u8>),
    ) {
        self.body.clear();
        self.tags.clear();
        if class.with_id {
            self.body.push(0x08);
            varint(&mut self.body, id);
        }
        for (key, code) in class.keys.iter().zip(codes) {
            if *code == NULL || extra.is_some_and(|(k, _)| k == *key) {
                continue;
            }
            let k = self.key(*key);
            let v = self.value(*code, values);
            varint(&mut self.tags, u64::from(k));
            varint(&mut self.tags, u64::from(v));
        }
        if let Some((key, code)) = extra {
            let k = self.key(key);
            let v = self.value(code, values);
            varint(&mut self.tags, u64::from(k));
            varint(&mut self.tags, u64::from(v));
        }
        if !self.tags.is_empty() {
            self.body.push(0x12);
            varint(&mut self.body, self.tags.len() as u64);
            self.body.extend_from_slice(&self.tags);
        }
        self.body.extend_from_slice(&[
            0x18,
            match kind {
                Kind::Point => 1,
                Kind::Line => 2,
                Kind::Polygon => 3,
            },
            0x22,
        ]);
        self.tags.clear();
        geometry(&mut self.tags);
        varint(&mut self.body, self.tags.len() as u64);
        self.features.push(0x12);
        varint(&mut self.features, (self.body.len() + self.tags.len()) as u64);
        self.features.extend_from_slice(&self.body);
        self.features.extend_from_slice(&self.tags);
        self.count += 1;
    }

    #[inline]
    fn key(&mut self, key: u16) -> u32 {
        let slot = &mut self.key_stamps[key as usize];
        if slot.0 != self.locals.stamp {
            *slot = (self.locals.stamp, self.keys.len() as u32);
            self.keys.push(key);
        }
        slot.1
    }

    #[inline]
    fn value(&mut self, code: Code, values: &Values) -> u32 {
        let next = self.value_count;
        if let Some(n) = super::attributes::table_index(code) {
            let slot = &mut self.locals.stamps[n as usize];
            if slot.0 == self.locals.stamp {
                return slot.1;
            }
            *slot = (self.locals.stamp, next);
            let message = values.get(n);
            self.values.push(0x22);
            varint(&mut self.values, message.len() as u64);
            self.values.extend_from_slice(message);
        } else {
            match self.locals.int(code, next) {
                Some(known) => return known,
                None => {
                    let start = self.values.len();
                    self.values.extend_from_slice(&[0x22, 0]);
                    match values.decode(code) {
                        Decoded::Int(v) => encode_int(&mut self.values, v),
                        Decoded::Bool(v) => self.values.extend_from_slice(&[0x38, u8::from(v)]),
                        Decoded::Table(..) | Decoded::Null => {}
                    }
                    self.values[start + 1] = (self.values.len() - start - 2) as u8;
                }
            }
        }
        self.value_count += 1;
        next
    }

    /// Ends the layer and appends it to a tile; a layer without features is left out.
    pub fn end(&mut self, name: &str, extent: u32, features: &Features, tile: &mut Vec<u8>) {
        if self.count == 0 {
            return;
        }
        let mut head = Vec::with_capacity(name.len() + 8);
        head.extend_from_slice(&[0x78, 2, 0x0a]);
        varint(&mut head, name.len() as u64);
        head.extend_from_slice(name.as_bytes());
        let mut tail = Vec::new();
        for key in &self.keys {
            let name = features.keys.name(*key);
            tail.push(0x1a);
            varint(&mut tail, name.len() as u64);
            tail.extend_from_slice(name.as_bytes());
        }
        let mut extent_field = vec![0x28];
        varint(&mut extent_field, u64::from(extent));
        let total = head.len() + self.features.len() + tail.len() + self.values.len() + extent_field.len();
        if tile.is_empty() {
            // The first layer becomes the tile where it stands: one of the whole world is too large to be copied.
            let mut start = vec![0x1a];
            varint(&mut start, total as u64);
            start.extend_from_slice(&head);
            self.features.splice(0..0, start);
            std::mem::swap(tile, &mut self.features);
        } else {
            tile.reserve(total + 6);
            tile.push(0x1a);
            varint(tile, total as u64);
            tile.extend_from_slice(&head);
            tile.extend_from_slice(&self.features);
        }
        tile.extend_from_slice(&tail);
        tile.extend_from_slice(&self.values);
        tile.extend_from_slice(&extent_field);
        if self.features.capacity().max(tile.capacity()) > 1 << 24 {
            // A tile of the whole world must not hold its space for ever.
            self.features = Vec::new();
            self.values = Vec::new();
            self.locals.ints = Vec::new();
        }
    }
}

impl Locals {
    /// Forgets the whole numbers; a table much larger than what the last layer needed is made smaller.
    fn forget_ints(&mut self) {
        let wanted = (self.used * 2).next_power_of_two().max(256);
        if self.ints.len() > 4 * wanted {
            self.ints = Vec::new();
        } else if self.used > 0 {
            self.ints.fill((NULL, 0));
        }
        self.used = 0;
    }
    #[inline]
    fn slot(code: Code, size: usize) -> usize {
        (u64::from(code).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize & (size - 1)
    }
    /// The local number of a whole number, or `None` after giving it the next one.
    #[inline]
    fn int(&mut self, code: Code, next: u32) -> Option<u32> {
        if self.used * 4 >= self.ints.len() * 3 {
            self.grow();
        }
        let size = self.ints.len();
        let mut at = Self::slot(code, size);
        loop {
            let slot = &mut self.ints[at];
            if slot.0 == code {
                return Some(slot.1);
            }
            if slot.0 == NULL {
                *slot = (code, next);
                self.used += 1;
                return None;
            }
            at = (at + 1) & (size - 1);
        }
    }
    #[cold]
    fn grow(&mut self) {
        let size = (self.ints.len() * 2).max(256);
        let old = std::mem::replace(&mut self.ints, vec![(NULL, 0); size]);
        for (code, local) in old {
            if code != NULL {
                let mut at = Self::slot(code, size);
                while self.ints[at].0 != NULL {
                    at = (at + 1) & (size - 1);
                }
                self.ints[at] = (code, local);
            }
        }
    }
}
