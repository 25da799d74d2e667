//! Text as text.

use super::path::Coordinates;
use super::write::Xml;
use super::{color, opacity};
use crate::cartography::display::{Anchor, Outline, Placement, Text};
use crate::cartography::text::{Fonts, Run};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::sync::Arc;

/// Writes a text, its halo first.
pub(super) fn write(xml: &mut Xml, fonts: &Fonts, shared: &FxHashMap<*const Outline, String>, lang: &str, text: &Text) {
    if text.shaped.runs.is_empty() {
        return;
    }
    let halo = text.halo.filter(|h| h.width > 0 && h.alpha > 0);
    if let Some(halo) = halo {
        xml.open("g");
        xml.attribute("class", "label");
        xml.open("text");
        xml.attribute("aria-hidden", "true");
        let rim = color(halo.color);
        xml.attribute("fill", &rim);
        xml.attribute("stroke", &rim);
        xml.attribute("stroke-width", &Coordinates::length(halo.width * 2));
        xml.attribute("stroke-linejoin", "round");
        if halo.alpha < 255 {
            xml.attribute("opacity", &opacity(halo.alpha));
        }
        body(xml, fonts, shared, lang, text);
        xml.close();
    }
    xml.open("text");
    xml.attribute("fill", &color(text.color));
    if text.alpha < 255 {
        xml.attribute("fill-opacity", &opacity(text.alpha));
    }
    body(xml, fonts, shared, lang, text);
    xml.close();
    if halo.is_some() {
        xml.close();
    }
}

/// Font attributes of a run; `text` is the whole text.
fn font(xml: &mut Xml, fonts: &Fonts, run: &Run, text: &str) {
    let face = fonts.face(run.face);
    xml.attribute("font-family", &format!("{}, sans-serif", face.name));
    if face.weight != 400 {
        xml.attribute("font-weight", &face.weight.to_string());
    }
    if face.italic {
        xml.attribute("font-style", "italic");
    }
    if run.spacing != 0 {
        xml.attribute("letter-spacing", &Coordinates::length(run.spacing));
        // Browsers part the letters of a ligature in spaced text; Inkscape has to be told.
        if ["ff", "fi", "fl"].iter().any(|pair| text[run.range.clone()].contains(pair)) {
            xml.attribute("style", "font-variant-ligatures:none");
        }
    }
}

/// How long a run is, so that a reader's own font takes the same room. Joined letters are stretched, never torn apart.
fn length(xml: &mut Xml, run: &Run) {
    if run.width > 0 {
        xml.attribute("textLength", &Coordinates::length(run.width));
        xml.attribute("lengthAdjust", if run.rtl { "spacingAndGlyphs" } else { "spacing" });
    }
}

/// The words of a run. A colon or question mark at the end of Arabic would go to the wrong side in a document that reads from left
/// to right; a mark without a width (U+200F) holds it.
fn held<'a>(run: &Run, words: &'a str) -> Cow<'a, str> {
    const MARK: char = '\u{200F}';
    if !run.rtl || !words.contains(char::is_alphabetic) {
        return Cow::Borrowed(words);
    }
    let loose = |c: Option<char>| c.is_some_and(|c| !c.is_alphanumeric());
    let (before, after) = (loose(words.chars().next()), loose(words.chars().next_back()));
    if !before && !after {
        return Cow::Borrowed(words);
    }
    let marks = [before, after].map(|m| if m { MARK.to_string() } else { String::new() });
    Cow::Owned(format!("{}{words}{}", marks[0], marks[1]))
}

/// The part of a run that stands for a range of the text.
fn part(run: &Run, range: std::ops::Range<usize>) -> Run {
    let mut pen = run.x;
    let mut out = Run { range, width: 0, glyphs: Vec::new(), ..run.clone() };
    for glyph in &run.glyphs {
        if out.range.contains(&glyph.cluster) {
            if out.glyphs.is_empty() {
                out.x = pen;
            }
            out.width += glyph.advance;
            out.glyphs.push(*glyph);
        }
        pen += glyph.advance;
    }
    out
}

