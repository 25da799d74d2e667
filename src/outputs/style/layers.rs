//! The style document: sources, layers in drawing order, the view.

use super::ground::{self, NEAR_ZOOM, WORLD_ZOOM};
use super::sprite::Dot;
use super::view::opening;
use super::zones::{Zones, is_zone};
use crate::cartography::story;
use crate::cartography::theme::Style;
use crate::cartography::words::{Tongue, fill};
use crate::model::{Layer, LayerKind, Map, Rgb, Theme};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const STORY: &str = "story";
const WORLD: &str = "world";
const NEAR: &str = "near";
const REGULAR: &str = "Noto Sans Regular";
const BOLD: &str = "Noto Sans Bold";

/// Kinds of places whose position stands for an area.
const AREAS: [&str; 7] = ["admin1", "admin2", "country", "region", "continent", "water", "terrain"];

fn color(c: Rgb) -> Value {
    json!(c.to_string())
}

fn layer(id: &str, kind: &str, source: &str, source_layer: &str, paint: Value) -> Value {
    json!({"id": id, "type": kind, "source": source, "source-layer": source_layer, "paint": paint})
}

/// Width that grows with the zoom.
fn width(at3: f64, at8: f64) -> Value {
    json!(["interpolate", ["linear"], ["zoom"], 3, at3, 8, at8])
}

fn with(mut style: Value, key: &str, value: Value) -> Value {
    style[key] = value;
    style
}

/// Codes of the countries in which the story's places lie.
fn countries(map: &Map) -> BTreeSet<&str> {
    let places = map.layers.iter().filter(|l| l.kind == LayerKind::Places && l.name != "context");
    places.flat_map(|l| &l.features).filter_map(|f| f.text("country")).collect()
}

/// Land and sea, below everything.
fn below(style: &Style, map: &Map, near: bool) -> Vec<Value> {
    let c = &style.colours;
    let focus = countries(map);
    let land = match focus.is_empty() {
        true => color(c.land),
        false => json!(["match", ["get", "iso"], focus, color(c.focus), color(c.land)]),
    };
    let mut out = vec![
        json!({"id": "background", "type": "background", "paint": {"background-color": color(c.water)}}),
        layer("world-land", "fill", WORLD, "land", json!({"fill-color": land, "fill-antialias": false})),
        layer("world-lakes", "fill", WORLD, "lakes", json!({"fill-color": color(c.water)})),
        layer(
            "world-borders",
            "line",
            WORLD,
            "borders",
            json!({"line-color": color(c.border), "line-width": width(0.6, 1.2)}),
        ),
    ];
    if near {
        // The sea around the story hides the coarser world below it.
        out.push(layer(
            "near-sea",
            "fill",
            NEAR,
            "sea",
            json!({"fill-color": color(c.water), "fill-antialias": false}),
        ));
        out.push(layer("near-land", "fill", NEAR, "land", json!({"fill-color": land, "fill-antialias": false})));
    }
    out
}

/// Lines of the ground, above the zones.
fn above(style: &Style) -> Vec<Value> {
    let c = &style.colours;
    let rank = json!(["<=", ["get", "rank"], ["step", ["zoom"], 5, 5, 7, 6, 9, 7, 12]]);
    let disputed = json!(["==", ["get", "disputed"], true]);
    let line = |c: Rgb, w: Value| json!({"line-color": color(c), "line-width": w});
    vec![
        layer("near-divisions", "line", NEAR, "divisions", line(c.admin, width(0.4, 1.0))),
        with(layer("near-rivers", "line", NEAR, "rivers", line(c.river, width(0.5, 1.4))), "filter", rank.clone()),
        with(layer("near-lakes", "fill", NEAR, "lakes", json!({"fill-color": color(c.water)})), "filter", rank),
        layer("near-coast", "line", NEAR, "coast", line(c.coast, width(0.5, 1.0))),
        with(
            layer("near-borders", "line", NEAR, "borders", line(c.focus_border, width(0.8, 1.6))),
            "filter",
            json!(["!", disputed.clone()]),
        ),
        with(
            layer(
                "near-borders-disputed",
                "line",
                NEAR,
                "borders",
                json!({"line-color": color(c.focus_border), "line-width": width(0.8, 1.6), "line-dasharray": [3, 2]}),
            ),
            "filter",
            disputed,
        ),
    ]
}

