//! Scores the geocoder on `tests/geocode/queries.tsv`: top-1, top-5 and mean reciprocal rank by tier.
//!
//! `cargo run --release --example score_geocode [-- --misses] [FILE]`

use mapdesk::geocode::{Answer, Geocoder, Query};
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
    Ok(())
}
