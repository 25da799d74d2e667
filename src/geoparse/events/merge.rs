//! From the deeds of clauses to the events of a text: one event a place, side, class and date, on the best word there is.

use super::dates::is_background;
use super::keys::Keys;
use super::lexicon::Deed;
use super::parties::Party;
use super::scene::{Hit, Scene};
use super::sides::Sides;
use super::{ControlEvent, Extracted};
use crate::model::{Action, Background, Certainty, Mention, Place, PlaceKind};
use crate::time::{Date, Precision, When};
use rustc_hash::FxHashSet;

/// Who stands better after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum ClassOf {
    Loss,
    Gain,
    Contest,
}

fn class(deed: Deed) -> ClassOf {
    match deed {
        Deed::Captured | Deed::Recaptured | Deed::Entered | Deed::HandedOver | Deed::Fall => ClassOf::Gain,
        Deed::Withdrew | Deed::Lost => ClassOf::Loss,
        _ => ClassOf::Contest,
    }
}

/// The stronger the statement, the smaller.
fn rank(deed: Deed) -> u8 {
    match deed {
        Deed::Recaptured => 0,
        Deed::HandedOver => 1,
        Deed::Captured | Deed::Fall | Deed::Withdrew => 2,
        Deed::Lost | Deed::Besieged => 3,
        Deed::Entered | Deed::Reached | Deed::Relieved => 4,
        Deed::Contested => 5,
        Deed::Repelled => 6,
        Deed::Advanced | Deed::Threatened => 7,
    }
}

fn action(deed: Deed) -> Action {
    match deed {
        Deed::Captured | Deed::Fall => Action::Captured,
        Deed::Recaptured => Action::Recaptured,
        Deed::Entered | Deed::Reached => Action::Entered,
        Deed::Contested => Action::Contested,
        Deed::Besieged => Action::Besieged,
        Deed::Relieved => Action::Relieved,
        Deed::Withdrew | Deed::Lost => Action::Withdrew,
        Deed::HandedOver => Action::HandedOver,
        Deed::Repelled => Action::Repelled,
        Deed::Advanced | Deed::Threatened => Action::None,
    }
}

