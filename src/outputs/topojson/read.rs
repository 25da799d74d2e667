//! Reading: arcs to coordinates, geometries strung together; bad geometries are told and kept as rows without one.

use super::content;
use crate::diag::{Note, Warned};
use crate::model::{Feature, Layer, LayerKind, Value as Cell};
use crate::outputs::format::FormatError;
use geo::{Coord, Geometry, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};
use serde_json::Value;
use std::path::Path;

/// Reads every object of a topology as a layer.
pub(in crate::outputs) fn read(path: &Path) -> Result<Warned<Vec<Layer>>, FormatError> {
    let bytes = std::fs::read(path).map_err(|source| FormatError::Io { path: path.to_owned(), source })?;
    let root: Value = serde_json::from_slice(&bytes).map_err(|e| content(path, e))?;
    if root["type"] != "Topology" {
        return Err(content(path, "the root is not a Topology"));
    }
    let transform = Transform::of(&root["transform"]);
    let arcs = root["arcs"].as_array().ok_or_else(|| content(path, "no arcs"))?;
    let arcs: Vec<Vec<Coord<f64>>> = arcs
        .iter()
        .map(|a| transform.arc(a))
        .collect::<Option<_>>()
        .ok_or_else(|| content(path, "an arc is not a list of positions"))?;
    let topology = Topology { arcs, transform };
    let objects = root["objects"].as_object().ok_or_else(|| content(path, "no objects"))?;
    let mut notes = Vec::new();
    let mut layers = Vec::new();
    for (name, object) in objects {
        let members = match object["geometries"].as_array() {
            Some(all) if object["type"] == "GeometryCollection" => all.iter().collect(),
            _ => vec![object],
        };
        let mut features = Vec::with_capacity(members.len());
        for (n, member) in members.into_iter().enumerate() {
            let geometry = if member["type"].is_null() { Ok(None) } else { topology.geometry(member, 0).map(Some) };
            let geometry = geometry.unwrap_or_else(|why| {
                notes.push(Note::warning(format!("{name}: feature {}: {why}; kept without its geometry", n + 1)));
                None
            });
            let id = match &member["id"] {
                Value::String(s) => Some(s.as_str().into()),
                Value::Number(v) => Some(v.to_string().into()),
                _ => None,
            };
            let properties = member["properties"].as_object();
            let properties =
                properties.map(|p| p.iter().map(|(k, v)| (k.as_str().into(), cell(v))).collect()).unwrap_or_default();
            features.push(Feature { id, geometry, properties });
        }
        layers.push(Layer { kind: LayerKind::Overlay, name: name.clone(), features });
    }
    Ok(Warned::new(layers, notes))
}

fn cell(v: &Value) -> Cell {
    match v {
        Value::Null => Cell::Null,
        Value::Bool(b) => Cell::Bool(*b),
        Value::Number(n) => n.as_i64().map_or_else(|| n.as_f64().map_or(Cell::Null, Cell::Float), Cell::Int),
        Value::String(s) => s.as_str().into(),
        Value::Array(a) if a.iter().all(Value::is_string) => {
            Cell::List(a.iter().filter_map(|s| s.as_str().map(Into::into)).collect())
        }
        other => other.to_string().into(),
    }
}

struct Transform {
    scale: [f64; 2],
    translate: [f64; 2],
    quantised: bool,
}

impl Transform {
    fn of(value: &Value) -> Self {
        let pair = |key: &str| Some([value[key][0].as_f64()?, value[key][1].as_f64()?]);
        match (pair("scale"), pair("translate")) {
            (Some(scale), Some(translate)) => Self { scale, translate, quantised: true },
            _ => Self { scale: [1.0, 1.0], translate: [0.0, 0.0], quantised: false },
        }
    }

    fn coord(&self, x: f64, y: f64) -> Coord<f64> {
        Coord { x: x * self.scale[0] + self.translate[0], y: y * self.scale[1] + self.translate[1] }
    }

    fn position(&self, value: &Value) -> Option<Coord<f64>> {
        Some(self.coord(value[0].as_f64()?, value[1].as_f64()?))
    }

    fn arc(&self, value: &Value) -> Option<Vec<Coord<f64>>> {
        let (mut x, mut y) = (0.0, 0.0);
        value
            .as_array()?
            .iter()
            .map(|p| {
                let (dx, dy) = (p[0].as_f64()?, p[1].as_f64()?);
                (x, y) = if self.quantised { (x + dx, y + dy) } else { (dx, dy) };
                Some(self.coord(x, y))
            })
            .collect()
    }
}

struct Topology {
    arcs: Vec<Vec<Coord<f64>>>,
    transform: Transform,
}

impl Topology {
    fn line(&self, value: &Value) -> Result<LineString<f64>, String> {
        let mut coords: Vec<Coord<f64>> = Vec::new();
        for index in value.as_array().ok_or("arcs is not a list")? {
            let index = index.as_i64().ok_or("an arc is not a number")?;
            let (at, backwards) = if index < 0 { (!index, true) } else { (index, false) };
            let arc = self.arcs.get(at as usize).ok_or_else(|| format!("arc {index} does not exist"))?;
            let skip = usize::from(!coords.is_empty());
            if backwards {
                coords.extend(arc.iter().rev().skip(skip));
            } else {
                coords.extend(arc.iter().skip(skip));
            }
        }
        Ok(LineString(coords))
    }

    fn lines(&self, value: &Value) -> Result<Vec<LineString<f64>>, String> {
        value.as_array().ok_or("arcs is not a list")?.iter().map(|v| self.line(v)).collect()
    }

    fn polygon(&self, value: &Value) -> Result<Polygon<f64>, String> {
        let mut rings = self.lines(value)?.into_iter();
        let exterior = rings.next().ok_or("a polygon without rings")?;
        Ok(Polygon::new(exterior, rings.collect()))
    }

    fn geometry(&self, object: &Value, depth: u8) -> Result<Geometry<f64>, String> {
        let (arcs, coordinates) = (&object["arcs"], &object["coordinates"]);
        let position = |v: &Value| self.transform.position(v).ok_or("a position is not two numbers".to_owned());
        Ok(match object["type"].as_str().unwrap_or_default() {
            "Point" => Geometry::Point(Point(position(coordinates)?)),
            "MultiPoint" => {
                let all = coordinates.as_array().ok_or("coordinates is not a list")?;
                Geometry::MultiPoint(MultiPoint(all.iter().map(|v| position(v).map(Point)).collect::<Result<_, _>>()?))
            }
            "LineString" => Geometry::LineString(self.line(arcs)?),
            "MultiLineString" => Geometry::MultiLineString(MultiLineString(self.lines(arcs)?)),
            "Polygon" => Geometry::Polygon(self.polygon(arcs)?),
            "MultiPolygon" => {
                let all = arcs.as_array().ok_or("arcs is not a list")?;
                Geometry::MultiPolygon(MultiPolygon(all.iter().map(|v| self.polygon(v)).collect::<Result<_, _>>()?))
            }
            "GeometryCollection" if depth < 16 => {
                let all = object["geometries"].as_array().ok_or("geometries is not a list")?;
                let all = all.iter().map(|g| self.geometry(g, depth + 1)).collect::<Result<Vec<_>, _>>()?;
                Geometry::GeometryCollection(geo::GeometryCollection::from(all))
            }
            other => return Err(format!("geometry type \"{other}\" is not supported")),
        })
    }
}
