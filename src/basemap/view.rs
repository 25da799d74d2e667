//! What lies in a box: features, and their arcs decoded once.

use super::read::{ArcRecord, Bounds, UNIT, flag};
use super::{Basemap, Feature, LayerId, Scale};
use crate::geodesy::BBox;
use geo::{Coord, LineString, MultiLineString, MultiPolygon, Polygon};
use std::collections::BTreeMap;
use std::ops::Range;

/// A use of an arc.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArcRef {
    /// Number of the arc within its scale; the same on both sides of a border.
    pub arc: u32,
    /// Whether it is walked from its end to its start.
    pub backwards: bool,
}

/// Features and arcs of one scale that meet a box.
#[derive(Debug)]
pub struct View<'a> {
    scale: Scale,
    features: Vec<Feature<'a>>,
    /// Parts of each feature that meet the box.
    rings: Vec<Vec<Vec<Vec<ArcRef>>>>,
    coords: Vec<Coord<f64>>,
    arcs: BTreeMap<u32, (Range<usize>, u8)>,
}

/// One or, across the antimeridian, two boxes in units.
pub(super) fn windows(bbox: BBox) -> Vec<Bounds> {
    let down = |v: f64| (v * UNIT).floor() as i32;
    let up = |v: f64| (v * UNIT).ceil() as i32;
    let one = |west: f64, east: f64| Bounds {
        west: down(west),
        south: down(bbox.south),
        east: up(east),
        north: up(bbox.north),
    };
    if bbox.west <= bbox.east {
        vec![one(bbox.west, bbox.east)]
    } else {
        vec![one(bbox.west, 180.0), one(-180.0, bbox.east)]
    }
}

pub(super) fn coord(x: i32, y: i32) -> Coord<f64> {
    Coord { x: f64::from(x) / UNIT, y: f64::from(y) / UNIT }
}

impl Basemap {
    /// Everything of the layers that meets a box, which may cross the antimeridian (positions stay within ±180).
    ///
    /// Parts of features outside the box are left out, and stretches of arcs outside it are straight: clip to the box before measuring.
    pub fn query(&self, bbox: BBox, scale: Scale, layers: &[LayerId]) -> View<'_> {
        self.query_where(bbox, scale, layers, |_| true)
    }

    /// The same, of features that pass a test.
    pub fn query_where(
        &self,
        bbox: BBox,
        scale: Scale,
        layers: &[LayerId],
        wanted: impl Fn(&Feature<'_>) -> bool,
    ) -> View<'_> {
        let windows = windows(bbox);
        let meets = |b: &Bounds| windows.iter().any(|w| w.meets(b));
        let mut view =
            View { scale, features: Vec::new(), rings: Vec::new(), coords: Vec::new(), arcs: BTreeMap::new() };
        for &layer in layers {
            for feature in self.features(scale, layer).filter(|f| meets(&f.record.bounds) && wanted(f)) {
                let mut parts = feature.rings();
                // A ring is needed where its box meets the window; a hole elsewhere changes nothing in it.
                parts.retain_mut(|part| {
                    let mut at = 0;
                    let mut outer = false;
                    part.retain(|ring| {
                        let keep = self.ring_bounds(scale, ring).is_some_and(|b| meets(&b));
                        outer |= keep && at == 0;
                        at += 1;
                        keep
                    });
                    outer
                });
                if parts.is_empty() {
                    continue;
                }
                for r in parts.iter().flatten().flatten() {
                    view.decode(self, r.arc, meets);
                }
                view.features.push(feature);
                view.rings.push(parts);
            }
        }
        view
    }

    pub(super) fn ring_bounds(&self, scale: Scale, ring: &[ArcRef]) -> Option<Bounds> {
        let boxes = ring.iter().filter_map(|r| {
            let arc = self.file.arc(scale.index(), r.arc as usize)?;
            self.file.arc_bounds(scale.index(), &arc)
        });
        boxes.reduce(Bounds::with)
    }

    /// All positions of an arc, in full.
    pub(super) fn arc_in_full(&self, scale: Scale, arc: &ArcRecord, mut each: impl FnMut(i32, i32)) {
        for (n, (chunk, count)) in self.file.chunks(scale.index(), arc).enumerate() {
            if n == 0 {
                each(chunk.start.0, chunk.start.1);
            }
            self.file.steps(scale.index(), &chunk, count, &mut each);
        }
    }

    /// The polygons of a feature in full.
    pub fn polygons(&self, feature: &Feature<'_>) -> MultiPolygon<f64> {
        let whole = View::of_one(self, *feature);
        whole.polygons(0)
    }
}

