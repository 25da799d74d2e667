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

/// Appends a path that begins at its point number `start` and goes round.
fn encode_path(path: &[Pt], start: usize, cursor: &mut Pt, coarse: u32, out: &mut Vec<u8>) {
    let mut c = *cursor;
    let mut step = |p: Pt, out: &mut Vec<u8>| {
        varint(out, zigzag(p[0].wrapping_sub(c[0]) << coarse));
        varint(out, zigzag(p[1].wrapping_sub(c[1]) << coarse));
        c = p;
    };
    out.push((1 << 3 | MOVE_TO) as u8);
    step(path[start], out);
    varint(out, ((path.len() - 1) as u64) << 3 | LINE_TO);
    for p in path[start + 1..].iter().chain(&path[..start]) {
        step(*p, out);
    }
    *cursor = c;
}

/// Longer rings gain nothing by a choice of their first point.
const SHORT: usize = 32;

fn encode_ring(ring: &[Pt], cursor: &mut Pt, coarse: u32, out: &mut Vec<u8>) {
    let start = if ring.len() <= SHORT { best_start(ring, *cursor, coarse) } else { 0 };
    encode_path(ring, start, cursor, coarse, out);
    out.push(CLOSE);
}

/// The point at which a ring begins with the fewest bytes: the edge that leads to it is not written. Among equals the longest is left
/// out.
fn best_start(ring: &[Pt], cursor: Pt, coarse: u32) -> usize {
    let bytes = |v: i32| {
        let v = zigzag(v << coarse);
        1 + i32::from(v >= 1 << 7) + i32::from(v >= 1 << 14) + i32::from(v >= 1 << 21)
    };
    let step = |a: Pt, b: Pt| bytes(b[0].wrapping_sub(a[0])) + bytes(b[1].wrapping_sub(a[1]));
    let mut best = (i32::MAX, 0, 0);
    let mut before = ring[ring.len() - 1];
    for (n, p) in ring.iter().enumerate() {
        let length = before[0].abs_diff(p[0]) + before[1].abs_diff(p[1]);
        let cost = step(cursor, *p) - step(before, *p);
        if (cost, u32::MAX - length) < (best.0, u32::MAX - best.1) {
            best = (cost, length, n);
        }
        before = *p;
    }
    best.2
}

/// Appends lines; `coarse` is the binary logarithm of their unit in that of the layer.
pub fn encode_lines(lines: &Rings, origin: Pt, coarse: u32, out: &mut Vec<u8>) {
    let mut cursor = origin;
    for line in lines.iter() {
        encode_path(line, 0, &mut cursor, coarse, out);
    }
}

