//! `mapdesk control`: from an event log to the layers of control, change and fronts.

mod inputs;
mod results;
mod series;

use super::{Failure, Outcome, failure, printer::Printer};
use crate::control::picture::{By, Drawing, Picture};
use crate::control::state::Policy;
use crate::control::timeline::{Theatre, Timeline};
use crate::diag::{Note, Severity};
use crate::model::Certainty;
use crate::time::{Date, parse_day};
use std::path::PathBuf;

/// Who holds what on a day, what changed hands, and where the fronts run, from an event log
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Event log, CSV: date, place, action, actor and more
    #[arg(long)]
    events: PathBuf,
    /// State before the first event, CSV: geonameid, actor, status
    #[arg(long)]
    baseline: Option<PathBuf>,
    /// Sides, CSV: id, name, short, alliance, color, aliases
    #[arg(long)]
    actors: PathBuf,
    /// Places, CSV: geonameid, name, lat, lon and more; the gazetteer's places of the country where not given
    #[arg(long)]
    places: Option<PathBuf>,
    /// With the gazetteer's places, only those with at least this many inhabitants
    #[arg(long, default_value_t = 0, value_name = "PEOPLE")]
    min_population: u64,
    /// Boundary: a GeoJSON file, or a country's ISO code for that of the basemap
    #[arg(long, value_name = "FILE|CC")]
    boundary: Option<String>,
    /// With a country's code: its land as this country sees it, as an ISO 3166 code (or `iso`), not as administered
    #[arg(long, value_name = "CC", value_parser = crate::cli::worldview::worldview)]
    worldview: Option<String>,
    /// The day whose state is wanted; changes are counted from the baseline
    #[arg(long, value_parser = day, conflicts_with_all = ["from", "to"])]
    at: Option<Date>,
    /// Count changes from the end of this day
    #[arg(long, value_parser = day, requires = "to")]
    from: Option<Date>,
    /// The day whose state is wanted
    #[arg(long, value_parser = day, requires = "from")]
    to: Option<Date>,
    /// As it was known at the end of this day: only what was reported by then
    #[arg(long, value_parser = day)]
    known_on: Option<Date>,
    /// Certainties that change the holder
    #[arg(long, value_delimiter = ',', default_value = "confirmed,reported,assessed")]
    certainty: Vec<Certainty>,
    /// Sources and their leanings, CSV: source, leaning; for events that do not say how sure they are
    #[arg(long)]
    sources: Option<PathBuf>,
    /// Days without word after which a state is marked stale
    #[arg(long, value_name = "DAYS")]
    stale_after: Option<i32>,
    /// Whose areas are drawn as one
    #[arg(long, value_enum, default_value = "actor")]
    by: ByArg,
    /// Land farther than this from any place is a class of its own, in km
    #[arg(long, value_name = "KM")]
    reach: Option<f64>,
    /// A map for every day or week of the span
    #[arg(long, value_enum)]
    every: Option<Every>,
    /// Polygons that trump cells, GeoJSON with the property holder
    #[arg(long)]
    zones: Option<PathBuf>,
    /// Named polygons that events of scope polygon speak of, GeoJSON
    #[arg(long)]
    polygons: Option<PathBuf>,
    /// Divide the land into these units instead of cells, GeoJSON
    #[arg(long, conflicts_with = "hexagons")]
    areas: Option<PathBuf>,
    /// Divide the land into H3 hexagons of a resolution instead of cells
    #[arg(long, value_name = "RESOLUTION", value_parser = clap::value_parser!(u8).range(0..=9))]
    hexagons: Option<u8>,
    /// Cut water out: a GeoJSON file, or the basemap's lakes where none is named
    #[arg(long, num_args = 0..=1, value_name = "FILE")]
    water: Option<Option<PathBuf>>,
    /// Also write arrows from where each front was to where it is
    #[arg(long)]
    arrows: bool,
    /// Only look for what is wrong in the log
    #[arg(long)]
    lint: bool,
    /// How findings of --lint are written
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Folder for the layers
    #[arg(long, required_unless_present = "lint")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum ByArg {
    Actor,
    Alliance,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Every {
    Day,
    Week,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Json,
}

fn day(text: &str) -> Result<Date, String> {
    parse_day(text).map_err(|_| format!("\"{text}\" is not a day written 2024-12-05"))
}

pub(super) fn run(args: &Args, printer: &mut Printer) -> Result<Outcome, Failure> {
    let mut notes = Vec::new();
    let ground = inputs::ground(args, &mut notes, printer)?;
    let theatre = inputs::theatre(args, ground.as_ref(), &mut notes)?;
    let timeline = Timeline::new(&theatre).unwarn(&mut notes);
    if args.lint {
        return lint(args, &timeline, ground.as_ref().map(|g| &g.outline), &notes, printer);
    }
    let out = args.out.as_deref().ok_or_else(|| Failure::from(Note::error("--out is missing")))?;
    let land = inputs::land(args, &theatre, ground, &mut notes)?;
    let policy = Policy { certainties: args.certainty.clone(), known_on: args.known_on, stale_after: args.stale_after };
    let Some((first, last)) = timeline.span() else {
        notes.push(Note::error("no event of the log can be used"));
        return Err(Failure::Notes(notes));
    };
    let date = args.at.or(args.to).unwrap_or(last);
    let by = match args.by {
        ByArg::Actor => By::Actor,
        ByArg::Alliance => By::Alliance,
    };
    let drawing = Drawing { by, stale_after: args.stale_after, zones: &land.zones };
    let job = results::Job { timeline: &timeline, land: &land, policy: &policy, drawing, out };
    job.day(args.from, date, args.arrows, printer)?;
    if let Some(every) = args.every {
        let start = args.from.or(theatre.baseline.date).unwrap_or(first);
        job.series(start, date, if every == Every::Day { 1 } else { 7 }, printer)?;
    }
    for note in &notes {
        printer.say(note);
    }
    Ok(if notes.iter().any(|n| n.severity == Severity::Error) { Outcome::Findings } else { Outcome::Done })
}

fn lint(
    args: &Args,
    timeline: &Timeline,
    boundary: Option<&crate::control::polygons::Outline>,
    notes: &[Note],
    printer: &mut Printer,
) -> Result<Outcome, Failure> {
    let findings = crate::control::lint::lint(timeline, boundary, notes);
    match args.format {
        Format::Text => {
            for finding in &findings {
                printer.result(&finding.text())?;
            }
            printer.talk(&format!("{} findings", findings.len()));
        }
        Format::Json => {
            let text = serde_json::to_string_pretty(&findings).map_err(|e| failure(&e))?;
            printer.line(&text)?;
        }
    }
    Ok(if findings.is_empty() { Outcome::Done } else { Outcome::Findings })
}

impl From<crate::control::ControlError> for Failure {
    fn from(error: crate::control::ControlError) -> Self {
        failure(&error)
    }
}

impl From<crate::outputs::files::FileError> for Failure {
    fn from(error: crate::outputs::files::FileError) -> Self {
        failure(&error)
    }
}

/// A picture of a day's states.
fn picture(
    theatre: &Theatre,
    land: &inputs::Land,
    states: Vec<crate::control::state::PlaceState>,
    date: Date,
    drawing: &Drawing,
) -> Picture {
    Picture::new(theatre, &land.cells, states, date, drawing)
}
