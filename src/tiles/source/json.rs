//! A scanner of JSON text: no tree, no copies, numbers read by hand and rounded correctly. Reference: RFC 8259.

/// What is wrong with a text, and at which byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// Byte offset within the scanned text.
    pub at: usize,
    /// What was expected or is not allowed.
    pub what: &'static str,
}

/// A number as it stands in the text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    /// Without fraction and exponent, and within 64 bits.
    Int(i64),
    /// Any other.
    Float(f64),
}

impl Number {
    /// The value as a fraction.
    #[inline]
    pub fn float(self) -> f64 {
        match self {
            Self::Int(v) => v as f64,
            Self::Float(v) => v,
        }
    }
}

/// A string as it stands in the text.
#[derive(Debug, Clone, Copy)]
pub struct Text<'a> {
    /// The bytes between the quotes.
    pub raw: &'a [u8],
    /// Whether there are escapes among them.
    pub escaped: bool,
}

/// A cursor over JSON text.
#[derive(Debug, Clone, Copy)]
pub struct Scanner<'a> {
    text: &'a [u8],
    /// Where the cursor stands.
    pub at: usize,
}

/// Powers of ten that a double holds exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

/// How deep arrays and objects may nest.
const DEEPEST: u32 = 256;

type Result<T> = std::result::Result<T, Fault>;

