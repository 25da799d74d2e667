//! The colours of a layer as a QGIS style: categories of the attribute that carries the classes.

use crate::model::{Feature, Layer, LayerKind, Rgb};
use std::fmt::Write as _;

struct Class {
    value: String,
    label: String,
    color: Rgb,
    opacity: f64,
    fill: Fill,
}

/// How a class of land is painted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fill {
    Plain,
    /// Lines over a pale ground.
    Hatched,
    /// Lines only.
    Lines,
    /// The border only.
    Outline,
}

/// A QML document for a layer whose features carry simplestyle colours; `None` for one without any.
pub(super) fn qml(layer: &Layer) -> Option<String> {
    let geometry = layer.features.iter().find_map(|f| f.geometry.as_ref())?;
    let (symbol, color_key) = match geometry {
        geo::Geometry::Point(_) | geo::Geometry::MultiPoint(_) => ("marker", "marker-color"),
        geo::Geometry::LineString(_) | geo::Geometry::MultiLineString(_) | geo::Geometry::Line(_) => ("line", "stroke"),
        _ => ("fill", "fill"),
    };
    let keys = class_keys(layer);
    let mut classes: Vec<Class> = Vec::new();
    for feature in &layer.features {
        let Some(color) = feature.text(color_key).and_then(|c| c.parse().ok()) else { continue };
        let value = keys.iter().map(|k| part(feature, k)).collect::<Vec<_>>().join("|");
        if classes.iter().all(|c| c.value != value) {
            let label = match layer.kind {
                LayerKind::Events => feature.text("actor"),
                LayerKind::Places => feature.text("role"),
                _ => feature.text("title").or(feature.text("holder_name")),
            };
            let label = label.unwrap_or(value.trim_matches('|')).to_owned();
            let opacity = feature.number("fill-opacity").unwrap_or(if symbol == "fill" { 0.6 } else { 1.0 });
            let fill = match layer.kind {
                // Drawn over control, both have to leave it to be seen.
                LayerKind::Cells => Fill::Outline,
                LayerKind::Change => Fill::Lines,
                _ if is_hatched(feature) => Fill::Hatched,
                _ => Fill::Plain,
            };
            classes.push(Class { value, label, color, opacity, fill });
        }
    }
    if classes.is_empty() {
        return None;
    }
    let mut out = String::from(
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n<qgis version=\"3.22\" styleCategories=\"Symbology|Labeling\" labelsEnabled=\"",
    );
    let named = matches!(layer.kind, LayerKind::Places) && layer.features.iter().any(|f| f.text("name").is_some());
    let _ = writeln!(out, "{}\">", u8::from(named));
    let _ = writeln!(
        out,
        "<renderer-v2 type=\"categorizedSymbol\" attr=\"{}\" symbollevels=\"0\" enableorderby=\"0\" forceraster=\"0\">\n<categories>",
        escape(&expression(&keys))
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
        let lines = |pale: &str| {
            format!(
                "{pale}<layer class=\"LinePatternFill\" enabled=\"1\" pass=\"0\"><prop k=\"angle\" v=\"45\"/><prop k=\"distance\" v=\"1.8\"/><prop k=\"line_width\" v=\"0.6\"/><prop k=\"color\" v=\"{r},{g},{b},255\"/><symbol name=\"@{n}@0\" type=\"line\" alpha=\"1\" clip_to_extent=\"1\"><layer class=\"SimpleLine\" enabled=\"1\" pass=\"0\"><prop k=\"line_color\" v=\"{r},{g},{b},255\"/><prop k=\"line_width\" v=\"0.6\"/></layer></symbol></layer>"
            )
        };
        let ground = |alpha: u8, outline: &str, style: &str| {
            format!(
                "<layer class=\"SimpleFill\" enabled=\"1\" pass=\"0\"><prop k=\"color\" v=\"{r},{g},{b},{alpha}\"/><prop k=\"outline_color\" v=\"{outline}\"/><prop k=\"outline_width\" v=\"0.2\"/><prop k=\"style\" v=\"{style}\"/></layer>"
            )
        };
        let body = match (symbol, class.fill) {
            ("marker", _) => format!(
                "<layer class=\"SimpleMarker\" enabled=\"1\" pass=\"0\"><prop k=\"color\" v=\"{r},{g},{b},255\"/><prop k=\"name\" v=\"circle\"/><prop k=\"outline_color\" v=\"255,255,255,255\"/><prop k=\"size\" v=\"2.6\"/></layer>"
            ),
            ("line", _) => format!(
                "<layer class=\"SimpleLine\" enabled=\"1\" pass=\"0\"><prop k=\"line_color\" v=\"{r},{g},{b},255\"/><prop k=\"line_width\" v=\"0.6\"/></layer>"
            ),
            (_, Fill::Hatched) => lines(&ground(90, "255,255,255,255", "solid")),
            (_, Fill::Lines) => lines(""),
            (_, Fill::Outline) => ground(0, "70,70,70,70", "no"),
            (_, Fill::Plain) => ground(255, "255,255,255,255", "solid"),
        };
        let alpha = if symbol == "fill" && class.fill == Fill::Plain { alpha } else { 1.0 };
        let _ = writeln!(
            out,
            "<symbol name=\"{n}\" type=\"{symbol}\" alpha=\"{alpha}\" clip_to_extent=\"1\">{body}</symbol>"
        );
    }
    out.push_str("</symbols>\n</renderer-v2>\n");
    if named {
        out.push_str(LABELS);
    }
    out.push_str("<blendMode>0</blendMode>\n</qgis>\n");
    Some(out)
}

