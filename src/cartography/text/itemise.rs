//! Itemisation: a line of text cut into stretches of one direction, script and face, in visual order.

use super::{FaceId, FontSpec, Fonts};
use std::ops::Range;
use unicode_bidi::{Level, ParagraphBidiInfo};
use unicode_script::{Script, UnicodeScript as _};
use unicode_segmentation::UnicodeSegmentation as _;

/// A stretch of one direction, script and face.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stretch {
    pub range: Range<usize>,
    pub script: Script,
    pub face: FaceId,
    pub rtl: bool,
}

/// What itemisation found.
pub(super) struct Itemised {
    pub stretches: Vec<Stretch>,
    pub rtl: bool,
    pub missing: Vec<char>,
}

/// Characters that need no glyph: controls, joiners, directional marks, variation selectors.
fn invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{AD}')
}

/// Cuts a line into stretches from left to right.
pub(super) fn itemise(fonts: &Fonts, text: &str, font: FontSpec) -> Itemised {
    if text.is_empty() {
        return Itemised { stretches: Vec::new(), rtl: false, missing: Vec::new() };
    }
    let bidi = ParagraphBidiInfo::new(text, None);
    let rtl = bidi.paragraph_level.is_rtl();
    let mut missing = Vec::new();
    let clusters = faces(fonts, text, font, &mut missing);
    let (levels, visual) = bidi.visual_runs(0..text.len());
    let mut stretches: Vec<Stretch> = Vec::new();
    for run in visual {
        let level = levels.get(run.start).copied().unwrap_or(Level::ltr());
        let mut logical: Vec<Stretch> = Vec::new();
        for (at, len, script, face) in clusters.iter().copied().filter(|c| run.contains(&c.0)) {
            match logical.last_mut() {
                Some(last) if last.script == script && last.face == face => last.range.end = at + len,
                _ => logical.push(Stretch { range: at..at + len, script, face, rtl: level.is_rtl() }),
            }
        }
        if level.is_rtl() {
            logical.reverse();
        }
        stretches.extend(logical);
    }
    Itemised { stretches, rtl, missing }
}

/// Start, length, script and face of every grapheme cluster.
fn faces(fonts: &Fonts, text: &str, font: FontSpec, missing: &mut Vec<char>) -> Vec<(usize, usize, Script, FaceId)> {
    let primary = fonts.nearest(font.family, font.weight, font.italic);
    let graphemes: Vec<(usize, &str)> = text.grapheme_indices(true).collect();
    let own = |g: &str| {
        g.chars().map(|c| c.script()).find(|s| !matches!(s, Script::Common | Script::Inherited | Script::Unknown))
    };
    // Common characters belong to the script before them; leading ones to the first script of the text.
    let mut script = graphemes.iter().find_map(|(_, g)| own(g)).unwrap_or(Script::Common);
    let mut last: Option<(Script, FaceId)> = None;
    let mut out = Vec::with_capacity(graphemes.len());
    for (at, g) in graphemes {
        if let Some(s) = own(g) {
            script = s;
        }
        let covers = |id: FaceId| g.chars().all(|c| invisible(c) || fonts.covers(id, c));
        // A full stop or space inside Arabic stays in the Arabic face; a new script starts with the family asked for.
        let before = last.filter(|(s, _)| *s == script).map(|(_, f)| f);
        let face = before.filter(|f| covers(*f)).or_else(|| Some(primary).filter(|f| covers(*f))).or_else(|| {
            fonts
                .faces()
                .filter(|(id, _)| covers(*id))
                .min_by_key(|(id, f)| (f.weight.abs_diff(font.weight.css()), f.italic != font.italic, *id))
                .map(|(id, _)| id)
        });
        let face = face.unwrap_or_else(|| {
            for c in g.chars().filter(|c| !invisible(*c) && !fonts.faces().any(|(id, _)| fonts.covers(id, *c))) {
                if !missing.contains(&c) {
                    missing.push(c);
                }
            }
            before.unwrap_or(primary)
        });
        last = Some((script, face));
        out.push((at, g.len(), script, face));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> Vec<(&str, &'static str, bool)> {
        let fonts = Fonts::embedded();
        let found = itemise(&fonts, text, FontSpec::regular(12.0));
        found.stretches.into_iter().map(|s| (&text[s.range], s.script.short_name(), s.rtl)).collect()
    }

    #[test]
    fn latin_and_arabic_part_at_the_script() {
        assert_eq!(pieces("Hama حماة"), [("Hama ", "Latn", false), ("حماة", "Arab", true)]);
    }

    #[test]
    fn digits_in_arabic_read_from_left_to_right() {
        let found = pieces("حماة 1982 سنة");
        assert_eq!(found.iter().map(|p| p.2).collect::<Vec<_>>(), [true, false, true]);
        assert_eq!(found[0].0, " سنة");
        assert_eq!(found[1].0, "1982");
    }

    #[test]
    fn weight_is_kept_across_scripts() {
        let fonts = Fonts::embedded();
        for (spec, weight) in [(FontSpec::regular(12.0), 400), (FontSpec::bold(12.0), 700)] {
            for s in itemise(&fonts, "Hama حماة חמה Համա", spec).stretches {
                assert_eq!(fonts.face(s.face).weight, weight);
            }
        }
    }

    #[test]
    fn what_no_font_has_is_named_once() {
        let fonts = Fonts::embedded();
        let found = itemise(&fonts, "東京 東 Tokyo", FontSpec::regular(12.0));
        assert_eq!(found.missing, ['東', '京']);
    }
}
