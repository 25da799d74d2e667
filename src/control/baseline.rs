//! The state of places before the first event.

use super::ControlError;
use super::roster::{ActorIx, Roster};
use super::sites::Sites;
use super::state::PlaceState;
use super::table::Table;
use crate::diag::{Note, Position, Warned};
use crate::model::Status;
use crate::time::{Date, parse_day};

/// A state for every site; those without a row are unknown.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Baseline {
    /// By site.
    pub states: Vec<PlaceState>,
    /// The day it describes, where the file or its name says.
    pub date: Option<Date>,
}

impl Baseline {
    /// Nothing known of `sites` places.
    pub fn unknown(sites: usize) -> Self {
        Self { states: vec![PlaceState::default(); sites], date: None }
    }

    /// Reads `geonameid,actor` and, where there, `place,status,contested_by,date`.
    ///
    /// # Errors
    /// A needed column is missing, or not CSV.
    pub fn read(file: &str, bytes: &[u8], roster: &Roster, sites: &Sites) -> Result<Warned<Self>, ControlError> {
        let table = Table::open(file, bytes, &["actor"])?;
        let [id, place, actor, status, contested_by, date] =
            ["geonameid", "place", "actor", "status", "contested_by", "date"].map(|c| table.column(c));
        if id.is_none() && place.is_none() {
            let message = "column geonameid is missing".to_owned();
            return Err(ControlError::Table { file: file.to_owned(), message });
        }
        let mut base = Self::unknown(sites.list.len());
        base.date = day_in(file);
        let mut given: Vec<usize> = vec![0; sites.list.len()];
        let mut notes = Vec::new();
        table.rows(&mut notes, |row, notes| {
            let site = match row.some(id) {
                Some(text) => match text.parse::<u32>().ok().and_then(|i| sites.find(i)) {
                    Some(site) => site,
                    None => {
                        row.refuse(
                            id,
                            format!("{text} is not an id of the places"),
                            "add the place, or take the row out",
                            notes,
                        );
                        return;
                    }
                },
                None => match sites.named(row.cell(place)) {
                    [one] => *one,
                    [] => {
                        row.refuse(
                            place,
                            format!("\"{}\" is not among the places", row.cell(place)),
                            "give its geonameid",
                            notes,
                        );
                        return;
                    }
                    several => {
                        let ids: Vec<String> =
                            several.iter().map(|s| sites.list[*s as usize].geonameid.to_string()).collect();
                        row.refuse(
                            place,
                            format!("\"{}\" is {} places", row.cell(place), ids.len()),
                            &format!("give the geonameid: {}", ids.join(", ")),
                            notes,
                        );
                        return;
                    }
                },
            };
            let mut who = |column| match row.some(column) {
                None => Ok(None),
                Some(text) => roster.find(text).map(Some).ok_or_else(|| {
                    let hint =
                        roster.nearest(text).map(|(n, id)| format!("did you mean {n} ({id})?")).unwrap_or_default();
                    row.refuse(column, format!("\"{text}\" is not an actor or alias of the actors file"), &hint, notes);
                }),
            };
            let (Ok(holder), Ok(contester)) = (who(actor), who(contested_by)) else { return };
            let status = match row.some(status).map(str::parse::<Status>) {
                None => {
                    if holder.is_some() {
                        Status::Held
                    } else {
                        Status::Unknown
                    }
                }
                Some(Ok(s)) => s,
                Some(Err(e)) => {
                    row.refuse(status, e, "", notes);
                    return;
                }
            };
            if let Some(text) = row.some(date) {
                match parse_day(text) {
                    Ok(day) => base.date = base.date.max(Some(day)),
                    Err(e) => row.refuse(date, e.to_string(), "days are written 2024-12-05", notes),
                }
            }
            if std::mem::replace(&mut given[site as usize], row.line) > 0 {
                row.refuse(id, "a second row for this place; the last one counts", "", notes);
            }
            base.states[site as usize] = PlaceState::given(holder, status, contester);
        });
        let missing = given.iter().filter(|l| **l == 0).count();
        if missing > 0 {
            notes.push(
                Note::info(format!("{missing} of {} places have no row: their holder is unknown", given.len()))
                    .at(Position::file(file)),
            );
        }
        Ok(Warned::new(base, notes))
    }

    /// Who holds a place, by index.
    pub fn holder(&self, site: u32) -> Option<ActorIx> {
        self.states[site as usize].holder
    }
}

/// A day written in a file's name.
fn day_in(file: &str) -> Option<Date> {
    let name = file.rsplit(['/', '\\']).next()?;
    (0..name.len().checked_sub(9)?).filter_map(|i| name.get(i..i + 10)).find_map(|t| parse_day(t).ok())
}
