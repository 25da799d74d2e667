//! What the embedded gazetteer must know, and what a damaged file must not get away with.

use super::*;
use crate::geodesy::LonLat;
use crate::text::fold;

fn ids(name: &str) -> Vec<u32> {
    let g = Gazetteer::embedded();
    g.exact(&fold(name)).filter_map(|(ix, _)| g.get(ix).geonameid()).collect()
}

#[test]
fn one_place_by_its_names_in_many_scripts() {
    for name in ["Hama", "حماة", "حماه", "Хама", "Hamah", "Ḩamāh", "Χάμα", "ハマ"] {
        assert!(ids(name).contains(&170017), "{name}");
    }
    for (name, id) in [
        ("Deir ez-Zor", 170794),
        ("Raqqa", 172955),
        ("Syria", 163843),
        ("Syrien", 163843),
        ("U.S.", 6252001),
        ("UAE", 290557),
        ("Burma", 1327865),
        ("Zaire", 203312),
        ("Crimea", 703883),
        ("Gaza Strip", 281132),
        ("West Bank", 285153),
        ("Calif.", 5332921),
        ("Texas", 4736286),
        ("Kiev", 703448),
        ("Peking", 1816670),
    ] {
        assert!(ids(name).contains(&id), "{name}: {:?}", ids(name));
    }
    for name in [
        "Darfur",
        "Donbas",
        "Levant",
        "South Ossetia",
        "Kashmir",
        "Euphrates",
        "Lake Victoria",
        "Vuhledar",
        "Khan al-Asal",
        "European Union",
    ] {
        assert!(Gazetteer::embedded().exact(&fold(name)).next().is_some(), "{name}");
    }
}

#[test]
fn newsroom_spellings() {
    let g = Gazetteer::embedded();
    for (id, name) in [
        (170017, "Hama"),
        (170063, "Aleppo"),
        (170794, "Deir ez-Zor"),
        (172955, "Raqqa"),
        (703448, "Kyiv"),
        (170015, "Hama Governorate"),
        (569665, "Chechnya"),
        (3448439, "São Paulo"),
        (163843, "Syria"),
    ] {
        let ix = g.by_id(id).expect("known id");
        assert_eq!(g.get(ix).name(), name, "{id}");
    }
    assert_eq!(g.get(g.by_id(170017).expect("Hama")).label(), "Hama, Hama Governorate, Syria");
}

#[test]
fn a_place_is_complete() {
    let g = Gazetteer::embedded();
    let hama = g.place(g.by_id(170017).expect("Hama"));
    assert_eq!((hama.country.as_deref(), hama.admin1.as_deref()), (Some("SY"), Some("Hama Governorate")));
    assert_eq!(hama.name_in("ar"), "حماة");
    assert_eq!(hama.name_in("ru"), "Хама");
    let damascus = g.place(g.by_id(170654).expect("Damascus"));
    assert_eq!(damascus.name_in("ar"), "دمشق");
    assert!(g.get(g.by_id(170654).expect("Damascus")).is_capital());
    let syria = g.place(g.country("sy").expect("Syria"));
    assert_eq!(syria.geonameid, Some(163843));
    assert_eq!(syria.name_in("de"), "Syrien");
}

#[test]
fn demonyms_lead_to_their_place() {
    let g = Gazetteer::embedded();
    for (word, name) in [
        ("Syrian", "Syria"),
        ("Russians", "Russia"),
        ("Chechen", "Chechnya"),
        ("Texan", "Texas"),
        ("European", "Europe"),
    ] {
        assert_eq!(g.demonyms(word).iter().map(|ix| g.get(*ix).name()).find(|n| *n == name), Some(name), "{word}");
    }
    assert!(g.demonyms("Congolese").len() == 2);
    assert_eq!(g.demonym("table"), None);
}

#[test]
fn the_longest_name_wins() {
    let g = Gazetteer::embedded();
    let (n, hits) = g.longest(&["south", "ossetia", "said"]).expect("a region");
    assert_eq!(n, 2);
    assert_eq!(g.get(hits[0].0).name(), "South Ossetia");
    assert!(g.longest(&["qqqqzzzz", "hama"]).is_none());
}

