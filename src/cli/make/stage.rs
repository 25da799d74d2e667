//! The stage of a story: its theatre, the land divided, and the days that are drawn.
//!
//! An event log with a baseline gives the whole country. An article gives a theatre of its own events on the towns around them, of
//! which nothing else is known; what it does not speak of stays unknown, and the map says so.

use crate::basemap::Basemap;
use crate::cli::{Failure, failure};
use crate::control::baseline::Baseline;
use crate::control::cells::{Cells, tessellate};
use crate::control::certainty::Leanings;
use crate::control::log::Log;
use crate::control::polygons::{Outline, middle_meridian, polygons_of};
use crate::control::roster::Roster;
use crate::control::sites::{Site, Sites};
use crate::control::state::{PlaceState, Policy};
use crate::control::timeline::Theatre;
use crate::diag::{Note, Position, Warned};
use crate::gazetteer::{Gazetteer, Record};
use crate::model::{Action, Event, PlaceKind, Role, Scope, Status, Story, StoryEvent, StoryPlace};
use crate::outputs::geojson;
use crate::time::{Date, When};
use geo::MultiPolygon;
use std::collections::BTreeSet;
use std::path::Path;

/// Control worked out: a theatre, its cells and what they are called.
pub(super) struct Stage {
    /// What was read.
    pub theatre: Theatre,
    /// The land divided.
    pub cells: Cells,
    /// What the boundary is, in a phrase.
    pub boundary: String,
    /// Days to draw, the last one the day of the map.
    pub days: Vec<Date>,
    /// The two days the change is counted between.
    pub span: (Date, Date),
    /// Whether nothing is known but what an article names.
    pub sparse: bool,
    /// Which events count.
    pub policy: Policy,
}

/// A town of at least this many people has a cell of its own on an article's map.
const TOWN: u64 = 30_000;

/// Works out the stage of a story; `None` where it has no control to show.
///
/// # Errors
/// A file that the story names cannot be read or is not what it should be.
pub(super) fn stage(story: &Story, base: &Path, worldview: Option<&str>) -> Result<Warned<Option<Stage>>, Failure> {
    if story.control.events.is_some() {
        log_stage(story, base, worldview).map(|s| s.map(Some))
    } else {
        article_stage(story, worldview)
    }
}

fn log_stage(story: &Story, base: &Path, worldview: Option<&str>) -> Result<Warned<Stage>, Failure> {
    let control = &story.control;
    let mut notes = Vec::new();
    let need = |what: &str, key: &str| {
        Failure::from(
            Note::error(format!("[control] names events but no {what}")).hint(format!("add {key} = \"file.csv\"")),
        )
    };
    let file = |path: &str| -> Result<(String, Vec<u8>), Failure> {
        let name = base.join(path).display().to_string();
        crate::cli::input::bytes(&name).map(|bytes| (name, bytes))
    };
    let roster = match &control.actors {
        Some(path) => {
            let (name, bytes) = file(path)?;
            let mut roster = Roster::read(&name, &bytes).map_err(|e| failure(&e))?.unwarn(&mut notes);
            // What the story says of an actor goes before the file: an editor's colours and names.
            for own in &story.actors {
                if let Some(actor) = roster.actors.iter_mut().find(|a| a.id == own.id) {
                    actor.name.clone_from(&own.name);
                    actor.short.clone_from(&own.short);
                    actor.color = own.color.or(actor.color);
                }
            }
            roster
        }
        None if !story.actors.is_empty() => Roster::new(story.actors.clone()),
        None => return Err(need("actors", "actors")),
    };
    let sites = match &control.places {
        Some(path) => {
            let (name, bytes) = file(path)?;
            Sites::read(&name, &bytes).map_err(|e| failure(&e))?.unwarn(&mut notes)
        }
        None => return Err(need("places", "places")),
    };
    let baseline = match &control.baseline {
        Some(path) => {
            let (name, bytes) = file(path)?;
            Baseline::read(&name, &bytes, &roster, &sites).map_err(|e| failure(&e))?.unwarn(&mut notes)
        }
        None => Baseline::unknown(sites.list.len()),
    };
    let (name, bytes) = file(control.events.as_deref().unwrap_or_default())?;
    let log = Log::read(&name, &bytes, &roster, &Leanings::default()).map_err(|e| failure(&e))?.unwarn(&mut notes);
    let (polygons, boundary) = match control.boundary.as_deref() {
        Some(code) if code.len() == 2 => country(&[code.to_owned()], worldview)?,
        Some(path) => {
            let (name, bytes) = file(path)?;
            let features = geojson::read(&bytes, &name).map_err(|e| Failure::from(Note::from(e)))?.unwarn(&mut notes);
            let polygons = features.iter().filter_map(|f| f.geometry.as_ref()).flat_map(|g| polygons_of(g).0).collect();
            (MultiPolygon(polygons), path.to_owned())
        }
        None => return Err(need("boundary", "boundary")),
    };
    let outline = Outline::new(&polygons, middle_meridian(&polygons));
    let sparse = control.baseline.is_none();
    let theatre = Theatre { roster, sites, baseline, log, polygons: Vec::new() };
    let cells = tessellate(&outline, &theatre.sites.positions()).map_err(|e| failure(&e))?.unwarn(&mut notes);
    let cells = match control.reach {
        Some(reach) => cells.within_reach(&theatre.sites.positions(), reach, middle_meridian(&polygons)),
        None => cells,
    };
    let mut days = control.dates.clone();
    days.sort_unstable();
    days.dedup();
    let last_event = theatre.log.iter().map(|e| e.date.day).max();
    if days.is_empty() {
        days.extend(control.to.or(story.published).or(last_event));
    }
    let Some(&last) = days.last() else {
        return Err(Note::error("the event log is empty").at(Position::file(name)).into());
    };
    let span = (control.from.or(days.first().copied()).unwrap_or(last), control.to.unwrap_or(last));
    let mut policy = Policy { known_on: control.known_on, ..Policy::default() };
    if !control.certainty.is_empty() {
        policy.certainties.clone_from(&control.certainty);
    }
    Ok(Warned::new(Stage { theatre, cells, boundary, days, span, sparse, policy }, notes))
}

