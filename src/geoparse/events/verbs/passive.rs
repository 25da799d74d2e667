//! It is done to a place: "Hama was captured by rebels".

use super::super::clauses::{Subject, Verb};
use super::super::lexicon::{Class, Deed};
use super::super::phrases;
use super::super::scene::{Scene, Who};
use super::super::units::{Kind, Line};
use super::fights::from_afar;
use super::{Clause, place_start};

impl Scene<'_> {
    /// The places of a subject; of a relative clause the nearest before it.
    pub(super) fn subject_places(
        &self,
        line: &Line,
        verb: &Verb,
        chain: &phrases::Chain,
    ) -> super::super::objects::Targets {
        let range = chain.range();
        if verb.relative {
            let last = chain.phrases.last().expect("a chain has a phrase");
            let found = self.view(line, range.end).targets(place_start(line, last));
            if !found.places.is_empty() {
                return found;
            }
        }
        self.view(line, range.end).targets(place_start(line, &(chain.phrases[0].start..range.end)))
    }

    pub(super) fn passive(&mut self, clause: &Clause<'_>) -> bool {
        let verb = clause.verb();
        let Clause { line, verbs, trigger, after, .. } = *clause;
        let Subject::Chain(chain) = verb.subject.clone() else { return false };
        let range = chain.range();
        if range.start > verb.at {
            return false;
        }
        let mut found = self.subject_places(line, verb, &chain);
        if found.places.is_empty() {
            // Defenders besieged or attacked in a place: the place of the siege.
            let within = matches!(trigger.deed, Deed::Besieged) && self.eye.acting(line, &chain).is_some();
            let place = within
                .then(|| {
                    (after..(after + 3).min(line.units.len())).find(|i| matches!(line.low(*i), "in" | "at" | "inside"))
                })
                .flatten();
            match place {
                Some(place) => found = self.view(line, line.units.len()).targets(place + 1),
                None if within => found.places = self.locative(line),
                None => return false,
            }
            if found.places.is_empty() {
                return false;
            }
        }
        if matches!(trigger.deed, Deed::Contested) && from_afar(line, verb.at, line.units.len()) {
            return false;
        }
        if matches!(
            verb.lemma,
            "leave" | "win" | "secure" | "free" | "reach" | "approach" | "near" | "recover" | "desert" | "isolate"
        ) && !matches!(verb.lemma, "recover")
        {
            let agent = self.agent(line, verb.at);
            if agent.is_none() && !matches!(verb.lemma, "secure" | "free") {
                return false;
            }
        }
        let agent = self.agent(line, verb.at);
        let actor = match agent {
            Some(Who::Party(party)) => Some(party),
            Some(_) => return false,
            None => None,
        };
        let plain =
            matches!(verb.lemma, "take" | "enter" | "win" | "hold" | "free" | "secure" | "attack" | "occupy" | "storm");
        if actor.is_none()
            && !(self.mood.allows_nobody()
                || (!plain
                    && self.mood.peace == 0
                    && matches!(trigger.deed, Deed::Captured | Deed::Recaptured | Deed::Besieged)))
        {
            return false;
        }
        let from = self.loser_after(line, after, Self::limit(line, verbs, verb.at));
        let said = clause.said(trigger.deed).by(actor).off(from).over(range.start.min(verb.start)..after);
        self.record(line, verbs, &said, found.places);
        self.gapped(line, verbs, &said, after);
        true
    }

    /// The agent of a passive: "by …" before the next verb.
    pub(super) fn agent(&mut self, line: &Line, at: usize) -> Option<Who> {
        let mut i = at + 1;
        while i < line.units.len() && i < at + 10 {
            let unit = &line.units[i];
            if unit.kind == Kind::Break || unit.is_verb() || unit.kind == Kind::Function && unit.is(Class::REL) {
                return None;
            }
            if unit.low == "by" && unit.kind == Kind::Function {
                if line.get(i + 1).is_some_and(|u| matches!(u.kind, Kind::Date(_))) {
                    i += 1;
                    continue;
                }
                return self.phrase_actor(line, i + 1);
            }
            i += 1;
        }
        None
    }
}
