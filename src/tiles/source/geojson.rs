//! GeoJSON and newline-delimited GeoJSON into chunks, straight from the bytes. Reference: RFC 7946, RFC 8142.

use super::chunk::{Chunk, Kind, RawFeature};
use super::json::{Fault, Number, Scanner};
use super::wrap;
use crate::diag::{Note, Position};
use crate::tiles::world::project;

/// Reads one value per line; lines that are not features are noted and passed over.
pub fn read_lines(block: &[u8], first_line: usize, file: &str, chunk: &mut Chunk) -> usize {
    let mut line = first_line;
    let mut at = 0;
    while at < block.len() {
        let end = memchr::memchr(b'\n', &block[at..]).map_or(block.len(), |n| at + n);
        let text = &block[at..end];
        read_text(text, line, file, chunk);
        at = end + 1;
        line += 1;
    }
    line - first_line
}

/// Reads one feature (or bare geometry) that starts on a line of a file.
pub fn read_text(text: &[u8], line: usize, file: &str, chunk: &mut Chunk) {
    let mut scanner = Scanner::new(text);
    if scanner.ended() {
        return;
    }
    let mark = chunk.mark();
    let result = read_feature(&mut scanner, chunk).and_then(|()| {
        if scanner.ended() { Ok(()) } else { Err(scanner.fault("more text after the end of the feature")) }
    });
    if let Err(fault) = result {
        chunk.reset(mark);
        chunk.refused += 1;
        chunk.notes.push(fault_note(fault, text, line, file));
    }
}

/// A note that points at a fault, with the piece of the line around it.
pub fn fault_note(fault: Fault, text: &[u8], first_line: usize, file: &str) -> Note {
    let at = fault.at.min(text.len());
    let start = memchr::memrchr(b'\n', &text[..at]).map_or(0, |n| n + 1);
    let line = first_line + memchr::memchr_iter(b'\n', &text[..start]).count();
    let column = String::from_utf8_lossy(&text[start..at]).chars().count() + 1;
    let end = memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |n| at + n);
    let note = Note::warning(format!("feature left out: {}", fault.what)).at(Position::column(file, line, column));
    if end - start <= 400 { note.snippet(String::from_utf8_lossy(&text[start..end]).into_owned()) } else { note }
}

