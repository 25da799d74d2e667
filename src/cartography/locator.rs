//! The locator: a globe in a corner that shows where on the Earth the frame lies.

use super::clip::{Pt, Window};
use super::display::{Group, Item, Outline, Path, Point, Stroke, units};
use super::frame::Frame;
use super::furniture::Setting;
use super::ground::Wanted;
use super::memory::Memory;
use super::outline::Vertex;
use super::project::{rings_outline, vertex};
use crate::geodesy::LonLat;
use std::sync::Arc;

/// Side of the locator at words of scale 1, CSS pixels.
pub const SIZE: f64 = 96.0;

/// Whether a frame wants a locator: not where it shows a good part of the Earth itself.
pub fn wanted(frame: &Frame) -> bool {
    frame.ground_width() < 7_000_000.0
}

/// Draws the globe in a box.
pub fn draw(main: &Frame, at: &Window, set: &Setting<'_>, focus: &[String], memory: &Memory) -> Option<Group> {
    let c = &set.style.colours;
    let middle = main.at(main.panel.centre())?;
    // The globe is turned a little towards the equator, so that continents are recognised.
    let centre = LonLat::wrapped(middle[0].round(), (middle[1] * 0.75).round());
    let frame = Frame::globe(centre, at.grown(-1.0));
    let wanted = Wanted { lang: "en", second: None, focus, worldview: None, named: false, metres: None };
    let ground = memory.ground(&frame, set, &wanted);
    let mut group = Group::new("locator", "Locator");
    let disc = Arc::new(Outline::circle(Point::px(at.centre()[0], at.centre()[1]), units(at.width() / 2.0 - 1.0)));
    group.items.push(Item::Path(Path::stroked(disc.clone(), c.halo, set.length(4.0))));
    group.items.push(Item::Path(Path::filled(disc.clone(), c.water)));
    let radius = at.width() / 2.0 - 1.0;
    let visible = |ring: &Vec<Vertex>| {
        ring.iter().any(|v| {
            let (x, y) = (f64::from(v[0]) / 64.0 - at.centre()[0], f64::from(v[1]) / 64.0 - at.centre()[1]);
            x.hypot(y) < radius - 0.3
        })
    };
    for focus in [false, true] {
        let rings: Vec<&[Vertex]> = ground
            .countries
            .iter()
            .filter(|k| k.focus == focus)
            .flat_map(|k| &k.rings)
            .filter(|r| visible(r))
            .map(Vec::as_slice)
            .collect();
        let outline = rings_outline(rings);
        if !outline.is_empty() {
            // Land has to tell from water at this size: a step darker than on the map.
            let land = super::colour::over(c.border, 0.55, c.land);
            let color = if focus { c.focus_border } else { land };
            let mut path = Path::filled(outline, color);
            path.clip = Some(disc.clone());
            group.items.push(Item::Path(path));
        }
    }
    group.items.push(Item::Path(Path::stroked(disc, c.border, set.length(0.8))));
    // The frame on the globe; a ring where it would be a speck.
    let mut edge: Vec<Pt> = Vec::new();
    let p = &main.panel;
    const N: usize = 8;
    let corners = [[p.x0, p.y0], [p.x1, p.y0], [p.x1, p.y1], [p.x0, p.y1]];
    for i in 0..4 {
        let (a, b) = (corners[i], corners[(i + 1) % 4]);
        for k in 0..N {
            let t = k as f64 / N as f64;
            if let Some(d) = main.at([a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])])
                && let Some(q) = frame.px(LonLat::wrapped(d[0], d[1]))
            {
                edge.push(q);
            }
        }
    }
    let around = Window::around(&edge);
    let outline = if edge.len() < 3 || around.width().max(around.height()) < set.length(7.0) {
        let q = frame.px(LonLat::wrapped(middle[0], middle[1]))?;
        Outline::circle(Point::px(q[0], q[1]), units(set.length(4.5)))
    } else {
        let ring: Vec<Vertex> = edge.into_iter().map(vertex).collect();
        rings_outline([ring.as_slice()])
    };
    let outline = Arc::new(outline);
    group.items.push(Item::Path(Path::stroked(outline.clone(), c.halo, set.length(3.2))));
    let mut path = Path::stroked(outline, c.accent, set.length(1.7));
    path.stroke = Some(Stroke::solid(c.accent, set.length(1.7)));
    group.items.push(Item::Path(path));
    Some(group)
}
