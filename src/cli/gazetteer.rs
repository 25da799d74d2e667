//! `mapdesk gazetteer info|build`: what a gazetteer holds, and making one of one's own.

use super::{Failure, Outcome, printer::Printer};
use crate::diag::{Note, Position, Warned};
use crate::gazetteer::{Gazetteer, Import};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;

/// What to do about a file that cannot be used.
const HINT: &str =
    "give GeoNames' own files as they are published, in UTF-8, zipped or not; tables of your own as .csv or .geojson";

/// Tell what a gazetteer holds, or build one from GeoNames files and own places
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Tell what the built-in gazetteer, or a file, holds
    Info(Info),
    /// Build a gazetteer file from GeoNames files and own places
    ///
    /// GeoNames' files as published, zipped or not, are known by their names: countryInfo.txt, admin1CodesASCII.txt, admin2Codes.txt,
    /// alternateNamesV2.txt, hierarchy.txt; others (allCountries.txt, SY.zip, cities500.txt) by their columns. Tables of your own are .csv,
    /// .tsv or .geojson with name, lat, lon and, where you have them, country, kind, population, geonameid, aliases (apart by semicolons).
    Build(Build),
}

#[derive(Debug, clap::Args)]
struct Info {
    /// A gazetteer file; the built-in one where not given
    file: Option<PathBuf>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, printer: &mut Printer) -> Result<Outcome, Failure> {
    match &args.command {
        Command::Info(info) => run_info(info, printer),
        Command::Build(build) => run_build(build, printer),
    }
}

fn run_info(args: &Info, printer: &mut Printer) -> Result<Outcome, Failure> {
    let opened;
    let gazetteer = match &args.file {
        None => Gazetteer::embedded(),
        Some(path) => {
            opened = Gazetteer::open(path).map_err(|e| {
                Failure::from(Note::error(e.to_string()).at(Position::file(path.display().to_string())))
            })?;
            &opened
        }
    };
    let name = args.file.as_ref().map_or("built in".to_owned(), |p| p.display().to_string());
    let mut rows = vec![("gazetteer".to_owned(), name)];
    rows.extend(gazetteer.about().lines().filter_map(|l| l.split_once('=')).map(|(k, v)| (k.to_owned(), v.to_owned())));
    rows.push(("bytes".to_owned(), gazetteer.size().to_string()));
    if args.json {
        let object: serde_json::Map<String, serde_json::Value> = rows
            .into_iter()
            .map(|(k, v)| {
                let value =
                    v.parse::<u64>().map_or_else(|_| serde_json::Value::from(v.clone()), serde_json::Value::from);
                (k.replace(' ', "_"), value)
            })
            .collect();
        printer.line(&serde_json::Value::Object(object).to_string())?;
    } else {
        let width = rows.iter().map(|(k, _)| k.len()).max().unwrap_or(0);
        for (key, value) in rows {
            printer.line(&format!("{key:width$}  {value}"))?;
        }
    }
    Ok(Outcome::Done)
}

#[derive(Debug, clap::Args)]
struct Build {
    /// GeoNames files, and CSV or GeoJSON of own places; later places win
    #[arg(value_name = "FILE", required = true)]
    inputs: Vec<PathBuf>,
    /// The gazetteer file to write
    #[arg(long, short, value_name = "FILE")]
    out: PathBuf,
}

fn run_build(args: &Build, printer: &mut Printer) -> Result<Outcome, Failure> {
    let mut import = Import::new();
    for path in &args.inputs {
        let named = path.display().to_string();
        let cannot = |e: std::io::Error| -> Failure {
            Note::error(format!("cannot read: {e}")).at(Position::file(&named)).into()
        };
        let file = std::fs::File::open(path).map_err(cannot)?;
        let length = file.metadata().map_err(cannot)?.len();
        let bar = bar(length, &named, printer);
        let mut input = BufReader::with_capacity(1 << 18, bar.wrap_read(file));
        let zipped = input.fill_buf().map_err(cannot)?.starts_with(b"PK\x03\x04");
        let read = if zipped { import.read_zip(input, &named) } else { import.read(input, &named) };
        bar.finish_and_clear();
        read.map_err(|e| Failure::from(Note::error(e.to_string()).hint(HINT)))?;
    }
    let mut notes = Vec::new();
    let mut builder = import.finish().unwarn(&mut notes);
    for note in &notes {
        printer.say(note);
    }
    builder.about("source", "GeoNames (geonames.org), CC BY 4.0, and places of one's own");
    let bar = bar(1000, "sorting and packing", printer);
    let (mut places, mut failed) = (Warned::silent(0), None);
    let result = crate::outputs::files::write_atomically(&args.out, |out| {
        let written = builder.write(out, &mut |part| bar.set_position((part * 1000.0) as u64));
        written.map(|p| places = p).map_err(|e| {
            let told = std::io::Error::other(e.to_string());
            failed = Some(e);
            told
        })
    });
    bar.finish_and_clear();
    if let Some(e) = failed {
        return Err(super::failure(&e));
    }
    result.map_err(|e| super::failure(&e))?;
    let mut notes = Vec::new();
    let places = places.unwarn(&mut notes);
    for note in &notes {
        printer.say(note);
    }
    let size = std::fs::metadata(&args.out)?.len();
    printer.talk(&format!("wrote {}: {places} places, {size} bytes", args.out.display()));
    Ok(if places == 0 { Outcome::Findings } else { Outcome::Done })
}

fn bar(length: u64, what: &str, printer: &Printer) -> ProgressBar {
    if !printer.progress() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40} {percent}% {eta} {msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(length).with_style(style).with_message(what.to_owned())
}
