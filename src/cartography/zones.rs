//! Zones: who holds, claims, contests or gained which land. Classes, fills, hatching with real lines, front lines.
//!
//! Solid is confirmed, reported or assessed; hatched is contested or claimed; grey is unknown; beyond reach is left blank. Zones
//! are opaque mixtures with the land's colour, so that neighbours meet without seams and the key has the same colours.

use super::clip::{Pt, Window};
use super::display::{Cap, Fill, Group, Item, Join, Path, Rule, Stroke, units};
use super::frame::Frame;
use super::hatch::{self, Slope};
use super::outline::{Chain, Vertex, thin};
use super::palette::{Palette, Side};
use super::planar::Family;
use super::project::{Projector, lines_of, lines_outline, rings_of, rings_outline, vertex};
use super::theme::Style;
use super::words::{Phrases, fill};
use crate::model::{Feature, LayerKind, Map, Rgb, Theme};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What a piece of land is; the order is that of the key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Held by a side.
    Held(String),
    /// Changed hands to a side between the days of a change layer.
    Gained(String),
    /// Held by a side, cut off.
    Besieged(String),
    /// Held by one, or nobody known, and fought over by another.
    Contested(Option<String>, Option<String>),
    /// A side says it is theirs; nobody else does. The second is who held it before.
    Claimed(String, Option<String>),
    /// Left by its last holder.
    Vacated,
    /// Nobody says.
    Unknown,
    /// Too far from any known place.
    Beyond,
}

impl Class {
    /// The class of a feature of a zone layer; `None` where the layer is none.
    pub fn of(kind: LayerKind, feature: &Feature) -> Option<Self> {
        let text = |key: &str| feature.text(key).filter(|t| !t.is_empty()).map(str::to_owned);
        let holder = match text("holder").as_deref() {
            Some("vacated") => return Some(Self::Vacated),
            Some("beyond") => return Some(Self::Beyond),
            Some("unknown" | "none") | None => None,
            Some(h) => Some(h.to_owned()),
        };
        let by = text("claimed_by").or_else(|| text("contested_by"));
        let claimed = text("certainty").is_some_and(|c| c == "claimed") || text("claimed_by").is_some();
        match kind {
            LayerKind::Beyond => Some(Self::Beyond),
            LayerKind::Contested => Some(Self::Contested(holder, by)),
            LayerKind::Change => match text("gained_by") {
                Some(gainer) if claimed => Some(Self::Claimed(gainer, text("lost_by"))),
                Some(gainer) => Some(Self::Gained(gainer)),
                None => text("lost_by").map(|_| Self::Vacated),
            },
            LayerKind::Control | LayerKind::Cells => {
                let status = text("status").unwrap_or_default();
                Some(match (status.as_str(), holder) {
                    ("contested", holder) => Self::Contested(holder, by),
                    ("vacated", _) => Self::Vacated,
                    ("beyond", _) => Self::Beyond,
                    (_, Some(h)) if claimed => match by {
                        Some(by) if by != h => Self::Claimed(by, Some(h)),
                        _ => Self::Claimed(h, None),
                    },
                    (_, None) if claimed && by.is_some() => Self::Claimed(by.unwrap_or_default(), None),
                    ("besieged", Some(h)) => Self::Besieged(h),
                    ("unknown", _) | (_, None) => Self::Unknown,
                    (_, Some(h)) => Self::Held(h),
                })
            }
            _ => None,
        }
    }

    /// The sides it names, the one whose colour fills it first.
    pub fn sides(&self) -> Vec<&str> {
        match self {
            Self::Held(a) | Self::Gained(a) | Self::Besieged(a) => vec![a],
            Self::Contested(a, b) => a.iter().chain(b).map(String::as_str).collect(),
            Self::Claimed(a, b) => std::iter::once(a).chain(b).map(String::as_str).collect(),
            Self::Vacated | Self::Unknown | Self::Beyond => Vec::new(),
        }
    }

