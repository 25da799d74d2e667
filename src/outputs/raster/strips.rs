//! From outlines to strips of coverage, kept from one picture to the next.
//!
//! A strip is a run of 4 × 4 pixel tiles along an edge with a coverage for each pixel; between two of them a row may be filled
//! whole. `vello_common` makes them by exact area at a fixed level of vector instructions, so that every machine of an
//! architecture gives the same bytes. What a series draws again and again (coasts, borders, rivers, furniture) is made into
//! strips once: an outline that comes a second time is kept, found again by everything its strips depend on.

use crate::cartography::display::{Cap, Join, Outline, Rule, Segment, Stroke};
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use vello_common::clip::PathDataRef;
use vello_common::fearless_simd::Level;
use vello_common::geometry::RectU16;
use vello_common::kurbo::{self, Affine, PathEl};
use vello_common::peniko::Fill;
use vello_common::strip_generator::{StripGenerator, StripStorage};

/// Bytes of strips kept at most before those that the last pictures did not use are forgotten.
const MOST: usize = 12 << 20;

/// Outlines remembered as having come once.
const SEEN: usize = 1 << 15;

/// What is drawn of an outline, without its colour.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Shape {
    /// Its inside.
    Fill(Rule),
    /// Its line; width and dashes in 1/64 px.
    Line { width: i32, dash: Vec<i32>, cap: Cap, join: Join },
}

impl Shape {
    pub(super) fn line(stroke: &Stroke) -> Self {
        Self::Line { width: stroke.width, dash: stroke.dash.clone(), cap: stroke.cap, join: stroke.join }
    }
}

/// Everything strips depend on besides the picture's size.
#[derive(PartialEq, Eq, Hash)]
struct Made {
    outline: Arc<Outline>,
    clip: Option<Arc<Outline>>,
    shape: Shape,
    size: [u32; 3],
}

struct Kept {
    made: Made,
    strips: StripStorage,
    used: u32,
}

impl Kept {
    fn bytes(&self) -> usize {
        self.strips.alphas.len() + self.strips.strips.len() * 8
    }
}

/// Makes strips and keeps those that come again.
pub(super) struct Strips {
    generator: StripGenerator,
    now: StripStorage,
    clip: StripStorage,
    kept: FxHashMap<u64, Kept>,
    seen: FxHashSet<u64>,
    bytes: usize,
    picture: u32,
    size: [u32; 3],
}

/// Vector instructions that give the same bytes as the baseline of the architecture.
///
/// Wider ones would use fused arithmetic and change bytes from machine to machine; SSE 4.2 only rounds and chooses faster.
fn level() -> Level {
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    if let Some(simd) = Level::new().as_sse4_2() {
        return Level::Sse4_2(simd);
    }
    Level::baseline()
}

impl Strips {
    pub(super) fn new() -> Self {
        Self {
            generator: StripGenerator::new(1, 1, level()),
            now: StripStorage::default(),
            clip: StripStorage::default(),
            kept: FxHashMap::default(),
            seen: FxHashSet::default(),
            bytes: 0,
            picture: 0,
            size: [1; 3],
        }
    }

    /// Turns to a picture of a size in device pixels, `scale` of them to a CSS pixel.
    pub(super) fn turn_to(&mut self, width: u16, height: u16, scale: u32) {
        self.picture = self.picture.wrapping_add(1);
        self.size = [width.into(), height.into(), scale];
        self.generator.reset(width, height);
        if self.bytes > MOST {
            let last = self.picture.wrapping_sub(1);
            self.kept.retain(|_, k| k.used == last);
            self.bytes = self.kept.values().map(Kept::bytes).sum();
        }
        if self.seen.len() > SEEN {
            self.seen.clear();
        }
    }

    /// The strips of a shape, those inside `clip` only where one is given.
    pub(super) fn of(&mut self, outline: &Arc<Outline>, clip: Option<&Arc<Outline>>, shape: Shape) -> &StripStorage {
        let made = Made { outline: outline.clone(), clip: clip.cloned(), shape, size: self.size };
        let mut hasher = FxHasher::default();
        made.hash(&mut hasher);
        let key = hasher.finish();
        if self.kept.get(&key).is_some_and(|k| k.made == made) {
            let kept = self.kept.get_mut(&key).expect("it was found just now");
            kept.used = self.picture;
            return &kept.strips;
        }
        let again = !self.seen.insert(key);
        self.make(&made);
        if again && self.bytes <= MOST && !self.kept.contains_key(&key) {
            let mut strips = StripStorage::default();
            strips.extend(&self.now);
            let kept = Kept { made, strips, used: self.picture };
            self.bytes += kept.bytes();
            self.kept.insert(key, kept);
        }
        &self.now
    }

