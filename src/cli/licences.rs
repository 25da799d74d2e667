//! `mapdesk licences`: what the program is made of, on whose terms, and which credit line a map must carry.

use super::{Failure, Outcome, printer::Printer};
use serde::{Deserialize, Serialize};

/// Print the licences of the program and of everything embedded in it
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Form of the answer
    #[arg(long, value_enum, default_value = "text")]
    format: Form,
    /// The full texts of the licences too
    #[arg(long)]
    full: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Form {
    Text,
    Json,
}

/// Something embedded, as `licences/embedded.toml` has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    what: String,
    credit: String,
    licence: String,
    link: String,
    from: String,
    changes: String,
    r#where: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    data: Vec<Entry>,
}

const TEXTS: [(&str, &str); 4] = [
    ("MIT", include_str!("../../LICENSE-MIT")),
    ("Apache-2.0", include_str!("../../LICENSE-APACHE")),
    ("OFL 1.1 (the fonts)", include_str!("../../fonts/OFL.txt")),
    ("What the weights were trained on", include_str!("../../models/NOTICE.md")),
];

fn table() -> Table {
    toml::from_str(include_str!("../../licences/embedded.toml")).expect("a test reads the table in the repository")
}

/// The credit line that covers everything embedded.
fn credit_line(table: &Table) -> String {
    let credits: Vec<String> =
        table.data.iter().filter(|e| !e.credit.is_empty()).map(|e| format!("{} ({})", e.credit, e.licence)).collect();
    credits.join(", ")
}

fn in_words(table: &Table) -> String {
    let mut out = format!(
        "mapdesk {}\n  licence  MIT OR Apache-2.0, at your option\n\nCredit line for a map: {}\nBorders: {}\n",
        env!("CARGO_PKG_VERSION"),
        credit_line(table),
        crate::basemap::WORLDVIEW,
    );
    for e in &table.data {
        out.push_str(&format!("\n{}\n", e.what));
        let lines = [
            ("credit", &e.credit),
            ("licence", &e.licence),
            ("", &e.link),
            ("from", &e.from),
            ("changes", &e.changes),
            ("see", &e.r#where),
        ];
        for (word, text) in lines {
            if !text.is_empty() {
                out.push_str(&format!("  {word:<8} {text}\n"));
            }
        }
    }
    out
}

pub(super) fn run(args: &Args, printer: &mut Printer) -> Result<Outcome, Failure> {
    let table = table();
    match args.format {
        Form::Text => printer.result(&in_words(&table))?,
        Form::Json => {
            let all = serde_json::json!({
                "program": "mapdesk", "version": env!("CARGO_PKG_VERSION"), "licence": "MIT OR Apache-2.0",
                "credit_line": credit_line(&table), "worldview": crate::basemap::WORLDVIEW, "data": table.data,
            });
            printer.line(&serde_json::to_string_pretty(&all).expect("plain texts"))?;
        }
    }
    if args.full {
        for (name, text) in TEXTS {
            printer.result(&format!("\n──── {name} ────\n\n{text}"))?;
        }
    }
    Ok(Outcome::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_credit_line_names_whoever_must_be_named() {
        assert_eq!(credit_line(&table()), "GeoNames (CC BY 4.0), Natural Earth (public domain)");
    }

    #[test]
    fn every_package_of_the_basemap_is_named() {
        let manifest: toml::Table = toml::from_str(include_str!("../../basemap/manifest.toml")).expect("a manifest");
        let words = in_words(&table());
        for package in manifest["package"].as_array().expect("packages") {
            let name = package["name"].as_str().expect("a name");
            assert!(words.contains(name), "{name} is not named");
        }
        assert!(words.contains("MIT OR Apache-2.0") && words.contains("OFL 1.1"));
    }
}
