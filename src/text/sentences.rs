//! Sentences: runs of tokens that end where a reader would stop.
//!
//! Knows abbreviations ("St.", "U.S.", "Gen.", "Dec. 5"), initials, closing quotes, blank lines, headings, list items, block
//! tags of pasted markup and the dateline of an agency report ("HAMA, Syria (AP) —"). Not a grammar.

use super::tokens::{Token, TokenClass, has_block_tag};
use std::ops::Range;

/// A sentence, as a range of tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// Its tokens, closing quotes and the final stop with them.
    pub tokens: Range<usize>,
    /// First token after the dateline; the first token where there is none.
    pub body: usize,
    /// A headline, cross heading or other line without a final stop, set apart from what follows.
    pub heading: bool,
}

/// Written with a point, and the sentence goes on.
const ABBREVIATIONS: &[&str] = &[
    "st", "ste", "mt", "ft", "gen", "lt", "col", "maj", "sgt", "cpl", "pvt", "capt", "cmdr", "adm", "brig", "dr", "mr",
    "mrs", "ms", "mme", "sen", "rep", "gov", "prof", "rev", "hon", "pres", "no", "nos", "vs", "jr", "sr", "inc", "co",
    "corp", "ltd", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "approx",
    "dept", "univ", "ave", "blvd", "rd", "fig", "al", "messrs", "supt", "det", "insp", "spc", "pfc", "msgr", "fr",
    "av", "ca", "cf", "км", "г", "ул", "им", "обл", "тыс", "bzw", "z", "sra", "srta", "mlle", "sén", "gén",
];

/// Of these, the ones that end a sentence as often as not; a capital after them decides.
const FINAL: &[&str] = &["inc", "co", "corp", "ltd", "jr", "sr", "no", "al", "ave", "blvd", "rd", "г", "z"];

/// A sentence of more tokens is cut.
const LONGEST: usize = 500;

/// Words that begin sentences and hardly ever follow "U.S." within one.
const STARTERS: &[&str] = &[
    "The",
    "It",
    "In",
    "But",
    "He",
    "She",
    "They",
    "On",
    "A",
    "An",
    "This",
    "That",
    "We",
    "I",
    "If",
    "As",
    "At",
    "And",
    "Its",
    "His",
    "There",
    "These",
    "Those",
    "When",
    "While",
    "After",
    "However",
    "For",
    "Some",
    "Many",
    "Not",
    "To",
    "With",
    "Meanwhile",
    "By",
    "What",
];

/// Cuts the tokens of a text into sentences; every token is in exactly one.
///
/// ```
/// use mapdesk::text::{sentences, tokens};
/// let text = "Gen. Smith left the U.S. on Dec. 5. He is in St. Louis.";
/// let tokens = tokens(text);
/// assert_eq!(sentences(text, &tokens).len(), 2);
/// ```
pub fn sentences(text: &str, tokens: &[Token]) -> Vec<Sentence> {
    let mut found = Vec::with_capacity(tokens.len() / 20 + 1);
    let mut start = 0;
    let mut line = 0;
    for next in 1..tokens.len() {
        let (a, b) = (&tokens[next - 1], &tokens[next]);
        let gap = &text[a.end as usize..b.start as usize];
        let breaks = gap.bytes().filter(|c| *c == b'\n').count();
        // What goes on for so long is a list, not a sentence: it is cut at a space, or anywhere.
        let long = next - start >= LONGEST && (!gap.is_empty() || next - start >= 2 * LONGEST);
        let stops = long || stops(text, tokens, start, next, gap);
        let ends = match breaks {
            0 => stops || (gap.contains('<') && has_block_tag(gap)) || (gap.contains('\u{2029}')),
            1 => stops || ends_line(text, &tokens[line..next], b),
            _ => true,
        };
        if breaks > 0 {
            line = next;
        }
        if ends {
            let heading = !long && !ends_with_stop(text, &tokens[start..next]);
            found.push(sentence(text, tokens, start..next, heading));
            start = next;
        }
    }
    if start < tokens.len() {
        let heading = start > 0 && !ends_with_stop(text, &tokens[start..]) && tokens.len() - start < 14;
        found.push(sentence(text, tokens, start..tokens.len(), heading));
    }
    found
}

fn sentence(text: &str, tokens: &[Token], range: Range<usize>, heading: bool) -> Sentence {
    let body = range.start + dateline(text, &tokens[range.clone()]);
    Sentence { tokens: range, body, heading }
}

fn is_stop(word: &str) -> bool {
    matches!(word.chars().next(), Some('.' | '?' | '!' | '…' | '。' | '؟' | '۔' | '！' | '？' | '।'))
        || word.ends_with("..")
}

