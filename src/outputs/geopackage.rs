//! GeoPackage 1.3 (OGC 12-128r17), in and out: every layer a table, dates as dates, a spatial index, and `layer_styles` so that
//! QGIS shows the layers' own colours at once.

use super::format::FormatError;
use super::packed_rtree::{self, Entry};
use super::qgis_style;
use super::schema::{Column, ColumnKind, columns};
use super::wkb;
use crate::diag::{Note, Warned};
use crate::model::{Feature, Layer, LayerKind, Value};
use geo::BoundingRect as _;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, params};
use std::path::Path;

/// The moment written as last change; a fixed one, since no clock may reach the bytes.
const LAST_CHANGE: &str = "2000-01-01T00:00:00.000Z";

const WGS84: &str = r#"GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","4326"]]"#;

/// Writes the layers to a new file at `path`.
pub(super) fn write(layers: &[Layer], path: &Path) -> Result<Vec<Note>, FormatError> {
    let _ = std::fs::remove_file(path);
    let mut db = Connection::open(path)?;
    db.execute_batch("PRAGMA page_size = 4096; PRAGMA application_id = 1196444487; PRAGMA user_version = 10300; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;")?;
    let tx = db.transaction()?;
    tx.execute_batch(&format!(
        "CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
         INSERT INTO gpkg_spatial_ref_sys VALUES ('Undefined Cartesian SRS', -1, 'NONE', -1, 'undefined', 'undefined Cartesian coordinate reference system');
         INSERT INTO gpkg_spatial_ref_sys VALUES ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', 'undefined geographic coordinate reference system');
         INSERT INTO gpkg_spatial_ref_sys VALUES ('WGS 84', 4326, 'EPSG', 4326, '{WGS84}', 'longitude/latitude coordinates in decimal degrees on the WGS 84 spheroid');
         CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE, description TEXT DEFAULT '', last_change DATETIME NOT NULL, min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER, CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
         CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL, CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), CONSTRAINT uk_gc_table_name UNIQUE (table_name), CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name), CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
         CREATE TABLE gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL, CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
         CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT, f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME);"
    ))?;
    for layer in layers {
        table(&tx, layer)?;
    }
    tx.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, last_change) VALUES ('layer_styles', 'attributes', 'layer_styles', ?1)",
        [LAST_CHANGE],
    )?;
    tx.commit()?;
    Ok(Vec::new())
}

fn table(db: &Connection, layer: &Layer) -> Result<(), FormatError> {
    let name = identifier(&layer.name);
    let columns = columns(layer);
    let kind = geometry_name(layer);
    let declared: Vec<String> =
        columns.iter().map(|c| format!(", {} {}", identifier(&column_name(c)), declared_type(c.kind))).collect();
    db.execute_batch(&format!(
        "CREATE TABLE {name} (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom {kind}{});",
        declared.concat()
    ))?;
    db.execute(
        "INSERT INTO gpkg_contents VALUES (?1, 'features', ?1, '', ?2, NULL, NULL, NULL, NULL, 4326)",
        params![layer.name, LAST_CHANGE],
    )?;
    db.execute("INSERT INTO gpkg_geometry_columns VALUES (?1, 'geom', ?2, 4326, 0, 0)", params![layer.name, kind])?;
    let rtree = format!("rtree_{}_geom", layer.name);
    db.execute_batch(&format!("CREATE VIRTUAL TABLE {} USING rtree(id, minx, maxx, miny, maxy);", identifier(&rtree)))?;
    db.execute(
        "INSERT INTO gpkg_extensions VALUES (?1, 'geom', 'gpkg_rtree_index', 'http://www.geopackage.org/spec120/#extension_rtree', 'write-only')",
        [&layer.name],
    )?;
    let marks = vec!["?"; columns.len() + 2].join(", ");
    let mut insert = db.prepare(&format!("INSERT INTO {name} VALUES ({marks})"))?;
    let mut index: Vec<Entry> = Vec::with_capacity(layer.features.len());
    let mut whole: Option<geo::Rect<f64>> = None;
    let mut blob = Vec::new();
    let mut order: Vec<Option<usize>> = Vec::new();
    for (n, feature) in layer.features.iter().enumerate() {
        let fid = n as i64 + 1;
        insert.raw_bind_parameter(1, fid)?;
        let rect = feature.geometry.as_ref().and_then(|g| g.bounding_rect());
        match &feature.geometry {
            Some(geometry) => {
                blob.clear();
                header(&mut blob, rect);
                wkb::encode(geometry, &mut blob);
                insert.raw_bind_parameter(2, blob.as_slice())?;
            }
            None => insert.raw_bind_parameter(2, rusqlite::types::Null)?,
        }
        positions(&columns, feature, &mut order);
        for (c, at) in order.iter().enumerate() {
            let value = at.map_or(&Value::Null, |i| &feature.properties[i].1);
            insert.raw_bind_parameter(c + 3, Cell { value, kind: columns[c].kind })?;
        }
        insert.raw_execute()?;
        if let Some(rect) = rect {
            index.push(Entry::new(fid, &rect));
            whole = Some(match whole {
                None => rect,
                Some(w) => geo::Rect::new(
                    (w.min().x.min(rect.min().x), w.min().y.min(rect.min().y)),
                    (w.max().x.max(rect.max().x), w.max().y.max(rect.max().y)),
                ),
            });
        }
    }
    packed_rtree::fill(db, &rtree, index)?;
    if let Some(w) = whole {
        db.execute(
            "UPDATE gpkg_contents SET min_x = ?2, min_y = ?3, max_x = ?4, max_y = ?5 WHERE table_name = ?1",
            params![layer.name, w.min().x, w.min().y, w.max().x, w.max().y],
        )?;
    }
    triggers(db, layer)?;
    if let Some(qml) = qgis_style::qml(layer) {
        db.execute(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description, owner, update_time) VALUES ('', '', ?1, 'geom', ?1, ?2, '', 1, 'colours of the map', '', ?3)",
            params![layer.name, qml, LAST_CHANGE],
        )?;
    }
    Ok(())
}

