use super::{read, write};
use crate::diag::render;

const STORY: &str = r##"title = "Rebels take Hama"
published = 2024-12-05

[[actors]]
id = "rebels"
name = "HTS-led rebels"

[[actors]]
id = "gov"
name = "Syrian government"
color = "#C8553D"

[[events]]
id = "e1"
place = "hama"
action = "captured"
actor = "rebels"
from = "gov"
date = 2024-12-05
certainty = "confirmed"
evidence = [{ start = 0, end = 4, text = "Hama" }]

[[distances]]
from = "damascus"
to = "hama"
stated_km = 210
bearing = "N"

[[places]]
id = "hama"
name = "Hama"
position = [36.75783, 35.13179]
geonameid = 170017
names = { ar = "حماة" }
runners_up = [{ label = "Hama, Japan", position = [140.0, 37.0], score = 0.02 }]

[[places]]
id = "damascus"
name = "Damascus"
position = [36.29128, 33.5102]
"##;

fn complaint(story: &str) -> String {
    let notes = read(story, "story.toml").expect_err("refused");
    notes.iter().map(render).collect()
}

#[test]
fn a_story_comes_back_as_it_was_written() {
    let story = read(STORY, "story.toml").expect("valid").value;
    let written = write(&story);
    let again = read(&written, "again.toml").expect("valid").value;
    assert_eq!(story, again);
    assert_eq!(write(&again), written);
}

#[test]
fn distances_are_measured_not_believed() {
    let lied = STORY.replace("bearing = \"N\"", "bearing = \"N\"\nmeasured_km = 5.0\nverdict = \"does-not-fit\"");
    let story = read(&lied, "story.toml").expect("valid").value;
    assert!((story.distances[0].measured.km() - 184.9).abs() < 0.05);
    assert_eq!(story.distances[0].verdict, crate::model::Verdict::PlausibleByRoad);
}