/// The polygons of countries by code, and the words for them.
fn country(codes: &[String], worldview: Option<&str>) -> Result<(MultiPolygon<f64>, String), Failure> {
    let mut polygons = Vec::new();
    for code in codes {
        let code = code.to_ascii_uppercase();
        let found = Basemap::embedded().country_polygon(&code, worldview).ok_or_else(|| {
            Note::error(format!("\"{code}\" is not the code of a country"))
                .hint("use ISO 3166-1 alpha-2, for instance SY")
        })?;
        polygons.extend(found.0);
    }
    let view = worldview.map_or_else(|| "de facto".to_owned(), |w| format!("in the view of {}", w.to_uppercase()));
    Ok((MultiPolygon(polygons), format!("Natural Earth 1:10 million, {view}, {}", codes.join(" and "))))
}

/// The stage of a story's own events.
fn article_stage(story: &Story, worldview: Option<&str>) -> Result<Warned<Option<Stage>>, Failure> {
    let place_of = |e: &StoryEvent| story.places.iter().find(|p| p.id == e.place && p.role != Role::Hidden);
    let counted: Vec<(&StoryEvent, &StoryPlace)> = story
        .events
        .iter()
        .filter(|e| e.facility.is_none())
        .filter_map(|e| Some((e, place_of(e)?)))
        .filter(|(_, p)| {
            matches!(p.place.kind, PlaceKind::City | PlaceKind::Admin1 | PlaceKind::Facility | PlaceKind::Position)
        })
        .collect();
    // Of one day the text tells the outcome and the way to it: fighting comes before retreat, retreat before capture.
    let mut counted = counted;
    counted.sort_by_key(|(e, _)| (e.date.map(|d| d.day), step(e.action)));
    let codes: BTreeSet<String> = counted.iter().filter_map(|(_, p)| p.place.country.clone()).collect();
    let codes: Vec<String> = codes.into_iter().filter(|c| Basemap::embedded().country(c).is_some()).collect();
    let day_of = |e: &StoryEvent| e.date.or(story.published.map(When::day));
    let last = story.published.or_else(|| counted.iter().filter_map(|(e, _)| day_of(e)).map(|w| w.day).max());
    let (Some(last), false) = (last, codes.is_empty()) else { return Ok(Warned::silent(None)) };
    let (polygons, boundary) = country(&codes, worldview)?;
    let gazetteer = Gazetteer::embedded();
    let sites = article_sites(gazetteer, story, &codes, &counted);
    let roster = Roster::new(story.actors.clone());
    let mut baseline = Baseline::unknown(sites.list.len());
    let mut events = Vec::new();
    for (seq, (event, place)) in counted.iter().enumerate() {
        let Some(date) = day_of(event) else { continue };
        let area = place.place.kind == PlaceKind::Admin1;
        let name = if area { admin1_name(gazetteer, place) } else { place.place.name.clone() };
        // What the text says somebody lost, that side held before.
        if let Some(from) = event.from.as_ref().and_then(|f| roster.find(&f.0)) {
            for (i, site) in sites.list.iter().enumerate() {
                let here = if area { site.admin1 == name } else { site.geonameid == site_id(place, story) };
                if here && baseline.states[i].holder.is_none() {
                    baseline.states[i] = PlaceState::given(Some(from), Status::Held, None);
                }
            }
        }
        events.push(Event {
            id: event.id.clone(),
            date,
            seq: seq as u32,
            scope: if area { Scope::Admin1 } else { Scope::Place },
            place: name,
            geonameid: (!area).then(|| site_id(place, story)),
            action: event.action,
            actor: event.actor.clone(),
            from: event.from.clone(),
            certainty: event.certainty,
            reported: event.reported,
            quote: event.evidence.iter().map(|e| e.text.as_str()).collect::<Vec<_>>().join(" … "),
            sources: event.attribution.clone().or(story.source.publisher.clone()).into_iter().collect(),
            url: story.source.url.clone().unwrap_or_default(),
            note: event.reason.clone(),
        });
    }
    let first = events.iter().map(|e| e.date.day).min().unwrap_or(last);
    let before = first.yesterday().unwrap_or(first);
    let mut notes = Vec::new();
    let theatre = Theatre { roster, sites, baseline, log: Log::of("the story's events", events), polygons: Vec::new() };
    let outline = Outline::new(&polygons, middle_meridian(&polygons));
    let cells = tessellate(&outline, &theatre.sites.positions()).map_err(|e| failure(&e))?.unwarn(&mut notes);
    let stage = Stage {
        theatre,
        cells,
        boundary,
        days: vec![last],
        span: (before, last),
        sparse: true,
        policy: Policy::default(),
    };
    Ok(Warned::new(Some(stage), notes))
}

