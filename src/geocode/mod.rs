//! From names to places and from positions to places.
