//! A batch of features as they come from a reader: world coordinates, raw attribute values, nothing interned yet.
//!
//! Readers fill chunks on any thread; `features` takes them in order, so that the result does not depend on the threads.

use crate::diag::Note;
use crate::tiles::attributes::{self, Code, NULL};
use crate::tiles::world::Pt;

/// The kind of a geometry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// One or more points.
    Point,
    /// One or more lines.
    Line,
    /// One or more polygons.
    Polygon,
}

/// An attribute value before interning.
#[derive(Debug, Clone, Copy)]
pub struct Attribute {
    /// Index into [`Chunk::keys`].
    pub key: u16,
    /// The code, where the value needs no table; else [`NULL`] and the message stands in `start..end` of [`Chunk::bytes`].
    pub code: Code,
    /// Hash of the message.
    pub hash: u64,
    /// Where the encoded message starts.
    pub start: u32,
    /// Where it ends; equal to `start` where there is none.
    pub end: u32,
}

/// A feature of a chunk; its ranges end where those of the next begin.
#[derive(Debug, Clone, Copy)]
pub struct RawFeature {
    /// What it is.
    pub kind: Kind,
    /// End of its attributes in [`Chunk::attributes`].
    pub attributes_end: u32,
    /// End of its rings (parts of lines, single points) in [`Chunk::ring_ends`].
    pub rings_end: u32,
    /// The id, where it has a whole one.
    pub id: Option<u64>,
    /// First and last zoom it is wanted at.
    pub zooms: (u8, u8),
    /// A layer of its own choice (tippecanoe's `layer` member): index into [`Chunk::layers`].
    pub layer: Option<u16>,
}

/// A batch of features.
#[derive(Debug, Default)]
pub struct Chunk {
    /// Names of attributes.
    pub keys: Vec<String>,
    /// Names of layers that features ask for themselves.
    pub layers: Vec<String>,
    /// The features.
    pub features: Vec<RawFeature>,
    /// Attributes of all features.
    pub attributes: Vec<Attribute>,
    /// Encoded values.
    pub bytes: Vec<u8>,
    /// World coordinates of all features; polygon rings without their closing point.
    pub points: Vec<Pt>,
    /// Ends of rings in `points`; the top bit says that the ring opens a new polygon.
    pub ring_ends: Vec<u32>,
    /// What there is to say.
    pub notes: Vec<Note>,
    /// Features that were left out because something was wrong with them.
    pub refused: u64,
    /// Features without a geometry.
    pub empty: u64,
    /// The attribute of the previous feature at the same place, the likely key of the next.
    expected: usize,
    /// The keys of the previous feature.
    previous: Vec<u16>,
}

/// The bit of a ring end that opens a new polygon.
pub const SHELL: u32 = 1 << 31;

impl Chunk {
    /// The local number of a key.
    #[inline]
    pub fn key(&mut self, name: &str) -> u16 {
        if let Some(&k) = self.previous.get(self.expected)
            && self.keys[k as usize] == name
        {
            self.expected += 1;
            return k;
        }
        let k = match self.keys.iter().position(|k| k == name) {
            Some(k) => k,
            None => {
                self.keys.push(name.to_owned());
                self.keys.len() - 1
            }
        };
        if let Some(at) = self.previous.iter().position(|p| *p as usize == k) {
            self.expected = at + 1;
        }
        k as u16
    }
    /// Adds a whole number.
    #[inline]
    pub fn int(&mut self, key: u16, v: i64) {
        match attributes::int_code(v) {
            Some(code) => self.coded(key, code),
            None => self.message(key, |out| attributes::encode_int(out, v)),
        }
    }
    /// Adds a number, as a whole one where it is one.
    #[inline]
    pub fn float(&mut self, key: u16, v: f64) {
        if v.fract() == 0.0 && v.abs() < 9_007_199_254_740_992.0 {
            self.int(key, v as i64);
        } else {
            self.message(key, |out| attributes::encode_float(out, v));
        }
    }
    /// Adds a text.
    #[inline]
    pub fn text(&mut self, key: u16, v: &[u8]) {
        self.message(key, |out| attributes::encode_text(out, v));
    }
    /// Adds a truth value.
    pub fn bool(&mut self, key: u16, v: bool) {
        self.coded(key, attributes::bool_code(v));
    }
    /// Adds a value that needs no table.
    #[inline]
    pub fn coded(&mut self, key: u16, code: Code) {
        self.attributes.push(Attribute { key, code, hash: 0, start: 0, end: 0 });
    }
    #[inline]
    fn message(&mut self, key: u16, encode: impl FnOnce(&mut Vec<u8>)) {
        let start = self.bytes.len();
        encode(&mut self.bytes);
        let hash = attributes::hash(&self.bytes[start..]);
        self.attributes.push(Attribute { key, code: NULL, hash, start: start as u32, end: self.bytes.len() as u32 });
    }
    /// Ends a ring or line; `shell` opens a new polygon (every part of other kinds does).
    #[inline]
    pub fn end_ring(&mut self, shell: bool) {
        self.ring_ends.push(self.points.len() as u32 | if shell { SHELL } else { 0 });
    }
    /// The state to return to when a feature proves bad.
    pub fn mark(&self) -> Mark {
        Mark {
            attributes: self.attributes.len(),
            bytes: self.bytes.len(),
            points: self.points.len(),
            rings: self.ring_ends.len(),
            features: self.features.len(),
        }
    }
    /// Forgets what came after a mark.
    pub fn reset(&mut self, mark: Mark) {
        self.attributes.truncate(mark.attributes);
        self.bytes.truncate(mark.bytes);
        self.points.truncate(mark.points);
        self.ring_ends.truncate(mark.rings);
        self.features.truncate(mark.features);
        self.expected = 0;
    }
    /// Ends a feature.
    pub fn end_feature(&mut self, feature: RawFeature) {
        let start = self.features.last().map_or(0, |f| f.attributes_end) as usize;
        self.previous.clear();
        self.previous.extend(self.attributes[start..].iter().map(|a| a.key));
        self.expected = 0;
        self.features.push(feature);
    }
    /// The same attributes once more, for another part of a collection.
    pub fn repeat_attributes(&mut self, from: usize, to: usize) {
        self.attributes.extend_from_within(from..to);
    }
}

/// Where a chunk stood.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    /// Attributes.
    pub attributes: usize,
    bytes: usize,
    /// Points.
    pub points: usize,
    /// Rings.
    pub rings: usize,
    features: usize,
}
