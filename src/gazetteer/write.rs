//! Packing places into a gazetteer file, in memory that does not grow with their number.
//!
//! What is told of places is sorted by their ids ([`super::parts`]), put together, sorted again by the order of the file, and written
//! out in two passes: one finds the runs of letters worth a code, one writes rows, names and the keys of the indices. Divisions and
//! countries, of which the format has some ten thousand at most, are kept in memory.

use super::format::{NAME_RUN, PackedStart, PlaceRow, SECTIONS, Section, assemble};
use super::hash::{key_hash, token_hash};
use super::keys::{FirstTokens, write_index};
use super::lookup::{MAX_TOKENS, token_count_bit};
use super::parts::{Part, Whole, decode_entry, encode_entry};
use super::record::NEW_TAG;
use super::sorter::{Hashes, RUN, Sorted, Sorter};
use super::symbols::{self, CLASSES, Packer};
use super::{Gazetteer, GazetteerError};
use crate::diag::{Note, Warned};
use crate::geodesy::LonLat;
use crate::model::PlaceKind;
use crate::text::{fold, loosen, skeleton};
use std::collections::{BTreeSet, HashMap};
use std::io::{BufWriter, Write};
use tempfile::{SpooledTempFile, spooled_tempfile};
use zerocopy::IntoBytes;

/// Bytes of a section kept in memory before they go to disk.
const SPOOL: usize = 4 << 20;
/// Names that a table of runs is learnt from.
const SAMPLES: usize = 60_000;
/// Tags that are always kept apart; of the others, the frequent ones.
const TAGS: [&str; 21] = [
    "orig", "abbr", "code", "iso", "gncode", "Latn", "Kana", "Hani", "Hang", "Cyrl", "Arab", "Grek", "Hebr", "Deva",
    "Beng", "Armn", "Geor", "Thai", "Ethi", "Zyyy", "en",
];

/// A place to be packed.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// GeoNames id, 0 where it has none.
    pub id: u32,
    /// What kind of place it is.
    pub kind: PlaceKind,
    /// GeoNames feature code.
    pub feature: String,
    /// Where it is.
    pub at: LonLat,
    /// Inhabitants, 0 where unknown.
    pub population: u64,
    /// ISO 3166-1 alpha-2 code, or empty.
    pub country: String,
    /// GeoNames id of its first-order division, 0 where unknown.
    pub admin1: u32,
    /// GeoNames id of its second-order division, 0 where unknown.
    pub admin2: u32,
    /// Bits that say what the position stands for and which seat the place is.
    pub flags: u8,
    /// Radius in km of an area, 0 where unknown.
    pub radius: u16,
    /// The newsroom name.
    pub name: String,
    /// Other names with their tags.
    pub names: Vec<(String, String)>,
}

/// Collects places and packs them.
#[derive(Debug)]
pub struct Builder {
    parts: Sorter,
    /// Counts what came, so that of equals the later wins.
    sequence: u64,
    /// Id of each division's code, and what it is.
    divisions: HashMap<String, (u32, PlaceKind)>,
    demonyms: Vec<(String, u32, String)>,
    about: Vec<(String, String)>,
    /// The first failure to write a temporary file.
    failed: Option<std::io::Error>,
}

impl Default for Builder {
    fn default() -> Self {
        Self::new()
    }
}

fn group(kind: PlaceKind) -> u8 {
    match kind {
        PlaceKind::Country => 0,
        PlaceKind::Region | PlaceKind::Continent | PlaceKind::Water | PlaceKind::Terrain => 1,
        PlaceKind::Admin1 => 2,
        PlaceKind::Admin2 => 3,
        PlaceKind::City | PlaceKind::Facility | PlaceKind::Position => 4,
    }
}

/// The key that gives the order of the file: kind, then most people first.
fn order(e: &Entry) -> Vec<u8> {
    let mut key = vec![group(e.kind)];
    key.extend((!e.population).to_be_bytes());
    key.extend(e.id.to_be_bytes());
    key.extend(e.name.as_bytes());
    key
}

