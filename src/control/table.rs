//! CSV tables whose every cell knows its file, line and column.
//!
//! Bad rows are notes and the good ones go on. Comma, semicolon or tab, with or without a byte-order mark, any order of columns.

use super::ControlError;
use crate::diag::{Note, Position};
use csv::ByteRecord;

/// A column of a table; `None` where the file has no such column.
pub(super) type Column = Option<usize>;

/// A table being read.
pub(super) struct Table<'a> {
    file: String,
    bytes: &'a [u8],
    headers: Vec<String>,
    delimiter: u8,
}

/// A row in hand.
pub(super) struct Row<'t> {
    table: &'t Table<'t>,
    record: &'t ByteRecord,
    /// Line on which it begins, from 1.
    pub line: usize,
    start: usize,
}

impl<'a> Table<'a> {
    /// Opens a table and checks that it has the columns it must have.
    pub(super) fn open(file: &str, bytes: &'a [u8], required: &[&str]) -> Result<Self, ControlError> {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let first = bytes.split(|b| *b == b'\n').next().unwrap_or_default();
        let count = |d: u8| first.iter().filter(|b| **b == d).count();
        let delimiter = *b",;\t".iter().max_by_key(|d| (count(**d), **d == b',')).expect("three candidates");
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(bytes);
        let headers =
            reader.byte_headers().map_err(|e| ControlError::Table { file: file.to_owned(), message: e.to_string() })?;
        let headers: Vec<String> = headers.iter().map(|h| String::from_utf8_lossy(h).trim().to_lowercase()).collect();
        let table = Self { file: file.to_owned(), bytes, headers, delimiter };
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

    /// Byte and line of a record; the reader's own position may stand on the line ends before it.
    fn start(&self, record: &ByteRecord) -> (usize, usize) {
        let (mut at, mut line) = record.position().map_or((0, 0), |p| (p.byte() as usize, p.line() as usize));
        while let Some(b @ (b'\n' | b'\r')) = self.bytes.get(at) {
            line += usize::from(*b == b'\n');
            at += 1;
        }
        (at, line)
    }

    /// Calls `take` with every row that has as many cells as there are columns and is UTF-8; others become notes.
    pub(super) fn rows(&self, notes: &mut Vec<Note>, mut take: impl FnMut(&Row, &mut Vec<Note>)) {
        let mut reader = csv::ReaderBuilder::new().delimiter(self.delimiter).flexible(true).from_reader(self.bytes);
        let mut record = ByteRecord::new();
        loop {
            match reader.read_byte_record(&mut record) {
                Ok(false) => return,
                Ok(true) => {}
                Err(error) => {
                    // The bytes are in memory, so nothing but the table itself can be wrong.
                    notes.push(Note::error(error.to_string()).at(Position::file(&self.file)));
                    return;
                }
            }
            let (start, line) = self.start(&record);
            let row = Row { table: self, record: &record, line, start };
            if record.len() != self.headers.len() {
                notes.push(
                    Note::error(format!("the row has {} cells, the header {}", record.len(), self.headers.len()))
                        .at(Position::line(&self.file, line))
                        .hint("put a cell with a comma in it in double quotes; leave a cell empty rather than out"),
                );
            } else if let Some(bad) = (0..record.len()).find(|i| std::str::from_utf8(&record[*i]).is_err()) {
                row.refuse(Some(bad), "text that is not UTF-8", "save the file as UTF-8", notes);
            } else {
                take(&row, notes);
            }
        }
    }
}

impl Row<'_> {
    /// A cell's text without space around it; empty where there is no such column.
    pub(super) fn cell(&self, column: Column) -> &str {
        // Rows that are not UTF-8 were refused before.
        column.and_then(|c| self.record.get(c)).map_or("", |b| std::str::from_utf8(b).unwrap_or_default().trim())
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
        let (mut field, mut quoted, mut line, mut line_start) = (0, false, self.line, self.start);
        let bytes = self.table.bytes;
        let mut at = self.start;
        while field < column && at < bytes.len() {
            match bytes[at] {
                b'"' => quoted = !quoted,
                b'\n' => {
                    line += 1;
                    line_start = at + 1;
                }
                b if b == self.table.delimiter && !quoted => field += 1,
                _ => {}
            }
            at += 1;
        }
        let column = String::from_utf8_lossy(&bytes[line_start.min(at)..at]).chars().count() + 1;
        Position::column(&self.table.file, line, column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_rows_are_noted_with_their_place_and_good_ones_go_on() {
        let text = "\u{FEFF}id;name\n1;\"two\nlines\"\n2\n3;Ḩamāh\n";
        let table = Table::open("t.csv", text.as_bytes(), &["id"]).expect("a table");
        let (mut notes, mut seen) = (Vec::new(), Vec::new());
        let name = table.column("name");
        table.rows(&mut notes, |row, notes| {
            seen.push(format!("{} {}", row.line, row.cell(name)));
            if row.cell(name) == "Ḩamāh" {
                row.refuse(name, "odd", "", notes);
            }
        });
        assert_eq!(seen, ["2 two\nlines", "5 Ḩamāh"]);
        let at: Vec<String> = notes.iter().filter_map(|n| Some(n.at.as_ref()?.to_string())).collect();
        assert_eq!(at, ["t.csv:4", "t.csv:5:3"]);
    }

    #[test]
    fn lines_are_right_whatever_ends_them() {
        for end in ["\n", "\r\n"] {
            let text = ["id,name", "1,a", "", "2,b", "3", "4,d"].join(end);
            let table = Table::open("t.csv", text.as_bytes(), &["id"]).expect("a table");
            let (mut notes, mut seen) = (Vec::new(), Vec::new());
            table.rows(&mut notes, |row, _| seen.push((row.line, row.position(Some(1)).to_string())));
            assert_eq!(seen, [(2, "t.csv:2:3".to_owned()), (4, "t.csv:4:3".to_owned()), (6, "t.csv:6:3".to_owned())]);
            assert_eq!(notes[0].at.as_ref().and_then(|p| p.line), Some(5));
        }
    }

    #[test]
    fn a_missing_column_is_named() {
        let error = Table::open("t.csv", b"a,b\n", &["date", "a"]).err().expect("no date");
        assert_eq!(error.to_string(), "t.csv: column date is missing; it has a, b");
    }
}
