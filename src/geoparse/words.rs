//! Sets of words, known by the hashes that the forms of tokens carry: asking costs no string.

use super::recognise::forms::{Form, word_hash};
use rustc_hash::FxHashSet;
use std::sync::LazyLock;

/// A set of words.
pub struct Words(LazyLock<FxHashSet<u32>>);

impl Words {
    /// A set that is made when it is first asked.
    pub const fn new(make: fn() -> FxHashSet<u32>) -> Self {
        Self(LazyLock::new(make))
    }

    /// Whether a token is one of the words, however it is capitalised.
    pub fn has(&self, form: Option<&Form>) -> bool {
        form.is_some_and(|f| self.0.contains(&f.lower))
    }
}

/// The hashes of the words of a list.
pub fn hashes(list: &str) -> FxHashSet<u32> {
    list.split_whitespace().map(word_hash).collect()
}

/// Named sets of words.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident: $list:expr;)*) => {
        $($(#[$doc])* pub static $name: $crate::geoparse::words::Words =
            $crate::geoparse::words::Words::new(|| $crate::geoparse::words::hashes($list));)*
    };
}
pub(crate) use words;

#[cfg(test)]
mod tests {
    use super::super::recognise::forms::form;
    use crate::text::tokens;

    words! {
        /// For the test.
        COLOURS: "red blue";
    }

    #[test]
    fn words_are_known_in_any_case() {
        let text = "Blue is not green";
        let known: Vec<bool> = tokens(text).iter().map(|t| COLOURS.has(Some(&form(text, t)))).collect();
        assert_eq!(known, [true, false, false, false]);
        assert!(!COLOURS.has(None));
    }
}
