//! From a map to a display list: frame, projection, style, label placement, furniture.

pub mod display;
pub mod text;
