//! Verb groups: tense, voice, what they are governed by, and who their subject is.

use super::lexicon::Class;
use super::phrases::{self, Chain};
use super::units::{Kind, Line};

/// Who a verb's subject is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Subject {
    /// The phrases before it.
    Chain(Chain),
    /// Nobody in the sentence.
    None,
}

/// A verb with its auxiliaries.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Verb {
    /// The verb itself, among the units.
    pub(super) at: usize,
    /// The first of its auxiliaries.
    pub(super) start: usize,
    pub(super) lemma: &'static str,
    pub(super) passive: bool,
    pub(super) negated: bool,
    pub(super) modal: bool,
    pub(super) near_miss: bool,
    /// After "to".
    pub(super) infinitive: bool,
    /// An -ing form without "be".
    pub(super) gerund: bool,
    /// Told of the present ("is", "has been", "are advancing").
    pub(super) present: bool,
    pub(super) subject: Subject,
    /// The verb whose subject this one shares, among the verbs.
    pub(super) shares: Option<usize>,
    /// Reached from a relative pronoun.
    pub(super) relative: bool,
}

/// The verbs of a sentence with their subjects, in order.
pub(super) fn verbs(line: &Line) -> Vec<Verb> {
    let mut found: Vec<Verb> = Vec::new();
    for at in 0..line.units.len() {
        if line.units[at].verb().is_none() {
            continue;
        }
        let mut verb = group(line, at, found.last());
        attach(line, &mut verb, &found);
        found.push(verb);
    }
    // A verb that shares with one the tables do not know: the first phrase of the sentence is the likeliest subject.
    for verb in &mut found {
        if verb.subject == Subject::None
            && verb.shares.is_none()
            && !verb.gerund
            && !verb.infinitive
            && verb.start > line.body
        {
            let first = phrases::right(line, line.body).filter(|p| p.end < verb.start);
            if let Some(first) = first {
                verb.subject = Subject::Chain(Chain { phrases: vec![first], joined: None });
            }
        }
    }
    // "After capturing Hama, the rebels …": the subject comes later.
    for i in 0..found.len() {
        if found[i].subject == Subject::None && found[i].shares.is_none() && found[i].gerund {
            let later = found[i + 1..].iter().find(|v| !v.gerund && matches!(v.subject, Subject::Chain(_)));
            let starts = found[i].start <= line.body + 2;
            if let Some(later) = later.filter(|_| starts) {
                found[i].subject = later.subject.clone();
            }
        }
    }
    found
}

fn group(line: &Line, at: usize, previous: Option<&Verb>) -> Verb {
    let (lemma, forms) = line.units[at].verb().expect("asked only of verbs");
    let mut verb = Verb {
        at,
        start: at,
        lemma,
        passive: false,
        negated: false,
        modal: false,
        near_miss: false,
        infinitive: false,
        gerund: false,
        present: false,
        subject: Subject::None,
        shares: None,
        relative: false,
    };
    let (mut be, mut have, mut being) = (false, false, false);
    let mut i = at;
    while i > 0 {
        let unit = &line.units[i - 1];
        if unit.kind != Kind::Function {
            break;
        }
        let low = unit.low.as_str();
        if unit.is(Class::NEG) && low != "without" && low != "neither" && low != "nor" && low != "no" {
            verb.negated = true;
        }
        if unit.is(Class::NEAR_MISS) {
            verb.near_miss = true;
        }
        let to = low == "to" && !verb.infinitive && (forms.base || be || have);
        if unit.is(Class::MODAL) {
            verb.modal = true;
        } else if unit.is(Class::BE) {
            be = true;
            being |= low == "being";
            verb.present |= matches!(low, "is" | "are");
        } else if unit.is(Class::HAVE) {
            have = true;
            verb.present |= matches!(low, "has" | "have");
        } else if unit.is(Class::DO) {
            verb.present |= matches!(low, "do" | "does");
        } else if to {
            verb.infinitive = true;
        } else if !(unit.is(Class::ADV) || unit.is(Class::NEG) || low.ends_with("ly"))
            || unit.is(Class::SUBORD)
            || unit.is(Class::PREP)
        {
            break;
        }
        i -= 1;
        if to {
            break;
        }
    }
    verb.start = i;
    let next = line.low(at + 1);
    if forms.participle || forms.past {
        verb.passive = be && !forms.ing && (forms.participle || !have);
        if !be && !have && !verb.infinitive {
            // Bare: a passive where its agent follows ("Hama, captured by rebels,").
            let agent = next == "by" && (at == 0 || !line.units[i.saturating_sub(1)].is(Class::CONJ));
            let shared = previous.is_some_and(|p| p.passive)
                && at > 0
                && line.units[at - 1].is(Class::CONJ)
                && !opens_object(line, at + 1);
            verb.passive = forms.participle && (agent || shared);
        }
    }
    verb.gerund = forms.ing && !be;
    verb.gerund |= being && !verb.present && !be;
    verb.present |=
        forms.third || (forms.base && !forms.past && !verb.infinitive && !verb.modal && !have && !be && !verb.negated);
    verb
}

