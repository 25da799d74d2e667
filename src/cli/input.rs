//! Reading what the user names: a file or standard input, as text, with every way it can be wrong told apart.

use super::Failure;
use crate::diag::{Note, Position};
use std::io::Read as _;
use std::path::Path;

/// The bytes of a file, or of standard input for `-`.
///
/// # Errors
/// The file cannot be read; the note names it.
pub fn bytes(name: &str) -> Result<Vec<u8>, Failure> {
    let read = || -> std::io::Result<Vec<u8>> {
        if name == "-" {
            let mut all = Vec::new();
            std::io::stdin().lock().read_to_end(&mut all)?;
            return Ok(all);
        }
        std::fs::read(name)
    };
    read().map_err(|error| {
        let hint = match error.kind() {
            std::io::ErrorKind::NotFound => "check the path; `-` reads from standard input",
            std::io::ErrorKind::IsADirectory => "name a file in that folder",
            _ => "check that the file is readable",
        };
        Note::error(format!("cannot read: {error}")).at(Position::file(name)).hint(hint).into()
    })
}

/// A file or standard input as text: UTF-8, or UTF-16 with a byte order mark.
///
/// # Errors
/// Unreadable, binary or in another encoding; the note names file, line and column.
pub fn text(name: &str) -> Result<String, Failure> {
    let bytes = bytes(name)?;
    if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(&bytes) {
        let (decoded, _, wrong) = encoding.decode(&bytes);
        if !wrong {
            return Ok(decoded.into_owned());
        }
    }
    if bytes.contains(&0) {
        let what = match Path::new(name).extension().and_then(|e| e.to_str()) {
            Some(extension) => format!("this is a binary file (.{extension}), not a text"),
            None => "this is a binary file, not a text".to_owned(),
        };
        return Err(Note::error(what).at(Position::file(name)).hint("export it as plain text in UTF-8 first").into());
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let bytes = error.into_bytes();
        let line = bytes[..at].iter().filter(|b| **b == b'\n').count() + 1;
        let start = bytes[..at].iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
        let column = String::from_utf8_lossy(&bytes[start..at]).chars().count() + 1;
        Note::error(format!("not UTF-8: byte 0x{:02X}", bytes[at]))
            .at(Position::column(name, line, column))
            .hint("save the text as UTF-8, for instance with `iconv -f WINDOWS-1252 -t UTF-8`")
            .into()
    })
}

/// A day given on the command line.
///
/// # Errors
/// Not a day; the note names the option.
pub fn day(option: &str, text: &str) -> Result<crate::time::Date, Failure> {
    crate::time::parse_day(text)
        .map_err(|e| Note::error(format!("{option}: {e}")).hint("days are written 2024-12-05").into())
}
