//! Reading GeoNames' own files and a desk's tables of places into a gazetteer.
//!
//! Files are told apart by their names as GeoNames publishes them: `countryInfo.txt`, `admin1CodesASCII.txt`, `admin2Codes.txt`,
//! `alternateNamesV2.txt`, `hierarchy.txt`; every other `.txt` is a dump of places (`allCountries.txt`, `SY.txt`, `cities500.txt`);
//! `.csv` and `.geojson` are places of one's own. Kept are populated places, countries, first- and second-order divisions, waters,
//! terrain, and of buildings those the news names. Lower divisions, streets, parks and undersea features are not. `hierarchy.txt`
//! links what the codes of its divisions do not.
//!
//! Nothing is kept in memory but the codes of divisions: what is read goes to the [`Builder`], which sorts on disk.

use super::parts::Part;
use super::record::flag;
use super::{Builder, Entry, GazetteerError};
use crate::diag::{Note, Position, Warned};
use crate::geodesy::LonLat;
use crate::model::PlaceKind;
use std::io::BufRead;

/// Feature codes of class S that become facilities.
const FACILITIES: [&str; 22] = [
    "AIRB", "AIRF", "AIRP", "AIRH", "AIRQ", "CMP", "CMPREF", "DAM", "DAMQ", "FT", "HSP", "INSM", "MIL", "MILB", "NOV",
    "OILR", "PRN", "PS", "PSN", "PSTB", "REFC", "PKLT",
];
/// Bad lines that are told one by one in each file.
const TOLD: usize = 10;

/// Reads several files, in any order; [`Import::finish`] gives the builder that packs them.
#[derive(Debug, Default)]
pub struct Import {
    builder: Builder,
    notes: Vec<Note>,
    bad: usize,
}

/// Which of several things told of a place counts: tables of one's own come last, whenever they were read.
mod rank {
    pub const DUMP: u8 = 0;
    pub const TABLE: u8 = 1;
    pub const NAME: u8 = 2;
    pub const OWN: u8 = 3;
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
            "hierarchy.txt" => self.lines(input, file, Self::parent),
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

