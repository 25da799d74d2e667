//! Scores control events and distance claims against a development set, by the rules that stand beside it.
//!
//! `cargo run --example score_events [-- DIR [--own]]` reads `DIR/events-dev.jsonl` and `DIR/phrases-dev.csv` (default
//! `../shared/corpora`). The mentions are the set's own; with `--own` they are those the reader finds, which
//! are then scored themselves first. With `-v` every miss and
//! every false event is listed, with `--all` every event.

mod places;

use mapdesk::geodesy::{Compass, LonLat, distance};
use mapdesk::geoparse::{self, Options, distance as claims, events};
use mapdesk::model::{Action, Mention, MentionKind, Place, PlaceKind};
use mapdesk::text::{Span, sentences, tokens};
use serde_json::Value;
use std::io::Write as _;
use std::path::{Path, PathBuf};

#[derive(Default)]
struct Tally {
    gold: usize,
    told: usize,
    place: usize,
    class: usize,
    side: usize,
    date: usize,
    claims: usize,
    claims_found: usize,
    claims_told: usize,
    false_in_negatives: usize,
}

fn main() -> std::io::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let own = args.iter().any(|a| a == "--own");
    let verbose = args.iter().any(|a| a == "-v");
    let dir = args.iter().find(|a| !a.starts_with('-')).map_or(PathBuf::from("../shared/corpora"), PathBuf::from);
    let mut out = std::io::stdout().lock();
    let Ok(text) = std::fs::read_to_string(dir.join("events-dev.jsonl")) else {
        return writeln!(out, "no events-dev.jsonl in {}: nothing to score", dir.display());
    };
    let mut all = Tally::default();
    let docs: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("the set is JSON")).collect();
    if own {
        places::score(&docs, verbose, &mut out)?;
    }
    for doc in &docs {
        score(doc, own, verbose, &mut all, &mut out)?;
    }
    let f1 = |hits: usize| 2.0 * hits as f64 / (all.gold + all.told).max(1) as f64;
    writeln!(out, "events: gold {} told {}", all.gold, all.told)?;
    writeln!(
        out,
        "F1 place {:.3}  +class {:.3}  +side {:.3}  +date {:.3}",
        f1(all.place),
        f1(all.class),
        f1(all.side),
        f1(all.date)
    )?;
    writeln!(out, "distances: {} of {} found, {} told", all.claims_found, all.claims, all.claims_told)?;
    writeln!(out, "false events in negatives: {}", all.false_in_negatives)?;
    phrases(&dir, verbose, &mut out)
}

fn mention(p: &Value) -> Mention {
    let kind = match p["kind"].as_str().unwrap_or("") {
        "metonym" => MentionKind::Metonym,
        "organisation" => MentionKind::Organisation,
        "demonym" => MentionKind::Demonym,
        _ => MentionKind::Location,
    };
    let place_kind = match p["feature"].as_str().unwrap_or("") {
        "settlement" | "district" => PlaceKind::City,
        "facility" => PlaceKind::Facility,
        "country" => PlaceKind::Country,
        "water" => PlaceKind::Water,
        "mountain" => PlaceKind::Terrain,
        _ => PlaceKind::Region,
    };
    let at = LonLat::new(p["lon"].as_f64().unwrap_or(0.0), p["lat"].as_f64().unwrap_or(0.0))
        .expect("gold positions are valid");
    let name = p["name"].as_str().unwrap_or("").to_owned();
    Mention {
        span: Span::new(p["start"].as_u64().unwrap_or(0) as usize, p["end"].as_u64().unwrap_or(0) as usize),
        text: p["text"].as_str().unwrap_or("").to_owned(),
        kind,
        place: Some(std::sync::Arc::new(Place {
            label: name.clone(),
            name,
            at,
            geonameid: None,
            kind: place_kind,
            country: p["country"].as_str().map(str::to_owned),
            admin1: None,
            population: 0,
            uncertainty: None,
            names: std::sync::Arc::default(),
        })),
        score: 1.0,
        runners_up: Vec::new(),
    }
}

fn class(action: Action, word: &str) -> Option<&'static str> {
    Some(match action {
        Action::Captured | Action::Recaptured | Action::Entered | Action::HandedOver => "gain",
        Action::Withdrew => "loss",
        Action::Contested | Action::Besieged | Action::Repelled | Action::Relieved => "contest",
        Action::None if word == "advanced_toward" => "contest",
        Action::Denied | Action::None => return None,
    })
}

/// An event or its gold, as the rules compare them.
struct Row {
    at: Option<LonLat>,
    radius: f64,
    class: String,
    side: String,
    date: String,
    week: bool,
    optional: bool,
    words: String,
}

