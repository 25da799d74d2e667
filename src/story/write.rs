//! A story as TOML: one fact a line, in the order in which an editor checks them.

use crate::geodesy::{LonLat, Metres};
use crate::model::{Candidate, Evidence, Story, StoryEvent, StoryPlace};
use std::fmt::{Display, Write as _};

/// The story as the text of a story file; [`super::read`] gives the same story back.
pub fn write(story: &Story) -> String {
    let mut out = Writer(String::with_capacity(8 << 10));
    out.comment("A story for mapdesk. Every line was read by a program and stands beside the words it rests on.");
    out.comment("Correct what is wrong and run `mapdesk make` on this file: it obeys, it does not guess.");
    out.comment("Positions are [longitude, latitude]; start and end count characters of the article.");
    out.blank();
    out.text("slug", &story.slug);
    out.text("title", &story.title);
    out.optional("subtitle", story.subtitle.as_deref());
    out.bare_optional("published", story.published);
    out.optional("byline", story.byline.as_deref());
    if !story.langs.is_empty() {
        out.list("langs", &story.langs);
    }
    if story.theme != Default::default() {
        out.text("theme", &format!("{:?}", story.theme).to_lowercase());
    }
    if let Some(b) = story.bbox {
        out.bare("bbox", format!("[{}, {}, {}, {}]", float(b.west), float(b.south), float(b.east), float(b.north)));
    }
    if story.source != Default::default() {
        out.table("[source]");
        out.optional("publisher", story.source.publisher.as_deref());
        out.optional("url", story.source.url.as_deref());
        out.optional("file", story.source.file.as_deref());
    }
    control(&mut out, story);
    for actor in &story.actors {
        out.table("[[actors]]");
        out.text("id", &actor.id.0);
        out.text("name", &actor.name);
        out.text("short", &actor.short);
        if actor.alliance != actor.id.0 {
            out.text("alliance", &actor.alliance);
        }
        if let Some(color) = actor.color {
            out.text("color", &color.to_string());
        }
        if !actor.aliases.is_empty() {
            out.list("aliases", &actor.aliases);
        }
    }
    for event in &story.events {
        write_event(&mut out, event);
    }
    for d in &story.distances {
        out.table("[[distances]]");
        out.text("from", &d.from);
        out.text("to", &d.to);
        out.bare("stated_km", kilometres(d.stated));
        if let Some(bearing) = d.bearing {
            out.text("bearing", bearing.abbreviation());
        }
        out.bare("measured_km", kilometres(d.measured));
        out.text("verdict", verdict_word(d.verdict));
        if !d.evidence.is_empty() {
            out.bare("evidence", evidence(&d.evidence));
        }
    }
    for place in &story.places {
        write_place(&mut out, place);
    }
    for b in &story.background {
        out.table("[[background]]");
        if let Some(date) = b.date {
            out.text("date", &date.to_string());
        }
        out.optional("place", b.place.as_deref());
        out.bare("evidence", evidence(&b.evidence));
    }
    out.0
}

fn control(out: &mut Writer, story: &Story) {
    let control = &story.control;
    if *control == Default::default() {
        return;
    }
    out.table("[control]");
    for (key, value) in [
        ("events", &control.events),
        ("baseline", &control.baseline),
        ("actors", &control.actors),
        ("places", &control.places),
        ("boundary", &control.boundary),
    ] {
        out.optional(key, value.as_deref());
    }
    if !control.dates.is_empty() {
        let days: Vec<String> = control.dates.iter().map(ToString::to_string).collect();
        out.bare("dates", format!("[{}]", days.join(", ")));
    }
    out.bare_optional("from", control.from);
    out.bare_optional("to", control.to);
    out.bare_optional("known_on", control.known_on);
    out.bare_optional("reach_km", control.reach.map(kilometres));
    if !control.certainty.is_empty() {
        out.list("certainty", &control.certainty.iter().map(|c| c.word().to_owned()).collect::<Vec<_>>());
    }
}

fn write_event(out: &mut Writer, event: &StoryEvent) {
    out.table("[[events]]");
    out.text("id", &event.id);
    out.text("place", &event.place);
    out.text("action", event.action.word());
    out.optional("actor", event.actor.as_ref().map(|a| a.0.as_str()));
    out.optional("from", event.from.as_ref().map(|a| a.0.as_str()));
    if let Some(date) = event.date {
        out.text("date", &date.to_string());
    }
    out.bare_optional("reported", event.reported);
    out.optional("facility", event.facility.as_deref());
    out.text("certainty", event.certainty.word());
    if !event.reason.is_empty() {
        out.text("reason", &event.reason);
    }
    out.optional("attribution", event.attribution.as_deref());
    out.evidence_list("evidence", &event.evidence);
}

