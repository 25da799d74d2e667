//! FlatGeobuf 3, in and out, with its packed Hilbert R-tree.

use super::format::{FormatError, stem};
use super::schema::{ColumnKind, columns};
use crate::diag::{Note, Warned};
use crate::model::{Feature, Layer, LayerKind, Value};
use flatgeobuf::{
    ColumnType, FallibleStreamingIterator as _, FgbCrs, FgbReader, FgbWriter, FgbWriterOptions, GeometryType,
};
use geozero::{ColumnValue, FeatureProperties as _, PropertyProcessor, ToGeo as _};
use std::fs::File;
use std::io::{BufReader, BufWriter, Write as _};
use std::path::Path;

fn content(path: &Path, message: impl ToString) -> FormatError {
    FormatError::Content { path: path.to_owned(), format: "FlatGeobuf", message: message.to_string() }
}

/// Writes one layer; rows without a geometry cannot be indexed and are told.
pub(super) fn write(layers: &[Layer], path: &Path) -> Result<Vec<Note>, FormatError> {
    let mut notes = Vec::new();
    let Some(layer) = layers.first() else { return Ok(notes) };
    let columns = columns(layer);
    let options = FgbWriterOptions {
        crs: FgbCrs { org: Some("EPSG"), code: 4326, name: Some("WGS 84"), ..FgbCrs::default() },
        promote_to_multi: true,
        ..FgbWriterOptions::default()
    };
    let mut writer =
        FgbWriter::create_with_options(&layer.name, geometry_type(layer), options).map_err(|e| content(path, e))?;
    for column in &columns {
        let kind = match column.kind {
            ColumnKind::Bool => ColumnType::Bool,
            ColumnKind::Int => ColumnType::Long,
            ColumnKind::Float => ColumnType::Double,
            ColumnKind::Date => ColumnType::DateTime,
            ColumnKind::Text => ColumnType::String,
        };
        writer.add_column(&column.name, kind, |_, _| {});
    }
    for (n, feature) in layer.features.iter().enumerate() {
        let Some(geometry) = &feature.geometry else {
            notes.push(Note::warning(format!("{}: feature {} has no geometry and is left out", layer.name, n + 1)));
            continue;
        };
        let mut failed = None;
        let mut text = String::new();
        writer
            .add_feature_geom(geometry.clone(), |out| {
                for (c, column) in columns.iter().enumerate() {
                    let value = match feature.properties.get(c) {
                        Some((key, value)) if *key == column.name => value,
                        _ => feature.get(&column.name).unwrap_or(&Value::Null),
                    };
                    let cell = match (value, column.kind) {
                        (Value::Null, _) => continue,
                        (Value::Bool(v), ColumnKind::Bool) => ColumnValue::Bool(*v),
                        (Value::Int(v), ColumnKind::Int) => ColumnValue::Long(*v),
                        (Value::Int(v), ColumnKind::Float) => ColumnValue::Double(*v as f64),
                        (Value::Float(v), ColumnKind::Float) => ColumnValue::Double(*v),
                        (other, kind) => {
                            text = other.to_string();
                            if kind == ColumnKind::Date {
                                ColumnValue::DateTime(&text)
                            } else {
                                ColumnValue::String(&text)
                            }
                        }
                    };
                    if let Err(error) = out.property(c, &column.name, &cell) {
                        failed = Some(error.to_string());
                    }
                }
            })
            .map_err(|e| content(path, e))?;
        if let Some(why) = failed {
            notes.push(Note::warning(format!("{}: feature {}: {why}", layer.name, n + 1)));
        }
    }
    let io = |source| FormatError::Io { path: path.to_owned(), source };
    let mut out = BufWriter::new(File::create(path).map_err(io)?);
    writer.write(&mut out).map_err(|e| content(path, e))?;
    out.flush().map_err(io)?;
    Ok(notes)
}

