//! Any text: it is read without a panic, and every offset is right.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mapdesk::geoparse::{Options, read};
use mapdesk::time::Date;

fuzz_target!(|text: &str| {
    let chars: Vec<char> = text.chars().collect();
    let options = Options { published: Some(Date::constant(2024, 12, 5)), ..Options::default() };
    let reading = read(text, &options).value;
    let mut last = 0;
    for mention in &reading.mentions {
        assert!(mention.span.start >= last);
        last = mention.span.end;
        assert!(chars[mention.span.start..mention.span.end].iter().collect::<String>() == mention.text);
    }
    for event in &reading.events {
        assert!(event.mention < reading.mentions.len() && event.evidence.end <= chars.len());
    }
});
