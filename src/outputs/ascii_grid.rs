//! Heights from an ESRI ASCII grid (`.asc`): six header lines, then rows of numbers from north to south.
//!
//! ```text
//! ncols 4
//! nrows 2
//! xllcorner 35.0
//! yllcorner 32.0
//! cellsize 0.5
//! NODATA_value -9999
//! 120 340 560 -9999
//! 110 300 410 220
//! ```

use crate::cartography::Relief;
use crate::diag::{Note, Position};
use std::collections::BTreeMap;

/// Reads a grid in degrees; `file` names it in messages.
///
/// # Errors
/// A header that lacks a line, a value that is no number, fewer or more values than the header says.
pub fn read(text: &str, file: &str) -> Result<Relief, Box<Note>> {
    let at = |line: usize, what: String| Box::new(Note::error(what).at(Position::line(file, line)));
    let mut header: BTreeMap<String, f64> = BTreeMap::new();
    let mut lines = (1usize..).zip(text.lines()).peekable();
    while let Some(&(number, line)) = lines.peek() {
        let Some((key, value)) = line.split_once(char::is_whitespace) else {
            if line.trim().is_empty() {
                lines.next();
                continue;
            }
            break;
        };
        if !key.starts_with(|c: char| c.is_ascii_alphabetic()) {
            break;
        }
        let value = value.trim();
        let value = value.parse().map_err(|_| at(number, format!("\"{value}\" is not a number")))?;
        header.insert(key.to_ascii_lowercase(), value);
        lines.next();
    }
    let need = |key: &str| {
        header.get(key).copied().ok_or_else(|| {
            let note = *at(1, format!("the header has no {key}"));
            Box::new(note.hint("an ESRI ASCII grid begins with ncols, nrows, xllcorner, yllcorner and cellsize"))
        })
    };
    let (columns, rows, cell) = (need("ncols")?, need("nrows")?, need("cellsize")?);
    if !(columns >= 2.0 && rows >= 2.0 && columns * rows <= 4e8 && cell > 0.0) {
        return Err(at(1, format!("a grid of {columns} × {rows} cells of {cell}° cannot be read")));
    }
    let corner = |corner: &str, centre: &str| match header.get(centre) {
        Some(middle) => Ok(middle - cell / 2.0),
        None => need(corner),
    };
    let (west, south) = (corner("xllcorner", "xllcenter")?, corner("yllcorner", "yllcenter")?);
    if !(-360.0..=360.0).contains(&west) || !(-90.5..=90.5).contains(&south) {
        let note = *at(1, "the grid is not in degrees".to_owned());
        return Err(Box::new(note.hint("reproject it to EPSG:4326, for instance with gdalwarp -t_srs EPSG:4326")));
    }
    let nothing = header.get("nodata_value").copied();
    let (columns, rows) = (columns as usize, rows as usize);
    let mut heights = Vec::with_capacity(columns * rows);
    for (number, line) in lines {
        for word in line.split_ascii_whitespace() {
            let value: f64 = word.parse().map_err(|_| at(number, format!("\"{word}\" is not a number")))?;
            heights.push(if Some(value) == nothing { f32::NAN } else { value as f32 });
        }
    }
    if heights.len() != columns * rows {
        return Err(at(1, format!("{} heights, but {columns} × {rows} cells", heights.len())));
    }
    Ok(Relief { columns, rows, west, north: south + cell * rows as f64, cell, heights })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRID: &str =
        "ncols 3\nnrows 2\nxllcorner 35\nyllcorner 32\ncellsize 0.5\nNODATA_value -9999\n1 2 3\n4 -9999 6\n";

    #[test]
    fn reads_a_grid_and_says_what_is_wrong() {
        let grid = read(GRID, "hills.asc").expect("a grid");
        assert_eq!((grid.columns, grid.rows, grid.north), (3, 2, 33.0));
        assert!(grid.heights[4].is_nan() && grid.heights[5] == 6.0);
        let short = read(&GRID.replace(" 6", ""), "hills.asc").expect_err("five heights");
        assert!(short.message.contains("5 heights"), "{}", short.message);
        let word = read(&GRID.replace("4 ", "four "), "hills.asc").expect_err("a word");
        assert_eq!(word.at.and_then(|p| p.line), Some(8));
        assert!(read("1 2 3\n", "hills.asc").is_err());
    }
}
