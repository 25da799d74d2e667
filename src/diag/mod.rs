//! What the program has to say about its input: notes that do not stop it, and where in a file they point.
//!
//! A bad row or an odd polygon is a [`Note`], not an end: functions return [`Warned`] values. The door (`cli`) renders them
//! with file, line, caret and one `hint:`.

mod render;

pub use render::render;

use serde::Serialize;
use std::fmt;

/// How much a note matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something the user may want to know.
    Info,
    /// Something was left out, guessed or doubtful; the run goes on.
    Warning,
    /// A value was refused; what depends on it is missing from the result.
    Error,
}

/// A place in a source: file name, and line and column where known, both counted from 1 (columns in code points).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
pub struct Position {
    /// The file as the user named it; `-` is standard input.
    pub file: String,
    /// Line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// Column in code points, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
}

impl Position {
    /// A whole file.
    pub fn file(file: impl Into<String>) -> Self {
        Self { file: file.into(), line: None, column: None }
    }
    /// A line of a file.
    pub fn line(file: impl Into<String>, line: usize) -> Self {
        Self { file: file.into(), line: Some(line), column: None }
    }
    /// A column of a line of a file.
    pub fn column(file: impl Into<String>, line: usize, column: usize) -> Self {
        Self { file: file.into(), line: Some(line), column: Some(column) }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(column) = self.column {
            write!(f, ":{column}")?;
        }
        Ok(())
    }
}

/// One thing to say, where it points, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Note {
    /// How much it matters.
    pub severity: Severity,
    /// One sentence without a full stop.
    pub message: String,
    /// Where it points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Position>,
    /// The source line it points into, for the caret.
    #[serde(skip)]
    pub snippet: Option<String>,
    /// What the user can do, without the word "hint".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl Note {
    fn new(severity: Severity, message: impl Into<String>) -> Self {
        Self { severity, message: message.into(), at: None, snippet: None, hint: None }
    }
    /// Something the user may want to know.
    pub fn info(message: impl Into<String>) -> Self {
        Self::new(Severity::Info, message)
    }
    /// Something left out, guessed or doubtful.
    pub fn warning(message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, message)
    }
    /// A value that was refused.
    pub fn error(message: impl Into<String>) -> Self {
        Self::new(Severity::Error, message)
    }
    /// The same note, pointing at a position.
    #[must_use]
    pub fn at(mut self, position: Position) -> Self {
        self.at = Some(position);
        self
    }
    /// The same note with the source line it points into.
    #[must_use]
    pub fn snippet(mut self, line: impl Into<String>) -> Self {
        self.snippet = Some(line.into());
        self
    }
    /// The same note with a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// A value and what there is to say about how it came to be.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "the notes are meant to be shown"]
pub struct Warned<T> {
    /// The value.
    pub value: T,
    /// The notes, in source order.
    pub notes: Vec<Note>,
}

impl<T> Warned<T> {
    /// A value with nothing to say about it.
    pub fn silent(value: T) -> Self {
        Self { value, notes: Vec::new() }
    }
    /// A value with notes.
    pub fn new(value: T, notes: Vec<Note>) -> Self {
        Self { value, notes }
    }
    /// The value, its notes moved to the end of `notes`.
    pub fn unwarn(self, notes: &mut Vec<Note>) -> T {
        notes.extend(self.notes);
        self.value
    }
    /// The same notes on another value.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Warned<U> {
        Warned { value: f(self.value), notes: self.notes }
    }
}
