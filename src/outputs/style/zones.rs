//! How zones are painted in a web style: the classes, colours and hatching of the stills.

use super::sprite::{Hatch, Slope};
use crate::cartography::hatch;
use crate::cartography::palette::{Palette, Side};
use crate::cartography::theme::Style;
use crate::cartography::words::Tongue;
use crate::cartography::zones::{self, Class};
use crate::model::{Feature, Layer, LayerKind, Map, Rgb};
use geo::Area as _;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Attributes that tell the class of a zone, joined to one key in the style.
const KEYS: [&str; 7] = ["holder", "status", "claimed_by", "contested_by", "certainty", "gained_by", "lost_by"];

/// How a class of land is filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paint {
    /// Colour of the ground; `None` leaves the land as it is.
    pub fill: Option<Rgb>,
    /// Lines over it.
    pub hatch: Option<Hatch>,
    /// Colour of a line around it.
    pub edge: Option<Rgb>,
}

fn key(feature: &Feature) -> String {
    KEYS.map(|k| feature.text(k).unwrap_or_default()).join("|")
}

/// The same key as an expression.
fn key_expression() -> Value {
    let mut parts = vec![json!("concat")];
    for (n, k) in KEYS.iter().enumerate() {
        if n > 0 {
            parts.push(json!("|"));
        }
        parts.push(json!(["coalesce", ["get", k], ""]));
    }
    Value::Array(parts)
}

/// Whether a kind of layer is painted as land.
pub fn is_zone(kind: LayerKind) -> bool {
    use LayerKind::{Beyond, Cells, Change, Contested, Control};
    matches!(kind, Control | Change | Contested | Beyond | Cells)
}

/// Whether most of the land is unknown: then it stays pale, as on the stills.
fn sparse(map: &Map) -> bool {
    let controlled = map.layers.iter().any(|l| l.kind == LayerKind::Control && !l.features.is_empty());
    let (mut unknown, mut all) = (0.0, 0.0);
    for layer in map.layers.iter().filter(|l| is_zone(l.kind) && !(controlled && l.kind == LayerKind::Cells)) {
        for feature in &layer.features {
            let area = feature.geometry.as_ref().map_or(0.0, |g| g.unsigned_area());
            all += area;
            if Class::of(layer.kind, feature) == Some(Class::Unknown) {
                unknown += area;
            }
        }
    }
    unknown * 2.0 > all
}

/// The zone layers of a map in the colours of a theme.
pub struct Zones<'a> {
    style: &'a Style,
    /// Sides, colours and rules of the stills.
    look: zones::Zones,
    both: bool,
}

impl<'a> Zones<'a> {
    /// Gives every side of the map its colour.
    pub fn new(map: &Map, style: &'a Style) -> Self {
        let mut sides: Vec<Side> =
            map.holders.iter().map(|h| Side { id: h.id.clone(), name: h.label.clone(), color: h.color }).collect();
        for layer in map.layers.iter().filter(|l| is_zone(l.kind)) {
            for class in layer.features.iter().filter_map(|f| Class::of(layer.kind, f)) {
                for id in class.sides() {
                    if !sides.iter().any(|s| s.id == id) {
                        sides.push(Side { id: id.to_owned(), name: id.to_owned(), color: None });
                    }
                }
            }
        }
        let filled = |kind| map.layers.iter().any(|l| l.kind == kind && !l.features.is_empty());
        let both = filled(LayerKind::Control) && filled(LayerKind::Change);
        let palette = Palette::choose(&sides, &[], style);
        let look = zones::Zones { sides, palette, sparse: sparse(map), ..zones::Zones::default() };
        Self { style, look, both }
    }

    fn paint(&self, class: &Class) -> Paint {
        let paint = self.look.paint(class, self.style, self.both);
        let slope = |s| if s == hatch::Slope::Up { Slope::Up } else { Slope::Down };
        let hatch = paint.hatch.map(|(color, s)| Hatch { color, slope: slope(s) });
        Paint { fill: paint.fill, hatch, edge: paint.edge }
    }

