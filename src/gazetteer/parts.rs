//! What is told of a place in several files, written to bytes to be sorted, and put together again place by place.

use super::Entry;
use super::geonames::{CUSTOMARY, script};
use super::record::flag;
use crate::geodesy::LonLat;
use crate::model::PlaceKind;

/// One thing told of a place.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Part {
    /// The place, with the codes of its divisions where it has none by id: `SY.10`, `SY.10.163915`.
    Place(Entry, [String; 2]),
    /// A country's row: its name, size and people are these, its position and names those of its place.
    Country(Entry),
    /// A division's row; counts only where there is no place, but for the English name of a first-order one.
    Division(Entry, [String; 2]),
    /// A name with its tag, and how strongly it claims to be the one to print (0 for not at all).
    Name(String, String, u8),
    /// The id of the place above it.
    Parent(u32),
}

/// A place put together.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Whole {
    pub entry: Entry,
    pub codes: [String; 2],
    pub parent: u32,
    /// It has no position of its own.
    pub unplaced: bool,
    strength: u8,
}

impl Part {
    /// The part as bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(96);
        match self {
            Self::Place(entry, codes) => put_entry(0, entry, codes, &mut out),
            Self::Country(entry) => put_entry(1, entry, &[String::new(), String::new()], &mut out),
            Self::Division(entry, codes) => put_entry(2, entry, codes, &mut out),
            Self::Name(tag, name, strength) => {
                out.extend([3, *strength]);
                put_text(tag, &mut out);
                put_text(name, &mut out);
            }
            Self::Parent(id) => {
                out.push(4);
                out.extend(id.to_le_bytes());
            }
        }
        out
    }

    /// The part of these bytes; `None` where they are no part's.
    pub fn decode(mut bytes: &[u8]) -> Option<Self> {
        let from = &mut bytes;
        Some(match take::<1>(from)?[0] {
            0 => {
                let (entry, codes) = entry(from)?;
                Self::Place(entry, codes)
            }
            1 => Self::Country(entry(from)?.0),
            2 => {
                let (entry, codes) = entry(from)?;
                Self::Division(entry, codes)
            }
            3 => {
                let strength = take::<1>(from)?[0];
                Self::Name(text(from)?, text(from)?, strength)
            }
            4 => Self::Parent(u32::from_le_bytes(take(from)?)),
            _ => return None,
        })
    }
}

impl Whole {
    /// Adds a part to what is known of a place so far.
    pub fn add(whole: &mut Option<Self>, part: Part) {
        match (part, whole) {
            (Part::Place(entry, codes), whole @ None) => *whole = Some(Self::new(entry, codes, false)),
            (Part::Country(entry), whole @ None) => {
                let unplaced = entry.flags & flag::CENTRE != 0;
                *whole = Some(Self::new(entry, [String::new(), String::new()], unplaced));
            }
            (Part::Division(entry, codes), whole @ None) => *whole = Some(Self::new(entry, codes, true)),
            // Names and parents of places that are not kept.
            (Part::Name(..) | Part::Parent(_), None) => {}
            (Part::Place(mut entry, codes), Some(old)) => {
                // The later one counts; what the earlier was called stays known.
                let names = std::mem::take(&mut old.entry.names);
                for name in std::iter::once(("Latn".to_owned(), std::mem::take(&mut old.entry.name))).chain(names) {
                    if !entry.names.contains(&name) && name.1 != entry.name {
                        entry.names.push(name);
                    }
                }
                let codes = if codes[0].is_empty() { std::mem::take(&mut old.codes) } else { codes };
                *old = Self { parent: old.parent, ..Self::new(entry, codes, false) };
            }
            (Part::Country(mut entry), Some(old)) => {
                entry.at = if old.unplaced { entry.at } else { old.entry.at };
                entry.flags &= !flag::CENTRE;
                entry.names = std::mem::take(&mut old.entry.names);
                if old.entry.name != entry.name {
                    entry.names.insert(0, ("orig".to_owned(), std::mem::take(&mut old.entry.name)));
                }
                old.entry = entry;
                old.unplaced = false;
            }
            (Part::Division(entry, codes), Some(old)) => {
                // GeoNames gives the first-order divisions in English there, and in the country's language in its dumps.
                if entry.kind == PlaceKind::Admin1 && old.entry.kind == PlaceKind::Admin1 {
                    old.name("en".to_owned(), entry.name, CUSTOMARY);
                } else if entry.name != old.entry.name && !old.entry.names.iter().any(|(_, n)| *n == entry.name) {
                    old.entry.names.push((script(&entry.name).to_owned(), entry.name));
                }
                if old.codes[0].is_empty() {
                    old.codes = codes;
                }
            }
            (Part::Name(tag, name, strength), Some(old)) => old.name(tag, name, strength),
            (Part::Parent(id), Some(old)) => old.parent = id,
        }
    }

