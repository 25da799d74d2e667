//! The places of a story: points with their part in it, in the order of the story.

use super::CREDIT;
use crate::model::{Action, Feature, Layer, LayerKind, Role, Story, StoryEvent, StoryPlace};
use crate::time::{self, Precision, When};
use std::collections::BTreeSet;

/// The points of the story's places; hidden places and installations inside another place are left out.
pub fn places(story: &Story) -> Layer {
    let tags: BTreeSet<&str> =
        story.places.iter().flat_map(|p| p.place.names.iter().map(|(tag, _)| tag.as_str())).collect();
    let shown = story.places.iter().filter(|p| p.role != Role::Hidden && p.within.is_none());
    Layer::new(LayerKind::Places, shown.map(|p| feature(story, p, &tags)).collect())
}

fn feature(story: &Story, p: &StoryPlace, tags: &BTreeSet<&str>) -> Feature {
    let place = &p.place;
    let events: Vec<&StoryEvent> = story.events.iter().filter(|e| e.place == p.id && e.facility.is_none()).collect();
    let decisive = events.iter().rev().find(|e| e.action.gains()).or(events.last());
    // Who did nothing there gives it neither note nor colour.
    let done = decisive.filter(|e| e.action != Action::None);
    let mut feature = Feature::new(geo::Point::from(place.at))
        .with_id(p.id.clone())
        .with("layer", "places")
        .with("name", place.name.clone())
        .with("label", place.label.clone())
        .with("geonameid", place.geonameid.map(i64::from))
        .with("kind", place.kind.word())
        .with("country", place.country.clone())
        .with("admin1", place.admin1.clone())
        .with("population", (place.population > 0).then_some(place.population as i64))
        .with("score", (p.score * 1e4).round() / 1e4)
        .with("role", role_word(p.role))
        .with("note", done.map(|e| note(story, e)))
        .with("date", decisive.and_then(|e| e.date).map(|d| d.to_string()))
        .with("event_ids", events.iter().map(|e| e.id.clone()).collect::<Vec<_>>())
        .with("mentions", p.mentions.len() as i64)
        .with("uncertainty_km", place.uncertainty.map(|m| m.km()));
    for tag in tags {
        let name = place.names.iter().find(|(t, _)| t == tag).map(|(_, name)| name.clone());
        feature = feature.with(&format!("name_{}", tag.replace('-', "_")), name);
    }
    let color = done.and_then(|e| e.actor.as_ref()).and_then(|id| story.actors.iter().find(|a| a.id == *id));
    feature
        .with("title", place.name.clone())
        .with("marker-color", color.and_then(|a| a.color).map(|c| c.to_string()))
        .with("credit", CREDIT)
}

fn role_word(role: Role) -> &'static str {
    match role {
        Role::Event => "event",
        Role::Reference => "reference",
        Role::Mention => "mention",
        Role::Hidden => "hidden",
    }
}

/// What happened there, short enough to stand under a label: `captured 5 Dec`.
fn note(story: &Story, event: &StoryEvent) -> String {
    let word = match event.certainty {
        crate::model::Certainty::Claimed => format!("{}, claimed", event.action.past()),
        _ => event.action.past().to_owned(),
    };
    match event.date {
        Some(When { day, precision: Precision::Day }) => {
            let same_year = story.published.is_none_or(|p| p.year() == day.year());
            if same_year {
                format!("{word} {}", time::short(day))
            } else {
                format!("{word} {} {}", time::short(day), day.year())
            }
        }
        Some(when) => format!("{word} {}", time::spoken(when)),
        None => word,
    }
}
