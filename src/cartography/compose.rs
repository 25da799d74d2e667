//! Composition: the one walk from a map to its display list.

use super::alt;
use super::artboard::Artboard;
use super::clip::Window;
use super::display::{DisplayList, Group, Item, Metadata, Outline, Path, Rect};
use super::explain::{Explanation, LabelNote};
use super::fit::{fit, focus_countries};
use super::frame::Frame;
use super::furniture::arrange::{Furniture, arrange};
use super::furniture::key::{Key, Row};
use super::furniture::place::rect;
use super::furniture::{Setting, page, rows};
use super::ground::{Ground, Wanted};
use super::held::{ControlStyle, Held};
use super::memory::Memory;
use super::names::{self, Subject};
use super::planar::Family;
use super::relief::Relief;
use super::story;
use super::text::Fonts;
use super::theme::Style;
use super::words::Tongue;
use super::zones::{Class, Zones};
use crate::diag::{Note, Warned};
use crate::model::{Feature, LayerKind, Map, Rgb};
use std::sync::Arc;

/// Choices of the user that are not in the map.
#[derive(Debug, Clone)]
pub struct Options {
    /// A house theme; the built-in theme of the map's view where not given.
    pub style: Option<Style>,
    /// The fonts.
    pub fonts: Fonts,
    /// A projection; fitted where not given.
    pub projection: Option<Family>,
    /// Whether areas are to be compared, so that they have to be true on paper.
    pub true_areas: bool,
    /// Whether a locator is drawn.
    pub locator: bool,
    /// Whether a key is drawn.
    pub key: bool,
    /// What earlier maps leave for later ones; options that are cloned share it.
    pub memory: Memory,
    /// How control is shown.
    pub control: ControlStyle,
    /// Roads, for control shown along them.
    pub roads: Vec<Feature>,
    /// Heights to shade the land with.
    pub relief: Option<Arc<Relief>>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            style: None,
            fonts: Fonts::embedded(),
            projection: None,
            true_areas: false,
            locator: true,
            key: true,
            memory: Memory::default(),
            control: ControlStyle::Areas,
            roads: Vec::new(),
            relief: None,
        }
    }
}

/// A composed map.
#[derive(Debug, Clone)]
pub struct Composed {
    /// What outputs replay.
    pub display: DisplayList,
    /// Alternative text, at most 250 characters.
    pub alt_text: String,
    /// Every label's fate.
    pub explain: Explanation,
    /// The rows of the key, with the colours of their samples.
    pub key: Vec<Row>,
    /// Where positions fall on it.
    pub frame: Frame,
}

/// What all pictures of a series share, or one picture has for itself.
pub(super) struct Plan {
    pub frame: Frame,
    pub ground: Arc<Ground>,
    pub furniture: Furniture,
    pub rows: Vec<Row>,
    pub focus: Vec<String>,
    /// Sides and colours over all pictures.
    pub zones: Zones,
}

/// What a series fixes for each of its pictures.
pub(super) struct Shared<'a> {
    pub plan: &'a Plan,
    pub labels: &'a [LabelNote],
    /// Places of all pictures.
    pub spots: &'a [story::Spot],
    /// Named areas and lines of the user's own in all pictures, as the last picture has them.
    pub own: &'a [story::Own],
}

/// The words and fonts of a map.
pub(super) fn setting<'a>(map: &'a Map, board: &'a Artboard, options: &'a Options, style: &'a Style) -> Setting<'a> {
    let lang = map.view.langs.first().map_or("en", String::as_str);
    Setting { fonts: &options.fonts, style, board, tongue: Tongue::of(lang), lang, control: options.control }
}

/// Composes a map on an artboard.
pub fn compose(map: &Map, board: &Artboard, options: &Options) -> Warned<Composed> {
    let style = options.style.clone().unwrap_or_else(|| Style::of(map.view.theme));
    let set = setting(map, board, options, &style);
    let page = page::lay_out(map, &set, true, None);
    let plan = plan(map, page.panel, options, &set);
    picture(map, options, &set, page, &plan, None)
}

