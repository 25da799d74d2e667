//! Scanning: every name of the gazetteer that stands in a text, longest first, each distinct one looked up once.

use super::candidates::{Candidate, MOST};
use super::recognise::forms::{Form, Shape};
use super::recognise::lexicon::Lexical;
use crate::gazetteer::hash::extend;
use crate::gazetteer::{Gazetteer, NameKind, PlaceIx, token_hash};
use crate::model::PlaceKind;
use crate::text::{Sentence, Token, TokenClass, fold_into, is_apostrophe};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::cell::RefCell;
use std::sync::Arc;

/// What the most prominent place of a name is.
pub mod class {
    /// A country.
    pub const COUNTRY: u8 = 1;
    /// A first-order division.
    pub const ADMIN1: u8 = 2;
    /// A second-order division.
    pub const ADMIN2: u8 = 3;
    /// A region or continent.
    pub const REGION: u8 = 4;
    /// Water.
    pub const WATER: u8 = 5;
    /// Terrain.
    pub const TERRAIN: u8 = 6;
    /// A facility.
    pub const FACILITY: u8 = 7;
    /// A city of a million; smaller ones count up to [`HAMLET`].
    pub const METROPOLIS: u8 = 8;
    /// A place of fewer than 2,000 people or unknown size.
    pub const HAMLET: u8 = 13;
    /// A demonym.
    pub const DEMONYM: u8 = 14;
    /// An abbreviation of a division or country.
    pub const ABBREVIATION: u8 = 15;
}

/// A name of the gazetteer where it stands in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Name {
    /// First token.
    pub first: u32,
    /// Number of tokens.
    pub tokens: u8,
    /// One of [`class`].
    pub class: u8,
    /// Its entry.
    pub entry: u32,
}

impl Name {
    /// Its tokens.
    pub fn range(&self) -> std::ops::Range<usize> {
        self.first as usize..self.first as usize + usize::from(self.tokens)
    }
}

/// A distinct name of a text and the places it may mean.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The folded name.
    pub key: String,
    /// The places, likeliest first.
    pub candidates: Vec<Candidate>,
    /// One of [`class`].
    pub class: u8,
    /// The gazetteer has nothing under the name; the places are spelt alike.
    pub misspelt: bool,
}

/// The names of a text.
#[derive(Debug, Clone, Default)]
pub struct Scan {
    /// Where they stand, in order, without overlap.
    pub names: Vec<Name>,
    /// The distinct ones.
    pub entries: Vec<Arc<Entry>>,
    found: FxHashMap<(u64, Case), Option<u32>>,
}

/// How a name is written, as far as abbreviations care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Case {
    /// `US`, `U.S.`
    Capitals,
    /// `Calif`, `Ga`
    Title,
}

/// Words of a text, folded for look-up.
struct Words {
    arena: String,
    /// By token: range in the arena and hash; empty ranges for marks.
    words: Vec<(u32, u32, u64)>,
}

impl Words {
    fn new(text: &str, tokens: &[Token]) -> Self {
        let mut arena = String::with_capacity(text.len());
        let mut folded = String::new();
        let mut words = Vec::with_capacity(tokens.len());
        for token in tokens {
            let start = arena.len();
            if token.class != TokenClass::Punctuation {
                let word = token.text(text);
                if word.bytes().all(|b| b.is_ascii_alphanumeric()) {
                    arena.extend(word.bytes().map(|b| char::from(b.to_ascii_lowercase())));
                } else {
                    fold_into(word, &mut folded);
                    arena.push_str(&folded);
                }
            }
            let hash = if start == arena.len() { 0 } else { token_hash(&arena[start..]) };
            words.push((start as u32, arena.len() as u32, hash));
        }
        Self { arena, words }
    }

    fn word(&self, i: usize) -> &str {
        let (start, end, _) = self.words[i];
        &self.arena[start as usize..end as usize]
    }
}

