//! The one printer: results to stdout, notes and progress to stderr.
#![expect(clippy::print_stderr, reason = "this is the one place that writes to the terminal")]

use crate::diag::{self, Note, Severity};
use std::io::{self, BufWriter, StdoutLock, Write};

/// Where everything the program says goes through.
pub struct Printer {
    out: BufWriter<StdoutLock<'static>>,
    quiet: bool,
}

impl Printer {
    /// A printer on the process's stdout and stderr; a quiet one says only errors.
    pub fn new(quiet: bool) -> Self {
        Self { out: BufWriter::with_capacity(1 << 16, io::stdout().lock()), quiet }
    }

    /// A result, as it is, on stdout.
    ///
    /// # Errors
    /// The output cannot be written; a closed pipe is told apart by `Failure`.
    pub fn result(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(text.as_bytes())
    }

    /// A result line on stdout.
    ///
    /// # Errors
    /// As [`Printer::result`].
    pub fn line(&mut self, text: &str) -> io::Result<()> {
        self.result(text)?;
        self.result("\n")
    }

    /// The stdout writer, for results that are streamed.
    pub fn writer(&mut self) -> &mut dyn Write {
        &mut self.out
    }

    /// A note on stderr.
    pub fn say(&mut self, note: &Note) {
        if !self.quiet || note.severity == Severity::Error {
            let _ = self.out.flush();
            eprint!("{}", diag::render(note));
        }
    }

    /// A line of talk on stderr, for instance which file was written.
    pub fn talk(&mut self, text: &str) {
        if !self.quiet {
            let _ = self.out.flush();
            eprintln!("{text}");
        }
    }

    /// Whether a progress bar makes sense: stderr is a terminal and talk is wanted.
    pub fn progress(&self) -> bool {
        use std::io::IsTerminal as _;
        !self.quiet && io::stderr().is_terminal()
    }

    /// Sends everything on its way.
    ///
    /// # Errors
    /// As [`Printer::result`].
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
