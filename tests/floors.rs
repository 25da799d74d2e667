//! A module may import only from floors below its own; see the table in ARCHITECTURE.md.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const FLOORS: &[(&str, u8)] = &[
    ("geodesy", 0),
    ("text", 0),
    ("time", 0),
    ("diag", 0),
    ("model", 1),
    ("coverage", 1),
    ("gazetteer", 2),
    ("basemap", 2),
    ("geocode", 3),
    ("geoparse", 4),
    ("control", 3),
    ("story", 5),
    ("layers", 6),
    ("cartography", 7),
    ("tiles", 7),
    ("outputs", 8),
    ("cli", 9),
];

fn sources(dir: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(dir).expect("src is readable") {
        let path = entry.expect("entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") && !path.to_string_lossy().ends_with("_tests.rs") {
            // A file of tests may read its input with a reader from above.
            found.push(path);
        }
    }
}

#[test]
fn no_arrow_points_up() {
    let floors: BTreeMap<&str, u8> = FLOORS.iter().copied().collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let mut wrong = Vec::new();
    for file in files {
        let relative = file.strip_prefix(&root).expect("below src");
        let module =
            relative.components().next().expect("a component").as_os_str().to_string_lossy().replace(".rs", "");
        let Some(&own) = floors.get(module.as_str()) else {
            assert!(module == "lib" || module == "main", "{module} has no floor: add it to FLOORS");
            continue;
        };
        let text = fs::read_to_string(&file).expect("UTF-8 source");
        for (n, line) in text.lines().enumerate() {
            if line.trim_start().starts_with("//") {
                continue;
            }
            for part in line.split("crate::").skip(1) {
                let other: String = part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                let Some(&floor) = floors.get(other.as_str()) else { continue };
                if other != module && (floor > own || (floor == own && own > 0)) {
                    wrong.push(format!(
                        "{}:{}: {module} (floor {own}) uses {other} (floor {floor})",
                        relative.display(),
                        n + 1
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "upward or sideways imports:\n{}", wrong.join("\n"));
}
