//! Short stable names for files and keys.

use crate::text::fold;

/// Lower-case ASCII letters, digits and hyphens made of a name, at most 60 characters; `story` where nothing is left.
pub fn slug(name: &str) -> String {
    let ascii = any_ascii::any_ascii(&fold(name)).to_ascii_lowercase();
    let mut out = String::new();
    for c in ascii.chars() {
        if c.is_ascii_alphanumeric() {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
        if out.len() >= 60 {
            break;
        }
    }
    let out = out.trim_end_matches('-');
    if out.is_empty() { "story".to_owned() } else { out.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_keys() {
        assert_eq!(slug("Deir ez-Zor"), "deir-ez-zor");
        assert_eq!(slug("Ḩamāh"), "hamah");
        assert_eq!(slug("Хама"), "khama");
        assert_eq!(slug("…"), "story");
    }
}
