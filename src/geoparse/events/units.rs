//! The units of a sentence: words with their classes, place names, dates and marks, each one item however many tokens it has,
//! and which of the words are verbs.

use super::lexicon::{Class, Forms, lexicon};
use crate::model::{Mention, MentionKind, PlaceKind};
use crate::text::{Sentence, Span, Token, TokenClass, cover};
use crate::time::resolve::{self, Found};
use rustc_hash::FxHashSet;
use std::ops::Range;
use std::sync::LazyLock;

/// What a unit is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// A word without a role of its own in the grammar: noun, adjective, name.
    Noun,
    /// A word that only joins or qualifies; its class says how.
    Function,
    /// A verb in the given shape.
    Verb(&'static str, Forms),
    /// A verb form used as an adjective ("the captured town"), a hyphened qualifier ("rebel-held").
    Adjective,
    /// A place: index of the mention.
    Place(usize),
    /// A demonym, metonym or organisation: index of the mention.
    Name(usize),
    /// A date: index into the dates of the sentence.
    Date(usize),
    /// A number.
    Number,
    /// The genitive 's.
    Genitive,
    Comma,
    Open,
    Close,
    /// Dash, colon, semicolon.
    Break,
}

/// An item of a sentence.
#[derive(Debug, Clone)]
pub(super) struct Unit {
    pub(super) tokens: Range<usize>,
    pub(super) low: String,
    pub(super) kind: Kind,
    pub(super) class: Class,
    pub(super) capital: bool,
    /// Inside quotation marks.
    pub(super) quoted: bool,
}

impl Unit {
    pub(super) fn is(&self, class: Class) -> bool {
        self.class.has(class)
    }
    /// May stand in a noun phrase.
    pub(super) fn is_nominal(&self) -> bool {
        match self.kind {
            Kind::Noun | Kind::Adjective | Kind::Place(_) | Kind::Name(_) | Kind::Number | Kind::Genitive => true,
            Kind::Function => {
                self.is(Class::DET) || self.is(Class::NUM) || (self.is(Class::PRON) && self.low != "there")
            }
            _ => false,
        }
    }
    pub(super) fn is_verb(&self) -> bool {
        matches!(self.kind, Kind::Verb(..)) || self.is_aux()
    }
    pub(super) fn is_aux(&self) -> bool {
        self.kind == Kind::Function
            && (self.is(Class::BE) || self.is(Class::HAVE) || self.is(Class::DO) || self.is(Class::MODAL))
    }
    pub(super) fn verb(&self) -> Option<(&'static str, Forms)> {
        match self.kind {
            Kind::Verb(lemma, forms) => Some((lemma, forms)),
            _ => None,
        }
    }
    pub(super) fn place(&self) -> Option<usize> {
        match self.kind {
            Kind::Place(at) => Some(at),
            _ => None,
        }
    }
}

/// A sentence as the grammar sees it.
#[derive(Debug, Clone, Default)]
pub(super) struct Line {
    pub(super) units: Vec<Unit>,
    pub(super) dates: Vec<Found>,
    /// First unit after the dateline.
    pub(super) body: usize,
    pub(super) heading: bool,
    /// Ends with a question mark.
    pub(super) question: bool,
}

impl Line {
    pub(super) fn get(&self, at: usize) -> Option<&Unit> {
        self.units.get(at)
    }
    pub(super) fn low(&self, at: usize) -> &str {
        self.units.get(at).map_or("", |u| u.low.as_str())
    }
    pub(super) fn span(&self, tokens: &[Token], units: Range<usize>) -> Span {
        let end = units.end.min(self.units.len());
        if units.start >= end {
            return Span::default();
        }
        cover(&tokens[self.units[units.start].tokens.start..self.units[end - 1].tokens.end])
    }
}

/// The text a mention walk needs: where the next mention stands.
pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: &'a [Token],
    pub(super) mentions: &'a [Mention],
    /// Mentions in the order of the text.
    order: Vec<usize>,
    next: usize,
}

fn is_quote(text: &str) -> bool {
    matches!(
        text,
        "\"" | "“" | "”" | "„" | "«" | "»" | "'" | "‘" | "’" | "''" | "``" | "&quot;" | "&ldquo;" | "&rdquo;"
    )
}

