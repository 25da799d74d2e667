//! Reading GeoJSON as people have it: bare geometries, features, collections, sequences of them one a line; heights, geometry
//! collections, unclosed rings and the `crs` member of the 2008 draft.
//!
//! Text that is not JSON is an error with line and column. A feature that cannot be used is a note, and the rest goes on. Rings
//! are closed but not otherwise repaired here: `control::diff` and the boundary reader clean what they overlay.

use super::json::{Scanner, Unexpected, position};
use super::sequence;
use crate::diag::{Note, Position, Warned};
use crate::model::{Feature, Value};
use crate::outputs::crs;
use ecow::EcoString;
use geo::{Coord, Geometry, LineString, Polygon};
use serde_json::Value as Json;
use std::path::{Path, PathBuf};

/// Why a file could not be read at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GeojsonError {
    /// The file cannot be opened.
    #[error("{path} cannot be read", path = path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The text is not JSON, or not GeoJSON.
    #[error("{at}: {message}")]
    Syntax {
        /// Where.
        at: Position,
        /// The line, where it is short enough to show.
        snippet: Option<String>,
        /// What is wrong.
        message: String,
    },
}

impl From<GeojsonError> for Note {
    fn from(error: GeojsonError) -> Self {
        match error {
            GeojsonError::Syntax { at, snippet, message } => {
                let note = Self::error(message).at(at);
                match snippet {
                    Some(line) => note.snippet(line),
                    None => note,
                }
            }
            GeojsonError::Io { path, source } => Self::error(format!("{} cannot be read: {source}", path.display())),
        }
    }
}

/// Reads a file; see [`read`].
///
/// # Errors
/// The file cannot be opened or is not GeoJSON.
pub fn read_file(path: &Path) -> Result<Warned<Vec<Feature>>, GeojsonError> {
    let bytes = std::fs::read(path).map_err(|source| GeojsonError::Io { path: path.to_owned(), source })?;
    read(&bytes, &path.display().to_string())
}

/// Features in file order, x = longitude in degrees; `file` is the name used in notes.
///
/// # Errors
/// The text is not JSON, has no GeoJSON object in it, or is in a coordinate system that is not known here.
pub fn read(bytes: &[u8], file: &str) -> Result<Warned<Vec<Feature>>, GeojsonError> {
    read_apart(bytes, file).map(|(read, _)| read)
}

/// A feature that could not be used as it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Which feature of the file it is, counted from 1.
    pub number: usize,
    /// What is wrong with it.
    pub reason: String,
    /// Its JSON text.
    pub text: String,
    /// Whether nothing of it was kept; otherwise its attributes were, without a geometry.
    pub text_only: bool,
}

/// The same as [`read`], with the features that were left out, or that lost their geometry, as they stand in the file.
///
/// # Errors
/// As [`read`].
pub fn read_apart(bytes: &[u8], file: &str) -> Result<(Warned<Vec<Feature>>, Vec<Refused>), GeojsonError> {
    if let Some(features) = sequence::read(bytes, file) {
        let mut reading = Reading::new(bytes, file);
        (reading.features, reading.spans) = features.into_iter().unzip();
        return reading.finish();
    }
    let mut reading = Reading::new(bytes, file);
    let mut scanner = Scanner::new(bytes);
    let mut objects = 0;
    while scanner.peek().is_some() {
        reading.object(&mut scanner).map_err(|e| reading.syntax(e))?;
        objects += 1;
    }
    if objects == 0 {
        return Err(reading.syntax(Unexpected { at: 0, message: "the file is empty".to_owned() }));
    }
    reading.finish()
}

/// Nested arrays of coordinates; lines of positions are kept flat because files have millions of them.
enum Coords {
    Position(Coord<f64>),
    Line(Vec<Coord<f64>>),
    Nest(Vec<Coords>),
}

