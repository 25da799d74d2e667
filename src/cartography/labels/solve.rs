//! Choosing one position for every label so that nothing overlaps and the sum of costs is smallest.
//!
//! Greedy start, simulated annealing with a fixed seed and whole-number arithmetic (Christensen, Marks and Shieber 1995), then an
//! exact search of small neighbourhoods. Knows boxes and costs only; what they mean is decided by the callers.

use crate::cartography::display::Rect;
use smallvec::SmallVec;

/// A position that a label could take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// What it covers, in 1/64 px.
    pub rects: SmallVec<[Rect; 3]>,
    /// How bad it is; 0 is ideal.
    pub cost: i32,
}

/// A label to place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    /// Where it could stand.
    pub spots: Vec<Spot>,
    /// What it costs to leave it out; `None` is never left out while it has a spot.
    pub drop: Option<i32>,
    /// Further spots, made and looked at only where the others will not do: far ones, with leader lines.
    pub reserve: Reserve,
}

/// Whether a label has further spots.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Reserve {
    /// It has none.
    #[default]
    None,
    /// It may have some that nobody asked for.
    Waiting,
    /// These, numbered after its other spots.
    Made(Vec<Spot>),
}

impl Wanted {
    /// All its spots that are made.
    fn all(&self) -> impl Iterator<Item = &Spot> {
        let made: &[Spot] = if let Reserve::Made(made) = &self.reserve { made } else { &[] };
        self.spots.iter().chain(made)
    }

    fn spot(&self, number: usize) -> Option<&Spot> {
        match &self.reserve {
            Reserve::Made(made) if number >= self.spots.len() => made.get(number - self.spots.len()),
            _ => self.spots.get(number),
        }
    }

    fn waits(&self) -> bool {
        self.reserve == Reserve::Waiting
    }
}

/// The choice made: for every label the index of its spot, or `None` where it was left out.
pub type Choice = Vec<Option<usize>>;

/// The cost of two labels overlapping; more than leaving any optional label out.
pub const OVERLAP: i64 = 1_000_000;

/// The cost of a required label without a spot; only counted, never chosen.
const MISSING: i64 = 4 * OVERLAP;

/// The spots worth looking at, all labels' in a row, and which of them overlap.
struct Graph {
    /// Label `l` owns the spots `first[l]..first[l + 1]`.
    first: Vec<usize>,
    /// Which spot of its label each one is.
    number: Vec<u32>,
    cost: Vec<i64>,
    /// Spots of other labels that spot `s` overlaps: `hits[from[s]..from[s + 1]]`.
    hits: Vec<u32>,
    from: Vec<u32>,
    /// Labels of which some spot overlaps one of this label's.
    neighbours: Vec<Vec<u32>>,
    drop: Vec<Option<i64>>,
}

/// A spot while the useless ones are sorted out.
struct Open<'w> {
    number: u32,
    around: Rect,
    spot: &'w Spot,
}

impl Open<'_> {
    fn overlaps(&self, other: &Self) -> bool {
        self.around.overlaps(&other.around)
            && self.spot.rects.iter().any(|r| other.spot.rects.iter().any(|q| r.overlaps(q)))
    }
}