/// Keeps demonyms apart from names in the table of what was looked up.
const DEMONYM: u64 = 0x0064_656d_6f6e_796d;

/// The same for names that are spelt otherwise.
const MISSPELT: u64 = 0x0074_7970_6f73_0000;

/// Longest name, in words.
const LONGEST: usize = 8;

/// A run of words that may hold a name: folded words, their hashes, and the token each ends at.
#[derive(Default)]
struct Window<'a> {
    words: SmallVec<[std::borrow::Cow<'a, str>; LONGEST]>,
    hashes: SmallVec<[u64; LONGEST]>,
    ends: SmallVec<[usize; LONGEST]>,
}

/// Finds the longest names of a text that do not overlap, left to right. Names begin at a capital, at an article before a
/// hyphen ("al-Bab") or, in scripts without case, anywhere.
pub fn scan(gazetteer: &Gazetteer, text: &str, tokens: &[Token], sentences: &[Sentence], forms: &[Form]) -> Scan {
    let words = Words::new(text, tokens);
    let mut scan = Scan::default();
    for sentence in sentences {
        let end = sentence.tokens.end;
        let mut at = sentence.tokens.start;
        while at < end {
            let found = if starts_name(text, tokens, forms, at, end) {
                let name = scan.longest(gazetteer, text, tokens, forms, &words, at, end);
                scan.demonym(gazetteer, tokens, forms, &words, at, end, name)
                    .or(name)
                    .or_else(|| scan.inflected(gazetteer, &words, at))
            } else {
                None
            };
            match found {
                Some(name) => {
                    at += usize::from(name.tokens);
                    scan.names.push(name);
                }
                None => at += 1,
            }
        }
    }
    scan
}

fn starts_name(text: &str, tokens: &[Token], forms: &[Form], at: usize, end: usize) -> bool {
    let form = &forms[at];
    match form.shape {
        Shape::Mark | Shape::Number => false,
        Shape::Initial => at + 1 < end && tokens[at + 1].class == TokenClass::Word,
        Shape::Small => {
            form.lexical.has(Lexical::CONNECTOR)
                && at + 2 < end
                && tokens[at].end == tokens[at + 1].start
                && tokens[at + 1].class == TokenClass::Punctuation
                && tokens[at + 1].end == tokens[at + 2].start
                && matches!(forms[at + 2].shape, Shape::Title | Shape::Capitals)
        }
        Shape::Caseless => !super::language::is_common(tokens[at].text(text)),
        _ => !form.lexical.has(Lexical::CALENDAR),
    }
}

/// Whether a mark may stand inside a name.
fn joins(mark: &str) -> bool {
    matches!(mark, "-" | "–" | "." | "/" | "&" | "ʻ") || mark.chars().all(is_apostrophe)
}

impl Scan {
    /// The entry of a folded name that is written like this, if the gazetteer has it; for names that the scan did not cut.
    pub fn look_up(&mut self, gazetteer: &Gazetteer, key: &str, capitals: bool) -> Option<u32> {
        let hash = key.split(' ').fold(0, |h, word| extend(h, token_hash(word)));
        let case = if capitals { Case::Capitals } else { Case::Title };
        if let Some(found) = self.found.get(&(hash, case)) {
            return *found;
        }
        self.fetch(gazetteer, hash, case, key)
    }

    /// Adds an entry for a name under which the gazetteer has nothing, from places that are spelt alike.
    pub fn add(
        &mut self,
        gazetteer: &Gazetteer,
        key: &str,
        places: impl FnOnce() -> Vec<(PlaceIx, NameKind)>,
    ) -> Option<u32> {
        let hash = key.split(' ').fold(MISSPELT, |h, word| extend(h, token_hash(word)));
        if let Some(found) = self.found.get(&(hash, Case::Title)) {
            return *found;
        }
        let entry = remembered(hash, Case::Title, || {
            entry(gazetteer, key, &places(), Case::Title).map(|e| Entry { misspelt: true, ..e })
        });
        self.keep(hash, Case::Title, entry)
    }

