//! From a display list to pixels, for PNG, WebP and animations.
//!
//! Outlines are drawn by `vello_cpu` at a fixed level of vector instructions, so that every machine of an architecture gives the
//! same bytes; glyphs by our own cached masks (`text`). The ground is opaque, so there is no transparency to carry.

mod mask;
mod text;

use crate::cartography::display::{
    Cap, DisplayList, Image, Item, Join, Outline, Path, Rect, Rule, Segment, Stroke, Text,
};
use crate::model::Rgb;
use std::sync::Arc;
use text::Masks;
use vello_cpu::color::{AlphaColor, Srgb};
use vello_cpu::kurbo::{self, Affine, BezPath};
use vello_cpu::peniko::{Fill, ImageAlphaType, ImageQuality, ImageSampler};
use vello_cpu::{
    ImageSource, Level, PixelMetadata, Pixmap, PixmapMut, RasterizerSettings, RenderContext, RenderSettings, Resources,
    TargetInit,
};

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
    pub rgba: Vec<u8>,
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
        let ink = [u32::from(color.0), u32::from(color.1), u32::from(color.2)];
        for (row, line) in (clip.top as usize..).zip(cover.chunks_exact(width)) {
            let start = (row * self.width as usize + clip.left as usize) * 4;
            for (pixel, &c) in self.rgba[start..start + width * 4].chunks_exact_mut(4).zip(line) {
                if c == 0 {
                    continue;
                }
                let a = if alpha == 255 { u32::from(c) } else { divide(u32::from(c) * u32::from(alpha)) };
                for (p, i) in pixel.iter_mut().zip(ink) {
                    *p = divide(u32::from(*p) * (255 - a) + i * a) as u8;
                }
            }
        }
    }
}

