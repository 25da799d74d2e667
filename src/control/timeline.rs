//! The log in order, and the state of every place at the end of any day.
//!
//! Order is by day, then by `seq`, then by event id: the order of rows in the file does not matter.

use super::baseline::Baseline;
use super::log::{Entry, Log};
use super::polygons::Outline;
use super::roster::{ActorIx, Roster};
use super::sites::Sites;
use super::state::{PlaceState, Policy, Stroke};
use crate::diag::{Note, Warned};
use crate::model::{Action, Certainty, Scope};
use crate::time::Date;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// Everything that was read: sides, places, the state before, and what happened.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Theatre {
    /// The sides.
    pub roster: Roster,
    /// The places.
    pub sites: Sites,
    /// The state before the first event.
    pub baseline: Baseline,
    /// What happened.
    pub log: Log,
    /// Named polygons that events of scope `polygon` may speak of.
    pub polygons: Vec<(String, Outline)>,
}

#[derive(Debug, Clone, Copy)]
enum Target {
    Site(u32),
    Area(u32),
}

#[derive(Debug, Clone, Copy)]
struct Step {
    day: Date,
    reported: Date,
    event: u32,
    target: Target,
    action: Action,
    certainty: Certainty,
    actor: Option<ActorIx>,
    from: Option<ActorIx>,
}

/// A change of a place's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// Index of the place.
    pub site: u32,
    /// Index of the event.
    pub event: u32,
    /// The day.
    pub day: Date,
    /// Before it.
    pub before: PlaceState,
    /// After it.
    pub after: PlaceState,
}

/// A theatre with its log resolved and sorted.
#[derive(Debug, Clone)]
pub struct Timeline<'t> {
    /// What was read.
    pub theatre: &'t Theatre,
    steps: Vec<Step>,
    areas: Vec<Vec<u32>>,
}

impl<'t> Timeline<'t> {
    /// Resolves the places of the log and sorts it; events whose place is not known become notes and are left out.
    pub fn new(theatre: &'t Theatre) -> Warned<Self> {
        let mut notes = Vec::new();
        let mut areas = Areas::new(theatre);
        let log = &theatre.log;
        let (named, sides_of) = log.sides();
        let of_roster: Vec<Option<ActorIx>> = named
            .iter()
            .map(|id| theatre.roster.actors.iter().position(|a| a.id == *id).map(|at| at as ActorIx))
            .collect();
        let mut steps = Vec::with_capacity(log.len());
        // In order of the day, then of `seq`, then of the id, of which eight letters mostly tell.
        let mut order: Vec<([u32; 2], [u8; 8], u32)> = Vec::with_capacity(log.len());
        for (i, event) in log.iter().enumerate() {
            let i = i as u32;
            let target = match areas.target(&event) {
                Ok(target) => target,
                Err(note) => {
                    notes.push((*note).at(log.position(i)));
                    continue;
                }
            };
            let [actor, from] = sides_of(i).map(|n| n.and_then(|n| of_roster[usize::from(n)]));
            let day = event.date.day;
            let mut letters = [0; 8];
            for (to, from) in letters.iter_mut().zip(event.id.bytes()) {
                *to = from;
            }
            let number = ((i32::from(day.year()) + 32_768) as u32) << 9 | (day.month() as u32) << 5 | day.day() as u32;
            order.push(([number, event.seq], letters, steps.len() as u32));
            steps.push(Step {
                day,
                reported: event.reported.unwrap_or(day),
                event: i,
                target,
                action: event.action,
                certainty: event.certainty,
                actor,
                from,
            });
        }
        order.par_sort_unstable_by(|a, b| {
            (a.0, a.1).cmp(&(b.0, b.1)).then_with(|| {
                let event = |n: u32| steps[n as usize].event;
                log.get(event(a.2)).id.cmp(log.get(event(b.2)).id).then(a.2.cmp(&b.2))
            })
        });
        let steps = order.iter().map(|(.., n)| steps[*n as usize]).collect();
        Warned::new(Self { theatre, steps, areas: areas.lists }, notes)
    }

