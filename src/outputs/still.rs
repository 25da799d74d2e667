//! The one static table of still formats: what each is called and how it replays a display list.

use super::animation::AnimationError;
use super::raster::{Painter, TooLarge};
use super::{pdf, png, svg, webp};
use crate::cartography::display::DisplayList;
use std::path::Path;

/// A still that could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StillError {
    /// A picture that would be too large.
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
    /// A PDF that was refused.
    #[error(transparent)]
    Pdf(#[from] pdf::PdfError),
    /// A WebP that was refused.
    #[error(transparent)]
    Webp(#[from] AnimationError),
}

/// Choices of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// Device pixels to a CSS pixel; 1, 2 or 3.
    pub scale: u32,
    /// Keep every colour, where the format could do with fewer.
    pub lossless: bool,
}

impl Default for Choice {
    fn default() -> Self {
        Self { scale: 1, lossless: false }
    }
}

type Encode = fn(&mut Painter, &DisplayList, Choice) -> Result<Vec<u8>, StillError>;

/// A still format.
#[derive(Debug)]
pub struct Still {
    /// Ending of its files.
    pub ending: &'static str,
    /// Name in messages.
    pub name: &'static str,
    /// Whether it has pixels, so that a scale means something.
    pub pixels: bool,
    /// Writes a list.
    pub encode: Encode,
}

/// Every still format.
pub const STILLS: &[Still] = &[
    Still { ending: "png", name: "PNG", pixels: true, encode: |p, l, c| Ok(png::encode(p, l, c.scale, c.lossless)?) },
    Still { ending: "svg", name: "SVG", pixels: false, encode: |_, l, _| Ok(svg::encode(l).into_bytes()) },
    Still { ending: "pdf", name: "PDF", pixels: false, encode: |_, l, _| Ok(pdf::encode(l)?) },
    Still { ending: "webp", name: "WebP", pixels: true, encode: |p, l, c| Ok(webp::encode(p, l, c.scale)?) },
];

/// The format of a file by its ending, in any letter case.
pub fn of(path: &Path) -> Option<&'static Still> {
    let ending = path.extension()?.to_str()?;
    STILLS.iter().find(|s| s.ending.eq_ignore_ascii_case(ending))
}

/// Endings of all still formats, for messages.
pub fn endings() -> String {
    STILLS.iter().map(|s| format!(".{}", s.ending)).collect::<Vec<_>>().join(", ")
}
