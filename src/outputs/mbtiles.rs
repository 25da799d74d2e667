//! MBTiles 1.3: tiles in an SQLite database, each content once.

use super::pmtiles::PendingFile;
use crate::tiles::metadata::Metadata;
use crate::tiles::{OnProgress, Sink, Tile, TilesError};
use rusqlite::{Connection, params};
use rustc_hash::{FxHashMap, FxHashSet};
use std::path::{Path, PathBuf};

/// A database being written.
pub struct Database {
    pending: PendingFile,
    connection: Connection,
    path: PathBuf,
    known: FxHashMap<u128, i64>,
    contents: i64,
    progress: Option<OnProgress>,
}

fn wrap(path: &Path, e: &rusqlite::Error) -> TilesError {
    TilesError::Write { path: path.to_owned(), source: std::io::Error::other(e.to_string()) }
}

impl Database {
    /// Begins a database that will stand at `path`.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn create(path: &Path) -> Result<Self, TilesError> {
        let pending = PendingFile::create(path)?;
        let connection = Connection::open(pending.temporary_path()).map_err(|e| wrap(path, &e))?;
        // The file counts only once it is whole, so that no journal is needed.
        connection
            .execute_batch(
                "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; PRAGMA page_size = 4096;
                 PRAGMA application_id = 0x4d504258;
                 CREATE TABLE metadata (name TEXT, value TEXT);
                 CREATE TABLE images (tile_id INTEGER PRIMARY KEY, tile_data BLOB);
                 CREATE TABLE map (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_id INTEGER);
                 CREATE VIEW tiles AS SELECT zoom_level, tile_column, tile_row, tile_data FROM map JOIN images USING (tile_id);
                 BEGIN;",
            )
            .map_err(|e| wrap(path, &e))?;
        Ok(Self {
            pending,
            connection,
            path: path.to_owned(),
            known: FxHashMap::default(),
            contents: 0,
            progress: None,
        })
    }

    /// Calls back with zoom, tiles done and tiles of the zoom.
    pub fn on_progress(&mut self, f: OnProgress) {
        self.progress = Some(f);
    }

    /// Writes the metadata and puts the database in its place; `format` is `pbf`, `png` or `webp`.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn finish(self, metadata: &Metadata, format: &str) -> Result<(), TilesError> {
        let fill = || -> rusqlite::Result<()> {
            let mut put = self.connection.prepare("INSERT INTO metadata VALUES (?, ?)")?;
            let [w, s, e, n] = metadata.bounds;
            let (x, y) = metadata.center;
            put.execute(params!["name", metadata.name])?;
            put.execute(params!["format", format])?;
            put.execute(params!["type", metadata.role()])?;
            put.execute(params!["version", "2"])?;
            put.execute(params!["bounds", format!("{w},{s},{e},{n}")])?;
            put.execute(params!["center", format!("{x},{y},{}", metadata.center_zoom())])?;
            put.execute(params!["minzoom", metadata.zooms.0.to_string()])?;
            put.execute(params!["maxzoom", metadata.zooms.1.to_string()])?;
            put.execute(params!["generator", concat!("mapdesk ", env!("CARGO_PKG_VERSION"))])?;
            if let Some(d) = &metadata.description {
                put.execute(params!["description", d])?;
            }
            if let Some(a) = &metadata.attribution {
                put.execute(params!["attribution", a])?;
            }
            if format == "pbf" {
                let json = serde_json::json!({
                    "vector_layers": metadata.vector_layers, "tilestats": metadata.tilestats,
                });
                put.execute(params!["json", json.to_string()])?;
            }
            self.connection.execute_batch(
                "CREATE UNIQUE INDEX map_index ON map (zoom_level, tile_column, tile_row);
                 CREATE UNIQUE INDEX name ON metadata (name);
                 COMMIT;",
            )
        };
        fill().map_err(|e| wrap(&self.path, &e))?;
        self.connection.close().map_err(|(_, e)| wrap(&self.path, &e))?;
        self.pending.keep()
    }

    fn put(&mut self, tile: &Tile) -> rusqlite::Result<Option<()>> {
        let content = match &tile.data {
            Some(data) => {
                self.contents += 1;
                self.connection
                    .prepare_cached("INSERT INTO images VALUES (?, ?)")?
                    .execute(params![self.contents, data])?;
                self.known.insert(tile.hash, self.contents);
                self.contents
            }
            None => match self.known.get(&tile.hash) {
                Some(n) => *n,
                None => return Ok(None),
            },
        };
        let row = (1u32 << tile.id.z) - 1 - tile.id.y;
        self.connection
            .prepare_cached("INSERT INTO map VALUES (?, ?, ?, ?)")?
            .execute(params![tile.id.z, tile.id.x, row, content])?;
        Ok(Some(()))
    }
}

impl Sink for Database {
    fn tile(&mut self, tile: Tile) -> Result<(), TilesError> {
        self.put(&tile)
            .map_err(|e| wrap(&self.path, &e))?
            .ok_or(TilesError::Internal("a repeated tile was never handed on"))
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