fn text(style: &Style, color_of: Rgb) -> Value {
    json!({"text-color": color(color_of), "text-halo-color": color(style.colours.halo), "text-halo-width": 1.4})
}

/// Where a name may stand beside its dot, the best place first.
const ANCHORS: [&str; 8] = ["left", "right", "bottom-left", "top-left", "bottom-right", "top-right", "top", "bottom"];

/// The dots of a capital and of another town.
pub(super) fn town_dots(style: &Style) -> [Dot; 2] {
    let dot = |radius| Dot { radius, color: style.colours.quiet, rim: style.colours.halo };
    [dot(26), dot(19)]
}

/// Names of the ground, the least important first.
fn ground_names(style: &Style, map: &Map, near: bool) -> Vec<Value> {
    let c = &style.colours;
    let name = |id: &str, source: &str, source_layer: &str, ink: Rgb, layout: Value| {
        with(layer(id, "symbol", source, source_layer, text(style, ink)), "layout", layout)
    };
    let sea = json!({"text-field": ["get", "name"], "text-font": [REGULAR], "text-max-width": 7,
        "text-size": ["interpolate", ["linear"], ["zoom"], 2, 10, 7, 14], "symbol-sort-key": ["get", "rank"]});
    let country = json!({"text-field": ["get", "name"], "text-font": [BOLD], "text-max-width": 7, "text-transform": "uppercase",
        "text-letter-spacing": 0.08, "text-size": ["interpolate", ["linear"], ["zoom"], 2, 9, 7, 14], "symbol-sort-key": ["get", "rank"]});
    let due = json!(["<=", ["get", "min_zoom"], ["+", ["zoom"], 1]]);
    let mut out = vec![
        name("world-water-names", WORLD, "water_names", c.water_text, sea.clone()),
        with(name("country-names", WORLD, "country_names", c.country_text, country.clone()), "filter", due.clone()),
    ];
    if near {
        out[0]["maxzoom"] = json!(WORLD_ZOOM + 1);
        // The surroundings name their countries themselves, in what the page shows of them.
        let far = json!([
            "any",
            ["<", ["zoom"], WORLD_ZOOM + 1],
            ["!", ["in", ["get", "number"], ["literal", ground::named_near(map)]]]
        ]);
        out[1]["filter"] = json!(["all", due.clone(), far]);
        out.push(with(name("near-country-names", NEAR, "country_names", c.country_text, country), "filter", due));
        let river = json!({"symbol-placement": "line", "text-field": ["get", "name"], "text-font": [REGULAR], "text-size": 11.5,
            "text-letter-spacing": 0.03, "text-max-angle": 60, "symbol-spacing": 300, "symbol-sort-key": ["get", "rank"]});
        let large = json!(["<=", ["get", "rank"], ["step", ["zoom"], 4, 6, 5, 7, 6, 9, 12]]);
        out.insert(0, with(name("near-river-names", NEAR, "river_names", c.water_text, river), "filter", large));
        let capital = json!(["==", ["get", "capital"], true]);
        let [seat, plain] = town_dots(style).map(|d| d.name());
        let town = json!({"text-field": ["get", "name"], "text-font": ["case", capital, ["literal", [BOLD]], ["literal", [REGULAR]]],
            "text-size": ["interpolate", ["linear"], ["zoom"], 4, 10, 8, 13],
            "text-variable-anchor": ANCHORS, "text-radial-offset": 0.5, "text-justify": "auto",
            "icon-image": ["case", capital, seat, plain], "icon-padding": 0, "symbol-sort-key": ["get", "order"]});
        // Below those of seas and countries: one of them orients more than one town's, which can move aside.
        let last = out.len() - 2;
        out.insert(last, name("town-names", NEAR, "towns", c.quiet, town));
        out.insert(last + 1, name("near-water-names", NEAR, "water_names", c.water_text, sea));
    }
    out
}

