//! Whether a name means the place or those who govern it: "in Moscow" and "Moscow said".

mod words;

use super::recognise::forms::{Form, Shape};
use super::recognise::lexicon::Lexical;
use super::words::Words;
use crate::text::{Token, TokenClass};
use std::ops::Range;

/// A document's words around a name, as far as its kind depends on them.
pub struct Around<'a> {
    /// The text.
    pub text: &'a str,
    /// Its tokens.
    pub tokens: &'a [Token],
    /// Their forms.
    pub forms: &'a [Form],
}

impl Around<'_> {
    fn word(&self, i: usize) -> &str {
        self.tokens.get(i).map_or("", |t| t.text(self.text))
    }

    fn is(&self, i: usize, word: &str) -> bool {
        self.word(i).eq_ignore_ascii_case(word)
    }

    fn named(&self, i: usize) -> bool {
        self.forms
            .get(i)
            .is_some_and(|f| matches!(f.shape, Shape::Title | Shape::Capitals | Shape::Points | Shape::Mixed))
    }

    fn joined(&self, i: usize) -> bool {
        self.tokens.get(i).zip(self.tokens.get(i + 1)).is_some_and(|(a, b)| a.end == b.start)
    }

    /// Where the list of names begins that ends in the one at `start`: "from Amman and Cairo".
    fn list(&self, start: usize, sentence: usize) -> usize {
        let mut start = start;
        let name = |i: usize| self.named(i) && !self.forms[i].lexical.has(Lexical::CALENDAR);
        while start >= sentence + 2 && (self.is(start - 1, "and") || self.is(start - 1, ",")) && name(start - 2) {
            start -= 2;
            while start > sentence && name(start - 1) {
                start -= 1;
            }
        }
        start
    }

    /// Whether a country or capital at these tokens of a sentence stands for its government.
    pub fn is_metonym(&self, range: Range<usize>, sentence: Range<usize>) -> bool {
        let form = |i: usize| self.forms.get(i).filter(|_| sentence.contains(&i));
        let head = self.list(range.start, sentence.start);
        let article = head > sentence.start && self.is(head - 1, "the");
        let before = head.checked_sub(1 + usize::from(article)).filter(|i| *i >= sentence.start);
        let preposition = before.is_some_and(|i| words::PREPOSITIONS.has(form(i)));
        // "Moscow-backed separatists".
        if self.is(range.end, "-") && self.joined(range.end - 1) && words::BACKED.has(form(range.end + 1)) {
            return true;
        }
        let possessive = matches!(self.word(range.end), "'s" | "’s" | "'" | "’" | "‘");
        // "Damascus' main allies".
        if possessive {
            return (range.end + 1..(range.end + 4).min(sentence.end))
                .take_while(|i| self.tokens[*i].class == TokenClass::Word)
                .any(|i| words::INSTITUTIONS.has(form(i)));
        }
        // "US Secretary", "U.S. officers", "UK government", "Baghdad radio".
        let inside = before.is_some_and(|i| self.is(i, "in")) && head == range.start;
        let media = self.is(range.end, "state")
            && ["media", "television", "tv", "radio", "department"].iter().any(|w| self.is(range.end + 1, w));
        let leads =
            media || form(range.end).is_some_and(|f| f.lexical.has(Lexical::TITLE) || f.lexical.has(Lexical::FORCE));
        if (leads && !inside) || (words::INSTITUTIONS.has(form(range.end)) && !preposition) {
            return true;
        }
        if let Some(before) = before
            && let Some(speaks) = self.acted_on(before, &range, &sentence)
        {
            return speaks;
        }
        !preposition && self.acts(&range, &sentence)
    }

    /// What the word before a name says about it: an actor, a place, or nothing.
    fn acted_on(&self, before: usize, range: &Range<usize>, sentence: &Range<usize>) -> Option<bool> {
        let form = |i: usize| self.forms.get(i).filter(|_| sentence.contains(&i));
        let earlier =
            |words: &Words| (before.saturating_sub(4).max(sentence.start)..before).any(|i| words.has(form(i)));
        if words::ACTED_ON.has(form(before)) {
            return Some(true);
        }
        // "forced Russia to abandon".
        let verb = form(range.end + 1).is_some_and(|f| f.shape == Shape::Small);
        let made = words::MADE_TO.has(form(before))
            || (self.is(before, "on") && before > 0 && words::OWED.has(form(before - 1)));
        if made && self.is(range.end, "to") && verb {
            return Some(true);
        }
        match self.word(before).to_ascii_lowercase().as_str() {
            "by" => Some(before > sentence.start && self.word(before - 1).ends_with("ed")),
            "with" | "between" => Some(earlier(&words::DEALINGS)),
            "from" | "on" | "to" if before > sentence.start => {
                let owed = words::OWED.has(form(before - 1))
                    || (before > sentence.start + 1 && self.is(before, "on") && words::OWED.has(form(before - 2)));
                Some(owed)
            }
            "of" if before > sentence.start => Some(words::GOVERNMENT_OF.has(form(before - 1))),
            _ => None,
        }
    }

    /// Whether the words after a name say what only a government does: "Moscow said", "Pakistan and Saudi Arabia may recognise them".
    fn acts(&self, range: &Range<usize>, sentence: &Range<usize>) -> bool {
        let form = |i: usize| self.forms.get(i).filter(|_| sentence.contains(&i));
        // "Turkey, a major supporter of the rebels": an apposition says what it is.
        let allies = |i: usize| words::ALLIES.has(form(i));
        let mut at = range.end;
        if self.is(at, ",") {
            let apposed = (at + 1..(at + 8).min(sentence.end))
                .take_while(|i| !matches!(self.word(*i), "," | ";" | "."))
                .any(allies);
            if apposed {
                return true;
            }
            // "Moscow, for its part, said": what is said after the aside is said of the name.
            let close = (at + 2..(at + 14).min(sentence.end)).find(|i| self.is(*i, ","));
            let aside = !self.named(at + 1) && self.forms.get(at + 1).is_some_and(|f| f.shape == Shape::Small);
            if let Some(close) = close.filter(|_| aside && range.start == sentence.start) {
                return self.deed(close + 1, sentence);
            }
        }
        let limit = (range.end + 6).min(sentence.end);
        while at < limit {
            if self.deed(at, sentence) {
                return true;
            }
            // "Russia and Iran, Damascus' main allies": what is said of the last of a list is said of all.
            if self.is(at, ",") && at > range.end && (at + 1..(at + 6).min(sentence.end)).any(allies) {
                return true;
            }
            if !(self.is(at, "and") || self.is(at, ",") || self.is(at, "or") || self.named(at)) {
                return false;
            }
            at += 1;
        }
        false
    }

    /// Whether a government's deed begins at a token.
    fn deed(&self, from: usize, sentence: &Range<usize>) -> bool {
        let form = |i: usize| self.forms.get(i).filter(|_| sentence.contains(&i));
        let mut at = from;
        while at < from + 4 && words::AUXILIARIES.has(form(at)) {
            at += 1;
        }
        let Some(word) = form(at).filter(|f| f.shape == Shape::Small) else { return false };
        if words::BEING.has(Some(word)) {
            // "was represented", "is still determined".
            let next = if words::AUXILIARIES.has(form(at + 1)) { at + 2 } else { at + 1 };
            return words::STATES.has(form(next));
        }
        if at > from {
            return !words::BEFALLS.has(Some(word)) && !self.is(at, "in") && word.length > 2;
        }
        let past = self.word(at).ends_with("ed") && word.length > 4;
        let passive = self.is(at + 1, "by") || self.is(at + 1, "in");
        let own = self.is(at + 1, "its") || self.is(at + 1, "their");
        words::DEEDS.has(Some(word)) || (past && !passive && (own || !words::ENDURED.has(Some(word))))
    }
}
