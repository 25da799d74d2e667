//! Other coordinate systems in: by EPSG code or definition to degrees on WGS 84.

use super::format::FormatError;
use crate::diag::Note;
use crate::geodesy::projection::Projection;
use geo::{Coord, Geometry, MapCoords as _};

/// The system of an EPSG code; `None` where coordinates are degrees on WGS 84, or on a datum that is the same to within a metre or so.
///
/// # Errors
/// A code the library does not have or cannot compute.
pub(super) fn of_epsg(code: i64) -> Result<Option<Projection>, FormatError> {
    let unsupported = || FormatError::Crs { name: format!("EPSG:{code}") };
    let code = match code {
        // What Web Mercator was called before it had a code.
        900_913 | 3785 | 102_100 | 102_113 => 3857,
        other => u16::try_from(other).map_err(|_| unsupported())?,
    };
    let definition = crs_definitions::from_code(code).ok_or_else(unsupported)?.proj4;
    if degrees(definition) {
        return Ok(None);
    }
    Projection::from_definition(definition).map(Some).map_err(|_| unsupported())
}

/// The system of a name like `urn:ogc:def:crs:EPSG::3857`, `EPSG:4326` or `OGC:CRS84`.
///
/// # Errors
/// A name without a code that is known here.
pub(super) fn of_name(name: &str) -> Result<Option<Projection>, FormatError> {
    match name.rsplit([':', '/']).next().unwrap_or_default() {
        "CRS84" | "CRS84h" | "WGS84" => Ok(None),
        last => of_epsg(last.parse().map_err(|_| FormatError::Crs { name: name.to_owned() })?),
    }
}

/// Whether a definition is longitude and latitude on WGS 84 or its like.
fn degrees(definition: &str) -> bool {
    let has = |word: &str| definition.split_whitespace().any(|w| w == word);
    let shifted = definition.split_whitespace().any(|w| w.starts_with("+towgs84=") && !same_datum(w));
    let like = ["+datum=WGS84", "+datum=NAD83", "+ellps=GRS80", "+ellps=WGS84"].into_iter().any(has);
    has("+proj=longlat") && like && !shifted && !definition.contains("+pm=")
}

fn same_datum(shift: &str) -> bool {
    shift.trim_start_matches("+towgs84=").split(',').all(|n| n.parse() == Ok(0.0))
}

/// A geometry in degrees; `None`, with a note that has the feature's number, where it cannot be brought there.
pub(super) fn to_degrees(
    geometry: Geometry<f64>,
    crs: Option<&Projection>,
    layer: &str,
    number: usize,
    notes: &mut Vec<Note>,
) -> Option<Geometry<f64>> {
    let Some(projection) = crs else { return Some(geometry) };
    match geometry.try_map_coords(|c: Coord<f64>| projection.inverse(c)) {
        Ok(degrees) => Some(degrees),
        Err(error) => {
            let note = Note::warning(format!("{layer}: feature {number}: {error}; kept without its geometry"));
            notes.push(note.hint("reproject the file to WGS 84 first"));
            None
        }
    }
}
