//! A story file, parsed and checked; every mistake is named by file, line and column with a hint.

use super::file::{self, Day, StoryFile};
use super::slug;
use crate::diag::{Note, Position, Warned};
use crate::geodesy::{BBox, Compass, LonLat, Metres, distance};
use crate::model::{
    Actor, ActorId, Background, Candidate, Control, Distance, Place, PlaceKind, Role, Source, Story, StoryEvent,
    StoryPlace, Verdict,
};
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;
use toml::Spanned;

/// Reads a story file's text; `name` is how the user named the file.
///
/// # Errors
/// The notes say what is wrong, all of it at once where the file can be parsed at all.
pub fn read(text: &str, name: &str) -> Result<Warned<Story>, Vec<Note>> {
    let source = FileText { text, name };
    let file: StoryFile = toml::from_str(text).map_err(|error| vec![source.syntax(&error)])?;
    let mut checker =
        Checker { source, errors: Vec::new(), notes: Vec::new(), places: BTreeSet::new(), actors: BTreeSet::new() };
    let story = checker.story(file);
    if checker.errors.is_empty() { Ok(Warned::new(story, checker.notes)) } else { Err(checker.errors) }
}

struct FileText<'t> {
    text: &'t str,
    name: &'t str,
}

impl FileText<'_> {
    /// A note that points at a byte range of the file.
    fn point(&self, note: Note, span: Range<usize>) -> Note {
        let start = span.start.min(self.text.len());
        let before = &self.text[..start];
        let line_start = before.rfind('\n').map_or(0, |i| i + 1);
        let line = before.matches('\n').count() + 1;
        let column = before[line_start..].chars().count() + 1;
        let whole = self.text[line_start..].lines().next().unwrap_or("");
        note.at(Position::column(self.name, line, column)).snippet(whole)
    }

    fn syntax(&self, error: &toml::de::Error) -> Note {
        let message = error.message().trim().replace('\n', "; ");
        let mut note = Note::error(message.clone());
        // serde lists the keys it would have taken; the nearest is what was meant.
        if let Some((unknown, rest)) = message.strip_prefix("unknown field `").and_then(|m| m.split_once('`')) {
            let known: Vec<&str> = rest.split('`').skip(1).step_by(2).collect();
            note = match nearest(unknown, known.iter().copied()) {
                Some(near) => note.hint(format!("did you mean `{near}`?")),
                None => note.hint(format!("the keys here are {}", known.join(", "))),
            };
        } else if message.contains("missing field") {
            note = note.hint("add the key, or delete the table it belongs to");
        } else if message.contains("invalid type") {
            note = note.hint("texts stand in quotes, positions are [longitude, latitude], dates are 2024-12-05");
        }
        match error.span() {
            Some(span) => self.point(note, span),
            None => note.at(Position::file(self.name)),
        }
    }
}

/// The candidate that is closest to a word, if one is close enough to have been meant.
fn nearest<'c>(word: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    candidates
        .map(|c| (strsim::damerau_levenshtein(word, c), c))
        .filter(|(d, c)| *d <= 1 + c.len().max(word.len()) / 4)
        .min()
        .map(|(_, c)| c)
}

struct Checker<'t> {
    source: FileText<'t>,
    errors: Vec<Note>,
    notes: Vec<Note>,
    places: BTreeSet<String>,
    actors: BTreeSet<String>,
}

