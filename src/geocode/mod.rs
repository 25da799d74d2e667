//! From what a person types to a place: names in any script and spelling, with context, relative places, and coordinates.
//!
//! Search goes in tiers — the name itself, its spelling in another transliteration, a typing error, its beginning — and stops at the
//! first that finds something, so an exact name is never outranked by a guess. Within a tier places are ranked by importance,
//! nearness and how the name is theirs; the score is a share of probability, and an answer whose runner-up elsewhere is close says
//! that it is ambiguous. Names in running text are `geoparse`'s affair.
//!
//! ```
//! use mapdesk::geocode::{Geocoder, Query};
//! let geocoder = Geocoder::embedded();
//! let answer = geocoder.search(&Query::new("Hama, Syria"));
//! assert_eq!(answer.results[0].place.geonameid, Some(170017));
//! ```

mod context;
mod coordinates;
mod endonyms;
mod facility;
mod fuzzy;
mod prefix;
mod rank;
mod relative;
mod reverse;
mod together;

pub use coordinates::parse_coordinates;
pub use rank::importance;
pub use reverse::{Located, Nearby};

use crate::gazetteer::{Gazetteer, NameKind, PlaceIx, Record};
use crate::geodesy::{BBox, LonLat, distance};
use crate::model::{Place, PlaceKind};
use crate::text::fold;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock, OnceLock};

/// How a name was found, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// The place's name as it is written, but for case.
    Exact,
    /// Its name but for accents, apostrophes, hyphens or the article.
    Folded,
    /// Another of its names.
    Alternate,
    /// An abbreviation.
    Abbreviation,
    /// Another spelling of the same consonants.
    Transliterated,
    /// A typing error away.
    Fuzzy,
    /// The beginning of a name.
    Prefix,
    /// A position as typed.
    Coordinates,
    /// A place told by its distance, direction or neighbourhood.
    Relative,
}

impl Tier {
    /// The word in files and on the terminal.
    pub fn word(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Folded => "folded",
            Self::Alternate => "alternate",
            Self::Abbreviation => "abbreviation",
            Self::Transliterated => "transliterated",
            Self::Fuzzy => "fuzzy",
            Self::Prefix => "prefix",
            Self::Coordinates => "coordinates",
            Self::Relative => "relative",
        }
    }
}

/// What is looked for, and what is known about it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Query {
    /// The text as typed.
    pub text: String,
    /// Only in this country: its two-letter code or name.
    pub country: Option<String>,
    /// Only in this first-order division.
    pub admin1: Option<String>,
    /// Nearer is likelier.
    pub near: Option<LonLat>,
    /// Only inside, or with `bbox_bias` rather inside.
    pub bbox: Option<BBox>,
    /// Whether the box only makes likelier.
    pub bbox_bias: bool,
    /// Only these kinds; empty for all.
    pub kinds: Vec<PlaceKind>,
    /// The text is the beginning of a name.
    pub prefix: bool,
    /// At most so many results; 0 for ten.
    pub limit: usize,
    /// Leave the places' names in other languages out; saves most of the time where they are not needed.
    pub bare: bool,
}

impl Query {
    /// A query for a text and nothing else.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// The same query in one country.
    #[must_use]
    pub fn in_country(mut self, country: impl Into<String>) -> Self {
        self.country = Some(country.into());
        self
    }

    /// The same query with nearer places likelier.
    #[must_use]
    pub fn near(mut self, at: LonLat) -> Self {
        self.near = Some(at);
        self
    }

    /// Whether it says in or near what the place lies.
    fn is_narrowed(&self) -> bool {
        self.country.is_some() || self.admin1.is_some() || self.near.is_some() || self.bbox.is_some()
    }

    fn limit(&self) -> usize {
        if self.limit == 0 { 10 } else { self.limit }
    }

    fn place(&self, record: &Record<'_>) -> Place {
        if self.bare { record.bare_place() } else { record.place() }
    }
}

/// A place found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The place.
    pub place: Place,
    /// Share of probability in 0–1.
    pub score: f64,
    /// How it was found.
    pub tier: Tier,
}

