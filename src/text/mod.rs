//! Text as this program needs it: code-point spans over UTF-8, chapters, tokens and sentences, folding and transliteration keys for
//! comparison, edit distance.

mod chapters;
mod distance;
mod fold;
mod sentences;
mod span;
mod tokens;
mod translit;

pub use chapters::{CHAPTER, chapters, first_chapter};
pub use distance::edit_distance;
pub use fold::{fold, fold_into, is_article, loosen};
pub use sentences::{Sentence, sentences};
pub use span::{CharIndex, Span};
pub use tokens::{Token, TokenClass, cover, is_apostrophe, tokens};
pub use translit::{romanise, skeleton};
