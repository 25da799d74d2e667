//! A block of one or several lines of shaped text that is placed as a whole.

use crate::cartography::display::{Anchor, Item, Point, Rect, Text, units};
use crate::cartography::text::Shaped;
use crate::model::Rgb;
use std::sync::Arc;

/// How lines stand above each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Left edges in line.
    Left,
    /// Centred.
    Middle,
    /// Right edges in line.
    Right,
}

/// A line of a block.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its text.
    pub shaped: Arc<Shaped>,
    /// Its colour.
    pub color: Rgb,
}

/// Lines of text with their common box. The top of the box is the capitals of the first line, the bottom the baseline of the
/// last one; what hangs out is covered by [`Block::ink`].
#[derive(Debug, Clone)]
pub struct Block {
    lines: Vec<(Line, i32)>,
    /// Width in 1/64 px.
    pub width: i32,
    /// Height in 1/64 px.
    pub height: i32,
    /// Half the height of the first line, from the top: where a dot stands beside it.
    pub middle: i32,
    /// How far ink stands above the box, 1/64 px.
    pub ink_above: i32,
    /// How far ink hangs below the box, 1/64 px.
    pub ink_below: i32,
}

impl Block {
    /// A block of lines with a gap between them as a share of their size (0.3 is usual).
    pub fn new(lines: impl IntoIterator<Item = Line>, leading: f64) -> Self {
        let mut out: Vec<(Line, i32)> = Vec::new();
        let (mut y, mut width, mut above, mut below) = (0, 0, 0, 0);
        let mut middle = 0;
        for line in lines {
            let s = &line.shaped;
            if out.is_empty() {
                y = s.cap_height;
                middle = s.cap_height / 2;
                above = (-s.ink.top - s.cap_height).max(0);
            } else {
                // From the ink above to the ink below: a rim around one line must not cut the other.
                let rise = s.cap_height.max(-s.ink.top);
                y += below.max(s.font.size / 8) + rise + (f64::from(s.font.size) * leading * 0.5) as i32;
            }
            width = width.max(s.width);
            below = s.ink.bottom.max(0);
            out.push((line, y));
        }
        Self { lines: out, width, height: y, middle, ink_above: above, ink_below: below }
    }

    /// Its lines.
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().map(|(l, _)| l)
    }

    /// The box that its ink covers when its box has this top left corner.
    pub fn ink(&self, left: i32, top: i32) -> Rect {
        Rect::new(left, top - self.ink_above, left + self.width, top + self.height + self.ink_below)
    }

    /// The texts, with a rim of a width in CSS pixels where asked for.
    pub fn items(&self, left: i32, top: i32, align: Align, halo: Option<(Rgb, f64)>) -> Vec<Item> {
        // From the bottom up, so that the rim of a second line never lies on the tails of the first.
        self.lines
            .iter()
            .enumerate()
            .rev()
            .map(|(n, (line, y))| {
                let (x, anchor) = match align {
                    Align::Left => (left, Anchor::Left),
                    Align::Middle => (left + self.width / 2, Anchor::Middle),
                    Align::Right => (left + self.width, Anchor::Right),
                };
                let text = Text::level(line.shaped.clone(), Point::new(x, top + y), anchor, line.color);
                Item::Text(match halo {
                    Some((color, width)) => text.with_halo(color, if n == 0 { width } else { width * 0.9 }),
                    None => text,
                })
            })
            .collect()
    }
}

/// A text broken at spaces into lines no wider than `width` in 1/64 px, as even as they come; words longer than that stay whole.
pub fn wrap(text: &str, width: i32, most: usize, shape: &dyn Fn(&str) -> Arc<Shaped>) -> Vec<Arc<Shaped>> {
    let whole = shape(text);
    if whole.width <= width {
        return vec![whole];
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    // Words are measured once each and added up: kerning across a space is nothing to a line break.
    let widths: Vec<i32> = words.iter().map(|w| shape(w).width).collect();
    let space = shape(" ").width + 2 * whole.font.spacing;
    let greedy = |limit: i32| -> Vec<String> {
        let mut lines: Vec<(String, i32)> = Vec::new();
        for (word, own) in words.iter().zip(&widths) {
            match lines.last_mut() {
                Some((line, so_far)) if *so_far + space + own <= limit => {
                    *so_far += space + own;
                    line.push(' ');
                    line.push_str(word);
                }
                _ => lines.push(((*word).to_owned(), *own)),
            }
        }
        lines.into_iter().map(|(line, _)| line).collect()
    };
    let lines = greedy(width);
    let count = lines.len();
    // The narrowest measure that still takes as many lines makes them even.
    let mut best = lines;
    let mut limit = width;
    while limit > width / 2 {
        limit -= (width / 40).max(units(1.0));
        let tried = greedy(limit);
        if tried.len() > count {
            break;
        }
        best = tried;
    }
    if best.len() > most {
        best.truncate(most);
        if let Some(last) = best.last_mut() {
            while !last.is_empty() && shape(&format!("{last}…")).width > width {
                let cut = last.char_indices().next_back().map_or(0, |(i, _)| i);
                last.truncate(cut);
            }
            let trimmed = last.trim_end_matches([' ', ',', ';', '·', '–']).len();
            last.truncate(trimmed);
            last.push('…');
        }
    }
    best.iter().map(|l| shape(l)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cartography::text::{FontSpec, Fonts};

    #[test]
    fn wraps_evenly_and_cuts_with_an_ellipsis() {
        let fonts = Fonts::embedded();
        let shape = |t: &str| fonts.shape(t, FontSpec::regular(12.0), "en");
        let text = "Rebels enter Hama as the army withdraws from the city";
        let lines = wrap(text, units(200.0), 3, &shape);
        assert_eq!(lines.len(), 2);
        assert!(lines.iter().all(|l| l.width <= units(200.0)));
        assert!((lines[0].width - lines[1].width).abs() < units(60.0), "even");
        let cut = wrap(text, units(100.0), 2, &shape);
        assert!(cut[1].text.ends_with('…') && cut[1].width <= units(100.0));
    }

    #[test]
    fn the_ink_box_covers_the_letters() {
        let fonts = Fonts::embedded();
        let line = |t: &str| Line { shaped: fonts.shape(t, FontSpec::bold(16.0), "en"), color: Rgb(0, 0, 0) };
        let block = Block::new([line("Ålesund"), line("gjøy")], 0.3);
        let ink = block.ink(0, 0);
        assert!(ink.top < 0, "the ring stands above the capitals");
        assert!(ink.bottom > block.height, "the tail hangs below the baseline");
    }
}
