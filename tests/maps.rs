//! The checklist of a publishable map, over every map of `tests/golden/maps.csv` and the founding story's control maps.

use mapdesk::basemap::Basemap;
use mapdesk::cartography::display::{DisplayList, Item, Placement, Rect, Text, px, units};
use mapdesk::cartography::text::Weight;
use mapdesk::cartography::{
    ALT_TEXT_MOST, Artboard, Composed, Options, colour, compose, compose_multiples, compose_series,
};
use mapdesk::diag::Note;
use mapdesk::geodesy::{BBox, LonLat, distance};
use mapdesk::model::{Feature, Holder, Layer, LayerKind, Map, Rgb, Theme, View};
use mapdesk::outputs::raster::Painter;
use mapdesk::outputs::{png, svg};
use std::collections::BTreeSet;
use std::sync::OnceLock;

#[path = "golden/maps.rs"]
mod maps;
#[path = "golden/second.rs"]
mod second;
use second::{by_resvg, halved, ssim};

struct Made {
    map: Map,
    board: Artboard,
    composed: Composed,
    notes: Vec<Note>,
}

/// Every map, composed once for all tests.
fn made() -> &'static [Made] {
    static MADE: OnceLock<Vec<Made>> = OnceLock::new();
    MADE.get_or_init(|| {
        let mut cases: Vec<(Map, String)> = maps::all().into_iter().map(|c| (c.map, c.board)).collect();
        for (theme, board) in
            [(Theme::Light, "desktop"), (Theme::Dark, "mobile"), (Theme::Mono, "print"), (Theme::Light, "square")]
        {
            let mut map = maps::control();
            map.slug = format!("control-{theme:?}-{board}");
            map.view.theme = theme;
            cases.push((map, board.to_owned()));
        }
        cases
            .into_iter()
            .map(|(map, board)| {
                let board: Artboard = board.parse().expect("an artboard");
                let warned = compose(&map, &board, &Options::default());
                Made { map, board, composed: warned.value, notes: warned.notes }
            })
            .collect()
    })
}

fn at(lon: f64, lat: f64) -> LonLat {
    LonLat::new(lon, lat).expect("valid")
}

fn texts<'a>(list: &'a DisplayList, groups: &'a [&str]) -> impl Iterator<Item = (&'a str, &'a Text)> {
    list.groups.iter().filter(move |g| groups.contains(&g.id.as_str())).flat_map(|g| {
        g.items.iter().filter_map(move |i| match i {
            Item::Text(t) => Some((g.id.as_str(), t)),
            _ => None,
        })
    })
}

const NAMES: [&str; 6] =
    ["water-names", "country-names", "zone-names", "city-names", "distance-figures", "story-names"];
const FURNITURE: [&str; 4] = ["title", "source", "key", "scale"];

/// The ink of a level text; one along a line is left to the search's own boxes.
fn ink(t: &Text) -> Option<Rect> {
    let Placement::Straight { origin, .. } = t.place else { return None };
    let left = t.left()?;
    let i = t.shaped.ink;
    Some(Rect::new(left.x + i.left, origin.y + i.top, left.x + i.right, origin.y + i.bottom))
}

fn boxes(list: &DisplayList, group: &str) -> Vec<Rect> {
    let paths = list.groups.iter().filter(|g| g.id == group).flat_map(|g| &g.items);
    paths.filter_map(|i| if let Item::Path(p) = i { p.outline.bounds() } else { None }).collect()
}

#[test]
fn there_are_enough_maps() {
    assert!(made().len() >= 40, "{}", made().len());
}

