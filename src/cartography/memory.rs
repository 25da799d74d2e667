//! What was worked out for one map and serves the next: grounds in their frames, with the names on them.
//!
//! A series of maps, or one map in several drafts, shows the same land in the same frame. A ground is found again by everything
//! it depends on, so remembering never changes a picture, only how long it takes.

use super::artboard::Artboard;
use super::frame::Frame;
use super::furniture::Setting;
use super::ground::{Ground, Wanted};
use super::text::Fonts;
use super::theme::Style;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Grounds kept at most: a map and its locator on every artboard.
const MOST: usize = 12;

/// Remembered grounds; clones share them.
#[derive(Clone, Default)]
pub struct Memory(Arc<Mutex<Vec<Kept>>>);

/// A ground and what it is found by.
struct Kept {
    key: Key,
    ground: Arc<Ground>,
}

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Memory").field("grounds", &self.lock().len()).finish()
    }
}

/// Everything a ground and its names depend on.
struct Key {
    frame: Frame,
    style: Style,
    board: Artboard,
    fonts: Fonts,
    lang: String,
    second: Option<String>,
    focus: Vec<String>,
    worldview: Option<String>,
    named: bool,
    metres: Option<f64>,
}

impl Key {
    fn is(&self, frame: &Frame, set: &Setting<'_>, wanted: &Wanted<'_>) -> bool {
        self.frame == *frame
            && self.named == wanted.named
            && self.metres == wanted.metres
            && self.board == *set.board
            && self.fonts.same(set.fonts)
            && self.lang == wanted.lang
            && self.second.as_deref() == wanted.second
            && self.focus == wanted.focus
            && self.worldview.as_deref() == wanted.worldview
            && self.style == *set.style
    }
}

impl Memory {
    /// The ground of a frame, read where it is not known yet.
    pub fn ground(&self, frame: &Frame, set: &Setting<'_>, wanted: &Wanted<'_>) -> Arc<Ground> {
        let found = {
            let mut kept = self.lock();
            let at = kept.iter().position(|k| k.key.is(frame, set, wanted));
            at.map(|at| {
                // The latest last, so that the first is the one to forget.
                let entry = kept.remove(at);
                let ground = entry.ground.clone();
                kept.push(entry);
                ground
            })
        };
        found.unwrap_or_else(|| {
            let ground = Arc::new(Ground::read(frame, set.style, set.board.scale, wanted));
            let key = Key {
                frame: frame.clone(),
                style: set.style.clone(),
                board: *set.board,
                fonts: set.fonts.clone(),
                lang: wanted.lang.to_owned(),
                second: wanted.second.map(str::to_owned),
                focus: wanted.focus.to_vec(),
                worldview: wanted.worldview.map(str::to_owned),
                named: wanted.named,
                metres: wanted.metres,
            };
            let mut kept = self.lock();
            if kept.len() >= MOST {
                kept.remove(0);
            }
            kept.push(Kept { key, ground: ground.clone() });
            ground
        })
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
