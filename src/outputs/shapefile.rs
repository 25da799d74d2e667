//! Shapefile, in as `.zip` or `.shp` and out as `.zip`: one member set a layer and geometry kind, names cut to what dBase allows and told.

use super::format::{FormatError, stem};
use super::schema::{Column, ColumnKind, columns};
use crate::diag::{Note, Warned};
use crate::model::{Feature, Layer, LayerKind, Value};
use geo::Geometry;
use shapefile::dbase::{self, FieldValue, TableWriterBuilder};
use std::collections::BTreeSet;
use std::io::{Cursor, Read as _, Write as _};
use std::path::Path;

const PRJ: &str = r#"GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]"#;

/// dBase allows ten bytes of name and 254 of text.
const LONGEST_NAME: usize = 10;
const LONGEST_TEXT: usize = 254;

fn content(path: &Path, message: impl ToString) -> FormatError {
    FormatError::Content { path: path.to_owned(), format: "Shapefile", message: message.to_string() }
}

/// Writes the layers into one zip.
pub(super) fn write(layers: &[Layer], path: &Path) -> Result<Vec<Note>, FormatError> {
    if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("shp")) {
        return Err(content(path, "a Shapefile is several files; write to a .zip"));
    }
    let io = |source| FormatError::Io { path: path.to_owned(), source };
    let mut notes = Vec::new();
    let mut zip = zip::ZipWriter::new(std::fs::File::create(path).map_err(io)?);
    let options = zip::write::SimpleFileOptions::default().last_modified_time(zip::DateTime::default());
    for layer in layers {
        let columns = columns(layer);
        let names = field_names(&columns, &layer.name, &mut notes);
        let groups: [(&str, Vec<&Feature>); 3] = [
            ("points", of_kind(layer, |g| matches!(g, Geometry::Point(_) | Geometry::MultiPoint(_)))),
            (
                "lines",
                of_kind(layer, |g| {
                    matches!(g, Geometry::Line(_) | Geometry::LineString(_) | Geometry::MultiLineString(_))
                }),
            ),
            (
                "polygons",
                of_kind(layer, |g| {
                    matches!(
                        g,
                        Geometry::Polygon(_) | Geometry::MultiPolygon(_) | Geometry::Rect(_) | Geometry::Triangle(_)
                    )
                }),
            ),
        ];
        let used = groups.iter().filter(|(_, f)| !f.is_empty()).count();
        let written: usize = groups.iter().map(|(_, f)| f.len()).sum();
        if written < layer.features.len() {
            let lost = layer.features.len() - written;
            notes.push(Note::warning(format!(
                "{}: {lost} features without a geometry, or with a collection, are left out",
                layer.name
            )));
        }
        for (suffix, features) in groups.iter().filter(|(_, f)| !f.is_empty()) {
            let name = if used == 1 { layer.name.clone() } else { format!("{}-{suffix}", layer.name) };
            let (shp, shx, dbf) = members(features, &columns, &names).map_err(|e| content(path, e))?;
            for (ending, bytes) in
                [("shp", shp), ("shx", shx), ("dbf", dbf), ("prj", PRJ.into()), ("cpg", "UTF-8".into())]
            {
                zip.start_file(format!("{name}.{ending}"), options).map_err(|e| content(path, e))?;
                zip.write_all(&bytes).map_err(io)?;
            }
        }
    }
    zip.finish().map_err(|e| content(path, e))?;
    Ok(notes)
}

fn of_kind(layer: &Layer, keep: impl Fn(&Geometry<f64>) -> bool) -> Vec<&Feature> {
    layer.features.iter().filter(|f| f.geometry.as_ref().is_some_and(&keep)).collect()
}