    /// Its words in the key.
    pub fn label(&self, words: &Phrases, name: &dyn Fn(&str) -> String, since: Option<&str>) -> String {
        match self {
            Self::Held(a) => name(a),
            Self::Gained(a) => match since {
                Some(day) => fill(words.gained_since, &[&name(a), day]),
                None => fill(words.gained, &[&name(a)]),
            },
            Self::Besieged(a) => fill(words.besieged, &[&name(a)]),
            Self::Contested(Some(a), Some(b)) => format!("{}: {}, {}", words.contested, name(a), name(b)),
            Self::Contested(..) => words.contested.to_owned(),
            Self::Claimed(a, _) => fill(words.claimed, &[&name(a)]),
            Self::Vacated => words.vacated.to_owned(),
            Self::Unknown => words.unknown.to_owned(),
            Self::Beyond => words.beyond.to_owned(),
        }
    }
}

/// How a class is filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paint {
    /// The ground colour; `None` leaves the land as it is.
    pub fill: Option<Rgb>,
    /// Hatching over it: colour and direction.
    pub hatch: Option<(Rgb, Slope)>,
    /// A line around it.
    pub edge: Option<Rgb>,
}

/// A zone as it is seen.
#[derive(Debug, Clone)]
pub struct Zone {
    /// What it is.
    pub class: Class,
    /// Visible rings, 1/64 px.
    pub rings: Vec<Vec<Vertex>>,
    /// Words shown when pointed at.
    pub title: Option<String>,
}

/// All zones of a map, with colours.
#[derive(Debug, Clone, Default)]
pub struct Zones {
    /// Zones in drawing order.
    pub zones: Vec<Zone>,
    /// Sides in the order of the key.
    pub sides: Vec<Side>,
    /// Pairs of sides whose zones meet, as indices into `sides`.
    pub touching: Vec<(usize, usize)>,
    /// Their colours.
    pub palette: Palette,
    /// Front lines, 1/64 px.
    pub fronts: Vec<Vec<Vertex>>,
    /// Whether most of the land is unknown: then it stays pale, so that what is known stands out.
    pub sparse: bool,
}

/// Distance between hatch lines, CSS pixels at words of scale 1.
const HATCH_GAP: f64 = 6.5;

impl Zones {
    /// Reads the zone layers of a map into a frame.
    pub fn read(map: &Map, frame: &Frame, style: &Style) -> Self {
        let projector = Projector::new(frame);
        let mut out = Self::default();
        // Every ring and front line in one net, so that shared edges are thinned once.
        let mut chains: Vec<Chain> = Vec::new();
        let mut owner: Vec<Option<usize>> = Vec::new();
        let has_control = map.layers.iter().any(|l| l.kind == LayerKind::Control && !l.features.is_empty());
        for layer in &map.layers {
            if layer.kind == LayerKind::Cells && has_control {
                continue;
            }
            for feature in &layer.features {
                let Some(geometry) = &feature.geometry else { continue };
                if layer.kind == LayerKind::Frontline {
                    let mut lines = Vec::new();
                    for line in lines_of(geometry) {
                        projector.line(&line, &mut lines);
                    }
                    for line in lines {
                        chains.push(Chain::new(line.into_iter().map(vertex), false));
                        owner.push(None);
                    }
                    continue;
                }
                let Some(class) = Class::of(layer.kind, feature) else { continue };
                let mut rings = Vec::new();
                for ring in rings_of(geometry) {
                    projector.ring(&ring, &mut rings);
                }
                if rings.is_empty() {
                    continue;
                }
                let zone = out.zones.len();
                let title = feature.text("title").map(str::to_owned);
                out.zones.push(Zone { class, rings: Vec::new(), title });
                for ring in rings {
                    chains.push(Chain::new(ring.into_iter().map(vertex), true));
                    owner.push(Some(zone));
                }
            }
        }
        for (chain, owner) in thin(&chains, 0.3 * 64.0).into_iter().zip(owner) {
            match owner {
                Some(zone) if chain.points.len() >= 3 => out.zones[zone].rings.push(chain.points),
                None if chain.points.len() >= 2 => out.fronts.push(chain.points),
                _ => {}
            }
        }
        out.zones.retain(|z| !z.rings.is_empty());
        let area = |z: &Zone| z.rings.iter().map(|r| super::arcs::area2(r)).sum::<i64>().abs();
        let unknown: i64 = out.zones.iter().filter(|z| z.class == Class::Unknown).map(area).sum();
        out.sparse = unknown * 2 > out.zones.iter().map(area).sum::<i64>();
        out.sides = sides(map, &out.zones);
        out.touching = touching(&out.zones, &out.sides);
        out.palette = Palette::choose(&out.sides, &out.touching, style);
        out
    }