    fn fetch(&mut self, gazetteer: &Gazetteer, hash: u64, case: Case, key: &str) -> Option<u32> {
        let look = || entry(gazetteer, key, &gazetteer.exact(key).collect::<Vec<_>>(), case);
        self.keep(hash, case, remembered(hash, case, look))
    }

    fn keep(&mut self, hash: u64, case: Case, entry: Option<Arc<Entry>>) -> Option<u32> {
        let entry = entry.map(|entry| {
            self.entries.push(entry);
            self.entries.len() as u32 - 1
        });
        self.found.insert((hash, case), entry);
        entry
    }

    /// The name at a token that is inflected or has a particle before it, in scripts where names are.
    fn inflected(&mut self, gazetteer: &Gazetteer, words: &Words, at: usize) -> Option<Name> {
        let word = words.word(at);
        if word.is_ascii() {
            return None;
        }
        let entry = super::language::base_forms(word).iter().find_map(|form| {
            let hash = extend(0, token_hash(form));
            let known =
                gazetteer.may_have_key(hash).then(|| self.fetch(gazetteer, hash, Case::Title, form)).flatten()?;
            // A hamlet whose name happens to be such a form is no evidence.
            (self.entries[known as usize].class < class::HAMLET - 1).then_some(known)
        })?;
        Some(Name { first: at as u32, tokens: 1, class: self.entries[entry as usize].class, entry })
    }

    /// The demonym at a token ("Syrian", "South Koreans"), where the name found there is no better reading.
    #[expect(clippy::too_many_arguments, reason = "one text seen from several sides")]
    fn demonym(
        &mut self,
        gazetteer: &Gazetteer,
        tokens: &[Token],
        forms: &[Form],
        words: &Words,
        at: usize,
        end: usize,
        name: Option<Name>,
    ) -> Option<Name> {
        let better = |n: &Name, length: usize| {
            usize::from(n.tokens) > length
                || n.class == class::COUNTRY
                || (usize::from(n.tokens) == length && n.class == class::ADMIN1)
        };
        for length in [2, 1] {
            if at + length > end || name.is_some_and(|n| better(&n, length)) {
                continue;
            }
            if length == 2 && (tokens[at + 1].class != TokenClass::Word || forms[at + 1].shape == Shape::Small) {
                continue;
            }
            if length == 1 && !matches!(forms[at].shape, Shape::Title | Shape::Capitals) {
                continue;
            }
            let hash = (0..length).fold(DEMONYM, |h, i| extend(h, words.words[at + i].2));
            let entry = match self.found.get(&(hash, Case::Title)) {
                Some(entry) => *entry,
                None => {
                    let key = (0..length).map(|i| words.word(at + i)).collect::<Vec<_>>().join(" ");
                    let candidates: Vec<Candidate> = gazetteer
                        .demonyms(&key)
                        .iter()
                        .map(|ix| Candidate::new(gazetteer, *ix, NameKind::Name))
                        .collect();
                    let entry = (!candidates.is_empty()).then(|| {
                        self.entries.push(Arc::new(Entry { key, candidates, class: class::DEMONYM, misspelt: false }));
                        self.entries.len() as u32 - 1
                    });
                    self.found.insert((hash, Case::Title), entry);
                    entry
                }
            };
            if let Some(entry) = entry {
                return Some(Name { first: at as u32, tokens: length as u8, class: class::DEMONYM, entry });
            }
        }
        None
    }