/// Names of at most ten bytes, all different; every change is told.
fn field_names(columns: &[Column], layer: &str, notes: &mut Vec<Note>) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let mut names = Vec::new();
    for column in columns {
        let ascii: String = any_ascii::any_ascii(&column.name).chars().filter(|c| c.is_ascii_graphic()).collect();
        let mut name: String = ascii.chars().take(LONGEST_NAME).collect();
        let mut n = 1;
        while name.is_empty() || taken.contains(&name.to_ascii_lowercase()) {
            n += 1;
            let suffix = format!("_{n}");
            name = ascii.chars().take(LONGEST_NAME - suffix.len()).collect::<String>() + &suffix;
        }
        if name != column.name {
            notes.push(Note::warning(format!("{layer}: field \"{}\" is \"{name}\" in the Shapefile", column.name)));
        }
        taken.insert(name.to_ascii_lowercase());
        names.push(name);
    }
    names
}

type Members = (Vec<u8>, Vec<u8>, Vec<u8>);

fn members(features: &[&Feature], columns: &[Column], names: &[String]) -> Result<Members, String> {
    let text = |e: &dyn std::error::Error| e.to_string();
    let mut builder = TableWriterBuilder::with_encoding(dbase::encoding::UnicodeLossy);
    for (column, name) in columns.iter().zip(names) {
        let name = dbase::FieldName::try_from(name.as_str()).map_err(|e| e.to_string())?;
        builder = match column.kind {
            ColumnKind::Bool => builder.add_logical_field(name),
            ColumnKind::Int => builder.add_numeric_field(name, 18, 0),
            ColumnKind::Float => builder.add_numeric_field(name, 20, 6),
            ColumnKind::Date => builder.add_date_field(name),
            ColumnKind::Text => builder.add_character_field(name, LONGEST_TEXT as u8),
        };
    }
    let (mut shp, mut shx, mut dbf) = (Cursor::new(Vec::new()), Cursor::new(Vec::new()), Cursor::new(Vec::new()));
    {
        let shapes = shapefile::ShapeWriter::with_shx(&mut shp, &mut shx);
        let mut writer = shapefile::Writer::new(shapes, builder.build_with_dest(&mut dbf));
        for feature in features {
            let mut record = dbase::Record::default();
            for (column, name) in columns.iter().zip(names) {
                record.insert(name.clone(), cell(feature.get(&column.name).unwrap_or(&Value::Null), column.kind));
            }
            match feature.geometry.clone() {
                Some(Geometry::Point(p)) if features.iter().all(|f| matches!(f.geometry, Some(Geometry::Point(_)))) => {
                    writer.write_shape_and_record(&shapefile::Point::from(p), &record).map_err(|e| text(&e))?;
                }
                Some(Geometry::Point(p)) => {
                    let shape = shapefile::Multipoint::from(geo::MultiPoint(vec![p]));
                    writer.write_shape_and_record(&shape, &record).map_err(|e| text(&e))?;
                }
                Some(Geometry::MultiPoint(m)) => {
                    writer.write_shape_and_record(&shapefile::Multipoint::from(m), &record).map_err(|e| text(&e))?;
                }
                Some(geometry @ (Geometry::Line(_) | Geometry::LineString(_) | Geometry::MultiLineString(_))) => {
                    let lines = match geometry {
                        Geometry::Line(l) => vec![geo::LineString(vec![l.start, l.end])],
                        Geometry::LineString(l) => vec![l],
                        Geometry::MultiLineString(m) => m.0,
                        _ => Vec::new(),
                    };
                    let shape = shapefile::Polyline::from(geo::MultiLineString(lines));
                    writer.write_shape_and_record(&shape, &record).map_err(|e| text(&e))?;
                }
                Some(geometry) => {
                    let polygons = match geometry {
                        Geometry::Polygon(p) => vec![p],
                        Geometry::MultiPolygon(m) => m.0,
                        Geometry::Rect(r) => vec![r.to_polygon()],
                        Geometry::Triangle(t) => vec![t.to_polygon()],
                        _ => Vec::new(),
                    };
                    let shape = shapefile::Polygon::from(geo::MultiPolygon(polygons));
                    writer.write_shape_and_record(&shape, &record).map_err(|e| text(&e))?;
                }
                None => {}
            }
        }
    }
    let mut dbf = dbf.into_inner();
    // The header carries the day of writing; a fixed one keeps the same input at the same bytes.
    if dbf.len() > 3 {
        dbf[1..4].copy_from_slice(&[100, 1, 1]);
    }
    Ok((shp.into_inner(), shx.into_inner(), dbf))
}

