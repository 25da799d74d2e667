//! `mapdesk completions SHELL`.

use super::{Failure, Outcome, printer::Printer};

/// Write the completion script of a shell to stdout
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The shell
    shell: clap_complete::Shell,
}

pub(super) fn run(args: &Args, printer: &mut Printer) -> Result<Outcome, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut super::definition(), "mapdesk", &mut script);
    printer.result(&String::from_utf8_lossy(&script))?;
    Ok(Outcome::Done)
}
