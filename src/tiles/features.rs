//! All features of a build, compactly: points in one store, lines and polygons in another, both along the Hilbert curve once sealed,
//! so that what a tile needs stands together; attributes as codes.

use super::TilesError;
use super::attributes::{Code, Keys, NULL, Statistic, Values, table_index};
use super::bound::Bound;
use super::filter::Filter;
use super::order::Ranks;
use super::source::chunk::{Chunk, Kind, SHELL};
use super::spill::{Runs, Spilled, Window, curve_key};
use super::world::Pt;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

/// What features have in common: layer, attribute names, zooms.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Class {
    /// Index of the layer.
    pub layer: u16,
    /// Names of the attributes, in order.
    pub keys: Box<[u16]>,
    /// First and last zoom.
    pub zooms: (u8, u8),
    /// Whether the features have an id.
    pub with_id: bool,
}

/// A layer and what is known of its attributes.
#[derive(Debug, Default)]
pub struct LayerInfo {
    /// Its name.
    pub name: String,
    /// Statistics by key number, in order of appearance.
    pub fields: Vec<(u16, Statistic)>,
    field_of: FxHashMap<u16, usize>,
    /// Points, lines, polygons.
    pub counts: [u64; 3],
    /// An attribute of which no two features have the same value, where one is known.
    pub unique: Option<u16>,
    /// Whether a feature named an attribute twice.
    doubled: bool,
}

/// Single points, in the order of the Hilbert curve once sorted.
#[derive(Debug, Default)]
pub struct Points {
    /// World coordinates.
    pub at: Vec<Pt>,
    /// Index into [`Features::classes`].
    pub class: Vec<u32>,
    /// First attribute code.
    pub codes: Vec<u32>,
    /// Ids; empty where no point has one.
    pub ids: Vec<u64>,
}

/// What has become of a polygon's rings.
#[derive(Debug)]
pub struct Mended {
    /// Which of them are no more.
    pub touched: Vec<bool>,
    /// What stands in their place, and whether it is an outer ring: each of these is followed by its holes.
    pub rings: Vec<(Vec<Pt>, bool)>,
}

/// A line, a polygon or a group of points.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// What it is.
    pub kind: Kind,
    /// Index into [`Features::classes`].
    pub class: u32,
    /// First attribute code.
    pub codes: u32,
    /// The id, where the class says there is one.
    pub id: u64,
    /// End of its rings in [`Features::ring_ends`].
    pub rings_end: u32,
}

/// What the reader is to do with attributes.
#[derive(Debug, Default, Clone)]
pub struct Selection {
    /// Names to keep; `None` keeps all.
    pub include: Option<FxHashSet<String>>,
    /// Names to leave out.
    pub exclude: FxHashSet<String>,
    /// Types to bring values to.
    pub types: FxHashMap<String, Type>,
    /// Which features to keep.
    pub filter: Option<Filter>,
}

/// A type to bring an attribute to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// Text.
    Text,
    /// Whole number; fractions are cut.
    Int,
    /// Number.
    Float,
    /// Truth value.
    Bool,
}