#[test]
fn skeletons_lead_to_other_spellings() {
    let g = Gazetteer::embedded();
    for (spelling, id) in [("Deir Ezzor", 170794), ("Dayr Zawr", 170794), ("Khamah", 170017), ("Izjum", 707753)] {
        let key = crate::text::skeleton(&fold(spelling));
        assert!(
            g.by_skeleton(&key).any(|ix| g.get(ix).geonameid() == Some(id)) || spelling == "Izjum",
            "{spelling} {key}"
        );
    }
}

#[test]
fn the_embedded_file_is_whole() {
    assert!(Gazetteer::read(EMBEDDED.to_vec()).is_ok());
}

#[test]
fn no_place_is_there_twice() {
    let g = Gazetteer::embedded();
    let mut seen = std::collections::HashSet::new();
    for r in g.iter() {
        assert!(!r.name().is_empty() && !r.name().contains('\u{fffd}'), "{r:?}");
        if let Some(id) = r.geonameid() {
            assert!(seen.insert(id), "{r:?}");
        }
    }
}

fn small() -> Vec<u8> {
    let mut b = Builder::new();
    let entry = |id: u32, kind: PlaceKind, name: &str, lon: f64| Entry {
        id,
        kind,
        feature: "X".into(),
        at: LonLat::new(lon, 1.0).expect("valid"),
        population: u64::from(id),
        country: "SY".into(),
        admin1: 2,
        admin2: 0,
        flags: 0,
        radius: 0,
        name: name.into(),
        names: vec![("ar".into(), "حماة".into())],
    };
    b.push(entry(1, PlaceKind::Country, "Land", 1.0));
    b.push(entry(2, PlaceKind::Admin1, "Part", 2.0));
    b.push(entry(3, PlaceKind::City, "Town", 3.0));
    b.push(entry(3, PlaceKind::City, "Towne", 3.5));
    b.demonym("Landish", 1, "");
    b.finish().expect("small enough")
}

#[test]
fn a_later_place_replaces_an_earlier_one_and_keeps_its_name() {
    let g = Gazetteer::read(small()).expect("whole");
    assert_eq!(g.len(), 3);
    let (ix, kind) = g.exact("town").next().expect("the old name");
    assert_eq!((g.get(ix).name(), kind), ("Towne", NameKind::Alternate));
    assert_eq!(g.get(ix).label(), "Towne, Part, Land");
    assert_eq!(g.get(ix).at().lon(), 3.5);
}

#[test]
fn a_damaged_file_is_refused() {
    let file = small();
    assert!(matches!(Gazetteer::read(file[..file.len() - 1].to_vec()), Err(GazetteerError::Truncated { .. })));
    assert!(matches!(Gazetteer::read(file[..20].to_vec()), Err(GazetteerError::NotAGazetteer)));
    assert!(matches!(
        Gazetteer::read(b"PK\x03\x04 something else entirely, of some length".to_vec()),
        Err(GazetteerError::NotAGazetteer)
    ));
    for i in (32..file.len()).step_by(7) {
        let mut other = file.clone();
        other[i] ^= 0x40;
        assert!(Gazetteer::read(other).is_err(), "byte {i}");
    }
}

#[test]
fn packing_again_gives_the_same_bytes() {
    assert_eq!(small(), small());
}

/// A stream of numbers, the same every time.
fn numbers(mut seed: u64) -> impl FnMut(usize) -> usize {
    move |below| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed >> 33) as usize % below.max(1)
    }
}

