//! Done to a force at a place: "drove the army out of Hama", "repelled an attack on Hama", "ordered out of Hama", "handed Hama to".

use super::super::clauses::Subject;
use super::super::lexicon::{Class, Deed};
use super::super::phrases;
use super::super::scene::{Scene, Who};
use super::super::units::{Kind, can_change_hands};
use super::{Clause, place_start, target};

impl Scene<'_> {
    /// "drove the army out of Hama", "cleared Wellington of rebels", "was driven out of Darayya".
    pub(super) fn expels(&mut self, clause: &Clause<'_>) -> bool {
        let verb = clause.verb();
        let Clause { line, verbs, trigger, after, limit, .. } = *clause;
        let limit =
            limit.max((after + 14).min(line.units.len()).min(verbs.get(clause.n + 1).map_or(usize::MAX, |v| v.start)));
        let exit = |from: usize| {
            (from..limit).find(|i| {
                matches!(line.low(*i), "from" | "of")
                    && (line.low(*i) == "from" || line.low(i.wrapping_sub(1)) == "out")
            })
        };
        if verb.passive {
            // The subject is driven off.
            let Who::Party(loser) = self.who(line, verb) else {
                // "The town was cleared (of rebels)".
                return trigger.pattern.is_empty() && verb.lemma == "clear" && self.passive(clause);
            };
            let Some(at) = exit(after.saturating_sub(1).max(verb.at + 1)) else { return false };
            if line.low(at + 1) == "it" {
                return false;
            }
            let found = self.view(line, line.units.len()).targets(at + 1);
            if found.places.is_empty() {
                return false;
            }
            let actor = match self.agent(line, verb.at) {
                Some(Who::Party(party)) => Some(party),
                _ => None,
            };
            let said = clause.said(trigger.deed).by(actor).off(Some(loser)).over(verb.start..found.end);
            self.record(line, verbs, &said, found.places);
            return true;
        }
        let Who::Party(actor) = self.who(line, verb) else { return false };
        if matches!(verb.lemma, "clear" | "sweep") {
            let found = self.view(line, limit).targets(after);
            if !found.places.is_empty() {
                let of = (line.low(found.end) == "of").then(|| self.phrase_actor(line, found.end + 1)).flatten();
                let from = if let Some(Who::Party(party)) = of { Some(party) } else { None };
                if verb.lemma == "sweep" && from.is_none() {
                    return false;
                }
                let said = clause.said(trigger.deed).by(Some(actor)).off(from).over(verb.start..found.end);
                self.record(line, verbs, &said, found.places);
                return true;
            }
        }
        let Some(Who::Party(loser)) = self.phrase_actor(line, after) else { return false };
        let Some(at) = exit(after) else { return false };
        let found = self.view(line, limit).targets(at + 1);
        if found.places.is_empty() {
            return false;
        }
        let said = clause.said(trigger.deed).by(Some(actor)).off(Some(loser)).over(verb.start..found.end);
        self.record(line, verbs, &said, found.places);
        true
    }

    /// "beat off an attack on Hama", "repelled an assault there".
    pub(super) fn repels(&mut self, clause: &Clause<'_>) -> bool {
        let verb = clause.verb();
        let Clause { line, verbs, after, limit, .. } = *clause;
        let what = if verb.passive {
            let Subject::Chain(chain) = &verb.subject else { return false };
            chain.range()
        } else {
            let Some(object) = phrases::right(line, after) else { return false };
            object
        };
        let attack = what.clone().any(|i| {
            let unit = &line.units[i];
            unit.is(Class::FORCE)
                || unit.is(Class::REBEL)
                || matches!(
                    unit.low.as_str(),
                    "attack"
                        | "attacks"
                        | "assault"
                        | "assaults"
                        | "offensive"
                        | "attempt"
                        | "attempts"
                        | "advance"
                        | "push"
                        | "incursion"
                        | "raid"
                        | "thrust"
                        | "counterattack"
                        | "waves"
                        | "bid"
                )
                || matches!(unit.kind, Kind::Name(_))
        });
        if !attack {
            return false;
        }
        let actor = if verb.passive {
            match self.agent(line, verb.at) {
                Some(Who::Party(party)) => Some(party),
                _ => None,
            }
        } else {
            match self.who(line, verb) {
                Who::Party(party) => Some(party),
                _ => return false,
            }
        };
        let comma =
            (verb.at..line.units.len()).find(|i| line.units[*i].kind == Kind::Comma).unwrap_or(line.units.len());
        let (from, to) = if verb.passive { (what.start, comma) } else { (what.end, limit) };
        let places = self.nearest(line, from, to).or_else(|| {
            let before = line.units[line.body.min(verb.start)..verb.start].iter().rev().find_map(|u| u.place());
            before.filter(|m| can_change_hands(&self.mentions[*m])).map(|m| vec![target(m, true)])
        });
        let Some(places) = places else { return false };
        let said = clause.said(Deed::Repelled).by(actor).over(verb.start..what.end.max(verb.at + 1));
        self.record(line, verbs, &said, places);
        true
    }

    /// "ordered his units out of Kabul", "pulled its troops out of Hama".
    pub(super) fn orders_out(&mut self, clause: &Clause<'_>) -> bool {
        let verb = clause.verb();
        let Clause { line, verbs, limit, .. } = *clause;
        let Some(object) = phrases::right(line, verb.at + 1) else { return false };
        let out = (object.end..(object.end + 2).min(limit)).find(|i| line.low(*i) == "out" && line.low(i + 1) == "of");
        let Some(out) = out else { return false };
        let Who::Party(actor) = self.who(line, verb) else { return false };
        let found = self.view(line, limit).targets(out + 2);
        if found.places.is_empty() {
            return false;
        }
        let said = clause.said(Deed::Withdrew).by(Some(actor)).over(verb.start..found.end);
        self.record(line, verbs, &said, found.places);
        true
    }

    /// "handed the town (over) to the rebels".
    pub(super) fn hands(&mut self, clause: &Clause<'_>) -> bool {
        let verb = clause.verb();
        let Clause { line, verbs, after, limit, .. } = *clause;
        let after = if line.low(after) == "over" { after + 1 } else { after };
        let (places, end) = if verb.passive {
            let Subject::Chain(chain) = verb.subject.clone() else { return false };
            (self.view(line, chain.range().end).targets(place_start(line, &chain.range())).places, after)
        } else {
            let mut at = after;
            // "control of".
            if line.low(at) == "control" || line.low(at + 1) == "control" {
                at = (at..at + 4).find(|i| line.low(*i) == "of").map_or(at, |i| i + 1);
            }
            let found = self.view(line, limit).targets(at);
            (found.places, found.end)
        };
        if places.is_empty() {
            return false;
        }
        let to = (end..(end + 4).min(line.units.len())).find(|i| line.low(*i) == "to");
        let Some(Who::Party(taker)) = to.and_then(|t| self.phrase_actor(line, t + 1)) else { return false };
        let giver = if verb.passive {
            None
        } else if let Who::Party(party) = self.who(line, verb) {
            Some(party)
        } else {
            return false;
        };
        let said = clause.said(Deed::HandedOver).by(Some(taker)).off(giver).over(verb.start..end);
        self.record(line, verbs, &said, places);
        true
    }
}
