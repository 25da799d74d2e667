//! From a reading of an article to a story: mentions gathered into places, sides into actors, events and distances by key.

use super::slug;
use super::{dateline, headline};
use crate::diag::{Note, Warned};
use crate::gazetteer::{Gazetteer, NameKind};
use crate::geodesy::{BBox, LonLat, distance};
use crate::geoparse::{Reading, events::ControlEvent};
use crate::model::{
    Actor, ActorId, Distance, Evidence, MentionKind, PALETTE, Place, PlaceKind, Role, Source, Story, StoryEvent,
    StoryPlace,
};
use crate::text::{CharIndex, Span, fold};
use crate::time::Date;
use std::collections::BTreeMap;

/// How many other readings of a name are kept in the story file.
const RUNNERS_UP: usize = 4;

/// Drafts the story of an article. `name` is what the file is called, for the slug and the source.
///
/// The notes tell what the text names and the story could not place.
pub fn draft(text: &str, reading: &Reading, published: Option<Date>, name: Option<&str>) -> Warned<Story> {
    let mut drafter = Drafter {
        text,
        index: CharIndex::new(text),
        reading,
        notes: Vec::new(),
        places: Vec::new(),
        of_mention: BTreeMap::new(),
    };
    drafter.gather();
    let actors = drafter.actors();
    let mut events = drafter.events(published);
    events.sort_by_key(|e| e.date.map(|d| d.day));
    for (n, event) in events.iter_mut().enumerate() {
        event.id = format!("e{}", n + 1);
    }
    let distances = drafter.distances();
    let background = drafter.background();
    drafter.roles(&events, &distances);
    let mut story = Story {
        published,
        source: Source { file: name.map(str::to_owned), ..Source::default() },
        actors,
        places: drafter.places,
        events,
        distances,
        background,
        ..Story::default()
    };
    story.title = headline::title(&story, text);
    story.subtitle = headline::subtitle(&story);
    story.slug = match name.and_then(|n| std::path::Path::new(n).file_stem()).and_then(|s| s.to_str()) {
        Some(stem) => slug(stem),
        None => slug(&story.title),
    };
    Warned::new(story, drafter.notes)
}

struct Drafter<'t> {
    text: &'t str,
    index: CharIndex,
    reading: &'t Reading,
    notes: Vec<Note>,
    places: Vec<StoryPlace>,
    /// Place, by index, of each mention that is one.
    of_mention: BTreeMap<usize, usize>,
}

