//! The indices of a gazetteer file: buckets of place and fingerprint by the hash of a name, and what names may start with.

use super::GazetteerError;
use super::lookup::{bucket_bits, first_token_slot, place_bits};
use super::sorter::Hashes;
use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};

/// Recent first tokens that are not stored again.
const RECENT: usize = 1 << 16;

/// Writes the bucketed index of hashes: where each bucket starts, and its entries.
pub(super) fn write_index(
    hashes: &Hashes,
    places: usize,
    starts: &mut impl Write,
    entries: &mut impl Write,
) -> Result<(), GazetteerError> {
    let bits = bucket_bits(hashes.len()).max(1);
    let place_bits = place_bits(places);
    let bucket = |hash: u64| hash >> (64 - bits);
    let fingerprint = |hash: u64| hash as u32 >> place_bits;
    let (mut starts, mut entries) = (BufWriter::new(starts), BufWriter::new(entries));
    let (mut next, mut written) = (0_u64, 0_u32);
    hashes.each(|part| {
        part.sort_unstable_by_key(|(hash, ix)| (bucket(*hash), fingerprint(*hash), *ix));
        part.dedup_by_key(|(hash, ix)| (bucket(*hash), fingerprint(*hash), *ix));
        for (hash, ix) in part.iter() {
            while next <= bucket(*hash) {
                starts.write_all(&written.to_le_bytes())?;
                next += 1;
            }
            let entry = fingerprint(*hash).checked_shl(place_bits).unwrap_or(0) | ix;
            entries.write_all(&entry.to_le_bytes())?;
            written += 1;
        }
        Ok::<(), io::Error>(())
    })?;
    while next <= 1 << bits {
        starts.write_all(&written.to_le_bytes())?;
        next += 1;
    }
    starts.flush()?;
    Ok(entries.flush()?)
}

/// How many tokens the names that start with a token have.
#[derive(Debug)]
pub(super) struct FirstTokens {
    all: Hashes,
    recent: Vec<(u64, u8)>,
}

impl FirstTokens {
    pub fn new() -> Self {
        Self { all: Hashes::new(), recent: vec![(0, 0); RECENT] }
    }

    pub fn push(&mut self, token: u64, bit: u8) -> io::Result<()> {
        let recent = &mut self.recent[token as usize % RECENT];
        if recent.0 == token && recent.1 & bit == bit {
            return Ok(());
        }
        *recent = if recent.0 == token { (token, recent.1 | bit) } else { (token, bit) };
        self.all.push(token, u32::from(bit))
    }

    /// The table of nibbles, about one for each different token.
    pub fn nibbles(&self) -> Result<Vec<u8>, GazetteerError> {
        let merged = |part: &[(u64, u32)]| {
            let mut tokens: BTreeMap<u64, u8> = BTreeMap::new();
            for (token, bit) in part {
                *tokens.entry(*token).or_default() |= *bit as u8;
            }
            tokens
        };
        let mut count = 0;
        self.all.each(|part| {
            count += merged(part).len();
            Ok::<(), io::Error>(())
        })?;
        let slots = count.max(64).next_power_of_two();
        let mut nibbles = vec![0_u8; slots / 2];
        self.all.each(|part| {
            for (token, bits) in merged(part) {
                let slot = first_token_slot(token, slots);
                nibbles[slot / 2] |= bits << (slot % 2 * 4);
            }
            Ok::<(), io::Error>(())
        })?;
        Ok(nibbles)
    }
}
