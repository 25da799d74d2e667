//! The filter expression: which features are kept, by their attributes.
//!
//! ```text
//! population >= 10000 and (country = "SY" or country in ("LB", "TR")) and not has closed
//! ```
//! Names are bare or in backquotes, texts in quotes. A comparison with a missing attribute does not hold.

use super::attributes::{Decoded, Values, message_json};
use super::source::chunk::Attribute;
use std::cmp::Ordering;

/// A parsed expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter(Node);

#[derive(Debug, Clone, PartialEq)]
enum Node {
    Or(Vec<Node>),
    And(Vec<Node>),
    Not(Box<Node>),
    Has(String),
    Compare(String, Op, Literal),
    In(String, Vec<Literal>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Op {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

#[derive(Debug, Clone, PartialEq)]
enum Literal {
    Text(String),
    Number(f64),
    Bool(bool),
}

/// What is wrong with an expression, and at which character (from 1).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("filter, character {at}: {what}")]
pub struct FilterError {
    at: usize,
    what: String,
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Name(String),
    Text(String),
    Number(f64),
    Sign(&'static str),
}

struct Tokens {
    list: Vec<(usize, Token)>,
    at: usize,
    end: usize,
}

impl std::str::FromStr for Filter {
    type Err = FilterError;
    fn from_str(text: &str) -> Result<Self, FilterError> {
        let mut tokens = Tokens { list: tokenise(text)?, at: 0, end: text.chars().count() + 1 };
        let node = tokens.or(0)?;
        if tokens.at < tokens.list.len() {
            return Err(tokens.error("expected \"and\", \"or\" or the end"));
        }
        Ok(Self(node))
    }
}

fn tokenise(text: &str) -> Result<Vec<(usize, Token)>, FilterError> {
    const SIGNS: [&str; 12] = ["==", "!=", "<>", "<=", ">=", "&&", "||", "=", "<", ">", "(", ")"];
    let chars: Vec<char> = text.chars().collect();
    let mut list = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        let (c, from) = (chars[i], i);
        if c.is_whitespace() {
            i += 1;
            continue;
        }
        let token = if matches!(c, '"' | '\'' | '`') {
            let mut word = String::new();
            i += 1;
            loop {
                match chars.get(i) {
                    None => return Err(FilterError { at: from + 1, what: "a quote is never closed".into() }),
                    Some(q) if *q == c => break,
                    Some('\\') if i + 1 < chars.len() => {
                        i += 1;
                        word.push(chars[i]);
                    }
                    Some(other) => word.push(*other),
                }
                i += 1;
            }
            i += 1;
            if c == '`' { Token::Name(word) } else { Token::Text(word) }
        } else if c.is_ascii_digit() || c == '-' || c == '.' {
            while i < chars.len() && (chars[i].is_ascii_alphanumeric() || matches!(chars[i], '.' | '-' | '+')) {
                i += 1;
            }
            let word: String = chars[from..i].iter().collect();
            Token::Number(
                word.parse().map_err(|_| FilterError { at: from + 1, what: format!("\"{word}\" is not a number") })?,
            )
        } else if c.is_alphabetic() || c == '_' || c == '@' {
            while i < chars.len() && (chars[i].is_alphanumeric() || matches!(chars[i], '_' | ':' | '.' | '-' | '@')) {
                i += 1;
            }
            Token::Word(chars[from..i].iter().collect())
        } else {
            let rest: String = chars[i..chars.len().min(i + 2)].iter().collect();
            match SIGNS.iter().find(|s| rest.starts_with(**s)) {
                Some(s) => {
                    i += s.len();
                    Token::Sign(s)
                }
                None if c == '!' => {
                    i += 1;
                    Token::Word("not".into())
                }
                None if c == ',' => {
                    i += 1;
                    Token::Sign(",")
                }
                None => return Err(FilterError { at: i + 1, what: format!("\"{c}\" is not expected") }),
            }
        };
        list.push((from + 1, token));
    }
    Ok(list)
}

impl Tokens {
    fn error(&self, what: &str) -> FilterError {
        FilterError { at: self.list.get(self.at).map_or(self.end, |t| t.0), what: what.to_owned() }
    }
    fn next(&mut self) -> Option<Token> {
        let t = self.list.get(self.at).map(|t| t.1.clone());
        self.at += usize::from(t.is_some());
        t
    }
    fn word(&mut self, words: &[&str]) -> bool {
        let found = match self.list.get(self.at) {
            Some((_, Token::Word(w))) => words.iter().any(|x| w.eq_ignore_ascii_case(x)),
            Some((_, Token::Sign(s))) => words.contains(s),
            _ => false,
        };
        self.at += usize::from(found);
        found
    }
    fn or(&mut self, depth: u32) -> Result<Node, FilterError> {
        if depth > 64 {
            return Err(self.error("nested too deep"));
        }
        let mut list = vec![self.and(depth)?];
        while self.word(&["or", "||"]) {
            list.push(self.and(depth)?);
        }
        Ok(if list.len() == 1 { list.remove(0) } else { Node::Or(list) })
    }
    fn and(&mut self, depth: u32) -> Result<Node, FilterError> {
        let mut list = vec![self.term(depth)?];
        while self.word(&["and", "&&"]) {
            list.push(self.term(depth)?);
        }
        Ok(if list.len() == 1 { list.remove(0) } else { Node::And(list) })
    }
    fn term(&mut self, depth: u32) -> Result<Node, FilterError> {
        if depth > 64 {
            return Err(self.error("nested too deep"));
        }
        if self.word(&["not"]) {
            return Ok(Node::Not(Box::new(self.term(depth + 1)?)));
        }
        if self.word(&["("]) {
            let inner = self.or(depth + 1)?;
            if !self.word(&[")"]) {
                return Err(self.error("expected a closing parenthesis"));
            }
            return Ok(inner);
        }
        if self.word(&["has"]) {
            return match self.next() {
                Some(Token::Word(n) | Token::Name(n)) => Ok(Node::Has(n)),
                _ => Err(self.error("expected a name after \"has\"")),
            };
        }
        let before = self.at;
        let name = match self.next() {
            Some(Token::Word(n) | Token::Name(n)) => n,
            _ => {
                self.at = before;
                return Err(self.error("expected the name of an attribute"));
            }
        };
        if self.word(&["in"]) {
            if !self.word(&["("]) {
                return Err(self.error("expected a list in parentheses"));
            }
            let mut list = vec![self.literal()?];
            while self.word(&[","]) {
                list.push(self.literal()?);
            }
            if !self.word(&[")"]) {
                return Err(self.error("expected a comma or a closing parenthesis"));
            }
            return Ok(Node::In(name, list));
        }
        let before = self.at;
        let op = match self.next() {
            Some(Token::Sign("=" | "==")) => Op::Eq,
            Some(Token::Sign("!=" | "<>")) => Op::Ne,
            Some(Token::Sign("<")) => Op::Lt,
            Some(Token::Sign("<=")) => Op::Le,
            Some(Token::Sign(">")) => Op::Gt,
            Some(Token::Sign(">=")) => Op::Ge,
            _ => {
                self.at = before;
                return Err(self.error("expected a comparison (=, !=, <, <=, >, >=, in)"));
            }
        };
        Ok(Node::Compare(name, op, self.literal()?))
    }
    fn literal(&mut self) -> Result<Literal, FilterError> {
        let before = self.at;
        match self.next() {
            Some(Token::Text(t)) => Ok(Literal::Text(t)),
            Some(Token::Number(v)) => Ok(Literal::Number(v)),
            Some(Token::Word(w)) if w.eq_ignore_ascii_case("true") => Ok(Literal::Bool(true)),
            Some(Token::Word(w)) if w.eq_ignore_ascii_case("false") => Ok(Literal::Bool(false)),
            _ => {
                self.at = before;
                Err(self.error("expected a text in quotes, a number, true or false"))
            }
        }
    }
}

/// A filter whose names are bound to a chunk's key numbers.
#[derive(Debug)]
pub struct Bound<'a> {
    filter: &'a Node,
    keys: &'a [String],
}

impl Filter {
    /// Binds the names to key numbers.
    pub fn bind<'a>(&'a self, keys: &'a [String]) -> Bound<'a> {
        Bound { filter: &self.0, keys }
    }
}

impl Bound<'_> {
    /// Whether a feature is kept.
    pub fn holds(&self, attributes: &[Attribute], bytes: &[u8]) -> bool {
        self.node(self.filter, attributes, bytes)
    }
    fn node(&self, node: &Node, attributes: &[Attribute], bytes: &[u8]) -> bool {
        match node {
            Node::Or(list) => list.iter().any(|n| self.node(n, attributes, bytes)),
            Node::And(list) => list.iter().all(|n| self.node(n, attributes, bytes)),
            Node::Not(inner) => !self.node(inner, attributes, bytes),
            Node::Has(name) => self.value(name, attributes, bytes).is_some(),
            Node::Compare(name, op, literal) => {
                self.value(name, attributes, bytes).is_some_and(|v| compare(&v, *op, literal))
            }
            Node::In(name, list) => {
                self.value(name, attributes, bytes).is_some_and(|v| list.iter().any(|l| compare(&v, Op::Eq, l)))
            }
        }
    }
    fn value(&self, name: &str, attributes: &[Attribute], bytes: &[u8]) -> Option<serde_json::Value> {
        let key = self.keys.iter().position(|k| k == name)?;
        let a = attributes.iter().rev().find(|a| a.key as usize == key)?;
        if a.start < a.end {
            return Some(message_json(&bytes[a.start as usize..a.end as usize]));
        }
        match Values::default().decode(a.code) {
            Decoded::Int(v) => Some(v.into()),
            Decoded::Bool(v) => Some(v.into()),
            _ => None,
        }
    }
}

fn compare(value: &serde_json::Value, op: Op, literal: &Literal) -> bool {
    let order = match (value, literal) {
        (serde_json::Value::String(a), Literal::Text(b)) => Some(a.as_str().cmp(b)),
        (serde_json::Value::Number(a), Literal::Number(b)) => a.as_f64().and_then(|a| a.partial_cmp(b)),
        (serde_json::Value::Bool(a), Literal::Bool(b)) => Some(a.cmp(b)),
        _ => None,
    };
    match (op, order) {
        (Op::Ne, None) => true,
        (_, None) => false,
        (Op::Eq, Some(o)) => o == Ordering::Equal,
        (Op::Ne, Some(o)) => o != Ordering::Equal,
        (Op::Lt, Some(o)) => o == Ordering::Less,
        (Op::Le, Some(o)) => o != Ordering::Greater,
        (Op::Gt, Some(o)) => o == Ordering::Greater,
        (Op::Ge, Some(o)) => o != Ordering::Less,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tiles::source::chunk::Chunk;

    fn holds(filter: &str) -> bool {
        let mut c = Chunk::default();
        let (a, b, d) = (c.key("pop"), c.key("cc"), c.key("ratio"));
        c.int(a, 1200);
        c.text(b, b"SY");
        c.float(d, 0.5);
        let f: Filter = filter.parse().expect("a filter");
        f.bind(&c.keys).holds(&c.attributes, &c.bytes)
    }

    #[test]
    fn expressions_mean_what_they_say() {
        for yes in [
            "pop > 1000",
            "pop >= 1200 and cc = \"SY\"",
            "cc in ('LB', 'SY') && ratio < 0.6",
            "not has closed",
            "cc != 'LB' or pop < 0",
            "`cc` = 'SY'",
            "!(pop < 5)",
        ] {
            assert!(holds(yes), "{yes}");
        }
        for no in ["pop > 1200", "cc = 'LB'", "missing = 1", "pop = '1200'", "has closed"] {
            assert!(!holds(no), "{no}");
        }
    }

    #[test]
    fn faults_name_the_character() {
        for (text, at) in [("pop >", 6), ("pop ? 1", 5), ("(pop > 1", 9), ("and", 4), ("cc = 'a", 6), ("pop > 1 cc", 9)]
        {
            assert_eq!(text.parse::<Filter>().expect_err(text).at, at, "{text}");
        }
    }
}
