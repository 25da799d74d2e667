//! Which contents of tiles have been handed on: equal tiles, open sea and the inside of areas, are compressed and stored once.

use super::TilesError;
use rustc_hash::FxHashSet;
use std::sync::Mutex;

/// The hashes of contents that were handed on or are about to be.
#[derive(Debug)]
pub struct Contents {
    seen: Mutex<FxHashSet<u128>>,
    /// Those that came again since some were last forgotten.
    again: FxHashSet<u128>,
    most: usize,
}

impl Contents {
    /// To remember about so many at a time.
    pub fn new(most: usize) -> Self {
        Self { seen: Mutex::default(), again: FxHashSet::default(), most }
    }

    /// Whether a content has not been met before; from then on it has.
    ///
    /// # Errors
    /// A thread failed.
    pub fn is_new(&self, hash: u128) -> Result<bool, TilesError> {
        Ok(self.seen.lock().map_err(|_| TilesError::Internal("a worker thread failed"))?.insert(hash))
    }

    /// Notes that a content came again, in the order of the tiles.
    pub fn came_again(&mut self, hash: u128) {
        if self.most < usize::MAX {
            self.again.insert(hash);
        }
    }

    /// Where there are too many, forgets those that came once since this was last done, which are hardly ever to come again; gives those
    /// that stay. Called between batches, so that it does not depend on which thread met a content first.
    pub fn forget_some(&mut self) -> Option<&FxHashSet<u128>> {
        let seen = self.seen.get_mut().ok().filter(|seen| seen.len() > self.most)?;
        self.again.retain(|hash| seen.contains(hash));
        if self.again.len() > self.most / 2 {
            self.again = FxHashSet::default();
        }
        *seen = std::mem::take(&mut self.again);
        Some(seen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_again_and_again_stays() {
        let mut contents = Contents::new(10);
        for n in 0..200u128 {
            // The same sea between coasts that come once.
            assert_eq!(contents.is_new(1000).expect("no thread"), n == 0);
            if n > 0 {
                contents.came_again(1000);
            }
            assert!(contents.is_new(n).expect("no thread"));
            if let Some(kept) = contents.forget_some() {
                assert!(kept.contains(&1000) && kept.len() == 1);
            }
        }
        assert!(contents.seen.get_mut().expect("no thread").len() <= 11);
    }
}
