//! One place as the gazetteer has it: a view into the file, nothing copied but names that are asked for.

use super::format::{PlaceRow, Section};
use super::{Gazetteer, PlaceIx};
use crate::geodesy::{LonLat, Metres};
use crate::model::{Place, PlaceKind};
use std::sync::Arc;

/// What a position stands for where a place is an area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// The place itself, or its conventional label point.
    Own,
    /// The seat of the division.
    Seat,
    /// The centre of the places that lie in it.
    CentreOfPlaces,
    /// A label point from the project's own table.
    Table,
    /// The centre of the division above it; only the neighbourhood is known.
    Parent,
}

/// What a name is to its place, the strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NameKind {
    /// The name a newsroom prints.
    Name,
    /// The main name in GeoNames.
    Original,
    /// Another name, in any language or script, or a historic one.
    Alternate,
    /// An abbreviation such as `UAE` or `Calif.`: compare the case before trusting it.
    Abbreviation,
    /// A name without its article, such as `Hasakah` for `Al-Hasakah`.
    Loose,
    /// A three-letter airport or two-letter code that GeoNames lists as a name; noise in running text.
    Code,
}

/// First byte of a name whose tag differs from the one before.
pub(super) const NEW_TAG: u8 = 128;

/// Bits of a place's flags, as the merged table writes them.
pub(super) mod flag {
    pub const SEAT: u8 = 1;
    pub const CENTRE: u8 = 2;
    pub const TABLE: u8 = 4;
    pub const PARENT: u8 = 8;
    pub const CAPITAL: u8 = 16;
    pub const ADMIN1_SEAT: u8 = 32;
    pub const ADMIN2_SEAT: u8 = 64;
    pub const OWN: u8 = 128;
}

/// A place of the gazetteer.
#[derive(Clone, Copy)]
pub struct Record<'g> {
    pub(super) gazetteer: &'g Gazetteer,
    pub(super) ix: PlaceIx,
    pub(super) row: &'g PlaceRow,
}