/// Where an action stands in the course of a day's events.
fn step(action: Action) -> u8 {
    match action {
        Action::Withdrew => 1,
        a if a.gains() => 2,
        _ => 0,
    }
}

/// Ids for places that have none in GeoNames stand above all that do.
const OWN_IDS: u32 = 4_000_000_000;

fn site_id(place: &StoryPlace, story: &Story) -> u32 {
    let n = story.places.iter().position(|p| p.id == place.id).unwrap_or_default() as u32;
    place.place.geonameid.unwrap_or(OWN_IDS + n)
}

/// Towns of the countries, seats of their divisions, and the places of the events themselves.
fn article_sites(
    gazetteer: &Gazetteer,
    story: &Story,
    codes: &[String],
    counted: &[(&StoryEvent, &StoryPlace)],
) -> Sites {
    let site = |r: &Record<'_>| Site {
        geonameid: r.geonameid().unwrap_or_default(),
        name: r.name().to_owned(),
        plain: r.name().to_owned(),
        at: r.at(),
        admin1: r.admin1_ix().map(|ix| gazetteer.get(ix).name().to_owned()).unwrap_or_default(),
        admin2: String::new(),
        country: r.country().unwrap_or_default().to_owned(),
        population: r.population(),
    };
    let mut list: Vec<Site> = gazetteer
        .iter()
        .filter(|r| r.kind() == PlaceKind::City && r.country().is_some_and(|c| codes.iter().any(|k| k == c)))
        .filter(|r| r.population() >= TOWN || r.is_admin1_seat())
        .filter(|r| r.geonameid().is_some() && !r.is_abandoned())
        .map(|r| site(&r))
        .collect();
    for (_, place) in counted.iter().filter(|(_, p)| p.place.kind != PlaceKind::Admin1) {
        let id = site_id(place, story);
        list.retain(|s| s.geonameid != id);
        list.push(Site {
            geonameid: id,
            name: place.place.name.clone(),
            plain: place.place.name.clone(),
            at: place.place.at,
            admin1: place.place.admin1.clone().unwrap_or_default(),
            admin2: String::new(),
            country: place.place.country.clone().unwrap_or_default(),
            population: place.place.population,
        });
    }
    Sites::new(list)
}

fn admin1_name(gazetteer: &Gazetteer, place: &StoryPlace) -> String {
    let known = place.place.geonameid.and_then(|id| gazetteer.by_id(id)).map(|ix| gazetteer.get(ix).name().to_owned());
    known.unwrap_or_else(|| place.place.name.clone())
}
