//! PMTiles v3: one file of all tiles, read by ranges.
//!
//! The header and the root directory stand in the first 16 KiB, then the tiles along the Hilbert curve, each content once, then
//! leaf directories and metadata: tiles go straight to their place in the file, nothing is copied. Reference: PMTiles
//! specification, version 3.

use crate::tiles::attributes::varint;
use crate::tiles::metadata::Metadata;
use crate::tiles::{OnProgress, Sink, Tile, TilesError};
use libdeflater::{CompressionLvl, Compressor, Decompressor};
use rustc_hash::FxHashMap;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Where the tiles start: the header and the root directory stay before it.
const TILES_AT: u64 = 16_384;
const HEADER: usize = 127;

/// The member of the metadata that tells where the prints of the tiles stand: offset in the file and length, eight bytes a tile, in the
/// order of their numbers; the last may be missing.
const PRINTS: &str = "mapdesk:prints";

/// What the tiles of an archive are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum TileType {
    /// Mapbox vector tiles.
    Mvt = 1,
    /// PNG pictures.
    Png = 2,
    /// WebP pictures.
    Webp = 4,
}

/// A directory entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// PMTiles number of the first tile.
    pub tile: u64,
    /// Offset within the tile data; within the leaf directories where `run` is 0.
    pub offset: u64,
    /// Length in bytes.
    pub length: u32,
    /// How many tiles in a row share the content; 0 for a leaf directory.
    pub run: u32,
}

/// An archive being written to anything that can be written and sought.
pub struct Archive<W: Write + Seek> {
    out: W,
    path: PathBuf,
    at: u64,
    entries: Vec<Entry>,
    known: FxHashMap<u128, (u64, u32)>,
    /// Of each tile, where any has one.
    prints: Vec<u64>,
    addressed: u64,
    contents: u64,
    progress: Option<OnProgress>,
}

impl<W: Write + Seek> Archive<W> {
    /// Begins an archive; `path` names it in errors.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn new(mut out: W, path: &Path) -> Result<Self, TilesError> {
        let room = vec![0; TILES_AT as usize];
        out.write_all(&room).map_err(|e| TilesError::Write { path: path.to_owned(), source: e })?;
        Ok(Self {
            out,
            path: path.to_owned(),
            at: 0,
            entries: Vec::new(),
            known: FxHashMap::default(),
            prints: Vec::new(),
            addressed: 0,
            contents: 0,
            progress: None,
        })
    }

    /// Calls back with zoom, tiles done and tiles of the zoom.
    pub fn on_progress(&mut self, f: OnProgress) {
        self.progress = Some(f);
    }

    /// Bytes of tile data so far.
    pub fn tile_bytes(&self) -> u64 {
        self.at
    }

    /// Writes directories, metadata and header, and returns the output.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn finish(mut self, metadata: &Metadata, kind: TileType, compressed: bool) -> Result<W, TilesError> {
        let path = self.path.clone();
        self.close(metadata, kind, compressed).map_err(|e| TilesError::Write { path, source: e })?;
        Ok(self.out)
    }

    fn close(&mut self, metadata: &Metadata, kind: TileType, compressed: bool) -> io::Result<()> {
        let (root, leaves) = directories(&self.entries);
        let prints: Vec<u8> = self.prints.iter().flat_map(|p| p.to_le_bytes()).collect();
        let mut json = metadata.json();
        if !prints.is_empty() {
            let at = TILES_AT + self.at + leaves.len() as u64;
            json.insert(PRINTS.into(), serde_json::json!([at, prints.len()]));
        }
        let json = gzip(&serde_json::to_vec(&json).map_err(io::Error::other)?);
        self.out.write_all(&leaves)?;
        self.out.write_all(&prints)?;
        self.out.write_all(&json)?;
        let leaves_at = TILES_AT + self.at;
        let mut h = Vec::with_capacity(HEADER);
        h.extend_from_slice(b"PMTiles\x03");
        for v in [
            HEADER as u64,
            root.len() as u64,
            leaves_at + (leaves.len() + prints.len()) as u64,
            json.len() as u64,
            leaves_at,
            leaves.len() as u64,
            TILES_AT,
            self.at,
            self.addressed,
            self.entries.len() as u64,
            self.contents,
        ] {
            h.extend_from_slice(&v.to_le_bytes());
        }
        // Clustered; directories gzipped; tiles gzipped or not.
        h.extend_from_slice(&[1, 2, if compressed { 2 } else { 1 }, kind as u8, metadata.zooms.0, metadata.zooms.1]);
        let e7 = |v: f64| ((v * 1e7).round() as i32).to_le_bytes();
        for v in metadata.bounds {
            h.extend_from_slice(&e7(v));
        }
        h.push(metadata.center_zoom());
        h.extend_from_slice(&e7(metadata.center.0));
        h.extend_from_slice(&e7(metadata.center.1));
        debug_assert_eq!(h.len(), HEADER);
        self.out.seek(SeekFrom::Start(0))?;
        self.out.write_all(&h)?;
        self.out.write_all(&root)?;
        self.out.flush()
    }
}