fn score(doc: &Value, own: bool, verbose: bool, all: &mut Tally, out: &mut impl std::io::Write) -> std::io::Result<()> {
    let text = doc["text"].as_str().unwrap_or("");
    let published = doc["pub_date"].as_str().and_then(|d| d.parse().ok());
    let (mentions, found, distances) = if own {
        let reading = geoparse::read(text, &Options { published, ..Options::default() }).value;
        let mut found = events::Extracted::default();
        (found.events, found.sides, found.background) = (reading.events, reading.sides, reading.background);
        (reading.mentions, found, reading.distances)
    } else {
        let mentions: Vec<Mention> =
            doc["places"].as_array().map(|p| p.iter().map(mention).collect()).unwrap_or_default();
        let tokens = tokens(text);
        let sentences = sentences(text, &tokens);
        let found = events::extract(text, &tokens, &sentences, &mentions, published);
        let distances = claims::extract(text, &tokens, &sentences, &mentions);
        (mentions, found, distances)
    };
    let side_of = |actor: &str| -> String {
        let actor = actor.to_lowercase();
        let mut best = ("", 0);
        if let Some(sides) = doc["sides"].as_object() {
            for (id, aliases) in sides {
                for alias in aliases.as_array().into_iter().flatten().filter_map(Value::as_str) {
                    if actor.contains(&alias.to_lowercase()) && alias.len() > best.1 {
                        best = (id, alias.len());
                    }
                }
            }
        }
        best.0.to_owned()
    };
    let gold: Vec<Row> = doc["events"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|e| Row {
            at: LonLat::new(e["place"]["lon"].as_f64().unwrap_or(0.0), e["place"]["lat"].as_f64().unwrap_or(0.0)).ok(),
            radius: e["place"]["radius_km"].as_f64().unwrap_or(20.0).max(20.0),
            class: e["action_class"].as_str().unwrap_or("").to_owned(),
            side: e["side"].as_str().unwrap_or("").to_owned(),
            date: e["date"].as_str().unwrap_or("").to_owned(),
            week: e["date_precision"] == "week",
            optional: e["optional"] == true,
            words: format!(
                "{} {} {} {}",
                e["actor"].as_str().unwrap_or(""),
                e["action"].as_str().unwrap_or(""),
                e["place"]["name"].as_str().unwrap_or(""),
                e["date"].as_str().unwrap_or("")
            ),
        })
        .collect();
    let mut told: Vec<Row> = Vec::new();
    for e in &found.events {
        let Some(class) = class(e.action, e.word()) else { continue };
        let row = Row {
            at: mentions[e.mention].place.as_ref().map(|p| p.at),
            radius: 0.0,
            class: class.to_owned(),
            side: side_of(e.actor.as_deref().unwrap_or("")),
            date: e.iso_date().unwrap_or_default(),
            week: false,
            optional: false,
            words: format!(
                "{} [{}] {} {} {}",
                e.actor.as_deref().unwrap_or("-"),
                e.side.as_ref().map_or("-", |s| &s.0),
                e.word(),
                mentions[e.mention].text,
                e.iso_date().unwrap_or_default()
            ),
        };
        let repeat = told
            .iter()
            .any(|t| t.class == row.class && t.side == row.side && t.date == row.date && near(t.at, row.at, 20.0));
        if !repeat {
            told.push(row);
        }
    }
    if std::env::args().any(|a| a == "--all") {
        for e in &found.events {
            let words = span_text(text, Some(e.evidence));
            writeln!(
                out,
                "{}  {} {} by {} from {} on {} | {} ({}) {} <{words}>",
                doc["id"].as_str().unwrap_or(""),
                e.word(),
                mentions[e.mention].text,
                e.actor.as_deref().unwrap_or("-"),
                e.from_actor.as_deref().unwrap_or("-"),
                e.iso_date().unwrap_or_default(),
                e.certainty,
                e.reason,
                e.facility.as_deref().unwrap_or(""),
            )?;
        }
    }
    let mut used = vec![false; told.len()];
    let mut place_used = vec![false; told.len()];
    let mut lines = Vec::new();
    let id = doc["id"].as_str().unwrap_or("");
    for pass in [false, true] {
        for g in gold.iter().filter(|g| g.optional == pass) {
            let fits: Vec<usize> = (0..told.len()).filter(|t| !used[*t] && near(g.at, told[*t].at, g.radius)).collect();
            let best = fits
                .iter()
                .copied()
                .filter(|t| told[*t].class == g.class)
                .max_by_key(|t| (g.side == "*" || told[*t].side == g.side, dates_agree(g, &told[*t].date)));
            if !g.optional {
                all.gold += 1;
                if let Some(free) = fits.iter().copied().find(|t| !place_used[*t]) {
                    all.place += 1;
                    place_used[free] = true;
                }
            }
            match best {
                Some(t) => {
                    used[t] = true;
                    let side = g.side == "*" || told[t].side == g.side;
                    let date = dates_agree(g, &told[t].date);
                    if !g.optional {
                        all.told += 1;
                        all.class += 1;
                        all.side += usize::from(side);
                        all.date += usize::from(date);
                        if !side || !date {
                            lines.push(format!("{id}  HALF   {} | {}", g.words, told[t].words));
                        }
                    }
                }
                None if !g.optional => lines.push(format!("{id}  MISSED {} ({})", g.words, g.class)),
                None => {}
            }
        }
    }
    for (t, row) in told.iter().enumerate().filter(|(t, _)| !used[*t]) {
        let mirror = row.class == "loss"
            && gold.iter().any(|g| g.class == "gain" && near(g.at, row.at, g.radius) && g.side != row.side);
        if !mirror {
            all.told += 1;
            all.false_in_negatives += usize::from(doc["negative"] == true);
            let words = span_text(
                text,
                found
                    .events
                    .iter()
                    .find(|e| row.words.contains(&mentions[e.mention].text) && row.words.contains(e.word()))
                    .map(|e| e.evidence),
            );
            lines.push(format!("{id}  FALSE  {} <{words}>", row.words));
        }
        let _ = t;
    }
    for d in doc["distance_claims"].as_array().into_iter().flatten() {
        all.claims += 1;
        let end = |side: &str| {
            LonLat::new(d[side]["lon"].as_f64().unwrap_or(0.0), d[side]["lat"].as_f64().unwrap_or(0.0)).ok()
        };
        let hit = distances.iter().find(|c| {
            (c.stated.km() - d["km"].as_f64().unwrap_or(0.0)).abs() < 1.0
                && near(end("from"), Some(c.from.at), 25.0)
                && near(end("to"), Some(c.to.at), 25.0)
                && c.bearing.map(Compass::abbreviation) == d["bearing"].as_str()
        });
        match hit {
            Some(_) => all.claims_found += 1,
            None => lines.push(format!(
                "{id}  NO DISTANCE {} {} -> {}",
                d["span"]["text"].as_str().unwrap_or(""),
                d["from"]["name"],
                d["to"]["name"]
            )),
        }
    }
    all.claims_told += distances.len();
    if verbose {
        for line in lines {
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}

fn span_text(text: &str, span: Option<Span>) -> String {
    span.map(|s| text.chars().skip(s.start).take(s.len()).collect::<String>().replace('\n', " ")).unwrap_or_default()
}

fn near(a: Option<LonLat>, b: Option<LonLat>, km: f64) -> bool {
    a.zip(b).is_some_and(|(a, b)| distance(a, b).km() <= km)
}

fn dates_agree(gold: &Row, told: &str) -> bool {
    if gold.date.len() < 10 || told.len() < 10 {
        let n = gold.date.len().min(told.len());
        return n > 0 && gold.date[..n] == told[..n];
    }
    let days = |d: &str| d.parse::<mapdesk::time::Date>().ok();
    let within = if gold.week { 7 } else { 1 };
    days(&gold.date).zip(days(told)).is_some_and(|(a, b)| a.until(b).is_ok_and(|s| s.get_days().abs() <= within))
}

/// The phrases: a place and an action each.
fn phrases(dir: &Path, verbose: bool, out: &mut impl std::io::Write) -> std::io::Result<()> {
    let Ok(mut rows) = csv::Reader::from_path(dir.join("phrases-dev.csv")) else { return Ok(()) };
    let (mut right, mut total) = (0, 0);
    for row in rows.records().filter_map(Result::ok) {
        let (id, phrase, places, action) = (&row[0], &row[1], &row[2], &row[4]);
        let mentions: Vec<Mention> = phrase_mentions(phrase);
        let tokens = tokens(phrase);
        let sentences = sentences(phrase, &tokens);
        let found = events::extract(phrase, &tokens, &sentences, &mentions, None);
        let told: Vec<String> = found
            .events
            .iter()
            .map(|e| format!("{} {} by {}", e.action, mentions[e.mention].text, e.actor.as_deref().unwrap_or("-")))
            .collect();
        let wanted = places.split(';').filter(|p| !p.is_empty()).count();
        let fits = if action == "none" {
            found.events.iter().all(|e| e.action == Action::None)
        } else {
            found.events.iter().filter(|e| e.action.word() == action).count() >= wanted.max(1)
        };
        total += 1;
        right += usize::from(fits);
        if !fits && verbose {
            writeln!(out, "{id} {phrase}: wanted {action} {places}, told {told:?}")?;
        }
    }
    writeln!(out, "phrases: {right} of {total}")
}

/// The names of the phrases that are places in them.
fn phrase_mentions(phrase: &str) -> Vec<Mention> {
    const NAMES: &[&str] = &[
        "Hama",
        "Damascus",
        "Qalaat al-Madiq",
        "Maardis",
        "Karnaz",
        "Idlib",
        "Tel Rifaat",
        "Tal Rifaat",
        "Deir Ezzor",
        "Deir ez-Zor",
        "Homs",
        "Rastan",
        "Talbisseh",
        "Sweida",
        "Darayya",
        "Saasaa",
        "Yabroud",
        "Manbij",
        "Aleppo",
        "Abu al-Duhur",
        "Qusayr",
        "Khan Arnabah",
        "Qamhana",
    ];
    let mut found: Vec<Mention> = NAMES
        .iter()
        .filter_map(|name| {
            let byte = phrase.find(name)?;
            let start = phrase[..byte].chars().count();
            Some(Mention {
                span: Span::new(start, start + name.chars().count()),
                text: (*name).to_owned(),
                kind: MentionKind::Location,
                place: None,
                score: 0.0,
                runners_up: Vec::new(),
            })
        })
        .collect();
    found.sort_by_key(|m| m.span.start);
    found
}
