//! Names of countries, seas and towns around a story, where the page shows them.
//!
//! The stills look for room in what they show; MapLibre takes a point as it is. A country or sea whose own label point lies off the page
//! gets another in the part of it that is seen.

use super::ground::{label, overlay};
use super::view::seen;
use crate::basemap::{Basemap, LayerId, Scale, Sea, WaterKind, seas, seas_apart};
use crate::cartography::country_name;
use crate::cartography::ground::river_name;
use crate::geodesy::{BBox, LonLat, distance};
use crate::model::{Feature, Layer, Map, Value};
use geo::line_measures::{Distance as _, Length as _};
use geo::{Area as _, BooleanOps as _, BoundingRect as _, Contains as _, MapCoords as _, Simplify as _};
use geo::{LineString, MultiPolygon, Polygon, Rect};
use std::collections::BTreeMap;

/// Pixels that a name wants around its point.
const ROOM: [f64; 2] = [90.0, 26.0];
/// Spots on a side that are tried for a name.
const GRID: usize = 24;
/// Towns nearer to a weightier one are its suburbs, kilometres.
const SUBURB: f64 = 9.0;

/// Countries around the story, with the number that they have at every scale.
pub fn countries(map: &Map, around: &BBox) -> Layer {
    let langs = &map.view.langs;
    let base = Basemap::embedded();
    let page = seen(map);
    let view = page.map(|(b, _)| base.query(b, Scale::M50, &[LayerId::Countries]));
    let named = base.features(Scale::M10, LayerId::Countries).filter_map(|c| {
        // Bases, buffer zones and other specks have no code of their own.
        c.iso_a2()?;
        let own = c.label_position();
        let shown = page.zip(view.as_ref()).and_then(|((b, degree), view)| {
            let n = view.iter().find(|(_, f)| f.number() == c.number())?.0;
            place(&view.polygons(n), &b, degree, own)
        });
        let at = shown.or_else(|| around.contains(own).then_some(own))?;
        Some(
            Feature::new(geo::Point::from(at))
                .with("name", label(langs, |l| country_name(&c, l)))
                .with("number", i64::from(c.number()))
                .with("rank", i64::from(c.rank()))
                .with("min_zoom", if shown.is_some() { 0.0 } else { c.min_zoom() }),
        )
    });
    overlay("country_names", named.collect())
}

/// A place for a name on the page: its own point, else within the largest part that is seen, where there is room.
fn place(shape: &MultiPolygon<f64>, page: &BBox, degree: f64, own: LonLat) -> Option<LonLat> {
    let inner = inner(page, degree);
    if inner.contains(own) {
        return Some(own);
    }
    let part = largest(&MultiPolygon(vec![rect(&inner).to_polygon()]).intersection(shape))?;
    room(&part, degree)
}

/// The page less half a name on every side.
fn inner(page: &BBox, degree: f64) -> BBox {
    let (dx, dy) = (ROOM[0] / 2.0 / degree, ROOM[1] / 2.0 / degree);
    BBox { west: page.west + dx, south: page.south + dy, east: page.east - dx, north: page.north - dy }
}

fn rect(b: &BBox) -> Rect<f64> {
    Rect::new((b.west, b.south), (b.east, b.north))
}

fn largest(shape: &MultiPolygon<f64>) -> Option<Polygon<f64>> {
    shape.0.iter().max_by(|a, b| a.unsigned_area().total_cmp(&b.unsigned_area())).cloned()
}

/// The spot of an area that is farthest from its edge, measured in names; `None` where less than half a name has room.
fn room(part: &Polygon<f64>, degree: f64) -> Option<LonLat> {
    let around = part.bounding_rect()?;
    let stretch = 1.0 / around.center().y.to_radians().cos().max(0.1);
    let scale = (degree / ROOM[0], degree * stretch / ROOM[1]);
    let names = part.map_coords(|c| geo::Coord { x: c.x * scale.0, y: c.y * scale.1 });
    let within = names.bounding_rect()?;
    let spots = (0..GRID * GRID).map(|n| {
        let at = |k: usize| (k as f64 + 0.5) / GRID as f64;
        geo::Point::new(within.min().x + within.width() * at(n % GRID), within.min().y + within.height() * at(n / GRID))
    });
    let edges = |p: &geo::Point<f64>| {
        let rings = std::iter::once(names.exterior()).chain(names.interiors());
        rings.map(|r| geo::Euclidean.distance(p, r)).fold(f64::MAX, f64::min)
    };
    let inside = spots.filter(|p| names.contains(p)).map(|p| (edges(&p), p));
    // The first of the best, so that rounding on another machine does not choose.
    let (far, p) = inside.reduce(|a, b| if b.0 > a.0 + 1e-9 { b } else { a })?;
    if far < 0.3 {
        return None;
    }
    let round = |v: f64| (v * 1e3).round() / 1e3;
    LonLat::new(round(p.x() / scale.0), round(p.y() / scale.1)).ok()
}

