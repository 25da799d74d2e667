//! On whose word: the reporting clause of a sentence.

use super::clauses::{self, Subject, Verb};
use super::lexicon::Class;
use super::parties::Eye;
use super::phrases;
use super::units::{Kind, Line};
use std::ops::Range;

/// Verbs that give a word.
const SAYING: &[&str] = &[
    "say",
    "tell",
    "report",
    "claim",
    "announce",
    "declare",
    "confirm",
    "admit",
    "acknowledge",
    "concede",
    "deny",
    "insist",
    "add",
    "state",
    "note",
    "reveal",
    "disclose",
    "broadcast",
    "post",
    "publish",
    "indicate",
    "describe",
    "show",
    "agree",
    "write",
    "explain",
    "recall",
    "boast",
    "verify",
];
/// Verbs by which a side admits its loss.
const ADMITTING: &[&str] = &["admit", "acknowledge", "concede", "confirm", "agree"];

/// Who says it, and how.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Source {
    /// The phrase that names the speaker, among the units.
    pub(super) range: Range<usize>,
    pub(super) neutral: bool,
    pub(super) admits: bool,
    pub(super) claims: bool,
    pub(super) confirms: bool,
}

/// The speaker of what a verb tells (index among the verbs), or of a noun phrase at a unit.
pub(super) fn of(line: &Line, verbs: &[Verb], eye: &Eye<'_>, verb: Option<usize>, at: usize) -> Option<Source> {
    if let Some(verb) = verb {
        let mut current = verb;
        for _ in 0..4 {
            let Some(above) = clauses::governor(line, verbs, current) else { break };
            if SAYING.contains(&verbs[above].lemma)
                && let Some(source) = speaker(line, &verbs[above], eye)
            {
                return Some(source);
            }
            current = above;
        }
    }
    if let Some(source) = according(line) {
        return Some(source);
    }
    // "…, witnesses said": a speaking verb whose clause is set off by commas or quotes, or ends the sentence.
    let own = verb.map(|v| verbs[v].at);
    verbs
        .iter()
        .filter(|v| SAYING.contains(&v.lemma) && Some(v.at) != own && !v.infinitive && !v.passive)
        .filter(|v| set_off(line, v) || v.at < at && line.units[at].quoted && !line.units[v.at].quoted)
        .find_map(|v| speaker(line, v, eye))
}

/// Whether a verb gives somebody's word.
pub(super) fn is_saying(lemma: &str) -> bool {
    SAYING.contains(&lemma)
}

fn set_off(line: &Line, verb: &Verb) -> bool {
    let Subject::Chain(chain) = &verb.subject else { return false };
    let start = chain.range().start;
    let before = start.checked_sub(1).map(|i| &line.units[i]);
    let after_quote = start > 0 && line.units[start - 1].quoted && !line.units[start].quoted;
    before.is_some_and(|u| u.kind == Kind::Comma) && start < verb.at || after_quote
}

fn speaker(line: &Line, verb: &Verb, eye: &Eye<'_>) -> Option<Source> {
    let Subject::Chain(chain) = &verb.subject else { return None };
    let mut range = chain.range();
    if let Some((acting, _)) = eye.acting(line, chain) {
        range = acting;
    } else {
        range.end = range.end.min(range.start + 12);
    }
    let mut source = read(line, range);
    source.admits = ADMITTING.contains(&verb.lemma);
    source.confirms = verb.lemma == "confirm" || verb.lemma == "verify";
    source.claims = verb.lemma == "claim" || verb.lemma == "boast" || verb.lemma == "declare";
    Some(source)
}

fn according(line: &Line) -> Option<Source> {
    let at = line.units.iter().position(|u| u.low == "according")?;
    let start = if line.low(at + 1) == "to" { at + 2 } else { at + 1 };
    let mut range = phrases::right(line, start)?;
    // "its spokesman in Abuja", "the Syrian Observatory for Human Rights".
    while line.get(range.end).is_some_and(|u| u.kind == Kind::Function && matches!(u.low.as_str(), "of" | "for" | "in"))
    {
        let Some(more) = phrases::right(line, range.end + 1) else { break };
        range.end = more.end;
    }
    Some(read(line, range))
}

fn read(line: &Line, range: Range<usize>) -> Source {
    let neutral = range.clone().any(|i| line.units[i].is(Class::NEUTRAL))
        && !range.clone().any(|i| line.units[i].is(Class::FORCE) || line.units[i].is(Class::REBEL));
    Source { range, neutral, admits: false, claims: false, confirms: false }
}
