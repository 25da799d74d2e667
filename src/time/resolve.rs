//! Dates in running English ("Thursday (5)", "Sunday (1st)", "December 4", "a week ago", "late November", "in 1982"),
//! found in a row of words and resolved against a publication day.
//!
//! It is not a calendar parser for forms and tables. A bare weekday is the latest one not after the publication day, a day
//! without a year the latest such day not after it, and a relative date ("four days before") counts from the date the text gave last.

use super::{Date, Precision, Weekday, When};
use jiff::ToSpan as _;
use std::ops::Range;

/// Which point a relative date counts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// The publication day ("two days ago").
    Published,
    /// The date that the text gave last ("two days later").
    Text,
}

/// How a date stands to what the sentence tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bearing {
    /// It happened then ("on Monday", "by Monday").
    At,
    /// It goes on since then ("since Monday").
    Since,
    /// It lasted until then, or it is only a bound ("until Monday", "before Monday").
    Bound,
}

/// A date as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phrase {
    /// A weekday, with the day of the month where it is added in brackets, and a shift of whole weeks ("last Tuesday week").
    Weekday(Weekday, Option<i8>),
    /// A weekday to come ("next Thursday").
    Coming(Weekday),
    /// A day of the month alone ("on the 1st").
    DayOfMonth(i8),
    /// Month, day, and the year where given.
    Day(i8, i8, Option<i16>),
    /// A month, and the year where given.
    Month(i8, Option<i16>),
    /// A year.
    Year(i16),
    /// So many days from the anchor, known to a precision.
    Shift(i32, Anchor, Precision),
    /// So many months from the publication day.
    Months(i32),
    /// So many years from the publication day.
    Years(i32),
    /// So many days before (negative) or after what the words behind it name ("three days after the loss of Hue").
    FromEvent(i32),
    /// A stated future ("tomorrow", "next week").
    Future,
}

/// A date found in a row of words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The words, its preposition not included.
    pub words: Range<usize>,
    /// What is written.
    pub phrase: Phrase,
    /// How it stands to the sentence.
    pub bearing: Bearing,
}

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const NUMBERS: [&str; 21] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
];
const TENS: [(&str, u32); 8] = [
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
];

/// A small whole number in figures or words ("12", "twelve", "twenty-four").
pub fn number(word: &str) -> Option<u32> {
    if word.bytes().all(|b| b.is_ascii_digit()) {
        return word.parse().ok().filter(|_| word.len() <= 6);
    }
    // No number begins with another letter.
    if !matches!(word.as_bytes()[0].to_ascii_lowercase(), b'e' | b'f' | b'n' | b'o' | b's' | b't' | b'z') {
        return None;
    }
    if let Some(n) = NUMBERS.iter().position(|w| w.eq_ignore_ascii_case(word)) {
        return Some(n as u32);
    }
    let (ten, unit) = word.split_once('-').unwrap_or((word, ""));
    let tens = TENS.iter().find(|(w, _)| w.eq_ignore_ascii_case(ten))?.1;
    if unit.is_empty() {
        return Some(tens);
    }
    NUMBERS[1..10].iter().position(|w| w.eq_ignore_ascii_case(unit)).map(|n| tens + n as u32 + 1)
}

fn weekday(word: &str) -> Option<Weekday> {
    if !word.starts_with(|c: char| c.is_ascii_uppercase()) {
        return None;
    }
    let lower = word.to_ascii_lowercase();
    let stem = lower.strip_suffix("'s").or_else(|| lower.strip_suffix("’s")).unwrap_or(&lower);
    let stem = stem.strip_suffix('s').unwrap_or(stem);
    let (short, day) = WEEKDAYS.iter().find(|(short, _)| stem.starts_with(short))?;
    let full = matches!(stem, "monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday");
    (full || (stem.len() >= 3 && stem == *short && matches!(stem, "thu" | "fri" | "tue"))).then_some(*day)
}

fn month(word: &str) -> Option<i8> {
    if !word.starts_with(|c: char| c.is_ascii_uppercase()) {
        return None;
    }
    let lower = word.to_ascii_lowercase();
    let stem = lower.strip_suffix("'s").or_else(|| lower.strip_suffix("’s")).unwrap_or(&lower);
    let stem = stem.trim_end_matches('.');
    let at = MONTHS.iter().position(|m| *m == stem || (stem.len() >= 3 && stem.len() <= 4 && m.starts_with(stem)))?;
    Some(at as i8 + 1)
}

