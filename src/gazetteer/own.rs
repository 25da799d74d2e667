//! Tables of places of one's own, CSV or GeoJSON, for a gazetteer: a desk's spellings and hamlets.

use super::geonames::{Import, rank, script};
use super::parts::Part;
use super::record::flag;
use super::{Entry, GazetteerError};
use crate::geodesy::LonLat;
use crate::model::PlaceKind;
use std::io::BufRead;

impl Import {
    fn own_place(&mut self, get: &dyn Fn(&[&str]) -> Option<String>, at: Option<LonLat>) -> Result<(), String> {
        let name = get(&["name", "title", "place"]).filter(|n| !n.trim().is_empty()).ok_or("no name")?;
        let at = match at {
            Some(at) => at,
            None => {
                let number = |keys: &[&str]| {
                    let text = get(keys).ok_or_else(|| format!("no {}", keys[0]))?;
                    text.trim().parse::<f64>().map_err(|_| format!("\"{text}\" is not a number"))
                };
                LonLat::new(number(&["lon", "lng", "longitude", "x"])?, number(&["lat", "latitude", "y"])?)
                    .map_err(|e| e.to_string())?
            }
        };
        let kind = match get(&["kind"]).filter(|k| !k.is_empty()) {
            Some(kind) => kind.parse()?,
            None => PlaceKind::City,
        };
        let country =
            get(&["country", "cc", "countrycode"]).map(|c| c.trim().to_ascii_uppercase()).filter(|c| c.len() == 2);
        let aliases = get(&["aliases", "names", "other_names"]).unwrap_or_default();
        // A division by its code, `SY.10`, or in the row's country, `10`.
        let code = get(&["admin1", "admin1_code"]).map(|c| c.trim().to_owned()).unwrap_or_default();
        let code = match (&country, code.contains('.')) {
            (Some(country), false) if !code.is_empty() => format!("{country}.{code}"),
            _ => code,
        };
        let entry = Entry {
            id: get(&["geonameid", "id"]).and_then(|i| i.trim().parse().ok()).unwrap_or(0),
            kind,
            feature: "PPL".to_owned(),
            at,
            population: get(&["population"]).and_then(|p| p.trim().parse().ok()).unwrap_or(0),
            country: country.unwrap_or_default(),
            admin1: get(&["admin1_id"]).and_then(|i| i.trim().parse().ok()).unwrap_or(0),
            admin2: 0,
            flags: flag::OWN,
            radius: get(&["radius_km", "radius"]).and_then(|r| r.trim().parse().ok()).unwrap_or(0),
            name: name.trim().to_owned(),
            names: aliases
                .split([';', '|'])
                .map(str::trim)
                .filter(|a| !a.is_empty())
                .map(|a| (script(a).to_owned(), a.to_owned()))
                .collect(),
        };
        self.builder.tell(entry.id, rank::OWN, &Part::Place(entry, [code, String::new()]));
        Ok(())
    }

    /// Reads a table whose first row names its columns; they are apart by commas, semicolons or tabs.
    pub(super) fn csv(&mut self, mut input: impl BufRead, file: &str) -> Result<(), GazetteerError> {
        let start = input.fill_buf().map_err(|source| GazetteerError::Read { path: file.into(), source })?;
        let first = start.split(|b| *b == b'\n').next().unwrap_or(&[]);
        let delimiter = b"\t;,".iter().max_by_key(|d| first.iter().filter(|b| b == d).count()).unwrap_or(&b',');
        let mut reader = csv::ReaderBuilder::new().delimiter(*delimiter).flexible(true).from_reader(input);
        let heads: Vec<String> = match reader.headers() {
            Ok(heads) => heads.iter().map(|h| h.trim().to_ascii_lowercase()).collect(),
            Err(e) => return Err(GazetteerError::Row { file: file.to_owned(), line: 1, message: e.to_string() }),
        };
        for (n, record) in reader.records().enumerate() {
            let result = match &record {
                Ok(record) => {
                    let get = |keys: &[&str]| {
                        let at = keys.iter().find_map(|k| heads.iter().position(|h| h == k))?;
                        record.get(at).map(str::to_owned)
                    };
                    self.own_place(&get, None)
                }
                Err(e) => Err(e.to_string()),
            };
            self.row(file, n + 2, result);
        }
        self.done(file, "table of places")
    }

    pub(super) fn geojson(&mut self, input: impl BufRead, file: &str) -> Result<(), GazetteerError> {
        let wrong = |message: String| GazetteerError::Row { file: file.to_owned(), line: 1, message };
        let value: serde_json::Value = serde_json::from_reader(input).map_err(|e| wrong(e.to_string()))?;
        let features =
            value["features"].as_array().ok_or_else(|| wrong("not a GeoJSON feature collection".to_owned()))?;
        for (n, feature) in features.iter().enumerate() {
            let at = feature["geometry"]["coordinates"]
                .as_array()
                .and_then(|c| Some((c.first()?.as_f64()?, c.get(1)?.as_f64()?)));
            let result = match at.map(|(lon, lat)| LonLat::new(lon, lat)) {
                Some(Ok(at)) => {
                    let get = |keys: &[&str]| {
                        keys.iter().find_map(|k| match &feature["properties"][*k] {
                            serde_json::Value::Null => None,
                            serde_json::Value::String(s) => Some(s.clone()),
                            other => Some(other.to_string()),
                        })
                    };
                    self.own_place(&get, Some(at))
                }
                Some(Err(e)) => Err(e.to_string()),
                None => Err("not a point".to_owned()),
            };
            self.row(file, n + 1, result.map_err(|message| format!("feature {}: {message}", n + 1)));
        }
        self.done(file, "collection of places")
    }
}
