//! What an archive says of itself: bounds, layers with their attributes, statistics.

use super::features::Features;
use super::source::chunk::Kind;
use super::world::{Pt, unproject};
use super::{Summary, rings};
use serde_json::{Map, Value, json};

/// What an archive says of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Metadata {
    /// A name for people.
    pub name: String,
    /// A sentence on the content.
    pub description: Option<String>,
    /// Credits, as they are to be shown on a map.
    pub attribution: Option<String>,
    /// First and last zoom.
    pub zooms: (u8, u8),
    /// West, south, east, north in degrees.
    pub bounds: [f64; 4],
    /// Longitude and latitude in degrees of the middle.
    pub center: (f64, f64),
    /// The layers, as TileJSON 3.0 lists them; null for pictures, which have none.
    pub vector_layers: Value,
    /// Statistics of the attributes, as mapbox-geostats counts them.
    pub tilestats: Value,
}

impl Metadata {
    /// The metadata of a build.
    pub fn new(name: &str, features: &Features, summary: &Summary) -> Self {
        let (mut lo, mut hi) = features.point_bounds();
        let (a, b) = rings::bounds(&features.shape_points);
        lo = [lo[0].min(a[0]), lo[1].min(a[1])];
        hi = [hi[0].max(b[0]), hi[1].max(b[1])];
        let round = |p: Pt| {
            let (x, y) = unproject(p);
            ((x * 1e6).round() / 1e6, (y * 1e6).round() / 1e6)
        };
        let ((west, north), (east, south)) = (round(lo), round(hi));
        let center = round([lo[0] + (hi[0] - lo[0]) / 2, lo[1] + (hi[1] - lo[1]) / 2]);
        let mut vector_layers = Vec::new();
        let mut stats = Vec::new();
        for layer in features.layers.iter().filter(|l| l.counts.iter().sum::<u64>() > 0) {
            let mut fields = Map::new();
            let mut attributes = Vec::new();
            for (key, s) in &layer.fields {
                let name = features.keys.name(*key);
                let (kind, class) = match s.kinds {
                    [false, true, false] => ("Number", "number"),
                    [false, false, true] => ("Boolean", "boolean"),
                    [true, false, false] => ("String", "string"),
                    _ => ("Mixed", "mixed"),
                };
                // TileJSON knows no "Mixed".
                fields.insert(name.to_owned(), json!(if kind == "Mixed" { "String" } else { kind }));
                let values: Vec<Value> = s.first.iter().map(|c| features.values.json(*c)).collect();
                let mut entry = json!({"attribute": name, "count": s.count(), "type": class, "values": values});
                if let (Some(min), Some(max)) = (s.min, s.max) {
                    let number = |v: f64| if v.fract() == 0.0 && v.abs() < 9e15 { json!(v as i64) } else { json!(v) };
                    entry["min"] = number(min);
                    entry["max"] = number(max);
                }
                attributes.push(entry);
            }
            let most = (0..3).max_by_key(|k| layer.counts[*k]).unwrap_or(0);
            let geometry = ["Point", "LineString", "Polygon"][most];
            vector_layers.push(json!({
                "id": layer.name, "description": "", "minzoom": summary.zooms.0, "maxzoom": summary.zooms.1, "fields": fields,
            }));
            stats.push(json!({
                "layer": layer.name,
                "count": layer.counts.iter().sum::<u64>(),
                "geometry": geometry,
                "attributeCount": attributes.len(),
                "attributes": attributes,
            }));
        }
        debug_assert_eq!(Kind::Polygon as usize, 2);
        Self {
            name: name.to_owned(),
            description: None,
            attribution: None,
            zooms: summary.zooms,
            bounds: [west, south, east, north],
            center,
            tilestats: json!({"layerCount": stats.len(), "layers": stats}),
            vector_layers: vector_layers.into(),
        }
    }

    /// The zoom at which a map first shows the whole.
    pub fn center_zoom(&self) -> u8 {
        let width = (self.bounds[2] - self.bounds[0]).max(self.bounds[3] - self.bounds[1]).max(1e-6);
        let z = (360.0 / width).log2().floor().clamp(0.0, 30.0) as u8;
        z.clamp(self.zooms.0, self.zooms.1)
    }

    /// The metadata of an archive that goes on with other layers at deeper zooms.
    #[must_use]
    pub fn extended(mut self, deeper: Self) -> Self {
        self.zooms.1 = deeper.zooms.1;
        if let (Value::Array(all), Value::Array(more)) = (&mut self.vector_layers, deeper.vector_layers) {
            for layer in more {
                match all.iter_mut().find(|l| l["id"] == layer["id"]) {
                    None => all.push(layer),
                    Some(known) => {
                        known["maxzoom"] = layer["maxzoom"].clone();
                        if let (Some(fields), Some(new)) =
                            (known["fields"].as_object_mut(), layer["fields"].as_object())
                        {
                            for (key, value) in new {
                                fields.entry(key.clone()).or_insert_with(|| value.clone());
                            }
                        }
                    }
                }
            }
        }
        let more = deeper.tilestats["layers"].as_array().cloned().unwrap_or_default();
        if let Some(all) = self.tilestats["layers"].as_array_mut() {
            for layer in more {
                if !all.iter().any(|l| l["layer"] == layer["layer"]) {
                    all.push(layer);
                }
            }
            let count = all.len();
            self.tilestats["layerCount"] = json!(count);
        }
        self
    }

    /// What the tiles are on a map: pictures come with their ground, vectors lie over one.
    pub fn role(&self) -> &'static str {
        if self.vector_layers.is_null() { "baselayer" } else { "overlay" }
    }

    /// The common members of PMTiles metadata and TileJSON.
    pub fn json(&self) -> Map<String, Value> {
        let mut m = Map::new();
        m.insert("name".into(), json!(self.name));
        if let Some(d) = &self.description {
            m.insert("description".into(), json!(d));
        }
        if let Some(a) = &self.attribution {
            m.insert("attribution".into(), json!(a));
        }
        m.insert("type".into(), json!(self.role()));
        m.insert("generator".into(), json!(concat!("mapdesk ", env!("CARGO_PKG_VERSION"))));
        if !self.vector_layers.is_null() {
            m.insert("vector_layers".into(), self.vector_layers.clone());
            m.insert("tilestats".into(), self.tilestats.clone());
        }
        m
    }
}
