//! Stated distances: "210 km north of Damascus", "five kilometres from Homs", "about 130 km to the north".
//!
//! Finds the figure, the direction, and for both ends the places they may be, likeliest first. Measuring is `geoparse::distance`.

use super::keys::Keys;
use super::lexicon::Class;
use super::objects::View;
use super::phrases;
use super::scene::is_reference;
use super::topics::{Topics, Wanted};
use super::units::{Kind, Line, can_change_hands};
use crate::geodesy::{Compass, Metres};
use crate::model::{Mention, PlaceKind};
use crate::text::{Span, Token, TokenClass};
use crate::time::resolve::number;

/// A distance as it is stated.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::geoparse) struct Stated {
    /// How far.
    pub(in crate::geoparse) length: Metres,
    /// Size of the last figure given, as stated ("210" is good to 10).
    pub(in crate::geoparse) rounding: Metres,
    /// Direction of the located place seen from the reference.
    pub(in crate::geoparse) bearing: Option<Compass>,
    /// Mentions that may be the reference, likeliest first.
    pub(in crate::geoparse) from: Vec<usize>,
    /// Mentions that may be the place located, likeliest first.
    pub(in crate::geoparse) to: Vec<usize>,
    /// The words.
    pub(in crate::geoparse) span: Span,
}

/// A figure with its unit.
struct Figure {
    km: f64,
    rounding_km: f64,
    /// First and one past the last unit, qualifiers ("some") and the bracket with them.
    start: usize,
    end: usize,
}

/// Whether a text has a unit of length in it; one that has none states no distance.
pub(super) fn has_units(text: &str, tokens: &[Token]) -> bool {
    tokens.iter().any(|t| t.class == TokenClass::Word && mile(&t.text(text).to_lowercase()).is_some())
}

/// The distances of a text, gathered sentence by sentence.
pub(super) struct Locator<'a> {
    tokens: &'a [Token],
    mentions: &'a [Mention],
    topics: Topics,
    pub(super) found: Vec<Stated>,
}

impl<'a> Locator<'a> {
    pub(super) fn new(tokens: &'a [Token], mentions: &'a [Mention], keys: &Keys) -> Self {
        Self { tokens, mentions, topics: Topics::survey(mentions, keys), found: Vec::new() }
    }

    /// Reads a sentence.
    pub(super) fn read(&mut self, line: &Line) {
        let Self { tokens, mentions, topics, found } = self;
        let mut noted = 0;
        let mut at = line.body;
        while at < line.units.len() {
            let Some(figure) = figure(line, at) else {
                at += 1;
                continue;
            };
            note(topics, mentions, line, noted, figure.start);
            noted = figure.start;
            found.extend(claim(line, tokens, mentions, topics, &figure));
            at = figure.end;
        }
        note(topics, mentions, line, noted, line.units.len());
        topics.next_sentence();
    }
}

fn note(topics: &mut Topics, mentions: &[Mention], line: &Line, from: usize, to: usize) {
    for at in from..to {
        let Some(mention) = line.units[at].place() else { continue };
        let weight = if at < line.body || is_reference(line, at) {
            0.3
        } else if matches!(line.low(at.wrapping_sub(1)), "from" | "by") {
            0.5
        } else {
            1.0
        };
        topics.touch(mentions, mention, weight);
        let object = matches!(line.low(at.wrapping_sub(1)), "of" | "into" | "in");
        let subject = at == line.body || at == line.body + 1;
        if subject || object {
            topics.touch(mentions, mention, 0.4);
        }
    }
}

/// A figure that begins at a unit: a number, its unit of length, and the same in the other unit in brackets.
fn figure(line: &Line, at: usize) -> Option<Figure> {
    let (value, mut end) = value(line, at)?;
    let miles = mile(line.low(end))?;
    end += 1;
    let mut km = value * if miles { 1.609_344 } else { 1.0 };
    let mut rounding_km = rounding(value) * if miles { 1.609_344 } else { 1.0 };
    let open = line.get(end).is_some_and(|u| u.kind == Kind::Open);
    let slash = line.low(end) == "or";
    if (open || slash)
        && let Some((other, after)) = self::value(line, end + 1)
        && let Some(other_miles) = mile(line.low(after))
    {
        if miles && !other_miles {
            km = other;
            rounding_km = rounding(other);
        }
        end = after + 1;
        if line.get(end).is_some_and(|u| u.kind == Kind::Close) {
            end += 1;
        }
    }
    let mut start = at;
    while start > 0
        && matches!(
            line.low(start - 1),
            "some"
                | "about"
                | "just"
                | "only"
                | "around"
                | "nearly"
                | "almost"
                | "roughly"
                | "approximately"
                | "over"
                | "barely"
                | "than"
                | "less"
                | "more"
                | "under"
        )
    {
        start -= 1;
    }
    Some(Figure { km, rounding_km, start, end })
}

