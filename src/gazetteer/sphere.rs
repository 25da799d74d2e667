//! Positions as unit vectors, between which the chord tells the great-circle distance.

use crate::geodesy::{LonLat, Metres};

/// Mean radius of the Earth, metres (IUGG).
const EARTH: f64 = 6_371_008.8;

/// A point of the unit sphere: x to 0 E, y to 90 E, z to the north pole.
pub(super) type Vector = [f64; 3];

/// The unit vectors of as many positions. Written by columns, so that the compiler can take several at a time.
#[inline(always)]
pub(super) fn units<const N: usize>(positions: &[LonLat; N]) -> [Vector; N] {
    let (mut sin_lon, mut cos_lon) = ([0.0; N], [0.0; N]);
    let (mut sin_lat, mut cos_lat) = ([0.0; N], [0.0; N]);
    let (lon, lat) = (positions.map(|p| p.lon()), positions.map(|p| p.lat()));
    for i in 0..N {
        (sin_lon[i], cos_lon[i]) = sin_cos(lon[i]);
        (sin_lat[i], cos_lat[i]) = sin_cos(lat[i]);
    }
    std::array::from_fn(|i| [cos_lat[i] * cos_lon[i], cos_lat[i] * sin_lon[i], sin_lat[i]])
}

/// The unit vector of a position.
pub(super) fn unit(p: LonLat) -> Vector {
    let [unit] = units(&[p]);
    unit
}

/// Square of the chord between two unit vectors.
#[inline(always)]
pub(super) fn chord2(a: &Vector, b: &Vector) -> f64 {
    let d = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
    d[0] * d[0] + d[1] * d[1] + d[2] * d[2]
}

/// Great-circle distance from the square of the chord between unit vectors.
pub(super) fn arc(chord2: f64) -> Metres {
    let [arc] = arcs(&[chord2]);
    arc
}

/// As many great-circle distances. Written so that the compiler can take several at a time.
#[inline(always)]
pub(super) fn arcs<const N: usize>(chords2: &[f64; N]) -> [Metres; N] {
    let mut arcs = [Metres(0.0); N];
    for (arc, chord2) in arcs.iter_mut().zip(chords2) {
        let x2 = chord2 * 0.25;
        *arc = Metres(2.0 * EARTH * x2.sqrt() * ARCSINE.iter().rev().fold(0.0, |sum, factor| sum * x2 + factor));
    }
    // Farther than three thousand kilometres the series does not reach.
    for (arc, chord2) in arcs.iter_mut().zip(chords2).filter(|(_, chord2)| **chord2 > 0.25) {
        *arc = Metres(2.0 * EARTH * (chord2.sqrt() / 2.0).min(1.0).asin());
    }
    arcs
}

/// Factors of the even powers in the series of the inverse sine over its sine; for a sine of a quarter the last is below the
/// precision of a number.
const ARCSINE: [f64; 13] = {
    let mut factors = [1.0; 13];
    let mut term = 1;
    while term < factors.len() {
        let n = (2 * term) as f64;
        factors[term] = factors[term - 1] * ((n - 1.0) * (n - 1.0)) / (n * (n + 1.0));
        term += 1;
    }
    factors
};

/// Terms of the series: within an eighth of a turn what follows is below the precision of a number.
const TERMS: usize = 9;
/// Factors of the even powers in the series of the cosine, and of those of the sine over the angle.
const COSINE: [f64; TERMS] = series(0);
const SINE: [f64; TERMS] = series(1);

const fn series(odd: usize) -> [f64; TERMS] {
    let mut factors = [1.0; TERMS];
    let mut term = 1;
    while term < TERMS {
        let n = 2 * term + odd;
        factors[term] = -factors[term - 1] / (n * (n - 1)) as f64;
        term += 1;
    }
    factors
}

/// Sine and cosine of an angle of up to half a turn, degrees, without branches and calls.
#[inline(always)]
fn sin_cos(degrees: f64) -> (f64, f64) {
    /// Added and taken away again, it leaves a whole number.
    const WHOLE: f64 = 6_755_399_441_055_744.0;
    let quarters = (degrees * (1.0 / 90.0) + WHOLE) - WHOLE;
    let x = (degrees - quarters * 90.0) * (std::f64::consts::PI / 180.0);
    let sum = |factors: &[f64; TERMS]| factors.iter().rev().fold(0.0, |sum, factor| sum * (x * x) + factor);
    let (sin, cos) = (x * sum(&SINE), sum(&COSINE));
    let (sideways, back) = (quarters.abs() == 1.0, quarters.abs() == 2.0);
    let (sin, cos) = if sideways { (cos, sin) } else { (sin, cos) };
    (if back || sideways && quarters < 0.0 { -sin } else { sin }, if back || quarters == 1.0 { -cos } else { cos })
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn as_the_library_has_it(degrees in -180.0..=180.0f64) {
            let (sin, cos) = degrees.to_radians().sin_cos();
            let ours = sin_cos(degrees);
            proptest::prop_assert!((ours.0 - sin).abs() < 1e-15 && (ours.1 - cos).abs() < 1e-15, "{:?}", ours);
        }
    }

    proptest::proptest! {
        #[test]
        fn distances_are_the_library_s(chord in 0.0..=2.0f64, near in 0.0..0.6f64) {
            for chord in [chord, near, near * 1e-4] {
                let wanted = 2.0 * EARTH * (chord / 2.0).asin();
                let found = arc(chord * chord).0;
                proptest::prop_assert!((found - wanted).abs() <= 4e-15 * wanted + 1e-7 * f64::from(chord > 1.99), "{found} {wanted}");
            }
        }
    }

    #[test]
    fn whole_quarters_are_exact() {
        for (degrees, wanted) in
            [(-180.0, (0.0, -1.0)), (-90.0, (-1.0, 0.0)), (0.0, (0.0, 1.0)), (90.0, (1.0, 0.0)), (180.0, (0.0, -1.0))]
        {
            assert_eq!(sin_cos(degrees), wanted);
        }
    }
}
