//! Civil dates as news and event logs give them: a day, a week, a month, a year, or about then.
//!
//! No clock is read here or anywhere in the library: "Thursday" is resolved against a publication date that is given.

pub mod resolve;

pub use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How exactly a date is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// The calendar day.
    #[default]
    Day,
    /// The week that begins on or contains the day.
    Week,
    /// The calendar month.
    Month,
    /// The calendar year.
    Year,
    /// Around the day.
    About,
}

/// A date with its precision; written `2024-12-05`, `2024-12`, `2024`, `~2024-12-05` or `2024-W49`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct When {
    /// The day, or the first day of the period.
    pub day: Date,
    /// How exactly it is known.
    pub precision: Precision,
}

/// A date that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{text}\" is not a date")]
pub struct DateError {
    /// What was written.
    pub text: String,
}

impl When {
    /// A date known to the day.
    pub fn day(day: Date) -> Self {
        Self { day, precision: Precision::Day }
    }
}

/// A day written `YYYY-MM-DD`.
///
/// # Errors
/// Anything else, and days that do not exist (31 February).
pub fn parse_day(text: &str) -> Result<Date, DateError> {
    let text = text.trim();
    let shape = text.len() == 10
        && text.bytes().enumerate().all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() });
    if !shape {
        return Err(DateError { text: text.to_owned() });
    }
    text.parse().map_err(|_| DateError { text: text.to_owned() })
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.precision {
            Precision::Day => write!(f, "{}", self.day),
            Precision::About => write!(f, "~{}", self.day),
            Precision::Week => {
                let week = self.day.iso_week_date();
                write!(f, "{:04}-W{:02}", week.year(), week.week())
            }
            Precision::Month => write!(f, "{:04}-{:02}", self.day.year(), self.day.month()),
            Precision::Year => write!(f, "{:04}", self.day.year()),
        }
    }
}

impl FromStr for When {
    type Err = DateError;
    fn from_str(text: &str) -> Result<Self, DateError> {
        let bad = || DateError { text: text.to_owned() };
        let (about, plain) = match text.trim().strip_prefix('~') {
            Some(rest) => (true, rest),
            None => (false, text.trim()),
        };
        let (day, precision) = if let Some((year, week)) = plain.split_once("-W") {
            let (year, week) = (year.parse().map_err(|_| bad())?, week.parse().map_err(|_| bad())?);
            let date = jiff::civil::ISOWeekDate::new(year, week, Weekday::Monday).map_err(|_| bad())?;
            (date.date(), Precision::Week)
        } else {
            match plain.len() {
                4 => (parse_day(&format!("{plain}-01-01")).map_err(|_| bad())?, Precision::Year),
                7 => (parse_day(&format!("{plain}-01")).map_err(|_| bad())?, Precision::Month),
                _ => (parse_day(plain).map_err(|_| bad())?, Precision::Day),
            }
        };
        Ok(Self { day, precision: if about { Precision::About } else { precision } })
    }
}

impl Serialize for When {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A day in words, for instance `5 December 2024`.
pub fn long(day: Date) -> String {
    format!("{} {} {}", day.day(), MONTHS[day.month() as usize - 1], day.year())
}

/// A day in words without its year, for instance `5 December`.
pub fn long_without_year(day: Date) -> String {
    format!("{} {}", day.day(), MONTHS[day.month() as usize - 1])
}

/// A day without its year, month shortened, for instance `5 Dec`.
pub fn short(day: Date) -> String {
    format!("{} {}", day.day(), &MONTHS[day.month() as usize - 1][..3])
}

/// A date as precise as it is, short enough to follow a verb: `5 Dec`, `2–8 Dec`, `in Dec 2024`, `in 2024`, `about 5 Dec`.
pub fn spoken(when: When) -> String {
    let day = when.day;
    match when.precision {
        Precision::Day => short(day),
        Precision::About => format!("about {}", short(day)),
        Precision::Week => {
            let week = day.iso_week_date();
            let end =
                |weekday| jiff::civil::ISOWeekDate::new(week.year(), week.week(), weekday).map_or(day, |d| d.date());
            let (from, to) = (end(Weekday::Monday), end(Weekday::Sunday));
            if from.month() == to.month() {
                format!("{}–{}", from.day(), short(to))
            } else {
                format!("{} – {}", short(from), short(to))
            }
        }
        Precision::Month => format!("in {} {}", &MONTHS[day.month() as usize - 1][..3], day.year()),
        Precision::Year => format!("in {}", day.year()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_as_they_are_said() {
        let said = |text: &str| spoken(text.parse().expect("a date"));
        let texts = ["2024-12-05", "2024-W49", "2024-W40", "2024-12", "2024", "~2024-12-05"];
        let words = ["5 Dec", "2–8 Dec", "30 Sep – 6 Oct", "in Dec 2024", "in 2024", "about 5 Dec"];
        assert_eq!(texts.map(said), words);
    }

    #[test]
    fn writes_what_it_reads() {
        for text in ["2024-12-05", "2024-12", "2024", "~2024-12-05", "2024-W49"] {
            assert_eq!(text.parse::<When>().expect(text).to_string(), text);
        }
    }

    #[test]
    fn refuses_days_that_cannot_be() {
        for text in ["2024-02-31", "2023-02-29", "5 December", "2024-12-5", "", "~"] {
            assert!(text.parse::<When>().is_err(), "{text}");
        }
    }
}
