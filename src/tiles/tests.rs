//! Whole builds in memory: a partition stays one at every zoom, every feature is in every tile it touches, threads do not matter.

use super::world::{Grid, project};
use super::{Bound, Features, Options, Selection, Sink, Tile, TileId, TilesError, build, build_layers};
use crate::model::{Feature, Layer, LayerKind};
use geo::{Geometry, LineString, Point, Polygon};
use rustc_hash::FxHashSet;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Default)]
struct Memory {
    tiles: BTreeMap<TileId, Vec<u8>>,
    contents: BTreeMap<u128, Vec<u8>>,
    /// How many tiles came with their data.
    carried: usize,
}

impl Sink for Memory {
    fn tile(&mut self, tile: Tile) -> Result<(), TilesError> {
        if let Some(data) = tile.data {
            self.carried += 1;
            self.contents.insert(tile.hash, data);
        }
        let data = self.contents.get(&tile.hash).cloned().ok_or(TilesError::Internal("no content"))?;
        self.tiles.insert(tile.id, data);
        Ok(())
    }
    fn forget(&mut self, kept: &FxHashSet<u128>) {
        self.contents.retain(|hash, _| kept.contains(hash));
    }
}

fn make(features: Vec<Feature>, max_zoom: u8) -> Memory {
    let layer = Layer::new(LayerKind::Cells, features);
    let mut store = Features::default();
    super::source::add_layer(&layer, &Selection::default(), &mut store);
    let mut memory = Memory::default();
    let options = Options { max_zoom: Some(max_zoom), compress: false, ..Options::default() };
    build(&mut store, &options, &mut memory).expect("tiles");
    memory
}

/// Fields of a protobuf message: number and bytes (varints as their value's bytes).
fn fields(bytes: &[u8]) -> Vec<(u64, Vec<u8>, u64)> {
    let mut at = 0;
    let mut out = Vec::new();
    let number = |at: &mut usize| {
        let (mut v, mut shift) = (0u64, 0);
        loop {
            let b = bytes[*at];
            *at += 1;
            v |= u64::from(b & 127) << shift;
            shift += 7;
            if b < 128 {
                return v;
            }
        }
    };
    while at < bytes.len() {
        let key = number(&mut at);
        match key & 7 {
            0 => out.push((key >> 3, Vec::new(), number(&mut at))),
            2 => {
                let len = number(&mut at) as usize;
                out.push((key >> 3, bytes[at..at + len].to_vec(), 0));
                at += len;
            }
            _ => panic!("wire type of key {key}"),
        }
    }
    out
}

fn numbers(bytes: &[u8]) -> Vec<u64> {
    let (mut out, mut v, mut shift) = (Vec::new(), 0u64, 0);
    for b in bytes {
        v |= u64::from(b & 127) << shift;
        shift += 7;
        if *b < 128 {
            out.push(v);
            (v, shift) = (0, 0);
        }
    }
    out
}

/// Id and paths of a feature in tile units.
type Decoded = (u64, Vec<Vec<(i64, i64)>>);

fn decode(tile: &[u8]) -> Vec<Decoded> {
    let layer = &fields(tile)[0].1;
    let of_feature = |bytes: &[u8]| {
        let (mut id, mut rings, mut cursor) = (0, Vec::new(), (0i64, 0i64));
        for (field, body, value) in fields(bytes) {
            match field {
                1 => id = value,
                4 => {
                    let list = numbers(&body);
                    let mut i = 0;
                    while i < list.len() {
                        let (command, count) = (list[i] & 7, list[i] >> 3);
                        i += 1;
                        for _ in 0..if command == 7 { 0 } else { count } {
                            let z = |v: u64| (v >> 1) as i64 ^ -((v & 1) as i64);
                            cursor = (cursor.0 + z(list[i]), cursor.1 + z(list[i + 1]));
                            i += 2;
                            if command == 1 {
                                rings.push(Vec::new());
                            }
                            rings.last_mut().expect("a move comes first").push(cursor);
                        }
                    }
                }
                _ => {}
            }
        }
        (id, rings)
    };
    fields(layer).iter().filter(|f| f.0 == 2).map(|f| of_feature(&f.1)).collect()
}

fn area2(ring: &[(i64, i64)]) -> i64 {
    (0..ring.len())
        .map(|i| {
            let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
            a.0 * b.1 - a.1 * b.0
        })
        .sum()
}

