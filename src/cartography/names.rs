//! All names of a map: what is named, how it is set, which wins. The search itself is in [`super::labels`].

use super::clip::Pt;
use super::display::{Group, Halo, Item, Outline, Path, Placement, Point, Rect, Stroke, Text, px, units};
use super::explain::LabelNote;
use super::frame::Frame;
use super::furniture::Setting;
use super::grid::Sums;
use super::ground::Ground;
use super::held::Disc;
use super::labels::area::AreaLabel;
use super::labels::block::{Align, Block, Line, wrap};
use super::labels::curve;
use super::labels::line;
use super::labels::point::PointLabel;
use super::labels::room::{Candidate, Dot, Pose, Room};
use super::labels::solve::{Wanted, solve};
use super::story::{Arrow, DistanceLine, Own, Part, Spot};
use super::text::{Shaped, Weight};
use super::zones::Zones;
use crate::basemap::seas;
use crate::model::Rgb;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is named on a map.
pub struct Subject<'a> {
    /// Ground with its raster.
    pub ground: &'a Ground,
    /// Zones.
    pub zones: &'a Zones,
    /// Places, story first.
    pub spots: &'a [Spot],
    /// Distances.
    pub distances: &'a [DistanceLine],
    /// Advances.
    pub arrows: &'a [Arrow],
    /// Areas and lines of the user's own.
    pub own: &'a [Own],
    /// The frame.
    pub frame: &'a Frame,
    /// Furniture that names keep clear of.
    pub taken: Vec<Rect>,
    /// In a series: where every label stands in all its pictures.
    pub fixed: Option<&'a [LabelNote]>,
    /// Whether zones are named on the map.
    pub zone_names: bool,
    /// Settlements drawn as discs, which names had better not cover.
    pub discs: &'a [Disc],
}

/// A label on its way through the search.
#[derive(Debug, Clone)]
struct Entry {
    text: String,
    kind: &'static str,
    blocks: Vec<Block>,
    /// What is drawn in the room of `blocks`, where that is kept for a wider note.
    drawn: Option<Vec<Block>>,
    along: Option<Arc<Shaped>>,
    candidates: Vec<Candidate>,
    drop: Option<i32>,
    halo: Option<(Rgb, f64)>,
    color: Rgb,
    spot: Option<usize>,
    /// Which group it is drawn in.
    group: usize,
}

/// The result: names and dots in groups, and the record.
pub struct Named {
    /// Groups in drawing order.
    pub groups: Vec<Group>,
    /// What became of every label.
    pub notes: Vec<LabelNote>,
    /// Story places that could not be named without overlapping.
    pub crowded: Vec<String>,
    /// Characters that no font has.
    pub missing: Vec<char>,
}

const GROUPS: [(&str, &str); 6] = [
    ("water-names", "Names of waters"),
    ("country-names", "Names of countries"),
    ("zone-names", "Names of zones"),
    ("city-names", "Names of other places"),
    ("distance-figures", "Figures of distances"),
    ("story-names", "Names of the story"),
];

