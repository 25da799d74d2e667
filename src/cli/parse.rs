//! `mapdesk parse`: the places, control events and distances of a text, or of a stream of texts.

use super::{Failure, Outcome, printer::Printer};
use crate::diag::{Note, Position};
use crate::geoparse::{self, Options, Reading};
use crate::model::{Mention, MentionKind, Place};
use crate::text::Span;
use crate::time::{Date, parse_day};
use rayon::prelude::*;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal as _, Read};
use std::path::{Path, PathBuf};

/// Find the places, control events and distances that a text names
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The text; `-` or nothing reads stdin
    #[arg(default_value = "-")]
    file: PathBuf,
    /// Day of publication, against which "Thursday" is resolved
    #[arg(long, value_name = "DATE", value_parser = parse_day)]
    published: Option<Date>,
    /// How to print the result of one text
    #[arg(long, value_enum, default_value_t = Format::Json)]
    format: Format,
    /// Read one JSON object a line ({"doc_id", "text", "pub_date"?, "toponyms"?}) and write one a line
    #[arg(long, conflicts_with = "format")]
    jsonl: bool,
    /// Language of the text (BCP 47); detected where not given
    #[arg(long, value_name = "LANG")]
    lang: Option<String>,
    /// Country of publication (ISO 3166-1 alpha-2), a hint for names that many countries have
    #[arg(long, value_name = "CC")]
    country: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// One object, as in the `--jsonl` stream
    Json,
    /// Places as points
    Geojson,
    /// The text with its mentions marked, and a list of them
    Text,
}

pub(super) fn run(args: &Args, printer: &mut Printer) -> Result<Outcome, Failure> {
    let options = Options { published: args.published, lang: args.lang.clone(), country: args.country.clone() };
    let name = args.file.display().to_string();
    if args.jsonl {
        return stream(open(&args.file)?, &name, &options, printer);
    }
    let mut bytes = Vec::new();
    open(&args.file)?.read_to_end(&mut bytes).map_err(|e| unreadable(&name, &e))?;
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let line = error.as_bytes()[..error.utf8_error().valid_up_to()].iter().filter(|b| **b == b'\n').count() + 1;
            printer.say(&Note::warning("bytes that are not UTF-8 were replaced").at(Position::line(&name, line)));
            String::from_utf8_lossy(error.as_bytes()).into_owned()
        }
    };
    let mut notes = Vec::new();
    let reading = geoparse::read(&text, &options).unwarn(&mut notes);
    for note in &notes {
        printer.say(note);
    }
    match args.format {
        Format::Json => printer.line(&object(&name, &reading).to_string())?,
        Format::Geojson => printer.line(&collection(&reading).to_string())?,
        Format::Text => printer.result(&marked(&text, &reading, io::stdout().is_terminal()))?,
    }
    let placed = reading.mentions.iter().any(|m| m.place.is_some());
    Ok(if placed { Outcome::Done } else { Outcome::Findings })
}

fn open(file: &Path) -> Result<Box<dyn BufRead>, Failure> {
    if file.as_os_str() == "-" {
        return Ok(Box::new(BufReader::with_capacity(1 << 18, io::stdin())));
    }
    let opened = File::open(file).map_err(|e| unreadable(&file.display().to_string(), &e))?;
    Ok(Box::new(BufReader::with_capacity(1 << 18, opened)))
}

fn unreadable(name: &str, error: &io::Error) -> Failure {
    Failure::from(Note::error(format!("cannot be read: {error}")).at(Position::file(name)))
}

/// One line of a stream.
#[derive(Deserialize)]
struct Document {
    doc_id: Value,
    text: String,
    #[serde(default)]
    pub_date: Option<String>,
    #[serde(default)]
    toponyms: Option<Vec<Span>>,
}

/// What becomes of a line: its result, and what there is to say about it.
struct Answer {
    line: Option<String>,
    notes: Vec<Note>,
}

/// A batch is closed at this many lines or bytes, so that memory stays flat whatever the stream.
const BATCH_LINES: usize = 512;
const BATCH_BYTES: usize = 4 << 20;

