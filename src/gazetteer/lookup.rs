//! Finding places by name: exact on folded keys, by transliteration key, and the longest name at a token.
//!
//! The index keeps no names. A bucket of 32-bit entries holds place and fingerprint; a hit is confirmed against the place's own
//! names, so nothing is ever found wrongly. Misses, which are most of a scan, cost one or two cache lines.

use super::format::Section;
use super::hash::{extend, key_hash, token_hash};
use super::prepared::posting;
use super::record::NameKind;
use super::{Gazetteer, PlaceIx};
use crate::text::{fold_into, loosen, skeleton};
use smallvec::SmallVec;
use zerocopy::little_endian::U32;

/// Longest name in tokens that [`Gazetteer::longest`] looks for.
pub const MAX_TOKENS: usize = 8;

/// Places found under one key, in order of importance within each kind, with what the name is to each.
pub type Hits = SmallVec<[(PlaceIx, NameKind); 4]>;

/// Bits of an entry that hold the place; the rest is fingerprint.
pub(super) fn place_bits(places: usize) -> u32 {
    usize::BITS - places.max(1).leading_zeros()
}

/// Bits of the hash that choose the bucket.
pub(super) fn bucket_bits(entries: usize) -> u32 {
    (entries / 8).max(1).ilog2()
}

/// Slot of a first token in the table of nibbles.
pub(super) fn first_token_slot(token: u64, slots: usize) -> usize {
    (token >> 40) as usize & (slots - 1)
}

/// The bit that says: a name of this many tokens starts so.
pub(super) fn token_count_bit(tokens: usize) -> u8 {
    1 << (tokens.min(4) - 1)
}

