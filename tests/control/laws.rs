//! Laws that hold on every day and whatever sides are called.

use super::{control, example, json, mapdesk};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;

#[test]
fn on_every_day_of_a_series_the_areas_sum_to_the_boundary() {
    let folder = tempfile::tempdir().expect("a folder");
    control(folder.path(), &["--at", "2024-12-10", "--every", "day"]).assert().success();
    let table = fs::read_to_string(folder.path().join("series.csv")).expect("written");
    let mut sums: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for row in table.lines().skip(1) {
        let cells: Vec<&str> = row.split(',').collect();
        let km2 = cells[4].parse::<f64>().unwrap_or_default();
        let sum = sums.entry(cells[0]).or_default();
        match cells[1] {
            "total" => sum.0 = km2,
            "holder" => sum.1 += km2,
            _ => {}
        }
    }
    // From the baseline's day to the last.
    assert_eq!((sums.len(), sums.keys().next().copied()), (15, Some("2024-11-26")));
    for (day, (total, held)) in sums {
        assert!((total - 185_941.394).abs() < 0.01 && (held - total).abs() < 0.01, "{day} {held} {total}");
    }
    control(folder.path(), &["--from", "2024-11-26", "--to", "2024-12-10", "--every", "week"]).assert().success();
    let weekly = json(folder.path().join("control_series.geojson"));
    let features = weekly["features"].as_array().expect("features");
    let mut days: Vec<&str> = features.iter().filter_map(|f| f["properties"]["date"].as_str()).collect();
    days.dedup();
    assert_eq!(days, ["2024-11-26", "2024-12-03", "2024-12-10"]);
    // Ids tell day and area apart.
    let mut ids: Vec<&str> = features.iter().filter_map(|f| f["id"].as_str()).collect();
    ids.sort_unstable();
    let all = ids.len();
    ids.dedup();
    assert!(all == features.len() && ids.len() == all);
}

#[test]
fn what_sides_are_called_changes_no_figure() {
    let folder = tempfile::tempdir().expect("a folder");
    let names = [("gov", "zeta"), ("hts", "alpha"), ("sna", "mike"), ("sdf", "beta")];
    let rename = |file: &str| {
        let text = fs::read_to_string(example(file)).expect("the example");
        let lines: Vec<String> = text
            .lines()
            .map(|line| {
                let cells =
                    line.split(',').map(|cell| names.iter().find(|(old, _)| *old == cell).map_or(cell, |(_, new)| new));
                cells.collect::<Vec<_>>().join(",")
            })
            .collect();
        let path = folder.path().join(file);
        fs::write(&path, lines.join("\n") + "\n").expect("written");
        path.display().to_string()
    };
    let out = folder.path().join("renamed");
    let (events, baseline, actors) =
        (rename("events_2024.csv"), rename("baseline_2024-11-26.csv"), rename("actors.csv"));
    mapdesk()
        .args(["control", "--events", &events, "--baseline", &baseline, "--actors", &actors])
        .args(["--places", &example("places_sy.csv"), "--boundary", &example("boundary_syria.geojson")])
        .args(["--at", "2024-12-07", "--out"])
        .arg(&out)
        .assert()
        .success();
    let plain = folder.path().join("plain");
    control(&plain, &["--at", "2024-12-07"]).assert().success();
    let figures = |folder: &std::path::Path, back: bool| -> BTreeMap<String, (String, u64)> {
        let stats = json(folder.join("stats.json"));
        let own = |h: &Value| {
            let actor = h["actor"].as_str().expect("a key");
            let old = names.iter().find(|(_, new)| back && *new == actor).map_or(actor, |(old, _)| old);
            (old.to_owned(), (h["km2"].to_string(), h["places"].as_u64().expect("a count")))
        };
        stats["holders"].as_array().expect("holders").iter().map(own).collect()
    };
    assert_eq!(figures(&out, true), figures(&plain, false));
}