impl Drafter<'_> {
    fn evidence(&self, span: Span) -> Evidence {
        let words = self.index.slice(self.text, span).split_whitespace().collect::<Vec<_>>().join(" ");
        Evidence { span, text: words }
    }

    /// Mentions of the same place become one place; only locations do.
    fn gather(&mut self) {
        let mut unplaced: BTreeMap<&str, usize> = BTreeMap::new();
        for (n, mention) in self.reading.mentions.iter().enumerate() {
            if mention.kind != MentionKind::Location {
                continue;
            }
            let Some(place) = &mention.place else {
                *unplaced.entry(mention.text.as_str()).or_default() += 1;
                continue;
            };
            let at = self.place_index(place, mention.score);
            let evidence = self.evidence(mention.span);
            let spelled = (self.reading.lang == "en").then(|| spelling(&mention.text, place)).flatten();
            let entry = &mut self.places[at];
            if let Some(name) = spelled.filter(|_| entry.place.name == place.name) {
                entry.place.label = name.clone() + &place.label[place.name.len()..];
                entry.place.name = name;
            }
            if entry.runners_up.is_empty() {
                entry.runners_up = mention.runners_up.iter().take(RUNNERS_UP).cloned().collect();
            }
            entry.score = entry.score.max(mention.score);
            entry.mentions.push(evidence);
            self.of_mention.insert(n, at);
        }
        for (name, times) in unplaced {
            let times = if times == 1 { String::new() } else { format!(" ({times} times)") };
            let note = Note::warning(format!("\"{name}\"{times} is not in the gazetteer and is left off the map"));
            self.notes.push(note.hint("add a [[places]] table with its position to story.toml"));
        }
        let towns: Vec<(String, crate::geodesy::LonLat)> = self
            .places
            .iter()
            .filter(|p| p.place.kind == PlaceKind::City)
            .map(|p| (p.id.clone(), p.place.at))
            .collect();
        for place in self.places.iter_mut().filter(|p| p.place.kind == PlaceKind::Facility) {
            place.within = towns.iter().find(|(_, at)| *at == place.place.at).map(|(id, _)| id.clone());
        }
    }

    fn place_index(&mut self, place: &Place, score: f64) -> usize {
        let same = |known: &StoryPlace| {
            known.place.kind == place.kind
                && match (known.place.geonameid, place.geonameid) {
                    (Some(a), Some(b)) if place.kind != PlaceKind::Facility => a == b,
                    _ => known.place.name == place.name && known.place.at == place.at,
                }
        };
        if let Some(at) = self.places.iter().position(same) {
            return at;
        }
        let base = slug(&place.name);
        let mut id = base.clone();
        let mut n = 2;
        while self.places.iter().any(|p| p.id == id) {
            id = match (&place.country, n) {
                (Some(country), 2) => format!("{base}-{}", country.to_lowercase()),
                _ => format!("{base}-{n}"),
            };
            n += 1;
        }
        self.places.push(StoryPlace {
            id,
            place: place.clone(),
            role: Role::Mention,
            within: None,
            score,
            runners_up: Vec::new(),
            mentions: Vec::new(),
        });
        self.places.len() - 1
    }

    fn actors(&self) -> Vec<Actor> {
        let mut actors: Vec<Actor> = Vec::new();
        for (n, side) in self.reading.sides.iter().enumerate() {
            actors.push(Actor {
                id: side.id.clone(),
                name: capitalised(self.full_name(side)),
                short: capitalised(self.short_name(side)),
                alliance: side.id.0.clone(),
                color: Some(PALETTE[n % PALETTE.len()]),
                aliases: side.aliases.clone(),
            });
        }
        actors
    }

    /// How the text introduces a side: its first name there that is no place, where that is short enough for a key.
    fn full_name<'s>(&self, side: &'s crate::geoparse::events::Side) -> &'s str {
        let is_place = |name: &str| self.reading.mentions.iter().any(|m| m.text.eq_ignore_ascii_case(name));
        let fits = |n: &&String| (1..=7).contains(&n.split_whitespace().count()) && !is_place(n);
        side.aliases.iter().find(fits).unwrap_or(&side.name)
    }

    /// The shortest name of a side that cannot be taken for a country's or a town's.
    fn short_name<'s>(&self, side: &'s crate::geoparse::events::Side) -> &'s str {
        let is_place = |name: &str| self.reading.mentions.iter().any(|m| m.text.eq_ignore_ascii_case(name));
        let names = std::iter::once(&side.short).chain(&side.aliases).filter(|n| !is_place(n));
        names.min_by_key(|n| n.chars().count()).unwrap_or(&side.name)
    }

    fn events(&mut self, published: Option<Date>) -> Vec<StoryEvent> {
        let mut events = Vec::new();
        for event in &self.reading.events {
            let Some(&at) = self.of_mention.get(&event.mention) else {
                let words = self.index.slice(self.text, event.evidence);
                self.notes.push(Note::warning(format!("the place of \"{words}\" is not known; the event is left out")));
                continue;
            };
            let (place, facility) = self.town_of(at, event);
            events.push(StoryEvent {
                id: String::new(),
                place,
                action: event.action,
                actor: event.side.clone(),
                from: event.from_side.clone(),
                date: event.date,
                reported: published,
                attribution: event.attribution.clone(),
                certainty: event.certainty,
                reason: event.reason.clone(),
                facility,
                evidence: vec![self.evidence(event.evidence)],
            });
        }
        events
    }

    /// An event in an installation is told of the town around it; the installation is named beside it.
    fn town_of(&self, at: usize, event: &ControlEvent) -> (String, Option<String>) {
        let place = &self.places[at];
        match (&place.within, &event.facility) {
            (Some(town), facility) => (town.clone(), facility.clone().or_else(|| Some(place.place.name.clone()))),
            (None, facility) => (place.id.clone(), facility.clone()),
        }
    }

    fn distances(&mut self) -> Vec<Distance> {
        let mut distances: Vec<Distance> = Vec::new();
        for claim in &self.reading.distances {
            let (from, to) = (self.place_index(&claim.from, 1.0), self.place_index(&claim.to, 1.0));
            let (from, to) = (self.places[from].id.clone(), self.places[to].id.clone());
            if distances.iter().any(|d| d.from == from && d.to == to && d.stated == claim.stated) {
                continue;
            }
            distances.push(Distance {
                from,
                to,
                stated: claim.stated,
                bearing: claim.bearing,
                measured: claim.measured,
                verdict: claim.verdict,
                evidence: self.evidence(claim.evidence),
            });
        }
        distances
    }

    fn background(&self) -> Vec<crate::model::Background> {
        let mut background = self.reading.background.clone();
        for recalled in &mut background {
            let named = recalled.place.take();
            let mention = named.and_then(|text| self.reading.mentions.iter().position(|m| m.text == text));
            let at = mention.and_then(|m| self.of_mention.get(&m));
            recalled.place = at.map(|at| self.places[*at].id.clone());
        }
        background
    }

    fn roles(&mut self, events: &[StoryEvent], distances: &[Distance]) {
        for place in &mut self.places {
            place.role = if events.iter().any(|e| e.place == place.id) {
                Role::Event
            } else if distances.iter().any(|d| d.from == place.id || d.to == place.id) {
                Role::Reference
            } else {
                Role::Mention
            };
        }
        if let Some(far) = self.far_dateline() {
            self.places[far].role = Role::Hidden;
        }
    }

    /// The place of a dateline that is named nowhere else and lies far from all that the text tells of: it says where the writer
    /// was, and a map that shows it shows little else.
    fn far_dateline(&self) -> Option<usize> {
        let town = |p: &StoryPlace| p.place.kind == PlaceKind::City;
        let before = self.text[..dateline::dash(self.text)?.start].chars().count();
        let of = |p: &&StoryPlace| {
            p.role == Role::Mention && p.mentions.len() == 1 && p.mentions[0].span.end <= before && town(p)
        };
        let at = self.places.iter().position(|p| of(&p))?;
        let others: Vec<LonLat> =
            self.places.iter().enumerate().filter(|(i, p)| *i != at && town(p)).map(|(_, p)| p.place.at).collect();
        let told = BBox::around(others.iter().copied()).filter(|_| others.len() >= 3)?;
        let corner = LonLat::wrapped(told.west, told.south);
        let size = distance(corner, LonLat::wrapped(told.east, told.north)).km();
        let away = others.iter().map(|o| distance(*o, self.places[at].place.at).km()).fold(f64::MAX, f64::min);
        (away > 150.0 && away > size).then_some(at)
    }
}

