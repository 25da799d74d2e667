//! Reading: the `geo` metadata says which column is the geometry, in what encoding and coordinate system.

use super::content;
use super::value::{attribute, stamp};
use crate::diag::{Note, Warned};
use crate::geodesy::projection::Projection;
use crate::model::{Feature, Layer, LayerKind};
use crate::outputs::format::{FormatError, stem};
use crate::outputs::{crs, schema, wkb};
use ecow::EcoString;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::Field;
use parquet::record::reader::RowIter;
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;

/// Reads the file's one layer.
pub(in crate::outputs) fn read(path: &Path) -> Result<Warned<Vec<Layer>>, FormatError> {
    let file = File::open(path).map_err(|source| FormatError::Io { path: path.to_owned(), source })?;
    let reader = SerializedFileReader::new(file).map_err(|e| content(path, e))?;
    let meta = reader.metadata().file_metadata();
    let geo = meta.key_value_metadata().and_then(|all| all.iter().find(|kv| kv.key == "geo"));
    let geo = geo.and_then(|kv| kv.value.as_deref()).ok_or_else(|| {
        content(path, "it has no \"geo\" metadata: a Parquet table without geometries, or one from before GeoParquet")
    })?;
    let geo = Geo::of(&serde_json::from_str(geo).map_err(|e| content(path, e))?).map_err(|e| match e {
        Refusal::Content(why) => content(path, why),
        Refusal::Crs(name) => FormatError::Crs { name },
    })?;
    let columns = meta.schema().get_fields().to_vec();
    if !columns.iter().any(|c| c.name() == geo.column) {
        return Err(content(path, format!("its metadata names the column \"{}\", which it does not have", geo.column)));
    }
    let keys: Vec<EcoString> = columns.iter().map(|c| c.name().into()).collect();
    let name = stem(path);
    let mut notes = Vec::new();
    let mut bytes: BTreeSet<String> = BTreeSet::new();
    let mut features = Vec::new();
    for row in RowIter::from_file(None, &reader).map_err(|e| content(path, e))? {
        let row = row.map_err(|e| content(path, e))?.into_columns();
        let mut feature = Feature { id: None, geometry: None, properties: Vec::with_capacity(row.len()) };
        let number = features.len() + 1;
        for ((key, field), (shared, column)) in row.into_iter().zip(keys.iter().zip(&columns)) {
            if key == geo.column {
                feature.geometry = match field {
                    Field::Null => None,
                    Field::Bytes(b) => match wkb::decode(b.data()) {
                        Ok(g) => crs::to_degrees(g, geo.crs.as_ref(), &name, number, &mut notes),
                        Err(why) => {
                            let what = format!("{name}: feature {number}: {why}; kept without its geometry");
                            notes.push(Note::warning(what));
                            None
                        }
                    },
                    _ => return Err(content(path, format!("the column \"{key}\" holds no well-known binary"))),
                };
            } else if geo.covering.as_deref() != Some(&key) {
                match attribute(field, column) {
                    Some(value) => feature.properties.push((shared.clone(), value)),
                    None => drop(bytes.insert(key)),
                }
            }
        }
        features.push(feature);
    }
    for column in bytes {
        notes.push(Note::warning(format!("{name}: the column \"{column}\" holds bytes and is left out")));
    }
    let mut layer = Layer { kind: LayerKind::Overlay, name, features };
    let moments = columns.iter().filter(|c| c.is_primitive() && (stamp(c).is_some() || is_int96(c)));
    schema::midnights(&mut layer, &moments.map(|c| c.name()).collect::<Vec<_>>());
    Ok(Warned::new(vec![layer], notes))
}

fn is_int96(column: &parquet::schema::types::Type) -> bool {
    column.get_physical_type() == parquet::basic::Type::INT96
}

/// What the `geo` metadata says of the primary column.
struct Geo {
    column: String,
    crs: Option<Projection>,
    /// The column of boxes, which is no attribute.
    covering: Option<String>,
}

enum Refusal {
    Content(String),
    Crs(String),
}

impl From<FormatError> for Refusal {
    fn from(error: FormatError) -> Self {
        match error {
            FormatError::Crs { name } => Self::Crs(name),
            other => Self::Content(other.to_string()),
        }
    }
}

impl Geo {
    fn of(geo: &Json) -> Result<Self, Refusal> {
        let wrong = |what: &str| Refusal::Content(format!("its \"geo\" metadata {what}"));
        let version = geo["version"].as_str().unwrap_or("1.0.0");
        if !(version.starts_with("0.") || version.starts_with("1.")) {
            return Err(wrong(&format!("is of version {version}; 1.0 and 1.1 are read")));
        }
        let column = geo["primary_column"].as_str().ok_or_else(|| wrong("names no primary column"))?.to_owned();
        let about = &geo["columns"][&column];
        let encoding = about["encoding"].as_str().ok_or_else(|| wrong("does not describe the primary column"))?;
        if !encoding.eq_ignore_ascii_case("WKB") {
            let why = format!("its geometries are encoded as \"{encoding}\"; write them as WKB");
            return Err(Refusal::Content(why));
        }
        let spherical = about["edges"].as_str() == Some("spherical");
        let crs = match &about["crs"] {
            // Spherical edges bend by less than anything drawn here where vertices are close; degrees are degrees.
            Json::Null => None,
            _ if spherical => None,
            crs => system(crs)?,
        };
        let covering = about["covering"]["bbox"]["xmin"][0].as_str().map(str::to_owned);
        Ok(Self { column, crs, covering })
    }
}

/// The system of a PROJJSON object, by its code.
fn system(crs: &Json) -> Result<Option<Projection>, Refusal> {
    let name = crs["name"].as_str().or(crs.as_str()).unwrap_or("without a name");
    // A bound or compound system has its code one step deeper.
    let ids = [&crs["id"], &crs["source_crs"]["id"], &crs["components"][0]["id"]];
    let id = ids.into_iter().find(|id| id.is_object());
    let authority = id.and_then(|id| id["authority"].as_str()).unwrap_or_default();
    let code = id.map(|id| &id["code"]).and_then(|c| c.as_i64().or_else(|| c.as_str()?.parse().ok()));
    if authority == "OGC"
        || name.contains("CRS84")
        || (id.is_none() && name.starts_with("WGS 84") && crs["type"] == "GeographicCRS")
    {
        return Ok(None);
    }
    match code {
        Some(code) if authority == "EPSG" || authority == "ESRI" => Ok(crs::of_epsg(code)?),
        _ => Err(Refusal::Crs(name.to_owned())),
    }
}
