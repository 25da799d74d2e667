//! What the story itself puts on the map besides zones: places, distances, advances, a user's own features.

use super::clip::Pt;
use super::display::{Cap, Fill, Group, Item, Join, Outline, Path, Point, Rule, Stroke, units};
use super::frame::Frame;
use super::furniture::Setting;
use super::outline::Vertex;
use super::project::{Projector, lines_of, lines_outline, points_of, rings_of, rings_outline, vertex};
use super::words::Tongue;
use super::zones::Zones;
use crate::basemap::Basemap;
use crate::geodesy::LonLat;
use crate::model::{Feature, LayerKind, Map, Rgb};
use std::sync::Arc;

/// The part a place plays, the most important first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Something happened there.
    Event,
    /// It orients the reader or is one end of a distance.
    Reference,
    /// It is mentioned.
    Mention,
    /// It is not in the story; it helps to find one's way.
    Context,
}

/// A place to be drawn and named.
#[derive(Debug, Clone)]
pub struct Spot {
    /// Its part.
    pub part: Part,
    /// Where it is.
    pub position: LonLat,
    /// Where it falls, CSS pixels.
    pub at: Pt,
    /// Its name in the map's language.
    pub name: String,
    /// Its name in the second language.
    pub second: Option<String>,
    /// What happened there, short.
    pub note: Option<String>,
    /// Inhabitants; 0 where unknown.
    pub population: i64,
    /// In how many ways it is named, as far as that is known: the more, the better known the place.
    pub names: u16,
    /// Whether it is a capital of a country.
    pub capital: bool,
    /// Whether its position stands for an area.
    pub area: bool,
    /// Whether it is a strait, a bay, a canal or a river.
    pub water: bool,
    /// ISO code of its country.
    pub country: Option<String>,
    /// Colour of what happened there.
    pub color: Option<Rgb>,
    /// In a series: the widest note of any picture, for which room is kept.
    pub widest: Option<String>,
    /// In a series: nothing has happened there yet.
    pub waiting: bool,
    /// Radius of the disc that shows who holds it, CSS pixels.
    pub disc: Option<f64>,
    /// Whether it is a point of the user's own.
    pub own: bool,
    /// In a series: this picture has no such point; room is kept for it.
    pub absent: bool,
}

impl Spot {
    /// Whether it is the same place as another.
    pub fn is(&self, other: &Self) -> bool {
        self.name == other.name && (self.at[0] - other.at[0]).hypot(self.at[1] - other.at[1]) < 3.0
    }
}

/// A name in a language: `name_xx`, in Persian and other languages of the Arabic script else `name_ar`, else `name`.
pub fn name_in(feature: &Feature, lang: &str) -> Option<String> {
    let key = format!("name_{}", lang.replace('-', "_"));
    let own = feature.text(&key).filter(|n| !n.is_empty());
    let arabic = matches!(lang, "fa" | "ur" | "ps" | "ckb");
    let own = own.or_else(|| feature.text("name_ar").filter(|n| arabic && !n.is_empty()));
    own.or_else(|| feature.text("name")).filter(|n| !n.is_empty()).map(str::to_owned)
}

