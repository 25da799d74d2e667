//! Training text composed from the sentences of `templates.txt`: news of battles, courts and weather about places that change from
//! text to text, so that the tagger learns the sentence and not the name.

use super::names::{Chance, Names};
use super::{Document, Entity};
use std::collections::BTreeMap;

const TEMPLATES: &str = include_str!("templates.txt");
const GIVEN: &str = include_str!("../../src/geoparse/recognise/given_names.txt");
const SURNAMES: &str = include_str!("../../src/geoparse/recognise/surnames.txt");

/// Surnames that no census of one country has, from all over the news.
const SURNAMES_ELSEWHERE: &[&str] = &[
    "Abdi",
    "Adeyemi",
    "Aliyev",
    "Bangura",
    "Barzani",
    "Bemba",
    "Chaudhry",
    "Chernov",
    "Conteh",
    "Dembele",
    "Diallo",
    "Doe",
    "Dudayev",
    "Farah",
    "Giap",
    "Gusmao",
    "Haftar",
    "Hashimi",
    "Hekmatyar",
    "Hussaini",
    "Ivanov",
    "Jalloh",
    "Kabila",
    "Karimov",
    "Keita",
    "Khalili",
    "Kim",
    "Kovalenko",
    "Kovac",
    "Kruger",
    "Lukin",
    "Machar",
    "Maskhadov",
    "Massoud",
    "Mladic",
    "Mobutu",
    "Moreau",
    "Mwangi",
    "Najib",
    "Ndiaye",
    "Nguyen",
    "Nkunda",
    "Okafor",
    "Ortega",
    "Otunga",
    "Pasha",
    "Petrov",
    "Rahmani",
    "Rossi",
    "Savimbi",
    "Schmidt",
    "Shevchenko",
    "Singh",
    "Tanaka",
    "Taylor",
    "Tolba",
    "Traore",
    "Tshisekedi",
    "Vasquez",
    "Wagner",
    "Yamamoto",
    "Yilmaz",
    "Zaluzhny",
    "Zhang",
    "Zongo",
];

const ORGANISATIONS: &[&str] = &[
    "Amnesty International",
    "Human Rights Watch",
    "Reuters",
    "Interfax",
    "Red Crescent",
    "the United Nations",
    "NATO",
    "the European Union",
    "the African Union",
    "the World Bank",
    "Hezbollah",
    "Hamas",
    "Boko Haram",
    "M23",
    "UNITA",
    "Al-Shabaab",
    "the Rapid Support Forces",
    "the National Guard",
    "the Ministry of Defence",
    "the Foreign Office",
    "the State Department",
    "the Pentagon",
    "the Kremlin",
    "the Supreme Court",
    "the Labour Party",
    "Oxfam",
    "Caritas",
    "Siemens",
    "Toyota",
    "Acme Mining",
    "Rovers",
    "the Lions",
    "Al Jazeera",
    "Wagner Group",
    "the Northern Alliance",
    "the People's Army",
    "the Republican Guard",
    "the Liberation Front",
    "the Observatory",
    "the Eighth Army",
    "the Third Brigade",
    "Unicef",
    "the World Health Organization",
    "the Coast Guard",
    "the Federal Reserve",
    "Parliament",
    "the Senate",
    "the Police Federation",
    "Sinn Fein",
    "Fatah",
];

const FORCES: &[&str] = &[
    "the rebels",
    "government troops",
    "the army",
    "the militia",
    "insurgents",
    "gunmen",
    "the separatists",
    "army units",
    "the guerrillas",
    "allied forces",
    "the jihadists",
    "marines",
    "the coalition",
    "armed men",
    "the junta's soldiers",
];

const DEMONYMS: &[&str] = &[
    "Syrian",
    "Russian",
    "Ukrainian",
    "American",
    "British",
    "French",
    "German",
    "Iraqi",
    "Iranian",
    "Turkish",
    "Israeli",
    "Sudanese",
    "Ethiopian",
    "Somali",
    "Congolese",
    "Rwandan",
    "Malian",
    "Libyan",
    "Egyptian",
    "Afghan",
    "Pakistani",
    "Indian",
    "Chinese",
    "Japanese",
    "Serbian",
    "Croatian",
    "Bosnian",
    "Georgian",
    "Armenian",
    "Azerbaijani",
    "Colombian",
    "Cuban",
    "Vietnamese",
    "Burmese",
    "Nigerian",
    "Kurdish",
    "Houthi",
    "Polish",
    "Spanish",
    "Italian",
    "South Korean",
    "North Vietnamese",
];

