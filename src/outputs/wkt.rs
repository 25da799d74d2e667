//! Well-known text, out.

use super::csv::number;
use geo::{Coord, Geometry, LineString, Polygon};

/// A geometry as WKT with at most six decimals.
pub(super) fn encode(geometry: &Geometry<f64>) -> String {
    let join = |parts: Vec<String>| parts.join(", ");
    match geometry {
        Geometry::Point(p) => format!("POINT ({})", coord(p.0)),
        Geometry::Line(l) => format!("LINESTRING ({}, {})", coord(l.start), coord(l.end)),
        Geometry::LineString(l) => format!("LINESTRING {}", line(l)),
        Geometry::Polygon(p) => format!("POLYGON {}", polygon(p)),
        Geometry::Rect(r) => format!("POLYGON {}", polygon(&r.to_polygon())),
        Geometry::Triangle(t) => format!("POLYGON {}", polygon(&t.to_polygon())),
        Geometry::MultiPoint(m) => {
            format!("MULTIPOINT ({})", join(m.iter().map(|p| format!("({})", coord(p.0))).collect()))
        }
        Geometry::MultiLineString(m) => format!("MULTILINESTRING ({})", join(m.iter().map(line).collect())),
        Geometry::MultiPolygon(m) => format!("MULTIPOLYGON ({})", join(m.iter().map(polygon).collect())),
        Geometry::GeometryCollection(c) => format!("GEOMETRYCOLLECTION ({})", join(c.iter().map(encode).collect())),
    }
}

fn coord(c: Coord<f64>) -> String {
    format!("{} {}", number(c.x), number(c.y))
}

fn line(l: &LineString<f64>) -> String {
    format!("({})", l.coords().map(|c| coord(*c)).collect::<Vec<_>>().join(", "))
}

fn polygon(p: &Polygon<f64>) -> String {
    let rings: Vec<String> = std::iter::once(p.exterior()).chain(p.interiors()).map(line).collect();
    format!("({})", rings.join(", "))
}
