//! Composition: the one walk from a map to its display list.

use super::artboard::Artboard;
use super::clip::{Pt, Window};
use super::display::{DisplayList, Group, Item, Metadata, Outline, Path, Rect};
use super::explain::{Explanation, LabelNote};
use super::frame::{Fit, Frame};
use super::furniture::key::{Key, Row, Swatch};
use super::furniture::place::{Piece, Stage, rect};
use super::furniture::scale_bar::ScaleBar;
use super::furniture::{Setting, north, page};
use super::grid::Sums;
use super::ground::{Ground, Wanted};
use super::held::{self, ControlStyle, Held};
use super::memory::Memory;
use super::names::{self, Subject};
use super::planar::Family;
use super::relief::Relief;
use super::story;
use super::text::Fonts;
use super::theme::Style;
use super::words::{Tongue, fill};
use super::zones::{Class, Zones};
use super::{alt, locator};
use crate::basemap::Basemap;
use crate::diag::{Note, Warned};
use crate::geodesy::{BBox, LonLat};
use crate::model::{Feature, LayerKind, Map, Rgb};
use std::collections::BTreeMap;
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
    let fit = fit(map, options, &focus);
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
    let settle = |frame: Frame| {
        let zones = Zones::read(map, &frame, style);
        let ground = options.memory.ground(&frame, set, &wanted);
        let held = Held::read(map, &frame, &zones, options.control, &options.roads, set);
        let rows = key_rows(map, &zones, &held, style, set, ground.disputed);
        let key = if options.key { Key::new(None, &rows, set) } else { None };
        let furniture = arrange(map, &frame, &ground, &zones, key, options, set);
        Plan { frame, ground, furniture, rows, focus: focus.clone(), zones }
    };
    let first = settle(frame);
    // A key that finds no quiet corner gets a band of its own: the frame moves aside, below or beside.
    if first.furniture.cost <= 900 || fit.bbox.is_some() {
        return first;
    }
    let Some((key_width, key_height)) = first.furniture.key.as_ref().map(|k| (k.width, k.height)) else { return first };
    let tall = panel.height() > panel.width() * 0.9;
    let aside = if tall {
        [margin, margin, margin, key_height + margin * 1.4]
    } else {
        [margin, margin, key_width + margin * 1.4, margin]
    };
    let other = Frame::fit(&fit, panel, aside);
    if other.scale <= first.frame.scale * 0.6 {
        return first;
    }
    let other = settle(other);
    if other.furniture.cost < first.furniture.cost { other } else { first }
}

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
    let own_zones = shared.map(|s| Zones::read(map, frame, style).dressed_as(&s.plan.zones));
    let zones = own_zones.as_ref().unwrap_or(&plan.zones);
    notes.extend(zones.palette.check(&zones.sides, &zones.touching, style));

    let mut outside = Vec::new();
    let own_spots = story::spots(map, frame, set, second, &mut outside);
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
        Some(s) => in_series(s.spots, &own_spots),
        None => own_spots,
    };
    spots.extend(overlay.spots);
    for spot in &mut spots {
        spot.disc = held.disc_at(spot.at);
    }
    for name in &outside {
        notes.push(Note::info(format!("{name} lies outside the frame and is not drawn")));
    }
    let distances = story::distances(map, frame, set);
    let arrows = story::arrows(map, frame, set, zones);

    let subject = Subject {
        ground,
        zones,
        spots: &spots,
        distances: &distances,
        arrows: &arrows,
        frame,
        taken: plan.furniture.taken.clone(),
        own: &overlay.own,
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
    groups.extend(plan.furniture.draw(frame, set, &plan.focus, &options.memory));
    groups.extend(page_bands(&page, board, style.colours.page));
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
        groups.extend(self.relief.and_then(|r| r.shade(frame)));
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
    let subject = Subject {
        ground: &plan.ground,
        zones: &plan.zones,
        spots: shared.spots,
        distances: &distances,
        arrows: &arrows,
        frame: &plan.frame,
        taken: plan.furniture.taken.clone(),
        own: &[],
        fixed: None,
        zone_names: false,
        discs: &[],
    };
    names::name(&subject, set).notes
}

/// The places of a series as one of its pictures knows them: what has not happened yet waits.
fn in_series(all: &[story::Spot], own: &[story::Spot]) -> Vec<story::Spot> {
    all.iter()
        .map(|s| {
            let mut spot = s.clone();
            let here = own.iter().find(|o| o.name == s.name && (o.at[0] - s.at[0]).hypot(o.at[1] - s.at[1]) < 3.0);
            if s.part != story::Part::Context {
                spot.note = here.and_then(|h| h.note.clone());
                spot.waiting = s.widest.is_some() && spot.note.is_none();
                spot.color = here.and_then(|h| h.color).or(s.color);
            }
            spot
        })
        .collect()
}