fn day_number(word: &str) -> Option<i8> {
    let stem = ["st", "nd", "rd", "th"].iter().find_map(|s| word.strip_suffix(s)).unwrap_or(word);
    if stem.is_empty() || stem.len() > 2 || !stem.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    stem.parse().ok().filter(|d| (1..=31).contains(d))
}

fn year(word: &str) -> Option<i16> {
    (word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit()))
        .then(|| word.parse().ok())
        .flatten()
        .filter(|y| (1000..=2199).contains(y))
}

/// Length in days of a unit of time, and how exactly a count of it is meant.
fn unit(word: &str) -> Option<(i32, Precision)> {
    Some(match word {
        "hour" | "hours" | "minutes" => (0, Precision::Day),
        "day" | "days" | "night" | "nights" | "morning" => (1, Precision::Day),
        "week" | "weeks" => (7, Precision::Week),
        "fortnight" => (14, Precision::Week),
        "month" | "months" => (30, Precision::Month),
        "year" | "years" => (365, Precision::Year),
        "decade" | "decades" => (3650, Precision::Year),
        _ => return None,
    })
}

/// Finds the dates in a row of words; punctuation marks are words of their own.
pub fn find(words: &[&str]) -> Vec<Found> {
    let mut found = Vec::new();
    let mut i = 0;
    while i < words.len() {
        match at(words, i) {
            Some((end, phrase)) => {
                let bearing = bearing(words, i);
                found.push(Found { words: i..end, phrase, bearing });
                i = end;
            }
            None => i += 1,
        }
    }
    found
}

fn bearing(words: &[&str], start: usize) -> Bearing {
    let mut i = start;
    while i > 0 {
        i -= 1;
        match words[i].to_ascii_lowercase().as_str() {
            "the" | "early" | "late" | "least" | "at" | "mid" | "about" | "around" | "on" | "of" | "last" | "in" => {}
            "since" => return Bearing::Since,
            "until" | "till" | "before" | "through" | "than" => return Bearing::Bound,
            _ => return Bearing::At,
        }
    }
    Bearing::At
}

/// Whether a date may begin with a word: with a figure, a capital, or one of these.
fn may_begin(word: &str) -> bool {
    let known = || {
        matches!(
            word,
            "the"
                | "a"
                | "an"
                | "new"
                | "today"
                | "tonight"
                | "overnight"
                | "yesterday"
                | "tomorrow"
                | "this"
                | "last"
                | "past"
                | "previous"
                | "preceding"
                | "next"
                | "coming"
                | "following"
                | "same"
                | "weekend"
                | "day"
                | "earlier"
                | "several"
                | "few"
                | "some"
        )
    };
    word.starts_with(|c: char| c.is_ascii_digit() || c.is_ascii_uppercase()) || known() || number(word).is_some()
}

