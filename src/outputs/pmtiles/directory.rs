//! Directories: which tile's content stands where.

use super::read::gunzip;
use crate::tiles::attributes::varint;
use libdeflater::{CompressionLvl, Compressor};

/// A directory entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// PMTiles number of the first tile.
    pub tile: u64,
    /// Offset within the tile data; within the leaf directories where `run` is 0.
    pub offset: u64,
    /// Length in bytes.
    pub length: u32,
    /// How many tiles in a row share the content; 0 for a leaf directory.
    pub run: u32,
}

/// The best level took a third of the time of a build of a million tiles, for 7 % of the directories' bytes.
const LEVEL: i32 = 9;

/// Packs bytes as a gzip stream.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut c = Compressor::new(CompressionLvl::new(LEVEL).expect("a level that there is"));
    let mut out = vec![0; c.gzip_compress_bound(bytes.len())];
    let n = c.gzip_compress(bytes, &mut out).expect("the bound is large enough");
    out.truncate(n);
    out
}

fn encode(entries: &[Entry]) -> Vec<u8> {
    let mut out = Vec::with_capacity(entries.len() * 6);
    varint(&mut out, entries.len() as u64);
    let mut last = 0;
    for e in entries {
        varint(&mut out, e.tile - last);
        last = e.tile;
    }
    entries.iter().for_each(|e| varint(&mut out, u64::from(e.run)));
    entries.iter().for_each(|e| varint(&mut out, u64::from(e.length)));
    for (i, e) in entries.iter().enumerate() {
        let follows = i > 0 && e.offset == entries[i - 1].offset + u64::from(entries[i - 1].length);
        varint(&mut out, if follows { 0 } else { e.offset + 1 });
    }
    gzip(&out)
}

/// The directories of an archive in the making. Leaves are packed as soon as they are full, so that few entries are held.
#[derive(Debug)]
pub struct Directories {
    /// Entries that are in no leaf yet.
    open: Vec<Entry>,
    leaves: Vec<u8>,
    /// What the root says of the leaves.
    pointers: Vec<Entry>,
    count: u64,
    sizes: Sizes,
}

/// How large directories may become.
#[derive(Debug, Clone, Copy)]
struct Sizes {
    /// Bytes of the root.
    root: usize,
    /// Entries of a root without leaves.
    alone: usize,
    /// Entries of a leaf.
    leaf: usize,
}

impl Directories {
    /// Directories whose root is to fit so many bytes.
    pub fn new(room: usize) -> Self {
        Self::with(Sizes { root: room, alone: 16_384, leaf: 4096 })
    }

    fn with(sizes: Sizes) -> Self {
        Self { open: Vec::new(), leaves: Vec::new(), pointers: Vec::new(), count: 0, sizes }
    }

    /// How many entries there are.
    pub fn len(&self) -> u64 {
        self.count
    }

    /// Adds a tile; tiles come in the order of their numbers.
    pub fn add(&mut self, tile: u64, offset: u64, length: u32) {
        if let Some(last) = self.open.last_mut()
            && last.offset == offset
            && last.tile + u64::from(last.run) == tile
        {
            last.run += 1;
            return;
        }
        if self.open.len() >= self.sizes.alone {
            self.close_leaf();
        }
        self.open.push(Entry { tile, offset, length, run: 1 });
        self.count += 1;
    }

    fn close_leaf(&mut self) {
        let n = self.sizes.leaf.min(self.open.len());
        let leaf = encode(&self.open[..n]);
        let (offset, length) = (self.leaves.len() as u64, leaf.len() as u32);
        self.pointers.push(Entry { tile: self.open[0].tile, offset, length, run: 0 });
        self.leaves.extend_from_slice(&leaf);
        self.open.drain(..n);
    }

    /// The root directory and the leaf directories, packed.
    pub fn finish(mut self) -> (Vec<u8>, Vec<u8>) {
        if self.leaves.is_empty() && self.open.len() < self.sizes.alone {
            let root = encode(&self.open);
            if root.len() <= self.sizes.root {
                return (root, self.leaves);
            }
        }
        while !self.open.is_empty() {
            self.close_leaf();
        }
        loop {
            let root = encode(&self.pointers);
            if root.len() <= self.sizes.root {
                return (root, self.leaves);
            }
            self.join_leaves();
        }
    }

    /// Makes one leaf of every two.
    fn join_leaves(&mut self) {
        let (leaves, pointers) = (std::mem::take(&mut self.leaves), std::mem::take(&mut self.pointers));
        self.sizes.leaf *= 2;
        for pair in pointers.chunks(2) {
            for pointer in pair {
                let leaf = &leaves[pointer.offset as usize..][..pointer.length as usize];
                let entries = gunzip(leaf).and_then(|bytes| decode(&bytes)).expect("a leaf that was packed here");
                self.open.extend(entries);
            }
            self.close_leaf();
        }
    }
}

