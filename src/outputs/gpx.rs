//! GPX 1.0 and 1.1, in: waypoints, routes and tracks as three layers.

use super::format::FormatError;
use crate::diag::Warned;
use crate::model::{Feature, Layer, LayerKind};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

/// Reads the layers that have something in them.
pub(super) fn read(path: &Path) -> Result<Warned<Vec<Layer>>, FormatError> {
    let file = File::open(path).map_err(|source| FormatError::Io { path: path.to_owned(), source })?;
    let read = gpx::read(BufReader::new(file)).map_err(|e| FormatError::Content {
        path: path.to_owned(),
        format: "GPX",
        message: e.to_string(),
    })?;
    let points = read.waypoints.iter().map(|w| {
        Feature::new(w.point())
            .with("name", w.name.clone())
            .with("description", w.description.clone())
            .with("elevation_m", w.elevation)
            .with("symbol", w.symbol.clone())
    });
    let routes = read.routes.iter().map(|r| {
        let line: geo::LineString<f64> = r.points.iter().map(|p| p.point().0).collect();
        Feature::new(line).with("name", r.name.clone()).with("description", r.description.clone())
    });
    let tracks = read.tracks.iter().map(|t| {
        Feature::new(t.multilinestring()).with("name", t.name.clone()).with("description", t.description.clone())
    });
    let layers =
        [("waypoints", points.collect::<Vec<_>>()), ("routes", routes.collect()), ("tracks", tracks.collect())];
    let layers = layers.into_iter().filter(|(_, f)| !f.is_empty());
    Ok(Warned::silent(
        layers.map(|(name, features)| Layer { kind: LayerKind::Overlay, name: name.to_owned(), features }).collect(),
    ))
}
