//! The frame: which part of the Earth a still shows, in which projection, at which scale.
//!
//! Fitted to what the story says; a local conformal conic unless the frame is tall, polar, a continent or the world. Never Web
//! Mercator. Reference: Snyder 1987 on choosing a projection.

use super::clip::{Pt, Window};
use super::planar::{Family, Planar};
use crate::geodesy::{BBox, LonLat, distance};

/// What to fit into the panel.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// Positions that must be seen, in degrees.
    pub positions: Vec<LonLat>,
    /// Land around them that is worth showing, if it is not too much.
    pub context: Option<BBox>,
    /// A frame asked for; it is shown whole, whatever the positions.
    pub bbox: Option<BBox>,
    /// A projection asked for.
    pub family: Option<Family>,
    /// Whether areas are compared, so that they have to be true.
    pub true_areas: bool,
}

/// A projection, a scale and the panel it fills.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// The projection.
    pub planar: Planar,
    /// CSS pixels to a planar metre.
    pub scale: f64,
    /// The panel in CSS pixels.
    pub panel: Window,
    /// Longitudes (running past ±180° where need be) and latitudes that the panel shows, with a margin.
    pub degrees: Window,
    /// Planar metres at the middle of the panel.
    middle: Pt,
}

/// Degrees of longitude from which a story is worldwide.
const WORLDWIDE: f64 = 170.0;

/// The central meridian of a world map: its edge runs through the Bering Strait and cuts no land.
const WORLD_MERIDIAN: f64 = 11.0;

/// The smallest ground width of a frame, metres.
const LEAST_GROUND: f64 = 24_000.0;

impl Frame {
    /// Fits positions into the panel less a margin on each side (left, top, right, bottom), all in CSS pixels.
    pub fn fit(fit: &Fit, panel: Window, margin: [f64; 4]) -> Self {
        let mut bbox = fit.bbox.unwrap_or_else(|| story_box(fit));
        if fit.bbox.is_none() && bbox.width() > WORLDWIDE {
            // A story on three continents shows the world, not an oval cut at the places it names.
            bbox = BBox { west: -180.0, east: 180.0, south: bbox.south.min(-56.0), north: bbox.north.max(78.0) };
        }
        let margin = if fit.bbox.is_some() { margin.map(|m| m * 0.5) } else { margin };
        let inner = Window {
            x0: panel.x0 + margin[0],
            y0: panel.y0 + margin[1],
            x1: panel.x1 - margin[2],
            y1: panel.y1 - margin[3],
        };
        let planar = choose(&bbox, fit, inner.width() / inner.height());
        let outline = outline(&bbox);
        let planar_points: Vec<Pt> = outline.iter().filter_map(|&[x, y]| planar.forward(planar.near(x), y)).collect();
        let ground = if planar.family() == Family::World && bbox.width() > 300.0 {
            // The whole oval, not the box of its central part.
            // A sliver less: the oval's own edge lies off the panel.
            let far = planar.forward(planar.lon0() + 174.0, 0.0).map_or(2e7, |p| p[0]);
            let (top, bottom) = (planar.forward(planar.lon0(), bbox.north), planar.forward(planar.lon0(), bbox.south));
            Window { x0: -far, x1: far, y0: bottom.map_or(-8e6, |p| p[1]), y1: top.map_or(8e6, |p| p[1]) }
        } else {
            Window::around(&planar_points)
        };
        let scale = (inner.width() / ground.width().max(LEAST_GROUND))
            .min(inner.height() / ground.height().max(LEAST_GROUND / 2.0));
        let (c, p) = (inner.centre(), panel.centre());
        let middle = [ground.centre()[0] + (p[0] - c[0]) / scale, ground.centre()[1] - (p[1] - c[1]) / scale];
        let mut frame = Self { planar, scale, panel, middle, degrees: Window { x0: 0.0, y0: 0.0, x1: 0.0, y1: 0.0 } };
        frame.degrees = frame.reach();
        frame
    }