fn stream(
    mut input: Box<dyn BufRead>,
    name: &str,
    options: &Options,
    printer: &mut Printer,
) -> Result<Outcome, Failure> {
    let (mut number, mut bad) = (0, 0_usize);
    loop {
        let mut batch: Vec<(usize, Vec<u8>)> = Vec::new();
        let mut size = 0;
        while batch.len() < BATCH_LINES && size < BATCH_BYTES {
            let mut line = Vec::new();
            if input.read_until(b'\n', &mut line).map_err(|e| unreadable(name, &e))? == 0 {
                break;
            }
            number += 1;
            size += line.len();
            if !line.trim_ascii().is_empty() {
                batch.push((number, line));
            }
        }
        if batch.is_empty() && size == 0 {
            break;
        }
        let answers: Vec<Answer> =
            batch.par_iter().map(|(number, line)| answer(line, name, *number, options)).collect();
        for answer in answers {
            for note in &answer.notes {
                printer.say(note);
            }
            match answer.line {
                Some(line) => printer.line(&line)?,
                None => bad += 1,
            }
        }
        printer.writer().flush()?;
    }
    Ok(if bad > 0 { Outcome::Findings } else { Outcome::Done })
}

fn answer(line: &[u8], file: &str, number: usize, options: &Options) -> Answer {
    let mut notes = Vec::new();
    let mut at = |note: Note| notes.push(note.at(Position::line(file, number)));
    let document = match read_line(line) {
        Ok((document, repaired)) => {
            if repaired {
                at(Note::warning("characters that are no Unicode text were replaced, one for one"));
            }
            document
        }
        Err(error) => {
            let note = Note::error(format!("left out, not a document: {error}"))
                .hint("a line is {\"doc_id\": …, \"text\": …}, with \"pub_date\" and \"toponyms\" where known");
            at(note);
            return Answer { line: None, notes };
        }
    };
    let mut options = options.clone();
    if let Some(day) = &document.pub_date {
        match parse_day(day.get(..10).unwrap_or(day)) {
            Ok(day) => options.published = Some(day),
            Err(error) => at(Note::warning(format!("pub_date: {error}; read without one"))),
        }
    }
    let id = document.doc_id.as_str().map_or_else(|| document.doc_id.to_string(), str::to_owned);
    let mut result = match &document.toponyms {
        Some(spans) => object(&id, &geoparse::read_given(&document.text, spans, &options).unwarn(&mut Vec::new())),
        None => object(&id, &geoparse::read(&document.text, &options).unwarn(&mut Vec::new())),
    };
    result["doc_id"] = document.doc_id;
    Answer { line: Some(result.to_string()), notes }
}

/// A document from a line; bytes that are not UTF-8 and lone surrogate escapes become U+FFFD each, so offsets stay.
fn read_line(line: &[u8]) -> Result<(Document, bool), serde_json::Error> {
    let first = match std::str::from_utf8(line) {
        Ok(text) => match serde_json::from_str(text) {
            Ok(document) => return Ok((document, false)),
            Err(error) => Err(error),
        },
        Err(_) => Ok(()),
    };
    let text = String::from_utf8_lossy(line);
    let mended = replace_lone_surrogates(&text);
    match (serde_json::from_str(&mended), first) {
        (Ok(document), _) => Ok((document, true)),
        (Err(_), Err(error)) | (Err(error), Ok(())) => Err(error),
    }
}

/// A JSON text whose `\ud800`–`\udfff` escapes that are not a pair are written `\ufffd`.
fn replace_lone_surrogates(json: &str) -> String {
    let bytes = json.as_bytes();
    let escape = |at: usize| -> Option<u16> {
        (bytes.get(at..at + 2)? == b"\\u").then_some(())?;
        u16::from_str_radix(json.get(at + 2..at + 6)?, 16).ok()
    };
    let mut out = String::with_capacity(json.len());
    let (mut at, mut copied) = (0, 0);
    while at < bytes.len() {
        if bytes[at] != b'\\' {
            at += 1;
            continue;
        }
        match escape(at) {
            Some(0xd800..=0xdbff) if matches!(escape(at + 6), Some(0xdc00..=0xdfff)) => at += 12,
            Some(0xd800..=0xdfff) => {
                out.push_str(&json[copied..at]);
                out.push_str("\\ufffd");
                at += 6;
                copied = at;
            }
            Some(_) => at += 6,
            // An escaped backslash is two bytes, so the one behind it starts nothing.
            None => at += 2,
        }
    }
    out.push_str(&json[copied.min(json.len())..]);
    out
}

fn round(value: f64, digits: i32) -> f64 {
    let unit = 10_f64.powi(digits);
    (value * unit).round() / unit
}

fn kind(kind: MentionKind) -> &'static str {
    match kind {
        MentionKind::Location => "location",
        MentionKind::Metonym => "metonym",
        MentionKind::Demonym => "demonym",
        MentionKind::Organisation => "organisation",
    }
}

