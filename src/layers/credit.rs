//! The credit that every feature carries, since a layer travels without its map.

/// Credit line of the embedded data.
pub const CREDIT: &str = "Places: GeoNames (CC BY 4.0); basemap: Natural Earth";
