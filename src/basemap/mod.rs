//! The embedded Natural Earth basemap: countries, divisions, borders, coasts, lakes and rivers at three scales, by bounding box.
//!
//! Neighbours share their arcs: a border is stored once and referred to by the countries on both sides, so a map may simplify it
//! once and stay free of gaps. A query decodes only what lies in its box; far parts of a large country are stood in for by straight
//! lines that do not touch the box, so that clipping to the box gives exactly the same picture.
//!
//! It is not a gazetteer (towns live there) and no judge of borders: it draws what Natural Earth draws, [`WORLDVIEW`] says how.
//! Sources: `basemap/manifest.toml`.
//!
//! ```
//! use mapdesk::basemap::{Basemap, LayerId, Scale};
//! let map = Basemap::embedded();
//! let syria = map.country("SY").expect("Syria is a country");
//! assert_eq!(syria.name("ar"), "سوريا");
//! let view = map.query("35,32,43,38".parse().expect("a box"), Scale::M10, &[LayerId::Countries, LayerId::Rivers]);
//! assert!(view.features(LayerId::Rivers).any(|r| r.name("en") == "Euphrates"));
//! ```

mod area;
mod boundary;
mod feature;
mod fuzz;
mod locate;
mod read;
mod seas;
mod territory;
mod view;

pub use boundary::BoundaryClass;
pub use feature::{Feature, WaterKind};
#[doc(hidden)]
pub use fuzz::read_anything;
pub use locate::{Locator, Spot};
pub use read::BasemapError;
pub use seas::{Sea, seas, seas_apart};
pub use territory::Territory;
pub use view::{ArcRef, View};

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// How disputed borders are drawn, in a phrase for a source line.
pub const WORLDVIEW: &str = "borders as administered de facto (Natural Earth)";

/// Whose borders a map draws, in words: a recorded view's, or [`WORLDVIEW`].
pub fn borders_as(worldview: Option<&str>) -> String {
    worldview.map_or_else(
        || WORLDVIEW.to_owned(),
        |w| format!("borders in the view of {} (Natural Earth)", w.to_uppercase()),
    )
}

/// Level of detail, named as Natural Earth names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scale {
    /// 1:10 million, some 500 m in detail.
    M10,
    /// 1:50 million, some 5 km.
    M50,
    /// 1:110 million, some 20 km.
    M110,
}

impl Scale {
    /// The scale whose detail just exceeds what a picture of so many kilometres a pixel can show.
    pub fn for_resolution(km_per_pixel: f64) -> Self {
        match km_per_pixel {
            r if r < 2.0 => Self::M10,
            r if r < 10.0 => Self::M50,
            _ => Self::M110,
        }
    }

    fn index(self) -> usize {
        self as usize
    }
}

/// A layer of the basemap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LayerId {
    /// Countries and dependencies; polygons that together are the land.
    Countries,
    /// First-order divisions; polygons, at 1:10 million alone.
    Divisions,
    /// Land borders between countries, with their class of dispute; lines.
    Boundaries,
    /// Borders of divisions; lines, at 1:10 million alone.
    DivisionLines,
    /// Lakes and reservoirs; polygons.
    Lakes,
    /// Rivers and the courses of rivers through lakes; lines.
    Rivers,
}

impl LayerId {
    /// All layers.
    pub const ALL: [Self; read::LAYERS] =
        [Self::Countries, Self::Divisions, Self::Boundaries, Self::DivisionLines, Self::Lakes, Self::Rivers];
}

/// Natural Earth, opened.
#[derive(Debug)]
pub struct Basemap {
    file: read::File,
    keys: Vec<String>,
    locator: OnceLock<Locator>,
    states: OnceLock<BTreeSet<String>>,
}

impl Basemap {
    /// The basemap inside the program; opening it costs microseconds.
    pub fn embedded() -> &'static Self {
        static EMBEDDED: OnceLock<Basemap> = OnceLock::new();
        EMBEDDED.get_or_init(|| {
            let bytes = include_bytes!("../../basemap/natural-earth.bin");
            let file = read::File::open(Cow::Borrowed(bytes), false).expect("the file in the repository is whole");
            Self::new(file)
        })
    }

    /// A basemap from the bytes of a file such as `basemap/natural-earth.bin`.
    ///
    /// # Errors
    /// Refuses bytes that are not a basemap, cut short or damaged.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, BasemapError> {
        Ok(Self::new(read::File::open(Cow::Owned(bytes), true)?))
    }

    fn new(file: read::File) -> Self {
        let keys = file.keys().map(str::to_owned).collect();
        Self { file, keys, locator: OnceLock::new(), states: OnceLock::new() }
    }

    /// All features of a layer.
    pub fn features(&self, scale: Scale, layer: LayerId) -> impl Iterator<Item = Feature<'_>> {
        self.file.layer(scale.index(), layer as usize).filter_map(move |n| Feature::read(self, scale, layer, n))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_file_is_whole() {
        let bytes = include_bytes!("../../basemap/natural-earth.bin");
        assert!(Basemap::from_bytes(bytes.to_vec()).is_ok());
        assert!(bytes.len() <= 9 << 20);
    }

    #[test]
    fn refuses_what_is_not_a_basemap() {
        let bytes = include_bytes!("../../basemap/natural-earth.bin");
        assert_eq!(Basemap::from_bytes(b"PK\x03\x04".to_vec()).err(), Some(BasemapError::Magic));
        assert_eq!(Basemap::from_bytes(bytes[..9].to_vec()).err(), Some(BasemapError::Sections));
        assert_eq!(Basemap::from_bytes(bytes[..bytes.len() - 5].to_vec()).err(), Some(BasemapError::Checksum));
        let mut one_bit = bytes.to_vec();
        one_bit[4_000_000] ^= 1;
        assert_eq!(Basemap::from_bytes(one_bit).err(), Some(BasemapError::Checksum));
    }

    #[test]
    fn every_layer_is_there() {
        let map = Basemap::embedded();
        let count = |scale, layer| map.features(scale, layer).count();
        assert_eq!(count(Scale::M10, LayerId::Countries), 258);
        assert_eq!(count(Scale::M50, LayerId::Countries), 242);
        assert_eq!(count(Scale::M110, LayerId::Countries), 177);
        assert!(count(Scale::M10, LayerId::Divisions) > 3_000);
        assert!(count(Scale::M10, LayerId::Lakes) > 1_300);
        assert!(count(Scale::M50, LayerId::Rivers) > 400);
        assert_eq!(count(Scale::M110, LayerId::Rivers), 14);
    }
}