    #[expect(clippy::too_many_arguments, reason = "one text seen from several sides")]
    fn longest(
        &mut self,
        gazetteer: &Gazetteer,
        text: &str,
        tokens: &[Token],
        forms: &[Form],
        words: &Words,
        at: usize,
        end: usize,
    ) -> Option<Name> {
        let mut best: Option<Name> = None;
        // A possessive may be part of the name ("Lee's Summit") or not ("China's"); the longer reading wins.
        for with_possessive in [false, true] {
            let window = window(text, tokens, words, at, end, with_possessive);
            if with_possessive && !window.words.iter().any(|w| matches!(w, std::borrow::Cow::Owned(_))) {
                break;
            }
            let name = self.longest_in(gazetteer, text, tokens, forms, &window, at);
            if name.is_some_and(|n| best.is_none_or(|b| n.tokens > b.tokens)) {
                best = name;
            }
        }
        best
    }

    fn longest_in(
        &mut self,
        gazetteer: &Gazetteer,
        text: &str,
        tokens: &[Token],
        forms: &[Form],
        window: &Window,
        at: usize,
    ) -> Option<Name> {
        let possible = gazetteer.first_token(*window.hashes.first()?);
        let mut n = window.words.len();
        let mut keys: SmallVec<[u64; LONGEST]> = SmallVec::new();
        let mut key = 0;
        for hash in &window.hashes {
            key = extend(key, *hash);
            keys.push(key);
        }
        while n > 0 {
            if possible & (1 << (n.min(4) - 1)) == 0 {
                n -= 1;
                continue;
            }
            let last = &forms[window.ends[n - 1]];
            // A name does not end in a small word ("Hama the").
            if last.shape == Shape::Small {
                n -= 1;
                continue;
            }
            let capitals = n == 1 && matches!(forms[at].shape, Shape::Capitals | Shape::Points);
            let case = if capitals || n > 1 { Case::Capitals } else { Case::Title };
            let entry = match self.found.get(&(keys[n - 1], case)) {
                Some(entry) => *entry,
                None if !gazetteer.may_have_key(keys[n - 1]) => None,
                None => {
                    let key =
                        window.words[..n].iter().map(AsRef::as_ref).collect::<SmallVec<[&str; LONGEST]>>().join(" ");
                    self.fetch(gazetteer, keys[n - 1], case, &key)
                }
            };
            let Some(entry) = entry else {
                n -= 1;
                continue;
            };
            let class = self.entries[entry as usize].class;
            let length = window.ends[n - 1] + 1 - at;
            if class == class::ABBREVIATION && n == 1 && !abbreviated(text, tokens, at, capitals) {
                return None;
            }
            return Some(Name { first: at as u32, tokens: u8::try_from(length).unwrap_or(u8::MAX), class, entry });
        }
        None
    }
}

/// Whether a short word is meant as an abbreviation: with a point behind ("Calif.", "Ga."), in capitals with points inside, of
/// three letters and more, or after a comma ("Lexington, KY").
fn abbreviated(text: &str, tokens: &[Token], at: usize, capitals: bool) -> bool {
    let word = tokens[at].text(text);
    let after_comma = at > 0 && tokens[at - 1].text(text) == ",";
    let pointed = tokens.get(at + 1).is_some_and(|t| t.start == tokens[at].end && t.text(text) == ".");
    if capitals { word.len() > 2 || after_comma || word == "DC" } else { pointed }
}

fn window<'a>(
    text: &str,
    tokens: &[Token],
    words: &'a Words,
    at: usize,
    end: usize,
    with_possessive: bool,
) -> Window<'a> {
    use std::borrow::Cow;
    let mut window = Window::default();
    let mut i = at;
    while i < end && window.words.len() < LONGEST {
        let token = &tokens[i];
        if token.class == TokenClass::Punctuation {
            let mark = token.text(text);
            let spaced = i + 1 < end && tokens[i + 1].start > token.end;
            // "St. Louis" goes on over the point, "Hama. Homs" does not reach here: that is another sentence.
            if !joins(mark)
                || (spaced && mark != "." && mark != "&")
                || (mark == "." && !spaced && i + 1 < end && i == at)
            {
                break;
            }
            i += 1;
            continue;
        }
        let (_, _, hash) = words.words[i];
        if hash == 0 {
            break;
        }
        let mut word = Cow::Borrowed(words.word(i));
        let mut last = i;
        let glued =
            |k: usize| k + 1 < end && tokens[k].end == tokens[k + 1].start && tokens[k + 1].class == TokenClass::Word;
        let raw = token.text(text);
        let possessive = |k: usize| tokens[k].text(text).chars().next().is_some_and(is_apostrophe);
        if raw.chars().next_back().is_some_and(is_apostrophe) && glued(i) {
            word = Cow::Owned(format!("{word}{}", words.word(i + 1)));
            last = i + 1;
        } else if glued(i) && possessive(i + 1) {
            if !with_possessive {
                window.push(word, hash, i);
                break;
            }
            word = Cow::Owned(format!("{word}{}", words.word(i + 1)));
            last = i + 1;
        } else if possessive(i) {
            break;
        }
        let hash = if last == i { hash } else { token_hash(&word) };
        window.push(word, hash, last);
        i = last + 1;
    }
    window
}

