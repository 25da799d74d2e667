//! Three ways to show who holds what: as areas, as settlements, as corridors along roads.
//!
//! Areas say something of all land. Settlements and corridors colour only what reports speak of: the places, and the roads between
//! them that a user gives.

use super::clip::{Pt, Window};
use super::display::{Cap, Group, Item, Outline, Path, Point, Stroke, units};
use super::frame::Frame;
use super::furniture::Setting;
use super::project::{Projector, lines_of, lines_outline, vertex};
use super::zones::{Class, Zones};
use crate::geodesy::LonLat;
use crate::model::{Feature, LayerKind, Map, Rgb};
use geo::InteriorPoint as _;
use std::collections::BTreeSet;
use std::str::FromStr;
use std::sync::Arc;

/// How control is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ControlStyle {
    /// Land in the colour of its holder.
    #[default]
    Areas,
    /// A disc in the colour of its holder for every settlement.
    Settlements,
    /// A band along the user's roads.
    Roads,
}

impl FromStr for ControlStyle {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "areas" => Ok(Self::Areas),
            "settlements" => Ok(Self::Settlements),
            "roads" => Ok(Self::Roads),
            other => Err(format!("\"{other}\" is not a way to show control: areas, settlements, roads")),
        }
    }
}

/// A settlement in its holder's colour.
#[derive(Debug, Clone)]
pub struct Disc {
    /// Where it falls, CSS pixels.
    pub at: Pt,
    /// Radius in CSS pixels, its rim included.
    pub radius: f64,
    class: Class,
    title: Option<String>,
}

/// A stretch of road that one class of land covers; `None` outside all zones.
#[derive(Debug, Clone)]
struct Stretch {
    line: Vec<Pt>,
    class: Option<Class>,
}

/// What is drawn in place of areas.
#[derive(Debug, Clone, Default)]
pub enum Held {
    /// The zones themselves.
    #[default]
    Areas,
    /// Settlements.
    Settlements(Vec<Disc>),
    /// Roads.
    Roads(Roads),
}

/// Stretches of road.
#[derive(Debug, Clone, Default)]
pub struct Roads(Vec<Stretch>);

impl Held {
    /// Works out what is drawn.
    pub fn read(
        map: &Map,
        frame: &Frame,
        zones: &Zones,
        style: ControlStyle,
        roads: &[Feature],
        set: &Setting<'_>,
    ) -> Self {
        match style {
            ControlStyle::Areas => Self::Areas,
            ControlStyle::Settlements => Self::Settlements(discs(map, frame, set)),
            ControlStyle::Roads => Self::Roads(Roads(stretches(frame, zones, roads))),
        }
    }

    /// Whether land itself is coloured.
    pub fn is_areas(&self) -> bool {
        matches!(self, Self::Areas)
    }

    /// Whether nothing was found to draw.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Areas => false,
            Self::Settlements(discs) => discs.is_empty(),
            Self::Roads(roads) => roads.0.is_empty(),
        }
    }

    /// The classes drawn.
    pub fn classes(&self) -> BTreeSet<&Class> {
        match self {
            Self::Areas => BTreeSet::new(),
            Self::Settlements(discs) => discs.iter().map(|d| &d.class).collect(),
            Self::Roads(roads) => roads.0.iter().filter_map(|s| s.class.as_ref()).collect(),
        }
    }

    /// Settlements drawn as discs.
    pub fn discs(&self) -> &[Disc] {
        if let Self::Settlements(discs) = self { discs } else { &[] }
    }

    /// The radius of the disc at a position, CSS pixels.
    pub fn disc_at(&self, at: Pt) -> Option<f64> {
        let Self::Settlements(discs) = self else { return None };
        let near = |d: &&Disc| (d.at[0] - at[0]).hypot(d.at[1] - at[1]) < 4.0;
        discs.iter().filter(near).map(|d| d.radius).reduce(f64::max)
    }

    /// The groups.
    pub fn groups(&self, zones: &Zones, set: &Setting<'_>) -> Vec<Group> {
        match self {
            Self::Areas => Vec::new(),
            Self::Settlements(discs) => vec![disc_group(discs, zones, set)],
            Self::Roads(roads) => road_groups(roads, zones, set),
        }
    }
}

