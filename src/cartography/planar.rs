//! Planar projections of a still: fast, closed-form, on the WGS 84 ellipsoid.
//!
//! A map projects tens of thousands of vertices, so these are written out rather than called through a library;
//! `geodesy::projection` (proj4rs) is the second opinion in the tests. Conformal conic and authalic formulas after Snyder
//! 1987, transverse Mercator after Krüger 1912 in Karney's form, Equal Earth after Šavrič, Patterson and Jenny 2018. Not for
//! measuring: distances and areas are geodesic.

use std::f64::consts::FRAC_PI_2;

/// Equatorial radius in metres.
const A: f64 = 6_378_137.0;
const FLATTENING: f64 = 1.0 / 298.257_223_563;
const E2: f64 = FLATTENING * (2.0 - FLATTENING);

/// Which projection a still is drawn in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// Lambert conformal conic with two standard parallels: the default.
    Conic,
    /// Transverse Mercator: tall frames.
    Transverse,
    /// Lambert azimuthal equal-area: continents, poles, and where areas are compared.
    EqualArea,
    /// Equal Earth: the world.
    World,
    /// Orthographic: the globe of the locator inset.
    Globe,
    /// Web Mercator on the sphere: raster tiles, never a still.
    Tiles,
}

impl Family {
    /// The word used on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Conic => "conic",
            Self::Transverse => "transverse",
            Self::EqualArea => "equal-area",
            Self::World => "world",
            Self::Globe => "globe",
            Self::Tiles => "tiles",
        }
    }

    /// Its full name, for the record of a map's making.
    pub fn title(self) -> &'static str {
        match self {
            Self::Conic => "Lambert conformal conic",
            Self::Transverse => "transverse Mercator",
            Self::EqualArea => "Lambert azimuthal equal-area",
            Self::World => "Equal Earth",
            Self::Globe => "orthographic",
            Self::Tiles => "Web Mercator",
        }
    }
}

impl std::str::FromStr for Family {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Conic, Self::Transverse, Self::EqualArea, Self::World, Self::Globe]
            .into_iter()
            .find(|f| f.word() == text)
            .ok_or_else(|| format!("\"{text}\" is not a projection: conic, transverse, equal-area, world, globe"))
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Shape {
    Conic { n: f64, af: f64, rho0: f64 },
    Mercator { k: f64, y0: f64 },
    Transverse { m0: f64 },
    EqualArea { sin1: f64, cos1: f64, rq: f64, d: f64 },
    World { r: f64 },
    Globe { sin1: f64, cos1: f64 },
    Tiles,
}

/// A projection with its parameters: degrees to planar metres, y north.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Planar {
    family: Family,
    lon0: f64,
    shape: Shape,
}

fn e() -> f64 {
    E2.sqrt()
}

/// Snyder's m: cosine of latitude over the radius term.
fn m_of(phi: f64) -> f64 {
    let s = phi.sin();
    phi.cos() / (1.0 - E2 * s * s).sqrt()
}

/// The logarithm of Snyder's t, that is minus the isometric latitude.
fn ln_t(phi: f64) -> f64 {
    let s = phi.sin().clamp(-1.0, 1.0);
    let es = e() * s;
    -(s.atanh() - e() * es.atanh())
}

/// Latitude from the logarithm of t.
fn phi_of_ln_t(value: f64) -> f64 {
    let mut phi = FRAC_PI_2 - 2.0 * value.exp().atan();
    for _ in 0..6 {
        let es = e() * phi.sin();
        let next = FRAC_PI_2 - 2.0 * ((value).exp() * ((1.0 - es) / (1.0 + es)).powf(e() / 2.0)).atan();
        if (next - phi).abs() < 1e-12 {
            return next;
        }
        phi = next;
    }
    phi
}

fn q_of(sin_phi: f64) -> f64 {
    let es = e() * sin_phi;
    (1.0 - E2) * (sin_phi / (1.0 - es * es) + es.atanh() / e())
}

/// Sine of the authalic latitude.
fn sin_authalic(phi: f64) -> f64 {
    (q_of(phi.sin()) / q_of(1.0)).clamp(-1.0, 1.0)
}

fn phi_of_authalic(beta: f64) -> f64 {
    let (e4, e6) = (E2 * E2, E2 * E2 * E2);
    beta + (E2 / 3.0 + 31.0 * e4 / 180.0 + 517.0 * e6 / 5040.0) * (2.0 * beta).sin()
        + (23.0 * e4 / 360.0 + 251.0 * e6 / 3780.0) * (4.0 * beta).sin()
        + 761.0 * e6 / 45360.0 * (6.0 * beta).sin()
}

