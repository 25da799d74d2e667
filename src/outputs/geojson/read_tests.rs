use super::*;

fn ok(text: &str) -> Warned<Vec<Feature>> {
    read(text.as_bytes(), "x.geojson").expect("GeoJSON")
}

#[test]
fn members_may_come_in_any_order() {
    let read = ok(r#"{"features":[{"properties":{"a":1,"b":"x","c":null,"d":["p","q"],"e":{"f":[1]}},"geometry":
        {"coordinates":[[[0,0],[1,0],[1,1],[0,0]]],"type":"Polygon"},"type":"Feature","id":7}],"type":"FeatureCollection"}"#);
    let f = &read.value[0];
    assert_eq!(f.id.as_deref(), Some("7"));
    assert_eq!(f.number("a"), Some(1.0));
    assert_eq!(f.get("d"), Some(&Value::List(ecow::eco_vec!["p".into(), "q".into()])));
    assert_eq!(f.text("e"), Some(r#"{"f":[1]}"#));
    assert!(matches!(&f.geometry, Some(Geometry::Polygon(p)) if p.exterior().0.len() == 4));
    assert!(read.notes.is_empty());
}

#[test]
fn open_rings_close_and_heights_go() {
    let read = ok(r#"{"type":"Polygon","coordinates":[[[0,0,5],[1,0,5],[1,1,5]]]}"#);
    assert!(matches!(&read.value[0].geometry, Some(Geometry::Polygon(p)) if p.exterior().is_closed()));
    assert_eq!(read.notes[0].message, "heights of 3 positions are not kept");
}

#[test]
fn a_sequence_of_features_is_read() {
    let read = ok(
        "\u{1E}{\"type\":\"Point\",\"coordinates\":[1,2]}\n\u{1E}{\"type\":\"Feature\",\"properties\":null,\"geometry\":null}\n",
    );
    assert_eq!(read.value.len(), 2);
}

#[test]
fn the_old_crs_member_is_obeyed() {
    let read = ok(
        r#"{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::3857"}},
        "features":[{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[4091845.0,4182552.0]}}]}"#,
    );
    let Some(Geometry::Point(p)) = &read.value[0].geometry else { panic!("a point") };
    assert!((p.x() - 36.7577).abs() < 1e-3 && (p.y() - 35.13).abs() < 5e-2, "{p:?}");
    let error = super::read(
        br#"{"type":"FeatureCollection","crs":{"properties":{"name":"EPSG:999999"}},"features":[]}"#,
        "nl.geojson",
    )
    .expect_err("unknown system");
    assert!(error.to_string().starts_with("nl.geojson:1:"), "{error}");
}

#[test]
fn errors_name_line_and_column() {
    let text = "{\"type\":\"FeatureCollection\",\n\"features\":[\n{\"type\":\"Feature\" \"geometry\":null}]}";
    let error = read(text.as_bytes(), "x.geojson").expect_err("no comma");
    assert_eq!(error.to_string(), "x.geojson:3:19: expected ',' or '}', found '\"'");
    for text in ["", "[", "{", "{\"type\":\"FeatureCollection\"}", "{\"a\":1}", "nonsense", "{\"type\":\"Topology\"}"] {
        assert!(read(text.as_bytes(), "x").is_err(), "{text}");
    }
    let deep = "[".repeat(100_000);
    assert!(read(deep.as_bytes(), "x").is_err());
}

#[test]
fn a_bad_feature_is_noted_and_the_rest_goes_on() {
    let read = ok(concat!(
        "{\"type\":\"FeatureCollection\",\"features\":[\n",
        "{\"type\":\"Feature\",\"properties\":{},\"geometry\":{\"type\":\"Point\",\"coordinates\":[\"a\",2]}},\n",
        "{\"type\":\"Feature\",\"properties\":{},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[1,2],[3,4]]}},\n",
        "{\"type\":\"Feature\",\"properties\":{},\"geometry\":{\"type\":\"Blob\",\"coordinates\":[1,2]}},\n",
        "{\"type\":\"Feature\",\"properties\":{},\"geometry\":{\"type\":\"Point\",\"coordinates\":[1,95]}},\n",
        "{\"type\":\"Feature\",\"properties\":{},\"geometry\":{\"type\":\"Point\",\"coordinates\":[1,2]}}]}"
    ));
    assert_eq!(read.value.iter().filter(|f| f.geometry.is_some()).count(), 1);
    let lines: Vec<_> = read.notes.iter().filter_map(|n| n.at.as_ref()?.line).collect();
    assert_eq!(lines, [2, 3, 4]);
    assert_eq!(read.notes.len(), 4);
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "[\\[\\]{}:,\"a-z0-9. -]{0,80}") {
        let _ = read(text.as_bytes(), "x");
    }
}
