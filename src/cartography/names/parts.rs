//! Far parts of countries, which are named by their own names where nothing else of the country is seen: France on a map of
//! South America is French Guiana.

use super::Subject;
use crate::cartography::country::Country;
use crate::cartography::grid::{CELL, Extent};
use crate::geodesy::{BBox, LonLat};
use std::sync::OnceLock;

struct Part {
    country: &'static str,
    around: BBox,
    names: Vec<(&'static str, &'static str)>,
}

fn parts() -> &'static [Part] {
    static PARTS: OnceLock<Vec<Part>> = OnceLock::new();
    PARTS.get_or_init(|| {
        let mut lines = include_str!("parts.csv").lines();
        let head: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
        lines
            .filter_map(|line| {
                let cells: Vec<&str> = line.split(',').collect();
                let edges: Vec<f64> = cells.get(1)?.split(' ').filter_map(|v| v.parse().ok()).collect();
                let [west, south, east, north] = edges[..] else { return None };
                Some(Part {
                    country: cells[0],
                    around: BBox { west, south, east, north },
                    names: head.iter().copied().zip(cells.iter().copied()).skip(2).collect(),
                })
            })
            .collect()
    })
}

/// The name of the part of a country that is all one sees of it; `None` where more is seen, or where no part is known.
pub fn name(country: &Country, extent: &Extent, subject: &Subject<'_>, lang: &str) -> Option<&'static str> {
    let mut own = parts().iter().filter(|p| p.country == country.code).peekable();
    own.peek()?;
    let grid = &subject.ground.grid;
    // Where its cells lie, corner by corner; cells reach a little beyond the land.
    let at = |x: usize, y: usize| {
        let d = subject.frame.at([grid.left + x as f64 * CELL, grid.top + y as f64 * CELL])?;
        Some(LonLat::wrapped(d[0], d[1]))
    };
    let corners = [
        at(extent.x0, extent.y0)?,
        at(extent.x1 + 1, extent.y0)?,
        at(extent.x0, extent.y1 + 1)?,
        at(extent.x1 + 1, extent.y1 + 1)?,
    ];
    let slack = subject.frame.metres_per_px() * CELL * 2.0 / 80_000.0;
    let part = own.find(|p| {
        let b = p.around;
        let wide = BBox {
            west: b.west - slack,
            south: (b.south - slack).max(-90.0),
            east: b.east + slack,
            north: (b.north + slack).min(90.0),
        };
        corners.iter().all(|c| wide.contains(*c))
    })?;
    let find = |l: &str| part.names.iter().find(|(tag, name)| *tag == l && !name.is_empty()).map(|(_, name)| *name);
    find(lang).or_else(|| find("en"))
}
