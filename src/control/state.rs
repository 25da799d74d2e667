//! The state of a place, and what an event does to it.

use super::roster::ActorIx;
use crate::model::{Action, Certainty, Status};
use crate::time::Date;

/// Who holds a place, how firmly, and by which events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlaceState {
    /// Its holder; `None` where vacated or unknown.
    pub holder: Option<ActorIx>,
    /// Who held it last, where it is vacated.
    pub last: Option<ActorIx>,
    /// How it is held.
    pub status: Status,
    /// Who fights for it, or besieges it.
    pub contested_by: Option<ActorIx>,
    /// Who says it has taken it, on a word that does not count by the policy.
    pub claimed_by: Option<ActorIx>,
    /// Index of the event that gave the holder; `None` is the baseline.
    pub by: Option<u32>,
    /// Index of the event that made it contested or besieged.
    pub contest: Option<u32>,
    /// Index of the event that claims it.
    pub claim: Option<u32>,
    /// The day of the last event that said anything about it.
    pub seen: Option<Date>,
}

impl Default for PlaceState {
    fn default() -> Self {
        Self::given(None, Status::Unknown, None)
    }
}

/// An event as it bears on a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stroke {
    /// What happened.
    pub action: Action,
    /// Who did it.
    pub actor: Option<ActorIx>,
    /// Who lost by it.
    pub from: Option<ActorIx>,
    /// Its certainty counts by the policy.
    pub counts: bool,
    /// Index of the event.
    pub event: u32,
    /// Its day.
    pub day: Date,
}

impl PlaceState {
    /// A state given by a baseline.
    pub fn given(holder: Option<ActorIx>, status: Status, contested_by: Option<ActorIx>) -> Self {
        // A place left by its holder is nobody's; who left it is remembered.
        let (holder, last) = if status == Status::Vacated { (None, holder) } else { (holder, None) };
        Self { holder, last, status, contested_by, claimed_by: None, by: None, contest: None, claim: None, seen: None }
    }

    /// Whether the losing side of an event over an area has anything to lose here.
    pub fn is_or_was_of(&self, side: ActorIx) -> bool {
        self.holder == Some(side) || (self.holder.is_none() && self.last == Some(side))
    }

    /// The state after an event; the same state where it changes nothing but that the place was spoken of.
    #[must_use]
    pub fn after(mut self, stroke: &Stroke) -> Self {
        let Stroke { action, actor, event, day, .. } = *stroke;
        let before = self;
        if !stroke.counts {
            // The gainer's word alone marks the place and leaves the holder.
            if action.gains() && actor != self.holder && actor.is_some() {
                (self.claimed_by, self.claim) = (actor, Some(event));
            }
            return self;
        }
        self.seen = Some(day);
        match action {
            Action::Captured | Action::Recaptured | Action::HandedOver => {
                if actor == self.holder && self.status == Status::Held {
                    // Taken by whom it belongs to: nothing new, but a rival claim is answered.
                    (self.claimed_by, self.claim) = (None, None);
                } else if actor == self.holder {
                    self.settle();
                } else {
                    self = Self {
                        holder: actor,
                        status: Status::Held,
                        by: Some(event),
                        seen: Some(day),
                        ..Self::default()
                    };
                }
            }
            Action::Entered if actor != self.holder => self.dispute(Status::Contested, actor, event),
            Action::Besieged if actor != self.holder && self.holder.is_some() => {
                self.dispute(Status::Besieged, actor, event)
            }
            Action::Contested => {
                let rival = if actor == self.holder { stroke.from.or(self.contested_by) } else { actor };
                self.dispute(Status::Contested, rival, event);
            }
            Action::Relieved if self.status == Status::Besieged => self.settle(),
            Action::Repelled
                if matches!(self.status, Status::Contested | Status::Besieged) && self.holder.is_some() =>
            {
                self.settle()
            }
            Action::Withdrew if actor.is_some() && actor == self.holder => {
                self =
                    Self { last: actor, status: Status::Vacated, by: Some(event), seen: Some(day), ..Self::default() };
            }
            // The attacker went away.
            Action::Withdrew if actor.is_some() && actor == self.contested_by => self.settle(),
            _ => {}
        }
        debug_assert!(before.seen <= self.seen);
        self
    }

    fn dispute(&mut self, status: Status, by: Option<ActorIx>, event: u32) {
        (self.status, self.contested_by, self.contest) = (status, by, Some(event));
    }

