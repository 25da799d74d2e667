//! Files of rows, read, answered on all cores and written in order, a few thousand rows at a time: memory stays flat whatever the length.
//!
//! Input columns are kept as they are; what is found is added behind, prefixed `geo_`. A row that cannot be read or answered is kept
//! too, with nothing added, and told with its line. UTF-16 and encodings given by name become UTF-8 on the way in; what is written is
//! UTF-8.

use super::places::{self, COLUMNS};
use super::{Failure, Outcome, failure, printer::Printer};
use crate::diag::{Note, Position};
use crate::geocode::{Answer, Geocoder};
use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde_json::{Map, Value, json};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

/// Rows answered at a time.
const CHUNK: usize = 8192;
/// Rows written by one core at a time.
const WRITTEN: usize = 512;
/// Rows from which it pays to fold all names once.
const MANY: usize = 4000;
/// Lines of one row from which a missing quote is suspected.
const LONG: u64 = 50;
/// Bad rows that are told one by one.
const TOLD: usize = 10;

/// Which columns of the file hold what, and how it is written.
#[derive(Debug, Default, clap::Args)]
pub(super) struct Columns {
    /// Column with the name, by its head or number from 1
    #[arg(long, value_name = "COL", requires = "batch")]
    column: Option<String>,
    /// Column with each row's country, a two-letter code or name
    #[arg(long, value_name = "COL", requires = "batch")]
    country_column: Option<String>,
    /// Column with latitudes (reverse)
    #[arg(long, value_name = "COL", requires = "batch")]
    lat_column: Option<String>,
    /// Column with longitudes (reverse)
    #[arg(long, value_name = "COL", requires = "batch")]
    lon_column: Option<String>,
    /// Delimiter between columns; detected where not given
    #[arg(long, value_name = "CHAR", requires = "batch")]
    delimiter: Option<String>,
    /// Encoding of the file, for instance windows-1256; UTF-8 or detected where not given
    #[arg(long, value_name = "NAME", requires = "batch")]
    encoding: Option<String>,
}

/// One row as read: its cells or its object, and its line.
struct Row {
    line: u64,
    content: Content,
}

enum Content {
    Cells(csv::StringRecord),
    Object(Map<String, Value>),
    /// Unreadable, as it stood.
    Bad(String, String),
}

/// Where a value stands in a row.
#[derive(Clone)]
enum Key {
    Cell(usize),
    Field(String),
}

impl Row {
    fn get(&self, key: &Key) -> Option<String> {
        match (&self.content, key) {
            (Content::Cells(cells), Key::Cell(i)) => cells.get(*i).map(str::to_owned),
            (Content::Object(object), Key::Field(name)) => match object.get(name)? {
                Value::String(s) => Some(s.clone()),
                Value::Null => None,
                other => Some(other.to_string()),
            },
            _ => None,
        }
    }
}

/// What a row is answered with: the added values in the order of the heads, or why there are none.
pub(super) type Added = Result<Vec<Value>, String>;

/// The source of rows.
enum Rows {
    Delimited(Box<csv::Reader<Box<dyn Read + Send>>>),
    Lines(Box<dyn BufRead + Send>, u64),
}

struct Table {
    rows: Rows,
    heads: Vec<String>,
    delimiter: u8,
    bar: Option<ProgressBar>,
    /// Line of the first row that is not UTF-8 and was read as Western European.
    western: Option<u64>,
    /// Line of the first row that runs over very many lines.
    long: Option<u64>,
}

