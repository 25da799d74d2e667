//! The quick road for text sequences: parts of the file read at the same time, where every line is a feature of its own.
//!
//! Whatever is not that plain (an error, a note, a coordinate system, a feature over several lines) is left to the slow road, which
//! tells of it with line and column.

use super::json::Scanner;
use super::read::Reading;
use crate::model::Feature;
use rayon::prelude::*;

/// Below this size threads cost more than they save.
const WORTH: usize = 1 << 20;

/// A feature, and where its text begins and ends.
type Placed = (Feature, (usize, usize));

/// The features of a plain sequence; `None` where the file is none.
pub(super) fn read(bytes: &[u8], file: &str) -> Option<Vec<Placed>> {
    let first = bytes.iter().position(|b| *b == b'\n')?;
    if bytes.len() < WORTH || !bytes[..first].trim_ascii_end().ends_with(b"}") {
        return None;
    }
    let parts: Vec<Option<Vec<Placed>>> = split(bytes, rayon::current_num_threads() * 8)
        .into_par_iter()
        .map(|part| {
            let mut reading = Reading::new(bytes, file);
            let mut scanner = Scanner::within(bytes, part);
            while scanner.peek().is_some() {
                reading.object(&mut scanner).ok()?;
            }
            let plain = reading.notes.is_empty() && reading.heights == 0 && reading.crs.is_none();
            plain.then(|| reading.features.into_iter().zip(reading.spans).collect())
        })
        .collect();
    let parts = parts.into_iter().collect::<Option<Vec<_>>>()?;
    let mut all = Vec::with_capacity(parts.iter().map(Vec::len).sum());
    parts.into_iter().for_each(|p| all.extend(p));
    Some(all)
}

/// The text in parts that begin and end at line ends.
fn split(bytes: &[u8], parts: usize) -> Vec<std::ops::Range<usize>> {
    let size = (bytes.len() / parts.max(1)).max(1 << 16);
    // A byte order mark is not part of the first line.
    let mut from = if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    let mut out = Vec::new();
    while from < bytes.len() {
        let at = (from + size).min(bytes.len());
        let to = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |n| at + n + 1);
        out.push(from..to);
        from = to;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::read as slow_or_quick;
    use std::fmt::Write as _;

    fn lines(n: usize, odd: &str) -> String {
        let mut text = String::new();
        for i in 0..n {
            let x = f64::from(i as u32 % 3600) / 10.0 - 180.0;
            let _ = writeln!(
                text,
                r#"{{"type":"Feature","id":{i},"properties":{{"n":{i},"t":"a \"b\" {i}"}},"geometry":{{"type":"Point","coordinates":[{x},{}]}}}}"#,
                i % 90
            );
            if i == n / 2 {
                text.push_str(odd);
            }
        }
        text
    }

    #[test]
    fn both_roads_read_the_same() {
        let text = lines(20_000, "");
        let quick = super::read(text.as_bytes(), "x").expect("a plain sequence");
        // A collection has to take the slow road.
        let collection =
            format!("{{\"type\":\"FeatureCollection\",\"features\":[{}]}}", text.trim_end().replace('\n', ","));
        let slow = slow_or_quick(collection.as_bytes(), "x").expect("GeoJSON");
        let quick: Vec<_> = quick.into_iter().map(|(f, _)| f).collect();
        assert!(quick == slow.value && slow.notes.is_empty());
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let text = lines(20_000, "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[1]}}\n");
        let read = slow_or_quick(text.as_bytes(), "x").expect("GeoJSON");
        assert_eq!((read.value.len(), read.notes.len()), (20_000, 1));
        assert!(format!("{:?}", read.notes[0]).contains("10002"), "{:?}", read.notes[0]);
    }
}