fn body(xml: &mut Xml, fonts: &Fonts, shared: &FxHashMap<*const Outline, String>, lang: &str, text: &Text) {
    let shaped = &text.shaped;
    xml.attribute("font-size", &Coordinates::length(shaped.font.size));
    if !shaped.lang.is_empty() && shaped.lang != lang {
        xml.attribute("xml:lang", &shaped.lang);
    }
    let words = shaped.text.as_str();
    if words.starts_with(' ') || words.ends_with(' ') || words.contains("  ") {
        xml.attribute("xml:space", "preserve");
    }
    match &text.place {
        Placement::Straight { origin, anchor, angle } => {
            if *angle != 0 {
                let turn = format!("{:.2}", f64::from(*angle) / 100.0);
                let turn = turn.trim_end_matches('0').trim_end_matches('.').to_owned();
                let at = format!("{} {}", Coordinates::length(origin.x), Coordinates::length(origin.y));
                xml.attribute("transform", &format!("rotate({turn} {at})"));
            }
            let left = text.left().unwrap_or(*origin);
            match &shaped.runs[..] {
                // Readers count the space after the last letter differently: spaced texts start at their left end.
                [run] if run.spacing == 0 => {
                    font(xml, fonts, run, words);
                    xml.attribute("x", &Coordinates::length(origin.x));
                    xml.attribute("y", &Coordinates::length(origin.y));
                    match anchor {
                        Anchor::Left => {}
                        Anchor::Middle => xml.attribute("text-anchor", "middle"),
                        Anchor::Right => xml.attribute("text-anchor", "end"),
                    }
                    // Inkscape tears a whole text of joined letters apart for its length, a span within it not.
                    if run.rtl {
                        xml.open_inline("tspan");
                    }
                    length(xml, run);
                    xml.text(&held(run, words));
                    if run.rtl {
                        xml.close_inline();
                    }
                }
                runs => {
                    xml.attribute("y", &Coordinates::length(origin.y));
                    // In reading order, each at its own place: a screen reader reads it right, nobody has to reorder it.
                    let mut order: Vec<&Run> = runs.iter().collect();
                    order.sort_by_key(|r| r.range.start);
                    for run in order {
                        // A space at the end of a span would be laid out in the direction of the document.
                        let whole = &words[run.range.clone()];
                        let bare = whole.trim_matches(' ');
                        let from = run.range.start + whole.find(bare).unwrap_or(0);
                        let (before, after) = (&words[run.range.start..from], &words[from + bare.len()..run.range.end]);
                        xml.text(before);
                        if !bare.is_empty() {
                            let bare_run = part(run, from..from + bare.len());
                            xml.open_inline("tspan");
                            font(xml, fonts, &bare_run, words);
                            xml.attribute("x", &Coordinates::length(left.x + bare_run.x));
                            length(xml, &bare_run);
                            xml.text(&held(&bare_run, bare));
                            xml.close_inline();
                        }
                        xml.text(after);
                    }
                }
            }
        }
        Placement::Along { path, start } => {
            if let Some(run) = shaped.runs.first() {
                font(xml, fonts, run, words);
            }
            let id = shared.get(&Arc::as_ptr(path)).cloned().unwrap_or_default();
            xml.open_inline("textPath");
            xml.attribute("xlink:href", &format!("#{id}"));
            xml.attribute("startOffset", &Coordinates::length(*start));
            xml.text(words);
            xml.close_inline();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cartography::text::FontSpec;

    fn told(words: &str) -> String {
        let fonts = Fonts::embedded();
        let shaped = fonts.shape(words, FontSpec::regular(14.0), "ar");
        held(&shaped.runs[0], words).into_owned()
    }

    #[test]
    fn marks_hold_punctuation_of_arabic_and_nothing_else() {
        assert_eq!(told("المصدر:"), "المصدر:\u{200F}");
        assert_eq!(told("«حماة»"), "\u{200F}«حماة»\u{200F}");
        assert_eq!(told("دمشق"), "دمشق");
        assert_eq!(told("Source:"), "Source:");
    }
}