    /// The same zones in the colours of a series that they are part of.
    #[must_use]
    pub fn dressed_as(mut self, series: &Self) -> Self {
        let id = |n: usize| self.sides.get(n).map(|s| s.id.as_str());
        let index = |id: Option<&str>| series.sides.iter().position(|s| Some(s.id.as_str()) == id);
        let touching: Vec<(usize, usize)> =
            self.touching.iter().filter_map(|&(a, b)| Some((index(id(a))?, index(id(b))?))).collect();
        self.touching = touching;
        self.sides.clone_from(&series.sides);
        self.palette = series.palette.clone();
        self.sparse = series.sparse;
        self
    }

    /// Whether there is any zone.
    pub fn is_empty(&self) -> bool {
        self.zones.is_empty()
    }

    /// The classes drawn, in the order of the key.
    pub fn classes(&self) -> Vec<Class> {
        let set: BTreeSet<&Class> = self.zones.iter().map(|z| &z.class).collect();
        let rank = |c: &Class| {
            let group = match c {
                Class::Held(_) => 0,
                Class::Gained(_) => 1,
                Class::Besieged(_) => 2,
                Class::Contested(..) => 3,
                Class::Claimed(..) => 4,
                Class::Vacated => 5,
                Class::Unknown => 6,
                Class::Beyond => 7,
            };
            let side = c.sides().first().and_then(|s| self.sides.iter().position(|x| x.id == *s)).unwrap_or(usize::MAX);
            (group, side)
        };
        let mut classes: Vec<Class> = set.into_iter().cloned().collect();
        classes.sort_by_key(|c| rank(c));
        classes
    }

    /// How a class is filled.
    pub fn paint(&self, class: &Class, style: &Style, both: bool) -> Paint {
        let zone = |id: &str| self.palette.zone(id);
        let pure = |id: &str| self.palette.pure(id);
        let c = &style.colours;
        let deep = |id: &str| pure(id).map(|p| super::colour::over(p, (style.zone_opacity + 0.25).min(1.0), c.focus));
        match class {
            Class::Held(a) => Paint { fill: zone(a), hatch: None, edge: None },
            // Beside land long held, land newly gained is deeper and edged.
            Class::Gained(a) if both => Paint { fill: deep(a), hatch: None, edge: Some(c.front) },
            Class::Gained(a) => Paint { fill: zone(a), hatch: None, edge: None },
            Class::Besieged(a) => Paint { fill: zone(a), hatch: None, edge: pure(a).or(Some(c.front)) },
            Class::Contested(a, b) => {
                let ground = a.as_deref().and_then(zone).unwrap_or(c.focus);
                let line = b.as_deref().and_then(pure).unwrap_or(c.front);
                Paint { fill: Some(ground), hatch: Some((seen_on(line, ground), Slope::Up)), edge: None }
            }
            Class::Claimed(a, before) => {
                let ground = before.as_deref().and_then(zone).unwrap_or(c.focus);
                Paint { fill: Some(ground), hatch: pure(a).map(|p| (seen_on(p, ground), Slope::Down)), edge: None }
            }
            Class::Vacated => Paint { fill: Some(c.unknown), hatch: Some((c.focus, Slope::Up)), edge: None },
            // In one ink every grey is a side's: what is unknown is told by thin lines.
            Class::Unknown if style.base == Theme::Mono => {
                Paint { fill: Some(c.focus), hatch: Some((c.unknown, Slope::Up)), edge: None }
            }
            Class::Unknown => {
                let share = if self.sparse { 0.22 } else { 0.6 };
                Paint { fill: Some(super::colour::over(c.unknown, share, c.focus)), hatch: None, edge: None }
            }
            Class::Beyond => Paint { fill: None, hatch: None, edge: None },
        }
    }

    /// Whether both long-held and newly gained land are shown.
    pub fn both(&self) -> bool {
        self.zones.iter().any(|z| matches!(z.class, Class::Gained(_)))
            && self.zones.iter().any(|z| matches!(z.class, Class::Held(_)))
    }

