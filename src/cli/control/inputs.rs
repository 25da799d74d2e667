//! Reading what `mapdesk control` is given.

use super::Args;
use crate::basemap::{Basemap, LayerId, Scale, borders_as};
use crate::cli::{Failure, printer::Printer};
use crate::control::baseline::Baseline;
use crate::control::cells::{Cells, tessellate};
use crate::control::certainty::Leanings;
use crate::control::log::Log;
use crate::control::picture::Zone;
use crate::control::polygons::{Outline, middle_meridian, polygons_of};
use crate::control::roster::Roster;
use crate::control::sites::{Site, Sites};
use crate::control::timeline::Theatre;
use crate::control::units;
use crate::diag::{Note, Position};
use crate::gazetteer::{Gazetteer, PlaceIx, Record};
use crate::geodesy::{BBox, LonLat, Metres};
use crate::model::{Feature, PlaceKind};
use crate::outputs::geojson;
use geo::MultiPolygon;
use std::collections::BTreeMap;
use std::path::Path;

fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|e| Failure::from(Note::error(format!("{} cannot be read: {e}", path.display()))))
}

/// The sides, the places, the baseline and the log.
pub(super) fn theatre(args: &Args, ground: Option<&Ground>, notes: &mut Vec<Note>) -> Result<Theatre, Failure> {
    let name = |p: &Path| p.display().to_string();
    let roster = Roster::read(&name(&args.actors), &bytes(&args.actors)?)?.unwarn(notes);
    let sites = match &args.places {
        Some(path) => Sites::read(&name(path), &bytes(path)?)?.unwarn(notes),
        None => {
            let Some(ground) = ground else {
                return Err(Failure::from(
                    Note::error("neither places nor a boundary to take them from the gazetteer for")
                        .hint("give --places, a CSV of geonameid, name, lat, lon, or --boundary"),
                ));
            };
            gazetteer_sites(ground, args.min_population)
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
            match (feature.text("name").or(feature.id.as_deref()).map(str::to_owned), outline) {
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

/// The land that control is told of.
pub(super) struct Ground {
    pub outline: Outline,
    /// What it is, in a phrase.
    pub what: String,
    /// Codes of the countries it was made of, where it comes from the basemap.
    countries: Vec<String>,
    /// It was made of divisions of the basemap.
    divisions: bool,
}

/// The boundary that was given; `None` where none was.
pub(super) fn ground(args: &Args, notes: &mut Vec<Note>, printer: &mut Printer) -> Result<Option<Ground>, Failure> {
    let Some(given) = args.boundary.as_deref().or_else(|| args.areas.as_deref().and_then(Path::to_str)) else {
        return Ok(None);
    };
    let path = Path::new(given);
    if !path.exists() && given.split(',').all(|c| (2..=6).contains(&c.trim().len())) {
        return basemap_ground(given, args.worldview.as_deref(), printer).map(Some);
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
    Ok(Some(Ground { outline, what, countries: Vec::new(), divisions: false }))
}

/// Countries (`SY`, `FJ,TO`) or first-order divisions (`SY-HL`, `SY.09`) of the basemap; how it draws disputed borders is said.
fn basemap_ground(codes: &str, worldview: Option<&str>, printer: &mut Printer) -> Result<Ground, Failure> {
    let map = Basemap::embedded();
    let mut polygons = MultiPolygon(Vec::new());
    let (mut names, mut countries) = (Vec::new(), Vec::new());
    for code in codes.split(',').map(|c| c.trim().to_ascii_uppercase()) {
        let found = if code.contains(['-', '.']) { map.division(&code) } else { map.country(&code) };
        let Some(found) = found else {
            return Err(Failure::from(
                Note::error(format!("\"{code}\" is neither a file nor a country or division of the basemap"))
                    .hint("give a GeoJSON file, an ISO 3166-1 code such as SY, or a division such as SY-HL"),
            ));
        };
        let land = if found.layer() == LayerId::Countries { map.country_polygon(&code, worldview) } else { None };
        polygons.0.extend(land.unwrap_or_else(|| map.polygons(&found)).0);
        names.push(found.name("en").to_owned());
        if !code.contains(['-', '.']) {
            countries.push(code);
        }
    }
    let what = format!("{}, Natural Earth 1:10 million, {}", names.join(" and "), borders_as(worldview));
    printer.talk(&format!("boundary: {what}"));
    let outline = Outline::new(&polygons, middle_meridian(&polygons));
    // Where divisions and countries are mixed, every place must lie within.
    let divisions = codes.split(',').all(|c| c.contains(['-', '.']));
    if !codes.split(',').all(|c| !c.contains(['-', '.'])) {
        countries.clear();
    }
    Ok(Ground { outline, what, countries, divisions })
}

/// A box around the places, for want of a boundary.
fn box_around(theatre: &Theatre, notes: &mut Vec<Note>) -> Result<Ground, Failure> {
    let Some(b) = BBox::around(theatre.sites.positions()) else {
        return Err(Failure::from(Note::error("neither a boundary nor places")));
    };
    let margin = (0.1 * b.width().max(b.north - b.south)).max(0.2);
    let (west, east) = (b.west - margin, b.west + b.width() + margin);
    let (south, north) = ((b.south - margin).max(-89.0), (b.north + margin).min(89.0));
    let square = geo::Rect::new((west, south), (east, north)).to_polygon();
    notes.push(
        Note::warning("no boundary: the land is a box around the places")
            .hint("give --boundary with a GeoJSON file or a country's code"),
    );
    let outline = Outline::new(&MultiPolygon(vec![square]), b.centre().lon());
    Ok(Ground { outline, what: "box around the places".to_owned(), countries: Vec::new(), divisions: false })
}

/// The gazetteer's populated places of the land, with at least `least` inhabitants.
fn gazetteer_sites(ground: &Ground, least: u64) -> Sites {
    let gazetteer = Gazetteer::embedded();
    let records: Vec<Record> = gazetteer
        .iter()
        .filter(|r| {
            r.kind() == PlaceKind::City && r.population() >= least && !r.is_abandoned() && r.geonameid().is_some()
        })
        .filter(|r| ground.countries.is_empty() || r.country().is_some_and(|c| ground.countries.iter().any(|g| g == c)))
        .collect();
    // Countries bring all their places; any other land those that lie in it, and divisions also those that the coarse coast leaves in
    // the sea: places of a division of which at least a third lie within.
    let chosen: Vec<usize> = if ground.countries.is_empty() {
        let mut inside = vec![false; records.len()];
        for i in ground.outline.containing(records.iter().map(Record::at)) {
            inside[i as usize] = true;
        }
        let mut within: BTreeMap<Option<PlaceIx>, [usize; 2]> = BTreeMap::new();
        for (record, inside) in records.iter().zip(&inside) {
            let count = within.entry(record.admin1_ix()).or_default();
            *count = [count[0] + usize::from(*inside), count[1] + 1];
        }
        let own = |r: &Record| {
            r.admin1_ix().is_some() && within.get(&r.admin1_ix()).is_some_and(|[inside, all]| 3 * inside >= *all)
        };
        (0..records.len()).filter(|i| inside[*i] || (ground.divisions && own(&records[*i]))).collect()
    } else {
        (0..records.len()).collect()
    };
    let name = |ix: Option<PlaceIx>| ix.map_or(String::new(), |ix| gazetteer.get(ix).name().to_owned());
    Sites::new(
        chosen
            .into_iter()
            .map(|i| {
                let r = &records[i];
                Site {
                    geonameid: r.geonameid().unwrap_or_default(),
                    name: r.original_name(),
                    plain: r.name().to_owned(),
                    at: r.at(),
                    admin1: name(r.admin1_ix()),
                    admin2: name(r.admin2_ix()),
                    country: r.country().unwrap_or_default().to_owned(),
                    population: r.population(),
                }
            })
            .collect(),
    )
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

/// Divides the land as the options ask; without a boundary it is a box around the places.
pub(super) fn land(
    args: &Args,
    theatre: &Theatre,
    ground: Option<Ground>,
    notes: &mut Vec<Note>,
) -> Result<Land, Failure> {
    let Ground { outline, what: boundary, .. } = match ground {
        Some(ground) => ground,
        None => box_around(theatre, notes)?,
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
        Some(None) => cells = cells.without(&lakes(&outline, around)),
        None => {}
    }
    Ok(Land { cells, zones, boundary })
}

/// The basemap's lakes in an area.
fn lakes(area: &Outline, around: f64) -> Outline {
    let Some([west, south, east, north]) = area.bounds() else { return Outline::default() };
    let degrees = |v: i32| f64::from(v) / 1e6;
    let corners = [(west, south), (east, north)].map(|(x, y)| LonLat::wrapped(degrees(x), degrees(y)));
    let bbox =
        BBox { west: corners[0].lon(), south: corners[0].lat(), east: corners[1].lon(), north: corners[1].lat() };
    let map = Basemap::embedded();
    let view = map.query(bbox, Scale::M10, &[LayerId::Lakes]);
    let polygons = view.features(LayerId::Lakes).flat_map(|f| map.polygons(f).0).collect();
    Outline::new(&MultiPolygon(polygons), around)
}
