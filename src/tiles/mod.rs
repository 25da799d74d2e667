//! From layers to vector tiles.
