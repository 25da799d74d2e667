//! Resolution: all names of a text are placed together.
//!
//! Every distinct name starts with shares for its candidates by prominence; the shares vote for countries, divisions and
//! neighbourhoods, the votes change the shares, three times over. A name has one sense in a text unless its own occurrence says
//! otherwise ("Paris, Texas").

use super::candidates::Candidate;
use super::kinds::Around;
use super::ranker::{Cue, FEATURES, WEIGHTS, features, score, softmax};
use super::recognise::forms::Form;
use super::recognise::lexicon::Lexical;
use super::recognise::weights::{B, I, ORG, PER};
use super::scan::{Entry, Name, Scan, class};
use super::votes::{Own, Support, Votes};
use super::words::{Words, words};
use crate::model::PlaceKind;
use crate::text::Sentence;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::cell::RefCell;
use std::rc::Rc;

/// Rounds of voting.
const ROUNDS: usize = 3;

/// Entries that hold a name, by the words beside it: "Lexington, Kentucky", "Hama in Syria", "Syria's Hama".
type Outers = SmallVec<[u32; 2]>;

/// What stands beside one occurrence of a name.
#[derive(Debug, Clone, Default)]
struct Beside {
    outers: Outers,
    city: bool,
    division: bool,
    governs: bool,
}

impl Beside {
    fn says_nothing(&self) -> bool {
        self.outers.is_empty() && !self.city && !self.division && !self.governs
    }
}

/// The names of a text, placed.
pub struct Resolution {
    shares: Vec<Vec<f32>>,
    weights: Vec<f32>,
    votes: Votes,
    /// By entry: what stands beside its first occurrence that has something.
    first: Vec<Beside>,
    beside: Vec<Beside>,
    home: Option<u32>,
    /// The voting is over: shares are final.
    settled: bool,
    /// By entry, how the other names support its candidates, once that is final.
    supports: RefCell<FxHashMap<u32, Rc<[Support]>>>,
}

/// How much an occurrence with this label speaks for its places.
fn evidence(label: u8, entry: &Entry, tokens: u8, common: bool) -> f32 {
    let prominent = matches!(entry.class, class::COUNTRY | class::ADMIN1 | class::REGION | class::DEMONYM)
        || (class::METROPOLIS..class::METROPOLIS + 2).contains(&entry.class);
    match usize::from(label) {
        B | I => 1.0,
        ORG => {
            if prominent {
                0.6
            } else {
                0.3
            }
        }
        PER => 0.0,
        _ if entry.class == class::DEMONYM => 0.8,
        _ if common => 0.0,
        _ if prominent || tokens > 1 => 0.5,
        _ => 0.15,
    }
}

impl Resolution {
    /// Places the names of a scan. `labels` are the recogniser's, `home` is the country of publication.
    pub fn new(around: &Around, sentences: &[Sentence], labels: &[u8], scan: &Scan, home: Option<u32>) -> Self {
        let forms = around.forms;
        let mut counts = vec![0.0_f32; scan.entries.len()];
        for name in &scan.names {
            let common = name.tokens == 1 && super::recognise::commonness(forms[name.first as usize].lower) >= 2;
            let weight = evidence(labels[name.first as usize], &scan.entries[name.entry as usize], name.tokens, common);
            counts[name.entry as usize] += weight;
        }
        let weights: Vec<f32> = counts.iter().map(|n| if *n < 1.0 { *n } else { 1.0 + n.ln() }).collect();
        let mut at = sentences.iter().peekable();
        let mut beside: Vec<Beside> = (0..scan.names.len())
            .map(|i| {
                let mut beside = beside(around, scan, i);
                let range = scan.names[i].range();
                while at.next_if(|s| s.tokens.end <= range.start).is_some() {}
                let entry = &scan.entries[scan.names[i].entry as usize];
                let open = entry.candidates.len() > 1 && !beside.division && entry.class != class::DEMONYM;
                if open && entry.candidates.iter().take(GOVERNING).any(Candidate::governs) {
                    beside.governs = at.peek().is_some_and(|s| around.is_metonym(range, s.tokens.clone()));
                }
                beside
            })
            .collect();
        // "Aurora, Hamilton County, Nebraska": what holds the county holds the town.
        for i in (0..scan.names.len().saturating_sub(1)).rev() {
            let next = beside[i + 1].outers.first().copied();
            let own = &mut beside[i].outers;
            if let (Some(outer), [only]) = (next, own.as_slice())
                && *only == scan.names[i + 1].entry
            {
                own.push(outer);
            }
        }
        let mut first = vec![Beside::default(); scan.entries.len()];
        for (name, beside) in scan.names.iter().zip(&beside) {
            let known = &mut first[name.entry as usize];
            if known.outers.is_empty() {
                known.outers.clone_from(&beside.outers);
            }
            known.city |= beside.city;
            known.division |= beside.division;
            known.governs |= beside.governs;
        }
        let shares =
            scan.entries.iter().map(|e| softmax(&e.candidates.iter().map(|c| c.prior).collect::<Vec<_>>())).collect();
        let mut resolution = Self {
            shares,
            weights,
            votes: Votes::default(),
            first,
            beside,
            home,
            settled: false,
            supports: RefCell::default(),
        };
        for _ in 0..ROUNDS {
            resolution.votes = Votes::count(&scan.entries, &resolution.weights, &resolution.shares);
            let next: Vec<Vec<f32>> = (0..scan.entries.len() as u32).map(|e| resolution.vote(scan, e, None)).collect();
            resolution.shares = next;
        }
        resolution.votes = Votes::count(&scan.entries, &resolution.weights, &resolution.shares);
        resolution.settled = true;
        resolution
    }

