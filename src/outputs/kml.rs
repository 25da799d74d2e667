//! KML 2.2 and KMZ, in and out: a folder a layer, attributes as extended data, simplestyle colours as styles.

use super::csv::number;
use super::format::{FormatError, stem};
use crate::diag::{Note, Warned};
use crate::model::{Feature, Layer, LayerKind, Rgb, Value};
use geo::{Geometry, LineString, Polygon};
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::path::Path;

fn content(path: &Path, message: impl ToString) -> FormatError {
    FormatError::Content { path: path.to_owned(), format: "KML", message: message.to_string() }
}

/// Writes the layers as a KML document.
pub(super) fn write(layers: &[Layer], path: &Path) -> Result<Vec<Note>, FormatError> {
    std::fs::write(path, document(layers, &stem(path)))
        .map_err(|source| FormatError::Io { path: path.to_owned(), source })?;
    Ok(Vec::new())
}

/// Writes the layers as a zipped KML document.
pub(super) fn write_kmz(layers: &[Layer], path: &Path) -> Result<Vec<Note>, FormatError> {
    let io = |source| FormatError::Io { path: path.to_owned(), source };
    let file = std::fs::File::create(path).map_err(io)?;
    let mut zip = zip::ZipWriter::new(file);
    let options = zip::write::SimpleFileOptions::default().last_modified_time(zip::DateTime::default());
    zip.start_file("doc.kml", options).map_err(|e| content(path, e))?;
    zip.write_all(document(layers, &stem(path)).as_bytes()).map_err(io)?;
    zip.finish().map_err(|e| content(path, e))?;
    Ok(Vec::new())
}

fn document(layers: &[Layer], name: &str) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<kml xmlns=\"http://www.opengis.net/kml/2.2\">\n<Document>\n",
    );
    let _ = writeln!(out, "<name>{}</name>", escape(name));
    for layer in layers {
        let _ = writeln!(out, "<Folder>\n<name>{}</name>", escape(&layer.name));
        for feature in &layer.features {
            placemark(&mut out, feature);
        }
        out.push_str("</Folder>\n");
    }
    out.push_str("</Document>\n</kml>\n");
    out
}

fn placemark(out: &mut String, feature: &Feature) {
    out.push_str("<Placemark>");
    if let Some(name) = feature.text("title").or(feature.text("name")) {
        let _ = write!(out, "<name>{}</name>", escape(name));
    }
    style(out, feature);
    out.push_str("<ExtendedData>");
    for (key, value) in feature.properties.iter().filter(|(_, v)| *v != Value::Null) {
        let _ = write!(out, "<Data name=\"{}\"><value>{}</value></Data>", escape(key), escape(&value.to_string()));
    }
    out.push_str("</ExtendedData>");
    if let Some(shape) = &feature.geometry {
        geometry(out, shape);
    }
    out.push_str("</Placemark>\n");
}

fn style(out: &mut String, feature: &Feature) {
    let color = |key: &str| feature.text(key).and_then(|c| c.parse::<Rgb>().ok());
    // KML writes alpha, blue, green, red.
    let kml = |Rgb(r, g, b): Rgb, opacity: f64| {
        format!("{:02x}{b:02x}{g:02x}{r:02x}", (opacity.clamp(0.0, 1.0) * 255.0).round() as u8)
    };
    let (fill, stroke, marker) = (color("fill"), color("stroke"), color("marker-color"));
    if fill.is_none() && stroke.is_none() && marker.is_none() {
        return;
    }
    out.push_str("<Style>");
    if let Some(c) = marker {
        let _ = write!(out, "<IconStyle><color>{}</color></IconStyle>", kml(c, 1.0));
    }
    if let Some(c) = stroke {
        let width = feature.number("stroke-width").unwrap_or(1.0);
        let _ = write!(out, "<LineStyle><color>{}</color><width>{width}</width></LineStyle>", kml(c, 1.0));
    }
    if let Some(c) = fill {
        let opacity = feature.number("fill-opacity").unwrap_or(0.6);
        let _ = write!(out, "<PolyStyle><color>{}</color></PolyStyle>", kml(c, opacity));
    }
    out.push_str("</Style>");
}

