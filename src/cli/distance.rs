//! `mapdesk distance FROM TO…`: geodesic distance and direction between places or positions.

use super::places::{self, Gazetteers, degrees};
use super::{Failure, Outcome, printer::Printer};
use crate::diag::Note;
use crate::geocode::{Answer, Query};
use crate::geodesy::{Compass, Metres, bearing, distance, geodesic_line};
use crate::model::Place;
use serde_json::{Value, json};

/// Measure the geodesic distance and direction from a place to others
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Two or more names or LAT,LON; names are resolved together
    #[arg(value_name = "PLACE", num_args = 2.., required = true)]
    places: Vec<String>,
    /// Between all pairs, not from the first to each of the others
    #[arg(long)]
    matrix: bool,
    /// Only in this country: two-letter code or name
    #[arg(long, value_name = "CC")]
    country: Option<String>,
    /// How to write results
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    #[command(flatten)]
    gazetteers: Gazetteers,
}

/// How distances are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Columns for people
    Table,
    /// One JSON object a pair, a line each
    Json,
    /// The geodesic lines
    Geojson,
}

struct Measured<'a> {
    from: &'a Place,
    to: &'a Place,
    length: Metres,
    bearing: f64,
    compass: Compass,
}

pub(super) fn run(args: &Args, printer: &mut Printer) -> Result<Outcome, Failure> {
    let geocoder = args.gazetteers.geocoder()?;
    let queries: Vec<Query> =
        args.places.iter().map(|p| Query { country: args.country.clone(), ..Query::new(p.trim()) }).collect();
    let answers = geocoder.resolve_together(&queries);
    let missing: Vec<Note> = answers
        .iter()
        .filter(|a| a.results.is_empty())
        .map(|a| Note::error(format!("\"{}\" is not found", a.query)).hint("check the spelling, or give LAT,LON"))
        .collect();
    if !missing.is_empty() {
        for note in &missing {
            printer.say(note);
        }
        return Ok(Outcome::Findings);
    }
    for answer in answers.iter().filter(|a| a.ambiguous) {
        printer.say(&doubt(answer));
    }
    let places: Vec<&Place> = answers.iter().map(|a| &a.results[0].place).collect();
    let mut pairs = Vec::new();
    for i in 0..places.len() {
        for j in i + 1..places.len() {
            if args.matrix || i == 0 {
                pairs.push(measure(places[i], places[j]));
            }
        }
    }
    match args.format {
        Format::Table => {
            let row = |m: &Measured<'_>| {
                vec![
                    m.from.label.clone(),
                    m.to.label.clone(),
                    format!("{:.1} km", m.length.km()),
                    format!("{:.1} mi", m.length.miles()),
                    format!("{} ({:.0}°)", m.compass.abbreviation(), m.bearing.round() % 360.0),
                ]
            };
            let rows: Vec<Vec<String>> = pairs.iter().map(row).collect();
            places::aligned(&["from", "to", "km", "miles", "direction"], &rows, printer)?;
        }
        Format::Json => {
            for m in &pairs {
                printer.line(&json(m).to_string())?;
            }
        }
        Format::Geojson => {
            let features: Vec<Value> = pairs.iter().map(line).collect();
            places::collection(&features, printer)?;
        }
    }
    Ok(Outcome::Done)
}

fn doubt(answer: &Answer) -> Note {
    let other = answer
        .results
        .iter()
        .skip(1)
        .find(|h| h.place.country != answer.results[0].place.country)
        .or(answer.results.get(1));
    let taken = &answer.results[0].place.label;
    let message = match other {
        Some(other) => format!("\"{}\" was taken for {taken}; it could be {}", answer.query, other.place.label),
        None => format!("\"{}\" was taken for {taken}", answer.query),
    };
    Note::info(message).hint("add the country, as in \"NAME, COUNTRY\", or give --country")
}

fn measure<'a>(from: &'a Place, to: &'a Place) -> Measured<'a> {
    let bearing = bearing(from.at, to.at);
    Measured { from, to, length: distance(from.at, to.at), bearing: bearing.0, compass: Compass::of8(bearing) }
}

fn end(place: &Place) -> Value {
    json!({"name": place.name, "label": place.label, "lat": degrees(place.at.lat()), "lon": degrees(place.at.lon()), "geonameid": place.geonameid})
}

fn json(m: &Measured<'_>) -> Value {
    let rounded = |v: f64, by: f64| (v * by).round() / by;
    json!({
        "from": end(m.from),
        "to": end(m.to),
        "km": rounded(m.length.km(), 1000.0),
        "miles": rounded(m.length.miles(), 1000.0),
        "bearing_deg": rounded(m.bearing, 100.0),
        "compass": m.compass.abbreviation(),
    })
}

fn line(m: &Measured<'_>) -> Value {
    let parts: Vec<Value> = cut(&geodesic_line(m.from.at, m.to.at, Metres::from_km(25.0)).0)
        .iter()
        .map(|part| Value::Array(part.iter().map(|(x, y)| json!([degrees(*x), degrees(*y)])).collect()))
        .collect();
    let geometry = match &parts[..] {
        [one] => json!({"type": "LineString", "coordinates": one}),
        several => json!({"type": "MultiLineString", "coordinates": several}),
    };
    let mut properties = json(m);
    properties["from"] = json!(m.from.name);
    properties["to"] = json!(m.to.name);
    properties["label"] = json!(format!("{:.0} km", m.length.km()));
    json!({"type": "Feature", "geometry": geometry, "properties": properties})
}

/// An unbroken line cut where it crosses ±180° (RFC 7946, section 3.1.9).
fn cut(line: &[geo::Coord<f64>]) -> Vec<Vec<(f64, f64)>> {
    let turn = |x: f64| ((x + 180.0) / 360.0).floor();
    let mut parts: Vec<Vec<(f64, f64)>> = vec![Vec::new()];
    let mut before: Option<&geo::Coord<f64>> = None;
    for c in line {
        if let Some(b) = before.filter(|b| turn(b.x) != turn(c.x) && (c.x - 180.0).rem_euclid(360.0) != 0.0) {
            let edge = 180.0 + 360.0 * if c.x > b.x { turn(b.x) } else { turn(c.x) };
            let y = b.y + (c.y - b.y) * (edge - b.x) / (c.x - b.x);
            let east = if c.x > b.x { 180.0 } else { -180.0 };
            parts.last_mut().expect("there is a part from the start").push((east, y));
            parts.push(vec![(-east, y)]);
        }
        let x = if (-180.0..=180.0).contains(&c.x) { c.x } else { c.x - 360.0 * turn(c.x) };
        parts.last_mut().expect("there is a part from the start").push((x, c.y));
        before = Some(c);
    }
    parts.retain(|p| p.len() > 1);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geodesy::LonLat;

    #[test]
    fn lines_are_cut_at_the_antimeridian() {
        let at = |x, y| LonLat::new(x, y).expect("valid");
        for (a, b) in [(at(178.44, -18.14), at(-171.77, -13.83)), (at(-171.77, -13.83), at(178.44, -18.14))] {
            let parts = cut(&geodesic_line(a, b, Metres::from_km(50.0)).0);
            assert_eq!(parts.len(), 2);
            assert_eq!(parts[0].last().map(|p| p.0.abs()), Some(180.0));
            assert_eq!(parts[0].last().map(|p| p.0), parts[1].first().map(|p| -p.0));
            assert!(parts.iter().flatten().all(|p| p.0.abs() <= 180.0));
        }
        assert_eq!(cut(&geodesic_line(at(10.0, 0.0), at(20.0, 0.0), Metres::from_km(50.0)).0).len(), 1);
    }
}
