//! The sides: actors, their aliases, and the alliances they belong to, which may change with time.

use super::ControlError;
use super::table::Table;
use crate::diag::{Note, Position, Warned};
use crate::model::{Actor, ActorId, Rgb};
use crate::text::fold;
use crate::time::{Date, parse_day};
use rustc_hash::FxHashMap;

/// Index of an actor in its roster.
pub type ActorIx = u16;

/// Membership of an alliance over a span of days; an open end is `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Membership {
    actor: ActorIx,
    alliance: String,
    since: Option<Date>,
    until: Option<Date>,
}

/// The actors of a conflict.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Roster {
    /// In file order.
    pub actors: Vec<Actor>,
    names: FxHashMap<String, ActorIx>,
    memberships: Vec<Membership>,
}

impl Roster {
    /// A roster of actors that stay in their alliances.
    pub fn new(actors: Vec<Actor>) -> Self {
        let mut roster = Self::default();
        for actor in actors {
            roster.add(actor, None, None);
        }
        roster
    }

    /// Reads `id,name,short,alliance,color,aliases`; aliases are parted by `|`. Optional `since` and `until` date an alliance, one row for
    /// each span.
    ///
    /// # Errors
    /// No `id` column, or not CSV.
    pub fn read(file: &str, bytes: &[u8]) -> Result<Warned<Self>, ControlError> {
        let table = Table::open(file, bytes, &["id"])?;
        let [id, name, short, alliance, color, aliases, since, until] =
            ["id", "name", "short", "alliance", "color", "aliases", "since", "until"].map(|c| table.column(c));
        let mut roster = Self::default();
        let mut notes = Vec::new();
        table.rows(&mut notes, |row, notes| {
            let Some(key) = row.some(id) else {
                row.refuse(id, "an actor without an id", "give it a short key such as gov", notes);
                return;
            };
            let mut day = |column| match row.some(column).map(parse_day) {
                None => None,
                Some(Ok(day)) => Some(day),
                Some(Err(e)) => {
                    row.refuse(column, e.to_string(), "days are written 2024-12-05", notes);
                    None
                }
            };
            let (since, until) = (day(since), day(until));
            let colour = row.some(color).and_then(|c| match c.parse::<Rgb>() {
                Ok(c) => Some(c),
                Err(e) => {
                    row.refuse(color, e, "for instance #C8553D", notes);
                    None
                }
            });
            let full = row.some(name).unwrap_or(key);
            roster.add(
                Actor {
                    id: ActorId(key.to_owned()),
                    name: full.to_owned(),
                    short: row.some(short).unwrap_or(full).to_owned(),
                    alliance: row.some(alliance).unwrap_or(key).to_owned(),
                    color: colour,
                    aliases: row
                        .cell(aliases)
                        .split('|')
                        .map(str::trim)
                        .filter(|a| !a.is_empty())
                        .map(str::to_owned)
                        .collect(),
                },
                since,
                until,
            );
        });
        if roster.actors.is_empty() {
            notes.push(Note::error("no actors in the file").at(Position::file(file)));
        }
        Ok(Warned::new(roster, notes))
    }

    fn add(&mut self, actor: Actor, since: Option<Date>, until: Option<Date>) {
        let ix = match self.actors.iter().position(|a| a.id == actor.id) {
            Some(at) => at as ActorIx,
            None => {
                self.actors.push(actor.clone());
                self.actors.len() as ActorIx - 1
            }
        };
        self.memberships.push(Membership { actor: ix, alliance: actor.alliance.clone(), since, until });
        // Ids come before aliases of others, and the first to claim an alias keeps it.
        self.names.insert(fold(&actor.id.0), ix);
        for alias in actor.aliases.iter().chain([&actor.name, &actor.short]) {
            for form in [fold(alias), fold(alias.split('(').next().unwrap_or_default())] {
                if !form.is_empty() {
                    self.names.entry(form).or_insert(ix);
                }
            }
        }
    }

    /// The actor of an id or alias, in any spelling that folds alike.
    pub fn find(&self, text: &str) -> Option<ActorIx> {
        if let Some(at) = self.actors.iter().position(|a| a.id.0 == text) {
            return Some(at as ActorIx);
        }
        self.names.get(&fold(text)).copied()
    }

    /// The actor of an index.
    pub fn actor(&self, ix: ActorIx) -> &Actor {
        &self.actors[usize::from(ix)]
    }

    /// The alliance an actor belongs to on a day; its own id where it stands alone.
    pub fn alliance(&self, ix: ActorIx, day: Date) -> &str {
        let on =
            |m: &&Membership| m.actor == ix && m.since.is_none_or(|s| s <= day) && m.until.is_none_or(|u| day <= u);
        // The row that begins last speaks for the day.
        self.memberships.iter().filter(on).max_by_key(|m| m.since).map_or(&self.actor(ix).id.0, |m| &m.alliance)
    }

    /// The alias or id nearest in spelling to a text, and the id it stands for; `None` where nothing is near.
    pub fn nearest(&self, text: &str) -> Option<(&str, &ActorId)> {
        let wanted: Vec<char> = fold(text).chars().collect();
        let names = self.actors.iter().flat_map(|a| {
            std::iter::once(&a.id.0).chain(&a.aliases).chain([&a.name, &a.short]).map(move |n| (n.as_str(), &a.id))
        });
        let (away, name, id) = names.map(|(n, id)| (edits(&wanted, &fold(n)), n, id)).min_by_key(|(d, ..)| *d)?;
        (away <= wanted.len().div_ceil(2)).then_some((name, id))
    }
}

/// Levenshtein distance.
fn edits(a: &[char], b: &str) -> usize {
    let mut row: Vec<usize> = (0..=a.len()).collect();
    for (i, c) in b.chars().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for j in 0..a.len() {
            let change = corner + usize::from(a[j] != c);
            corner = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(corner + 1);
        }
    }
    row[a.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACTORS: &str = "id,name,short,alliance,color,aliases,since,until\n\
        gov,Syrian government,Government,gov,#C8553D,regime|SAA,,\n\
        hts,Hayat Tahrir al-Sham,HTS,rebels,#4C956C,HTS|terrorist groups (SANA usage),,2024-12-31\n\
        hts,,,state,,,2025-01-01,\n";

    #[test]
    fn aliases_and_dated_alliances() {
        let roster = Roster::read("a.csv", ACTORS.as_bytes()).expect("actors");
        assert!(roster.notes.is_empty(), "{:?}", roster.notes);
        let roster = roster.value;
        assert_eq!(roster.actors.len(), 2);
        for text in ["gov", "SAA", "saa", "Regime"] {
            assert_eq!(roster.find(text), Some(0), "{text}");
        }
        assert_eq!(roster.find("terrorist groups"), Some(1));
        assert_eq!(roster.find("isis"), None);
        let day = |t| parse_day(t).expect("a day");
        assert_eq!(roster.alliance(1, day("2024-12-05")), "rebels");
        assert_eq!(roster.alliance(1, day("2025-02-01")), "state");
        assert_eq!(roster.nearest("regme"), Some(("regime", &ActorId::from("gov"))));
        assert_eq!(roster.nearest("zzzzzz"), None);
    }

    #[test]
    fn odd_cells_are_named() {
        let read = Roster::read("a.csv", b"id,color\ngov,red\n,#fff\n").expect("actors");
        let at: Vec<String> = read.notes.iter().filter_map(|n| Some(n.at.as_ref()?.to_string())).collect();
        assert_eq!(at, ["a.csv:2:5", "a.csv:3:1"]);
        assert_eq!(read.value.actors.len(), 1);
    }
}
