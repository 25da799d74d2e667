//! The form of each token: hashes of its lower case and its ends, its shape, and what the word lists say.

use super::lexicon::{Lexical, lexical};
use crate::text::{Token, TokenClass};

/// How a token is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Shape {
    /// all small letters.
    Small = 1,
    /// First letter capital.
    Title,
    /// ALL CAPITALS, two letters or more.
    Capitals,
    /// One capital letter.
    Initial,
    /// With points inside: U.S.
    Points,
    /// Mixed: iPhone, McDonald.
    Mixed,
    /// Letters of a script without case.
    Caseless,
    /// Begins with a digit.
    Number,
    /// A mark.
    Mark,
}

/// The form of a token.
#[derive(Debug, Clone, Copy)]
pub struct Form {
    /// Hash of the lower-case word.
    pub lower: u32,
    /// Hash of its first three characters.
    pub prefix: u32,
    /// Hashes of its last two, three and four characters.
    pub suffix: [u32; 3],
    /// How it is written.
    pub shape: Shape,
    /// What the word lists say.
    pub lexical: Lexical,
    /// Length in bytes, at most 255.
    pub length: u8,
}

const SEED: u32 = 0x9e37_79b9;

fn mix(hash: u32, byte: u8) -> u32 {
    (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
}

/// The hash of a word that is already in lower case.
pub fn word_hash(lower: &str) -> u32 {
    finish(lower.bytes().fold(SEED, mix))
}

fn finish(hash: u32) -> u32 {
    let hash = (hash ^ (hash >> 15)).wrapping_mul(0x2c1b_3c6d);
    hash ^ (hash >> 13)
}

/// The form of a token of a text.
pub fn form(text: &str, token: &Token) -> Form {
    let word = token.text(text);
    let mut small = [0_u8; 64];
    let (mut capitals, mut lowers, mut first_capital, mut letters) = (0_u32, 0_u32, false, 0_u32);
    let length;
    if word.len() <= 64 && word.is_ascii() {
        for (i, b) in word.bytes().enumerate() {
            small[i] = b.to_ascii_lowercase();
            if b.is_ascii_uppercase() {
                capitals += 1;
                first_capital |= i == 0;
            } else if b.is_ascii_lowercase() {
                lowers += 1;
            }
            letters += 1;
        }
        length = word.len();
    } else {
        let mut at = 0;
        for (i, c) in word.chars().enumerate() {
            let upper = c.is_uppercase();
            capitals += u32::from(upper);
            first_capital |= upper && i == 0;
            lowers += u32::from(c.is_lowercase());
            letters += 1;
            let mut buffer = [0; 4];
            for l in c.to_lowercase() {
                let l = if crate::text::is_apostrophe(l) { '\'' } else { l };
                let bytes = l.encode_utf8(&mut buffer).as_bytes();
                if at + bytes.len() <= small.len() {
                    small[at..at + bytes.len()].copy_from_slice(bytes);
                    at += bytes.len();
                }
            }
        }
        length = at;
    }
    let small = &small[..length];
    let lower = finish(small.iter().copied().fold(SEED, mix));
    let ends = |n: usize| finish(small[small.len().saturating_sub(n)..].iter().copied().fold(SEED ^ 7, mix));
    let shape = match token.class {
        TokenClass::Number => Shape::Number,
        TokenClass::Punctuation => Shape::Mark,
        TokenClass::Word if capitals == 0 && lowers == 0 => Shape::Caseless,
        TokenClass::Word if word.contains('.') && letters > 1 => Shape::Points,
        TokenClass::Word if capitals == 0 => Shape::Small,
        TokenClass::Word if letters == 1 => Shape::Initial,
        TokenClass::Word if lowers == 0 => Shape::Capitals,
        TokenClass::Word if first_capital && capitals == 1 => Shape::Title,
        TokenClass::Word => Shape::Mixed,
    };
    Form {
        lower,
        prefix: finish(small[..small.len().min(3)].iter().copied().fold(SEED ^ 3, mix)),
        suffix: [ends(2), ends(3), ends(4)],
        shape,
        lexical: if token.class == TokenClass::Word { lexical(lower) } else { Lexical::default() },
        length: u8::try_from(length).unwrap_or(u8::MAX),
    }
}
