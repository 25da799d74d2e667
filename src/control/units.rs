//! Other ways to divide land than cells: H3 hexagons, and units that are given, as ACLED and ACAPS draw control.

use super::ControlError;
use super::cells::{Cells, Division, Face};
use super::polygons::Outline;
use crate::coverage::{Coverage, Edge, GRID, NONE, Node, merge};
use crate::geodesy::{LonLat, distance};
use ecow::eco_format;
use rustc_hash::FxHashMap;

/// Given units: each is spoken for by the places in it, one without places by nobody. Where units overlap, the earlier has the land.
///
/// # Errors
/// No area, or no unit reaches into it.
pub fn areas(boundary: &Outline, given: &[Outline], seeds: &[LonLat]) -> Result<Cells, ControlError> {
    if boundary.is_empty() || given.is_empty() {
        return Err(ControlError::NoArea);
    }
    // Unit 0 is the land that no unit covers.
    let mut cells = Cells::undivided(boundary);
    for (i, unit) in given.iter().enumerate() {
        let number = i as u32 + 1;
        cells = cells.split(unit, |face| Some(if face.unit == 0 { Face { unit: number, ..face } } else { face }), Some);
    }
    cells.units = vec![Vec::new(); given.len() + 1];
    let mut taken = vec![false; seeds.len()];
    for (i, unit) in given.iter().enumerate() {
        for seed in unit.containing(seeds.iter().copied()) {
            if !std::mem::replace(&mut taken[seed as usize], true) {
                cells.units[i + 1].push(seed);
            }
        }
    }
    cells.division = Division::Areas;
    cells.method = "Given units, each held by whoever holds most of its places".into();
    Ok(cells)
}

/// H3 hexagons of a resolution: each is spoken for by the places in it, one without places by the nearest to its middle.
///
/// # Errors
/// No area, no places, or more than two million hexagons.
pub fn hexagons(boundary: &Outline, resolution: u8, seeds: &[LonLat]) -> Result<Cells, ControlError> {
    let Some([west, south, east, north]) = boundary.bounds() else { return Err(ControlError::NoArea) };
    if seeds.is_empty() {
        return Err(ControlError::NoPlaces);
    }
    let resolution = h3o::Resolution::try_from(resolution).map_err(|e| ControlError::Hexagons(e.to_string()))?;
    let cell_at = |lat: f64, lon: f64| {
        let p = LonLat::wrapped(lon, lat);
        h3o::LatLng::new(p.lat(), p.lon())
            .map(|l| l.to_cell(resolution))
            .map_err(|e| ControlError::Hexagons(e.to_string()))
    };
    // Hexagons are found by looking at points closer together than their sides, a little beyond the area.
    let step = resolution.edge_length_km() * 0.6 / 111.2;
    let degrees = |v: i32| f64::from(v) / GRID;
    let margin = step * 3.0;
    let rows = ((degrees(north) - degrees(south) + 2.0 * margin) / step).ceil();
    let columns = ((degrees(east) - degrees(west) + 2.0 * margin) / step).ceil();
    if rows * columns > 3e7 {
        return Err(ControlError::Hexagons(
            "the hexagons are too small for the area: take a lower resolution".to_owned(),
        ));
    }
    let mut found: Vec<h3o::CellIndex> = Vec::new();
    let mut lat = (degrees(south) - margin).max(-89.9);
    while lat <= (degrees(north) + margin).min(89.9) {
        let mut lon = degrees(west) - margin;
        let across = step / lat.to_radians().cos().max(0.05);
        while lon <= degrees(east) + margin {
            found.push(cell_at(lat, lon)?);
            lon += across;
        }
        lat += step;
    }
    found.sort_unstable();
    found.dedup();

    let middle = (degrees(west) + degrees(east)) / 2.0;
    let mut nodes: Vec<Node> = Vec::new();
    let mut number: FxHashMap<Node, u32> = FxHashMap::default();
    let mut edges: Vec<Edge> = Vec::new();
    for (i, cell) in found.iter().enumerate() {
        let ring: Vec<u32> = cell
            .boundary()
            .iter()
            .map(|v| {
                let lon = v.lng() + ((middle - v.lng()) / 360.0).round() * 360.0;
                let node = [(lon * GRID).round() as i32, (v.lat() * GRID).round() as i32];
                *number.entry(node).or_insert_with(|| {
                    nodes.push(node);
                    nodes.len() as u32 - 1
                })
            })
            .collect();
        for (k, a) in ring.iter().enumerate() {
            let b = ring[(k + 1) % ring.len()];
            let (left, right) = (i as u32, NONE);
            if *a < b {
                edges.push(Edge { from: *a, to: b, left, right });
            } else if b < *a {
                edges.push(Edge { from: b, to: *a, left: right, right: left });
            }
        }
    }
    let coverage = Coverage::new(nodes, merge(edges), found.len());
    let mut units: Vec<Vec<u32>> = vec![Vec::new(); found.len()];
    for (i, seed) in seeds.iter().enumerate() {
        if let Ok(unit) = found.binary_search(&cell_at(seed.lat(), seed.lon())?) {
            units[unit].push(i as u32);
        }
    }
    let mut nearest: Option<rstar::RTree<rstar::primitives::GeomWithData<[f64; 3], u32>>> = None;
    for (unit, members) in units.iter_mut().enumerate() {
        if members.is_empty() {
            let tree = nearest.get_or_insert_with(|| {
                let point = |(i, s): (usize, &LonLat)| rstar::primitives::GeomWithData::new(on_sphere(*s), i as u32);
                rstar::RTree::bulk_load(seeds.iter().enumerate().map(point).collect())
            });
            let at = h3o::LatLng::from(found[unit]);
            let at = LonLat::wrapped(at.lng(), at.lat());
            // The sphere's few nearest hold the ellipsoid's nearest.
            let few = tree.nearest_neighbor_iter(&on_sphere(at)).take(4).map(|n| n.data);
            members.extend(
                few.min_by(|a, b| distance(seeds[*a as usize], at).0.total_cmp(&distance(seeds[*b as usize], at).0)),
            );
        }
    }
    let faces = (0..found.len() as u32).map(|unit| Face { unit, beyond: false, zone: None }).collect();
    let method = eco_format!(
        "H3 hexagons of resolution {resolution}, each held by whoever holds most of its places or the nearest one"
    );
    let cells = Cells {
        coverage,
        faces,
        units,
        division: Division::Hexagons(resolution.into()),
        method,
        area: boundary.area(),
    };
    Ok(cells.split(boundary, Some, |_| None))
}

