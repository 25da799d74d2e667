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