/// The triggers that keep the spatial index right when somebody edits the file; the extension asks for them.
fn triggers(db: &Connection, layer: &Layer) -> Result<(), FormatError> {
    let t = identifier(&layer.name);
    let r = identifier(&format!("rtree_{}_geom", layer.name));
    let named = |suffix: &str| identifier(&format!("rtree_{}_geom_{suffix}", layer.name));
    let bounds = "ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom)";
    let full = "NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom)";
    let empty = "(NEW.geom ISNULL OR ST_IsEmpty(NEW.geom))";
    db.execute_batch(&format!(
        "CREATE TRIGGER {insert} AFTER INSERT ON {t} WHEN (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom)) BEGIN INSERT OR REPLACE INTO {r} VALUES (NEW.fid, {bounds}); END;
         CREATE TRIGGER {update6} AFTER UPDATE OF geom ON {t} WHEN OLD.fid = NEW.fid AND ({full}) AND (OLD.geom NOT NULL AND NOT ST_IsEmpty(OLD.geom)) BEGIN UPDATE {r} SET minx = ST_MinX(NEW.geom), maxx = ST_MaxX(NEW.geom), miny = ST_MinY(NEW.geom), maxy = ST_MaxY(NEW.geom) WHERE id = NEW.fid; END;
         CREATE TRIGGER {update7} AFTER UPDATE OF geom ON {t} WHEN OLD.fid = NEW.fid AND ({full}) AND (OLD.geom ISNULL OR ST_IsEmpty(OLD.geom)) BEGIN INSERT INTO {r} VALUES (NEW.fid, {bounds}); END;
         CREATE TRIGGER {update2} AFTER UPDATE OF geom ON {t} WHEN OLD.fid = NEW.fid AND {empty} BEGIN DELETE FROM {r} WHERE id = OLD.fid; END;
         CREATE TRIGGER {update5} AFTER UPDATE ON {t} WHEN OLD.fid != NEW.fid AND ({full}) BEGIN DELETE FROM {r} WHERE id = OLD.fid; INSERT OR REPLACE INTO {r} VALUES (NEW.fid, {bounds}); END;
         CREATE TRIGGER {update4} AFTER UPDATE ON {t} WHEN OLD.fid != NEW.fid AND {empty} BEGIN DELETE FROM {r} WHERE id IN (OLD.fid, NEW.fid); END;
         CREATE TRIGGER {delete} AFTER DELETE ON {t} WHEN OLD.geom NOT NULL BEGIN DELETE FROM {r} WHERE id = OLD.fid; END;",
        insert = named("insert"),
        update6 = named("update6"),
        update7 = named("update7"),
        update2 = named("update2"),
        update5 = named("update5"),
        update4 = named("update4"),
        delete = named("delete"),
    ))?;
    Ok(())
}

