//! Writing: quantise, cut into arcs, string geometries from them.

use super::arcs::{Arcs, Vertex};
use crate::diag::Note;
use crate::model::{Feature, Layer};
use crate::outputs::format::FormatError;
use geo::{BoundingRect as _, Coord, Geometry, LineString, Polygon};
use serde_json::{Map, Value, json};
use std::path::Path;

/// Steps of the grid across the wider side: half a metre for a country, 40 m for the world.
const STEPS: f64 = 1_000_000.0;

/// Writes the layers as objects of one topology.
pub(in crate::outputs) fn write(layers: &[Layer], path: &Path) -> Result<Vec<Note>, FormatError> {
    let rects = || layers.iter().flat_map(|l| &l.features).filter_map(|f| f.geometry.as_ref()?.bounding_rect());
    let Some(first) = rects().next() else {
        let objects: Map<String, Value> = layers.iter().map(|l| (l.name.clone(), collection(Vec::new()))).collect();
        return save(path, &json!({ "type": "Topology", "objects": objects, "arcs": [] }));
    };
    let (min, max) = rects().fold((first.min(), first.max()), |(a, b), r| {
        (Coord { x: a.x.min(r.min().x), y: a.y.min(r.min().y) }, Coord { x: b.x.max(r.max().x), y: b.y.max(r.max().y) })
    });
    let step = ((max.x - min.x).max(max.y - min.y) / STEPS).max(1e-7);
    let grid = Grid { min, step };
    let mut lines: Vec<(Vec<Vertex>, bool)> = Vec::new();
    for geometry in layers.iter().flat_map(|l| &l.features).filter_map(|f| f.geometry.as_ref()) {
        grid.collect(geometry, &mut lines);
    }
    let mut arcs = Arcs::new(lines.iter().map(|(l, closed)| (l.as_slice(), *closed)));
    let mut objects = Map::new();
    for layer in layers {
        let geometries = layer.features.iter().map(|f| grid.feature(f, &mut arcs)).collect();
        objects.insert(layer.name.clone(), collection(geometries));
    }
    let coded: Vec<Value> = arcs
        .arcs
        .iter()
        .map(|arc| {
            let mut last = (0, 0);
            let steps = arc.iter().map(|v| {
                let step = [v.0 - last.0, v.1 - last.1];
                last = *v;
                json!(step)
            });
            Value::Array(steps.collect())
        })
        .collect();
    save(
        path,
        &json!({
            "type": "Topology",
            "bbox": [min.x, min.y, max.x, max.y],
            "transform": { "scale": [step, step], "translate": [min.x, min.y] },
            "objects": objects,
            "arcs": coded,
        }),
    )
}

fn collection(geometries: Vec<Value>) -> Value {
    json!({ "type": "GeometryCollection", "geometries": geometries })
}

fn save(path: &Path, topology: &Value) -> Result<Vec<Note>, FormatError> {
    std::fs::write(path, topology.to_string()).map_err(|source| FormatError::Io { path: path.to_owned(), source })?;
    Ok(Vec::new())
}

struct Grid {
    min: Coord<f64>,
    step: f64,
}

impl Grid {
    fn vertex(&self, c: Coord<f64>) -> Vertex {
        (((c.x - self.min.x) / self.step).round() as i64, ((c.y - self.min.y) / self.step).round() as i64)
    }

    fn line(&self, l: &LineString<f64>) -> Option<Vec<Vertex>> {
        let mut line: Vec<Vertex> = l.coords().map(|c| self.vertex(*c)).collect();
        line.dedup();
        // A line shorter than a step keeps two vertices, as a valid arc must.
        if line.len() == 1 {
            line.push(line[0]);
        }
        (!line.is_empty()).then_some(line)
    }

    /// A ring without its closing vertex; `None` where it encloses nothing on the grid.
    fn ring(&self, l: &LineString<f64>) -> Option<Vec<Vertex>> {
        let mut ring: Vec<Vertex> = l.coords().map(|c| self.vertex(*c)).collect();
        ring.dedup();
        while ring.len() > 1 && ring.first() == ring.last() {
            ring.pop();
        }
        (ring.len() >= 3).then_some(ring)
    }

