//! Placing: the place of a mention, looked up whole or in part and ranked with every other name of the text.

use super::candidates::Candidate;
use super::mentions::{Draft, Found};
use super::ranker::calibrated;
use super::recognise::forms::Shape;
use super::recognise::lexicon::Lexical;
use super::resolution::Resolution;
use super::scan::{Scan, class};
use crate::gazetteer::{NameKind, PlaceIx};
use crate::model::{self, Mention, MentionKind, PlaceKind};
use crate::text::{TokenClass, cover, edit_distance, fold, skeleton};
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::ops::Range;
use std::sync::Arc;

/// Runners-up kept with a mention.
const RUNNERS_UP: usize = 4;
/// Places closer than this are one reading, in kilometres.
const SAME: f32 = 25.0;
/// Readings less likely than this are not kept.
const LEAST: f32 = 0.01;

impl Draft<'_> {
    /// A mention with its place.
    pub(super) fn place(&self, found: Found, scan: &mut Scan, resolution: &Resolution) -> Mention {
        let (entry, at) = match found.name {
            Some(number) => (Some(scan.names[number].entry), Some(number)),
            None => (self.look_up(found.range.clone(), scan), None),
        };
        let span = cover(&self.tokens[found.range.clone()]);
        let bytes = self.tokens[found.range.start].start as usize..self.tokens[found.range.end - 1].end as usize;
        let mut mention = Mention {
            span,
            text: self.text[bytes].to_owned(),
            kind: found.kind,
            place: None,
            score: 0.0,
            runners_up: Vec::new(),
        };
        if let Some(entry) = entry {
            let shares = resolution.vote(scan, entry, at);
            let mut ranked: Vec<(&Candidate, f32)> =
                scan.entries[entry as usize].candidates.iter().zip(shares).collect();
            ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.ix.cmp(&b.0.ix)));
            // A name that is spelt otherwise is believed where the text is about its country only.
            if scan.entries[entry as usize].misspelt {
                ranked.retain(|(c, _)| resolution.is_about(c));
            }
            if let Some((best, _)) = ranked.first()
                && mention.kind == MentionKind::Metonym
                && !best.governs()
            {
                mention.kind = MentionKind::Location;
            }
            if let Some((best, _)) = ranked.first() {
                // A town and the district around it are one place on a map: whichever is meant, the reading is right.
                let same: f32 = ranked.iter().filter(|(c, _)| c.km(best) < SAME).map(|(_, share)| *share).sum();
                mention.place = Some(self.known_place(best.ix, self.named));
                mention.score = f64::from(calibrated(same));
            }
            // What the best reading leaves is theirs, by their shares.
            let rest: f32 = ranked.iter().skip(1).map(|(_, share)| *share).sum();
            let left = (1.0 - mention.score).max(0.0) / f64::from(rest.max(1e-6));
            mention.runners_up = ranked
                .iter()
                .skip(1)
                .take(RUNNERS_UP)
                .filter(|(_, share)| *share >= LEAST)
                .map(|(c, share)| model::Candidate {
                    place: self.known_place(c.ix, false),
                    score: f64::from(*share) * left.min(1.0),
                })
                .collect();
        }
        mention
    }

    /// A place, with or without its names in other languages, from this thread's memory where it was asked for before: unpacking its
    /// names costs more than the rest.
    fn known_place(&self, ix: PlaceIx, names: bool) -> Arc<model::Place> {
        /// So many are kept; a few megabytes.
        const KEPT: usize = 4096;
        thread_local! {
            static KNOWN: RefCell<FxHashMap<(PlaceIx, bool), Arc<model::Place>>> = RefCell::default();
        }
        KNOWN.with_borrow_mut(|known| {
            if known.len() >= KEPT {
                known.clear();
            }
            let place = || if names { self.gazetteer.place(ix) } else { self.gazetteer.get(ix).bare_place() };
            Arc::clone(known.entry((ix, names)).or_insert_with(|| Arc::new(place())))
        })
    }

    /// The entry of a span that the scan did not cut as a name: the whole, then less and less of it.
    fn look_up(&self, range: Range<usize>, scan: &mut Scan) -> Option<u32> {
        let text =
            |r: Range<usize>| &self.text[self.tokens[r.start].start as usize..self.tokens[r.end - 1].end as usize];
        let mut attempts: Vec<Range<usize>> = vec![range.clone()];
        let words: Vec<usize> = range.clone().filter(|i| self.tokens[*i].class != TokenClass::Punctuation).collect();
        let mark = |i: usize| self.forms[i].lexical;
        let (mut start, mut end) = (range.start, range.end);
        // "the", "central", "Greater" in front; "City", "Province", "airport" behind.
        while words.len() > 1
            && start + 1 < end
            && (mark(start).has(Lexical::COMPASS) || fold(text(start..start + 1)) == "the")
        {
            start += 1;
            attempts.push(start..end);
        }
        let settles = |i: usize| {
            let word = fold(text(i..i + 1));
            let lies =
                matches!(word.as_str(), "island" | "islands" | "isles" | "valley" | "peninsula" | "strip" | "coast");
            mark(i).has(Lexical::REGION) && !lies
        };
        while start + 1 < end && (settles(end - 1) || self.tokens[end - 1].class == TokenClass::Punctuation) {
            end -= 1;
            attempts.push(start..end);
        }
        for attempt in attempts {
            if attempt.is_empty() {
                continue;
            }
            let capitals = matches!(self.forms[attempt.start].shape, Shape::Capitals | Shape::Points);
            let key = fold(text(attempt));
            if let Some(entry) = scan.look_up(self.gazetteer, &key, capitals) {
                return Some(entry);
            }
        }
        if self.is_way(&range) {
            return None;
        }
        if let Some(entry) = self.misspelt(text(start..end), scan) {
            return Some(entry);
        }
        // A facility or quarter inherits the town whose name begins its own.
        let at = scan.names.partition_point(|n| (n.first as usize) < range.start);
        let inner = scan.names.get(at).filter(|n| n.first as usize == range.start && n.range().end < range.end)?;
        let place = scan.entries[inner.entry as usize].candidates.first()?;
        let named = mark(range.end - 1).has(Lexical::FACILITY) || mark(range.end - 1).has(Lexical::REGION);
        let known = place.kind != PlaceKind::City || place.population >= 5_000;
        let fits = named && known && !matches!(inner.class, class::DEMONYM | class::COUNTRY);
        (fits && place.kind != PlaceKind::Continent).then_some(inner.entry)
    }

    /// The entry of a name that is spelt otherwise in the gazetteer: same skeleton, a letter or two apart.
    fn misspelt(&self, name: &str, scan: &mut Scan) -> Option<u32> {
        let key = fold(name);
        let letters = key.chars().count();
        if letters < 5 || !key.chars().next().is_some_and(char::is_alphabetic) {
            return None;
        }
        let most = if letters < 9 { 1 } else { 2 };
        scan.add(self.gazetteer, &key, || {
            let alike = |name: &str| edit_distance(name, &key, most).is_some();
            let skeleton = skeleton(&key);
            self.gazetteer.by_skeleton_where(&skeleton, alike).map(|ix| (ix, NameKind::Loose)).collect()
        })
    }
}
