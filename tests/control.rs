//! `mapdesk control` and `mapdesk diff` as they are run: against independent figures, with bad input, and by the laws of a division.

use assert_cmd::Command;
use geo::{Area, BooleanOps, MultiPolygon, Polygon};
use mapdesk::control::polygons::polygons_of;
use mapdesk::outputs::geojson;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

#[path = "control/laws.rs"]
mod laws;
#[path = "control/theatres.rs"]
mod theatres;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn example(name: &str) -> String {
    format!("{ROOT}/examples/syria-2024/{name}")
}

fn mapdesk() -> Command {
    Command::cargo_bin("mapdesk").expect("the program is built")
}

fn control(out: &Path, more: &[&str]) -> Command {
    let mut command = mapdesk();
    command.args([
        "control",
        "--events",
        &example("events_2024.csv"),
        "--baseline",
        &example("baseline_2024-11-26.csv"),
    ]);
    command.args(["--actors", &example("actors.csv"), "--places", &example("places_sy.csv")]);
    command.args(["--boundary", &example("boundary_syria.geojson"), "--out"]).arg(out).args(more);
    command
}

fn json(path: PathBuf) -> Value {
    serde_json::from_slice(&fs::read(path).expect("written")).expect("JSON")
}

fn reference() -> Value {
    json(PathBuf::from(format!("{ROOT}/tests/reference/syria-2024.json")))
}

/// Asserts that two lists of figures have the same keys, places and, to a tenth of a per cent or a square kilometre, areas.
fn agree(ours: &Value, theirs: &Value, keys: &[&str]) {
    let sorted = |list: &Value| {
        let mut rows: Vec<(Vec<String>, f64, u64)> = list
            .as_array()
            .expect("a list")
            .iter()
            .map(|r| {
                let key = keys.iter().map(|k| r[*k].as_str().expect("a key").to_owned()).collect();
                (key, r["km2"].as_f64().expect("an area"), r["places"].as_u64().expect("a count"))
            })
            .collect();
        rows.sort_by(|a, b| a.0.cmp(&b.0));
        rows
    };
    let (ours, theirs) = (sorted(ours), sorted(theirs));
    assert_eq!(ours.len(), theirs.len(), "{ours:?} {theirs:?}");
    for (a, b) in ours.iter().zip(&theirs) {
        assert_eq!((&a.0, a.2), (&b.0, b.2));
        assert!((a.1 - b.1).abs() <= (b.1 * 0.001).max(1.0), "{a:?} {b:?}");
    }
}

#[test]
fn figures_agree_with_the_independent_oracle() {
    let folder = tempfile::tempdir().expect("a folder");
    let oracle = reference();
    for day in ["2024-11-28", "2024-12-02", "2024-12-05", "2024-12-07", "2024-12-10"] {
        control(folder.path(), &["--at", day]).assert().success();
        let stats = json(folder.path().join("stats.json"));
        assert_eq!(stats["date"], day);
        agree(&stats["holders"], &oracle["holders"][day], &["actor"]);
        let total = stats["total_km2"].as_f64().expect("a total");
        assert!((total - oracle["total_km2"].as_f64().expect("a total")).abs() < 0.05, "{total}");
        let sum: f64 = stats["holders"].as_array().expect("holders").iter().filter_map(|h| h["km2"].as_f64()).sum();
        assert!((sum - total).abs() < 0.02, "{sum} {total}");
    }
    for (from, to) in [("2024-12-01", "2024-12-05"), ("2024-12-05", "2024-12-08"), ("2024-11-28", "2024-12-10")] {
        control(folder.path(), &["--from", from, "--to", to]).assert().success();
        let stats = json(folder.path().join("stats.json"));
        agree(&stats["changes"], &oracle["changes"][format!("{from}..{to}")], &["lost_by", "gained_by"]);
    }
    control(folder.path(), &["--at", "2024-12-08", "--known-on", "2024-12-08"]).assert().success();
    let stats = json(folder.path().join("stats.json"));
    agree(&stats["holders"], &oracle["holders_known_on"]["2024-12-08 on 2024-12-08"], &["actor"]);
    control(folder.path(), &["--at", "2024-12-02", "--certainty", "confirmed,reported,assessed,claimed"])
        .assert()
        .success();
    let stats = json(folder.path().join("stats.json"));
    agree(&stats["holders"], &oracle["holders_with_claims"]["2024-12-02"], &["actor"]);
}

