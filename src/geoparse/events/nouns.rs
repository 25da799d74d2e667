//! Events told by nouns: "the capture of Hama", "street fighting in Hama", "the siege of Sarajevo".

use super::clauses::Verb;
use super::lexicon::{Class, Deed, lexicon};
use super::parties::Armed;
use super::phrases;
use super::polarity;
use super::scene::{Said, Scene, Who};
use super::units::{Kind, Line, can_change_hands};
use super::verbs::{from_afar, target};

/// Nouns that are fighting by themselves and may stand away from their place ("fighting raged in").
const COMBAT: &[&str] =
    &["fighting", "battle", "battles", "clashes", "combat", "skirmishes", "firefights", "gunbattles", "resistance"];

impl Scene<'_> {
    /// An event told by a noun of the trigger table.
    pub(super) fn noun(&mut self, line: &Line, verbs: &[Verb], at: usize) {
        let low = line.low(at).to_owned();
        let combat = COMBAT.contains(&low.as_str());
        if combat && (!self.mood.allows(Armed::Perhaps) && !self.mood.allows_nobody() && self.mood.peace > 0) {
            return;
        }
        let limit = Self::limit(line, verbs, at);
        for trigger in lexicon().nouns(&low) {
            let Some(word) = trigger.pattern.first() else { continue };
            let mut after = at + 1;
            // "the capture on Monday of Hama", "battles with the army in Hama", "the withdrawal of its troops from Hama".
            if line.low(after) == "on" && line.get(after + 1).is_some_and(|u| matches!(u.kind, Kind::Date(_))) {
                after += 2;
            }
            if line.low(after) != *word {
                continue;
            }
            let found = self.view(line, limit).targets(after + 1);
            if found.places.is_empty() {
                self.given_up(line, verbs, at, after + 1, trigger.deed);
                continue;
            }
            let deed = trigger.deed;
            if matches!(deed, Deed::Contested | Deed::Advanced) && from_afar(line, at, found.end + 4) {
                return;
            }
            if matches!(deed, Deed::Besieged) && lifted(line, found.end) {
                return;
            }
            self.tell(line, verbs, at, deed, found.places, found.end);
            return;
        }
        if matches!(low.as_str(), "withdrawal" | "retreat" | "evacuation" | "pullout" | "pull-out")
            && line.low(at + 1) == "of"
        {
            let from = (at + 2..(at + 8).min(limit)).find(|i| line.low(*i) == "from");
            if let Some(from) = from {
                let found = self.view(line, limit).targets(from + 1);
                if !found.places.is_empty() {
                    self.tell(line, verbs, at, Deed::Withdrew, found.places, found.end);
                }
            }
            return;
        }
        if combat {
            self.combat(line, verbs, at);
        } else if matches!(
            low.as_str(),
            "capture"
                | "fall"
                | "liberation"
                | "loss"
                | "seizure"
                | "recapture"
                | "siege"
                | "surrender"
                | "occupation"
                | "encirclement"
        ) {
            self.owned(line, verbs, at, &low);
        }
    }

    /// "the surrender of his garrison": of the town the text is at.
    fn given_up(&mut self, line: &Line, verbs: &[Verb], at: usize, start: usize, deed: Deed) {
        if line.low(at) != "surrender" || deed != Deed::Lost {
            return;
        }
        let Some(phrase) = phrases::right(line, start) else { return };
        let holds = line.units[phrases::head(line, &phrase)].is(Class::FORCE);
        let town = self
            .topics
            .find(self.mentions, super::topics::Wanted::Town, None)
            .filter(|_| holds && self.mood.allows_nobody());
        if let Some(mention) = town {
            let owned = line.units[phrase.start].is(Class::POSS);
            let actor = if owned { self.here.or(self.before) } else { None };
            let actor = actor.unwrap_or_else(|| self.add(line, &phrase));
            let polarity = polarity::of_noun(line, verbs, at);
            let said = Said {
                deed,
                actor: Some(actor),
                from: None,
                polarity,
                verb: None,
                at,
                present: false,
                units: at..phrase.end,
            };
            self.record(line, verbs, &said, vec![target(mention, true)]);
        }
    }

    /// "Hama's fall", "its capture".
    fn owned(&mut self, line: &Line, verbs: &[Verb], at: usize, low: &str) {
        let Some(trigger) = lexicon().nouns(low).first() else { return };
        let mut i = at;
        while i > 0 && matches!(line.units[i - 1].kind, Kind::Adjective | Kind::Noun) && at - i < 3 {
            i -= 1;
        }
        let mention = if i >= 2 && line.units[i - 1].kind == Kind::Genitive {
            match line.units[i - 2].place() {
                Some(mention) => Some((mention, false)),
                None if line.units[i - 2].is(Class::SETTLEMENT) => {
                    let phrase = phrases::left(line, i - 1);
                    phrase.and_then(|p| {
                        let view = self.view(line, line.units.len());
                        view.topics.find(self.mentions, view.wanted(&p, i - 2), None).map(|m| (m, true))
                    })
                }
                None => None,
            }
        } else if i >= 1 && line.low(i - 1) == "its" && self.mood.allows_nobody() {
            self.topics.find(self.mentions, super::topics::Wanted::Town, None).map(|m| (m, true))
        } else {
            None
        };
        let Some((mention, anaphor)) = mention.filter(|(m, _)| can_change_hands(&self.mentions[*m])) else { return };
        if trigger.deed == Deed::Besieged && lifted(line, at + 1) {
            return;
        }
        self.tell(line, verbs, at, trigger.deed, vec![target(mention, anaphor)], at + 1);
    }

    /// "fighting raged in Hama", "clashes with the army were under way west of Basra", "Hama, where street battles were going on".
    fn combat(&mut self, line: &Line, verbs: &[Verb], at: usize) {
        if from_afar(line, at, at + 1) {
            return;
        }
        // Used as an adjective of something else ("the fighting season", "battle tank", "battle lines").
        let next = line.get(at + 1);
        if next.is_some_and(|u| matches!(u.kind, Kind::Noun | Kind::Genitive)) {
            return;
        }
        let end = (at + 1..line.units.len()).find(|i| line.units[*i].kind == Kind::Break).unwrap_or(line.units.len());
        let comma = (at + 1..end)
            .find(|i| {
                line.units[*i].kind == Kind::Comma
                    || line.units[*i].kind == Kind::Function && line.units[*i].is(Class::REL)
            })
            .unwrap_or(end);
        if let Some(places) = self.nearest(line, at + 1, comma) {
            self.tell(line, verbs, at, Deed::Contested, places, at + 1);
            return;
        }
        let start = (at.saturating_sub(8)..at).rev().find(|i| line.low(*i) == "where");
        if let Some(start) = start {
            let place = line.units[line.body.min(start)..start].iter().rev().find_map(|u| u.place());
            if let Some(mention) = place.filter(|m| can_change_hands(&self.mentions[*m])) {
                self.tell(line, verbs, at, Deed::Contested, vec![target(mention, false)], at + 1);
            }
            return;
        }
        // "Hama saw fierce fighting", "the town was the scene of heavy clashes".
        let scene = verbs
            .iter()
            .rev()
            .find(|v| v.at < at && v.at + 6 > at && matches!(v.lemma, "see" | "suffer"))
            .map(|v| v.start);
        let scene = scene.or_else(|| {
            (at.saturating_sub(6)..at).rev().find(|i| line.low(*i) == "scene").map(|i| i.saturating_sub(2))
        });
        if let Some(start) = scene
            && let Some(chain) = phrases::chain_left(line, start)
        {
            let range = chain.range();
            let places = self.view(line, range.end).targets(range.start).places;
            if !places.is_empty() {
                self.tell(line, verbs, at, Deed::Contested, places, at + 1);
            }
        }
    }

    fn tell(
        &mut self,
        line: &Line,
        verbs: &[Verb],
        at: usize,
        deed: Deed,
        places: Vec<super::objects::Target>,
        end: usize,
    ) {
        if matches!(line.low(at), "attack" | "attacks")
            && (self.mood.war < 2
                || line.units[at.saturating_sub(3)..at].iter().any(|u| {
                    matches!(
                        u.low.as_str(),
                        "terror" | "terrorist" | "heart" | "verbal" | "personal" | "shooting" | "chemical"
                    )
                }))
        {
            return;
        }
        let (actor, loser) = self.noun_parties(line, at, end, deed);
        let needs_war = actor.is_none();
        if needs_war
            && !self.mood.allows_nobody()
            && !(matches!(deed, Deed::Contested)
                && self.mood.peace == 0
                && line.low(at) != "battle"
                && line.low(at) != "resistance")
        {
            return;
        }
        let polarity = polarity::of_noun(line, verbs, at);
        let present = line.units[at + 1..]
            .iter()
            .take(6)
            .take_while(|u| !matches!(u.kind, Kind::Comma | Kind::Break))
            .any(|u| matches!(u.low.as_str(), "is" | "are" | "continues" | "continue" | "rages" | "goes"));
        let start = phrases::left(line, at + 1).map_or(at, |p| p.start);
        let said = Said { deed, actor, from: loser, polarity, verb: None, at, present, units: start..end };
        self.record(line, verbs, &said, places);
    }

    /// Who a noun says did it: "by A", "the rebels' capture", "a Taliban assault", "between A and B"; and who "to" names.
    fn noun_parties(&mut self, line: &Line, at: usize, end: usize, deed: Deed) -> (Option<usize>, Option<usize>) {
        let party = |who: Option<Who>| if let Some(Who::Party(p)) = who { Some(p) } else { None };
        let loss = matches!(deed, Deed::Withdrew | Deed::Lost);
        for i in end..(end + 3).min(line.units.len()) {
            if line.low(i) == "by" || (line.low(i) == "to" && deed == Deed::Fall) {
                return (party(self.phrase_actor(line, i + 1)), None);
            }
        }
        for i in at + 1..(at + 3).min(line.units.len()) {
            if matches!(line.low(i), "between" | "with" | "by") {
                return (party(self.phrase_actor(line, i + 1)), None);
            }
            if loss && line.low(i) == "of" && end > i + 2 {
                return (party(self.phrase_actor(line, i + 1)), None);
            }
        }
        // "between A and B" further on: "fighting in Hama between rebels and the army".
        for i in end..(end + 4).min(line.units.len()) {
            if line.low(i) == "between" || line.low(i) == "with" {
                return (party(self.phrase_actor(line, i + 1)), None);
            }
        }
        let Some(phrase) = phrases::left(line, at) else { return (None, None) };
        let mut owner = phrase.clone();
        // Drop the adjectives right before the noun: "the rebels' swift capture".
        while owner.end > owner.start + 1
            && matches!(line.units[owner.end - 1].kind, Kind::Adjective | Kind::Noun)
            && line.units[owner.end - 1].class == Class::NONE
            && !line.units[owner.end - 1].capital
        {
            owner.end -= 1;
        }
        if self.eye.points_back(line, &owner) || line.units[owner.start].is(Class::POSS) && owner.len() == 1 {
            return (self.here.or(self.before), None);
        }
        let armed = self.eye.armed(line, &owner).or_else(|| {
            let rebel = line.units[owner.end - 1].is(Class::REBEL) || line.units[owner.end - 1].is(Class::GOV);
            rebel.then_some(Armed::Surely)
        });
        let bare = phrases::head(line, &owner);
        let generic =
            matches!(line.low(bare), "ground" | "street" | "house" | "pitched" | "tank" | "artillery" | "infantry");
        match armed.filter(|a| self.mood.allows(*a) && !generic) {
            Some(_) => {
                let mut range = owner;
                while range.end > range.start + 1 && line.units[range.end - 1].kind == Kind::Genitive {
                    range.end -= 1;
                }
                (Some(self.add(line, &range)), None)
            }
            None => (None, None),
        }
    }
}

/// "The siege of X is over", "was lifted".
fn lifted(line: &Line, at: usize) -> bool {
    line.units[at.min(line.units.len())..]
        .iter()
        .take(8)
        .any(|u| matches!(u.low.as_str(), "over" | "lifted" | "ended" | "broken" | "relieved" | "raised"))
}
