//! Reading an event log, in parts side by side.

use super::{BETWEEN, Log, NOBODY, Row, Span, Texts};
use crate::control::ControlError;
use crate::control::certainty::{self, Leanings};
use crate::control::roster::Roster;
use crate::control::table::{Column, Row as Cells, Table};
use crate::diag::{Note, Warned};
use crate::model::{Action, Certainty, Scope};
use crate::time::{Date, Precision, When};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

impl Log {
    /// Reads `date,place,action,actor` and, where there, `event_id,seq,scope,geonameid,from_actor,certainty,reported,phrase,sources,url,note`.
    ///
    /// Actors may be ids or aliases. A certainty left empty is worked out from the sources and the wording; the rule is put into the
    /// event's note.
    ///
    /// # Errors
    /// A needed column is missing, or the file has more than four gigabytes.
    pub fn read(file: &str, bytes: &[u8], roster: &Roster, leanings: &Leanings) -> Result<Warned<Self>, ControlError> {
        let table = Table::open(file, bytes, &["date", "place", "action", "actor"])?;
        if u32::try_from(bytes.len()).is_err() {
            let message = "a log of more than four gigabytes; part it by year".to_owned();
            return Err(ControlError::Table { file: file.to_owned(), message });
        }
        let columns = Columns::of(&table);
        let parts = table.parts(rayon::current_num_threads() * 2);
        let read: Vec<(Texts, Vec<Row>, Vec<Note>)> = parts
            .into_par_iter()
            .map(|part| {
                let mut reading = Reading::new(&columns, roster, leanings);
                let mut notes = Vec::new();
                table.rows_of(part, &mut notes, |row, notes| reading.row(row, notes));
                (reading.texts, reading.rows, notes)
            })
            .collect();
        let mut log = Self {
            file: file.to_owned(),
            actors: roster.actors.iter().map(|a| a.id.clone()).collect(),
            text: String::with_capacity(read.iter().map(|r| r.0.text.len()).sum()),
            rows: Vec::with_capacity(read.iter().map(|r| r.1.len()).sum()),
        };
        let mut all = Vec::new();
        for (texts, mut rows, notes) in read {
            let offset = log.text.len() as u32;
            log.text.push_str(&texts.text);
            for row in &mut rows {
                for span in [&mut row.id, &mut row.place, &mut row.quote, &mut row.sources, &mut row.url, &mut row.note]
                {
                    span.start += offset;
                }
            }
            log.rows.append(&mut rows);
            all.extend(notes);
        }
        Ok(Warned::new(log, all))
    }
}

struct Columns {
    id: Column,
    date: Column,
    seq: Column,
    scope: Column,
    place: Column,
    geonameid: Column,
    action: Column,
    actor: Column,
    from: Column,
    certainty: Column,
    reported: Column,
    phrase: Column,
    quote: Column,
    sources: Column,
    source: Column,
    url: Column,
    note: Column,
}

impl Columns {
    fn of(table: &Table) -> Self {
        let c = |name| table.column(name);
        Self {
            id: c("event_id"),
            date: c("date"),
            seq: c("seq"),
            scope: c("scope"),
            place: c("place"),
            geonameid: c("geonameid"),
            action: c("action"),
            actor: c("actor"),
            from: c("from_actor"),
            certainty: c("certainty"),
            reported: c("reported"),
            phrase: c("phrase"),
            quote: c("quote"),
            sources: c("sources"),
            source: c("source"),
            url: c("url"),
            note: c("note"),
        }
    }
}

/// A part of a log being read. Days and sides come again and again, so their readings are remembered.
struct Reading<'a> {
    columns: &'a Columns,
    roster: &'a Roster,
    leanings: &'a Leanings,
    texts: Texts,
    rows: Vec<Row>,
    whens: FxHashMap<String, When>,
    sides: FxHashMap<String, u16>,
    joined: String,
}

impl<'a> Reading<'a> {
    fn new(columns: &'a Columns, roster: &'a Roster, leanings: &'a Leanings) -> Self {
        Self {
            columns,
            roster,
            leanings,
            texts: Texts::default(),
            rows: Vec::new(),
            whens: FxHashMap::default(),
            sides: FxHashMap::default(),
            joined: String::new(),
        }
    }

    fn when(&mut self, text: &str) -> Result<When, String> {
        if let Some(when) = self.whens.get(text) {
            return Ok(*when);
        }
        let when = text.parse::<When>().map_err(|e| e.to_string())?;
        self.whens.insert(text.to_owned(), when);
        Ok(when)
    }

    fn day(&mut self, text: &str) -> Result<Date, String> {
        match self.whens.get(text) {
            // Written alike and known to the day it is the same day.
            Some(When { day, precision: Precision::Day }) => Ok(*day),
            _ => crate::time::parse_day(text).map_err(|e| e.to_string()),
        }
    }

    /// The number of a side; `None` where the cell is empty or what stands there is not known, which is noted.
    fn side(&mut self, cells: &Cells, column: Column, notes: &mut Vec<Note>) -> Result<Option<u16>, ()> {
        let Some(text) = cells.some(column) else { return Ok(None) };
        if let Some(ix) = self.sides.get(text) {
            return Ok(Some(*ix));
        }
        if let Some(ix) = self.roster.find(text) {
            self.sides.insert(text.to_owned(), ix);
            return Ok(Some(ix));
        }
        let hint = match self.roster.nearest(text) {
            Some((name, id)) if name == id.0 => format!("did you mean {id}?"),
            Some((name, id)) => format!("did you mean \"{name}\" ({id})?"),
            None => "add it to the actors file, as an actor or an alias".to_owned(),
        };
        cells.refuse(column, format!("\"{text}\" is not an actor or alias of the actors file"), &hint, notes);
        Err(())
    }

