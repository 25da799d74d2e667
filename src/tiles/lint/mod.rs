//! The rules of the Mapbox Vector Tile specification 2.1, checked on a tile's bytes.
//!
//! What the specification says MUST be is an error; what it says SHOULD be is advice. Not here: archives (`outputs`).

pub mod geometry;
mod wire;

use rustc_hash::FxHashSet;
use wire::{Broken, Field, Wire};

/// A rule that a tile breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The section of the specification.
    pub section: &'static str,
    /// What is wrong.
    pub what: String,
    /// Whether the specification demands it; else it advises it.
    pub must: bool,
}

fn finding(section: &'static str, what: impl Into<String>) -> Finding {
    Finding { section, what: what.into(), must: true }
}

fn advice(section: &'static str, what: impl Into<String>) -> Finding {
    Finding { section, what: what.into(), must: false }
}

/// What a layer of a tile holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerFacts {
    /// Its name.
    pub name: String,
    /// Names of its attributes.
    pub keys: Vec<String>,
    /// How many features.
    pub features: u64,
}

/// Checks an unpacked tile.
pub fn tile(bytes: &[u8], found: &mut Vec<Finding>) -> Vec<LayerFacts> {
    let mut layers: Vec<LayerFacts> = Vec::new();
    let mut wire = Wire::new(bytes);
    while !wire.ended() {
        match wire.field() {
            Ok((3, Field::Bytes(body))) => match layer(body, found) {
                Ok(facts) => {
                    if layers.iter().any(|l| l.name == facts.name) {
                        found.push(finding("4.1", format!("two layers are called \"{}\"", facts.name)));
                    }
                    layers.push(facts);
                }
                Err(Broken) => found.push(finding("4.1", "a layer is no protobuf message")),
            },
            Ok((n, _)) => found.push(finding("3", format!("the tile has a field {n} that is no layer"))),
            Err(Broken) => {
                found.push(finding("3", "the tile is no protobuf message"));
                break;
            }
        }
    }
    layers
}

fn layer(body: &[u8], found: &mut Vec<Finding>) -> Result<LayerFacts, Broken> {
    let (mut name, mut version, mut extent) = (None, None, None);
    let (mut keys, mut values, mut features) = (Vec::new(), Vec::new(), Vec::new());
    let mut wire = Wire::new(body);
    while !wire.ended() {
        match wire.field()? {
            (15, Field::Varint(v)) => version = Some(v),
            (1, Field::Bytes(b)) => name = Some(text(b, "the name of a layer", found)),
            (2, Field::Bytes(b)) => features.push(b),
            (3, Field::Bytes(b)) => keys.push(text(b, "the name of an attribute", found)),
            (4, Field::Bytes(b)) => values.push(b),
            (5, Field::Varint(v)) => extent = Some(v),
            (n, _) => found.push(advice("4.1", format!("a layer has an unknown field {n}"))),
        }
    }
    let name = name.unwrap_or_else(|| {
        found.push(finding("4.1", "a layer has no name"));
        String::new()
    });
    match version {
        Some(1 | 2) => {}
        Some(v) => found.push(finding("4.1", format!("layer \"{name}\" has version {v}"))),
        None => found.push(finding("4.1", format!("layer \"{name}\" has no version"))),
    }
    match extent {
        Some(0) => found.push(finding("4.1", format!("layer \"{name}\" has the extent 0"))),
        None => found.push(finding("4.1", format!("layer \"{name}\" has no extent"))),
        Some(_) => {}
    }
    if features.is_empty() {
        found.push(advice("4.1", format!("layer \"{name}\" has no feature")));
    }
    if keys.iter().collect::<FxHashSet<_>>().len() < keys.len() {
        found.push(finding("4.1", format!("layer \"{name}\" lists an attribute twice")));
    }
    if values.iter().collect::<FxHashSet<_>>().len() < values.len() {
        found.push(advice("4.1", format!("layer \"{name}\" lists a value twice")));
    }
    for v in &values {
        value(v, found)?;
    }
    let mut ids = FxHashSet::default();
    let mut used = [vec![false; keys.len()], vec![false; values.len()]];
    for body in &features {
        feature(body, &mut ids, &mut used, found)?;
    }
    for (list, what) in used.iter().zip(["an attribute", "a value"]) {
        if list.contains(&false) {
            found.push(advice("4.1", format!("layer \"{name}\" lists {what} that no feature has")));
        }
    }
    Ok(LayerFacts { name, keys, features: features.len() as u64 })
}

