//! The reading of a text sentence by sentence: what has been said so far, and what each sentence adds.

use super::clauses::{self, Subject, Verb};
use super::keys::Keys;
use super::lexicon::{Class, Deed, lexicon};
use super::objects::{Extent, Target, View};
use super::parties::{Armed, Eye, Party};
use super::phrases::Chain;
use super::polarity::Polarity;
use super::source::{self, Source};
use super::topics::Topics;
use super::units::{Kind, Line};
use crate::model::{Mention, PlaceKind};
use crate::text::Span;
use crate::time::{Date, When};
use std::ops::Range;

/// A deed found in a clause, before the text is taken as a whole.
#[derive(Debug, Clone)]
pub(super) struct Hit {
    pub(super) deed: Deed,
    pub(super) mention: usize,
    pub(super) facility: Option<String>,
    /// Among the parties.
    pub(super) actor: Option<usize>,
    pub(super) from: Option<usize>,
    pub(super) date: Option<When>,
    /// The date is the text's or the publication's, not the clause's.
    pub(super) inherited: bool,
    pub(super) denied: bool,
    pub(super) source: Option<Word>,
    pub(super) evidence: Span,
    pub(super) heading: bool,
}

/// On whose word, resolved to a party.
#[derive(Debug, Clone)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) party: usize,
    pub(super) neutral: bool,
    pub(super) admits: bool,
    pub(super) claims: bool,
    pub(super) confirms: bool,
}

/// How warlike the words of a text are.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Mood {
    /// Distinct words of war.
    pub(super) war: usize,
    /// Distinct words of sport, elections, weather and trade.
    pub(super) peace: usize,
    /// A word that begins the name of an armed group.
    pub(super) groups: bool,
    /// Men who may be armed, or a siege.
    pub(super) men: bool,
    /// A verb that tells of a place taken, whoever took it.
    pub(super) seizing: bool,
}

impl Mood {
    pub(super) fn allows(self, armed: Armed) -> bool {
        match armed {
            Armed::Surely => self.peace < 2 || self.war >= self.peace * 2,
            Armed::Perhaps => self.war >= 3 && self.war >= self.peace * 3,
        }
    }
    /// Whether no word of the text can be of an armed actor or of what one did.
    pub(super) fn is_quiet(self) -> bool {
        let deed = self.seizing && self.peace == 0;
        self.war == 0 && !(self.groups || self.men || deed)
    }
    /// Whether an event may stand without an actor.
    pub(super) fn allows_nobody(self) -> bool {
        self.war >= 2 && self.war >= self.peace * 3
    }
}

/// Everything known while reading.
pub(super) struct Scene<'a> {
    pub(super) eye: Eye<'a>,
    pub(super) mentions: &'a [Mention],
    pub(super) published: Option<Date>,
    pub(super) mood: Mood,
    pub(super) topics: Topics,
    pub(super) parties: Vec<Party>,
    pub(super) hits: Vec<Hit>,
    /// The date the text gave last, within reach of its own days.
    pub(super) date: Option<Date>,
    /// The date the text gave last of all, for "two days later".
    pub(super) anchor: Option<Date>,
    /// Who acted last: in this sentence, and in the sentence before.
    pub(super) here: Option<usize>,
    pub(super) before: Option<usize>,
    /// Who speaks in this sentence's quotations.
    pub(super) speaker: Option<usize>,
    /// Units of the sentence whose places are noted already.
    noted: usize,
}

/// Who does what a verb says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    Party(usize),
    Unarmed,
    Nobody,
}

/// What a clause says of a place, as far as the verb or noun tells.
pub(super) struct Said {
    pub(super) deed: Deed,
    pub(super) actor: Option<usize>,
    pub(super) from: Option<usize>,
    pub(super) polarity: Polarity,
    /// The verb, among the verbs of the sentence.
    pub(super) verb: Option<usize>,
    /// The trigger, among the units.
    pub(super) at: usize,
    pub(super) present: bool,
    pub(super) units: Range<usize>,
}

impl<'a> Scene<'a> {
    pub(super) fn new(eye: Eye<'a>, mentions: &'a [Mention], keys: &Keys, published: Option<Date>, mood: Mood) -> Self {
        let topics = Topics::survey(mentions, keys);
        Self {
            eye,
            mentions,
            published,
            mood,
            topics,
            parties: Vec::new(),
            hits: Vec::new(),
            date: None,
            anchor: None,
            here: None,
            before: None,
            speaker: None,
            noted: 0,
        }
    }

