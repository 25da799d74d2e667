//! From features to vector tiles: read, simplify on shared borders, cut, encode, hand on.
//!
//! ```text
//! source ─▶ features ─▶ topology ─▶ simplify ─┐ once
//!               snap ─▶ (windows ─▶ slice ─▶ jobs) ─▶ pyramid ─▶ Sink (an archive in `outputs`)   every zoom
//! ```
//! Borders shared by polygons (and the lines along them) stay shared at every zoom: no gaps, no overlaps, no polygon that is not
//! valid. The same input gives the same bytes whatever the number of threads. Not here: archive files (`outputs`), pictures.
//!
//! Reference: Mapbox Vector Tile 2.1; tiles are numbered as in PMTiles v3.

pub mod attributes;
mod bound;
mod contents;
mod courses;
mod crossing;
mod crowd;
mod cut;
pub mod features;
pub mod filter;
mod jobs;
mod largest;
pub mod lint;
pub mod metadata;
mod mvt;
pub mod order;
mod overlay;
mod prints;
mod pyramid;
mod repair;
mod rings;
mod simplify;
mod sites;
mod slice;
mod snap;
mod sorted;
pub mod source;
mod spill;
#[cfg(test)]
mod tests;
mod thin;
mod topology;
mod walks;
mod windows;
pub mod world;
mod zoom;

pub use bound::Bound;
pub use features::{Features, Selection, Type};
pub use filter::Filter;
pub use order::Order;
pub use pyramid::Tile;
pub use source::{Format, Input, Reading};
pub use world::TileId;

use crate::model::Layer;
use rustc_hash::FxHashSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What can go wrong on the way to tiles.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TilesError {
    /// An input cannot be read.
    #[error("{} cannot be read", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// An input is in no format known here.
    #[error("{} is not GeoJSON, newline-delimited GeoJSON, CSV or FlatGeobuf", path.display())]
    Format {
        /// The file.
        path: PathBuf,
    },
    /// A table cannot be read.
    #[error("{} cannot be read as CSV", path.display())]
    Table {
        /// The file.
        path: PathBuf,
        /// Why.
        source: csv::Error,
    },
    /// A table has no columns for the position.
    #[error("{} has no columns for longitude and latitude (lon and lat, longitude and latitude, or x and y) among: {names}", path.display())]
    Columns {
        /// The file.
        path: PathBuf,
        /// Its columns.
        names: String,
    },
    /// A FlatGeobuf file is broken.
    #[error("{} is broken: {what}", path.display())]
    FlatGeobuf {
        /// The file.
        path: PathBuf,
        /// What the reader says.
        what: String,
    },
    /// An input is not in longitude and latitude.
    #[error("{} is in EPSG:{code}, not in longitude and latitude (EPSG:4326)", path.display())]
    Crs {
        /// The file.
        path: PathBuf,
        /// The code in the file.
        code: i32,
    },
    /// There is nothing to make tiles of.
    #[error("there is no feature to make tiles of")]
    Empty,
    /// An option does not fit.
    #[error("{0}")]
    Option(String),
    /// The archive cannot be written.
    #[error("{} cannot be written", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Features that do not fit in the memory that they may take.
    #[error(
        "{features} features take about {} MB, more than the {} MB there are: lines and polygons with the borders they share, and the different values of attributes, are held in memory; points and cut pieces need not be",
        needed.div_ceil(1 << 20), most >> 20
    )]
    Memory {
        /// How many there were.
        features: usize,
        /// What they take, in bytes.
        needed: usize,
        /// What they may take, in bytes.
        most: usize,
    },
    /// A tile that cannot be made in the memory that there is left.
    #[error(
        "tile {tile} holds {features} features, which take about {} MB while it is made, more than the {} MB that are left",
        needed.div_ceil(1 << 20), most >> 20
    )]
    LargeTile {
        /// Its address.
        tile: TileId,
        /// How many.
        features: usize,
        /// What they take, in bytes.
        needed: usize,
        /// What is left, in bytes.
        most: usize,
    },
    /// The run was interrupted.
    #[error("interrupted; nothing was written")]
    Interrupted,
    /// A fault of this program.
    #[error("this should not happen: {0}")]
    Internal(&'static str),
}

