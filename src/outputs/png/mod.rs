//! PNG: a palette of at most 256 colours with style colours exact, or true colour; alternative text and credits inside.
//!
//! The same map gives the same bytes: no clock, no threads, no hash order. Written straight to chunks with `libdeflate`; read
//! back by the `png` crate in tests.

pub(super) mod chunks;
pub(super) mod palette;

pub(in crate::outputs) use chunks::tile;
pub use palette::{Indexed, index};

use super::raster::{Bitmap, Painter, TooLarge};
use crate::cartography::display::{DisplayList, Item};
use crate::model::Rgb;

/// A picture of a display list as a PNG file, `scale` device pixels to a CSS pixel.
///
/// `lossless` keeps every colour; otherwise a picture of more than 256 colours loses shades along edges, nowhere else.
///
/// # Errors
/// A side beyond [`super::raster::LARGEST`].
pub fn encode(painter: &mut Painter, list: &DisplayList, scale: u32, lossless: bool) -> Result<Vec<u8>, TooLarge> {
    let bitmap = painter.paint(list, scale)?;
    Ok(encode_bitmap(&bitmap, list, scale, lossless))
}

/// Pixels that were painted from a list as a PNG file with the list's words.
pub fn encode_bitmap(bitmap: &Bitmap, list: &DisplayList, scale: u32, lossless: bool) -> Vec<u8> {
    let words = chunks::words(list);
    let pixels = palette::index(bitmap, &style(list));
    if lossless && !pixels.exact {
        chunks::true_colour(bitmap, scale, &words)
    } else {
        chunks::indexed(bitmap, &pixels, scale, &words)
    }
}

/// The colours a list names, each once, in order.
pub fn style(list: &DisplayList) -> Vec<Rgb> {
    let mut colors = vec![list.background];
    for item in list.groups.iter().flat_map(|g| &g.items) {
        match item {
            Item::Path(p) => {
                colors.extend(p.fill.iter().map(|f| f.color));
                colors.extend(p.stroke.iter().map(|s| s.color));
            }
            Item::Text(t) => {
                colors.push(t.color);
                colors.extend(t.halo.iter().map(|h| h.color));
            }
            Item::Image(_) => {}
        }
    }
    colors.sort_unstable();
    colors.dedup();
    colors
}