impl Table {
    fn open(path: &Path, columns: &Columns, printer: &Printer) -> Result<Self, Failure> {
        let named = path.display().to_string();
        let wrong = |e: io::Error| -> Failure {
            Note::error(format!("cannot read: {e}"))
                .at(Position::file(&named))
                .hint("check the path; `-` reads from standard input")
                .into()
        };
        let encoding = match columns.encoding.as_deref() {
            Some(label) => Some(encoding_rs::Encoding::for_label(label.as_bytes()).ok_or_else(|| {
                Failure::from(
                    Note::error(format!("\"{label}\" is no encoding"))
                        .hint("for instance utf-8, windows-1252, windows-1256"),
                )
            })?),
            None => None,
        };
        let (input, length): (Box<dyn Read + Send>, Option<u64>) = if named == "-" {
            (Box::new(io::stdin()), None)
        } else {
            let file = File::open(path).map_err(wrong)?;
            let length = file.metadata().ok().map(|m| m.len());
            (Box::new(file), length)
        };
        let bar = length.filter(|_| printer.progress()).map(|n| {
            let style = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes} {eta}")
                .unwrap_or_else(|_| ProgressStyle::default_bar());
            ProgressBar::new(n).with_style(style)
        });
        let input: Box<dyn Read + Send> = match &bar {
            Some(bar) => Box::new(bar.wrap_read(input)),
            None => input,
        };
        let mut input = BufReader::with_capacity(1 << 16, input);
        let start = input.fill_buf().map_err(wrong)?;
        let encoding = encoding.or_else(|| utf16(start));
        let mut input: Box<dyn BufRead + Send> = match encoding.filter(|e| *e != encoding_rs::UTF_8) {
            Some(encoding) => Box::new(BufReader::with_capacity(1 << 16, Decoded::new(input, encoding))),
            None => Box::new(input),
        };
        if input.fill_buf().map_err(wrong)?.starts_with(&[0xef, 0xbb, 0xbf]) {
            input.consume(3);
        }
        let start = input.fill_buf().map_err(wrong)?;
        let lines = start.trim_ascii_start().first() == Some(&b'{');
        let first: Vec<u8> = start.iter().copied().take_while(|b| *b != b'\n').collect();
        if lines {
            let fields = serde_json::from_slice::<Map<String, Value>>(&first).map(|o| o.keys().cloned().collect());
            return Ok(Self {
                rows: Rows::Lines(input, 0),
                heads: fields.unwrap_or_default(),
                delimiter: 0,
                bar,
                western: None,
                long: None,
            });
        }
        let delimiter = match columns.delimiter.as_deref() {
            Some("\\t" | "tab") => b'\t',
            Some(d) if d.len() == 1 => d.as_bytes()[0],
            Some(d) => {
                return Err(Note::error(format!("--delimiter \"{d}\" is not one character"))
                    .hint("use tab for a tabulator")
                    .into());
            }
            None => *[b',', b'\t', b';', b'|']
                .iter()
                .rev()
                .max_by_key(|d| first.iter().filter(|b| b == d).count())
                .unwrap_or(&b','),
        };
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .from_reader(Box::new(input) as Box<dyn Read + Send>);
        let heads = reader.byte_headers().map_err(|e| failure(&e))?.iter().map(decode).collect();
        Ok(Self { rows: Rows::Delimited(Box::new(reader)), heads, delimiter, bar, western: None, long: None })
    }

    /// The key of a column named by the user, or the first of these heads that is there.
    fn key(&self, given: Option<&str>, usual: &[&str], what: &str) -> Result<Key, Failure> {
        if matches!(self.rows, Rows::Lines(..)) {
            let there = |name: &&&str| self.heads.iter().any(|h| h == *name);
            let field = given.or_else(|| usual.iter().find(there).copied()).or(usual.first().copied());
            return Ok(Key::Field(field.unwrap_or_default().to_owned()));
        }
        let find = |name: &str| self.heads.iter().position(|h| h.trim().eq_ignore_ascii_case(name));
        let found = match given {
            Some(name) => find(name)
                .or_else(|| name.parse::<usize>().ok().filter(|n| (1..=self.heads.len()).contains(n)).map(|n| n - 1)),
            None => usual.iter().find_map(|u| find(u)),
        };
        found.map(Key::Cell).ok_or_else(|| {
            let message = given.map_or_else(
                || format!("no column of {what} is recognised"),
                |g| format!("there is no column \"{g}\""),
            );
            Note::error(message).hint(format!("name one of: {}", self.heads.join(", "))).into()
        })
    }

    fn next_chunk(&mut self) -> Result<Vec<Row>, Failure> {
        let mut out = Vec::new();
        match &mut self.rows {
            Rows::Delimited(reader) => {
                while out.len() < CHUNK {
                    let mut record = csv::ByteRecord::new();
                    if !reader.read_byte_record(&mut record).map_err(|e| failure(&e))? {
                        break;
                    }
                    let line = record.position().map_or(0, csv::Position::line);
                    if reader.position().line() > line + LONG {
                        self.long.get_or_insert(line);
                    }
                    let cells = csv::StringRecord::from_byte_record(record).unwrap_or_else(|e| {
                        self.western.get_or_insert(line);
                        e.into_byte_record().iter().map(decode).collect()
                    });
                    out.push(Row { line, content: Content::Cells(cells) });
                }
            }
            Rows::Lines(reader, line) => {
                let mut bytes = Vec::new();
                while out.len() < CHUNK {
                    bytes.clear();
                    if reader.read_until(b'\n', &mut bytes)? == 0 {
                        break;
                    }
                    *line += 1;
                    let text = decode(bytes.trim_ascii());
                    if text.is_empty() {
                        continue;
                    }
                    let content = match serde_json::from_str(&text) {
                        Ok(object) => Content::Object(object),
                        Err(e) => Content::Bad(text, format!("not a JSON object: {e}")),
                    };
                    out.push(Row { line: *line, content });
                }
            }
        }
        Ok(out)
    }
}

