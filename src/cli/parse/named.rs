//! The places that a text names, in its order, each with the mentions that mean it; only places, not their governments.

use crate::model::{Mention, MentionKind, Place};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// A place that a text names.
pub(super) struct Site {
    pub(super) place: Arc<Place>,
    /// First and one past the last code point of each mention.
    pub(super) spans: Vec<[u32; 2]>,
    /// The best score of its mentions.
    pub(super) score: f64,
    /// The label and score of the first other reading.
    pub(super) other: Option<(String, f64)>,
}

#[derive(PartialEq, Eq, Hash)]
enum Key {
    Id(u32),
    Label(String),
}

/// The places so far.
#[derive(Default)]
pub(super) struct Named {
    pub(super) sites: Vec<Site>,
    known: FxHashMap<Key, usize>,
}

impl Named {
    /// Takes note of a mention; the number of its place, where it is one.
    pub(super) fn add(&mut self, mention: &Mention) -> Option<usize> {
        let place = mention.place.as_ref().filter(|_| mention.kind == MentionKind::Location)?;
        let key = place.geonameid.map_or_else(|| Key::Label(place.label.clone()), Key::Id);
        let at = *self.known.entry(key).or_insert_with(|| {
            self.sites.push(Site { place: Arc::clone(place), spans: Vec::new(), score: 0.0, other: None });
            self.sites.len() - 1
        });
        let site = &mut self.sites[at];
        let narrow = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        site.spans.push([narrow(mention.span.start), narrow(mention.span.end)]);
        site.score = site.score.max(mention.score);
        if site.other.is_none() {
            site.other = mention.runners_up.first().map(|c| (c.place.label.clone(), c.score));
        }
        Some(at)
    }
}