/// Every label's spots that can be part of a best choice, the cheapest first.
///
/// A spot that no other label's spot overlaps can always be had, so nothing dearer is of use to its label; nor is what is dearer
/// than leaving the label out. What one label gives up makes others' spots free, so this is repeated.
fn worthwhile(wanted: &[Wanted]) -> Vec<Vec<Open<'_>>> {
    let mut open: Vec<Vec<Open<'_>>> = wanted
        .iter()
        .map(|w| {
            let spots = (0u32..).zip(w.all()).filter(|(_, s)| w.drop.is_none_or(|d| s.cost <= d));
            let mut spots: Vec<Open<'_>> =
                spots.map(|(number, spot)| Open { number, around: bounds(&spot.rects), spot }).collect();
            spots.sort_by_key(|o| (o.spot.cost, o.number));
            spots
        })
        .collect();
    let reach_of = |spots: &[Open<'_>]| spots.iter().map(|o| o.around).reduce(|a, b| a.union(&b)).unwrap_or_default();
    let mut reach: Vec<Rect> = open.iter().map(|s| reach_of(s)).collect();
    for _ in 0..3 {
        let mut fewer = false;
        for l in 0..open.len() {
            let near: Vec<usize> = (0..open.len()).filter(|&m| m != l && reach[m].overlaps(&reach[l])).collect();
            let free = |o: &Open<'_>| {
                near.iter().all(|&m| !reach[m].overlaps(&o.around) || !open[m].iter().any(|other| o.overlaps(other)))
            };
            let enough = open[l].iter().position(free).map_or(open[l].len(), |k| k + 1);
            if enough < open[l].len() {
                open[l].truncate(enough);
                reach[l] = reach_of(&open[l]);
                fewer = true;
            }
        }
        if !fewer {
            break;
        }
    }
    open
}

impl Graph {
    fn new(wanted: &[Wanted]) -> Self {
        Self::of(wanted, &worthwhile(wanted))
    }

    fn of(wanted: &[Wanted], open: &[Vec<Open<'_>>]) -> Self {
        let spots = || open.iter().flatten();
        let mut first = vec![0];
        for label in open {
            first.push(first[first.len() - 1] + label.len());
        }
        let reach: Vec<Rect> =
            open.iter().map(|l| l.iter().map(|o| o.around).reduce(|a, b| a.union(&b)).unwrap_or_default()).collect();
        let mut neighbours = vec![Vec::new(); open.len()];
        let mut lists: Vec<SmallVec<[u32; 8]>> = vec![SmallVec::new(); first[open.len()]];
        for a in 0..open.len() {
            for b in a + 1..open.len() {
                if !reach[a].overlaps(&reach[b]) {
                    continue;
                }
                let mut meet = false;
                for (i, s) in open[a].iter().enumerate().filter(|(_, s)| s.around.overlaps(&reach[b])) {
                    for (j, _) in open[b].iter().enumerate().filter(|(_, t)| s.overlaps(t)) {
                        lists[first[a] + i].push((first[b] + j) as u32);
                        lists[first[b] + j].push((first[a] + i) as u32);
                        meet = true;
                    }
                }
                if meet {
                    neighbours[a].push(b as u32);
                    neighbours[b].push(a as u32);
                }
            }
        }
        let mut from = vec![0];
        let mut hits = Vec::with_capacity(lists.iter().map(SmallVec::len).sum());
        for list in &lists {
            hits.extend_from_slice(list);
            from.push(hits.len() as u32);
        }
        Self {
            number: spots().map(|o| o.number).collect(),
            cost: spots().map(|o| i64::from(o.spot.cost)).collect(),
            first,
            hits,
            from,
            neighbours,
            drop: wanted.iter().map(|w| w.drop.map(i64::from)).collect(),
        }
    }

    fn labels(&self) -> usize {
        self.drop.len()
    }

    fn spots(&self, label: usize) -> std::ops::Range<usize> {
        self.first[label]..self.first[label + 1]
    }

    fn hits(&self, spot: u32) -> &[u32] {
        &self.hits[self.from[spot as usize] as usize..self.from[spot as usize + 1] as usize]
    }

    /// A sum that no choice can be below: everybody's cheapest spot, nobody in the way.
    fn floor(&self) -> i64 {
        let least = |l: usize| self.spots(l).map(|s| self.cost[s]).chain(self.drop[l]).min().unwrap_or(MISSING);
        (0..self.labels()).map(least).sum()
    }
}

/// The box around some boxes; an empty one around none.
fn bounds(rects: &[Rect]) -> Rect {
    rects.iter().copied().reduce(|a, b| a.union(&b)).unwrap_or_default()
}

/// The present choice, and for every spot how many chosen spots of other labels it overlaps.
struct State<'g> {
    graph: &'g Graph,
    chosen: Vec<Option<u32>>,
    pressed: Vec<u32>,
}

