//! The best sequence of labels for a run of tokens.

use super::weights::{B, I, LABELS, O, PER};

/// Whether a label may follow another: the inside of a place name only after its beginning or inside.
pub fn may_follow(before: usize, after: usize) -> bool {
    after != I || before == B || before == I
}

/// The best labels for a run that stands between two O, by the scores at each token and those of transitions; ties go to the
/// smaller label.
pub fn best(scores: &[[i32; LABELS]], transitions: &[[i32; LABELS]; LABELS], labels: &mut Vec<u8>) {
    const NEVER: i32 = i32::MIN / 4;
    labels.clear();
    let mut back: smallvec::SmallVec<[[u8; LABELS]; 16]> = smallvec::SmallVec::new();
    let mut row = [NEVER; LABELS];
    row[O] = 0;
    for at in scores {
        let mut next = [NEVER; LABELS];
        let mut from = [0_u8; LABELS];
        for after in 0..LABELS {
            for before in 0..LABELS {
                let score = row[before].saturating_add(transitions[before][after]).saturating_add(at[after]);
                if may_follow(before, after) && score > next[after] {
                    next[after] = score;
                    from[after] = before as u8;
                }
            }
        }
        back.push(from);
        row = next;
    }
    let mut label = O;
    for l in 1..LABELS {
        if row[l].saturating_add(transitions[l][O]) > row[label].saturating_add(transitions[label][O]) {
            label = l;
        }
    }
    for from in back.iter().rev() {
        labels.push(label as u8);
        label = from[label] as usize;
    }
    labels.reverse();
}

const _: () = assert!(PER < LABELS);
