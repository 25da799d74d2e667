//! Reading: from a news text to its place mentions, control events and distances.
//!
//! [`read`] does everything; [`resolve`] places names somebody else has found. Offsets are code points of the text as given,
//! markup and all. A text of more than half a megabyte is read chapter by chapter, each resolved on its own, so that time is linear
//! in its length and what is kept while reading is bounded; [`Chapters`] is that road for those who do not keep the result either.

pub mod candidates;
pub mod distance;
pub mod events;
mod frames;
mod inherit;
pub mod kinds;
pub mod language;
pub mod learn;
pub mod mentions;
mod placing;
pub mod ranker;
pub mod recognise;
pub mod resolution;
pub mod scan;
pub mod votes;
pub mod words;

use crate::diag::Warned;
use crate::gazetteer::Gazetteer;
use crate::model::{Background, DistanceClaim, Mention};
use crate::text::{CharIndex, Sentence, Span, Token, chapters, sentences, tokens};
use crate::time::Date;
use rayon::prelude::*;

/// What is known about a text beside its words.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Options {
    /// Publication day, against which "Thursday" is resolved.
    pub published: Option<Date>,
    /// BCP 47 tag of the language; detected where not given.
    pub lang: Option<String>,
    /// ISO 3166-1 alpha-2 code of the country of publication, which weighs in on names that many countries have.
    pub country: Option<String>,
    /// Whether places carry their names in other languages, for labels; finding them out takes a tenth of the time.
    pub names: bool,
}

/// What a text says.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reading {
    /// BCP 47 tag of its language, as given or detected.
    pub lang: String,
    /// Place names, in the order of the text; they never overlap.
    pub mentions: Vec<Mention>,
    /// Who gained, lost, entered, contested or besieged what, in the order of the text.
    pub events: Vec<events::ControlEvent>,
    /// Who the events are about.
    pub sides: Vec<events::Side>,
    /// Stated distances, measured.
    pub distances: Vec<DistanceClaim>,
    /// What the text recalls from long before.
    pub background: Vec<Background>,
}

impl Reading {
    /// Puts the reading of the next chapter behind this one.
    fn append(&mut self, next: Self) {
        let before = self.mentions.len();
        self.lang = next.lang;
        self.mentions.extend(next.mentions);
        self.events.extend(next.events.into_iter().map(|e| events::ControlEvent { mention: e.mention + before, ..e }));
        self.distances.extend(next.distances);
        self.background.extend(next.background);
        for side in next.sides {
            match self.sides.iter_mut().find(|s| s.id == side.id) {
                Some(known) => {
                    let new = side.aliases.into_iter().filter(|a| !known.aliases.contains(a)).collect::<Vec<_>>();
                    known.aliases.extend(new);
                }
                None => self.sides.push(side),
            }
        }
    }

    /// Moves everything by so many code points.
    fn shift(&mut self, by: usize) {
        let shift = |span: &mut Span| *span = Span::new(span.start + by, span.end + by);
        self.mentions.iter_mut().for_each(|m| shift(&mut m.span));
        self.events.iter_mut().for_each(|e| shift(&mut e.evidence));
        self.distances.iter_mut().for_each(|d| shift(&mut d.evidence));
        self.background.iter_mut().for_each(|b| shift(&mut b.evidence.span));
    }
}

/// Reads a text of any length chapter by chapter ([`crate::text::chapters`]), each on its own: what has been read need not be kept.
///
/// ```
/// use mapdesk::geoparse::{Chapters, Options};
/// use mapdesk::text::Span;
/// let mut reader = Chapters::new(&Options::default());
/// reader.read(&["Rebels entered Hama."]);
/// let next = reader.read(&["They left Homs."]);
/// assert_eq!(next[0].mentions[0].span, Span::new(30, 34));
/// ```
pub struct Chapters {
    options: Options,
    /// Code points read so far.
    chars: usize,
}

impl Chapters {
    /// A reader at the beginning of a text.
    pub fn new(options: &Options) -> Self {
        Self { options: options.clone(), chars: 0 }
    }