impl<'g> Record<'g> {
    /// The gazetteer it is of.
    pub fn gazetteer(&self) -> &'g Gazetteer {
        self.gazetteer
    }

    /// Its index.
    pub fn ix(&self) -> PlaceIx {
        self.ix
    }

    /// The name a newsroom prints: `Hama`, `Deir ez-Zor`, `São Paulo`.
    pub fn name(&self) -> &'g str {
        let (name, _) = self.gazetteer.names_of(self.ix);
        name
    }

    /// The main name in GeoNames, for instance `Ḩamāh`.
    pub fn original_name(&self) -> String {
        let tags = self.gazetteer.name_tags();
        let mut names = self.names();
        while let Some((tag, packed)) = names.next_packed() {
            if tags.kind(tag) == NameKind::Original {
                return self.gazetteer.unpacked(tag, packed);
            }
        }
        self.name().to_owned()
    }

    /// All names after the newsroom one, with their tag: a BCP 47 language (`ar`, `zh-Hant`), an ISO 15924 script (`Arab`,
    /// `Latn`) where the language is not known, or `orig`, `abbr`, `code`, `iso`, `gncode`.
    pub fn names(&self) -> Names<'g> {
        let (_, rest) = self.gazetteer.names_of(self.ix);
        Names { gazetteer: self.gazetteer, rest, tag: 0 }
    }

    /// Where it is, to 1e-5 degrees; [`Record::point`] says what the position stands for.
    pub fn at(&self) -> LonLat {
        let start = self.row.start;
        LonLat::wrapped(f64::from(start.lon()) / 1e5, f64::from(start.lat()) / 1e5)
    }

    /// What its position stands for.
    pub fn point(&self) -> Point {
        match self.row.flags {
            f if f & flag::SEAT != 0 => Point::Seat,
            f if f & flag::CENTRE != 0 => Point::CentreOfPlaces,
            f if f & flag::TABLE != 0 => Point::Table,
            f if f & flag::PARENT != 0 => Point::Parent,
            _ => Point::Own,
        }
    }

    /// GeoNames id, where it has one.
    pub fn geonameid(&self) -> Option<u32> {
        Some(self.row.id.get()).filter(|id| *id != 0)
    }

    /// What kind of place it is.
    pub fn kind(&self) -> PlaceKind {
        self.gazetteer.feature(self.row.feature).0
    }

    /// GeoNames feature code: `PPLC`, `ADM1`, `PPLX` …
    pub fn feature_code(&self) -> &'g str {
        self.gazetteer.feature(self.row.feature).1
    }

    /// ISO 3166-1 alpha-2 code of its country.
    pub fn country(&self) -> Option<&'g str> {
        let ordinal = usize::from(self.row.country).checked_sub(1)?;
        let code = self.gazetteer.bytes(Section::Countries).get(ordinal * 2..ordinal * 2 + 2)?;
        std::str::from_utf8(code).ok()
    }

    /// Its country's place, where the gazetteer has one; a country's own is itself.
    pub fn country_ix(&self) -> Option<PlaceIx> {
        let ordinal = usize::from(self.row.country).checked_sub(1)?;
        (ordinal < self.gazetteer.groups().countries).then_some(PlaceIx(ordinal as u32))
    }

    /// Its first-order division; a division's own is itself.
    pub fn admin1_ix(&self) -> Option<PlaceIx> {
        let ordinal = usize::from(self.row.admin1.get()).checked_sub(1)?;
        let group = &self.gazetteer.groups().admin1;
        (ordinal < group.len()).then_some(PlaceIx((group.start + ordinal) as u32))
    }

    /// Its second-order division; a division's own is itself.
    pub fn admin2_ix(&self) -> Option<PlaceIx> {
        let ordinal = usize::from(self.row.admin2.get()).checked_sub(1)?;
        let group = &self.gazetteer.groups().admin2;
        (ordinal < group.len()).then_some(PlaceIx((group.start + ordinal) as u32))
    }

    /// Inhabitants, 0 where unknown; of a division, the sum of its listed places.
    pub fn population(&self) -> u64 {
        u64::from(self.row.population.get())
    }

    /// Radius within which an area mostly lies; `None` for points and where unknown.
    pub fn radius(&self) -> Option<Metres> {
        let km = self.gazetteer.radii().get(self.ix.0 as usize)?.get();
        (km > 0).then(|| Metres::from_km(f64::from(km)))
    }

    /// Whether it is a country's capital.
    pub fn is_capital(&self) -> bool {
        self.row.flags & flag::CAPITAL != 0
    }

    /// Whether it is the seat of a first-order division (or a capital).
    pub fn is_admin1_seat(&self) -> bool {
        self.row.flags & (flag::CAPITAL | flag::ADMIN1_SEAT) != 0
    }

    /// Whether it is the seat of a second-order division or more.
    pub fn is_admin2_seat(&self) -> bool {
        self.row.flags & (flag::CAPITAL | flag::ADMIN1_SEAT | flag::ADMIN2_SEAT) != 0
    }

    /// Whether it comes from the project's own table of places.
    pub fn is_own(&self) -> bool {
        self.row.flags & flag::OWN != 0
    }

    /// Whether it is a former, abandoned or destroyed populated place.
    pub fn is_abandoned(&self) -> bool {
        matches!(self.feature_code(), "PPLH" | "PPLQ" | "PPLW" | "PPLCH")
    }

    /// The name with its division and country, `Hama, Hama Governorate, Syria`; parts that would only repeat it are left out.
    pub fn label(&self) -> String {
        let mut label = self.name().to_owned();
        let parts = [self.admin1_ix(), self.country_ix()];
        for part in parts.into_iter().flatten().filter(|ix| *ix != self.ix) {
            let name = self.gazetteer.get(part).name();
            if name != self.name() {
                label.push_str(", ");
                label.push_str(name);
            }
        }
        label
    }

    /// Bytes that its other names take.
    pub(super) fn packed_names(&self) -> usize {
        self.gazetteer.names_of(self.ix).1.len()
    }

    /// The place, complete in itself.
    pub fn place(&self) -> Place {
        Place { names: self.gazetteer.remembered.get(self), ..self.bare_place() }
    }

    /// The place without its names in other languages, which take longest to find out.
    pub fn bare_place(&self) -> Place {
        Place {
            name: self.name().to_owned(),
            label: self.label(),
            at: self.at(),
            geonameid: self.geonameid(),
            kind: self.kind(),
            country: self.country().map(str::to_owned),
            admin1: self.admin1_ix().filter(|ix| *ix != self.ix).map(|ix| self.gazetteer.get(ix).name().to_owned()),
            population: self.population(),
            uncertainty: self.radius(),
            names: Arc::default(),
        }
    }
}

impl std::fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Record({} {} {:?})", self.row.id.get(), self.label(), self.at())
    }
}

/// The names of a place, unpacked one by one.
pub struct Names<'g> {
    gazetteer: &'g Gazetteer,
    rest: &'g [u8],
    tag: u8,
}

impl<'g> Names<'g> {
    /// The next name as it lies packed, with its tag's number.
    pub(super) fn next_packed(&mut self) -> Option<(u8, &'g [u8])> {
        // A byte from 128 names a new tag; names of one tag follow one another.
        let (&first, mut rest) = self.rest.split_first()?;
        let mut length = first;
        if first >= NEW_TAG {
            self.tag = first - NEW_TAG;
            let (&second, after) = rest.split_first()?;
            (length, rest) = (second, after);
        }
        let (packed, rest) = rest.split_at_checked(usize::from(length))?;
        self.rest = rest;
        Some((self.tag, packed))
    }

    /// Unpacks the next name into `out` (cleared first) and returns its tag's number.
    pub(super) fn next_into(&mut self, out: &mut Vec<u8>) -> Option<u8> {
        let (tag, packed) = self.next_packed()?;
        out.clear();
        self.gazetteer.unpack(tag, packed, out);
        Some(tag)
    }
}

impl<'g> Iterator for Names<'g> {
    type Item = (&'g str, String);
    fn next(&mut self) -> Option<Self::Item> {
        let (tag, packed) = self.next_packed()?;
        Some((self.gazetteer.name_tags().word(tag), self.gazetteer.unpacked(tag, packed)))
    }
}
