//! The cells themselves: which land stands for which place.

use super::scene::{Scene, geometry};
use crate::control::stats::km2;
use crate::coverage::NONE;
use crate::model::{Feature, Layer, LayerKind};

/// One feature for every face with land.
pub fn cells(scene: &Scene) -> Layer {
    let picture = scene.picture;
    let sites = &scene.timeline.theatre.sites.list;
    let each: Vec<u32> =
        (0..scene.cells.faces.len()).map(|f| if picture.of_face[f] == NONE { NONE } else { f as u32 }).collect();
    let features = scene
        .cells
        .coverage
        .dissolve(&each)
        .into_iter()
        .map(|region| {
            let face = scene.cells.faces[region.class as usize];
            let class = picture.classes[picture.of_face[region.class as usize] as usize];
            let side = &picture.sides[class.side as usize];
            let members = &scene.cells.units[face.unit as usize];
            let site = members.first().map(|s| &sites[*s as usize]);
            let grounds = scene.grounds(&scene.sites(&region.faces), None);
            let suffix = match (face.beyond, face.zone) {
                (true, _) => "-beyond".to_owned(),
                (false, Some(zone)) => format!("-zone{zone}"),
                _ => String::new(),
            };
            let id = site.map_or_else(|| format!("unit{}", face.unit), |s| s.geonameid.to_string());
            Feature::new(geometry(region.polygons))
                .with_id(format!("{id}{suffix}"))
                .with("layer", "cells")
                .with("date", picture.date)
                .with("known_on", scene.known_on)
                .with("geonameid", site.map(|s| i64::from(s.geonameid)))
                .with("name", site.map(|s| s.plain.clone()))
                .with("lon", site.map(|s| s.at.lon()))
                .with("lat", site.map(|s| s.at.lat()))
                .with("admin1", site.map(|s| s.admin1.clone()))
                .with("population", grounds.population as i64)
                .with("places", grounds.places as i64)
                .with("holder", side.id.clone())
                .with("holder_name", side.name.clone())
                .with("status", class.status.word())
                .with("contested_by", scene.key(class.contested_by))
                .with("claimed_by", scene.key(class.claimed_by))
                .with("stale", class.stale)
                .with("certainty", grounds.certainty)
                .with("area_km2", km2(region.area))
                .with("event_ids", grounds.event_ids)
                .with("sources", grounds.sources)
                .with("method", scene.cells.method.clone())
                .with("boundary", scene.boundary.clone())
                .with("credit", scene.credit.clone())
                .with("fill", side.color.map(|c| c.to_string()))
        })
        .collect();
    Layer::new(LayerKind::Cells, features)
}
