//! A JSON scanner that knows the line and column of everything, quick on long arrays of numbers.
//!
//! Not a general JSON library: it reads values on demand for the GeoJSON reader and keeps no tree of what is skipped.

use crate::diag::Position;
use ecow::EcoString;
use serde_json::{Map, Number, Value};

/// Nesting deeper than this is refused rather than risking the stack.
const DEEPEST: usize = 128;

/// A spot where the text is not JSON, or not what was expected there.
#[derive(Debug, Clone)]
pub(super) struct Unexpected {
    /// Byte offset.
    pub at: usize,
    /// What was wrong, in words.
    pub message: String,
}

/// A cursor over JSON text.
pub(super) struct Scanner<'a> {
    bytes: &'a [u8],
    pub(super) pos: usize,
    depth: usize,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        let start = if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
        Self { bytes, pos: start, depth: 0 }
    }

    /// A cursor over a part of the text that begins at a value.
    pub(super) fn within(bytes: &'a [u8], part: std::ops::Range<usize>) -> Self {
        Self { bytes: &bytes[..part.end], pos: part.start, depth: 0 }
    }

    /// Back to an earlier offset at the depth of the object around it, after a nested array was given up half-way.
    pub(super) fn rewind(&mut self, at: usize, depth: usize) {
        (self.pos, self.depth) = (at, depth);
    }

    /// How many brackets are open.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    pub(super) fn fail<T>(&self, message: impl Into<String>) -> Result<T, Unexpected> {
        Err(Unexpected { at: self.pos, message: message.into() })
    }

    /// The next byte that is not space, without taking it. The record separator of GeoJSON text sequences counts as space.
    pub(super) fn peek(&mut self) -> Option<u8> {
        while let Some(&b) = self.bytes.get(self.pos) {
            if matches!(b, b' ' | b'\t' | b'\n' | b'\r' | 0x1E) {
                self.pos += 1;
            } else {
                return Some(b);
            }
        }
        None
    }

    pub(super) fn expect(&mut self, wanted: u8) -> Result<(), Unexpected> {
        match self.peek() {
            Some(b) if b == wanted => {
                self.pos += 1;
                Ok(())
            }
            Some(b) => self.fail(format!("expected '{}', found '{}'", wanted as char, printable(b))),
            None => self.fail(format!("the file ends where '{}' was expected", wanted as char)),
        }
    }

    /// Opens an object or array, counting depth.
    pub(super) fn open(&mut self, bracket: u8) -> Result<(), Unexpected> {
        self.expect(bracket)?;
        self.depth += 1;
        if self.depth > DEEPEST { self.fail(format!("nested more than {DEEPEST} deep")) } else { Ok(()) }
    }

    /// After a member: true where another follows, false where the bracket closes.
    pub(super) fn more(&mut self, close: u8) -> Result<bool, Unexpected> {
        match self.peek() {
            Some(b',') => {
                self.pos += 1;
                Ok(true)
            }
            Some(b) if b == close => {
                self.pos += 1;
                self.depth -= 1;
                Ok(false)
            }
            Some(b) => self.fail(format!("expected ',' or '{}', found '{}'", close as char, printable(b))),
            None => self.fail("the file ends in the middle of a value"),
        }
    }

    /// Right after the opening bracket: true where it closes at once.
    pub(super) fn empty(&mut self, close: u8) -> bool {
        let closes = self.peek() == Some(close);
        if closes {
            self.pos += 1;
            self.depth -= 1;
        }
        closes
    }

    /// A member's key and its colon.
    pub(super) fn key(&mut self) -> Result<EcoString, Unexpected> {
        let key = self.string()?;
        self.expect(b':')?;
        Ok(key)
    }

    pub(super) fn string(&mut self) -> Result<EcoString, Unexpected> {
        self.expect(b'"')?;
        let start = self.pos;
        while let Some(&b) = self.bytes.get(self.pos) {
            match b {
                b'"' => {
                    let raw = &self.bytes[start..self.pos];
                    self.pos += 1;
                    if !raw.contains(&b'\\') {
                        return match std::str::from_utf8(raw) {
                            Ok(text) => Ok(text.into()),
                            Err(_) => Err(Unexpected { at: start, message: "text that is not UTF-8".to_owned() }),
                        };
                    }
                    // Escapes are rare: leave their many rules to serde_json.
                    return serde_json::from_slice(&self.bytes[start - 1..self.pos])
                        .map_err(|e| Unexpected { at: start, message: format!("text with a bad escape: {e}") });
                }
                b'\\' => self.pos += 2,
                0..0x20 => return self.fail("a line end or control character inside a text"),
                _ => self.pos += 1,
            }
        }
        Err(Unexpected { at: start, message: "a text that never ends".to_owned() })
    }

    /// A number's source text.
    fn number_text(&mut self) -> Result<&'a str, Unexpected> {
        self.peek();
        let start = self.pos;
        while let Some(b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E') = self.bytes.get(self.pos) {
            self.pos += 1;
        }
        if start == self.pos {
            return match self.peek() {
                Some(b) => self.fail(format!("expected a number, found '{}'", printable(b))),
                None => self.fail("the file ends where a number was expected"),
            };
        }
        std::str::from_utf8(&self.bytes[start..self.pos]).or_else(|_| self.fail("not a number"))
    }

    /// A plain decimal of few digits, which is what coordinates are, without the care that long ones need; `None` for any other.
    ///
    /// Exact: digits and power of ten are whole numbers that a double holds, and one division rounds once (Clinger 1990).
    fn short_decimal(&mut self) -> Option<f64> {
        const TENS: [f64; 16] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];
        let rest = self.bytes.get(self.pos..)?;
        let negative = rest.first() == Some(&b'-');
        let (mut at, mut digits, mut point) = (usize::from(negative), 0u64, None);
        let first = at;
        loop {
            match rest.get(at) {
                Some(d @ b'0'..=b'9') => digits = digits * 10 + u64::from(d - b'0'),
                Some(b'.') if point.is_none() && at > first => point = Some(at),
                Some(b'e' | b'E' | b'+' | b'-' | b'.') => return None,
                _ => break,
            }
            at += 1;
            // Fifteen digits and a point.
            if at - first > 16 {
                return None;
            }
        }
        let places = point.map_or(0, |p| at - p - 1);
        if at == first || digits >= 1 << 53 || places > 15 {
            return None;
        }
        self.pos += at;
        let v = digits as f64 / TENS[places];
        Some(if negative { -v } else { v })
    }

    pub(super) fn number(&mut self) -> Result<f64, Unexpected> {
        self.peek();
        if let Some(v) = self.short_decimal() {
            return Ok(v);
        }
        let start = self.pos;
        let text = self.number_text()?;
        match text.parse::<f64>() {
            Ok(v) if v.is_finite() => Ok(v),
            _ => Err(Unexpected { at: start, message: format!("\"{text}\" is not a number") }),
        }
    }

    /// Any value as a tree.
    pub(super) fn value(&mut self) -> Result<Value, Unexpected> {
        match self.peek() {
            Some(b'{') => {
                self.open(b'{')?;
                let mut map = Map::new();
                if self.empty(b'}') {
                    return Ok(Value::Object(map));
                }
                loop {
                    let key = self.key()?;
                    let value = self.value()?;
                    map.insert(key.into(), value);
                    if !self.more(b'}')? {
                        return Ok(Value::Object(map));
                    }
                }
            }
            Some(b'[') => {
                self.open(b'[')?;
                let mut list = Vec::new();
                if self.empty(b']') {
                    return Ok(Value::Array(list));
                }
                loop {
                    list.push(self.value()?);
                    if !self.more(b']')? {
                        return Ok(Value::Array(list));
                    }
                }
            }
            Some(b'"') => Ok(Value::String(self.string()?.into())),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            _ => {
                let start = self.pos;
                let text = self.number_text()?;
                let number = text.parse::<i64>().map(Number::from).ok();
                match number.or_else(|| text.parse::<f64>().ok().and_then(Number::from_f64)) {
                    Some(number) => Ok(Value::Number(number)),
                    None => Err(Unexpected { at: start, message: format!("\"{text}\" is not a number") }),
                }
            }
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, Unexpected> {
        if self.bytes[self.pos..].starts_with(word.as_bytes()) {
            self.pos += word.len();
            Ok(value)
        } else {
            self.fail(format!("expected {word}"))
        }
    }
}

fn printable(b: u8) -> char {
    if b.is_ascii_graphic() { b as char } else { '\u{FFFD}' }
}

/// Line and column (in code points) of a byte offset, and the line's text where it is short enough to show.
pub(super) fn position(bytes: &[u8], at: usize, file: &str) -> (Position, Option<String>) {
    let at = at.min(bytes.len());
    let line = bytes[..at].iter().filter(|b| **b == b'\n').count() + 1;
    let start = bytes[..at].iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
    let end = bytes[at..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |i| at + i);
    let column = String::from_utf8_lossy(&bytes[start..at]).chars().count() + 1;
    let text = (end - start <= 120).then(|| String::from_utf8_lossy(&bytes[start..end]).trim_end().to_owned());
    (Position::column(file, line, column), text)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn decimals_are_read_to_the_last_bit(v in -1e9f64..1e9, places in 0usize..12) {
            let text = format!("{v:.places$}");
            let mut s = Scanner::new(text.as_bytes());
            proptest::prop_assert_eq!(s.number().expect("a number").to_bits(), text.parse::<f64>().expect("a number").to_bits());
            proptest::prop_assert_eq!(s.pos, text.len());
        }
    }

    #[test]
    fn odd_numbers_are_left_to_the_library() {
        for (text, value) in
            [("1e3", 1000.0), ("-0", -0.0), ("-1.5E-2", -0.015), ("0.1234567890123456789", 0.123_456_789_012_345_68)]
        {
            assert_eq!(Scanner::new(text.as_bytes()).number().expect(text).to_bits(), f64::to_bits(value), "{text}");
        }
        for text in ["", "-", ".", "1.2.3", "--1", "1e", "e5", "+"] {
            assert!(Scanner::new(text.as_bytes()).number().is_err(), "{text}");
        }
    }
}
