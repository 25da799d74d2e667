//! Any bytes: the scanner of features and the reader of archives refuse them or read them without a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mapdesk::outputs::pmtiles::{Reader, decode};
use std::io::Cursor;
use std::path::Path;

fuzz_target!(|bytes: &[u8]| {
    mapdesk::tiles::source::read_anything(bytes);
    let _ = decode(bytes);
    if let Ok(mut reader) = Reader::open(Cursor::new(bytes), Path::new("fuzz.pmtiles")) {
        let _ = reader.metadata();
        let _ = reader.entries();
    }
});
