//! Coordinates in the forms people paste: decimal degrees, degrees with minutes and seconds, `geo:` URIs (RFC 5870), full Plus Codes
//! (Open Location Code) and MGRS references (NGA.STND.0037).

use crate::geodesy::LonLat;

/// The position a text gives, where it gives one.
///
/// ```
/// use mapdesk::geocode::parse_coordinates;
/// for text in ["35.1318, 36.7578", "35°07'54.5\"N 36°45'28\"E", "geo:35.1318,36.7578;u=10", "N 35.1318 E 36.7578"] {
///     let p = parse_coordinates(text).expect(text);
///     assert!((p.lat() - 35.1318).abs() < 1e-4 && (p.lon() - 36.7578).abs() < 1e-4, "{text} {p:?}");
/// }
/// ```
pub fn parse_coordinates(text: &str) -> Option<LonLat> {
    let text = text.trim();
    if !text.is_ascii() && !text.contains(['°', '′', '″', 'º', '’', '”', '−']) {
        return None;
    }
    if !text.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    geo_uri(text).or_else(|| plus_code(text)).or_else(|| mgrs(text)).or_else(|| degrees(text))
}

fn geo_uri(text: &str) -> Option<LonLat> {
    let rest = text.get(..4).filter(|s| s.eq_ignore_ascii_case("geo:")).map(|_| &text[4..])?;
    let mut numbers = rest.split([';', '?']).next()?.split(',');
    let lat = numbers.next()?.trim().parse().ok()?;
    let lon = numbers.next()?.trim().parse().ok()?;
    LonLat::new(lon, lat).ok()
}

/// A number, or a letter of the compass.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Piece {
    Number(f64),
    Side(char),
    Comma,
}

/// Decimal degrees, or degrees, minutes and seconds, with or without compass letters.
fn degrees(text: &str) -> Option<LonLat> {
    let mut pieces: Vec<Piece> = Vec::new();
    let text = text.replace('−', "-");
    let mut chars = text.chars().peekable();
    while let Some(&c) = chars.peek() {
        if c.is_ascii_digit() || c == '-' || c == '+' || c == '.' {
            let mut number = String::new();
            while let Some(&c) = chars.peek() {
                let sign = number.is_empty() && (c == '-' || c == '+');
                if !(c.is_ascii_digit() || c == '.' || sign) {
                    break;
                }
                number.push(c);
                chars.next();
            }
            pieces.push(Piece::Number(number.parse().ok()?));
            continue;
        }
        chars.next();
        match c {
            'N' | 'n' | 'S' | 's' | 'E' | 'e' | 'W' | 'w' => {
                // A letter, not the start of a word.
                if chars.peek().is_some_and(|c| c.is_alphabetic()) {
                    return None;
                }
                pieces.push(Piece::Side(c.to_ascii_uppercase()));
            }
            ',' | ';' | '/' => pieces.push(Piece::Comma),
            '°' | 'º' | '\'' | '′' | '"' | '″' | '’' | '”' | ' ' | '\t' => {}
            _ => return None,
        }
    }
    let sides: Vec<char> = pieces.iter().filter_map(|p| if let Piece::Side(s) = p { Some(*s) } else { None }).collect();
    let halves = match sides.len() {
        0 => plain_halves(&pieces)?,
        2 => sided_halves(&pieces)?,
        _ => return None,
    };
    let (first, second) = (sexagesimal(&halves.0)?, sexagesimal(&halves.1)?);
    let (lat, lon) = match sides[..] {
        [a, b] => {
            let signed = |v: f64, side: char| if matches!(side, 'S' | 'W') { -v.abs() } else { v };
            match (matches!(a, 'N' | 'S'), matches!(b, 'N' | 'S')) {
                (true, false) => (signed(first, a), signed(second, b)),
                (false, true) => (signed(second, b), signed(first, a)),
                _ => return None,
            }
        }
        _ => (first, second),
    };
    LonLat::new(lon, lat).ok()
}

fn numbers(pieces: &[Piece]) -> Vec<f64> {
    pieces.iter().filter_map(|p| if let Piece::Number(n) = p { Some(*n) } else { None }).collect()
}