fn is_closer(word: &str) -> bool {
    matches!(word.chars().next(), Some('"' | '”' | '’' | '\'' | ')' | ']' | '»' | '“'))
        || matches!(word, "&quot;" | "&rdquo;" | "&rsquo;")
}

/// Marks that may stand before the first word of a sentence.
fn is_opener(word: &str) -> bool {
    matches!(
        word.chars().next(),
        Some('"' | '“' | '‘' | '\'' | '(' | '[' | '«' | '„' | '-' | '–' | '—' | '•' | '*' | '·' | '¿' | '¡')
    ) || matches!(word, "&quot;" | "&ldquo;" | "&lsquo;")
}

fn ends_with_stop(text: &str, tokens: &[Token]) -> bool {
    let closed = |t: &&Token| is_closer(t.text(text));
    tokens.iter().rev().find(|t| !closed(t)).is_some_and(|t| {
        let word = t.text(text);
        is_stop(word) || matches!(word, ":" | ";" | ",") || (t.class == TokenClass::Word && word.ends_with('.'))
    })
}

/// Whether a sentence that began at `start` ends before the token `next`, judged by marks and words.
fn stops(text: &str, tokens: &[Token], start: usize, next: usize, gap: &str) -> bool {
    let word = |i: usize| tokens[i].text(text);
    let last = word(next - 1);
    // A glued headline: two words with nothing between, the second a capital after a small letter.
    if gap.is_empty() && tokens[next].class == TokenClass::Word {
        if tokens[next - 1].class == TokenClass::Word {
            let small = last.chars().next_back().is_some_and(char::is_lowercase)
                && last.chars().next().is_some_and(char::is_lowercase);
            return small && tokens[next].is_capitalised(text);
        }
        let before = if next >= 2 { word(next - 2) } else { "" };
        let glued = is_stop(last) && tokens[next].is_capitalised(text);
        return glued
            && before.chars().count() >= 3
            && before.chars().all(char::is_lowercase)
            && word(next).chars().count() >= 2;
    }
    if gap.is_empty() {
        return false;
    }
    // Step back over closing quotes to the stop itself.
    let mut at = next - 1;
    while at > start && is_closer(word(at)) {
        at -= 1;
    }
    let stop = word(at);
    let abbreviated = tokens[at].class == TokenClass::Word && stop.ends_with('.');
    if !is_stop(stop) && !abbreviated {
        return false;
    }
    // What comes next must be able to begin a sentence.
    let mut first = next;
    while first + 1 < tokens.len() && first < next + 3 && is_opener(word(first)) {
        first += 1;
    }
    let head = word(first).chars().next().unwrap_or(' ');
    if head.is_lowercase() || (first == next && matches!(head, ',' | ';' | ':' | ')' | '%')) {
        return false;
    }
    if abbreviated {
        return at + 1 < next
            || first > next && !matches!(head, '(') && head.is_uppercase()
            || STARTERS.contains(&word(first));
    }
    if !stop.starts_with('.') || stop.len() > 1 || at + 1 < next || at == start {
        return true;
    }
    let before = word(at - 1);
    let joined = tokens[at - 1].end == tokens[at].start;
    if !joined || tokens[at - 1].class != TokenClass::Word {
        return true;
    }
    let single = before.chars().count() == 1 && before.chars().all(char::is_uppercase);
    if single {
        // An initial ("J. Smith"), unless the capital stands at the end of a phrase ("vitamin C. The").
        return STARTERS.contains(&word(first)) && word(first).len() > 1;
    }
    let lower = before.to_lowercase();
    if ABBREVIATIONS.contains(&lower.as_str()) {
        return FINAL.contains(&lower.as_str()) && STARTERS.contains(&word(first));
    }
    true
}

/// Whether a single line break ends a heading, a list item or a paragraph rather than a wrapped line.
fn ends_line(text: &str, line: &[Token], next: &Token) -> bool {
    let Some((first, last)) = line.first().zip(line.last()) else { return true };
    if ends_with_stop(text, line) && !matches!(last.text(text), "," | ";") {
        return true;
    }
    // A line that breaks off after such a word was wrapped, whatever its width.
    if matches!(
        last.text(text),
        "of" | "the" | "in" | "a" | "an" | "and" | "to" | "on" | "at" | "by" | "with" | "from" | "for" | "," | "de"
    ) {
        return false;
    }
    let begins = next.text(text);
    let bullet =
        is_opener(begins) && !matches!(begins.chars().next(), Some('(' | '[')) || next.class == TokenClass::Number;
    let capital = next.is_capitalised(text);
    let width = (last.to - first.from) as usize;
    // Wrapped lines are 60 to 100 wide; a paragraph on one line is longer, a heading shorter.
    bullet && width < 200 && (is_opener(first.text(text)) || width < 50)
        || (capital && !(50..=110).contains(&width))
        || width > 200
}

