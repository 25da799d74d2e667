//! Whether what a clause says is told as fact: negation, modality, plans, fears, attempts, conditions, denials.

use super::clauses::{self, Verb};
use super::lexicon::Class;
use super::units::{Kind, Line};

/// How a clause stands to the facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Polarity {
    /// Told as fact, on whoever's word.
    Fact,
    /// Tried: fighting, but no gain.
    Attempt,
    /// Denied by somebody.
    Denied,
    /// Not told as fact.
    Unreal,
}

/// Governors whose infinitive happened.
const MANAGED: &[&str] = &[
    "manage", "begin", "start", "continue", "go", "help", "allow", "enable", "let", "cause", "come", "proceed",
    "claim", "take", "be", "say", "report", "force", "lead",
];
/// Governors whose infinitive was tried.
const TRIED: &[&str] =
    &["try", "attempt", "fail", "struggle", "fight", "battle", "launch", "push", "advance", "move", "storm", "attack"];
/// Governors whose complement is not so.
const WISHED: &[&str] = &[
    "fear", "warn", "threaten", "vow", "promise", "hope", "want", "expect", "predict", "doubt", "pledge", "plan",
    "intend", "aim", "urge", "demand", "call", "ask", "consider", "prepare", "refuse", "decide", "agree", "order",
    "seek", "wait", "believe", "think",
];
const DENIED: &[&str] = &["deny", "refute", "dispute", "reject", "dismiss", "denounce", "contradict"];
/// Nouns whose clause is not so ("fears that").
const DOUBTS: &[&str] = &[
    "fear",
    "fears",
    "threat",
    "risk",
    "danger",
    "hope",
    "hopes",
    "possibility",
    "prospect",
    "chance",
    "chances",
    "plan",
    "plans",
    "promise",
    "vow",
    "warning",
    "warnings",
    "demand",
    "idea",
    "bid",
    "effort",
    "efforts",
    "intention",
    "aim",
    "goal",
    "order",
    "orders",
    "deadline",
    "call",
    "calls",
    "dream",
    "way",
    "need",
    "ultimatum",
];
/// Nouns whose infinitive was tried ("an offensive to retake").
const TRIES: &[&str] = &[
    "offensive",
    "counteroffensive",
    "counter-offensive",
    "assault",
    "operation",
    "attack",
    "attempt",
    "attempts",
    "push",
    "drive",
    "campaign",
    "battle",
    "fight",
    "advance",
    "counterattack",
    "counter-attack",
    "bid",
    "effort",
    "efforts",
];

/// The polarity of a verb's clause.
pub(super) fn of_verb(line: &Line, verbs: &[Verb], at: usize) -> Polarity {
    let verb = &verbs[at];
    if verb.negated || verb.modal || verb.near_miss || question(line) {
        return Polarity::Unreal;
    }
    if conditional(line, verb.start) || no_subject(line, verb) || inverted(line, verb) {
        return Polarity::Unreal;
    }
    if verb.infinitive {
        return infinitive(line, verbs, at);
    }
    if verb.gerund && !gerund_happens(line, verb) {
        return Polarity::Unreal;
    }
    governed(line, verbs, at, 0)
}

/// What the clauses above make of a clause.
fn governed(line: &Line, verbs: &[Verb], at: usize, depth: usize) -> Polarity {
    let verb = &verbs[at];
    if doubted_noun(line, verb) {
        return Polarity::Unreal;
    }
    let Some(above) = clauses::governor(line, verbs, at).filter(|_| depth < 4) else { return Polarity::Fact };
    let lemma = verbs[above].lemma;
    // A shared subject is coordination, not a complement, unless the upper verb speaks.
    if DENIED.contains(&lemma) {
        return if verbs[above].negated { Polarity::Fact } else { Polarity::Denied };
    }
    if WISHED.contains(&lemma) && !coordinated(line, verb) {
        return Polarity::Unreal;
    }
    if verbs[above].negated && !coordinated(line, verb) {
        return Polarity::Unreal;
    }
    Polarity::Fact
}

fn coordinated(line: &Line, verb: &Verb) -> bool {
    verb.shares.is_some()
        && verb.start > 0
        && !verb.infinitive
        && (line.units[verb.start - 1].is(Class::CONJ) || line.units[verb.start - 1].kind == Kind::Comma)
}

