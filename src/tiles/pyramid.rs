//! All zooms of a build: which features stand in which tile, encoded, compressed and handed on in order.
//!
//! Tiles are made zoom by zoom in the order of the Hilbert curve, in batches that run on all threads and are handed on in order,
//! so that the result does not depend on how many threads there are.

use super::attributes::int_code;
use super::contents::Contents;
use super::features::{Features, PointCursor};
use super::jobs::{self, Job};
use super::mvt::{LayerWriter, encode_points};
use super::overlay::Mender;
use super::prints::{OfZoom, Prints};
use super::slice::{Drawing, Piece, Sliced};
use super::snap::Noded;
use super::source::chunk::Kind;
use super::thin::{self, Thinner};
use super::windows::Extents;
use super::world::{Grid, Pt, TileId};
use super::{Bound, Crowded, Options, Sink, Summary, TilesError, crowd, largest, slice, snap, topology::Topology};
use libdeflater::{CompressionLvl, Compressor};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// A tile, encoded.
#[derive(Debug)]
pub struct Tile {
    /// Its address.
    pub id: TileId,
    /// Hash of its content before compression; equal content has equal hashes.
    pub hash: u128,
    /// The content, compressed where asked for; `None` where a tile of the same hash has been or will be handed on in this batch.
    pub data: Option<Vec<u8>>,
    /// Features in it; 0 where it was taken over uncounted.
    pub features: u32,
    /// Features left out because the tile would have been too large.
    pub dropped: u32,
    /// A number that follows from all that it was made of; 0 where none was asked for.
    pub print: u64,
}

/// Makes all tiles.
pub fn build(
    features: &Features,
    options: &Options,
    zooms: (u8, u8),
    sink: &mut dyn Sink,
) -> Result<Summary, TilesError> {
    let levels = super::simplify::Levels::new(zooms.1, options.extent_bits, options.simplification);
    let mut topology = Topology::new(features, &levels, options.bound)?;
    let reversed = slice::reversed_rings(features);
    let prints = Prints::new(features, options, zooms);
    let previous = options.previous.as_deref();
    let mut summary = Summary { zooms, ..Summary::default() };
    let mut contents = Contents::new(options.bound.map_or(usize::MAX, Bound::contents));
    let mut extents = Extents::default();
    let held = features.held_bytes() + topology.held_bytes();
    let piece_bytes = options.bound.map_or(usize::MAX, |b| b.pieces(held)).min(options.piece_bytes);
    let batch_features = options.bound.map_or(4 << 20, Bound::batch);
    for zoom in zooms.0..=zooms.1 {
        options.go_on()?;
        let grid = Grid { zoom, extent_bits: options.extent_bits, buffer: options.buffer };
        let last = zoom == zooms.1;
        let coarse = if last { 0 } else { options.coarse_bits.min(options.extent_bits - 6) };
        let drawing = Drawing::new(grid, coarse);
        let (noded, of_zoom) = if features.shapes.is_empty() {
            (Noded::default(), None)
        } else {
            let noded = snap::arcs(&mut topology, drawing.grid);
            let prints =
                prints.as_ref().and_then(|p| p.of_zoom(features, &topology, &noded, &reversed, drawing, previous));
            (noded, prints)
        };
        let made = of_zoom.as_ref();
        let none = OfZoom::default();
        let of_zoom = made.unwrap_or(&none);
        let guests = jobs::point_guests(features, grid)?;
        let of_points = jobs::of_points(features, grid, &guests, of_zoom)?;
        let mut done = 0;
        for window in extents.windows(features, drawing.grid, piece_bytes) {
            options.go_on()?;
            let sliced = slice::slice(features, &topology, &noded, &reversed, drawing, made, &window);
            let from = of_points.partition_point(|j| j.tile < window.curve.0);
            let to = of_points.partition_point(|j| j.tile < window.curve.1);
            let jobs = jobs::with_pieces(&of_points[from..to], &sliced);
            largest::check(features, options, held, zoom, &jobs, &sliced)?;
            let of_window = jobs.iter().map(Job::size).max().unwrap_or(0) as u64;
            summary.largest_features = summary.largest_features.max(of_window);
            let mut rest = &jobs[..];
            while !rest.is_empty() {
                // A batch is bounded by the features it holds, so that memory is.
                let mut held = 0;
                let n = rest
                    .iter()
                    .take_while(|j| {
                        let room = held == 0 || held + j.size() <= batch_features;
                        held += j.size() + 16;
                        room
                    })
                    .count();
                let (batch, later) = rest.split_at(n.min(4096));
                rest = later;
                let tiles: Vec<Result<Option<Tile>, TilesError>> = batch
                    .par_iter()
                    .map_init(
                        || Builder::new(features, options, grid, drawing),
                        |builder, job| builder.build(job, &guests, &sliced, of_zoom, &contents),
                    )
                    .collect();
                let tiles = tiles.into_iter().filter_map(Result::transpose).collect::<Result<Vec<_>, _>>()?;
                hand_on(tiles, zoom, &mut summary, &mut contents, sink)?;
                done += batch.len();
                // How many tiles there are in windows to come is not known.
                let all = (done + rest.len()) as u64 * (1u64 << (2 * u32::from(zoom)));
                sink.progress(zoom, done, (all / window.curve.1) as usize);
            }
        }
    }
    Ok(summary)
}

