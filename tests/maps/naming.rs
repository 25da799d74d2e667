//! What single maps name, where, and whose land and colours they show.

use super::*;

/// A still of some places, in somebody's view of borders.
fn still(places: &[(&str, f64, f64, &str)], bbox: BBox, worldview: Option<&str>) -> Map {
    let place = |(name, lon, lat, country): &(&str, f64, f64, &str)| {
        Feature::new(geo::Point::new(*lon, *lat))
            .with("name", *name)
            .with("role", "event")
            .with("country", *country)
            .with("kind", "city")
            .with("note", "fighting 5 Dec")
    };
    let view = View { bbox: Some(bbox), worldview: worldview.map(str::to_owned), ..View::default() };
    Map { layers: vec![Layer::new(LayerKind::Places, places.iter().map(place).collect())], view, ..Map::default() }
}

#[test]
fn names_of_dots_that_touch_do_not() {
    let bbox = BBox { west: 60.0, south: 5.0, east: 100.0, north: 38.0 };
    let map = still(&[("Srinagar", 74.81, 34.09, "IN"), ("Pampore", 74.81, 33.79, "IN")], bbox, None);
    let composed = compose(&map, &Artboard::default(), &Options::default()).value;
    let names: Vec<Rect> = texts(&composed.display, &["story-names"]).filter_map(|(_, t)| ink(t)).collect();
    assert_eq!(names.len(), 4, "two names with a note each");
    for (i, a) in names.iter().enumerate() {
        assert!(names[i + 1..].iter().all(|b| !a.overlaps(b)));
    }
}

#[test]
fn a_dot_has_a_sides_colour_only_where_the_key_tells_whose() {
    let bbox = BBox { west: 60.0, south: 5.0, east: 100.0, north: 38.0 };
    let blue = Rgb(0x12, 0x34, 0x9a);
    let mut map = still(&[("Nagpur", 79.09, 21.15, "IN")], bbox, None);
    for f in map.layers.iter_mut().flat_map(|l| &mut l.features) {
        *f = f.clone().with("marker-color", blue.to_string());
    }
    let is_blue = |i: &Item| matches!(i, Item::Path(p) if p.fill.is_some_and(|f| f.color == blue));
    let drawn = |map: &Map| {
        let list = compose(map, &Artboard::default(), &Options::default()).value.display;
        list.groups.iter().filter(|g| g.id != "key").flat_map(|g| &g.items).any(is_blue)
    };
    assert!(!drawn(&map), "nothing tells what blue is");
    let land = geo::Rect::new(geo::coord! { x: 76.0, y: 18.0 }, geo::coord! { x: 82.0, y: 24.0 }).to_polygon();
    let held = Feature::new(land).with("holder", "north").with("status", "held");
    map.layers.push(Layer::new(LayerKind::Control, vec![held]));
    map.holders.push(Holder { id: "north".into(), label: "North".into(), color: Some(blue) });
    assert!(drawn(&map));
}

#[test]
fn land_and_borders_follow_the_worldview() {
    let bbox = BBox { west: 30.0, south: 43.5, east: 38.0, north: 49.0 };
    let story = [("Kherson", 32.62, 46.64, "UA")];
    let lowest = |worldview| {
        let list = compose(&still(&story, bbox, worldview), &Artboard::default(), &Options::default()).value.display;
        let land = list.groups.iter().filter(|g| g.id == "land").flat_map(|g| &g.items);
        let ukraine = land.filter_map(|i| match i {
            Item::Path(p) if p.title.as_deref() == Some("Ukraine") => p.outline.bounds(),
            _ => None,
        });
        ukraine.map(|r| px(r.bottom)).fold(0.0, f64::max)
    };
    // Crimea reaches 180 km further south than the rest of the country.
    assert!(lowest(Some("ua")) > lowest(None) + 50.0);
    assert_eq!(lowest(Some("ru")), lowest(None));
}

/// A map of the table by its slug.
fn of(slug: &str) -> &'static Made {
    made().iter().find(|m| m.map.slug == slug).expect("a map of the table")
}

