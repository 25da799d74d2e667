//! The quiet base map as vector tiles: the world for zooms 0 to 3, the story's surroundings in detail for zooms 4 to 7.

use super::names;
use crate::basemap::{Basemap, BoundaryClass, LayerId, Scale, View, WaterKind, borders_as, seas_apart};
use crate::cartography::country_name;
use crate::cartography::ground::dashed;
use crate::geodesy::{BBox, LonLat};
use crate::model::{Feature, Layer, LayerKind, Map};
use crate::outputs::tile_target::{About, pmtiles_in_steps};
use crate::tiles::{Options, TilesError};
use geo::{BooleanOps, Coord, LineString, MultiLineString, MultiPolygon, Rect};
use std::collections::BTreeMap;

/// Last zoom of the world; the surroundings begin one further.
pub const WORLD_ZOOM: u8 = 3;
/// Last zoom of the surroundings; maps enlarge it beyond.
pub const NEAR_ZOOM: u8 = 7;

/// Boxes that do not cross the antimeridian.
fn halves(b: BBox) -> Vec<BBox> {
    if b.west <= b.east { vec![b] } else { vec![BBox { east: 180.0, ..b }, BBox { west: -180.0, ..b }] }
}

fn rect(b: &BBox) -> Rect<f64> {
    Rect::new(Coord { x: b.west, y: b.south }, Coord { x: b.east, y: b.north })
}

/// What the surroundings of a story are: its view or layers, and as much again on every side.
pub fn surroundings(map: &Map) -> Option<BBox> {
    let inner = map.view.bbox.or_else(|| {
        let positions = map.layers.iter().filter(|l| l.name != "context").flat_map(|l| &l.features);
        BBox::around(positions.filter_map(|f| f.geometry.as_ref()).flat_map(corners))
    })?;
    let (dx, dy) = ((inner.width() * 0.8).max(3.0), ((inner.north - inner.south) * 0.8).max(2.0));
    let (south, north) = ((inner.south - dy).max(-85.0), (inner.north + dy).min(85.0));
    if inner.width() + 2.0 * dx >= 360.0 {
        return Some(BBox { west: -180.0, south, east: 180.0, north });
    }
    let wrap = |x: f64| LonLat::wrapped(x, 0.0).lon();
    Some(BBox { west: wrap(inner.west - dx), south, east: wrap(inner.east + dx), north })
}

fn corners(geometry: &geo::Geometry<f64>) -> Vec<LonLat> {
    use geo::CoordsIter;
    geometry.coords_iter().filter_map(|c| LonLat::new(c.x, c.y).ok()).collect()
}

/// A name in the map's language, and in its second below it.
pub(super) fn label(langs: &[String], name: impl Fn(&str) -> String) -> String {
    let first = name(langs.first().map_or("en", String::as_str));
    match langs.get(1).map(|l| name(l)) {
        Some(second) if second != first => format!("{first}\n{second}"),
        _ => first,
    }
}

fn lines(view: &View<'_>, arcs: impl Iterator<Item = u32>) -> MultiLineString<f64> {
    MultiLineString(arcs.map(|a| LineString(view.arc(a).to_vec())).collect())
}

/// The part of lines inside a box; lines outside it are only stand-ins.
fn clip(lines: &MultiLineString<f64>, within: &BBox) -> MultiLineString<f64> {
    rect(within).to_polygon().clip(lines, false)
}

/// Names of the world's countries and oceans.
fn names(map: &Map) -> (Layer, Layer) {
    let langs = &map.view.langs;
    let countries = Basemap::embedded().features(Scale::M50, LayerId::Countries).map(|c| {
        Feature::new(geo::Point::from(c.label_position()))
            .with("name", label(langs, |l| country_name(&c, l)))
            .with("number", i64::from(c.number()))
            .with("rank", i64::from(c.rank()))
            .with("min_zoom", c.min_zoom())
    });
    let waters = seas_apart(4_000.0).into_iter().filter(|s| s.rank <= 1).map(|s| {
        Feature::new(geo::Point::from(s.label))
            .with("name", label(langs, |l| s.name(l).to_owned()))
            .with("rank", i64::from(s.rank))
    });
    (overlay("country_names", countries.collect()), overlay("water_names", waters.collect()))
}

