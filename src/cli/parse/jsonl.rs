//! A stream of texts: one JSON object a line in, one a line out, in order, on all cores.

use super::object::Object;
use super::{together, unreadable};
use crate::cli::{Failure, Outcome, printer::Printer};
use crate::diag::{Note, Position};
use crate::geoparse::{Chapters, Options, read_given};
use crate::text::{Span, chapters};
use crate::time::parse_day;
use rayon::prelude::*;
use serde::Deserialize;
use serde_json::Value;
use std::io::{self, BufRead, Write};

/// One line of a stream.
#[derive(Deserialize)]
struct Document {
    doc_id: Value,
    text: String,
    #[serde(default)]
    pub_date: Option<String>,
    #[serde(default)]
    toponyms: Option<Vec<Span>>,
}

/// What becomes of a line: its result, and what there is to say about it.
struct Answer {
    line: Option<Vec<u8>>,
    notes: Vec<Note>,
}

/// A batch is closed at this many lines or bytes, so that memory stays flat whatever the stream.
const BATCH_LINES: usize = 512;
const BATCH_BYTES: usize = 4 << 20;
/// A line longer than this is read by itself, its result written as its chapters are read.
const LONG: usize = 1 << 20;

/// The next lines with their numbers, the last of them perhaps a long one.
struct Batch {
    lines: Vec<(usize, Vec<u8>)>,
    long: Option<(usize, Vec<u8>)>,
    ended: bool,
}

fn batch(input: &mut dyn BufRead, number: &mut usize) -> io::Result<Batch> {
    let mut batch = Batch { lines: Vec::new(), long: None, ended: false };
    let mut size = 0;
    while batch.lines.len() < BATCH_LINES && size < BATCH_BYTES {
        let mut line = Vec::new();
        if input.read_until(b'\n', &mut line)? == 0 {
            batch.ended = true;
            break;
        }
        *number += 1;
        size += line.len();
        if line.len() > LONG {
            batch.long = Some((*number, line));
            break;
        }
        if !line.trim_ascii().is_empty() {
            batch.lines.push((*number, line));
        }
    }
    Ok(batch)
}

pub(super) fn stream(
    mut input: Box<dyn BufRead>,
    name: &str,
    options: &Options,
    printer: &mut Printer,
) -> Result<Outcome, Failure> {
    let (mut number, mut bad) = (0, 0_usize);
    loop {
        let batch = batch(&mut input, &mut number).map_err(|e| unreadable(name, &e))?;
        let answers: Vec<Answer> =
            batch.lines.into_par_iter().map(|(number, line)| answer(line, name, number, options)).collect();
        for answer in answers {
            answer.notes.iter().for_each(|n| printer.say(n));
            match answer.line {
                Some(line) => printer.writer().write_all(&line)?,
                None => bad += 1,
            }
        }
        if let Some((number, line)) = batch.long {
            let (asked, notes) = understood(line, name, number, options);
            notes.iter().for_each(|n| printer.say(n));
            match asked {
                Some((document, options)) => write(&document, &options, printer.writer())?,
                None => bad += 1,
            }
        }
        printer.writer().flush()?;
        if batch.ended {
            break;
        }
    }
    Ok(if bad > 0 { Outcome::Findings } else { Outcome::Done })
}

fn answer(line: Vec<u8>, file: &str, number: usize, options: &Options) -> Answer {
    let (asked, notes) = understood(line, file, number, options);
    let line = asked.map(|(document, options)| {
        let mut line = Vec::new();
        write(&document, &options, &mut line).expect("memory takes what is written");
        line
    });
    Answer { line, notes }
}

/// The document of a line with what is known beside its words, and what there is to say about the line.
fn understood(line: Vec<u8>, file: &str, number: usize, options: &Options) -> (Option<(Document, Options)>, Vec<Note>) {
    let mut notes = Vec::new();
    let mut at = |note: Note| notes.push(note.at(Position::line(file, number)));
    let document = match read_line(line) {
        Ok((document, repaired)) => {
            if repaired {
                at(Note::warning("characters that are no Unicode text were replaced, one for one"));
            }
            document
        }
        Err(error) => {
            let note = Note::error(format!("left out, not a document: {error}"))
                .hint("a line is {\"doc_id\": …, \"text\": …}, with \"pub_date\" and \"toponyms\" where known");
            at(note);
            return (None, notes);
        }
    };
    let mut options = options.clone();
    if let Some(day) = &document.pub_date {
        match parse_day(day.get(..10).unwrap_or(day)) {
            Ok(day) => options.published = Some(day),
            Err(error) => at(Note::warning(format!("pub_date: {error}; read without one"))),
        }
    }
    (Some((document, options)), notes)
}

/// Writes what a document says, as one line.
fn write(document: &Document, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    if let Some(spans) = &document.toponyms {
        let reading = read_given(&document.text, spans, options).value;
        let mut object = Object::begin(&document.doc_id, &reading.lang, out)?;
        object.add(&reading, out)?;
        object.end(out)?;
        return writeln!(out);
    }
    let mut reader = Chapters::new(options);
    let mut texts = chapters(&document.text);
    let mut object: Option<Object> = None;
    loop {
        let some: Vec<&str> = texts.by_ref().take(together()).collect();
        if some.is_empty() {
            break;
        }
        for reading in reader.read(&some) {
            let object = match &mut object {
                Some(object) => object,
                None => object.insert(Object::begin(&document.doc_id, &reading.lang, out)?),
            };
            object.add(&reading, out)?;
        }
    }
    object.map_or(Ok(()), |o| o.end(out))?;
    writeln!(out)
}

