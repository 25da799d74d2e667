//! Noun phrases: where they begin and end, and which word is their head.

use super::lexicon::Class;
use super::units::{Kind, Line, Unit};
use std::ops::Range;

/// Phrases looked at before a search gives up; no sentence of sense needs more.
pub(super) const REACH: usize = 6;

/// Whether a unit ends a noun phrase although it might stand in one.
fn opens(unit: &Unit) -> bool {
    unit.kind == Kind::Function && unit.is(Class::DET)
}

/// The noun phrase that begins at `start`: determiners, qualifiers, nouns and names, up to the first word that is none.
pub(super) fn right(line: &Line, start: usize) -> Option<Range<usize>> {
    let mut end = start;
    while let Some(unit) = line.get(end) {
        let inner_adverb = end > start
            && unit.kind == Kind::Function
            && (unit.is(Class::ADV) || unit.low.ends_with("ly"))
            && opens(&line.units[end - 1])
            && line.get(end + 1).is_some_and(|n| n.is_nominal() && !opens(n));
        if !(unit.is_nominal() || inner_adverb) {
            break;
        }
        if end > start && unit.is(Class::CONNECT) && unit.kind == Kind::Noun && line.get(end + 1).is_some_and(is_link) {
            break;
        }
        if matches!(unit.low.as_str(), "early" | "late" | "last" | "next")
            && line.get(end + 1).is_some_and(|u| matches!(u.kind, Kind::Date(_)))
        {
            break;
        }
        // A second determiner opens a second phrase ("told the army the city"), but "all the", "both the" go on.
        let again =
            end > start && opens(unit) && !opens(&line.units[end - 1]) && line.units[end - 1].kind != Kind::Number;
        let pronoun = unit.kind == Kind::Function && unit.is(Class::PRON) && !unit.is(Class::POSS);
        if again || (pronoun && end > start) {
            break;
        }
        end += 1;
        if pronoun {
            break;
        }
    }
    (end > start).then_some(start..end)
}

/// The noun phrase that ends before `end`; a bracket after it ("(HTS)") is stepped over.
pub(super) fn left(line: &Line, end: usize) -> Option<Range<usize>> {
    let mut end = end;
    while end > 0 && matches!(line.units[end - 1].kind, Kind::Date(_)) {
        end -= 1;
    }
    if end > 0 && line.units[end - 1].kind == Kind::Close {
        let open = (end.saturating_sub(12)..end - 1).rev().find(|i| line.units[*i].kind == Kind::Open)?;
        end = open;
    }
    let mut start = end;
    while start > 0 {
        let unit = &line.units[start - 1];
        let inner_adverb = start < end
            && unit.kind == Kind::Function
            && (unit.is(Class::ADV) || unit.low.ends_with("ly"))
            && start >= 2
            && opens(&line.units[start - 2]);
        if !(unit.is_nominal() || inner_adverb) {
            break;
        }
        let pronoun = unit.kind == Kind::Function && unit.is(Class::PRON) && !unit.is(Class::POSS);
        if pronoun && start < end {
            break;
        }
        start -= 1;
        if pronoun {
            break;
        }
        let more = start > 0 && opens(&line.units[start - 1]);
        if opens(unit) && !more {
            break;
        }
    }
    (end > start).then_some(start..end)
}

/// The head: the last noun, name, number or pronoun of a phrase.
pub(super) fn head(line: &Line, phrase: &Range<usize>) -> usize {
    phrase
        .clone()
        .rev()
        .find(|i| !matches!(line.units[*i].kind, Kind::Genitive | Kind::Adjective))
        .unwrap_or(phrase.end.saturating_sub(1))
}

/// A phrase with the phrases that hang on it by prepositions, the one they hang on first.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Chain {
    pub(super) phrases: Vec<Range<usize>>,
    /// A phrase joined to the first by "and" before it.
    pub(super) joined: Option<Range<usize>>,
}

