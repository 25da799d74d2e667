//! Text as text.

use super::path::Coordinates;
use super::write::Xml;
use super::{color, opacity};
use crate::cartography::display::{Anchor, Outline, Placement, Text};
use crate::cartography::text::{Fonts, Run};
use rustc_hash::FxHashMap;
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

/// Font attributes of a run.
fn font(xml: &mut Xml, fonts: &Fonts, run: &Run) {
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
    }
}

/// How long a run is, so that a reader's own font takes the same room. Joined letters are stretched, never torn apart.
fn length(xml: &mut Xml, run: &Run) {
    if run.width > 0 {
        xml.attribute("textLength", &Coordinates::length(run.width));
        xml.attribute("lengthAdjust", if run.rtl { "spacingAndGlyphs" } else { "spacing" });
    }
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
                    font(xml, fonts, run);
                    xml.attribute("x", &Coordinates::length(origin.x));
                    xml.attribute("y", &Coordinates::length(origin.y));
                    match anchor {
                        Anchor::Left => {}
                        Anchor::Middle => xml.attribute("text-anchor", "middle"),
                        Anchor::Right => xml.attribute("text-anchor", "end"),
                    }
                    length(xml, run);
                    xml.text(words);
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
                            font(xml, fonts, &bare_run);
                            xml.attribute("x", &Coordinates::length(left.x + bare_run.x));
                            length(xml, &bare_run);
                            xml.text(bare);
                            xml.close_inline();
                        }
                        xml.text(after);
                    }
                }
            }
        }
        Placement::Along { path, start } => {
            if let Some(run) = shaped.runs.first() {
                font(xml, fonts, run);
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
