//! The gazetteer: every place the program knows, its names in all scripts, its divisions, found by name, by id or nearby.
//!
//! [`Gazetteer::embedded`] is the one built into the program: GeoNames' populated places from 500 inhabitants, first- and
//! second-order divisions and countries, waters named by Natural Earth, and the project's own tables of regions, exonyms and
//! small places (`gazetteer/` in the repository says what came from where). [`Gazetteer::open`] maps a file of the same format.
//! Nothing is parsed at opening; columns are read where they lie.
//!
//! It answers what a name *can* mean and never which meaning is right: ranking is `geocode`'s, context is `geoparse`'s.
//! Country positions are the conventional rounded label points (Syria 35 N 38 E), not centroids; [`Record::point`] tells for
//! every place what its position stands for.
//!
//! ```
//! use mapdesk::gazetteer::Gazetteer;
//! let gazetteer = Gazetteer::embedded();
//! for name in ["hama", "hamah", "حماه", "хама"] {
//!     assert!(gazetteer.exact(name).any(|(ix, _)| gazetteer.get(ix).geonameid() == Some(170017)));
//! }
//! ```

mod alike;
mod format;
mod geonames;
pub mod hash;
mod keys;
mod languages;
mod lookup;
mod nearest;
mod own;
mod pack;
mod parts;
mod prepared;
mod record;
mod sorter;
mod sphere;
pub mod symbols;
mod table;
#[cfg(test)]
mod tests;
mod write;

pub(crate) use alike::{Alike, Near, forms};
pub use geonames::Import;
pub use hash::token_hash;
pub use lookup::{Hits, MAX_TOKENS};
pub use nearest::SphereIndex;
pub use record::{NameKind, Names, Point, Record};
pub use table::read_table;
pub use write::{Builder, Entry};

use crate::model::{Place, PlaceKind};
use format::{Layout, NAME_RUN, PlaceRow, Section};
use memmap2::Mmap;
use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, OnceLock};
use zerocopy::little_endian::{U16, U32};