impl<'a> Scanner<'a> {
    /// A cursor at the start of a text.
    pub fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0 }
    }
    /// A fault at the cursor.
    pub fn fault(&self, what: &'static str) -> Fault {
        Fault { at: self.at, what }
    }
    /// The byte at the cursor after white space; 0 at the end.
    #[inline]
    pub fn peek(&mut self) -> u8 {
        while let Some(&b) = self.text.get(self.at) {
            if b > b' ' {
                return b;
            }
            if !matches!(b, b' ' | b'\n' | b'\r' | b'\t' | 0x1e) {
                return b;
            }
            self.at += 1;
        }
        0
    }
    /// Takes a byte after white space.
    #[inline]
    pub fn expect(&mut self, byte: u8, what: &'static str) -> Result<()> {
        if self.peek() == byte {
            self.at += 1;
            return Ok(());
        }
        Err(self.fault(what))
    }
    /// Takes a byte after white space if it stands there.
    #[inline]
    pub fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == byte && self.at < self.text.len();
        self.at += usize::from(found);
        found
    }
    /// Reads a string.
    #[inline]
    pub fn string(&mut self) -> Result<Text<'a>> {
        self.expect(b'"', "expected a string")?;
        let start = self.at;
        let mut escaped = false;
        loop {
            let rest = &self.text[self.at..];
            // Most strings are short: look at the next bytes one by one before asking for the fast search.
            match rest.iter().take(24).position(|b| matches!(b, b'"' | b'\\' | 0..=0x1f)) {
                Some(n) => self.at += n,
                None => match memchr::memchr2(b'"', b'\\', rest) {
                    Some(n) => {
                        if let Some(bad) = rest[..n].iter().position(|b| *b < 0x20) {
                            self.at += bad;
                        } else {
                            self.at += n;
                        }
                    }
                    None => return Err(Fault { at: start, what: "a string is never closed" }),
                },
            }
            match self.text.get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(Text { raw: &self.text[start..self.at - 1], escaped });
                }
                Some(b'\\') => {
                    escaped = true;
                    self.at += 2;
                    if self.at > self.text.len() {
                        return Err(Fault { at: start, what: "a string is never closed" });
                    }
                }
                Some(_) => return Err(self.fault("a control character within a string")),
                None => return Err(Fault { at: start, what: "a string is never closed" }),
            }
        }
    }
    /// Reads a number.
    #[inline]
    pub fn number(&mut self) -> Result<Number> {
        self.scan_number::<true>()
    }
    /// Reads a coordinate; of one with 17 digits and more the last bit may differ, far below a world unit.
    #[inline]
    pub fn coordinate(&mut self) -> Result<f64> {
        self.peek();
        match self.plain_coordinate() {
            Some(v) => Ok(v),
            None => self.scan_number::<false>().map(Number::float),
        }
    }
    /// Longitude and latitude as most are written, without spaces; else `None`, and the cursor stays.
    #[inline]
    pub fn plain_position(&mut self) -> Option<(f64, f64)> {
        let mut on = *self;
        let lon = on.plain_coordinate()?;
        let comma = *on.text.get(on.at)?;
        on.at += 1;
        let lat = on.plain_coordinate()?;
        (comma == b',').then(|| {
            *self = on;
            (lon, lat)
        })
    }
    /// A coordinate as most are written: up to three digits, a point and up to sixteen digits; else `None`, and the cursor stays.
    #[inline]
    fn plain_coordinate(&mut self) -> Option<f64> {
        let b: &[u8; 24] = self.text.get(self.at..self.at + 24)?.try_into().ok()?;
        let negative = b[0] == b'-';
        let from = usize::from(negative);
        let eight = |at: usize| <[u8; 8]>::try_from(&b[at..at + 8]).map(u64::from_le_bytes).unwrap_or_default();
        let whole = eight(from);
        let n = leading_digits(whole);
        let point = from + n as usize;
        if !(1..=3).contains(&n) || b[point] != b'.' {
            return None;
        }
        let (mut mantissa, mut digits) = (first_digits(whole, n), 0);
        for k in 0..2 {
            let v = eight(point + 1 + 8 * k);
            let n = leading_digits(v);
            digits += n as usize;
            if n == 0 {
                break;
            }
            mantissa = mantissa.wrapping_mul(TENS[n as usize]).wrapping_add(first_digits(v, n));
            if n < 8 {
                break;
            }
        }
        let end = point + 1 + digits;
        if digits == 0 || matches!(b[end], b'e' | b'E' | b'0'..=b'9') {
            return None;
        }
        self.at += end;
        let v = mantissa as f64 / POWERS[digits];
        Some(if negative { -v } else { v })
    }
    #[inline]
    fn scan_number<const EXACT: bool>(&mut self) -> Result<Number> {
        self.peek();
        let start = self.at;
        let text = self.text;
        let mut i = start;
        let negative = text.get(i) == Some(&b'-');
        i += usize::from(negative);
        let mut mantissa = 0u64;
        let digits_from = i;
        digits_at(text, &mut i, &mut mantissa);
        let mut digits = i - digits_from;
        if digits == 0 {
            return Err(self.fault("expected a number"));
        }
        let mut fraction = 0;
        let mut whole = true;
        if text.get(i) == Some(&b'.') {
            whole = false;
            i += 1;
            let from = i;
            digits_at(text, &mut i, &mut mantissa);
            fraction = i - from;
            if fraction == 0 {
                return Err(Fault { at: i, what: "expected digits after the decimal point" });
            }
            digits += fraction;
        }
        let exponent = matches!(text.get(i), Some(b'e' | b'E'));
        if exponent {
            whole = false;
            i += 1;
            i += usize::from(matches!(text.get(i), Some(b'+' | b'-')));
            let from = i;
            while text.get(i).is_some_and(u8::is_ascii_digit) {
                i += 1;
            }
            if from == i {
                return Err(Fault { at: i, what: "expected digits in the exponent" });
            }
        }
        self.at = i;
        if digits <= 18 && !exponent {
            if whole {
                let v = mantissa as i64;
                return Ok(Number::Int(if negative { -v } else { v }));
            }
            // Both numbers are exact, so the quotient is rounded once, correctly (Clinger 1990).
            if (!EXACT || mantissa < 1 << 53) && fraction <= 22 {
                let v = mantissa as f64 / POWERS[fraction];
                return Ok(Number::Float(if negative { -v } else { v }));
            }
        }
        let slice = std::str::from_utf8(&text[start..i]).map_err(|_| Fault { at: start, what: "expected a number" })?;
        if whole && let Ok(v) = slice.parse::<i64>() {
            return Ok(Number::Int(v));
        }
        slice.parse().map(Number::Float).map_err(|_| Fault { at: start, what: "expected a number" })
    }
    /// Passes over a literal.
    pub fn literal(&mut self, word: &'static str) -> Result<()> {
        self.peek();
        if self.text[self.at.min(self.text.len())..].starts_with(word.as_bytes()) {
            self.at += word.len();
            return Ok(());
        }
        Err(self.fault("expected a value"))
    }
    /// Passes over any value and returns its text.
    pub fn skip(&mut self) -> Result<&'a [u8]> {
        self.peek();
        let start = self.at;
        self.skip_deep(0)?;
        Ok(&self.text[start..self.at])
    }
    fn skip_deep(&mut self, depth: u32) -> Result<()> {
        if depth > DEEPEST {
            return Err(self.fault("arrays and objects are nested too deep"));
        }
        match self.peek() {
            b'"' => self.string().map(drop),
            b'{' => {
                self.at += 1;
                if self.take(b'}') {
                    return Ok(());
                }
                loop {
                    self.string()?;
                    self.expect(b':', "expected a colon")?;
                    self.skip_deep(depth + 1)?;
                    if !self.take(b',') {
                        return self.expect(b'}', "expected a comma or a closing brace");
                    }
                }
            }
            b'[' => {
                self.at += 1;
                if self.take(b']') {
                    return Ok(());
                }
                loop {
                    self.skip_deep(depth + 1)?;
                    if !self.take(b',') {
                        return self.expect(b']', "expected a comma or a closing bracket");
                    }
                }
            }
            b't' => self.literal("true"),
            b'f' => self.literal("false"),
            b'n' => self.literal("null"),
            _ => self.number().map(drop),
        }
    }
    /// Whether nothing but white space is left.
    pub fn ended(&mut self) -> bool {
        self.peek();
        self.at >= self.text.len()
    }
}

