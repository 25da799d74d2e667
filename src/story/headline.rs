//! Title and subtitle of a drafted story: what changed, in the words a desk would start from.

use super::dateline;
use super::draft::actor;
use crate::geodesy::{Compass, bearing};
use crate::model::{Action, Certainty, Story, StoryEvent};
use crate::time::{self, Precision};

/// The title: the latest decisive event, else the article's own first line, else the beginning of its first sentence, else what the
/// map shows.
pub(super) fn title(story: &Story, text: &str) -> String {
    if let Some(event) = decisive(story) {
        return event_title(story, event);
    }
    if let Some(line) = headline_of(text) {
        return line;
    }
    if let Some(news) = lead(text).filter(|_| !story.places.is_empty()) {
        return news;
    }
    match story.places.as_slice() {
        [] => "Places in the news".to_owned(),
        [one] => one.place.name.clone(),
        [first, second, ..] => format!("{}, {} and other places in the news", first.place.name, second.place.name),
    }
}

/// Other gains, and the first distance, or nothing.
pub(super) fn subtitle(story: &Story) -> Option<String> {
    let main = decisive(story);
    let mut parts = Vec::new();
    for event in story.events.iter().rev().filter(|e| e.action.gains() && e.facility.is_none()) {
        if main.is_some_and(|m| m.place == event.place) || parts.len() == 2 {
            continue;
        }
        let when = match event.date {
            Some(d) if d.precision == Precision::Day => format!(" on {}", time::long_without_year(d.day)),
            _ => String::new(),
        };
        parts.push(format!("{} was captured{when}", name(story, &event.place)));
    }
    if let Some(d) = story.distances.iter().find(|d| !d.is_mistaken()) {
        let at = |id: &str| story.places.iter().find(|p| p.id == id).map(|p| p.place.at);
        if let (Some(from), Some(to)) = (at(&d.from), at(&d.to)) {
            parts.push(format!(
                "{} is {:.0} km {} of {} in a straight line",
                name(story, &d.to),
                d.measured.km(),
                Compass::of8(bearing(from, to)).word(),
                name(story, &d.from)
            ));
        }
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// The event the map is about: the latest gain that is not a mere claim, then any gain, then any event, towns first.
fn decisive(story: &Story) -> Option<&StoryEvent> {
    let latest = |keep: &dyn Fn(&StoryEvent) -> bool| {
        story.events.iter().filter(|e| e.facility.is_none() && keep(e)).max_by_key(|e| e.date.map(|d| d.day))
    };
    latest(&|e| e.action.gains() && e.certainty != Certainty::Claimed)
        .or_else(|| latest(&|e| e.action.gains()))
        .or_else(|| latest(&|e| !matches!(e.action, Action::None | Action::Denied)))
}

fn event_title(story: &Story, event: &StoryEvent) -> String {
    let place = name(story, &event.place);
    let who = actor(story, event.actor.as_ref()).map(|a| mid_sentence(&a.short));
    match (event.action, who) {
        (Action::Captured | Action::HandedOver, Some(who)) if event.certainty == Certainty::Claimed => {
            format!("Capture of {place} claimed by {who}")
        }
        (Action::Captured, Some(who)) => format!("{place} falls to {who}"),
        (Action::Recaptured, Some(who)) => format!("{place} retaken by {who}"),
        (Action::HandedOver, Some(who)) => format!("{place} handed over to {who}"),
        (Action::Entered, Some(who)) => format!("{place} entered by {who}"),
        (Action::Withdrew, Some(who)) => format!("{place} given up by {who}"),
        (Action::Repelled, _) => format!("Attack on {place} repelled"),
        (Action::Besieged, _) => format!("{place} under siege"),
        (Action::Relieved, _) => format!("Siege of {place} lifted"),
        _ => format!("Fighting in {place}"),
    }
}

/// A side's name as it stands inside a sentence: `Rebels` becomes `rebels`, names of their own keep their capital.
fn mid_sentence(short: &str) -> String {
    const COMMON: [&str; 12] = [
        "Rebels",
        "Rebel",
        "Government",
        "Army",
        "Insurgents",
        "Fighters",
        "Militants",
        "Troops",
        "Forces",
        "Opposition",
        "Militia",
        "Separatists",
    ];
    let first = short.split(' ').next().unwrap_or_default();
    if COMMON.contains(&first) { short[..1].to_lowercase() + &short[1..] } else { short.to_owned() }
}

fn name<'s>(story: &'s Story, id: &'s str) -> &'s str {
    story.places.iter().find(|p| p.id == id).map_or(id, |p| p.place.name.as_str())
}

/// The first sentence of a report up to its first comma, without dateline and weekday: "A magnitude 7.4 earthquake struck western
/// Nepal". Nothing where that is no sentence of a title's length.
fn lead(text: &str) -> Option<String> {
    const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    let text = text.trim();
    let dash = dateline::dash(text)?;
    let capitals = |w: &str| w.chars().count() > 2 && !w.chars().any(char::is_lowercase);
    if !text[..dash.start].split([' ', ',']).next().is_some_and(capitals) {
        return None;
    }
    let body = text[dash.end..].trim_start();
    let end = [", ", ". ", "; ", ": ", "\n", " — "].iter().filter_map(|d| body.find(d)).min().unwrap_or(body.len());
    let clause = body[..end].trim_end_matches('.');
    // Up to the weekday where that is a sentence already.
    let day = DAYS.iter().filter_map(|d| clause.find(&format!(" on {d}"))).min();
    let whole = |at: &usize| clause[..*at].split(' ').count() >= 6 || clause.len() - at < 14;
    let clause = day.filter(whole).map_or(clause, |at| &clause[..at]);
    let words = clause.split(' ').count();
    let fits = (20..=90).contains(&clause.chars().count()) && words >= 5 && !clause.contains(['"', '“', '”', '(']);
    (fits && clause.starts_with(char::is_uppercase)).then(|| clause.to_owned())
}

/// The first line, where it stands alone and does not end like a sentence.
fn headline_of(text: &str) -> Option<String> {
    let first = text.trim_start_matches(['\u{feff}', '#', ' ', '\n', '\r']).lines().next()?.trim();
    let rest = text.trim_start().lines().nth(1).unwrap_or("");
    let alone = rest.trim().is_empty() && !first.ends_with(['.', '"', '”']);
    (alone && (10..=120).contains(&first.chars().count())).then(|| first.to_owned())
}
