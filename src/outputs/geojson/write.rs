//! Writing a layer as GeoJSON: RFC 7946 right-hand rule, cut at the antimeridian, a `bbox`, at most six decimals, one feature a line.
//!
//! Coordinates are put on the grid of a millionth of a degree (0.1 m) before anything else is done to them, so neighbours that share
//! a vertex still share it in the file. Rings that enclose nothing on that grid are left out.

use super::antimeridian::{cut_line, cut_polygon, snap, snap_ring, wrap};
use crate::coverage::{GRID, Node};
use crate::geodesy::{BBox, LonLat};
use crate::model::{Feature, Layer, Value};
use crate::outputs::files::{FileError, write_atomically};
use geo::{Geometry, LineString, Polygon};
use std::io::{self, Write};
use std::path::Path;

/// Writes a layer to a file, whole or not at all.
///
/// # Errors
/// The file cannot be written.
pub fn write_file(layer: &Layer, path: &Path) -> Result<(), FileError> {
    write_atomically(path, |out| write(layer, out))
}

/// A layer as GeoJSON text.
pub fn to_string(layer: &Layer) -> String {
    let mut out = Vec::new();
    write(layer, &mut out).expect("memory can be written to");
    String::from_utf8(out).expect("JSON is UTF-8")
}

/// Writes a layer as a `FeatureCollection`.
///
/// # Errors
/// What `out` says.
pub fn write(layer: &Layer, out: &mut impl Write) -> io::Result<()> {
    collection(layer, out, false)
}

/// Writes a layer as a `FeatureCollection` in as few bytes as it takes: one line, without name and box, without attributes that have no
/// value.
///
/// # Errors
/// What `out` says.
pub fn write_minified(layer: &Layer, out: &mut impl Write) -> io::Result<()> {
    collection(layer, out, true)
}

fn collection(layer: &Layer, out: &mut impl Write, small: bool) -> io::Result<()> {
    let shapes: Vec<Option<Shape>> = layer.features.iter().map(|f| f.geometry.as_ref().and_then(Shape::of)).collect();
    out.write_all(b"{\"type\":\"FeatureCollection\"")?;
    if !small {
        out.write_all(b",\"name\":")?;
        json(out, &layer.name)?;
        let mut corners = Vec::new();
        for shape in shapes.iter().flatten() {
            shape.corners(&mut corners);
        }
        if let Some(b) = BBox::around(corners.iter().map(|p| position(*p))) {
            write!(out, ",\"bbox\":[{},{},{},{}]", b.west, b.south, b.east, b.north)?;
        }
    }
    let line = if small { "" } else { "\n" };
    out.write_all(b",\"features\":[")?;
    for (i, (feature, shape)) in layer.features.iter().zip(&shapes).enumerate() {
        out.write_all(if i == 0 { b"" } else { b"," })?;
        out.write_all(line.as_bytes())?;
        write_feature(feature, shape.as_ref(), out, small)?;
    }
    write!(out, "{line}]}}{line}")
}

