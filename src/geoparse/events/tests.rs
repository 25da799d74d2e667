//! The tables of `tests/events`: texts about many conflicts with the events in them, and texts without any.

use super::{ControlEvent, Extracted, extract, lexicon::NationWord, lexicon::lexicon};
use crate::geodesy::LonLat;
use crate::model::{Action, Mention, MentionKind, Place, PlaceKind};
use crate::text::{Span, sentences, tokens};
use crate::time::Date;
use std::fmt::Write as _;
use std::sync::Arc;

/// A place for tests, without a position of its own.
fn place(name: &str, kind: &str, country: Option<&str>) -> Place {
    Place {
        name: name.to_owned(),
        label: name.to_owned(),
        at: LonLat::new(0.0, 0.0).expect("valid"),
        geonameid: None,
        kind: if kind.is_empty() { PlaceKind::City } else { kind.parse().expect("a kind of place") },
        country: country.map(str::to_owned),
        admin1: None,
        population: 0,
        uncertainty: None,
        names: Arc::default(),
    }
}

/// Every occurrence of the given names as whole words, and the demonyms the tables know.
fn mentions(text: &str, names: &[String]) -> Vec<Mention> {
    let tokens = tokens(text);
    let mut found: Vec<Mention> = Vec::new();
    // The longer name first: "Kuwait City" before "Kuwait".
    let mut names: Vec<&String> = names.iter().collect();
    names.sort_by_key(|n| std::cmp::Reverse(n.split(':').next().map_or(0, str::len)));
    for entry in names {
        let mut fields = entry.split(':');
        let name = fields.next().expect("a name");
        let (kind, country) = (fields.next().unwrap_or(""), fields.next());
        let metonym = name.strip_prefix('~');
        let plain = metonym.unwrap_or(name);
        for (byte, _) in text.match_indices(plain) {
            let end = byte + plain.len();
            let inside = |b: usize| tokens.iter().any(|t| (t.start as usize) < b && b < t.end as usize);
            if inside(byte) || inside(end) {
                continue;
            }
            let start = text[..byte].chars().count();
            let span = Span::new(start, start + plain.chars().count());
            if found.iter().any(|m| m.span.overlaps(span)) {
                continue;
            }
            let kind_of = if metonym.is_some() { MentionKind::Metonym } else { MentionKind::Location };
            found.push(Mention {
                span,
                text: plain.to_owned(),
                kind: kind_of,
                place: Some(Arc::new(place(plain, kind, country))),
                score: 1.0,
                runners_up: Vec::new(),
            });
        }
    }
    for token in &tokens {
        let word = token.text(text);
        let demonym = lexicon().nation(&word.to_lowercase()).filter(|(_, k)| *k == NationWord::Demonym);
        let span = token.span();
        if let Some((code, _)) = demonym.filter(|_| token.is_capitalised(text))
            && !found.iter().any(|m| m.span.overlaps(span))
        {
            found.push(Mention {
                span,
                text: word.to_owned(),
                kind: MentionKind::Demonym,
                place: Some(Arc::new(place(word, "country", Some(code)))),
                score: 1.0,
                runners_up: Vec::new(),
            });
        }
    }
    found.sort_by_key(|m| m.span.start);
    found
}

fn read(text: &str, names: &[String], published: Option<&str>) -> (Vec<Mention>, Extracted) {
    let mentions = mentions(text, names);
    let tokens = tokens(text);
    let sentences = sentences(text, &tokens);
    let published = published.map(|d| d.parse::<Date>().expect("a day"));
    let found = extract(text, &tokens, &sentences, &mentions, published);
    (mentions, found)
}

fn class(word: &str) -> &'static str {
    match word {
        "captured" | "recaptured" | "entered" | "handed_over" | "gain" => "gain",
        "withdrew" | "lost" | "loss" => "loss",
        "denied" => "denied",
        _ => "contest",
    }
}

fn shown(event: &ControlEvent, mentions: &[Mention]) -> String {
    format!(
        "{}; {}; {} [{}]; {}; {}{}",
        event.word(),
        mentions[event.mention].text,
        event.actor.as_deref().unwrap_or("-"),
        event.side.as_ref().map_or("-", |s| &s.0),
        event.iso_date().unwrap_or_default(),
        event.certainty,
        event.facility.as_ref().map_or(String::new(), |f| format!(" ({f})"))
    )
}

fn table(name: &str) -> toml::Table {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/events").join(name);
    std::fs::read_to_string(path).expect("the table is there").parse().expect("the table is TOML")
}

