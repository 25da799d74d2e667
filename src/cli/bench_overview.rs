//! `mapdesk bench-overview DATA OUT.png N SCALE`: the shared overview job for the comparison with other renderers. Hidden.
//!
//! Control zones, the contested belt and 44 cities come from DATA; land, borders, divisions and water from the program itself.
//! A warm round is everything from the map to the file's bytes: frame, projection, label placement, painting, encoding.

use super::{Failure, Outcome, failure, printer::Printer};
use crate::cartography::{Artboard, Options, compose};
use crate::geodesy::BBox;
use crate::model::{Holder, Layer, LayerKind, Map, Value, View};
use crate::outputs::raster::Painter;
use crate::outputs::{files, geojson, png};
use geo::Translate;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Draw the overview job of the renderers' comparison
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder of the job's data
    data: PathBuf,
    /// The picture
    out: PathBuf,
    /// How often to draw it
    rounds: usize,
    /// Device pixels to a CSS pixel
    #[arg(default_value_t = 1)]
    scale: u32,
    /// Draw so many dates on each of the five artboards instead; the belt moves from date to date
    #[arg(long)]
    dates: Option<usize>,
}

pub(super) fn run(args: &Args, printer: &mut Printer) -> Result<Outcome, Failure> {
    let start = Instant::now();
    let map = job(&args.data)?;
    let options = Options::default();
    let mut painter = Painter::new();
    if let Some(dates) = args.dates {
        return series(&map, dates, args.scale, &options, &mut painter, printer);
    }
    let mut times = Vec::with_capacity(args.rounds);
    let (mut parts, mut size, mut labels) = ([0.0; 2], 0, 0);
    for round in 0..args.rounds.max(1) {
        let begin = if round == 0 { start } else { Instant::now() };
        let composing = Instant::now();
        let composed = compose(&map, &Artboard::DESKTOP, &options).value;
        parts[0] = milliseconds(composing);
        let painting = Instant::now();
        let bytes = png::encode(&mut painter, &composed.display, args.scale, false).map_err(|e| failure(&e))?;
        parts[1] = milliseconds(painting);
        if round == 0 {
            files::write_bytes(&args.out, &bytes).map_err(|e| failure(&e))?;
            labels = composed.explain.labels.iter().filter(|l| l.placed).count();
        }
        size = bytes.len();
        times.push(milliseconds(begin));
    }
    let warm = times.iter().skip(1).copied().reduce(f64::min).unwrap_or(times[0]);
    let json = serde_json::json!({
        "tool": "mapdesk",
        "first_ms": times[0],
        "warm_ms": warm,
        "bytes": size,
        "labels": labels,
        "layout_ms": parts[0],
        "picture_ms": parts[1],
    });
    printer.line(&json.to_string())?;
    Ok(Outcome::Done)
}

/// Every artboard, date by date.
fn series(
    map: &Map,
    dates: usize,
    scale: u32,
    options: &Options,
    painter: &mut Painter,
    printer: &mut Printer,
) -> Result<Outcome, Failure> {
    let start = Instant::now();
    let mut days: Vec<Map> = Vec::with_capacity(dates);
    for day in 0..dates {
        let mut dated = map.clone();
        dated.subtitle = Some(format!("Day {day}"));
        for feature in dated.layers.iter_mut().filter(|l| l.kind == LayerKind::Contested).flat_map(|l| &mut l.features)
        {
            feature.geometry.as_mut().iter_mut().for_each(|g| g.translate_mut(0.01 * day as f64, 0.005 * day as f64));
        }
        days.push(dated);
    }
    let mut bytes = 0;
    for board in &Artboard::ALL {
        for day in &days {
            let composed = compose(day, board, options).value;
            bytes += png::encode(painter, &composed.display, scale, false).map_err(|e| failure(&e))?.len();
        }
    }
    let maps = days.len() * Artboard::ALL.len();
    let json = serde_json::json!({ "tool": "mapdesk", "maps": maps, "all_ms": milliseconds(start), "bytes": bytes });
    printer.line(&json.to_string())?;
    Ok(Outcome::Done)
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}

/// The job as a map.
fn job(folder: &Path) -> Result<Map, Failure> {
    let read = |name: &str| -> Result<Vec<crate::model::Feature>, Failure> {
        Ok(geojson::read_file(&folder.join(format!("{name}.geojson"))).map_err(|e| failure(&e))?.value)
    };
    let view = std::fs::read_to_string(folder.join("view.json"))?;
    let view: serde_json::Value = serde_json::from_str(&view).map_err(|e| failure(&e))?;
    let edge = |i: usize| view["bbox"][i].as_f64().unwrap_or(0.0);
    let bbox = BBox::new(edge(0), edge(1), edge(2), edge(3)).map_err(|e| failure(&e))?;
    let mut control = read("control")?;
    let mut holders = Vec::new();
    for feature in &mut control {
        let name = feature.text("name").unwrap_or_default().to_owned();
        let color = feature.text("color").and_then(|c| c.parse().ok());
        holders.push(Holder { id: name.clone(), label: name.clone(), color });
        feature.properties.push(("holder".into(), name.into()));
    }
    let mut contested = read("contested")?;
    for feature in &mut contested {
        feature.properties.push(("status".into(), Value::Text("contested".into())));
    }
    let mut places = read("cities")?;
    for feature in &mut places {
        let label = feature.text("label").unwrap_or_default().to_owned();
        let class = feature.number("cls").unwrap_or(3.0);
        feature.properties.retain(|(key, _)| key != "name" && key != "label");
        feature.properties.push(("name".into(), label.into()));
        feature.properties.push(("capital".into(), Value::Bool(class < 2.0)));
        feature.properties.push(("population".into(), Value::Int(if class < 3.0 { 900_000 } else { 100_000 })));
    }
    Ok(Map {
        title: "Who holds Syria".into(),
        sources: vec!["Synthetic zones of the comparison".into()],
        holders,
        layers: vec![
            Layer::new(LayerKind::Control, control),
            Layer::new(LayerKind::Contested, contested),
            Layer::new(LayerKind::Places, places),
        ],
        view: View { bbox: Some(bbox), ..View::default() },
        ..Map::default()
    })
}
