//! Gazetteer and geocoder: exact, fuzzy, prefix and reverse look-ups, and the scan of a text for names.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use mapdesk::gazetteer::{Gazetteer, token_hash};
use mapdesk::geocode::{Geocoder, Query};
use mapdesk::geodesy::LonLat;
use mapdesk::text::fold;
use std::hint::black_box;

/// Positions spread over the Earth by the golden ratio, the same each run.
fn positions(n: usize) -> Vec<LonLat> {
    (0..n)
        .map(|i| {
            let lon = (i as f64 * 0.618_033_988_75).fract() * 360.0 - 180.0;
            let lat = (2.0 * (i as f64 + 0.5) / n as f64 - 1.0).asin().to_degrees();
            LonLat::wrapped(lon, lat)
        })
        .collect()
}

fn names() -> Vec<String> {
    Gazetteer::embedded().iter().step_by(29).map(|r| r.name().to_owned()).collect()
}

fn lookups(c: &mut Criterion) {
    let gazetteer = Gazetteer::embedded();
    let geocoder = Geocoder::embedded();
    let keys: Vec<String> = names().iter().map(|n| fold(n)).collect();
    let misses: Vec<String> = keys.iter().map(|k| format!("{k}qx")).collect();
    let mut group = c.benchmark_group("exact, cold");
    group.throughput(Throughput::Elements(keys.len() as u64));
    group.bench_function("known", |b| {
        b.iter(|| keys.iter().filter(|k| gazetteer.exact(black_box(k)).next().is_some()).count())
    });
    group.finish();
    geocoder.prepare();
    geocoder.search(&Query::new("Damacsus"));
    let mut group = c.benchmark_group("exact");
    group.throughput(Throughput::Elements(keys.len() as u64));
    group.bench_function("known", |b| {
        b.iter(|| keys.iter().filter(|k| gazetteer.exact(black_box(k)).next().is_some()).count())
    });
    group.bench_function("unknown", |b| {
        b.iter(|| misses.iter().filter(|k| gazetteer.exact(black_box(k)).next().is_some()).count())
    });
    group.finish();

    let typos: Vec<Query> = names()
        .iter()
        .filter(|n| n.is_ascii() && n.len() >= 6)
        .take(500)
        .map(|n| Query { limit: 1, bare: true, ..Query::new(format!("{}{}", &n[..3], &n[4..])) })
        .collect();
    let known: Vec<Query> = names().iter().map(|n| Query { limit: 1, bare: true, ..Query::new(n.clone()) }).collect();
    let mut group = c.benchmark_group("search");
    group.throughput(Throughput::Elements(known.len() as u64));
    group.bench_function("names", |b| b.iter(|| known.iter().map(|q| geocoder.search(q).results.len()).sum::<usize>()));
    group.throughput(Throughput::Elements(typos.len() as u64));
    group.bench_function("typos", |b| b.iter(|| typos.iter().map(|q| geocoder.search(q).results.len()).sum::<usize>()));
    // A short and a long beginning; names with very many others in other languages; another script.
    let beginnings = ["dam", "san", "al", "new y", "القا"].map(|text| Query { prefix: true, ..Query::new(text) });
    geocoder.search(&beginnings[0]);
    group.throughput(Throughput::Elements(1));
    for query in &beginnings {
        group.bench_function(format!("beginning \"{}\"", query.text), |b| {
            b.iter(|| geocoder.search(black_box(query)).results.len())
        });
    }
    group.finish();

    let at = positions(1_000_000);
    geocoder.nearest_many(&at[..1]);
    let mut group = c.benchmark_group("reverse");
    group.throughput(Throughput::Elements(at.len() as u64));
    group.bench_function("nearest", |b| b.iter(|| geocoder.nearest_many(black_box(&at)).len()));
    group.finish();

    let text = include_str!("../examples/hama-2024-12-05.txt");
    let tokens: Vec<String> = text.split(|c: char| !c.is_alphanumeric()).filter(|t| !t.is_empty()).map(fold).collect();
    let words: Vec<&str> = tokens.iter().map(String::as_str).collect();
    let mut group = c.benchmark_group("scan");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("every window", |b| {
        b.iter(|| {
            let hashes: Vec<u64> = words.iter().map(|w| token_hash(w)).collect();
            (0..words.len()).filter(|i| gazetteer.longest_hashed(&words[*i..], &hashes[*i..]).is_some()).count()
        });
    });
    group.finish();
}

criterion_group!(benches, lookups);
criterion_main!(benches);
