//! The maps of the golden tests, made from two small tables: cities of the world and stories.

use mapdesk::model::{Credit, Feature, Layer, LayerKind, Map};

/// A map and the artboard it is for.
pub struct Case {
    /// The map.
    pub map: Map,
    /// Name of its artboard.
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
