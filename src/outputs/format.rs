//! The one static table of vector formats: what each is called, what it reads and what it writes.

use super::{csv, files, flatgeobuf, geojson, geopackage, gpx, kml, shapefile, topojson, xlsx};
use crate::diag::{Note, Warned};
use crate::model::{Layer, LayerKind};
use std::path::{Path, PathBuf};

/// Why a file could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FormatError {
    /// The system refused.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The file could not be written whole.
    #[error(transparent)]
    File(#[from] files::FileError),
    /// GeoJSON that is none.
    #[error(transparent)]
    Geojson(#[from] geojson::GeojsonError),
    /// SQLite refused.
    #[error("SQLite: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The file is not what its name says, or holds what the format's reader does not understand.
    #[error("{path}: not readable as {format}: {message}", path = path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// Name of the format.
        format: &'static str,
        /// What is wrong.
        message: String,
    },
    /// A coordinate system that cannot be brought to WGS 84.
    #[error("the coordinate system {name} is not supported; reproject the file to WGS 84 (EPSG:4326) first")]
    Crs {
        /// Its code or name.
        name: String,
    },
    /// No format has this ending.
    #[error("{path}: no format has this ending; known are {known}", path = path.display())]
    Unknown {
        /// The file.
        path: PathBuf,
        /// Endings that are known.
        known: String,
    },
    /// The format is known, but not in this direction.
    #[error("{format} can only be {direction}")]
    Direction {
        /// Name of the format.
        format: &'static str,
        /// `read` or `written`.
        direction: &'static str,
    },
}

type Read = fn(&Path) -> Result<Warned<Vec<Layer>>, FormatError>;
type Write = fn(&[Layer], &Path) -> Result<Vec<Note>, FormatError>;

/// A vector format.
pub struct Format {
    /// Key on the command line.
    pub key: &'static str,
    /// Name in messages.
    pub name: &'static str,
    /// Endings, the first the usual one.
    pub endings: &'static [&'static str],
    /// Reads a file into layers.
    pub read: Option<Read>,
    /// Writes layers to a file that does not exist yet.
    pub write: Option<Write>,
    /// Whether one file holds several layers.
    pub many: bool,
    /// Whether it holds features without a geometry.
    pub bare: bool,
}

/// Every vector format.
pub const FORMATS: &[Format] = &[
    Format {
        key: "geojson",
        name: "GeoJSON",
        endings: &["geojson", "json"],
        read: Some(read_geojson),
        write: Some(write_geojson),
        many: false,
        bare: true,
    },
    Format {
        key: "geojsonl",
        name: "GeoJSON text sequence",
        endings: &["geojsonl", "geojsons", "ndjson", "jsonl"],
        read: Some(read_geojson),
        write: Some(write_sequence),
        many: false,
        bare: true,
    },
    Format {
        key: "gpkg",
        name: "GeoPackage",
        endings: &["gpkg"],
        read: Some(geopackage::read),
        write: Some(geopackage::write),
        many: true,
        bare: true,
    },
    Format {
        key: "fgb",
        name: "FlatGeobuf",
        endings: &["fgb"],
        read: Some(flatgeobuf::read),
        write: Some(flatgeobuf::write),
        many: false,
        bare: false,
    },
    Format {
        key: "shp",
        name: "zipped Shapefile",
        endings: &["zip", "shp"],
        read: Some(shapefile::read),
        write: Some(shapefile::write),
        many: true,
        bare: false,
    },
    Format {
        key: "kml",
        name: "KML",
        endings: &["kml"],
        read: Some(kml::read),
        write: Some(kml::write),
        many: true,
        bare: true,
    },
    Format {
        key: "kmz",
        name: "KMZ",
        endings: &["kmz"],
        read: Some(kml::read),
        write: Some(kml::write_kmz),
        many: true,
        bare: true,
    },
    Format {
        key: "topojson",
        name: "TopoJSON",
        endings: &["topojson"],
        read: Some(topojson::read),
        write: Some(topojson::write),
        many: true,
        bare: true,
    },
    Format { key: "gpx", name: "GPX", endings: &["gpx"], read: Some(gpx::read), write: None, many: true, bare: true },
    Format {
        key: "csv",
        name: "CSV",
        endings: &["csv", "tsv"],
        read: Some(csv::read),
        write: Some(csv::write),
        many: false,
        bare: true,
    },
    Format {
        key: "xlsx",
        name: "Excel workbook",
        endings: &["xlsx"],
        read: None,
        write: Some(xlsx::write),
        many: true,
        bare: true,
    },
];

/// The format of a key.
pub fn of_key(key: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|f| f.key == key)
}

/// The format of a file by its ending.
///
/// # Errors
/// No format has the ending; the message lists those that are known.
pub fn of_path(path: &Path) -> Result<&'static Format, FormatError> {
    let ending = path.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase).unwrap_or_default();
    FORMATS.iter().find(|f| f.endings.contains(&ending.as_str())).ok_or_else(|| {
        let known: Vec<String> = FORMATS.iter().flat_map(|f| f.endings).map(|e| format!(".{e}")).collect();
        FormatError::Unknown { path: path.to_owned(), known: known.join(" ") }
    })
}

