//! Colour arithmetic: blending, contrast (WCAG 2), CIELAB difference ΔE00 (Sharma, Wu, Dalal 2005) and how colours look to
//! people with protan, deutan and tritan sight (Machado, Oliveira, Fernandes 2009, severity 1).
//!
//! ```
//! use mapdesk::cartography::colour;
//! use mapdesk::model::Rgb;
//! assert_eq!(colour::contrast(Rgb(0, 0, 0), Rgb(255, 255, 255)), 21.0);
//! ```

use crate::model::Rgb;

/// A way of seeing colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sight {
    /// Three working cone types.
    Typical,
    /// Without long-wave cones.
    Protan,
    /// Without middle-wave cones.
    Deutan,
    /// Without short-wave cones.
    Tritan,
}

impl Sight {
    /// Every way of seeing that a map is checked for.
    pub const ALL: [Self; 4] = [Self::Typical, Self::Protan, Self::Deutan, Self::Tritan];

    /// The word used in warnings.
    pub fn word(self) -> &'static str {
        match self {
            Self::Typical => "typical",
            Self::Protan => "protan",
            Self::Deutan => "deutan",
            Self::Tritan => "tritan",
        }
    }

    fn matrix(self) -> Option<[[f64; 3]; 3]> {
        match self {
            Self::Typical => None,
            Self::Protan => Some([
                [0.152_286, 1.052_583, -0.204_868],
                [0.114_503, 0.786_281, 0.099_216],
                [-0.003_882, -0.048_116, 1.051_998],
            ]),
            Self::Deutan => Some([
                [0.367_322, 0.860_646, -0.227_968],
                [0.280_085, 0.672_501, 0.047_413],
                [-0.011_820, 0.042_940, 0.968_881],
            ]),
            Self::Tritan => Some([
                [1.255_528, -0.076_749, -0.178_779],
                [-0.078_411, 0.930_809, 0.147_602],
                [0.004_733, 0.691_367, 0.303_900],
            ]),
        }
    }
}

fn linear(channel: u8) -> f64 {
    let c = f64::from(channel) / 255.0;
    if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
}

fn linear_rgb(c: Rgb) -> [f64; 3] {
    [linear(c.0), linear(c.1), linear(c.2)]
}