fn cell(value: &Value, kind: ColumnKind) -> FieldValue {
    match kind {
        ColumnKind::Bool => FieldValue::Logical(if let Value::Bool(v) = value { Some(*v) } else { None }),
        ColumnKind::Int | ColumnKind::Float => FieldValue::Numeric(match value {
            Value::Int(v) => Some(*v as f64),
            Value::Float(v) => Some(*v),
            _ => None,
        }),
        ColumnKind::Date => FieldValue::Date(match value {
            Value::Date(d) => dbase::Date::new(d.day() as u32, d.month() as u32, d.year() as u32).ok(),
            _ => None,
        }),
        ColumnKind::Text => {
            let text = value.to_string();
            let mut end = text.len().min(LONGEST_TEXT);
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            FieldValue::Character((!text.is_empty()).then(|| text[..end].to_owned()))
        }
    }
}

/// Reads every Shapefile of a zip, or the one a `.shp` names.
pub(super) fn read(path: &Path) -> Result<Warned<Vec<Layer>>, FormatError> {
    let io = |source| FormatError::Io { path: path.to_owned(), source };
    let mut notes = Vec::new();
    let mut layers = Vec::new();
    if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("shp")) {
        let side = |ending: &str| std::fs::read(path.with_extension(ending)).ok();
        let shp = std::fs::read(path).map_err(io)?;
        let dbf = side("dbf").ok_or_else(|| content(path, "its .dbf is missing"))?;
        let prj = side("prj").map(|b| String::from_utf8_lossy(&b).into_owned());
        let cpg = side("cpg").map(|b| String::from_utf8_lossy(&b).into_owned());
        layers.push(layer(path, &stem(path), shp, dbf, (prj.as_deref(), cpg.as_deref()), &mut notes)?);
        return Ok(Warned::new(layers, notes));
    }
    let mut archive = zip::ZipArchive::new(std::fs::File::open(path).map_err(io)?).map_err(|e| content(path, e))?;
    let all: Vec<String> = archive.file_names().filter_map(|n| n.ok().map(|n| n.into_owned())).collect();
    let mut names: Vec<&String> = all.iter().filter(|n| n.to_ascii_lowercase().ends_with(".shp")).collect();
    names.sort();
    for name in names {
        let base = name[..name.len() - 4].to_owned();
        let mut member = |ending: &str| -> Option<Vec<u8>> {
            let found = all.iter().find(|n| n.eq_ignore_ascii_case(&format!("{base}.{ending}")))?;
            let mut bytes = Vec::new();
            archive.by_name(found).ok()?.read_to_end(&mut bytes).ok()?;
            Some(bytes)
        };
        let (Some(shp), Some(dbf)) = (member("shp"), member("dbf")) else {
            return Err(content(path, format!("{base}.dbf is missing")));
        };
        let prj = member("prj").map(|b| String::from_utf8_lossy(&b).into_owned());
        let cpg = member("cpg").map(|b| String::from_utf8_lossy(&b).into_owned());
        let short = base.rsplit('/').next().unwrap_or(&base);
        layers.push(layer(path, short, shp, dbf, (prj.as_deref(), cpg.as_deref()), &mut notes)?);
    }
    if layers.is_empty() {
        return Err(content(path, "no .shp inside"));
    }
    Ok(Warned::new(layers, notes))
}

