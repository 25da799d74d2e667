//! Styles of single archives: what `tiles` puts beside an archive, so that it can be looked at as it is.
//!
//! Features keep the colours that they bring as simplestyle attributes; layers without take one each from the theme. No words: an
//! archive of its own has no glyphs beside it. Pictures need no more than their source.

use crate::cartography::theme::Style;
use crate::geodesy::BBox;
use crate::model::Theme;
use crate::tiles::metadata::Metadata;
use serde_json::{Value, json};

/// Which archive a style belongs to, kept in the style itself.
pub const TILES: &str = "mapdesk:tiles";

fn document(name: &str, url: &str, source: Value, layers: Vec<Value>, view: ([f64; 2], f64)) -> Value {
    json!({
        "version": 8,
        "name": name,
        "metadata": {TILES: url},
        "center": view.0,
        "zoom": view.1,
        "sources": {"tiles": source},
        "layers": layers,
    })
}

/// Where a box fills a screen of a thousand pixels: middle and zoom for tiles of 512 pixels.
fn view([west, south, east, north]: [f64; 4]) -> ([f64; 2], f64) {
    let mercator = |lat: f64| lat.clamp(-85.0, 85.0).to_radians().sin().atanh().to_degrees();
    let size = (east - west).max(mercator(north) - mercator(south)).max(1e-5);
    let round = |v: f64, to: f64| (v * to).round() / to;
    let zoom = (360.0 / size * 1000.0 / 512.0).log2().clamp(0.0, 20.0);
    ([round((west + east) / 2.0, 1e4), round((south + north) / 2.0, 1e4)], round(zoom, 10.0))
}

/// The style of picture tiles; `side` are the CSS pixels of a tile.
pub fn raster_document(url: &str, side: u32, zooms: (u8, u8), bounds: &BBox, attribution: &str) -> Value {
    let east = if bounds.west <= bounds.east { bounds.east } else { bounds.east + 360.0 };
    // TileJSON knows neither the size of tiles nor that of an archive's: the source says it, and the zooms for those who read only this.
    let source = json!({
        "type": "raster", "url": url, "tileSize": side, "minzoom": zooms.0, "maxzoom": zooms.1, "attribution": attribution,
    });
    let layers = vec![json!({"id": "tiles", "type": "raster", "source": "tiles"})];
    document("raster tiles", url, source, layers, view([bounds.west, bounds.south, east, bounds.north]))
}

/// The style of vector tiles, from what their archive says of itself.
pub fn vector_document(url: &str, metadata: &Metadata) -> Value {
    let style = Style::of(Theme::Light);
    let c = &style.colours;
    let said = |key: &str, otherwise: Value| json!(["coalesce", ["get", key], otherwise]);
    let layer = |id: &str, part: &str, kind: &str, geometry: &str, paint: Value| {
        json!({"id": format!("{id}-{part}"), "type": kind, "source": "tiles", "source-layer": id,
            "filter": ["==", ["geometry-type"], geometry], "paint": paint})
    };
    let mut out =
        vec![json!({"id": "background", "type": "background", "paint": {"background-color": c.land.to_string()}})];
    let names: Vec<&str> =
        metadata.vector_layers.as_array().into_iter().flatten().filter_map(|l| l["id"].as_str()).collect();
    let own = |n: usize| json!(style.palette.get(n % style.palette.len().max(1)).map_or(c.accent, |c| *c).to_string());
    // All areas, then all lines, then all points: a layer of points is not hidden by the areas of the next.
    for (n, id) in names.iter().enumerate() {
        let paint = json!({"fill-color": said("fill", own(n)), "fill-opacity": said("fill-opacity", json!(0.6))});
        out.push(layer(id, "fill", "fill", "Polygon", paint));
        let paint = json!({"line-color": said("stroke", json!(c.halo.to_string())), "line-width": said("stroke-width", json!(0.6))});
        out.push(layer(id, "edge", "line", "Polygon", paint));
    }
    for (n, id) in names.iter().enumerate() {
        let paint = json!({"line-color": said("stroke", own(n)), "line-width": said("stroke-width", json!(1.4))});
        out.push(layer(id, "line", "line", "LineString", paint));
    }
    for (n, id) in names.iter().enumerate() {
        let paint = json!({"circle-radius": 3, "circle-color": said("marker-color", own(n)),
            "circle-stroke-width": 0.8, "circle-stroke-color": c.halo.to_string()});
        out.push(layer(id, "dot", "circle", "Point", paint));
    }
    let mut source = json!({"type": "vector", "url": url});
    if let Some(words) = &metadata.attribution {
        source["attribution"] = json!(words);
    }
    document(&metadata.name, url, source, out, view(metadata.bounds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_layer_of_an_archive_is_drawn() {
        let metadata = Metadata {
            name: "t".into(),
            description: None,
            attribution: Some("Somebody".into()),
            zooms: (0, 9),
            bounds: [35.7, 32.3, 42.4, 37.3],
            center: (39.0, 35.0),
            vector_layers: json!([{"id": "control"}, {"id": "places"}]),
            tilestats: Value::Null,
        };
        let style = vector_document("pmtiles://t.pmtiles", &metadata);
        let of =
            |id: &str| style["layers"].as_array().into_iter().flatten().filter(|l| l["source-layer"] == id).count();
        assert_eq!((of("control"), of("places")), (4, 4));
        assert_eq!(style["metadata"][TILES], "pmtiles://t.pmtiles");
        assert!(style["zoom"].as_f64().is_some_and(|z| (6.0..7.0).contains(&z)), "{}", style["zoom"]);
    }
}
