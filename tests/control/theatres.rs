//! Areas and ways of dividing them that a single country's cells do not show: across the antimeridian, divisions, several countries,
//! zones with dates, water, hexagons, given units, reach.

use super::{control, example, json, layer, mapdesk};
use mapdesk::outputs::geojson;
use serde_json::Value;
use std::fs;
use std::path::Path;

const ACTORS: &str = "id,name,alliance,color\nred,Red side,red,#B5402F\nblue,Blue side,blue,#2F6F9F\n";

/// Runs a small log over a boundary of the basemap, with the gazetteer's places; returns the figures.
fn theatre(folder: &Path, boundary: &str, events: &[(&str, &str)], more: &[&str]) -> Value {
    let mut log = String::from("event_id,date,place,geonameid,action,actor,certainty,sources\n");
    for (i, (place, actor)) in events.iter().enumerate() {
        log.push_str(&format!("e{i},2024-01-0{},{place},captured,{actor},reported,x\n", i + 1));
    }
    fs::write(folder.join("actors.csv"), ACTORS).expect("written");
    fs::write(folder.join("events.csv"), log).expect("written");
    let mut command = mapdesk();
    command.arg("control").arg("--events").arg(folder.join("events.csv"));
    command
        .arg("--actors")
        .arg(folder.join("actors.csv"))
        .args(["--boundary", boundary, "--out"])
        .arg(folder.join("out"));
    command.args(more).assert().success();
    json(folder.join("out/stats.json"))
}

fn total(stats: &Value) -> f64 {
    stats["total_km2"].as_f64().expect("a total")
}

fn held(stats: &Value, actor: &str) -> f64 {
    let all = stats["holders"].as_array().expect("holders");
    all.iter().find(|h| h["actor"] == actor).and_then(|h| h["km2"].as_f64()).unwrap_or_default()
}

/// Every position is within the range of RFC 7946 and the box crosses the antimeridian.
fn is_cut(file: &Path) {
    let text = fs::read_to_string(file).expect("written");
    let value: Value = serde_json::from_str(&text).expect("JSON");
    let side = |i: usize| value["bbox"][i].as_f64().expect("a number");
    assert!(side(0) > 0.0 && side(2) < 0.0, "{}", value["bbox"]);
    use geo::CoordsIter as _;
    for feature in geojson::read(text.as_bytes(), "x").expect("GeoJSON").value {
        let geometry = feature.geometry.expect("a geometry");
        assert!(geometry.coords_iter().all(|c| c.x.abs() <= 180.0));
    }
}

#[test]
fn chukotka_by_either_code_has_its_coastal_towns_and_is_cut_at_the_antimeridian() {
    let folder = tempfile::tempdir().expect("a folder");
    // Anadyr and Egvekinot lie a little off the coarse coast, on either side of the antimeridian.
    let events = [("Anadyr,", "blue"), ("Egvekinot,", "blue"), ("Pevek,", "red")];
    for code in ["RU-CHU", "RU.15"] {
        let stats = theatre(folder.path(), code, &events, &[]);
        assert!((total(&stats) / 721_481.0 - 1.0).abs() < 0.03, "{code} {}", total(&stats));
        assert!(held(&stats, "blue") > 100_000.0 && held(&stats, "red") > 20_000.0, "{stats}");
        is_cut(&folder.path().join("out/control.geojson"));
        is_cut(&folder.path().join("out/cells.geojson"));
        // The island on the antimeridian is one piece of land in the figures, two in the file.
        let sum: f64 = stats["holders"].as_array().expect("holders").iter().filter_map(|h| h["km2"].as_f64()).sum();
        assert!((sum - total(&stats)).abs() < 0.02, "{sum}");
    }
}

#[test]
fn fiji_with_a_reach_keeps_empty_land_apart() {
    let folder = tempfile::tempdir().expect("a folder");
    let stats = theatre(folder.path(), "FJ", &[("Suva,", "blue"), ("Labasa,", "red")], &["--reach", "25"]);
    assert!((total(&stats) / 18_270.0 - 1.0).abs() < 0.06, "{}", total(&stats));
    let beyond = stats["beyond_km2"].as_f64().expect("an area");
    assert!(beyond > 500.0 && beyond < 0.8 * total(&stats), "{beyond}");
    is_cut(&folder.path().join("out/cells.geojson"));
}

#[test]
fn several_countries_are_one_theatre() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = |boundary: &str| theatre(folder.path(), boundary, &[("Tripoli,266826", "red")], &[]);
    let (lebanon, both) = (run("LB"), run("LB,SY"));
    let syria = theatre(folder.path(), "SY", &[("Homs,169577", "red")], &[]);
    assert!((total(&lebanon) + total(&syria) - total(&both)).abs() < 0.05, "{} {}", total(&lebanon), total(&both));
    // Across the border the cell of Tripoli ends where Syrian places are nearer, so it does not grow by the border's going.
    let control = layer(&folder.path().join("out"), "control.geojson");
    assert!(!control.is_empty());
    assert!(held(&both, "red") > 0.0 && held(&both, "red") < 2.0 * held(&lebanon, "red"));
}