fn at(words: &[&str], i: usize) -> Option<(usize, Phrase)> {
    if !may_begin(words[i]) {
        return None;
    }
    let word = |k: usize| words.get(k).copied().unwrap_or("");
    let low = |k: usize| word(k).to_ascii_lowercase();
    let first = low(i);
    if let Some(day) = weekday(word(i)) {
        let previous = if i > 0 { low(i - 1) } else { String::new() };
        // "Thursday (5)", "Sunday (1st)"; then "Thursday, December 5".
        if word(i + 1) == "("
            && word(i + 3) == ")"
            && let Some(n) = day_number(word(i + 2))
        {
            return Some((i + 4, Phrase::Weekday(day, Some(n))));
        }
        if word(i + 1) == "("
            && let Some((end, phrase)) = day_and_month(words, i + 2)
        {
            return Some((end + usize::from(word(end) == ")"), phrase));
        }
        let next = if word(i + 1) == "," { i + 2 } else { i + 1 };
        if let Some((end, phrase)) = day_and_month(words, next) {
            return Some((end, phrase));
        }
        if previous == "next" || previous == "coming" {
            return Some((i + 1, Phrase::Coming(day)));
        }
        return Some((i + 1, Phrase::Weekday(day, None)));
    }
    if let Some(hit) = day_and_month(words, i) {
        return Some(hit);
    }
    if let Some(m) = month(word(i)) {
        let after = if matches!(word(i + 1), "," | "of") { i + 2 } else { i + 1 };
        if let Some(y) = year(word(after)) {
            return Some((after + 1, Phrase::Month(m, Some(y))));
        }
        // "May" and "March" begin sentences as other words: they need a preposition or a part of the month before them.
        let previous = if i > 0 { low(i - 1) } else { String::new() };
        let led = matches!(
            previous.as_str(),
            "in" | "since" | "until" | "of" | "by" | "early" | "late" | "mid" | "last" | "this" | "during" | "end"
        ) || previous.starts_with("mid-");
        if led || (m != 3 && m != 5 && word(i).len() > 3) {
            return Some((i + 1, Phrase::Month(m, None)));
        }
        return None;
    }
    if word(i) == "Christmas" || word(i) == "Boxing" {
        let eve = low(i + 1) == "eve";
        let day = match (word(i), eve) {
            ("Boxing", _) if low(i + 1) == "day" => 26,
            ("Boxing", _) => return None,
            (_, true) => 24,
            _ => 25,
        };
        return Some((i + 1 + usize::from(eve || low(i + 1) == "day"), Phrase::Day(12, day, None)));
    }
    if first == "new" && low(i + 1).starts_with("year") && matches!(low(i + 2).as_str(), "day" | "eve") {
        let (m, d) = if low(i + 2) == "day" { (1, 1) } else { (12, 31) };
        return Some((i + 3, Phrase::Day(m, d, None)));
    }
    // "the 1st", "(5)" never alone; "on the 27th".
    if first == "the" && day_number(word(i + 1)).is_some_and(|_| !word(i + 1).ends_with(|c: char| c.is_ascii_digit())) {
        let previous = if i > 0 { low(i - 1) } else { String::new() };
        let day = day_number(word(i + 1))?;
        if low(i + 2) == "of"
            && let Some(m) = month(word(i + 3))
        {
            let y = year(word(i + 4));
            return Some((i + 4 + usize::from(y.is_some()), Phrase::Day(m, day, y)));
        }
        if matches!(previous.as_str(), "on" | "since" | "until" | "by" | "before")
            && matches!(
                low(i + 2).as_str(),
                "" | "." | "," | ";" | "and" | "after" | "when" | "of" | "the" | ")" | "by"
            )
        {
            return Some((i + 2, Phrase::DayOfMonth(day)));
        }
        return None;
    }
    if word(i).starts_with(|c: char| c.is_ascii_digit())
        && let Ok(day) = super::parse_day(word(i))
    {
        return Some((i + 1, Phrase::Day(day.month(), day.day(), Some(day.year()))));
    }
    // "2024-12-05", cut at its marks.
    if let Some(y) = year(word(i))
        && let [_, "-" | "‑" | "–", m, "-" | "‑" | "–", d, ..] = words[i..]
        && m.len() == 2
        && d.len() == 2
        && let (Some(m), Some(d)) = (day_number(m).filter(|m| *m <= 12), day_number(d))
    {
        return Some((i + 5, Phrase::Day(m, d, Some(y))));
    }
    if let Some(y) = year(word(i)) {
        let previous = if i > 0 { low(i - 1) } else { String::new() };
        let led = matches!(
            previous.as_str(),
            "in" | "since"
                | "until"
                | "by"
                | "of"
                | "from"
                | "during"
                | "early"
                | "late"
                | "mid"
                | "before"
                | "after"
                | "the"
                | "("
                | "and"
                | "between"
        ) || previous.starts_with("mid-");
        let counted = matches!(
            low(i + 1).as_str(),
            "people" | "soldiers" | "troops" | "fighters" | "men" | "km" | "miles" | "kilometres"
        );
        return (led && !counted).then_some((i + 1, Phrase::Year(y)));
    }
    relative(words, i)
}

