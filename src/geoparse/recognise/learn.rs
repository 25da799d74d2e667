//! Learning the recogniser's weights: an averaged structured perceptron (Collins 2002) in whole numbers.
//!
//! Used by `examples/train_recogniser.rs` only. The order of updates is fixed by the order of the examples and a fixed seed, and
//! every sum is an integer, so the same corpora give the same bytes on every machine.

use super::viterbi;
use super::weights::{LABELS, MAGIC, O};
use rustc_hash::FxHashMap;
use std::io;

/// A run of tokens to learn from: feature keys and the right label of each.
pub struct Run {
    /// Feature keys by token.
    pub features: Vec<Vec<u32>>,
    /// Labels by token.
    pub labels: Vec<u8>,
}

#[derive(Clone, Copy, Default)]
struct Cell {
    now: i32,
    sum: i64,
    since: u32,
}

impl Cell {
    fn change(&mut self, by: i32, step: u32) {
        self.sum += i64::from(self.now) * i64::from(step - self.since);
        self.since = step;
        self.now += by;
    }
    fn average(&self, step: u32) -> i64 {
        self.sum + i64::from(self.now) * i64::from(step - self.since)
    }
}

/// The learned weights, before rounding.
pub struct Learned {
    /// Sums over all steps, by feature key in ascending order.
    pub features: Vec<(u32, [i64; LABELS])>,
    /// Sums over all steps.
    pub transitions: [[i64; LABELS]; LABELS],
    /// Number of steps.
    pub steps: u32,
}

/// Learns from runs in several passes; features seen in fewer than `least` tokens are left out. `report` is told the number of
/// wrong runs after each pass.
pub fn learn(runs: &[Run], passes: usize, least: u32, mut report: impl FnMut(usize, usize)) -> Learned {
    let mut counts: FxHashMap<u32, u32> = FxHashMap::default();
    for key in runs.iter().flat_map(|r| r.features.iter().flatten()) {
        *counts.entry(*key).or_default() += 1;
    }
    let mut keys: Vec<u32> =
        counts.iter().filter(|(key, count)| **key != 0 && **count >= least).map(|(key, _)| *key).collect();
    keys.sort_unstable();
    let index: FxHashMap<u32, u32> = keys.iter().enumerate().map(|(i, k)| (*k, i as u32)).collect();
    let runs: Vec<(Vec<Vec<u32>>, &[u8])> = runs
        .iter()
        .map(|r| {
            let features =
                r.features.iter().map(|f| f.iter().filter_map(|k| index.get(k).copied()).collect()).collect();
            (features, r.labels.as_slice())
        })
        .collect();
    let mut weights = vec![[Cell::default(); LABELS]; keys.len()];
    let mut transitions = [[Cell::default(); LABELS]; LABELS];
    let mut order: Vec<u32> = (0..runs.len() as u32).collect();
    let mut seed = 0x853c_49e6_748f_ea9b_u64;
    let mut step = 0_u32;
    let mut guess = Vec::new();
    for pass in 0..passes {
        for i in (1..order.len()).rev() {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            order.swap(i, (seed % (i as u64 + 1)) as usize);
        }
        let mut wrong = 0;
        for at in &order {
            let (features, labels) = &runs[*at as usize];
            step += 1;
            let scores: Vec<[i32; LABELS]> = features
                .iter()
                .map(|f| {
                    let mut sum = [0; LABELS];
                    for key in f {
                        for (s, cell) in sum.iter_mut().zip(&weights[*key as usize]) {
                            *s += cell.now;
                        }
                    }
                    sum
                })
                .collect();
            let now = transitions.map(|row| row.map(|cell| cell.now));
            viterbi::best(&scores, &now, &mut guess);
            if guess == *labels {
                continue;
            }
            wrong += 1;
            let (mut right_before, mut guess_before) = (O, O);
            for ((features, right), guessed) in features.iter().zip(labels.iter()).zip(&guess) {
                let (right, guessed) = (usize::from(*right), usize::from(*guessed));
                if right != guessed {
                    for key in features {
                        weights[*key as usize][right].change(1, step);
                        weights[*key as usize][guessed].change(-1, step);
                    }
                }
                if (right_before, right) != (guess_before, guessed) {
                    transitions[right_before][right].change(1, step);
                    transitions[guess_before][guessed].change(-1, step);
                }
                (right_before, guess_before) = (right, guessed);
            }
            if right_before != guess_before {
                transitions[right_before][O].change(1, step);
                transitions[guess_before][O].change(-1, step);
            }
        }
        report(pass, wrong);
    }
    Learned {
        features: keys.iter().zip(&weights).map(|(key, w)| (*key, w.map(|c| c.average(step)))).collect(),
        transitions: transitions.map(|row| row.map(|c| c.average(step))),
        steps: step,
    }
}

/// Packs learned weights and the common words into the bytes that [`super::weights::Weights::read`] reads.
///
/// # Errors
/// Packing fails only when memory does.
pub fn pack(learned: &Learned, common: &[(u32, u8)], unit: i64) -> io::Result<Vec<u8>> {
    let steps = i64::from(learned.steps);
    let round = |sum: i64| (2 * sum * unit + steps).div_euclid(2 * steps);
    let mut plain = Vec::new();
    for row in learned.transitions {
        for cell in row {
            let whole = round(cell).clamp(i64::from(i16::MIN), i64::from(i16::MAX)) as i16;
            plain.extend(whole.to_le_bytes());
        }
    }
    plain.extend((common.len() as u32).to_le_bytes());
    for (hash, class) in common {
        plain.extend(hash.to_le_bytes());
        plain.push(*class);
    }
    let kept: Vec<(u32, [i8; LABELS - 1])> = learned
        .features
        .iter()
        .map(|(key, sums)| {
            let mut weights = [0; LABELS - 1];
            for (w, sum) in weights.iter_mut().zip(&sums[1..]) {
                *w = round(sum - sums[O]).clamp(i64::from(i8::MIN), i64::from(i8::MAX)) as i8;
            }
            (*key, weights)
        })
        .filter(|(_, w)| w.iter().any(|w| w.unsigned_abs() >= 2))
        .collect();
    plain.extend((kept.len() as u32).to_le_bytes());
    for (key, _) in &kept {
        plain.extend(key.to_le_bytes());
    }
    for (_, weights) in &kept {
        plain.extend(weights.map(|w| w as u8));
    }
    let mut file = MAGIC.to_vec();
    file.extend(zstd::encode_all(plain.as_slice(), 19)?);
    Ok(file)
}
