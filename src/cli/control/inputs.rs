//! Reading what `mapdesk control` is given.

use super::Args;
use crate::cli::{Failure, printer::Printer};
use crate::control::baseline::Baseline;
use crate::control::cells::{Cells, tessellate};
use crate::control::certainty::Leanings;
use crate::control::log::Log;
use crate::control::picture::Zone;
use crate::control::polygons::{Outline, middle_meridian, polygons_of};
use crate::control::roster::Roster;
use crate::control::sites::Sites;
use crate::control::timeline::Theatre;
use crate::control::units;
use crate::diag::{Note, Position};
use crate::geodesy::{BBox, Metres};
use crate::model::Feature;
use crate::outputs::geojson;
use geo::MultiPolygon;
use std::path::Path;

fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|e| Failure::from(Note::error(format!("{} cannot be read: {e}", path.display()))))
}

/// The sides, the places, the baseline and the log.
pub(super) fn theatre(args: &Args, notes: &mut Vec<Note>) -> Result<Theatre, Failure> {
    let name = |p: &Path| p.display().to_string();
    let roster = Roster::read(&name(&args.actors), &bytes(&args.actors)?)?.unwarn(notes);
    let sites = match &args.places {
        Some(path) => Sites::read(&name(path), &bytes(path)?)?.unwarn(notes),
        None => {
            return Err(Failure::from(
                Note::error("no places").hint("give them with --places: a CSV of geonameid, name, lat, lon"),
            ));
        }
    };
    let leanings = match &args.sources {
        Some(path) => Leanings::read(&name(path), &bytes(path)?, &roster)?.unwarn(notes),
        None => Leanings::default(),
    };
    let log = Log::read(&name(&args.events), &bytes(&args.events)?, &roster, &leanings)?.unwarn(notes);
    let baseline = match &args.baseline {
        Some(path) => Baseline::read(&name(path), &bytes(path)?, &roster, &sites)?.unwarn(notes),
        None => {
            notes.push(Note::info("no baseline: every place begins unknown").at(Position::file(name(&args.events))));
            Baseline::unknown(sites.list.len())
        }
    };
    let mut polygons = Vec::new();
    if let Some(path) = &args.polygons {
        for feature in features(path, notes)? {
            let outline = outline_of(&feature);
            match (feature.text("name").map(str::to_owned).or_else(|| feature.id.clone()), outline) {
                (Some(name), Some(outline)) => polygons.push((name, outline)),
                _ => notes.push(
                    Note::warning("a feature without a polygon or a name is left out").at(Position::file(name(path))),
                ),
            }
        }
    }
    Ok(Theatre { roster, sites, baseline, log, polygons })
}

/// The features of a GeoJSON file.
pub(super) fn features(path: &Path, notes: &mut Vec<Note>) -> Result<Vec<Feature>, Failure> {
    Ok(geojson::read_file(path).map_err(|e| Failure::from(Note::from(e)))?.unwarn(notes))
}

fn outline_of(feature: &Feature) -> Option<Outline> {
    let polygons = polygons_of(feature.geometry.as_ref()?);
    let outline = Outline::new(&polygons, middle_meridian(&polygons));
    (!outline.is_empty()).then_some(outline)
}

/// The polygons of all features of a file.
fn all_polygons(path: &Path, notes: &mut Vec<Note>) -> Result<MultiPolygon<f64>, Failure> {
    let features = features(path, notes)?;
    Ok(MultiPolygon(features.iter().filter_map(|f| f.geometry.as_ref()).flat_map(|g| polygons_of(g).0).collect()))
}

/// The boundary and what it is; `None` where none was given and the places are too few to draw one around.
pub(super) fn outline(
    args: &Args,
    theatre: &Theatre,
    notes: &mut Vec<Note>,
    printer: &mut Printer,
) -> Result<Option<(Outline, String)>, Failure> {
    let given = args.boundary.as_deref().or_else(|| args.areas.as_deref().and_then(Path::to_str));
    if let Some(given) = given {
        let path = Path::new(given);
        if !path.exists() && given.len() == 2 {
            return country(given, printer).map(Some);
        }
        let polygons = all_polygons(path, notes)?;
        let outline = Outline::new(&polygons, middle_meridian(&polygons));
        if outline.is_empty() {
            return Err(Failure::from(Note::error("no polygon in the boundary").at(Position::file(given))));
        }
        if let Some(note) = repaired(&polygons, &outline) {
            notes.push(note.at(Position::file(given)));
        }
        let what = path.file_stem().map_or_else(|| given.to_owned(), |s| s.to_string_lossy().into_owned());
        return Ok(Some((outline, what)));
    }
    let Some(b) = BBox::around(theatre.sites.positions()) else { return Ok(None) };
    let margin = (0.1 * b.width().max(b.north - b.south)).max(0.2);
    let (west, east) = (b.west - margin, b.west + b.width() + margin);
    let (south, north) = ((b.south - margin).max(-89.0), (b.north + margin).min(89.0));
    let square = geo::Rect::new((west, south), (east, north)).to_polygon();
    notes.push(
        Note::warning("no boundary: the land is a box around the places")
            .hint("give --boundary with a GeoJSON file or a country's code"),
    );
    Ok(Some((Outline::new(&MultiPolygon(vec![square]), b.centre().lon()), "box around the places".to_owned())))
}