/// "5 December 2024", "December 5, 2024", "the 5th of December", without "the".
fn day_and_month(words: &[&str], i: usize) -> Option<(usize, Phrase)> {
    let word = |k: usize| words.get(k).copied().unwrap_or("");
    if let Some(d) = day_number(word(i)) {
        let of = usize::from(word(i + 1) == "of");
        let m = month(word(i + 1 + of))?;
        let mut end = i + 2 + of;
        end += usize::from(word(end) == "." && word(i + 1 + of).len() <= 4 && year(word(end + 1)).is_some());
        let comma = usize::from(word(end) == "," && year(word(end + 1)).is_some());
        let y = year(word(end + comma));
        return Some((if y.is_some() { end + comma + 1 } else { end }, Phrase::Day(m, d, y)));
    }
    let m = month(word(i))?;
    let mut at = i + 1;
    at += usize::from(word(at) == "." && word(i).len() <= 4);
    at += usize::from(word(at) == "the");
    let d = day_number(word(at)).filter(|_| year(word(at)).is_none())?;
    at += 1;
    let comma = usize::from(word(at) == "," && year(word(at + 1)).is_some());
    let y = year(word(at + comma));
    Some((if y.is_some() { at + comma + 1 } else { at }, Phrase::Day(m, d, y)))
}

fn relative(words: &[&str], i: usize) -> Option<(usize, Phrase)> {
    let low = |k: usize| words.get(k).map_or(String::new(), |w| w.to_ascii_lowercase());
    let first = low(i);
    let second = low(i + 1);
    let day = |shift, anchor| Phrase::Shift(shift, anchor, Precision::Day);
    Some(match first.as_str() {
        "today" | "tonight" | "overnight" => (i + 1, day(0, Anchor::Published)),
        "yesterday" => (i + 1, day(-1, Anchor::Published)),
        "tomorrow" => (i + 1, Phrase::Future),
        "this" => match second.as_str() {
            "morning" | "afternoon" | "evening" => (i + 2, day(0, Anchor::Published)),
            "week" => (i + 2, Phrase::Shift(0, Anchor::Published, Precision::Week)),
            "month" => (i + 2, Phrase::Months(0)),
            "year" => (i + 2, Phrase::Years(0)),
            "summer" | "spring" | "winter" | "autumn" => (i + 2, Phrase::Years(0)),
            _ => return None,
        },
        "last" | "past" | "previous" | "preceding"
            if i > 0 && second == "day" && low(i - 1) == "the" && first != "last" =>
        {
            (i + 2, day(-1, Anchor::Text))
        }
        "last" if words.get(i + 1).is_some_and(|w| weekday(w).is_some()) => {
            (i + 2, Phrase::Weekday(weekday(words[i + 1])?, None))
        }
        "last" => match second.as_str() {
            "night" => (i + 2, day(-1, Anchor::Published)),
            "week" | "weekend" => (i + 2, Phrase::Shift(-7, Anchor::Published, Precision::Week)),
            "month" => (i + 2, Phrase::Months(-1)),
            "year" => (i + 2, Phrase::Years(-1)),
            "summer" | "spring" | "winter" | "autumn" => (i + 2, Phrase::Years(-1)),
            _ => return None,
        },
        "next" | "coming" => match second.as_str() {
            "day" | "morning" if i > 0 && low(i - 1) == "the" => (i + 2, day(1, Anchor::Text)),
            "week" | "month" | "year" | "days" | "weeks" => (i + 2, Phrase::Future),
            _ => return None,
        },
        "following" if matches!(second.as_str(), "day" | "morning") => (i + 2, day(1, Anchor::Text)),
        "same" if matches!(second.as_str(), "day" | "evening" | "night") => (i + 2, day(0, Anchor::Text)),
        "weekend" if i > 0 && low(i - 1) == "the" => (i + 1, Phrase::Weekday(Weekday::Saturday, None)),
        "day" if second == "before" && i > 0 && low(i - 1) == "the" => {
            let end = i + 2;
            if low(end) == "yesterday" { (end + 1, day(-2, Anchor::Published)) } else { (end, day(-1, Anchor::Text)) }
        }
        "earlier" if second == "this" || second == "in" => {
            let at = i + 2 + usize::from(low(i + 2) == "the");
            match low(at).as_str() {
                "week" => (at + 1, Phrase::Shift(-2, Anchor::Published, Precision::Week)),
                "month" => (at + 1, Phrase::Months(0)),
                "year" => (at + 1, Phrase::Years(0)),
                "day" => (at + 1, day(0, Anchor::Text)),
                _ => return None,
            }
        }
        _ => return counted(words, i),
    })
}

