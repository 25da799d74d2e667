//! SQLite's R-tree filled at once: boxes sorted along a Hilbert curve and packed into full nodes, written straight into the shadow
//! tables of the virtual table.
//!
//! One box at a time SQLite searches and splits nodes, which for a large layer takes longer than writing the layer itself.
//! `rtreecheck` finds nothing wrong with the result. Reference: sqlite.org/rtree.html, section 5 (shadow tables, node format);
//! Kamel and Faloutsos 1993 on packing.

use rusqlite::{Connection, params};

/// Boxes in a node: SQLite's own bound, which with 24 bytes a box fits into every page of 2 KiB or more.
const FULL: usize = 51;
/// Bytes of a node of two dimensions on pages of 4 KiB: SQLite cuts nodes down to its bound on boxes.
const NODE: usize = 4 + 24 * FULL;

/// A row and its box.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Entry {
    /// Row id; number of the node for boxes of nodes.
    pub id: i64,
    /// West, east, south, north; rounded outwards, since the tree keeps single precision.
    pub bounds: [f32; 4],
}

impl Entry {
    /// A row's box in degrees.
    pub(super) fn new(id: i64, rect: &geo::Rect<f64>) -> Self {
        let (a, b) = (rect.min(), rect.max());
        Self { id, bounds: [down(a.x), up(b.x), down(a.y), up(b.y)] }
    }
}

fn down(v: f64) -> f32 {
    let f = v as f32;
    if f64::from(f) > v { f.next_down() } else { f }
}

fn up(v: f64) -> f32 {
    let f = v as f32;
    if f64::from(f) < v { f.next_up() } else { f }
}

/// Place on a Hilbert curve of 2¹⁶ × 2¹⁶ over the boxes' middles.
fn curve(e: &Entry, around: &[f32; 4]) -> u32 {
    let at = |low: f32, high: f32, from: f32, to: f32| {
        let span = f64::from(to - from).max(f64::MIN_POSITIVE);
        (((f64::from(low) + f64::from(high)) / 2.0 - f64::from(from)) / span * 65535.0).clamp(0.0, 65535.0) as u32
    };
    let [w, east, s, n] = *around;
    let (mut x, mut y) = (at(e.bounds[0], e.bounds[1], w, east), at(e.bounds[2], e.bounds[3], s, n));
    let mut d = 0;
    let mut side = 1 << 15;
    while side > 0 {
        let (rx, ry) = (u32::from(x & side > 0), u32::from(y & side > 0));
        d += side * side * ((3 * rx) ^ ry);
        if ry == 0 {
            if rx == 1 {
                (x, y) = (65535 - x, 65535 - y);
            }
            std::mem::swap(&mut x, &mut y);
        }
        side >>= 1;
    }
    d
}

fn around<'e>(entries: impl IntoIterator<Item = &'e Entry>) -> [f32; 4] {
    entries.into_iter().fold([f32::MAX, f32::MIN, f32::MAX, f32::MIN], |[w, e, s, n], b| {
        [w.min(b.bounds[0]), e.max(b.bounds[1]), s.min(b.bounds[2]), n.max(b.bounds[3])]
    })
}

fn node(entries: &[Entry], depth: u16) -> Vec<u8> {
    let mut out = Vec::with_capacity(NODE);
    out.extend(depth.to_be_bytes());
    out.extend((entries.len() as u16).to_be_bytes());
    for e in entries {
        out.extend(e.id.to_be_bytes());
        e.bounds.iter().for_each(|v| out.extend(v.to_be_bytes()));
    }
    out.resize(NODE, 0);
    out
}