fn toponym(mention: &Mention) -> Value {
    let place = mention.place.as_ref();
    json!({
        "start": mention.span.start,
        "end": mention.span.end,
        "text": mention.text,
        "lat": place.map(|p| round(p.at.lat(), 6)),
        "lon": place.map(|p| round(p.at.lon(), 6)),
        "geonameid": place.and_then(|p| p.geonameid),
        "kind": kind(mention.kind),
        "score": round(mention.score, 4),
        "name": place.map(|p| p.name.as_str()),
        "place_kind": place.map(|p| p.kind.word()),
        "country": place.and_then(|p| p.country.as_deref()),
        "admin1": place.and_then(|p| p.admin1.as_deref()),
    })
}

fn point(place: &Place) -> Value {
    json!({"name": place.name, "lat": round(place.at.lat(), 6), "lon": round(place.at.lon(), 6)})
}

fn events(reading: &Reading) -> Vec<Value> {
    let one = |event: &geoparse::events::ControlEvent| {
        let mention = reading.mentions.get(event.mention)?;
        let place =
            mention.place.as_ref().map_or_else(|| json!({"name": mention.text, "lat": null, "lon": null}), point);
        Some(json!({
            "actor": event.actor,
            "action": event.word(),
            "place": place,
            "date": event.iso_date(),
            "date_precision": event.date.map(|d| d.precision),
            "from_actor": event.from_actor,
            "attribution": event.attribution,
            "certainty": event.certainty.word(),
            "evidence": {"start": event.evidence.start, "end": event.evidence.end},
            "facility": event.facility,
            "side": event.side.as_ref().map(|s| s.0.as_str()),
            "from_side": event.from_side.as_ref().map(|s| s.0.as_str()),
        }))
    };
    // A bare denial is no event: what it denies carries it in its certainty, or nobody tells it.
    reading.events.iter().filter(|e| e.action != crate::model::Action::Denied).filter_map(one).collect()
}

fn distances(reading: &Reading) -> Vec<Value> {
    let one = |claim: &crate::model::DistanceClaim| {
        json!({
            "km": round(claim.stated.km(), 3),
            "bearing": claim.bearing.map(|b| b.to_string()),
            "from": point(&claim.from),
            "to": point(&claim.to),
            "measured_km": round(claim.measured.km(), 1),
            "verdict": claim.verdict,
            "evidence": {"start": claim.evidence.start, "end": claim.evidence.end},
        })
    };
    reading.distances.iter().map(one).collect()
}

/// A reading as the contract has it.
fn object(id: &str, reading: &Reading) -> Value {
    json!({
        "doc_id": id,
        "lang": reading.lang,
        "toponyms": reading.mentions.iter().map(toponym).collect::<Vec<_>>(),
        "events": events(reading),
        "distance_claims": distances(reading),
    })
}

/// Places of a reading in the order of the text, each with the mentions that mean it; only places, not their governments.
fn places(reading: &Reading) -> Vec<(&Place, Vec<&Mention>)> {
    let mut order: Vec<(&Place, Vec<&Mention>)> = Vec::new();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for mention in reading.mentions.iter().filter(|m| m.kind == MentionKind::Location) {
        let Some(place) = &mention.place else { continue };
        let key = place.geonameid.map_or_else(|| place.label.clone(), |id| id.to_string());
        let at = *known.entry(key).or_insert_with(|| {
            order.push((place, Vec::new()));
            order.len() - 1
        });
        order[at].1.push(mention);
    }
    order
}

fn collection(reading: &Reading) -> Value {
    let features: Vec<Value> = places(reading)
        .into_iter()
        .map(|(place, mentions)| {
            let best = mentions.iter().map(|m| m.score).fold(0.0, f64::max);
            let spans: Vec<[usize; 2]> = mentions.iter().map(|m| [m.span.start, m.span.end]).collect();
            let mut properties = Map::new();
            for (key, value) in [
                ("layer", json!("places")),
                ("name", json!(place.name)),
                ("label", json!(place.label)),
                ("geonameid", json!(place.geonameid)),
                ("kind", json!(place.kind.word())),
                ("country", json!(place.country)),
                ("admin1", json!(place.admin1)),
                ("population", json!(place.population)),
                ("score", json!(round(best, 4))),
                ("mentions", json!(mentions.len())),
                ("spans", json!(spans)),
            ] {
                properties.insert(key.to_owned(), value);
            }
            let at = [round(place.at.lon(), 6), round(place.at.lat(), 6)];
            json!({"type": "Feature", "geometry": {"type": "Point", "coordinates": at}, "properties": properties})
        })
        .collect();
    json!({"type": "FeatureCollection", "features": features})
}

