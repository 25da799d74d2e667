//! CSV tables whose every cell knows its file, line and column.
//!
//! Bad rows are notes and the good ones go on. Comma, semicolon or tab, with or without a byte-order mark, any order of columns. Large
//! tables are read in parts, side by side. Quoting is that of RFC 4180: a quote counts where a cell begins, twice within it is one.

use super::ControlError;
use crate::diag::{Note, Position};
use memchr::memchr;

/// A column of a table; `None` where the file has no such column.
pub(super) type Column = Option<usize>;

/// A table being read.
pub(super) struct Table<'a> {
    file: String,
    bytes: &'a [u8],
    headers: Vec<String>,
    delimiter: u8,
    /// Byte and line of the first row.
    first: (usize, usize),
}

/// A run of whole rows of a table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    start: usize,
    end: usize,
    line: usize,
}

/// A row in hand.
pub(super) struct Row<'t> {
    table: &'t Table<'t>,
    record: &'t Record,
    text: &'t [u8],
    /// Line on which it begins, from 1.
    pub line: usize,
    start: usize,
}

/// The cells of a row as spans of its text: of the file where nothing is quoted, else of `unquoted`.
#[derive(Default)]
struct Record {
    cells: Vec<(usize, usize)>,
    quoted: bool,
    unquoted: Vec<u8>,
    /// Line ends within quotes.
    lines: usize,
}

impl Record {
    /// Reads the row that begins at `at`; returns where the next begins.
    fn read(&mut self, bytes: &[u8], at: usize, delimiter: u8) -> usize {
        self.cells.clear();
        (self.quoted, self.lines) = (false, 0);
        let mut cell = at;
        let mut i = at;
        while let Some(&b) = bytes.get(i) {
            if b == delimiter {
                self.cells.push((cell, i));
                cell = i + 1;
            } else if b == b'\n' || b == b'\r' {
                self.cells.push((cell, i));
                return i + 1;
            } else if b == b'"' && i == cell {
                return self.read_quoted(bytes, at, delimiter);
            }
            i += 1;
        }
        self.cells.push((cell, i));
        i
    }

    /// The same for a row with a quoted cell.
    fn read_quoted(&mut self, bytes: &[u8], at: usize, delimiter: u8) -> usize {
        self.cells.clear();
        self.unquoted.clear();
        self.quoted = true;
        let (mut cell, mut i, mut within, mut begins) = (0, at, false, true);
        while let Some(&b) = bytes.get(i) {
            i += 1;
            if within {
                if b == b'"' && bytes.get(i) == Some(&b'"') {
                    self.unquoted.push(b);
                    i += 1;
                } else if b == b'"' {
                    within = false;
                } else {
                    self.lines += usize::from(b == b'\n');
                    self.unquoted.push(b);
                }
            } else if b == b'"' && begins {
                within = true;
            } else if b == delimiter {
                self.cells.push((cell, self.unquoted.len()));
                cell = self.unquoted.len();
                begins = true;
                continue;
            } else if b == b'\n' || b == b'\r' {
                self.cells.push((cell, self.unquoted.len()));
                return i;
            } else {
                self.unquoted.push(b);
            }
            begins = false;
        }
        self.cells.push((cell, self.unquoted.len()));
        i
    }
}

/// Steps over line ends, counting lines.
fn blank(bytes: &[u8], mut at: usize, line: &mut usize) -> usize {
    while let Some(b @ (b'\n' | b'\r')) = bytes.get(at) {
        *line += usize::from(*b == b'\n');
        at += 1;
    }
    at
}

impl<'a> Table<'a> {
    /// Opens a table and checks that it has the columns it must have.
    pub(super) fn open(file: &str, bytes: &'a [u8], required: &[&str]) -> Result<Self, ControlError> {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let mut line = 1;
        let start = blank(bytes, 0, &mut line);
        let first = bytes[start..].split(|b| *b == b'\n').next().unwrap_or_default();
        let count = |d: u8| first.iter().filter(|b| **b == d).count();
        let delimiter = *b",;\t".iter().max_by_key(|d| (count(**d), **d == b',')).expect("three candidates");
        let mut record = Record::default();
        let end = record.read(bytes, start, delimiter);
        let text: &[u8] = if record.quoted { &record.unquoted } else { bytes };
        let headers: Vec<String> =
            record.cells.iter().map(|(a, b)| String::from_utf8_lossy(&text[*a..*b]).trim().to_lowercase()).collect();
        line += record.lines + usize::from(end > start && bytes[end - 1] == b'\n');
        let table = Self { file: file.to_owned(), bytes, headers, delimiter, first: (end, line) };
        let missing: Vec<&str> = required.iter().copied().filter(|r| table.column(r).is_none()).collect();
        if !missing.is_empty() {
            let message = format!("column {} is missing; it has {}", missing.join(", "), table.headers.join(", "));
            return Err(ControlError::Table { file: file.to_owned(), message });
        }
        Ok(table)
    }