/// The two colours of a class on its own, without land: whole, and the other half or the rim.
pub fn colours_of(class: &Class, zones: &Zones, set: &Setting<'_>) -> (Rgb, Option<Rgb>) {
    let c = &set.style.colours;
    let pure = |id: &String| zones.palette.pure(id).unwrap_or(c.unknown);
    match class {
        Class::Held(a) | Class::Gained(a) | Class::Besieged(a) => (pure(a), None),
        Class::Contested(a, b) => (a.as_ref().map_or(c.unknown, pure), Some(b.as_ref().map_or(c.front, pure))),
        Class::Claimed(a, before) => (before.as_ref().map_or(c.focus, pure), Some(pure(a))),
        Class::Vacated => (c.focus, Some(c.unknown)),
        Class::Unknown | Class::Beyond => (c.unknown, None),
    }
}

/// A settlement for every cell, and for every place that says who holds it; small ones near large ones give way.
fn discs(map: &Map, frame: &Frame, set: &Setting<'_>) -> Vec<Disc> {
    let mut found: Vec<(f64, Disc)> = Vec::new();
    for layer in map.layers.iter().filter(|l| matches!(l.kind, LayerKind::Cells | LayerKind::Places)) {
        for feature in &layer.features {
            if layer.kind == LayerKind::Places && feature.text("holder").is_none() {
                continue;
            }
            let Some(class) = Class::of(LayerKind::Cells, feature).filter(|c| *c != Class::Beyond) else { continue };
            let own = feature.number("lon").zip(feature.number("lat")).map(|(x, y)| LonLat::wrapped(x, y));
            let inside = || Some(feature.geometry.as_ref()?.interior_point()?).map(|p| LonLat::wrapped(p.x(), p.y()));
            let Some(at) = own.or_else(inside).and_then(|p| frame.px(p)) else { continue };
            if !frame.panel.contains(at) {
                continue;
            }
            let people = feature.number("population").unwrap_or(0.0);
            let radius = match people {
                p if p >= 1_000_000.0 => 9.5,
                p if p >= 250_000.0 => 7.8,
                p if p >= 50_000.0 => 6.2,
                p if p >= 10_000.0 => 4.8,
                _ => 3.6,
            };
            let title = feature.text("name").map(str::to_owned);
            found.push((people, Disc { at, radius: set.length(radius), class, title }));
        }
    }
    found.sort_by(|a, b| {
        b.0.total_cmp(&a.0).then(a.1.at[0].total_cmp(&b.1.at[0])).then(a.1.at[1].total_cmp(&b.1.at[1]))
    });
    let mut kept: Vec<Disc> = Vec::new();
    for (_, disc) in found {
        let clear = |k: &Disc| (k.at[0] - disc.at[0]).hypot(k.at[1] - disc.at[1]) > (k.radius + disc.radius) * 0.8;
        if kept.iter().all(clear) {
            kept.push(disc);
        }
    }
    kept
}

fn disc_group(discs: &[Disc], zones: &Zones, set: &Setting<'_>) -> Group {
    let mut group = Group::new("settlements", "Settlements");
    for d in discs {
        disc(d.at, d.radius, colours_of(&d.class, zones, set), set, d.title.clone(), &mut group.items);
    }
    group
}

/// A disc with its rim, in one colour or in two halves.
pub fn disc(
    at: Pt,
    radius: f64,
    (whole, half): (Rgb, Option<Rgb>),
    set: &Setting<'_>,
    title: Option<String>,
    items: &mut Vec<Item>,
) {
    let c = &set.style.colours;
    let centre = Point::px(at[0], at[1]);
    items.push(Item::Path(Path::filled(Outline::circle(centre, units(radius)), c.halo)));
    let inner = radius - set.length(1.1);
    let mut path = Path::filled(Outline::circle(centre, units(inner)), whole);
    path.title = title;
    if whole == c.focus {
        // Land without a holder is as pale as its ground.
        path.stroke = Some(Stroke::solid(c.border, set.length(0.8)));
    }
    items.push(Item::Path(path));
    if let Some(half) = half {
        // The right half, turned as hatching runs.
        const N: usize = 16;
        let ring: Vec<Point> = (0..=N)
            .map(|i| {
                let a = std::f64::consts::PI * (i as f64 / N as f64 - 0.25);
                Point::px(at[0] + inner * a.cos(), at[1] + inner * a.sin())
            })
            .collect();
        let mut outline = Outline::new();
        outline.ring(&ring);
        items.push(Item::Path(Path::filled(outline, half)));
    }
}

/// A zone with the box around it, for looking up what lies under a road.
struct Lookup<'z> {
    class: &'z Class,
    around: Window,
    rings: Vec<Vec<Pt>>,
}

