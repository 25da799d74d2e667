//! `mapdesk tiles --check ARCHIVE…`: the rules of PMTiles and vector tiles, one finding a line.

use crate::cli::{Failure, Outcome, failure, printer::Printer};
use crate::outputs::tile_check::{MOST, check};
use std::path::PathBuf;

pub(super) fn run(archives: &[PathBuf], printer: &mut Printer) -> Result<Outcome, Failure> {
    let mut outcome = Outcome::Done;
    for path in archives {
        let name = path.display();
        let report = check(path).map_err(|e| failure(&e))?;
        for f in &report.findings {
            let word = if f.must { "error" } else { "advice" };
            printer.line(&format!("{name}: {}: {word}: {} [{}]", f.place, f.what, f.rule))?;
        }
        let more = (report.errors + report.advice) as usize - report.findings.len();
        if more > 0 {
            printer.line(&format!("{name}: {more} more after the first {MOST}"))?;
        }
        printer.talk(&format!(
            "{name}: {} tiles, {} contents, {} features: {} rules broken, {} pieces of advice",
            report.tiles, report.contents, report.features, report.errors, report.advice
        ));
        if report.errors > 0 {
            outcome = Outcome::Findings;
        }
    }
    Ok(outcome)
}
