//! Reads whatever a file holds; the fuzz target and a test use it to see that damage never panics.

use super::{Basemap, LayerId, Scale, read};
use crate::geodesy::LonLat;
use std::borrow::Cow;

/// Opens any bytes without looking at their checksum and walks through what they claim to hold; how many positions were read.
#[doc(hidden)]
pub fn read_anything(bytes: &[u8]) -> usize {
    let Ok(file) = read::File::open(Cow::Owned(bytes.to_vec()), false) else { return 0 };
    let map = Basemap::new(file);
    let mut read = 0;
    for scale in [Scale::M10, Scale::M50, Scale::M110] {
        for layer in LayerId::ALL {
            for feature in map.features(scale, layer).take(64) {
                read += feature.attributes().count() + feature.name("ar").len();
                read += feature.rings().iter().flatten().flatten().count();
            }
        }
        for n in 0..map.file.arc_count(scale.index()).min(64) {
            if let Some(arc) = map.file.arc(scale.index(), n) {
                map.arc_in_full(scale, &arc, |_, _| read += 1);
            }
        }
    }
    let view = map.query("35,32,36,33".parse().expect("a box"), Scale::M110, &LayerId::ALL);
    for (n, _) in view.iter().take(16) {
        read += view.polygons(n).0.len();
    }
    read + usize::from(map.is_sea(LonLat::wrapped(36.0, 33.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_never_panics() {
        let whole = include_bytes!("../../basemap/natural-earth.bin");
        assert!(read_anything(whole) > 1_000);
        let mut state = 7u64;
        let mut next = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % below
        };
        // The table of sections and the parts behind it, hit again and again.
        let table = 16 + 8 * 18;
        for turn in 0..12 {
            let mut bytes = whole[..whole.len() - next(1000)].to_vec();
            for _ in 0..=turn * 20 {
                let at = if turn % 3 == 0 { 16 + next(table - 16) } else { table + next(bytes.len() - table) };
                bytes[at] = next(256) as u8;
            }
            read_anything(&bytes);
        }
    }
}