    fn make(&mut self, made: &Made) {
        let scale = self.size[2];
        let generator = &mut self.generator;
        self.now.clear();
        let clip = made.clip.as_ref().map(|clip| {
            self.clip.clear();
            generator.generate_filled_path(
                elements(clip, scale),
                Fill::NonZero,
                Affine::IDENTITY,
                None,
                &mut self.clip,
                None,
            );
            let bbox = RectU16::new(0, 0, generator.width(), generator.height());
            PathDataRef { strips: &self.clip.strips, alphas: &self.clip.alphas, bbox }
        });
        let path = elements(&made.outline, scale);
        match &made.shape {
            Shape::Fill(rule) => {
                let rule = match rule {
                    Rule::NonZero => Fill::NonZero,
                    Rule::EvenOdd => Fill::EvenOdd,
                };
                generator.generate_filled_path(path, rule, Affine::IDENTITY, None, &mut self.now, clip);
            }
            Shape::Line { width, dash, cap, join } => {
                let pen = pen(*width, dash, *cap, *join, scale);
                generator.generate_stroked_path(path, &pen, Affine::IDENTITY, None, &mut self.now, clip);
            }
        }
    }
}

fn pen(width: i32, dash: &[i32], cap: Cap, join: Join, scale: u32) -> kurbo::Stroke {
    let f = |v: i32| f64::from(v) * f64::from(scale) / 64.0;
    let pen = kurbo::Stroke::new(f(width))
        .with_caps(match cap {
            Cap::Butt => kurbo::Cap::Butt,
            Cap::Round => kurbo::Cap::Round,
            Cap::Square => kurbo::Cap::Square,
        })
        .with_join(match join {
            Join::Miter => kurbo::Join::Miter,
            Join::Round => kurbo::Join::Round,
            Join::Bevel => kurbo::Join::Bevel,
        })
        .with_miter_limit(4.0);
    if dash.is_empty() { pen } else { pen.with_dashes(0.0, dash.iter().map(|d| f(*d))) }
}

/// An outline in device pixels.
fn elements(outline: &Outline, scale: u32) -> impl Iterator<Item = PathEl> + '_ {
    let unit = f64::from(scale) / 64.0;
    let p =
        move |p: crate::cartography::display::Point| kurbo::Point::new(f64::from(p.x) * unit, f64::from(p.y) * unit);
    outline.segments().map(move |segment| match segment {
        Segment::Move(a) => PathEl::MoveTo(p(a)),
        Segment::Line(a) => PathEl::LineTo(p(a)),
        Segment::Quad(a, b) => PathEl::QuadTo(p(a), p(b)),
        Segment::Cubic(a, b, c) => PathEl::CurveTo(p(a), p(b), p(c)),
        Segment::Close => PathEl::ClosePath,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cartography::display::Point;

    #[test]
    fn what_comes_again_is_kept_and_the_same() {
        let outline = Arc::new(Outline::circle(Point::px(40.0, 30.0), 1000));
        let mut strips = Strips::new();
        let mut looks = Vec::new();
        for _ in 0..3 {
            strips.turn_to(100, 80, 1);
            let found = strips.of(&outline, None, Shape::Fill(Rule::NonZero));
            looks.push((found.strips.clone(), found.alphas.clone()));
        }
        assert_eq!(strips.kept.len(), 1);
        assert!(looks.iter().all(|l| *l == looks[0]));
        // An equal outline elsewhere in memory is the same; another size of picture, another scale or another pen is not.
        let equal = Arc::new((*outline).clone());
        strips.of(&equal, None, Shape::Fill(Rule::NonZero));
        assert_eq!(strips.kept.len(), 1);
        strips.turn_to(100, 80, 2);
        let twice = strips.of(&outline, None, Shape::Fill(Rule::NonZero)).strips.clone();
        assert_ne!(twice, looks[0].0);
    }
}
