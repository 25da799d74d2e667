//! PNG, SVG and PDF replay one display list: second opinions by other people's readers and renderers.

use mapdesk::cartography::display::{
    Anchor, Cap, DisplayList, Fill, Group, Image, Item, Join, Metadata, Outline, Path, Pixels, Placement, Point, Rect,
    Rule, Stroke, Text, units,
};
use mapdesk::cartography::text::{FontSpec, Fonts};
use mapdesk::model::Rgb;
use mapdesk::outputs::{animation::Frame, apng, pdf, png as still, raster::Bitmap, raster::Painter, svg, webp};
use std::sync::Arc;

#[path = "golden/second.rs"]
mod second;
use second::{by_resvg, ssim};

const INK: Rgb = Rgb(0x22, 0x22, 0x22);
const WHITE: Rgb = Rgb(255, 255, 255);
const ZONES: [Rgb; 3] = [Rgb(0xC8, 0x55, 0x3D), Rgb(0x4F, 0x8A, 0x5B), Rgb(0xE0, 0xB1, 0x3A)];

/// Everything a display list can hold, on one sheet.
fn specimen() -> DisplayList {
    let fonts = Fonts::embedded();
    let mut zones = Group::new("zones", "Zones");
    for (i, color) in ZONES.into_iter().enumerate() {
        let x = 20.0 + 190.0 * i as f64;
        let mut o = Outline::new();
        o.ring(&[
            Point::px(x, 20.3),
            Point::px(x + 190.0, 25.7),
            Point::px(x + 170.5, 130.1),
            Point::px(x + 190.0, 170.0),
            Point::px(x, 175.2),
            Point::px(x - 12.0, 90.0),
        ]);
        zones.items.push(Item::Path(Path {
            fill: Some(Fill { color, alpha: 150, rule: Rule::NonZero }),
            title: Some(format!("Zone {i} & <more>")),
            ..Path::filled(o, color)
        }));
    }
    // Hatching: real lines in a clip.
    let clip = Arc::new(Outline::rounded(Rect::px(150.0, 60.0, 330.0, 150.0), units(30.0)));
    let mut lines = Outline::new();
    for i in 0..40 {
        let x = 40.0 + 8.0 * f64::from(i);
        lines.line(&[Point::px(x, 160.0), Point::px(x + 110.0, 50.0)]);
    }
    zones.items.push(Item::Path(Path { clip: Some(clip), ..Path::stroked(lines, INK, 1.6) }));
    // A ring with a hole by the even-odd rule.
    let mut hole = Outline::circle(Point::px(500.0, 95.0), units(40.0));
    hole.append(&Outline::circle(Point::px(500.0, 95.0), units(22.0)));
    zones.items.push(Item::Path(Path {
        fill: Some(Fill { color: INK, alpha: 90, rule: Rule::EvenOdd }),
        ..Path::filled(hole, INK)
    }));
    let mut strokes = Group::new("lines", "Lines");
    for (i, (cap, join)) in
        [(Cap::Butt, Join::Miter), (Cap::Round, Join::Round), (Cap::Square, Join::Bevel)].into_iter().enumerate()
    {
        let y = 190.0 + 16.0 * i as f64;
        let mut o = Outline::new();
        let bend = [Point::px(30.0, y), Point::px(140.0, y + 8.0), Point::px(150.0, y - 6.0), Point::px(300.0, y)];
        o.line(&bend);
        let dash = if i == 1 { vec![units(1.0), units(6.0)] } else { Vec::new() };
        strokes.items.push(Item::Path(Path {
            stroke: Some(Stroke { cap, join, dash, ..Stroke::solid(INK, 1.4 + i as f64) }),
            ..Path::stroked(o, INK, 1.0)
        }));
    }
    // A picture.
    let rgba = (0..64_u32).flat_map(|i| [(i * 4) as u8, 120, 255 - (i * 4) as u8, 255]).collect();
    let pixels = Arc::new(Pixels { width: 8, height: 8, rgba });
    strokes.items.push(Item::Image(Image {
        pixels,
        rect: Rect::px(330.0, 184.0, 394.0, 228.0),
        alpha: 180,
        title: Some("Relief".into()),
    }));
    let mut labels = Group::new("labels", "Labels");
    let say = |text: &str, font, x, y, anchor| {
        Text::level(fonts.shape(text, font, "en"), Point::px(x, y), anchor, INK).with_halo(WHITE, 1.5)
    };
    let words = [
        ("Hama حماة", FontSpec::bold(15.0), Anchor::Left),
        ("Ḩamāh, Łódź, Đà Nẵng", FontSpec::regular(13.0), Anchor::Left),
        ("دِمَشْق العاصمة ١٩٨٢", FontSpec::regular(14.0), Anchor::Right),
        ("SYRIA", FontSpec::bold(17.0).spaced(3.4), Anchor::Middle),
        ("Mediterranean Sea", FontSpec::italic(14.0), Anchor::Middle),
        ("Севастополь · Θεσσαλονίκη", FontSpec::regular(13.0), Anchor::Left),
        ("תל אביב 2024 · Երևան · თბილისი", FontSpec::regular(13.0), Anchor::Middle),
    ];
    for (i, (text, font, anchor)) in words.into_iter().enumerate() {
        let x = match anchor {
            Anchor::Left => 30.0,
            Anchor::Middle => 300.0,
            Anchor::Right => 570.0,
        };
        labels.items.push(Item::Text(say(text, font, x, 260.0 + 26.0 * i as f64, anchor)));
    }
    let turned = say("Turned by 30°", FontSpec::regular(14.0), 430.0, 250.0, Anchor::Left);
    let place = Placement::Straight { origin: Point::px(430.0, 250.0), anchor: Anchor::Left, angle: 3000 };
    labels.items.push(Item::Text(Text { place, ..turned }));
    // Straight pieces: resvg measures curves only to half a pixel.
    let mut river = Outline::new();
    let bend = |i: i32| Point::px(40.0 + 20.0 * f64::from(i), 470.0 + 25.0 * (f64::from(i) * 0.35).sin());
    river.line(&(0..20).map(bend).collect::<Vec<_>>());
    let river = Arc::new(river);
    let along = say("Euphrates", FontSpec::italic(15.0), 0.0, 0.0, Anchor::Left);
    let place = Placement::Along { path: river.clone(), start: units(60.0) };
    labels.items.push(Item::Path(Path::stroked(river, Rgb(0x5B, 0x9A, 0xC0), 1.0)));
    labels.items.push(Item::Text(Text { place, ..along }));
    DisplayList {
        width: 600,
        height: 520,
        background: Rgb(0xF4, 0xF1, 0xEA),
        groups: vec![zones, strokes, labels],
        title: "Specimen \"one\"".into(),
        description: "Zones, lines and labels in seven scripts.".into(),
        metadata: Metadata {
            author: "Desk".into(),
            licence: "CC BY 4.0".into(),
            source: "GeoNames · Natural Earth".into(),
            as_of: "2024-12-05".into(),
            lang: "en".into(),
        },
        fonts,
    }
}

