//! The key: a row for every class that is drawn, with exactly its colours, and nothing else.

use super::Setting;
use crate::cartography::display::{
    Anchor, Fill, Group, Item, Outline, Path, Point, Rect, Rule, Stroke, Text, px, units,
};
use crate::cartography::hatch;
use crate::cartography::held::disc;
use crate::cartography::labels::block::wrap;
use crate::cartography::text::Shaped;
use crate::cartography::zones::{Paint, hatch_width};
use crate::model::Rgb;
use std::sync::Arc;

/// What stands before the words of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Swatch {
    /// A piece of land.
    Area(Paint),
    /// A line.
    Line {
        /// Its colour.
        color: Rgb,
        /// Its rim.
        rim: Option<Rgb>,
        /// Its width in CSS pixels.
        width: f64,
        /// Its dashes in CSS pixels.
        dash: Vec<f64>,
    },
    /// A settlement: its colour, and that of its other half.
    Disc(Rgb, Option<Rgb>),
    /// An arrow.
    Arrow(Rgb),
}

/// A row.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The sample.
    pub swatch: Swatch,
    /// The words.
    pub words: String,
}

/// A key, measured.
#[derive(Debug)]
pub struct Key {
    rows: Vec<(Swatch, Vec<Arc<Shaped>>)>,
    /// Width in CSS pixels.
    pub width: f64,
    /// Height in CSS pixels.
    pub height: f64,
    pad: [f64; 2],
    sample: [f64; 2],
    gap: f64,
    leading: f64,
    /// Rows side by side.
    columns: usize,
    column: f64,
}

/// Nominal size of its words.
const SIZE: f64 = 12.5;

impl Key {
    /// Measures a key; `None` without rows.
    pub fn new(rows: &[Row], set: &Setting<'_>) -> Option<Self> {
        Self::measure(rows, None, set)
    }

    /// Measures a key that lies flat on the page, its rows in as many columns as a width in CSS pixels has room for; `None` without
    /// rows.
    pub fn flat(rows: &[Row], width: f64, set: &Setting<'_>) -> Option<Self> {
        Self::measure(rows, Some(width), set)
    }

    fn measure(rows: &[Row], flat: Option<f64>, set: &Setting<'_>) -> Option<Self> {
        if rows.is_empty() {
            return None;
        }
        let most = (f64::from(set.board.width) * 0.42).min(set.length(210.0));
        let sample = [set.length(22.0), set.length(13.0)];
        let pad = if flat.is_some() { [0.0, set.length(4.0)] } else { [set.length(10.0); 2] };
        let shape = |t: &str| set.regular(t, SIZE);
        let rows: Vec<(Swatch, Vec<Arc<Shaped>>)> =
            rows.iter().map(|r| (r.swatch.clone(), wrap(&r.words, units(most), 3, &shape))).collect();
        let words = rows.iter().flat_map(|r| &r.1).map(|s| px(s.width)).fold(0.0, f64::max);
        let own = sample[0] + set.length(8.0) + words;
        let column = own + set.length(18.0);
        let columns = flat.map_or(1, |w| (((w + column - own) / column) as usize).clamp(1, rows.len()));
        let leading = px(rows[0].1[0].font.size) * 1.25;
        let width = (pad[0] * 2.0 + column * columns as f64 - (column - own)).ceil();
        let mut key = Self { rows, width, height: 0.0, pad, sample, gap: set.length(7.0), leading, columns, column };
        let lines: Vec<f64> = key.rows.chunks(columns).map(|line| key.depth(line)).collect();
        key.height = (pad[1] * 2.0 + lines.iter().sum::<f64>() + key.gap * (lines.len() - 1) as f64).ceil();
        Some(key)
    }

    /// Height of rows side by side.
    fn depth(&self, line: &[(Swatch, Vec<Arc<Shaped>>)]) -> f64 {
        let one = |words: &[Arc<Shaped>]| {
            self.sample[1].max(px(words[0].cap_height)) + self.leading * (words.len() as f64 - 1.0)
        };
        line.iter().map(|(_, words)| one(words)).fold(0.0, f64::max)
    }

