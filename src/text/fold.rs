//! Folding: two spellings that differ only in case, diacritics, apostrophes or hyphens fold to the same text.
//!
//! Arabic letters that writers exchange (ه ة, ي ى ی, ك ک, the seats of hamza) fold together too. [`loosen`] goes one step
//! further and drops articles ("the", Arabic al- with its assimilated forms); it keeps its own tier because it loses more.

use super::tokens::is_hidden;
use std::sync::OnceLock;
use unicode_normalization::UnicodeNormalization;

/// The folded form of a name: lower case, no diacritics, no apostrophes or hamza marks, hyphens and runs of space as one space.
///
/// ```
/// use mapdesk::text::fold;
/// assert_eq!(fold("Ma`arrat an-Nu‘mān"), "maarrat an numan");
/// assert_eq!(fold("Łódź"), "lodz");
/// ```
pub fn fold(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    fold_into(name, &mut out);
    out
}

/// Folds into a buffer, which is cleared first; for callers that fold a great many names.
pub fn fold_into(name: &str, out: &mut String) {
    out.clear();
    for c in name.chars() {
        if c.is_ascii() {
            push_ascii(c as u8, out);
            continue;
        }
        match alone(c) {
            Alone::Letters { length, bytes } => {
                out.push_str(std::str::from_utf8(&bytes[..usize::from(length)]).unwrap_or_default());
            }
            Alone::Same => out.push(c),
            Alone::Space => push_space(out),
            Alone::Together => return fold_together(name, out),
        }
    }
    while out.ends_with(' ') {
        out.pop();
    }
}

/// Folds what has letters whose folding depends on their neighbours: marks that stay, and whatever is rare.
fn fold_together(name: &str, out: &mut String) {
    out.clear();
    for c in name.nfkd() {
        if c.is_ascii() {
            push_ascii(c as u8, out);
        } else if !is_mark(c) {
            for c in c.to_lowercase() {
                push_folded(c, out);
            }
        }
    }
    while out.ends_with(' ') {
        out.pop();
    }
    // What was dropped between two marks may leave them out of their canonical order.
    if !out.is_ascii() && !unicode_normalization::is_nfkd(out) {
        *out = out.nfkd().collect();
    }
}

/// What a letter folds to whatever stands beside it.
#[derive(Debug, Clone, Copy)]
enum Alone {
    /// These letters, often none.
    Letters {
        length: u8,
        bytes: [u8; 6],
    },
    /// Itself.
    Same,
    Space,
    /// It cannot be told without its neighbours.
    Together,
}

/// Letters whose folding is found out together, at the first need.
const PAGE: usize = 128;
/// Where the pages lie: Latin, Greek, Cyrillic, Armenian, Hebrew, Arabic; then Latin and Greek with several accents, and quotation marks.
const PAGED: [std::ops::Range<u32>; 2] = [0x80..0x800, 0x1e00..0x2080];

fn alone(c: char) -> Alone {
    static PAGES: [OnceLock<[Alone; PAGE]>; 20] = [const { OnceLock::new() }; 20];
    let code = c as u32;
    let [low, high] = PAGED;
    let slot = if low.contains(&code) {
        code - low.start
    } else if high.contains(&code) {
        code - high.start + low.end - low.start
    } else if ('\u{4e00}'..='\u{9fff}').contains(&c) {
        return Alone::Same;
    } else {
        return Alone::Together;
    } as usize;
    let page = PAGES[slot / PAGE].get_or_init(|| {
        let first = code - (slot % PAGE) as u32;
        std::array::from_fn(|i| char::from_u32(first + i as u32).map_or(Alone::Together, find_alone))
    });
    page[slot % PAGE]
}

/// Folds a letter between two others.
fn find_alone(c: char) -> Alone {
    let mut out = String::new();
    fold_together(&format!("a{c}a"), &mut out);
    let letters = &out[1..out.len() - 1];
    if letters == " " {
        return Alone::Space;
    }
    let mut bytes = [0; 6];
    let plain = |c: char| c != ' ' && unicode_normalization::char::canonical_combining_class(c) == 0;
    match bytes.get_mut(..letters.len()) {
        Some(room) if letters.chars().all(plain) => {
            room.copy_from_slice(letters.as_bytes());
            Alone::Letters { length: letters.len() as u8, bytes }
        }
        _ => Alone::Together,
    }
}

fn push_ascii(b: u8, out: &mut String) {
    match b {
        b'a'..=b'z' | b'0'..=b'9' => out.push(char::from(b)),
        b'A'..=b'Z' => out.push(char::from(b | 0x20)),
        b'\'' | b'`' | b'.' => {}
        _ => push_space(out),
    }
}

fn push_space(out: &mut String) {
    if !out.is_empty() && !out.ends_with(' ') {
        out.push(' ');
    }
}

/// Marks that a careless writer leaves out. Vowel signs of Indic scripts and the voicing marks of kana are letters and stay.
fn is_mark(c: char) -> bool {
    is_hidden(c)
        || matches!(c, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}'
        | '\u{6d6}'..='\u{6ed}' | '\u{711}' | '\u{730}'..='\u{74a}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}'
        | '\u{fe20}'..='\u{fe2f}')
}