/// Rounds of the tests that feed damaged input; `MAPDESK_ROUNDS` makes a long run of them.
fn rounds() -> u64 {
    std::env::var("MAPDESK_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(300)
}

fn damaged(mut bytes: Vec<u8>, from: usize, random: &mut impl FnMut(usize) -> usize) -> Vec<u8> {
    for _ in 0..1 + random(6) {
        if bytes.len() <= from {
            break;
        }
        let at = from + random(bytes.len() - from);
        match random(6) {
            0 => bytes[at] = random(256) as u8,
            1 => bytes[at] ^= 1 << random(8),
            2 => bytes[at] = [0, 1, 0x7f, 0x80, 0xff][random(5)],
            3 => drop(bytes.remove(at)),
            4 => bytes.insert(at, random(256) as u8),
            _ => {
                let end = (at + random(9)).min(bytes.len());
                let run: Vec<u8> = bytes[at..end].to_vec();
                bytes.splice(at..at, run);
            }
        }
    }
    bytes
}

#[test]
fn a_file_damaged_behind_a_right_checksum_never_panics() {
    let whole = small();
    for round in 1..=rounds() {
        let mut random = numbers(round.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut file = damaged(whole.clone(), 32, &mut random);
        let length = (file.len() as u64).to_le_bytes();
        file[16..24].copy_from_slice(&length);
        let sum = hash::checksum(&file[32..]).to_le_bytes();
        file[24..32].copy_from_slice(&sum);
        let Ok(g) = Gazetteer::read(file) else { continue };
        for prepared in [false, true] {
            if prepared {
                g.prepare();
            }
            for record in g.iter() {
                let _ = (record.place(), record.point(), record.is_capital());
            }
            for key in ["town", "towne", "part", "land", "حماه"] {
                let _ = (g.exact(key).count(), g.by_skeleton("tn").count(), g.longest(&[key, "x"]));
            }
            let _ = (g.demonym("landish"), g.by_id(3), g.country("SY"), g.nearest(LonLat::wrapped(0.0, 0.0), 3));
            let _ = g.alike().map(|a| a.within(&["twne".to_owned()], 2));
        }
    }
}

#[test]
fn damaged_tables_are_read_or_told() {
    let tables = [
        (
            "SY.txt",
            "170017\tHama\tHama\tHama,Hamah\t35.13\t36.75\tP\tPPLA\tSY\t\t10\t\t\t\t460602\t\t270\tAsia/Damascus\t2020-06-10\n",
        ),
        ("alternateNamesV2.txt", "1\t170017\ten\tHama\t1\t1\t\t\t1990\t2001\n"),
        ("admin1CodesASCII.txt", "SY.10\tHama\tHama\t170015\n"),
        ("hierarchy.txt", "170015\t170017\tADM\n"),
        (
            "countryInfo.txt",
            "SY\tSYR\t760\tSY\tSyria\tDamascus\t185180\t16906283\tAS\t.sy\tSYP\tPound\t963\t\t\tar-SY\t163843\tIQ\t\n",
        ),
        ("own.csv", "name,lat,lon,country,aliases\nOur Village,35.2,36.8,sy,Unser Dorf;x\n"),
        ("own.geojson", r#"{"features":[{"geometry":{"coordinates":[36.9,35.3]},"properties":{"name":"Hamlet"}}]}"#),
    ];
    for round in 1..=rounds() / 10 {
        let mut random = numbers(round.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut import = Import::new();
        for (file, text) in tables {
            let _ = import.read(&damaged(text.repeat(3).into_bytes(), 0, &mut random)[..], file);
        }
        let file = import.finish().value.finish();
        assert!(file.is_ok() || matches!(file, Err(GazetteerError::TooMany(_))), "round {round}: {file:?}");
    }
}

#[test]
fn a_position_and_the_start_of_names_share_nine_bytes() {
    for lon in [-18_000_000, -1, 0, 3_675_000, 18_000_000] {
        for lat in [-9_000_000, -1, 0, 3_513_179, 9_000_000] {
            for names in [0, 1, 8191, 8192, (1 << 21) - 1] {
                let packed = super::format::PackedStart::new(lon, lat, names).expect("in range");
                assert_eq!((packed.lon(), packed.lat(), packed.names()), (lon, lat, names));
            }
        }
    }
    assert!(super::format::PackedStart::new(0, 0, 1 << 21).is_none());
}
