//! `--worldview`: whose view of disputed borders a map takes.

use crate::basemap::Basemap;

/// A view that the basemap records, or an error that lists them.
pub fn worldview(text: &str) -> Result<String, String> {
    let known = Basemap::embedded().worldviews();
    let wanted = text.to_ascii_lowercase();
    if known.contains(&wanted.as_str()) {
        Ok(wanted)
    } else {
        Err(format!("nothing is recorded of how it sees borders; recorded are {}", known.join(", ")))
    }
}