    /// Reads a sentence.
    pub(super) fn read(&mut self, line: &Line) {
        self.noted = 0;
        self.here = None;
        let verbs = clauses::verbs(line);
        self.speaker = self.find_speaker(line, &verbs);
        self.see_opening(line);
        for at in line.body..line.units.len() {
            let unit = &line.units[at];
            if !matches!(unit.kind, Kind::Noun | Kind::Verb(..) | Kind::Function) {
                continue;
            }
            if let Some(n) = verbs.iter().position(|v| v.at == at) {
                self.note(line, at);
                self.see_actor(line, &verbs[n]);
                if !lexicon().triggers(verbs[n].lemma).is_empty() {
                    self.verb(line, &verbs, n);
                }
                self.control_verb(line, &verbs, n);
                self.declared(line, &verbs, n);
            } else if unit.kind == Kind::Noun && !lexicon().nouns(&unit.low).is_empty() {
                self.note(line, at);
                self.noun(line, &verbs, at);
            } else if matches!(unit.low.as_str(), "under" | "in" | "into") {
                self.note(line, at);
                self.state(line, &verbs, at);
            }
        }
        self.note(line, line.units.len());
        self.keep_date(line);
        if self.here.is_some() {
            self.before = self.here;
        }
        self.topics.next_sentence();
    }

    /// Takes note of the places before a unit.
    fn note(&mut self, line: &Line, to: usize) {
        for at in self.noted..to {
            let Some(mention) = line.units[at].place() else { continue };
            let previous = at.checked_sub(1).map_or("", |i| line.low(i));
            let weight = if at < line.body {
                0.2
            } else if is_reference(line, at) {
                0.25
            } else if at > 0 && line.units[at - 1].verb().is_some_and(|(lemma, _)| !source::is_saying(lemma)) {
                2.0
            } else if matches!(previous, "from" | "by" | "like") {
                0.5
            } else if line.heading {
                0.9
            } else if at == line.body {
                // The subject of its sentence is what the text is about.
                2.2
            } else {
                1.0
            };
            self.topics.touch(self.mentions, mention, weight);
            let names_capital = (at + 1..(at + 5).min(line.units.len())).any(|i| line.low(i) == "capital")
                && line.get(at + 1).is_some_and(|u| u.kind == Kind::Comma)
                || (at.saturating_sub(2)..at).any(|i| line.low(i) == "capital")
                    && !line.units[at.saturating_sub(2)..at].iter().any(|u| u.low == "of");
            if names_capital {
                self.topics.is_capital(mention);
            }
        }
        self.noted = self.noted.max(to);
    }

    /// Remembers an armed actor that opens a sentence, whatever its verb.
    fn see_opening(&mut self, line: &Line) {
        let Some(chain) = super::phrases::chain_right(line, line.body) else { return };
        let phrase = chain.phrases[0].clone();
        let plain = !self.eye.points_back(line, &phrase) && phrase.clone().all(|i| line.units[i].place().is_none());
        if plain
            && let Some((range, armed)) = self.eye.acting(line, &chain)
            && (armed == Armed::Surely || self.mood.allows(armed))
        {
            let party = self.add(line, &range);
            self.parties[party].acts = true;
            self.here = Some(party);
        }
    }

    /// Remembers an armed subject for the pronouns to come.
    fn see_actor(&mut self, line: &Line, verb: &Verb) {
        if self.here.is_some() || verb.passive && verb.lemma != "force" {
            return;
        }
        if let Who::Party(party) = self.who(line, verb) {
            self.here = Some(party);
            return;
        }
        // A government that speaks is whom "its forces" belong to.
        if let Subject::Chain(chain) = &verb.subject
            && source::is_saying(verb.lemma)
            && let Some((range, _)) = self.eye.acting(line, chain)
            && range.clone().any(|i| matches!(line.units[i].kind, Kind::Name(_)))
        {
            self.here = Some(self.add(line, &range));
        }
    }

