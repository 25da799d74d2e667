//! Control events: who gained, lost, entered, contested or besieged what, when, and on whose word.

use crate::model::{Action, ActorId, Background, Certainty, Mention};
use crate::text::{Sentence, Span, Token};
use crate::time::{Date, When};

/// A control event as a text tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct ControlEvent {
    /// The place: index of a mention of the reading.
    pub mention: usize,
    /// What happened.
    pub action: Action,
    /// Who did it, as written.
    pub actor: Option<String>,
    /// The side who did it.
    pub side: Option<ActorId>,
    /// Who lost by it, as written.
    pub from_actor: Option<String>,
    /// The side who lost by it.
    pub from_side: Option<ActorId>,
    /// When.
    pub date: Option<When>,
    /// On whose word, as written.
    pub attribution: Option<String>,
    /// How sure.
    pub certainty: Certainty,
    /// The rule that gave the certainty.
    pub reason: String,
    /// The installation inside the place that it is about.
    pub facility: Option<String>,
    /// The clause that tells it.
    pub evidence: Span,
}

/// A side of the text's conflict: the names it goes by there.
#[derive(Debug, Clone, PartialEq)]
pub struct Side {
    /// Its key.
    pub id: ActorId,
    /// The fullest name the text gives it.
    pub name: String,
    /// Every name the text gives it, in the order of the text.
    pub aliases: Vec<String>,
}

/// What the events of a text are made of.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Extracted {
    /// The events, in the order of the text.
    pub events: Vec<ControlEvent>,
    /// Their sides.
    pub sides: Vec<Side>,
    /// What the text recalls from more than thirty days before.
    pub background: Vec<Background>,
}

/// Finds the control events of a text.
pub fn extract(
    _text: &str,
    _tokens: &[Token],
    _sentences: &[Sentence],
    _mentions: &[Mention],
    _published: Option<Date>,
) -> Extracted {
    Extracted::default()
}
