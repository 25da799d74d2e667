//! SVG 1.1 with text as text: one named group a layer, alternative text, credits; opens in browsers, Illustrator, Inkscape.
//!
//! Every run of one script and font is a span at its own place with its own `textLength`, so that labels stand where the PNG
//! has them, whatever fonts the reader's machine has. Halos are copies beneath the letters, since not every drawing program
//! knows `paint-order`; each label and its halo are one group. Inkscape 1.2 draws all maps of `tests/maps.rs` as our pixels do (by hand:
//! the test leaves SVG and PNG side by side). Reference: SVG 1.1 (second edition), SVG 2 text layout.

mod path;
mod text;
mod write;

use crate::cartography::display::{Cap, DisplayList, Image, Item, Join, Outline, Path, Placement, Rule, Stroke, Text};
use crate::model::Rgb;
use path::Coordinates;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;
use write::Xml;

/// What the namespaces are called in the file.
const NAMESPACES: &[(&str, &str)] = &[
    ("xmlns", "http://www.w3.org/2000/svg"),
    ("xmlns:xlink", "http://www.w3.org/1999/xlink"),
    ("xmlns:inkscape", "http://www.inkscape.org/namespaces/inkscape"),
    ("xmlns:rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
    ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
];

/// A display list as an SVG document.
pub fn encode(list: &DisplayList) -> String {
    let mut svg = Svg { xml: Xml::new(), shared: FxHashMap::default(), list };
    svg.document();
    svg.xml.finish()
}

struct Svg<'a> {
    xml: Xml,
    /// Outlines that are referred to (clips, baselines) and their ids.
    shared: FxHashMap<*const Outline, String>,
    list: &'a DisplayList,
}

