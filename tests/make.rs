//! The main job through the binary: what it writes, the same bytes each time, and every way an input can be wrong.

use assert_cmd::Command;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn mapdesk(args: &[&str]) -> assert_cmd::assert::Assert {
    Command::cargo_bin("mapdesk").expect("the binary is built").current_dir(root()).args(args).assert()
}

fn stderr(assert: &assert_cmd::assert::Assert) -> String {
    String::from_utf8_lossy(&assert.get_output().stderr).into_owned()
}

fn names(folder: &Path) -> Vec<String> {
    let mut all = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(each) = folders.pop() {
        for entry in fs::read_dir(&each).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                all.push(path.strip_prefix(folder).expect("inside").display().to_string());
            }
        }
    }
    all.sort();
    all
}

/// The committed result of the example is what the program makes of it, byte for byte.
#[test]
fn the_example_is_reproduced() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let out = folder.path().join("hama");
    let out_text = out.display().to_string();
    mapdesk(&["make", "examples/hama-2024-12-05.txt", "--published", "2024-12-05", "--out", &out_text]).success();
    let committed = root().join("output/hama-2024-12-05");
    assert_eq!(names(&out), names(&committed));
    for name in names(&out) {
        let (made, kept) =
            (fs::read(out.join(&name)).expect("made"), fs::read(committed.join(&name)).expect("committed"));
        assert!(made == kept, "{name} differs; look at the change, then run `just bless`");
    }
}

/// What the example's text says comes out, read from the files as their users would.
#[test]
fn the_example_says_what_the_text_says() {
    let folder = root().join("output/hama-2024-12-05");
    let json = |name: &str| -> serde_json::Value {
        serde_json::from_str(&fs::read_to_string(folder.join(name)).expect(name)).expect("JSON")
    };
    let events = json("events.geojson");
    let has = |place: &str, action: &str, date: &str, certainty: &str| {
        events["features"].as_array().expect("features").iter().any(|f| {
            let p = &f["properties"];
            p["place"] == place && p["action"] == action && p["date"] == date && p["certainty"] == certainty
        })
    };
    assert!(has("Hama", "captured", "2024-12-05", "confirmed"), "{events:#}");
    assert!(has("Aleppo", "captured", "2024-12-01", "reported"), "{events:#}");
    assert!(has("Hama", "contested", "2024-12-05", "reported"), "{events:#}");
    let prison = events["features"].as_array().expect("features").iter().any(|f| {
        let p = &f["properties"];
        p["place"] == "Hama"
            && p["certainty"] == "claimed"
            && p["facility"].as_str().is_some_and(|f| f.contains("prison"))
    });
    assert!(prison, "the prison is claimed, and told under Hama: {events:#}");

    let distance = &json("distances.geojson")["features"][0]["properties"];
    assert_eq!((distance["from"].as_str(), distance["to"].as_str()), (Some("Damascus"), Some("Hama")));
    assert_eq!(distance["km"], 184.9);
    assert_eq!(distance["stated_km"], 210);
    assert_eq!(distance["verdict"], "plausible as a road distance");

    let places = json("places.geojson");
    let dots: Vec<&str> = places["features"]
        .as_array()
        .expect("features")
        .iter()
        .filter_map(|f| f["properties"]["name"].as_str())
        .collect();
    for never in ["Islamic State", "Levant", "Russia", "Iran", "Turkey"] {
        assert!(!dots.contains(&never), "{never} is no place of the story: {dots:?}");
    }
    let ids: Vec<i64> = places["features"]
        .as_array()
        .expect("features")
        .iter()
        .filter_map(|f| f["properties"]["geonameid"].as_i64())
        .collect();
    for (name, id) in [("Hama", 170_017), ("Aleppo", 170_063), ("Damascus", 170_654)] {
        assert!(ids.contains(&id), "{name} is {id}: {ids:?}");
    }
    let change = json("change.geojson");
    let to_rebels =
        change["features"].as_array().expect("features").iter().filter(|f| f["properties"]["gained_by"] != "unknown");
    assert!(to_rebels.count() >= 2, "Hama and Aleppo changed hands: {change:#}");
}

