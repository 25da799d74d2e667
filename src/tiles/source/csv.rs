//! CSV with columns for longitude and latitude: one point a row, every other column an attribute.

use super::chunk::{Chunk, Kind, RawFeature};
use super::json::{Number, Scanner};
use crate::diag::{Note, Position};
use crate::tiles::TilesError;
use crate::tiles::world::project;
use std::io::Read;

const LON: [&str; 7] = ["lon", "lng", "long", "longitude", "x", "lon_wgs84", "point_x"];
const LAT: [&str; 5] = ["lat", "latitude", "y", "lat_wgs84", "point_y"];

/// Reads a table; every 16,384 rows make a chunk.
pub fn read(source: &mut dyn Read, file: &str, take: &mut dyn FnMut(Chunk)) -> Result<(), TilesError> {
    let table_error = |e: csv::Error| TilesError::Table { path: file.into(), source: e };
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(source);
    let header = reader.headers().map_err(table_error)?.clone();
    let names: Vec<String> = header.iter().map(|h| h.trim().trim_start_matches('\u{feff}').to_owned()).collect();
    let column = |known: &[&str]| known.iter().find_map(|k| names.iter().position(|n| n.eq_ignore_ascii_case(k)));
    let (Some(lon), Some(lat)) = (column(&LON), column(&LAT)) else {
        return Err(TilesError::Columns { path: file.into(), names: names.join(", ") });
    };
    let mut record = csv::ByteRecord::new();
    let mut chunk = Chunk::default();
    loop {
        match reader.read_byte_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {}
            Err(e) if e.is_io_error() => return Err(table_error(e)),
            Err(e) => {
                chunk.refused += 1;
                chunk.notes.push(Note::warning(format!("row left out: {e}")).at(Position::file(file)));
                continue;
            }
        }
        let line = record.position().map_or(0, csv::Position::line) as usize;
        let number = |n: usize| {
            let text = std::str::from_utf8(record.get(n).unwrap_or_default()).unwrap_or_default().trim();
            text.parse::<f64>().ok().filter(|v| v.is_finite())
        };
        let bad = |what: String| Note::warning(format!("row left out: {what}")).at(Position::line(file, line));
        let shown = |n: usize| String::from_utf8_lossy(record.get(n).unwrap_or_default()).into_owned();
        let (x, y) = (number(lon), number(lat));
        match (x, y) {
            _ if record.get(lon).unwrap_or_default().is_empty() && record.get(lat).unwrap_or_default().is_empty() => {
                chunk.empty += 1;
            }
            (None, _) => {
                chunk.refused += 1;
                chunk.notes.push(bad(format!("longitude \"{}\" is not a number", shown(lon))));
            }
            (_, None) => {
                chunk.refused += 1;
                chunk.notes.push(bad(format!("latitude \"{}\" is not a number", shown(lat))));
            }
            (_, Some(y)) if !(-90.0..=90.0).contains(&y) => {
                chunk.refused += 1;
                chunk.notes.push(bad(format!("latitude {y} is not between -90 and 90")));
            }
            (Some(x), _) if !(-540.0..=540.0).contains(&x) => {
                chunk.refused += 1;
                chunk.notes.push(bad(format!("longitude {x} is not between -540 and 540")));
            }
            (Some(x), Some(y)) => row(&mut chunk, &names, &record, (lon, lat), (x, y)),
        }
        if chunk.features.len() >= 1 << 14 {
            take(std::mem::take(&mut chunk));
        }
    }
    take(chunk);
    Ok(())
}

fn row(chunk: &mut Chunk, names: &[String], record: &csv::ByteRecord, skip: (usize, usize), at: (f64, f64)) {
    for (n, value) in record.iter().enumerate() {
        if n == skip.0 || n == skip.1 || value.is_empty() {
            continue;
        }
        let Some(name) = names.get(n) else { continue };
        let key = chunk.key(name);
        // A number is one where writing it back gives the same text: codes such as 007 stay texts.
        let mut s = Scanner::new(value);
        let plain = value[0] != b'0' || value.len() == 1 || value[1] == b'.';
        match s.number() {
            Ok(v) if plain && s.ended() => match v {
                Number::Int(v) => chunk.int(key, v),
                Number::Float(v) => chunk.float(key, v),
            },
            _ => match std::str::from_utf8(value) {
                Ok(text) => chunk.text(key, text.as_bytes()),
                Err(_) => chunk.text(key, String::from_utf8_lossy(value).as_bytes()),
            },
        }
    }
    let wrapped = if (-180.0..=180.0).contains(&at.0) { at.0 } else { (at.0 + 180.0).rem_euclid(360.0) - 180.0 };
    chunk.points.push(project(wrapped, at.1));
    chunk.end_ring(true);
    chunk.end_feature(RawFeature {
        kind: Kind::Point,
        attributes_end: chunk.attributes.len() as u32,
        rings_end: chunk.ring_ends.len() as u32,
        id: None,
        zooms: (0, u8::MAX),
        layer: None,
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_points_and_bad_ones_are_named() {
        let text = "name,Lat,Lon,code,n\nHama,35.13,36.75,007,1.5\nbad,ninety,1,,\n,,,,\nfar,1,999,,\nWrap,1,190,,3\n";
        let mut chunks = Vec::new();
        read(&mut text.as_bytes(), "t.csv", &mut |c| chunks.push(c)).expect("a table");
        let c = &chunks[0];
        assert_eq!((c.features.len(), c.refused, c.empty), (2, 2, 1));
        assert_eq!(c.keys, ["name", "code", "n"]);
        assert_eq!(c.notes[0].at.as_ref().expect("a place").to_string(), "t.csv:3");
        assert!(read(&mut "a,b\n1,2\n".as_bytes(), "t.csv", &mut |_| {}).is_err());
    }
}