/// Writes a layer as a GeoJSON text sequence: one feature a line, no record separators (RFC 8142 calls them optional for readers).
///
/// # Errors
/// What `out` says.
pub fn write_sequence(layer: &Layer, out: &mut impl Write) -> io::Result<()> {
    for feature in &layer.features {
        let shape = feature.geometry.as_ref().and_then(Shape::of);
        write_feature(feature, shape.as_ref(), out, false)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

fn write_feature(feature: &Feature, shape: Option<&Shape>, out: &mut impl Write, small: bool) -> io::Result<()> {
    out.write_all(b"{\"type\":\"Feature\"")?;
    if let Some(id) = &feature.id {
        out.write_all(b",\"id\":")?;
        json(out, id)?;
    }
    out.write_all(b",\"properties\":{")?;
    let said = feature.properties.iter().filter(|(_, v)| !small || *v != Value::Null);
    for (i, (key, value)) in said.enumerate() {
        if i > 0 {
            out.write_all(b",")?;
        }
        json(out, key)?;
        out.write_all(b":")?;
        match value {
            // JSON has no words for these; a number that is none is no value.
            Value::Float(v) if !v.is_finite() => out.write_all(b"null")?,
            // Whole numbers without ".0", as every other writer of GeoJSON has them.
            Value::Float(v) if v.fract() == 0.0 && v.abs() < 1e15 => write!(out, "{v:.0}")?,
            value => json(out, value)?,
        }
    }
    out.write_all(b"},\"geometry\":")?;
    match shape {
        None => out.write_all(b"null")?,
        Some(shape) => shape.write(out)?,
    }
    out.write_all(b"}")
}

fn json(out: &mut impl Write, value: &(impl serde::Serialize + ?Sized)) -> io::Result<()> {
    serde_json::to_writer(out, value).map_err(io::Error::from)
}

fn position(p: Node) -> LonLat {
    LonLat::wrapped(degrees(p[0]), degrees(p[1]))
}

fn degrees(v: i32) -> f64 {
    f64::from(v) / GRID
}

type Rings = Vec<Vec<Node>>;

/// A geometry on the grid, cut and oriented.
enum Shape {
    Points(Vec<Node>, bool),
    Lines(Vec<Vec<Node>>, bool),
    Polygons(Vec<Rings>, bool),
    Several(Vec<Shape>),
}

impl Shape {
    fn of(geometry: &Geometry<f64>) -> Option<Self> {
        let polygon = |p: &Polygon<f64>| -> Vec<Rings> {
            let Some(outer) = snap_ring(p.exterior()) else { return Vec::new() };
            let mut rings = vec![outer];
            rings.extend(p.interiors().iter().filter_map(snap_ring));
            cut_polygon(rings)
        };
        let line = |l: &LineString<f64>| -> Vec<Vec<Node>> {
            let mut points: Vec<Node> = l.0.iter().map(|c| snap(*c)).collect();
            points.dedup();
            // A line shorter than the grid stays a line: two equal points.
            if points.len() == 1 {
                points.push(points[0]);
                return vec![points.into_iter().map(wrap).collect()];
            }
            cut_line(&points)
        };
        let shape = match geometry {
            Geometry::Point(p) => Self::Points(vec![wrap(snap(p.0))], false),
            Geometry::MultiPoint(m) => Self::Points(m.iter().map(|p| wrap(snap(p.0))).collect(), true),
            Geometry::Line(l) => {
                let lines = line(&LineString(vec![l.start, l.end]));
                let multi = lines.len() != 1;
                Self::Lines(lines, multi)
            }
            Geometry::LineString(l) => {
                let lines = line(l);
                let multi = lines.len() != 1;
                Self::Lines(lines, multi)
            }
            Geometry::MultiLineString(m) => Self::Lines(m.iter().flat_map(line).collect(), true),
            Geometry::Polygon(p) => {
                let polygons = polygon(p);
                let multi = polygons.len() != 1;
                Self::Polygons(polygons, multi)
            }
            Geometry::MultiPolygon(m) => Self::Polygons(m.iter().flat_map(polygon).collect(), true),
            Geometry::Rect(r) => return Self::of(&Geometry::Polygon(r.to_polygon())),
            Geometry::Triangle(t) => return Self::of(&Geometry::Polygon(t.to_polygon())),
            Geometry::GeometryCollection(c) => Self::Several(c.iter().filter_map(Self::of).collect()),
        };
        let empty = match &shape {
            Self::Points(v, _) => v.is_empty(),
            Self::Lines(v, _) => v.is_empty(),
            Self::Polygons(v, _) => v.is_empty(),
            Self::Several(v) => v.is_empty(),
        };
        (!empty).then_some(shape)
    }

    /// West, east, south and north ends of every part: enough for the bounding box.
    fn corners(&self, into: &mut Vec<Node>) {
        match self {
            Self::Points(points, _) => into.extend(points),
            Self::Lines(lines, _) => lines.iter().for_each(|l| extremes(l, into)),
            Self::Polygons(polygons, _) => polygons.iter().for_each(|p| extremes(&p[0], into)),
            Self::Several(shapes) => shapes.iter().for_each(|s| s.corners(into)),
        }
    }

    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        match self {
            Self::Points(points, false) => {
                out.write_all(b"{\"type\":\"Point\",\"coordinates\":")?;
                pair(out, points[0])?;
            }
            Self::Points(points, true) => {
                out.write_all(b"{\"type\":\"MultiPoint\",\"coordinates\":")?;
                list(out, points, |out, p| pair(out, *p))?;
            }
            Self::Lines(lines, false) => {
                out.write_all(b"{\"type\":\"LineString\",\"coordinates\":")?;
                list(out, &lines[0], |out, p| pair(out, *p))?;
            }
            Self::Lines(lines, true) => {
                out.write_all(b"{\"type\":\"MultiLineString\",\"coordinates\":")?;
                list(out, lines, |out, l| list(out, l, |out, p| pair(out, *p)))?;
            }
            Self::Polygons(polygons, false) => {
                out.write_all(b"{\"type\":\"Polygon\",\"coordinates\":")?;
                list(out, &polygons[0], |out, r| ring(out, r))?;
            }
            Self::Polygons(polygons, true) => {
                out.write_all(b"{\"type\":\"MultiPolygon\",\"coordinates\":")?;
                list(out, polygons, |out, p| list(out, p, |out, r| ring(out, r)))?;
            }
            Self::Several(shapes) => {
                out.write_all(b"{\"type\":\"GeometryCollection\",\"geometries\":")?;
                list(out, shapes, |out, s| s.write(out))?;
            }
        }
        out.write_all(b"}")
    }
}

/// The extreme points of a part, with enough between west and east that the box is not mistaken for its complement.
fn extremes(points: &[Node], into: &mut Vec<Node>) {
    let Some(first) = points.first() else { return };
    let (mut west, mut east, mut south, mut north) = (first[0], first[0], first[1], first[1]);
    for p in points {
        (west, east) = (west.min(p[0]), east.max(p[0]));
        (south, north) = (south.min(p[1]), north.max(p[1]));
    }
    let steps = ((east - west) / 60_000_000).max(1);
    for i in 0..=steps {
        let along = (i64::from(east) - i64::from(west)) * i64::from(i) / i64::from(steps);
        into.push([west + along as i32, south]);
    }
    into.push([east, north]);
}

fn list<T, W: Write>(out: &mut W, items: &[T], mut each: impl FnMut(&mut W, &T) -> io::Result<()>) -> io::Result<()> {
    out.write_all(b"[")?;
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            out.write_all(b",")?;
        }
        each(out, item)?;
    }
    out.write_all(b"]")
}

