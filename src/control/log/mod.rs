//! The event log: what happened to which place, when, and on whose word.

mod read;

use crate::diag::{Note, Position};
use crate::model::{Action, ActorId, Certainty, Event, Scope};
use crate::time::{Date, When};
use rustc_hash::FxHashMap;
use std::hash::Hasher as _;

/// Events in file order, each with the line it stands on.
///
/// A war has a million of them, so their texts stand one after another in one, each once a part of the file, and an event is spans.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Log {
    /// The file as the user named it.
    pub file: String,
    /// The sides that events name.
    actors: Vec<ActorId>,
    text: String,
    rows: Vec<Row>,
}

/// A stretch of the log's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Span {
    start: u32,
    len: u32,
}

const NOBODY: u16 = u16::MAX;

#[derive(Debug, Clone, PartialEq)]
struct Row {
    line: u32,
    id: Span,
    place: Span,
    quote: Span,
    sources: Span,
    url: Span,
    note: Span,
    date: When,
    reported: Option<Date>,
    seq: u32,
    geonameid: Option<u32>,
    actor: u16,
    from: u16,
    scope: Scope,
    action: Action,
    certainty: Certainty,
}

/// An event as it stands in its log; the fields are those of [`Event`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(missing_docs, reason = "they are told at Event")]
pub struct Entry<'a> {
    pub id: &'a str,
    pub date: When,
    pub seq: u32,
    pub scope: Scope,
    pub place: &'a str,
    pub geonameid: Option<u32>,
    pub action: Action,
    pub actor: Option<&'a ActorId>,
    pub from: Option<&'a ActorId>,
    pub certainty: Certainty,
    pub reported: Option<Date>,
    pub quote: &'a str,
    sources: &'a str,
    pub url: &'a str,
    pub note: &'a str,
}

/// Stands between the sources of an event in the log's text.
const BETWEEN: char = '\u{1f}';

impl<'a> Entry<'a> {
    /// Sources, in order.
    pub fn sources(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.sources.split(BETWEEN).filter(|s| !s.is_empty())
    }

    /// The event by itself.
    pub fn event(&self) -> Event {
        Event {
            id: self.id.to_owned(),
            date: self.date,
            seq: self.seq,
            scope: self.scope,
            place: self.place.to_owned(),
            geonameid: self.geonameid,
            action: self.action,
            actor: self.actor.cloned(),
            from: self.from.cloned(),
            certainty: self.certainty,
            reported: self.reported,
            quote: self.quote.to_owned(),
            sources: self.sources().map(str::to_owned).collect(),
            url: self.url.to_owned(),
            note: self.note.to_owned(),
        }
    }
}

/// Texts gathered in one; those that come again are kept once.
#[derive(Default)]
struct Texts {
    text: String,
    known: FxHashMap<u64, Span>,
}

impl Texts {
    fn add(&mut self, text: &str) -> Span {
        if text.is_empty() {
            return Span::default();
        }
        // A part of a log is far smaller than four gigabytes; `read` refuses larger ones.
        let span = Span { start: self.text.len() as u32, len: text.len() as u32 };
        self.text.push_str(text);
        span
    }

    fn once(&mut self, text: &str) -> Span {
        if text.is_empty() {
            return Span::default();
        }
        let mut hasher = rustc_hash::FxHasher::default();
        hasher.write(text.as_bytes());
        let hash = hasher.finish();
        if let Some(span) = self.known.get(&hash)
            && self.text.get(span.start as usize..(span.start + span.len) as usize) == Some(text)
        {
            return *span;
        }
        let span = self.add(text);
        self.known.insert(hash, span);
        span
    }
}

impl Log {
    /// A log of events that come from no file.
    pub fn of(file: &str, events: Vec<Event>) -> Self {
        let mut texts = Texts::default();
        let mut actors: Vec<ActorId> = Vec::new();
        let mut rows = Vec::with_capacity(events.len());
        for event in events {
            let mut number = |id: &Option<ActorId>| {
                id.as_ref().map_or(NOBODY, |id| match actors.iter().position(|a| a == id) {
                    Some(at) => at as u16,
                    None => {
                        actors.push(id.clone());
                        actors.len() as u16 - 1
                    }
                })
            };
            let (actor, from) = (number(&event.actor), number(&event.from));
            rows.push(row(&mut texts, 0, &event, actor, from));
        }
        Self { file: file.to_owned(), actors, text: texts.text, rows }
    }

    /// How many events there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// An event by index.
    pub fn get(&self, event: u32) -> Entry<'_> {
        let row = &self.rows[event as usize];
        let text = |s: Span| &self.text[s.start as usize..(s.start + s.len) as usize];
        let actor = |n: u16| (n != NOBODY).then(|| &self.actors[usize::from(n)]);
        Entry {
            id: text(row.id),
            date: row.date,
            seq: row.seq,
            scope: row.scope,
            place: text(row.place),
            geonameid: row.geonameid,
            action: row.action,
            actor: actor(row.actor),
            from: actor(row.from),
            certainty: row.certainty,
            reported: row.reported,
            quote: text(row.quote),
            sources: text(row.sources),
            url: text(row.url),
            note: text(row.note),
        }
    }

    /// The events in file order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Entry<'_>> {
        (0..self.rows.len() as u32).map(|i| self.get(i))
    }

    /// The sides that events name, and for an event the numbers of who did it and who lost by it among them.
    pub(super) fn sides(&self) -> (&[ActorId], impl Fn(u32) -> [Option<u16>; 2] + '_) {
        let number = |n: u16| (n != NOBODY).then_some(n);
        (&self.actors, move |i| {
            let row = &self.rows[i as usize];
            [number(row.actor), number(row.from)]
        })
    }

    /// Where an event stands.
    pub fn position(&self, event: u32) -> Position {
        match self.rows.get(event as usize) {
            Some(row) if row.line > 0 => Position::line(&self.file, row.line as usize),
            _ => Position::file(&self.file),
        }
    }

    /// The same log with its events in another order, for tests that order does not matter.
    #[cfg(test)]
    pub(super) fn swap(&mut self, a: usize, b: usize) {
        self.rows.swap(a, b);
    }
}

/// An event as a row of a log.
fn row(texts: &mut Texts, line: u32, event: &Event, actor: u16, from: u16) -> Row {
    Row {
        line,
        id: texts.add(&event.id),
        place: texts.once(&event.place),
        quote: texts.once(&event.quote),
        sources: texts.once(&event.sources.join(&BETWEEN.to_string())),
        url: texts.once(&event.url),
        note: texts.once(&event.note),
        date: event.date,
        reported: event.reported,
        seq: event.seq,
        geonameid: event.geonameid,
        actor,
        from,
        scope: event.scope,
        action: event.action,
        certainty: event.certainty,
    }
}

/// Notes that are only information do not make a file bad; the caller's exit code asks this.
pub fn has_errors(notes: &[Note]) -> bool {
    notes.iter().any(|n| n.severity == crate::diag::Severity::Error)
}
