//! One file a format, one static table.

pub mod files;
pub mod geojson;
pub mod png;
pub mod raster;
pub mod svg;