/// Reads a feature object at the cursor.
pub fn read_feature(s: &mut Scanner<'_>, chunk: &mut Chunk) -> Result<(), Fault> {
    let first_attribute = chunk.attributes.len();
    let start = s.at;
    s.expect(b'{', "expected a feature, an object in braces")?;
    let mut geometry_at = None;
    let (mut kind, mut feature_seen) = (None, false);
    let (mut id, mut zooms, mut layer) = (None, (0u8, u8::MAX), None);
    let mut bare = false;
    let mut parts = Parts::default();
    if !s.take(b'}') {
        loop {
            let key = s.string()?;
            s.expect(b':', "expected a colon")?;
            match key.raw {
                b"type" => {
                    let value = s.string()?;
                    match value.raw {
                        b"Feature" => feature_seen = true,
                        b"FeatureCollection" => return Err(s.fault("a collection where one feature was expected")),
                        _ => bare = true,
                    }
                }
                b"geometry" if geometry_at.is_none() => {
                    geometry_at = Some(s.at);
                    read_geometry(s, chunk, &mut parts, 0)?;
                    kind = parts.single();
                }
                b"properties" => read_properties(s, chunk)?,
                b"id" => match s.peek() {
                    b'0'..=b'9' => {
                        if let Number::Int(v) = s.number()? {
                            id = u64::try_from(v).ok();
                        }
                    }
                    b'"' => id = std::str::from_utf8(s.string()?.raw).ok().and_then(|t| t.parse().ok()),
                    _ => drop(s.skip()?),
                },
                b"tippecanoe" if s.peek() == b'{' => (zooms, layer) = read_wishes(s, chunk)?,
                _ => drop(s.skip()?),
            }
            if !s.take(b',') {
                break;
            }
        }
        s.expect(b'}', "expected a comma or a closing brace")?;
    }
    if bare && !feature_seen {
        let mut again = *s;
        again.at = start;
        read_geometry(&mut again, chunk, &mut parts, 0)?;
        kind = parts.single();
    } else if !feature_seen {
        return Err(Fault { at: start, what: "the object has no \"type\": \"Feature\"" });
    }
    let attributes_end = chunk.attributes.len();
    if let Some(latitude) = parts.bad_latitude {
        return Err(Fault { at: latitude, what: "latitude is not between -90 and 90" });
    }
    if let Some(longitude) = parts.bad_longitude {
        return Err(Fault { at: longitude, what: "longitude is not between -540 and 540" });
    }
    let raw = |kind, rings_end: usize, attributes_end: usize| RawFeature {
        kind,
        attributes_end: attributes_end as u32,
        rings_end: rings_end as u32,
        id,
        zooms,
        layer,
    };
    match kind {
        Some(kind) => {
            if parts.beyond {
                wrap::last_feature(chunk, kind, parts.list[0].rings_from);
            }
            chunk.end_feature(raw(kind, chunk.ring_ends.len(), attributes_end));
        }
        None if parts.list.is_empty() => {
            chunk.empty += 1;
            chunk.attributes.truncate(first_attribute);
        }
        None => {
            // A mixed collection: one feature a part, each with the same attributes.
            if parts.beyond {
                return Err(Fault { at: start, what: "a mixed collection reaches beyond the antimeridian" });
            }
            let list = std::mem::take(&mut parts.list);
            for (n, part) in list.iter().enumerate() {
                let rings_end = list.get(n + 1).map_or(chunk.ring_ends.len(), |p| p.rings_from);
                if n > 0 {
                    chunk.repeat_attributes(first_attribute, attributes_end);
                }
                let end = chunk.attributes.len();
                chunk.end_feature(raw(part.kind, rings_end, end));
            }
        }
    }
    Ok(())
}

#[derive(Debug)]
struct Part {
    kind: Kind,
    rings_from: usize,
}

#[derive(Debug, Default)]
struct Parts {
    list: Vec<Part>,
    beyond: bool,
    bad_latitude: Option<usize>,
    bad_longitude: Option<usize>,
}

impl Parts {
    fn single(&self) -> Option<Kind> {
        let first = self.list.first()?.kind;
        self.list.iter().all(|p| p.kind == first).then_some(first)
    }
}

fn read_geometry(s: &mut Scanner<'_>, chunk: &mut Chunk, parts: &mut Parts, depth: u32) -> Result<(), Fault> {
    if s.peek() == b'n' {
        return s.literal("null");
    }
    if depth > 8 {
        return Err(s.fault("geometry collections are nested too deep"));
    }
    s.expect(b'{', "expected a geometry, an object in braces or null")?;
    let mut shape: Option<(Kind, u32)> = None;
    let mut collection = false;
    let mut waiting: Option<usize> = None;
    if s.take(b'}') {
        return Err(s.fault("the geometry has no type"));
    }
    loop {
        let key = s.string()?;
        s.expect(b':', "expected a colon")?;
        match key.raw {
            b"type" => {
                let at = s.at;
                shape = match s.string()?.raw {
                    b"Point" => Some((Kind::Point, 0)),
                    b"MultiPoint" => Some((Kind::Point, 1)),
                    b"LineString" => Some((Kind::Line, 1)),
                    b"MultiLineString" => Some((Kind::Line, 2)),
                    b"Polygon" => Some((Kind::Polygon, 2)),
                    b"MultiPolygon" => Some((Kind::Polygon, 3)),
                    b"GeometryCollection" => {
                        collection = true;
                        None
                    }
                    _ => return Err(Fault { at, what: "an unknown geometry type" }),
                };
            }
            b"coordinates" => match shape {
                Some((kind, depth)) => read_coordinates(s, chunk, parts, kind, depth)?,
                None => {
                    waiting = Some(s.at);
                    s.skip()?;
                }
            },
            b"geometries" => {
                s.expect(b'[', "expected a list of geometries")?;
                if !s.take(b']') {
                    loop {
                        read_geometry(s, chunk, parts, depth + 1)?;
                        if !s.take(b',') {
                            break;
                        }
                    }
                    s.expect(b']', "expected a comma or a closing bracket")?;
                }
            }
            _ => drop(s.skip()?),
        }
        if !s.take(b',') {
            break;
        }
    }
    s.expect(b'}', "expected a comma or a closing brace")?;
    match (shape, waiting) {
        (Some((kind, depth)), Some(at)) => {
            let mut again = *s;
            again.at = at;
            read_coordinates(&mut again, chunk, parts, kind, depth)
        }
        (None, _) if !collection => Err(s.fault("the geometry has no type")),
        _ => Ok(()),
    }
}