impl<'g> State<'g> {
    fn new(graph: &'g Graph) -> Self {
        Self { graph, chosen: vec![None; graph.labels()], pressed: vec![0; graph.cost.len()] }
    }

    fn set(&mut self, label: usize, spot: Option<u32>) {
        let graph = self.graph;
        let before = std::mem::replace(&mut self.chosen[label], spot);
        if before == spot {
            return;
        }
        for &t in before.iter().flat_map(|&s| graph.hits(s)) {
            self.pressed[t as usize] -= 1;
        }
        for &t in spot.iter().flat_map(|&s| graph.hits(s)) {
            self.pressed[t as usize] += 1;
        }
    }

    /// What a label costs with a choice, the others as they are.
    fn price(&self, label: usize, spot: Option<u32>) -> i64 {
        match spot {
            Some(s) => self.graph.cost[s as usize] + OVERLAP * i64::from(self.pressed[s as usize]),
            None => self.graph.drop[label].unwrap_or(MISSING),
        }
    }

    fn best(&self, label: usize) -> Option<u32> {
        let spots = self.graph.spots(label).map(|s| Some(s as u32));
        let none = self.graph.drop[label].map(|_| None);
        spots.chain(none).min_by_key(|&s| self.price(label, s)).flatten()
    }

    fn energy(&self) -> i64 {
        let own: i64 = (0..self.graph.labels())
            .map(|l| self.chosen[l].map_or(self.graph.drop[l].unwrap_or(MISSING), |s| self.graph.cost[s as usize]))
            .sum();
        let pairs: i64 = self.chosen.iter().flatten().map(|&s| i64::from(self.pressed[s as usize])).sum();
        own + OVERLAP * pairs / 2
    }
}

/// A small reproducible generator (xorshift64*).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.roll()) * n as u128) >> 64) as usize
    }

    /// An exponential variate times 256, near enough and without floating point: −log₂ of a uniform one.
    fn exponential(&mut self) -> i64 {
        let r = self.roll() | 1;
        let zeros = r.leading_zeros();
        let fraction = ((r << zeros) << 1) >> 56;
        i64::from(zeros) * 256 + (255 - fraction as i64)
    }
}

/// Places labels: `effort` is the number of annealing steps a spot, `reserve` makes the further spots of a label that waits.
pub fn solve(wanted: &mut [Wanted], effort: usize, mut reserve: impl FnMut(usize) -> Vec<Spot>) -> Choice {
    // Whose reserve is looked at: at first only theirs who have nothing else.
    let mut more: Vec<usize> = (0..wanted.len()).filter(|&l| wanted[l].waits() && wanted[l].spots.is_empty()).collect();
    loop {
        for l in more {
            wanted[l].reserve = Reserve::Made(reserve(l));
        }
        let choice = search(wanted, effort);
        let taken: Vec<Option<&Spot>> = wanted.iter().zip(&choice).map(|(w, c)| c.and_then(|s| w.spot(s))).collect();
        let pressed = |l: usize| {
            taken.iter().enumerate().any(|(m, t)| m != l && taken[l].zip(*t).is_some_and(|(a, b)| meet(a, b)))
        };
        let trouble =
            |l: &usize| wanted[*l].waits() && wanted[*l].drop.is_none() && (taken[*l].is_none() || pressed(*l));
        more = (0..wanted.len()).filter(trouble).collect();
        if more.is_empty() {
            return choice;
        }
    }
}

/// Whether two spots overlap.
fn meet(a: &Spot, b: &Spot) -> bool {
    a.rects.iter().any(|r| b.rects.iter().any(|q| r.overlaps(q)))
}