/// Fits the frame, reads the ground, colours the zones and puts the furniture in place.
pub(super) fn plan(map: &Map, panel: Window, options: &Options, set: &Setting<'_>) -> Plan {
    let style = set.style;
    let second = map.view.langs.get(1).map(String::as_str);
    let focus = focus_countries(map);
    let fit = fit(map, options.projection, options.true_areas, &focus);
    let margin = set.length(30.0);
    let frame = Frame::fit(&fit, panel, [margin; 4]);
    let wanted = Wanted {
        lang: set.lang,
        second,
        focus: &focus,
        worldview: map.view.worldview.as_deref(),
        named: true,
        metres: None,
    };
    let settle = |frame: Frame, flat: bool| {
        let zones = Zones::read(map, &frame, style);
        let ground = options.memory.ground(&frame, set, &wanted);
        let held = Held::read(map, &frame, &zones, options.control, &options.roads, set);
        let rows = rows::rows(map, &zones, &held, set, ground.disputed);
        let key = if options.key && !flat { Key::new(&rows, set) } else { None };
        let furniture = arrange(map, &frame, &ground, &zones, key, options.locator, set);
        Plan { frame, ground, furniture, rows, focus: focus.clone(), zones }
    };
    let first = settle(frame, false);
    // The same key hides more of a small map.
    let weight = (840_000.0 / (panel.width() * panel.height())).clamp(1.0, 6.0);
    if f64::from(first.furniture.cost) * weight <= CROWDED && first.furniture.hides * weight <= HIDDEN {
        return first;
    }
    let Some((key_width, key_height)) = first.furniture.key.as_ref().map(|k| (k.width, k.height)) else { return first };
    // A key that finds no quiet corner gets room of its own: the frame moves aside, or makes place for a flat key below it. Both
    // make the map smaller, which is a harm too.
    let scale = first.frame.scale;
    let harm = |plan: &Plan| {
        f64::from(plan.furniture.cost) * weight
            + plan.furniture.hides * weight / 12.0
            + 1800.0 * (1.0 - plan.frame.scale / scale).max(0.0)
    };
    let mut best = first;
    if fit.bbox.is_none() {
        let tall = panel.height() > panel.width() * 0.9;
        let aside = if tall {
            [margin, margin, margin, key_height + margin * 1.4]
        } else {
            [margin, margin, key_width + margin * 1.4, margin]
        };
        let frame = Frame::fit(&fit, panel, aside);
        if frame.scale > scale * 0.6 {
            let other = settle(frame, false);
            if harm(&other) < harm(&best) {
                best = other;
            }
        }
    }
    let edge = set.length(16.0);
    if let Some(key) = Key::flat(&best.rows, panel.width() - 2.0 * edge, set) {
        let above = Window { y1: panel.y1 - key.height, ..panel };
        if above.height() > panel.height() * 0.4 {
            let mut other = settle(Frame::fit(&fit, above, [margin; 4]), true);
            // Another frame may show other classes, never more of them than there is room for.
            if let Some(key) = Key::flat(&other.rows, panel.width() - 2.0 * edge, set)
                && harm(&other) < harm(&best)
                && key.height <= panel.y1 - above.y1
            {
                other.furniture.lay_flat(key, [edge, above.y1]);
                best = other;
            }
        }
    }
    best
}

/// What the places of the furniture may cost before the key gets room of its own: some 60 px by 60 px of the story's land on a
/// desktop board.
const CROWDED: f64 = 300.0;

/// How much of the story's land a key may hide before it gets room of its own, square pixels of a desktop board: its corner over the
/// sea's edge of a country.
const HIDDEN: f64 = 900.0;

/// The share of a map that its key may hide without a word.
const MOST_HIDDEN: f64 = 0.3;