fn layer(folder: &Path, name: &str) -> Vec<(mapdesk::model::Feature, MultiPolygon<f64>)> {
    let read = geojson::read_file(&folder.join(name)).expect("GeoJSON");
    assert!(read.notes.is_empty(), "{:?}", read.notes);
    read.value
        .into_iter()
        .map(|f| {
            let p = f.geometry.as_ref().map(polygons_of).expect("polygons");
            (f, p)
        })
        .collect()
}

#[test]
fn areas_neither_overlap_nor_leave_gaps_and_every_polygon_has_its_grounds() {
    let folder = tempfile::tempdir().expect("a folder");
    control(folder.path(), &["--at", "2024-12-05", "--reach", "30", "--arrows"]).assert().success();
    let control = layer(folder.path(), "control.geojson");
    let beyond = layer(folder.path(), "beyond.geojson");
    let all: Vec<&MultiPolygon<f64>> = control.iter().chain(&beyond).map(|(_, p)| p).collect();
    for (i, a) in all.iter().enumerate() {
        for b in &all[i + 1..] {
            assert!(a.intersection(*b).unsigned_area() < 1e-9);
        }
    }
    let boundary = geojson::read_file(Path::new(&example("boundary_syria.geojson"))).expect("GeoJSON").value;
    let whole: f64 = boundary.iter().filter_map(|f| f.geometry.as_ref()).map(|g| polygons_of(g).unsigned_area()).sum();
    let sum: f64 = all.iter().map(|p| p.unsigned_area()).sum();
    assert!((sum / whole - 1.0).abs() < 1e-6, "{sum} {whole}");
    for (feature, _) in &control {
        assert!(
            feature.get("sources").is_some() && feature.text("method").is_some() && feature.text("certainty").is_some()
        );
        let keys: Vec<&str> = feature.properties.iter().map(|(k, _)| k.as_str()).collect();
        assert_eq!(keys, control[0].0.properties.iter().map(|(k, _)| k).collect::<Vec<_>>());
    }
    let stats = json(folder.path().join("stats.json"));
    let held: f64 = stats["holders"].as_array().expect("holders").iter().filter_map(|h| h["km2"].as_f64()).sum();
    let far = stats["beyond_km2"].as_f64().expect("an area");
    assert!(far > 10_000.0 && (held + far - stats["total_km2"].as_f64().expect("a total")).abs() < 0.05);
}

#[test]
fn changes_of_two_spans_compose_to_that_of_both() {
    let folder = tempfile::tempdir().expect("a folder");
    let net = |from: &str, to: &str| {
        control(folder.path(), &["--from", from, "--to", to]).assert().success();
        let mut net = std::collections::BTreeMap::<String, f64>::new();
        for c in json(folder.path().join("stats.json"))["changes"].as_array().expect("changes") {
            let area = c["km2"].as_f64().expect("an area");
            *net.entry(c["lost_by"].as_str().expect("a key").to_owned()).or_default() -= area;
            *net.entry(c["gained_by"].as_str().expect("a key").to_owned()).or_default() += area;
        }
        net
    };
    let (first, second, both) =
        (net("2024-11-29", "2024-12-04"), net("2024-12-04", "2024-12-09"), net("2024-11-29", "2024-12-09"));
    for side in ["gov", "hts", "sna", "sdf", "sor", "suw", "sfa", "vacated"] {
        let of = |n: &std::collections::BTreeMap<String, f64>| n.get(side).copied().unwrap_or_default();
        assert!((of(&first) + of(&second) - of(&both)).abs() < 0.02, "{side}");
    }
}

