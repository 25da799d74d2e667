//! The word tables of the event grammar, read once from the text files beside this module.
//!
//! Facts about English and the names of nations and armed groups; no rule about any one article.

use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::LazyLock;

/// A set of word classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Class(u64);

impl Class {
    pub(super) const NONE: Self = Self(0);
    pub(super) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
    pub(super) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

macro_rules! classes {
    ($($name:ident = $word:literal),+ $(,)?) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "a row of constants, one a word class")]
        enum Order { $($name),+ }
        impl Class { $(pub(super) const $name: Self = Self(1 << Order::$name as u64);)+ }
        fn class(word: &str) -> Option<Class> { match word { $($word => Some(Class::$name),)+ _ => None } }
    };
}

classes! {
    DET = "det", POSS = "poss", PREP = "prep", CONJ = "conj", SUBORD = "subord", REL = "rel", PRON = "pron", BE = "be", HAVE = "have",
    DO = "do", MODAL = "modal", NEG = "neg", NEAR_MISS = "near_miss", ADV = "adv", COMPASS = "compass", NUM = "num", FORCE = "force",
    WEAK = "weak_force", GOV = "gov", REBEL = "rebel", TITLE = "person_title", NEUTRAL = "neutral", SETTLEMENT = "settlement",
    AREA = "area", PART = "part", MINOR = "minor", FACILITY = "facility", OUTSKIRTS = "outskirts", THING = "person_object",
    PEACE = "conflictless", WAR = "war", CONNECT = "connect", VERB = "verb", SPEECH = "speech_noun",
}

/// The shapes a verb form may have; several at once ("cut").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Forms {
    pub(super) base: bool,
    pub(super) third: bool,
    pub(super) past: bool,
    pub(super) participle: bool,
    pub(super) ing: bool,
}

/// How a trigger takes its actor and its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Frame {
    /// Subject actor, place after.
    Transitive,
    /// The place is the subject.
    Intransitive,
    /// Somebody is driven off.
    Expels,
    /// An attack is beaten off.
    Repels,
    /// A noun.
    Noun,
    /// "ordered his units out of".
    OrdersOut,
    /// Leaves or gives up, no place named.
    Bare,
    /// "surrendered" with or without a place.
    Surrenders,
    /// "handed X to Y".
    Hands,
    /// "clashed with Y in X".
    ClashesWith,
}

/// What a trigger tells; wider than the actions of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Deed {
    Captured,
    Recaptured,
    Entered,
    Contested,
    Besieged,
    Relieved,
    Withdrew,
    Lost,
    HandedOver,
    Repelled,
    Advanced,
    Reached,
    Threatened,
    Fall,
}

/// What to listen for.
#[derive(Debug, Clone)]
pub(super) struct Trigger {
    /// Words after the verb or noun, the last right before the place.
    pub(super) pattern: Vec<&'static str>,
    pub(super) frame: Frame,
    pub(super) deed: Deed,
}

/// A nation by its code, and the words of it that stand for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NationWord {
    Name,
    Demonym,
    Capital,
}

