//! Tokens: words, numbers and marks of any script, each with its place in bytes and in code points.
//!
//! One pass, linear in the text. Markup pasted in (`<p class="x">`, `<!-- -->`, scripts and style sheets) gives no tokens, so
//! offsets stay those of the text as it came. What is cut and what is not:
//! `China's` → `China` `'s`; `d'Alep` → `d'` `Alep`; `O'Brien` stays; `US-led` → `US` `-` `led`; `U.S.` stays;
//! `1,200.5` and `1st` stay; `210km` → `210` `km`; `offensiveSyrian` (headline and text glued) → `offensive` `Syrian`;
//! Han characters stand alone.

use super::Span;
use unicode_normalization::char::is_combining_mark;
use unicode_script::{Script, UnicodeScript as _};

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TokenClass {
    /// Letters, possibly with digits, apostrophes or the points of an abbreviation inside.
    Word,
    /// Begins with a digit: `210`, `1,200`, `3.5`, `1st`.
    Number,
    /// Anything else that is seen; a run of one mark (`...`) is one token, and so is a character reference (`&nbsp;`).
    Punctuation,
}

/// A token of a text; offsets are 32 bit because a long text has millions of them (texts are cut at 4 GB by the reader).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// First code point.
    pub from: u32,
    /// One past the last code point.
    pub to: u32,
    /// What it is.
    pub class: TokenClass,
}

impl Token {
    /// Where it stands in code points.
    pub fn span(&self) -> Span {
        Span::new(self.from as usize, self.to as usize)
    }
    /// Where it stands in bytes.
    pub fn bytes(&self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
    /// Its text in the text it was cut from.
    pub fn text<'t>(&self, text: &'t str) -> &'t str {
        &text[self.bytes()]
    }
    /// Whether it is a word whose first letter is a capital; scripts without case have none.
    pub fn is_capitalised(&self, text: &str) -> bool {
        self.class == TokenClass::Word && self.text(text).chars().next().is_some_and(char::is_uppercase)
    }
}

/// The span of code points from the first to the last of some neighbouring tokens; empty for none.
pub fn cover(tokens: &[Token]) -> Span {
    match tokens {
        [] => Span::default(),
        [first, ..] => Span::new(first.from as usize, tokens[tokens.len() - 1].to as usize),
    }
}

/// A text is cut here: 32-bit offsets reach no further.
const LONGEST: usize = u32::MAX as usize;
/// A `<` that finds no `>` within this many bytes is a less-than sign.
const LONGEST_TAG: usize = 2048;

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Space,
    Letter,
    Digit,
    /// Han: a word of its own.
    Single,
    /// Seen by nobody: directional marks, soft hyphens, controls. Part of a word when inside one.
    Hidden,
    Mark,
}

fn kind(c: char) -> Kind {
    if c.is_ascii() {
        return match c as u8 {
            b'a'..=b'z' | b'A'..=b'Z' => Kind::Letter,
            b'0'..=b'9' => Kind::Digit,
            b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => Kind::Space,
            0..=0x1f | 0x7f => Kind::Hidden,
            _ => Kind::Mark,
        };
    }
    if is_hidden(c) {
        Kind::Hidden
    } else if c.is_whitespace() {
        Kind::Space
    } else if c.is_alphabetic() || is_combining_mark(c) || is_raised_letter(c) {
        if c >= '\u{2e80}' && c.script() == Script::Han { Kind::Single } else { Kind::Letter }
    } else if c.is_numeric() {
        Kind::Digit
    } else {
        Kind::Mark
    }
}

/// Characters that no reader sees: controls, joiners, directional marks, soft hyphens.
pub(super) fn is_hidden(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{fe00}'..='\u{fe0f}')
        || (c.is_control() && !c.is_whitespace())
}

/// Ayn and hamza signs of transliterations belong to the word they stand in.
fn is_raised_letter(c: char) -> bool {
    matches!(c, 'ʻ' | 'ʼ' | 'ʿ' | 'ʾ')
}