fn push_folded(c: char, out: &mut String) {
    match c {
        c if is_mark(c) => {}
        '’' | '‘' | 'ʻ' | 'ʼ' | 'ʿ' | 'ʾ' | '´' | 'ˈ' | '′' | 'ʹ' | 'ʺ' | 'ـ' | 'ء' | 'ʽ' | 'ˀ' | '″' | 'ˊ' | '·'
        | '՚' | '׳' => {}
        'ß' => out.push_str("ss"),
        'ø' => out.push('o'),
        'đ' | 'ð' | 'ɗ' => out.push('d'),
        'ł' | 'ƚ' => out.push('l'),
        'ı' => out.push('i'),
        'æ' => out.push_str("ae"),
        'œ' => out.push_str("oe"),
        'þ' => out.push_str("th"),
        'ə' => out.push('a'),
        'ħ' => out.push('h'),
        'ŧ' => out.push('t'),
        'ŋ' => out.push('n'),
        'ɓ' => out.push('b'),
        'ƙ' => out.push('k'),
        'ɛ' => out.push('e'),
        'ɔ' => out.push('o'),
        'ɣ' => out.push('g'),
        'ƴ' => out.push('y'),
        'ς' => out.push('σ'),
        'ة' | 'ە' => out.push('ه'),
        'ى' | 'ی' | 'ې' => out.push('ي'),
        'ک' => out.push('ك'),
        'ٱ' => out.push('ا'),
        'ґ' => out.push('г'),
        'є' => out.push('е'),
        'і' => out.push('и'),
        c if c.is_ascii() => push_ascii(c as u8, out),
        c if c.is_alphanumeric() || is_letter_mark(c) => out.push(c),
        _ => push_space(out),
    }
}

/// Marks of Indic, Thai, Khmer, Myanmar, Tibetan scripts and kana that carry a sound.
fn is_letter_mark(c: char) -> bool {
    matches!(c, '\u{900}'..='\u{109f}' | '\u{1780}'..='\u{17d3}' | '\u{1a00}'..='\u{1aad}' | '\u{1b00}'..='\u{1c7f}' | '\u{3099}' | '\u{309a}' | '\u{a800}'..='\u{abff}' | '\u{7a6}'..='\u{7b0}')
        && !c.is_ascii_punctuation()
        && unicode_normalization::char::is_combining_mark(c)
}

/// The Arabic article and its assimilated forms as they are romanised.
const ARTICLES: [&str; 24] = [
    "al", "el", "ad", "an", "ar", "as", "ash", "at", "ath", "az", "adh", "ed", "er", "es", "esh", "ez", "en", "et",
    "ul", "ur", "uz", "us", "ud", "un",
];

/// Whether a folded token is the Arabic article in one of its forms.
pub fn is_article(token: &str) -> bool {
    token.len() <= 3 && ARTICLES.contains(&token)
}

/// A folded name without its articles: "al hasakah" → "hasakah", "deir ez zor" → "deir zor", "the hague" → "hague",
/// "الحسكه" → "حسكه". A name that is nothing but articles stays as it is.
pub fn loosen(folded: &str) -> String {
    let mut out = String::with_capacity(folded.len());
    let last = folded.split(' ').count().saturating_sub(1);
    for (i, token) in folded.split(' ').enumerate() {
        let dropped = i < last && (is_article(token) || (i == 0 && token == "the"));
        if dropped {
            continue;
        }
        let token = token.strip_prefix("ال").filter(|rest| rest.chars().count() >= 3).unwrap_or(token);
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(token);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_meet() {
        assert_eq!(fold("Ḩamāh"), "hamah");
        assert_eq!(fold("Deir ez-Zor"), "deir ez zor");
        assert_eq!(fold("Ma`arrat an Nu‘mān"), "maarrat an numan");
        assert_eq!(fold("  São   Paulo "), "sao paulo");
        assert_eq!(fold("Łódź"), "lodz");
        assert_eq!(fold("حَماة"), fold("حماه"));
        assert_eq!(fold("إدلب"), fold("ادلب"));
        assert_eq!(fold("Київ"), fold("КИЇВ"));
    }

    #[test]
    fn sounds_of_other_scripts_stay() {
        assert_ne!(fold("ハマ"), fold("バマ"));
        assert_ne!(fold("हमा"), fold("हम"));
        assert_eq!(fold("ガ"), fold("ガ"));
    }

    #[test]
    fn articles_go() {
        assert_eq!(loosen("al hasakah"), "hasakah");
        assert_eq!(loosen("maarat al numan"), "maarat numan");
        assert_eq!(loosen("the hague"), "hague");
        assert_eq!(loosen("al"), "al");
        assert_eq!(loosen(&fold("الحسكة")), fold("حسكة"));
    }

    /// The same as if all were folded together.
    fn agrees(name: &str) -> bool {
        let mut together = String::new();
        fold_together(name, &mut together);
        fold(name) == together
    }

    #[test]
    fn every_letter_folds_the_same_alone_and_together() {
        for c in (0x80..0x800).chain(0x1e00..0x2080).chain(0x4e00..0xa000).filter_map(char::from_u32) {
            for name in [format!("{c}"), format!("a{c}{c}b"), format!(" {c} {c}"), format!("é\u{301}{c}\u{323}o")] {
                assert!(agrees(&name), "{name:?} ({:x})", c as u32);
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn names_fold_the_same_letter_by_letter(name in "[ -~\u{80}-\u{7ff}\u{900}-\u{97f}\u{1e00}-\u{207f}\u{3040}-\u{30ff}]{0,12}") {
            proptest::prop_assert!(agrees(&name), "{:?}", name);
        }

        #[test]
        fn folding_again_changes_nothing(name in "\\PC{0,40}") {
            let once = fold(&name);
            proptest::prop_assert_eq!(fold(&once), once);
        }
    }
}
