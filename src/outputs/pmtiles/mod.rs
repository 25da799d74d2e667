//! PMTiles v3: one file of all tiles, read by ranges.
//!
//! The header and the root directory stand in the first 16 KiB, then the tiles along the Hilbert curve, each content once, then
//! leaf directories and metadata: tiles go straight to their place in the file, nothing is copied. Reference: PMTiles
//! specification, version 3.

mod directory;
mod read;

pub use directory::{Entry, decode};
pub use read::{Header, ReadError, Reader, gunzip};

use super::files::beside;
use crate::tiles::metadata::Metadata;
use crate::tiles::{OnProgress, Sink, Tile, TilesError};
use directory::{Directories, gzip};
use rustc_hash::{FxHashMap, FxHashSet};
use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Where the tiles start: the header and the root directory stay before it.
const TILES_AT: u64 = 16_384;
const HEADER: usize = 127;

/// The member of the metadata that tells where the prints of the tiles stand: offset in the file and length, eight bytes a tile, in the
/// order of their numbers; the last may be missing.
const PRINTS: &str = "mapdesk:prints";

/// What the tiles of an archive are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum TileType {
    /// Mapbox vector tiles.
    Mvt = 1,
    /// PNG pictures.
    Png = 2,
    /// WebP pictures.
    Webp = 4,
}

/// An archive being written to anything that can be written and sought.
pub struct Archive<W: Write + Seek> {
    out: W,
    path: PathBuf,
    at: u64,
    directories: Directories,
    known: FxHashMap<u128, (u64, u32)>,
    /// Of each tile, where any has one.
    prints: Vec<u64>,
    addressed: u64,
    contents: u64,
    progress: Option<OnProgress>,
}

impl<W: Write + Seek> Archive<W> {
    /// Begins an archive; `path` names it in errors.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn new(mut out: W, path: &Path) -> Result<Self, TilesError> {
        let room = vec![0; TILES_AT as usize];
        out.write_all(&room).map_err(|e| TilesError::Write { path: path.to_owned(), source: e })?;
        Ok(Self {
            out,
            path: path.to_owned(),
            at: 0,
            directories: Directories::new(TILES_AT as usize - HEADER),
            known: FxHashMap::default(),
            prints: Vec::new(),
            addressed: 0,
            contents: 0,
            progress: None,
        })
    }

    /// Calls back with zoom, tiles done and tiles of the zoom.
    pub fn on_progress(&mut self, f: OnProgress) {
        self.progress = Some(f);
    }

    /// Bytes of tile data so far.
    pub fn tile_bytes(&self) -> u64 {
        self.at
    }

    /// Writes directories, metadata and header, and returns the output.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn finish(self, metadata: &Metadata, kind: TileType, compressed: bool) -> Result<W, TilesError> {
        let path = self.path.clone();
        self.close(metadata, kind, compressed).map_err(|e| TilesError::Write { path, source: e })
    }

    fn close(mut self, metadata: &Metadata, kind: TileType, compressed: bool) -> io::Result<W> {
        let entries = self.directories.len();
        let (root, leaves) = self.directories.finish();
        let prints: Vec<u8> = self.prints.iter().flat_map(|p| p.to_le_bytes()).collect();
        let mut json = metadata.json();
        if !prints.is_empty() {
            let at = TILES_AT + self.at + leaves.len() as u64;
            json.insert(PRINTS.into(), serde_json::json!([at, prints.len()]));
        }
        let json = gzip(&serde_json::to_vec(&json).map_err(io::Error::other)?);
        self.out.write_all(&leaves)?;
        self.out.write_all(&prints)?;
        self.out.write_all(&json)?;
        let leaves_at = TILES_AT + self.at;
        let mut h = Vec::with_capacity(HEADER);
        h.extend_from_slice(b"PMTiles\x03");
        for v in [
            HEADER as u64,
            root.len() as u64,
            leaves_at + (leaves.len() + prints.len()) as u64,
            json.len() as u64,
            leaves_at,
            leaves.len() as u64,
            TILES_AT,
            self.at,
            self.addressed,
            entries,
            self.contents,
        ] {
            h.extend_from_slice(&v.to_le_bytes());
        }
        // Clustered; directories gzipped; tiles gzipped or not.
        h.extend_from_slice(&[1, 2, if compressed { 2 } else { 1 }, kind as u8, metadata.zooms.0, metadata.zooms.1]);
        let e7 = |v: f64| ((v * 1e7).round() as i32).to_le_bytes();
        for v in metadata.bounds {
            h.extend_from_slice(&e7(v));
        }
        h.push(metadata.center_zoom());
        h.extend_from_slice(&e7(metadata.center.0));
        h.extend_from_slice(&e7(metadata.center.1));
        debug_assert_eq!(h.len(), HEADER);
        self.out.seek(SeekFrom::Start(0))?;
        self.out.write_all(&h)?;
        self.out.write_all(&root)?;
        self.out.flush()?;
        Ok(self.out)
    }
}

impl<W: Write + Seek> Sink for Archive<W> {
    fn tile(&mut self, tile: Tile) -> Result<(), TilesError> {
        let number = tile.id.number();
        let (offset, length) = match &tile.data {
            Some(data) => {
                let place = (self.at, data.len() as u32);
                self.out.write_all(data).map_err(|e| TilesError::Write { path: self.path.clone(), source: e })?;
                self.at += data.len() as u64;
                self.contents += 1;
                self.known.insert(tile.hash, place);
                place
            }
            None => *self.known.get(&tile.hash).ok_or(TilesError::Internal("a repeated tile was never handed on"))?,
        };
        if tile.print != 0 {
            self.prints.resize(self.addressed as usize, 0);
            self.prints.push(tile.print);
        }
        self.addressed += 1;
        self.directories.add(number, offset, length);
        Ok(())
    }
    fn forget(&mut self, kept: &FxHashSet<u128>) {
        self.known.retain(|hash, _| kept.contains(hash));
        self.known.shrink_to_fit();
    }
    fn progress(&mut self, zoom: u8, done: usize, of: usize) {
        if let Some(f) = &mut self.progress {
            f(zoom, done, of);
        }
    }
}

/// A file being written, in place of which the old one stays until it is whole.
pub struct PendingFile {
    file: tempfile::NamedTempFile,
    path: PathBuf,
}

impl PendingFile {
    /// Begins a file that will stand at `path`; missing folders are made.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn create(path: &Path) -> Result<Self, TilesError> {
        let wrap = |e| TilesError::Write { path: path.to_owned(), source: e };
        let (builder, folder) = beside(path, 0o666).map_err(wrap)?;
        let file = builder.tempfile_in(folder).map_err(wrap)?;
        Ok(Self { file, path: path.to_owned() })
    }
    /// A buffered writer on it.
    ///
    /// # Errors
    /// The handle cannot be doubled.
    pub fn writer(&self) -> Result<BufWriter<File>, TilesError> {
        let file =
            self.file.as_file().try_clone().map_err(|e| TilesError::Write { path: self.path.clone(), source: e })?;
        Ok(BufWriter::with_capacity(1 << 20, file))
    }
    /// Where it stands meanwhile.
    pub fn temporary_path(&self) -> &Path {
        self.file.path()
    }
    /// Puts the whole file in its place.
    ///
    /// # Errors
    /// The file cannot be renamed.
    pub fn keep(self) -> Result<(), TilesError> {
        self.file.persist(&self.path).map_err(|e| TilesError::Write { path: self.path.clone(), source: e.error })?;
        Ok(())
    }
}