// Krüger's third flattening series.
const N: f64 = FLATTENING / (2.0 - FLATTENING);
const RECTIFYING: f64 = A / (1.0 + N) * (1.0 + N * N / 4.0 + N * N * N * N / 64.0);
const ALPHA: [f64; 3] = [
    N / 2.0 - 2.0 * N * N / 3.0 + 5.0 * N * N * N / 16.0,
    13.0 * N * N / 48.0 - 3.0 * N * N * N / 5.0,
    61.0 * N * N * N / 240.0,
];
const BETA: [f64; 3] =
    [N / 2.0 - 2.0 * N * N / 3.0 + 37.0 * N * N * N / 96.0, N * N / 48.0 + N * N * N / 15.0, 17.0 * N * N * N / 480.0];

/// Northing and easting of the transverse Mercator in units of the rectifying radius.
fn krueger(phi: f64, dlon: f64) -> (f64, f64) {
    let psi = -ln_t(phi);
    let tau = psi.sinh();
    let xi0 = tau.atan2(dlon.cos());
    let eta0 = (dlon.sin() / (tau * tau + dlon.cos().powi(2)).sqrt()).asinh();
    let (mut xi, mut eta) = (xi0, eta0);
    for (j, a) in ALPHA.iter().enumerate() {
        let k = 2.0 * (j as f64 + 1.0);
        xi += a * (k * xi0).sin() * (k * eta0).cosh();
        eta += a * (k * xi0).cos() * (k * eta0).sinh();
    }
    (xi, eta)
}

const EE: [f64; 4] = [1.340_264, -0.081_106, 0.000_893, 0.003_796];
const ROOT3: f64 = 1.732_050_807_568_877_2;

fn equal_earth_y(t: f64) -> f64 {
    let t2 = t * t;
    let t6 = t2 * t2 * t2;
    t * (EE[0] + EE[1] * t2 + t6 * (EE[2] + EE[3] * t2))
}

fn equal_earth_dy(t: f64) -> f64 {
    let t2 = t * t;
    let t6 = t2 * t2 * t2;
    EE[0] + 3.0 * EE[1] * t2 + t6 * (7.0 * EE[2] + 9.0 * EE[3] * t2)
}

impl Planar {
    /// A projection of a family for land between two latitudes around a central position, all in degrees.
    pub fn new(family: Family, lon0: f64, lat0: f64, south: f64, north: f64) -> Self {
        let phi0 = lat0.to_radians();
        let shape = match family {
            Family::Conic => {
                // One sixth in from either edge keeps the scale within a fraction of a per cent over a country.
                let sixth = (north - south) / 6.0;
                let (p1, p2) = ((south + sixth).to_radians(), (north - sixth).to_radians());
                let n = if (p1 - p2).abs() < 1e-6 {
                    ((p1 + p2) / 2.0).sin()
                } else {
                    (m_of(p1).ln() - m_of(p2).ln()) / (ln_t(p1) - ln_t(p2))
                };
                if n.abs() < 1e-6 {
                    let k = A * m_of(p1);
                    Shape::Mercator { k, y0: -k * ln_t(phi0) }
                } else {
                    let af = A * m_of(p1) / (n * (n * ln_t(p1)).exp());
                    Shape::Conic { n, af, rho0: af * (n * ln_t(phi0)).exp() }
                }
            }
            Family::Transverse => Shape::Transverse { m0: RECTIFYING * krueger(phi0, 0.0).0 },
            Family::EqualArea => {
                // At the pole itself the ellipsoidal terms are 0/0; a tenth of a degree away they are not.
                let phi1 = lat0.clamp(-89.9, 89.9).to_radians();
                let sin1 = sin_authalic(phi1);
                let cos1 = (1.0 - sin1 * sin1).sqrt();
                let rq = A * (q_of(1.0) / 2.0).sqrt();
                Shape::EqualArea { sin1, cos1, rq, d: A * m_of(phi1) / (rq * cos1) }
            }
            Family::World => Shape::World { r: A * (q_of(1.0) / 2.0).sqrt() },
            Family::Globe => Shape::Globe { sin1: phi0.sin(), cos1: phi0.cos() },
            Family::Tiles => Shape::Tiles,
        };
        Self { family, lon0, shape }
    }

    /// Its family.
    pub fn family(&self) -> Family {
        self.family
    }

    /// The central meridian in degrees.
    pub fn lon0(&self) -> f64 {
        self.lon0
    }