fn opens_object(line: &Line, at: usize) -> bool {
    line.get(at).is_some_and(|u| u.is_nominal())
}

/// Steps left over what may stand between a subject and its verb: adverbs, dates, brackets.
fn before(line: &Line, mut at: usize) -> Option<usize> {
    while at > 0 {
        let unit = &line.units[at - 1];
        let passed = matches!(unit.kind, Kind::Date(_))
            || unit.kind == Kind::Function
                && (unit.is(Class::ADV) || unit.low.ends_with("ly"))
                && !unit.is(Class::SUBORD)
                && !unit.is(Class::PREP)
                && !unit.is(Class::CONJ)
                && !unit.is(Class::DET)
            || matches!(unit.low.as_str(), "on" | "by" | "in" | "early" | "late")
                && matches!(line.get(at).map(|u| &u.kind), Some(Kind::Date(_)));
        if !passed {
            return Some(at - 1);
        }
        at -= 1;
    }
    None
}

fn attach(line: &Line, verb: &mut Verb, earlier: &[Verb]) {
    let last = earlier.len().checked_sub(1);
    let share = |verb: &mut Verb, with: Option<usize>| {
        verb.shares = with;
        if let Some(with) = with {
            verb.subject = earlier[with].subject.clone();
        }
    };
    if verb.infinitive {
        // The governor's object acts where there is one ("ordered the army to leave"), else its subject.
        let to = (verb.start..verb.at).find(|i| line.low(*i) == "to").unwrap_or(verb.start);
        if let Some(chain) = to.checked_sub(1).and_then(|_| phrases::chain_left(line, to)) {
            let governed = last.is_some_and(|l| earlier[l].at < chain.range().start && takes_person(earlier[l].lemma));
            if governed || last.is_none() {
                verb.subject = Subject::Chain(chain);
                verb.shares = last.filter(|_| governed);
                return;
            }
        }
        share(verb, last);
        return;
    }
    let Some(mut at) = before(line, verb.start) else { return };
    let unit = &line.units[at];
    if unit.kind == Kind::Function && unit.is(Class::REL) && !unit.is(Class::SUBORD) {
        verb.relative = true;
        at = at.saturating_sub(1);
        if line.units[at].kind == Kind::Comma {
            at = at.saturating_sub(1);
        }
        if let Some(chain) = phrases::chain_left(line, at + 1) {
            verb.subject = Subject::Chain(chain);
        }
        return;
    }
    match &unit.kind {
        Kind::Comma if verb.gerund => share(verb, last),
        Kind::Comma => match insert(line, at) {
            Some(end) => {
                if let Some(chain) = phrases::chain_left(line, end) {
                    // A list of verbs looks like an insert; the verb right behind the first comma tells.
                    let listed =
                        earlier.iter().position(|v| v.start == end + 1 && !v.passive && !v.gerund && !v.relative);
                    if listed.is_some() {
                        share(verb, listed);
                    } else {
                        verb.subject = Subject::Chain(chain);
                    }
                } else {
                    share(verb, last);
                }
            }
            None => share(verb, last),
        },
        Kind::Verb(..) => share(verb, last),
        Kind::Function if unit.is(Class::PREP) || unit.is(Class::SUBORD) => {
            if verb.gerund {
                share(verb, last);
            }
        }
        Kind::Function if unit.is(Class::CONJ) => {
            // A relative or inserted clause before "and" keeps its own subject only if it is still open; the main one is likelier
            // where a comma closes it.
            let main = (at > 0 && line.units[at - 1].kind == Kind::Comma)
                .then(|| earlier.iter().rposition(|v| !v.relative && !v.gerund && !v.infinitive))
                .flatten();
            share(verb, main.or(last));
            // "has broken out and entered": the auxiliary serves both.
            if let Some(with) = verb.shares {
                verb.present |= earlier[with].present && verb.start == verb.at;
            }
        }
        Kind::Function if unit.is_aux() => {}
        Kind::Break => {}
        _ => {
            if let Some(chain) = phrases::chain_left(line, at + 1) {
                // "the Islamists who had ruled it for six months abandoned": the phrase before belongs to the relative clause.
                let start = chain.range().start;
                let within = last.filter(|l| earlier[*l].relative && earlier[*l].at < start).filter(|l| {
                    !line.units[earlier[*l].at..verb.start].iter().any(|u| {
                        matches!(u.kind, Kind::Comma | Kind::Break)
                            || u.kind == Kind::Function && (u.is(Class::SUBORD) || u.is(Class::CONJ))
                    })
                });
                match within {
                    Some(l) => verb.subject = earlier[l].subject.clone(),
                    None => verb.subject = Subject::Chain(chain),
                }
            }
        }
    }
}

