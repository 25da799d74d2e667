//! The file behind the basemap: sections of fixed records that are read where they lie, nothing parsed on opening.
//!
//! Layout, little-endian, positions in units of 1e-5 degree (`basemap/build/encode.py` writes it):
//!
//! | part | content |
//! |---|---|
//! | header | `MDBASE\x01\n`, number of sections, CRC-32 of what follows, then offset and length of each section |
//! | keys, texts, attributes | key names by line; a pool of texts; records of (key number, offset and length of a text) |
//! | then for each scale: arcs | 16 bytes: first chunk, positions, division left and right, flags |
//! | chunks | 28 bytes: bounding box, first position, offset into the steps; 128 steps a chunk |
//! | steps | two Rice widths, then zigzag steps in longitude and latitude |
//! | features | start of each layer, then 40 bytes a feature: layer, class, rank, zoom, bounding box, label position, rings, attributes, number |
//! | rings | parts → rings → arc references (number × 2, plus 1 where the arc is used backwards) |

use std::borrow::Cow;
use std::ops::Range;

/// Positions per degree.
pub(super) const UNIT: f64 = 1e5;
const MAGIC: &[u8; 8] = b"MDBASE\x01\n";
const CHUNK: usize = 128;
const SHARED: usize = 3;
const PER_SCALE: usize = 5;
const SCALES: usize = 3;
/// Layers in the file, in order.
pub(super) const LAYERS: usize = 6;

/// What makes a basemap file unreadable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BasemapError {
    /// Not a basemap file at all.
    #[error("not a mapdesk basemap")]
    Magic,
    /// Shorter than its own table says, or a table that does not fit.
    #[error("the basemap is cut short or its table of sections is wrong")]
    Sections,
    /// The bytes are not those that were written.
    #[error("the basemap is damaged: its checksum does not match")]
    Checksum,
}

/// A box in whole units: west, south, east, north.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bounds {
    pub west: i32,
    pub south: i32,
    pub east: i32,
    pub north: i32,
}

impl Bounds {
    pub fn meets(&self, o: &Bounds) -> bool {
        self.west <= o.east && o.west <= self.east && self.south <= o.north && o.south <= self.north
    }
    pub fn with(self, o: Bounds) -> Bounds {
        Bounds {
            west: self.west.min(o.west),
            south: self.south.min(o.south),
            east: self.east.max(o.east),
            north: self.north.max(o.north),
        }
    }
}

/// What an arc is part of.
pub(super) mod flag {
    pub const SEAM: u8 = 1;
    pub const COAST: u8 = 2;
    pub const BORDER: u8 = 4;
    pub const DIVISION: u8 = 8;
}

#[derive(Debug, Clone, Copy)]
pub(super) struct ArcRecord {
    pub first_chunk: usize,
    pub positions: usize,
    pub left: u16,
    pub right: u16,
    pub flags: u8,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Chunk {
    pub bounds: Bounds,
    pub start: (i32, i32),
    pub steps: usize,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct FeatureRecord {
    pub class: u8,
    pub rank: u8,
    pub zoom: u8,
    pub bounds: Bounds,
    pub label: (i32, i32),
    pub rings: usize,
    pub attributes: usize,
    pub number: u16,
    pub country: u16,
}

/// The bytes and where each section lies.
#[derive(Debug)]
pub(super) struct File {
    bytes: Cow<'static, [u8]>,
    sections: Vec<Range<usize>>,
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn int(bytes: &[u8], at: usize) -> i32 {
    word(bytes, at).unwrap_or(0).cast_signed()
}

fn bounds(bytes: &[u8], at: usize) -> Bounds {
    Bounds { west: int(bytes, at), south: int(bytes, at + 4), east: int(bytes, at + 8), north: int(bytes, at + 12) }
}

/// A number of seven bits a byte; `None` past the end or beyond 32 bits.
pub(super) fn varint(bytes: &[u8], at: &mut usize) -> Option<usize> {
    let mut value = 0u32;
    for shift in (0..35).step_by(7) {
        let byte = *bytes.get(*at)?;
        *at += 1;
        value |= u32::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(value as usize);
        }
    }
    None
}

/// Bits from the lowest of each byte up; zeros past the end.
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
    held: u64,
    count: u32,
}

impl Bits<'_> {
    #[inline]
    fn fill(&mut self) {
        if self.count <= 32 {
            let low = match self.bytes.get(self.at..self.at + 4) {
                Some(four) => u32::from_le_bytes(four.try_into().expect("four bytes")),
                None => {
                    let mut four = [0; 4];
                    let rest = self.bytes.get(self.at..).unwrap_or_default();
                    four[..rest.len()].copy_from_slice(rest);
                    u32::from_le_bytes(four)
                }
            };
            self.at += 4;
            self.held |= u64::from(low) << self.count;
            self.count += 32;
        }
    }
    #[inline]
    fn take(&mut self, n: u32) -> u32 {
        let value = self.held & ((1u64 << n) - 1);
        self.held >>= n;
        self.count -= n;
        value as u32
    }
    /// One Rice-coded step of width `k`.
    #[inline]
    fn step(&mut self, k: u32) -> i32 {
        self.fill();
        let ones = self.held.trailing_ones().min(24);
        let coded = if ones < 24 {
            self.take(ones + 1);
            self.fill();
            ones.wrapping_shl(k) | self.take(k)
        } else {
            self.take(24);
            self.fill();
            self.take(32)
        };
        (coded >> 1).cast_signed() ^ -(coded & 1).cast_signed()
    }
}

