//! Several pictures of one map, and what the key does to a picture.

use super::*;

/// Three days: nothing told of Hama, then fighting, then its fall; a side gains a square.
fn days() -> Vec<Map> {
    [("2024-12-03", None), ("2024-12-04", Some("fighting")), ("2024-12-05", Some("captured 5 Dec"))]
        .into_iter()
        .map(|(day, note)| {
            let mut map = maps::control();
            map.as_of = day.parse().ok();
            let places = map.layers.iter_mut().find(|l| l.kind == LayerKind::Places).expect("places");
            for f in places.features.iter_mut().filter(|f| f.text("name") == Some("Hama")) {
                f.properties.retain(|(k, _)| k != "note");
                if let Some(note) = note {
                    f.properties.push(("note".into(), note.into()));
                }
            }
            if note.is_none() {
                let control = map.layers.iter_mut().find(|l| l.kind == LayerKind::Control).expect("control");
                control.features.remove(2);
            }
            map
        })
        .collect()
}

// Checklist 14.
#[test]
fn in_a_series_names_key_and_scale_stand_still() {
    let series = compose_series(&days(), &Artboard::DESKTOP, &Options::default()).value;
    assert_eq!(series.len(), 3);
    let group = |c: &Composed, id: &str| c.display.groups.iter().find(|g| g.id == id).cloned();
    for made in &series[1..] {
        for id in ["key", "scale", "locator", "country-names", "water-names", "distance-figures"] {
            assert_eq!(group(made, id), group(&series[0], id), "{id}");
        }
        for (a, b) in made.explain.labels.iter().zip(&series[0].explain.labels).filter(|(a, _)| a.kind == "story") {
            assert!(a.placed && b.placed, "{}", a.text);
            assert_eq!((&a.text, a.bounds), (&b.text, b.bounds), "names do not jump");
        }
    }
    let words =
        |c: &Composed| texts(&c.display, &["story-names"]).map(|(_, t)| t.shaped.text.clone()).collect::<Vec<_>>();
    assert!(!words(&series[0]).iter().any(|w| w.contains("captured") || w.contains("fighting")));
    assert!(words(&series[1]).contains(&"fighting".to_owned()));
    assert!(words(&series[2]).contains(&"captured 5 Dec".to_owned()));
}

// Checklist 14: what is a user's own, too, though areas grow and points come and go.
#[test]
fn in_a_series_own_names_stand_still() {
    let days: Vec<Map> = (0..3)
        .map(|day| {
            let grown = 0.3 * f64::from(day);
            let zone = vec![(36.0, 34.6), (37.2 + grown, 34.5), (37.6 + grown, 35.3), (36.6, 35.6), (36.0, 34.6)];
            let road = geo::LineString::from(vec![(36.3, 33.5), (36.7, 34.7), (36.8, 35.9)]);
            let mut features = vec![
                Feature::new(geo::Polygon::new(zone.into(), Vec::new())).with("title", "Buffer zone"),
                Feature::new(road).with("label", "M5 motorway"),
            ];
            if day != 1 {
                features.push(Feature::new(geo::Point::new(37.9, 34.2)).with("name", "Checkpoint"));
            }
            Map {
                title: "Own".into(),
                layers: vec![Layer::new(LayerKind::Overlay, features)],
                view: View { bbox: BBox::new(35.2, 33.2, 38.6, 36.2).ok(), ..View::default() },
                ..Map::default()
            }
        })
        .collect();
    let series = compose_series(&days, &Artboard::MOBILE, &Options::default()).value;
    let seats = |c: &Composed, name: &str| c.explain.labels.iter().find(|l| l.text == name).map(|l| l.bounds);
    for name in ["Buffer zone", "M5 motorway", "Checkpoint"] {
        assert!(seats(&series[0], name).flatten().is_some(), "{name} is placed");
        assert_eq!(seats(&series[0], name), seats(&series[2], name), "{name}");
    }
    assert_eq!(seats(&series[1], "Checkpoint"), None, "not there on the second day");
    for name in ["Buffer zone", "M5 motorway"] {
        assert_eq!(seats(&series[0], name), seats(&series[1], name), "{name}");
    }
}