fn search(wanted: &[Wanted], effort: usize) -> Choice {
    let graph = Graph::new(wanted);
    let mut state = State::new(&graph);
    let mut order: Vec<usize> = (0..graph.labels()).collect();
    order.sort_by_key(|&l| (std::cmp::Reverse(graph.drop[l].unwrap_or(i64::MAX)), l));
    for &l in &order {
        let best = state.best(l);
        state.set(l, best);
    }
    if state.energy() > graph.floor() {
        anneal(&mut state, effort);
        polish(&mut state, &order);
    }
    state.chosen.iter().map(|c| c.map(|s| graph.number[s as usize] as usize)).collect()
}

/// The sum of costs of a choice, overlaps included.
pub fn energy(wanted: &[Wanted], choice: &Choice) -> i64 {
    let chosen: Vec<Option<&Spot>> = wanted.iter().zip(choice).map(|(w, c)| c.and_then(|s| w.spot(s))).collect();
    let own: i64 = wanted
        .iter()
        .zip(&chosen)
        .map(|(w, c)| c.map_or(w.drop.map_or(MISSING, i64::from), |s| i64::from(s.cost)))
        .sum();
    let pairs = chosen.iter().enumerate().flat_map(|(i, a)| chosen[i + 1..].iter().map(move |b| (a, b)));
    own + OVERLAP * pairs.filter(|(a, b)| a.zip(**b).is_some_and(|(a, b)| meet(a, b))).count() as i64
}

fn anneal(state: &mut State<'_>, effort: usize) {
    let graph = state.graph;
    // Only labels that are in somebody's way are worth moving.
    let contested: Vec<usize> = (0..graph.labels()).filter(|&l| !graph.neighbours[l].is_empty()).collect();
    if contested.is_empty() || effort == 0 {
        return;
    }
    let spots: usize = contested.iter().map(|&l| graph.spots(l).len()).sum();
    let steps = (spots * effort).clamp(4_000, 60_000);
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let mut energy = state.energy();
    let mut best = (energy, state.chosen.clone());
    for step in 0..steps {
        // From about the price of a bad position down to nothing.
        let heat = 600 * (steps - step) as i64 / steps as i64;
        let l = contested[dice.below(contested.len())];
        let range = graph.spots(l);
        let options = range.len() + usize::from(graph.drop[l].is_some());
        if options == 0 {
            continue;
        }
        let pick = dice.below(options);
        let spot = if pick < range.len() { Some((range.start + pick) as u32) } else { None };
        if spot == state.chosen[l] {
            continue;
        }
        let delta = state.price(l, spot) - state.price(l, state.chosen[l]);
        if delta <= 0 || delta * 256 < heat * dice.exponential() {
            state.set(l, spot);
            energy += delta;
            if energy < best.0 {
                best = (energy, state.chosen.clone());
            }
        }
    }
    for (l, spot) in best.1.into_iter().enumerate() {
        if state.chosen[l] != spot {
            state.set(l, spot);
        }
    }
}

/// Spots looked at in the search of one neighbourhood, at most.
const BUDGET: usize = 30_000;

/// Exact search of every small neighbourhood, repeated until nothing improves.
fn polish(state: &mut State<'_>, order: &[usize]) {
    const TOGETHER: usize = 8;
    let graph = state.graph;
    // When a label last moved, and when its neighbourhood was last searched: what lies as it did is not searched again.
    let (mut moved, mut searched) = (vec![1_u32; graph.labels()], vec![0_u32; graph.labels()]);
    let mut now = 1;
    for _ in 0..4 {
        let mut better = false;
        for &l in order {
            if graph.neighbours[l].is_empty() {
                let best = state.best(l);
                state.set(l, best);
                continue;
            }
            let mut group = vec![l];
            let mut at = 0;
            while at < group.len() && group.len() < TOGETHER {
                for n in graph.neighbours[group[at]].iter().map(|&n| n as usize) {
                    if group.len() < TOGETHER && !group.contains(&n) {
                        group.push(n);
                    }
                }
                at += 1;
            }
            let stirred = |&g: &usize| {
                moved[g] > searched[l] || graph.neighbours[g].iter().any(|&n| moved[n as usize] > searched[l])
            };
            if !group.iter().any(stirred) {
                continue;
            }
            let before: Vec<Option<u32>> = group.iter().map(|&g| state.chosen[g]).collect();
            better |= improve(state, &group, BUDGET);
            now += 1;
            for (&g, before) in group.iter().zip(before) {
                if state.chosen[g] != before {
                    moved[g] = now;
                }
            }
            searched[l] = now;
        }
        if !better {
            break;
        }
    }
}

