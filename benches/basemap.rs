//! The basemap: opening it, asking for a box, and finding countries for positions.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use mapdesk::basemap::{Basemap, LayerId, Scale, Spot};
use mapdesk::geodesy::LonLat;
use std::hint::black_box;

/// Positions all over the Earth from a fixed seed, the same in every run.
fn positions(count: usize) -> Vec<LonLat> {
    let mut state = 1u64;
    let mut next = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    (0..count).map(|_| LonLat::wrapped(next() * 360.0 - 180.0, next() * 180.0 - 90.0)).collect()
}

fn basemap(c: &mut Criterion) {
    let map = Basemap::embedded();
    let syria = "35,32,43,38".parse().expect("a box");
    for (name, scale) in [("10m", Scale::M10), ("50m", Scale::M50), ("110m", Scale::M110)] {
        c.bench_function(&format!("basemap/syria {name}, all layers"), |b| {
            b.iter(|| map.query(black_box(syria), scale, &LayerId::ALL).len());
        });
    }
    c.bench_function("basemap/polygon of Syria", |b| b.iter(|| map.country_polygon(black_box("SY"), None)));
    let file = include_bytes!("../basemap/natural-earth.bin");
    let fresh = Basemap::from_bytes(file.to_vec()).expect("the file in the repository is whole");
    let hama = LonLat::new(36.75, 35.13).expect("a position");
    c.bench_function("basemap/one position, cold", |b| b.iter(|| fresh.locate(black_box(hama))));
    let locator = map.locator();
    let many = positions(100_000);
    let mut group = c.benchmark_group("basemap");
    group.throughput(Throughput::Elements(many.len() as u64));
    group.bench_function("positions over the Earth, indexed", |b| {
        b.iter(|| many.iter().filter(|p| locator.at(**p) == Spot::Sea).count());
    });
    let land: Vec<LonLat> = positions(400_000).into_iter().filter(|p| locator.at(*p) != Spot::Sea).collect();
    group.throughput(Throughput::Elements(land.len() as u64));
    group.bench_function("positions on land, indexed", |b| {
        b.iter(|| land.iter().filter(|p| locator.at(**p) == Spot::Sea).count());
    });
    group.finish();
}

criterion_group!(benches, basemap);
criterion_main!(benches);
