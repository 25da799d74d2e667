//! Who holds, takes and loses places.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Short stable key of an actor, for instance `gov`; lower-case letters, digits and hyphens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ActorId(pub String);

impl fmt::Display for ActorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for ActorId {
    fn from(id: &str) -> Self {
        Self(id.to_owned())
    }
}

/// An sRGB colour, written `#RRGGBB`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rgb(pub u8, pub u8, pub u8);

impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02X}{:02X}{:02X}", self.0, self.1, self.2)
    }
}

impl FromStr for Rgb {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || format!("\"{text}\" is not a colour written #RRGGBB");
        let hex = text.trim().strip_prefix('#').ok_or_else(bad)?;
        let wide: String = if hex.len() == 3 { hex.chars().flat_map(|c| [c, c]).collect() } else { hex.to_owned() };
        if wide.len() != 6 || !wide.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(bad());
        }
        let part = |i: usize| u8::from_str_radix(&wide[i..i + 2], 16).map_err(|_| bad());
        Ok(Self(part(0)?, part(2)?, part(4)?))
    }
}

impl Serialize for Rgb {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Rgb {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A side of a conflict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Its key.
    pub id: ActorId,
    /// Its full name.
    pub name: String,
    /// Its name in the key of a map.
    pub short: String,
    /// Key of the alliance it belongs to; its own id where it stands alone.
    pub alliance: String,
    /// Its colour; `None` takes one from the palette.
    pub color: Option<Rgb>,
    /// Other ways the texts name it.
    pub aliases: Vec<String>,
}