/// Hands on the tiles of a batch in order.
fn hand_on(
    tiles: Vec<Tile>,
    zoom: u8,
    summary: &mut Summary,
    contents: &mut Contents,
    sink: &mut dyn Sink,
) -> Result<(), TilesError> {
    // Which thread met a content first is chance; the first tile in order carries it.
    let mut fresh: FxHashMap<u128, Vec<u8>> = FxHashMap::default();
    let mut batch = Vec::with_capacity(tiles.len());
    for mut tile in tiles {
        if let Some(data) = tile.data.take() {
            fresh.insert(tile.hash, data);
        }
        batch.push(tile);
    }
    for mut tile in batch {
        tile.data = fresh.remove(&tile.hash);
        summary.tiles += 1;
        summary.dropped += u64::from(tile.dropped);
        if tile.dropped > 0 {
            summary.thinned = Some((summary.thinned.map_or(zoom, |t| t.0), zoom));
        }
        if let Some(data) = &tile.data
            && summary.largest.is_none_or(|(_, most)| data.len() > most)
        {
            summary.largest = Some((tile.id, data.len()));
        }
        if tile.data.is_none() {
            contents.came_again(tile.hash);
        }
        sink.tile(tile)?;
    }
    if let Some(kept) = contents.forget_some() {
        sink.forget(kept);
    }
    Ok(())
}

struct Builder<'a> {
    features: &'a Features,
    points: PointCursor<'a>,
    options: &'a Options,
    grid: Grid,
    drawing: Drawing,
    writer: LayerWriter,
    raw: Vec<u8>,
    compressed: Vec<u8>,
    compressor: Compressor,
    quick: Compressor,
    thinner: Thinner,
    threshold: Option<u64>,
    clusters: FxHashMap<u32, crowd::Cluster>,
    joined: FxHashMap<u32, Vec<u8>>,
    mender: Mender,
}

impl<'a> Builder<'a> {
    fn new(features: &'a Features, options: &'a Options, grid: Grid, drawing: Drawing) -> Self {
        let level = CompressionLvl::new(options.compression).unwrap_or_default();
        Self {
            features,
            points: features.cursor(),
            options,
            grid,
            drawing,
            writer: LayerWriter::default(),
            raw: Vec::new(),
            compressed: Vec::new(),
            compressor: Compressor::new(level),
            quick: Compressor::new(CompressionLvl::new(1).unwrap_or_default()),
            thinner: Thinner::default(),
            threshold: None,
            clusters: FxHashMap::default(),
            joined: FxHashMap::default(),
            mender: Mender::default(),
        }
    }

