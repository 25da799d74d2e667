//! The letters of the document: elements, escaped words, embedded pictures.

use crate::cartography::display::Pixels;

/// XML as it is written, two spaces a level.
pub(super) struct Xml {
    out: String,
    open: Vec<&'static str>,
    /// Whether the last start tag still lacks its `>`.
    tag: bool,
    /// Whether the element holds words: then no line break may be added.
    words: bool,
}

impl Xml {
    pub(super) fn new() -> Self {
        Self {
            out: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned(),
            open: Vec::new(),
            tag: false,
            words: false,
        }
    }

    fn end_tag(&mut self) {
        if self.tag {
            self.out.push('>');
            self.tag = false;
        }
    }

    fn indent(&mut self) {
        if !self.out.ends_with('\n') {
            self.out.push('\n');
        }
        for _ in 0..self.open.len() {
            self.out.push_str("  ");
        }
    }

    /// Starts an element on a line of its own.
    pub(super) fn open(&mut self, name: &'static str) {
        self.end_tag();
        self.indent();
        self.start(name);
    }

    /// Starts an element within words, without a break.
    pub(super) fn open_inline(&mut self, name: &'static str) {
        self.end_tag();
        self.start(name);
        self.words = true;
    }

    fn start(&mut self, name: &'static str) {
        self.out.push('<');
        self.out.push_str(name);
        self.open.push(name);
        self.tag = true;
        self.words = false;
    }

    pub(super) fn attribute(&mut self, name: &str, value: &str) {
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        escape(&mut self.out, value);
        self.out.push('"');
    }

    pub(super) fn text(&mut self, words: &str) {
        self.end_tag();
        escape(&mut self.out, words);
        self.words = true;
    }

    pub(super) fn close(&mut self) {
        let Some(name) = self.open.pop() else { return };
        if self.tag {
            self.out.push_str("/>");
            self.tag = false;
        } else {
            if !self.words {
                self.indent();
            }
            self.out.push_str("</");
            self.out.push_str(name);
            self.out.push('>');
            self.words = false;
        }
    }

    /// Ends an element within words.
    pub(super) fn close_inline(&mut self) {
        self.words = true;
        self.close();
        self.words = true;
    }

    pub(super) fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        self.out.push('\n');
        self.out
    }
}

/// Words with the five characters XML reserves written as entities and those it forbids left out.
fn escape(out: &mut String, words: &str) {
    for c in words.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(' '),
            c if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') => {}
            c => out.push(c),
        }
    }
}

/// Pixels as a PNG file; `None` where their number does not fit their size.
pub(super) fn png(pixels: &Pixels) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, pixels.width, pixels.height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&pixels.rgba).ok()?;
    writer.finish().ok()?;
    Some(out)
}

/// Bytes in base64 (RFC 4648).
pub(super) fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let n = u32::from_be_bytes([0, three[0], *three.get(1).unwrap_or(&0), *three.get(2).unwrap_or(&0)]);
        for i in 0..4 {
            if i <= three.len() {
                out.push(char::from(LETTERS[(n >> (18 - 6 * i)) as usize & 63]));
            } else {
                out.push('=');
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_rfc() {
        for (plain, coded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")] {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }

    #[test]
    fn words_are_escaped_and_never_broken() {
        let mut xml = Xml::new();
        xml.open("text");
        xml.text("a<b&");
        xml.open_inline("tspan");
        xml.attribute("x", "\"1\"");
        xml.text("c\u{0}");
        xml.close_inline();
        xml.close();
        let out = xml.finish();
        assert!(out.ends_with("<text>a&lt;b&amp;<tspan x=\"&quot;1&quot;\">c</tspan></text>\n"), "{out}");
    }
}
