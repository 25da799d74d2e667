//! The bands above and below the panel: headline, second line and day; sources, method, data credits, byline.

use super::Setting;
use crate::cartography::clip::Window;
use crate::cartography::display::{Anchor, Group, Item, Point, Text, px, units};
use crate::cartography::held::ControlStyle;
use crate::cartography::labels::block::wrap_tight;
use crate::cartography::text::Shaped;
use crate::cartography::words::fill;
use crate::model::Map;
use std::sync::Arc;

/// The bands, laid out.
#[derive(Debug)]
pub struct Page {
    /// What is left for the map, CSS pixels.
    pub panel: Window,
    /// Headline, second line, day.
    pub header: Group,
    /// Sources and credits.
    pub footer: Group,
    /// Whether the day stands in the header.
    pub dated: bool,
    /// The words of the source line, for the metadata.
    pub source: String,
}

/// Lays out the bands; `dated` puts the day into the header, `panel` is what is left in every picture of a series.
pub fn lay_out(map: &Map, set: &Setting<'_>, dated: bool, panel: Option<Window>) -> Page {
    let board = set.board;
    let c = &set.style.colours;
    let (width, height) = (f64::from(board.width), f64::from(board.height));
    let margin = set.length(16.0);
    let measure = units(width - 2.0 * margin);
    let words = set.tongue.phrases();

    let mut header = Group::new("title", "Title");
    let mut y = margin * 0.9;
    let put = |group: &mut Group, lines: &[Arc<Shaped>], color, leading: f64, y: &mut f64| {
        for (i, line) in lines.iter().enumerate() {
            *y += if i == 0 { px(line.cap_height) } else { px(line.font.size) * leading };
            group.items.push(text(line, *y, width, margin, color, set.is_rtl() || line.rtl));
        }
    };
    if !map.title.is_empty() {
        let size = set.style.title_size;
        let shape = |t: &str| set.bold(t, size);
        let lines = wrap_tight(&map.title, measure, 3, &shape);
        put(&mut header, &lines, c.text, 1.2, &mut y);
        // Letters of some scripts hang far below the line.
        let tail = lines.last().map_or(0.0, |l| px(l.ink.bottom));
        y += (tail - px(lines[0].font.size) * 0.25).max(0.0);
    }
    let day = map.as_of.filter(|_| dated).map(|d| fill(words.as_of, &[&set.tongue.date(d)]));
    let second = match (map.subtitle.as_deref().filter(|s| !s.is_empty()), day) {
        (Some(s), Some(d)) => {
            Some(if s.ends_with(['.', '!', '?', '。', '؟']) { format!("{s} {d}") } else { format!("{s}. {d}") })
        }
        (Some(s), None) => Some(s.to_owned()),
        (None, d) => d,
    };
    if let Some(second) = second {
        y += set.length(if map.title.is_empty() { 0.0 } else { 11.0 });
        let shape = |t: &str| set.regular(t, 14.5);
        let lines = wrap_tight(&second, measure, 2, &shape);
        let rise = lines.first().map_or(0, |l| -l.ink.top - l.cap_height);
        y += (px(rise) - 2.0).max(0.0);
        put(&mut header, &lines, c.quiet, 1.3, &mut y);
    }
    let top = if header.items.is_empty() { 0.0 } else { (y + margin * 0.85).round() };

    let source = source_line(map, set);
    let mut footer = Group::new("source", "Source and credit");
    let shape = |t: &str| set.regular(t, 11.0);
    let lines = if source.is_empty() { Vec::new() } else { wrap_tight(&source, measure, 4, &shape) };
    let leading = lines.first().map_or(0.0, |l| px(l.font.size) * 1.32);
    let depth = if lines.is_empty() {
        0.0
    } else {
        let first = px(lines[0].cap_height);
        margin * 0.6 + first + leading * (lines.len() as f64 - 1.0) + margin * 0.7
    };
    let bottom = panel.map_or((height - depth).round(), |p| p.y1);
    let top = panel.map_or(top, |p| p.y0);
    let mut y = bottom + margin * 0.6;
    for (i, line) in lines.iter().enumerate() {
        y += if i == 0 { px(line.cap_height) } else { leading };
        footer.items.push(text(line, y, width, margin, c.quiet, set.is_rtl()));
    }
    Page { panel: Window { x0: 0.0, y0: top, x1: width, y1: bottom }, header, footer, dated, source }
}

fn text(line: &Arc<Shaped>, y: f64, width: f64, margin: f64, color: crate::model::Rgb, rtl: bool) -> Item {
    let (x, anchor) = if rtl { (width - margin, Anchor::Right) } else { (margin, Anchor::Left) };
    Item::Text(Text::level(line.clone(), Point::px(x, y), anchor, color))
}

/// Source, method, data credits, byline in one line of sentences.
pub fn source_line(map: &Map, set: &Setting<'_>) -> String {
    let words = set.tongue.phrases();
    let comma = if set.is_rtl() { "، " } else { ", " };
    let mut parts: Vec<String> = Vec::new();
    let full = |s: String| if s.ends_with(['.', '!', '?']) { s } else { format!("{s}.") };
    if !map.sources.is_empty() {
        parts.push(full(fill(words.source, &[&map.sources.join(comma)])));
    }
    // Discs alone say nothing of areas.
    let areas = set.control != ControlStyle::Settlements;
    if let Some(method) = map.method.as_deref().filter(|m| areas && !m.is_empty()) {
        parts.push(full(fill(words.method, &[method])));
    }
    if !map.credits.is_empty() {
        let credits: Vec<String> = map
            .credits
            .iter()
            .map(|c| {
                let free = c.licence.is_empty() || c.licence.eq_ignore_ascii_case("public domain");
                if free { c.name.clone() } else { format!("{} ({})", c.name, c.licence) }
            })
            .collect();
        parts.push(full(fill(words.data, &[&credits.join(comma)])));
    }
    parts.extend(map.byline.clone().filter(|b| !b.is_empty()));
    parts.extend(set.style.credit.clone());
    parts.join(" ")
}