#[test]
fn mistakes_are_named_by_line_with_a_hint() {
    insta::assert_snapshot!(complaint(&STORY.replace("color =", "colour =")), @r##"
    story.toml:11:1: error: unknown field `colour`, expected one of `id`, `name`, `short`, `alliance`, `color`, `aliases`
      11 | colour = "#C8553D"
         | ^
    hint: did you mean `color`?
    "##);
    insta::assert_snapshot!(complaint(&STORY.replace("place = \"hama\"", "place = \"homa\"")), @r#"
    story.toml:15:9: error: no place has the id "homa"
      15 | place = "homa"
         |         ^
    hint: did you mean "hama"?
    "#);
    insta::assert_snapshot!(complaint(&STORY.replace("[36.29128, 33.5102]", "[33.5102, 136.29128]")), @r"
    story.toml:40:12: error: latitude 136.29128 is not between -90 and 90
      40 | position = [33.5102, 136.29128]
         |            ^
    hint: positions in files are [longitude, latitude]: are the two swapped?
    ");
    insta::assert_snapshot!(complaint(&STORY.replace("date = 2024-12-05", "date = \"2024-02-31\"")), @r#"
    story.toml:19:8: error: "2024-02-31" is not a date
      19 | date = "2024-02-31"
         |        ^
    hint: dates are 2024-12-05, "2024-12", "2024", "2024-W49" or "~2024-12-05"
    "#);
}

#[test]
fn every_mistake_is_told_at_once() {
    let two = STORY.replace("actor = \"rebels\"", "actor = \"rebbels\"").replace("to = \"hama\"", "to = \"hma\"");
    assert_eq!(read(&two, "story.toml").expect_err("refused").len(), 2);
}

proptest::proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC{0,200}") {
        let _ = read(&text, "x.toml");
    }

    #[test]
    fn any_title_survives(title in "\\PC{0,60}") {
        let mut story = read(STORY, "story.toml").expect("valid").value;
        story.title = title;
        let again = read(&write(&story), "again.toml").expect("valid").value;
        proptest::prop_assert_eq!(story, again);
    }
}

mod drafting {
    use crate::geodesy::LonLat;
    use crate::geoparse::{Reading, events};
    use crate::model::{Action, ActorId, Certainty, Mention, MentionKind, Place, PlaceKind, Role};
    use crate::text::Span;

    fn mention(start: usize, text: &str, kind: MentionKind, place: Option<(u32, f64, f64)>) -> Mention {
        Mention {
            span: Span::new(start, start + text.chars().count()),
            text: text.to_owned(),
            kind,
            place: place.map(|(id, lon, lat)| {
                std::sync::Arc::new(Place {
                    name: text.to_owned(),
                    label: text.to_owned(),
                    at: LonLat::new(lon, lat).expect("valid"),
                    geonameid: Some(id),
                    kind: PlaceKind::City,
                    country: None,
                    admin1: None,
                    population: 1,
                    uncertainty: None,
                    names: std::sync::Arc::default(),
                })
            }),
            score: 0.9,
            runners_up: Vec::new(),
        }
    }

    #[test]
    fn mentions_of_one_place_become_one_and_only_locations_do() {
        let text = "Rebels took Hama. In Hama, Damascus' allies wept. Nowhereville fell.";
        let hama = Some((170_017, 36.75, 35.13));
        let reading = Reading {
            mentions: vec![
                mention(12, "Hama", MentionKind::Location, hama),
                mention(21, "Hama", MentionKind::Location, hama),
                mention(27, "Damascus", MentionKind::Metonym, Some((170_654, 36.29, 33.51))),
                mention(50, "Nowhereville", MentionKind::Location, None),
            ],
            events: vec![events::ControlEvent {
                mention: 0,
                action: Action::Captured,
                actor: Some("Rebels".to_owned()),
                side: Some(ActorId::from("rebels")),
                from_actor: None,
                from_side: None,
                date: None,
                reported: None,
                attribution: None,
                certainty: Certainty::Reported,
                reason: String::new(),
                facility: None,
                evidence: Span::new(0, 17),
            }],
            ..Reading::default()
        };
        let drafted = super::super::draft(text, &reading, None, Some("x/hama.txt"));
        let story = drafted.value;
        assert_eq!(story.places.len(), 1);
        assert_eq!(story.places[0].mentions.len(), 2);
        assert_eq!(story.places[0].role, Role::Event);
        assert_eq!(story.slug, "hama");
        assert_eq!(story.events[0].evidence[0].text, "Rebels took Hama.");
        assert!(drafted.notes[0].message.contains("Nowhereville"), "{:?}", drafted.notes);
    }

    #[test]
    fn places_are_spelled_as_the_text_spells_them() {
        let text = "Rain flooded Seville and Cordoba, said the mayor of Sevillla.";
        let seville = Some((2_510_911, -5.97, 37.38));
        let spelled = |people: u64, name: &str, lang: &str, spelled: &str, place| {
            let mut m = mention(13, spelled, MentionKind::Location, place);
            let own = m.place.as_mut().map(std::sync::Arc::make_mut).expect("a place");
            (own.name, own.label) = (name.into(), format!("{name}, Spain"));
            own.population = people;
            let reading = Reading { mentions: vec![m], lang: lang.into(), ..Reading::default() };
            let story = super::super::draft(text, &reading, None, None).value;
            (story.places[0].place.name.clone(), story.places[0].place.label.clone())
        };
        let named = |name: &str, lang: &str, text: &str, place| spelled(680_000, name, lang, text, place);
        let expected = ("Seville".to_owned(), "Seville, Spain".to_owned());
        assert_eq!(named("Sevilla", "en", "Seville", seville), expected);
        assert_eq!(spelled(700, "Sevilla", "en", "Seville", seville).0, "Sevilla", "not a village");
        // Not a slip of the pen, not accents alone, not in another language, not the short form of a longer name.
        assert_eq!(named("Sevilla", "en", "Sevillla", seville).0, "Sevilla");
        assert_eq!(named("Córdoba", "en", "Cordoba", Some((2_519_240, -4.78, 37.89))).0, "Córdoba");
        assert_eq!(named("Sevilla", "de", "Seville", seville).0, "Sevilla");
        assert_eq!(named("Bihar Sharif", "en", "Bihar", Some((1_275_637, 85.52, 25.2))).0, "Bihar Sharif");
    }

    #[test]
    fn a_far_dateline_is_no_part_of_the_map() {
        let text = "KYIV, Ukraine — Troops fought near Toretsk, Bakhmut and Pokrovsk, said a spokesman.";
        let town = |at: usize, name: &str, id, x, y| {
            let mut m = mention(at, name, MentionKind::Location, Some((id, x, y)));
            m.span = Span::new(at, at + name.len());
            std::sync::Arc::make_mut(m.place.as_mut().expect("a place")).kind = crate::model::PlaceKind::City;
            m
        };
        let mut mentions = vec![
            town(0, "KYIV", 703_448, 30.5, 50.45),
            town(35, "Toretsk", 1, 37.85, 48.4),
            town(44, "Bakhmut", 2, 38.0, 48.6),
            town(56, "Pokrovsk", 3, 37.2, 48.3),
        ];
        let role = |mentions: &[crate::model::Mention]| {
            let reading = Reading { mentions: mentions.to_vec(), ..Reading::default() };
            super::super::draft(text, &reading, None, None).value.places[0].role
        };
        assert_eq!(role(&mentions), Role::Hidden);
        // Named again in the text, it is part of it.
        mentions.push(town(70, "Kyiv", 703_448, 30.5, 50.45));
        assert_eq!(role(&mentions), Role::Mention);
    }

    #[test]
    fn a_report_without_control_events_is_titled_by_its_news() {
        let title = |text: &str| {
            let reading = Reading {
                mentions: vec![mention(0, "Nepal", MentionKind::Location, Some((1_282_988, 84.0, 28.0)))],
                ..Reading::default()
            };
            super::super::draft(text, &reading, None, None).value.title
        };
        let quake = "KATHMANDU, Nepal — A magnitude 7.4 earthquake struck western Nepal on Friday, killing 310 people. Houses fell.";
        assert_eq!(title(quake), "A magnitude 7.4 earthquake struck western Nepal");
        let vote = "PATNA, India — Voters in the state of Bihar cast ballots on Thursday in the first phase of an election near Nepal.";
        assert_eq!(title(vote), "Voters in the state of Bihar cast ballots");
        // Without a dateline, with a quotation or a short clause it says no more than before.
        assert_eq!(title("In Nepal, houses fell. Many died."), "Nepal");
        assert_eq!(title("KATHMANDU — “Houses fell in every village”, said a man in Nepal."), "Nepal");
        assert_eq!(title("KATHMANDU — On Friday, houses fell in Nepal."), "Nepal");
    }
}