/// Text of a cell: UTF-8, else as Western European.
fn decode(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

/// UTF-16 by its byte order mark, or by the zeros that its Latin letters, digits and delimiters have.
fn utf16(start: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(start) {
        return Some(encoding);
    }
    let start = &start[..start.len().min(400) / 2 * 2];
    let zeros = |odd: usize| start.iter().skip(odd).step_by(2).filter(|b| **b == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    match () {
        () if odd > start.len() / 8 && even == 0 => Some(encoding_rs::UTF_16LE),
        () if even > start.len() / 8 && odd == 0 => Some(encoding_rs::UTF_16BE),
        () => None,
    }
}

/// A file of another encoding, read as UTF-8.
struct Decoded<R> {
    input: R,
    decoder: encoding_rs::Decoder,
    ready: Vec<u8>,
    taken: usize,
    ended: bool,
}

impl<R: BufRead> Decoded<R> {
    fn new(input: R, encoding: &'static encoding_rs::Encoding) -> Self {
        Self { input, decoder: encoding.new_decoder_with_bom_removal(), ready: Vec::new(), taken: 0, ended: false }
    }
}

impl<R: BufRead> Read for Decoded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.ready.len() && !self.ended {
            let bytes = self.input.fill_buf()?;
            self.ended = bytes.is_empty();
            self.ready.resize(self.decoder.max_utf8_buffer_length(bytes.len()).unwrap_or(1 << 16), 0);
            let (_, read, written, _) = self.decoder.decode_to_utf8(bytes, &mut self.ready, self.ended);
            self.ready.truncate(written);
            self.taken = 0;
            self.input.consume(read);
        }
        let n = out.len().min(self.ready.len() - self.taken);
        out[..n].copy_from_slice(&self.ready[self.taken..self.taken + n]);
        self.taken += n;
        Ok(n)
    }
}

/// Geocodes a column of names.
pub(super) fn names(
    path: &Path,
    columns: &Columns,
    geocoder: &Geocoder<'_>,
    search: impl Fn(&str, Option<String>) -> Answer + Sync,
    lang: Option<&str>,
    printer: &mut Printer,
) -> Result<Outcome, Failure> {
    let mut table = Table::open(path, columns, printer)?;
    let name = table.key(
        columns.column.as_deref(),
        &["name", "place", "location", "toponym", "city", "town", "query"],
        "names",
    )?;
    let country = match columns.country_column.as_deref() {
        Some(c) => Some(table.key(Some(c), &[], "countries")?),
        None => None,
    };
    let heads: Vec<String> = COLUMNS.iter().map(|c| format!("geo_{c}")).chain(["geo_ambiguous".to_owned()]).collect();
    let answer = |rows: &[Row]| -> Vec<Added> {
        if rows.len() >= MANY {
            geocoder.prepare();
        }
        // The same name in the same country is asked once a chunk.
        let asked: Vec<Option<(String, Option<String>)>> = rows
            .iter()
            .map(|r| {
                let text = r.get(&name).filter(|t| !t.trim().is_empty())?;
                Some((text, country.as_ref().and_then(|c| r.get(c)).filter(|c| !c.trim().is_empty())))
            })
            .collect();
        let mut numbers: FxHashMap<&(String, Option<String>), usize> = FxHashMap::default();
        let mut unique: Vec<&(String, Option<String>)> = Vec::new();
        for key in asked.iter().flatten() {
            numbers.entry(key).or_insert_with(|| {
                unique.push(key);
                unique.len() - 1
            });
        }
        let found: Vec<Vec<Value>> = unique
            .par_iter()
            .with_min_len(16)
            .map(|(text, country)| added(&search(text, country.clone()), lang))
            .collect();
        asked
            .iter()
            .map(|key| match key {
                None => Err("no name in this row".to_owned()),
                Some(key) => Ok(found[numbers[key]].clone()),
            })
            .collect()
    };
    stream(&mut table, path, &heads, answer, printer)
}

