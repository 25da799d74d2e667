//! Colours of the sides on a map: those they come with, the theme's for the rest, and the check that neighbours stay apart for
//! every kind of sight.

use super::colour::{Sight, grey, least_difference, over};
use super::theme::Style;
use crate::diag::Note;
use crate::model::{Rgb, Theme};
use std::collections::BTreeMap;

/// The least ΔE00 between neighbouring zones.
pub const LEAST_DIFFERENCE: f64 = 15.0;

/// A side that needs a colour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// Its id in the layers.
    pub id: String,
    /// Its name in warnings.
    pub name: String,
    /// The colour it comes with.
    pub color: Option<Rgb>,
}

/// The colours chosen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Palette {
    pure: BTreeMap<String, Rgb>,
    zone: BTreeMap<String, Rgb>,
}

impl Palette {
    /// Gives every side a colour; `touching` are the pairs (indices into `sides`) whose zones meet. Own colours are kept; free
    /// ones are chosen to stay as far as possible from the neighbours'.
    pub fn choose(sides: &[Side], touching: &[(usize, usize)], style: &Style) -> Self {
        let ground = style.colours.focus;
        let mono = style.base == Theme::Mono;
        let blend = |c: Rgb| over(c, style.zone_opacity, ground);
        let mut chosen: Vec<Option<Rgb>> = sides.iter().map(|s| if mono { None } else { s.color }).collect();
        for i in 0..sides.len() {
            if chosen[i].is_some() {
                continue;
            }
            let distance = |c: Rgb, others: &mut dyn Iterator<Item = usize>| {
                others.filter_map(|j| chosen[j]).map(|o| least_difference(blend(c), blend(o)).0).fold(200.0, f64::min)
            };
            let near = |j: &usize| touching.contains(&(i, *j)) || touching.contains(&(*j, i));
            let score = |c: Rgb| {
                // Neighbours first, but two sides far apart on the map should not look alike either.
                let close = distance(c, &mut (0..sides.len()).filter(|j| *j != i && near(j)));
                let any = distance(c, &mut (0..sides.len()).filter(|j| *j != i));
                (close, any)
            };
            // The first in the palette's order that stays well apart; else the one that stays farthest.
            let good = style.palette.iter().find(|c| {
                let (close, any) = score(**c);
                close >= LEAST_DIFFERENCE && any >= LEAST_DIFFERENCE
            });
            let best = good.or_else(|| {
                style
                    .palette
                    .iter()
                    .enumerate()
                    .max_by(|(m, a), (n, b)| {
                        let total = |c: Rgb| {
                            let (close, any) = score(c);
                            close.min(40.0) + any.min(LEAST_DIFFERENCE)
                        };
                        total(**a).total_cmp(&total(**b)).then(n.cmp(m))
                    })
                    .map(|(_, c)| c)
            });
            chosen[i] = best.copied();
        }
        let free = |i: &usize| mono || sides[*i].color.is_none();
        let alike = |i: usize, j: usize, colors: &[Option<Rgb>]| match (colors[i], colors[j]) {
            (Some(a), Some(b)) => least_difference(blend(a), blend(b)).0 < LEAST_DIFFERENCE,
            _ => false,
        };
        if touching.iter().any(|&(i, j)| (free(&i) || free(&j)) && alike(i, j, &chosen)) {
            let open: Vec<usize> = (0..sides.len()).filter(free).collect();
            let mut tried: Vec<Option<Rgb>> = chosen.clone();
            open.iter().for_each(|&i| tried[i] = None);
            let fits = |i: usize, colors: &[Option<Rgb>]| {
                touching.iter().all(|&(a, b)| (a != i && b != i) || !alike(a, b, colors))
            };
            if descend(&open, &style.palette, &mut tried, &fits, &mut 20_000) {
                chosen = tried;
            }
        }
        let mut out = Self::default();
        for (side, color) in sides.iter().zip(chosen) {
            let pure = color.unwrap_or(style.colours.unknown);
            let pure = if mono { grey(pure) } else { pure };
            out.pure.insert(side.id.clone(), pure);
            out.zone.insert(side.id.clone(), blend(pure));
        }
        out
    }

    /// The full colour of a side, for lines and arrows.
    pub fn pure(&self, id: &str) -> Option<Rgb> {
        self.pure.get(id).copied()
    }

    /// The colour of a side's land as it is drawn, opaque.
    pub fn zone(&self, id: &str) -> Option<Rgb> {
        self.zone.get(id).copied()
    }

