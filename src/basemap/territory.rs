//! Who the land belongs to in the view of a country or body, where that is not who administers it.
//!
//! Natural Earth records such views twice: for a whole country (`per_xx`: Somaliland is Somalia's in most) and for its borders
//! (`fclass_xx`: no border between Crimea and Ukraine in Ukraine's view). What is cut off by such lines only follows its neighbour.

use super::read::flag;
use super::{ArcRef, Basemap, BoundaryClass, Feature, LayerId, Scale};
use std::collections::{BTreeMap, BTreeSet};

/// The parts of countries that another country owns in a view.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Territory {
    /// By the first arc of a part's outer ring, as it is walked: number of the country that owns it.
    moved: BTreeMap<ArcRef, u16>,
}

impl Territory {
    /// Number of the country that owns a part of a country.
    pub fn owner(&self, country: &Feature<'_>, part: &[Vec<ArcRef>]) -> u16 {
        let moved = key(part).and_then(|first| self.moved.get(&first).copied());
        moved.unwrap_or_else(|| country.number())
    }
}

/// What a part of a country is known by: neighbours that share an arc walk it in opposite directions.
fn key(part: &[Vec<ArcRef>]) -> Option<ArcRef> {
    part.first()?.first().copied()
}

/// A piece of a country's land.
struct Piece {
    key: ArcRef,
    country: u16,
    /// Area of its box in square units: enough to tell a mainland from an island.
    size: i64,
    /// Whether it may follow a neighbour: an outlying piece.
    loose: bool,
    /// Its arcs that are land borders.
    borders: Vec<u32>,
}

impl Basemap {
    /// Whose views of borders are recorded, in order: ISO 3166-1 alpha-2 codes in lower case, and `iso`, `osm` and their like.
    pub fn worldviews(&self) -> Vec<&str> {
        let mut views: Vec<&str> = self.keys.iter().filter_map(|k| k.strip_prefix("fclass_")).collect();
        views.sort_unstable();
        views
    }

    /// Who owns the land in a view; nothing is moved where the view is not recorded.
    pub fn territory(&self, scale: Scale, worldview: &str) -> Territory {
        let worldview = worldview.to_ascii_lowercase();
        let (class_key, owner_key) = (format!("fclass_{worldview}"), format!("per_{worldview}"));
        let countries: Vec<Feature<'_>> = self.features(scale, LayerId::Countries).collect();
        let numbers: BTreeMap<&str, u16> =
            countries.iter().filter_map(|f| Some((f.attribute("adm0_a3")?, f.number()))).collect();

        // Arcs on which there is no border in this view, though one is administered.
        let mut gone: BTreeSet<u32> = BTreeSet::new();
        for line in self.features(scale, LayerId::Boundaries) {
            let class = line.attribute(&class_key).and_then(BoundaryClass::from_name);
            if class.is_some_and(|c| !c.is_drawn() || c == BoundaryClass::Claim) {
                gone.extend(line.rings().iter().flatten().flatten().map(|r| r.arc));
            }
        }

        let mut pieces = Vec::new();
        let mut moved = BTreeMap::new();
        for country in &countries {
            let whole = country.attribute(&owner_key).and_then(|a3| numbers.get(a3)).copied();
            let parts = country.rings();
            let mut own: Vec<Piece> =
                parts.iter().filter_map(|part| self.piece(scale, country.number(), part)).collect();
            match whole.filter(|owner| *owner != country.number()) {
                Some(owner) => moved.extend(own.iter().map(|p| (p.key, owner))),
                None => {
                    // A mainland stays: where a view leaves out a line in the sand, it may be the land on the other side that it moves.
                    if let Some(main) = own.iter_mut().max_by_key(|p| p.size) {
                        main.loose = false;
                    }
                    pieces.append(&mut own);
                }
            }
        }

        let mut sides: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (n, piece) in pieces.iter().enumerate() {
            piece.borders.iter().for_each(|arc| sides.entry(*arc).or_default().push(n));
        }
        for (n, piece) in pieces.iter().enumerate().filter(|(_, p)| p.loose) {
            // Neighbours of other countries, and whether any border at all runs between.
            let mut around: BTreeMap<usize, bool> = BTreeMap::new();
            for arc in &piece.borders {
                for m in sides[arc].iter().filter(|m| **m != n && pieces[**m].country != piece.country) {
                    *around.entry(*m).or_default() |= !gone.contains(arc);
                }
            }
            let joined = around.iter().filter(|(m, border)| !**border && pieces[**m].size > piece.size);
            if let Some((m, _)) = joined.max_by_key(|(m, _)| pieces[**m].size) {
                moved.insert(piece.key, pieces[*m].country);
            }
        }
        Territory { moved }
    }