/// Courses of named rivers, thinned so that words can follow them; pieces that continue each other are one.
pub fn rivers(map: &Map, around: &BBox) -> Layer {
    let langs = &map.view.langs;
    let degree = seen(map).map_or(60.0, |(_, d)| d);
    let view = Basemap::embedded().query(*around, Scale::M10, &[LayerId::Rivers]);
    let mut courses: BTreeMap<String, (u8, Vec<LineString<f64>>)> = BTreeMap::new();
    for (n, f) in view.iter().filter(|(_, f)| f.water_kind() == WaterKind::River || !f.name("en").is_empty()) {
        let name = label(langs, |l| river_name(f.name("en"), f.bbox().centre(), l).to_owned()).replace('\n', " · ");
        if !name.is_empty() {
            let course = courses.entry(name).or_insert((f.rank(), Vec::new()));
            course.0 = course.0.min(f.rank());
            course.1.extend(view.lines(n).0);
        }
    }
    let mut out = Vec::new();
    for (name, (rank, pieces)) in courses {
        for line in joined(pieces) {
            let thin = line.simplify(5.0 / degree);
            if geo::Euclidean.length(&thin) * degree > ROOM[0] {
                out.push(Feature::new(thin).with("name", name.clone()).with("rank", i64::from(rank)));
            }
        }
    }
    overlay("river_names", out)
}

/// Lines put together where one ends and another begins.
fn joined(pieces: Vec<LineString<f64>>) -> Vec<LineString<f64>> {
    let mut out: Vec<LineString<f64>> = Vec::new();
    for mut piece in pieces.into_iter().filter(|p| p.0.len() > 1) {
        while let Some(n) = out.iter().position(|o| meets(o, &piece)) {
            let other = out.swap_remove(n);
            piece = together(other, piece);
        }
        out.push(piece);
    }
    out
}

fn ends(line: &LineString<f64>) -> [geo::Coord<f64>; 2] {
    [line.0[0], line.0[line.0.len() - 1]]
}

fn meets(a: &LineString<f64>, b: &LineString<f64>) -> bool {
    let (a, b) = (ends(a), ends(b));
    a[0] != a[1] && b[0] != b[1] && a.iter().any(|p| b.contains(p))
}

fn together(mut a: LineString<f64>, mut b: LineString<f64>) -> LineString<f64> {
    if !ends(&b).contains(&ends(&a)[1]) {
        a.0.reverse();
    }
    if ends(&b)[0] != ends(&a)[1] {
        b.0.reverse();
    }
    a.0.extend(b.0.into_iter().skip(1));
    a
}

/// Seas around the story.
pub fn waters(map: &Map, around: &BBox) -> Layer {
    let langs = &map.view.langs;
    let named = |sea: &Sea, at: LonLat| {
        Feature::new(geo::Point::from(at))
            .with("name", label(langs, |l| sea.name(l).to_owned()))
            .with("rank", i64::from(sea.rank))
    };
    let listed = seas_apart(1_500.0).into_iter().filter(|s| around.contains(s.label));
    let mut out: Vec<Feature> = listed.map(|s| named(s, s.label)).collect();
    let Some((page, degree)) = seen(map) else { return overlay("water_names", out) };
    let view = Basemap::embedded().query(page, Scale::M50, &[LayerId::Countries]);
    let mut water = MultiPolygon(vec![rect(&inner(&page, degree)).to_polygon()]);
    for (n, _) in view.iter() {
        water = water.difference(&view.polygons(n));
    }
    for part in &water.0 {
        let Some(at) = room(part, degree) else { continue };
        let Some(sea) = sea_at(at) else { continue };
        let shown = seas().iter().any(|s| s.name("en") == sea.name("en") && inner(&page, degree).contains(s.label));
        let name = label(langs, |l| sea.name(l).to_owned());
        // A sea has one name on the page.
        let twice = out.iter().any(|f| {
            f.text("name") == Some(&name)
                && f.geometry
                    .as_ref()
                    .and_then(|g| g.bounding_rect())
                    .is_some_and(|r| LonLat::new(r.min().x, r.min().y).is_ok_and(|p| page.contains(p)))
        });
        if !shown && !twice {
            out.push(named(sea, at));
        }
    }
    overlay("water_names", out)
}

/// The sea to which a spot of water belongs: the nearest label within its reach, among those of its rank or a higher one.
fn sea_at(at: LonLat) -> Option<&'static Sea> {
    let reach = |rank: u8| match rank {
        0 => 2500.0,
        1 => 1100.0,
        2 => 420.0,
        _ => 160.0,
    };
    let near = seas()
        .iter()
        .filter(|s| s.may_reach(at))
        .map(|s| (distance(s.label, at).km(), s))
        .filter(|(km, s)| *km <= reach(s.rank));
    near.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, s)| s)
}

