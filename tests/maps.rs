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
#[path = "maps/naming.rs"]
mod naming;
#[path = "golden/second.rs"]
mod second;
#[path = "maps/series.rs"]
mod series;
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