/// Number of tokens of the dateline at the head of a sentence: capitals or a place, at most 14 tokens, then a dash after a
/// place, a day or an agency in brackets.
fn dateline(text: &str, tokens: &[Token]) -> usize {
    let word = |i: usize| tokens[i].text(text);
    if tokens.is_empty() || !tokens[0].is_capitalised(text) {
        return 0;
    }
    let dash = |w: &str| matches!(w, "-" | "--" | "–" | "—" | "&mdash;" | "&ndash;" | "---");
    for i in 1..tokens.len().min(18) {
        if !dash(word(i)) {
            continue;
        }
        let spaced = tokens[i - 1].end < tokens[i].start || matches!(word(i - 1), ")");
        let long = !matches!(word(i), "-");
        let agency = word(i - 1) == ")";
        let capitals = word(0).chars().count() > 2 && word(0).chars().all(char::is_uppercase);
        let plain = (0..i).all(|k| {
            tokens[k].class == TokenClass::Number
                || tokens[k].is_capitalised(text)
                || matches!(word(k), "," | "." | "(" | ")" | "/" | "-" | "of" | "de" | "al" | "'s")
        });
        if (spaced || long) && plain && (agency || capitals) {
            return (i + 1).min(tokens.len().saturating_sub(1));
        }
        if spaced || long {
            return 0;
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::super::tokens::{cover, tokens};
    use super::*;

    fn cut(text: &str) -> Vec<String> {
        let tokens = tokens(text);
        let chars: Vec<char> = text.chars().collect();
        sentences(text, &tokens)
            .iter()
            .map(|s| {
                let span = cover(&tokens[s.tokens.clone()]);
                chars[span.start..span.end].iter().collect::<String>().replace('\n', " ")
            })
            .collect()
    }

    #[test]
    fn abbreviations_go_on_and_quotes_close() {
        assert_eq!(
            cut("Gen. Smith met Lt. Col. J. Brown in St. Louis on Dec. 5. He left."),
            ["Gen. Smith met Lt. Col. J. Brown in St. Louis on Dec. 5.", "He left."]
        );
        assert_eq!(cut("They left the U.S. The U.S. Army stayed."), ["They left the U.S.", "The U.S. Army stayed."]);
        assert_eq!(
            cut("“There will be no revenge.” He said so. \"Who?\" she asked."),
            ["“There will be no revenge.”", "He said so.", "\"Who?\" she asked."]
        );
        assert_eq!(cut("It rose 3.5 percent... and fell. 12 died."), ["It rose 3.5 percent... and fell.", "12 died."]);
    }

    #[test]
    fn headings_bullets_and_wrapped_lines() {
        let text = "Rebels take Hama\n\nThe army said it had\nleft the city of\nHama on Thursday.\nHundreds freed\n- Hama\n- Homs\n\nEnd";
        assert_eq!(
            cut(text),
            [
                "Rebels take Hama",
                "The army said it had left the city of Hama on Thursday.",
                "Hundreds freed",
                "- Hama",
                "- Homs",
                "End"
            ]
        );
        assert_eq!(
            cut("signs of weakness in rebel offensiveSyrian regime loses"),
            ["signs of weakness in rebel offensive", "Syrian regime loses"]
        );
        assert_eq!(cut("<p>One city</p><p>Two towns</p>"), ["One city", "Two towns"]);
    }

    #[test]
    fn datelines_are_told_from_the_body() {
        for (text, body) in [
            ("HAMA, Syria (AP) — Rebels entered the city.", "Rebels"),
            ("DAMASCUS, Dec. 5 (Reuters) - Syria's army left.", "Syria"),
            ("Beirut, Lebanon (CNN) -- A car bomb exploded.", "A"),
            ("KYIV — Russian forces advanced.", "Russian"),
            ("The city — once rich — fell.", "The"),
            ("Syria-based groups left.", "Syria"),
        ] {
            let tokens = tokens(text);
            let first = &sentences(text, &tokens)[0];
            assert_eq!(tokens[first.body].text(text), body, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn every_token_is_in_one_sentence(text in "([A-Za-z]{1,6}|[.?!,\"“” \n<>/-]){0,60}") {
            let tokens = tokens(&text);
            let mut next = 0;
            for sentence in sentences(&text, &tokens) {
                proptest::prop_assert_eq!(sentence.tokens.start, next);
                proptest::prop_assert!(sentence.tokens.contains(&sentence.body));
                next = sentence.tokens.end;
            }
            proptest::prop_assert_eq!(next, tokens.len());
        }
    }
}
