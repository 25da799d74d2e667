//! Files of rows, read, answered on all cores and written in order, a few thousand rows at a time: memory stays flat whatever the length.
//!
//! Input columns are kept as they are; what is found is added behind, prefixed `geo_`. A row that cannot be read or answered is kept
//! too, with nothing added, and told with its line.

use super::places::{self, COLUMNS};
use super::{Failure, Outcome, failure, printer::Printer};
use crate::diag::{Note, Position};
use crate::geocode::Answer;
use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

/// Rows answered at a time.
const CHUNK: usize = 16_384;
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
    Cells(Vec<String>),
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
            (Content::Cells(cells), Key::Cell(i)) => cells.get(*i).cloned(),
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
    Lines(BufReader<Box<dyn Read + Send>>, u64),
}

struct Table {
    rows: Rows,
    heads: Vec<String>,
    delimiter: u8,
    encoding: Option<&'static encoding_rs::Encoding>,
    bar: Option<ProgressBar>,
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
        if start.starts_with(&[0xff, 0xfe]) || start.starts_with(&[0xfe, 0xff]) {
            return Err(Note::error("UTF-16 files cannot be streamed")
                .at(Position::file(&named))
                .hint("save it as UTF-8 first")
                .into());
        }
        if start.starts_with(&[0xef, 0xbb, 0xbf]) {
            input.consume(3);
        }
        let start = input.fill_buf().map_err(wrong)?;
        let lines = start.trim_ascii_start().first() == Some(&b'{');
        let first: Vec<u8> = start.iter().copied().take_while(|b| *b != b'\n').collect();
        if lines {
            return Ok(Self {
                rows: Rows::Lines(BufReader::new(Box::new(input)), 0),
                heads: Vec::new(),
                delimiter: 0,
                encoding,
                bar,
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
        let heads = reader.byte_headers().map_err(|e| failure(&e))?.iter().map(|h| decode(h, encoding)).collect();
        Ok(Self { rows: Rows::Delimited(Box::new(reader)), heads, delimiter, encoding, bar })
    }

    /// The key of a column named by the user, or the first of these heads that is there.
    fn key(&self, given: Option<&str>, usual: &[&str], what: &str) -> Result<Key, Failure> {
        if matches!(self.rows, Rows::Lines(..)) {
            return Ok(Key::Field(given.or(usual.first().copied()).unwrap_or_default().to_owned()));
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
        let encoding = self.encoding;
        match &mut self.rows {
            Rows::Delimited(reader) => {
                let mut record = csv::ByteRecord::new();
                while out.len() < CHUNK {
                    match reader.read_byte_record(&mut record) {
                        Ok(true) => {
                            let line = record.position().map_or(0, csv::Position::line);
                            out.push(Row {
                                line,
                                content: Content::Cells(record.iter().map(|c| decode(c, encoding)).collect()),
                            });
                        }
                        Ok(false) => break,
                        Err(e) => return Err(failure(&e)),
                    }
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
                    let text = decode(bytes.trim_ascii(), encoding);
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

/// Text of a cell: as told, else UTF-8, else as Western European.
fn decode(bytes: &[u8], encoding: Option<&'static encoding_rs::Encoding>) -> String {
    match encoding {
        Some(encoding) => encoding.decode_without_bom_handling(bytes).0.into_owned(),
        None => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
        },
    }
}

/// Geocodes a column of names.
pub(super) fn names(
    path: &Path,
    columns: &Columns,
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
        // The same name in the same country is asked once a chunk.
        let asked: Vec<Option<(String, Option<String>)>> = rows
            .iter()
            .map(|r| {
                let text = r.get(&name).filter(|t| !t.trim().is_empty())?;
                Some((text, country.as_ref().and_then(|c| r.get(c)).filter(|c| !c.trim().is_empty())))
            })
            .collect();
        let mut numbers: HashMap<&(String, Option<String>), usize> = HashMap::new();
        let mut unique: Vec<&(String, Option<String>)> = Vec::new();
        for key in asked.iter().flatten() {
            numbers.entry(key).or_insert_with(|| {
                unique.push(key);
                unique.len() - 1
            });
        }
        let found: Vec<Vec<Value>> =
            unique.par_iter().map(|(text, country)| added(&search(text, country.clone()), lang)).collect();
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
    let fields = places::hit_fields(hit, lang);
    let mut out: Vec<Value> = COLUMNS.iter().map(|c| fields.get(*c).cloned().unwrap_or(Value::Null)).collect();
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
    if !table.heads.is_empty() {
        let row: Vec<&str> = table.heads.iter().chain(heads).map(String::as_str).collect();
        printer.writer().write_all(&csv_line(&row, table.delimiter)?)?;
    }
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
        let width = table.heads.len();
        let delimiter = table.delimiter;
        let written: Vec<io::Result<Vec<u8>>> = rows
            .par_iter()
            .zip(&answers)
            .map(|(row, added)| written(row, added.as_deref().unwrap_or(&[]), heads, width, delimiter))
            .collect();
        for line in written {
            printer.writer().write_all(&line?)?;
        }
    }
    if let Some(bar) = &table.bar {
        bar.finish_and_clear();
    }
    if bad > TOLD as u64 {
        printer.talk(&format!("and {} more rows like these", bad - TOLD as u64));
    }
    printer
        .talk(&format!("{total} rows, {} answered, {empty} without a result, {bad} unreadable", total - empty - bad));
    Ok(if total > 0 && empty + bad < total { Outcome::Done } else { Outcome::Findings })
}

fn written(row: &Row, added: &[Value], heads: &[String], width: usize, delimiter: u8) -> io::Result<Vec<u8>> {
    match &row.content {
        Content::Bad(text, _) => Ok(format!("{text}\n").into_bytes()),
        Content::Object(object) => {
            let mut object = object.clone();
            object.extend(heads.iter().cloned().zip(added.iter().cloned()));
            let mut line = serde_json::to_vec(&object)?;
            line.push(b'\n');
            Ok(line)
        }
        Content::Cells(cells) => {
            let mut all = cells.clone();
            // A short row is filled up, so that what is added stands under its head.
            all.resize(width.max(cells.len()), String::new());
            all.extend(heads.iter().enumerate().map(|(i, _)| added.get(i).map_or_else(String::new, places::plain)));
            let all: Vec<&str> = all.iter().map(String::as_str).collect();
            csv_line(&all, delimiter)
        }
    }
}

fn csv_line(cells: &[&str], delimiter: u8) -> io::Result<Vec<u8>> {
    let mut out = csv::WriterBuilder::new().delimiter(delimiter).flexible(true).from_writer(Vec::with_capacity(256));
    out.write_record(cells)?;
    out.into_inner().map_err(|e| io::Error::other(e.to_string()))
}
