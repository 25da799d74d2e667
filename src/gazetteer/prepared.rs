//! The names of a gazetteer folded once and kept in memory, for callers with very many questions.
//!
//! A cold look-up unpacks and folds the names of the few places whose fingerprint fits; that costs microseconds and no memory.
//! [`Gazetteer::prepare`] folds all names on all cores (some tenths of a second, some 45 MiB for the embedded file), after which a name
//! is found by one hash and one comparison. The answers are the same.

use super::hash::key_hash;
use super::{Gazetteer, NameKind, PlaceIx};
use crate::text::{fold_into, loosen};
use rayon::prelude::*;

/// Places of a gazetteer from which preparing would cost more memory than it is worth.
const MOST: usize = 1 << 20;
/// Bits of a posting that hold the kind of the name.
const KIND_BITS: u32 = 3;
/// Places folded at a time by one core.
const CHUNK: usize = 4096;

const KINDS: [NameKind; 6] =
    [NameKind::Name, NameKind::Original, NameKind::Alternate, NameKind::Abbreviation, NameKind::Loose, NameKind::Code];

/// All folded names with their places.
#[derive(Debug)]
pub(super) struct Prepared {
    /// All keys, one after another in the order of their hashes.
    text: String,
    /// End of each key in `text`.
    ends: Vec<u32>,
    /// Low half of each key's hash.
    fingerprints: Vec<u32>,
    /// First posting of each key, and the end of the last.
    starts: Vec<u32>,
    /// Place and kind.
    postings: Vec<u32>,
    /// First key of each bucket, by the high bits of the hash, and the end of the last.
    buckets: Vec<u32>,
}

/// What one core has folded: keys one after another, and for each its hash, where it stands and its posting.
#[derive(Default)]
struct Folded {
    text: String,
    keys: Vec<(u64, u32, u16, u32)>,
}

impl Prepared {
    fn new(gazetteer: &Gazetteer) -> Self {
        let parts: Vec<Folded> =
            (0..gazetteer.len().div_ceil(CHUNK)).into_par_iter().map(|n| fold_places(gazetteer, n * CHUNK)).collect();
        let text = |part: u16, start: u32, len: u16| {
            &parts[usize::from(part)].text[start as usize..start as usize + usize::from(len)]
        };
        let mut all: Vec<(u64, u16, u16, u32, u32)> = Vec::with_capacity(parts.iter().map(|p| p.keys.len()).sum());
        for (part, n) in parts.iter().zip(0_u16..) {
            all.extend(part.keys.iter().map(|(hash, start, len, posting)| (*hash, n, *len, *start, *posting)));
        }
        all.par_sort_unstable_by(|a, b| {
            a.0.cmp(&b.0).then_with(|| text(a.1, a.3, a.2).cmp(text(b.1, b.3, b.2))).then(a.4.cmp(&b.4))
        });
        let mut out = Self {
            text: String::new(),
            ends: Vec::new(),
            fingerprints: Vec::new(),
            starts: Vec::new(),
            postings: Vec::with_capacity(all.len()),
            buckets: Vec::new(),
        };
        let bits = bucket_bits(all.len());
        let mut counts = vec![0_u32; (1 << bits) + 1];
        let mut previous: Option<(u64, &str)> = None;
        for (hash, part, len, start, posting) in &all {
            let key = text(*part, *start, *len);
            if previous != Some((*hash, key)) {
                out.text.push_str(key);
                out.ends.push(out.text.len() as u32);
                out.fingerprints.push(*hash as u32);
                out.starts.push(out.postings.len() as u32);
                counts[(hash >> (64 - bits)) as usize + 1] += 1;
                previous = Some((*hash, key));
            }
            out.postings.push(*posting);
        }
        out.starts.push(out.postings.len() as u32);
        for i in 1..counts.len() {
            counts[i] += counts[i - 1];
        }
        out.buckets = counts;
        out.text.shrink_to_fit();
        out.ends.shrink_to_fit();
        out.fingerprints.shrink_to_fit();
        out.starts.shrink_to_fit();
        out
    }

    /// Number of different keys.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The n-th key.
    pub fn key(&self, n: usize) -> &str {
        let start = if n == 0 { 0 } else { self.ends[n - 1] as usize };
        &self.text[start..self.ends[n] as usize]
    }

