//! Reading GeoNames' own files and a desk's tables of places into a gazetteer.
//!
//! Files are told apart by their names as GeoNames publishes them: `countryInfo.txt`, `admin1CodesASCII.txt`, `admin2Codes.txt`,
//! `alternateNamesV2.txt`, `hierarchy.txt`; every other `.txt` by the columns of its first row, for a dump of places and one of names
//! are both called `SY.txt`; `.csv` and `.geojson` are places of one's own ([`super::own`]). An archive is read file by file. Kept are
//! populated places, countries, first- and second-order divisions, waters, terrain, and of buildings those the news names. Lower
//! divisions, streets, parks and undersea features are not. `hierarchy.txt` links what the codes of its divisions do not.
//!
//! Nothing is kept in memory but the codes of divisions: what is read goes to the [`Builder`], which sorts on disk.

use super::parts::Part;
use super::record::flag;
use super::{Builder, Entry, GazetteerError};
use crate::diag::{Note, Position, Warned};
use crate::geodesy::LonLat;
use crate::model::PlaceKind;
use crate::text::fold;
use std::io::{BufRead, BufReader, Read, Seek};

/// Feature codes of class S that become facilities.
const FACILITIES: [&str; 22] = [
    "AIRB", "AIRF", "AIRP", "AIRH", "AIRQ", "CMP", "CMPREF", "DAM", "DAMQ", "FT", "HSP", "INSM", "MIL", "MILB", "NOV",
    "OILR", "PRN", "PS", "PSN", "PSTB", "REFC", "PKLT",
];
/// Bad lines that are told one by one in each file.
const TOLD: usize = 10;
/// Columns of a dump of places.
const COLUMNS: usize = 19;

/// What a file of GeoNames holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    Places,
    Countries,
    Divisions(PlaceKind),
    Names,
    Parents,
    Postcodes,
    /// Nothing that a gazetteer needs.
    Other,
}

impl Content {
    /// What a file of this name (in lower case) holds, where the name says it.
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "countryinfo.txt" => Self::Countries,
            "admin1codesascii.txt" => Self::Divisions(PlaceKind::Admin1),
            "admin2codes.txt" => Self::Divisions(PlaceKind::Admin2),
            "alternatenamesv2.txt" | "alternatenames.txt" => Self::Names,
            "hierarchy.txt" => Self::Parents,
            "iso-languagecodes.txt" | "timezones.txt" | "usertags.txt" | "admincode5.txt" => Self::Other,
            _ => {
                let other = ["readme", "featurecodes", "deletes-", "alternatenamesdeletes-"];
                return other.iter().any(|o| name.starts_with(o)).then_some(Self::Other);
            }
        })
    }

    /// What a row of these cells is of.
    fn of(cells: &[&str]) -> Self {
        let number = |i: usize| cells.get(i).is_some_and(|c| id(c.trim()).is_ok());
        let code = cells.first().is_some_and(|c| c.len() == 2 && c.bytes().all(|b| b.is_ascii_uppercase()));
        match cells.len() {
            12 if code => Self::Postcodes,
            15.. if code && number(16) => Self::Countries,
            6..=10 if number(0) && number(1) => Self::Names,
            4 if number(3) => match cells[0].matches('.').count() {
                1 => Self::Divisions(PlaceKind::Admin1),
                2 => Self::Divisions(PlaceKind::Admin2),
                _ => Self::Places,
            },
            3 if number(0) && number(1) => Self::Parents,
            _ => Self::Places,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Places => "dump of places",
            Self::Countries => "list of countries",
            Self::Divisions(_) => "list of divisions",
            Self::Names => "list of names",
            Self::Parents => "list of parents",
            Self::Postcodes => "list of postcodes",
            Self::Other => "list",
        }
    }
}

/// Reads several files, in any order; [`Import::finish`] gives the builder that packs them.
#[derive(Debug, Default)]
pub struct Import {
    pub(super) builder: Builder,
    notes: Vec<Note>,
    /// Rows of the present file that were and were not read, and what was wrong with the first that was not.
    good: usize,
    bad: usize,
    first: Option<String>,
}

/// How strongly the name that a newsroom or a list in English prints claims to be the label; one marked as preferred claims it more.
pub(super) const CUSTOMARY: u8 = 1;

/// Which of several things told of a place counts: tables of one's own come last, whenever they were read.
pub(super) mod rank {
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

