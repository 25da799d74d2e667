//! CSV: attributes in, with points from `lon`/`lat` columns; attributes out, with `lon` and `lat` for points and WKT otherwise.

use super::format::{FormatError, stem};
use super::schema::columns;
use super::wkt;
use crate::diag::{Note, Position, Warned};
use crate::geodesy::LonLat;
use crate::model::{Feature, Layer, LayerKind, Value};
use std::path::Path;

fn content(path: &Path, message: impl ToString) -> FormatError {
    FormatError::Content { path: path.to_owned(), format: "CSV", message: message.to_string() }
}

fn delimiter(path: &Path) -> u8 {
    if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("tsv")) { b'\t' } else { b',' }
}

/// Writes one layer as a table.
pub(super) fn write(layers: &[Layer], path: &Path) -> Result<Vec<Note>, FormatError> {
    let Some(layer) = layers.first() else { return Ok(Vec::new()) };
    let mut out = csv::WriterBuilder::new().delimiter(delimiter(path)).from_path(path).map_err(|e| content(path, e))?;
    let rows = table(layer);
    for row in rows {
        out.write_record(&row).map_err(|e| content(path, e))?;
    }
    out.flush().map_err(|source| FormatError::Io { path: path.to_owned(), source })?;
    Ok(Vec::new())
}

/// A layer as rows of text, the header first; shared with the workbook writer.
pub(super) fn table(layer: &Layer) -> Vec<Vec<String>> {
    let columns = columns(layer);
    let points = layer.features.iter().all(|f| matches!(f.geometry, Some(geo::Geometry::Point(_)) | None));
    let mut header: Vec<String> = columns.iter().map(|c| c.name.clone()).collect();
    if points {
        header.extend(["lon".to_owned(), "lat".to_owned()]);
    } else {
        header.push("wkt".to_owned());
    }
    let mut rows = vec![header];
    for feature in &layer.features {
        let mut row: Vec<String> =
            columns.iter().map(|c| feature.get(&c.name).map(Value::to_string).unwrap_or_default()).collect();
        match (&feature.geometry, points) {
            (Some(geo::Geometry::Point(p)), true) => row.extend([number(p.x()), number(p.y())]),
            (_, true) => row.extend([String::new(), String::new()]),
            (Some(geometry), false) => row.push(wkt::encode(geometry)),
            (None, false) => row.push(String::new()),
        }
        rows.push(row);
    }
    rows
}

/// A coordinate to six decimals, without trailing zeros.
pub(super) fn number(v: f64) -> String {
    let rounded = (v * 1e6).round() / 1e6;
    format!("{}", if rounded == 0.0 { 0.0 } else { rounded })
}

const LON: [&str; 6] = ["lon", "lng", "long", "longitude", "x", "lon_deg"];
const LAT: [&str; 5] = ["lat", "latitude", "y", "lat_deg", "latitud"];

/// Reads a table with a longitude and a latitude column into points; rows whose position is not one keep no geometry.
pub(super) fn read(path: &Path) -> Result<Warned<Vec<Layer>>, FormatError> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(path))
        .flexible(true)
        .from_path(path)
        .map_err(|e| content(path, e))?;
    let header: Vec<String> = reader
        .headers()
        .map_err(|e| content(path, e))?
        .iter()
        .map(|h| h.trim_start_matches('\u{feff}').trim().to_owned())
        .collect();
    let find = |names: &[&str]| header.iter().position(|h| names.contains(&h.to_ascii_lowercase().as_str()));
    let (Some(lon), Some(lat)) = (find(&LON), find(&LAT)) else {
        return Err(content(path, format!("no longitude and latitude columns among {}", header.join(", "))));
    };
    let mut notes = Vec::new();
    let mut features = Vec::new();
    for row in reader.records() {
        let row = match row {
            Ok(row) => row,
            Err(error) => {
                let line = error.position().map_or(0, |p| p.line() as usize);
                notes.push(Note::error(error.to_string()).at(Position::line(path.display().to_string(), line)));
                continue;
            }
        };
        let line = row.position().map_or(0, |p| p.line() as usize);
        let parse = |i: usize| row.get(i).and_then(|t| t.trim().parse::<f64>().ok());
        let at = match (parse(lon), parse(lat)) {
            (Some(x), Some(y)) => LonLat::new(x, y).map_err(|e| e.to_string()),
            _ => Err("no position".to_owned()),
        };
        let mut feature = Feature { id: None, geometry: None, properties: Vec::with_capacity(header.len()) };
        match at {
            Ok(at) => feature.geometry = Some(geo::Point::from(at).into()),
            Err(why) => notes.push(
                Note::warning(format!("{why}; the row is kept without a geometry"))
                    .at(Position::line(path.display().to_string(), line)),
            ),
        }
        for (i, key) in header.iter().enumerate().filter(|(i, _)| *i != lon && *i != lat) {
            feature.properties.push((key.as_str().into(), value(row.get(i).unwrap_or_default())));
        }
        features.push(feature);
    }
    Ok(Warned::new(vec![Layer { kind: LayerKind::Overlay, name: stem(path), features }], notes))
}

/// A cell as the narrowest value; codes with a leading zero stay text.
fn value(cell: &str) -> Value {
    let t = cell.trim();
    let coded = t.len() > 1 && t.starts_with('0') && !t.starts_with("0.");
    if t.is_empty() {
        Value::Null
    } else if coded {
        t.into()
    } else if let Ok(v) = t.parse::<i64>() {
        Value::Int(v)
    } else if let Some(v) = t.parse::<f64>().ok().filter(|v| v.is_finite() && t.bytes().any(|b| b.is_ascii_digit())) {
        Value::Float(v)
    } else {
        t.into()
    }
}
