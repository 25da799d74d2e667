//! The binary gazetteer file: whatever the bytes, it is refused or read, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mapdesk::gazetteer::Gazetteer;

fuzz_target!(|data: &[u8]| {
    if let Ok(gazetteer) = Gazetteer::read(data.to_vec()) {
        for record in gazetteer.iter().take(100) {
            let _ = record.place();
        }
        let _ = gazetteer.exact("hama").count();
    }
});
