//! Themes: every colour, weight and size of a still, built in (light, dark, mono) or a desk's own in TOML.
//!
//! A house theme starts from a built-in one and changes what it names; a wrong key or colour is an error that points at its
//! line.
//!
//! ```
//! use mapdesk::cartography::theme::Style;
//! let desk = Style::read("base = \"light\"\n[colours]\nwater = \"#CFE3EE\"\n", "desk.toml")?;
//! assert_eq!(desk.colours.water.to_string(), "#CFE3EE");
//! let wrong = Style::read("[colours]\nwater = \"blue\"\n", "desk.toml").unwrap_err();
//! assert_eq!(wrong.at.as_ref().and_then(|p| p.line), Some(2));
//! # Ok::<(), Box<mapdesk::diag::Note>>(())
//! ```

use crate::diag::{Note, Position};
use crate::model::{Rgb, Theme};
use serde::Deserialize;
use std::ops::Range;

const fn rgb(hex: u32) -> Rgb {
    Rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

macro_rules! colours {
    ($($(#[$doc:meta])* $name:ident: $light:literal, $dark:literal, $mono:literal;)+) => {
        /// The colours of a theme.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct Colours {
            $($(#[$doc])* pub $name: Rgb,)+
        }

        const LIGHT: Colours = Colours { $($name: rgb($light)),+ };
        const DARK: Colours = Colours { $($name: rgb($dark)),+ };
        const MONO: Colours = Colours { $($name: rgb($mono)),+ };

        #[derive(Debug, Default, Deserialize)]
        #[serde(deny_unknown_fields)]
        struct ColoursPatch { $($name: Option<Rgb>,)+ palette: Option<Vec<Rgb>> }

        impl ColoursPatch {
            fn apply(&self, to: &mut Colours) {
                $(if let Some(c) = self.$name { to.$name = c; })+
            }
        }
    };
}

colours! {
    /// The page around the map.
    page: 0xFFFFFF, 0x15191D, 0xFFFFFF;
    /// Headline and names of the story.
    text: 0x1A1A1A, 0xF4F4F2, 0x000000;
    /// Second lines, sources, small names.
    quiet: 0x55534E, 0xB9BEC2, 0x444444;
    /// Sea and lakes.
    water: 0xDCE8EE, 0x18242C, 0xE4E4E4;
    /// Names of waters.
    water_text: 0x376680, 0x86B4CB, 0x555555;
    /// Land around the story.
    land: 0xE9E6DF, 0x262B30, 0xF4F4F4;
    /// Land of the story.
    focus: 0xFBFAF7, 0x30363C, 0xFFFFFF;
    /// Names of countries.
    country_text: 0x615D55, 0xA9AEB2, 0x5E5E5E;
    /// Borders of countries.
    border: 0xA09A90, 0x656D74, 0x8C8C8C;
    /// Borders of the story's countries.
    focus_border: 0x77726A, 0x9AA3AA, 0x4A4A4A;
    /// Division lines.
    admin: 0xD6D1C7, 0x414950, 0xD6D6D6;
    /// Coast.
    coast: 0x9DBACA, 0x3D5A6B, 0x9C9C9C;
    /// Rivers.
    river: 0xA9C8D8, 0x34566A, 0xC4C4C4;
    /// The rim around letters.
    halo: 0xFFFFFF, 0x1A1F23, 0xFFFFFF;
    /// Dots of places.
    dot: 0x1A1A1A, 0xF4F4F2, 0x000000;
    /// Front lines.
    front: 0x2B2B2B, 0xF4F4F2, 0x000000;
    /// Distance lines and their figures.
    distance: 0x3B3B3B, 0xDADDDF, 0x222222;
    /// Land about which nothing is known.
    unknown: 0xC9C5BE, 0x4D5358, 0xD0D0D0;
    /// What draws the eye: event rings, arrows without a side.
    accent: 0xB3261E, 0xFF8A73, 0x000000;
}

/// Colours that are given to sides without one of their own, in this order.
const PALETTE_LIGHT: [u32; 8] = [0xA8432F, 0xF0C35A, 0x7FC0AE, 0x8467AE, 0x2F5D9E, 0x8DB8DC, 0x8A9440, 0x6E7A86];
const PALETTE_DARK: [u32; 8] = [0xC85F3E, 0xF5DA8A, 0xB4D2F2, 0x7F5FB3, 0x5FC2AE, 0x3E78B8, 0xB3BF5E, 0x98A5B2];
// Any two of them are apart by ΔE00 15.
const PALETTE_MONO: [u32; 5] = [0xA5A5A5, 0x4F4F4F, 0xE1E1E1, 0x787878, 0x202020];

/// A picture in a corner of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    /// Path of a PNG, relative to the theme file.
    pub file: String,
    /// Width on the page in CSS pixels.
    pub width: u32,
}

/// Everything that a desk can set.
#[derive(Debug, Clone, PartialEq)]
pub struct Style {
    /// The theme it started from.
    pub base: Theme,
    /// Colours.
    pub colours: Colours,
    /// Colours for sides without their own.
    pub palette: Vec<Rgb>,
    /// Opacity of zones over the land, 0–1.
    pub zone_opacity: f64,
    /// Factor on all line widths.
    pub line_weight: f64,
    /// Factor on all text sizes.
    pub text_size: f64,
    /// Family of the letters; the embedded Noto Sans where not given or not loaded.
    pub family: Option<String>,
    /// Size of the headline in CSS pixels on a desktop board.
    pub title_size: f64,
    /// A line of the desk's own at the foot of the map.
    pub credit: Option<String>,
    /// Its logo.
    pub logo: Option<Logo>,
}

impl Style {
    /// A built-in theme.
    pub fn of(theme: Theme) -> Self {
        let (colours, palette, zone_opacity): (Colours, Vec<Rgb>, f64) = match theme {
            Theme::Light => (LIGHT, PALETTE_LIGHT.map(rgb).to_vec(), 0.62),
            Theme::Dark => (DARK, PALETTE_DARK.map(rgb).to_vec(), 0.62),
            Theme::Mono => (MONO, PALETTE_MONO.map(rgb).to_vec(), 1.0),
        };
        Self {
            base: theme,
            colours,
            palette,
            zone_opacity,
            line_weight: 1.0,
            text_size: 1.0,
            family: None,
            title_size: 24.0,
            credit: None,
            logo: None,
        }
    }

    /// A house theme from its TOML text; `file` is its name in messages.
    ///
    /// # Errors
    /// A note at the line of the first thing that is wrong, with a hint.
    pub fn read(text: &str, file: &str) -> Result<Self, Box<Note>> {
        let house: House = toml::from_str(text).map_err(|e| note(text, file, e.span(), e.message()))?;
        let mut style = Self::of(house.base.unwrap_or_default());
        house.colours.apply(&mut style.colours);
        if let Some(palette) = house.colours.palette {
            style.palette = palette;
        }
        if style.palette.is_empty() {
            return Err(note(text, file, None, "the palette has no colours"));
        }
        let ranged = |value: Option<toml::Spanned<f64>>, range: Range<f64>, what: &str| match value {
            None => Ok(None),
            Some(v) if range.contains(v.get_ref()) => Ok(Some(v.into_inner())),
            Some(v) => Err(note(
                text,
                file,
                Some(v.span()),
                &format!("{what} {} is not between {} and {}", v.get_ref(), range.start, range.end),
            )),
        };
        if let Some(v) = ranged(house.zone_opacity, 0.05..1.000_01, "zone_opacity")? {
            style.zone_opacity = v;
        }
        if let Some(v) = ranged(house.line_weight, 0.25..4.0, "line_weight")? {
            style.line_weight = v;
        }
        if let Some(v) = ranged(house.text.size, 0.5..2.5, "size")? {
            style.text_size = v;
        }
        if let Some(v) = ranged(house.text.title, 12.0..96.0, "title")? {
            style.title_size = v;
        }
        style.family = house.text.family;
        style.credit = house.credit;
        style.logo = house.logo.map(|l| Logo { file: l.file, width: l.width.unwrap_or(96) });
        Ok(style)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct House {
    base: Option<Theme>,
    #[serde(default)]
    colours: ColoursPatch,
    zone_opacity: Option<toml::Spanned<f64>>,
    line_weight: Option<toml::Spanned<f64>>,
    #[serde(default)]
    text: HouseText,
    credit: Option<String>,
    logo: Option<HouseLogo>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct HouseText {
    family: Option<String>,
    size: Option<toml::Spanned<f64>>,
    title: Option<toml::Spanned<f64>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct HouseLogo {
    file: String,
    width: Option<u32>,
}

fn note(text: &str, file: &str, span: Option<Range<usize>>, message: &str) -> Box<Note> {
    let message = message.lines().next().unwrap_or(message);
    let hint = if message.contains("colour") {
        "write colours as \"#1A2B3C\""
    } else if message.contains("unknown field") {
        "the message lists the keys that exist; README shows a theme with all of them"
    } else {
        "see the house theme in examples/"
    };
    let mut found = Note::error(message).hint(hint);
    match span {
        Some(span) => {
            let start = span.start.min(text.len());
            let before = &text[..start];
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
            found = found.at(Position::column(file, line, column));
            if let Some(snippet) = text.lines().nth(line - 1) {
                found = found.snippet(snippet);
            }
        }
        None => found = found.at(Position::file(file)),
    }
    Box::new(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cartography::colour::contrast;

    #[test]
    fn every_text_stands_out_from_its_ground() {
        for theme in [Theme::Light, Theme::Dark, Theme::Mono] {
            let c = Style::of(theme).colours;
            for (text, ground, what) in [
                (c.text, c.page, "text on page"),
                (c.quiet, c.page, "quiet on page"),
                (c.text, c.land, "text on land"),
                (c.quiet, c.land, "quiet on land"),
                (c.quiet, c.focus, "quiet on focus"),
                (c.quiet, c.water, "quiet on water"),
                (c.water_text, c.water, "water name on water"),
                (c.country_text, c.land, "country on land"),
                (c.country_text, c.focus, "country on focus"),
                (c.country_text, c.water, "country on water"),
                (c.distance, c.focus, "distance on focus"),
            ] {
                let ratio = contrast(text, ground);
                assert!(ratio >= 4.5, "{theme:?}: {what} {ratio:.2}");
            }
        }
    }

    #[test]
    fn a_desk_changes_what_it_names() {
        let toml = "base = \"dark\"\nzone_opacity = 0.5\ncredit = \"Graphics desk\"\n[colours]\nwater = \"#003344\"\npalette = [\"#AA0000\"]\n[text]\ntitle = 30\n";
        let style = Style::read(toml, "desk.toml").expect("valid");
        assert_eq!((style.base, style.colours.water, style.zone_opacity), (Theme::Dark, Rgb(0, 0x33, 0x44), 0.5));
        assert_eq!((style.palette.len(), style.title_size), (1, 30.0));
        assert_eq!(style.colours.land, DARK.land);
    }

    #[test]
    fn the_example_is_a_theme() {
        let style = Style::read(include_str!("../../examples/house-theme.toml"), "house-theme.toml").expect("valid");
        assert_eq!((style.title_size, style.credit.as_deref()), (26.0, Some("Graphics desk")));
        let c = style.colours;
        assert!(contrast(c.country_text, c.land) >= 4.5 && contrast(c.water_text, c.water) >= 4.5);
    }

    #[test]
    fn mistakes_point_at_their_line() {
        for (toml, line) in [
            ("base = \"pink\"\n", 1),
            ("[colours]\nland = \"#FFFFFF\"\nwatr = \"#000000\"\n", 3),
            ("[colours]\n\nland = \"#FFF00\"\n", 3),
            ("zone_opacity = 7\n", 1),
            ("[text]\nsize = \"big\"\n", 2),
            ("[colours\n", 1),
        ] {
            let note = Style::read(toml, "desk.toml").expect_err(toml);
            let at = note.at.clone().expect("a position");
            assert_eq!((at.file.as_str(), at.line), ("desk.toml", Some(line)), "{toml}: {note:?}");
            assert!(note.hint.is_some());
        }
    }
}