    /// The column of a name.
    pub(super) fn column(&self, name: &str) -> Column {
        self.headers.iter().position(|h| h == name)
    }

    /// The rows in at most `most` parts of about the same size.
    pub(super) fn parts(&self, most: usize) -> Vec<Part> {
        let (mut at, mut line) = self.first;
        let size = (self.bytes.len() - at).div_ceil(most.max(1)).max(1 << 16);
        let plain = memchr(b'"', &self.bytes[at..]).is_none();
        let mut record = Record::default();
        let mut parts = Vec::new();
        while at < self.bytes.len() {
            let (start, first) = (at, line);
            if plain {
                let wanted = (at + size).min(self.bytes.len());
                at = memchr(b'\n', &self.bytes[wanted..]).map_or(self.bytes.len(), |n| wanted + n + 1);
                line += memchr::memchr_iter(b'\n', &self.bytes[start..at]).count();
            } else {
                while at < self.bytes.len() && at - start < size {
                    at = blank(self.bytes, at, &mut line);
                    let end = record.read(self.bytes, at, self.delimiter);
                    line += record.lines + usize::from(end > at && self.bytes[end - 1] == b'\n');
                    at = end;
                }
            }
            parts.push(Part { start, end: at, line: first });
        }
        parts
    }

    /// Calls `take` with every row that has as many cells as there are columns and is UTF-8; others become notes.
    pub(super) fn rows(&self, notes: &mut Vec<Note>, mut take: impl FnMut(&Row, &mut Vec<Note>)) {
        for part in self.parts(1) {
            self.rows_of(part, notes, &mut take);
        }
    }

    /// The same for the rows of a part.
    pub(super) fn rows_of(&self, part: Part, notes: &mut Vec<Note>, mut take: impl FnMut(&Row, &mut Vec<Note>)) {
        let mut record = Record::default();
        let (mut at, mut line) = (part.start, part.line);
        loop {
            at = blank(self.bytes, at, &mut line);
            if at >= part.end {
                return;
            }
            let end = record.read(self.bytes, at, self.delimiter);
            let text: &[u8] = if record.quoted { &record.unquoted } else { self.bytes };
            let row = Row { table: self, record: &record, text, line, start: at };
            let whole = if record.quoted { &record.unquoted } else { &self.bytes[at..end] };
            if record.cells.len() != self.headers.len() {
                notes.push(
                    Note::error(format!("the row has {} cells, the header {}", record.cells.len(), self.headers.len()))
                        .at(Position::line(&self.file, line))
                        .hint("put a cell with a comma in it in double quotes; leave a cell empty rather than out"),
                );
            } else if std::str::from_utf8(whole).is_err() {
                let bad = record.cells.iter().position(|(a, b)| std::str::from_utf8(&text[*a..*b]).is_err());
                row.refuse(bad, "text that is not UTF-8", "save the file as UTF-8", notes);
            } else {
                take(&row, notes);
            }
            line += record.lines + usize::from(self.bytes[end - 1] == b'\n');
            at = end;
        }
    }
}

impl Row<'_> {
    /// A cell's text without space around it; empty where there is no such column.
    pub(super) fn cell(&self, column: Column) -> &str {
        // Rows that are not UTF-8 were refused before.
        let span = column.and_then(|c| self.record.cells.get(c));
        span.map_or("", |(a, b)| std::str::from_utf8(&self.text[*a..*b]).unwrap_or_default().trim())
    }

    /// A cell's text, or `None` where it is empty.
    pub(super) fn some(&self, column: Column) -> Option<&str> {
        Some(self.cell(column)).filter(|t| !t.is_empty())
    }

    /// Notes that a cell was refused.
    pub(super) fn refuse(&self, column: Column, message: impl Into<String>, hint: &str, notes: &mut Vec<Note>) {
        let mut note = Note::error(message).at(self.position(column));
        if !hint.is_empty() {
            note = note.hint(hint);
        }
        notes.push(note);
    }

    /// Where a cell begins; columns count code points of the line.
    pub(super) fn position(&self, column: Column) -> Position {
        let Some(column) = column else { return Position::line(&self.table.file, self.line) };
        let (mut field, mut quoted, mut begins, mut line, mut line_start) = (0, false, true, self.line, self.start);
        let bytes = self.table.bytes;
        let mut at = self.start;
        while field < column && at < bytes.len() {
            match bytes[at] {
                b'"' if quoted || begins => {
                    quoted = !quoted;
                    begins = false;
                }
                b'\n' => {
                    line += 1;
                    line_start = at + 1;
                }
                b if b == self.table.delimiter && !quoted => {
                    field += 1;
                    begins = true;
                }
                // A quote right after the closing one opens again: two are one quote within the cell.
                _ => begins = false,
            }
            at += 1;
        }
        let column = String::from_utf8_lossy(&bytes[line_start.min(at)..at]).chars().count() + 1;
        Position::column(&self.table.file, line, column)
    }
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
