//! Frames: words beside a name that only places have there, whoever knows the name: "the village of X", "X, 75 km east of the
//! city", "the battle for X", "X was shelled".

use super::mentions::Draft;
use super::recognise::forms::{Form, Shape};
use super::recognise::lexicon::Lexical;
use super::recognise::weights::{B, I, O, PER};
use super::scan::{Name, Scan, class};
use super::words::{Words, words};
use rustc_hash::FxHashSet;
use std::ops::Range;

words! {
    /// What a place is called, before "of" or as its apposition.
    SETTLEMENTS: "city town village hamlet port suburb settlement township oasis municipality commune stronghold";
    /// The same for several.
    MANY: "cities towns villages hamlets ports suburbs settlements townships municipalities communes districts neighbourhoods \
        neighborhoods";
    /// What is fought or done about a place: before "of", "for" or "on".
    FATES: "battle battles fight siege fall capture recapture seizure liberation loss bombardment shelling bombing evacuation outskirts \
        centre center mayor residents inhabitants streets attack assault advance gates governor";
    /// Behind "at the", "on the": where a place lies.
    SITES: "mouth bank banks border coast foot edge outskirts road highway confluence entrance shore shores frontier crossroads gorge \
        river railway plain slopes tip end";
    /// What befalls a place, behind "was" and "has been".
    BEFALLS: "captured recaptured taken retaken seized overrun liberated besieged encircled surrounded shelled bombed bombarded stormed \
        evacuated flooded razed abandoned";
    /// What goes on behind a settlement's word in an apposition.
    GOES_ON: "in on near of by at from outside around between along about some just with that where which whose and";
    /// Stand before a figure.
    ABOUT: "about some just around only nearly almost roughly barely";
    /// Units of length.
    LENGTHS: "km kms kilometre kilometres kilometer kilometers mile miles";
    /// Forms of "be" before what befalls.
    WAS: "was were been being is are";
    /// Ways through a town, named after other places.
    WAYS: "street avenue boulevard lane";
}

/// How surely the words beside a name say that it is a place's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Frame {
    /// They say nothing.
    None,
    /// A place is likely.
    Likely,
    /// Nothing but a place stands there.
    Sure,
}

/// The names of a text that some frame in it leaves no doubt about.
#[derive(Default)]
pub(super) struct Told<'t> {
    /// Those of the gazetteer, by entry.
    pub(super) entries: FxHashSet<u32>,
    /// Others, as they are written.
    names: FxHashSet<&'t str>,
}

/// A list of names is followed back over so many tokens.
const LISTED: usize = 12;