    /// A longitude brought within 180° of the central meridian.
    pub fn near(&self, lon: f64) -> f64 {
        let d = lon - self.lon0;
        if (-180.0..=180.0).contains(&d) { lon } else { self.lon0 + (d + 180.0).rem_euclid(360.0) - 180.0 }
    }

    /// Planar metres of a position in degrees; `None` on the far side of a globe. Longitudes are taken as they are, so that
    /// an edge may run a little past the seam.
    #[inline]
    pub fn forward(&self, lon: f64, lat: f64) -> Option<[f64; 2]> {
        let dlon = (lon - self.lon0).to_radians();
        let phi = lat.to_radians();
        Some(match self.shape {
            Shape::Conic { n, af, rho0 } => {
                let rho = af * (n * ln_t(phi)).exp();
                let (s, c) = (n * dlon).sin_cos();
                [rho * s, rho0 - rho * c]
            }
            Shape::Mercator { k, y0 } => [k * dlon, -k * ln_t(phi) - y0],
            Shape::Transverse { m0 } => {
                let (xi, eta) = krueger(phi, dlon);
                [RECTIFYING * eta, RECTIFYING * xi - m0]
            }
            Shape::EqualArea { sin1, cos1, rq, d } => {
                let sb = sin_authalic(phi);
                let cb = (1.0 - sb * sb).sqrt();
                let (sl, cl) = dlon.sin_cos();
                let under = 1.0 + sin1 * sb + cos1 * cb * cl;
                if under < 1e-9 {
                    return None;
                }
                let b = rq * (2.0 / under).sqrt();
                [b * d * cb * sl, b / d * (cos1 * sb - sin1 * cb * cl)]
            }
            Shape::World { r } => {
                let t = (ROOT3 / 2.0 * sin_authalic(phi)).asin();
                [2.0 * ROOT3 * r * dlon * t.cos() / (3.0 * equal_earth_dy(t)), r * equal_earth_y(t)]
            }
            Shape::Globe { sin1, cos1 } => {
                let (sp, cp) = phi.sin_cos();
                let (sl, cl) = dlon.sin_cos();
                if sin1 * sp + cos1 * cp * cl < 0.0 {
                    return None;
                }
                [A * cp * sl, A * (cos1 * sp - sin1 * cp * cl)]
            }
            // Beyond 89.5° there is no end of it; tiles stop at 85.05°.
            Shape::Tiles => [A * dlon, A * lat.clamp(-89.5, 89.5).to_radians().sin().atanh()],
        })
    }

