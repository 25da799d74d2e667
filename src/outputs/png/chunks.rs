//! The file: signature, chunks, checksums (PNG, third edition).

use crate::cartography::display::{DisplayList, Metadata};
use crate::model::Rgb;
use crate::outputs::raster::Bitmap;
use libdeflater::{CompressionLvl, Compressor, crc32};

/// One compression level for all: beyond it a map gets a few per cent smaller in twice the time.
const LEVEL: i32 = 5;

/// Adds a chunk: length, kind, body, checksum.
pub(in crate::outputs) fn chunk(out: &mut Vec<u8>, kind: &[u8; 4], body: &[u8]) {
    out.extend((body.len() as u32).to_be_bytes());
    let start = out.len();
    out.extend(kind);
    out.extend(body);
    let sum = crc32(&out[start..]);
    out.extend(sum.to_be_bytes());
}

/// A compressor and the buffer it writes to, for one picture after another.
#[derive(Default)]
pub(in crate::outputs) struct Deflate {
    compressor: Option<Compressor>,
    out: Vec<u8>,
}

impl Deflate {
    /// Bytes in zlib's format.
    pub(in crate::outputs) fn zlib(&mut self, raw: &[u8]) -> &[u8] {
        let new = || Compressor::new(CompressionLvl::new(LEVEL).unwrap_or_default());
        let compressor = self.compressor.get_or_insert_with(new);
        let bound = compressor.zlib_compress_bound(raw.len());
        if self.out.len() < bound {
            self.out = vec![0; bound];
        }
        let n = compressor.zlib_compress(raw, &mut self.out).expect("the buffer has the size the library asked for");
        &self.out[..n]
    }
}

/// Bytes in zlib's format.
pub(in crate::outputs) fn deflate(raw: &[u8]) -> Vec<u8> {
    Deflate::default().zlib(raw).to_vec()
}

/// Signature, header and everything that goes before the pixels.
pub(in crate::outputs) fn head(
    width: u32,
    height: u32,
    color_type: u8,
    scale: u32,
    words: &[(&str, String)],
) -> Vec<u8> {
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut header = Vec::with_capacity(13);
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    header.extend([8, color_type, 0, 0, 0]);
    chunk(&mut out, b"IHDR", &header);
    chunk(&mut out, b"sRGB", &[0]);
    // A CSS pixel is 1/96 inch; a picture at 2× has twice the pixels to the metre.
    let per_metre = (96.0 / 0.0254 * f64::from(scale)).round() as u32;
    let mut density = Vec::with_capacity(9);
    density.extend(per_metre.to_be_bytes());
    density.extend(per_metre.to_be_bytes());
    density.push(1);
    chunk(&mut out, b"pHYs", &density);
    for (key, text) in words.iter().filter(|w| !w.1.is_empty()) {
        let mut body = key.as_bytes().to_vec();
        // Keyword end, not compressed, no method, no language, no translated keyword.
        body.extend([0, 0, 0, 0, 0]);
        body.extend(text.as_bytes());
        chunk(&mut out, b"iTXt", &body);
    }
    out
}

/// The words of a list under the keywords of the PNG specification.
pub(in crate::outputs) fn words(list: &DisplayList) -> Vec<(&'static str, String)> {
    let Metadata { author, licence, source, as_of, .. } = &list.metadata;
    let as_of = if as_of.is_empty() { String::new() } else { format!("As of {as_of}") };
    vec![
        ("Title", list.title.clone()),
        ("Description", list.description.clone()),
        ("Author", author.clone()),
        ("Copyright", licence.clone()),
        ("Source", source.clone()),
        ("Comment", as_of),
    ]
}