/// The text with its mentions marked, then the places, events and distances as lists.
fn marked(text: &str, reading: &Reading, colour: bool) -> String {
    use std::fmt::Write as _;
    let (bold, faint, plain) = if colour { ("\x1b[1;4m", "\x1b[2m", "\x1b[0m") } else { ("", "", "") };
    let listed = places(reading);
    let number = |mention: &Mention| {
        listed.iter().position(|(_, mentions)| mentions.iter().any(|m| std::ptr::eq(*m, mention))).map(|i| i + 1)
    };
    let mut out = String::with_capacity(text.len() * 5 / 4);
    let index = crate::text::CharIndex::new(text);
    let mut last = 0;
    for mention in &reading.mentions {
        let (start, end) = (index.byte(text, mention.span.start), index.byte(text, mention.span.end));
        out.push_str(&text[last..start]);
        let mark = match (mention.kind, number(mention)) {
            (MentionKind::Location, Some(n)) => n.to_string(),
            (MentionKind::Location, None) => "?".to_owned(),
            (other, _) => kind(other)[..1].to_owned(),
        };
        let _ = write!(out, "[{bold}{}{plain}|{mark}]", &text[start..end]);
        last = end;
    }
    out.push_str(&text[last..]);
    if !text.ends_with('\n') {
        out.push('\n');
    }
    let _ = writeln!(
        out,
        "\nPlaces ({} named, {} shown as m metonym, d demonym, o organisation)",
        listed.len(),
        reading.mentions.iter().filter(|m| m.kind != MentionKind::Location).count()
    );
    for (n, (place, mentions)) in listed.iter().enumerate() {
        let best = mentions.iter().map(|m| m.score).fold(0.0, f64::max);
        let at = format!("{:.4},{:.4}", place.at.lat(), place.at.lon());
        let id = place.geonameid.map_or_else(|| "-".to_owned(), |id| id.to_string());
        let _ = writeln!(
            out,
            "{:>4}  {:<44} {at:<19} {:<9} {id:>8}  ×{:<3} {faint}score {best:.2}{plain}",
            n + 1,
            place.label,
            place.kind.word(),
            mentions.len(),
        );
        let other = mentions.iter().find_map(|m| m.runners_up.first()).filter(|c| c.score > 0.15);
        if let Some(other) = other {
            let _ = writeln!(out, "      {faint}or {} ({:.2}){plain}", other.place.label, other.score);
        }
    }
    let missing: Vec<&str> = reading.mentions.iter().filter(|m| m.place.is_none()).map(|m| m.text.as_str()).collect();
    if !missing.is_empty() {
        let _ = writeln!(out, "   ?  not in the gazetteer: {}", missing.join(", "));
    }
    if !reading.events.is_empty() {
        let _ = writeln!(out, "\nEvents");
        for event in &reading.events {
            let place =
                reading.mentions.get(event.mention).map_or("?", |m| m.place.as_ref().map_or(&m.text, |p| &p.name));
            let date = event.date.map_or_else(|| "no date".to_owned(), |d| d.to_string());
            let actor = event.actor.as_deref().unwrap_or("?");
            let word = event.attribution.as_deref().map_or_else(String::new, |a| format!(", says {a}"));
            let _ = writeln!(
                out,
                "      {date:<11} {actor} — {} — {place} ({}{word})",
                event.word(),
                event.certainty.word()
            );
        }
    }
    if !reading.distances.is_empty() {
        let _ = writeln!(out, "\nDistances");
        for claim in &reading.distances {
            let bearing = claim.bearing.map_or_else(String::new, |b| format!(" {b}"));
            let verdict = serde_json::to_value(claim.verdict).ok();
            let _ = writeln!(
                out,
                "      {} is {:.0} km{bearing} of {}: {:.1} km measured, {}",
                claim.to.name,
                claim.stated.km(),
                claim.from.name,
                claim.measured.km(),
                verdict.as_ref().and_then(Value::as_str).unwrap_or("").replace('-', " ")
            );
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lone_surrogates_are_replaced_one_for_one() {
        assert_eq!(
            replace_lone_surrogates(r#"a\ud83d b\ud83d\ude00 \\ud83d \udc00"#),
            r#"a\ufffd b\ud83d\ude00 \\ud83d \ufffd"#
        );
        let (document, repaired) = read_line(br#"{"doc_id": 7, "text": "x\ud800 Hama"}"#).expect("mended");
        assert!(repaired);
        assert_eq!(document.text, "x\u{fffd} Hama");
    }

    #[test]
    fn bad_lines_are_named_and_the_rest_goes_on() {
        let bad = answer(b"{\"doc_id\": 1", "in.jsonl", 7, &Options::default());
        assert!(bad.line.is_none());
        assert_eq!(bad.notes[0].at, Some(Position::line("in.jsonl", 7)));
    }
}