    /// A globe of a radius in CSS pixels, centred in a box and on a position.
    pub fn globe(centre: LonLat, panel: Window) -> Self {
        let planar = Planar::new(Family::Globe, centre.lon(), centre.lat(), 0.0, 0.0);
        let scale = panel.width().min(panel.height()) / 2.0 / 6_378_137.0;
        let degrees = Window { x0: centre.lon() - 180.0, x1: centre.lon() + 180.0, y0: -90.0, y1: 90.0 };
        Self { planar, scale, panel, middle: [0.0, 0.0], degrees }
    }

    /// A sheet of raster tiles: `pixels` is a part of a world that is `world` CSS pixels wide and high, y down from the north. The
    /// panel begins at 0, 0.
    pub fn tiles(world: f64, pixels: &Window) -> Self {
        let planar = Planar::new(Family::Tiles, 0.0, 0.0, -85.0, 85.0);
        let scale = world / (std::f64::consts::TAU * 6_378_137.0);
        let c = pixels.centre();
        let middle = [(c[0] - world / 2.0) / scale, (world / 2.0 - c[1]) / scale];
        let panel = Window { x0: 0.0, y0: 0.0, x1: pixels.width(), y1: pixels.height() };
        let mut frame = Self { planar, scale, panel, middle, degrees: panel };
        frame.degrees = frame.reach();
        frame
    }

    /// The same frame with a panel that shows `by` pixels more on every side.
    #[must_use]
    pub fn grown(&self, by: f64) -> Self {
        let mut frame = Self { panel: self.panel.grown(by), ..self.clone() };
        frame.degrees = frame.reach();
        frame
    }

    /// Where planar metres fall on the panel, in CSS pixels.
    #[inline]
    pub fn place(&self, m: Pt) -> Pt {
        let c = self.panel.centre();
        [c[0] + (m[0] - self.middle[0]) * self.scale, c[1] - (m[1] - self.middle[1]) * self.scale]
    }

    /// Where a position in degrees falls, its longitude taken as it is; `None` on the far side of a globe.
    #[inline]
    pub fn px_raw(&self, lon: f64, lat: f64) -> Option<Pt> {
        self.planar.forward(lon, lat).map(|m| self.place(m))
    }

    /// Where a position falls, in CSS pixels.
    pub fn px(&self, p: LonLat) -> Option<Pt> {
        self.px_raw(self.planar.near(p.lon()), p.lat())
    }

    /// The position under a point of the panel, degrees; longitudes within 180° of the central meridian.
    pub fn at(&self, p: Pt) -> Option<Pt> {
        let c = self.panel.centre();
        self.planar.inverse(self.middle[0] + (p[0] - c[0]) / self.scale, self.middle[1] - (p[1] - c[1]) / self.scale)
    }

    /// Ground metres of one CSS pixel, measured along the geodesic at the middle of the panel, east to west.
    pub fn metres_per_px(&self) -> f64 {
        let c = self.panel.centre();
        let half = (self.panel.width() / 8.0).max(2.0);
        let ends = [self.at([c[0] - half, c[1]]), self.at([c[0] + half, c[1]])];
        match ends {
            [Some(a), Some(b)] => distance(LonLat::wrapped(a[0], a[1]), LonLat::wrapped(b[0], b[1])).0 / (2.0 * half),
            _ => 1.0 / self.scale,
        }
    }

    /// Width of the ground shown, metres, at the middle of the panel.
    pub fn ground_width(&self) -> f64 {
        self.panel.width() / self.scale
    }

    /// Largest relative difference of the scale within the panel: how far a bar true at the centre is off elsewhere.
    pub fn scale_spread(&self) -> f64 {
        let centre = self.metres_per_px();
        let mut spread: f64 = 0.0;
        for fx in [0.1, 0.5, 0.9] {
            for fy in [0.1, 0.5, 0.9] {
                let x = self.panel.x0 + fx * self.panel.width();
                let y = self.panel.y0 + fy * self.panel.height();
                if let (Some(a), Some(b)) = (self.at([x - 4.0, y]), self.at([x + 4.0, y])) {
                    let here = distance(LonLat::wrapped(a[0], a[1]), LonLat::wrapped(b[0], b[1])).0 / 8.0;
                    spread = spread.max((here / centre - 1.0).abs());
                }
            }
        }
        spread
    }

