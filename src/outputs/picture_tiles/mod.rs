//! Raster tiles: a map drawn by the cartography engine, cut into PNG or WebP tiles of a Web Mercator pyramid.
//!
//! A zoom is drawn in sheets of up to some 2,000 CSS pixels a side, so that labels are placed for many tiles at once and stay clear of
//! the edges that sheets have; where a zoom fits on one sheet, they are placed for all of it. Equal tiles are kept once. A zoom waits,
//! encoded, for its last tile before it is handed on in order: in memory while it is small, else in a file. Not here: how a sheet looks (`cartography`), archives.
//!
//! ```no_run
//! use mapdesk::{cartography, model::Map, outputs::picture_tiles as pictures};
//! let choice = pictures::Choice { last: Some(8), ..pictures::Choice::default() };
//! let words = mapdesk::outputs::tile_target::About::default();
//! pictures::write(&Map::default(), &cartography::Options::default(), &choice, "map.pmtiles".as_ref(), &words, None)?;
//! # Ok::<(), mapdesk::tiles::TilesError>(())
//! ```

mod cut;
mod range;
mod waiting;

pub use range::bounds;

use crate::cartography::{Options, Sheets};
use crate::geodesy::BBox;
use crate::model::Map;
use crate::outputs::pmtiles::TileType;
use crate::outputs::raster::Painter;
use crate::outputs::tile_target::{About, write_pictures};
use crate::tiles::metadata::Metadata;
use crate::tiles::{OnProgress, Sink, Tile, TilesError};
use range::Range;
use rayon::prelude::*;
use std::path::Path;
use waiting::Waiting;

/// What kind of pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// PNG with a palette of its own for each tile.
    Png,
    /// Lossless WebP, every colour exact.
    Webp,
}

impl Kind {
    /// Ending of its files.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Webp => "webp",
        }
    }
}

/// Choices of a pyramid.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// PNG or WebP.
    pub kind: Kind,
    /// CSS pixels of a tile's side: 256 or 512.
    pub side: u32,
    /// Device pixels to a CSS pixel: 1 or 2.
    pub scale: u32,
    /// First zoom.
    pub first: u8,
    /// Last zoom; where not given, the one at which the map is some 4,000 CSS pixels wide.
    pub last: Option<u8>,
    /// What to show; where not given, the layers and some land around them.
    pub bbox: Option<BBox>,
}

impl Default for Choice {
    fn default() -> Self {
        Self { kind: Kind::Png, side: 256, scale: 1, first: 0, last: None, bbox: None }
    }
}

/// What was made.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// First and last zoom.
    pub zooms: (u8, u8),
    /// Tiles in all.
    pub tiles: usize,
    /// Contents in all: tiles that differ.
    pub contents: usize,
    /// What is shown.
    pub bounds: BBox,
}

/// The deepest zoom: there a pixel of a 256-pixel tile is 4 cm.
const DEEPEST: u8 = 22;

/// Draws a pyramid and writes it to a target; returns what was made and how many bytes the target has (0 for a folder).
///
/// # Errors
/// There is nothing to draw, an option does not fit, or the target cannot be written; what stood there before is untouched.
pub fn write(
    map: &Map,
    options: &Options,
    choice: &Choice,
    target: &Path,
    about: &About,
    mut progress: Option<OnProgress>,
) -> Result<(Summary, u64), TilesError> {
    if ![256, 512].contains(&choice.side) || ![1, 2].contains(&choice.scale) {
        return Err(TilesError::Option("picture tiles are 256 or 512 pixels wide, at scale 1 or 2".into()));
    }
    let bounds = choice.bbox.or_else(|| bounds(map)).ok_or(TilesError::Empty)?;
    let last = choice.last.unwrap_or_else(|| range::last_zoom(&bounds, choice.side).max(choice.first));
    if choice.first > last || last > DEEPEST {
        let what = format!("the zooms {} to {last} do not fit: the last is at most {DEEPEST}", choice.first);
        return Err(TilesError::Option(what));
    }
    let sheets = Sheets::new(map, options);
    let mut summary = Summary { zooms: (choice.first, last), tiles: 0, contents: 0, bounds };
    let kind = if choice.kind == Kind::Webp { TileType::Webp } else { TileType::Png };
    let bytes = write_pictures(target, kind, |sink| {
        for zoom in choice.first..=last {
            let tiles = draw(&sheets, choice, zoom, &bounds, &mut progress).map_err(|e| e.in_file(target))?;
            hand_on(tiles, sink, &mut summary).map_err(|e| e.in_file(target))?;
        }
        Ok(metadata(map, about, target, &summary))
    })?;
    Ok((summary, bytes))
}

/// The tiles of a zoom as pictures.
fn draw(
    sheets: &Sheets<'_>,
    choice: &Choice,
    zoom: u8,
    bounds: &BBox,
    progress: &mut Option<OnProgress>,
) -> Result<Waiting, Trouble> {
    let parts: Vec<Range> = range::ranges(bounds, zoom).iter().flat_map(|r| r.sheets(choice.side)).collect();
    let of: usize = parts.iter().map(Range::tiles).sum();
    let world = f64::from(choice.side) * f64::from(1u32 << zoom);
    let mut all = Waiting::new(zoom);
    // A few sheets at a time: enough for every processor, and the progress is told between them.
    for batch in parts.chunks(rayon::current_num_threads().max(1) * 2) {
        let drawn: Vec<Vec<cut::Picture>> = batch
            .par_iter()
            .map_init(Painter::new, |painter, part| {
                let list = sheets.compose(world, &part.pixels(choice.side));
                cut::tiles(painter, &list, part, choice)
            })
            .collect::<Result<_, TilesError>>()?;
        for picture in drawn.into_iter().flatten() {
            all.push(&picture)?;
        }
        if let Some(tell) = progress {
            tell(zoom, all.len(), of);
        }
    }
    Ok(all)
}

