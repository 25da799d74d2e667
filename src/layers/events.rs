//! The control events of a story: one point an event, at its place.

use super::CREDIT;
use crate::model::{Actor, ActorId, Feature, Layer, LayerKind, Story, StoryEvent};

/// The events whose place is known, oldest first.
pub fn events(story: &Story) -> Layer {
    Layer::new(LayerKind::Events, story.events.iter().filter_map(|e| feature(story, e)).collect())
}

fn feature(story: &Story, e: &StoryEvent) -> Option<Feature> {
    let place = &story.places.iter().find(|p| p.id == e.place)?.place;
    let actor = |id: &Option<ActorId>| -> Option<&Actor> {
        id.as_ref().and_then(|id| story.actors.iter().find(|a| a.id == *id))
    };
    let date = e.date.map(|d| d.to_string()).or_else(|| story.published.map(|p| p.to_string()));
    let who = actor(&e.actor).map(|a| format!("{}: ", a.short)).unwrap_or_default();
    Some(
        Feature::new(geo::Point::from(place.at))
            .with_id(e.id.clone())
            .with("layer", "events")
            .with("event_id", e.id.clone())
            .with("date", date)
            .with("reported", e.reported.or(story.published))
            .with("place", place.name.clone())
            .with("geonameid", place.geonameid.map(i64::from))
            .with("facility", e.facility.clone())
            .with("action", e.action.word())
            .with("actor", e.actor.as_ref().map(|a| a.0.clone()))
            .with("actor_name", actor(&e.actor).map(|a| a.name.clone()))
            .with("from_actor", e.from.as_ref().map(|a| a.0.clone()))
            .with("from_name", actor(&e.from).map(|a| a.name.clone()))
            .with("certainty", e.certainty.word())
            .with("reason", e.reason.clone())
            .with("attribution", e.attribution.clone())
            .with("quote", e.evidence.iter().map(|q| q.text.as_str()).collect::<Vec<_>>().join(" … "))
            .with("quote_start", e.evidence.first().map(|q| q.span.start as i64))
            .with("quote_end", e.evidence.first().map(|q| q.span.end as i64))
            .with(
                "sources",
                story.source.publisher.clone().into_iter().chain(story.source.url.clone()).collect::<Vec<_>>(),
            )
            .with("title", format!("{who}{} {}", place.name, e.action.past()))
            .with("marker-color", actor(&e.actor).and_then(|a| a.color).map(|c| c.to_string()))
            .with("credit", CREDIT),
    )
}
