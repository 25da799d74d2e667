//! Names by language, for labels: what is tagged with a language, and for names known only by their script the language most
//! probable there.

use super::record::Record;
use crate::text::{edit_distance, fold, skeleton};
use ecow::EcoString;
use std::sync::Arc;

/// Script, and the language it is taken for where nothing better is known.
const SCRIPT_LANGUAGES: [(&str, &str); 18] = [
    ("Arab", "ar"),
    ("Armn", "hy"),
    ("Beng", "bn"),
    ("Cyrl", "ru"),
    ("Deva", "hi"),
    ("Ethi", "am"),
    ("Geor", "ka"),
    ("Grek", "el"),
    ("Gujr", "gu"),
    ("Hang", "ko"),
    ("Hani", "zh"),
    ("Hebr", "he"),
    ("Kana", "ja"),
    ("Khmr", "km"),
    ("Mymr", "my"),
    ("Taml", "ta"),
    ("Telu", "te"),
    ("Thai", "th"),
];

/// Letters that Persian, Urdu, Kurdish or Uyghur write and Arabic does not.
const NOT_ARABIC: &str = "پچژگکیھہےەۆێڕڵۇۈۋېڭٹڈڑںۀ";
/// Letters that only Ukrainian writes among the Slavic languages.
const UKRAINIAN: &str = "іїєґІЇЄҐ";
/// Cyrillic letters that Russian does not write.
const NOT_RUSSIAN: &str = "іїєґІЇЄҐўЎәӘңҢүҮұҰқҚғҒөӨһҺјЈљЉњЊћЋђЂџЏҳҲҷҶӣӢӯӮҡҠҙҘҫҪӑӐӗӖӀґѓЃќЌѐѝ";

/// What a name's tag says about the language of labels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Label {
    /// Nothing: a code, an abbreviation, a name in Latin letters of no known language.
    None,
    /// The tag is a language's.
    Language,
    /// The tag is a script's, with the language it is taken for where nothing better is known.
    Script(Script, &'static str),
}

/// Scripts whose letters tell languages apart, and the others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Script {
    Arabic,
    Cyrillic,
    Other,
}

impl Label {
    /// What a tag says.
    pub fn of(tag: &str) -> Self {
        match tag {
            "orig" | "abbr" | "code" | "iso" | "gncode" | "Latn" | "Zyyy" => Self::None,
            tag if tag.len() == 4 => match SCRIPT_LANGUAGES.iter().find(|(script, _)| *script == tag) {
                Some((script, language)) => {
                    let script = match *script {
                        "Arab" => Script::Arabic,
                        "Cyrl" => Script::Cyrillic,
                        _ => Script::Other,
                    };
                    Self::Script(script, language)
                }
                None => Self::None,
            },
            _ => Self::Language,
        }
    }
}

/// The language most probable for a name in a script.
fn language(script: Script, usual: &'static str, name: &str, country: Option<&str>) -> Option<&'static str> {
    let any = |letters: &str| name.chars().any(|c| letters.contains(c));
    match script {
        Script::Arabic if any("ھہےٹڈڑں") => Some("ur"),
        Script::Arabic if any("ەۆێڕڵۇۈۋېڭ") => None,
        Script::Arabic if any(NOT_ARABIC) => Some("fa"),
        Script::Cyrillic if any(UKRAINIAN) && !any("ўЎ") => Some("uk"),
        Script::Cyrillic if any(NOT_RUSSIAN) => None,
        Script::Cyrillic if country == Some("BG") => Some("bg"),
        _ => Some(usual),
    }
}

/// One name a language, sorted by tag. Where a script has several, the one that sounds most like the main name is taken.
pub(super) fn by_language(record: &Record<'_>) -> Arc<[(EcoString, EcoString)]> {
    let gazetteer = record.gazetteer();
    let tags = gazetteer.name_tags();
    let mut named: Vec<(&str, EcoString)> = Vec::new();
    let mut guessed: Vec<(&'static str, EcoString)> = Vec::new();
    let mut bytes = Vec::new();
    let mut unpacked = |tag, packed| {
        bytes.clear();
        gazetteer.unpack(tag, packed, &mut bytes);
        EcoString::from(String::from_utf8_lossy(&bytes))
    };
    let mut names = record.names();
    while let Some((tag, packed)) = names.next_packed() {
        let word = tags.word(tag);
        match tags.label(tag) {
            Label::None => {}
            // Names of one tag follow one another; the first counts.
            Label::Language if named.last().is_some_and(|(last, _)| *last == word) => {}
            Label::Language => named.push((word, unpacked(tag, packed))),
            Label::Script(script, usual) => {
                let name = unpacked(tag, packed);
                guessed.extend(language(script, usual, &name, record.country()).map(|l| (l, name)));
            }
        }
    }
    named.sort_by_key(|(tag, _)| *tag);
    named.dedup_by_key(|(tag, _)| *tag);
    guessed.sort_by_key(|(language, _)| *language);
    let sure = named.len();
    let mut main = None;
    for names in guessed.chunk_by(|a, b| a.0 == b.0) {
        let language = names[0].0;
        if named[..sure].binary_search_by_key(&language, |(tag, _)| *tag).is_err() {
            let name = if let [(_, only)] = names { only } else { likeliest(record, names, &mut main) };
            named.push((language, name.clone()));
        }
    }
    // Ukrainian and Russian often share a spelling that only the one lists.
    if record.country() == Some("UA")
        && !named.iter().any(|(tag, _)| *tag == "uk")
        && let Some((_, name)) = named.iter().find(|(tag, _)| *tag == "ru").cloned()
    {
        named.push(("uk", name));
    }
    named.sort_by_key(|(tag, _)| *tag);
    named.into_iter().map(|(tag, name)| (tag.into(), name)).collect()
}

/// Of several names in a script, the one that sounds most like the main names, whose skeletons are found out at the first need.
fn likeliest<'n>(record: &Record<'_>, names: &'n [(&str, EcoString)], main: &mut Option<[String; 2]>) -> &'n EcoString {
    let main = main.get_or_insert_with(|| [skeleton(&fold(record.name())), skeleton(&fold(&record.original_name()))]);
    let cost = |name: &str| {
        let key = skeleton(&fold(name));
        let off = main.iter().map(|m| edit_distance(m, &key, 8).unwrap_or(9)).min().unwrap_or(9);
        // A division's name with its generic word reads worse on a map than the bare one.
        off * 4 + name.split(' ').count()
    };
    names.iter().map(|(_, name)| name).min_by_key(|name| cost(name)).unwrap_or(&names[0].1)
}
