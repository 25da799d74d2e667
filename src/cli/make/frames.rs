//! The maps of a story: one for each day that is drawn, the last one the main one, and one of what changed.

use super::stage::Stage;
use crate::cartography::{Artboard, seen};
use crate::cli::Failure;
use crate::control::picture::{Drawing, Picture};
use crate::control::roster::Roster;
use crate::control::stats::{Stats, caption, changes, fronts, stats};
use crate::control::timeline::{Timeline, Turn};
use crate::diag::{Note, Warned};
use crate::gazetteer::Gazetteer;
use crate::geodesy::{BBox, LonLat, distance};
use crate::layers::{self, Scene};
use crate::model::{Credit, Feature, Layer, LayerKind, Map, Status, Story, View};
use crate::time::{Date, long, short};
use geo::BoundingRect as _;

/// A map to draw and what its files are called.
pub(super) struct Frame {
    /// Empty for the main map, else a suffix such as `2024-12-01` or `change`.
    pub suffix: String,
    /// The map.
    pub map: Map,
    /// The cells of its day, where settlements are to be shown.
    pub cells: Option<Layer>,
    /// Figures of its day, where it shows control.
    pub stats: Option<Stats>,
}

/// Everything that is drawn, and the layers that are written beside.
pub(super) struct Frames {
    /// The main map first.
    pub frames: Vec<Frame>,
    /// Layers in files of their own that are on no map or not whole: all places, cells, change.
    pub beside: Vec<Layer>,
}

/// How many places that changed hands a map names on its own account.
const NAMED: usize = 7;

/// Places nearer to one that is named already are left to the map's own choice: labels on top of each other help nobody.
const APART_KM: f64 = 40.0;

/// The maps of a story; with `towns`, each with the cells of its day.
pub(super) fn frames(
    story: &Story,
    stage: &Option<Stage>,
    worldview: Option<&str>,
    towns: bool,
    boards: &[Artboard],
) -> Result<Warned<Frames>, Failure> {
    let mut notes = Vec::new();
    let shell = Shell { story, worldview, roster: stage.as_ref().map(|s| &s.theatre.roster), boards };
    let Some(stage) = stage else {
        let map = shell.map(vec![], story.published, None, None);
        return Ok(Warned::silent(Frames {
            frames: vec![Frame { suffix: String::new(), map, cells: None, stats: None }],
            beside: vec![layers::places(story)],
        }));
    };
    let timeline = Timeline::new(&stage.theatre).unwarn(&mut notes);
    let drawing = Drawing::default();
    let picture =
        |day: Date| Picture::new(&stage.theatre, &stage.cells, timeline.at(day, &stage.policy), day, &drawing);
    let last = *stage.days.last().unwrap_or(&stage.span.1);
    let (before, after) = (picture(stage.span.0), picture(stage.span.1));
    let turns = timeline.turns(last, &stage.policy);
    let change_scene = scene(&timeline, stage, &after);
    let change = layers::change(&change_scene, &before, Some(stage.span.0), &turns);

    let cells = layers::cells(&change_scene);
    // All days are framed alike, on the whole boundary, so that they can be laid side by side.
    let bbox = if stage.sparse { None } else { extent(std::iter::once(&cells)) };
    let mut frames = Vec::new();
    for (n, &day) in stage.days.iter().enumerate().rev() {
        let picture = picture(day);
        let scene = scene(&timeline, stage, &picture);
        let found = fronts(&stage.cells, &picture);
        let mut figures = stats(&stage.cells, &picture, &found);
        figures.known_on = stage.policy.known_on;
        let main = day == last;
        if main && day == stage.span.1 {
            figures = change_figures(stage, &before, &after, figures);
        }
        let mut control = layers::control(&scene);
        if stage.sparse {
            not_reported(&mut control);
        }
        let mut all = vec![layers::beyond(&scene), control];
        // Between what is reported and what is not there is no front.
        if !stage.sparse {
            all.push(layers::frontline(&scene, &found));
        }
        let since = if n == 0 { None } else { stage.days.get(n - 1).copied() };
        let places = if stage.sparse { None } else { Some(turned(&shell, &timeline, &turns, since, day)) };
        let map = shell.map(all, Some(day), places, bbox);
        let suffix = if main { String::new() } else { day.to_string() };
        let cells = towns.then(|| layers::cells(&scene));
        frames.push(Frame { suffix, map, cells, stats: Some(figures) });
    }
    if !stage.sparse && !change.features.is_empty() {
        let (from, to) = stage.span;
        let places = turned(&shell, &timeline, &turns, Some(from), to);
        let mut map = shell.map(vec![change.clone()], Some(to), Some(places), bbox);
        map.title = format!("What changed hands between {} and {}", short_range(from, to), long(to));
        let found = fronts(&stage.cells, &after);
        let figures = change_figures(stage, &before, &after, stats(&stage.cells, &after, &found));
        map.subtitle = Some(figures.caption.clone()).filter(|c| !c.is_empty());
        frames.push(Frame { suffix: "change".to_owned(), map, cells: None, stats: Some(figures) });
    }
    Ok(Warned::new(Frames { frames, beside: vec![layers::places(story), change, cells] }, notes))
}