/// Places all names.
pub fn name(subject: &Subject<'_>, set: &Setting<'_>) -> Named {
    let Subject { ground, frame, spots, .. } = *subject;
    let grid = &ground.grid;
    let panel = &frame.panel;
    let inner = Rect::px(panel.x0, panel.y0, panel.x1, panel.y1).grown(-units(6.5));
    let owner_of = |spot: &Spot| -> Option<u16> {
        let here = grid.owner_at(spot.at).filter(|o| *o != 0);
        here.or_else(|| {
            let code = spot.country.as_deref()?;
            ground.countries.iter().find(|c| c.code == code).map(|c| c.owner)
        })
    };
    let shown = shown_spots(subject, set);
    let owners = shown.iter().filter_map(|&i| owner_of(&spots[i]));
    let mut room = Room::new(inner, subject.taken.clone(), ground, owners);
    room.keep_off(subject.discs.iter().map(|d| (d.at, d.radius)));

    // Dots of the story stay whatever happens; those of context come and go with their names.
    let mut label_of: BTreeMap<usize, usize> = BTreeMap::new();
    let fixed = shown.iter().filter(|&&i| spots[i].part != Part::Context && spots[i].radius() > 0.0);
    for (n, &i) in fixed.enumerate() {
        let r = spots[i].reach(set);
        let at = spots[i].at;
        room.dots.push(Dot { rect: Rect::px(at[0] - r, at[1] - r, at[0] + r, at[1] + r), label: usize::MAX - n });
        label_of.insert(i, usize::MAX - n);
    }

    let mut entries: Vec<Entry> = Vec::new();
    for &i in &shown {
        let id = label_of.get(&i).copied().unwrap_or(entries.len());
        entries.push(spot_entry(&spots[i], i, id, owner_of(&spots[i]), set, &room));
    }
    distance_entries(subject, set, &room, &mut entries);
    arrow_entries(subject, set, &room, &mut entries);
    own_entries(subject, set, &room, &mut entries);
    let lettering = lettering(subject, set, &room);
    entries.extend(lettering.countries.iter().cloned());
    if subject.zone_names {
        zone_entries(subject, set, &room, &mut entries);
    }
    entries.extend(lettering.waters.iter().cloned());

    if let Some(fixed) = subject.fixed {
        // The same places and furniture give the same candidates: each label keeps the one it was given for the series.
        for e in entries.iter_mut().filter(|e| e.kind != "zone") {
            // What the series does not know, as a user's own features, finds its place anew.
            let Some(known) = fixed.iter().find(|n| n.text == e.text && n.kind == e.kind) else { continue };
            e.candidates.retain(|c| known.bounds == Some(bounds(&c.spot.rects[0])));
            e.candidates.truncate(1);
        }
    }
    let wanted: Vec<Wanted> = entries
        .iter()
        .map(|e| {
            let far = |c: &Candidate| matches!(c.pose, Pose::Block { leader: Some(_), .. });
            Wanted {
                spots: e.candidates.iter().map(|c| c.spot.clone()).collect(),
                drop: e.drop,
                reserve: e.candidates.iter().position(far),
            }
        })
        .collect();
    let choice = solve(&wanted, 10);
    draw(subject, set, entries, &choice)
}

/// Which places are shown: all of the story, and as much context as leaves the story in front.
fn shown_spots(subject: &Subject<'_>, set: &Setting<'_>) -> Vec<usize> {
    let spots = subject.spots;
    let panel = &subject.frame.panel;
    let story: Vec<usize> = (0..spots.len()).filter(|&i| spots[i].part != Part::Context).collect();
    let side = set.length(if set.board.is_narrow() { 125.0 } else { 145.0 });
    let most = (panel.width() * panel.height() / (side * side)).round() as usize;
    let most = most.saturating_sub(story.len());
    let weight = |s: &Spot| {
        let focus = subject.ground.countries.iter().any(|c| c.focus && Some(c.code.as_str()) == s.country.as_deref());
        (s.population.max(1_000) as f64) * if s.capital { 8.0 } else { 1.0 } * if focus { 6.0 } else { 1.0 }
    };
    let mut context: Vec<usize> = (0..spots.len()).filter(|&i| spots[i].part == Part::Context).collect();
    context.sort_by(|&a, &b| weight(&spots[b]).total_cmp(&weight(&spots[a])).then(spots[a].name.cmp(&spots[b].name)));
    let mut chosen: Vec<usize> = Vec::new();
    for i in context {
        if chosen.len() >= most {
            break;
        }
        let apart = |j: &usize, least: f64| {
            let d = [spots[i].at[0] - spots[*j].at[0], (spots[i].at[1] - spots[*j].at[1]) * 1.6];
            d[0].hypot(d[1]) >= set.length(least)
        };
        let covered = subject.taken.iter().any(|t| {
            t.grown(units(4.0)).overlaps(&Rect::px(
                spots[i].at[0] - 1.0,
                spots[i].at[1] - 1.0,
                spots[i].at[0] + 1.0,
                spots[i].at[1] + 1.0,
            ))
        });
        if !covered && chosen.iter().all(|j| apart(j, 46.0)) && story.iter().all(|j| apart(j, 34.0)) {
            chosen.push(i);
        }
    }
    story.into_iter().chain(chosen).collect()
}

