//! Events told by verbs: "captured", "was driven out of", "fell to", "laid siege to".

mod active;
mod fights;
mod force;
mod intransitive;
mod passive;

pub(super) use fights::from_afar;

use super::clauses::Verb;
use super::lexicon::{Class, Deed, Frame, Trigger, lexicon};
use super::objects::Target;
use super::phrases;
use super::polarity::{self, Polarity};
use super::scene::{Said, Scene, Who};
use super::units::{Kind, Line};
use std::ops::Range;

/// A verb with a trigger that fits it.
#[derive(Clone, Copy)]
struct Clause<'l> {
    line: &'l Line,
    verbs: &'l [Verb],
    /// The verb, among the verbs.
    n: usize,
    trigger: &'l Trigger,
    /// The unit behind the trigger's words.
    after: usize,
    /// Where the clause ends.
    limit: usize,
}

impl<'l> Clause<'l> {
    fn verb(&self) -> &'l Verb {
        &self.verbs[self.n]
    }

    /// What the verb says, with nobody yet who does it; it is as sure as its verb.
    fn said(&self, deed: Deed) -> Said {
        let verb = self.verb();
        Said {
            deed,
            actor: None,
            from: None,
            polarity: polarity::of_verb(self.line, self.verbs, self.n),
            verb: Some(self.n),
            at: verb.at,
            present: verb.present,
            units: verb.start..verb.at + 1,
        }
    }
}

impl Said {
    /// Who does it.
    fn by(self, actor: Option<usize>) -> Self {
        Self { actor, ..self }
    }

    /// Who loses by it.
    fn off(self, from: Option<usize>) -> Self {
        Self { from, ..self }
    }

    /// How sure it is.
    fn if_so(self, polarity: Polarity) -> Self {
        Self { polarity, ..self }
    }

    /// The units that tell it.
    fn over(self, units: Range<usize>) -> Self {
        Self { units, ..self }
    }
}

impl Scene<'_> {
    /// An event told by a verb of the trigger table.
    pub(in crate::geoparse::events) fn verb(&mut self, line: &Line, verbs: &[Verb], n: usize) {
        let limit = Self::limit(line, verbs, verbs[n].at);
        for trigger in lexicon().triggers(verbs[n].lemma) {
            let after = matched(line, verbs[n].at + 1, &trigger.pattern);
            let clause = Clause { line, verbs, n, trigger, after: after.unwrap_or(verbs[n].at + 1), limit };
            let told = if after.is_some() { self.try_trigger(&clause) } else { self.split(&clause) };
            if told {
                return;
            }
        }
    }

    /// "cut Gaza City off", "took the town back": the particle behind the place.
    fn split(&mut self, clause: &Clause<'_>) -> bool {
        let verb = clause.verb();
        let Clause { line, trigger, after, limit, .. } = *clause;
        let [particle] = trigger.pattern[..] else { return false };
        if trigger.frame != Frame::Transitive || verb.passive || !matches!(particle, "off" | "over" | "back" | "up") {
            return false;
        }
        let found = self.view(line, limit).targets(after);
        if found.places.is_empty() || line.low(found.end) != particle {
            return false;
        }
        let Who::Party(actor) = self.who(line, verb) else { return false };
        let from = self.loser_after(line, found.end + 1, limit);
        let said = clause.said(trigger.deed).by(Some(actor)).off(from).over(verb.start..found.end + 1);
        self.record(line, clause.verbs, &said, found.places);
        true
    }

    fn try_trigger(&mut self, clause: &Clause<'_>) -> bool {
        let (verb, trigger) = (clause.verb(), clause.trigger);
        match trigger.frame {
            Frame::Transitive if verb.passive && !trigger.pattern.last().is_some_and(|w| is_direction(w)) => {
                self.passive(clause)
            }
            Frame::Transitive if verb.passive => false,
            Frame::Transitive => self.active(clause),
            Frame::Intransitive => self.intransitive(clause),
            Frame::Expels => self.expels(clause),
            Frame::Repels => self.repels(clause),
            Frame::OrdersOut => self.orders_out(clause),
            Frame::Bare => self.bare(clause),
            Frame::Surrenders => self.surrenders(clause),
            Frame::Hands => self.hands(clause),
            Frame::ClashesWith => self.clashes(clause),
            Frame::Noun => false,
        }
    }

    /// The first place after a preposition between two units.
    pub(super) fn nearest(&self, line: &Line, from: usize, to: usize) -> Option<Vec<Target>> {
        for i in from..to.min(line.units.len()).min(from + 16) {
            let unit = &line.units[i];
            let leads = unit.kind == Kind::Function
                && matches!(
                    unit.low.as_str(),
                    "on" | "in"
                        | "at"
                        | "near"
                        | "around"
                        | "outside"
                        | "inside"
                        | "into"
                        | "against"
                        | "for"
                        | "across"
                        | "from"
                        | "over"
                        | "of"
                        | "towards"
                )
                || unit.is(Class::COMPASS);
            let there = unit.low == "there";
            if !leads && !there {
                continue;
            }
            let start = if there {
                i
            } else if unit.is(Class::COMPASS) && line.low(i + 1) == "of" {
                i + 2
            } else {
                i + 1
            };
            let mut found = self.view(line, to).targets(start).places;
            if found.is_empty() {
                continue;
            }
            if matches!(unit.low.as_str(), "near" | "around" | "outside") || unit.is(Class::COMPASS) {
                for target in &mut found {
                    target.extent = target.extent.max(super::objects::Extent::Around);
                }
            }
            return Some(found);
        }
        None
    }

    /// The place that opens a sentence: "In Uvira, soldiers clashed …".
    pub(super) fn locative(&self, line: &Line) -> Vec<Target> {
        let word = line.low(line.body);
        if !matches!(word, "in" | "at" | "near" | "around" | "outside" | "inside" | "across") {
            return Vec::new();
        }
        let mut found = self.view(line, line.units.len().min(line.body + 8)).targets(line.body + 1).places;
        if matches!(word, "near" | "around" | "outside") {
            for target in &mut found {
                target.extent = super::objects::Extent::Around;
            }
        }
        found.retain(|t| !t.anaphor);
        found
    }

    /// "from the SDF" after a place.
    pub(super) fn loser_after(&mut self, line: &Line, at: usize, limit: usize) -> Option<usize> {
        let mut i = at;
        while i < limit.min(at + 6) {
            if line.low(i) == "from" {
                return match self.phrase_actor(line, i + 1) {
                    Some(Who::Party(party)) => Some(party),
                    _ => None,
                };
            }
            let unit = line.get(i)?;
            if !(matches!(unit.kind, Kind::Date(_) | Kind::Comma)
                || unit.kind == Kind::Function && !unit.is(Class::CONJ))
            {
                return None;
            }
            i += 1;
        }
        None
    }

    /// The actor of the phrase that begins at a unit.
    pub(super) fn phrase_actor(&mut self, line: &Line, start: usize) -> Option<Who> {
        let first = phrases::right(line, start)?;
        let mut chain = phrases::Chain { phrases: vec![first], joined: None };
        while chain.phrases.len() < phrases::REACH {
            let mut end = chain.phrases[chain.phrases.len() - 1].end;
            while line.get(end).is_some_and(|u| u.is(Class::CONNECT) && !u.is(Class::FORCE)) {
                end += 1;
            }
            let link = line.get(end).is_some_and(|u| {
                u.kind == Kind::Function && matches!(u.low.as_str(), "of" | "from" | "to" | "by" | "with")
            });
            let next = if link { phrases::right(line, end + 1) } else { None };
            match next {
                Some(next) => chain.phrases.push(next),
                None => break,
            }
        }
        Some(self.who_is(line, &chain))
    }
}

