//! Names that look or sound alike, found in memory: what a prepared gazetteer answers misspelt names with.
//!
//! A name is compared as its *form*: folded, Latin, without spaces, once with and once without its articles. One slip is found by leaving
//! one letter out of both sides (SymSpell: Garbe 2012), complete. Of two slips, those that leave out or double letters are found so too,
//! and all of which one at least concerns a vowel or *h*, by the consonants one edit away. Every candidate is measured.

use super::hash::bytes_hash;
use super::prepared::Prepared;
use super::{Gazetteer, NameKind};
use crate::text::{edit_distance, loosen, skeleton};
use rayon::prelude::*;
use smallvec::SmallVec;

/// Forms shorter or longer than this have no neighbours.
const LENGTHS: std::ops::RangeInclusive<usize> = 3..=60;
/// Forms from this length are also found by their consonants.
const BY_CONSONANTS: usize = 6;
/// Letters of consonant keys.
const CONSONANTS: &[u8] = b"nrlmstkbdgvpcfjzwqx";
/// Keys looked at by one core at a time.
const CHUNK: usize = 1 << 14;

type Short = SmallVec<[u8; 64]>;

/// An index from hashes to forms. An entry's high bits are the hash's lowest, so that what else is in a bucket is passed over; a few
/// may still be wrong.
#[derive(Debug)]
struct Buckets {
    starts: Vec<u32>,
    entries: Vec<u32>,
    shift: u32,
    /// Bits of an entry that hold the form.
    bits: u32,
}

impl Buckets {
    /// Counts and then fills; `each` must give the same pairs of hash and form every time.
    fn new(expected: usize, numbers: usize, each: impl Fn(&mut dyn FnMut(u64, u32))) -> Self {
        let shift = 64 - (expected / 2).max(2).ilog2();
        let bits = usize::BITS - numbers.leading_zeros();
        let mut starts = vec![0_u32; (1 << (64 - shift)) + 2];
        each(&mut |hash, _| starts[(hash >> shift) as usize + 2] += 1);
        for i in 2..starts.len() {
            starts[i] += starts[i - 1];
        }
        let mut entries = vec![0; starts.last().map_or(0, |n| *n as usize)];
        each(&mut |hash, form| {
            let at = &mut starts[(hash >> shift) as usize + 1];
            entries[*at as usize] = (hash as u32) << bits | form;
            *at += 1;
        });
        Self { starts, entries, shift, bits }
    }

    fn get(&self, hash: u64) -> impl Iterator<Item = u32> + use<'_> {
        let bucket = (hash >> self.shift) as usize;
        self.held((self.starts[bucket], self.starts[bucket + 1], hash as u32))
    }

    /// The forms of many hashes, one after the other. First all ends of buckets are read and then what they hold: reads that do not
    /// wait for each other.
    fn gather(&self, hashes: &[u64], found: &mut Vec<u32>) {
        let range = |hash: &u64| {
            let bucket = (hash >> self.shift) as usize;
            (self.starts[bucket], self.starts[bucket + 1], *hash as u32)
        };
        let ranges: SmallVec<[(u32, u32, u32); 256]> = hashes.iter().map(range).collect();
        for range in ranges {
            found.extend(self.held(range));
        }
    }

    fn held(&self, (from, to, hash): (u32, u32, u32)) -> impl Iterator<Item = u32> + use<'_> {
        let (bits, low) = (self.bits, hash << self.bits);
        self.entries[from as usize..to as usize]
            .iter()
            .filter(move |e| (**e ^ low) >> bits == 0)
            .map(move |e| e & ((1 << bits) - 1))
    }
}

/// The forms of a gazetteer's names and the ways to find them.
#[derive(Debug)]
pub(crate) struct Alike {
    text: String,
    ends: Vec<u32>,
    /// Which letters occur, and in the high bits the length.
    signatures: Vec<u32>,
    starts: Vec<u32>,
    places: Vec<u32>,
    shortened: Buckets,
    consonants: Buckets,
    /// By transliteration key, in the order of its hash: the hash's low half, form and signature.
    skeletons: Buckets,
    sounds: Vec<(u32, u32, u32)>,
}