// Checklist 1.
#[test]
fn no_overlaps_no_foreign_dots_none_at_the_edge_or_under_furniture() {
    let mut wrong = Vec::new();
    for m in made() {
        let list = &m.composed.display;
        let inks: Vec<(String, Rect)> = texts(list, &NAMES)
            .chain(texts(list, &FURNITURE))
            .filter_map(|(_, t)| Some((t.shaped.text.clone(), ink(t)?)))
            .collect();
        for (i, (a, r)) in inks.iter().enumerate() {
            for (b, s) in &inks[i + 1..] {
                if r.overlaps(s) {
                    wrong.push(format!("{}: {a} on {b}", m.map.slug));
                }
            }
        }
        let page = boxes(list, "page");
        let panel = Rect::new(
            0,
            page.iter().filter(|b| b.top == 0).map(|b| b.bottom).max().unwrap_or(0),
            units(f64::from(list.width)),
            page.iter().filter(|b| b.top > 0).map(|b| b.top).min().unwrap_or(units(f64::from(list.height))),
        );
        let safe = panel.grown(-units(6.0));
        let furniture: Vec<Rect> = ["key", "scale", "locator"].iter().flat_map(|g| boxes(list, g)).collect();
        let dots: Vec<Rect> = boxes(list, "places").into_iter().map(|d| d.grown(-units(0.8))).collect();
        for (_, t) in texts(list, &NAMES) {
            let Some(r) = ink(t) else { continue };
            let name = &t.shaped.text;
            if !safe.holds(&r) {
                wrong.push(format!("{}: {name} at the edge", m.map.slug));
            }
            if furniture.iter().any(|f| f.overlaps(&r)) {
                wrong.push(format!("{}: {name} under furniture", m.map.slug));
            }
            if dots.iter().any(|d| d.overlaps(&r)) {
                wrong.push(format!("{}: {name} on a dot", m.map.slug));
            }
        }
    }
    assert!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
}

// Checklist 2.
#[test]
fn every_story_place_is_drawn_and_named() {
    for m in made() {
        let named: BTreeSet<&str> = m
            .composed
            .explain
            .labels
            .iter()
            .filter(|l| l.kind == "story" && l.placed)
            .map(|l| l.text.as_str())
            .collect();
        let outside: Vec<&str> = m
            .notes
            .iter()
            .filter(|n| n.message.contains("lies outside the frame"))
            .map(|n| n.message.as_str())
            .collect();
        let lang = m.map.view.langs.first().map_or("en", String::as_str);
        for f in
            m.map.layers.iter().filter(|l| l.kind == LayerKind::Places && l.name != "context").flat_map(|l| &l.features)
        {
            let name = f.text(&format!("name_{lang}")).or(f.text("name")).expect("a name");
            let told = outside.iter().any(|o| o.starts_with(name));
            assert!(named.contains(name) || told, "{}: {name} neither named nor told to be outside", m.map.slug);
        }
    }
}

// Checklist 3: most names stand on their own side; where a town sits on the border there may be no other room.
#[test]
fn names_stand_on_their_own_side_of_a_border() {
    let base = Basemap::embedded();
    let (mut own, mut foreign) = (0, 0);
    let mut list = Vec::new();
    for m in made().iter().filter(|m| m.board.name == "desktop").step_by(4) {
        let frame = FrameOf(m);
        for l in m.composed.explain.labels.iter().filter(|l| l.placed && matches!(l.kind, "story" | "city")) {
            let Some((country, [x0, y0, x1, y1])) = frame.country_of(&l.text).zip(l.bounds) else { continue };
            let middle = frame.degrees([(x0 + x1) / 2.0, (y0 + y1) / 2.0]);
            let there = middle.and_then(|p| base.country_at(p)).and_then(|c| c.iso_a2());
            if there.is_some_and(|code| code != country) {
                foreign += 1;
                list.push(format!("{}: {}", m.map.slug, l.text));
            } else {
                own += 1;
            }
        }
    }
    assert!(own > 100, "{own}");
    assert!(foreign * 100 <= own * 8, "{foreign} of {} names lie abroad: {}", own + foreign, list.join(", "));
}

/// A map's own frame, refitted from dots: good enough to look up positions under names.
struct FrameOf<'a>(&'a Made);