/// The members of any GeoJSON object that matter.
#[derive(Default)]
struct Members {
    kind: Option<String>,
    coordinates: Option<(usize, Coords)>,
    geometries: Option<Vec<Geometry<f64>>>,
    geometry: Option<Option<Geometry<f64>>>,
    properties: Vec<(EcoString, Value)>,
    id: Option<EcoString>,
    collection: bool,
    trouble: Option<Unexpected>,
}

pub(super) struct Reading<'a> {
    bytes: &'a [u8],
    file: &'a str,
    pub(super) features: Vec<Feature>,
    /// Where each feature begins and ends.
    pub(super) spans: Vec<(usize, usize)>,
    pub(super) notes: Vec<Note>,
    refused: Vec<Refused>,
    pub(super) heights: usize,
    pub(super) crs: Option<(usize, String)>,
}

impl<'a> Reading<'a> {
    pub(super) fn new(bytes: &'a [u8], file: &'a str) -> Self {
        Self {
            bytes,
            file,
            features: Vec::new(),
            spans: Vec::new(),
            notes: Vec::new(),
            refused: Vec::new(),
            heights: 0,
            crs: None,
        }
    }

    /// Keeps a feature's text apart.
    fn refuse(&mut self, number: usize, reason: &str, (from, to): (usize, usize), text_only: bool) {
        let text = String::from_utf8_lossy(&self.bytes[from..to]).into_owned();
        self.refused.push(Refused { number, reason: reason.to_owned(), text, text_only });
    }

    fn syntax(&self, error: Unexpected) -> GeojsonError {
        let (at, snippet) = position(self.bytes, error.at, self.file);
        GeojsonError::Syntax { at, snippet, message: error.message }
    }

    /// One GeoJSON object at the top or in `features`; its features are appended.
    pub(super) fn object(&mut self, s: &mut Scanner) -> Result<(), Unexpected> {
        s.peek();
        let start = s.pos;
        let members = self.members(s)?;
        if members.collection {
            return Ok(());
        }
        let kind = members.kind.as_deref().unwrap_or_default();
        if kind == "FeatureCollection" {
            return Err(Unexpected { at: start, message: "a FeatureCollection without \"features\"".to_owned() });
        }
        if kind == "Topology" {
            return Err(Unexpected { at: start, message: "this is TopoJSON, not GeoJSON".to_owned() });
        }
        let number = self.features.len() + self.refused.len() + 1;
        if let Some(trouble) = members.trouble {
            let (at, _) = position(self.bytes, trouble.at, self.file);
            self.notes.push(
                Note::error(format!("feature {number}: {}; it is left out", trouble.message))
                    .at(at)
                    .hint("write the coordinates as RFC 7946, section 3.1, shows for the geometry's type"),
            );
            self.refuse(number, &trouble.message, (start, s.pos), true);
            return Ok(());
        }
        if kind == "Feature" {
            let geometry = members.geometry.flatten();
            self.features.push(Feature { id: members.id, geometry, properties: members.properties });
            self.spans.push((start, s.pos));
            return Ok(());
        }
        match geometry(kind, members.coordinates, members.geometries) {
            Ok(geometry) => {
                self.features.push(Feature::new(geometry));
                self.spans.push((start, s.pos));
            }
            Err(message) if kind.is_empty() => {
                return Err(Unexpected { at: start, message: format!("not GeoJSON: {message}") });
            }
            Err(message) => {
                let (at, _) = position(self.bytes, start, self.file);
                self.notes.push(Note::error(format!("feature {number}: {message}; it is left out")).at(at));
                self.refuse(number, &message, (start, s.pos), true);
            }
        }
        Ok(())
    }

