//! Recognition: which runs of tokens are the names of places, persons and organisations.
//!
//! A linear tagger (averaged structured perceptron, Collins 2002) over words, shapes, affixes, word lists, the gazetteer's longest
//! match and what the rest of the document says of the same word. Trained by `examples/train_recogniser.rs` on English; other
//! languages go by the gazetteer alone ([`crate::geoparse`] decides). Tokens in small letters are never looked at, so the cost
//! is that of the capitals.

pub mod features;
pub mod forms;
pub mod learn;
pub mod lexicon;
pub mod viterbi;
pub mod weights;

use super::scan::Name;
use crate::text::{Sentence, Token, TokenClass};
use features::{Known, View, elsewhere, is_plain};
use forms::{Form, Shape};
use rustc_hash::FxHashMap;
use std::sync::LazyLock;
use weights::{LABELS, O, Weights};

/// Whether a name of this class may contain the place before a comma ("Paris, Texas").
pub fn is_container(class: u8) -> bool {
    use super::scan::class;
    matches!(class, class::COUNTRY | class::ADMIN1 | class::ADMIN2 | class::ABBREVIATION)
}

/// A document prepared for the tagger.
pub struct Prepared {
    /// Forms of the tokens.
    pub forms: Vec<Form>,
    known: Vec<Known>,
    begins: Vec<bool>,
    heading: Vec<bool>,
    elsewhere: FxHashMap<u32, features::Elsewhere>,
}

/// Prepares a document of known forms: gazetteer marks and document-level marks.
pub fn prepare(forms: Vec<Form>, tokens: &[Token], sentences: &[Sentence], names: &[Name]) -> Prepared {
    let mut known = vec![Known::default(); tokens.len()];
    for name in names {
        let (first, last) = (name.first as usize, name.first as usize + name.tokens as usize - 1);
        for (i, mark) in known.iter_mut().enumerate().take(last + 1).skip(first) {
            let role = match (i == first, i == last) {
                (true, true) => 1,
                (true, false) => 2,
                (false, false) => 3,
                (false, true) => 4,
            };
            *mark = Known { role, class: name.class };
        }
    }
    let mut begins = vec![false; tokens.len()];
    let mut heading = vec![false; tokens.len()];
    for sentence in sentences {
        // The first word is the one whose capital says nothing, whatever marks stand before it.
        for start in [sentence.tokens.start, sentence.body] {
            if let Some(first) = (start..sentence.tokens.end).find(|i| tokens[*i].class != TokenClass::Punctuation) {
                begins[first] = true;
            }
        }
        let words = &forms[sentence.tokens.clone()];
        let count = |shape: &[Shape]| words.iter().filter(|f| shape.contains(&f.shape)).count();
        let capitals = count(&[Shape::Title, Shape::Capitals, Shape::Mixed]);
        let shouted = count(&[Shape::Capitals]) * 2 > words.len() && words.len() > 3;
        if shouted || capitals > count(&[Shape::Small]) * 2 && capitals > 3 {
            heading[sentence.tokens.clone()].fill(true);
        }
    }
    let elsewhere = elsewhere(&forms, &known, &begins);
    Prepared { forms, known, begins, heading, elsewhere }
}

impl Prepared {
    /// The document as the features see it.
    pub fn view<'a>(&'a self, common: &'a dyn Fn(u32) -> u8) -> View<'a> {
        View {
            forms: &self.forms,
            known: &self.known,
            begins: &self.begins,
            heading: &self.heading,
            elsewhere: &self.elsewhere,
            common,
        }
    }

    /// Runs of tokens that the tagger looks at; all others are O.
    pub fn runs(&self) -> impl Iterator<Item = std::ops::Range<usize>> + '_ {
        let mut at = 0;
        std::iter::from_fn(move || {
            while at < self.forms.len() && !self.opens(at) {
                at += 1;
            }
            let start = at;
            while at < self.forms.len() && self.goes_on(at) {
                at += 1;
            }
            (start < at).then_some(start..at)
        })
    }

    fn opens(&self, i: usize) -> bool {
        matches!(
            self.forms[i].shape,
            Shape::Title
                | Shape::Capitals
                | Shape::Mixed
                | Shape::Initial
                | Shape::Points
                | Shape::Number
                | Shape::Caseless
        ) || (self.known[i].role > 0 && !is_plain(&self.forms[i]))
    }

    fn goes_on(&self, i: usize) -> bool {
        let form = &self.forms[i];
        self.known[i].role > 2 || !is_plain(form)
    }
}

static WEIGHTS: LazyLock<Option<Weights>> =
    LazyLock::new(|| Weights::read(include_bytes!("../../../models/recogniser.bin")).ok());

/// How common a word is in lower case, 0–3, by the shipped model.
pub fn commonness(hash: u32) -> u8 {
    WEIGHTS.as_ref().map_or(0, |w| w.common(hash))
}

/// The label of each token, and by how much the best label of a place name led the best other one at that token.
pub fn tag(prepared: &Prepared) -> Vec<u8> {
    let mut labels = vec![O as u8; prepared.forms.len()];
    let Some(weights) = WEIGHTS.as_ref() else { return labels };
    let common = |hash| weights.common(hash);
    let view = prepared.view(&common);
    let mut scores: Vec<[i32; LABELS]> = Vec::new();
    let mut best = Vec::new();
    for run in prepared.runs() {
        // Numbers and marks alone name nothing.
        if run.clone().all(|i| matches!(prepared.forms[i].shape, Shape::Number | Shape::Mark | Shape::Small)) {
            continue;
        }
        scores.clear();
        for i in run.clone() {
            let mut at = [0; LABELS];
            for key in view.features(i) {
                weights.add(key, &mut at);
            }
            scores.push(at);
        }
        viterbi::best(&scores, &weights.transitions, &mut best);
        labels[run].copy_from_slice(&best);
    }
    labels
}
