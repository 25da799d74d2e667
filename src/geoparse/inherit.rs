//! Inheritance: a street, mosque, prison or suburb that the gazetteer lacks, or knows from elsewhere, lies where its town does.

use super::mentions::Draft;
use super::recognise::forms::{Form, Shape};
use super::recognise::lexicon::Lexical;
use super::words::words;
use crate::geodesy::{Metres, distance};
use crate::model::{Mention, MentionKind, Place, PlaceKind};
use std::cell::OnceCell;
use std::ops::Range;
use std::sync::Arc;

words! {
    /// Parts of a town, said behind the name or of it.
    QUARTERS: "suburb suburbs district neighborhood neighbourhood quarter borough ward estate";
    /// Named after other places more often than not.
    STREETS: "street road avenue boulevard lane square gate bridge market station highway park mosque church cathedral hotel stadium \
        theatre theater embassy palace souk bazaar roundabout intersection plaza mall tower cinema roundabouts";
    /// Head the name of a facility in other languages.
    HEADS: "gare plaza piazza rue place avenue palais palazzo via calle camp fort jabal jebel checkpoint bab masjid";
}

/// Farther from its town than this a quarter or street is another.
const TOWN: f64 = 60_000.0;
/// No quarter is as far from its town, though both be in one country.
const APART: f64 = 300_000.0;
/// A reading less likely than this is no knowledge.
const UNSURE: f64 = 0.37;
/// The position of a facility is its town's, good to this many metres.
const GOOD_TO: Metres = Metres(10_000.0);

impl Draft<'_> {
    /// Gives mentions of facilities and quarters without a place of their own that of their town. `ranges` are their tokens.
    pub(super) fn inherit(&self, ranges: &[Range<usize>], mentions: &mut [Mention]) {
        let main = OnceCell::new();
        for i in 0..mentions.len() {
            let mention = &mentions[i];
            if mention.kind != MentionKind::Location || !self.is_part(&ranges[i]) {
                continue;
            }
            let street = STREETS.has(self.forms.get(ranges[i].end - 1)) && ranges[i].len() > 1;
            let settled = mention.place.as_ref().filter(|p| p.kind != PlaceKind::Facility || p.geonameid.is_some());
            if settled.is_some_and(|p| p.kind.is_area() && p.kind != PlaceKind::Admin2) && !street {
                continue;
            }
            let Some(town) = self.town(i, ranges, mentions, &main) else { continue };
            if let Some(place) = settled {
                // What is known is not given up for a guess, but for a quarter or street far from its town, or one reading of many.
                let away = distance(place.at, town.at).0;
                let abroad = place.country != town.country && (self.is_quarter(&ranges[i]) || mention.score < UNSURE);
                let apart = place.kind == PlaceKind::City && away > APART && self.is_quarter(&ranges[i]);
                if away <= TOWN || !(street || abroad || apart) {
                    continue;
                }
            }
            let name = mention.text.clone();
            let place = Place {
                label: format!("{name}, {}", town.label),
                name,
                at: town.at,
                geonameid: None,
                kind: PlaceKind::Facility,
                country: town.country.clone(),
                admin1: town.admin1.clone(),
                population: 0,
                uncertainty: Some(GOOD_TO),
                names: Arc::default(),
            };
            let score = mentions[i].score.max(0.5);
            mentions[i].place = Some(Arc::new(place));
            mentions[i].score = score;
            mentions[i].runners_up.clear();
        }
    }

    /// Whether the words of a name, or those behind it, say that it is part of a town.
    fn is_part(&self, range: &Range<usize>) -> bool {
        let form = |i: usize| self.forms.get(i);
        let facility = |f: Option<&Form>| STREETS.has(f) || f.is_some_and(|f| f.lexical.has(Lexical::FACILITY));
        let inside = range.len() > 1 && (facility(form(range.end - 1)) || HEADS.has(form(range.start)));
        let behind = facility(form(range.end).filter(|f| f.shape == Shape::Small));
        inside || behind || self.is_quarter(range)
    }

    /// Whether they say that it is a quarter: "the Jobar district", "Wellington, an eastern suburb".
    fn is_quarter(&self, range: &Range<usize>) -> bool {
        let form = |i: usize| self.forms.get(i);
        let inside = range.len() > 1 && QUARTERS.has(form(range.end - 1));
        let behind = QUARTERS.has(form(range.end).filter(|f| f.shape == Shape::Small));
        let comma = self.tokens.get(range.end).is_some_and(|t| t.text(self.text) == ",");
        inside || behind || (comma && (range.end + 1..range.end + 5).any(|i| QUARTERS.has(form(i))))
    }

    /// The town that a part of one lies in: the one behind "in", else the nearest before it or next in
    /// its sentence, else the one that the text is mostly about.
    fn town<'m>(
        &self,
        i: usize,
        ranges: &[Range<usize>],
        mentions: &'m [Mention],
        main: &OnceCell<Option<usize>>,
    ) -> Option<&'m Arc<Place>> {
        let city = |k: usize| self.city(k, ranges, mentions);
        let at = ranges[i].start;
        let sentence = self.sentences.partition_point(|s| s.tokens.end <= at);
        let bounds = self.sentences.get(sentence)?.tokens.clone();
        let next = (i + 1 < mentions.len()).then(|| i + 1).filter(|k| ranges[*k].start <= ranges[i].end + 3);
        if let Some(k) = next {
            let between = ranges[i].end..ranges[k].start;
            let joins =
                between.clone().any(|t| matches!(self.tokens[t].text(self.text), "in" | "of" | "at" | "," | "near"));
            if let Some(place) = city(k).filter(|_| joins && between.len() <= 3) {
                return Some(place);
            }
        }
        let before = (0..i).rev().take(FARTHEST).find(|k| ranges[*k].start >= bounds.start && city(*k).is_some());
        let after =
            || (i + 1..mentions.len()).take_while(|k| ranges[*k].end <= bounds.end).find(|k| city(*k).is_some());
        before.or_else(after).or_else(|| *main.get_or_init(|| self.main(ranges, mentions))).and_then(city)
    }

    /// The town that a mention names, unless it names only a part of one.
    fn city<'m>(&self, k: usize, ranges: &[Range<usize>], mentions: &'m [Mention]) -> Option<&'m Arc<Place>> {
        let mention = &mentions[k];
        let place = mention.place.as_ref().filter(|_| mention.kind == MentionKind::Location)?;
        (place.kind == PlaceKind::City && !self.is_part(&ranges[k])).then_some(place)
    }

    /// The town that the beginning of a text is mostly about, as a mention of it.
    fn main(&self, ranges: &[Range<usize>], mentions: &[Mention]) -> Option<usize> {
        let cities: Vec<(usize, &str)> = (0..mentions.len().min(MOST))
            .filter_map(|k| self.city(k, ranges, mentions).map(|p| (k, p.label.as_str())))
            .collect();
        let times = |label: &str| cities.iter().filter(|(_, l)| *l == label).count();
        let (most, label) = cities.iter().copied().max_by_key(|(k, l)| (times(l), std::cmp::Reverse(*k)))?;
        // A text about many towns does not say which.
        let next = cities.iter().filter(|(_, l)| *l != label).map(|(_, l)| times(l)).max().unwrap_or(0);
        (times(label) > next.max(1) || next == 0).then_some(most)
    }
}

/// The town that a text is mostly about is looked for among so many mentions.
const MOST: usize = 60;
/// A town is looked for among this many mentions before its part.
const FARTHEST: usize = 12;
