//! From a story and its control to typed layers: one file a layer kind.
//!
//! Every feature of a layer has the same flat snake_case attributes, in the same order (design section 6).

mod advance;
mod beyond;
mod cells;
mod change;
mod contested;
mod context;
mod control;
mod credit;
mod distances;
mod events;
mod frontline;
pub mod history;
mod places;
mod scene;

pub use advance::advance;
pub use beyond::beyond;
pub use cells::cells;
pub use change::change;
pub use contested::contested;
pub use context::context;
pub use control::control;
pub use credit::CREDIT;
pub use distances::distances;
pub use events::events;
pub use frontline::frontline;
pub use places::places;
pub use scene::Scene;

#[cfg(test)]
mod tests;
