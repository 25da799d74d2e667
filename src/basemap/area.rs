//! Countries and divisions by code.

use super::{ArcRef, Basemap, Feature, LayerId, Scale};
use geo::MultiPolygon;

impl Basemap {
    /// A country or dependency by ISO 3166-1 alpha-2 or alpha-3 code, Natural Earth's `adm0_a3` (`SOL` Somaliland, `CYN` Northern Cyprus),
    /// upper or lower case.
    pub fn country(&self, code: &str) -> Option<Feature<'_>> {
        self.country_at_scale(code, Scale::M10)
    }

    /// The same at another scale; small countries are missing from the coarser ones.
    pub fn country_at_scale(&self, code: &str, scale: Scale) -> Option<Feature<'_>> {
        let code = code.to_ascii_uppercase();
        let by = |key: &str| {
            let mut found: Option<Feature<'_>> = None;
            for f in self.features(scale, LayerId::Countries).filter(|f| f.attribute(key) == Some(&code)) {
                // Several parts of a country may carry one code (AU: mainland and small territories): take the greatest.
                let better = found.is_none_or(|o| f.rank() < o.rank());
                if better {
                    found = Some(f);
                }
            }
            found
        };
        match code.len() {
            2 => by("iso_a2"),
            3 => by("adm0_a3").or_else(|| by("iso_a3")),
            _ => None,
        }
    }

    /// Whether an ISO 3166-1 alpha-2 code is a state's own: not a dependency's, nor that of a part of a country (`GF`, `SJ`), which
    /// Natural Earth draws with the rest of it.
    pub fn is_state(&self, code: &str) -> bool {
        let make = || {
            // The middle scale has every state and is read faster than the finest.
            let states = self.features(Scale::M50, LayerId::Countries).filter(|f| !f.is_dependency());
            states.filter_map(|f| Some(f.iso_a2()?.to_owned())).collect()
        };
        self.states.get_or_init(make).contains(code)
    }

    /// A country by its number, as [`Feature::number`] gives it.
    pub fn country_by_number(&self, number: u16, scale: Scale) -> Option<Feature<'_>> {
        let range = self.file.layer(scale.index(), LayerId::Countries as usize);
        let (mut low, mut high) = (range.start, range.end);
        while low < high {
            let middle = low.midpoint(high);
            let f = Feature::read(self, scale, LayerId::Countries, middle)?;
            match f.number().cmp(&number) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(f),
            }
        }
        None
    }

    /// A division by its number, from 1.
    pub fn division_by_number(&self, number: u16) -> Option<Feature<'_>> {
        let range = self.file.layer(Scale::M10.index(), LayerId::Divisions as usize);
        let n = range.start + usize::from(number).checked_sub(1)?;
        (n < range.end).then(|| Feature::read(self, Scale::M10, LayerId::Divisions, n)).flatten()
    }

    /// The land of a country at 1:10 million, by any code that [`Self::country`] takes, as administered or in somebody's view.
    pub fn country_polygon(&self, code: &str, worldview: Option<&str>) -> Option<MultiPolygon<f64>> {
        let country = self.country(code)?;
        let Some(worldview) = worldview else { return Some(self.polygons(&country)) };
        let territory = self.territory(Scale::M10, worldview);
        let mut land = MultiPolygon(Vec::new());
        for feature in self.features(Scale::M10, LayerId::Countries) {
            let parts = feature.rings();
            let owned = |part: &Vec<Vec<ArcRef>>| territory.owner(&feature, part) == country.number();
            if parts.iter().any(owned) {
                let polygons = parts.iter().zip(self.polygons(&feature)).filter(|(part, _)| owned(part));
                land.0.extend(polygons.map(|(_, polygon)| polygon));
            }
        }
        Some(land)
    }

    /// A first-order division by GeoNames code (`SY.02`) or ISO 3166-2 code (`SY-HL`).
    pub fn division(&self, code: &str) -> Option<Feature<'_>> {
        let key = if code.contains('-') { "iso_3166_2" } else { "code" };
        self.features(Scale::M10, LayerId::Divisions).find(|f| f.attribute(key) == Some(code))
    }

    /// The land of a division, by any code that [`Self::division`] takes.
    pub fn division_polygon(&self, code: &str) -> Option<MultiPolygon<f64>> {
        self.division(code).map(|f| self.polygons(&f))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Area, Contains, GeodesicArea};

    #[test]
    fn syria_has_its_size() {
        let map = Basemap::embedded();
        let km2 = map.country_polygon("SY", None).expect("Syria").geodesic_area_unsigned() / 1e6;
        // Without the occupied Golan; 185,180 km² with it by the UN's count.
        assert!((183_000.0..188_500.0).contains(&km2), "{km2}");
        assert_eq!(map.country("syr").expect("alpha-3").number(), map.country("SY").expect("alpha-2").number());
        assert!(map.country("XX").is_none() && map.country("").is_none() && map.country("Syria").is_none());
    }

    #[test]
    fn states_are_told_from_dependencies_and_parts() {
        let map = Basemap::embedded();
        for state in ["SY", "CN", "US", "GB", "FI", "NL", "DK", "TW", "PS", "XK", "TV", "NR", "SG", "VA", "AU", "IL"] {
            assert!(map.is_state(state), "{state}");
        }
        for other in ["NF", "CC", "CX", "GL", "FO", "FK", "GI", "NC", "AW", "HK", "IM", "GF", "SJ", "RE", "XX", ""] {
            assert!(!map.is_state(other), "{other}");
        }
    }

    #[test]
    fn polygons_are_closed_and_not_empty() {
        let map = Basemap::embedded();
        for scale in [Scale::M110, Scale::M50] {
            for f in map.features(scale, LayerId::Countries) {
                for p in map.polygons(&f) {
                    assert!(p.exterior().is_closed() && p.exterior().0.len() >= 4, "{:?}", f.attribute("name"));
                    assert!(p.unsigned_area() > 0.0, "{:?}", f.attribute("name"));
                }
            }
        }
    }

    #[test]
    fn the_divisions_of_a_country_are_its_land() {
        let map = Basemap::embedded();
        for code in ["SY", "UA", "SD", "FR", "US", "MM"] {
            let country = map.country(code).expect("a country");
            let whole = map.polygons(&country).unsigned_area();
            let parts: f64 = map
                .features(Scale::M10, LayerId::Divisions)
                .filter(|d| d.country_number() == country.number())
                .map(|d| map.polygons(&d).unsigned_area())
                .sum();
            assert!((whole - parts).abs() < 1e-6 * whole, "{code}: {whole} {parts}");
        }
    }

    #[test]
    fn aleppo_lies_in_its_governorate() {
        let map = Basemap::embedded();
        let d = map.division("SY-HL").expect("Aleppo governorate");
        assert_eq!(d.attribute("code"), Some("SY.09"));
        assert!(map.polygons(&d).contains(&geo::Point::new(37.16, 36.2)));
    }
}