/// Whether the word may be a noun although it is also a verb form.
const ALSO_NOUN: &[&str] = &[
    "capture", "attack", "attacks", "assault", "assaults", "raid", "raids", "battle", "battles", "fight", "fights",
    "clash", "clashes", "advance", "advances", "march", "marches", "push", "drive", "control", "claim", "claims",
    "report", "reports", "fall", "falls", "siege", "retreat", "charge", "storm", "storms", "force", "forces", "halt",
    "push", "move", "moves", "leave", "strike", "strikes", "shell", "shells", "bomb", "bombs", "work", "works", "plan",
    "plans", "hope", "hopes", "fear", "fears", "threat", "thrust", "help", "offer", "order", "orders", "visit", "talk",
    "talks", "call", "calls", "cover", "patrol", "patrols", "ring", "block", "support", "aid", "back", "link", "links",
    "supply", "arm", "arms", "head", "heads", "face", "point", "hand", "hands", "state", "states", "result", "results",
    "land", "lands", "mark", "name", "names", "note", "notes", "seal", "address", "answer", "cross", "fire", "fires",
    "need", "needs", "rule", "rules", "run", "sail", "search", "seat", "share", "show", "start", "stop", "target",
    "targets", "turn", "use", "wave", "wound", "wounds", "mass", "mount", "post", "posts", "dispute", "concern",
    "contact", "contest", "film", "film", "record", "end", "cut", "cuts", "lead", "rise", "drop", "decline",
    "increase", "division", "look", "watch", "break", "border", "build", "demand", "demands", "promise", "pledge",
    "warning", "praise", "protest", "return", "flight", "arrest", "arrests", "recover", "blockade", "rescue", "treat",
    "quarter", "base", "split", "deploy", "hold", "holds", "near", "lower", "open", "free", "secure", "present", "set",
];

fn is_noun_too(low: &str) -> bool {
    static WORDS: LazyLock<FxHashSet<&str>> = LazyLock::new(|| ALSO_NOUN.iter().copied().collect());
    WORDS.contains(low)
}

impl<'a> Reader<'a> {
    /// A reader at the beginning of a text.
    pub(super) fn new(text: &'a str, tokens: &'a [Token], mentions: &'a [Mention]) -> Self {
        let mut order: Vec<usize> = (0..mentions.len()).collect();
        order.sort_by_key(|m| (mentions[*m].span.start, mentions[*m].span.end));
        Self { text, tokens, mentions, order, next: 0 }
    }

    /// Whether a sentence names a day, month or year.
    pub(super) fn has_date(&self, sentence: &Sentence) -> bool {
        let words: Vec<&str> = self.tokens[sentence.tokens.clone()].iter().map(|t| t.text(self.text)).collect();
        !resolve::find(&words).is_empty()
    }

    /// The units of the next sentence; sentences are to be asked for in order.
    pub(super) fn line(&mut self, sentence: &Sentence) -> Line {
        let tokens = self.tokens;
        let range = sentence.tokens.clone();
        let words: Vec<&str> = tokens[range.clone()].iter().map(|t| t.text(self.text)).collect();
        let dates = resolve::find(&words);
        let mut line = Line {
            units: Vec::with_capacity(words.len()),
            dates: Vec::new(),
            body: 0,
            heading: sentence.heading,
            question: false,
        };
        line.question = words.iter().rev().take(3).any(|w| *w == "?");
        let (mut at, mut date, mut quoted) = (range.start, 0, false);
        while at < range.end {
            if at <= sentence.body {
                line.body = line.units.len();
            }
            let from = tokens[at].from as usize;
            while self.order.get(self.next).is_some_and(|m| self.mentions[*m].span.end <= from) {
                self.next += 1;
            }
            while date < dates.len() && dates[date].words.end + range.start <= at {
                date += 1;
            }
            let word = words[at - range.start];
            if let Some(end) = self.mention(at, range.end) {
                let mention = self.order[self.next];
                self.next += 1;
                let tail = joined_tail(self.text, tokens, end, range.end);
                let kind = match self.mentions[mention].kind {
                    _ if tail > end => Kind::Adjective,
                    MentionKind::Location => Kind::Place(mention),
                    _ => Kind::Name(mention),
                };
                self.push(&mut line, at..tail, kind, quoted);
                at = tail;
                continue;
            }
            if date < dates.len() && dates[date].words.start + range.start == at {
                let end = dates[date].words.end + range.start;
                line.dates.push(dates[date].clone());
                let kind = Kind::Date(line.dates.len() - 1);
                self.push(&mut line, at..end, kind, quoted);
                at = end;
                continue;
            }
            match tokens[at].class {
                TokenClass::Word if matches!(word, "'s" | "’s" | "'S" | "’S") => {
                    self.push(&mut line, at..at + 1, Kind::Genitive, quoted);
                    at += 1;
                }
                TokenClass::Number => {
                    self.push(&mut line, at..at + 1, Kind::Number, quoted);
                    at += 1;
                }
                TokenClass::Word => {
                    let end = joined_tail(self.text, tokens, at + 1, range.end);
                    self.push(&mut line, at..end, Kind::Noun, quoted);
                    at = end;
                }
                TokenClass::Punctuation => {
                    if is_quote(word) {
                        // A plural's apostrophe is a genitive ("the rebels' headquarters").
                        let genitive = matches!(word, "'" | "’")
                            && at > range.start
                            && tokens[at - 1].end == tokens[at].start
                            && words[at - 1 - range.start].ends_with('s')
                            && !quoted;
                        if genitive {
                            self.push(&mut line, at..at + 1, Kind::Genitive, quoted);
                        } else {
                            quoted = !quoted;
                        }
                    } else if let Some(kind) = mark(word) {
                        self.push(&mut line, at..at + 1, kind, quoted);
                    }
                    at += 1;
                }
            }
        }
        tag(&mut line);
        line
    }