/// What is known of all places before they are written.
#[derive(Default)]
struct Sums {
    counts: [usize; 5],
    names: usize,
    tags: HashMap<String, usize>,
    features: HashMap<String, usize>,
    /// Names of each class of script.
    classes: [usize; CLASSES as usize],
    /// Order and id of each division, first and second.
    divisions: [Vec<(Vec<u8>, u32)>; 2],
    countries: Vec<(Vec<u8>, String)>,
    codes: BTreeSet<String>,
}

impl Sums {
    fn add(&mut self, e: &Entry) {
        let group = usize::from(group(e.kind));
        self.counts[group] += 1;
        self.names += 1 + e.names.len();
        for (tag, _) in &e.names {
            self.classes[usize::from(symbols::class(tag))] += 1;
            match self.tags.get_mut(tag) {
                Some(n) => *n += 1,
                None => drop(self.tags.insert(tag.clone(), 1)),
            }
        }
        *self.features.entry(feature(e)).or_default() += 1;
        match group {
            0 => self.countries.push((order(e), e.country.clone())),
            2 | 3 => self.divisions[group - 2].push((order(e), e.id)),
            _ => {}
        }
        if e.country.len() == 2 && !self.codes.contains(&e.country) {
            self.codes.insert(e.country.clone());
        }
    }

    /// Number of each division by its id, from 1.
    fn ordinals(&mut self, which: usize) -> HashMap<u32, u16> {
        self.divisions[which].sort();
        self.divisions[which].iter().zip(1_u16..).filter(|((_, id), _)| *id != 0).map(|((_, id), n)| (*id, n)).collect()
    }

    /// Codes of the countries in the order of the file, and then those of places whose country is not in it.
    fn country_codes(&mut self) -> Result<Vec<String>, GazetteerError> {
        self.countries.sort();
        let mut codes: Vec<String> = self.countries.iter().map(|(_, code)| code.clone()).collect();
        let others: Vec<String> = self.codes.iter().filter(|c| !codes.contains(c)).cloned().collect();
        codes.extend(others);
        if codes.len() > 255 {
            return Err(GazetteerError::TooMany("countries"));
        }
        Ok(codes)
    }

    /// The tags that the file tells apart, with their numbers.
    fn tag_list(&self) -> Vec<String> {
        let mut tags: Vec<(&String, &usize)> = self.tags.iter().collect();
        if tags.len() > usize::from(NEW_TAG) {
            tags.retain(|(tag, _)| !TAGS.contains(&tag.as_str()));
            tags.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
            tags.truncate(usize::from(NEW_TAG) - TAGS.len());
            let kept = tags.into_iter().map(|(t, _)| t.clone()).chain(TAGS.iter().map(|t| (*t).to_owned()));
            return kept.collect::<BTreeSet<_>>().into_iter().collect();
        }
        tags.into_iter().map(|(t, _)| t.clone()).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The feature codes that the file tells apart; where they are too many, the rare ones are only known by their kind.
    fn feature_list(&self) -> Vec<String> {
        let mut features: Vec<(&String, &usize)> = self.features.iter().collect();
        if features.len() <= 256 {
            return features.into_iter().map(|(f, _)| f.clone()).collect::<BTreeSet<_>>().into_iter().collect();
        }
        features.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
        let kinds: BTreeSet<String> = features.iter().map(|(f, _)| kind_alone(f)).collect();
        features.truncate(256 - kinds.len());
        features.into_iter().map(|(f, _)| f.clone()).chain(kinds).collect::<BTreeSet<_>>().into_iter().collect()
    }
}

fn feature(e: &Entry) -> String {
    format!("{} {}", e.kind, e.feature.replace(['\n', '\r'], " "))
}

fn kind_alone(feature: &str) -> String {
    format!("{} ", feature.split(' ').next().unwrap_or(""))
}

impl Builder {
    /// An empty one.
    pub fn new() -> Self {
        Self {
            parts: Sorter::new(RUN),
            sequence: 0,
            divisions: HashMap::new(),
            demonyms: Vec::new(),
            about: Vec::new(),
            failed: None,
        }
    }

