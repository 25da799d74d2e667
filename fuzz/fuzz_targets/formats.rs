//! Any bytes under the name of any vector format: its reader refuses them or reads them. The first byte chooses the format.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mapdesk::outputs::format::{FORMATS, read};

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, rest)) = bytes.split_first() else { return };
    let readers: Vec<_> = FORMATS.iter().filter(|f| f.read.is_some()).collect();
    let format = readers[usize::from(*choice) % readers.len()];
    let path = std::env::temp_dir().join(format!("mapdesk-fuzz-{}.{}", std::process::id(), format.endings[0]));
    if std::fs::write(&path, rest).is_ok() {
        let _ = read(&path);
    }
});
