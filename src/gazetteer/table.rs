//! The merged table that `gazetteer/rebuild` writes, one place a line.

use super::{Entry, GazetteerError};
use crate::geodesy::LonLat;
use std::io::BufRead;

/// Separates names within the last column.
const SEPARATOR: char = '\u{1f}';

/// Reads a merged table: id, kind, feature, lon, lat, population, country, admin1, admin2, flags, radius, names.
///
/// # Errors
/// A line that cannot be read or used, with its number.
pub fn read_table(input: impl BufRead, file: &str) -> Result<Vec<Entry>, GazetteerError> {
    let mut out = Vec::new();
    for (n, line) in input.lines().enumerate().skip(1) {
        let row = |message: String| GazetteerError::Row { file: file.to_owned(), line: n + 1, message };
        let line = line.map_err(|e| row(e.to_string()))?;
        let cells: Vec<&str> = line.split('\t').collect();
        let [id, kind, feature, lon, lat, population, country, admin1, admin2, flags, radius, names] = cells[..] else {
            return Err(row(format!("{} columns, not 12", cells.len())));
        };
        let number =
            |text: &str, what: &str| text.parse::<u64>().map_err(|_| row(format!("{what} \"{text}\" is not a number")));
        let degree = |text: &str| text.parse::<f64>().map_err(|_| row(format!("\"{text}\" is not a number")));
        let mut tagged =
            names.split(SEPARATOR).filter_map(|n| n.split_once('=')).map(|(t, n)| (t.to_owned(), n.to_owned()));
        let (_, name) = tagged.next().ok_or_else(|| row("no name".to_owned()))?;
        out.push(Entry {
            id: number(id, "id")? as u32,
            kind: kind.parse().map_err(row)?,
            feature: feature.to_owned(),
            at: LonLat::new(degree(lon)?, degree(lat)?).map_err(|e| row(e.to_string()))?,
            population: number(population, "population")?,
            country: country.to_owned(),
            admin1: number(admin1, "admin1")? as u32,
            admin2: number(admin2, "admin2")? as u32,
            flags: number(flags, "flags")? as u8,
            radius: number(radius, "radius")?.min(u64::from(u16::MAX)) as u16,
            name,
            names: tagged.collect(),
        });
    }
    Ok(out)
}
