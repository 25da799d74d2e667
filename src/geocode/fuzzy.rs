//! Names spelt otherwise: by another transliteration (the same consonants), or by mistake (an edit or two away).

use super::{Geocoder, Tier};
use crate::gazetteer::{Gazetteer, PlaceIx, Record};
use crate::text::{edit_distance, fold, loosen, romanise, skeleton};
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
    roman: String,
    loose: String,
    letters: usize,
}

impl Wanted {
    fn new(name: &str) -> Self {
        let folded = fold(name);
        let roman = romanise(&folded);
        let loose = loosen(&roman).replace(' ', "");
        let letters = roman.chars().filter(|c| c.is_alphanumeric()).count();
        Self { roman, loose, letters }
    }

    /// The least number of edits to one of a place's names, up to `limit`; articles and spaces do not count.
    fn distance(&self, gazetteer: &Gazetteer, ix: PlaceIx, limit: usize) -> Option<usize> {
        let mut best: Option<usize> = None;
        for name in gazetteer.folded_names(ix) {
            if !name.is_ascii() {
                continue;
            }
            let limit = best.map_or(limit, |b| b.saturating_sub(1));
            let direct = edit_distance(&self.roman, &name, limit);
            let loosely = edit_distance(&self.loose, &loosen(&name).replace(' ', ""), limit);
            if let Some(d) = direct.into_iter().chain(loosely).min() {
                best = Some(best.map_or(d, |b| b.min(d)));
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
        let mut out = self.sounding_like(name);
        for found in self.misspelt(name) {
            if !out.iter().any(|(r, ..)| r.ix() == found.0.ix() && std::ptr::eq(r.gazetteer(), found.0.gazetteer())) {
                out.push(found);
            }
        }
        out
    }

    /// Places whose consonants are those of the name: other transliterations of it.
    fn sounding_like(&self, name: &str) -> Vec<(Record<'g>, Tier, f64)> {
        let key = skeleton(&fold(name));
        let wanted = Wanted::new(name);
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
        let limit = if fold(name).is_ascii() { limit } else { limit + 2 };
        let mut out = Vec::new();
        for gazetteer in self.gazetteers.iter().rev().copied() {
            for ix in gazetteer.by_skeleton(&key) {
                if let Some(d) = wanted.distance(gazetteer, ix, limit) {
                    out.push((gazetteer.get(ix), Tier::Transliterated, 0.5_f64.powi(d as i32)));
                }
            }
        }
        out
    }

    /// Places a typing error or two away.
    fn misspelt(&self, name: &str) -> Vec<(Record<'g>, Tier, f64)> {
        let wanted = Wanted::new(name);
        let limit = tolerance(wanted.letters);
        if limit == 0 {
            return Vec::new();
        }
        let key = skeleton(&fold(name));
        let mut found: BTreeMap<(usize, PlaceIx), usize> = BTreeMap::new();
        for (n, gazetteer) in self.gazetteers.iter().copied().enumerate() {
            let mut consider = |key: &str| {
                if gazetteer.may_have_skeleton(key) {
                    for ix in gazetteer.by_skeleton(key) {
                        if let Some(d) = wanted.distance(gazetteer, ix, limit) {
                            found.entry((n, ix)).and_modify(|b| *b = d.min(*b)).or_insert(d);
                        }
                    }
                }
            };
            consider(&key);
            for_each_edit(key.as_bytes(), &mut consider);
        }
        found
            .into_iter()
            .map(|((n, ix), d)| (self.gazetteers[n].get(ix), Tier::Fuzzy, 0.1_f64.powi(d as i32)))
            .filter(|(r, ..)| !self.gazetteers.iter().any(|g| std::ptr::eq(*g, r.gazetteer()) && self.overridden(g, r)))
            .collect()
    }
}

/// Calls `f` with every skeleton one edit away: a letter dropped, swapped with its neighbour, replaced or added.
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