#[test]
fn dependencies_and_far_parts_are_set_as_such() {
    let named = |slug: &str, group: &'static str| -> Vec<(String, bool, i32)> {
        let list = &of(slug).composed.display;
        texts(list, &[group])
            .map(|(_, t)| (t.shaped.text.clone(), t.shaped.font.weight == Weight::Bold, t.shaped.font.size))
            .collect()
    };
    let find = |list: &[(String, bool, i32)], name: &str| list.iter().find(|n| n.0 == name).map(|n| (n.1, n.2));
    // Their seats are no capitals of states, and villages are no landmarks of an ocean.
    let cities = named("pacific", "city-names");
    for seat in ["Kingston", "Alofi", "Avarua"] {
        assert!(find(&cities, seat).is_none(), "{seat}");
    }
    assert_eq!(find(&cities, "Noumea").or(find(&cities, "Nouméa")).map(|n| n.0), Some(false));
    let lands = named("pacific", "country-names");
    assert_eq!(find(&lands, "NEW CALEDONIA").map(|n| n.0), Some(false));
    assert_eq!(find(&lands, "VANUATU").map(|n| n.0), Some(true));
    // France in South America, Norway in the Arctic Ocean.
    let (brazil, svalbard) = (named("brazil", "country-names"), named("svalbard", "country-names"));
    assert!(find(&brazil, "FRENCH GUIANA").is_some() && find(&brazil, "FRANCE").is_none(), "{brazil:?}");
    assert!(find(&svalbard, "SVALBARD").is_some() && find(&svalbard, "NORWAY").is_none(), "{svalbard:?}");
    // The story's own country is named at full size, at sea if not on its land.
    let size = |list: &[(String, bool, i32)], name: &str| find(list, name).expect("named").1;
    let chile = named("chile", "country-names");
    assert!(size(&chile, "CHILE") > size(&chile, "ARGENTINA"), "{chile:?}");
    let zealand = named("newzealand", "country-names");
    assert!(size(&zealand, "NEW ZEALAND") >= units(17.0 * 1.3) - 16, "{zealand:?}");
}

#[test]
fn waters_are_named_once_and_where_they_are() {
    for m in made() {
        let mut names: Vec<&str> = m
            .composed
            .explain
            .labels
            .iter()
            .filter(|l| l.kind == "water" && l.placed)
            .map(|l| l.text.as_str())
            .collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all, "{}: {names:?}", m.map.slug);
    }
    let water = |slug: &str, name: &str| -> Option<LonLat> {
        let m = of(slug);
        let l = m.composed.explain.labels.iter().find(|l| l.kind == "water" && l.text == name && l.placed)?;
        let [x0, y0, x1, y1] = l.bounds?;
        m.composed.frame.at([(x0 + x1) / 2.0, (y0 + y1) / 2.0]).map(|d| LonLat::wrapped(d[0], d[1]))
    };
    // Lake Vänern is no part of the Baltic, the water off Bergen none of the Atlantic.
    assert_eq!(water("norway", "Baltic Sea"), None);
    assert_eq!(water("norway", "Atlantic Ocean"), None);
    assert!(water("norway", "North Sea").is_some() && water("norway", "Vänern").is_some());
    assert!(water("kenya", "Lake Victoria").is_some() && water("kenya", "Nyanza").is_none());
    assert!(water("iceland", "Drau").is_none());
    // An ocean is named far from the middle of it.
    for (slug, name) in [
        ("fiji", "Pacific Ocean"),
        ("kiribati", "Pacific Ocean"),
        ("kenya", "Indian Ocean"),
        ("japan", "Pacific Ocean"),
    ] {
        assert!(water(slug, name).is_some(), "{slug}: {name}");
    }
    if let Some(gulf) = water("australia", "Gulf of Carpentaria") {
        assert!(gulf.lat() < -10.8, "{gulf:?}");
    }
}

#[test]
fn a_map_tells_before_it_is_drawn_what_it_will_show() {
    let mut map = still(
        &[("Antakya", 36.16, 36.2, "TR"), ("Ankara", 32.85, 39.92, "TR")],
        BBox { west: 25.0, south: 35.0, east: 45.0, north: 43.0 },
        None,
    );
    map.view.bbox = None;
    let around = mapdesk::cartography::seen(&map, &[Artboard::DESKTOP, Artboard::MOBILE]).expect("places");
    // All of Turkey is shown, and more of what lies north of it on a tall board.
    let seen = compose(&map, &Artboard::MOBILE, &Options::default()).value.frame;
    for corner in [[60.0, 120.0], [540.0, 120.0], [60.0, 690.0], [540.0, 690.0]] {
        let d = seen.at(corner).expect("on the map");
        assert!(around.contains(LonLat::wrapped(d[0], d[1])), "{corner:?} {around:?}");
    }
    assert!(around.contains(at(28.98, 41.01)) && around.contains(at(27.14, 38.42)));
}

