//! GeoParquet 1.1, in and out: well-known binary with the `geo` metadata, a box for each row to search by, days as days.
//!
//! In are 1.0 and 1.1 (and the drafts before them) with well-known binary, in any coordinate system that can be brought to WGS 84,
//! compressed by zstd, Snappy, gzip or LZ4. Not here: GeoArrow encodings, Parquet without the `geo` metadata, several geometries a row
//! (the primary column is read, others are told). Reference: geoparquet.org/releases/v1.1.0.

mod read;
mod value;
mod write;

use super::format::{FormatError, Read, Write};
use std::path::Path;

/// The reader.
pub(super) const READ: Option<Read> = Some(read::read);
/// The writer.
pub(super) const WRITE: Option<Write> = Some(write::write);

fn content(path: &Path, message: impl ToString) -> FormatError {
    FormatError::Content { path: path.to_owned(), format: "GeoParquet", message: message.to_string() }
}