/// A form that is near, and by how many edits.
pub(crate) type Near = (u32, usize);

impl Alike {
    fn new(gazetteer: &Gazetteer, prepared: &Prepared) -> Self {
        let groups = gazetteer.groups();
        let counts = |place: u32, kind: NameKind| {
            kind <= NameKind::Original
                || kind == NameKind::Alternate
                    && ((place as usize) < groups.admin2.start
                        || gazetteer.rows()[place as usize].population.get() >= 10_000)
        };
        // Form, hash of its transliteration key, place.
        let parts: Vec<Vec<(String, u64, u32)>> = (0..prepared.len().div_ceil(CHUNK))
            .into_par_iter()
            .map(|n| {
                let mut out = Vec::new();
                for n in n * CHUNK..((n + 1) * CHUNK).min(prepared.len()) {
                    let key = prepared.key(n);
                    if !key.is_ascii() {
                        continue;
                    }
                    let mut places = prepared.places(n).filter(|(p, kind)| counts(p.0, *kind)).peekable();
                    if places.peek().is_none() {
                        continue;
                    }
                    let sound = skeleton(key);
                    let sound = if sound.is_empty() { 0 } else { bytes_hash(sound.as_bytes()) };
                    let forms = forms(key);
                    for (place, _) in places {
                        out.extend(forms.iter().map(|f| (f.clone(), sound, place.0)));
                    }
                }
                out
            })
            .collect();
        let mut all: Vec<(String, u64, u32)> = parts.into_iter().flatten().collect();
        all.par_sort_unstable();
        all.dedup();
        let (mut text, mut ends, mut signatures) = (String::new(), Vec::new(), Vec::new());
        let (mut starts, mut places, mut sounds) = (Vec::new(), Vec::<u32>::new(), Vec::new());
        for same in all.chunk_by(|a, b| a.0 == b.0) {
            let form = ends.len() as u32;
            text.push_str(&same[0].0);
            ends.push(text.len() as u32);
            signatures.push(signature(same[0].0.as_bytes()));
            starts.push(places.len() as u32);
            for (_, sound, place) in same {
                if *sound != 0 && sounds.last() != Some(&(*sound, form)) {
                    sounds.push((*sound, form));
                }
                if !places[starts[form as usize] as usize..].contains(place) {
                    places.push(*place);
                }
            }
        }
        starts.push(places.len() as u32);
        drop(all);
        let form = |n: usize| &text.as_bytes()[if n == 0 { 0 } else { ends[n - 1] as usize }..ends[n] as usize];
        sounds.sort_unstable();
        sounds.dedup();
        let shortened = || {
            Buckets::new((text.len() + ends.len()) / 2, ends.len(), |f| {
                for n in 0..ends.len() {
                    f(bytes_hash(form(n)), n as u32);
                    without_one(form(n), |shorter, _| f(bytes_hash(shorter), n as u32));
                }
            })
        };
        let consonants = || {
            Buckets::new(ends.len(), ends.len(), |f| {
                for n in (0..ends.len()).filter(|n| form(*n).len() >= BY_CONSONANTS) {
                    f(bytes_hash(&consonants(form(n))), n as u32);
                }
            })
        };
        let skeletons = || {
            Buckets::new(sounds.len(), sounds.len(), |f| {
                for ((sound, _), n) in sounds.iter().zip(0..) {
                    f(*sound, n);
                }
            })
        };
        let (shortened, (consonants, skeletons)) = rayon::join(shortened, || rayon::join(consonants, skeletons));
        let sounds = sounds.iter().map(|(sound, form)| (*sound as u32, *form, signatures[*form as usize])).collect();
        Self { text, ends, signatures, starts, places, shortened, consonants, skeletons, sounds }
    }

    fn form(&self, n: u32) -> &str {
        let n = n as usize;
        &self.text[if n == 0 { 0 } else { self.ends[n - 1] as usize }..self.ends[n] as usize]
    }

