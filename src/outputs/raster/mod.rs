//! From a display list to pixels, for PNG, WebP and animations.
//!
//! One walk in drawing order: outlines become strips of coverage (`strips`), glyphs cached masks (`mask`, `text`), both are laid
//! over the pixels by whole-number arithmetic (`ink`). The ground is opaque, so only a group that is see-through as a whole needs
//! a layer of its own.

mod ink;
mod mask;
mod memory;
mod picture;
mod strips;
mod text;

use super::png::Scratch;
use crate::cartography::display::{DisplayList, Group, Item, Path, Rect};
use crate::model::Rgb;
use ink::{Canvas, Ink, Pixel, divide};
pub use memory::Bytes;
use strips::{Shape, Strips};
use text::Masks;

/// The largest side of a picture in device pixels.
pub const LARGEST: u32 = 16_384;

/// Opaque pixels, four bytes each: red, green, blue, 255.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bitmap {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// `width * height * 4` bytes, row by row.
    pub rgba: Bytes,
}

impl Bitmap {
    /// The colour of a pixel; `None` outside.
    pub fn pixel(&self, x: u32, y: u32) -> Option<Rgb> {
        let at = (y as usize * self.width as usize + x as usize) * 4;
        (x < self.width).then(|| self.rgba.get(at..at + 3)).flatten().map(|p| Rgb(p[0], p[1], p[2]))
    }

    /// Lays a colour over the pixels of a box, each as far as it is covered.
    fn blend(&mut self, clip: Rect, cover: &[u8], color: Rgb, alpha: u8) {
        let width = clip.width() as usize;
        let ink = Ink::new(color);
        let (pixels, _) = self.rgba.as_chunks_mut::<4>();
        for (row, line) in (clip.top as usize..).zip(cover.chunks_exact(width)) {
            let start = row * self.width as usize + clip.left as usize;
            for (pixels, covers) in pixels[start..start + width].chunks_mut(8).zip(line.chunks(8)) {
                // Most of a text's box is bare.
                if covers.iter().all(|c| *c == 0) {
                    continue;
                }
                for (pixel, &c) in pixels.iter_mut().zip(covers).filter(|(_, c)| **c > 0) {
                    ink.over(pixel, if alpha == 255 { u32::from(c) } else { divide(u32::from(c) * u32::from(alpha)) });
                }
            }
        }
    }

    fn canvas(&mut self) -> Canvas<'_> {
        let (width, height) = (self.width as usize, self.height as usize);
        Canvas { width, height, pixels: self.rgba.as_chunks_mut::<4>().0 }
    }
}

/// A picture that would be too large.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a picture of {width} × {height} pixels is too large: no side may exceed {LARGEST}")]
pub struct TooLarge {
    /// Device pixels in a row.
    pub width: u64,
    /// Rows.
    pub height: u64,
}

/// Paints display lists; keeps glyph masks, strips and buffers from one picture to the next.
pub struct Painter {
    masks: Masks,
    strips: Strips,
    /// What see-through groups are drawn on; clear between groups.
    layer: Vec<Pixel>,
    /// Pixels of a picture that is no longer needed.
    spare: Bytes,
    /// Buffers of the encoder.
    pub(in crate::outputs) scratch: Scratch,
}

impl Default for Painter {
    fn default() -> Self {
        Self::new()
    }
}

impl Painter {
    /// A painter that has not painted yet.
    pub fn new() -> Self {
        Self {
            masks: Masks::default(),
            strips: Strips::new(),
            layer: Vec::new(),
            spare: Bytes::default(),
            scratch: Scratch::default(),
        }
    }

    /// Takes the memory of a picture that is no longer needed for the next one.
    pub fn recycle(&mut self, bitmap: Bitmap) {
        self.spare = bitmap.rgba;
    }