    /// End of the mention that begins at a token, in tokens.
    fn mention(&self, at: usize, limit: usize) -> Option<usize> {
        let mention = &self.mentions[*self.order.get(self.next)?];
        let token = &self.tokens[at];
        if mention.span.start > token.from as usize || mention.span.end <= token.from as usize {
            return None;
        }
        let mut end = at + 1;
        while end < limit && (self.tokens[end].from as usize) < mention.span.end {
            end += 1;
        }
        Some(end)
    }

    fn push(&self, line: &mut Line, tokens: Range<usize>, kind: Kind, quoted: bool) {
        let text = &self.text[self.tokens[tokens.start].start as usize..self.tokens[tokens.end - 1].end as usize];
        let low = if text.is_ascii() { text.to_ascii_lowercase() } else { text.to_lowercase().replace('’', "'") };
        let mut class =
            if matches!(kind, Kind::Place(_) | Kind::Date(_)) { Class::NONE } else { lexicon().class(&low) };
        let mut kind = kind;
        if kind == Kind::Noun && tokens.len() > 1 && class == Class::NONE {
            (kind, class) = compound(&low);
        }
        let capital = text.chars().next().is_some_and(char::is_uppercase);
        line.units.push(Unit { tokens, low, kind, class, capital, quoted });
    }
}

fn mark(word: &str) -> Option<Kind> {
    Some(match word {
        "," => Kind::Comma,
        "(" | "[" => Kind::Open,
        ")" | "]" => Kind::Close,
        ":" | ";" | "--" | "–" | "—" | "---" | "-" | "&mdash;" | "&ndash;" | "…" | "..." => Kind::Break,
        _ if word.starts_with(['.', '?', '!']) => Kind::Break,
        _ => return None,
    })
}

/// A word of several parts joined by hyphens is what its last part makes of it.
fn compound(low: &str) -> (Kind, Class) {
    let last = low.rsplit('-').next().unwrap_or(low);
    let lexicon = lexicon();
    let class = lexicon.class(last);
    let participle = lexicon.verb(last).is_some_and(|(_, f)| f.past || f.participle || f.ing);
    if participle || class.has(Class::CONNECT) || last == "held" || last.ends_with("ed") {
        return (Kind::Adjective, Class::NONE);
    }
    if class.has(Class::FORCE) || class.has(Class::WEAK) {
        return (Kind::Noun, class);
    }
    (Kind::Noun, class_if_noun(class))
}

fn class_if_noun(class: Class) -> Class {
    if class.has(Class::SETTLEMENT) || class.has(Class::FACILITY) || class.has(Class::PART) || class.has(Class::COMPASS)
    {
        class
    } else {
        Class::NONE
    }
}