fn spot_entry(s: &Spot, i: usize, id: usize, owner: Option<u16>, set: &Setting<'_>, room: &Room<'_>) -> Entry {
    let c = &set.style.colours;
    let big = s.population >= 1_000_000 || s.capital;
    let (size, weight, color, halo) = match s.part {
        Part::Event => (16.0, Weight::Bold, c.text, 2.4),
        Part::Reference => (14.5, Weight::Bold, c.text, 2.2),
        Part::Mention => (13.0, Weight::Bold, c.text, 2.0),
        Part::Context if s.capital => (12.5, Weight::Bold, c.quiet, 1.8),
        Part::Context if big => (12.5, Weight::Regular, c.quiet, 1.8),
        Part::Context => (11.5, Weight::Regular, c.quiet, 1.7),
    };
    let italic = s.area;
    let name = |t: &str| Line { shaped: set.shape(t, size, weight, italic, 0.0), color };
    let blocks_with = |note: Option<&String>| -> Vec<Block> {
        let mut tail: Vec<Line> = Vec::new();
        if let Some(second) = &s.second {
            tail.push(Line { shaped: set.regular(second, size * 0.86), color });
        }
        if s.part != Part::Context
            && let Some(note) = note
        {
            let measure = units(set.length(150.0));
            let shape = |t: &str| set.regular(t, 12.0);
            let told = super::colour::over(c.text, 0.5, c.quiet);
            tail.extend(wrap(note, measure, 4, &shape).into_iter().map(|shaped| Line { shaped, color: told }));
        }
        let mut blocks = vec![Block::new(std::iter::once(name(&s.name)).chain(tail.iter().cloned()), 0.28)];
        // A long name may also stand in two lines.
        if px(blocks[0].width) > set.length(90.0) && s.name.contains([' ', '-']) {
            let shape = |t: &str| set.shape(t, size, weight, italic, 0.0);
            let half = wrap(&s.name, shape(&s.name).width * 6 / 10, 2, &shape);
            if half.len() == 2 && !half[1].text.ends_with('…') {
                let two = half.into_iter().map(|shaped| Line { shaped, color });
                blocks.push(Block::new(two.chain(tail.iter().cloned()), 0.28));
            }
        }
        blocks
    };
    let blocks = blocks_with(s.widest.as_ref().or(s.note.as_ref()));
    let drawn = s.widest.as_ref().map(|_| blocks_with(s.note.as_ref().filter(|_| !s.waiting)));
    let drop = match s.part {
        Part::Context => Some(500 + (s.population.max(1) as f64).log10() as i32 * 90 + if s.capital { 900 } else { 0 }),
        _ => None,
    };
    let label = PointLabel {
        label: id,
        at: s.at,
        radius: s.reach(set),
        blocks: blocks.clone(),
        owner: if s.area { None } else { owner },
        rtl: set.is_rtl(),
        leader: s.part != Part::Context,
    };
    Entry {
        text: s.name.clone(),
        kind: match s.part {
            Part::Context => "city",
            _ => "story",
        },
        candidates: label.candidates(room),
        blocks,
        drawn,
        along: None,
        drop,
        halo: Some((c.halo, set.length(halo))),
        color,
        spot: Some(i),
        group: if s.part == Part::Context { 3 } else { 5 },
    }
}

fn entry(text: &str, kind: &'static str, blocks: Vec<Block>, color: Rgb, drop: Option<i32>, group: usize) -> Entry {
    Entry {
        text: text.to_owned(),
        kind,
        blocks,
        drawn: None,
        along: None,
        candidates: Vec::new(),
        drop,
        halo: None,
        color,
        spot: None,
        group,
    }
}

fn distance_entries(subject: &Subject<'_>, set: &Setting<'_>, room: &Room<'_>, out: &mut Vec<Entry>) {
    let c = &set.style.colours;
    for d in subject.distances {
        if d.label.is_empty() {
            continue;
        }
        let block = Block::new([Line { shaped: set.bold(&d.label, 13.0), color: c.distance }], 0.3);
        let mut e = entry(&d.label, "distance", vec![block.clone()], c.distance, None, 4);
        e.candidates = line::across(&d.line, &block, out.len(), room);
        e.halo = Some((c.halo, set.length(3.0)));
        out.push(e);
    }
}

fn arrow_entries(subject: &Subject<'_>, set: &Setting<'_>, room: &Room<'_>, out: &mut Vec<Entry>) {
    let c = &set.style.colours;
    for a in subject.arrows {
        let Some(label) = a.label.as_deref().filter(|l| !l.is_empty()) else { continue };
        let color = readable(a.color, c.halo);
        let block = Block::new([Line { shaped: set.bold(label, 12.5), color }], 0.3);
        let mut e = entry(label, "advance", vec![block.clone()], color, Some(1500), 4);
        e.candidates = line::across(&a.line, &block, out.len(), room);
        // Beside the arrow, not on it.
        e.candidates.retain(|k| k.spot.cost >= 30);
        e.halo = Some((c.halo, set.length(2.2)));
        out.push(e);
    }
}

