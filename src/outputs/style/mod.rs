//! A folder that any static host can serve: MapLibre styles, glyphs, a sprite and a quiet base map beside the story's tiles.
//!
//! All addresses in the style are relative to the page, so that the folder works offline and under any path. `web.html` shows how a
//! page loads it: MapLibre GL JS with the PMTiles protocol, its right-to-left plug-in where Arabic or Hebrew is shown, and the sprite's
//! address made absolute, which MapLibre insists on. The picture follows the stills: same colours, classes, hatching and order;
//! placing labels is MapLibre's own.
//!
//! Reference: MapLibre Style Specification v8.

mod glyphs;
mod ground;
mod layers;
mod names;
mod plain;
mod sprite;
mod view;
mod zones;

pub use plain::{TILES, raster_document, vector_document};

use crate::cartography::text::{Fonts, Weight};
use crate::cartography::theme::Style;
use crate::cartography::words::Tongue;
use crate::model::{Map, Theme, Value};
use crate::tiles::TilesError;
use std::collections::BTreeSet;

/// Every theme with its name in files.
const THEMES: [(Theme, &str); 3] = [(Theme::Light, "light"), (Theme::Dark, "dark"), (Theme::Mono, "mono")];

/// The files of the folder but for the story's own tiles: path below the folder, bytes.
///
/// `style.json` has the map's own theme; `style-light.json`, `style-dark.json` and `style-mono.json` are the three of them. `archive` is
/// the name of the story's PMTiles, whose layers are those of the map under their names, but for `context`.
///
/// # Errors
/// The base map's tiles cannot be made.
pub fn folder(map: &Map, archive: &str) -> Result<Vec<(String, Vec<u8>)>, TilesError> {
    let near = ground::surroundings(map).is_some();
    let mut files = Vec::new();
    let text = |theme| {
        let style = layers::document(map, theme, archive, near);
        serde_json::to_vec_pretty(&style).expect("plain values")
    };
    files.push(("style.json".to_owned(), text(map.view.theme)));
    for (theme, name) in THEMES {
        files.push((format!("style-{name}.json"), text(theme)));
    }
    files.push(("web.html".to_owned(), page(map).into_bytes()));
    files.push(("basemap.pmtiles".to_owned(), ground::archive(map)?));
    let hatches: Vec<sprite::Hatch> =
        THEMES.iter().flat_map(|(theme, _)| hatches(map, *theme)).collect::<BTreeSet<_>>().into_iter().collect();
    let dots = THEMES.iter().flat_map(|(theme, _)| layers::town_dots(&Style::of(*theme)));
    let dots: Vec<sprite::Dot> = dots.collect::<BTreeSet<_>>().into_iter().collect();
    for (density, at) in [(1, ""), (2, "@2x")] {
        let (index, picture) = sprite::sprite(&hatches, &dots, density, 1.9);
        files.push((format!("sprite/hatch{at}.json"), index));
        files.push((format!("sprite/hatch{at}.png"), picture));
    }
    let fonts = Fonts::embedded();
    let words = words(map);
    for weight in [Weight::Regular, Weight::Bold] {
        files.extend(glyphs::ranges(&fonts, weight, &words));
    }
    Ok(files)
}

/// Every word that the map may show.
fn words(map: &Map) -> String {
    let values = map.layers.iter().flat_map(|l| &l.features).flat_map(|f| &f.properties);
    let texts = values.filter_map(|(_, v)| if let Value::Text(t) = v { Some(t.as_str()) } else { None });
    let mut all = texts.collect::<Vec<_>>().join("\n");
    all.push_str(&ground::words(map));
    all.push_str(&layers::words(map));
    // Names of countries are shown in capitals, some of which are in another range than their small letters.
    let capitals = all.to_uppercase();
    all + &capitals
}

/// A page that shows the folder; it wants MapLibre GL JS, PMTiles and the right-to-left plug-in from npm in folders beside it.
fn page(map: &Map) -> String {
    let title = map.title.replace('&', "&amp;").replace('<', "&lt;");
    let lang = map.view.langs.first().map_or("en", String::as_str).replace(['"', '<', '&'], "");
    let dir = if Tongue::of(&lang).is_rtl() { "rtl" } else { "ltr" };
    include_str!("web.html").replace("{{title}}", &title).replace("{{lang}}", &lang).replace("{{dir}}", dir)
}

