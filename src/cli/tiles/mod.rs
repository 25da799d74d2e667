//! `mapdesk tiles INPUT… --out X.pmtiles|X.mbtiles|DIR/`, `mapdesk tiles --check ARCHIVE…`.

mod check;
mod heap;
mod interrupt;
mod raster;

use super::{Failure, Outcome, failure, printer::Printer};
use crate::diag::{Note, Position};
use crate::outputs::style::{TILES, vector_document};
use crate::outputs::tile_target::{self, About};
use crate::outputs::tile_update::Update;
use crate::outputs::{self, files};
use crate::tiles::metadata::Metadata;
use crate::tiles::{
    self, Bound, Crowded, Features, Filter, Format, Input, Options, Order, Selection, TilesError, Type, source,
};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Make vector tiles of GeoJSON, GeoJSONSeq, CSV with coordinates, FlatGeobuf, or any other format that `convert` reads; with --raster,
/// picture tiles
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Files to read; `-` is standard input
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// Where to: X.pmtiles, X.mbtiles, or a folder for {z}/{x}/{y}.mvt and tiles.json
    #[arg(long, short, required_unless_present_any = ["check", "update"])]
    out: Option<PathBuf>,
    /// Take over from an older archive every tile whose content is as it was, and print those that are not; without --out, in
    /// its place
    #[arg(long, value_name = "OLD.pmtiles", conflicts_with = "raster")]
    update: Option<PathBuf>,
    /// Keep what --update needs to pass over tiles that are made of the same as before: 8 bytes a tile, for layers without points
    #[arg(long, conflicts_with = "raster")]
    updatable: bool,
    /// Check the inputs, PMTiles archives, against the rules of PMTiles v3 and Mapbox Vector Tiles 2.1; exit code 1 if one is broken
    #[arg(long, conflicts_with_all = ["out", "update", "raster"])]
    check: bool,
    /// Name of the layer: once for all inputs, or once for each; without it, the file's name
    #[arg(long, short, value_name = "NAME")]
    layer: Vec<String>,
    /// Format of the inputs; without it, the extension and the first bytes tell
    #[arg(long, value_name = "geojson|geojsonseq|csv|fgb", value_parser = format)]
    format: Option<Format>,
    /// First zoom
    #[arg(long, value_name = "Z", default_value_t = 0)]
    minzoom: u8,
    /// Last zoom; without it, guessed from how close the features lie
    #[arg(long, value_name = "Z")]
    maxzoom: Option<u8>,
    /// Units of a tile: 256, 512, 1024, 2048, 4096 or 8192
    #[arg(long, value_name = "UNITS", default_value_t = 4096)]
    extent: u32,
    /// What a tile shows beyond its edges, in units of the extent
    #[arg(long, value_name = "UNITS", default_value_t = 80)]
    buffer: i32,
    /// How far a simplified border may stray below the last zoom, in units of the extent
    #[arg(long, value_name = "UNITS", default_value_t = 3.0)]
    simplification: f64,
    /// Bits of a position that lines and polygons do without below the last zoom, where layers without points have so much less extent
    #[arg(long, value_name = "BITS", default_value_t = 2)]
    coarse: u32,
    /// How hard tiles are compressed, 1 to 12
    #[arg(long, value_name = "LEVEL", default_value_t = 6, value_parser = clap::value_parser!(i32).range(1..=12))]
    compression: i32,
    /// Attributes to keep, and no others
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    include: Vec<String>,
    /// Attributes to leave out
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    exclude: Vec<String>,
    /// Bring an attribute to a type: text, int, float or bool
    #[arg(long = "type", value_name = "NAME:TYPE,…", value_delimiter = ',', value_parser = typed)]
    types: Vec<(String, Type)>,
    /// Which features to keep, for instance 'population > 10000 and country in ("SY", "LB")'
    #[arg(long = "where", value_name = "EXPRESSION")]
    filter: Option<Filter>,
    /// Keep every feature in every tile it touches, whatever the size (this is the default)
    #[arg(long, conflicts_with_all = ["max_tile_kb", "max_features"])]
    keep_all: bool,
    /// Leave out what matters least where a tile would be larger than about this
    #[arg(long, value_name = "KB")]
    max_tile_kb: Option<usize>,
    /// Leave out what matters least where a tile would hold more features
    #[arg(long, value_name = "N")]
    max_features: Option<usize>,
    /// What becomes of features a crowded tile has no room for: left out, areas joined to a neighbour, or points counted in a cluster
    #[arg(long, value_name = "drop|coalesce|cluster", default_value = "drop", value_parser = crowded)]
    crowded: Crowded,
    /// The attribute whose larger values stay in crowded tiles (NAME:desc: smaller ones); without it large shapes stay, and points
    /// evenly spread
    #[arg(long, value_name = "NAME[:desc]")]
    importance: Option<Order>,
    /// The attribute by which features stand in every tile, the last on top; without it, in the order of the inputs
    #[arg(long, value_name = "NAME[:desc]")]
    order: Option<Order>,
    /// Bound on memory: points beyond it are sorted on disk, in the folder for temporary files, lines and polygons are cut for some
    /// tiles at a time; more of these than fit with the borders they share, and tiles that are too large, are refused
    #[arg(long, value_name = "MB")]
    memory: Option<usize>,
    /// A name for people
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// A sentence on the content
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Credits to be shown on maps
    #[arg(long, value_name = "TEXT")]
    attribution: Option<String>,
    /// How many threads; without it, as many as there are processors
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Write no style.json beside the tiles
    #[arg(long)]
    no_style: bool,
    #[command(flatten)]
    pictures: raster::Raster,
}