    /// Adds a place. A later one with the same GeoNames id takes the earlier one's place and keeps its names as alternates.
    pub fn push(&mut self, entry: Entry) {
        self.tell(entry.id, 3, &Part::Place(entry, [String::new(), String::new()]));
    }

    /// Adds something told of a place; of one place, what has a lower rank comes first, and in a rank what was told first.
    pub(super) fn tell(&mut self, id: u32, rank: u8, part: &Part) {
        let mut key = [0; 13];
        key[..4].copy_from_slice(&id.to_be_bytes());
        key[4] = rank;
        key[5..].copy_from_slice(&self.sequence.to_be_bytes());
        self.sequence += 1;
        if let Err(e) = self.parts.push(&key, &part.encode()) {
            self.failed.get_or_insert(e);
        }
    }

    /// Notes the id of a division's code.
    pub(super) fn division(&mut self, code: String, id: u32, kind: PlaceKind) {
        self.divisions.insert(code, (id, kind));
    }

    /// Adds a demonym of the place with a GeoNames id, or with id 0 of the region with this newsroom name.
    pub fn demonym(&mut self, word: &str, id: u32, name: &str) {
        self.demonyms.push((word.to_owned(), id, name.to_owned()));
    }

    /// Adds a line to what the file says about itself.
    pub fn about(&mut self, key: &str, value: &str) {
        self.about.push((key.to_owned(), value.replace('\n', " ")));
    }

    /// Packs everything into a file's bytes; the same places in any order give the same bytes.
    ///
    /// # Errors
    /// As [`Builder::write`].
    pub fn finish(self) -> Result<Vec<u8>, GazetteerError> {
        let mut file = Vec::new();
        let _notes = self.write(&mut file, &mut |_| ())?;
        // What is written must be readable: the program opens its embedded copy without looking.
        Gazetteer::read(file.clone())?;
        Ok(file)
    }

    /// Packs everything and writes the file; `progress` hears how far it is, from 0 to 1. The value is the number of places.
    ///
    /// # Errors
    /// More divisions or countries than the format counts, or no room for temporary files.
    pub fn write(
        mut self,
        out: &mut impl Write,
        progress: &mut dyn FnMut(f64),
    ) -> Result<Warned<usize>, GazetteerError> {
        if let Some(e) = self.failed.take() {
            return Err(GazetteerError::Spill(e));
        }
        let mut notes = Vec::new();
        let (entries, mut sums) = self.put_together(&mut notes, progress)?;
        if sums.counts[2] >= 65_535 || sums.counts[3] >= 65_535 {
            return Err(GazetteerError::TooMany("divisions"));
        }
        let all: usize = sums.counts.iter().sum();
        if all >= 1 << 26 {
            return Err(GazetteerError::TooMany("places"));
        }
        let mut writer = Writer::new(&mut sums, &self.demonyms)?;
        let mut done = 0;
        let mut step = |from: f64| {
            done += 1;
            if done % 4096 == 0 {
                progress(from + 0.25 * done as f64 / (2 * all).max(1) as f64);
            }
        };
        writer.learn(&entries, &sums, || step(0.5))?;
        entries.each(|_, bytes| {
            step(0.5);
            writer.place(entry_of(bytes)?)
        })?;
        drop(entries);
        progress(0.8);
        let [countries, regions, admin1, admin2, places] = sums.counts;
        let mut about = vec![
            ("countries".to_owned(), countries.to_string()),
            ("regions".to_owned(), regions.to_string()),
            ("admin1".to_owned(), admin1.to_string()),
            ("admin2".to_owned(), admin2.to_string()),
            ("places".to_owned(), places.to_string()),
            ("names".to_owned(), sums.names.to_string()),
        ];
        about.append(&mut self.about);
        let about: String = about.iter().map(|(k, v)| format!("{k}={v}\n")).collect();
        let demonyms = writer.demonym_lines(&self.demonyms);
        let mut sections = writer.sections()?;
        sections[Section::About as usize].write_all(about.as_bytes())?;
        sections[Section::Demonyms as usize].write_all(demonyms.as_bytes())?;
        progress(0.95);
        assemble(&mut sections, out)?;
        progress(1.0);
        Ok(Warned::new(all, notes))
    }

