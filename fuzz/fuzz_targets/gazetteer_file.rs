//! The binary gazetteer file: whatever the bytes, it is refused or read, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mapdesk::gazetteer::Gazetteer;

fuzz_target!(|data: &[u8]| {
    // Length and checksum are put right, so that what is behind them is reached.
    let mut data = data.to_vec();
    if data.len() > 32 {
        let length = (data.len() as u64).to_le_bytes();
        data[16..24].copy_from_slice(&length);
        let sum = mapdesk::gazetteer::hash::checksum(&data[32..]).to_le_bytes();
        data[24..32].copy_from_slice(&sum);
    }
    if let Ok(gazetteer) = Gazetteer::read(data) {
        for record in gazetteer.iter().take(100) {
            let _ = record.place();
        }
        let _ = gazetteer.exact("hama").count();
    }
});
