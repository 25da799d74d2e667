//! What a typed text can be: a name alone, a name with the areas it lies in, a name with a word for its kind.

use crate::model::PlaceKind;
use crate::text::fold;

/// One way to read a query.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reading {
    /// The name looked up.
    pub name: String,
    /// Areas that hold it, the nearest first.
    pub contexts: Vec<String>,
    /// Kinds that are preferred where some of the places found are of them.
    pub kinds: Option<&'static [PlaceKind]>,
}

const DIVISIONS: &[PlaceKind] = &[PlaceKind::Admin1, PlaceKind::Admin2];
const TOWNS: &[PlaceKind] = &[PlaceKind::City];

/// Words after (or, with "of", before) a name that tell its kind.
const GENERIC: [(&str, &[PlaceKind]); 27] = [
    ("governorate", DIVISIONS),
    ("province", DIVISIONS),
    ("oblast", DIVISIONS),
    ("region", &[PlaceKind::Admin1, PlaceKind::Region, PlaceKind::Admin2]),
    ("state", DIVISIONS),
    ("county", &[PlaceKind::Admin2]),
    ("district", &[PlaceKind::Admin2, PlaceKind::Admin1]),
    ("raion", &[PlaceKind::Admin2]),
    ("prefecture", DIVISIONS),
    ("department", DIVISIONS),
    ("krai", DIVISIONS),
    ("canton", DIVISIONS),
    ("territory", DIVISIONS),
    ("municipality", &[PlaceKind::Admin2, PlaceKind::City]),
    ("republic", &[PlaceKind::Country, PlaceKind::Admin1]),
    ("city", TOWNS),
    ("town", TOWNS),
    ("village", TOWNS),
    ("kingdom", &[PlaceKind::Country]),
    ("river", &[PlaceKind::Water]),
    ("lake", &[PlaceKind::Water]),
    ("sea", &[PlaceKind::Water]),
    ("gulf", &[PlaceKind::Water]),
    ("strait", &[PlaceKind::Water]),
    ("mountains", &[PlaceKind::Terrain]),
    ("desert", &[PlaceKind::Terrain]),
    ("island", &[PlaceKind::Region, PlaceKind::Admin1, PlaceKind::Admin2]),
];

/// The readings of a query, the likeliest first: as a whole, split at commas, with its kind word taken off, split before its last words.
pub(super) fn readings(text: &str) -> Vec<Reading> {
    let text = text.trim();
    let mut out = vec![Reading { name: text.to_owned(), contexts: Vec::new(), kinds: None }];
    let parts: Vec<&str> =
        text.split([',', ';', '،', '、', '(', ')']).map(str::trim).filter(|p| !p.is_empty()).collect();
    if parts.len() > 1 {
        let contexts: Vec<String> = parts[1..].iter().map(|p| (*p).to_owned()).collect();
        push_named(parts[0], &contexts, &mut out);
        // "Springfield, Sangamon County, IL": the county may be unknown, the state is not.
        if contexts.len() > 1 {
            push_named(parts[0], &contexts[contexts.len() - 1..], &mut out);
        }
        return out;
    }
    if let Some((name, kinds)) = without_kind(text) {
        out.push(Reading { name, contexts: Vec::new(), kinds: Some(kinds) });
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    for context in (1..words.len().min(4)).filter(|n| *n < words.len()) {
        let (name, area) = words.split_at(words.len() - context);
        let mut name = name;
        if let [before @ .., "in" | "In" | "at"] = name {
            name = before;
        }
        if !name.is_empty() {
            push_named(&name.join(" "), &[area.join(" ")], &mut out);
        }
    }
    out
}

fn push_named(name: &str, contexts: &[String], out: &mut Vec<Reading>) {
    out.push(Reading { name: name.to_owned(), contexts: contexts.to_vec(), kinds: None });
    if let Some((name, kinds)) = without_kind(name) {
        out.push(Reading { name, contexts: contexts.to_vec(), kinds: Some(kinds) });
    }
}

/// A name without its word of kind: "Homs governorate", "city of Homs".
fn without_kind(text: &str) -> Option<(String, &'static [PlaceKind])> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let kind = |word: &str| GENERIC.iter().find(|(w, _)| *w == fold(word)).map(|(_, k)| *k);
    match words[..] {
        [the, word, of, ref name @ ..] if fold(the) == "the" && fold(of) == "of" && !name.is_empty() => {
            Some((name.join(" "), kind(word)?))
        }
        [word, of, ref name @ ..] if fold(of) == "of" && !name.is_empty() => Some((name.join(" "), kind(word)?)),
        [ref name @ .., word] if !name.is_empty() => Some((name.join(" "), kind(word)?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_name_and_context() {
        let r = readings("Hama, Syria");
        assert_eq!((r[1].name.as_str(), &r[1].contexts[..]), ("Hama", &["Syria".to_owned()][..]));
        let r = readings("Springfield IL");
        assert!(r.iter().any(|r| r.name == "Springfield" && r.contexts == ["IL"]));
        let r = readings("Homs governorate");
        assert!(r.iter().any(|r| r.name == "Homs" && r.kinds == Some(DIVISIONS)));
        let r = readings("the city of Homs");
        assert!(r.iter().any(|r| r.name == "Homs" && r.kinds == Some(TOWNS)));
    }
}
