//! What a tile is made of, as one number, known before anything is cut: tiles made of the same as in an older archive are taken over
//! without being cut, encoded or packed.
//!
//! A tile's print follows from its layers, the options, and in their order all lines and polygons whose box meets it: their attributes
//! and the course of their borders as drawn at its zoom. So two tiles with the same print have the same bytes; where a large area
//! changes, tiles of its box that it does not touch are made anew as well. Not known where points, an order or a limit play a part.

use super::attributes::{hash, table_index};
use super::features::Features;
use super::slice::Drawing;
use super::snap::Noded;
use super::source::chunk::Kind;
use super::topology::Topology;
use super::world::{Pt, hilbert};
use super::{Options, Previous};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

/// What stays the same at all zooms: a number for the whole, and one for the attributes of each shape.
#[derive(Debug)]
pub struct Prints {
    whole: u64,
    shapes: Vec<u64>,
    /// The shapes in the order of the input.
    order: Vec<u32>,
}

/// The prints of a zoom.
#[derive(Debug, Default)]
pub struct OfZoom {
    /// By place along the curve.
    pub tiles: FxHashMap<u64, u64>,
    /// Tiles that are as they were.
    pub kept: FxHashSet<u64>,
    /// Whether a shape meets a tile that is not.
    pub needed: Vec<bool>,
}

/// The print of a shape, and the first and last column and row of the tiles that its box meets.
type Drawn = (u64, (i32, i32), (i32, i32));

/// More tiles than these, and as many again for each shape, are not looked at one by one.
const MANY: u64 = 1 << 20;

impl Prints {
    /// Of a build; `None` where they are not wanted, or cannot be known.
    pub fn new(features: &Features, options: &Options, zooms: (u8, u8)) -> Option<Self> {
        let free = options.max_tile_bytes.is_none() && options.max_features.is_none();
        if !options.updatable || !free || features.point_count() > 0 || features.order.is_some() {
            return None;
        }
        let o = options;
        let numbers = [o.extent_bits, o.coarse_bits, o.buffer as u32, o.compression as u32, u32::from(o.compress)];
        let mut whole = numbers.iter().fold(hash(env!("CARGO_PKG_VERSION").as_bytes()), |h, n| mix(h, u64::from(*n)));
        whole = mix(mix(whole, o.simplification.to_bits()), u64::from(zooms.0) << 8 | u64::from(zooms.1));
        for layer in &features.layers {
            let unique = layer.unique.map_or(0, |key| hash(features.keys.name(key).as_bytes()));
            whole = mix(mix(whole, text(&layer.name)), mix(unique, layer.counts[Kind::Point as usize].min(1)));
        }
        let keys: Vec<u64> = (0..features.keys.len()).map(|k| text(features.keys.name(k as u16))).collect();
        let classes: Vec<u64> = features
            .classes
            .iter()
            .map(|c| {
                let start = mix(u64::from(c.layer), u64::from(c.zooms.0) << 9 | u64::from(c.zooms.1) << 1);
                c.keys.iter().fold(mix(start, u64::from(c.with_id)), |h, k| mix(h, keys[*k as usize]))
            })
            .collect();
        let shapes = features
            .shapes
            .par_iter()
            .with_min_len(256)
            .map(|s| {
                let start = s.codes as usize;
                let codes = &features.codes[start..start + features.classes[s.class as usize].keys.len()];
                codes.iter().fold(mix(mix(classes[s.class as usize], s.kind as u64), s.id), |h, code| {
                    mix(h, table_index(*code).map_or(u64::from(*code), |t| text_bytes(features.values.get(t))))
                })
            })
            .collect();
        let mut order: Vec<u32> = (0..features.shapes.len() as u32).collect();
        order.sort_unstable_by_key(|n| features.shape_places[*n as usize]);
        Some(Self { whole, shapes, order })
    }

