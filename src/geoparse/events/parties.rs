//! Who acts: whether a phrase is an armed actor, what name it goes by, and whom a pronoun means.

use super::lexicon::{Class, NationWord, lexicon};
use super::phrases::{self, Chain};
use super::units::{Kind, Line};
use crate::text::{Span, Token};
use std::ops::Range;

/// How surely a phrase is an armed actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Armed {
    /// Only where the text is about war ("Moscow", "the group", a person's name).
    Perhaps,
    /// By its words ("rebels", "the Syrian army").
    Surely,
}

/// An actor as the text names it, with what tells its side.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Party {
    pub(super) text: String,
    pub(super) span: Span,
    /// Nations whose people or states are named in it, `N` or `S` before the code for the halves of a country.
    pub(super) nations: Vec<String>,
    /// Proper names in it that are not nations, lower case.
    pub(super) names: Vec<String>,
    /// Says rebel, insurgent …
    pub(super) rebel: bool,
    /// Says army, government …
    pub(super) gov: bool,
    /// Acts in the text rather than only speaking.
    pub(super) acts: bool,
    /// Stands for another party of the text: pronouns and "their men".
    pub(super) of: Option<usize>,
}

/// What actor phrases are read from.
#[derive(Clone, Copy)]
pub(super) struct Eye<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: &'a [Token],
}

/// Quantities and gatherings that act for those they are made of.
const GATHERINGS: &[&str] = &[
    "thousands",
    "hundreds",
    "dozens",
    "scores",
    "handful",
    "column",
    "columns",
    "convoy",
    "convoys",
    "wave",
    "waves",
    "group",
    "groups",
    "unit",
    "units",
    "elements",
    "members",
    "bulk",
    "most",
    "remnants",
    "part",
    "number",
    "coalition",
    "alliance",
    "force",
    "rest",
    "majority",
    "some",
    "many",
    "several",
    "vanguard",
    "line",
    "mix",
    "mixture",
    "band",
    "bands",
    "mob",
    "few",
    "tens",
    "detachment",
    "lot",
    "crowd",
    "all",
    "movement",
    "advance",
    "faction",
    "factions",
    "wing",
    "branch",
    "contingent",
    "half",
    "survivors",
    "men",
    "last",
    "fleet",
    "pickups",
    "pick-ups",
];

/// Heads that say nothing of their side.
const COLOURLESS: &[&str] = &[
    "men",
    "forces",
    "force",
    "troops",
    "units",
    "soldiers",
    "group",
    "movement",
    "militia",
    "side",
    "commanders",
    "comrades",
    "army",
    "tanks",
    "column",
    "allies",
];
/// Heads that only point back, with whatever adjective.
const VAGUE: &[&str] =
    &["group", "movement", "men", "side", "allies", "column", "militia", "units", "organisation", "organization"];
/// Heads that speak for whom they belong to.
const VOICES: &[&str] = &[
    "spokesman",
    "spokeswoman",
    "spokesperson",
    "official",
    "officials",
    "envoy",
    "radio",
    "television",
    "media",
    "agency",
];

