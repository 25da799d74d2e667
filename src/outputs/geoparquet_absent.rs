//! GeoParquet in a build without it: the table of formats still knows its name and endings, and how to get it.

use super::format::{Read, Write};

/// No reader.
pub(super) const READ: Option<Read> = None;
/// No writer.
pub(super) const WRITE: Option<Write> = None;
