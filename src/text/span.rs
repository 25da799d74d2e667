//! Spans in Unicode code points, as every file of the contract counts them, over UTF-8 bytes, as Rust slices them.

use serde::{Deserialize, Serialize};

/// A half-open range of code points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Span {
    /// First code point.
    pub start: usize,
    /// One past the last code point.
    pub end: usize,
}

impl Span {
    /// A span from its ends.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }
    /// Number of code points.
    pub fn len(self) -> usize {
        self.end.saturating_sub(self.start)
    }
    /// Whether nothing is in it.
    pub fn is_empty(self) -> bool {
        self.end <= self.start
    }
    /// Whether the two share a code point.
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// Translates between code-point and byte offsets of one text; built once in linear time, each look-up near constant.
#[derive(Debug, Clone)]
pub struct CharIndex {
    /// Byte offset of every 64th code point.
    marks: Vec<usize>,
    chars: usize,
    bytes: usize,
    ascii: bool,
}

const STRIDE: usize = 64;

impl CharIndex {
    /// The index of a text.
    pub fn new(text: &str) -> Self {
        if text.is_ascii() {
            return Self { marks: Vec::new(), chars: text.len(), bytes: text.len(), ascii: true };
        }
        let mut marks = Vec::with_capacity(text.len() / STRIDE + 1);
        let mut chars = 0;
        for (byte, _) in text.char_indices() {
            if chars % STRIDE == 0 {
                marks.push(byte);
            }
            chars += 1;
        }
        Self { marks, chars, bytes: text.len(), ascii: false }
    }

    /// Number of code points in the text.
    pub fn chars(&self) -> usize {
        self.chars
    }

    /// Byte offset of a code point; past the end gives the length in bytes.
    pub fn byte(&self, text: &str, chars: usize) -> usize {
        if self.ascii {
            return chars.min(self.bytes);
        }
        if chars >= self.chars {
            return self.bytes;
        }
        let mark = self.marks[chars / STRIDE];
        text[mark..].char_indices().nth(chars % STRIDE).map_or(self.bytes, |(i, _)| mark + i)
    }

    /// Code-point offset of a byte offset that lies on a character boundary.
    pub fn char(&self, text: &str, byte: usize) -> usize {
        if self.ascii {
            return byte.min(self.bytes);
        }
        let block = self.marks.partition_point(|m| *m <= byte).saturating_sub(1);
        let mark = self.marks.get(block).copied().unwrap_or(0);
        block * STRIDE + text[mark..byte.min(self.bytes)].chars().count()
    }

    /// The slice of the text that a span of code points covers.
    pub fn slice<'t>(&self, text: &'t str, span: Span) -> &'t str {
        &text[self.byte(text, span.start)..self.byte(text, span.end.max(span.start))]
    }

    /// A span of code points from a range of bytes.
    pub fn span(&self, text: &str, bytes: std::ops::Range<usize>) -> Span {
        Span::new(self.char(text, bytes.start), self.char(text, bytes.end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_code_points_in_long_mixed_text() {
        let text = "Ḩamāh حماة Хама ".repeat(40);
        let index = CharIndex::new(&text);
        for (n, (byte, _)) in text.char_indices().enumerate() {
            assert_eq!(index.char(&text, byte), n);
            assert_eq!(index.byte(&text, n), byte);
        }
        assert_eq!(index.byte(&text, 1_000_000), text.len());
        assert_eq!(index.slice(&text, Span::new(6, 10)), "حماة");
    }
}