/// All features of a build.
#[derive(Debug, Default)]
pub struct Features {
    /// Layers in the order of their first features.
    pub layers: Vec<LayerInfo>,
    /// Attribute names.
    pub keys: Keys,
    /// Attribute values.
    pub values: Values,
    /// Classes.
    pub classes: Vec<Class>,
    class_of: FxHashMap<Class, u32>,
    /// Attribute codes of all features.
    pub codes: Vec<Code>,
    /// Single points.
    pub points: Points,
    /// Everything else.
    pub shapes: Vec<Shape>,
    /// The place of each shape in the input, once they are sorted.
    pub shape_places: Vec<u32>,
    /// World coordinates of the shapes.
    pub shape_points: Vec<Pt>,
    /// Ends of their rings in `shape_points`; the top bit opens a polygon.
    pub ring_ends: Vec<u32>,
    last_class: u32,
    /// Features the filter left out.
    pub filtered: u64,
    /// Features with more distinct values than there are codes.
    pub overfull: u64,
    /// Where features stand in every tile, if not in the order of the input.
    pub order: Option<Ranks>,
    /// What stays where a tile is crowded, if not what is large.
    pub importance: Option<Ranks>,
    /// The attribute that counts the points of a cluster, where there may be any.
    pub count_key: Option<u16>,
    /// How many bytes points may take before they go to disk; `None` keeps them in memory.
    pub point_bytes: Option<usize>,
    /// How many bytes all that is held in memory may take, with what finding shared borders takes; more is refused.
    most_bytes: Option<usize>,
    /// Attributes of all features.
    code_count: usize,
    runs: Runs,
    spilled: Option<Spilled>,
    fault: Option<TilesError>,
}

/// A look at one point after another, wherever they are kept.
#[derive(Debug)]
pub struct PointCursor<'a> {
    features: &'a Features,
    window: Option<Window>,
}

/// A point: place, number of its class, id, attributes (at least as many as its class has).
pub type PointRow<'a> = (Pt, u32, u64, &'a [Code]);

impl PointCursor<'_> {
    /// A point by its number along the curve.
    #[inline]
    pub fn get(&mut self, n: usize) -> PointRow<'_> {
        match &mut self.window {
            Some(window) => window.get(n),
            None => {
                let (f, p) = (self.features, &self.features.points);
                let (class, start) = (p.class[n], p.codes[n] as usize);
                let codes = &f.codes[start..start + f.classes[class as usize].keys.len()];
                (p.at[n], class, p.ids.get(n).copied().unwrap_or(0), codes)
            }
        }
    }
    /// Fails where points could not be read.
    ///
    /// # Errors
    /// The temporary file cannot be read.
    pub fn checked(&mut self) -> Result<(), TilesError> {
        self.window.as_mut().map_or(Ok(()), Window::checked)
    }
}

impl Features {
    /// To take in no more than a bound allows.
    pub fn within(bound: Option<Bound>) -> Self {
        Self { point_bytes: bound.map(Bound::points), most_bytes: bound.map(Bound::features), ..Self::default() }
    }

    /// The number of a layer, a new one where it is not yet known.
    pub fn layer(&mut self, name: &str) -> u16 {
        let at = self.layers.iter().position(|l| l.name == name).unwrap_or_else(|| {
            self.layers.push(LayerInfo { name: name.to_owned(), ..LayerInfo::default() });
            self.layers.len() - 1
        });
        at as u16
    }