/// The answer to a query.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Answer {
    /// The text as typed.
    pub query: String,
    /// Places, best first.
    pub results: Vec<Hit>,
    /// Whether a place elsewhere is nearly as likely as the first.
    pub ambiguous: bool,
    /// What else there is to say, one sentence without a full stop.
    pub note: Option<String>,
}

/// A place, how it was found, and the factor that its name earns it.
type Found<'g> = (Record<'g>, Tier, f64);

/// A place that fits, before it is written out.
#[derive(Debug, Clone, Copy)]
struct Candidate<'g> {
    record: Record<'g>,
    tier: Tier,
    weight: f64,
    /// The probability that what is meant was found at all.
    listed: f64,
}

/// Searches one or several gazetteers; of places with the same GeoNames id the later gazetteer's counts.
#[derive(Debug, Clone)]
pub struct Geocoder<'g> {
    gazetteers: Vec<&'g Gazetteer>,
    /// The sorted names of each, for prefixes; built when first asked for and shared by clones.
    sorted: Arc<Vec<OnceLock<prefix::Sorted>>>,
}

impl Geocoder<'static> {
    /// A geocoder on the gazetteer built into the program.
    pub fn embedded() -> Self {
        static EMBEDDED: LazyLock<Geocoder<'static>> = LazyLock::new(|| Geocoder::new(vec![Gazetteer::embedded()]));
        EMBEDDED.clone()
    }
}

impl<'g> Geocoder<'g> {
    /// A geocoder on these gazetteers, the later ones stronger.
    pub fn new(gazetteers: Vec<&'g Gazetteer>) -> Self {
        let sorted = Arc::new(gazetteers.iter().map(|_| OnceLock::new()).collect());
        Self { gazetteers, sorted }
    }

    /// Everything a query can mean, best first.
    pub fn search(&self, query: &Query) -> Answer {
        if let Some(at) = parse_coordinates(&query.text) {
            return self.position(query, at);
        }
        if let Some(answer) = self.relative(query) {
            return answer;
        }
        let candidates = self.candidates(query);
        if candidates.first().is_none_or(|c| c.tier >= Tier::Transliterated && c.record.kind() != PlaceKind::Facility)
            && let Some(answer) = self.facility(query)
        {
            return answer;
        }
        let mut answer = Answer { query: query.text.clone(), ..Answer::default() };
        let total = rank::total(&candidates);
        answer.ambiguous = rank::ambiguous(&candidates);
        answer.results = candidates
            .iter()
            .take(query.limit())
            .map(|c| Hit { place: self.place(query, &c.record), score: rank::score(c, total), tier: c.tier })
            .collect();
        answer
    }

    /// Folds all names once, so that very many searches cost little each ([`Gazetteer::prepare`]).
    pub fn prepare(&self) {
        for gazetteer in &self.gazetteers {
            gazetteer.prepare();
        }
    }

