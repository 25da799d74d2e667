//! An animated timeline: pictures of one size, one after another, of which only what changes is stored.
//!
//! Labels, key and scale stand still as long as cartography lets them; what stands still costs nothing.

use super::raster::TooLarge;
use crate::cartography::display::DisplayList;

/// A picture of the series.
#[derive(Debug, Clone)]
pub struct Frame {
    /// What it shows.
    pub list: DisplayList,
    /// How long it stays, in milliseconds.
    pub milliseconds: u16,
}

/// A series that could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AnimationError {
    /// Nothing to show.
    #[error("an animation needs at least one frame")]
    Empty,
    /// Frames of unlike size.
    #[error("frame {frame} is {width} × {height} pixels, the first one is {first_width} × {first_height}")]
    Size {
        /// Number of the frame, counted from 1.
        frame: usize,
        /// Its width in CSS pixels.
        width: u32,
        /// Its height.
        height: u32,
        /// Width of the first frame.
        first_width: u32,
        /// Height of the first frame.
        first_height: u32,
    },
    /// A picture that would be too large.
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
    /// The encoder refused a frame.
    #[error("a frame cannot be encoded")]
    Encode(#[from] image_webp::EncodingError),
}

/// Refuses a series that is empty or changes its size.
pub(super) fn check(frames: &[Frame]) -> Result<&Frame, AnimationError> {
    let first = frames.first().ok_or(AnimationError::Empty)?;
    let size = |f: &Frame| (f.list.width, f.list.height);
    match frames.iter().position(|f| size(f) != size(first)) {
        None => Ok(first),
        Some(n) => Err(AnimationError::Size {
            frame: n + 1,
            width: frames[n].list.width,
            height: frames[n].list.height,
            first_width: first.list.width,
            first_height: first.list.height,
        }),
    }
}

/// A part of the canvas in device pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    pub x: usize,
    pub y: usize,
    pub width: usize,
    pub height: usize,
}

/// The smallest part in which two pictures of a width differ; `None` where they do not. Pixels are `size` values each.
pub(super) fn changed<T: PartialEq>(before: &[T], after: &[T], width: usize, size: usize) -> Option<Part> {
    let stride = width * size;
    let rows = || before.chunks_exact(stride).zip(after.chunks_exact(stride));
    let top = rows().position(|(a, b)| a != b)?;
    let bottom = rows().rposition(|(a, b)| a != b)?;
    let (mut left, mut right) = (width, 0);
    for (a, b) in rows().take(bottom + 1).skip(top) {
        let differ = |(p, q): (&[T], &[T])| p != q;
        let pixels = || a.chunks_exact(size).zip(b.chunks_exact(size));
        if let Some(first) = pixels().take(left).position(differ) {
            left = left.min(first);
        }
        if let Some(last) = pixels().rposition(differ) {
            right = right.max(last);
        }
    }
    Some(Part { x: left, y: top, width: right + 1 - left, height: bottom + 1 - top })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_changed_part_is_the_smallest() {
        let before = vec![0_u8; 5 * 4];
        let mut after = before.clone();
        assert_eq!(changed(&before, &after, 5, 1), None);
        after[5 + 3] = 1;
        after[2 * 5 + 1] = 1;
        assert_eq!(changed(&before, &after, 5, 1), Some(Part { x: 1, y: 1, width: 3, height: 2 }));
    }
}
