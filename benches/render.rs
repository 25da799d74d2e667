//! Speed of stills: composition, painting and encoding of one overview, and a hundred maps in one process.
//!
//! `cargo bench --bench render` prints a table of CPU milliseconds (wall-clock where the system does not tell CPU time), each the
//! best of ten after one round to warm up. The map is made up: four zones, a contested belt, 24 places of Syria.
#![expect(clippy::print_stdout, reason = "a bench prints its table")]

use mapdesk::cartography::{Artboard, Options, compose};
use mapdesk::geodesy::BBox;
use mapdesk::model::{Feature, Holder, Layer, LayerKind, Map, Theme, View};
use mapdesk::outputs::raster::Painter;
use mapdesk::outputs::{pdf, png, svg, webp};
use std::time::Instant;

/// Name, longitude, latitude, inhabitants.
const PLACES: &[(&str, f64, f64, i64)] = &[
    ("Damascus", 36.291, 33.510, 2_500_000),
    ("Aleppo", 37.161, 36.202, 2_100_000),
    ("Homs", 36.716, 34.732, 775_000),
    ("Hama حماة", 36.758, 35.132, 460_000),
    ("Latakia", 35.791, 35.531, 340_000),
    ("Deir ez-Zor", 40.142, 35.336, 242_000),
    ("Raqqa", 39.016, 35.953, 178_000),
    ("Idlib", 36.634, 35.931, 128_000),
    ("Tartus", 35.887, 34.889, 89_000),
    ("Daraa", 36.106, 32.619, 146_000),
    ("Hasakah", 40.741, 36.502, 189_000),
    ("Qamishli", 41.230, 37.050, 184_000),
    ("Palmyra", 38.284, 34.560, 55_000),
    ("Manbij", 37.956, 36.528, 100_000),
    ("Salamiyah", 37.054, 35.012, 94_000),
    ("Jableh", 35.925, 35.362, 80_000),
    ("Suwayda", 36.567, 32.709, 64_000),
    ("Al-Bab", 37.516, 36.370, 63_000),
    ("Rastan", 36.732, 34.925, 40_000),
    ("Khan Shaykhun", 36.648, 35.442, 34_000),
    ("Morek", 36.690, 35.376, 15_000),
    ("Suran", 36.742, 35.290, 29_000),
    ("Beirut", 35.502, 33.893, 1_900_000),
    ("Mosul", 43.119, 36.335, 1_700_000),
];

const SIDES: [(&str, &str); 4] =
    [("gov", "Government"), ("reb", "Opposition"), ("kur", "Kurdish-led forces"), ("loc", "Local factions")];

/// A wavy ring around a centre, in degrees.
fn ring(lon: f64, lat: f64, rx: f64, ry: f64, phase: f64) -> geo::Polygon<f64> {
    let point = |i: usize| {
        let a = std::f64::consts::TAU * i as f64 / 240.0;
        let r = 1.0 + 0.06 * (7.0 * a + phase).sin() + 0.03 * (23.0 * a).sin();
        (lon + rx * r * a.cos(), lat + ry * r * a.sin())
    };
    geo::Polygon::new((0..=240).map(|i| point(i % 240)).collect(), Vec::new())
}

