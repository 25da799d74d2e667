//! Path data: relative commands in hundredths of a pixel, which never drift since the rounded pen is kept.

use crate::cartography::display::{Outline, Point, Segment};
use std::fmt::Write as _;

/// Numbers in hundredths of a CSS pixel.
pub(super) struct Coordinates;

impl Coordinates {
    /// 1/64 px in hundredths of a pixel, rounded half away from zero.
    pub(super) fn hundredths(units: i32) -> i64 {
        let v = i64::from(units) * 100;
        (v + if v < 0 { -32 } else { 32 }) / 64
    }

    /// Hundredths as the shortest decimal.
    pub(super) fn number(out: &mut String, hundredths: i64) {
        let (whole, rest) = (hundredths.abs() / 100, hundredths.abs() % 100);
        if hundredths < 0 {
            out.push('-');
        }
        if whole > 0 || rest == 0 {
            let _ = write!(out, "{whole}");
        }
        if rest > 0 {
            let _ = if rest % 10 == 0 { write!(out, ".{}", rest / 10) } else { write!(out, ".{rest:02}") };
        }
    }

    /// A length in 1/64 px as the shortest decimal in CSS pixels.
    pub(super) fn length(units: i32) -> String {
        let mut out = String::new();
        Self::number(&mut out, Self::hundredths(units));
        out
    }
}

/// The `d` attribute of an outline.
pub(super) fn data(outline: &Outline) -> String {
    let mut out = String::with_capacity(outline.points().len() * 8);
    let h = |p: Point| [Coordinates::hundredths(p.x), Coordinates::hundredths(p.y)];
    let (mut pen, mut start) = ([0_i64; 2], [0_i64; 2]);
    let mut command = ' ';
    let put = |out: &mut String, letter: char, command: &mut char, numbers: &[i64]| {
        // A repeated letter may be left out; a sign parts numbers as well as a space does.
        let mut first = letter != *command;
        if first {
            out.push(letter);
        }
        *command = letter;
        for n in numbers {
            if !first && *n >= 0 {
                out.push(' ');
            }
            first = false;
            Coordinates::number(out, *n);
        }
    };
    for segment in outline.segments() {
        match segment {
            Segment::Move(a) => {
                let a = h(a);
                put(&mut out, 'M', &mut command, &a);
                // Pairs after a move would be lines: name the next one.
                command = ' ';
                (pen, start) = (a, a);
            }
            Segment::Line(a) => {
                let a = h(a);
                let d = [a[0] - pen[0], a[1] - pen[1]];
                if d == [0, 0] {
                    continue;
                }
                if d[1] == 0 {
                    put(&mut out, 'h', &mut command, &d[..1]);
                } else if d[0] == 0 {
                    put(&mut out, 'v', &mut command, &d[1..]);
                } else {
                    put(&mut out, 'l', &mut command, &d);
                }
                pen = a;
            }
            Segment::Quad(a, b) => {
                let (a, b) = (h(a), h(b));
                put(&mut out, 'q', &mut command, &[a[0] - pen[0], a[1] - pen[1], b[0] - pen[0], b[1] - pen[1]]);
                pen = b;
            }
            Segment::Cubic(a, b, c) => {
                let all = [h(a), h(b), h(c)];
                let numbers = all.map(|p| [p[0] - pen[0], p[1] - pen[1]]);
                put(&mut out, 'c', &mut command, numbers.as_flattened());
                pen = all[2];
            }
            Segment::Close => {
                put(&mut out, 'z', &mut command, &[]);
                pen = start;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        for (units, text) in [(0, "0"), (64, "1"), (32, ".5"), (-16, "-.25"), (65, "1.02"), (-6400, "-100")] {
            assert_eq!(Coordinates::length(units), text);
        }
    }

    #[test]
    fn paths_are_relative_and_come_back_to_the_start() {
        let mut o = Outline::new();
        o.ring(&[Point::px(1.0, 1.0), Point::px(3.5, 1.0), Point::px(3.0, -2.0)]);
        o.line(&[Point::px(0.0, 0.0), Point::px(1.0, 2.0), Point::px(2.0, 4.0)]);
        assert_eq!(data(&o), "M1 1h2.5l-.5-3zM0 0l1 2 1 2");
        assert_eq!(
            data(&Outline::circle(Point::px(2.0, 2.0), 64)),
            "M3 2c0 .55-.45 1-1 1-.55 0-1-.45-1-1 0-.55 .45-1 1-1 .55 0 1 .45 1 1z"
        );
    }
}
