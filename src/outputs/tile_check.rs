//! An archive checked against the rules of PMTiles v3, and its tiles against those of the Mapbox Vector Tile specification 2.1.

use super::pmtiles::{Entry, ReadError, Reader, decode, gunzip};
use crate::tiles::TileId;
use crate::tiles::lint::{self, LayerFacts};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;

/// Something that breaks a rule, or goes against advice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which part of the archive: a tile's address, or the header, a directory, the metadata.
    pub place: String,
    /// The rule: specification and section.
    pub rule: String,
    /// What is wrong.
    pub what: String,
    /// Whether the rule is a demand; else advice.
    pub must: bool,
}

/// What a check saw.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Addressed tiles.
    pub tiles: u64,
    /// Different contents.
    pub contents: u64,
    /// Features in all contents.
    pub features: u64,
    /// The first [`MOST`] findings.
    pub findings: Vec<Finding>,
    /// How many demands are broken.
    pub errors: u64,
    /// How many pieces of advice are not followed.
    pub advice: u64,
}

/// How many findings are kept.
pub const MOST: usize = 100;

impl Report {
    fn add(&mut self, place: impl Into<String>, rule: impl Into<String>, what: impl Into<String>, must: bool) {
        *if must { &mut self.errors } else { &mut self.advice } += 1;
        if self.findings.len() < MOST {
            self.findings.push(Finding { place: place.into(), rule: rule.into(), what: what.into(), must });
        }
    }
    fn fault(&mut self, place: &str, what: impl Into<String>) {
        self.add(place, "PMTiles 3", what, true);
    }
}

/// Checks a PMTiles archive.
///
/// # Errors
/// The file cannot be read, or is no PMTiles v3 archive at all.
pub fn check(path: &Path) -> Result<Report, ReadError> {
    let file = File::open(path).map_err(|e| ReadError::Io { path: path.to_owned(), source: e })?;
    let length = file.metadata().map(|m| m.len()).unwrap_or(u64::MAX);
    check_archive(Reader::open(file, path)?, length)
}

/// Checks an archive of a known length.
///
/// # Errors
/// As [`check`].
pub fn check_archive<R: Read + Seek>(mut reader: Reader<R>, length: u64) -> Result<Report, ReadError> {
    let mut report = Report::default();
    check_header(&reader, length, &mut report);
    let mut entries = Vec::new();
    let (root, root_length) = reader.header.sections[0];
    walk(&mut reader, (root, root_length), 0, &mut entries, &mut report);
    check_entries(&reader, &entries, &mut report);
    let declared = check_metadata(&mut reader, &mut report);
    if reader.header.tile_type == 1 {
        check_tiles(&mut reader, &entries, &declared, &mut report);
    }
    Ok(report)
}

fn check_header<R: Read + Seek>(reader: &Reader<R>, length: u64, report: &mut Report) {
    let h = &reader.header;
    let names = ["root directory", "metadata", "leaf directories", "tile data"];
    let mut sections: Vec<(u64, u64, &str)> = Vec::new();
    for ((at, len), name) in h.sections.iter().zip(names) {
        if at.checked_add(*len).is_none_or(|end| end > length) {
            report.fault("header", format!("the {name} reach beyond the end of the file"));
        }
        if *len > 0 {
            sections.push((*at, at.saturating_add(*len), name));
        }
    }
    sections.sort_unstable();
    for w in sections.windows(2) {
        if w[0].1 > w[1].0 {
            report.fault("header", format!("the {} and the {} overlap", w[0].2, w[1].2));
        }
    }
    if sections.first().is_some_and(|s| s.0 < 127) {
        report.fault("header", "a section begins within the header");
    }
    if h.sections[0].0.saturating_add(h.sections[0].1) > 16_384 {
        report.fault("header", "the root directory does not lie in the first 16,384 bytes");
    }
    if !(1..=4).contains(&h.compression.0) || !(0..=4).contains(&h.compression.1) {
        report.fault("header", format!("compression {:?} is not known", h.compression));
    }
    if h.tile_type > 6 {
        report.fault("header", format!("tile type {} is not known", h.tile_type));
    }
    if h.zooms.0 > h.zooms.1 {
        report.fault("header", format!("the first zoom {} lies above the last, {}", h.zooms.0, h.zooms.1));
    }
    let [w, s, e, n] = h.bounds;
    let limit = |v: i32, most: i32| v.unsigned_abs() <= most as u32;
    if w > e
        || s > n
        || ![w, e].iter().all(|v| limit(*v, 1_800_000_000))
        || ![s, n].iter().all(|v| limit(*v, 900_000_000))
    {
        report.fault("header", "the bounds are no box of longitudes and latitudes");
    }
}