/// The entries of an unpacked directory; `None` where it is broken.
pub fn decode(bytes: &[u8]) -> Option<Vec<Entry>> {
    let mut at = 0;
    let mut next = || {
        let (mut v, mut shift) = (0u64, 0);
        loop {
            let b = *bytes.get(at)?;
            at += 1;
            v |= u64::from(b & 127).checked_shl(shift)?;
            if b < 128 {
                return Some(v);
            }
            shift += 7;
            if shift > 63 {
                return None;
            }
        }
    };
    let n = usize::try_from(next()?).ok()?;
    // Every entry takes at least four bytes.
    if n > bytes.len() {
        return None;
    }
    let mut entries = vec![Entry { tile: 0, offset: 0, length: 0, run: 0 }; n];
    let mut last = 0u64;
    for e in &mut entries {
        last = last.checked_add(next()?)?;
        e.tile = last;
    }
    for e in &mut entries {
        e.run = u32::try_from(next()?).ok()?;
    }
    for e in &mut entries {
        e.length = u32::try_from(next()?).ok()?;
    }
    for i in 0..n {
        let v = next()?;
        entries[i].offset = if v == 0 {
            let before = *entries.get(i.checked_sub(1)?)?;
            before.offset.checked_add(u64::from(before.length))?
        } else {
            v - 1
        };
    }
    Some(entries)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn directories_round_trip(seed in proptest::collection::vec((1u64..1000, 1u32..5000, 1u32..9, any::<bool>()), 1..200)) {
            let (mut tile, mut offset) = (0, 0);
            let entries: Vec<Entry> = seed.iter().map(|(gap, length, run, again)| {
                tile += gap + 9;
                let e = Entry { tile, offset: if *again { offset / 2 } else { offset }, length: *length, run: *run };
                offset = e.offset + u64::from(*length);
                e
            }).collect();
            prop_assert_eq!(decode(&gunzip(&encode(&entries)).expect("gzip")).expect("directory"), entries);
        }
        #[test]
        fn broken_directories_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let _ = decode(&bytes);
            let _ = gunzip(&bytes);
        }
    }

    /// The entries that a root and leaves hold, and how many leaves there are.
    fn read(root: &[u8], leaves: &[u8]) -> (Vec<Entry>, usize) {
        let unpacked = |bytes: &[u8]| decode(&gunzip(bytes).expect("gzip")).expect("directory");
        let top = unpacked(root);
        let mut all = Vec::new();
        let mut count = 0;
        for e in top {
            if e.run == 0 {
                all.extend(unpacked(&leaves[e.offset as usize..][..e.length as usize]));
                count += 1;
            } else {
                all.push(e);
            }
        }
        (all, count)
    }

    fn of(entries: &[Entry], mut directories: Directories) -> (Vec<u8>, Vec<u8>) {
        for e in entries {
            for n in 0..u64::from(e.run) {
                directories.add(e.tile + n, e.offset, e.length);
            }
        }
        assert_eq!(directories.len(), entries.len() as u64);
        directories.finish()
    }

    #[test]
    fn many_entries_go_to_leaves_and_the_root_stays_small() {
        let entries: Vec<Entry> = (0..400_000u64)
            .map(|n| Entry { tile: n * 7 % 3 + n * 5, offset: n * n, length: (n % 7919) as u32 + 1, run: 1 })
            .collect();
        let room = 16_384 - 127;
        for (count, leaves) in [(10, 0), (16_383, 4), (400_000, 98)] {
            let (root, packed) = of(&entries[..count], Directories::new(room));
            assert!(root.len() <= room);
            assert_eq!(read(&root, &packed), (entries[..count].to_vec(), leaves));
        }
        // Few that pack well need no leaves; a root that the leaves do not fit joins them.
        let plain: Vec<Entry> =
            (0..5000u64).map(|n| Entry { tile: 2 * n, offset: 9 * n, length: 9, run: 1 + (n == 7) as u32 }).collect();
        let (root, packed) = of(&plain, Directories::new(room));
        assert_eq!(read(&root, &packed), (plain, 0));
        let small = Sizes { root: 60, alone: 8, leaf: 4 };
        let (root, packed) = of(&entries[..1001], Directories::with(small));
        let (all, count) = read(&root, &packed);
        assert!(root.len() <= 60 && all == entries[..1001] && (2..130).contains(&count), "{count} leaves");
    }
}
