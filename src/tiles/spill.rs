//! Points that do not fit in memory: sorted runs on disk, merged into one file in the order of the Hilbert curve.
//!
//! Each run is sorted in memory and written to a nameless temporary file, which the system takes away whatever happens; merging keeps
//! points at equal places in the order of the input, so that the tiles are the same as without. The merged file is read in windows,
//! at any place. Knuth, The Art of Computer Programming, volume 3, section 5.4.1.

use super::attributes::Code;
use super::features::{Class, Points};
use super::world::{Pt, WORLD, WORLD_BITS, hilbert};
use super::{TilesError, attributes::NULL};
use rayon::prelude::*;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::sync::{Arc, Mutex};

/// Runs that are open at a time.
const MOST_RUNS: usize = 64;
/// Points of a window.
const WINDOW: usize = 1024;
/// Bytes of a point in the merged file, besides its attributes.
const HEAD: usize = 20;

/// One point as it goes through a run.
#[derive(Debug, Clone, Default)]
struct Row {
    key: u64,
    at: Pt,
    class: u32,
    id: u64,
    codes: Vec<Code>,
}

impl Row {
    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(&self.key.to_le_bytes())?;
        self.write_body(out)?;
        Ok(())
    }
    fn write_body(&self, out: &mut impl Write) -> io::Result<()> {
        for v in self.at {
            out.write_all(&v.to_le_bytes())?;
        }
        out.write_all(&self.class.to_le_bytes())?;
        out.write_all(&self.id.to_le_bytes())?;
        for code in &self.codes {
            out.write_all(&code.to_le_bytes())?;
        }
        Ok(())
    }
    /// Reads the next row; false at the end.
    fn read(&mut self, from: &mut impl Read, classes: &[Class]) -> io::Result<bool> {
        let mut key = [0; 8];
        match from.read_exact(&mut key) {
            Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
            other => other?,
        }
        self.key = u64::from_le_bytes(key);
        let mut head = [0; HEAD];
        from.read_exact(&mut head)?;
        (self.at, self.class, self.id) = decode_head(&head);
        self.codes.clear();
        let mut code = [0; 4];
        for _ in 0..classes[self.class as usize].keys.len() {
            from.read_exact(&mut code)?;
            self.codes.push(u32::from_le_bytes(code));
        }
        Ok(true)
    }
}

fn decode_head(b: &[u8; HEAD]) -> (Pt, u32, u64) {
    let word = |n: usize| u32::from_le_bytes([b[n], b[n + 1], b[n + 2], b[n + 3]]);
    ([word(0) as i32, word(4) as i32], word(8), u64::from(word(12)) | u64::from(word(16)) << 32)
}

/// The order in which points stand: along the Hilbert curve.
pub fn curve_key(p: Pt) -> u64 {
    let hold = |v: i32| v.clamp(0, WORLD - 1) as u32;
    hilbert(WORLD_BITS as u8, hold(p[0]), hold(p[1]))
}

fn failed(source: io::Error) -> TilesError {
    TilesError::Write { path: std::env::temp_dir(), source }
}

/// Sorted runs on disk.
#[derive(Debug, Default)]
pub struct Runs {
    files: Vec<File>,
    count: usize,
}

impl Runs {
    /// How many points there are in all runs.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Writes points as a run, given where their attributes stand in `codes`.
    ///
    /// # Errors
    /// The temporary folder cannot be written.
    pub fn add(&mut self, points: &Points, codes: &[Code], classes: &[Class]) -> Result<(), TilesError> {
        let mut order: Vec<(u64, u32)> =
            points.at.par_iter().enumerate().map(|(n, p)| (curve_key(*p), n as u32)).collect();
        order.par_sort_unstable();
        let file = tempfile::tempfile().map_err(failed)?;
        let mut out = BufWriter::with_capacity(1 << 18, file);
        let mut row = Row::default();
        for (key, n) in order {
            let n = n as usize;
            row.key = key;
            row.at = points.at[n];
            row.class = points.class[n];
            row.id = points.ids.get(n).copied().unwrap_or(0);
            row.codes.clear();
            let start = points.codes[n] as usize;
            row.codes.extend_from_slice(&codes[start..start + classes[row.class as usize].keys.len()]);
            row.write(&mut out).map_err(failed)?;
        }
        self.count += points.at.len();
        self.files.push(out.into_inner().map_err(|e| failed(e.into_error()))?);
        if self.files.len() == MOST_RUNS {
            let mut out = BufWriter::with_capacity(1 << 18, tempfile::tempfile().map_err(failed)?);
            merge(std::mem::take(&mut self.files), classes, |row| row.write(&mut out)).map_err(failed)?;
            self.files.push(out.into_inner().map_err(|e| failed(e.into_error()))?);
        }
        Ok(())
    }