/// How an English text spells a place, where that is a name of it and more than a matter of accents: the desk prints "Seville"
/// where the gazetteer has "Sevilla".
fn spelling(text: &str, place: &Place) -> Option<String> {
    let word = |w: &str| w.chars().next().is_some_and(char::is_uppercase) && w.chars().any(char::is_lowercase);
    let key = fold(text);
    // A shorter form may be another place's name.
    let shorter = fold(&place.name).split(' ').any(|w| w == key);
    if place.kind != PlaceKind::City
        || key == fold(&place.name)
        || shorter
        || !text.split([' ', '-']).next().is_some_and(word)
    {
        return None;
    }
    // A village that merely has such a name too may be the wrong reading: its own name shows that.
    if place.population < 5_000 {
        return None;
    }
    let gazetteer = Gazetteer::embedded();
    let own = |(ix, kind)| {
        matches!(kind, NameKind::Original | NameKind::Alternate) && gazetteer.get(ix).geonameid() == place.geonameid
    };
    (place.geonameid.is_some() && gazetteer.exact(&key).any(own)).then(|| text.to_owned())
}

/// With its first letter in upper case, as a name stands in a key.
fn capitalised(name: &str) -> String {
    let plain = name.strip_prefix("the ").or_else(|| name.strip_prefix("The ")).unwrap_or(name);
    let mut chars = plain.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// The actor of an id.
pub(super) fn actor<'s>(story: &'s Story, id: Option<&ActorId>) -> Option<&'s Actor> {
    story.actors.iter().find(|a| Some(&a.id) == id)
}