impl Text<'_> {
    /// Appends the string with its escapes resolved; lone surrogates become U+FFFD.
    ///
    /// # Errors
    /// An unknown escape.
    pub fn unescape(&self, out: &mut Vec<u8>) -> std::result::Result<(), &'static str> {
        let (b, mut i) = (self.raw, 0);
        let hex = |at: usize| {
            let digits = b.get(at..at + 4)?;
            if !digits.iter().all(u8::is_ascii_hexdigit) {
                return None;
            }
            u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
        };
        while i < b.len() {
            let run = b[i..].iter().position(|c| *c == b'\\').unwrap_or(b.len() - i);
            out.extend_from_slice(&b[i..i + run]);
            i += run;
            if i >= b.len() {
                break;
            }
            let c = match b.get(i + 1) {
                Some(b'n') => '\n',
                Some(b't') => '\t',
                Some(b'r') => '\r',
                Some(b'b') => '\u{8}',
                Some(b'f') => '\u{c}',
                Some(c @ (b'"' | b'\\' | b'/')) => char::from(*c),
                Some(b'u') => {
                    let mut v = hex(i + 2).ok_or("a \\u escape needs four hexadecimal digits")?;
                    i += 4;
                    if (0xd800..0xdc00).contains(&v)
                        && b.get(i + 2) == Some(&b'\\')
                        && b.get(i + 3) == Some(&b'u')
                        && let Some(low) = hex(i + 4).filter(|l| (0xdc00..0xe000).contains(l))
                    {
                        v = 0x10000 + ((v - 0xd800) << 10) + (low - 0xdc00);
                        i += 6;
                    }
                    char::from_u32(v).unwrap_or(char::REPLACEMENT_CHARACTER)
                }
                _ => return Err("an unknown escape within a string"),
            };
            i += 2;
            out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        }
        Ok(())
    }
}