/// Events of the text as a whole.
pub(super) fn merge(scene: Scene<'_>, background: Vec<Background>, sides: &Sides) -> Extracted {
    let mentions = scene.mentions;
    let published = scene.published;
    let parties = &scene.parties;
    let keys = scene.topics.keys().clone();
    let towns = towns(mentions, &keys);
    let mut hits: Vec<Hit> = Vec::new();
    for mut hit in scene.hits {
        let old = hit.date.zip(published).is_some_and(|(when, p)| is_background(when, p));
        if old {
            continue;
        }
        hit.mention = town_of(mentions, &towns, hit.mention);
        hits.push(hit);
    }
    infer(&mut hits, parties, sides);
    let side_of = |party: Option<usize>| party.and_then(|p| sides.of(p));
    // Denials speak about what others tell.
    let (denials, mut told): (Vec<Hit>, Vec<Hit>) = hits.into_iter().partition(|h| h.denied);
    told.sort_by_key(|h| h.evidence.start);
    let mut groups: Vec<Vec<Hit>> = Vec::new();
    for hit in told {
        let home = groups.iter().position(|g| {
            let first = &g[0];
            keys.same(first.mention, hit.mention)
                && class(first.deed) == class(hit.deed)
                && facility_fits(&first.facility, &hit.facility)
                && agree(side_of(first.actor), side_of(hit.actor))
                && g.iter().any(|h| dates_fit(h, &hit))
        });
        match home {
            Some(at) => groups[at].push(hit),
            None => groups.push(vec![hit]),
        }
    }
    absorb(&mut groups, &keys, sides);
    let mut events: Vec<ControlEvent> = Vec::new();
    for group in &groups {
        let gain_here = groups.iter().any(|g| {
            class(g[0].deed) == ClassOf::Gain && g[0].facility.is_none() && keys.same(g[0].mention, group[0].mention)
        });
        // The way there is no event of its own once the place was reached.
        if group.iter().all(|h| matches!(h.deed, Deed::Advanced | Deed::Relieved)) && gain_here {
            continue;
        }
        let best = group
            .iter()
            .min_by_key(|h| (h.facility.is_some(), rank(h.deed), h.heading, h.inherited))
            .expect("a group has a hit");
        let dated =
            group.iter().filter(|h| !h.inherited && h.date.is_some()).min_by_key(|h| (rank(h.deed), h.evidence.start));
        // The date of the town's own fall may stand with one of its buildings.
        let dated = dated.or_else(|| {
            groups
                .iter()
                .filter(|g| {
                    class(g[0].deed) == class(best.deed)
                        && keys.same(g[0].mention, best.mention)
                        && agree(side_of(g[0].actor), side_of(best.actor))
                })
                .flatten()
                .find(|h| !h.inherited && h.date.is_some())
        });
        // A loss without a date of its own is of the day the other side came in.
        let dated = if class(best.deed) == ClassOf::Loss && dated.is_none() {
            groups
                .iter()
                .filter(|g| {
                    class(g[0].deed) == ClassOf::Gain
                        && keys.same(g[0].mention, best.mention)
                        && side_of(g[0].actor) != side_of(best.actor)
                })
                .flatten()
                .find(|h| !h.inherited && h.date.is_some())
        } else {
            dated
        };
        let actor = best.actor.or_else(|| group.iter().find_map(|h| h.actor));
        let losers =
            groups.iter().filter(|g| class(g[0].deed) == ClassOf::Loss && keys.same(g[0].mention, best.mention));
        let losing: Vec<&Hit> = losers.flatten().collect();
        let gain = class(best.deed) == ClassOf::Gain;
        let mut from = best.from.or_else(|| group.iter().find_map(|h| h.from));
        if gain && from.is_none() {
            from = losing.iter().find_map(|h| h.actor).filter(|p| sides.of(*p) != side_of(actor));
        }
        let denial = denials.iter().find(|d| {
            keys.same(d.mention, best.mention)
                && (class(d.deed) == class(best.deed) || gain && class(d.deed) == ClassOf::Loss)
        });
        let (certainty, reason, attribution) = judge(group, &losing, denial, gain, actor, from, sides);
        let text = |party: Option<usize>| party.map(|p| parties[p].text.clone());
        events.push(ControlEvent {
            mention: best.mention,
            action: action(best.deed),
            actor: text(actor),
            side: actor.and_then(|p| sides.id(p)),
            from_actor: text(from),
            from_side: from.and_then(|p| sides.id(p)),
            date: dated.or(Some(best)).and_then(|h| h.date),
            reported: published,
            attribution,
            certainty,
            reason,
            facility: best.facility.clone(),
            evidence: best.evidence,
        });
    }
    for denial in &denials {
        let told = groups.iter().flatten().any(|h| {
            keys.same(h.mention, denial.mention)
                && (class(h.deed) == class(denial.deed) || class(h.deed) == ClassOf::Gain)
        });
        if told {
            continue;
        }
        let word = denial.source.as_ref();
        events.push(ControlEvent {
            mention: denial.mention,
            action: Action::Denied,
            actor: word.map(|w| w.text.clone()),
            side: word.and_then(|w| sides.id(w.party)),
            from_actor: None,
            from_side: None,
            date: denial.date,
            reported: published,
            attribution: word.map(|w| w.text.clone()),
            certainty: Certainty::Claimed,
            reason: "a denial of what nobody else in the text tells".to_owned(),
            facility: denial.facility.clone(),
            evidence: denial.evidence,
        });
    }
    // Who leaves goes before who comes in on the same day.
    events.sort_by_key(|e| (e.evidence.start, e.action != Action::Withdrew, e.mention));
    let used: Vec<_> = events.iter().flat_map(|e| [e.side.clone(), e.from_side.clone()]).flatten().collect();
    let sides = sides.all.iter().filter(|s| used.contains(&s.id)).cloned().collect();
    Extracted { events, sides, background, stated: Vec::new() }
}

