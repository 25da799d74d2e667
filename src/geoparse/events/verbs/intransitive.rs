//! A place falls, or a force leaves or gives up, with no object: "Hama fell", "the garrison surrendered".

use super::super::clauses::Subject;
use super::super::lexicon::{Class, Deed};
use super::super::parties::Armed;
use super::super::phrases;
use super::super::scene::{Scene, Who};
use super::super::topics::Wanted;
use super::super::units::{Kind, Line, can_change_hands};
use super::{Clause, place_start, target};

impl Scene<'_> {
    pub(super) fn intransitive(&mut self, clause: &Clause<'_>) -> bool {
        let verb = clause.verb();
        let Clause { line, verbs, trigger, after, .. } = *clause;
        if verb.passive && verb.lemma != "trap" {
            return false;
        }
        let Subject::Chain(chain) = verb.subject.clone() else { return false };
        let range = chain.range();
        if range.start > verb.at {
            return false;
        }
        if trigger.pattern.is_empty() && verb.lemma == "fall" && !falls(line, after) {
            return false;
        }
        if verb.lemma == "trap" {
            let limit = Self::limit(line, verbs, verb.at);
            let armed = matches!(self.who_is(line, &chain), Who::Party(_));
            let found = self.view(line, limit).targets(after);
            if !armed || found.places.is_empty() {
                return false;
            }
            let said = clause.said(trigger.deed).over(verb.start..found.end);
            self.record(line, verbs, &said, found.places);
            return true;
        }
        let found = self.subject_places(line, verb, &chain);
        if found.places.is_empty() {
            return false;
        }
        let mut actor = None;
        let ends_open = trigger.pattern.last().is_some_and(|w| matches!(*w, "to" | "of"));
        if ends_open {
            match self.phrase_actor(line, after) {
                Some(Who::Party(party)) => actor = Some(party),
                _ => return false,
            }
        }
        if !ends_open
            && line.low(after) == "to"
            && let Some(Who::Party(party)) = self.phrase_actor(line, after + 1)
        {
            actor = Some(party);
        }
        if actor.is_none() && !self.mood.allows_nobody() {
            return false;
        }
        let said = clause.said(trigger.deed).by(actor).over(range.start..after);
        self.record(line, verbs, &said, found.places);
        self.gapped(line, verbs, &said, after);
        true
    }

    pub(super) fn bare(&mut self, clause: &Clause<'_>) -> bool {
        let verb = clause.verb();
        let Clause { line, verbs, trigger, .. } = *clause;
        let Who::Party(actor) = self.who(line, verb) else { return false };
        // The same clause may say where; then another trigger has it. The town the text is at otherwise, if it was just named.
        let named = line.units[line.body.min(verb.at)..verb.at]
            .iter()
            .rev()
            .find_map(|u| u.place())
            .filter(|m| can_change_hands(&self.mentions[*m]));
        let settles = |i: &usize| line.units[*i].is(Class::SETTLEMENT) && line.low(i.wrapping_sub(1)) == "the";
        let named = named.or_else(|| {
            let at = (line.body..verb.at).rev().find(settles)?;
            let view = self.view(line, line.units.len());
            self.topics.find(self.mentions, view.wanted(&(at - 1..at + 1), at), None)
        });
        let Some(mention) = named else { return false };
        let said = clause.said(trigger.deed).by(Some(actor)).over(verb.start..verb.at + 1);
        self.record(line, verbs, &said, vec![target(mention, true)]);
        true
    }

    /// "The garrison surrendered", "Hama surrendered to the rebels", "surrendered the town".
    pub(super) fn surrenders(&mut self, clause: &Clause<'_>) -> bool {
        let verb = clause.verb();
        let Clause { line, verbs, after, limit, .. } = *clause;
        let Subject::Chain(chain) = verb.subject.clone() else { return false };
        let range = chain.range();
        if range.start > verb.at || !self.mood.allows(Armed::Perhaps) {
            return false;
        }
        let to = (after..limit.min(after + 8)).find(|i| line.low(*i) == "to");
        let taker = to.and_then(|t| self.phrase_actor(line, t + 1));
        let taker = if let Some(Who::Party(party)) = taker { Some(party) } else { None };
        let comma = (after..line.units.len())
            .find(|i| matches!(line.units[*i].kind, Kind::Comma | Kind::Break))
            .unwrap_or(line.units.len());
        let units = range.start..after;
        let said = |deed, actor| clause.said(deed).by(actor).over(units.clone());
        let subject_place = self.view(line, range.end).targets(place_start(line, &range)).places;
        let who = self.who_is(line, &chain);
        if verb.passive {
            let Some(by) = self.agent(line, verb.at) else { return false };
            let Who::Party(loser) = by else { return false };
            if subject_place.is_empty() {
                return false;
            }
            let said = said(Deed::Lost, Some(loser));
            self.record(line, verbs, &said, subject_place);
            return true;
        }
        if !subject_place.is_empty() && !matches!(who, Who::Party(_)) {
            let said = said(Deed::Captured, taker);
            self.record(line, verbs, &said, subject_place);
            return true;
        }
        let Who::Party(loser) = who else { return false };
        let object = self.view(line, limit).targets(after).places;
        if !object.is_empty() {
            let said = said(Deed::Lost, Some(loser));
            self.record(line, verbs, &said, object);
            return true;
        }
        if line.get(after).is_some_and(|u| u.is_nominal()) {
            // Weapons, themselves.
            let own = line.get(after).is_some_and(|u| u.is(Class::POSS))
                && !line.get(after + 1).is_some_and(|u| u.is(Class::THING));
            if !own {
                return false;
            }
        }
        let within = chain.phrases.iter().skip(1).find_map(|p| p.clone().find_map(|i| line.units[i].place()));
        let places = match within.filter(|m| can_change_hands(&self.mentions[*m])) {
            Some(mention) => vec![target(mention, false)],
            None => match self.nearest(line, after, comma.max(limit)) {
                Some(found) => found,
                None => {
                    let head = phrases::head(line, &chain.phrases[0]);
                    let holds = matches!(
                        line.low(head),
                        "garrison"
                            | "defenders"
                            | "commander"
                            | "commandant"
                            | "president"
                            | "forces"
                            | "troops"
                            | "soldiers"
                            | "units"
                            | "governor"
                    ) || line.units[head].capital;
                    let town = self.topics.find(self.mentions, Wanted::Town, None).filter(|_| holds);
                    match town {
                        Some(mention) => vec![target(mention, true)],
                        None => return false,
                    }
                }
            },
        };
        let said = said(Deed::Lost, Some(loser));
        self.record(line, verbs, &said, places);
        true
    }
}

/// Whether "fell" with these words after it is the fall of a town.
pub(super) fn falls(line: &Line, after: usize) -> bool {
    let Some(unit) = line.get(after) else { return true };
    match unit.kind {
        Kind::Comma | Kind::Break | Kind::Date(_) => true,
        Kind::Function => !matches!(
            unit.low.as_str(),
            "under"
                | "by"
                | "from"
                | "behind"
                | "into"
                | "to"
                | "off"
                | "down"
                | "over"
                | "through"
                | "out"
                | "against"
                | "below"
                | "short"
                | "back"
        ),
        _ => matches!(unit.low.as_str(), "last" | "amid" | "hours" | "minutes" | "days"),
    }
}