/// End of a run of words joined by hyphens without space, begun before `at`.
fn joined_tail(text: &str, tokens: &[Token], mut at: usize, limit: usize) -> usize {
    while at + 1 < limit
        && tokens[at].text(text) == "-"
        && tokens[at - 1].end == tokens[at].start
        && tokens[at].end == tokens[at + 1].start
        && tokens[at + 1].class != TokenClass::Punctuation
    {
        at += 2;
    }
    at
}

/// Decides which words are verbs, from left to right.
fn tag(line: &mut Line) {
    for at in 0..line.units.len() {
        if line.units[at].kind != Kind::Noun {
            continue;
        }
        if line.units[at].low == "that" && !is_pointer(line, at) {
            line.units[at].class = Class::REL;
        }
        let kind = role(line, at);
        line.units[at].kind = kind;
    }
}

/// Whether "that" points ("that night") rather than opens a clause.
fn is_pointer(line: &Line, at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|i| &line.units[i]) else { return true };
    before.kind == Kind::Function && !before.is_aux() && before.is(Class::PREP) && !before.is(Class::SUBORD)
}

const FUNCTION: [Class; 12] = [
    Class::DET,
    Class::PREP,
    Class::CONJ,
    Class::SUBORD,
    Class::REL,
    Class::PRON,
    Class::BE,
    Class::HAVE,
    Class::DO,
    Class::MODAL,
    Class::NEG,
    Class::ADV,
];

fn role(line: &Line, at: usize) -> Kind {
    let unit = &line.units[at];
    let low = unit.low.as_str();
    // "may" and "will" with a capital inside a sentence are names; "US" is not "us".
    let function = FUNCTION.iter().any(|c| unit.is(*c));
    let shouting = unit.capital && low.len() > 1 && line.units[at].tokens.len() == 1 && low == "us";
    let previous = previous(line, at);
    let before = previous.map(|p| &line.units[p]);
    if let Some((lemma, forms)) =
        lexicon().verb(low).filter(|_| !(unit.is(Class::BE) || unit.is(Class::HAVE) || unit.is(Class::DO)))
    {
        // A capital inside a sentence makes a name of it ("Front", "Force"), but headlines capitalise everything.
        let named = unit.capital && at > line.body && !line.heading;
        if !named && let Some(kind) = verb_role(line, at, before, lemma, forms) {
            return kind;
        }
    }
    if function && !shouting {
        return Kind::Function;
    }
    if let Some(kind) = unknown_verb(line, at, before) {
        return kind;
    }
    if low.ends_with("ly")
        && low.len() > 4
        && !unit.capital
        && !matches!(low, "ally" | "family" | "assembly" | "italy" | "july" | "rally" | "supply")
    {
        return Kind::Function;
    }
    Kind::Noun
}

/// A past form that no table knows ("scrambled aboard trucks", "was ambushed").
fn unknown_verb(line: &Line, at: usize, before: Option<&Unit>) -> Option<Kind> {
    let unit = &line.units[at];
    let before = before?;
    let past = unit.low.ends_with("ed")
        && unit.low.len() > 4
        && !unit.capital
        && unit.class == Class::NONE
        && unit.tokens.len() == 1;
    if !past || matches!(unit.low.as_str(), "hundred" | "naked" | "sacred" | "indeed" | "wicked" | "rugged") {
        return None;
    }
    let forms = Forms { past: true, participle: true, ..Forms::default() };
    let helped = before.kind == Kind::Function && (before.is(Class::BE) || before.is(Class::HAVE));
    let next = line.get(at + 1);
    let next_class = next.map_or(Class::NONE, |n| lexicon().class(&n.low));
    let closes = next
        .is_none_or(|n| matches!(n.kind, Kind::Comma | Kind::Break | Kind::Place(_) | Kind::Name(_) | Kind::Date(_)))
        || next_class.has(Class::DET)
        || next_class.has(Class::PREP)
        || next_class.has(Class::CONJ)
        || next_class.has(Class::ADV)
        || next_class.has(Class::SUBORD)
        || next_class.has(Class::PRON);
    let subject = before.is_nominal()
        && !(before.kind == Kind::Function && before.is(Class::DET))
        && before.kind != Kind::Genitive
        && before.kind != Kind::Number;
    if helped || subject && closes || before.kind == Kind::Function && before.is(Class::REL) {
        return Some(Kind::Verb("do", forms));
    }
    (before.kind == Kind::Function && before.is(Class::DET)).then_some(Kind::Adjective)
}

