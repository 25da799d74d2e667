//! `mapdesk parse`: the places, control events and distances of a text, or of a stream of texts.

mod geojson;
mod input;
mod jsonl;
mod marked;
mod named;
mod object;

use super::{Failure, Outcome, printer::Printer};
use crate::diag::{Note, Position};
use crate::geoparse::{Chapters, Options, Reading};
use crate::model::MentionKind;
use crate::time::{Date, parse_day};
use serde_json::Value;
use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

/// Find the places, control events and distances that a text names
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The text; `-` or nothing reads stdin
    #[arg(default_value = "-")]
    file: PathBuf,
    /// Day of publication, against which "Thursday" is resolved
    #[arg(long, value_name = "DATE", value_parser = parse_day)]
    published: Option<Date>,
    /// How to print the result of one text
    #[arg(long, value_enum, default_value_t = Format::Json)]
    format: Format,
    /// Read one JSON object a line ({"doc_id", "text", "pub_date"?, "toponyms"?}) and write one a line
    #[arg(long, conflicts_with = "format")]
    jsonl: bool,
    /// Language of the text (BCP 47); detected where not given
    #[arg(long, value_name = "LANG")]
    lang: Option<String>,
    /// Country of publication (ISO 3166-1 alpha-2), a hint for names that many countries have
    #[arg(long, value_name = "CC")]
    country: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// One object, as in the `--jsonl` stream
    Json,
    /// Places as points
    Geojson,
    /// The text with its mentions marked, and a list of them
    Text,
}

pub(super) fn run(args: &Args, printer: &mut Printer) -> Result<Outcome, Failure> {
    let options =
        Options { published: args.published, lang: args.lang.clone(), country: args.country.clone(), names: false };
    let name = args.file.display().to_string();
    if args.jsonl {
        return jsonl::stream(open(&args.file)?, &name, &options, printer);
    }
    let mut input = input::Input::new(open(&args.file)?);
    let mut reader = Chapters::new(&options);
    let mut result = Shape::new(args.format, &name);
    let mut placed = false;
    loop {
        let mut texts = Vec::new();
        while texts.len() < together()
            && let Some(chapter) = input.chapter().map_err(|e| unreadable(&name, &e))?
        {
            texts.push(chapter);
        }
        if texts.is_empty() {
            break;
        }
        for (text, reading) in texts.iter().zip(reader.read(&texts)) {
            placed |= reading.mentions.iter().any(|m| m.place.is_some());
            result.add(text, &reading, printer.writer())?;
        }
    }
    if let Some(line) = input.damaged() {
        printer.say(&Note::warning("bytes that are not UTF-8 were replaced").at(Position::line(&name, line)));
    }
    result.end(printer.writer())?;
    Ok(if placed { Outcome::Done } else { Outcome::Findings })
}

/// So many chapters are read at a time: more cores than this would cost memory without being missed.
fn together() -> usize {
    rayon::current_num_threads().clamp(1, 4)
}

/// The result of one text, written as its chapters are read.
enum Shape {
    Json(Value, Option<object::Object>),
    Geojson(named::Named),
    Text(Box<marked::Marked>),
}

impl Shape {
    fn new(format: Format, name: &str) -> Self {
        match format {
            Format::Json => Self::Json(Value::from(name), None),
            Format::Geojson => Self::Geojson(named::Named::default()),
            Format::Text => Self::Text(Box::new(marked::Marked::new(io::stdout().is_terminal()))),
        }
    }

    fn add(&mut self, text: &str, reading: &Reading, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Json(id, object) => {
                let object = match object {
                    Some(object) => object,
                    None => object.insert(object::Object::begin(id, &reading.lang, out)?),
                };
                object.add(reading, out)
            }
            Self::Geojson(places) => {
                for mention in &reading.mentions {
                    places.add(mention);
                }
                Ok(())
            }
            Self::Text(marked) => marked.add(text, reading, out),
        }
    }

    fn end(self, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Json(_, object) => {
                object.map_or(Ok(()), |o| o.end(out))?;
                writeln!(out)
            }
            Self::Geojson(places) => geojson::write(&places, out),
            Self::Text(marked) => marked.end(out),
        }
    }
}

fn open(file: &Path) -> Result<Box<dyn BufRead>, Failure> {
    if file.as_os_str() == "-" {
        return Ok(Box::new(BufReader::with_capacity(1 << 18, io::stdin())));
    }
    let opened = File::open(file).map_err(|e| unreadable(&file.display().to_string(), &e))?;
    Ok(Box::new(BufReader::with_capacity(1 << 18, opened)))
}

fn unreadable(name: &str, error: &io::Error) -> Failure {
    Failure::from(Note::error(format!("cannot be read: {error}")).at(Position::file(name)))
}

fn round(value: f64, digits: i32) -> f64 {
    let unit = 10_f64.powi(digits);
    (value * unit).round() / unit
}

fn kind(kind: MentionKind) -> &'static str {
    match kind {
        MentionKind::Location => "location",
        MentionKind::Metonym => "metonym",
        MentionKind::Demonym => "demonym",
        MentionKind::Organisation => "organisation",
    }
}
