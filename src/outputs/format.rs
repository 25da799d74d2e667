//! The one static table of vector formats: what each is called, what it reads and what it writes.

use super::{csv, files, flatgeobuf, geojson, geopackage, geoparquet, gpx, kml, shapefile, topojson, xlsx};
use crate::diag::{Note, Warned};
use crate::model::{Feature, Layer, LayerKind, Value};
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
    /// The format is known, but not built in.
    #[error("{format} is not in this build of mapdesk; build it with `cargo build --release --features {feature}`")]
    Absent {
        /// Name of the format.
        format: &'static str,
        /// The feature that has it.
        feature: &'static str,
    },
    /// A table of metres, or of whatever else is not degrees, that does not say so.
    #[error(
"{path}: the positions of \"{layer}\" are not longitude and latitude, and no other coordinate system is named; reproject it to WGS 84 (EPSG:4326) first",
        path = path.display()
    )]
    NotDegrees {
        /// The file.
        path: PathBuf,
        /// The layer.
        layer: String,
    },
}

/// Reads a file into layers.
pub(super) type Read = fn(&Path) -> Result<Warned<Vec<Layer>>, FormatError>;
/// Writes layers to a file that does not exist yet.
pub(super) type Write = fn(&[Layer], &Path) -> Result<Vec<Note>, FormatError>;

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
    /// Whether it has a place for the features' own ids; otherwise they become an attribute.
    pub ids: bool,
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
        ids: true,
    },
    Format {
        key: "geojsonl",
        name: "GeoJSON text sequence",
        endings: &["geojsonl", "geojsons", "ndjson", "jsonl"],
        read: Some(read_geojson),
        write: Some(write_sequence),
        many: false,
        bare: true,
        ids: true,
    },
    Format {
        key: "gpkg",
        name: "GeoPackage",
        endings: &["gpkg"],
        read: Some(geopackage::read),
        write: Some(geopackage::write),
        many: true,
        bare: true,
        ids: false,
    },
    Format {
        key: "fgb",
        name: "FlatGeobuf",
        endings: &["fgb"],
        read: Some(flatgeobuf::read),
        write: Some(flatgeobuf::write),
        many: false,
        bare: false,
        ids: false,
    },
    Format {
        key: "parquet",
        name: "GeoParquet",
        endings: &["parquet", "geoparquet"],
        read: geoparquet::READ,
        write: geoparquet::WRITE,
        many: false,
        bare: true,
        ids: false,
    },
    Format {
        key: "shp",
        name: "zipped Shapefile",
        endings: &["zip", "shp"],
        read: Some(shapefile::read),
        write: Some(shapefile::write),
        many: true,
        bare: false,
        ids: false,
    },
    Format {
        key: "kml",
        name: "KML",
        endings: &["kml"],
        read: Some(kml::read),
        write: Some(kml::write),
        many: true,
        bare: true,
        ids: false,
    },
    Format {
        key: "kmz",
        name: "KMZ",
        endings: &["kmz"],
        read: Some(kml::read),
        write: Some(kml::write_kmz),
        many: true,
        bare: true,
        ids: false,
    },
    Format {
        key: "topojson",
        name: "TopoJSON",
        endings: &["topojson"],
        read: Some(topojson::read),
        write: Some(topojson::write),
        many: true,
        bare: true,
        ids: true,
    },
    Format {
        key: "gpx",
        name: "GPX",
        endings: &["gpx"],
        read: Some(gpx::read),
        write: None,
        many: true,
        bare: true,
        ids: false,
    },
    Format {
        key: "csv",
        name: "CSV",
        endings: &["csv", "tsv"],
        read: Some(csv::read),
        write: Some(csv::write),
        many: false,
        bare: true,
        ids: false,
    },
    Format {
        key: "xlsx",
        name: "Excel workbook",
        endings: &["xlsx"],
        read: None,
        write: Some(xlsx::write),
        many: true,
        bare: true,
        ids: false,
    },
];

