//! Memory for pictures: large ones in large pages of their own, where the system has them.
//!
//! The first touch of a page costs the system more than painting it costs us, and a picture of 1200 × 800 has a thousand pages.

use memmap2::MmapMut;
use std::ops::{Deref, DerefMut};

/// What a large page holds on most machines.
const LARGE: usize = 2 << 20;

/// Bytes of a picture.
pub struct Bytes(Store);

enum Store {
    Heap(Vec<u8>),
    Mapped { map: MmapMut, len: usize },
}

impl Bytes {
    /// So many zeros.
    pub fn zeroed(len: usize) -> Self {
        if len < LARGE {
            return Self(Store::Heap(vec![0; len]));
        }
        let Ok(map) = MmapMut::map_anon(len.next_multiple_of(LARGE)) else {
            return Self(Store::Heap(vec![0; len]));
        };
        // Both are advice: a system that knows neither gives the pages one by one.
        #[cfg(target_os = "linux")]
        for advice in [memmap2::Advice::HugePage, memmap2::Advice::PopulateWrite] {
            let _ = map.advise(advice);
        }
        Self(Store::Mapped { map, len })
    }

    /// So many bytes of any value, in the same memory where it is large enough.
    #[must_use]
    pub fn of_any(mut self, len: usize) -> Self {
        match &mut self.0 {
            Store::Heap(bytes) if len <= bytes.capacity() => bytes.resize(len, 0),
            Store::Mapped { map, len: held } if len <= map.len() => *held = len,
            _ => {
                // The old memory goes before the new comes.
                drop(self);
                return Self::zeroed(len);
            }
        }
        self
    }
}

impl Default for Bytes {
    fn default() -> Self {
        Self(Store::Heap(Vec::new()))
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Store::Heap(bytes))
    }
}

impl Deref for Bytes {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        match &self.0 {
            Store::Heap(bytes) => bytes,
            Store::Mapped { map, len } => &map[..*len],
        }
    }
}

impl DerefMut for Bytes {
    fn deref_mut(&mut self) -> &mut [u8] {
        match &mut self.0 {
            Store::Heap(bytes) => bytes,
            Store::Mapped { map, len } => &mut map[..*len],
        }
    }
}

impl Clone for Bytes {
    fn clone(&self) -> Self {
        let mut copy = Self::zeroed(self.len());
        copy.copy_from_slice(self);
        copy
    }
}

impl PartialEq for Bytes {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Bytes {}

impl std::fmt::Debug for Bytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_and_small_behave_alike() {
        for len in [0, 1, LARGE - 1, LARGE, LARGE + 1, 2 * LARGE + 5] {
            let mut bytes = Bytes::zeroed(len);
            assert!(bytes.len() == len && bytes.iter().all(|b| *b == 0));
            bytes.fill(7);
            assert_eq!(bytes.clone(), bytes);
            assert_eq!(bytes, Bytes::from(vec![7; len]));
        }
    }

    #[test]
    fn memory_is_used_again_where_it_is_large_enough() {
        let bytes = Bytes::zeroed(2 * LARGE);
        let at = bytes.as_ptr();
        let smaller = bytes.of_any(LARGE / 2);
        assert_eq!((smaller.len(), smaller.as_ptr()), (LARGE / 2, at));
        let again = smaller.of_any(2 * LARGE);
        assert_eq!((again.len(), again.as_ptr()), (2 * LARGE, at));
        assert_eq!(again.of_any(3 * LARGE).len(), 3 * LARGE);
    }
}