/// How tiles are made.
#[derive(Debug, Clone)]
pub struct Options {
    /// First zoom; `None` is 0.
    pub min_zoom: Option<u8>,
    /// Last zoom; `None` guesses it from the distances between points.
    pub max_zoom: Option<u8>,
    /// Binary logarithm of a tile's extent.
    pub extent_bits: u32,
    /// Buffer around tiles, in units of the extent.
    pub buffer: i32,
    /// How far a simplified line may stray, in units of the extent; the last zoom keeps to half a unit.
    pub simplification: f64,
    /// How many bits of a position lines and polygons do without below the last zoom: 2 is a grid of 4 units, half a pixel of a
    /// map at 512 pixels a tile. The extent of layers without points has so many bits less there.
    pub coarse_bits: u32,
    /// Whether tiles are compressed (gzip).
    pub compress: bool,
    /// Compression level, 1 to 12.
    pub compression: i32,
    /// Most bytes of a tile as written, roughly; what matters least is left out. `None` keeps everything.
    pub max_tile_bytes: Option<usize>,
    /// Most features of a tile; what matters least is left out. `None` keeps everything.
    pub max_features: Option<usize>,
    /// What becomes of features that a crowded tile has no room for.
    pub crowded: Crowded,
    /// The attribute by which features stand in every tile, drawn last on top; `None` keeps the input's order.
    pub order: Option<Order>,
    /// The attribute whose larger values stay where a tile is crowded; `None` goes by size and even spread.
    pub importance: Option<Order>,
    /// What the build may take of memory; `None` takes what is quickest.
    pub bound: Option<Bound>,
    /// How many bytes of cut lines and polygons wait for their tiles, roughly, whatever the bound: fewer cost cutting the largest shapes
    /// again.
    pub piece_bytes: usize,
    /// An older archive whose equal tiles are taken over as they are.
    pub previous: Option<Arc<dyn Previous>>,
    /// Whether the archive keeps the prints of its tiles, by which an update passes over what has not changed.
    pub updatable: bool,
    /// Set from outside to end the build early.
    pub stop: Option<Arc<AtomicBool>>,
}

impl Options {
    /// Fails where the build is to end early.
    ///
    /// # Errors
    /// [`TilesError::Interrupted`].
    pub fn go_on(&self) -> Result<(), TilesError> {
        match &self.stop {
            Some(stop) if stop.load(Ordering::Relaxed) => Err(TilesError::Interrupted),
            _ => Ok(()),
        }
    }
}

/// What becomes of features that a crowded tile has no room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Crowded {
    /// They are left out.
    #[default]
    Drop,
    /// Lines and polygons are joined to a neighbour that stays, so that a map of areas has no holes; points are left out.
    Coalesce,
    /// Points become part of a point nearby that counts them (`point_count`); lines and polygons are left out.
    Cluster,
}

/// An older archive, for a build that takes over what has not changed.
pub trait Previous: Send + Sync + std::fmt::Debug {
    /// The tile as it is stored, where its content equals `raw`; `compressed` says whether gzip is wanted.
    fn same(&self, id: TileId, raw: &[u8], compressed: bool) -> Option<Vec<u8>>;
    /// The print of a tile by its number, where one was kept.
    fn print(&self, number: u64) -> Option<u64>;
    /// A tile that stays: as it is stored, and its content. `None` where it cannot be read.
    fn keep(&self, id: TileId) -> Option<(Vec<u8>, Vec<u8>)>;
}