    /// Shares of an entry's candidates: the probability that each is meant. `at` is the number of the name in the scan, whose own
    /// neighbours then count before those of the entry's other occurrences.
    pub fn vote(&self, scan: &Scan, entry: u32, at: Option<usize>) -> Vec<f32> {
        // Without words of its own beside it a name means what it means all over the text.
        let own = at.is_some_and(|i| self.beside.get(i).is_some_and(|b| !b.says_nothing()));
        if let (true, false, Some(shares)) = (self.settled, own, self.shares.get(entry as usize)) {
            return shares.clone();
        }
        if scan.entries[entry as usize].candidates.len() == 1 {
            return vec![1.0];
        }
        let scores: Vec<f32> = self.features(scan, entry, at).iter().map(|f| score(f, &WEIGHTS)).collect();
        softmax(&scores)
    }

    /// The features of an entry's candidates, as [`Resolution::vote`] weighs them.
    pub fn features(&self, scan: &Scan, entry: u32, at: Option<usize>) -> Vec<[f32; FEATURES]> {
        let of = &scan.entries[entry as usize];
        // Entries looked up after the votes were counted have no share in them.
        let none = Vec::new();
        let (weight, shares) = match self.shares.get(entry as usize) {
            Some(shares) => (self.weights[entry as usize], shares),
            None => (0.0, &none),
        };
        let own = at.map(|i| &self.beside[i]);
        let first = self.first.get(entry as usize);
        let outers = own.filter(|b| !b.outers.is_empty()).or(first).map_or(&[][..], |b| b.outers.as_slice());
        let (city, division) =
            own.filter(|b| b.city || b.division).or(first).map_or((false, false), |b| (b.city, b.division));
        let governs = own.is_some_and(|b| b.governs) || first.is_some_and(|b| b.governs);
        let contained: Vec<f32> = of
            .candidates
            .iter()
            .map(|c| outers.iter().map(|outer| self.contains(scan, *outer, c)).fold(0.0, f32::max))
            .collect();
        let somewhere = contained.iter().copied().fold(0.0, f32::max);
        let count = || -> Rc<[Support]> {
            let own = Own::new(of, weight, shares);
            of.candidates.iter().map(|c| self.votes.support(entry, &own, c)).collect()
        };
        let supports = match self.settled {
            true => Rc::clone(self.supports.borrow_mut().entry(entry).or_insert_with(count)),
            false => count(),
        };
        of.candidates
            .iter()
            .zip(&contained)
            .zip(supports.iter())
            .map(|((candidate, contained), support)| {
                let cue = Cue {
                    contained: *contained,
                    elsewhere: (somewhere - contained).max(0.0),
                    city,
                    division,
                    governs,
                    home: self.home.is_some_and(|h| h == candidate.country),
                };
                features(candidate, support, &cue)
            })
            .collect()
    }

