//! Text: fonts, itemisation by direction, script and font, shaping as HarfBuzz, glyph outlines, measures.
//!
//! Text is shaped once, before labels are placed; outputs replay the glyphs. Not a paragraph engine: one line at a time, no
//! wrapping. References: Unicode Standard Annexes 9 (bidi) and 24 (scripts), HarfBuzz through `harfrust`.
//!
//! ```
//! use mapdesk::cartography::text::{FontSpec, Fonts};
//! let fonts = Fonts::embedded();
//! let hama = fonts.shape("Hama حماة", FontSpec::regular(13.0), "en");
//! assert_eq!(hama.runs.len(), 2);
//! assert!(hama.missing.is_empty() && hama.width > 0);
//! ```

mod along;
mod fonts;
mod itemise;
mod outline;
mod shape;

pub use along::{PlacedGlyph, along};
pub use fonts::{Face, FaceId, Family, FontBytes, FontError, Fonts, Source};
pub use outline::{GlyphOutline, Step};

use super::display::{Point, Rect, units};
use std::ops::Range;

/// How heavy letters are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Weight {
    /// CSS weight 400.
    #[default]
    Regular,
    /// CSS weight 700.
    Bold,
}

impl Weight {
    /// The CSS number.
    pub fn css(self) -> u16 {
        match self {
            Self::Regular => 400,
            Self::Bold => 700,
        }
    }
}

/// What a text is set in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct FontSpec {
    /// Family; the default is the embedded Noto Sans.
    pub family: Family,
    /// Weight, kept across scripts.
    pub weight: Weight,
    /// Slanted, where the script has it.
    pub italic: bool,
    /// Size in 1/64 px.
    pub size: i32,
    /// Space added between letters in 1/64 px; not applied in joining scripts.
    pub spacing: i32,
}

impl FontSpec {
    /// Noto Sans Regular of a size in CSS pixels.
    pub fn regular(size: f64) -> Self {
        Self { size: units(size), ..Self::default() }
    }
    /// Noto Sans Bold of a size in CSS pixels.
    pub fn bold(size: f64) -> Self {
        Self { weight: Weight::Bold, ..Self::regular(size) }
    }
    /// Noto Sans Italic of a size in CSS pixels.
    pub fn italic(size: f64) -> Self {
        Self { italic: true, ..Self::regular(size) }
    }
    /// The same with space between letters in CSS pixels.
    #[must_use]
    pub fn spaced(self, spacing: f64) -> Self {
        Self { spacing: units(spacing), ..self }
    }
}

/// A glyph of a shaped text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Glyph {
    /// Its number in the face.
    pub id: u32,
    /// Where its origin stands, in 1/64 px from the left end of the text's baseline.
    pub at: Point,
    /// How far the pen moves on, in 1/64 px.
    pub advance: i32,
    /// Byte offset in the text of the cluster it stands for.
    pub cluster: usize,
}

/// Glyphs of one face, script and direction, in visual order.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Run {
    /// The face.
    pub face: FaceId,
    /// Bytes of the text it stands for.
    pub range: Range<usize>,
    /// ISO 15924 script code, for instance `Arab`.
    pub script: &'static str,
    /// Whether it reads from right to left.
    pub rtl: bool,
    /// Left end in 1/64 px from the left end of the text.
    pub x: i32,
    /// Width in 1/64 px.
    pub width: i32,
    /// Space between letters that was added, in 1/64 px; 0 in joining scripts.
    pub spacing: i32,
    /// Its glyphs from left to right.
    pub glyphs: Vec<Glyph>,
}

/// A shaped and measured line of text; lengths in 1/64 px, y down from the baseline.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Shaped {
    /// The text.
    pub text: String,
    /// What it is set in.
    pub font: FontSpec,
    /// Language tag it was shaped for.
    pub lang: String,
    /// Whether the line as a whole reads from right to left.
    pub rtl: bool,
    /// Advance width.
    pub width: i32,
    /// Ascent of the family's regular line box, above the baseline.
    pub ascent: i32,
    /// Descent of the family's regular line box, below the baseline.
    pub descent: i32,
    /// Height of a capital.
    pub cap_height: i32,
    /// Height of a small x.
    pub x_height: i32,
    /// Box around the ink, from the left end of the baseline; empty where nothing is drawn.
    pub ink: Rect,
    /// Runs from left to right.
    pub runs: Vec<Run>,
    /// Characters no font has, each once, in reading order; a caller has to say so.
    pub missing: Vec<char>,
}
