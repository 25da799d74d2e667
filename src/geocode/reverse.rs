//! From a position to the nearest place, by true great-circle distance.

use super::Geocoder;
use crate::basemap::{Basemap, Feature, Scale};
use crate::gazetteer::{PlaceIx, Record};
use crate::geodesy::{Compass, LonLat, Metres, distance_and_bearing};
use crate::model::Place;
use rayon::prelude::*;

/// The place nearest to a position.
#[derive(Debug, Clone, PartialEq)]
pub struct Nearby {
    /// The position asked for.
    pub at: LonLat,
    /// The nearest populated place.
    pub place: Place,
    /// Geodesic distance to it.
    pub distance: Metres,
    /// Direction in which the position lies, seen from the place.
    pub direction: Compass,
}

impl Nearby {
    fn new(at: LonLat, place: Place) -> Self {
        let (distance, bearing) = distance_and_bearing(place.at, at);
        Self { at, distance, direction: Compass::of16(bearing), place }
    }

    /// `12 km NNE of Hama, Hama Governorate, Syria`.
    pub fn describe(&self) -> String {
        if self.distance.km() < 1.0 {
            return self.place.label.clone();
        }
        format!("{:.0} km {} of {}", self.distance.km(), self.direction.abbreviation(), self.place.label)
    }
}

/// Where a position lies and what is near.
#[derive(Debug, Clone, PartialEq)]
pub struct Located {
    /// The position asked for.
    pub at: LonLat,
    /// Nearest populated places, nearest first.
    pub nearest: Vec<Nearby>,
    /// ISO 3166-1 alpha-2 code of the country that it lies in, as administered de facto.
    pub country: Option<String>,
    /// The country's name.
    pub country_name: Option<String>,
    /// Name of the first-order division that it lies in; where the polygon holds several, that of the nearest place in it.
    pub admin1: Option<String>,
    /// The division's GeoNames id.
    pub admin1_id: Option<u32>,
    /// Whether it lies at sea, more than a coast drawn at 1:10 million can err.
    pub at_sea: bool,
}

/// How many nearest places are asked for their division where a polygon does not tell it.
const NEIGHBOURS: usize = 16;
/// How far a coast drawn at 1:10 million may be off.
const COAST: Metres = Metres(2000.0);
/// Fewest and most positions that a core answers in one go.
const SHARE: (usize, usize) = (1024, 1 << 18);

impl<'g> Geocoder<'g> {
    /// The country and division that a position lies in, by polygon, and the `n` nearest places.
    pub fn locate(&self, at: LonLat, n: usize) -> Located {
        let map = Basemap::embedded();
        let division = map.nearest_division(at, COAST).map(|(d, _)| d);
        self.located(at, self.nearest_places(at, n), division)
    }

    /// As [`Geocoder::locate`] with one place each, for many positions on all cores; coasts are taken as they are drawn, but for places
    /// within a kilometre. The places' names in other languages are left out where they are not wanted.
    pub fn locate_many(&self, positions: &[LonLat], names: bool) -> Vec<Located> {
        let map = Basemap::embedded();
        map.locator();
        let nearest: Vec<Option<(PlaceIx, Metres)>> =
            if self.gazetteers.len() == 1 { self.nearest_many(positions) } else { vec![None; positions.len()] };
        positions
            .par_iter()
            .zip(nearest)
            .with_min_len(256)
            .map(|(at, nearest)| {
                let nearest = match (nearest, self.gazetteers.first()) {
                    (Some((ix, _)), Some(gazetteer)) => {
                        let record = gazetteer.get(ix);
                        let place = if names { record.place() } else { record.bare_place() };
                        vec![Nearby::new(*at, place)]
                    }
                    _ => self.nearest_places(*at, 1),
                };
                let by_the_quay = || nearest.first().is_some_and(|n| n.distance.0 < 1000.0);
                let coast = || by_the_quay().then(|| map.nearest_division(*at, COAST).map(|(d, _)| d)).flatten();
                let division = map.division_at(*at).or_else(coast);
                self.located(*at, nearest, division)
            })
            .collect()
    }