/// Layers of the story that are not zones.
fn story(layer_of: &Layer, map: &Map, style: &Style) -> Vec<Value> {
    let c = &style.colours;
    let id = |part: &str| format!("{}-{part}", layer_of.name);
    let own = |part: &str, kind: &str, paint: Value| layer(&id(part), kind, STORY, &layer_of.name, paint);
    let grey = style.base == Theme::Mono;
    // A feature's own colour where the theme has colours.
    let said = |key: &str, otherwise: Rgb| {
        if grey { color(otherwise) } else { json!(["coalesce", ["get", key], otherwise.to_string()]) }
    };
    match layer_of.kind {
        LayerKind::Frontline => vec![with(
            own("line", "line", json!({"line-color": color(c.front), "line-width": width(1.2, 2.6)})),
            "layout",
            json!({"line-join": "round", "line-cap": "round"}),
        )],
        LayerKind::Advance => {
            vec![own("line", "line", json!({"line-color": said("stroke", c.accent), "line-width": width(1.5, 3.5)}))]
        }
        LayerKind::Distances => vec![
            own("line", "line", json!({"line-color": color(c.distance), "line-width": 1.5, "line-dasharray": [2, 2]})),
            // Level, and breaking the line, as on the stills.
            with(
                own("label", "symbol", with(text(style, c.distance), "text-halo-width", json!(3))),
                "layout",
                json!({"symbol-placement": "line-center", "text-rotation-alignment": "viewport", "text-field": length(map), "text-font": [BOLD], "text-size": 12}),
            ),
        ],
        // What happened where: the dot of a place in the colour of its side, as on the stills.
        LayerKind::Events => vec![own(
            "ring",
            "circle",
            json!({"circle-radius": 7.4, "circle-opacity": 0, "circle-stroke-width": 1.2, "circle-stroke-color": color(c.halo)}),
        )],
        LayerKind::Places => {
            let mut name = json!(["get", "name"]);
            if let Some(first) = map.view.langs.first().filter(|l| *l != "en") {
                name = json!(["coalesce", ["get", format!("name_{}", first.replace('-', "_"))], name]);
            }
            let note = json!(["case", ["has", "note"], ["concat", "\n", note(map)], ""]);
            let area = json!(["in", ["get", "kind"], ["literal", AREAS]]);
            let event = json!(["==", ["get", "role"], "event"]);
            let hidden = json!(["==", ["get", "role"], "hidden"]);
            let spots = json!(["!", ["any", area, hidden]]);
            let dot = json!({"circle-radius": ["case", event, 4.4, 4], "circle-color": ["case", event, said("marker-color", c.accent), color(c.dot)],
                "circle-stroke-width": ["case", event, 1.6, 1.4], "circle-stroke-color": ["case", event, color(c.dot), color(c.halo)]});
            let words = json!({"text-field": ["format", name, {"text-font": ["literal", [BOLD]]}, note, {"font-scale": 0.8}],
                "text-font": [REGULAR], "text-size": ["interpolate", ["linear"], ["zoom"], 4, 12.5, 7, 15], "text-variable-anchor": ANCHORS,
                "text-radial-offset": 0.7, "text-justify": "auto",
                // Where all have no room, what happened stays named; every dot stays, and tells its name when pressed.
                "symbol-sort-key": ["match", ["get", "role"], "event", 0, "reference", 1, 2]});
            // Countries are named by the ground; other areas stand back behind places, without a dot.
            let region = json!({"text-field": name, "text-font": [REGULAR], "text-size": 13, "text-letter-spacing": 0.06, "text-max-width": 8,
                "text-variable-anchor": ["top", "bottom"], "text-radial-offset": 0.6});
            let regions = json!([
                "all",
                area,
                ["!=", ["get", "kind"], "country"],
                ["!=", ["get", "kind"], "continent"],
                ["!", hidden]
            ]);
            vec![
                with(with(own("areas", "symbol", text(style, c.quiet)), "layout", region), "filter", regions),
                with(own("dot", "circle", dot), "filter", spots.clone()),
                with(with(own("label", "symbol", text(style, c.text)), "layout", words), "filter", spots),
            ]
        }
        _ => overlay(layer_of, style, &own),
    }
}

