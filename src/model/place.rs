//! A place: a name with a position, and what the gazetteer knows about it.

use crate::geodesy::{LonLat, Metres};
use ecow::EcoString;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// What kind of place a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PlaceKind {
    /// A populated place of any size.
    City,
    /// A first-order division: governorate, state, oblast.
    Admin1,
    /// A second-order division: district, county, raion.
    Admin2,
    /// A country or dependent territory.
    Country,
    /// A region without an administration of its own, or across borders: the Levant, Donbas, Darfur.
    Region,
    /// A continent.
    Continent,
    /// A sea, lake, river or strait.
    Water,
    /// A mountain, range or desert.
    Terrain,
    /// A prison, airport, dam, camp, border crossing or other installation.
    Facility,
    /// A bare position, as typed.
    Position,
}

const KINDS: [(PlaceKind, &str); 10] = [
    (PlaceKind::City, "city"),
    (PlaceKind::Admin1, "admin1"),
    (PlaceKind::Admin2, "admin2"),
    (PlaceKind::Country, "country"),
    (PlaceKind::Region, "region"),
    (PlaceKind::Continent, "continent"),
    (PlaceKind::Water, "water"),
    (PlaceKind::Terrain, "terrain"),
    (PlaceKind::Facility, "facility"),
    (PlaceKind::Position, "position"),
];

impl PlaceKind {
    /// The word used in files and on the command line.
    pub fn word(self) -> &'static str {
        KINDS.iter().find(|(k, _)| *k == self).map_or("city", |(_, w)| w)
    }

    /// Whether its position stands for an area rather than a point.
    pub fn is_area(self) -> bool {
        !matches!(self, Self::City | Self::Facility | Self::Position)
    }
}

impl fmt::Display for PlaceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for PlaceKind {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        KINDS
            .iter()
            .find(|(_, w)| *w == text)
            .map(|(k, _)| *k)
            .ok_or_else(|| format!("\"{text}\" is not a kind of place: {}", KINDS.map(|(_, w)| w).join(", ")))
    }
}

/// A resolved place, complete in itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// Name in newsroom style, for instance `Deir ez-Zor`.
    pub name: String,
    /// Name with context, for instance `Hama, Hama Governorate, Syria`.
    pub label: String,
    /// Where it is; for areas the label point.
    pub at: LonLat,
    /// GeoNames id, where it has one.
    pub geonameid: Option<u32>,
    /// What kind of place it is.
    pub kind: PlaceKind,
    /// ISO 3166-1 alpha-2 code of its country.
    pub country: Option<String>,
    /// Name of its first-order division.
    pub admin1: Option<String>,
    /// Inhabitants; 0 where unknown.
    pub population: u64,
    /// Radius within which the true position lies, for relative places ("30 km south of Hama") and areas where known.
    pub uncertainty: Option<Metres>,
    /// Names by BCP 47 language tag, sorted by tag, for labels in other languages; shared, since a text names a place many times.
    pub names: Arc<[(EcoString, EcoString)]>,
}

impl Place {
    /// The name in a language, or the newsroom name where there is none.
    pub fn name_in(&self, lang: &str) -> &str {
        self.names.iter().find(|(tag, _)| tag == lang).map_or(&self.name, |(_, name)| name)
    }
}
