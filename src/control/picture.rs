//! Who holds which face on a day: the classes that areas are merged by, and the sides that fronts run between.

use super::cells::Cells;
use super::roster::ActorIx;
use super::state::PlaceState;
use super::timeline::Theatre;
use crate::coverage::NONE;
use crate::model::{Holder, Rgb, Status};
use crate::time::Date;
use ecow::EcoString;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// Whose areas are drawn as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum By {
    /// Each actor's.
    #[default]
    Actor,
    /// Each alliance's, as it stood on the day.
    Alliance,
}

/// A holder of land: an actor, an alliance, or one of the classes that stand for nobody.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Side {
    /// Its key, as in the `holder` attribute: an actor or alliance, `vacated`, `unknown` or `beyond`.
    pub id: EcoString,
    /// Its full name.
    pub name: EcoString,
    /// Its name in a key.
    pub short: EcoString,
    /// Key of its alliance; empty where it is nobody.
    pub alliance: EcoString,
    /// Its colour.
    pub color: Option<Rgb>,
}

impl Side {
    /// An entry of a map's key.
    pub fn holder(&self) -> Holder {
        Holder { id: self.id.to_string(), label: self.short.to_string(), color: self.color }
    }

    /// Whether it is an actor or alliance.
    pub fn is_somebody(&self) -> bool {
        !self.alliance.is_empty()
    }

    fn nobody(id: &str) -> Self {
        let (name, grey) = match id {
            "vacated" => ("Vacated, not yet taken", Rgb(0xB8, 0xB0, 0xA4)),
            "beyond" => ("Far from any known place", Rgb(0xE6, 0xE3, 0xDC)),
            _ => ("Not known", Rgb(0xD0, 0xCE, 0xC9)),
        };
        Self { id: id.into(), name: name.into(), short: name.into(), alliance: EcoString::new(), color: Some(grey) }
    }
}

/// What an area is drawn as; areas of one class merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Class {
    /// Index of its side.
    pub side: u32,
    /// How it is held.
    pub status: Status,
    /// Side that fights for it or besieges it.
    pub contested_by: Option<u32>,
    /// Side that claims it without counting.
    pub claimed_by: Option<u32>,
    /// Nobody has spoken of it for longer than the policy allows.
    pub stale: bool,
    /// It is part of an override zone.
    pub zone: Option<u32>,
}

/// A polygon that trumps cells, and who holds it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Zone {
    /// Actor, alliance or class key.
    pub holder: String,
    /// Its name.
    pub name: String,
    /// Why it stands apart.
    pub note: String,
    /// First day it holds; open where `None`.
    pub since: Option<Date>,
    /// Last day it holds.
    pub until: Option<Date>,
}

/// The holders of all faces on a day.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// The day.
    pub date: Date,
    /// Sides in order of their keys.
    pub sides: Vec<Side>,
    /// Classes in order.
    pub classes: Vec<Class>,
    /// Class of every face.
    pub of_face: Vec<u32>,
    /// Side of every place.
    pub of_site: Vec<u32>,
    /// The state of every place.
    pub states: Vec<PlaceState>,
}

/// How a picture is to be made.
#[derive(Debug, Clone, Default)]
pub struct Drawing<'a> {
    /// Whose areas are drawn as one.
    pub by: By,
    /// Days after which a state is stale.
    pub stale_after: Option<i32>,
    /// Override zones, by the numbers faces carry.
    pub zones: &'a [Zone],
}

