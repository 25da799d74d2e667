//! Reading GeoNames' own files and a desk's tables of places into a gazetteer.
//!
//! Files are told apart by their names as GeoNames publishes them: `countryInfo.txt`, `admin1CodesASCII.txt`, `admin2Codes.txt`,
//! `alternateNamesV2.txt`; every other `.txt` is a dump of places (`allCountries.txt`, `SY.txt`, `cities500.txt`); `.csv` and
//! `.geojson` are places of one's own. Kept are populated places, countries, first- and second-order divisions, waters, terrain,
//! and of buildings those the news names. Lower divisions, streets, parks and undersea features are not, nor is `hierarchy.txt` read.

use super::record::flag;
use super::{Builder, Entry, GazetteerError};
use crate::diag::{Note, Position, Warned};
use crate::geodesy::LonLat;
use crate::model::PlaceKind;
use std::collections::HashMap;
use std::io::BufRead;

/// Feature codes of class S that become facilities.
const FACILITIES: [&str; 22] = [
    "AIRB", "AIRF", "AIRP", "AIRH", "AIRQ", "CMP", "CMPREF", "DAM", "DAMQ", "FT", "HSP", "INSM", "MIL", "MILB", "NOV",
    "OILR", "PRN", "PS", "PSN", "PSTB", "REFC", "PKLT",
];
/// Bad lines that are told one by one in each file.
const TOLD: usize = 10;

/// Collects the rows of several files; [`Import::finish`] links and packs them.
#[derive(Debug, Default)]
pub struct Import {
    entries: HashMap<u32, Entry>,
    /// Places without a GeoNames id, and those of one's own.
    own: Vec<Entry>,
    order: Vec<u32>,
    /// GeoNames code of each place's divisions, until all are known.
    codes: HashMap<u32, (String, String)>,
    /// Id of a division's code.
    divisions: HashMap<String, u32>,
    notes: Vec<Note>,
    bad: usize,
}

impl Import {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    fn bad(&mut self, file: &str, line: usize, message: impl Into<String>) {
        self.bad += 1;
        if self.bad <= TOLD {
            self.notes
                .push(Note::warning(format!("{}; the row is left out", message.into())).at(Position::line(file, line)));
        }
    }

    fn done(&mut self, file: &str) {
        if self.bad > TOLD {
            self.notes.push(
                Note::warning(format!("{} more rows like these are left out", self.bad - TOLD))
                    .at(Position::file(file)),
            );
        }
        self.bad = 0;
    }

    /// Reads a file by what its name says it is.
    ///
    /// # Errors
    /// The input cannot be read at all; bad rows are notes.
    pub fn read(&mut self, input: impl BufRead, file: &str) -> Result<(), GazetteerError> {
        let base = file.rsplit(['/', '\\']).next().unwrap_or(file);
        let lower = base.to_ascii_lowercase();
        match lower.as_str() {
            "countryinfo.txt" => self.lines(input, file, Self::country),
            "admin1codesascii.txt" => self.lines(input, file, |s, c, _| s.division(c, PlaceKind::Admin1)),
            "admin2codes.txt" => self.lines(input, file, |s, c, _| s.division(c, PlaceKind::Admin2)),
            "alternatenamesv2.txt" | "alternatenames.txt" => self.lines(input, file, Self::alternate),
            "hierarchy.txt" => {
                self.notes.push(Note::info("not read: divisions are linked by their codes").at(Position::file(file)));
                Ok(())
            }
            _ if lower.ends_with(".csv") => self.csv(input, file),
            _ if lower.ends_with(".geojson") || lower.ends_with(".json") => self.geojson(input, file),
            _ => self.lines(input, file, Self::place),
        }
    }

    fn lines(
        &mut self,
        mut input: impl BufRead,
        file: &str,
        row: impl Fn(&mut Self, &[&str], &str) -> Result<(), String>,
    ) -> Result<(), GazetteerError> {
        let mut bytes = Vec::new();
        let mut line = 0;
        loop {
            bytes.clear();
            let read = input.read_until(b'\n', &mut bytes);
            let n = read.map_err(|source| GazetteerError::Read { path: file.into(), source })?;
            if n == 0 {
                break;
            }
            line += 1;
            let Ok(text) = std::str::from_utf8(&bytes) else {
                self.bad(file, line, "not UTF-8");
                continue;
            };
            let text = text.trim_end_matches(['\n', '\r']);
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            let cells: Vec<&str> = text.split('\t').collect();
            if let Err(message) = row(self, &cells, text) {
                self.bad(file, line, message);
            }
        }
        self.done(file);
        Ok(())
    }

