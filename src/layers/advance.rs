//! Advance arrows: from the middle of a front where it was to its middle where it is.

use super::scene::Scene;
use crate::control::picture::Picture;
use crate::control::stats::{changed_faces, km2};
use crate::coverage::{Front, NONE};
use crate::geodesy::{LonLat, Metres, bearing, distance, geodesic_line};
use crate::model::{Feature, Layer, LayerKind};
use crate::time::Date;
use geo::InteriorPoint;

/// One arrow for every area of at least `least_km2` that a side took from another; `from` is the day of `before`.
///
/// It begins in the middle of the longest piece of front between the two sides that bounded the area before, and ends in the middle of
/// the longest that bounds it now, or inside the area where the loser has nothing left beside it. An area that the gainer had no front
/// with has no arrow.
pub fn advance(scene: &Scene, before: &Picture, from: Option<Date>, least_km2: f64) -> Layer {
    let after = scene.picture;
    let (pairs, of_face) = changed_faces(before, after);
    let (was, is) = (before.side_of_face(), after.side_of_face());
    let mut features = Vec::new();
    for region in scene.cells.coverage.dissolve(&of_face) {
        let (lost, gained) = &pairs[region.class as usize];
        let gainer = after.sides.iter().find(|s| s.id == *gained).filter(|s| s.is_somebody());
        let (Some(gainer), true) = (gainer, km2(region.area) >= least_km2) else { continue };
        let border = |picture: &Picture, sides: &[u32], other: &str| -> Option<geo::Coord<f64>> {
            // The area itself is side 1, the other side around it is 0, all else has no front.
            let mut marks: Vec<u32> =
                sides.iter().map(|s| if *s != NONE && picture.id(*s) == other { 0 } else { NONE }).collect();
            for face in &region.faces {
                marks[*face as usize] = 1;
            }
            let fronts = scene.cells.coverage.fronts(&marks);
            let longest = fronts.iter().rev().max_by(|a, b| a.length().total_cmp(&b.length()))?;
            Some(middle(longest))
        };
        let Some(start) = border(before, &was, gained) else { continue };
        let end = border(after, &is, lost).or_else(|| {
            let largest = region
                .polygons
                .iter()
                .max_by(|a, b| crate::geodesy::polygon_area(a).0.total_cmp(&crate::geodesy::polygon_area(b).0))?;
            largest.interior_point().map(|p| p.0)
        });
        let Some(end) = end else { continue };
        let (a, b) = (LonLat::wrapped(start.x, start.y), LonLat::wrapped(end.x, end.y));
        let km = distance(a, b);
        if km.0 < 100.0 {
            continue;
        }
        features.push(
            Feature::new(geodesic_line(a, b, Metres::from_km(20.0)))
                .with_id(format!("advance-{}", features.len() + 1))
                .with("layer", "advance")
                .with("date_from", from.or(scene.timeline.theatre.baseline.date))
                .with("date_to", after.date)
                .with("known_on", scene.known_on)
                .with("lost_by", lost.clone())
                .with("gained_by", gained.clone())
                .with("gained_by_name", gainer.name.clone())
                .with("km", (km.km() * 10.0).round() / 10.0)
                .with("bearing_deg", bearing(a, b).0.round())
                .with("area_km2", km2(region.area))
                .with("method", "From the middle of the former front to the middle of the present one")
                .with("credit", scene.credit.clone())
                .with(
                    "title",
                    format!(
                        "{} from {}",
                        gainer.short,
                        before.sides.iter().find(|s| s.id == *lost).map_or(lost.as_str(), |s| &s.short)
                    ),
                )
                .with("stroke", gainer.color.map(|c| c.to_string()))
                .with("stroke-width", 3.0),
        );
    }
    Layer::new(LayerKind::Advance, features)
}

/// The point half-way along a front.
fn middle(front: &Front) -> geo::Coord<f64> {
    let half = front.length() / 2.0;
    let mut gone = 0.0;
    for (line, &step) in front.line.lines().zip(&front.pieces) {
        if gone + step >= half && step > 0.0 {
            let t = (half - gone) / step;
            return line.start + (line.end - line.start) * t;
        }
        gone += step;
    }
    front.line.0[0]
}