/// The places of a map that fall on the panel, story first; `missing` gets the names of story places that do not. A place has a side's
/// colour only where that side's land, and with it the key, tells whose it is.
pub fn spots(
    map: &Map,
    frame: &Frame,
    zones: &Zones,
    set: &Setting<'_>,
    second: Option<&str>,
    missing: &mut Vec<String>,
) -> Vec<Spot> {
    let mut out: Vec<Spot> = Vec::new();
    // The story first, so that a context city of the same name gives way to it.
    let places = || map.layers.iter().filter(|l| l.kind == LayerKind::Places);
    let layers = places().filter(|l| l.name != "context").chain(places().filter(|l| l.name == "context"));
    for layer in layers {
        let context = layer.name == "context";
        for feature in &layer.features {
            let Some(geometry) = &feature.geometry else { continue };
            let Some(p) = points_of(geometry).first().copied() else { continue };
            let Some(name) = name_in(feature, set.lang) else { continue };
            let position = LonLat::wrapped(p[0], p[1]);
            let part = match feature.text("role") {
                _ if context => Part::Context,
                Some("event") => Part::Event,
                Some("reference") => Part::Reference,
                Some("context") => Part::Context,
                Some("hidden") => continue,
                _ => Part::Mention,
            };
            let kind = feature.text("kind").unwrap_or("city");
            // Divisions are named over their land.
            if context && kind == "admin1" {
                continue;
            }
            let water = kind == "water" && part == Part::Mention;
            // In English the name of a water may be half translated already; in another language it has to be known.
            let translated = || feature.text(&format!("name_{}", set.lang.replace('-', "_"))).is_some();
            if water && set.lang != "en" && !translated() {
                continue;
            }
            let area = matches!(kind, "admin1" | "admin2" | "country" | "region" | "continent" | "water" | "terrain");
            let at = frame.px(position).filter(|q| frame.panel.grown(-4.0).contains(*q));
            let Some(at) = at else {
                if part != Part::Context && !water {
                    missing.push(name);
                }
                continue;
            };
            let same = |s: &Spot| (s.at[0] - at[0]).hypot(s.at[1] - at[1]) < 3.0 && (s.name == name || context);
            if out.iter().any(same) {
                continue;
            }
            out.push(Spot {
                part,
                position,
                at,
                second: second.and_then(|l| name_in(feature, l)).filter(|n| *n != name),
                note: told(note(map, feature, set.tongue), feature.text("callout")),
                name,
                population: feature.number("population").unwrap_or(0.0) as i64,
                names: feature.number("names").unwrap_or(0.0) as u16,
                capital: (matches!(feature.get("capital"), Some(crate::model::Value::Bool(true)))
                    || feature.text("feature_code") == Some("PPLC"))
                    && feature.text("country").is_none_or(|c| Basemap::embedded().is_state(c)),
                area,
                water,
                country: feature.text("country").map(str::to_owned),
                color: feature
                    .text("marker-color")
                    .filter(|_| part == Part::Event)
                    .and_then(|c| c.parse().ok())
                    .filter(|c| zones.sides.iter().any(|side| side.color == Some(*c)))
                    .map(|c| if set.style.base == crate::model::Theme::Mono { super::colour::grey(c) } else { c }),
                widest: None,
                waiting: false,
                disc: None,
                own: false,
                absent: false,
            });
        }
    }
    out.sort_by_key(|s| s.part);
    out
}

/// What stands under a name: what happened, and the desk's own words about it.
fn told(note: Option<String>, callout: Option<&str>) -> Option<String> {
    let note = note.filter(|n| !n.is_empty());
    let callout = callout.filter(|c| !c.trim().is_empty());
    match (note, callout) {
        (Some(n), Some(c)) => Some(format!("{n}: {c}")),
        (n, c) => n.or_else(|| c.map(str::to_owned)),
    }
}

/// The note in the map's language: the layer's own words in English, else made from the decisive event.
pub fn note(map: &Map, feature: &Feature, tongue: Tongue) -> Option<String> {
    let own = feature.text("note").map(str::to_owned);
    if tongue == Tongue::English {
        return own;
    }
    own.as_ref()?;
    let id = feature.get("geonameid");
    let name = feature.text("name");
    let events = map.layers.iter().filter(|l| l.kind == LayerKind::Events).flat_map(|l| &l.features);
    let ours: Vec<&Feature> = events
        .filter(|e| e.text("facility").is_none())
        .filter(|e| (id.is_some() && e.get("geonameid") == id) || (id.is_none() && e.text("place") == name))
        .collect();
    let action = |e: &&Feature| e.text("action").and_then(|a| a.parse::<crate::model::Action>().ok());
    let decisive = ours.iter().rev().find(|e| action(e).is_some_and(|a| a.gains())).or(ours.last());
    match decisive {
        Some(e) => {
            let certainty =
                e.text("certainty").and_then(|c| c.parse().ok()).unwrap_or(crate::model::Certainty::Reported);
            let day = e.get("date").and_then(|d| d.to_string().parse().ok());
            Some(tongue.happened(action(e).unwrap_or(crate::model::Action::None), certainty, day))
        }
        None => own,
    }
}

impl Spot {
    /// Radius of its dot in CSS pixels at words of scale 1, its rim included.
    pub fn radius(&self) -> f64 {
        if self.area {
            return 0.0;
        }
        match self.part {
            Part::Event => 6.0,
            Part::Reference => 5.0,
            Part::Mention => 4.3,
            Part::Context if self.capital => 3.9,
            Part::Context => 3.2,
        }
    }

    /// How far from its middle its name has to stay, CSS pixels.
    pub fn reach(&self, set: &Setting<'_>) -> f64 {
        set.length(self.radius()).max(self.disc.unwrap_or(0.0))
    }

