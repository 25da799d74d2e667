//! Well-known binary (OGC 06-103r4), little-endian out, either order in; Z and M are read and dropped.

use geo::{Coord, Geometry, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};

/// Appends a geometry as little-endian WKB.
pub(super) fn encode(geometry: &Geometry<f64>, out: &mut Vec<u8>) {
    let head = |out: &mut Vec<u8>, kind: u32| {
        out.push(1);
        out.extend_from_slice(&kind.to_le_bytes());
    };
    match geometry {
        Geometry::Point(p) => {
            head(out, 1);
            coord(p.0, out);
        }
        Geometry::Line(l) => {
            head(out, 2);
            coords(&[l.start, l.end], out);
        }
        Geometry::LineString(l) => {
            head(out, 2);
            coords(&l.0, out);
        }
        Geometry::Polygon(p) => {
            head(out, 3);
            polygon(p, out);
        }
        Geometry::Rect(r) => encode(&Geometry::Polygon(r.to_polygon()), out),
        Geometry::Triangle(t) => encode(&Geometry::Polygon(t.to_polygon()), out),
        Geometry::MultiPoint(m) => {
            head(out, 4);
            count(m.0.len(), out);
            m.0.iter().for_each(|p| {
                head(out, 1);
                coord(p.0, out);
            });
        }
        Geometry::MultiLineString(m) => {
            head(out, 5);
            count(m.0.len(), out);
            m.0.iter().for_each(|l| {
                head(out, 2);
                coords(&l.0, out);
            });
        }
        Geometry::MultiPolygon(m) => {
            head(out, 6);
            count(m.0.len(), out);
            m.0.iter().for_each(|p| {
                head(out, 3);
                polygon(p, out);
            });
        }
        Geometry::GeometryCollection(c) => {
            head(out, 7);
            count(c.0.len(), out);
            c.0.iter().for_each(|g| encode(g, out));
        }
    }
}

fn count(n: usize, out: &mut Vec<u8>) {
    out.extend_from_slice(&(n as u32).to_le_bytes());
}

fn coord(c: Coord<f64>, out: &mut Vec<u8>) {
    out.extend_from_slice(&c.x.to_le_bytes());
    out.extend_from_slice(&c.y.to_le_bytes());
}

fn coords(all: &[Coord<f64>], out: &mut Vec<u8>) {
    count(all.len(), out);
    out.reserve(all.len() * 16);
    all.iter().for_each(|c| coord(*c, out));
}

fn polygon(p: &Polygon<f64>, out: &mut Vec<u8>) {
    if p.exterior().0.is_empty() {
        return count(0, out);
    }
    count(1 + p.interiors().len(), out);
    coords(&p.exterior().0, out);
    p.interiors().iter().for_each(|r| coords(&r.0, out));
}

/// Reads a geometry; the error says what is wrong.
pub(super) fn decode(bytes: &[u8]) -> Result<Geometry<f64>, String> {
    let mut reader = Reader { bytes, little: true };
    reader.geometry(0)
}

/// Collections inside collections deeper than this are refused.
const DEEPEST: u8 = 16;