/// Reads a directory and those below it, noting what is wrong with them.
fn walk<R: Read + Seek>(
    reader: &mut Reader<R>,
    (at, len): (u64, u64),
    depth: u32,
    out: &mut Vec<Entry>,
    report: &mut Report,
) {
    let place = if depth == 0 { "root directory" } else { "leaf directory" };
    let codec = reader.header.compression.0;
    let bytes = reader.bytes(at, len).and_then(|b| reader.unpack(b, codec));
    let list = match bytes.map(|b| decode(&b)) {
        Ok(Some(list)) => list,
        Ok(None) => return report.fault(place, "it is broken"),
        Err(e) => return report.fault(place, e.to_string()),
    };
    if list.is_empty() {
        report.fault(place, "it has no entry");
    }
    for e in list {
        if e.length == 0 {
            report.fault(place, format!("the entry of tile {} has the length 0", e.tile));
            continue;
        }
        if e.run > 0 {
            out.push(e);
        } else if depth < 3 {
            let leaves = reader.header.sections[2];
            if e.offset.saturating_add(u64::from(e.length)) > leaves.1 {
                report.fault(place, "a leaf directory reaches beyond the leaf directories");
                continue;
            }
            let before = out.len();
            walk(reader, (leaves.0.saturating_add(e.offset), u64::from(e.length)), depth + 1, out, report);
            if out.get(before).is_some_and(|first| first.tile != e.tile) {
                report.fault(place, format!("a leaf directory does not begin with tile {}", e.tile));
            }
        } else {
            report.fault(place, "leaf directories are nested too deep");
        }
    }
}

fn check_entries<R: Read + Seek>(reader: &Reader<R>, entries: &[Entry], report: &mut Report) {
    let h = &reader.header;
    let data = h.sections[3].1;
    let (mut next, mut written) = (0u64, 0u64);
    let mut contents = FxHashSet::default();
    let mut clustered = true;
    for (n, e) in entries.iter().enumerate() {
        if n > 0 && e.tile < next {
            report.fault("directory", format!("tile {} does not follow those before it", e.tile));
        }
        next = e.tile.saturating_add(u64::from(e.run));
        report.tiles += u64::from(e.run);
        if e.offset.saturating_add(u64::from(e.length)) > data {
            report.fault("directory", format!("tile {} reaches beyond the tile data", e.tile));
        }
        if contents.insert(e.offset) {
            clustered &= e.offset == written;
            written = e.offset.saturating_add(u64::from(e.length));
        }
    }
    report.contents = contents.len() as u64;
    if h.clustered && !clustered {
        report.fault("directory", "the header says clustered, but contents do not stand in the order of their tiles");
    }
    for (name, told, counted) in [
        ("addressed tiles", h.counts[0], report.tiles),
        ("entries", h.counts[1], entries.len() as u64),
        ("contents", h.counts[2], report.contents),
    ] {
        // 0 says that it is not known.
        if told != 0 && told != counted {
            report.fault("header", format!("it tells of {told} {name}; there are {counted}"));
        }
    }
    let zoom =
        |e: Option<&Entry>, last: u64| e.and_then(|e| TileId::from_number(e.tile.saturating_add(last))).map(|t| t.z);
    let first = zoom(entries.first(), 0);
    let last = zoom(entries.last(), entries.last().map_or(0, |e| u64::from(e.run) - 1));
    if let (Some(first), Some(last)) = (first, last)
        && (first, last) != h.zooms
    {
        report.fault("header", format!("zooms {} to {} are told, {first} to {last} are there", h.zooms.0, h.zooms.1));
    }
}

/// Layers and their attributes as the metadata declares them; `None` where it declares none.
type Declared = Option<FxHashMap<String, FxHashSet<String>>>;

fn check_metadata<R: Read + Seek>(reader: &mut Reader<R>, report: &mut Report) -> Declared {
    let metadata = match reader.metadata() {
        Ok(m) => m,
        Err(e) => {
            report.fault("metadata", e.to_string());
            return None;
        }
    };
    if reader.header.tile_type != 1 {
        return None;
    }
    let Some(list) = metadata.get("vector_layers").and_then(|v| v.as_array()) else {
        report.fault("metadata", "vector tiles need \"vector_layers\"");
        return None;
    };
    let mut declared = FxHashMap::default();
    for l in list {
        let (Some(id), Some(fields)) =
            (l.get("id").and_then(|v| v.as_str()), l.get("fields").and_then(|v| v.as_object()))
        else {
            report.fault("metadata", "an entry of \"vector_layers\" has no \"id\" or no \"fields\"");
            continue;
        };
        if declared.insert(id.to_owned(), fields.keys().cloned().collect()).is_some() {
            report.fault("metadata", format!("\"vector_layers\" tells of \"{id}\" twice"));
        }
    }
    Some(declared)
}