fn decode(bytes: &[u8]) -> (png::OutputInfo, Vec<u8>, Vec<(String, String)>) {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().expect("a PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("fits")];
    let info = reader.next_frame(&mut pixels).expect("pixels");
    reader.finish().expect("a whole file");
    let words = reader.info().utf8_text.iter().map(|t| (t.keyword.clone(), t.get_text().expect("UTF-8"))).collect();
    (info, pixels, words)
}

/// Where pictures are left to be looked at.
fn keep(name: &str, bytes: &[u8]) {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(path, bytes).expect("a writable target folder");
}

#[test]
fn svg_redrawn_by_resvg_agrees_with_our_pixels() {
    let list = specimen();
    let document = svg::encode(&list);
    keep("specimen.svg", document.as_bytes());
    for scale in [1, 2] {
        let ours = Painter::new().paint(&list, scale).expect("small");
        let theirs = by_resvg(&document, scale);
        keep(&format!("specimen@{scale}x.png"), &still::encode_bitmap(&ours, &list, scale, true));
        keep(&format!("specimen@{scale}x.resvg.png"), &still::encode_bitmap(&theirs, &list, scale, true));
        let (mean, low) = ssim(&ours, &theirs);
        assert!(mean >= 0.99 && low > 0.6, "at {scale}×: mean {mean:.4}, lowest {low:.3}");
    }
}

#[test]
fn svg_keeps_text_as_text_in_named_groups() {
    let document = svg::encode(&specimen());
    for part in [
        "<title>Specimen &quot;one&quot;</title>",
        "<desc>Zones, lines",
        "inkscape:label=\"Labels\"",
        ">حماة</tspan>",
        ">Ḩamāh, Łódź, Đà Nẵng</text>",
        "font-family=\"Noto Sans Arabic, sans-serif\" font-weight=\"700\"",
        "<textPath",
        "<dc:rights>CC BY 4.0</dc:rights>",
        "<title>Zone 0 &amp; &lt;more&gt;</title>",
    ] {
        assert!(document.contains(part), "{part}");
    }
    assert_eq!(document, svg::encode(&specimen()), "the same bytes");
}

#[test]
fn png_is_read_back_with_its_words_and_exact_style_colours() {
    let list = specimen();
    let mut painter = Painter::new();
    for scale in [1, 2] {
        let bitmap = painter.paint(&list, scale).expect("small");
        let small = still::encode_bitmap(&bitmap, &list, scale, false);
        let (info, pixels, words) = decode(&small);
        assert_eq!((info.width, info.height), (600 * scale, 520 * scale));
        for word in [("Title", "Specimen \"one\""), ("Copyright", "CC BY 4.0"), ("Comment", "As of 2024-12-05")] {
            assert!(words.contains(&(word.0.into(), word.1.into())), "{words:?}");
        }
        // The ground and the flat inside of a zone are exact.
        for (x, y) in [(5, 5), (60, 60), (250, 40)] {
            let at = ((y * scale * info.width + x * scale) * 3) as usize;
            assert_eq!(Some(Rgb(pixels[at], pixels[at + 1], pixels[at + 2])), bitmap.pixel(x * scale, y * scale));
        }
        let (_, exact, _) = decode(&still::encode_bitmap(&bitmap, &list, scale, true));
        assert!(exact.chunks_exact(3).eq(bitmap.rgba.chunks_exact(4).map(|p| &p[..3])), "lossless is lossless");
    }
}

#[test]
fn the_same_list_gives_the_same_bytes_whatever_was_painted_before() {
    let list = specimen();
    let mut used = Painter::new();
    let first = still::encode(&mut used, &list, 2, false).expect("small");
    assert_eq!(still::encode(&mut used, &list, 2, false).expect("small"), first);
    assert_eq!(still::encode(&mut Painter::new(), &list, 2, false).expect("small"), first);
}

#[test]
fn a_picture_too_large_is_refused() {
    let list = DisplayList { width: 20_000, ..specimen() };
    assert!(Painter::new().paint(&list, 1).expect_err("too large").to_string().contains("20000 × 520"));
}

#[test]
fn display_sizes_are_the_same_at_every_scale() {
    // Box filtering the picture at 3× gives the picture at 1×: hatching, widths, dots and letters keep their size.
    let list = specimen();
    let mut painter = Painter::new();
    let one = painter.paint(&list, 1).expect("small");
    let three = painter.paint(&list, 3).expect("small");
    let mut rgba = Vec::with_capacity(one.rgba.len());
    for y in 0..one.height {
        for x in 0..one.width {
            let mut sum = [0_u32; 3];
            for (dx, dy) in (0..9).map(|i| (i % 3, i / 3)) {
                let c = three.pixel(x * 3 + dx, y * 3 + dy).expect("inside");
                sum = [sum[0] + u32::from(c.0), sum[1] + u32::from(c.1), sum[2] + u32::from(c.2)];
            }
            rgba.extend(sum.map(|s| ((s + 4) / 9) as u8));
            rgba.push(255);
        }
    }
    let shrunk = Bitmap { rgba: rgba.into(), ..one.clone() };
    let (mean, low) = ssim(&one, &shrunk);
    assert!(mean >= 0.99 && low > 0.6, "mean {mean:.4}, lowest {low:.3}");
}

#[test]
fn pdf_holds_the_page_and_its_words() {
    let bytes = pdf::encode(&specimen()).expect("a document");
    keep("specimen.pdf", &bytes);
    assert!(bytes.starts_with(b"%PDF-"));
    let plain = String::from_utf8_lossy(&bytes);
    for part in ["/MediaBox[0 0 450 390]", "NotoSansArabic-Bold", "/Title(Specimen", "/Lang(en)", "/S/Figure", "/Alt("]
    {
        assert!(plain.contains(part), "{part}");
    }
    assert_eq!(bytes, pdf::encode(&specimen()).expect("a document"), "the same bytes");
}

/// Three frames of which the second repeats the first and the third moves one label.
fn series() -> Vec<Frame> {
    let mut list = specimen();
    let first = Frame { list: list.clone(), milliseconds: 400 };
    let moved = list.groups[2].items.iter_mut().find_map(|i| match i {
        Item::Text(t) => match &mut t.place {
            Placement::Straight { origin, .. } => Some(origin),
            Placement::Along { .. } => None,
        },
        _ => None,
    });
    *moved.expect("a straight label") = Point::px(200.0, 400.0);
    vec![first.clone(), first, Frame { list, milliseconds: 900 }]
}

#[test]
fn apng_stores_what_changes_and_plays_back_exactly() {
    let frames = series();
    let mut painter = Painter::new();
    let bytes = apng::encode(&mut painter, &frames, 1).expect("small");
    keep("series.png", &bytes);
    let mut decoder = png::Decoder::new(std::io::Cursor::new(&bytes));
    decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::ALPHA);
    let mut reader = decoder.read_info().expect("a PNG");
    assert_eq!(reader.info().animation_control().expect("animated").num_frames, 2, "equal frames are one");
    let size = reader.output_buffer_size().expect("fits");
    let (mut canvas, mut pixels) = (vec![0; size], vec![0; size]);
    for (n, stay) in [(0, 800), (2, 900)] {
        let info = reader.next_frame(&mut pixels).expect("a frame");
        let control = *reader.info().frame_control().expect("frame control");
        assert_eq!(control.delay_num, stay);
        let (w, x, y) = (info.width as usize, control.x_offset as usize, control.y_offset as usize);
        for (row, line) in pixels[..info.buffer_size()].chunks_exact(w * 4).enumerate() {
            for (column, p) in line.chunks_exact(4).enumerate().filter(|(_, p)| p[3] > 0) {
                let at = ((y + row) * 600 + x + column) * 4;
                canvas[at..at + 4].copy_from_slice(p);
            }
        }
        let played = Bitmap { width: 600, height: 520, rgba: canvas.clone().into() };
        let painted = painter.paint(&frames[n].list, 1).expect("small");
        let (mean, low) = ssim(&played, &painted);
        assert!(mean > 0.999 && low > 0.97, "frame {n}: {mean} {low}");
    }
    let still = still::encode(&mut painter, &frames[0].list, 1, false).expect("small");
    assert!(bytes.len() < still.len() * 3 / 2, "{} {}", bytes.len(), still.len());
}