fn layer(
    path: &Path,
    name: &str,
    shp: Vec<u8>,
    mut dbf: Vec<u8>,
    (prj, cpg): (Option<&str>, Option<&str>),
    notes: &mut Vec<Note>,
) -> Result<Layer, FormatError> {
    let crs = prj.map(super::prj::read).transpose()?.flatten();
    blank_bad_dates(&mut dbf);
    let texts = Texts::new(&dbf, cpg);
    let shapes = shapefile::ShapeReader::new(Cursor::new(shp)).map_err(|e| content(path, e))?;
    let table = dbase::Reader::new(Cursor::new(dbf)).map_err(|e| content(path, e))?;
    let fields: Vec<String> = table.fields().iter().map(|f| f.name().to_owned()).collect();
    let mut reader = shapefile::Reader::new(shapes, table);
    let mut features = Vec::new();
    for (n, row) in reader.iter_shapes_and_records().enumerate() {
        let (shape, record) = row.map_err(|e| content(path, e))?;
        let geometry = match shape {
            shapefile::Shape::NullShape => None,
            other => match Geometry::<f64>::try_from(other) {
                Ok(geometry) => super::crs::to_degrees(geometry, crs.as_ref(), name, n + 1, notes),
                Err(error) => {
                    notes.push(Note::warning(format!("{name}: feature {}: {error}; kept without its geometry", n + 1)));
                    None
                }
            },
        };
        let cell = |(i, f): (usize, &String)| match record.get(f) {
            Some(FieldValue::Character(Some(lossy))) => {
                texts.get(n, i).unwrap_or_else(|| lossy.trim_end().to_owned()).into()
            }
            Some(other) => value(other),
            None => Value::Null,
        };
        let properties = fields.iter().enumerate().map(|cell_of| (cell_of.1.as_str().into(), cell(cell_of))).collect();
        features.push(Feature { id: None, geometry, properties });
    }
    Ok(Layer { kind: LayerKind::Overlay, name: name.to_owned(), features })
}

/// The texts of a table in the encoding that its `.cpg` or its header names; the library knows UTF-8 only.
struct Texts {
    rows: Vec<Vec<u8>>,
    /// Kind, first byte and length of each field.
    fields: Vec<(u8, usize, usize)>,
    encoding: Option<&'static encoding_rs::Encoding>,
}

impl Texts {
    fn new(dbf: &[u8], cpg: Option<&str>) -> Self {
        let encoding = cpg.and_then(named).or_else(|| match dbf.get(29) {
            Some(0x03 | 0x57) => Some(encoding_rs::WINDOWS_1252),
            Some(0xC8) => Some(encoding_rs::WINDOWS_1250),
            Some(0xC9) => Some(encoding_rs::WINDOWS_1251),
            Some(0x7E) => Some(encoding_rs::WINDOWS_1256),
            _ => None,
        });
        let (head, record, fields) = fields(dbf);
        // A few writers leave the deletion mark out of the length; their texts are left to the library.
        let plain = record == 1 + fields.iter().map(|f| f.2).sum::<usize>();
        let rows = match dbf.get(head..) {
            Some(body) if plain => body.chunks_exact(record).map(<[u8]>::to_vec).collect(),
            _ => Vec::new(),
        };
        Self { rows, fields, encoding }
    }

    /// A text; without a named encoding it is UTF-8 where it can be, else Windows-1252.
    fn get(&self, row: usize, field: usize) -> Option<String> {
        let (kind, from, length) = *self.fields.get(field)?;
        let bytes = self.rows.get(row)?.get(from..from + length).filter(|_| kind == b'C')?;
        let end = bytes.iter().position(|b| *b == 0).unwrap_or(bytes.len());
        let bytes = bytes[..end].trim_ascii_end();
        Some(match (self.encoding, std::str::from_utf8(bytes)) {
            (Some(e), _) => e.decode_without_bom_handling(bytes).0.into_owned(),
            (None, Ok(text)) => text.to_owned(),
            (None, Err(_)) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
        })
    }
}

