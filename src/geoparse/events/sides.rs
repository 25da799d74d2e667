//! Sides: the names of a text gathered by whom they stand for.
//!
//! Names join by what they share: a nation, a proper name or its initials, the part of rebel or of government. Where there are
//! rebels, "the army" is the army of the story's own country; in a war of states it is that of the state named last.

use super::Side;
use super::lexicon::lexicon;
use super::parties::Party;
use crate::model::ActorId;
use crate::text::fold;
use std::collections::BTreeMap;

/// Which side each party is on.
#[derive(Debug, Clone, Default)]
pub(super) struct Sides {
    /// By party; `None` for speakers who are on no side.
    of: Vec<Option<usize>>,
    pub(super) all: Vec<Side>,
}

impl Sides {
    pub(super) fn of(&self, party: usize) -> Option<usize> {
        self.of.get(party).copied().flatten()
    }
    pub(super) fn id(&self, party: usize) -> Option<ActorId> {
        self.of(party).map(|s| self.all[s].id.clone())
    }
}

/// Keys that stand for the same side, joined.
#[derive(Default)]
struct Joined {
    keys: BTreeMap<String, usize>,
    parent: Vec<usize>,
}

impl Joined {
    fn key(&mut self, key: &str) -> usize {
        if let Some(at) = self.keys.get(key) {
            return *at;
        }
        self.parent.push(self.parent.len());
        self.keys.insert(key.to_owned(), self.parent.len() - 1);
        self.parent.len() - 1
    }
    fn root(&mut self, mut at: usize) -> usize {
        while self.parent[at] != at {
            self.parent[at] = self.parent[self.parent[at]];
            at = self.parent[at];
        }
        at
    }
    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.parent[a.max(b)] = a.min(b);
    }
}

/// Gathers the parties of a text into sides; `home` is the country most of its places lie in.
pub(super) fn gather(parties: &[Party], home: Option<&str>) -> Sides {
    let mut joined = Joined::default();
    let rebels = parties.iter().any(|p| p.rebel);
    let mut last_state: Option<String> = None;
    let mut keys: Vec<Option<usize>> = Vec::with_capacity(parties.len());
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    for party in parties {
        let mut own: Vec<usize> = Vec::new();
        for name in &party.names {
            let folded = fold(name);
            let last = folded.rsplit(' ').next().unwrap_or("").to_owned();
            if last.len() < 2 {
                continue;
            }
            // A name is known by its last word, as news writes it the second time.
            let key = *names.entry(last.clone()).or_insert_with(|| joined.key(&format!("name {last}")));
            own.push(key);
        }
        let neutral_nation = party.rebel && rebels;
        if !neutral_nation {
            for nation in &party.nations {
                own.push(joined.key(&format!("nation {nation}")));
            }
            if let Some(nation) = party.nations.last() {
                last_state = Some(nation.clone());
            }
        }
        if party.rebel {
            own.push(joined.key("rebels"));
        } else if party.gov && party.nations.is_empty() {
            let state = match (&last_state, rebels, home) {
                (_, true, _) | (None, _, _) => "government".to_owned(),
                (Some(last), false, _) => format!("nation {last}"),
            };
            own.push(joined.key(&state));
        } else if party.gov && rebels && party.nations.iter().any(|n| Some(n.as_str()) == home) {
            own.push(joined.key("government"));
        }
        if own.is_empty() {
            let bare = colourless(&party.text);
            own.extend(bare.map(|word| joined.key(&word)));
        }
        for pair in own.windows(2) {
            joined.join(pair[0], pair[1]);
        }
        keys.push(own.first().copied());
    }
    for (at, party) in parties.iter().enumerate() {
        if let Some(of) = party.of.filter(|of| *of != at) {
            keys[at] = keys.get(of).copied().flatten();
        }
    }
    // Where rebels fight a government, the country's own name is the government's.
    if rebels
        && let (Some(home), Some(gov)) = (home, joined.keys.get("government").copied())
        && let Some(nation) = joined.keys.get(&format!("nation {home}")).copied()
    {
        joined.join(gov, nation);
    }
    name_sides(parties, &keys, &mut joined)
}