/// Whether a character is one of the apostrophes people type.
pub fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | 'ʼ' | '`' | '´')
}

/// What French and Italian write before a vowel with an apostrophe; the name begins after it. Single capitals other than L and D
/// are left alone for N'Djamena's sake.
const ELIDED: &[&str] = &[
    "l", "L", "d", "D", "qu", "Qu", "j", "n", "s", "c", "m", "t", "jusqu", "Jusqu", "lorsqu", "Lorsqu", "puisqu",
    "dell", "Dell", "nell", "Nell", "all", "sull",
];

/// Cuts a text into tokens.
///
/// ```
/// use mapdesk::text::{TokenClass, tokens};
/// let text = "China's 1st 210km from Saint-Denis, U.S.-led.";
/// let cut: Vec<&str> = tokens(text).iter().map(|t| t.text(text)).collect();
/// assert_eq!(cut, ["China", "'s", "1st", "210", "km", "from", "Saint", "-", "Denis", ",", "U.S.", "-", "led", "."]);
/// ```
pub fn tokens(text: &str) -> Vec<Token> {
    let mut scan = Scan { text, byte: 0, chars: 0, found: Vec::with_capacity(text.len() / 5 + 4) };
    while let Some(c) = scan.peek() {
        if scan.byte >= LONGEST {
            break;
        }
        match kind(c) {
            Kind::Space | Kind::Hidden => scan.step(c),
            Kind::Single => {
                let at = (scan.byte, scan.chars);
                scan.step(c);
                scan.push(at, TokenClass::Word);
            }
            Kind::Letter => scan.word(),
            Kind::Digit => scan.number(),
            Kind::Mark => scan.mark(c),
        }
    }
    scan.found
}

struct Scan<'t> {
    text: &'t str,
    byte: usize,
    chars: usize,
    found: Vec<Token>,
}