    /// Puts together what is told of each place, links it to its divisions, and sorts all by the order of the file.
    fn put_together(
        &mut self,
        notes: &mut Vec<Note>,
        progress: &mut dyn FnMut(f64),
    ) -> Result<(Sorted, Sums), GazetteerError> {
        let parts = std::mem::replace(&mut self.parts, Sorter::new(0)).finish()?;
        let divisions = std::mem::take(&mut self.divisions);
        let kinds: HashMap<u32, (PlaceKind, &str)> =
            divisions.iter().map(|(code, (id, kind))| (*id, (*kind, code.as_str()))).collect();
        let mut link = Links { divisions: &divisions, kinds, centres: HashMap::new(), unplaced: Vec::new() };
        let (mut entries, mut sums) = (Sorter::new(RUN), Sums::default());
        let mut countries: Vec<Entry> = Vec::new();
        let mut keep = |entry: Entry, countries: &mut Vec<Entry>| -> Result<(), GazetteerError> {
            if entry.kind == PlaceKind::Country {
                countries.push(entry);
                return Ok(());
            }
            sums.add(&entry);
            Ok(entries.push(&order(&entry), &encode_entry(&entry))?)
        };
        let mut whole: Option<Whole> = None;
        let (mut id, mut done) = (0, 0_u64);
        parts.each(|key, bytes| {
            done += 1;
            if done.is_multiple_of(8192) {
                progress(0.5 * done as f64 / self.sequence.max(1) as f64);
            }
            let own = key.first_chunk().map_or(0, |c| u32::from_be_bytes(*c));
            // Places without an id are each their own.
            if (own != id || own == 0)
                && let Some(entry) = whole.take().and_then(|w| link.entry(w))
            {
                keep(entry, &mut countries)?;
            }
            id = own;
            Whole::add(&mut whole, Part::decode(bytes).ok_or(GazetteerError::Corrupt("a temporary file"))?);
            Ok::<(), GazetteerError>(())
        })?;
        drop(parts);
        if let Some(entry) = whole.take().and_then(|w| link.entry(w)) {
            keep(entry, &mut countries)?;
        }
        let mut homeless = 0;
        for mut entry in std::mem::take(&mut link.unplaced) {
            match link.centres.get(&entry.id) {
                Some((x, y, n)) => {
                    entry.at = LonLat::wrapped(x / n, y / n);
                    keep(entry, &mut countries)?;
                }
                None => homeless += 1,
            }
        }
        if homeless > 0 {
            notes.push(Note::info(format!("{homeless} divisions without a position or a place in them are left out")));
        }
        // One country a code, the one with most people; what else calls itself one is a region.
        countries.sort_by_key(order);
        let mut taken: BTreeSet<String> = BTreeSet::new();
        for mut entry in countries {
            if entry.country.len() != 2 || !taken.insert(entry.country.clone()) {
                entry.kind = PlaceKind::Region;
            }
            sums.add(&entry);
            entries.push(&order(&entry), &encode_entry(&entry))?;
        }
        Ok((entries.finish()?, sums))
    }
}

/// What links places to their divisions.
struct Links<'a> {
    divisions: &'a HashMap<String, (u32, PlaceKind)>,
    kinds: HashMap<u32, (PlaceKind, &'a str)>,
    /// Sums of the positions of each division's places, and their number.
    centres: HashMap<u32, (f64, f64, f64)>,
    /// Divisions that wait for their places.
    unplaced: Vec<Entry>,
}

impl Links<'_> {
    /// The entry of a place, linked; `None` where it must wait.
    fn entry(&mut self, whole: Whole) -> Option<Entry> {
        let Whole { mut entry, codes, parent, unplaced, .. } = whole;
        let of = |code: &str| self.divisions.get(code).map_or(0, |(id, _)| *id);
        if entry.admin1 == 0 {
            entry.admin1 = of(&codes[0]);
        }
        if entry.admin2 == 0 {
            entry.admin2 = of(&codes[1]);
        }
        // hierarchy.txt fills in what the codes do not tell.
        match self.kinds.get(&parent) {
            Some((PlaceKind::Admin1, _)) if entry.admin1 == 0 => entry.admin1 = parent,
            Some((PlaceKind::Admin2, code)) if entry.admin2 == 0 => {
                entry.admin2 = parent;
                if entry.admin1 == 0 {
                    entry.admin1 = code.rsplit_once('.').map_or(0, |(above, _)| of(above));
                }
            }
            _ => {}
        }
        if entry.kind == PlaceKind::City {
            for division in [entry.admin1, entry.admin2].into_iter().filter(|d| *d != 0) {
                let sum = self.centres.entry(division).or_default();
                *sum = (sum.0 + entry.at.lon(), sum.1 + entry.at.lat(), sum.2 + 1.0);
            }
        }
        if unplaced {
            self.unplaced.push(entry);
            return None;
        }
        Some(entry)
    }
}