    /// The places that have a name of this form.
    pub fn places(&self, form: u32) -> &[u32] {
        &self.places[self.starts[form as usize] as usize..self.starts[form as usize + 1] as usize]
    }

    /// Forms one slip (or with `limit` 2 also two) from one of these, each once, with the least number of edits.
    pub fn within(&self, wanted: &[String], limit: usize) -> Vec<Near> {
        let mut candidates: Vec<u32> = Vec::new();
        for form in wanted.iter().filter(|f| f.is_ascii() && LENGTHS.contains(&f.len())) {
            let mut hashes: SmallVec<[u64; 512]> = SmallVec::new();
            hashes.push(bytes_hash(form.as_bytes()));
            without_one(form.as_bytes(), |shorter, i| {
                hashes.push(bytes_hash(shorter));
                if limit > 1 {
                    // The second letter left out stands behind the first, so that each pair comes once.
                    without_one(shorter, |shortest, j| {
                        if j >= i {
                            hashes.push(bytes_hash(shortest));
                        }
                    });
                }
            });
            let first = candidates.len();
            self.shortened.gather(&hashes, &mut candidates);
            if limit > 1 && form.len() >= BY_CONSONANTS {
                let key = consonants(form.as_bytes());
                hashes.clear();
                hashes.push(bytes_hash(&key));
                for_each_edit(&key, |edited| hashes.push(bytes_hash(edited)));
                self.consonants.gather(&hashes, &mut candidates);
            }
            let own = signature(form.as_bytes());
            let mut kept = first;
            for i in first..candidates.len() {
                let n = candidates[i];
                candidates[kept] = n;
                kept += usize::from(may_be_near(own, self.signatures[n as usize], limit));
            }
            candidates.truncate(kept);
        }
        self.measured(candidates, wanted, limit)
    }

    /// Forms that share a transliteration key and are no further than `limit` edits from one of these.
    pub fn sounding(&self, key: &str, wanted: &[String], limit: usize) -> Vec<Near> {
        let hash = bytes_hash(key.as_bytes());
        let own: SmallVec<[u32; 2]> = wanted.iter().map(|f| signature(f.as_bytes())).collect();
        let candidates = self
            .skeletons
            .get(hash)
            .map(|n| self.sounds[n as usize])
            .filter(|(half, _, signature)| {
                *half == hash as u32 && own.iter().any(|own| may_be_near(*own, *signature, limit))
            })
            .map(|(_, form, _)| form)
            .collect();
        self.measured(candidates, wanted, limit)
    }

    fn measured(&self, mut candidates: Vec<u32>, wanted: &[String], limit: usize) -> Vec<Near> {
        candidates.sort_unstable();
        candidates.dedup();
        let distance = |n: u32| wanted.iter().filter_map(|w| edit_distance(w, self.form(n), limit)).min();
        candidates.into_iter().filter_map(|n| Some((n, distance(n)?))).collect()
    }
}

/// A folded Latin name without spaces, with its articles and without; one form where it has none.
pub(crate) fn forms(key: &str) -> SmallVec<[String; 2]> {
    let whole = key.replace(' ', "");
    let loose = loosen(key).replace(' ', "");
    if loose == whole { smallvec::smallvec![whole] } else { smallvec::smallvec![whole, loose] }
}

fn signature(form: &[u8]) -> u32 {
    let letters = form.iter().filter(|b| b.is_ascii_lowercase()).fold(0, |s, b| s | 1 << (b - b'a'));
    letters | (form.len().min(63) as u32) << 26
}

/// Whether the letters and lengths of two forms allow so few edits: each changes two letters' presence at most.
fn may_be_near(a: u32, b: u32, limit: usize) -> bool {
    let letters = ((a ^ b) & ((1 << 26) - 1)).count_ones();
    letters as usize <= 2 * limit && (a >> 26).abs_diff(b >> 26) as usize <= limit
}

