//! Columns of a layer for formats that want them declared: the union of the features' attributes with one type each.

use crate::model::{Layer, Value};
use rustc_hash::FxHashMap;

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// True or false.
    Bool,
    /// 64-bit whole numbers.
    Int,
    /// 64-bit floating point.
    Float,
    /// Calendar days.
    Date,
    /// Text; lists are joined with `|`.
    Text,
}

/// A column: its name and type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Attribute key.
    pub name: String,
    /// Type that every value fits.
    pub kind: ColumnKind,
}

/// The columns of a layer in order of first appearance; whole numbers and floats meet as floats, anything else mixed as text.
pub fn columns(layer: &Layer) -> Vec<Column> {
    let mut found: Vec<(String, Option<ColumnKind>)> = Vec::new();
    let mut index: FxHashMap<&str, usize> = FxHashMap::default();
    for feature in &layer.features {
        for (n, (key, value)) in feature.properties.iter().enumerate() {
            // Features of a layer nearly always have their keys in the same order.
            let at = match found.get(n) {
                Some((name, _)) if name == key => n,
                _ => *index.entry(key).or_insert_with(|| {
                    found.iter().position(|(name, _)| name == key).unwrap_or_else(|| {
                        found.push((key.to_string(), None));
                        found.len() - 1
                    })
                }),
            };
            let kind = match value {
                Value::Null => continue,
                Value::Bool(_) => ColumnKind::Bool,
                Value::Int(_) => ColumnKind::Int,
                Value::Float(_) => ColumnKind::Float,
                Value::Date(_) => ColumnKind::Date,
                Value::Text(_) | Value::List(_) => ColumnKind::Text,
            };
            found[at].1 = Some(match (found[at].1, kind) {
                (None, kind) => kind,
                (Some(a), b) if a == b => a,
                (Some(ColumnKind::Int), ColumnKind::Float) | (Some(ColumnKind::Float), ColumnKind::Int) => {
                    ColumnKind::Float
                }
                _ => ColumnKind::Text,
            });
        }
    }
    found.into_iter().map(|(name, kind)| Column { name, kind: kind.unwrap_or(ColumnKind::Text) }).collect()
}

/// Moments, as texts, that all stand at midnight become days: tables often have no other way to say a day.
pub fn midnights(layer: &mut Layer, columns: &[&str]) {
    let day_of = |t: &str| {
        let (day, time) = t.split_at_checked(10)?;
        let midnight = ["", "T00:00:00", "T00:00:00Z", " 00:00:00", "T00:00:00.000Z"].contains(&time);
        midnight.then(|| crate::time::parse_day(day).ok())?
    };
    for &name in columns {
        let all = layer.features.iter().all(|f| match f.get(name) {
            Some(Value::Text(t)) => day_of(t).is_some(),
            Some(Value::Date(_)) | None => true,
            Some(_) => false,
        });
        if !all {
            continue;
        }
        for (_, value) in layer.features.iter_mut().flat_map(|f| f.properties.iter_mut()).filter(|(k, _)| k == name) {
            if let Value::Text(t) = value
                && let Some(day) = day_of(t)
            {
                *value = Value::Date(day);
            }
        }
    }
}

/// Texts that are all days become days, for formats that have no dates of their own.
pub fn recognise_dates(layer: &mut Layer) {
    let names: Vec<String> =
        columns(layer).into_iter().filter(|c| c.kind == ColumnKind::Text).map(|c| c.name).collect();
    for name in names {
        let mut seen = false;
        let all = layer.features.iter().all(|f| match f.get(&name) {
            None => true,
            Some(Value::Text(t)) => {
                seen = true;
                crate::time::parse_day(t).is_ok()
            }
            Some(_) => false,
        });
        if !(all && seen) {
            continue;
        }
        for (_, value) in layer.features.iter_mut().flat_map(|f| f.properties.iter_mut()).filter(|(k, _)| *k == name) {
            if let Value::Text(t) = value
                && let Ok(day) = crate::time::parse_day(t)
            {
                *value = Value::Date(day);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Feature, LayerKind};

    #[test]
    fn only_whole_columns_of_midnights_are_days() {
        let point = geo::Point::new(0.0, 0.0);
        let row = |a: &str, b: &str| Feature::new(point).with("a", a).with("b", b);
        let mut layer = Layer::new(
            LayerKind::Overlay,
            vec![
                row("2024-12-05T00:00:00Z", "2024-12-05T00:00:00"),
                row("2024-12-06T00:00:00Z", "2024-12-06T14:30:00"),
            ],
        );
        midnights(&mut layer, &["a", "b"]);
        let day = crate::time::parse_day("2024-12-06").expect("a day");
        assert_eq!(layer.features[1].properties[0].1, Value::Date(day));
        assert_eq!(layer.features[0].text("b"), Some("2024-12-05T00:00:00"));
    }

    #[test]
    fn types_meet() {
        let point = geo::Point::new(0.0, 0.0);
        let mut layer = Layer::new(
            LayerKind::Overlay,
            vec![
                Feature::new(point).with("a", 1_i64).with("d", "2024-12-05"),
                Feature::new(point).with("b", "x").with("a", 1.5).with("d", Value::Null),
                Feature::new(point).with("a", Value::Null).with("b", true),
            ],
        );
        recognise_dates(&mut layer);
        let kinds: Vec<_> = columns(&layer).into_iter().map(|c| (c.name, c.kind)).collect();
        let expected = [("a", ColumnKind::Float), ("d", ColumnKind::Date), ("b", ColumnKind::Text)];
        assert_eq!(kinds, expected.map(|(n, k)| (n.to_owned(), k)));
    }
}
