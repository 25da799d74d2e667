//! `mapdesk reverse LAT,LON…`: the nearest place, and the country and division that a position lies in.

use super::places::{self, Format, Gazetteers, degrees};
use super::{Failure, Outcome, batch, printer::Printer};
use crate::diag::Note;
use crate::geocode::{Located, parse_coordinates};
use crate::geodesy::LonLat;
use rayon::prelude::*;
use serde_json::{Map, Value, json};
use std::path::PathBuf;

/// Name positions: nearest place, country and first-order division, or the sea
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Positions as LAT,LON (or degrees and minutes, geo:, Plus Code, MGRS)
    #[arg(value_name = "LAT,LON", required_unless_present = "batch")]
    positions: Vec<String>,
    /// Names in this language where known
    #[arg(long, value_name = "TAG")]
    lang: Option<String>,
    /// At most so many places a position
    #[arg(long, value_name = "N", default_value_t = 1)]
    limit: usize,
    /// How to write results
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Name the positions in this CSV, TSV or JSON-lines file and write its rows with what is found
    #[arg(long, value_name = "FILE", conflicts_with = "positions")]
    batch: Option<PathBuf>,
    #[command(flatten)]
    columns: batch::Columns,
    #[command(flatten)]
    gazetteers: Gazetteers,
}

/// Columns added to a file of positions.
const HEADS: [&str; 9] = ["name", "label", "lat", "lon", "geonameid", "country", "admin1", "distance_km", "at_sea"];

pub(super) fn run(args: &Args, printer: &mut Printer) -> Result<Outcome, Failure> {
    let geocoder = args.gazetteers.geocoder()?;
    if let Some(file) = &args.batch {
        let lang = args.lang.as_deref();
        let answer =
            |at: &[LonLat]| geocoder.locate_many(at, lang.is_some()).par_iter().map(|l| cells(l, lang)).collect();
        return batch::positions(file, &args.columns, &HEADS, answer, printer);
    }
    let mut located = Vec::new();
    for text in &args.positions {
        let Some(at) = parse_coordinates(text) else {
            // What looks like a position but is off the Earth is told as such.
            let why =
                text.parse::<LonLat>().err().map_or_else(|| format!("\"{text}\" is not a position"), |e| e.to_string());
            return Err(Note::error(why).hint("write LAT,LON in degrees, latitude first: 35.13,36.76").into());
        };
        located.push((text, geocoder.locate(at, args.limit.max(1))));
    }
    let lang = args.lang.as_deref();
    match args.format {
        Format::Json => {
            for (text, l) in &located {
                printer.line(&object(text, l, lang).to_string())?;
            }
        }
        Format::Geojson => {
            let features: Vec<Value> = located
                .iter()
                .flat_map(|(text, l)| {
                    l.nearest.iter().map(move |n| {
                        let mut properties = Map::new();
                        properties.insert("query".into(), json!(text));
                        properties.extend(near(n, lang));
                        properties.insert("at_sea".into(), json!(l.at_sea));
                        places::feature(&n.place, properties)
                    })
                })
                .collect();
            places::collection(&features, printer)?;
        }
        Format::Csv => {
            let mut out = csv::Writer::from_writer(Vec::new());
            let wrong = |e: csv::Error| super::failure(&e);
            out.write_record(["query"].iter().chain(&HEADS)).map_err(wrong)?;
            for (text, l) in &located {
                let row = cells(l, lang);
                out.write_record([(*text).clone()].into_iter().chain(row.iter().map(places::plain))).map_err(wrong)?;
            }
            let bytes = out.into_inner().map_err(|e| super::failure(&e))?;
            printer.result(&String::from_utf8_lossy(&bytes))?;
        }
        Format::Table => {
            let mut rows = Vec::new();
            for (text, l) in &located {
                for n in &l.nearest {
                    let area =
                        [l.admin1.clone(), l.country_name.clone()].into_iter().flatten().collect::<Vec<_>>().join(", ");
                    let area = match (l.at_sea, area.is_empty()) {
                        (true, _) => "at sea".to_owned(),
                        (_, true) => "-".to_owned(),
                        _ => area,
                    };
                    rows.push(vec![(*text).clone(), n.describe(), format!("{:.1} km", n.distance.km()), area]);
                }
            }
            places::aligned(&["position", "nearest place", "away", "lies in"], &rows, printer)?;
        }
    }
    Ok(if located.iter().all(|(_, l)| !l.nearest.is_empty()) { Outcome::Done } else { Outcome::Findings })
}

fn near(n: &crate::geocode::Nearby, lang: Option<&str>) -> Map<String, Value> {
    let mut out = places::fields(&n.place, lang);
    out.insert("distance_km".into(), kilometres(n));
    out.insert("direction".into(), json!(n.direction.abbreviation()));
    out
}

fn object(text: &str, l: &Located, lang: Option<&str>) -> Value {
    let results: Vec<Value> = l.nearest.iter().map(|n| Value::Object(near(n, lang))).collect();
    json!({
        "query": text,
        "lat": degrees(l.at.lat()),
        "lon": degrees(l.at.lon()),
        "country": l.country,
        "country_name": l.country_name,
        "admin1": l.admin1,
        "admin1_geonameid": l.admin1_id,
        "at_sea": l.at_sea,
        "results": results,
    })
}

/// The values of a position, in the order of [`HEADS`].
fn cells(l: &Located, lang: Option<&str>) -> Vec<Value> {
    let mut cells = match l.nearest.first() {
        Some(n) => vec![
            json!(lang.map_or(n.place.name.as_str(), |lang| n.place.name_in(lang))),
            json!(places::localised_label(&n.place, lang)),
            degrees(n.place.at.lat()),
            degrees(n.place.at.lon()),
            json!(n.place.geonameid),
        ],
        None => vec![Value::Null; 5],
    };
    cells.extend([
        json!(l.country),
        json!(l.admin1),
        l.nearest.first().map_or(Value::Null, kilometres),
        json!(l.at_sea),
    ]);
    cells
}

/// How far away it is, to the metre.
fn kilometres(n: &crate::geocode::Nearby) -> Value {
    json!((n.distance.km() * 1000.0).round() / 1000.0)
}
