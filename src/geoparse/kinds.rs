//! Whether a name means the place or those who govern it: "in Moscow" and "Moscow said".

use super::recognise::forms::{Form, Shape};
use super::recognise::lexicon::Lexical;
use crate::text::{Token, TokenClass};

/// What governments, not places, do, have, give and get.
const DEEDS: &[&str] = &[
    "said",
    "says",
    "announced",
    "announces",
    "warned",
    "warns",
    "told",
    "claimed",
    "claims",
    "denied",
    "denies",
    "accused",
    "accuses",
    "urged",
    "called",
    "calls",
    "rejected",
    "rejects",
    "agreed",
    "agrees",
    "vowed",
    "insisted",
    "insists",
    "demanded",
    "condemned",
    "blamed",
    "refused",
    "declared",
    "signed",
    "imposed",
    "offered",
    "backed",
    "backs",
    "supports",
    "supported",
    "threatened",
    "hopes",
    "wants",
    "wanted",
    "believes",
    "confirmed",
    "admitted",
    "voted",
    "pledged",
    "promised",
    "responded",
    "expelled",
    "recognised",
    "recognized",
    "invaded",
    "overran",
    "attacked",
    "launched",
    "annexed",
    "sent",
    "asked",
    "asks",
    "asserted",
    "argues",
    "argued",
    "considers",
    "considered",
    "decided",
    "ordered",
    "sees",
    "plans",
    "planned",
    "intends",
    "closed",
    "reopened",
    "bombed",
    "deployed",
    "withdrew",
    "defeated",
    "beat",
    "won",
    "lost",
    "drew",
    "joined",
    "left",
    "ratified",
    "vetoed",
    "banned",
    "suspended",
    "cut",
    "expects",
    "expected",
    "hosted",
    "hosts",
    "seeks",
    "sought",
    "opposes",
    "opposed",
    "defended",
    "insisting",
    "saying",
    "reiterated",
];

/// May stand between the name and the deed.
const AUXILIARIES: &[&str] = &[
    "has",
    "have",
    "had",
    "will",
    "would",
    "may",
    "might",
    "could",
    "can",
    "should",
    "must",
    "did",
    "does",
    "do",
    "also",
    "then",
    "later",
    "never",
    "not",
    "both",
    "immediately",
    "again",
    "now",
    "no",
    "longer",
    "repeatedly",
    "strongly",
    "reportedly",
    "officially",
    "formally",
];

/// What only a government has or is, after "Damascus'" or "US".
const INSTITUTIONS: &[&str] = &[
    "government",
    "army",
    "military",
    "forces",
    "force",
    "troops",
    "soldiers",
    "president",
    "minister",
    "ministers",
    "ministry",
    "allies",
    "ally",
    "parliament",
    "leadership",
    "leaders",
    "leader",
    "officials",
    "official",
    "diplomacy",
    "diplomat",
    "diplomats",
    "policy",
    "ambassador",
    "embassy",
    "authorities",
    "regime",
    "navy",
    "police",
    "intelligence",
    "secretary",
    "officers",
    "administration",
    "congress",
    "senate",
    "prime",
    "foreign",
    "defence",
    "defense",
    "sanctions",
    "support",
    "backing",
    "aid",
    "jets",
    "warplanes",
    "commitment",
    "position",
    "stance",
    "envoy",
    "spokesman",
    "spokeswoman",
    "state",
    "rulers",
    "generals",
    "decision",
    "invasion",
    "response",
    "offer",
    "demand",
    "demands",
    "tanks",
    "air",
    "special",
    "commanders",
    "efforts",
    "interests",
    "role",
    "claim",
    "claims",
    "dollars",
    "representative",
    "delegation",
    "team",
    "marines",
    "strategy",
    "general",
    "senator",
    "lawmakers",
    "department",
    "drone",
];

/// After these a name is an actor, not a place.
const WITH: &[&str] = &[
    "with",
    "by",
    "against",
    "between",
    "told",
    "asked",
    "urged",
    "accused",
    "blamed",
    "warned",
    "backed",
    "supported",
    "thanked",
];

/// What a government is to another.
const ALLIES: &[&str] = &["ally", "allies", "supporter", "supporters", "backer", "backers", "patron", "sponsor"];

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

    /// Whether a country or capital at these tokens of a sentence stands for its government.
    pub fn is_metonym(&self, range: std::ops::Range<usize>, sentence: std::ops::Range<usize>) -> bool {
        let lower = |i: usize| self.word(i).to_lowercase();
        let before = if range.start > sentence.start { lower(range.start - 1) } else { String::new() };
        let after = lower(range.end);
        let possessive = matches!(after.as_str(), "'s" | "’s" | "'" | "’" | "‘");
        let preposition = matches!(
            before.as_str(),
            "in" | "near"
                | "from"
                | "to"
                | "at"
                | "outside"
                | "around"
                | "across"
                | "into"
                | "through"
                | "throughout"
                | "toward"
                | "towards"
                | "inside"
                | "of"
                | "over"
                | "within"
                | "on"
                | "off"
                | "for"
                | "via"
                | "leaving"
                | "enter"
                | "entered"
                | "reached"
        ) || (before == "the"
            && range.start >= sentence.start + 2
            && matches!(lower(range.start - 2).as_str(), "in" | "to" | "from" | "of" | "across"));
        // "US Secretary", "U.S. officers", "UK government".
        let next = self.forms.get(range.end);
        if !possessive
            && next.is_some_and(|f| f.lexical.has(Lexical::TITLE) || f.lexical.has(Lexical::FORCE))
            && before != "in"
        {
            return true;
        }
        if INSTITUTIONS.contains(&after.as_str()) && !preposition {
            return true;
        }
        // "Damascus' main allies".
        if possessive {
            return (range.end + 1..(range.end + 4).min(sentence.end))
                .take_while(|i| self.tokens[*i].class == TokenClass::Word)
                .any(|i| INSTITUTIONS.contains(&lower(i).as_str()));
        }
        if preposition {
            return false;
        }
        // "Turkey, a major supporter of the rebels": an apposition says what it is.
        let allies = |i: usize| ALLIES.contains(&lower(i).as_str());
        if after == "," {
            let apposed = (range.end + 1..(range.end + 8).min(sentence.end))
                .take_while(|i| !matches!(self.word(*i), "," | ";" | "."))
                .any(allies);
            if apposed {
                return true;
            }
        }
        // "Moscow said", "Pakistan and Saudi Arabia may recognise them".
        let mut at = range.end;
        let limit = (range.end + 6).min(sentence.end);
        while at < limit {
            let form = &self.forms[at];
            let word = lower(at);
            if AUXILIARIES.contains(&word.as_str()) {
                at += 1;
                if at < limit
                    && self.forms[at].shape == Shape::Small
                    && !matches!(self.word(at), "been" | "be" | "also" | "not")
                {
                    let deed = lower(at);
                    return !matches!(
                        deed.as_str(),
                        "seen" | "become" | "suffered" | "fallen" | "changed" | "remained" | "remain"
                    );
                }
                continue;
            }
            if DEEDS.contains(&word.as_str()) {
                return true;
            }
            // "Russia and Iran, Damascus' main allies": what is said of the last of a list is said of all.
            if word == "," && at > range.end && (at + 1..(at + 6).min(sentence.end)).any(allies) {
                return true;
            }
            let goes_on = matches!(word.as_str(), "and" | "," | "or")
                || matches!(form.shape, Shape::Title | Shape::Capitals | Shape::Points);
            if !goes_on {
                break;
            }
            at += 1;
        }
        WITH.contains(&before.as_str())
    }
}