    fn build(
        &mut self,
        job: &Job,
        guests: &[(u64, u32)],
        sliced: &Sliced,
        of_zoom: &OfZoom,
        contents: &Contents,
    ) -> Result<Option<Tile>, TilesError> {
        self.options.go_on()?;
        let number = super::world::zoom_base(self.grid.zoom) + job.tile;
        let id = TileId::from_number(number).expect("a tile of this zoom has a number");
        let guests = &guests[job.guests.0 as usize..job.guests.1 as usize];
        let pieces = &sliced.pieces[job.pieces.0 as usize..job.pieces.1 as usize];
        let print = of_zoom.tiles.get(&job.tile).copied().unwrap_or(0);
        let previous = self.options.previous.as_ref();
        let (mut dropped, mut count) = (0, 0);
        let old = if of_zoom.kept.contains(&job.tile) {
            let (stored, raw) = previous.and_then(|p| p.keep(id)).ok_or_else(|| {
                TilesError::Option(format!("tile {id} of the older archive cannot be read; make all anew, without it"))
            })?;
            self.raw = raw;
            Some(stored)
        } else {
            dropped = self.select(job.points, guests, pieces, sliced);
            count = self.encode(id, job.points, guests, pieces, sliced);
            self.points.checked()?;
            if count == 0 {
                return Ok(None);
            }
            previous.and_then(|p| p.same(id, &self.raw, self.options.compress))
        };
        let hash = content_hash(&self.raw);
        // Equal content is compressed once. Large tiles are never equal, and looking would only cost.
        let first = self.raw.len() > 1 << 16 || contents.is_new(hash)?;
        let data = if !first {
            None
        } else if old.is_some() {
            old
        } else if self.options.compress {
            let of_shapes = pieces.iter().map(|p| p.len as usize).sum();
            let compressor = if self.is_noise(of_shapes) { &mut self.quick } else { &mut self.compressor };
            let bound = compressor.gzip_compress_bound(self.raw.len());
            if self.compressed.len() < bound {
                // Zeroed by the system: pages that are never written take no memory.
                self.compressed = vec![0; bound];
            }
            let n = compressor
                .gzip_compress(&self.raw, &mut self.compressed)
                .map_err(|_| TilesError::Internal("a tile does not fit its bound"))?;
            if n > 1 << 20 {
                let mut whole = std::mem::take(&mut self.compressed);
                whole.truncate(n);
                whole.shrink_to_fit();
                Some(whole)
            } else {
                Some(self.compressed[..n].to_vec())
            }
        } else {
            Some(self.raw.clone())
        };
        if self.raw.capacity() > 1 << 24 {
            self.raw = Vec::new();
            self.compressed = Vec::new();
        }
        Ok(Some(Tile { id, hash, data, features: count, dropped, print }))
    }

    /// Whether the tile is mostly courses of lines and borders, given their bytes. What repeats there repeats by chance: short matches
    /// cost more bytes than they save, so that the quickest search packs as well as a thorough one that is not the most thorough.
    fn is_noise(&self, of_shapes: usize) -> bool {
        (2..=9).contains(&self.options.compression) && self.raw.len() < 1 << 15 && of_shapes >= self.raw.len() / 4 * 3
    }

