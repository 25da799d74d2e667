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
fn names_spelt_out_before_their_letters_are_organisations() {
    let text =
        "Rebels led by Hayat Tahrir al-Sham (HTS) captured the city of Hama. They fled the United Arab Emirates (UAE).";
    let kind = |name: &str| places(text).into_iter().find(|m| m.0.contains(name)).map(|m| m.1);
    assert!(kind("Sham").is_none_or(|k| k == MentionKind::Organisation), "{:?}", places(text));
    assert_eq!(kind("Hama"), Some(MentionKind::Location));
    assert_eq!(kind("Emirates"), Some(MentionKind::Location));
}

/// The kind, label and GeoNames id of the first mention with these words.
fn first(text: &str, name: &str) -> (MentionKind, String, Option<u32>) {
    let mentions = read(text, &Options::default()).value.mentions;
    let shown: Vec<&str> = mentions.iter().map(|m| m.text.as_str()).collect();
    let Some(mention) = mentions.iter().find(|m| m.text == name) else { panic!("no {name} in {shown:?} of {text}") };
    let place = mention.place.as_ref();
    (mention.kind, place.map_or(String::new(), |p| p.label.clone()), place.and_then(|p| p.geonameid))
}

#[test]
fn capitals_speak_and_lie_somewhere() {
    for (text, name, kind, id) in [
        ("Washington said it would not help the rebels.", "Washington", MentionKind::Metonym, 4_140_963),
        ("Washington has not commented on the report.", "Washington", MentionKind::Metonym, 4_140_963),
        ("Fires burned in Washington state on Friday.", "Washington", MentionKind::Location, 5_815_135),
        ("London said that it had no plans to send troops.", "London", MentionKind::Metonym, 2_643_743),
        ("Moscow-backed separatists hold the town.", "Moscow", MentionKind::Metonym, 524_901),
        ("They crossed the border with Thailand at night.", "Thailand", MentionKind::Location, 1_605_651),
        ("Talks with Thailand have failed.", "Thailand", MentionKind::Metonym, 1_605_651),
        ("Guinea closed its border on Monday.", "Guinea", MentionKind::Metonym, 2_420_477),
        ("Guinea reported nine cases on Monday.", "Guinea", MentionKind::Location, 2_420_477),
        ("Their calls on Moscow to withdraw went unheard.", "Moscow", MentionKind::Metonym, 524_901),
    ] {
        let (found, label, at) = first(text, name);
        assert_eq!((found, at), (kind, Some(id)), "{text} {label}");
    }
}

#[test]
fn provinces_are_provinces_alone_and_in_lists() {
    for (text, name, id) in [
        ("Rebels took Idlib province on Friday.", "Idlib", 169_387),
        ("Votes were counted in Idlib and Aleppo provinces in Syria.", "Idlib", 169_387),
        ("Votes were counted in Idlib and Aleppo provinces in Syria.", "Aleppo", 170_062),
        ("The provinces of Idlib and Hama in Syria are lost.", "Hama", 170_015),
        ("The army left the Homs countryside.", "Homs", 169_575),
        ("Kharkiv oblast was quiet.", "Kharkiv", 706_482),
        ("The city of Hama is quiet, and so is Hama governorate.", "Hama", 170_017),
    ] {
        assert_eq!(first(text, name).2, Some(id), "{text}");
    }
}

#[test]
fn parts_of_towns_lie_in_their_town_and_unknown_villages_nowhere() {
    let (_, label, id) = first("In Aleppo, masons are repairing the Umayyad Mosque.", "Umayyad Mosque");
    assert!(label.starts_with("Umayyad Mosque, Aleppo") && id.is_none(), "{label}");
    let mentions =
        read("The army shelled the village of Zarbanuq near Hama, Syria.", &Options::default()).value.mentions;
    let village = mentions.iter().find(|m| m.text == "Zarbanuq").expect("it is found");
    assert_eq!(village.place, None);
}