/// Finds the best choice for a few labels with all others fixed, within a budget of spots looked at; whether it found a better one.
fn improve(state: &mut State<'_>, group: &[usize], budget: usize) -> bool {
    let before: Vec<Option<u32>> = group.iter().map(|&l| state.chosen[l]).collect();
    let mut present = 0;
    for &l in group {
        // Removing one after another counts every overlap within the group once.
        present += state.price(l, state.chosen[l]);
        state.set(l, None);
    }
    let graph = state.graph;
    let options: Vec<Vec<(i64, Option<u32>)>> = group
        .iter()
        .map(|&l| {
            let mut o: Vec<(i64, Option<u32>)> = graph
                .spots(l)
                .map(|s| Some(s as u32))
                .chain(graph.drop[l].map(|_| None))
                .map(|s| (state.price(l, s), s))
                .collect();
            if o.is_empty() {
                o.push((MISSING, None));
            }
            o.sort_by_key(|&(p, s)| (p, s));
            o
        })
        .collect();
    let mut rest = vec![0i64; group.len() + 1];
    for i in (0..group.len()).rev() {
        rest[i] = rest[i + 1] + options[i][0].0;
    }
    let mut search =
        Search { group, options: &options, rest: &rest, best: present, found: None, path: Vec::new(), budget };
    search.descend(state, 0, 0);
    let found = search.found;
    let chosen = found.as_ref().unwrap_or(&before);
    for (i, &l) in group.iter().enumerate() {
        state.set(l, chosen[i]);
    }
    found.is_some()
}

struct Search<'a> {
    group: &'a [usize],
    options: &'a [Vec<(i64, Option<u32>)>],
    rest: &'a [i64],
    best: i64,
    found: Option<Vec<Option<u32>>>,
    path: Vec<Option<u32>>,
    budget: usize,
}