fn format(text: &str) -> Result<Format, String> {
    match text {
        "geojson" => Ok(Format::GeoJson),
        "geojsonseq" | "geojsonl" => Ok(Format::GeoJsonSeq),
        "csv" => Ok(Format::Csv),
        "fgb" | "flatgeobuf" => Ok(Format::FlatGeobuf),
        _ => Err("known are geojson, geojsonseq, csv and fgb".into()),
    }
}

fn crowded(text: &str) -> Result<Crowded, String> {
    match text {
        "drop" => Ok(Crowded::Drop),
        "coalesce" => Ok(Crowded::Coalesce),
        "cluster" => Ok(Crowded::Cluster),
        _ => Err("known are drop, coalesce and cluster".into()),
    }
}

fn typed(text: &str) -> Result<(String, Type), String> {
    let (name, kind) = text.rsplit_once(':').ok_or("expected NAME:TYPE")?;
    let kind = match kind {
        "text" | "string" => Type::Text,
        "int" => Type::Int,
        "float" | "number" => Type::Float,
        "bool" => Type::Bool,
        other => return Err(format!("\"{other}\" is not a type: text, int, float, bool")),
    };
    Ok((name.to_owned(), kind))
}

pub(super) fn run(args: &Args, printer: &mut Printer) -> Result<Outcome, Failure> {
    if let Some(n) = args.threads {
        rayon::ThreadPoolBuilder::new().num_threads(n.max(1)).build_global().map_err(|e| failure(&e))?;
    }
    if args.check {
        return check::run(&args.inputs, printer);
    }
    let Some(out) = args.out.as_deref().or(args.update.as_deref()) else {
        return Err(Note::error("there is no --out").into());
    };
    match args.pictures.raster.as_deref() {
        Some(kind) => raster::run(args, kind, out, printer),
        None => make(args, out, printer),
    }
}

/// Where the style of a target goes and how it names the tiles: beside an archive, inside a folder; none beside MBTiles, which no page
/// loads by itself. A `style.json` that belongs to other tiles is left alone.
fn style_address(target: &Path) -> Option<(PathBuf, String)> {
    let name = target.file_name()?.to_str()?;
    match target.extension().map(|e| e.to_string_lossy().to_lowercase()).as_deref() {
        Some("mbtiles") => None,
        Some("pmtiles") => {
            let url = format!("pmtiles://{name}");
            let usual = target.with_file_name("style.json");
            let free = !usual.exists()
                || std::fs::read(&usual)
                    .ok()
                    .and_then(|bytes| serde_json::from_slice::<serde_json::Value>(&bytes).ok())
                    .is_some_and(|style| style["metadata"][TILES] == url.as_str());
            let own = format!("{}.style.json", target.file_stem()?.to_str()?);
            Some((if free { usual } else { target.with_file_name(own) }, url))
        }
        _ => Some((target.join("style.json"), "tiles.json".to_owned())),
    }
}