    /// The armed speaker of a quotation.
    fn find_speaker(&mut self, line: &Line, verbs: &[Verb]) -> Option<usize> {
        if !line.units.iter().any(|u| u.quoted) {
            return None;
        }
        let verb = verbs.iter().find(|v| !line.units[v.at].quoted && source::is_saying(v.lemma))?;
        let chain = match &verb.subject {
            Subject::Chain(chain) if chain.range().end <= verb.start => chain.clone(),
            // "…," said the prime minister.
            _ => super::phrases::chain_right(line, verb.at + 1)?,
        };
        match self.who_is(line, &chain) {
            Who::Party(party) => Some(party),
            _ => None,
        }
    }

    /// Who a verb's subject is.
    pub(super) fn who(&mut self, line: &Line, verb: &Verb) -> Who {
        match &verb.subject {
            Subject::Chain(chain) => self.who_is(line, chain),
            Subject::None => Who::Nobody,
        }
    }

    /// Who a chain of phrases is.
    pub(super) fn who_is(&mut self, line: &Line, chain: &Chain) -> Who {
        if let Some(joined) = &chain.joined
            && self.eye.points_back(line, &chain.phrases[0])
            && self.eye.armed(line, joined).is_some_and(|a| self.mood.allows(a))
        {
            return Who::Party(self.add(line, joined));
        }
        if self.eye.points_back(line, &chain.phrases[0]) {
            let low = line.low(chain.phrases[0].start);
            if matches!(low, "he" | "she") && self.here.is_some() {
                return Who::Unarmed;
            }
            if matches!(low, "we" | "our" | "us") {
                return self.speaker.map_or(Who::Unarmed, Who::Party);
            }
            if self.eye.is_vague(line, &chain.phrases[0]) && low == "the" {
                let group =
                    self.parties.iter().rposition(|p| p.rebel || p.names.iter().any(|n| lexicon().is_group_folded(n)));
                if let Some(group) = group {
                    return Who::Party(group);
                }
            }
            return self.here.or(self.before).map_or(Who::Unarmed, |p| Who::Party(self.alias(p)));
        }
        match self.eye.acting(line, chain) {
            Some((range, armed)) if self.mood.allows(armed) => {
                let owner = self.here.or(self.before).map(|p| self.alias(p));
                let party = self.add(line, &range);
                self.parties[party].acts = true;
                // "its fighters" are of whoever was named.
                if line.units[range.start].is(Class::POSS) && owner != Some(party) {
                    self.parties[party].of = owner;
                }
                Who::Party(party)
            }
            _ => Who::Unarmed,
        }
    }

    /// A party for a phrase.
    pub(super) fn add(&mut self, line: &Line, range: &Range<usize>) -> usize {
        let party = self.eye.party(line, range);
        if let Some(at) = self.parties.iter().rposition(|p| p.span == party.span) {
            return at;
        }
        self.parties.push(party);
        self.parties.len() - 1
    }

    fn alias(&self, party: usize) -> usize {
        self.parties[party].of.unwrap_or(party)
    }

    pub(super) fn view<'v>(&'v self, line: &'v Line, limit: usize) -> View<'v> {
        View { line, mentions: self.mentions, topics: &self.topics, limit }
    }

    /// Where the clause of a trigger ends for a search to the right: the next finite verb with a subject of its own, or a break.
    pub(super) fn limit(line: &Line, verbs: &[Verb], at: usize) -> usize {
        let mut end = line.units.len();
        if let Some(next) = verbs.iter().find(|v| v.at > at && !v.infinitive && !v.gerund) {
            end = next.start;
        }
        (at + 1..end).find(|i| line.units[*i].kind == Kind::Break).unwrap_or(end)
    }

    /// Records what a clause says of places.
    pub(super) fn record(&mut self, line: &Line, verbs: &[Verb], said: &Said, targets: Vec<Target>) {
        if said.polarity == Polarity::Unreal {
            return;
        }
        let word = source::of(line, verbs, &self.eye, said.verb, said.at).map(|s| self.word(line, &s));
        let (date, inherited, future) = self.date_of(line, verbs, said);
        if future {
            return;
        }
        for target in targets {
            let Some(deed) = self.deed(line, said, &target) else { continue };
            let weight = if matches!(deed, Deed::Advanced | Deed::Contested | Deed::Besieged) { 0.8 } else { 2.0 };
            self.topics.touch(self.mentions, target.mention, weight);
            let facility =
                target.facility.as_ref().map(|f| self.eye.words(line, &super::parties::bare(line, f)).to_owned());
            let facility = facility.or_else(|| {
                let place = self.mentions[target.mention].place.as_ref()?;
                (place.kind == PlaceKind::Facility).then(|| self.mentions[target.mention].text.clone())
            });
            self.hits.push(Hit {
                deed,
                mention: target.mention,
                facility,
                actor: said.actor,
                from: said.from,
                date,
                inherited,
                denied: said.polarity == Polarity::Denied,
                source: word.clone(),
                evidence: line.span(self.eye.tokens, clause(line, verbs, said)),
                heading: line.heading,
            });
        }
    }