/// "a week ago", "four days before", "87 days after", "two days later", "half a year earlier".
fn counted(words: &[&str], i: usize) -> Option<(usize, Phrase)> {
    let low = |k: usize| words.get(k).map_or(String::new(), |w| w.to_ascii_lowercase());
    let first = low(i);
    let (count, mut at) = match first.as_str() {
        "a" | "an" if low(i + 1) == "few" => (3, i + 2),
        "a" if low(i + 1) == "couple" && low(i + 2) == "of" => (2, i + 3),
        "a" | "an" => (1, i + 1),
        "several" | "few" => (3, i + 1),
        "some" => (number(&low(i + 1))?, i + 2),
        word => (number(word)?, i + 1),
    };
    at += usize::from(matches!(low(at).as_str(), "full" | "long" | "whole"));
    let (days, precision) = unit(&low(at))?;
    let precision =
        if first == "several" || first == "few" || low(i + 1) == "few" { Precision::About } else { precision };
    let n = days.saturating_mul(i32::try_from(count).ok()?);
    let end = at + 2;
    let shift = |sign: i32, anchor| match (precision, days) {
        (_, 30) if anchor == Anchor::Published => Phrase::Months(sign * count as i32),
        (_, 365) if anchor == Anchor::Published => Phrase::Years(sign * count as i32),
        _ => Phrase::Shift(sign * n, anchor, precision),
    };
    let ends =
        |k: usize| matches!(low(k).as_str(), "" | "." | "," | ";" | ")" | "and" | "but" | "-" | "–" | "—" | "”" | "\"");
    Some(match low(at + 1).as_str() {
        "ago" => (end, shift(-1, Anchor::Published)),
        "later" => (end, shift(1, Anchor::Text)),
        "earlier" => (end, shift(-1, Anchor::Text)),
        "before" if ends(end) => (end, shift(-1, Anchor::Text)),
        "after" if ends(end) => (end, shift(1, Anchor::Text)),
        "before" => (end, Phrase::FromEvent(-n)),
        "after" => (end, Phrase::FromEvent(n)),
        _ => return None,
    })
}

/// The date that a phrase means, or `None` where it is in the future, hangs on an event, or cannot be (31 February).
pub fn resolve(phrase: Phrase, published: Date, text: Option<Date>) -> Option<When> {
    let back = |day: Date, days: i64| day.checked_sub(days.days()).ok();
    match phrase {
        Phrase::Weekday(weekday, None) => {
            let days = published.weekday().since(weekday);
            back(published, i64::from(days)).map(When::day)
        }
        // The figure is the surer of the two: a wrong weekday in print is commoner than a wrong day.
        Phrase::Weekday(_, Some(n)) | Phrase::DayOfMonth(n) => latest_day(published, n).map(When::day),
        Phrase::Coming(_) | Phrase::Future | Phrase::FromEvent(_) => None,
        Phrase::Day(month, day, Some(year)) => Date::new(year, month, day).ok().map(When::day),
        Phrase::Day(month, day, None) => {
            let this = Date::new(published.year(), month, day).ok();
            let that = Date::new(published.year() - 1, month, day).ok();
            this.filter(|d| *d <= published).or(that).or(this).map(When::day)
        }
        Phrase::Month(month, year) => {
            let this = year.unwrap_or(if month <= published.month() { published.year() } else { published.year() - 1 });
            Date::new(this, month, 1).ok().map(|day| When { day, precision: Precision::Month })
        }
        Phrase::Year(year) => Date::new(year, 1, 1).ok().map(|day| When { day, precision: Precision::Year }),
        Phrase::Shift(days, anchor, precision) => {
            let from = if anchor == Anchor::Text { text.unwrap_or(published) } else { published };
            let day = from.checked_add(i64::from(days).days()).ok()?;
            Some(When { day, precision })
        }
        Phrase::Months(n) => {
            let day = published.checked_add(i64::from(n).months()).ok()?.first_of_month();
            Some(When { day, precision: Precision::Month })
        }
        Phrase::Years(n) => {
            let day = published.checked_add(i64::from(n).years()).ok()?.first_of_year();
            Some(When { day, precision: Precision::Year })
        }
    }
}

