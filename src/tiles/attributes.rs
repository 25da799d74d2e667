//! Attributes: keys and values interned once for all features, small whole numbers held in the code itself.
//!
//! A value is a `u32` code: two bits of kind, thirty of content. Texts and fractions stand once, as an encoded MVT `Value`
//! message, in a table; whole numbers below 2³⁰ need no table at all, so that an id column costs no memory.

use rustc_hash::{FxHashMap, FxHashSet};
use std::hash::Hasher as _;

/// A coded attribute value.
pub type Code = u32;

const KIND_SHIFT: u32 = 30;
const CONTENT: u32 = (1 << KIND_SHIFT) - 1;
const TABLE: u32 = 0;
const UNSIGNED: u32 = 1;
const NEGATIVE: u32 = 2;
const SPECIAL: u32 = 3;

/// The code of no value.
pub const NULL: Code = (SPECIAL << KIND_SHIFT) | 2;

/// The code of a truth value.
pub fn bool_code(v: bool) -> Code {
    (SPECIAL << KIND_SHIFT) | u32::from(v)
}

/// The code of a small whole number; `None` where it needs the table.
#[inline]
pub fn int_code(v: i64) -> Option<Code> {
    if (0..=i64::from(CONTENT)).contains(&v) {
        Some((UNSIGNED << KIND_SHIFT) | v as u32)
    } else if v < 0 && v >= -i64::from(CONTENT) {
        Some((NEGATIVE << KIND_SHIFT) | (-v) as u32)
    } else {
        None
    }
}

/// What a code stands for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Decoded<'a> {
    /// An encoded `Value` message in the table, at this index.
    Table(u32, &'a [u8]),
    /// A whole number held in the code.
    Int(i64),
    /// A truth value.
    Bool(bool),
    /// No value.
    Null,
}

/// The index of a code in the table, where it is one.
#[inline]
pub fn table_index(code: Code) -> Option<u32> {
    (code >> KIND_SHIFT == TABLE).then_some(code)
}

/// Encodes a text as an MVT `Value` message.
pub fn encode_text(out: &mut Vec<u8>, text: &[u8]) {
    out.push(0x0a);
    varint(out, text.len() as u64);
    out.extend_from_slice(text);
}

/// Encodes a fraction as an MVT `Value` message, as `float` where that loses nothing.
pub fn encode_float(out: &mut Vec<u8>, v: f64) {
    let short = v as f32;
    if f64::from(short) == v {
        out.push(0x15);
        out.extend_from_slice(&short.to_le_bytes());
    } else {
        out.push(0x19);
        out.extend_from_slice(&v.to_le_bytes());
    }
}

/// Encodes a whole number as an MVT `Value` message.
pub fn encode_int(out: &mut Vec<u8>, v: i64) {
    if v >= 0 {
        out.push(0x28);
        varint(out, v as u64);
    } else {
        out.push(0x30);
        varint(out, ((v << 1) ^ (v >> 63)) as u64);
    }
}

/// Appends a protobuf varint.
#[inline]
pub fn varint(out: &mut Vec<u8>, mut v: u64) {
    while v >= 0x80 {
        out.push(v as u8 | 0x80);
        v >>= 7;
    }
    out.push(v as u8);
}

/// A 64-bit hash of a value's bytes.
#[inline]
pub fn hash(bytes: &[u8]) -> u64 {
    let mut h = rustc_hash::FxHasher::default();
    h.write(bytes);
    h.finish()
}

/// The table of values: every distinct encoded message once.
#[derive(Debug, Default)]
pub struct Values {
    bytes: Vec<u8>,
    ends: Vec<u32>,
    /// Open addressing: index + 1 into `ends`, 0 where free; the upper half of the hash beside it.
    slots: Vec<(u32, u32)>,
    /// Bits of the whole numbers that attributes with repeated values have.
    repeated: Vec<u64>,
}

/// Whole numbers from here on have no bit of their own and count as repeated.
const BITS: u32 = 1 << 27;

