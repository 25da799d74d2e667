//! Scores the reader over the corpora: `cargo run --release --example score_parse -- ../shared/corpora [--errors CORPUS]`
//!
//! Recognition: exact spans, once with every mention and once with places and metonyms only. Resolution: share of gold toponyms
//! with coordinates that are placed within 161 km, missed ones wrong, end to end and with the mentions given. The corpora's own
//! `evaluate_toponyms.py` gives the same figures from `mapdesk parse --jsonl`.
#![expect(clippy::print_stdout, reason = "an example prints its result")]

use mapdesk::geodesy::{LonLat, distance};
use mapdesk::geoparse::{Options, read, resolve};
use mapdesk::model::{Mention, MentionKind};
use mapdesk::text::Span;
use rayon::prelude::*;
use serde::Deserialize;
use std::error::Error;
use std::fs;
use std::io::BufRead as _;
use std::path::Path;

#[derive(Deserialize)]
struct Document {
    doc_id: String,
    text: String,
    toponyms: Vec<Toponym>,
}

#[derive(Deserialize)]
struct Toponym {
    start: usize,
    end: usize,
    text: String,
    lat: Option<f64>,
    lon: Option<f64>,
    geonameid: Option<u32>,
}

#[derive(Default, Clone, Copy)]
struct Counts {
    gold: usize,
    found: usize,
    exact: usize,
    placed: usize,
    right: usize,
    ids: usize,
    same_id: usize,
}

impl Counts {
    fn add(self, other: Self) -> Self {
        Self {
            gold: self.gold + other.gold,
            found: self.found + other.found,
            exact: self.exact + other.exact,
            placed: self.placed + other.placed,
            right: self.right + other.right,
            ids: self.ids + other.ids,
            same_id: self.same_id + other.same_id,
        }
    }
}

fn within(gold: &Toponym, mention: &Mention) -> bool {
    let at = gold.lon.zip(gold.lat).and_then(|(lon, lat)| LonLat::new(lon, lat).ok());
    let place = mention.place.as_ref();
    at.zip(place).is_some_and(|(at, place)| distance(at, place.at).km() <= 161.0)
        || gold.geonameid.is_some_and(|id| place.is_some_and(|p| p.geonameid == Some(id)))
}

fn score(document: &Document, mentions: &[Mention], errors: bool) -> Counts {
    let mut counts = Counts { gold: document.toponyms.len(), found: mentions.len(), ..Counts::default() };
    let mut used = vec![false; mentions.len()];
    let mut matched: Vec<Option<usize>> = vec![None; document.toponyms.len()];
    for (gold, matched) in document.toponyms.iter().zip(&mut matched) {
        let same = |m: &Mention| (m.span.start, m.span.end) == (gold.start, gold.end);
        if let Some(i) = (0..mentions.len()).find(|i| !used[*i] && same(&mentions[*i])) {
            used[i] = true;
            *matched = Some(i);
            counts.exact += 1;
        }
    }
    for (gold, matched) in document.toponyms.iter().zip(&mut matched) {
        if matched.is_none() {
            let overlaps = |m: &Mention| m.span.start < gold.end && gold.start < m.span.end;
            if let Some(i) = (0..mentions.len()).find(|i| !used[*i] && overlaps(&mentions[*i])) {
                used[i] = true;
                *matched = Some(i);
            }
        }
    }
    for (gold, matched) in document.toponyms.iter().zip(&matched) {
        let mention = matched.map(|i| &mentions[i]);
        if errors && mention.is_none_or(|m| m.span != Span::new(gold.start, gold.end)) {
            let chars: Vec<char> = document.text.chars().collect();
            let around: String =
                chars[gold.start.saturating_sub(40)..(gold.end + 40).min(chars.len())].iter().collect();
            println!(
                "  MISS {} {:?} got {:?}: …{}…",
                document.doc_id,
                gold.text,
                mention.map(|m| &m.text),
                around.replace('\n', " ")
            );
        }
        if gold.lat.is_none() {
            continue;
        }
        counts.placed += 1;
        counts.ids += usize::from(gold.geonameid.is_some());
        if let Some(mention) = mention {
            let right = within(gold, mention);
            counts.right += usize::from(right);
            let id = mention.place.as_ref().and_then(|p| p.geonameid);
            counts.same_id += usize::from(gold.geonameid.is_some() && id == gold.geonameid);
            if errors && !right {
                println!(
                    "  FAR  {} {:?} gold {:.2},{:.2} got {} {:.2}",
                    document.doc_id,
                    gold.text,
                    gold.lat.unwrap_or(0.0),
                    gold.lon.unwrap_or(0.0),
                    mention.place.as_ref().map_or("nothing".to_owned(), |p| format!(
                        "{} {:?} {:.2},{:.2} pop {}",
                        p.label,
                        p.kind,
                        p.at.lat(),
                        p.at.lon(),
                        p.population
                    )),
                    mention.score
                );
            }
        }
    }
    if errors {
        for (mention, used) in mentions.iter().zip(&used) {
            if !used {
                let chars: Vec<char> = document.text.chars().collect();
                let span = mention.span;
                let around: String =
                    chars[span.start.saturating_sub(40)..(span.end + 40).min(chars.len())].iter().collect();
                println!(
                    "  EXTRA {} {:?} {:?}: …{}…",
                    document.doc_id,
                    mention.text,
                    mention.kind,
                    around.replace('\n', " ")
                );
            }
        }
    }
    counts
}

