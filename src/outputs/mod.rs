//! One file a format, one static table.

pub mod animation;
pub mod apng;
pub mod ascii_grid;
mod crs;
mod csv;
pub mod files;
mod flatgeobuf;
pub mod format;
#[cfg(test)]
mod format_tests;
pub mod generalise;
pub mod geojson;
mod geopackage;
#[cfg(feature = "geoparquet")]
mod geoparquet;
#[cfg(not(feature = "geoparquet"))]
#[path = "geoparquet_absent.rs"]
mod geoparquet;
mod gpx;
mod kml;
pub mod mbtiles;
mod packed_rtree;
pub mod page;
pub mod pdf;
pub mod picture_tiles;
pub mod pmtiles;
pub mod png;
mod prj;
mod qgis_style;
pub mod raster;
mod schema;
mod shapefile;
#[cfg(test)]
mod spoilt_tests;
pub mod still;
pub mod style;
pub mod svg;
pub mod tile_check;
pub mod tile_folder;
pub mod tile_target;
pub mod tile_update;
mod topojson;
pub mod webp;
mod wkb;
mod wkt;
mod xlsx;