impl Picture {
    /// The picture of a day's states.
    pub fn new(theatre: &Theatre, cells: &Cells, states: Vec<PlaceState>, date: Date, drawing: &Drawing) -> Self {
        let by = drawing.by;
        let mut sides: BTreeMap<String, Side> = BTreeMap::new();
        for id in ["vacated", "unknown", "beyond"] {
            sides.insert(id.to_owned(), Side::nobody(id));
        }
        let of_actor: Vec<String> = (0..theatre.roster.actors.len() as ActorIx)
            .map(|ix| {
                let actor = theatre.roster.actor(ix);
                let alliance = theatre.roster.alliance(ix, date).to_owned();
                match by {
                    By::Actor => {
                        let side = Side {
                            id: actor.id.0.as_str().into(),
                            name: actor.name.as_str().into(),
                            short: actor.short.as_str().into(),
                            alliance: alliance.into(),
                            color: actor.color,
                        };
                        sides.insert(actor.id.0.clone(), side);
                        actor.id.0.clone()
                    }
                    By::Alliance => {
                        // An alliance goes by the name and colour of its first member in the file; alone, its own name.
                        let members = |a: ActorIx| theatre.roster.alliance(a, date) == alliance;
                        let alone = (0..theatre.roster.actors.len() as ActorIx).filter(|a| members(*a)).count() == 1;
                        let title = |text: &str| {
                            let mut chars = text.chars();
                            chars
                                .next()
                                .map(|c| EcoString::from_iter(c.to_uppercase()) + chars.as_str())
                                .unwrap_or_default()
                        };
                        sides.entry(alliance.clone()).or_insert_with(|| Side {
                            id: alliance.as_str().into(),
                            name: if alone { actor.name.as_str().into() } else { title(&alliance) },
                            short: if alone { actor.short.as_str().into() } else { title(&alliance) },
                            alliance: alliance.as_str().into(),
                            color: actor.color,
                        });
                        alliance
                    }
                }
            })
            .collect();
        for zone in drawing.zones {
            let id = zone_side(theatre, zone, by, date);
            sides.entry(id.clone()).or_insert_with(|| Side {
                alliance: id.as_str().into(),
                name: zone.holder.as_str().into(),
                short: zone.holder.as_str().into(),
                id: id.into(),
                color: None,
            });
        }
        let sides: Vec<Side> = sides.into_values().collect();
        let index = |id: &str| sides.iter().position(|s| s.id == id).unwrap_or_default() as u32;
        let actor_side: Vec<u32> = of_actor.iter().map(|id| index(id)).collect();
        let (vacated, unknown, beyond) = (index("vacated"), index("unknown"), index("beyond"));

        let side_of = |state: &PlaceState| match (state.holder, state.status) {
            (Some(holder), _) => actor_side[usize::from(holder)],
            (None, Status::Vacated) => vacated,
            (None, _) if state.last.is_some() => vacated,
            (None, _) => unknown,
        };
        let stale_before = drawing.stale_after.and_then(|n| date.checked_sub(jiff::Span::new().try_days(n).ok()?).ok());
        let class_of = |state: &PlaceState| {
            let side = side_of(state);
            let other = |ix: Option<ActorIx>| ix.map(|a| actor_side[usize::from(a)]).filter(|s| *s != side);
            let contested_by = other(state.contested_by);
            // Between allies drawn as one there is no contest to show.
            let status =
                if contested_by.is_none() && state.contested_by.is_some() { Status::Held } else { state.status };
            let seen = state.seen.or(theatre.baseline.date);
            let stale = stale_before.is_some_and(|limit| seen.is_some_and(|seen| seen < limit));
            Class { side, status, contested_by, claimed_by: other(state.claimed_by), stale, zone: None }
        };
        let of_site_class: Vec<Class> = states.iter().map(class_of).collect();
        let nowhere = Class {
            side: unknown,
            status: Status::Unknown,
            contested_by: None,
            claimed_by: None,
            stale: false,
            zone: None,
        };
        let unit_class: Vec<Class> =
            cells.units.iter().map(|members| speaker(members, &of_site_class, theatre).unwrap_or(nowhere)).collect();
        let face_class: Vec<Class> = cells
            .faces
            .iter()
            .map(|face| {
                let zone = face.zone.filter(|z| {
                    drawing
                        .zones
                        .get(*z as usize)
                        .is_some_and(|z| z.since.is_none_or(|s| s <= date) && z.until.is_none_or(|u| date <= u))
                });
                match zone {
                    Some(z) => {
                        let side = index(&zone_side(theatre, &drawing.zones[z as usize], by, date));
                        Class { side, status: Status::Held, zone: Some(z), ..nowhere }
                    }
                    None if face.beyond => Class { side: beyond, ..nowhere },
                    None => unit_class[face.unit as usize],
                }
            })
            .collect();
        // Many faces, few classes: they are numbered as they come and then put in order.
        let mut numbers: FxHashMap<Class, u32> = FxHashMap::default();
        let came: Vec<u32> = face_class
            .iter()
            .map(|c| {
                let next = numbers.len() as u32;
                *numbers.entry(*c).or_insert(next)
            })
            .collect();
        let mut sorted: Vec<(Class, u32)> = numbers.into_iter().collect();
        sorted.sort_unstable();
        let mut place = vec![0; sorted.len()];
        for (i, (_, number)) in sorted.iter().enumerate() {
            place[*number as usize] = i as u32;
        }
        let classes: Vec<Class> = sorted.into_iter().map(|(c, _)| c).collect();
        let land = &cells.coverage.areas;
        let of_face =
            came.iter().zip(land).map(|(n, area)| if *area > 0.0 { place[*n as usize] } else { NONE }).collect();
        let of_site = of_site_class.iter().map(|c| c.side).collect();
        Self { date, sides, classes, of_face, of_site, states }
    }

    /// The side of every face; faces without land have none.
    pub fn side_of_face(&self) -> Vec<u32> {
        self.of_face.iter().map(|c| if *c == NONE { NONE } else { self.classes[*c as usize].side }).collect()
    }

    /// The key of a side.
    pub fn id(&self, side: u32) -> &str {
        &self.sides[side as usize].id
    }
}

fn zone_side(theatre: &Theatre, zone: &Zone, by: By, date: Date) -> String {
    match (theatre.roster.find(&zone.holder), by) {
        (Some(ix), By::Actor) => theatre.roster.actor(ix).id.0.clone(),
        (Some(ix), By::Alliance) => theatre.roster.alliance(ix, date).to_owned(),
        (None, _) => zone.holder.clone(),
    }
}

/// The class of a unit: its only place's, or that of most of its places, people deciding a tie and then the least key.
fn speaker(members: &[u32], of_site: &[Class], theatre: &Theatre) -> Option<Class> {
    match members {
        [] => None,
        [one] => Some(of_site[*one as usize]),
        [first, ..] if theatre.sites.list.len() == of_site.len() && same_spot(members, theatre) => {
            Some(of_site[*first as usize])
        }
        several => {
            let mut votes: BTreeMap<Class, (usize, u64)> = BTreeMap::new();
            for m in several {
                let vote = votes.entry(of_site[*m as usize]).or_default();
                *vote = (vote.0 + 1, vote.1 + theatre.sites.list[*m as usize].population);
            }
            votes.into_iter().rev().max_by_key(|(_, v)| *v).map(|(c, _)| c)
        }
    }
}

fn same_spot(members: &[u32], theatre: &Theatre) -> bool {
    let at = |m: &u32| theatre.sites.list[*m as usize].at;
    members.iter().all(|m| at(m) == at(&members[0]))
}
