//! Names by language, for labels: what is tagged with a language, and for names known only by their script the language most
//! probable there.

use super::PlaceIx;
use super::record::Record;
use crate::text::{edit_distance, fold, skeleton};
use ecow::EcoString;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

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

/// Letters that tell the languages of a script apart, by what they say.
const TELLING: [(u8, &str); 5] = [
    (URDU, "ھہےٹڈڑں"),
    (KURDISH_OR_UYGHUR, "ەۆێڕڵۇۈۋېڭ"),
    (NOT_ARABIC, "پچژگکیھہےەۆێڕڵۇۈۋېڭٹڈڑںۀ"),
    (UKRAINIAN, "іїєґІЇЄҐ"),
    (NOT_RUSSIAN, "іїєґІЇЄҐўЎәӘңҢүҮұҰқҚғҒөӨһҺјЈљЉњЊћЋђЂџЏҳҲҷҶӣӢӯӮҡҠҙҘҫҪӑӐӗӖӀѓЃќЌѐѝ"),
];
/// Urdu writes it, and neither Arabic nor Persian does.
const URDU: u8 = 1;
/// Kurdish and Uyghur write it.
const KURDISH_OR_UYGHUR: u8 = 2;
/// Persian, Urdu, Kurdish or Uyghur write it and Arabic does not.
const NOT_ARABIC: u8 = 4;
/// Among the Slavic languages only Ukrainian writes it.
const UKRAINIAN: u8 = 8;
/// A Cyrillic letter that Russian does not write.
const NOT_RUSSIAN: u8 = 16;
/// The letter by which Belarusian is known.
const BELARUSIAN: &str = "ўЎ";

/// What each letter from U+0400 to U+06FF says, Cyrillic and Arabic.
static LETTERS: LazyLock<[u8; 0x300]> = LazyLock::new(|| {
    let mut letters = [0; 0x300];
    for (says, text) in TELLING {
        for c in text.chars() {
            letters[c as usize - 0x400] |= says;
        }
    }
    letters
});

/// What the letters of a name say of its language.
fn told(name: &str) -> u8 {
    let letters = &*LETTERS;
    name.chars().fold(0, |told, c| told | (c as usize).checked_sub(0x400).and_then(|i| letters.get(i)).unwrap_or(&0))
}

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

impl Script {
    /// Languages that [`language`] may find beside the usual one.
    fn others(self) -> &'static [&'static str] {
        match self {
            Self::Arabic => &["fa", "ur"],
            Self::Cyrillic => &["bg", "uk"],
            Self::Other => &[],
        }
    }
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
    if script == Script::Other {
        return Some(usual);
    }
    let told = told(name);
    let any = |says: u8| told & says != 0;
    match script {
        Script::Arabic if any(URDU) => Some("ur"),
        Script::Arabic if any(KURDISH_OR_UYGHUR) => None,
        Script::Arabic if any(NOT_ARABIC) => Some("fa"),
        Script::Cyrillic if any(UKRAINIAN) && !name.contains(|c| BELARUSIAN.contains(c)) => Some("uk"),
        Script::Cyrillic if any(NOT_RUSSIAN) => None,
        Script::Cyrillic if country == Some("BG") => Some("bg"),
        _ => Some(usual),
    }
}

/// Names by language, sorted by tag.
type Labels = Arc<[(EcoString, EcoString)]>;

/// The names found out last of places that have very many, which are those asked for again and again.
#[derive(Default)]
pub(super) struct Remembered(Mutex<HashMap<PlaceIx, Labels>>);

impl Remembered {
    /// Packed bytes of names from which a place is remembered.
    const MANY: usize = 512;
    /// Places remembered at most (some ten kilobytes each).
    const MOST: usize = 512;

    /// The names of a place by language. Nobody waits: where another thread is looking, they are found out anew.
    pub fn get(&self, record: &Record<'_>) -> Labels {
        if record.packed_names() < Self::MANY {
            return by_language(record);
        }
        if let Some(known) = self.0.try_lock().ok().and_then(|places| places.get(&record.ix()).cloned()) {
            return known;
        }
        let found = by_language(record);
        if let Ok(mut places) = self.0.try_lock() {
            if places.len() >= Self::MOST {
                places.clear();
            }
            places.insert(record.ix(), found.clone());
        }
        found
    }
}

/// One name a language, sorted by tag. Where a script has several, the one that sounds most like the main name is taken.
fn by_language(record: &Record<'_>) -> Labels {
    let gazetteer = record.gazetteer();
    let tags = gazetteer.name_tags();
    let mut named: Vec<(&str, EcoString)> = Vec::new();
    let mut untold: Vec<(Script, &'static str, u8, &[u8])> = Vec::new();
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
            Label::Script(script, usual) => untold.push((script, usual, tag, packed)),
        }
    }
    named.sort_by_key(|(tag, _)| *tag);
    named.dedup_by_key(|(tag, _)| *tag);
    let sure = named.len();
    let mut guessed: Vec<(&'static str, EcoString)> = Vec::new();
    for (script, usual, tag, packed) in untold {
        // A name of which nothing could come is not unpacked.
        let told = |l: &&str| named.binary_search_by_key(l, |(tag, _)| *tag).is_ok();
        if !(told(&usual) && script.others().iter().all(told)) {
            let name = unpacked(tag, packed);
            guessed.extend(language(script, usual, &name, record.country()).map(|l| (l, name)));
        }
    }
    guessed.sort_by_key(|(language, _)| *language);
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

#[cfg(test)]
mod tests {
    use crate::gazetteer::Gazetteer;

    #[test]
    fn remembered_names_are_those_found_out() {
        let gazetteer = Gazetteer::embedded();
        for record in gazetteer.iter().step_by(97) {
            let found = super::by_language(&record);
            assert_eq!((record.place().names, record.place().names), (found.clone(), found), "{record:?}");
        }
    }
}
