//! Events told by verbs: "captured", "was driven out of", "fell to", "laid siege to".

use super::clauses::{Subject, Verb};
use super::lexicon::{Class, Deed, Frame, Trigger, lexicon};
use super::objects::Target;
use super::parties::Armed;
use super::phrases;
use super::polarity::{self, Polarity};
use super::scene::{Said, Scene, Who, is_reference};
use super::topics::Wanted;
use super::units::{Kind, Line, can_change_hands};
use std::ops::Range;

/// Words that, beside a verb of attack, make it an attack from afar, which is no event of control.
const FROM_AFAR: &[&str] = &[
    "air",
    "airstrike",
    "airstrikes",
    "air-strikes",
    "warplanes",
    "jets",
    "drone",
    "drones",
    "missile",
    "missiles",
    "rocket",
    "rockets",
    "bombers",
    "aerial",
    "planes",
    "aircraft",
    "bomb",
    "bombs",
    "suicide",
    "cyber",
    "cyberattack",
    "shells",
    "bombardment",
    "bomber",
    "arson",
    "knife",
];

impl Scene<'_> {
    /// An event told by a verb of the trigger table.
    pub(super) fn verb(&mut self, line: &Line, verbs: &[Verb], n: usize) {
        let verb = &verbs[n];
        for trigger in lexicon().triggers(verb.lemma) {
            let Some(after) = matched(line, verb.at + 1, &trigger.pattern) else {
                if self.split(line, verbs, n, trigger) {
                    return;
                }
                continue;
            };
            if self.try_trigger(line, verbs, n, trigger, after) {
                return;
            }
        }
    }

    /// "cut Gaza City off", "took the town back": the particle behind the place.
    fn split(&mut self, line: &Line, verbs: &[Verb], n: usize, trigger: &Trigger) -> bool {
        let verb = &verbs[n];
        let [particle] = trigger.pattern[..] else { return false };
        if trigger.frame != Frame::Transitive || verb.passive || !matches!(particle, "off" | "over" | "back" | "up") {
            return false;
        }
        let limit = Self::limit(line, verbs, verb.at);
        let found = self.view(line, limit).targets(verb.at + 1);
        if found.places.is_empty() || line.low(found.end) != particle {
            return false;
        }
        let Who::Party(actor) = self.who(line, verb) else { return false };
        let from = self.loser_after(line, found.end + 1, limit);
        let said = Said {
            deed: trigger.deed,
            actor: Some(actor),
            from,
            polarity: polarity::of_verb(line, verbs, n),
            verb: Some(n),
            at: verb.at,
            present: verb.present,
            units: verb.start..found.end + 1,
        };
        self.record(line, verbs, &said, found.places);
        true
    }

    fn try_trigger(&mut self, line: &Line, verbs: &[Verb], n: usize, trigger: &Trigger, after: usize) -> bool {
        let verb = &verbs[n];
        let limit = Self::limit(line, verbs, verb.at);
        match trigger.frame {
            Frame::Transitive if verb.passive && !trigger.pattern.last().is_some_and(|w| is_direction(w)) => {
                self.passive(line, verbs, n, trigger, after)
            }
            Frame::Transitive if verb.passive => false,
            Frame::Transitive => self.active(line, verbs, n, trigger, after, limit),
            Frame::Intransitive => self.intransitive(line, verbs, n, trigger, after),
            Frame::Expels => self.expels(line, verbs, n, trigger, after, limit),
            Frame::Repels => self.repels(line, verbs, n, after, limit),
            Frame::OrdersOut => self.orders_out(line, verbs, n, limit),
            Frame::Bare => self.bare(line, verbs, n, trigger),
            Frame::Surrenders => self.surrenders(line, verbs, n, after, limit),
            Frame::Hands => self.hands(line, verbs, n, after, limit),
            Frame::ClashesWith => self.clashes(line, verbs, n, after, limit),
            Frame::Noun => false,
        }
    }

    fn active(&mut self, line: &Line, verbs: &[Verb], n: usize, trigger: &Trigger, after: usize, limit: usize) -> bool {
        let verb = &verbs[n];
        let fighting = matches!(trigger.deed, Deed::Contested);
        if fighting && from_afar(line, verb.at, limit) {
            return false;
        }
        let mut found = self.view(line, limit).targets(after);
        if found.places.is_empty() && trigger.pattern.is_empty() {
            // "that the enemy had occupied": the place stands before the clause.
            found.places = self.relative_object(line, verb, after);
            found.end = after;
        }
        // "Near Nasiriyah, armour has reached the Euphrates".
        let mut deed = trigger.deed;
        if found.places.is_empty()
            && matches!(deed, Deed::Reached | Deed::Contested | Deed::Advanced)
            && (trigger.pattern.is_empty() || fighting)
        {
            found.places = self.locative(line);
            found.end = after;
            if deed == Deed::Reached {
                deed = Deed::Advanced;
            }
        }
        if found.places.is_empty()
            && deed == Deed::Contested
            && trigger.pattern.is_empty()
            && let Subject::Chain(chain) = &verb.subject
        {
            // "A handful of defenders in the suburb were still shooting".
            let stays = verb.lemma != "shoot" || line.units[verb.start..verb.at].iter().any(|u| u.low == "still");
            let place = chain.phrases.iter().skip(1).find_map(|p| {
                (stays && matches!(line.low(p.start.wrapping_sub(1)), "in" | "at" | "inside"))
                    .then(|| self.view(line, verb.start).targets(p.start))
            });
            if let Some(inside) = place {
                found.places = inside.places;
                found.end = after;
            }
        }
        if found.places.is_empty()
            && deed == Deed::Besieged
            && trigger.pattern.is_empty()
            && let Some(object) = phrases::right(line, after)
        {
            let inside =
                matches!(line.low(object.end), "in" | "at" | "inside") && self.eye.armed(line, &object).is_some();
            if inside {
                found = self.view(line, limit).targets(object.end + 1);
            }
        }
        if found.places.is_empty() && verb.relative && trigger.pattern.last() == Some(&"of") {
            return false;
        }
        if found.places.is_empty() {
            return false;
        }
        let who = self.who(line, verb);
        let Who::Party(actor) = who else { return false };
        let from = self.loser_after(line, found.end, limit);
        let mut polarity = polarity::of_verb(line, verbs, n);
        // An order to leave, given by the own side, is the leaving.
        if polarity == Polarity::Unreal && matches!(trigger.deed, Deed::Withdrew) && ordered_to_leave(line, verbs, n) {
            polarity = Polarity::Fact;
        }
        if matches!(deed, Deed::Withdrew | Deed::Entered | Deed::Reached | Deed::Advanced) && travels(line, verb) {
            return false;
        }
        if matches!(verb.lemma, "leave" | "depart") && self.marches_off(line, verb) {
            return false;
        }
        let said = Said {
            deed,
            actor: Some(actor),
            from,
            polarity,
            verb: Some(n),
            at: verb.at,
            present: verb.present,
            units: verb.start..found.end,
        };
        let after_places = found.end;
        self.record(line, verbs, &said, found.places);
        self.gapped(line, verbs, &said, after_places);
        true
    }

    /// A unit that leaves a place on its way to another gives nothing up.
    fn marches_off(&self, line: &Line, verb: &Verb) -> bool {
        let Subject::Chain(chain) = &verb.subject else { return false };
        let head = phrases::head(line, &chain.phrases[0]);
        chain.phrases.len() == 1
            && matches!(
                line.low(head),
                "division"
                    | "column"
                    | "convoy"
                    | "brigade"
                    | "regiment"
                    | "battalion"
                    | "patrol"
                    | "corps"
                    | "columns"
                    | "fleet"
            )
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

    /// "Kidal fell on Friday and Gao, the largest town, on Saturday": the same verb, left out.
    fn gapped(&mut self, line: &Line, verbs: &[Verb], said: &Said, from: usize) {
        let mut at = from;
        for _ in 0..8 {
            let end = (at..line.units.len())
                .find(|i| line.units[*i].is_verb() || line.units[*i].kind == Kind::Break)
                .unwrap_or(line.units.len());
            // A date closes the clause before.
            let Some(dated) = (at..end).find(|i| matches!(line.units[*i].kind, Kind::Date(_))) else { return };
            let mut and = dated + 1;
            if line.get(and).is_some_and(|u| u.kind == Kind::Comma) {
                and += 1;
            }
            if line.low(and) == "and" {
                and += 1;
            } else if and == dated + 1 {
                return;
            }
            let Some(mention) = line.get(and).and_then(|u| u.place()).filter(|m| can_change_hands(&self.mentions[*m]))
            else {
                return;
            };
            let Some(next) = (and + 1..end).find(|i| matches!(line.units[*i].kind, Kind::Date(_))) else { return };
            let gap = Said {
                deed: said.deed,
                actor: said.actor,
                from: said.from,
                polarity: said.polarity,
                verb: said.verb,
                at: next - 1,
                present: false,
                units: and..next + 1,
            };
            self.record(line, verbs, &gap, vec![target(mention, false)]);
            at = next;
        }
    }

    /// "… the village that the enemy had occupied": the last place named before the subject, not counting references.
    fn relative_object(&mut self, line: &Line, verb: &Verb, after: usize) -> Vec<Target> {
        let Subject::Chain(chain) = &verb.subject else { return Vec::new() };
        let start = chain.range().start;
        if verb.relative || start == 0 || start > verb.at {
            return Vec::new();
        }
        // Nothing may follow that could be the object.
        if line.get(after).is_some_and(|u| u.is_nominal()) {
            return Vec::new();
        }
        let before = &line.units[start - 1];
        let relative = before.kind == Kind::Function && matches!(before.low.as_str(), "which" | "that");
        let zero = before.kind == Kind::Noun && line.units[chain.phrases[0].start].kind == Kind::Function;
        if !relative && !zero {
            return Vec::new();
        }
        let place = (line.body..start).rev().find_map(|i| {
            let mention = line.units[i].place()?;
            let next_to = relative && i + 4 >= start;
            ((next_to || !is_reference(line, i)) && can_change_hands(&self.mentions[mention])).then_some((i, mention))
        });
        let Some((at, mention)) = place else {
            let antecedent = phrases::left(line, if relative { start - 1 } else { start });
            let settles = antecedent.is_some_and(|a| line.units[phrases::head(line, &a)].is(Class::SETTLEMENT));
            let mention = settles.then(|| self.topics.find(self.mentions, Wanted::Town, None)).flatten();
            return mention.map(|m| target(m, true)).into_iter().collect();
        };
        let mut all = vec![target(mention, false)];
        if at >= 2
            && line.low(at - 1) == "and"
            && let Some(first) = line.units[at - 2].place()
        {
            all.insert(0, target(first, false));
        }
        all
    }

    /// The places of a subject; of a relative clause the nearest before it.
    fn subject_places(&self, line: &Line, verb: &Verb, chain: &phrases::Chain) -> super::objects::Targets {
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

    fn passive(&mut self, line: &Line, verbs: &[Verb], n: usize, trigger: &Trigger, after: usize) -> bool {
        let verb = &verbs[n];
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
        // In the passive the loser's deeds have the loser as agent, or nobody.
        let polarity = polarity::of_verb(line, verbs, n);
        let said = Said {
            deed: trigger.deed,
            actor,
            from,
            polarity,
            verb: Some(n),
            at: verb.at,
            present: verb.present,
            units: range.start.min(verb.start)..after,
        };
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

    fn intransitive(&mut self, line: &Line, verbs: &[Verb], n: usize, trigger: &Trigger, after: usize) -> bool {
        let verb = &verbs[n];
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
            let said = Said {
                deed: trigger.deed,
                actor: None,
                from: None,
                polarity: polarity::of_verb(line, verbs, n),
                verb: Some(n),
                at: verb.at,
                present: verb.present,
                units: verb.start..found.end,
            };
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
        let said = Said {
            deed: trigger.deed,
            actor,
            from: None,
            polarity: polarity::of_verb(line, verbs, n),
            verb: Some(n),
            at: verb.at,
            present: verb.present,
            units: range.start..after,
        };
        self.record(line, verbs, &said, found.places);
        self.gapped(line, verbs, &said, after);
        true
    }

    /// "drove the army out of Hama", "cleared Wellington of rebels", "was driven out of Darayya".
    fn expels(&mut self, line: &Line, verbs: &[Verb], n: usize, trigger: &Trigger, after: usize, limit: usize) -> bool {
        let verb = &verbs[n];
        let limit = limit.max((after + 14).min(line.units.len()).min(verbs.get(n + 1).map_or(usize::MAX, |v| v.start)));
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
                return trigger.pattern.is_empty()
                    && verb.lemma == "clear"
                    && self.passive(line, verbs, n, trigger, after);
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
            let said = Said {
                deed: trigger.deed,
                actor,
                from: Some(loser),
                polarity: polarity::of_verb(line, verbs, n),
                verb: Some(n),
                at: verb.at,
                present: verb.present,
                units: verb.start..found.end,
            };
            self.record(line, verbs, &said, found.places);
            return true;
        }
        let Who::Party(actor) = self.who(line, verb) else { return false };
        let polarity = polarity::of_verb(line, verbs, n);
        if matches!(verb.lemma, "clear" | "sweep") {
            let found = self.view(line, limit).targets(after);
            if !found.places.is_empty() {
                let of = (line.low(found.end) == "of").then(|| self.phrase_actor(line, found.end + 1)).flatten();
                let from = if let Some(Who::Party(party)) = of { Some(party) } else { None };
                if verb.lemma == "sweep" && from.is_none() {
                    return false;
                }
                let said = Said {
                    deed: trigger.deed,
                    actor: Some(actor),
                    from,
                    polarity,
                    verb: Some(n),
                    at: verb.at,
                    present: verb.present,
                    units: verb.start..found.end,
                };
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
        let said = Said {
            deed: trigger.deed,
            actor: Some(actor),
            from: Some(loser),
            polarity,
            verb: Some(n),
            at: verb.at,
            present: verb.present,
            units: verb.start..found.end,
        };
        self.record(line, verbs, &said, found.places);
        true
    }

    /// "beat off an attack on Hama", "repelled an assault there".
    fn repels(&mut self, line: &Line, verbs: &[Verb], n: usize, after: usize, limit: usize) -> bool {
        let verb = &verbs[n];
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
        let said = Said {
            deed: Deed::Repelled,
            actor,
            from: None,
            polarity: polarity::of_verb(line, verbs, n),
            verb: Some(n),
            at: verb.at,
            present: verb.present,
            units: verb.start..what.end.max(verb.at + 1),
        };
        self.record(line, verbs, &said, places);
        true
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

    /// "ordered his units out of Kabul", "pulled its troops out of Hama".
    fn orders_out(&mut self, line: &Line, verbs: &[Verb], n: usize, limit: usize) -> bool {
        let verb = &verbs[n];
        let Some(object) = phrases::right(line, verb.at + 1) else { return false };
        let out = (object.end..(object.end + 2).min(limit)).find(|i| line.low(*i) == "out" && line.low(i + 1) == "of");
        let Some(out) = out else { return false };
        let Who::Party(actor) = self.who(line, verb) else { return false };
        let found = self.view(line, limit).targets(out + 2);
        if found.places.is_empty() {
            return false;
        }
        let said = Said {
            deed: Deed::Withdrew,
            actor: Some(actor),
            from: None,
            polarity: polarity::of_verb(line, verbs, n),
            verb: Some(n),
            at: verb.at,
            present: verb.present,
            units: verb.start..found.end,
        };
        self.record(line, verbs, &said, found.places);
        true
    }

    fn bare(&mut self, line: &Line, verbs: &[Verb], n: usize, trigger: &Trigger) -> bool {
        let verb = &verbs[n];
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
        let said = Said {
            deed: trigger.deed,
            actor: Some(actor),
            from: None,
            polarity: polarity::of_verb(line, verbs, n),
            verb: Some(n),
            at: verb.at,
            present: verb.present,
            units: verb.start..verb.at + 1,
        };
        self.record(line, verbs, &said, vec![target(mention, true)]);
        true
    }

    /// "The garrison surrendered", "Hama surrendered to the rebels", "surrendered the town".
    fn surrenders(&mut self, line: &Line, verbs: &[Verb], n: usize, after: usize, limit: usize) -> bool {
        let verb = &verbs[n];
        let Subject::Chain(chain) = verb.subject.clone() else { return false };
        let range = chain.range();
        if range.start > verb.at || !self.mood.allows(Armed::Perhaps) {
            return false;
        }
        let polarity = polarity::of_verb(line, verbs, n);
        let to = (after..limit.min(after + 8)).find(|i| line.low(*i) == "to");
        let taker = to.and_then(|t| self.phrase_actor(line, t + 1));
        let taker = if let Some(Who::Party(party)) = taker { Some(party) } else { None };
        let comma = (after..line.units.len())
            .find(|i| matches!(line.units[*i].kind, Kind::Comma | Kind::Break))
            .unwrap_or(line.units.len());
        let units = range.start..after;
        let said = |deed, actor, from| Said {
            deed,
            actor,
            from,
            polarity,
            verb: Some(n),
            at: verb.at,
            present: verb.present,
            units: units.clone(),
        };
        let subject_place = self.view(line, range.end).targets(place_start(line, &range)).places;
        let who = self.who_is(line, &chain);
        if verb.passive {
            let Some(by) = self.agent(line, verb.at) else { return false };
            let Who::Party(loser) = by else { return false };
            if subject_place.is_empty() {
                return false;
            }
            let said = said(Deed::Lost, Some(loser), None);
            self.record(line, verbs, &said, subject_place);
            return true;
        }
        if !subject_place.is_empty() && !matches!(who, Who::Party(_)) {
            let said = said(Deed::Captured, taker, None);
            self.record(line, verbs, &said, subject_place);
            return true;
        }
        let Who::Party(loser) = who else { return false };
        let object = self.view(line, limit).targets(after).places;
        if !object.is_empty() {
            let said = said(Deed::Lost, Some(loser), None);
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
        let said = said(Deed::Lost, Some(loser), None);
        self.record(line, verbs, &said, places);
        true
    }

    /// "handed the town (over) to the rebels".
    fn hands(&mut self, line: &Line, verbs: &[Verb], n: usize, after: usize, limit: usize) -> bool {
        let verb = &verbs[n];
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
        let said = Said {
            deed: Deed::HandedOver,
            actor: Some(taker),
            from: giver,
            polarity: polarity::of_verb(line, verbs, n),
            verb: Some(n),
            at: verb.at,
            present: verb.present,
            units: verb.start..end,
        };
        self.record(line, verbs, &said, places);
        true
    }

    fn clashes(&mut self, line: &Line, verbs: &[Verb], n: usize, after: usize, limit: usize) -> bool {
        let verb = &verbs[n];
        let Who::Party(actor) = self.who(line, verb) else { return false };
        let places = self.nearest(line, after, limit).unwrap_or_else(|| self.locative(line));
        if places.is_empty() {
            return false;
        }
        let said = Said {
            deed: Deed::Contested,
            actor: Some(actor),
            from: None,
            polarity: polarity::of_verb(line, verbs, n),
            verb: Some(n),
            at: verb.at,
            present: verb.present,
            units: verb.start..after,
        };
        self.record(line, verbs, &said, places);
        true
    }
}

pub(super) fn target(mention: usize, anaphor: bool) -> Target {
    Target { mention, extent: super::objects::Extent::Whole, facility: None, anaphor }
}

/// Where a subject's place phrase begins: after "most of", "control of" the phrase itself knows.
pub(super) fn place_start(line: &Line, range: &Range<usize>) -> usize {
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
fn matched(line: &Line, start: usize, pattern: &[&str]) -> Option<usize> {
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

fn is_direction(word: &str) -> bool {
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

/// Whether "fell" with these words after it is the fall of a town.
fn falls(line: &Line, after: usize) -> bool {
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

/// A single person on the move is a traveller, unless with an armed following.
fn travels(line: &Line, verb: &Verb) -> bool {
    let Subject::Chain(chain) = &verb.subject else { return false };
    let head = phrases::head(line, &chain.phrases[0]);
    let unit = &line.units[head];
    let person = matches!(
        unit.low.as_str(),
        "president"
            | "minister"
            | "leader"
            | "premier"
            | "governor"
            | "chief"
            | "commander"
            | "general"
            | "emir"
            | "envoy"
            | "spokesman"
            | "official"
            | "officials"
            | "king"
            | "sheikh"
            | "colonel"
    );
    let single = !matches!(line.low(chain.phrases[0].start), "the" | "a" | "an")
        && unit.capital
        && unit.kind == Kind::Noun
        && !unit.is(Class::FORCE)
        && !unit.is(Class::WEAK)
        && !unit.low.ends_with('s')
        && chain.joined.is_none()
        && unit.tokens.len() == 1
        && unit.low.chars().any(char::is_lowercase)
        && !lexicon().is_group_folded(&unit.low)
        && (chain.phrases[0].len() >= 2 || head == chain.phrases[0].start);
    let named_force =
        chain.phrases[0].clone().any(|i| line.units[i].is(Class::FORCE) || line.units[i].is(Class::REBEL));
    let following = line.units.iter().any(|u| u.is(Class::FORCE) || matches!(u.low.as_str(), "head" | "men"));
    (person || single) && !named_force && !following
}

/// "ordered his men to leave the town": the order's own verb is an order.
fn ordered_to_leave(line: &Line, verbs: &[Verb], n: usize) -> bool {
    // "ordered the militia to leave" is a threat; "ordered his men to leave" is done.
    let own = n > 0
        && (verbs[n - 1].at + 1 == verbs[n].start || line.get(verbs[n - 1].at + 1).is_some_and(|u| u.is(Class::POSS)));
    own && verbs[n].infinitive
        && n > 0
        && matches!(verbs[n - 1].lemma, "order" | "agree" | "decide" | "force")
        && !verbs[n - 1].negated
        && !verbs[n - 1].modal
        && !verbs[n - 1].infinitive
}

/// Whether a clause tells of an attack from the air or from afar.
pub(super) fn from_afar(line: &Line, at: usize, limit: usize) -> bool {
    let start = at.saturating_sub(6).max(line.body);
    line.units[start..limit.min(line.units.len())].iter().any(|u| FROM_AFAR.contains(&u.low.as_str()))
}
