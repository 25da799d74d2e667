//! Clipping rings and lines to a box. Rings keep their fill (edges run along the box), lines are cut into pieces.
//!
//! Sutherland and Hodgman 1974 for rings, Liang and Barsky 1984 for lines. Not a general polygon clipper: overlaps and holes
//! are left to the fill rule.

/// A planar position, x right, y in whatever direction the caller uses.
pub type Pt = [f64; 2];

/// A box of planar coordinates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    /// Smallest x.
    pub x0: f64,
    /// Smallest y.
    pub y0: f64,
    /// Largest x.
    pub x1: f64,
    /// Largest y.
    pub y1: f64,
}

impl Window {
    /// The box of some points; an empty (inverted) box without points.
    pub fn around(points: &[Pt]) -> Self {
        let mut w = Self { x0: f64::MAX, y0: f64::MAX, x1: f64::MIN, y1: f64::MIN };
        for p in points {
            w.x0 = w.x0.min(p[0]);
            w.y0 = w.y0.min(p[1]);
            w.x1 = w.x1.max(p[0]);
            w.y1 = w.y1.max(p[1]);
        }
        w
    }

    /// The same box with `by` added on every side.
    #[must_use]
    pub fn grown(self, by: f64) -> Self {
        Self { x0: self.x0 - by, y0: self.y0 - by, x1: self.x1 + by, y1: self.y1 + by }
    }

    /// Whether two boxes share a point.
    pub fn meets(&self, other: &Self) -> bool {
        self.x0 <= other.x1 && other.x0 <= self.x1 && self.y0 <= other.y1 && other.y0 <= self.y1
    }

    /// Whether the other box lies inside this one.
    pub fn holds(&self, other: &Self) -> bool {
        self.x0 <= other.x0 && other.x1 <= self.x1 && self.y0 <= other.y0 && other.y1 <= self.y1
    }

    /// Whether a point lies inside or on the edge.
    pub fn contains(&self, p: Pt) -> bool {
        (self.x0..=self.x1).contains(&p[0]) && (self.y0..=self.y1).contains(&p[1])
    }

    /// Width.
    pub fn width(&self) -> f64 {
        self.x1 - self.x0
    }

    /// Height.
    pub fn height(&self) -> f64 {
        self.y1 - self.y0
    }

    /// The middle.
    pub fn centre(&self) -> Pt {
        [(self.x0 + self.x1) / 2.0, (self.y0 + self.y1) / 2.0]
    }
}

/// A ring clipped to a box, without the repeated closing point; empty where nothing is left.
pub fn ring(points: &[Pt], window: &Window) -> Vec<Pt> {
    let mut current: Vec<Pt> = match points {
        [first, .., last] if first == last => points[..points.len() - 1].to_vec(),
        all => all.to_vec(),
    };
    if window.holds(&Window::around(&current)) {
        return current;
    }
    let mut next = Vec::with_capacity(current.len() + 8);
    // (axis, bound, keep values below the bound)
    for (axis, bound, below) in
        [(0, window.x0, false), (0, window.x1, true), (1, window.y0, false), (1, window.y1, true)]
    {
        next.clear();
        let inside = |p: Pt| if below { p[axis] <= bound } else { p[axis] >= bound };
        let n = current.len();
        for i in 0..n {
            let (a, b) = (current[if i == 0 { n - 1 } else { i - 1 }], current[i]);
            if inside(a) != inside(b) {
                // The same edge walked from either end gives the same crossing.
                let (p, q) = if (a[0], a[1]) < (b[0], b[1]) { (a, b) } else { (b, a) };
                let t = (bound - p[axis]) / (q[axis] - p[axis]);
                let mut cut = [p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1])];
                cut[axis] = bound;
                next.push(cut);
            }
            if inside(b) {
                next.push(b);
            }
        }
        std::mem::swap(&mut current, &mut next);
        if current.len() < 3 {
            return Vec::new();
        }
    }
    current
}

/// The pieces of a line inside a box.
pub fn line(points: &[Pt], window: &Window) -> Vec<Vec<Pt>> {
    if window.holds(&Window::around(points)) {
        return if points.len() > 1 { vec![points.to_vec()] } else { Vec::new() };
    }
    let mut pieces: Vec<Vec<Pt>> = Vec::new();
    let mut open = false;
    for w in points.windows(2) {
        match segment(w[0], w[1], window) {
            Some((a, b)) => {
                if open && a == w[0] {
                    pieces.last_mut().expect("an open piece").push(b);
                } else {
                    pieces.push(vec![a, b]);
                }
                open = b == w[1];
            }
            None => open = false,
        }
    }
    pieces
}

/// The part of a segment inside a box.
pub fn segment(a: Pt, b: Pt, window: &Window) -> Option<(Pt, Pt)> {
    let d = [b[0] - a[0], b[1] - a[1]];
    let (mut t0, mut t1) = (0.0f64, 1.0f64);
    for (p, q) in
        [(-d[0], a[0] - window.x0), (d[0], window.x1 - a[0]), (-d[1], a[1] - window.y0), (d[1], window.y1 - a[1])]
    {
        if p == 0.0 {
            if q < 0.0 {
                return None;
            }
        } else if p < 0.0 {
            t0 = t0.max(q / p);
        } else {
            t1 = t1.min(q / p);
        }
    }
    if t0 > t1 {
        return None;
    }
    let at = |t: f64| [a[0] + t * d[0], a[1] + t * d[1]];
    Some((if t0 == 0.0 { a } else { at(t0) }, if t1 == 1.0 { b } else { at(t1) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOX: Window = Window { x0: 0.0, y0: 0.0, x1: 10.0, y1: 10.0 };

    fn area(ring: &[Pt]) -> f64 {
        let n = ring.len();
        (0..n).map(|i| ring[i][0] * ring[(i + 1) % n][1] - ring[(i + 1) % n][0] * ring[i][1]).sum::<f64>() / 2.0
    }

    #[test]
    fn ring_keeps_the_area_inside() {
        let diamond = [[5.0, -5.0], [15.0, 5.0], [5.0, 15.0], [-5.0, 5.0]];
        assert!((area(&ring(&diamond, &BOX)).abs() - 100.0).abs() < 1e-9);
        let half = [[-5.0, 2.0], [5.0, 2.0], [5.0, 8.0], [-5.0, 8.0]];
        assert!((area(&ring(&half, &BOX)).abs() - 30.0).abs() < 1e-9);
        assert!(ring(&[[20.0, 20.0], [30.0, 20.0], [30.0, 30.0]], &BOX).is_empty());
    }

    #[test]
    fn line_is_cut_into_pieces() {
        let zigzag = [[-5.0, 5.0], [5.0, 5.0], [5.0, 20.0], [8.0, 20.0], [8.0, 5.0]];
        let pieces = line(&zigzag, &BOX);
        assert_eq!(pieces, vec![vec![[0.0, 5.0], [5.0, 5.0], [5.0, 10.0]], vec![[8.0, 10.0], [8.0, 5.0]]]);
    }
}