pub(in crate::geoparse::events) fn target(mention: usize, anaphor: bool) -> Target {
    Target { mention, extent: super::objects::Extent::Whole, facility: None, anaphor }
}

/// Where a subject's place phrase begins: after "most of", "control of" the phrase itself knows.
pub(in crate::geoparse::events) fn place_start(line: &Line, range: &Range<usize>) -> usize {
    let mut start = range.start;
    while start + 1 < range.end && line.low(start) == "and" {
        start += 1;
    }
    // Back over a list: "Rastan, Talbiseh and Homs were captured"; "On Java, Bandung fell" is none.
    let mut joined = false;
    for _ in 0..20 {
        if start < 2 {
            break;
        }
        let sep = &line.units[start - 1];
        joined |= sep.low == "and";
        let listed = sep.kind == Kind::Comma && joined || sep.low == "and";
        let joins = listed && line.units[start - 2].place().is_some() && line.units[start].place().is_some();
        if !joins {
            break;
        }
        let Some(phrase) = phrases::left(line, start - 1) else { break };
        // A name that is the object of a verb belongs to that verb.
        let verb_before = phrase.start.checked_sub(1).map(|i| &line.units[i]);
        let object = verb_before
            .is_some_and(|u| u.is_verb() && !u.verb().is_some_and(|(lemma, _)| super::source::is_saying(lemma)));
        if sep.low == "and" && object {
            break;
        }
        start = phrase.start;
    }
    start
}

/// Matches a pattern's words after a verb; adverbs, articles and adjectives may stand between, but not before a closing preposition.
pub(super) fn matched(line: &Line, start: usize, pattern: &[&str]) -> Option<usize> {
    let mut at = start;
    for (n, word) in pattern.iter().enumerate() {
        let last = n + 1 == pattern.len();
        let mut room = if last && n > 0 { 1 } else { 4 };
        loop {
            let unit = line.get(at)?;
            let colours = *word == "flag"
                && matches!(unit.low.as_str(), "tricolour" | "tricolor" | "colours" | "banner" | "standard" | "flags");
            if unit.low == *word || colours || (word.len() > 3 && unit.low.strip_suffix('s') == Some(word)) {
                at += 1;
                break;
            }
            let passed = room > 0
                && (unit.kind == Kind::Function
                    && (unit.is(Class::ADV) || unit.is(Class::DET) || unit.low.ends_with("ly"))
                    && !unit.is(Class::PREP)
                    || matches!(unit.kind, Kind::Adjective)
                    || matches!(unit.kind, Kind::Noun | Kind::Name(_))
                        && matches!(
                            *word,
                            "control"
                                | "flag"
                                | "way"
                                | "siege"
                                | "troops"
                                | "forces"
                                | "assault"
                                | "attack"
                                | "offensive"
                                | "gates"
                                | "withdrawal"
                                | "retreat"
                                | "hands"
                        )
                    || matches!(unit.kind, Kind::Genitive)
                    || last && matches!(unit.kind, Kind::Date(_)));
            if !passed {
                return None;
            }
            room -= 1;
            at += 1;
        }
    }
    Some(at)
}

pub(super) fn is_direction(word: &str) -> bool {
    matches!(
        word,
        "into"
            | "from"
            | "out"
            | "on"
            | "towards"
            | "toward"
            | "in"
            | "for"
            | "at"
            | "around"
            | "inside"
            | "near"
            | "outside"
            | "through"
            | "to"
    )
}
