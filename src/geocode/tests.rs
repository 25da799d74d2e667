//! The contract of search, on the embedded gazetteer.

use super::*;

fn first(text: &str) -> Option<u32> {
    Geocoder::embedded().best(&Query::new(text)).and_then(|h| h.place.geonameid)
}

#[test]
fn hama_alone_is_ambiguous_and_context_decides() {
    let g = Geocoder::embedded();
    let alone = g.search(&Query::new("Hama"));
    assert!(alone.ambiguous);
    let countries: Vec<&str> = alone.results.iter().filter_map(|h| h.place.country.as_deref()).collect();
    assert!(countries.contains(&"JP") && countries.contains(&"SY"), "{countries:?}");
    assert_eq!(alone.results[0].place.geonameid, Some(170017));
    let syria = g.search(&Query::new("Hama").in_country("SY"));
    assert_eq!((syria.results[0].place.geonameid, syria.ambiguous), (Some(170017), false));
    let near = g.search(&Query::new("Hama").near(LonLat::new(36.29, 33.51).expect("valid")));
    assert_eq!((near.results[0].place.geonameid, near.ambiguous), (Some(170017), false));
    for name in ["حماة", "Хама", "Hamah", "Hama, Syria", "Hama Syria", "city of Hama"] {
        assert_eq!(first(name), Some(170017), "{name}");
    }
}

#[test]
fn spellings_meet() {
    for (name, id) in [
        ("Deir Ezzor", 170794),
        ("Deir ez-Zor", 170794),
        ("Dayr az Zawr", 170794),
        ("Der Ezzor", 170794),
        ("Izyum", 707292),
        ("Kiev", 703448),
    ] {
        let hit = Geocoder::embedded().best(&Query::new(name)).unwrap_or_else(|| panic!("{name} is not found"));
        assert_eq!(hit.place.geonameid, Some(id), "{name} {:?}", hit.place.label);
    }
    for (name, newsroom) in [
        ("Tell Rifat", "Tel Rifaat"),
        ("Mekele", "Mekelle"),
        ("Maarat al-Numan", "Maarat al-Numan"),
        ("Ma`arrat an Nu`man", "Maarat al-Numan"),
    ] {
        assert_eq!(
            Geocoder::embedded().best(&Query::new(name)).map(|h| h.place.name).as_deref(),
            Some(newsroom),
            "{name}"
        );
    }
}

#[test]
fn errors_are_forgiven_but_never_outrank_a_name() {
    let g = Geocoder::embedded();
    for (name, id) in
        [("Damacsus", 170654), ("Alepo city", 170063), ("Bagdhad", 98182), ("Kharkhiv", 706483), ("Istambul", 745044)]
    {
        assert_eq!(first(name), Some(id), "{name}");
    }
    let answer = g.search(&Query::new("Homs"));
    assert!(answer.results.iter().all(|h| h.tier <= Tier::Abbreviation));
    assert!(g.search(&Query::new("Qqqqzzzxxy")).results.is_empty());
}

#[test]
fn context_in_many_forms() {
    for (text, id) in [
        ("Paris, Texas", 4717560),
        ("Springfield IL", 4250542),
        ("Springfield, Illinois", 4250542),
        ("Homs governorate", 169575),
        ("Texas", 4736286),
        ("London, Ontario", 6058560),
        ("Tripoli, Libya", 2210247),
        ("Tripoli, Lebanon", 266826),
        ("Washington, D.C.", 4140963),
    ] {
        assert_eq!(first(text), Some(id), "{text}");
    }
    let georgia = Geocoder::embedded().search(&Query::new("Georgia"));
    assert!(georgia.ambiguous);
}

#[test]
fn relative_places_have_a_radius() {
    let g = Geocoder::embedded();
    let hama = g.best(&Query::new("Hama")).expect("Hama").place.at;
    let hit = g.best(&Query::new("30 km south of Hama")).expect("a point");
    assert_eq!(hit.tier, Tier::Relative);
    assert!((distance(hama, hit.place.at).km() - 30.0).abs() < 0.01 && hit.place.at.lat() < hama.lat());
    assert!(hit.place.uncertainty.is_some());
    let between = g.best(&Query::new("between Hama and Homs")).expect("a point").place;
    assert!((34.7..35.2).contains(&between.at.lat()) && between.country.as_deref() == Some("SY"));
    assert_eq!(g.best(&Query::new("northern Syria")).map(|h| h.tier), Some(Tier::Relative));
    assert_eq!(first("Western Sahara"), Some(2461445));
    assert_eq!(first("South Sudan"), Some(7909807));
}

