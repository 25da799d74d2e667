//! A folder of tiles, `{z}/{x}/{y}.mvt`, with a TileJSON beside them: what a plain web server can serve.

use super::files::beside;
use crate::tiles::metadata::Metadata;
use crate::tiles::{OnProgress, Sink, Tile, TileId, TilesError};
use rustc_hash::{FxHashMap, FxHashSet};
use std::io;
use std::path::{Path, PathBuf};

/// A folder being written.
pub struct Folder {
    pending: tempfile::TempDir,
    path: PathBuf,
    extension: &'static str,
    known: FxHashMap<u128, TileId>,
    made: Option<(u8, u32)>,
    progress: Option<OnProgress>,
}

impl Folder {
    /// Begins a folder that will stand at `path`; `extension` is that of the tiles.
    ///
    /// # Errors
    /// There is something at `path` that is not a folder of tiles, or the place cannot be written.
    pub fn create(path: &Path, extension: &'static str) -> Result<Self, TilesError> {
        let wrap = |e| TilesError::Write { path: path.to_owned(), source: e };
        if path.exists() && !is_tile_folder(path).map_err(wrap)? {
            let what = "it exists and is not a folder of tiles (no tiles.json in it)";
            return Err(wrap(io::Error::new(io::ErrorKind::AlreadyExists, what)));
        }
        let (builder, parent) = beside(path, 0o777).map_err(wrap)?;
        let pending = builder.tempdir_in(parent).map_err(wrap)?;
        Ok(Self { pending, path: path.to_owned(), extension, known: FxHashMap::default(), made: None, progress: None })
    }

    /// Calls back with zoom, tiles done and tiles of the zoom.
    pub fn on_progress(&mut self, f: OnProgress) {
        self.progress = Some(f);
    }

    fn file(&self, id: TileId) -> PathBuf {
        self.pending.path().join(format!("{}/{}/{}.{}", id.z, id.x, id.y, self.extension))
    }

    fn put(&mut self, tile: &Tile) -> io::Result<()> {
        let file = self.file(tile.id);
        if self.made != Some((tile.id.z, tile.id.x))
            && let Some(folder) = file.parent()
        {
            std::fs::create_dir_all(folder)?;
            self.made = Some((tile.id.z, tile.id.x));
        }
        match (&tile.data, self.known.get(&tile.hash)) {
            (Some(data), _) => {
                self.known.insert(tile.hash, tile.id);
                std::fs::write(file, data)
            }
            (None, Some(first)) => std::fs::copy(self.file(*first), file).map(drop),
            (None, None) => Err(io::Error::other("a repeated tile was never handed on")),
        }
    }

    /// Writes the TileJSON and puts the folder in its place.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn finish(self, metadata: &Metadata) -> Result<(), TilesError> {
        let path = self.path.clone();
        self.close(metadata).map_err(|e| TilesError::Write { path, source: e })
    }

    fn close(self, metadata: &Metadata) -> io::Result<()> {
        let mut json = serde_json::Map::new();
        json.insert("tilejson".into(), "3.0.0".into());
        json.insert("tiles".into(), vec![format!("{{z}}/{{x}}/{{y}}.{}", self.extension)].into());
        json.insert("scheme".into(), "xyz".into());
        json.insert("minzoom".into(), metadata.zooms.0.into());
        json.insert("maxzoom".into(), metadata.zooms.1.into());
        json.insert("bounds".into(), metadata.bounds.to_vec().into());
        let (x, y) = metadata.center;
        json.insert("center".into(), serde_json::json!([x, y, metadata.center_zoom()]));
        json.extend(metadata.json());
        let mut text = serde_json::to_string_pretty(&json).map_err(io::Error::other)?;
        text.push('\n');
        std::fs::write(self.pending.path().join("tiles.json"), text)?;
        if self.path.exists() {
            std::fs::remove_dir_all(&self.path)?;
        }
        std::fs::rename(self.pending.keep(), &self.path)
    }
}

/// Whether a path is an empty folder or one with a TileJSON in it.
fn is_tile_folder(path: &Path) -> io::Result<bool> {
    if !path.is_dir() {
        return Ok(false);
    }
    Ok(path.join("tiles.json").is_file() || std::fs::read_dir(path)?.next().is_none())
}

impl Sink for Folder {
    fn tile(&mut self, tile: Tile) -> Result<(), TilesError> {
        self.put(&tile).map_err(|e| TilesError::Write { path: self.path.clone(), source: e })
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