    /// Draws its dot.
    pub fn draw(&self, set: &Setting<'_>, items: &mut Vec<Item>) {
        let c = &set.style.colours;
        let r = set.length(self.radius());
        if r == 0.0 || (self.disc.is_some() && self.part == Part::Context) {
            return;
        }
        let centre = Point::px(self.at[0], self.at[1]);
        let mut disc = |radius: f64, color: Rgb, title: Option<String>| {
            let mut path = Path::filled(Outline::circle(centre, units(radius)), color);
            path.title = title;
            items.push(Item::Path(path));
        };
        let title = Some(match &self.note {
            Some(note) => format!("{}: {note}", self.name),
            None => self.name.clone(),
        });
        disc(r, c.halo, None);
        let part = if self.waiting { Part::Mention } else { self.part };
        match part {
            Part::Event => {
                disc(r - set.length(1.1), c.dot, title);
                disc(r - set.length(2.6), self.color.unwrap_or(c.accent), None);
            }
            Part::Reference | Part::Mention => {
                // A user's own point keeps its own colour.
                let own = self.color.filter(|_| self.part == Part::Mention);
                disc(r - set.length(1.1), own.unwrap_or(c.dot), title);
            }
            Part::Context => disc(r - set.length(1.0), c.quiet, title),
        }
    }
}

/// A measured or stated distance.
#[derive(Debug, Clone)]
pub struct DistanceLine {
    /// Its course, CSS pixels.
    pub line: Vec<Pt>,
    /// The figure on it.
    pub label: String,
    /// The middle of the whole line, wherever that falls, CSS pixels.
    pub middle: Option<Pt>,
}

/// The distances of a map.
pub fn distances(map: &Map, frame: &Frame, set: &Setting<'_>) -> Vec<DistanceLine> {
    let projector = Projector::new(frame);
    let mut out = Vec::new();
    for layer in map.layers.iter().filter(|l| l.kind == LayerKind::Distances) {
        for feature in &layer.features {
            let Some(geometry) = &feature.geometry else { continue };
            let mut pieces = Vec::new();
            let mut middle = None;
            for line in lines_of(geometry) {
                middle = middle.or_else(|| halfway(&line, frame));
                projector.line(&line, &mut pieces);
            }
            let km = feature.number("km");
            let words = set.tongue.phrases();
            let label = match km {
                Some(km) => format!("{km:.0} {}", words.km),
                None => feature.text("label").unwrap_or_default().to_owned(),
            };
            if let Some(line) = pieces.into_iter().max_by(|a, b| run(a).total_cmp(&run(b))) {
                out.push(DistanceLine { line, label, middle });
            }
        }
    }
    out
}

fn run(line: &[Pt]) -> f64 {
    line.windows(2).map(|w| (w[1][0] - w[0][0]).hypot(w[1][1] - w[0][1])).sum()
}

/// Dashes of distance lines, CSS pixels at words of scale 1.
pub const DISTANCE_DASH: [f64; 2] = [5.0, 3.5];

/// Draws distance lines.
pub fn distance_group(distances: &[DistanceLine], set: &Setting<'_>) -> Option<Group> {
    if distances.is_empty() {
        return None;
    }
    let c = &set.style.colours;
    let mut group = Group::new("distances", "Distances");
    for d in distances {
        let points: Vec<Vertex> = d.line.iter().map(|p| vertex(*p)).collect();
        let outline = Arc::new(lines_outline([points.as_slice()]));
        group.items.push(Item::Path(Path::stroked(outline.clone(), c.halo, set.length(4.0))));
        let mut path = Path::stroked(outline, c.distance, set.length(1.5));
        if let Some(s) = &mut path.stroke {
            s.dash = DISTANCE_DASH.iter().map(|d| units(set.length(*d))).collect();
        }
        path.title = Some(d.label.clone());
        group.items.push(Item::Path(path));
    }
    Some(group)
}

/// An advance: a tapered, curved arrow.
#[derive(Debug, Clone)]
pub struct Arrow {
    /// Its course, CSS pixels.
    pub line: Vec<Pt>,
    /// Whose it is.
    pub side: Option<String>,
    /// Its colour.
    pub color: Rgb,
    /// The words beside it.
    pub label: Option<String>,
    /// The middle of the whole line, wherever that falls, CSS pixels.
    pub middle: Option<Pt>,
}