/// Appends polygons: each outer ring, then its holes; `coarse` as for lines.
pub fn encode_polygons(rings: &Rings, origin: Pt, coarse: u32, out: &mut Vec<u8>) {
    let mut cursor = origin;
    if rings.len() == 1 {
        encode_ring(rings.ring(0), &mut cursor, coarse, out);
        return;
    }
    for n in shells_with_holes(rings) {
        encode_ring(rings.ring(n), &mut cursor, coarse, out);
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

/// A feature of a layer in work, whose values have no final numbers yet.
#[derive(Debug, Clone, Copy)]
struct Record {
    kind: Kind,
    id: Option<u64>,
    tags_end: u32,
    geometry_end: u32,
}

/// Larger layers are written feature by feature, so that no second copy of them is held.
pub const HELD: usize = 1 << 18;

/// Space for building tile layers, kept from tile to tile.
///
/// Attributes stand in order of how many different values they have, the fewest first, and values are numbered attribute by attribute:
/// the numbers of frequent values are short, and what is alike stands together.
#[derive(Debug, Default)]
pub struct LayerWriter {
    locals: Locals,
    key_stamps: Vec<(u32, u32)>,
    keys: Vec<u16>,
    /// How many values each attribute brought in.
    per_key: Vec<u32>,
    features: Vec<u8>,
    /// Messages of the values, one after another, and of each its attribute and its end.
    values: Vec<u8>,
    value_ends: Vec<(u32, u32)>,
    records: Vec<Record>,
    /// Attribute and value of each tag.
    tags: Vec<(u32, u32)>,
    geometry: Vec<u8>,
    held: bool,
    /// The attribute whose values are all different.
    unique: Option<u16>,
    /// Features written since the layer began.
    pub count: u32,
}

impl LayerWriter {
    /// Begins a layer, given by its number, of at most so many features.
    pub fn begin(&mut self, features: &Features, layer: u16, most: usize) {
        // Counts of clusters may be any number.
        self.unique = features.layers[layer as usize].unique.filter(|_| features.count_key.is_none());
        self.locals.stamp = self.locals.stamp.wrapping_add(1);
        if self.locals.stamp == 0 {
            self.locals = Locals { stamp: 1, ..Locals::default() };
            self.key_stamps.clear();
        }
        self.locals.stamps.resize(features.values.len(), (0, 0));
        self.locals.forget_ints();
        self.key_stamps.resize(features.keys.len(), (0, 0));
        self.keys.clear();
        self.per_key.clear();
        self.features.clear();
        self.values.clear();
        self.value_ends.clear();
        self.records.clear();
        self.tags.clear();
        self.geometry.clear();
        self.held = most <= HELD;
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
        for (key, code) in class.keys.iter().zip(codes) {
            if *code == NULL || extra.is_some_and(|(k, _)| k == *key) {
                continue;
            }
            let k = self.key(*key);
            let v = if self.unique == Some(*key) && values.is_single(*code) {
                self.add_value(*code, k, values)
            } else {
                self.value(*code, k, values)
            };
            self.tags.push((k, v));
        }
        if let Some((key, code)) = extra {
            let k = self.key(key);
            let v = self.value(code, k, values);
            self.tags.push((k, v));
        }
        geometry(&mut self.geometry);
        let id = class.with_id.then_some(id);
        if self.held {
            let (tags_end, geometry_end) = (self.tags.len() as u32, self.geometry.len() as u32);
            self.records.push(Record { kind, id, tags_end, geometry_end });
        } else {
            encode_feature(kind, id, &self.tags, &self.geometry, &mut self.features);
            self.tags.clear();
            self.geometry.clear();
        }
        self.count += 1;
    }

    #[inline]
    fn key(&mut self, key: u16) -> u32 {
        let slot = &mut self.key_stamps[key as usize];
        if slot.0 != self.locals.stamp {
            *slot = (self.locals.stamp, self.keys.len() as u32);
            self.keys.push(key);
            self.per_key.push(0);
        }
        slot.1
    }

    #[inline]
    fn value(&mut self, code: Code, key: u32, values: &Values) -> u32 {
        let next = self.value_ends.len() as u32;
        if let Some(n) = super::attributes::table_index(code) {
            let slot = &mut self.locals.stamps[n as usize];
            if slot.0 == self.locals.stamp {
                return slot.1;
            }
            *slot = (self.locals.stamp, next);
        } else if let Some(known) = self.locals.int(code, next) {
            return known;
        }
        self.add_value(code, key, values)
    }

    /// Adds a value that is not there yet.
    #[inline]
    fn add_value(&mut self, code: Code, key: u32, values: &Values) -> u32 {
        let start = self.values.len();
        match values.decode(code) {
            Decoded::Table(_, message) => {
                self.values.push(0x22);
                varint(&mut self.values, message.len() as u64);
                self.values.extend_from_slice(message);
            }
            small => {
                self.values.extend_from_slice(&[0x22, 0]);
                match small {
                    Decoded::Int(v) => encode_int(&mut self.values, v),
                    Decoded::Bool(v) => self.values.extend_from_slice(&[0x38, u8::from(v)]),
                    Decoded::Table(..) | Decoded::Null => {}
                }
                self.values[start + 1] = (self.values.len() - start - 2) as u8;
            }
        }
        self.per_key[key as usize] += 1;
        self.value_ends.push((key, self.values.len() as u32));
        self.value_ends.len() as u32 - 1
    }

    /// Gives attributes and values their numbers and writes the features that were held.
    fn number_values(&mut self) {
        let mut keys: Vec<u32> = (0..self.per_key.len() as u32).collect();
        keys.sort_by_key(|k| self.per_key[*k as usize]);
        let mut place = vec![0u32; keys.len()];
        let mut next = vec![0u32; keys.len()];
        let mut sum = 0;
        for (n, k) in keys.iter().enumerate() {
            place[*k as usize] = n as u32;
            next[*k as usize] = sum;
            sum += self.per_key[*k as usize];
        }
        self.keys = keys.iter().map(|k| self.keys[*k as usize]).collect();
        let number: Vec<u32> = self
            .value_ends
            .iter()
            .map(|(key, _)| {
                let n = &mut next[*key as usize];
                *n += 1;
                *n - 1
            })
            .collect();
        let (mut tag, mut byte) = (0, 0);
        for r in &self.records {
            let tags = &mut self.tags[tag..r.tags_end as usize];
            tags.iter_mut().for_each(|(k, v)| (*k, *v) = (place[*k as usize], number[*v as usize]));
            tags.sort_unstable_by_key(|t| t.0);
            let geometry = &self.geometry[byte..r.geometry_end as usize];
            encode_feature(r.kind, r.id, tags, geometry, &mut self.features);
            (tag, byte) = (r.tags_end as usize, r.geometry_end as usize);
        }
        let mut order = vec![0u32; number.len()];
        number.iter().enumerate().for_each(|(old, new)| order[*new as usize] = old as u32);
        let mut sorted = Vec::with_capacity(self.values.len());
        for old in order {
            let start = (old as usize).checked_sub(1).map_or(0, |n| self.value_ends[n].1 as usize);
            sorted.extend_from_slice(&self.values[start..self.value_ends[old as usize].1 as usize]);
        }
        self.values = sorted;
    }

    /// Ends the layer and appends it to a tile; a layer without features is left out.
    pub fn end(&mut self, name: &str, extent: u32, features: &Features, tile: &mut Vec<u8>) {
        if self.count == 0 {
            return;
        }
        if self.held {
            self.number_values();
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
            self.value_ends = Vec::new();
            self.locals.ints = Vec::new();
        }
    }
}

/// Appends a feature to those of its layer. The kind comes first: it continues what the features have in common.
#[inline]
fn encode_feature(kind: Kind, id: Option<u64>, tags: &[(u32, u32)], geometry: &[u8], out: &mut Vec<u8>) {
    let size = |v: u64| (u64::from((v | 1).ilog2()) / 7 + 1) as usize;
    let tag_bytes: usize = tags.iter().map(|(k, v)| size(u64::from(*k)) + size(u64::from(*v))).sum();
    let tags_field = if tags.is_empty() { 0 } else { 1 + size(tag_bytes as u64) + tag_bytes };
    let id_field = id.map_or(0, |id| 1 + size(id));
    out.push(0x12);
    varint(out, (id_field + tags_field + 3 + size(geometry.len() as u64) + geometry.len()) as u64);
    let kind = match kind {
        Kind::Point => 1,
        Kind::Line => 2,
        Kind::Polygon => 3,
    };
    out.extend_from_slice(&[0x18, kind]);
    if let Some(id) = id {
        out.push(0x08);
        varint(out, id);
    }
    if !tags.is_empty() {
        out.push(0x12);
        varint(out, tag_bytes as u64);
        for (k, v) in tags {
            varint(out, u64::from(*k));
            varint(out, u64::from(*v));
        }
    }
    out.push(0x22);
    varint(out, geometry.len() as u64);
    out.extend_from_slice(geometry);
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