#[test]
fn names_given_together_belong_together() {
    let g = Geocoder::embedded();
    let answers = g.resolve_together(&["Damascus", "Hama"].map(Query::new));
    let ids: Vec<_> = answers.iter().map(|a| a.results[0].place.geonameid).collect();
    assert_eq!(ids, [Some(170654), Some(170017)]);
    let km = distance(answers[0].results[0].place.at, answers[1].results[0].place.at).km();
    assert_eq!(format!("{km:.1}"), "184.9");
    let texas = g.resolve_together(&["Paris", "Dallas", "Tyler"].map(Query::new));
    assert_eq!(texas[0].results[0].place.country.as_deref(), Some("US"));
}

#[test]
fn a_place_of_ones_own_keeps_the_names_it_had() {
    let mut import = crate::gazetteer::Import::new();
    let own = "name,lat,lon,country,geonameid\nHama (desk),35.2,36.7,SY,170017\nOur Hamlet,35.3,36.8,SY,\n";
    import.read(own.as_bytes(), "own.csv").expect("readable");
    let own = Gazetteer::read(import.finish().value.finish().expect("packed")).expect("whole");
    let g = Geocoder::new(vec![Gazetteer::embedded(), &own]);
    for text in ["Hama, Syria", "حماة", "Hama (desk)"] {
        let hit = g.best(&Query::new(text)).expect("known");
        assert_eq!((hit.place.name.as_str(), hit.place.at.lat()), ("Hama (desk)", 35.2), "{text}");
    }
    assert_eq!(g.best(&Query::new("Our Hamlet")).map(|h| h.place.label).as_deref(), Some("Our Hamlet, Syria"));
}

#[test]
fn a_sea_of_two_gazetteers_is_one() {
    let mut import = crate::gazetteer::Import::new();
    let row = "80303\tGulf of Aden\tGulf of Aden\t\t12\t48\tH\tGULF\t\t\t00\t\t\t\t0\t\t-9999\tAsia/Aden\t2021-09-07\n\
        9\tGulf of Aden\tGulf of Aden\t\t-40\t100\tH\tGULF\t\t\t00\t\t\t\t0\t\t-9999\t\t2021-09-07\n";
    import.read(row.as_bytes(), "no-country.txt").expect("readable");
    let own = Gazetteer::read(import.finish().value.finish().expect("packed")).expect("whole");
    let answer = Geocoder::new(vec![Gazetteer::embedded(), &own]).search(&Query::new("Gulf of Aden"));
    let ids: Vec<_> = answer.results.iter().map(|h| h.place.geonameid).collect();
    // The namesake on the other side of the Earth is another one.
    assert_eq!(ids, [Some(80303), Some(9)]);
}

#[test]
fn countries_in_their_own_script() {
    let country = |text: &str| {
        let hit = Geocoder::embedded().best(&Query::new(text));
        hit.filter(|h| h.place.kind == PlaceKind::Country).and_then(|h| h.place.country)
    };
    for (name, code) in
        [("中国", "CN"), ("북한", "KP"), ("Србија", "RS"), ("ไทย", "TH"), ("Россия", "RU"), ("台湾", "TW")]
    {
        assert_eq!(country(name).as_deref(), Some(code), "{name}");
    }
}

#[test]
fn slips_between_equal_consonants() {
    for (text, name) in [("Constatnine", "Constantine"), ("Cochababa", "Cochabamba")] {
        let answer = Geocoder::embedded().search(&Query::new(text));
        assert!(answer.results.iter().take(2).any(|h| h.place.name == name), "{text}: {:?}", answer.results.first());
    }
}

#[test]
fn prefixes_give_the_important_first() {
    let g = Geocoder::embedded();
    let names: Vec<String> = g
        .search(&Query { prefix: true, limit: 5, ..Query::new("damas") })
        .results
        .into_iter()
        .map(|h| h.place.name)
        .collect();
    assert_eq!(names.first().map(String::as_str), Some("Damascus"), "{names:?}");
}

