//! The display list: everything a still map shows, laid out once, in whole 1/64 px and drawing order.
//!
//! PNG, SVG and PDF only replay it, so a label stands in the same place in all three. It is resolved: no styles, no
//! projections, no text left to shape. Cartography writes it, `outputs` reads it.

mod outline;

pub use outline::{Outline, Point, Rect, Segment, UNITS, Verb, px, units};

use super::text::{Fonts, Shaped};
use crate::model::Rgb;
use std::sync::Arc;

/// A finished map, ready to be replayed by any still format.
#[derive(Debug, Clone)]
pub struct DisplayList {
    /// Width in CSS pixels.
    pub width: u32,
    /// Height in CSS pixels.
    pub height: u32,
    /// Colour of the ground.
    pub background: Rgb,
    /// Groups in drawing order.
    pub groups: Vec<Group>,
    /// Title of the map.
    pub title: String,
    /// Alternative text, at most 250 characters.
    pub description: String,
    /// What is said about the map in the file itself.
    pub metadata: Metadata,
    /// The fonts its texts were shaped with.
    pub fonts: Fonts,
}

/// Words that travel inside the file; an empty one is left out. No clock: the same map has the same bytes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Metadata {
    /// Who made the map.
    pub author: String,
    /// Licence of the map or of what it is made from.
    pub licence: String,
    /// Sources and credit.
    pub source: String,
    /// The day the map speaks of, for instance `2024-12-05`.
    pub as_of: String,
    /// Language tag of the map's words, for instance `en`.
    pub lang: String,
}

/// Items that belong together, a layer in a drawing program.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Key of the group, unique in the list; letters, digits, hyphens.
    pub id: String,
    /// Name for people.
    pub label: String,
    /// Opacity of the whole, 255 is as it is. Zones drawn opaque in a group that is see-through as a whole leave no seams.
    pub alpha: u8,
    /// Items in drawing order; texts of a group that is see-through are drawn over its outlines, opaque.
    pub items: Vec<Item>,
}

impl Group {
    /// An empty group.
    pub fn new(id: impl Into<String>, label: impl Into<String>) -> Self {
        Self { id: id.into(), label: label.into(), alpha: 255, items: Vec::new() }
    }
}

/// Something that is drawn.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// A filled or stroked outline.
    Path(Path),
    /// A line of text.
    Text(Text),
    /// A picture.
    Image(Image),
}

/// Which points are inside an outline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Rule {
    /// By the direction of the contours.
    #[default]
    NonZero,
    /// By the number of contours around the point.
    EvenOdd,
}

/// A fill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fill {
    /// Colour.
    pub color: Rgb,
    /// Opacity, 255 is opaque.
    pub alpha: u8,
    /// Which points are inside.
    pub rule: Rule,
}

/// The ends of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Cap {
    /// Cut at the end.
    #[default]
    Butt,
    /// A half circle beyond the end.
    Round,
    /// A half square beyond the end.
    Square,
}

/// The corners of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Join {
    /// Pointed, cut off at a miter limit of 4.
    Miter,
    /// Rounded.
    #[default]
    Round,
    /// Cut.
    Bevel,
}

/// A stroke.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Stroke {
    /// Colour.
    pub color: Rgb,
    /// Opacity, 255 is opaque.
    pub alpha: u8,
    /// Width in 1/64 px.
    pub width: i32,
    /// Lengths of dashes and gaps in 1/64 px; empty is solid.
    pub dash: Vec<i32>,
    /// Ends.
    pub cap: Cap,
    /// Corners.
    pub join: Join,
}

/// A filled or stroked outline; the fill is drawn first.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Path {
    /// What is drawn.
    pub outline: Arc<Outline>,
    /// Its inside.
    pub fill: Option<Fill>,
    /// Its line.
    pub stroke: Option<Stroke>,
    /// Only what is inside this outline is drawn (non-zero rule), for instance of hatching.
    pub clip: Option<Arc<Outline>>,
    /// What it is, shown by browsers when pointed at.
    pub title: Option<String>,
}

