//! GeoJSON (RFC 7946): a reader that takes what people have, and a writer that keeps every rule.
//!
//! ```
//! use mapdesk::outputs::geojson;
//! let text = br#"{"type":"Point","coordinates":[36.75783,35.13179,310]}"#;
//! let read = geojson::read(text, "hama.geojson")?;
//! assert_eq!(read.value.len(), 1);
//! assert!(read.notes[0].message.contains("heights"));
//! # Ok::<(), geojson::GeojsonError>(())
//! ```

mod antimeridian;
mod json;
mod read;
mod sequence;
mod write;

pub use read::{GeojsonError, Refused, read, read_apart, read_file};
pub use write::{to_string, write, write_file, write_minified, write_sequence};