    fn members(&mut self, s: &mut Scanner) -> Result<Members, Unexpected> {
        let mut m = Members::default();
        s.open(b'{')?;
        if s.empty(b'}') {
            return Ok(m);
        }
        loop {
            let key = s.key()?;
            s.peek();
            let (at, depth) = (s.pos, s.depth());
            match key.as_str() {
                "type" => match s.value()? {
                    Json::String(kind) => m.kind = Some(kind),
                    _ => return Err(Unexpected { at, message: "\"type\" is not a text".to_owned() }),
                },
                "features" if s.peek() == Some(b'[') => {
                    m.collection = true;
                    s.open(b'[')?;
                    if !s.empty(b']') {
                        loop {
                            self.object(s)?;
                            if !s.more(b']')? {
                                break;
                            }
                        }
                    }
                }
                "geometry" => {
                    if s.peek() == Some(b'{') {
                        let start = s.pos;
                        let inner = self.members(s)?;
                        let kind = inner.kind.unwrap_or_default();
                        m.trouble = m.trouble.or(inner.trouble);
                        match geometry(&kind, inner.coordinates, inner.geometries) {
                            Ok(g) => m.geometry = Some(Some(g)),
                            Err(message) => {
                                m.trouble = m.trouble.or(Some(Unexpected { at: start, message }));
                            }
                        }
                    } else {
                        s.value()?;
                        m.geometry = Some(None);
                    }
                }
                "geometries" if s.peek() == Some(b'[') => m.geometries = Some(self.geometries(s, &mut m.trouble)?),
                "coordinates" if s.peek() == Some(b'[') => match self.coords(s, 0) {
                    Ok(coords) => m.coordinates = Some((at, coords)),
                    Err(error) if error.message.starts_with("a position") => {
                        // The array is JSON but not positions: step over it and go on with the next feature.
                        s.rewind(at, depth);
                        s.value()?;
                        m.trouble = m.trouble.or(Some(error));
                    }
                    Err(error) => return Err(error),
                },
                "properties" if s.peek() == Some(b'{') => m.properties = properties(s)?,
                "properties" => {
                    s.value()?;
                }
                "id" => {
                    m.id = match s.value()? {
                        Json::String(id) => Some(id.into()),
                        Json::Number(id) => Some(id.to_string().into()),
                        _ => None,
                    }
                }
                "crs" => {
                    let value = s.value()?;
                    if let Some(name) = value.pointer("/properties/name").and_then(Json::as_str) {
                        self.crs = Some((at, name.to_owned()));
                    }
                }
                _ => {
                    s.value()?;
                }
            }
            if !s.more(b'}')? {
                return Ok(m);
            }
        }
    }

    fn geometries(
        &mut self,
        s: &mut Scanner,
        trouble: &mut Option<Unexpected>,
    ) -> Result<Vec<Geometry<f64>>, Unexpected> {
        let mut all = Vec::new();
        s.open(b'[')?;
        if s.empty(b']') {
            return Ok(all);
        }
        loop {
            s.peek();
            let at = s.pos;
            let inner = self.members(s)?;
            let kind = inner.kind.unwrap_or_default();
            if let Some(t) = inner.trouble {
                trouble.get_or_insert(t);
            }
            match geometry(&kind, inner.coordinates, inner.geometries) {
                Ok(g) => all.push(g),
                Err(message) => {
                    trouble.get_or_insert(Unexpected { at, message });
                }
            }
            if !s.more(b']')? {
                return Ok(all);
            }
        }
    }

    fn coords(&mut self, s: &mut Scanner, depth: usize) -> Result<Coords, Unexpected> {
        let at = s.pos;
        s.open(b'[')?;
        if depth > 4 {
            return Err(Unexpected { at, message: "a position nested too deep".to_owned() });
        }
        if s.empty(b']') {
            return Ok(Coords::Nest(Vec::new()));
        }
        match s.peek() {
            Some(b'[') => {
                let mut line: Vec<Coord<f64>> = Vec::new();
                let mut nest: Vec<Coords> = Vec::new();
                loop {
                    s.peek();
                    match self.coords(s, depth + 1)? {
                        Coords::Position(c) if nest.is_empty() => line.push(c),
                        other => {
                            nest.extend(line.drain(..).map(Coords::Position));
                            nest.push(other);
                        }
                    }
                    if !s.more(b']')? {
                        return Ok(if nest.is_empty() { Coords::Line(line) } else { Coords::Nest(nest) });
                    }
                }
            }
            Some(b'-' | b'0'..=b'9') => {
                let x = s.number()?;
                if !s.more(b']')? {
                    return Err(Unexpected { at, message: "a position of one number".to_owned() });
                }
                let y = s.number()?;
                let mut more = s.more(b']')?;
                self.heights += usize::from(more);
                while more {
                    s.number()?;
                    more = s.more(b']')?;
                }
                Ok(Coords::Position(Coord { x, y }))
            }
            _ => Err(Unexpected { at, message: "a position that is not two numbers".to_owned() }),
        }
    }

