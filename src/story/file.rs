//! The shape of a story file, as serde sees it; every key of the format stands here and nowhere else.

use crate::model::{Action, Certainty, Evidence, PlaceKind, Rgb, Role, Theme};
use crate::time::When;
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// A day written as a TOML date or as text.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Day {
    Toml(toml::value::Datetime),
    Text(String),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoryFile {
    pub slug: Option<String>,
    pub title: String,
    pub subtitle: Option<String>,
    pub published: Option<Spanned<Day>>,
    pub byline: Option<String>,
    #[serde(default)]
    pub langs: Vec<String>,
    #[serde(default)]
    pub theme: Theme,
    pub bbox: Option<Spanned<[f64; 4]>>,
    #[serde(default)]
    pub source: SourceTable,
    #[serde(default)]
    pub actors: Vec<ActorTable>,
    #[serde(default)]
    pub places: Vec<PlaceTable>,
    #[serde(default)]
    pub events: Vec<EventTable>,
    #[serde(default)]
    pub distances: Vec<DistanceTable>,
    #[serde(default)]
    pub background: Vec<BackgroundTable>,
    #[serde(default)]
    pub control: ControlTable,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SourceTable {
    pub publisher: Option<String>,
    pub url: Option<String>,
    pub file: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ActorTable {
    pub id: Spanned<String>,
    pub name: String,
    pub short: Option<String>,
    pub alliance: Option<String>,
    pub color: Option<Rgb>,
    #[serde(default)]
    pub aliases: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlaceTable {
    pub id: Spanned<String>,
    pub name: String,
    pub label: Option<String>,
    pub position: Spanned<[f64; 2]>,
    pub kind: Option<PlaceKind>,
    pub geonameid: Option<u32>,
    pub country: Option<String>,
    pub admin1: Option<String>,
    #[serde(default)]
    pub population: u64,
    pub uncertainty_km: Option<f64>,
    pub role: Option<Role>,
    pub within: Option<Spanned<String>>,
    pub score: Option<f64>,
    #[serde(default)]
    pub names: BTreeMap<String, String>,
    #[serde(default)]
    pub runners_up: Vec<RunnerUpTable>,
    #[serde(default)]
    pub mentions: Vec<Evidence>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RunnerUpTable {
    pub label: String,
    pub position: Spanned<[f64; 2]>,
    pub kind: Option<PlaceKind>,
    pub geonameid: Option<u32>,
    pub country: Option<String>,
    pub score: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EventTable {
    pub id: Spanned<String>,
    pub place: Spanned<String>,
    pub action: Action,
    pub actor: Option<Spanned<String>>,
    pub from: Option<Spanned<String>>,
    pub date: Option<Spanned<WhenText>>,
    pub reported: Option<Spanned<Day>>,
    pub attribution: Option<String>,
    pub certainty: Certainty,
    pub reason: Option<String>,
    pub facility: Option<String>,
    #[serde(default)]
    pub evidence: Vec<Evidence>,
}

/// A date with precision, written as a TOML date or as text.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum WhenText {
    Toml(toml::value::Datetime),
    Text(String),
}

impl WhenText {
    pub(super) fn when(&self) -> Result<When, crate::time::DateError> {
        match self {
            Self::Toml(date) => date.to_string().parse(),
            Self::Text(text) => text.parse(),
        }
    }
}

impl Day {
    pub(super) fn day(&self) -> Result<crate::time::Date, crate::time::DateError> {
        match self {
            Self::Toml(date) => crate::time::parse_day(&date.to_string()),
            Self::Text(text) => crate::time::parse_day(text),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DistanceTable {
    pub from: Spanned<String>,
    pub to: Spanned<String>,
    pub stated_km: f64,
    pub bearing: Option<Spanned<String>>,
    /// Written for the reader; measured again by `read`.
    #[serde(rename = "measured_km")]
    pub _measured_km: Option<f64>,
    /// Written for the reader; judged again by `read`.
    #[serde(rename = "verdict")]
    pub _verdict: Option<crate::model::Verdict>,
    pub evidence: Option<Evidence>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BackgroundTable {
    pub date: Option<Spanned<WhenText>>,
    pub place: Option<Spanned<String>>,
    pub evidence: Evidence,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ControlTable {
    pub events: Option<String>,
    pub baseline: Option<String>,
    pub actors: Option<String>,
    pub places: Option<String>,
    pub boundary: Option<String>,
    #[serde(default)]
    pub dates: Vec<Spanned<Day>>,
    pub from: Option<Spanned<Day>>,
    pub to: Option<Spanned<Day>>,
    pub known_on: Option<Spanned<Day>>,
    pub reach_km: Option<f64>,
    #[serde(default)]
    pub certainty: Vec<Certainty>,
}