// Checklist 1: what an arrow is called stands beside it, whichever way it points; the key calls its side as it calls its land.
#[test]
fn names_of_advances_stand_beside_their_arrows() {
    for (from, to) in [((38.0, 34.6), (39.4, 34.6)), ((38.2, 35.6), (38.2, 34.3)), ((37.8, 34.2), (39.0, 35.6))] {
        let arrow = Feature::new(geo::LineString::from(vec![from, to])).with("actor", "hts").with("label", "The push");
        let mut map = maps::control();
        map.layers.push(Layer::new(LayerKind::Advance, vec![arrow]));
        let made = compose(&map, &Artboard::DESKTOP, &Options::default()).value;
        let name = texts(&made.display, &["distance-figures"]).find(|(_, t)| t.shaped.text == "The push");
        let ink = name.and_then(|(_, t)| ink(t)).expect("it is named");
        let arrows = made.display.groups.iter().filter(|g| g.id == "advances").flat_map(|g| &g.items);
        for item in arrows {
            let Item::Path(p) = item else { continue };
            for pair in p.outline.points().windows(2) {
                for k in 0..=16 {
                    let at = |a: i32, b: i32| a + (b - a) * k / 16;
                    let (x, y) = (at(pair[0].x, pair[1].x), at(pair[0].y, pair[1].y));
                    assert!(!ink.overlaps(&Rect::new(x - 1, y - 1, x + 1, y + 1)), "{from:?}–{to:?}: {ink:?}");
                }
            }
        }
        assert!(made.key.iter().any(|r| r.words == "Advance of Rebels"), "{:?}", made.key);
    }
}

/// Covered by a box, 1/64 px squared.
fn covered(by: &Rect, of: &Rect) -> i64 {
    let side = |a: i32, b: i32| i64::from((b - a).max(0));
    side(by.left.max(of.left), by.right.min(of.right)) * side(by.top.max(of.top), by.bottom.min(of.bottom))
}

// Checklist 1: on a small board the key of many classes lies flat below the map rather than over the story.
#[test]
fn a_key_that_would_hide_the_story_lies_flat() {
    let map = maps::control();
    let mut flat = 0;
    for (width, height) in [(360, 420), (420, 420), (420, 600), (520, 400), (640, 360), (900, 500)] {
        let board = Artboard::custom(width, height).expect("a size");
        let made = compose(&map, &board, &Options::default()).value;
        let key = boxes(&made.display, "key")[0];
        for zone in boxes(&made.display, "zones") {
            let area = i64::from(zone.width()) * i64::from(zone.height());
            let share = covered(&key, &zone) * 100 / area.max(1);
            assert!(share <= 1, "{width} × {height}: {share} % of {zone:?} under {key:?}");
        }
        let ends = units(made.frame.panel.y1);
        assert!(key.bottom <= ends || key.top >= ends, "on the map or beside it: {key:?} {ends}");
        flat += usize::from(key.top >= ends);
        assert!(key.right <= units(f64::from(width)) && key.bottom <= units(f64::from(height)), "{key:?}");
        let sources: Vec<Rect> = texts(&made.display, &["source"]).filter_map(|(_, t)| ink(t)).collect();
        assert!(sources.iter().all(|r| !r.overlaps(&key)), "the key is clear of the source line");
    }
    assert!(flat > 0, "some lie flat");
}

#[test]
fn a_key_that_hides_a_small_map_is_reported() {
    let hides = |width, height| {
        let board = Artboard::custom(width, height).expect("a size");
        let notes = compose(&maps::control(), &board, &Options::default()).notes;
        notes.iter().any(|n| n.message.starts_with("the key hides"))
    };
    assert!(hides(300, 300), "nine rows on a board of a thumb's size");
    assert!(!hides(520, 400) && !hides(1200, 800));
}

#[test]
fn small_multiples_share_one_key_and_one_scale() {
    let made = compose_multiples(&days(), &Artboard::WIDE, &Options::default()).value;
    let count = |start: &str| made.display.groups.iter().filter(|g| g.id.starts_with(start)).count();
    assert_eq!((count("key"), count("scale"), count("zones-")), (1, 1, 3));
    let days: Vec<String> =
        texts(&made.display, &["title-1", "title-2", "title-3"]).map(|(_, t)| t.shaped.text.clone()).collect();
    assert_eq!(days, ["3 December 2024", "4 December 2024", "5 December 2024"]);
    // The key lies above the pictures, not on one of them.
    let (key, seas) = (boxes(&made.display, "key")[0], ["water-1", "water-2", "water-3"]);
    assert!(seas.iter().flat_map(|w| boxes(&made.display, w)).all(|sea| !sea.overlaps(&key)), "{key:?}");
    let ids: BTreeSet<&str> = made.display.groups.iter().map(|g| g.id.as_str()).collect();
    assert_eq!(ids.len(), made.display.groups.len(), "group names are unique");
}