fn plain_halves(pieces: &[Piece]) -> Option<(Vec<f64>, Vec<f64>)> {
    if let Some(comma) = pieces.iter().position(|p| *p == Piece::Comma) {
        return Some((numbers(&pieces[..comma]), numbers(&pieces[comma + 1..])));
    }
    let all = numbers(pieces);
    // Two bare numbers are a position only if written as one would write degrees.
    if all.len() == 2 && all.iter().all(|n| n.fract() != 0.0) || matches!(all.len(), 4 | 6) {
        let (a, b) = all.split_at(all.len() / 2);
        return Some((a.to_vec(), b.to_vec()));
    }
    None
}

fn sided_halves(pieces: &[Piece]) -> Option<(Vec<f64>, Vec<f64>)> {
    let at: Vec<usize> = (0..pieces.len()).filter(|i| matches!(pieces[*i], Piece::Side(_))).collect();
    let cut = if at[0] == 0 { at[1] } else { at[0] + 1 };
    Some((numbers(pieces.get(..cut)?), numbers(pieces.get(cut..)?)))
}

fn sexagesimal(parts: &[f64]) -> Option<f64> {
    let (first, rest) = parts.split_first()?;
    if rest.len() > 2 || rest.iter().any(|n| !(0.0..60.0).contains(n)) {
        return None;
    }
    let fraction = rest.iter().zip([60.0, 3600.0]).map(|(n, by)| n / by).sum::<f64>();
    Some(if first.is_sign_negative() { first - fraction } else { first + fraction })
}

const OLC: &[u8] = b"23456789CFGHJMPQRVWX";

/// A full Plus Code; the middle of its cell.
fn plus_code(text: &str) -> Option<LonLat> {
    let code = text.to_ascii_uppercase();
    let (head, tail) = code.split_once('+')?;
    if head.len() != 8 || tail.len() == 1 || tail.len() > 7 {
        return None;
    }
    let digits: Vec<usize> =
        head.bytes().chain(tail.bytes()).map(|b| OLC.iter().position(|o| *o == b)).collect::<Option<_>>()?;
    let (mut lat, mut lon, mut size_lat, mut size_lon) = (-90.0, -180.0, 400.0, 400.0);
    for (i, pair) in digits.chunks(2).take(5).enumerate() {
        let [a, b] = *pair else { return None };
        if i == 0 && (a >= 9 || b >= 18) {
            return None;
        }
        size_lat /= 20.0;
        size_lon /= 20.0;
        lat += a as f64 * size_lat;
        lon += b as f64 * size_lon;
    }
    for d in digits.iter().skip(10) {
        size_lat /= 5.0;
        size_lon /= 4.0;
        lat += (d / 4) as f64 * size_lat;
        lon += (d % 4) as f64 * size_lon;
    }
    LonLat::new(lon + size_lon / 2.0, lat + size_lat / 2.0).ok()
}

/// An MGRS reference in a UTM zone (not the polar ones); the middle of its square.
fn mgrs(text: &str) -> Option<LonLat> {
    let code: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    if !code.is_ascii() {
        return None;
    }
    let digits = code.bytes().take_while(u8::is_ascii_digit).count();
    let zone: u32 = code.get(..digits)?.parse().ok().filter(|z| (1..=60).contains(z))?;
    let letters = code.get(digits..digits + 3)?.as_bytes();
    let rest = code.get(digits + 3..)?;
    if rest.len() % 2 != 0 || rest.len() > 10 || rest.len() < 2 || !rest.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let band = b"CDEFGHJKLMNPQRSTUVWX".iter().position(|b| *b == letters[0])?;
    let columns: &[u8] = match zone % 3 {
        1 => b"ABCDEFGH",
        2 => b"JKLMNPQR",
        _ => b"STUVWXYZ",
    };
    let column = columns.iter().position(|c| *c == letters[1])?;
    let row = b"ABCDEFGHJKLMNPQRSTUV".iter().position(|c| *c == letters[2])?;
    let row = if zone.is_multiple_of(2) { (row + 15) % 20 } else { row };
    let (east, north) = rest.split_at(rest.len() / 2);
    let cell = 10_f64.powi(5 - east.len() as i32);
    let easting = (column as f64 + 1.0) * 1e5 + east.parse::<f64>().ok()? * cell + cell / 2.0;
    let within = row as f64 * 1e5 + north.parse::<f64>().ok()? * cell + cell / 2.0;
    // Row letters repeat every 2,000 km; the band says which repeat.
    let middle = -80.0 + band as f64 * 8.0 + if band == 19 { 6.0 } else { 4.0 };
    let wanted = middle * 110_600.0 + if middle < 0.0 { 1e7 } else { 0.0 };
    let northing = within + ((wanted - within) / 2e6).round() * 2e6;
    let northing = if middle < 0.0 { northing - 1e7 } else { northing };
    utm_inverse(zone, easting, northing)
}

