//! The nouns: what a news text says about where, how far, who and when, and the layers and map made of it.
//!
//! Values here are valid by construction and carry everything the floors above need; nothing downstream asks the gazetteer.

mod actor;
mod event;
mod layer;
mod map;
mod mention;
mod palette;
mod place;
mod story;

pub use actor::{Actor, ActorId, Rgb};
pub use event::{Action, Certainty, Event, Scope, Status};
pub use layer::{Feature, Layer, LayerKind, Value};
pub use map::{Credit, Holder, Map, Theme, View};
pub use mention::{Candidate, DistanceClaim, Mention, MentionKind, Verdict};
pub use palette::PALETTE;
pub use place::{Place, PlaceKind};
pub use story::{Background, Control, Distance, Evidence, Role, Source, Story, StoryEvent, StoryPlace};