    /// The holder stays, undisputed.
    fn settle(&mut self) {
        self.status = if self.holder.is_some() {
            Status::Held
        } else if self.last.is_some() {
            Status::Vacated
        } else {
            Status::Unknown
        };
        (self.contested_by, self.contest, self.claimed_by, self.claim) = (None, None, None, None);
    }

    /// Whether two states tell the same of the place, whatever event said so.
    pub fn same(&self, other: &Self) -> bool {
        (self.holder, self.last, self.status, self.contested_by, self.claimed_by)
            == (other.holder, other.last, other.status, other.contested_by, other.claimed_by)
    }

    /// The events that the state rests on.
    pub fn events(&self) -> impl Iterator<Item = u32> {
        [self.by, self.contest, self.claim].into_iter().flatten()
    }
}

/// What counts, and as known when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Certainties that change the holder.
    pub certainties: Vec<Certainty>,
    /// Only what was reported by this day.
    pub known_on: Option<Date>,
    /// Days after which a state nobody has spoken of is marked stale.
    pub stale_after: Option<i32>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            certainties: vec![Certainty::Confirmed, Certainty::Reported, Certainty::Assessed],
            known_on: None,
            stale_after: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::parse_day;

    fn stroke(action: Action, actor: ActorIx) -> Stroke {
        Stroke {
            action,
            actor: Some(actor),
            from: None,
            counts: true,
            event: 7,
            day: parse_day("2024-12-05").expect("a day"),
        }
    }

    fn held() -> PlaceState {
        PlaceState::given(Some(0), Status::Held, None)
    }

    #[test]
    fn what_each_action_does() {
        use Action as A;
        use Status as S;
        for (strokes, holder, status, contested_by) in [
            (vec![(A::Captured, 1)], Some(1), S::Held, None),
            (vec![(A::Recaptured, 1)], Some(1), S::Held, None),
            (vec![(A::HandedOver, 1)], Some(1), S::Held, None),
            (vec![(A::Captured, 0)], Some(0), S::Held, None),
            (vec![(A::Entered, 1)], Some(0), S::Contested, Some(1)),
            (vec![(A::Entered, 0)], Some(0), S::Held, None),
            (vec![(A::Contested, 1)], Some(0), S::Contested, Some(1)),
            (vec![(A::Besieged, 1)], Some(0), S::Besieged, Some(1)),
            (vec![(A::Besieged, 1), (A::Relieved, 0)], Some(0), S::Held, None),
            (vec![(A::Entered, 1), (A::Repelled, 0)], Some(0), S::Held, None),
            (vec![(A::Entered, 1), (A::Withdrew, 1)], Some(0), S::Held, None),
            (vec![(A::Entered, 1), (A::Captured, 0)], Some(0), S::Held, None),
            (vec![(A::Withdrew, 0)], None, S::Vacated, None),
            (vec![(A::Withdrew, 1)], Some(0), S::Held, None),
            (vec![(A::Withdrew, 0), (A::Captured, 1)], Some(1), S::Held, None),
            (vec![(A::Denied, 0)], Some(0), S::Held, None),
            (vec![(A::None, 1)], Some(0), S::Held, None),
        ] {
            let end = strokes.iter().fold(held(), |s, (a, who)| s.after(&stroke(*a, *who)));
            assert_eq!((end.holder, end.status, end.contested_by), (holder, status, contested_by), "{strokes:?}");
        }
    }

    #[test]
    fn a_claim_marks_and_does_not_take() {
        let claim = Stroke { counts: false, ..stroke(Action::Captured, 1) };
        let marked = held().after(&claim);
        assert_eq!((marked.holder, marked.claimed_by), (Some(0), Some(1)));
        assert_eq!(marked.after(&stroke(Action::Captured, 1)).claimed_by, None);
        assert_eq!(marked.after(&stroke(Action::Captured, 0)).claimed_by, None);
        assert_eq!(held().after(&Stroke { counts: false, ..stroke(Action::Captured, 0) }).claimed_by, None);
        assert_eq!(held().after(&Stroke { counts: false, ..stroke(Action::Withdrew, 0) }), held());
    }

    #[test]
    fn vacated_places_remember_who_left() {
        let left = held().after(&stroke(Action::Withdrew, 0));
        assert!(left.is_or_was_of(0) && !left.is_or_was_of(1));
        assert!(PlaceState::given(Some(0), Status::Vacated, None).is_or_was_of(0));
    }
}