/// Universal Transverse Mercator to degrees by Krüger's series; exact to millimetres within a zone.
fn utm_inverse(zone: u32, easting: f64, northing: f64) -> Option<LonLat> {
    const N: f64 = 0.001_679_220_386_383_704_6;
    const RADIUS: f64 = 6_367_449.145_823_415;
    let (n2, n3) = (N * N, N * N * N);
    let beta = [N / 2.0 - 2.0 / 3.0 * n2 + 37.0 / 96.0 * n3, n2 / 48.0 + n3 / 15.0, 17.0 / 480.0 * n3];
    let delta = [2.0 * N - 2.0 / 3.0 * n2 - 2.0 * n3, 7.0 / 3.0 * n2 - 8.0 / 5.0 * n3, 56.0 / 15.0 * n3];
    let xi = northing / (0.9996 * RADIUS);
    let eta = (easting - 500_000.0) / (0.9996 * RADIUS);
    let (mut x, mut e) = (xi, eta);
    for (j, b) in (1..).zip(beta) {
        let j = 2.0 * f64::from(j);
        x -= b * (j * xi).sin() * (j * eta).cosh();
        e -= b * (j * xi).cos() * (j * eta).sinh();
    }
    let chi = (x.sin() / e.cosh()).asin();
    let lat = chi + (1..).zip(delta).map(|(j, d)| d * (2.0 * f64::from(j) * chi).sin()).sum::<f64>();
    let lon = (e.sinh()).atan2(x.cos()).to_degrees() + f64::from(zone) * 6.0 - 183.0;
    LonLat::new(lon, lat.to_degrees()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(text: &str, lat: f64, lon: f64, off: f64) {
        let p = parse_coordinates(text).unwrap_or_else(|| panic!("{text} is not understood"));
        assert!((p.lat() - lat).abs() < off && (p.lon() - lon).abs() < off, "{text}: {p:?}");
    }

    #[test]
    fn forms_people_paste() {
        near("35.13179,36.75783", 35.13179, 36.75783, 1e-9);
        near("35.13179 36.75783", 35.13179, 36.75783, 1e-9);
        near("35° 7' 54\" N, 36° 45' 28\" E", 35.131_667, 36.757_778, 1e-5);
        near("36°45.5'E 35°08'N", 35.133_333, 36.758_333, 1e-5);
        near("33.8688°S 151.2093°E", -33.8688, 151.2093, 1e-9);
        near("S33.8688 E151.2093", -33.8688, 151.2093, 1e-9);
        near("geo:48.2010,16.3695,183", 48.2010, 16.3695, 1e-9);
        near("−33.87, 151.21", -33.87, 151.21, 1e-9);
        // Published examples of the Open Location Code and of GEOTRANS.
        near("8FVC9G8F+6X", 47.365_562, 8.524_937, 1e-5);
        near("4RRH46J5+FP", -33.868_812, 151.209_312, 1e-4);
        near("4QFJ12345678", 21.309_7, -157.916_8, 2e-3);
        near("31U DQ 48251 11932", 48.858_2, 2.294_5, 1e-3);
    }

    #[test]
    fn names_are_not_coordinates() {
        for text in [
            "Hama",
            "7th of April City",
            "Sector 17",
            "12",
            "10 Downing Street",
            "91.0, 0.5",
            "35.1",
            "30 km south of Hama",
            "Area 51, Nevada",
            "",
        ] {
            assert_eq!(parse_coordinates(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,30}") {
            let _ = parse_coordinates(&text);
        }

        #[test]
        fn decimal_degrees_come_back(lon in -180.0..180.0f64, lat in -90.0..90.0f64) {
            let p = parse_coordinates(&format!("{lat:.6}, {lon:.6}")).expect("a position");
            proptest::prop_assert!((p.lon() - lon).abs() < 1e-6 && (p.lat() - lat).abs() < 1e-6);
        }
    }
}
