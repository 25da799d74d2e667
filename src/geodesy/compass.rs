//! The sixteen points of the compass.

use super::Degrees;
use std::fmt;

/// One of the sixteen compass points, counted clockwise from north.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Compass(u8);

const ABBREVIATIONS: [&str; 16] =
    ["N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW"];
const WORDS: [&str; 16] = [
    "north",
    "north-northeast",
    "northeast",
    "east-northeast",
    "east",
    "east-southeast",
    "southeast",
    "south-southeast",
    "south",
    "south-southwest",
    "southwest",
    "west-southwest",
    "west",
    "west-northwest",
    "northwest",
    "north-northwest",
];

impl Compass {
    /// The nearest of the sixteen points to a bearing.
    pub fn of16(bearing: Degrees) -> Self {
        Self((bearing.0.rem_euclid(360.0) / 22.5).round() as u8 % 16)
    }

    /// The nearest of the eight principal points to a bearing.
    pub fn of8(bearing: Degrees) -> Self {
        Self((bearing.0.rem_euclid(360.0) / 45.0).round() as u8 % 8 * 2)
    }

    /// A compass point from its abbreviation or word (`NE`, `north-east`, `northeast`, `northeastern`), any case.
    pub fn parse(text: &str) -> Option<Self> {
        let upper = text.trim().to_ascii_uppercase();
        if let Some(i) = ABBREVIATIONS.iter().position(|a| *a == upper) {
            return Some(Self(i as u8));
        }
        let letters: String = upper.to_ascii_lowercase().chars().filter(|c| c.is_ascii_alphabetic()).collect();
        let plain = letters.strip_suffix("wards").or_else(|| letters.strip_suffix("ward")).unwrap_or(&letters);
        let plain = plain.strip_suffix("ern").unwrap_or(plain);
        WORDS.iter().position(|w| w.replace('-', "") == plain).map(|i| Self(i as u8))
    }

    /// The bearing of this point, clockwise from true north.
    pub fn bearing(self) -> Degrees {
        Degrees(f64::from(self.0) * 22.5)
    }

    /// The English word, for instance `northeast`.
    pub fn word(self) -> &'static str {
        WORDS[usize::from(self.0)]
    }

    /// The abbreviation, for instance `NE`.
    pub fn abbreviation(self) -> &'static str {
        ABBREVIATIONS[usize::from(self.0)]
    }
}

impl fmt::Display for Compass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.abbreviation())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_to_the_nearest_point() {
        assert_eq!(Compass::of16(Degrees(13.0)).abbreviation(), "NNE");
        assert_eq!(Compass::of8(Degrees(13.0)).abbreviation(), "N");
        assert_eq!(Compass::of16(Degrees(355.0)).abbreviation(), "N");
        assert_eq!(Compass::of8(Degrees(340.0)).abbreviation(), "N");
    }

    #[test]
    fn reads_words_and_letters() {
        for text in ["NE", "north-east", "northeast", "northeastern", "North-Eastward"] {
            assert_eq!(Compass::parse(text).map(Compass::abbreviation), Some("NE"), "{text}");
        }
        assert_eq!(Compass::parse("left"), None);
    }
}
