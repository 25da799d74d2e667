//! The world as a square of integers (Web Mercator), tile addresses, and the Hilbert curve that orders them.
//!
//! A position is two `i32` of [`WORLD_BITS`] bits (3.7 cm at the equator), so that a vertex shared by two neighbours is the same
//! pair of numbers and falls on the same grid point in every tile of every zoom. Reference: PMTiles v3, section 4.1 (tile ids).

use std::sync::LazyLock;

/// Bits of a world coordinate: the world is `2^30` units wide and high.
pub const WORLD_BITS: u32 = 30;
/// Width and height of the world in units.
pub const WORLD: i32 = 1 << WORLD_BITS;
/// The latitude at which Web Mercator is cut, in degrees.
pub const MAX_LATITUDE: f64 = 85.051_128_779_806_6;

/// A point in world units, or in grid units of one zoom: x east, y south.
pub type Pt = [i32; 2];

/// World coordinates of a position in degrees; latitudes beyond the cut are held at it, longitudes may exceed ±180 up to ±540.
#[inline]
pub fn project(lon: f64, lat: f64) -> Pt {
    let lat = lat.clamp(-MAX_LATITUDE, MAX_LATITUDE);
    let x = ((lon / 360.0 + 0.5) * f64::from(WORLD)).clamp(f64::from(i32::MIN), f64::from(i32::MAX));
    let y = PARALLELS.south(lat);
    // Where the nearest whole number is in doubt, or there is none.
    let clear = |v: f64, doubt: f64| {
        let (whole, rest) = nearest(v);
        (rest.abs() < 0.5 - doubt).then_some(whole)
    };
    let x = clear(x, 1e-6).unwrap_or_else(|| round(x));
    let y = clear(y, Parallels::DOUBT).unwrap_or_else(|| round(south(lat)));
    [x, y.clamp(0, WORLD)]
}

/// The nearest whole number, one of the two for halves, and what is left; without meaning where it is beyond 32 bits.
#[inline]
fn nearest(v: f64) -> (i32, f64) {
    // Added to this, a number has no bits left below one, and its lowest ones are a whole number's.
    const SHIFT: f64 = 6_755_399_441_055_744.0;
    let shifted = v + SHIFT;
    (shifted.to_bits() as i32, v - (shifted - SHIFT))
}

/// Distance from the northern edge of the world to a latitude in degrees, in units.
fn south(lat: f64) -> f64 {
    let s = lat.to_radians().sin();
    (0.5 - ((1.0 + s) / (1.0 - s)).ln() * (0.25 / std::f64::consts::PI)) * f64::from(WORLD)
}

/// Taylor series of [`south`], one a strip of latitudes: a sine and a logarithm for every position would take as long as all else
/// there is to reading it.
struct Parallels(Vec<[f64; Self::TERMS]>);

static PARALLELS: LazyLock<Parallels> = LazyLock::new(Parallels::new);

impl Parallels {
    const TERMS: usize = 6;
    /// Strips in a degree. At the edge of the world, 0.086 radians from the pole, what follows the last term is below
    /// `(1/16°)^6 / (6 · 0.086^6)`, 1e-4 units.
    const STRIPS: f64 = 8.0;
    /// The first latitude.
    const FIRST: f64 = -86.0;
    /// Sums of series are nearer to the truth than this, in units.
    const DOUBT: f64 = 1.0 / 512.0;

    fn new() -> Self {
        let strip = |n: usize| {
            let lat = Self::FIRST + (n as f64 + 0.5) / Self::STRIPS;
            let (sin, cos) = lat.to_radians().sin_cos();
            // The derivative of what is sought is the secant; that of the secant is secant times tangent, that of the tangent the
            // secant's square.
            let (mut secant, mut tangent) = ([0.0; Self::TERMS], [0.0; Self::TERMS]);
            (secant[0], tangent[0]) = (1.0 / cos, sin / cos);
            for n in 0..Self::TERMS - 1 {
                let product = |a: &[f64], b: &[f64]| (0..=n).map(|k| a[k] * b[n - k]).sum::<f64>() / (n + 1) as f64;
                (secant[n + 1], tangent[n + 1]) = (product(&secant, &tangent), product(&secant, &secant));
            }
            let mut terms = [south(lat); Self::TERMS];
            let mut degree = -f64::from(WORLD) / std::f64::consts::TAU;
            for n in 1..Self::TERMS {
                degree *= 1f64.to_radians();
                terms[n] = secant[n - 1] / n as f64 * degree;
            }
            terms
        };
        Self((0..(-2.0 * Self::FIRST * Self::STRIPS) as usize).map(strip).collect())
    }

