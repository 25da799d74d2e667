//! Found places as table, JSON, GeoJSON and CSV, the same fields in each.

use super::{Failure, printer::Printer};
use crate::gazetteer::Gazetteer;
use crate::geocode::{Answer, Geocoder, Hit};
use crate::model::Place;
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::path::PathBuf;

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// Columns for people
    Table,
    /// One JSON object a query, a line each
    Json,
    /// One GeoJSON feature collection
    Geojson,
    /// Comma-separated values
    Csv,
}

/// The gazetteers a command works on.
#[derive(Debug, clap::Args)]
pub(super) struct Gazetteers {
    /// Search this gazetteer file too (repeatable, later ones win); see `mapdesk gazetteer build`
    #[arg(long = "gazetteer", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Search only the files given, not the built-in gazetteer
    #[arg(long, requires = "files")]
    only: bool,
}

impl Gazetteers {
    /// A geocoder on the built-in gazetteer and the files given.
    pub(super) fn geocoder(&self) -> Result<Geocoder<'static>, Failure> {
        if self.files.is_empty() {
            return Ok(Geocoder::embedded());
        }
        let mut all: Vec<&'static Gazetteer> = if self.only { Vec::new() } else { vec![Gazetteer::embedded()] };
        for path in &self.files {
            let opened = Gazetteer::open(path).map_err(|e| {
                let note =
                    crate::diag::Note::error(e.to_string()).at(crate::diag::Position::file(path.display().to_string()));
                Failure::from(note.hint("build it again with `mapdesk gazetteer build`"))
            })?;
            // A command opens its gazetteers once and uses them to its end.
            all.push(Box::leak(Box::new(opened)));
        }
        Ok(Geocoder::new(all))
    }
}

/// Degrees to 6 decimals, no more digits than they have.
pub(super) fn degrees(value: f64) -> Value {
    json!((value * 1e6).round() / 1e6)
}

/// A place as the fields of the contract, the name in `lang` where it has one.
pub(super) fn fields(place: &Place, lang: Option<&str>) -> Map<String, Value> {
    let mut out = Map::new();
    let name = lang.map_or(place.name.as_str(), |l| place.name_in(l));
    out.insert("name".into(), json!(name));
    out.insert("label".into(), json!(localised_label(place, lang)));
    out.insert("lat".into(), degrees(place.at.lat()));
    out.insert("lon".into(), degrees(place.at.lon()));
    out.insert("geonameid".into(), json!(place.geonameid));
    out.insert("kind".into(), json!(place.kind.word()));
    out.insert("country".into(), json!(place.country));
    out.insert("admin1".into(), json!(place.admin1));
    out.insert("population".into(), json!(place.population));
    if let Some(radius) = place.uncertainty {
        out.insert("uncertainty_km".into(), json!((radius.km() * 10.0).round() / 10.0));
    }
    out
}

/// The label, its own name in this language.
pub(super) fn localised_label<'p>(place: &'p Place, lang: Option<&str>) -> Cow<'p, str> {
    match (lang, place.label.strip_prefix(place.name.as_str())) {
        (Some(lang), Some(rest)) => format!("{}{rest}", place.name_in(lang)).into(),
        _ => place.label.as_str().into(),
    }
}

pub(super) fn hit_fields(hit: &Hit, lang: Option<&str>) -> Map<String, Value> {
    let mut out = fields(&hit.place, lang);
    out.insert("score".into(), json!(hit.score));
    out.insert("match".into(), json!(hit.tier.word()));
    out
}

/// An answer as one JSON object.
pub(super) fn answer_json(answer: &Answer, lang: Option<&str>) -> Value {
    let results: Vec<Value> = answer.results.iter().map(|h| Value::Object(hit_fields(h, lang))).collect();
    let mut out = json!({"query": answer.query, "results": results, "ambiguous": answer.ambiguous});
    if let Some(note) = &answer.note {
        out["note"] = json!(note);
    }
    out
}

/// A point feature with these properties.
pub(super) fn feature(place: &Place, properties: Map<String, Value>) -> Value {
    json!({"type": "Feature", "geometry": {"type": "Point", "coordinates": [degrees(place.at.lon()), degrees(place.at.lat())]}, "properties": properties})
}

/// Writes features as a collection.
pub(super) fn collection(features: &[Value], printer: &mut Printer) -> Result<(), Failure> {
    printer.result("{\"type\":\"FeatureCollection\",\"features\":[\n")?;
    for (i, feature) in features.iter().enumerate() {
        printer.result(&feature.to_string())?;
        printer.result(if i + 1 < features.len() { ",\n" } else { "\n" })?;
    }
    printer.line("]}")?;
    Ok(())
}

/// Columns of CSV output after the query.
pub(super) const COLUMNS: [&str; 11] =
    ["name", "label", "lat", "lon", "geonameid", "kind", "country", "admin1", "population", "score", "match"];