impl Draft<'_> {
    fn has(&self, words: &Words, i: usize) -> bool {
        words.has(self.forms.get(i))
    }

    fn small(&self, words: &Words, i: usize) -> bool {
        self.forms.get(i).is_some_and(|f| f.shape == Shape::Small) && self.has(words, i)
    }

    fn capital(&self, i: usize) -> bool {
        self.forms.get(i).is_some_and(|f| {
            matches!(f.shape, Shape::Title | Shape::Capitals | Shape::Mixed) && !f.lexical.has(Lexical::CALENDAR)
        })
    }

    /// What the words beside some tokens of a sentence say of them.
    pub(super) fn frame(&self, range: &Range<usize>, sentence: &Range<usize>) -> Frame {
        self.before(range.start, sentence).max(self.behind(range, sentence))
    }

    fn before(&self, start: usize, sentence: &Range<usize>) -> Frame {
        let word = |i: usize| self.word(i);
        let noun = |at: usize, words: &[&Words]| {
            at >= sentence.start + 2 && words.iter().any(|w| self.small(w, at - 2)) && word(at - 1) == "of"
        };
        if noun(start, &[&SETTLEMENTS, &MANY]) {
            return Frame::Sure;
        }
        // "the villages of X, Y and Z".
        let mut at = start;
        while at > sentence.start + 1
            && start - at < LISTED
            && (self.capital(at - 1) || matches!(word(at - 1), "," | "and" | "-"))
        {
            at -= 1;
        }
        if at < start && matches!(word(start - 1), "," | "and") && noun(at, &[&MANY]) {
            return Frame::Sure;
        }
        let fought = start >= sentence.start + 2
            && self.small(&FATES, start - 2)
            && matches!(word(start - 1), "for" | "of" | "on");
        if fought { Frame::Likely } else { Frame::None }
    }

    /// Whether a length begins at a token: "75 kilometres", "about 30 km".
    fn length(&self, at: usize) -> bool {
        let at = at + usize::from(self.small(&ABOUT, at));
        self.forms.get(at).is_some_and(|f| f.shape == Shape::Number) && self.small(&LENGTHS, at + 1)
    }

    fn behind(&self, range: &Range<usize>, sentence: &Range<usize>) -> Frame {
        let word = |i: usize| if i < sentence.end { self.word(i) } else { "" };
        let end = range.end;
        if word(end) == "," {
            let at = end + 1;
            if self.length(at) {
                return Frame::Sure;
            }
            if matches!(word(at), "a" | "an" | "the" | "another") {
                let noun = (at + 1..(at + 5).min(sentence.end)).find(|i| self.small(&SETTLEMENTS, *i));
                let goes_on = |i: usize| {
                    matches!(word(i), "," | ".")
                        || self.small(&GOES_ON, i)
                        || self
                            .forms
                            .get(i)
                            .is_some_and(|f| f.shape == Shape::Number || f.lexical.has(Lexical::COMPASS))
                };
                let plain = |i: usize| {
                    (at + 1..i)
                        .all(|k| !matches!(self.forms[k].shape, Shape::Mark) || matches!(word(k), "-" | "'s" | "’s"))
                };
                if noun.is_some_and(|i| goes_on(i + 1) && plain(i)) {
                    return Frame::Sure;
                }
            }
            let lies = matches!(word(at), "at" | "on" | "near") && matches!(word(at + 1), "the" | "its");
            if lies && (at + 2..at + 5).any(|i| i < sentence.end && self.small(&SITES, i)) {
                // "X, at the mouth of the gorge, 50 km south of the capital".
                let next = (at + 3..(at + 10).min(sentence.end)).find(|i| word(*i) == ",");
                return if next.is_some_and(|i| self.length(i + 1)) { Frame::Sure } else { Frame::Likely };
            }
        }
        let was = (end..end + 3).take_while(|i| self.forms.get(*i).is_some_and(|f| f.shape == Shape::Small));
        let befalls = was.filter(|i| self.has(&WAS, *i)).any(|i| i + 1 < sentence.end && self.small(&BEFALLS, i + 1));
        // "X fell to the rebels", "X fell on Monday", but no one who "fell from a horse".
        let falls = word(end) == "fell"
            && (matches!(word(end + 1), "to" | "on" | "." | "," | "after" | "without")
                || self.forms.get(end + 1).is_some_and(|f| f.lexical.has(Lexical::CALENDAR)));
        if befalls || falls { Frame::Likely } else { Frame::None }
    }

    /// What the whole text says of its names: those of the gazetteer (entries), and others, that a frame leaves no doubt about.
    pub(super) fn told(&self, scan: &Scan) -> Told<'_> {
        let mut told = Told::default();
        if !self.english {
            return told;
        }
        let mut names = scan.names.iter().peekable();
        for sentence in self.sentences {
            for at in sentence.tokens.clone().filter(|at| self.capital(*at)) {
                while names.next_if(|n| (n.first as usize) < at).is_some() {}
                let known = names.peek().filter(|n| n.first as usize == at && n.class != class::DEMONYM);
                if let Some(name) = known
                    && self.frame(&name.range(), &sentence.tokens) == Frame::Sure
                {
                    told.entries.insert(name.entry);
                }
                if let Some(range) = self.unknown(at, &sentence.tokens, &Told::default()) {
                    told.names.insert(self.text_of(&range));
                }
            }
        }
        told
    }

    fn text_of(&self, range: &Range<usize>) -> &str {
        &self.text[self.tokens[range.start].start as usize..self.tokens[range.end - 1].end as usize]
    }

    /// A name that neither the tagger nor the gazetteer knows, begun at a token, where its frame, here or elsewhere in the text, leaves
    /// no doubt.
    pub(super) fn unknown(&self, start: usize, sentence: &Range<usize>, told: &Told<'_>) -> Option<Range<usize>> {
        let inside = start > sentence.start
            && (self.capital(start - 1) || (self.word(start - 1) == "-" && start > sentence.start + 1));
        if inside || !self.capital(start) || self.forms[start].length < 3 {
            return None;
        }
        let range = start..self.run(start + 1, sentence);
        let labels = |allowed: &[usize]| range.clone().all(|i| allowed.contains(&usize::from(self.labels[i])));
        let led = self.before(start, sentence) == Frame::Sure && labels(&[O, PER, B, I]);
        let followed = self.behind(&range, sentence) == Frame::Sure && labels(&[O, PER, B, I]);
        let place = |f: &Form| !f.lexical.has(Lexical::TITLE) && !f.lexical.has(Lexical::ORGANISATION);
        let elsewhere = || told.names.contains(self.text_of(&range)) && labels(&[O, PER]);
        ((led || followed || elsewhere()) && range.clone().all(|i| place(&self.forms[i]))).then_some(range)
    }

    /// A name of several words, begun at a token, that a frame elsewhere in the text leaves no doubt about: it is no two names here.
    pub(super) fn told_elsewhere(
        &self,
        start: usize,
        sentence: &Range<usize>,
        told: &Told<'_>,
    ) -> Option<Range<usize>> {
        if told.names.is_empty() || !self.capital(start) {
            return None;
        }
        let range = start..self.run(start + 1, sentence);
        (range.len() > 1 && told.names.contains(self.text_of(&range))).then_some(range)
    }

    /// End of a run of capitals, joined by spaces and hyphens, that goes on at a token; at most so many.
    fn run(&self, mut end: usize, sentence: &Range<usize>) -> usize {
        const LONGEST: usize = 6;
        let most = (end + LONGEST).min(sentence.end);
        let joined = |i: usize| self.tokens[i - 1].end == self.tokens[i].start;
        let inner = |i: usize| self.capital(i) || self.forms[i].lexical.has(Lexical::CONNECTOR);
        while end < most {
            if self.capital(end) {
                end += 1;
            } else if end + 1 < most && self.word(end) == "-" && joined(end) && joined(end + 1) && inner(end + 1) {
                end += 2;
            } else {
                break;
            }
        }
        end
    }

    /// Where an obscure name of the gazetteer is only the beginning of a longer one that nobody knows ("Ras Lanuf"), the end of that.
    pub(super) fn longer(&self, name: &Name, sentence: &Range<usize>) -> Option<usize> {
        let end = name.range().end;
        // "The town of X Y" names the whole, unless X is a city that everybody knows.
        let led = || self.before(name.range().start, sentence) == Frame::Sure;
        let obscure = matches!(name.class, class::HAMLET | class::ABBREVIATION)
            || name.class == class::HAMLET - 1
            || (class::METROPOLIS + 2..class::HAMLET).contains(&name.class) && led();
        let goes_on = |i: usize| {
            let form = &self.forms[i];
            let other = form.lexical.has(Lexical::ORGANISATION)
                || form.lexical.has(Lexical::FACILITY)
                || form.lexical.has(Lexical::REGION)
                || form.lexical.has(Lexical::FORCE)
                || form.lexical.has(Lexical::TITLE);
            self.capital(i) && !other && usize::from(self.labels[i]) == O
        };
        if !obscure || end >= sentence.end || !goes_on(end) {
            return None;
        }
        Some(self.run(end, sentence)).filter(|last| (end..*last).all(|i| !self.capital(i) || goes_on(i)))
    }

    /// "Tripoli Street" is no Tripoli: the end of a name, with the way it names.
    pub(super) fn with_way(&self, end: usize, sentence: &Range<usize>) -> usize {
        let way = end < sentence.end && self.forms[end].shape == Shape::Title && self.has(&WAYS, end);
        end + usize::from(way && self.tokens[end - 1].end < self.tokens[end].start)
    }

    /// Whether a name ends in a way through a town: where its town is not told nobody knows where it is.
    pub(super) fn is_way(&self, range: &Range<usize>) -> bool {
        range.len() > 1 && self.has(&WAYS, range.end - 1)
    }
}