pub(super) fn overlay(name: &str, features: Vec<Feature>) -> Layer {
    Layer { kind: LayerKind::Overlay, name: name.to_owned(), features }
}

/// Land, borders and waters of a view within a box.
fn layers(view: &View<'_>, map: &Map, within: &BBox, out: &mut [Layer; 6]) {
    let area = rect(within).to_polygon();
    let whole = within.width() >= 360.0;
    let cut = |polygons: MultiPolygon<f64>| {
        if whole { polygons } else { MultiPolygon(vec![area.clone()]).intersection(&polygons) }
    };
    let basemap = Basemap::embedded();
    let worldview = map.view.worldview.as_deref();
    let territory = worldview.map(|w| basemap.territory(view.scale(), w)).unwrap_or_default();
    let iso_of = |number: u16| {
        let mut all = basemap.features(view.scale(), LayerId::Countries);
        all.find(|f| f.number() == number).and_then(|f| f.iso_a2())
    };
    for (n, f) in view.iter() {
        match f.layer() {
            LayerId::Countries => {
                // In the view of somebody, land of one country may be another's.
                let mut owned: BTreeMap<u16, MultiPolygon> = BTreeMap::new();
                for (part, polygon) in view.rings(n).iter().zip(view.polygons(n)) {
                    owned.entry(territory.owner(f, part)).or_insert_with(|| MultiPolygon(Vec::new())).0.push(polygon);
                }
                for (owner, land) in owned {
                    let land = cut(land);
                    if !land.0.is_empty() {
                        let iso = if owner == f.number() { f.iso_a2() } else { iso_of(owner) };
                        out[0].features.push(Feature::new(land).with("iso", iso.unwrap_or_default()));
                    }
                }
            }
            LayerId::Lakes => {
                let lake = cut(view.polygons(n));
                if !lake.0.is_empty() {
                    out[1].features.push(Feature::new(lake).with("rank", i64::from(f.rank())));
                }
            }
            LayerId::Rivers if f.water_kind() == WaterKind::River => {
                let river = clip(&view.lines(n), within);
                if !river.0.is_empty() {
                    out[2].features.push(Feature::new(river).with("rank", i64::from(f.rank())));
                }
            }
            LayerId::DivisionLines if f.division_order() == 1 => {
                let line = clip(&view.lines(n), within);
                if !line.0.is_empty() {
                    out[3].features.push(Feature::new(line));
                }
            }
            LayerId::Boundaries => {
                let class = f.boundary_class_for(map.view.worldview.as_deref());
                let line = clip(&view.lines(n), within);
                if class.is_drawn() && !line.0.is_empty() {
                    out[4].features.push(Feature::new(line).with("disputed", dashed(class)));
                } else if class == BoundaryClass::Division && !line.0.is_empty() {
                    out[3].features.push(Feature::new(line));
                }
            }
            _ => {}
        }
    }
    let coast = clip(&lines(view, view.coast()), within);
    if !coast.0.is_empty() {
        out[5].features.push(Feature::new(coast));
    }
}

fn empty_layers() -> [Layer; 6] {
    ["land", "lakes", "rivers", "divisions", "borders", "coast"].map(|name| overlay(name, Vec::new()))
}

fn options(zooms: (u8, u8)) -> Options {
    // The world is only a backdrop: half the usual detail keeps it small.
    let extent_bits = if zooms.0 == 0 { 11 } else { 12 };
    let buffer = 32 << (extent_bits - 11);
    Options {
        min_zoom: Some(zooms.0),
        max_zoom: Some(zooms.1),
        extent_bits,
        buffer,
        compression: 12,
        ..Options::default()
    }
}