/// An encoding by the words people put into a `.cpg`: `UTF-8`, `ISO-8859-1`, `1252`, `CP1251`, `ANSI 1256`, `88591`.
fn named(cpg: &str) -> Option<&'static encoding_rs::Encoding> {
    let label = cpg.trim();
    let digits: String = label.chars().filter(char::is_ascii_digit).collect();
    let by_number = match digits.as_str() {
        "65001" => "utf-8".to_owned(),
        d if d.len() == 5 && d.starts_with("8859") => format!("iso-8859-{}", &d[4..]),
        d => format!("windows-{d}"),
    };
    let find = |l: &str| encoding_rs::Encoding::for_label(l.as_bytes());
    find(label).or_else(|| find(&by_number))
}

/// Where the rows begin, how long one is, and kind, first byte and length of each field.
fn fields(dbf: &[u8]) -> (usize, usize, Vec<(u8, usize, usize)>) {
    let word = |at: usize| dbf.get(at..at + 2).map_or(0, |b| usize::from(u16::from_le_bytes([b[0], b[1]])));
    let (head, record) = (word(8), word(10));
    let mut all = Vec::new();
    // A deletion mark goes before the first field.
    let (mut field, mut at) = (32, 1);
    while field + 32 <= head && field + 32 <= dbf.len() && dbf[field] != 0x0D {
        let length = usize::from(dbf[field + 16]);
        all.push((dbf[field + 11], at, length));
        at += length;
        field += 32;
    }
    (head, record, all)
}

/// Makes days that are none ("00000000", which GDAL writes for an unknown one) empty; the library would refuse the whole table.
fn blank_bad_dates(dbf: &mut [u8]) {
    let (head, record, all) = fields(dbf);
    let dates: Vec<usize> = all.iter().filter(|f| f.0 == b'D' && f.2 == 8).map(|f| f.1).collect();
    if record == 0 || head > dbf.len() {
        return;
    }
    for row in dbf[head..].chunks_exact_mut(record) {
        for &from in &dates {
            if let Some(day) = row.get_mut(from..from + 8) {
                let text = std::str::from_utf8(day).unwrap_or_default();
                let parts = (text.get(..4), text.get(4..6), text.get(6..8));
                let good = match parts {
                    (Some(y), Some(m), Some(d)) => crate::time::parse_day(&format!("{y}-{m}-{d}")).is_ok(),
                    _ => false,
                };
                if !good {
                    day.fill(b' ');
                }
            }
        }
    }
}

fn value(field: &FieldValue) -> Value {
    match field {
        FieldValue::Character(Some(t)) => t.trim_end().into(),
        FieldValue::Memo(t) => t.as_str().into(),
        FieldValue::Numeric(Some(v)) if v.fract() == 0.0 && v.abs() < 9e15 => Value::Int(*v as i64),
        FieldValue::Numeric(Some(v)) | FieldValue::Currency(v) | FieldValue::Double(v) => Value::Float(*v),
        FieldValue::Float(Some(v)) => Value::Float(f64::from(*v)),
        FieldValue::Integer(v) => Value::Int(i64::from(*v)),
        FieldValue::Logical(Some(v)) => Value::Bool(*v),
        FieldValue::Date(Some(d)) => {
            let text = format!("{:04}-{:02}-{:02}", d.year(), d.month(), d.day());
            crate::time::parse_day(&text).map_or_else(|_| text.as_str().into(), Value::Date)
        }
        _ => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_by_the_names_people_use() {
        for (label, name) in [
            ("UTF-8\n", "UTF-8"),
            ("ISO-8859-1", "windows-1252"),
            ("1252", "windows-1252"),
            ("CP1251", "windows-1251"),
            ("ANSI 1256", "windows-1256"),
            ("88592", "ISO-8859-2"),
            ("65001", "UTF-8"),
        ] {
            assert_eq!(named(label).map(encoding_rs::Encoding::name), Some(name), "{label}");
        }
        assert!(named("nonsense").is_none());
    }
}
