//! PDF with text as text and fonts embedded as subsets, one page of the map's size (a CSS pixel is 3/4 point).
//!
//! Halos are outlines, so that searching and copying find each name once. No clock and no random identifier: the same map has
//! the same bytes. Tagged for readers' aloud: the headline is a heading, the map a figure with its alternative text, the source a
//! paragraph. Layers of a drawing program are not written (`krilla` has none); the SVG has them.

use super::raster::TooLarge;
use crate::cartography::display::{
    Cap, DisplayList, Fill, Image, Item, Join, Outline, Path, Placement, Point, Rule, Segment, Stroke, Text,
};
use crate::cartography::text::{FaceId, Fonts, Run, along};
use crate::model::Rgb;
use krilla::Document;
use krilla::color::rgb;
use krilla::geom::{self, PathBuilder, Size, Transform};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{FillRule, LineCap, LineJoin, StrokeDash};
use krilla::surface::Surface;
use krilla::tagging::{ContentTag, Identifier, Node, TagGroup, TagKind, TagTree};
use krilla::text::{Font, GlyphId, KrillaGlyph, Tag};
use rustc_hash::FxHashMap;
use std::num::NonZeroU16;
use std::ops::Range;

/// A map that could not be written as PDF.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PdfError {
    /// A page larger than PDF knows.
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
    /// The library refused the document, for instance since a font forbids embedding.
    #[error("the PDF cannot be written: {0}")]
    Refused(String),
}

/// Points to a CSS pixel.
const POINTS: f32 = 0.75;

/// A display list as a PDF document.
///
/// # Errors
/// A page beyond [`super::raster::LARGEST`] pixels a side; a font of a pack that cannot be embedded.
pub fn encode(list: &DisplayList) -> Result<Vec<u8>, PdfError> {
    let (width, height) = (list.width.max(1), list.height.max(1));
    let too_large = TooLarge { width: width.into(), height: height.into() };
    if width.max(height) > super::raster::LARGEST {
        return Err(too_large.into());
    }
    let mut document = Document::new();
    let settings = PageSettings::from_wh(width as f32 * POINTS, height as f32 * POINTS).ok_or(too_large)?;
    let mut page = document.start_page_with(settings);
    let mut surface = page.surface();
    let mut fonts = Embedded { list: &list.fonts, faces: FxHashMap::default() };
    surface.push_transform(&Transform::from_scale(POINTS, POINTS));
    let ground = crate::cartography::display::Rect::px(0.0, 0.0, width.into(), height.into());
    let mut parts = Parts::default();
    let mut part = Part::Figure;
    let mut tagged = surface.start_tagged(ContentTag::Other);
    path(&mut surface, &Path::filled(Outline::rect(ground), list.background));
    for group in &list.groups {
        let own = Part::of(&group.id);
        if own != part {
            surface.end_tagged();
            parts.push(part, tagged);
            (part, tagged) = (own, surface.start_tagged(ContentTag::Other));
        }
        if group.alpha < 255 {
            surface.push_opacity(opacity(group.alpha));
        }
        for item in &group.items {
            match item {
                Item::Path(p) => path(&mut surface, p),
                Item::Text(t) => text(&mut surface, &mut fonts, t),
                Item::Image(i) => image(&mut surface, i),
            }
        }
        if group.alpha < 255 {
            surface.pop();
        }
    }
    surface.end_tagged();
    parts.push(part, tagged);
    surface.pop();
    surface.finish();
    page.finish();
    document.set_tag_tree(parts.tree(list));
    document.set_metadata(metadata(list));
    document.finish().map_err(|e| PdfError::Refused(format!("{e:?}")))
}

/// What a part of the page is to somebody who hears it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Heading,
    Figure,
    Source,
}

impl Part {
    fn of(group: &str) -> Self {
        match group {
            "title" => Self::Heading,
            "source" => Self::Source,
            _ => Self::Figure,
        }
    }
}

/// Stretches of the page by what they are.
#[derive(Default)]
struct Parts([Vec<Identifier>; 3]);

impl Parts {
    fn push(&mut self, part: Part, stretch: Identifier) {
        self.0[part as usize].push(stretch);
    }