/// Where the middle of a line in degrees falls: by length on the map, from vertex to vertex.
fn halfway(line: &[Pt], frame: &Frame) -> Option<Pt> {
    let points: Vec<Pt> = line.iter().filter_map(|p| frame.px(LonLat::wrapped(p[0], p[1]))).collect();
    let mut left = run(&points) / 2.0;
    for w in points.windows(2) {
        let step = (w[1][0] - w[0][0]).hypot(w[1][1] - w[0][1]);
        if step >= left && step > 0.0 {
            let t = left / step;
            return Some([w[0][0] + t * (w[1][0] - w[0][0]), w[0][1] + t * (w[1][1] - w[0][1])]);
        }
        left -= step;
    }
    points.first().copied()
}

/// The colour of an advance: that of its side, deep enough to be seen on its side's own land.
pub fn arrow_color(side: Rgb, set: &Setting<'_>) -> Rgb {
    let halo = set.style.colours.halo;
    super::names::set_off(side, halo, 3.0, halo)
}

/// The advances of a map.
pub fn arrows(map: &Map, frame: &Frame, set: &Setting<'_>, zones: &Zones) -> Vec<Arrow> {
    let projector = Projector::new(frame);
    let mut out = Vec::new();
    for layer in map.layers.iter().filter(|l| l.kind == LayerKind::Advance) {
        for feature in &layer.features {
            let Some(geometry) = &feature.geometry else { continue };
            let side = feature.text("actor").or_else(|| feature.text("holder")).or_else(|| feature.text("gained_by"));
            let listed = side.and_then(|s| map.holders.iter().find(|h| h.id == s)).and_then(|h| h.color);
            let color = side
                .and_then(|s| zones.palette.pure(s))
                .or(listed)
                .or_else(|| feature.text("stroke").and_then(|c| c.parse().ok()))
                .unwrap_or(set.style.colours.accent);
            let color = arrow_color(color, set);
            let mut pieces = Vec::new();
            let mut middle = None;
            for line in lines_of(geometry) {
                middle = middle.or_else(|| halfway(&line, frame));
                projector.line(&line, &mut pieces);
            }
            for line in pieces.into_iter().filter(|l| run(l) > set.length(14.0)) {
                out.push(Arrow {
                    line: bowed(&line),
                    side: side.map(str::to_owned),
                    color,
                    label: name_in(feature, set.lang).or_else(|| feature.text("label").map(str::to_owned)),
                    middle,
                });
            }
        }
    }
    out
}

/// A smooth course through the points; two points alone are bent a little, as hands draw arrows.
fn bowed(line: &[Pt]) -> Vec<Pt> {
    let points: Vec<Pt> = if line.len() == 2 {
        let (a, b) = (line[0], line[1]);
        let middle = [(a[0] + b[0]) / 2.0 + (b[1] - a[1]) * 0.14, (a[1] + b[1]) / 2.0 - (b[0] - a[0]) * 0.14];
        vec![a, middle, b]
    } else {
        line.to_vec()
    };
    // Catmull-Rom through every point.
    let n = points.len();
    let get = |i: isize| points[i.clamp(0, n as isize - 1) as usize];
    let mut out = Vec::with_capacity(n * 8);
    for i in 0..n as isize - 1 {
        let (p0, p1, p2, p3) = (get(i - 1), get(i), get(i + 1), get(i + 2));
        for k in 0..8 {
            let t = f64::from(k) / 8.0;
            let (t2, t3) = (t * t, t * t * t);
            let at = |j: usize| {
                0.5 * (2.0 * p1[j]
                    + (p2[j] - p0[j]) * t
                    + (2.0 * p0[j] - 5.0 * p1[j] + 4.0 * p2[j] - p3[j]) * t2
                    + (3.0 * p1[j] - p0[j] - 3.0 * p2[j] + p3[j]) * t3)
            };
            out.push([at(0), at(1)]);
        }
    }
    out.push(points[n - 1]);
    out
}