/// Countries the story plays in: those of its events, else of its places, at most three.
pub(super) fn focus_countries(map: &Map) -> Vec<String> {
    let mut votes: BTreeMap<String, usize> = BTreeMap::new();
    for layer in map.layers.iter().filter(|l| l.kind == LayerKind::Places && l.name != "context") {
        for f in &layer.features {
            if let Some(country) = f.text("country").filter(|c| c.len() == 2) {
                let weight = match f.text("role") {
                    Some("event") => 100,
                    Some("reference") => 3,
                    _ => 1,
                };
                *votes.entry(country.to_owned()).or_default() += weight;
            }
        }
    }
    let most = votes.values().copied().max().unwrap_or(0);
    let mut chosen: Vec<(usize, String)> =
        votes.into_iter().filter(|(_, v)| *v * 3 >= most && (most < 100 || *v >= 100)).map(|(c, v)| (v, c)).collect();
    chosen.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    chosen.into_iter().take(3).map(|(_, c)| c).collect()
}

pub(super) fn fit(map: &Map, options: &Options, focus: &[String]) -> Fit {
    let mut positions: Vec<LonLat> = Vec::new();
    let mut extent = |g: &geo::Geometry<f64>| {
        use geo::CoordsIter;
        let total = g.coords_count();
        // The outermost vertices are what matters; a few hundred of them find those closely enough.
        let step = (total / 400).max(1);
        positions.extend(g.coords_iter().step_by(step).map(|c| LonLat::wrapped(c.x, c.y)));
    };
    let mut areas = false;
    for layer in &map.layers {
        if layer.kind == LayerKind::Places && layer.name == "context" {
            continue;
        }
        for f in &layer.features {
            let Some(g) = &f.geometry else { continue };
            match layer.kind {
                LayerKind::Places => {
                    let kind = f.text("kind").unwrap_or("city");
                    let far = matches!(kind, "country" | "continent" | "water" | "region")
                        || f.text("role") == Some("hidden");
                    if !far {
                        extent(g);
                    }
                }
                LayerKind::Beyond => {}
                _ => {
                    areas |= matches!(layer.kind, LayerKind::Control | LayerKind::Change | LayerKind::Cells);
                    extent(g);
                }
            }
        }
    }
    let context = focus_box(focus);
    Fit { positions, context, bbox: map.view.bbox, family: options.projection, true_areas: options.true_areas || areas }
}

/// The box of the focus countries' main lands: far islands and overseas parts do not count.
fn focus_box(focus: &[String]) -> Option<BBox> {
    let base = Basemap::embedded();
    let mut corners: Vec<LonLat> = Vec::new();
    for code in focus {
        let Some(country) = base.country_at_scale(code, crate::basemap::Scale::M50).or_else(|| base.country(code))
        else {
            continue;
        };
        let mut parts: Vec<(f64, BBox)> = base
            .polygons(&country)
            .0
            .iter()
            .filter_map(|p| {
                let b = BBox::around(p.exterior().0.iter().map(|c| LonLat::wrapped(c.x, c.y)))?;
                // Boxes of single parts never cross the antimeridian: the basemap cuts there.
                let (w, e) = p.exterior().0.iter().fold((180.0f64, -180.0f64), |(w, e), c| (w.min(c.x), e.max(c.x)));
                let b = BBox { west: w, east: e, ..b };
                let size = (e - w) * b.centre().lat().to_radians().cos() * (b.north - b.south);
                Some((size, b))
            })
            .collect();
        parts.sort_by(|a, b| b.0.total_cmp(&a.0));
        let Some(&(largest, main)) = parts.first() else { continue };
        let reach = (main.width().max(main.north - main.south) * 0.5).max(1.0);
        for (size, b) in parts {
            let gap_x = ((b.centre().lon() - main.centre().lon() + 540.0).rem_euclid(360.0) - 180.0).abs()
                - (b.width() + main.width()) / 2.0;
            let gap_y =
                (b.centre().lat() - main.centre().lat()).abs() - (b.north - b.south + main.north - main.south) / 2.0;
            if size >= largest * 0.25 || (gap_x < reach && gap_y < reach && size > largest * 0.002) {
                for t in 0..=4 {
                    let x = b.west + b.width() * f64::from(t) / 4.0;
                    corners.extend([LonLat::wrapped(x, b.south), LonLat::wrapped(x, b.north)]);
                }
            }
        }
    }
    BBox::around(corners)
}

