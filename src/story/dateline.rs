//! Where a report's dateline ends: "KYIV, Ukraine — Troops …".

use std::ops::Range;

/// The bytes of the dash behind a dateline, if a text begins with something that may be one.
pub(super) fn dash(text: &str) -> Option<Range<usize>> {
    const DASHES: [&str; 4] = [" — ", " – ", " -- ", " - "];
    /// No dateline is longer, in characters.
    const MOST: usize = 90;
    let start = text.len() - text.trim_start().len();
    let head = &text[start..];
    let head = head.char_indices().nth(MOST).map_or(head, |(at, _)| &head[..at]);
    let found = DASHES.iter().filter_map(|d| Some((head.find(d)?, d.len()))).min()?;
    Some(start + found.0..start + found.0 + found.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_dash_near_the_beginning_ends_a_dateline() {
        let text = "\n KYIV, Ukraine — Troops fought - hard.";
        let found = dash(text).expect("a dateline");
        assert_eq!((&text[..found.start], &text[found.end..]), ("\n KYIV, Ukraine", "Troops fought - hard."));
        assert_eq!(dash(&format!("{} — late", "word ".repeat(30))), None);
        assert_eq!(dash("Well-known."), None);
    }
}