    /// The groups: fills, hatching, front lines.
    pub fn groups(&self, frame: &Frame, style: &Style, scale_of_words: f64) -> Vec<Group> {
        let mut fills = Group::new("zones", "Zones");
        let mut hatching = Group::new("hatching", "Hatching");
        let both = self.both();
        // Fixed to the map: lines run through the projected centre whatever the zones are.
        let gap = units(HATCH_GAP * scale_of_words);
        let origin = vertex(frame.place([0.0, 0.0]).map(|v| match frame.planar.family() {
            // Sheets of one zoom continue each other's lines, however far from the middle of the world.
            Family::Tiles => v.rem_euclid(hatch::period(gap) as f64 / 64.0),
            _ => v.clamp(-1e6, 1e6),
        }));
        for zone in &self.zones {
            let paint = self.paint(&zone.class, style, both);
            let outline = Arc::new(rings_outline(zone.rings.iter().map(Vec::as_slice)));
            if let Some(color) = paint.fill {
                let mut path = Path {
                    outline: outline.clone(),
                    fill: Some(Fill { color, alpha: 255, rule: Rule::EvenOdd }),
                    title: zone.title.clone(),
                    ..Path::default()
                };
                // A hair of its own colour closes the seam to the neighbour that anti-aliasing would leave.
                path.stroke = Some(Stroke { join: Join::Bevel, ..Stroke::solid(color, 0.7) });
                fills.items.push(Item::Path(path));
            }
            if let Some((color, slope)) = paint.hatch {
                let lines = hatch::lines(&zone.rings, gap, slope, origin);
                if !lines.is_empty() {
                    let mut path = Path::stroked(lines, color, hatch_width(style) * scale_of_words);
                    if let Some(s) = &mut path.stroke {
                        s.cap = Cap::Butt;
                    }
                    path.title = None;
                    hatching.items.push(Item::Path(path));
                }
            }
            if let Some(color) = paint.edge {
                let mut path = Path::stroked(outline.clone(), color, 1.0 * scale_of_words);
                path.title = None;
                hatching.items.push(Item::Path(path));
            }
        }
        let mut out = vec![fills];
        if !hatching.items.is_empty() {
            out.push(hatching);
        }
        out
    }

    /// The group of the front lines, with a pale rim so that they stand out from both sides.
    pub fn front_group(&self, style: &Style, scale_of_words: f64) -> Option<Group> {
        let joined = super::arcs::joined(&self.fronts);
        let outline = Arc::new(lines_outline(joined.iter().map(Vec::as_slice)));
        if outline.is_empty() {
            return None;
        }
        let mut group = Group::new("frontline", "Front line");
        let w = style.line_weight * scale_of_words;
        group.items.push(Item::Path(Path::stroked(outline.clone(), style.colours.halo, 3.4 * w)));
        group.items.push(Item::Path(Path::stroked(outline, style.colours.front, 1.7 * w)));
        Some(group)
    }

    /// The zones' rings in CSS pixels by class index, for a raster.
    pub fn rings_px(zone: &Zone) -> Vec<Vec<Pt>> {
        zone.rings
            .iter()
            .map(|r| r.iter().map(|v| [f64::from(v[0]) / 64.0, f64::from(v[1]) / 64.0]).collect())
            .collect()
    }

    /// Box of all zones in CSS pixels.
    pub fn bounds(&self) -> Option<Window> {
        let points: Vec<Pt> = self.zones.iter().flat_map(|z| Self::rings_px(z).into_iter().flatten()).collect();
        (!points.is_empty()).then(|| Window::around(&points))
    }
}

/// A hatch colour that can be seen on a ground: darker or paler by as little as it takes where the two are of one lightness.
fn seen_on(line: Rgb, ground: Rgb) -> Rgb {
    use super::colour::{contrast, over};
    let mut steps =
        (0..=14).flat_map(|k| [Rgb(0, 0, 0), Rgb(255, 255, 255)].map(|to| over(to, f64::from(k) * 0.05, line)));
    steps.find(|c| contrast(*c, ground) >= 1.6).unwrap_or(line)
}