#[derive(Debug, Default)]
pub(super) struct Lexicon {
    words: FxHashMap<&'static str, Class>,
    verbs: FxHashMap<String, (&'static str, Forms)>,
    triggers: FxHashMap<&'static str, Vec<Trigger>>,
    nouns: FxHashMap<&'static str, Vec<Trigger>>,
    nations: FxHashMap<String, (&'static str, NationWord)>,
    groups: FxHashSet<&'static str>,
    seizing: FxHashSet<String>,
    folded_groups: FxHashSet<String>,
    group_heads: FxHashSet<&'static str>,
    codes: Vec<&'static str>,
    names: FxHashMap<&'static str, &'static str>,
    capitals: FxHashMap<String, Vec<&'static str>>,
}

static TABLES: LazyLock<Lexicon> = LazyLock::new(Lexicon::read);

pub(super) fn lexicon() -> &'static Lexicon {
    &TABLES
}

/// Lines of a table without comments and blanks.
fn lines(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#'))
}

impl Lexicon {
    fn read() -> Self {
        let mut all = Self::default();
        for line in lines(include_str!("words.txt")) {
            let Some((name, words)) = line.split_once(':') else { continue };
            let class = class(name).expect("every class of the table is one of the list above");
            for word in words.split_whitespace() {
                let entry = all.words.entry(word).or_default();
                *entry = entry.with(class);
            }
        }
        let mut irregular: FxHashMap<&str, (&str, &str)> = FxHashMap::default();
        for line in lines(include_str!("irregular.txt")) {
            let mut words = line.split_whitespace();
            if let (Some(base), Some(past), Some(participle)) = (words.next(), words.next(), words.next()) {
                irregular.insert(base, (past, participle));
            }
        }
        let mut lemmas: Vec<&'static str> =
            all.words.iter().filter(|(_, c)| c.has(Class::VERB)).map(|(w, _)| *w).collect();
        lemmas.sort_unstable();
        for line in lines(include_str!("triggers.txt")) {
            let mut fields = line.split('|').map(str::trim);
            let (Some(words), Some(frame), Some(deed)) = (fields.next(), fields.next(), fields.next()) else {
                continue;
            };
            let mut words = words.split_whitespace();
            let lemma = words.next().expect("a line has a lemma");
            let frame = frame_of(frame);
            let trigger = Trigger { pattern: words.collect(), frame, deed: deed_of(deed) };
            if frame == Frame::Noun {
                all.nouns.entry(lemma).or_default().push(trigger);
            } else {
                lemmas.push(lemma);
                all.triggers.entry(lemma).or_default().push(trigger);
            }
        }
        for list in all.triggers.values_mut().chain(all.nouns.values_mut()) {
            list.sort_by_key(|t| std::cmp::Reverse(t.pattern.len()));
        }
        for lemma in lemmas {
            all.inflect(lemma, irregular.get(lemma).copied());
        }
        let seizes = |lemma: &str| {
            let deeds = all.triggers.get(lemma).into_iter().flatten().filter(|t| t.pattern.is_empty()).map(|t| t.deed);
            deeds.into_iter().any(|d| matches!(d, Deed::Captured | Deed::Recaptured | Deed::Besieged))
        };
        all.seizing = all.verbs.iter().filter(|(_, (lemma, _))| seizes(lemma)).map(|(form, _)| form.clone()).collect();
        for line in lines(include_str!("nations.txt")) {
            let mut fields = line.split('|');
            let Some(code) = fields.next() else { continue };
            all.codes.push(code);
            for (field, kind) in fields.zip([NationWord::Name, NationWord::Demonym, NationWord::Capital]) {
                for name in field.split(';') {
                    if kind == NationWord::Name {
                        all.names.entry(code).or_insert(name);
                    }
                    if kind == NationWord::Capital {
                        all.capitals.entry(name.to_lowercase()).or_default().push(code);
                    }
                    all.nations.entry(name.to_lowercase()).or_insert((code, kind));
                }
            }
        }
        for name in lines(include_str!("groups.txt")) {
            all.groups.insert(name);
            all.group_heads.extend(name.split([' ', '-', '\'', '’']).next());
            all.folded_groups.insert(name.to_lowercase());
        }
        all
    }

    fn inflect(&mut self, lemma: &'static str, irregular: Option<(&'static str, &'static str)>) {
        let stem = lemma.strip_suffix('e').filter(|s| !s.ends_with(['e', 'o'])).unwrap_or(lemma);
        let doubled = irregular
            .is_some_and(|(past, _)| past.starts_with(&format!("{lemma}{}", &lemma[lemma.len() - 1..])))
            || matches!(
                lemma,
                "win"
                    | "get"
                    | "put"
                    | "set"
                    | "cut"
                    | "hit"
                    | "let"
                    | "sit"
                    | "run"
                    | "quit"
                    | "overrun"
                    | "shut"
                    | "dig"
                    | "split"
                    | "begin"
            );
        let last = &lemma[lemma.len() - 1..];
        let consonant_y = lemma.strip_suffix('y').filter(|s| !s.ends_with(['a', 'e', 'o', 'u']));
        let (past, participle) = irregular.map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap_or_else(|| {
            let past = match consonant_y {
                Some(stem) => format!("{stem}ied"),
                None if lemma.ends_with('e') => format!("{lemma}d"),
                None => format!("{lemma}ed"),
            };
            (past.clone(), past)
        });
        let third = match consonant_y {
            Some(stem) => format!("{stem}ies"),
            None if ["s", "sh", "ch", "x", "o"].iter().any(|e| lemma.ends_with(e)) => format!("{lemma}es"),
            None => format!("{lemma}s"),
        };
        let ing = if let Some(stem) = lemma.strip_suffix("ie") {
            format!("{stem}ying")
        } else if doubled {
            format!("{lemma}{last}ing")
        } else {
            format!("{stem}ing")
        };
        let mut add = |form: String, set: fn(&mut Forms)| {
            let entry = self.verbs.entry(form).or_insert((lemma, Forms::default()));
            if entry.0 == lemma {
                set(&mut entry.1);
            }
        };
        add(lemma.to_owned(), |f| f.base = true);
        add(past, |f| f.past = true);
        add(participle, |f| f.participle = true);
        add(third, |f| f.third = true);
        add(ing, |f| f.ing = true);
    }

