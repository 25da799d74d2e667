//! Our own layers into the store: the same road as files.

use super::chunk::{Chunk, Kind, RawFeature};
use super::geojson::RingState;
use super::wrap;
use crate::model::{Layer, Value};
use crate::tiles::features::{Features, Selection};
use crate::tiles::world::project;
use geo::{Coord, Geometry, LineString, Polygon};

/// Adds the features of a layer; those without a geometry are passed over.
pub fn add_layer(layer: &Layer, selection: &Selection, features: &mut Features) {
    let number = features.layer(&layer.name);
    let mut chunk = Chunk::default();
    for f in &layer.features {
        let Some(geometry) = &f.geometry else { continue };
        let first = chunk.attributes.len();
        for (name, value) in &f.properties {
            let key = chunk.key(name);
            match value {
                Value::Null => {}
                Value::Bool(v) => chunk.bool(key, *v),
                Value::Int(v) => chunk.int(key, *v),
                Value::Float(v) if v.is_finite() => chunk.float(key, *v),
                Value::Float(_) => {}
                Value::Text(v) => chunk.text(key, v.as_bytes()),
                Value::Date(v) => chunk.text(key, v.to_string().as_bytes()),
                Value::List(v) => chunk.text(key, v.join("|").as_bytes()),
            }
        }
        let end = chunk.attributes.len();
        let id = f.id.as_ref().and_then(|id| id.parse().ok());
        let mut parts = Vec::new();
        flatten(geometry, &mut parts);
        let mut same: Vec<(Kind, Vec<&Geometry<f64>>)> = Vec::new();
        for (kind, g) in parts {
            match same.last_mut() {
                Some((k, list)) if *k == kind => list.push(g),
                _ => same.push((kind, vec![g])),
            }
        }
        let mut repeated = false;
        for (kind, list) in same {
            let rings_from = chunk.ring_ends.len();
            let mut beyond = false;
            for g in list {
                add_geometry(&mut chunk, g, &mut beyond);
            }
            if chunk.ring_ends.len() == rings_from {
                continue;
            }
            if repeated {
                chunk.repeat_attributes(first, end);
            }
            repeated = true;
            if beyond {
                wrap::last_feature(&mut chunk, kind, rings_from);
            }
            chunk.end_feature(RawFeature {
                kind,
                attributes_end: chunk.attributes.len() as u32,
                rings_end: chunk.ring_ends.len() as u32,
                id,
                zooms: (0, u8::MAX),
                layer: None,
            });
        }
        if !repeated {
            chunk.attributes.truncate(first);
        }
    }
    features.add(&chunk, number, selection);
}

fn flatten<'a>(g: &'a Geometry<f64>, out: &mut Vec<(Kind, &'a Geometry<f64>)>) {
    match g {
        Geometry::Point(_) | Geometry::MultiPoint(_) => out.push((Kind::Point, g)),
        Geometry::Line(_) | Geometry::LineString(_) | Geometry::MultiLineString(_) => out.push((Kind::Line, g)),
        Geometry::Polygon(_) | Geometry::MultiPolygon(_) | Geometry::Rect(_) | Geometry::Triangle(_) => {
            out.push((Kind::Polygon, g));
        }
        Geometry::GeometryCollection(list) => list.iter().for_each(|g| flatten(g, out)),
    }
}

fn point(chunk: &mut Chunk, c: Coord<f64>, beyond: &mut bool) {
    if c.x.is_finite() && c.y.is_finite() && (-540.0..=540.0).contains(&c.x) {
        *beyond |= !(-180.0..=180.0).contains(&c.x);
        chunk.points.push(project(c.x, c.y));
    }
}

fn line(chunk: &mut Chunk, l: &LineString<f64>, beyond: &mut bool) {
    let from = chunk.points.len();
    l.0.iter().for_each(|c| point(chunk, *c, beyond));
    chunk.close_line(from);
}

fn polygon(chunk: &mut Chunk, p: &Polygon<f64>, beyond: &mut bool) {
    let mut state = RingState::Shell;
    for ring in std::iter::once(p.exterior()).chain(p.interiors()) {
        let from = chunk.points.len();
        ring.0.iter().for_each(|c| point(chunk, *c, beyond));
        state = chunk.close_ring(from, state);
    }
}

fn add_geometry(chunk: &mut Chunk, g: &Geometry<f64>, beyond: &mut bool) {
    let single = |chunk: &mut Chunk, c: Coord<f64>, beyond: &mut bool| {
        let from = chunk.points.len();
        point(chunk, c, beyond);
        if chunk.points.len() > from {
            chunk.end_ring(true);
        }
    };
    match g {
        Geometry::Point(p) => single(chunk, p.0, beyond),
        Geometry::MultiPoint(list) => list.iter().for_each(|p| single(chunk, p.0, beyond)),
        Geometry::Line(l) => line(chunk, &LineString::from(*l), beyond),
        Geometry::LineString(l) => line(chunk, l, beyond),
        Geometry::MultiLineString(list) => list.iter().for_each(|l| line(chunk, l, beyond)),
        Geometry::Polygon(p) => polygon(chunk, p, beyond),
        Geometry::MultiPolygon(list) => list.iter().for_each(|p| polygon(chunk, p, beyond)),
        Geometry::Rect(r) => polygon(chunk, &r.to_polygon(), beyond),
        Geometry::Triangle(t) => polygon(chunk, &t.to_polygon(), beyond),
        Geometry::GeometryCollection(list) => list.iter().for_each(|g| add_geometry(chunk, g, beyond)),
    }
}
