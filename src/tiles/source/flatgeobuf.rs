//! FlatGeobuf, read as a stream from the first feature to the last.

use super::chunk::{Chunk, Kind, RawFeature};
use super::geojson::RingState;
use super::wrap;
use crate::diag::{Note, Position};
use crate::tiles::TilesError;
use crate::tiles::world::project;
use flatgeobuf::{FallibleStreamingIterator, FgbReader, Geometry, GeometryType};
use geozero::{ColumnValue, FeatureProperties, PropertyProcessor};
use std::io::Read;
use std::path::Path;

/// Reads a file; every 16,384 features make a chunk.
pub fn read(source: &mut dyn Read, path: &Path, take: &mut dyn FnMut(Chunk)) -> Result<(), TilesError> {
    let broken = |e: flatgeobuf::Error| TilesError::FlatGeobuf { path: path.to_owned(), what: e.to_string() };
    let file = path.display().to_string();
    let reader = FgbReader::open(source).map_err(broken)?;
    if let Some(crs) = reader.header().crs()
        && crs.code() != 0
        && crs.code() != 4326
    {
        return Err(TilesError::Crs { path: path.to_owned(), code: crs.code() });
    }
    let whole = reader.header().geometry_type();
    let mut list = reader.select_all_seq().map_err(broken)?;
    let mut chunk = Chunk::default();
    let mut n = 0u32;
    loop {
        let feature = match list.next() {
            Ok(Some(f)) => f,
            Ok(None) => break,
            Err(e) => {
                chunk.refused += 1;
                chunk.notes.push(
                    Note::error(format!("the file breaks off after {n} features: {e}")).at(Position::file(&file)),
                );
                break;
            }
        };
        n += 1;
        let mark = chunk.mark();
        let mut properties = Properties { chunk: &mut chunk };
        if feature.process_properties(&mut properties).is_err() {
            chunk.reset(mark);
            chunk.refused += 1;
            chunk.notes.push(
                Note::warning(format!("feature {n} left out: its attributes cannot be read")).at(Position::file(&file)),
            );
            continue;
        }
        let Some(geometry) = feature.geometry() else {
            chunk.reset(mark);
            chunk.empty += 1;
            continue;
        };
        let rings_from = chunk.ring_ends.len();
        let kind = if whole == GeometryType::Unknown { geometry.type_() } else { whole };
        let mut state = State::default();
        let Some(kind) = add(&mut chunk, &geometry, kind, &mut state) else {
            chunk.reset(mark);
            chunk.refused += 1;
            chunk.notes.push(
                Note::warning(format!("feature {n} left out: {kind:?} geometries are not read"))
                    .at(Position::file(&file)),
            );
            continue;
        };
        if let Some(what) = state.bad {
            chunk.reset(mark);
            chunk.refused += 1;
            chunk.notes.push(Note::warning(format!("feature {n} left out: {what}")).at(Position::file(&file)));
            continue;
        }
        if chunk.ring_ends.len() == rings_from {
            chunk.reset(mark);
            chunk.empty += 1;
            continue;
        }
        if state.beyond {
            wrap::last_feature(&mut chunk, kind, rings_from);
        }
        chunk.end_feature(RawFeature {
            kind,
            attributes_end: chunk.attributes.len() as u32,
            rings_end: chunk.ring_ends.len() as u32,
            id: None,
            zooms: (0, u8::MAX),
            layer: None,
        });
        if chunk.features.len() >= 1 << 14 {
            take(std::mem::take(&mut chunk));
        }
    }
    take(chunk);
    Ok(())
}

#[derive(Default)]
struct State {
    beyond: bool,
    bad: Option<&'static str>,
}

/// Adds a geometry; `None` for a type that is not read.
fn add(chunk: &mut Chunk, g: &Geometry<'_>, kind: GeometryType, state: &mut State) -> Option<Kind> {
    let xy = |chunk: &mut Chunk, from: usize, to: usize, state: &mut State| {
        let Some(xy) = g.xy() else { return };
        for i in from..to.min(xy.len() / 2) {
            let (x, y) = (xy.get(2 * i), xy.get(2 * i + 1));
            if !(-540.0..=540.0).contains(&x) {
                state.bad = Some("a longitude is not between -540 and 540");
            }
            if !(-90.0..=90.0).contains(&y) {
                state.bad = Some("a latitude is not between -90 and 90");
            }
            state.beyond |= !(-180.0..=180.0).contains(&x);
            chunk.points.push(project(x, y));
        }
    };
    let count = g.xy().map_or(0, |v| v.len() / 2);
    let ends: Vec<usize> = g.ends().map_or_else(|| vec![count], |e| e.iter().map(|e| e as usize).collect());
    match kind {
        GeometryType::Point | GeometryType::MultiPoint => {
            for i in 0..count {
                xy(chunk, i, i + 1, state);
                chunk.end_ring(true);
            }
            Some(Kind::Point)
        }
        GeometryType::LineString | GeometryType::MultiLineString => {
            let mut from = 0;
            for to in ends {
                let start = chunk.points.len();
                xy(chunk, from, to, state);
                chunk.close_line(start);
                from = to;
            }
            Some(Kind::Line)
        }
        GeometryType::Polygon => {
            let (mut from, mut ring) = (0, RingState::Shell);
            for to in ends {
                let start = chunk.points.len();
                xy(chunk, from, to, state);
                ring = chunk.close_ring(start, ring);
                from = to;
            }
            Some(Kind::Polygon)
        }
        GeometryType::MultiPolygon => {
            for part in g.parts()?.iter() {
                add(chunk, &part, GeometryType::Polygon, state)?;
            }
            Some(Kind::Polygon)
        }
        _ => None,
    }
}

struct Properties<'a> {
    chunk: &'a mut Chunk,
}

impl PropertyProcessor for Properties<'_> {
    fn property(&mut self, _: usize, name: &str, value: &ColumnValue<'_>) -> geozero::error::Result<bool> {
        let c = &mut *self.chunk;
        let key = c.key(name);
        match value {
            ColumnValue::Byte(v) => c.int(key, i64::from(*v)),
            ColumnValue::UByte(v) => c.int(key, i64::from(*v)),
            ColumnValue::Bool(v) => c.bool(key, *v),
            ColumnValue::Short(v) => c.int(key, i64::from(*v)),
            ColumnValue::UShort(v) => c.int(key, i64::from(*v)),
            ColumnValue::Int(v) => c.int(key, i64::from(*v)),
            ColumnValue::UInt(v) => c.int(key, i64::from(*v)),
            ColumnValue::Long(v) => c.int(key, *v),
            ColumnValue::ULong(v) => match i64::try_from(*v) {
                Ok(v) => c.int(key, v),
                Err(_) => c.text(key, v.to_string().as_bytes()),
            },
            ColumnValue::Float(v) if v.is_finite() => c.float(key, f64::from(*v)),
            ColumnValue::Double(v) if v.is_finite() => c.float(key, *v),
            ColumnValue::Float(_) | ColumnValue::Double(_) | ColumnValue::Binary(_) => {}
            ColumnValue::String(v) | ColumnValue::Json(v) | ColumnValue::DateTime(v) => c.text(key, v.as_bytes()),
        }
        Ok(false)
    }
}