    fn insert(&mut self, entry: Entry) {
        if !self.entries.contains_key(&entry.id) {
            self.order.push(entry.id);
        }
        self.entries.insert(entry.id, entry);
    }

    fn place(&mut self, c: &[&str], _: &str) -> Result<(), String> {
        if c.len() < 15 {
            return Err(format!("{} columns, a GeoNames dump has 19", c.len()));
        }
        let id = c[0].parse::<u32>().map_err(|_| format!("\"{}\" is not a GeoNames id", c[0]))?;
        let Some(kind) = kind(c[6], c[7]) else { return Ok(()) };
        let number = |t: &str| t.parse::<f64>().map_err(|_| format!("\"{t}\" is not a number"));
        let at = LonLat::new(number(c[5])?, number(c[4])?).map_err(|e| e.to_string())?;
        let flags = match c[7] {
            "PPLC" => flag::CAPITAL,
            "PPLA" => flag::ADMIN1_SEAT,
            "PPLA2" => flag::ADMIN2_SEAT,
            _ => 0,
        };
        let code1 = format!("{}.{}", c[8], c[10]);
        let code2 = format!("{code1}.{}", c[11]);
        match kind {
            PlaceKind::Admin1 => drop(self.divisions.insert(code1.clone(), id)),
            PlaceKind::Admin2 => drop(self.divisions.insert(code2.clone(), id)),
            _ => {}
        }
        self.codes.insert(id, (code1, code2));
        let mut names: Vec<(String, String)> = Vec::new();
        for name in c[3].split(',').filter(|n| !n.is_empty() && *n != c[1]) {
            names.push((script(name).to_owned(), name.to_owned()));
        }
        let population = c[14].parse().unwrap_or(0);
        self.insert(Entry {
            id,
            kind,
            feature: c[7].to_owned(),
            at,
            population,
            country: c[8].to_owned(),
            admin1: 0,
            admin2: 0,
            flags,
            radius: 0,
            name: c[1].to_owned(),
            names,
        });
        Ok(())
    }

    fn division(&mut self, c: &[&str], kind: PlaceKind) -> Result<(), String> {
        let [code, name, ascii, id, ..] = c else { return Err(format!("{} columns, not 4", c.len())) };
        let id = id.trim().parse::<u32>().map_err(|_| format!("\"{id}\" is not a GeoNames id"))?;
        self.divisions.insert((*code).to_owned(), id);
        let country = code.split('.').next().unwrap_or("").to_owned();
        self.codes
            .entry(id)
            .or_insert_with(|| (code.split('.').take(2).collect::<Vec<_>>().join("."), (*code).to_owned()));
        if !self.entries.contains_key(&id) {
            let feature = if kind == PlaceKind::Admin1 { "ADM1" } else { "ADM2" };
            self.insert(Entry {
                id,
                kind,
                feature: feature.to_owned(),
                at: LonLat::wrapped(0.0, 0.0),
                population: 0,
                country,
                admin1: 0,
                admin2: 0,
                flags: flag::CENTRE,
                radius: 0,
                name: (*name).to_owned(),
                names: if ascii == name { Vec::new() } else { vec![("Latn".to_owned(), (*ascii).to_owned())] },
            });
        }
        Ok(())
    }

    fn country(&mut self, c: &[&str], _: &str) -> Result<(), String> {
        if c.len() < 17 {
            return Err(format!("{} columns, countryInfo.txt has 19", c.len()));
        }
        let id = c[16].trim().parse::<u32>().map_err(|_| format!("\"{}\" is not a GeoNames id", c[16]))?;
        let area = c[6].parse::<f64>().unwrap_or(0.0);
        let known = self.entries.get(&id).map(|e| (e.at, e.names.clone()));
        let built_in = super::Gazetteer::embedded();
        let at = known.as_ref().map(|k| k.0).or_else(|| built_in.country(c[0]).map(|ix| built_in.get(ix).at()));
        self.insert(Entry {
            id,
            kind: PlaceKind::Country,
            feature: "PCLI".to_owned(),
            at: at.unwrap_or_else(|| LonLat::wrapped(0.0, 0.0)),
            population: c[7].parse().unwrap_or(0),
            country: c[0].to_owned(),
            admin1: 0,
            admin2: 0,
            flags: 0,
            radius: (area / std::f64::consts::PI).sqrt() as u16,
            name: c[4].to_owned(),
            names: known.map(|k| k.1).unwrap_or_default(),
        });
        Ok(())
    }

