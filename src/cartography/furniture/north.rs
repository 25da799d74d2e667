//! The north arrow, only where a reader would be misled without it: where north is far from up somewhere on the panel.

use super::Setting;
use crate::cartography::clip::Window;
use crate::cartography::display::{Anchor, Group, Item, Path, Point, Text, px};
use crate::cartography::frame::Frame;
use crate::cartography::planar::Family;
use crate::cartography::project::{rings_outline, vertex};

/// Turn of north from which an arrow is due, degrees.
const TURN: f64 = 20.0;

/// Its box at words of scale 1, CSS pixels.
pub const SIZE: [f64; 2] = [26.0, 42.0];

/// Whether a frame wants an arrow: not a whole world, nor one with a pole in sight, where north is everywhere else.
pub fn wanted(frame: &Frame) -> bool {
    let pole = |lat: f64| frame.px_raw(frame.planar.lon0(), lat).is_some_and(|p| frame.panel.contains(p));
    !matches!(frame.planar.family(), Family::World | Family::Globe)
        && !pole(90.0)
        && !pole(-90.0)
        && frame.north_turn() > TURN
}

/// Draws the arrow in a box; it points to the north of where it stands.
pub fn draw(frame: &Frame, at: &Window, set: &Setting<'_>) -> Option<Group> {
    let c = &set.style.colours;
    let centre = [at.centre()[0], at.y0 + set.length(15.0)];
    let here = frame.at(centre)?;
    let up = frame.px_raw(here[0], (here[1] + 0.2).min(89.9))?;
    let length = (up[0] - centre[0]).hypot(up[1] - centre[1]).max(1e-9);
    let north = [(up[0] - centre[0]) / length, (up[1] - centre[1]) / length];
    let east = [-north[1], north[0]];
    let point = |n: f64, e: f64| {
        let (n, e) = (set.length(n), set.length(e));
        vertex([centre[0] + north[0] * n + east[0] * e, centre[1] + north[1] * n + east[1] * e])
    };
    let mut group = Group::new("north", "North");
    let whole = [point(14.0, 0.0), point(-10.0, 8.0), point(-5.0, 0.0), point(-10.0, -8.0)];
    let half = [point(14.0, 0.0), point(-10.0, 8.0), point(-5.0, 0.0)];
    let outline = rings_outline([whole.as_slice()]);
    group.items.push(Item::Path(Path::stroked(outline.clone(), c.halo, set.length(3.0))));
    group.items.push(Item::Path(Path::filled(outline.clone(), c.halo)));
    group.items.push(Item::Path(Path::filled(rings_outline([half.as_slice()]), c.quiet)));
    group.items.push(Item::Path(Path::stroked(outline, c.quiet, set.length(1.0))));
    let letter = set.bold(set.tongue.phrases().north, 11.0);
    let baseline = at.y1 - set.length(1.0);
    let text = Text::level(letter.clone(), Point::px(at.centre()[0], baseline), Anchor::Middle, c.quiet);
    debug_assert!(px(letter.width) < SIZE[0] * 3.0, "one letter or two");
    group.items.push(Item::Text(text.with_halo(c.halo, set.length(1.8))));
    Some(group)
}
