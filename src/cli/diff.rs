//! `mapdesk diff BEFORE AFTER`.

use super::{Failure, Outcome, printer::Printer};
use crate::control::diff::{ClassStats, PairStats, classed, diff};
use crate::control::stats::km2;
use crate::diag::{Note, Position};
use crate::geodesy::SquareMetres;
use crate::model::{Feature, Layer, LayerKind};
use crate::outputs::{files, geojson};
use serde::Serialize;
use std::path::PathBuf;

/// What changed between two GeoJSON maps of control, whoever drew them
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The map before
    before: PathBuf,
    /// The map after
    after: PathBuf,
    /// Property that tells the class, for instance holder, or fill for maps coloured by hand
    #[arg(long, value_name = "PROPERTY")]
    by: String,
    /// Rename a value of the property, for instance #c8553d=government; repeatable
    #[arg(long, value_name = "VALUE=CLASS", value_parser = renaming)]
    map: Vec<(String, String)>,
    /// Pieces smaller than this, in km², are dropped and counted
    #[arg(long, default_value_t = 0.0001, value_name = "KM2")]
    min_area: f64,
    /// Folder for change.geojson and stats.json
    #[arg(long)]
    out: PathBuf,
}

fn renaming(text: &str) -> Result<(String, String), String> {
    let (value, class) = text.rsplit_once('=').ok_or_else(|| format!("\"{text}\" is not VALUE=CLASS"))?;
    Ok((value.trim().to_owned(), class.trim().to_owned()))
}

#[derive(Serialize)]
struct Figures<'a> {
    before: String,
    after: String,
    by: &'a str,
    min_area_km2: f64,
    classes: &'a [ClassStats],
    changes: &'a [PairStats],
}

pub(super) fn run(args: &Args, printer: &mut Printer) -> Result<Outcome, Failure> {
    if !args.min_area.is_finite() || args.min_area < 0.0 {
        return Err(Failure::from(Note::error("--min-area is an area in km², 0 or more")));
    }
    let mut notes = Vec::new();
    let mut sides = Vec::new();
    for path in [&args.before, &args.after] {
        let name = path.display().to_string();
        let features = geojson::read_file(path).map_err(|e| Failure::from(Note::from(e)))?.unwarn(&mut notes);
        let mut own = Vec::new();
        let classes = classed(&features, &args.by, &args.map).unwarn(&mut own);
        notes.extend(own.into_iter().map(|n| n.at(Position::file(&name))));
        if classes.is_empty() {
            notes.push(
                Note::error(format!("no polygon in it has a property \"{}\"", args.by)).at(Position::file(&name)),
            );
            return Err(Failure::Notes(notes));
        }
        sides.push(classes);
    }
    let found = diff(&sides[0], &sides[1], SquareMetres(args.min_area * 1e6)).unwarn(&mut notes);
    let (before, after) = (args.before.display().to_string(), args.after.display().to_string());
    let features = found
        .parts
        .iter()
        .enumerate()
        .map(|(i, part)| {
            let word = |class: &Option<String>| class.clone().unwrap_or_else(|| "none".to_owned());
            Feature::new(part.polygon.clone())
                .with_id(format!("change-{}", i + 1))
                .with("layer", "change")
                .with("lost_by", part.lost_by.clone())
                .with("gained_by", part.gained_by.clone())
                .with("area_km2", km2(part.area.0))
                .with("before", before.clone())
                .with("after", after.clone())
                .with(
                    "method",
                    format!("Overlay of two maps by \"{}\", pieces under {} km² dropped", args.by, args.min_area),
                )
                .with("title", format!("{} to {}", word(&part.lost_by), word(&part.gained_by)))
        })
        .collect();
    let layer = Layer::new(LayerKind::Change, features);
    geojson::write_file(&layer, &args.out.join("change.geojson"))?;
    let figures = Figures {
        before,
        after,
        by: &args.by,
        min_area_km2: args.min_area,
        classes: &found.classes,
        changes: &found.changes,
    };
    let text = serde_json::to_string_pretty(&figures).map_err(|e| super::failure(&e))?;
    files::write_bytes(&args.out.join("stats.json"), format!("{text}\n").as_bytes())?;
    for note in &notes {
        printer.say(note);
    }
    for c in &found.classes {
        printer.talk(&format!(
            "{}: {} km² → {} km² (gained {}, lost {}; {} slivers dropped)",
            c.class, c.before_km2, c.after_km2, c.gained_km2, c.lost_km2, c.slivers_dropped
        ));
    }
    Ok(Outcome::Done)
}