/// Fills the empty R-tree `table` (of `id, minx, maxx, miny, maxy`, made on pages of 4 KiB) in a running transaction.
pub(super) fn fill(db: &Connection, table: &str, mut entries: Vec<Entry>) -> rusqlite::Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let whole = around(&entries);
    entries.sort_by_cached_key(|e| (curve(e, &whole), e.id));
    let name = |part: &str| format!("\"{}_{part}\"", table.replace('"', "\"\""));
    let mut put_node = db.prepare(&format!("INSERT OR REPLACE INTO {} VALUES (?1, ?2)", name("node")))?;
    let mut put_parent = db.prepare(&format!("INSERT INTO {} VALUES (?1, ?2)", name("parent")))?;
    // The root is node 1 and the others follow; a level's nodes share its boxes evenly, so that none is nearly empty.
    let mut next = 2;
    let mut depth = 0_u16;
    let mut leaf_of: Vec<(i64, i64)> = Vec::with_capacity(entries.len());
    let mut parents: Vec<(i64, i64)> = Vec::new();
    loop {
        let root = entries.len() <= FULL;
        let nodes = if root { 1 } else { entries.len().div_ceil(FULL) };
        let mut above = Vec::with_capacity(nodes);
        for k in 0..nodes {
            let part = &entries[entries.len() * k / nodes..entries.len() * (k + 1) / nodes];
            let number = if root { 1 } else { next + k as i64 };
            put_node.execute(params![number, node(part, if root { depth } else { 0 })])?;
            let under = if depth == 0 { &mut leaf_of } else { &mut parents };
            under.extend(part.iter().map(|e| (e.id, number)));
            above.push(Entry { id: number, bounds: around(part) });
        }
        if root {
            break;
        }
        next += nodes as i64;
        depth += 1;
        entries = above;
    }
    // In the order of their keys, which SQLite appends without searching.
    leaf_of.sort_unstable();
    parents.sort_unstable();
    let mut put_row = db.prepare(&format!("INSERT INTO {} VALUES (?1, ?2)", name("rowid")))?;
    for (row, leaf) in leaf_of {
        put_row.raw_bind_parameter(1, row)?;
        put_row.raw_bind_parameter(2, leaf)?;
        put_row.raw_execute()?;
    }
    for (child, parent) in parents {
        put_parent.execute(params![child, parent])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(boxes: &[(f64, f64, f64, f64)]) {
        let mut db = Connection::open_in_memory().expect("a database");
        let tx = db.transaction().expect("begun");
        tx.execute_batch("CREATE VIRTUAL TABLE \"rtree_a b_geom\" USING rtree(id, minx, maxx, miny, maxy);")
            .expect("made");
        let rects: Vec<geo::Rect<f64>> =
            boxes.iter().map(|&(x, y, w, h)| geo::Rect::new((x, y), (x + w, y + h))).collect();
        let entries = rects.iter().enumerate().map(|(i, r)| Entry::new(i as i64 + 1, r)).collect();
        fill(&tx, "rtree_a b_geom", entries).expect("filled");
        tx.commit().expect("committed");
        let said: String = db.query_row("SELECT rtreecheck('rtree_a b_geom')", [], |r| r.get(0)).expect("checked");
        assert_eq!(said, "ok", "{} boxes", boxes.len());
        // What a window query finds is what it has to find.
        let mut query = db
            .prepare("SELECT id FROM \"rtree_a b_geom\" WHERE maxx >= ?1 AND minx <= ?2 AND maxy >= ?3 AND miny <= ?4 ORDER BY id")
            .expect("a query");
        for [w, e, s, n] in [[-180.0, 180.0, -90.0, 90.0], [0.0, 20.0, 0.0, 10.0], [-60.0, -59.0, -40.0, 80.0]] {
            let found: Vec<i64> =
                query.query_map([w, e, s, n], |r| r.get(0)).expect("rows").map(|r| r.expect("an id")).collect();
            let wanted =
                (1..).zip(&rects).filter(|(_, r)| r.max().x >= w && r.min().x <= e && r.max().y >= s && r.min().y <= n);
            for (id, _) in wanted {
                assert!(found.contains(&id));
            }
        }
        // And it can be edited afterwards, as a GIS does.
        db.execute("INSERT INTO \"rtree_a b_geom\" VALUES (1000000, 1, 2, 3, 4)", []).expect("inserted");
        db.execute("DELETE FROM \"rtree_a b_geom\" WHERE id <= 10", []).expect("deleted");
        let said: String = db.query_row("SELECT rtreecheck('rtree_a b_geom')", [], |r| r.get(0)).expect("checked");
        assert_eq!(said, "ok");
    }

    #[test]
    fn sizes_around_the_node_bounds() {
        for n in [1, 50, 51, 52, 102, 103, 51 * 51, 51 * 51 + 1, 9_000] {
            let boxes: Vec<_> = (0..n)
                .map(|i| (f64::from(i) * 0.0371 % 350.0 - 175.0, f64::from(i) * 0.617 % 160.0 - 80.0, 0.3, 0.2))
                .collect();
            check(&boxes);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn any_boxes(boxes in prop::collection::vec((-180.0f64..170.0, -90.0f64..80.0, 0.0f64..10.0, 0.0f64..10.0), 1..400)) {
            check(&boxes);
        }
    }
}
