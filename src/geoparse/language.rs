//! Which language a text is in, as far as reading place names depends on it: by script, then by small words.

use crate::text::{Token, TokenClass};

/// Tokens looked at.
const LOOKED_AT: usize = 3000;

const SMALL_WORDS: &[(&str, &[&str])] = &[
    ("en", &["the", "of", "and", "to", "in", "that", "was", "for", "with", "from", "by", "said", "has", "his", "were"]),
    ("fr", &["le", "la", "les", "des", "et", "dans", "une", "est", "du", "que", "pour", "sur", "au", "par", "qui"]),
    ("es", &["el", "la", "los", "las", "de", "y", "en", "que", "una", "por", "con", "del", "para", "fue", "se"]),
    (
        "de",
        &["der", "die", "das", "und", "ist", "von", "den", "mit", "im", "nicht", "ein", "eine", "nach", "dem", "auf"],
    ),
    (
        "it",
        &["il", "di", "che", "gli", "una", "della", "nel", "per", "sono", "con", "dal", "alla", "è", "delle", "più"],
    ),
    ("pt", &["o", "os", "uma", "não", "em", "do", "da", "dos", "das", "para", "com", "foi", "ao", "pelo", "mais"]),
];

/// BCP 47 tag of the language of a text; `en` where nothing speaks for another.
pub fn detect(text: &str, tokens: &[Token]) -> &'static str {
    let (mut latin, mut cyrillic, mut arabic, mut ukrainian, mut persian, mut han) = (0, 0, 0, 0, 0, 0);
    let mut hits = [0_usize; SMALL_WORDS.len()];
    for token in tokens.iter().filter(|t| t.class == TokenClass::Word).take(LOOKED_AT) {
        let word = token.text(text);
        match word.chars().next().unwrap_or(' ') {
            '\u{400}'..='\u{52f}' => cyrillic += 1,
            '\u{600}'..='\u{6ff}' => arabic += 1,
            '\u{3040}'..='\u{9fff}' => han += 1,
            _ => latin += 1,
        }
        ukrainian += usize::from(word.contains(['і', 'ї', 'є', 'ґ', 'І', 'Ї', 'Є']));
        persian += usize::from(word.contains(['پ', 'چ', 'گ', 'ژ']));
        if word.len() <= 5 {
            for (hit, (_, words)) in hits.iter_mut().zip(SMALL_WORDS) {
                *hit += usize::from(words.contains(&word));
            }
        }
    }
    if cyrillic > latin.max(arabic) {
        return if ukrainian * 20 > cyrillic { "uk" } else { "ru" };
    }
    if arabic > latin.max(cyrillic) {
        return if persian * 20 > arabic { "fa" } else { "ar" };
    }
    if han > latin {
        return "zh";
    }
    let best = (0..hits.len()).max_by_key(|i| (hits[*i], usize::MAX - i)).unwrap_or(0);
    if hits[best] > 1 { SMALL_WORDS[best].0 } else { "en" }
}

/// Whether a word of a script without case is never a place's name, though the gazetteer may have a hamlet called that: "city",
/// "province", "army", a day or a month.
pub fn is_common(word: &str) -> bool {
    const COMMON: &str = "مدينة المدينة مدن بلدة البلدة بلدات قرية القرية قرى محافظة المحافظة ريف الريف منطقة المنطقة مناطق حي الحي \
        أحياء شارع ساحة مطار المطار جسر نهر النهر جبل بحر البحر دولة الدولة بلد البلد العاصمة عاصمة شمال جنوب شرق غرب الشمال الجنوب \
        الشرق الغرب وسط الوسط الجيش جيش قوات القوات الحكومة الرئيس يوم اليوم الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد يناير \
        فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر شهر سنة عام على من في إلى عن مع بعد قبل هذا هذه التي الذي \
        كان كانت قال قالت أن إن كل بين حتى منذ أمام عند شهر روستا شهرستان استان روستای شهر کشور";
    static WORDS: std::sync::LazyLock<rustc_hash::FxHashSet<&str>> =
        std::sync::LazyLock::new(|| COMMON.split_whitespace().collect());
    WORDS.contains(word)
}

/// Words before a place in languages other than English.
pub fn is_place_preposition(word: &str) -> bool {
    matches!(
        word,
        "à" | "en"
            | "dans"
            | "vers"
            | "de"
            | "d'"
            | "d’"
            | "du"
            | "au"
            | "aux"
            | "depuis"
            | "a"
            | "hacia"
            | "desde"
            | "cerca"
            | "nach"
            | "aus"
            | "bei"
            | "von"
            | "bis"
            | "in"
            | "в"
            | "во"
            | "на"
            | "из"
            | "под"
            | "у"
            | "до"
            | "к"
            | "от"
            | "з"
            | "із"
            | "біля"
            | "під"
            | "від"
            | "в районі"
            | "في"
            | "من"
            | "إلى"
            | "الى"
            | "قرب"
            | "شمال"
            | "جنوب"
            | "شرق"
            | "غرب"
            | "مدينة"
            | "محافظة"
            | "городе"
            | "города"
            | "місті"
            | "міста"
    )
}

/// Forms under which the gazetteer may have an inflected Russian or Ukrainian name, or an Arabic one with a particle before it.
pub fn base_forms(word: &str) -> Vec<String> {
    let mut forms = Vec::new();
    let first = word.chars().next().unwrap_or(' ');
    if ('\u{400}'..='\u{52f}').contains(&first) {
        for ending in [
            "ого", "ому", "ом", "ою", "ой", "ем", "ей", "ым", "им", "ах", "ам", "ами", "ові", "і", "е", "а", "у", "ы",
            "и", "ю", "я",
        ] {
            let Some(stem) = word.strip_suffix(ending).filter(|s| s.chars().count() >= 3) else { continue };
            for end in ["", "а", "я", "ь", "й", "о", "е", "и", "ы", "ий", "ый", "ое"] {
                forms.push(format!("{stem}{end}"));
            }
        }
    } else if ('\u{600}'..='\u{6ff}').contains(&first) && matches!(first, 'و' | 'ب' | 'ل' | 'ف' | 'ك') {
        let rest = &word[first.len_utf8()..];
        if rest.chars().count() >= 3 {
            forms.push(rest.to_owned());
        }
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::tokens;

    #[test]
    fn tells_languages_apart() {
        for (text, lang) in [
            ("The army said that it was in the city of Hama.", "en"),
            ("L'armée a repris la ville dans la nuit, selon les autorités et des témoins.", "fr"),
            ("El ejército entró en la ciudad de Alepo y los rebeldes se retiraron por la noche.", "es"),
            ("Die Armee ist nach dem Angriff in der Stadt und hat die Brücke nicht gehalten.", "de"),
            ("Российские войска вошли в город", "ru"),
            ("Українські війська звільнили місто Ізюм і Балаклію", "uk"),
            ("دخل الجيش مدينة حماة", "ar"),
            ("Hama", "en"),
        ] {
            assert_eq!(detect(text, &tokens(text)), lang, "{text}");
        }
    }

    #[test]
    fn inflected_names_have_base_forms() {
        assert!(base_forms("харькове").contains(&"харьков".to_owned()));
        assert!(base_forms("москве").contains(&"москва".to_owned()));
        assert!(base_forms("بحلب").contains(&"حلب".to_owned()));
    }
}