    /// How far the other names of the text speak for the likeliest place of an entry, 0–2.
    pub fn trust(&self, scan: &Scan, entry: u32) -> f32 {
        let of = &scan.entries[entry as usize];
        let (weight, shares) = (self.weights[entry as usize], &self.shares[entry as usize]);
        let best = (0..shares.len()).max_by(|a, b| shares[*a].total_cmp(&shares[*b]).then(b.cmp(a)));
        best.map_or(0.0, |best| {
            let candidate = &of.candidates[best];
            let support = self.votes.support(entry, &Own::new(of, weight, shares), candidate);
            support.country.min(0.5)
                + support.admin1.min(0.4)
                + 0.4 * (1.0 + support.near).ln().min(1.2)
                + 0.6 * weight.min(1.0)
        })
    }

    /// Whether the text is about the country of a candidate, or about places close by.
    pub fn is_about(&self, candidate: &Candidate) -> bool {
        self.votes.is_about(candidate)
    }

    /// Whether the words beside a name give the place that holds it.
    pub fn has_container(&self, scan: &Scan, name: &Name) -> bool {
        let at = scan.names.partition_point(|n| n.first < name.first);
        self.beside.get(at).is_some_and(|b| !b.outers.is_empty())
    }

    /// How surely an entry means a place that holds the candidate.
    fn contains(&self, scan: &Scan, outer: u32, inner: &Candidate) -> f32 {
        let entry = &scan.entries[outer as usize];
        entry
            .candidates
            .iter()
            .zip(&self.shares[outer as usize])
            .filter(|(o, _)| holds(o, inner))
            .map(|(_, share)| *share)
            .sum()
    }
}

/// Whether a place holds another: by its codes, or by nearness where one town stands for another's surroundings.
fn holds(outer: &Candidate, inner: &Candidate) -> bool {
    if outer.ix == inner.ix {
        return false;
    }
    match outer.kind {
        PlaceKind::Country => inner.country == outer.ix.0,
        PlaceKind::Admin1 => inner.admin1 == outer.ix.0,
        PlaceKind::Admin2 => inner.admin2 == outer.ix.0,
        PlaceKind::Region | PlaceKind::Water | PlaceKind::Terrain => nearer(outer, inner, 300.0),
        PlaceKind::Continent => false,
        PlaceKind::City | PlaceKind::Facility | PlaceKind::Position => {
            outer.population > inner.population && nearer(outer, inner, 25.0)
        }
    }
}

/// Whether two places are nearer than so many kilometres; those of other latitudes are told without measuring.
fn nearer(a: &Candidate, b: &Candidate, than: f32) -> bool {
    (a.lat - b.lat).abs() * 110.0 < than && a.km(b) < than
}

