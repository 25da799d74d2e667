//! The JSON object of a reading, as the contract has it, written chapter by chapter: mentions as they come, then the events and
//! distances, which are few and kept as the bytes they will be.

use super::{kind, round};
use crate::geoparse::Reading;
use crate::geoparse::events::ControlEvent;
use crate::model::{Action, DistanceClaim, Mention, Place, Verdict};
use crate::text::Span;
use crate::time::Precision;
use serde::Serialize;
use serde_json::Value;
use std::io::{self, Write};

#[derive(Serialize)]
struct Toponym<'a> {
    start: usize,
    end: usize,
    text: &'a str,
    lat: Option<f64>,
    lon: Option<f64>,
    geonameid: Option<u32>,
    kind: &'a str,
    score: f64,
    name: Option<&'a str>,
    place_kind: Option<&'a str>,
    country: Option<&'a str>,
    admin1: Option<&'a str>,
}

impl<'a> Toponym<'a> {
    fn new(mention: &'a Mention) -> Self {
        let place = mention.place.as_deref();
        Self {
            start: mention.span.start,
            end: mention.span.end,
            text: &mention.text,
            lat: place.map(|p| round(p.at.lat(), 6)),
            lon: place.map(|p| round(p.at.lon(), 6)),
            geonameid: place.and_then(|p| p.geonameid),
            kind: kind(mention.kind),
            score: round(mention.score, 4),
            name: place.map(|p| p.name.as_str()),
            place_kind: place.map(|p| p.kind.word()),
            country: place.and_then(|p| p.country.as_deref()),
            admin1: place.and_then(|p| p.admin1.as_deref()),
        }
    }
}

#[derive(Serialize)]
struct Point<'a> {
    name: &'a str,
    lat: Option<f64>,
    lon: Option<f64>,
}

impl<'a> Point<'a> {
    fn new(place: &'a Place) -> Self {
        Self { name: &place.name, lat: Some(round(place.at.lat(), 6)), lon: Some(round(place.at.lon(), 6)) }
    }
}

#[derive(Serialize)]
struct Event<'a> {
    actor: Option<&'a str>,
    action: &'a str,
    place: Point<'a>,
    date: Option<String>,
    date_precision: Option<Precision>,
    from_actor: Option<&'a str>,
    attribution: Option<&'a str>,
    certainty: &'a str,
    evidence: Span,
    facility: Option<&'a str>,
    side: Option<&'a str>,
    from_side: Option<&'a str>,
}

impl<'a> Event<'a> {
    fn new(event: &'a ControlEvent, mention: &'a Mention) -> Self {
        let place = mention.place.as_deref().map(Point::new);
        Self {
            actor: event.actor.as_deref(),
            action: event.word(),
            place: place.unwrap_or(Point { name: &mention.text, lat: None, lon: None }),
            date: event.iso_date(),
            date_precision: event.date.map(|d| d.precision),
            from_actor: event.from_actor.as_deref(),
            attribution: event.attribution.as_deref(),
            certainty: event.certainty.word(),
            evidence: event.evidence,
            facility: event.facility.as_deref(),
            side: event.side.as_ref().map(|s| s.0.as_str()),
            from_side: event.from_side.as_ref().map(|s| s.0.as_str()),
        }
    }
}

#[derive(Serialize)]
struct Distance<'a> {
    km: f64,
    bearing: Option<String>,
    from: Point<'a>,
    to: Point<'a>,
    measured_km: f64,
    verdict: Verdict,
    evidence: Span,
}

impl<'a> Distance<'a> {
    fn new(claim: &'a DistanceClaim) -> Self {
        Self {
            km: round(claim.stated.km(), 3),
            bearing: claim.bearing.map(|b| b.to_string()),
            from: Point::new(&claim.from),
            to: Point::new(&claim.to),
            measured_km: round(claim.measured.km(), 1),
            verdict: claim.verdict,
            evidence: claim.evidence,
        }
    }
}

/// An object that is being written.
pub(super) struct Object {
    empty: bool,
    events: Vec<u8>,
    distances: Vec<u8>,
}

impl Object {
    /// Writes the head of an object.
    pub(super) fn begin(id: &Value, lang: &str, out: &mut dyn Write) -> io::Result<Self> {
        write!(out, "{{\"doc_id\":{id},\"lang\":{},\"toponyms\":[", Value::from(lang))?;
        Ok(Self { empty: true, events: Vec::new(), distances: Vec::new() })
    }

    /// Writes the mentions of the next chapter.
    pub(super) fn add(&mut self, reading: &Reading, out: &mut dyn Write) -> io::Result<()> {
        for mention in &reading.mentions {
            if !std::mem::replace(&mut self.empty, false) {
                out.write_all(b",")?;
            }
            serde_json::to_writer(&mut *out, &Toponym::new(mention))?;
        }
        // A bare denial is no event: what it denies carries it in its certainty, or nobody tells it.
        for event in reading.events.iter().filter(|e| e.action != Action::Denied) {
            if let Some(mention) = reading.mentions.get(event.mention) {
                append(&mut self.events, &Event::new(event, mention))?;
            }
        }
        reading.distances.iter().try_for_each(|d| append(&mut self.distances, &Distance::new(d)))
    }

    /// Writes the rest.
    pub(super) fn end(self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(b"],\"events\":[")?;
        out.write_all(&self.events)?;
        out.write_all(b"],\"distance_claims\":[")?;
        out.write_all(&self.distances)?;
        out.write_all(b"]}")
    }
}

fn append(list: &mut Vec<u8>, item: &impl Serialize) -> io::Result<()> {
    if !list.is_empty() {
        list.push(b',');
    }
    Ok(serde_json::to_writer(list, item)?)
}
