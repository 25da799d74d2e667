//! Any bytes: the scanner of features, the reader of archives and the checks of tiles refuse them or read them without a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mapdesk::outputs::pmtiles::{Reader, decode};
use mapdesk::outputs::tile_check::check_archive;
use std::io::Cursor;
use std::path::Path;

fuzz_target!(|bytes: &[u8]| {
    mapdesk::tiles::source::read_anything(bytes);
    let _ = decode(bytes);
    mapdesk::tiles::lint::tile(bytes, &mut Vec::new());
    if let Ok(reader) = Reader::open(Cursor::new(bytes), Path::new("fuzz.pmtiles")) {
        let _ = check_archive(reader, bytes.len() as u64);
    }
    if let Ok(mut reader) = Reader::open(Cursor::new(bytes), Path::new("fuzz.pmtiles")) {
        let _ = reader.metadata();
        let _ = reader.entries();
    }
});