    fn alternate(&mut self, c: &[&str], _: &str) -> Result<(), String> {
        let [_, id, lang, name, flags @ ..] = c else {
            return Err(format!("{} columns, alternateNamesV2.txt has 10", c.len()));
        };
        let id = id.parse::<u32>().map_err(|_| format!("\"{id}\" is not a GeoNames id"))?;
        let Some(entry) = self.entries.get_mut(&id) else { return Ok(()) };
        let set = |i: usize| flags.get(i).is_some_and(|f| *f == "1");
        let (preferred, historic) = (set(0), set(3));
        let tag = match *lang {
            "link" | "wkdt" | "post" | "unlc" | "phon" | "piny" => return Ok(()),
            "iata" | "icao" | "faac" | "tcid" => "code",
            "abbr" => "abbr",
            "" => script(name),
            // A name of the past finds its place and never labels it.
            _ if historic => script(name),
            lang => lang,
        };
        if tag == "en" && preferred && !historic && entry.name != *name {
            let old = std::mem::replace(&mut entry.name, (*name).to_owned());
            entry.names.insert(0, ("orig".to_owned(), old));
        } else if preferred && tag.len() == 2 {
            entry.names.insert(0, (tag.to_owned(), (*name).to_owned()));
        } else {
            entry.names.push((tag.to_owned(), (*name).to_owned()));
        }
        Ok(())
    }

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
        self.own.push(Entry {
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
        });
        Ok(())
    }

    fn csv(&mut self, input: impl BufRead, file: &str) -> Result<(), GazetteerError> {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(input);
        let heads: Vec<String> = match reader.headers() {
            Ok(heads) => heads.iter().map(|h| h.trim_start_matches('\u{feff}').trim().to_ascii_lowercase()).collect(),
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
            if let Err(message) = result {
                self.bad(file, n + 2, message);
            }
        }
        self.done(file);
        Ok(())
    }

    fn geojson(&mut self, input: impl BufRead, file: &str) -> Result<(), GazetteerError> {
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
            if let Err(message) = result {
                self.bad(file, n + 1, format!("feature {}: {message}", n + 1));
            }
        }
        self.done(file);
        Ok(())
    }

    /// Number of places so far.
    pub fn len(&self) -> usize {
        self.entries.len() + self.own.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Links places to their divisions, gives divisions without a position the centre of their places, and hands all to a builder.
    pub fn finish(mut self) -> Warned<Builder> {
        let mut sums: HashMap<u32, (f64, f64, f64)> = HashMap::new();
        for id in &self.order {
            let Some((code1, code2)) = self.codes.get(id) else { continue };
            let (a1, a2) =
                (self.divisions.get(code1).copied().unwrap_or(0), self.divisions.get(code2).copied().unwrap_or(0));
            let Some(entry) = self.entries.get_mut(id) else { continue };
            entry.admin1 = a1;
            entry.admin2 = a2;
            if entry.kind == PlaceKind::City {
                for division in [a1, a2].into_iter().filter(|d| *d != 0) {
                    let sum = sums.entry(division).or_default();
                    *sum = (sum.0 + entry.at.lon(), sum.1 + entry.at.lat(), sum.2 + 1.0);
                }
            }
        }
        let mut builder = Builder::new();
        let mut homeless = 0;
        for id in &self.order {
            let Some(mut entry) = self.entries.remove(id) else { continue };
            if entry.flags & flag::CENTRE != 0 {
                match sums.get(id) {
                    Some((x, y, n)) => entry.at = LonLat::wrapped(x / n, y / n),
                    None => {
                        homeless += 1;
                        continue;
                    }
                }
            }
            builder.push(entry);
        }
        if homeless > 0 {
            self.notes
                .push(Note::info(format!("{homeless} divisions without a position or a place in them are left out")));
        }
        for entry in self.own {
            builder.push(entry);
        }
        Warned::new(builder, self.notes)
    }
}

fn kind(class: &str, code: &str) -> Option<PlaceKind> {
    Some(match (class, code) {
        ("P", _) => PlaceKind::City,
        ("A", "ADM1") => PlaceKind::Admin1,
        ("A", "ADM2") => PlaceKind::Admin2,
        ("A", code) if code.starts_with("PCL") && code != "PCLH" => PlaceKind::Country,
        ("H", _) => PlaceKind::Water,
        ("T", _) => PlaceKind::Terrain,
        ("L", "CONT") => PlaceKind::Continent,
        ("L", "RGN" | "RGNE" | "RGNH" | "AREA") => PlaceKind::Region,
        ("S", code) if FACILITIES.contains(&code) => PlaceKind::Facility,
        _ => return None,
    })
}