    fn new(entry: Entry, codes: [String; 2], unplaced: bool) -> Self {
        Self { entry, codes, parent: 0, unplaced, strength: 0 }
    }

    fn name(&mut self, tag: String, name: String, strength: u8) {
        let entry = &mut self.entry;
        if tag == "en" && strength > self.strength && entry.kind != PlaceKind::Country {
            self.strength = strength;
            if entry.name != name {
                let old = std::mem::replace(&mut entry.name, name);
                let tag = if entry.names.iter().any(|(t, _)| t == "orig") { "en" } else { "orig" };
                entry.names.insert(0, (tag.to_owned(), old));
            }
        } else if strength > 0 {
            entry.names.insert(0, (tag, name));
        } else {
            entry.names.push((tag, name));
        }
    }
}

/// An entry alone as bytes.
pub(super) fn encode_entry(entry: &Entry) -> Vec<u8> {
    let mut out = Vec::with_capacity(96);
    put_entry(0, entry, &[String::new(), String::new()], &mut out);
    out
}

/// The entry of these bytes.
pub(super) fn decode_entry(bytes: &[u8]) -> Option<Entry> {
    match Part::decode(bytes)? {
        Part::Place(entry, _) => Some(entry),
        _ => None,
    }
}

fn put_text(text: &str, out: &mut Vec<u8>) {
    out.extend((text.len() as u32).to_le_bytes());
    out.extend(text.as_bytes());
}

fn put_entry(which: u8, e: &Entry, codes: &[String; 2], out: &mut Vec<u8>) {
    out.push(which);
    out.extend(e.id.to_le_bytes());
    out.extend(e.at.lon().to_le_bytes());
    out.extend(e.at.lat().to_le_bytes());
    out.extend(e.population.to_le_bytes());
    out.extend(e.admin1.to_le_bytes());
    out.extend(e.admin2.to_le_bytes());
    out.push(e.flags);
    out.extend(e.radius.to_le_bytes());
    for text in [e.kind.word(), &e.feature, &e.country, &codes[0], &codes[1], &e.name] {
        put_text(text, out);
    }
    out.extend((e.names.len() as u32).to_le_bytes());
    for (tag, name) in &e.names {
        put_text(tag, out);
        put_text(name, out);
    }
}

fn take<const N: usize>(from: &mut &[u8]) -> Option<[u8; N]> {
    let (head, rest) = from.split_first_chunk::<N>()?;
    *from = rest;
    Some(*head)
}

fn text(from: &mut &[u8]) -> Option<String> {
    let length = u32::from_le_bytes(take(from)?) as usize;
    let (head, rest) = from.split_at_checked(length)?;
    *from = rest;
    Some(std::str::from_utf8(head).ok()?.to_owned())
}

fn entry(from: &mut &[u8]) -> Option<(Entry, [String; 2])> {
    let id = u32::from_le_bytes(take(from)?);
    let (lon, lat) = (f64::from_le_bytes(take(from)?), f64::from_le_bytes(take(from)?));
    let population = u64::from_le_bytes(take(from)?);
    let (admin1, admin2) = (u32::from_le_bytes(take(from)?), u32::from_le_bytes(take(from)?));
    let flags = take::<1>(from)?[0];
    let radius = u16::from_le_bytes(take(from)?);
    let kind = text(from)?.parse().ok()?;
    let (feature, country) = (text(from)?, text(from)?);
    let codes = [text(from)?, text(from)?];
    let name = text(from)?;
    let count = u32::from_le_bytes(take(from)?);
    let mut names = Vec::new();
    for _ in 0..count {
        names.push((text(from)?, text(from)?));
    }
    let at = LonLat::new(lon, lat).ok()?;
    Some((Entry { id, kind, feature, at, population, country, admin1, admin2, flags, radius, name, names }, codes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_come_back() {
        let entry = Entry {
            id: 7,
            kind: PlaceKind::Admin1,
            feature: "ADM1".into(),
            at: LonLat::wrapped(36.7, 35.1),
            population: 9,
            country: "SY".into(),
            admin1: 1,
            admin2: 2,
            flags: 3,
            radius: 4,
            name: "Hama".into(),
            names: vec![("ar".into(), "حماة".into())],
        };
        let codes = ["SY.10".to_owned(), String::new()];
        for part in [
            Part::Place(entry.clone(), codes.clone()),
            Part::Division(entry.clone(), codes),
            Part::Country(entry),
            Part::Name("en".into(), "Hama".into(), 2),
            Part::Parent(5),
        ] {
            let bytes = part.encode();
            assert_eq!(Part::decode(&bytes), Some(part));
            assert_eq!(Part::decode(&bytes[..bytes.len() - 1]), None);
        }
    }
}
