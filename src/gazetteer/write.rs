//! Packing places into a gazetteer file.

use super::format::{PlaceRow, SECTIONS, Section, assemble};
use super::hash::{key_hash, token_hash};
use super::lookup::{MAX_TOKENS, bucket_bits, first_token_slot, place_bits, token_count_bit};
use super::record::NEW_TAG;
use super::symbols::{self, CLASSES, Packer};
use super::{Gazetteer, GazetteerError};
use crate::geodesy::LonLat;
use crate::model::PlaceKind;
use crate::text::{fold, loosen, skeleton};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use zerocopy::IntoBytes;

/// A place to be packed.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// GeoNames id, 0 where it has none.
    pub id: u32,
    /// What kind of place it is.
    pub kind: PlaceKind,
    /// GeoNames feature code.
    pub feature: String,
    /// Where it is.
    pub at: LonLat,
    /// Inhabitants, 0 where unknown.
    pub population: u64,
    /// ISO 3166-1 alpha-2 code, or empty.
    pub country: String,
    /// GeoNames id of its first-order division, 0 where unknown.
    pub admin1: u32,
    /// GeoNames id of its second-order division, 0 where unknown.
    pub admin2: u32,
    /// Bits that say what the position stands for and which seat the place is.
    pub flags: u8,
    /// Radius in km of an area, 0 where unknown.
    pub radius: u16,
    /// The newsroom name.
    pub name: String,
    /// Other names with their tags.
    pub names: Vec<(String, String)>,
}

/// Collects places and packs them.
#[derive(Debug, Default)]
pub struct Builder {
    entries: Vec<Entry>,
    demonyms: Vec<(String, u32, String)>,
    about: Vec<(String, String)>,
}

fn group(kind: PlaceKind) -> u8 {
    match kind {
        PlaceKind::Country => 0,
        PlaceKind::Region | PlaceKind::Continent | PlaceKind::Water | PlaceKind::Terrain => 1,
        PlaceKind::Admin1 => 2,
        PlaceKind::Admin2 => 3,
        PlaceKind::City | PlaceKind::Facility | PlaceKind::Position => 4,
    }
}

/// Columns of 32-bit little-endian integers.
fn words(values: impl IntoIterator<Item = u32>) -> Vec<u8> {
    values.into_iter().flat_map(u32::to_le_bytes).collect()
}

/// The bucketed index of hashes: starts and entries.
fn index(mut hashes: Vec<(u64, u32)>, places: usize) -> (Vec<u8>, Vec<u8>) {
    let bits = bucket_bits(hashes.len());
    let place_bits = place_bits(places);
    let bucket = |hash: u64| (hash >> (64 - bits.max(1))) as usize;
    let fingerprint = |hash: u64| hash as u32 >> place_bits;
    hashes.sort_by_key(|(hash, ix)| (bucket(*hash), fingerprint(*hash), *ix));
    hashes.dedup_by_key(|(hash, ix)| (bucket(*hash), fingerprint(*hash), *ix));
    let mut starts = vec![0_u32; (1 << bits.max(1)) + 1];
    for (hash, _) in &hashes {
        starts[bucket(*hash) + 1] += 1;
    }
    for i in 1..starts.len() {
        starts[i] += starts[i - 1];
    }
    let entries = hashes.iter().map(|(hash, ix)| fingerprint(*hash).checked_shl(place_bits).unwrap_or(0) | ix);
    (words(starts), words(entries))
}