impl Lookup<'_> {
    fn holds(&self, p: Pt) -> bool {
        self.around.contains(p) && {
            let mut inside = false;
            for ring in &self.rings {
                for i in 0..ring.len() {
                    let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
                    if (a[1] > p[1]) != (b[1] > p[1]) && p[0] < (b[0] - a[0]) * (p[1] - a[1]) / (b[1] - a[1]) + a[0] {
                        inside = !inside;
                    }
                }
            }
            inside
        }
    }
}

/// Cuts roads where they pass from one zone into another, to half a pixel.
fn stretches(frame: &Frame, zones: &Zones, roads: &[Feature]) -> Vec<Stretch> {
    let lookups: Vec<Lookup<'_>> = zones
        .zones
        .iter()
        .rev()
        .map(|z| {
            let rings = Zones::rings_px(z);
            let all: Vec<Pt> = rings.iter().flatten().copied().collect();
            Lookup { class: &z.class, around: Window::around(&all), rings }
        })
        .collect();
    let class_at = |p: Pt| lookups.iter().find(|l| l.holds(p)).map(|l| l.class);
    let projector = Projector::new(frame);
    let mut out = Vec::new();
    for geometry in roads.iter().filter_map(|f| f.geometry.as_ref()) {
        let mut pieces = Vec::new();
        for line in lines_of(geometry) {
            projector.line(&line, &mut pieces);
        }
        for piece in pieces {
            let mut present: Option<Stretch> = None;
            for w in piece.windows(2) {
                let length = (w[1][0] - w[0][0]).hypot(w[1][1] - w[0][1]);
                let steps = (length / 2.0).ceil().max(1.0) as usize;
                let point = |t: f64| [w[0][0] + t * (w[1][0] - w[0][0]), w[0][1] + t * (w[1][1] - w[0][1])];
                for k in 0..steps {
                    let (t0, t1) = (k as f64 / steps as f64, (k + 1) as f64 / steps as f64);
                    let (a, b) = (point(t0), point(t1));
                    let class = class_at(point((t0 + t1) / 2.0));
                    match &mut present {
                        Some(s) if s.class.as_ref() == class => {
                            if k == 0 || s.line.len() < 2 {
                                s.line.push(b);
                            } else if let Some(last) = s.line.last_mut() {
                                // Within one edge only its ends matter.
                                *last = b;
                            }
                        }
                        _ => {
                            out.extend(present.take());
                            present = Some(Stretch { line: vec![a, b], class: class.cloned() });
                        }
                    }
                }
            }
            out.extend(present);
        }
    }
    out
}

/// Width of a corridor at words of scale 1, CSS pixels.
pub const CORRIDOR: f64 = 9.0;

fn road_groups(roads: &Roads, zones: &Zones, set: &Setting<'_>) -> Vec<Group> {
    let c = &set.style.colours;
    let mut bands = Group::new("corridors", "Corridors");
    let mut lines = Group::new("roads", "Roads");
    let outline = |line: &[Pt]| {
        let points: Vec<_> = line.iter().map(|p| vertex(*p)).collect();
        Arc::new(lines_outline([points.as_slice()]))
    };
    let stroke = |outline: &Arc<Outline>, color: Rgb, width: f64, cap: Cap| {
        let mut path = Path::stroked(outline.clone(), color, set.length(width));
        if let Some(s) = &mut path.stroke {
            s.cap = cap;
        }
        path
    };
    for s in roads.0.iter().filter(|s| s.class.is_some()) {
        bands.items.push(Item::Path(stroke(&outline(&s.line), c.halo, CORRIDOR + 2.6, Cap::Round)));
    }
    for s in &roads.0 {
        let outline = outline(&s.line);
        if let Some(class) = &s.class {
            let (whole, half) = colours_of(class, zones, set);
            bands.items.push(Item::Path(stroke(&outline, whole, CORRIDOR, Cap::Butt)));
            if let Some(half) = half {
                let mut path = stroke(&outline, half, CORRIDOR, Cap::Butt);
                if let Some(s) = &mut path.stroke {
                    s.dash = vec![units(set.length(3.0)), units(set.length(5.0))];
                }
                bands.items.push(Item::Path(path));
            }
        }
        lines.items.push(Item::Path(stroke(&outline, c.halo, 1.4, Cap::Butt)));
        if s.class.is_none() {
            lines.items.push(Item::Path(stroke(&outline, c.border, 1.4, Cap::Butt)));
        }
    }
    vec![bands, lines]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read() {
        assert_eq!("roads".parse(), Ok(ControlStyle::Roads));
        assert!("dots".parse::<ControlStyle>().is_err());
    }
}