impl Default for Options {
    fn default() -> Self {
        Self {
            min_zoom: None,
            max_zoom: None,
            extent_bits: 12,
            buffer: 80,
            simplification: 3.0,
            coarse_bits: 2,
            compress: true,
            compression: 6,
            max_tile_bytes: None,
            max_features: None,
            crowded: Crowded::Drop,
            order: None,
            importance: None,
            bound: None,
            piece_bytes: 1 << 30,
            previous: None,
            updatable: false,
            stop: None,
        }
    }
}

/// What takes the tiles, in the order of their PMTiles numbers.
pub trait Sink {
    /// One tile. Its data is `None` where a tile with the same hash came before.
    ///
    /// # Errors
    /// The tile cannot be stored.
    fn tile(&mut self, tile: Tile) -> Result<(), TilesError>;
    /// Of the contents so far only these may come again without their data.
    fn forget(&mut self, _kept: &FxHashSet<u128>) {}
    /// How far a zoom is.
    fn progress(&mut self, _zoom: u8, _done: usize, _of: usize) {}
}

/// Called with zoom, tiles done and tiles of the zoom.
pub type OnProgress = Box<dyn FnMut(u8, usize, usize)>;

/// What was made.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// First and last zoom.
    pub zooms: (u8, u8),
    /// Tiles handed on.
    pub tiles: u64,
    /// Most features in one tile.
    pub largest_features: u64,
    /// The largest tile and its bytes as written.
    pub largest: Option<(TileId, usize)>,
    /// Zooms at which features were left out of tiles that would have been too large.
    pub thinned: Option<(u8, u8)>,
    /// Features left out of tiles, or joined to others, counted once a tile.
    pub dropped: u64,
    /// Polygons that came crossing themselves, or with parts that do not go together.
    pub repaired: u64,
}

/// Makes the tiles of some layers and hands them to a sink.
///
/// # Errors
/// There is nothing to draw, an option does not fit, or the sink fails.
pub fn build_layers(
    layers: &[Layer],
    options: &Options,
    sink: &mut dyn Sink,
) -> Result<(Features, Summary), TilesError> {
    let mut features = Features::default();
    for layer in layers {
        source::add_layer(layer, &Selection::default(), &mut features);
    }
    let summary = build(&mut features, options, sink)?;
    Ok((features, summary))
}

/// Makes the tiles of what has been read and hands them to a sink.
///
/// # Errors
/// As [`build_layers`].
pub fn build(features: &mut Features, options: &Options, sink: &mut dyn Sink) -> Result<Summary, TilesError> {
    if features.is_empty() {
        return Err(TilesError::Empty);
    }
    if !(8..=13).contains(&options.extent_bits) {
        return Err(TilesError::Option("the extent must be 256, 512, 1024, 2048, 4096 or 8192".into()));
    }
    if options.buffer < 0 || options.buffer > 1 << (options.extent_bits - 1) {
        return Err(TilesError::Option("the buffer must lie between 0 and half the extent".into()));
    }
    let mended = repair::mended(features);
    features.seal(&mended)?;
    let repaired = mended.len() as u64;
    drop(mended);
    options.go_on()?;
    features.order = options.order.as_ref().map(|o| o.ranks(features)).transpose()?;
    features.importance = options.importance.as_ref().map(|o| o.ranks(features)).transpose()?;
    if options.crowded == Crowded::Cluster {
        features.count_clusters();
    }
    let min = options.min_zoom.unwrap_or(0);
    let max = options.max_zoom.unwrap_or_else(|| zoom::guess(features, options.extent_bits).max(min));
    let deepest = (world::WORLD_BITS - options.extent_bits) as u8;
    if min > max {
        return Err(TilesError::Option(format!("the first zoom {min} lies above the last zoom {max}")));
    }
    if max > deepest {
        return Err(TilesError::Option(format!(
            "zoom {max} is deeper than positions are kept (3.7 cm): at most {deepest} with this extent; maps enlarge the last zoom beyond it"
        )));
    }
    let summary = pyramid::build(features, options, (min, max), sink)?;
    Ok(Summary { repaired, ..summary })
}