impl Gazetteer {
    /// The places in an index whose fingerprint fits; a few may be wrong.
    fn fitting(&self, hash: u64, buckets: Section, entries: Section) -> impl Iterator<Item = PlaceIx> + use<'_> {
        let starts: &[U32] = self.column(buckets);
        let all: &[U32] = self.column(entries);
        let bits = place_bits(self.len());
        let mut range: &[U32] = &[];
        if starts.len() > 1 {
            let bucket = (hash >> (64 - (starts.len() - 1).ilog2().max(1))) as usize;
            if let [from, to, ..] = starts[bucket.min(starts.len() - 2)..] {
                range = all.get(from.get() as usize..to.get() as usize).unwrap_or(&[]);
            }
        }
        let fingerprint = hash as u32 >> bits;
        let mask = (1_u32 << bits) - 1;
        let len = self.len() as u32;
        range
            .iter()
            .map(|e| e.get())
            .filter(move |e| e >> bits == fingerprint && e & mask < len)
            .map(move |e| PlaceIx(e & mask))
    }

    /// Whether a name may have this key's hash ([`super::hash::extend`]); a cheap filter with few false alarms.
    pub fn may_have_key(&self, hash: u64) -> bool {
        self.fitting(hash, Section::KeyBuckets, Section::KeyEntries).next().is_some()
    }

    /// The places that have a name with this folded key ([`crate::text::fold`]), each once, with the strongest kind of name.
    ///
    /// ```
    /// use mapdesk::gazetteer::{Gazetteer, NameKind};
    /// let gazetteer = Gazetteer::embedded();
    /// let mut found = gazetteer.exact("damascus");
    /// assert!(found.any(|(ix, kind)| gazetteer.get(ix).geonameid() == Some(170654) && kind == NameKind::Name));
    /// ```
    pub fn exact<'a>(&'a self, key: &'a str) -> impl Iterator<Item = (PlaceIx, NameKind)> + use<'a> {
        self.exact_hashed(key_hash(key), key)
    }

    fn exact_hashed<'a>(&'a self, hash: u64, key: &'a str) -> impl Iterator<Item = (PlaceIx, NameKind)> + use<'a> {
        let (ready, cold) = match self.prepared.get() {
            Some(prepared) => (prepared.find(hash, key), None),
            None => (&[][..], Some(self.fitting(hash, Section::KeyBuckets, Section::KeyEntries))),
        };
        let mut previous = None;
        let cold = cold.into_iter().flatten().filter_map(move |ix| {
            if previous.replace(ix) == Some(ix) {
                return None;
            }
            self.name_kind(ix, key).map(|kind| (ix, kind))
        });
        ready.iter().map(|p| posting(*p)).chain(cold)
    }

    /// What a folded key is to a place: the strongest of its names that fold to it.
    pub fn name_kind(&self, ix: PlaceIx, key: &str) -> Option<NameKind> {
        thread_local! {
            static BUFFERS: std::cell::RefCell<(Vec<u8>, String)> = const { std::cell::RefCell::new((Vec::new(), String::new())) };
        }
        BUFFERS.with_borrow_mut(|(bytes, folded)| {
            let record = self.get(ix);
            let mut best: Option<NameKind> = None;
            fold_into(record.name(), folded);
            if folded == key {
                return Some(NameKind::Name);
            }
            let mut loose = loosened(folded, key);
            let tags = self.name_tags();
            let mut names = record.names();
            while let Some(tag) = names.next_into(bytes) {
                let kind = tags.kind(tag);
                if best.is_some_and(|b| b <= kind) {
                    continue;
                }
                let Ok(name) = std::str::from_utf8(bytes) else { continue };
                fold_into(name, folded);
                if folded == key {
                    best = Some(kind);
                    if kind <= NameKind::Alternate {
                        break;
                    }
                } else {
                    loose = loose || loosened(folded, key);
                }
            }
            match best {
                Some(NameKind::Code) | None if loose => Some(NameKind::Loose),
                best => best,
            }
        })
    }

    /// Places that share a transliteration key ([`crate::text::skeleton`]): candidates to be compared by edit distance.
    pub fn by_skeleton<'a>(&'a self, key: &'a str) -> impl Iterator<Item = PlaceIx> + use<'a> {
        let mut previous = None;
        let wanted = !key.is_empty();
        self.fitting(key_hash(key), Section::SkeletonBuckets, Section::SkeletonEntries).filter(move |ix| {
            let fits = wanted && previous.replace(*ix) != Some(*ix);
            fits && self.folded_names(*ix).iter().any(|name| skeleton(name) == key)
        })
    }

    /// The same of those places only that have a folded name which is accepted: none is unpacked twice.
    pub fn by_skeleton_where<'a>(
        &'a self,
        key: &'a str,
        accepts: impl Fn(&str) -> bool + 'a,
    ) -> impl Iterator<Item = PlaceIx> + 'a {
        let mut previous = None;
        let wanted = !key.is_empty();
        self.fitting(key_hash(key), Section::SkeletonBuckets, Section::SkeletonEntries).filter(move |ix| {
            let fits = wanted && previous.replace(*ix) != Some(*ix);
            let names = if fits { self.folded_names(*ix) } else { Vec::new() };
            names.iter().any(|name| accepts(name)) && names.iter().any(|name| skeleton(name) == key)
        })
    }

    /// Whether a skeleton may be known at all; a cheap filter with few false alarms.
    pub fn may_have_skeleton(&self, key: &str) -> bool {
        self.fitting(key_hash(key), Section::SkeletonBuckets, Section::SkeletonEntries).next().is_some()
    }

    /// The folded names of a place, the newsroom one first, codes left out.
    pub fn folded_names(&self, ix: PlaceIx) -> Vec<String> {
        let record = self.get(ix);
        let mut out = vec![crate::text::fold(record.name())];
        for (tag, name) in record.names() {
            if !matches!(tag, "code" | "iso" | "gncode" | "abbr") {
                let folded = crate::text::fold(&name);
                if !out.contains(&folded) {
                    out.push(folded);
                }
            }
        }
        out
    }

    /// The longest name that starts at the first of these folded tokens: how many tokens it has and the places called so.
    ///
    /// ```
    /// use mapdesk::gazetteer::Gazetteer;
    /// let tokens = ["deir", "ez", "zor", "province"];
    /// let (length, hits) = Gazetteer::embedded().longest(&tokens).expect("found");
    /// assert!(length >= 3 && !hits.is_empty());
    /// ```
    pub fn longest(&self, tokens: &[&str]) -> Option<(usize, Hits)> {
        let hashes: SmallVec<[u64; MAX_TOKENS]> = tokens.iter().take(MAX_TOKENS).map(|t| token_hash(t)).collect();
        self.longest_hashed(tokens, &hashes)
    }

    /// As [`Gazetteer::longest`], for callers that walk over a text and have hashed each token once ([`token_hash`]).
    pub fn longest_hashed(&self, tokens: &[&str], hashes: &[u64]) -> Option<(usize, Hits)> {
        let possible = self.first_token(*hashes.first()?);
        if possible == 0 {
            return None;
        }
        let count = tokens.len().min(hashes.len()).min(MAX_TOKENS);
        let mut keys: SmallVec<[u64; MAX_TOKENS]> = SmallVec::new();
        let mut key = 0;
        for token in &hashes[..count] {
            key = extend(key, *token);
            keys.push(key);
        }
        for n in (1..=count).rev().filter(|n| possible & token_count_bit(*n) != 0) {
            // Most windows fit no entry at all; only then is the key worth writing out.
            if self.fitting(keys[n - 1], Section::KeyBuckets, Section::KeyEntries).next().is_none() {
                continue;
            }
            let name = tokens[..n].join(" ");
            let hits: Hits = self.exact_hashed(keys[n - 1], &name).collect();
            if !hits.is_empty() {
                return Some((n, hits));
            }
        }
        None
    }

    /// How many tokens names starting with this token may have: bit 0 for one, 1 for two, 2 for three, 3 for more; 0 when none does.
    pub fn first_token(&self, token: u64) -> u8 {
        let table = self.bytes(Section::FirstTokens);
        if table.is_empty() {
            return 0;
        }
        let slot = first_token_slot(token, table.len() * 2);
        (table[slot / 2] >> (slot % 2 * 4)) & 15
    }
}

/// Whether a folded name without its articles is the key; the common case costs nothing.
fn loosened(folded: &str, key: &str) -> bool {
    folded.len() > key.len() && loosen(folded) == key
}
