//! One feature of the basemap: its attributes, its names, its place.

use super::read::{Bounds, FeatureRecord, UNIT};
use super::{ArcRef, Basemap, BoundaryClass, LayerId, Scale};
use crate::geodesy::{BBox, LonLat};

/// What kind of water a lake or river feature is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaterKind {
    /// A natural lake.
    Lake,
    /// A lake behind a dam.
    Reservoir,
    /// A salt or soda lake.
    AlkalineLake,
    /// A river.
    River,
    /// The course of a river through a lake: for labels and topology, not to be drawn.
    LakeCentreline,
}

/// A country, division, border, lake or river.
#[derive(Debug, Clone, Copy)]
pub struct Feature<'a> {
    pub(super) map: &'a Basemap,
    pub(super) scale: Scale,
    pub(super) layer: LayerId,
    pub(super) record: FeatureRecord,
}

pub(super) fn position(x: i32, y: i32) -> LonLat {
    LonLat::wrapped(f64::from(x) / UNIT, f64::from(y) / UNIT)
}

impl<'a> Feature<'a> {
    pub(super) fn read(map: &'a Basemap, scale: Scale, layer: LayerId, n: usize) -> Option<Self> {
        Some(Self { map, scale, layer, record: map.file.feature(scale.index(), n)? })
    }

    /// Its layer.
    pub fn layer(&self) -> LayerId {
        self.layer
    }

    /// Its scale.
    pub fn scale(&self) -> Scale {
        self.scale
    }

    /// A number that is the same for a country at every scale and in every division of it; for other layers 0 or their own number.
    pub fn number(&self) -> u16 {
        self.record.number
    }

    /// For a division, the number of its country.
    pub fn country_number(&self) -> u16 {
        if self.layer == LayerId::Countries { self.record.number } else { self.record.country }
    }

    /// An attribute; `None` where the feature does not have it.
    ///
    /// Countries: `adm0_a3 iso_a2 iso_a3 sovereign sov_a3 type continent subregion name_long abbrev note name name_xx`, `per_xx` (the
    /// code of the country to which it belongs in the view of country xx) and `fclass_xx`. Divisions: `name adm0_a3 code`
    /// (GeoNames), `iso_3166_2 geonameid kind natural_earth`. Boundaries: `name type left right comment fclass_xx`. Division lines:
    /// `adm0_a3 left right`. Lakes `name name_xx`, rivers `name name_alt`.
    pub fn attribute(&self, key: &str) -> Option<&'a str> {
        let key = self.map.keys.iter().position(|k| k == key)?;
        self.map.file.attribute(self.record.attributes, key)
    }

    /// All attributes in the order of the file.
    pub fn attributes(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let map = self.map;
        map.file
            .attributes(self.record.attributes)
            .filter_map(move |(key, text)| Some((map.keys.get(key)?.as_str(), text)))
    }

    /// Its name in a language (ISO 639-1 tag, `zh-Hant`), else in English, else in its own tongue; empty where it has none.
    pub fn name(&self, lang: &str) -> &'a str {
        let exact = if lang == "en" { None } else { self.attribute(&format!("name_{lang}")) };
        exact
            .or_else(|| self.attribute("name_en").filter(|_| self.layer != LayerId::Countries))
            .or_else(|| self.attribute("name"))
            .unwrap_or_default()
    }

    /// Whether it is a country that belongs to another: a dependency, a self-governing part, a territory whose owner is disputed.
    pub fn is_dependency(&self) -> bool {
        if self.layer != LayerId::Countries
            || !matches!(self.attribute("type"), Some("dependency" | "country" | "disputed"))
        {
            return false;
        }
        let own = ["name", "name_long", "name_en"];
        self.attribute("sovereign").is_some_and(|s| own.into_iter().all(|key| self.attribute(key) != Some(s)))
    }

    /// ISO 3166-1 alpha-2 code of a country.
    pub fn iso_a2(&self) -> Option<&'a str> {
        self.attribute("iso_a2")
    }

    /// Importance, 0 the highest: label rank of a country, scale rank of everything else.
    pub fn rank(&self) -> u8 {
        self.record.rank
    }

    /// Web map zoom from which Natural Earth would draw it, or label it in the case of countries.
    pub fn min_zoom(&self) -> f64 {
        f64::from(self.record.zoom) / 10.0
    }

    /// Class of a border as administered de facto.
    pub fn boundary_class(&self) -> BoundaryClass {
        BoundaryClass::from_code(self.record.class)
    }

    /// Class of a border in the view of a country (`in`, `ua` …, or `iso`, `osm`); the de facto class where its view is not recorded.
    pub fn boundary_class_for(&self, worldview: Option<&str>) -> BoundaryClass {
        worldview
            .and_then(|w| self.attribute(&format!("fclass_{}", w.to_ascii_lowercase())))
            .and_then(BoundaryClass::from_name)
            .unwrap_or_else(|| self.boundary_class())
    }

    /// Order of a division line: 1 between first-order divisions, 2 within one (French departments).
    pub fn division_order(&self) -> u8 {
        self.record.class + 1
    }

    /// What kind of water a lake or river is.
    pub fn water_kind(&self) -> WaterKind {
        match (self.layer, self.record.class) {
            (LayerId::Rivers, 0) => WaterKind::River,
            (LayerId::Rivers, _) => WaterKind::LakeCentreline,
            (_, 1) => WaterKind::Reservoir,
            (_, 2) => WaterKind::AlkalineLake,
            _ => WaterKind::Lake,
        }
    }

    /// Its box in degrees; a country cut by the antimeridian reaches from −180 to 180.
    pub fn bbox(&self) -> BBox {
        let Bounds { west, south, east, north } = self.record.bounds;
        BBox {
            west: f64::from(west) / UNIT,
            south: f64::from(south) / UNIT,
            east: f64::from(east) / UNIT,
            north: f64::from(north) / UNIT,
        }
    }

    /// Where its name may stand: Natural Earth's own for countries, a position inside for divisions, the middle of the box otherwise.
    pub fn label_position(&self) -> LonLat {
        position(self.record.label.0, self.record.label.1)
    }

    /// Parts → rings → arcs. The first ring of a polygon's part is its outer one; a line's part has one ring, which is open.
    pub fn rings(&self) -> Vec<Vec<Vec<ArcRef>>> {
        let parts = self.map.file.rings(self.scale.index(), self.record.rings);
        let arc = |(arc, backwards): (usize, bool)| ArcRef { arc: arc as u32, backwards };
        parts.into_iter().map(|p| p.into_iter().map(|r| r.into_iter().map(arc).collect()).collect()).collect()
    }
}