/// Rows for exactly what is drawn.
fn key_rows(map: &Map, zones: &Zones, held: &Held, style: &Style, set: &Setting<'_>, disputed: bool) -> Vec<Row> {
    let words = set.tongue.phrases();
    let name = |id: &str| zones.sides.iter().find(|s| s.id == id).map_or_else(|| id.to_owned(), |s| s.name.clone());
    let since = map
        .layers
        .iter()
        .filter(|l| l.kind == LayerKind::Change)
        .flat_map(|l| &l.features)
        .find_map(|f| f.get("date_from").and_then(|d| d.to_string().parse().ok()))
        .map(|d| set.tongue.short_date(d));
    let both = zones.both();
    let mut rows: Vec<Row> = Vec::new();
    let shown = held.classes();
    for class in zones.classes().into_iter().filter(|c| held.is_areas() || shown.contains(c)) {
        let paint = zones.paint(&class, style, both);
        if paint.fill.is_none() && paint.hatch.is_none() {
            continue;
        }
        let swatch = match held {
            Held::Areas => Swatch::Area(paint),
            Held::Settlements(_) => {
                let (whole, half) = held::colours_of(&class, zones, set);
                Swatch::Disc(whole, half)
            }
            Held::Roads(_) => {
                let (whole, half) = held::colours_of(&class, zones, set);
                let hatch = half.map(|h| (h, super::hatch::Slope::Up));
                Swatch::Area(super::zones::Paint { fill: Some(whole), hatch, edge: None })
            }
        };
        // In the layers' own language, their own words for what nobody reports.
        let own = map.holders.iter().find(|h| h.id == "unknown").filter(|_| set.tongue == Tongue::English);
        let label = match (&class, own) {
            (Class::Unknown, Some(own)) => own.label.clone(),
            _ => class.label(words, &name, since.as_deref()),
        };
        let row = Row { swatch, words: label };
        if !rows.contains(&row) {
            rows.push(row);
        }
    }
    let c = &style.colours;
    one_row_a_word(&mut rows, words, held.is_areas().then_some(c.focus));
    if held.is_areas() && !zones.fronts.is_empty() {
        rows.push(Row {
            swatch: Swatch::Line { color: c.front, rim: Some(c.halo), width: set.length(1.7), dash: Vec::new() },
            words: words.front.to_owned(),
        });
    }
    if map.layers.iter().any(|l| l.kind == LayerKind::Distances && !l.features.is_empty()) {
        rows.push(Row {
            swatch: Swatch::Line {
                color: c.distance,
                rim: None,
                width: set.length(1.5),
                dash: story::DISTANCE_DASH.iter().map(|d| set.length(*d)).collect(),
            },
            words: words.straight.to_owned(),
        });
    }
    let mut arrow_sides: Vec<(String, Rgb)> = Vec::new();
    for f in map.layers.iter().filter(|l| l.kind == LayerKind::Advance).flat_map(|l| &l.features) {
        if let Some(side) = f.text("actor").or_else(|| f.text("holder")).or_else(|| f.text("gained_by")) {
            let listed = map.holders.iter().find(|h| h.id == side);
            let color = zones.palette.pure(side).or(listed.and_then(|h| h.color)).unwrap_or(c.accent);
            let entry = (listed.map_or_else(|| side.to_owned(), |h| h.label.clone()), color);
            if !arrow_sides.contains(&entry) {
                arrow_sides.push(entry);
            }
        }
    }
    for (side, color) in arrow_sides {
        rows.push(Row { swatch: Swatch::Arrow(color), words: fill(words.advance, &[&side]) });
    }
    if disputed && !rows.is_empty() {
        rows.push(Row {
            swatch: Swatch::Line {
                color: c.border,
                rim: None,
                width: set.length(1.1),
                dash: vec![set.length(4.0), set.length(3.0)],
            },
            words: words.disputed.to_owned(),
        });
    }
    rows
}

