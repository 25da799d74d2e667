//! Whether the largest of some tiles can be made in the memory that is left.

use super::features::Features;
use super::jobs::Job;
use super::mvt::HELD;
use super::slice::Sliced;
use super::world::{TileId, zoom_base};
use super::{Options, TilesError};

/// Fails where one of some tiles takes more than is left of the bound, given what is held.
///
/// # Errors
/// [`TilesError::LargeTile`].
pub fn check(
    features: &Features,
    options: &Options,
    held: usize,
    zoom: u8,
    jobs: &[Job],
    sliced: &Sliced,
) -> Result<(), TilesError> {
    let (Some(bound), Some(job)) = (options.bound, jobs.iter().max_by_key(|j| j.size())) else { return Ok(()) };
    let pieces = &sliced.pieces[job.pieces.0 as usize..job.pieces.1 as usize];
    // A point has five bytes, more or less.
    let geometry = (job.size() - pieces.len()) * 5 + pieces.iter().map(|p| p.len as usize).sum::<usize>();
    let (needed, most) = (bytes(features, options, job.size(), geometry), bound.left(held));
    if needed <= most {
        return Ok(());
    }
    let tile = TileId::from_number(zoom_base(zoom) + job.tile).expect("a tile of this zoom has a number");
    Err(TilesError::LargeTile { tile, features: job.size(), needed, most })
}

/// About how many bytes a tile takes while it is made: its features with their attributes before and after they are put together, and the
/// tile before and after it is compressed. Of what tiles do without only the ranks are held.
fn bytes(features: &Features, options: &Options, count: usize, geometry: usize) -> usize {
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