#[test]
fn zones_hold_between_their_days_only() {
    let folder = tempfile::tempdir().expect("a folder");
    let zones = folder.path().join("zones.geojson");
    fs::write(
        &zones,
        r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"holder":"sfa","name":"zone","since":"2024-12-02","until":"2024-12-06"},
        "geometry":{"type":"Polygon","coordinates":[[[38.2,33.2],[39,33.2],[39,33.8],[38.2,33.8],[38.2,33.2]]]}}]}"#,
    )
    .expect("written");
    let zones = zones.display().to_string();
    let on = |day: &str| {
        control(&folder.path().join(day), &["--at", day, "--zones", &zones]).assert().success();
        held(&json(folder.path().join(day).join("stats.json")), "sfa")
    };
    let plain = |day: &str| {
        control(&folder.path().join("plain"), &["--at", day]).assert().success();
        held(&json(folder.path().join("plain/stats.json")), "sfa")
    };
    for (day, within) in [("2024-12-01", false), ("2024-12-02", true), ("2024-12-06", true), ("2024-12-07", false)] {
        let more = on(day) - plain(day);
        if within { assert!(more > 1000.0, "{day} {more}") } else { assert!(more.abs() < 0.01, "{day} {more}") }
    }
}

#[test]
fn water_is_cut_out_of_everything() {
    let folder = tempfile::tempdir().expect("a folder");
    let water = folder.path().join("water.geojson");
    fs::write(&water, r#"{"type":"Polygon","coordinates":[[[37,35],[37.5,35],[37.5,35.5],[37,35.5],[37,35]]]}"#)
        .expect("written");
    let water = water.display().to_string();
    control(folder.path(), &["--at", "2024-12-05", "--water", &water]).assert().success();
    let stats = json(folder.path().join("stats.json"));
    // Half a degree by half a degree at 35 to 35.5 north.
    let gone = 185_941.4 - total(&stats);
    assert!((gone - 2_532.0).abs() < 10.0, "{gone}");
    use geo::Contains as _;
    for (feature, shape) in layer(folder.path(), "control.geojson") {
        assert!(!shape.contains(&geo::Point::new(37.25, 35.25)), "{:?}", feature.id);
    }
    control(folder.path(), &["--at", "2024-12-05", "--water"]).assert().success();
    let lakes = 185_941.4 - total(&json(folder.path().join("stats.json")));
    assert!(lakes > 300.0 && lakes < 2_000.0, "Lake Assad and others: {lakes}");
}

#[test]
fn given_units_go_to_whoever_holds_most_of_their_places() {
    let folder = tempfile::tempdir().expect("a folder");
    let units = folder.path().join("units.geojson");
    fs::write(
        &units,
        r#"{"type":"FeatureCollection","features":[
        {"type":"Feature","properties":{"name":"west"},"geometry":{"type":"Polygon","coordinates":[[[35,32],[39,32],[39,38],[35,38],[35,32]]]}},
        {"type":"Feature","properties":{"name":"east"},"geometry":{"type":"Polygon","coordinates":[[[39,32],[43,32],[43,38],[39,38],[39,32]]]}}]}"#,
    )
    .expect("written");
    let units = units.display().to_string();
    control(folder.path(), &["--at", "2024-12-05", "--areas", &units]).assert().success();
    let stats = json(folder.path().join("stats.json"));
    // Most places of the west are the government's that day, most of the east the SDF's.
    assert!(held(&stats, "gov") > 80_000.0 && held(&stats, "sdf") > 60_000.0, "{stats}");
    assert!((held(&stats, "gov") + held(&stats, "sdf") - total(&stats)).abs() < 0.05, "{stats}");
}

#[test]
fn a_denial_changes_nothing_and_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("events.csv");
    let mut text = fs::read_to_string(example("events_2024.csv")).expect("the example");
    text.push_str("x1,2024-12-05,99,place,Hamah,170017,denied,gov,hts,reported,2024-12-05,the army denied it,SANA,\n");
    fs::write(&log, text).expect("written");
    let out = folder.path().join("out");
    let run = |log: &str| {
        let mut command = mapdesk();
        command.args([
            "control",
            "--events",
            log,
            "--baseline",
            &example("baseline_2024-11-26.csv"),
            "--at",
            "2024-12-05",
        ]);
        command.args(["--actors", &example("actors.csv"), "--places", &example("places_sy.csv")]);
        command.args(["--boundary", &example("boundary_syria.geojson"), "--out"]).arg(&out).assert().success();
        json(out.join("stats.json"))
    };
    let (with, without) = (run(&log.display().to_string()), run(&example("events_2024.csv")));
    assert_eq!(with["holders"], without["holders"]);
    run(&log.display().to_string());
    let places = fs::read_to_string(out.join("places.csv")).expect("written");
    let row = places.lines().find(|l| l.contains(",x1,denied,gov,")).expect("a row of the denial");
    assert!(row.starts_with("170017,"), "{row}");
}
