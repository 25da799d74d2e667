//! `mapdesk draft ARTICLE`: the story file only.

use super::{Failure, Outcome, input, printer::Printer};
use crate::diag::{Note, Position, Severity};
use crate::model::Story;
use crate::time::Date;
use crate::{geoparse, story};
use std::path::PathBuf;

/// Read an article and write its story file, for an editor to correct
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The article: a text file in UTF-8, or - for standard input
    article: String,
    /// The day it was published, against which "Thursday" is resolved
    #[arg(long, value_name = "YYYY-MM-DD")]
    published: Option<String>,
    /// Where to write the story file; stdout where not given
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Language of the article, as a BCP 47 tag; detected where not given
    #[arg(long, value_name = "TAG")]
    lang: Option<String>,
}

pub(super) fn run(args: &Args, printer: &mut Printer) -> Result<Outcome, Failure> {
    let published = args.published.as_deref().map(|d| input::day("--published", d)).transpose()?;
    let story = read_article(&args.article, published, args.lang.clone(), printer)?;
    let text = story::write(&story);
    match &args.out {
        Some(path) => {
            crate::outputs::files::write_bytes(path, text.as_bytes()).map_err(|e| super::failure(&e))?;
            printer.talk(&format!("wrote {}", path.display()));
        }
        None => printer.result(&text)?,
    }
    Ok(if story.places.is_empty() { Outcome::Findings } else { Outcome::Done })
}

/// Reads an article from a file or standard input into a story; what it could not place is said.
pub(super) fn read_article(
    name: &str,
    published: Option<Date>,
    lang: Option<String>,
    printer: &mut Printer,
) -> Result<Story, Failure> {
    let text = input::text(name)?;
    if text.trim().is_empty() {
        return Err(Note::error("the text is empty")
            .at(Position::file(name))
            .hint("give a news text of at least a sentence")
            .into());
    }
    let options = geoparse::Options { published, lang, country: None, names: true };
    let mut notes = Vec::new();
    let reading = geoparse::read(&text, &options).unwarn(&mut notes);
    let file = (name != "-").then_some(name);
    let story = story::draft(&text, &reading, published, file).unwarn(&mut notes);
    if published.is_none() && !story.events.is_empty() {
        let note = Note::warning("no publication date: weekdays and days without a year stay undated");
        notes.push(note.hint("give it with --published 2024-12-05"));
    }
    for note in notes.iter().filter(|n| n.severity >= Severity::Warning) {
        printer.say(note);
    }
    if story.places.is_empty() {
        printer.say(&Note::warning("no place was found in the text").at(Position::file(name)));
    }
    Ok(story)
}