impl FrameOf<'_> {
    fn cities(&self) -> impl Iterator<Item = &Feature> {
        self.0.map.layers.iter().filter(|l| l.kind == LayerKind::Places).flat_map(|l| &l.features)
    }

    fn country_of(&self, name: &str) -> Option<&str> {
        let mut found = self.cities().filter(|f| f.text("name") == Some(name));
        let first = found.next()?.text("country")?;
        // Places of one name in two countries tell nothing.
        found.all(|f| f.text("country") == Some(first)).then_some(first)
    }

    fn degrees(&self, p: [f64; 2]) -> Option<LonLat> {
        self.0.composed.frame.at(p).map(|d| LonLat::wrapped(d[0], d[1]))
    }
}

// Checklist 4.
#[test]
fn text_is_large_enough_and_stands_out() {
    for m in made() {
        let least = m.board.least_text;
        for (group, t) in texts(&m.composed.display, &NAMES).chain(texts(&m.composed.display, &FURNITURE)) {
            assert!(
                px(t.shaped.font.size) >= least - 0.02,
                "{}: {} is {} px",
                m.map.slug,
                t.shaped.text,
                px(t.shaped.font.size)
            );
            let ground = match t.halo {
                Some(h) => h.color,
                None if group == "water-names" => continue,
                None => m.composed.display.background,
            };
            let ratio = colour::contrast(t.color, ground);
            assert!(ratio >= 4.5, "{}: {} in {} on {ground}: {ratio:.2}", m.map.slug, t.shaped.text, t.color);
        }
    }
}

// Checklist 5.
#[test]
fn the_key_is_exactly_what_is_drawn() {
    let fills = |list: &DisplayList, group: &str| -> BTreeSet<Rgb> {
        let items = list.groups.iter().filter(|g| g.id == group).flat_map(|g| &g.items);
        items
            .filter_map(|i| {
                if let Item::Path(p) = i { p.fill.as_ref().filter(|f| f.alpha == 255).map(|f| f.color) } else { None }
            })
            .collect()
    };
    let mut seen = 0;
    for m in made().iter().filter(|m| m.map.slug.starts_with("control")) {
        let list = &m.composed.display;
        assert_eq!(fills(list, "zones"), fills(list, "key"), "{}", m.map.slug);
        assert_eq!(m.composed.key.len(), 9, "six classes and three lines: {:?}", m.composed.key);
        let words: Vec<String> = texts(list, &["title", "source"]).map(|(_, t)| t.shaped.text.clone()).collect();
        let words = words.join(" ");
        assert!(
            words.contains("As of 5 December 2024") && words.contains("Source: test set.") && words.contains("squares"),
            "{words}"
        );
        seen += 1;
    }
    assert_eq!(seen, 4);
}

// Checklist 6.
#[test]
fn neighbouring_zones_stay_apart_for_every_sight() {
    for m in made().iter().filter(|m| m.map.slug.starts_with("control")) {
        let alike: Vec<&Note> = m.notes.iter().filter(|n| n.message.contains("look alike")).collect();
        assert!(alike.is_empty(), "{}: {alike:?}", m.map.slug);
    }
    let mut map = maps::control();
    map.holders[0].color = "#C87060".parse().ok();
    map.holders[1].color = "#8C8C50".parse().ok();
    let notes = compose(&map, &Artboard::DESKTOP, &Options::default()).notes;
    assert!(notes.iter().any(|n| n.message.contains("Government and Rebels") && n.hint.is_some()), "{notes:?}");
}

// Checklist 7: every Arabic text keeps its letters together and the weight of the Latin beside it.
#[test]
fn arabic_joins_and_keeps_its_weight() {
    let mut seen = 0;
    for m in made() {
        for (_, t) in texts(&m.composed.display, &NAMES).chain(texts(&m.composed.display, &FURNITURE)) {
            // Figures and spaces between Arabic words may stand in the Latin face.
            let letters = |r: &&mapdesk::cartography::text::Run| {
                r.script == "Arab"
                    && t.shaped.text[r.range.clone()].chars().any(|c| ('\u{620}'..='\u{64a}').contains(&c))
            };
            for run in t.shaped.runs.iter().filter(letters) {
                let face = m.composed.display.fonts.face(run.face);
                assert!(run.rtl && run.spacing == 0, "{}", t.shaped.text);
                assert!(face.name.contains("Arabic"), "{}: {}", t.shaped.text, face.name);
                assert_eq!(face.weight, t.shaped.font.weight.css(), "{}", t.shaped.text);
                // Reading order is right to left: clusters fall from left to right.
                assert!(run.glyphs.windows(2).all(|w| w[0].cluster >= w[1].cluster), "{}", t.shaped.text);
                seen += 1;
            }
        }
    }
    assert!(seen > 60, "{seen}");
}