    /// Reads the next chapters, on all cores; offsets are those of the whole text, mentions of events those of the chapter. The
    /// language of the first is that of all.
    pub fn read(&mut self, chapters: &[impl AsRef<str> + Sync]) -> Vec<Reading> {
        let gazetteer = Gazetteer::embedded();
        let mut readings = Vec::with_capacity(chapters.len());
        let mut rest = chapters;
        if let (None, [first, others @ ..]) = (&self.options.lang, chapters) {
            readings.push(chapter(gazetteer, first.as_ref(), &self.options));
            self.options.lang = Some(readings[0].lang.clone());
            rest = others;
        }
        let read = |text: &_| chapter(gazetteer, AsRef::<str>::as_ref(text), &self.options);
        match rest {
            // Waking the other cores takes longer than an article.
            [] | [_] => readings.extend(rest.iter().map(read)),
            _ => readings.par_extend(rest.par_iter().map(read)),
        }
        for (reading, text) in readings.iter_mut().zip(chapters) {
            reading.shift(self.chars);
            self.chars += text.as_ref().chars().count();
        }
        readings
    }
}

fn chapter(gazetteer: &Gazetteer, text: &str, options: &Options) -> Reading {
    let mut prepared = Prepared::new(gazetteer, text, options);
    let mentions = prepared.mentions(gazetteer, text);
    prepared.reading(text, options, mentions)
}

/// A chapter with its tokens, their forms and labels, and the names in it.
struct Prepared {
    tokens: Vec<Token>,
    sentences: Vec<Sentence>,
    forms: Vec<recognise::forms::Form>,
    labels: Vec<u8>,
    scan: scan::Scan,
    home: Option<u32>,
    lang: String,
    named: bool,
}

impl Prepared {
    fn new(gazetteer: &Gazetteer, text: &str, options: &Options) -> Self {
        let tokens = tokens(text);
        let lang = options.lang.clone().unwrap_or_else(|| language::detect(text, &tokens).to_owned());
        let sentences = sentences(text, &tokens);
        let forms: Vec<recognise::forms::Form> = tokens.iter().map(|t| recognise::forms::form(text, t)).collect();
        let scan = scan::scan(gazetteer, text, &tokens, &sentences, &forms);
        let prepared = recognise::prepare(forms, &tokens, &sentences, &scan.names);
        let labels = recognise::tag(&prepared);
        let home = options.country.as_deref().and_then(|c| gazetteer.country(c)).map(|ix| ix.0);
        let named = options.names;
        Self { named, tokens, sentences, forms: prepared.forms, labels, scan, home, lang }
    }

    /// Marks spans as places, whatever the tagger thinks.
    fn give(&mut self, spans: &[Span]) {
        for span in spans {
            let from = self.tokens.partition_point(|t| (t.to as usize) <= span.start);
            let mut label = recognise::weights::B;
            for (token, known) in self.tokens[from..].iter().zip(&mut self.labels[from..]) {
                if token.from as usize >= span.end {
                    break;
                }
                *known = label as u8;
                label = recognise::weights::I;
            }
        }
    }

    fn draft<'a>(&'a self, gazetteer: &'a Gazetteer, text: &'a str) -> mentions::Draft<'a> {
        mentions::Draft {
            gazetteer,
            text,
            tokens: &self.tokens,
            sentences: &self.sentences,
            forms: &self.forms,
            labels: &self.labels,
            english: self.lang.starts_with("en"),
            named: self.named,
        }
    }

    /// The place names of the text, resolved together.
    fn mentions(&mut self, gazetteer: &Gazetteer, text: &str) -> Vec<Mention> {
        let resolution = self.resolution(text);
        let mut scan = std::mem::take(&mut self.scan);
        self.draft(gazetteer, text).mentions(&mut scan, &resolution)
    }

    /// The same for names that are given as spans; one mention a span, in the order given.
    fn given(&mut self, gazetteer: &Gazetteer, text: &str, spans: &[Span]) -> Vec<Mention> {
        self.give(spans);
        let resolution = self.resolution(text);
        let mut scan = std::mem::take(&mut self.scan);
        self.draft(gazetteer, text).given(spans, &mut scan, &resolution)
    }

    fn reading(&self, text: &str, options: &Options, mentions: Vec<Mention>) -> Reading {
        let found = events::extract(text, &self.tokens, &self.sentences, &mentions, options.published);
        let distances = distance::measured(&found.stated, &mentions);
        Reading {
            lang: self.lang.clone(),
            mentions,
            events: found.events,
            sides: found.sides,
            distances,
            background: found.background,
        }
    }

    fn resolution(&self, text: &str) -> resolution::Resolution {
        let around = kinds::Around { text, tokens: &self.tokens, forms: &self.forms };
        resolution::Resolution::new(&around, &self.sentences, &self.labels, &self.scan, self.home)
    }
}

