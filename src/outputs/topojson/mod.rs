//! TopoJSON, in and out: lines that neighbours share are written once, quantised and delta-coded.

mod arcs;
mod read;
mod write;

pub(super) use read::read;
pub(super) use write::write;

use super::format::FormatError;
use std::path::Path;

fn content(path: &Path, message: impl ToString) -> FormatError {
    FormatError::Content { path: path.to_owned(), format: "TopoJSON", message: message.to_string() }
}

#[cfg(test)]
mod tests {
    use crate::model::{Feature, Layer, LayerKind};
    use geo::{Area as _, Geometry, polygon};

    fn squares() -> Layer {
        let west = polygon![(x: 0.0, y: 0.0), (x: 1.0, y: 0.0), (x: 1.0, y: 1.0), (x: 0.0, y: 1.0)];
        let east = polygon![(x: 1.0, y: 0.0), (x: 2.0, y: 0.0), (x: 2.0, y: 1.0), (x: 1.0, y: 1.0)];
        let island = polygon![(x: 5.0, y: 5.0), (x: 6.0, y: 5.0), (x: 6.0, y: 6.0)];
        Layer::new(
            LayerKind::Overlay,
            vec![
                Feature::new(west).with_id("west").with("name", "West"),
                Feature::new(east).with("name", "East"),
                Feature::new(geo::MultiPolygon(vec![island])).with("n", 3_i64),
                Feature::new(geo::Point::new(0.5, 0.5)).with("name", "P"),
                Feature::new(geo::LineString::from(vec![(1.0, 0.0), (1.0, 1.0), (1.5, 2.0)])),
            ],
        )
    }

    #[test]
    fn neighbours_share_an_arc_and_everything_comes_back() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let path = folder.path().join("x.topojson");
        super::write(&[squares()], &path).expect("written");
        let text = std::fs::read_to_string(&path).expect("UTF-8");
        let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        // West and east outsides, their border (which is also the start of the line), the rest of the line, the island.
        assert_eq!(json["arcs"].as_array().expect("arcs").len(), 5);
        let back = super::read(&path).expect("readable").value;
        assert_eq!(back.len(), 1);
        assert_eq!(back[0].features.len(), 5);
        for (a, b) in squares().features.iter().zip(&back[0].features) {
            assert_eq!(a.id, b.id);
            assert_eq!(a.properties, b.properties);
            if let (Some(Geometry::Polygon(p)), Some(Geometry::Polygon(q))) = (&a.geometry, &b.geometry) {
                assert!((p.unsigned_area() - q.unsigned_area()).abs() < 1e-4);
            }
        }
    }
}
