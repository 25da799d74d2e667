//! `mapdesk make INPUT`: from an article or a story file to everything a desk needs.
//!
//! [`stage`] works out control, [`frames`] the maps to draw, [`facts`] what was checked; [`write`](self::write) puts the files down.

mod facts;
mod frames;
mod stage;
mod write;

use super::house::{self, Control};
use super::{Failure, Outcome, draft, input, printer::Printer};
use crate::cartography::theme::Style;
use crate::cartography::{ControlStyle, Options};
use crate::diag::{Note, Severity};
use crate::model::{Story, Theme};
use crate::outputs::format::FormatError;
use crate::story;
use std::path::{Path, PathBuf};

/// Make layers, maps, tiles, a page and checked facts from an article or a story file
#[derive(Debug, clap::Args)]
pub struct Args {
    /// An article (.txt, .md, or - for standard input) or a story file (.toml)
    input: String,
    /// The day the article was published, against which "Thursday" is resolved
    #[arg(long, value_name = "YYYY-MM-DD")]
    published: Option<String>,
    /// The folder to write into; files of other names in it stay
    #[arg(long, short, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Language of the labels, or two for bilingual ones, as BCP 47 tags: ar, or en,ar
    #[arg(long, value_name = "TAG", value_delimiter = ',')]
    lang: Vec<String>,
    /// Colours
    #[arg(long, value_name = "THEME", value_parser = ["light", "dark", "mono"])]
    theme: Option<String>,
    /// More artboards beside the desktop one: mobile, square, wide, print, or WIDTHxHEIGHT
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    artboard: Vec<String>,
    /// More formats of the layers, in one file each: gpkg, fgb, parquet, shp, kml, kmz, topojson, csv, xlsx
    #[arg(long, value_name = "FORMAT", value_delimiter = ',')]
    formats: Vec<String>,
    /// Draw disputed borders and land as this country sees them, as an ISO 3166 code (or `iso`)
    #[arg(long, value_name = "CC", value_parser = crate::cli::worldview::worldview)]
    worldview: Option<String>,
    /// A house theme in TOML: colours, letters, logo
    #[arg(long, value_name = "FILE.toml", conflicts_with = "theme")]
    style: Option<PathBuf>,
    #[command(flatten)]
    control: Control,
    /// Leave out what only web maps need (some 3 MB): MapLibre styles, glyphs, hatching, a quiet base map
    #[arg(long)]
    no_web: bool,
}

pub(super) fn run(args: &Args, printer: &mut Printer) -> Result<Outcome, Failure> {
    let (mut story, base, drafted) = load(args, printer)?;
    if !args.lang.is_empty() {
        story.langs.clone_from(&args.lang);
    }
    if let Some(theme) = &args.theme {
        story.theme = theme.parse::<Theme>().map_err(|e| Failure::from(Note::error(e)))?;
    }
    for key in &args.formats {
        let known = crate::outputs::format::of_key(key);
        if let Some(Err(error @ FormatError::Absent { .. })) = known.map(|f| f.writer()) {
            return Err(super::failure(&error));
        }
        if known.is_none_or(|f| f.write.is_none()) {
            let keys: Vec<&str> =
                crate::outputs::format::FORMATS.iter().filter(|f| f.write.is_some()).map(|f| f.key).collect();
            let note = Note::error(format!("--formats: \"{key}\" is not a format that is written"));
            return Err(note.hint(format!("known are {}", keys.join(", "))).into());
        }
    }
    let out = args.out.clone().unwrap_or_else(|| Path::new("output").join(&story.slug));
    if story.places.is_empty() && story.control.events.is_none() {
        let note = Note::error("nothing to map: no place was found")
            .hint("name a place in the text, or add [[places]] to a story file");
        printer.say(&note);
        return Ok(Outcome::Findings);
    }
    let mut notes = Vec::new();
    let staged = stage::stage(&story, &base, args.worldview.as_deref())?.unwarn(&mut notes);
    let towns = args.control.style() == ControlStyle::Settlements;
    let boards = frames::boards(&args.artboard)?;
    let frames = frames::frames(&story, &staged, args.worldview.as_deref(), towns, &boards)?.unwarn(&mut notes);
    let house = own(args, &mut notes)?;
    let made = write::write(&write::Job {
        story: &story,
        drafted,
        frames: &frames,
        boards: &boards,
        formats: &args.formats,
        web: !args.no_web,
        house: &house,
        out: &out,
        notes: &notes,
    })?;
    for note in notes.iter().chain(&made.notes).filter(|n| n.severity >= Severity::Warning) {
        printer.say(note);
    }
    for silent in &made.left_out {
        printer.talk(silent);
    }
    printer.talk(&format!("wrote {} files to {}", made.files, out.display()));
    Ok(Outcome::Done)
}

/// What the desk brings of its own.
fn own(args: &Args, notes: &mut Vec<Note>) -> Result<write::House, Failure> {
    let style = match &args.style {
        Some(path) => {
            let file = path.display().to_string();
            Some(Style::read(&input::text(&file)?, &file).map_err(|note| Failure::from(*note))?)
        }
        None => None,
    };
    let logo = house::logo(args.style.as_deref(), style.as_ref())?;
    let options = Options {
        style,
        control: args.control.style(),
        roads: args.control.roads(notes)?,
        relief: args.control.relief()?,
        ..Options::default()
    };
    Ok(write::House { options, logo })
}

/// The story, the folder its paths are relative to, and whether it was drafted just now.
fn load(args: &Args, printer: &mut Printer) -> Result<(Story, PathBuf, bool), Failure> {
    let published = args.published.as_deref().map(|d| input::day("--published", d)).transpose()?;
    let is_story = Path::new(&args.input).extension().is_some_and(|e| e.eq_ignore_ascii_case("toml"));
    if !is_story {
        let story = draft::read_article(&args.input, published, None, printer)?;
        return Ok((story, PathBuf::from("."), true));
    }
    let text = input::text(&args.input)?;
    let mut notes = Vec::new();
    let mut story = story::read(&text, &args.input).map_err(Failure::Notes)?.unwarn(&mut notes);
    for note in &notes {
        printer.say(note);
    }
    if let Some(day) = published {
        story.published = Some(day);
    }
    let base = Path::new(&args.input).parent().map_or_else(|| PathBuf::from("."), Path::to_owned);
    Ok((story, base, false))
}