const EACH: u64 = 0x0101_0101_0101_0101;
const TENS: [u64; 9] = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

/// How many bytes from the first, which is the lowest, are decimal digits.
#[inline]
fn leading_digits(v: u64) -> u32 {
    // The top bit of the first byte that is no digit: carries only run on from there.
    let other = (v | v.wrapping_add(0x46 * EACH) | v.wrapping_sub(0x30 * EACH)) & (0x80 * EACH);
    other.trailing_zeros() / 8
}

/// The number that the first `n` bytes spell, at least one (Lemire 2018).
#[inline]
fn first_digits(v: u64, n: u32) -> u64 {
    // Fewer than eight become eight with noughts before them.
    let v = v << (64 - 8 * n);
    // Pairs, then fours, then all eight.
    let v = (v & (0x0f * EACH)).wrapping_mul(10 << 8 | 1) >> 8;
    let v = (v & 0x00ff_00ff_00ff_00ff).wrapping_mul(100 << 16 | 1) >> 16;
    (v & 0x0000_ffff_0000_ffff).wrapping_mul(10_000 << 32 | 1) >> 32
}

/// Takes in decimal digits as far as they go, eight at a time.
#[inline]
fn digits_at(text: &[u8], at: &mut usize, mantissa: &mut u64) {
    while let Some(bytes) = text.get(*at..*at + 8).and_then(|b| <[u8; 8]>::try_from(b).ok()) {
        let v = u64::from_le_bytes(bytes);
        let n = leading_digits(v);
        if n == 0 {
            return;
        }
        *mantissa = mantissa.wrapping_mul(TENS[n as usize]).wrapping_add(first_digits(v, n));
        *at += n as usize;
        if n < 8 {
            return;
        }
    }
    while let Some(d) = text.get(*at).map(|b| b.wrapping_sub(b'0')).filter(|d| *d < 10) {
        *mantissa = mantissa.wrapping_mul(10).wrapping_add(u64::from(d));
        *at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn faults_name_the_place() {
        for (text, at) in
            [("[1,]", 3), ("{\"a\" 1}", 5), ("[1 2]", 3), ("tru", 0), ("\"abc", 1), ("1.x", 2), ("[-]", 1)]
        {
            assert_eq!(Scanner::new(text.as_bytes()).skip().expect_err(text).at, at, "{text}");
        }
        let deep = "[".repeat(100_000);
        assert!(Scanner::new(deep.as_bytes()).skip().is_err());
    }

    proptest! {
        #[test]
        fn numbers_are_rounded_as_the_standard_library_does(v in proptest::num::f64::NORMAL, places in 0usize..20) {
            for text in [format!("{v}"), format!("{v:e}"), format!("{:.places$}", v % 1000.0)] {
                let n = Scanner::new(text.as_bytes()).number().expect("a number").float();
                prop_assert_eq!(n, text.parse::<f64>().expect("a number"), "{}", text);
                // However it is read, a coordinate is the same to the last bit or so, and ends where it does.
                let list = format!("{text} , [0, 1, 2, 3, 4, 5, 6]");
                let mut s = Scanner::new(list.as_bytes());
                let c = s.coordinate().expect("a coordinate");
                prop_assert!((c - n).abs() <= n.abs() * 1e-15, "{} {}", c, n);
                prop_assert_eq!(s.at, text.len());
            }
        }
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = Scanner::new(&bytes).skip();
        }
        #[test]
        fn strings_match_serde(text: String) {
            let json = serde_json::to_string(&text).expect("json");
            let mut s = Scanner::new(json.as_bytes());
            let mut out = Vec::new();
            s.string().expect("string").unescape(&mut out).expect("escapes");
            prop_assert_eq!(String::from_utf8(out).expect("utf-8"), text);
        }
    }
}