fn text(bytes: &[u8], what: &str, found: &mut Vec<Finding>) -> String {
    if std::str::from_utf8(bytes).is_err() {
        found.push(finding("4.1", format!("{what} is not UTF-8")));
    }
    String::from_utf8_lossy(bytes).into_owned()
}

fn value(body: &[u8], found: &mut Vec<Finding>) -> Result<(), Broken> {
    let mut wire = Wire::new(body);
    let mut count = 0;
    while !wire.ended() {
        count += 1;
        match wire.field()? {
            (1, Field::Bytes(b)) => drop(text(b, "a text", found)),
            (2, Field::Fixed32(_)) | (3, Field::Fixed64(_)) | (4..=7, Field::Varint(_)) => {}
            (n, _) => found.push(finding("4.4", format!("a value is of no known type (field {n})"))),
        }
    }
    if count != 1 {
        found.push(finding("4.4", format!("a value has {count} contents, not one")));
    }
    Ok(())
}

fn feature(
    body: &[u8],
    ids: &mut FxHashSet<u64>,
    used: &mut [Vec<bool>; 2],
    found: &mut Vec<Finding>,
) -> Result<(), Broken> {
    let (mut kind, mut path) = (0, None);
    let mut wire = Wire::new(body);
    while !wire.ended() {
        match wire.field()? {
            (1, Field::Varint(id)) => {
                if !ids.insert(id) {
                    found.push(advice("4.2", format!("the id {id} stands twice in a layer")));
                }
            }
            (2, Field::Bytes(b)) => tags(b, used, found)?,
            (3, Field::Varint(k)) => kind = k,
            (4, Field::Bytes(b)) => {
                if path.replace(b).is_some() {
                    found.push(finding("4.2", "a feature has two geometries"));
                }
            }
            (n, _) => found.push(advice("4.2", format!("a feature has an unknown field {n}"))),
        }
    }
    let Some(path) = path else {
        found.push(finding("4.2", "a feature has no geometry"));
        return Ok(());
    };
    match kind {
        1..=3 => {
            if let Some(paths) = geometry::decode(path, kind, found) {
                geometry::check(&paths, kind, found);
            }
        }
        0 => found.push(advice("4.3.4", "a feature is of unknown type")),
        k => found.push(finding("4.3.4", format!("a feature is of type {k}"))),
    }
    Ok(())
}

fn tags(bytes: &[u8], used: &mut [Vec<bool>; 2], found: &mut Vec<Finding>) -> Result<(), Broken> {
    let mut wire = Wire::new(bytes);
    let mut seen: smallvec::SmallVec<[u64; 16]> = smallvec::SmallVec::new();
    while !wire.ended() {
        let key = wire.varint()?;
        if wire.ended() {
            found.push(finding("4.4", "a feature has an odd number of tags"));
            return Ok(());
        }
        let value = wire.varint()?;
        if seen.contains(&key) {
            found.push(finding("4.4", "a feature has an attribute twice"));
        }
        seen.push(key);
        for (list, n) in used.iter_mut().zip([key, value]) {
            match usize::try_from(n).ok().and_then(|n| list.get_mut(n)) {
                Some(u) => *u = true,
                None => found.push(finding("4.4", format!("a tag points at number {n} of {}", list.len()))),
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