/// Reads a text: its place names, resolved together, its control events and its distances.
pub fn read(text: &str, options: &Options) -> Warned<Reading> {
    let mut reader = Chapters::new(options);
    let mut whole = Reading::default();
    for chapter in chapters(text) {
        reader.read(&[chapter]).into_iter().for_each(|r| whole.append(r));
    }
    Warned::silent(whole)
}

/// The place names of a text, resolved together, and nothing else.
pub fn toponyms(text: &str, options: &Options) -> Vec<Mention> {
    let gazetteer = Gazetteer::embedded();
    let mut options = options.clone();
    let (mut found, mut chars) = (Vec::new(), 0);
    for chapter in chapters(text) {
        let mut prepared = Prepared::new(gazetteer, chapter, &options);
        options.lang.get_or_insert_with(|| prepared.lang.clone());
        let mut reading = Reading { mentions: prepared.mentions(gazetteer, chapter), ..Reading::default() };
        reading.shift(chars);
        chars += chapter.chars().count();
        found.append(&mut reading.mentions);
    }
    found
}

/// Reads a text whose place names somebody else has found: exactly those are resolved, one mention a span, in the order given.
pub fn read_given(text: &str, spans: &[Span], options: &Options) -> Warned<Reading> {
    Warned::silent(given(text, spans, options, true))
}

/// Resolves names that are given as spans of code points, all together, with every other name of the text as evidence; the
/// result has one mention a span, in the order given.
pub fn resolve(text: &str, spans: &[Span], options: &Options) -> Vec<Mention> {
    given(text, spans, options, false).mentions
}

fn given(text: &str, spans: &[Span], options: &Options, events: bool) -> Reading {
    let gazetteer = Gazetteer::embedded();
    let index = CharIndex::new(text);
    let mut options = options.clone();
    // Events and distances walk the text, so they want the mentions in its order; the answer keeps that of the question.
    let mut order: Vec<usize> = (0..spans.len()).collect();
    order.sort_by_key(|i| (spans[*i].start, spans[*i].end));
    let mut mentions: Vec<Option<Mention>> = vec![None; spans.len()];
    let mut whole = Reading::default();
    let (mut rest, mut chars, mut bytes) = (order.as_slice(), 0, 0);
    for chapter in chapters(text) {
        bytes += chapter.len();
        let end = chars + chapter.chars().count();
        // Spans beyond the text are of its last chapter.
        let last = bytes == text.len();
        let (own, later) = rest.split_at(rest.partition_point(|i| last || spans[*i].start < end));
        let local: Vec<Span> =
            own.iter().map(|i| Span::new(spans[*i].start - chars, spans[*i].end.saturating_sub(chars))).collect();
        let mut prepared = Prepared::new(gazetteer, chapter, &options);
        options.lang.get_or_insert_with(|| prepared.lang.clone());
        let found = prepared.given(gazetteer, chapter, &local);
        for (i, mention) in own.iter().zip(&found) {
            let text = index.slice(text, spans[*i]).to_owned();
            mentions[*i] = Some(Mention { span: spans[*i], text, ..mention.clone() });
        }
        if events {
            let mut reading = prepared.reading(chapter, &options, found);
            reading.mentions.clear();
            reading.events.iter_mut().for_each(|e| e.mention = own[e.mention]);
            reading.shift(chars);
            whole.append(reading);
        }
        (rest, chars) = (later, end);
    }
    whole.mentions = mentions.into_iter().flatten().collect();
    whole
}

#[cfg(test)]
mod smoke_tests;
#[cfg(test)]
mod tests;
