//! Other coordinate systems in: by EPSG code or definition to degrees on WGS 84.

use super::format::FormatError;
use crate::diag::Note;
use crate::geodesy::projection::Projection;
use geo::{Coord, Geometry, MapCoords as _};

/// The projection of an EPSG code.
///
/// # Errors
/// A code the library does not have or cannot compute.
pub(super) fn of_epsg(code: i64) -> Result<Projection, FormatError> {
    let unsupported = || FormatError::Crs { name: format!("EPSG:{code}") };
    let code = u16::try_from(code).map_err(|_| unsupported())?;
    let definition = crs_definitions::from_code(code).ok_or_else(unsupported)?.proj4;
    Projection::from_definition(definition).map_err(|_| unsupported())
}

/// A geometry in degrees; `None`, with a note, where it cannot be brought there.
pub(super) fn to_degrees(
    geometry: Geometry<f64>,
    crs: Option<&Projection>,
    layer: &str,
    n: usize,
    notes: &mut Vec<Note>,
) -> Option<Geometry<f64>> {
    let Some(projection) = crs else { return Some(geometry) };
    match geometry.try_map_coords(|c: Coord<f64>| projection.inverse(c)) {
        Ok(degrees) => Some(degrees),
        Err(error) => {
            let note = Note::warning(format!("{layer}: feature {n}: {error}; kept without its geometry"));
            notes.push(note.hint("reproject the file to WGS 84 first"));
            None
        }
    }
}