/// The base map as one archive: the world at zooms 0 to 3, the surroundings of the story, where it has any, at zooms 4 to 7.
///
/// # Errors
/// Tiles cannot be made.
pub fn archive(map: &Map) -> Result<Vec<u8>, TilesError> {
    let filled = |layers: Vec<Layer>| layers.into_iter().filter(|l| !l.features.is_empty()).collect::<Vec<_>>();
    let mut steps = vec![(filled(world(map)), options((0, WORLD_ZOOM)))];
    if let Some((layers, last)) = near(map) {
        steps.push((filled(layers), options((WORLD_ZOOM + 1, last))));
    }
    let about = About {
        name: "base map".to_owned(),
        description: Some(format!("A quiet base map, {}", borders_as(map.view.worldview.as_deref()))),
        attribution: Some("Natural Earth".to_owned()),
    };
    pmtiles_in_steps(&steps, &about)
}

/// Whether a border that is drawn dashed is seen when the page opens.
pub fn disputed(map: &Map) -> bool {
    let Some((page, _)) = super::view::seen(map) else { return false };
    let view = Basemap::embedded().query(page, Scale::M10, &[LayerId::Boundaries]);
    view.iter().any(|(n, f)| {
        let class = f.boundary_class_for(map.view.worldview.as_deref());
        class.is_drawn() && dashed(class) && !clip(&view.lines(n), &page).0.is_empty()
    })
}

/// Numbers of the countries that the story's surroundings name themselves.
pub fn named_near(map: &Map) -> Vec<i64> {
    let Some(around) = surroundings(map) else { return Vec::new() };
    let countries = names::countries(map, &around);
    countries.features.iter().filter_map(|f| f.number("number")).map(|n| n as i64).collect()
}

/// Every word that the base map may show.
pub fn words(map: &Map) -> String {
    let layers = world(map).into_iter().chain(near(map).into_iter().flat_map(|n| n.0));
    let names = layers.flat_map(|l| l.features).filter_map(|f| f.text("name").map(str::to_owned));
    names.collect::<Vec<_>>().join("\n")
}

/// Layers of the world.
fn world(map: &Map) -> Vec<Layer> {
    let everywhere = BBox { west: -180.0, south: -85.0, east: 180.0, north: 85.0 };
    let wanted = [LayerId::Countries, LayerId::Boundaries];
    let view = Basemap::embedded().query(everywhere, Scale::M50, &wanted);
    let mut out = empty_layers();
    layers(&view, map, &BBox { south: -90.0, north: 90.0, ..everywhere }, &mut out);
    // The great lakes of the coarsest scale are enough here.
    let lakes = Basemap::embedded().query(everywhere, Scale::M110, &[LayerId::Lakes]);
    layers(&lakes, map, &everywhere, &mut out);
    let (countries, waters) = names(map);
    out.into_iter().chain([countries, waters]).collect()
}

/// Layers of the story's surroundings and their last zoom; `None` where the map shows nothing.
fn near(map: &Map) -> Option<(Vec<Layer>, u8)> {
    let around = surroundings(map)?;
    let scale = if around.width() < 60.0 { Scale::M10 } else { Scale::M50 };
    let mut out = empty_layers();
    let mut sea = overlay("sea", Vec::new());
    for half in halves(around) {
        let view = Basemap::embedded().query(half, scale, &LayerId::ALL);
        layers(&view, map, &half, &mut out);
        sea.features.push(Feature::new(rect(&half).to_polygon()));
    }
    let mut all = vec![sea];
    all.extend(out);
    all.extend([names::rivers(map, &around), names::waters(map, &around), names::countries(map, &around)]);
    all.extend(map.layers.iter().find(|l| l.name == "context").map(|context| names::towns(map, context)));
    let last = if around.width() < 60.0 { NEAR_ZOOM } else { 5 };
    Some((all, last))
}
