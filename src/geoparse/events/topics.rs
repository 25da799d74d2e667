//! Which place "the city", "there" or "the capital" means: a running weight of every place named, and who is a capital.

use super::keys::Keys;
use super::lexicon::lexicon;
use super::units::{can_change_hands, is_building};
use crate::model::{Mention, MentionKind, PlaceKind};
use rustc_hash::FxHashMap;

/// Share of a place's weight that the next sentence keeps.
const FADE: f64 = 0.75;

/// What an anaphor asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Any town.
    Town,
    /// A large one ("the city").
    City,
    /// A small one ("the village").
    Village,
    /// The capital of a country, of the story's own where not said.
    Capital(Option<&'static str>),
    /// A division or region ("the province").
    Area,
    /// Anything ("it", "there").
    Any,
}

/// The places of a text so far, by weight.
#[derive(Debug, Default)]
pub(super) struct Topics {
    keys: Keys,
    /// Weight and last sentence of each place, with the mention that named it first.
    places: Vec<Topic>,
    /// By key, the number of the place.
    by_key: FxHashMap<u32, usize>,
    /// Places that are capitals, with the nations whose they are.
    capitals: Vec<(usize, Vec<&'static str>)>,
    /// Named as a capital in the text itself ("Goma, the capital of …").
    capital: Option<usize>,
    sentence: usize,
    nations: Vec<(&'static str, u32)>,
}

#[derive(Debug)]
struct Topic {
    mention: usize,
    weight: f64,
    /// Sentence of the weight.
    since: usize,
}

impl Topics {
    /// Takes note of the nations that a text's names belong to, for "the capital".
    pub(super) fn survey(mentions: &[Mention], keys: &Keys) -> Self {
        let mut topics = Self { keys: keys.clone(), ..Self::default() };
        let mut counts: Vec<(&'static str, u32)> = Vec::new();
        for mention in mentions {
            let code = lexicon().nation(&mention.text.to_lowercase()).map(|n| n.0).or_else(|| {
                let code = mention.place.as_ref()?.country.as_deref()?;
                lexicon().nation_code(code)
            });
            if let Some(code) = code {
                match counts.iter_mut().find(|(c, _)| *c == code) {
                    Some((_, n)) => *n += 1,
                    None => counts.push((code, 1)),
                }
            }
        }
        counts.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        topics.nations = counts;
        topics
    }

    /// The keys of the text's places.
    pub(super) fn keys(&self) -> &Keys {
        &self.keys
    }

    /// The nation most names of the text belong to.
    pub(super) fn home(&self) -> Option<&'static str> {
        self.nations.first().map(|n| n.0)
    }

    pub(super) fn next_sentence(&mut self) {
        self.sentence += 1;
    }

    /// Adds weight to the place of a mention.
    pub(super) fn touch(&mut self, mentions: &[Mention], mention: usize, weight: f64) {
        if !can_change_hands(&mentions[mention]) {
            return;
        }
        let key = self.keys.key(mention);
        let sentence = self.sentence;
        match self.by_key.get(&key) {
            Some(&at) => {
                let topic = &mut self.places[at];
                topic.weight = topic.weight * fade(sentence - topic.since) + weight;
                topic.since = sentence;
            }
            None => {
                self.by_key.insert(key, self.places.len());
                let of = capital_of(&mentions[mention]);
                if !of.is_empty() {
                    self.capitals.push((self.places.len(), of));
                }
                self.places.push(Topic { mention, weight, since: sentence });
            }
        }
    }

    pub(super) fn is_capital(&mut self, mention: usize) {
        self.capital.get_or_insert(mention);
    }

    /// The likeliest place for an anaphor, `not` excluded.
    pub(super) fn find(&self, mentions: &[Mention], wanted: Wanted, not: Option<usize>) -> Option<usize> {
        self.find_but(mentions, wanted, not.as_slice())
    }

    /// The likeliest place for an anaphor, some excluded.
    pub(super) fn find_but(&self, mentions: &[Mention], wanted: Wanted, not: &[usize]) -> Option<usize> {
        let allowed = |m: usize| !not.iter().any(|n| self.keys.same(m, *n));
        if let Wanted::Capital(nation) = wanted {
            if nation.is_none()
                && let Some(mention) = self.capital.filter(|m| allowed(*m))
            {
                return Some(mention);
            }
            let of = |code: &str| {
                let named = |m: usize| allowed(m) && mentions[m].kind == MentionKind::Location;
                let its = self.capitals.iter().filter(|(_, of)| of.contains(&code)).map(|(at, _)| &self.places[*at]);
                self.best_of(its.filter(|t| named(t.mention)))
            };
            let capital = match nation {
                Some(code) => of(code),
                None => self.nations.iter().find_map(|(code, _)| of(code)),
            };
            return capital.or_else(|| self.best(|t| allowed(t.mention) && town(&mentions[t.mention])));
        }
        let population = |m: usize| mentions[m].place.as_ref().map_or(0, |p| p.population);
        let fits = |t: &Topic| {
            let kind = mentions[t.mention].place.as_ref().map(|p| p.kind);
            allowed(t.mention)
                && match wanted {
                    Wanted::Area => {
                        kind.is_some_and(|k| matches!(k, PlaceKind::Admin1 | PlaceKind::Admin2 | PlaceKind::Region))
                    }
                    Wanted::Any => kind.is_none_or(|k| !matches!(k, PlaceKind::Country | PlaceKind::Continent)),
                    Wanted::City => town(&mentions[t.mention]) && !(1..20_000).contains(&population(t.mention)),
                    Wanted::Village => town(&mentions[t.mention]) && population(t.mention) < 100_000,
                    _ => town(&mentions[t.mention]),
                }
        };
        self.best(fits).or_else(|| match wanted {
            Wanted::City | Wanted::Village => self.best(|t| allowed(t.mention) && town(&mentions[t.mention])),
            Wanted::Area => self.best(|t| {
                allowed(t.mention) && mentions[t.mention].place.as_ref().is_some_and(|p| p.kind == PlaceKind::Country)
            }),
            _ => None,
        })
    }

    fn best(&self, fits: impl Fn(&Topic) -> bool) -> Option<usize> {
        self.best_of(self.places.iter().filter(|t| fits(t)))
    }

    fn best_of<'t>(&'t self, topics: impl Iterator<Item = &'t Topic>) -> Option<usize> {
        // A place of this very sentence is at hand.
        let at_hand = |t: &Topic| if t.since == self.sentence && t.weight >= 1.0 { 1.6 } else { 1.0 };
        let now = |t: &Topic| t.weight * fade(self.sentence - t.since) * at_hand(t);
        let mut best: Option<(f64, usize)> = None;
        for topic in topics {
            let weight = now(topic);
            // Later names win ties: they are nearer.
            if best.is_none_or(|(w, _)| weight >= w) {
                best = Some((weight, topic.mention));
            }
        }
        best.map(|b| b.1)
    }
}

fn fade(sentences: usize) -> f64 {
    FADE.powi(sentences.min(60) as i32)
}

fn town(mention: &Mention) -> bool {
    mention.place.as_ref().is_none_or(|p| p.kind == PlaceKind::City) && !is_building(mention)
}

/// The nations whose capital, present or past, a mention names.
fn capital_of(mention: &Mention) -> Vec<&'static str> {
    let mut codes = lexicon().capital_of(&mention.text.to_lowercase()).to_vec();
    if let Some(place) = &mention.place {
        codes.extend(lexicon().capital_of(&place.name.to_lowercase()));
    }
    codes
}
