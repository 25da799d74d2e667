//! Text as this program needs it: code-point spans over UTF-8, tokens and sentences, folding for comparison.

mod fold;
mod sentences;
mod span;
mod tokens;

pub use fold::fold;
pub use sentences::{Sentence, sentences};
pub use span::{CharIndex, Span};
pub use tokens::{Token, TokenClass, cover, is_apostrophe, tokens};
