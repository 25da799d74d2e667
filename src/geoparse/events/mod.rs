//! Control events: who gained, lost, entered, contested or besieged what, when, and on whose word.
//!
//! English only, by a hand-written grammar over the tables beside this module: units (words, places, dates) → verbs with their
//! subjects → deeds, each with its place, actor, date and source → events, one a place, side, class and date. Every rule is about
//! the language, none about a conflict. Plans, fears, negations, air raids and diplomacy give no event, nor does anything without an
//! armed actor: a team that captures a title, a party that takes a state.
//!
//! It is no general parser: a sentence it cannot follow gives nothing rather than a guess. Time is linear in the text.

mod clauses;
mod dates;
pub(super) mod keys;
mod lexicon;
pub(super) mod located;
mod merge;
mod nouns;
mod objects;
mod parties;
mod phrases;
mod polarity;
mod scene;
mod sides;
mod source;
mod states;
#[cfg(test)]
mod tests;
mod topics;
mod units;
mod verbs;

use crate::model::{Action, ActorId, Background, Certainty, Mention};
use crate::text::{Sentence, Span, Token, TokenClass};
use crate::time::{Date, Precision, When};
use lexicon::{Class, lexicon};
use rustc_hash::FxHashSet;

/// A control event as a text tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct ControlEvent {
    /// The place: index of a mention of the reading.
    pub mention: usize,
    /// What happened; `Action::None` is an advance towards the place.
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
    /// When it was reported: the publication day.
    pub reported: Option<Date>,
    /// On whose word, as written.
    pub attribution: Option<String>,
    /// How sure.
    pub certainty: Certainty,
    /// The rule that gave the certainty.
    pub reason: String,
    /// The installation inside the place that it is about.
    pub facility: Option<String>,
    /// The clause that tells it, in code points.
    pub evidence: Span,
}

impl ControlEvent {
    /// The action's word in `parse` output: that of the model, but `advanced_toward` for an advance.
    pub fn word(&self) -> &'static str {
        if self.action == Action::None { "advanced_toward" } else { self.action.word() }
    }

    /// The date in `parse` output: `YYYY-MM-DD`, or `YYYY-MM` and `YYYY` where only those are known.
    pub fn iso_date(&self) -> Option<String> {
        self.date.map(|when| match when.precision {
            Precision::Month | Precision::Year => when.to_string(),
            _ => when.day.to_string(),
        })
    }
}

/// A side of the text's conflict: the names it goes by there.
#[derive(Debug, Clone, PartialEq)]
pub struct Side {
    /// Its key.
    pub id: ActorId,
    /// The fullest name the text gives it.
    pub name: String,
    /// The shortest name the text gives it.
    pub short: String,
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
    /// The distances it states, not yet measured.
    pub(super) stated: Vec<located::Stated>,
}

/// Finds the control events of a text, and the distances that it states, in one walk.
pub fn extract(
    text: &str,
    tokens: &[Token],
    sentences: &[Sentence],
    mentions: &[Mention],
    published: Option<Date>,
) -> Extracted {
    if mentions.is_empty() {
        return Extracted::default();
    }
    let keys = keys::Keys::of(mentions);
    let mood = mood(text, tokens);
    let mut locator = located::has_units(text, tokens).then(|| located::Locator::new(tokens, mentions, &keys));
    let mut reader = units::Reader::new(text, tokens, mentions);
    let eye = parties::Eye { text, tokens };
    let mut scene = scene::Scene::new(eye, mentions, &keys, published, mood);
    let mut background = Vec::new();
    for sentence in sentences {
        // Where nobody is armed only distances and memories are looked for.
        if mood.is_quiet() && locator.is_none() && (published.is_none() || !reader.has_date(sentence)) {
            continue;
        }
        let line = reader.line(sentence);
        if mood.is_quiet() {
            scene.keep_date(&line);
        } else {
            scene.read(&line);
        }
        merge::recalls(&scene, &line, &mut background);
        if let Some(locator) = &mut locator {
            locator.read(&line);
        }
    }
    let sides = sides::gather(&scene.parties, scene.topics.home());
    let stated = locator.map_or_else(Vec::new, |l| l.found);
    Extracted { stated, ..merge::merge(scene, background, &sides) }
}

/// Counts the distinct words of war and of its opposites.
fn mood(text: &str, tokens: &[Token]) -> scene::Mood {
    let mut seen: FxHashSet<String> = FxHashSet::default();
    let mut mood = scene::Mood::default();
    let mut before: Option<&Token> = None;
    let mut low = String::new();
    for token in tokens.iter().filter(|t| t.class == TokenClass::Word) {
        let word = token.text(text);
        let capital = token.is_capitalised(text);
        if let Some(first) = before.replace(token).filter(|f| capital && f.is_capitalised(text)) {
            let pair = &text[first.start as usize..token.end as usize];
            if pair.len() < 40 && lexicon().is_group(pair) && seen.insert(pair.to_lowercase()) {
                mood.war += 1;
            }
        }
        // Some groups are known by one letter or a long name; that they are named is enough for the text to be read.
        mood.groups |= capital && lexicon().begins_group(word);
        if word.len() > 16 || word.len() < 3 {
            continue;
        }
        low.clear();
        if word.is_ascii() {
            low.extend(word.bytes().map(|b| char::from(b.to_ascii_lowercase())));
        } else {
            low.push_str(&word.to_lowercase());
        }
        let class = lexicon().class(&low);
        mood.seizing |= lexicon().is_seizing(&low);
        mood.men |= low == "men" || low.starts_with("besieg");
        let war = class.has(Class::WAR) || class.has(Class::FORCE) || lexicon().is_group(word);
        if (war || class.has(Class::PEACE)) && !seen.contains(&low) {
            seen.insert(low.clone());
            mood.war += usize::from(war);
            mood.peace += usize::from(class.has(Class::PEACE));
        }
    }
    mood
}