/// Figures of the later day with what changed since the earlier one, and the sentence that tells it.
fn change_figures(stage: &Stage, before: &Picture, after: &Picture, mut figures: Stats) -> Stats {
    figures.changes = changes(&stage.cells, before, after);
    figures.date_from = Some(stage.span.0);
    figures.caption = caption(&stage.theatre, after, &figures);
    figures
}

fn short_range(from: Date, to: Date) -> String {
    if from.year() == to.year() { crate::time::long_without_year(from) } else { long(from) }
}

fn scene<'a>(timeline: &'a Timeline<'a>, stage: &'a Stage, picture: &'a Picture) -> Scene<'a> {
    let mut scene = Scene::new(timeline, &stage.cells, picture);
    scene.boundary = stage.boundary.as_str().into();
    scene.known_on = stage.policy.known_on;
    scene
}

/// What an article does not speak of is not unknown to the world: it is not reported here.
fn not_reported(control: &mut Layer) {
    for feature in control.features.iter_mut().filter(|f| f.text("holder") == Some("unknown")) {
        for (key, value) in &mut feature.properties {
            match key.as_str() {
                "holder_name" | "title" => *value = "Not reported".into(),
                "fill" | "stroke" => *value = "#E9E7E2".into(),
                _ => {}
            }
        }
    }
}

/// The places that changed hands between two days, the most populous first, as places of the map.
fn turned(shell: &Shell<'_>, timeline: &Timeline<'_>, turns: &[Turn], since: Option<Date>, day: Date) -> Layer {
    let theatre = timeline.theatre;
    let mut found: Vec<&Turn> = Vec::new();
    for turn in turns.iter().filter(|t| t.day <= day && since.is_none_or(|s| t.day > s)) {
        if turn.after.holder != turn.before.holder
            && turn.after.holder.is_some()
            && turn.after.status != Status::Contested
        {
            found.retain(|t| t.site != turn.site);
            found.push(turn);
        }
    }
    found.sort_by_key(|t| std::cmp::Reverse(theatre.sites.list[t.site as usize].population));
    let mut named: Vec<&Turn> = Vec::new();
    for turn in found {
        let at = |t: &Turn| theatre.sites.list[t.site as usize].at;
        if named.len() < NAMED && named.iter().all(|n| distance(at(n), at(turn)).km() > APART_KM) {
            named.push(turn);
        }
    }
    let gazetteer = Gazetteer::embedded();
    let features = named
        .into_iter()
        .map(|turn| {
            let site = &theatre.sites.list[turn.site as usize];
            let known = gazetteer.by_id(site.geonameid).map(|ix| gazetteer.place(ix));
            let name = known.as_ref().map_or(site.plain.clone(), |p| p.name.clone());
            let holder = turn.after.holder.map(|h| theatre.roster.actor(h));
            let mut feature = Feature::new(geo::Point::from(site.at))
                .with_id(site.geonameid.to_string())
                .with("layer", "places")
                .with("name", name.clone())
                .with("label", known.as_ref().map_or(name.clone(), |p| p.label.clone()))
                .with("geonameid", i64::from(site.geonameid))
                .with("kind", "city")
                .with("country", known.as_ref().and_then(|p| p.country.clone()))
                .with("admin1", known.as_ref().and_then(|p| p.admin1.clone()))
                .with("population", site.population as i64)
                .with("role", "event")
                .with("note", format!("taken {}", short(turn.day)))
                .with("date", turn.day);
            for lang in shell.story.langs.iter().filter(|l| l.as_str() != "en") {
                let own = known.as_ref().map(|p| p.name_in(lang).to_owned());
                feature = feature.with(&format!("name_{}", lang.replace('-', "_")), own);
            }
            feature
                .with("title", name)
                .with("marker-color", holder.and_then(|a| a.color).map(|c| c.to_string()))
                .with("credit", layers::CREDIT)
        })
        .collect();
    Layer::new(LayerKind::Places, features)
}

/// What all maps of a story share.
struct Shell<'s> {
    story: &'s Story,
    worldview: Option<&'s str>,
    roster: Option<&'s Roster>,
    boards: &'s [Artboard],
}

