//! Names that begin as typed, the most important first: what an input box shows while one types.

use super::{Filter, Geocoder, Query, Tier, rank};
use crate::gazetteer::{Gazetteer, PlaceIx, Record};
use crate::text::{fold, fold_into};
use std::collections::BinaryHeap;

/// Names a block holds; the block keeps the highest importance among them.
const BLOCK: usize = 64;

/// All names of a gazetteer in order, built when the first prefix is asked for.
#[derive(Debug)]
pub(super) struct Sorted {
    text: String,
    /// End of each key in `text`, and its place.
    keys: Vec<(u32, PlaceIx)>,
    weights: Vec<f32>,
    best: Vec<f32>,
}

impl Sorted {
    fn new(gazetteer: &Gazetteer) -> Self {
        let mut all: Vec<(String, PlaceIx, f32)> = Vec::with_capacity(gazetteer.len() * 2);
        let mut folded = String::new();
        for record in gazetteer.iter() {
            let weight = rank::importance(&record) as f32;
            fold_into(record.name(), &mut folded);
            all.push((folded.clone(), record.ix(), weight));
            // The alternates of hamlets would only crowd the list.
            if record.population() >= 1000 || record.kind().is_area() {
                let main = folded.clone();
                for (tag, name) in record.names() {
                    if !matches!(tag, "code" | "iso" | "gncode") {
                        fold_into(&name, &mut folded);
                        if folded != main && !folded.is_empty() {
                            all.push((folded.clone(), record.ix(), weight * if tag == "orig" { 0.9 } else { 0.5 }));
                        }
                    }
                }
            }
        }
        all.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.2.total_cmp(&a.2)).then(a.1.cmp(&b.1)));
        let (mut text, mut keys, mut weights) =
            (String::new(), Vec::with_capacity(all.len()), Vec::with_capacity(all.len()));
        for (key, ix, weight) in all {
            text.push_str(&key);
            keys.push((text.len() as u32, ix));
            weights.push(weight);
        }
        let best = weights.chunks(BLOCK).map(|b| b.iter().copied().fold(0.0, f32::max)).collect();
        Self { text, keys, weights, best }
    }

    fn key(&self, i: usize) -> &str {
        let start = if i == 0 { 0 } else { self.keys[i - 1].0 as usize };
        &self.text[start..self.keys[i].0 as usize]
    }

    /// Calls `f` with the places whose name begins so, the most important first, until it says that it has enough.
    fn walk(&self, prefix: &str, mut f: impl FnMut(PlaceIx, f32) -> bool) {
        let n = self.keys.len();
        let below = |test: &dyn Fn(&str) -> bool| {
            let (mut low, mut high) = (0, n);
            while low < high {
                let middle = (low + high) / 2;
                if test(self.key(middle)) { low = middle + 1 } else { high = middle }
            }
            low
        };
        let start = below(&|k| k < prefix);
        let end = below(&|k| k < prefix || k.starts_with(prefix));
        // Blocks and single names share one queue: a block is opened only when it is the best thing left.
        let mut queue: BinaryHeap<(Ordered, bool, std::cmp::Reverse<usize>)> = BinaryHeap::new();
        let open = |from: usize, to: usize, queue: &mut BinaryHeap<_>| {
            for i in from..to {
                queue.push((Ordered(self.weights[i]), false, std::cmp::Reverse(i)));
            }
        };
        let (first, last) = (start.div_ceil(BLOCK), end / BLOCK);
        if first >= last {
            open(start, end, &mut queue);
        } else {
            open(start, first * BLOCK, &mut queue);
            open(last * BLOCK, end, &mut queue);
            for block in first..last {
                queue.push((Ordered(self.best[block]), true, std::cmp::Reverse(block)));
            }
        }
        while let Some((weight, is_block, std::cmp::Reverse(i))) = queue.pop() {
            if is_block {
                open(i * BLOCK, (i + 1) * BLOCK, &mut queue);
            } else if !f(self.keys[i].1, weight.0) {
                return;
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Ordered(f32);

impl Eq for Ordered {}

impl PartialOrd for Ordered {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ordered {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl<'g> Geocoder<'g> {
    pub(super) fn prefixed(&self, text: &str, query: &Query, filter: &Filter) -> Vec<(Record<'g>, Tier, f64)> {
        let prefix = fold(text);
        let mut out: Vec<(Record<'g>, Tier, f64)> = Vec::new();
        if prefix.is_empty() {
            return out;
        }
        // Nearness reorders what importance gives, so that more must be looked at.
        let wanted = query.limit() * if query.near.is_some() || query.bbox.is_some() { 50 } else { 2 };
        for (gazetteer, sorted) in self.gazetteers.iter().copied().zip(self.sorted.iter()).rev() {
            let mut left = wanted;
            let mut looked = 0;
            sorted.get_or_init(|| Sorted::new(gazetteer)).walk(&prefix, |ix, weight| {
                let record = gazetteer.get(ix);
                looked += 1;
                if filter.admits(&record)
                    && !self.overridden(gazetteer, &record)
                    && !out.iter().any(|(r, ..)| r.ix() == ix)
                {
                    let factor = f64::from(weight) / rank::importance(&record);
                    out.push((record, Tier::Prefix, factor));
                    left -= 1;
                }
                left > 0 && looked < 20_000
            });
        }
        out
    }
}
