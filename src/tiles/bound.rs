//! A bound on memory and what shares it: features that are held, tiles in work, pieces that wait for their tiles. What cannot keep to it
//! is refused before it is made, for a bound that is passed over quietly is none.

use super::TilesError;

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

    /// Fails where so many features take more than there is.
    ///
    /// # Errors
    /// [`TilesError::Memory`].
    pub fn fits(self, features: usize, needed: usize) -> Result<(), TilesError> {
        if needed <= self.0 { Ok(()) } else { Err(TilesError::Memory { features, needed, most: self.0 }) }
    }

    /// What cut lines and polygons may take while they wait, given what is held: half of what is left, the other half is for tiles in work.
    pub fn pieces(self, held: usize) -> usize {
        (self.left(held) / 2).max(4 << 20)
    }

    /// What is left for the making of tiles, given what is held.
    pub fn left(self, held: usize) -> usize {
        (self.0 / 8 * 7).saturating_sub(held)
    }
}