fn latest_day(published: Date, day: i8) -> Option<Date> {
    let mut first = published.first_of_month();
    for _ in 0..3 {
        if let Ok(date) = Date::new(first.year(), first.month(), day)
            && date <= published
        {
            return Some(date);
        }
        first = first.checked_sub(1.month()).ok()?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let mut out = vec![String::new()];
        for c in text.chars() {
            match c {
                ' ' => out.push(String::new()),
                '(' | ')' | ',' | '.' | ';' => out.extend([c.to_string(), String::new()]),
                c => out.last_mut().expect("never empty").push(c),
            }
        }
        out.retain(|w| !w.is_empty());
        out
    }

    fn read(text: &str, published: &str) -> Vec<String> {
        let words = words(text);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let published: Date = published.parse().expect("a day");
        let mut last = None;
        find(&words)
            .iter()
            .map(|f| {
                resolve(f.phrase, published, last).map_or("-".to_owned(), |when| {
                    last = Some(when.day);
                    when.to_string()
                })
            })
            .collect()
    }

    #[test]
    fn the_founding_article() {
        assert_eq!(read("entered Hama on Thursday (5), after", "2024-12-05"), ["2024-12-05"]);
        assert_eq!(read("Aleppo fell on Sunday (1st).", "2024-12-05"), ["2024-12-01"]);
        assert_eq!(read("They entered it on 2024-12-05.", "2024-12-06"), ["2024-12-05"]);
        assert_eq!(read("Losses from 2014-15 to 2016-17 grew.", "2024-12-06"), Vec::<String>::new());
        assert_eq!(read("Russian diplomacy said on December 4.", "2024-12-05"), ["2024-12-04"]);
        assert_eq!(read("since the start on November 27, fighting", "2024-12-05"), ["2024-11-27"]);
        assert_eq!(read("rebellion in 1982. in 2014, before", "2024-12-05"), ["1982", "2014"]);
    }

    #[test]
    fn weekdays_are_the_latest_not_after() {
        assert_eq!(read("on Wednesday when", "1975-05-01"), ["1975-04-30"]);
        assert_eq!(read("on Thursday", "1975-05-01"), ["1975-05-01"]);
        assert_eq!(read("next Monday", "1975-05-01"), ["-"]);
    }

    #[test]
    fn counts_from_the_right_end() {
        assert_eq!(read("a week ago", "2000-02-07"), ["2000-W05"]);
        assert_eq!(read("on Sunday and four days before.", "1942-02-16"), ["1942-02-15", "1942-02-11"]);
        assert_eq!(read("on January 31. A week later Japanese", "1942-02-16"), ["1942-01-31", "1942-W06"]);
        assert_eq!(read("eleven days ago", "1944-08-26"), ["1944-08-15"]);
        assert_eq!(read("87 days after they", "1991-11-19"), ["-"]);
        assert_eq!(
            read("yesterday, last week, last month, last year", "2024-03-05"),
            ["2024-03-04", "2024-W09", "2024-02", "2023"]
        );
    }

    #[test]
    fn months_and_years_keep_their_precision() {
        assert_eq!(read("in late December", "1999-01-07"), ["1998-12"]);
        assert_eq!(read("in August 1996.", "2000-02-07"), ["1996-08"]);
        assert_eq!(read("on August 2, 1990", "1991-02-27"), ["1990-08-02"]);
        assert_eq!(read("on 5 Dec. 2024 and on the 3rd of May", "2025-01-01"), ["2024-12-05", "2024-05-03"]);
        assert_eq!(read("troops may march on May 3", "2025-01-01"), ["2024-05-03"]);
        assert_eq!(read("on 31 February 2024", "2025-01-01"), ["-"]);
        assert_eq!(read("about 2000 people and 1200 troops", "2025-01-01"), Vec::<String>::new());
    }

    proptest::proptest! {
        #[test]
        fn any_words_do(text in "[a-zA-Z0-9 ,.()]{0,80}") {
            let _ = read(&text, "2024-02-29");
        }
    }
}
