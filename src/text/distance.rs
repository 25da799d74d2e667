//! Edit distance between short names: Damerau's, in its restricted form (optimal string alignment).

/// The number of insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`, counted in code points;
/// `None` when it is more than `limit`.
///
/// ```
/// use mapdesk::text::edit_distance;
/// assert_eq!(edit_distance("damascus", "damacsus", 2), Some(1));
/// assert_eq!(edit_distance("hama", "homs", 1), None);
/// ```
pub fn edit_distance(a: &str, b: &str, limit: usize) -> Option<usize> {
    if a.is_ascii() && b.is_ascii() {
        return distance(a.as_bytes(), b.as_bytes(), limit);
    }
    let a: smallvec::SmallVec<[char; 48]> = a.chars().collect();
    let b: smallvec::SmallVec<[char; 48]> = b.chars().collect();
    distance(&a, &b, limit)
}

fn distance<T: PartialEq + Copy>(a: &[T], b: &[T], limit: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > limit {
        return None;
    }
    // What both share at the ends costs nothing.
    let head = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[head..], &b[head..]);
    let tail = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[..a.len() - tail], &b[..b.len() - tail]);
    if a.is_empty() || b.is_empty() {
        let d = a.len() + b.len();
        return (d <= limit).then_some(d);
    }
    type Row = smallvec::SmallVec<[usize; 64]>;
    let mut before: Row = smallvec::smallvec![0; b.len() + 1];
    let mut previous: Row = (0..=b.len()).collect();
    let mut row: Row = smallvec::smallvec![0; b.len() + 1];
    for i in 1..=a.len() {
        row[0] = i;
        let mut least = i;
        for j in 1..=b.len() {
            let cost = usize::from(a[i - 1] != b[j - 1]);
            let mut d = (previous[j] + 1).min(row[j - 1] + 1).min(previous[j - 1] + cost);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                d = d.min(before[j - 2] + 1);
            }
            row[j] = d;
            least = least.min(d);
        }
        if least > limit {
            return None;
        }
        std::mem::swap(&mut before, &mut previous);
        std::mem::swap(&mut previous, &mut row);
    }
    let d = previous[b.len()];
    (d <= limit).then_some(d)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_edits() {
        for (a, b, d) in [
            ("", "", 0),
            ("kitten", "sitting", 3),
            ("ca", "abc", 3),
            ("kyiv", "kiyv", 1),
            ("حلب", "حمص", 2),
            ("a", "", 1),
        ] {
            assert_eq!(edit_distance(a, b, 9), Some(d), "{a} {b}");
            assert_eq!(edit_distance(b, a, 9), Some(d), "{b} {a}");
        }
        assert_eq!(edit_distance("kitten", "sitting", 2), None);
    }
}
