//! Text as this program needs it: code-point spans over UTF-8, folding for comparison.

mod fold;
mod span;

pub use fold::fold;
pub use span::{CharIndex, Span};
