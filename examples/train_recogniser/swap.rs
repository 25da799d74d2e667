//! Copies of training texts with other places in them: what the tagger learns from "flew to Paris" then holds for towns that no
//! training text names.

use super::names::{Chance, Names};
use super::{Document, Entity};
use mapdesk::gazetteer::Gazetteer;
use mapdesk::model::PlaceKind;
use mapdesk::text::fold;
use std::collections::BTreeMap;

/// A copy of a document in which every place that the gazetteer knows has another name of its kind, the same all over the text;
/// nothing where there is none.
pub fn swapped(document: &Document, names: &Names, gazetteer: &Gazetteer, chance: &mut Chance) -> Option<Document> {
    let letters: Vec<char> = document.text.chars().collect();
    let mut others: BTreeMap<String, Option<String>> = BTreeMap::new();
    let mut copy =
        Document { doc_id: format!("{}-swapped", document.doc_id), text: String::new(), entities: Vec::new() };
    let (mut at, mut length) = (0, 0);
    let mut changed = false;
    for entity in &document.entities {
        if entity.start < at || entity.end > letters.len() {
            continue;
        }
        let before: String = letters[at..entity.start].iter().collect();
        length += entity.start - at;
        copy.text.push_str(&before);
        let name: String = letters[entity.start..entity.end].iter().collect();
        let other = if entity.label == "LOC" {
            others.entry(name.clone()).or_insert_with(|| other(&name, names, gazetteer, chance)).clone()
        } else {
            None
        };
        changed |= other.is_some();
        let shown = other.unwrap_or(name);
        let size = shown.chars().count();
        copy.text.push_str(&shown);
        copy.entities.push(Entity { start: length, end: length + size, label: entity.label.clone() });
        length += size;
        at = entity.end;
    }
    copy.text.extend(&letters[at..]);
    changed.then_some(copy)
}

fn other(name: &str, names: &Names, gazetteer: &Gazetteer, chance: &mut Chance) -> Option<String> {
    let shouted = name.chars().filter(|c| c.is_uppercase()).count() > 3 && !name.chars().any(char::is_lowercase);
    if name.chars().count() < 4 {
        return None;
    }
    let best =
        gazetteer.exact(&fold(name)).map(|(ix, _)| gazetteer.get(ix)).max_by_key(|r| (r.population(), r.ix().0))?;
    let other = match best.kind() {
        PlaceKind::Country if chance.below(2) == 0 => chance.one(&names.countries).clone(),
        PlaceKind::Admin1 if chance.below(2) == 0 => chance.one(&names.divisions).clone(),
        PlaceKind::City if best.is_capital() && chance.below(2) == 0 => chance.one(&names.capitals).clone(),
        PlaceKind::City => names.town(chance),
        _ => return None,
    };
    Some(if shouted { other.to_uppercase() } else { other })
}