    /// Takes a row; all of it is looked at before it is given up, so that one run shows everything wrong with it.
    fn row(&mut self, cells: &Cells, notes: &mut Vec<Note>) {
        let c = self.columns;
        let before = notes.len();
        let when = self.when(cells.cell(c.date));
        if let Err(e) = &when {
            cells.refuse(c.date, e.clone(), "days are written 2024-12-05, months 2024-12", notes);
        }
        let what = cells.cell(c.action).parse::<Action>();
        if let Err(e) = &what {
            cells.refuse(c.action, e.clone(), "", notes);
        }
        let order = cells.some(c.seq).map_or(Ok(0), str::parse::<u32>);
        if order.is_err() {
            let message = format!("\"{}\" is not an order within the day", cells.cell(c.seq));
            cells.refuse(c.seq, message, "a whole number", notes);
        }
        let target = cells.some(c.geonameid).map(str::parse::<u32>).transpose();
        if target.is_err() {
            let message = format!("\"{}\" is not an id", cells.cell(c.geonameid));
            cells.refuse(c.geonameid, message, "a whole number, or empty", notes);
        }
        let over = cells.some(c.scope).map_or(Ok(Scope::Place), str::parse::<Scope>);
        if let Err(e) = &over {
            cells.refuse(c.scope, e.clone(), "", notes);
        }
        let told = cells.some(c.reported).map(|t| self.day(t)).transpose();
        if let Err(e) = &told {
            cells.refuse(c.reported, e.clone(), "days are written 2024-12-05", notes);
        }
        let sure = cells.some(c.certainty).map(str::parse::<Certainty>).transpose();
        if let Err(e) = &sure {
            cells.refuse(c.certainty, e.clone(), "leave it empty to have it worked out from the sources", notes);
        }
        let (by, loser) = (self.side(cells, c.actor, notes), self.side(cells, c.from, notes));
        if matches!((&by, &what), (Ok(None), Ok(what)) if *what != Action::None) {
            cells.refuse(c.actor, "an event without an actor", "name who did it", notes);
        }
        let nowhere = cells.cell(c.place).is_empty() && matches!(target, Ok(None));
        if nowhere {
            cells.refuse(c.place, "an event without a place", "", notes);
        }
        if let (Ok(Some(told)), Ok(when)) = (&told, &when)
            && *told < when.day
            && when.precision == Precision::Day
        {
            let message = format!("reported on {told}, before it happened on {}", when.day);
            cells.refuse(c.reported, message, "taken as it stands", notes);
        }
        let (Ok(date), Ok(action), Ok(seq), Ok(geonameid), Ok(scope), Ok(reported), Ok(sure), Ok(by), Ok(loser)) =
            (when, what, order, target, over, told, sure, by, loser)
        else {
            debug_assert!(notes.len() > before);
            return;
        };
        if nowhere || (by.is_none() && action != Action::None) {
            return;
        }
        self.joined.clear();
        for source in certainty::sources_in(cells.some(c.sources).unwrap_or_else(|| cells.cell(c.source))) {
            if !self.joined.is_empty() {
                self.joined.push(BETWEEN);
            }
            self.joined.push_str(source);
        }
        let id = match cells.some(c.id) {
            Some(id) => self.texts.add(id),
            None => self.texts.add(&format!("line{}", cells.line)),
        };
        let mut row = Row {
            line: cells.line as u32,
            id,
            place: self.texts.once(cells.cell(c.place)),
            quote: self.texts.once(cells.some(c.phrase).unwrap_or_else(|| cells.cell(c.quote))),
            sources: self.texts.once(&self.joined),
            url: self.texts.once(cells.cell(c.url)),
            note: Span::default(),
            date,
            reported,
            seq,
            geonameid,
            actor: by.unwrap_or(NOBODY),
            from: loser.unwrap_or(NOBODY),
            scope,
            action,
            certainty: sure.unwrap_or(Certainty::Reported),
        };
        row.note = match sure {
            Some(_) => self.texts.once(cells.cell(c.note)),
            None => {
                let name = |ix: Option<u16>| ix.map(|ix| &self.roster.actor(ix).id);
                let told = certainty::Told {
                    action,
                    actor: name(by),
                    from: name(loser),
                    sources: &self.joined.split(BETWEEN).filter(|s| !s.is_empty()).collect::<Vec<_>>(),
                    quote: cells.some(c.phrase).unwrap_or_else(|| cells.cell(c.quote)),
                };
                let (found, reason) = certainty::judge(&told, self.roster, self.leanings);
                row.certainty = found;
                let note = cells.cell(c.note);
                let gap = if note.is_empty() { "" } else { "; " };
                self.texts.once(&format!("{note}{gap}{found}: {reason}"))
            }
        };
        self.rows.push(row);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ActorId;

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
        assert_eq!(log.value.len(), 1);
        assert_eq!(log.value.get(0).actor, Some(&ActorId::from("hts")));
        assert_eq!(log.value.get(0).id, "line3");
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
        assert_eq!(log.value.len(), 1);
    }
}
