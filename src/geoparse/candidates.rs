//! Candidates: the places a name may mean, with what is known of each before the text is looked at.

use super::scan::class;
use crate::gazetteer::{Gazetteer, NameKind, PlaceIx};
use crate::model::PlaceKind;

/// A place that a name may mean.
#[derive(Debug, Clone, Copy)]
pub struct Candidate {
    /// The place.
    pub ix: PlaceIx,
    /// What kind of place it is.
    pub kind: PlaceKind,
    /// What the name is to it.
    pub name: NameKind,
    /// Its country; `NOWHERE` where it has none.
    pub country: u32,
    /// Its first-order division, itself for one; `NOWHERE` where it has none.
    pub admin1: u32,
    /// Its second-order division, itself for one; `NOWHERE` where it has none.
    pub admin2: u32,
    /// Longitude in degrees.
    pub lon: f32,
    /// Latitude in degrees.
    pub lat: f32,
    /// Inhabitants.
    pub population: u32,
    /// 3 capital, 2 first-order seat, 1 second-order seat.
    pub seat: u8,
    /// A section of a populated place.
    pub section: bool,
    /// A division whose main town has the same name: "Hama" is the town unless the words beside it say otherwise.
    pub twin: bool,
    /// How likely it is meant before the text is looked at, as a logarithm.
    pub prior: f32,
}

/// Stands for no country or division.
pub const NOWHERE: u32 = u32::MAX;

/// More places than this of one name are never looked at; the least likely are left out.
pub const MOST: usize = 400;

impl Candidate {
    /// A place under a kind of name.
    pub fn new(gazetteer: &Gazetteer, ix: PlaceIx, name: NameKind) -> Self {
        let record = gazetteer.get(ix);
        let number = |ix: Option<PlaceIx>| ix.map_or(NOWHERE, |ix| ix.0);
        let at = record.at();
        let kind = record.kind();
        let seat = match kind {
            PlaceKind::City if record.is_capital() => 3,
            PlaceKind::City if record.is_admin1_seat() => 2,
            PlaceKind::City if record.is_admin2_seat() => 1,
            _ => 0,
        };
        let mut candidate = Self {
            ix,
            kind,
            name,
            country: number(record.country_ix()),
            admin1: number(record.admin1_ix()),
            admin2: number(record.admin2_ix()),
            lon: at.lon() as f32,
            lat: at.lat() as f32,
            population: u32::try_from(record.population()).unwrap_or(u32::MAX),
            seat,
            section: kind == PlaceKind::City && record.feature_code() == "PPLX",
            twin: false,
            prior: 0.0,
        };
        candidate.prior = candidate.prior();
        candidate
    }

    /// Prominence by size and kind. Set by hand: of two places with one name a text that says nothing more means the larger, a
    /// country before a town, and a main name before one of many alternates.
    fn prior(&self) -> f32 {
        let size = (self.population as f32 + 50.0).log10();
        let kind = match self.kind {
            PlaceKind::Country => 6.0,
            PlaceKind::Continent => 12.0,
            PlaceKind::Region => 9.0,
            PlaceKind::Admin1 => 1.2,
            PlaceKind::Admin2 => -1.2,
            PlaceKind::Water | PlaceKind::Terrain => 4.5,
            PlaceKind::Facility => 3.0,
            PlaceKind::City | PlaceKind::Position => {
                [0.0, 0.3, 0.8, 2.0][usize::from(self.seat)] - if self.section { 1.2 } else { 0.0 }
            }
        };
        let name = match self.name {
            NameKind::Name => 0.0,
            NameKind::Original => -0.3,
            NameKind::Abbreviation => -0.2,
            NameKind::Alternate => -1.8,
            NameKind::Loose => -2.2,
            _ => -6.0,
        };
        1.7 * size + kind + name
    }

    /// The class of names whose likeliest place this is.
    pub fn class(&self) -> u8 {
        if self.name == NameKind::Abbreviation && self.kind != PlaceKind::Country {
            return class::ABBREVIATION;
        }
        match self.kind {
            PlaceKind::Country => class::COUNTRY,
            PlaceKind::Admin1 => class::ADMIN1,
            PlaceKind::Admin2 => class::ADMIN2,
            PlaceKind::Region | PlaceKind::Continent => class::REGION,
            PlaceKind::Water => class::WATER,
            PlaceKind::Terrain => class::TERRAIN,
            PlaceKind::Facility => class::FACILITY,
            PlaceKind::City | PlaceKind::Position => match self.population {
                1_000_000.. => class::METROPOLIS,
                200_000.. => class::METROPOLIS + 1,
                50_000.. => class::METROPOLIS + 2,
                10_000.. => class::METROPOLIS + 3,
                2_000.. => class::METROPOLIS + 4,
                _ => class::HAMLET,
            },
        }
    }

    /// Whether it may stand for a government: a country or a capital under a name of its own.
    pub fn governs(&self) -> bool {
        self.kind == PlaceKind::Country || (self.seat == 3 && self.name <= NameKind::Alternate)
    }

    /// Great-circle distance to another in kilometres, good to half a per cent.
    pub fn km(&self, other: &Self) -> f32 {
        km((self.lon, self.lat), (other.lon, other.lat))
    }
}

/// Great-circle distance between two positions in degrees, in kilometres, on a sphere.
pub fn km(a: (f32, f32), b: (f32, f32)) -> f32 {
    let (p, q) = (a.1.to_radians(), b.1.to_radians());
    let (dp, dl) = ((q - p) / 2.0, (b.0 - a.0).to_radians() / 2.0);
    let h = dp.sin() * dp.sin() + p.cos() * q.cos() * dl.sin() * dl.sin();
    12742.0 * h.sqrt().min(1.0).asin()
}