impl Scan<'_> {
    fn peek(&self) -> Option<char> {
        let byte = *self.text.as_bytes().get(self.byte)?;
        if byte < 0x80 { Some(byte as char) } else { self.text[self.byte..].chars().next() }
    }

    /// The character after the next one.
    fn peek_past(&self, c: char) -> Option<char> {
        self.text[self.byte + c.len_utf8()..].chars().next()
    }

    fn step(&mut self, c: char) {
        self.byte += c.len_utf8();
        self.chars += 1;
    }

    fn push(&mut self, (byte, chars): (usize, usize), class: TokenClass) {
        let narrow = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        self.found.push(Token {
            start: narrow(byte),
            end: narrow(self.byte),
            from: narrow(chars),
            to: narrow(self.chars),
            class,
        });
    }

    fn word(&mut self) {
        let mut at = (self.byte, self.chars);
        // Lower-case letters since the start of a word that began in lower case: a capital after them is a glued headline.
        let mut lower = Some(0_usize);
        let mut points = false;
        let mut letters = 0_usize;
        while let Some(c) = self.peek() {
            match kind(c) {
                Kind::Letter | Kind::Digit | Kind::Hidden => {
                    if c.is_uppercase() {
                        let glued = lower.is_some_and(|n| n >= 3) && self.peek_past(c).is_some_and(char::is_lowercase);
                        if glued {
                            self.push(at, TokenClass::Word);
                            at = (self.byte, self.chars);
                        }
                        lower = None;
                    } else if let Some(n) = lower.as_mut() {
                        *n += 1;
                    }
                    letters += 1;
                    self.step(c);
                }
                Kind::Mark if is_apostrophe(c) => {
                    let so_far = &self.text[at.0..self.byte];
                    let mut after = self.text[self.byte + c.len_utf8()..].chars();
                    let (next, then) = (after.next(), after.next());
                    let Some(next) = next.filter(|n| kind(*n) == Kind::Letter) else { break };
                    let ends = then.is_none_or(|t| kind(t) != Kind::Letter);
                    if matches!(next, 's' | 'S') && ends {
                        self.push(at, TokenClass::Word);
                        at = (self.byte, self.chars);
                        self.step(c);
                        self.step(next);
                        break;
                    }
                    self.step(c);
                    if ELIDED.contains(&so_far) {
                        self.push(at, TokenClass::Word);
                        at = (self.byte, self.chars);
                        (lower, letters) = (Some(0), 0);
                    }
                }
                // U.S., U.N., a.m.: single letters between points.
                Kind::Mark if c == '.' && letters == 1 => {
                    let next = self.peek_past(c);
                    let inner = next.is_some_and(char::is_alphabetic)
                        && self.text[self.byte + 1..].chars().nth(1).is_none_or(|t| t == '.' || !t.is_alphanumeric());
                    if !(inner || points) {
                        break;
                    }
                    points = true;
                    letters = 0;
                    self.step(c);
                    if !inner {
                        break;
                    }
                }
                _ => break,
            }
        }
        self.push(at, TokenClass::Word);
    }

    fn number(&mut self) {
        let at = (self.byte, self.chars);
        while let Some(c) = self.peek() {
            let inner = matches!(c, '.' | ',' | '٫' | '٬') && self.peek_past(c).is_some_and(|n| kind(n) == Kind::Digit);
            if kind(c) != Kind::Digit && !inner {
                break;
            }
            self.step(c);
        }
        let rest = &self.text.as_bytes()[self.byte..];
        let ordinal = rest.len() >= 2
            && ["st", "nd", "rd", "th"].iter().any(|o| rest[..2].eq_ignore_ascii_case(o.as_bytes()))
            && self.text[self.byte + 2..].chars().next().is_none_or(|c| !matches!(kind(c), Kind::Letter | Kind::Digit));
        if ordinal {
            self.byte += 2;
            self.chars += 2;
        }
        self.push(at, TokenClass::Number);
    }

    fn mark(&mut self, c: char) {
        if c == '<' && self.skip_tag() {
            return;
        }
        let at = (self.byte, self.chars);
        if let Some(length) = reference(&self.text.as_bytes()[self.byte..]) {
            self.byte += length;
            self.chars += length;
        } else {
            while self.peek() == Some(c) {
                self.step(c);
                if c == '<' || is_apostrophe(c) {
                    break;
                }
            }
        }
        self.push(at, TokenClass::Punctuation);
    }

    /// Steps over markup that begins here, if any does.
    fn skip_tag(&mut self) -> bool {
        let Some(length) = tag(&self.text.as_bytes()[self.byte..]) else { return false };
        let end = self.byte + length;
        self.chars += self.text[self.byte..end].chars().count();
        self.byte = end;
        true
    }
}

/// Length in bytes of a character reference (`&amp;`, `&#8217;`) at the start of some bytes.
fn reference(bytes: &[u8]) -> Option<usize> {
    bytes.first().filter(|b| **b == b'&')?;
    let end = bytes.iter().take(12).position(|b| *b == b';')?;
    let name = bytes[1..end].strip_prefix(b"#").unwrap_or(&bytes[1..end]);
    (!name.is_empty() && name.iter().all(u8::is_ascii_alphanumeric)).then_some(end + 1)
}

/// Length in bytes of the tag at the start of some bytes, with all of a comment, script or style sheet.
pub(super) fn tag(bytes: &[u8]) -> Option<usize> {
    let first = *bytes.get(1)?;
    if bytes.starts_with(b"<!--") {
        return find(&bytes[..bytes.len().min(1 << 13)], b"-->").map(|i| i + 3);
    }
    if !(first.is_ascii_alphabetic() || matches!(first, b'/' | b'!' | b'?')) {
        return None;
    }
    let close = bytes.iter().take(LONGEST_TAG).skip(1).position(|b| matches!(b, b'>' | b'<')).map(|i| i + 1)?;
    if bytes[close] != b'>' {
        return None;
    }
    for (name, end) in [(&b"script"[..], &b"</script>"[..]), (b"style", b"</style>")] {
        let named = bytes[1..].get(..name.len()).is_some_and(|b| b.eq_ignore_ascii_case(name));
        if named && !bytes[1 + name.len()].is_ascii_alphanumeric() {
            return Some(find(&bytes[close..], end).map_or(close + 1, |i| close + i + end.len()));
        }
    }
    Some(close + 1)
}