impl Checker<'_> {
    fn error(&mut self, note: Note, span: Range<usize>) {
        self.errors.push(self.source.point(note, span));
    }

    fn story(&mut self, file: StoryFile) -> Story {
        let published = file.published.as_ref().and_then(|d| self.day(d));
        let bbox = file.bbox.as_ref().and_then(|b| {
            let [west, south, east, north] = *b.get_ref();
            BBox::new(west, south, east, north)
                .map_err(|e| self.error(Note::error(e.to_string()).hint("bbox = [west, south, east, north]"), b.span()))
                .ok()
        });
        for actor in &file.actors {
            if !self.actors.insert(actor.id.get_ref().clone()) {
                self.error(Note::error(format!("actor \"{}\" stands twice", actor.id.get_ref())), actor.id.span());
            }
        }
        for place in &file.places {
            if !self.places.insert(place.id.get_ref().clone()) {
                self.error(Note::error(format!("place \"{}\" stands twice", place.id.get_ref())), place.id.span());
            }
        }
        let actors = file.actors.into_iter().map(actor).collect();
        let places: Vec<StoryPlace> = file.places.into_iter().filter_map(|p| self.place(p)).collect();
        let events = file.events.into_iter().filter_map(|e| self.event(e)).collect();
        let distances = file.distances.into_iter().filter_map(|d| self.distance(d, &places)).collect();
        let background = file.background.into_iter().map(|b| self.background(b)).collect();
        let control = self.control(file.control);
        Story {
            slug: file.slug.unwrap_or_else(|| slug(&file.title)),
            title: file.title,
            subtitle: file.subtitle,
            published,
            source: Source { publisher: file.source.publisher, url: file.source.url, file: file.source.file },
            byline: file.byline,
            langs: file.langs,
            bbox,
            theme: file.theme,
            actors,
            places,
            events,
            distances,
            background,
            control,
        }
    }

    fn day(&mut self, day: &Spanned<Day>) -> Option<crate::time::Date> {
        match day.get_ref().day() {
            Ok(date) => Some(date),
            Err(error) => {
                self.error(Note::error(error.to_string()).hint("days are written 2024-12-05"), day.span());
                None
            }
        }
    }

    fn when(&mut self, when: &Spanned<file::WhenText>) -> Option<crate::time::When> {
        match when.get_ref().when() {
            Ok(when) => Some(when),
            Err(error) => {
                let hint = "dates are 2024-12-05, \"2024-12\", \"2024\", \"2024-W49\" or \"~2024-12-05\"";
                self.error(Note::error(error.to_string()).hint(hint), when.span());
                None
            }
        }
    }

    fn position(&mut self, position: &Spanned<[f64; 2]>) -> Option<LonLat> {
        let [lon, lat] = *position.get_ref();
        match LonLat::new(lon, lat) {
            Ok(at) => Some(at),
            Err(error) => {
                let hint = if LonLat::new(lat, lon).is_ok() {
                    "positions in files are [longitude, latitude]: are the two swapped?"
                } else {
                    "positions in files are [longitude, latitude] in degrees"
                };
                self.error(Note::error(error.to_string()).hint(hint), position.span());
                None
            }
        }
    }

    fn place_key(&mut self, key: &Spanned<String>) -> String {
        if !self.places.contains(key.get_ref()) {
            let near = nearest(key.get_ref(), self.places.iter().map(String::as_str)).map(str::to_owned);
            let hint = match near {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => "add a [[places]] table with this id".to_owned(),
            };
            self.error(Note::error(format!("no place has the id \"{}\"", key.get_ref())).hint(hint), key.span());
        }
        key.get_ref().clone()
    }

    fn actor_key(&mut self, key: &Spanned<String>) -> ActorId {
        // A story that names an actors file may use its ids, which are known only when that file is read.
        if !self.actors.contains(key.get_ref()) && !self.actors.is_empty() {
            let near = nearest(key.get_ref(), self.actors.iter().map(String::as_str)).map(str::to_owned);
            let hint = match near {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => "add an [[actors]] table with this id".to_owned(),
            };
            self.error(Note::error(format!("no actor has the id \"{}\"", key.get_ref())).hint(hint), key.span());
        }
        ActorId(key.get_ref().clone())
    }

    fn place(&mut self, table: file::PlaceTable) -> Option<StoryPlace> {
        let within = table.within.as_ref().map(|w| self.place_key(w));
        let at = self.position(&table.position)?;
        let place = Place {
            label: table.label.unwrap_or_else(|| table.name.clone()),
            name: table.name,
            at,
            geonameid: table.geonameid,
            kind: table.kind.unwrap_or(PlaceKind::City),
            country: table.country,
            admin1: table.admin1,
            population: table.population,
            uncertainty: table.uncertainty_km.map(Metres::from_km),
            names: table.names.into_iter().map(|(tag, name)| (tag.into(), name.into())).collect(),
        };
        let mut runners_up = Vec::new();
        for runner in table.runners_up {
            let Some(at) = self.position(&runner.position) else { continue };
            let place = Place {
                name: runner.label.split(',').next().unwrap_or_default().to_owned(),
                label: runner.label,
                at,
                geonameid: runner.geonameid,
                kind: runner.kind.unwrap_or(PlaceKind::City),
                country: runner.country,
                admin1: None,
                population: 0,
                uncertainty: None,
                names: Arc::default(),
            };
            runners_up.push(Candidate { place: place.into(), score: runner.score });
        }
        Some(StoryPlace {
            id: table.id.into_inner(),
            place,
            role: table.role.unwrap_or(Role::Mention),
            within,
            score: table.score.unwrap_or(1.0),
            runners_up,
            mentions: table.mentions,
        })
    }

    fn event(&mut self, table: file::EventTable) -> Option<StoryEvent> {
        let place = self.place_key(&table.place);
        let actor = table.actor.as_ref().map(|a| self.actor_key(a));
        let from = table.from.as_ref().map(|a| self.actor_key(a));
        if actor.is_none() && table.action.gains() {
            let hint = "name the side in `actor`, or make the action \"contested\"";
            self.error(Note::error(format!("\"{}\" needs an actor", table.action)).hint(hint), table.id.span());
            return None;
        }
        let date = table.date.as_ref().and_then(|d| self.when(d));
        if date.is_none() && table.date.is_none() {
            let note =
                Note::warning(format!("event \"{}\" has no date; the publication day is taken", table.id.get_ref()));
            self.notes.push(self.source.point(note, table.id.span()));
        }
        Some(StoryEvent {
            id: table.id.into_inner(),
            place,
            action: table.action,
            actor,
            from,
            date,
            reported: table.reported.as_ref().and_then(|d| self.day(d)),
            attribution: table.attribution,
            certainty: table.certainty,
            reason: table.reason.unwrap_or_default(),
            facility: table.facility,
            evidence: table.evidence,
        })
    }

    fn distance(&mut self, table: file::DistanceTable, places: &[StoryPlace]) -> Option<Distance> {
        let (from, to) = (self.place_key(&table.from), self.place_key(&table.to));
        let bearing = table.bearing.as_ref().and_then(|b| {
            let compass = Compass::parse(b.get_ref());
            if compass.is_none() {
                let hint = "bearings are N, NNE, NE … or words such as \"northeast\"";
                self.error(Note::error(format!("\"{}\" is not a bearing", b.get_ref())).hint(hint), b.span());
            }
            compass
        });
        if !(table.stated_km.is_finite() && table.stated_km > 0.0) {
            self.error(Note::error(format!("{} km is not a distance", table.stated_km)), table.from.span());
            return None;
        }
        let at = |key: &str| places.iter().find(|p| p.id == key).map(|p| p.place.at);
        let measured = distance(at(&from)?, at(&to)?);
        let stated = Metres::from_km(table.stated_km);
        Some(Distance {
            verdict: Verdict::judge(stated, measured),
            from,
            to,
            stated,
            bearing,
            measured,
            evidence: table.evidence.unwrap_or_default(),
        })
    }

    fn background(&mut self, table: file::BackgroundTable) -> Background {
        Background {
            date: table.date.as_ref().and_then(|d| self.when(d)),
            place: table.place.as_ref().map(|p| self.place_key(p)),
            evidence: table.evidence,
        }
    }

    fn control(&mut self, table: file::ControlTable) -> Control {
        Control {
            events: table.events,
            baseline: table.baseline,
            actors: table.actors,
            places: table.places,
            boundary: table.boundary,
            dates: table.dates.iter().filter_map(|d| self.day(d)).collect(),
            from: table.from.as_ref().and_then(|d| self.day(d)),
            to: table.to.as_ref().and_then(|d| self.day(d)),
            known_on: table.known_on.as_ref().and_then(|d| self.day(d)),
            reach: table.reach_km.map(Metres::from_km),
            certainty: table.certainty,
        }
    }
}

fn actor(table: file::ActorTable) -> Actor {
    let id = table.id.into_inner();
    Actor {
        short: table.short.unwrap_or_else(|| table.name.clone()),
        alliance: table.alliance.unwrap_or_else(|| id.clone()),
        id: ActorId(id),
        name: table.name,
        color: table.color,
        aliases: table.aliases,
    }
}
