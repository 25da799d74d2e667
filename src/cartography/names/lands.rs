//! Names of countries and of who holds what.

use super::{Entry, Subject, capitals, entry, parts, readable, set_off};
use crate::cartography::arcs::to_px;
use crate::cartography::clip::{Pt, Window};
use crate::cartography::country::Country;
use crate::cartography::display::{Rect, px, units};
use crate::cartography::furniture::Setting;
use crate::cartography::grid::{CELL, Extent, Sums};
use crate::cartography::labels::area::AreaLabel;
use crate::cartography::labels::block::{Block, Line, wrap};
use crate::cartography::labels::curve;
use crate::cartography::labels::room::{Pose, Room};
use crate::cartography::story::Part;
use crate::cartography::text::Weight;
use crate::cartography::zones::{Class, Zones};

pub(super) fn countries(subject: &Subject<'_>, set: &Setting<'_>, room: &Room<'_>, out: &mut Vec<Entry>) {
    let c = &set.style.colours;
    let grid = room.grid;
    let ground = subject.ground;
    let mut order: Vec<usize> = (0..subject.ground.countries.len()).collect();
    let cells = |i: usize| ground.extent(ground.countries[i].owner).map_or(0, |e| e.cells);
    order.sort_by_key(|&i| (std::cmp::Reverse(cells(i)), i));
    let alone = order.iter().filter(|&&i| cells(i) > 0).count() == 1;
    for i in order.into_iter().take(48) {
        let country = &subject.ground.countries[i];
        let Some(extent) = ground.extent(country.owner).filter(|e| e.cells >= 30 || !country.focus) else {
            // Not a far territory of a country that is seen better elsewhere.
            let same = ground.countries.iter().filter(|c| c.code == country.code).count();
            if country.focus && !country.dependency && same == 1 && !country.name.is_empty() {
                out.extend(scattered(&country.name, country, subject, set, room, out.len()));
            }
            continue;
        };
        if country.name.is_empty() {
            continue;
        }
        let whole = extent.x0 > 0 && extent.y0 > 0 && extent.x1 + 1 < grid.width && extent.y1 + 1 < grid.height;
        // Bases, buffer zones and other specks without a code of their own would crowd out countries.
        if (extent.cells < 30 && !whole) || (country.code.is_empty() && extent.cells < 1500) {
            continue;
        }
        let part = parts::name(country, &extent, subject, set.lang);
        let name = part.unwrap_or(country.name.as_str());
        // Dependencies and far parts are set quieter than states.
        let lesser = country.dependency || part.is_some();
        let weight = if lesser { Weight::Regular } else { Weight::Bold };
        let upper = capitals(name, set.lang);
        let area = extent.cells as f64 * CELL.powi(2) / set.board.scale.powi(2);
        let top = if country.focus {
            17.0
        } else if area > 60_000.0 {
            14.0
        } else if area > 20_000.0 && !lesser {
            12.5
        } else {
            11.5
        };
        let make = |size: f64, spacing: f64, lines: usize| -> Option<Block> {
            let shape = |t: &str| set.shape(t, size, weight, false, spacing);
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
            if let Some(second) = country.second.as_deref().filter(|s| part.is_none() && *s != country.name) {
                shaped.push(set.shape(second, size * 0.92, weight, false, 0.0));
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
        let blocks_at_top = 1 + usize::from(make(top, wide, 2).is_some() && blocks.len() > 1);
        let own = ground.sums_of(country.owner);
        // A story in one country needs its name less than the neighbours' names, which orient the reader.
        let drop = match (alone, lesser) {
            (true, _) => 350,
            (false, true) => 450 + ((area / 1500.0) as i32).min(900),
            (false, false) => 700 + ((area / 1500.0) as i32).min(900),
        };
        let mut e = entry(name, "country", blocks, c.country_text, Some(drop), 1);
        let label = AreaLabel {
            label: out.len(),
            blocks: e.blocks.clone(),
            own: &own,
            extent,
            anchor: None,
            at_sea: whole || extent.cells >= 60,
            // The country of the story is named at least as large as its neighbours, at sea if not on its land.
            full: if country.focus { blocks_at_top } else { 0 },
            margin: 2.0,
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

/// The name of a country of the story that is islands too small for the raster: on the water among them.
fn scattered(
    name: &str,
    country: &Country,
    subject: &Subject<'_>,
    set: &Setting<'_>,
    room: &Room<'_>,
    label: usize,
) -> Option<Entry> {
    let c = &set.style.colours;
    let all: Vec<Pt> =
        country.rings.iter().flat_map(|r| to_px(r)).filter(|p| subject.frame.panel.contains(*p)).collect();
    let around = Window::around(all.first().map(|_| all.as_slice())?);
    let upper = capitals(name, set.lang);
    let block = |size: f64, spacing: f64| {
        let shaped = set.shape(&upper, size, Weight::Bold, false, spacing);
        Block::new([Line { shaped, color: c.country_text }], 0.24)
    };
    let blocks = vec![block(17.0, 0.28), block(13.0, 0.18), block(11.0, 0.06)];
    let mut e = entry(name, "country", blocks, c.country_text, Some(900), 1);
    let near = around.grown(px(e.blocks[0].width));
    let within = |p: Pt, _: f64| near.contains(p);
    let mut area = AreaLabel::inside(label, e.blocks.clone(), &subject.ground.water, subject.ground.extent(0)?);
    area.anchor = Some(around.centre());
    area.within = Some(&within);
    area.margin = set.length(6.0);
    e.candidates = area.candidates(room);
    e.halo = Some((c.halo, set.length(1.6)));
    Some(e)
}

/// Names of divisions, quieter than those of countries and the first to give way.
pub(super) fn divisions(subject: &Subject<'_>, set: &Setting<'_>, room: &Room<'_>, out: &mut Vec<Entry>) {
    let c = &set.style.colours;
    let least = (LEAST_DIVISION * set.board.scale.powi(2) / CELL.powi(2)) as usize;
    for (n, name) in subject.divisions {
        let mut own = room.grid.blank();
        own.fill(&subject.ground.large[*n].rings, 1);
        let Some(extent) = own.extents(1)[1].filter(|e| e.cells >= least) else { continue };
        let upper = capitals(name, set.lang);
        let size = if extent.cells >= least * 5 { 12.5 } else { 11.0 };
        let shape = |t: &str| set.shape(t, size, Weight::Regular, false, 0.14);
        let one = shape(&upper);
        let two = wrap(&upper, one.width * 6 / 10, 2, &shape);
        let block =
            |lines: Vec<_>| Block::new(lines.into_iter().map(|shaped| Line { shaped, color: c.country_text }), 0.24);
        let mut blocks = vec![block(vec![one])];
        if two.len() == 2 && !two[1].text.ends_with('…') {
            blocks.push(block(two));
        }
        let mut e = entry(name, "division", blocks, c.country_text, Some(340), 1);
        let sums = own.owner_sums_in(1, &extent);
        let mut label = AreaLabel::inside(out.len(), e.blocks.clone(), &sums, extent);
        label.margin = set.length(4.0);
        e.candidates = label.candidates(room);
        e.halo = Some((c.halo, set.length(1.4)));
        if !e.candidates.is_empty() {
            out.push(e);
        }
    }
}

/// From how many square pixels on, at words of scale 1, a division is named.
const LEAST_DIVISION: f64 = 16_000.0;

/// Makes places dearer where an edge of a zone runs through the letters.
pub(super) fn keep_off_fronts(subject: &Subject<'_>, room: &Room<'_>, entries: &mut [Entry]) {
    let rings = subject.zones.zones.iter().flat_map(Zones::rings_px);
    let closed = rings.map(|mut ring| {
        ring.extend(ring.first().copied());
        ring
    });
    keep_off(closed, room, entries.iter_mut(), [55, 170]);
}

/// Makes places dearer among the places of the story, whose names say what the map is about.
pub(super) fn keep_off_places(subject: &Subject<'_>, set: &Setting<'_>, entries: &mut [Entry]) {
    let reach = units(set.length(55.0));
    let told: Vec<Pt> = subject.spots.iter().filter(|s| s.part != Part::Context && !s.area).map(|s| s.at).collect();
    for candidate in entries.iter_mut().filter(|e| e.kind == "country").flat_map(|e| &mut e.candidates) {
        let near = |p: &&Pt| {
            let dot = Rect::px(p[0], p[1], p[0] + 1.0, p[1] + 1.0);
            candidate.spot.rects.iter().any(|r| r.grown(reach).overlaps(&dot))
        };
        let count = told.iter().filter(near).count() as i32;
        candidate.spot.cost += (count * 16).min(96);
    }
}

/// Makes places dearer where a distance line or an arrow of the story runs through the letters.
pub(super) fn keep_off_lines(subject: &Subject<'_>, room: &Room<'_>, entries: &mut [Entry]) {
    let lines = subject.distances.iter().map(|d| d.line.clone()).chain(subject.arrows.iter().map(|a| a.line.clone()));
    let others = entries.iter_mut().filter(|e| !matches!(e.kind, "distance" | "advance"));
    keep_off(lines, room, others, [75, 160]);
}

/// `price` is what a line through the letters costs, some five cells of it, and the most that a place is dearer.
fn keep_off<'e>(
    lines: impl Iterator<Item = Vec<Pt>>,
    room: &Room<'_>,
    entries: impl Iterator<Item = &'e mut Entry>,
    [price, most]: [i32; 2],
) {
    let mut lines = lines.peekable();
    if lines.peek().is_none() {
        return;
    }
    let mut drawn = room.grid.bare();
    lines.for_each(|line| drawn.draw(&line, 1));
    let drawn = drawn.ink_sums();
    for candidate in entries.flat_map(|e| &mut e.candidates) {
        let crossed: i32 = candidate.spot.rects.iter().map(|r| drawn.over(room.grid.cells(r)) as i32).sum();
        // By lines rather than cells, so that a front that moves a little changes nothing.
        candidate.spot.cost += ((crossed + 2) / 5 * price).min(most);
    }
}

/// Adds positions along the middle of a long country that has no level room for its name at full size.
pub(super) fn along_the_middle(
    e: &mut Entry,
    upper: &str,
    (top, wide): (f64, f64),
    extent: &Extent,
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

pub(super) fn zones(subject: &Subject<'_>, set: &Setting<'_>, room: &Room<'_>, out: &mut Vec<Entry>) {
    let zones = subject.zones;
    if zones.is_empty() {
        return;
    }
    let c = &set.style.colours;
    let base = room.grid;
    let mut grid = base.blank();
    for zone in &zones.zones {
        let side = match &zone.class {
            Class::Held(a) | Class::Besieged(a) | Class::Gained(a) => a,
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
        let mut label = AreaLabel::inside(out.len(), e.blocks.clone(), &own, extent);
        // Right below a place it would read as a note to it.
        label.margin = set.length(6.0);
        e.candidates = label.candidates(room);
        e.halo = Some((c.halo, set.length(1.4)));
        out.push(e);
    }
}