/// What stands in a label of a kind and where, CSS pixels.
fn labels<'c>(composed: &'c Composed, kind: &'c str) -> impl Iterator<Item = (&'c str, [f64; 4])> {
    let placed = composed.explain.labels.iter().filter(move |l| l.kind == kind && l.placed);
    placed.filter_map(|l| Some((l.text.as_str(), l.bounds?)))
}

#[test]
fn divisions_are_named_where_a_map_lies_among_them() {
    let named = |slug: &str| labels(&of(slug).composed, "division").map(|l| l.0).collect::<Vec<_>>();
    assert!(named("texas").contains(&"Texas") && named("texas").contains(&"Louisiana"), "{:?}", named("texas"));
    assert!(named("australia").contains(&"Queensland"), "{:?}", named("australia"));
    // A few names among many small divisions would tell nothing.
    for slug in ["us", "ukraine", "congo", "india", "luxembourg"] {
        assert!(named(slug).len() != 1, "{slug}: {:?}", named(slug));
    }
    assert!(named("us").is_empty() && named("ukraine").is_empty());
    // By the words of the context, without their generic word where nothing else bears the name.
    let division = |id: i64, name: &str| {
        let f = Feature::new(geo::Point::new(-99.0, 31.0)).with("name", name).with("kind", "admin1");
        f.with("geonameid", id).with("role", "context").with("country", "US")
    };
    let mut map = of("texas").map.clone();
    let context = map.layers.iter_mut().find(|l| l.name == "context").expect("a context");
    context.features.extend([division(4_736_286, "Tejas State"), division(4_331_987, "Houston State")]);
    let made = compose(&map, &Artboard::DESKTOP, &Options::default()).value;
    let found: Vec<&str> = labels(&made, "division").map(|l| l.0).collect();
    assert!(found.contains(&"Tejas") && found.contains(&"Houston State"), "{found:?}");
    assert!(labels(&made, "city").all(|l| l.0 != "Tejas State"), "a division is no town");
}

#[test]
fn country_names_stand_within_one_zone() {
    for board in [Artboard::DESKTOP, Artboard::SQUARE, Artboard::MOBILE] {
        let made = compose(&maps::control(), &board, &Options::default()).value;
        let (_, [x0, y0, x1, y1]) = labels(&made, "country").find(|l| l.0 == "Syria").expect("named");
        let at = |x: f64, y: f64| made.frame.px(LonLat::wrapped(x, y)).expect("on the map");
        for [a, b] in [
            [(37.5, 33.0), (37.5, 36.2)],
            [(36.0, 35.0), (39.5, 35.0)],
            [(36.0, 34.0), (39.5, 34.0)],
            [(38.5, 35.0), (38.5, 36.2)],
        ] {
            let (a, b) = (at(a.0, a.1), at(b.0, b.1));
            let crossed = (0..=200).map(|k| f64::from(k) / 200.0).any(|t| {
                let (x, y) = (a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]));
                x > x0 && x < x1 && y > y0 && y < y1
            });
            assert!(
                !crossed,
                "{}: an edge of a zone from {a:?} to {b:?} runs through {:?}",
                board.name,
                [x0, y0, x1, y1]
            );
        }
    }
}

