//! Sorting more than memory holds: records by key, in runs on disk, merged when read. Also a store of hashes in parts by their high bits.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::PathBuf;
use tempfile::TempDir;

/// Bytes kept in memory before a run is written.
pub(super) const RUN: usize = 48 << 20;
/// Parts of a store of hashes, by the highest six bits.
const PARTS: usize = 64;
/// Bytes of a part kept in memory before they are written.
const PART: usize = 1 << 16;
/// Hashes of a store that are sorted as one.
const SMALL: usize = 1 << 20;

/// Records on their way to be sorted; equal keys keep their order.
#[derive(Debug)]
pub(super) struct Sorter {
    bytes: Vec<u8>,
    /// Start, length of the key and length of the whole of each record in `bytes`.
    records: Vec<(u32, u32, u32)>,
    runs: Vec<PathBuf>,
    folder: Option<TempDir>,
    run: usize,
}

/// Sorted records that can be read again and again.
#[derive(Debug)]
pub(super) struct Sorted(Sorter);

impl Sorter {
    /// An empty one that writes a run whenever so many bytes have come together.
    pub fn new(run: usize) -> Self {
        Self { bytes: Vec::new(), records: Vec::new(), runs: Vec::new(), folder: None, run }
    }

    /// Adds a record.
    pub fn push(&mut self, key: &[u8], value: &[u8]) -> io::Result<()> {
        if !self.records.is_empty() && self.bytes.len() + self.records.len() * 12 + key.len() + value.len() > self.run {
            self.spill()?;
        }
        let start = self.bytes.len() as u32;
        self.bytes.extend_from_slice(key);
        self.bytes.extend_from_slice(value);
        self.records.push((start, key.len() as u32, (key.len() + value.len()) as u32));
        Ok(())
    }

    fn sort(&mut self) {
        let bytes = &self.bytes;
        let key = |r: &(u32, u32, u32)| &bytes[r.0 as usize..(r.0 + r.1) as usize];
        self.records.sort_by(|a, b| key(a).cmp(key(b)));
    }

    fn spill(&mut self) -> io::Result<()> {
        self.sort();
        let folder = match self.folder.take() {
            Some(folder) => folder,
            None => TempDir::with_prefix("mapdesk-sort-")?,
        };
        let path = folder.path().join(self.runs.len().to_string());
        self.folder = Some(folder);
        let mut out = BufWriter::with_capacity(1 << 18, File::create(&path)?);
        for (start, key, all) in &self.records {
            out.write_all(&key.to_le_bytes())?;
            out.write_all(&all.to_le_bytes())?;
            out.write_all(&self.bytes[*start as usize..(start + all) as usize])?;
        }
        out.flush()?;
        self.runs.push(path);
        self.bytes.clear();
        self.records.clear();
        Ok(())
    }

    /// Ends the adding.
    pub fn finish(mut self) -> io::Result<Sorted> {
        if self.runs.is_empty() {
            self.sort();
        } else {
            self.spill()?;
            self.bytes = Vec::new();
            self.records = Vec::new();
        }
        Ok(Sorted(self))
    }
}

impl Sorted {
    /// Calls `f` with each record's key and value in order of the keys.
    pub fn each<E: From<io::Error>>(&self, mut f: impl FnMut(&[u8], &[u8]) -> Result<(), E>) -> Result<(), E> {
        let all = &self.0;
        for (start, key, length) in &all.records {
            let record = &all.bytes[*start as usize..(start + length) as usize];
            let (key, value) = record.split_at(*key as usize);
            f(key, value)?;
        }
        let mut runs: Vec<BufReader<File>> = Vec::new();
        // Key, run and value of the first record that each run has left.
        type First = Reverse<(Vec<u8>, usize, Vec<u8>)>;
        let mut heap: BinaryHeap<First> = BinaryHeap::new();
        for (n, path) in all.runs.iter().enumerate() {
            let mut run = BufReader::with_capacity(1 << 16, File::open(path)?);
            if let Some((key, value)) = next(&mut run)? {
                heap.push(Reverse((key, n, value)));
            }
            runs.push(run);
        }
        while let Some(Reverse((key, n, value))) = heap.pop() {
            f(&key, &value)?;
            if let Some((key, value)) = next(&mut runs[n])? {
                heap.push(Reverse((key, n, value)));
            }
        }
        Ok(())
    }
}