fn strings(value: Option<&toml::Value>) -> Vec<String> {
    value
        .and_then(toml::Value::as_array)
        .map(|a| a.iter().filter_map(toml::Value::as_str).map(str::to_owned).collect())
        .unwrap_or_default()
}

#[test]
fn conflicts_of_many_lands() {
    let mut texts = Vec::new();
    for name in ["conflicts.toml", "more.toml"] {
        texts.extend(table(name)["text"].as_array().expect("an array of texts").clone());
    }
    if let Ok(id) = std::env::var("ONLY_EVENTS") {
        texts.retain(|t| t["id"].as_str().is_some_and(|i| i.starts_with(&id)));
    }
    let (mut wanted, mut told, mut right, mut actors, mut dates) = (0_usize, 0_usize, 0_usize, 0_usize, 0_usize);
    let mut log = String::new();
    for entry in &texts {
        let text = entry["text"].as_str().expect("a text");
        let id = entry["id"].as_str().expect("an id");
        let (mentions, found) =
            read(text, &strings(entry.get("places")), entry.get("published").and_then(toml::Value::as_str));
        let mut events: Vec<Option<&ControlEvent>> = found.events.iter().map(Some).collect();
        let same = |e: &ControlEvent, action: &str, place: &str| {
            mentions[e.mention].text.eq_ignore_ascii_case(place)
                && (if e.action == Action::Denied { "denied" } else { class(e.word()) }) == class(action)
        };
        let mut problems = Vec::new();
        for line in strings(entry.get("events")) {
            let fields: Vec<&str> = line.split(';').map(str::trim).collect();
            wanted += 1;
            let near_enough =
                |e: &ControlEvent| e.actor.as_deref().unwrap_or("").to_lowercase().contains(&fields[2].to_lowercase());
            let dated = |e: &ControlEvent| within_a_day(&e.iso_date().unwrap_or_default(), fields[3]);
            let best = (0..events.len())
                .filter(|i| events[*i].is_some_and(|e| same(e, fields[0], fields[1])))
                .max_by_key(|i| events[*i].map(|e| (near_enough(e), dated(e))));
            let Some(at) = best else {
                problems.push(format!("missed  {line}"));
                continue;
            };
            let event = events[at].take().expect("just found");
            told += 1;
            right += 1;
            actors += usize::from(near_enough(event));
            dates += usize::from(dated(event));
            if !near_enough(event) || !dated(event) {
                problems.push(format!("half    {line} | {}", shown(event, &mentions)));
            }
            // Repeats of the same are one.
            for other in &mut events {
                if other.is_some_and(|e| same(e, fields[0], fields[1]) && e.side == event.side && e.date == event.date)
                {
                    *other = None;
                }
            }
        }
        let may: Vec<String> = strings(entry.get("may"));
        for event in events.into_iter().flatten() {
            let tolerated = may.iter().any(|m| {
                let (action, place) = m.split_once(';').expect("class; place");
                same(event, action.trim(), place.trim())
            });
            let mirror = class(event.word()) == "loss"
                && found.events.iter().any(|e| {
                    class(e.word()) == "gain"
                        && mentions[e.mention].text == mentions[event.mention].text
                        && e.side != event.side
                });
            if !tolerated && !mirror {
                told += 1;
                problems.push(format!("false   {}", shown(event, &mentions)));
            }
        }
        for problem in problems {
            writeln!(log, "{id:14} {problem}").expect("strings take what is written");
        }
    }
    let f1 = |hits: usize| 2.0 * hits as f64 / (wanted + told) as f64;
    let score = format!("place and class {:.3}, with actor {:.3}, with date {:.3}", f1(right), f1(actors), f1(dates));
    assert!(std::env::var_os("SHOW_EVENTS").is_none(), "{score}\n{log}");
    assert!(f1(right) >= 0.93 && f1(actors) >= 0.9 && f1(dates) >= 0.9, "{score}\n{log}");
}

fn within_a_day(told: &str, wanted: &str) -> bool {
    match (told.parse::<Date>(), wanted.parse::<Date>()) {
        (Ok(a), Ok(b)) => a.until(b).is_ok_and(|s| s.get_days().abs() <= 1),
        _ => !told.is_empty() && (told.starts_with(wanted) || wanted.starts_with(told)),
    }
}

#[test]
fn traps_give_nothing() {
    let table = table("traps.toml");
    let texts = table["text"].as_array().expect("an array of texts");
    assert!(texts.len() >= 60);
    let mut log = String::new();
    let mut false_events = 0;
    for entry in texts {
        let text = entry["text"].as_str().expect("a text");
        let published = entry.get("published").and_then(toml::Value::as_str).unwrap_or("2024-12-05");
        let (mentions, found) = read(text, &strings(entry.get("places")), Some(published));
        for event in found.events.iter().filter(|e| e.action != Action::Denied) {
            false_events += 1;
            writeln!(log, "{} <- {text}", shown(event, &mentions)).expect("strings take what is written");
        }
    }
    assert!(false_events == 0, "{false_events} false events\n{log}");
}