/// The unit before, adverbs and negations passed over.
fn previous(line: &Line, at: usize) -> Option<usize> {
    let mut i = at;
    while i > 0 {
        i -= 1;
        let unit = &line.units[i];
        let passed = unit.kind == Kind::Function
            && (unit.is(Class::ADV) || unit.is(Class::NEG) || unit.low.ends_with("ly"))
            && !unit.is_aux()
            && !unit.is(Class::CONJ)
            && !unit.is(Class::DET)
            && unit.low != "without"
            && !unit.is(Class::SUBORD)
            && !unit.is(Class::PREP);
        if !passed {
            return Some(i);
        }
    }
    None
}

fn verb_role(line: &Line, at: usize, before: Option<&Unit>, lemma: &'static str, forms: Forms) -> Option<Kind> {
    let verb = Some(Kind::Verb(lemma, forms));
    let unit = &line.units[at];
    let low = unit.low.as_str();
    let next = line.get(at + 1);
    let next_low = line.low(at + 1);
    let noun_too = is_noun_too(low) || unit.is(Class::SPEECH) || unit.is(Class::FORCE) || unit.is(Class::WEAK);
    let next_opens = next.is_some_and(|n| {
        matches!(n.kind, Kind::Place(_) | Kind::Name(_))
            || lexicon().class(&n.low).has(Class::DET)
            || n.low == "it"
            || n.low == "them"
    });
    let next_nominal = next.is_some_and(|n| {
        let class = lexicon().class(&n.low);
        matches!(n.kind, Kind::Noun | Kind::Place(_) | Kind::Name(_) | Kind::Number | Kind::Adjective)
            && !class.has(Class::PREP)
            && !class.has(Class::CONJ)
            && !class.has(Class::DET)
            && !class.has(Class::ADV)
            && !class.has(Class::SUBORD)
            && !class.has(Class::REL)
            && !class.has(Class::BE)
            && !class.has(Class::HAVE)
            && !class.has(Class::PRON)
    });
    let Some(before) = before else {
        // First in its sentence: a participle ("Backed by …", "Capturing …"), an order, a headline noun ("Battle for …").
        if forms.ing && !matches!(low, "fighting") {
            return verb;
        }
        if (forms.past || forms.participle) && !forms.base {
            return if next_nominal && next_low != "by" { Some(Kind::Adjective) } else { verb };
        }
        return None;
    };
    let to = before.low == "to" && before.is(Class::PREP);
    let leads_base = to || before.is(Class::MODAL) || before.is(Class::DO) && before.kind == Kind::Function;
    if forms.base
        && leads_base
        && !(to && noun_too && (next.is_none() || next.is_some_and(|n| matches!(n.kind, Kind::Comma | Kind::Break))))
    {
        return verb;
    }
    let helped = before.kind == Kind::Function && (before.is(Class::BE) || before.is(Class::HAVE));
    if helped && forms.participle {
        return verb;
    }
    let opens_noun = (before.kind == Kind::Function
        && (before.is(Class::DET)
            && !before.is(Class::PRON)
            && !matches!(before.low.as_str(), "that" | "all" | "both")))
        || before.kind == Kind::Genitive
        || before.kind == Kind::Adjective
        || before.kind == Kind::Number;
    if (forms.past || forms.participle) && !forms.base {
        if before.kind == Kind::Function && (before.is(Class::BE) || before.is(Class::HAVE)) {
            return verb;
        }
        if opens_noun
            && before.low != "those"
            && !(matches!(before.kind, Kind::Genitive) && before.low.starts_with('\'') && next_opens)
        {
            // "their captured comrades"; but "the two captured Hama" is rare enough to lose.
            return Some(Kind::Adjective);
        }
        if before.is(Class::PREP)
            && before.kind == Kind::Function
            && next_nominal
            && !matches!(before.low.as_str(), "by" | "out" | "up" | "off")
        {
            return Some(Kind::Adjective);
        }
        if noun_too && low == "left" && !next_opens && next_low != "behind" && next.is_some_and(|n| n.is(Class::PREP)) {
            return verb;
        }
        return verb;
    }
    if forms.ing {
        if before.is(Class::BE) && before.kind == Kind::Function {
            // "there was fighting".
            let existential = (at.saturating_sub(3)..at).any(|i| line.units[i].low == "there");
            return if existential { None } else { verb };
        }
        if opens_noun {
            return None;
        }
        if matches!(
            low,
            "fighting"
                | "shelling"
                | "bombing"
                | "building"
                | "landing"
                | "meeting"
                | "warning"
                | "beginning"
                | "morning"
        ) {
            let active = before.is(Class::FORCE)
                && matches!(next_low, "for" | "to" | "their" | "its" | "against" | "in" | "on" | "from" | "house");
            return if active && low == "fighting" { verb } else { None };
        }
        return verb;
    }
    if forms.third {
        // Plural nouns look the same: a single actor or a place must stand before, and no noun follow.
        let nominal_before = before.is_nominal() && !opens_noun;
        if !nominal_before || before.is(Class::DET) {
            return if before.is(Class::REL) || before.is(Class::PRON) && before.low != "there" {
                verb
            } else if before.kind == Kind::Close || before.kind == Kind::Comma {
                (!noun_too).then_some(Kind::Verb(lemma, forms))
            } else {
                (!noun_too && before.is(Class::CONJ)).then_some(Kind::Verb(lemma, forms))
            };
        }
        if noun_too {
            let single = before.place().is_some()
                || before.is(Class::FORCE) && !before.low.ends_with('s')
                || before.capital && !before.low.ends_with('s');
            let goes_on = next_opens
                || matches!(next_low, "to" | "into" | "on" | "for" | "back")
                || next.is_none_or(|n| n.kind == Kind::Number);
            return (single && goes_on).then_some(Kind::Verb(lemma, forms));
        }
        return verb;
    }
    // Base forms that are present plurals, pasts ("cut") or nouns.
    if opens_noun {
        return None;
    }
    if before.is(Class::PRON)
        && before.kind == Kind::Function
        && !matches!(before.low.as_str(), "them" | "him" | "us" | "her" | "it" | "there")
        || before.is(Class::REL) && before.kind == Kind::Function
    {
        return verb;
    }
    let plural = before.is_nominal()
        && (before.low.ends_with('s')
            || before.low.ends_with("men")
            || matches!(before.low.as_str(), "infantry" | "cavalry" | "police" | "mujahideen")
            || matches!(before.kind, Kind::Name(_))
            || before.kind == Kind::Close);
    if before.kind == Kind::Function && before.is(Class::CONJ) {
        // "to enter and seize", "advance and take".
        return (!noun_too || next_opens).then_some(Kind::Verb(lemma, forms));
    }
    if noun_too {
        return (plural
            && (next_opens || matches!(next_low, "into" | "out" | "over" | "back" | "to" | "towards" | "control"))
            && !unit.is(Class::FORCE))
        .then_some(Kind::Verb(lemma, forms));
    }
    (plural
        || matches!(before.kind, Kind::Verb(..))
        || before.is(Class::BE)
        || forms.past
        || matches!(before.kind, Kind::Comma))
    .then_some(Kind::Verb(lemma, forms))
}

