//! What the frame is fitted to: the story's extent and the countries it plays in.

use super::frame::Fit;
use super::planar::Family;
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