/// A lattice of cells with displaced corners and rough shared borders over the whole frame.
fn partition(n: usize) -> Vec<Feature> {
    let noise = |a: u64, b: u64| {
        let h = (a.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ b).wrapping_mul(0xd6e8_feb8_6659_fd93);
        ((h >> 32) % 1000) as f64 / 1000.0 - 0.5
    };
    let corner = |i: usize, j: usize| {
        let inner = |k: usize| if k == 0 || k == n { 0.0 } else { 0.5 };
        let x = i as f64 + inner(i) * noise(i as u64, j as u64);
        let y = j as f64 + inner(j) * noise(j as u64 + 99, i as u64);
        (-180.0 + 360.0 * x / n as f64, -85.0 + 170.0 * y / n as f64)
    };
    let border = |a: (f64, f64), b: (f64, f64)| -> Vec<(f64, f64)> {
        let outer = a.0 == b.0 && a.0.abs() == 180.0 || a.1 == b.1 && a.1.abs() == 85.0;
        let (p, q) = if a < b { (a, b) } else { (b, a) };
        let steps = if outer { 1 } else { 12 };
        let mut line: Vec<(f64, f64)> = (0..=steps)
            .map(|k| {
                let t = f64::from(k) / f64::from(steps);
                let d = if k == 0 || k == steps { 0.0 } else { 0.06 * noise(p.0.to_bits() ^ q.1.to_bits(), k as u64) };
                (p.0 + (q.0 - p.0) * t - (q.1 - p.1) * d, p.1 + (q.1 - p.1) * t + (q.0 - p.0) * d)
            })
            .collect();
        if a > b {
            line.reverse();
        }
        line.pop();
        line
    };
    let mut out = Vec::new();
    for i in 0..n {
        for j in 0..n {
            let c = [corner(i, j), corner(i + 1, j), corner(i + 1, j + 1), corner(i, j + 1)];
            let ring: Vec<(f64, f64)> = (0..4).flat_map(|k| border(c[k], c[(k + 1) % 4])).collect();
            let polygon = Polygon::new(LineString::from(ring), vec![]);
            out.push(Feature::new(polygon).with_id((i * n + j + 1).to_string()).with("side", (i % 3) as i64));
        }
    }
    out
}

#[test]
fn a_partition_fills_every_tile_exactly() {
    let memory = make(partition(14), 5);
    let mut looked = 0;
    for (id, tile) in &memory.tiles {
        // The frame ends at 85 degrees, short of the polar rows.
        if id.z < 2 || id.y == 0 || id.y == (1 << id.z) - 1 || id.x == 0 || id.x == (1 << id.z) - 1 {
            continue;
        }
        looked += 1;
        let sum: i64 = decode(tile).iter().flat_map(|f| &f.1).map(|r| area2(r)).sum();
        // Only the last zoom has the full grid.
        let side = (4096 + 160) / if id.z < 5 { 4 } else { 1 };
        assert_eq!(sum, 2 * side * side, "{id}");
    }
    assert!(looked > 900, "{looked}");
}

/// Islands with coasts that are rough at every scale.
fn islands() -> Vec<Feature> {
    let mut state = 7u64;
    let mut noise = || {
        state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        (state >> 33) as f64 / f64::from(1u32 << 31) - 0.5
    };
    let mut island = |n: usize| {
        let (x, y) = ((n % 4) as f64 * 80.0 - 120.0, (n / 4) as f64 * 45.0 - 45.0);
        let mut ring: Vec<(f64, f64)> = (0..6)
            .map(|k| f64::from(k).to_radians() * 60.0)
            .map(|a| (x + 25.0 * a.cos(), y + 15.0 * a.sin()))
            .collect();
        for _ in 0..10 {
            let ends = ring.iter().zip(ring.iter().cycle().skip(1));
            ring = ends
                .flat_map(|(p, q)| {
                    let d = 0.6 * noise();
                    let (u, v) = (q.0 - p.0, q.1 - p.1);
                    [*p, (p.0 + u / 2.0 - v * d, p.1 + v / 2.0 + u * d)]
                })
                .collect();
        }
        Feature::new(Polygon::new(LineString::from(ring), vec![])).with_id((n + 1).to_string())
    };
    (0..12).map(&mut island).collect()
}

#[test]
fn rough_coasts_stay_valid() {
    use super::rings::Rings;
    let memory = make(islands(), 5);
    let mut parts = 0;
    for (id, tile) in &memory.tiles {
        for (feature, paths) in decode(tile) {
            let mut rings = Rings::default();
            for path in &paths {
                let ring: Vec<[i32; 2]> = path.iter().map(|p| [p.0 as i32, p.1 as i32]).collect();
                let once: BTreeSet<_> = ring.iter().collect();
                assert_eq!(once.len(), ring.len(), "feature {feature} in {id}");
                rings.push(&ring);
            }
            assert!(!super::crossing::crosses_itself(&rings), "feature {feature} in {id}");
            parts += paths.len();
        }
    }
    // Most inlets are closed at some zoom.
    assert!(parts > 500, "{parts}");
}

