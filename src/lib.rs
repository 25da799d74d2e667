//! mapdesk: from a news text to maps a newsroom can publish and layers a GIS analyst can trust.
//!
//! The modules stand on floors; a module uses only those below it (`tests/floors.rs`). `ARCHITECTURE.md` walks them in reading
//! order.

pub mod basemap;
pub mod cartography;
pub mod cli;
pub mod control;
pub mod coverage;
pub mod diag;
pub mod gazetteer;
pub mod geocode;
pub mod geodesy;
pub mod geoparse;
pub mod layers;
pub mod model;
pub mod outputs;
pub mod story;
pub mod text;
pub mod tiles;
pub mod time;
