//! Positions on the Earth and exact measures between them.
//!
//! Everything here is on the WGS 84 ellipsoid. Distances, bearings and areas are geodesic (Karney 2013, through
//! `geographiclib-rs`); nothing here is a planar approximation. Planar work belongs to [`projection`].
//!
//! ```
//! use mapdesk::geodesy::{distance, LonLat};
//! let damascus = LonLat::new(36.29128, 33.5102)?;
//! let hama = LonLat::new(36.75783, 35.13179)?;
//! assert_eq!(format!("{:.1}", distance(damascus, hama).km()), "184.9");
//! # Ok::<(), mapdesk::geodesy::GeodesyError>(())
//! ```

mod bbox;
mod compass;
mod line;
mod measure;
mod position;
pub mod projection;
mod units;

pub use bbox::BBox;
pub use compass::Compass;
pub use line::geodesic_line;
pub use measure::{bearing, destination, distance, distance_and_bearing, length, polygon_area, ring_area};
pub use position::{GeodesyError, LonLat};
pub use units::{Degrees, Metres, SquareMetres};