/// A person's correction is obeyed.
#[test]
fn an_edited_story_is_obeyed() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let story = fs::read_to_string(root().join("output/hama-2024-12-05/story.toml")).expect("the story");
    let edited = story
        .replace("certainty = \"confirmed\"", "certainty = \"claimed\"")
        .replace("title = \"", "title = \"Edited: ");
    let path = folder.path().join("story.toml");
    fs::write(&path, edited).expect("written");
    let out = folder.path().join("out");
    mapdesk(&["make", &path.display().to_string(), "--out", &out.display().to_string()]).success();
    let events = fs::read_to_string(out.join("events.geojson")).expect("events");
    assert!(!events.contains("\"confirmed\""));
    assert!(fs::read_to_string(out.join("map.svg")).expect("map").contains("Edited: "));
    assert!(!out.join("story.toml").exists(), "the story is the input; it is not written again");
}

#[test]
fn bad_texts_are_refused_by_name() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).expect("written");
        path.display().to_string()
    };
    let out = folder.path().join("out").display().to_string();
    for (name, bytes, code, words) in [
        ("empty.txt", b"  \n".as_slice(), 2, "the text is empty"),
        ("binary.txt", b"\x89PNG\r\n\x1a\n\0\0\0", 2, "binary"),
        ("latin1.txt", b"Rebels took Hama.\nAl\xe9p too.\n", 2, "latin1.txt:2:3: error: not UTF-8: byte 0xE9"),
        ("nowhere.txt", b"The cat sat on the mat.\n", 1, "no place was found"),
    ] {
        let assert = mapdesk(&["make", &file(name, bytes), "--out", &out]).code(code);
        assert!(stderr(&assert).contains(words), "{name}: {}", stderr(&assert));
        assert!(!Path::new(&out).exists(), "{name}: nothing is written");
    }
    let assert = mapdesk(&["make", "no-such-file.txt"]).code(2);
    assert!(stderr(&assert).contains("no-such-file.txt") && stderr(&assert).contains("hint:"));
    let assert = mapdesk(&["make", "examples/hama-2024-12-05.txt", "--published", "2024-02-31", "--out", &out]).code(2);
    assert!(stderr(&assert).contains("\"2024-02-31\" is not a date"));
    let wrong = file("wrong.toml", b"title = \"x\"\ncolour = 1\n");
    let assert = mapdesk(&["make", &wrong, "--out", &out]).code(2);
    assert!(stderr(&assert).contains("wrong.toml:2:1: error: unknown field `colour`"), "{}", stderr(&assert));
}

#[test]
fn an_output_folder_keeps_what_else_is_in_it_and_one_that_cannot_be_is_told() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let out = folder.path().join("out");
    fs::create_dir(&out).expect("made");
    fs::write(out.join("notes.txt"), "mine").expect("written");
    let text = folder.path().join("short.txt");
    fs::write(&text, "Rebels captured the city of Hama in Syria on Thursday.\n").expect("written");
    let text = text.display().to_string();
    mapdesk(&["make", &text, "--published", "2024-12-05", "--out", &out.display().to_string()]).success();
    assert_eq!(fs::read_to_string(out.join("notes.txt")).expect("kept"), "mine");
    assert!(out.join("map.png").exists());

    let blocked = folder.path().join("blocked");
    fs::write(&blocked, "a file").expect("written");
    let below = blocked.join("out").display().to_string();
    let assert = mapdesk(&["make", &text, "--published", "2024-12-05", "--out", &below]).code(2);
    assert!(stderr(&assert).contains("blocked"), "{}", stderr(&assert));
    assert_eq!(fs::read_to_string(&blocked).expect("kept"), "a file");
}