/// Draws a map by a plan: its own, or that of its series.
pub(super) fn picture(
    map: &Map,
    options: &Options,
    set: &Setting<'_>,
    page: page::Page,
    plan: &Plan,
    shared: Option<&Shared<'_>>,
) -> Warned<Composed> {
    let mut notes = Vec::new();
    let (style, board) = (set.style, set.board);
    let second = map.view.langs.get(1).map(String::as_str);
    let (frame, ground) = (&plan.frame, &plan.ground);
    if let Some(family) = style.family.as_deref().filter(|f| options.fonts.family(f).is_none()) {
        notes.push(
            Note::warning(format!("the font family \"{family}\" is not loaded; Noto Sans stands in"))
                .hint("give the folder it is in with --fonts DIR"),
        );
    }
    let hidden = plan.furniture.hidden_by_key(&frame.panel);
    if shared.is_none() && hidden > MOST_HIDDEN {
        notes.push(
            Note::warning(format!("the key hides {:.0} % of the map", hidden * 100.0))
                .hint("a larger artboard has room for both; a map without a key is possible too"),
        );
    }
    let own_zones = shared.map(|s| Zones::read(map, frame, style).dressed_as(&s.plan.zones));
    let zones = own_zones.as_ref().unwrap_or(&plan.zones);
    notes.extend(zones.palette.check(&zones.sides, &zones.touching, style));

    let mut outside = Vec::new();
    let own_spots = story::spots(map, frame, zones, set, second, &mut outside);
    let overlay = story::overlay(map, frame, set);
    let held = Held::read(map, frame, zones, options.control, &options.roads, set);
    if held.is_empty() {
        let (what, hint) = match options.control {
            ControlStyle::Roads => ("roads", "give them with --roads FILE"),
            _ => ("settlements", "give the cells layer, or places with a holder"),
        };
        notes.push(Note::warning(format!("there are no {what} to show control on")).hint(hint));
    }
    let mut spots = match shared {
        Some(s) => in_series(s.spots, &own_spots, &overlay.spots),
        None => own_spots.into_iter().chain(overlay.spots).collect(),
    };
    // The series' own features are named where they are named in all its pictures, those of this picture only.
    let own: Vec<story::Own> = match shared {
        Some(s) => s.own.iter().filter(|o| overlay.own.iter().any(|here| here.name == o.name)).cloned().collect(),
        None => overlay.own,
    };
    for spot in &mut spots {
        spot.disc = held.disc_at(spot.at);
    }
    for name in &outside {
        notes.push(Note::info(format!("{name} lies outside the frame and is not drawn")));
    }
    let distances = story::distances(map, frame, set);
    let arrows = story::arrows(map, frame, set, zones);

    let divisions = names::division_names(map, ground, &spots, set);
    let subject = Subject {
        ground,
        zones,
        spots: &spots,
        distances: &distances,
        arrows: &arrows,
        frame,
        taken: plan.furniture.taken.clone(),
        own: &own,
        divisions: &divisions,
        fixed: shared.map(|s| s.labels),
        zone_names: shared.is_none() && held.is_areas(),
        discs: held.discs(),
    };
    let named = names::name(&subject, set);
    for name in &named.crowded {
        notes.push(
            Note::warning(format!("{name}: no room for its name without an overlap"))
                .hint("try a larger artboard or a smaller frame"),
        );
    }
    if !named.missing.is_empty() {
        let list: Vec<String> = named.missing.iter().map(|c| format!("{c} (U+{:04X})", u32::from(*c))).collect();
        notes.push(
            Note::warning(format!("no font has the characters {}", list.join(", ")))
                .hint("add a font pack with --fonts DIR"),
        );
    }

    let body = Body {
        frame,
        ground,
        zones,
        held: &held,
        relief: options.relief.as_deref(),
        overlay: overlay.group,
        distances: &distances,
        arrows: &arrows,
        names: named.groups,
    };
    let mut groups = body.groups(set);
    // The bands are drawn over whatever of the map bleeds past the panel.
    groups.extend(page_bands(&frame.panel, board, style.colours.page));
    groups.extend(plan.furniture.draw(frame, set, &plan.focus, &options.memory));
    groups.push(page.header);
    groups.push(page.footer);
    groups.retain(|g| !g.items.is_empty());

    let mut side_names: Vec<String> = Vec::new();
    for class in zones.classes() {
        if let Class::Held(a) | Class::Gained(a) = &class
            && let Some(side) = zones.sides.iter().find(|s| s.id == *a)
            && !side_names.contains(&side.name)
        {
            side_names.push(side.name.clone());
        }
    }
    let alt_text = alt::alt_text(map, &spots, &side_names, &distance_words(map), set.tongue);
    let explain = Explanation {
        projection: frame.planar.family().title().to_owned(),
        metres_per_px: frame.metres_per_px(),
        scale_spread: frame.scale_spread(),
        labels: named.notes,
    };
    let licence: Vec<String> = map.credits.iter().map(|c| format!("{}: {}", c.name, c.licence)).collect();
    let display = DisplayList {
        width: board.width,
        height: board.height,
        background: style.colours.page,
        groups,
        title: map.title.clone(),
        description: alt_text.clone(),
        metadata: Metadata {
            author: map.byline.clone().unwrap_or_default(),
            licence: licence.join("; "),
            source: page.source.clone(),
            as_of: map.as_of.map(|d| d.to_string()).unwrap_or_default(),
            lang: set.lang.to_owned(),
        },
        fonts: options.fonts.clone(),
    };
    let composed = Composed { display, alt_text, explain, key: plan.rows.clone(), frame: frame.clone() };
    Warned::new(composed, notes)
}

