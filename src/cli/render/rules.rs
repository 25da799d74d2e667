//! `[[rule]]` sections of a style file: attributes of the user's own features become simplestyle ones.
//!
//! ```toml
//! [[rule]]
//! layer = "roads"                     # a layer by name; every layer where not given
//! where = { kind = "motorway" }       # attributes a feature must have; a list means any of them
//! stroke = "#5C5C5C"
//! stroke-width = 2.5
//! label = "ref"                       # the attribute that names a feature
//! ```

use crate::diag::{Note, Position};
use crate::model::{Layer, Rgb, Value};

/// What of simplestyle 1.1 a rule may set.
const COLORS: &[&str] = &["fill", "stroke", "marker-color"];
const NUMBERS: &[&str] = &["fill-opacity", "stroke-opacity", "stroke-width"];

/// One rule of a style file.
#[derive(Debug, Clone, PartialEq, Default)]
pub(in crate::cli) struct Rule {
    layer: Option<String>,
    conditions: Vec<(String, Vec<String>)>,
    set: Vec<(String, Value)>,
    label: Option<String>,
}

/// A style file in two: the theme, its line numbers kept, and the rules.
pub(in crate::cli) fn split(text: &str, file: &str) -> Result<(String, Vec<Rule>), Box<Note>> {
    let (mut theme, mut own) = (String::new(), String::new());
    let mut inside = false;
    for line in text.lines() {
        let bare = line.trim_start();
        if bare.starts_with('[') {
            inside = bare.starts_with("[[rule]]") || bare.starts_with("[rule.");
        }
        // Each half keeps the other's lines as empty ones, so that messages point at the right place.
        let (to, other) = if inside { (&mut own, &mut theme) } else { (&mut theme, &mut own) };
        to.push_str(line);
        to.push('\n');
        other.push('\n');
    }
    let at = |span: Option<std::ops::Range<usize>>| {
        let line = span.map_or(1, |s| own[..s.start.min(own.len())].matches('\n').count() + 1);
        (Position::line(file, line), text.lines().nth(line - 1).unwrap_or_default().to_owned())
    };
    let wrong = |span: Option<std::ops::Range<usize>>, message: String| {
        let (position, line) = at(span);
        Box::new(Note::error(message).at(position).snippet(line))
    };
    let parsed: Rules = toml::from_str(&own).map_err(|e| wrong(e.span(), e.message().to_owned()))?;
    let mut rules = Vec::new();
    for table in parsed.rule {
        let mut rule = Rule::default();
        for (key, value) in table {
            let span = Some(value.span());
            match (key.as_str(), value.into_inner()) {
                ("layer", toml::Value::String(name)) => rule.layer = Some(name),
                ("label", toml::Value::String(name)) => rule.label = Some(name),
                ("where", toml::Value::Table(conditions)) => {
                    rule.conditions = conditions.into_iter().map(|(k, v)| (k, words(v))).collect();
                }
                (k, toml::Value::String(color)) if COLORS.contains(&k) => {
                    color.parse::<Rgb>().map_err(|e| wrong(span, e))?;
                    rule.set.push((key, color.into()));
                }
                (k, toml::Value::Float(v)) if NUMBERS.contains(&k) => rule.set.push((key, Value::Float(v))),
                (k, toml::Value::Integer(v)) if NUMBERS.contains(&k) => rule.set.push((key, Value::Int(v))),
                (k, v) => {
                    let known = [&["layer", "where", "label"], COLORS, NUMBERS].concat().join(", ");
                    let message = if known.split(", ").any(|w| w == k) {
                        format!("`{k}` cannot be {}", v.type_str())
                    } else {
                        format!("a rule has no key `{k}`")
                    };
                    return Err(Box::new(wrong(span, message).hint(format!("known are {known}"))));
                }
            }
        }
        rules.push(rule);
    }
    Ok((theme, rules))
}

#[derive(serde::Deserialize)]
struct Rules {
    #[serde(default)]
    rule: Vec<std::collections::BTreeMap<String, toml::Spanned<toml::Value>>>,
}

/// A condition's values as text.
fn words(value: toml::Value) -> Vec<String> {
    match value {
        toml::Value::Array(all) => all.into_iter().flat_map(words).collect(),
        toml::Value::String(text) => vec![text],
        other => vec![other.to_string()],
    }
}

/// Sets on every feature what the rules say of it, later rules over earlier ones and over the feature's own style.
pub(in crate::cli) fn apply(rules: &[Rule], layers: &mut [Layer]) {
    for layer in layers {
        for feature in &mut layer.features {
            for rule in rules.iter().filter(|r| r.layer.as_ref().is_none_or(|l| *l == layer.name)) {
                let holds = rule.conditions.iter().all(|(key, values)| {
                    feature.get(key).map(ToString::to_string).is_some_and(|own| values.contains(&own))
                });
                if holds {
                    for (key, value) in &rule.set {
                        set(feature, key, value.clone());
                    }
                    if let Some(label) = &rule.label {
                        name(feature, label);
                    }
                }
            }
        }
    }
}

/// Takes the name of a feature from one of its attributes.
pub(in crate::cli) fn name(feature: &mut crate::model::Feature, attribute: &str) {
    let words = feature.get(attribute).map(ToString::to_string).unwrap_or_default();
    set(feature, "label", words.clone().into());
    set(feature, "title", words.into());
}

fn set(feature: &mut crate::model::Feature, key: &str, value: Value) {
    match feature.properties.iter_mut().find(|(k, _)| k == key) {
        Some(slot) => slot.1 = value,
        None => feature.properties.push((key.into(), value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Feature, LayerKind};

    #[test]
    fn rules_set_what_they_say_where_they_hold() {
        let text = "base = \"dark\"\n[[rule]]\nlayer = \"roads\"\nwhere = { kind = [\"motorway\", \"trunk\"] }\nstroke = \"#5C5C5C\"\nstroke-width = 2\nlabel = \"ref\"\n[colours]\nwater = \"#112233\"\n";
        let (theme, rules) = split(text, "desk.toml").expect("valid");
        assert_eq!(theme.lines().nth(8), Some("water = \"#112233\""), "lines keep their numbers");
        let road = |kind: &str| Feature::new(geo::Point::new(0.0, 0.0)).with("kind", kind).with("ref", "M5");
        let mut roads = Layer::new(LayerKind::Overlay, vec![road("motorway"), road("path")]);
        roads.name = "roads".into();
        apply(&rules, std::slice::from_mut(&mut roads));
        assert_eq!(roads.features[0].text("stroke"), Some("#5C5C5C"));
        assert_eq!(roads.features[0].number("stroke-width"), Some(2.0));
        assert_eq!(roads.features[0].text("title"), Some("M5"));
        assert_eq!(roads.features[1].text("stroke"), None);
    }

    #[test]
    fn mistakes_point_at_their_line() {
        let note = split("[colours]\nx = 1\n[[rule]]\nfil = \"#000000\"\n", "d.toml").expect_err("unknown key");
        assert_eq!(note.at.as_ref().and_then(|p| p.line), Some(4));
        assert!(note.message.contains("`fil`"));
        let note = split("[[rule]]\nfill = \"blue\"\n", "d.toml").expect_err("no colour");
        assert_eq!(note.at.as_ref().and_then(|p| p.line), Some(2));
    }
}