impl<W: Write + Seek> Sink for Archive<W> {
    fn tile(&mut self, tile: Tile) -> Result<(), TilesError> {
        let number = tile.id.number();
        let (offset, length) = match &tile.data {
            Some(data) => {
                let place = (self.at, data.len() as u32);
                self.out.write_all(data).map_err(|e| TilesError::Write { path: self.path.clone(), source: e })?;
                self.at += data.len() as u64;
                self.contents += 1;
                self.known.insert(tile.hash, place);
                place
            }
            None => *self.known.get(&tile.hash).ok_or(TilesError::Internal("a repeated tile was never handed on"))?,
        };
        if tile.print != 0 {
            self.prints.resize(self.addressed as usize, 0);
            self.prints.push(tile.print);
        }
        self.addressed += 1;
        if let Some(last) = self.entries.last_mut()
            && last.offset == offset
            && last.tile + u64::from(last.run) == number
        {
            last.run += 1;
        } else {
            self.entries.push(Entry { tile: number, offset, length, run: 1 });
        }
        Ok(())
    }
    fn progress(&mut self, zoom: u8, done: usize, of: usize) {
        if let Some(f) = &mut self.progress {
            f(zoom, done, of);
        }
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut c = Compressor::new(CompressionLvl::best());
    let mut out = vec![0; c.gzip_compress_bound(bytes.len())];
    let n = c.gzip_compress(bytes, &mut out).expect("the bound is large enough");
    out.truncate(n);
    out
}

fn encode(entries: &[Entry]) -> Vec<u8> {
    let mut out = Vec::with_capacity(entries.len() * 6);
    varint(&mut out, entries.len() as u64);
    let mut last = 0;
    for e in entries {
        varint(&mut out, e.tile - last);
        last = e.tile;
    }
    entries.iter().for_each(|e| varint(&mut out, u64::from(e.run)));
    entries.iter().for_each(|e| varint(&mut out, u64::from(e.length)));
    for (i, e) in entries.iter().enumerate() {
        let follows = i > 0 && e.offset == entries[i - 1].offset + u64::from(entries[i - 1].length);
        varint(&mut out, if follows { 0 } else { e.offset + 1 });
    }
    gzip(&out)
}

/// The root directory, small enough for the first 16 KiB, and the leaf directories.
fn directories(entries: &[Entry]) -> (Vec<u8>, Vec<u8>) {
    let room = TILES_AT as usize - HEADER;
    if entries.len() < 16_384 {
        let root = encode(entries);
        if root.len() <= room {
            return (root, Vec::new());
        }
    }
    let mut size = 4096.max(entries.len() / 3500);
    loop {
        let mut leaves = Vec::new();
        let mut pointers = Vec::new();
        for group in entries.chunks(size) {
            let leaf = encode(group);
            pointers.push(Entry {
                tile: group[0].tile,
                offset: leaves.len() as u64,
                length: leaf.len() as u32,
                run: 0,
            });
            leaves.extend_from_slice(&leaf);
        }
        let root = encode(&pointers);
        if root.len() <= room {
            return (root, leaves);
        }
        size += size / 5;
    }
}

/// A file being written, in place of which the old one stays until it is whole.
pub struct PendingFile {
    file: tempfile::NamedTempFile,
    path: PathBuf,
}

impl PendingFile {
    /// Begins a file that will stand at `path`; missing folders are made.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn create(path: &Path) -> Result<Self, TilesError> {
        let wrap = |e| TilesError::Write { path: path.to_owned(), source: e };
        let folder = match path.parent() {
            Some(p) if !p.as_os_str().is_empty() => p,
            _ => Path::new("."),
        };
        std::fs::create_dir_all(folder).map_err(wrap)?;
        let mut builder = tempfile::Builder::new();
        builder.prefix(".mapdesk-");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        let file = builder.tempfile_in(folder).map_err(wrap)?;
        Ok(Self { file, path: path.to_owned() })
    }
    /// A buffered writer on it.
    ///
    /// # Errors
    /// The handle cannot be doubled.
    pub fn writer(&self) -> Result<BufWriter<File>, TilesError> {
        let file =
            self.file.as_file().try_clone().map_err(|e| TilesError::Write { path: self.path.clone(), source: e })?;
        Ok(BufWriter::with_capacity(1 << 20, file))
    }
    /// Where it stands meanwhile.
    pub fn temporary_path(&self) -> &Path {
        self.file.path()
    }
    /// Puts the whole file in its place.
    ///
    /// # Errors
    /// The file cannot be renamed.
    pub fn keep(self) -> Result<(), TilesError> {
        self.file.persist(&self.path).map_err(|e| TilesError::Write { path: self.path.clone(), source: e.error })?;
        Ok(())
    }
}

