//! Names to put into training text: the gazetteer's, the word lists', and some that are coined.

use mapdesk::gazetteer::Gazetteer;
use mapdesk::model::PlaceKind;
use mapdesk::text::fold;
use std::collections::BTreeMap;

/// Whole numbers in a fixed order that looks like none.
pub struct Chance(pub u64);

impl Chance {
    /// A number below `n`, which is more than 0.
    pub fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % n
    }

    /// One of some.
    pub fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// Names by what they name.
pub struct Names {
    /// Populated places: of 200,000 people and more, of 20,000 and more, smaller.
    towns: [Vec<String>; 3],
    /// Countries.
    pub countries: Vec<String>,
    /// Capitals.
    pub capitals: Vec<String>,
    /// First-order divisions.
    pub divisions: Vec<String>,
    /// Rivers, lakes and seas.
    pub waters: Vec<String>,
}

impl Names {
    /// The gazetteer's names, but for those that are also common words.
    pub fn new(gazetteer: &Gazetteer, common: &BTreeMap<u32, u8>) -> Self {
        let mut names = Self {
            towns: Default::default(),
            countries: Vec::new(),
            capitals: Vec::new(),
            divisions: Vec::new(),
            waters: Vec::new(),
        };
        for record in gazetteer.iter() {
            let name = record.name();
            let words = name.split(' ').count();
            let plain = name.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '-' | '\'' | '’'));
            let known = words == 1 && common.contains_key(&mapdesk::geoparse::recognise::forms::word_hash(&fold(name)));
            let titled = name.split(' ').all(|w| w.chars().next().is_some_and(char::is_uppercase));
            if !plain || known || words > 3 || name.chars().count() < 3 || !titled {
                continue;
            }
            match record.kind() {
                PlaceKind::Country => names.countries.push(name.to_owned()),
                PlaceKind::Admin1 if record.population() > 50_000 => names.divisions.push(name.to_owned()),
                PlaceKind::Water if words == 1 => names.waters.push(name.to_owned()),
                PlaceKind::City => {
                    if record.is_capital() {
                        names.capitals.push(name.to_owned());
                    }
                    match record.population() {
                        200_000.. => names.towns[0].push(name.to_owned()),
                        20_000.. => names.towns[1].push(name.to_owned()),
                        1_000.. => names.towns[2].push(name.to_owned()),
                        _ => {}
                    }
                }
                _ => {}
            }
        }
        names
    }

    /// A populated place: often a large one, sometimes one that no gazetteer has.
    pub fn town(&self, chance: &mut Chance) -> String {
        match chance.below(20) {
            0..=5 => chance.one(&self.towns[0]).clone(),
            6..=12 => chance.one(&self.towns[1]).clone(),
            13..=16 => chance.one(&self.towns[2]).clone(),
            _ => self.coined(chance),
        }
    }

    /// The head of one name with the tail of another.
    fn coined(&self, chance: &mut Chance) -> String {
        let half = |name: &str, head: bool| -> String {
            let letters: Vec<char> = name.split(' ').next().unwrap_or(name).chars().collect();
            let middle = letters.len().div_ceil(2);
            if head { letters[..middle].iter().collect() } else { letters[middle..].iter().collect() }
        };
        let (a, b) = (chance.one(&self.towns[1]), chance.one(&self.towns[1]));
        format!("{}{}", half(a, true), half(b, false).to_lowercase())
    }
}
