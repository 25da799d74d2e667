//! Short-string compression by a table of up to 255 frequent byte runs (FSST: Boncz, Neumann, Leis 2020).
//!
//! Each name is packed on its own, so any one can be read without its neighbours; reading is a table look-up a byte.

use std::collections::HashMap;

/// The code that says: the next byte stands for itself.
const ESCAPE: u8 = 255;
/// Size of a table in the file, bytes.
pub const TABLE: usize = 255 * 9;
/// Longest run in the table, bytes.
const LONGEST: usize = 8;

/// Number of tables a file has.
pub const CLASSES: u8 = 5;

/// The table that names with a tag are packed by: one for each kind of script, so that each learns its own letters.
pub fn class(tag: &str) -> u8 {
    match tag {
        "Cyrl" | "ru" | "uk" | "bg" | "sr" | "mk" | "be" | "kk" | "mn" | "ky" | "tg" => 1,
        "Arab" | "ar" | "fa" | "ur" | "ps" | "ckb" => 2,
        "Hani" | "Kana" | "Hang" | "zh" | "zh-Hant" | "ja" | "ko" => 3,
        tag if tag.len() == 4 && tag.starts_with(|c: char| c.is_ascii_uppercase()) && tag != "Latn" => 4,
        "el" | "he" | "hi" | "bn" | "ka" | "hy" | "th" | "am" | "ta" | "te" | "ml" | "kn" | "mr" | "ne" | "pa"
        | "my" | "km" | "lo" => 4,
        _ => 0,
    }
}

/// A table for packing, made from samples.
#[derive(Debug)]
pub struct Packer {
    symbols: Vec<Vec<u8>>,
    codes: HashMap<Vec<u8>, u8>,
}

impl Packer {
    /// Finds the runs worth a code by packing the samples again and again; the same samples give the same table.
    pub fn train<'a>(samples: impl Iterator<Item = &'a [u8]> + Clone) -> Self {
        let mut packer = Self { symbols: Vec::new(), codes: HashMap::new() };
        for _ in 0..6 {
            let mut counts: HashMap<Vec<u8>, u64> = HashMap::new();
            for sample in samples.clone() {
                let mut previous: Option<&[u8]> = None;
                let mut at = 0;
                while at < sample.len() {
                    let length = packer.longest(&sample[at..]).map_or(1, |(_, n)| n);
                    let run = &sample[at..at + length];
                    *counts.entry(run.to_vec()).or_default() += 1;
                    if let Some(previous) = previous.filter(|p| p.len() + run.len() <= LONGEST) {
                        *counts.entry([previous, run].concat()).or_default() += 1;
                    }
                    previous = Some(run);
                    at += length;
                }
            }
            let mut gains: Vec<(u64, Vec<u8>)> = counts
                .into_iter()
                .map(|(run, n)| (n * if run.len() == 1 { 1 } else { run.len() as u64 }, run))
                .collect();
            gains.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
            gains.truncate(usize::from(ESCAPE));
            packer.symbols = gains.into_iter().map(|(_, run)| run).collect();
            packer.codes = packer.symbols.iter().cloned().zip(0..).collect();
        }
        packer
    }

    fn longest(&self, bytes: &[u8]) -> Option<(u8, usize)> {
        (1..=LONGEST.min(bytes.len())).rev().find_map(|n| self.codes.get(&bytes[..n]).map(|code| (*code, n)))
    }

    /// The packed form of a name.
    pub fn pack(&self, bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(bytes.len());
        let mut at = 0;
        while at < bytes.len() {
            if let Some((code, n)) = self.longest(&bytes[at..]) {
                out.push(code);
                at += n;
            } else {
                out.extend([ESCAPE, bytes[at]]);
                at += 1;
            }
        }
        out
    }

    /// The table as the file keeps it: nine bytes a code, its length and its run.
    pub fn table(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(TABLE);
        for i in 0..usize::from(ESCAPE) {
            let run = self.symbols.get(i).map_or(&[][..], Vec::as_slice);
            out.push(run.len() as u8);
            out.extend(run);
            out.resize((i + 1) * 9, 0);
        }
        out
    }
}

/// Appends a packed name to `out`, given the file's table.
pub fn unpack(table: &[u8], packed: &[u8], out: &mut Vec<u8>) {
    let mut bytes = packed.iter();
    while let Some(&code) = bytes.next() {
        if code == ESCAPE {
            out.extend(bytes.next());
        } else if let Some(row) = table.get(usize::from(code) * 9..usize::from(code) * 9 + 9) {
            out.extend_from_slice(&row[1..=usize::from(row[0]).min(LONGEST)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn unpacking_gives_back_what_was_packed(names in proptest::collection::vec("\\PC{0,20}", 1..20)) {
            let packer = Packer::train(names.iter().map(String::as_bytes));
            let table = packer.table();
            for name in names.iter().map(String::as_str).chain(["Ḩamāh", ""]) {
                let mut out = Vec::new();
                unpack(&table, &packer.pack(name.as_bytes()), &mut out);
                proptest::prop_assert_eq!(out, name.as_bytes());
            }
        }
    }
}