fn entry_of(bytes: &[u8]) -> Result<Entry, GazetteerError> {
    decode_entry(bytes).ok_or(GazetteerError::Corrupt("a temporary file"))
}

/// Writes rows, names and keys in the order of the file.
struct Writer {
    sections: [BufWriter<SpooledTempFile>; SECTIONS],
    packers: Vec<Packer>,
    tags: HashMap<String, u8>,
    features: HashMap<String, u8>,
    codes: Vec<String>,
    ordinals: [HashMap<u32, u16>; 2],
    starts: [usize; 5],
    keys: Hashes,
    skeletons: Hashes,
    first: FirstTokens,
    /// Places that have demonyms, by id or by name.
    ids: HashMap<u32, usize>,
    named: HashMap<String, usize>,
    wanted: (BTreeSet<u32>, BTreeSet<String>),
    /// Bytes of names so far, and before the run of places at hand.
    names: u64,
    run: u32,
    ix: usize,
}

impl Writer {
    fn new(sums: &mut Sums, demonyms: &[(String, u32, String)]) -> Result<Self, GazetteerError> {
        let codes = sums.country_codes()?;
        let (tags, features) = (sums.tag_list(), sums.feature_list());
        let mut starts = [0; 5];
        for g in 1..5 {
            starts[g] = starts[g - 1] + sums.counts[g - 1];
        }
        let ids = demonyms.iter().map(|d| d.1).filter(|id| *id != 0).collect();
        let names = demonyms.iter().filter(|d| d.1 == 0).map(|d| d.2.clone()).collect();
        let mut writer = Self {
            sections: std::array::from_fn(|_| BufWriter::new(spooled_tempfile(SPOOL))),
            packers: Vec::new(),
            tags: tags.iter().cloned().zip(0..).collect(),
            features: features.iter().cloned().zip(0..=255).collect(),
            codes,
            ordinals: [sums.ordinals(0), sums.ordinals(1)],
            starts,
            keys: Hashes::new(),
            skeletons: Hashes::new(),
            first: FirstTokens::new(),
            ids: HashMap::new(),
            named: HashMap::new(),
            wanted: (ids, names),
            names: 0,
            run: 0,
            ix: 0,
        };
        writer.put(Section::Tags, tags.join("\n").as_bytes())?;
        writer.put(Section::Features, features.join("\n").as_bytes())?;
        let codes = writer.codes.concat();
        writer.put(Section::Countries, codes.as_bytes())?;
        Ok(writer)
    }

