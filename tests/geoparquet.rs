//! GeoParquet, there and back; built with the feature of that name: `cargo test --features geoparquet --test geoparquet`.

use geo::Geometry;
use mapdesk::model::{Feature, Layer, LayerKind, Value};
use mapdesk::outputs::format::{read, write};
use mapdesk::time::{Date, parse_day};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use proptest::prelude::*;
use std::path::Path;

fn geometry() -> impl Strategy<Value = Option<Geometry<f64>>> {
    let at = (-180.0f64..180.0, -90.0f64..90.0);
    let line = prop::collection::vec(at.clone(), 2..6).prop_map(geo::LineString::from);
    let square = at.clone().prop_map(|(x, y)| geo::Rect::new((x, y), (x * 0.5, y * 0.5)).to_polygon());
    prop_oneof![
        1 => Just(None),
        3 => at.clone().prop_map(|p| Some(Geometry::Point(p.into()))),
        1 => prop::collection::vec(at, 0..4).prop_map(|all| Some(Geometry::MultiPoint(all.into()))),
        2 => line.clone().prop_map(|l| Some(Geometry::LineString(l))),
        1 => line.prop_map(|l| Some(Geometry::MultiLineString(geo::MultiLineString(vec![l.clone(), l])))),
        2 => square.clone().prop_map(|p| Some(Geometry::Polygon(p))),
        2 => prop::collection::vec(square, 1..3).prop_map(|p| Some(Geometry::MultiPolygon(geo::MultiPolygon(p)))),
    ]
}

/// Rows of every type, each value sometimes missing.
fn rows() -> impl Strategy<Value = Vec<Feature>> {
    let day = (-700_000i32..700_000)
        .prop_map(|n| Date::constant(1970, 1, 1).checked_add(jiff::Span::new().days(n)).expect("a day"));
    let row = (
        geometry(),
        prop::option::of(any::<bool>()),
        prop::option::of(any::<i64>()),
        prop::option::of(-1e300f64..1e300),
        prop::option::of("[ -~à-ÿا-ي😀]{0,12}"),
        prop::option::of(day),
    );
    let feature = row.prop_map(|(geometry, yes, n, km, name, date)| {
        let f = Feature { id: None, geometry, properties: Vec::new() };
        f.with("yes", yes).with("n", n).with("km", km).with("geometry", name).with("date", date)
    });
    prop::collection::vec(feature, 1..40)
}

fn written(features: Vec<Feature>, path: &Path) {
    let _ = write(&[Layer::new(LayerKind::Overlay, features)], path).expect("written");
}

fn metadata(path: &Path) -> serde_json::Value {
    let reader = SerializedFileReader::new(std::fs::File::open(path).expect("there")).expect("Parquet");
    let all = reader.metadata().file_metadata().key_value_metadata().cloned().expect("metadata");
    let geo = all.into_iter().find(|kv| kv.key == "geo").and_then(|kv| kv.value).expect("geo");
    serde_json::from_str(&geo).expect("JSON")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn rows_come_back(features in rows()) {
        let folder = tempfile::tempdir().expect("temporary folder");
        let path = folder.path().join("x.parquet");
        written(features.clone(), &path);
        let back = read(&path).expect("GeoParquet");
        prop_assert_eq!(back.notes, []);
        let back = &back.value[0].features;
        prop_assert_eq!(back.len(), features.len());
        // A text column of nothing but days is one of days when it comes back.
        for (a, b) in features.iter().zip(back) {
            prop_assert_eq!(&a.geometry, &b.geometry);
            for (key, value) in &a.properties {
                prop_assert_eq!(b.properties.iter().find(|(k, _)| k == key).map(|(_, v)| v), Some(value));
            }
        }
    }
}

#[test]
fn the_metadata_are_those_of_version_1_1() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let path = folder.path().join("x.parquet");
    let square = geo::Rect::new((36.1, 35.0), (37.0, 36.0)).to_polygon();
    let rows = vec![
        Feature::new(square).with("geometry", "taken").with("BBOX", 1_i64),
        Feature::new(geo::Point::new(36.0, 36.5)).with("geometry", "x").with("BBOX", 2_i64),
    ];
    written(rows, &path);
    let geo = metadata(&path);
    assert_eq!(geo["version"], "1.1.0");
    assert_eq!(geo["primary_column"], "geom");
    let column = &geo["columns"]["geom"];
    assert_eq!(column["encoding"], "WKB");
    assert_eq!(column["geometry_types"], serde_json::json!(["Point", "Polygon"]));
    assert_eq!(column["bbox"], serde_json::json!([36.0, 35.0, 37.0, 36.5]));
    assert_eq!(column["covering"]["bbox"]["ymax"], serde_json::json!(["geometry_bbox", "ymax"]));
    assert!(column.get("crs").is_none(), "OGC:CRS84");
    // The box of a row holds the row in single precision too.
    let reader = SerializedFileReader::new(std::fs::File::open(&path).expect("there")).expect("Parquet");
    let row = reader.get_row_iter(None).expect("rows").next().expect("a row").expect("readable");
    let boxes = row.get_column_iter().find(|(name, _)| *name == "geometry_bbox").expect("a box").1.to_string();
    assert!(boxes.contains("xmin: 36.1") || boxes.contains("xmin: 36.09999"), "{boxes}");
}

#[test]
fn what_is_no_geoparquet_is_told() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let good = folder.path().join("good.parquet");
    written(vec![Feature::new(geo::Point::new(36.7, 35.1)).with("name", "Hama")], &good);
    let bytes = std::fs::read(&good).expect("there");
    // The metadata are plain text at the end of the file; lengths have to stay.
    let with = |from: &str, to: &str| {
        assert_eq!(from.len(), to.len());
        let at = memchr::memmem::rfind(&bytes, from.as_bytes()).expect(from);
        let mut bytes = bytes.clone();
        bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
        let path = folder.path().join("bad.parquet");
        std::fs::write(&path, bytes).expect("written");
        read(&path).expect_err("refused").to_string()
    };
    assert!(with("\"WKB\"", "\"wkt\"").contains("write them as WKB"));
    assert!(with("\"1.1.0\"", "\"3.0.0\"").contains("version 3.0.0"));
    assert!(with("\"primary_column\":\"geometry\"", "\"primary_column\":\"geometrx\"").contains("geo"));
    assert!(with(r#""geometry_types":["Point"]"#, r#""crs":{"id":{},"name":"x"}"#).contains("coordinate system x"));
    let cut = folder.path().join("cut.parquet");
    std::fs::write(&cut, &bytes[..bytes.len() / 2]).expect("written");
    assert!(read(&cut).expect_err("refused").to_string().contains("not readable as GeoParquet"));
}

#[test]
fn values_of_the_same_layer_stay_typed() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let path = folder.path().join("x.parquet");
    let day = parse_day("2024-12-05").expect("a day");
    let point = geo::Point::new(36.7, 35.1);
    let row = |n: Value| Feature::new(point).with("n", n).with("sources", vec!["a".to_owned(), "b".to_owned()]);
    written(vec![row(Value::Int(1)), row(Value::Float(1.5)).with("day", day)], &path);
    let back = read(&path).expect("GeoParquet").value.remove(0).features;
    assert_eq!(back[0].get("n"), Some(&Value::Float(1.0)));
    assert_eq!(back[1].get("day"), Some(&Value::Date(day)));
    assert_eq!(back[0].get("day"), None);
    assert_eq!(back[0].text("sources"), Some("a|b"));
}