impl Format {
    /// The reader.
    ///
    /// # Errors
    /// The format is only written, or not built in.
    fn reader(&self) -> Result<Read, FormatError> {
        self.read.ok_or_else(|| self.without(self.write.is_none(), "written"))
    }

    /// The writer.
    ///
    /// # Errors
    /// The format is only read, or not built in.
    pub fn writer(&self) -> Result<Write, FormatError> {
        self.write.ok_or_else(|| self.without(self.read.is_none(), "read"))
    }

    fn without(&self, both: bool, direction: &'static str) -> FormatError {
        // The features have the names of the formats that they add.
        if both {
            FormatError::Absent { format: self.name, feature: "geoparquet" }
        } else {
            FormatError::Direction { format: self.name, direction }
        }
    }
}

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
    let mut layers = guarded(format.reader()?, format, path)?;
    for layer in &mut layers.value {
        layers.notes.extend(keep_on_earth(layer, path)?);
        super::schema::recognise_dates(layer);
    }
    Ok(layers)
}

/// Takes geometries away that are not on the Earth; told, and an error where none is.
fn keep_on_earth(layer: &mut Layer, path: &Path) -> Result<Option<Note>, FormatError> {
    use geo::CoordsIter as _;
    let off = |f: &Feature| {
        let off = |c: geo::Coord<f64>| !(c.y.abs() <= 90.0 + 1e-9 && c.x.abs() <= 540.0);
        f.geometry.as_ref().is_some_and(|g| g.coords_iter().any(off))
    };
    let wrong: Vec<usize> = (0..layer.features.len()).filter(|n| off(&layer.features[*n])).collect();
    let Some(first) = wrong.first() else { return Ok(None) };
    if wrong.len() == layer.features.iter().filter(|f| f.geometry.is_some()).count() {
        return Err(FormatError::NotDegrees { path: path.to_owned(), layer: layer.name.clone() });
    }
    let note = Note::warning(format!(
        "{}: {} features, the first of them feature {}, have positions that are not on the Earth; kept without their geometry",
        layer.name,
        wrong.len(),
        first + 1
    ));
    for n in wrong {
        layer.features[n].geometry = None;
    }
    Ok(Some(note))
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
    write_by(format.writer()?, layers, path)
}

fn write_by(write: Write, layers: &[Layer], path: &Path) -> Result<Warned<Vec<PathBuf>>, FormatError> {
    let format = of_path(path)?;
    let mut notes = Vec::new();
    let mut written = Vec::new();
    let with_ids: Vec<Layer>;
    let mut layers = layers;
    if !format.ids && layers.iter().any(|l| l.features.iter().any(|f| f.id.is_some())) {
        with_ids = layers.iter().map(ids_as_attributes).collect();
        layers = &with_ids;
    }
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

/// The layer with its features' ids as the attribute `id`, or `feature_id` where there is another of that name.
fn ids_as_attributes(layer: &Layer) -> Layer {
    let mut layer = layer.clone();
    let says = |f: &Feature, key: &str| match f.get(key) {
        None => false,
        Some(value) => f.id.as_ref().is_none_or(|id| value.to_string() != *id),
    };
    let key = ["id", "feature_id"].into_iter().find(|key| !layer.features.iter().any(|f| says(f, key)));
    let Some(key) = key else { return layer };
    for feature in &mut layer.features {
        let Some(id) = feature.id.take() else { continue };
        if feature.get(key).is_none() {
            feature.properties.retain(|(k, _)| k != key);
            let canonical = id.parse::<i64>().ok().filter(|n| n.to_string() == id);
            feature.properties.insert(0, (key.into(), canonical.map_or_else(|| Value::from(id), Value::Int)));
        }
    }
    layer
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

/// The layers with texts that are days as days, for formats that have them.
pub fn with_dates(layers: &[Layer]) -> Vec<Layer> {
    let mut layers = layers.to_vec();
    layers.iter_mut().for_each(super::schema::recognise_dates);
    layers
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