/// A product of two bytes divided by 255, rounded.
fn divide(v: u32) -> u32 {
    (v + 128 + ((v + 128) >> 8)) >> 8
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

/// Paints display lists; keeps glyph masks and buffers from one picture to the next.
pub struct Painter {
    masks: Masks,
    resources: Resources,
    context: RenderContext,
}

impl Default for Painter {
    fn default() -> Self {
        Self::new()
    }
}

impl Painter {
    /// A painter that has not painted yet.
    pub fn new() -> Self {
        // The baseline of the architecture: wider vectors would use fused arithmetic and change bytes from machine to machine.
        let settings = RenderSettings { level: Level::baseline(), num_threads: 0 };
        Self { masks: Masks::default(), resources: Resources::new(), context: RenderContext::new_with(1, 1, settings) }
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
        let mut bitmap = Bitmap {
            width: width.into(),
            height: height.into(),
            rgba: vec![0; usize::from(width) * usize::from(height) * 4],
        };
        self.context.reset_and_resize(width, height);
        let Rgb(r, g, b) = list.background;
        let mut init = TargetInit::Clear(AlphaColor::from_rgba8(r, g, b, 255));
        let mut waiting: Vec<(&Text, Rect)> = Vec::new();
        for group in &list.groups {
            let see_through = group.alpha < 255;
            if see_through {
                self.texts(list, scale, &mut waiting, &mut init, &mut bitmap);
                self.context.push_opacity_layer(f32::from(group.alpha) / 255.0);
            }
            for item in &group.items {
                let bounds = match item {
                    Item::Text(text) => {
                        waiting.push((text, text::extent(text, scale as i32)));
                        continue;
                    }
                    Item::Path(path) => extent(path, scale as i32),
                    Item::Image(image) => device(image.rect, scale as i32),
                };
                // Texts wait, so that one pass draws as many outlines as possible; what would lie over them may not overtake.
                if waiting.iter().any(|(_, r)| r.overlaps(&bounds)) && !see_through {
                    self.texts(list, scale, &mut waiting, &mut init, &mut bitmap);
                }
                match item {
                    Item::Path(path) => self.path(path, scale),
                    Item::Image(image) => self.image(image, scale),
                    Item::Text(_) => {}
                }
            }
            if see_through {
                self.context.pop_layer();
            }
        }
        self.texts(list, scale, &mut waiting, &mut init, &mut bitmap);
        Ok(bitmap)
    }

    /// Draws the outlines so far, then the texts that wait for them.
    fn texts(
        &mut self,
        list: &DisplayList,
        scale: u32,
        waiting: &mut Vec<(&Text, Rect)>,
        init: &mut TargetInit,
        bitmap: &mut Bitmap,
    ) {
        let (width, height) = (bitmap.width as u16, bitmap.height as u16);
        let target = PixmapMut::new(width, height, &mut bitmap.rgba).expect("the buffer was made with this size");
        let settings = RasterizerSettings { target_init: *init, ..RasterizerSettings::default() };
        self.context.render_with(target, &mut self.resources, settings);
        self.context.reset();
        *init = TargetInit::SrcOver;
        for (text, _) in waiting.drain(..) {
            self.masks.draw(&list.fonts, text, scale as i32, bitmap);
        }
    }

    fn path(&mut self, path: &Path, scale: u32) {
        if path.outline.is_empty() {
            return;
        }
        let bez = bezier(&path.outline, scale);
        if let Some(clip) = &path.clip {
            self.context.set_fill_rule(Fill::NonZero);
            self.context.push_clip_path(&bezier(clip, scale));
        }
        if let Some(fill) = path.fill.filter(|f| f.alpha > 0) {
            self.context.set_fill_rule(match fill.rule {
                Rule::NonZero => Fill::NonZero,
                Rule::EvenOdd => Fill::EvenOdd,
            });
            self.context.set_paint(paint(fill.color, fill.alpha));
            self.context.fill_path(&bez);
        }
        if let Some(stroke) = path.stroke.as_ref().filter(|s| s.alpha > 0 && s.width > 0) {
            self.context.set_paint(paint(stroke.color, stroke.alpha));
            self.context.set_stroke(pen(stroke, scale));
            self.context.stroke_path(&bez);
        }
        if path.clip.is_some() {
            self.context.pop_clip();
        }
    }

    fn image(&mut self, image: &Image, scale: u32) {
        let p = &image.pixels;
        let (Ok(width), Ok(height)) = (u16::try_from(p.width), u16::try_from(p.height)) else { return };
        if p.rgba.len() != usize::from(width) * usize::from(height) * 4 || p.rgba.is_empty() {
            return;
        }
        let metadata = PixelMetadata { alpha_type: ImageAlphaType::Alpha, may_have_transparency: true };
        let pixmap = Pixmap::from_parts(p.rgba.clone(), width, height, metadata);
        let sampler = ImageSampler {
            quality: ImageQuality::Medium,
            alpha: f32::from(image.alpha) / 255.0,
            ..ImageSampler::default()
        };
        let f = |v: i32| f64::from(v) * f64::from(scale) / 64.0;
        let r = image.rect;
        let fit = Affine::translate((f(r.left), f(r.top)))
            * Affine::scale_non_uniform(f(r.width()) / f64::from(width), f(r.height()) / f64::from(height));
        self.context.set_paint_transform(fit);
        self.context.set_paint(vello_cpu::Image { image: ImageSource::Pixmap(Arc::new(pixmap)), sampler });
        self.context.fill_rect(&kurbo::Rect::new(f(r.left), f(r.top), f(r.right), f(r.bottom)));
        self.context.reset_paint_transform();
    }
}

fn paint(color: Rgb, alpha: u8) -> AlphaColor<Srgb> {
    AlphaColor::from_rgba8(color.0, color.1, color.2, alpha)
}

fn pen(stroke: &Stroke, scale: u32) -> kurbo::Stroke {
    let f = |v: i32| f64::from(v) * f64::from(scale) / 64.0;
    let pen = kurbo::Stroke::new(f(stroke.width))
        .with_caps(match stroke.cap {
            Cap::Butt => kurbo::Cap::Butt,
            Cap::Round => kurbo::Cap::Round,
            Cap::Square => kurbo::Cap::Square,
        })
        .with_join(match stroke.join {
            Join::Miter => kurbo::Join::Miter,
            Join::Round => kurbo::Join::Round,
            Join::Bevel => kurbo::Join::Bevel,
        })
        .with_miter_limit(4.0);
    if stroke.dash.is_empty() { pen } else { pen.with_dashes(0.0, stroke.dash.iter().map(|d| f(*d))) }
}

fn bezier(outline: &Outline, scale: u32) -> BezPath {
    let unit = f64::from(scale) / 64.0;
    let p = |p: crate::cartography::display::Point| kurbo::Point::new(f64::from(p.x) * unit, f64::from(p.y) * unit);
    let mut path = BezPath::with_capacity(outline.verbs().len());
    for segment in outline.segments() {
        match segment {
            Segment::Move(a) => path.move_to(p(a)),
            Segment::Line(a) => path.line_to(p(a)),
            Segment::Quad(a, b) => path.quad_to(p(a), p(b)),
            Segment::Cubic(a, b, c) => path.curve_to(p(a), p(b), p(c)),
            Segment::Close => path.close_path(),
        }
    }
    path
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