fn check_tiles<R: Read + Seek>(reader: &mut Reader<R>, entries: &[Entry], declared: &Declared, report: &mut Report) {
    let mut seen = FxHashSet::default();
    let distinct: Vec<&Entry> = entries.iter().filter(|e| seen.insert(e.offset)).collect();
    let packed = reader.header.compression.1;
    for group in distinct.chunks(256) {
        let mut contents = Vec::with_capacity(group.len());
        for e in group {
            match reader.content(e) {
                Ok(bytes) => contents.push((e.tile, bytes)),
                Err(_) => {
                    // It reaches beyond the file: said already.
                }
            }
        }
        let results: Vec<Looked> = contents
            .par_iter()
            .map(|(tile, bytes)| {
                let unpacked = match packed {
                    2 => gunzip(bytes),
                    _ => Some(bytes.clone()),
                };
                let mut found = Vec::new();
                let layers = unpacked.as_deref().map(|b| lint::tile(b, &mut found));
                (*tile, layers, found)
            })
            .collect();
        for (tile, layers, found) in results {
            let place = TileId::from_number(tile).map_or_else(|| format!("tile {tile}"), |id| id.to_string());
            let Some(layers) = layers else {
                report.fault(&place, "its gzip stream is broken");
                continue;
            };
            for f in found {
                report.add(&place, format!("MVT 2.1, {}", f.section), f.what, f.must);
            }
            for layer in layers {
                report.features += layer.features;
                if let Some(declared) = declared {
                    match declared.get(&layer.name) {
                        None => {
                            report.fault(&place, format!("layer \"{}\" is not in \"vector_layers\"", layer.name));
                        }
                        Some(fields) => {
                            for key in layer.keys.iter().filter(|k| !fields.contains(*k)) {
                                report.fault(&place, format!("attribute \"{key}\" is not among the layer's fields"));
                            }
                        }
                    }
                }
            }
        }
    }
}

type Looked = (u64, Option<Vec<LayerFacts>>, Vec<lint::Finding>);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Feature, Layer, LayerKind};
    use crate::outputs::tile_target::{About, pmtiles_bytes};
    use crate::tiles::Options;
    use geo::{Point, polygon};
    use std::io::Cursor;

    fn archive() -> Vec<u8> {
        let square = polygon![(x: 30.0, y: 30.0), (x: 40.0, y: 30.0), (x: 40.0, y: 38.0), (x: 30.0, y: 38.0)];
        let layers = [
            Layer::new(LayerKind::Control, vec![Feature::new(square).with("holder", "a")]),
            Layer::new(LayerKind::Places, vec![Feature::new(Point::new(36.7, 35.1)).with("name", "Hama")]),
        ];
        let options = Options { max_zoom: Some(6), ..Options::default() };
        pmtiles_bytes(&layers, &options, &About::default()).expect("an archive")
    }

    fn report(bytes: &[u8]) -> Option<Report> {
        let reader = Reader::open(Cursor::new(bytes), Path::new("t.pmtiles")).ok()?;
        check_archive(reader, bytes.len() as u64).ok()
    }

    #[test]
    fn our_own_archives_break_no_rule() {
        let report = report(&archive()).expect("an archive");
        assert_eq!((report.errors, report.advice), (0, 0), "{:?}", report.findings);
        assert!(report.tiles > 7 && report.features > 7);
    }

    #[test]
    fn lies_in_the_header_and_the_directory_are_found() {
        for (at, what) in [
            (8usize, "root directory"),
            (24, "metadata"),
            (72, "tells of"),
            (80, "tells of"),
            (88, "tells of"),
            (100, "zooms"),
            (99, "tile type"),
            (97, "compression"),
        ] {
            let mut bytes = archive();
            bytes[at] = bytes[at].wrapping_add(if at == 100 { 1 } else { 100 });
            let report = report(&bytes).expect("a header");
            let said = |f: &Finding| f.what.contains(what) || f.place.contains(what);
            assert!(report.errors > 0 && report.findings.iter().any(said), "byte {at}: {:?}", report.findings);
        }
        let whole = archive();
        // Damage anywhere, several thousand times over, the same each run: told or not, never a panic.
        let mut state = 7u64;
        for _ in 0..4000 {
            let mut bytes = whole.clone();
            for _ in 0..=state % 4 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let span = if state >> 62 == 0 { 400 } else { bytes.len() };
                let at = (state >> 20) as usize % span;
                bytes[at] ^= (state >> 11) as u8 | 1;
            }
            // The room after the root directory belongs to nobody; a cut file loses its end.
            let cut =
                if state.is_multiple_of(5) { bytes.len() - (state >> 40) as usize % bytes.len() } else { bytes.len() };
            let _ = super::tests::report(&bytes[..cut]);
        }
        let report = report(&whole[..whole.len() / 2 + 8192]).expect("a header");
        assert!(report.errors > 0);
    }
}
