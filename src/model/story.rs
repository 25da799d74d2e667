//! The story: what an article says, every guess standing beside its evidence, ready for an editor to correct.

use super::{Action, Actor, ActorId, Candidate, Certainty, Place, Theme, Verdict};
use crate::geodesy::{BBox, Compass, Metres};
use crate::text::Span;
use crate::time::{Date, When};
use serde::{Deserialize, Serialize};

/// Words of the article that a line of the story rests on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Evidence {
    /// Where they stand, in code points of the article.
    #[serde(flatten)]
    pub span: Span,
    /// The words.
    pub text: String,
}

impl Evidence {
    /// Whether nothing is quoted.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
}

/// Where the article came from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Source {
    /// Publisher or agency, for the source line.
    pub publisher: Option<String>,
    /// Link.
    pub url: Option<String>,
    /// File the article was read from.
    pub file: Option<String>,
}

/// The part a place plays in the story; it decides how strongly the map shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Something happened there.
    Event,
    /// The other end of a distance, a dateline, a capital that orients the reader.
    Reference,
    /// Mentioned.
    Mention,
    /// Kept off the map by the editor or because it is background.
    Hidden,
}

/// A place of the story.
#[derive(Debug, Clone, PartialEq)]
pub struct StoryPlace {
    /// Key used by events and distances, for instance `hama`.
    pub id: String,
    /// The place.
    pub place: Place,
    /// Its part.
    pub role: Role,
    /// Key of the town that a facility or district belongs to.
    pub within: Option<String>,
    /// Probability in 0–1 that the reading is right.
    pub score: f64,
    /// Other readings, best first.
    pub runners_up: Vec<Candidate>,
    /// Where the text names it.
    pub mentions: Vec<Evidence>,
}

/// A control event of the story.
#[derive(Debug, Clone, PartialEq)]
pub struct StoryEvent {
    /// Key, for instance `e1`.
    pub id: String,
    /// Key of the place.
    pub place: String,
    /// What happened.
    pub action: Action,
    /// Who did it.
    pub actor: Option<ActorId>,
    /// Who lost by it.
    pub from: Option<ActorId>,
    /// When.
    pub date: Option<When>,
    /// When it was reported.
    pub reported: Option<Date>,
    /// On whose word, in the text's words.
    pub attribution: Option<String>,
    /// How sure.
    pub certainty: Certainty,
    /// The rule that gave the certainty.
    pub reason: String,
    /// The installation inside the place that it is about ("central prison").
    pub facility: Option<String>,
    /// The words it rests on.
    pub evidence: Vec<Evidence>,
}

/// A stated distance of the story, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Distance {
    /// Key of the reference place.
    pub from: String,
    /// Key of the place located by it.
    pub to: String,
    /// As stated.
    pub stated: Metres,
    /// Direction as stated.
    pub bearing: Option<Compass>,
    /// Geodesic, measured.
    pub measured: Metres,
    /// Whether they fit.
    pub verdict: Verdict,
    /// The words that state it.
    pub evidence: Evidence,
}

impl Distance {
    /// Whether what was measured has nothing to do with what was said: less than half of it or more than twice. One of the ends is
    /// another place then, and the line is no answer to the text.
    pub fn is_mistaken(&self) -> bool {
        let far = (self.measured.0 - self.stated.0).abs() > 20_000.0;
        far && (self.measured.0 > self.stated.0 * 2.0 || self.measured.0 < self.stated.0 / 2.0)
    }
}

/// Something the text recalls from before the story's own days.
#[derive(Debug, Clone, PartialEq)]
pub struct Background {
    /// When.
    pub date: Option<When>,
    /// Key of the place, where it is one.
    pub place: Option<String>,
    /// The words.
    pub evidence: Evidence,
}

/// Where control comes from when it is more than the story's own events; paths are relative to the story file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Control {
    /// Event log, CSV.
    pub events: Option<String>,
    /// State before the first event, CSV.
    pub baseline: Option<String>,
    /// Actors, CSV.
    pub actors: Option<String>,
    /// Places, CSV; the gazetteer's where not given.
    pub places: Option<String>,
    /// GeoJSON file or ISO 3166-1 alpha-2 code; the country of the events where not given.
    pub boundary: Option<String>,
    /// Days to draw; the publication day where empty.
    pub dates: Vec<Date>,
    /// First day of the change map.
    pub from: Option<Date>,
    /// Last day of the change map.
    pub to: Option<Date>,
    /// State as it was known on this day.
    pub known_on: Option<Date>,
    /// Land farther than this from any place is a class of its own.
    pub reach: Option<Metres>,
    /// Certainties that change the holder.
    pub certainty: Vec<Certainty>,
}

/// An article read, or an event log framed for publication.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Story {
    /// Short stable name for files.
    pub slug: String,
    /// Headline of the map.
    pub title: String,
    /// A line below it.
    pub subtitle: Option<String>,
    /// Publication day, against which "Thursday" was resolved.
    pub published: Option<Date>,
    /// Where the article came from.
    pub source: Source,
    /// Who makes the map.
    pub byline: Option<String>,
    /// Language tags of labels.
    pub langs: Vec<String>,
    /// What to frame.
    pub bbox: Option<BBox>,
    /// Colours.
    pub theme: Theme,
    /// Sides.
    pub actors: Vec<Actor>,
    /// Places.
    pub places: Vec<StoryPlace>,
    /// Events, oldest first.
    pub events: Vec<StoryEvent>,
    /// Distances.
    pub distances: Vec<Distance>,
    /// What the text recalls.
    pub background: Vec<Background>,
    /// Control data beyond the story's own events.
    pub control: Control,
}