#[test]
fn values_stand_once_in_a_tile() {
    // A rising number needs no looking up, but where another attribute has the same one it is the same value.
    let points = (0..300i64).map(|n| {
        Feature::new(Geometry::from(Point::new(n as f64 / 10.0, 5.0))).with("n", n * 3).with("m", (n * 7) % 50)
    });
    let memory = make(points.collect(), 2);
    for (id, tile) in &memory.tiles {
        let raw = tile.windows(3).filter(|w| *w == [0x22, 2, 0x28]).count();
        let mut small: Vec<&[u8]> = tile.windows(4).filter(|w| w[..3] == [0x22, 2, 0x28]).collect();
        small.sort_unstable();
        small.dedup();
        assert_eq!(small.len(), raw, "{id}");
    }
}

#[test]
fn every_point_is_in_every_tile_it_touches() {
    let places: Vec<(f64, f64)> = (0..600u32)
        .map(|k| (f64::from(k * 7919 % 3600) / 10.0 - 180.0, f64::from(k * 104_729 % 1600) / 10.0 - 80.0))
        .collect();
    let features = places
        .iter()
        .enumerate()
        .map(|(n, p)| Feature::new(Geometry::from(Point::new(p.0, p.1))).with_id((n + 1).to_string()));
    let memory = make(features.collect(), 4);
    for zoom in 1..=4u8 {
        let grid = Grid { zoom, extent_bits: 12, buffer: 80 };
        for (n, p) in places.iter().enumerate() {
            let g = grid.snap(project(p.0, p.1));
            let (x, y) = (grid.span(g[0], g[0]), grid.span(g[1], g[1]));
            for x in x.0..=x.1 {
                for y in y.0..=y.1 {
                    let id = TileId { z: zoom, x: x as u32, y: y as u32 };
                    let ids: BTreeSet<u64> =
                        memory.tiles.get(&id).map_or_else(BTreeSet::new, |t| decode(t).iter().map(|f| f.0).collect());
                    assert!(ids.contains(&(n as u64 + 1)), "point {n} is not in {id}");
                }
            }
        }
    }
}

#[test]
fn threads_do_not_matter() {
    let with = |n| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n).build().expect("threads");
        pool.install(|| make(partition(9), 4).tiles)
    };
    assert_eq!(with(1), with(3));
}

#[test]
fn points_on_disk_make_the_same_tiles() {
    let place = |k: u64| Point::new((k * 7919 % 3600) as f64 / 10.0 - 180.0, (k * 104_729 % 1600) as f64 / 10.0 - 80.0);
    // Two points at each place, and classes with one and two attributes.
    let point = |k: u64| {
        let f = Feature::new(Geometry::from(place(k % 400))).with("n", k as i64);
        if k.is_multiple_of(3) { f.with("name", format!("p{k}")) } else { f }
    };
    let made = |most: Option<usize>, threads: usize| {
        let mut store = Features::default();
        store.point_bytes = most;
        for part in 0..80u64 {
            let list = (part * 10..part * 10 + 10).map(point).collect();
            super::source::add_layer(&Layer::new(LayerKind::Places, list), &Selection::default(), &mut store);
        }
        let cells = Layer::new(LayerKind::Cells, partition(4));
        super::source::add_layer(&cells, &Selection::default(), &mut store);
        let mut memory = Memory::default();
        let options = Options { max_zoom: Some(4), compress: false, ..Options::default() };
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        let metadata = pool.install(|| {
            let summary = build(&mut store, &options, &mut memory).expect("tiles");
            super::metadata::Metadata::new("t", &store, &summary).json()
        });
        assert_eq!(store.is_spilled(), most.is_some());
        (memory.tiles, metadata)
    };
    let whole = made(None, 2);
    // A run for every part, so many that runs are merged on the way; and a few runs.
    assert!(made(Some(1), 1) == whole && made(Some(10_000), 3) == whole);
}