#[test]
fn names_give_way_to_distance_lines() {
    // Towns close to a line, on the side where their names would cross it.
    let line = geo::LineString::from(vec![(29.0, 24.8), (29.0, 28.2)]);
    let line = Feature::new(line).with("from", "A").with("to", "B").with("km", 377.0);
    let town = |name: &str, lat: f64| {
        let f = Feature::new(geo::Point::new(28.93, lat)).with("name", name).with("kind", "city");
        f.with("role", "context").with("population", 90_000).with("country", "EG")
    };
    let towns = vec![town("Farafra", 25.6), town("Bawiti", 27.4)];
    let view = View { bbox: BBox::new(27.0, 24.5, 31.0, 28.5).ok(), ..View::default() };
    let context = Layer { kind: LayerKind::Places, name: "context".into(), features: towns };
    let map = Map { layers: vec![context, Layer::new(LayerKind::Distances, vec![line])], view, ..Map::default() };
    let made = compose(&map, &Artboard::DESKTOP, &Options::default()).value;
    let x = made.frame.px(at(29.0, 26.5)).expect("seen")[0];
    let found: Vec<(&str, [f64; 4])> = labels(&made, "city").collect();
    assert_eq!(found.len(), 2);
    for (name, [x0, _, x1, _]) in found {
        assert!(x1 <= x || x0 >= x, "the line at {x} runs through {name}, {x0} to {x1}");
    }
}

#[test]
fn waters_and_islands_of_the_story_are_named() {
    let mut map = still(
        &[("Bandar Abbas", 56.28, 27.19, "IR"), ("Dubai", 55.31, 25.08, "AE")],
        BBox { west: 54.0, south: 24.0, east: 59.0, north: 28.0 },
        None,
    );
    let strait = Feature::new(geo::Point::new(56.25, 26.57)).with("name", "Strait of Hormuz").with("kind", "water");
    map.layers[0].features.push(strait.with("role", "mention"));
    let made = compose(&map, &Artboard::DESKTOP, &Options::default()).value;
    let (_, [x0, y0, x1, y1]) = labels(&made, "water").find(|l| l.0 == "Strait of Hormuz").expect("named");
    let here = made.frame.px(at(56.25, 26.57)).expect("seen");
    assert!(((x0 + x1) / 2.0 - here[0]).hypot((y0 + y1) / 2.0 - here[1]) < 80.0);
    // In a language that has no name for it, it has none.
    map.view.langs = vec!["fr".into()];
    let french = compose(&map, &Artboard::DESKTOP, &Options::default()).value;
    assert!(labels(&french, "water").all(|l| l.0 != "Strait of Hormuz"));
    // A country of atolls too small for any raster.
    let atolls = still(
        &[("Male", 73.51, 4.17, "MV"), ("Fuvahmulah", 73.43, -0.3, "MV")],
        BBox { west: 67.0, south: -0.7, east: 80.0, north: 7.0 },
        None,
    );
    let made = compose(&atolls, &Artboard::DESKTOP, &Options::default()).value;
    assert!(labels(&made, "country").any(|l| l.0 == "Maldives"));
}

#[test]
fn land_of_which_nobody_reports_does_not_widen_the_frame() {
    let square = |x: f64, y: f64, w: f64| {
        let ring = vec![(x, y), (x + w, y), (x + w, y + w), (x, y + w), (x, y)];
        geo::Polygon::new(ring.into(), Vec::new())
    };
    let zone = |p, holder: &str, status: &str| Feature::new(p).with("holder", holder).with("status", status);
    let zones =
        vec![zone(square(37.6, 48.2, 0.4), "russia", "held"), zone(square(24.0, 45.0, 10.0), "unknown", "unknown")];
    let mut map = still(
        &[("Toretsk", 37.85, 48.4, "UA"), ("Bakhmut", 38.0, 48.6, "UA")],
        BBox::new(0.0, 0.0, 1.0, 1.0).expect("a box"),
        None,
    );
    map.view.bbox = None;
    map.layers.push(Layer::new(LayerKind::Control, zones));
    let made = compose(&map, &Artboard::DESKTOP, &Options::default()).value;
    assert!(made.frame.ground_width() < 300_000.0, "{}", made.frame.ground_width());
}

#[test]
fn seas_are_named_in_both_languages() {
    let mut map = of("egypt").map.clone();
    map.view.langs = vec!["en".into(), "ar".into()];
    let made = compose(&map, &Artboard::DESKTOP, &Options::default()).value;
    let words: Vec<&str> = texts(&made.display, &["water-names"]).map(|(_, t)| t.shaped.text.as_str()).collect();
    assert!(words.contains(&"Mediterranean Sea") && words.contains(&"البحر الأبيض المتوسط"), "{words:?}");
}