fn own_entries(subject: &Subject<'_>, set: &Setting<'_>, room: &Room<'_>, out: &mut Vec<Entry>) {
    let c = &set.style.colours;
    for own in subject.own {
        let color = readable(own.color, c.halo);
        let shape = |t: &str| set.bold(t, 12.5);
        let one = shape(&own.name);
        let two = wrap(&own.name, one.width * 6 / 10, 2, &shape);
        let block = |lines: &[Arc<Shaped>]| Block::new(lines.iter().map(|s| Line { shaped: s.clone(), color }), 0.28);
        let mut blocks = vec![block(std::slice::from_ref(&one))];
        if two.len() == 2 && !two[1].text.ends_with('…') {
            blocks.push(block(&two));
        }
        let mut e = entry(&own.name, "own", blocks, color, Some(1700), 4);
        e.halo = Some((c.halo, set.length(2.0)));
        if own.course.is_empty() {
            let mut grid = room.grid.blank();
            grid.fill(&own.rings, 1);
            let extent = grid.extents(1)[1];
            if let Some(extent) = extent {
                let sums = grid.owner_sums_in(1, &extent);
                let label = AreaLabel {
                    label: out.len(),
                    blocks: e.blocks.clone(),
                    own: &sums,
                    extent,
                    anchor: None,
                    at_sea: false,
                    within: None,
                };
                e.candidates = label.candidates(room);
            }
            // Too small to hold its name: beside it, as beside a dot.
            if e.candidates.is_empty() {
                let around: Vec<Pt> = own.rings.iter().flatten().copied().collect();
                let around = super::clip::Window::around(&around);
                let label = PointLabel {
                    label: out.len(),
                    at: around.centre(),
                    radius: around.width().min(around.height()).min(set.length(40.0)) / 2.0,
                    blocks: e.blocks.clone(),
                    owner: None,
                    rtl: set.is_rtl(),
                    leader: true,
                };
                e.candidates = label.candidates(room);
            }
        } else if curve::bends(&one) {
            e.candidates = line::along(&own.course, &one, out.len(), room);
            e.along = Some(one);
        }
        if e.candidates.is_empty() && !own.course.is_empty() {
            e.candidates = line::across(&own.course, &e.blocks[0], out.len(), room);
        }
        out.push(e);
    }
}

/// A colour dark (or pale) enough to read on a ground.
pub fn readable(color: Rgb, ground: Rgb) -> Rgb {
    use super::colour::{contrast, luminance, over};
    let towards = if luminance(ground) > 0.4 { Rgb(0, 0, 0) } else { Rgb(255, 255, 255) };
    (0..=20).map(|k| over(towards, f64::from(k) * 0.05, color)).find(|c| contrast(*c, ground) >= 4.6).unwrap_or(towards)
}

/// Names of countries and waters with their candidates, and what the candidates depend on besides the ground.
#[derive(Debug)]
pub struct Lettering {
    taken: Vec<Rect>,
    dots: Vec<Rect>,
    countries: Vec<Entry>,
    waters: Vec<Entry>,
}

/// The names of a ground; the ground remembers them for the next map that leaves them the same room.
fn lettering(subject: &Subject<'_>, set: &Setting<'_>, room: &Room<'_>) -> Arc<Lettering> {
    let mut kept = subject.ground.lettering.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let dots = || room.dots.iter().map(|d| d.rect);
    if let Some(known) = kept.as_ref().filter(|k| k.taken == room.taken && k.dots.iter().copied().eq(dots())) {
        return known.clone();
    }
    let (mut countries, mut waters) = (Vec::new(), Vec::new());
    country_entries(subject, set, room, &mut countries);
    sea_entries(subject, set, room, &mut waters);
    river_entries(subject, set, room, &mut waters);
    let made = Arc::new(Lettering { taken: room.taken.clone(), dots: dots().collect(), countries, waters });
    *kept = Some(made.clone());
    made
}

/// A colour that differs from a ground by a contrast, moved away from the rim's lightness.
fn set_off(color: Rgb, ground: Rgb, least: f64, rim: Rgb) -> Rgb {
    use super::colour::{contrast, luminance, over};
    let towards = if luminance(rim) > 0.4 { Rgb(0, 0, 0) } else { Rgb(255, 255, 255) };
    let mut steps = (0..=12).map(|k| over(towards, f64::from(k) * 0.05, color));
    steps.find(|c| contrast(*c, ground) >= least).unwrap_or(color)
}

