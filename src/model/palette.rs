//! Colours for sides that have none of their own.

use super::Rgb;

/// Neutral colours in the order in which they are given out; any two neighbours in the list stay apart under the common
/// kinds of colour blindness, and none stands for a party or a flag.
pub const PALETTE: [Rgb; 8] = [
    Rgb(0x3D, 0x7E, 0xAA),
    Rgb(0xDE, 0x8F, 0x3C),
    Rgb(0x7A, 0x5C, 0x9E),
    Rgb(0xE3, 0xC8, 0x4B),
    Rgb(0x2F, 0x7F, 0x6A),
    Rgb(0xCC, 0x79, 0xA7),
    Rgb(0x8C, 0x6D, 0x46),
    Rgb(0x9F, 0xC5, 0xD6),
];