    /// What a deed comes to at a target: the edge of a town is not the town.
    fn deed(&self, line: &Line, said: &Said, target: &Target) -> Option<Deed> {
        let kind = self.mentions[target.mention].place.as_ref().map(|p| p.kind);
        let country = matches!(kind, Some(PlaceKind::Country | PlaceKind::Continent));
        let deed = if said.polarity == Polarity::Attempt {
            match said.deed {
                Deed::Withdrew | Deed::Lost | Deed::Relieved => return None,
                Deed::Besieged => Deed::Besieged,
                Deed::Advanced => Deed::Advanced,
                _ => Deed::Contested,
            }
        } else {
            said.deed
        };
        if country
            && matches!(
                deed,
                Deed::Contested | Deed::Besieged | Deed::Advanced | Deed::Reached | Deed::Repelled | Deed::Relieved
            )
        {
            return None;
        }
        if country && target.extent != Extent::Whole {
            return None;
        }
        if country && matches!(deed, Deed::Withdrew | Deed::Lost) && target.anaphor {
            return None;
        }
        let gain = matches!(deed, Deed::Captured | Deed::Recaptured | Deed::Entered | Deed::HandedOver);
        Some(match (deed, target.extent) {
            (Deed::Threatened, _) => return None,
            (Deed::Reached, Extent::Whole) => {
                let unopposed = line.units.iter().any(|u| matches!(u.low.as_str(), "unopposed" | "resistance"));
                if unopposed { Deed::Captured } else { Deed::Entered }
            }
            (Deed::Reached, Extent::Inside) => Deed::Entered,
            (Deed::Reached, _) => Deed::Advanced,
            (_, Extent::Edge) if gain => Deed::Advanced,
            (_, Extent::Around) if gain => Deed::Contested,
            (Deed::Captured, Extent::Inside) if target.facility.is_none() => Deed::Entered,
            (Deed::Withdrew | Deed::Lost, Extent::Around | Extent::Edge) => return None,
            (Deed::Fall, _) => Deed::Captured,
            (deed, _) => deed,
        })
    }

    fn word(&mut self, line: &Line, source: &Source) -> Word {
        let phrase = source.range.clone();
        let pointing = self.eye.points_back(line, &phrase);
        let back = if pointing { self.here.or(self.before) } else { None };
        let party = back.unwrap_or_else(|| self.add(line, &phrase));
        let text = self.parties[party].text.clone();
        Word {
            text,
            party,
            neutral: source.neutral,
            admits: source.admits,
            claims: source.claims,
            confirms: source.confirms,
        }
    }
}

/// Whether a place only says where another lies ("75 km east of Kabul").
pub(super) fn is_reference(line: &Line, at: usize) -> bool {
    let of = at.checked_sub(1).filter(|i| matches!(line.low(*i), "of" | "from"));
    let Some(of) = of else { return false };
    (of.saturating_sub(5)..of).any(|i| {
        let low = line.low(i);
        matches!(low, "km" | "kilometres" | "kilometers" | "miles" | "mile" | "kilometre" | "kilometer")
            || i + 1 == of && line.units[i].is(Class::COMPASS)
    })
}

/// The units of the clause that tells an event: from its subject or the boundary before it, to the boundary after.
fn clause(line: &Line, verbs: &[Verb], said: &Said) -> Range<usize> {
    let mut start = said.units.start;
    if let Some(verb) = said.verb
        && let Subject::Chain(chain) = &verbs[verb].subject
    {
        let range = chain.range();
        if range.start < start {
            start = range.start;
        }
    }
    let mut end = said.units.end.max(said.at + 1);
    while let Some(unit) = line.get(end) {
        let ends = matches!(unit.kind, Kind::Break)
            || unit.kind == Kind::Comma
            || unit.is_verb()
            || unit.kind == Kind::Function && (unit.is(Class::CONJ) || unit.is(Class::SUBORD) || unit.is(Class::REL));
        if ends {
            break;
        }
        end += 1;
    }
    start..end
}