    fn finish(mut self) -> Result<(Warned<Vec<Feature>>, Vec<Refused>), GeojsonError> {
        let projection = match &self.crs {
            None => None,
            Some((at, name)) => crs::of_name(name).map_err(|_| {
                let message =
                    format!("the coordinate system \"{name}\" is not known here; GeoJSON is longitude and latitude");
                self.syntax(Unexpected { at: *at, message })
            })?,
        };
        if let Some(projection) = projection {
            for feature in &mut self.features {
                if let Some(g) = &mut feature.geometry {
                    use geo::MapCoordsInPlace as _;
                    // A point off the projection stays where it is and fails the range check below.
                    g.map_coords_in_place(|c| projection.inverse(c).unwrap_or(c));
                }
            }
            let name = self.crs.as_ref().map(|(_, n)| n.clone()).unwrap_or_default();
            self.notes.push(
                Note::info(format!("coordinates in {name} turned into longitude and latitude"))
                    .at(Position::file(self.file)),
            );
        }
        if self.heights > 0 {
            self.notes.push(
                Note::info(format!("heights of {} positions are not kept", self.heights)).at(Position::file(self.file)),
            );
        }
        let mut off = Vec::new();
        let left_out = self.refused.clone();
        for (i, feature) in self.features.iter_mut().enumerate() {
            let Some(g) = &feature.geometry else { continue };
            use geo::CoordsIter as _;
            let wrong = g.coords_iter().find(|c| !(c.y.abs() <= 90.0 + 1e-9 && c.x.abs() <= 540.0));
            if let Some(c) = wrong {
                let reason = format!("position [{}, {}] is not on the Earth", c.x, c.y);
                self.notes.push(
                    Note::error(format!(
                        "feature {}: {reason}; its geometry is left out",
                        number_in_file(i, &left_out)
                    ))
                    .at(Position::file(self.file))
                    .hint("positions are [longitude, latitude] in degrees; a projected file needs reprojecting first"),
                );
                feature.geometry = None;
                off.push((i, reason));
            }
        }
        for (i, reason) in off {
            if let Some(span) = self.spans.get(i).copied() {
                self.refuse(number_in_file(i, &self.refused), &reason, span, false);
            }
        }
        self.refused.sort_by_key(|r| r.number);
        Ok((Warned::new(self.features, self.notes), self.refused))
    }
}

/// The number in the file, from 1, of the feature that stands at an index among those that were kept, before any lost its geometry.
fn number_in_file(index: usize, left_out: &[Refused]) -> usize {
    left_out.iter().filter(|r| r.text_only).fold(index + 1, |n, r| if r.number <= n { n + 1 } else { n })
}

/// The attributes of a feature, straight from the text; of a key that comes twice the last value counts.
fn properties(s: &mut Scanner) -> Result<Vec<(EcoString, Value)>, Unexpected> {
    let mut all: Vec<(EcoString, Value)> = Vec::new();
    s.open(b'{')?;
    if s.empty(b'}') {
        return Ok(all);
    }
    loop {
        let key = s.key()?;
        let value = match s.peek() {
            Some(b'"') => Value::Text(s.string()?),
            _ => attribute(s.value()?),
        };
        // Real attribute tables are short: looking through them costs less than hashing.
        match all.iter_mut().find(|(k, _)| *k == key) {
            Some(slot) => slot.1 = value,
            None => all.push((key, value)),
        }
        if !s.more(b'}')? {
            return Ok(all);
        }
    }
}