impl Path {
    /// An opaque filled outline.
    pub fn filled(outline: impl Into<Arc<Outline>>, color: Rgb) -> Self {
        Self { outline: outline.into(), fill: Some(Fill { color, alpha: 255, rule: Rule::NonZero }), ..Self::default() }
    }
    /// An opaque solid line of a width in CSS pixels, with round joins.
    pub fn stroked(outline: impl Into<Arc<Outline>>, color: Rgb, width: f64) -> Self {
        Self { outline: outline.into(), stroke: Some(Stroke::solid(color, width)), ..Self::default() }
    }
}

impl Stroke {
    /// An opaque solid line of a width in CSS pixels, with round joins.
    pub fn solid(color: Rgb, width: f64) -> Self {
        Self { color, alpha: 255, width: units(width), dash: Vec::new(), cap: Cap::Butt, join: Join::Round }
    }
}

/// Which part of a text stands at its origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Anchor {
    /// Its left end, whatever the writing direction.
    #[default]
    Left,
    /// Its middle.
    Middle,
    /// Its right end.
    Right,
}

/// Where a text stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Placement {
    /// On a straight baseline.
    Straight {
        /// A point of the baseline.
        origin: Point,
        /// Which part of the text stands there.
        anchor: Anchor,
        /// Turn around the origin in 1/100 degree, clockwise; 0 is level.
        angle: i32,
    },
    /// With its baseline along a line.
    Along {
        /// One open contour, in reading direction.
        path: Arc<Outline>,
        /// Where on the line the text begins, in 1/64 px from its start.
        start: i32,
    },
}

/// A rim around letters that keeps them legible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Halo {
    /// Colour.
    pub color: Rgb,
    /// Opacity, 255 is opaque.
    pub alpha: u8,
    /// How far it stands out from the letters, in 1/64 px.
    pub width: i32,
}

/// A line of shaped text.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// The text, its font and its glyphs, measured.
    pub shaped: Arc<Shaped>,
    /// Where it stands.
    pub place: Placement,
    /// Colour of the letters.
    pub color: Rgb,
    /// Opacity of the letters, 255 is opaque.
    pub alpha: u8,
    /// Rim.
    pub halo: Option<Halo>,
}

impl Text {
    /// An opaque level text without a halo.
    pub fn level(shaped: Arc<Shaped>, origin: Point, anchor: Anchor, color: Rgb) -> Self {
        Self { shaped, place: Placement::Straight { origin, anchor, angle: 0 }, color, alpha: 255, halo: None }
    }
    /// The same text with an opaque halo that stands out by a width in CSS pixels.
    #[must_use]
    pub fn with_halo(mut self, color: Rgb, width: f64) -> Self {
        self.halo = Some(Halo { color, alpha: 255, width: units(width) });
        self
    }
    /// The left end of a straight text's baseline before turning; `None` along a line.
    pub fn left(&self) -> Option<Point> {
        match &self.place {
            Placement::Straight { origin, anchor, .. } => {
                let back = match anchor {
                    Anchor::Left => 0,
                    Anchor::Middle => self.shaped.width / 2,
                    Anchor::Right => self.shaped.width,
                };
                Some(Point::new(origin.x - back, origin.y))
            }
            Placement::Along { .. } => None,
        }
    }
}

/// Pixels of a picture: straight (not premultiplied) RGBA, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pixels {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// `width * height * 4` bytes.
    pub rgba: Vec<u8>,
}

/// A picture: relief, logo.
#[derive(Debug, Clone, PartialEq)]
pub struct Image {
    /// The pixels.
    pub pixels: Arc<Pixels>,
    /// The box they fill.
    pub rect: Rect,
    /// Opacity of the whole, 255 is as it is.
    pub alpha: u8,
    /// Alternative text.
    pub title: Option<String>,
}