fn hatches(map: &Map, theme: Theme) -> BTreeSet<sprite::Hatch> {
    let style = Style::of(theme);
    let zones = zones::Zones::new(map, &style);
    let layers = map.layers.iter().filter(|l| zones::is_zone(l.kind));
    layers.flat_map(|l| zones.paints(l).into_values()).filter_map(|p| p.hatch).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Feature, Holder, Layer, LayerKind};

    fn map() -> Map {
        let square = geo::Rect::new((36.0, 35.0), (37.0, 36.0)).to_polygon();
        let zone = |holder: &str, status: &str, by: Option<&str>| {
            Feature::new(square.clone()).with("holder", holder).with("status", status).with("contested_by", by)
        };
        let control = vec![zone("rebels", "held", None), zone("government", "contested", Some("rebels"))];
        let hama = Feature::new(geo::Point::new(36.75, 35.13)).with("name", "Hama").with("country", "SY");
        Map {
            slug: "t".into(),
            title: "Hama <falls>".into(),
            holders: vec![Holder {
                id: "rebels".into(),
                label: "Rebels".into(),
                color: Some(crate::model::Rgb(1, 2, 3)),
            }],
            layers: vec![Layer::new(LayerKind::Control, control), Layer::new(LayerKind::Places, vec![hama])],
            ..Map::default()
        }
    }

    #[test]
    fn the_style_is_relative_and_whole() {
        let map = map();
        for (theme, name) in THEMES {
            let style = layers::document(&map, theme, "map.pmtiles", true);
            assert_eq!(style["metadata"]["mapdesk:theme"], name);
            let text = style.to_string();
            assert!(!text.contains("http"), "an address that is not relative");
            let sources = style["sources"].as_object().expect("sources");
            let mut ids = BTreeSet::new();
            for layer in style["layers"].as_array().expect("layers") {
                assert!(ids.insert(layer["id"].as_str().expect("an id")), "{} twice", layer["id"]);
                if let Some(source) = layer["source"].as_str() {
                    assert!(sources.contains_key(source), "{source}");
                }
            }
            assert!(ids.contains("control-hatch") && ids.contains("places-label"));
            // Every pattern that the style asks for is in the sprite.
            let hatches: Vec<String> = hatches(&map, theme).iter().map(sprite::Hatch::name).collect();
            assert_eq!(hatches.len(), 1);
            assert!(text.contains(&hatches[0]));
        }
        let light = layers::document(&map, Theme::Light, "map.pmtiles", true);
        assert_eq!(light["zoom"].as_f64().map(|z| (4.0..12.0).contains(&z)), Some(true), "{}", light["zoom"]);
        assert!(page(&map).contains("Hama &lt;falls>"));
    }

    #[test]
    fn the_base_map_is_one_archive_of_zooms_0_to_7() {
        let mut map = map();
        map.view.bbox = Some("36.7,35.0,36.9,35.2".parse().expect("a box"));
        let bytes = ground::archive(&map).expect("tiles");
        assert_eq!(&bytes[..8], b"PMTiles\x03");
        assert_eq!((bytes[100], bytes[101]), (0, 7));
        let mut reader = crate::outputs::pmtiles::Reader::open(std::io::Cursor::new(bytes), "b.pmtiles".as_ref())
            .expect("an archive");
        let layers = reader.metadata().expect("metadata")["vector_layers"].clone();
        let of = |id: &str| {
            layers
                .as_array()
                .into_iter()
                .flatten()
                .find(|l| l["id"] == id)
                .map(|l| (l["minzoom"].clone(), l["maxzoom"].clone()))
        };
        assert_eq!(of("land"), Some((0.into(), 7.into())));
        assert_eq!(of("sea"), Some((4.into(), 7.into())));
        let plain = ground::archive(&Map::default()).expect("tiles");
        assert_eq!((plain[100], plain[101]), (0, 3));
        let _: serde_json::Value = layers::document(&Map::default(), Theme::Light, "map.pmtiles", false);
    }
}