/// The type of a layer, multi wherever both stand in it, so that every feature fits.
fn geometry_type(layer: &Layer) -> GeometryType {
    let mut found = None;
    for geometry in layer.features.iter().filter_map(|f| f.geometry.as_ref()) {
        let this = match geometry {
            geo::Geometry::Point(_) => GeometryType::Point,
            geo::Geometry::MultiPoint(_) => GeometryType::MultiPoint,
            geo::Geometry::Line(_) | geo::Geometry::LineString(_) => GeometryType::LineString,
            geo::Geometry::MultiLineString(_) => GeometryType::MultiLineString,
            geo::Geometry::Polygon(_) | geo::Geometry::Rect(_) | geo::Geometry::Triangle(_) => GeometryType::Polygon,
            geo::Geometry::MultiPolygon(_) => GeometryType::MultiPolygon,
            geo::Geometry::GeometryCollection(_) => return GeometryType::Unknown,
        };
        found = Some(match (found, this) {
            (None, this) => this,
            (Some(a), b) if a == b => a,
            (Some(GeometryType::Point | GeometryType::MultiPoint), GeometryType::Point | GeometryType::MultiPoint) => {
                GeometryType::MultiPoint
            }
            (
                Some(GeometryType::LineString | GeometryType::MultiLineString),
                GeometryType::LineString | GeometryType::MultiLineString,
            ) => GeometryType::MultiLineString,
            (
                Some(GeometryType::Polygon | GeometryType::MultiPolygon),
                GeometryType::Polygon | GeometryType::MultiPolygon,
            ) => GeometryType::MultiPolygon,
            _ => return GeometryType::Unknown,
        });
    }
    found.unwrap_or(GeometryType::Unknown)
}

/// Reads the file's one layer.
pub(super) fn read(path: &Path) -> Result<Warned<Vec<Layer>>, FormatError> {
    let file = File::open(path).map_err(|source| FormatError::Io { path: path.to_owned(), source })?;
    let mut reader = BufReader::new(file);
    let opened = FgbReader::open(&mut reader).map_err(|e| content(path, e))?;
    let name = opened.header().name().filter(|n| !n.is_empty()).map_or_else(|| stem(path), str::to_owned);
    let code = opened.header().crs().map_or(0, |c| c.code());
    let crs = if code == 0 { None } else { super::crs::of_epsg(i64::from(code))? };
    let declared: Vec<_> = opened.header().columns().into_iter().flatten().collect();
    let moments = declared.iter().filter(|c| c.type_() == ColumnType::DateTime).map(|c| c.name().to_owned());
    let moments: Vec<String> = moments.collect();
    let binary = declared.iter().filter(|c| c.type_() == ColumnType::Binary).map(|c| c.name());
    let left_out = |c| Note::warning(format!("{name}: the column \"{c}\" holds bytes and is left out"));
    let mut notes: Vec<Note> = binary.map(left_out).collect();
    let mut rows = opened.select_all().map_err(|e| content(path, e))?;
    let mut features = Vec::new();
    while let Some(row) = rows.next().map_err(|e| content(path, e))? {
        let mut feature = Feature { id: None, geometry: None, properties: Vec::new() };
        let number = features.len() + 1;
        match row.to_geo() {
            Ok(geometry) => {
                feature.geometry = super::crs::to_degrees(geometry, crs.as_ref(), &name, number, &mut notes);
            }
            Err(error) => {
                let what = format!("{name}: feature {number}: {error}; kept without its geometry");
                notes.push(Note::warning(what));
            }
        }
        row.process_properties(&mut Properties(&mut feature)).map_err(|e| content(path, e))?;
        features.push(feature);
    }
    let mut layer = Layer { kind: LayerKind::Overlay, name, features };
    super::schema::midnights(&mut layer, &moments.iter().map(String::as_str).collect::<Vec<_>>());
    Ok(Warned::new(vec![layer], notes))
}

struct Properties<'f>(&'f mut Feature);

impl PropertyProcessor for Properties<'_> {
    fn property(&mut self, _: usize, name: &str, value: &ColumnValue) -> geozero::error::Result<bool> {
        let value = match value {
            ColumnValue::Bool(v) => Value::Bool(*v),
            ColumnValue::Byte(v) => Value::Int(i64::from(*v)),
            ColumnValue::UByte(v) => Value::Int(i64::from(*v)),
            ColumnValue::Short(v) => Value::Int(i64::from(*v)),
            ColumnValue::UShort(v) => Value::Int(i64::from(*v)),
            ColumnValue::Int(v) => Value::Int(i64::from(*v)),
            ColumnValue::UInt(v) => Value::Int(i64::from(*v)),
            ColumnValue::Long(v) => Value::Int(*v),
            ColumnValue::ULong(v) => i64::try_from(*v).map_or(Value::Float(*v as f64), Value::Int),
            ColumnValue::Float(v) => Value::Float(f64::from(*v)),
            ColumnValue::Double(v) => Value::Float(*v),
            ColumnValue::String(v) | ColumnValue::Json(v) | ColumnValue::DateTime(v) => (*v).into(),
            ColumnValue::Binary(_) => Value::Null,
        };
        self.0.properties.push((name.into(), value));
        Ok(false)
    }
}
