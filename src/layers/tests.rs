use super::{distances, events, places};
use crate::model::{Layer, Value};

const STORY: &str = r##"title = "Rebels take Hama"
published = 2024-12-05
actors = [{ id = "rebels", name = "HTS-led rebels", short = "Rebels", color = "#4C956C" }, { id = "gov", name = "Government" }]
events = [
  { id = "e1", place = "hama", action = "captured", actor = "rebels", from = "gov", date = 2024-12-05, certainty = "confirmed" },
  { id = "e2", place = "hama", action = "captured", actor = "rebels", date = 2024-12-05, certainty = "claimed", facility = "prison" },
]
distances = [{ from = "damascus", to = "hama", stated_km = 210, bearing = "N" }]
places = [
  { id = "hama", name = "Hama", position = [36.75783, 35.13179], geonameid = 170017, role = "event", names = { ar = "حماة" } },
  { id = "prison", name = "Hama prison", position = [36.75783, 35.13179], within = "hama" },
  { id = "damascus", name = "Damascus", position = [36.29128, 33.5102], role = "reference" },
  { id = "iran", name = "Iran", position = [53.0, 32.0], role = "hidden" },
]
"##;

fn keys_agree(layer: &Layer) {
    let keys = |i: usize| layer.features[i].properties.iter().map(|(k, _)| k.as_str()).collect::<Vec<_>>();
    for i in 1..layer.features.len() {
        assert_eq!(keys(0), keys(i), "{}", layer.name);
    }
}

#[test]
fn a_story_becomes_layers_with_one_set_of_attributes_each() {
    let story = crate::story::read(STORY, "story.toml").expect("valid").value;
    let (places, events, distances) = (places(&story), events(&story), distances(&story));
    for layer in [&places, &events, &distances] {
        keys_agree(layer);
    }
    assert_eq!(places.features.len(), 2, "hidden places and installations are no dots");
    assert_eq!(places.features[0].text("note"), Some("captured 5 Dec"));
    assert_eq!(places.features[0].text("name_ar"), Some("حماة"));
    assert_eq!(events.features[1].text("facility"), Some("prison"));
    assert_eq!(distances.features[0].get("km"), Some(&Value::Float(184.9)));
    assert_eq!(distances.features[0].text("label"), Some("185 km"));
}

#[test]
fn what_is_merely_mentioned_has_no_note() {
    let story = STORY.replacen("action = \"captured\"", "action = \"none\"", 2);
    let story = crate::story::read(&story, "story.toml").expect("valid").value;
    assert_eq!(places(&story).features[0].text("note"), None);
}

#[test]
fn the_context_names_towns_once_and_the_divisions_of_the_story() {
    let toml = r#"title = "Rain in Spain"
places = [{ id = "madrid", name = "Madrid", position = [-3.7, 40.42], geonameid = 3117735, country = "ES" },
  { id = "lisbon", name = "Lisbon", position = [-9.13, 38.72], geonameid = 2267057, country = "PT", role = "hidden" }]
"#;
    let story = crate::story::read(toml, "story.toml").expect("valid").value;
    let around = "-10,36,4,44".parse().expect("a box");
    let layer = super::context(crate::gazetteer::Gazetteer::embedded(), around, &story, &[]);
    let named = |kind: &str| -> Vec<&str> {
        layer.features.iter().filter(|f| f.text("kind") == Some(kind)).filter_map(|f| f.text("name")).collect()
    };
    let towns = named("city");
    assert!(towns.contains(&"San Sebastián") && towns.iter().all(|t| !t.contains(" / ")), "{towns:?}");
    assert!(towns.contains(&"Lisbon") && !towns.contains(&"Madrid"), "what is hidden may orient");
    assert!(named("admin1").contains(&"Andalusia"));
}