/// What fills the panel of a still or a sheet of tiles.
pub(super) struct Body<'a> {
    pub frame: &'a Frame,
    pub ground: &'a Ground,
    pub zones: &'a Zones,
    pub held: &'a Held,
    pub relief: Option<&'a Relief>,
    pub overlay: Option<Group>,
    pub distances: &'a [story::DistanceLine],
    pub arrows: &'a [story::Arrow],
    pub names: Vec<Group>,
}

impl Body<'_> {
    /// Its groups in drawing order.
    pub(super) fn groups(self, set: &Setting<'_>) -> Vec<Group> {
        let Self { frame, ground, zones, held, .. } = self;
        let (style, board) = (set.style, set.board);
        let mut sea = Group::new("water", "Water");
        sea.items.push(Item::Path(Path::filled(Outline::rect(rect(&frame.panel)), style.colours.water)));
        let mut groups = vec![sea];
        groups.extend(ground.below.iter().cloned());
        if held.is_areas() {
            groups.extend(zones.groups(frame, style, board.scale));
        }
        groups.extend(self.relief.and_then(|r| r.shade(frame, &ground.dry(&frame.panel))));
        groups.extend(ground.above.iter().cloned());
        if held.is_areas() {
            groups.extend(zones.front_group(style, board.scale));
        }
        groups.extend(self.overlay);
        groups.extend(held.groups(zones, set));
        groups.extend(story::distance_group(self.distances, set));
        if !self.arrows.is_empty() {
            let mut group = Group::new("advances", "Advances");
            for arrow in self.arrows {
                story::draw_arrow(arrow, set, &mut group.items);
            }
            groups.push(group);
        }
        groups.extend(self.names);
        groups
    }
}

/// Where the labels of a series stand: one search over all its places.
pub(super) fn labels_of(whole: &Map, set: &Setting<'_>, shared: &Shared<'_>) -> Vec<LabelNote> {
    let plan = shared.plan;
    let distances = story::distances(whole, &plan.frame, set);
    let arrows = story::arrows(whole, &plan.frame, set, &plan.zones);
    let divisions = names::division_names(whole, &plan.ground, shared.spots, set);
    let subject = Subject {
        ground: &plan.ground,
        zones: &plan.zones,
        spots: shared.spots,
        distances: &distances,
        arrows: &arrows,
        frame: &plan.frame,
        taken: plan.furniture.taken.clone(),
        own: shared.own,
        divisions: &divisions,
        fixed: None,
        zone_names: false,
        discs: &[],
    };
    names::name(&subject, set).notes
}

/// The places of a series as one of its pictures knows them: what has not happened yet waits, what is not there is absent.
fn in_series(all: &[story::Spot], told: &[story::Spot], points: &[story::Spot]) -> Vec<story::Spot> {
    all.iter()
        .map(|s| {
            let mut spot = s.clone();
            let here = told.iter().find(|o| o.is(s));
            if s.own {
                spot.absent = !points.iter().any(|p| p.is(s));
            } else if s.part != story::Part::Context {
                spot.note = here.and_then(|h| h.note.clone());
                spot.waiting = s.widest.is_some() && spot.note.is_none();
                spot.color = here.and_then(|h| h.color).or(s.color);
            }
            spot
        })
        .collect()
}

fn distance_words(map: &Map) -> Vec<String> {
    map.layers
        .iter()
        .filter(|l| l.kind == LayerKind::Distances)
        .flat_map(|l| &l.features)
        .filter_map(|f| {
            let km = f.number("km")?;
            Some(format!("{}–{} {km:.0} km", f.text("from")?, f.text("to")?))
        })
        .collect()
}

/// Page colour over whatever bleeds past the panel.
fn page_bands(p: &Window, board: &Artboard, color: Rgb) -> Vec<Group> {
    let mut group = Group::new("page", "Page");
    let (w, h) = (f64::from(board.width), f64::from(board.height));
    for (top, bottom) in [(0.0, p.y0), (p.y1, h)] {
        if bottom > top {
            group.items.push(Item::Path(Path::filled(Outline::rect(Rect::px(0.0, top, w, bottom)), color)));
        }
    }
    vec![group]
}