#[test]
fn common_words_of_arabic_are_no_places() {
    let mentions = read("دخل الجيش السوري مدينة حماة يوم الخميس", &Options::default()).value.mentions;
    assert!(mentions.iter().all(|m| m.text != "مدينة" && m.text != "الجيش" && m.text != "يوم"), "{mentions:?}");
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
fn words_beside_a_name_tell_that_it_is_a_place() {
    for (text, name, id) in [
        ("The way was open once Sarobi, 75 kilometres east of Kabul, had changed hands.", "Sarobi", Some(1_126_884)),
        (
            "The next battle is likely to be for Shatoy, at the mouth of the gorge, 50 km south of Grozny.",
            "Shatoy",
            Some(489_998),
        ),
        ("Soldiers took the hamlet of Zeytun Bulak after dark. Zeytun Bulak had been quiet.", "Zeytun Bulak", None),
        ("Fighting raged around Nahr Zarqan, 30 km north of Basra.", "Nahr Zarqan", None),
        ("Kamysh-Aul, a village on the road to Grozny, was razed.", "Kamysh-Aul", None),
        ("Planes bombed the villages of Tell Qabqab and Wadi Sitt on Sunday.", "Wadi Sitt", None),
        ("Rebels left the oil town of Ras Lanuf. Ras Lanuf was shelled by jets.", "Ras Lanuf", None),
    ] {
        let (kind, label, found) = first(text, name);
        assert_eq!((kind, found), (MentionKind::Location, id), "{text} {label}");
    }
    let twice = "The hamlet of Zeytun Bulak fell. By night Zeytun Bulak was empty.";
    assert_eq!(places(twice).iter().filter(|m| m.0 == "Zeytun Bulak").count(), 2, "{:?}", places(twice));
    let people = "Dunlop, a village elder, spoke. Hartley, 20, and a friend from the town of Leeds were there.";
    assert!(places(people).iter().all(|m| m.0 == "Leeds"), "{:?}", places(people));
    let (_, label, _) = first("Snipers fired on Tripoli Street in Misrata. Misrata has no water.", "Tripoli Street");
    assert!(label.starts_with("Tripoli Street, Misrata"), "{label}");
    assert_eq!(first("A bomb went off in Tripoli Street.", "Tripoli Street").2, None);
}

#[test]
fn distances_are_measured_between_the_places_they_name() {
    for (text, km, from, to) in [
        ("The way was open once Sarobi, 75 kilometres east of Kabul, had changed hands.", 75.0, "Kabul", "Sarobi"),
        ("Next is Shatoy, at the mouth of the gorge, about 50 km south of Grozny.", 50.0, "Grozny", "Shatoy"),
        ("Waterloo, 32 km (20 miles) southeast of Freetown, is quiet.", 32.0, "Freetown", "Waterloo"),
        ("Vinkovci lies 35 km south of Osijek.", 35.0, "Osijek", "Vinkovci"),
        ("Rebels entered Rastan, some 20 kilometres north of Homs, at dawn.", 20.0, "Homs", "Rastan"),
        ("The army left Saraqib, 15 km east of Idlib.", 15.0, "Idlib", "Saraqib"),
    ] {
        let found = read(text, &Options::default()).value.distances;
        let told: Vec<_> = found.iter().map(|d| (d.stated.km(), d.from.name.as_str(), d.to.name.as_str())).collect();
        assert!(
            told.iter().any(|t| (t.0 - km).abs() < 0.1 && t.1 == from && t.2.starts_with(&to[..4])),
            "{text} {told:?}"
        );
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

/// A place of `tests/places`: its name, country and division, and whether a government is meant or the gazetteer may lack it.
struct Wanted<'a> {
    name: &'a str,
    country: Option<&'a str>,
    division: Option<&'a str>,
    government: bool,
    rare: bool,
}

fn wanted(row: &str) -> Wanted<'_> {
    let plain = row.trim_start_matches(['~', '?']);
    let mut fields = plain.split(':');
    Wanted {
        name: fields.next().unwrap_or(""),
        country: fields.next(),
        division: fields.next(),
        government: row.starts_with('~'),
        rare: row.starts_with('?'),
    }
}

/// Shares of the places of `tests/places/news.toml` that are found and rightly placed, and of those told that are wanted, over all;
/// with what is wrong.
fn news() -> ([f64; 3], String) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/places/news.toml");
    let table: toml::Table =
        std::fs::read_to_string(path).expect("the texts are there").parse().expect("they are TOML");
    let (mut gold, mut found, mut right, mut told, mut good) = (0, 0, 0, 0, 0);
    let mut wrong = String::new();
    for text in table["text"].as_array().expect("texts") {
        let body = text["text"].as_str().expect("a text");
        let rows: Vec<&str> =
            text["places"].as_array().expect("places").iter().filter_map(toml::Value::as_str).collect();
        let mentions = read(body, &Options::default()).value.mentions;
        let places = |m: &&Mention| matches!(m.kind, MentionKind::Location | MentionKind::Metonym);
        for row in &rows {
            let want = wanted(row);
            let mut any = false;
            for mention in mentions.iter().filter(places).filter(|m| m.text == want.name) {
                any = true;
                let place = mention.place.as_ref();
                let fits = |is: Option<&str>, wanted: Option<&str>| wanted.is_none_or(|w| is == Some(w));
                let at = fits(place.and_then(|p| p.country.as_deref()), want.country)
                    && fits(place.and_then(|p| p.admin1.as_deref()), want.division);
                let at = at || (want.rare && place.is_none());
                if !at || (want.government && mention.kind != MentionKind::Metonym) {
                    wrong += &format!("{row} is {:?} {:?}; ", mention.kind, place.map(|p| &p.label));
                }
                gold += 1;
                found += 1;
                right += usize::from(at);
            }
            if !any && !want.rare {
                gold += 1;
                wrong += &format!("{row} is missing; ");
            }
        }
        for mention in mentions.iter().filter(places) {
            told += 1;
            let known = rows.iter().any(|r| wanted(r).name == mention.text);
            good += usize::from(known);
            if !known {
                wrong += &format!("{} is none; ", mention.text);
            }
        }
    }
    let share = |n: usize, of: usize| n as f64 / of.max(1) as f64;
    ([share(found, gold), share(right, gold), share(good, told)], wrong)
}

#[test]
fn news_of_many_kinds() {
    let ([found, right, good], wrong) = news();
    assert!(found >= 0.9 && right >= 0.9 && good >= 0.95, "{found:.3} {right:.3} {good:.3}: {wrong}");
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