struct Reader<'b> {
    bytes: &'b [u8],
    little: bool,
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let (head, rest) = self.bytes.split_first_chunk::<N>().ok_or("WKB ends early")?;
        self.bytes = rest;
        Ok(*head)
    }

    fn u32(&mut self) -> Result<u32, String> {
        let b = self.take::<4>()?;
        Ok(if self.little { u32::from_le_bytes(b) } else { u32::from_be_bytes(b) })
    }

    fn f64(&mut self) -> Result<f64, String> {
        let b = self.take::<8>()?;
        Ok(if self.little { f64::from_le_bytes(b) } else { f64::from_be_bytes(b) })
    }

    fn head(&mut self) -> Result<(u32, usize), String> {
        self.little = self.take::<1>()?[0] != 0;
        let code = self.u32()?;
        // ISO (1001, 2001, 3001) and extended (high bits) ways to say Z and M.
        let extra = usize::from(code & 0x8000_0000 != 0) + usize::from(code & 0x4000_0000 != 0);
        if code & 0x2000_0000 != 0 {
            self.u32()?;
        }
        let plain = code & 0x0FFF_FFFF;
        let (kind, iso) = (
            plain % 1000,
            match plain / 1000 {
                0 => 0,
                1 | 2 => 1,
                3 => 2,
                _ => return Err(format!("WKB type {code}")),
            },
        );
        Ok((kind, extra.max(iso)))
    }

    fn count(&mut self, smallest: usize) -> Result<usize, String> {
        let n = self.u32()? as usize;
        // A count that the remaining bytes cannot hold is refused before anything is allocated for it.
        if n.saturating_mul(smallest) > self.bytes.len() { Err("WKB ends early".to_owned()) } else { Ok(n) }
    }

    fn coord(&mut self, extra: usize) -> Result<Coord<f64>, String> {
        let c = Coord { x: self.f64()?, y: self.f64()? };
        for _ in 0..extra {
            self.f64()?;
        }
        Ok(c)
    }

    fn coords(&mut self, extra: usize) -> Result<LineString<f64>, String> {
        let n = self.count(16 + 8 * extra)?;
        (0..n).map(|_| self.coord(extra)).collect::<Result<Vec<_>, _>>().map(LineString)
    }

    fn polygon(&mut self, extra: usize) -> Result<Polygon<f64>, String> {
        let n = self.count(4)?;
        let mut rings = (0..n).map(|_| self.coords(extra)).collect::<Result<Vec<_>, _>>()?.into_iter();
        let exterior = rings.next().unwrap_or_else(|| LineString(Vec::new()));
        Ok(Polygon::new(exterior, rings.collect()))
    }

    fn parts<T>(&mut self, part: impl Fn(&mut Self, usize) -> Result<T, String>) -> Result<Vec<T>, String> {
        let n = self.count(5)?;
        let mut all = Vec::with_capacity(n);
        for _ in 0..n {
            let (_, extra) = self.head()?;
            all.push(part(self, extra)?);
        }
        Ok(all)
    }

    fn geometry(&mut self, depth: u8) -> Result<Geometry<f64>, String> {
        let (kind, extra) = self.head()?;
        Ok(match kind {
            1 => {
                let c = self.coord(extra)?;
                if c.x.is_nan() || c.y.is_nan() {
                    Geometry::MultiPoint(MultiPoint(Vec::new()))
                } else {
                    Geometry::Point(Point(c))
                }
            }
            2 => Geometry::LineString(self.coords(extra)?),
            3 => Geometry::Polygon(self.polygon(extra)?),
            4 => Geometry::MultiPoint(MultiPoint(self.parts(|r, e| r.coord(e).map(Point))?)),
            5 => Geometry::MultiLineString(MultiLineString(self.parts(Self::coords)?)),
            6 => Geometry::MultiPolygon(MultiPolygon(self.parts(Self::polygon)?)),
            7 if depth < DEEPEST => {
                let n = self.count(5)?;
                let all = (0..n).map(|_| self.geometry(depth + 1)).collect::<Result<Vec<_>, _>>()?;
                Geometry::GeometryCollection(geo::GeometryCollection::from(all))
            }
            other => return Err(format!("WKB type {other} is not supported")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(geometry: Geometry<f64>) {
        let mut bytes = Vec::new();
        encode(&geometry, &mut bytes);
        assert_eq!(decode(&bytes), Ok(geometry));
        for cut in 0..bytes.len() {
            assert!(decode(&bytes[..cut]).is_err(), "cut at {cut}");
        }
    }

    #[test]
    fn every_kind_comes_back() {
        let ring = LineString::from(vec![(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 0.0)]);
        let hole = LineString::from(vec![(1.0, 0.5), (2.0, 0.5), (2.0, 1.0), (1.0, 0.5)]);
        let polygon = Polygon::new(ring.clone(), vec![hole]);
        round(Point::new(1.5, -2.5).into());
        round(ring.clone().into());
        round(polygon.clone().into());
        round(MultiPoint::from(vec![(1.0, 2.0), (3.0, 4.0)]).into());
        round(MultiLineString(vec![ring.clone(), ring]).into());
        round(MultiPolygon(vec![polygon.clone()]).into());
        round(Geometry::GeometryCollection(geo::GeometryCollection(vec![
            Geometry::Polygon(polygon),
            Geometry::Point(Point::new(1.0, 1.0)),
        ])));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
            let _ = decode(&bytes);
        }
    }
}
