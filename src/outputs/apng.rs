//! Animated PNG: one palette for the whole series, each frame only where it differs from the one before.
//!
//! Readers that know only PNG show the first frame. Reference: PNG, third edition, chapter 11.3.6.

use super::animation::{AnimationError, Frame, Part, changed, check};
use super::png::chunks::{chunk, deflate, head, words};
use super::png::palette::{Histogram, Palette};
use super::png::style;
use super::raster::Painter;

/// What a frame does to the canvas.
enum Blend {
    /// Its pixels replace those before.
    Source,
    /// Its transparent pixels leave those before.
    Over,
}

struct Animation {
    out: Vec<u8>,
    /// Frame control and data chunks carry one running number.
    sequence: u32,
}

impl Animation {
    fn control(&mut self, part: Part, milliseconds: u16, blend: &Blend) {
        let mut body = Vec::with_capacity(26);
        body.extend(self.sequence.to_be_bytes());
        for value in [part.width, part.height, part.x, part.y] {
            body.extend((value as u32).to_be_bytes());
        }
        body.extend(milliseconds.to_be_bytes());
        body.extend(1000_u16.to_be_bytes());
        // Keep the canvas as the frame leaves it.
        body.push(0);
        body.push(match blend {
            Blend::Source => 0,
            Blend::Over => 1,
        });
        chunk(&mut self.out, b"fcTL", &body);
        self.sequence += 1;
    }
}

/// A series as an animated PNG that repeats without end, `scale` device pixels to a CSS pixel.
///
/// # Errors
/// No frames, frames of unlike size, a side beyond [`super::raster::LARGEST`].
pub fn encode(painter: &mut Painter, frames: &[Frame], scale: u32) -> Result<Vec<u8>, AnimationError> {
    let first = check(frames)?;
    let mut pictures = Vec::with_capacity(frames.len());
    let mut colors = Vec::new();
    let (mut width, mut height) = (0, 0);
    for frame in frames {
        let bitmap = painter.paint(&frame.list, scale)?;
        (width, height) = (bitmap.width, bitmap.height);
        pictures.push(Histogram::of(&bitmap));
        colors.extend(style(&frame.list));
    }
    // The last entry is the transparent one.
    let palette = Palette::of(&pictures, &colors, 255);
    let mut rgb = palette.rgb();
    let clear = rgb.len() as u8;
    rgb.push(crate::model::Rgb(0, 0, 0));

    // Frames in which nothing changes only make the one before stay longer.
    let mut shown: Vec<(Part, Vec<u8>, u32)> = Vec::new();
    let mut before: Option<Vec<u8>> = None;
    for (frame, picture) in frames.iter().zip(&pictures) {
        let now = palette.indices(picture);
        let stay = u32::from(frame.milliseconds);
        match &before {
            None => {
                let whole = Part { x: 0, y: 0, width: width as usize, height: height as usize };
                shown.push((whole, filtered(&now, now.chunks_exact(whole.width), None, clear), stay));
            }
            Some(old) => match changed(old, &now, width as usize, 1) {
                None => {
                    if let Some(last) = shown.last_mut() {
                        last.2 += stay;
                    }
                }
                Some(part) => {
                    let rows = |pixels: &'_ [u8]| -> Vec<Vec<u8>> {
                        let rows = pixels.chunks_exact(width as usize).skip(part.y).take(part.height);
                        rows.map(|r| r[part.x..part.x + part.width].to_vec()).collect()
                    };
                    let (old_rows, new_rows) = (rows(old), rows(&now));
                    let old_rows: Vec<&[u8]> = old_rows.iter().map(Vec::as_slice).collect();
                    let new = new_rows.iter().map(Vec::as_slice);
                    shown.push((part, filtered(&now, new, Some(&old_rows), clear), stay));
                }
            },
        }
        before = Some(now);
    }

    let mut png = Animation { out: head(width, height, 3, scale, &words(&first.list)), sequence: 0 };
    let mut body = (shown.len() as u32).to_be_bytes().to_vec();
    body.extend(0_u32.to_be_bytes());
    chunk(&mut png.out, b"acTL", &body);
    let bytes: Vec<u8> = rgb.iter().flat_map(|c| [c.0, c.1, c.2]).collect();
    chunk(&mut png.out, b"PLTE", &bytes);
    let mut alpha = vec![255; rgb.len()];
    alpha[usize::from(clear)] = 0;
    chunk(&mut png.out, b"tRNS", &alpha);
    for (n, (part, raw, stay)) in shown.into_iter().enumerate() {
        let stay = u16::try_from(stay).unwrap_or(u16::MAX);
        png.control(part, stay, if n == 0 { &Blend::Source } else { &Blend::Over });
        let data = deflate(&raw);
        if n == 0 {
            chunk(&mut png.out, b"IDAT", &data);
        } else {
            let mut body = png.sequence.to_be_bytes().to_vec();
            body.extend(data);
            chunk(&mut png.out, b"fdAT", &body);
            png.sequence += 1;
        }
    }
    chunk(&mut png.out, b"IEND", &[]);
    Ok(png.out)
}

/// Rows with their filter byte; pixels equal to those of `before` become the transparent entry.
fn filtered<'a>(whole: &[u8], rows: impl Iterator<Item = &'a [u8]>, before: Option<&[&[u8]]>, clear: u8) -> Vec<u8> {
    let mut raw = Vec::with_capacity(whole.len() + 1024);
    for (n, row) in rows.enumerate() {
        raw.push(0);
        match before.and_then(|b| b.get(n)) {
            None => raw.extend_from_slice(row),
            Some(old) => raw.extend(row.iter().zip(*old).map(|(new, old)| if new == old { clear } else { *new })),
        }
    }
    raw
}