#[test]
fn webp_plays_back_every_pixel() {
    let frames = series();
    let mut painter = Painter::new();
    let bytes = webp::encode_series(&mut painter, &frames, 1).expect("small");
    keep("series.webp", &bytes);
    let mut decoder = image_webp::WebPDecoder::new(std::io::Cursor::new(&bytes)).expect("a WebP");
    assert_eq!((decoder.num_frames(), decoder.dimensions()), (2, (600, 520)));
    assert!(decoder.has_alpha());
    let mut pixels = vec![0; decoder.output_buffer_size().expect("fits")];
    for (n, stay) in [(0, 800), (2, 900)] {
        assert_eq!(decoder.read_frame(&mut pixels).expect("a frame"), stay);
        // The reader's blending of opaque pixels is off by one; libwebp's is exact.
        let painted = painter.paint(&frames[n].list, 1).expect("small").rgba;
        assert!(
            pixels.iter().zip(painted.iter()).all(|(a, b)| a.abs_diff(*b) <= u8::try_from(n.min(1)).expect("0 or 1"))
        );
    }
    let still = webp::encode(&mut painter, &frames[0].list, 1).expect("small");
    let mut decoder = image_webp::WebPDecoder::new(std::io::Cursor::new(&still)).expect("a WebP");
    let words = decoder.xmp_metadata().expect("readable").expect("words");
    assert!(String::from_utf8_lossy(&words).contains("<dc:rights>CC BY 4.0</dc:rights>"));
}