impl Svg<'_> {
    fn document(&mut self) {
        let list = self.list;
        self.xml.open("svg");
        for (name, value) in NAMESPACES {
            self.xml.attribute(name, value);
        }
        let (w, h) = (list.width.to_string(), list.height.to_string());
        self.xml.attribute("width", &w);
        self.xml.attribute("height", &h);
        self.xml.attribute("viewBox", &format!("0 0 {w} {h}"));
        self.xml.attribute("role", "img");
        if !list.metadata.lang.is_empty() {
            self.xml.attribute("xml:lang", &list.metadata.lang);
        }
        self.words();
        self.definitions();
        self.xml.open("rect");
        self.xml.attribute("id", "ground");
        self.xml.attribute("width", &w);
        self.xml.attribute("height", &h);
        self.xml.attribute("fill", &color(list.background));
        self.xml.close();
        for group in &list.groups {
            self.xml.open("g");
            self.xml.attribute("id", &group.id);
            self.xml.attribute("inkscape:groupmode", "layer");
            self.xml.attribute("inkscape:label", &group.label);
            if group.alpha < 255 {
                self.xml.attribute("opacity", &opacity(group.alpha));
            }
            for item in &group.items {
                match item {
                    Item::Path(path) => self.path(path),
                    Item::Text(text) => {
                        text::write(&mut self.xml, &list.fonts, &self.shared, &list.metadata.lang, text)
                    }
                    Item::Image(image) => self.image(image),
                }
            }
            self.xml.close();
        }
        self.xml.close();
    }

    /// Title, description and credits.
    fn words(&mut self) {
        let list = self.list;
        for (tag, words) in [("title", &list.title), ("desc", &list.description)] {
            if !words.is_empty() {
                self.xml.open(tag);
                self.xml.text(words);
                self.xml.close();
            }
        }
        let m = &list.metadata;
        let entries = [
            ("dc:title", &list.title),
            ("dc:description", &list.description),
            ("dc:creator", &m.author),
            ("dc:rights", &m.licence),
            ("dc:source", &m.source),
            ("dc:coverage", &m.as_of),
            ("dc:language", &m.lang),
        ];
        self.xml.open("metadata");
        self.xml.open("rdf:RDF");
        self.xml.open("rdf:Description");
        self.xml.attribute("rdf:about", "");
        for (tag, words) in entries.into_iter().filter(|e| !e.1.is_empty()) {
            self.xml.open(tag);
            self.xml.text(words);
            self.xml.close();
        }
        for _ in 0..3 {
            self.xml.close();
        }
    }

    /// Clips and baselines, each once.
    fn definitions(&mut self) {
        let list = self.list;
        let items = || list.groups.iter().flat_map(|g| &g.items);
        let clips = once(items().filter_map(|item| match item {
            Item::Path(path) => path.clip.as_ref(),
            _ => None,
        }));
        let lines = once(items().filter_map(|item| match item {
            Item::Text(Text { place: Placement::Along { path, .. }, .. }) => Some(path),
            _ => None,
        }));
        if clips.is_empty() && lines.is_empty() {
            return;
        }
        self.xml.open("defs");
        for (n, clip) in clips.iter().enumerate() {
            let id = format!("clip-{}", n + 1);
            self.xml.open("clipPath");
            self.xml.attribute("id", &id);
            self.xml.open("path");
            self.xml.attribute("d", &path::data(clip));
            self.xml.close();
            self.xml.close();
            self.shared.insert(Arc::as_ptr(clip), id);
        }
        for (n, line) in lines.iter().enumerate() {
            let id = format!("baseline-{}", n + 1);
            self.xml.open("path");
            self.xml.attribute("id", &id);
            self.xml.attribute("d", &path::data(line));
            self.xml.close();
            self.shared.insert(Arc::as_ptr(line), id);
        }
        self.xml.close();
    }

    fn path(&mut self, path: &Path) {
        if path.outline.is_empty() || (path.fill.is_none() && path.stroke.is_none()) {
            return;
        }
        // Inkscape and Illustrator clip a group more readily than a stroked path.
        if let Some(clip) = &path.clip {
            self.xml.open("g");
            let id = self.shared.get(&Arc::as_ptr(clip)).cloned().unwrap_or_default();
            self.xml.attribute("clip-path", &format!("url(#{id})"));
        }
        self.xml.open("path");
        self.xml.attribute("d", &path::data(&path.outline));
        match path.fill {
            Some(fill) => {
                self.xml.attribute("fill", &color(fill.color));
                if fill.alpha < 255 {
                    self.xml.attribute("fill-opacity", &opacity(fill.alpha));
                }
                if fill.rule == Rule::EvenOdd {
                    self.xml.attribute("fill-rule", "evenodd");
                }
            }
            None => self.xml.attribute("fill", "none"),
        }
        if let Some(stroke) = &path.stroke {
            self.stroke(stroke);
        }
        if let Some(title) = &path.title {
            self.xml.open("title");
            self.xml.text(title);
            self.xml.close();
        }
        self.xml.close();
        if path.clip.is_some() {
            self.xml.close();
        }
    }

    fn stroke(&mut self, stroke: &Stroke) {
        let length = |v: i32| Coordinates::length(v);
        self.xml.attribute("stroke", &color(stroke.color));
        if stroke.alpha < 255 {
            self.xml.attribute("stroke-opacity", &opacity(stroke.alpha));
        }
        self.xml.attribute("stroke-width", &length(stroke.width));
        if !stroke.dash.is_empty() {
            let dash: Vec<String> = stroke.dash.iter().map(|d| length(*d)).collect();
            self.xml.attribute("stroke-dasharray", &dash.join(" "));
        }
        match stroke.cap {
            Cap::Butt => {}
            Cap::Round => self.xml.attribute("stroke-linecap", "round"),
            Cap::Square => self.xml.attribute("stroke-linecap", "square"),
        }
        match stroke.join {
            // Miter with a limit of 4 is what SVG does by itself.
            Join::Miter => {}
            Join::Round => self.xml.attribute("stroke-linejoin", "round"),
            Join::Bevel => self.xml.attribute("stroke-linejoin", "bevel"),
        }
    }

    fn image(&mut self, image: &Image) {
        let Some(png) = write::png(&image.pixels) else { return };
        let length = |v: i32| Coordinates::length(v);
        self.xml.open("image");
        self.xml.attribute("x", &length(image.rect.left));
        self.xml.attribute("y", &length(image.rect.top));
        self.xml.attribute("width", &length(image.rect.width()));
        self.xml.attribute("height", &length(image.rect.height()));
        self.xml.attribute("preserveAspectRatio", "none");
        if image.alpha < 255 {
            self.xml.attribute("opacity", &opacity(image.alpha));
        }
        self.xml.attribute("xlink:href", &format!("data:image/png;base64,{}", write::base64(&png)));
        if let Some(title) = &image.title {
            self.xml.open("title");
            self.xml.text(title);
            self.xml.close();
        }
        self.xml.close();
    }
}

/// Shared outlines in order of appearance, each once.
fn once<'a>(outlines: impl Iterator<Item = &'a Arc<Outline>>) -> Vec<&'a Arc<Outline>> {
    let mut seen = FxHashSet::default();
    outlines.filter(|o| seen.insert(Arc::as_ptr(o))).collect()
}

/// A colour as SVG writes it, in lower case.
fn color(c: Rgb) -> String {
    format!("#{:02x}{:02x}{:02x}", c.0, c.1, c.2)
}

/// An opacity with as many digits as a byte is worth.
fn opacity(alpha: u8) -> String {
    let text = format!("{:.3}", f64::from(alpha) / 255.0);
    text.trim_start_matches('0').trim_end_matches('0').to_owned()
}
