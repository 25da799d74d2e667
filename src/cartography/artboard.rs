//! Artboards: the sizes a desk publishes in. Each is laid out anew; none is a scaled copy of another.

use std::str::FromStr;

/// A size in CSS pixels and how large words are on it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Artboard {
    /// Its name, for instance `mobile`; `custom` for a size typed by the user.
    pub name: &'static str,
    /// Width in CSS pixels.
    pub width: u32,
    /// Height in CSS pixels.
    pub height: u32,
    /// Factor on all text sizes, dots and gaps.
    pub scale: f64,
    /// The smallest text in CSS pixels.
    pub least_text: f64,
}

impl Artboard {
    /// An article on a desktop screen.
    pub const DESKTOP: Self = Self { name: "desktop", width: 1200, height: 800, scale: 1.0, least_text: 11.0 };
    /// An article on a phone.
    pub const MOBILE: Self = Self { name: "mobile", width: 600, height: 750, scale: 1.0, least_text: 12.0 };
    /// A post.
    pub const SQUARE: Self = Self { name: "square", width: 1080, height: 1080, scale: 1.3, least_text: 14.0 };
    /// A screen in a studio.
    pub const WIDE: Self = Self { name: "wide", width: 1920, height: 1080, scale: 1.5, least_text: 16.0 };
    /// Four columns of a broadsheet, 184 mm by 138 mm.
    pub const PRINT: Self = Self { name: "print", width: 696, height: 522, scale: 0.85, least_text: 9.5 };

    /// The named artboards.
    pub const ALL: [Self; 5] = [Self::DESKTOP, Self::MOBILE, Self::SQUARE, Self::WIDE, Self::PRINT];

    /// A size of the user's own, from 200 to 8192 pixels a side; `None` outside.
    pub fn custom(width: u32, height: u32) -> Option<Self> {
        let side = 200..=8192;
        if !side.contains(&width) || !side.contains(&height) {
            return None;
        }
        if let Some(named) = Self::ALL.into_iter().find(|a| a.width == width && a.height == height) {
            return Some(named);
        }
        // Words grow with the board, but more slowly than it does.
        let side = f64::from(width).min(f64::from(height) * 1.4);
        let scale = (side / 1000.0).sqrt().clamp(0.9, 2.6);
        Some(Self {
            name: "custom",
            width,
            height,
            scale,
            least_text: (11.0 * scale).max(11.0).min(11.0 * scale + 0.5),
        })
    }

    /// A text size on this artboard from a nominal one in CSS pixels, to the quarter pixel.
    pub fn text(&self, nominal: f64) -> f64 {
        ((nominal * self.scale).max(self.least_text) * 4.0).round() / 4.0
    }

    /// A length on this artboard from a nominal one in CSS pixels.
    pub fn length(&self, nominal: f64) -> f64 {
        nominal * self.scale
    }

    /// Whether it is read on a phone in the hand.
    pub fn is_narrow(&self) -> bool {
        f64::from(self.width) / self.scale < 700.0
    }
}

impl Default for Artboard {
    fn default() -> Self {
        Self::DESKTOP
    }
}

/// A name, or `WIDTHxHEIGHT`.
impl FromStr for Artboard {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(named) = Self::ALL.into_iter().find(|a| a.name == text) {
            return Ok(named);
        }
        let bad = || {
            format!(
                "\"{text}\" is not an artboard: desktop, mobile, square, wide, print, or WIDTHxHEIGHT from 200 to 8192"
            )
        };
        let (w, h) = text.split_once(['x', '×']).ok_or_else(bad)?;
        let (w, h) = (w.trim().parse().map_err(|_| bad())?, h.trim().parse().map_err(|_| bad())?);
        Self::custom(w, h).ok_or_else(bad)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_sizes() {
        assert_eq!("mobile".parse::<Artboard>(), Ok(Artboard::MOBILE));
        assert_eq!("1200x800".parse::<Artboard>(), Ok(Artboard::DESKTOP));
        assert_eq!("640×480".parse::<Artboard>().map(|a| a.width), Ok(640));
        for bad in ["huge", "100x100", "x", "12ax90"] {
            assert!(bad.parse::<Artboard>().is_err(), "{bad}");
        }
    }

    #[test]
    fn text_is_never_smaller_than_the_least() {
        for board in Artboard::ALL {
            assert!(board.text(4.0) >= board.least_text);
        }
    }
}