impl File {
    /// Reads the table of sections; `check` also compares the checksum, which reads every byte.
    pub fn open(bytes: Cow<'static, [u8]>, check: bool) -> Result<Self, BasemapError> {
        if bytes.get(..8) != Some(MAGIC) {
            return Err(BasemapError::Magic);
        }
        let count = word(&bytes, 8).ok_or(BasemapError::Sections)? as usize;
        if count != SHARED + SCALES * PER_SCALE {
            return Err(BasemapError::Sections);
        }
        if check && word(&bytes, 12) != Some(libdeflater::crc32(bytes.get(16..).ok_or(BasemapError::Sections)?)) {
            return Err(BasemapError::Checksum);
        }
        let mut sections = Vec::with_capacity(count);
        for n in 0..count {
            let start = word(&bytes, 16 + 8 * n).ok_or(BasemapError::Sections)? as usize;
            let length = word(&bytes, 20 + 8 * n).ok_or(BasemapError::Sections)? as usize;
            let end = start.checked_add(length).ok_or(BasemapError::Sections)?;
            if end > bytes.len() {
                return Err(BasemapError::Sections);
            }
            sections.push(start..end);
        }
        Ok(Self { bytes, sections })
    }

    fn section(&self, n: usize) -> &[u8] {
        &self.bytes[self.sections[n].clone()]
    }

    fn of_scale(&self, scale: usize, part: usize) -> &[u8] {
        self.section(SHARED + scale * PER_SCALE + part)
    }

