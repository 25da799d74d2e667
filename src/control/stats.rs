//! Figures of a picture and of the change between two: areas, places, length of fronts.

use super::cells::Cells;
use super::picture::Picture;
use super::timeline::Theatre;
use crate::coverage::{Front, NONE};
use crate::time::{Date, long};
use serde::Serialize;
use std::collections::BTreeMap;

/// What a side holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HolderStats {
    /// Key of the side.
    pub actor: String,
    /// Area in km².
    pub km2: f64,
    /// Places, also those outside the boundary.
    pub places: usize,
}

/// What changed hands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChangeStats {
    /// Key of the side that held it before.
    pub lost_by: String,
    /// Key of the side that holds it after.
    pub gained_by: String,
    /// Area in km².
    pub km2: f64,
    /// Places.
    pub places: usize,
}

/// A front between two sides.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FrontStats {
    /// The side whose key comes first.
    pub a: String,
    /// The other side.
    pub b: String,
    /// Geodesic length in km.
    pub km: f64,
}

/// The figures of `stats.json`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stats {
    /// The day.
    pub date: Date,
    /// Area of the boundary in km², less water that was cut out.
    pub total_km2: f64,
    /// What each side holds, most first.
    pub holders: Vec<HolderStats>,
    /// What changed hands since `date_from`.
    pub changes: Vec<ChangeStats>,
    /// Fronts.
    pub frontlines: Vec<FrontStats>,
    /// Land beyond reach of any place, in km².
    pub beyond_km2: f64,
    /// The day that changes are counted from; `null` is the baseline.
    pub date_from: Option<Date>,
    /// As known on this day.
    pub known_on: Option<Date>,
    /// What was known wrongly: the change from what was known to what is known now, on the same day.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub known_wrongly: Vec<ChangeStats>,
    /// A sentence for a caption.
    pub caption: String,
    /// How the areas were made.
    pub method: String,
}

/// Square metres as square kilometres to the thousandth.
pub fn km2(square_metres: f64) -> f64 {
    (square_metres / 1e3).round() / 1e3 + 0.0
}

/// The figures of a day.
pub fn stats(cells: &Cells, picture: &Picture, fronts: &[Front]) -> Stats {
    let mut areas = vec![0.0; picture.sides.len()];
    for (face, side) in picture.side_of_face().into_iter().enumerate() {
        if side != NONE {
            areas[side as usize] += cells.coverage.areas[face];
        }
    }
    let mut places = vec![0; picture.sides.len()];
    for side in &picture.of_site {
        places[*side as usize] += 1;
    }
    let mut holders: Vec<HolderStats> = picture
        .sides
        .iter()
        .enumerate()
        .filter(|(i, s)| s.id != "beyond" && (areas[*i] > 0.0 || places[*i] > 0))
        .map(|(i, s)| HolderStats { actor: s.id.to_string(), km2: km2(areas[i]), places: places[i] })
        .collect();
    holders.sort_by(|a, b| b.km2.total_cmp(&a.km2).then_with(|| a.actor.cmp(&b.actor)));
    let beyond = picture.sides.iter().position(|s| s.id == "beyond").map_or(0.0, |i| areas[i]);
    Stats {
        date: picture.date,
        total_km2: km2(cells.coverage.areas.iter().sum()),
        holders,
        changes: Vec::new(),
        frontlines: front_stats(picture, fronts),
        beyond_km2: km2(beyond),
        date_from: None,
        known_on: None,
        known_wrongly: Vec::new(),
        caption: String::new(),
        method: cells.method.to_string(),
    }
}

fn front_stats(picture: &Picture, fronts: &[Front]) -> Vec<FrontStats> {
    let mut lengths: BTreeMap<(u32, u32), f64> = BTreeMap::new();
    for f in fronts {
        *lengths.entry((f.left, f.right)).or_default() += f.length() / 1e3;
    }
    lengths
        .into_iter()
        .map(|((a, b), km)| FrontStats {
            a: picture.id(a).to_owned(),
            b: picture.id(b).to_owned(),
            km: (km * 1e3).round() / 1e3,
        })
        .collect()
}

/// The fronts of a picture: between all unlike sides but the land beyond reach.
pub fn fronts(cells: &Cells, picture: &Picture) -> Vec<Front> {
    let sides: Vec<u32> = picture
        .side_of_face()
        .into_iter()
        .map(|s| if s != NONE && picture.id(s) == "beyond" { NONE } else { s })
        .collect();
    cells.coverage.fronts(&sides)
}