    /// The page in reading order.
    fn tree(self, list: &DisplayList) -> TagTree {
        let mut tree = TagTree::new();
        if !list.metadata.lang.is_empty() {
            tree = tree.with_lang(Some(list.metadata.lang.clone()));
        }
        let [heading, figure, source] = self.0;
        let tags: [TagKind; 3] = [
            krilla::tagging::Tag::Hn(NonZeroU16::MIN, Some(list.title.clone())).into(),
            krilla::tagging::Tag::Figure(Some(list.description.clone())).into(),
            krilla::tagging::Tag::P.into(),
        ];
        for (tag, stretches) in tags.into_iter().zip([heading, figure, source]) {
            if !stretches.is_empty() {
                tree.push(TagGroup::with_children(tag, stretches.into_iter().map(Node::from).collect()));
            }
        }
        tree
    }
}

fn metadata(list: &DisplayList) -> Metadata {
    let m = &list.metadata;
    let as_of = if m.as_of.is_empty() { String::new() } else { format!("As of {}.", m.as_of) };
    let words: Vec<&str> =
        [list.description.as_str(), &as_of, &m.source, &m.licence].into_iter().filter(|w| !w.is_empty()).collect();
    let mut out = Metadata::new().title(list.title.clone()).description(words.join(" ")).creator("mapdesk".into());
    if !m.author.is_empty() {
        out = out.authors(vec![m.author.clone()]);
    }
    if !m.lang.is_empty() {
        out = out.language(m.lang.clone());
    }
    out
}

fn px(units: i32) -> f32 {
    units as f32 / 64.0
}

fn opacity(alpha: u8) -> NormalizedF32 {
    NormalizedF32::new(f32::from(alpha) / 255.0).unwrap_or(NormalizedF32::ONE)
}

fn fill(color: Rgb, alpha: u8, rule: Rule) -> krilla::paint::Fill {
    krilla::paint::Fill {
        paint: rgb::Color::new(color.0, color.1, color.2).into(),
        opacity: opacity(alpha),
        rule: match rule {
            Rule::NonZero => FillRule::NonZero,
            Rule::EvenOdd => FillRule::EvenOdd,
        },
    }
}

fn stroke(stroke: &Stroke) -> krilla::paint::Stroke {
    krilla::paint::Stroke {
        paint: rgb::Color::new(stroke.color.0, stroke.color.1, stroke.color.2).into(),
        width: px(stroke.width),
        miter_limit: 4.0,
        line_cap: match stroke.cap {
            Cap::Butt => LineCap::Butt,
            Cap::Round => LineCap::Round,
            Cap::Square => LineCap::Square,
        },
        line_join: match stroke.join {
            Join::Miter => LineJoin::Miter,
            Join::Round => LineJoin::Round,
            Join::Bevel => LineJoin::Bevel,
        },
        opacity: opacity(stroke.alpha),
        dash: (!stroke.dash.is_empty())
            .then(|| StrokeDash { array: stroke.dash.iter().map(|d| px(*d)).collect(), offset: 0.0 }),
    }
}

/// An outline for the library; `None` where nothing would be drawn.
fn outline(outline: &Outline) -> Option<geom::Path> {
    let mut b = PathBuilder::new();
    let f = |p: Point| (px(p.x), px(p.y));
    for segment in outline.segments() {
        match segment {
            Segment::Move(a) => b.move_to(f(a).0, f(a).1),
            Segment::Line(a) => b.line_to(f(a).0, f(a).1),
            Segment::Quad(a, c) => b.quad_to(f(a).0, f(a).1, f(c).0, f(c).1),
            Segment::Cubic(a, c, d) => b.cubic_to(f(a).0, f(a).1, f(c).0, f(c).1, f(d).0, f(d).1),
            Segment::Close => b.close(),
        }
    }
    b.finish()
}

fn path(surface: &mut Surface, path: &Path) {
    let Some(drawn) = outline(&path.outline) else { return };
    let clip = match &path.clip {
        Some(clip) => match outline(clip) {
            Some(clip) => Some(clip),
            None => return,
        },
        None => None,
    };
    if let Some(clip) = &clip {
        surface.push_clip_path(clip, &FillRule::NonZero);
    }
    if path.fill.is_some() || path.stroke.is_some() {
        surface.set_fill(path.fill.map(|Fill { color, alpha, rule }| fill(color, alpha, rule)));
        surface.set_stroke(path.stroke.as_ref().map(stroke));
        surface.draw_path(&drawn);
    }
    if clip.is_some() {
        surface.pop();
    }
}

