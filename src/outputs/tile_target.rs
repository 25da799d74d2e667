//! Where tiles go, by the name of the target: `.pmtiles`, `.mbtiles`, or a folder.

use super::mbtiles::Database;
use super::pmtiles::{Archive, PendingFile, TileType};
use super::tile_folder::Folder;
use crate::model::Layer;
use crate::tiles::metadata::Metadata;
use crate::tiles::source::add_layer;
use crate::tiles::{self, Features, OnProgress, Options, Selection, Sink, Summary, TilesError};
use std::io::{Cursor, Seek as _};
use std::path::Path;

/// What people are to read of an archive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    /// A name; empty takes the target's.
    pub name: String,
    /// A sentence on the content.
    pub description: Option<String>,
    /// Credits for the map.
    pub attribution: Option<String>,
}

impl About {
    fn metadata(&self, target: &Path, features: &Features, summary: &Summary) -> Metadata {
        let stem = target.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        let name = if self.name.is_empty() { &stem } else { &self.name };
        let mut m = Metadata::new(name, features, summary);
        m.description.clone_from(&self.description);
        m.attribution.clone_from(&self.attribution);
        m
    }
}

/// Makes tiles of features and writes them to a target; returns what was made and how many bytes the target has.
///
/// # Errors
/// There is nothing to draw, an option does not fit, or the target cannot be written; what stood there before is untouched.
pub fn write(
    features: &mut Features,
    options: &Options,
    target: &Path,
    about: &About,
    progress: Option<OnProgress>,
) -> Result<(Summary, u64), TilesError> {
    let extension = target.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    let size = |path: &Path| std::fs::metadata(path).map_or(0, |m| m.len());
    match extension.as_str() {
        "pmtiles" => {
            let file = PendingFile::create(target)?;
            let mut archive = Archive::new(file.writer()?, target)?;
            if let Some(p) = progress {
                archive.on_progress(p);
            }
            let summary = tiles::build(features, options, &mut archive)?;
            let metadata = about.metadata(target, features, &summary);
            archive.finish(&metadata, TileType::Mvt, options.compress)?;
            file.keep()?;
            Ok((summary, size(target)))
        }
        "mbtiles" => {
            let mut database = Database::create(target)?;
            if let Some(p) = progress {
                database.on_progress(p);
            }
            let summary = tiles::build(features, options, &mut database)?;
            let metadata = about.metadata(target, features, &summary);
            database.finish(&metadata, "pbf")?;
            Ok((summary, size(target)))
        }
        _ => {
            let mut folder = Folder::create(target, "mvt")?;
            if let Some(p) = progress {
                folder.on_progress(p);
            }
            // Plain servers send files as they are, without saying that they are compressed.
            let options = Options { compress: false, ..options.clone() };
            let summary = tiles::build(features, &options, &mut folder)?;
            let metadata = about.metadata(target, features, &summary);
            folder.finish(&metadata)?;
            Ok((summary, 0))
        }
    }
}

/// Writes pictures to a target: `fill` hands them on in the order of their PMTiles numbers and says what they are. Returns the bytes of
/// the target, 0 for a folder.
///
/// # Errors
/// `fill` fails, or the target cannot be written; what stood there before is untouched.
pub fn write_pictures(
    target: &Path,
    kind: TileType,
    fill: impl FnOnce(&mut dyn Sink) -> Result<Metadata, TilesError>,
) -> Result<u64, TilesError> {
    let extension = target.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    let ending = if kind == TileType::Webp { "webp" } else { "png" };
    match extension.as_str() {
        "pmtiles" => {
            let file = PendingFile::create(target)?;
            let mut archive = Archive::new(file.writer()?, target)?;
            let metadata = fill(&mut archive)?;
            archive.finish(&metadata, kind, false)?;
            file.keep()?;
        }
        "mbtiles" => {
            let mut database = Database::create(target)?;
            let metadata = fill(&mut database)?;
            database.finish(&metadata, ending)?;
        }
        _ => {
            let mut folder = Folder::create(target, ending)?;
            let metadata = fill(&mut folder)?;
            folder.finish(&metadata)?;
            return Ok(0);
        }
    }
    Ok(std::fs::metadata(target).map_or(0, |m| m.len()))
}

/// A PMTiles archive of some layers, in memory: all layers of a story, or a small base map.
///
/// # Errors
/// As [`write`].
pub fn pmtiles_bytes(layers: &[Layer], options: &Options, about: &About) -> Result<Vec<u8>, TilesError> {
    pmtiles_in_steps(&[(layers.to_vec(), options.clone())], about)
}

/// A PMTiles archive in memory whose zooms show different layers: each step has zooms of its own, the lower ones first.
///
/// # Errors
/// As [`write`]; there is no step.
pub fn pmtiles_in_steps(steps: &[(Vec<Layer>, Options)], about: &About) -> Result<Vec<u8>, TilesError> {
    let target = Path::new("map.pmtiles");
    let mut archive = Archive::new(Cursor::new(Vec::new()), target)?;
    let mut whole: Option<(Metadata, bool)> = None;
    for (layers, options) in steps {
        let mut features = Features::default();
        for layer in layers {
            add_layer(layer, &Selection::default(), &mut features);
        }
        let summary = tiles::build(&mut features, options, &mut archive)?;
        let metadata = about.metadata(target, &features, &summary);
        whole = Some(match whole {
            None => (metadata, options.compress),
            Some((first, compress)) => (first.extended(metadata), compress),
        });
    }
    let (metadata, compress) = whole.ok_or(TilesError::Empty)?;
    let mut out = archive.finish(&metadata, TileType::Mvt, compress)?;
    out.rewind().map_err(|e| TilesError::Write { path: target.to_owned(), source: e })?;
    Ok(out.into_inner())
}