/// A hit as values, in the order of [`COLUMNS`].
pub(super) fn hit_values(hit: &Hit, lang: Option<&str>) -> Vec<Value> {
    let place = &hit.place;
    let name = lang.map_or(place.name.as_str(), |l| place.name_in(l));
    vec![
        json!(name),
        json!(localised_label(place, lang)),
        degrees(place.at.lat()),
        degrees(place.at.lon()),
        json!(place.geonameid),
        json!(place.kind.word()),
        json!(place.country),
        json!(place.admin1),
        json!(place.population),
        json!(hit.score),
        json!(hit.tier.word()),
    ]
}

/// A hit as CSV cells, in the order of [`COLUMNS`].
pub(super) fn cells(hit: &Hit, lang: Option<&str>) -> Vec<String> {
    hit_values(hit, lang).iter().map(plain).collect()
}

pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(s) => s.clone(),
        other => other.to_string(),
    }
}

/// Writes answers in a format.
pub(super) fn write(
    answers: &[Answer],
    format: Format,
    lang: Option<&str>,
    printer: &mut Printer,
) -> Result<(), Failure> {
    match format {
        Format::Json => {
            for answer in answers {
                printer.line(&answer_json(answer, lang).to_string())?;
            }
        }
        Format::Geojson => {
            let mut features = Vec::new();
            for answer in answers {
                for (rank, hit) in answer.results.iter().enumerate() {
                    let mut properties = Map::new();
                    properties.insert("query".into(), json!(answer.query));
                    properties.insert("rank".into(), json!(rank + 1));
                    properties.extend(hit_fields(hit, lang));
                    properties.insert("ambiguous".into(), json!(answer.ambiguous));
                    features.push(feature(&hit.place, properties));
                }
            }
            collection(&features, printer)?;
        }
        Format::Csv => {
            let mut out = csv::Writer::from_writer(Vec::new());
            let wrong = |e: csv::Error| super::failure(&e);
            out.write_record(["query"].iter().chain(&COLUMNS).chain(&["ambiguous"])).map_err(wrong)?;
            for answer in answers {
                for hit in &answer.results {
                    let mut row = vec![answer.query.clone()];
                    row.extend(cells(hit, lang));
                    row.push(answer.ambiguous.to_string());
                    out.write_record(&row).map_err(wrong)?;
                }
            }
            let bytes = out.into_inner().map_err(|e| super::failure(&e))?;
            printer.result(&String::from_utf8_lossy(&bytes))?;
        }
        Format::Table => table(answers, lang, printer)?,
    }
    Ok(())
}

fn table(answers: &[Answer], lang: Option<&str>, printer: &mut Printer) -> Result<(), Failure> {
    for (i, answer) in answers.iter().enumerate() {
        if i > 0 {
            printer.line("")?;
        }
        if answers.len() > 1 {
            printer.line(&format!("{}:", answer.query))?;
        }
        if answer.results.is_empty() {
            printer.line("  nothing found")?;
            continue;
        }
        let rows: Vec<Vec<String>> = answer
            .results
            .iter()
            .map(|h| {
                let mut label = localised_label(&h.place, lang).into_owned();
                if let Some(radius) = h.place.uncertainty.filter(|_| h.tier == crate::geocode::Tier::Relative) {
                    label.push_str(&format!(" (within {:.0} km)", radius.km().max(1.0)));
                }
                let inhabitants = if h.place.population > 0 { h.place.population.to_string() } else { "-".to_owned() };
                let id = h.place.geonameid.map_or_else(|| "-".to_owned(), |id| id.to_string());
                let at = format!("{:.5},{:.5}", h.place.at.lat(), h.place.at.lon());
                vec![
                    label,
                    h.place.kind.word().to_owned(),
                    at,
                    inhabitants,
                    id,
                    format!("{:.2}", h.score),
                    h.tier.word().to_owned(),
                ]
            })
            .collect();
        aligned(&["place", "kind", "lat,lon", "inhabitants", "geonameid", "score", "match"], &rows, printer)?;
        if answer.ambiguous {
            printer.line("ambiguous: add --country, --near or a context such as \"NAME, COUNTRY\"")?;
        }
        if let Some(note) = &answer.note {
            printer.line(&format!("note: {note}"))?;
        }
    }
    Ok(())
}

/// Rows in columns of equal width, two spaces apart.
pub(super) fn aligned(heads: &[&str], rows: &[Vec<String>], printer: &mut Printer) -> Result<(), Failure> {
    let width = |c: usize| rows.iter().map(|r| r[c].chars().count()).chain([heads[c].len()]).max().unwrap_or(0);
    let widths: Vec<usize> = (0..heads.len()).map(width).collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let mut out = String::new();
        for (cell, width) in cells.zip(&widths) {
            out.push_str(cell);
            out.extend(std::iter::repeat_n(' ', width - cell.chars().count() + 2));
        }
        out.trim_end().to_owned()
    };
    printer.line(&line(&mut heads.iter().copied()))?;
    for row in rows {
        printer.line(&line(&mut row.iter().map(String::as_str)))?;
    }
    Ok(())
}
