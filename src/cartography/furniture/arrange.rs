//! All furniture of a map in its places: one search for key, scale bar, locator and north arrow.

use super::key::Key;
use super::place::{Piece, Stage, rect};
use super::scale_bar::ScaleBar;
use super::{Setting, north};
use crate::cartography::clip::{Pt, Window};
use crate::cartography::display::{Group, Rect};
use crate::cartography::frame::Frame;
use crate::cartography::grid::Sums;
use crate::cartography::ground::Ground;
use crate::cartography::memory::Memory;
use crate::cartography::planar::Family;
use crate::cartography::zones::Zones;
use crate::cartography::{locator, project, story};
use crate::geodesy::LonLat;
use crate::model::{LayerKind, Map};

/// Furniture with its places.
pub struct Furniture {
    /// The key.
    pub key: Option<Key>,
    key_at: Option<Window>,
    bar: ScaleBar,
    bar_at: Option<Window>,
    locator_at: Option<Window>,
    north_at: Option<Window>,
    /// What names keep clear of.
    pub taken: Vec<Rect>,
    /// What the places cost: much where a piece covers the story.
    pub cost: i32,
    /// How much of the story's land the key hides, square pixels; its zones count thrice.
    pub hides: f64,
}

/// Finds every piece its place.
pub fn arrange(
    map: &Map,
    frame: &Frame,
    ground: &Ground,
    zones: &Zones,
    key: Option<Key>,
    with_locator: bool,
    set: &Setting<'_>,
) -> Furniture {
    let mut places: Vec<Pt> = Vec::new();
    for layer in
        map.layers.iter().filter(|l| matches!(l.kind, LayerKind::Places | LayerKind::Events) && l.name != "context")
    {
        for f in &layer.features {
            if f.text("role") != Some("hidden") {
                let points = f.geometry.iter().flat_map(project::points_of);
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
    let globe = with_locator && locator::wanted(frame);
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
    let hides = key_at.as_ref().map_or(0.0, |w| stage.hidden(w));
    Furniture { hides, key, key_at, bar, bar_at, locator_at, north_at, taken, cost }
}

impl Furniture {
    /// Share of a panel that the key hides, 0 to 1.
    pub fn hidden_by_key(&self, panel: &Window) -> f64 {
        let Some(at) = self.key_at else { return 0.0 };
        let side = |a: f64, b: f64, c: f64, d: f64| (b.min(d) - a.max(c)).max(0.0);
        let hidden = side(at.x0, at.x1, panel.x0, panel.x1) * side(at.y0, at.y1, panel.y0, panel.y1);
        hidden / (panel.width() * panel.height())
    }

    /// Gives it a key beside the panel, with its top left corner at a position in CSS pixels.
    pub fn lay_flat(&mut self, key: Key, [x, y]: Pt) {
        self.key_at = Some(Window { x0: x, y0: y, x1: x + key.width, y1: y + key.height });
        self.hides = 0.0;
        self.key = Some(key);
    }

    /// Its groups.
    pub fn draw(&self, frame: &Frame, set: &Setting<'_>, focus: &[String], memory: &Memory) -> Vec<Group> {
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