/// Where each column's value stands in a feature; nearly always at the column's own index.
fn positions(columns: &[Column], feature: &Feature, order: &mut Vec<Option<usize>>) {
    order.clear();
    order.extend(columns.iter().enumerate().map(|(n, c)| match feature.properties.get(n) {
        Some((key, _)) if *key == c.name => Some(n),
        _ => feature.properties.iter().position(|(key, _)| *key == c.name),
    }));
}

struct Cell<'v> {
    value: &'v Value,
    kind: ColumnKind,
}

impl rusqlite::ToSql for Cell<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match (self.value, self.kind) {
            (Value::Null, _) => ToSqlOutput::Borrowed(ValueRef::Null),
            (Value::Bool(v), ColumnKind::Bool) => ToSqlOutput::from(*v),
            (Value::Int(v), ColumnKind::Int) => ToSqlOutput::from(*v),
            (Value::Int(v), ColumnKind::Float) => ToSqlOutput::from(*v as f64),
            (Value::Float(v), ColumnKind::Float) => ToSqlOutput::from(*v),
            (Value::Text(v), _) => ToSqlOutput::Borrowed(ValueRef::Text(v.as_bytes())),
            (other, _) => ToSqlOutput::from(other.to_string()),
        })
    }
}

/// A GeoPackage geometry header: magic, version, little-endian with a 2-D envelope, SRS 4326.
fn header(blob: &mut Vec<u8>, rect: Option<geo::Rect<f64>>) {
    blob.extend_from_slice(b"GP\0");
    match rect {
        Some(r) => {
            blob.push(0b0000_0011);
            blob.extend_from_slice(&4326_i32.to_le_bytes());
            for v in [r.min().x, r.max().x, r.min().y, r.max().y] {
                blob.extend_from_slice(&v.to_le_bytes());
            }
        }
        None => {
            // Empty geometry, no envelope.
            blob.push(0b0001_0001);
            blob.extend_from_slice(&4326_i32.to_le_bytes());
        }
    }
}

fn geometry_name(layer: &Layer) -> &'static str {
    let mut name = None;
    for geometry in layer.features.iter().filter_map(|f| f.geometry.as_ref()) {
        let this = match geometry {
            geo::Geometry::Point(_) => "POINT",
            geo::Geometry::MultiPoint(_) => "MULTIPOINT",
            geo::Geometry::Line(_) | geo::Geometry::LineString(_) => "LINESTRING",
            geo::Geometry::MultiLineString(_) => "MULTILINESTRING",
            geo::Geometry::Polygon(_) | geo::Geometry::Rect(_) | geo::Geometry::Triangle(_) => "POLYGON",
            geo::Geometry::MultiPolygon(_) => "MULTIPOLYGON",
            geo::Geometry::GeometryCollection(_) => "GEOMETRYCOLLECTION",
        };
        match name {
            None => name = Some(this),
            Some(n) if n == this => {}
            Some(_) => return "GEOMETRY",
        }
    }
    name.unwrap_or("GEOMETRY")
}

fn declared_type(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Bool => "BOOLEAN",
        ColumnKind::Int => "INTEGER",
        ColumnKind::Float => "REAL",
        ColumnKind::Date => "DATE",
        ColumnKind::Text => "TEXT",
    }
}

/// Column names that would collide with ours get an underscore.
fn column_name(column: &Column) -> String {
    match column.name.to_ascii_lowercase().as_str() {
        "fid" | "geom" => format!("{}_", column.name),
        _ => column.name.clone(),
    }
}

fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Reads every feature table of a file.
pub(super) fn read(path: &Path) -> Result<Warned<Vec<Layer>>, FormatError> {
    let db = Connection::open_with_flags(path, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let tables: Vec<(String, String, i64)> = db
        .prepare("SELECT g.table_name, g.column_name, g.srs_id FROM gpkg_geometry_columns g JOIN gpkg_contents c USING (table_name) WHERE c.data_type = 'features' ORDER BY c.rowid")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<Result<_, _>>()?;
    let mut notes = Vec::new();
    let mut layers = Vec::new();
    for (name, geometry_column, srs) in tables {
        let crs = match srs {
            0 | -1 => None,
            _ => {
                let code: i64 = db.query_row(
                    "SELECT organization_coordsys_id FROM gpkg_spatial_ref_sys WHERE srs_id = ?1",
                    [srs],
                    |row| row.get(0),
                )?;
                super::crs::of_epsg(code)?
            }
        };
        layers.push(read_table(&db, &name, &geometry_column, crs.as_ref(), &mut notes)?);
    }
    Ok(Warned::new(layers, notes))
}

fn read_table(
    db: &Connection,
    name: &str,
    geometry_column: &str,
    crs: Option<&crate::geodesy::projection::Projection>,
    notes: &mut Vec<Note>,
) -> Result<Layer, FormatError> {
    let declared: Vec<(String, String, bool)> = db
        .prepare(&format!("PRAGMA table_info({})", identifier(name)))?
        .query_map([], |row| Ok((row.get(1)?, row.get::<_, String>(2)?, row.get::<_, i64>(5)? > 0)))?
        .collect::<Result<_, _>>()?;
    let wanted: Vec<(&str, &str)> = declared
        .iter()
        .filter(|(c, _, primary)| !primary && c != geometry_column)
        .map(|(c, t, _)| (c.as_str(), t.as_str()))
        .collect();
    let moments: Vec<&str> =
        wanted.iter().filter(|(_, t)| t.eq_ignore_ascii_case("DATETIME")).map(|(c, _)| *c).collect();
    let list: String = wanted.iter().map(|(c, _)| format!(", {}", identifier(c))).collect();
    let mut statement =
        db.prepare(&format!("SELECT {}{list} FROM {}", identifier(geometry_column), identifier(name)))?;
    let mut rows = statement.query([])?;
    let mut features = Vec::new();
    let mut bytes = vec![false; wanted.len()];
    while let Some(row) = rows.next()? {
        let number = features.len() + 1;
        let mut feature = Feature { id: None, geometry: None, properties: Vec::with_capacity(wanted.len()) };
        if let ValueRef::Blob(blob) = row.get_ref(0)? {
            match body(blob).ok_or_else(|| "not a GeoPackage geometry".to_owned()).and_then(wkb::decode) {
                Ok(geometry) => feature.geometry = super::crs::to_degrees(geometry, crs, name, number, notes),
                Err(why) => {
                    notes.push(Note::warning(format!("{name}: feature {number}: {why}; kept without its geometry")))
                }
            }
        }
        for (c, (key, declared)) in wanted.iter().enumerate() {
            let value = match row.get_ref(c + 1)? {
                ValueRef::Null => Value::Null,
                ValueRef::Integer(v) if declared.eq_ignore_ascii_case("BOOLEAN") => Value::Bool(v != 0),
                ValueRef::Integer(v) => Value::Int(v),
                ValueRef::Real(v) => Value::Float(v),
                ValueRef::Text(t) => {
                    let text = String::from_utf8_lossy(t).into_owned();
                    match declared.eq_ignore_ascii_case("DATE").then(|| crate::time::parse_day(&text)) {
                        Some(Ok(day)) => Value::Date(day),
                        _ => text.into(),
                    }
                }
                ValueRef::Blob(_) => {
                    bytes[c] = true;
                    Value::Null
                }
            };
            feature.properties.push(((*key).into(), value));
        }
        features.push(feature);
    }
    for (column, _) in wanted.iter().zip(&bytes).filter(|(_, b)| **b).map(|(w, _)| w) {
        notes.push(Note::warning(format!("{name}: the column \"{column}\" holds bytes, which are left out")));
    }
    let mut layer = Layer { kind: LayerKind::Overlay, name: name.to_owned(), features };
    super::schema::midnights(&mut layer, &moments);
    Ok(layer)
}

/// The WKB behind a GeoPackage header.
fn body(blob: &[u8]) -> Option<&[u8]> {
    if blob.len() < 8 || &blob[..2] != b"GP" {
        return None;
    }
    let envelope = match (blob[3] >> 1) & 7 {
        0 => 0,
        1 => 32,
        2 | 3 => 48,
        4 => 64,
        _ => return None,
    };
    blob.get(8 + envelope..)
}
