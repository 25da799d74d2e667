//! Outlines: moves, lines and curves in whole 1/64 px, the one geometry of the drawing half.
//!
//! Integer coordinates make every replay (PNG, SVG, PDF) start from the same numbers. Not a geometry library: clipping and
//! simplification happen before.

/// Units to one CSS pixel.
pub const UNITS: i32 = 64;

/// A length in CSS pixels as whole 1/64 px, rounded half away from zero.
pub fn units(px: f64) -> i32 {
    // As `round` does, which is a call into the mathematical library on machines of the baseline.
    let v = px * f64::from(UNITS);
    (v + 0.5_f64.copysign(v)) as i32
}

/// Whole 1/64 px as CSS pixels.
pub fn px(units: i32) -> f64 {
    f64::from(units) / f64::from(UNITS)
}

/// A point in 1/64 px from the top left corner, y down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Point {
    /// Rightwards.
    pub x: i32,
    /// Downwards.
    pub y: i32,
}

impl Point {
    /// A point from 1/64 px.
    pub const fn new(x: i32, y: i32) -> Self {
        Self { x, y }
    }
    /// A point from CSS pixels.
    pub fn px(x: f64, y: f64) -> Self {
        Self { x: units(x), y: units(y) }
    }
}

/// A box in 1/64 px; `left <= right`, `top <= bottom`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Rect {
    /// Left edge.
    pub left: i32,
    /// Top edge.
    pub top: i32,
    /// Right edge.
    pub right: i32,
    /// Bottom edge.
    pub bottom: i32,
}

impl Rect {
    /// A box from its edges in 1/64 px.
    pub const fn new(left: i32, top: i32, right: i32, bottom: i32) -> Self {
        Self { left, top, right, bottom }
    }
    /// A box from its edges in CSS pixels.
    pub fn px(left: f64, top: f64, right: f64, bottom: f64) -> Self {
        Self::new(units(left), units(top), units(right), units(bottom))
    }
    /// Width in 1/64 px.
    pub fn width(&self) -> i32 {
        self.right - self.left
    }
    /// Height in 1/64 px.
    pub fn height(&self) -> i32 {
        self.bottom - self.top
    }
    /// The box moved by a vector in 1/64 px.
    #[must_use]
    pub fn moved(&self, by: Point) -> Self {
        Self::new(self.left + by.x, self.top + by.y, self.right + by.x, self.bottom + by.y)
    }
    /// The box with a margin in 1/64 px on every side.
    #[must_use]
    pub fn grown(&self, margin: i32) -> Self {
        Self::new(self.left - margin, self.top - margin, self.right + margin, self.bottom + margin)
    }
    /// Whether two boxes share more than an edge.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }
    /// Whether a box lies within this one.
    pub fn holds(&self, other: &Self) -> bool {
        self.left <= other.left && other.right <= self.right && self.top <= other.top && other.bottom <= self.bottom
    }
    /// The smallest box around both.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self::new(
            self.left.min(other.left),
            self.top.min(other.top),
            self.right.max(other.right),
            self.bottom.max(other.bottom),
        )
    }
}

/// What comes next in an outline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verb {
    /// Start a new contour at one point.
    Move,
    /// A line to one point.
    Line,
    /// A quadratic curve: control, end.
    Quad,
    /// A cubic curve: two controls, end.
    Cubic,
    /// A line back to the start of the contour.
    Close,
}

/// One step of an outline with its points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Segment {
    /// Start a new contour.
    Move(Point),
    /// A straight line.
    Line(Point),
    /// Control and end.
    Quad(Point, Point),
    /// Two controls and the end.
    Cubic(Point, Point, Point),
    /// Back to the start of the contour.
    Close,
}

/// Contours in 1/64 px.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Outline {
    verbs: Vec<Verb>,
    points: Vec<Point>,
}

