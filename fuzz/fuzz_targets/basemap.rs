//! Any bytes: the reader refuses them or reads them without a panic, whatever the checksum says.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    mapdesk::basemap::read_anything(bytes);
});
