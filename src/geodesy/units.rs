//! Newtypes that carry their unit.

use std::iter::Sum;
use std::ops::{Add, Sub};

/// A length in metres.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
pub struct Metres(pub f64);

/// An area in square metres.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
pub struct SquareMetres(pub f64);

/// An angle in degrees; as a bearing, clockwise from true north in `[0, 360)`.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
pub struct Degrees(pub f64);

/// International mile, in metres.
const METRES_PER_MILE: f64 = 1609.344;

impl Metres {
    /// A length given in kilometres.
    pub fn from_km(km: f64) -> Self {
        Self(km * 1000.0)
    }
    /// A length given in international miles.
    pub fn from_miles(miles: f64) -> Self {
        Self(miles * METRES_PER_MILE)
    }
    /// The length in kilometres.
    pub fn km(self) -> f64 {
        self.0 / 1000.0
    }
    /// The length in international miles.
    pub fn miles(self) -> f64 {
        self.0 / METRES_PER_MILE
    }
}

impl SquareMetres {
    /// The area in square kilometres.
    pub fn km2(self) -> f64 {
        self.0 / 1e6
    }
}

impl Add for Metres {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sum for Metres {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self(0.0), Add::add)
    }
}

impl Add for SquareMetres {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for SquareMetres {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Sum for SquareMetres {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self(0.0), Add::add)
    }
}
