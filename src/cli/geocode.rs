//! `mapdesk geocode NAME…`: places by name, one query an argument or one a row of a file.

use super::places::{self, Format, Gazetteers};
use super::{Failure, Outcome, batch, printer::Printer};
use crate::diag::Note;
use crate::geocode::{Answer, Geocoder, Query};
use crate::geodesy::{BBox, LonLat};
use crate::model::PlaceKind;
use std::path::PathBuf;

/// Find places by name, in any script or spelling
///
/// NAME may carry context ("Paris, Texas"), be relative ("30 km south of Hama") or a position.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Names to find
    #[arg(value_name = "NAME", required_unless_present_any = ["batch", "name"])]
    names: Vec<String>,
    /// A name, with --admin1 and --country as its parts
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Only in this first-order division
    #[arg(long, value_name = "NAME")]
    admin1: Option<String>,
    /// Only in this country: two-letter code or name
    #[arg(long, value_name = "CC")]
    country: Option<String>,
    /// Nearer to this position is likelier
    #[arg(long, value_name = "LAT,LON", allow_hyphen_values = true)]
    near: Option<LonLat>,
    /// Only inside this box
    #[arg(long, value_name = "W,S,E,N", allow_hyphen_values = true)]
    bbox: Option<BBox>,
    /// Rather inside the box than only
    #[arg(long, requires = "bbox")]
    bbox_bias: bool,
    /// Only places of this kind (repeatable): city, admin1, admin2, country, region, continent, water, terrain, facility
    #[arg(long, value_name = "KIND")]
    kind: Vec<PlaceKind>,
    /// Names in this language where known
    #[arg(long, value_name = "TAG")]
    lang: Option<String>,
    /// At most so many results a query
    #[arg(long, value_name = "N", default_value_t = 10)]
    limit: usize,
    /// The names are beginnings of names
    #[arg(long)]
    prefix: bool,
    /// Names given together mean places that belong together
    #[arg(long)]
    together: bool,
    /// How to write results
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Find the names in a column of this CSV, TSV or JSON-lines file and write its rows with the places found
    #[arg(long, value_name = "FILE", conflicts_with_all = ["names", "name", "together"])]
    batch: Option<PathBuf>,
    #[command(flatten)]
    columns: batch::Columns,
    #[command(flatten)]
    gazetteers: Gazetteers,
}

impl Args {
    fn query(&self, text: &str) -> Query {
        Query {
            text: text.trim().to_owned(),
            country: self.country.clone(),
            admin1: self.admin1.clone(),
            near: self.near,
            bbox: self.bbox,
            bbox_bias: self.bbox_bias,
            kinds: self.kind.clone(),
            prefix: self.prefix,
            limit: self.limit.max(1),
            bare: self.lang.is_none(),
        }
    }
}

pub(super) fn run(args: &Args, printer: &mut Printer) -> Result<Outcome, Failure> {
    let geocoder = args.gazetteers.geocoder()?;
    if let Some(country) = &args.country
        && !known_country(&geocoder, country)
    {
        return Err(Note::error(format!("--country \"{country}\" is no country"))
            .hint("give its two-letter code or name")
            .into());
    }
    if let Some(file) = &args.batch {
        return batch::names(
            file,
            &args.columns,
            &geocoder,
            |text, country| {
                geocoder.search(&Query {
                    limit: 1,
                    country: country.or_else(|| args.country.clone()),
                    ..args.query(text)
                })
            },
            args.lang.as_deref(),
            printer,
        );
    }
    let queries: Vec<Query> = args.name.iter().chain(&args.names).map(|n| args.query(n)).collect();
    let answers: Vec<Answer> = if args.together {
        geocoder.resolve_together(&queries)
    } else {
        queries.iter().map(|q| geocoder.search(q)).collect()
    };
    places::write(&answers, args.format, args.lang.as_deref(), printer)?;
    Ok(if answers.iter().all(|a| !a.results.is_empty()) { Outcome::Done } else { Outcome::Findings })
}

fn known_country(geocoder: &Geocoder<'_>, text: &str) -> bool {
    geocoder.country(text).is_some()
}
