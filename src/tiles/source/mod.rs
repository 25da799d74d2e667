//! Readers: files of features into chunks, block by block, so that a file need not fit in memory.

pub mod chunk;
mod collection;
mod csv;
mod flatgeobuf;
pub(super) mod geojson;
mod json;
mod layer;
mod wrap;

use super::TilesError;
use super::features::{Features, Selection};
use crate::diag::{Note, Position};
use chunk::Chunk;
pub use layer::add_layer;
use rayon::prelude::*;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One GeoJSON value.
    GeoJson,
    /// One GeoJSON feature a line (or RFC 8142 text sequence).
    GeoJsonSeq,
    /// Comma-separated, with columns for longitude and latitude.
    Csv,
    /// FlatGeobuf.
    FlatGeobuf,
}

/// A file to read and where its features go.
#[derive(Debug, Clone)]
pub struct Input {
    /// The file; `-` is standard input.
    pub path: PathBuf,
    /// The layer's name; `None` takes the file's name without extension.
    pub layer: Option<String>,
    /// The format; `None` goes by the extension and the first bytes.
    pub format: Option<Format>,
}

impl Input {
    /// The layer the features go into.
    pub fn layer_name(&self) -> String {
        self.layer.clone().unwrap_or_else(|| {
            self.path.file_stem().map_or_else(|| "layer".to_owned(), |s| s.to_string_lossy().into_owned())
        })
    }
}

/// What was read.
#[derive(Debug, Default)]
pub struct Reading {
    /// What there is to say, at most [`MOST_NOTES`] of a file.
    pub notes: Vec<Note>,
    /// Features left out because something was wrong with them.
    pub refused: u64,
    /// Features without a geometry, or with one that encloses nothing.
    pub empty: u64,
    /// Bytes read.
    pub bytes: u64,
}

/// How many notes of one file are kept.
pub const MOST_NOTES: usize = 20;

const BLOCK: usize = 1 << 20;

/// Reads a file into the store. `progress` is told how many bytes have been read.
///
/// # Errors
/// The file cannot be read, or is in no known format.
pub fn read(
    input: &Input,
    selection: &Selection,
    features: &mut Features,
    progress: &mut dyn FnMut(u64),
) -> Result<Reading, TilesError> {
    let name = input.path.display().to_string();
    let layer = features.layer(&input.layer_name());
    let mut file: Box<dyn Read> = if name == "-" {
        Box::new(std::io::stdin().lock())
    } else {
        Box::new(File::open(&input.path).map_err(|e| TilesError::Read { path: input.path.clone(), source: e })?)
    };
    let mut head = Vec::with_capacity(BLOCK);
    let fill = |file: &mut dyn Read, buffer: &mut Vec<u8>, upto: usize| -> Result<bool, TilesError> {
        let want = upto.saturating_sub(buffer.len()) as u64;
        let n = file
            .take(want)
            .read_to_end(buffer)
            .map_err(|e| TilesError::Read { path: input.path.clone(), source: e })?;
        Ok((n as u64) < want)
    };
    let ended = fill(&mut *file, &mut head, BLOCK)?;
    let format = match input.format {
        Some(f) => f,
        None => guess(&input.path, &head).ok_or_else(|| TilesError::Format { path: input.path.clone() })?,
    };
    let mut reading = Reading::default();
    match format {
        Format::GeoJsonSeq => {
            let mut before = 0;
            let mut carry = head;
            let mut ended = ended;
            let threads = rayon::current_num_threads();
            loop {
                // As many blocks as there are threads, each ending at the end of a line.
                let mut blocks: Vec<Vec<u8>> = Vec::new();
                while blocks.len() < threads && !(ended && carry.is_empty()) {
                    if !ended && carry.len() < BLOCK {
                        ended = fill(&mut *file, &mut carry, BLOCK)?;
                    }
                    let cut = if ended { Some(carry.len()) } else { memchr::memrchr(b'\n', &carry).map(|n| n + 1) };
                    match cut {
                        Some(cut) => {
                            let mut rest = Vec::with_capacity(BLOCK);
                            rest.extend_from_slice(&carry[cut..]);
                            carry.truncate(cut);
                            blocks.push(std::mem::replace(&mut carry, rest));
                        }
                        // A line longer than the block: read on until it ends.
                        None => {
                            let size = carry.len() * 2;
                            features.room_for(size)?;
                            ended = fill(&mut *file, &mut carry, size)?;
                        }
                    }
                }
                if blocks.is_empty() {
                    break;
                }
                let chunks: Vec<(Chunk, usize)> = blocks
                    .par_iter()
                    .map(|block| {
                        let mut chunk = Chunk::default();
                        let lines = geojson::read_lines(block, 1, &name, &mut chunk);
                        (chunk, lines)
                    })
                    .collect();
                reading.bytes += blocks.iter().map(|b| b.len() as u64).sum::<u64>();
                for (mut chunk, lines) in chunks {
                    // What a note says of its block is so many lines down in the file.
                    for at in chunk.notes.iter_mut().filter_map(|note| note.at.as_mut()) {
                        at.line = at.line.map(|n| n + before);
                    }
                    before += lines;
                    take(chunk, layer, selection, features, &mut reading);
                }
                features.checked()?;
                progress(reading.bytes);
            }
        }
        Format::GeoJson => {
            let mut splitter = collection::Splitter::default();
            let (mut window, mut ended) = (head, ended);
            loop {
                let (mut values, mut faults) = (Vec::new(), Vec::new());
                let done = splitter.split(&window, ended, &name, &mut values, &mut faults);
                let chunks: Vec<Chunk> = values
                    .par_chunks(512)
                    .map(|values| {
                        let mut chunk = Chunk::default();
                        for (text, line) in values {
                            geojson::read_text(text, *line, &name, &mut chunk);
                        }
                        chunk
                    })
                    .collect();
                for chunk in chunks {
                    take(chunk, layer, selection, features, &mut reading);
                }
                reading.refused += faults.len() as u64;
                reading.notes.append(&mut faults);
                features.checked()?;
                reading.bytes += done as u64;
                progress(reading.bytes);
                if ended {
                    break;
                }
                window = window.split_off(done);
                // A feature larger than the window: the next one is twice as large.
                let size = if done == 0 { window.len() * 2 } else { window.len() + BLOCK };
                features.room_for(size)?;
                ended = fill(&mut *file, &mut window, size)?;
            }
        }
        Format::Csv => {
            let mut source = head.as_slice().chain(file);
            csv::read(&mut source, &name, &mut |chunk| take(chunk, layer, selection, features, &mut reading))?;
        }
        Format::FlatGeobuf => {
            let mut source = head.as_slice().chain(file);
            flatgeobuf::read(&mut source, &input.path, &mut |chunk| {
                take(chunk, layer, selection, features, &mut reading);
            })?;
        }
    }
    features.checked()?;
    let more = reading.notes.len().saturating_sub(MOST_NOTES);
    if more > 0 {
        reading.notes.truncate(MOST_NOTES);
        reading.notes.push(Note::warning(format!("{more} more such notes")).at(Position::file(&name)));
    }
    Ok(reading)
}

