//! What is wrong, doubtful or unproven in a log, each finding with the rule that made it and the line it stands on.

use super::log::{Entry, Log};
use super::polygons::Outline;
use super::roster::ActorIx;
use super::sites::Site;
use super::state::{PlaceState, Policy};
use super::timeline::Timeline;
use crate::diag::{Note, Severity};
use crate::model::{Action, ActorId, Certainty, Scope, Status};
use crate::text::fold;
use rustc_hash::FxHashMap;
use serde::Serialize;

/// A finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The rule, for instance `holder-mismatch`.
    pub rule: &'static str,
    /// The event it is about, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_id: Option<String>,
    /// What was found.
    #[serde(flatten)]
    pub note: Note,
}

impl Finding {
    /// The finding as lines of text.
    pub fn text(&self) -> String {
        let mut note = self.note.clone();
        note.message = format!("{} [{}]", note.message, self.rule);
        crate::diag::render(&note)
    }
}

/// Goes through a log. `read` are the notes of reading it, `boundary` the land it is about.
pub fn lint(timeline: &Timeline, boundary: Option<&Outline>, read: &[Note]) -> Vec<Finding> {
    let mut linting = Linting { timeline, findings: Vec::new() };
    for note in read.iter().filter(|n| n.severity != Severity::Info) {
        let rule = if note.message.contains("is not an actor") {
            "unknown-actor"
        } else if note.message.contains(" places:") {
            "ambiguous-place"
        } else if note.message.contains("among the places") {
            "unknown-place"
        } else {
            "unreadable"
        };
        linting.findings.push(Finding { rule, event_id: None, note: note.clone() });
    }
    linting.events();
    linting.replay();
    linting.outside(boundary);
    let mut findings = linting.findings;
    findings.sort_by(|a, b| (&a.note.at, a.rule, &a.note.message).cmp(&(&b.note.at, b.rule, &b.note.message)));
    findings
}

struct Linting<'a> {
    timeline: &'a Timeline<'a>,
    findings: Vec<Finding>,
}