/// Whether a mention is a place where control can change hands.
pub(super) fn can_change_hands(mention: &Mention) -> bool {
    mention.kind == MentionKind::Location
        && mention.place.as_ref().is_none_or(|p| {
            matches!(
                p.kind,
                PlaceKind::City
                    | PlaceKind::Facility
                    | PlaceKind::Admin1
                    | PlaceKind::Admin2
                    | PlaceKind::Country
                    | PlaceKind::Region
                    | PlaceKind::Position
                    | PlaceKind::Terrain
            )
        })
}

/// Whether a mention is of a building or the like by its kind or its words, whatever it was resolved to ("State House").
pub(super) fn is_building(mention: &Mention) -> bool {
    if mention.place.as_ref().is_some_and(|p| p.kind == PlaceKind::Facility) {
        return true;
    }
    let low = mention.text.to_lowercase();
    let mut words = low.split([' ', '-']);
    let first = words.next().unwrap_or("");
    let last = words.next_back();
    let class = lexicon().class(last.unwrap_or(""));
    let built = class.has(Class::FACILITY)
        && !class.has(Class::SETTLEMENT)
        && !matches!(last, Some("port" | "fort" | "house" | "mine" | "mills" | "camp") if first.len() < 2);
    last.is_some() && (built || matches!(first, "gare" | "hotel" | "camp"))
}