    /// The first and last day of the log.
    pub fn span(&self) -> Option<(Date, Date)> {
        Some((self.steps.first()?.day, self.steps.last()?.day))
    }

    /// The state of every place at the end of a day.
    pub fn at(&self, day: Date, policy: &Policy) -> Vec<PlaceState> {
        let mut walk = self.walk(policy);
        walk.to(day, |_| {});
        walk.states
    }

    /// A walk through the days from the baseline on.
    pub fn walk<'a>(&'a self, policy: &'a Policy) -> Walk<'a> {
        Walk { timeline: self, policy, next: 0, states: self.theatre.baseline.states.clone() }
    }

    /// Every change of a place's state up to a day, in order.
    pub fn turns(&self, day: Date, policy: &Policy) -> Vec<Turn> {
        let mut turns = Vec::new();
        self.walk(policy).to(day, |turn| turns.push(*turn));
        turns
    }

    /// The events in order, each with the places it is about and their states just before it; all certainties count by `policy`.
    pub fn replay(&self, policy: &Policy, mut see: impl FnMut(u32, &[u32], &[PlaceState])) {
        let mut walk = self.walk(policy);
        for (i, step) in self.steps.iter().enumerate() {
            let one;
            let sites: &[u32] = match step.target {
                Target::Site(site) => {
                    one = [site];
                    &one
                }
                Target::Area(area) => &self.areas[area as usize],
            };
            see(step.event, sites, &walk.states);
            walk.next = i;
            walk.step(&mut |_| {});
        }
    }
}

/// A place in the log, moving forward.
#[derive(Debug, Clone)]
pub struct Walk<'a> {
    timeline: &'a Timeline<'a>,
    policy: &'a Policy,
    next: usize,
    /// The state of every place now.
    pub states: Vec<PlaceState>,
}

impl Walk<'_> {
    /// Goes on to the end of a day, telling every change on the way.
    pub fn to(&mut self, day: Date, mut tell: impl FnMut(&Turn)) {
        while self.timeline.steps.get(self.next).is_some_and(|s| s.day <= day) {
            self.step(&mut tell);
        }
    }

    fn step(&mut self, tell: &mut impl FnMut(&Turn)) {
        let step = self.timeline.steps[self.next];
        self.next += 1;
        if self.policy.known_on.is_some_and(|known| step.reported > known) {
            return;
        }
        let stroke = Stroke {
            action: step.action,
            actor: step.actor,
            from: step.from,
            counts: self.policy.certainties.contains(&step.certainty),
            event: step.event,
            day: step.day,
        };
        let states = &mut self.states;
        let mut strike = |site: u32, only: Option<ActorIx>| {
            let before = states[site as usize];
            if only.is_some_and(|loser| !before.is_or_was_of(loser)) {
                return;
            }
            let after = before.after(&stroke);
            states[site as usize] = after;
            // A denial changes nothing and is told all the same.
            if !before.same(&after) || (step.action == Action::Denied && stroke.counts) {
                tell(&Turn { site, event: step.event, day: step.day, before, after });
            }
        };
        match step.target {
            Target::Site(site) => strike(site, None),
            Target::Area(area) => {
                // An event over an area takes only what the losing side has there, or had last.
                let loser = if step.action == Action::Withdrew { step.actor } else { step.from };
                if loser.is_some() {
                    for &site in &self.timeline.areas[area as usize] {
                        strike(site, loser);
                    }
                }
            }
        }
    }
}

impl std::ops::Deref for Walk<'_> {
    type Target = [PlaceState];
    fn deref(&self) -> &[PlaceState] {
        &self.states
    }
}

/// Lists of places by area, made when first asked for.
struct Areas<'t> {
    theatre: &'t Theatre,
    lists: Vec<Vec<u32>>,
    by_key: FxHashMap<(Scope, String), u32>,
}

impl<'t> Areas<'t> {
    fn new(theatre: &'t Theatre) -> Self {
        Self { theatre, lists: Vec::new(), by_key: FxHashMap::default() }
    }

