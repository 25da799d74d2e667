//! Labels: where they could stand, what each place costs, and which is chosen.

pub mod solve;