/// What stands beside the n-th name of a scan.
fn beside(around: &Around, scan: &Scan, n: usize) -> Beside {
    let name = &scan.names[n];
    let forms = around.forms;
    let word = |i: usize| around.tokens.get(i).map_or("", |t| t.text(around.text));
    let form = |i: usize| forms.get(i);
    let end = name.range().end;
    let mut beside = Beside::default();
    if let Some(next) = scan.names.get(n + 1).filter(|next| next.first as usize <= end + FARTHEST) {
        let between: Vec<&str> = (end..next.first as usize).map(word).collect();
        let over = leads_in(&between, &forms[end..next.first as usize]);
        if over && next.entry != name.entry && is_outer(scan, name, next) {
            beside.outers.push(next.entry);
        }
    }
    // "Syria's Hama", "the Syrian city of Hama".
    if beside.outers.is_empty()
        && let Some(before) = n.checked_sub(1).map(|i| &scan.names[i])
        && before.range().end + 6 > name.first as usize
    {
        let between = before.range().end..name.first as usize;
        let set = |i: usize| SETTLEMENTS.has(form(i)) || DIVISIONS.has(form(i));
        let over = (between.len() == 1 && matches!(word(between.start), "'s" | "’s"))
            || (between.len() > 1 && word(between.end - 1) == "of" && between.clone().any(set));
        let class = scan.entries[before.entry as usize].class;
        if over && before.entry != name.entry && matches!(class, class::COUNTRY | class::DEMONYM | class::ADMIN1) {
            beside.outers.push(before.entry);
        }
    }
    // "the provinces of Idlib and Hama", "Idlib and Hama provinces": what is said of a list is said of each.
    let joined =
        |a: &Name, b: &Name| b.first as usize == a.range().end + 1 && matches!(word(a.range().end), "and" | "," | "or");
    let (mut first, mut last) = (n, n);
    while first > 0 && n - first < LISTED && joined(&scan.names[first - 1], &scan.names[first]) {
        first -= 1;
    }
    while last + 1 < scan.names.len() && last - n < LISTED && joined(&scan.names[last], &scan.names[last + 1]) {
        last += 1;
    }
    let of = |start: u32, words: &Words, many: bool| {
        let Some(at) = (start as usize).checked_sub(2).filter(|i| word(i + 1) == "of") else { return false };
        words.has(form(at)) && (!many || word(at).ends_with('s'))
    };
    let listed = |words: &Words| {
        (last > n && words.has(form(scan.names[last].range().end)) && word(scan.names[last].range().end).ends_with('s'))
            || (first < n && of(scan.names[first].first, words, true))
    };
    beside.city = SETTLEMENTS.has(form(end)) || of(name.first, &SETTLEMENTS, false) || listed(&SETTLEMENTS);
    beside.division = DIVISIONS.has(form(end)) || of(name.first, &DIVISIONS, false) || listed(&DIVISIONS);
    beside
}

/// A container is looked for within this many tokens.
const FARTHEST: usize = 14;

/// A list is followed over this many names to either side.
const LISTED: usize = 6;

/// A government is looked for among this many of the likeliest places of a name.
pub const GOVERNING: usize = 6;

words! {
    /// What a populated place is called.
    SETTLEMENTS: "city town village suburb port hamlet municipality capital neighborhood neighbourhood township cities towns villages \
        suburbs hamlets ports";
    /// What a division is called.
    DIVISIONS: "province governorate oblast region state countryside county district prefecture raion department krai canton \
        provinces governorates oblasts regions states counties districts prefectures raions departments cantons muhafazah";
}

/// Whether the words between two names say that the second holds the first: "X, Y", "X (Y)", "X in Y", "X in central Y",
/// "X province, Y", "X is a small town in Y", "X, a village near Y".
fn leads_in(between: &[&str], forms: &[Form]) -> bool {
    match between {
        [] | [","] | ["("] | ["."] | [".", ","] => true,
        [first, .., last] | [first @ last] => {
            let before_last = between.len().checked_sub(2).map(|i| between[i]);
            let inside = |w: &str| matches!(w, "in" | "near" | "within");
            let compass = forms.last().is_some_and(|f| f.lexical.has(Lexical::COMPASS));
            let near = inside(last) || (before_last.is_some_and(inside) && (*last == "the" || compass));
            let defines = matches!(*first, "is" | "was" | "," | "(" | "are")
                && between.get(1).is_some_and(|w| matches!(*w, "a" | "an" | "the" | "one") || between.len() < 4)
                && !between[1..].iter().any(|w| matches!(*w, "," | ";" | "." | "and" | "but" | "who" | "which"));
            let direct =
                between.len() <= 3 && (inside(first) || *first == "," || forms[0].lexical.has(Lexical::REGION));
            let of = matches!(*last, "," | "of");
            let division = of && between.len() == 2 && forms[0].lexical.has(Lexical::REGION);
            (near && (defines || direct))
                || (*last == "of" && defines && forms.iter().any(|f| DIVISIONS.has(Some(f))))
                || division
        }
    }
}

/// Whether a name may be the container of the one before it: a country or division, or a bigger town in a list of two.
fn is_outer(scan: &Scan, inner: &Name, outer: &Name) -> bool {
    let of = &scan.entries[outer.entry as usize];
    let held = |i: &Candidate| of.candidates.iter().take(8).any(|o| holds(o, i));
    of.class != class::DEMONYM && scan.entries[inner.entry as usize].candidates.iter().any(held)
}