    /// How many features there are.
    pub fn len(&self) -> usize {
        self.point_count() + self.shapes.len()
    }
    /// How many single points there are.
    pub fn point_count(&self) -> usize {
        self.spilled.as_ref().map_or(self.runs.len() + self.points.at.len(), |s| s.count)
    }
    /// A look at the points, once they are sorted.
    pub fn cursor(&self) -> PointCursor<'_> {
        PointCursor { features: self, window: self.spilled.as_ref().map(Window::new) }
    }
    /// Smallest and largest corner of the points.
    pub fn point_bounds(&self) -> (Pt, Pt) {
        self.spilled.as_ref().map_or_else(|| super::rings::bounds(&self.points.at), |s| s.bounds)
    }
    /// Whether the points are on disk.
    pub fn is_spilled(&self) -> bool {
        self.spilled.is_some()
    }
    /// Fails where points could not be put to disk, or there are more lines and polygons than fit.
    ///
    /// # Errors
    /// The temporary folder cannot be written, or as said.
    pub fn checked(&mut self) -> Result<(), TilesError> {
        self.fault.take().map_or(Ok(()), Err)
    }

    /// About how many bytes features take, but for the borders that they share.
    pub fn held_bytes(&self) -> usize {
        // What belongs to each shape and ring, their pieces in a tile of the whole world included.
        let shapes = self.shape_points.len() * size_of::<Pt>() + self.shapes.len() * 96 + self.ring_ends.len() * 32;
        shapes + self.bytes_of_points() + self.values.bytes()
    }

    /// What points take with their sorting, and all attributes.
    fn bytes_of_points(&self) -> usize {
        self.points.at.len() * 40 + self.codes.len() * 4
    }

    /// How many attributes a feature has, rounded up.
    pub fn mean_keys(&self) -> usize {
        self.code_count.div_ceil(self.len().max(1))
    }

    /// Fails where features leave no room for so many bytes of one that is being read.
    ///
    /// # Errors
    /// [`TilesError::Memory`].
    pub fn room_for(&self, text: usize) -> Result<(), TilesError> {
        let needed = self.held_bytes() + text;
        match self.most_bytes {
            Some(most) if text > 1 << 22 && needed > most => {
                Err(TilesError::Memory { features: self.len() + 1, needed, most })
            }
            _ => Ok(()),
        }
    }

    /// Puts the points to disk as a sorted run where they take more than they may; refuses what then is too much.
    fn bound(&mut self) {
        if self.point_bytes.is_some_and(|most| self.bytes_of_points() > most) && !self.points.at.is_empty() {
            self.flush_points();
        }
        // Shared borders take less the more is shared: this is the least.
        let needed = self.held_bytes() + self.shape_points.len() * 20;
        if let Some(most) = self.most_bytes.filter(|most| needed > *most) {
            self.fault.get_or_insert(TilesError::Memory { features: self.len(), needed, most });
        }
    }

    fn flush_points(&mut self) {
        if let Err(e) = self.runs.add(&self.points, &self.codes, &self.classes) {
            self.fault.get_or_insert(e);
        }
        self.points = Points::default();
        self.move_codes(Vec::new());
    }

    /// Puts the codes of the shapes in their order behind others; no other codes stay.
    fn move_codes(&mut self, mut codes: Vec<Code>) {
        codes.reserve(self.shapes.iter().map(|s| self.classes[s.class as usize].keys.len()).sum());
        for s in &mut self.shapes {
            let start = s.codes as usize;
            s.codes = codes.len() as u32;
            codes.extend_from_slice(&self.codes[start..start + self.classes[s.class as usize].keys.len()]);
        }
        self.codes = codes;
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes in a chunk.
    pub fn add(&mut self, chunk: &Chunk, layer: u16, selection: &Selection) {
        let own: Vec<u16> = chunk.layers.iter().map(|name| self.layer(name)).collect();
        let keys: Vec<Option<u16>> = chunk
            .keys
            .iter()
            .map(|name| {
                let wanted =
                    selection.include.as_ref().is_none_or(|s| s.contains(name)) && !selection.exclude.contains(name);
                wanted.then(|| self.keys.intern(name)).flatten()
            })
            .collect();
        let types: Vec<Option<Type>> = chunk.keys.iter().map(|name| selection.types.get(name).copied()).collect();
        let filter = selection.filter.as_ref().map(|f| f.bind(&chunk.keys));
        let (mut attribute, mut ring) = (0usize, 0usize);
        let mut scratch: Vec<u16> = Vec::new();
        for f in &chunk.features {
            let attributes = &chunk.attributes[attribute..f.attributes_end as usize];
            attribute = f.attributes_end as usize;
            let rings = ring..f.rings_end as usize;
            ring = f.rings_end as usize;
            if rings.is_empty() {
                continue;
            }
            if let Some(filter) = &filter
                && !filter.holds(attributes, &chunk.bytes)
            {
                self.filtered += 1;
                continue;
            }
            let layer = f.layer.map_or(layer, |l| own[l as usize]);
            let codes = self.codes.len() as u32;
            scratch.clear();
            for a in attributes {
                let Some(key) = keys[a.key as usize] else { continue };
                let message = &chunk.bytes[a.start as usize..a.end as usize];
                let code = match types[a.key as usize] {
                    Some(wanted) => coerce(&mut self.values, a.code, message, wanted),
                    None if a.start < a.end => self.values.intern(message, a.hash),
                    None => Some(a.code),
                };
                let Some(code) = code else {
                    self.overfull += 1;
                    continue;
                };
                if code == NULL {
                    continue;
                }
                if scratch.contains(&key) {
                    // A name that stands twice: the last value counts, as in every JSON reader.
                    let at = scratch.iter().position(|k| *k == key).unwrap_or(0);
                    self.codes[codes as usize + at] = code;
                    self.layers[layer as usize].doubled = true;
                    continue;
                }
                scratch.push(key);
                self.codes.push(code);
                let info = &mut self.layers[layer as usize];
                let n = scratch.len() - 1;
                let field = match info.fields.get(n) {
                    Some((k, _)) if *k == key => n,
                    _ => *info.field_of.entry(key).or_insert_with(|| {
                        info.fields.push((key, Statistic::default()));
                        info.fields.len() - 1
                    }),
                };
                info.fields[field].1.count_value(code, &self.values);
            }
            self.code_count += scratch.len();
            let class = self.class(layer, &scratch, f.zooms, f.id.is_some());
            self.layers[layer as usize].counts[f.kind as usize] += 1;
            let from = rings.start.checked_sub(1).map_or(0, |r| (chunk.ring_ends[r] & !SHELL) as usize);
            let to = (chunk.ring_ends[rings.end - 1] & !SHELL) as usize;
            if f.kind == Kind::Point && rings.len() == 1 {
                let p = &mut self.points;
                p.at.push(chunk.points[from]);
                p.class.push(class);
                p.codes.push(codes);
                if let Some(id) = f.id {
                    p.ids.resize(p.at.len() - 1, 0);
                    p.ids.push(id);
                } else if !p.ids.is_empty() {
                    p.ids.push(0);
                }
                continue;
            }
            let base = self.shape_points.len();
            self.shape_points.extend_from_slice(&chunk.points[from..to]);
            for end in &chunk.ring_ends[rings] {
                let moved = (end & !SHELL) as usize - from + base;
                self.ring_ends.push(moved as u32 | (end & SHELL));
            }
            let rings_end = self.ring_ends.len() as u32;
            self.shapes.push(Shape { kind: f.kind, class, codes, id: f.id.unwrap_or(0), rings_end });
        }
        self.bound();
    }

    fn class(&mut self, layer: u16, keys: &[u16], zooms: (u8, u8), with_id: bool) -> u32 {
        if let Some(c) = self.classes.get(self.last_class as usize)
            && c.layer == layer
            && c.zooms == zooms
            && c.with_id == with_id
            && *c.keys == *keys
        {
            return self.last_class;
        }
        let class = Class { layer, keys: keys.into(), zooms, with_id };
        let next = self.classes.len() as u32;
        self.last_class = *self.class_of.entry(class.clone()).or_insert(next);
        if self.last_class == next {
            self.classes.push(class);
        }
        self.last_class
    }

    /// Makes room for the attribute that counts the points of a cluster.
    pub fn count_clusters(&mut self) {
        self.count_key = self.keys.intern("point_count");
        let Some(key) = self.count_key else { return };
        for layer in self.layers.iter_mut().filter(|l| l.counts[Kind::Point as usize] > 0) {
            if !layer.fields.iter().any(|(k, _)| *k == key) {
                let mut statistic = Statistic::default();
                statistic.kinds[1] = true;
                layer.fields.push((key, statistic));
            }
        }
    }

    /// The range of rings of a shape.
    pub fn rings_of(&self, shape: usize) -> std::ops::Range<usize> {
        let start = if shape == 0 { 0 } else { self.shapes[shape - 1].rings_end as usize };
        start..self.shapes[shape].rings_end as usize
    }

    /// The points of a ring and whether it opens a polygon.
    pub fn ring(&self, n: usize) -> (&[Pt], bool) {
        let end = self.ring_ends[n];
        (&self.shape_points[self.ring_start(n)..(end & !SHELL) as usize], end & SHELL != 0)
    }
    /// Where a ring's points start in [`Features::shape_points`].
    pub fn ring_start(&self, n: usize) -> usize {
        if n == 0 { 0 } else { (self.ring_ends[n - 1] & !SHELL) as usize }
    }

    /// Sorts points and shapes along the Hilbert curve and, in memory, numbers the values in the order in which they are then met. The
    /// shapes that were `mended`, by their numbers in order, come as they are now.
    ///
    /// # Errors
    /// Points that do not fit in memory cannot be put to disk; lines and polygons do not fit in what they may take.
    pub fn seal(&mut self, mended: &[(usize, Mended)]) -> Result<(), TilesError> {
        self.checked()?;
        self.values.seal();
        self.class_of = FxHashMap::default();
        self.sort_shapes(mended);
        if self.runs.len() > 0 {
            self.flush_points();
            self.checked()?;
            self.spilled = Some(std::mem::take(&mut self.runs).merge(&self.classes)?);
            return Ok(());
        }
        if self.points.at.len() > 1 {
            // Equal places keep the order of the input.
            let mut order: Vec<(u64, u32)> =
                self.points.at.par_iter().enumerate().map(|(n, p)| (curve_key(*p), n as u32)).collect();
            order.par_sort_unstable();
            self.sort_points(&order);
        } else if self.points.at.is_empty() {
            self.move_codes(Vec::new());
        }
        self.renumber_values();
        self.find_unique();
        Ok(())
    }

    /// Finds attributes whose values are all different: in a tile they need not be looked for among those met before.
    fn find_unique(&mut self) {
        for layer in self.layers.iter_mut().filter(|l| !l.doubled) {
            layer.unique = layer.fields.iter().find(|(_, f)| f.is_rising()).map(|f| f.0);
        }
        if self.layers.iter().all(|l| l.unique.is_none()) {
            return;
        }
        let of_class: Vec<(usize, Option<usize>)> = self
            .classes
            .iter()
            .map(|c| {
                let unique = self.layers[c.layer as usize].unique;
                (c.keys.len(), c.keys.iter().position(|k| Some(*k) == unique))
            })
            .collect();
        let points = self.points.class.iter().zip(&self.points.codes).map(|(c, s)| (*c, *s));
        for (class, start) in points.chain(self.shapes.iter().map(|s| (s.class, s.codes))) {
            let (len, unique) = of_class[class as usize];
            let codes = &self.codes[start as usize..start as usize + len];
            for (_, code) in codes.iter().enumerate().filter(|(n, _)| Some(*n) != unique) {
                self.values.note_repeated(*code);
            }
        }
    }

    /// Sorts lines and polygons by the first points that they came with.
    fn sort_shapes(&mut self, mended: &[(usize, Mended)]) {
        let mut order: Vec<(u64, u32)> = (0..self.shapes.len())
            .into_par_iter()
            .map(|n| (curve_key(self.ring(self.rings_of(n).start).0[0]), n as u32))
            .collect();
        order.par_sort_unstable();
        let mut shapes = Vec::with_capacity(self.shapes.len());
        let mut ends = Vec::with_capacity(self.ring_ends.len());
        let mut points = Vec::with_capacity(self.shape_points.len());
        for n in order.iter().map(|o| o.1 as usize) {
            let new = mended.binary_search_by_key(&n, |m| m.0).ok().map(|k| &mended[k].1);
            for (k, r) in self.rings_of(n).enumerate() {
                if new.is_none_or(|m| !m.touched[k]) {
                    points.extend_from_slice(self.ring(r).0);
                    ends.push(points.len() as u32 | (self.ring_ends[r] & SHELL));
                }
            }
            for (ring, shell) in new.iter().flat_map(|m| &m.rings) {
                points.extend_from_slice(ring);
                ends.push(points.len() as u32 | if *shell { SHELL } else { 0 });
            }
            shapes.push(Shape { rings_end: ends.len() as u32, ..self.shapes[n] });
        }
        (self.shapes, self.ring_ends, self.shape_points) = (shapes, ends, points);
        self.shape_places = order.into_iter().map(|o| o.1).collect();
    }

    fn sort_points(&mut self, order: &[(u64, u32)]) {
        let old = std::mem::take(&mut self.points);
        let mut new = Points::default();
        let pick = |v: &[u32]| -> Vec<u32> { order.iter().map(|(_, i)| v[*i as usize]).collect() };
        new.at = order.iter().map(|(_, i)| old.at[*i as usize]).collect();
        if !old.ids.is_empty() {
            new.ids = order.iter().map(|(_, i)| old.ids[*i as usize]).collect();
        }
        drop((old.at, old.ids));
        new.class = pick(&old.class);
        drop(old.class);
        let starts = pick(&old.codes);
        drop(old.codes);
        // The codes move along, so that a tile reads them in one run.
        let total: usize = new.class.iter().map(|c| self.classes[*c as usize].keys.len()).sum();
        let mut codes = Vec::with_capacity(total);
        let mut moved = Vec::with_capacity(starts.len());
        for (start, class) in starts.iter().zip(&new.class) {
            let len = self.classes[*class as usize].keys.len();
            moved.push(codes.len() as u32);
            codes.extend_from_slice(&self.codes[*start as usize..*start as usize + len]);
        }
        new.codes = moved;
        self.move_codes(codes);
        self.points = new;
    }

    fn renumber_values(&mut self) {
        let mut number = vec![u32::MAX; self.values.len()];
        let mut order = Vec::with_capacity(self.values.len());
        let mut renumber = |code: &mut Code| {
            if let Some(old) = table_index(*code) {
                let new = &mut number[old as usize];
                if *new == u32::MAX {
                    *new = order.len() as u32;
                    order.push(old);
                }
                *code = *new;
            }
        };
        self.codes.iter_mut().for_each(&mut renumber);
        for layer in &mut self.layers {
            for (_, field) in &mut layer.fields {
                field.first.iter_mut().for_each(&mut renumber);
            }
        }
        self.values = self.values.reordered(&order);
    }
}

