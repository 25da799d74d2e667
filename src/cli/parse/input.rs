//! A text decoded as it is read, chapter by chapter: no more of it is held than that.

use crate::text::{CHAPTER, first_chapter};
use std::io::{self, BufRead};

/// A text on its way in.
pub(super) struct Input<R> {
    from: R,
    /// Read but not yet decoded: at most the beginning of a character.
    bytes: Vec<u8>,
    text: String,
    lines: usize,
    damaged: Option<usize>,
    ended: bool,
    given: bool,
}

impl<R: BufRead> Input<R> {
    /// A text from its first byte.
    pub(super) fn new(from: R) -> Self {
        Self { from, bytes: Vec::new(), text: String::new(), lines: 0, damaged: None, ended: false, given: false }
    }

    /// The next chapter, as [`crate::text::chapters`] cuts them; an empty text has one.
    pub(super) fn chapter(&mut self) -> io::Result<Option<String>> {
        while !self.ended && self.text.len() <= CHAPTER {
            match self.from.fill_buf() {
                Ok(read) => {
                    let count = read.len();
                    self.ended = count == 0;
                    self.bytes.extend_from_slice(read);
                    self.from.consume(count);
                    self.decode();
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        if self.text.is_empty() && std::mem::replace(&mut self.given, true) {
            return Ok(None);
        }
        self.given = true;
        let rest = self.text.split_off(first_chapter(&self.text));
        Ok(Some(std::mem::replace(&mut self.text, rest)))
    }

    /// The first line with bytes that are not UTF-8, where there are any; each run of them became one U+FFFD.
    pub(super) fn damaged(&self) -> Option<usize> {
        self.damaged
    }

    fn decode(&mut self) {
        let bytes = std::mem::take(&mut self.bytes);
        let mut done = 0;
        for chunk in bytes.utf8_chunks() {
            self.text.push_str(chunk.valid());
            self.lines += chunk.valid().bytes().filter(|b| *b == b'\n').count();
            done += chunk.valid().len() + chunk.invalid().len();
            if chunk.invalid().is_empty() {
                continue;
            }
            let goes_on =
                done == bytes.len() && std::str::from_utf8(chunk.invalid()).is_err_and(|e| e.error_len().is_none());
            if goes_on && !self.ended {
                self.bytes.extend_from_slice(chunk.invalid());
            } else {
                self.text.push(char::REPLACEMENT_CHARACTER);
                self.damaged.get_or_insert(self.lines + 1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::chapters;
    use std::io::BufReader;

    fn read(bytes: &[u8], buffer: usize) -> (Vec<String>, Option<usize>) {
        let mut input = Input::new(BufReader::with_capacity(buffer, bytes));
        let mut texts = Vec::new();
        while let Some(text) = input.chapter().expect("memory can be read") {
            texts.push(text);
        }
        (texts, input.damaged())
    }

    #[test]
    fn decodes_across_buffers_and_names_the_first_bad_line() {
        let text = "Ḩamāh\nحماة Хама\n".repeat(3);
        for buffer in [1, 2, 3, 5, 7, 1000] {
            assert_eq!(read(text.as_bytes(), buffer), (vec![text.clone()], None));
            let bad = b"one\nHama \xff\xe2\x82 fell\n\xe2";
            assert_eq!(read(bad, buffer), (vec![String::from_utf8_lossy(bad).into_owned()], Some(2)));
        }
        assert_eq!(read(b"", 8), (vec![String::new()], None));
    }

    #[test]
    fn cuts_as_the_library_does() {
        let text = "Rebels took Ḩamāh. They left Homs on Friday.\n\n".repeat(30_000);
        assert_eq!(read(text.as_bytes(), 1 << 16).0, chapters(&text).collect::<Vec<_>>());
    }
}
