//! An archive brought up to date: tiles whose content is as it was keep their bytes, and what changed is listed.
//!
//! The result is the same, byte for byte, as that of a whole build with the same options; a tile is compared by its content before
//! compression, so that the old archive needs no record of its making. Where it keeps prints of its tiles (`tiles --updatable`), those
//! made of the same as before are neither cut nor encoded nor packed.

use super::pmtiles::{Entry, ReadError, Reader, gunzip};
use crate::tiles::{Previous, TileId};
use rustc_hash::{FxHashMap, FxHashSet};
use std::fs::File;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// What happened to a tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// It was not there before.
    Added,
    /// Its content is another one.
    Changed,
    /// There is nothing in it any more.
    Removed,
}

impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Removed => "removed",
        })
    }
}

/// An older archive, and what a build found of it.
pub struct Update {
    reader: Mutex<Reader<File>>,
    entries: Vec<Entry>,
    prints: FxHashMap<u64, u64>,
    packed: bool,
    zooms: (u8, u8),
    log: Mutex<Log>,
}

#[derive(Default)]
struct Log {
    kept: FxHashSet<u64>,
    other: Vec<(u64, bool)>,
}

impl std::fmt::Debug for Update {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Update").field("entries", &self.entries.len()).finish_non_exhaustive()
    }
}

impl Update {
    /// Opens the older archive.
    ///
    /// # Errors
    /// It cannot be read, or is no archive of vector tiles that are gzipped or bare.
    pub fn open(path: &Path) -> Result<Self, ReadError> {
        let file = File::open(path).map_err(|e| ReadError::Io { path: path.to_owned(), source: e })?;
        let mut reader = Reader::open(file, path)?;
        if reader.header.tile_type != 1 || !matches!(reader.header.compression.1, 1 | 2) {
            let what = "its tiles are no vector tiles, or packed in a way that is not read here".to_owned();
            return Err(ReadError::Broken { path: path.to_owned(), what });
        }
        let entries = reader.entries()?;
        if entries.iter().any(|e| TileId::from_number(e.tile.saturating_add(u64::from(e.run))).is_none()) {
            let what = "a directory tells of tiles that cannot be".to_owned();
            return Err(ReadError::Broken { path: path.to_owned(), what });
        }
        let packed = reader.header.compression.1 == 2;
        let zooms = reader.header.zooms;
        let numbers = entries.iter().flat_map(|e| e.tile..e.tile + u64::from(e.run));
        let prints = numbers.zip(reader.prints().unwrap_or_default()).filter(|(_, print)| *print != 0).collect();
        Ok(Self { reader: Mutex::new(reader), entries, prints, packed, zooms, log: Mutex::new(Log::default()) })
    }

    /// How many tiles the older archive has.
    pub fn tiles(&self) -> u64 {
        self.entries.iter().map(|e| u64::from(e.run)).sum()
    }

    /// Whether it keeps prints, by which what has not changed is passed over.
    pub fn has_prints(&self) -> bool {
        !self.prints.is_empty()
    }

    /// Its first and last zoom.
    pub fn zooms(&self) -> (u8, u8) {
        self.zooms
    }

    fn entry(&self, number: u64) -> Option<&Entry> {
        let n = self.entries.partition_point(|e| e.tile <= number).checked_sub(1)?;
        self.entries.get(n).filter(|e| number - e.tile < u64::from(e.run))
    }

    /// What is not as it was, in the order of the tiles; to be asked after the build.
    pub fn changes(&self) -> Vec<(TileId, Change)> {
        let log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        let mut list: Vec<(u64, Change)> =
            log.other.iter().map(|(n, old)| (*n, if *old { Change::Changed } else { Change::Added })).collect();
        let other: FxHashSet<u64> = log.other.iter().map(|o| o.0).collect();
        for e in &self.entries {
            for n in e.tile..e.tile + u64::from(e.run) {
                if !log.kept.contains(&n) && !other.contains(&n) {
                    list.push((n, Change::Removed));
                }
            }
        }
        list.sort_unstable();
        list.into_iter().filter_map(|(n, c)| Some((TileId::from_number(n)?, c))).collect()
    }
}