    /// Turn of north from straight up at the middle of the sides, degrees: where it is large a north arrow is due.
    pub fn north_turn(&self) -> f64 {
        let mut most: f64 = 0.0;
        for fx in [0.1, 0.5, 0.9] {
            let p = [self.panel.x0 + fx * self.panel.width(), self.panel.centre()[1]];
            if let Some(d) = self.at(p)
                && let Some(up) = self.px_raw(d[0], (d[1] + 0.5).min(89.9))
            {
                most = most.max((up[0] - p[0]).atan2(p[1] - up[1]).to_degrees().abs());
            }
        }
        most
    }

    fn reach(&self) -> Window {
        let lon0 = self.planar.lon0();
        let whole = Window { x0: lon0 - 180.0, x1: lon0 + 180.0, y0: -90.0, y1: 90.0 };
        if self.planar.family() == Family::World {
            return whole;
        }
        let mut w = Window { x0: f64::MAX, y0: f64::MAX, x1: f64::MIN, y1: f64::MIN };
        const N: usize = 16;
        for i in 0..=N {
            for j in 0..=N {
                let p = [
                    self.panel.x0 + self.panel.width() * i as f64 / N as f64,
                    self.panel.y0 + self.panel.height() * j as f64 / N as f64,
                ];
                let Some(d) = self.at(p) else { return whole };
                w.x0 = w.x0.min(d[0]);
                w.x1 = w.x1.max(d[0]);
                w.y0 = w.y0.min(d[1]);
                w.y1 = w.y1.max(d[1]);
            }
        }
        let margin = (w.y1 - w.y0).max(w.x1 - w.x0) * 0.03 + 0.02;
        let mut w = w.grown(margin);
        for (pole, bound) in [(90.0, &mut w.y1), (-90.0, &mut w.y0)] {
            if self.px_raw(lon0, pole).is_some_and(|p| self.panel.grown(8.0).contains(p)) {
                *bound = pole;
                (w.x0, w.x1) = (whole.x0, whole.x1);
            }
        }
        Window { x0: w.x0.max(whole.x0), x1: w.x1.min(whole.x1), y0: w.y0.max(-90.0), y1: w.y1.min(90.0) }
    }
}

/// The box of the story: its positions, grown to the land around them where that is not too much.
fn story_box(fit: &Fit) -> BBox {
    let world = BBox { west: -180.0, south: -58.0, east: 180.0, north: 80.0 };
    let own = BBox::around(fit.positions.iter().copied());
    match (own, fit.context) {
        (None, None) => world,
        (None, Some(context)) => context,
        (Some(own), None) => least(own, fit.positions.len() > 1),
        (Some(own), Some(context)) => {
            let both = BBox::around(corners(&own).into_iter().chain(corners(&context))).unwrap_or(own);
            let size = |b: &BBox| {
                let c = b.centre();
                let w = b.width() * c.lat().to_radians().cos();
                w.max((b.north - b.south) * 1.3).max(0.4)
            };
            let (s, b) = (size(&own), size(&both));
            // A country not much larger than the story is shown whole; a huge one is cut to the story's surroundings.
            if b / s <= 3.6 || b < 5.0 { both } else { least(grown(&own, s * 0.35), fit.positions.len() > 1) }
        }
    }
}

fn corners(b: &BBox) -> [LonLat; 5] {
    // The middle keeps a wide box from being taken the short way round.
    [
        LonLat::wrapped(b.west, b.south),
        LonLat::wrapped(b.east, b.north),
        LonLat::wrapped(b.west, b.north),
        LonLat::wrapped(b.east, b.south),
        b.centre(),
    ]
}

fn grown(b: &BBox, by: f64) -> BBox {
    let c = b.centre().lat().to_radians().cos().max(0.1);
    if b.width() + 2.0 * by / c >= 359.0 {
        return BBox { west: -180.0, east: 180.0, ..*b };
    }
    BBox {
        west: LonLat::wrapped(b.west - by / c, 0.0).lon(),
        east: LonLat::wrapped(b.east + by / c, 0.0).lon(),
        south: (b.south - by).max(-90.0),
        north: (b.north + by).min(90.0),
    }
}

