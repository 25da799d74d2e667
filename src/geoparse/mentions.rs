//! Mentions: the recogniser's labels and the gazetteer's names made into one list of places named in a text.

use super::candidates::Candidate;
use super::frames::{Frame, Told};
use super::kinds::Around;
use super::recognise::forms::{Form, Shape};
use super::recognise::lexicon::Lexical;
use super::recognise::weights::{B, I, ORG, PER};
use super::resolution::{GOVERNING, Resolution};
use super::scan::{Name, Scan, class};
use crate::gazetteer::{Gazetteer, NameKind};
use crate::model::{Mention, MentionKind, PlaceKind};
use crate::text::{CharIndex, Sentence, Span, Token};
use std::ops::Range;

/// A name that the tagger passed over is reported from this much evidence on.
const ENOUGH: f32 = 2.2;
/// The same where the tagger does not know the language.
const ENOUGH_ALONE: f32 = 3.0;

/// A prepared text, ready to have its mentions drawn up.
pub struct Draft<'a> {
    /// The gazetteer.
    pub gazetteer: &'a Gazetteer,
    /// The text.
    pub text: &'a str,
    /// Its tokens.
    pub tokens: &'a [Token],
    /// Its sentences.
    pub sentences: &'a [Sentence],
    /// Forms of the tokens.
    pub forms: &'a [Form],
    /// Labels of the tokens.
    pub labels: &'a [u8],
    /// Whether the tagger knows the language.
    pub english: bool,
    /// Whether places carry their names in other languages.
    pub named: bool,
}

/// Where a mention stands and what it is, before it is placed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    pub range: Range<usize>,
    pub name: Option<usize>,
    pub kind: MentionKind,
}