    /// Names of the attribute keys by number.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        std::str::from_utf8(self.section(0)).unwrap_or_default().lines()
    }

    fn text(&self, at: usize, length: usize) -> Option<&str> {
        std::str::from_utf8(self.section(1).get(at..at.checked_add(length)?)?).ok()
    }

    /// Key numbers of an attribute record, with offset and length of their texts.
    fn entries(&self, record: usize) -> impl Iterator<Item = (usize, usize, usize)> {
        let bytes = self.section(2);
        let mut at = record;
        let count = varint(bytes, &mut at).unwrap_or(0);
        (0..count).map_while(move |_| {
            let key = varint(bytes, &mut at)?;
            Some((key, varint(bytes, &mut at)?, varint(bytes, &mut at)?))
        })
    }

    /// Key numbers and texts of an attribute record.
    pub fn attributes(&self, record: usize) -> impl Iterator<Item = (usize, &str)> {
        self.entries(record).map_while(|(key, start, length)| Some((key, self.text(start, length)?)))
    }

    /// The text of one key of an attribute record.
    pub fn attribute(&self, record: usize, key: usize) -> Option<&str> {
        let (_, start, length) = self.entries(record).find(|e| e.0 == key)?;
        self.text(start, length)
    }

    pub fn arc_count(&self, scale: usize) -> usize {
        self.of_scale(scale, 0).len() / 16
    }

    pub fn arc(&self, scale: usize, n: usize) -> Option<ArcRecord> {
        let r = self.of_scale(scale, 0).get(n.checked_mul(16)?..)?.get(..16)?;
        Some(ArcRecord {
            first_chunk: word(r, 0)? as usize,
            positions: word(r, 4)? as usize,
            left: u16::from_le_bytes([r[8], r[9]]),
            right: u16::from_le_bytes([r[10], r[11]]),
            flags: r[12],
        })
    }

    /// Chunks of an arc with the number of steps in each; fewer where the file is damaged.
    pub fn chunks(&self, scale: usize, arc: &ArcRecord) -> impl Iterator<Item = (Chunk, usize)> {
        let bytes = self.of_scale(scale, 1);
        let (first, steps) = (arc.first_chunk, arc.positions.saturating_sub(1));
        (0..steps.div_ceil(CHUNK)).map_while(move |n| {
            let r = bytes.get(first.checked_add(n)?.checked_mul(28)?..)?.get(..28)?;
            let chunk = Chunk { bounds: bounds(r, 0), start: (int(r, 16), int(r, 20)), steps: word(r, 24)? as usize };
            Some((chunk, (steps - n * CHUNK).min(CHUNK)))
        })
    }

    /// The box around an arc; `None` for an arc without chunks.
    pub fn arc_bounds(&self, scale: usize, arc: &ArcRecord) -> Option<Bounds> {
        self.chunks(scale, arc).map(|(c, _)| c.bounds).reduce(Bounds::with)
    }

    /// Calls `each` with every position of a chunk but its first.
    pub fn steps(&self, scale: usize, chunk: &Chunk, count: usize, mut each: impl FnMut(i32, i32)) {
        let bytes = self.of_scale(scale, 2).get(chunk.steps..).unwrap_or_default();
        let [kx, ky, ..] = *bytes else { return };
        let (kx, ky) = (u32::from(kx).min(31), u32::from(ky).min(31));
        let mut bits = Bits { bytes, at: 2, held: 0, count: 0 };
        let (mut x, mut y) = chunk.start;
        for _ in 0..count {
            x = x.wrapping_add(bits.step(kx));
            y = y.wrapping_add(bits.step(ky));
            each(x, y);
        }
    }

    /// The features of a layer, as numbers within the scale.
    pub fn layer(&self, scale: usize, layer: usize) -> Range<usize> {
        let bytes = self.of_scale(scale, 3);
        let total = bytes.len().saturating_sub(4 * (LAYERS + 1)) / 40;
        let bound = |n| (word(bytes, 4 * n).unwrap_or(0) as usize).min(total);
        let (start, end) = (bound(layer), bound(layer + 1));
        start..end.max(start)
    }

    pub fn feature(&self, scale: usize, n: usize) -> Option<FeatureRecord> {
        let r = self.of_scale(scale, 3).get((4 * (LAYERS + 1)).checked_add(n.checked_mul(40)?)?..)?.get(..40)?;
        let number = word(r, 36)?;
        Some(FeatureRecord {
            class: r[1],
            rank: r[2],
            zoom: r[3],
            bounds: bounds(r, 4),
            label: (int(r, 20), int(r, 24)),
            rings: word(r, 28)? as usize,
            attributes: word(r, 32)? as usize,
            number: number as u16,
            country: (number >> 16) as u16,
        })
    }

    /// Parts → rings → (arc, backwards) of a feature; what does not fit the file is left out.
    pub fn rings(&self, scale: usize, record: usize) -> Vec<Vec<Vec<(usize, bool)>>> {
        let bytes = self.of_scale(scale, 4);
        let arcs = self.arc_count(scale);
        let mut at = record;
        let mut count = |most: usize| varint(bytes, &mut at).filter(|&n| n <= most);
        let mut parts = Vec::new();
        // Every item takes at least a byte, so no count can exceed the section: a damaged file cannot ask for much memory.
        let most = bytes.len();
        for _ in 0..count(most).unwrap_or(0) {
            let Some(rings) = count(most) else { break };
            let mut part = Vec::new();
            for _ in 0..rings {
                let Some(refs) = count(most) else { break };
                let mut ring = Vec::with_capacity(refs.min(1024));
                for _ in 0..refs {
                    let Some(r) = count(usize::MAX) else { break };
                    if r >> 1 < arcs {
                        ring.push((r >> 1, r & 1 == 1));
                    }
                }
                part.push(ring);
            }
            parts.push(part);
        }
        parts
    }
}