fn geometry(out: &mut String, shape: &Geometry<f64>) {
    match shape {
        Geometry::Point(p) => {
            let _ = write!(out, "<Point><coordinates>{},{}</coordinates></Point>", number(p.x()), number(p.y()));
        }
        Geometry::Line(l) => geometry(out, &Geometry::LineString(LineString(vec![l.start, l.end]))),
        Geometry::LineString(l) => {
            let _ = write!(out, "<LineString>{}</LineString>", coordinates(l));
        }
        Geometry::Polygon(p) => polygon(out, p),
        Geometry::Rect(r) => polygon(out, &r.to_polygon()),
        Geometry::Triangle(t) => polygon(out, &t.to_polygon()),
        Geometry::MultiPoint(m) => several(out, m.0.iter().map(|p| Geometry::Point(*p))),
        Geometry::MultiLineString(m) => several(out, m.0.iter().map(|l| Geometry::LineString(l.clone()))),
        Geometry::MultiPolygon(m) => several(out, m.0.iter().map(|p| Geometry::Polygon(p.clone()))),
        Geometry::GeometryCollection(c) => several(out, c.0.iter().cloned()),
    }
}

fn several(out: &mut String, parts: impl Iterator<Item = Geometry<f64>>) {
    out.push_str("<MultiGeometry>");
    parts.for_each(|g| geometry(out, &g));
    out.push_str("</MultiGeometry>");
}

fn polygon(out: &mut String, p: &Polygon<f64>) {
    let _ = write!(
        out,
        "<Polygon><outerBoundaryIs><LinearRing>{}</LinearRing></outerBoundaryIs>",
        coordinates(p.exterior())
    );
    for hole in p.interiors() {
        let _ = write!(out, "<innerBoundaryIs><LinearRing>{}</LinearRing></innerBoundaryIs>", coordinates(hole));
    }
    out.push_str("</Polygon>");
}

fn coordinates(l: &LineString<f64>) -> String {
    let list: Vec<String> = l.coords().map(|c| format!("{},{}", number(c.x), number(c.y))).collect();
    format!("<coordinates>{}</coordinates>", list.join(" "))
}

fn escape(text: &str) -> String {
    let kept: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    kept.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Whether every element is closed by its own tag. The library waits for ever for the end of one that is not.
fn closed(text: &[u8]) -> bool {
    let mut open: Vec<&[u8]> = Vec::new();
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'<', rest) {
        rest = &rest[at + 1..];
        let skip = |end: &[u8]| memchr::memmem::find(rest, end).map(|n| &rest[n + end.len()..]);
        if rest.starts_with(b"!--") || rest.starts_with(b"![CDATA[") || rest.starts_with(b"?") {
            let end: &[u8] = match rest[0] {
                b'?' => b"?>",
                _ if rest.starts_with(b"!--") => b"-->",
                _ => b"]]>",
            };
            let Some(after) = skip(end) else { return false };
            rest = after;
            continue;
        }
        // A quoted attribute may hold the mark that ends a tag.
        let mut quote = None;
        let end = rest.iter().position(|b| match (quote, b) {
            (None, b'"' | b'\'') => {
                quote = Some(*b);
                false
            }
            (Some(q), b) => {
                if q == *b {
                    quote = None;
                }
                false
            }
            (None, b) => *b == b'>',
        });
        let Some(end) = end else { return false };
        let tag = &rest[..end];
        rest = &rest[end + 1..];
        let name = |t: &'_ [u8]| t.iter().position(|b| b.is_ascii_whitespace() || *b == b'/').unwrap_or(t.len());
        match tag {
            [b'!', ..] => {}
            [b'/', name @ ..] => {
                if open.pop() != Some(name.trim_ascii_end()) {
                    return false;
                }
            }
            [.., b'/'] => {}
            _ => open.push(&tag[..name(tag)]),
        }
    }
    open.is_empty()
}