    /// Merges all runs.
    ///
    /// # Errors
    /// The temporary folder cannot be written.
    pub fn merge(self, classes: &[Class]) -> Result<Spilled, TilesError> {
        let most = classes.iter().map(|c| c.keys.len()).max().unwrap_or(0);
        let mut out = BufWriter::with_capacity(1 << 18, tempfile::tempfile().map_err(failed)?);
        let (mut lo, mut hi) = ([i32::MAX; 2], [i32::MIN; 2]);
        merge(self.files, classes, |row| {
            lo = [lo[0].min(row.at[0]), lo[1].min(row.at[1])];
            hi = [hi[0].max(row.at[0]), hi[1].max(row.at[1])];
            row.codes.resize(most, NULL);
            row.write_body(&mut out)
        })
        .map_err(failed)?;
        let file = out.into_inner().map_err(|e| failed(e.into_error()))?;
        Ok(Spilled { file: Arc::new(Mutex::new(file)), attributes: most, count: self.count, bounds: (lo, hi) })
    }
}

/// Hands on the rows of all runs in order; among equals those of the earlier run come first.
fn merge(files: Vec<File>, classes: &[Class], mut to: impl FnMut(&mut Row) -> io::Result<()>) -> io::Result<()> {
    let mut heads: Vec<(BufReader<File>, Row)> = Vec::with_capacity(files.len());
    let mut next = BinaryHeap::new();
    for mut file in files {
        file.seek(SeekFrom::Start(0))?;
        let (mut reader, mut row) = (BufReader::with_capacity(1 << 17, file), Row::default());
        if row.read(&mut reader, classes)? {
            next.push(Reverse((row.key, heads.len())));
        }
        heads.push((reader, row));
    }
    while let Some(Reverse((_, n))) = next.pop() {
        let (reader, row) = &mut heads[n];
        to(row)?;
        if row.read(reader, classes)? {
            next.push(Reverse((row.key, n)));
        }
    }
    Ok(())
}

/// All points on disk, in order.
#[derive(Debug, Clone)]
pub struct Spilled {
    file: Arc<Mutex<File>>,
    /// Attributes of every row; what a class does not have is null.
    attributes: usize,
    /// How many points.
    pub count: usize,
    /// Smallest and largest corner.
    pub bounds: (Pt, Pt),
}

/// A stretch of the points on disk, in memory.
#[derive(Debug)]
pub struct Window {
    from: Spilled,
    start: usize,
    bytes: Vec<u8>,
    rows: Vec<(Pt, u32, u64)>,
    codes: Vec<Code>,
    /// Why the points could not be read, if they could not.
    pub fault: Option<io::Error>,
}

impl Window {
    /// A window on points, empty as yet.
    pub fn new(from: &Spilled) -> Self {
        Self { from: from.clone(), start: 0, bytes: Vec::new(), rows: Vec::new(), codes: Vec::new(), fault: None }
    }

    /// Place, class, id and attributes of a point.
    #[inline]
    pub fn get(&mut self, n: usize) -> (Pt, u32, u64, &[Code]) {
        if n < self.start || n >= self.start + self.rows.len() {
            self.load(n);
        }
        let at = n - self.start;
        let (p, class, id) = self.rows[at];
        (p, class, id, &self.codes[at * self.from.attributes..(at + 1) * self.from.attributes])
    }

    fn load(&mut self, n: usize) {
        let stride = HEAD + 4 * self.from.attributes;
        self.start = n / WINDOW * WINDOW;
        let count = WINDOW.min(self.from.count - self.start);
        self.bytes.clear();
        self.bytes.resize(count * stride, 0);
        let read = match self.from.file.lock() {
            Ok(mut file) => {
                let at = (self.start * stride) as u64;
                file.seek(SeekFrom::Start(at)).and_then(|_| file.read_exact(&mut self.bytes))
            }
            Err(_) => Err(io::Error::other("a worker thread failed")),
        };
        if let Err(e) = read {
            self.fault = Some(e);
        }
        self.rows.clear();
        self.codes.clear();
        for row in self.bytes.chunks_exact(stride) {
            let mut head = [0; HEAD];
            head.copy_from_slice(&row[..HEAD]);
            self.rows.push(decode_head(&head));
            self.codes.extend(row[HEAD..].chunks_exact(4).map(|c| u32::from_le_bytes([c[0], c[1], c[2], c[3]])));
        }
    }

    /// Fails where points could not be read.
    ///
    /// # Errors
    /// The temporary file cannot be read.
    pub fn checked(&mut self) -> Result<(), TilesError> {
        self.fault.take().map_or(Ok(()), |e| Err(failed(e)))
    }
}
