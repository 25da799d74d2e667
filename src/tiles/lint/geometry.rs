//! The rules of a feature's geometry: commands, parameters, winding, validity (MVT 2.1, section 4.3).

use super::wire::Wire;
use super::{Finding, finding};
use crate::tiles::crossing::Crossings;
use crate::tiles::rings::{Rings, area2, bounds, locate};
use crate::tiles::world::Pt;

/// Larger coordinates than these cannot be meant; the arithmetic of the checks needs the room.
const FARTHEST: i64 = 1 << 28;

/// Reads the commands of a geometry into paths; rings come without a closing point. Stops at the first fault.
pub fn decode(bytes: &[u8], kind: u64, found: &mut Vec<Finding>) -> Option<Rings> {
    let mut wire = Wire::new(bytes);
    let mut paths = Rings::default();
    let mut cursor = [0i64; 2];
    let mut open = false;
    let broken = |what: &str| Some(finding("4.3", what));
    let fault = 'read: {
        while !wire.ended() {
            let Ok(command) = wire.varint() else { break 'read broken("the geometry breaks off") };
            let (id, count) = (command & 7, command >> 3);
            if count == 0 {
                break 'read Some(finding("4.3.1", "a command has the count 0"));
            }
            match (id, kind) {
                (1, _) => {
                    if kind != 1 && count != 1 {
                        break 'read Some(finding("4.3.4", format!("a path begins with {count} positions, not one")));
                    }
                    if open {
                        if kind == 3 {
                            break 'read Some(finding("4.3.4.4", "a ring is not closed"));
                        }
                        paths.ends.push(paths.points.len() as u32);
                    }
                    open = kind != 1;
                }
                (2, 2 | 3) if open => {}
                (2, _) => break 'read Some(finding("4.3.4", "a LineTo stands where none may")),
                (7, 3) if open && count == 1 => {
                    if paths.points.len() - paths.open() < 3 {
                        break 'read Some(finding("4.3.4.4", "a ring has fewer than three positions"));
                    }
                    paths.ends.push(paths.points.len() as u32);
                    open = false;
                    continue;
                }
                (7, _) => break 'read Some(finding("4.3.3.3", "a ClosePath stands where none may, or is counted")),
                _ => break 'read Some(finding("4.3.1", format!("the command {id} is not known"))),
            }
            for _ in 0..count {
                let (Ok(dx), Ok(dy)) = (wire.varint(), wire.varint()) else {
                    break 'read broken("the geometry breaks off within a command");
                };
                let (Ok(dx), Ok(dy)) = (u32::try_from(dx), u32::try_from(dy)) else {
                    break 'read Some(finding("4.3.2", "a parameter has more than 32 bits"));
                };
                let z = |v: u32| i64::from((v >> 1) as i32 ^ -((v & 1) as i32));
                if id == 2 && dx == 0 && dy == 0 {
                    break 'read Some(finding("4.3.3.2", "a LineTo goes nowhere"));
                }
                cursor = [cursor[0] + z(dx), cursor[1] + z(dy)];
                if cursor.iter().any(|v| v.abs() > FARTHEST) {
                    break 'read broken("a position lies absurdly far from the tile");
                }
                paths.points.push([cursor[0] as i32, cursor[1] as i32]);
                if kind == 1 {
                    paths.ends.push(paths.points.len() as u32);
                }
            }
        }
        if open && kind == 3 {
            Some(finding("4.3.4.4", "the last ring is not closed"))
        } else {
            if open {
                paths.ends.push(paths.points.len() as u32);
            }
            None
        }
    };
    if let Some(fault) = fault {
        found.push(fault);
        return None;
    }
    Some(paths)
}

/// Checks a decoded geometry.
pub fn check(paths: &Rings, kind: u64, found: &mut Vec<Finding>) {
    if paths.is_empty() {
        found.push(finding("4.2", "a feature has an empty geometry"));
        return;
    }
    match kind {
        2 if paths.iter().any(|l| l.len() < 2) => {
            found.push(finding("4.3.4.3", "a line has fewer than two positions"));
        }
        3 => check_polygons(paths, found),
        _ => {}
    }
}

fn check_polygons(rings: &Rings, found: &mut Vec<Finding>) {
    let mut shell: Option<&[Pt]> = None;
    for ring in rings.iter() {
        if ring.first() == ring.last() {
            found.push(finding("4.3.4.4", "a ring repeats its first position at its end"));
            return;
        }
        match (area2(ring), shell) {
            (0, _) => {
                found.push(finding("4.3.4.4", "a ring encloses nothing"));
                return;
            }
            (a, _) if a > 0 => shell = Some(ring),
            (_, None) => {
                found.push(finding("4.3.4.4", "a polygon begins with an inner ring"));
                return;
            }
            (_, Some(outer)) => {
                let ((lo, hi), (a, b)) = (bounds(outer), bounds(ring));
                let boxed = lo[0] <= a[0] && lo[1] <= a[1] && hi[0] >= b[0] && hi[1] >= b[1];
                let within = || ring.iter().map(|p| locate(*p, outer)).find(|l| *l != 0) != Some(-1);
                if !boxed || !within() {
                    found.push(finding("4.3.4.4", "an inner ring lies outside its outer ring"));
                    return;
                }
            }
        }
    }
    if !Crossings::default().pairs(rings).is_empty() {
        found.push(finding("4.3.4.4", "rings cross, overlap or touch along their edges"));
        return;
    }
    let mut start = 0;
    while start < rings.len() {
        let end = (start + 1..rings.len()).find(|n| area2(rings.ring(*n)) > 0).unwrap_or(rings.len());
        if let Some(what) = parted(rings, start..end) {
            found.push(finding("4.3.4.4", what));
            return;
        }
        start = end;
    }
}

/// What is wrong where rings of one polygon meet at points: a ring may pass each once, and rings that touch may not go round in a
/// circle, for then what they enclose is in two parts (OGC 06-103r4, section 6.1.11).
fn parted(rings: &Rings, polygon: std::ops::Range<usize>) -> Option<&'static str> {
    let mut places: Vec<(Pt, usize)> = Vec::new();
    for n in polygon.clone() {
        places.extend(rings.ring(n).iter().map(|p| (*p, n)));
    }
    places.sort_unstable();
    if places.windows(2).any(|w| w[0] == w[1]) {
        return Some("a ring passes a point twice");
    }
    // Rings and the places where they meet are a graph; a place that joins what hangs together already closes a circle.
    let mut group: Vec<usize> = (0..polygon.len()).collect();
    for meeting in places.chunk_by(|a, b| a.0 == b.0).filter(|m| m.len() > 1) {
        let mut joined: Vec<usize> = meeting.iter().map(|(_, n)| group[n - polygon.start]).collect();
        joined.sort_unstable();
        if joined.windows(2).any(|w| w[0] == w[1]) {
            return Some("rings that touch part the inside of a polygon");
        }
        group.iter_mut().filter(|g| joined.contains(g)).for_each(|g| *g = joined[0]);
    }
    None
}