/// Calls `f` with the form short of each letter in turn and that letter's place; of equal neighbours only the first is left out.
fn without_one(form: &[u8], mut f: impl FnMut(&[u8], usize)) {
    let mut shorter: Short = form.iter().skip(1).copied().collect();
    for i in 0..form.len() {
        if i == 0 || form[i] != form[i - 1] {
            f(&shorter, i);
        }
        if i < shorter.len() {
            shorter[i] = form[i];
        }
    }
}

/// The letters of a form that are neither vowels nor h.
fn consonants(form: &[u8]) -> Short {
    form.iter().copied().filter(|b| !matches!(b, b'a' | b'e' | b'i' | b'o' | b'u' | b'y' | b'h')).collect()
}

/// Calls `f` with every key one edit away: a letter dropped, swapped with its neighbour, replaced or added.
fn for_each_edit(key: &[u8], mut f: impl FnMut(&[u8])) {
    without_one(key, |shorter, _| f(shorter));
    let mut edited: Short = key.iter().copied().collect();
    for i in 0..key.len() {
        if i + 1 < key.len() && key[i] != key[i + 1] {
            edited.swap(i, i + 1);
            f(&edited);
            edited.swap(i, i + 1);
        }
        for letter in CONSONANTS.iter().filter(|l| **l != key[i]) {
            edited[i] = *letter;
            f(&edited);
        }
        edited[i] = key[i];
    }
    edited.insert(0, 0);
    for i in 0..=key.len() {
        for letter in CONSONANTS {
            edited[i] = *letter;
            f(&edited);
        }
        if i < key.len() {
            edited[i] = key[i];
        }
    }
}

impl Gazetteer {
    /// The index of look-alikes of a prepared gazetteer, made at first use; `None` where it is not prepared.
    pub(crate) fn alike(&self) -> Option<&Alike> {
        let prepared = self.prepared.get()?;
        Some(self.alike.get_or_init(|| Alike::new(self, prepared)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gazetteer::{Builder, Entry};
    use crate::geodesy::LonLat;
    use crate::model::PlaceKind;

    fn of(names: &[&str]) -> Gazetteer {
        let mut builder = Builder::new();
        for (name, id) in names.iter().zip(1..) {
            builder.push(Entry {
                id,
                kind: PlaceKind::City,
                feature: "PPL".into(),
                at: LonLat::wrapped(0.0, 0.0),
                population: 0,
                country: String::new(),
                admin1: 0,
                admin2: 0,
                flags: 0,
                radius: 0,
                name: (*name).into(),
                names: Vec::new(),
            });
        }
        Gazetteer::read(builder.finish().expect("packed")).expect("whole")
    }

    proptest::proptest! {
        #[test]
        fn one_slip_is_always_found_and_never_more_than_are_there(
            names in proptest::collection::vec("[a-e]{4,9}", 1..30), wanted in "[a-e]{4,9}",
        ) {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let g = of(&names);
            g.prepare();
            let alike = g.alike().expect("prepared");
            let found: Vec<(String, usize)> =
                alike.within(std::slice::from_ref(&wanted), 1).into_iter().map(|(n, d)| (alike.form(n).to_owned(), d)).collect();
            let mut brute: Vec<(String, usize)> =
                names.iter().filter_map(|n| Some(((*n).to_owned(), edit_distance(n, &wanted, 1)?))).collect();
            brute.sort();
            brute.dedup();
            let mut sorted = found.clone();
            sorted.sort();
            proptest::prop_assert_eq!(sorted, brute);
            for (name, d) in alike.within(std::slice::from_ref(&wanted), 2).into_iter().map(|(n, d)| (alike.form(n), d)) {
                proptest::prop_assert_eq!(edit_distance(name, &wanted, 9), Some(d));
            }
        }
    }

    #[test]
    fn two_slips() {
        let g = of(&["constantine", "cochabamba", "deirezzor", "mariupol"]);
        g.prepare();
        let alike = g.alike().expect("prepared");
        for wanted in ["constatnine", "cochababa", "mariupool", "maruipoll", "mriupl", "deerezor"] {
            assert!(!alike.within(&[wanted.to_owned()], 2).is_empty(), "{wanted}");
        }
    }
}