    /// Draws it with its top left corner at a position in CSS pixels.
    pub fn draw(&self, left: f64, top: f64, set: &Setting<'_>) -> Group {
        let c = &set.style.colours;
        let mut group = Group::new("key", "Key");
        let rtl = set.is_rtl();
        let rect = Rect::px(left, top, left + self.width, top + self.height);
        group.items.push(Item::Path(Path {
            outline: Arc::new(Outline::rounded(rect, units(set.length(3.0)))),
            fill: Some(Fill { color: c.page, alpha: 235, rule: Rule::NonZero }),
            ..Path::default()
        }));
        // Where things start: from the left, or from the right for right-to-left words.
        let x = |from: f64| if rtl { left + self.width - from } else { left + from };
        let anchor = if rtl { Anchor::Right } else { Anchor::Left };
        let mut y = top + self.pad[1];
        for line in self.rows.chunks(self.columns) {
            for (n, (swatch, words)) in line.iter().enumerate() {
                let start = self.pad[0] + n as f64 * self.column;
                let box_left = if rtl { x(start + self.sample[0]) } else { x(start) };
                let sample = Rect::px(box_left, y, box_left + self.sample[0], y + self.sample[1]);
                draw_swatch(swatch, sample, set, &mut group);
                let mut baseline = y + (self.sample[1] + px(words[0].cap_height)) / 2.0;
                for word in words {
                    let at = Point::px(x(start + self.sample[0] + set.length(8.0)), baseline);
                    group.items.push(Item::Text(Text::level(word.clone(), at, anchor, c.text)));
                    baseline += self.leading;
                }
            }
            y += self.depth(line) + self.gap;
        }
        group
    }
}

fn draw_swatch(swatch: &Swatch, r: Rect, set: &Setting<'_>, group: &mut Group) {
    let c = &set.style.colours;
    let mid = (r.top + r.bottom) / 2;
    match swatch {
        Swatch::Area(paint) => {
            let outline = Arc::new(Outline::rect(r));
            group.items.push(Item::Path(Path::filled(outline.clone(), paint.fill.unwrap_or(c.focus))));
            if let Some((color, slope)) = paint.hatch {
                let ring = vec![[r.left, r.top], [r.right, r.top], [r.right, r.bottom], [r.left, r.bottom]];
                let lines =
                    hatch::lines(&[ring], units(set.length(6.5)), slope, [r.left, r.bottom + units(set.length(2.0))]);
                let mut path = Path::stroked(lines, color, set.length(hatch_width(set.style)));
                path.clip = Some(outline.clone());
                group.items.push(Item::Path(path));
            }
            let edge = paint.edge.unwrap_or(c.border);
            let width = if paint.edge.is_some() { 1.0 } else { 0.6 };
            group.items.push(Item::Path(Path::stroked(outline, edge, set.length(width))));
        }
        Swatch::Line { color, rim, width, dash } => {
            let mut line = Outline::new();
            line.line(&[Point::new(r.left, mid), Point::new(r.right, mid)]);
            let line = Arc::new(line);
            if let Some(rim) = rim {
                group.items.push(Item::Path(Path::stroked(line.clone(), *rim, width * 2.0)));
            }
            let mut path = Path::stroked(line, *color, *width);
            path.stroke =
                Some(Stroke { dash: dash.iter().map(|d| units(*d)).collect(), ..Stroke::solid(*color, *width) });
            group.items.push(Item::Path(path));
        }
        Swatch::Disc(whole, half) => {
            let at = [px((r.left + r.right) / 2), px(mid)];
            disc(at, set.length(6.2), (*whole, *half), set, None, &mut group.items);
        }
        Swatch::Arrow(color) => {
            let p = |x: f64, y: f64| {
                Point::new(r.left + (f64::from(r.width()) * x) as i32, r.top + (f64::from(r.height()) * y) as i32)
            };
            let mut o = Outline::new();
            o.ring(&[p(0.0, 0.5), p(0.62, 0.3), p(0.62, 0.0), p(1.0, 0.5), p(0.62, 1.0), p(0.62, 0.7)]);
            group.items.push(Item::Path(Path::filled(o, *color)));
        }
    }
}
