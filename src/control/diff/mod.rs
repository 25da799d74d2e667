//! What changed between two maps of control that anybody drew: polygons of classes, before and after.
//!
//! Both are put on one grid of a millionth of a degree and made valid, and all outlines are laid over each other into one arrangement, of
//! which what each class gained and lost and who took what from whom are merged faces. Areas are on the ellipsoid.

mod arrange;

use super::polygons::{Outline, middle_meridian, polygons_of};
use super::stats::km2;
use crate::coverage::{Coverage, GRID, NONE, chord_area};
use crate::diag::{Note, Warned};
use crate::geodesy::SquareMetres;
use crate::model::Feature;
use arrange::Arrangement;
use geo::MultiPolygon;
use rayon::prelude::*;
use serde::Serialize;
use std::collections::BTreeMap;

/// Polygons by class.
pub type Classed = BTreeMap<String, MultiPolygon<f64>>;

/// Sorts features into classes by a property; `map` renames values. Features without the property or without polygons are noted.
pub fn classed(features: &[Feature], by: &str, map: &[(String, String)]) -> Warned<Classed> {
    let mut classes = Classed::new();
    let (mut without, mut flat) = (0, 0);
    for feature in features {
        let Some(value) = feature.get(by).map(ToString::to_string).filter(|v| !v.is_empty()) else {
            without += 1;
            continue;
        };
        let polygons = feature.geometry.as_ref().map_or_else(|| MultiPolygon(Vec::new()), polygons_of);
        if polygons.0.is_empty() {
            flat += 1;
            continue;
        }
        let class = map.iter().find(|(from, _)| from.eq_ignore_ascii_case(&value)).map_or(value, |(_, to)| to.clone());
        classes.entry(class).or_insert_with(|| MultiPolygon(Vec::new())).0.extend(polygons.0);
    }
    let mut notes = Vec::new();
    if without > 0 {
        let mut keys: Vec<&str> = features.iter().flat_map(|f| f.properties.iter().map(|(k, _)| k.as_str())).collect();
        keys.sort_unstable();
        keys.dedup();
        let note = Note::warning(format!("{without} of {} features have no \"{by}\" and are left out", features.len()));
        notes.push(note.hint(format!("their properties are {}", keys.join(", "))));
    }
    if flat > 0 {
        notes.push(Note::info(format!("{flat} points, lines or empty features are left out")));
    }
    Warned::new(classes, notes)
}

/// A piece of land that changed class.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The class it was of; `None` where it was of none.
    pub lost_by: Option<String>,
    /// The class it is of; `None` where it is of none.
    pub gained_by: Option<String>,
    /// Its outline.
    pub polygon: geo::Polygon<f64>,
    /// Its area.
    pub area: SquareMetres,
}

/// The figures of a class.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClassStats {
    /// The class.
    pub class: String,
    /// Area before, in km².
    pub before_km2: f64,
    /// Area after.
    pub after_km2: f64,
    /// Gained, slivers left out.
    pub gained_km2: f64,
    /// Lost, slivers left out.
    pub lost_km2: f64,
    /// Pieces gained and lost.
    pub parts: usize,
    /// Pieces under the least area, dropped.
    pub slivers_dropped: usize,
    /// Their area in km².
    pub slivers_km2: f64,
}

/// A change between two classes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PairStats {
    /// The class that lost; `null` where the land was of none.
    pub lost_by: Option<String>,
    /// The class that gained; `null` where it is of none.
    pub gained_by: Option<String>,
    /// Area in km².
    pub km2: f64,
    /// Pieces.
    pub parts: usize,
}

/// The difference of two maps.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Diff {
    /// What changed, by pair of classes, largest piece first.
    pub parts: Vec<Part>,
    /// Every class, by name.
    pub classes: Vec<ClassStats>,
    /// Every pair, most land first.
    pub changes: Vec<PairStats>,
}