fn read_coordinates(
    s: &mut Scanner<'_>,
    chunk: &mut Chunk,
    parts: &mut Parts,
    kind: Kind,
    depth: u32,
) -> Result<(), Fault> {
    let rings_from = chunk.ring_ends.len();
    match (kind, depth) {
        (Kind::Point, 0) => {
            s.expect(b'[', "expected a position")?;
            if s.take(b']') {
                return Ok(());
            }
            position_tail(s, chunk, parts)?;
            chunk.end_ring(true);
        }
        (Kind::Point, _) => list(s, |s| {
            s.expect(b'[', "expected a position")?;
            position_tail(s, chunk, parts)?;
            chunk.end_ring(true);
            Ok(())
        })?,
        (Kind::Line, 1) => line(s, chunk, parts)?,
        (Kind::Line, _) => list(s, |s| line(s, chunk, parts))?,
        (Kind::Polygon, 2) => polygon(s, chunk, parts)?,
        (Kind::Polygon, _) => list(s, |s| polygon(s, chunk, parts))?,
    }
    if chunk.ring_ends.len() > rings_from {
        parts.list.push(Part { kind, rings_from });
    }
    Ok(())
}

/// Reads `[item, …]`.
fn list(s: &mut Scanner<'_>, mut item: impl FnMut(&mut Scanner<'_>) -> Result<(), Fault>) -> Result<(), Fault> {
    s.expect(b'[', "expected a list of coordinates")?;
    if s.take(b']') {
        return Ok(());
    }
    loop {
        item(s)?;
        if !s.take(b',') {
            return s.expect(b']', "expected a comma or a closing bracket");
        }
    }
}

fn line(s: &mut Scanner<'_>, chunk: &mut Chunk, parts: &mut Parts) -> Result<(), Fault> {
    let from = chunk.points.len();
    positions(s, chunk, parts)?;
    chunk.close_line(from);
    Ok(())
}

fn polygon(s: &mut Scanner<'_>, chunk: &mut Chunk, parts: &mut Parts) -> Result<(), Fault> {
    let mut state = RingState::Shell;
    list(s, |s| {
        let from = chunk.points.len();
        positions(s, chunk, parts)?;
        state = chunk.close_ring(from, state);
        Ok(())
    })
}

fn positions(s: &mut Scanner<'_>, chunk: &mut Chunk, parts: &mut Parts) -> Result<(), Fault> {
    s.expect(b'[', "expected a list of positions")?;
    if s.take(b']') {
        return Ok(());
    }
    loop {
        s.expect(b'[', "expected a position")?;
        position_tail(s, chunk, parts)?;
        if !s.take(b',') {
            return s.expect(b']', "expected a comma or a closing bracket");
        }
    }
}

