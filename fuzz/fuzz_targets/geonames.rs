//! The reader of GeoNames' files and tables of one's own: the first byte chooses the kind of file.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mapdesk::gazetteer::Import;

const FILES: [&str; 7] =
    ["SY.txt", "alternateNamesV2.txt", "admin1CodesASCII.txt", "countryInfo.txt", "own.csv", "own.geojson", "hierarchy.txt"];

fuzz_target!(|data: &[u8]| {
    let Some((which, rest)) = data.split_first() else { return };
    let mut import = Import::new();
    let _ = import.read(rest, FILES[usize::from(*which) % FILES.len()]);
    let _ = import.finish().value.finish();
});