fn ring<W: Write>(out: &mut W, points: &Vec<Node>) -> io::Result<()> {
    out.write_all(b"[")?;
    for p in points {
        pair(out, *p)?;
        out.write_all(b",")?;
    }
    pair(out, points[0])?;
    out.write_all(b"]")
}

fn pair(out: &mut impl Write, p: Node) -> io::Result<()> {
    let mut text = [0u8; 32];
    let mut n = 0;
    text[n] = b'[';
    n += 1;
    n = decimal(&mut text, n, p[0]);
    text[n] = b',';
    n += 1;
    n = decimal(&mut text, n, p[1]);
    text[n] = b']';
    out.write_all(&text[..=n])
}

/// Writes millionths as a decimal without trailing zeros.
fn decimal(text: &mut [u8; 32], mut n: usize, value: i32) -> usize {
    if value < 0 {
        text[n] = b'-';
        n += 1;
    }
    let v = value.unsigned_abs();
    let (mut whole, mut fraction) = (v / 1_000_000, v % 1_000_000);
    let start = n;
    loop {
        text[n] = b'0' + (whole % 10) as u8;
        n += 1;
        whole /= 10;
        if whole == 0 {
            break;
        }
    }
    text[start..n].reverse();
    if fraction > 0 {
        text[n] = b'.';
        n += 1;
        let mut unit = 100_000;
        while fraction > 0 {
            text[n] = b'0' + (fraction / unit) as u8;
            n += 1;
            fraction %= unit;
            unit /= 10;
        }
    }
    n
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::LayerKind;
    use crate::outputs::geojson::read;
    use geo::{Area, polygon};

    fn layer(geometry: impl Into<Geometry<f64>>) -> Layer {
        Layer::new(LayerKind::Overlay, vec![Feature::new(geometry).with("name", "x").with("km2", 12.0)])
    }

    #[test]
    fn numbers_are_short_and_exact() {
        let mut text = [0; 32];
        for (value, wanted) in
            [(0, "0"), (-1, "-0.000001"), (36_757_830, "36.75783"), (-180_000_000, "-180"), (100, "0.0001")]
        {
            let n = decimal(&mut text, 0, value);
            assert_eq!(std::str::from_utf8(&text[..n]).expect("ascii"), wanted);
        }
    }

    #[test]
    fn the_text_is_as_the_standard_has_it() {
        let clockwise = polygon![(x: 0.0, y: 0.0), (x: 0.0, y: 1.0), (x: 1.25, y: 1.0), (x: 1.0, y: 0.0)];
        assert_eq!(
            to_string(&layer(clockwise)),
            "{\"type\":\"FeatureCollection\",\"name\":\"overlay\",\"bbox\":[0,0,1.25,1],\"features\":[\n\
             {\"type\":\"Feature\",\"properties\":{\"name\":\"x\",\"km2\":12},\"geometry\":\
             {\"type\":\"Polygon\",\"coordinates\":[[[1,0],[1.25,1],[0,1],[0,0],[1,0]]]}}\n]}\n"
        );
    }

    #[test]
    fn fiji_is_cut_at_the_antimeridian() {
        let fiji = polygon!(exterior: [(x: 177.0, y: -19.0), (x: 182.0, y: -19.0), (x: 182.0, y: -16.0), (x: 177.0, y: -16.0)],
            interiors: [[(x: 179.0, y: -18.0), (x: 179.0, y: -17.0), (x: 181.0, y: -17.0), (x: 181.0, y: -18.0)]]);
        let text = to_string(&layer(fiji.clone()));
        assert!(text.contains("\"bbox\":[177,-19,-178,-16]"), "{text}");
        let back = read(text.as_bytes(), "x").expect("GeoJSON").value;
        let Some(Geometry::MultiPolygon(parts)) = &back[0].geometry else { panic!("{text}") };
        assert_eq!(parts.0.len(), 2);
        assert!((parts.unsigned_area() - fiji.unsigned_area()).abs() < 1e-9);
        assert!(parts.iter().flat_map(|p| p.exterior().coords()).all(|c| c.x.abs() <= 180.0));
    }

    #[test]
    fn a_line_over_the_antimeridian_is_cut_where_it_crosses() {
        let line = LineString::from(vec![(178.0, 0.0), (182.0, 4.0), (179.0, 4.0)]);
        let text = to_string(&layer(line));
        assert!(text.contains("[[[178,0],[180,2]],[[-180,2],[-178,4],[-180,4]],[[180,4],[179,4]]]"), "{text}");
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_reads_back(points in proptest::collection::vec((-179_999_999i32..180_000_000, -90_000_000i32..90_000_000), 2..20)) {
            let coords: Vec<(f64, f64)> = points.iter().map(|(x, y)| (degrees(*x), degrees(*y))).collect();
            let text = to_string(&layer(geo::MultiPoint::from(coords.clone())));
            let back = read(text.as_bytes(), "x").expect("GeoJSON").value;
            let Some(Geometry::MultiPoint(m)) = &back[0].geometry else { panic!("points") };
            let got: Vec<(f64, f64)> = m.iter().map(|p| (p.x(), p.y())).collect();
            proptest::prop_assert_eq!(got, coords);
        }
    }
}
