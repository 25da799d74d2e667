//! The features the tagger sees at a token: words and shapes around it, the gazetteer's longest match, word lists, and what the
//! rest of the document says about the same word.

use super::forms::{Form, Shape};
use super::lexicon::Lexical;
use rustc_hash::FxHashMap;

/// What the gazetteer's longest match says about a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Known {
    /// Where in the match the token stands: 0 none, 1 alone, 2 first, 3 inside, 4 last.
    pub role: u8,
    /// The most prominent kind of place that has the name: 0 none, else a class of [`crate::geoparse::scan`].
    pub class: u8,
}

/// What other places of the document say about a word; marks may be joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Elsewhere(pub u8);

impl Elsewhere {
    const AFTER_PREPOSITION: u8 = 1;
    const AFTER_PERSON_WORD: u8 = 2;
    const BEFORE_CONTAINER: u8 = 4;
    const SMALL: u8 = 8;
    const BEFORE_ORGANISATION: u8 = 16;
    const BEFORE_SURNAME: u8 = 32;
    const AFTER_CAPITAL: u8 = 64;
}

/// A document as the tagger sees it; all slices are as long as the tokens.
pub struct View<'a> {
    /// Forms of the tokens.
    pub forms: &'a [Form],
    /// Gazetteer marks of the tokens.
    pub known: &'a [Known],
    /// Whether each token begins a sentence.
    pub begins: &'a [bool],
    /// Whether each token stands in a heading or a line in capitals.
    pub heading: &'a [bool],
    /// By word.
    pub elsewhere: &'a FxHashMap<u32, Elsewhere>,
    /// How common a word is in lower case, 0–3.
    pub common: &'a dyn Fn(u32) -> u8,
}

/// Whether the tagger never takes a token into a name: it is then O without being looked at.
pub fn is_plain(form: &Form) -> bool {
    match form.shape {
        Shape::Small => !form.lexical.has(Lexical::CONNECTOR),
        Shape::Mark => !matches!(form.length, 1),
        _ => false,
    }
}

/// Gathers what each capitalised word's other occurrences say about it.
pub fn elsewhere(forms: &[Form], known: &[Known], begins: &[bool]) -> FxHashMap<u32, Elsewhere> {
    let mut found: FxHashMap<u32, Elsewhere> = FxHashMap::default();
    let capital = |f: &Form| matches!(f.shape, Shape::Title | Shape::Capitals | Shape::Mixed | Shape::Points);
    for (i, form) in forms.iter().enumerate() {
        if capital(form) {
            let mut marks = 0;
            if i > 0 && !begins[i] {
                let before = &forms[i - 1];
                if before.shape == Shape::Small && before.lexical.has(Lexical::PLACE_PREPOSITION) {
                    marks |= Elsewhere::AFTER_PREPOSITION;
                }
                if before.lexical.has(Lexical::TITLE) || (capital(before) && before.lexical.has(Lexical::GIVEN)) {
                    marks |= Elsewhere::AFTER_PERSON_WORD;
                }
                if capital(before) {
                    marks |= Elsewhere::AFTER_CAPITAL;
                }
            }
            if let Some(next) = forms.get(i + 1) {
                if next.shape == Shape::Mark
                    && known.get(i + 2).is_some_and(|k| k.role > 0 && super::is_container(k.class))
                {
                    marks |= Elsewhere::BEFORE_CONTAINER;
                }
                if capital(next) && next.lexical.has(Lexical::ORGANISATION) {
                    marks |= Elsewhere::BEFORE_ORGANISATION;
                }
                if capital(next) && next.lexical.has(Lexical::SURNAME) {
                    marks |= Elsewhere::BEFORE_SURNAME;
                }
            }
            found.entry(form.lower).or_default().0 |= marks;
        }
    }
    for form in forms {
        if form.shape == Shape::Small
            && let Some(marks) = found.get_mut(&form.lower)
        {
            marks.0 |= Elsewhere::SMALL;
        }
    }
    found
}

/// Number of features at a token.
pub const COUNT: usize = 50;

