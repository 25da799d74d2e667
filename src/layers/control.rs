//! Who holds what on a day: one feature for every unbroken area of one class.

use super::scene::{Scene, geometry, styled};
use crate::control::picture::Class;
use crate::coverage::Region;
use crate::model::{Feature, Layer, LayerKind, Status};
use ecow::EcoString;
use rayon::prelude::*;

/// The areas of a picture, by side and status; land beyond reach is left to the layer of its own.
pub fn control(scene: &Scene) -> Layer {
    let picture = scene.picture;
    let mut regions = scene.cells.coverage.dissolve(&picture.of_face);
    regions.retain(|r| picture.id(picture.classes[r.class as usize].side) != "beyond");
    let features =
        regions.into_par_iter().enumerate().map(|(i, region)| area(scene, region, LayerKind::Control, i)).collect();
    Layer::new(LayerKind::Control, features)
}

/// One area with its attributes.
pub(super) fn area(scene: &Scene, region: Region, kind: LayerKind, number: usize) -> Feature {
    let picture = scene.picture;
    let class = picture.classes[region.class as usize];
    let side = &picture.sides[class.side as usize];
    let grounds = scene.grounds(&scene.sites(&region.faces), None);
    let zone = class.zone.and_then(|z| scene.zones.get(z as usize));
    let mut feature = Feature::new(geometry(region.polygons));
    feature.properties.reserve(26);
    let feature = feature
        .with_id(format!("{}-{}", kind.name(), number + 1))
        .with("layer", kind.name())
        .with("date", picture.date)
        .with("known_on", scene.known_on)
        .with("holder", side.id.clone())
        .with("holder_name", side.name.clone())
        .with("alliance", Some(side.alliance.clone()).filter(|a| !a.is_empty()))
        .with("status", class.status.word())
        .with("contested_by", scene.key(class.contested_by))
        .with("claimed_by", scene.key(class.claimed_by))
        .with("stale", class.stale)
        .with("zone", zone.map(|z| z.name.clone()));
    let opacity = if disputed(&class) { 0.35 } else { 0.6 };
    styled(scene.close(feature, &grounds, region.area), title(scene, &class), side, opacity)
}

/// Whether an area is fought over or claimed by somebody who does not hold it.
pub(super) fn disputed(class: &Class) -> bool {
    matches!(class.status, Status::Contested | Status::Besieged) || class.claimed_by.is_some()
}

fn title(scene: &Scene, class: &Class) -> EcoString {
    let short = |side: u32| &scene.picture.sides[side as usize].short;
    let mut text = short(class.side).clone();
    match (class.status, class.contested_by) {
        (Status::Contested, Some(by)) => text.push_str(&format!(", contested by {}", short(by))),
        (Status::Contested, None) => text.push_str(", contested"),
        (Status::Besieged, Some(by)) => text.push_str(&format!(", besieged by {}", short(by))),
        (Status::Besieged, None) => text.push_str(", besieged"),
        _ => {}
    }
    if let Some(by) = class.claimed_by {
        text.push_str(&format!(", claimed by {}", short(by)));
    }
    text
}
