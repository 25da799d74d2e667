//! Writing: attributes first, then the geometry, then its box; row groups of as many rows as fit a search well.

use super::content;
use crate::diag::Note;
use crate::model::{Feature, Layer, Value};
use crate::outputs::format::FormatError;
use crate::outputs::packed_rtree::Entry;
use crate::outputs::schema::{Column, ColumnKind, columns};
use crate::outputs::wkb;
use geo::{BoundingRect as _, Geometry};
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical, ZstdLevel};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FloatType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::{ColumnPath, Type, TypePtr};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::sync::Arc;

/// Rows of a group: small enough for a reader to skip most of a file by the groups' boxes.
const GROUP: usize = 65_536;

const BOX: [&str; 4] = ["xmin", "ymin", "xmax", "ymax"];

/// Writes one layer.
pub(in crate::outputs) fn write(layers: &[Layer], path: &Path) -> Result<Vec<Note>, FormatError> {
    let Some(layer) = layers.first() else { return Ok(Vec::new()) };
    let file = File::create(path).map_err(|source| FormatError::Io { path: path.to_owned(), source })?;
    file_of(layer, BufWriter::new(file)).map_err(|e| content(path, e))?;
    Ok(Vec::new())
}

fn file_of(layer: &Layer, out: impl std::io::Write + Send) -> Result<(), ParquetError> {
    let columns = columns(layer);
    let geometry = free_name(&columns, &["geometry", "geom", "wkb_geometry", "mapdesk_geometry"]);
    let boxes = free_name(&columns, &["bbox", "geometry_bbox", "mapdesk_bbox"]);
    let properties = WriterProperties::builder()
        .set_created_by(concat!("mapdesk ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_column_dictionary_enabled(ColumnPath::from(geometry.as_str()), false)
        .set_column_statistics_enabled(ColumnPath::from(geometry.as_str()), EnabledStatistics::None)
        .set_key_value_metadata(Some(vec![KeyValue::new("geo".to_owned(), metadata(layer, &geometry, &boxes))]))
        .build();
    let schema = schema(&columns, &geometry, &boxes)?;
    let mut writer = SerializedFileWriter::new(out, schema, Arc::new(properties))?;
    for rows in layer.features.chunks(GROUP) {
        let mut group = writer.next_row_group()?;
        let bounds: Vec<Option<[f32; 4]>> = rows.iter().map(bounds).collect();
        let mut n = 0;
        while let Some(column) = group.next_column()? {
            match columns.get(n) {
                Some(attribute) => values(column, attribute, n, rows)?,
                None if n == columns.len() => shapes(column, rows)?,
                None => sides(column, &bounds, n - columns.len() - 1)?,
            }
            n += 1;
        }
        group.close()?;
    }
    writer.close()?;
    Ok(())
}

/// The first of these names that no attribute has; readers like GDAL take names in either case for the same.
fn free_name(columns: &[Column], names: &[&str]) -> String {
    let free = |name: &str| !columns.iter().any(|c| c.name.eq_ignore_ascii_case(name));
    let numbered = || (1..).map(|n| format!("{}_{n}", names[0])).find(|name| free(name));
    names.iter().find(|n| free(n)).map(|n| (*n).to_owned()).or_else(numbered).unwrap_or_default()
}

fn schema(columns: &[Column], geometry: &str, boxes: &str) -> Result<TypePtr, ParquetError> {
    let leaf = |name: &str, physical: Physical, logical: Option<LogicalType>, repetition| {
        Type::primitive_type_builder(name, physical)
            .with_logical_type(logical)
            .with_repetition(repetition)
            .build()
            .map(Arc::new)
    };
    let mut fields = Vec::with_capacity(columns.len() + 2);
    for column in columns {
        let (physical, logical) = match column.kind {
            ColumnKind::Bool => (Physical::BOOLEAN, None),
            ColumnKind::Int => (Physical::INT64, None),
            ColumnKind::Float => (Physical::DOUBLE, None),
            ColumnKind::Date => (Physical::INT32, Some(LogicalType::Date)),
            ColumnKind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        };
        fields.push(leaf(&column.name, physical, logical, Repetition::OPTIONAL)?);
    }
    fields.push(leaf(geometry, Physical::BYTE_ARRAY, None, Repetition::OPTIONAL)?);
    let sides = BOX.iter().map(|side| leaf(side, Physical::FLOAT, None, Repetition::REQUIRED));
    let group = Type::group_type_builder(boxes)
        .with_repetition(Repetition::OPTIONAL)
        .with_fields(sides.collect::<Result<_, _>>()?)
        .build()?;
    fields.push(Arc::new(group));
    Type::group_type_builder("schema").with_fields(fields).build().map(Arc::new)
}

/// The `geo` metadata; a coordinate system that is not named is OGC:CRS84, longitude and latitude on WGS 84.
fn metadata(layer: &Layer, geometry: &str, boxes: &str) -> String {
    let shapes = || layer.features.iter().filter_map(|f| f.geometry.as_ref());
    let types: BTreeSet<&str> = shapes().map(type_name).collect();
    let covering: serde_json::Map<String, serde_json::Value> =
        BOX.iter().map(|side| ((*side).to_owned(), serde_json::json!([boxes, side]))).collect();
    let mut column = serde_json::json!({
        "encoding": "WKB",
        "geometry_types": types,
        "covering": { "bbox": covering },
    });
    let whole = shapes().filter_map(|g| g.bounding_rect()).reduce(|a, b| {
        geo::Rect::new(
            (a.min().x.min(b.min().x), a.min().y.min(b.min().y)),
            (a.max().x.max(b.max().x), a.max().y.max(b.max().y)),
        )
    });
    if let Some(w) = whole {
        column["bbox"] = serde_json::json!([w.min().x, w.min().y, w.max().x, w.max().y]);
    }
    serde_json::json!({ "version": "1.1.0", "primary_column": geometry, "columns": { geometry: column } }).to_string()
}

fn type_name(geometry: &Geometry<f64>) -> &'static str {
    match geometry {
        Geometry::Point(_) => "Point",
        Geometry::MultiPoint(_) => "MultiPoint",
        Geometry::Line(_) | Geometry::LineString(_) => "LineString",
        Geometry::MultiLineString(_) => "MultiLineString",
        Geometry::Polygon(_) | Geometry::Rect(_) | Geometry::Triangle(_) => "Polygon",
        Geometry::MultiPolygon(_) => "MultiPolygon",
        Geometry::GeometryCollection(_) => "GeometryCollection",
    }
}

/// West, south, east and north in single precision, rounded outwards.
fn bounds(feature: &Feature) -> Option<[f32; 4]> {
    let rect = feature.geometry.as_ref()?.bounding_rect()?;
    let [west, east, south, north] = Entry::new(0, &rect).bounds;
    Some([west, south, east, north])
}

/// Writes a column of which a row may have no value.
fn optional<T: DataType>(
    mut column: SerializedColumnWriter<'_>,
    rows: impl Iterator<Item = Option<T::T>>,
) -> Result<(), ParquetError> {
    let mut present = Vec::with_capacity(rows.size_hint().0);
    let mut values = Vec::with_capacity(rows.size_hint().0);
    for row in rows {
        present.push(i16::from(row.is_some()));
        values.extend(row);
    }
    column.typed::<T>().write_batch(&values, Some(&present), None)?;
    column.close()
}

fn shapes(column: SerializedColumnWriter<'_>, rows: &[Feature]) -> Result<(), ParquetError> {
    let encode = |f: &Feature| {
        let mut bytes = Vec::new();
        wkb::encode(f.geometry.as_ref()?, &mut bytes);
        Some(ByteArray::from(bytes))
    };
    optional::<ByteArrayType>(column, rows.iter().map(encode))
}

fn sides(column: SerializedColumnWriter<'_>, bounds: &[Option<[f32; 4]>], side: usize) -> Result<(), ParquetError> {
    optional::<FloatType>(column, bounds.iter().map(|b| b.map(|b| b[side])))
}

fn values(
    column: SerializedColumnWriter<'_>,
    attribute: &Column,
    n: usize,
    rows: &[Feature],
) -> Result<(), ParquetError> {
    // Features of a layer nearly always have their keys in the same order.
    let of = |f: &Feature| match f.properties.get(n) {
        Some((key, value)) if *key == attribute.name => Some(value.clone()).filter(|v| *v != Value::Null),
        _ => f.get(&attribute.name).cloned(),
    };
    let all = rows.iter().map(of);
    match attribute.kind {
        ColumnKind::Bool => {
            optional::<BoolType>(column, all.map(|v| if let Value::Bool(b) = v? { Some(b) } else { None }))
        }
        ColumnKind::Int => {
            optional::<Int64Type>(column, all.map(|v| if let Value::Int(i) = v? { Some(i) } else { None }))
        }
        ColumnKind::Float => optional::<DoubleType>(
            column,
            all.map(|v| match v? {
                Value::Float(f) => Some(f),
                Value::Int(i) => Some(i as f64),
                _ => None,
            }),
        ),
        ColumnKind::Date => optional::<Int32Type>(
            column,
            all.map(|v| if let Value::Date(day) = v? { Some(super::value::days(day)) } else { None }),
        ),
        ColumnKind::Text => {
            optional::<ByteArrayType>(column, all.map(|v| Some(ByteArray::from(v?.to_string().into_bytes()))))
        }
    }
}
