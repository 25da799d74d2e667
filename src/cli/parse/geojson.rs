//! The places of a text as points, one a place, each with the spans of its mentions.

use super::named::{Named, Site};
use super::round;
use serde_json::{Value, json};
use std::io::{self, Write};

/// Writes a feature collection.
pub(super) fn write(places: &Named, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"{\"type\":\"FeatureCollection\",\"features\":[")?;
    for (n, site) in places.sites.iter().enumerate() {
        write!(out, "{}{}", if n > 0 { "," } else { "" }, feature(site))?;
    }
    out.write_all(b"]}\n")
}

fn feature(site: &Site) -> Value {
    let place = &site.place;
    json!({
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [round(place.at.lon(), 6), round(place.at.lat(), 6)]},
        "properties": {
            "layer": "places",
            "name": place.name,
            "label": place.label,
            "geonameid": place.geonameid,
            "kind": place.kind.word(),
            "country": place.country,
            "admin1": place.admin1,
            "population": place.population,
            "score": round(site.score, 4),
            "mentions": site.spans.len(),
            "spans": site.spans,
        },
    })
}