fn attribute(value: Json) -> Value {
    match value {
        Json::Null => Value::Null,
        Json::Bool(v) => Value::Bool(v),
        Json::Number(n) => match n.as_i64() {
            Some(i) => Value::Int(i),
            None => Value::Float(n.as_f64().unwrap_or_default()),
        },
        Json::String(text) => text.into(),
        Json::Array(list) if list.iter().all(Json::is_string) => Value::List(
            list.into_iter()
                .filter_map(|v| if let Json::String(text) = v { Some(text.into()) } else { None })
                .collect(),
        ),
        other => other.to_string().into(),
    }
}

fn geometry(
    kind: &str,
    coordinates: Option<(usize, Coords)>,
    geometries: Option<Vec<Geometry<f64>>>,
) -> Result<Geometry<f64>, String> {
    if kind == "GeometryCollection" {
        return geometries
            .map(|all| Geometry::GeometryCollection(all.into()))
            .ok_or_else(|| "a GeometryCollection without \"geometries\"".to_owned());
    }
    let known = ["Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"];
    if !known.contains(&kind) {
        return Err(if kind.is_empty() {
            "an object without \"type\"".to_owned()
        } else {
            format!("\"{kind}\" is not a type of GeoJSON")
        });
    }
    let (_, coords) = coordinates.ok_or_else(|| format!("a {kind} without \"coordinates\""))?;
    let shape = || format!("coordinates that are not those of a {kind}");
    Ok(match kind {
        "Point" => match coords {
            Coords::Position(c) => Geometry::Point(c.into()),
            _ => return Err(shape()),
        },
        "MultiPoint" => Geometry::MultiPoint(line(coords).ok_or_else(shape)?.into_iter().collect()),
        "LineString" => Geometry::LineString(LineString(at_least(2, line(coords).ok_or_else(shape)?, kind)?)),
        "MultiLineString" => Geometry::MultiLineString(geo::MultiLineString(
            nest(coords)
                .ok_or_else(shape)?
                .into_iter()
                .map(|c| at_least(2, line(c).ok_or_else(shape)?, kind).map(LineString))
                .collect::<Result<_, String>>()?,
        )),
        "Polygon" => Geometry::Polygon(polygon(coords).ok_or_else(shape)?),
        _ => Geometry::MultiPolygon(geo::MultiPolygon(
            nest(coords)
                .ok_or_else(shape)?
                .into_iter()
                .map(|c| polygon(c).ok_or_else(shape))
                .collect::<Result<_, String>>()?,
        )),
    })
}

fn at_least(n: usize, line: Vec<Coord<f64>>, kind: &str) -> Result<Vec<Coord<f64>>, String> {
    if line.len() < n { Err(format!("a {kind} of {} positions", line.len())) } else { Ok(line) }
}

fn line(coords: Coords) -> Option<Vec<Coord<f64>>> {
    match coords {
        Coords::Line(line) => Some(line),
        Coords::Nest(nest) if nest.is_empty() => Some(Vec::new()),
        _ => None,
    }
}

fn nest(coords: Coords) -> Option<Vec<Coords>> {
    match coords {
        Coords::Nest(nest) => Some(nest),
        _ => None,
    }
}

/// Rings are closed where they are not; rings of fewer than three corners enclose nothing and are dropped.
fn polygon(coords: Coords) -> Option<Polygon<f64>> {
    let mut rings = nest(coords)?.into_iter().map(line).collect::<Option<Vec<_>>>()?.into_iter();
    let outer = rings.next().unwrap_or_default();
    let holes = rings.filter(|r| r.len() >= 3).map(LineString).collect();
    Some(Polygon::new(LineString(outer), holes))
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
