//! Layers with less detail: coordinates on a coarser grid, borders with fewer vertices.
//!
//! Both keep the topology. Vertices that neighbours share are rounded alike; an arc that several features share is thinned once
//! (Douglas and Peucker 1973), whoever it belongs to, over all layers together, so that no gap and no overlap opens between
//! neighbours and a front line stays on the border it runs along. Not here: pixels (`cartography::outline` does the thinning).

use crate::cartography::outline::{Chain, Vertex, thin};
use crate::diag::Note;
use crate::model::Layer;
use geo::{Coord, Geometry, GeometryCollection, LineString, MultiLineString, MultiPolygon, Polygon};

/// Units of a degree: the grid of a millionth (0.1 m) that GeoJSON is written on.
const GRID: f64 = 1e6;

/// Metres of a degree of latitude; of longitude they are fewer, so that a tolerance is kept in every direction.
const DEGREE: f64 = 111_320.0;

/// Rounds every coordinate to a number of decimals; repeated vertices go, and parts that enclose nothing any more.
pub fn round(layers: &mut [Layer], places: u8) -> Vec<Note> {
    let unit = 10f64.powi(i32::from(places));
    rebuild(layers, "rounding", |line, _| {
        let mut points: Vec<Coord<f64>> =
            line.iter().map(|c| Coord { x: (c.x * unit).round() / unit, y: (c.y * unit).round() / unit }).collect();
        points.dedup();
        points
    })
}

/// Thins lines and rings so that none strays by more than a number of metres.
pub fn simplify(layers: &mut [Layer], metres: f64) -> Vec<Note> {
    let mut chains: Vec<Chain> = Vec::new();
    for geometry in layers.iter().flat_map(|l| &l.features).filter_map(|f| f.geometry.as_ref()) {
        lines(geometry, &mut |line, closed| {
            if !alone(line, closed) {
                chains.push(Chain::new(line.iter().map(vertex), closed));
            }
        });
    }
    let mut thinned = thin(&chains, metres / DEGREE * GRID).into_iter();
    rebuild(layers, "simplifying", |line, closed| {
        if alone(line, closed) {
            return line.to_vec();
        }
        let chain = thinned.next().unwrap_or(Chain { points: Vec::new(), closed });
        let mut points: Vec<Coord<f64>> =
            chain.points.iter().map(|v| Coord { x: f64::from(v[0]) / GRID, y: f64::from(v[1]) / GRID }).collect();
        if closed && let Some(first) = points.first().copied() {
            points.push(first);
        }
        points
    })
}

/// A point, of which there is nothing to thin.
fn alone(line: &[Coord<f64>], closed: bool) -> bool {
    line.len() == 1 && !closed
}

fn vertex(c: &Coord<f64>) -> Vertex {
    let on = |v: f64, most: f64| (v.clamp(-most, most) * GRID).round() as i32;
    [on(c.x, 540.0), on(c.y, 90.0)]
}

/// Every line and ring of a geometry, in the order in which [`reshape`] asks for them.
fn lines(geometry: &Geometry<f64>, each: &mut dyn FnMut(&[Coord<f64>], bool)) {
    let polygon = |p: &Polygon<f64>, each: &mut dyn FnMut(&[Coord<f64>], bool)| {
        std::iter::once(p.exterior()).chain(p.interiors()).for_each(|r| each(&r.0, true));
    };
    match geometry {
        Geometry::Line(l) => each(&[l.start, l.end], false),
        Geometry::LineString(l) => each(&l.0, false),
        Geometry::MultiLineString(m) => m.0.iter().for_each(|l| each(&l.0, false)),
        Geometry::Polygon(p) => polygon(p, each),
        Geometry::MultiPolygon(m) => m.0.iter().for_each(|p| polygon(p, each)),
        Geometry::Rect(r) => polygon(&r.to_polygon(), each),
        Geometry::Triangle(t) => polygon(&t.to_polygon(), each),
        Geometry::GeometryCollection(c) => c.0.iter().for_each(|g| lines(g, each)),
        Geometry::Point(_) | Geometry::MultiPoint(_) => {}
    }
}

type Reshape<'r> = dyn FnMut(&[Coord<f64>], bool) -> Vec<Coord<f64>> + 'r;

/// A geometry with its lines and rings replaced; `None` where nothing is left of it.
fn reshape(geometry: &Geometry<f64>, new: &mut Reshape<'_>) -> Option<Geometry<f64>> {
    let line = |l: &[Coord<f64>], new: &mut Reshape<'_>| {
        let points = new(l, false);
        (points.len() > 1).then_some(LineString(points))
    };
    let polygon = |p: &Polygon<f64>, new: &mut Reshape<'_>| {
        let mut rings =
            std::iter::once(p.exterior()).chain(p.interiors()).map(|r| new(&r.0, true)).collect::<Vec<_>>().into_iter();
        let whole = |r: &Vec<Coord<f64>>| r.len() > 3;
        let outer = rings.next().filter(whole)?;
        Some(Polygon::new(LineString(outer), rings.filter(whole).map(LineString).collect()))
    };
    match geometry {
        Geometry::Point(p) => {
            let at = new(&[p.0], false);
            Some(Geometry::Point((*at.first().unwrap_or(&p.0)).into()))
        }
        Geometry::MultiPoint(m) => {
            let points = m.0.iter().map(|p| new(&[p.0], false).first().copied().unwrap_or(p.0)).map(geo::Point);
            Some(Geometry::MultiPoint(points.collect()))
        }
        Geometry::Line(l) => line(&[l.start, l.end], new).map(Geometry::LineString),
        Geometry::LineString(l) => line(&l.0, new).map(Geometry::LineString),
        Geometry::MultiLineString(m) => {
            let all: Vec<_> = m.0.iter().filter_map(|l| line(&l.0, new)).collect();
            (!all.is_empty()).then_some(Geometry::MultiLineString(MultiLineString(all)))
        }
        Geometry::Polygon(p) => polygon(p, new).map(Geometry::Polygon),
        Geometry::MultiPolygon(m) => {
            let all: Vec<_> = m.0.iter().filter_map(|p| polygon(p, new)).collect();
            (!all.is_empty()).then_some(Geometry::MultiPolygon(MultiPolygon(all)))
        }
        Geometry::Rect(r) => polygon(&r.to_polygon(), new).map(Geometry::Polygon),
        Geometry::Triangle(t) => polygon(&t.to_polygon(), new).map(Geometry::Polygon),
        Geometry::GeometryCollection(c) => {
            let all: Vec<_> = c.0.iter().filter_map(|g| reshape(g, new)).collect();
            (!all.is_empty()).then_some(Geometry::GeometryCollection(GeometryCollection(all)))
        }
    }
}

