use super::*;
use crate::control::polygons::middle_meridian;
use crate::coverage::Region;
use crate::geodesy::{distance, polygon_area};
use geo::{Area, Contains, MultiPolygon, Validation, polygon};
use proptest::prelude::*;

pub(crate) fn outline(polygons: &MultiPolygon<f64>) -> Outline {
    Outline::new(polygons, middle_meridian(polygons))
}

fn at(lon: f64, lat: f64) -> LonLat {
    LonLat::wrapped(lon, lat)
}

fn square() -> Outline {
    outline(&polygon![(x: 36.0, y: 34.0), (x: 38.0, y: 34.0), (x: 38.0, y: 36.0), (x: 36.0, y: 36.0)].into())
}

/// A boundary with a bay, a hole and an island.
fn ragged() -> Outline {
    outline(&MultiPolygon(vec![
        polygon!(exterior: [(x: 36.0, y: 34.0), (x: 38.0, y: 34.1), (x: 37.9, y: 36.0), (x: 37.1, y: 35.9), (x: 37.0, y: 34.6),
            (x: 36.9, y: 35.95), (x: 36.1, y: 36.0)],
            interiors: [[(x: 36.2, y: 34.2), (x: 36.2, y: 34.5), (x: 36.6, y: 34.5), (x: 36.6, y: 34.2)]]),
        polygon![(x: 38.2, y: 34.5), (x: 38.5, y: 34.5), (x: 38.4, y: 34.9)],
    ]))
}

fn tessellated(boundary: &Outline, seeds: &[LonLat]) -> Cells {
    tessellate(boundary, seeds).expect("cells").value
}

/// What must hold of any division of a boundary.
fn check(cells: &Cells, boundary: &Outline) {
    let whole = boundary.area();
    let sum: f64 = cells.coverage.areas.iter().sum();
    assert!((sum - whole).abs() < 1e-6 * whole + 1.0, "faces sum to {sum}, the boundary has {whole}");
    assert!(cells.coverage.areas.iter().all(|a| *a >= 0.0));
    let each: Vec<u32> = (0..cells.faces.len() as u32).collect();
    let regions = cells.coverage.dissolve(&each);
    let drawn: f64 = regions.iter().flat_map(|r| &r.polygons).map(|p| polygon_area(p).0).sum();
    assert!((drawn - whole).abs() < 4e-5 * whole, "drawn {drawn}, whole {whole}");
    for region in &regions {
        for p in &region.polygons {
            assert!(p.is_valid(), "{:?}", p.validation_errors());
        }
    }
    let one = cells.coverage.dissolve(&vec![0; cells.faces.len()]);
    // In the plane of longitude and latitude the outline comes back to within the grid.
    let drawn: f64 = one.iter().flat_map(|r| &r.polygons).map(Area::unsigned_area).sum();
    let given: f64 = boundary.polygons().unsigned_area();
    assert!((drawn - given).abs() < 1e-6 * given, "dissolved {drawn}, given {given}");
    assert_eq!(one.iter().map(|r| r.polygons.len()).sum::<usize>(), boundary.shapes.len());
}

fn region_at(regions: &[Region], p: LonLat) -> Option<&Region> {
    regions.iter().find(|r| r.polygons.iter().any(|q| q.contains(&geo::Point::from(p))))
}

#[test]
fn few_seeds_in_a_row_doubled_or_outside_all_divide_the_land() {
    let square = square();
    for seeds in [
        vec![at(37.0, 35.0)],
        vec![at(36.5, 35.0), at(37.5, 35.0)],
        vec![at(36.5, 35.0), at(37.0, 35.0), at(37.5, 35.0)],
        vec![at(37.0, 34.2), at(37.0, 34.7), at(37.0, 35.1), at(37.0, 35.9)],
        vec![at(36.2, 34.2), at(36.7, 34.7), at(37.2, 35.2)],
        vec![at(37.0, 35.0), at(37.0, 35.0), at(37.5, 35.0)],
        vec![at(40.0, 35.0), at(20.0, 30.0)],
        vec![at(36.0, 34.0), at(38.0, 34.0), at(38.0, 36.0), at(36.0, 36.0)],
        vec![at(37.0, 35.0), at(37.0, 40.0), at(-120.0, 10.0)],
    ] {
        check(&tessellated(&square, &seeds), &square);
        check(&tessellated(&ragged(), &seeds), &ragged());
    }
}

#[test]
fn a_lattice_of_seeds_divides_the_land() {
    let seeds: Vec<LonLat> =
        (0..12).flat_map(|i| (0..12).map(move |j| at(36.0 + 0.2 * f64::from(i), 34.0 + 0.2 * f64::from(j)))).collect();
    check(&tessellated(&square(), &seeds), &square());
}

#[test]
fn a_second_place_at_the_same_spot_is_noted_and_shares_the_cell() {
    let cells = tessellate(&square(), &[at(37.0, 35.0), at(36.5, 35.0), at(37.0, 35.0)]).expect("cells");
    assert_eq!(cells.notes.len(), 1);
    assert_eq!(cells.value.units[0], [0, 2]);
}

#[test]
fn no_places_and_no_area_are_errors() {
    assert!(matches!(tessellate(&square(), &[]), Err(ControlError::NoPlaces)));
    assert!(matches!(tessellate(&Outline::default(), &[at(0.0, 0.0)]), Err(ControlError::NoArea)));
}