    fn located(&self, at: LonLat, nearest: Vec<Nearby>, division: Option<Feature<'_>>) -> Located {
        let map = Basemap::embedded();
        let country = division.and_then(|d| map.country_by_number(d.country_number(), Scale::M10));
        let code = country.and_then(|c| c.iso_a2()).map(str::to_owned);
        if let Some(place) = division.filter(|d| d.attribute("mixed").is_some()).and_then(|d| self.neighbour(at, d)) {
            let admin1 = place.admin1_ix().map(|ix| place.gazetteer().get(ix));
            return Located {
                at,
                nearest,
                country_name: self.country_name(code.as_deref(), country),
                country: code,
                admin1: admin1.map(|d| d.name().to_owned()),
                admin1_id: admin1.and_then(|d| d.geonameid()),
                at_sea: false,
            };
        }
        let id =
            division.and_then(|d| d.attribute("geonameid")).and_then(|id| id.parse::<u32>().ok()).filter(|id| *id != 0);
        let own =
            id.and_then(|id| self.gazetteers.iter().find_map(|g| g.by_id(id).map(|ix| g.get(ix).name().to_owned())));
        Located {
            at,
            nearest,
            country_name: self.country_name(code.as_deref(), country),
            country: code,
            admin1: own.or_else(|| division.map(|d| d.name("en").to_owned())).filter(|n| !n.is_empty()),
            admin1_id: id,
            at_sea: division.is_none(),
        }
    }

    fn country_name(&self, code: Option<&str>, country: Option<Feature<'_>>) -> Option<String> {
        let own = code.and_then(|c| self.country(c)).map(|r| r.name().to_owned());
        own.or_else(|| country.map(|c| c.name("en").to_owned()))
    }

    /// The nearest place that lies in the same polygon and belongs to its country.
    ///
    /// Where Natural Earth lacks a line between divisions, or draws those of before a reform, one polygon holds places of several
    /// divisions (Nineveh and Salah ad-Din, Flanders and Wallonia): there the nearest place tells the division, not the polygon.
    fn neighbour(&self, at: LonLat, division: Feature<'_>) -> Option<Record<'g>> {
        let map = Basemap::embedded();
        let own = division.attribute("code").and_then(|code| code.get(..2));
        let own = own.or_else(|| map.country_by_number(division.country_number(), Scale::M10)?.iso_a2());
        self.nearest_records(at, NEIGHBOURS).into_iter().map(|(_, record)| record).find(|record| {
            record.admin1_ix().is_some()
                && (own.is_none() || record.country() == own)
                && map.division_at(record.at()).is_some_and(|d| d.number() == division.number())
        })
    }

    /// The populated place nearest to a position; `None` in an empty gazetteer.
    pub fn nearest(&self, at: LonLat) -> Option<Nearby> {
        self.nearest_places(at, 1).into_iter().next()
    }

    /// The `n` populated places nearest to a position, nearest first.
    pub fn nearest_places(&self, at: LonLat, n: usize) -> Vec<Nearby> {
        self.nearest_records(at, n).into_iter().map(|(_, record)| Nearby::new(at, record.place())).collect()
    }

    fn nearest_records(&self, at: LonLat, n: usize) -> Vec<(Metres, Record<'g>)> {
        let mut found: Vec<(Metres, Record<'g>)> = Vec::new();
        for gazetteer in self.gazetteers.iter().copied() {
            for (ix, away) in gazetteer.nearest(at, n) {
                let record = gazetteer.get(ix);
                if !self.overridden(gazetteer, &record) {
                    found.push((away, record));
                }
            }
        }
        found.sort_by(|a, b| a.0.0.total_cmp(&b.0.0));
        found.truncate(n);
        found
    }

    /// The nearest place of each of many positions, on all cores: the place's number in the first gazetteer and the distance.
    pub fn nearest_many(&self, positions: &[LonLat]) -> Vec<Option<(PlaceIx, Metres)>> {
        let Some(gazetteer) = self.gazetteers.first() else { return vec![None; positions.len()] };
        let sphere = gazetteer.sphere();
        let share = positions.len().div_ceil(rayon::current_num_threads() * 4).clamp(SHARE.0, SHARE.1);
        let mut found = vec![None; positions.len()];
        found.par_chunks_mut(share).zip(positions.par_chunks(share)).for_each(|(found, positions)| {
            sphere.nearest_into(positions, found, |number, away| (PlaceIx(number), away));
        });
        found
    }
}
