//! What a person types: any text is answered.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mapdesk::geocode::{Geocoder, Query};

fuzz_target!(|text: &str| {
    if text.len() < 200 {
        let _ = Geocoder::embedded().search(&Query::new(text));
    }
});
