//! The alternative text: what the map shows, from its data, in at most 250 characters.

use super::story::{Part, Spot};
use super::words::Tongue;
use crate::model::Map;

/// The most characters an alternative text has.
pub const MOST: usize = 250;

/// The alternative text of a map: title and day first, then what happened where, sides, distances, as far as there is room.
pub fn alt_text(map: &Map, spots: &[Spot], sides: &[String], distances: &[String], tongue: Tongue) -> String {
    let english = tongue == Tongue::English;
    let mut parts: Vec<String> = Vec::new();
    let title = map.title.trim().trim_end_matches('.');
    let day = map.as_of.map(|d| tongue.date(d));
    parts.push(match (title.is_empty(), day) {
        (false, Some(d)) if english => format!("Map: {title}, as of {d}"),
        (false, Some(d)) => format!("{title}, {d}"),
        (false, None) if english => format!("Map: {title}"),
        (false, None) => title.to_owned(),
        (true, Some(d)) => d,
        (true, None) => "Map".to_owned(),
    });
    let told: Vec<String> = spots
        .iter()
        .filter(|s| s.part == Part::Event)
        .map(|s| match &s.note {
            Some(note) => format!("{} ({note})", s.name),
            None => s.name.clone(),
        })
        .collect();
    if !told.is_empty() {
        parts.push(told.join(", "));
    }
    if !distances.is_empty() {
        parts.push(distances.join(", "));
    }
    if !sides.is_empty() {
        parts.push(if english { format!("Areas of {}", sides.join(", ")) } else { sides.join(", ") });
    }
    let others: Vec<&str> =
        spots.iter().filter(|s| matches!(s.part, Part::Reference | Part::Mention)).map(|s| s.name.as_str()).collect();
    if !others.is_empty() {
        parts.push(if english { format!("Also shown: {}", others.join(", ")) } else { others.join(", ") });
    }
    let mut out = String::new();
    for part in parts {
        let longer = if out.is_empty() { part.clone() } else { format!("{out}. {part}") };
        if longer.chars().count() + 1 > MOST {
            // The first sentence may be a very long title: cut it at a word. Later ones are left out whole.
            if out.is_empty() {
                let cut: String = part.chars().take(MOST - 1).collect();
                out = cut.rsplit_once(' ').map_or(cut.clone(), |(head, _)| head.to_owned());
                out.push('…');
                return out;
            }
            continue;
        }
        out = longer;
    }
    out.push('.');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_longer_than_the_limit_and_never_cut_in_a_word() {
        let map = Map { title: "Rebels enter Hama ".repeat(30), ..Map::default() };
        let text = alt_text(&map, &[], &[], &[], Tongue::English);
        assert!(text.chars().count() <= MOST && text.ends_with('…'), "{text}");
        let map = Map { title: "Rebels enter Hama".into(), as_of: "2024-12-05".parse().ok(), ..Map::default() };
        let text = alt_text(&map, &[], &["Rebels".into()], &["Damascus–Hama 185 km".into()], Tongue::English);
        assert_eq!(text, "Map: Rebels enter Hama, as of 5 December 2024. Damascus–Hama 185 km. Areas of Rebels.");
    }
}
