//! `mapdesk render LAYER… --out map.png`: a still, or a timeline, of any layers.

pub(super) mod layers;
pub(super) mod rules;

use super::house::{self, Control};
use super::{Failure, Outcome, failure, input, printer::Printer};
use crate::cartography::text::Fonts;
use crate::cartography::theme::Style;
use crate::cartography::{Artboard, Composed, Options, ProjectionFamily, compose, compose_multiples, compose_series};
use crate::diag::{Note, Position, Severity};
use crate::geodesy::BBox;
use crate::model::{Map, Theme, View};
use crate::outputs::animation::Frame;
use crate::outputs::raster::Painter;
use crate::outputs::{apng, files, format, still, webp};
use std::path::{Path, PathBuf};

/// Draw layers as a map: PNG, SVG, PDF or WebP, by the ending of --out
///
/// Any format that can be read; styled by simplestyle attributes (fill, stroke, marker-color, title …) or by a style file.
/// Layers that this program wrote (control, change, frontline, places …) are drawn as such, with a key.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Layers, the lowest first
    #[arg(required = true, value_name = "LAYER")]
    input: Vec<PathBuf>,
    /// Files to write: .png, .svg, .pdf, .webp
    #[arg(long, short, required = true, value_name = "FILE")]
    out: Vec<PathBuf>,
    /// Size in CSS pixels
    #[arg(long, value_name = "WxH", conflicts_with = "artboard")]
    size: Option<String>,
    /// A named size: desktop (1200x800), mobile, square, wide or print
    #[arg(long, value_name = "NAME", default_value = "desktop")]
    artboard: String,
    /// Device pixels to a CSS pixel, for PNG and WebP
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=4))]
    scale: u32,
    /// What to frame: west, south, east and north in degrees; fitted to the layers where not given
    #[arg(long, value_name = "W,S,E,N", allow_hyphen_values = true)]
    bbox: Option<BBox>,
    /// Projection: conic, transverse, equal-area, world or globe; chosen by the frame where not given
    #[arg(long, value_name = "NAME")]
    projection: Option<ProjectionFamily>,
    /// Headline
    #[arg(long, value_name = "TEXT", default_value = "")]
    title: String,
    /// A line below the headline
    #[arg(long, value_name = "TEXT")]
    subtitle: Option<String>,
    /// Sources, in the line at the foot
    #[arg(long, value_name = "TEXT")]
    source: Vec<String>,
    /// Who made the map
    #[arg(long, value_name = "TEXT")]
    byline: Option<String>,
    /// The day the map speaks of; taken from our own layers where not given
    #[arg(long, value_name = "YYYY-MM-DD")]
    as_of: Option<String>,
    /// Colours
    #[arg(long, value_name = "THEME", value_parser = ["light", "dark", "mono"])]
    theme: Option<String>,
    /// A house theme in TOML, which may also hold [[rule]] sections that style features by their attributes
    #[arg(long, value_name = "FILE.toml", conflicts_with = "theme")]
    style: Option<PathBuf>,
    /// Language of the labels, or two for bilingual ones, as BCP 47 tags: ar, or en,ar
    #[arg(long, value_name = "TAG", value_delimiter = ',')]
    lang: Vec<String>,
    /// The attribute that names features; title, name or label where not given
    #[arg(long, value_name = "ATTRIBUTE")]
    label: Option<String>,
    /// Folders with more fonts, for scripts that are not built in
    #[arg(long, value_name = "DIR")]
    fonts: Vec<PathBuf>,
    /// Draw disputed borders and land as this country sees them, as an ISO 3166 code (or `iso`)
    #[arg(long, value_name = "CC", value_parser = crate::cli::worldview::worldview)]
    worldview: Option<String>,
    /// Keep every colour in a PNG, instead of the 256 that matter
    #[arg(long)]
    lossless: bool,
    #[command(flatten)]
    control: Control,
    /// Leave out the key
    #[arg(long)]
    no_key: bool,
    /// Leave out the small map that shows where this one is
    #[arg(long)]
    no_locator: bool,
    /// Print where every label stands and why, and which were dropped, as JSON
    #[arg(long)]
    explain: bool,
    /// Make each layer file a frame of an animation (.png or .webp); names, key and scale stand still
    #[arg(long)]
    timeline: bool,
    /// Make each layer file a small map of its own, side by side under one key
    #[arg(long, conflicts_with = "timeline")]
    multiples: bool,
    /// How long a frame of a timeline stays, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 900, requires = "timeline")]
    delay: u16,
}

pub(super) fn run(args: &Args, printer: &mut Printer) -> Result<Outcome, Failure> {
    check_outputs(args)?;
    let board = artboard(args)?;
    let (style, rules) = house(args.style.as_deref())?;
    let fonts = if args.fonts.is_empty() {
        Fonts::embedded()
    } else {
        Fonts::with_packs(&args.fonts).map_err(|e| failure(&e))?
    };
    let mut options = Options {
        fonts,
        projection: args.projection,
        locator: !args.no_locator,
        key: !args.no_key,
        ..Options::default()
    };
    let logo = house::logo(args.style.as_deref(), style.as_ref())?;
    options.style = style;
    let mut notes = Vec::new();
    options.control = args.control.style();
    options.roads = args.control.roads(&mut notes)?;
    options.relief = args.control.relief()?;
    let maps = read(args, &rules, &mut notes)?;
    let mut composed: Vec<Composed> = if args.timeline {
        compose_series(&maps, &board, &options).unwarn(&mut notes)
    } else if args.multiples {
        vec![compose_multiples(&maps, &board, &options).unwarn(&mut notes)]
    } else {
        maps.iter().map(|map| compose(map, &board, &options).unwarn(&mut notes)).collect()
    };
    if let Some(logo) = &logo {
        for made in &mut composed {
            made.display.groups.push(house::stamp(logo, &made.display));
        }
    }
    for note in &notes {
        printer.say(note);
    }
    write(args, &composed, printer)?;
    if args.explain {
        let all: Vec<_> = composed.iter().map(|c| &c.explain).collect();
        let json =
            if args.timeline { serde_json::to_string_pretty(&all) } else { serde_json::to_string_pretty(all[0]) };
        printer.line(&json.map_err(|e| failure(&e))?)?;
    }
    Ok(if notes.iter().any(|n| n.severity >= Severity::Warning) { Outcome::Findings } else { Outcome::Done })
}