impl<'a> Window<'a> {
    fn push(&mut self, word: std::borrow::Cow<'a, str>, hash: u64, end: usize) {
        self.words.push(word);
        self.hashes.push(hash);
        self.ends.push(end);
    }
}

/// What was found under a name, if anything.
type LookedUp = FxHashMap<(u64, Case), Option<Arc<Entry>>>;

/// Entries that this thread looked up before, for any text: the news names the same places over and over.
fn remembered(hash: u64, case: Case, look: impl FnOnce() -> Option<Entry>) -> Option<Arc<Entry>> {
    /// So many are kept; some ten megabytes.
    const KEPT: usize = 16_384;
    thread_local! {
        static KNOWN: RefCell<LookedUp> = RefCell::default();
    }
    KNOWN.with_borrow_mut(|known| {
        if known.len() >= KEPT {
            known.clear();
        }
        known.entry((hash, case)).or_insert_with(|| look().map(Arc::new)).clone()
    })
}

/// The entry of a name from the places that have it; nothing where none may be meant in running text.
fn entry(gazetteer: &Gazetteer, key: &str, hits: &[(PlaceIx, NameKind)], case: Case) -> Option<Entry> {
    let short = key.len() <= 3;
    let mut candidates: Vec<Candidate> = hits
        .iter()
        .filter(|(ix, kind)| match kind {
            NameKind::Code => false,
            // Two and three letters in capitals are an abbreviation or nothing; "Us" is no country.
            NameKind::Abbreviation => {
                case == Case::Capitals || !short || gazetteer.get(*ix).kind() != PlaceKind::Country
            }
            NameKind::Loose | NameKind::Alternate => !(short && case == Case::Capitals && key.is_ascii()),
            _ => true,
        })
        .map(|(ix, kind)| Candidate::new(gazetteer, *ix, *kind))
        .collect();
    if candidates.is_empty() {
        return None;
    }
    candidates.sort_by(|a, b| b.prior.total_cmp(&a.prior).then(a.ix.cmp(&b.ix)));
    candidates.truncate(MOST);
    // "Mexico" is the country; the capital that some call so is called by another name.
    let countries: Vec<u32> = candidates.iter().filter(|c| c.kind == PlaceKind::Country).map(|c| c.ix.0).collect();
    for capital in candidates.iter_mut().filter(|c| c.seat == 3 && countries.contains(&c.country)) {
        capital.seat = 2;
    }
    for i in 0..candidates.len() {
        let division = candidates[i];
        let named = |c: &Candidate| {
            let inside = c.admin1 == division.ix.0 || c.admin2 == division.ix.0;
            inside && c.kind == PlaceKind::City && (c.seat > 0 || c.population > 20_000)
        };
        let is_division = matches!(division.kind, PlaceKind::Admin1 | PlaceKind::Admin2);
        candidates[i].twin = is_division && candidates.iter().any(named);
    }
    let class = candidates[0].class();
    Some(Entry { key: key.to_owned(), candidates, class, misspelt: false })
}