/// Replaces all lines and rings; a feature of which nothing would be left keeps its shape, and that is told.
fn rebuild(layers: &mut [Layer], what: &str, mut new: impl FnMut(&[Coord<f64>], bool) -> Vec<Coord<f64>>) -> Vec<Note> {
    let mut notes = Vec::new();
    for layer in layers {
        let (mut kept, mut first) = (0, 0);
        for (n, feature) in layer.features.iter_mut().enumerate() {
            let Some(geometry) = &feature.geometry else { continue };
            match reshape(geometry, &mut new) {
                Some(smaller) => feature.geometry = Some(smaller),
                None => {
                    first = if kept == 0 { n + 1 } else { first };
                    kept += 1;
                }
            }
        }
        if kept > 0 {
            let name = &layer.name;
            notes.push(Note::info(format!(
                "{name}: {what} would leave nothing of {kept} features (the first is number {first}); they keep their shape"
            )));
        }
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Feature, LayerKind};
    use geo::{Area, CoordsIter};
    use proptest::prelude::*;

    /// Two squares with a wavy border between them, and the border itself as a line.
    fn neighbours(wave: &[f64]) -> Vec<Layer> {
        let n = wave.len() as f64 + 1.0;
        let mut border = vec![Coord { x: 1.0, y: 0.0 }];
        border.extend(wave.iter().enumerate().map(|(i, w)| Coord { x: 1.0 + w, y: (i as f64 + 1.0) / n }));
        border.push(Coord { x: 1.0, y: 1.0 });
        let mut west = vec![Coord { x: 0.0, y: 0.0 }];
        west.extend(&border);
        west.extend([Coord { x: 0.0, y: 1.0 }, Coord { x: 0.0, y: 0.0 }]);
        let mut east = vec![Coord { x: 2.0, y: 1.0 }];
        east.extend(border.iter().rev());
        east.extend([Coord { x: 2.0, y: 0.0 }, Coord { x: 2.0, y: 1.0 }]);
        let polygon = |ring: Vec<Coord<f64>>| Feature::new(Polygon::new(LineString(ring), Vec::new()));
        vec![
            Layer::new(LayerKind::Control, vec![polygon(west), polygon(east)]),
            Layer::new(LayerKind::Frontline, vec![Feature::new(LineString(border))]),
        ]
    }

    fn area(layers: &[Layer]) -> f64 {
        layers[0].features.iter().filter_map(|f| f.geometry.as_ref()).map(Area::unsigned_area).sum()
    }

    fn vertices(layers: &[Layer]) -> usize {
        layers.iter().flat_map(|l| &l.features).filter_map(|f| f.geometry.as_ref()).map(CoordsIter::coords_count).sum()
    }

    proptest! {
        #[test]
        fn neighbours_stay_neighbours(wave in prop::collection::vec(-0.1f64..0.1, 5..80), km in 0.1f64..8.0, places in 1u8..6) {
            let mut layers = neighbours(&wave);
            let before = vertices(&layers);
            simplify(&mut layers, km * 1000.0);
            // The squares fill the box before and after: what one loses the other gains.
            prop_assert!((area(&layers) - 2.0).abs() < 1e-9, "{}", area(&layers));
            prop_assert!(vertices(&layers) <= before);
            let Some(Geometry::LineString(front)) = &layers[1].features[0].geometry else { panic!("a line") };
            for f in &layers[0].features {
                let own: Vec<Coord<f64>> = f.geometry.iter().flat_map(|g| g.coords_iter()).collect();
                prop_assert!(front.0.iter().all(|c| own.contains(c)), "the front lies on both borders");
            }
            round(&mut layers, places);
            prop_assert!((area(&layers) - 2.0).abs() < 1e-9, "{}", area(&layers));
        }
    }

    #[test]
    fn a_straight_border_loses_its_needless_vertices() {
        let mut layers = neighbours(&[0.0; 50]);
        simplify(&mut layers, 10.0);
        assert_eq!(vertices(&layers), 5 + 5 + 2);
    }

    #[test]
    fn nothing_vanishes() {
        let speck = geo::Rect::new((10.0, 10.0), (10.000_1, 10.000_1)).to_polygon();
        let mut layers = vec![Layer::new(LayerKind::Overlay, vec![Feature::new(speck.clone())])];
        let notes = simplify(&mut layers, 5000.0);
        assert_eq!(layers[0].features[0].geometry, Some(Geometry::Polygon(speck)));
        assert!(notes[0].message.contains("number 1"), "{}", notes[0].message);
        round(&mut layers, 2);
        assert!(layers[0].features[0].geometry.is_some());
    }
}
