//! Names of the story: places, figures of distances and advances, areas and lines of the user's own.

use super::{Entry, Subject, entry, readable};
use crate::cartography::clip::{Pt, Window};
use crate::cartography::colour::over;
use crate::cartography::display::{px, units};
use crate::cartography::furniture::Setting;
use crate::cartography::ground::Ground;
use crate::cartography::labels::area::AreaLabel;
use crate::cartography::labels::block::{Block, Line, wrap};
use crate::cartography::labels::curve;
use crate::cartography::labels::line;
use crate::cartography::labels::point::PointLabel;
use crate::cartography::labels::room::Room;
use crate::cartography::story::{Part, Spot};
use crate::cartography::text::{Shaped, Weight};
use std::sync::Arc;

pub(super) fn place(s: &Spot, i: usize, id: usize, owner: Option<u16>, set: &Setting<'_>, room: &Room<'_>) -> Entry {
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
            let told = over(c.text, 0.5, c.quiet);
            // The desk's own words are not cut short; a long text is wider rather than taller.
            let lines = |width: i32| wrap(note, width, 7, &shape);
            let told_in = Some(lines(measure)).filter(|l| l.len() <= 3).unwrap_or_else(|| lines(measure * 4 / 3));
            tail.extend(told_in.into_iter().map(|shaped| Line { shaped, color: told }));
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
        touched: room.touches_another(id),
        blocks: blocks.clone(),
        owner: if s.area { None } else { owner },
        rtl: set.is_rtl(),
    };
    Entry {
        text: s.name.clone(),
        kind: match s.part {
            Part::Context => "city",
            _ => "story",
        },
        candidates: label.candidates(room),
        far: (s.part != Part::Context).then_some(label),
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

/// The name of a strait, a bay, a lake or a canal of the story: on the water around its position, else beside it.
pub(super) fn water(s: &Spot, i: usize, id: usize, ground: &Ground, set: &Setting<'_>, room: &Room<'_>) -> Entry {
    let c = &set.style.colours;
    let shape = |t: &str| set.shape(t, 12.5, Weight::Regular, true, 0.02);
    let one = shape(&s.name);
    let two = wrap(&s.name, one.width * 6 / 10, 3, &shape);
    let block =
        |lines: Vec<Arc<Shaped>>| Block::new(lines.into_iter().map(|shaped| Line { shaped, color: c.water_text }), 0.3);
    let mut blocks = vec![block(vec![one])];
    if two.len() > 1 && two.iter().all(|l| !l.text.ends_with('…')) {
        blocks.push(block(two));
    }
    let mut e = entry(&s.name, "water", blocks, c.water_text, Some(1600), 5);
    let most = set.length(70.0);
    if let Some(extent) = ground.extent(0) {
        let near = |p: Pt, _: f64| (p[0] - s.at[0]).hypot(p[1] - s.at[1]) < most;
        let mut label = AreaLabel::inside(id, e.blocks.clone(), &ground.water, extent);
        label.anchor = Some(s.at);
        label.within = Some(&near);
        e.candidates = label.candidates(room);
    }
    if e.candidates.is_empty() {
        let blocks = e.blocks.clone();
        let label =
            PointLabel { label: id, at: s.at, radius: 0.0, touched: false, blocks, owner: None, rtl: set.is_rtl() };
        e.candidates = label.candidates(room);
        e.halo = Some((c.halo, set.length(1.8)));
    }
    e.spot = Some(i);
    e
}

pub(super) fn distances(subject: &Subject<'_>, set: &Setting<'_>, room: &Room<'_>, out: &mut Vec<Entry>) {
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

pub(super) fn arrows(subject: &Subject<'_>, set: &Setting<'_>, room: &Room<'_>, out: &mut Vec<Entry>) {
    let c = &set.style.colours;
    for a in subject.arrows {
        let Some(label) = a.label.as_deref().filter(|l| !l.is_empty()) else { continue };
        let color = readable(a.color, c.halo);
        let block = Block::new([Line { shaped: set.bold(label, 12.5), color }], 0.3);
        let mut e = entry(label, "advance", vec![block.clone()], color, Some(1500), 4);
        e.candidates = line::beside(&a.line, &block, out.len(), room, set.length(9.0));
        e.halo = Some((c.halo, set.length(2.2)));
        out.push(e);
    }
}

pub(super) fn own(subject: &Subject<'_>, set: &Setting<'_>, room: &Room<'_>, out: &mut Vec<Entry>) {
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
                let label = AreaLabel::inside(out.len(), e.blocks.clone(), &sums, extent);
                e.candidates = label.candidates(room);
            }
            // Too small to hold its name: beside it, as beside a dot.
            if e.candidates.is_empty() {
                let around: Vec<Pt> = own.rings.iter().flatten().copied().collect();
                let around = Window::around(&around);
                let label = PointLabel {
                    label: out.len(),
                    at: around.centre(),
                    radius: around.width().min(around.height()).min(set.length(40.0)) / 2.0,
                    touched: false,
                    blocks: e.blocks.clone(),
                    owner: None,
                    rtl: set.is_rtl(),
                };
                e.candidates = label.candidates(room);
                e.far = Some(label);
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
