use super::format::{FORMATS, Format, read, write};
use crate::diag::Note;
use crate::model::{Feature, Layer, LayerKind, Value};
use geo::{BoundingRect as _, Geometry, polygon};

fn layers() -> Vec<Layer> {
    let ring = polygon![
        exterior: [(x: 36.0, y: 35.0), (x: 37.0, y: 35.0), (x: 37.0, y: 36.0), (x: 36.0, y: 36.0)],
        interiors: [[(x: 36.2, y: 35.2), (x: 36.2, y: 35.4), (x: 36.4, y: 35.4)]],
    ];
    let east = polygon![(x: 37.0, y: 35.0), (x: 38.0, y: 35.0), (x: 38.0, y: 36.0), (x: 37.0, y: 36.0)];
    let day = crate::time::parse_day("2024-12-05").expect("a day");
    vec![
        Layer::new(
            LayerKind::Control,
            vec![
                Feature::new(geo::MultiPolygon(vec![ring]))
                    .with("holder", "rebels")
                    .with("date", day)
                    .with("area_km2", 9876.5)
                    .with("places", 3_i64)
                    .with("fill", "#4C956C"),
                Feature::new(geo::MultiPolygon(vec![east]))
                    .with("holder", "حكومة & <Gov>")
                    .with("date", day)
                    .with("area_km2", 1.25)
                    .with("places", Value::Null)
                    .with("fill", "#C8553D"),
            ],
        ),
        Layer::new(
            LayerKind::Places,
            vec![Feature::new(geo::Point::new(36.75783, 35.13179)).with("name", "Hama").with("geonameid", 170_017_i64)],
        ),
    ]
}

fn bounds(layer: &Layer) -> Vec<[i64; 4]> {
    let round = |v: f64| (v * 1e4).round() as i64;
    let rects = layer.features.iter().filter_map(|f| f.geometry.as_ref().and_then(Geometry::bounding_rect));
    let mut all: Vec<_> =
        rects.map(|r| [round(r.min().x), round(r.min().y), round(r.max().x), round(r.max().y)]).collect();
    all.sort_unstable();
    all
}

#[test]
fn every_format_that_reads_and_writes_gives_back_geometry_and_values() {
    let folder = tempfile::tempdir().expect("temporary folder");
    for format in FORMATS.iter().filter(|f| f.read.is_some() && f.write.is_some()) {
        for layer in layers().into_iter().filter(|l| format.key != "csv" || l.name == "places") {
            let path = folder.path().join(format!("{}-{}.{}", layer.name, format.key, format.endings[0]));
            write(std::slice::from_ref(&layer), &path).expect(format.key).unwarn(&mut Vec::new());
            let mut notes: Vec<Note> = Vec::new();
            let back = read(&path).expect(format.key).unwarn(&mut notes);
            assert_eq!(notes, [], "{}", format.key);
            assert_eq!(back.len(), 1, "{}", format.key);
            assert_eq!(bounds(&back[0]), bounds(&layer), "{}", format.key);
            for (key, value) in &layer.features[0].properties {
                let found = back[0].features.iter().any(|f| f.get(key) == Some(value));
                assert!(found, "{}: {key} = {value:?} is not in {:?}", format.key, back[0].features);
            }
        }
    }
}

#[test]
fn the_same_layers_give_the_same_bytes() {
    let folder = tempfile::tempdir().expect("temporary folder");
    for format in FORMATS.iter().filter(|f| f.write.is_some()) {
        let bytes = |n: u8| {
            let path = folder.path().join(format!("{n}/x.{}", format.endings[0]));
            let written = write(&layers()[..1], &path).expect(format.key).value;
            std::fs::read(&written[0]).expect("readable")
        };
        assert!(bytes(1) == bytes(2), "{}", format.key);
    }
}

#[test]
fn ids_are_kept() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let point = |id: &str| Feature::new(geo::Point::new(36.7, 35.1)).with_id(id).with("name", "Hama");
    for format in FORMATS.iter().filter(|f| f.read.is_some() && f.write.is_some()) {
        let path = folder.path().join(format!("{}.{}", format.key, format.endings[0]));
        let _ = write(&[Layer::new(LayerKind::Places, vec![point("7"), point("n-8")])], &path).expect(format.key);
        let mut back = read(&path).expect(format.key).value.remove(0).features;
        back.sort_by_key(|f| f.id.as_ref().map(ToString::to_string).or_else(|| f.get("id").map(Value::to_string)));
        let ids =
            back.iter().map(|f| f.id.as_ref().map(ToString::to_string).or_else(|| f.get("id").map(Value::to_string)));
        assert_eq!(ids.collect::<Vec<_>>(), [Some("7".to_owned()), Some("n-8".to_owned())], "{}", format.key);
    }
}

#[test]
fn a_format_that_is_not_built_in_says_how_to_get_it() {
    for format in FORMATS {
        let absent = Format { read: None, write: None, ..*format };
        let told = absent.writer().expect_err("absent").to_string();
        assert!(told.contains(format.name) && told.contains("cargo build --release --features geoparquet"), "{told}");
    }
    let parquet = FORMATS.iter().find(|f| f.key == "parquet").expect("in the table");
    assert_eq!(parquet.writer().is_ok(), cfg!(feature = "geoparquet"));
}

#[test]
fn metres_that_do_not_say_so_are_refused() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let at = |x: f64, y: f64| Feature::new(geo::Point::new(x, y)).with("n", 1_i64);
    for format in FORMATS.iter().filter(|f| f.read.is_some() && f.write.is_some()) {
        if format.key.starts_with("geojson") || format.key == "csv" {
            continue;
        }
        let path = folder.path().join(format!("{}.{}", format.key, format.endings[0]));
        let _ = write(&[Layer::new(LayerKind::Overlay, vec![at(295_000.0, 3_889_000.0)])], &path).expect(format.key);
        let told = read(&path).expect_err(format.key).to_string();
        assert!(told.contains("reproject") && told.contains("longitude"), "{}: {told}", format.key);
        let _ =
            write(&[Layer::new(LayerKind::Overlay, vec![at(36.0, 35.0), at(36.0, 95.0)])], &path).expect(format.key);
        let read = read(&path).expect(format.key);
        assert_eq!(read.value[0].features.iter().filter(|f| f.geometry.is_some()).count(), 1, "{}", format.key);
        assert_eq!(read.notes.len(), 1, "{}", format.key);
    }
}

#[test]
fn a_file_of_another_kind_is_refused_by_name() {
    let folder = tempfile::tempdir().expect("temporary folder");
    for format in FORMATS.iter().filter(|f| f.read.is_some()) {
        let path = folder.path().join(format!("x.{}", format.endings[0]));
        std::fs::write(&path, b"\x01\x02 this is none of these").expect("written");
        assert!(read(&path).is_err(), "{}", format.key);
    }
    let error = read(&folder.path().join("x.docx")).expect_err("unknown").to_string();
    assert!(error.contains(".gpkg") && error.contains("no format has this ending"), "{error}");
}
