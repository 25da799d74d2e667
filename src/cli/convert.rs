//! `mapdesk convert IN OUT`: between any two formats of the table.

use super::{Failure, Outcome, failure, printer::Printer};
use crate::diag::{Note, Position, Severity};
use crate::model::Layer;
use crate::outputs::geojson::Refused;
use crate::outputs::{files, format, generalise, geojson};
use std::path::{Path, PathBuf};

/// Convert layers between file formats, by the endings of the files
///
/// GeoJSON, GeoJSON sequence, GeoPackage, FlatGeobuf, GeoParquet (a feature of the build), zipped Shapefile, KML, KMZ, TopoJSON, GPX (in),
/// CSV and Excel (out). Features that cannot be used are told with their number, counted from 1 as they stand in the file, and kept apart
/// in OUT.refused.geojsonl.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What to read
    input: PathBuf,
    /// What to write; with several layers and a format of one layer a file, `out-LAYER.ext` each
    output: PathBuf,
    /// Only these layers, by name
    #[arg(long, value_name = "NAME")]
    layer: Vec<String>,
    /// Round coordinates to this many decimals of a degree, 0 to 6; 5 is about a metre
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=6))]
    precision: Option<u8>,
    /// Thin lines and borders so that none strays by more; borders that features share stay shared
    #[arg(long, value_name = "METRES", value_parser = metres)]
    simplify: Option<f64>,
    /// GeoJSON in as few bytes as it takes: one line, without bbox, name and attributes that have no value
    #[arg(long)]
    minify: bool,
}

fn metres(text: &str) -> Result<f64, String> {
    let number = text.strip_suffix('m').unwrap_or(text).trim().parse().ok();
    number
        .filter(|m: &f64| *m > 0.0 && *m <= 1e6)
        .ok_or_else(|| "expected metres, above 0 and up to 1000000".to_owned())
}

pub(super) fn run(args: &Args, printer: &mut Printer) -> Result<Outcome, Failure> {
    // An ending that cannot be written is told before a long file is read.
    let target = format::of_path(&args.output).map_err(|e| failure(&e))?;
    target.writer().map_err(|e| failure(&e))?;
    let (read, refused) = format::read_apart(&args.input).map_err(|e| failure(&e))?;
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
    let mut apart: Vec<String> = refused.iter().map(told).collect();
    if !target.bare {
        apart.extend(layers.iter_mut().flat_map(|l| bare(l, &refused)));
    }
    if let Some(metres) = args.simplify {
        notes.extend(generalise::simplify(&mut layers, metres));
    }
    if let Some(places) = args.precision {
        notes.extend(generalise::round(&mut layers, places));
    }
    let written =
        if args.minify { format::write_small(&layers, &args.output) } else { format::write(&layers, &args.output) };
    let written = written.map_err(|e| failure(&e))?.unwarn(&mut notes);
    for note in &notes {
        printer.say(note);
    }
    let features: usize = layers.iter().map(|l| l.features.len()).sum();
    for path in &written {
        printer.talk(&format!("wrote {} ({features} features)", path.display()));
    }
    let beside = beside(&args.output);
    if apart.is_empty() {
        // A list of an earlier run would be taken for this one's.
        if beside.exists() {
            std::fs::remove_file(&beside)?;
        }
    } else {
        files::write_bytes(&beside, apart.concat().as_bytes()).map_err(|e| failure(&e))?;
        let many = apart.len();
        printer.say(&Note::warning(format!(
            "{many} features could not be used and are kept apart in {}",
            beside.display()
        )));
    }
    // The program ends here: taking a million features apart one by one would only cost time.
    std::mem::forget(layers);
    let wrong = !apart.is_empty() || notes.iter().any(|n| n.severity >= Severity::Warning);
    Ok(if wrong { Outcome::Findings } else { Outcome::Done })
}

/// Where refused features go: `control.gpkg` has them in `control.gpkg.refused.geojsonl`.
fn beside(output: &Path) -> PathBuf {
    let mut name = output.as_os_str().to_owned();
    name.push(".refused.geojsonl");
    PathBuf::from(name)
}

/// A refused feature as a line: its number, why, and its own text.
fn told(refused: &Refused) -> String {
    let reason = serde_json::Value::from(refused.reason.as_str());
    // Line ends in JSON stand only between its parts, never in a text.
    let text = refused.text.replace(['\n', '\r'], " ");
    format!("{{\"number\":{},\"reason\":{reason},\"feature\":{text}}}\n", refused.number)
}

/// Takes the features without a geometry out of a layer, as lines; those that are told already are only taken out.
fn bare(layer: &mut Layer, known: &[Refused]) -> Vec<String> {
    let mut out = Vec::new();
    let mut number = 0;
    let name = layer.name.clone();
    layer.features.retain(|f| {
        number += 1;
        while known.iter().any(|r| r.text_only && r.number == number) {
            number += 1;
        }
        if f.geometry.is_some() || known.iter().any(|r| r.number == number) {
            return f.geometry.is_some();
        }
        let alone = Layer { features: vec![f.clone()], name: name.clone(), kind: crate::model::LayerKind::Overlay };
        let mut text = Vec::new();
        if geojson::write_sequence(&alone, &mut text).is_ok() {
            let reason = "the format holds no feature without a geometry".to_owned();
            let text = String::from_utf8_lossy(&text).trim_end().to_owned();
            out.push(told(&Refused { number, reason, text, text_only: false }));
        }
        false
    });
    out
}