fn tongue(map: &Map) -> Tongue {
    Tongue::of(map.view.langs.first().map_or("en", String::as_str))
}

/// The length of a distance in the map's language.
fn length(map: &Map) -> Value {
    let said = json!(["get", "label"]);
    match tongue(map) {
        Tongue::English => said,
        other => {
            let unit = format!(" {}", other.phrases().km);
            json!(["case", ["has", "km"], ["concat", ["to-string", ["round", ["get", "km"]]], unit], said])
        }
    }
}

/// Notes of places as they stand in the tiles, and in the map's language, where that is another.
fn notes(map: &Map) -> BTreeMap<String, String> {
    let places = map.layers.iter().filter(|l| l.kind == LayerKind::Places).flat_map(|l| &l.features);
    let both = places.filter_map(|f| Some((f.text("note")?.to_owned(), story::note(map, f, tongue(map))?)));
    both.filter(|(a, b)| a != b).collect()
}

/// The note of a place in the map's language.
fn note(map: &Map) -> Value {
    let mut out = vec![json!("match"), json!(["get", "note"])];
    for (said, own) in notes(map) {
        out.extend([json!(said), json!(own)]);
    }
    out.push(json!(["get", "note"]));
    if out.len() == 3 { json!(["get", "note"]) } else { Value::Array(out) }
}

/// Words that the style itself has.
pub fn words(map: &Map) -> String {
    let mut all: Vec<String> = notes(map).into_values().collect();
    all.push(tongue(map).phrases().km.to_owned());
    all.join("\n")
}

/// Rows of the key: the zones, then lines.
fn key(map: &Map, zones: &Zones<'_>, style: &Style) -> Vec<Value> {
    let mut rows = zones.key(map);
    let words = tongue(map).phrases();
    let mut line = |shown: bool, label: &str, c: Rgb| {
        if shown {
            rows.push(json!({"label": label, "line": color(c)}));
        }
    };
    let measured = map.layers.iter().any(|l| l.kind == LayerKind::Distances && !l.features.is_empty());
    line(measured, words.straight, style.colours.distance);
    line(ground::disputed(map), words.disputed, style.colours.focus_border);
    rows
}

/// A user's features by simplestyle.
fn overlay(layer_of: &Layer, style: &Style, own: &dyn Fn(&str, &str, Value) -> Value) -> Vec<Value> {
    use geo::Geometry as G;
    let c = &style.colours;
    let has =
        |wanted: &dyn Fn(&G<f64>) -> bool| layer_of.features.iter().filter_map(|f| f.geometry.as_ref()).any(wanted);
    let said = |key: &str, otherwise: Value| json!(["coalesce", ["get", key], otherwise]);
    let mut out = Vec::new();
    let areas = |g: &G<f64>| {
        matches!(g, G::Polygon(_) | G::MultiPolygon(_) | G::Rect(_) | G::Triangle(_) | G::GeometryCollection(_))
    };
    let lines = |g: &G<f64>| areas(g) || matches!(g, G::Line(_) | G::LineString(_) | G::MultiLineString(_));
    let points = |g: &G<f64>| matches!(g, G::Point(_) | G::MultiPoint(_) | G::GeometryCollection(_));
    if has(&areas) {
        let paint =
            json!({"fill-color": said("fill", color(c.unknown)), "fill-opacity": said("fill-opacity", json!(0.6))});
        out.push(with(own("fill", "fill", paint), "filter", json!(["==", ["geometry-type"], "Polygon"])));
    }
    if has(&lines) {
        let paint = json!({"line-color": said("stroke", color(c.quiet)), "line-width": said("stroke-width", json!(1.2)), "line-opacity": said("stroke-opacity", json!(1))});
        out.push(with(own("line", "line", paint), "filter", json!(["!=", ["geometry-type"], "Point"])));
    }
    if has(&points) {
        let paint = json!({"circle-radius": 4, "circle-color": said("marker-color", color(c.accent)), "circle-stroke-width": 1, "circle-stroke-color": color(c.halo)});
        out.push(with(own("dot", "circle", paint), "filter", json!(["==", ["geometry-type"], "Point"])));
        let layout = json!({"text-field": ["coalesce", ["get", "title"], ["get", "name"], ""], "text-font": [REGULAR], "text-size": 12,
            "text-variable-anchor": ["left", "right", "top", "bottom"], "text-radial-offset": 0.6});
        let label = with(own("label", "symbol", text(style, c.text)), "layout", layout);
        out.push(with(label, "filter", json!(["==", ["geometry-type"], "Point"])));
    }
    out
}

