//! Hashes of names and of whole files: fixed for all time, because they are written into the file.

/// Odd constants with well mixed bits (from the digits of π and e).
const K0: u64 = 0x243f_6a88_85a3_08d3;
const K1: u64 = 0xb7e1_5162_8aed_2a6b;

/// Multiply to 128 bits and fold the halves: every input bit reaches every output bit.
fn mix(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product as u64) ^ ((product >> 64) as u64)
}

/// Up to eight bytes as a little-endian number. Short ones are read in two or three pieces that may overlap, none by a copy.
fn word(bytes: &[u8]) -> u64 {
    let last = bytes.len().saturating_sub(1);
    match bytes {
        [] => 0,
        [a, b, c, d, e, f, g, h] => u64::from_le_bytes([*a, *b, *c, *d, *e, *f, *g, *h]),
        [a, b, c, d, ..] => {
            let at = bytes.len() - 4;
            let end = u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
            u64::from(u32::from_le_bytes([*a, *b, *c, *d])) | u64::from(end) << (8 * at)
        }
        [a, ..] => {
            let middle = bytes.len() / 2;
            u64::from(*a) | u64::from(bytes[middle]) << (8 * middle) | u64::from(bytes[last]) << (8 * last)
        }
    }
}

/// The hash of one folded token.
pub fn token_hash(token: &str) -> u64 {
    bytes_hash(token.as_bytes())
}

/// The hash of any short run of bytes.
pub(super) fn bytes_hash(bytes: &[u8]) -> u64 {
    let mut h = K0 ^ bytes.len() as u64;
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        h = mix(h ^ word(chunk), K1);
    }
    mix(h ^ word(chunks.remainder()), K1)
}

/// The hash of a name one token longer; start from 0.
pub fn extend(name: u64, token: u64) -> u64 {
    mix(name ^ token ^ K0, K1 ^ token.rotate_left(32))
}

/// The hash of a folded name, token by token.
pub fn key_hash(key: &str) -> u64 {
    key.split(' ').fold(0, |h, token| extend(h, token_hash(token)))
}

/// The checksum of a file's contents: four lanes, so that a mapped file is read at memory speed.
pub fn checksum(bytes: &[u8]) -> u64 {
    let mut sum = Checksum::default();
    sum.update(bytes);
    sum.finish()
}

/// A checksum of contents that come in pieces.
#[derive(Debug)]
pub(super) struct Checksum {
    lanes: [u64; 4],
    /// Bytes that do not fill a block yet.
    rest: Vec<u8>,
    length: u64,
}

impl Default for Checksum {
    fn default() -> Self {
        Self { lanes: [K0, K1, K0 ^ K1, !K0], rest: Vec::with_capacity(32), length: 0 }
    }
}

impl Checksum {
    pub fn update(&mut self, mut bytes: &[u8]) {
        self.length += bytes.len() as u64;
        if !self.rest.is_empty() {
            let (head, tail) = bytes.split_at(bytes.len().min(32 - self.rest.len()));
            self.rest.extend_from_slice(head);
            bytes = tail;
            if self.rest.len() < 32 {
                return;
            }
            let whole = std::mem::take(&mut self.rest);
            self.blocks(&whole);
        }
        let whole = bytes.len() / 32 * 32;
        self.blocks(&bytes[..whole]);
        self.rest.extend_from_slice(&bytes[whole..]);
    }

    fn blocks(&mut self, bytes: &[u8]) {
        for block in bytes.chunks_exact(32) {
            for (lane, chunk) in self.lanes.iter_mut().zip(block.chunks_exact(8)) {
                *lane = mix(*lane ^ word(chunk), K1).wrapping_add(K0);
            }
        }
    }

    pub fn finish(&self) -> u64 {
        let mut h = self.lanes.iter().fold(self.length, |h, lane| mix(h ^ lane, K1));
        for chunk in self.rest.chunks(8) {
            h = mix(h ^ word(chunk), K0);
        }
        h
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_little_endian() {
        let bytes = [1u8, 2, 3, 4, 5, 6, 7, 8];
        for n in 0..=8 {
            let mut padded = [0; 8];
            padded[..n].copy_from_slice(&bytes[..n]);
            assert_eq!(word(&bytes[..n]), u64::from_le_bytes(padded), "{n}");
        }
    }

    #[test]
    fn fixed_for_all_time() {
        assert_eq!(
            key_hash("deir ez zor"),
            extend(extend(extend(0, token_hash("deir")), token_hash("ez")), token_hash("zor"))
        );
        assert_ne!(key_hash("a b"), key_hash("b a"));
        assert_ne!(token_hash("a"), token_hash("a\0"));
    }

    #[test]
    fn every_byte_counts() {
        let bytes: Vec<u8> = (0..100).collect();
        for i in 0..bytes.len() {
            let mut other = bytes.clone();
            other[i] ^= 1;
            assert_ne!(checksum(&bytes), checksum(&other), "{i}");
        }
        assert_ne!(checksum(&bytes[..99]), checksum(&bytes));
        for cut in 0..bytes.len() {
            let mut sum = Checksum::default();
            sum.update(&bytes[..cut]);
            sum.update(&bytes[cut..]);
            assert_eq!(sum.finish(), checksum(&bytes), "{cut}");
        }
    }
}
