//! The maps of the golden tests, made from two small tables: cities of the world and stories.

use mapdesk::geodesy::{LonLat, Metres, distance, geodesic_line};
use mapdesk::model::{Credit, Feature, Holder, Layer, LayerKind, Map};

/// A map and the artboard it is for.
pub struct Case {
    /// The map.
    pub map: Map,
    /// Name of its artboard.
    #[allow(dead_code, reason = "not every test that shares this file draws on the table's artboards")]
    pub board: String,
}

struct City {
    name: String,
    arabic: String,
    lon: f64,
    lat: f64,
    population: i64,
    country: String,
    capital: bool,
}

fn cities() -> Vec<City> {
    csv::Reader::from_reader(include_str!("cities.csv").as_bytes())
        .records()
        .map(|row| {
            let c = row.expect("a row");
            City {
                name: c[0].to_owned(),
                arabic: c[1].to_owned(),
                lon: c[2].parse().expect("longitude"),
                lat: c[3].parse().expect("latitude"),
                population: c[4].parse().expect("population"),
                country: c[5].to_owned(),
                capital: &c[6] == "1",
            }
        })
        .collect()
}

fn feature(c: &City, role: &str, note: Option<&str>) -> Feature {
    let arabic = (!c.arabic.is_empty()).then(|| c.arabic.clone());
    Feature::new(geo::Point::new(c.lon, c.lat))
        .with("name", c.name.clone())
        .with("name_ar", arabic)
        .with("kind", "city")
        .with("country", c.country.clone())
        .with("role", role)
        .with("population", c.population)
        .with("capital", c.capital)
        .with("note", note.map(str::to_owned))
}

/// Every map of the table.
pub fn all() -> Vec<Case> {
    let cities = cities();
    let mut reader = csv::Reader::from_reader(include_str!("maps.csv").as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(|r| r.expect("a row")).collect();
    rows.iter().map(|row| case(row, &cities)).collect()
}

fn case(row: &csv::StringRecord, cities: &[City]) -> Case {
    let mut places = Vec::new();
    for (column, role) in [(2, "event"), (3, "reference")] {
        for wanted in row[column].split(';').filter(|w| !w.is_empty()) {
            let (name, country) = wanted.split_once(':').expect("NAME:CC");
            let city = cities
                .iter()
                .find(|c| c.name == name && c.country == country)
                .unwrap_or_else(|| panic!("{}: no city {name} in {country}", &row[0]));
            places.push(feature(city, role, (role == "event").then_some("reported 5 Dec")));
        }
    }
    let mut context = Layer::new(LayerKind::Places, cities.iter().map(|c| feature(c, "context", None)).collect());
    context.name = "context".into();
    let mut map = Map {
        slug: row[0].into(),
        title: row[1].into(),
        subtitle: Some("A map of the test set; the story is made up".into()),
        as_of: "2024-12-05".parse().ok(),
        sources: vec!["test set".into()],
        layers: vec![context, Layer::new(LayerKind::Places, places)],
        credits: vec![
            Credit { name: "GeoNames".into(), licence: "CC BY 4.0".into() },
            Credit { name: "Natural Earth".into(), licence: "public domain".into() },
        ],
        ..Map::default()
    };
    map.view.theme = row[5].parse().expect("a theme");
    map.view.langs = vec![row[6].into()];
    map.view.bbox = (!row[7].is_empty()).then(|| row[7].parse().expect("W,S,E,N"));
    Case { map, board: row[4].into() }
}

/// A grid of zones over western Syria: four sides, one contested, one claimed, one unknown zone, front lines, a distance.
pub fn control() -> Map {
    let square = |x: f64, y: f64, w: f64, h: f64| {
        geo::Polygon::new(vec![(x, y), (x + w, y), (x + w, y + h), (x, y + h), (x, y)].into(), Vec::new())
    };
    let zone = |p: geo::Polygon<f64>, holder: &str, status: &str, certainty: &str, by: Option<&str>| {
        Feature::new(p)
            .with("holder", holder)
            .with("status", status)
            .with("certainty", certainty)
            .with("contested_by", by.map(str::to_owned))
    };
    let control = Layer::new(
        LayerKind::Control,
        vec![
            zone(square(36.0, 34.0, 1.5, 1.0), "gov", "held", "confirmed", None),
            zone(square(37.5, 34.0, 2.0, 1.0), "sdf", "held", "reported", None),
            zone(square(36.0, 35.0, 1.5, 1.2), "hts", "held", "confirmed", None),
            zone(square(37.5, 35.0, 1.0, 1.2), "gov", "contested", "reported", Some("hts")),
            zone(square(38.5, 35.0, 1.0, 1.2), "sna", "held", "claimed", None),
            zone(square(36.0, 33.0, 3.5, 1.0), "unknown", "unknown", "reported", None),
        ],
    );
    let front = Layer::new(
        LayerKind::Frontline,
        vec![Feature::new(geo::LineString::from(vec![(36.0, 35.0), (37.5, 35.0), (37.5, 34.0)]))],
    );
    let (damascus, hama) = (at(36.29128, 33.5102), at(36.75783, 35.13179));
    let km = distance(damascus, hama).km();
    let line = Layer::new(
        LayerKind::Distances,
        vec![
            Feature::new(geodesic_line(damascus, hama, Metres::from_km(10.0)))
                .with("from", "Damascus")
                .with("to", "Hama")
                .with("km", km),
        ],
    );
    let place = |name: &str, p: LonLat, role: &str| {
        Feature::new(geo::Point::from(p))
            .with("name", name)
            .with("role", role)
            .with("country", "SY")
            .with("kind", "city")
    };
    let places = Layer::new(
        LayerKind::Places,
        vec![
            place("Hama", hama, "event").with("note", "captured 5 Dec"),
            place("Damascus", damascus, "reference"),
            place("Homs", at(36.7137, 34.7268), "mention"),
        ],
    );
    let holder = |id: &str, label: &str| Holder { id: id.into(), label: label.into(), color: None };
    Map {
        title: "Who holds what".into(),
        as_of: "2024-12-05".parse().ok(),
        sources: vec!["test set".into()],
        method: Some("squares".into()),
        holders: vec![holder("gov", "Government"), holder("hts", "Rebels"), holder("sdf", "SDF"), holder("sna", "SNA")],
        layers: vec![control, front, line, places],
        ..Map::default()
    }
}

fn at(lon: f64, lat: f64) -> LonLat {
    LonLat::new(lon, lat).expect("valid")
}
