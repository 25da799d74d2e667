//! Names spelt otherwise: by another transliteration (the same consonants), or by mistake (an edit or two away).

use super::{Geocoder, Tier};
use crate::gazetteer::{Alike, Gazetteer, Near, PlaceIx, Record, forms};
use crate::text::{edit_distance, fold, romanise, skeleton};
use rustc_hash::FxHashSet;
use smallvec::SmallVec;
use std::collections::BTreeMap;

/// Letters that occur in skeletons, the frequent first.
const LETTERS: &[u8] = b"nrlmstkbdgvhpcfjz";

/// Edits allowed in a mistyped name of so many letters.
fn tolerance(letters: usize) -> usize {
    match letters {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

/// A query in the forms it is compared in.
struct Wanted {
    /// Without spaces, with its articles and without.
    forms: SmallVec<[String; 2]>,
    /// Its transliteration key.
    skeleton: String,
    /// Whether it is written in Latin letters.
    latin: bool,
    letters: usize,
}

impl Wanted {
    fn new(name: &str) -> Self {
        let folded = fold(name);
        let roman = romanise(&folded);
        let letters = roman.bytes().filter(u8::is_ascii_alphanumeric).count();
        Self { forms: forms(&roman), skeleton: skeleton(&folded), latin: folded.is_ascii(), letters }
    }

    /// The least number of edits to one of a place's names, up to `limit`; articles and spaces do not count.
    fn distance(&self, gazetteer: &Gazetteer, ix: PlaceIx, limit: usize) -> Option<usize> {
        let mut best: Option<usize> = None;
        for name in gazetteer.folded_names(ix) {
            if !name.is_ascii() {
                continue;
            }
            let forms = forms(&name);
            for (own, other) in self.forms.iter().flat_map(|own| forms.iter().map(move |other| (own, other))) {
                let limit = best.map_or(limit, |b| b.saturating_sub(1));
                if let Some(d) = edit_distance(own, other, limit) {
                    best = Some(best.map_or(d, |b| b.min(d)));
                }
            }
            if best == Some(0) {
                break;
            }
        }
        best
    }
}

impl<'g> Geocoder<'g> {
    /// Other transliterations and mistypings of a name together: a well-known place one slip away beats a hamlet that sounds alike.
    pub(super) fn guessed(&self, name: &str) -> Vec<(Record<'g>, Tier, f64)> {
        let wanted = Wanted::new(name);
        let mut out = Vec::new();
        for gazetteer in self.gazetteers.iter().rev().copied() {
            let mut seen: FxHashSet<PlaceIx> = FxHashSet::default();
            let mut add = |ix: PlaceIx, tier: Tier, factor: f64| {
                if seen.insert(ix) {
                    out.push(self.found(gazetteer, gazetteer.get(ix), tier, factor));
                }
            };
            for (ix, d) in sounding_like(gazetteer, &wanted) {
                add(ix, Tier::Transliterated, 0.5_f64.powi(d as i32));
            }
            for (ix, d) in misspelt(gazetteer, &wanted) {
                add(ix, Tier::Fuzzy, 0.1_f64.powi(d as i32));
            }
        }
        out
    }
}

/// Places whose consonants are those of the name: other transliterations of it.
fn sounding_like(gazetteer: &Gazetteer, wanted: &Wanted) -> Vec<(PlaceIx, usize)> {
    let key = &wanted.skeleton;
    if key.is_empty() {
        return Vec::new();
    }
    // With few consonants many names share them, and the vowels must agree the more.
    let limit = match key.len() {
        0..=2 => 1.min(wanted.letters / 3),
        3 => 2.min(wanted.letters / 3),
        _ => 3.max(wanted.letters / 3),
    };
    // Names in other scripts lose their short vowels.
    let limit = if wanted.latin { limit } else { limit + 2 };
    match gazetteer.alike() {
        Some(alike) => nearest_first(alike, alike.sounding(key, &wanted.forms, limit)),
        None => {
            gazetteer.by_skeleton(key).filter_map(|ix| Some((ix, wanted.distance(gazetteer, ix, limit)?))).collect()
        }
    }
}

/// Places a typing error away, or where there are none, two.
fn misspelt(gazetteer: &Gazetteer, wanted: &Wanted) -> Vec<(PlaceIx, usize)> {
    let limit = tolerance(wanted.letters);
    if limit == 0 {
        return Vec::new();
    }
    if let Some(alike) = gazetteer.alike() {
        let mut found = alike.within(&wanted.forms, 1);
        if found.is_empty() && limit > 1 {
            found = alike.within(&wanted.forms, limit);
        }
        return nearest_first(alike, found);
    }
    let mut found: BTreeMap<PlaceIx, usize> = BTreeMap::new();
    let mut consider = |key: &str| {
        if gazetteer.may_have_skeleton(key) {
            for ix in gazetteer.by_skeleton(key) {
                if let Some(d) = wanted.distance(gazetteer, ix, limit) {
                    found.entry(ix).and_modify(|b| *b = d.min(*b)).or_insert(d);
                }
            }
        }
    };
    consider(&wanted.skeleton);
    for_each_edit(wanted.skeleton.as_bytes(), &mut consider);
    if found.values().any(|d| *d <= 1) {
        found.retain(|_, d| *d <= 1);
    }
    found.into_iter().collect()
}

/// The places of forms, those of the nearest forms first.
fn nearest_first(alike: &Alike, mut forms: Vec<Near>) -> Vec<(PlaceIx, usize)> {
    forms.sort_unstable_by_key(|(form, d)| (*d, *form));
    forms.iter().flat_map(|(form, d)| alike.places(*form).iter().map(|p| (PlaceIx(*p), *d))).collect()
}

/// Calls `f` with every skeleton one edit away: a letter dropped, swapped with its neighbour, replaced or added. Equal neighbours in a
/// skeleton are one, so that a slip between two of them costs or adds a pair (Constatnine, Cochababa).
fn for_each_edit(key: &[u8], f: &mut impl FnMut(&str)) {
    let mut call = |bytes: &[u8]| {
        if bytes.windows(2).all(|w| w[0] != w[1])
            && bytes.len() > 1
            && let Ok(text) = std::str::from_utf8(bytes)
        {
            f(text);
        }
    };
    if !key.is_ascii() {
        return;
    }
    let mut buffer = Vec::with_capacity(key.len() + 1);
    for i in 0..key.len() {
        buffer.clear();
        buffer.extend(&key[..i]);
        buffer.extend(&key[i + 1..]);
        // Without the letter two equal ones may meet, and are one.
        buffer.dedup();
        call(&buffer);
        if i + 1 < key.len() && key[i] != key[i + 1] {
            let mut swapped = key.to_vec();
            swapped.swap(i, i + 1);
            swapped.dedup();
            call(&swapped);
        }
        for letter in LETTERS.iter().chain(if i == 0 { &b"a"[..] } else { b"" }).filter(|l| **l != key[i]) {
            buffer.clear();
            buffer.extend(key);
            buffer[i] = *letter;
            call(&buffer);
            buffer.clear();
            buffer.extend(&key[..=i]);
            buffer.extend([*letter, key[i]]);
            buffer.extend(&key[i + 1..]);
            call(&buffer);
        }
        if i + 2 < key.len() && key[i] == key[i + 2] {
            buffer.clear();
            buffer.extend(&key[..=i]);
            buffer.extend(&key[i + 3..]);
            buffer.dedup();
            call(&buffer);
        }
    }
    for i in 0..=key.len() {
        for letter in LETTERS.iter().chain(if i == 0 { &b"a"[..] } else { b"" }) {
            buffer.clear();
            buffer.extend(&key[..i]);
            buffer.push(*letter);
            buffer.extend(&key[i..]);
            call(&buffer);
        }
    }
}