impl Linting<'_> {
    fn log(&self) -> &Log {
        &self.timeline.theatre.log
    }

    fn find(&mut self, rule: &'static str, event: u32, note: Note) {
        let at = self.log().position(event);
        let event_id = Some(self.log().get(event).id.to_owned());
        self.findings.push(Finding { rule, event_id, note: note.at(at) });
    }

    /// What can be said of events one by one.
    fn events(&mut self) {
        let theatre = self.timeline.theatre;
        let mut ids: FxHashMap<&str, u32> = FxHashMap::default();
        for (i, event) in theatre.log.iter().enumerate() {
            let event = &event;
            let i = i as u32;
            if let Some(first) = ids.insert(event.id, i) {
                let line = theatre.log.position(first);
                self.find("repeated-id", i, Note::error(format!("event id {} stands at {line} already", event.id)));
            }
            if event.sources().next().is_none() && event.url.is_empty() {
                let message = format!("{} has no source ({})", told(event), event.certainty);
                self.find(
                    "unsourced",
                    i,
                    Note::warning(message).hint("name a source, or leave it assessed and say why"),
                );
            }
            if event.reported.is_some_and(|r| r < event.date.day) {
                let message = format!("{} is reported before it happened", told(event));
                self.find("impossible-order", i, Note::error(message));
            }
            let note = event.note.to_lowercase();
            if note.contains("date conflict") || note.contains("others date") {
                self.find(
                    "date-conflict",
                    i,
                    Note::info(format!("sources disagree on the day of {}: {}", told(event), event.note)),
                );
            }
            let (Scope::Place, Some(id)) = (event.scope, event.geonameid) else { continue };
            let Some(site) = theatre.sites.find(id) else { continue };
            let site = &theatre.sites.list[site as usize];
            let named = theatre.sites.named(event.place);
            if !event.place.is_empty() && ![&site.name, &site.plain].iter().any(|n| fold(n) == fold(event.place)) {
                let message = format!("id {id} is {}, the event says \"{}\"", site.plain, event.place);
                self.find("name-mismatch", i, Note::warning(message));
            } else if named.len() > 1 {
                let others: Vec<String> = named
                    .iter()
                    .map(|s| &theatre.sites.list[*s as usize])
                    .filter(|s| s.geonameid != id)
                    .map(|s| format!("{} (admin1 {})", s.geonameid, s.admin1))
                    .collect();
                let message = format!(
                    "\"{}\" is also {}; {id} (admin1 {}) is meant",
                    event.place,
                    others.join(", "),
                    site.admin1
                );
                self.find("homonym", i, Note::info(message).hint("check that the right one is given"));
            }
        }
    }

    /// What comes out when the events are played in order.
    fn replay(&mut self) {
        let theatre = self.timeline.theatre;
        let policy = Policy::default();
        let mut found: Vec<(&'static str, u32, Note)> = Vec::new();
        // Claims that are open: (place, side) → event.
        let mut open: FxHashMap<(u32, ActorIx), u32> = FxHashMap::default();
        let mut held: FxHashMap<(u32, ActorIx), u32> = FxHashMap::default();
        let ix = |id: Option<&ActorId>| id.and_then(|a| theatre.roster.find(&a.0));
        self.timeline.replay(&policy, |i, sites, states| {
            let event = &theatre.log.get(i);
            let (actor, from) = (ix(event.actor), ix(event.from));
            if event.scope != Scope::Place {
                let loser = if event.action == Action::Withdrew { actor } else { from };
                if loser.is_some_and(|l| !sites.iter().any(|s| states[*s as usize].is_or_was_of(l))) {
                    found.push((
                        "no-effect",
                        i,
                        Note::warning(format!("{}: the losing side holds nothing there", told(event))),
                    ));
                }
                return;
            }
            let Some(&site) = sites.first() else { return };
            let state = &states[site as usize];
            let place = &theatre.sites.list[site as usize];
            if event.certainty == Certainty::Claimed {
                if let (true, Some(actor)) = (event.action.gains() && actor != state.holder, actor) {
                    open.entry((site, actor)).or_insert(i);
                }
                return;
            }
            if let (true, Some(actor)) = (event.action.gains(), actor) {
                open.remove(&(site, actor));
            }
            found.extend(played(event, i, state, actor, from, place, &held, site, theatre));
            if let (true, Some(actor)) = (event.action.gains(), actor) {
                held.insert((site, actor), i);
            }
        });
        let mut open: Vec<((u32, ActorIx), u32)> = open.into_iter().collect();
        open.sort_unstable();
        for ((site, _), i) in open {
            let event = &theatre.log.get(i);
            let message = format!(
                "{} was claimed and never confirmed ({})",
                told(event),
                theatre.sites.list[site as usize].plain
            );
            found.push((
                "unconfirmed-claim",
                i,
                Note::warning(message).hint("the place stays with its holder and is marked as claimed"),
            ));
        }
        for (rule, event, note) in found {
            self.find(rule, event, note);
        }
    }

    fn outside(&mut self, boundary: Option<&Outline>) {
        let Some(boundary) = boundary else { return };
        let sites = &self.timeline.theatre.sites;
        let inside = boundary.containing(sites.list.iter().map(|s| s.at));
        for (i, site) in (0..).zip(&sites.list) {
            if inside.binary_search(&i).is_err() {
                let message = format!("{} ({}) lies outside the boundary", site.plain, site.geonameid);
                let mut note = Note::info(message);
                note.at = sites.position(i);
                self.findings.push(Finding { rule: "outside-boundary", event_id: None, note });
            }
        }
    }
}

/// What an event and the state it meets have against each other.
#[expect(clippy::too_many_arguments, reason = "one call, and every one of them is looked at")]
fn played(
    event: &Entry,
    i: u32,
    state: &PlaceState,
    actor: Option<ActorIx>,
    from: Option<ActorIx>,
    place: &Site,
    held: &FxHashMap<(u32, ActorIx), u32>,
    site: u32,
    theatre: &super::timeline::Theatre,
) -> Vec<(&'static str, u32, Note)> {
    let name = |ix: Option<ActorIx>| ix.map_or("nobody known", |a| theatre.roster.actor(a).id.0.as_str());
    let mut out = Vec::new();
    let holder = state.holder.or(state.last);
    if event.action.gains() {
        if actor == state.holder && state.status == Status::Held {
            let earlier = actor.and_then(|a| held.get(&(site, a))).map(|e| theatre.log.get(*e));
            match earlier {
                Some(e) if e.date.day != event.date.day => {
                    let message = format!("{} is told of {} and, by {}, of {}", told(event), event.date, e.id, e.date);
                    out.push((
                        "date-conflict",
                        i,
                        Note::warning(message).hint("keep the better dated event, or tell who held it between"),
                    ));
                }
                _ => out.push((
                    "no-effect",
                    i,
                    Note::warning(format!("{}: {} holds {} already", told(event), name(actor), place.plain)),
                )),
            }
        } else if from.is_some() && from != holder {
            let message =
                format!("{} from {}, but {} is held by {}", told(event), name(from), place.plain, name(holder));
            out.push((
                "holder-mismatch",
                i,
                Note::error(message).hint("is an event missing before it, or the baseline wrong?"),
            ));
        }
        if event.action == Action::Recaptured
            && actor.is_some_and(|a| {
                !held.contains_key(&(site, a))
                    && theatre.baseline.holder(site) != Some(a)
                    && theatre.baseline.states[site as usize].last != Some(a)
            })
        {
            let message = format!("{}: {} never held {}", told(event), name(actor), place.plain);
            out.push(("impossible-order", i, Note::warning(message)));
        }
    }
    let impossible = match event.action {
        Action::Withdrew if actor != holder && actor != state.contested_by => {
            let message = format!("{}, but {} is held by {}", told(event), place.plain, name(holder));
            out.push(("holder-mismatch", i, Note::error(message)));
            None
        }
        Action::Relieved if state.status != Status::Besieged => Some("is not besieged"),
        Action::Repelled if !matches!(state.status, Status::Contested | Status::Besieged) => Some("is not contested"),
        _ => None,
    };
    if let Some(why) = impossible {
        out.push(("impossible-order", i, Note::warning(format!("{}: {} {why} then", told(event), place.plain))));
    }
    out
}

