//! The event log: what happened to which place, when, and on whose word.

use super::ControlError;
use super::certainty::{self, Leanings};
use super::roster::Roster;
use super::table::Table;
use crate::diag::{Note, Position, Warned};
use crate::model::{Action, ActorId, Certainty, Event, Scope};
use crate::time::When;

/// Events in file order, each with the line it stands on.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Log {
    /// The file as the user named it.
    pub file: String,
    /// The events.
    pub events: Vec<Event>,
    /// The line of every event, from 1.
    pub lines: Vec<u32>,
}

impl Log {
    /// A log of events that come from no file.
    pub fn of(file: &str, events: Vec<Event>) -> Self {
        let lines = vec![0; events.len()];
        Self { file: file.to_owned(), events, lines }
    }

    /// Where an event stands.
    pub fn position(&self, event: u32) -> Position {
        match self.lines.get(event as usize) {
            Some(&line) if line > 0 => Position::line(&self.file, line as usize),
            _ => Position::file(&self.file),
        }
    }

    /// Reads `date,place,action,actor` and, where there, `event_id,seq,scope,geonameid,from_actor,certainty,reported,phrase,sources,url,note`.
    ///
    /// Actors may be ids or aliases. A certainty left empty is worked out from the sources and the wording; the rule is put into the
    /// event's note.
    ///
    /// # Errors
    /// A needed column is missing, or not CSV.
    pub fn read(file: &str, bytes: &[u8], roster: &Roster, leanings: &Leanings) -> Result<Warned<Self>, ControlError> {
        let table = Table::open(file, bytes, &["date", "place", "action", "actor"])?;
        let [id, date, seq, scope, place, geonameid, action, actor, from] =
            ["event_id", "date", "seq", "scope", "place", "geonameid", "action", "actor", "from_actor"]
                .map(|c| table.column(c));
        let [certainty, reported, phrase, quote, sources, source, url, note] =
            ["certainty", "reported", "phrase", "quote", "sources", "source", "url", "note"].map(|c| table.column(c));
        let mut log = Self { file: file.to_owned(), ..Self::default() };
        let mut notes = Vec::new();
        table.rows(&mut notes, |row, notes| {
            // The whole row is looked at before it is given up, so that one run shows everything wrong with it.
            let before = notes.len();
            let when = row.cell(date).parse::<When>();
            if let Err(e) = &when {
                row.refuse(date, e.to_string(), "days are written 2024-12-05, months 2024-12", notes);
            }
            let what = row.cell(action).parse::<Action>();
            if let Err(e) = &what {
                row.refuse(action, e.clone(), "", notes);
            }
            let order = row.some(seq).map_or(Ok(0), str::parse::<u32>);
            if order.is_err() {
                row.refuse(
                    seq,
                    format!("\"{}\" is not an order within the day", row.cell(seq)),
                    "a whole number",
                    notes,
                );
            }
            let target = row.some(geonameid).map(str::parse::<u32>).transpose();
            if target.is_err() {
                row.refuse(
                    geonameid,
                    format!("\"{}\" is not an id", row.cell(geonameid)),
                    "a whole number, or empty",
                    notes,
                );
            }
            let over = row.some(scope).map_or(Ok(Scope::Place), str::parse::<Scope>);
            if let Err(e) = &over {
                row.refuse(scope, e.clone(), "", notes);
            }
            let told = row.some(reported).map(crate::time::parse_day).transpose();
            if let Err(e) = &told {
                row.refuse(reported, e.to_string(), "days are written 2024-12-05", notes);
            }
            let sure = row.some(certainty).map(str::parse::<Certainty>).transpose();
            if let Err(e) = &sure {
                row.refuse(certainty, e.clone(), "leave it empty to have it worked out from the sources", notes);
            }
            let mut who = |column| match row.some(column) {
                None => Ok(None),
                Some(text) => match roster.find(text) {
                    Some(ix) => Ok(Some(roster.actor(ix).id.clone())),
                    None => {
                        let hint = match roster.nearest(text) {
                            Some((name, id)) if name == id.0 => format!("did you mean {id}?"),
                            Some((name, id)) => format!("did you mean \"{name}\" ({id})?"),
                            None => "add it to the actors file, as an actor or an alias".to_owned(),
                        };
                        row.refuse(
                            column,
                            format!("\"{text}\" is not an actor or alias of the actors file"),
                            &hint,
                            notes,
                        );
                        Err(())
                    }
                },
            };
            let (by, loser) = (who(actor), who(from));
            if matches!((&by, &what), (Ok(None), Ok(what)) if *what != Action::None) {
                row.refuse(actor, "an event without an actor", "name who did it", notes);
            }
            if row.cell(place).is_empty() && matches!(target, Ok(None)) {
                row.refuse(place, "an event without a place", "", notes);
            }
            if let (Ok(Some(told)), Ok(when)) = (&told, &when)
                && *told < when.day
                && when.precision == crate::time::Precision::Day
            {
                row.refuse(
                    reported,
                    format!("reported on {told}, before it happened on {}", when.day),
                    "taken as it stands",
                    notes,
                );
            }
            let wrong =
                when.is_err() || what.is_err() || order.is_err() || target.is_err() || over.is_err() || told.is_err();
            let (Ok(when), Ok(what), Ok(by), Ok(loser)) = (when, what, by, loser) else { return };
            if wrong
                || sure.is_err()
                || (by.is_none() && what != Action::None)
                || (row.cell(place).is_empty() && row.cell(geonameid).is_empty())
            {
                debug_assert!(notes.len() > before);
                return;
            }
            let mut event = Event {
                id: row.some(id).map_or_else(|| format!("line{}", row.line), str::to_owned),
                date: when,
                seq: order.unwrap_or(0),
                scope: over.unwrap_or(Scope::Place),
                place: row.cell(place).to_owned(),
                geonameid: target.unwrap_or(None),
                action: what,
                actor: by,
                from: loser,
                certainty: Certainty::Reported,
                reported: told.unwrap_or(None),
                quote: row.some(phrase).unwrap_or_else(|| row.cell(quote)).to_owned(),
                sources: certainty::sources(row.some(sources).unwrap_or_else(|| row.cell(source))),
                url: row.cell(url).to_owned(),
                note: row.cell(note).to_owned(),
            };
            match sure {
                Ok(Some(given)) => event.certainty = given,
                _ => {
                    let (found, reason) = certainty::judge(&event, roster, leanings);
                    event.certainty = found;
                    let gap = if event.note.is_empty() { "" } else { "; " };
                    event.note = format!("{}{gap}{found}: {reason}", event.note);
                }
            }
            log.events.push(event);
            log.lines.push(row.line as u32);
        });
        Ok(Warned::new(log, notes))
    }