/// Hands tiles to a sink, each content once in a zoom: contents repeat within it (sea, the inside of a zone), hardly from zoom to zoom.
fn hand_on(tiles: Waiting, sink: &mut dyn Sink, summary: &mut Summary) -> Result<(), Trouble> {
    tiles.in_order(|id, hash, data| {
        summary.tiles += 1;
        summary.contents += usize::from(data.is_some());
        sink.tile(Tile { id, hash, data, features: 0, dropped: 0, print: 0 })
    })
}

/// What can go wrong between drawing and handing on.
enum Trouble {
    Tiles(TilesError),
    /// The file in which tiles wait.
    Waiting(std::io::Error),
}

impl Trouble {
    fn in_file(self, target: &Path) -> TilesError {
        match self {
            Self::Tiles(error) => error,
            Self::Waiting(source) => TilesError::Write { path: target.to_owned(), source },
        }
    }
}

impl From<TilesError> for Trouble {
    fn from(error: TilesError) -> Self {
        Self::Tiles(error)
    }
}

impl From<std::io::Error> for Trouble {
    fn from(error: std::io::Error) -> Self {
        Self::Waiting(error)
    }
}

fn metadata(map: &Map, about: &About, target: &Path, summary: &Summary) -> Metadata {
    let stem = target.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let title = if map.title.is_empty() { stem } else { map.title.clone() };
    let b = &summary.bounds;
    let credits: Vec<&str> = map.credits.iter().map(|c| c.name.as_str()).chain(["Natural Earth"]).collect();
    let (south, north) = (b.south.max(-85.0511), b.north.min(85.0511));
    let centre = b.centre();
    Metadata {
        name: if about.name.is_empty() { title } else { about.name.clone() },
        description: about.description.clone().or_else(|| map.subtitle.clone()),
        attribution: about.attribution.clone().or_else(|| Some(credits.join(", "))),
        zooms: summary.zooms,
        // Archives have no box across the antimeridian: it is that of the whole round then.
        bounds: if b.west <= b.east { [b.west, south, b.east, north] } else { [-180.0, south, 180.0, north] },
        center: (centre.lon(), centre.lat().clamp(-85.0, 85.0)),
        vector_layers: serde_json::Value::Null,
        tilestats: serde_json::Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Feature, Layer, LayerKind};
    use crate::outputs::pmtiles::Reader;

    fn map() -> Map {
        let square = geo::Rect::new((36.0, 34.0), (38.0, 36.0)).to_polygon();
        let control = vec![Feature::new(square).with("holder", "rebels").with("status", "held")];
        let hama = Feature::new(geo::Point::new(36.75, 35.13)).with("name", "Hama").with("role", "event");
        Map {
            layers: vec![Layer::new(LayerKind::Control, control), Layer::new(LayerKind::Places, vec![hama])],
            ..Map::default()
        }
    }

    #[test]
    fn an_archive_has_every_tile_of_every_zoom_in_its_size() {
        let folder = tempfile::tempdir().expect("temporary folder");
        for (kind, side, scale) in [(Kind::Png, 256, 1), (Kind::Png, 512, 2), (Kind::Webp, 256, 2)] {
            let target = folder.path().join(format!("{}-{side}-{scale}.pmtiles", kind.ending()));
            let choice = Choice { kind, side, scale, first: 0, last: Some(6), bbox: None };
            let options = Options::default();
            let (summary, bytes) = write(&map(), &options, &choice, &target, &About::default(), None).expect("written");
            assert!(summary.tiles >= 7 && bytes > 0, "{summary:?}");
            let file = std::fs::File::open(&target).expect("there");
            let mut reader = Reader::open(file, &target).expect("an archive");
            let mut tiles = 0;
            for entry in reader.entries().expect("entries") {
                tiles += entry.run as usize;
                let data = reader.content(&entry).expect("a tile");
                let decoded = match kind {
                    Kind::Png => {
                        png::Decoder::new(std::io::Cursor::new(&data)).read_info().map(|r| r.info().size()).ok()
                    }
                    Kind::Webp => {
                        image_webp::WebPDecoder::new(std::io::Cursor::new(&data)).map(|d| d.dimensions()).ok()
                    }
                };
                assert_eq!(decoded, Some((side * scale, side * scale)));
            }
            assert_eq!(tiles, summary.tiles);
            let json = reader.metadata().expect("metadata");
            assert!(json.get("vector_layers").is_none() && json["type"] == "baselayer");
        }
    }

    #[test]
    fn the_same_map_gives_the_same_bytes() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let make = |name: &str, threads: usize| {
            let target = folder.path().join(name);
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            let choice = Choice { last: Some(9), first: 9, ..Choice::default() };
            pool.install(|| {
                write(
                    &map(),
                    &Options::default(),
                    &choice,
                    &target,
                    &About { name: "t".into(), ..About::default() },
                    None,
                )
            })
            .expect("written");
            std::fs::read(target).expect("there")
        };
        assert!(make("a.pmtiles", 1) == make("b.pmtiles", 3));
    }
}