    /// The position in degrees of planar metres; `None` off the map. Longitudes are within 180° of the central meridian.
    pub fn inverse(&self, x: f64, y: f64) -> Option<[f64; 2]> {
        let (dlon, phi) = match self.shape {
            Shape::Conic { n, af, rho0 } => {
                let dy = rho0 - y;
                let rho = x.hypot(dy) * n.signum();
                let theta = (x * n.signum()).atan2(dy * n.signum());
                (theta / n, phi_of_ln_t((rho / af).ln() / n))
            }
            Shape::Mercator { k, y0 } => (x / k, phi_of_ln_t(-(y + y0) / k)),
            Shape::Transverse { m0 } => {
                let (xi, eta) = ((y + m0) / RECTIFYING, x / RECTIFYING);
                let (mut xi0, mut eta0) = (xi, eta);
                for (j, b) in BETA.iter().enumerate() {
                    let k = 2.0 * (j as f64 + 1.0);
                    xi0 -= b * (k * xi).sin() * (k * eta).cosh();
                    eta0 -= b * (k * xi).cos() * (k * eta).sinh();
                }
                let tau = xi0.sin() / (eta0.sinh().powi(2) + xi0.cos().powi(2)).sqrt();
                (eta0.sinh().atan2(xi0.cos()), phi_of_ln_t(-tau.asinh()))
            }
            Shape::EqualArea { sin1, cos1, rq, d } => {
                let (xd, yd) = (x / d, y * d);
                let rho = xd.hypot(yd);
                if rho > 2.0 * rq {
                    return None;
                }
                if rho < 1e-6 {
                    (0.0, phi_of_authalic(sin1.asin()))
                } else {
                    let c = 2.0 * (rho / (2.0 * rq)).asin();
                    let (sc, cc) = c.sin_cos();
                    let beta = (cc * sin1 + yd * sc * cos1 / rho).clamp(-1.0, 1.0).asin();
                    ((xd * sc).atan2(rho * cos1 * cc - yd * sin1 * sc), phi_of_authalic(beta))
                }
            }
            Shape::World { r } => {
                let target = y / r;
                let mut t = target;
                for _ in 0..12 {
                    t -= (equal_earth_y(t) - target) / equal_earth_dy(t);
                }
                let s = 2.0 / ROOT3 * t.sin();
                if s.abs() > 1.0 {
                    return None;
                }
                (3.0 * equal_earth_dy(t) * x / (2.0 * ROOT3 * r * t.cos()), phi_of_authalic(s.asin()))
            }
            Shape::Globe { sin1, cos1 } => {
                let (x, y) = (x / A, y / A);
                let rho2 = x * x + y * y;
                if rho2 > 1.0 {
                    return None;
                }
                let z = (1.0 - rho2).sqrt();
                (x.atan2(z * cos1 - y * sin1), (z * sin1 + y * cos1).asin())
            }
            Shape::Tiles => (x / A, (y / A).sinh().atan()),
        };
        let dlon = dlon.to_degrees();
        if !dlon.is_finite() || !phi.is_finite() || dlon.abs() > 180.000_001 {
            return None;
        }
        Some([self.lon0 + dlon, phi.to_degrees().clamp(-90.0, 90.0)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geodesy::projection::Projection;

    fn agree(ours: Planar, definition: &str, points: &[(f64, f64)], metres: f64) {
        let theirs = Projection::from_definition(definition).expect("known to proj4rs");
        for &(lon, lat) in points {
            let [x, y] = ours.forward(lon, lat).expect("in range");
            let p = theirs.forward(geo::Coord { x: lon, y: lat }).expect("in range");
            assert!((x - p.x).abs() < metres && (y - p.y).abs() < metres, "{definition} {lon} {lat}: {x} {y} / {p:?}");
            let [lon2, lat2] = ours.inverse(x, y).expect("comes back");
            assert!((lon2 - lon).abs() < 1e-6 && (lat2 - lat).abs() < 1e-6, "{definition} {lon} {lat}: {lon2} {lat2}");
        }
    }

    #[test]
    fn agrees_with_proj() {
        let syria = [(36.75, 35.13), (42.3, 37.3), (35.6, 31.0), (38.0, 35.0)];
        agree(
            Planar::new(Family::Conic, 38.0, 35.0, 32.0, 38.0),
            "+proj=lcc +lat_1=33 +lat_2=37 +lat_0=35 +lon_0=38 +datum=WGS84",
            &syria,
            0.01,
        );
        agree(
            Planar::new(Family::Conic, 145.0, -30.0, -45.0, -15.0),
            "+proj=lcc +lat_1=-40 +lat_2=-20 +lat_0=-30 +lon_0=145 +datum=WGS84",
            &[(150.0, -35.0), (120.0, -20.0)],
            0.01,
        );
        agree(
            Planar::new(Family::Transverse, -71.0, -36.0, -56.0, -17.0),
            "+proj=tmerc +lat_0=-36 +lon_0=-71 +k=1 +datum=WGS84",
            &[(-70.6, -33.4), (-75.0, -50.0), (-68.0, -18.0)],
            0.02,
        );
        agree(
            Planar::new(Family::EqualArea, 20.0, 5.0, -35.0, 38.0),
            "+proj=laea +lat_0=5 +lon_0=20 +datum=WGS84",
            &[(31.2, 30.0), (18.4, -33.9), (-17.0, 14.7)],
            0.05,
        );
    }

    #[test]
    fn every_family_comes_back() {
        let stills = [Family::Conic, Family::Transverse, Family::EqualArea, Family::World, Family::Globe];
        for family in stills.into_iter().chain([Family::Tiles]) {
            for (lon0, lat0) in [(0.0, 0.0), (178.0, -17.0), (20.0, 78.0), (-100.0, 40.0)] {
                let p = Planar::new(family, lon0, lat0, lat0 - 5.0, lat0 + 5.0);
                for (dx, dy) in [(0.0, 0.0), (3.0, 2.0), (-4.0, -3.0)] {
                    let [x, y] = p.forward(lon0 + dx, lat0 + dy).expect("near the centre");
                    let [lon, lat] = p.inverse(x, y).expect("comes back");
                    assert!(
                        (lon - lon0 - dx).abs() < 1e-5 && (lat - lat0 - dy).abs() < 1e-5,
                        "{family:?} {lon0} {lat0}"
                    );
                }
            }
        }
    }

    #[test]
    fn conic_across_the_equator_is_not_degenerate() {
        let p = Planar::new(Family::Conic, 118.0, -0.0, -10.0, 10.0);
        let [x, y] = p.forward(120.0, 3.0).expect("near");
        assert!(x > 0.0 && y > 0.0 && x.is_finite());
    }
}
