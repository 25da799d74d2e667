//! `mapdesk gazetteer info|build`: what a gazetteer holds, and making one of one's own.

use super::{Failure, Outcome, printer::Printer};
use crate::diag::{Note, Position};
use crate::gazetteer::{Gazetteer, Import};
use indicatif::ProgressBar;
use std::io::BufReader;
use std::path::PathBuf;

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
    /// Files are known by their names: countryInfo.txt, admin1CodesASCII.txt, admin2Codes.txt, alternateNamesV2.txt, dumps such as
    /// allCountries.txt or SY.txt, and .csv or .geojson of your own with name, lat, lon and, where you have them, country, kind,
    /// population, geonameid, aliases (apart by semicolons).
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
    // Names are kept for places that are known, so the dumps come before the alternate names, and tables of one's own last.
    let rank = |p: &PathBuf| {
        let name = p.file_name().map(|n| n.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
        match () {
            () if name.starts_with("alternatenames") => 2,
            () if name.ends_with(".csv") || name.ends_with("json") => 3,
            () if name.starts_with("countryinfo") || name.starts_with("admin") => 1,
            () => 0,
        }
    };
    let mut inputs: Vec<&PathBuf> = args.inputs.iter().collect();
    inputs.sort_by_key(|p| rank(p));
    for path in inputs {
        let named = path.display().to_string();
        let cannot = |e: std::io::Error| -> Failure {
            Note::error(format!("cannot read: {e}")).at(Position::file(&named)).into()
        };
        let file = std::fs::File::open(path).map_err(cannot)?;
        let length = file.metadata().map_err(cannot)?.len();
        let bar = if printer.progress() { ProgressBar::new(length) } else { ProgressBar::hidden() };
        let input = BufReader::with_capacity(1 << 18, bar.wrap_read(file));
        import.read(input, &named).map_err(|e| super::failure(&e))?;
        bar.finish_and_clear();
    }
    let mut notes = Vec::new();
    let mut builder = import.finish().unwarn(&mut notes);
    for note in &notes {
        printer.say(note);
    }
    builder.about("source", "GeoNames (geonames.org), CC BY 4.0, and places of one's own");
    let bytes = builder.finish().map_err(|e| super::failure(&e))?;
    let places = Gazetteer::read(bytes.clone()).map_err(|e| super::failure(&e))?.len();
    crate::outputs::files::write_bytes(&args.out, &bytes).map_err(|e| super::failure(&e))?;
    printer.talk(&format!("wrote {}: {places} places, {} bytes", args.out.display(), bytes.len()));
    Ok(if places == 0 { Outcome::Findings } else { Outcome::Done })
}
