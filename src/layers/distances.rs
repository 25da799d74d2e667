//! The distances of a story: geodesic lines that carry what was said and what was measured, never mixed up.

use super::CREDIT;
use crate::geodesy::{Compass, Metres, bearing, geodesic_line};
use crate::model::{Distance, Feature, Layer, LayerKind, Story};

/// The stated distances between places that are known.
pub fn distances(story: &Story) -> Layer {
    Layer::new(LayerKind::Distances, story.distances.iter().filter_map(|d| feature(story, d)).collect())
}

fn feature(story: &Story, d: &Distance) -> Option<Feature> {
    let find = |id: &str| story.places.iter().find(|p| p.id == id).map(|p| &p.place);
    let (from, to) = (find(&d.from)?, find(&d.to)?);
    let line = geodesic_line(from.at, to.at, Metres::from_km(25.0));
    let heading = bearing(from.at, to.at);
    let round = |v: f64, digits: f64| (v * digits).round() / digits;
    Some(
        Feature::new(line)
            .with_id(format!("{}-{}", d.from, d.to))
            .with("layer", "distances")
            .with("from", from.name.clone())
            .with("to", to.name.clone())
            .with("km", round(d.measured.km(), 10.0))
            .with("miles", round(d.measured.miles(), 10.0))
            .with("bearing_deg", round(heading.0, 10.0))
            .with("compass", Compass::of8(heading).abbreviation())
            .with("stated_km", round(d.stated.km(), 10.0))
            .with("stated_bearing", d.bearing.map(|b| b.abbreviation()))
            .with("verdict", d.verdict.phrase())
            .with("method", "geodesic on WGS 84")
            .with("quote", d.evidence.text.clone())
            .with("label", format!("{:.0} km", d.measured.km()))
            .with("title", format!("{} – {}: {:.1} km", from.name, to.name, d.measured.km()))
            .with("stroke", "#555555")
            .with("stroke-width", 1.5)
            .with("credit", CREDIT),
    )
}
