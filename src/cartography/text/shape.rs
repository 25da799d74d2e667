//! Shaping: from stretches of text to positioned glyphs.

use super::itemise::{Stretch, itemise};
use super::{FontSpec, Fonts, Glyph, Run, Shaped};
use crate::cartography::display::{Point, Rect};
use harfrust::{Buffer, BufferFlags, Direction, Feature, Language, Script, ShapeOptions, ShaperFont, Tag};
use std::str::FromStr as _;

/// Shapes a line; see [`Fonts::shape`].
pub(super) fn shape(fonts: &Fonts, text: &str, font: FontSpec, lang: &str) -> Shaped {
    let found = itemise(fonts, text, font);
    let mut pen = 0;
    let mut runs = Vec::with_capacity(found.stretches.len());
    let mut buffer = Buffer::new();
    for stretch in &found.stretches {
        let run = shape_stretch(fonts, text, stretch, font, lang, pen, &mut buffer);
        pen += run.width;
        runs.push(run);
    }
    // Space stands between letters, not after the last one: otherwise centred names stand too far left.
    if let Some(last) = runs.last_mut() {
        last.width -= last.spacing;
        pen -= last.spacing;
        if let Some(glyph) = last.glyphs.last_mut() {
            glyph.advance -= last.spacing;
        }
    }
    let line = fonts.face(fonts.nearest(font.family, font.weight, font.italic));
    let scaled = |v: i32| scale(v, font.size, line.units_per_em);
    Shaped {
        text: text.to_owned(),
        font,
        lang: lang.to_owned(),
        rtl: found.rtl,
        width: pen,
        ascent: scaled(line.ascent),
        descent: scaled(line.descent),
        cap_height: scaled(line.cap_height),
        x_height: scaled(line.x_height),
        ink: ink(fonts, &runs, font.size),
        runs,
        missing: found.missing,
    }
}

/// Font units at a size in 1/64 px, rounded half away from zero.
fn scale(value: i32, size: i32, units_per_em: i32) -> i32 {
    let (v, per) = (i64::from(value) * i64::from(size), i64::from(units_per_em));
    let half = if v < 0 { -per / 2 } else { per / 2 };
    ((v + half) / per) as i32
}

fn shape_stretch(
    fonts: &Fonts,
    text: &str,
    stretch: &Stretch,
    font: FontSpec,
    lang: &str,
    pen: i32,
    buffer: &mut Buffer,
) -> Run {
    let face = fonts.face(stretch.face);
    buffer.reset();
    for (at, c) in text[stretch.range.clone()].char_indices() {
        buffer.push(c.into(), (stretch.range.start + at) as u32);
    }
    // Neighbours decide how letters join where a stretch ends in the middle of a word.
    buffer.set_pre_context(&text[..stretch.range.start]);
    buffer.set_post_context(&text[stretch.range.end..]);
    buffer.set_flags(BufferFlags::REMOVE_DEFAULT_IGNORABLES);
    let direction = if stretch.rtl { Direction::RightToLeft } else { Direction::LeftToRight };
    let (script, language) = (Script::from_str(stretch.script.short_name()).ok(), Language::from_str(lang).ok());
    buffer.set_direction(direction);
    buffer.set_script(script);
    buffer.set_language(language.clone());
    let spacing = if joins(stretch.script) { 0 } else { font.spacing };
    let features = if spacing == 0 {
        &[][..]
    } else {
        // Ligatures would leave uneven gaps in spaced letters.
        &[Feature { tag: Tag::new(b"liga"), value: 0, start: 0, end: u32::MAX }][..]
    };
    let shaper = ShaperFont::new(&face.font);
    let plan = fonts.plan(stretch.face, direction, script, language.as_ref(), features);
    let shaped = harfrust::shape(&shaper, buffer, ShapeOptions::new().plan(Some(&plan)).features(features));
    let mut glyphs = Vec::with_capacity(buffer.len());
    let (mut x, mut added) = (0_i32, 0_i32);
    let at = |x: i32, added: i32| scale(x, font.size, face.units_per_em) + added;
    if shaped.is_ok() {
        let infos = buffer.glyph_infos();
        for (i, (info, position)) in infos.iter().zip(buffer.glyph_positions()).enumerate() {
            let origin = Point::new(
                pen + at(x + position.x_offset, added),
                -scale(position.y_offset, font.size, face.units_per_em),
            );
            let start = at(x, added);
            x += position.x_advance;
            // One gap a cluster: marks stay on their letters.
            if infos.get(i + 1).is_none_or(|next| next.cluster != info.cluster) {
                added += spacing;
            }
            let advance = at(x, added) - start;
            glyphs.push(Glyph { id: info.glyph_id, at: origin, advance, cluster: info.cluster as usize });
        }
    }
    Run {
        face: stretch.face,
        range: stretch.range.clone(),
        script: stretch.script.short_name(),
        rtl: stretch.rtl,
        x: pen,
        width: at(x, added),
        spacing,
        glyphs,
    }
}

/// Scripts whose letters join: a gap between them would tear words apart.
fn joins(script: unicode_script::Script) -> bool {
    use unicode_script::Script as S;
    matches!(
        script,
        S::Arabic
            | S::Syriac
            | S::Nko
            | S::Mongolian
            | S::Mandaic
            | S::Manichaean
            | S::Adlam
            | S::Hanifi_Rohingya
            | S::Devanagari
            | S::Bengali
            | S::Gurmukhi
    )
}

