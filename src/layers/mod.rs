//! From a story and its control to typed layers: one file a layer kind.
//!
//! Every feature of a layer has the same flat snake_case attributes, in the same order (design section 6).

mod credit;
mod distances;
mod events;
mod places;

pub use credit::CREDIT;
pub use distances::distances;
pub use events::events;
pub use places::places;

#[cfg(test)]
mod tests;