/// Where an archive cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The file cannot be read.
    #[error("{} cannot be read", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is no archive, or a broken one.
    #[error("{} is not a whole PMTiles v3 archive: {what}", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
}

/// The numbers of an archive's header.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Header {
    /// Offset and length of the root directory, metadata, leaf directories and tile data.
    pub sections: [(u64, u64); 4],
    /// Addressed tiles, entries, contents.
    pub counts: [u64; 3],
    /// Whether tiles stand in the order of their numbers.
    pub clustered: bool,
    /// Compression of directories and of tiles (1 none, 2 gzip).
    pub compression: (u8, u8),
    /// What the tiles are (1 is MVT).
    pub tile_type: u8,
    /// First and last zoom.
    pub zooms: (u8, u8),
    /// West, south, east, north, in ten-millionths of a degree.
    pub bounds: [i32; 4],
}

/// An archive in memory or on disk, read.
pub struct Reader<R: Read + Seek> {
    source: R,
    path: PathBuf,
    /// Its header.
    pub header: Header,
}

/// How many bytes a directory, metadata or tile may unpack to.
const MOST: usize = 1 << 30;

impl<R: Read + Seek> Reader<R> {
    /// Opens an archive; `path` names it in errors.
    ///
    /// # Errors
    /// It is not a PMTiles v3 archive.
    pub fn open(mut source: R, path: &Path) -> Result<Self, ReadError> {
        let mut h = [0u8; HEADER];
        let broken = |what: &str| ReadError::Broken { path: path.to_owned(), what: what.into() };
        source.read_exact(&mut h).map_err(|e| {
            if e.kind() == io::ErrorKind::UnexpectedEof {
                broken("it is shorter than a header")
            } else {
                ReadError::Io { path: path.to_owned(), source: e }
            }
        })?;
        if !h.starts_with(b"PMTiles\x03") {
            return Err(broken("it does not start with \"PMTiles\" and 3"));
        }
        let u = |n: usize| u64::from_le_bytes(h[8 + 8 * n..16 + 8 * n].try_into().expect("eight bytes"));
        let i = |at: usize| i32::from_le_bytes(h[at..at + 4].try_into().expect("four bytes"));
        let header = Header {
            sections: [(u(0), u(1)), (u(2), u(3)), (u(4), u(5)), (u(6), u(7))],
            counts: [u(8), u(9), u(10)],
            clustered: h[96] == 1,
            compression: (h[97], h[98]),
            tile_type: h[99],
            zooms: (h[100], h[101]),
            bounds: [i(102), i(106), i(110), i(114)],
        };
        Ok(Self { source, path: path.to_owned(), header })
    }

