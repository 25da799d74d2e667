//! Keys of places: the mentions of a text that name one place share a number.

use crate::model::Mention;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// The key of each mention's place: by its GeoNames id, else by its name in small letters.
#[derive(Debug, Clone, Default)]
pub(in crate::geoparse) struct Keys(Arc<[u32]>);

impl Keys {
    /// The keys of a text's mentions.
    pub(in crate::geoparse) fn of(mentions: &[Mention]) -> Self {
        let mut ids: FxHashMap<u32, u32> = FxHashMap::default();
        let mut names: FxHashMap<String, u32> = FxHashMap::default();
        let mut next = 0;
        let mut number = || {
            next += 1;
            next - 1
        };
        let key = |mention: &Mention| {
            let place = mention.place.as_deref();
            match place.and_then(|p| p.geonameid) {
                Some(id) => *ids.entry(id).or_insert_with(&mut number),
                None => {
                    let name = place.map_or(mention.text.as_str(), |p| &p.name);
                    *names.entry(name.to_lowercase()).or_insert_with(&mut number)
                }
            }
        };
        Self(mentions.iter().map(key).collect())
    }

    /// The key of a mention's place.
    pub(in crate::geoparse) fn key(&self, mention: usize) -> u32 {
        self.0[mention]
    }

    /// Whether two mentions name one place.
    pub(in crate::geoparse) fn same(&self, a: usize, b: usize) -> bool {
        self.0[a] == self.0[b]
    }
}