    /// The country of a two-letter code or a name.
    pub fn country(&self, text: &str) -> Option<Record<'g>> {
        let named = || self.named(text).into_iter().map(|(r, ..)| r).find(|r| r.kind() == PlaceKind::Country);
        self.by_code(text.trim()).or_else(named)
    }

    /// The first result of a search that is not in doubt about the place, or the likeliest one.
    pub fn best(&self, query: &Query) -> Option<Hit> {
        self.search(query).results.into_iter().next()
    }

    /// The ranked candidates of a query that is a name, all of one tier group.
    fn candidates(&self, query: &Query) -> Vec<Candidate<'g>> {
        let readings = context::readings(&query.text);
        let filter = Filter::new(self, query);
        if filter.impossible {
            return Vec::new();
        }
        if query.prefix {
            let found = self.prefixed(&query.text, query, &filter);
            return self.ranked(&found, query, false);
        }
        for guess in [false, true] {
            for reading in &readings {
                let contexts: Vec<BTreeSet<Area>> = reading.contexts.iter().map(|c| self.areas(c)).collect();
                if contexts.iter().any(BTreeSet::is_empty) {
                    continue;
                }
                let mut found: Vec<Found<'g>> =
                    (if guess { self.guessed(&reading.name) } else { self.named(&reading.name) })
                        .into_iter()
                        .filter(|(r, ..)| filter.admits(r))
                        .collect();
                found.retain(|(r, ..)| contexts.iter().all(|areas| areas.iter().any(|a| a.holds(r))));
                if let Some(kinds) = reading.kinds
                    && found.iter().any(|(r, ..)| kinds.contains(&r.kind()))
                {
                    found.retain(|(r, ..)| kinds.contains(&r.kind()));
                }
                if !found.is_empty() {
                    return self.ranked(&found, query, !contexts.is_empty());
                }
            }
        }
        Vec::new()
    }

    /// Weighs, sorts, and keeps each place once; `narrowed` where the text itself says in what they lie.
    fn ranked(&self, found: &[Found<'g>], query: &Query, narrowed: bool) -> Vec<Candidate<'g>> {
        let mut out: Vec<Candidate<'g>> = found
            .iter()
            .map(|each| {
                let &(record, tier, factor) = each;
                // A district is rarely called by its bare name, a state always.
                let namesake = if tier == Tier::Exact { rank::namesake(each, found) } else { 1.0 };
                let weight = rank::importance(&record) * factor * rank::nearness(&record, query) * namesake;
                Candidate { record, tier, weight, listed: 1.0 }
            })
            .collect();
        out.sort_by(|a, b| {
            b.weight.total_cmp(&a.weight).then(a.tier.cmp(&b.tier)).then_with(|| same_order(&a.record, &b.record))
        });
        let mut seen = BTreeSet::new();
        out.retain(|c| c.record.geonameid().is_none_or(|id| seen.insert(id)));
        let mut out = if self.gazetteers.len() > 1 { self.merged(out) } else { out };
        let (namesakes, narrowed) = (out.len(), narrowed || query.is_narrowed());
        for candidate in &mut out {
            candidate.listed = rank::listed(candidate, namesakes, narrowed);
        }
        out
    }

    /// Of a sea or region that two gazetteers have, one without an id, the later one's.
    fn merged(&self, sorted: Vec<Candidate<'g>>) -> Vec<Candidate<'g>> {
        let order = |r: &Record<'_>| self.gazetteers.iter().position(|g| std::ptr::eq(*g, r.gazetteer()));
        let mut out: Vec<Candidate<'g>> = Vec::with_capacity(sorted.len());
        for candidate in sorted {
            let twin = |kept: &&mut Candidate<'g>| one_feature(&kept.record, &candidate.record);
            match out.iter_mut().find(twin) {
                Some(kept) if order(&candidate.record) > order(&kept.record) => kept.record = candidate.record,
                Some(_) => {}
                None => out.push(candidate),
            }
        }
        out
    }

    /// Places that have this name, in any of the exact ways.
    fn named(&self, name: &str) -> Vec<Found<'g>> {
        let key = fold(name);
        if key.is_empty() {
            return Vec::new();
        }
        let lower = name.trim().to_lowercase();
        let loose = crate::text::loosen(&key);
        let mut out: Vec<Found<'g>> = Vec::new();
        for gazetteer in self.gazetteers.iter().rev().copied() {
            let mut seen: BTreeSet<PlaceIx> = BTreeSet::new();
            let exact = gazetteer.exact(&key).map(|(ix, kind)| (ix, kind, 1.0));
            let loosely = gazetteer.exact(&loose).map(|(ix, kind)| (ix, kind, 0.6)).filter(|_| loose != key);
            for (ix, kind, strength) in exact.chain(loosely) {
                let record = gazetteer.get(ix);
                if !seen.insert(ix) {
                    continue;
                }
                let (tier, factor) = match kind {
                    NameKind::Name | NameKind::Original if strength < 1.0 => (Tier::Folded, 0.9),
                    NameKind::Name if record.name().to_lowercase() == lower => (Tier::Exact, 1.0),
                    NameKind::Original if record.original_name().to_lowercase() == lower => (Tier::Exact, 1.0),
                    NameKind::Name | NameKind::Original => (Tier::Folded, 0.95),
                    NameKind::Alternate => (Tier::Alternate, 0.5),
                    NameKind::Abbreviation => (Tier::Abbreviation, rank::abbreviation(name)),
                    NameKind::Loose => (Tier::Folded, 0.7),
                    NameKind::Code => (Tier::Abbreviation, 0.02),
                };
                out.push(self.found(gazetteer, record, tier, factor * strength));
            }
        }
        if let Some(record) = endonyms::country(&key).and_then(|c| self.by_code(c))
            && !out.iter().any(|(r, ..)| r.geonameid() == record.geonameid())
        {
            out.push((record, Tier::Alternate, 0.9));
        }
        out
    }

    fn by_code(&self, code: &str) -> Option<Record<'g>> {
        self.gazetteers.iter().rev().find_map(|g| g.country(code).map(|ix| g.get(ix)))
    }

    /// Whether a later gazetteer has the same place.
    fn overridden(&self, gazetteer: &Gazetteer, record: &Record<'g>) -> bool {
        let latest = self.latest(gazetteer, *record);
        !std::ptr::eq(latest.gazetteer(), record.gazetteer())
    }

    /// The place as the last gazetteer that has it tells it: what an earlier one calls it leads to it still.
    fn latest(&self, gazetteer: &Gazetteer, record: Record<'g>) -> Record<'g> {
        if self.gazetteers.len() < 2 {
            return record;
        }
        let own = self.gazetteers.iter().position(|g| std::ptr::eq(*g, gazetteer)).unwrap_or(0);
        let later = || {
            let id = record.geonameid()?;
            self.gazetteers[own + 1..].iter().rev().find_map(|g| g.by_id(id).map(|ix| g.get(ix)))
        };
        later().unwrap_or(record)
    }

    /// A place found, as its latest gazetteer tells it, and no less important than it was: a table of one's own rarely has inhabitants.
    fn found(&self, gazetteer: &Gazetteer, record: Record<'g>, tier: Tier, factor: f64) -> Found<'g> {
        let latest = self.latest(gazetteer, record);
        if std::ptr::eq(latest.gazetteer(), record.gazetteer()) {
            return (record, tier, factor);
        }
        (latest, tier, factor * (rank::importance(&record) / rank::importance(&latest)).max(1.0))
    }

    /// A place written out; the country of one whose own gazetteer does not have it is looked up in the others.
    fn place(&self, query: &Query, record: &Record<'_>) -> Place {
        let mut place = query.place(record);
        if record.country_ix().is_none()
            && let Some(country) = record.country().and_then(|c| self.by_code(c))
        {
            place.label.push_str(", ");
            place.label.push_str(country.name());
        }
        place
    }

    /// What a piece of context can mean: countries, divisions, regions and towns of that name.
    fn areas(&self, text: &str) -> BTreeSet<Area> {
        let mut out = BTreeSet::new();
        let key = fold(text);
        let key = key.strip_prefix("in ").unwrap_or(&key).to_owned();
        for gazetteer in &self.gazetteers {
            let by_code = gazetteer.country(text.trim());
            for (ix, kind) in by_code.map(|ix| (ix, NameKind::Name)).into_iter().chain(gazetteer.exact(&key)) {
                if kind == NameKind::Code {
                    continue;
                }
                let record = gazetteer.get(ix);
                out.insert(Area::of(&record));
            }
        }
        out
    }

    fn position(&self, query: &Query, at: LonLat) -> Answer {
        let name = format!("{:.5}, {:.5}", at.lat(), at.lon());
        let near = self.nearest(at);
        let label = near.as_ref().map_or_else(|| name.clone(), |n| n.describe());
        let place = Place {
            name,
            label,
            at,
            geonameid: None,
            kind: PlaceKind::Position,
            country: near.as_ref().and_then(|n| n.place.country.clone()),
            admin1: near.as_ref().and_then(|n| n.place.admin1.clone()),
            population: 0,
            uncertainty: None,
            names: Arc::default(),
        };
        Answer {
            query: query.text.clone(),
            results: vec![Hit { place, score: 1.0, tier: Tier::Coordinates }],
            ambiguous: false,
            note: None,
        }
    }
}

/// Whether two records of different gazetteers are of one sea, river or region, of which one has no id that would tell.
fn one_feature(a: &Record<'_>, b: &Record<'_>) -> bool {
    let km = |r: &Record<'_>| r.radius().map_or(100.0, |r| r.km()).max(100.0);
    !std::ptr::eq(a.gazetteer(), b.gazetteer())
        && a.kind() == b.kind()
        && matches!(a.kind(), PlaceKind::Water | PlaceKind::Terrain | PlaceKind::Region | PlaceKind::Continent)
        && (a.geonameid().is_none() || b.geonameid().is_none())
        && fold(a.name()) == fold(b.name())
        && distance(a.at(), b.at()).km() <= km(a).max(km(b))
}

/// A total order for places of equal weight.
fn same_order(a: &Record<'_>, b: &Record<'_>) -> Ordering {
    (a.geonameid(), a.name(), a.ix()).cmp(&(b.geonameid(), b.name(), b.ix()))
}

/// An area that a candidate may lie in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Area {
    Country(String),
    /// GeoNames id of a division.
    Division(u32),
    /// Middle in 1e-5 degrees and radius in km.
    Around(i64, i64, i64),
}

impl Area {
    fn of(record: &Record<'_>) -> Self {
        match (record.kind(), record.country(), record.geonameid()) {
            (PlaceKind::Country, Some(code), _) => Self::Country(code.to_owned()),
            (PlaceKind::Admin1 | PlaceKind::Admin2, _, Some(id)) => Self::Division(id),
            (kind, ..) => {
                let km = record.radius().map_or(if kind == PlaceKind::City { 60.0 } else { 100.0 }, |r| r.km() + 30.0);
                Self::Around((record.at().lon() * 1e5) as i64, (record.at().lat() * 1e5) as i64, km as i64)
            }
        }
    }

    fn holds(&self, record: &Record<'_>) -> bool {
        match self {
            Self::Country(code) => record.country() == Some(code) && record.kind() != PlaceKind::Country,
            Self::Division(id) => [record.admin1_ix(), record.admin2_ix()]
                .into_iter()
                .flatten()
                .any(|ix| ix != record.ix() && record.gazetteer().get(ix).geonameid() == Some(*id)),
            Self::Around(lon, lat, km) => {
                let middle = LonLat::wrapped(*lon as f64 / 1e5, *lat as f64 / 1e5);
                distance(middle, record.at()).km() <= *km as f64
            }
        }
    }
}

/// The hard conditions of a query.
struct Filter {
    country: Option<BTreeSet<Area>>,
    admin1: Option<BTreeSet<Area>>,
    bbox: Option<BBox>,
    kinds: Vec<PlaceKind>,
    /// A condition names something that is not there.
    impossible: bool,
}

impl Filter {
    fn new(geocoder: &Geocoder<'_>, query: &Query) -> Self {
        let country = query
            .country
            .as_deref()
            .map(|c| geocoder.areas(c).into_iter().filter(|a| matches!(a, Area::Country(_))).collect());
        let admin1 = query
            .admin1
            .as_deref()
            .map(|a| geocoder.areas(a).into_iter().filter(|a| matches!(a, Area::Division(_))).collect());
        let impossible = [&country, &admin1].into_iter().flatten().any(BTreeSet::is_empty);
        Self { country, admin1, bbox: query.bbox.filter(|_| !query.bbox_bias), kinds: query.kinds.clone(), impossible }
    }

    fn admits(&self, record: &Record<'_>) -> bool {
        let in_country =
            |areas: &BTreeSet<Area>| areas.iter().any(|a| matches!(a, Area::Country(c) if record.country() == Some(c)));
        self.country.as_ref().is_none_or(in_country)
            && self.admin1.as_ref().is_none_or(|areas| areas.iter().any(|a| a.holds(record)))
            && self.bbox.is_none_or(|b| b.contains(record.at()))
            && (self.kinds.is_empty() || self.kinds.contains(&record.kind()))
    }
}

#[cfg(test)]
mod tests;
