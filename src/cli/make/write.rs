//! Putting the files down. Everything is made in memory or in a folder aside first; only then is the output folder touched, and
//! files of other names in it stay.

use super::facts::facts;
use super::frames::Frames;
use crate::cartography::{Artboard, ControlStyle, Options, compose};
use crate::cli::house::{Stamp, stamp};
use crate::cli::{Failure, failure};
use crate::diag::Note;
use crate::model::{Layer, LayerKind, Map, Story};
use crate::outputs::page::{FileLink, page};
use crate::outputs::raster::Painter;
use crate::outputs::tile_target::{self, About};
use crate::outputs::{files, format, geojson, png, style, svg};
use crate::tiles;
use std::path::{Path, PathBuf};

/// What is to be written.
pub(super) struct Job<'j> {
    pub story: &'j Story,
    pub drafted: bool,
    pub frames: &'j Frames,
    pub boards: &'j [Artboard],
    pub formats: &'j [String],
    pub web: bool,
    pub house: &'j House,
    pub out: &'j Path,
    pub notes: &'j [Note],
}

/// How a desk's own maps look.
pub(super) struct House {
    pub options: Options,
    pub logo: Option<Stamp>,
}

/// What was written.
pub(super) struct Made {
    /// How many files.
    pub files: usize,
    /// Layers with nothing to say, and why.
    pub left_out: Vec<String>,
    /// What composing had to say.
    pub notes: Vec<Note>,
}

/// Files in memory, in the order in which the page lists them.
#[derive(Default)]
struct Folder {
    files: Vec<(String, Vec<u8>, String)>,
}

impl Folder {
    fn add(&mut self, name: impl Into<String>, bytes: impl Into<Vec<u8>>, what: impl Into<String>) {
        self.files.push((name.into(), bytes.into(), what.into()));
    }
}

/// Writes everything a story gives.
pub(super) fn write(job: &Job<'_>) -> Result<Made, Failure> {
    let main = &job.frames.frames[0];
    let mut folder = Folder::default();
    let mut notes = Vec::new();
    if job.drafted {
        folder.add("story.toml", crate::story::write(job.story), "every guess with its evidence, to correct");
    }
    let written = layers(job);
    let mut left_out = Vec::new();
    for (kind, reason) in EXPECTED {
        if written.iter().all(|l| l.kind != *kind) {
            left_out.push(format!("{}.geojson left out: {reason}", kind.name()));
        }
    }
    for layer in &written {
        folder.add(format!("{}.geojson", layer.name), geojson::to_string(layer), what(layer));
    }
    for frame in &job.frames.frames[1..] {
        for layer in frame.map.layers.iter().filter(|l| l.kind == LayerKind::Control) {
            let what = format!("who held what on {}", frame.suffix);
            folder.add(format!("control-{}.geojson", frame.suffix), geojson::to_string(layer), what);
        }
    }
    let drawn = pictures(job, &mut folder, &mut notes)?;
    archive(&written, &main.map, &mut folder)?;
    if job.web {
        web(&main.map, &mut folder)?;
    }
    let all_notes: Vec<Note> = job.notes.iter().chain(&notes).cloned().collect();
    folder.add("facts.json", facts(job.story, job.frames, &all_notes), "claims checked, areas, warnings");

    for key in job.formats {
        whole_format(key, job, &written, &mut folder, &mut notes)?;
    }
    let links: Vec<FileLink> = folder
        .files
        .iter()
        .filter(|(name, ..)| !name.contains('/'))
        .map(|(name, _, what)| FileLink { name: name.clone(), what: what.clone() })
        .collect();
    let html = page(&main.map, job.story, &drawn.svgs, &drawn.alt, &links, &all_notes);
    folder.add("index.html", html, "");
    for (name, bytes, _) in &folder.files {
        files::write_bytes(&job.out.join(name), bytes).map_err(|e| failure(&e))?;
    }
    Ok(Made { files: folder.files.len(), left_out, notes })
}

/// The layers of the contract, and why each may be missing.
const EXPECTED: &[(LayerKind, &str)] = &[
    (LayerKind::Places, "no place was found"),
    (LayerKind::Events, "the text tells of no control event"),
    (LayerKind::Distances, "the text states no distance between two places it names"),
    (LayerKind::Control, "nothing is known of who holds what"),
    (LayerKind::Change, "nothing changed hands"),
    (LayerKind::Frontline, "no two sides are known to meet"),
];

/// Every layer that has a file: those of the main map but for context, and those beside, which go before a drawn one of their name.
fn layers(job: &Job<'_>) -> Vec<Layer> {
    let main = &job.frames.frames[0].map;
    let beside = &job.frames.beside;
    let named = |name: &str| beside.iter().any(|l| l.name == name && !l.features.is_empty());
    let shown = main.layers.iter().filter(|l| l.name != "context" && !named(&l.name));
    shown.chain(beside).filter(|l| !l.features.is_empty()).cloned().collect()
}

