//! `mapdesk convert IN OUT`: between any two formats of the table.

use super::{Failure, Outcome, printer::Printer};
use crate::diag::{Note, Position, Severity};
use crate::outputs::format;
use std::path::PathBuf;

/// Convert layers between file formats, by the endings of the files
///
/// GeoJSON, GeoJSON sequence, GeoPackage, FlatGeobuf, zipped Shapefile, KML, KMZ, TopoJSON, GPX (in), CSV and Excel (out).
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What to read
    input: PathBuf,
    /// What to write; with several layers and a format of one layer a file, `out-LAYER.ext` each
    output: PathBuf,
    /// Only these layers, by name
    #[arg(long, value_name = "NAME")]
    layer: Vec<String>,
}

pub(super) fn run(args: &Args, printer: &mut Printer) -> Result<Outcome, Failure> {
    // An ending that cannot be written is told before a long file is read.
    format::of_path(&args.output).map_err(|e| super::failure(&e))?;
    let read = format::read(&args.input).map_err(|e| super::failure(&e))?;
    let mut notes = Vec::new();
    let mut layers = read.unwarn(&mut notes);
    if !args.layer.is_empty() {
        let names: Vec<String> = layers.iter().map(|l| l.name.clone()).collect();
        if let Some(unknown) = args.layer.iter().find(|n| !names.contains(n)) {
            let note = Note::error(format!("no layer is named \"{unknown}\""))
                .at(Position::file(args.input.display().to_string()));
            return Err(note.hint(format!("the layers are {}", names.join(", "))).into());
        }
        layers.retain(|l| args.layer.contains(&l.name));
    }
    let written = format::write(&layers, &args.output).map_err(|e| super::failure(&e))?.unwarn(&mut notes);
    for note in &notes {
        printer.say(note);
    }
    let features: usize = layers.iter().map(|l| l.features.len()).sum();
    for path in &written {
        printer.talk(&format!("wrote {} ({features} features)", path.display()));
    }
    Ok(if notes.iter().any(|n| n.severity >= Severity::Warning) { Outcome::Findings } else { Outcome::Done })
}