/// The difference from `before` to `after`; pieces under `least` are dropped and counted.
pub fn diff(before: &Classed, after: &Classed, least: SquareMetres) -> Warned<Diff> {
    let everything = MultiPolygon(before.values().chain(after.values()).flat_map(|m| m.0.iter().cloned()).collect());
    let around = middle_meridian(&everything);
    drop(everything);
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort();
    names.dedup();
    let none = MultiPolygon(Vec::new());
    let mut notes = Vec::new();
    let sides: Vec<[Outline; 2]> = names
        .par_iter()
        .map(|n| [before, after].map(|side| Outline::new(side.get(*n).unwrap_or(&none), around)))
        .collect();
    for (when, side) in [("before", 0), ("after", 1)] {
        let given = if side == 0 { before } else { after };
        for (name, outlines) in names.iter().zip(&sides) {
            use geo::Area as _;
            let drawn = given.get(*name).map_or(0.0, geo::Area::unsigned_area);
            let clean = outlines[side].polygons().unsigned_area();
            if (drawn - clean).abs() > 1e-6 * drawn.max(clean) + 1e-9 {
                notes.push(Note::warning(format!(
                    "class \"{name}\" {when}: rings cross themselves or overlap; they were put right"
                )));
            }
        }
    }
    // A class that stayed as it was neither gains nor loses; the others' outlines are laid over each other, before and after.
    let moved: Vec<u32> = (0..names.len() as u32).filter(|i| sides[*i as usize][0] != sides[*i as usize][1]).collect();
    // All maps before first, so that borders between classes become one line early.
    let outlines = [0, 1]
        .iter()
        .flat_map(|side| moved.iter().map(move |i| (2 * i + side, *i as usize, *side as usize)))
        .map(|(number, i, side)| (number, &sides[i][side]))
        .filter(|(_, outline)| !outline.is_empty())
        .collect();
    let (coverage, sets) = Arrangement::new(outlines).coverage();
    let moves: Vec<Move> = sets.iter().map(|set| Move::of(set)).collect();

    let mut diff = Diff::default();
    for (i, name) in names.iter().enumerate() {
        let mut stats = ClassStats {
            class: (*name).clone(),
            before_km2: km2(sides[i][0].area()),
            after_km2: km2(sides[i][1].area()),
            gained_km2: 0.0,
            lost_km2: 0.0,
            parts: 0,
            slivers_dropped: 0,
            slivers_km2: 0.0,
        };
        let i = i as u32;
        if moved.contains(&i) {
            let of = |m: &Move| {
                if m.gained.contains(&i) {
                    0
                } else if m.lost.contains(&i) {
                    1
                } else {
                    NONE
                }
            };
            let class: Vec<u32> = moves.iter().map(of).collect();
            let mut sums = [0.0; 2];
            let mut slivers = 0.0;
            for (k, _, area) in pieces(&coverage, &class) {
                if area < least.0 {
                    stats.slivers_dropped += 1;
                    slivers += area;
                } else {
                    stats.parts += 1;
                    sums[k as usize] += area;
                }
            }
            (stats.gained_km2, stats.lost_km2, stats.slivers_km2) = (km2(sums[0]), km2(sums[1]), km2(slivers));
        }
        diff.classes.push(stats);
    }

    // Losses meet gains; what is left of either met nobody.
    let of_face: Vec<Vec<Pair>> = moves.iter().map(Move::pairs).collect();
    let mut pairs: Vec<Pair> = of_face.iter().flatten().copied().collect();
    // By who lost and who gained, with nobody at the end.
    pairs.sort_unstable_by_key(|(x, y)| (x.is_none(), y.is_none(), *x, *y));
    pairs.dedup();
    let number = |p: &Pair| pairs.iter().position(|q| q == p).map_or(NONE, |at| at as u32);
    // Where no land is in two pairs, one walk finds all of them.
    let mut found: Vec<(u32, geo::Polygon<f64>, f64)> = if of_face.iter().all(|p| p.len() <= 1) {
        pieces(&coverage, &of_face.iter().map(|p| p.first().map_or(NONE, number)).collect::<Vec<_>>())
    } else {
        let one = |n: usize| -> Vec<_> {
            let class: Vec<u32> = of_face.iter().map(|p| if p.contains(&pairs[n]) { n as u32 } else { NONE }).collect();
            pieces(&coverage, &class)
        };
        (0..pairs.len()).flat_map(one).collect()
    };
    found.retain(|(_, _, area)| *area >= least.0 && *area > 0.0);
    found.sort_by(|a, b| a.0.cmp(&b.0).then(b.2.total_cmp(&a.2)));
    for part in found.chunk_by(|a, b| a.0 == b.0) {
        let (x, y) = pairs[part[0].0 as usize];
        let name = |i: Option<u32>| i.map(|i| names[i as usize].clone());
        let sum: f64 = part.iter().map(|(_, _, area)| area).sum();
        diff.changes.push(PairStats { lost_by: name(x), gained_by: name(y), km2: km2(sum), parts: part.len() });
        diff.parts.extend(part.iter().map(|(_, polygon, area)| Part {
            lost_by: name(x),
            gained_by: name(y),
            polygon: polygon.clone(),
            area: SquareMetres(*area),
        }));
    }
    diff.changes.sort_by(|a, b| {
        b.km2.total_cmp(&a.km2).then_with(|| (&a.lost_by, &a.gained_by).cmp(&(&b.lost_by, &b.gained_by)))
    });
    Warned::new(diff, notes)
}