impl Previous for Update {
    fn same(&self, id: TileId, raw: &[u8], compressed: bool) -> Option<Vec<u8>> {
        let number = id.number();
        let old = self.entry(number).and_then(|e| {
            let bytes = self.reader.lock().ok()?.content(e).ok()?;
            // The unpacked length stands at the end of a gzip stream: most changes show there already.
            if self.packed {
                let size = u32::from_le_bytes(bytes.get(bytes.len().checked_sub(4)?..)?.try_into().ok()?);
                if size != raw.len() as u32 || gunzip(&bytes)? != raw {
                    return None;
                }
            } else if bytes != raw {
                return None;
            }
            Some(bytes)
        });
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        if old.is_some() {
            log.kept.insert(number);
        } else {
            log.other.push((number, self.entry(number).is_some()));
        }
        old.filter(|_| compressed == self.packed)
    }

    fn print(&self, number: u64) -> Option<u64> {
        self.prints.get(&number).copied()
    }

    fn keep(&self, id: TileId) -> Option<(Vec<u8>, Vec<u8>)> {
        let number = id.number();
        let bytes = self.reader.lock().ok()?.content(self.entry(number)?).ok()?;
        let raw = if self.packed { gunzip(&bytes)? } else { bytes.clone() };
        self.log.lock().unwrap_or_else(PoisonError::into_inner).kept.insert(number);
        Some((bytes, raw))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Feature, Layer, LayerKind};
    use crate::outputs::tile_target::{About, write};
    use crate::tiles::source::add_layer;
    use crate::tiles::{Features, Options, Selection};
    use geo::polygon;
    use std::sync::Arc;

    /// A lattice of squares over a large country; those of `lost` have another holder.
    fn cells(lost: &[usize]) -> Features {
        let n = 20;
        let list = (0..n * n).map(|k| {
            let (x, y) = (30.0 + (k % n) as f64 / 2.0, 30.0 + (k / n) as f64 / 2.0);
            let square = polygon![(x: x, y: y), (x: x + 0.5, y: y), (x: x + 0.5, y: y + 0.5), (x: x, y: y + 0.5)];
            let holder = if lost.contains(&k) { "reb" } else { "gov" };
            Feature::new(square).with_id((k + 1).to_string()).with("holder", holder)
        });
        let mut features = Features::default();
        add_layer(&Layer::new(LayerKind::Control, list.collect()), &Selection::default(), &mut features);
        features
    }

    #[test]
    fn an_update_writes_what_a_whole_build_writes_and_names_what_changed() {
        let folder = tempfile::tempdir().expect("a folder");
        let (old, new, whole) = (folder.path().join("t.pmtiles"), folder.path().join("n"), folder.path().join("w"));
        let (new, whole) = (new.with_extension("pmtiles"), whole.with_extension("pmtiles"));
        let about = About { name: "t".into(), ..About::default() };
        let options = Options { max_zoom: Some(9), ..Options::default() };
        let (summary, _) = write(&mut cells(&[]), &options, &old, &about, None).expect("the old archive");
        let update = Arc::new(Update::open(&old).expect("an archive"));
        assert_eq!(update.tiles(), summary.tiles);
        let with = Options { previous: Some(update.clone()), ..options.clone() };
        write(&mut cells(&[0, 399]), &with, &new, &about, None).expect("the update");
        write(&mut cells(&[0, 399]), &options, &whole, &about, None).expect("the whole build");
        assert!(std::fs::read(&new).expect("bytes") == std::fs::read(&whole).expect("bytes"));
        let changes = update.changes();
        assert!(changes.iter().all(|(_, c)| *c == Change::Changed));
        assert_eq!(changes.iter().filter(|(id, _)| id.z == 0).count(), 1);
        let deep = |z: u8| changes.iter().filter(|(id, _)| id.z == z).count();
        let all = (summary.tiles / 2) as usize;
        assert!(deep(9) > 2 && changes.len() < all, "{} of {}", changes.len(), summary.tiles);
        // Nothing changed, nothing is named; everything gone is named.
        let again = Arc::new(Update::open(&old).expect("an archive"));
        let with = Options { previous: Some(again.clone()), ..options.clone() };
        write(&mut cells(&[]), &with, &new, &about, None).expect("the update");
        assert_eq!(again.changes(), []);
        assert!(std::fs::read(&new).expect("bytes") == std::fs::read(&old).expect("bytes"));
        let other = Arc::new(Update::open(&old).expect("an archive"));
        let with = Options { max_zoom: Some(8), previous: Some(other.clone()), ..options };
        write(&mut cells(&[]), &with, &new, &about, None).expect("the update");
        assert!(other.changes().iter().any(|(id, c)| id.z == 9 && *c == Change::Removed));
    }