fn what(layer: &Layer) -> String {
    let n = layer.features.len();
    let what = match layer.kind {
        LayerKind::Control => "who holds what",
        LayerKind::Change => "what changed hands, from whom to whom",
        LayerKind::Contested => "land that is fought over",
        LayerKind::Beyond => "land far from any known place",
        LayerKind::Cells => "the Thiessen cells",
        LayerKind::Frontline => "front lines",
        LayerKind::Distances => "distances, said and measured",
        LayerKind::Advance => "moves of the front",
        LayerKind::Events => "control events",
        LayerKind::Places => "places of the story",
        LayerKind::Overlay => "overlay",
    };
    format!("{what} ({n})")
}

struct Drawn {
    svgs: Vec<(String, String)>,
    alt: String,
}

fn pictures(job: &Job<'_>, folder: &mut Folder, notes: &mut Vec<Note>) -> Result<Drawn, Failure> {
    let mut painter = Painter::new();
    let House { options, logo } = job.house;
    let mut drawn = Drawn { svgs: Vec::new(), alt: String::new() };
    // What changed hands is land, however control is shown.
    let areas = Options { control: ControlStyle::Areas, ..options.clone() };
    for frame in &job.frames.frames {
        let mut map = frame.map.clone();
        map.layers.extend(frame.cells.clone());
        let options =
            if options.control == ControlStyle::Settlements && frame.cells.is_none() { &areas } else { options };
        for (n, board) in job.boards.iter().enumerate() {
            let mut stem = "map".to_owned();
            if !frame.suffix.is_empty() {
                stem = format!("{stem}-{}", frame.suffix);
            }
            if n > 0 {
                let name = if board.name == "custom" {
                    format!("{}x{}", board.width, board.height)
                } else {
                    board.name.to_owned()
                };
                stem = format!("{stem}-{name}");
            }
            let mut composed = compose(&map, board, options).unwrap_for(n == 0, notes);
            if let Some(logo) = logo {
                composed.display.groups.push(stamp(logo, &composed.display));
            }
            let size = format!("{} × {}", board.width, board.height);
            let one = png::encode(&mut painter, &composed.display, 1, false).map_err(|e| failure(&e))?;
            let two = png::encode(&mut painter, &composed.display, 2, false).map_err(|e| failure(&e))?;
            let vector = svg::encode(&composed.display);
            folder.add(format!("{stem}.png"), one, format!("the map, {size}"));
            folder.add(format!("{stem}@2x.png"), two, format!("the map, {size} at double density"));
            folder.add(format!("{stem}.svg"), vector.clone(), "the map, text as text");
            folder.add(format!("{stem}.alt.txt"), format!("{}\n", composed.alt_text), "alternative text");
            if n == 0 {
                if frame.suffix.is_empty() {
                    drawn.alt.clone_from(&composed.alt_text);
                }
                drawn.svgs.push((composed.alt_text, vector));
            }
        }
    }
    Ok(drawn)
}

trait UnwrapFor<T> {
    fn unwrap_for(self, wanted: bool, notes: &mut Vec<Note>) -> T;
}

impl<T> UnwrapFor<T> for crate::diag::Warned<T> {
    /// The value; its notes only where they are wanted, since further artboards say the same again.
    fn unwrap_for(self, wanted: bool, notes: &mut Vec<Note>) -> T {
        if wanted { self.unwarn(notes) } else { self.value }
    }
}

/// `map.pmtiles`: every layer of the story.
fn archive(layers: &[Layer], map: &Map, folder: &mut Folder) -> Result<(), Failure> {
    let credits: Vec<&str> = map.credits.iter().map(|c| c.name.as_str()).collect();
    let about =
        About { name: map.title.clone(), description: map.subtitle.clone(), attribution: Some(credits.join(", ")) };
    let options = tiles::Options { min_zoom: Some(0), ..tiles::Options::default() };
    let bytes = tile_target::pmtiles_bytes(layers, &options, &about).map_err(|e| failure(&e))?;
    folder.add("map.pmtiles", bytes, "all layers as vector tiles");
    Ok(())
}

/// What a web map needs beside `map.pmtiles`.
fn web(map: &Map, folder: &mut Folder) -> Result<(), Failure> {
    for (name, bytes) in style::folder(map, "map.pmtiles").map_err(|e| failure(&e))? {
        let what = match name.as_str() {
            "style.json" => "MapLibre style",
            "web.html" => "a page that shows the tiles with MapLibre",
            "basemap.pmtiles" => "the base map: the world, in detail around the story",
            _ => "MapLibre style in another theme",
        };
        folder.add(name, bytes, what);
    }
    Ok(())
}

/// All layers in one file of another format.
fn whole_format(
    key: &str,
    job: &Job<'_>,
    layers: &[Layer],
    folder: &mut Folder,
    notes: &mut Vec<Note>,
) -> Result<(), Failure> {
    let Some(format) = format::of_key(key) else { return Ok(()) };
    let aside = tempfile::tempdir().map_err(Failure::from)?;
    let path = aside.path().join(format!("{}.{}", job.story.slug, format.endings[0]));
    let written: Vec<PathBuf> =
        format::write(&format::with_dates(layers), &path).map_err(|e| failure(&e))?.unwarn(notes);
    for path in written {
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default().to_owned();
        let bytes = std::fs::read(&path).map_err(Failure::from)?;
        folder.add(name, bytes, format!("all layers as {}", format.name));
    }
    Ok(())
}
