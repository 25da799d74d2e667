//! How sure an event is, worked out from who says it and in which words.
//!
//! The rules are those of a cautious desk: what the loser admits, or two independent neutral sources say, is confirmed; what one neutral
//! source says is reported; what only the gaining side says is claimed.

use super::ControlError;
use super::roster::Roster;
use super::table::Table;
use crate::diag::Warned;
use crate::model::{Action, ActorId, Certainty};
use crate::text::fold;

/// Whose side a source is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leaning {
    /// Nobody's: an agency, a monitor.
    Neutral,
    /// That of an actor or alliance, by key.
    Side(String),
}

/// The sources table: what a source is called, or its site, and its leaning.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Leanings(Vec<(String, Leaning)>);

impl Leanings {
    /// Reads `source,leaning`; a leaning is `neutral` or an actor or alliance of the roster.
    ///
    /// # Errors
    /// A column is missing, or not CSV.
    pub fn read(file: &str, bytes: &[u8], roster: &Roster) -> Result<Warned<Self>, ControlError> {
        let table = Table::open(file, bytes, &["source", "leaning"])?;
        let (source, leaning) = (table.column("source"), table.column("leaning"));
        let mut all = Vec::new();
        let mut notes = Vec::new();
        table.rows(&mut notes, |row, notes| {
            let name = row.cell(source).to_lowercase();
            if name.is_empty() {
                row.refuse(source, "a source without a name", "", notes);
                return;
            }
            let text = row.cell(leaning);
            let side = if matches!(fold(text).as_str(), "neutral" | "independent" | "monitor") {
                Leaning::Neutral
            } else if let Some(ix) = roster.find(text) {
                Leaning::Side(roster.actor(ix).id.0.clone())
            } else if roster.actors.iter().any(|a| a.alliance == text) {
                Leaning::Side(text.to_owned())
            } else {
                row.refuse(leaning, format!("\"{text}\" is not neutral, an actor or an alliance"), "", notes);
                return;
            };
            all.push((name, side));
        });
        // Longer names first: `sana.sy` before `sana`.
        all.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then(a.0.cmp(&b.0)));
        Ok(Warned::new(Self(all), notes))
    }

    fn of(&self, source: &str) -> Option<&(String, Leaning)> {
        let source = source.to_lowercase();
        self.0.iter().find(|(name, _)| source.contains(name))
    }
}

/// A cell of sources as a list; they are parted by ` ; ` or `|`.
pub(super) fn sources_in(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(" ; ").flat_map(|s| s.split('|')).map(str::trim).filter(|s| !s.is_empty())
}

/// The site of a source, by which two sources are told to be independent.
fn site(source: &str) -> String {
    let plain = source.trim_start_matches("https://").trim_start_matches("http://").trim_start_matches("www.");
    plain.split(['/', ' ', ',']).next().unwrap_or_default().to_lowercase()
}

const CLAIMS: [&str; 7] = ["claim", "said it", "says it", "announced", "according to its", "statement", "declared"];

/// What an event is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// What happened.
    pub action: Action,
    /// Who did it.
    pub actor: Option<&'a ActorId>,
    /// Who lost by it.
    pub from: Option<&'a ActorId>,
    /// Who says so.
    pub sources: &'a [&'a str],
    /// In which words.
    pub quote: &'a str,
}

/// The certainty of an event that has none, and why.
pub fn judge(event: &Told, roster: &Roster, leanings: &Leanings) -> (Certainty, String) {
    let belongs = |side: &str, actor: Option<&ActorId>| {
        actor.is_some_and(|a| a.0 == side || roster.actors.iter().any(|r| r.id == *a && r.alliance == side))
    };
    // The loser of a withdrawal is the one that withdraws.
    let (gainer, loser) = match event.action {
        Action::Withdrew => (event.from, event.actor),
        _ => (event.actor, event.from),
    };
    let (mut neutral, mut by_gainer, mut other): (Vec<String>, Option<&str>, Option<&str>) = (Vec::new(), None, None);
    for source in event.sources {
        match leanings.of(source) {
            Some((name, Leaning::Side(side))) if belongs(side, loser) => {
                return (Certainty::Confirmed, format!("the losing side says so itself ({name})"));
            }
            Some((name, Leaning::Side(side))) if belongs(side, gainer) => by_gainer = by_gainer.or(Some(name)),
            Some((name, Leaning::Side(_))) => other = other.or(Some(name)),
            Some((name, Leaning::Neutral)) => neutral.push(name.clone()),
            None => neutral.push(site(source)),
        }
    }
    neutral.sort();
    neutral.dedup();
    let claimed = CLAIMS.iter().any(|w| event.quote.to_lowercase().contains(w));
    match neutral.as_slice() {
        [] => match (by_gainer, other) {
            (Some(name), _) => (Certainty::Claimed, format!("only the gaining side says so ({name})")),
            (None, Some(name)) => (Certainty::Reported, format!("a third side says so ({name})")),
            (None, None) if claimed => (Certainty::Claimed, "worded as a claim, without a source".to_owned()),
            (None, None) => (Certainty::Assessed, "no source is given".to_owned()),
        },
        [one] if claimed => (Certainty::Claimed, format!("{one} gives it as a claim")),
        [one] => (Certainty::Reported, format!("one neutral source ({one})")),
        [one, two, ..] if !claimed => (Certainty::Confirmed, format!("independent neutral sources ({one}, {two})")),
        [one, ..] => (Certainty::Reported, format!("several sources give it as a claim ({one} and others)")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::log::Log;

    #[test]
    fn the_rules_of_the_desk() {
        let roster = Roster::read("a.csv", b"id,alliance\ngov,gov\nhts,rebels\nsdf,sdf\n").expect("actors").value;
        let table = "source,leaning\nsana,gov\nmoc,rebels\nsohr,neutral\nreuters,neutral\nhawar,sdf\n";
        let leanings = Leanings::read("s.csv", table.as_bytes(), &roster).expect("sources").value;
        for (sources, phrase, wanted, why) in [
            ("sana.sy", "army left", Certainty::Confirmed, "the losing side says so itself (sana)"),
            ("MOC channel", "took the town", Certainty::Claimed, "only the gaining side says so (moc)"),
            ("SOHR", "took the town", Certainty::Reported, "one neutral source (sohr)"),
            ("SOHR ; SOHR again", "took the town", Certainty::Reported, "one neutral source (sohr)"),
            ("SOHR ; Reuters", "took the town", Certainty::Confirmed, "independent neutral sources (reuters, sohr)"),
            ("Reuters", "rebels claimed the town", Certainty::Claimed, "reuters gives it as a claim"),
            ("hawar news", "took the town", Certainty::Reported, "a third side says so (hawar)"),
            ("", "behind the front", Certainty::Assessed, "no source is given"),
        ] {
            let text = format!(
                "date,place,action,actor,from_actor,sources,phrase\n2024-12-05,X,captured,hts,gov,{sources},{phrase}\n"
            );
            let log = Log::read("e.csv", text.as_bytes(), &roster, &leanings).expect("a log").value;
            assert_eq!(log.get(0).certainty, wanted, "{sources}");
            assert_eq!(log.get(0).note, format!("{wanted}: {why}"));
        }
    }
}
