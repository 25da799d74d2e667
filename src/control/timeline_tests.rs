use super::*;
use crate::control::certainty::Leanings;
use crate::model::Status;
use crate::time::parse_day;
use proptest::prelude::*;

/// The offensive of 2024, from the example's own files.
pub(crate) fn syria() -> Theatre {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/syria-2024");
    let bytes = |name: &str| std::fs::read(format!("{folder}/{name}")).expect("the example is there");
    let roster = Roster::read("actors.csv", &bytes("actors.csv")).expect("actors").value;
    let sites = Sites::read("places_sy.csv", &bytes("places_sy.csv")).expect("places").value;
    let name = "baseline_2024-11-26.csv";
    let baseline = Baseline::read(name, &bytes(name), &roster, &sites).expect("a baseline");
    assert!(baseline.notes.is_empty(), "{:?}", baseline.notes);
    let log = Log::read("events_2024.csv", &bytes("events_2024.csv"), &roster, &Leanings::default()).expect("a log");
    assert!(log.notes.is_empty(), "{:?}", log.notes);
    Theatre { roster, sites, baseline: baseline.value, log: log.value, polygons: Vec::new() }
}

pub(crate) fn day(text: &str) -> Date {
    parse_day(text).expect("a day")
}

fn held_by(theatre: &Theatre, states: &[PlaceState], actor: &str) -> usize {
    let ix = theatre.roster.find(actor);
    states.iter().filter(|s| s.holder == ix).count()
}

#[test]
fn the_offensive_day_by_day() {
    let theatre = syria();
    assert_eq!(theatre.baseline.date, Some(day("2024-11-26")));
    let timeline = Timeline::new(&theatre);
    assert!(timeline.notes.is_empty(), "{:?}", timeline.notes);
    let timeline = timeline.value;
    let policy = Policy::default();
    assert_eq!(timeline.span(), Some((day("2024-11-29"), day("2024-12-10"))));
    let state = |date: &str, id: u32| {
        let states = timeline.at(day(date), &policy);
        states[theatre.sites.find(id).expect("a place") as usize]
    };
    let gov = theatre.roster.find("gov");
    let hts = theatre.roster.find("hts");
    // Hama: besieged on the 4th, taken on the 5th.
    assert_eq!((state("2024-12-04", 170017).holder, state("2024-12-04", 170017).status), (gov, Status::Besieged));
    assert_eq!((state("2024-12-05", 170017).holder, state("2024-12-05", 170017).status), (hts, Status::Held));
    // Homs: entered on the 7th, by the claim alone not taken.
    assert_eq!(
        (state("2024-12-07", 169577).status, state("2024-12-07", 169577).contested_by),
        (Status::Contested, hts)
    );
    // Furqlus: left on the 7th, taken by the country-wide event on the 8th.
    assert_eq!((state("2024-12-07", 170340).holder, state("2024-12-07", 170340).status), (None, Status::Vacated));
    assert_eq!(state("2024-12-08", 170340).holder, hts);
    // The Golan stays Israeli when the rest of the province is taken.
    let states = timeline.at(day("2024-12-10"), &policy);
    assert_eq!(held_by(&theatre, &states, "isr"), 2);
    assert_eq!(held_by(&theatre, &states, "gov"), 0);
}

#[test]
fn as_known_on_a_day_later_reports_are_not_there() {
    let theatre = syria();
    let timeline = Timeline::new(&theatre).value;
    let latakia = theatre.sites.find(173576).expect("Latakia") as usize;
    let then = Policy { known_on: Some(day("2024-12-08")), ..Policy::default() };
    let turns = timeline.turns(day("2024-12-08"), &then);
    // The report of the 9th is not known yet; the country-wide event of the 8th is.
    assert_eq!(turns.iter().filter(|t| t.site as usize == latakia).count(), 1);
    let earlier = Policy { known_on: Some(day("2024-12-02")), ..Policy::default() };
    let kurnaz = theatre.sites.find(167739).expect("Kurnaz") as usize;
    assert_eq!(timeline.at(day("2024-12-02"), &earlier)[kurnaz].claimed_by, None);
    assert_eq!(timeline.at(day("2024-12-02"), &Policy::default())[kurnaz].claimed_by, theatre.roster.find("gov"));
}

#[test]
fn claims_count_when_they_are_asked_to() {
    let theatre = syria();
    let timeline = Timeline::new(&theatre).value;
    let kurnaz = theatre.sites.find(167739).expect("Kurnaz") as usize;
    let all = Policy { certainties: Certainty::ALL.to_vec(), ..Policy::default() };
    assert_eq!(timeline.at(day("2024-12-02"), &all)[kurnaz].holder, theatre.roster.find("gov"));
    assert_eq!(timeline.at(day("2024-12-02"), &Policy::default())[kurnaz].holder, theatre.roster.find("hts"));
}

#[test]
fn events_that_cannot_be_placed_are_noted() {
    let mut theatre = syria();
    let text = "date,place,action,actor,from_actor,scope\n2024-12-01,Suran,captured,hts,gov,\n2024-12-01,Atlantis,captured,hts,gov,\n\
        2024-12-01,99,captured,hts,gov,admin1\n2024-12-01,06,captured,hts,,admin1\n2024-12-01,SY.6,captured,hts,gov,admin1\n";
    theatre.log = Log::read("e.csv", text.as_bytes(), &theatre.roster, &Leanings::default()).expect("a log").value;
    let timeline = Timeline::new(&theatre);
    let said: Vec<String> = timeline
        .notes
        .iter()
        .map(|n| format!("{} {}", n.at.as_ref().map(ToString::to_string).unwrap_or_default(), n.message))
        .collect();
    assert_eq!(
        said,
        [
            "e.csv:2 place \"Suran\" is 2 places: 163913 (admin1 09), 163915 (admin1 10)",
            "e.csv:3 \"Atlantis\" is not among the places",
            "e.csv:4 no place lies in admin1 \"99\"",
            "e.csv:5 an event over a whole admin1 must say who loses by it",
        ]
    );
    assert!(!timeline.value.turns(day("2024-12-01"), &Policy::default()).is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_rows_changes_nothing(seed in 0u64..1_000_000) {
        let theatre = syria();
        let mut mixed = theatre.clone();
        let n = mixed.log.len();
        let mut x = seed;
        for i in (1..n).rev() {
            x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            mixed.log.swap(i, (x >> 33) as usize % (i + 1));
        }
        let (a, b) = (Timeline::new(&theatre).value, Timeline::new(&mixed).value);
        for date in ["2024-11-30", "2024-12-05", "2024-12-07", "2024-12-10"] {
            let (x, y) = (a.at(day(date), &Policy::default()), b.at(day(date), &Policy::default()));
            prop_assert!(x.iter().zip(&y).all(|(p, q)| p.same(q)));
        }
    }

    #[test]
    fn walking_on_is_the_same_as_starting_over(days in prop::collection::vec(0i32..14, 1..6)) {
        let theatre = syria();
        let timeline = Timeline::new(&theatre).value;
        let policy = Policy::default();
        let mut days = days;
        days.sort_unstable();
        let mut walk = timeline.walk(&policy);
        for n in days {
            let date = day("2024-11-28").checked_add(jiff::Span::new().days(n)).expect("a day");
            walk.to(date, |_| {});
            prop_assert_eq!(&walk.states, &timeline.at(date, &policy));
        }
    }
}
