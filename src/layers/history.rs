//! The history of places as a table: one row for every state a place was in, from its first day to its last.

use crate::control::roster::ActorIx;
use crate::control::state::PlaceState;
use crate::control::timeline::{Timeline, Turn};
use crate::time::Date;

/// The columns of the table.
pub const COLUMNS: [&str; 19] = [
    "geonameid",
    "name",
    "lat",
    "lon",
    "admin1",
    "date",
    "until",
    "holder",
    "status",
    "contested_by",
    "claimed_by",
    "previous_holder",
    "event_id",
    "action",
    "actor",
    "certainty",
    "reported",
    "sources",
    "note",
];

/// Rows by place and then by day; the first row of a place is its baseline, without an event. `until` is the last day a state held,
/// empty where it still does. States that began and ended on one day have `until` before `date`. A denial has a row, though it changes
/// nothing.
pub fn history(timeline: &Timeline, turns: &[Turn]) -> Vec<Vec<String>> {
    let theatre = timeline.theatre;
    let mut of_site: Vec<Vec<&Turn>> = vec![Vec::new(); theatre.sites.list.len()];
    for turn in turns {
        of_site[turn.site as usize].push(turn);
    }
    let actor = |ix: Option<ActorIx>| ix.map_or(String::new(), |a| theatre.roster.actor(a).id.0.clone());
    let mut rows = Vec::new();
    for (i, site) in theatre.sites.list.iter().enumerate() {
        let until = |next: Option<&&Turn>| {
            next.and_then(|t| t.day.yesterday().ok()).map_or(String::new(), |d: Date| d.to_string())
        };
        let row =
            |state: &PlaceState, before: Option<&PlaceState>, since: String, until: String, turn: Option<&Turn>| {
                let event = turn.map(|t| theatre.log.get(t.event));
                let mut row = vec![
                    site.geonameid.to_string(),
                    site.plain.clone(),
                    site.at.lat().to_string(),
                    site.at.lon().to_string(),
                    site.admin1.clone(),
                    since,
                    until,
                    actor(state.holder),
                    state.status.word().to_owned(),
                    actor(state.contested_by),
                    actor(state.claimed_by),
                    before.map_or(String::new(), |b| actor(b.holder.or(b.last))),
                ];
                match event {
                    Some(e) => row.extend([
                        e.id.to_owned(),
                        e.action.word().to_owned(),
                        e.actor.map_or(String::new(), |a| a.0.clone()),
                        e.certainty.word().to_owned(),
                        e.reported.map_or(String::new(), |d| d.to_string()),
                        e.sources().collect::<Vec<_>>().join(" ; "),
                        e.note.to_owned(),
                    ]),
                    None => row.extend(["", "baseline", "", "baseline", "", "", ""].map(str::to_owned)),
                }
                row
            };
        let base = theatre.baseline.states[i];
        let since = theatre.baseline.date.map_or(String::new(), |d| d.to_string());
        rows.push(row(&base, None, since, until(of_site[i].first()), None));
        for (n, turn) in of_site[i].iter().enumerate() {
            rows.push(row(
                &turn.after,
                Some(&turn.before),
                turn.day.to_string(),
                until(of_site[i].get(n + 1)),
                Some(turn),
            ));
        }
    }
    rows
}