#[test]
fn the_state_department_is_on_no_side_of_the_story() {
    let names = ["Sake".to_owned(), "Goma".to_owned(), "Congo:country:CD".to_owned()];
    let text = "The army said it had retaken Sake on Monday. The State Department said rebels had left Goma. Rebels took Goma last week.";
    let (_, found) = read(text, &names, Some("2024-12-05"));
    let mixed = |s: &super::Side| s.aliases.iter().any(|a| a.contains("State")) && s.aliases.len() > 1;
    assert!(!found.sides.is_empty() && !found.sides.iter().any(mixed), "{:?}", found.sides);
}

#[test]
fn the_day_of_a_dateline_is_no_memory() {
    let names = ["HAMA".to_owned(), "Syria:country:SY".to_owned(), "Hama".to_owned()];
    let text = "HAMA, Syria, Aug. 26, 2014 (AP) — Rebels entered Hama, a city they lost in June 2012, on Tuesday.";
    let (_, found) = read(text, &names, Some("2024-12-05"));
    let recalled: Vec<&str> = found.background.iter().map(|b| b.evidence.text.as_str()).collect();
    assert!(recalled.iter().all(|w| w.contains("June 2012")) && !recalled.is_empty(), "{recalled:?}");
}

/// Prints what the grammar sees in `TEXT` with the places of `PLACES` (comma-separated): `TEXT=… cargo test events::tests::dump -- --ignored --nocapture`.
#[test]
#[ignore = "a lens for the one who edits the grammar"]
fn dump() {
    let Ok(text) = std::env::var("TEXT") else { return };
    let names: Vec<String> = std::env::var("PLACES").unwrap_or_default().split(',').map(str::to_owned).collect();
    let mentions = mentions(&text, &names);
    let tokens = tokens(&text);
    let mut reader = super::units::Reader::new(&text, &tokens, &mentions);
    let mut log = String::new();
    for sentence in sentences(&text, &tokens) {
        let line = reader.line(&sentence);
        for (at, unit) in line.units.iter().enumerate() {
            write!(log, "{at}:{}/{:?} ", unit.low, unit.kind).expect("strings take what is written");
        }
        for verb in super::clauses::verbs(&line) {
            writeln!(log, "\n  {verb:?}").expect("strings take what is written");
        }
    }
    let (mentions, found) = read(&text, &names, std::env::var("PUB").ok().as_deref());
    for event in &found.events {
        writeln!(log, "{} | {}", shown(event, &mentions), event.reason).expect("strings take what is written");
    }
    panic!("{log}");
}

proptest::proptest! {
    /// Words of the tables in any order, with any mentions over them, end without a panic and with evidence inside the text.
    #[test]
    fn any_words_do(words in proptest::collection::vec(proptest::sample::select(WORDS), 0..60), stray in "\\PC{0,20}") {
        let text = format!("{} {stray}", words.join(" "));
        let names = ["Hama".to_owned(), "Homs".to_owned(), "Syria:country:SY".to_owned(), "~Damascus".to_owned()];
        let (_, found) = read(&text, &names, Some("2024-02-29"));
        let chars = text.chars().count();
        for event in found.events {
            proptest::prop_assert!(event.evidence.start <= event.evidence.end && event.evidence.end <= chars);
        }
    }
}

const WORDS: &[&str] = &[
    "Hama",
    "Homs",
    "Syria",
    "Damascus",
    "the",
    "city",
    "of",
    "rebels",
    "army",
    "captured",
    "was",
    "by",
    "and",
    ",",
    ".",
    "(",
    ")",
    "HTS",
    "said",
    "that",
    "it",
    "had",
    "fallen",
    "to",
    "which",
    "they",
    "from",
    "on",
    "Thursday",
    "in",
    "fighting",
    "where",
    "\"",
    "’",
    "km",
    "20",
    "north",
    "control",
    "hands",
    "under",
    "siege",
    "out",
    "not",
    "would",
    "if",
    "a",
    "its",
    "their",
    "'s",
    "two",
    "days",
    "after",
    "fell",
    "surrendered",
    "drove",
    "off",
    "there",
    "capital",
    "claim",
    "denied",
    "handed",
    "over",
    "is",
    "cut",
    "clashed",
    "with",
    "led",
    "-",
    "—",
    "last",
    "positions",
    "prison",
    "hundred",
    "Who",
    "?",
];