impl Values {
    /// Notes a value of an attribute whose values may repeat.
    pub fn note_repeated(&mut self, code: Code) {
        let content = code & CONTENT;
        if code >> KIND_SHIFT == UNSIGNED && content < BITS {
            let word = content as usize / 64;
            if word >= self.repeated.len() {
                self.repeated.resize((word + 1).next_power_of_two(), 0);
            }
            self.repeated[word] |= 1 << (content % 64);
        }
    }
    /// Whether a value of an attribute whose values do not repeat is in no other attribute either.
    #[inline]
    pub fn is_single(&self, code: Code) -> bool {
        let content = code & CONTENT;
        code >> KIND_SHIFT == UNSIGNED
            && content < BITS
            && self.repeated.get(content as usize / 64).is_none_or(|w| w >> (content % 64) & 1 == 0)
    }
    /// How many bytes they take.
    pub fn bytes(&self) -> usize {
        self.bytes.len() + self.ends.len() * 4 + (self.slots.len() + self.repeated.len()) * 8
    }
    /// How many values stand in the table.
    pub fn len(&self) -> usize {
        self.ends.len()
    }
    /// Whether the table is empty.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
    /// The encoded message of a table index.
    #[inline]
    pub fn get(&self, index: u32) -> &[u8] {
        let i = index as usize;
        let start = if i == 0 { 0 } else { self.ends[i - 1] as usize };
        &self.bytes[start..self.ends[i] as usize]
    }
    /// The code of an encoded message, a new one where it is not yet known; `None` where the table is full (2³⁰ values or 4 GB).
    pub fn intern(&mut self, message: &[u8], hash: u64) -> Option<Code> {
        if self.ends.len() * 2 >= self.slots.len() {
            self.grow();
        }
        let mask = self.slots.len() - 1;
        let tag = (hash >> 32) as u32;
        let mut at = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15) as usize >> 20 & mask;
        loop {
            let (index, t) = self.slots[at];
            if index == 0 {
                break;
            }
            if t == tag && self.get(index - 1) == message {
                return Some(index - 1);
            }
            at = (at + 1) & mask;
        }
        if self.ends.len() as u32 >= CONTENT || self.bytes.len() + message.len() > u32::MAX as usize {
            return None;
        }
        self.bytes.extend_from_slice(message);
        self.ends.push(self.bytes.len() as u32);
        self.slots[at] = (self.ends.len() as u32, tag);
        Some(self.ends.len() as u32 - 1)
    }
    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(1024);
        let mut slots = vec![(0u32, 0u32); size];
        let mask = size - 1;
        for i in 0..self.ends.len() as u32 {
            let h = hash(self.get(i));
            let mut at = h.wrapping_mul(0x9e37_79b9_7f4a_7c15) as usize >> 20 & mask;
            while slots[at].0 != 0 {
                at = (at + 1) & mask;
            }
            slots[at] = (i + 1, (h >> 32) as u32);
        }
        self.slots = slots;
    }
    /// Frees what only interning needs, once all values are in.
    pub fn seal(&mut self) {
        self.slots = Vec::new();
        self.bytes.shrink_to_fit();
        self.ends.shrink_to_fit();
    }
    /// The values in the order of their new numbers: `order[new] = old`.
    pub fn reordered(&self, order: &[u32]) -> Self {
        let mut out = Self::default();
        out.bytes.reserve(self.bytes.len());
        out.ends.reserve(order.len());
        for &old in order {
            out.bytes.extend_from_slice(self.get(old));
            out.ends.push(out.bytes.len() as u32);
        }
        out
    }
    /// What a code stands for.
    #[inline]
    pub fn decode(&self, code: Code) -> Decoded<'_> {
        let content = code & CONTENT;
        match code >> KIND_SHIFT {
            TABLE => Decoded::Table(content, self.get(content)),
            UNSIGNED => Decoded::Int(i64::from(content)),
            NEGATIVE => Decoded::Int(-i64::from(content)),
            _ => match code & 3 {
                2 => Decoded::Null,
                b => Decoded::Bool(b == 1),
            },
        }
    }
    /// The value of a code as JSON, for statistics.
    pub fn json(&self, code: Code) -> serde_json::Value {
        match self.decode(code) {
            Decoded::Table(_, message) => message_json(message),
            Decoded::Int(v) => v.into(),
            Decoded::Bool(v) => v.into(),
            Decoded::Null => serde_json::Value::Null,
        }
    }
}

/// An encoded `Value` message as JSON.
pub fn message_json(message: &[u8]) -> serde_json::Value {
    let tail = &message[1..];
    let number = || {
        let (mut v, mut shift) = (0u64, 0);
        for b in tail.iter().take(10) {
            v |= u64::from(b & 127) << shift;
            shift += 7;
            if *b < 128 {
                break;
            }
        }
        v
    };
    match message[0] {
        0x0a => {
            let skip = tail.iter().position(|b| *b < 128).map_or(0, |n| n + 1);
            String::from_utf8_lossy(&tail[skip..]).into_owned().into()
        }
        0x15 => tail.try_into().map_or(serde_json::Value::Null, |b| f64::from(f32::from_le_bytes(b)).into()),
        0x19 => tail.try_into().map_or(serde_json::Value::Null, |b| f64::from_le_bytes(b).into()),
        0x28 => number().into(),
        0x30 => {
            let v = number();
            ((v >> 1) as i64 ^ -((v & 1) as i64)).into()
        }
        _ => serde_json::Value::Null,
    }
}