/// Refuses endings nobody can write before anything is read.
fn check_outputs(args: &Args) -> Result<(), Failure> {
    for path in &args.out {
        let known = still::of(path);
        let animated = known.is_some_and(|s| matches!(s.ending, "png" | "webp"));
        if known.is_none() || (args.timeline && !animated) {
            let known = if args.timeline { ".png, .webp".to_owned() } else { still::endings() };
            let what = if args.timeline { "a timeline" } else { "a map" };
            let note = Note::error(format!("{}: {what} cannot be written with this ending", path.display()));
            return Err(note.hint(format!("known are {known}")).into());
        }
    }
    Ok(())
}

fn artboard(args: &Args) -> Result<Artboard, Failure> {
    if let Some(size) = &args.size {
        let sides =
            size.split_once(['x', 'X', '×']).and_then(|(w, h)| Some((w.trim().parse().ok()?, h.trim().parse().ok()?)));
        let board = sides.and_then(|(w, h)| Artboard::custom(w, h));
        return board.ok_or_else(|| {
            Note::error(format!("--size: \"{size}\" is not a size"))
                .hint("write it as 1200x800; sides from 200 to 8192")
                .into()
        });
    }
    Artboard::ALL.into_iter().find(|a| a.name == args.artboard).ok_or_else(|| {
        let known: Vec<&str> = Artboard::ALL.iter().map(|a| a.name).collect();
        let note = Note::error(format!("--artboard: \"{}\" is not known", args.artboard));
        note.hint(format!("known are {}; any other size with --size", known.join(", "))).into()
    })
}

/// The house theme and its rules.
pub(super) fn house(path: Option<&Path>) -> Result<(Option<Style>, Vec<rules::Rule>), Failure> {
    let Some(path) = path else { return Ok((None, Vec::new())) };
    let file = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|e| Note::error(format!("cannot be read: {e}")).at(Position::file(&file)))?;
    let (theme, rules) = rules::split(&text, &file).map_err(|note| *note)?;
    let style = Style::read(&theme, &file).map_err(|note| *note)?;
    Ok((Some(style), rules))
}

/// The maps to draw: one of all layers, or one a file.
fn read(args: &Args, rules: &[rules::Rule], notes: &mut Vec<Note>) -> Result<Vec<Map>, Failure> {
    let as_of = args.as_of.as_deref().map(|d| input::day("--as-of", d)).transpose()?;
    let theme = args.theme.as_deref().map_or(Ok(Theme::Light), str::parse).map_err(Note::error)?;
    let mut files = Vec::with_capacity(args.input.len());
    for path in &args.input {
        let mut read = format::read(path).map_err(|e| failure(&e))?.unwarn(notes);
        for layer in &mut read {
            layers::recognise(layer);
            if let Some(label) = &args.label {
                layer.features.iter_mut().for_each(|f| rules::name(f, label));
            }
        }
        rules::apply(rules, &mut read);
        if read.iter().all(|l| l.features.iter().all(|f| f.geometry.is_none())) {
            notes.push(Note::warning("nothing in it can be drawn").at(Position::file(path.display().to_string())));
        }
        files.push(read);
    }
    let maps = if args.timeline || args.multiples { files } else { vec![files.into_iter().flatten().collect()] };
    let maps = maps.into_iter().map(|layers| {
        let mut map = Map {
            title: args.title.clone(),
            subtitle: args.subtitle.clone(),
            as_of,
            sources: args.source.clone(),
            byline: args.byline.clone(),
            layers,
            view: View { bbox: args.bbox, langs: args.lang.clone(), theme, worldview: args.worldview.clone() },
            ..Map::default()
        };
        layers::describe(&mut map);
        map
    });
    Ok(maps.collect())
}

fn write(args: &Args, composed: &[Composed], printer: &mut Printer) -> Result<(), Failure> {
    let mut painter = Painter::new();
    let frames: Vec<Frame> = if args.timeline {
        composed.iter().map(|c| Frame { list: c.display.clone(), milliseconds: args.delay }).collect()
    } else {
        Vec::new()
    };
    for path in &args.out {
        let Some(format) = still::of(path) else { continue };
        let bytes = match (args.timeline, format.ending) {
            (true, "webp") => webp::encode_series(&mut painter, &frames, args.scale).map_err(|e| failure(&e))?,
            (true, _) => apng::encode(&mut painter, &frames, args.scale).map_err(|e| failure(&e))?,
            (false, _) => {
                let choice = still::Choice { scale: args.scale, lossless: args.lossless };
                (format.encode)(&mut painter, &composed[0].display, choice).map_err(|e| failure(&e))?
            }
        };
        files::write_bytes(path, &bytes).map_err(|e| failure(&e))?;
        printer.talk(&format!("wrote {} ({} kB)", path.display(), bytes.len().div_ceil(1000)));
    }
    Ok(())
}
