//! Encoded tiles of a zoom that wait until the zoom is drawn: sheets come in their own order, archives want that of the numbers.

use super::Trouble;
use super::cut::Picture;
use crate::tiles::{TileId, TilesError};
use rustc_hash::FxHashMap;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use tempfile::SpooledTempFile;

/// Bytes that wait in memory; more wait in a temporary file.
const IN_MEMORY: usize = 64 << 20;

/// Tiles, each content once.
pub(super) struct Waiting {
    zoom: u8,
    /// Number, column, row and hash of each tile.
    tiles: Vec<(u64, u32, u32, u128)>,
    /// Where the bytes of a hash are.
    contents: FxHashMap<u128, (u64, u32)>,
    bytes: SpooledTempFile,
    end: u64,
}

impl Waiting {
    pub(super) fn new(zoom: u8) -> Self {
        let bytes = SpooledTempFile::new(IN_MEMORY);
        Self { zoom, tiles: Vec::new(), contents: FxHashMap::default(), bytes, end: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.tiles.len()
    }

    pub(super) fn push(&mut self, picture: &Picture) -> std::io::Result<()> {
        let TileId { x, y, .. } = picture.id;
        self.tiles.push((picture.id.number(), x, y, picture.hash));
        if let std::collections::hash_map::Entry::Vacant(free) = self.contents.entry(picture.hash) {
            self.bytes.write_all(&picture.bytes)?;
            free.insert((self.end, picture.bytes.len() as u32));
            self.end += picture.bytes.len() as u64;
        }
        Ok(())
    }

    /// Every tile in the order of the numbers; its bytes only where no tile before it has the same.
    pub(super) fn in_order(
        mut self,
        mut hand: impl FnMut(TileId, u128, Option<Vec<u8>>) -> Result<(), TilesError>,
    ) -> Result<(), Trouble> {
        self.tiles.sort_unstable();
        for (_, x, y, hash) in self.tiles {
            let mut data = None;
            if let Some((from, length)) = self.contents.remove(&hash) {
                let mut bytes = vec![0; length as usize];
                self.bytes.seek(SeekFrom::Start(from))?;
                self.bytes.read_exact(&mut bytes)?;
                data = Some(bytes);
            }
            hand(TileId { z: self.zoom, x, y }, hash, data)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_come_in_order_and_contents_once() {
        let mut waiting = Waiting::new(3);
        for n in (0..64u32).rev() {
            let (x, y) = (n % 8, n / 8);
            let bytes = vec![(n % 5) as u8; 10 + n as usize % 5];
            waiting.push(&Picture { id: TileId { z: 3, x, y }, hash: u128::from(n % 5), bytes }).expect("kept");
        }
        assert_eq!(waiting.len(), 64);
        let (mut last, mut contents) = (None, 0);
        let handed = waiting.in_order(|id, hash, data| {
            assert!(last < Some(id.number()));
            last = Some(id.number());
            if let Some(data) = data {
                contents += 1;
                assert!(data.iter().all(|b| u128::from(*b) == hash) && data.len() == 10 + hash as usize);
            }
            Ok(())
        });
        assert!(handed.is_ok());
        assert_eq!(contents, 5);
    }
}