/// How many distinct values a statistic counts before it only keeps the range.
const COUNTED: usize = 1000;

/// What is known of one attribute of one layer, for tilestats.
#[derive(Debug, Default, Clone)]
pub struct Statistic {
    seen: FxHashSet<Code>,
    /// The first distinct values, in order of appearance.
    pub first: Vec<Code>,
    /// Smallest number.
    pub min: Option<f64>,
    /// Largest number.
    pub max: Option<f64>,
    /// Whether texts, numbers and truth values occurred.
    pub kinds: [bool; 3],
    last: Code,
    /// What the next value must be at least for all to be different; `None` where one was not.
    next: Option<u32>,
    any: bool,
}

impl Statistic {
    /// Distinct values seen, at most 1,000.
    pub fn count(&self) -> usize {
        self.seen.len()
    }
    /// Whether the values are rising whole numbers, so that none stands twice.
    pub fn is_rising(&self) -> bool {
        self.next.is_some()
    }
    /// Counts one value.
    #[inline]
    pub fn count_value(&mut self, code: Code, values: &Values) {
        let rises = code >> KIND_SHIFT == UNSIGNED
            && if self.any { self.next.is_some_and(|n| code & CONTENT >= n) } else { true };
        self.next = rises.then_some((code & CONTENT) + 1);
        self.any = true;
        if code == self.last && !self.seen.is_empty() {
            return;
        }
        self.last = code;
        match code >> KIND_SHIFT {
            UNSIGNED | NEGATIVE => {
                let content = f64::from(code & CONTENT);
                self.range(if code >> KIND_SHIFT == UNSIGNED { content } else { -content });
            }
            _ if self.seen.len() >= COUNTED && self.kinds == [true, false, false] => return,
            TABLE if !self.seen.contains(&code) => {
                let message = values.get(code);
                match message[0] {
                    0x0a => self.kinds[0] = true,
                    _ => {
                        if let Some(v) = message_json(message).as_f64() {
                            self.range(v);
                        }
                    }
                }
            }
            SPECIAL => self.kinds[2] = true,
            _ => return,
        }
        if self.seen.len() < COUNTED && self.seen.insert(code) && self.first.len() < 100 {
            self.first.push(code);
        }
    }
    fn range(&mut self, v: f64) {
        self.kinds[1] = true;
        self.min = Some(self.min.map_or(v, |m| m.min(v)));
        self.max = Some(self.max.map_or(v, |m| m.max(v)));
    }
}

/// The names of attributes, interned.
#[derive(Debug, Default)]
pub struct Keys {
    names: Vec<String>,
    index: FxHashMap<String, u16>,
}

impl Keys {
    /// The number of a name, a new one where it is not yet known; `None` beyond 65,535 names.
    pub fn intern(&mut self, name: &str) -> Option<u16> {
        if let Some(&k) = self.index.get(name) {
            return Some(k);
        }
        let k = u16::try_from(self.names.len()).ok()?;
        self.names.push(name.to_owned());
        self.index.insert(name.to_owned(), k);
        Some(k)
    }
    /// The name of a number.
    pub fn name(&self, key: u16) -> &str {
        &self.names[key as usize]
    }
    /// How many names there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }
    /// Whether there is no name.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn whole_numbers_survive(v: i64) {
            let values = Values::default();
            if let Some(code) = int_code(v) {
                prop_assert_eq!(values.decode(code), Decoded::Int(v));
            }
            let mut message = Vec::new();
            encode_int(&mut message, v);
            prop_assert_eq!(message_json(&message).as_i64(), Some(v));
        }
        #[test]
        fn texts_survive(texts in proptest::collection::vec(".{0,12}", 1..40)) {
            let mut values = Values::default();
            let mut codes = Vec::new();
            for t in &texts {
                let mut m = Vec::new();
                encode_text(&mut m, t.as_bytes());
                codes.push(values.intern(&m, hash(&m)).expect("room"));
            }
            for (t, c) in texts.iter().zip(&codes) {
                prop_assert_eq!(values.json(*c), serde_json::Value::from(t.as_str()));
            }
        }
    }
}