fn on_sphere(p: LonLat) -> [f64; 3] {
    let (lat, lon) = (p.lat().to_radians(), p.lon().to_radians());
    [lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::cells::tests::outline;
    use geo::polygon;

    #[test]
    fn hexagons_fill_the_area() {
        let square =
            outline(&polygon![(x: 36.0, y: 34.0), (x: 37.0, y: 34.0), (x: 37.0, y: 35.0), (x: 36.0, y: 35.0)].into());
        let seeds = [LonLat::wrapped(36.3, 34.5), LonLat::wrapped(36.7, 34.5)];
        let cells = hexagons(&square, 6, &seeds).expect("hexagons");
        let sum: f64 = cells.coverage.areas.iter().sum();
        assert!((sum / square.area() - 1.0).abs() < 1e-6, "{sum}");
        assert!(cells.units.iter().all(|u| u.len() == 1));
        let class: Vec<u32> = cells.faces.iter().map(|f| cells.units[f.unit as usize][0]).collect();
        assert_eq!(cells.coverage.dissolve(&class).len(), 2);
    }

    #[test]
    fn units_are_spoken_for_by_their_places() {
        let square = |x: f64| {
            outline(&polygon![(x: x, y: 34.0), (x: x + 1.0, y: 34.0), (x: x + 1.0, y: 35.0), (x: x, y: 35.0)].into())
        };
        let whole =
            outline(&polygon![(x: 36.0, y: 34.0), (x: 39.0, y: 34.0), (x: 39.0, y: 35.0), (x: 36.0, y: 35.0)].into());
        let seeds = [LonLat::wrapped(36.3, 34.5), LonLat::wrapped(36.7, 34.5), LonLat::wrapped(37.5, 34.5)];
        let cells = areas(&whole, &[square(36.0), square(37.0)], &seeds).expect("units");
        assert_eq!(cells.units, [vec![], vec![0, 1], vec![2]]);
        let sum: f64 = cells.coverage.areas.iter().sum();
        assert!((sum / whole.area() - 1.0).abs() < 1e-9);
        assert_eq!(cells.faces.len(), 3);
    }
}