/// Reads `lon, lat[, …]]`.
#[inline]
fn position_tail(s: &mut Scanner<'_>, chunk: &mut Chunk, parts: &mut Parts) -> Result<(), Fault> {
    let at = s.at;
    let (lon, lat) = match s.plain_position() {
        Some(position) => position,
        None => {
            let lon = s.coordinate()?;
            s.expect(b',', "a position needs a longitude and a latitude")?;
            (lon, s.coordinate()?)
        }
    };
    while s.take(b',') {
        s.skip()?;
    }
    s.expect(b']', "expected a closing bracket")?;
    if !(-180.0..=180.0).contains(&lon) {
        parts.beyond = true;
        if !(-540.0..=540.0).contains(&lon) {
            parts.bad_longitude.get_or_insert(at);
        }
    }
    if !(-90.0..=90.0).contains(&lat) {
        parts.bad_latitude.get_or_insert(at);
    }
    chunk.points.push(project(lon, lat));
    Ok(())
}

fn read_properties(s: &mut Scanner<'_>, chunk: &mut Chunk) -> Result<(), Fault> {
    if s.peek() == b'n' {
        return s.literal("null");
    }
    s.expect(b'{', "expected the properties, an object in braces or null")?;
    if s.take(b'}') {
        return Ok(());
    }
    let mut scratch = Vec::new();
    loop {
        let at = s.at;
        let name = s.string()?;
        let key = if name.escaped {
            scratch.clear();
            name.unescape(&mut scratch).map_err(|what| Fault { at, what })?;
            chunk.key(&String::from_utf8_lossy(&scratch))
        } else {
            match std::str::from_utf8(name.raw) {
                Ok(name) => chunk.key(name),
                Err(_) => return Err(Fault { at, what: "a name is not UTF-8" }),
            }
        };
        s.expect(b':', "expected a colon")?;
        match s.peek() {
            b'"' => {
                let at = s.at;
                let text = s.string()?;
                let raw = if text.escaped {
                    scratch.clear();
                    text.unescape(&mut scratch).map_err(|what| Fault { at, what })?;
                    &scratch[..]
                } else {
                    text.raw
                };
                if std::str::from_utf8(raw).is_err() {
                    return Err(Fault { at, what: "a text is not UTF-8" });
                }
                chunk.text(key, raw);
            }
            b't' => {
                s.literal("true")?;
                chunk.bool(key, true);
            }
            b'f' => {
                s.literal("false")?;
                chunk.bool(key, false);
            }
            b'n' => s.literal("null")?,
            b'{' | b'[' => {
                // MVT has no lists or objects: the JSON text stands for them.
                let at = s.at;
                let text = s.skip()?;
                if std::str::from_utf8(text).is_err() {
                    return Err(Fault { at, what: "a value is not UTF-8" });
                }
                chunk.text(key, text);
            }
            _ => match s.number()? {
                Number::Int(v) => chunk.int(key, v),
                Number::Float(v) => chunk.float(key, v),
            },
        }
        if !s.take(b',') {
            return s.expect(b'}', "expected a comma or a closing brace");
        }
    }
}

type Wishes = ((u8, u8), Option<u16>);

/// Reads tippecanoe's member: `minzoom`, `maxzoom`, `layer`.
fn read_wishes(s: &mut Scanner<'_>, chunk: &mut Chunk) -> Result<Wishes, Fault> {
    let (mut zooms, mut layer) = ((0u8, u8::MAX), None);
    s.expect(b'{', "expected an object in braces")?;
    if s.take(b'}') {
        return Ok((zooms, layer));
    }
    loop {
        let key = s.string()?;
        s.expect(b':', "expected a colon")?;
        match (key.raw, s.peek()) {
            (b"minzoom", b'0'..=b'9') => zooms.0 = s.number()?.float().clamp(0.0, 255.0) as u8,
            (b"maxzoom", b'0'..=b'9') => zooms.1 = s.number()?.float().clamp(0.0, 255.0) as u8,
            (b"layer", b'"') => {
                let name = String::from_utf8_lossy(s.string()?.raw).into_owned();
                layer = Some(chunk.layer_name(name));
            }
            _ => drop(s.skip()?),
        }
        if !s.take(b',') {
            s.expect(b'}', "expected a comma or a closing brace")?;
            return Ok((zooms, layer));
        }
    }
}