/// Writes a style beside tiles.
fn write_style(path: &Path, document: &serde_json::Value, printer: &mut Printer) -> Result<(), Failure> {
    let mut text = serde_json::to_vec_pretty(document).map_err(|e| failure(&e))?;
    text.push(b'\n');
    files::write_bytes(path, &text).map_err(|e| failure(&e))?;
    printer.talk(&format!("wrote {}", path.display()));
    Ok(())
}

/// A failed build, with a way out where memory is what it lacks, and the input in whose midst that was.
fn build_failure(e: &TilesError, input: Option<&Path>) -> Failure {
    let hint = match e {
        TilesError::Memory { .. } => "give more with --memory, leave it out, or cut the input into parts",
        TilesError::LargeTile { .. } => {
            "--max-tile-kb or --max-features leave out what matters least, a higher --minzoom the largest tiles; or give more with --memory"
        }
        _ => return failure(e),
    };
    let note = Note::error(e.to_string()).hint(hint);
    match input {
        Some(path) => note.at(Position::file(path.display().to_string())).into(),
        None => note.into(),
    }
}

fn make(args: &Args, out: &Path, printer: &mut Printer) -> Result<Outcome, Failure> {
    if args.layer.len() > 1 && args.layer.len() != args.inputs.len() {
        let message = format!("{} layer names for {} inputs", args.layer.len(), args.inputs.len());
        return Err(Note::error(message).hint("give --layer once for all inputs, or once for each").into());
    }
    if !args.extent.is_power_of_two() {
        return Err(Note::error(format!("--extent {} is not a power of two", args.extent)).into());
    }
    if args.memory.is_some() {
        heap::return_freed()
    } else {
        heap::keep_freed()
    }
    let interrupt = interrupt::Interrupt::new()?;
    let update = args.update.as_deref().map(Update::open).transpose().map_err(|e| failure(&e))?.map(Arc::new);
    let mut options = Options {
        min_zoom: Some(args.minzoom),
        max_zoom: args.maxzoom.or_else(|| update.as_ref().map(|u| u.zooms().1)),
        extent_bits: args.extent.trailing_zeros(),
        buffer: args.buffer,
        simplification: args.simplification.max(0.0),
        coarse_bits: args.coarse.min(4),
        max_tile_bytes: args.max_tile_kb.map(|kb| kb * 1000),
        max_features: args.max_features,
        compression: args.compression,
        crowded: args.crowded,
        order: args.order.clone(),
        importance: args.importance.clone(),
        updatable: args.updatable || update.as_ref().is_some_and(|u| u.has_prints()),
        bound: args.memory.map(Bound::of_megabytes),
        ..Options::default()
    };
    let selection = Selection {
        include: (!args.include.is_empty()).then(|| args.include.iter().cloned().collect()),
        exclude: args.exclude.iter().cloned().collect(),
        types: args.types.iter().cloned().collect(),
        filter: args.filter.clone(),
    };
    let bar = progress_bar(printer.progress());
    let mut features = Features::within(options.bound);
    let (mut refused, mut empty) = (0, 0);
    for (n, path) in args.inputs.iter().enumerate() {
        let layer = if args.layer.len() > 1 { args.layer.get(n) } else { args.layer.first() };
        let input = Input { path: path.clone(), layer: layer.cloned(), format: args.format };
        if let Some(bar) = &bar {
            bar.set_message(format!("reading {}", path.display()));
            bar.set_length(std::fs::metadata(path).map_or(0, |m| m.len()));
        }
        if args.format.is_none() && table_only(path) {
            empty += of_table(&input, &selection, &mut features, printer)?;
            continue;
        }
        let reading = source::read(&input, &selection, &mut features, &mut |bytes| {
            if let Some(bar) = &bar {
                bar.set_position(bytes);
            }
        })
        .map_err(|e| build_failure(&e, Some(path)))?;
        reading.notes.iter().for_each(|note| printer.say(note));
        refused += reading.refused;
        empty += reading.empty;
    }
    let count = features.len();
    if let Some(update) = &update {
        options.previous = Some(update.clone());
    }
    options.stop = Some(interrupt.writing());
    let about = About {
        name: args.name.clone().unwrap_or_default(),
        description: args.description.clone(),
        attribution: args.attribution.clone(),
    };
    let progress: Option<tiles::OnProgress> = bar.clone().map(|bar| {
        Box::new(move |zoom: u8, done: usize, of: usize| {
            bar.set_message(format!("zoom {zoom}"));
            bar.set_length(of as u64);
            bar.set_position(done as u64);
        }) as tiles::OnProgress
    });
    let result = tile_target::write(&mut features, &options, out, &about, progress);
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    let (summary, bytes) = result.map_err(|e| build_failure(&e, None))?;
    let size = if bytes > 0 { format!(", {:.1} MB", bytes as f64 / 1e6) } else { String::new() };
    printer.talk(&format!(
        "{}: {count} features, zoom {} to {}, {} tiles{size}",
        out.display(),
        summary.zooms.0,
        summary.zooms.1,
        summary.tiles
    ));
    if let Some((path, url)) = style_address(out).filter(|_| !args.no_style) {
        let stem = out.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        let mut metadata = Metadata::new(args.name.as_deref().unwrap_or(&stem), &features, &summary);
        metadata.attribution.clone_from(&args.attribution);
        write_style(&path, &vector_document(&url, &metadata), printer)?;
    }
    if let Some(update) = update {
        let changes = update.changes();
        for (id, change) in &changes {
            printer.line(&format!("{id} {change}"))?;
        }
        printer.talk(&format!(
            "{} of {} tiles are not as they were in {}",
            changes.len(),
            summary.tiles.max(update.tiles()),
            args.update.as_deref().unwrap_or(out).display()
        ));
    }
    if let Some((first, last)) = summary.thinned {
        printer.say(
            &Note::info(format!(
                "zoom {first} to {last}: crowded tiles {} {} features in all",
                match args.crowded {
                    Crowded::Drop => "do without",
                    Crowded::Coalesce => "join to others, or do without,",
                    Crowded::Cluster => "count in clusters, or do without,",
                },
                summary.dropped
            ))
            .hint("--keep-all keeps them"),
        );
    } else if let Some((id, bytes)) = summary.largest.filter(|(_, b)| *b > 1_000_000) {
        printer.say(
            &Note::info(format!("the largest tile, {id}, has {:.1} MB", bytes as f64 / 1e6))
                .hint("--max-tile-kb 500 leaves out what matters least from crowded tiles"),
        );
    }
    if empty > 0 {
        printer.say(&Note::info(format!("{empty} features without a geometry were passed over")));
    }
    if features.filtered > 0 {
        printer.say(&Note::info(format!("{} features left out by --where", features.filtered)));
    }
    if refused > 0 {
        printer.say(&Note::warning(format!("{refused} features left out because of faults in the input")));
        return Ok(Outcome::Findings);
    }
    Ok(Outcome::Done)
}