#[test]
fn a_series_of_unlike_sizes_is_refused() {
    let mut frames = series();
    frames[1].list.width = 500;
    let error = apng::encode(&mut Painter::new(), &frames, 1).expect_err("unlike");
    assert_eq!(error.to_string(), "frame 2 is 500 × 520 pixels, the first one is 600 × 520");
    assert!(webp::encode_series(&mut Painter::new(), &[], 1).is_err());
}

/// The program drawing a file of the user's own, and what it leaves in a folder.
fn render(arguments: &[&str]) -> (assert_cmd::assert::Assert, std::path::PathBuf) {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("render");
    std::fs::create_dir_all(&folder).expect("a writable target folder");
    let own = r##"{"type":"FeatureCollection","features":[
        {"type":"Feature","properties":{"title":"Buffer zone","fill":"#7A6FB0","stroke":"#4B3F8F"},
         "geometry":{"type":"Polygon","coordinates":[[[36.0,34.6],[37.2,34.5],[37.6,35.3],[36.6,35.6],[36.0,34.6]]]}},
        {"type":"Feature","properties":{"ref":"M5","kind":"motorway"},
         "geometry":{"type":"LineString","coordinates":[[36.3,33.5],[36.7,34.7],[36.8,35.9]]}},
        {"type":"Feature","properties":{"name":"Hama","local":"حماة","marker-color":"#B3261F"},
         "geometry":{"type":"Point","coordinates":[36.7578,35.1318]}}]}"##;
    std::fs::write(folder.join("own.geojson"), own).expect("writable");
    let style = "base = \"light\"\n[[rule]]\nwhere = { kind = \"motorway\" }\nstroke = \"#123456\"\nstroke-width = 3\n";
    std::fs::write(folder.join("desk.toml"), style).expect("writable");
    let mut command = assert_cmd::Command::cargo_bin("mapdesk").expect("the program");
    command.current_dir(&folder).arg("render").args(arguments);
    (command.assert(), folder)
}

