//! Draws the founding story's map from layers made by hand, without article or gazetteer: how a program of your own would use
//! the cartography.
//!
//! `cargo run --example draw_map -- OUT.png [ARTBOARD] [THEME] [LANG] [SCALE]`
#![expect(clippy::print_stderr, reason = "an example talks to whoever runs it")]

use mapdesk::cartography::{Artboard, Options, compose};
use mapdesk::geodesy::{LonLat, Metres, distance, geodesic_line};
use mapdesk::model::{Credit, Feature, Holder, Layer, LayerKind, Map, Value};
use mapdesk::outputs::{png, raster::Painter};
use std::error::Error;

/// Name, Arabic name, longitude, latitude, population, country, capital.
type City = (&'static str, &'static str, f64, f64, i64, &'static str, bool);

const CONTEXT: [City; 40] = [
    ("Homs", "حمص", 36.7137, 34.7268, 775_404, "SY", false),
    ("Latakia", "اللاذقية", 35.7781, 35.5196, 340_181, "SY", false),
    ("Deir ez-Zor", "دير الزور", 40.1407, 35.3354, 242_565, "SY", false),
    ("Raqqa", "الرقة", 39.0079, 35.9528, 177_636, "SY", false),
    ("Idlib", "إدلب", 36.6339, 35.9306, 128_840, "SY", false),
    ("Tartus", "طرطوس", 35.8866, 34.8890, 89_457, "SY", false),
    ("Palmyra", "تدمر", 38.2841, 34.5560, 51_015, "SY", false),
    ("Daraa", "درعا", 36.1063, 32.6189, 146_481, "SY", false),
    ("Hasakah", "الحسكة", 40.7478, 36.5024, 188_160, "SY", false),
    ("Qamishli", "القامشلي", 41.2326, 37.0522, 184_231, "SY", false),
    ("Manbij", "منبج", 37.9553, 36.5281, 99_497, "SY", false),
    ("Suwayda", "السويداء", 36.5669, 32.7090, 64_730, "SY", false),
    ("Abu Kamal", "البوكمال", 40.9186, 34.4506, 57_572, "SY", false),
    ("Beirut", "بيروت", 35.5018, 33.8938, 1_916_100, "LB", true),
    ("Tripoli", "طرابلس", 35.8498, 34.4367, 229_398, "LB", false),
    ("Amman", "عمّان", 35.9450, 31.9552, 1_275_857, "JO", true),
    ("Jerusalem", "القدس", 35.2163, 31.7690, 801_000, "IL", true),
    ("Haifa", "حيفا", 34.9896, 32.8184, 267_300, "IL", false),
    ("Baghdad", "بغداد", 44.4009, 33.3406, 7_216_000, "IQ", true),
    ("Mosul", "الموصل", 43.1301, 36.3350, 1_739_800, "IQ", false),
    ("Erbil", "أربيل", 44.0094, 36.1912, 932_800, "IQ", false),
    ("Kirkuk", "كركوك", 44.3922, 35.4687, 601_433, "IQ", false),
    ("Ramadi", "الرمادي", 43.2992, 33.4206, 274_539, "IQ", false),
    ("Gaziantep", "غازي عنتاب", 37.3825, 37.0594, 1_065_975, "TR", false),
    ("Adana", "أضنة", 35.3308, 36.9862, 1_248_988, "TR", false),
    ("Mersin", "مرسين", 34.6415, 36.8121, 537_842, "TR", false),
    ("Diyarbakir", "ديار بكر", 40.2189, 37.9136, 644_763, "TR", false),
    ("Sanliurfa", "شانلي أورفة", 38.7927, 37.1671, 449_549, "TR", false),
    ("Antakya", "أنطاكية", 36.1572, 36.2066, 210_000, "TR", false),
    ("Konya", "قونية", 32.4826, 37.8714, 875_530, "TR", false),
    ("Nicosia", "نيقوسيا", 33.3642, 35.1753, 200_452, "CY", true),
    ("Limassol", "ليماسول", 33.0333, 34.6841, 154_000, "CY", false),
    ("Gaza", "غزة", 34.4667, 31.5, 410_000, "PS", false),
    ("Tel Aviv", "تل أبيب", 34.7806, 32.0809, 432_892, "IL", false),
    ("Irbid", "إربد", 35.85, 32.5556, 307_480, "JO", false),
    ("Zarqa", "الزرقاء", 36.0880, 32.0728, 792_665, "JO", false),
    ("Salamiyah", "سلمية", 37.0533, 35.0114, 94_887, "SY", false),
    ("Malatya", "ملاطية", 38.3094, 38.3552, 441_805, "TR", false),
    ("Batman", "باتمان", 41.1322, 37.8874, 288_000, "TR", false),
    ("Sakakah", "سكاكا", 40.2064, 29.9697, 128_332, "SA", false),
];

fn place(name: &str, arabic: &str, lon: f64, lat: f64, role: &str, note: Option<&str>, population: i64) -> Feature {
    Feature::new(geo::Point::new(lon, lat))
        .with("name", name)
        .with("name_ar", arabic)
        .with("kind", "city")
        .with("country", "SY")
        .with("role", role)
        .with("population", population)
        .with("note", note.map(str::to_owned))
        .with("marker-color", if role == "event" { Value::from("#4C956C") } else { Value::Null })
}

fn event(place: &str, date: &str) -> Feature {
    Feature::new(geo::Point::new(0.0, 0.0))
        .with("place", place)
        .with("action", "captured")
        .with("certainty", "confirmed")
        .with("date", date)
}

fn cell(centre: (f64, f64), radii: &[f64], holder: &str, date: &str) -> Feature {
    let n = radii.len();
    let ring: Vec<(f64, f64)> = (0..=n)
        .map(|i| {
            let angle = (i % n) as f64 * std::f64::consts::TAU / n as f64;
            (centre.0 + radii[i % n] * 1.2 * angle.cos(), centre.1 + radii[i % n] * angle.sin())
        })
        .collect();
    Feature::new(geo::Polygon::new(ring.into(), Vec::new()))
        .with("holder", holder)
        .with("status", "held")
        .with("certainty", "confirmed")
        .with("date", date)
}

/// The founding story, by hand.
fn story() -> Result<Map, Box<dyn Error>> {
    let hama = LonLat::new(36.75783, 35.13179)?;
    let damascus = LonLat::new(36.29128, 33.5102)?;
    let km = distance(damascus, hama).km();
    let places = Layer::new(
        LayerKind::Places,
        vec![
            place("Hama", "حماة", 36.75783, 35.13179, "event", Some("captured 5 Dec"), 460_602),
            place("Aleppo", "حلب", 37.16117, 36.20124, "event", Some("captured 1 Dec"), 1_602_264),
            place("Damascus", "دمشق", 36.29128, 33.5102, "reference", None, 1_569_394),
        ],
    );
    let mut context = Layer::new(
        LayerKind::Places,
        CONTEXT
            .iter()
            .map(|(name, arabic, lon, lat, population, country, capital)| {
                Feature::new(geo::Point::new(*lon, *lat))
                    .with("name", *name)
                    .with("name_ar", *arabic)
                    .with("kind", "city")
                    .with("country", *country)
                    .with("role", "context")
                    .with("population", *population)
                    .with("capital", *capital)
            })
            .collect(),
    );
    context.name = "context".into();
    let distances = Layer::new(
        LayerKind::Distances,
        vec![
            Feature::new(geodesic_line(damascus, hama, Metres::from_km(10.0)))
                .with("from", "Damascus")
                .with("to", "Hama")
                .with("km", (km * 10.0).round() / 10.0)
                .with("stated_km", 210.0)
                .with("label", "185 km"),
        ],
    );
    let control = Layer::new(
        LayerKind::Control,
        vec![
            cell((37.16, 36.2), &[0.32, 0.28, 0.3, 0.36, 0.27, 0.31, 0.35, 0.29, 0.3], "rebels", "2024-12-05"),
            cell((36.78, 35.13), &[0.24, 0.3, 0.22, 0.26, 0.31, 0.25, 0.23], "rebels", "2024-12-05"),
        ],
    );
    let mut events = Layer::new(LayerKind::Events, vec![event("Hama", "2024-12-05"), event("Aleppo", "2024-12-01")]);
    for (f, p) in events.features.iter_mut().zip([hama, LonLat::new(37.16117, 36.20124)?]) {
        f.geometry = Some(geo::Point::from(p).into());
    }
    Ok(Map {
        slug: "hama-2024-12-05".into(),
        title: "Rebels take Hama, four days after Aleppo".into(),
        subtitle: Some("The Syrian army admits the loss of the country’s fourth city".into()),
        as_of: Some("2024-12-05".parse()?),
        sources: vec!["Agence France-Presse".into(), "Syrian Observatory for Human Rights".into()],
        method: Some("land nearest to each place that the article names; nothing else is reported".into()),
        byline: None,
        holders: vec![Holder { id: "rebels".into(), label: "HTS-led rebels".into(), color: Some("#4C956C".parse()?) }],
        layers: vec![control, distances, events, context, places],
        credits: vec![
            Credit { name: "GeoNames".into(), licence: "CC BY 4.0".into() },
            Credit { name: "Natural Earth".into(), licence: "public domain".into() },
        ],
        ..Map::default()
    })
}

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let get = |i: usize, default: &str| args.get(i).cloned().unwrap_or_else(|| default.to_owned());
    let mut map = story()?;
    map.view.theme = get(2, "light").parse()?;
    map.view.langs = get(3, "en").split(',').map(str::to_owned).collect();
    let board: Artboard = get(1, "desktop").parse()?;
    let composed = compose(&map, &board, &Options::default());
    for note in &composed.notes {
        eprintln!("{:?}: {}", note.severity, note.message);
    }
    let scale = get(4, "1").parse()?;
    let bytes = png::encode(&mut Painter::default(), &composed.value.display, scale, false)?;
    std::fs::write(get(0, "map.png"), bytes)?;
    eprintln!("{}", composed.value.alt_text);
    Ok(())
}
