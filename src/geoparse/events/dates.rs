//! When: the date that belongs to a clause, or that it inherits from the text.

use super::clauses::Verb;
use super::scene::{Said, Scene};
use super::units::{Kind, Line};
use crate::time::resolve::{Bearing, Phrase, resolve};
use crate::time::{Date, Precision, When};

/// Older than this is background.
pub(super) const BACKGROUND_DAYS: i32 = 30;

/// Days from one date to another.
pub(super) fn days(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

/// Whether a date lies so far before the publication day that it is history.
pub(super) fn is_background(when: When, published: Date) -> bool {
    let last = match when.precision {
        Precision::Month => when.day.last_of_month(),
        Precision::Year => when.day.last_of_year(),
        _ => when.day,
    };
    days(last, published) > BACKGROUND_DAYS
}

impl Scene<'_> {
    /// The date of what is said, whether it is inherited, and whether it is said of the future.
    pub(super) fn date_of(&self, line: &Line, verbs: &[Verb], said: &Said) -> (Option<When>, bool, bool) {
        let between = |a: usize, b: usize| {
            let (from, to) = if a < b { (a, b) } else { (b, a) };
            verbs
                .iter()
                .filter(|v| {
                    v.at > from
                        && v.at < to
                        && v.at != said.at
                        && !v.infinitive
                        && !matches!(v.lemma, "say" | "announce" | "tell" | "report" | "claim" | "confirm" | "admit")
                })
                .count()
        };
        let mut best: Option<(usize, When)> = None;
        let mut future = false;
        let mut from_event: Option<i32> = None;
        let mut cause: Option<When> = None;
        let mut anchor = self.anchor.or(self.date);
        for (at, unit) in line.units.iter().enumerate() {
            let Kind::Date(date) = unit.kind else { continue };
            let found = &line.dates[date];
            let verbs_between = between(at, said.at);
            let breaks = line.units[at.min(said.at)..at.max(said.at)].iter().filter(|u| u.kind == Kind::Break).count();
            // "since Sunday, when they entered the city".
            let when_at = if line.get(at + 1).is_some_and(|u| u.kind == Kind::Comma) { at + 2 } else { at + 1 };
            let names_clause = line.low(when_at) == "when" && said.at > when_at && between(when_at, said.at) == 0;
            if names_clause && let Some(when) = self.resolve(found.phrase, anchor) {
                return (Some(when), false, false);
            }
            match found.phrase {
                Phrase::Future | Phrase::Coming(_) => future |= verbs_between == 0 && breaks == 0,
                // "three days after the loss of Hue": the date of what follows hangs on the main clause.
                Phrase::FromEvent(n) if at < said.at && verbs_between == 0 => {
                    from_event = Some(n);
                }
                phrase if found.bearing == Bearing::At => {
                    let Some(when) = self.resolve(phrase, anchor) else { continue };
                    anchor = Some(when.day);
                    let far = at.abs_diff(said.at) + 8 * verbs_between + 20 * breaks + usize::from(at < said.at) * 2;
                    let old = self.published.is_some_and(|p| is_background(when, p));
                    let owner = owner(line, verbs, at);
                    let others = owner.filter(|v| verbs[*v].at != said.at);
                    let apart = others.is_some_and(|v| verbs[v].relative)
                        || said.present && at < said.at && others.is_some()
                        || said.present && others.is_some_and(|v| verbs[v].at > said.at);
                    if old && verbs_between > 0 || apart {
                        continue;
                    }
                    if cause.is_none() {
                        cause = Some(when);
                    }
                    if best.is_none_or(|(b, _)| far < b) {
                        best = Some((far, when));
                    }
                }
                _ => {}
            }
        }
        if let Some(n) = from_event {
            let main = cause.map(|w| w.day).or(self.date).or(self.published);
            let when = main.and_then(|d| shift(d, -n)).map(When::day);
            return (when, false, false);
        }
        if future {
            return (None, false, true);
        }
        if let Some((_, when)) = best {
            return (Some(when), false, false);
        }
        let day = if said.present { self.published } else { self.date.or(self.published) };
        (day.map(When::day), true, false)
    }

    fn resolve(&self, phrase: Phrase, anchor: Option<Date>) -> Option<When> {
        let dated = matches!(phrase, Phrase::Day(_, _, Some(_)) | Phrase::Month(_, Some(_)) | Phrase::Year(_));
        // Without a publication day only full dates are known; relative ones may still hang on those.
        let published = match (self.published, self.date) {
            (Some(published), _) => published,
            (None, Some(date)) if !dated => date,
            (None, _) => {
                if !dated {
                    return None;
                }
                Date::constant(2000, 1, 1)
            }
        };
        resolve(phrase, published, anchor)
    }

    /// Keeps the last date of a sentence for the sentences after it.
    pub(super) fn keep_date(&mut self, line: &Line) {
        for at in 0..line.units.len() {
            let Kind::Date(date) = line.units[at].kind else { continue };
            let found = &line.dates[date];
            if found.bearing != Bearing::At {
                continue;
            }
            let Some(when) = self.resolve(found.phrase, self.anchor.or(self.date)) else { continue };
            let near = self.published.is_none_or(|p| !is_background(when, p));
            let exact = matches!(when.precision, Precision::Day | Precision::Week | Precision::About);
            if exact {
                self.anchor = Some(when.day);
            }
            // A look back does not move the story's own day.
            let back = self.date.is_some_and(|d| days(when.day, d) > 5);
            if near && exact && !back && at >= line.body {
                self.date = Some(when.day);
            }
        }
    }

    /// Dates of a sentence that are history, with the unit each stands at.
    pub(super) fn old_dates(&self, line: &Line) -> Vec<(usize, When)> {
        let Some(published) = self.published else { return Vec::new() };
        let mut old = Vec::new();
        for (at, unit) in line.units.iter().enumerate() {
            let Kind::Date(date) = unit.kind else { continue };
            let when = self.resolve(line.dates[date].phrase, self.anchor.or(self.date));
            old.extend(when.filter(|w| is_background(*w, published)).map(|w| (at, w)));
        }
        old
    }
}

/// The verb that a date belongs to: the last one before it without a comma between.
fn owner(line: &Line, verbs: &[Verb], date: usize) -> Option<usize> {
    let verb = verbs.iter().rposition(|v| v.at < date)?;
    let apart = line.units[verbs[verb].at..date].iter().any(|u| matches!(u.kind, Kind::Comma | Kind::Break));
    (!apart && !super::source::is_saying(verbs[verb].lemma)).then_some(verb)
}

fn shift(day: Date, days: i32) -> Option<Date> {
    use jiff::ToSpan as _;
    day.checked_add(i64::from(days).days()).ok()
}