/// The overview on one day of a series.
fn overview(day: usize) -> Map {
    let shift = day as f64 * 0.02;
    let zones = [
        ring(37.2, 34.0, 1.4, 1.0, shift),
        ring(36.7, 35.7, 0.7 + shift, 0.6, shift),
        ring(40.0, 36.0, 1.7, 0.8, 1.0),
        ring(36.5, 32.7, 0.5, 0.35, 2.0),
    ];
    let control = zones.into_iter().zip(SIDES).map(|(zone, (id, _))| Feature::new(zone).with("holder", id)).collect();
    let belt = Feature::new(ring(36.9, 35.05, 0.9, 0.15, shift))
        .with("holder", "gov")
        .with("contested_by", "reb")
        .with("status", "contested");
    let places = PLACES
        .iter()
        .map(|(name, lon, lat, people)| {
            Feature::new(geo::Point::new(*lon, *lat)).with("name", *name).with("population", *people)
        })
        .collect();
    Map {
        title: "Who holds what".into(),
        subtitle: Some(format!("Day {day} of a made-up series")),
        sources: vec!["Bench".into()],
        holders: SIDES.map(|(id, label)| Holder { id: id.into(), label: label.into(), color: None }).to_vec(),
        layers: vec![
            Layer::new(LayerKind::Control, control),
            Layer::new(LayerKind::Contested, vec![belt]),
            Layer::new(LayerKind::Places, places),
        ],
        view: View { bbox: BBox::new(34.0, 31.8, 44.0, 37.8).ok(), theme: Theme::Light, ..View::default() },
        ..Map::default()
    }
}

/// CPU milliseconds of this process so far, where the system tells them.
fn cpu() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/self/schedstat").ok()?;
    text.split(' ').next()?.parse::<f64>().ok().map(|ns| ns / 1e6)
}

/// Milliseconds of some work.
fn time<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let (wall, before) = (Instant::now(), cpu());
    let value = work();
    let spent = match (before, cpu()) {
        (Some(a), Some(b)) => b - a,
        _ => wall.elapsed().as_secs_f64() * 1e3,
    };
    (spent, value)
}

/// The least of ten rounds after one to warm up.
fn best<T>(mut work: impl FnMut() -> T) -> f64 {
    work();
    (0..10).map(|_| time(&mut work).0).fold(f64::MAX, f64::min)
}

fn main() {
    let options = Options::default();
    let map = overview(0);
    let board = Artboard::DESKTOP;
    let mut painter = Painter::new();
    let (cold, _) = time(|| {
        let made = compose(&map, &board, &options).value;
        png::encode(&mut painter, &made.display, 1, false)
    });
    println!("| overview 1200 × 800 | CPU ms |\n|---|---|");
    println!("| first map of the process | {cold:.1} |");
    println!("| composition | {:.1} |", best(|| compose(&map, &board, &options)));
    let list = compose(&map, &board, &options).value.display;
    for scale in [1, 2, 3] {
        let bitmap = painter.paint(&list, scale).expect("small");
        println!("| painting at {scale}× | {:.1} |", best(|| painter.paint(&list, scale)));
        let bytes = png::encode_bitmap(&bitmap, &list, scale, false).len() / 1000;
        let spent = best(|| png::encode_bitmap(&bitmap, &list, scale, false));
        println!("| palette PNG at {scale}×, {bytes} kB | {spent:.1} |");
    }
    let bitmap = painter.paint(&list, 1).expect("small");
    println!("| lossless PNG | {:.1} |", best(|| png::encode_bitmap(&bitmap, &list, 1, true)));
    println!("| lossless WebP, painting included | {:.1} |", best(|| webp::encode(&mut painter, &list, 1)));
    println!("| SVG | {:.1} |", best(|| svg::encode(&list)));
    println!("| PDF | {:.1} |", best(|| pdf::encode(&list)));
    for scale in [1, 2] {
        let spent = best(|| {
            let made = compose(&map, &board, &options).value;
            png::encode(&mut painter, &made.display, scale, false)
        });
        println!("| map to PNG bytes at {scale}×, warm | {spent:.1} |");
    }
    let days: Vec<Map> = (0..20).map(overview).collect();
    let (spent, bytes) = time(|| {
        let boards = Artboard::ALL.iter().flat_map(|b| days.iter().map(move |d| (b, d)));
        boards
            .map(|(board, day)| {
                let made = compose(day, board, &options).value;
                png::encode(&mut painter, &made.display, 1, false).map_or(0, |b| b.len())
            })
            .sum::<usize>()
    });
    println!("| 100 maps (5 artboards × 20 days), {} kB | {spent:.0} |", bytes / 1000);
}