/// Drops what a stronger statement of the same text makes idle: entering a town that was taken within days, and the loss that a
/// side makes good by taking the place back.
fn absorb(groups: &mut Vec<Vec<Hit>>, keys: &Keys, sides: &Sides) {
    let side_of = |h: &Hit| h.actor.and_then(|p| sides.of(p));
    let firm = |g: &[Hit]| g.iter().any(|h| matches!(h.deed, Deed::Captured | Deed::Recaptured | Deed::Fall));
    let mut idle = vec![false; groups.len()];
    for (at, group) in groups.iter().enumerate() {
        for (other_at, other) in groups.iter().enumerate() {
            if at == other_at || class(other[0].deed) != ClassOf::Gain || !keys.same(other[0].mention, group[0].mention)
            {
                continue;
            }
            let same_side = side_of(&group[0]).is_some() && side_of(&group[0]) == side_of(&other[0]);
            let apart = group[0].date.zip(other[0].date).map_or(0, |(a, b)| super::dates::days(a.day, b.day).abs());
            let enters = other[0].facility.is_none()
                && class(group[0].deed) == ClassOf::Gain
                && !firm(group)
                && firm(other)
                && same_side
                && apart <= 4;
            // A building taken days apart from its town adds nothing; on the same day it is kept beside it.
            let built = group[0].facility.is_some()
                && other[0].facility.is_none()
                && class(group[0].deed) == ClassOf::Gain
                && same_side
                && (1..=4).contains(&apart);
            let regained = class(group[0].deed) == ClassOf::Loss
                && same_side
                && group.iter().all(|h| h.inherited || h.date.is_none_or(|d| d.precision != Precision::Day));
            idle[at] |= enters || built || regained;
        }
    }
    let mut n = 0;
    groups.retain(|_| {
        n += 1;
        !idle[n - 1]
    });
}

/// Two sides that may be one: the same, or one unknown.
fn agree(a: Option<usize>, b: Option<usize>) -> bool {
    a.is_none() || b.is_none() || a == b
}

fn facility_fits(a: &Option<String>, b: &Option<String>) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => {
            let kind = |f: &str| f.rsplit(' ').next().unwrap_or("").to_lowercase();
            let word = kind(a);
            a == b
                || word == kind(b)
                || b.to_lowercase().split(' ').any(|w| w == word)
                || a.to_lowercase().split(' ').any(|w| w == kind(b))
        }
        _ => false,
    }
}

fn dates_fit(a: &Hit, b: &Hit) -> bool {
    match (a.date, b.date) {
        (Some(x), Some(y)) => a.inherited || b.inherited || x == y || overlap(x, y),
        _ => true,
    }
}

/// Whether two dates may be the same day, by their precision.
fn overlap(a: When, b: When) -> bool {
    let (from_a, to_a) = bounds(a);
    let (from_b, to_b) = bounds(b);
    from_a <= to_b && from_b <= to_a
}

fn bounds(when: When) -> (Date, Date) {
    use jiff::ToSpan as _;
    let around = |n: i64| {
        (when.day.checked_sub(n.days()).unwrap_or(when.day), when.day.checked_add(n.days()).unwrap_or(when.day))
    };
    match when.precision {
        Precision::Day => (when.day, when.day),
        Precision::About => around(3),
        Precision::Week => around(6),
        Precision::Month => (when.day, when.day.last_of_month()),
        Precision::Year => (when.day, when.day.last_of_year()),
    }
}

/// The towns of a text: the first mention of each.
fn towns(mentions: &[Mention], keys: &Keys) -> Vec<usize> {
    let mut seen = FxHashSet::default();
    let town = |m: &Mention| m.place.as_ref().is_some_and(|p| p.kind == PlaceKind::City);
    (0..mentions.len()).filter(|at| town(&mentions[*at]) && seen.insert(keys.key(*at))).collect()
}