fn country_entries(subject: &Subject<'_>, set: &Setting<'_>, room: &Room<'_>, out: &mut Vec<Entry>) {
    let c = &set.style.colours;
    let grid = room.grid;
    let ground = subject.ground;
    let mut order: Vec<usize> = (0..subject.ground.countries.len()).collect();
    let cells = |i: usize| ground.extent(ground.countries[i].owner).map_or(0, |e| e.cells);
    order.sort_by_key(|&i| (std::cmp::Reverse(cells(i)), i));
    let alone = order.iter().filter(|&&i| cells(i) > 0).count() == 1;
    for i in order.into_iter().take(48) {
        let country = &subject.ground.countries[i];
        let Some(extent) = ground.extent(country.owner) else { continue };
        if country.name.is_empty() {
            continue;
        }
        let whole = extent.x0 > 0 && extent.y0 > 0 && extent.x1 + 1 < grid.width && extent.y1 + 1 < grid.height;
        // Bases, buffer zones and other specks without a code of their own would crowd out countries.
        if (extent.cells < 30 && !whole) || (country.code.is_empty() && extent.cells < 1500) {
            continue;
        }
        let upper = country.name.to_uppercase();
        let area = extent.cells as f64 * super::grid::CELL.powi(2) / set.board.scale.powi(2);
        let top = if country.focus {
            17.0
        } else if area > 60_000.0 {
            14.0
        } else if area > 20_000.0 {
            12.5
        } else {
            11.5
        };
        let make = |size: f64, spacing: f64, lines: usize| -> Option<Block> {
            let shape = |t: &str| set.shape(t, size, Weight::Bold, false, spacing);
            let mut shaped = if lines == 1 {
                vec![shape(&upper)]
            } else {
                let whole = shape(&upper);
                let two = wrap(&upper, whole.width * 6 / 10, 3, &shape);
                if two.len() < 2 || two.iter().any(|l| l.text.ends_with('…')) {
                    return None;
                }
                two
            };
            if let Some(second) = country.second.as_deref().filter(|s| *s != country.name) {
                shaped.push(set.shape(second, size * 0.92, Weight::Bold, false, 0.0));
            }
            Some(Block::new(shaped.into_iter().map(|shaped| Line { shaped, color: c.country_text }), 0.24))
        };
        let wide = if country.focus { 0.28 } else { 0.18 };
        let mut blocks: Vec<Block> = [
            make(top, wide, 1),
            make(top, wide, 2),
            make((top - 2.0).max(11.0), 0.1, 1),
            make(11.0, 0.06, 2),
            make(11.0, 0.04, 1),
        ]
        .into_iter()
        .flatten()
        .collect();
        blocks.dedup_by_key(|b| (b.width, b.height));
        let own = ground.sums_of(country.owner);
        // A story in one country needs its name less than the neighbours' names, which orient the reader.
        let drop = if alone { 350 } else { 700 + ((area / 1500.0) as i32).min(900) };
        let mut e = entry(&country.name, "country", blocks, c.country_text, Some(drop), 1);
        let label = AreaLabel {
            label: out.len(),
            blocks: e.blocks.clone(),
            own: &own,
            extent,
            anchor: None,
            at_sea: whole || extent.cells >= 60,
            within: None,
        };
        e.candidates = label.candidates(room);
        let level = e.candidates.iter().any(|k| matches!(k.pose, Pose::Block { block: 0, .. }));
        if !level && country.second.is_none() && extent.cells >= 150 {
            along_the_middle(&mut e, &upper, (top, wide), &extent, country.owner, (subject, set, room), out.len());
        }
        e.halo = Some((c.halo, set.length(1.6)));
        out.push(e);
    }
}

