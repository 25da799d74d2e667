//! One GeoJSON value read window by window, so that a collection on a single line is never held whole.

use super::geojson::{fault_note, find_features, next_feature};
use super::json::{Fault, Scanner};
use crate::diag::Note;

/// Texts of features and the lines they start on.
pub type Values<'a> = Vec<(&'a [u8], usize)>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before a value.
    Before,
    /// In the `features` list of a collection.
    Within,
    /// After that list.
    After,
    /// After a fault in it: at the next feature it goes on.
    Lost,
    /// The text cannot be understood any further.
    End,
}

/// Cuts a text into features, one window after another.
#[derive(Debug)]
pub struct Splitter {
    state: State,
    line: usize,
}

impl Default for Splitter {
    fn default() -> Self {
        Self { state: State::Before, line: 1 }
    }
}

/// Whether a fault may be nothing but the end of the window.
fn cut_off(fault: &Fault, len: usize) -> bool {
    fault.at + 16 >= len || fault.what == "a string is never closed"
}

impl Splitter {
    /// The features that lie whole in a window, and notes on faults; returns how many bytes are done with, what follows them is to
    /// begin the next window. `last` says that nothing follows the window; then all of it is done with.
    pub fn split<'a>(
        &mut self,
        text: &'a [u8],
        last: bool,
        file: &str,
        values: &mut Values<'a>,
        notes: &mut Vec<Note>,
    ) -> usize {
        let first_line = self.line;
        let mut counted = 0;
        let mut line_of = |at: usize, line: &mut usize| {
            *line += memchr::memchr_iter(b'\n', &text[counted..at]).count();
            counted = at;
            *line
        };
        let mut s = Scanner::new(text);
        // The last place from which reading can begin anew.
        let mut done = 0;
        while self.state != State::End && !s.ended() {
            let start = s.at;
            let fault = match self.state {
                State::Before => match find_features(&mut s) {
                    Ok(true) => {
                        self.state = State::Within;
                        None
                    }
                    Ok(false) => match s.skip() {
                        Ok(value) => {
                            values.push((value, line_of(start, &mut self.line)));
                            s.take(b',');
                            None
                        }
                        Err(fault) => Some((fault, State::End, false)),
                    },
                    Err(fault) => Some((fault, State::End, false)),
                },
                State::Within if s.take(b']') => {
                    self.state = State::After;
                    None
                }
                State::Within => match s.skip() {
                    Ok(_) if !last && s.ended() => break,
                    Ok(value) => {
                        values.push((value, line_of(start, &mut self.line)));
                        if s.take(b',') || s.peek() == b']' {
                            None
                        } else {
                            let what = "expected a comma or a closing bracket after a feature";
                            Some((s.fault(what), State::Lost, true))
                        }
                    }
                    Err(fault) => Some((fault, State::Lost, false)),
                },
                State::After => {
                    let mut member = || -> Result<(), Fault> {
                        while s.take(b',') {
                            s.string()?;
                            s.expect(b':', "")?;
                            s.skip()?;
                        }
                        Ok(())
                    };
                    let broken = member().is_err();
                    if !last && (broken || s.ended()) {
                        break;
                    }
                    s.take(b'}');
                    self.state = State::Before;
                    None
                }
                State::Lost => match next_feature(text, start) {
                    Some(at) => {
                        s.at = at;
                        self.state = State::Within;
                        None
                    }
                    None if last => {
                        self.state = State::End;
                        None
                    }
                    None => break,
                },
                State::End => None,
            };
            if let Some((fault, next, sure)) = fault {
                if !last && !sure && cut_off(&fault, text.len()) {
                    break;
                }
                notes.push(fault_note(fault, text, first_line, file));
                self.state = next;
                s.at = s.at.max(start + 1).min(text.len());
            }
            done = s.at;
        }
        if last || self.state == State::End {
            done = text.len();
        }
        line_of(done, &mut self.line);
        done
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Splits a text in windows of a size, as the reader does.
    fn windows(text: &[u8], size: usize) -> (Vec<(Vec<u8>, usize)>, Vec<String>) {
        let mut splitter = Splitter::default();
        let (mut found, mut said) = (Vec::new(), Vec::new());
        let (mut from, mut want) = (0, size);
        loop {
            let to = text.len().min(from + want);
            let (mut values, mut notes) = (Vec::new(), Vec::new());
            let done = splitter.split(&text[from..to], to == text.len(), "f", &mut values, &mut notes);
            found.extend(values.into_iter().map(|(v, line)| (v.to_vec(), line)));
            said.extend(notes.into_iter().map(|n| format!("{} {}", n.at.expect("a place"), n.message)));
            if to == text.len() {
                return (found, said);
            }
            want = if done == 0 { want + size } else { size };
            from += done;
        }
    }

    fn feature(n: usize) -> String {
        format!("{{\"type\":\"Feature\",\n\"geometry\":null,\"properties\":{{\"n\":{n},\"t\":\"a]}}\\\"{{\"}}}}")
    }

    fn collection(n: usize, between: &str) -> String {
        let list: Vec<String> = (0..n).map(feature).collect();
        format!(
            "{{\"type\":\"FeatureCollection\",\"name\":\"x\", \"features\":[\n{}],\"bbox\":[1,2],\"end\":\"]\"}}\n",
            list.join(between)
        )
    }

    proptest! {
        #[test]
        fn windows_of_any_size_see_the_same(n in 0usize..12, size in 1usize..400) {
            let text = collection(n, " ,\n ");
            let whole = windows(text.as_bytes(), text.len());
            prop_assert_eq!(whole.0.len(), n);
            prop_assert_eq!(&whole.1, &Vec::<String>::new());
            prop_assert_eq!(windows(text.as_bytes(), size), whole);
        }
        #[test]
        fn any_text_in_any_windows_ends(bytes in proptest::collection::vec(prop::sample::select(&b"{}[],:\"\\ \n1a"[..]), 0..80), size in 1usize..40) {
            windows(&bytes, size);
        }
    }

    #[test]
    fn a_broken_feature_is_named_once_and_the_rest_goes_on() {
        let text = collection(5, ",").replace("\"n\":2", "\"n\":2x");
        for size in [60, 97, 200, text.len()] {
            let (found, said) = windows(text.as_bytes(), size);
            assert_eq!((found.len(), said.len()), (4, 1), "{size}: {said:?}");
            assert!(said[0].starts_with("f:5:"), "{said:?}");
            assert_eq!(found[2].1, 5);
        }
    }
}