/// The town that an installation belongs to, where the text names it.
fn town_of(mentions: &[Mention], towns: &[usize], at: usize) -> usize {
    let Some(place) = mentions[at].place.as_ref().filter(|p| p.kind == PlaceKind::Facility) else { return at };
    let words = place.name.to_lowercase();
    let town = |at: usize| mentions[at].place.as_deref();
    let named = |p: &Place| {
        let begins = || words.strip_prefix(&p.name.to_lowercase()).is_some_and(|rest| rest.starts_with(' '));
        p.geonameid.is_some() && p.geonameid == place.geonameid || begins()
    };
    let far = |at: usize| {
        // Less than a sixth of a degree apart; what is farther is not measured.
        let near = town(at).filter(|p| (p.at.lat() - place.at.lat()).abs() < 0.17)?;
        Some(crate::geodesy::distance(near.at, place.at).0).filter(|d| *d < 15_000.0)
    };
    let nearest = || {
        let found = towns.iter().filter_map(|t| far(*t).map(|d| (d, *t)));
        found.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))).map(|(_, t)| t)
    };
    towns.iter().copied().find(|t| town(*t).is_some_and(named)).or_else(nearest).unwrap_or(at)
}

/// Names the actor where a clause leaves it out ("Aleppo fell on Sunday"): who is taking places in this text.
fn infer(hits: &mut [Hit], parties: &[Party], sides: &Sides) {
    let side = |party: Option<usize>| party.and_then(|p| sides.of(p));
    for at in 0..hits.len() {
        if hits[at].actor.is_some() || class(hits[at].deed) == ClassOf::Contest && hits[at].deed != Deed::Besieged {
            continue;
        }
        let gains = class(hits[at].deed) != ClassOf::Loss;
        let not = side(hits[at].from);
        let fits = |h: &Hit, class_wanted: ClassOf| {
            class(h.deed) == class_wanted && h.actor.is_some() && !h.denied && (not.is_none() || side(h.actor) != not)
        };
        let find = |wanted: ClassOf| {
            hits[..at]
                .iter()
                .rev()
                .find(|h| fits(h, wanted))
                .or_else(|| hits[at + 1..].iter().find(|h| fits(h, wanted)))
                .and_then(|h| h.actor)
        };
        let found = if hits[at].deed == Deed::Besieged {
            let same = hits.iter().filter(|h| h.deed == Deed::Besieged).find_map(|h| h.actor);
            same.or_else(|| find(ClassOf::Gain))
        } else if gains {
            find(ClassOf::Gain)
                .or_else(|| {
                    hits.iter().filter(|h| matches!(h.deed, Deed::Besieged | Deed::Advanced)).find_map(|h| h.actor)
                })
                .or_else(|| find(ClassOf::Contest))
                .or_else(|| {
                    // Whoever was named last and loses nothing in this text.
                    let losers: Vec<_> = hits
                        .iter()
                        .filter(|h| class(h.deed) == ClassOf::Loss)
                        .filter_map(|h| side(h.actor))
                        .chain(not)
                        .collect();
                    named_last(parties, sides, &losers, hits[at].evidence.end).filter(|_| !losers.is_empty())
                })
        } else {
            let given = hits.iter().find_map(|h| h.from);
            given.or_else(|| find(ClassOf::Loss)).or_else(|| {
                // Whoever was named last and takes nothing in this text.
                let gainers: Vec<_> =
                    hits.iter().filter(|h| class(h.deed) == ClassOf::Gain).filter_map(|h| side(h.actor)).collect();
                named_last(parties, sides, &gainers, hits[at].evidence.end)
            })
        };
        hits[at].actor = found;
    }
}

/// The actor named last before a point of the text who is not on one of the given sides.
fn named_last(parties: &[Party], sides: &Sides, not: &[usize], end: usize) -> Option<usize> {
    (0..parties.len())
        .rev()
        .filter(|n| parties[*n].acts && parties[*n].span.end <= end)
        .find(|n| sides.of(*n).is_some_and(|s| !not.contains(&s)))
}