/// Draws an arrow: it grows from a point to its head.
pub fn draw_arrow(arrow: &Arrow, set: &Setting<'_>, items: &mut Vec<Item>) {
    let line = &arrow.line;
    let total = run(line);
    let head = set.length(17.0).min(total * 0.45);
    let (tail_half, neck_half, head_half) =
        (set.length(0.8), set.length(4.2).min(total * 0.09), set.length(9.5).min(total * 0.2));
    let mut left: Vec<Pt> = Vec::new();
    let mut right: Vec<Pt> = Vec::new();
    let mut so_far = 0.0;
    let mut neck = None;
    for i in 0..line.len() {
        if i > 0 {
            let step = (line[i][0] - line[i - 1][0]).hypot(line[i][1] - line[i - 1][1]);
            if so_far + step > total - head {
                let t = (total - head - so_far) / step.max(1e-9);
                let p = [
                    line[i - 1][0] + t * (line[i][0] - line[i - 1][0]),
                    line[i - 1][1] + t * (line[i][1] - line[i - 1][1]),
                ];
                neck = Some(p);
                break;
            }
            so_far += step;
        }
        let (a, b) = (line[i.saturating_sub(1)], line[(i + 1).min(line.len() - 1)]);
        let l = (b[0] - a[0]).hypot(b[1] - a[1]).max(1e-9);
        let normal = [-(b[1] - a[1]) / l, (b[0] - a[0]) / l];
        let half = tail_half + (neck_half - tail_half) * (so_far / (total - head).max(1e-9));
        left.push([line[i][0] - normal[0] * half, line[i][1] - normal[1] * half]);
        right.push([line[i][0] + normal[0] * half, line[i][1] + normal[1] * half]);
    }
    let tip = line[line.len() - 1];
    let neck = neck.unwrap_or(tip);
    let l = (tip[0] - neck[0]).hypot(tip[1] - neck[1]).max(1e-9);
    let normal = [-(tip[1] - neck[1]) / l, (tip[0] - neck[0]) / l];
    let aside = |half: f64| [neck[0] + normal[0] * half, neck[1] + normal[1] * half];
    left.push(aside(-neck_half));
    left.push(aside(-head_half));
    left.push(tip);
    right.push(aside(neck_half));
    right.push(aside(head_half));
    left.extend(right.into_iter().rev());
    let ring: Vec<Vertex> = left.into_iter().map(vertex).collect();
    let mut path = Path::filled(rings_outline([ring.as_slice()]), arrow.color);
    path.stroke = Some(Stroke { join: Join::Miter, ..Stroke::solid(set.style.colours.halo, set.length(1.2)) });
    path.title = arrow.label.clone();
    items.push(Item::Path(path));
}

/// An area or a line of the user's own that wants a name.
#[derive(Debug, Clone)]
pub struct Own {
    /// The name.
    pub name: String,
    /// Its rings, CSS pixels; empty for a line.
    pub rings: Vec<Vec<Pt>>,
    /// Its longest visible course, CSS pixels; empty for an area.
    pub course: Vec<Pt>,
    /// The colour it is drawn in.
    pub color: Rgb,
}

/// A user's own features as they are drawn, and their names.
#[derive(Debug, Default)]
pub struct Overlay {
    /// The features.
    pub group: Option<Group>,
    /// Points among them that want a name.
    pub spots: Vec<Spot>,
    /// Areas and lines that want a name.
    pub own: Vec<Own>,
}

