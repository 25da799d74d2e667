//! Reading: from a news text to its place mentions, control events and distances.
//!
//! [`read`] does everything; [`resolve`] places names somebody else has found. Offsets are code points of the text as given,
//! markup and all.

pub mod candidates;
pub mod distance;
pub mod events;
mod inherit;
pub mod kinds;
pub mod language;
pub mod learn;
pub mod mentions;
mod placing;
pub mod ranker;
pub mod recognise;
pub mod resolution;
pub mod scan;
pub mod votes;
pub mod words;

use crate::diag::Warned;
use crate::gazetteer::Gazetteer;
use crate::model::{Background, DistanceClaim, Mention};
use crate::text::{Sentence, Span, Token, sentences, tokens};
use crate::time::Date;

/// What is known about a text beside its words.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Options {
    /// Publication day, against which "Thursday" is resolved.
    pub published: Option<Date>,
    /// BCP 47 tag of the language; detected where not given.
    pub lang: Option<String>,
    /// ISO 3166-1 alpha-2 code of the country of publication, which weighs in on names that many countries have.
    pub country: Option<String>,
}

/// What a text says.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reading {
    /// BCP 47 tag of its language, as given or detected.
    pub lang: String,
    /// Place names, in the order of the text; they never overlap.
    pub mentions: Vec<Mention>,
    /// Who gained, lost, entered, contested or besieged what, in the order of the text.
    pub events: Vec<events::ControlEvent>,
    /// Who the events are about.
    pub sides: Vec<events::Side>,
    /// Stated distances, measured.
    pub distances: Vec<DistanceClaim>,
    /// What the text recalls from long before.
    pub background: Vec<Background>,
}

/// A text with its tokens, their forms and labels, and the names in it.
struct Prepared {
    tokens: Vec<Token>,
    sentences: Vec<Sentence>,
    forms: Vec<recognise::forms::Form>,
    labels: Vec<u8>,
    scan: scan::Scan,
    home: Option<u32>,
    lang: String,
}

impl Prepared {
    fn new(gazetteer: &Gazetteer, text: &str, options: &Options) -> Self {
        let tokens = tokens(text);
        let lang = options.lang.clone().unwrap_or_else(|| language::detect(text, &tokens).to_owned());
        let sentences = sentences(text, &tokens);
        let forms: Vec<recognise::forms::Form> = tokens.iter().map(|t| recognise::forms::form(text, t)).collect();
        let scan = scan::scan(gazetteer, text, &tokens, &sentences, &forms);
        let prepared = recognise::prepare(forms, &tokens, &sentences, &scan.names);
        let labels = recognise::tag(&prepared);
        let home = options.country.as_deref().and_then(|c| gazetteer.country(c)).map(|ix| ix.0);
        Self { tokens, sentences, forms: prepared.forms, labels, scan, home, lang }
    }

    /// Marks spans as places, whatever the tagger thinks.
    fn give(&mut self, spans: &[Span]) {
        for span in spans {
            let from = self.tokens.partition_point(|t| (t.to as usize) <= span.start);
            let mut label = recognise::weights::B;
            for (token, known) in self.tokens[from..].iter().zip(&mut self.labels[from..]) {
                if token.from as usize >= span.end {
                    break;
                }
                *known = label as u8;
                label = recognise::weights::I;
            }
        }
    }

    fn draft<'a>(&'a self, gazetteer: &'a Gazetteer, text: &'a str) -> mentions::Draft<'a> {
        mentions::Draft {
            gazetteer,
            text,
            tokens: &self.tokens,
            sentences: &self.sentences,
            forms: &self.forms,
            labels: &self.labels,
            english: self.lang.starts_with("en"),
        }
    }

    fn reading(&self, text: &str, options: &Options, mentions: Vec<Mention>) -> Reading {
        let found = events::extract(text, &self.tokens, &self.sentences, &mentions, options.published);
        let distances = distance::extract(text, &self.tokens, &self.sentences, &mentions);
        Reading {
            lang: self.lang.clone(),
            mentions,
            events: found.events,
            sides: found.sides,
            distances,
            background: found.background,
        }
    }

    fn resolution(&self, text: &str) -> resolution::Resolution {
        let around = kinds::Around { text, tokens: &self.tokens, forms: &self.forms };
        resolution::Resolution::new(&around, &self.sentences, &self.labels, &self.scan, self.home)
    }
}

/// The place names of a text, resolved together, and nothing else.
pub fn toponyms(text: &str, options: &Options) -> Vec<Mention> {
    let gazetteer = Gazetteer::embedded();
    let mut prepared = Prepared::new(gazetteer, text, options);
    let resolution = prepared.resolution(text);
    let mut scan = std::mem::take(&mut prepared.scan);
    prepared.draft(gazetteer, text).mentions(&mut scan, &resolution)
}

/// Reads a text: its place names, resolved together, its control events and its distances.
pub fn read(text: &str, options: &Options) -> Warned<Reading> {
    let gazetteer = Gazetteer::embedded();
    let mut prepared = Prepared::new(gazetteer, text, options);
    let resolution = prepared.resolution(text);
    let mut scan = std::mem::take(&mut prepared.scan);
    let mentions = prepared.draft(gazetteer, text).mentions(&mut scan, &resolution);
    Warned::silent(prepared.reading(text, options, mentions))
}

/// Reads a text whose place names somebody else has found: exactly those are resolved, one mention a span, in the order given.
pub fn read_given(text: &str, spans: &[Span], options: &Options) -> Warned<Reading> {
    let mentions = resolve(text, spans, options);
    // Events and distances walk the text, so they want the mentions in its order; the answer keeps that of the question.
    let mut order: Vec<usize> = (0..spans.len()).collect();
    order.sort_by_key(|i| (spans[*i].start, spans[*i].end));
    let sorted = order.iter().map(|i| mentions[*i].clone()).collect();
    let prepared = Prepared::new(Gazetteer::embedded(), text, options);
    let mut reading = prepared.reading(text, options, sorted);
    for event in &mut reading.events {
        event.mention = order[event.mention];
    }
    reading.mentions = mentions;
    Warned::silent(reading)
}

/// Resolves names that are given as spans of code points, all together, with every other name of the text as evidence; the
/// result has one mention a span, in the order given.
pub fn resolve(text: &str, spans: &[Span], options: &Options) -> Vec<Mention> {
    let gazetteer = Gazetteer::embedded();
    let mut prepared = Prepared::new(gazetteer, text, options);
    prepared.give(spans);
    let resolution = prepared.resolution(text);
    let mut scan = std::mem::take(&mut prepared.scan);
    prepared.draft(gazetteer, text).given(spans, &mut scan, &resolution)
}

#[cfg(test)]
mod tests;