/// How sure an event is, the rule that says so, and on whose word.
fn judge(
    group: &[Hit],
    losing: &[&Hit],
    denial: Option<&Hit>,
    gain: bool,
    actor: Option<usize>,
    from: Option<usize>,
    sides: &Sides,
) -> (Certainty, String, Option<String>) {
    let side = |party: usize| sides.of(party);
    let own = actor.and_then(side);
    let lost = from.and_then(side);
    let words: Vec<_> = group.iter().filter_map(|h| h.source.as_ref()).collect();
    let attribution = words.first().map(|w| w.text.clone());
    if !gain
        && group.iter().any(|h| class(h.deed) == ClassOf::Loss)
        && let Some(word) = words.iter().find(|w| own.is_some() && side(w.party) == own)
    {
        return (Certainty::Confirmed, format!("{} says so of its own loss", word.text), attribution);
    }
    if gain {
        // Giving up a town says nothing of the gates of its prison.
        let building = &group[0].facility;
        let admitted = losing.iter().filter(|h| building.is_none() || h.facility == *building).find_map(|h| {
            let word = h.source.as_ref()?;
            let own_word =
                side(word.party).is_some() && side(word.party) == h.actor.and_then(side) && side(word.party) != own;
            own_word.then(|| word.text.clone())
        });
        let told = words
            .iter()
            .find(|w| lost.is_some() && side(w.party) == lost && (w.admits || w.confirms))
            .map(|w| w.text.clone());
        if let Some(loser) = admitted.or(told) {
            let attribution =
                attribution.filter(|a| *a != loser).map_or(loser.clone(), |a| format!("{a}; admitted by {loser}"));
            return (Certainty::Confirmed, format!("{loser}, the losing side, admits it"), Some(attribution));
        }
    }
    if let Some(denial) = denial {
        let who = denial.source.as_ref().map_or("somebody".to_owned(), |w| w.text.clone());
        return (Certainty::Claimed, format!("denied by {who}"), attribution);
    }
    let mut neutral: Vec<&str> = words.iter().filter(|w| w.neutral).map(|w| w.text.as_str()).collect();
    neutral.sort_unstable();
    neutral.dedup();
    if neutral.len() >= 2 {
        return (
            Certainty::Confirmed,
            format!("independent sources agree: {}", neutral.join(", ")),
            Some(neutral.join("; ")),
        );
    }
    if group.iter().any(|h| h.source.is_none() && !h.heading) {
        return (Certainty::Reported, "told in the text's own voice".to_owned(), attribution);
    }
    if let Some(word) = neutral.first() {
        return (Certainty::Reported, format!("{word} takes no side"), attribution);
    }
    match words.first() {
        None => (Certainty::Reported, "told in the text's own voice".to_owned(), attribution),
        Some(word) if own.is_some() && side(word.party) == own => {
            (Certainty::Claimed, format!("only {} says so, whose side it serves", word.text), attribution)
        }
        Some(word) if word.claims => (Certainty::Claimed, format!("a claim by {}", word.text), attribution),
        Some(word) => (Certainty::Reported, format!("told by {}", word.text), attribution),
    }
}

/// What a text recalls: a date that is history, with the words around it.
pub(super) fn recalls(scene: &Scene<'_>, line: &super::units::Line, found: &mut Vec<Background>) {
    use super::units::Kind;
    for (at, when) in scene.old_dates(line) {
        // The day of a dateline is when the text was written.
        if at < line.body {
            continue;
        }
        let edge = |u: &super::units::Unit| matches!(u.kind, Kind::Comma | Kind::Break);
        let start = (line.body..at).rev().find(|i| edge(&line.units[*i])).map_or(line.body, |i| i + 1);
        let end = (at..line.units.len()).find(|i| edge(&line.units[*i])).unwrap_or(line.units.len());
        let place = line.units[start..end].iter().find_map(|u| u.place()).map(|m| scene.mentions[m].text.clone());
        let span = line.span(scene.eye.tokens, start..end);
        let words = scene.eye.words(line, &(start..end)).to_owned();
        found.push(Background { date: Some(when), place, evidence: crate::model::Evidence { span, text: words } });
    }
}
