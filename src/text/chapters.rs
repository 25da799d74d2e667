//! Chapters: a long text cut where a reader would pause, so that what is kept while reading is bounded by one of them.
//!
//! An article, however long, is one chapter; a book, a year of reports or fifty megabytes on one line are many.

/// A text of at most this many bytes is one chapter.
pub const CHAPTER: usize = 1 << 19;
/// Where a long text may be cut, best first.
const PAUSES: [&str; 8] = ["\n\n", "\r\n\r\n", ".\n", ". ", "? ", "! ", "\n", " "];
/// Markup that is kept whole: how it opens, what closes it, and how many bytes of it are believed.
const MARKUP: [(&str, &str, usize); 4] =
    [("<script", "</script", 1 << 16), ("<style", "</style", 1 << 16), ("<!--", "-->", 1 << 13), ("<", ">", 1 << 11)];

/// The chapters of a text, in order, none lost; an empty text is one.
///
/// ```
/// use mapdesk::text::{CHAPTER, chapters};
/// assert_eq!(chapters("Hama fell.").collect::<Vec<_>>(), ["Hama fell."]);
/// let long = "Hama fell. ".repeat(100_000);
/// assert!(chapters(&long).all(|c| c.len() <= CHAPTER && c.starts_with("Hama")));
/// ```
pub fn chapters(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let (chapter, left) = text.split_at(first_chapter(text));
        rest = Some(left).filter(|l| !l.is_empty());
        Some(chapter)
    })
}

/// Length in bytes of the first chapter of a text: all of it where it is short enough. A longer one is cut in the last quarter
/// of what it may be: behind the last blank line, else line break, end of sentence or space there, else between two characters;
/// never inside a tag.
pub fn first_chapter(text: &str) -> usize {
    if text.len() <= CHAPTER {
        return text.len();
    }
    let most = text.floor_char_boundary(CHAPTER);
    let least = text.floor_char_boundary(CHAPTER / 4 * 3);
    let window = &text[least..most];
    let cut = PAUSES
        .iter()
        .find_map(|pause| window.rfind(pause).map(|at| least + at + pause.len()))
        .or_else(|| window.rfind(char::is_whitespace).map(|at| text.ceil_char_boundary(least + at + 1)))
        .unwrap_or(most);
    outside_markup(text, cut)
}

/// A cut moved before the tag, comment, script or style sheet it stands in.
fn outside_markup(text: &str, cut: usize) -> usize {
    let inside = |(opens, closes, most): &(&str, &str, usize)| {
        let from = text.floor_char_boundary(cut.saturating_sub(*most));
        let before = &text[from..cut];
        before.rfind(opens).filter(|at| !before[*at..].contains(closes)).map(|at| from + at)
    };
    MARKUP.iter().filter_map(inside).filter(|at| *at > CHAPTER / 2).min().unwrap_or(cut)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<&str> {
        let found: Vec<&str> = chapters(text).collect();
        assert_eq!(found.concat(), text);
        assert!(found.iter().all(|c| c.len() <= CHAPTER));
        found
    }

    #[test]
    fn cuts_where_a_reader_pauses() {
        assert_eq!(cut(""), [""]);
        let paragraphs = format!("{}\n\nHama fell.\n", "Rebels entered the city. \n".repeat(CHAPTER / 26 - 2));
        assert_eq!(cut(&paragraphs.repeat(2))[1].lines().next(), Some("Hama fell."));
        assert!(cut(&"One city. Two towns ".repeat(60_000)).iter().skip(1).all(|c| c.starts_with("Two")));
        assert!(cut(&"Хама حماة ".repeat(100_000)).iter().all(|c| c.ends_with(' ')));
        assert_eq!(cut(&",".repeat(2 * CHAPTER + 1)).len(), 3);
        assert!(cut(&"北京".repeat(200_000)).len() > 2);
    }

    #[test]
    fn leaves_scripts_and_tags_whole() {
        let page = format!("{}<script>{}</script> End", "word ".repeat(CHAPTER / 5 - 100), "x = 1;\n".repeat(200));
        assert!(cut(&page)[1].starts_with("<script>"));
        let link = format!("{}<a href=\"x y z\">Hama</a>", "word ".repeat(CHAPTER / 5 - 1));
        assert!(cut(&link)[1].starts_with("<a href"));
    }
}
