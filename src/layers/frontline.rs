//! Front lines: where unlike sides meet.

use super::scene::Scene;
use crate::coverage::Front;
use crate::model::{Feature, Layer, LayerKind};
use std::collections::BTreeMap;

/// One feature for every unbroken front between two sides.
///
/// Its id names the sides and the two places that share most of it, so a front that moves elsewhere keeps its name.
pub fn frontline(scene: &Scene, fronts: &[Front]) -> Layer {
    let picture = scene.picture;
    let theatre = scene.timeline.theatre;
    let features = fronts
        .iter()
        .map(|front| {
            let (a, b) = (&picture.sides[front.left as usize], &picture.sides[front.right as usize]);
            let place = |face: u32| -> Option<u32> {
                let unit = scene.cells.faces[face as usize].unit;
                scene.cells.units[unit as usize].first().map(|s| theatre.sites.list[*s as usize].geonameid)
            };
            let (pa, pb) = longest(front);
            let number = |p: Option<u32>, face: u32| p.map_or_else(|| format!("f{face}"), |id| id.to_string());
            let km = front.length().round() / 1e3;
            let faces: Vec<u32> = front.faces.iter().flat_map(|(l, r)| [*l, *r]).collect();
            let grounds = scene.grounds(&scene.sites(&faces), None);
            Feature::new(front.line.clone())
                .with_id(format!("{}-{}-{}-{}", a.id, b.id, number(place(pa), pa), number(place(pb), pb)))
                .with("layer", "frontline")
                .with("date", picture.date)
                .with("known_on", scene.known_on)
                .with("a", a.id.clone())
                .with("b", b.id.clone())
                .with("a_name", a.name.clone())
                .with("b_name", b.name.clone())
                .with("allied", a.is_somebody() && a.alliance == b.alliance)
                .with("length_km", km)
                .with("certainty", grounds.certainty)
                .with("event_ids", grounds.event_ids)
                .with("sources", grounds.sources)
                .with("method", scene.cells.method.clone())
                .with("boundary", scene.boundary.clone())
                .with("credit", scene.credit.clone())
                .with("title", format!("{} – {}", a.short, b.short))
                .with("stroke", "#333333")
                .with("stroke-width", 2.0)
        })
        .collect();
    Layer::new(LayerKind::Frontline, features)
}

/// The pair of faces that share most of a front.
fn longest(front: &Front) -> (u32, u32) {
    let mut shares: BTreeMap<(u32, u32), f64> = BTreeMap::new();
    for (piece, faces) in front.pieces.iter().zip(&front.faces) {
        *shares.entry(*faces).or_default() += piece;
    }
    shares.into_iter().rev().max_by(|a, b| a.1.total_cmp(&b.1)).map_or((0, 0), |(faces, _)| faces)
}