impl Outline {
    /// An outline without contours.
    pub fn new() -> Self {
        Self::default()
    }
    /// Starts a contour.
    pub fn move_to(&mut self, p: Point) {
        self.verbs.push(Verb::Move);
        self.points.push(p);
    }
    /// A line to a point.
    pub fn line_to(&mut self, p: Point) {
        self.verbs.push(Verb::Line);
        self.points.push(p);
    }
    /// A quadratic curve to a point.
    pub fn quad_to(&mut self, control: Point, p: Point) {
        self.verbs.push(Verb::Quad);
        self.points.extend([control, p]);
    }
    /// A cubic curve to a point.
    pub fn cubic_to(&mut self, first: Point, second: Point, p: Point) {
        self.verbs.push(Verb::Cubic);
        self.points.extend([first, second, p]);
    }
    /// Closes the contour.
    pub fn close(&mut self) {
        self.verbs.push(Verb::Close);
    }
    /// Adds an open line through points; fewer than two add nothing.
    pub fn line(&mut self, points: &[Point]) {
        if points.len() < 2 {
            return;
        }
        self.verbs.push(Verb::Move);
        self.verbs.resize(self.verbs.len() + points.len() - 1, Verb::Line);
        self.points.extend_from_slice(points);
    }
    /// Adds a closed ring through points (a repeated last point may be left out); fewer than three add nothing.
    pub fn ring(&mut self, points: &[Point]) {
        let points = match points {
            [first, middle @ .., last] if first == last && !middle.is_empty() => &points[..points.len() - 1],
            _ => points,
        };
        if points.len() >= 3 {
            self.line(points);
            self.close();
        }
    }
    /// Adds the contours of another outline.
    pub fn append(&mut self, other: &Self) {
        self.verbs.extend_from_slice(&other.verbs);
        self.points.extend_from_slice(&other.points);
    }
    /// A closed rectangle.
    pub fn rect(r: Rect) -> Self {
        let mut o = Self::new();
        o.ring(&[
            Point::new(r.left, r.top),
            Point::new(r.right, r.top),
            Point::new(r.right, r.bottom),
            Point::new(r.left, r.bottom),
        ]);
        o
    }
    /// A closed rectangle with round corners of a radius in 1/64 px.
    pub fn rounded(r: Rect, radius: i32) -> Self {
        let radius = radius.min(r.width() / 2).min(r.height() / 2);
        if radius <= 0 {
            return Self::rect(r);
        }
        let k = radius - arm(radius);
        let Rect { left: l, top: t, right: e, bottom: b } = r;
        let p = Point::new;
        let mut o = Self::new();
        o.move_to(p(l + radius, t));
        o.line_to(p(e - radius, t));
        o.cubic_to(p(e - k, t), p(e, t + k), p(e, t + radius));
        o.line_to(p(e, b - radius));
        o.cubic_to(p(e, b - k), p(e - k, b), p(e - radius, b));
        o.line_to(p(l + radius, b));
        o.cubic_to(p(l + k, b), p(l, b - k), p(l, b - radius));
        o.line_to(p(l, t + radius));
        o.cubic_to(p(l, t + k), p(l + k, t), p(l + radius, t));
        o.close();
        o
    }
    /// A circle of a radius in 1/64 px.
    pub fn circle(centre: Point, radius: i32) -> Self {
        let k = arm(radius);
        let Point { x, y } = centre;
        let p = Point::new;
        let mut o = Self::new();
        o.move_to(p(x + radius, y));
        o.cubic_to(p(x + radius, y + k), p(x + k, y + radius), p(x, y + radius));
        o.cubic_to(p(x - k, y + radius), p(x - radius, y + k), p(x - radius, y));
        o.cubic_to(p(x - radius, y - k), p(x - k, y - radius), p(x, y - radius));
        o.cubic_to(p(x + k, y - radius), p(x + radius, y - k), p(x + radius, y));
        o.close();
        o
    }
    /// Whether nothing would be drawn.
    pub fn is_empty(&self) -> bool {
        self.points.is_empty()
    }
    /// The verbs.
    pub fn verbs(&self) -> &[Verb] {
        &self.verbs
    }
    /// The points of all verbs, one after another.
    pub fn points(&self) -> &[Point] {
        &self.points
    }
    /// The box around all points, controls included; `None` for an empty outline.
    pub fn bounds(&self) -> Option<Rect> {
        let mut points = self.points.iter();
        let first = points.next()?;
        let mut r = Rect::new(first.x, first.y, first.x, first.y);
        for p in points {
            r.left = r.left.min(p.x);
            r.top = r.top.min(p.y);
            r.right = r.right.max(p.x);
            r.bottom = r.bottom.max(p.y);
        }
        Some(r)
    }
    /// The outline step by step.
    pub fn segments(&self) -> impl Iterator<Item = Segment> + '_ {
        let mut at = 0;
        self.verbs.iter().map(move |verb| {
            let mut next = || {
                at += 1;
                self.points[at - 1]
            };
            match verb {
                Verb::Move => Segment::Move(next()),
                Verb::Line => Segment::Line(next()),
                Verb::Quad => Segment::Quad(next(), next()),
                Verb::Cubic => Segment::Cubic(next(), next(), next()),
                Verb::Close => Segment::Close,
            }
        })
    }
    /// The same outline moved by a vector in 1/64 px.
    #[must_use]
    pub fn moved(&self, by: Point) -> Self {
        Self {
            verbs: self.verbs.clone(),
            points: self.points.iter().map(|p| Point::new(p.x + by.x, p.y + by.y)).collect(),
        }
    }
}

/// Length of a control arm that makes a cubic a quarter circle.
fn arm(radius: i32) -> i32 {
    (f64::from(radius) * 0.552_284_749_8).round() as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rings_close_once() {
        let square = [Point::px(0.0, 0.0), Point::px(1.0, 0.0), Point::px(1.0, 1.0), Point::px(0.0, 0.0)];
        let mut o = Outline::new();
        o.ring(&square);
        assert_eq!(o.verbs(), [Verb::Move, Verb::Line, Verb::Line, Verb::Close]);
        assert_eq!(o.bounds(), Some(Rect::new(0, 0, 64, 64)));
        o.ring(&square[..2]);
        assert_eq!(o.verbs().len(), 4, "two points are no ring");
    }

    #[test]
    fn segments_walk_all_points() {
        let o = Outline::rounded(Rect::px(0.0, 0.0, 10.0, 4.0), units(20.0));
        assert_eq!(o.segments().count(), o.verbs().len());
        assert_eq!(o.bounds(), Some(Rect::px(0.0, 0.0, 10.0, 4.0)));
    }
}