#[test]
fn the_same_input_gives_the_same_bytes_whatever_the_threads_and_row_order() {
    let (a, b) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    control(a.path(), &["--at", "2024-12-07"]).env("RAYON_NUM_THREADS", "1").assert().success();
    let mixed = b.path().join("mixed.csv");
    let text = fs::read_to_string(example("events_2024.csv")).expect("the example");
    let mut lines: Vec<&str> = text.lines().collect();
    lines[1..].reverse();
    fs::write(&mixed, lines.join("\n")).expect("written");
    let out = b.path().join("out");
    let mixed = mixed.display().to_string();
    mapdesk()
        .args([
            "control",
            "--events",
            &mixed,
            "--baseline",
            &example("baseline_2024-11-26.csv"),
            "--actors",
            &example("actors.csv"),
        ])
        .args([
            "--places",
            &example("places_sy.csv"),
            "--boundary",
            &example("boundary_syria.geojson"),
            "--at",
            "2024-12-07",
            "--out",
        ])
        .arg(&out)
        .env("RAYON_NUM_THREADS", "4")
        .assert()
        .success();
    for name in ["cells.geojson", "frontline.geojson", "stats.json", "places.csv"] {
        let (x, y) = (fs::read(a.path().join(name)).expect("written"), fs::read(out.join(name)).expect("written"));
        // Lists of event ids follow the file; everything else must not.
        if name.starts_with("stats") || name.starts_with("places") {
            assert!(x == y, "{name} differs");
        } else {
            assert_eq!(x.len(), y.len(), "{name} differs in length");
        }
    }
}

#[test]
fn bad_rows_are_told_and_the_rest_is_drawn() {
    let folder = tempfile::tempdir().expect("a folder");
    let bad = folder.path().join("bad.csv");
    let mut text = fs::read_to_string(example("events_2024.csv")).expect("the example");
    text.push_str("x1,2024-12-32,1,place,Hamah,170017,captured,hts,gov,reported,,,,\nx2,2024-12-05,1,place,Hamah,170017,captured,HTX,gov,reported,,,,\n");
    fs::write(&bad, text).expect("written");
    let out = folder.path().join("out");
    let run = mapdesk()
        .args(["control", "--events", &bad.display().to_string(), "--baseline", &example("baseline_2024-11-26.csv")])
        .args(["--actors", &example("actors.csv"), "--places", &example("places_sy.csv")])
        .args(["--boundary", &example("boundary_syria.geojson"), "--at", "2024-12-05", "--out"])
        .arg(&out)
        .assert()
        .code(1);
    let said = String::from_utf8_lossy(&run.get_output().stderr).into_owned();
    assert!(said.contains("bad.csv:100:4: error: \"2024-12-32\" is not a date"), "{said}");
    assert!(said.contains("bad.csv:101:45: error: \"HTX\" is not an actor or alias"), "{said}");
    assert!(said.contains("hint: did you mean hts?"), "{said}");
    assert!(out.join("control.geojson").exists());
}

#[test]
fn lint_ends_with_one_and_names_lines() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = control(folder.path(), &["--lint", "--format", "json"]).assert().code(1);
    let findings: Value = serde_json::from_slice(&run.get_output().stdout).expect("JSON");
    let has = |rule: &str, line: u64| {
        findings.as_array().expect("a list").iter().any(|f| f["rule"] == rule && f["at"]["line"].as_u64() == Some(line))
    };
    assert!(has("homonym", 35), "{findings}");
    assert!(has("unsourced", 14));
    let outside = findings.as_array().expect("a list").iter().find(|f| f["rule"] == "outside-boundary");
    let at = &outside.expect("a place outside")["at"];
    assert!(at["file"].as_str().is_some_and(|f| f.ends_with("places_sy.csv")) && at["line"].is_u64(), "{at}");
}

#[test]
fn a_series_has_a_file_a_day_and_one_with_dates() {
    let folder = tempfile::tempdir().expect("a folder");
    control(folder.path(), &["--from", "2024-11-30", "--to", "2024-12-03", "--every", "day"]).assert().success();
    for day in ["2024-11-30", "2024-12-01", "2024-12-02", "2024-12-03"] {
        assert!(folder.path().join(format!("days/control-{day}.geojson")).exists());
    }
    let series = layer(folder.path(), "control_series.geojson");
    let mut days: Vec<&str> = series.iter().filter_map(|(f, _)| f.text("date")).collect();
    days.dedup();
    assert_eq!(days.len(), 4);
}