#[test]
fn areas_across_the_antimeridian_are_whole() {
    let fiji = outline(&MultiPolygon(vec![
        polygon![(x: 177.0, y: -19.0), (x: 180.0, y: -19.0), (x: 180.0, y: -16.0), (x: 177.0, y: -16.0)],
        polygon![(x: -180.0, y: -19.0), (x: -178.0, y: -19.0), (x: -178.0, y: -16.0), (x: -180.0, y: -16.0)],
    ]));
    let seeds = [at(178.4, -18.1), at(-179.9, -16.8), at(179.4, -16.4), at(-178.5, -18.0)];
    let cells = tessellated(&fiji, &seeds);
    check(&cells, &fiji);
    let reach = cells.within_reach(&seeds, Metres::from_km(30.0), 179.5);
    let beyond: f64 = reach.faces.iter().zip(&reach.coverage.areas).filter(|(f, _)| f.beyond).map(|(_, a)| a).sum();
    assert!(beyond > 0.0 && beyond < fiji.area());
    check(&reach, &fiji);
}

#[test]
fn zones_trump_cells_and_water_is_cut_out() {
    let seeds = [at(36.5, 35.0), at(37.5, 35.0)];
    let cells = tessellated(&square(), &seeds);
    let zone =
        outline(&polygon![(x: 36.8, y: 34.5), (x: 37.2, y: 34.5), (x: 37.2, y: 35.5), (x: 36.8, y: 35.5)].into());
    let zoned = cells.with_zone(&zone, 0);
    check(&zoned, &square());
    let of_zone: f64 =
        zoned.faces.iter().zip(&zoned.coverage.areas).filter(|(f, _)| f.zone == Some(0)).map(|(_, a)| a).sum();
    assert!((of_zone - zone.area()).abs() < 1e-6 * of_zone, "{of_zone} {}", zone.area());
    let dry = cells.without(&zone);
    assert!((dry.area - (square().area() - zone.area())).abs() < 1.0);
}

fn perimeter(polygons: &[geo::Polygon<f64>]) -> f64 {
    use geo::Euclidean;
    use geo::line_measures::LengthMeasurable as _;
    polygons.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors())).map(|r| r.length(&Euclidean)).sum()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn outlines_are_the_boundary_and_every_front_twice(
        points in prop::collection::vec((35.5f64..38.5, 33.5f64..36.5, 0u32..3), 1..50),
    ) {
        use geo::Euclidean;
        use geo::line_measures::LengthMeasurable as _;
        let seeds: Vec<LonLat> = points.iter().map(|(x, y, _)| at(*x, *y)).collect();
        let cells = tessellated(&ragged(), &seeds);
        let class: Vec<u32> = cells.faces.iter().map(|f| points[f.unit as usize].2).collect();
        let around: f64 = cells.coverage.dissolve(&class).iter().map(|r| perimeter(&r.polygons)).sum();
        let whole: f64 = cells.coverage.dissolve(&vec![0; class.len()]).iter().map(|r| perimeter(&r.polygons)).sum();
        let fronts: f64 = cells.coverage.fronts(&class).iter().map(|f| f.line.length(&Euclidean)).sum();
        prop_assert!((around - whole - 2.0 * fronts).abs() < 1e-9 * around, "{around} {whole} {fronts}");
    }
}

#[test]
fn a_border_piece_of_one_grid_unit_keeps_its_label() {
    let seeds = [
        at(36.92930334565089, 34.4019915220275),
        at(36.56842209104992, 34.03239664171642),
        at(36.150740056117364, 34.64836317135033),
    ];
    check(&tessellated(&ragged(), &seeds), &ragged());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn any_seeds_divide_the_land(points in prop::collection::vec((35.5f64..38.5, 33.5f64..36.5), 1..60)) {
        let seeds: Vec<LonLat> = points.into_iter().map(|(x, y)| at(x, y)).collect();
        check(&tessellated(&ragged(), &seeds), &ragged());
    }

    #[test]
    fn seeds_on_a_coarse_lattice_divide_the_land(points in prop::collection::vec((0i32..12, 0i32..12), 1..60)) {
        let seeds: Vec<LonLat> = points.into_iter().map(|(x, y)| at(36.0 + 0.2 * f64::from(x), 34.0 + 0.2 * f64::from(y))).collect();
        check(&tessellated(&square(), &seeds), &square());
    }

    #[test]
    fn a_point_lies_in_the_cell_of_the_geodesically_nearest_seed(
        points in prop::collection::vec((36.0f64..38.0, 34.0f64..36.0), 2..40),
        probes in prop::collection::vec((36.0f64..38.0, 34.0f64..36.0), 20),
    ) {
        let seeds: Vec<LonLat> = points.into_iter().map(|(x, y)| at(x, y)).collect();
        let cells = tessellated(&square(), &seeds);
        let each: Vec<u32> = (0..cells.faces.len() as u32).collect();
        let regions = cells.coverage.dissolve(&each);
        for (x, y) in probes {
            let p = at(x, y);
            let mut away: Vec<f64> = seeds.iter().map(|s| distance(p, *s).0).collect();
            let Some(region) = region_at(&regions, p) else { continue };
            let own = away[region.class as usize];
            away.sort_by(f64::total_cmp);
            // Within a few metres of a line between cells either answer will do.
            prop_assert!(own - away[0] < 8.0, "{} m farther than the nearest", own - away[0]);
        }
    }
}