    /// The places called by the n-th key.
    pub fn places(&self, n: usize) -> impl Iterator<Item = (PlaceIx, NameKind)> + use<'_> {
        self.postings[self.starts[n] as usize..self.starts[n + 1] as usize].iter().map(|p| posting(*p))
    }

    /// The postings of a key whose hash is known.
    pub fn find(&self, hash: u64, key: &str) -> &[u32] {
        let bits = (self.buckets.len() - 1).ilog2();
        let bucket = (hash >> (64 - bits)) as usize;
        let range = self.buckets[bucket] as usize..self.buckets[bucket + 1] as usize;
        let fits = |n: &usize| self.fingerprints[*n] == hash as u32 && self.key(*n) == key;
        range
            .into_iter()
            .find(fits)
            .map_or(&[], |n| &self.postings[self.starts[n] as usize..self.starts[n + 1] as usize])
    }
}

/// Bits that choose one of about as many buckets as half the keys.
pub(super) fn bucket_bits(keys: usize) -> u32 {
    (keys / 2).max(2).ilog2()
}

/// Place and kind of a posting.
pub(super) fn posting(p: u32) -> (PlaceIx, NameKind) {
    let kind = KINDS.get((p & ((1 << KIND_BITS) - 1)) as usize).copied().unwrap_or(NameKind::Code);
    (PlaceIx(p >> KIND_BITS), kind)
}

/// Folds the names of the places from `first`: each key once a place, with the strongest kind, as [`Gazetteer::name_kind`] finds it.
fn fold_places(gazetteer: &Gazetteer, first: usize) -> Folded {
    let mut out = Folded::default();
    let (mut bytes, mut folded) = (Vec::new(), String::new());
    let mut own: Vec<(String, NameKind)> = Vec::new();
    let tags = gazetteer.name_tags();
    for ix in first..(first + CHUNK).min(gazetteer.len()) {
        let record = gazetteer.get(PlaceIx(ix as u32));
        own.clear();
        let mut add = |key: &str, kind: NameKind| match own.iter_mut().find(|(k, _)| k == key) {
            // A name without its article outdoes a code, but nothing else.
            Some((_, old)) => *old = (*old).min(kind),
            None if !key.is_empty() => own.push((key.to_owned(), kind)),
            None => {}
        };
        let mut add_both = |folded: &str, kind: NameKind| {
            add(folded, kind);
            if kind <= NameKind::Alternate {
                let loose = loosen(folded);
                if loose.len() < folded.len() {
                    add(&loose, NameKind::Loose);
                }
            }
        };
        fold_into(record.name(), &mut folded);
        add_both(&folded, NameKind::Name);
        let mut names = record.names();
        while let Some(tag) = names.next_into(&mut bytes) {
            let Ok(name) = std::str::from_utf8(&bytes) else { continue };
            if tags.kind(tag) == NameKind::Code && !tags.is_key(tag) {
                continue;
            }
            fold_into(name, &mut folded);
            add_both(&folded, tags.kind(tag));
        }
        for (key, kind) in &own {
            let Ok(len) = u16::try_from(key.len()) else { continue };
            let posting = (ix as u32) << KIND_BITS | KINDS.iter().position(|k| k == kind).unwrap_or(5) as u32;
            out.keys.push((key_hash(key), out.text.len() as u32, len, posting));
            out.text.push_str(key);
        }
    }
    out
}

impl Gazetteer {
    /// Folds all names once, so that very many look-ups cost little each; a very large gazetteer is left as it is.
    ///
    /// ```
    /// use mapdesk::gazetteer::Gazetteer;
    /// # if std::env::var_os("SLOW").is_some() {
    /// let gazetteer = Gazetteer::embedded();
    /// gazetteer.prepare();
    /// assert!(gazetteer.exact("hama").next().is_some());
    /// # }
    /// ```
    pub fn prepare(&self) {
        if self.len() <= MOST {
            self.prepared.get_or_init(|| Prepared::new(self));
        }
    }

    /// Whether [`Gazetteer::prepare`] has been called (and the gazetteer is not too large for it).
    pub fn is_prepared(&self) -> bool {
        self.prepared.get().is_some()
    }
}