impl Builder {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a place. A later one with the same GeoNames id takes the earlier one's place and keeps its names as alternates.
    pub fn push(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    /// Adds a demonym of the place with a GeoNames id, or with id 0 of the region with this newsroom name.
    pub fn demonym(&mut self, word: &str, id: u32, name: &str) {
        self.demonyms.push((word.to_owned(), id, name.to_owned()));
    }

    /// Adds a line to what the file says about itself.
    pub fn about(&mut self, key: &str, value: &str) {
        self.about.push((key.to_owned(), value.replace('\n', " ")));
    }

    /// Packs everything into a file; the same places in any order give the same bytes.
    ///
    /// # Errors
    /// More divisions, countries, tags or features than the format counts.
    pub fn finish(self) -> Result<Vec<u8>, GazetteerError> {
        let mut entries = merged(self.entries);
        entries.sort_by(|a, b| {
            (group(a.kind), std::cmp::Reverse(a.population), a.id, &a.name).cmp(&(
                group(b.kind),
                std::cmp::Reverse(b.population),
                b.id,
                &b.name,
            ))
        });
        let count = |g: u8| entries.iter().filter(|e| group(e.kind) == g).count();
        let (countries, regions, admin1, admin2) = (count(0), count(1), count(2), count(3));
        if admin1 >= 65_535 || admin2 >= 65_535 {
            return Err(GazetteerError::TooMany("divisions"));
        }
        if entries.len() >= 1 << 26 {
            return Err(GazetteerError::TooMany("places"));
        }
        let codes = country_codes(&entries, countries)?;
        let ordinals: HashMap<u32, usize> =
            entries.iter().enumerate().filter(|(_, e)| e.id != 0).map(|(i, e)| (e.id, i)).collect();
        let ordinal = |id: u32, start: usize, n: usize| {
            ordinals.get(&id).and_then(|i| i.checked_sub(start)).filter(|o| *o < n).map_or(0, |o| o as u16 + 1)
        };
        let feature = |e: &Entry| format!("{} {}", e.kind, e.feature);
        let features: Vec<String> = entries.iter().map(feature).collect::<BTreeSet<_>>().into_iter().collect();
        let feature_codes: HashMap<&str, u8> = features.iter().map(String::as_str).zip(0..=255).collect();
        let tags: Vec<&str> = tag_list(&entries);
        if features.len() > 256 {
            return Err(GazetteerError::TooMany("feature codes"));
        }
        let tag_codes: HashMap<&str, u8> = tags.iter().zip(0_u8..=255).map(|(t, i)| (*t, i)).collect();
        if tags.len() > usize::from(NEW_TAG) {
            return Err(GazetteerError::TooMany("name tags"));
        }
        let packers: Vec<Packer> = (0..CLASSES)
            .map(|class| {
                let names = entries.iter().flat_map(|e| &e.names).filter(|(t, _)| symbols::class(t) == class);
                let step = names.clone().count() / 60_000 + 1;
                Packer::train(names.step_by(step).map(|(_, n)| n.as_bytes()))
            })
            .collect();

        let mut names: Vec<u8> = Vec::new();
        let mut places: Vec<u8> = Vec::new();
        let (mut keys, mut skeletons) = (Vec::new(), Vec::new());
        let mut first: BTreeMap<u64, u8> = BTreeMap::new();
        for (ix, e) in entries.iter().enumerate() {
            let here = ordinal(e.id, countries + regions, admin1);
            let own1 = if group(e.kind) == 2 {
                (ix - countries - regions) as u16 + 1
            } else {
                here.max(ordinal(e.admin1, countries + regions, admin1))
            };
            let start2 = countries + regions + admin1;
            let own2 = if group(e.kind) == 3 { (ix - start2) as u16 + 1 } else { ordinal(e.admin2, start2, admin2) };
            let country = codes.iter().position(|c| *c == e.country).map_or(0, |o| o as u8 + 1);
            let row = PlaceRow {
                lon: ((e.at.lon() * 1e5).round() as i32).into(),
                lat: ((e.at.lat() * 1e5).round() as i32).into(),
                id: e.id.into(),
                population: u32::try_from(e.population).unwrap_or(u32::MAX).into(),
                names: u32::try_from(names.len()).map_err(|_| GazetteerError::TooMany("names"))?.into(),
                admin1: own1.into(),
                admin2: own2.into(),
                country,
                feature: feature_codes[feature(e).as_str()],
                flags: e.flags,
            };
            places.extend(row.as_bytes());
            push_names(e, &packers, &tag_codes, &mut names);
            push_keys(e, ix as u32, &mut keys, &mut skeletons, &mut first);
        }
        let slots = first.len().max(64).next_power_of_two();
        let mut nibbles = vec![0_u8; slots / 2];
        for (token, bits) in first {
            let slot = first_token_slot(token, slots);
            nibbles[slot / 2] |= bits << (slot % 2 * 4);
        }
        let areas = countries + regions + admin1 + admin2;
        let (key_buckets, key_entries) = index(keys, entries.len());
        let (skeleton_buckets, skeleton_entries) = index(skeletons, entries.len());

        let mut about = vec![
            ("countries".to_owned(), countries.to_string()),
            ("regions".to_owned(), regions.to_string()),
            ("admin1".to_owned(), admin1.to_string()),
            ("admin2".to_owned(), admin2.to_string()),
            ("places".to_owned(), (entries.len() - areas).to_string()),
            ("names".to_owned(), entries.iter().map(|e| 1 + e.names.len()).sum::<usize>().to_string()),
        ];
        about.extend(self.about);
        let mut sections: [Vec<u8>; SECTIONS] = std::array::from_fn(|_| Vec::new());
        let mut put = |section: Section, bytes: Vec<u8>| sections[section as usize] = bytes;
        put(Section::About, about.iter().map(|(k, v)| format!("{k}={v}\n")).collect::<String>().into_bytes());
        put(Section::Places, places);
        put(Section::Names, names);
        put(Section::Symbols, packers.iter().flat_map(Packer::table).collect());
        put(Section::Tags, tags.join("\n").into_bytes());
        put(Section::Features, features.join("\n").into_bytes());
        put(Section::Countries, codes.concat().into_bytes());
        put(Section::KeyBuckets, key_buckets);
        put(Section::KeyEntries, key_entries);
        put(Section::SkeletonBuckets, skeleton_buckets);
        put(Section::SkeletonEntries, skeleton_entries);
        put(Section::FirstTokens, nibbles);
        put(Section::Radii, entries[..areas].iter().flat_map(|e| e.radius.to_le_bytes()).collect());
        put(Section::Demonyms, demonym_lines(&self.demonyms, &entries, &ordinals).into_bytes());
        let file = assemble(&sections);
        // What is written must be readable: the program opens its embedded copy without looking.
        Gazetteer::read(file.clone())?;
        Ok(file)
    }
}

fn merged(entries: Vec<Entry>) -> Vec<Entry> {
    let mut by_id: HashMap<u32, usize> = HashMap::new();
    let mut out: Vec<Entry> = Vec::with_capacity(entries.len());
    for mut entry in entries {
        match by_id.get(&entry.id).copied().filter(|_| entry.id != 0) {
            Some(at) => {
                let old = &out[at];
                let mut names = vec![("Latn".to_owned(), old.name.clone())];
                names.extend(old.names.iter().cloned());
                for name in names {
                    if !entry.names.contains(&name) && name.1 != entry.name {
                        entry.names.push(name);
                    }
                }
                out[at] = entry;
            }
            None => {
                by_id.insert(entry.id, out.len());
                out.push(entry);
            }
        }
    }
    out
}

fn country_codes(entries: &[Entry], countries: usize) -> Result<Vec<String>, GazetteerError> {
    let mut codes: Vec<String> = entries[..countries].iter().map(|e| e.country.clone()).collect();
    let others: BTreeSet<&str> =
        entries.iter().map(|e| e.country.as_str()).filter(|c| c.len() == 2 && !codes.iter().any(|k| k == c)).collect();
    let others: Vec<String> = others.into_iter().map(str::to_owned).collect();
    codes.extend(others);
    if codes.len() > 255 {
        return Err(GazetteerError::TooMany("countries"));
    }
    if codes.iter().any(|c| c.len() != 2) {
        return Err(GazetteerError::Corrupt("a country without a two-letter code"));
    }
    Ok(codes)
}

fn tag_list(entries: &[Entry]) -> Vec<&str> {
    entries.iter().flat_map(|e| e.names.iter().map(|(t, _)| t.as_str())).collect::<BTreeSet<_>>().into_iter().collect()
}

fn push_names(e: &Entry, packers: &[Packer], tags: &HashMap<&str, u8>, out: &mut Vec<u8>) {
    let mut packed = Vec::new();
    let mut previous = None;
    // Names of one tag in a row, so that the tag is written once; within it the order stays.
    let mut names: Vec<&(String, String)> =
        e.names.iter().filter(|(tag, name)| tag != "orig" || *name != e.name).collect();
    names.sort_by_key(|(tag, _)| (tag != "orig", tags[tag.as_str()]));
    for (tag, name) in names {
        let bytes = packers[usize::from(symbols::class(tag))].pack(name.as_bytes());
        if let Some(length) = u8::try_from(bytes.len()).ok().filter(|n| *n < NEW_TAG) {
            if previous.replace(tag) != Some(tag) {
                packed.push(NEW_TAG | tags[tag.as_str()]);
            }
            packed.push(length);
            packed.extend(bytes);
        }
    }
    let mut name = e.name.as_str();
    while name.len() > 255 {
        name = &name[..name.floor_char_boundary(name.len() - 1)];
    }
    out.push(name.len() as u8);
    out.extend(name.as_bytes());
    out.extend(packed);
}

fn push_keys(
    e: &Entry,
    ix: u32,
    keys: &mut Vec<(u64, u32)>,
    skeletons: &mut Vec<(u64, u32)>,
    first: &mut BTreeMap<u64, u8>,
) {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let all = std::iter::once(("news", e.name.as_str())).chain(e.names.iter().map(|(t, n)| (t.as_str(), n.as_str())));
    for (tag, name) in all.filter(|(tag, _)| !matches!(*tag, "iso" | "gncode")) {
        let folded = fold(name);
        if folded.is_empty() {
            continue;
        }
        if !matches!(tag, "abbr" | "code") {
            // The skeleton of a name in another script is, where it is of use, that of a Latin one; the alternates of small places
            // mostly share the main name's.
            if folded.is_ascii() && (group(e.kind) < 3 || e.population >= 10_000 || matches!(tag, "news" | "orig")) {
                let key = skeleton(&folded);
                if !key.is_empty() {
                    skeletons.push((key_hash(&key), ix));
                }
            }
            let loose = loosen(&folded);
            if !loose.is_empty() {
                seen.insert(loose);
            }
        }
        seen.insert(folded);
    }
    for key in seen {
        let tokens = key.split(' ').count();
        if tokens <= MAX_TOKENS {
            let token = key.split(' ').next().unwrap_or(&key);
            *first.entry(token_hash(token)).or_default() |= token_count_bit(tokens);
        }
        keys.push((key_hash(&key), ix));
    }
}

fn demonym_lines(demonyms: &[(String, u32, String)], entries: &[Entry], ordinals: &HashMap<u32, usize>) -> String {
    let mut lines: Vec<(String, usize)> = demonyms
        .iter()
        .filter_map(|(word, id, name)| {
            let ix = match id {
                0 => entries.iter().position(|e| e.id == 0 && e.name == *name)?,
                id => *ordinals.get(id)?,
            };
            Some((fold(word), ix))
        })
        .collect();
    lines.sort();
    lines.dedup();
    lines.iter().map(|(word, ix)| format!("{word}\t{ix}\n")).collect()
}