    fn broken(&self, what: impl Into<String>) -> ReadError {
        ReadError::Broken { path: self.path.clone(), what: what.into() }
    }

    /// Bytes of the file, as they stand.
    ///
    /// # Errors
    /// They reach beyond its end.
    pub fn bytes(&mut self, offset: u64, length: u64) -> Result<Vec<u8>, ReadError> {
        let io_error = |e, path: &Path| ReadError::Io { path: path.to_owned(), source: e };
        self.source.seek(SeekFrom::Start(offset)).map_err(|e| io_error(e, &self.path))?;
        let mut out = Vec::new();
        (&mut self.source).take(length).read_to_end(&mut out).map_err(|e| io_error(e, &self.path))?;
        if out.len() as u64 != length {
            return Err(self.broken(format!("{length} bytes at {offset} reach beyond its end")));
        }
        Ok(out)
    }

    /// Unpacks bytes by a header's compression code.
    ///
    /// # Errors
    /// They are broken, or packed in another way.
    pub fn unpack(&self, bytes: Vec<u8>, compression: u8) -> Result<Vec<u8>, ReadError> {
        match compression {
            1 => Ok(bytes),
            2 => gunzip(&bytes).ok_or_else(|| self.broken("a gzip stream is broken")),
            c => Err(self.broken(format!("compression {c} is not read here"))),
        }
    }

    /// All entries of tiles, in order.
    ///
    /// # Errors
    /// A directory is broken.
    pub fn entries(&mut self) -> Result<Vec<Entry>, ReadError> {
        let (at, len) = self.header.sections[0];
        let mut out = Vec::new();
        self.walk(at, len, 0, &mut out)?;
        Ok(out)
    }

    fn walk(&mut self, at: u64, len: u64, depth: u32, out: &mut Vec<Entry>) -> Result<(), ReadError> {
        if depth > 3 {
            return Err(self.broken("leaf directories are nested deeper than the specification allows"));
        }
        let bytes = self.bytes(at, len)?;
        let bytes = self.unpack(bytes, self.header.compression.0)?;
        for e in decode(&bytes).ok_or_else(|| self.broken("a directory is broken"))? {
            if e.run == 0 {
                let leaf = self.header.sections[2].0.saturating_add(e.offset);
                self.walk(leaf, u64::from(e.length), depth + 1, out)?;
            } else {
                out.push(e);
            }
        }
        Ok(())
    }

    /// The content of an entry, as it is packed.
    ///
    /// # Errors
    /// It reaches beyond the file.
    pub fn content(&mut self, entry: &Entry) -> Result<Vec<u8>, ReadError> {
        let at = self.header.sections[3].0.saturating_add(entry.offset);
        self.bytes(at, u64::from(entry.length))
    }

    /// The prints of the tiles, in the order of their numbers; none where the archive keeps none.
    ///
    /// # Errors
    /// The metadata is broken, or they reach beyond the file.
    pub fn prints(&mut self) -> Result<Vec<u64>, ReadError> {
        let place = self.metadata()?.get(PRINTS).map(|v| (v[0].as_u64(), v[1].as_u64()));
        let Some((Some(at), Some(len))) = place else { return Ok(Vec::new()) };
        let bytes = self.bytes(at, len)?;
        Ok(bytes.chunks_exact(8).map(|b| u64::from_le_bytes(b.try_into().expect("eight bytes"))).collect())
    }

    /// The metadata.
    ///
    /// # Errors
    /// It is not a JSON object.
    pub fn metadata(&mut self) -> Result<serde_json::Map<String, serde_json::Value>, ReadError> {
        let (at, len) = self.header.sections[1];
        let bytes = self.bytes(at, len)?;
        let bytes = self.unpack(bytes, self.header.compression.0)?;
        serde_json::from_slice(&bytes).map_err(|e| self.broken(format!("the metadata: {e}")))
    }
}