/// Rows that say the same become one: land fought over is told by its stripes, whoever's colour lies below them. So do pairs of
/// sides where there are too many of them to read.
fn one_row_a_word(rows: &mut Vec<Row>, words: &super::words::Phrases, land: Option<Rgb>) {
    let contested =
        |r: &Row| r.words.strip_prefix(words.contested).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'));
    if rows.iter().filter(|r| contested(r)).count() > 3 {
        rows.iter_mut().filter(|r| contested(r)).for_each(|r| r.words = words.contested.to_owned());
    }
    let mut at = 0;
    while at < rows.len() {
        let (first, same) = (rows[at].words.clone(), at + 1);
        let before = rows.len();
        let mut n = 0;
        rows.retain(|r| {
            n += 1;
            n <= same || r.words != first
        });
        if rows.len() < before
            && let Swatch::Area(paint) = &mut rows[at].swatch
            && paint.hatch.is_some()
            && land.is_some()
        {
            paint.fill = land;
        }
        at += 1;
    }
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

/// Furniture with its places.
pub(super) struct Furniture {
    key: Option<Key>,
    key_at: Option<Window>,
    bar: ScaleBar,
    bar_at: Option<Window>,
    locator_at: Option<Window>,
    north_at: Option<Window>,
    taken: Vec<Rect>,
    cost: i32,
}

fn arrange(
    map: &Map,
    frame: &Frame,
    ground: &Ground,
    zones: &Zones,
    key: Option<Key>,
    options: &Options,
    set: &Setting<'_>,
) -> Furniture {
    let mut places: Vec<Pt> = Vec::new();
    for layer in
        map.layers.iter().filter(|l| matches!(l.kind, LayerKind::Places | LayerKind::Events) && l.name != "context")
    {
        for f in &layer.features {
            if f.text("role") != Some("hidden") {
                let points = f.geometry.iter().flat_map(super::project::points_of);
                places.extend(points.filter_map(|p| frame.px(LonLat::wrapped(p[0], p[1]))));
            }
        }
    }
    let mut lines: Vec<Pt> = Vec::new();
    for d in story::distances(map, frame, set) {
        lines.extend(d.line);
    }
    for a in story::arrows(map, frame, set, zones) {
        lines.extend(a.line.into_iter().step_by(2));
    }
    // The story's own zones matter; where there are none, its countries do.
    let grid = &ground.grid;
    let owners: Vec<u16> = ground.countries.iter().filter(|c| c.focus).map(|c| c.owner).collect();
    let mut mask = grid.blank();
    for zone in &zones.zones {
        mask.fill(&Zones::rings_px(zone), 1);
    }
    let matters = Sums::new(grid.width, grid.height, |x, y| {
        let i = y * grid.width + x;
        u32::from(mask.owner[i] == 1) * 2 + u32::from(owners.contains(&grid.owner[i]))
    });
    let stage = Stage {
        panel: frame.panel,
        inset: set.length(12.0),
        grid,
        matters,
        ink: &ground.ink,
        places: &places,
        lines: &lines,
    };
    let bar = ScaleBar::new(frame.metres_per_px(), set);
    let mut pieces = Vec::new();
    let rtl = set.is_rtl();
    if let Some(k) = &key {
        let corners = if rtl { [12, 0, 20, 8] } else { [0, 12, 8, 20] };
        pieces.push(Piece { width: k.width, height: k.height, corners, weight: 100 });
    }
    let world = frame.planar.family() == Family::World;
    pieces.push(Piece {
        width: bar.width,
        height: bar.height,
        corners: [30, 30, 0, 6],
        weight: if world { 20 } else { 60 },
    });
    let globe = options.locator && locator::wanted(frame);
    if globe {
        let side = set.length(locator::SIZE);
        pieces.push(Piece { width: side, height: side, corners: [14, 4, 18, 8], weight: 100 });
    }
    let arrow = north::wanted(frame);
    if arrow {
        let [width, height] = north::SIZE.map(|s| set.length(s));
        pieces.push(Piece { width, height, corners: [26, 6, 24, 10], weight: 70 });
    }
    let (chosen, cost) = stage.place(&pieces);
    let mut at = chosen.into_iter();
    let key_at = key.as_ref().and_then(|_| at.next().flatten());
    let bar_at = at.next().flatten().filter(|_| !world);
    let locator_at = if globe { at.next().flatten() } else { None };
    let north_at = if arrow { at.next().flatten() } else { None };
    let taken = [key_at, bar_at, locator_at, north_at].into_iter().flatten().map(|w| rect(&w.grown(6.0))).collect();
    Furniture { key, key_at, bar, bar_at, locator_at, north_at, taken, cost }
}

impl Furniture {
    fn draw(&self, frame: &Frame, set: &Setting<'_>, focus: &[String], memory: &Memory) -> Vec<Group> {
        let mut out = Vec::new();
        if let Some(w) = &self.locator_at {
            out.extend(locator::draw(frame, w, set, focus, memory));
        }
        if let Some(w) = &self.bar_at {
            out.push(self.bar.draw(w.x0, w.y0, set));
        }
        if let Some(w) = &self.north_at {
            out.extend(north::draw(frame, w, set));
        }
        if let (Some(w), Some(key)) = (&self.key_at, &self.key) {
            out.push(key.draw(w.x0, w.y0, set));
        }
        out
    }
}

/// Page colour over whatever bleeds past the panel.
fn page_bands(page: &page::Page, board: &Artboard, color: Rgb) -> Vec<Group> {
    let mut group = Group::new("page", "Page");
    let p = &page.panel;
    let (w, h) = (f64::from(board.width), f64::from(board.height));
    for (top, bottom) in [(0.0, p.y0), (p.y1, h)] {
        if bottom > top {
            group.items.push(Item::Path(Path::filled(Outline::rect(Rect::px(0.0, top, w, bottom)), color)));
        }
    }
    vec![group]
}
