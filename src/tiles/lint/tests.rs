//! Every rule is broken once; a whole tile breaks none.

use super::{Finding, tile};
use crate::tiles::attributes::varint;
use proptest::prelude::*;

fn bytes(field: u64, body: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    varint(&mut out, field << 3 | 2);
    varint(&mut out, body.len() as u64);
    out.extend_from_slice(body);
    out
}

fn number(field: u64, v: u64) -> Vec<u8> {
    let mut out = Vec::new();
    varint(&mut out, field << 3);
    varint(&mut out, v);
    out
}

fn list(numbers: &[u64]) -> Vec<u8> {
    let mut out = Vec::new();
    numbers.iter().for_each(|n| varint(&mut out, *n));
    out
}

/// A layer of one feature with the given type, geometry and tags.
fn layer(kind: u64, geometry: &[u64], tags: &[u64]) -> Vec<u8> {
    let feature = [number(1, 7), bytes(2, &list(tags)), number(3, kind), bytes(4, &list(geometry))].concat();
    let value = bytes(1, b"Hama");
    [number(15, 2), bytes(1, b"places"), bytes(2, &feature), bytes(3, b"name"), bytes(4, &value), number(5, 4096)]
        .concat()
}

fn check(layer: &[u8]) -> Vec<Finding> {
    let mut found = Vec::new();
    tile(&bytes(3, layer), &mut found);
    found
}

const fn z(v: i64) -> u64 {
    ((v << 1) ^ (v >> 63)) as u64
}

/// A square of side 10, clockwise with y south: an outer ring.
const SQUARE: [u64; 10] = [9, 0, 0, 26, z(10), 0, 0, z(10), z(-10), 0];

#[test]
fn whole_tiles_break_no_rule() {
    let ring = [&SQUARE[..], &[15]].concat();
    for (kind, geometry) in [(1, vec![9, 50, 34]), (2, vec![9, 4, 4, 18, 0, 16, 16, 0]), (3, ring)] {
        assert_eq!(check(&layer(kind, &geometry, &[0, 0])), [], "{kind}");
    }
}

#[test]
fn every_fault_is_named() {
    let closed = [&SQUARE[..], &[15]].concat();
    let hole_first = vec![9, 0, 0, 26, 0, z(10), z(10), 0, 0, z(-10), 15];
    let bow_tie = vec![9, 0, 0, 26, z(10), z(8), 0, z(-8), z(-12), z(10), 15];
    let outside = [&closed[..], &[9, z(40), z(40), 18, 0, z(5), z(5), 0, 15]].concat();
    // Squares of 8 with a hole from wall to wall, with two holes in a chain from wall to wall, and a ring with a waist.
    let ring = |points: &[[i64; 2]], from: [i64; 2]| {
        let mut out = vec![9, z(points[0][0] - from[0]), z(points[0][1] - from[1]), (points.len() as u64 - 1) << 3 | 2];
        points.windows(2).for_each(|w| out.extend([z(w[1][0] - w[0][0]), z(w[1][1] - w[0][1])]));
        out.push(15);
        out
    };
    let square = ring(&[[0, 0], [4, 0], [8, 0], [8, 8], [4, 8], [0, 8]], [0, 0]);
    let wall = [square.clone(), ring(&[[4, 0], [2, 4], [4, 8], [6, 4]], [0, 8])].concat();
    let chain = [
        square.clone(),
        ring(&[[4, 0], [3, 2], [4, 4], [5, 2]], [0, 8]),
        ring(&[[4, 4], [3, 6], [4, 8], [5, 6]], [5, 2]),
    ]
    .concat();
    let waist = ring(&[[0, 0], [8, 0], [4, 4], [8, 8], [0, 8], [4, 4]], [0, 0]);
    let touching_once = [square, ring(&[[4, 0], [3, 4], [5, 4]], [0, 8])].concat();
    assert_eq!(check(&layer(3, &touching_once, &[0, 0])), []);
    for (kind, geometry, tags, what) in [
        (3, wall, vec![0, 0], "part the inside"),
        (3, chain, vec![0, 0], "part the inside"),
        (3, waist, vec![0, 0], "a point twice"),
        (1, vec![], vec![0, 0], "empty geometry"),
        (1, vec![9, 50], vec![0, 0], "breaks off"),
        (1, vec![1, 50, 34], vec![0, 0], "count 0"),
        (2, vec![9, 4, 4], vec![0, 0], "fewer than two"),
        (2, vec![9, 4, 4, 10, 0, 0], vec![0, 0], "goes nowhere"),
        (2, vec![10, 4, 4], vec![0, 0], "where none may"),
        (2, vec![12, 4, 4], vec![0, 0], "not known"),
        (3, SQUARE.to_vec(), vec![0, 0], "not closed"),
        (3, vec![9, 0, 0, 10, 2, 2, 15], vec![0, 0], "fewer than three"),
        (3, vec![9, 0, 0, 18, 2, 2, 2, 2, 15], vec![0, 0], "encloses nothing"),
        (3, hole_first, vec![0, 0], "begins with an inner"),
        (3, outside, vec![0, 0], "lies outside"),
        (3, bow_tie, vec![0, 0], "rings cross"),
        (4, vec![9, 50, 34], vec![0, 0], "type 4"),
        (1, vec![9, 50, 34], vec![0], "odd number"),
        (1, vec![9, 50, 34], vec![0, 3], "number 3 of 1"),
        (1, vec![9, 50, 34], vec![0, 0, 0, 0], "attribute twice"),
    ] {
        let found = check(&layer(kind, &geometry, &tags));
        assert!(found.iter().any(|f| f.must && f.what.contains(what)), "{what}: {found:?}");
    }
    for (body, what) in [
        (bytes(1, b"x"), "no version"),
        ([number(15, 3), bytes(1, b"x")].concat(), "version 3"),
        (number(15, 2), "no name"),
        ([number(15, 2), bytes(1, b"x")].concat(), "no extent"),
        ([number(15, 2), bytes(3, b"k"), bytes(3, b"k")].concat(), "twice"),
        ([number(15, 2), bytes(4, b"")].concat(), "0 contents"),
    ] {
        let found = check(&body);
        assert!(found.iter().any(|f| f.must && f.what.contains(what)), "{what}: {found:?}");
    }
    let two = [bytes(3, &layer(1, &[9, 2, 2], &[0, 0])), bytes(3, &layer(1, &[9, 2, 2], &[0, 0]))].concat();
    let mut found = Vec::new();
    tile(&two, &mut found);
    assert!(found.iter().any(|f| f.what.contains("two layers")), "{found:?}");
}

proptest! {
    #[test]
    fn any_bytes_are_checked_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut found = Vec::new();
        tile(&bytes, &mut found);
    }
    #[test]
    fn a_damaged_tile_is_checked_without_a_panic(at in 0usize..60, with: u8) {
        let mut whole = bytes(3, &layer(3, &[&SQUARE[..], &[15]].concat(), &[0, 0]));
        if let Some(b) = whole.get_mut(at) {
            *b = with;
        }
        let mut found = Vec::new();
        tile(&whole, &mut found);
    }
}