#[test]
fn alliances_zones_hexagons_and_units_draw_the_whole_country() {
    let folder = tempfile::tempdir().expect("a folder");
    let zones = folder.path().join("zones.geojson");
    fs::write(
        &zones,
        r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"holder":"SFA","name":"55 km zone"},
        "geometry":{"type":"Polygon","coordinates":[[[38.2,33.2],[39,33.2],[39,33.8],[38.2,33.8],[38.2,33.2]]]}}]}"#,
    )
    .expect("written");
    let zones = zones.display().to_string();
    let boundary = example("boundary_syria.geojson");
    for more in [vec!["--by", "alliance"], vec!["--zones", &zones], vec!["--hexagons", "5"], vec!["--areas", &boundary]]
    {
        let out = folder.path().join(more[0]);
        control(&out, &[&["--at", "2024-12-05"], more.as_slice()].concat()).assert().success();
        let stats = json(out.join("stats.json"));
        let total = stats["total_km2"].as_f64().expect("a total");
        assert!((total - 185_941.4).abs() < 1.0, "{more:?} {total}");
        let sum: f64 = stats["holders"].as_array().expect("holders").iter().filter_map(|h| h["km2"].as_f64()).sum();
        assert!((sum - total).abs() < 0.05, "{more:?} {sum}");
    }
    let zoned = layer(&folder.path().join("--zones"), "control.geojson");
    assert!(zoned.iter().any(|(f, _)| f.text("zone") == Some("55 km zone") && f.text("holder") == Some("sfa")));
}

#[test]
fn a_diff_of_two_days_says_what_the_change_layer_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let (a, b, d) = (folder.path().join("a"), folder.path().join("b"), folder.path().join("d"));
    control(&a, &["--at", "2024-12-01"]).assert().success();
    control(&b, &["--from", "2024-12-01", "--to", "2024-12-05"]).assert().success();
    let run = |x: &Path, y: &Path| {
        mapdesk()
            .arg("diff")
            .arg(x.join("control.geojson"))
            .arg(y.join("control.geojson"))
            .args(["--by", "holder", "--out"])
            .arg(&d)
            .assert()
            .success();
        json(d.join("stats.json"))
    };
    let found = run(&a, &b);
    let change = &json(b.join("stats.json"))["changes"];
    assert_eq!(found["changes"].as_array().map(Vec::len), Some(1));
    let (x, y) = (found["changes"][0]["km2"].as_f64().expect("an area"), change[0]["km2"].as_f64().expect("an area"));
    assert!((x - y).abs() < 0.05, "{x} {y}");
    let same = run(&a, &a);
    assert_eq!(same["changes"], serde_json::json!([]));
    assert_eq!(same["classes"][0]["gained_km2"], 0.0);
}

#[test]
fn a_diff_takes_what_people_have() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).expect("written");
        path
    };
    // Heights, a collection, a bow tie, the old crs member, colours for classes.
    let before = write(
        "a.geojson",
        r##"{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}},"features":[
        {"type":"Feature","properties":{"fill":"#FF0000"},"geometry":{"type":"GeometryCollection","geometries":[
          {"type":"Polygon","coordinates":[[[36,35,1],[37,35,1],[37,36,1],[36,36,1],[36,35,1]]]},{"type":"Point","coordinates":[36,35]}]}},
        {"type":"Feature","properties":{"fill":"#0000ff"},"geometry":{"type":"Polygon","coordinates":[[[38,35],[39,36],[39,35],[38,36],[38,35]]]}}]}"##,
    );
    let after = write(
        "b.geojson",
        r##"{"type":"FeatureCollection","features":[
        {"type":"Feature","properties":{"fill":"#0000ff"},"geometry":{"type":"Polygon","coordinates":[[[36,35],[37,35],[37,36],[36,36],[36,35]]]}}]}"##,
    );
    let out = folder.path().join("out");
    let run = mapdesk()
        .arg("diff")
        .args([&before, &after])
        .args(["--by", "fill", "--map", "#ff0000=red", "--map", "#0000FF=blue", "--out"])
        .arg(&out)
        .assert()
        .success();
    let said = String::from_utf8_lossy(&run.get_output().stderr).into_owned();
    assert!(said.contains("heights") && said.contains("put right"), "{said}");
    let stats = json(out.join("stats.json"));
    assert_eq!(stats["changes"][0]["lost_by"], "red");
    assert_eq!(stats["changes"][0]["gained_by"], "blue");
    assert_eq!(stats["changes"][1]["gained_by"], Value::Null);
    let parts = geojson::read_file(&out.join("change.geojson")).expect("GeoJSON").value;
    assert_eq!(parts.len(), 3);
    let _: Vec<Polygon<f64>> =
        parts.iter().filter_map(|f| f.geometry.as_ref()).flat_map(|g| polygons_of(g).0).collect();
}