fn coerce(values: &mut Values, code: Code, message: &[u8], wanted: Type) -> Option<Code> {
    use super::attributes::{bool_code, encode_float, encode_int, encode_text, hash, int_code, message_json};
    let json = if message.is_empty() { values.json(code) } else { message_json(message) };
    let text = match &json {
        serde_json::Value::Null => return Some(NULL),
        serde_json::Value::String(s) => s.clone(),
        other => other.to_string(),
    };
    let number = match &json {
        serde_json::Value::Bool(b) => Some(f64::from(u8::from(*b))),
        _ => text.trim().parse::<f64>().ok().filter(|v| v.is_finite()),
    };
    let mut out = Vec::new();
    match wanted {
        Type::Text => encode_text(&mut out, text.as_bytes()),
        Type::Bool => {
            let v = match text.trim() {
                "true" | "yes" | "t" | "y" => true,
                "false" | "no" | "f" | "n" | "" => false,
                _ => number.is_some_and(|v| v != 0.0),
            };
            return Some(bool_code(v));
        }
        Type::Int => match number {
            None => return Some(NULL),
            Some(v) => match int_code(v.trunc() as i64) {
                Some(code) => return Some(code),
                None => encode_int(&mut out, v.trunc() as i64),
            },
        },
        Type::Float => match number {
            None => return Some(NULL),
            Some(v) => encode_float(&mut out, v),
        },
    }
    values.intern(&out, hash(&out))
}