/// Where a comma ends an insert ("The army, which …, left"), the place of the comma that opens it.
fn insert(line: &Line, close: usize) -> Option<usize> {
    let mut i = close;
    let mut opening = None;
    let mut seen = 0;
    while i > 0 && seen < 40 {
        i -= 1;
        seen += 1;
        match line.units[i].kind {
            Kind::Break => break,
            Kind::Comma => {
                let first = line.get(i + 1)?;
                let begins = first.kind == Kind::Function
                    && (first.is(Class::REL)
                        || first.is(Class::PREP)
                        || first.is(Class::DET)
                        || first.is(Class::CONJ)
                        || first.is(Class::ADV)
                        || first.is(Class::SUBORD))
                    || matches!(
                        first.kind,
                        Kind::Verb(..) | Kind::Adjective | Kind::Noun | Kind::Place(_) | Kind::Name(_) | Kind::Number
                    );
                let nominal = i > 0 && (line.units[i - 1].is_nominal() || line.units[i - 1].kind == Kind::Close);
                if begins && nominal && !hangs(line, i) {
                    opening = Some(i);
                    // "X, a town in Y, Z": the nearest opening that has a phrase before it will do, but a relative clause may hold commas.
                    if first.is(Class::REL) || !starts_list(line, i) {
                        return opening;
                    }
                }
            }
            _ => {}
        }
    }
    opening
}

/// Whether the phrase before a comma hangs on a preposition that itself follows a comma ("Palembang, on Sumatra, …").
fn hangs(line: &Line, comma: usize) -> bool {
    let Some(chain) = phrases::chain_left(line, comma) else { return false };
    let start = chain.range().start;
    start >= 2
        && line.units[start - 1].is(Class::PREP)
        && line.units[start - 1].kind == Kind::Function
        && line.units[start - 2].kind == Kind::Comma
}

/// Whether a comma stands in a row of like names rather than before an insert.
fn starts_list(line: &Line, comma: usize) -> bool {
    let before = comma.checked_sub(1).and_then(|i| line.units[i].place());
    let after = line.get(comma + 1).and_then(|u| u.place());
    before.is_some() && after.is_some()
}

/// Verbs whose object does what the infinitive says.
fn takes_person(lemma: &str) -> bool {
    matches!(
        lemma,
        "order"
            | "allow"
            | "force"
            | "help"
            | "urge"
            | "ask"
            | "tell"
            | "call"
            | "let"
            | "lead"
            | "enable"
            | "expect"
            | "want"
            | "warn"
            | "send"
            | "see"
    )
}

/// The verb that governs a verb's clause as its complement ("The army said that it had left"), among the verbs.
pub(super) fn governor(line: &Line, all: &[Verb], verb: usize) -> Option<usize> {
    let this = &all[verb];
    if this.infinitive {
        return (0..verb).next_back();
    }
    let start = match &this.subject {
        Subject::Chain(chain) if this.shares.is_none() && !this.relative => chain.range().start,
        _ => {
            // Shares its subject: what governs the first governs this too, unless it is the governor itself.
            return this.shares.and_then(|s| if s < verb { governor(line, all, s) } else { None });
        }
    };
    let mut at = start;
    // Back over a place or date put first ("said that on Monday the army left") and over "that".
    for _ in 0..6 {
        let unit = at.checked_sub(1).map(|i| &line.units[i])?;
        if matches!(unit.kind, Kind::Verb(..)) {
            return all[..verb].iter().rposition(|v| v.at == at - 1);
        }
        let passed = unit.low == "that"
            || matches!(unit.kind, Kind::Date(_))
            || unit.kind == Kind::Function && (unit.is(Class::ADV) || unit.low == "on" || unit.low == "in")
            || matches!(unit.kind, Kind::Comma) && line.low(start.saturating_sub(1)) == "that";
        if !passed {
            let that = line.low(at) == "that" || (at..start).any(|i| line.low(i) == "that");
            if !that {
                return None;
            }
            // "said in Tripoli that …" against "the village that …".
            let above = all[..verb].iter().rposition(|v| v.at < at)?;
            let comma = line.units[all[above].at..at].iter().any(|u| u.kind == Kind::Comma);
            let says = super::source::is_saying(all[above].lemma)
                || matches!(all[above].lemma, "fear" | "hope" | "warn" | "deny" | "believe" | "think" | "doubt");
            return (says && !comma).then_some(above);
        }
        at -= 1;
    }
    None
}
