//! Names of seas, lakes and rivers.

use super::{Entry, Subject, entry};
use crate::basemap::{Sea, seas};
use crate::cartography::arcs::joined;
use crate::cartography::clip::{Pt, Window};
use crate::cartography::display::px;
use crate::cartography::furniture::Setting;
use crate::cartography::grid::CELL;
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
        let mut e = entry(name, "water", blocks, c.water_text, Some(900 - i32::from(sea.rank) * 120), 0);
        let label = AreaLabel {
            label: out.len(),
            blocks: e.blocks.clone(),
            own: water,
            extent,
            anchor: Some(at),
            at_sea: false,
            margin: 2.0,
            within: Some(&closest),
        };
        e.candidates = label.candidates(room);
        if !e.candidates.is_empty() {
            done.push(name);
            out.push(e);
        }
    }
    for lake in &subject.ground.lakes {
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
            out.push(e);
        }
    }
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