fn key(template: u32, a: u32, b: u32) -> u32 {
    let mixed =
        (u64::from(a) << 32 | u64::from(b)).wrapping_add(u64::from(template).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    ((mixed ^ (mixed >> 32)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 32) as u32
}

const NOBODY: Form = Form { lower: 1, prefix: 1, suffix: [1; 3], shape: Shape::Mark, lexical: Lexical(0), length: 0 };

impl View<'_> {
    fn at(&self, i: usize, by: isize) -> &Form {
        i.checked_add_signed(by).and_then(|i| self.forms.get(i)).unwrap_or(&NOBODY)
    }

    fn known(&self, i: usize, by: isize) -> u32 {
        let known = i.checked_add_signed(by).and_then(|i| self.known.get(i)).copied().unwrap_or_default();
        u32::from(known.role) << 8 | u32::from(known.class)
    }

    fn place(&self, i: usize) -> u32 {
        u32::from(self.begins[i]) | u32::from(self.heading[i]) << 1
    }

    /// The features at a token, as keys of the weights.
    pub fn features(&self, i: usize) -> [u32; COUNT] {
        let (w, p, n) = (self.at(i, 0), self.at(i, -1), self.at(i, 1));
        let (pp, nn) = (self.at(i, -2), self.at(i, 2));
        let place = self.place(i);
        let (g, gp, gn) = (self.known(i, 0), self.known(i, -1), self.known(i, 1));
        let (gpp, gnn) = (self.known(i, -2), self.known(i, 2));
        let shape = |f: &Form| f.shape as u32;
        let lists = |f: &Form| u32::from(f.lexical.0);
        let elsewhere = u32::from(self.elsewhere.get(&w.lower).copied().unwrap_or_default().0);
        let common = u32::from((self.common)(w.lower));
        let shapes = shape(p) << 8 | shape(w) << 4 | shape(n);
        let capital = |f: &Form| {
            matches!(f.shape, Shape::Title | Shape::Capitals | Shape::Mixed | Shape::Initial | Shape::Points)
        };
        // The word that stands before the run of capitals this token is in, and the one after it.
        let mut left = 1;
        while left < 5 && (capital(self.at(i, -left)) || self.at(i, -left).lexical.has(Lexical::CONNECTOR)) {
            left += 1;
        }
        let mut right = 1;
        while right < 5 && (capital(self.at(i, right)) || self.at(i, right).lexical.has(Lexical::CONNECTOR)) {
            right += 1;
        }
        let (before, after) = (self.at(i, -left), self.at(i, right));
        let run = (left as u32) << 4 | right as u32;
        let mut run_lists = 0;
        for by in 1..right {
            run_lists |= u32::from(self.at(i, by).lexical.0);
        }
        let mut back_lists = 0;
        for by in 1..left {
            back_lists |= u32::from(self.at(i, -by).lexical.0);
        }
        [
            key(0, 0, 0),
            key(1, w.lower, 0),
            key(2, w.lower, shape(w)),
            key(3, p.lower, 0),
            key(4, n.lower, 0),
            key(5, pp.lower, 0),
            key(6, nn.lower, 0),
            key(7, p.lower, w.lower),
            key(8, w.lower, n.lower),
            key(9, p.lower, n.lower),
            key(10, w.prefix, 0),
            key(11, w.suffix[0], 0),
            key(12, w.suffix[1], 0),
            key(13, w.suffix[2], 0),
            key(14, shape(w), place),
            key(15, shapes, place),
            key(16, shape(w) << 4 | shape(p), shape(n) << 4 | shape(nn)),
            key(17, g, shape(w)),
            key(18, g, gp << 16 | gn),
            key(19, g, p.lower),
            key(20, g, n.lower),
            key(21, g, lists(w)),
            key(22, g, common << 8 | elsewhere),
            key(23, lists(w), shape(w)),
            key(24, lists(p), lists(n)),
            key(25, lists(p), shape(w) << 16 | g),
            key(26, lists(n), shape(w) << 16 | g),
            key(27, elsewhere, shape(w)),
            key(28, common, shape(w) << 4 | place),
            key(29, gnn, n.lower),
            key(30, gpp, p.lower),
            key(31, before.lower, run),
            key(32, after.lower, run),
            key(33, before.lower, g),
            key(34, after.lower, g),
            key(35, run_lists, shape(w)),
            key(36, back_lists, shape(w)),
            key(37, run_lists, g),
            key(38, lists(w), run_lists),
            key(39, run, shape(w) << 2 | place),
            key(40, pp.lower, p.lower),
            key(41, n.lower, nn.lower),
            key(42, g, run << 2 | place),
            key(43, w.lower, g),
            key(44, elsewhere, g),
            key(45, lists(p) << 16 | lists(w), lists(n)),
            key(46, w.prefix, w.suffix[1]),
            key(47, before.lower, after.lower),
            key(48, gp, shape(p) << 4 | shape(w)),
            key(49, gn, shape(n) << 4 | shape(w)),
        ]
    }
}