/// Reads KML or KMZ: a layer for each folder that holds placemarks, and one for those outside any.
pub(super) fn read(path: &Path) -> Result<Warned<Vec<Layer>>, FormatError> {
    let io = |source| FormatError::Io { path: path.to_owned(), source };
    let mut bytes = std::fs::read(path).map_err(io)?;
    if bytes.starts_with(b"PK") {
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).map_err(|e| content(path, e))?;
        let names = archive.file_names().filter_map(|n| n.ok().map(|n| n.into_owned()));
        let name: Option<String> = names.filter(|n| n.to_ascii_lowercase().ends_with(".kml")).min();
        let name = name.ok_or_else(|| content(path, "no .kml inside"))?;
        let mut inner = Vec::new();
        archive.by_name(&name).map_err(|e| content(path, e))?.read_to_end(&mut inner).map_err(io)?;
        bytes = inner;
    }
    if !closed(&bytes) {
        return Err(content(path, "an element is not closed, or closed by another's tag"));
    }
    let root = kml::KmlReader::<_, f64>::from_reader(bytes.as_slice()).read().map_err(|e| content(path, e))?;
    let mut walk = Walk { layers: vec![(stem(path), Vec::new())], notes: Vec::new() };
    walk.element(root, 0);
    let layers = walk.layers.into_iter().filter(|(_, f)| !f.is_empty());
    let layers = layers.map(|(name, features)| Layer { kind: LayerKind::Overlay, name, features }).collect();
    Ok(Warned::new(layers, walk.notes))
}

struct Walk {
    layers: Vec<(String, Vec<Feature>)>,
    notes: Vec<Note>,
}

impl Walk {
    fn element(&mut self, element: kml::Kml<f64>, layer: usize) {
        match element {
            kml::Kml::KmlDocument(d) => d.elements.into_iter().for_each(|e| self.element(e, layer)),
            kml::Kml::Document { elements, .. } => elements.into_iter().for_each(|e| self.element(e, layer)),
            kml::Kml::Folder(folder) => {
                let name = folder.name.unwrap_or_else(|| format!("folder {}", self.layers.len()));
                self.layers.push((name, Vec::new()));
                let own = self.layers.len() - 1;
                folder.elements.into_iter().for_each(|e| self.element(e, own));
            }
            kml::Kml::Placemark(p) => self.placemark(p, layer),
            _ => {}
        }
    }

    fn placemark(&mut self, p: kml::types::Placemark<f64>, layer: usize) {
        let mut feature = Feature { id: None, geometry: None, properties: Vec::new() };
        if let Some(name) = p.name {
            feature.properties.push(("name".into(), name.into()));
        }
        if let Some(text) = p.description {
            feature.properties.push(("description".into(), text.into()));
        }
        p.children.iter().filter(|e| e.name == "ExtendedData").for_each(|e| extended(e, &mut feature));
        match p.geometry.map(geo::Geometry::<f64>::try_from) {
            Some(Ok(geometry)) => feature.geometry = Some(geometry),
            Some(Err(error)) => {
                let (name, features) = &self.layers[layer];
                let what = format!("{name}: feature {}: {error}; kept without its geometry", features.len() + 1);
                self.notes.push(Note::warning(what));
            }
            None => {}
        }
        self.layers[layer].1.push(feature);
    }
}

/// `Data` and `SimpleData` values of a placemark; a key that is there already keeps its first value.
fn extended(element: &kml::types::Element, feature: &mut Feature) {
    for child in &element.children {
        match (child.name.as_str(), child.attrs.get("name")) {
            ("Data", Some(key)) => {
                let value = child.children.iter().find(|c| c.name == "value").and_then(|v| v.content.clone());
                push(feature, key, value);
            }
            ("SimpleData", Some(key)) => push(feature, key, child.content.clone()),
            ("SchemaData", _) => extended(child, feature),
            _ => {}
        }
    }
}

fn push(feature: &mut Feature, key: &str, value: Option<String>) {
    let value = value.map_or(Value::Null, |t| match (t.parse::<i64>(), t.parse::<f64>()) {
        (Ok(v), _) => Value::Int(v),
        (_, Ok(v)) if v.is_finite() => Value::Float(v),
        _ => t.into(),
    });
    match feature.properties.iter_mut().find(|(k, _)| k == key) {
        Some(slot) if slot.0 == "name" || slot.0 == "description" => slot.1 = value,
        Some(_) => {}
        None => feature.properties.push((key.into(), value)),
    }
}

#[cfg(test)]
mod tests {
    use super::closed;

    #[test]
    fn a_document_that_ends_early_is_refused() {
        let whole = b"<?xml version=\"1.0\"?><!-- <x> --><kml a='>'><Folder><name><![CDATA[<b>]]></name><Point/></Folder ></kml>";
        assert!(closed(whole));
        for text in
            ["<kml><Placemark>", "<kml></Kml>", "<kml><a></kml></a>", "<kml", "<!-- ", "</kml>", "<kml a=\"></kml>"]
        {
            assert!(!closed(text.as_bytes()), "{text}");
        }
    }
}
