//! What the frame is fitted to: the story's extent and the countries it plays in.

use super::artboard::Artboard;
use super::clip::Window;
use super::frame::{Fit, Frame};
use super::ground::frame_box;
use super::planar::Family;
use super::zones::Class;
use crate::basemap::Basemap;
use crate::geodesy::{BBox, LonLat};
use crate::model::{LayerKind, Map};
use std::collections::BTreeMap;

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
                *votes.entry(whole(country, f)).or_default() += weight;
            }
        }
    }
    let most = votes.values().copied().max().unwrap_or(0);
    let mut chosen: Vec<(usize, String)> =
        votes.into_iter().filter(|(_, v)| *v * 3 >= most && (most < 100 || *v >= 100)).map(|(c, v)| (v, c)).collect();
    chosen.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    chosen.into_iter().take(3).map(|(_, c)| c).collect()
}

/// The code of the country that a place is drawn in: a part with a code of its own (`SJ`, `GF`) belongs to a whole.
fn whole(code: &str, place: &crate::model::Feature) -> String {
    let base = Basemap::embedded();
    let at = match &place.geometry {
        Some(geo::Geometry::Point(p)) if base.country_at_scale(code, crate::basemap::Scale::M50).is_none() => {
            LonLat::new(p.x(), p.y()).ok()
        }
        _ => None,
    };
    // A harbour lies in the water where the coast is drawn coarsely.
    let division = at.and_then(|p| base.nearest_division(p, crate::geodesy::Metres::from_km(10.0)));
    let found = division.and_then(|(d, _)| base.country_by_number(d.country_number(), crate::basemap::Scale::M50));
    found.and_then(|c| c.iso_a2()).unwrap_or(code).to_owned()
}

/// The box that pictures of a map will show on some artboards, as far as is known before they are laid out: of what lies in it the
/// map may tell, as of cities.
pub fn seen(map: &Map, boards: &[Artboard]) -> Option<BBox> {
    let fit = fit(map, None, false, &focus_countries(map));
    if fit.positions.is_empty() && fit.bbox.is_none() {
        return None;
    }
    let mut all: Option<Window> = None;
    for board in boards {
        let (width, height) = (f64::from(board.width), f64::from(board.height));
        let panel = Window { x0: 0.0, y0: board.length(60.0), x1: width, y1: height - board.length(25.0) };
        let shown = Frame::fit(&fit, panel, [board.length(30.0); 4]).degrees;
        all = Some(match all {
            None => shown,
            Some(a) => {
                // Longitudes of another board may be counted from another meridian.
                let turn = ((a.centre()[0] - shown.centre()[0]) / 360.0).round() * 360.0;
                Window {
                    x0: a.x0.min(shown.x0 + turn),
                    x1: a.x1.max(shown.x1 + turn),
                    y0: a.y0.min(shown.y0),
                    y1: a.y1.max(shown.y1),
                }
            }
        });
    }
    all.map(|w| frame_box(&w))
}

/// What the frame of a map is fitted to.
pub(super) fn fit(map: &Map, family: Option<Family>, true_areas: bool, focus: &[String]) -> Fit {
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
                // Land of which nobody reports anything surrounds the story.
                LayerKind::Control | LayerKind::Cells if Class::of(layer.kind, f) == Some(Class::Unknown) => {
                    areas = true
                }
                _ => {
                    areas |= matches!(layer.kind, LayerKind::Control | LayerKind::Change | LayerKind::Cells);
                    extent(g);
                }
            }
        }
    }
    let context = focus_box(focus);
    Fit { positions, context, bbox: map.view.bbox, family, true_areas: true_areas || areas }
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