/// Unpacks a gzip stream; `None` where it is broken or larger than a gigabyte.
pub fn gunzip(bytes: &[u8]) -> Option<Vec<u8>> {
    // The stream's last four bytes are its size, a hint only.
    let hint = u32::from_le_bytes(bytes.get(bytes.len().checked_sub(4)?..)?.try_into().ok()?) as usize;
    let mut size = hint.clamp(64, bytes.len().saturating_mul(1032).clamp(64, MOST));
    let mut d = Decompressor::new();
    loop {
        let mut out = vec![0; size];
        match d.gzip_decompress(bytes, &mut out) {
            Ok(n) => {
                out.truncate(n);
                return Some(out);
            }
            Err(libdeflater::DecompressionError::InsufficientSpace) if size < MOST => size = (size * 4).min(MOST),
            Err(_) => return None,
        }
    }
}

/// The entries of an unpacked directory; `None` where it is broken.
pub fn decode(bytes: &[u8]) -> Option<Vec<Entry>> {
    let mut at = 0;
    let mut next = || {
        let (mut v, mut shift) = (0u64, 0);
        loop {
            let b = *bytes.get(at)?;
            at += 1;
            v |= u64::from(b & 127).checked_shl(shift)?;
            if b < 128 {
                return Some(v);
            }
            shift += 7;
            if shift > 63 {
                return None;
            }
        }
    };
    let n = usize::try_from(next()?).ok()?;
    // Every entry takes at least four bytes.
    if n > bytes.len() {
        return None;
    }
    let mut entries = vec![Entry { tile: 0, offset: 0, length: 0, run: 0 }; n];
    let mut last = 0u64;
    for e in &mut entries {
        last = last.checked_add(next()?)?;
        e.tile = last;
    }
    for e in &mut entries {
        e.run = u32::try_from(next()?).ok()?;
    }
    for e in &mut entries {
        e.length = u32::try_from(next()?).ok()?;
    }
    for i in 0..n {
        let v = next()?;
        entries[i].offset = if v == 0 {
            let before = *entries.get(i.checked_sub(1)?)?;
            before.offset.checked_add(u64::from(before.length))?
        } else {
            v - 1
        };
    }
    Some(entries)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn directories_round_trip(seed in proptest::collection::vec((1u64..1000, 1u32..5000, 1u32..9, any::<bool>()), 1..200)) {
            let (mut tile, mut offset) = (0, 0);
            let entries: Vec<Entry> = seed.iter().map(|(gap, length, run, again)| {
                tile += gap + 9;
                let e = Entry { tile, offset: if *again { offset / 2 } else { offset }, length: *length, run: *run };
                offset = e.offset + u64::from(*length);
                e
            }).collect();
            prop_assert_eq!(decode(&gunzip(&encode(&entries)).expect("gzip")).expect("directory"), entries);
        }
        #[test]
        fn broken_directories_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let _ = decode(&bytes);
            let _ = gunzip(&bytes);
        }
    }

    #[test]
    fn many_entries_go_to_leaves_and_the_root_stays_small() {
        let entries: Vec<Entry> = (0..400_000u64)
            .map(|n| Entry { tile: n * 7 % 3 + n * 5, offset: n * n, length: (n % 7919) as u32 + 1, run: 1 })
            .collect();
        let (root, leaves) = directories(&entries);
        assert!(root.len() <= TILES_AT as usize - HEADER);
        let pointers = decode(&gunzip(&root).expect("gzip")).expect("directory");
        let mut all = Vec::new();
        for p in pointers {
            assert_eq!(p.run, 0);
            let leaf = &leaves[p.offset as usize..p.offset as usize + p.length as usize];
            all.extend(decode(&gunzip(leaf).expect("gzip")).expect("directory"));
        }
        assert_eq!(all, entries);
    }
}
