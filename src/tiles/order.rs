//! Features by an attribute: the order in which they are drawn, or how much they matter.

use super::TilesError;
use super::attributes::Code;
use super::features::Features;
use rustc_hash::FxHashMap;
use std::cmp::Ordering;

/// An attribute to order by: `NAME`, or `NAME:desc` for falling values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The attribute.
    pub name: String,
    /// Whether larger values come first.
    pub falling: bool,
}

impl std::str::FromStr for Order {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let (name, falling) = match text.rsplit_once(':') {
            Some((name, "desc")) => (name, true),
            Some((name, "asc")) => (name, false),
            _ => (text, false),
        };
        if name.is_empty() {
            return Err("expected NAME, NAME:asc or NAME:desc".into());
        }
        Ok(Self { name: name.to_owned(), falling })
    }
}

/// The rank of every point and every shape: equal values have equal ranks, features without the attribute have 0.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Ranks {
    /// By the number of the point.
    pub points: Vec<u32>,
    /// By the number of the shape.
    pub shapes: Vec<u32>,
}

impl Order {
    /// Ranks all features by the attribute: truth values, then numbers, then texts.
    ///
    /// # Errors
    /// No feature has the attribute.
    pub fn ranks(&self, features: &Features) -> Result<Ranks, TilesError> {
        let key = (0..features.keys.len() as u16).find(|k| features.keys.name(*k) == self.name);
        let place: Vec<Option<usize>> =
            features.classes.iter().map(|c| c.keys.iter().position(|k| Some(*k) == key)).collect();
        if place.iter().all(Option::is_none) {
            return Err(TilesError::Option(format!("no feature has the attribute \"{}\" to order by", self.name)));
        }
        let shapes =
            || features.shapes.iter().map(|s| place[s.class as usize].map(|n| features.codes[s.codes as usize + n]));
        let mut cursor = features.cursor();
        let points: Vec<Option<Code>> = (0..features.point_count())
            .map(|n| {
                let (_, class, _, codes) = cursor.get(n);
                place[class as usize].map(|n| codes[n])
            })
            .collect();
        cursor.checked()?;
        let mut distinct: Vec<Code> = points.iter().copied().chain(shapes()).flatten().collect();
        distinct.sort_unstable();
        distinct.dedup();
        let mut values: Vec<(serde_json::Value, Code)> =
            distinct.into_iter().map(|c| (features.values.json(c), c)).collect();
        values.sort_by(|a, b| compare(&a.0, &b.0));
        if self.falling {
            values.reverse();
        }
        let rank: FxHashMap<Code, u32> = values.iter().enumerate().map(|(n, v)| (v.1, n as u32 + 1)).collect();
        let of = |c: Option<Code>| c.and_then(|c| rank.get(&c).copied()).unwrap_or(0);
        Ok(Ranks { points: points.into_iter().map(of).collect(), shapes: shapes().map(of).collect() })
    }
}

fn compare(a: &serde_json::Value, b: &serde_json::Value) -> Ordering {
    use serde_json::Value::{Bool, Number, String};
    let class = |v: &serde_json::Value| match v {
        Bool(_) => 0,
        Number(_) => 1,
        _ => 2,
    };
    match (a, b) {
        (Bool(a), Bool(b)) => a.cmp(b),
        (Number(a), Number(b)) => a.as_f64().unwrap_or(0.0).total_cmp(&b.as_f64().unwrap_or(0.0)),
        (String(a), String(b)) => a.cmp(b),
        _ => class(a).cmp(&class(b)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Feature, Layer, LayerKind};
    use crate::tiles::Selection;
    use geo::Point;

    #[test]
    fn numbers_come_by_value_and_the_missing_first() {
        let point = |n: usize| Feature::new(Point::new(n as f64, 0.0));
        let list = vec![
            point(0).with("n", 9i64),
            point(1).with("n", 10i64),
            point(2).with("m", 1i64),
            point(3).with("n", 9.5),
            point(4).with("n", 9i64),
        ];
        let mut features = Features::default();
        crate::tiles::source::add_layer(&Layer::new(LayerKind::Places, list), &Selection::default(), &mut features);
        let ranks = |text: &str| text.parse::<Order>().expect("an order").ranks(&features).map(|r| r.points);
        assert_eq!(ranks("n").expect("ranks"), [1, 3, 0, 2, 1]);
        assert_eq!(ranks("n:desc").expect("ranks"), [3, 1, 0, 2, 3]);
        assert!(ranks("absent").is_err());
        assert!(":desc".parse::<Order>().is_err());
    }
}
