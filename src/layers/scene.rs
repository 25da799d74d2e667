//! What the layers of control have in common: a day's picture with where it came from.

use super::CREDIT;
use crate::control::cells::Cells;
use crate::control::picture::{Picture, Side, Zone};
use crate::control::stats::km2;
use crate::control::timeline::Timeline;
use crate::model::{Certainty, Feature, Value};
use crate::time::{Date, long};
use ecow::{EcoString, EcoVec, eco_format};
use geo::Geometry;
use rustc_hash::FxHashSet;

/// A day's picture, the log behind it and the words that travel with every polygon.
#[derive(Debug, Clone)]
pub struct Scene<'a> {
    /// The log, and the theatre it plays in.
    pub timeline: &'a Timeline<'a>,
    /// How the land is divided.
    pub cells: &'a Cells,
    /// Who holds what.
    pub picture: &'a Picture,
    /// Override zones, by the numbers faces carry.
    pub zones: &'a [Zone],
    /// As known on this day.
    pub known_on: Option<Date>,
    /// What the boundary is, in a phrase.
    pub boundary: EcoString,
    /// Who has to be named.
    pub credit: EcoString,
}

/// What some places rest on.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Grounds {
    pub places: usize,
    pub population: u64,
    pub event_ids: EcoVec<EcoString>,
    pub sources: EcoVec<EcoString>,
    pub certainty: &'static str,
}

impl<'a> Scene<'a> {
    /// A scene with the usual credit.
    pub fn new(timeline: &'a Timeline<'a>, cells: &'a Cells, picture: &'a Picture) -> Self {
        Self { timeline, cells, picture, zones: &[], known_on: None, boundary: EcoString::new(), credit: CREDIT.into() }
    }

    /// The places that speak for some faces, ascending, each once.
    pub(super) fn sites(&self, faces: &[u32]) -> Vec<u32> {
        let mut sites: Vec<u32> = faces
            .iter()
            .map(|f| self.cells.faces[*f as usize])
            .filter(|f| !f.beyond && f.zone.is_none())
            .flat_map(|f| self.cells.units[f.unit as usize].iter().copied())
            .collect();
        sites.sort_unstable();
        sites.dedup();
        sites
    }

    /// What some places rest on, by the events that gave their states or by those given.
    pub(super) fn grounds(&self, sites: &[u32], events: Option<Vec<u32>>) -> Grounds {
        let theatre = self.timeline.theatre;
        let states = &self.picture.states;
        let from_baseline = events.is_none() && sites.iter().any(|s| states[*s as usize].by.is_none());
        let claimed =
            events.is_none() && !sites.is_empty() && sites.iter().all(|s| states[*s as usize].claim.is_some());
        let mut events = events.unwrap_or_else(|| sites.iter().flat_map(|s| states[*s as usize].events()).collect());
        events.sort_unstable();
        events.dedup();
        let log = &theatre.log;
        let mut sources: EcoVec<EcoString> = EcoVec::new();
        let mut named: FxHashSet<&str> = FxHashSet::default();
        if from_baseline {
            sources.push(match theatre.baseline.date {
                Some(day) => eco_format!("Baseline of {}", long(day)),
                None => "Baseline".into(),
            });
        }
        for source in events.iter().flat_map(|e| log.get(*e).sources()) {
            if named.insert(source) {
                sources.push(source.into());
            }
        }
        // The weakest word among those that count speaks for the whole.
        let weakest =
            events.iter().map(|e| log.get(*e).certainty).filter(|c| claimed || *c != Certainty::Claimed).max();
        Grounds {
            places: sites.len(),
            population: sites.iter().map(|s| theatre.sites.list[*s as usize].population).sum(),
            event_ids: events.iter().map(|e| log.get(*e).id.into()).collect(),
            sources,
            certainty: weakest.map_or("baseline", Certainty::word),
        }
    }

    /// The key of a side as an attribute.
    pub(super) fn key(&self, side: Option<u32>) -> Value {
        side.map(|s| self.picture.sides[s as usize].id.clone()).into()
    }

    /// The attributes that close every feature.
    pub(super) fn close(&self, feature: Feature, grounds: &Grounds, area: f64) -> Feature {
        feature
            .with("certainty", grounds.certainty)
            .with("area_km2", km2(area))
            .with("places", grounds.places as i64)
            .with("population", grounds.population as i64)
            .with("event_ids", grounds.event_ids.clone())
            .with("sources", grounds.sources.clone())
            .with("method", self.cells.method.clone())
            .with("boundary", self.boundary.clone())
            .with("credit", self.credit.clone())
    }
}

/// The simplestyle attributes of a side's land.
pub(super) fn styled(feature: Feature, title: EcoString, side: &Side, opacity: f64) -> Feature {
    let colour = side.color.map(|c| eco_format!("{c}"));
    feature
        .with("title", title)
        .with("fill", colour.clone())
        .with("fill-opacity", opacity)
        .with("stroke", colour)
        .with("stroke-width", 1.0)
}

/// Polygons as one geometry.
pub(super) fn geometry(mut polygons: Vec<geo::Polygon<f64>>) -> Geometry<f64> {
    match polygons.len() {
        1 => Geometry::Polygon(polygons.remove(0)),
        _ => Geometry::MultiPolygon(geo::MultiPolygon(polygons)),
    }
}
