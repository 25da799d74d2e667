//! The recogniser's weights: read from the bytes in `models/`, looked up by feature key.
//!
//! File: `MDREC1\n`, then zstd of: `5×5` transitions `i16`; number of common words `u32`, each hash `u32` and class
//! `u8`; number of features `u32`, keys `u32` in ascending order, then four `i8` each: weights of B, I, PER, ORG less that of O.
//! All little-endian.

use rustc_hash::FxHashMap;

/// Labels of the tagger, in the order of the weights; the weight of O is zero by construction.
pub const LABELS: usize = 5;
/// No name, or one that the tagger does not tell apart.
pub const O: usize = 0;
/// First token of a place name.
pub const B: usize = 1;
/// Later token of a place name.
pub const I: usize = 2;
/// Token of a person's name.
pub const PER: usize = 3;
/// Token of an organisation's name.
pub const ORG: usize = 4;

/// The head of a weights file.
pub const MAGIC: &[u8] = b"MDREC1\n";

#[derive(Debug, Clone, Copy, Default)]
#[repr(C)]
struct Slot {
    key: u32,
    weights: [i8; LABELS - 1],
}

/// A model, ready to use.
pub struct Weights {
    slots: Vec<Slot>,
    shift: u32,
    /// Score of a label after a label, `[before][after]`, in the unit of the feature weights.
    pub transitions: [[i32; LABELS]; LABELS],
    common: FxHashMap<u32, u8>,
}

/// A weights file that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the recogniser's weights are damaged: {0}")]
pub struct WeightsError(pub &'static str);

struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], WeightsError> {
        let (head, rest) = self.0.split_first_chunk::<N>().ok_or(WeightsError("it ends early"))?;
        self.0 = rest;
        Ok(*head)
    }
    fn u32(&mut self) -> Result<u32, WeightsError> {
        Ok(u32::from_le_bytes(self.take()?))
    }
}

impl Weights {
    /// Reads a weights file.
    ///
    /// # Errors
    /// It is not one, or is cut short.
    pub fn read(file: &[u8]) -> Result<Self, WeightsError> {
        let packed = file.strip_prefix(MAGIC).ok_or(WeightsError("it begins wrong"))?;
        let plain = zstd::decode_all(packed).map_err(|_| WeightsError("it does not unpack"))?;
        let mut bytes = Bytes(&plain);
        let mut transitions = [[0; LABELS]; LABELS];
        for row in &mut transitions {
            for cell in row {
                *cell = i32::from(i16::from_le_bytes(bytes.take()?));
            }
        }
        let mut common = FxHashMap::default();
        for _ in 0..bytes.u32()? {
            let hash = bytes.u32()?;
            common.insert(hash, bytes.take::<1>()?[0]);
        }
        let count = bytes.u32()? as usize;
        if bytes.0.len() != count * 8 {
            return Err(WeightsError("it has another length than it says"));
        }
        let (keys, weights) = bytes.0.split_at(count * 4);
        let size = (count * 2).next_power_of_two().max(16);
        let shift = 32 - size.trailing_zeros();
        let mut slots = vec![Slot::default(); size];
        for (key, weight) in keys.chunks_exact(4).zip(weights.chunks_exact(4)) {
            let key = u32::from_le_bytes([key[0], key[1], key[2], key[3]]);
            let mut at = (key >> shift) as usize;
            while slots[at].key != 0 {
                at = (at + 1) & (size - 1);
            }
            slots[at] = Slot { key, weights: [weight[0] as i8, weight[1] as i8, weight[2] as i8, weight[3] as i8] };
        }
        Ok(Self { slots, shift, transitions, common })
    }

    /// Adds the weights of a feature to the scores of the labels.
    pub fn add(&self, key: u32, scores: &mut [i32; LABELS]) {
        let mask = self.slots.len() - 1;
        let mut at = (key >> self.shift) as usize;
        loop {
            let slot = &self.slots[at];
            if slot.key == key {
                for (score, weight) in scores[1..].iter_mut().zip(slot.weights) {
                    *score += i32::from(weight);
                }
                return;
            }
            if slot.key == 0 {
                return;
            }
            at = (at + 1) & mask;
        }
    }

    /// How common a word is in lower case, 0–3.
    pub fn common(&self, hash: u32) -> u8 {
        self.common.get(&hash).copied().unwrap_or(0)
    }
}
