//! A bound on memory and what shares it: features that are held, tiles in work, pieces that wait for their tiles. What cannot keep to it
//! is refused before it is made, for a bound that is passed over quietly is none.

use super::features::Features;
use super::mvt::HELD;
use super::{Options, TileId, TilesError};

/// Bytes that all parts of a build may take together, but for the program's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bound(usize);

impl Bound {
    /// What the program takes whatever the input: its code, the tables of the compressors, the buffers of the readers.
    const PROGRAM: usize = 20 << 20;

    /// As people give it: all that the process may take.
    pub fn of_megabytes(megabytes: usize) -> Self {
        Self((megabytes << 20).saturating_sub(Self::PROGRAM))
    }

    /// All there is for features, before any tile is made.
    pub fn features(self) -> usize {
        self.0
    }

    /// What points may take before they go to disk: half, as tiles in work need the rest.
    pub fn points(self) -> usize {
        self.0 / 2
    }

    /// How many contents of tiles to remember: an eighth, of which each takes some 100 bytes, here and where tiles are stored.
    pub fn contents(self) -> usize {
        self.0 / 800
    }

    /// How many features may be in work at a time, each of which takes some 200 bytes, encoded and compressed.
    pub fn batch(self) -> usize {
        self.0 / 1024
    }

    /// Fails where numbering the points of lines and polygons, so many different ones so far, takes more than there is.
    ///
    /// # Errors
    /// [`TilesError::Memory`].
    pub fn numbering(self, features: &Features, different: usize) -> Result<(), TilesError> {
        self.fits(features, features.held_bytes() + features.shape_points.len() * 4 + different * 34)
    }

    /// Fails where drawing the arcs of lines and polygons takes more than there is: of so many points, with so many more where they cross
    /// the edges of buffers.
    ///
    /// # Errors
    /// [`TilesError::Memory`].
    pub fn drawing(self, features: &Features, arc_points: usize, arcs: usize, seams: usize) -> Result<(), TilesError> {
        self.fits(features, features.held_bytes() + arc_points * 40 + arcs * 40 + seams * 64)
    }

    fn fits(self, features: &Features, needed: usize) -> Result<(), TilesError> {
        if needed <= self.0 {
            Ok(())
        } else {
            Err(TilesError::Memory { features: features.len(), needed, most: self.0 })
        }
    }

    /// What cut lines and polygons may take while they wait: half of what is left, the other half is for tiles in work.
    pub fn pieces(self, features: &Features, arc_points: usize) -> usize {
        (self.left(features, arc_points) / 2).max(4 << 20)
    }

    /// What features and arcs as they are drawn leave for the making of tiles.
    fn left(self, features: &Features, arc_points: usize) -> usize {
        (self.0 / 8 * 7).saturating_sub(features.held_bytes() + arc_points * 24)
    }
}

/// About how many bytes a tile takes while it is made: its features with their attributes before and after they are put together, and the
/// tile before and after it is compressed. Of what tiles do without only the ranks are held.
pub fn of_tile(features: &Features, options: &Options, count: usize, geometry: usize) -> usize {
    const RANK: usize = size_of::<u64>();
    let keys = features.mean_keys();
    let each = if count > HELD { 32 + 8 * keys } else { 100 + 12 * keys };
    let copies = if count > HELD { 2 } else { 3 };
    let all = count * each + geometry * copies;
    let by_count = options.max_features.map_or(all, |most| count * RANK + most.min(count) * each + geometry * copies);
    // Compressed to a third or less, at most, and held several times.
    let by_bytes = options.max_tile_bytes.map_or(all, |most| count * RANK + 12 * most);
    all.min(by_count).min(by_bytes)
}

/// Fails where a tile is larger than what is left for its making.
///
/// # Errors
/// [`TilesError::LargeTile`].
pub fn check(
    (features, arc_points): (&Features, usize),
    options: &Options,
    tile: TileId,
    count: usize,
    geometry: usize,
) -> Result<(), TilesError> {
    let Some(bound) = options.bound else { return Ok(()) };
    let (needed, most) = (of_tile(features, options, count, geometry), bound.left(features, arc_points));
    if needed <= most {
        return Ok(());
    }
    Err(TilesError::LargeTile { tile, features: count, needed, most })
}