/// Adds positions along the middle of a long country that has no level room for its name at full size.
fn along_the_middle(
    e: &mut Entry,
    upper: &str,
    (top, wide): (f64, f64),
    extent: &super::grid::Extent,
    owner: u16,
    (subject, set, room): (&Subject<'_>, &Setting<'_>, &Room<'_>),
    label: usize,
) {
    let Some(spine) = curve::spine(room.grid, owner, extent) else { return };
    let own = subject.ground.sums_of(owner);
    for (n, (size, spacing)) in
        [(top, wide * 3.0), (top, wide * 1.6), (top, wide), (top - 2.0, 0.1)].into_iter().enumerate()
    {
        let shaped = set.shape(upper, size.max(11.0), Weight::Bold, false, spacing);
        if !curve::bends(&shaped) {
            return;
        }
        let found = curve::candidates(&spine, &shaped, &own, 18 + n as i32 * 6, label, room);
        if !found.is_empty() {
            e.along = Some(shaped);
            e.candidates.extend(found);
            return;
        }
    }
}

fn zone_entries(subject: &Subject<'_>, set: &Setting<'_>, room: &Room<'_>, out: &mut Vec<Entry>) {
    let zones = subject.zones;
    if zones.is_empty() {
        return;
    }
    let c = &set.style.colours;
    let base = room.grid;
    let mut grid = base.blank();
    for zone in &zones.zones {
        let side = match &zone.class {
            super::zones::Class::Held(a) | super::zones::Class::Besieged(a) | super::zones::Class::Gained(a) => a,
            _ => continue,
        };
        if let Some(at) = zones.sides.iter().position(|s| s.id == *side) {
            grid.fill(&Zones::rings_px(zone), at as u16 + 1);
        }
    }
    let extents = grid.extents(zones.sides.len());
    for (i, side) in zones.sides.iter().enumerate() {
        let Some(extent) = extents[i + 1] else { continue };
        let (Some(pure), Some(ground)) = (zones.palette.pure(&side.id), zones.palette.zone(&side.id)) else { continue };
        // A small zone is told by the key; its name would crowd the places in it.
        if extent.cells < 900 {
            continue;
        }
        // Dark (or pale) enough for its rim, and told from its zone; its hue stays.
        let color = set_off(readable(pure, c.halo), ground, 3.0, c.halo);
        let name = side.name.split(" (").next().unwrap_or(&side.name);
        let shape = |t: &str| set.bold(t, 13.0);
        let blocks: Vec<Block> = [1usize, 2]
            .into_iter()
            .filter_map(|n| {
                let one = shape(name);
                let lines = if n == 1 { vec![one] } else { wrap(name, one.width * 6 / 10, 2, &shape) };
                (lines.len() == n && lines.iter().all(|l| !l.text.ends_with('…')))
                    .then(|| Block::new(lines.into_iter().map(|shaped| Line { shaped, color }), 0.24))
            })
            .collect();
        let own: Sums = grid.owner_sums_in(i as u16 + 1, &extent);
        let mut e = entry(name, "zone", blocks, color, Some(1100), 2);
        let label = AreaLabel {
            label: out.len(),
            blocks: e.blocks.clone(),
            own: &own,
            extent,
            anchor: None,
            at_sea: false,
            within: None,
        };
        e.candidates = label.candidates(room);
        e.halo = Some((c.halo, set.length(1.4)));
        out.push(e);
    }
}

fn sea_entries(subject: &Subject<'_>, set: &Setting<'_>, room: &Room<'_>, out: &mut Vec<Entry>) {
    let c = &set.style.colours;
    let grid = room.grid;
    let Some(extent) = subject.ground.extent(0) else { return };
    let water = &subject.ground.water;
    let frame = subject.frame;
    let kilometre = 1000.0 / frame.metres_per_px();
    let all: Vec<Pt> = seas().iter().map(|s| frame.px(s.label).unwrap_or([f64::MAX / 4.0, 0.0])).collect();
    // Only seas in the neighbourhood can claim a spot on the panel.
    let around = frame.panel.grown(frame.panel.width().max(frame.panel.height()));
    let rivals: Vec<usize> = (0..all.len()).filter(|&j| around.contains(all[j])).collect();
    let mut done: Vec<&str> = Vec::new();
    for (i, sea) in seas().iter().enumerate() {
        let at = all[i];
        let name = sea.name(set.lang);
        // How far from its label point a sea may still be called by its name.
        let reach = kilometre
            * match sea.rank {
                0 => 2500.0,
                1 => 1100.0,
                2 => 420.0,
                _ => 160.0,
            };
        let most = match frame.ground_width() / 1000.0 {
            w if w > 9_000.0 => 1,
            w if w > 3_500.0 => 2,
            _ => 3,
        };
        if sea.rank > most || !frame.panel.grown(reach).contains(at) || done.contains(&name) {
            continue;
        }
        let (size, spacing) = match sea.rank {
            0 => (16.0, 0.2),
            1 => (14.0, 0.12),
            2 => (12.5, 0.06),
            _ => (11.5, 0.02),
        };
        let make = |size: f64, spacing: f64, narrow: bool| -> Option<Block> {
            let shape = |t: &str| set.shape(t, size, Weight::Regular, true, spacing);
            let one = shape(name);
            let lines = if narrow { wrap(name, one.width * 6 / 10, 3, &shape) } else { vec![one] };
            if narrow && (lines.len() < 2 || lines.iter().any(|l| l.text.ends_with('…'))) {
                return None;
            }
            Some(Block::new(lines.into_iter().map(|shaped| Line { shaped, color: c.water_text }), 0.3))
        };
        let blocks: Vec<Block> =
            [make(size, spacing, false), make(size, spacing, true), make(11.5, 0.0, false), make(11.5, 0.0, true)]
                .into_iter()
                .flatten()
                .collect();
        // Nearer to its own label point than to any sea of the same or higher rank.
        let closest = |p: Pt| {
            let own = (p[0] - at[0]).hypot(p[1] - at[1]);
            own <= reach
                && rivals.iter().all(|&j| {
                    let (other, q) = (&seas()[j], all[j]);
                    j == i
                        || other.rank + 1 < sea.rank
                        || (p[0] - q[0]).hypot(p[1] - q[1]) * 1.05 >= own
                        || other.name("en") == sea.name("en")
                })
        };
        let mut e = entry(name, "water", blocks, c.water_text, Some(900 - i32::from(sea.rank) * 120), 0);
        let label = AreaLabel {
            label: out.len(),
            blocks: e.blocks.clone(),
            own: water,
            extent,
            anchor: Some(at),
            at_sea: false,
            within: Some(&closest),
        };
        e.candidates = label.candidates(room);
        if !e.candidates.is_empty() {
            done.push(name);
            out.push(e);
        }
    }
    for lake in &subject.ground.lakes {
        let around = super::clip::Window::around(&lake.ring);
        if around.width() * around.height() < 90.0 * super::grid::CELL.powi(2) {
            continue;
        }
        let mut own = grid.blank();
        own.fill(std::slice::from_ref(&lake.ring), 1);
        let Some(extent) = own.extents(1)[1] else { continue };
        if extent.cells < 90 || done.contains(&lake.name.as_str()) {
            continue;
        }
        let shape = |t: &str| set.shape(t, 11.5, Weight::Regular, true, 0.0);
        let one = shape(&lake.name);
        let two = wrap(&lake.name, one.width * 6 / 10, 2, &shape);
        let block = |lines: Vec<Arc<Shaped>>| {
            Block::new(lines.into_iter().map(|shaped| Line { shaped, color: c.water_text }), 0.3)
        };
        let mut e = entry(&lake.name, "water", vec![block(vec![one]), block(two)], c.water_text, Some(420), 0);
        let sums = own.owner_sums_in(1, &extent);
        let label = AreaLabel {
            label: out.len(),
            blocks: e.blocks.clone(),
            own: &sums,
            extent,
            anchor: None,
            at_sea: false,
            within: None,
        };
        e.candidates = label.candidates(room);
        if !e.candidates.is_empty() {
            out.push(e);
        }
    }
}

fn river_entries(subject: &Subject<'_>, set: &Setting<'_>, room: &Room<'_>, out: &mut Vec<Entry>) {
    let c = &set.style.colours;
    let run = |l: &[Pt]| l.windows(2).map(|w| (w[1][0] - w[0][0]).hypot(w[1][1] - w[0][1])).sum::<f64>();
    // Pieces of one river that continue each other are one line; the longest counts.
    let mut by_name: BTreeMap<&str, (u8, Vec<Vec<super::outline::Vertex>>)> = BTreeMap::new();
    for river in &subject.ground.rivers {
        let found = by_name.entry(&river.name).or_insert((river.rank, Vec::new()));
        found.0 = found.0.min(river.rank);
        found.1.push(river.line.iter().map(|p| super::project::vertex(*p)).collect());
    }
    let mut rivers: Vec<(u8, &str, Vec<Pt>)> = by_name
        .into_iter()
        .filter_map(|(name, (rank, lines))| {
            let joined = super::ground::joined(&lines);
            let longest = joined
                .into_iter()
                .map(|l| l.into_iter().map(|v| [px(v[0]), px(v[1])]).collect::<Vec<Pt>>())
                .max_by(|a, b| run(a).total_cmp(&run(b)))?;
            Some((rank, name, longest))
        })
        .collect();
    rivers.sort_by(|a, b| a.0.cmp(&b.0).then(run(&b.2).total_cmp(&run(&a.2))).then(a.1.cmp(b.1)));
    for (rank, name, course) in rivers.into_iter().take(14) {
        let shaped = set.shape(name, 11.5, Weight::Regular, true, 0.02);
        let candidates = line::along(&course, &shaped, out.len(), room);
        if candidates.is_empty() {
            continue;
        }
        let mut e = entry(name, "river", Vec::new(), c.water_text, Some(520 - i32::from(rank) * 35), 0);
        e.along = Some(shaped);
        e.candidates = candidates;
        e.halo = Some((c.halo, set.length(1.3)));
        out.push(e);
    }
}

fn bounds(r: &Rect) -> [f64; 4] {
    [px(r.left), px(r.top), px(r.right), px(r.bottom)]
}

fn draw(subject: &Subject<'_>, set: &Setting<'_>, entries: Vec<Entry>, choice: &[Option<usize>]) -> Named {
    let c = &set.style.colours;
    let mut groups: Vec<Group> = GROUPS.iter().map(|(id, label)| Group::new(*id, *label)).collect();
    let mut dots = Group::new("places", "Places");
    let mut leaders = Group::new("leaders", "Leader lines");
    let mut notes = Vec::with_capacity(entries.len());
    let mut crowded = Vec::new();
    let mut missing: Vec<char> = Vec::new();
    let mut taken: Vec<(Rect, bool)> = Vec::new();
    for (e, chosen) in entries.into_iter().zip(choice) {
        for s in e.blocks.iter().flat_map(|b| b.lines().map(|l| &l.shaped)).chain(e.along.as_ref()) {
            missing.extend(&s.missing);
        }
        let picked = chosen.and_then(|k| e.candidates.get(k));
        let required = e.drop.is_none();
        if let Some(i) = e.spot
            && (picked.is_some() || subject.spots[i].part != Part::Context)
        {
            subject.spots[i].draw(set, &mut dots.items);
        }
        let reason = match picked {
            Some(_) => None,
            None if e.candidates.is_empty() => {
                Some("no room: too small an area, too near the edge, or under furniture")
            }
            None => Some("left out for more important names"),
        };
        let mut note = LabelNote {
            text: e.text.clone(),
            kind: e.kind,
            placed: picked.is_some(),
            position: reason.unwrap_or_default().to_owned(),
            bounds: None,
            cost: picked.map(|p| p.spot.cost),
            candidates: e.candidates.len(),
        };
        if let Some(p) = picked {
            let r = p.spot.rects[0];
            note.bounds = Some(bounds(&r));
            if required && taken.iter().any(|(t, _)| t.overlaps(&r)) {
                crowded.push(e.text.clone());
            }
            taken.push((r, required));
            match &p.pose {
                Pose::Block { block, left, top, align, leader, position } => {
                    note.position = (*position).to_owned();
                    if let Some((a, b)) = leader {
                        let mut line = Outline::new();
                        line.line(&[Point::px(a[0], a[1]), Point::px(b[0], b[1])]);
                        let line = Arc::new(line);
                        leaders.items.push(Item::Path(Path::stroked(line.clone(), c.halo, set.length(2.6))));
                        let mut path = Path::stroked(line, c.text, set.length(0.9));
                        path.stroke = Some(Stroke::solid(c.text, set.length(0.9)));
                        leaders.items.push(Item::Path(path));
                    }
                    let room = &e.blocks[*block];
                    let shown = e.drawn.as_ref().and_then(|d| d.get(*block)).unwrap_or(room);
                    let spare = room.width - shown.width;
                    let left = left
                        + match align {
                            Align::Left => 0,
                            Align::Middle => spare / 2,
                            Align::Right => spare,
                        };
                    groups[e.group].items.extend(shown.items(left, *top, *align, e.halo));
                }
                Pose::Along { path, start } => {
                    note.position = "along the line".to_owned();
                    if let Some(shaped) = &e.along {
                        let mut line = Outline::new();
                        line.line(&path.iter().map(|p| Point::px(p[0], p[1])).collect::<Vec<_>>());
                        groups[e.group].items.push(Item::Text(Text {
                            shaped: shaped.clone(),
                            place: Placement::Along { path: Arc::new(line), start: units(*start) },
                            color: e.color,
                            alpha: 255,
                            halo: e.halo.map(|(color, width)| Halo { color, alpha: 255, width: units(width) }),
                        }));
                    }
                }
            }
        } else if required {
            crowded.push(e.text.clone());
        }
        notes.push(note);
    }
    missing.sort_unstable();
    missing.dedup();
    let mut out: Vec<Group> = Vec::new();
    let names = groups.split_off(3);
    out.extend(groups);
    out.push(leaders);
    out.push(dots);
    out.extend(names);
    out.retain(|g| !g.items.is_empty());
    Named { groups: out, notes, crowded, missing }
}