    fn put(&mut self, section: Section, bytes: &[u8]) -> std::io::Result<()> {
        self.sections[section as usize].write_all(bytes)
    }

    /// Learns the runs of letters from every so-many-th name of each class of script.
    fn learn(&mut self, entries: &Sorted, sums: &Sums, mut step: impl FnMut()) -> Result<(), GazetteerError> {
        let steps = sums.classes.map(|n| n / SAMPLES + 1);
        let mut seen = [0_usize; CLASSES as usize];
        let mut samples: [Vec<String>; CLASSES as usize] = std::array::from_fn(|_| Vec::new());
        entries.each(|_, bytes| {
            step();
            for (tag, name) in entry_of(bytes)?.names {
                let class = usize::from(symbols::class(&tag));
                if seen[class].is_multiple_of(steps[class]) {
                    samples[class].push(name);
                }
                seen[class] += 1;
            }
            Ok::<(), GazetteerError>(())
        })?;
        self.packers = samples.iter().map(|s| Packer::train(s.iter().map(|n| n.as_bytes()))).collect();
        let tables: Vec<u8> = self.packers.iter().flat_map(Packer::table).collect();
        Ok(self.put(Section::Symbols, &tables)?)
    }

    fn place(&mut self, mut e: Entry) -> Result<(), GazetteerError> {
        for (tag, name) in &mut e.names {
            if !self.tags.contains_key(tag) {
                *tag = super::geonames::script(name).to_owned();
            }
        }
        let ix = self.ix;
        self.ix += 1;
        if e.id != 0 && self.wanted.0.contains(&e.id) {
            self.ids.insert(e.id, ix);
        }
        if e.id == 0 && self.wanted.1.contains(&e.name) {
            self.named.entry(e.name.clone()).or_insert(ix);
        }
        if ix.is_multiple_of(NAME_RUN) {
            self.run = u32::try_from(self.names).map_err(|_| GazetteerError::TooMany("names"))?;
            self.put(Section::NameStarts, &self.run.to_le_bytes())?;
        }
        let ordinal = |which: usize, id: u32| self.ordinals[which].get(&id).copied().unwrap_or(0);
        let own = group(e.kind);
        let admin1 =
            if own == 2 { (ix - self.starts[2]) as u16 + 1 } else { ordinal(0, e.id).max(ordinal(0, e.admin1)) };
        let admin2 = if own == 3 { (ix - self.starts[3]) as u16 + 1 } else { ordinal(1, e.admin2) };
        let feature = feature(&e);
        let feature = self.features.get(&feature).or_else(|| self.features.get(&kind_alone(&feature)));
        let behind = u32::try_from(self.names - u64::from(self.run)).unwrap_or(u32::MAX);
        let unit = |degrees: f64| (degrees * 1e5).round() as i32;
        let row = PlaceRow {
            start: PackedStart::new(unit(e.at.lon()), unit(e.at.lat()), behind)
                .ok_or(GazetteerError::TooMany("names"))?,
            id: e.id.into(),
            population: u32::try_from(e.population).unwrap_or(u32::MAX).into(),
            admin1: admin1.into(),
            admin2: admin2.into(),
            country: self.codes.iter().position(|c| *c == e.country).map_or(0, |o| o as u8 + 1),
            feature: feature.copied().unwrap_or(0),
            flags: e.flags,
        };
        self.put(Section::Places, row.as_bytes())?;
        if own < 4 {
            self.put(Section::Radii, &e.radius.to_le_bytes())?;
        }
        let mut names = Vec::new();
        push_names(&e, &self.packers, &self.tags, &mut names);
        self.names += names.len() as u64;
        self.put(Section::Names, &names)?;
        self.push_keys(&e, ix as u32)?;
        Ok(())
    }