    fn target(&mut self, event: &Entry) -> Result<Target, Box<Note>> {
        let sites = &self.theatre.sites;
        if event.scope == Scope::Place {
            if let Some(id) = event.geonameid {
                return sites.find(id).map(Target::Site).ok_or_else(|| {
                    let hint = match sites.named(event.place) {
                        [] => "add it to the places file".to_owned(),
                        named => format!("\"{}\" is {}", event.place, self.ids(named)),
                    };
                    Box::new(
                        Note::error(format!("place {id} (\"{}\") is not among the places", event.place)).hint(hint),
                    )
                });
            }
            return match sites.named(event.place) {
                [one] => Ok(Target::Site(*one)),
                [] => Err(Note::error(format!("\"{}\" is not among the places", event.place))
                    .hint("give its geonameid, or add it to the places file")
                    .into()),
                several => Err(Note::error(format!(
                    "place \"{}\" is {} places: {}",
                    event.place,
                    several.len(),
                    self.ids(several)
                ))
                .hint("give the geonameid")
                .into()),
            };
        }
        let loser = if event.action == Action::Withdrew { event.actor } else { event.from };
        if loser.is_none() && event.action != Action::None {
            return Err(Note::error(format!("an event over a whole {} must say who loses by it", event.scope))
                .hint("fill from_actor: only places which that side holds are touched")
                .into());
        }
        let key = (event.scope, event.place.to_owned());
        if let Some(area) = self.by_key.get(&key) {
            return Ok(Target::Area(*area));
        }
        let list = self.members(event.scope, event.place);
        if list.is_empty() {
            let hint = match event.scope {
                Scope::Polygon => "give a file with --polygons whose features have that name",
                _ => "use the code that stands in the places file",
            };
            return Err(Note::error(format!("no place lies in {} \"{}\"", event.scope, event.place)).hint(hint).into());
        }
        self.lists.push(list);
        let area = self.lists.len() as u32 - 1;
        self.by_key.insert(key, area);
        Ok(Target::Area(area))
    }

    fn ids(&self, sites: &[u32]) -> String {
        let site = |i: &u32| &self.theatre.sites.list[*i as usize];
        sites
            .iter()
            .map(|i| format!("{} (admin1 {})", site(i).geonameid, site(i).admin1))
            .collect::<Vec<_>>()
            .join(", ")
    }

    fn members(&self, scope: Scope, place: &str) -> Vec<u32> {
        let sites = &self.theatre.sites.list;
        // Codes come with and without their country and leading zeros: SY.06, 06, 6; names with and without "Governorate".
        let plain = |code: &str| code.rsplit('.').next().unwrap_or_default().trim_start_matches('0').to_uppercase();
        let (code, name) = (plain(place), crate::text::fold(place));
        let is = |own: &str| {
            let folded = crate::text::fold(own);
            !own.is_empty() && (plain(own) == code || folded == name || folded.starts_with(&format!("{name} ")))
        };
        let pick = |want: &dyn Fn(&super::sites::Site) -> bool| -> Vec<u32> {
            sites.iter().enumerate().filter(|(_, s)| want(s)).map(|(i, _)| i as u32).collect()
        };
        match scope {
            Scope::Place => Vec::new(),
            Scope::Admin1 => pick(&|s| is(&s.admin1)),
            Scope::Admin2 => pick(&|s| is(&s.admin2)),
            // A list without countries is of one country.
            Scope::Country => pick(&|s| s.country.is_empty() || s.country.eq_ignore_ascii_case(place)),
            Scope::Polygon => {
                let named =
                    self.theatre.polygons.iter().find(|(name, _)| crate::text::fold(name) == crate::text::fold(place));
                named.map(|(_, outline)| outline.containing(sites.iter().map(|s| s.at))).unwrap_or_default()
            }
        }
    }
}

#[cfg(test)]
#[path = "timeline_tests.rs"]
pub(crate) mod tests;