// Checklist 8: the picture at 2×, halved, is the picture at 1×, hatching included.
#[test]
fn hatching_lines_and_dots_have_one_size_at_every_density() {
    let mut painter = Painter::new();
    for m in made().iter().filter(|m| m.map.slug.starts_with("control") || m.map.slug == "svalbard") {
        let one = painter.paint(&m.composed.display, 1).expect("small");
        let two = painter.paint(&m.composed.display, 2).expect("small");
        let (mean, low) = ssim(&one, &halved(&two));
        assert!(mean >= 0.985 && low > 0.4, "{}: mean {mean:.4}, lowest {low:.3}", m.map.slug);
        if let Some(hatching) = m.composed.display.groups.iter().find(|g| g.id == "hatching") {
            // Real lines of one width and one gap, whatever the density.
            let widths: BTreeSet<i32> = hatching
                .items
                .iter()
                .filter_map(|i| if let Item::Path(p) = i { p.stroke.as_ref().map(|s| s.width) } else { None })
                .collect();
            assert!(!widths.is_empty() && widths.len() <= 2, "{widths:?}");
        }
    }
}

// Checklist 9.
#[test]
fn the_scale_bar_and_the_distances_are_true() {
    for m in made() {
        let list = &m.composed.display;
        let Some((_, words)) = texts(list, &["scale"]).find(|(_, t)| t.shaped.text.ends_with("km")) else { continue };
        let km: f64 = words.shaped.text.trim_end_matches("km").trim().parse().expect("a number");
        // The bar's outline: the first tick, the bar, the end of the kilometres.
        let bar = list.groups.iter().filter(|g| g.id == "scale").flat_map(|g| &g.items).find_map(|i| match i {
            Item::Path(p) => Some(p.outline.points().to_vec()),
            _ => None,
        });
        let bar = bar.expect("a bar");
        let length = px(bar[4].x - bar[0].x);
        let c = m.composed.frame.panel.centre();
        let ends =
            [c[0] - length / 2.0, c[0] + length / 2.0].map(|x| m.composed.frame.at([x, c[1]]).expect("on the Earth"));
        let ground = distance(LonLat::wrapped(ends[0][0], ends[0][1]), LonLat::wrapped(ends[1][0], ends[1][1])).km();
        assert!((ground / km - 1.0).abs() < 0.01, "{}: {km} km are {ground}", m.map.slug);
    }
    let m = made().iter().find(|m| m.map.slug.starts_with("control")).expect("one");
    let km = distance(at(36.29128, 33.5102), at(36.75783, 35.13179)).km();
    let figure = texts(&m.composed.display, &["distance-figures"]).next().expect("a figure").1.shaped.text.clone();
    assert_eq!(figure, format!("{km:.0} km"));
}

// Checklist 10.
#[test]
fn disputed_borders_are_dashed() {
    let m = made().iter().find(|m| m.map.slug == "india").expect("India");
    let dashed = |list: &DisplayList| {
        let items = list.groups.iter().filter(|g| g.id == "borders").flat_map(|g| &g.items);
        items.filter(|i| matches!(i, Item::Path(p) if p.stroke.as_ref().is_some_and(|s| !s.dash.is_empty()))).count()
    };
    assert!(dashed(&m.composed.display) > 0);
    let mut map = m.map.clone();
    map.view.worldview = Some("IN".into());
    let other = compose(&map, &m.board, &Options::default()).value;
    let borders = |list: &DisplayList| list.groups.iter().find(|g| g.id == "borders").cloned();
    assert_ne!(borders(&other.display), borders(&m.composed.display), "the view of India draws them otherwise");
}

