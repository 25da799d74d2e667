//! What changed hands between two days: who lost what to whom.

use super::scene::{Scene, geometry, styled};
use crate::control::picture::{Picture, Side};
use crate::control::stats::changed_faces;
use crate::control::timeline::Turn;
use crate::model::{Feature, Layer, LayerKind};
use crate::time::Date;
use ecow::{EcoString, eco_format};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// The areas that changed hands from `before` to the scene's picture, one feature for every unbroken area of one pair of sides.
///
/// `turns` are the changes of state up to the later day; those after `from` in an area are its events. `from` is the day of `before`,
/// `None` the baseline.
pub fn change(scene: &Scene, before: &Picture, from: Option<Date>, turns: &[Turn]) -> Layer {
    let after = scene.picture;
    let (pairs, of_face) = changed_faces(before, after);
    let side = |picture: &Picture, id: &str| -> Option<Side> { picture.sides.iter().find(|s| s.id == id).cloned() };
    let mut events_of: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
    for turn in turns.iter().filter(|t| from.is_none_or(|f| t.day > f)) {
        events_of.entry(turn.site).or_default().push(turn.event);
    }
    let features = scene
        .cells
        .coverage
        .dissolve(&of_face)
        .into_par_iter()
        .enumerate()
        .map(|(i, region)| {
            let (lost, gained) = &pairs[region.class as usize];
            let sites = scene.sites(&region.faces);
            let events = sites.iter().filter_map(|s| events_of.get(s)).flatten().copied().collect();
            let grounds = scene.grounds(&sites, Some(events));
            let (loser, gainer) = (side(before, lost), side(after, gained));
            let name = |s: &Option<Side>, id: &str| s.as_ref().map_or_else(|| id.into(), |s| s.name.clone());
            let short = |s: &Option<Side>, id: &str| s.as_ref().map_or_else(|| id.into(), |s| s.short.clone());
            let feature = Feature::new(geometry(region.polygons))
                .with_id(format!("change-{}", i + 1))
                .with("layer", "change")
                .with("date_from", from.or(scene.timeline.theatre.baseline.date))
                .with("date_to", after.date)
                .with("known_on", scene.known_on)
                .with("lost_by", lost.clone())
                .with("lost_by_name", name(&loser, lost))
                .with("gained_by", gained.clone())
                .with("gained_by_name", name(&gainer, gained))
                .with("alliance", gainer.as_ref().map(|s| s.alliance.clone()).filter(|a| !a.is_empty()));
            let title = eco_format!("{} to {}", short(&loser, lost), short(&gainer, gained));
            let nobody = Side {
                id: gained.as_str().into(),
                name: EcoString::new(),
                short: EcoString::new(),
                alliance: EcoString::new(),
                color: None,
            };
            styled(scene.close(feature, &grounds, region.area), title, gainer.as_ref().unwrap_or(&nobody), 0.75)
        })
        .collect();
    Layer::new(LayerKind::Change, features)
}