/// Who lost and who gained.
type Pair = (Option<u32>, Option<u32>);

/// What happened to the land of a face.
struct Move {
    lost: Vec<u32>,
    gained: Vec<u32>,
}

impl Move {
    /// From the outlines a face lies in: twice the class before, and one more after.
    fn of(set: &[u32]) -> Self {
        let classes = |side: u32, other: u32| {
            set.iter().filter(|n| **n % 2 == side && !set.contains(&(**n / 2 * 2 + other))).map(|n| n / 2).collect()
        };
        Self { lost: classes(0, 1), gained: classes(1, 0) }
    }

    fn pairs(&self) -> Vec<Pair> {
        match (self.lost.as_slice(), self.gained.as_slice()) {
            (lost, []) => lost.iter().map(|x| (Some(*x), None)).collect(),
            ([], gained) => gained.iter().map(|y| (None, Some(*y))).collect(),
            (lost, gained) => lost.iter().flat_map(|x| gained.iter().map(|y| (Some(*x), Some(*y)))).collect(),
        }
    }
}

/// The pieces of land of every class but [`NONE`], each with its area in square metres.
fn pieces(coverage: &Coverage, class: &[u32]) -> Vec<(u32, geo::Polygon<f64>, f64)> {
    let regions = coverage.dissolve(class);
    let polygons = regions.into_iter().flat_map(|r| r.polygons.into_iter().map(move |p| (r.class, p)));
    let all: Vec<(u32, geo::Polygon<f64>)> = polygons.collect();
    all.into_par_iter()
        .map(|(class, polygon)| {
            let area = area(&polygon);
            (class, polygon, area)
        })
        .collect()
}

