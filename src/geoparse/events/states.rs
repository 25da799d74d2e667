//! Events told as states newly reached: "was in control of Kabul", "was in rebel hands", "under siege", "now controls".

use super::clauses::Verb;
use super::lexicon::{Class, Deed};
use super::parties::Armed;
use super::phrases;
use super::polarity::Polarity;
use super::scene::{Said, Scene, Who};
use super::units::{Kind, Line};
use super::verbs::target;

impl Scene<'_> {
    /// "declared Aden liberated".
    pub(super) fn declared(&mut self, line: &Line, verbs: &[Verb], n: usize) {
        let verb = &verbs[n];
        if !matches!(verb.lemma, "declare" | "proclaim" | "pronounce")
            || verb.passive
            || verb.negated
            || verb.modal
            || verb.infinitive
        {
            return;
        }
        let found = self.view(line, line.units.len().min(verb.at + 8)).targets(verb.at + 1);
        let free = matches!(
            line.low(found.end),
            "liberated" | "free" | "freed" | "cleared" | "taken" | "secured" | "captured" | "retaken"
        );
        if found.places.is_empty() || !free {
            return;
        }
        let Who::Party(actor) = self.who(line, verb) else { return };
        let said = Said {
            deed: Deed::Captured,
            actor: Some(actor),
            from: None,
            polarity: Polarity::Fact,
            verb: Some(n),
            at: verb.at,
            present: verb.present,
            units: verb.start..found.end + 1,
        };
        self.record(line, verbs, &said, found.places);
    }

    /// What "under", "in" or "into" begins.
    pub(super) fn state(&mut self, line: &Line, verbs: &[Verb], at: usize) {
        let word = line.low(at).to_owned();
        let mut noun = at + 1;
        while noun < line.units.len()
            && noun < at + 6
            && !matches!(line.low(noun), "siege" | "control" | "hands" | "charge" | "attack" | "assault")
        {
            let unit = &line.units[noun];
            if !(unit.is_nominal() || unit.kind == Kind::Function && (unit.is(Class::ADV) || unit.low.ends_with("ly")))
            {
                return;
            }
            noun += 1;
        }
        let kind = line.low(noun).to_owned();
        match (word.as_str(), kind.as_str()) {
            ("under", "siege") => self.under(line, verbs, at, noun, Deed::Besieged),
            ("under", "attack" | "assault") if !super::verbs::from_afar(line, noun, noun + 6) => {
                self.under(line, verbs, at, noun, Deed::Contested)
            }
            ("under", "control") => self.under(line, verbs, at, noun, Deed::Captured),
            ("in" | "into", "hands") => self.under(line, verbs, at, noun, Deed::Captured),
            ("in", "control" | "charge") if line.low(noun + 1) == "of" => self.in_control(line, verbs, at, noun + 1),
            _ => {}
        }
    }

    /// The place is the subject: "Marseille is under siege by French forces", "the city was in communist hands".
    fn under(&mut self, line: &Line, verbs: &[Verb], at: usize, noun: usize, deed: Deed) {
        let Some(place) = self.state_subject(line, verbs, at) else { return };
        let gains = deed == Deed::Captured;
        if gains && lasts(line, at) {
            return;
        }
        let mut actor = None;
        if matches!(line.low(noun + 1), "by" | "of" | "from") {
            actor = match self.phrase_actor(line, noun + 2) {
                Some(Who::Party(party)) => Some(party),
                _ => None,
            };
        }
        if actor.is_none() && noun > at + 1 {
            // "under rebel control", "in communist hands", "in the army's hands".
            let mut owner = at + 1..noun;
            while owner.end > owner.start && matches!(line.units[owner.end - 1].kind, Kind::Genitive) {
                owner.end -= 1;
            }
            while owner.start < owner.end
                && (line.units[owner.start].is(Class::DET)
                    || matches!(line.low(owner.start), "full" | "complete" | "total" | "firm" | "effective" | "tight"))
            {
                owner.start += 1;
            }
            // "said that the town was firmly in its hands" denies rather than tells.
            if owner.is_empty() && verbs.iter().any(|v| v.at < at && super::source::is_saying(v.lemma)) {
                return;
            }
            if owner.is_empty() && line.units[at + 1].is(Class::POSS) {
                actor = self.here.or(self.before);
            }
            let armed = owner.clone().any(|i| {
                let unit = &line.units[i];
                unit.is(Class::FORCE)
                    || unit.is(Class::REBEL)
                    || unit.is(Class::GOV)
                    || matches!(unit.kind, Kind::Name(_))
                    || unit.capital
            });
            let camp =
                owner.len() == 1 && line.units[owner.start].kind == Kind::Noun && self.mood.allows(Armed::Perhaps);
            if !owner.is_empty()
                && (armed || camp)
                && !matches!(line.low(owner.end - 1), "safe" | "good" | "private" | "own" | "foreign" | "public")
            {
                actor = Some(self.add(line, &owner));
            }
        }
        if gains && (actor.is_none() || !self.mood.allows(Armed::Perhaps)) {
            return;
        }
        if !gains && actor.is_none() && !(self.mood.allows_nobody() || self.mood.peace == 0 && deed == Deed::Besieged) {
            return;
        }
        let present = (at.saturating_sub(4)..at).any(|i| matches!(line.low(i), "is" | "are" | "remains" | "remain"));
        let polarity = if unreal(line, at) { Polarity::Unreal } else { Polarity::Fact };
        let said = Said { deed, actor, from: None, polarity, verb: None, at, present, units: at..noun + 1 };
        self.record(line, verbs, &said, place);
    }

    /// The places before "is under siege", "were in rebel hands", "came under", "fell into".
    fn state_subject(&self, line: &Line, verbs: &[Verb], at: usize) -> Option<Vec<super::objects::Target>> {
        let mut i = at;
        while i > 0 {
            let unit = &line.units[i - 1];
            let passed = unit.is_aux()
                || unit.kind == Kind::Function
                    && (unit.is(Class::ADV) || unit.low.ends_with("ly"))
                    && !unit.is(Class::PREP)
                || matches!(unit.kind, Kind::Date(_))
                || matches!(unit.low.as_str(), "on" | "by")
                    && matches!(line.get(i).map(|u| &u.kind), Some(Kind::Date(_)))
                || unit.verb().is_some_and(|(lemma, _)| {
                    matches!(lemma, "come" | "fall" | "pass" | "put" | "bring" | "place" | "remain" | "stay")
                });
            if !passed {
                break;
            }
            i -= 1;
        }
        if i == at {
            // "Aachen is the first German city in Allied hands".
            let phrase = phrases::left(line, at)?;
            let first = phrase.clone().any(|k| line.low(k) == "first")
                && line.units[phrases::head(line, &phrase)].is(Class::SETTLEMENT);
            let be = phrase.start.checked_sub(1).filter(|b| first && line.units[*b].is(Class::BE))?;
            i = be;
        }
        // A relative or inserted clause between: the verb knows its subject.
        let chain = phrases::chain_left(line, i).or_else(|| {
            let verb = verbs.iter().find(|v| v.at >= i && v.at < at)?;
            match &verb.subject {
                super::clauses::Subject::Chain(chain) => Some(chain.clone()),
                super::clauses::Subject::None => None,
            }
        })?;
        let range = chain.range();
        let start = super::verbs::place_start(line, &(chain.phrases[0].start..range.end));
        let found = self.view(line, range.end).targets(start).places;
        (!found.is_empty()).then_some(found)
    }

    /// "The Taliban was in undisputed control of Kabul".
    fn in_control(&mut self, line: &Line, verbs: &[Verb], at: usize, of: usize) {
        let limit = Self::limit(line, verbs, of);
        let found = self.view(line, limit).targets(of + 1);
        if found.places.is_empty() || lasts(line, at) || unreal(line, at) {
            return;
        }
        let mut i = at;
        while i > 0
            && (line.units[i - 1].is_aux()
                || line.units[i - 1].kind == Kind::Function
                    && (line.units[i - 1].is(Class::ADV) || line.units[i - 1].low.ends_with("ly")))
        {
            i -= 1;
        }
        if i == at {
            return;
        }
        let Some(chain) = phrases::chain_left(line, i) else { return };
        let Who::Party(actor) = self.who_is(line, &chain) else { return };
        let present = line.units[i..at].iter().any(|u| matches!(u.low.as_str(), "is" | "are"));
        let said = Said {
            deed: Deed::Captured,
            actor: Some(actor),
            from: None,
            polarity: Polarity::Fact,
            verb: None,
            at,
            present,
            units: chain.range().start..found.end,
        };
        self.record(line, verbs, &said, found.places);
    }

    /// "The army now controls Hama", "a claim to control all of Misrata", "controls 80 % of Manbij".
    pub(super) fn control_verb(&mut self, line: &Line, verbs: &[Verb], n: usize) {
        let verb = &verbs[n];
        if !matches!(verb.lemma, "control" | "hold") || verb.passive {
            return;
        }
        let limit = Self::limit(line, verbs, verb.at);
        let now = (verb.start.saturating_sub(1)..verb.at + 1).any(|i| line.low(i) == "now")
            || line.low(verb.start.saturating_sub(1)) == "now";
        let claimed = verb.infinitive
            && verb.start > 0
            && (matches!(line.low(verb.start - 1), "claim" | "claims")
                || n > 0 && verbs[n - 1].lemma == "claim" && verbs[n - 1].at + 3 > verb.start);
        let says = n > 0 && super::clauses::governor(line, verbs, n).is_some_and(|g| verbs[g].lemma == "claim");
        let found = self.view(line, limit).targets(verb.at + 1);
        if found.places.is_empty() {
            return;
        }
        let partial = line.units[verb.at + 1..found.end]
            .iter()
            .any(|u| u.kind == Kind::Number || matches!(u.low.as_str(), "parts" | "half" | "most" | "percent"));
        if verb.negated || verb.modal || lasts(line, verb.at) || !(now || claimed || says || partial) {
            return;
        }
        let actor = if claimed
            && verb.start > 0
            && matches!(line.low(verb.start - 1), "claim" | "claims")
            && line.units[verb.start - 1].verb().is_none()
        {
            // "a rebel claim to control": the word before the noun.
            let owner = phrases::left(line, verb.start - 1);
            match owner {
                Some(mut owner) => {
                    while owner.end > owner.start + 1 && line.units[owner.end - 1].kind == Kind::Genitive {
                        owner.end -= 1;
                    }
                    while owner.start + 1 < owner.end && line.units[owner.start].is(Class::DET) {
                        owner.start += 1;
                    }
                    self.add(line, &owner)
                }
                None => return,
            }
        } else {
            match self.who(line, verb) {
                Who::Party(party) => party,
                _ => return,
            }
        };
        let deed = if partial && !now && !claimed { Deed::Contested } else { Deed::Captured };
        let rejected = verbs
            .iter()
            .any(|v| v.at > verb.at && matches!(v.lemma, "reject" | "deny" | "dismiss" | "dispute" | "refute"));
        let polarity = if rejected { Polarity::Denied } else { Polarity::Fact };
        let places: Vec<_> =
            found.places.into_iter().map(|t| if claimed || now { target(t.mention, t.anaphor) } else { t }).collect();
        let mut said = Said {
            deed,
            actor: Some(actor),
            from: None,
            polarity,
            verb: Some(n),
            at: verb.at,
            present: verb.present,
            units: verb.start..found.end,
        };
        if rejected {
            // The claim and its denial in one sentence.
            said.polarity = Polarity::Fact;
            self.record(line, verbs, &said, places.clone());
            said.polarity = Polarity::Denied;
        }
        self.record(line, verbs, &said, places);
    }
}

/// Whether a state is said to go on rather than to be new.
fn lasts(line: &Line, at: usize) -> bool {
    (at.saturating_sub(5)..at).any(|i| {
        matches!(
            line.low(i),
            "still"
                | "remain"
                | "remains"
                | "remained"
                | "stay"
                | "stays"
                | "stayed"
                | "keep"
                | "keeps"
                | "kept"
                | "since"
        )
    })
}

fn unreal(line: &Line, at: usize) -> bool {
    (at.saturating_sub(5)..at)
        .any(|i| line.units[i].is(Class::MODAL) || line.units[i].is(Class::NEG) && line.low(i) != "nor")
}
