//! From an event log to the state of every place on a day, cells, areas, change and front lines.

pub mod baseline;
pub mod cells;
pub mod certainty;
pub mod diff;
pub mod lint;
pub mod log;
pub mod picture;
pub mod polygons;
pub mod roster;
pub mod sites;
#[cfg(test)]
mod smoke_tests;
pub mod state;
pub mod stats;
mod table;
pub mod timeline;
pub mod units;
mod voronoi;

/// Why control cannot be worked out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ControlError {
    /// A file that is not the table it should be.
    #[error("{file}: {message}")]
    Table {
        /// The file.
        file: String,
        /// What is wrong.
        message: String,
    },
    /// Nothing to divide the area among.
    #[error("there are no places to divide the area among")]
    NoPlaces,
    /// Nothing to divide.
    #[error("the boundary encloses no area")]
    NoArea,
    /// The area or a place cannot be shown in one plane.
    #[error("the area is too large for one plane")]
    Projection(#[from] crate::geodesy::projection::ProjectionError),
    /// Hexagons cannot be made.
    #[error("{0}")]
    Hexagons(String),
    /// The triangulation refused a position.
    #[error("places cannot be triangulated: {0}")]
    Triangulation(String),
}
