//! Any bytes: the GeoJSON reader refuses them or reads them without a panic, and what it read can be cleaned and written.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mapdesk::control::polygons::{Outline, middle_meridian, polygons_of};
use mapdesk::model::{Layer, LayerKind};
use mapdesk::outputs::geojson;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(read) = geojson::read(bytes, "fuzz.geojson") {
        for geometry in read.value.iter().filter_map(|f| f.geometry.as_ref()) {
            let polygons = polygons_of(geometry);
            let _ = Outline::new(&polygons, middle_meridian(&polygons)).area();
        }
        let _ = geojson::to_string(&Layer::new(LayerKind::Overlay, read.value));
    }
});
