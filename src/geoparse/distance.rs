//! Distance claims: "210 km north of Damascus", measured.

use crate::model::{DistanceClaim, Mention};
use crate::text::{Sentence, Token};

/// The distances a text states between its places.
pub fn extract(_text: &str, _tokens: &[Token], _sentences: &[Sentence], _mentions: &[Mention]) -> Vec<DistanceClaim> {
    Vec::new()
}