    /// As [`south`], but for what [`Self::DOUBT`] says.
    #[inline]
    fn south(&self, lat: f64) -> f64 {
        let at = (lat - Self::FIRST) * Self::STRIPS;
        let (strip, d) = nearest(at - 0.5);
        let Some(terms) = self.0.get(strip as usize) else { return f64::NAN };
        let d = d / Self::STRIPS;
        // In pairs, which do not wait for one another.
        let [a, b, c] = [0, 2, 4].map(|n| terms[n] + terms[n + 1] * d);
        let square = d * d;
        a + square * (b + square * c)
    }
}

/// The nearest whole number, halves away from nought; what lies beyond `i32` is held at its end.
#[inline]
fn round(v: f64) -> i32 {
    let whole = v as i32;
    let rest = v - f64::from(whole);
    whole.saturating_add(i32::from(rest >= 0.5) - i32::from(rest <= -0.5))
}

/// Longitude and latitude in degrees of a world point.
pub fn unproject(p: Pt) -> (f64, f64) {
    let lon = f64::from(p[0]) / f64::from(WORLD) * 360.0 - 180.0;
    let y = std::f64::consts::PI * (1.0 - 2.0 * f64::from(p[1]) / f64::from(WORLD));
    (lon, y.sinh().atan().to_degrees())
}

/// The grid of one zoom: tiles of `2^extent_bits` units, and how world units become grid units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grid {
    /// Zoom level.
    pub zoom: u8,
    /// Binary logarithm of the extent.
    pub extent_bits: u32,
    /// Buffer around a tile in grid units.
    pub buffer: i32,
}

impl Grid {
    /// How many bits a world coordinate loses.
    #[inline]
    pub fn shift(self) -> u32 {
        WORLD_BITS - u32::from(self.zoom) - self.extent_bits
    }
    /// Units of a tile.
    #[inline]
    pub fn extent(self) -> i32 {
        1 << self.extent_bits
    }
    /// Tiles along one side of the world.
    #[inline]
    pub fn tiles(self) -> i32 {
        1 << self.zoom
    }
    /// The nearest grid coordinate of a world coordinate, halves up.
    #[inline]
    pub fn snap1(self, w: i32) -> i32 {
        let s = self.shift();
        if s == 0 { w } else { (w + (1 << (s - 1))) >> s }
    }
    /// The grid point nearest to a world point.
    #[inline]
    pub fn snap(self, p: Pt) -> Pt {
        [self.snap1(p[0]), self.snap1(p[1])]
    }
    /// The box of all world positions whose grid points lie in a box.
    #[inline]
    pub fn unsnapped(self, lo: Pt, hi: Pt) -> (Pt, Pt) {
        let s = self.shift();
        let half = (1 << s) >> 1;
        (lo.map(|v| (v << s) - half), hi.map(|v| (v << s) + (1 << s) - 1 - half))
    }
    /// The first and last tile along one axis whose buffered box meets `lo..=hi` (grid units).
    #[inline]
    pub fn span(self, lo: i32, hi: i32) -> (i32, i32) {
        let last = self.tiles() - 1;
        let first = (lo - self.buffer - 1).div_euclid(self.extent());
        let end = (hi + self.buffer).div_euclid(self.extent());
        (first.clamp(0, last), end.clamp(0, last))
    }
}

/// A tile's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    /// Zoom.
    pub z: u8,
    /// Column from the west.
    pub x: u32,
    /// Row from the north.
    pub y: u32,
}

impl TileId {
    /// The PMTiles number of the tile: all tiles of lower zooms first, then along the Hilbert curve.
    pub fn number(self) -> u64 {
        zoom_base(self.z) + hilbert(self.z, self.x, self.y)
    }
    /// The tile of a PMTiles number; `None` beyond zoom 31.
    pub fn from_number(number: u64) -> Option<Self> {
        let z = (0..=31u8).rev().find(|&z| zoom_base(z) <= number)?;
        let d = number - zoom_base(z);
        if d >> (2 * u32::from(z)) != 0 {
            return None;
        }
        let (mut x, mut y, mut t) = (0u32, 0u32, d);
        for i in 0..u32::from(z) {
            let s = 1u32 << i;
            let rx = 1 & (t >> 1) as u32;
            let ry = 1 & (t as u32 ^ rx);
            if ry == 0 {
                if rx == 1 {
                    x = s - 1 - x;
                    y = s - 1 - y;
                }
                std::mem::swap(&mut x, &mut y);
            }
            x += s * rx;
            y += s * ry;
            t >>= 2;
        }
        Some(Self { z, x, y })
    }
    /// West, south, east, north in degrees.
    pub fn bounds(self) -> [f64; 4] {
        let corner = |x: u32, y: u32| {
            let s = WORLD_BITS - u32::from(self.z);
            unproject([((x as u64) << s) as i32, ((y as u64) << s) as i32])
        };
        let (west, north) = corner(self.x, self.y);
        let (east, south) = corner(self.x + 1, self.y + 1);
        [west, south, east, north]
    }
}