impl Search<'_> {
    fn descend(&mut self, state: &mut State<'_>, i: usize, cost: i64) {
        if cost + self.rest[i] >= self.best || self.budget == 0 {
            return;
        }
        if i == self.group.len() {
            self.best = cost;
            self.found = Some(self.path.clone());
            return;
        }
        let l = self.group[i];
        for k in 0..self.options[i].len() {
            self.budget = self.budget.saturating_sub(1);
            let (floor, spot) = self.options[i][k];
            if cost + floor + self.rest[i + 1] >= self.best {
                break;
            }
            let price = state.price(l, spot);
            // Telling others of a spot is the dear part: not of one that leads nowhere.
            if cost + price + self.rest[i + 1] >= self.best {
                continue;
            }
            state.set(l, spot);
            self.path.push(spot);
            self.descend(state, i + 1, cost + price);
            self.path.pop();
            state.set(l, None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Points thrown into a small square, eight spots each: denser than any map.
    fn crowd(seed: u64, labels: usize) -> Vec<Wanted> {
        let mut dice = Dice(seed);
        (0..labels)
            .map(|i| {
                let (x, y) = (dice.below(9000) as i32, dice.below(5000) as i32);
                let (w, h) = (2000 + dice.below(2500) as i32, 900);
                let at = |dx: i32, dy: i32, cost: i32| Spot {
                    rects: SmallVec::from_slice(&[
                        Rect::new(x + dx, y + dy, x + dx + w, y + dy + h),
                        Rect::new(x - 100, y - 100, x + 100, y + 100),
                    ]),
                    cost,
                };
                let spots = vec![
                    at(150, -h, 0),
                    at(150, -h / 2, 30),
                    at(150, 0, 40),
                    at(-w - 150, -h / 2, 60),
                    at(-w - 150, -h, 60),
                    at(-w - 150, 0, 80),
                    at(-w / 2, -h - 150, 50),
                    at(-w / 2, 150, 90),
                ];
                Wanted {
                    spots,
                    drop: if i % 5 == 0 { None } else { Some(300 + 100 * (i as i32 % 7)) },
                    reserve: Reserve::None,
                }
            })
            .collect()
    }

    /// The true optimum: branch and bound over everything, without a budget.
    fn optimum(wanted: &[Wanted]) -> i64 {
        // Over every spot, so that what was sorted out beforehand is judged too.
        let all: Vec<Vec<Open<'_>>> = wanted
            .iter()
            .map(|w| {
                let spots = (0u32..).zip(w.all());
                spots.map(|(number, spot)| Open { number, around: bounds(&spot.rects), spot }).collect()
            })
            .collect();
        let graph = Graph::of(wanted, &all);
        let mut state = State::new(&graph);
        let all: Vec<usize> = (0..graph.labels()).collect();
        improve(&mut state, &all, usize::MAX);
        state.energy()
    }

    #[test]
    fn within_two_per_cent_of_the_optimum() {
        let mut worst = 0.0f64;
        for case in 0..50u64 {
            let mut wanted = crowd(case * 7919 + 13, 6 + (case as usize % 5));
            let choice = solve(&mut wanted, 12, |_| Vec::new());
            let found = energy(&wanted, &choice);
            let best = optimum(&wanted);
            assert!(best > 0 && found >= best);
            worst = worst.max((found - best) as f64 / best as f64);
        }
        assert!(worst <= 0.02, "worst case {:.1} % above the optimum", worst * 100.0);
    }

    #[test]
    fn annealing_earns_its_keep() {
        let (mut greedy, mut full) = (0, 0);
        for case in 0..10u64 {
            let mut wanted = crowd(case * 104_729 + 7, 40);
            let graph = Graph::new(&wanted);
            let mut state = State::new(&graph);
            for l in 0..graph.labels() {
                let best = state.best(l);
                state.set(l, best);
            }
            greedy += state.energy();
            let choice = solve(&mut wanted, 12, |_| Vec::new());
            full += energy(&wanted, &choice);
        }
        assert!(full < greedy, "{full} / {greedy}");
    }

    #[test]
    fn the_reserve_is_used_only_where_it_is_needed() {
        let at = |x: i32, cost: i32| Spot { rects: SmallVec::from_slice(&[Rect::new(x, 0, x + 100, 100)]), cost };
        let solved = |near: [i32; 2], far: [i32; 2]| {
            let mut wanted =
                near.map(|x| Wanted { spots: vec![at(x, 50)], drop: None, reserve: Reserve::Waiting }).to_vec();
            let choice = solve(&mut wanted, 12, |l| vec![at(far[l], 10)]);
            (choice, wanted)
        };
        // Room enough: nobody moves away, though it would be cheaper, and nobody is asked where they could go.
        let (choice, wanted) = solved([0, 200], [900, 1200]);
        assert_eq!(choice, [Some(0), Some(0)]);
        assert!(wanted.iter().all(Wanted::waits));
        // In each other's way: one of them does.
        let (both, _) = solved([0, 50], [900, 1200]);
        assert!(both.contains(&Some(1)), "{both:?}");
    }

    #[test]
    fn same_problem_same_answer_and_required_labels_stay() {
        let mut wanted = crowd(5, 30);
        let choice = solve(&mut wanted, 12, |_| Vec::new());
        assert_eq!(choice, solve(&mut wanted, 12, |_| Vec::new()));
        for (w, c) in wanted.iter().zip(&choice) {
            assert!(w.drop.is_some() || c.is_some());
        }
    }
}