    /// The picture of a list with `scale` device pixels to a CSS pixel.
    ///
    /// # Errors
    /// A side beyond [`LARGEST`].
    pub fn paint(&mut self, list: &DisplayList, scale: u32) -> Result<Bitmap, TooLarge> {
        let scale = scale.max(1);
        let (w, h) = (u64::from(list.width) * u64::from(scale), u64::from(list.height) * u64::from(scale));
        if w > u64::from(LARGEST) || h > u64::from(LARGEST) {
            return Err(TooLarge { width: w, height: h });
        }
        let (width, height) = (w.max(1) as u16, h.max(1) as u16);
        let rgba = std::mem::take(&mut self.spare).of_any(usize::from(width) * usize::from(height) * 4);
        let mut bitmap = Bitmap { width: width.into(), height: height.into(), rgba };
        let Rgb(r, g, b) = list.background;
        bitmap.canvas().pixels.fill([r, g, b, 255]);
        self.strips.turn_to(width, height, scale);
        for group in &list.groups {
            if group.alpha < 255 {
                self.see_through(group, scale, &mut bitmap);
            }
            for item in &group.items {
                match item {
                    Item::Text(text) => self.masks.draw(&list.fonts, text, scale as i32, &mut bitmap),
                    _ if group.alpha < 255 => {}
                    Item::Path(path) => Self::path(&mut self.strips, path, &mut bitmap.canvas()),
                    Item::Image(image) => picture::draw(image, scale, &mut bitmap.canvas()),
                }
            }
        }
        Ok(bitmap)
    }

    /// Draws outlines and pictures of a group that is see-through as a whole.
    fn see_through(&mut self, group: &Group, scale: u32, bitmap: &mut Bitmap) {
        let (width, height) = (bitmap.width as usize, bitmap.height as usize);
        let mut bounds: Option<Rect> = None;
        for item in &group.items {
            let own = match item {
                Item::Text(_) => continue,
                Item::Path(path) => extent(path, scale as i32),
                Item::Image(image) => device(image.rect, scale as i32),
            };
            bounds = Some(bounds.map_or(own, |b| b.union(&own)));
        }
        let Some(bounds) = bounds else { return };
        self.layer.resize(self.layer.len().max(width * height), [0; 4]);
        let layer = &mut self.layer[..width * height];
        for item in &group.items {
            let mut canvas = Canvas { width, height, pixels: &mut *layer };
            match item {
                Item::Text(_) => {}
                Item::Path(path) => Self::path(&mut self.strips, path, &mut canvas),
                Item::Image(image) => picture::draw(image, scale, &mut canvas),
            }
        }
        let held = |v: i32, most: usize| v.clamp(0, most as i32) as usize;
        // A pixel more on every side for what rounding may touch.
        let within = [
            held(bounds.left - 1, width),
            held(bounds.top - 1, height),
            held(bounds.right + 1, width),
            held(bounds.bottom + 1, height),
        ];
        bitmap.canvas().layer(layer, within, group.alpha);
    }

    fn path(strips: &mut Strips, path: &Path, onto: &mut Canvas<'_>) {
        if path.outline.is_empty() {
            return;
        }
        if let Some(fill) = path.fill.filter(|f| f.alpha > 0) {
            let made = strips.of(&path.outline, path.clip.as_ref(), Shape::Fill(fill.rule));
            onto.strips(made, fill.color, fill.alpha);
        }
        if let Some(stroke) = path.stroke.as_ref().filter(|s| s.alpha > 0 && s.width > 0) {
            let made = strips.of(&path.outline, path.clip.as_ref(), Shape::line(stroke));
            onto.strips(made, stroke.color, stroke.alpha);
        }
    }
}

/// A box of 1/64 px as the whole device pixels it touches.
fn device(r: Rect, scale: i32) -> Rect {
    let down = |v: i32| (v * scale).div_euclid(64);
    Rect::new(down(r.left), down(r.top), down(r.right) + 1, down(r.bottom) + 1)
}

/// The whole device pixels a path may touch.
fn extent(path: &Path, scale: i32) -> Rect {
    let mut bounds = path.outline.bounds().unwrap_or_default();
    if let Some(stroke) = &path.stroke {
        // A miter may reach four half widths out.
        bounds = bounds.grown(stroke.width * 2);
    }
    if let Some(clip) = path.clip.as_ref().and_then(|c| c.bounds()) {
        bounds = Rect::new(
            bounds.left.max(clip.left),
            bounds.top.max(clip.top),
            bounds.right.min(clip.right),
            bounds.bottom.min(clip.bottom),
        );
    }
    device(bounds, scale)
}