/// The box around the ink of all glyphs.
fn ink(fonts: &Fonts, runs: &[Run], size: i32) -> Rect {
    let mut ink: Option<Rect> = None;
    for run in runs {
        let unit = f64::from(size) / f64::from(fonts.face(run.face).units_per_em);
        for glyph in &run.glyphs {
            if let Some([l, b, r, t]) = fonts.outline(run.face, glyph.id).bounds {
                let low = |v: f32| (f64::from(v) * unit).floor() as i32;
                let high = |v: f32| (f64::from(v) * unit).ceil() as i32;
                let here =
                    Rect::new(glyph.at.x + low(l), glyph.at.y - high(t), glyph.at.x + high(r), glyph.at.y - low(b));
                ink = Some(ink.map_or(here, |i| i.union(&here)));
            }
        }
    }
    ink.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Text, file, and per glyph its id and advance.
    type Case = (&'static str, &'static str, &'static [(u32, i32)]);

    /// Glyph ids and advances in font units, as `hb-shape` of HarfBuzz 6 prints them for the same files.
    const HARFBUZZ: &[Case] = &[
        ("حماة", "NotoSansArabic-Regular", &[(821, 405), (29, 291), (532, 578), (299, 589)]),
        ("لا إله", "NotoSansArabic-Regular", &[(351, 486), (473, 260), (34, 238), (1, 260), (505, 582)]),
        (
            "دِمَشْق",
            "NotoSansArabic-Regular",
            &[(628, 808), (781, 0), (771, 850), (206, 0), (530, 525), (428, 0), (131, 477)],
        ),
        ("שָׁלוֹם", "NotoSansHebrew-Regular", &[(23, 684), (46, 0), (124, 291), (55, 522), (79, 0), (100, 0), (96, 730)]),
        (
            "Ḩamāh Tartus AVATAR",
            "NotoSans-Regular",
            &[
                (1164, 741),
                (66, 561),
                (78, 935),
                (193, 561),
                (73, 618),
                (1, 260),
                (53, 476),
                (66, 561),
                (83, 413),
                (85, 361),
                (86, 618),
                (84, 479),
                (1, 260),
                (34, 599),
                (55, 560),
                (34, 569),
                (53, 486),
                (34, 639),
                (51, 622),
            ],
        ),
    ];

    #[test]
    fn glyphs_and_advances_are_those_of_harfbuzz() {
        let fonts = Fonts::embedded();
        // One font unit is one 1/64 px at this size, so nothing is lost by rounding.
        let size = FontSpec { size: 1000, ..FontSpec::default() };
        for (text, file, want) in HARFBUZZ {
            let shaped = fonts.shape(text, size, "");
            let got: Vec<(u32, i32)> = shaped.runs.iter().flat_map(|r| &r.glyphs).map(|g| (g.id, g.advance)).collect();
            assert_eq!(&got, want, "{text} in {file}");
            assert_eq!(shaped.width, want.iter().map(|g| g.1).sum::<i32>());
        }
    }

    #[test]
    fn arabic_letters_join() {
        let fonts = Fonts::embedded();
        let alone = fonts.shape("ب", FontSpec::regular(20.0), "ar");
        let joined = fonts.shape("بب", FontSpec::regular(20.0), "ar");
        assert_ne!(alone.runs[0].glyphs[0].id, joined.runs[0].glyphs[0].id);
    }

    #[test]
    fn spacing_parts_latin_letters_and_never_arabic_ones() {
        let fonts = Fonts::embedded();
        let plain = FontSpec::bold(16.0);
        let wide = plain.spaced(3.0);
        let (a, b) = (fonts.shape("SYRIA", plain, "en"), fonts.shape("SYRIA", wide, "en"));
        assert_eq!(b.width - a.width, 4 * 3 * 64, "four gaps between five letters");
        assert_eq!(fonts.shape("سوريا", plain, "ar").width, fonts.shape("سوريا", wide, "ar").width);
        // Marks stay on their letters.
        let shaped = fonts.shape("e\u{301}\u{323}x", wide, "en");
        let glyphs = &shaped.runs[0].glyphs;
        assert!(
            glyphs.windows(2).filter(|w| w[0].cluster == w[1].cluster).all(|w| w[1].at.x <= w[0].at.x + w[0].advance)
        );
    }

    #[test]
    fn ink_is_measured_from_the_outlines() {
        let fonts = Fonts::embedded();
        let shaped = fonts.shape("Ég", FontSpec::regular(100.0), "fr");
        assert!(-shaped.ink.top > shaped.cap_height, "the accent stands above the capital");
        assert!(shaped.ink.bottom > 0, "the g hangs below the baseline");
        assert!(shaped.ink.left > 0 && shaped.ink.right < shaped.width);
        assert_eq!(fonts.shape("", FontSpec::regular(10.0), "").width, 0);
        assert!(fonts.shape("a\nb\u{2029}\u{7}ש", FontSpec::regular(10.0), "").missing.is_empty());
        assert_eq!(fonts.shape(" ", FontSpec::regular(10.0), "").ink, Rect::default());
    }

    #[test]
    fn widths_do_not_gather_rounding_errors() {
        let fonts = Fonts::embedded();
        let text = "l".repeat(200);
        let big = fonts.shape(&text, FontSpec { size: 100_000, ..FontSpec::default() }, "");
        let small = fonts.shape(&text, FontSpec { size: 781, ..FontSpec::default() }, "");
        let expected = f64::from(big.width) * 781.0 / 100_000.0;
        assert!((f64::from(small.width) - expected).abs() <= 1.0);
    }
}
