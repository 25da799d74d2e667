//! Vector tiles: reading, cutting and packing points, a partition with rough shared borders, and an update where little changed.
//!
//! `cargo bench --bench tiles`. The data is made up, the same each run; `benches/peers/tiles.py` runs other people's programs on the like.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use mapdesk::outputs::tile_target::{About, write};
use mapdesk::outputs::tile_update::Update;
use mapdesk::tiles::{Features, Input, Options, Selection, source};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

/// A fraction from two numbers, the same each run.
fn noise(a: u64, b: u64) -> f64 {
    let h = (a.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ b).wrapping_mul(0xd6e8_feb8_6659_fd93);
    ((h ^ h >> 29) >> 11) as f64 / (1u64 << 53) as f64
}

fn points(n: u64) -> String {
    let mut out = String::new();
    for i in 0..n {
        let (x, y) = (noise(i, 1) * 340.0 - 170.0, noise(i, 2) * 150.0 - 75.0);
        let _ = writeln!(
            out,
            r#"{{"type":"Feature","properties":{{"id":{i},"kind":"k{}"}},"geometry":{{"type":"Point","coordinates":[{x:.6},{y:.6}]}}}}"#,
            i % 7
        );
    }
    out
}

/// A lattice of cells whose borders are rough lines of twelve pieces that both sides share; every hundredth cell has another holder
/// when `turned`.
fn partition(n: u64, turned: bool) -> String {
    let corner = |i: u64, j: u64| {
        let inner = |k: u64| if k == 0 || k == n { 0.0 } else { 0.5 };
        let x = (i as f64 + inner(i) * (noise(i, j) - 0.5)) / n as f64 * 340.0 - 170.0;
        let y = (j as f64 + inner(j) * (noise(j, i + 99) - 0.5)) / n as f64 * 150.0 - 75.0;
        (x, y)
    };
    let border = |a: (f64, f64), b: (f64, f64)| {
        let (p, q) = if a < b { (a, b) } else { (b, a) };
        let mut line: Vec<(f64, f64)> = (0..12)
            .map(|k| {
                let t = k as f64 / 12.0;
                let d = if k == 0 { 0.0 } else { 0.06 * (noise(p.0.to_bits() ^ q.1.to_bits(), k) - 0.5) };
                (p.0 + (q.0 - p.0) * t - (q.1 - p.1) * d, p.1 + (q.1 - p.1) * t + (q.0 - p.0) * d)
            })
            .collect();
        line.push(q);
        if a > b {
            line.reverse();
        }
        line.pop();
        line
    };
    let mut out = String::new();
    for i in 0..n {
        for j in 0..n {
            let c = [corner(i, j), corner(i + 1, j), corner(i + 1, j + 1), corner(i, j + 1)];
            let mut ring: Vec<String> =
                (0..4).flat_map(|k| border(c[k], c[(k + 1) % 4])).map(|p| format!("[{:.6},{:.6}]", p.0, p.1)).collect();
            ring.push(ring[0].clone());
            let side = if turned && (i * n + j).is_multiple_of(100) { 9 } else { (i / 3 + j / 3) % 4 };
            let _ = writeln!(
                out,
                r#"{{"type":"Feature","properties":{{"side":{side}}},"geometry":{{"type":"Polygon","coordinates":[[{}]]}}}}"#,
                ring.join(",")
            );
        }
    }
    out
}

fn features(path: &Path) -> Features {
    let mut features = Features::default();
    let input = Input { path: path.to_owned(), layer: Some("x".into()), format: None };
    source::read(&input, &Selection::default(), &mut features, &mut |_| {}).expect("the file was just written");
    features
}

fn builds(c: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let target = folder.path().join("out.pmtiles");
    let mut group = c.benchmark_group("tiles");
    group.sample_size(10);
    for (name, text, count, zoom) in [
        ("points 20k", points(20_000), 20_000, 6),
        ("points 200k", points(200_000), 200_000, 6),
        ("partition 2,500", partition(50, false), 2500, 5),
    ] {
        let path = folder.path().join(format!("{name}.geojsonl"));
        std::fs::write(&path, text).expect("a temporary file");
        let options = Options { max_zoom: Some(zoom), ..Options::default() };
        group.throughput(Throughput::Elements(count));
        group.bench_function(name, |b| {
            b.iter(|| write(&mut features(&path), &options, &target, &About::default(), None).expect("an archive"));
        });
    }
    let (old, new) = (folder.path().join("partition 2,500.geojsonl"), folder.path().join("new.geojsonl"));
    std::fs::write(&new, partition(50, true)).expect("a temporary file");
    let options = Options { max_zoom: Some(5), ..Options::default() };
    let before = folder.path().join("before.pmtiles");
    write(&mut features(&old), &options, &before, &About::default(), None).expect("an archive");
    group.bench_function("update of the partition, 1 % turned", |b| {
        b.iter(|| {
            let update = Arc::new(Update::open(&before).expect("an archive"));
            let options = Options { previous: Some(update.clone()), ..options.clone() };
            write(&mut features(&new), &options, &target, &About::default(), None).expect("an archive");
            update.changes().len()
        });
    });
    group.finish();
}

criterion_group!(benches, builds);
criterion_main!(benches);