/// What can be wrong with a gazetteer file or the tables it is built from.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GazetteerError {
    /// It cannot be read.
    #[error("{}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file that is something else.
    #[error("not a gazetteer file")]
    NotAGazetteer,
    /// A file of another version.
    #[error("gazetteer file of version {found}, this program reads version {wanted}: build it again")]
    Version {
        /// Its version.
        found: u32,
        /// Ours.
        wanted: u32,
    },
    /// A file cut short (or with something behind it).
    #[error("gazetteer file is {found} bytes long and should be {wanted}: it was cut short or copied badly")]
    Truncated {
        /// Length in its header.
        wanted: u64,
        /// Length it has.
        found: u64,
    },
    /// A file whose contents changed.
    #[error("gazetteer file is damaged: its checksum does not fit its contents")]
    Checksum,
    /// A file that contradicts itself.
    #[error("gazetteer file is damaged: {0}")]
    Corrupt(&'static str),
    /// A row of a source table that cannot be used.
    #[error("{file}:{line}: {message}")]
    Row {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// A file of which not one row could be read.
    #[error("{file}: none of its {rows} rows could be read as of a {what}; the first: {first}")]
    Nothing {
        /// The file.
        file: String,
        /// What it was taken for.
        what: &'static str,
        /// Its rows.
        rows: usize,
        /// What was wrong with the first.
        first: String,
    },
    /// A temporary file cannot be written or read.
    #[error("temporary files: {0}")]
    Spill(#[from] std::io::Error),
    /// More of something than the format can count.
    #[error("too many {0} for one gazetteer file")]
    TooMany(&'static str),
}

/// Index of a place in its gazetteer; within a kind, lower is more important.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlaceIx(pub u32);

/// The ranges of place indices that hold each group.
#[derive(Debug, Clone)]
pub struct Groups {
    /// Countries come first: `0..countries`.
    pub countries: usize,
    /// Continents, regions, waters, terrain.
    pub regions: Range<usize>,
    /// First-order divisions.
    pub admin1: Range<usize>,
    /// Second-order divisions.
    pub admin2: Range<usize>,
    /// Populated places and facilities.
    pub places: Range<usize>,
}

enum Bytes {
    Static(&'static [u8]),
    Mapped(Mmap),
    Owned(Vec<u8>),
}

struct Tags {
    words: Vec<Box<str>>,
    labels: Vec<languages::Label>,
    kinds: Vec<(NameKind, u8)>,
    /// Whether names with the tag can be looked up; codes of divisions cannot.
    keys: Vec<bool>,
}

impl Tags {
    fn word(&self, tag: u8) -> &str {
        self.words.get(usize::from(tag)).map_or("", |w| w)
    }
    fn label(&self, tag: u8) -> languages::Label {
        self.labels.get(usize::from(tag)).copied().unwrap_or(languages::Label::None)
    }
    fn kind(&self, tag: u8) -> NameKind {
        self.kinds.get(usize::from(tag)).map_or(NameKind::Code, |(kind, _)| *kind)
    }
    fn class(&self, tag: u8) -> u8 {
        self.kinds.get(usize::from(tag)).map_or(0, |(_, class)| *class)
    }
    fn is_key(&self, tag: u8) -> bool {
        self.keys.get(usize::from(tag)).is_some_and(|k| *k)
    }
}

/// An open gazetteer.
pub struct Gazetteer {
    bytes: Bytes,
    layout: Layout,
    groups: Groups,
    tags: Tags,
    /// Kind of each feature code, and where its letters stand in their section.
    features: Vec<(PlaceKind, usize, usize)>,
    sphere: OnceLock<SphereIndex>,
    ids: OnceLock<Vec<(u32, u32)>>,
    demonyms: OnceLock<HashMap<String, Vec<PlaceIx>>>,
    prepared: OnceLock<prepared::Prepared>,
    alike: OnceLock<alike::Alike>,
    remembered: languages::Remembered,
}

static EMBEDDED: &[u8] = include_bytes!("../../gazetteer/places.gaz");

impl Gazetteer {
    /// The gazetteer built into the program.
    pub fn embedded() -> &'static Self {
        static OPENED: LazyLock<Gazetteer> = LazyLock::new(|| {
            Gazetteer::from_bytes(Bytes::Static(EMBEDDED), false)
                .expect("the embedded file was read back when it was built")
        });
        &OPENED
    }

    /// Maps a gazetteer file and checks it whole.
    ///
    /// # Errors
    /// The file cannot be read, is no gazetteer, of another version, cut short or damaged.
    pub fn open(path: &Path) -> Result<Self, GazetteerError> {
        let read = |source| GazetteerError::Read { path: path.to_owned(), source };
        let file = std::fs::File::open(path).map_err(read)?;
        #[expect(
            unsafe_code,
            reason = "mapping is what makes opening free; the file is checked, and nothing here writes to it"
        )]
        // SAFETY: the mapping is read-only and every access is bounds-checked; a file cut short by another process while it is in
        // use ends the program, as it does for every program that maps files.
        let map = unsafe { Mmap::map(&file) }.map_err(read)?;
        Self::from_bytes(Bytes::Mapped(map), true)
    }

    /// A gazetteer from a file's contents in memory, checked whole.
    ///
    /// # Errors
    /// As [`Gazetteer::open`].
    pub fn read(contents: Vec<u8>) -> Result<Self, GazetteerError> {
        Self::from_bytes(Bytes::Owned(contents), true)
    }

    fn from_bytes(bytes: Bytes, verify: bool) -> Result<Self, GazetteerError> {
        let contents = match &bytes {
            Bytes::Static(b) => b,
            Bytes::Mapped(m) => &m[..],
            Bytes::Owned(v) => v.as_slice(),
        };
        let layout = Layout::read(contents, verify)?;
        let about = std::str::from_utf8(layout.bytes(contents, Section::About))
            .map_err(|_| GazetteerError::Corrupt("about"))?;
        let places = layout.column::<PlaceRow>(contents, Section::Places).len();
        let count = |key: &str| about_value(about, key).and_then(|v| v.parse::<usize>().ok()).unwrap_or(0);
        let countries = count("countries");
        let regions = countries..countries.saturating_add(count("regions"));
        let admin1 = regions.end..regions.end.saturating_add(count("admin1"));
        let admin2 = admin1.end..admin1.end.saturating_add(count("admin2"));
        if admin2.end > places {
            return Err(GazetteerError::Corrupt("more divisions than places"));
        }
        let groups = Groups { countries, regions, admin1, admin2: admin2.clone(), places: admin2.end..places };
        let tags =
            std::str::from_utf8(layout.bytes(contents, Section::Tags)).map_err(|_| GazetteerError::Corrupt("tags"))?;
        let words = tags.lines().map(Into::into).collect();
        let labels = tags.lines().map(languages::Label::of).collect();
        let keys = tags.lines().map(|tag| !matches!(tag, "iso" | "gncode")).collect();
        let kinds = tags
            .lines()
            .map(|tag| {
                let kind = match tag {
                    "orig" => NameKind::Original,
                    "abbr" => NameKind::Abbreviation,
                    "code" | "iso" | "gncode" => NameKind::Code,
                    _ => NameKind::Alternate,
                };
                (kind, symbols::class(tag))
            })
            .collect();
        let lines = std::str::from_utf8(layout.bytes(contents, Section::Features))
            .map_err(|_| GazetteerError::Corrupt("features"))?;
        let (mut features, mut start) = (Vec::new(), 0);
        for line in lines.split('\n') {
            let (kind, code) = line.split_once(' ').unwrap_or((line, ""));
            let kind = kind.parse().map_err(|_| GazetteerError::Corrupt("features"))?;
            features.push((kind, start + line.len() - code.len(), start + line.len()));
            start += line.len() + 1;
        }
        Ok(Self {
            bytes,
            layout,
            groups,
            features,
            tags: Tags { words, labels, kinds, keys },
            sphere: OnceLock::new(),
            ids: OnceLock::new(),
            demonyms: OnceLock::new(),
            prepared: OnceLock::new(),
            alike: OnceLock::new(),
            remembered: languages::Remembered::default(),
        })
    }

    fn contents(&self) -> &[u8] {
        match &self.bytes {
            Bytes::Static(b) => b,
            Bytes::Mapped(m) => m,
            Bytes::Owned(v) => v,
        }
    }

    fn bytes(&self, section: Section) -> &[u8] {
        self.layout.bytes(self.contents(), section)
    }

    fn column<T: zerocopy::FromBytes + zerocopy::Immutable + zerocopy::Unaligned + zerocopy::KnownLayout>(
        &self,
        section: Section,
    ) -> &[T] {
        self.layout.column(self.contents(), section)
    }

    fn rows(&self) -> &[PlaceRow] {
        self.column(Section::Places)
    }

    fn radii(&self) -> &[U16] {
        self.column(Section::Radii)
    }

    fn name_tags(&self) -> &Tags {
        &self.tags
    }

    /// A place's newsroom name, and its other names still packed. They end where the next place's begin.
    fn names_of(&self, ix: PlaceIx) -> (&str, &[u8]) {
        let (all, rows, runs) = (self.bytes(Section::Names), self.rows(), self.column::<U32>(Section::NameStarts));
        let start = |ix: usize| match (rows.get(ix), runs.get(ix / NAME_RUN)) {
            (Some(row), Some(run)) => run.get() as usize + row.start.names() as usize,
            _ => all.len(),
        };
        let ix = ix.0 as usize;
        let Some((&length, rest)) = all.get(start(ix)..start(ix + 1)).and_then(<[u8]>::split_first) else {
            return ("", &[]);
        };
        let (name, packed) = rest.split_at_checked(usize::from(length)).unwrap_or((&[], &[]));
        (std::str::from_utf8(name).unwrap_or(""), packed)
    }

    /// Appends a packed name with this tag to `out`.
    fn unpack(&self, tag: u8, packed: &[u8], out: &mut Vec<u8>) {
        let table = usize::from(self.tags.class(tag)) * symbols::TABLE;
        let symbols = self.bytes(Section::Symbols).get(table..table + symbols::TABLE).unwrap_or(&[]);
        symbols::unpack(symbols, packed, out);
    }

    /// A packed name with this tag.
    fn unpacked(&self, tag: u8, packed: &[u8]) -> String {
        let mut bytes = Vec::with_capacity(packed.len() * 2);
        self.unpack(tag, packed, &mut bytes);
        String::from_utf8(bytes).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned())
    }

    /// Kind and feature code from their ordinal.
    fn feature(&self, ordinal: u8) -> (PlaceKind, &str) {
        let Some((kind, start, end)) = self.features.get(usize::from(ordinal)) else { return (PlaceKind::City, "") };
        (*kind, std::str::from_utf8(&self.bytes(Section::Features)[*start..*end]).unwrap_or(""))
    }

    /// Number of places.
    pub fn len(&self) -> usize {
        self.rows().len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All places, countries first.
    pub fn iter(&self) -> impl Iterator<Item = Record<'_>> {
        self.rows().iter().zip(0..).map(|(row, ix)| Record { gazetteer: self, ix: PlaceIx(ix), row })
    }

    /// Where the kinds of places lie.
    pub fn groups(&self) -> &Groups {
        &self.groups
    }

    /// A place.
    ///
    /// # Panics
    /// If the index is of another gazetteer and out of range here.
    pub fn get(&self, ix: PlaceIx) -> Record<'_> {
        Record { gazetteer: self, ix, row: &self.rows()[ix.0 as usize] }
    }

    /// A place, complete in itself.
    ///
    /// # Panics
    /// As [`Gazetteer::get`].
    pub fn place(&self, ix: PlaceIx) -> Place {
        self.get(ix).place()
    }

    /// The place with a GeoNames id; the first question sorts the ids (some milliseconds).
    pub fn by_id(&self, geonameid: u32) -> Option<PlaceIx> {
        let ids = self.ids.get_or_init(|| {
            let mut ids: Vec<(u32, u32)> =
                self.rows().iter().zip(0..).map(|(r, ix)| (r.id.get(), ix)).filter(|(id, _)| *id != 0).collect();
            ids.sort_unstable();
            ids
        });
        ids.binary_search_by_key(&geonameid, |(id, _)| *id).ok().map(|i| PlaceIx(ids[i].1))
    }

    /// The country with an ISO 3166-1 alpha-2 code, any case.
    pub fn country(&self, code: &str) -> Option<PlaceIx> {
        let code = code.to_ascii_uppercase();
        let codes = self.bytes(Section::Countries);
        let ordinal = codes.chunks_exact(2).position(|c| c == code.as_bytes())?;
        (ordinal < self.groups.countries).then_some(PlaceIx(ordinal as u32))
    }

    /// The country, region or division whose people or things are called so; a word shared by several gives the largest.
    ///
    /// ```
    /// use mapdesk::gazetteer::Gazetteer;
    /// let gazetteer = Gazetteer::embedded();
    /// assert_eq!(gazetteer.demonym("Syrians").map(|ix| gazetteer.get(ix).name()), Some("Syria"));
    /// ```
    pub fn demonym(&self, word: &str) -> Option<PlaceIx> {
        self.demonyms(word).first().copied()
    }

    /// All the places whose demonym a word is.
    pub fn demonyms(&self, word: &str) -> &[PlaceIx] {
        let table = self.demonyms.get_or_init(|| {
            let mut table: HashMap<String, Vec<PlaceIx>> = HashMap::new();
            let text = std::str::from_utf8(self.bytes(Section::Demonyms)).unwrap_or("");
            for (key, ix) in text.lines().filter_map(|l| l.split_once('\t')) {
                if let Some(ix) = ix.parse().ok().filter(|ix| (*ix as usize) < self.len()) {
                    table.entry(key.to_owned()).or_default().push(PlaceIx(ix));
                }
            }
            table
        });
        table.get(&crate::text::fold(word)).map_or(&[], Vec::as_slice)
    }

    /// What the file says about itself: `key=value` lines with sources and counts.
    pub fn about(&self) -> &str {
        std::str::from_utf8(self.bytes(Section::About)).unwrap_or("")
    }

    /// Size of the file in bytes.
    pub fn size(&self) -> usize {
        self.contents().len()
    }
}

impl std::fmt::Debug for Gazetteer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Gazetteer({} places)", self.len())
    }
}

fn about_value<'a>(about: &'a str, key: &str) -> Option<&'a str> {
    about.lines().find_map(|l| l.split_once('=').filter(|(k, _)| *k == key).map(|(_, v)| v))
}
