use super::*;
use proptest::prelude::*;

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

#[test]
fn parts_hold_the_same_rows_at_the_same_lines() {
    for quoted in ["plain", "\"with, a comma\nand a line\""] {
        let mut text = "id,name\n".to_owned();
        for i in 0..30_000 {
            text.push_str(&format!("{i},{quoted}\n"));
        }
        let table = Table::open("t.csv", text.as_bytes(), &["id"]).expect("a table");
        let rows = |parts: Vec<Part>| {
            let (mut notes, mut seen) = (Vec::new(), Vec::new());
            for part in parts {
                table.rows_of(part, &mut notes, |row, _| seen.push((row.line, row.cell(Some(0)).to_owned())));
            }
            assert!(notes.is_empty());
            seen
        };
        let parts = table.parts(4);
        assert!(parts.len() > 1);
        assert_eq!(rows(parts), rows(table.parts(1)));
    }
}

proptest! {
    /// Another reader of CSV has the last word on what the cells are.
    #[test]
    fn cells_are_those_of_the_csv_crate(text in r#"a,b
[ab", 
\r]{0,60}"#) {
        let table = Table::open("t.csv", text.as_bytes(), &[]).expect("a table");
        let mut ours: Vec<Vec<String>> = Vec::new();
        let mut record = Record::default();
        let (mut at, mut line) = table.first;
        loop {
            at = blank(table.bytes, at, &mut line);
            if at >= table.bytes.len() {
                break;
            }
            at = record.read(table.bytes, at, b',');
            let from: &[u8] = if record.quoted { &record.unquoted } else { table.bytes };
            ours.push(record.cells.iter().map(|(a, b)| String::from_utf8_lossy(&from[*a..*b]).into_owned()).collect());
        }
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        let theirs: Vec<Vec<String>> =
            reader.records().map(|r| r.expect("memory").iter().map(str::to_owned).collect()).collect();
        prop_assert_eq!(ours, theirs);
    }
}