/// Relative luminance, 0 for black to 1 for white.
pub fn luminance(c: Rgb) -> f64 {
    let [r, g, b] = linear_rgb(c);
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

/// WCAG contrast ratio of two colours, 1 to 21.
pub fn contrast(a: Rgb, b: Rgb) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// `top` at an opacity of 0–1 laid over `ground`, channel by channel as a renderer does it.
pub fn over(top: Rgb, opacity: f64, ground: Rgb) -> Rgb {
    let mix = |t: u8, g: u8| (f64::from(g) + (f64::from(t) - f64::from(g)) * opacity).round().clamp(0.0, 255.0) as u8;
    Rgb(mix(top.0, ground.0), mix(top.1, ground.1), mix(top.2, ground.2))
}

/// The grey of the same lightness.
pub fn grey(c: Rgb) -> Rgb {
    let y = luminance(c);
    let v = if y <= 0.003_130_8 { 12.92 * y } else { 1.055 * y.powf(1.0 / 2.4) - 0.055 };
    let v = (v * 255.0).round() as u8;
    Rgb(v, v, v)
}

type Lab = [f64; 3];

fn lab_of_linear([r, g, b]: [f64; 3]) -> Lab {
    let x = (0.412_456_4 * r + 0.357_576_1 * g + 0.180_437_5 * b) / 0.950_47;
    let y = 0.212_672_9 * r + 0.715_152_2 * g + 0.072_175_0 * b;
    let z = (0.019_333_9 * r + 0.119_192_0 * g + 0.950_304_1 * b) / 1.088_83;
    let f = |t: f64| if t > 216.0 / 24389.0 { t.cbrt() } else { (24389.0 / 27.0 * t + 16.0) / 116.0 };
    [116.0 * f(y) - 16.0, 500.0 * (f(x) - f(y)), 200.0 * (f(y) - f(z))]
}

fn lab(c: Rgb, sight: Sight) -> Lab {
    let rgb = linear_rgb(c);
    let seen = sight
        .matrix()
        .map_or(rgb, |m| m.map(|row| (row[0] * rgb[0] + row[1] * rgb[1] + row[2] * rgb[2]).clamp(0.0, 1.0)));
    lab_of_linear(seen)
}

/// CIEDE2000 difference of two colours as seen by somebody; about 1 is just noticeable.
pub fn difference(a: Rgb, b: Rgb, sight: Sight) -> f64 {
    delta_e00(lab(a, sight), lab(b, sight))
}

/// The smallest difference of two colours over all ways of seeing, and whose it is.
pub fn least_difference(a: Rgb, b: Rgb) -> (f64, Sight) {
    Sight::ALL
        .into_iter()
        .map(|s| (difference(a, b, s), s))
        .min_by(|x, y| x.0.total_cmp(&y.0))
        .expect("four ways of seeing")
}

fn delta_e00(p: Lab, q: Lab) -> f64 {
    let (c1, c2) = (p[1].hypot(p[2]), q[1].hypot(q[2]));
    let mean7 = ((c1 + c2) / 2.0).powi(7);
    let g = 0.5 * (1.0 - (mean7 / (mean7 + 25f64.powi(7))).sqrt());
    let (a1, a2) = (p[1] * (1.0 + g), q[1] * (1.0 + g));
    let (c1, c2) = (a1.hypot(p[2]), a2.hypot(q[2]));
    let hue = |a: f64, b: f64| if a == 0.0 && b == 0.0 { 0.0 } else { b.atan2(a).to_degrees().rem_euclid(360.0) };
    let (h1, h2) = (hue(a1, p[2]), hue(a2, q[2]));
    let dl = q[0] - p[0];
    let dc = c2 - c1;
    let achromatic = c1 * c2 == 0.0;
    let dh = if achromatic {
        0.0
    } else {
        let d = h2 - h1;
        if d > 180.0 {
            d - 360.0
        } else if d < -180.0 {
            d + 360.0
        } else {
            d
        }
    };
    let dh_big = 2.0 * (c1 * c2).sqrt() * (dh / 2.0).to_radians().sin();
    let lm = (p[0] + q[0]) / 2.0;
    let cm = (c1 + c2) / 2.0;
    let hm = if achromatic {
        h1 + h2
    } else if (h1 - h2).abs() <= 180.0 {
        (h1 + h2) / 2.0
    } else if h1 + h2 < 360.0 {
        (h1 + h2 + 360.0) / 2.0
    } else {
        (h1 + h2 - 360.0) / 2.0
    };
    let cos = |deg: f64| deg.to_radians().cos();
    let t =
        1.0 - 0.17 * cos(hm - 30.0) + 0.24 * cos(2.0 * hm) + 0.32 * cos(3.0 * hm + 6.0) - 0.20 * cos(4.0 * hm - 63.0);
    let l50 = (lm - 50.0).powi(2);
    let sl = 1.0 + 0.015 * l50 / (20.0 + l50).sqrt();
    let sc = 1.0 + 0.045 * cm;
    let sh = 1.0 + 0.015 * cm * t;
    let cm7 = cm.powi(7);
    let rc = 2.0 * (cm7 / (cm7 + 25f64.powi(7))).sqrt();
    let rt = -rc * (2.0 * (30.0 * (-((hm - 275.0) / 25.0).powi(2)).exp()).to_radians()).sin();
    let (l, c, h) = (dl / sl, dc / sc, dh_big / sh);
    (l * l + c * c + h * h + rt * c * h).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    // Sharma, Wu, Dalal (2005), table 1.
    #[test]
    fn agrees_with_sharma() {
        for (p, q, want) in [
            ([50.0, 2.6772, -79.7751], [50.0, 0.0, -82.7485], 2.0425),
            ([50.0, 0.0, 0.0], [50.0, -1.0, 2.0], 2.3669),
            ([50.0, 2.49, -0.001], [50.0, -2.49, 0.0009], 7.1792),
            ([50.0, 2.5, 0.0], [73.0, 25.0, -18.0], 27.1492),
            ([60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644),
            ([22.7233, 20.0904, -46.6940], [23.0331, 14.9730, -42.5619], 2.0373),
            ([2.0776, 0.0795, -1.1350], [0.9033, -0.0636, -0.5514], 0.9082),
        ] {
            assert!((delta_e00(p, q) - want).abs() < 1e-4, "{p:?} {q:?}");
        }
    }

    #[test]
    fn red_and_green_of_one_lightness_meet_for_deutans() {
        let (red, green) = (Rgb(0xC0, 0x60, 0x50), Rgb(0x80, 0x80, 0x40));
        assert!(difference(red, green, Sight::Deutan) < difference(red, green, Sight::Typical) / 2.0);
    }

    #[test]
    fn blending_and_grey() {
        assert_eq!(over(Rgb(0, 0, 0), 0.5, Rgb(255, 255, 255)), Rgb(128, 128, 128));
        assert_eq!(grey(Rgb(255, 255, 255)), Rgb(255, 255, 255));
        assert_eq!(grey(Rgb(90, 90, 90)), Rgb(90, 90, 90));
    }
}