impl<'a> View<'a> {
    fn of_one(map: &'a Basemap, feature: Feature<'a>) -> Self {
        let rings = feature.rings();
        let mut view = View {
            scale: feature.scale,
            features: Vec::new(),
            rings: Vec::new(),
            coords: Vec::new(),
            arcs: BTreeMap::new(),
        };
        for r in rings.iter().flatten().flatten() {
            view.decode(map, r.arc, |_| true);
        }
        view.features.push(feature);
        view.rings.push(rings);
        view
    }

    fn decode(&mut self, map: &Basemap, arc: u32, meets: impl Fn(&Bounds) -> bool) {
        if self.arcs.contains_key(&arc) {
            return;
        }
        let scale = self.scale.index();
        let Some(record) = map.file.arc(scale, arc as usize) else { return };
        let start = self.coords.len();
        let mut chunks = map.file.chunks(scale, &record).peekable();
        while let Some((chunk, count)) = chunks.next() {
            self.coords.push(coord(chunk.start.0, chunk.start.1));
            let last = chunks.peek().is_none();
            if meets(&chunk.bounds) {
                map.file.steps(scale, &chunk, count, |x, y| self.coords.push(coord(x, y)));
                if !last {
                    // The last step of a chunk is the start of the next, which is pushed there.
                    self.coords.pop();
                }
            } else if last {
                let mut end = chunk.start;
                map.file.steps(scale, &chunk, count, |x, y| end = (x, y));
                self.coords.push(coord(end.0, end.1));
            }
        }
        self.arcs.insert(arc, (start..self.coords.len(), record.flags));
    }

    /// The scale of the view.
    pub fn scale(&self) -> Scale {
        self.scale
    }

    /// Number of features in the view.
    pub fn len(&self) -> usize {
        self.features.len()
    }

    /// Whether nothing lies in the box.
    pub fn is_empty(&self) -> bool {
        self.features.is_empty()
    }

    /// The features with their number in this view, in the order in which the layers were asked for.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &Feature<'a>)> {
        self.features.iter().enumerate()
    }

    /// The features of one layer.
    pub fn features(&self, layer: LayerId) -> impl Iterator<Item = &Feature<'a>> {
        self.features.iter().filter(move |f| f.layer == layer)
    }

    /// Numbers of the arcs in the view, ascending.
    pub fn arc_numbers(&self) -> impl Iterator<Item = u32> {
        self.arcs.keys().copied()
    }

    /// Positions of an arc from its start, x = longitude; empty for an arc that is not in the view.
    pub fn arc(&self, number: u32) -> &[Coord<f64>] {
        self.arcs.get(&number).map_or(&[], |(range, _)| &self.coords[range.clone()])
    }

    /// Parts → rings → arcs of feature `n`, those that meet the box.
    pub fn rings(&self, n: usize) -> &[Vec<Vec<ArcRef>>] {
        &self.rings[n]
    }

    fn with_flags(&self, wanted: u8) -> impl Iterator<Item = u32> {
        self.arcs.iter().filter(move |(_, (_, f))| f & wanted != 0 && f & flag::SEAM == 0).map(|(n, _)| *n)
    }

    /// Arcs of the countries in the view that are coast.
    pub fn coast(&self) -> impl Iterator<Item = u32> {
        self.with_flags(flag::COAST)
    }

    /// Arcs of the countries in the view that are land borders.
    pub fn borders(&self) -> impl Iterator<Item = u32> {
        self.with_flags(flag::BORDER)
    }

    /// Whether an arc is no line of the Earth but the cut along the antimeridian or the southern edge of Antarctica.
    pub fn is_seam(&self, number: u32) -> bool {
        self.arcs.get(&number).is_some_and(|(_, f)| f & flag::SEAM != 0)
    }

    fn line(&self, refs: &[ArcRef]) -> LineString<f64> {
        let mut out: Vec<Coord<f64>> = Vec::new();
        for r in refs {
            let arc = self.arc(r.arc);
            let skip = usize::from(!out.is_empty());
            if r.backwards {
                out.extend(arc.iter().rev().skip(skip));
            } else {
                out.extend(arc.iter().skip(skip));
            }
        }
        LineString(out)
    }

    /// The polygons of feature `n`, outer rings counter-clockwise or clockwise as stored.
    pub fn polygons(&self, n: usize) -> MultiPolygon<f64> {
        let polygon = |part: &Vec<Vec<ArcRef>>| {
            let mut rings = part.iter().map(|ring| self.line(ring));
            let outer = rings.next().unwrap_or_else(|| LineString(Vec::new()));
            Polygon::new(outer, rings.collect())
        };
        MultiPolygon(self.rings[n].iter().map(polygon).collect())
    }

    /// The lines of feature `n`.
    pub fn lines(&self, n: usize) -> MultiLineString<f64> {
        MultiLineString(self.rings[n].iter().flatten().map(|refs| self.line(refs)).collect())
    }
}