const DAYS: &[&str] = &["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

fn titled(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Texts of three to five sentences each, about two towns, two persons and whatever else they ask for.
pub fn compose(count: usize, names: &Names) -> Vec<Document> {
    let templates: Vec<&str> = TEMPLATES.lines().filter(|l| !l.is_empty() && !l.starts_with('#')).collect();
    let given: Vec<&str> = GIVEN.split_whitespace().collect();
    let surnames: Vec<&str> = SURNAMES.split_whitespace().collect();
    let mut chance = Chance(0x2545_f491_4f6c_dd1d);
    (0..count)
        .map(|number| {
            let mut document =
                Document { doc_id: format!("composed-{number}"), text: String::new(), entities: Vec::new() };
            let mut fillers: BTreeMap<String, (String, Option<&'static str>)> = BTreeMap::new();
            let mut length = 0;
            for sentence in 0..3 + chance.below(3) {
                if sentence > 0 {
                    push(&mut document.text, &mut length, if chance.below(3) == 0 { "\n\n" } else { " " });
                }
                let begins = length;
                let mut rest = *chance.one(&templates);
                while let Some(open) = rest.find('{') {
                    push(&mut document.text, &mut length, &rest[..open]);
                    let close = rest.find('}').expect("a template closes its braces");
                    let slot = &rest[open + 1..close];
                    rest = &rest[close + 1..];
                    let numbered = slot.len() > 1;
                    let mut fill = || filler(slot, names, &given, &surnames, &mut chance);
                    let (words, label) =
                        if numbered { fillers.entry(slot.to_owned()).or_insert_with(fill).clone() } else { fill() };
                    let start = length;
                    // The first word of a sentence is written large; its article is no part of the name.
                    let words = if start == begins { titled(&words) } else { words };
                    push(&mut document.text, &mut length, &words);
                    let article = if words.to_lowercase().starts_with("the ") { 4 } else { 0 };
                    if let Some(label) = label {
                        document.entities.push(Entity { start: start + article, end: length, label: label.to_owned() });
                    }
                }
                push(&mut document.text, &mut length, rest);
            }
            document
        })
        .collect()
}

fn push(text: &mut String, length: &mut usize, words: &str) {
    text.push_str(words);
    *length += words.chars().count();
}

fn filler(
    slot: &str,
    names: &Names,
    given: &[&str],
    surnames: &[&str],
    chance: &mut Chance,
) -> (String, Option<&'static str>) {
    match slot.as_bytes()[0] {
        b'P' => (names.town(chance), Some("LOC")),
        b'R' => (chance.one(&names.waters).clone(), Some("LOC")),
        b'C' => (chance.one(&names.countries).clone(), Some("LOC")),
        b'K' => (chance.one(&names.capitals).clone(), Some("LOC")),
        b'A' => (chance.one(&names.divisions).clone(), Some("LOC")),
        b'S' if chance.below(3) == 0 => ((*chance.one(SURNAMES_ELSEWHERE)).to_owned(), Some("PER")),
        b'S' => (titled(chance.one::<&str>(surnames)), Some("PER")),
        b'G' => (titled(chance.one::<&str>(given)), Some("PER")),
        b'O' => ((*chance.one(ORGANISATIONS)).to_owned(), Some("ORG")),
        b'F' if chance.below(3) == 0 => (format!("{} troops", chance.one(DEMONYMS)), None),
        b'F' => ((*chance.one(FORCES)).to_owned(), None),
        b'D' => ((*chance.one(DEMONYMS)).to_owned(), None),
        b'W' => ((*chance.one(DAYS)).to_owned(), None),
        _ => ((3 + chance.below(90)).to_string(), None),
    }
}