/// For every face what it changed from and to, as a class number into the list of pairs; [`NONE`] where it stayed.
pub fn changed_faces(before: &Picture, after: &Picture) -> (Vec<(String, String)>, Vec<u32>) {
    let (b, a) = (before.side_of_face(), after.side_of_face());
    let pair = |i: usize| {
        let (from, to) = (b[i], a[i]);
        if from == NONE || to == NONE || before.id(from) == after.id(to) {
            return None;
        }
        Some((before.id(from).to_owned(), after.id(to).to_owned()))
    };
    let mut pairs: Vec<(String, String)> = (0..a.len()).filter_map(pair).collect();
    pairs.sort();
    pairs.dedup();
    let of_face =
        (0..a.len()).map(|i| pair(i).and_then(|p| pairs.binary_search(&p).ok()).map_or(NONE, |i| i as u32)).collect();
    (pairs, of_face)
}

/// What changed hands between two pictures of the same cells, most land first.
pub fn changes(cells: &Cells, before: &Picture, after: &Picture) -> Vec<ChangeStats> {
    let mut sums: BTreeMap<(String, String), (f64, usize)> = BTreeMap::new();
    let (pairs, of_face) = changed_faces(before, after);
    for (face, pair) in of_face.iter().enumerate() {
        if *pair != NONE {
            sums.entry(pairs[*pair as usize].clone()).or_default().0 += cells.coverage.areas[face];
        }
    }
    for (from, to) in before.of_site.iter().zip(&after.of_site) {
        let (from, to) = (before.id(*from), after.id(*to));
        if from != to {
            sums.entry((from.to_owned(), to.to_owned())).or_default().1 += 1;
        }
    }
    let mut out: Vec<ChangeStats> = sums
        .into_iter()
        .map(|((lost_by, gained_by), (area, places))| ChangeStats { lost_by, gained_by, km2: km2(area), places })
        .collect();
    out.sort_by(|a, b| {
        b.km2.total_cmp(&a.km2).then_with(|| (&a.lost_by, &a.gained_by).cmp(&(&b.lost_by, &b.gained_by)))
    });
    out
}

/// A whole number with commas between thousands.
fn thousands(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// A sentence for a caption about the largest change, counted by alliance; about holdings where nothing changed.
pub fn caption(theatre: &Theatre, after: &Picture, stats: &Stats) -> String {
    let side = |id: &str| after.sides.iter().find(|s| s.id == id);
    let alliance = |id: &str| {
        side(id).map_or(id.to_owned(), |s| if s.alliance.is_empty() { id.to_owned() } else { s.alliance.to_string() })
    };
    let mut sums: BTreeMap<(String, String), (f64, usize)> = BTreeMap::new();
    for c in &stats.changes {
        let (from, to) = (alliance(&c.lost_by), alliance(&c.gained_by));
        if from != to && side(&c.gained_by).is_some_and(|s| s.alliance == to) {
            let sum = sums.entry((from, to)).or_default();
            *sum = (sum.0 + c.km2, sum.1 + c.places);
        }
    }
    let name = |alliance: &str, capital: bool| {
        let members: Vec<_> = theatre.roster.actors.iter().filter(|a| a.alliance == alliance).collect();
        let text = match members.as_slice() {
            [one] => one.short.clone(),
            [] => side(alliance).map_or(alliance.to_owned(), |s| s.short.to_string()),
            _ => alliance.to_owned(),
        };
        // A name with a capital of its own inside keeps it: SDF, Israel; "Government" is an ordinary word.
        let ordinary =
            ["Government", "Rebels", "Opposition"].contains(&text.as_str()) || text.chars().all(char::is_lowercase);
        match (ordinary, capital) {
            (true, true) => text.chars().take(1).flat_map(char::to_uppercase).chain(text.chars().skip(1)).collect(),
            (true, false) => format!("{}{}", if text.ends_with('s') { "" } else { "the " }, text.to_lowercase()),
            (false, _) => text,
        }
    };
    let span = match stats.date_from {
        Some(from) if from.month() == stats.date.month() && from.year() == stats.date.year() => {
            format!("between {} and {}", from.day(), long(stats.date))
        }
        Some(from) => format!("between {} and {}", long(from), long(stats.date)),
        None => format!("by {}", long(stats.date)),
    };
    match sums.into_iter().max_by(|a, b| a.1.0.total_cmp(&b.1.0)) {
        Some(((from, to), (area, places))) => {
            let towns = if places == 1 { "1 town".to_owned() } else { format!("{places} towns") };
            let from = match side(&from) {
                Some(s) if !s.is_somebody() => String::new(),
                _ => format!(" from {}", name(&from, false)),
            };
            format!("{} gained {} km² and {towns}{from} {span}", name(&to, true), thousands(area))
        }
        None => match stats.holders.first() {
            Some(h) => format!(
                "{} held {} of {} km² on {}",
                side(&h.actor).map_or(h.actor.clone(), |s| s.short.to_string()),
                thousands(h.km2),
                thousands(stats.total_km2),
                long(stats.date)
            ),
            None => String::new(),
        },
    }
}