fn next(run: &mut impl Read) -> io::Result<Option<(Vec<u8>, Vec<u8>)>> {
    let mut head = [0; 8];
    match run.read_exact(&mut head) {
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let length = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]) as usize;
    let mut key = vec![0; length(4)];
    run.read_exact(&mut key)?;
    let value = key.split_off(length(0).min(key.len()));
    Ok(Some((key, value)))
}

/// Hashes with a number each, in parts by their highest bits.
#[derive(Debug)]
pub(super) struct Hashes {
    parts: Vec<Vec<u8>>,
    files: Vec<Option<File>>,
    folder: Option<TempDir>,
    len: usize,
}

impl Hashes {
    /// An empty store.
    pub fn new() -> Self {
        Self { parts: vec![Vec::new(); PARTS], files: (0..PARTS).map(|_| None).collect(), folder: None, len: 0 }
    }

    /// Number of hashes.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Adds a hash.
    pub fn push(&mut self, hash: u64, number: u32) -> io::Result<()> {
        let n = (hash >> 58) as usize;
        let part = &mut self.parts[n];
        part.extend(hash.to_le_bytes());
        part.extend(number.to_le_bytes());
        self.len += 1;
        if part.len() >= PART {
            if self.folder.is_none() {
                self.folder = Some(TempDir::with_prefix("mapdesk-keys-")?);
            }
            let file = &mut self.files[n];
            if let (None, Some(folder)) = (&file, &self.folder) {
                let path = folder.path().join(n.to_string());
                *file = Some(File::options().create(true).truncate(true).read(true).write(true).open(path)?);
            }
            if let Some(file) = file {
                file.write_all(part)?;
            }
            part.clear();
        }
        Ok(())
    }

    /// Calls `f` with the hashes, part by part in the order of their highest bits; all at once where they are few.
    pub fn each<E: From<io::Error>>(&self, mut f: impl FnMut(&mut Vec<(u64, u32)>) -> Result<(), E>) -> Result<(), E> {
        use std::io::{Seek as _, SeekFrom};
        let mut all: Vec<(u64, u32)> = Vec::new();
        for (part, file) in self.parts.iter().zip(&self.files) {
            let mut bytes = Vec::new();
            if let Some(mut file) = file.as_ref() {
                file.seek(SeekFrom::Start(0))?;
                file.read_to_end(&mut bytes)?;
            }
            bytes.extend_from_slice(part);
            all.extend(bytes.as_chunks::<12>().0.iter().map(|[a, b, c, d, e, f, g, h, rest @ ..]| {
                (u64::from_le_bytes([*a, *b, *c, *d, *e, *f, *g, *h]), u32::from_le_bytes(*rest))
            }));
            drop(bytes);
            if self.len > SMALL {
                f(&mut all)?;
                all.clear();
            }
        }
        if self.len <= SMALL { f(&mut all) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn sorts_whatever_the_size_of_the_runs(
            records in proptest::collection::vec((proptest::collection::vec(0_u8..4, 0..4), 0_u8..255), 0..200), run in 1_usize..400,
        ) {
            let mut sorter = Sorter::new(run);
            for (key, value) in &records {
                sorter.push(key, &[*value]).expect("pushed");
            }
            let sorted = sorter.finish().expect("sorted");
            let mut wanted = records.clone();
            wanted.sort_by(|a, b| a.0.cmp(&b.0));
            for _ in 0..2 {
                let mut found = Vec::new();
                sorted.each(|k, v| { found.push((k.to_vec(), v[0])); Ok::<(), io::Error>(()) }).expect("read");
                proptest::prop_assert_eq!(&found, &wanted);
            }
        }
    }

    #[test]
    fn parts_come_in_order() {
        let mut hashes = Hashes::new();
        for i in 0..20_000_u64 {
            hashes.push(i.wrapping_mul(0x9e37_79b9_7f4a_7c15), i as u32).expect("pushed");
        }
        let mut found = 0;
        hashes
            .each(|part| {
                found += part.len();
                Ok::<(), io::Error>(())
            })
            .expect("read");
        assert_eq!((found, hashes.len()), (20_000, 20_000));
    }
}
