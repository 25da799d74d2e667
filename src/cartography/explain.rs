//! Why every label stands where it stands, and why others do not: for `--explain`.

use serde::Serialize;

/// The record of a map's making.
#[derive(Debug, Clone, PartialEq, Serialize, Default)]
pub struct Explanation {
    /// Projection by name.
    pub projection: String,
    /// Metres of ground a CSS pixel at the centre.
    pub metres_per_px: f64,
    /// Largest relative difference of the scale within the frame.
    pub scale_spread: f64,
    /// Labels in the order of the search.
    pub labels: Vec<LabelNote>,
}

/// One label.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LabelNote {
    /// Its words.
    pub text: String,
    /// What it names: story, distance, country, zone, sea, river, city …
    pub kind: &'static str,
    /// Whether it is on the map.
    pub placed: bool,
    /// Where it stands, or why it does not.
    pub position: String,
    /// Its box on the map in CSS pixels: left, top, right, bottom.
    pub bounds: Option<[f64; 4]>,
    /// What its position costs.
    pub cost: Option<i32>,
    /// How many positions were tried.
    pub candidates: usize,
}