/// Whether a file is of a format that is read whole, by the table of formats, rather than block by block.
fn table_only(path: &Path) -> bool {
    let format = outputs::format::of_path(path);
    format.is_ok_and(|f| !["geojson", "geojsonl", "csv", "fgb"].contains(&f.key))
}

/// Adds the layers of such a file, under their own names where none is given; returns how many features have no geometry.
fn of_table(
    input: &Input,
    selection: &Selection,
    features: &mut Features,
    printer: &mut Printer,
) -> Result<u64, Failure> {
    let mut notes = Vec::new();
    let layers = outputs::format::read(&input.path).map_err(|e| failure(&e))?.unwarn(&mut notes);
    notes.iter().for_each(|note| printer.say(note));
    let mut empty = 0;
    for mut layer in layers {
        if let Some(name) = &input.layer {
            layer.name.clone_from(name);
        }
        empty += layer.features.iter().filter(|f| f.geometry.is_none()).count() as u64;
        source::add_layer(&layer, selection, features);
    }
    Ok(empty)
}

fn progress_bar(wanted: bool) -> Option<indicatif::ProgressBar> {
    wanted.then(|| {
        let bar = indicatif::ProgressBar::new(0);
        if let Ok(style) = indicatif::ProgressStyle::with_template("{msg:24} {wide_bar} {percent:>3}% {elapsed}") {
            bar.set_style(style);
        }
        bar
    })
}
