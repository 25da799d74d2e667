//! A note as text: `file:line:column`, the line with a caret, one `hint:`.

use super::{Note, Severity};
use std::fmt::Write as _;

/// A note as plain text, one or several lines, ending in a newline.
pub fn render(note: &Note) -> String {
    let word = match note.severity {
        Severity::Info => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    let mut out = String::new();
    match &note.at {
        Some(at) => {
            let _ = writeln!(out, "{at}: {word}: {}", note.message);
        }
        None => {
            let _ = writeln!(out, "{word}: {}", note.message);
        }
    }
    if let (Some(snippet), Some(at)) = (&note.snippet, &note.at) {
        let line = at.line.map(|l| l.to_string()).unwrap_or_default();
        let _ = writeln!(out, "  {line} | {snippet}");
        if let Some(column) = at.column {
            let _ = writeln!(out, "  {} | {}^", " ".repeat(line.len()), " ".repeat(column.saturating_sub(1)));
        }
    }
    if let Some(hint) = &note.hint {
        let _ = writeln!(out, "hint: {hint}");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Position;

    #[test]
    fn shows_place_caret_and_hint() {
        let note = Note::error("unknown key `colour`")
            .at(Position::column("story.toml", 4, 3))
            .snippet("  colour = 1")
            .hint("did you mean `color`?");
        assert_eq!(
            render(&note),
            "story.toml:4:3: error: unknown key `colour`\n  4 |   colour = 1\n    |   ^\nhint: did you mean `color`?\n"
        );
    }
}