fn question(line: &Line) -> bool {
    line.question
}

/// "if", "unless", "whether" before the clause.
fn conditional(line: &Line, start: usize) -> bool {
    let mut i = start;
    for _ in 0..9 {
        let Some(unit) = i.checked_sub(1).map(|j| &line.units[j]) else { return false };
        match unit.kind {
            Kind::Break | Kind::Verb(..) => return false,
            Kind::Comma => return false,
            Kind::Function if unit.is(Class::SUBORD) => {
                let open = unit.low == "until" && line_present(line, start)
                    || matches!(unit.low.as_str(), "if" | "unless" | "whether" | "lest" | "whenever" | "wherever");
                return open || unit.low == "once" && line_present(line, start);
            }
            _ => i -= 1,
        }
    }
    false
}

fn line_present(line: &Line, verb: usize) -> bool {
    line.units[verb..].iter().take(3).any(|u| {
        matches!(u.low.as_str(), "is" | "are" | "has" | "have") || matches!(u.kind, Kind::Verb(_, f) if f.third)
    })
}

/// "Had the rebels captured Hama, …".
fn inverted(line: &Line, verb: &Verb) -> bool {
    let super::clauses::Subject::Chain(chain) = &verb.subject else { return false };
    let start = chain.range().start;
    let Some(had) = start.checked_sub(1).filter(|_| start < verb.at) else { return false };
    let opens = had == line.body
        || matches!(line.units[had - 1].kind, Kind::Comma | Kind::Break)
        || line.units[had - 1].is(Class::CONJ);
    matches!(line.low(had), "had" | "should" | "were") && opens
}

/// "No rebels entered", "neither side took", "nobody".
fn no_subject(line: &Line, verb: &Verb) -> bool {
    let mut i = verb.start;
    for _ in 0..6 {
        let Some(unit) = i.checked_sub(1).map(|j| &line.units[j]) else { return false };
        if !(unit.is_nominal() || matches!(unit.kind, Kind::Function if unit.is(Class::NEG) || unit.is(Class::PREP))) {
            return false;
        }
        if matches!(unit.low.as_str(), "no" | "neither" | "nobody" | "none" | "nor") {
            return true;
        }
        i -= 1;
    }
    false
}

/// Whether an -ing clause is told as having happened.
fn gerund_happens(line: &Line, verb: &Verb) -> bool {
    let Some(before) = verb.start.checked_sub(1).map(|i| &line.units[i]) else { return true };
    match before.low.as_str() {
        "of" | "for" | "without" | "against" | "from" | "at" | "about" | "into" | "despite" | "to" | "than" => false,
        "not" => false,
        _ => !(before.is(Class::NEG) && before.kind == Kind::Function),
    }
}

/// "fears that rebels had taken Hama".
fn doubted_noun(line: &Line, verb: &Verb) -> bool {
    let super::clauses::Subject::Chain(chain) = &verb.subject else { return false };
    let start = chain.range().start;
    if start == 0 || start > verb.at {
        return false;
    }
    let that = (start.saturating_sub(2)..start).rev().find(|i| line.low(*i) == "that");
    that.and_then(|t| t.checked_sub(1)).is_some_and(|i| DOUBTS.contains(&line.low(i)))
}