impl Draft<'_> {
    fn label(&self, i: usize) -> usize {
        usize::from(self.labels[i])
    }

    /// The mentions of the text.
    pub fn mentions(&self, scan: &mut Scan, resolution: &Resolution) -> Vec<Mention> {
        let found = self.find(scan, resolution);
        let ranges: Vec<Range<usize>> = found.iter().map(|f| f.range.clone()).collect();
        let mut mentions: Vec<Mention> = found.into_iter().map(|f| self.place(f, scan, resolution)).collect();
        self.inherit(&ranges, &mut mentions);
        mentions
    }

    /// Mentions of spans that are given, one a span, in the order given.
    pub fn given(&self, spans: &[Span], scan: &mut Scan, resolution: &Resolution) -> Vec<Mention> {
        let index = CharIndex::new(self.text);
        let given = |span: &Span| {
            let start = self.tokens.partition_point(|t| (t.to as usize) <= span.start);
            let end = self.tokens.partition_point(|t| (t.from as usize) < span.end);
            if start >= end {
                let text = index.slice(self.text, *span).to_owned();
                return Mention {
                    span: *span,
                    text,
                    kind: MentionKind::Location,
                    place: None,
                    score: 0.0,
                    runners_up: Vec::new(),
                };
            }
            let at = scan.names.partition_point(|n| (n.first as usize) < start);
            let name = scan.names.get(at).filter(|n| n.range() == (start..end)).map(|_| at);
            let sentence = self.sentences.partition_point(|s| s.tokens.end <= start);
            let within = self.sentences.get(sentence).map_or(start..end, |s| s.tokens.clone());
            let kind = self.kind(start..end, name.map(|n| &scan.names[n]), &within, scan);
            let mut mention = self.place(Found { range: start..end, name, kind }, scan, resolution);
            mention.span = *span;
            mention.text = index.slice(self.text, *span).to_owned();
            mention
        };
        spans.iter().map(given).collect()
    }

    pub(super) fn word(&self, i: usize) -> &str {
        self.tokens[i].text(self.text)
    }

    /// "US$" and "$US" are money.
    fn is_money(&self, range: &Range<usize>) -> bool {
        let sign = |i: usize| self.tokens.get(i).is_some_and(|t| matches!(t.text(self.text), "$" | "€" | "£"));
        let joined =
            |i: usize, k: usize| self.tokens.get(i).zip(self.tokens.get(k)).is_some_and(|(a, b)| a.end == b.start);
        (sign(range.end) && joined(range.end - 1, range.end))
            || (range.start > 0 && sign(range.start - 1) && joined(range.start - 1, range.start))
    }

    fn find(&self, scan: &Scan, resolution: &Resolution) -> Vec<Found> {
        let mut found = Vec::new();
        let told = self.told(scan);
        let mut names = scan.names.iter().enumerate().peekable();
        for sentence in self.sentences {
            let mut at = sentence.tokens.start;
            while at < sentence.tokens.end {
                while names.peek().is_some_and(|(_, n)| n.range().end <= at) {
                    names.next();
                }
                let name = names.peek().filter(|(_, n)| n.first as usize == at).map(|(i, n)| (*i, **n));
                if let Some(range) = self.told_elsewhere(at, &sentence.tokens, &told) {
                    at = range.end;
                    let name = name.filter(|(_, n)| n.range() == range).map(|(i, _)| i);
                    found.push(Found { range, name, kind: MentionKind::Location });
                    continue;
                }
                let label = self.label(at);
                if label == B || label == I {
                    let mut end = at + 1;
                    while end < sentence.tokens.end && self.label(end) == I {
                        end += 1;
                    }
                    // The gazetteer's name goes on where the tagger stopped.
                    let fits = |n: &Name| {
                        n.range().end >= end
                            && (end..n.range().end).all(|i| self.label(i) != ORG && self.label(i) != PER)
                    };
                    if let Some((_, n)) = name.filter(|(_, n)| fits(n)) {
                        end = n.range().end;
                    }
                    let exact = name.filter(|(_, n)| n.range().end == end).map(|(i, _)| i).or_else(|| {
                        // "North Vietnamese" is a demonym with a compass word before it.
                        let last = scan.names.partition_point(|n| (n.first as usize) < end - 1);
                        let demonym = |n: &&Name| n.class == class::DEMONYM && n.range() == (end - 1..end);
                        let led = end == at + 2 && self.forms[at].lexical.has(Lexical::COMPASS);
                        scan.names.get(last).filter(demonym).filter(|_| led).map(|_| last)
                    });
                    // "Moscow-backed": a mark that joins no more of the name is none of it.
                    while exact.is_none()
                        && end > at + 1
                        && matches!(self.word(end - 1), "-" | "–" | "/" | "," | "'" | "’")
                    {
                        end -= 1;
                    }
                    let exact = exact.or_else(|| name.filter(|(_, n)| n.range().end == end).map(|(i, _)| i));
                    let longer =
                        name.filter(|(_, n)| n.range().end == end).and_then(|(_, n)| self.longer(&n, &sentence.tokens));
                    let whole = longer.unwrap_or_else(|| self.with_way(end, &sentence.tokens));
                    let exact = exact.filter(|_| whole == end);
                    end = whole;
                    let kind = self.kind(at..end, exact.map(|i| &scan.names[i]), &sentence.tokens, scan);
                    let direction = self.forms[at].lexical.has(Lexical::COMPASS);
                    let fragment = end == at + 1 && (direction || (self.forms[at].length < 2 && exact.is_none()));
                    if !self.is_money(&(at..end)) && !fragment {
                        found.push(Found { range: at..end, name: exact, kind });
                    }
                    at = end;
                    continue;
                }
                if let Some((number, n)) = name
                    && let Some(kind) = self.unlabelled(&n, scan, &sentence.tokens, resolution, &told)
                {
                    let longer = self.longer(&n, &sentence.tokens).filter(|_| self.english);
                    let range = n.range().start..longer.unwrap_or(n.range().end);
                    at = range.end;
                    found.push(Found { range, name: Some(number).filter(|_| longer.is_none()), kind });
                    continue;
                }
                if let Some(range) = self.unknown(at, &sentence.tokens, &told).filter(|_| self.english) {
                    at = range.end;
                    let name = name.filter(|(_, n)| n.range() == range).map(|(i, _)| i);
                    found.push(Found { range, name, kind: MentionKind::Location });
                    continue;
                }
                at += 1;
            }
        }
        self.within_spelt_out(&mut found);
        found
    }

    /// A place's name within a longer name that is spelt out before its letters in brackets, "Hayat Tahrir al-Sham (HTS)", is a part
    /// of an organisation's name.
    fn within_spelt_out(&self, found: &mut [Found]) {
        for open in (1..self.tokens.len().saturating_sub(2)).filter(|i| self.word(*i) == "(" && self.word(i + 2) == ")")
        {
            let letters = self.word(open + 1);
            if letters.len() < 2 || !letters.chars().all(|c| c.is_ascii_uppercase()) {
                continue;
            }
            let Some(first) = self.spelt_out(letters, open) else { continue };
            let from = found.partition_point(|f| f.range.start < first);
            let inside = |f: &&mut Found| f.range.end <= open && f.range != (first..open);
            let before = found[from..].iter_mut().take_while(|f| f.range.start < open);
            for place in before.filter(inside).filter(|f| f.kind == MentionKind::Location) {
                place.kind = MentionKind::Organisation;
            }
        }
    }

    /// Where the words begin whose initials are some letters, if they stand before a token: small words and articles give none.
    fn spelt_out(&self, letters: &str, end: usize) -> Option<usize> {
        let mut at = end;
        let mut small = 0;
        let mut letters = letters.chars().rev().peekable();
        while let Some(letter) = letters.peek() {
            at = at.checked_sub(1)?;
            // "al-Sham" counts by what follows its article.
            let initial =
                self.word(at).split(['-', '’', '\'']).find_map(|p| p.chars().next().filter(|c| c.is_uppercase()));
            match initial {
                Some(c) if c == *letter => {
                    letters.next();
                    small = 0;
                }
                Some(_) => return None,
                None => small += 1,
            }
            if small > 3 {
                return None;
            }
        }
        Some(at)
    }

    /// What a name is that the tagger did not take for a place, if it is to be reported.
    fn unlabelled(
        &self,
        name: &Name,
        scan: &Scan,
        sentence: &Range<usize>,
        resolution: &Resolution,
        told: &Told<'_>,
    ) -> Option<MentionKind> {
        let range = name.range();
        let labels = range.clone().map(|i| self.label(i));
        if self.is_money(&range) {
            return None;
        }
        let apart = |i: Option<usize>| i.is_none_or(|i| !matches!(self.label(i), PER | ORG));
        let alone = apart(range.start.checked_sub(1).filter(|i| *i >= sentence.start))
            && apart(Some(range.end).filter(|i| *i < sentence.end));
        let sure = self.english && alone && name.class != class::DEMONYM;
        if sure && self.frame(&range, sentence) == Frame::Sure {
            return Some(self.kind(range, Some(name), sentence, scan));
        }
        if self.english && labels.clone().any(|l| l == PER) {
            return self
                .mistaken(name, scan, sentence, resolution)
                .then(|| self.kind(range, Some(name), sentence, scan));
        }
        let in_organisation = self.english && labels.clone().any(|l| l == ORG);
        let whole = in_organisation
            && (range.start == sentence.start || self.label(range.start - 1) != ORG)
            && (range.end >= sentence.end || self.label(range.end) != ORG);
        if name.class == class::DEMONYM {
            let organisation = in_organisation && self.is_institute(range.end, sentence.end);
            return Some(if organisation { MentionKind::Organisation } else { MentionKind::Demonym });
        }
        let prominent = matches!(name.class, class::COUNTRY | class::ADMIN1 | class::REGION)
            || (class::METROPOLIS..class::METROPOLIS + 3).contains(&name.class);
        if in_organisation {
            let best = scan.entries[name.entry as usize].candidates.first();
            let main = best.is_some_and(|c| c.name <= NameKind::Original || c.kind != PlaceKind::City);
            let common = name.tokens == 1 && super::recognise::commonness(self.forms[range.start].lower) >= 1;
            return (prominent && main && !common && self.forms[range.start].shape != Shape::Initial).then_some(
                if whole && name.class == class::COUNTRY { MentionKind::Metonym } else { MentionKind::Organisation },
            );
        }
        // What is a place for certain elsewhere in the text is likely one here.
        let elsewhere = if told.entries.contains(&name.entry) { 1.5 } else { 0.0 };
        let evidence = || self.evidence(name, scan, sentence, resolution) + elsewhere;
        if name.class == class::COUNTRY || evidence() >= self.enough(name.class) {
            return Some(self.kind(range, Some(name), sentence, scan));
        }
        None
    }

    /// Whether a name that the tagger took for a person's is a place's after all: a single word that is in no list of persons' names,
    /// in a text about its country, with more than enough said for it.
    fn mistaken(&self, name: &Name, scan: &Scan, sentence: &Range<usize>, resolution: &Resolution) -> bool {
        let at = name.first as usize;
        let alone = name.tokens == 1
            && (at == sentence.start || self.label(at - 1) != PER)
            && (at + 1 >= sentence.end || self.label(at + 1) != PER);
        let form = &self.forms[at];
        let person = form.lexical.has(Lexical::GIVEN) || form.lexical.has(Lexical::SURNAME);
        let best = scan.entries[name.entry as usize].candidates.first();
        alone
            && !person
            && best.is_some_and(|c| resolution.is_about(c))
            && self.evidence(name, scan, sentence, resolution) >= ENOUGH
    }

    /// The evidence that a name of a class needs. Where the tagger does not know the language it decides alone, so nothing small is
    /// believed and what is well known needs less.
    fn enough(&self, class: u8) -> f32 {
        match class {
            _ if self.english => ENOUGH,
            class::ADMIN1 | class::REGION => ENOUGH_ALONE - 1.0,
            c if (class::METROPOLIS..class::METROPOLIS + 3).contains(&c) => ENOUGH_ALONE - 1.3,
            c if c == class::METROPOLIS + 3 || c == class::ADMIN2 => ENOUGH_ALONE,
            _ => ENOUGH_ALONE + 1.0,
        }
    }

    /// How much speaks for a name that the tagger passed over: what it is, whether the text is about its surroundings, and the
    /// words beside it. Set by hand.
    fn evidence(&self, name: &Name, scan: &Scan, sentence: &Range<usize>, resolution: &Resolution) -> f32 {
        let range = name.range();
        let (first, last) = (&self.forms[range.start], &self.forms[range.end - 1]);
        let capital = |i: usize| {
            matches!(
                self.forms[i].shape,
                Shape::Title | Shape::Capitals | Shape::Mixed | Shape::Initial | Shape::Points
            )
        };
        let small = |i: usize| self.tokens[i].text(self.text).to_lowercase();
        let mut evidence = match name.class {
            class::ADMIN1 | class::REGION | class::METROPOLIS => 2.0,
            class::ABBREVIATION => 0.0,
            c if c == class::METROPOLIS + 1 || c == class::METROPOLIS + 2 => 1.5,
            class::WATER | class::TERRAIN => 1.0,
            class::HAMLET => 0.0,
            _ => 0.5,
        };
        if name.tokens > 1 && last.shape != Shape::Number {
            evidence += 1.0;
        } else if super::recognise::commonness(first.lower) >= 1 {
            evidence -= 3.0;
        }
        if name.tokens == 1 && (first.lexical.has(Lexical::GIVEN) || first.lexical.has(Lexical::SURNAME)) {
            evidence -= 1.5;
        }
        if first.length < 3 && first.shape != Shape::Capitals {
            evidence -= 0.5;
        }
        // What else the text names, and what it says of the same name elsewhere.
        evidence += resolution.trust(scan, name.entry);
        let before = (range.start > sentence.start).then(|| range.start - 1);
        if let Some(i) = before {
            let word = small(i);
            if self.forms[i].lexical.has(Lexical::PLACE_PREPOSITION) && self.forms[i].shape == Shape::Small {
                let named = i > sentence.start && self.forms[i - 1].lexical.has(Lexical::REGION);
                evidence += if word == "of" && !named { 0.5 } else { 2.0 };
            } else if !self.english && super::language::is_place_preposition(&word) {
                evidence += 1.5;
            } else if capital(i) && self.label(i) != B && self.label(i) != I {
                evidence -= 2.5;
            }
        }
        if range.end < sentence.end {
            if capital(range.end) && self.label(range.end) != B {
                evidence -= 2.5;
            }
            let possessive = matches!(self.tokens[range.end].text(self.text), "'s" | "’s");
            if possessive && name.tokens == 1 {
                evidence += 0.3;
            }
        }
        if resolution.has_container(scan, name) {
            evidence += 2.0;
        }
        if self.english {
            evidence += match self.frame(&range, sentence) {
                Frame::None => 0.0,
                Frame::Likely => 1.2,
                Frame::Sure => 2.5,
            };
        }
        evidence
    }

    /// Whether the organisation whose name goes on here is an institute, party or group rather than a force of a country.
    fn is_institute(&self, from: usize, end: usize) -> bool {
        let mut last = None;
        for i in from..end.min(from + 8) {
            if self.label(i) != ORG {
                break;
            }
            if self.forms[i].shape != Shape::Small {
                last = Some(i);
            }
        }
        let first = (from < end).then(|| &self.forms[from]);
        last.is_some_and(|i| !self.forms[i].lexical.has(Lexical::FORCE))
            && first.is_some_and(|f| f.lexical.has(Lexical::ORGANISATION) && !f.lexical.has(Lexical::FORCE))
    }

    fn kind(&self, range: Range<usize>, name: Option<&Name>, sentence: &Range<usize>, scan: &Scan) -> MentionKind {
        if name.is_some_and(|n| n.class == class::DEMONYM) {
            return MentionKind::Demonym;
        }
        let governs = name
            .is_some_and(|n| scan.entries[n.entry as usize].candidates.iter().take(GOVERNING).any(Candidate::governs));
        let around = Around { text: self.text, tokens: self.tokens, forms: self.forms };
        if governs && around.is_metonym(range, sentence.clone()) { MentionKind::Metonym } else { MentionKind::Location }
    }
}