    /// A warning for every pair of neighbours that somebody cannot tell apart by colour.
    pub fn check(&self, sides: &[Side], touching: &[(usize, usize)], style: &Style) -> Vec<Note> {
        let mut notes = Vec::new();
        for &(i, j) in touching {
            let (Some(a), Some(b)) = (self.zone(&sides[i].id), self.zone(&sides[j].id)) else { continue };
            let (least, sight) = least_difference(a, b);
            if least < LEAST_DIFFERENCE {
                let who =
                    if sight == Sight::Typical { "anybody".to_owned() } else { format!("{} sight", sight.word()) };
                let other = better(self.pure(&sides[j].id).unwrap_or(b), a, style);
                let mut note = Note::warning(format!(
                    "the zones of {} and {} look alike to {who}: ΔE00 {least:.1}, {LEAST_DIFFERENCE:.0} needed",
                    sides[i].name, sides[j].name
                ));
                if let Some(other) = other {
                    note = note.hint(format!("with {other} for {} they stay apart", sides[j].name));
                }
                notes.push(note);
            }
        }
        notes
    }
}

/// Colours for the sides in `open` so that all fit, the first in the palette's order that do; `false` where there are none or it
/// takes more than `steps` to find them.
fn descend(
    open: &[usize],
    palette: &[Rgb],
    colors: &mut [Option<Rgb>],
    fits: &dyn Fn(usize, &[Option<Rgb>]) -> bool,
    steps: &mut u32,
) -> bool {
    let Some((&i, rest)) = open.split_first() else { return true };
    for &color in palette {
        if *steps == 0 {
            break;
        }
        *steps -= 1;
        colors[i] = Some(color);
        if fits(i, colors) && descend(rest, palette, colors, fits, steps) {
            return true;
        }
    }
    colors[i] = None;
    false
}

/// The nearest lighter or darker shade of a colour whose zone stays apart from another zone.
pub fn better(c: Rgb, other_zone: Rgb, style: &Style) -> Option<Rgb> {
    (1..=20)
        .flat_map(|k| {
            let t = f64::from(k) * 0.04;
            [over(Rgb(255, 255, 255), t, c), over(Rgb(0, 0, 0), t, c)]
        })
        .find(|shade| {
            least_difference(over(*shade, style.zone_opacity, style.colours.focus), other_zone).0 >= LEAST_DIFFERENCE
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sides(n: usize) -> (Vec<Side>, Vec<(usize, usize)>) {
        let sides = (0..n).map(|i| Side { id: format!("s{i}"), name: format!("Side {i}"), color: None }).collect();
        let touching = (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j))).collect();
        (sides, touching)
    }

    #[test]
    fn four_sides_that_all_meet_stay_apart() {
        for theme in [Theme::Light, Theme::Dark, Theme::Mono] {
            let style = Style::of(theme);
            let n = if theme == Theme::Mono { 5 } else { 4 };
            let (sides, touching) = sides(n);
            let palette = Palette::choose(&sides, &touching, &style);
            let notes = palette.check(&sides, &touching, &style);
            assert!(notes.is_empty(), "{theme:?}: {notes:?}");
        }
    }

    #[test]
    fn what_greed_spoils_a_search_repairs() {
        // Two fixed colours leave the one in the middle a choice that greed takes from it.
        let style = Style::of(Theme::Light);
        for (a, b) in [(0, 1), (0, 2), (3, 1), (4, 5)] {
            let (mut sides, _) = sides(5);
            sides[3].color = Some(style.palette[a]);
            sides[4].color = Some(style.palette[b]);
            let touching = [(0, 3), (0, 4), (1, 3), (1, 0), (2, 4), (2, 1)];
            let palette = Palette::choose(&sides, &touching, &style);
            let notes = palette.check(&sides, &touching, &style);
            assert!(notes.is_empty(), "{a} {b}: {notes:?}");
        }
    }

    #[test]
    fn red_beside_green_is_named_and_a_way_out_shown() {
        let style = Style::of(Theme::Light);
        let (mut sides, touching) = sides(2);
        sides[0].color = Some(Rgb(0xC8, 0x70, 0x60));
        sides[1].color = Some(Rgb(0x8C, 0x8C, 0x50));
        let palette = Palette::choose(&sides, &touching, &style);
        assert_eq!(palette.pure("s0"), sides[0].color, "a desk's own colours are kept");
        let notes = palette.check(&sides, &touching, &style);
        assert!(notes[0].message.contains("Side 0 and Side 1"), "{notes:?}");
        assert!(notes[0].hint.is_some());
    }
}
