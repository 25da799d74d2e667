//! Sheets of raster tiles: the map without its furniture, in Web Mercator, a sheet of many tiles at a time.
//!
//! What lies on both sides of a sheet's edge is decided by rules that do not know the sheet: detail by zoom, colours by the whole map,
//! hatching fixed to the world. A label belongs to the sheet that its place lies in and stays inside it, so that none is cut at an
//! edge and none is drawn twice; a dot that reaches over an edge is drawn by both. Not here: cutting sheets into tiles (`outputs`).

use super::artboard::Artboard;
use super::clip::{Pt, Window};
use super::compose::{Body, Options, setting};
use super::display::{DisplayList, Group, Metadata};
use super::fit::{fit, focus_countries};
use super::frame::Frame;
use super::furniture::Setting;
use super::ground::{Ground, Wanted};
use super::held::Held;
use super::names::{self, Subject};
use super::story::{self, Part, Spot};
use super::theme::Style;
use super::zones::Zones;
use crate::geodesy::BBox;
use crate::model::Map;

/// How far past its edges a sheet looks for dots, CSS pixels: more than the largest one's radius.
const REACH: f64 = 16.0;

/// Equator of the Web Mercator sphere, metres.
const EQUATOR: f64 = std::f64::consts::TAU * 6_378_137.0;

/// How much room the story has on the map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Room {
    /// It is a spot on a continent: its places would lie over each other.
    None,
    /// The places where something happened, without words about it.
    Little,
    /// Everything.
    Enough,
}

/// What all sheets of a map share.
#[derive(Debug)]
pub struct Sheets<'a> {
    map: &'a Map,
    options: &'a Options,
    style: Style,
    board: Artboard,
    focus: Vec<String>,
    /// Sides and colours of the whole map.
    whole: Zones,
    /// Degrees of longitude that the story spans.
    span: f64,
    /// Cosine of the map's latitude: ground metres to a metre of the projection.
    shrink: f64,
}

impl<'a> Sheets<'a> {
    /// Looks at the whole map.
    pub fn new(map: &'a Map, options: &'a Options) -> Self {
        let style = options.style.clone().unwrap_or_else(|| Style::of(map.view.theme));
        let focus = focus_countries(map);
        let panel = Window { x0: 0.0, y0: 0.0, x1: 1200.0, y1: 800.0 };
        let fit = fit(map, options.projection, options.true_areas, &focus);
        let frame = Frame::fit(&fit, panel, [0.0; 4]);
        let span = BBox::around(fit.positions.iter().copied()).map_or(360.0, |b| b.width().max(b.north - b.south));
        let whole = Zones::read(map, &frame, &style);
        let latitude = frame.at(panel.centre()).map_or(0.0, |p| p[1]);
        let board = Artboard { name: "tiles", ..Artboard::DESKTOP };
        Self {
            map,
            options,
            style,
            board,
            focus,
            whole,
            span: span.max(1.5),
            shrink: latitude.to_radians().cos().max(0.2),
        }
    }

    /// How much room the story has at a zoom: a matter of the zoom alone, so that all its sheets agree.
    fn room(&self, world: f64) -> Room {
        match self.span / 360.0 * world {
            pixels if pixels < 120.0 => Room::None,
            pixels if pixels < 360.0 => Room::Little,
            _ => Room::Enough,
        }
    }

    /// The part `pixels` of a world that is `world` CSS pixels wide and high, y down from the north.
    pub fn compose(&self, world: f64, pixels: &Window) -> DisplayList {
        let (map, style, board) = (self.map, &self.style, &self.board);
        let set = setting(map, board, self.options, style);
        let second = map.view.langs.get(1).map(String::as_str);
        let frame = Frame::tiles(world, pixels);
        let around = frame.grown(REACH);
        let wanted = Wanted {
            lang: set.lang,
            second,
            focus: &self.focus,
            worldview: map.view.worldview.as_deref(),
            named: true,
            metres: Some(EQUATOR * self.shrink / world),
        };
        let zones = Zones::read(map, &frame, style).dressed_as(&self.whole);
        let ground = Ground::read(&frame, style, board.scale, &wanted);
        let mut spots = story::spots(map, &around, &self.whole, &set, second, &mut Vec::new());
        let overlay = story::overlay(map, &around, &set);
        spots.extend(overlay.spots);
        let mut distances = story::distances(map, &frame, &set);
        let room = self.room(world);
        match room {
            Room::None => spots.clear(),
            Room::Little => {
                spots.retain(|s| s.part <= Part::Reference);
                spots.iter_mut().for_each(|s| s.note = None);
            }
            Room::Enough => {}
        }
        let (spots, dots) = share(spots, &frame.panel, &set);
        let mut arrows = story::arrows(map, &frame, &set, &zones);
        // A figure stands at the middle of its line, on the sheet that has it.
        let here = |p: Option<Pt>| p.is_some_and(|p| holds(&frame.panel, p));
        distances.iter_mut().filter(|d| room != Room::Enough || !here(d.middle)).for_each(|d| d.label.clear());
        arrows.iter_mut().filter(|a| !here(a.middle)).for_each(|a| a.label = None);
        let subject = Subject {
            ground: &ground,
            zones: &zones,
            spots: &spots,
            distances: &distances,
            arrows: &arrows,
            // A user's areas and lines run on over the edge; their names would stand on every sheet.
            own: &[],
            divisions: &[],
            frame: &frame,
            taken: Vec::new(),
            fixed: None,
            zone_names: true,
            discs: &[],
        };
        let mut named = names::name(&subject, &set).groups;
        if !dots.items.is_empty() {
            named.insert(0, dots);
        }
        let body = Body {
            frame: &frame,
            ground: &ground,
            zones: &zones,
            held: &Held::Areas,
            relief: None,
            overlay: overlay.group,
            distances: &distances,
            arrows: &arrows,
            names: named,
        };
        let mut groups = body.groups(&set);
        groups.retain(|g| !g.items.is_empty());
        DisplayList {
            width: pixels.width().round() as u32,
            height: pixels.height().round() as u32,
            background: style.colours.water,
            groups,
            title: map.title.clone(),
            description: String::new(),
            metadata: Metadata::default(),
            fonts: self.options.fonts.clone(),
        }
    }
}

