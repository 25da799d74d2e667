//! A sheet painted and cut into encoded tiles.

use super::range::Range;
use super::{Choice, Kind};
use crate::cartography::display::DisplayList;
use crate::model::Rgb;
use crate::outputs::png::{self, Indexed};
use crate::outputs::raster::{Bitmap, Painter};
use crate::outputs::webp;
use crate::tiles::{TileId, TilesError};
use sha2::{Digest, Sha256};

/// An encoded tile.
#[derive(Debug)]
pub struct Picture {
    /// Its address.
    pub id: TileId,
    /// Hash of its bytes.
    pub hash: u128,
    /// The file.
    pub bytes: Vec<u8>,
}

/// Paints a sheet and cuts it.
pub fn tiles(
    painter: &mut Painter,
    list: &DisplayList,
    range: &Range,
    choice: &Choice,
) -> Result<Vec<Picture>, TilesError> {
    let bitmap = painter.paint(list, choice.scale).map_err(|e| TilesError::Option(e.to_string()))?;
    let side = (choice.side * choice.scale) as usize;
    let indexed = (choice.kind == Kind::Png).then(|| png::index(&bitmap, &png::style(list)));
    let mut out = Vec::with_capacity(range.tiles());
    let mut reuse = Reuse::default();
    for (j, y) in (range.rows.0..=range.rows.1).enumerate() {
        for (i, x) in (range.columns.0..=range.columns.1).enumerate() {
            let (left, top) = (i * side, j * side);
            let bytes = match &indexed {
                Some(pixels) => reuse.png(pixels, bitmap.width as usize, (left, top), side),
                None => reuse.webp(&bitmap, (left, top), side)?,
            };
            let digest = Sha256::digest(&bytes);
            let mut head = [0; 16];
            head.copy_from_slice(&digest[..16]);
            out.push(Picture { id: TileId { z: range.zoom, x, y }, hash: u128::from_le_bytes(head), bytes });
        }
    }
    Ok(out)
}

/// Tiles of one colour are frequent and need to be encoded once.
#[derive(Default)]
struct Reuse {
    plain: Vec<(Rgb, Vec<u8>)>,
}

impl Reuse {
    fn plain(
        &mut self,
        color: Rgb,
        encode: impl FnOnce() -> Result<Vec<u8>, TilesError>,
    ) -> Result<Vec<u8>, TilesError> {
        if let Some((_, bytes)) = self.plain.iter().find(|(c, _)| *c == color) {
            return Ok(bytes.clone());
        }
        let bytes = encode()?;
        self.plain.push((color, bytes.clone()));
        Ok(bytes)
    }

    fn png(&mut self, pixels: &Indexed, width: usize, (left, top): (usize, usize), side: usize) -> Vec<u8> {
        let mut own = Vec::with_capacity(side * side);
        for row in pixels.indices.chunks_exact(width).skip(top).take(side) {
            own.extend_from_slice(&row[left..left + side]);
        }
        // Only the colours that the tile has, in the order of the sheet's palette.
        let mut used = [false; 256];
        for &i in &own {
            used[usize::from(i)] = true;
        }
        let mut number = [0u8; 256];
        let mut palette = Vec::new();
        for i in (0..pixels.palette.len()).filter(|i| used[*i]) {
            number[i] = palette.len() as u8;
            palette.push(pixels.palette[i]);
        }
        for i in &mut own {
            *i = number[usize::from(*i)];
        }
        let encode = || png::tile(side as u32, &palette, &own);
        match palette.as_slice() {
            [color] => self.plain(*color, || Ok(encode())).unwrap_or_default(),
            _ => encode(),
        }
    }

    fn webp(&mut self, bitmap: &Bitmap, (left, top): (usize, usize), side: usize) -> Result<Vec<u8>, TilesError> {
        let mut rgb = Vec::with_capacity(side * side * 3);
        for row in bitmap.rgba.chunks_exact(bitmap.width as usize * 4).skip(top).take(side) {
            rgb.extend(row[left * 4..(left + side) * 4].chunks_exact(4).flat_map(|p| [p[0], p[1], p[2]]));
        }
        let encode =
            || webp::tile(&rgb, side as u32, side as u32).map_err(|e| TilesError::Option(format!("WebP: {e}")));
        let first = &rgb[..3];
        if rgb.chunks_exact(3).all(|p| p == first) {
            return self.plain(Rgb(first[0], first[1], first[2]), encode);
        }
        encode()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tile_of_few_colours_comes_back_exactly() {
        let side = 256;
        for colors in [1usize, 2, 3, 4, 9, 16, 17, 200] {
            let palette: Vec<Rgb> = (0..colors).map(|i| Rgb(i as u8, 255 - i as u8, 7)).collect();
            let indices: Vec<u8> = (0..side * side * 2).map(|i| ((i * 31 + i / 77) % colors) as u8).collect();
            let pixels = Indexed { palette: palette.clone(), indices: indices.clone(), exact: true };
            let bytes = Reuse::default().png(&pixels, side * 2, (side, 0), side);
            let mut decoder = ::png::Decoder::new(std::io::Cursor::new(bytes));
            decoder.set_transformations(::png::Transformations::EXPAND);
            let mut reader = decoder.read_info().expect("a PNG");
            let mut data = vec![0; reader.output_buffer_size().expect("a size")];
            reader.next_frame(&mut data).expect("pixels");
            for (n, p) in data.chunks_exact(3).enumerate() {
                let want = palette[usize::from(indices[n / side * side * 2 + side + n % side])];
                assert_eq!(Rgb(p[0], p[1], p[2]), want, "{colors} colours, pixel {n}");
            }
        }
    }
}
