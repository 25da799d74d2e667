use super::*;
use crate::model::MentionKind;

fn places(text: &str) -> Vec<(String, MentionKind, Option<String>)> {
    let name = |m: &Mention| m.place.as_ref().and_then(|p| p.country.clone());
    read(text, &Options::default()).value.mentions.iter().map(|m| (m.text.clone(), m.kind, name(m))).collect()
}

fn has(text: &str, name: &str, kind: MentionKind, country: &str) {
    let found = places(text);
    assert!(found.contains(&(name.to_owned(), kind, Some(country.to_owned()))), "{name} in {found:?}");
}

#[test]
fn governments_are_not_places() {
    let text = "Damascus' main allies met in Moscow on Friday. Officials in Aleppo told reporters.";
    has(text, "Damascus", MentionKind::Metonym, "SY");
    has(text, "Moscow", MentionKind::Location, "RU");
    has(text, "Aleppo", MentionKind::Location, "SY");
}

#[test]
fn the_words_beside_a_name_place_it() {
    has("The fair in Paris, Texas, opened on Monday.", "Paris", MentionKind::Location, "US");
    has("Police in Tripoli, Lebanon, closed the road to Beirut.", "Tripoli", MentionKind::Location, "LB");
    has("Syrian troops left the town of Saraqib in Idlib province.", "Syrian", MentionKind::Demonym, "SY");
}

#[test]
fn offsets_are_code_points_of_the_text_as_it_came() {
    let text = "<p>Ünïcödé — rebels entered <b>Hama</b>&nbsp;in Syria.</p>";
    let reading = read(text, &Options::default()).value;
    assert!(reading.mentions.iter().any(|m| m.text == "Hama"), "{:?}", reading.mentions);
    let chars: Vec<char> = text.chars().collect();
    for mention in reading.mentions {
        assert_eq!(chars[mention.span.start..mention.span.end].iter().collect::<String>(), mention.text);
    }
}

#[test]
fn what_is_given_is_resolved_and_nothing_else() {
    let text = "Springfield is the capital of Illinois. Nowhereville is not.";
    let spans = [Span::new(40, 52), Span::new(0, 11), Span::new(500, 510)];
    let mentions = resolve(text, &spans, &Options::default());
    assert_eq!(mentions.iter().map(|m| m.span).collect::<Vec<_>>(), spans);
    assert!(mentions[0].place.is_none() && mentions[2].place.is_none());
    assert_eq!(mentions[1].place.as_ref().and_then(|p| p.admin1.clone()).as_deref(), Some("Illinois"));
    assert_eq!(read_given(text, &spans, &Options::default()).value.mentions, mentions);
}

#[test]
fn other_languages_and_scripts() {
    for (text, lang, name, country) in [
        ("دخل الجيش السوري مدينة حماة يوم الخميس", "ar", "حماة", "SY"),
        ("Российские войска отступили из Харькова, сообщили в Киеве", "ru", "Киеве", "UA"),
        ("Les rebelles sont entrés dans la ville de Hama, au nord de Damas, selon des témoins.", "fr", "Damas", "SY"),
        ("El ejército se retiró de la ciudad de Alepo y los rebeldes entraron por la noche.", "es", "Alepo", "SY"),
    ] {
        let reading = read(text, &Options::default()).value;
        assert_eq!(reading.lang, lang);
        let found = |m: &&Mention| m.text == name;
        let mention = reading.mentions.iter().find(found);
        let at = mention.and_then(|m| m.place.as_ref()).and_then(|p| p.country.as_deref());
        assert_eq!(at, Some(country), "{name} in {:?}", reading.mentions.iter().map(|m| &m.text).collect::<Vec<_>>());
    }
}

#[test]
fn bad_input_is_read_in_linear_time() {
    for text in [
        ",".repeat(100_000),
        "<".repeat(50_000),
        "Paris ".repeat(5_000),
        "\u{200f}\u{0}\u{7}é".repeat(10_000),
        "St. ".repeat(10_000),
    ] {
        let reading = read(&text, &Options::default()).value;
        assert!(reading.mentions.iter().all(|m| m.span.end <= text.chars().count()));
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(48))]
    #[test]
    fn any_text_is_read(text in "(\\PC|[<>&;'’\". \n\u{200f}]|Paris|Syria|U\\.S\\.|St\\.|Hama's|in |, ){0,60}") {
        let chars: Vec<char> = text.chars().collect();
        let mut last = 0;
        for mention in read(&text, &Options::default()).value.mentions {
            proptest::prop_assert!(mention.span.start >= last);
            last = mention.span.end;
            proptest::prop_assert_eq!(chars[mention.span.start..mention.span.end].iter().collect::<String>(), mention.text);
        }
    }
}