    /// The rows of a key: words, ground, lines and edge of every class that is shown.
    pub fn key(&self, map: &Map) -> Vec<Value> {
        let drawn = |l: &&Layer| is_zone(l.kind) && l.kind != LayerKind::Cells;
        let classes: BTreeSet<Class> = map
            .layers
            .iter()
            .filter(drawn)
            .flat_map(|l| l.features.iter().filter_map(|f| Class::of(l.kind, f)))
            .collect();
        let words = Tongue::of(map.view.langs.first().map_or("en", String::as_str)).phrases();
        let name = |id: &str| {
            let side = self.look.sides.iter().find(|s| s.id == id);
            side.map_or_else(|| id.to_owned(), |s| s.name.clone())
        };
        let own = map
            .holders
            .iter()
            .find(|h| h.id == "unknown")
            .filter(|_| Tongue::of("en").phrases().unknown == words.unknown);
        let mut rows: Vec<Value> = Vec::new();
        for class in classes {
            let paint = self.paint(&class);
            let label = match (&class, own) {
                (Class::Unknown, Some(own)) => own.label.clone(),
                _ => class.label(words, &name, None),
            };
            if (paint.fill.is_none() && paint.hatch.is_none()) || rows.iter().any(|r| r["label"] == label.as_str()) {
                continue;
            }
            rows.push(json!({
                "label": label,
                "fill": paint.fill.map(|c| c.to_string()),
                "hatch": paint.hatch.map(|h| h.color.to_string()),
                "slope": paint.hatch.map(|h| if h.slope == Slope::Up { "up" } else { "down" }),
                "edge": paint.edge.map(|c| c.to_string()),
            }));
        }
        rows
    }

    /// Paint by key for the features of a layer.
    pub fn paints(&self, layer: &Layer) -> BTreeMap<String, Paint> {
        let of = |f: &Feature| Some((key(f), self.paint(&Class::of(layer.kind, f)?)));
        layer.features.iter().filter_map(of).collect()
    }

    /// Style layers that paint a zone layer: ground, hatching, edges.
    pub fn layers(&self, layer: &Layer, source: &str) -> Vec<Value> {
        let paints = self.paints(layer);
        let pick = |what: &dyn Fn(&Paint) -> Option<String>, otherwise: &str| {
            let mut by_value: BTreeMap<String, Vec<&str>> = BTreeMap::new();
            for (key, paint) in &paints {
                if let Some(value) = what(paint) {
                    by_value.entry(value).or_default().push(key);
                }
            }
            let keys: Vec<&str> = by_value.values().flatten().copied().collect();
            let filter = json!(["in", key_expression(), ["literal", keys]]);
            let mut pairs = vec![json!("match"), key_expression()];
            for (value, keys) in &by_value {
                pairs.push(json!(keys));
                pairs.push(json!(value));
            }
            pairs.push(json!(otherwise));
            (!by_value.is_empty()).then(|| (filter, Value::Array(pairs)))
        };
        let mut out = Vec::new();
        let base = |part: &str, kind: &str| json!({"id": format!("{}-{part}", layer.name), "type": kind, "source": source, "source-layer": layer.name});
        let hidden = layer.kind == LayerKind::Cells;
        let mut push = |mut style: Value, filter: Value, paint: Value| {
            style["filter"] = filter;
            style["paint"] = paint;
            if hidden {
                style["layout"] = json!({"visibility": "none"});
            }
            out.push(style);
        };
        let nothing = "rgba(0,0,0,0)";
        if let Some((filter, color)) = pick(&|p| p.fill.map(|c| c.to_string()), nothing) {
            // Neighbours meet: an outline in the same colour would show through at borders.
            push(base("fill", "fill"), filter, json!({"fill-color": color, "fill-antialias": false}));
        }
        if let Some((filter, name)) = pick(&|p| p.hatch.map(|h| h.name()), "") {
            push(base("hatch", "fill"), filter, json!({"fill-pattern": name}));
        }
        if let Some((filter, color)) = pick(&|p| p.edge.map(|c| c.to_string()), nothing) {
            push(base("edge", "line"), filter, json!({"line-color": color, "line-width": 1.2}));
        }
        out
    }
}