    /// Counts a row, and tells of one that could not be read.
    pub(super) fn row(&mut self, file: &str, line: usize, read: Result<(), String>) {
        let Err(message) = read else {
            self.good += 1;
            return;
        };
        self.bad += 1;
        if self.bad <= TOLD {
            self.notes.push(Note::warning(format!("{message}; the row is left out")).at(Position::line(file, line)));
        }
        self.first.get_or_insert(message);
    }

    /// Ends a file. One of which no row could be read is not what it was taken for.
    pub(super) fn done(&mut self, file: &str, what: &'static str) -> Result<(), GazetteerError> {
        let (good, bad, first) = (std::mem::take(&mut self.good), std::mem::take(&mut self.bad), self.first.take());
        if let (0, Some(first)) = (good, first) {
            return Err(GazetteerError::Nothing { file: file.to_owned(), what, rows: bad, first });
        }
        if bad > TOLD {
            self.notes.push(
                Note::warning(format!("{} more rows like these are left out", bad - TOLD)).at(Position::file(file)),
            );
        }
        Ok(())
    }

    /// Reads a file by what its name says it is, or by its first row where the name says nothing.
    ///
    /// # Errors
    /// The input cannot be read at all, or no row of it can; bad rows among good ones are notes.
    pub fn read(&mut self, mut input: impl BufRead, file: &str) -> Result<(), GazetteerError> {
        let start = input.fill_buf().map_err(|source| GazetteerError::Read { path: file.into(), source })?;
        if start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff") {
            return Err(GazetteerError::Row {
                file: file.to_owned(),
                line: 1,
                message: "UTF-16, not UTF-8".to_owned(),
            });
        }
        if start.starts_with(b"\xef\xbb\xbf") {
            input.consume(3);
        }
        let name = file.rsplit(['/', '\\']).next().unwrap_or(file).to_ascii_lowercase();
        let ends = |endings: &[&str]| endings.iter().any(|e| name.ends_with(e));
        if ends(&[".csv", ".tsv"]) {
            return self.csv(input, file);
        }
        if ends(&[".geojson", ".json"]) {
            return self.geojson(input, file);
        }
        let content = Content::named(&name);
        if content == Some(Content::Other) {
            self.notes.push(Note::info("nothing in it is needed for a gazetteer").at(Position::file(file)));
            return Ok(());
        }
        self.lines(input, file, content)
    }

    /// Reads an archive file by file, as GeoNames publishes `SY.zip`.
    ///
    /// # Errors
    /// As [`Import::read`], or it is no archive.
    pub fn read_zip(&mut self, input: impl Read + Seek, file: &str) -> Result<(), GazetteerError> {
        let wrong = |e: zip::result::ZipError| GazetteerError::Read { path: file.into(), source: e.into() };
        let mut archive = zip::ZipArchive::new(input).map_err(wrong)?;
        for n in 0..archive.len() {
            let member = archive.by_index(n).map_err(wrong)?;
            let name = member.name().map_err(wrong)?.into_owned();
            // What comes along in every archive is not worth a word.
            let base = name.rsplit('/').next().unwrap_or(&name).to_ascii_lowercase();
            if member.is_file() && Content::named(&base) != Some(Content::Other) && !name.starts_with("__MACOSX/") {
                self.read(BufReader::with_capacity(1 << 18, member), &format!("{file}/{name}"))?;
            }
        }
        Ok(())
    }

    fn lines(
        &mut self,
        mut input: impl BufRead,
        file: &str,
        mut content: Option<Content>,
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
                self.row(file, line, Err("not UTF-8".to_owned()));
                continue;
            };
            let whole = text.ends_with('\n');
            let text = text.trim_end_matches(['\n', '\r']);
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            let cells: Vec<&str> = text.split('\t').collect();
            let content = *content.get_or_insert_with(|| Content::of(&cells));
            let read = match content {
                Content::Places if !whole && cells.len() < COLUMNS => Err("the file was cut short here".to_owned()),
                Content::Places | Content::Other => self.place(&cells),
                Content::Countries => self.country(&cells),
                Content::Divisions(kind) => self.division(&cells, kind),
                Content::Names => self.alternate(&cells),
                Content::Parents => self.parent(&cells),
                Content::Postcodes => Err("postcodes, not places: of another of GeoNames' folders".to_owned()),
            };
            self.row(file, line, read);
        }
        self.done(file, content.map_or("file", Content::word))
    }

    fn place(&mut self, c: &[&str]) -> Result<(), String> {
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
        for name in c[3].split(',').map(str::trim).filter(|n| !n.is_empty() && *n != c[1]) {
            names.push((if is_code(name) { "code" } else { script(name) }.to_owned(), name.to_owned()));
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
            name: c[1].trim().to_owned(),
            names,
        };
        if let Some(name) = newsroom_name(&entry) {
            self.builder.tell(id, rank::TABLE, &Part::Name("en".to_owned(), name.to_owned(), CUSTOMARY));
        }
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

    fn country(&mut self, c: &[&str]) -> Result<(), String> {
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
            // Countries that are no more have no place; nor has one that the built-in gazetteer does not know.
            flags: if at.is_none() { flag::CENTRE } else { 0 },
            radius: (area / std::f64::consts::PI).sqrt() as u16,
            name: c[4].to_owned(),
            names: Vec::new(),
        };
        self.builder.tell(id, rank::TABLE, &Part::Country(entry));
        Ok(())
    }

    fn alternate(&mut self, c: &[&str]) -> Result<(), String> {
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
            u8::from(preferred) * (CUSTOMARY + 1) + u8::from(short && preferred)
        };
        self.builder.tell(id, rank::NAME, &Part::Name(tag.to_owned(), (*name).to_owned(), strength));
        Ok(())
    }

    fn parent(&mut self, c: &[&str]) -> Result<(), String> {
        let [above, below, ..] = c else { return Err(format!("{} columns, hierarchy.txt has 3", c.len())) };
        let (above, below) = (id(above.trim())?, id(below.trim())?);
        // What is not marked as administrative are regions of other kinds.
        if c.get(2).is_none_or(|kind| kind.trim().is_empty() || kind.trim() == "ADM") {
            self.builder.tell(below, rank::NAME, &Part::Parent(above));
        }
        Ok(())
    }

    /// Hands what was read to its builder, with notes on what could not be.
    pub fn finish(self) -> Warned<Builder> {
        Warned::new(self.builder, self.notes)
    }
}