/// Towns in the order of their weight, without the suburbs of weightier ones.
pub fn towns(map: &Map, context: &Layer) -> Layer {
    let langs = &map.view.langs;
    let point = |f: &Feature| match f.geometry {
        Some(geo::Geometry::Point(p)) => LonLat::new(p.x(), p.y()).ok(),
        _ => None,
    };
    let of_story = map.layers.iter().filter(|l| l.kind == crate::model::LayerKind::Places && l.name != "context");
    let mut kept: Vec<LonLat> = of_story.flat_map(|l| &l.features).filter_map(point).collect();
    let capital = |f: &Feature| f.get("capital") == Some(&Value::Bool(true));
    let population = |f: &Feature| f.number("population").unwrap_or(0.0) as i64;
    let mut towns = Vec::new();
    // The context has its towns in the order of their weight: capitals, seats, then by people.
    let towns_only = context.features.iter().filter(|f| f.text("kind") != Some("admin1"));
    for (at, f) in towns_only.filter_map(|f| Some((point(f)?, f))) {
        if kept.iter().any(|k| distance(*k, at).km() < SUBURB) {
            continue;
        }
        kept.push(at);
        let name = |l: &str| {
            let own = (l != "en").then(|| f.text(&format!("name_{}", l.replace('-', "_")))).flatten();
            own.or_else(|| f.text("name")).unwrap_or_default().to_owned()
        };
        let town = Feature::new(geo::Point::from(at)).with("name", label(langs, name));
        let order = towns.len() as i64;
        towns.push(town.with("population", population(f)).with("capital", capital(f)).with("order", order));
    }
    overlay("towns", towns)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(bbox: &str) -> Map {
        let view = crate::model::View { bbox: Some(bbox.parse().expect("a box")), ..Default::default() };
        Map { view, ..Map::default() }
    }

    fn names(layer: &Layer, page: &BBox) -> Vec<String> {
        let inside = |f: &&Feature| match f.geometry {
            Some(geo::Geometry::Point(p)) => LonLat::new(p.x(), p.y()).is_ok_and(|p| page.contains(p)),
            _ => false,
        };
        let mut all: Vec<String> =
            layer.features.iter().filter(inside).filter_map(|f| f.text("name").map(str::to_owned)).collect();
        all.sort();
        all
    }

    #[test]
    fn neighbours_and_seas_are_named_where_they_are_seen() {
        let map = map("35.7,32.3,42.4,37.3");
        let (page, _) = seen(&map).expect("seen");
        let around = super::super::ground::surroundings(&map).expect("around");
        let found = names(&countries(&map, &around), &page);
        for name in ["Syria", "Turkey", "Iraq", "Jordan"] {
            assert!(found.iter().any(|f| f == name), "{name} in {found:?}");
        }
        assert_eq!(names(&waters(&map, &around), &page), ["Mediterranean Sea"]);
    }

    #[test]
    fn a_river_is_one_line_under_one_name() {
        let map = map("35.7,32.3,42.4,37.3");
        let around = super::super::ground::surroundings(&map).expect("around");
        let named = rivers(&map, &around);
        let longest = |name: &str| {
            let of = named.features.iter().filter(|f| f.text("name") == Some(name));
            of.filter_map(|f| f.geometry.as_ref()?.bounding_rect()).map(|r| r.width()).fold(0.0, f64::max)
        };
        assert!(longest("Euphrates") > 3.0, "{}", longest("Euphrates"));
        assert!(named.features.iter().all(|f| f.text("name").is_some_and(|n| !n.contains('?'))));
        let line = |a: f64, b: f64| LineString::from(vec![(a, 0.0), (b, 0.0)]);
        assert_eq!(joined(vec![line(0.0, 1.0), line(3.0, 2.0), line(1.0, 2.0)]).len(), 1);
    }

    #[test]
    fn suburbs_are_left_to_their_cities() {
        let town = |name: &str, x: f64, n: i64, capital: bool| {
            Feature::new(geo::Point::new(x, 33.9)).with("name", name).with("population", n).with("capital", capital)
        };
        let all = vec![
            town("Beirut", 35.5, 361_366, true),
            town("Suburb", 35.47, 1_251_739, false),
            town("Far", 36.0, 5_000, false),
        ];
        let context = Layer { kind: crate::model::LayerKind::Places, name: "context".into(), features: all };
        let named = towns(&Map::default(), &context);
        let found: Vec<_> = named.features.iter().filter_map(|f| f.text("name")).collect();
        assert_eq!(found, ["Beirut", "Far"]);
    }
}
