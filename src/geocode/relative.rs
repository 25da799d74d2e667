//! Places told by others: "30 km south of Hama", "between Hama and Homs", "outskirts of Aleppo", "northern Syria".
//!
//! The answer is a point with the radius within which the place lies; the point itself is never claimed.

use super::{Answer, Geocoder, Hit, Query, Tier};
use crate::geodesy::{Compass, LonLat, Metres, bearing, destination, distance};
use crate::model::{Place, PlaceKind};
use crate::text::fold;
use std::sync::Arc;

/// What a relative phrase says.
#[derive(Debug, Clone, PartialEq)]
enum Phrase<'a> {
    /// So far from a place in a direction.
    Off(Metres, Compass, &'a str),
    /// Somewhere in a direction from a place.
    Towards(Compass, &'a str),
    /// Between two places.
    Between(&'a str, &'a str),
    /// Around a place.
    Around(&'a str),
    /// The part of an area that lies in a direction; `None` for its middle.
    Part(Option<Compass>, &'a str),
}

fn parse(text: &str) -> Option<Phrase<'_>> {
    let text = text.trim();
    let words: Vec<(usize, &str)> = words(text);
    let lower: Vec<String> = words.iter().map(|(_, w)| fold(w)).collect();
    let at = |i: usize| lower.get(i).map_or("", String::as_str);
    let rest = |i: usize| words.get(i).map(|(start, _)| text[*start..].trim()).filter(|r| !r.is_empty());
    let mut i = 0;
    while matches!(
        at(i),
        "about" | "around" | "some" | "roughly" | "approximately" | "nearly" | "almost" | "just" | "the"
    ) && i + 1 < words.len()
    {
        i += 1;
    }
    if let Some((length, next)) = length(&words, &lower, i) {
        let mut j = next;
        while matches!(at(j), "to" | "the" | "due") {
            j += 1;
        }
        let (compass, j) = compass(&lower, j)?;
        if matches!(at(j), "of" | "from") {
            return Some(Phrase::Off(length, compass, rest(j + 1)?));
        }
        return None;
    }
    if at(i) == "between" {
        let and = lower.iter().position(|w| w == "and")?;
        let first = text[words.get(i + 1)?.0..words[and].0].trim();
        return Some(Phrase::Between(Some(first).filter(|f| !f.is_empty())?, rest(and + 1)?));
    }
    if matches!(at(i), "outskirts" | "suburbs" | "vicinity" | "surroundings" | "environs") && at(i + 1) == "of" {
        return Some(Phrase::Around(rest(i + 2)?));
    }
    if let [.., last] = &lower[..]
        && matches!(last.as_str(), "outskirts" | "suburbs" | "countryside")
        && lower.len() > 1
    {
        return Some(Phrase::Around(text[..words[words.len() - 1].0].trim()));
    }
    if matches!(text.split_whitespace().next(), Some("near" | "outside" | "Near" | "Outside" | "around" | "Around"))
        && words.len() > 1
    {
        return Some(Phrase::Around(rest(1)?));
    }
    if let Some((compass, j)) = compass(&lower, i) {
        if matches!(at(j), "of" | "from") {
            return Some(Phrase::Towards(compass, rest(j + 1)?));
        }
        return rest(j).map(|r| Phrase::Part(Some(compass), r));
    }
    if at(i) == "central" {
        return rest(i + 1).map(|r| Phrase::Part(None, r));
    }
    None
}

fn words(text: &str) -> Vec<(usize, &str)> {
    text.split_whitespace().map(|w| (w.as_ptr() as usize - text.as_ptr() as usize, w)).collect()
}

/// "30 km", "30km", "5 miles", "5-mile"; the length and the word after it.
fn length(words: &[(usize, &str)], lower: &[String], i: usize) -> Option<(Metres, usize)> {
    let word = words.get(i)?.1.replace(',', "");
    let digits = word.bytes().take_while(|b| b.is_ascii_digit() || *b == b'.').count();
    let number: f64 = word[..digits].parse().ok().filter(|n| (0.0..20_000.0).contains(n))?;
    let (unit, next) =
        if digits < word.len() { (fold(&word[digits..]), i + 1) } else { (lower.get(i + 1)?.clone(), i + 2) };
    let metres = match unit.as_str() {
        "km" | "kms" | "kilometer" | "kilometers" | "kilometre" | "kilometres" => Metres::from_km(number),
        "mi" | "mile" | "miles" => Metres::from_miles(number),
        "m" | "metres" | "meters" | "metre" | "meter" => Metres(number),
        _ => return None,
    };
    Some((metres, next))
}

/// A compass point of one word or two ("north east", "northern").
fn compass(lower: &[String], i: usize) -> Option<(Compass, usize)> {
    let one = lower.get(i)?;
    if one.len() < 2 && !matches!(one.as_str(), "n" | "s" | "e" | "w") {
        return None;
    }
    if let Some(two) = lower.get(i + 1) {
        let both = format!("{one}{two}");
        if let Some(c) =
            Compass::parse(&both).filter(|_| Compass::parse(one).is_some() && Compass::parse(two).is_some())
        {
            return Some((c, i + 2));
        }
    }
    Compass::parse(&one.replace(' ', "")).map(|c| (c, i + 1))
}

/// Radius of the built-up part of a town, by a rule of thumb from its inhabitants, metres.
fn town(place: &Place) -> f64 {
    (place.population as f64).sqrt() * 8.0 + 1000.0
}

impl Geocoder<'_> {
    /// The answer to a relative phrase; `None` where the text is none, or is itself a name ("Western Sahara").
    pub(super) fn relative(&self, query: &Query) -> Option<Answer> {
        let phrase = parse(&query.text)?;
        let sure = matches!(phrase, Phrase::Off(..) | Phrase::Between(..));
        if !sure && !self.named(&query.text).is_empty() {
            return None;
        }
        let anchor = |text: &str| {
            let plain = Query { text: text.to_owned(), limit: 0, ..query.clone() };
            let answer = self.search(&plain);
            answer.results.first().cloned().map(|hit| (hit, answer.ambiguous))
        };
        match phrase {
            Phrase::Off(length, compass, of) => {
                let (hit, ambiguous) = anchor(of)?;
                let at = destination(hit.place.at, compass.bearing(), length);
                // A printed distance is rounded, and a direction of eight points is good to 22 degrees.
                let radius = (length.0 * 0.25).max(town(&hit.place) * 0.5).max(1000.0);
                let name = format!("{} km {} of {}", plain_number(length.km()), compass.word(), hit.place.name);
                Some(self.told(query, &hit, ambiguous, name, at, radius))
            }
            Phrase::Towards(compass, of) => {
                let (hit, ambiguous) = anchor(of)?;
                let reach = hit.place.uncertainty.map_or(town(&hit.place) * 2.0, |r| r.0 * 1.2).max(10_000.0);
                let at = destination(hit.place.at, compass.bearing(), Metres(reach));
                Some(self.told(query, &hit, ambiguous, format!("{} of {}", compass.word(), hit.place.name), at, reach))
            }
            Phrase::Around(of) => {
                let (hit, ambiguous) = anchor(of)?;
                let radius = town(&hit.place) * 2.0 + hit.place.uncertainty.map_or(0.0, |r| r.0);
                Some(self.told(query, &hit, ambiguous, format!("around {}", hit.place.name), hit.place.at, radius))
            }
            Phrase::Part(compass, of) => {
                let (hit, ambiguous) = anchor(of).filter(|(h, _)| h.tier <= Tier::Abbreviation)?;
                let reach = hit.place.uncertainty.map_or(town(&hit.place), |r| r.0);
                let at = compass.map_or(hit.place.at, |c| destination(hit.place.at, c.bearing(), Metres(reach * 0.5)));
                let part = compass.map_or("central".to_owned(), |c| format!("{}ern", c.word()));
                Some(self.told(query, &hit, ambiguous, format!("{part} {}", hit.place.name), at, reach * 0.5))
            }
            Phrase::Between(a, b) => {
                let query_of = |text: &str| Query { text: text.to_owned(), ..query.clone() };
                let both = self.resolve_together(&[query_of(a), query_of(b)]);
                let (a, b) = (both[0].results.first()?, both[1].results.first()?);
                let whole = distance(a.place.at, b.place.at);
                let at = destination(a.place.at, bearing(a.place.at, b.place.at), Metres(whole.0 / 2.0));
                let name = format!("between {} and {}", a.place.name, b.place.name);
                Some(self.told(query, a, both[0].ambiguous || both[1].ambiguous, name, at, whole.0 / 2.0))
            }
        }
    }

    fn told(&self, query: &Query, anchor: &Hit, ambiguous: bool, name: String, at: LonLat, radius: f64) -> Answer {
        let country = anchor.place.country.clone();
        let suffix = anchor
            .place
            .label
            .split(", ")
            .last()
            .filter(|c| *c != anchor.place.name)
            .map_or(String::new(), |c| format!(", {c}"));
        let place = Place {
            label: format!("{name}{suffix}"),
            name,
            at,
            geonameid: None,
            kind: PlaceKind::Position,
            country,
            admin1: anchor.place.admin1.clone().filter(|_| radius < 50_000.0),
            population: 0,
            uncertainty: Some(Metres(radius.round())),
            names: Arc::default(),
        };
        Answer {
            query: query.text.clone(),
            results: vec![Hit { place, score: anchor.score, tier: Tier::Relative }],
            ambiguous,
            note: Some(format!("measured from {}", anchor.place.label)),
        }
    }
}

fn plain_number(km: f64) -> String {
    let rounded = (km * 10.0).round() / 10.0;
    if rounded.fract() == 0.0 { format!("{rounded:.0}") } else { format!("{rounded:.1}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_phrases() {
        assert!(
            matches!(parse("30 km south of Hama"), Some(Phrase::Off(m, c, "Hama")) if m.km() == 30.0 && c.word() == "south")
        );
        assert!(
            matches!(parse("about 5 miles north-east of Homs"), Some(Phrase::Off(_, c, "Homs")) if c.word() == "northeast")
        );
        assert!(
            matches!(parse("12km to the north west of Tel Aviv"), Some(Phrase::Off(_, c, "Tel Aviv")) if c.word() == "northwest")
        );
        assert_eq!(parse("between Hama and Homs"), Some(Phrase::Between("Hama", "Homs")));
        assert_eq!(parse("outskirts of Aleppo"), Some(Phrase::Around("Aleppo")));
        assert_eq!(parse("Aleppo outskirts"), Some(Phrase::Around("Aleppo")));
        assert!(matches!(parse("northern Syria"), Some(Phrase::Part(Some(_), "Syria"))));
        assert_eq!(parse("Hama"), None);
        assert_eq!(parse("12 Angry Men"), None);
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,40}") {
            let _ = parse(&text);
        }
    }
}
