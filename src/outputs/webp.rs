//! Lossless WebP: a still, or a series of which each frame holds only the pixels that change.
//!
//! Every colour is exact. Reference: the WebP container specification and lossless bitstream (RFC 9649).

use super::animation::{AnimationError, Frame, Part, changed, check};
use super::raster::{Bitmap, Painter};
use crate::cartography::display::DisplayList;
use image_webp::{ColorType, EncoderParams, EncodingError, WebPEncoder};

/// A picture of a display list as lossless WebP with the list's words as XMP.
///
/// # Errors
/// A side beyond [`super::raster::LARGEST`].
pub fn encode(painter: &mut Painter, list: &DisplayList, scale: u32) -> Result<Vec<u8>, AnimationError> {
    let bitmap = painter.paint(list, scale)?;
    let rgb: Vec<u8> = bitmap.rgba.chunks_exact(4).flat_map(|p| [p[0], p[1], p[2]]).collect();
    Ok(smaller(|params| {
        let mut out = Vec::new();
        let mut encoder = WebPEncoder::new(&mut out);
        encoder.set_params(params);
        encoder.set_xmp_metadata(xmp(list).into_bytes());
        encoder.encode(&rgb, bitmap.width, bitmap.height, ColorType::Rgb8)?;
        Ok(out)
    })?)
}

/// Opaque pixels (RGB) as lossless WebP without words.
///
/// # Errors
/// The encoder refuses the size.
pub fn tile(rgb: &[u8], width: u32, height: u32) -> Result<Vec<u8>, EncodingError> {
    let mut out = Vec::new();
    let mut encoder = WebPEncoder::new(&mut out);
    let mut params = EncoderParams::default();
    // Flat maps do better without; trying both would take twice the time.
    params.use_predictor_transform = false;
    encoder.set_params(params);
    encoder.encode(rgb, width, height, ColorType::Rgb8)?;
    Ok(out)
}

/// The smaller of an encoding with and one without prediction: flat maps do better without.
fn smaller(encode: impl Fn(EncoderParams) -> Result<Vec<u8>, EncodingError>) -> Result<Vec<u8>, EncodingError> {
    let with = |predict| {
        let mut params = EncoderParams::default();
        params.use_predictor_transform = predict;
        encode(params)
    };
    let (a, b) = (with(false)?, with(true)?);
    Ok(if b.len() < a.len() { b } else { a })
}

/// A series as animated lossless WebP that repeats without end, `scale` device pixels to a CSS pixel.
///
/// # Errors
/// No frames, frames of unlike size, a side beyond [`super::raster::LARGEST`].
pub fn encode_series(painter: &mut Painter, frames: &[Frame], scale: u32) -> Result<Vec<u8>, AnimationError> {
    let first = check(frames)?;
    let mut shown: Vec<(Part, Vec<u8>, u32)> = Vec::new();
    let mut before: Option<Bitmap> = None;
    for frame in frames {
        let now = painter.paint(&frame.list, scale)?;
        let stay = u32::from(frame.milliseconds);
        let part = match &before {
            None => Some(Part { x: 0, y: 0, width: now.width as usize, height: now.height as usize }),
            Some(old) => changed(&old.rgba, &now.rgba, now.width as usize, 4).map(even),
        };
        match part {
            None => {
                if let Some(last) = shown.last_mut() {
                    last.2 += stay;
                }
            }
            Some(part) => shown.push((part, bitstream(before.as_ref(), &now, part)?, stay)),
        }
        before = Some(now);
    }
    let (width, height) = before.map_or((1, 1), |b| (b.width, b.height));
    let mut body = b"WEBP".to_vec();
    // Animation, transparency and XMP are used.
    let mut extended = vec![0x02 | 0x10 | 0x04, 0, 0, 0];
    extended.extend(three(width as usize - 1));
    extended.extend(three(height as usize - 1));
    chunk(&mut body, b"VP8X", &extended);
    // No background, no end.
    chunk(&mut body, b"ANIM", &[0; 6]);
    for (n, (part, data, stay)) in shown.iter().enumerate() {
        let mut frame = Vec::with_capacity(data.len() + 16);
        for value in [part.x / 2, part.y / 2, part.width - 1, part.height - 1, (*stay as usize).min(0xFF_FFFF)] {
            frame.extend(three(value));
        }
        // The first replaces the canvas; the others are laid over the frame before, which stays.
        frame.push(if n == 0 { 2 } else { 0 });
        frame.extend_from_slice(data);
        chunk(&mut body, b"ANMF", &frame);
    }
    chunk(&mut body, b"XMP ", xmp(&first.list).as_bytes());
    let mut out = Vec::with_capacity(body.len() + 8);
    chunk(&mut out, b"RIFF", &body);
    Ok(out)
}

/// The container allows only even offsets.
fn even(part: Part) -> Part {
    let (dx, dy) = (part.x % 2, part.y % 2);
    Part { x: part.x - dx, y: part.y - dy, width: part.width + dx, height: part.height + dy }
}

/// The `VP8L` chunk of a part, with pixels that did not change left out.
fn bitstream(before: Option<&Bitmap>, now: &Bitmap, part: Part) -> Result<Vec<u8>, EncodingError> {
    let stride = now.width as usize * 4;
    let mut pixels = Vec::with_capacity(part.width * part.height * 4);
    for row in part.y..part.y + part.height {
        let range = row * stride + part.x * 4..row * stride + (part.x + part.width) * 4;
        let new = &now.rgba[range.clone()];
        match before {
            None => pixels.extend_from_slice(new),
            Some(old) => {
                for (n, o) in new.chunks_exact(4).zip(old.rgba[range].chunks_exact(4)) {
                    pixels.extend_from_slice(if n == o { &[0; 4] } else { n });
                }
            }
        }
    }
    let file = smaller(|params| {
        let mut out = Vec::new();
        let mut encoder = WebPEncoder::new(&mut out);
        encoder.set_params(params);
        encoder.encode(&pixels, part.width as u32, part.height as u32, ColorType::Rgba8)?;
        Ok(out)
    })?;
    // A file without metadata is `RIFF`, its size, `WEBP`, and one chunk.
    Ok(file[12..].to_vec())
}

fn three(value: usize) -> [u8; 3] {
    let [a, b, c, _] = (value as u32).to_le_bytes();
    [a, b, c]
}

fn chunk(out: &mut Vec<u8>, kind: &[u8; 4], body: &[u8]) {
    out.extend(kind);
    out.extend((body.len() as u32).to_le_bytes());
    out.extend_from_slice(body);
    if body.len() % 2 == 1 {
        out.push(0);
    }
}

/// The words of a list as XMP.
fn xmp(list: &DisplayList) -> String {
    let m = &list.metadata;
    let as_of = if m.as_of.is_empty() { String::new() } else { format!("As of {}", m.as_of) };
    let escape = |t: &str| t.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let entries = [
        ("title", &list.title),
        ("description", &list.description),
        ("creator", &m.author),
        ("rights", &m.licence),
        ("source", &m.source),
        ("coverage", &as_of),
    ];
    let words: String = entries
        .into_iter()
        .filter(|e| !e.1.is_empty())
        .map(|(key, words)| format!("<dc:{key}>{}</dc:{key}>", escape(words)))
        .collect();
    format!(
        "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\
         <rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">{words}</rdf:Description>\
         </rdf:RDF></x:xmpmeta>"
    )
}