fn added(answer: &Answer, lang: Option<&str>) -> Vec<Value> {
    let Some(hit) = answer.results.first() else { return vec![Value::Null; COLUMNS.len() + 1] };
    let mut out = places::hit_values(hit, lang);
    out.push(json!(answer.ambiguous));
    out
}

/// Answers rows of positions.
pub(super) fn positions(
    path: &Path,
    columns: &Columns,
    heads: &[&str],
    answer: impl Fn(&[crate::geodesy::LonLat]) -> Vec<Vec<Value>> + Sync,
    printer: &mut Printer,
) -> Result<Outcome, Failure> {
    let mut table = Table::open(path, columns, printer)?;
    let lat = table.key(columns.lat_column.as_deref(), &["lat", "latitude", "y"], "latitudes")?;
    let lon = table.key(columns.lon_column.as_deref(), &["lon", "lng", "long", "longitude", "x"], "longitudes")?;
    let heads: Vec<String> = heads.iter().map(|c| format!("geo_{c}")).collect();
    let each = |rows: &[Row]| -> Vec<Added> {
        let read = |r: &Row| -> Result<crate::geodesy::LonLat, String> {
            let number = |key: &Key, what: &str| {
                let text = r.get(key).unwrap_or_default();
                text.trim().parse::<f64>().map_err(|_| format!("{what} \"{text}\" is not a number"))
            };
            crate::geodesy::LonLat::new(number(&lon, "longitude")?, number(&lat, "latitude")?)
                .map_err(|e| e.to_string())
        };
        let at: Vec<Result<_, String>> = rows.iter().map(read).collect();
        let good: Vec<crate::geodesy::LonLat> = at.iter().filter_map(|p| p.as_ref().ok().copied()).collect();
        let mut found = answer(&good).into_iter();
        at.into_iter().map(|p| p.map(|_| found.next().unwrap_or_default())).collect()
    };
    stream(&mut table, path, &heads, each, printer)
}

/// Reads, answers and writes chunk by chunk.
fn stream(
    table: &mut Table,
    path: &Path,
    heads: &[String],
    answer: impl Fn(&[Row]) -> Vec<Added>,
    printer: &mut Printer,
) -> Result<Outcome, Failure> {
    let (mut bad, mut empty, mut total) = (0_u64, 0_u64, 0_u64);
    if table.delimiter != 0 {
        let mut row = Vec::new();
        line(table.heads.iter().chain(heads).map(String::as_str), table.delimiter, &mut row);
        printer.writer().write_all(&row)?;
    }
    let (width, delimiter) = (table.heads.len(), table.delimiter);
    let too_wide = format!("more cells than the {width} heads");
    loop {
        let rows = table.next_chunk()?;
        if rows.is_empty() {
            break;
        }
        let answers = answer(&rows);
        for (row, added) in rows.iter().zip(&answers) {
            total += 1;
            let problem = match (&row.content, added) {
                (Content::Bad(_, why), _) => Some(why),
                (_, Err(why)) => Some(why),
                (Content::Cells(cells), _) if cells.len() > width => Some(&too_wide),
                (_, Ok(values)) => {
                    empty += u64::from(values.first().is_none_or(Value::is_null));
                    None
                }
            };
            if let Some(why) = problem {
                bad += 1;
                if bad <= TOLD as u64 {
                    let at = Position::line(path.display().to_string(), row.line as usize);
                    printer.say(&Note::warning(format!("{why}; the row is kept as it is")).at(at));
                }
            }
        }
        let written: Vec<Vec<u8>> = rows
            .par_chunks(WRITTEN)
            .zip(answers.par_chunks(WRITTEN))
            .map(|(rows, answers)| {
                let mut out = Vec::with_capacity(WRITTEN * 200);
                for (row, added) in rows.iter().zip(answers) {
                    write_row(row, added.as_deref().unwrap_or(&[]), heads, width, delimiter, &mut out);
                }
                out
            })
            .collect();
        for part in written {
            printer.writer().write_all(&part)?;
        }
    }
    if let Some(bar) = &table.bar {
        bar.finish_and_clear();
    }
    if bad > TOLD as u64 {
        printer.talk(&format!("and {} more rows like these", bad - TOLD as u64));
    }
    let file = path.display().to_string();
    if let Some(first) = table.western {
        let note = Note::warning("not UTF-8, read as Western European (windows-1252) where it is not");
        printer.say(&note.at(Position::line(&file, first as usize)).hint("give its encoding with --encoding"));
    }
    if let Some(first) = table.long {
        let note = Note::warning(format!("one row runs over more than {LONG} lines: a quotation mark may be missing"));
        printer.say(&note.at(Position::line(&file, first as usize)));
    }
    printer
        .talk(&format!("{total} rows, {} answered, {empty} without a result, {bad} unreadable", total - empty - bad));
    Ok(if total > 0 && empty + bad < total { Outcome::Done } else { Outcome::Findings })
}