    pub(super) fn class(&self, word: &str) -> Class {
        self.words.get(word).copied().unwrap_or_default()
    }
    pub(super) fn verb(&self, word: &str) -> Option<(&'static str, Forms)> {
        self.verbs.get(word).copied()
    }
    pub(super) fn triggers(&self, lemma: &str) -> &[Trigger] {
        self.triggers.get(lemma).map_or(&[], Vec::as_slice)
    }
    pub(super) fn nouns(&self, word: &str) -> &[Trigger] {
        self.nouns.get(word).map_or(&[], Vec::as_slice)
    }
    pub(super) fn nation(&self, lower: &str) -> Option<(&'static str, NationWord)> {
        self.nations.get(lower).copied()
    }
    /// The table's own copy of a nation's code.
    pub(super) fn nation_code(&self, code: &str) -> Option<&'static str> {
        self.codes.iter().find(|c| **c == code).copied()
    }
    /// The first name of a nation.
    pub(super) fn nation_name(&self, code: &str) -> Option<&'static str> {
        self.names.get(code).copied()
    }
    /// The nations whose capital, present or past, has a lower-case name.
    pub(super) fn capital_of(&self, lower: &str) -> &[&'static str] {
        self.capitals.get(lower).map_or(&[], Vec::as_slice)
    }
    /// Whether a lower-case name is that of an armed group.
    pub(super) fn is_group_folded(&self, lower: &str) -> bool {
        self.folded_groups.contains(lower)
    }
    /// Whether a lower-case word is a form of a verb that by itself tells of a place taken or besieged.
    pub(super) fn is_seizing(&self, lower: &str) -> bool {
        self.seizing.contains(lower)
    }
    /// Whether the name of an armed group begins with a word.
    pub(super) fn begins_group(&self, word: &str) -> bool {
        self.group_heads.contains(word)
    }
    pub(super) fn is_group(&self, name: &str) -> bool {
        self.groups.contains(name)
    }
}

fn frame_of(word: &str) -> Frame {
    match word {
        "T" => Frame::Transitive,
        "I" => Frame::Intransitive,
        "X" => Frame::Expels,
        "R" => Frame::Repels,
        "N" => Frame::Noun,
        "W" => Frame::OrdersOut,
        "B" => Frame::Bare,
        "S" => Frame::Surrenders,
        "H" => Frame::Hands,
        "C" => Frame::ClashesWith,
        other => panic!("\"{other}\" is not a frame of the trigger table"),
    }
}

fn deed_of(word: &str) -> Deed {
    match word {
        "captured" => Deed::Captured,
        "recaptured" => Deed::Recaptured,
        "entered" => Deed::Entered,
        "contested" => Deed::Contested,
        "besieged" => Deed::Besieged,
        "relieved" => Deed::Relieved,
        "withdrew" => Deed::Withdrew,
        "lost" => Deed::Lost,
        "handed_over" => Deed::HandedOver,
        "repelled" => Deed::Repelled,
        "advanced" => Deed::Advanced,
        "reached" => Deed::Reached,
        "threatened" => Deed::Threatened,
        "fall" => Deed::Fall,
        other => panic!("\"{other}\" is not a deed of the trigger table"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_are_inflected() {
        let lexicon = lexicon();
        for (form, lemma) in [
            ("captured", "capture"),
            ("seizing", "seize"),
            ("overran", "overrun"),
            ("overrunning", "overrun"),
            ("retaken", "retake"),
            ("fled", "flee"),
            ("occupies", "occupy"),
            ("reaches", "reach"),
            ("winning", "win"),
            ("admitted", "admit"),
            ("withdrawn", "withdraw"),
            ("lying", "lie"),
        ] {
            assert_eq!(lexicon.verb(form).map(|v| v.0), Some(lemma), "{form}");
        }
        assert_eq!(lexicon.nation("syrian"), Some(("SY", NationWord::Demonym)));
        assert!(lexicon.class("rebels").has(Class::FORCE));
    }
}
