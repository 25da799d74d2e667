//! The door: what was typed becomes work, results go to stdout, talk to stderr, and the exit code says how it went.
//!
//! One file a command. `0` done, `1` done with findings, `2` could not; a closed pipe is success.

mod batch;
mod bench_overview;
mod completions;
mod control;
mod convert;
mod diff;
mod distance;
mod draft;
mod gazetteer;
mod geocode;
mod house;
mod input;
mod licences;
mod make;
mod parse;
mod places;
pub mod printer;
mod render;
mod reverse;
mod tiles;
mod worldview;

use crate::diag::Note;
use clap::{CommandFactory, Parser, Subcommand};
use printer::Printer;
use std::process::ExitCode;

/// From a news text to maps a newsroom can publish and layers a GIS analyst can trust.
#[derive(Debug, Parser)]
#[command(name = "mapdesk", version, about, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Say nothing but errors on stderr
    #[arg(long, short, global = true)]
    quiet: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    #[command(hide = true)]
    BenchOverview(bench_overview::Args),
    Geocode(Box<geocode::Args>),
    Reverse(reverse::Args),
    Distance(distance::Args),
    Gazetteer(gazetteer::Args),
    Completions(completions::Args),
    Convert(convert::Args),
    Draft(draft::Args),
    Control(Box<control::Args>),
    Diff(diff::Args),
    Licences(licences::Args),
    Tiles(Box<tiles::Args>),
    Parse(parse::Args),
    Render(Box<render::Args>),
    Make(make::Args),
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Exit code 0.
    Done,
    /// Exit code 1: done, but nothing matched or a check failed.
    Findings,
}

/// Why a command could not do its work; exit code 2.
#[derive(Debug)]
pub enum Failure {
    /// Something to tell the user, in one or several notes.
    Notes(Vec<Note>),
    /// The reader of our output went away; not an error.
    ClosedPipe,
}

impl From<Note> for Failure {
    fn from(note: Note) -> Self {
        Self::Notes(vec![note])
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            Self::ClosedPipe
        } else {
            Self::Notes(vec![Note::error(error.to_string())])
        }
    }
}

/// A failure with an error's own words and those of its causes.
pub fn failure(error: &dyn std::error::Error) -> Failure {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let text = inner.to_string();
        if !message.contains(&text) {
            message.push_str(": ");
            message.push_str(&text);
        }
        cause = inner.source();
    }
    Failure::from(Note::error(message))
}

/// A southern latitude typed as `-33.87,151.21` looks like a flag; a space before it says that it is none, and is trimmed later.
fn position_not_flag(arg: std::ffi::OsString) -> std::ffi::OsString {
    let position = arg.to_str().is_some_and(|a| {
        a.strip_prefix('-')
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit() || c == '.') && rest.contains(','))
    });
    if !position {
        return arg;
    }
    let mut spaced = std::ffi::OsString::from(" ");
    spaced.push(arg);
    spaced
}

/// Runs the program on the process's arguments.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse_from(std::env::args_os().map(position_not_flag)) {
        Ok(cli) => cli,
        Err(error) => {
            // clap prints help and version to stdout, usage errors to stderr; its codes are those of the contract.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    let mut printer = Printer::new(cli.quiet);
    let result = match cli.command {
        Command::BenchOverview(args) => bench_overview::run(&args, &mut printer),
        Command::Geocode(args) => geocode::run(&args, &mut printer),
        Command::Reverse(args) => reverse::run(&args, &mut printer),
        Command::Distance(args) => distance::run(&args, &mut printer),
        Command::Gazetteer(args) => gazetteer::run(&args, &mut printer),
        Command::Completions(args) => completions::run(&args, &mut printer),
        Command::Convert(args) => convert::run(&args, &mut printer),
        Command::Draft(args) => draft::run(&args, &mut printer),
        Command::Control(args) => control::run(&args, &mut printer),
        Command::Diff(args) => diff::run(&args, &mut printer),
        Command::Licences(args) => licences::run(&args, &mut printer),
        Command::Tiles(args) => tiles::run(&args, &mut printer),
        Command::Parse(args) => parse::run(&args, &mut printer),
        Command::Render(args) => render::run(&args, &mut printer),
        Command::Make(args) => make::run(&args, &mut printer),
    };
    let result = result.and_then(|outcome| printer.flush().map(|()| outcome).map_err(Failure::from));
    match result {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::from(1),
        Err(Failure::ClosedPipe) => ExitCode::SUCCESS,
        Err(Failure::Notes(notes)) => {
            for note in &notes {
                printer.say(note);
            }
            ExitCode::from(2)
        }
    }
}

/// The command line's definition, for help and completions.
pub fn definition() -> clap::Command {
    Cli::command()
}