impl std::fmt::Display for TileId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}/{}", self.z, self.x, self.y)
    }
}

/// How many tiles all lower zooms have together.
pub fn zoom_base(z: u8) -> u64 {
    ((1u64 << (2 * u32::from(z))) - 1) / 3
}

/// The quadrant order of each of the four orientations of the curve and the orientation inside each quadrant:
/// state × (x bit, y bit) → (digit, next state).
const STEP: [[(u8, u8); 4]; 4] = {
    // state: bit 0 = x and y swapped, bit 1 = both flipped.
    let mut table = [[(0u8, 0u8); 4]; 4];
    let mut state = 0;
    while state < 4 {
        let mut q = 0;
        while q < 4 {
            let (mut rx, mut ry) = ((q >> 1) as u8, (q & 1) as u8);
            if state & 2 != 0 {
                rx ^= 1;
                ry ^= 1;
            }
            if state & 1 != 0 {
                let t = rx;
                rx = ry;
                ry = t;
            }
            let digit = (3 * rx) ^ ry;
            let mut next = state as u8;
            if ry == 0 {
                if rx == 1 {
                    next ^= 2;
                }
                next ^= 1;
            }
            table[state][q] = (digit, next);
            q += 1;
        }
        state += 1;
    }
    table
};

/// Three levels at once: state × (x bits, y bits) → (six bits of the index, next state).
const STEP3: [[(u8, u8); 64]; 4] = {
    let mut table = [[(0u8, 0u8); 64]; 4];
    let mut state = 0;
    while state < 4 {
        let mut q = 0;
        while q < 64 {
            let (x, y) = (q >> 3, q & 7);
            let mut s = state;
            let mut d = 0u8;
            let mut level = 3;
            while level > 0 {
                level -= 1;
                let (digit, next) = STEP[s][((x >> level & 1) << 1) | (y >> level & 1)];
                d = d << 2 | digit;
                s = next as usize;
            }
            table[state][q] = (d, s as u8);
            q += 1;
        }
        state += 1;
    }
    table
};

/// Position along the Hilbert curve of `2^bits` cells a side, as PMTiles counts it.
#[inline]
pub fn hilbert(bits: u8, x: u32, y: u32) -> u64 {
    let (mut d, mut state, mut left) = (0u64, 0usize, u32::from(bits));
    while left % 3 != 0 {
        left -= 1;
        let (digit, next) = STEP[state][(((x >> left & 1) << 1) | (y >> left & 1)) as usize];
        d = d << 2 | u64::from(digit);
        state = next as usize;
    }
    while left > 0 {
        left -= 3;
        let (digits, next) = STEP3[state][(((x >> left & 7) << 3) | (y >> left & 7)) as usize];
        d = d << 6 | u64::from(digits);
        state = next as usize;
    }
    d
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn tile_numbers_are_those_of_the_specification() {
        // The examples of PMTiles v3, section 4.1.
        for ((z, x, y), number) in
            [((0, 0, 0), 0), ((1, 0, 0), 1), ((1, 0, 1), 2), ((1, 1, 1), 3), ((1, 1, 0), 4), ((2, 0, 0), 5)]
        {
            assert_eq!(TileId { z, x, y }.number(), number);
        }
        assert_eq!(TileId { z: 12, x: 3423, y: 1763 }.number(), 19_078_479);
    }

    proptest! {
        #[test]
        fn numbers_round_trip(z in 0u8..=20, x: u32, y: u32) {
            let mask = (1u32 << z) - 1;
            let id = TileId { z, x: x & mask, y: y & mask };
            prop_assert_eq!(TileId::from_number(id.number()), Some(id));
            if z > 0 {
                // A parent's number along the curve is its child's without the last digit.
                prop_assert_eq!(hilbert(z, id.x, id.y) >> 2, hilbert(z - 1, id.x >> 1, id.y >> 1));
            }
        }
        #[test]
        fn a_series_gives_what_the_formula_does(lat in -90.0f64..90.0) {
            let held = lat.clamp(-MAX_LATITUDE, MAX_LATITUDE);
            prop_assert!((PARALLELS.south(held) - south(held)).abs() < Parallels::DOUBT / 4.0);
            prop_assert_eq!(project(0.0, lat)[1], (south(held).round() as i32).clamp(0, WORLD));
        }
        #[test]
        fn whole_numbers_are_the_nearest(v in -3e9f64..3e9) {
            prop_assert_eq!(round(v), v.round() as i32);
            prop_assert_eq!(round((v / 2.0).trunc() + 0.5), ((v / 2.0).trunc() + 0.5).round() as i32);
        }
        #[test]
        fn projection_round_trips(lon in -180.0f64..180.0, lat in -85.0f64..85.0) {
            let (x, y) = unproject(project(lon, lat));
            prop_assert!((x - lon).abs() < 1e-6 && (y - lat).abs() < 1e-6);
        }
    }
}