    /// The actors of events that a roster of its own would hold, for logs without an actors file.
    pub fn actor_ids(&self) -> Vec<ActorId> {
        let mut ids: Vec<ActorId> = self.events.iter().flat_map(|e| e.actor.iter().chain(&e.from).cloned()).collect();
        ids.sort();
        ids.dedup();
        ids
    }
}

/// Notes that are only information do not make a file bad; the caller's exit code asks this.
pub fn has_errors(notes: &[Note]) -> bool {
    notes.iter().any(|n| n.severity == crate::diag::Severity::Error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roster() -> Roster {
        Roster::read("a.csv", b"id,name,aliases\ngov,Government,army|regime\nhts,HTS,rebels\n").expect("actors").value
    }

    fn read(text: &str) -> Warned<Log> {
        Log::read("e.csv", text.as_bytes(), &roster(), &Leanings::default()).expect("a log")
    }

    #[test]
    fn ids_and_aliases_are_understood_and_unknown_ones_get_a_suggestion() {
        let log = read(
            "date,place,action,actor,from_actor\n2024-12-05,Hama,captured,Rebels,the army\n2024-12-05,Hama,captured,rebels,regime\n",
        );
        assert_eq!(log.value.events.len(), 1);
        assert_eq!(log.value.events[0].actor, Some(ActorId::from("hts")));
        assert_eq!(log.value.events[0].id, "line3");
        let note = &log.notes[0];
        assert_eq!(note.at.as_ref().map(ToString::to_string).as_deref(), Some("e.csv:2:33"));
        assert_eq!(note.hint.as_deref(), Some("did you mean \"army\" (gov)?"));
    }

    #[test]
    fn every_malformed_cell_is_reported_with_its_column() {
        let log = read(
            "date,seq,place,geonameid,action,actor,certainty,reported\n\
             2024-13-05,one,Hama,x,took,hts,sure,yesterday\n\
             2024-12-05,1,,,captured,,confirmed,2024-12-05\n\
             2024-12-05,1,Hama,1,captured,hts,confirmed,2024-12-05\n",
        );
        let at: Vec<String> = log.notes.iter().filter_map(|n| Some(n.at.as_ref()?.to_string())).collect();
        let first = ["e.csv:2:1", "e.csv:2:23", "e.csv:2:12", "e.csv:2:21", "e.csv:2:37", "e.csv:2:32"];
        assert_eq!(at[..6], first);
        assert_eq!(at[6..], ["e.csv:3:25", "e.csv:3:14"]);
        assert_eq!(log.value.events.len(), 1);
    }
}
