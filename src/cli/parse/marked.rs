//! The text with its mentions marked, then the places, events and distances as lists: for reading in a terminal.

use super::kind;
use super::named::Named;
use crate::geoparse::Reading;
use crate::model::MentionKind;
use crate::text::CharIndex;
use rustc_hash::FxHashSet;
use serde_json::Value;
use std::fmt::Write as _;
use std::io::{self, Write};

/// A text that is being marked.
pub(super) struct Marked {
    bold: &'static str,
    faint: &'static str,
    plain: &'static str,
    places: Named,
    /// Mentions that are no places: governments, peoples, organisations.
    others: usize,
    /// Names that the gazetteer lacks, each once, in the order of the text.
    missing: Vec<String>,
    known: FxHashSet<String>,
    events: String,
    distances: String,
    /// Code points read so far.
    chars: usize,
    /// The text so far ends its line.
    ended: bool,
}

impl Marked {
    /// A text with or without the colours of a terminal.
    pub(super) fn new(colour: bool) -> Self {
        let (bold, faint, plain) = if colour { ("\x1b[1;4m", "\x1b[2m", "\x1b[0m") } else { ("", "", "") };
        Self {
            bold,
            faint,
            plain,
            places: Named::default(),
            others: 0,
            missing: Vec::new(),
            known: FxHashSet::default(),
            events: String::new(),
            distances: String::new(),
            chars: 0,
            ended: false,
        }
    }

    /// Writes the next chapter, marked.
    pub(super) fn add(&mut self, text: &str, reading: &Reading, out: &mut dyn Write) -> io::Result<()> {
        let index = CharIndex::new(text);
        let mut last = 0;
        for mention in &reading.mentions {
            let (start, end) =
                (index.byte(text, mention.span.start - self.chars), index.byte(text, mention.span.end - self.chars));
            out.write_all(&text.as_bytes()[last..start])?;
            let mark = match (mention.kind, self.places.add(mention)) {
                (MentionKind::Location, Some(n)) => (n + 1).to_string(),
                (MentionKind::Location, None) => "?".to_owned(),
                (other, _) => kind(other)[..1].to_owned(),
            };
            write!(out, "[{}{}{}|{mark}]", self.bold, &text[start..end], self.plain)?;
            last = end;
            self.others += usize::from(mention.kind != MentionKind::Location);
            if mention.place.is_none() && self.known.insert(mention.text.clone()) {
                self.missing.push(mention.text.clone());
            }
        }
        out.write_all(&text.as_bytes()[last..])?;
        self.chars += index.chars();
        self.ended = text.ends_with('\n');
        self.list(reading);
        Ok(())
    }

    fn list(&mut self, reading: &Reading) {
        for event in &reading.events {
            let place =
                reading.mentions.get(event.mention).map_or("?", |m| m.place.as_ref().map_or(&m.text, |p| &p.name));
            let date = event.date.map_or_else(|| "no date".to_owned(), |d| d.to_string());
            let actor = event.actor.as_deref().unwrap_or("?");
            let word = event.attribution.as_deref().map_or_else(String::new, |a| format!(", says {a}"));
            let _ = writeln!(
                self.events,
                "      {date:<11} {actor} — {} — {place} ({}{word})",
                event.word(),
                event.certainty.word()
            );
        }
        for claim in &reading.distances {
            let bearing = claim.bearing.map_or_else(String::new, |b| format!(" {b}"));
            let verdict = serde_json::to_value(claim.verdict).ok();
            let _ = writeln!(
                self.distances,
                "      {} is {:.0} km{bearing} of {}: {:.1} km measured, {}",
                claim.to.name,
                claim.stated.km(),
                claim.from.name,
                claim.measured.km(),
                verdict.as_ref().and_then(Value::as_str).unwrap_or("").replace('-', " ")
            );
        }
    }

    /// Writes the lists.
    pub(super) fn end(self, out: &mut dyn Write) -> io::Result<()> {
        let Self { faint, plain, places, .. } = self;
        if !self.ended {
            writeln!(out)?;
        }
        writeln!(
            out,
            "\nPlaces ({} named, {} shown as m metonym, d demonym, o organisation)",
            places.sites.len(),
            self.others
        )?;
        for (n, site) in places.sites.iter().enumerate() {
            let place = &site.place;
            let at = format!("{:.4},{:.4}", place.at.lat(), place.at.lon());
            let id = place.geonameid.map_or_else(|| "-".to_owned(), |id| id.to_string());
            writeln!(
                out,
                "{:>4}  {:<44} {at:<19} {:<9} {id:>8}  ×{:<3} {faint}score {:.2}{plain}",
                n + 1,
                place.label,
                place.kind.word(),
                site.spans.len(),
                site.score,
            )?;
            if let Some((label, score)) = site.other.as_ref().filter(|(_, score)| *score > 0.15) {
                writeln!(out, "      {faint}or {label} ({score:.2}){plain}")?;
            }
        }
        if !self.missing.is_empty() {
            writeln!(out, "   ?  not in the gazetteer: {}", self.missing.join(", "))?;
        }
        for (head, list) in [("Events", &self.events), ("Distances", &self.distances)] {
            if !list.is_empty() {
                write!(out, "\n{head}\n{list}")?;
            }
        }
        Ok(())
    }
}
