//! Any text: it is read without a panic, and every mention is the text that stands at its offsets.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mapdesk::geoparse::{Options, read};

fuzz_target!(|text: &str| {
    let chars: Vec<char> = text.chars().collect();
    for mention in read(text, &Options::default()).value.mentions {
        assert!(chars[mention.span.start..mention.span.end].iter().collect::<String>() == mention.text);
    }
});
