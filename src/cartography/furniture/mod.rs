//! What stands around and on the map besides its names: title, key, scale bar, locator, source and credit.

pub mod arrange;
pub mod key;
pub mod north;
pub mod page;
pub mod place;
pub mod rows;
pub mod scale_bar;

use super::artboard::Artboard;
use super::held::ControlStyle;
use super::text::{FontSpec, Fonts, Shaped, Weight};
use super::theme::Style;
use super::words::Tongue;
use std::sync::Arc;

/// How words are set on a map: fonts, language, sizes.
#[derive(Debug, Clone)]
pub struct Setting<'a> {
    /// The fonts.
    pub fonts: &'a Fonts,
    /// The theme.
    pub style: &'a Style,
    /// The artboard.
    pub board: &'a Artboard,
    /// Language of the map's own words.
    pub tongue: Tongue,
    /// Language tag of names.
    pub lang: &'a str,
    /// How it is shown who holds what.
    pub control: ControlStyle,
}

impl Setting<'_> {
    /// Shapes a text of a nominal size in CSS pixels.
    pub fn shape(&self, text: &str, size: f64, weight: Weight, italic: bool, spacing: f64) -> Arc<Shaped> {
        let size = self.board.text(size * self.style.text_size);
        let mut font = FontSpec { weight, italic, ..FontSpec::regular(size) };
        if let Some(family) = self.style.family.as_deref().and_then(|f| self.fonts.family(f)) {
            font.family = family;
        }
        self.fonts.shape(text, font.spaced(size * spacing), self.lang)
    }

    /// A regular text.
    pub fn regular(&self, text: &str, size: f64) -> Arc<Shaped> {
        self.shape(text, size, Weight::Regular, false, 0.0)
    }

    /// A bold text.
    pub fn bold(&self, text: &str, size: f64) -> Arc<Shaped> {
        self.shape(text, size, Weight::Bold, false, 0.0)
    }

    /// A length that grows with the artboard, CSS pixels.
    pub fn length(&self, nominal: f64) -> f64 {
        self.board.length(nominal)
    }

    /// Whether the map as a whole reads from right to left.
    pub fn is_rtl(&self) -> bool {
        self.tongue.is_rtl()
    }
}
