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
}

/// The choice made: for every label the index of its spot, or `None` where it was left out.
pub type Choice = Vec<Option<usize>>;

/// The cost of two labels overlapping; more than leaving any optional label out.
pub const OVERLAP: i64 = 1_000_000;

/// The cost of a required label without a spot; only counted, never chosen.
const MISSING: i64 = 4 * OVERLAP;

/// The spots of all labels in a row, and which labels can get in each other's way.
///
/// Overlaps are tested when they are asked for: a label has a few neighbours and each of them one chosen spot, so that is far
/// less work than listing every pair of overlapping spots beforehand.
struct Graph {
    /// Label `l` owns the spots `first[l]..first[l + 1]`.
    first: Vec<usize>,
    cost: Vec<i64>,
    /// The box around everything a spot covers.
    around: Vec<Rect>,
    /// What spot `s` covers: `rects[from[s]..from[s + 1]]`.
    rects: Vec<Rect>,
    from: Vec<u32>,
    /// Labels of which some spot overlaps one of this label's.
    neighbours: Vec<Vec<u32>>,
    drop: Vec<Option<i64>>,
}

impl Graph {
    fn new(wanted: &[Wanted]) -> Self {
        let spots = || wanted.iter().flat_map(|w| &w.spots);
        let mut graph = Self {
            first: vec![0],
            cost: spots().map(|s| i64::from(s.cost)).collect(),
            around: Vec::with_capacity(spots().count()),
            rects: Vec::new(),
            from: vec![0],
            neighbours: vec![Vec::new(); wanted.len()],
            drop: wanted.iter().map(|w| w.drop.map(i64::from)).collect(),
        };
        for w in wanted {
            for spot in &w.spots {
                graph.around.push(bounds(&spot.rects));
                graph.rects.extend_from_slice(&spot.rects);
                graph.from.push(graph.rects.len() as u32);
            }
            graph.first.push(graph.around.len());
        }
        let reach: Vec<Rect> = (0..wanted.len()).map(|l| bounds(&graph.around[graph.spots(l)])).collect();
        for a in 0..wanted.len() {
            for b in a + 1..wanted.len() {
                if reach[a].overlaps(&reach[b]) && graph.meet(a, b, &reach[b]) {
                    graph.neighbours[a].push(b as u32);
                    graph.neighbours[b].push(a as u32);
                }
            }
        }
        graph
    }

    fn labels(&self) -> usize {
        self.drop.len()
    }

    fn spots(&self, label: usize) -> std::ops::Range<usize> {
        self.first[label]..self.first[label + 1]
    }

    /// Whether any spots of two labels overlap; `reach` is the box around all spots of the second.
    fn meet(&self, a: usize, b: usize, reach: &Rect) -> bool {
        let near = |s: &usize| self.around[*s].overlaps(reach);
        self.spots(a).filter(near).any(|s| self.spots(b).any(|t| self.overlap(s, t)))
    }

    fn overlap(&self, s: usize, t: usize) -> bool {
        if !self.around[s].overlaps(&self.around[t]) {
            return false;
        }
        let of = |s: usize| &self.rects[self.from[s] as usize..self.from[s + 1] as usize];
        of(s).iter().any(|r| of(t).iter().any(|q| r.overlaps(q)))
    }
}

/// The box around some boxes; an empty one around none.
fn bounds(rects: &[Rect]) -> Rect {
    rects.iter().copied().reduce(|a, b| a.union(&b)).unwrap_or_default()
}

/// The present choice.
struct State<'g> {
    graph: &'g Graph,
    chosen: Vec<Option<u32>>,
}

impl<'g> State<'g> {
    fn new(graph: &'g Graph) -> Self {
        Self { graph, chosen: vec![None; graph.labels()] }
    }

    fn set(&mut self, label: usize, spot: Option<u32>) {
        self.chosen[label] = spot;
    }

    /// How many chosen spots of other labels a spot of a label overlaps.
    fn pressed(&self, label: usize, spot: u32) -> i64 {
        let others = self.graph.neighbours[label].iter().filter_map(|&n| self.chosen[n as usize]);
        others.filter(|&other| self.graph.overlap(spot as usize, other as usize)).count() as i64
    }