impl Shell<'_> {
    /// A map of some areas with the story's points, or others, on top.
    fn map(&self, areas: Vec<Layer>, as_of: Option<Date>, places: Option<Layer>, bbox: Option<BBox>) -> Map {
        let story = self.story;
        let mut all: Vec<Layer> = areas.into_iter().filter(|l| !l.features.is_empty()).collect();
        let places = match places {
            Some(mut own) => {
                own.features.extend(drawn(layers::places(story)).features);
                own
            }
            None => drawn(layers::places(story)),
        };
        let before_cities = all.len();
        let mut measured = story.clone();
        measured.distances.retain(|d| !d.is_mistaken());
        all.extend(
            [layers::distances(&measured), layers::events(story)].into_iter().filter(|l| !l.features.is_empty()),
        );
        all.push(places);
        let view = View {
            bbox: story.bbox.or(bbox),
            langs: story.langs.clone(),
            theme: story.theme,
            worldview: self.worldview.map(str::to_owned),
        };
        // Cities of all that is shown, which is more than what the story speaks of.
        let mut framed = Map { layers: all, view: view.clone(), ..Map::default() };
        let around = seen(&framed, self.boards);
        let mut all = std::mem::take(&mut framed.layers);
        if let Some(around) = around {
            all.insert(before_cities, layers::context(Gazetteer::embedded(), around, story, &story.langs));
        }
        let mut sources: Vec<String> = story.source.publisher.clone().into_iter().collect();
        if let (true, Some(file)) = (sources.is_empty(), &story.control.events) {
            sources.push(format!("event log {file}"));
        }
        Map {
            slug: story.slug.clone(),
            title: story.title.clone(),
            subtitle: story.subtitle.clone(),
            as_of,
            sources,
            method: all
                .iter()
                .flat_map(|l| &l.features)
                .find_map(|f| f.text("method"))
                .filter(|m| m.contains("cells"))
                .map(str::to_owned),
            byline: story.byline.clone(),
            holders: holders(&all, self.roster),
            layers: all,
            view,
            credits: vec![
                Credit { name: "GeoNames".to_owned(), licence: "CC BY 4.0".to_owned() },
                Credit { name: "Natural Earth".to_owned(), licence: "public domain".to_owned() },
            ],
        }
    }
}

/// The places that are points, waters, or where something happened: a country that is merely mentioned has its name on the map
/// anyway.
fn drawn(mut places: Layer) -> Layer {
    places.features.retain(|f| {
        matches!(f.text("kind"), Some("city" | "facility" | "position" | "water")) || f.text("role") != Some("mention")
    });
    places
}

/// Sides with land on the map, in order of their area; gainers for a map of change.
fn holders(layers: &[Layer], roster: Option<&Roster>) -> Vec<crate::model::Holder> {
    let mut found: Vec<(crate::model::Holder, f64)> = Vec::new();
    for feature in layers
        .iter()
        .filter(|l| matches!(l.kind, LayerKind::Control | LayerKind::Change | LayerKind::Beyond))
        .flat_map(|l| &l.features)
    {
        let id = feature.text("holder").or(feature.text("gained_by"));
        let label = feature.text("holder_name").or(feature.text("gained_by_name"));
        let (Some(id), Some(label)) = (id, label) else { continue };
        // A key has room for short names; the layers carry the full ones.
        let short = roster.and_then(|r| r.find(id).map(|a| r.actor(a).short.as_str()));
        let label = short.unwrap_or(label);
        let area = feature.number("area_km2").unwrap_or(0.0);
        match found.iter_mut().find(|(h, _)| h.id == id) {
            Some((_, sum)) => *sum += area,
            None => {
                let color = feature.text("fill").and_then(|c| c.parse().ok());
                found.push((crate::model::Holder { id: id.to_owned(), label: label.to_owned(), color }, area));
            }
        }
    }
    // Those who hold nothing and say that they do, or fight for it.
    let zones =
        layers.iter().filter(|l| matches!(l.kind, LayerKind::Control | LayerKind::Change)).flat_map(|l| &l.features);
    for id in zones.flat_map(|f| [f.text("claimed_by"), f.text("contested_by")]).flatten() {
        if let Some(r) = roster.filter(|_| found.iter().all(|(h, _)| h.id != id))
            && let Some(actor) = r.find(id).map(|a| r.actor(a))
        {
            let label = actor.short.to_string();
            found.push((crate::model::Holder { id: id.to_owned(), label, color: actor.color }, 0.0));
        }
    }
    // Nobody's land stands last in a key.
    let nobody = |id: &str| matches!(id, "unknown" | "vacated" | "beyond");
    found.sort_by(|(a, x), (b, y)| nobody(&a.id).cmp(&nobody(&b.id)).then(y.total_cmp(x)).then(a.id.cmp(&b.id)));
    found.into_iter().map(|(h, _)| h).collect()
}

/// The box around the features of some layers.
fn extent<'l>(layers: impl Iterator<Item = &'l Layer>) -> Option<BBox> {
    let mut corners = Vec::new();
    for rect in layers.flat_map(|l| &l.features).filter_map(|f| f.geometry.as_ref()?.bounding_rect()) {
        corners.push(LonLat::wrapped(rect.min().x, rect.min().y));
        corners.push(LonLat::wrapped(rect.max().x, rect.max().y));
    }
    BBox::around(corners)
}

/// The artboards asked for, the desktop one first.
pub(super) fn boards(names: &[String]) -> Result<Vec<Artboard>, Failure> {
    let mut boards = vec![Artboard::DESKTOP];
    for name in names {
        let board: Artboard = name.parse().map_err(|e: String| Failure::from(Note::error(e)))?;
        if !boards.contains(&board) {
            boards.push(board);
        }
    }
    Ok(boards)
}