/// Reads a file by its ending.
///
/// # Errors
/// The ending is unknown, or the file is not what it says.
pub fn read(path: &Path) -> Result<Warned<Vec<Layer>>, FormatError> {
    let format = of_path(path)?;
    let read = format.read.ok_or(FormatError::Direction { format: format.name, direction: "written" })?;
    let mut layers = guarded(read, format, path)?;
    for layer in &mut layers.value {
        super::schema::recognise_dates(layer);
    }
    Ok(layers)
}

/// Reads by a function that may rest on somebody else's reader: what that does not expect is an error like any other.
fn guarded(read: Read, format: &Format, path: &Path) -> Result<Warned<Vec<Layer>>, FormatError> {
    std::panic::catch_unwind(|| read(path)).unwrap_or_else(|_| {
        let message = "the file is broken in a way that its reader does not expect".to_owned();
        Err(FormatError::Content { path: path.to_owned(), format: format.name, message })
    })
}

/// The same as [`read`], with the features of a GeoJSON file that could not be used, as they stand in it.
///
/// # Errors
/// As [`read`].
pub fn read_apart(path: &Path) -> Result<(Warned<Vec<Layer>>, Vec<geojson::Refused>), FormatError> {
    if !of_path(path)?.key.starts_with("geojson") {
        return read(path).map(|layers| (layers, Vec::new()));
    }
    let bytes = std::fs::read(path).map_err(|source| FormatError::Io { path: path.to_owned(), source })?;
    let (features, refused) = geojson::read_apart(&bytes, &path.display().to_string())?;
    let layers = features.map(|features| {
        let mut layer = Layer { kind: LayerKind::Overlay, name: stem(path), features };
        super::schema::recognise_dates(&mut layer);
        vec![layer]
    });
    Ok((layers, refused))
}

/// Writes layers as [`write`] does; GeoJSON in as few bytes as it takes.
///
/// # Errors
/// As [`write`].
pub fn write_small(layers: &[Layer], path: &Path) -> Result<Warned<Vec<PathBuf>>, FormatError> {
    match of_path(path)? {
        Format { key: "geojson", .. } => write_by(write_minified, layers, path),
        _ => write(layers, path),
    }
}

/// Writes layers by the ending of the file, whole or not at all. A format that holds one layer a file gets a file a layer,
/// `name-layer.ending`, when there are several.
///
/// # Errors
/// The ending is unknown, the format is read-only, or the file cannot be written.
pub fn write(layers: &[Layer], path: &Path) -> Result<Warned<Vec<PathBuf>>, FormatError> {
    let format = of_path(path)?;
    let write = format.write.ok_or(FormatError::Direction { format: format.name, direction: "read" })?;
    write_by(write, layers, path)
}

fn write_by(write: Write, layers: &[Layer], path: &Path) -> Result<Warned<Vec<PathBuf>>, FormatError> {
    let format = of_path(path)?;
    let mut notes = Vec::new();
    let mut written = Vec::new();
    if format.many || layers.len() <= 1 {
        notes.extend(whole(write, layers, path)?);
        written.push(path.to_owned());
    } else {
        let stem = path.file_stem().and_then(|s| s.to_str()).unwrap_or("layer");
        let ending = path.extension().and_then(|s| s.to_str()).unwrap_or(format.endings[0]);
        for layer in layers {
            let each = path.with_file_name(format!("{stem}-{}.{ending}", layer.name));
            notes.extend(whole(write, std::slice::from_ref(layer), &each)?);
            written.push(each);
        }
    }
    Ok(Warned::new(written, notes))
}

/// Lets a writer fill a file in a temporary folder beside the target, then moves it there.
fn whole(write: Write, layers: &[Layer], path: &Path) -> Result<Vec<Note>, FormatError> {
    let io = |source| FormatError::Io { path: path.to_owned(), source };
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(io)?;
    let aside = tempfile::Builder::new().prefix(".mapdesk-").tempdir_in(folder).map_err(io)?;
    let name = path.file_name().unwrap_or(std::ffi::OsStr::new("out"));
    let temporary = aside.path().join(name);
    let notes = write(layers, &temporary)?;
    std::fs::rename(&temporary, path).map_err(io)?;
    Ok(notes)
}

/// The layer name a file gives: its stem.
pub(super) fn stem(path: &Path) -> String {
    path.file_stem().and_then(|s| s.to_str()).unwrap_or("layer").to_owned()
}

fn read_geojson(path: &Path) -> Result<Warned<Vec<Layer>>, FormatError> {
    let features = geojson::read_file(path)?;
    Ok(features.map(|features| vec![Layer { kind: LayerKind::Overlay, name: stem(path), features }]))
}

fn write_geojson(layers: &[Layer], path: &Path) -> Result<Vec<Note>, FormatError> {
    if let Some(layer) = layers.first() {
        geojson::write_file(layer, path)?;
    }
    Ok(Vec::new())
}

fn write_minified(layers: &[Layer], path: &Path) -> Result<Vec<Note>, FormatError> {
    if let Some(layer) = layers.first() {
        files::write_atomically(path, |out| geojson::write_minified(layer, out))?;
    }
    Ok(Vec::new())
}

fn write_sequence(layers: &[Layer], path: &Path) -> Result<Vec<Note>, FormatError> {
    if let Some(layer) = layers.first() {
        files::write_atomically(path, |out| geojson::write_sequence(layer, out))?;
    }
    Ok(Vec::new())
}