    /// What a label costs with a choice, the others as they are.
    fn price(&self, label: usize, spot: Option<u32>) -> i64 {
        match spot {
            Some(s) => self.graph.cost[s as usize] + OVERLAP * self.pressed(label, s),
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
        let chosen = self.chosen.iter().enumerate().filter_map(|(l, c)| Some((l, (*c)?)));
        let pairs: i64 = chosen.map(|(l, s)| self.pressed(l, s)).sum();
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

/// Places labels: `effort` is the number of annealing steps a spot.
pub fn solve(wanted: &[Wanted], effort: usize) -> Choice {
    let graph = Graph::new(wanted);
    let mut state = State::new(&graph);
    let mut order: Vec<usize> = (0..graph.labels()).collect();
    order.sort_by_key(|&l| (std::cmp::Reverse(graph.drop[l].unwrap_or(i64::MAX)), l));
    for &l in &order {
        let best = state.best(l);
        state.set(l, best);
    }
    anneal(&mut state, effort);
    polish(&mut state, &order);
    (0..graph.labels()).map(|l| state.chosen[l].map(|s| s as usize - graph.first[l])).collect()
}

/// The sum of costs of a choice, overlaps included.
pub fn energy(wanted: &[Wanted], choice: &Choice) -> i64 {
    let graph = Graph::new(wanted);
    let mut state = State::new(&graph);
    for (l, c) in choice.iter().enumerate() {
        state.set(l, c.map(|s| (graph.first[l] + s) as u32));
    }
    state.energy()
}

fn anneal(state: &mut State<'_>, effort: usize) {
    let graph = state.graph;
    // Only labels that are in somebody's way are worth moving.
    let contested: Vec<usize> = (0..graph.labels()).filter(|&l| !graph.neighbours[l].is_empty()).collect();
    if contested.is_empty() || effort == 0 {
        return;
    }
    let spots: usize = contested.iter().map(|&l| graph.spots(l).len()).sum();
    let steps = (spots * effort).clamp(200, 60_000);
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

/// Exact search of every small neighbourhood, repeated until nothing improves.
fn polish(state: &mut State<'_>, order: &[usize]) {
    const TOGETHER: usize = 8;
    let graph = state.graph;
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
            better |= improve(state, &group, 4_000);
        }
        if !better {
            break;
        }
    }
}

/// Finds the best choice for a few labels with all others fixed, within a budget of nodes; whether it found a better one.
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
        self.budget -= 1;
        let l = self.group[i];
        for k in 0..self.options[i].len() {
            let (floor, spot) = self.options[i][k];
            if cost + floor + self.rest[i + 1] >= self.best {
                break;
            }
            let price = state.price(l, spot);
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
                Wanted { spots, drop: if i % 5 == 0 { None } else { Some(300 + 100 * (i as i32 % 7)) } }
            })
            .collect()
    }

    /// The true optimum: branch and bound over everything, without a budget.
    fn optimum(wanted: &[Wanted]) -> i64 {
        let graph = Graph::new(wanted);
        let mut state = State::new(&graph);
        let all: Vec<usize> = (0..graph.labels()).collect();
        improve(&mut state, &all, usize::MAX);
        state.energy()
    }

    #[test]
    fn within_two_per_cent_of_the_optimum() {
        let mut worst = 0.0f64;
        for case in 0..50u64 {
            let wanted = crowd(case * 7919 + 13, 6 + (case as usize % 5));
            let found = energy(&wanted, &solve(&wanted, 12));
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
            let wanted = crowd(case * 104_729 + 7, 40);
            let graph = Graph::new(&wanted);
            let mut state = State::new(&graph);
            for l in 0..graph.labels() {
                let best = state.best(l);
                state.set(l, best);
            }
            greedy += state.energy();
            full += energy(&wanted, &solve(&wanted, 12));
        }
        assert!(full < greedy, "{full} / {greedy}");
    }

    #[test]
    fn same_problem_same_answer_and_required_labels_stay() {
        let wanted = crowd(5, 30);
        let choice = solve(&wanted, 12);
        assert_eq!(choice, solve(&wanted, 12));
        for (w, c) in wanted.iter().zip(&choice) {
            assert!(w.drop.is_some() || c.is_some());
        }
    }
}