    fn place(&mut self, c: &[&str], _: &str) -> Result<(), String> {
        if c.len() < 15 {
            return Err(format!("{} columns, a GeoNames dump has 19", c.len()));
        }
        let id = id(c[0])?;
        if c[1].trim().is_empty() {
            return Err("no name".to_owned());
        }
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
            PlaceKind::Admin1 => self.builder.division(code1.clone(), id, kind),
            PlaceKind::Admin2 => self.builder.division(code2.clone(), id, kind),
            _ => {}
        }
        let mut names: Vec<(String, String)> = Vec::new();
        for name in c[3].split(',').filter(|n| !n.is_empty() && *n != c[1]) {
            names.push((script(name).to_owned(), name.to_owned()));
        }
        let entry = Entry {
            id,
            kind,
            feature: c[7].to_owned(),
            at,
            population: c[14].parse().unwrap_or(0),
            country: c[8].to_owned(),
            admin1: 0,
            admin2: 0,
            flags,
            radius: 0,
            name: c[1].to_owned(),
            names,
        };
        self.builder.tell(id, rank::DUMP, &Part::Place(entry, [code1, code2]));
        Ok(())
    }

    fn division(&mut self, c: &[&str], kind: PlaceKind) -> Result<(), String> {
        let [code, name, ascii, number, ..] = c else { return Err(format!("{} columns, not 4", c.len())) };
        let id = id(number.trim())?;
        if name.trim().is_empty() {
            return Err("no name".to_owned());
        }
        self.builder.division((*code).to_owned(), id, kind);
        let (feature, code2) = if kind == PlaceKind::Admin1 { ("ADM1", "") } else { ("ADM2", *code) };
        let entry = Entry {
            id,
            kind,
            feature: feature.to_owned(),
            at: LonLat::wrapped(0.0, 0.0),
            population: 0,
            country: code.split('.').next().unwrap_or("").to_owned(),
            admin1: 0,
            admin2: 0,
            flags: flag::CENTRE,
            radius: 0,
            name: (*name).to_owned(),
            names: if ascii == name { Vec::new() } else { vec![("Latn".to_owned(), (*ascii).to_owned())] },
        };
        let codes = [code.split('.').take(2).collect::<Vec<_>>().join("."), code2.to_owned()];
        self.builder.tell(id, rank::TABLE, &Part::Division(entry, codes));
        Ok(())
    }

    fn country(&mut self, c: &[&str], _: &str) -> Result<(), String> {
        if c.len() < 17 {
            return Err(format!("{} columns, countryInfo.txt has 19", c.len()));
        }
        let id = id(c[16].trim())?;
        if c[4].trim().is_empty() {
            return Err("no name".to_owned());
        }
        let area = c[6].parse::<f64>().unwrap_or(0.0);
        let built_in = super::Gazetteer::embedded();
        let at = built_in.country(c[0]).map(|ix| built_in.get(ix).at());
        let entry = Entry {
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
            names: Vec::new(),
        };
        self.builder.tell(id, rank::TABLE, &Part::Country(entry));
        Ok(())
    }

    fn alternate(&mut self, c: &[&str], _: &str) -> Result<(), String> {
        let [_, number, lang, name, flags @ ..] = c else {
            return Err(format!("{} columns, alternateNamesV2.txt has 10", c.len()));
        };
        let id = id(number)?;
        if name.trim().is_empty() {
            return Err("no name".to_owned());
        }
        let set = |i: usize| flags.get(i).is_some_and(|f| *f == "1");
        let (preferred, short, colloquial) = (set(0), set(1), set(2));
        // A name that was in use until some day is historic, flagged or not.
        let historic = set(3) || flags.get(5).is_some_and(|to| !to.trim().is_empty());
        let tag = match *lang {
            "link" | "wkdt" | "post" | "unlc" | "phon" | "piny" => return Ok(()),
            "iata" | "icao" | "faac" | "tcid" => "code",
            "abbr" => "abbr",
            "" => script(name),
            // A name of the past, or of the street, finds its place and never labels it.
            _ if historic || colloquial => script(name),
            lang => lang,
        };
        let strength = if historic || colloquial || tag.len() != 2 {
            0
        } else {
            u8::from(preferred) * 2 + u8::from(short && preferred)
        };
        self.builder.tell(id, rank::NAME, &Part::Name(tag.to_owned(), (*name).to_owned(), strength));
        Ok(())
    }

    fn parent(&mut self, c: &[&str], _: &str) -> Result<(), String> {
        let [above, below, ..] = c else { return Err(format!("{} columns, hierarchy.txt has 3", c.len())) };
        let (above, below) = (id(above.trim())?, id(below.trim())?);
        // What is not marked as administrative are regions of other kinds.
        if c.get(2).is_none_or(|kind| kind.trim().is_empty() || kind.trim() == "ADM") {
            self.builder.tell(below, rank::NAME, &Part::Parent(above));
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

    /// Hands what was read to its builder, with notes on what could not be.
    pub fn finish(self) -> Warned<Builder> {
        Warned::new(self.builder, self.notes)
    }
}

fn id(text: &str) -> Result<u32, String> {
    text.parse::<u32>().ok().filter(|id| *id != 0).ok_or_else(|| format!("\"{text}\" is not a GeoNames id"))
}

fn kind(class: &str, code: &str) -> Option<PlaceKind> {
    Some(match (class, code) {
        ("P", _) => PlaceKind::City,
        ("A", "ADM1") => PlaceKind::Admin1,
        ("A", "ADM2") => PlaceKind::Admin2,
        ("A", "PCL" | "PCLD" | "PCLF" | "PCLI" | "PCLS" | "PCLIX") => PlaceKind::Country,
        ("H", _) => PlaceKind::Water,
        ("T", _) => PlaceKind::Terrain,
        ("L", "CONT") => PlaceKind::Continent,
        ("L", "RGN" | "RGNE" | "RGNH" | "AREA") => PlaceKind::Region,
        ("S", code) if FACILITIES.contains(&code) => PlaceKind::Facility,
        _ => return None,
    })
}

/// The ISO 15924 code of the first letter's script, of those that names are kept apart by.
pub(super) fn script(name: &str) -> &'static str {
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

    #[test]
    fn flags_dates_and_hierarchy_are_heeded() {
        let mut import = Import::new();
        // Own places and names are read first: the order of files does not matter.
        for (file, text) in [
            (
                "own.geojson",
                r#"{"features":[{"geometry":{"coordinates":[36.9,35.3]},"properties":{"name":"Our Hamlet","country":"SY","admin1":"10"}}]}"#,
            ),
            (
                "alternateNamesV2.txt",
                "1\t5\ten\tOldtown\t1\t\t\t\t\t1990\n2\t5\ten\tNewtown upon River\t1\t\t\t\t2001\t\n\
                3\t5\ten\tNewtown\t1\t1\t\t\t\t\n4\t5\ten\tThe Newt\t\t\t1\t\t\t\n5\t5\txx-rare\tRareton\t\t\t\t\t\t\n",
            ),
            ("hierarchy.txt", "50\t5\tADM\n60\t50\tADM\nbad\t5\tADM\n"),
            ("admin2Codes.txt", "SY.10.1\tDistrict\tDistrict\t50\n"),
            ("admin1CodesASCII.txt", "SY.10\tHama\tHama\t60\n"),
            ("SY.txt", "5\tTown\tTown\t\t35\t36\tP\tPPL\tSY\t\t\t\t\t\t10\t\t0\t\t\n"),
        ] {
            import.read(text.as_bytes(), file).expect("readable");
        }
        let Warned { value, notes } = import.finish();
        assert_eq!(notes.len(), 1, "{notes:?}");
        let g = Gazetteer::read(value.finish().expect("packed")).expect("whole");
        let town = g.get(g.by_id(5).expect("the town"));
        assert_eq!((town.name(), town.original_name().as_str()), ("Newtown", "Town"));
        assert_eq!(town.admin2_ix().map(|ix| g.get(ix).name()), Some("District"));
        assert_eq!(town.admin1_ix().map(|ix| g.get(ix).name()), Some("Hama"));
        assert!(town.place().names.iter().all(|(_, n)| n != "Oldtown" && n != "The Newt"));
        for name in ["oldtown", "newt", "newtown upon river", "rareton"] {
            assert!(g.exact(name).next().is_some(), "{name}");
        }
        let (hamlet, _) = g.exact("our hamlet").next().expect("our own");
        assert_eq!(g.get(hamlet).label(), "Our Hamlet, Hama");
    }

    #[test]
    fn more_tags_and_features_than_the_format_counts() {
        let mut import = Import::new();
        let dump: String =
            (1..=400).map(|i| format!("{i}\tLake {i}\t\t\t35\t36\tH\tLK{i}\tSY\t\t\t\t\t\t0\t\t0\t\t\n")).collect();
        let names: String = (1..=400).map(|i| format!("{i}\t{i}\tq{i}\tLac {i}\t\t\t\t\t\t\n")).collect();
        import.read(dump.as_bytes(), "SY.txt").expect("readable");
        import.read(names.as_bytes(), "alternateNamesV2.txt").expect("readable");
        let g = Gazetteer::read(import.finish().value.finish().expect("packed")).expect("whole");
        assert_eq!(g.len(), 400);
        assert!((1..=400).all(|i| g.exact(&format!("lac {i}")).next().is_some()));
        assert!(g.iter().all(|r| r.kind() == PlaceKind::Water));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_told(text in "(\\PC|\t|\n){0,200}", which in 0..7_usize) {
            let file = ["SY.txt", "alternateNamesV2.txt", "admin1CodesASCII.txt", "countryInfo.txt", "x.csv", "x.geojson", "hierarchy.txt"][which];
            let mut import = Import::new();
            let _ = import.read(text.as_bytes(), file);
            let _ = import.finish();
        }
    }
}