fn mile(word: &str) -> Option<bool> {
    match word {
        "km" | "kms" | "kilometres" | "kilometers" | "kilometre" | "kilometer" => Some(false),
        "miles" | "mile" | "mi" => Some(true),
        _ => None,
    }
}

/// A number in figures or words, and the unit after it.
fn value(line: &Line, at: usize) -> Option<(f64, usize)> {
    let unit = line.get(at)?;
    if unit.kind == Kind::Number {
        let plain: String = unit.low.chars().filter(|c| *c != ',').collect();
        return plain.parse().ok().filter(|v: &f64| v.is_finite() && *v > 0.0 && *v < 20_000.0).map(|v| (v, at + 1));
    }
    let low = unit.low.as_str();
    let follows = |words: usize| at + words;
    if low == "a" || low == "one" {
        return match line.low(at + 1) {
            "hundred" => Some((100.0, follows(2))),
            "dozen" => Some((12.0, follows(2))),
            "kilometre" | "kilometer" | "mile" => Some((1.0, follows(1))),
            _ => None,
        };
    }
    let n = f64::from(number(low).filter(|n| *n > 0)?);
    if line.low(at + 1) == "hundred" {
        return Some((n * 100.0, follows(2)));
    }
    Some((n, follows(1)))
}

/// The size of a number's last figure that is not a round nought: 10 for 210, 5 for 35, 1 for 32.
fn rounding(value: f64) -> f64 {
    for step in [500.0, 100.0, 50.0, 10.0, 5.0] {
        if value >= step * 2.0 && (value / step).fract() == 0.0 {
            return if value >= 500.0 || step <= 50.0 { step } else { 50.0 };
        }
    }
    1.0
}

/// What a figure says of two places.
fn claim(line: &Line, tokens: &[Token], mentions: &[Mention], topics: &Topics, figure: &Figure) -> Option<Stated> {
    let mut at = figure.end;
    let mut bearing = None;
    let mut linked = false;
    while line.get(at).is_some_and(|u| {
        matches!(
            u.low.as_str(),
            "away"
                | "to"
                | "the"
                | "due"
                | "by"
                | "road"
                | "inland"
                | "further"
                | "farther"
                | "upstream"
                | "downstream"
                | "down"
                | "up"
                | "outside"
                | "in"
                | "as"
                | "crow"
                | "flies"
                | "drive"
                | "distance"
        )
    }) {
        at += 1;
        linked = true;
    }
    // "north of", "to the north-east of", "north and east".
    let mut word = String::new();
    while let Some(unit) = line.get(at) {
        if !unit.is(Class::COMPASS) && Compass::parse(&unit.low).is_none() || unit.low == "central" {
            break;
        }
        word.push_str(&unit.low);
        at += 1;
    }
    if !word.is_empty() {
        bearing = Compass::parse(&word);
    }
    let away = line.units[figure.end..at].iter().any(|u| u.low == "away");
    let outside = line.units[figure.end..at].iter().any(|u| u.low == "outside");
    let to_the = linked && bearing.is_some();
    let mut from = Vec::new();
    let mut end = at;
    let joins = matches!(line.low(at), "of" | "from" | "off" | "beyond" | "past")
        || line.low(at) == "short" && line.low(at + 1) == "of";
    if joins || outside {
        let start = if line.low(at) == "short" {
            at + 2
        } else if joins {
            at + 1
        } else {
            at
        };
        let start = if line.low(start) == "both" { start + 1 } else { start };
        let (found, after) = reference(line, mentions, topics, start)?;
        from = found;
        end = after;
    } else if !(to_the || away) {
        return None;
    }
    // "the 210 km from Damascus to Hama".
    let route = joins && line.low(at) == "from" && line.low(end) == "to";
    let mut to = if route { line.get(end + 1).and_then(|u| u.place()).into_iter().collect() } else { Vec::new() };
    if to.is_empty() {
        to = located(line, mentions, topics, figure, end, from.first().copied());
    }
    if from.is_empty() {
        let not = to.first().copied();
        from.extend(topics.find(mentions, Wanted::Town, not));
        from.extend(
            (line.body..figure.start)
                .rev()
                .filter_map(|i| line.units[i].place())
                .filter(|m| Some(*m) != not && can_change_hands(&mentions[*m])),
        );
    }
    // A force that stands so far from a town locates no town.
    if to.is_empty() || from.is_empty() {
        return None;
    }
    Some(Stated {
        length: Metres::from_km(figure.km),
        rounding: Metres::from_km(figure.rounding_km),
        bearing,
        from,
        to,
        span: line.span(tokens, figure.start..end),
    })
}

