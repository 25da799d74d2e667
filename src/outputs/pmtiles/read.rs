//! Archives, read: header, directories, metadata and contents.

use super::directory::{Entry, decode};
use super::{HEADER, PRINTS};
use libdeflater::Decompressor;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

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
