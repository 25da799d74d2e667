//! Labels: where they could stand, what each place costs, and which is chosen.

pub mod area;
pub mod block;
pub mod curve;
pub mod line;
pub mod point;
pub mod room;
pub mod solve;
