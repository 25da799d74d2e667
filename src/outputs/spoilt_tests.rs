//! Spoilt files: good ones with bytes changed, cut or repeated by a fixed seed. Readers may refuse them, nothing else.
//!
//! A stand-in on stable for the fuzz targets in `fuzz/`, and longer with `MAPDESK_SPOILT=100000`.

use super::format::{FORMATS, read, write};
use crate::model::{Feature, Layer, LayerKind};

struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n.max(1) as u64) as usize
    }
}

fn spoil(good: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = good.to_vec();
    for _ in 0..=dice.below(4) {
        let at = dice.below(bytes.len());
        match dice.below(5) {
            0 => bytes[at] = dice.below(256) as u8,
            1 => bytes[at] ^= 1 << dice.below(8),
            2 => bytes.truncate(at.max(1)),
            3 => {
                let part = bytes[at..(at + 1 + dice.below(40)).min(bytes.len())].to_vec();
                bytes.splice(at..at, part);
            }
            _ => drop(bytes.drain(at..(at + 1 + dice.below(12)).min(bytes.len()))),
        }
        if bytes.is_empty() {
            return bytes;
        }
    }
    bytes
}

const GPX: &str = r#"<?xml version="1.0"?><gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1"><wpt lat="35.1" lon="36.7"><name>Hama</name></wpt><trk><trkseg><trkpt lat="35" lon="36"/><trkpt lat="36" lon="37"/></trkseg></trk></gpx>"#;

#[test]
fn spoilt_files_are_refused_or_read() {
    let rounds = std::env::var("MAPDESK_SPOILT").ok().and_then(|n| n.parse().ok()).unwrap_or(40);
    let folder = tempfile::tempdir().expect("temporary folder");
    let square = geo::Rect::new((36.0, 35.0), (37.0, 36.0)).to_polygon();
    let day = crate::time::parse_day("2024-12-05").expect("a day");
    let areas = vec![
        Feature::new(square.clone()).with("name", "حماة").with("n", 3_i64).with("date", day).with("km", 1.5),
        Feature::new(square).with("name", "b").with("n", 4_i64).with("date", day).with("km", 2.5),
    ];
    let points = vec![Feature::new(geo::Point::new(36.7, 35.1)).with("name", "Hama").with("yes", true)];
    // The readers of others tell of what they do not expect by panicking; that is caught, and need not be printed.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    for format in FORMATS.iter().filter(|f| f.read.is_some()) {
        let path = folder.path().join(format!("good.{}", format.endings[0]));
        let layer = if format.key == "csv" { &points } else { &areas };
        match format.write {
            Some(_) => drop(write(&[Layer::new(LayerKind::Overlay, layer.clone())], &path).expect(format.key)),
            None => std::fs::write(&path, GPX).expect("written"),
        }
        let good = std::fs::read(&path).expect("there");
        let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
        let spoilt = folder.path().join(format!("spoilt.{}", format.endings[0]));
        for _ in 0..rounds {
            std::fs::write(&spoilt, spoil(&good, &mut dice)).expect("written");
            let _ = read(&spoilt);
        }
    }
    std::panic::set_hook(hook);
}
