//! The colours of a layer as a QGIS style: categories of the attribute that carries the classes.

use crate::model::{Feature, Layer, LayerKind, Rgb};
use std::fmt::Write as _;

struct Class {
    value: String,
    label: String,
    color: Rgb,
    opacity: f64,
    hatched: bool,
}

/// A QML document for a layer whose features carry simplestyle colours; `None` for one without any.
pub(super) fn qml(layer: &Layer) -> Option<String> {
    let geometry = layer.features.iter().find_map(|f| f.geometry.as_ref())?;
    let (symbol, color_key) = match geometry {
        geo::Geometry::Point(_) | geo::Geometry::MultiPoint(_) => ("marker", "marker-color"),
        geo::Geometry::LineString(_) | geo::Geometry::MultiLineString(_) | geo::Geometry::Line(_) => ("line", "stroke"),
        _ => ("fill", "fill"),
    };
    let attribute = class_attribute(layer);
    let mut classes: Vec<Class> = Vec::new();
    for feature in &layer.features {
        let Some(color) = feature.text(color_key).and_then(|c| c.parse().ok()) else { continue };
        let value = feature.text(attribute).unwrap_or_default().to_owned();
        let hatched = is_hatched(feature);
        if classes.iter().all(|c| c.value != value) {
            let label = feature.text("holder_name").or(feature.text("title")).unwrap_or(&value).to_owned();
            let opacity = feature.number("fill-opacity").unwrap_or(if symbol == "fill" { 0.6 } else { 1.0 });
            classes.push(Class { value, label, color, opacity, hatched });
        }
    }
    if classes.is_empty() {
        return None;
    }
    let mut out = String::from(
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n<qgis version=\"3.22\" styleCategories=\"Symbology\">\n",
    );
    let _ = writeln!(
        out,
        "<renderer-v2 type=\"categorizedSymbol\" attr=\"{}\" symbollevels=\"0\" enableorderby=\"0\" forceraster=\"0\">\n<categories>",
        escape(attribute)
    );
    for (n, class) in classes.iter().enumerate() {
        let _ = writeln!(
            out,
            "<category symbol=\"{n}\" value=\"{}\" label=\"{}\" render=\"true\"/>",
            escape(&class.value),
            escape(&class.label)
        );
    }
    out.push_str("</categories>\n<symbols>\n");
    for (n, class) in classes.iter().enumerate() {
        let Rgb(r, g, b) = class.color;
        let alpha = class.opacity;
        let body = match (symbol, class.hatched) {
            ("marker", _) => format!(
                "<layer class=\"SimpleMarker\" enabled=\"1\" pass=\"0\"><prop k=\"color\" v=\"{r},{g},{b},255\"/><prop k=\"name\" v=\"circle\"/><prop k=\"outline_color\" v=\"255,255,255,255\"/><prop k=\"size\" v=\"2.6\"/></layer>"
            ),
            ("line", _) => format!(
                "<layer class=\"SimpleLine\" enabled=\"1\" pass=\"0\"><prop k=\"line_color\" v=\"{r},{g},{b},255\"/><prop k=\"line_width\" v=\"0.6\"/></layer>"
            ),
            (_, true) => format!(
                "<layer class=\"LinePatternFill\" enabled=\"1\" pass=\"0\"><prop k=\"angle\" v=\"45\"/><prop k=\"distance\" v=\"1.8\"/><prop k=\"line_width\" v=\"0.6\"/><prop k=\"color\" v=\"{r},{g},{b},255\"/><symbol name=\"@{n}@0\" type=\"line\" alpha=\"1\" clip_to_extent=\"1\"><layer class=\"SimpleLine\" enabled=\"1\" pass=\"0\"><prop k=\"line_color\" v=\"{r},{g},{b},255\"/><prop k=\"line_width\" v=\"0.6\"/></layer></symbol></layer>"
            ),
            _ => format!(
                "<layer class=\"SimpleFill\" enabled=\"1\" pass=\"0\"><prop k=\"color\" v=\"{r},{g},{b},255\"/><prop k=\"outline_color\" v=\"255,255,255,255\"/><prop k=\"outline_width\" v=\"0.2\"/><prop k=\"style\" v=\"solid\"/></layer>"
            ),
        };
        let alpha = if symbol == "fill" && !class.hatched { alpha } else { 1.0 };
        let _ = writeln!(
            out,
            "<symbol name=\"{n}\" type=\"{symbol}\" alpha=\"{alpha}\" clip_to_extent=\"1\">{body}</symbol>"
        );
    }
    out.push_str("</symbols>\n</renderer-v2>\n<blendMode>0</blendMode>\n</qgis>\n");
    Some(out)
}

/// The attribute that carries the classes of a layer.
fn class_attribute(layer: &Layer) -> &'static str {
    match layer.kind {
        LayerKind::Change => "gained_by",
        LayerKind::Events => "actor",
        LayerKind::Places => "role",
        _ if layer.features.iter().any(|f| f.text("holder").is_some()) => "holder",
        _ if layer.features.iter().any(|f| f.text("gained_by").is_some()) => "gained_by",
        _ => "title",
    }
}

fn is_hatched(feature: &Feature) -> bool {
    feature.text("status") == Some("contested") || feature.text("certainty") == Some("claimed")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
