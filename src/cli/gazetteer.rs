//! `mapdesk gazetteer info|build`: what a gazetteer holds, and making one of one's own.

use super::{Failure, Outcome, printer::Printer};
use crate::diag::{Note, Position};
use crate::gazetteer::Gazetteer;
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