impl Eye<'_> {
    pub(super) fn words(&self, line: &Line, range: &Range<usize>) -> &str {
        let tokens = line.units[range.start].tokens.start..line.units[range.end - 1].tokens.end;
        &self.text[self.tokens[tokens.start].start as usize..self.tokens[tokens.end - 1].end as usize]
    }

    /// Whether a phrase is an armed actor by its head and what qualifies it.
    pub(super) fn armed(&self, line: &Line, phrase: &Range<usize>) -> Option<Armed> {
        let phrase = trimmed(line, phrase)?;
        let head = phrases::head(line, &phrase);
        let unit = &line.units[head];
        let low = unit.low.as_str();
        let qualified = |class: Class| phrase.clone().any(|i| i != head && line.units[i].is(class));
        let whole = self.words(line, &bare(line, &phrase));
        if lexicon().is_group(whole) || lexicon().is_group(self.words(line, &(head..head + 1))) {
            return Some(Armed::Surely);
        }
        if unit.is(Class::FORCE) && unit.kind != Kind::Adjective {
            // "Salvation Army", "division title" aside, the head is enough.
            return Some(Armed::Surely);
        }
        if VOICES.contains(&low) {
            let owned = qualified(Class::FORCE)
                || qualified(Class::REBEL)
                || qualified(Class::GOV)
                || phrase.clone().any(|i| i != head && (matches!(line.units[i].kind, Kind::Name(_) | Kind::Genitive)));
            return owned.then_some(Armed::Perhaps);
        }
        if low == "men" && phrase.clone().any(|i| matches!(line.low(i), "armed" | "masked")) {
            return Some(Armed::Surely);
        }
        if unit.is(Class::THING) {
            return (unit.is(Class::WEAK) || low == "men").then_some(Armed::Perhaps);
        }
        let nation = lexicon().nation(low);
        if matches!(unit.kind, Kind::Name(_)) || nation.is_some_and(|(_, k)| k != NationWord::Capital) {
            let a_nation = nation.is_some();
            return (a_nation || unit.capital).then_some(Armed::Perhaps);
        }
        if unit.is(Class::WEAK) || unit.is(Class::TITLE) {
            let strong = qualified(Class::FORCE) || qualified(Class::REBEL);
            return Some(if strong { Armed::Surely } else { Armed::Perhaps });
        }
        if unit.kind == Kind::Noun && unit.capital && phrase.clone().all(|i| line.units[i].place().is_none()) {
            // A name the tables do not know: a person or a group, if the text is about war.
            let single_opening = head == line.body && low.len() > 3 && phrase.len() == 1 && low.ends_with('s');
            return (!single_opening && !unit.is(Class::FACILITY)).then_some(Armed::Perhaps);
        }
        None
    }

    /// The acting phrase of a chain, with what completes its name.
    pub(super) fn acting(&self, line: &Line, chain: &Chain) -> Option<(Range<usize>, Armed)> {
        for (n, phrase) in chain.phrases.iter().enumerate() {
            let head = phrases::head(line, phrase);
            if let Some(armed) = self.armed(line, phrase) {
                let mut range = trimmed(line, phrase)?;
                if made_of_others(line, chain, n) {
                    return None;
                }
                if let Some(next) = chain.phrases.get(n + 1) {
                    let link = line.low(next.start.saturating_sub(1));
                    let loyal = line.units[range.end.min(next.start)..next.start]
                        .iter()
                        .any(|u| matches!(u.low.as_str(), "led" | "loyal" | "belonging" | "commanded"));
                    if matches!(link, "of" | "from") && self.armed(line, next).is_some() || loyal {
                        range.end = trimmed(line, next)?.end;
                    }
                }
                // "Hassan Abdel Ghani, a leader of the rebel coalition, said".
                let person = armed == Armed::Perhaps
                    && line.units[range.end - 1].capital
                    && line.units[range.end - 1].kind == Kind::Noun;
                if person
                    && line.get(range.end).is_some_and(|u| u.kind == Kind::Comma)
                    && let Some(end) = self.apposition(line, range.end + 1)
                {
                    range.end = end;
                }
                // "the Government of National Accord".
                if line.low(range.end) == "of"
                    && let Some(rest) = phrases::right(line, range.end + 1)
                {
                    let named = rest.clone().all(|i| line.units[i].capital || line.units[i].is(Class::DET))
                        && rest.clone().all(|i| line.units[i].place().is_none());
                    if named && line.units[range.end - 1].capital {
                        range.end = rest.end;
                    }
                }
                if n == 0
                    && let Some(joined) = &chain.joined
                {
                    let marked = joined.clone().any(|i| {
                        line.units[i].is(Class::FORCE) || line.units[i].is(Class::GOV) || line.units[i].is(Class::REBEL)
                    });
                    if marked || self.armed(line, joined).is_some() {
                        range.start = joined.start;
                    }
                }
                return Some((range, armed));
            }
            let many = line.units[head].kind == Kind::Noun
                && line.low(head).ends_with('s')
                && (!line.units[head].capital || head == line.body)
                && line.units[head].class == Class::NONE
                && chain.phrases.get(n + 1).is_some_and(|p| line.low(p.start.saturating_sub(1)) == "of")
                && !matches!(
                    line.low(head),
                    "families"
                        | "relatives"
                        | "wives"
                        | "victims"
                        | "supporters"
                        | "friends"
                        | "enemies"
                        | "opponents"
                        | "sons"
                        | "widows"
                        | "mothers"
                        | "allies"
                        | "critics"
                        | "fans"
                );
            let gathers = many
                || GATHERINGS.contains(&line.low(head))
                || line.units[head].kind == Kind::Number
                || line.units[head].is(Class::NUM);
            if !gathers {
                return None;
            }
        }
        None
    }

    /// End of an apposition that says what part a person plays, if it closes with a comma.
    fn apposition(&self, line: &Line, start: usize) -> Option<usize> {
        let mut phrase = phrases::right(line, start)?;
        let head = phrases::head(line, &phrase);
        let unit = &line.units[head];
        if !(unit.is(Class::WEAK)
            || unit.is(Class::FORCE)
            || unit.is(Class::TITLE)
            || VOICES.contains(&unit.low.as_str()))
        {
            return None;
        }
        while matches!(line.low(phrase.end), "of" | "for" | "in") {
            phrase.end = phrases::right(line, phrase.end + 1)?.end;
        }
        line.get(phrase.end).is_some_and(|u| u.kind == Kind::Comma).then_some(phrase.end)
    }

    /// The party a phrase names.
    pub(super) fn party(&self, line: &Line, range: &Range<usize>) -> Party {
        let mut party = Party {
            text: self.words(line, range).split_whitespace().collect::<Vec<_>>().join(" "),
            span: line.span(self.tokens, range.clone()),
            ..Party::default()
        };
        let mut name: Vec<String> = Vec::new();
        let bracket = line.get(range.end).filter(|u| u.kind == Kind::Open).map(|_| range.end + 1);
        for at in range.clone() {
            let unit = &line.units[at];
            let low = unit.low.as_str();
            let flush = |name: &mut Vec<String>, party: &mut Party| {
                if !name.is_empty() {
                    party.names.push(name.join(" "));
                    name.clear();
                }
            };
            if let Some((code, _)) = lexicon().nation(low).filter(|_| unit.capital) {
                flush(&mut name, &mut party);
                let half = at
                    .checked_sub(1)
                    .map(|i| line.low(i))
                    .filter(|w| at > range.start && matches!(*w, "north" | "south"));
                if half.is_some() {
                    party.names.clear();
                }
                let nation = match half {
                    Some(half) => format!("{}{code}", &half[..1].to_uppercase()),
                    None => code.to_owned(),
                };
                if !party.nations.contains(&nation) {
                    party.nations.push(nation);
                }
                continue;
            }
            // The State Department is of one nation, and no government of the story's.
            if low == "state" && line.low(at + 1) == "department"
                || low == "department" && line.low(at.wrapping_sub(1)) == "state"
            {
                flush(&mut name, &mut party);
                if !party.nations.iter().any(|n| n == "US") {
                    party.nations.push("US".to_owned());
                }
                continue;
            }
            if unit.kind == Kind::Adjective {
                flush(&mut name, &mut party);
                if let Some((part, led)) = low.rsplit_once('-') {
                    if led == "led" && unit.capital && lexicon().nation(part).is_none() {
                        party.names.push(part.to_owned());
                    }
                    if led == "led"
                        && let Some((code, _)) = lexicon().nation(part)
                    {
                        party.nations.push(code.to_owned());
                    }
                }
                continue;
            }
            party.rebel |= unit.is(Class::REBEL);
            // "Arakan Army" is a name, "the army" a government's.
            let titled = unit.capital
                && at > range.start
                && matches!(unit.low.as_str(), "army" | "military" | "troops")
                && line.units[at - 1].capital
                && !line.units[at - 1].is(Class::DET)
                && lexicon().nation(line.low(at - 1)).is_none();
            let ethnic = at > range.start && matches!(line.low(at - 1), "ethnic" | "rebel" | "guerrilla" | "private");
            party.gov |= unit.is(Class::GOV) && !titled && !ethnic;
            if titled && name.is_empty() {
                party.rebel = true;
            }
            let plain = unit.is(Class::FORCE)
                || unit.is(Class::WEAK)
                || unit.is(Class::TITLE)
                || unit.is(Class::DET)
                || unit.is(Class::PREP)
                || unit.is(Class::CONJ)
                || unit.is(Class::CONNECT);
            if unit.capital && !plain && unit.kind != Kind::Genitive {
                name.push(low.to_owned());
            } else {
                flush(&mut name, &mut party);
            }
        }
        if !name.is_empty() {
            party.names.push(name.join(" "));
        }
        // "The leader of the rebels, Abu Mohammed al-Jolani, promised": the person's name is the side's.
        let plays = range.clone().any(|i| {
            line.units[i].is(Class::TITLE)
                || matches!(line.low(i), "leader" | "president" | "chief" | "spokesman" | "minister" | "head")
        });
        let comma = (range.end..range.end + 4).find(|i| line.get(*i).is_some_and(|u| u.kind == Kind::Comma));
        if let Some(comma) = comma.filter(|_| plays)
            && let Some(phrase) = phrases::right(line, comma + 1)
        {
            let proper = phrase.len() <= 4
                && phrase.clone().all(|i| {
                    (line.units[i].capital || line.low(i).starts_with("al-") || line.low(i).starts_with("el-"))
                        && line.units[i].kind == Kind::Noun
                });
            if proper && line.get(phrase.end).is_some_and(|u| matches!(u.kind, Kind::Comma | Kind::Break)) {
                party.names.push(self.words(line, &phrase).to_lowercase());
            }
        }
        if let Some(inner) = bracket.and_then(|b| line.get(b)).filter(|u| u.capital && u.tokens.len() == 1) {
            let close = line.get(range.end + 2).is_some_and(|u| u.kind == Kind::Close);
            if close {
                party.names.push(inner.low.clone());
            }
        }
        party
    }

    /// Whether a phrase names an actor only by a general word ("the paramilitary group").
    pub(super) fn is_vague(&self, line: &Line, phrase: &Range<usize>) -> bool {
        let head = phrases::head(line, phrase);
        let plain = phrase.clone().all(|i| {
            let unit = &line.units[i];
            !(matches!(unit.kind, Kind::Name(_) | Kind::Place(_) | Kind::Genitive)
                || unit.is(Class::REBEL)
                || unit.is(Class::GOV)
                || i > phrase.start && unit.capital)
        });
        plain && phrase.len() <= 3 && VAGUE.contains(&line.low(head))
    }

    /// Whether a phrase only points back at an actor.
    pub(super) fn points_back(&self, line: &Line, phrase: &Range<usize>) -> bool {
        let head = phrases::head(line, phrase);
        let unit = &line.units[head];
        if unit.kind == Kind::Function && unit.is(Class::PRON) {
            return matches!(
                unit.low.as_str(),
                "they" | "them" | "it" | "he" | "she" | "we" | "us" | "their" | "our" | "its" | "his"
            );
        }
        let first = line.low(phrase.start);
        let owned = line.units[phrase.start].is(Class::POSS) && COLOURLESS.contains(&unit.low.as_str());
        owned || self.is_vague(line, phrase) && matches!(first, "the" | "these" | "those" | "both")
    }
}

/// "An army of street cleaners", "troops of salesmen": made of people who are no soldiers.
fn made_of_others(line: &Line, chain: &Chain, n: usize) -> bool {
    let Some(next) = chain.phrases.get(n + 1) else { return false };
    if line.low(next.start.saturating_sub(1)) != "of" {
        return false;
    }
    let unit = &line.units[phrases::head(line, next)];
    let people = unit.kind == Kind::Noun && !unit.capital && unit.low.ends_with('s') && unit.class == Class::NONE;
    let all_plain = next.clone().all(|i| !line.units[i].capital && !line.units[i].is(Class::DET));
    people && all_plain
}

/// A phrase without its final genitive.
fn trimmed(line: &Line, phrase: &Range<usize>) -> Option<Range<usize>> {
    let mut range = phrase.clone();
    while range.end > range.start && line.units[range.end - 1].kind == Kind::Genitive {
        range.end -= 1;
    }
    (range.end > range.start).then_some(range)
}

/// A phrase without its determiners.
pub(super) fn bare(line: &Line, phrase: &Range<usize>) -> Range<usize> {
    let mut range = phrase.clone();
    while range.start + 1 < range.end && line.units[range.start].is(Class::DET) {
        range.start += 1;
    }
    range
}
