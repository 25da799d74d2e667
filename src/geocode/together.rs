//! Names that are given together mean places that belong together: `Damascus Hama` is Syria's Hama.

use super::{Answer, Candidate, Geocoder, Hit, Query, parse_coordinates, rank};
use crate::geodesy::{LonLat, distance};

/// Readings of a name that are weighed against the others.
const READINGS: usize = 12;

/// How well two places go together: nearness, and one country.
fn affinity(a: &Candidate<'_>, b: &Candidate<'_>) -> f64 {
    let apart = distance(a.record.at(), b.record.at()).km();
    let country = if a.record.country().is_some() && a.record.country() == b.record.country() { 4.0 } else { 1.0 };
    country * (1.0 + apart / 100.0).powf(-1.5)
}

fn to_position(a: &Candidate<'_>, at: LonLat) -> f64 {
    (1.0 + distance(a.record.at(), at).km() / 100.0).powf(-1.5)
}

impl Geocoder<'_> {
    /// Answers several queries so that the first results go together; each answer lists its other readings behind.
    pub fn resolve_together(&self, queries: &[Query]) -> Vec<Answer> {
        let found: Vec<Vec<Candidate<'_>>> = queries
            .iter()
            .map(|q| {
                let special = parse_coordinates(&q.text).is_some();
                let mut c = if special { Vec::new() } else { self.candidates(q) };
                c.truncate(READINGS);
                c
            })
            .collect();
        let fixed: Vec<LonLat> = queries.iter().filter_map(|q| parse_coordinates(&q.text)).collect();
        let mut chosen: Vec<usize> = vec![0; queries.len()];
        // Each name in turn takes the reading that fits the others' present ones, until nothing changes; the surest start.
        for _ in 0..4 {
            let before = chosen.clone();
            for i in 0..found.len() {
                let best = (0..found[i].len()).max_by(|a, b| {
                    let value = |n: usize| self.joint(&found, &chosen, &fixed, i, n);
                    value(*a).total_cmp(&value(*b)).then(b.cmp(a))
                });
                chosen[i] = best.unwrap_or(0);
            }
            if chosen == before {
                break;
            }
        }
        queries
            .iter()
            .enumerate()
            .map(|(i, query)| {
                if found[i].is_empty() {
                    return self.search(query);
                }
                let mut weighed: Vec<Candidate<'_>> = (0..found[i].len())
                    .map(|n| Candidate { weight: self.joint(&found, &chosen, &fixed, i, n), ..found[i][n] })
                    .collect();
                weighed.sort_by(|a, b| b.weight.total_cmp(&a.weight));
                let total = rank::total(&weighed);
                Answer {
                    query: query.text.clone(),
                    ambiguous: rank::ambiguous(&weighed),
                    results: weighed
                        .iter()
                        .take(query.limit())
                        .map(|c| Hit { place: c.record.place(), score: rank::score(c, total), tier: c.tier })
                        .collect(),
                    note: None,
                }
            })
            .collect()
    }

    /// Weight of the n-th reading of name `i` beside the chosen readings of the others.
    fn joint(&self, found: &[Vec<Candidate<'_>>], chosen: &[usize], fixed: &[LonLat], i: usize, n: usize) -> f64 {
        let own = &found[i][n];
        let mut weight = own.weight;
        // A name that has one sure reading counts for more than one that wavers itself.
        for (j, others) in found.iter().enumerate().filter(|(j, o)| *j != i && !o.is_empty()) {
            let sum: f64 = others.iter().map(|c| c.weight).sum();
            let mixed: f64 = others.iter().map(|c| affinity(own, c) * c.weight / sum).sum();
            weight *= 0.5 * affinity(own, &others[chosen[j]]) + 0.5 * mixed + 1e-6;
        }
        for at in fixed {
            weight *= to_position(own, *at) + 1e-6;
        }
        weight
    }
}