/// Whether a point belongs to a panel: every point of the plane to exactly one of those that tile it.
fn holds(panel: &Window, p: Pt) -> bool {
    (panel.x0..panel.x1).contains(&p[0]) && (panel.y0..panel.y1).contains(&p[1])
}

/// The places that are a sheet's to name, and the dots that reach in from its neighbours.
///
/// Dots of context come and go with their names, which the neighbour does not know of: those that would reach over are left out.
fn share(spots: Vec<Spot>, panel: &Window, set: &Setting<'_>) -> (Vec<Spot>, Group) {
    let mut dots = Group::new("places-beyond", "Places across the edge");
    let (own, others): (Vec<Spot>, Vec<Spot>) = spots.into_iter().partition(|s| holds(panel, s.at));
    for spot in others.iter().filter(|s| s.part != Part::Context) {
        spot.draw(set, &mut dots.items);
    }
    let clear = |s: &Spot| s.part != Part::Context || panel.grown(-set.length(s.radius()) - 1.0).contains(s.at);
    (own.into_iter().filter(clear).collect(), dots)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cartography::display::{Item, Placement, Rect};
    use crate::model::{Feature, Layer, LayerKind};

    fn map() -> Map {
        let square = geo::Rect::new((36.0, 34.0), (38.0, 36.0)).to_polygon();
        let control = vec![Feature::new(square).with("holder", "rebels").with("status", "held")];
        let names = ["Hama", "Homs", "Aleppo", "Idlib", "Salamiyah", "Palmyra", "Raqqa", "Tartus"];
        let places = names.iter().enumerate().map(|(i, name)| {
            let at = geo::Point::new(36.2 + 0.31 * i as f64, 34.3 + 0.23 * (i as f64 * 1.7).rem_euclid(7.0));
            Feature::new(at).with("name", *name).with("country", "SY").with("role", "event")
        });
        Map {
            layers: vec![Layer::new(LayerKind::Control, control), Layer::new(LayerKind::Places, places.collect())],
            ..Map::default()
        }
    }

    fn texts(list: &DisplayList) -> Vec<String> {
        let items = list.groups.iter().filter(|g| g.id == "story-names").flat_map(|g| &g.items);
        items.filter_map(|i| if let Item::Text(t) = i { Some(t.shaped.text.clone()) } else { None }).collect()
    }

    /// Zoom 8 around Syria in four sheets and in one.
    fn sheets(parts: u32) -> Vec<(Window, DisplayList)> {
        let (map, options) = (map(), Options::default());
        let sheets = Sheets::new(&map, &options);
        let (x, y, side) = (152.0 * 256.0, 98.0 * 256.0, 1536.0 / f64::from(parts));
        let mut out = Vec::new();
        for j in 0..parts {
            for i in 0..parts {
                let (x0, y0) = (x + f64::from(i) * side, y + f64::from(j) * side);
                let window = Window { x0, y0, x1: x0 + side, y1: y0 + side };
                out.push((window, sheets.compose(65536.0, &window)));
            }
        }
        out
    }

    #[test]
    fn every_place_is_named_once_and_inside_its_sheet() {
        for parts in [1, 2, 3] {
            let all = sheets(parts);
            let mut names: Vec<String> = all.iter().flat_map(|(_, list)| texts(list)).collect();
            names.sort();
            let mut wanted: Vec<String> =
                ["Hama", "Homs", "Aleppo", "Idlib", "Salamiyah", "Palmyra", "Raqqa", "Tartus"]
                    .map(str::to_owned)
                    .to_vec();
            wanted.sort();
            assert_eq!(names, wanted, "{parts} × {parts} sheets");
            for (_, list) in &all {
                let page = Rect::new(0, 0, list.width as i32 * 64, list.height as i32 * 64);
                for item in list.groups.iter().flat_map(|g| &g.items) {
                    if let Item::Text(t) = item
                        && let Placement::Straight { origin, .. } = t.place
                    {
                        let left = t.left().map_or(origin.x, |p| p.x);
                        assert!(left >= 0 && left + t.shaped.width <= page.right, "{}", t.shaped.text);
                        assert!(origin.y > page.top && origin.y < page.bottom, "{}", t.shaped.text);
                    }
                }
            }
        }
    }

    #[test]
    fn zones_have_one_colour_on_all_sheets() {
        let colors = |list: &DisplayList| -> Vec<crate::model::Rgb> {
            let items = list.groups.iter().filter(|g| g.id == "zones").flat_map(|g| &g.items);
            items.filter_map(|i| if let Item::Path(p) = i { p.fill.map(|f| f.color) } else { None }).collect()
        };
        let mut all: Vec<_> = sheets(3).iter().flat_map(|(_, list)| colors(list)).collect();
        all.dedup();
        assert_eq!(all.len(), 1);
        assert_eq!(all, colors(&sheets(1)[0].1));
    }
}