fn image(surface: &mut Surface, image: &Image) {
    let p = &image.pixels;
    let Some(size) = Size::from_wh(px(image.rect.width()), px(image.rect.height())) else { return };
    if p.width == 0 || p.rgba.len() != p.width as usize * p.height as usize * 4 {
        return;
    }
    surface.push_transform(&Transform::from_translate(px(image.rect.left), px(image.rect.top)));
    surface.push_opacity(opacity(image.alpha));
    surface.draw_image(krilla::image::Image::from_rgba8(p.rgba.clone(), p.width, p.height), size);
    surface.pop();
    surface.pop();
}

/// Faces handed to the library so far.
struct Embedded<'a> {
    list: &'a Fonts,
    faces: FxHashMap<FaceId, Option<Font>>,
}

impl Embedded<'_> {
    fn face(&mut self, id: FaceId) -> Option<Font> {
        let list = self.list;
        let make = || {
            let source = &list.face(id).source;
            let axes: Vec<(Tag, f32)> = source.axis.map(|w| (Tag::new(b"wght"), w)).into_iter().collect();
            Font::new_variable(source.bytes.clone().into(), source.index, &axes)
        };
        self.faces.entry(id).or_insert_with(make).clone()
    }
}

/// The bytes a glyph stands for: from its cluster to the next one of the run.
fn clusters(run: &Run) -> impl Fn(usize) -> Range<usize> {
    let mut starts: Vec<usize> = run.glyphs.iter().map(|g| g.cluster).collect();
    starts.sort_unstable();
    starts.dedup();
    let end = run.range.end;
    move |start| {
        let next = starts.partition_point(|s| *s <= start);
        start..starts.get(next).copied().unwrap_or(end)
    }
}

/// Draws a text: its halo as outlines, then its letters as text.
fn text(surface: &mut Surface, fonts: &mut Embedded, text: &Text) {
    let halo = text.halo.filter(|h| h.width > 0 && h.alpha > 0);
    if let Some(halo) = halo {
        let rim = Stroke { alpha: halo.alpha, ..Stroke::solid(halo.color, 1.0) };
        surface.set_fill(Some(fill(halo.color, halo.alpha, Rule::NonZero)));
        surface.set_stroke(Some(stroke(&Stroke { width: halo.width * 2, ..rim })));
        letters(surface, fonts, text, true);
    }
    surface.set_fill(Some(fill(text.color, text.alpha, Rule::NonZero)));
    surface.set_stroke(None);
    letters(surface, fonts, text, false);
}

fn letters(surface: &mut Surface, fonts: &mut Embedded, text: &Text, outlined: bool) {
    let shaped = &text.shaped;
    let size = px(shaped.font.size);
    match &text.place {
        Placement::Straight { origin, angle, .. } => {
            let left = text.left().unwrap_or(*origin);
            if *angle != 0 {
                let turn = Transform::from_rotate_at(*angle as f32 / 100.0, px(origin.x), px(origin.y));
                surface.push_transform(&turn);
            }
            for run in &shaped.runs {
                let Some(font) = fonts.face(run.face) else { continue };
                let cluster = clusters(run);
                let mut pen = run.x;
                let glyphs: Vec<KrillaGlyph> = run
                    .glyphs
                    .iter()
                    .map(|g| {
                        let (dx, dy) = (g.at.x - pen, -g.at.y);
                        pen += g.advance;
                        let em = |v: i32| px(v) / size;
                        let range = cluster(g.cluster);
                        KrillaGlyph::new(GlyphId::new(g.id), em(g.advance), em(dx), em(dy), 0.0, range, None)
                    })
                    .collect();
                let start = geom::Point::from_xy(px(left.x + run.x), px(left.y));
                surface.draw_glyphs(start, &glyphs, font, &shaped.text, size, outlined);
            }
            if *angle != 0 {
                surface.pop();
            }
        }
        Placement::Along { path, start } => {
            for placed in along(shaped, path, *start) {
                let run = &shaped.runs[placed.run];
                let glyph = run.glyphs[placed.glyph];
                let Some(font) = fonts.face(run.face) else { continue };
                let [c, s] = placed.turn.map(|v| v as f32);
                let at = placed.at.map(|v| v as f32 / 64.0);
                surface.push_transform(&Transform::from_row(c, s, -s, c, at[0], at[1]));
                let advance = px(glyph.advance) / size;
                let range = clusters(run)(glyph.cluster);
                let one = [KrillaGlyph::new(GlyphId::new(glyph.id), advance, 0.0, 0.0, 0.0, range, None)];
                surface.draw_glyphs(geom::Point::from_xy(0.0, 0.0), &one, font, &shaped.text, size, outlined);
                surface.pop();
            }
        }
    }
}
