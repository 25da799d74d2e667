//! Scores the geocoder on `tests/geocode/queries.tsv`: top-1, top-5 and mean reciprocal rank by tier.
//!
//! A second table says how well the scores are calibrated: of the first results with a score in each fifth, how many were right.
//! `--prepared` folds all names first, as batches do; the figures should be the same.
//!
//! `cargo run --release --example score_geocode [-- --misses] [--prepared] [FILE]`

use mapdesk::geocode::{Answer, Geocoder, Query, Tier};
use mapdesk::geodesy::{LonLat, distance};
use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write;

struct Graded {
    tier: String,
    query: Query,
    at: LonLat,
    id: Option<u32>,
    km: f64,
}

fn read(line: &str) -> Result<Graded, Box<dyn Error>> {
    let cells: Vec<&str> = line.split('\t').collect();
    let [tier, text, country, near, lat, lon, id, km] = cells[..] else {
        return Err(format!("not 8 columns: {line}").into());
    };
    let mut query = Query::new(text);
    query.country = Some(country.to_owned()).filter(|c| !c.is_empty());
    query.near = if near.is_empty() { None } else { Some(near.parse()?) };
    Ok(Graded {
        tier: tier.to_owned(),
        query,
        at: LonLat::new(lon.parse()?, lat.parse()?)?,
        id: id.parse().ok(),
        km: km.parse()?,
    })
}

/// Rank of the first right result, from 1.
fn rank(graded: &Graded, answer: &Answer) -> Option<usize> {
    answer
        .results
        .iter()
        .position(|h| match graded.id {
            Some(id) if h.place.geonameid == Some(id) => true,
            // The town for the division around it, or one place listed twice, is right as well when it lies there.
            _ => distance(h.place.at, graded.at).km() <= graded.km,
        })
        .map(|i| i + 1)
}

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let misses = args.iter().any(|a| a == "--misses");
    let file =
        args.iter().find(|a| !a.starts_with("--")).cloned().unwrap_or_else(|| "tests/geocode/queries.tsv".to_owned());
    let text = std::fs::read_to_string(&file)?;
    let geocoder = Geocoder::embedded();
    let mut out = std::io::stdout().lock();
    if args.iter().any(|a| a == "--prepared") {
        geocoder.prepare();
    }
    // Number, right ones and sum of scores of each fifth.
    let mut fifths = [(0_usize, 0_usize, 0.0_f64); 5];
    let mut sums: BTreeMap<String, (f64, f64, f64, f64)> = BTreeMap::new();
    for line in text.lines().filter(|l| !l.starts_with('#') && !l.is_empty()) {
        let graded = read(line)?;
        let answer = geocoder.search(&graded.query);
        let rank = rank(&graded, &answer);
        for tier in [graded.tier.as_str(), "~ all"] {
            let sum = sums.entry(tier.to_owned()).or_default();
            sum.0 += 1.0;
            sum.1 += f64::from(u8::from(rank == Some(1)));
            sum.2 += f64::from(u8::from(rank.is_some_and(|r| r <= 5)));
            sum.3 += rank.map_or(0.0, |r| 1.0 / r as f64);
        }
        if let Some(first) = answer.results.first().filter(|h| h.tier != Tier::Coordinates) {
            let fifth = &mut fifths[((first.score * 5.0) as usize).min(4)];
            *fifth = (fifth.0 + 1, fifth.1 + usize::from(rank == Some(1)), fifth.2 + first.score);
        }
        if misses && rank != Some(1) {
            let got = answer
                .results
                .first()
                .map_or_else(|| "nothing".to_owned(), |h| format!("{} ({})", h.place.label, h.tier.word()));
            writeln!(
                out,
                "{}\t{}\trank {}\t{got}",
                graded.tier,
                graded.query.text,
                rank.map_or("-".to_owned(), |r| r.to_string())
            )?;
        }
    }
    writeln!(out, "{:16} {:>7} {:>7} {:>7} {:>7}", "tier", "queries", "top-1", "top-5", "MRR")?;
    for (tier, (n, one, five, mrr)) in sums {
        writeln!(out, "{tier:16} {n:>7} {:>7.3} {:>7.3} {:>7.3}", one / n, five / n, mrr / n)?;
    }
    writeln!(out, "\n{:16} {:>7} {:>7} {:>7}", "score", "queries", "mean", "right")?;
    let mut error = 0.0;
    let all: usize = fifths.iter().map(|f| f.0).sum();
    for ((n, right, sum), i) in fifths.iter().zip(0..).filter(|((n, ..), _)| *n > 0) {
        let (mean, share) = (sum / *n as f64, *right as f64 / *n as f64);
        error += (mean - share).abs() * *n as f64 / all as f64;
        let from = f64::from(i) / 5.0;
        writeln!(out, "{:16} {n:>7} {mean:>7.3} {share:>7.3}", format!("{from:.1}-{:.1}", from + 0.2))?;
    }
    writeln!(out, "expected calibration error {error:.3}")?;
    Ok(())
}