/// Whether a piece of text between two tokens holds a tag that ends a block of text.
pub(super) fn has_block_tag(gap: &str) -> bool {
    const BLOCKS: &[&str] = &[
        "p",
        "br",
        "div",
        "li",
        "ul",
        "ol",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "tr",
        "td",
        "th",
        "table",
        "blockquote",
        "article",
        "section",
        "header",
        "footer",
        "title",
        "figcaption",
        "hr",
        "dd",
        "dt",
    ];
    gap.split('<').skip(1).any(|tag| {
        let name: String = tag
            .trim_start_matches('/')
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect::<String>()
            .to_ascii_lowercase();
        BLOCKS.contains(&name.as_str())
    })
}

/// Where a needle first stands; search is bounded so that a text of a million unclosed comments stays linear.
fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    const FARTHEST: usize = 1 << 16;
    bytes[..bytes.len().min(FARTHEST)].windows(needle.len()).position(|w| w.eq_ignore_ascii_case(needle))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<&str> {
        tokens(text).iter().map(|t| t.text(text)).collect()
    }

    #[test]
    fn cuts_where_names_begin_and_end() {
        assert_eq!(cut("N'Djamena, O’Brien’s"), ["N'Djamena", ",", "O’Brien", "’s"]);
        assert_eq!(cut("la ville d’Alep et l'Irak"), ["la", "ville", "d’", "Alep", "et", "l'", "Irak"]);
        assert_eq!(cut("in the U.S. The U.N. at 5 a.m."), ["in", "the", "U.S.", "The", "U.N.", "at", "5", "a.m."]);
        assert_eq!(cut("J. Smith of Mt. Vernon."), ["J", ".", "Smith", "of", "Mt", ".", "Vernon", "."]);
        assert_eq!(cut("1st, 1,200 and 3.5 km/h..."), ["1st", ",", "1,200", "and", "3.5", "km", "/", "h", "..."]);
        assert_eq!(
            cut("rebel offensiveSyrian regime; iPhone McDonald"),
            ["rebel", "offensive", "Syrian", "regime", ";", "iPhone", "McDonald"]
        );
        assert_eq!(cut("الجيش في حماة، 北京市"), ["الجيش", "في", "حماة", "،", "北", "京", "市"]);
    }

    #[test]
    fn markup_gives_no_tokens_and_moves_no_offset() {
        let text = "<p class=\"a\">Hämä</p><!-- x > y --><script>var Paris = 1 < 2;</script> a < b &amp; Kyïv<br/>";
        let found = tokens(text);
        assert_eq!(found.iter().map(|t| t.text(text)).collect::<Vec<_>>(), ["Hämä", "a", "<", "b", "&amp;", "Kyïv"]);
        let chars: Vec<char> = text.chars().collect();
        for token in found {
            assert_eq!(chars[token.span().start..token.span().end].iter().collect::<String>(), token.text(text));
        }
    }

    proptest::proptest! {
        #[test]
        fn tokens_stand_in_order_and_lose_no_letter(text in "(\\PC|[<>&;'’. \n\u{200f}A-Za-z]){0,80}") {
            let chars: Vec<char> = text.chars().collect();
            let mut last = 0;
            for token in tokens(&text) {
                proptest::prop_assert!(token.start >= last && token.end > token.start);
                last = token.end;
                let span = token.span();
                proptest::prop_assert_eq!(chars[span.start..span.end].iter().collect::<String>(), token.text(&text));
            }
            if !text.contains('<') {
                let seen: usize = tokens(&text).iter().map(|t| t.text(&text).chars().filter(|c| c.is_alphanumeric()).count()).sum();
                proptest::prop_assert_eq!(seen, text.chars().filter(|c| c.is_alphanumeric()).count());
            }
        }
    }
}