    fn collect(&self, geometry: &Geometry<f64>, lines: &mut Vec<(Vec<Vertex>, bool)>) {
        let mut polygon = |p: &Polygon<f64>| {
            lines
                .extend(std::iter::once(p.exterior()).chain(p.interiors()).filter_map(|r| Some((self.ring(r)?, true))));
        };
        match geometry {
            Geometry::LineString(l) => lines.extend(self.line(l).map(|l| (l, false))),
            Geometry::MultiLineString(m) => lines.extend(m.iter().filter_map(|l| Some((self.line(l)?, false)))),
            Geometry::Line(l) => lines.extend(self.line(&LineString(vec![l.start, l.end])).map(|l| (l, false))),
            Geometry::Polygon(p) => polygon(p),
            Geometry::MultiPolygon(m) => m.iter().for_each(polygon),
            Geometry::Rect(r) => polygon(&r.to_polygon()),
            Geometry::Triangle(t) => polygon(&t.to_polygon()),
            Geometry::GeometryCollection(c) => c.iter().for_each(|g| self.collect(g, lines)),
            Geometry::Point(_) | Geometry::MultiPoint(_) => {}
        }
    }

    fn feature(&self, feature: &Feature, arcs: &mut Arcs) -> Value {
        let mut object = match &feature.geometry {
            Some(geometry) => self.geometry(geometry, arcs),
            None => Map::from_iter([("type".to_owned(), Value::Null)]),
        };
        if let Some(id) = &feature.id {
            object.insert("id".to_owned(), json!(id));
        }
        let properties: Map<String, Value> = feature
            .properties
            .iter()
            .map(|(k, v)| (k.to_string(), serde_json::to_value(v).unwrap_or(Value::Null)))
            .collect();
        object.insert("properties".to_owned(), Value::Object(properties));
        Value::Object(object)
    }

    fn geometry(&self, geometry: &Geometry<f64>, arcs: &mut Arcs) -> Map<String, Value> {
        let position = |c: Coord<f64>| {
            let v = self.vertex(c);
            json!([v.0, v.1])
        };
        let mut polygon = |p: &Polygon<f64>| -> Vec<Vec<i64>> {
            let rings = std::iter::once(p.exterior()).chain(p.interiors());
            rings.filter_map(|r| Some(arcs.ring(&self.ring(r)?))).collect()
        };
        let (kind, key, value) = match geometry {
            Geometry::Point(p) => ("Point", "coordinates", position(p.0)),
            Geometry::MultiPoint(m) => ("MultiPoint", "coordinates", m.iter().map(|p| position(p.0)).collect()),
            Geometry::Polygon(p) => ("Polygon", "arcs", json!(polygon(p))),
            Geometry::Rect(r) => ("Polygon", "arcs", json!(polygon(&r.to_polygon()))),
            Geometry::Triangle(t) => ("Polygon", "arcs", json!(polygon(&t.to_polygon()))),
            Geometry::MultiPolygon(m) => ("MultiPolygon", "arcs", json!(m.iter().map(polygon).collect::<Vec<_>>())),
            Geometry::Line(l) => return self.geometry(&Geometry::LineString(LineString(vec![l.start, l.end])), arcs),
            Geometry::LineString(l) => {
                ("LineString", "arcs", json!(self.line(l).map(|l| arcs.line(&l)).unwrap_or_default()))
            }
            Geometry::MultiLineString(m) => {
                let lines: Vec<Vec<i64>> = m.iter().filter_map(|l| Some(arcs.line(&self.line(l)?))).collect();
                ("MultiLineString", "arcs", json!(lines))
            }
            Geometry::GeometryCollection(c) => {
                let all: Vec<Value> = c.iter().map(|g| Value::Object(self.geometry(g, arcs))).collect();
                ("GeometryCollection", "geometries", Value::Array(all))
            }
        };
        Map::from_iter([("type".to_owned(), json!(kind)), (key.to_owned(), value)])
    }
}
