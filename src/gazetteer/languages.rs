//! Names by language, for labels: what is tagged with a language, and for names known only by their script the language most
//! probable there.

use super::record::Record;
use crate::text::{edit_distance, fold, skeleton};
use std::collections::BTreeMap;

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

fn language(script: &str, name: &str, country: Option<&str>) -> Option<&'static str> {
    let any = |letters: &str| name.chars().any(|c| letters.contains(c));
    match script {
        "Arab" if any("ھہےٹڈڑں") => Some("ur"),
        "Arab" if any("ەۆێڕڵۇۈۋېڭ") => None,
        "Arab" if any(NOT_ARABIC) => Some("fa"),
        "Cyrl" if any(UKRAINIAN) && !any("ўЎ") => Some("uk"),
        "Cyrl" if any(NOT_RUSSIAN) => None,
        "Cyrl" if country == Some("BG") => Some("bg"),
        _ => SCRIPT_LANGUAGES.iter().find(|(s, _)| *s == script).map(|(_, l)| *l),
    }
}

/// One name a language, sorted by tag. Where a script has several, the one that sounds most like the main name is taken.
pub(super) fn by_language(record: &Record<'_>) -> Vec<(String, String)> {
    let mut sure: BTreeMap<String, String> = BTreeMap::new();
    let mut guessed: BTreeMap<&'static str, (usize, String)> = BTreeMap::new();
    let main = [skeleton(&fold(record.name())), skeleton(&fold(&record.original_name()))];
    for (tag, name) in record.names() {
        match tag {
            "orig" | "abbr" | "code" | "iso" | "gncode" | "Latn" | "Zyyy" => {}
            tag if tag.len() == 4 => {
                if let Some(language) = language(tag, &name, record.country()) {
                    let key = skeleton(&fold(&name));
                    let off = main.iter().map(|m| edit_distance(m, &key, 8).unwrap_or(9)).min().unwrap_or(9);
                    // A division's name with its generic word reads worse on a map than the bare one.
                    let cost = off * 4 + name.split(' ').count();
                    if guessed.get(language).is_none_or(|(best, _)| cost < *best) {
                        guessed.insert(language, (cost, name));
                    }
                }
            }
            tag => {
                sure.entry(tag.to_owned()).or_insert(name);
            }
        }
    }
    for (language, (_, name)) in guessed {
        sure.entry(language.to_owned()).or_insert(name);
    }
    // Ukrainian and Russian often share a spelling that only the one lists.
    if record.country() == Some("UA")
        && !sure.contains_key("uk")
        && let Some(name) = sure.get("ru").cloned()
    {
        sure.insert("uk".to_owned(), name);
    }
    sure.into_iter().collect()
}
