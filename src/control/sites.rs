//! The places whose control is told: position, names and divisions.

use super::ControlError;
use super::table::Table;
use crate::diag::{Note, Position, Warned};
use crate::geodesy::LonLat;
use crate::text::fold;
use rustc_hash::FxHashMap;

/// A place of the theatre.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    /// GeoNames id, or any number that is its alone.
    pub geonameid: u32,
    /// Name.
    pub name: String,
    /// Name in plain letters.
    pub plain: String,
    /// Where it is.
    pub at: LonLat,
    /// Code of its first-order division.
    pub admin1: String,
    /// Code of its second-order division.
    pub admin2: String,
    /// ISO 3166-1 alpha-2 code of its country; empty where the list is of one country and does not say.
    pub country: String,
    /// Inhabitants; 0 where unknown.
    pub population: u64,
}

/// The places, by index, id and name.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sites {
    /// In order of their ids.
    pub list: Vec<Site>,
    by_id: FxHashMap<u32, u32>,
    by_name: FxHashMap<String, Vec<u32>>,
    /// The file they come from, and the line of every id in it.
    file: String,
    lines: FxHashMap<u32, usize>,
}

impl Sites {
    /// Sites in order of their ids; of several with one id the first is kept.
    pub fn new(mut list: Vec<Site>) -> Self {
        list.sort_by_key(|s| s.geonameid);
        list.dedup_by_key(|s| s.geonameid);
        let mut sites = Self { list, ..Self::default() };
        for (i, site) in sites.list.iter().enumerate() {
            sites.by_id.insert(site.geonameid, i as u32);
            let mut names = vec![fold(&site.name), fold(&site.plain)];
            names.dedup();
            for name in names.into_iter().filter(|n| !n.is_empty()) {
                sites.by_name.entry(name).or_default().push(i as u32);
            }
        }
        sites
    }

    /// Reads `geonameid,name,lat,lon` and, where there, `asciiname,admin1,admin2,country,population`.
    ///
    /// # Errors
    /// A needed column is missing, or not CSV.
    pub fn read(file: &str, bytes: &[u8]) -> Result<Warned<Self>, ControlError> {
        let table = Table::open(file, bytes, &["geonameid", "name", "lat", "lon"])?;
        let [id, name, plain, lat, lon, admin1, admin2, country, population] =
            ["geonameid", "name", "asciiname", "lat", "lon", "admin1", "admin2", "country", "population"]
                .map(|c| table.column(c));
        let mut list = Vec::new();
        let mut notes = Vec::new();
        let mut lines: FxHashMap<u32, usize> = FxHashMap::default();
        table.rows(&mut notes, |row, notes| {
            let Ok(geonameid) = row.cell(id).parse::<u32>() else {
                row.refuse(id, format!("\"{}\" is not an id", row.cell(id)), "a whole number", notes);
                return;
            };
            let mut number = |column| match row.cell(column).parse::<f64>() {
                Ok(v) => Some(v),
                Err(_) => {
                    row.refuse(
                        column,
                        format!("\"{}\" is not a number", row.cell(column)),
                        "decimal degrees with a point",
                        notes,
                    );
                    None
                }
            };
            let (Some(y), Some(x)) = (number(lat), number(lon)) else { return };
            let at = match LonLat::new(x, y) {
                Ok(at) => at,
                Err(e) => {
                    let column = if (-90.0..=90.0).contains(&y) { lon } else { lat };
                    row.refuse(column, e.to_string(), "are lat and lon exchanged?", notes);
                    return;
                }
            };
            if let Some(line) = lines.insert(geonameid, row.line) {
                row.refuse(
                    id,
                    format!("id {geonameid} stands on line {line} already; this row is left out"),
                    "",
                    notes,
                );
                lines.insert(geonameid, line);
                return;
            }
            let people = row.some(population).map_or(Ok(0), str::parse);
            if people.is_err() {
                row.refuse(
                    population,
                    format!("\"{}\" is not a number of people", row.cell(population)),
                    "taken as unknown",
                    notes,
                );
            }
            list.push(Site {
                geonameid,
                name: row.cell(name).to_owned(),
                plain: row.some(plain).unwrap_or_else(|| row.cell(name)).to_owned(),
                at,
                admin1: row.cell(admin1).to_owned(),
                admin2: row.cell(admin2).to_owned(),
                country: row.cell(country).to_owned(),
                population: people.unwrap_or(0),
            });
        });
        if list.is_empty() {
            notes.push(Note::error("no places in the file").at(Position::file(file)));
        }
        Ok(Warned::new(Self { file: file.to_owned(), lines, ..Self::new(list) }, notes))
    }

    /// Where a place stands; `None` where it comes from no file.
    pub fn position(&self, site: u32) -> Option<Position> {
        let line = self.lines.get(&self.list.get(site as usize)?.geonameid)?;
        Some(Position::line(&self.file, *line))
    }

    /// The index of an id.
    pub fn find(&self, geonameid: u32) -> Option<u32> {
        self.by_id.get(&geonameid).copied()
    }

    /// The indices of places of a name, in any spelling that folds alike.
    pub fn named(&self, name: &str) -> &[u32] {
        self.by_name.get(&fold(name)).map_or(&[], Vec::as_slice)
    }

    /// Positions in index order.
    pub fn positions(&self) -> Vec<LonLat> {
        self.list.iter().map(|s| s.at).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bad_cell_is_named_and_good_rows_go_on() {
        let text = "geonameid,name,lat,lon,population\n1,Hama,35.13,36.75,5\nx,A,1,2,3\n2,B,95,36,1\n3,C,north,36,1\n1,D,1,2,3\n4,E,1,2,many\n";
        let read = Sites::read("p.csv", text.as_bytes()).expect("places");
        let at: Vec<String> = read.notes.iter().filter_map(|n| Some(n.at.as_ref()?.to_string())).collect();
        assert_eq!(at, ["p.csv:3:1", "p.csv:4:5", "p.csv:5:5", "p.csv:6:1", "p.csv:7:9"]);
        assert_eq!(read.value.list.len(), 2);
        assert_eq!(read.value.named("HAMA"), [0]);
        assert_eq!(read.value.position(1).map(|p| p.to_string()).as_deref(), Some("p.csv:7"));
    }
}