fn country(code: &str, _printer: &mut Printer) -> Result<(Outline, String), Failure> {
    Err(Failure::from(Note::error(format!("{code} is neither a file nor a country of the basemap"))))
}

/// A note where the boundary had to be put right before use.
fn repaired(polygons: &MultiPolygon<f64>, outline: &Outline) -> Option<Note> {
    use geo::Area as _;
    let (given, clean) = (polygons.unsigned_area(), outline.polygons().unsigned_area());
    ((given - clean).abs() > 1e-6 * clean)
        .then(|| Note::warning("rings of the boundary cross themselves or overlap; they were put right"))
}

/// The land, divided.
pub(super) struct Land {
    pub cells: Cells,
    pub zones: Vec<Zone>,
    pub boundary: String,
}

/// Divides the land as the options ask.
pub(super) fn land(
    args: &Args,
    theatre: &Theatre,
    notes: &mut Vec<Note>,
    printer: &mut Printer,
) -> Result<Land, Failure> {
    let Some((outline, boundary)) = outline(args, theatre, notes, printer)? else {
        return Err(Failure::from(Note::error("neither a boundary nor places")));
    };
    let seeds = theatre.sites.positions();
    let around = outline.bounds().map_or(0.0, |b| (f64::from(b[0]) + f64::from(b[2])) / 2e6);
    let mut cells = match (&args.areas, args.hexagons) {
        (Some(path), _) => {
            let given: Vec<Outline> = features(path, notes)?
                .iter()
                .filter_map(|f| f.geometry.as_ref())
                .map(|g| Outline::new(&polygons_of(g), around))
                .collect();
            units::areas(&outline, &given, &seeds)?
        }
        (None, Some(resolution)) => units::hexagons(&outline, resolution, &seeds)?,
        (None, None) => tessellate(&outline, &seeds)?.unwarn(notes),
    };
    if let Some(reach) = args.reach {
        if reach.is_nan() || reach <= 0.0 {
            return Err(Failure::from(Note::error("--reach is a distance in km above 0")));
        }
        cells = cells.within_reach(&seeds, Metres::from_km(reach), around);
    }
    let mut zones = Vec::new();
    if let Some(path) = &args.zones {
        for (i, feature) in features(path, notes)?.into_iter().enumerate() {
            let outline =
                feature.geometry.as_ref().map(|g| Outline::new(&polygons_of(g), around)).filter(|o| !o.is_empty());
            let (Some(outline), Some(holder)) = (outline, feature.text("holder")) else {
                notes.push(
                    Note::error(format!("zone {} has no polygon or no holder; it is left out", i + 1))
                        .at(Position::file(path.display().to_string()))
                        .hint("each feature needs a property \"holder\" with an actor's id"),
                );
                continue;
            };
            let day = |key: &str| feature.text(key).and_then(|t| crate::time::parse_day(t).ok());
            cells = cells.with_zone(&outline, zones.len() as u32);
            zones.push(Zone {
                holder: theatre
                    .roster
                    .find(holder)
                    .map_or_else(|| holder.to_owned(), |ix| theatre.roster.actor(ix).id.0.clone()),
                name: feature.text("name").unwrap_or("zone").to_owned(),
                note: feature.text("note").unwrap_or_default().to_owned(),
                since: day("since"),
                until: day("until"),
            });
        }
    }
    match &args.water {
        Some(Some(path)) => {
            let water = Outline::new(&all_polygons(path, notes)?, around);
            cells = cells.without(&water);
        }
        Some(None) => cells = cells.without(&lakes(&outline)?),
        None => {}
    }
    Ok(Land { cells, zones, boundary })
}

fn lakes(_area: &Outline) -> Result<Outline, Failure> {
    Err(Failure::from(Note::error("name a file with --water")))
}
