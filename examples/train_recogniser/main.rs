//! Trains the recogniser's weights to the same bytes every time:
//! `cargo run --release --example train_recogniser -- ../shared/corpora/ner models/recogniser.bin`
//!
//! One thread, fixed order, whole numbers. What the weights were trained on stands in `models/NOTICE.md`. Besides the corpora as
//! they are it learns from copies of them with other places in them (`swap.rs`) and from text composed for the purpose (`compose.rs`).
#![expect(clippy::print_stderr, reason = "an example talks to its user")]

mod compose;
mod names;
mod swap;

use mapdesk::gazetteer::Gazetteer;
use mapdesk::geoparse::recognise::learn::{Run, learn, pack};
use mapdesk::geoparse::recognise::weights::{B, I, O, ORG, PER};
use mapdesk::geoparse::recognise::{forms, prepare};
use mapdesk::geoparse::scan::scan;
use mapdesk::text::{CharIndex, TokenClass, sentences, tokens};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::io::BufRead as _;
use std::path::PathBuf;

/// The corpora, in the order of training.
const CORPORA: &[&str] =
    &["gum", "re3d", "uner-pud", "uner-ewt", "wikigold", "crossner", "multiner-en", "wnut17", "btc"];
const PASSES: usize = 10;
/// Texts composed.
const COMPOSED: usize = 4500;
/// Corpora of which a copy with other places is learned from as well.
const SWAPPED: &[&str] = &["gum", "re3d", "uner-pud", "uner-ewt", "wikigold"];
/// Weights of one perceptron step, in the unit of the file.
const UNIT: i64 = 6;

#[derive(Deserialize, Clone)]
struct Document {
    doc_id: String,
    text: String,
    entities: Vec<Entity>,
}

#[derive(Deserialize, Clone)]
struct Entity {
    start: usize,
    end: usize,
    label: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let folder = PathBuf::from(args.next().unwrap_or_else(|| "../shared/corpora/ner".to_owned()));
    let target = PathBuf::from(args.next().unwrap_or_else(|| "models/recogniser.bin".to_owned()));
    let mut documents: Vec<Document> = Vec::new();
    let mut sources: Vec<Document> = Vec::new();
    for corpus in CORPORA {
        let file = fs::File::open(folder.join(format!("{corpus}.jsonl.zst")))?;
        for line in std::io::BufReader::new(zstd::Decoder::new(file)?).lines() {
            let document: Document = serde_json::from_str(&line?)?;
            // Of the tweets only the parts with news: the spelling of the others teaches nothing about it.
            if *corpus == "btc" && !(document.doc_id.starts_with("btc-g") || document.doc_id.starts_with("btc-e")) {
                continue;
            }
            if SWAPPED.contains(corpus) {
                sources.push(document.clone());
            }
            documents.push(document);
        }
    }
    let common = common_words(&documents);
    let commonness = |hash: u32| common.get(&hash).copied().unwrap_or(0);
    let gazetteer = Gazetteer::embedded();
    let names = names::Names::new(gazetteer, &common);
    let mut chance = names::Chance(0x9e37_79b9_7f4a_7c15);
    documents.extend(sources.iter().filter_map(|d| swap::swapped(d, &names, gazetteer, &mut chance)));
    documents.extend(compose::compose(COMPOSED, &names));
    let mut runs = Vec::new();
    for document in &documents {
        let text = &document.text;
        let tokens = tokens(text);
        let sentences = sentences(text, &tokens);
        let forms: Vec<_> = tokens.iter().map(|t| forms::form(text, t)).collect();
        let names = scan(gazetteer, text, &tokens, &sentences, &forms).names;
        let prepared = prepare(forms, &tokens, &sentences, &names);
        let labels = labels(document, &tokens);
        let view = prepared.view(&commonness);
        for run in prepared.runs() {
            let mut labels = labels[run.clone()].to_vec();
            // A name whose head is not looked at begins where it is looked at.
            for i in 0..labels.len() {
                if labels[i] == I as u8 && (i == 0 || !(labels[i - 1] == B as u8 || labels[i - 1] == I as u8)) {
                    labels[i] = B as u8;
                }
            }
            runs.push(Run { features: run.map(|i| view.features(i).to_vec()).collect(), labels });
        }
    }
    let tokens: usize = runs.iter().map(|r| r.labels.len()).sum();
    eprintln!("{} documents, {} runs, {tokens} tokens", documents.len(), runs.len());
    let learned = learn(&runs, PASSES, 2, |pass, wrong| eprintln!("pass {pass}: {wrong} runs wrong"));
    let file = pack(&learned, &common.into_iter().collect::<Vec<_>>(), UNIT)?;
    eprintln!("{} features, {} bytes", learned.features.len(), file.len());
    fs::write(target, file)?;
    Ok(())
}

/// Words by how often they stand in small letters: 1 twice or more, 2 six times, 3 thirty times.
fn common_words(documents: &[Document]) -> BTreeMap<u32, u8> {
    let mut small: BTreeMap<u32, u32> = BTreeMap::new();
    for document in documents {
        for token in tokens(&document.text) {
            let word = token.text(&document.text);
            if token.class == TokenClass::Word && word.chars().all(char::is_lowercase) {
                *small.entry(forms::word_hash(word)).or_default() += 1;
            }
        }
    }
    let class = |n: u32| match n {
        30.. => 3,
        6.. => 2,
        n => u8::from(n >= 2),
    };
    small.into_iter().map(|(hash, n)| (hash, class(n))).filter(|(_, class)| *class > 0).collect()
}

fn labels(document: &Document, tokens: &[mapdesk::text::Token]) -> Vec<u8> {
    let index = CharIndex::new(&document.text);
    let mut labels = vec![O as u8; tokens.len()];
    for entity in &document.entities {
        let bytes = index.byte(&document.text, entity.start)..index.byte(&document.text, entity.end);
        let mut first = true;
        let from = tokens.partition_point(|t| (t.end as usize) <= bytes.start);
        for (token, label) in tokens[from..].iter().zip(&mut labels[from..]) {
            if token.start as usize >= bytes.end {
                break;
            }
            if bytes.contains(&((token.start + token.end) as usize / 2)) {
                *label = match entity.label.as_str() {
                    "LOC" if first => B,
                    "LOC" => I,
                    "PER" => PER,
                    "ORG" => ORG,
                    _ => O,
                } as u8;
                first = false;
            }
        }
    }
    labels
}