fn write_row(row: &Row, added: &[Value], heads: &[String], width: usize, delimiter: u8, out: &mut Vec<u8>) {
    match &row.content {
        Content::Bad(text, _) => out.extend(text.bytes().chain([b'\n'])),
        Content::Object(object) => {
            let mut object = object.clone();
            object.extend(heads.iter().cloned().zip(added.iter().cloned()));
            out.extend(Value::Object(object).to_string().bytes().chain([b'\n']));
        }
        // What stood behind a row that is too wide would stand under the wrong head.
        Content::Cells(cells) if cells.len() > width => line(cells.iter(), delimiter, out),
        Content::Cells(cells) => {
            // A short row is filled up, so that what is added stands under its head.
            let short = std::iter::repeat_n("", width - cells.len());
            line(cells.iter().chain(short), delimiter, out);
            out.pop();
            for i in 0..heads.len() {
                out.push(delimiter);
                match added.get(i) {
                    None | Some(Value::Null) => {}
                    Some(Value::String(text)) => cell(text, delimiter, out),
                    Some(other) => cell(&other.to_string(), delimiter, out),
                }
            }
            out.push(b'\n');
        }
    }
}

/// Writes cells as one line of RFC 4180, quoted where they must be.
fn line<'a>(cells: impl Iterator<Item = &'a str>, delimiter: u8, out: &mut Vec<u8>) {
    for (i, cell) in cells.enumerate() {
        if i > 0 {
            out.push(delimiter);
        }
        self::cell(cell, delimiter, out);
    }
    out.push(b'\n');
}

fn cell(cell: &str, delimiter: u8, out: &mut Vec<u8>) {
    if cell.bytes().any(|b| b == delimiter || matches!(b, b'"' | b'\n' | b'\r')) {
        out.push(b'"');
        for b in cell.bytes() {
            out.extend(std::iter::repeat_n(b, if b == b'"' { 2 } else { 1 }));
        }
        out.push(b'"');
    } else {
        out.extend_from_slice(cell.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn lines_are_read_back_as_written(cells in proptest::collection::vec("[a-c,;\"\n\r é]{0,6}", 2..5)) {
            let mut out = Vec::new();
            line(cells.iter().map(String::as_str), b';', &mut out);
            let mut reader = csv::ReaderBuilder::new().delimiter(b';').has_headers(false).from_reader(&out[..]);
            let back: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().expect("readable");
            proptest::prop_assert_eq!(back.len(), 1);
            proptest::prop_assert_eq!(back[0].iter().map(str::to_owned).collect::<Vec<_>>(), cells);
        }

        #[test]
        fn utf_16_becomes_utf_8(text in "\\PC{0,40}", big in proptest::bool::ANY, step in 1_usize..7) {
            let bytes: Vec<u8> = text
                .encode_utf16()
                .flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() })
                .collect();
            let encoding = if big { encoding_rs::UTF_16BE } else { encoding_rs::UTF_16LE };
            let mut out = Vec::new();
            Decoded::new(BufReader::with_capacity(step, &bytes[..]), encoding).read_to_end(&mut out).expect("read");
            let back = String::from_utf8(out).expect("UTF-8");
            proptest::prop_assert_eq!(back.trim_start_matches('\u{feff}'), text.trim_start_matches('\u{feff}'));
        }
    }

    #[test]
    fn utf_16_is_recognised() {
        let le: Vec<u8> = "name,note\nHama,x\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(utf16(&le), Some(encoding_rs::UTF_16LE));
        assert_eq!(utf16(b"name,note\nHama,x\n"), None);
        assert_eq!(utf16(&[0xfe, 0xff, 0, b'n']), Some(encoding_rs::UTF_16BE));
    }
}