/// What the next ring of a polygon is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RingState {
    /// The outer ring.
    Shell,
    /// A hole of a polygon whose outer ring was taken.
    Hole,
    /// A hole of a polygon whose outer ring has no area: left out too.
    Lost,
}

impl Chunk {
    /// Ends a line, without repeated points; a line of one point is left out.
    pub fn close_line(&mut self, from: usize) {
        self.dedup(from);
        if self.points.len() - from >= 2 {
            self.end_ring(true);
        } else {
            self.points.truncate(from);
        }
    }
    /// Ends a polygon ring, without repeated points; a ring of fewer than three points is left out.
    pub fn close_ring(&mut self, from: usize, state: RingState) -> RingState {
        self.dedup(from);
        while self.points.len() > from + 1 && self.points.last() == Some(&self.points[from]) {
            self.points.pop();
        }
        if self.points.len() - from < 3 || state == RingState::Lost {
            self.points.truncate(from);
            return if state == RingState::Shell { RingState::Lost } else { state };
        }
        self.end_ring(state == RingState::Shell);
        RingState::Hole
    }
    fn dedup(&mut self, from: usize) {
        let mut to = from;
        for i in from..self.points.len() {
            if to == from || self.points[i] != self.points[to - 1] {
                self.points[to] = self.points[i];
                to += 1;
            }
        }
        self.points.truncate(to);
    }
    /// The number of a layer name that features ask for.
    pub fn layer_name(&mut self, name: String) -> u16 {
        let at = self.layers.iter().position(|l| *l == name).unwrap_or_else(|| {
            self.layers.push(name);
            self.layers.len() - 1
        });
        at as u16
    }
}

/// Whether the first line of a text is a whole feature: then every line is one.
pub fn first_line_is_feature(text: &[u8]) -> bool {
    let Some(end) = memchr::memchr(b'\n', text) else { return false };
    let mut s = Scanner::new(&text[..end]);
    let line = s.skip().is_ok() && s.ended();
    line && kind_of(&text[..end]).is_some_and(|k| k != b"FeatureCollection")
}

/// The `type` member of an object.
fn kind_of(text: &[u8]) -> Option<&[u8]> {
    let mut s = Scanner::new(text);
    s.expect(b'{', "").ok()?;
    loop {
        let key = s.string().ok()?;
        s.expect(b':', "").ok()?;
        if key.raw == b"type" {
            return s.string().ok().map(|t| t.raw);
        }
        s.skip().ok()?;
        if !s.take(b',') {
            return None;
        }
    }
}

/// Moves into the `features` list of a collection; leaves the cursor where it is for anything else.
pub fn find_features(s: &mut Scanner<'_>) -> Result<bool, Fault> {
    let start = *s;
    if s.take(b'[') {
        return Ok(true);
    }
    s.expect(b'{', "expected an object in braces")?;
    let mut collection = false;
    loop {
        if s.take(b'}') {
            break;
        }
        let key = s.string()?;
        s.expect(b':', "expected a colon")?;
        match key.raw {
            b"features" if s.peek() == b'[' => {
                s.at += 1;
                return Ok(true);
            }
            b"type" if s.peek() == b'"' => collection = s.string()?.raw == b"FeatureCollection",
            // A feature is read whole, later; do not walk its coordinates twice.
            _ if !collection && matches!(key.raw, b"geometry" | b"coordinates" | b"properties") => break,
            _ => drop(s.skip()?),
        }
        if !s.take(b',') {
            break;
        }
    }
    *s = start;
    s.peek();
    Ok(false)
}

