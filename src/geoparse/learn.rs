//! Questions to learn the ranker from; used by `examples/train_ranker.rs` only.

use super::ranker::FEATURES;
use super::{Options, Prepared};
use crate::gazetteer::Gazetteer;
use crate::geodesy::LonLat;
use crate::text::Span;

/// A name with several candidates, of which some are right.
pub struct Question {
    /// Features of the candidates.
    pub features: Vec<[f32; FEATURES]>,
    /// Which are right.
    pub right: Vec<bool>,
}

/// Positions of the container features, hidden where the container is the answer.
const CONTAINED: [usize; 2] = [6, 7];

/// Questions from spans whose right positions are known: `right` judges a position for the n-th span.
pub fn questions_given(
    gazetteer: &Gazetteer,
    text: &str,
    spans: &[Span],
    right: &dyn Fn(usize, LonLat) -> bool,
) -> Vec<Question> {
    let mut prepared = Prepared::new(gazetteer, text, &Options::default());
    prepared.give(spans);
    let resolution = prepared.resolution(text);
    let mut found = Vec::new();
    for (i, span) in spans.iter().enumerate() {
        let at = prepared.scan.names.iter().position(|n| {
            let range = n.range();
            (prepared.tokens[range.start].from as usize, prepared.tokens[range.end - 1].to as usize)
                == (span.start, span.end)
        });
        let Some(at) = at else { continue };
        let entry = prepared.scan.names[at].entry;
        let candidates = &prepared.scan.entries[entry as usize].candidates;
        let judged: Vec<bool> = candidates.iter().map(|c| right(i, gazetteer.get(c.ix).at())).collect();
        if candidates.len() > 1 && judged.contains(&true) && judged.contains(&false) {
            found.push(Question { features: resolution.features(&prepared.scan, entry, Some(at)), right: judged });
        }
    }
    found
}

/// Questions from names that stand before their container; the features do not see it.
pub fn questions_by_container(gazetteer: &Gazetteer, text: &str) -> Vec<Question> {
    let prepared = Prepared::new(gazetteer, text, &Options::default());
    let resolution = prepared.resolution(text);
    let mut found = Vec::new();
    for (at, name) in prepared.scan.names.iter().enumerate() {
        if prepared.labels[name.first as usize] as usize != super::recognise::weights::B {
            continue;
        }
        let mut features = resolution.features(&prepared.scan, name.entry, Some(at));
        let judged: Vec<bool> = features.iter().map(|f| f[CONTAINED[0]] > 0.5).collect();
        if judged.len() > 1 && judged.contains(&true) && judged.contains(&false) {
            for f in &mut features {
                for hidden in CONTAINED {
                    f[hidden] = 0.0;
                }
            }
            found.push(Question { features, right: judged });
        }
    }
    found
}

/// Questions from names whose likeliest place leaves the others far behind: they teach that a text about Ohio may still mean
/// London. The likeliest place is taken for right where the words beside the name do not deny it.
pub fn questions_by_prominence(gazetteer: &Gazetteer, text: &str) -> Vec<Question> {
    const FAR: f32 = 0.97;
    let prepared = Prepared::new(gazetteer, text, &Options::default());
    let resolution = prepared.resolution(text);
    let mut found = Vec::new();
    for (at, name) in prepared.scan.names.iter().enumerate() {
        let candidates = &prepared.scan.entries[name.entry as usize].candidates;
        if prepared.labels[name.first as usize] as usize != super::recognise::weights::B || candidates.len() < 2 {
            continue;
        }
        let shares = super::ranker::softmax(&candidates.iter().map(|c| c.prior).collect::<Vec<_>>());
        let features = resolution.features(&prepared.scan, name.entry, Some(at));
        if shares[0] > FAR && features[0][CONTAINED[1]] < 0.2 {
            let at = |ix| gazetteer.get(ix).at();
            let near = |ix| crate::geodesy::distance(at(ix), at(candidates[0].ix)).km() < 50.0;
            let right: Vec<bool> = candidates.iter().map(|c| near(c.ix)).collect();
            if right.contains(&false) {
                found.push(Question { features, right });
            }
        }
    }
    found
}