/// The style of a map in a theme; `archive` is the story's own tiles beside it.
pub fn document(map: &Map, theme: Theme, archive: &str, near: bool) -> Value {
    let style = Style::of(theme);
    let zones = Zones::new(map, &style);
    let shown = |l: &&Layer| l.name != "context" && !l.features.is_empty();
    let mut layers = below(&style, map, near);
    for l in map.layers.iter().filter(shown).filter(|l| is_zone(l.kind)) {
        layers.extend(zones.layers(l, STORY));
    }
    if near {
        layers.extend(above(&style));
    }
    layers.extend(ground_names(&style, map, near));
    let order = |l: &Layer| match l.kind {
        LayerKind::Overlay => 0,
        LayerKind::Frontline => 1,
        LayerKind::Distances => 2,
        LayerKind::Advance => 3,
        LayerKind::Events => 4,
        _ => 5,
    };
    let mut rest: Vec<&Layer> = map.layers.iter().filter(shown).filter(|l| !is_zone(l.kind)).collect();
    rest.sort_by_key(|l| order(l));
    for l in rest {
        layers.extend(story(l, map, &style));
    }
    let credits: Vec<String> = map.credits.iter().map(|c| format!("{} ({})", c.name, c.licence)).collect();
    // One archive in two sources: beyond zoom 3 only the story's surroundings have tiles, elsewhere the world is enlarged.
    let base = |more: Value| {
        let mut source = json!({"type": "vector", "url": "pmtiles://basemap.pmtiles", "attribution": "Natural Earth"});
        source.as_object_mut().into_iter().for_each(|s| s.extend(more.as_object().cloned().unwrap_or_default()));
        source
    };
    let mut sources = json!({
        WORLD: base(json!({"maxzoom": WORLD_ZOOM})),
        STORY: {"type": "vector", "url": format!("pmtiles://{archive}"), "attribution": credits.join(", ")},
    });
    if near {
        sources[NEAR] = base(json!({"minzoom": WORLD_ZOOM + 1}));
    }
    let c = &style.colours;
    let dated = map.as_of.map(|d| fill(tongue(map).phrases().as_of, &[&tongue(map).date(d)]));
    let mut out = json!({
        "version": 8,
        "name": map.title,
        "metadata": {"mapdesk:theme": format!("{theme:?}").to_lowercase(), "mapdesk:as_of": map.as_of.map(|d| d.to_string()),
            "mapdesk:borders": crate::basemap::borders_as(map.view.worldview.as_deref()), "mapdesk:basemap_zooms": [0, NEAR_ZOOM], "mapdesk:subtitle": map.subtitle, "mapdesk:key": key(map, &zones, &style), "mapdesk:dated": dated,
            "mapdesk:page": {"ground": color(c.page), "text": color(c.text), "quiet": color(c.quiet)}},
        "sprite": "sprite/hatch",
        "glyphs": "glyphs/{fontstack}/{range}.pbf",
        "sources": sources,
        "layers": layers,
    });
    if let Some((centre, zoom)) = opening(map) {
        out["center"] = json!(centre);
        out["zoom"] = json!(zoom);
    }
    out
}
