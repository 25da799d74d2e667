//! The place an event is about: the phrase after a verb or noun, with its districts, installations, lists and anaphors.

use super::lexicon::{Class, lexicon};
use super::phrases::{self, REACH};
use super::topics::{Topics, Wanted};
use super::units::{Kind, Line, can_change_hands, is_building};
use crate::model::{Mention, PlaceKind};
use std::ops::Range;

/// How much of the place the phrase takes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Extent {
    /// The place.
    Whole,
    /// A district, a building, most of it.
    Inside,
    /// Its edge.
    Edge,
    /// Villages and posts around it.
    Around,
}

/// A place as an object.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Target {
    pub(super) mention: usize,
    pub(super) extent: Extent,
    /// The installation, as words.
    pub(super) facility: Option<Range<usize>>,
    /// Found through an anaphor.
    pub(super) anaphor: bool,
}

/// What a phrase comes to.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Targets {
    pub(super) places: Vec<Target>,
    /// One past the last unit of the phrase.
    pub(super) end: usize,
}

/// What the search may look at.
pub(super) struct View<'a> {
    pub(super) line: &'a Line,
    pub(super) mentions: &'a [Mention],
    pub(super) topics: &'a Topics,
    /// The search ends here.
    pub(super) limit: usize,
}

impl View<'_> {
    /// The places of the phrase that begins at `start`.
    pub(super) fn targets(&self, start: usize) -> Targets {
        let mut found = Targets { places: Vec::new(), end: start };
        let Some(start) = self.skip(start) else { return found };
        let Some((first, end)) = self.one(start, 0) else { return found };
        found.places.extend(first);
        found.end = end;
        if !found.places.is_empty() {
            self.list(&mut found);
        }
        found
    }

    /// Passes adverbs and dates before a phrase.
    fn skip(&self, mut at: usize) -> Option<usize> {
        for _ in 0..REACH {
            let unit = self.line.get(at)?;
            let passed = matches!(unit.kind, Kind::Date(_))
                || unit.kind == Kind::Function
                    && (unit.is(Class::ADV) || unit.low.ends_with("ly"))
                    && !unit.is(Class::DET)
                    && unit.low != "there"
                || unit.low == "both";
            if !passed {
                return (at < self.limit).then_some(at);
            }
            at += 1;
        }
        None
    }

    /// One phrase with what hangs on it; several targets where it names several ("the towns of A and B").
    fn one(&self, start: usize, depth: usize) -> Option<(Vec<Target>, usize)> {
        let line = self.line;
        let unit = line.get(start)?;
        if unit.low == "there" {
            let near = line.units[..start]
                .iter()
                .rev()
                .find_map(|u| u.place())
                .filter(|m| can_change_hands(&self.mentions[*m]));
            let mention = near.or_else(|| self.topics.find(self.mentions, Wanted::Any, None))?;
            return Some((vec![Target { mention, extent: Extent::Whole, facility: None, anaphor: true }], start + 1));
        }
        let phrase = phrases::right(line, start)?;
        let phrase = phrase.start..phrase.end.min(self.limit);
        if phrase.is_empty() {
            return None;
        }
        let head = phrases::head(line, &phrase);
        let head_unit = &line.units[head];
        if head_unit.is(Class::PRON) && head_unit.kind == Kind::Function {
            if head_unit.low != "it" && head_unit.low != "them" {
                return None;
            }
            let mention = self.topics.find(self.mentions, Wanted::Any, None)?;
            return Some((vec![Target { mention, extent: Extent::Whole, facility: None, anaphor: true }], phrase.end));
        }
        let inside = phrase.clone().rev().find_map(|i| line.units[i].place().map(|m| (i, m)));
        if let Some((at, mention)) = inside.filter(|(_, m)| can_change_hands(&self.mentions[*m])) {
            if at == head {
                // "the Independence Palace in Saigon".
                let built = is_building(&self.mentions[mention]);
                if built
                    && matches!(line.low(phrase.end), "in" | "of")
                    && let Some(town) = line.get(phrase.end + 1).and_then(|u| u.place())
                {
                    let a_town = self.mentions[town].place.as_ref().is_none_or(|p| p.kind == PlaceKind::City);
                    if a_town {
                        return Some((vec![self.named(town, Extent::Inside, Some(at..at + 1))], phrase.end + 2));
                    }
                }
                // A building of another name than its town is of the town the text is at.
                let own = self.mentions[mention].place.as_ref().is_some_and(|p| p.kind == PlaceKind::Facility);
                if built
                    && !own
                    && let Some(town) = self.topics.find(self.mentions, Wanted::Town, None)
                {
                    return Some((
                        vec![Target {
                            mention: town,
                            extent: Extent::Inside,
                            facility: Some(at..at + 1),
                            anaphor: true,
                        }],
                        phrase.end,
                    ));
                }
                // A name that only qualifies what comes next is no place ("Donetsk People's Republic troops" is one phrase).
                return Some((vec![self.named(mention, Extent::Whole, None)], phrase.end));
            }
            return self.tail(&phrase, at, head, mention);
        }
        if depth >= REACH {
            return None;
        }
        self.described(&phrase, head, depth)
    }

    fn named(&self, mention: usize, extent: Extent, facility: Option<Range<usize>>) -> Target {
        Target { mention, extent, facility, anaphor: false }
    }

    /// A name with a noun after it: "Hama prison", "Grozny's Minutka square", "Idlib province".
    fn tail(&self, phrase: &Range<usize>, at: usize, head: usize, mention: usize) -> Option<(Vec<Target>, usize)> {
        let unit = &self.line.units[head];
        let whole = |t: Target| Some((vec![t], phrase.end));
        if unit.is(Class::FACILITY) && !unit.is(Class::SETTLEMENT) {
            return whole(self.named(mention, Extent::Inside, Some(at..phrase.end)));
        }
        if unit.is(Class::OUTSKIRTS) {
            return whole(self.named(mention, Extent::Edge, None));
        }
        if unit.is(Class::PART) {
            return whole(self.named(mention, Extent::Inside, None));
        }
        if unit.is(Class::SETTLEMENT) || unit.is(Class::AREA) {
            return whole(self.named(mention, Extent::Whole, None));
        }
        if unit.is(Class::MINOR)
            || matches!(unit.low.as_str(), "countryside" | "front" | "frontline" | "region" | "pocket")
        {
            return whole(self.named(mention, Extent::Around, None));
        }
        // "Hama Thursday" and names the gazetteer lacks.
        (unit.capital && !unit.is(Class::FORCE) && !unit.is(Class::WEAK) && matches!(unit.kind, Kind::Noun))
            .then(|| (vec![self.named(mention, Extent::Inside, Some(at..phrase.end))], phrase.end))
    }

    /// A phrase without a name: "the city", "several districts of Hama", "the last stronghold in Grozny".
    fn described(&self, phrase: &Range<usize>, head: usize, depth: usize) -> Option<(Vec<Target>, usize)> {
        let line = self.line;
        let unit = &line.units[head];
        let link = line.low(phrase.end);
        let linked = line.get(phrase.end).is_some_and(|u| u.kind == Kind::Function)
            && !line.get(phrase.end + 1).is_some_and(|u| matches!(u.kind, Kind::Date(_)))
            && matches!(
                link,
                "of" | "in"
                    | "at"
                    | "near"
                    | "around"
                    | "outside"
                    | "inside"
                    | "on"
                    | "within"
                    | "from"
                    | "across"
                    | "to"
                    | "north"
                    | "south"
                    | "east"
                    | "west"
                    | "into"
            );
        let follow = |extent: Extent, facility: Option<Range<usize>>| -> Option<(Vec<Target>, usize)> {
            let mut at = phrase.end + 1;
            // "east of the city".
            if line.low(at) == "of" {
                at += 1;
            }
            let (mut found, end) = self.one(at, depth + 1)?;
            let itself = link == "of" && unit.is(Class::MINOR) && !unit.low.ends_with('s');
            let extent = if itself
                || link == "in" && phrase.clone().any(|i| matches!(line.low(i), "last" | "final" | "remaining"))
            {
                Extent::Whole
            } else {
                extent
            };
            let extent = if matches!(link, "near" | "around" | "outside" | "from" | "north" | "south" | "east" | "west")
            {
                Extent::Around.max(extent)
            } else {
                extent
            };
            for target in &mut found {
                let settled = extent == Extent::Inside && target.extent == Extent::Around;
                target.extent = if settled { Extent::Around } else { target.extent.max(extent) };
                if target.facility.is_none() {
                    target.facility = facility.clone();
                }
            }
            Some((found, end))
        };
        // "the city's airport", "its centre": an anaphor inside the phrase.
        let owner = phrase.clone().find(|i| {
            line.units[*i].is(Class::SETTLEMENT) && line.units.get(i + 1).is_some_and(|u| u.kind == Kind::Genitive)
                || line.units[*i].low == "its" && *i == phrase.start
        });
        let settlement = unit.is(Class::SETTLEMENT)
            || unit.low == "cities"
            || unit.low == "towns"
            || unit.low == "villages"
            || unit.low == "capitals"
            || unit.low == "ports";
        let definite = matches!(line.low(phrase.start), "the" | "that" | "this" | "its" | "their");
        let plural = unit.low.ends_with('s') && settlement;
        if settlement || unit.is(Class::AREA) && !unit.is(Class::PART) {
            let holds_out = matches!(
                unit.low.as_str(),
                "stronghold"
                    | "bastion"
                    | "fortress"
                    | "citadel"
                    | "seat"
                    | "redoubt"
                    | "hold-out"
                    | "holdout"
                    | "foothold"
                    | "toehold"
                    | "refuge"
                    | "pocket"
                    | "enclave"
            );
            if (matches!(link, "of" | "called") || holds_out && link == "in")
                && linked
                && let Some(found) = follow(Extent::Whole, None)
            {
                return Some(found);
            }
            // "the village near Hama", "a town in the north": named by what is near.
            if linked && link != "of" && !definite {
                return follow(
                    if matches!(link, "in" | "at" | "within") { Extent::Inside } else { Extent::Around },
                    None,
                );
            }
            if plural && !(definite && unit.is(Class::SETTLEMENT)) {
                return linked.then(|| follow(Extent::Around, None)).flatten();
            }
            if !definite {
                return None;
            }
            let mention = self.topics.find(self.mentions, self.wanted(phrase, head), None)?;
            return Some((vec![Target { mention, extent: Extent::Whole, facility: None, anaphor: true }], phrase.end));
        }
        let place_like =
            unit.is(Class::PART) || unit.is(Class::OUTSKIRTS) || unit.is(Class::MINOR) || unit.is(Class::FACILITY);
        let extent = if unit.is(Class::OUTSKIRTS) {
            Extent::Edge
        } else if unit.is(Class::MINOR) && !unit.is(Class::PART) {
            Extent::Around
        } else {
            Extent::Inside
        };
        let facility = (unit.is(Class::FACILITY) && !unit.is(Class::OUTSKIRTS)).then(|| phrase.clone());
        if phrase.clone().any(|i| {
            matches!(line.low(i), "km" | "kilometres" | "kilometers" | "miles" | "metres" | "meters" | "yards")
        }) {
            return None;
        }
        let percent = phrase.clone().any(|i| line.units[i].kind == Kind::Number || line.units[i].is(Class::NUM));
        let proper =
            unit.capital && matches!(unit.kind, Kind::Noun) && !unit.is(Class::FORCE) && phrase.start > line.body;
        let share = percent && link == "of";
        if !(place_like || proper || share || unit.low == "control") {
            return None;
        }
        if unit.is(Class::THING) && !unit.is(Class::FACILITY) {
            return None;
        }
        if let Some(owner) = owner {
            let mention = if line.units[owner].low == "its" {
                self.topics.find(self.mentions, Wanted::Any, None)
            } else {
                self.topics.find(self.mentions, self.wanted(&(phrase.start..owner + 1), owner), None)
            }?;
            return Some((vec![Target { mention, extent, facility, anaphor: true }], phrase.end));
        }
        if linked
            && let Some(found) =
                follow(extent, facility.clone().or_else(|| (proper && !place_like).then(|| phrase.clone())))
        {
            return Some(found);
        }
        // "seized the radio, the cabinet office and the airport in Sanaa": the place comes at the end of the list.
        if facility.is_some() && !linked {
            let end = self.limit.min(phrase.end + 16);
            let place = (phrase.end..end).find(|i| {
                matches!(line.low(*i), "in" | "at")
                    && line.get(i + 1).is_some_and(|u| u.place().is_some_and(|m| can_change_hands(&self.mentions[m])))
            });
            if let Some(mention) = place.and_then(|i| line.units[i + 1].place()) {
                return Some((vec![Target { mention, extent, facility, anaphor: false }], phrase.end));
            }
        }
        // "overran the last French positions".
        if unit.low == "positions" && definite && !linked {
            let last = phrase.clone().any(|i| matches!(line.low(i), "last" | "final" | "remaining"));
            let mention = self.topics.find(self.mentions, Wanted::Town, None).filter(|_| last)?;
            return Some((vec![Target { mention, extent: Extent::Whole, facility: None, anaphor: true }], phrase.end));
        }
        // "seized the airport", "seized State House": of the town the text is at.
        let named = proper && (unit.is(Class::FACILITY) || phrase.clone().any(|i| line.units[i].is(Class::FACILITY)));
        let own = line.units[phrase.start].is(Class::POSS);
        if (facility.is_some() && !own && (definite || named))
            || unit.is(Class::PART) && definite && !unit.is(Class::MINOR)
        {
            let mention = self.topics.find(self.mentions, Wanted::Town, None)?;
            return Some((vec![Target { mention, extent, facility, anaphor: true }], phrase.end));
        }
        None
    }

    /// What kind of place a description asks for.
    pub(super) fn wanted(&self, phrase: &Range<usize>, head: usize) -> Wanted {
        let line = self.line;
        match line.units[head].low.as_str() {
            "capital" => {
                let nation = phrase.clone().find_map(|i| lexicon().nation(&line.units[i].low).map(|n| n.0));
                let regional =
                    phrase.clone().any(|i| matches!(line.low(i), "regional" | "provincial" | "state" | "district"));
                // "the Chechen capital": of a people without a state in the tables.
                let people = nation.is_none()
                    && phrase.clone().any(|i| {
                        matches!(line.units[i].kind, Kind::Name(_)) || line.units[i].capital && i > phrase.start
                    });
                if regional || people { Wanted::City } else { Wanted::Capital(nation) }
            }
            "city" | "metropolis" | "port" => Wanted::City,
            "village" | "hamlet" => Wanted::Village,
            _ if line.units[head].is(Class::AREA) => Wanted::Area,
            _ => Wanted::Town,
        }
    }

    /// "A, B and C", "A as well as B"; a country after a comma only says where A lies.
    fn list(&self, found: &mut Targets) {
        let line = self.line;
        for _ in 0..40 {
            let mut at = found.end;
            let Some(unit) = line.get(at) else { return };
            let comma = unit.kind == Kind::Comma;
            let mut and = unit.kind == Kind::Function && matches!(unit.low.as_str(), "and" | "&" | "or");
            if unit.low == "as" && line.low(at + 1) == "well" && line.low(at + 2) == "as" {
                and = true;
                at += 2;
            }
            if unit.low == "along" && line.low(at + 1) == "with" {
                and = true;
                at += 1;
            }
            if !comma && !and {
                return;
            }
            at += 1;
            if comma && line.get(at).is_some_and(|u| u.low == "and" || u.low == "or") {
                at += 1;
                and = true;
            }
            // "and then Homs", "and, on Monday, Homs".
            while line.get(at).is_some_and(|u| {
                matches!(u.kind, Kind::Date(_))
                    || matches!(u.low.as_str(), "then" | "later" | "finally" | "on" | "also" | "both" | "nearby")
            }) {
                at += 1;
            }
            if at >= self.limit {
                return;
            }
            // "Singa, the capital of Sennar state": says what Singa is.
            if comma
                && !and
                && line.units[at].is(Class::DET)
                && let Some(phrase) = phrases::right(line, at)
            {
                let head = &line.units[phrases::head(line, &phrase)];
                let singular = head.is(Class::SETTLEMENT) && !head.low.ends_with('s') || head.is(Class::AREA);
                if singular {
                    let mut end = phrase.end;
                    while matches!(line.low(end), "of" | "in" | "on" | "near") {
                        let Some(more) = phrases::right(line, end + 1) else { break };
                        end = more.end;
                    }
                    if end > self.limit {
                        return;
                    }
                    found.end = end;
                    continue;
                }
            }
            let Some((more, end)) = self.one(at, 1) else { return };
            if more.is_empty() || more.iter().any(|t| t.anaphor) {
                return;
            }
            let area = |m: usize| {
                self.mentions[m].place.as_ref().is_some_and(|p| {
                    matches!(p.kind, PlaceKind::Country | PlaceKind::Admin1 | PlaceKind::Admin2 | PlaceKind::Region)
                })
            };
            let holds = comma && !and && area(more[0].mention) && !area(found.places[0].mention);
            if holds {
                found.end = end;
                continue;
            }
            // "Hama and Homs fell": the next clause begins with the name.
            let next = line.get(end);
            let begins_clause = next.is_some_and(|u| u.is_verb()) && end < self.limit;
            if begins_clause {
                return;
            }
            found.places.extend(more);
            found.end = end;
        }
    }
}