/// Width of hatch lines at words of scale 1.
pub fn hatch_width(style: &Style) -> f64 {
    if style.base == Theme::Mono { 1.2 } else { 1.9 }
}

fn sides(map: &Map, zones: &[Zone]) -> Vec<Side> {
    let mut named: BTreeSet<&str> = BTreeSet::new();
    for zone in zones {
        named.extend(zone.class.sides());
    }
    let mut sides: Vec<Side> = map
        .holders
        .iter()
        .filter(|h| named.contains(h.id.as_str()))
        .map(|h| Side { id: h.id.clone(), name: h.label.clone(), color: h.color })
        .collect();
    // Sides that the layers name and the map does not list: by the layers' own words and colours.
    for id in named {
        if sides.iter().any(|s| s.id == id) {
            continue;
        }
        let feature = map
            .layers
            .iter()
            .flat_map(|l| &l.features)
            .find(|f| f.text("holder") == Some(id) || f.text("gained_by") == Some(id));
        let name = feature.and_then(|f| f.text("holder_name").or_else(|| f.text("gained_by_name"))).unwrap_or(id);
        let color = feature.and_then(|f| f.text("fill")).and_then(|c| c.parse().ok());
        sides.push(Side { id: id.to_owned(), name: name.to_owned(), color });
    }
    // Held land is titled with its holder's short name, which is what a key has room for.
    for side in &mut sides {
        let held = map.layers.iter().filter(|l| l.kind == LayerKind::Control).flat_map(|l| &l.features).find(|f| {
            f.text("holder") == Some(&side.id) && f.text("status") == Some("held") && f.text("claimed_by").is_none()
        });
        if let Some(short) = held.and_then(|f| f.text("title")).filter(|t| !t.is_empty() && t.len() < side.name.len()) {
            side.name = short.to_owned();
        }
    }
    sides
}

/// Pairs of sides with zones that share an edge.
fn touching(zones: &[Zone], sides: &[Side]) -> Vec<(usize, usize)> {
    let index = |id: &str| sides.iter().position(|s| s.id == id);
    let mut edges: BTreeMap<(Vertex, Vertex), usize> = BTreeMap::new();
    let mut pairs: BTreeSet<(usize, usize)> = BTreeSet::new();
    let mut meet = |a: usize, b: usize| {
        if a != b {
            pairs.insert((a.min(b), a.max(b)));
        }
    };
    for zone in zones {
        let own: Vec<usize> = zone.class.sides().into_iter().filter_map(index).collect();
        if let [a, b] = own[..] {
            meet(a, b);
        }
        let Some(&first) = own.first() else { continue };
        for ring in &zone.rings {
            for i in 0..ring.len() {
                let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
                let key = if a < b { (a, b) } else { (b, a) };
                if let Some(&other) = edges.get(&key) {
                    meet(first, other);
                } else {
                    edges.insert(key, first);
                }
            }
        }
    }
    pairs.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feature(pairs: &[(&str, &str)]) -> Feature {
        pairs.iter().fold(Feature::new(geo::Point::new(0.0, 0.0)), |f, (k, v)| f.with(k, *v))
    }

    #[test]
    fn classes_of_features() {
        let class = |kind, pairs: &[(&str, &str)]| Class::of(kind, &feature(pairs));
        let control = LayerKind::Control;
        assert_eq!(class(control, &[("holder", "gov"), ("status", "held")]), Some(Class::Held("gov".into())));
        assert_eq!(
            class(control, &[("holder", "gov"), ("status", "contested"), ("contested_by", "hts")]),
            Some(Class::Contested(Some("gov".into()), Some("hts".into())))
        );
        assert_eq!(
            class(control, &[("holder", "hts"), ("status", "held"), ("certainty", "claimed")]),
            Some(Class::Claimed("hts".into(), None))
        );
        assert_eq!(class(control, &[("status", "unknown")]), Some(Class::Unknown));
        assert_eq!(class(control, &[("holder", "gov"), ("status", "vacated")]), Some(Class::Vacated));
        assert_eq!(
            class(LayerKind::Change, &[("lost_by", "gov"), ("gained_by", "hts")]),
            Some(Class::Gained("hts".into()))
        );
        assert_eq!(class(LayerKind::Places, &[]), None);
    }
}