/// An event in a few words.
fn told(event: &Entry) -> String {
    let actor = event.actor.map_or(String::new(), |a| format!(" by {a}"));
    format!("{} ({} {}{actor})", event.id, event.place, event.action)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::certainty::Leanings;
    use crate::control::timeline::tests::syria;

    fn rules(events: &str) -> Vec<String> {
        let mut theatre = syria();
        let read = Log::read("e.csv", events.as_bytes(), &theatre.roster, &Leanings::default()).expect("a log");
        let mut notes = read.notes;
        theatre.log = read.value;
        let timeline = Timeline::new(&theatre).unwarn(&mut notes);
        lint(&timeline, None, &notes)
            .iter()
            .map(|f| format!("{} {}", f.note.at.as_ref().and_then(|p| p.line).unwrap_or(0), f.rule))
            .collect()
    }

    const HEADER: &str = "event_id,date,place,geonameid,action,actor,from_actor,certainty,sources,reported\n";

    #[test]
    fn each_rule_finds_its_fault() {
        for (rows, wanted) in [
            ("a,2024-12-01,Hamah,170017,captured,hts,sdf,reported,x,\n", "2 holder-mismatch"),
            ("a,2024-12-01,Hamah,170017,captured,gov,hts,reported,x,\n", "2 no-effect"),
            (
                "a,2024-12-01,Hamah,170017,captured,hts,gov,reported,x,\nb,2024-12-03,Hamah,170017,captured,hts,gov,reported,x,\n",
                "3 date-conflict",
            ),
            ("a,2024-12-01,Hamah,170017,recaptured,hts,gov,reported,x,\n", "2 impossible-order"),
            ("a,2024-12-01,Hamah,170017,repelled,gov,hts,reported,x,\n", "2 impossible-order"),
            ("a,2024-12-01,Hamah,170017,captured,hts,gov,reported,x,2024-11-01\n", "2 impossible-order"),
            ("a,2024-12-01,Suran,163915,captured,hts,gov,reported,x,\n", "2 homonym"),
            ("a,2024-12-01,Suran,,captured,hts,gov,reported,x,\n", "2 ambiguous-place"),
            ("a,2024-12-01,Homs,170017,captured,hts,gov,reported,x,\n", "2 name-mismatch"),
            ("a,2024-12-01,Hamah,170017,captured,isis,gov,reported,x,\n", "2 unknown-actor"),
            ("a,2024-12-01,Hamah,170017,captured,hts,gov,assessed,,\n", "2 unsourced"),
            ("a,2024-12-01,Hamah,170017,captured,hts,gov,claimed,x,\n", "2 unconfirmed-claim"),
            ("a,2024-12-01,Hamah,170017,withdrew,hts,,reported,x,\n", "2 holder-mismatch"),
        ] {
            let found = rules(&format!("{HEADER}{rows}"));
            assert!(found.iter().any(|f| f == wanted), "{rows}: {found:?}");
        }
        let clean = "a,2024-12-01,Hamah,170017,entered,hts,gov,reported,x,\nb,2024-12-02,Hamah,170017,captured,hts,gov,confirmed,x,\n";
        assert!(rules(&format!("{HEADER}{clean}")).is_empty());
    }

    #[test]
    fn the_example_has_only_the_faults_we_know() {
        let theatre = syria();
        let timeline = Timeline::new(&theatre).value;
        let mut count: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
        for finding in lint(&timeline, None, &[]) {
            *count.entry(finding.rule).or_default() += 1;
        }
        assert!(count.get("homonym") == Some(&1) && count.contains_key("unsourced"), "{count:?}");
        assert!(!count.contains_key("unreadable"));
    }
}