    /// Decides what a crowded tile does without; returns how many features.
    fn select(&mut self, own: (u32, u32), guests: &[(u64, u32)], pieces: &[Piece], sliced: &Sliced) -> u32 {
        self.threshold = None;
        self.clusters.clear();
        self.joined.clear();
        if self.options.max_tile_bytes.is_none() && self.options.max_features.is_none() {
            return 0;
        }
        let f = self.features;
        let zoom = self.grid.zoom;
        self.thinner.begin(pieces.len() + guests.len() + (own.1 - own.0) as usize);
        for p in pieces {
            let keys = f.classes[f.shapes[p.shape as usize].class as usize].keys.len();
            self.thinner.add(shape_rank(f, p), p.len as usize, keys);
        }
        for i in (own.0..own.1).chain(guests.iter().map(|g| g.1)) {
            let class = &f.classes[self.points.get(i as usize).1 as usize];
            if zoom >= class.zooms.0 && zoom <= class.zooms.1 {
                self.thinner.add(point_rank(f, i), 5, class.keys.len());
            }
        }
        let (threshold, dropped) =
            self.thinner.threshold(self.options.max_features, self.options.max_tile_bytes, self.options.compress);
        self.threshold = threshold;
        let Some(threshold) = threshold else { return 0 };
        match self.options.crowded {
            Crowded::Drop => {}
            Crowded::Cluster => {
                for layer in 0..f.layers.len() as u16 {
                    let mut row: Vec<(u32, Pt, bool)> = Vec::new();
                    for i in own.0..own.1 {
                        let (at, class, ..) = self.points.get(i as usize);
                        let class = &f.classes[class as usize];
                        if class.layer == layer && (class.zooms.0..=class.zooms.1).contains(&zoom) {
                            row.push((i, self.grid.snap(at), point_rank(f, i) >= threshold));
                        }
                    }
                    self.clusters.extend(crowd::clusters(&row));
                }
            }
            Crowded::Coalesce => {
                // Where the outlines alone are too large there is nothing to be won by keeping them.
                let room = self.options.max_tile_bytes.unwrap_or(usize::MAX);
                if pieces.iter().map(|p| p.len as usize).sum::<usize>() / 2 <= room {
                    let parts: Vec<crowd::Part<'_>> = pieces
                        .iter()
                        .map(|p| {
                            let shape = &f.shapes[p.shape as usize];
                            crowd::Part {
                                kind: shape.kind,
                                group: f.classes[shape.class as usize].layer,
                                geometry: sliced.geometry(p),
                                stays: shape_rank(f, p) >= threshold,
                            }
                        })
                        .collect();
                    self.joined = crowd::coalesce(&parts, &mut self.mender);
                }
            }
        }
        dropped
    }

    fn encode(&mut self, id: TileId, own: (u32, u32), guests: &[(u64, u32)], pieces: &[Piece], sliced: &Sliced) -> u32 {
        let f = self.features;
        let extent = self.grid.extent();
        let origin = [id.x as i32 * extent, id.y as i32 * extent];
        self.raw.clear();
        let mut count = 0;
        for (layer, info) in f.layers.iter().enumerate() {
            let layer = layer as u16;
            self.writer.begin(f, layer, pieces.len() + guests.len() + (own.1 - own.0) as usize);
            let points = || (own.0..own.1).chain(guests.iter().map(|g| g.1));
            if let Some(order) = &f.order {
                let mut list: Vec<(u32, bool, u32)> = Vec::new();
                for (n, piece) in pieces.iter().enumerate().filter(|(_, p)| self.keeps_piece(p, layer)) {
                    list.push((order.shapes[piece.shape as usize], false, n as u32));
                }
                for i in points() {
                    if self.keeps_point(i, layer) {
                        list.push((order.points[i as usize], true, i));
                    }
                }
                list.sort_unstable();
                for (_, point, n) in list {
                    if point { self.write_point(n, origin) } else { self.write_piece(n, pieces, sliced) }
                }
            } else {
                for (n, piece) in pieces.iter().enumerate() {
                    if self.keeps_piece(piece, layer) {
                        self.write_piece(n as u32, pieces, sliced);
                    }
                }
                for i in points() {
                    if self.keeps_point(i, layer) {
                        self.write_point(i, origin);
                    }
                }
            }
            count += self.writer.count;
            self.writer.end(&info.name, self.drawing.extent(info) as u32, f, &mut self.raw);
        }
        count
    }