/// Some room around a story; a single place shows the land around it, several that lie together little more than themselves.
fn least(b: BBox, several: bool) -> BBox {
    const ALONE: f64 = 1.8;
    const TOGETHER: f64 = 0.6;
    let c = b.centre().lat().to_radians().cos().max(0.1);
    let size = (b.width() * c).max(b.north - b.south);
    let apart = several && size > 0.02;
    let wanted = if apart { (size * 1.7).clamp(TOGETHER, ALONE) } else { ALONE };
    grown(&b, ((wanted - size) / 2.0).max(size * 0.06))
}

/// Positions around the edge of a box and across its middle, longitudes unbroken.
fn outline(b: &BBox) -> Vec<Pt> {
    const N: usize = 24;
    let w = b.width();
    let mut points = Vec::with_capacity(5 * N);
    for i in 0..=N {
        let t = i as f64 / N as f64;
        let (x, y) = (b.west + w * t, b.south + (b.north - b.south) * t);
        points.extend([[x, b.south], [x, b.north], [b.west, y], [b.west + w, y], [x, (b.south + b.north) / 2.0]]);
    }
    points
}

fn choose(b: &BBox, fit: &Fit, aspect: f64) -> Planar {
    let c = b.centre();
    let (width, height) = (b.width() * c.lat().to_radians().cos(), b.north - b.south);
    // What the panel shows around the box: the shorter side grows to its shape.
    let shown_h = height.max(width / aspect);
    let shown_w = b.width().max(height * aspect / c.lat().to_radians().cos().max(0.15));
    let polar = c.lat().abs() + shown_h / 2.0 > 84.0;
    let family = fit.family.unwrap_or({
        if b.width() > WORLDWIDE && !(polar && c.lat().abs() > 60.0) {
            Family::World
        } else if polar || shown_h > 75.0 || (shown_w > 170.0 && c.lat().abs() > 45.0 && shown_h > 60.0) {
            Family::EqualArea
        } else if height > 2.2 * width && height > 14.0 {
            Family::Transverse
        } else if fit.true_areas && shown_h > 20.0 || shown_h > 55.0 {
            Family::EqualArea
        } else {
            Family::Conic
        }
    });
    let (south, north) = ((c.lat() - shown_h / 2.0).max(-85.0), (c.lat() + shown_h / 2.0).min(85.0));
    match family {
        Family::World if b.width() > 300.0 => Planar::new(family, WORLD_MERIDIAN, 0.0, -60.0, 80.0),
        Family::World => Planar::new(family, c.lon(), 0.0, -60.0, 80.0),
        _ => Planar::new(family, c.lon(), c.lat(), south, north),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn panel() -> Window {
        Window { x0: 0.0, y0: 80.0, x1: 1200.0, y1: 760.0 }
    }

    fn at(lon: f64, lat: f64) -> LonLat {
        LonLat::new(lon, lat).expect("valid")
    }

    fn fit(points: &[(f64, f64)]) -> Fit {
        Fit {
            positions: points.iter().map(|&(x, y)| at(x, y)).collect(),
            context: None,
            bbox: None,
            family: None,
            true_areas: false,
        }
    }

    #[test]
    fn everything_fitted_is_inside_and_comes_back() {
        let cases: [(&[(f64, f64)], Family); 8] = [
            (&[(36.76, 35.13), (37.16, 36.2), (36.29, 33.51)], Family::Conic),
            (&[(-70.3, -18.5), (-70.9, -53.2), (-71.0, -33.0)], Family::Transverse),
            (&[(178.4, -18.1), (-179.9, -16.8)], Family::Conic),
            (&[(15.6, 78.2), (20.0, 80.0)], Family::Conic),
            (&[(95.3, 5.5), (141.0, -8.0)], Family::Conic),
            (&[(37.6, 55.7), (131.9, 43.1), (-172.0, 65.0)], Family::EqualArea),
            (&[(34.45, 31.5)], Family::Conic),
            (&[(-74.0, 40.7), (139.7, 35.7), (151.2, -33.9), (0.0, 51.5)], Family::World),
        ];
        for (points, family) in cases {
            let f = fit(points);
            let frame = Frame::fit(&f, panel(), [40.0; 4]);
            if family != Family::EqualArea {
                assert_eq!(frame.planar.family(), family, "{points:?}");
            }
            for p in &f.positions {
                let px = frame.px(*p).expect("on the map");
                assert!(frame.panel.contains(px), "{points:?} {px:?}");
                let back = frame.at(px).expect("comes back");
                let back = LonLat::wrapped(back[0], back[1]);
                assert!(distance(back, *p).0 < 5.0, "{points:?}: {back:?} {p:?}");
                let near = frame.planar.near(p.lon());
                assert!(frame.degrees.contains([near, p.lat()]), "{points:?} {:?}", frame.degrees);
            }
        }
    }

    #[test]
    fn the_scale_at_the_centre_is_true() {
        let frame = Frame::fit(&fit(&[(35.7, 32.3), (42.4, 37.3)]), panel(), [40.0; 4]);
        let c = frame.panel.centre();
        let (a, b) = (frame.at([c[0] - 50.0, c[1]]).expect("land"), frame.at([c[0] + 50.0, c[1]]).expect("land"));
        let km = distance(LonLat::wrapped(a[0], a[1]), LonLat::wrapped(b[0], b[1])).km();
        assert!((km * 10.0 / frame.metres_per_px() - 1.0).abs() < 0.002);
        assert!(frame.scale_spread() < 0.005, "a conic over Syria: {}", frame.scale_spread());
    }

    #[test]
    fn a_sheet_of_tiles_is_where_its_tiles_are() {
        // Zoom 7 of 256 pixels: tile 77/50 begins at 36.5625° E, 36.5979° N.
        let tile = Window { x0: 77.0 * 256.0, y0: 50.0 * 256.0, x1: 79.0 * 256.0, y1: 52.0 * 256.0 };
        let frame = Frame::tiles(256.0 * 128.0, &tile);
        let corner = frame.at([0.0, 0.0]).expect("on the map");
        assert!((corner[0] - 36.5625).abs() < 1e-9 && (corner[1] - 36.597_889).abs() < 1e-6, "{corner:?}");
        let next = frame.px(at(36.5625 + 2.8125, 36.597_889_133)).expect("on the map");
        assert!((next[0] - 256.0).abs() < 1e-6 && next[1].abs() < 1e-4, "{next:?}");
        let whole = Frame::tiles(256.0, &Window { x0: 0.0, y0: 0.0, x1: 256.0, y1: 256.0 });
        assert!(whole.degrees.width() >= 360.0 && whole.degrees.y1 > 85.0);
        // A larger panel moves nothing.
        let (p, grown) = (at(38.0, 35.0), frame.grown(16.0));
        assert_eq!(frame.px(p), grown.px(p));
    }

    #[test]
    fn a_few_streets_are_not_lost_in_a_province() {
        let around = |points: &[(f64, f64)]| Frame::fit(&fit(points), panel(), [20.0; 4]).ground_width() / 1000.0;
        let (one, several) = (around(&[(-0.4, 39.4)]), around(&[(-0.5, 39.3), (-0.3, 39.5), (-0.4, 39.4)]));
        assert!(one > 250.0 && several < one / 2.0 && several > 50.0, "{one} {several}");
        // Without a step where the story is as large as the land around it would be.
        let (below, above) = (around(&[(0.0, 39.0), (0.0, 40.79)]), around(&[(0.0, 39.0), (0.0, 40.81)]));
        assert!((below / above - 1.0).abs() < 0.02, "{below} {above}");
    }

    #[test]
    fn a_pole_in_the_frame_opens_all_longitudes() {
        let frame = Frame::fit(&fit(&[(0.0, 75.0), (180.0, 80.0), (90.0, 78.0), (-90.0, 78.0)]), panel(), [20.0; 4]);
        assert_eq!(frame.degrees.y1, 90.0);
        assert!(frame.degrees.width() >= 359.9);
    }
}
