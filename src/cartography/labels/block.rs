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
    broken(text, width, most, false, shape)
}

/// The same, but a word that is too long, as an address on the web is, is broken after a stroke, a dot or a hyphen, else anywhere.
pub fn wrap_tight(text: &str, width: i32, most: usize, shape: &dyn Fn(&str) -> Arc<Shaped>) -> Vec<Arc<Shaped>> {
    broken(text, width, most, true, shape)
}

fn broken(text: &str, width: i32, most: usize, tight: bool, shape: &dyn Fn(&str) -> Arc<Shaped>) -> Vec<Arc<Shaped>> {
    let whole = shape(text);
    if whole.width <= width {
        return vec![whole];
    }
    // Words are measured once each and added up: kerning across a space is nothing to a line break.
    let space = shape(" ").width + 2 * whole.font.spacing;
    // What goes before a word on the same line: a space, or nothing within a broken word.
    let mut words: Vec<(&str, i32, i32)> = Vec::new();
    for word in text.split_whitespace() {
        let own = shape(word).width;
        if own <= width || !tight {
            words.push((word, own, space));
            continue;
        }
        for (n, piece) in pieces(word, width, shape).into_iter().enumerate() {
            words.push((piece, shape(piece).width, if n == 0 { space } else { 0 }));
        }
    }
    let greedy = |limit: i32| -> Vec<String> {
        let mut lines: Vec<(String, i32)> = Vec::new();
        for (word, own, before) in &words {
            match lines.last_mut() {
                Some((line, so_far)) if *so_far + before + own <= limit => {
                    *so_far += before + own;
                    if *before > 0 {
                        line.push(' ');
                    }
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

/// A word in pieces no wider than `width`.
fn pieces<'a>(word: &'a str, width: i32, shape: &dyn Fn(&str) -> Arc<Shaped>) -> Vec<&'a str> {
    let mut out = Vec::new();
    let mut rest = word;
    while shape(rest).width > width {
        let fits = |end: usize| shape(&rest[..end]).width <= width;
        let ends = |seam: bool| {
            let after = rest.char_indices().map(|(i, c)| (i + c.len_utf8(), c));
            let mut ends: Vec<usize> =
                after.filter(|(_, c)| !seam || matches!(c, '/' | '.' | '-' | '_' | '?' | '&')).map(|e| e.0).collect();
            ends.retain(|e| *e < rest.len());
            // The longest that fits; width grows with every letter.
            let n = ends.partition_point(|e| fits(*e));
            n.checked_sub(1).map(|n| ends[n])
        };
        // A seam near the end of the line is worth a ragged edge; a short stump is not.
        let at = ends(true).filter(|e| shape(&rest[..*e]).width > width / 2).or_else(|| ends(false));
        let Some(at) = at else { break };
        out.push(&rest[..at]);
        rest = &rest[at..];
    }
    out.push(rest);
    out
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
        let address =
            "Source: example.org/middle-east/2024/11/30/anti-regime-groups-capture-khan-sheikhun-entire-province";
        let broken = wrap_tight(address, units(240.0), 5, &shape);
        assert!(broken.len() >= 3 && broken.iter().all(|l| l.width <= units(240.0)), "{broken:?}");
        assert_eq!(
            broken.iter().map(|l| l.text.as_str()).collect::<String>().replace(' ', ""),
            address.replace(' ', "")
        );
        assert_eq!(wrap("Mediterranean Sea", units(60.0), 2, &shape)[0].text, "Mediterranean", "names stay whole");
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