    fn push_keys(&mut self, e: &Entry, ix: u32) -> std::io::Result<()> {
        let mut seen: BTreeSet<String> = BTreeSet::new();
        let all =
            std::iter::once(("news", e.name.as_str())).chain(e.names.iter().map(|(t, n)| (t.as_str(), n.as_str())));
        for (tag, name) in all.filter(|(tag, _)| !matches!(*tag, "iso" | "gncode")) {
            let folded = fold(name);
            if folded.is_empty() {
                continue;
            }
            if !matches!(tag, "abbr" | "code") {
                // The skeleton of a name in another script is, where it is of use, that of a Latin one; the alternates of small
                // places mostly share the main name's.
                if folded.is_ascii() && (group(e.kind) < 3 || e.population >= 10_000 || matches!(tag, "news" | "orig"))
                {
                    let key = skeleton(&folded);
                    if !key.is_empty() {
                        self.skeletons.push(key_hash(&key), ix)?;
                    }
                }
                let loose = loosen(&folded);
                if !loose.is_empty() {
                    seen.insert(loose);
                }
            }
            seen.insert(folded);
        }
        for key in seen {
            let tokens = key.split(' ').count();
            if tokens <= MAX_TOKENS {
                let token = key.split(' ').next().unwrap_or(&key);
                self.first.push(token_hash(token), token_count_bit(tokens))?;
            }
            self.keys.push(key_hash(&key), ix)?;
        }
        Ok(())
    }

    fn demonym_lines(&self, demonyms: &[(String, u32, String)]) -> String {
        let mut lines: Vec<(String, usize)> = demonyms
            .iter()
            .filter_map(|(word, id, name)| {
                let ix = if *id == 0 { self.named.get(name) } else { self.ids.get(id) };
                Some((fold(word), *ix?))
            })
            .collect();
        lines.sort();
        lines.dedup();
        lines.iter().map(|(word, ix)| format!("{word}\t{ix}\n")).collect()
    }

    /// The sections, those of the indices written too.
    fn sections(mut self) -> Result<[SpooledTempFile; SECTIONS], GazetteerError> {
        let nibbles = self.first.nibbles()?;
        self.put(Section::FirstTokens, &nibbles)?;
        for (hashes, starts, entries) in [
            (&self.keys, Section::KeyBuckets, Section::KeyEntries),
            (&self.skeletons, Section::SkeletonBuckets, Section::SkeletonEntries),
        ] {
            let (mut s, mut e) = (spooled_tempfile(SPOOL), spooled_tempfile(SPOOL));
            write_index(hashes, self.ix, &mut s, &mut e)?;
            self.sections[starts as usize] = BufWriter::new(s);
            self.sections[entries as usize] = BufWriter::new(e);
        }
        let mut out: [SpooledTempFile; SECTIONS] = std::array::from_fn(|_| spooled_tempfile(SPOOL));
        for (section, buffered) in out.iter_mut().zip(self.sections) {
            *section = buffered.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        }
        Ok(out)
    }
}

fn push_names(e: &Entry, packers: &[Packer], tags: &HashMap<String, u8>, out: &mut Vec<u8>) {
    let mut packed = Vec::new();
    let mut previous = None;
    // Names of one tag in a row, so that the tag is written once; within it the order stays.
    let mut names: Vec<&(String, String)> =
        e.names.iter().filter(|(tag, name)| tag != "orig" || *name != e.name).collect();
    names.sort_by_key(|(tag, _)| (tag != "orig", tags.get(tag).copied().unwrap_or(0)));
    for (tag, name) in names {
        let bytes = packers[usize::from(symbols::class(tag))].pack(name.as_bytes());
        if let Some(length) = u8::try_from(bytes.len()).ok().filter(|n| *n < NEW_TAG) {
            if previous.replace(tag) != Some(tag) {
                packed.push(NEW_TAG | tags.get(tag).copied().unwrap_or(0));
            }
            packed.push(length);
            packed.extend(bytes);
        }
    }
    let mut name = e.name.as_str();
    while name.len() > 255 {
        name = &name[..name.floor_char_boundary(name.len() - 1)];
    }
    out.push(name.len() as u8);
    out.extend(name.as_bytes());
    out.extend(packed);
}