/// Area in square metres of a polygon on the grid: its exterior and holes.
fn area(polygon: &geo::Polygon<f64>) -> f64 {
    let node = |c: geo::Coord<f64>| [(c.x * GRID).round() as i32, (c.y * GRID).round() as i32];
    let under = |line: geo::Line<f64>| chord_area(node(line.start), node(line.end));
    -std::iter::once(polygon.exterior()).chain(polygon.interiors()).flat_map(|r| r.lines()).map(under).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Polygon, polygon};
    use proptest::prelude::*;

    fn square(x: f64, y: f64, size: f64) -> Polygon<f64> {
        polygon![(x: x, y: y), (x: x + size, y: y), (x: x + size, y: y + size), (x: x, y: y + size)]
    }

    fn map(classes: &[(&str, Vec<Polygon<f64>>)]) -> Classed {
        classes.iter().map(|(n, p)| ((*n).to_owned(), MultiPolygon(p.clone()))).collect()
    }

    #[test]
    fn who_took_what_from_whom() {
        let before = map(&[("a", vec![square(36.0, 35.0, 1.0)]), ("b", vec![square(37.0, 35.0, 1.0)])]);
        let after =
            map(&[("a", vec![square(36.0, 35.0, 0.5)]), ("b", vec![square(37.0, 35.0, 1.0), square(36.5, 35.0, 0.5)])]);
        let diff = diff(&before, &after, SquareMetres(100.0)).value;
        let told: Vec<(Option<&str>, Option<&str>)> =
            diff.changes.iter().map(|c| (c.lost_by.as_deref(), c.gained_by.as_deref())).collect();
        assert_eq!(told, [(Some("a"), None), (Some("a"), Some("b"))]);
        let a = &diff.classes[0];
        assert!((a.before_km2 - a.lost_km2 - a.after_km2).abs() < 0.01, "{a:?}");
        let sum: f64 = diff.changes.iter().map(|c| c.km2).sum();
        assert!((sum - a.lost_km2).abs() < 0.01);
    }

    #[test]
    fn slivers_are_dropped_and_counted() {
        let before = map(&[("a", vec![square(36.0, 35.0, 1.0)])]);
        let after = map(&[("a", vec![square(36.0, 35.0, 1.000_002)])]);
        let found = diff(&before, &after, SquareMetres(100_000.0)).value;
        assert!(found.parts.is_empty());
        assert!(found.classes[0].slivers_dropped > 0 && found.classes[0].slivers_km2 > 0.0);
    }

    #[test]
    fn features_are_sorted_by_any_property() {
        let feature = |v: &str| Feature::new(square(0.0, 0.0, 1.0)).with("fill", v);
        let features = [
            feature("#F00"),
            feature("#0f0"),
            Feature::new(square(2.0, 0.0, 1.0)),
            Feature::new(geo::Point::new(0.0, 0.0)).with("fill", "#f00"),
        ];
        let sorted = classed(&features, "fill", &[("#f00".to_owned(), "red".to_owned())]);
        assert_eq!(sorted.value.keys().collect::<Vec<_>>(), ["#0f0", "red"]);
        assert_eq!(sorted.notes.len(), 2);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

        #[test]
        fn a_map_does_not_differ_from_itself(squares in prop::collection::vec((30.0f64..40.0, 30.0f64..40.0, 0.1f64..2.0, 0usize..3), 1..12)) {
            let mut classes = Classed::new();
            for (x, y, size, class) in squares {
                classes.entry(class.to_string()).or_insert_with(|| MultiPolygon(Vec::new())).0.push(square(x, y, size));
            }
            let found = diff(&classes, &classes, SquareMetres(0.0)).value;
            prop_assert!(found.parts.is_empty() && found.changes.is_empty());
        }

        #[test]
        fn there_and_back_lose_what_they_gained(
            a in prop::collection::vec((30.0f64..33.0, 30.0f64..33.0, 0.1f64..2.0), 1..8),
            b in prop::collection::vec((30.0f64..33.0, 30.0f64..33.0, 0.1f64..2.0), 1..8),
        ) {
            let of = |s: &[(f64, f64, f64)]| map(&[("x", s.iter().map(|(x, y, z)| square(*x, *y, *z)).collect())]);
            let (there, back) = (diff(&of(&a), &of(&b), SquareMetres(0.0)).value, diff(&of(&b), &of(&a), SquareMetres(0.0)).value);
            prop_assert_eq!(there.classes[0].gained_km2, back.classes[0].lost_km2);
            let c = &there.classes[0];
            prop_assert!((c.before_km2 + c.gained_km2 - c.lost_km2 - c.after_km2).abs() < 0.01);
        }
    }
}
