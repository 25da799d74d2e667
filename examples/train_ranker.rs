//! Learns the weights of the ranker and prints them for `src/geoparse/ranker.rs`:
//! `cargo run --release --example train_ranker -- ../shared/corpora`
//!
//! A conditional logit (which of a name's candidates is meant, given their features) by gradient descent, held near the weights
//! in use. Learned from two sources: the coordinates of `toponyms/wotr-train`, and names in the `ner` corpora whose text gives the
//! container ("Lexington, Kentucky"): the container is the answer, and the words that say so are hidden from the features.
//! One thread, fixed order.
#![expect(clippy::print_stdout, reason = "an example prints its result")]

use mapdesk::gazetteer::Gazetteer;
use mapdesk::geodesy::{LonLat, distance};
use mapdesk::geoparse::learn::{Question, questions_by_container, questions_by_prominence, questions_given};
use mapdesk::geoparse::ranker::{CALIBRATION, FEATURES, WEIGHTS, score, softmax};
use mapdesk::geoparse::{Options, resolve};
use mapdesk::text::Span;
use serde::Deserialize;
use std::error::Error;
use std::fs;
use std::io::BufRead as _;
use std::path::Path;

#[derive(Deserialize)]
struct Document {
    text: String,
    #[serde(default)]
    toponyms: Vec<Toponym>,
}

#[derive(Deserialize)]
struct Toponym {
    start: usize,
    end: usize,
    lat: Option<f64>,
    lon: Option<f64>,
}

const PASSES: usize = 300;
const RATE: f64 = 0.5;
/// Pull towards the weights in use.
const PULL: f64 = 0.002;

fn documents(path: &Path) -> Result<Vec<Document>, Box<dyn Error>> {
    let reader = std::io::BufReader::new(zstd::Decoder::new(fs::File::open(path)?)?);
    reader.lines().map(|line| Ok(serde_json::from_str(&line?)?)).collect()
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "../shared/corpora".to_owned());
    let gazetteer = Gazetteer::embedded();
    let mut sources: Vec<(&str, Vec<Question>)> = Vec::new();
    let mut questions = Vec::new();
    for document in documents(&Path::new(&folder).join("toponyms/wotr-train.jsonl.zst"))? {
        let spans: Vec<Span> = document.toponyms.iter().map(|t| Span::new(t.start, t.end)).collect();
        let right = |i: usize, at: LonLat| {
            let gold = &document.toponyms[i];
            let gold = gold.lon.zip(gold.lat).and_then(|(lon, lat)| LonLat::new(lon, lat).ok());
            gold.is_some_and(|gold| distance(gold, at).km() <= 50.0)
        };
        questions.extend(questions_given(gazetteer, &document.text, &spans, &right));
    }
    sources.push(("wotr-train", questions));
    let mut questions = Vec::new();
    let mut prominent = Vec::new();
    for corpus in ["gum", "re3d", "uner-pud", "uner-ewt", "wikigold", "crossner", "wnut17"] {
        for document in documents(&Path::new(&folder).join(format!("ner/{corpus}.jsonl.zst")))? {
            questions.extend(questions_by_container(gazetteer, &document.text));
            prominent.extend(questions_by_prominence(gazetteer, &document.text));
        }
    }
    sources.push(("containers", questions));
    sources.push(("prominence", prominent));

    let mut weights = WEIGHTS.map(f64::from);
    let narrow = |w: &[f64; FEATURES]| w.map(|w| w as f32);
    for pass in 0..=PASSES {
        let mut gradient = [0.0_f64; FEATURES];
        for (name, questions) in &sources {
            let (mut right, mut loss) = (0, 0.0);
            for question in questions {
                let scores: Vec<f32> = question.features.iter().map(|f| score(f, &narrow(&weights))).collect();
                let shares = softmax(&scores);
                let mass: f32 = question.right.iter().zip(&shares).filter(|(r, _)| **r).map(|(_, s)| s).sum();
                loss -= f64::from(mass.max(1e-6)).ln();
                let best = (0..shares.len()).max_by(|a, b| shares[*a].total_cmp(&shares[*b]).then(b.cmp(a)));
                right += usize::from(best.is_some_and(|b| question.right[b]));
                for ((features, share), is) in question.features.iter().zip(&shares).zip(&question.right) {
                    let wanted = if *is { share / mass.max(1e-6) } else { 0.0 };
                    let push = f64::from(wanted - share) / questions.len() as f64;
                    for (g, f) in gradient.iter_mut().zip(features) {
                        *g += push * f64::from(*f);
                    }
                }
            }
            if pass % 100 == 0 {
                let n = questions.len().max(1);
                println!(
                    "pass {pass} {name}: {n} questions, right {:.3}, loss {:.3}",
                    right as f64 / n as f64,
                    loss / n as f64
                );
            }
        }
        for ((w, g), from) in weights.iter_mut().zip(&gradient).zip(WEIGHTS) {
            *w += RATE * (g - PULL * (*w - f64::from(from)));
        }
    }
    println!("{}", weights.map(|w| format!("{w:.3}")).join(", "));
    let (slope, shift) = calibration(&documents(&Path::new(&folder).join("toponyms/wotr-train.jsonl.zst"))?);
    println!("calibration of the weights in use: ({slope:.2}, {shift:.2})");
    Ok(())
}

/// Slope and shift that make the shares of the weights in use the probabilities that the readings are right (Platt 1999).
fn calibration(documents: &[Document]) -> (f64, f64) {
    let logit = |p: f64| (p / (1.0 - p)).ln();
    let (slope, shift) = (f64::from(CALIBRATION.0), f64::from(CALIBRATION.1));
    let mut pairs: Vec<(f64, bool)> = Vec::new();
    for document in documents {
        let spans: Vec<Span> = document.toponyms.iter().map(|t| Span::new(t.start, t.end)).collect();
        for (gold, mention) in document.toponyms.iter().zip(resolve(&document.text, &spans, &Options::default())) {
            let at = gold.lon.zip(gold.lat).and_then(|(lon, lat)| LonLat::new(lon, lat).ok());
            if let (Some(at), Some(place)) = (at, &mention.place) {
                pairs.push(((logit(mention.score) - shift) / slope, distance(at, place.at).km() <= 161.0));
            }
        }
    }
    let (mut slope, mut shift) = (1.0, 0.0);
    for _ in 0..4000 {
        let (mut by_slope, mut by_shift) = (0.0, 0.0);
        for (x, right) in &pairs {
            let error = f64::from(u8::from(*right)) - 1.0 / (1.0 + (-(slope * x + shift)).exp());
            by_slope += error * x;
            by_shift += error;
        }
        slope += 0.02 * by_slope / pairs.len().max(1) as f64;
        shift += 0.2 * by_shift / pairs.len().max(1) as f64;
    }
    (slope, shift)
}