/// A key for an actor without name, nation or part: its last word ("defenders").
fn colourless(text: &str) -> Option<String> {
    let folded = fold(text);
    folded.rsplit(' ').next().filter(|w| !w.is_empty()).map(str::to_owned)
}

fn name_sides(parties: &[Party], keys: &[Option<usize>], joined: &mut Joined) -> Sides {
    let mut sides = Sides::default();
    let mut by_root: BTreeMap<usize, usize> = BTreeMap::new();
    let mut roots: Vec<Option<usize>> = Vec::new();
    for key in keys {
        roots.push(key.map(|k| joined.root(k)));
    }
    for (party, root) in parties.iter().zip(&roots) {
        let Some(root) = *root else {
            sides.of.push(None);
            continue;
        };
        let at = *by_root.entry(root).or_insert_with(|| {
            sides.all.push(Side {
                id: ActorId(String::new()),
                name: String::new(),
                short: String::new(),
                aliases: Vec::new(),
            });
            sides.all.len() - 1
        });
        sides.of.push(Some(at));
        let alias = without_article(&party.text);
        if !alias.is_empty() && !sides.all[at].aliases.iter().any(|a| a == alias) {
            sides.all[at].aliases.push(alias.to_owned());
        }
    }
    let mut members: Vec<Vec<String>> = vec![Vec::new(); sides.all.len()];
    let named: Vec<(String, usize)> = joined.keys.iter().map(|(k, v)| (k.clone(), *v)).collect();
    for (key, at) in named {
        let root = joined.root(at);
        if let Some(side) = by_root.get(&root) {
            members[*side].push(key);
        }
    }
    let mut taken: Vec<String> = Vec::new();
    for (side, keys) in sides.all.iter_mut().zip(&members) {
        let id = id(keys);
        let mut unique = id.clone();
        let mut n = 2;
        while taken.contains(&unique) {
            unique = format!("{id}-{n}");
            n += 1;
        }
        taken.push(unique.clone());
        side.id = ActorId(unique);
        side.name = fullest(&side.aliases);
        side.short = side
            .aliases
            .iter()
            .filter(|a| a.chars().count() >= 2)
            .min_by_key(|a| a.chars().count())
            .cloned()
            .unwrap_or_default();
    }
    sides
}

/// A short stable key from what a side's names share.
fn id(keys: &[String]) -> String {
    for part in ["rebels", "government"] {
        if keys.iter().any(|k| k == part) {
            return part.to_owned();
        }
    }
    if let Some(nation) = keys.iter().find_map(|k| k.strip_prefix("nation ")) {
        let (half, code) = if nation.len() == 3 { nation.split_at(1) } else { ("", nation) };
        let name = fold(lexicon().nation_name(code).unwrap_or(code)).replace(' ', "-");
        return match half {
            "N" => format!("north-{name}"),
            "S" => format!("south-{name}"),
            _ => name,
        };
    }
    let name = keys.iter().map(|k| k.strip_prefix("name ").unwrap_or(k)).min_by_key(|k| k.len()).unwrap_or("side");
    let slug: String = fold(name).chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    if slug.is_empty() { "side".to_owned() } else { slug }
}

fn without_article(text: &str) -> &str {
    ["the ", "The ", "a ", "A ", "an ", "An "].iter().find_map(|a| text.strip_prefix(a)).unwrap_or(text)
}

/// The fullest short name: the longest of at most four words, a proper one before a common one.
fn fullest(aliases: &[String]) -> String {
    let proper = |a: &str| a.chars().next().is_some_and(char::is_uppercase);
    aliases
        .iter()
        .filter(|a| a.split(' ').count() <= 4)
        .max_by_key(|a| (proper(a), a.chars().count()))
        .or_else(|| aliases.first())
        .cloned()
        .unwrap_or_default()
}
