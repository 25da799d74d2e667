//! The scale bar: kilometres above, miles below, true at the middle of the panel.

use super::Setting;
use crate::cartography::display::{Anchor, Group, Halo, Item, Outline, Path, Point, Text, px, units};
use crate::cartography::text::Shaped;
use std::sync::Arc;

/// International mile, metres.
const MILE: f64 = 1609.344;

/// A scale bar, measured.
#[derive(Debug)]
pub struct ScaleBar {
    metric: Bar,
    imperial: Bar,
    /// Width in CSS pixels.
    pub width: f64,
    /// Height in CSS pixels.
    pub height: f64,
    gap: f64,
}

#[derive(Debug)]
struct Bar {
    /// Length on the map, CSS pixels.
    length: f64,
    words: Arc<Shaped>,
}

/// The greatest of 1, 2, 5 times a power of ten that is not above a value.
fn round_down(value: f64) -> f64 {
    let power = 10f64.powf(value.log10().floor());
    [5.0, 2.0, 1.0].into_iter().map(|d| d * power).find(|v| *v <= value * 1.000_001).unwrap_or(power)
}

fn number(value: f64) -> String {
    if value >= 1.0 { format!("{value:.0}") } else { format!("{value}") }
}

impl ScaleBar {
    /// A bar for so many metres a CSS pixel.
    pub fn new(metres_per_px: f64, set: &Setting<'_>) -> Self {
        let most = set.length(120.0).min(f64::from(set.board.width) * 0.22);
        let words = set.tongue.phrases();
        let metres = round_down(most * metres_per_px);
        let label = if metres >= 1000.0 {
            format!("{} {}", number(metres / 1000.0), words.km)
        } else {
            format!("{} {}", number(metres), words.metre)
        };
        let metric = Bar { length: metres / metres_per_px, words: set.regular(&label, 11.0) };
        let miles = round_down(most * metres_per_px / MILE);
        let label = format!("{} {}", number(miles), words.miles);
        let imperial = Bar { length: miles * MILE / metres_per_px, words: set.regular(&label, 11.0) };
        let gap = set.length(3.0);
        let tick = set.length(5.0);
        let line = |b: &Bar| px(b.words.cap_height);
        let height = line(&metric) + gap + tick * 2.0 + gap + line(&imperial);
        let width = [&metric, &imperial].into_iter().map(|b| b.length.max(px(b.words.width))).fold(0.0, f64::max) + 2.0;
        Self { metric, imperial, width: width.ceil(), height: height.ceil(), gap }
    }

    /// Draws it with its top left corner at a position in CSS pixels.
    pub fn draw(&self, left: f64, top: f64, set: &Setting<'_>) -> Group {
        let c = &set.style.colours;
        let mut group = Group::new("scale", "Scale bar");
        let tick = set.length(5.0);
        let x = left + 1.0;
        let y = top + px(self.metric.words.cap_height) + self.gap + tick;
        let long = self.metric.length.max(self.imperial.length);
        let mut bar = Outline::new();
        bar.line(&[Point::px(x, y - tick), Point::px(x, y + tick)]);
        bar.line(&[Point::px(x, y), Point::px(x + long, y)]);
        bar.line(&[Point::px(x + self.metric.length, y), Point::px(x + self.metric.length, y - tick)]);
        bar.line(&[Point::px(x + self.imperial.length, y), Point::px(x + self.imperial.length, y + tick)]);
        let bar = Arc::new(bar);
        let halo = Halo { color: c.halo, alpha: 220, width: units(set.length(1.8)) };
        group.items.push(Item::Path(Path::stroked(bar.clone(), c.halo, set.length(3.6))));
        group.items.push(Item::Path(Path::stroked(bar, c.quiet, set.length(1.3))));
        for (words, baseline) in [
            (&self.metric.words, y - tick - self.gap),
            (&self.imperial.words, y + tick + self.gap + px(self.imperial.words.cap_height)),
        ] {
            let mut text = Text::level(words.clone(), Point::px(x, baseline), Anchor::Left, c.quiet);
            text.halo = Some(halo);
            group.items.push(Item::Text(text));
        }
        group
    }

    /// Kilometres that the bar's upper length stands for, and that length in CSS pixels.
    pub fn metric(&self) -> (&str, f64) {
        (&self.metric.words.text, self.metric.length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_round_and_fit() {
        for (value, want) in [(437.0, 200.0), (500.0, 500.0), (99.9, 50.0), (0.37, 0.2), (1.0, 1.0)] {
            assert!((round_down(value) - want).abs() < 1e-9, "{value}");
        }
    }
}
