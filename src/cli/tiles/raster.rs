//! `mapdesk tiles --raster`: pictures instead of vectors.

use super::Args;
use crate::cartography::Options;
use crate::cartography::text::Fonts;
use crate::cli::render::{house, layers, rules};
use crate::cli::{Failure, Outcome, failure, printer::Printer};
use crate::diag::{Note, Position, Severity};
use crate::geodesy::BBox;
use crate::model::{Feature, LayerKind, Map, Theme, View};
use crate::outputs::format;
use crate::outputs::picture_tiles::{self, Choice, Kind};
use crate::outputs::style::raster_document;
use crate::outputs::tile_target::About;
use crate::tiles::OnProgress;
use std::path::{Path, PathBuf};

/// What only pictures need.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Raster tiles")]
pub struct Raster {
    /// Draw the map, ground and names included, into picture tiles: png (also without a value) or webp
    #[arg(long, value_name = "png|webp", num_args = 0..=1, default_missing_value = "png", value_parser = ["png", "webp"])]
    pub raster: Option<String>,
    /// CSS pixels of a tile's side
    #[arg(long, value_name = "256|512", default_value_t = 256, value_parser = one_of(&[256, 512]), requires = "raster")]
    tile_size: u32,
    /// Device pixels to a CSS pixel: 2 for "@2x" tiles
    #[arg(long, value_name = "1|2", default_value_t = 1, value_parser = one_of(&[1, 2]), requires = "raster")]
    scale: u32,
    /// What to draw: west, south, east and north in degrees; the layers and some land around them where not given
    #[arg(long, value_name = "W,S,E,N", allow_hyphen_values = true, requires = "raster")]
    bbox: Option<BBox>,
    /// Colours
    #[arg(long, value_name = "THEME", value_parser = ["light", "dark", "mono"], requires = "raster")]
    theme: Option<String>,
    /// A house theme in TOML, as `render --style` reads it
    #[arg(long, value_name = "FILE.toml", conflicts_with = "theme", requires = "raster")]
    style: Option<PathBuf>,
    /// Language of the labels, or two for bilingual ones: ar, or en,ar
    #[arg(long, value_name = "TAG", value_delimiter = ',', requires = "raster")]
    lang: Vec<String>,
    /// Folders with more fonts
    #[arg(long, value_name = "DIR", requires = "raster")]
    fonts: Vec<PathBuf>,
    /// Draw disputed borders and land as this country sees them, as an ISO 3166 code (or `iso`)
    #[arg(long, value_name = "CC", value_parser = crate::cli::worldview::worldview, requires = "raster")]
    worldview: Option<String>,
}

fn one_of(known: &'static [u32]) -> impl Fn(&str) -> Result<u32, String> + Clone {
    move |text| text.parse().ok().filter(|n| known.contains(n)).ok_or_else(|| format!("known are {known:?}"))
}

/// Draws the pyramid.
pub(super) fn run(args: &Args, kind: &str, out: &Path, printer: &mut Printer) -> Result<Outcome, Failure> {
    let own = &args.pictures;
    let mut notes = Vec::new();
    let (style, rules) = house(own.style.as_deref())?;
    let fonts = if own.fonts.is_empty() {
        Fonts::embedded()
    } else {
        Fonts::with_packs(&own.fonts).map_err(|e| failure(&e))?
    };
    let map = read(args, out, &rules, &mut notes)?;
    let options = Options { style, fonts, ..Options::default() };
    let choice = Choice {
        kind: if kind == "webp" { Kind::Webp } else { Kind::Png },
        side: own.tile_size,
        scale: own.scale,
        first: args.minzoom,
        last: args.maxzoom,
        bbox: own.bbox,
    };
    let about = About {
        name: args.name.clone().unwrap_or_default(),
        description: args.description.clone(),
        attribution: args.attribution.clone(),
    };
    let bar = super::progress_bar(printer.progress());
    let progress: Option<OnProgress> = bar.clone().map(|bar| {
        Box::new(move |zoom: u8, done: usize, of: usize| {
            bar.set_message(format!("zoom {zoom}"));
            bar.set_length(of as u64);
            bar.set_position(done as u64);
        }) as OnProgress
    });
    let result = picture_tiles::write(&map, &options, &choice, out, &about, progress);
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    let (summary, bytes) = result.map_err(|e| failure(&e))?;
    for note in &notes {
        printer.say(note);
    }
    let size = if bytes > 0 { format!(", {:.1} MB", bytes as f64 / 1e6) } else { String::new() };
    printer.talk(&format!(
        "{}: zoom {} to {}, {} tiles ({} differ) of {} pixels{size}",
        out.display(),
        summary.zooms.0,
        summary.zooms.1,
        summary.tiles,
        summary.contents,
        own.tile_size * own.scale
    ));
    if let Some((path, url)) = super::style_address(out).filter(|_| !args.no_style) {
        let attribution = about.attribution.clone().unwrap_or_else(|| "Natural Earth".into());
        let document = raster_document(&url, own.tile_size, summary.zooms, &summary.bounds, &attribution);
        super::write_style(&path, &document, printer)?;
    }
    Ok(if notes.iter().any(|n| n.severity >= Severity::Warning) { Outcome::Findings } else { Outcome::Done })
}

fn read(args: &Args, out: &Path, rules: &[rules::Rule], notes: &mut Vec<Note>) -> Result<Map, Failure> {
    let own = &args.pictures;
    let theme = own.theme.as_deref().map_or(Ok(Theme::Light), str::parse).map_err(Note::error)?;
    let mut all = Vec::new();
    for path in &args.inputs {
        let mut read = format::read(path).map_err(|e| failure(&e))?.unwarn(notes);
        read.iter_mut().for_each(layers::recognise);
        // Countries are named by the ground.
        let country = |f: &Feature| matches!(f.text("kind"), Some("country" | "continent"));
        for layer in read.iter_mut().filter(|l| l.kind == LayerKind::Places) {
            layer.features.retain(|f| !country(f));
        }
        rules::apply(rules, &mut read);
        if read.iter().all(|l| l.features.iter().all(|f| f.geometry.is_none())) {
            notes.push(Note::warning("nothing in it can be drawn").at(Position::file(path.display().to_string())));
        }
        all.extend(read);
    }
    let mut map = Map {
        title: args.name.clone().unwrap_or_else(|| stem(out)),
        layers: all,
        view: View { bbox: own.bbox, langs: own.lang.clone(), theme, worldview: own.worldview.clone() },
        ..Map::default()
    };
    layers::describe(&mut map);
    Ok(map)
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default()
}
