//! What changed between two maps of control that anybody drew: polygons of classes, before and after.
//!
//! Both are put on one grid of a millionth of a degree and made valid; what each class gained and lost is one overlay, and who took
//! what from whom is the overlay of the losses of one with the gains of another. Areas are on the ellipsoid.

use super::coverage::{Coverage, Locator, Moved, NONE, Node, Ring, Start, chord_area, overlay};
use super::polygons::{Outline, middle_meridian, polygons_of};
use super::stats::km2;
use crate::diag::{Note, Warned};
use crate::geodesy::SquareMetres;
use crate::model::Feature;
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
    let moves: Vec<(Outline, Outline)> = sides
        .par_iter()
        .map(|[b, a]| {
            if b == a {
                return (Outline::default(), Outline::default());
            }
            (cut(a, b, 0), cut(b, a, 0))
        })
        .collect();

    let mut diff = Diff::default();
    for (i, name) in names.iter().enumerate() {
        let (gained, lost) = &moves[i];
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
        let mut sums = [0.0; 2];
        let mut slivers = 0.0;
        for (k, shape) in gained.shapes.iter().map(|s| (0, s)).chain(lost.shapes.iter().map(|s| (1, s))) {
            let area = area(shape);
            if area < least.0 {
                stats.slivers_dropped += 1;
                slivers += area;
            } else {
                stats.parts += 1;
                sums[k] += area;
            }
        }
        (stats.gained_km2, stats.lost_km2, stats.slivers_km2) = (km2(sums[0]), km2(sums[1]), km2(slivers));
        diff.classes.push(stats);
    }

    // Losses meet gains; what is left of either met nobody.
    let n = names.len();
    let pairs: Vec<(usize, usize)> = (0..n)
        .flat_map(|x| (0..n).map(move |y| (x, y)))
        .filter(|(x, y)| x != y && !moves[*x].1.is_empty() && !moves[*y].0.is_empty())
        .collect();
    let mut found: Vec<(Option<usize>, Option<usize>, Outline)> =
        pairs.par_iter().map(|(x, y)| (Some(*x), Some(*y), cut(&moves[*x].1, &moves[*y].0, 1))).collect();
    for (i, (gained, lost)) in moves.iter().enumerate() {
        let others = moves.iter().enumerate().filter(|(k, _)| *k != i);
        let from_none = others.clone().fold(gained.clone(), |rest, (_, m)| cut(&rest, &m.1, 0));
        let to_none = others.fold(lost.clone(), |rest, (_, m)| cut(&rest, &m.0, 0));
        found.push((None, Some(i), from_none));
        found.push((Some(i), None, to_none));
    }
    for (lost_by, gained_by, shapes) in found {
        let name = |i: Option<usize>| i.map(|i| names[i].clone());
        let mut pair = PairStats { lost_by: name(lost_by), gained_by: name(gained_by), km2: 0.0, parts: 0 };
        let mut sum = 0.0;
        let first = diff.parts.len();
        for shape in shapes.shapes {
            let area = area(&shape);
            if area >= least.0 && area > 0.0 {
                sum += area;
                pair.parts += 1;
                let polygon = Outline { shapes: vec![shape] }.polygons().0.remove(0);
                diff.parts.push(Part {
                    lost_by: name(lost_by),
                    gained_by: name(gained_by),
                    polygon,
                    area: SquareMetres(area),
                });
            }
        }
        diff.parts[first..].sort_by(|a, b| b.area.0.total_cmp(&a.area.0));
        pair.km2 = km2(sum);
        if pair.parts > 0 {
            diff.changes.push(pair);
        }
    }
    diff.changes.sort_by(|a, b| {
        b.km2.total_cmp(&a.km2).then_with(|| (&a.lost_by, &a.gained_by).cmp(&(&b.lost_by, &b.gained_by)))
    });
    Warned::new(diff, notes)
}

/// The part of `subject` inside (`want` 1) or outside (`want` 0) of `clip`.
fn cut(subject: &Outline, clip: &Outline, want: u32) -> Outline {
    if subject.is_empty() {
        return Outline::default();
    }
    if clip.is_empty() {
        return if want == 0 { subject.clone() } else { Outline::default() };
    }
    let segments = subject.segments();
    let locator = Locator::new(&segments, Moved::Point, 0);
    let start = |ring: &Ring| Start { corner: 0, face: locator.locate(ring.points[0].map(f64::from)) };
    let keep = |face: u32, label: u32| if face == 1 && label == want { 0 } else { NONE };
    let (nodes, edges) = overlay(&segments, &clip.rings(), start, keep);
    let regions = Coverage::new(nodes, edges, 1).dissolve(&[0]);
    Outline::from_polygons(regions.into_iter().flat_map(|r| r.polygons))
}

/// Area in square metres of a shape: its exterior and holes.
fn area(shape: &[Vec<Node>]) -> f64 {
    -shape.iter().flat_map(|r| (0..r.len()).map(move |i| chord_area(r[i], r[(i + 1) % r.len()]))).sum::<f64>()
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