/// A document from a line; bytes that are not UTF-8 and lone surrogate escapes become U+FFFD each, so offsets stay.
fn read_line(line: Vec<u8>) -> Result<(Document, bool), serde_json::Error> {
    let (text, first) = match String::from_utf8(line) {
        Ok(text) => match serde_json::from_str(&text) {
            Ok(document) => return Ok((document, false)),
            Err(error) => (text, Some(error)),
        },
        Err(error) => (String::from_utf8_lossy(error.as_bytes()).into_owned(), None),
    };
    let mended = replace_lone_surrogates(&text);
    drop(text);
    match (serde_json::from_str(&mended), first) {
        (Ok(document), _) => Ok((document, true)),
        (Err(_), Some(error)) | (Err(error), None) => Err(error),
    }
}

/// A JSON text whose `\ud800`–`\udfff` escapes that are not a pair are written `\ufffd`.
fn replace_lone_surrogates(json: &str) -> String {
    let bytes = json.as_bytes();
    let escape = |at: usize| -> Option<u16> {
        (bytes.get(at..at + 2)? == b"\\u").then_some(())?;
        u16::from_str_radix(json.get(at + 2..at + 6)?, 16).ok()
    };
    let mut out = String::with_capacity(json.len());
    let (mut at, mut copied) = (0, 0);
    while at < bytes.len() {
        if bytes[at] != b'\\' {
            at += 1;
            continue;
        }
        match escape(at) {
            Some(0xd800..=0xdbff) if matches!(escape(at + 6), Some(0xdc00..=0xdfff)) => at += 12,
            Some(0xd800..=0xdfff) => {
                out.push_str(&json[copied..at]);
                out.push_str("\\ufffd");
                at += 6;
                copied = at;
            }
            Some(_) => at += 6,
            // An escaped backslash is two bytes, so the one behind it starts nothing.
            None => at += 2,
        }
    }
    out.push_str(&json[copied.min(json.len())..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lone_surrogates_are_replaced_one_for_one() {
        assert_eq!(
            replace_lone_surrogates(r#"a\ud83d b\ud83d\ude00 \\ud83d \udc00"#),
            r#"a\ufffd b\ud83d\ude00 \\ud83d \ufffd"#
        );
        let (document, repaired) = read_line(br#"{"doc_id": 7, "text": "x\ud800 Hama"}"#.to_vec()).expect("mended");
        assert!(repaired);
        assert_eq!(document.text, "x\u{fffd} Hama");
    }

    #[test]
    fn bad_lines_are_named_and_the_rest_goes_on() {
        let bad = answer(b"{\"doc_id\": 1".to_vec(), "in.jsonl", 7, &Options::default());
        assert!(bad.line.is_none());
        assert_eq!(bad.notes[0].at, Some(Position::line("in.jsonl", 7)));
    }

    /// Escapes of any kind, whole surrogate pairs and halves of them put anywhere into a text: offsets are those of the text in which
    /// each half is one replacement character.
    #[test]
    fn offsets_hold_whatever_is_escaped() {
        const SPICE: [(&str, &str); 8] = [
            ("\\ud83d", "\u{fffd}"),
            ("\\udc00", "\u{fffd}"),
            ("\\ud83d\\ude00", "\u{1f600}"),
            ("\\u0007", "\u{7}"),
            ("\\u200f", "\u{200f}"),
            ("\\n", "\n"),
            ("\\\\ud83d", "\\ud83d"),
            ("<b>", "<b>"),
        ];
        let words = "Rebels captured the city of Ḩamāh on Thursday and left Homs for Damascus , the army said .";
        for seed in 0..60_usize {
            let (mut escaped, mut plain) = (String::new(), String::new());
            for (n, word) in words.split(' ').enumerate() {
                let (short, long) = SPICE[(seed * 7 + n * n) % SPICE.len()];
                let spiced = (seed + n) % 3 == 0;
                escaped += &format!("{word} {}", if spiced { short } else { "" });
                plain += &format!("{word} {}", if spiced { long } else { "" });
            }
            let line = format!("{{\"doc_id\": {seed}, \"text\": \"{escaped}\", \"pub_date\": \"2024-12-05\"}}");
            let answer = answer(line.into_bytes(), "in.jsonl", 1, &Options::default());
            let told: Value = serde_json::from_slice(&answer.line.expect("a document")).expect("JSON is written");
            let chars: Vec<char> = plain.chars().collect();
            for toponym in told["toponyms"].as_array().expect("a list") {
                let at = |key: &str| toponym[key].as_u64().expect("a number") as usize;
                assert_eq!(toponym["text"], chars[at("start")..at("end")].iter().collect::<String>(), "{plain:?}");
            }
        }
    }
}