    fn piece(&self, scale: Scale, country: u16, part: &[Vec<ArcRef>]) -> Option<Piece> {
        let outer = part.first()?;
        let bounds = self.ring_bounds(scale, outer)?;
        let size =
            (i64::from(bounds.east) - i64::from(bounds.west)) * (i64::from(bounds.north) - i64::from(bounds.south));
        let arcs = part.iter().flatten().map(|r| r.arc);
        let is_border = |arc: &u32| {
            let record = self.file.arc(scale.index(), *arc as usize);
            record.is_some_and(|a| a.flags & flag::BORDER != 0 && a.flags & flag::SEAM == 0)
        };
        Some(Piece { key: key(part)?, country, size, loose: true, borders: arcs.filter(is_border).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The name of the country that owns the land at a position.
    fn owner(scale: Scale, worldview: &str, lon: f64, lat: f64) -> String {
        use geo::Contains;
        let map = Basemap::embedded();
        let territory = map.territory(scale, worldview);
        let all = || map.features(scale, LayerId::Countries);
        for country in all() {
            for (part, polygon) in country.rings().iter().zip(map.polygons(&country)) {
                if polygon.contains(&geo::Point::new(lon, lat)) {
                    let number = territory.owner(&country, part);
                    let name = all().find(|f| f.number() == number).map(|f| f.name("en").to_owned());
                    return name.unwrap_or_default();
                }
            }
        }
        String::new()
    }

    #[test]
    fn no_two_parts_are_known_by_the_same() {
        let map = Basemap::embedded();
        for scale in [Scale::M10, Scale::M50, Scale::M110] {
            let mut known = BTreeSet::new();
            for country in map.features(scale, LayerId::Countries) {
                for part in country.rings() {
                    assert!(known.insert(key(&part).expect("a ring")), "{} {scale:?}", country.name("en"));
                }
            }
        }
    }

    #[test]
    fn crimea_is_whose_the_view_says() {
        for scale in [Scale::M10, Scale::M50] {
            for (view, country) in
                [("ua", "Ukraine"), ("ru", "Russia"), ("de", "Ukraine"), ("us", "Ukraine"), ("zz", "Russia")]
            {
                assert_eq!(owner(scale, view, 34.1, 45.2), country, "{view} {scale:?}");
            }
            // The mainland on either side is nobody else's.
            assert_eq!(owner(scale, "ua", 37.6, 55.7), "Russia");
            assert_eq!(owner(scale, "ru", 30.5, 50.4), "Ukraine");
        }
    }

    #[test]
    fn unrecognised_states_belong_to_the_state_around_them() {
        assert_eq!(owner(Scale::M10, "ua", 44.0, 9.6), "Somalia");
        assert_eq!(owner(Scale::M10, "gr", 33.6, 35.3), "Cyprus");
        assert_eq!(owner(Scale::M10, "tr", 33.6, 35.3), "N. Cyprus");
        assert_eq!(owner(Scale::M10, "ma", -13.0, 25.0), "Morocco");
    }

    #[test]
    fn no_border_left_out_takes_a_mainland() {
        let map = Basemap::embedded();
        for view in map.worldviews() {
            let territory = map.territory(Scale::M50, view);
            for country in map.features(Scale::M50, LayerId::Countries).filter(|f| f.iso_a2().is_some()) {
                let recorded = country.attribute(&format!("per_{view}")).is_some();
                let parts = country.rings();
                let size = |part: &&Vec<Vec<ArcRef>>| map.piece(Scale::M50, 0, part).map(|p| p.size);
                let main = parts.iter().max_by_key(size).expect("a country has land");
                let owner = territory.owner(&country, main);
                assert!(owner == country.number() || recorded, "{view}: {}", country.name("en"));
            }
        }
    }
}
