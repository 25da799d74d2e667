//! One file a format, one static table.

pub mod files;
pub mod geojson;
