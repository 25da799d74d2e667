//! Fighting told by its verb, and attacks from afar, which are none: "clashed with the army in Hama".

use super::super::lexicon::Deed;
use super::super::scene::{Scene, Who};
use super::super::units::Line;
use super::Clause;

/// Words that, beside a verb of attack, make it an attack from afar, which is no event of control.
const FROM_AFAR: &[&str] = &[
    "air",
    "airstrike",
    "airstrikes",
    "air-strikes",
    "warplanes",
    "jets",
    "drone",
    "drones",
    "missile",
    "missiles",
    "rocket",
    "rockets",
    "bombers",
    "aerial",
    "planes",
    "aircraft",
    "bomb",
    "bombs",
    "suicide",
    "cyber",
    "cyberattack",
    "shells",
    "bombardment",
    "bomber",
    "arson",
    "knife",
];

impl Scene<'_> {
    pub(super) fn clashes(&mut self, clause: &Clause<'_>) -> bool {
        let verb = clause.verb();
        let Clause { line, verbs, after, limit, .. } = *clause;
        let Who::Party(actor) = self.who(line, verb) else { return false };
        let places = self.nearest(line, after, limit).unwrap_or_else(|| self.locative(line));
        if places.is_empty() {
            return false;
        }
        let said = clause.said(Deed::Contested).by(Some(actor)).over(verb.start..after);
        self.record(line, verbs, &said, places);
        true
    }
}

/// Whether a clause tells of an attack from the air or from afar.
pub(in crate::geoparse::events) fn from_afar(line: &Line, at: usize, limit: usize) -> bool {
    let start = at.saturating_sub(6).max(line.body);
    line.units[start..limit.min(line.units.len())].iter().any(|u| FROM_AFAR.contains(&u.low.as_str()))
}
