//! A dozen small maps as pixels, exactly as they were last looked at. `just bless` accepts the present ones.
//!
//! A failure leaves a three-up picture (expected, found, difference) beside the test's other files and names it.

use mapdesk::cartography::{Artboard, ControlStyle, Options, Relief, compose};
use mapdesk::geodesy::BBox;
use mapdesk::model::{Feature, Layer, LayerKind, Map, Theme};
use mapdesk::outputs::raster::Painter;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[path = "golden/maps.rs"]
mod maps;

struct Case {
    name: &'static str,
    map: Map,
    board: Artboard,
    options: Options,
}

fn board(width: u32, height: u32) -> Artboard {
    Artboard::custom(width, height).expect("a size")
}

/// A map of the table of stories.
fn told(slug: &'static str, width: u32, height: u32) -> Case {
    let case = maps::all().into_iter().find(|c| c.map.slug == slug).expect("a map of the table");
    Case { name: slug, map: case.map, board: board(width, height), options: Options::default() }
}

fn control(name: &'static str, theme: Theme, options: Options) -> Case {
    let mut map = maps::control();
    map.view.theme = theme;
    Case { name, map, board: board(520, 400), options }
}

/// Each zone as the cell of a settlement, and a road through three of them.
fn towns() -> (Layer, Vec<Feature>) {
    let map = maps::control();
    let zones = map.layers.iter().find(|l| l.kind == LayerKind::Control).expect("zones");
    let people = [1_500_000, 300_000, 60_000, 20_000, 2_000, 400];
    let cells = zones.features.iter().zip(people).map(|(f, n)| f.clone().with("population", n).with("name", "Town"));
    let road = geo::LineString::from(vec![(35.6, 34.5), (36.6, 34.4), (37.9, 34.7), (38.1, 35.6), (39.0, 35.8)]);
    (Layer::new(LayerKind::Cells, cells.collect()), vec![Feature::new(road)])
}

fn own() -> Map {
    let zone = vec![(36.0, 34.6), (37.2, 34.5), (37.6, 35.3), (36.6, 35.6), (36.0, 34.6)];
    let zone = geo::Polygon::new(zone.into(), Vec::new());
    let road = geo::LineString::from(vec![(36.3, 33.5), (36.7, 34.7), (36.8, 35.9)]);
    let features = vec![
        Feature::new(zone).with("title", "Buffer zone").with("fill", "#7A6FB0"),
        Feature::new(road).with("label", "M5 motorway").with("stroke", "#A34700"),
        Feature::new(geo::Point::new(36.7578, 35.1318)).with("name", "Hama"),
    ];
    Map {
        title: "A user's own features".into(),
        layers: vec![Layer::new(LayerKind::Overlay, features)],
        view: mapdesk::model::View { bbox: BBox::new(35.2, 33.2, 38.6, 36.2).ok(), ..Default::default() },
        ..Map::default()
    }
}

fn cases() -> Vec<Case> {
    let (cells, roads) = towns();
    let mut settlements =
        control("settlements", Theme::Light, Options { control: ControlStyle::Settlements, ..Options::default() });
    settlements.map.layers.push(cells);
    let ridge = |k: usize| {
        let (x, y) = ((k % 80) as f32 / 8.0, (k / 80) as f32 / 8.0);
        (x.sin() * y.cos() * 1900.0 + 2000.0).max(1.0)
    };
    let heights = (0..80 * 80).map(ridge).collect();
    let relief = Arc::new(Relief { columns: 80, rows: 80, west: 34.0, north: 38.0, cell: 0.08, heights });
    vec![
        control("control-light", Theme::Light, Options::default()),
        control("control-dark", Theme::Dark, Options::default()),
        control("control-mono", Theme::Mono, Options::default()),
        settlements,
        control("roads", Theme::Light, Options { control: ControlStyle::Roads, roads, ..Options::default() }),
        Case { name: "own", map: own(), board: board(480, 420), options: Options::default() },
        Case {
            name: "relief",
            map: own(),
            board: board(480, 420),
            options: Options { relief: Some(relief), ..Options::default() },
        },
        told("chile", 360, 520),
        told("fiji", 480, 360),
        told("svalbard", 480, 360),
        told("sudan-ar", 420, 480),
        told("russia", 560, 360),
    ]
}

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/png").join(format!("{name}.png"))
}

/// Width, height and RGB of a PNG.
fn decode(bytes: &[u8]) -> (u32, u32, Vec<u8>) {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().expect("a PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("fits")];
    let info = reader.next_frame(&mut pixels).expect("pixels");
    (info.width, info.height, pixels)
}

/// Expected, found and their difference side by side.
fn three_up(want: &(u32, u32, Vec<u8>), found: &(u32, u32, Vec<u8>)) -> Vec<u8> {
    let (width, height) = (want.0.max(found.0), want.1.max(found.1));
    let pixel = |p: &(u32, u32, Vec<u8>), x: u32, y: u32| -> [u8; 3] {
        if x >= p.0 || y >= p.1 {
            return [255, 0, 255];
        }
        let at = ((y * p.0 + x) * 3) as usize;
        [p.2[at], p.2[at + 1], p.2[at + 2]]
    };
    let mut rgb = Vec::with_capacity((width * 3 * height * 3) as usize);
    for y in 0..height {
        for x in 0..width {
            rgb.extend(pixel(want, x, y));
        }
        for x in 0..width {
            rgb.extend(pixel(found, x, y));
        }
        for x in 0..width {
            let (a, b) = (pixel(want, x, y), pixel(found, x, y));
            let off = a.iter().zip(b).map(|(a, b)| a.abs_diff(b)).max().unwrap_or(0);
            rgb.extend(if off == 0 { [255, 255, 255] } else { [255, 200 - off.min(200), 200 - off.min(200)] });
        }
    }
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, width * 3, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header().and_then(|mut w| w.write_image_data(&rgb)).expect("memory");
    out
}

#[test]
fn small_maps_look_as_they_did() {
    let bless = std::env::var_os("MAPDESK_BLESS").is_some();
    let mut painter = Painter::new();
    let mut wrong = Vec::new();
    let mut total = 0;
    for case in cases() {
        let composed = compose(&case.map, &case.board, &case.options).value;
        let bytes = mapdesk::outputs::png::encode(&mut painter, &composed.display, 1, false).expect("small");
        let path = golden(case.name);
        if bless {
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("writable");
            std::fs::write(&path, &bytes).expect("writable");
        }
        let Ok(expected) = std::fs::read(&path) else {
            wrong.push(format!("{}: no such picture yet; run `just bless` and look at it", case.name));
            continue;
        };
        total += expected.len();
        let (want, found) = (decode(&expected), decode(&bytes));
        let alike =
            (want.0, want.1) == (found.0, found.1) && want.2.iter().zip(&found.2).all(|(a, b)| a.abs_diff(*b) <= 2);
        if !alike {
            let left = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("golden-{}.png", case.name));
            std::fs::write(&left, three_up(&want, &found)).expect("writable");
            wrong.push(format!("{}: see {}", case.name, left.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(total < 1_500_000, "{total} bytes of goldens are too many");
}