/// Where the next whole feature after a place begins.
pub fn next_feature(text: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let found = at + memchr::memmem::find(text.get(at..)?, b"\"Feature\"")?;
        let brace = memchr::memrchr(b'{', &text[from..found])?;
        let mut s = Scanner::new(&text[from + brace..]);
        if s.skip().is_ok() {
            return Some(from + brace);
        }
        at = found + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tiles::source::chunk::SHELL;

    fn read(text: &str) -> Chunk {
        let mut c = Chunk::default();
        read_lines(text.as_bytes(), 1, "f.geojsonl", &mut c);
        c
    }

    #[test]
    fn members_may_come_in_any_order() {
        let c = read(
            r#"{"properties":{"a":1,"b":"x\u00e9","c":[1,2],"d":null,"e":true,"f":0.5},"geometry":{"coordinates":[[[0,0],[1,0],[1,1],[0,0]]],"type":"Polygon"},"id":7,"type":"Feature"}"#,
        );
        assert!(c.notes.is_empty(), "{:?}", c.notes);
        assert_eq!(c.features.len(), 1);
        assert_eq!(c.features[0].id, Some(7));
        assert_eq!(c.points.len(), 3);
        assert_eq!(c.ring_ends, [3 | SHELL]);
        assert_eq!(c.attributes.len(), 5);
    }

    #[test]
    fn bad_lines_are_named_and_the_rest_goes_on() {
        let good = r#"{"type":"Feature","properties":null,"geometry":{"type":"Point","coordinates":[1,2]}}"#;
        let text = [
            good,
            r#"{"type":"Feature","geometry":{"type":"Point","coordinates":[1,95]}}"#,
            "",
            r#"{"type":"Feature","geometry":{"type":"Point","coordinates":[NaN,2]}}"#,
            r#"{"type":"Feature","geometry":{"type":"Circle","coordinates":[1,2]}}"#,
            good,
            r#"{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]}"#,
            r#"{"type":"Feature","properties":{},"geometry":null}"#,
            "[]",
        ]
        .join("\n");
        let c = read(&text);
        assert_eq!(c.features.len(), 2);
        assert_eq!((c.refused, c.empty), (5, 1));
        let at: Vec<String> = c.notes.iter().map(|n| n.at.as_ref().expect("a place").to_string()).collect();
        assert_eq!(at, ["f.geojsonl:2:61", "f.geojsonl:4:61", "f.geojsonl:5:38", "f.geojsonl:7:66", "f.geojsonl:9:1"]);
    }

    #[test]
    fn a_collection_is_read_past_a_broken_feature() {
        let text = "{\"type\":\"FeatureCollection\",\"name\":\"x\",\"features\":[\n\
            {\"type\":\"Feature\",\"properties\":{},\"geometry\":{\"type\":\"Point\",\"coordinates\":[1,2]}},\n\
            {\"type\":\"Feature\",\"properties\":{},\"geometry\":{\"type\":\"Point\",\"coordinates\":[1,2},\n\
            {\"type\":\"Feature\",\"properties\":{},\"geometry\":{\"type\":\"Point\",\"coordinates\":[3,4]}}\n\
            ],\"more\":1}";
        let (mut values, mut notes) = (Vec::new(), Vec::new());
        super::super::collection::Splitter::default().split(text.as_bytes(), true, "f", &mut values, &mut notes);
        assert_eq!(values.iter().map(|v| v.1).collect::<Vec<_>>(), [2, 4]);
        assert_eq!(notes.len(), 1);
        assert_eq!(notes[0].at.as_ref().expect("a place").line, Some(3));
    }

    #[test]
    fn a_mixed_collection_becomes_a_feature_a_part() {
        let c = read(
            r#"{"type":"Feature","properties":{"n":1},"geometry":{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]},{"type":"LineString","coordinates":[[0,0],[1,1]]}]}}"#,
        );
        assert_eq!(c.features.len(), 2);
        assert_eq!(c.attributes.len(), 2);
        assert_eq!((c.features[0].kind, c.features[1].kind), (Kind::Point, Kind::Line));
    }

    #[test]
    fn rings_that_enclose_nothing_are_left_out() {
        let c = read(
            r#"{"type":"Feature","properties":{},"geometry":{"type":"MultiPolygon","coordinates":[[[[0,0],[1,1],[0,0]]],[[[0,0],[4,0],[4,4],[0,0]],[[1,1],[1,1],[1,1]]]]}}"#,
        );
        assert_eq!(c.ring_ends.len(), 1);
        assert_eq!(c.points.len(), 3);
    }
}