/// Reads bytes as a file of features, whatever they are: for the fuzz target.
pub fn read_anything(bytes: &[u8]) {
    let mut features = Features::default();
    let mut chunk = Chunk::default();
    geojson::read_lines(bytes, 1, "-", &mut chunk);
    let (mut values, mut notes) = (Vec::new(), Vec::new());
    collection::Splitter::default().split(bytes, true, "-", &mut values, &mut notes);
    for (text, line) in values {
        geojson::read_text(text, line, "-", &mut chunk);
    }
    let layer = features.layer("fuzz");
    features.add(&chunk, layer, &Selection::default());
}

/// The features of lines of GeoJSON.
#[cfg(test)]
pub fn features_of(text: &str) -> Features {
    let mut chunk = Chunk::default();
    geojson::read_lines(text.as_bytes(), 1, "t", &mut chunk);
    let mut features = Features::default();
    let layer = features.layer("t");
    features.add(&chunk, layer, &Selection::default());
    features
}

fn take(mut chunk: Chunk, layer: u16, selection: &Selection, features: &mut Features, reading: &mut Reading) {
    reading.refused += chunk.refused;
    reading.empty += chunk.empty;
    reading.notes.append(&mut chunk.notes);
    features.add(&chunk, layer, selection);
}

/// The format of a file by its extension, and where that says nothing by its first bytes.
fn guess(path: &Path, head: &[u8]) -> Option<Format> {
    let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    match extension.as_str() {
        "csv" | "tsv" => return Some(Format::Csv),
        "fgb" => return Some(Format::FlatGeobuf),
        "geojsonl" | "geojsons" | "geojsonseq" | "ndjson" | "jsonl" | "ndgeojson" => return Some(Format::GeoJsonSeq),
        _ => {}
    }
    if head.starts_with(b"fgb") {
        return Some(Format::FlatGeobuf);
    }
    let start = head.iter().position(|b| !b.is_ascii_whitespace()).unwrap_or(0);
    match head.get(start) {
        Some(0x1e) => Some(Format::GeoJsonSeq),
        Some(b'{') => {
            Some(if geojson::first_line_is_feature(&head[start..]) { Format::GeoJsonSeq } else { Format::GeoJson })
        }
        Some(b'[') => Some(Format::GeoJson),
        Some(_) if memchr::memchr(b',', head.split(|b| *b == b'\n').next().unwrap_or(head)).is_some() => {
            Some(Format::Csv)
        }
        None => Some(Format::GeoJsonSeq),
        _ => None,
    }
}