    /// A lattice of quadrilaterals with rough common borders: corners moved by what `moved` says of them, cells left out or held by
    /// others as their numbers say.
    fn rough(moved: &[(usize, f64)], lost: &[usize], gone: &[usize]) -> Features {
        let n = 12;
        let corner = |i: usize, j: usize| {
            let k = j * (n + 1) + i;
            let by = moved.iter().find(|m| m.0 == k).map_or(0.0, |m| m.1);
            let bend = ((k * 7919) % 31) as f64 / 400.0;
            (30.0 + i as f64 / 4.0 + bend + by, 30.0 + j as f64 / 4.0 - bend)
        };
        // Between two corners the same rough way for both cells.
        let way = |a: (f64, f64), b: (f64, f64)| {
            let (from, to) = if a <= b { (a, b) } else { (b, a) };
            let mut list: Vec<(f64, f64)> = (0..12)
                .map(|k| (k as f64 / 12.0, if k % 2 == 1 { ((k * k) % 5) as f64 / 500.0 } else { 0.0 }))
                .map(|(t, off)| (from.0 + (to.0 - from.0) * t + off, from.1 + (to.1 - from.1) * t - off))
                .chain([to])
                .collect();
            if a > b {
                list.reverse();
            }
            list.pop();
            list
        };
        let list = (0..n * n).filter(|k| !gone.contains(k)).map(|k| {
            let (i, j) = (k % n, k / n);
            let corners = [corner(i, j), corner(i + 1, j), corner(i + 1, j + 1), corner(i, j + 1)];
            let ring: Vec<(f64, f64)> = (0..4).flat_map(|c| way(corners[c], corners[(c + 1) % 4])).collect();
            let holder = if lost.contains(&k) { "reb" } else { "gov" };
            Feature::new(geo::Polygon::new(ring.into(), Vec::new())).with_id((k + 1).to_string()).with("holder", holder)
        });
        let mut features = Features::default();
        add_layer(&Layer::new(LayerKind::Control, list.collect()), &Selection::default(), &mut features);
        features
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(12))]
        /// Whatever changes, passing over tiles by their prints gives what a whole build gives, and names what comparing them names.
        #[test]
        fn prints_pass_over_nothing_that_changed(
            moved in proptest::collection::vec((0usize..169, -0.05f64..0.05), 0..3),
            lost in proptest::collection::vec(0usize..144, 0..3),
            gone in proptest::collection::vec(0usize..144, 0..2),
        ) {
            let folder = tempfile::tempdir().expect("a folder");
            let path = |name: &str| folder.path().join(name).with_extension("pmtiles");
            let about = About { name: "t".into(), ..About::default() };
            let plain = Options { max_zoom: Some(8), ..Options::default() };
            let kept = Options { updatable: true, ..plain.clone() };
            write(&mut rough(&[], &[7], &[]), &plain, &path("plain"), &about, None).expect("an archive");
            write(&mut rough(&[], &[7], &[]), &kept, &path("kept"), &about, None).expect("an archive");
            write(&mut rough(&moved, &lost, &gone), &kept, &path("whole"), &about, None).expect("the whole build");
            let open = |name: &str| Arc::new(Update::open(&path(name)).expect("an archive"));
            let (by_content, by_print) = (open("plain"), open("kept"));
            proptest::prop_assert!(by_print.has_prints() && !by_content.has_prints());
            for (update, options) in [(&by_content, &plain), (&by_print, &kept)] {
                let with = Options { previous: Some(update.clone()), ..options.clone() };
                write(&mut rough(&moved, &lost, &gone), &with, &path("update"), &about, None).expect("the update");
            }
            let bytes = |name: &str| std::fs::read(path(name)).expect("bytes");
            proptest::prop_assert!(bytes("update") == bytes("whole"));
            proptest::prop_assert_eq!(by_print.changes(), by_content.changes());
            let report = crate::outputs::tile_check::check(&path("update")).expect("an archive");
            proptest::prop_assert_eq!(report.errors, 0, "{:?}", report.findings);
        }
    }
}