/// The ISO 15924 code of the first letter's script, of those that names are kept apart by.
fn script(name: &str) -> &'static str {
    use unicode_script::{Script, UnicodeScript as _};
    let first = name.chars().find(|c| c.is_alphabetic()).map(|c| c.script());
    match first {
        Some(Script::Latin) | None => "Latn",
        Some(Script::Katakana | Script::Hiragana) => "Kana",
        Some(Script::Han) => "Hani",
        Some(Script::Hangul) => "Hang",
        Some(script) => match script.short_name() {
            "Cyrl" => "Cyrl",
            "Arab" => "Arab",
            "Grek" => "Grek",
            "Hebr" => "Hebr",
            "Deva" => "Deva",
            "Beng" => "Beng",
            "Armn" => "Armn",
            "Geor" => "Geor",
            "Thai" => "Thai",
            "Ethi" => "Ethi",
            _ => "Zyyy",
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gazetteer::Gazetteer;

    const DUMP: &str = "170017\tḨamāh\tHamah\tHama,حماة\t35.13179\t36.75783\tP\tPPLA\tSY\t\t10\t\t\t\t460602\t\t270\tAsia/Damascus\t2020-06-10\n\
        bad line\n\
        1\tX\tX\t\t95\t0\tP\tPPL\tSY\t\t10\t\t\t\t0\t\t0\t\t\n\
        2\tStreet\tStreet\t\t35\t36\tR\tST\tSY\t\t10\t\t\t\t0\t\t0\t\t\n";

    fn import() -> Warned<Builder> {
        let mut import = Import::new();
        for (file, text) in [
            ("dump/SY.txt", DUMP),
            ("admin1CodesASCII.txt", "SY.10\tHama\tHama\t170015\nSY.99\tNowhere\tNowhere\t99\n"),
            (
                "countryInfo.txt",
                "#ISO\nSY\tSYR\t760\tSY\tSyria\tDamascus\t185180\t16906283\tAS\t.sy\tSYP\tPound\t963\t\t\tar-SY\t163843\tIQ\t\n",
            ),
            (
                "alternateNamesV2.txt",
                "1\t170017\ten\tHama\t1\t1\t\t\t\t\n2\t170017\tlink\thttp://x\t\t\t\t\t\t\n3\t170017\t\tEpiphania\t\t\t\t1\t\t\n",
            ),
            ("own.csv", "name,lat,lon,country,aliases\nOur Village,35.2,36.8,sy,Unser Dorf;قريتنا\nNowhere,,36,SY,\n"),
        ] {
            import.read(text.as_bytes(), file).expect("readable");
        }
        import.finish()
    }

    #[test]
    fn reads_geonames_files_and_own_places() {
        let Warned { value, notes } = import();
        let told: Vec<String> =
            notes.iter().map(|n| format!("{} {}", n.at.clone().unwrap_or_default(), n.message)).collect();
        assert!(told[0].starts_with("dump/SY.txt:2 1 columns"), "{told:?}");
        assert!(told[1].starts_with("dump/SY.txt:3 latitude 95"), "{told:?}");
        assert!(told[2].starts_with("own.csv:3"), "{told:?}");
        let g = Gazetteer::read(value.finish().expect("packed")).expect("whole");
        let hama = g.get(g.by_id(170017).expect("Hama"));
        assert_eq!((hama.name(), hama.label().as_str()), ("Hama", "Hama, Syria"));
        assert_eq!(hama.original_name(), "Ḩamāh");
        assert_eq!(g.get(hama.admin1_ix().expect("a division")).at(), hama.at());
        assert!(g.exact("epiphania").next().is_some() && g.exact("unser dorf").next().is_some());
        assert_eq!(g.len(), 4);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_told(text in "(\\PC|\t|\n){0,200}", which in 0..6_usize) {
            let file = ["SY.txt", "alternateNamesV2.txt", "admin1CodesASCII.txt", "countryInfo.txt", "x.csv", "x.geojson"][which];
            let mut import = Import::new();
            let _ = import.read(text.as_bytes(), file);
            let _ = import.finish();
        }
    }
}