#[test]
fn render_draws_a_users_own_features_with_rules_and_labels() {
    let (done, folder) = render(&[
        "own.geojson",
        "--style",
        "desk.toml",
        "--label",
        "local",
        "--title",
        "Own layers",
        "--size",
        "800x600",
        "--explain",
        "-o",
        "own.svg",
        "-o",
        "own.png",
    ]);
    let output = done.success().get_output().clone();
    let explained: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let labels = explained["labels"].as_array().expect("labels");
    assert!(labels.iter().any(|l| l["text"] == "حماة" && l["placed"] == true), "{labels:?}");
    let svg = std::fs::read_to_string(folder.join("own.svg")).expect("written");
    assert!(svg.rfind("#b3261f") > svg.rfind("id=\"overlay\""), "the dot keeps its colour");
    for part in ["#7a6fb0", "#123456", ">حماة</", ">Own layers</text>", "width=\"800\""] {
        assert!(svg.contains(part), "{part}");
    }
    let (info, ..) = decode(&std::fs::read(folder.join("own.png")).expect("written"));
    assert_eq!((info.width, info.height), (800, 600));
}

#[test]
fn render_says_what_it_cannot_do() {
    let (failed, _) = render(&["own.geojson", "-o", "own.gif"]);
    let said = String::from_utf8_lossy(&failed.code(2).get_output().stderr.clone()).into_owned();
    assert!(said.contains("own.gif") && said.contains("hint: known are .png, .svg, .pdf, .webp"), "{said}");
    let (failed, _) = render(&["own.geojson", "--size", "12", "-o", "own.png"]);
    assert!(String::from_utf8_lossy(&failed.code(2).get_output().stderr.clone()).contains("write it as 1200x800"));
}