// Checklist 11.
#[test]
fn same_map_same_list() {
    for m in made().iter().step_by(7) {
        let again = compose(&m.map, &m.board, &Options::default()).value;
        assert_eq!(again.display.groups, m.composed.display.groups, "{}", m.map.slug);
        assert_eq!(again.explain, m.composed.explain);
    }
}

// Checklist 11: what resvg makes of the SVG is our picture.
#[test]
fn the_svg_is_the_same_picture() {
    let mut painter = Painter::new();
    for m in made().iter().filter(|m| {
        matches!(
            m.map.slug.as_str(),
            "syria" | "sudan-ar" | "fiji" | "norway-print" | "world" | "ukraine-dark" | "control-Light-desktop"
        )
    }) {
        let ours = painter.paint(&m.composed.display, 1).expect("small");
        let (mean, _) = ssim(&ours, &by_resvg(&svg::encode(&m.composed.display), 1));
        assert!(mean >= 0.99, "{}: {mean:.4}", m.map.slug);
    }
}

// Checklist 12.
#[test]
fn pictures_are_light_enough() {
    let mut painter = Painter::new();
    let mut heavy = Vec::new();
    for m in made() {
        let mut check = |scale: u32, most: usize| {
            let bytes = png::encode(&mut painter, &m.composed.display, scale, false).expect("small");
            if scale == 1 {
                // Left to be looked at.
                let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("map-{}.png", m.map.slug));
                let document = mapdesk::outputs::svg::encode(&m.composed.display);
                std::fs::write(path.with_extension("svg"), document).expect("a writable target folder");
                std::fs::write(path, &bytes).expect("a writable target folder");
            }
            if bytes.len() > most {
                heavy.push(format!("{} at {scale}×: {} kB", m.map.slug, bytes.len() / 1000));
            }
        };
        // The bound is for 1200 × 800; other boards have the same to the pixel.
        let pixels = (m.board.width * m.board.height) as usize;
        check(1, (pixels / 8).max(120_000));
        if matches!(m.map.slug.as_str(), "russia" | "china" | "syria" | "us" | "control-Light-desktop") {
            check(2, 300_000);
        }
    }
    assert!(heavy.is_empty(), "{}", heavy.join(", "));
}

// Checklist 12.
#[test]
fn alternative_texts_are_short_and_say_what_is_shown() {
    for m in made() {
        let alt = &m.composed.alt_text;
        assert!(alt.chars().count() <= ALT_TEXT_MOST, "{}: {alt}", m.map.slug);
        assert!(alt.contains(m.map.title.trim_end_matches('.')), "{alt}");
    }
}

// Checklist 13.
#[test]
fn zones_meet_without_slivers() {
    let m = made().iter().find(|m| m.map.slug == "control-Light-desktop").expect("one");
    let area = |points: &[mapdesk::cartography::display::Point]| -> f64 {
        let n = points.len();
        (0..n)
            .map(|i| {
                let (a, b) = (points[i], points[(i + 1) % n]);
                f64::from(a.x) * f64::from(b.y) - f64::from(b.x) * f64::from(a.y)
            })
            .sum::<f64>()
            .abs()
            / 2.0
    };
    let zones = m.composed.display.groups.iter().find(|g| g.id == "zones").expect("zones");
    let mut sum = 0.0;
    let mut outer: Option<Rect> = None;
    let mut corners: BTreeSet<(i32, i32)> = BTreeSet::new();
    for item in &zones.items {
        let Item::Path(p) = item else { continue };
        sum += area(p.outline.points());
        let b = p.outline.bounds().expect("not empty");
        outer = Some(outer.map_or(b, |o| o.union(&b)));
        corners.extend(p.outline.points().iter().map(|p| (p.x, p.y)));
    }
    let outer = outer.expect("zones");
    let whole = f64::from(outer.width()) * f64::from(outer.height());
    // The projected block is nearly a rectangle; its parts must fill it.
    assert!(sum <= whole && sum > whole * 0.93, "{sum} {whole}");
    // Six squares on a grid: every inner corner is shared, so there are few of them.
    assert!(corners.len() < 160, "{}", corners.len());
}

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
