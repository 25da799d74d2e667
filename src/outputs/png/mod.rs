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
use palette::{Histogram, Palette};

/// A picture of a display list as a PNG file, `scale` device pixels to a CSS pixel.
///
/// `lossless` keeps every colour; otherwise a picture of more than 256 colours loses shades along edges, nowhere else.
///
/// # Errors
/// A side beyond [`super::raster::LARGEST`].
pub fn encode(painter: &mut Painter, list: &DisplayList, scale: u32, lossless: bool) -> Result<Vec<u8>, TooLarge> {
    let mut bitmap = painter.paint(list, scale)?;
    let Scratch { histogram, deflate } = &mut painter.scratch;
    let job = Job { list, style: style(list), width: bitmap.width, height: bitmap.height, scale };
    histogram.read(&bitmap);
    let palette = histogram.palette(&job.style, 256);
    let bytes = if lossless && !palette.exact {
        chunks::true_colour(&bitmap, scale, &chunks::words(list))
    } else {
        // The histogram knows all there is to know, so the rows may take the memory of the pixels.
        let rows = job.rows();
        job.write(histogram, palette, &mut bitmap.rgba[..rows], deflate)
    };
    painter.recycle(bitmap);
    Ok(bytes)
}

/// Pixels that were painted from a list as a PNG file with the list's words.
pub fn encode_bitmap(bitmap: &Bitmap, list: &DisplayList, scale: u32, lossless: bool) -> Vec<u8> {
    let Scratch { mut histogram, mut deflate } = Scratch::default();
    let job = Job { list, style: style(list), width: bitmap.width, height: bitmap.height, scale };
    histogram.read(bitmap);
    let palette = histogram.palette(&job.style, 256);
    if lossless && !palette.exact {
        return chunks::true_colour(bitmap, scale, &chunks::words(list));
    }
    job.write(&histogram, palette, &mut vec![0; job.rows()], &mut deflate)
}

/// Buffers that serve one picture after another.
#[derive(Default)]
pub(in crate::outputs) struct Scratch {
    histogram: Histogram,
    deflate: chunks::Deflate,
}

/// A palette file to write.
struct Job<'a> {
    list: &'a DisplayList,
    /// Colours the list names.
    style: Vec<Rgb>,
    width: u32,
    height: u32,
    scale: u32,
}

impl Job<'_> {
    /// Bytes of all rows with their filters.
    fn rows(&self) -> usize {
        (self.width as usize + 1) * self.height as usize
    }

    fn write(&self, histogram: &Histogram, first: Palette, rows: &mut [u8], deflate: &mut chunks::Deflate) -> Vec<u8> {
        let words = chunks::words(self.list);
        let mut file = |palette: &Palette| {
            // No filter: entries of a palette have no order to predict.
            palette.rows(histogram, &[0], rows);
            chunks::indexed([self.width, self.height], &palette.rgb(), rows, self.scale, &words, deflate)
        };
        let mut bytes = file(&first);
        // A coast of a thousand islands is mostly blends: fewer of them weigh less and look the same.
        let (a_thousand, least) = if self.scale > 1 { HEAVY[1] } else { HEAVY[0] };
        let pixels = self.width as usize * self.height as usize;
        let most = (pixels * a_thousand / 1000).max(least);
        let mut palette = first;
        for colors in [128, 64, 40] {
            if bytes.len() <= most || palette.len() <= colors {
                break;
            }
            palette = histogram.palette(&self.style, colors);
            bytes = file(&palette);
        }
        bytes
    }
}

/// Bytes to a thousand pixels from which a picture is heavy, and below which none is, at 1× and at higher densities.
const HEAVY: [(usize, usize); 2] = [(123, 118_000), (77, 296_000)];

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