/// A user's own features, styled by simplestyle attributes.
pub fn overlay(map: &Map, frame: &Frame, set: &Setting<'_>) -> Overlay {
    let projector = Projector::new(frame);
    let c = &set.style.colours;
    let mut group = Group::new("overlay", "Own features");
    let mut spots = Vec::new();
    let mut own: Vec<Own> = Vec::new();
    let color = |f: &Feature, key: &str| f.text(key).and_then(|t| t.parse::<Rgb>().ok());
    let alpha =
        |f: &Feature, key: &str, default: f64| (f.number(key).unwrap_or(default).clamp(0.0, 1.0) * 255.0).round() as u8;
    let accent = c.accent;
    for layer in map.layers.iter().filter(|l| l.kind == LayerKind::Overlay) {
        for pass in 0..3 {
            for feature in &layer.features {
                let Some(geometry) = &feature.geometry else { continue };
                let title = ["title", "name", "label"].into_iter().find_map(|k| feature.text(k)).map(str::to_owned);
                let stroke = color(feature, "stroke");
                let width = feature.number("stroke-width").unwrap_or(1.8).clamp(0.0, 40.0);
                let label = feature
                    .text("label")
                    .map(str::to_owned)
                    .or_else(|| name_in(feature, set.lang))
                    .or(title.clone())
                    .filter(|l| !l.trim().is_empty());
                match pass {
                    0 => {
                        let mut rings = Vec::new();
                        for ring in rings_of(geometry) {
                            projector.ring(&ring, &mut rings);
                        }
                        if rings.is_empty() {
                            continue;
                        }
                        let rings: Vec<Vec<Vertex>> = rings
                            .into_iter()
                            .map(|r| super::outline::thin_alone(&r.into_iter().map(vertex).collect::<Vec<_>>(), 19.0))
                            .collect();
                        let outline = Arc::new(rings_outline(rings.iter().map(Vec::as_slice)));
                        let fill_color = color(feature, "fill").or(stroke).unwrap_or(accent);
                        if let Some(name) = label {
                            let px = |r: &Vec<Vertex>| {
                                r.iter().map(|v| [f64::from(v[0]) / 64.0, f64::from(v[1]) / 64.0]).collect()
                            };
                            let rings = rings.iter().map(px).collect();
                            own.push(Own { name, rings, course: Vec::new(), color: stroke.unwrap_or(fill_color) });
                        }
                        let mut path = Path {
                            outline,
                            fill: Some(Fill {
                                color: fill_color,
                                alpha: alpha(feature, "fill-opacity", 0.5),
                                rule: Rule::EvenOdd,
                            }),
                            title: title.clone(),
                            ..Path::default()
                        };
                        if width > 0.0 {
                            let mut s = Stroke::solid(
                                stroke.unwrap_or(fill_color),
                                set.length(width.min(1.4).max(if stroke.is_some() { width } else { 0.8 })),
                            );
                            s.alpha = alpha(feature, "stroke-opacity", 1.0);
                            path.stroke = Some(s);
                        }
                        group.items.push(Item::Path(path));
                    }
                    1 => {
                        let mut lines = Vec::new();
                        for line in lines_of(geometry) {
                            projector.line(&line, &mut lines);
                        }
                        let longest = lines.iter().max_by(|a, b| run(a).total_cmp(&run(b))).cloned();
                        if let (Some(name), Some(course)) = (label, longest) {
                            own.push(Own { name, rings: Vec::new(), course, color: stroke.unwrap_or(accent) });
                        }
                        let lines: Vec<Vec<Vertex>> = lines
                            .into_iter()
                            .map(|l| super::outline::thin_alone(&l.into_iter().map(vertex).collect::<Vec<_>>(), 19.0))
                            .collect();
                        let outline = lines_outline(lines.iter().map(Vec::as_slice));
                        if outline.is_empty() {
                            continue;
                        }
                        let mut path = Path::stroked(outline, stroke.unwrap_or(accent), set.length(width));
                        if let Some(s) = &mut path.stroke {
                            s.alpha = alpha(feature, "stroke-opacity", 1.0);
                            s.cap = Cap::Round;
                        }
                        path.title = title.clone();
                        group.items.push(Item::Path(path));
                    }
                    _ => {
                        for p in points_of(geometry) {
                            let position = LonLat::wrapped(p[0], p[1]);
                            let Some(at) = frame.px(position).filter(|q| frame.panel.contains(*q)) else { continue };
                            let size = match feature.text("marker-size") {
                                Some("small") => 3.2,
                                Some("large") => 6.5,
                                _ => 4.6,
                            };
                            let mut path = Path::filled(
                                Outline::circle(Point::px(at[0], at[1]), units(set.length(size))),
                                color(feature, "marker-color").unwrap_or(accent),
                            );
                            path.stroke = Some(Stroke::solid(c.halo, set.length(1.2)));
                            path.title = title.clone();
                            group.items.push(Item::Path(path));
                            if let Some(name) = label.clone() {
                                spots.push(Spot {
                                    part: Part::Mention,
                                    position,
                                    at,
                                    name,
                                    second: None,
                                    note: None,
                                    population: feature.number("population").unwrap_or(0.0) as i64,
                                    names: 0,
                                    capital: false,
                                    area: false,
                                    water: false,
                                    country: None,
                                    color: color(feature, "marker-color"),
                                    widest: None,
                                    waiting: false,
                                    disc: None,
                                    own: true,
                                    absent: false,
                                });
                            }
                        }
                    }
                }
            }
        }
    }
    // One name a feature that is cut into many, as a country in islands is.
    own.sort_by(|a, b| a.name.cmp(&b.name));
    own.dedup_by(|a, b| {
        let same = a.name == b.name && a.rings.is_empty() == b.rings.is_empty();
        if same {
            if run(&a.course) > run(&b.course) {
                b.course = std::mem::take(&mut a.course);
            }
            b.rings.append(&mut a.rings);
        }
        same
    });
    Overlay { group: (!group.items.is_empty()).then_some(group), spots, own }
}