/// Of the mentions that are placed with a score in each tenth, the share that is right: a calibrated score says it itself.
fn reliability(documents: &[Document], given: &[Vec<Mention>]) {
    const BANDS: usize = 10;
    let mut bands = [(0_usize, 0_usize, 0.0_f64); BANDS];
    for (gold, mention) in documents.iter().zip(given).flat_map(|(d, m)| d.toponyms.iter().zip(m)) {
        if gold.lat.is_none() || mention.place.is_none() {
            continue;
        }
        let band = &mut bands[((mention.score * BANDS as f64) as usize).min(BANDS - 1)];
        band.0 += 1;
        band.1 += usize::from(within(gold, mention));
        band.2 += mention.score;
    }
    let total: usize = bands.iter().map(|b| b.0).sum();
    let mut off = 0.0;
    let mut line = String::new();
    for (n, right, sum) in bands.iter().filter(|b| b.0 > 0) {
        let (said, is) = (sum / *n as f64, *right as f64 / *n as f64);
        off += (said - is).abs() * *n as f64;
        line += &format!("  {said:.2}:{is:.2} ({n})");
    }
    println!("  said:right{line}; off by {:.3} on average", off / total.max(1) as f64);
}

fn documents(path: &Path) -> Result<Vec<Document>, Box<dyn Error>> {
    let reader = std::io::BufReader::new(zstd::Decoder::new(fs::File::open(path)?)?);
    reader.lines().map(|line| Ok(serde_json::from_str(&line?)?)).collect()
}

fn prf(counts: Counts) -> (f64, f64, f64) {
    let (p, r) = (counts.exact as f64 / counts.found.max(1) as f64, counts.exact as f64 / counts.gold.max(1) as f64);
    (p, r, if p + r > 0.0 { 2.0 * p * r / (p + r) } else { 0.0 })
}

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let folder = args.first().filter(|a| !a.starts_with("--")).map_or("../shared/corpora", String::as_str);
    let shown = args.iter().position(|a| a == "--errors").and_then(|i| args.get(i + 1));
    let options = Options::default();
    for (name, recognition) in [("geovirus-dev", true), ("wiktor-dev", false), ("wotr-test", true)] {
        if shown.is_some_and(|s| s.trim_end_matches("+given") != name) {
            continue;
        }
        let documents = documents(&Path::new(folder).join("toponyms").join(format!("{name}.jsonl.zst")))?;
        let errors = shown.is_some();
        if recognition && shown.is_none_or(|s| !s.ends_with("+given")) {
            let read: Vec<Vec<Mention>> =
                documents.par_iter().map(|d| read(&d.text, &options).value.mentions).collect();
            for (what, all) in [("every mention", true), ("places and metonyms", false)] {
                let counts = documents
                    .iter()
                    .zip(&read)
                    .map(|(d, m)| {
                        let kept = |m: &&Mention| all || matches!(m.kind, MentionKind::Location | MentionKind::Metonym);
                        score(d, &m.iter().filter(kept).cloned().collect::<Vec<_>>(), errors && !all)
                    })
                    .fold(Counts::default(), Counts::add);
                let (p, r, f) = prf(counts);
                let end_to_end = counts.right as f64 / counts.placed.max(1) as f64;
                println!(
                    "{name} {what}: P {p:.3} R {r:.3} F1 {f:.3}, end to end acc@161 {end_to_end:.3} of {}",
                    counts.placed
                );
            }
        }
        if shown.is_none_or(|s| s.ends_with("+given")) {
            let given: Vec<Vec<Mention>> = documents
                .par_iter()
                .map(|d| {
                    let spans: Vec<Span> = d.toponyms.iter().map(|t| Span::new(t.start, t.end)).collect();
                    resolve(&d.text, &spans, &options)
                })
                .collect();
            let counts =
                documents.iter().zip(&given).map(|(d, m)| score(d, m, errors)).fold(Counts::default(), Counts::add);
            println!(
                "{name} mentions given: acc@161 {:.3} of {}",
                counts.right as f64 / counts.placed.max(1) as f64,
                counts.placed
            );
            reliability(&documents, &given);
        }
    }
    Ok(())
}
