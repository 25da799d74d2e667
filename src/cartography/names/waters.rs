//! Names of seas, lakes and rivers.

use super::{Entry, Subject, entry};
use crate::basemap::{Sea, seas};
use crate::cartography::arcs::joined;
use crate::cartography::clip::{Pt, Window};
use crate::cartography::display::px;
use crate::cartography::furniture::Setting;
use crate::cartography::grid::CELL;
use crate::cartography::ground::Lake;
use crate::cartography::labels::area::AreaLabel;
use crate::cartography::labels::block::{Block, Line, wrap};
use crate::cartography::labels::line;
use crate::cartography::labels::room::Room;
use crate::cartography::outline::Vertex;
use crate::cartography::project::vertex;
use crate::cartography::text::{Shaped, Weight};
use crate::geodesy::LonLat;
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) fn seas_and_lakes(subject: &Subject<'_>, set: &Setting<'_>, room: &Room<'_>, out: &mut Vec<Entry>) {
    let c = &set.style.colours;
    let grid = room.grid;
    let Some(extent) = subject.ground.extent(0) else { return };
    let water = &subject.ground.water;
    let frame = subject.frame;
    let kilometre = 1000.0 / frame.metres_per_px();
    let all: Vec<Pt> = seas().iter().map(|s| frame.px(s.label).unwrap_or([f64::MAX / 4.0, 0.0])).collect();
    // Only seas that reach the panel can claim a spot on it.
    let rivals: Vec<usize> =
        (0..all.len()).filter(|&j| frame.panel.grown(kilometre * reach_km(&seas()[j])).contains(all[j])).collect();
    // A lake in the country behind is no part of the sea.
    let inland: Vec<(Window, &[Pt])> =
        subject.ground.lakes.iter().map(|l| (Window::around(&l.ring), l.ring.as_slice())).collect();
    let in_lake = |p: Pt| inland.iter().any(|(around, ring)| around.contains(p) && inside(ring, p));
    let mut done: Vec<&str> = Vec::new();
    // Of the places where an ocean's name may stand, the one nearest to the map counts.
    let c0 = frame.panel.centre();
    let mut order: Vec<usize> = (0..all.len()).collect();
    let off = |i: usize| (all[i][0] - c0[0]).hypot(all[i][1] - c0[1]);
    order.sort_by(|&a, &b| seas()[a].rank.cmp(&seas()[b].rank).then(off(a).total_cmp(&off(b))).then(a.cmp(&b)));
    for i in order {
        let sea = &seas()[i];
        let at = all[i];
        let name = sea.name(set.lang);
        let reach = kilometre * reach_km(sea);
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
        let second = subject.ground.second.as_deref().map(|l| sea.name(l)).filter(|s| *s != name);
        let make = |size: f64, spacing: f64, narrow: bool| -> Option<Block> {
            let shape = |t: &str| set.shape(t, size, Weight::Regular, true, spacing);
            let one = shape(name);
            let mut lines = if narrow { wrap(name, one.width * 6 / 10, 3, &shape) } else { vec![one] };
            if narrow && (lines.len() < 2 || lines.iter().any(|l| l.text.ends_with('…'))) {
                return None;
            }
            lines.extend(second.map(|s| set.shape(s, size * 0.92, Weight::Regular, true, 0.0)));
            Some(Block::new(lines.into_iter().map(|shaped| Line { shaped, color: c.water_text }), 0.3))
        };
        let blocks: Vec<Block> =
            [make(size, spacing, false), make(size, spacing, true), make(11.5, 0.0, false), make(11.5, 0.0, true)]
                .into_iter()
                .flatten()
                .collect();
        // Nearer to its own label point than to any sea of the same or higher rank.
        let closest = |p: Pt| {
            if in_lake(p) {
                return false;
            }
            let may_reach = |sea: &Sea| {
                sea.limits.is_none() || frame.at(p).is_none_or(|[lon, lat]| sea.may_reach(LonLat::wrapped(lon, lat)))
            };
            let own = (p[0] - at[0]).hypot(p[1] - at[1]);
            own <= reach
                && rivals.iter().all(|&j| {
                    let (other, q) = (&seas()[j], all[j]);
                    j == i
                        || other.rank + 1 < sea.rank
                        || (p[0] - q[0]).hypot(p[1] - q[1]) * 1.05 >= own
                        || other.name("en") == sea.name("en")
                        || !may_reach(other)
                })
                && may_reach(sea)
        };
        let sea_has = |p: Pt| {
            sea.limits.is_none() || frame.at(p).is_none_or(|[lon, lat]| sea.may_reach(LonLat::wrapped(lon, lat)))
        };
        let mut e = entry(name, "water", blocks, c.water_text, Some(900 - i32::from(sea.rank) * 120), 0);
        let label = AreaLabel {
            label: out.len(),
            blocks: e.blocks.clone(),
            own: water,
            extent,
            anchor: Some(at),
            at_sea: false,
            full: 0,
            margin: 2.0,
            within: Some(&|p: Pt, half: f64| {
                // Its ends as well as its middle lie in it.
                closest(p) && [-0.8, 0.8].iter().all(|t| sea_has([p[0] + t * half, p[1]]))
            }),
        };
        e.candidates = label.candidates(room);
        if !e.candidates.is_empty() {
            done.push(name);
            out.push(e);
        }
    }
    // The parts of a lake have one name, which stands in the largest.
    let mut lakes: Vec<&Lake> = subject.ground.lakes.iter().collect();
    let size = |l: &Lake| Window::around(&l.ring).width() * Window::around(&l.ring).height();
    lakes.sort_by(|a, b| size(b).total_cmp(&size(a)));
    for lake in lakes {
        let around = Window::around(&lake.ring);
        if around.width() * around.height() < 90.0 * CELL.powi(2) {
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
        let label = AreaLabel::inside(out.len(), e.blocks.clone(), &sums, extent);
        e.candidates = label.candidates(room);
        if !e.candidates.is_empty() {
            done.push(&lake.name);
            out.push(e);
        }
    }
}

/// How far from its label point a sea may still be called by its name, kilometres.
fn reach_km(sea: &Sea) -> f64 {
    match sea.rank {
        0 => 2500.0,
        1 => 1100.0,
        2 => 420.0,
        _ => 160.0,
    }
}

/// Whether a point lies within a ring, by the number of its edges to one side.
fn inside(ring: &[Pt], p: Pt) -> bool {
    let edges = ring.iter().zip(ring.iter().cycle().skip(1));
    let crossed = edges
        .filter(|(a, b)| (a[1] > p[1]) != (b[1] > p[1]) && p[0] < (b[0] - a[0]) * (p[1] - a[1]) / (b[1] - a[1]) + a[0]);
    crossed.count() % 2 == 1
}

pub(super) fn rivers(subject: &Subject<'_>, set: &Setting<'_>, room: &Room<'_>, out: &mut Vec<Entry>) {
    let c = &set.style.colours;
    let run = |l: &[Pt]| l.windows(2).map(|w| (w[1][0] - w[0][0]).hypot(w[1][1] - w[0][1])).sum::<f64>();
    // Pieces of one river that continue each other are one line; the longest counts.
    let mut by_name: BTreeMap<&str, (u8, Vec<Vec<Vertex>>)> = BTreeMap::new();
    for river in &subject.ground.rivers {
        let found = by_name.entry(&river.name).or_insert((river.rank, Vec::new()));
        found.0 = found.0.min(river.rank);
        found.1.push(river.line.iter().map(|p| vertex(*p)).collect());
    }
    let mut rivers: Vec<(u8, &str, Vec<Pt>)> = by_name
        .into_iter()
        .filter_map(|(name, (rank, lines))| {
            let joined = joined(&lines);
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