    /// The prints of all tiles of a zoom, and what of them is as it was in an older archive; `None` where there are too many to tell.
    pub fn of_zoom(
        &self,
        features: &Features,
        t: &Topology,
        noded: &Noded,
        reversed: &[bool],
        drawing: Drawing,
        previous: Option<&dyn Previous>,
    ) -> Option<OfZoom> {
        let grid = drawing.grid;
        let arcs: Vec<(u64, Pt, Pt)> = (0..t.len())
            .into_par_iter()
            .with_min_len(256)
            .map(|arc| {
                let points = noded.arc(arc);
                let sum = points.iter().fold(points.len() as u64, |h, p| {
                    let h = mix(h, u64::from(p[0] as u32) << 32 | u64::from(p[1] as u32));
                    if super::snap::on_seam(*p, grid) { mix(h, u64::from(noded.is_seam(*p))) } else { h }
                });
                let (lo, hi) = super::rings::bounds(points);
                (sum, lo, hi)
            })
            .collect();
        // Number and tiles of each shape that is drawn at all.
        let shape = |n: usize| {
            let s = &features.shapes[n];
            let zooms = features.classes[s.class as usize].zooms;
            if !(zooms.0..=zooms.1).contains(&grid.zoom) {
                return None;
            }
            let mut sum = self.shapes[n];
            let (mut lo, mut hi) = ([i32::MAX; 2], [i32::MIN; 2]);
            let mut meet = |(a, b): (Pt, Pt)| {
                lo = [lo[0].min(a[0]), lo[1].min(a[1])];
                hi = [hi[0].max(b[0]), hi[1].max(b[1])];
            };
            for r in features.rings_of(n) {
                if s.kind == Kind::Point {
                    let p = features.ring(r).0[0];
                    sum = mix(sum, u64::from(p[0] as u32) << 32 | u64::from(p[1] as u32));
                    meet((grid.snap(p), grid.snap(p)));
                    continue;
                }
                sum = mix(sum, 2 | u64::from(reversed[r]));
                for arc in t.ring_refs(r) {
                    let (of_arc, lo, hi) = arcs[(arc >> 1) as usize];
                    sum = mix(sum, of_arc ^ u64::from(arc & 1));
                    meet((lo, hi));
                }
            }
            // A group of points is drawn on a finer grid.
            let more = i32::from(s.kind == Kind::Point);
            (lo[0] <= hi[0])
                .then(|| (sum, grid.span(lo[0] - more, hi[0] + more), grid.span(lo[1] - more, hi[1] + more)))
        };
        let found: Vec<Option<Drawn>> =
            (0..features.shapes.len()).into_par_iter().with_min_len(256).map(shape).collect();
        let size = |(a, b): (i32, i32)| (b - a + 1).max(0) as u64;
        let pairs: u64 = found.iter().flatten().map(|(_, x, y)| size(*x) * size(*y)).sum();
        if pairs > MANY * 16 + 16 * found.len() as u64 {
            return None;
        }
        let tiles = |x: (i32, i32), y: (i32, i32)| (y.0..=y.1).flat_map(move |y| (x.0..=x.1).map(move |x| [x, y]));
        let mut by_place: FxHashMap<Pt, u64> = FxHashMap::default();
        for n in &self.order {
            let Some((sum, x, y)) = found[*n as usize] else { continue };
            for tile in tiles(x, y) {
                let print = by_place.entry(tile).or_insert(self.whole);
                *print = mix(*print, sum);
            }
        }
        let mut out = OfZoom::default();
        let mut kept: FxHashSet<Pt> = FxHashSet::default();
        let base = super::world::zoom_base(grid.zoom);
        for (at, print) in by_place {
            let tile = hilbert(grid.zoom, at[0] as u32, at[1] as u32);
            // 0 is no print.
            let print = print.max(1);
            out.tiles.insert(tile, print);
            if previous.is_some_and(|p| p.print(base + tile) == Some(print)) {
                out.kept.insert(tile);
                kept.insert(at);
            }
        }
        out.needed = found
            .par_iter()
            .with_min_len(256)
            .map(|f| f.is_some_and(|(_, x, y)| tiles(x, y).any(|t| !kept.contains(&t))))
            .collect();
        Some(out)
    }
}

/// Folds a number into another: both halves of a product.
#[inline]
fn mix(h: u64, n: u64) -> u64 {
    let product = u128::from(h ^ 0x9e37_79b9_7f4a_7c15) * u128::from(n ^ 0xd6e8_feb8_6659_fd93);
    ((product >> 64) as u64 ^ product as u64).wrapping_add(h.rotate_left(29)).wrapping_add(n)
}

fn text(name: &str) -> u64 {
    text_bytes(name.as_bytes())
}

fn text_bytes(bytes: &[u8]) -> u64 {
    bytes.chunks(8).fold(bytes.len() as u64, |h, part| {
        let mut word = [0; 8];
        word[..part.len()].copy_from_slice(part);
        mix(h, u64::from_le_bytes(word))
    })
}