impl Chain {
    /// From the first unit to one past the last.
    pub(super) fn range(&self) -> Range<usize> {
        let start = self.joined.as_ref().map_or(self.phrases[0].start, |j| j.start);
        start..self.phrases.last().expect("a chain has a phrase").end
    }
}

/// The chain that ends before `end`: "units of the army in the north" from its last word back to "units".
pub(super) fn chain_left(line: &Line, end: usize) -> Option<Chain> {
    let mut phrases = vec![left(line, end)?];
    while phrases.len() < REACH {
        let start = phrases[0].start;
        let Some(mut at) = start.checked_sub(1) else { break };
        if !is_link(&line.units[at]) {
            break;
        }
        // "led by", "loyal to", "allied with".
        while at > 0
            && (line.units[at - 1].is(Class::CONNECT) && !line.units[at - 1].is(Class::FORCE)
                || is_link(&line.units[at - 1]))
        {
            at -= 1;
        }
        let Some(above) = left(line, at) else { break };
        phrases.insert(0, above);
    }
    let joined = joined(line, phrases[0].start);
    // "fighters of the Islamic State in Iraq and the Levant": the second name hangs on the first chain.
    if joined.is_none()
        && let Some(and) = phrases[0].start.checked_sub(1).filter(|i| line.low(*i) == "and" && phrases.len() == 1)
    {
        let mut above: Vec<Range<usize>> = left(line, and).into_iter().collect();
        while !above.is_empty() && above.len() < REACH {
            let Some(link) = above[0].start.checked_sub(1).filter(|i| is_link(&line.units[*i])) else { break };
            let Some(next) = left(line, link) else { break };
            above.insert(0, next);
        }
        let opens = !above.is_empty()
            && above[0].start.checked_sub(1).is_none_or(|i| {
                matches!(line.units[i].kind, Kind::Comma | Kind::Break)
                    || line.units[i].is(Class::SUBORD) && line.units[i].kind == Kind::Function
            });
        if opens && above.len() > 1 {
            above.append(&mut phrases);
            return Some(Chain { phrases: above, joined: None });
        }
    }
    Some(Chain { phrases, joined })
}

pub(super) fn is_link(unit: &Unit) -> bool {
    unit.kind == Kind::Function && unit.is(Class::PREP) && !unit.is(Class::SUBORD)
        || unit.kind == Kind::Function && matches!(unit.low.as_str(), "of" | "in" | "by")
}

/// "The army and" before a phrase, where the pair is a subject.
fn joined(line: &Line, start: usize) -> Option<Range<usize>> {
    let and = start.checked_sub(1)?;
    if !(line.units[and].is(Class::CONJ) && line.low(and) == "and") {
        return None;
    }
    let first = left(line, and)?;
    let before = first.start.checked_sub(1).map(|i| &line.units[i]);
    let begins = before.is_none_or(|u| {
        matches!(u.kind, Kind::Comma | Kind::Break | Kind::Date(_))
            || u.kind == Kind::Function && (u.is(Class::SUBORD) || u.is(Class::REL))
    });
    begins.then_some(first)
}

/// The chain that begins at `start`: "units of the army loyal to the president".
pub(super) fn chain_right(line: &Line, start: usize) -> Option<Chain> {
    let mut chain = Chain { phrases: vec![right(line, start)?], joined: None };
    while chain.phrases.len() < REACH {
        let mut end = chain.phrases[chain.phrases.len() - 1].end;
        while line.get(end).is_some_and(|u| u.is(Class::CONNECT) && !u.is(Class::FORCE)) {
            end += 1;
        }
        let link = line.get(end).is_some_and(|u| {
            u.kind == Kind::Function && matches!(u.low.as_str(), "of" | "from" | "to" | "by" | "with")
        });
        match right(line, end + 1).filter(|_| link) {
            Some(next) => chain.phrases.push(next),
            None => break,
        }
    }
    Some(chain)
}