    #[inline]
    fn keeps_piece(&self, piece: &Piece, layer: u16) -> bool {
        let f = self.features;
        f.classes[f.shapes[piece.shape as usize].class as usize].layer == layer
            && self.threshold.is_none_or(|t| shape_rank(f, piece) >= t)
    }

    #[inline]
    fn keeps_point(&mut self, i: u32, layer: u16) -> bool {
        let f = self.features;
        let class = &f.classes[self.points.get(i as usize).1 as usize];
        let zoom = self.grid.zoom;
        class.layer == layer
            && (class.zooms.0..=class.zooms.1).contains(&zoom)
            && self.threshold.is_none_or(|t| point_rank(f, i) >= t)
    }

    #[inline]
    fn write_piece(&mut self, n: u32, pieces: &[Piece], sliced: &Sliced) {
        let f = self.features;
        let piece = &pieces[n as usize];
        let shape = &f.shapes[piece.shape as usize];
        let class = &f.classes[shape.class as usize];
        let codes = &f.codes[shape.codes as usize..shape.codes as usize + class.keys.len()];
        let geometry = self.joined.get(&n).map_or_else(|| sliced.geometry(piece), Vec::as_slice);
        self.writer.feature(shape.kind, class, codes, shape.id, &f.values, None, |out| out.extend_from_slice(geometry));
    }

    #[inline]
    fn write_point(&mut self, n: u32, origin: Pt) {
        let f = self.features;
        let (at, class, feature_id, codes) = self.points.get(n as usize);
        let class = &f.classes[class as usize];
        let mut g = self.grid.snap(at);
        let mut extra = None;
        if !self.clusters.is_empty()
            && let Some((count, middle)) = self.clusters.get(&n)
        {
            g = *middle;
            extra = f.count_key.zip(int_code(i64::from(*count)));
        }
        // A guest from beyond the antimeridian comes with its copy on this side.
        let extent = self.grid.extent();
        let world = extent * self.grid.tiles();
        let dx = g[0] - origin[0];
        if dx > extent + self.grid.buffer {
            g[0] -= world;
        } else if dx < -self.grid.buffer {
            g[0] += world;
        }
        self.writer.feature(Kind::Point, class, codes, feature_id, &f.values, extra, |out| {
            encode_points(&[g], origin, out);
        });
    }
}

/// What decides whether a shape stays where a tile is crowded.
fn shape_rank(f: &Features, piece: &Piece) -> u64 {
    match &f.importance {
        Some(i) => thin::of_important(i.shapes[piece.shape as usize], piece.weight << 12 | (!piece.place & 0xfff)),
        None => thin::of_shape(piece.weight, piece.place),
    }
}

/// What decides whether a point stays where a tile is crowded.
fn point_rank(f: &Features, i: u32) -> u64 {
    match &f.importance {
        Some(r) => thin::of_important(r.points[i as usize], !i.reverse_bits()),
        None => thin::of_point(i),
    }
}

/// A 128-bit hash of a tile's content.
fn content_hash(bytes: &[u8]) -> u128 {
    let (mut a, mut b) = (0x243f_6a88_85a3_08d3u64, 0x1319_8a2e_0370_7344u64 ^ bytes.len() as u64);
    let mut mix = |w: u64| {
        let m = u128::from(w ^ a).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
        a = (m >> 64) as u64 ^ (m as u64).rotate_left(23);
        b = (b ^ w).wrapping_mul(0xd6e8_feb8_6659_fd93).rotate_left(29) ^ a;
    };
    let mut words = bytes.chunks_exact(8);
    for w in &mut words {
        mix(u64::from_le_bytes(w.try_into().expect("eight bytes")));
    }
    let mut last = [0; 8];
    last[..words.remainder().len()].copy_from_slice(words.remainder());
    mix(u64::from_le_bytes(last));
    mix(bytes.len() as u64);
    u128::from(a) << 64 | u128::from(b)
}
