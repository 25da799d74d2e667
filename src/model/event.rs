//! Control events: who did what to which place, when, and on whose word.

use super::ActorId;
use crate::time::{Date, When};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $what:literal { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            /// Every value, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The word used in files and on the command line.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(self.word()) }
        }
        impl FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                Self::ALL.iter().copied().find(|v| v.word() == text).ok_or_else(|| {
                    let all: Vec<&str> = Self::ALL.iter().map(|v| v.word()).collect();
                    format!("\"{text}\" is not {}: {}", $what, all.join(", "))
                })
            }
        }
    };
}

words! {
    /// What happened to a place.
    Action, "an action" {
        /// Control was won.
        Captured = "captured",
        /// Control was won back.
        Recaptured = "recaptured",
        /// Forces are inside; control not stated. The place becomes contested.
        Entered = "entered",
        /// Fighting in the place without a change of holder.
        Contested = "contested",
        /// Encircled or cut off; the holder stays.
        Besieged = "besieged",
        /// A siege ended; the holder stays.
        Relieved = "relieved",
        /// The holder left; the place is vacated until somebody captures it.
        Withdrew = "withdrew",
        /// The holder gave it to another side without a fight.
        HandedOver = "handed_over",
        /// An attack failed; the holder stays.
        Repelled = "repelled",
        /// A side denies a change.
        Denied = "denied",
        /// A statement without a change.
        None = "none",
    }
}

words! {
    /// On whose word an event stands.
    Certainty, "a certainty" {
        /// The loser admits it, or independent sources agree.
        Confirmed = "confirmed",
        /// A neutral source, or the text's own voice.
        Reported = "reported",
        /// An analyst's judgement.
        Assessed = "assessed",
        /// The word of the gaining side alone.
        Claimed = "claimed",
    }
}

words! {
    /// What an event applies to.
    Scope, "a scope" {
        /// One place.
        Place = "place",
        /// Every place of a first-order division that the losing side holds.
        Admin1 = "admin1",
        /// Every place of a second-order division that the losing side holds.
        Admin2 = "admin2",
        /// Every place of the country that the losing side holds.
        Country = "country",
        /// Every place in a polygon that the losing side holds.
        Polygon = "polygon",
    }
}

words! {
    /// The state of a place at the end of a day.
    Status, "a status" {
        /// Held by its holder.
        Held = "held",
        /// Fought over inside.
        Contested = "contested",
        /// Held and cut off.
        Besieged = "besieged",
        /// Left by its last holder, not yet taken.
        Vacated = "vacated",
        /// Not known.
        Unknown = "unknown",
    }
}

impl Action {
    /// Whether the actor gains the place.
    pub fn gains(self) -> bool {
        matches!(self, Self::Captured | Self::Recaptured | Self::HandedOver)
    }

    /// What has happened to the place, in words that stand under its label.
    pub fn past(self) -> &'static str {
        match self {
            Self::Captured => "captured",
            Self::Recaptured => "recaptured",
            Self::Entered => "entered",
            Self::Contested => "fighting",
            Self::Besieged => "besieged",
            Self::Relieved => "siege lifted",
            Self::Withdrew => "forces withdrew",
            Self::HandedOver => "handed over",
            Self::Repelled => "attack repelled",
            Self::Denied => "change denied",
            Self::None => "mentioned",
        }
    }
}

/// A control event of a log.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its key in the log.
    pub id: String,
    /// When it happened.
    pub date: When,
    /// Order within the day.
    pub seq: u32,
    /// What it applies to.
    pub scope: Scope,
    /// Name of the place or area, as written.
    pub place: String,
    /// GeoNames id of the place or area, where given.
    pub geonameid: Option<u32>,
    /// What happened.
    pub action: Action,
    /// Who did it; `None` where nobody is named.
    pub actor: Option<ActorId>,
    /// Who held the place, or gave it.
    pub from: Option<ActorId>,
    /// On whose word.
    pub certainty: Certainty,
    /// When it was first reported; the event's own day where not given.
    pub reported: Option<Date>,
    /// The words of the source.
    pub quote: String,
    /// Sources, in order.
    pub sources: Vec<String>,
    /// Link to the source.
    pub url: String,
    /// The log keeper's remark, or the rule that gave the certainty.
    pub note: String,
}
