//! How zones are painted in a web style: the classes, colours and hatching of the stills.

use super::sprite::{Hatch, Slope};
use crate::cartography::colour::over;
use crate::cartography::palette::{Palette, Side};
use crate::cartography::theme::Style;
use crate::cartography::zones::Class;
use crate::model::{Feature, Layer, LayerKind, Map, Rgb};
use serde_json::{Value, json};
use std::collections::BTreeMap;

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

/// The zone layers of a map in the colours of a theme.
pub struct Zones<'a> {
    style: &'a Style,
    palette: Palette,
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
        Self { style, palette: Palette::choose(&sides, &[], style), both }
    }

    fn paint(&self, class: &Class) -> Paint {
        let c = &self.style.colours;
        let zone = |id: &str| self.palette.zone(id);
        let pure = |id: &str| self.palette.pure(id);
        let plain = |fill| Paint { fill, hatch: None, edge: None };
        let lined = |fill, color: Option<Rgb>, slope| Paint {
            fill: Some(fill),
            hatch: color.map(|color| Hatch { color, slope }),
            edge: None,
        };
        match class {
            Class::Gained(a) if self.both => {
                let deep = pure(a).map(|p| over(p, (self.style.zone_opacity + 0.25).min(1.0), c.focus));
                Paint { fill: deep, hatch: None, edge: Some(c.front) }
            }
            Class::Held(a) | Class::Gained(a) => plain(zone(a)),
            Class::Besieged(a) => Paint { edge: pure(a).or(Some(c.front)), ..plain(zone(a)) },
            Class::Contested(a, b) => {
                let ground = a.as_deref().and_then(zone).unwrap_or(c.focus);
                lined(ground, b.as_deref().and_then(pure).or(Some(c.front)), Slope::Up)
            }
            Class::Claimed(a, before) => {
                let ground = before.as_deref().and_then(zone).unwrap_or(c.focus);
                lined(ground, pure(a), Slope::Down)
            }
            Class::Vacated => lined(c.unknown, Some(c.focus), Slope::Up),
            Class::Unknown => plain(Some(over(c.unknown, 0.55, c.focus))),
            Class::Beyond => plain(None),
        }
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