#[test]
fn windows_make_the_same_tiles() {
    let point =
        |k: u64| Feature::new(Point::new((k % 360) as f64 - 180.0, (k * 7 % 160) as f64 - 80.0)).with("n", k as i64);
    let made = |piece_bytes: usize, threads: usize, crowded: bool| {
        let mut store = Features::default();
        let cells = Layer::new(LayerKind::Cells, partition(9));
        // An area over all others, a line across the world, and points.
        let area = Polygon::new(
            LineString::from(vec![(-170.0, -80.0), (175.0, -75.0), (160.0, 80.0), (-165.0, 70.0)]),
            vec![],
        );
        let line = LineString::from(
            (0..60).map(|k| (f64::from(k * 6) - 178.0, f64::from(k % 7 * 20) - 60.0)).collect::<Vec<_>>(),
        );
        let more =
            vec![Feature::new(Geometry::from(area)).with("n", 1), Feature::new(Geometry::from(line)).with("n", 2)];
        let points = Layer::new(LayerKind::Places, (0..400).map(point).collect());
        for layer in [cells, Layer::new(LayerKind::Control, more), points] {
            super::source::add_layer(&layer, &Selection::default(), &mut store);
        }
        let mut memory = Memory::default();
        let max_features = crowded.then_some(12);
        let options = Options { max_zoom: Some(5), compress: false, piece_bytes, max_features, ..Options::default() };
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        let summary = pool.install(|| build(&mut store, &options, &mut memory).expect("tiles"));
        (memory.tiles, summary.tiles, summary.dropped, summary.largest_features)
    };
    for crowded in [false, true] {
        let whole = made(usize::MAX, 2, crowded);
        assert_eq!(whole.0.len() as u64, whole.1);
        for (piece_bytes, threads) in [(100_000, 1), (10_000, 3), (0, 2)] {
            assert!(made(piece_bytes, threads, crowded) == whole, "{piece_bytes} bytes");
        }
    }
}

/// Refused with nothing handed on, given how many megabytes there are and what is to be made.
fn refused(megabytes: usize, features: Vec<Feature>, options: Options) -> TilesError {
    let bound = Bound::of_megabytes(megabytes);
    let mut store = Features::within(Some(bound));
    super::source::add_layer(&Layer::new(LayerKind::Cells, features), &Selection::default(), &mut store);
    let mut memory = Memory::default();
    let error = build(&mut store, &Options { bound: Some(bound), ..options }, &mut memory).expect_err("too much");
    assert!(memory.tiles.is_empty());
    error
}

#[test]
fn more_than_fits_in_memory_is_refused() {
    let at = |k: usize| Point::new((k % 3600) as f64 / 10.0 - 180.0, (k / 3600) as f64 / 10.0);
    let wave = |k: usize| (at(k).x(), (k as f64).sin() + 10.0);
    let line = |n: usize| vec![Feature::new(LineString::from((0..n).map(wave).collect::<Vec<_>>()))];
    // What is read, what finding shared borders takes of it, and what drawing them does.
    let one = Options { max_zoom: Some(1), ..Options::default() };
    for (megabytes, points) in [(21, 60_000), (22, 50_000), (22, 44_500)] {
        let error = refused(megabytes, line(points), one.clone());
        assert!(matches!(error, TilesError::Memory { features: 1, .. }), "{points}: {error}");
    }
    // A tile of the whole world; where it may do without most of them it is made.
    let points = |n: usize| (0..n).map(|k| Feature::new(at(k)).with("n", k as i64)).collect::<Vec<_>>();
    let error = refused(22, points(20_000), one.clone());
    assert!(matches!(error, TilesError::LargeTile { features: 20_000, .. }), "{error}");
    let bound = Some(Bound::of_megabytes(22));
    let options = Options { bound, max_features: Some(1000), ..one };
    let mut memory = Memory::default();
    let layer = Layer::new(LayerKind::Places, points(20_000));
    build_layers(&[layer], &options, &mut memory).expect("tiles");
    assert!(!memory.tiles.is_empty());
}

#[test]
fn contents_that_are_forgotten_are_handed_on_again() {
    // Areas in whose midst many tiles are equal, and borders in whose tiles nothing is.
    let made = |bound: Option<Bound>, threads: usize| {
        let mut memory = Memory::default();
        let options = Options { max_zoom: Some(8), compress: false, bound, ..Options::default() };
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        let layer = Layer::new(LayerKind::Cells, partition(5));
        pool.install(|| build_layers(&[layer], &options, &mut memory).expect("tiles"));
        memory
    };
    let whole = made(None, 2);
    // So small a bound remembers next to nothing.
    let bound = Some(Bound::of_megabytes(21));
    let (one, three) = (made(bound, 1), made(bound, 3));
    assert!(one.tiles == whole.tiles && three.tiles == whole.tiles);
    assert!(one.carried == three.carried && whole.carried < one.carried && one.carried < whole.carried * 2);
}