#[test]
fn kinds_and_boxes_filter() {
    let g = Geocoder::embedded();
    let division = g.best(&Query { kinds: vec![PlaceKind::Admin1], ..Query::new("Hama") }).expect("governorate");
    assert_eq!(division.place.geonameid, Some(170015));
    let bbox = "130,30,140,40".parse().ok();
    let japan = g.search(&Query { bbox, ..Query::new("Hama") });
    assert!(japan.results.iter().all(|h| h.place.country.as_deref() == Some("JP")));
    assert!(g.search(&Query::new("Hama").in_country("Nowhereland")).results.is_empty());
}

#[test]
fn whatever_is_typed_is_answered() {
    let graded = include_str!("../../tests/geocode/queries.tsv");
    let texts: Vec<&str> =
        graded.lines().filter(|l| !l.starts_with('#')).filter_map(|l| l.split('\t').nth(1)).collect();
    let rounds = std::env::var("MAPDESK_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(60_usize);
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed >> 33) as usize % below.max(1)
    };
    for _ in 0..rounds {
        let mut text: Vec<char> = texts[random(texts.len())].chars().collect();
        for _ in 0..1 + random(4) {
            let at = random(text.len() + 1);
            match random(4) {
                0 if at < text.len() => drop(text.remove(at)),
                1 => text.insert(at, [',', '-', '°', '\u{301}', '\0', '3', 'ا', '中', '😀', '('][random(10)]),
                2 => text.extend(texts[random(texts.len())].chars()),
                _ => text.truncate(at),
            }
        }
        let text: String = text.into_iter().collect();
        for prefix in [false, true] {
            // A prefix needs all names sorted, which takes long where nothing is optimised.
            if prefix && rounds < 1000 {
                continue;
            }
            let answer = Geocoder::embedded().search(&Query { prefix, ..Query::new(text.clone()) });
            assert!(answer.results.iter().all(|h| (0.0..=1.0).contains(&h.score)), "{text:?}");
        }
    }
}

#[test]
fn a_state_outranks_its_namesakes_and_a_town_its_own_division() {
    for (name, id) in [("Wyoming", 5843591), ("Montana", 5667009), ("Homs", 169577), ("Washington", 4140963)] {
        assert_eq!(first(name), Some(id), "{name}");
    }
}

#[test]
fn a_guess_is_as_sure_as_its_place_is_important() {
    let score = |text: &str| Geocoder::embedded().best(&Query::new(text)).map_or(0.0, |h| h.score);
    let (capital, hamlet) = (score("Damacsus"), score("Lokott"));
    assert!(capital > 0.7 && hamlet < 0.6, "{capital} {hamlet}");
}

#[test]
fn where_a_polygon_holds_several_divisions_the_nearest_place_tells() {
    let g = Geocoder::embedded();
    let positions = [
        (43.13, 36.34, "Nineveh Governorate"),
        (42.72, 35.57, "Nineveh Governorate"),
        (44.39, 35.47, "Kirkuk Governorate"),
        (43.68, 34.61, "Salah ad-Din Governorate"),
        (5.57, 50.63, "Wallonia"),
        (3.72, 51.05, "Flanders"),
        (48.52, 5.35, "Mudug Region"),
        (105.85, 21.03, "Hanoi"),
        // Polygons that tell a division decide, however near a place across the line lies.
        (37.16, 36.2, "Aleppo Governorate"),
        (36.31, 33.51, "Damascus Governorate"),
    ];
    let at: Vec<LonLat> = positions.iter().map(|(x, y, _)| LonLat::new(*x, *y).expect("valid")).collect();
    let many = g.locate_many(&at, false);
    for ((at, many), (_, _, division)) in at.iter().zip(&many).zip(positions) {
        let one = g.locate(*at, 1);
        assert_eq!(one.admin1.as_deref(), Some(division), "{at:?}");
        assert_eq!((&one.admin1, one.admin1_id), (&many.admin1, many.admin1_id), "{at:?}");
    }
}

#[test]
fn darfur_is_the_region_and_not_one_of_its_states() {
    let found = Geocoder::embedded().search(&Query::new("Darfur"));
    let best = &found.results[0].place;
    assert_eq!((best.name.as_str(), best.kind, best.geonameid), ("Darfur", PlaceKind::Region, None));
}