fn write_place(out: &mut Writer, place: &StoryPlace) {
    let p = &place.place;
    out.table("[[places]]");
    out.text("id", &place.id);
    out.text("name", &p.name);
    out.text("label", &p.label);
    out.bare("position", position(p.at));
    out.text("kind", p.kind.word());
    out.bare_optional("geonameid", p.geonameid);
    out.optional("country", p.country.as_deref());
    out.optional("admin1", p.admin1.as_deref());
    if p.population > 0 {
        out.bare("population", p.population);
    }
    out.bare_optional("uncertainty_km", p.uncertainty.map(kilometres));
    out.text("role", &format!("{:?}", place.role).to_lowercase());
    out.optional("within", place.within.as_deref());
    out.bare("score", float(place.score));
    if !p.names.is_empty() {
        let pairs: Vec<String> = p.names.iter().map(|(tag, name)| format!("{} = {}", key(tag), quote(name))).collect();
        out.bare("names", format!("{{ {} }}", pairs.join(", ")));
    }
    if !place.runners_up.is_empty() {
        let rows: Vec<String> = place.runners_up.iter().map(runner_up).collect();
        out.bare("runners_up", format!("[\n  {},\n]", rows.join(",\n  ")));
    }
    out.evidence_list("mentions", &place.mentions);
}

fn runner_up(candidate: &Candidate) -> String {
    let p = &candidate.place;
    let mut row =
        format!("{{ label = {}, position = {}, kind = {}", quote(&p.label), position(p.at), quote(p.kind.word()));
    if let Some(id) = p.geonameid {
        let _ = write!(row, ", geonameid = {id}");
    }
    if let Some(country) = &p.country {
        let _ = write!(row, ", country = {}", quote(country));
    }
    let _ = write!(row, ", score = {} }}", float(candidate.score));
    row
}

fn evidence(e: &Evidence) -> String {
    format!("{{ start = {}, end = {}, text = {} }}", e.span.start, e.span.end, quote(&e.text))
}

fn position(at: LonLat) -> String {
    format!("[{}, {}]", float(at.lon()), float(at.lat()))
}

/// Kilometres to 100 m, the precision at which news states and checks distances.
fn kilometres(m: Metres) -> String {
    float((m.km() * 10.0).round() / 10.0)
}

/// A number as a TOML float, to six decimals at most.
fn float(v: f64) -> String {
    let rounded = (v * 1e6).round() / 1e6;
    if rounded.fract() == 0.0 && rounded.abs() < 1e15 { format!("{rounded:.1}") } else { format!("{rounded}") }
}

fn verdict_word(verdict: crate::model::Verdict) -> &'static str {
    match verdict {
        crate::model::Verdict::FitsStraightLine => "fits-straight-line",
        crate::model::Verdict::PlausibleByRoad => "plausible-by-road",
        crate::model::Verdict::DoesNotFit => "does-not-fit",
    }
}

/// A basic string; line breaks become escapes so that every fact stays on its line.
fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn key(name: &str) -> String {
    if !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
        name.to_owned()
    } else {
        quote(name)
    }
}

struct Writer(String);

impl Writer {
    fn comment(&mut self, text: &str) {
        let _ = writeln!(self.0, "# {text}");
    }
    fn blank(&mut self) {
        self.0.push('\n');
    }
    fn table(&mut self, header: &str) {
        let _ = writeln!(self.0, "\n{header}");
    }
    fn bare(&mut self, key: &str, value: impl Display) {
        let _ = writeln!(self.0, "{key} = {value}");
    }
    fn bare_optional(&mut self, key: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.bare(key, value);
        }
    }
    fn text(&mut self, key: &str, value: &str) {
        self.bare(key, quote(value));
    }
    fn optional(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(key, value);
        }
    }
    fn list(&mut self, key: &str, values: &[String]) {
        let quoted: Vec<String> = values.iter().map(|v| quote(v)).collect();
        self.bare(key, format!("[{}]", quoted.join(", ")));
    }
    fn evidence_list(&mut self, key: &str, rows: &[Evidence]) {
        match rows {
            [] => {}
            [one] => self.bare(key, format!("[{}]", evidence(one))),
            many => {
                let rows: Vec<String> = many.iter().map(evidence).collect();
                self.bare(key, format!("[\n  {},\n]", rows.join(",\n  ")));
            }
        }
    }
}