fn infinitive(line: &Line, verbs: &[Verb], at: usize) -> Polarity {
    let verb = &verbs[at];
    let to = verb.start;
    let before = to.checked_sub(1).map(|i| &line.units[i]);
    let perfect = line.units[to..verb.at].iter().any(|u| u.low == "have");
    let above = (0..at).next_back();
    if let Some(unit) = before {
        let low = unit.low.as_str();
        if TRIES.contains(&low) && unit.verb().is_none() {
            return Polarity::Attempt;
        }
        if matches!(low, "first" | "last") {
            return Polarity::Fact;
        }
        if matches!(low, "claim" | "claims") && unit.verb().is_none() {
            return Polarity::Fact;
        }
        if low == "able" {
            let negated =
                (to.saturating_sub(4)..to).any(|i| line.units[i].is(Class::NEG) || line.units[i].is(Class::MODAL));
            return if negated { Polarity::Unreal } else { Polarity::Fact };
        }
        if DOUBTS.contains(&low)
            || matches!(
                low,
                "ready"
                    | "poised"
                    | "set"
                    | "likely"
                    | "unable"
                    | "yet"
                    | "due"
                    | "about"
                    | "order"
                    | "keen"
                    | "determined"
                    | "supposed"
                    | "impossible"
                    | "going"
            )
        {
            return Polarity::Unreal;
        }
    }
    let Some(above) = above else { return Polarity::Unreal };
    let upper = &verbs[above];
    // "order to leave" by the own side counts as leaving; the grammar asks for it by itself.
    if upper.negated || upper.modal || upper.near_miss {
        return Polarity::Unreal;
    }
    if matches!(upper.lemma, "appear" | "seem")
        || perfect && matches!(upper.lemma, "claim" | "say" | "report" | "believe" | "know" | "think")
    {
        return Polarity::Fact;
    }
    if upper.lemma == "claim" {
        return Polarity::Fact;
    }
    if MANAGED.contains(&upper.lemma) {
        return governed(line, verbs, above, 1);
    }
    if TRIED.contains(&upper.lemma) {
        return if upper.infinitive { Polarity::Unreal } else { Polarity::Attempt };
    }
    Polarity::Unreal
}

/// The polarity of a noun ("the capture of Hama"), by the words around it.
pub(super) fn of_noun(line: &Line, verbs: &[Verb], at: usize) -> Polarity {
    if question(line) {
        return Polarity::Unreal;
    }
    let mut i = at;
    for step in 0..7 {
        let Some(j) = i.checked_sub(1) else { break };
        let unit = &line.units[j];
        let low = unit.low.as_str();
        if matches!(unit.kind, Kind::Break | Kind::Comma) && step > 0 {
            break;
        }
        if DOUBTS.contains(&low)
            || matches!(
                low,
                "against"
                    | "possible"
                    | "imminent"
                    | "looming"
                    | "planned"
                    | "expected"
                    | "future"
                    | "potential"
                    | "any"
                    | "next"
                    | "ahead"
                    | "if"
                    | "pending"
                    | "despite"
                    | "feared"
                    | "mock"
                    | "no"
                    | "without"
                    | "attempted"
                    | "upcoming"
                    | "eventual"
            )
        {
            return Polarity::Unreal;
        }
        if let Some((lemma, forms)) = unit.verb() {
            let group = verbs.iter().find(|v| v.at == j);
            let off = group.is_some_and(|v| {
                v.negated
                    || v.modal
                    || (v.infinitive
                        && !matches!(
                            lemma,
                            "launch" | "begin" | "announce" | "declare" | "proclaim" | "confirm" | "report"
                        ))
            });
            let ends = group.is_some_and(|v| v.modal && !v.negated) && matches!(lemma, "end" | "stop" | "halt");
            let off = off && !ends;
            let plans = WISHED.contains(&lemma)
                || matches!(
                    lemma,
                    "prevent"
                        | "avoid"
                        | "stop"
                        | "discuss"
                        | "mark"
                        | "celebrate"
                        | "commemorate"
                        | "condemn"
                        | "plot"
                );
            return if DENIED.contains(&lemma) {
                Polarity::Denied
            } else if off || plans && !forms.third {
                Polarity::Unreal
            } else {
                Polarity::Fact
            };
        }
        i -= 1;
    }
    // "An attack on the town would be a disaster".
    let modal = line.units[at..]
        .iter()
        .take(9)
        .take_while(|u| !matches!(u.kind, Kind::Comma | Kind::Break))
        .any(|u| u.is(Class::MODAL) && u.kind == Kind::Function);
    if modal {
        return Polarity::Unreal;
    }
    // "The capture of Hama would open the road": its own verb.
    if let Some(verb) = verbs.iter().find(|v| v.at > at) {
        let near = verb.start < at + 9
            && !line.units[at..verb.start].iter().any(|u| matches!(u.kind, Kind::Comma | Kind::Break));
        if near && (verb.modal || verb.negated || matches!(verb.lemma, "loom" | "fail")) {
            return Polarity::Unreal;
        }
        let over = line.units[at..]
            .iter()
            .take(10)
            .any(|u| matches!(u.low.as_str(), "likely" | "inevitable" | "imminent" | "unthinkable"));
        if near && over {
            return Polarity::Unreal;
        }
    }
    Polarity::Fact
}