/// A palette PNG; `rows` are entries of the palette, each row after its filter.
pub(super) fn indexed(
    [width, height]: [u32; 2],
    palette: &[Rgb],
    rows: &[u8],
    scale: u32,
    words: &[(&str, String)],
    deflate: &mut Deflate,
) -> Vec<u8> {
    let mut out = head(width, height, 3, scale, words);
    let palette: Vec<u8> = palette.iter().flat_map(|c| [c.0, c.1, c.2]).collect();
    chunk(&mut out, b"PLTE", &palette);
    chunk(&mut out, b"IDAT", deflate.zlib(rows));
    chunk(&mut out, b"IEND", &[]);
    out
}

/// A picture tile: a palette PNG without words, with as few bits a pixel as its colours need.
pub(in crate::outputs) fn tile(side: u32, palette: &[Rgb], indices: &[u8]) -> Vec<u8> {
    let depth: u8 = match palette.len() {
        0..=2 => 1,
        3..=4 => 2,
        5..=16 => 4,
        _ => 8,
    };
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut header = Vec::with_capacity(13);
    header.extend(side.to_be_bytes());
    header.extend(side.to_be_bytes());
    header.extend([depth, 3, 0, 0, 0]);
    chunk(&mut out, b"IHDR", &header);
    let colors: Vec<u8> = palette.iter().flat_map(|c| [c.0, c.1, c.2]).collect();
    chunk(&mut out, b"PLTE", &colors);
    let each = usize::from(8 / depth);
    let mut raw = Vec::with_capacity(indices.len() / each + side as usize);
    for row in indices.chunks_exact(side as usize) {
        raw.push(0);
        if each == 1 {
            raw.extend_from_slice(row);
        } else {
            raw.extend(row.chunks(each).map(|c| c.iter().fold(0, |byte, i| byte << depth | i)));
        }
    }
    chunk(&mut out, b"IDAT", &deflate(&raw));
    chunk(&mut out, b"IEND", &[]);
    out
}

/// A true-colour PNG, each row under the filter that leaves the smallest sum.
pub(super) fn true_colour(bitmap: &Bitmap, scale: u32, words: &[(&str, String)]) -> Vec<u8> {
    let mut out = head(bitmap.width, bitmap.height, 2, scale, words);
    let stride = bitmap.width as usize * 3;
    let mut raw = Vec::with_capacity((stride + 1) * bitmap.height as usize);
    let (mut above, mut row) = (vec![0_u8; stride], vec![0_u8; stride]);
    let mut tries: [Vec<u8>; 4] = std::array::from_fn(|_| vec![0; stride]);
    for line in bitmap.rgba.chunks_exact((bitmap.width as usize * 4).max(1)) {
        for (to, from) in row.chunks_exact_mut(3).zip(line.chunks_exact(4)) {
            to.copy_from_slice(&from[..3]);
        }
        for i in 0..stride {
            let left = if i < 3 { 0 } else { row[i - 3] };
            let corner = if i < 3 { 0 } else { above[i - 3] };
            tries[0][i] = row[i];
            tries[1][i] = row[i].wrapping_sub(left);
            tries[2][i] = row[i].wrapping_sub(above[i]);
            tries[3][i] = row[i].wrapping_sub(paeth(left, above[i], corner));
        }
        let cost = |t: &Vec<u8>| t.iter().map(|v| u64::from((*v as i8).unsigned_abs())).sum::<u64>();
        let best = (0..4).min_by_key(|i| cost(&tries[*i])).unwrap_or(0);
        raw.push([0, 1, 2, 4][best]);
        raw.extend_from_slice(&tries[best]);
        std::mem::swap(&mut above, &mut row);
    }
    chunk(&mut out, b"IDAT", &deflate(&raw));
    chunk(&mut out, b"IEND", &[]);
    out
}

fn paeth(left: u8, above: u8, corner: u8) -> u8 {
    let (a, b, c) = (i16::from(left), i16::from(above), i16::from(corner));
    let p = a + b - c;
    let (pa, pb, pc) = ((p - a).abs(), (p - b).abs(), (p - c).abs());
    if pa <= pb && pa <= pc {
        left
    } else if pb <= pc {
        above
    } else {
        corner
    }
}