/// The name that the built-in gazetteer prints for a town which GeoNames calls as it did then: Hama for Ḩamāh.
fn newsroom_name(entry: &Entry) -> Option<&'static str> {
    if !matches!(entry.kind, PlaceKind::City | PlaceKind::Facility) {
        return None;
    }
    let built_in = super::Gazetteer::embedded();
    let record = built_in.get(built_in.by_id(entry.id)?);
    let same = record.name() != entry.name && fold(&record.original_name()) == fold(&entry.name);
    same.then(|| record.name())
}

/// Codes of airports and postcodes that stand among the names of a dump.
fn is_code(name: &str) -> bool {
    name.len() == 3 && name.bytes().all(|b| b.is_ascii_uppercase()) || name.bytes().all(|b| b.is_ascii_digit())
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

    #[test]
    fn files_as_people_have_them() {
        let unmarked = |file: &str, bytes: &[u8]| {
            let mut import = Import::new();
            import
                .read(bytes, file)
                .map(|()| import.finish().value.finish().expect("packed"))
                .map_err(|e| e.to_string())
        };
        let row = "5\tTown\tTown\tAlt,EGN,12345\t35\t36\tP\tPPL\tSY\t\t\t\t\t\t10\t\t0\tAsia/Damascus\t2020-06-10\n";
        let plain = unmarked("SY.txt", row.as_bytes()).expect("read");
        // With a byte order mark, and with the line ends of Windows.
        assert_eq!(unmarked("SY.txt", format!("\u{feff}{row}").as_bytes()).as_ref(), Ok(&plain));
        assert_eq!(unmarked("SY.txt", row.replace('\n', "\r\n").as_bytes()).as_ref(), Ok(&plain));
        // The last row of a download that broke off: 10 inhabitants could have been 100,000.
        let cut = unmarked("SY.txt", format!("{row}{}", row[..row.len() - 30].replace("Town", "Burg")).as_bytes());
        assert_eq!(cut.as_ref(), Ok(&plain));
        // Codes among the names are kept as such.
        let g = Gazetteer::read(plain).expect("whole");
        let names: Vec<String> =
            g.get(g.by_id(5).expect("the town")).names().map(|(t, n)| format!("{t} {n}")).collect();
        assert_eq!(names, ["Latn Alt", "code EGN", "code 12345"]);
        // What is no such file says so, and builds nothing.
        let wrong = |file: &str, bytes: &[u8]| unmarked(file, bytes).expect_err("refused");
        let postcodes = "SY\t1\tTown\t\t\t\t\t\t\t35\t36\t1\n";
        assert!(
            wrong("SY.txt", postcodes.as_bytes()).starts_with("SY.txt: none of its 1 rows"),
            "{}",
            wrong("SY.txt", postcodes.as_bytes())
        );
        assert!(wrong("SY.txt", b"\xff\xfe5\x00\t\x00").contains("UTF-16"));
        assert!(wrong("SY.txt", b"\x1f\x8b\x08\x00\xff\n").contains("not UTF-8"));
        // Files that come along and tell nothing are passed over.
        let mut import = Import::new();
        for file in ["readme.txt", "iso-languagecodes.txt", "timeZones.txt", "adminCode5.txt", "featureCodes_en.txt"] {
            import.read(&b"some\tthing\n"[..], file).expect("passed over");
        }
        assert_eq!(import.finish().notes.len(), 5);
    }

    #[test]
    fn an_archive_is_read_file_by_file() {
        use std::io::Write as _;
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default();
        for (name, text) in [("readme.txt", "Readme"), ("SY.txt", DUMP)] {
            zip.start_file(name, options).expect("started");
            zip.write_all(text.as_bytes()).expect("written");
        }
        let mut import = Import::new();
        import.read_zip(zip.finish().expect("closed"), "SY.zip").expect("read");
        let Warned { value, notes } = import.finish();
        assert!(notes[0].at.as_ref().is_some_and(|at| at.to_string() == "SY.zip/SY.txt:2"), "{notes:?}");
        assert_eq!(Gazetteer::read(value.finish().expect("packed")).expect("whole").len(), 1);
        assert!(Import::new().read_zip(std::io::Cursor::new(b"PK\x03\x04"), "SY.zip").is_err());
    }

    #[test]
    fn columns_tell_what_a_name_does_not() {
        let mut import = Import::new();
        for (file, text) in [
            ("names/SY.txt", "1\t5\ten\tNewtown\t1\t1\t\t\t\t\n"),
            // Without the columns of time, as the files before 2018.
            ("old/SY.txt", "2\t5\tde\tNeustadt\t1\t\t\t\n3\t5\t\tOldtown\t\t\n"),
            ("divisions.txt", "SY.10\tHama\tHama\t60\n"),
            ("lower.txt", "SY.10.1\tDistrict\tDistrict\t50\n"),
            (
                "SY.txt",
                "5\tTown\tTown\t\t35\t36\tP\tPPL\tSY\t\t10\t1\t\t\t10\t\t0\t\t\n60\tMuḩāfaz̧at Ḩamāh\t\t\t35\t36\tA\tADM1\tSY\t\t10\t\t\t\t\t\t\t\t\n",
            ),
        ] {
            import.read(text.as_bytes(), file).expect("readable");
        }
        let g = Gazetteer::read(import.finish().value.finish().expect("packed")).expect("whole");
        let town = g.get(g.by_id(5).expect("the town"));
        assert_eq!(town.label(), "Newtown, Hama");
        assert_eq!(town.admin2_ix().map(|ix| g.get(ix).name()), Some("District"));
        assert!(["neustadt", "oldtown", "muhafazat hamah"].iter().all(|n| g.exact(n).next().is_some()));
    }

    #[test]
    fn countries_that_are_no_more_have_no_place() {
        let mut import = Import::new();
        let gone = "YD\tYMD\t720\t\tSouth Yemen\tAden\t0\t0\tAS\t.yd\tYDD\tDinar\t\t\t\t\t7000\t\t\n";
        let there =
            "SY\tSYR\t760\tSY\tSyria\tDamascus\t185180\t16906283\tAS\t.sy\tSYP\tPound\t963\t\t\tar-SY\t163843\tIQ\t\n";
        import.read(format!("{gone}{there}").as_bytes(), "countryInfo.txt").expect("readable");
        import.read(DUMP.as_bytes(), "SY.txt").expect("readable");
        let g = Gazetteer::read(import.finish().value.finish().expect("packed")).expect("whole");
        assert!(g.exact("south yemen").next().is_none() && g.exact("syria").next().is_some());
        // A town that GeoNames calls as it did when the built-in gazetteer was made is printed as there.
        assert_eq!(g.get(g.by_id(170017).expect("Hama")).name(), "Hama");
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