/// Names of places beside their dots, where there is room.
const LABELS: &str = "<labeling type=\"simple\">\n<settings>\n<text-style fieldName=\"name\" isExpression=\"0\" fontSize=\"9\" textColor=\"26,26,26,255\"><text-buffer bufferDraw=\"1\" bufferSize=\"0.8\" bufferColor=\"255,255,255,220\"/></text-style>\n<placement placement=\"6\" dist=\"0.8\"/>\n</settings>\n</labeling>\n";

/// The attributes that tell the classes of a layer apart.
fn class_keys(layer: &Layer) -> Vec<&'static str> {
    let said = |key: &&str| layer.features.iter().any(|f| !part(f, key).is_empty());
    let keys: &[&str] = match layer.kind {
        LayerKind::Change => &["gained_by", "certainty"],
        LayerKind::Events => &["actor"],
        LayerKind::Places => &["role"],
        _ if said(&"holder") => &["holder", "status", "contested_by", "claimed_by", "certainty"],
        _ if said(&"gained_by") => &["gained_by", "certainty"],
        _ => &["title"],
    };
    let used: Vec<&str> = keys.iter().copied().filter(|k| said(k)).collect();
    if used.is_empty() { vec![keys[0]] } else { used }
}

/// What an attribute adds to a class: of how sure a thing is, only whether it is merely claimed.
fn part<'f>(feature: &'f Feature, key: &str) -> &'f str {
    feature.text(key).filter(|v| key != "certainty" || *v == "claimed").unwrap_or_default()
}

/// The same as an expression of QGIS.
fn expression(keys: &[&str]) -> String {
    let part = |key: &&str| match *key {
        "certainty" => "CASE WHEN \"certainty\" = 'claimed' THEN 'claimed' ELSE '' END".to_owned(),
        key => format!("coalesce(\"{key}\", '')"),
    };
    match keys {
        [one] => (*one).to_owned(),
        _ => keys.iter().map(part).collect::<Vec<_>>().join(" || '|' || "),
    }
}

fn is_hatched(feature: &Feature) -> bool {
    feature.text("status") == Some("contested") || feature.text("certainty") == Some("claimed")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
