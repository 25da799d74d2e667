//! Bytes a second of the text reader on one core: `cargo bench --bench parse`.
//!
//! The text is the project's own example, repeated to a day's worth of articles.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use mapdesk::geoparse::{Options, read, toponyms};
use mapdesk::text::{sentences, tokens};
use std::hint::black_box;

const ARTICLE: &str = include_str!("../examples/hama-2024-12-05.txt");

fn parse(c: &mut Criterion) {
    let options = Options::default();
    let mut group = c.benchmark_group("parse");
    group.throughput(Throughput::Bytes(ARTICLE.len() as u64));
    group.bench_function("tokens and sentences", |b| {
        b.iter(|| {
            let tokens = tokens(black_box(ARTICLE));
            sentences(ARTICLE, &tokens).len()
        });
    });
    group.bench_function("recognition and resolution", |b| b.iter(|| toponyms(black_box(ARTICLE), &options).len()));
    group.bench_function("everything", |b| b.iter(|| read(black_box(ARTICLE), &options).value.mentions.len()));
    let long = ARTICLE.repeat(256);
    group.throughput(Throughput::Bytes(long.len() as u64)).sample_size(10);
    group.bench_function("everything, one long text", |b| {
        b.iter(|| read(black_box(&long), &options).value.mentions.len())
    });
    group.finish();
}

criterion_group!(benches, parse);
criterion_main!(benches);