/// The reference of a distance: a name, or "the capital", "the city", "here".
fn reference(line: &Line, mentions: &[Mention], topics: &Topics, start: usize) -> Option<(Vec<usize>, usize)> {
    let phrase = phrases::right(line, start)?;
    let named = phrase.clone().find_map(|i| line.units[i].place());
    if let Some(mention) = named {
        return Some((vec![mention], phrase.end));
    }
    let view = View { line, mentions, topics, limit: line.units.len() };
    let head = phrases::head(line, &phrase);
    let unit = &line.units[head];
    if unit.is(Class::SETTLEMENT) || unit.low == "centre" || unit.low == "center" {
        // "the port of Aden", "the centre of Kharkiv".
        if line.low(phrase.end) == "of"
            && let Some(after) = phrases::right(line, phrase.end + 1)
            && let Some(mention) = after.clone().find_map(|i| line.units[i].place())
        {
            return Some((vec![mention], after.end));
        }
        let wanted = view.wanted(&phrase, head);
        let not = subject_place(line, start);
        // "the city" of a distance is rather one that the text came with than one this sentence names on the way.
        let here: Vec<usize> = line.units[line.body.min(start)..start].iter().filter_map(|u| u.place()).collect();
        let mut found: Vec<usize> = topics.find_but(mentions, wanted, &here).into_iter().collect();
        found.extend(topics.find(mentions, wanted, not));
        found.extend(topics.find_but(mentions, Wanted::Town, &here));
        found.dedup();
        return (!found.is_empty()).then_some((found, phrase.end));
    }
    if unit.low == "it" || unit.low == "there" {
        let found: Vec<usize> = topics.find(mentions, Wanted::Town, subject_place(line, start)).into_iter().collect();
        return (!found.is_empty()).then_some((found, phrase.end));
    }
    None
}

/// The place right before a unit, that the distance locates and so cannot be its own reference.
fn subject_place(line: &Line, before: usize) -> Option<usize> {
    line.units[..before.min(line.units.len())].iter().rev().find_map(|u| u.place())
}

/// The place that a distance locates, candidates likeliest first.
fn located(
    line: &Line,
    mentions: &[Mention],
    topics: &Topics,
    figure: &Figure,
    end: usize,
    not: Option<usize>,
) -> Vec<usize> {
    let is_not = |m: usize| not.is_some_and(|n| n == m || mentions[n].text == mentions[m].text);
    let mut found = Vec::new();
    let kind = |m: usize| mentions[m].place.as_ref().map(|p| p.kind);
    let point = |m: usize| !matches!(kind(m), Some(PlaceKind::Country | PlaceKind::Continent | PlaceKind::Water));
    // "Located 210 km north of Damascus, the town …": nothing stands before the figure, or only a participle.
    let opening = line.body..figure.start;
    let names_before = opening
        .clone()
        .any(|i| line.units[i].place().is_some_and(|m| point(m) && !is_not(m) && !is_reference(line, i)));
    let view = View { line, mentions, topics, limit: line.units.len() };
    let first = phrases::right(line, line.body);
    let town_subject = first.as_ref().filter(|p| p.start < figure.start).and_then(|p| {
        let head = phrases::head(line, p);
        let unit = &line.units[head];
        let settles = unit.is(Class::SETTLEMENT) && p.clone().all(|i| line.units[i].place().is_none());
        let it = unit.low == "it";
        if settles || it {
            topics.find(mentions, if it { Wanted::Town } else { view.wanted(p, head) }, not)
        } else {
            None
        }
    });
    if !names_before && town_subject.is_none() {
        let comma = (end..line.units.len().min(end + 6)).find(|i| line.units[*i].kind == Kind::Comma);
        let verb_after = (end..line.units.len().min(end + 4)).find(|i| line.units[*i].is_verb());
        if let Some(phrase) = comma.or(verb_after).and_then(|c| phrases::right(line, c + 1)) {
            match phrase.clone().find_map(|i| line.units[i].place()) {
                Some(mention) => found.push(mention),
                None => {
                    let head = phrases::head(line, &phrase);
                    if line.units[head].is(Class::SETTLEMENT) {
                        if line.low(phrase.end) == "of"
                            && let Some(mention) = line.get(phrase.end + 1).and_then(|u| u.place())
                        {
                            found.push(mention);
                        } else {
                            found.extend(topics.find(mentions, view.wanted(&phrase, head), not));
                        }
                    }
                }
            }
        }
    }
    let mut before: Vec<usize> = opening
        .clone()
        .rev()
        .filter(|i| !is_reference(line, *i))
        .filter_map(|i| line.units[i].place())
        .filter(|m| point(*m) && !is_not(*m))
        .collect();
    before.dedup();
    let mut cities: Vec<usize> = before
        .iter()
        .copied()
        .filter(|m| matches!(kind(*m), Some(PlaceKind::City | PlaceKind::Facility) | None))
        .collect();
    cities.extend(before.iter().copied().filter(|m| !cities.contains(m)).collect::<Vec<_>>());
    found.extend(town_subject.filter(|_| cities.is_empty()));
    found.extend(cities);
    found.extend(town_subject);
    if found.is_empty() && !names_before {
        // "It lies …" in a sentence of its own, or armed men whose distance locates no place.
        let forces = opening.clone().any(|i| line.units[i].is(Class::FORCE));
        if !forces {
            found.extend(topics.find(mentions, Wanted::Town, not));
        }
    }
    found.dedup();
    found
}
