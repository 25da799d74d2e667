//! From a map to a display list: frame, projection, style, label placement, furniture.
//!
//! In: a [`Map`](crate::model::Map), an [`Artboard`] and a style. Out: a [`display::DisplayList`] that PNG, SVG and PDF replay.
//! Nothing here reads files or asks the gazetteer.

mod alt;
mod arcs;
mod artboard;
pub mod clip;
pub mod colour;
mod compose;
mod country;
pub mod display;
mod explain;
mod fit;
pub mod frame;
pub mod furniture;
pub mod grid;
pub mod ground;
pub mod hatch;
mod held;
pub mod labels;
mod locator;
mod memory;
mod names;
pub mod outline;
pub mod palette;
pub mod planar;
pub mod project;
mod relief;
mod series;
mod sheet;
pub mod story;
pub mod text;
pub mod theme;
pub mod words;
pub mod zones;

pub use alt::MOST as ALT_TEXT_MOST;
pub use artboard::Artboard;
pub use compose::{Composed, Options, compose};
pub use country::country_name;
pub use explain::{Explanation, LabelNote};
pub use fit::seen;
pub use held::ControlStyle;
pub use memory::Memory;
pub use planar::Family as ProjectionFamily;
pub use relief::Relief;
pub use series::{compose_multiples, compose_series};
pub use sheet::Sheets;
