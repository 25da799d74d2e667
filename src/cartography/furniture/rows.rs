//! The rows of a key: one for everything that is really drawn.

use super::Setting;
use super::key::{Row, Swatch};
use crate::cartography::hatch::Slope;
use crate::cartography::held::{self, Held};
use crate::cartography::story;
use crate::cartography::words::{Phrases, Tongue, fill};
use crate::cartography::zones::{Class, Paint, Zones};
use crate::model::{LayerKind, Map, Rgb};

/// Rows for exactly what is drawn.
pub fn rows(map: &Map, zones: &Zones, held: &Held, set: &Setting<'_>, disputed: bool) -> Vec<Row> {
    let (words, style) = (set.tongue.phrases(), set.style);
    let name = |id: &str| zones.sides.iter().find(|s| s.id == id).map_or_else(|| id.to_owned(), |s| s.name.clone());
    let since = map
        .layers
        .iter()
        .filter(|l| l.kind == LayerKind::Change)
        .flat_map(|l| &l.features)
        .find_map(|f| f.get("date_from").and_then(|d| d.to_string().parse().ok()))
        .map(|d| set.tongue.short_date(d));
    let both = zones.both();
    let mut rows: Vec<Row> = Vec::new();
    let shown = held.classes();
    for class in zones.classes().into_iter().filter(|c| held.is_areas() || shown.contains(c)) {
        let paint = zones.paint(&class, style, both);
        if paint.fill.is_none() && paint.hatch.is_none() {
            continue;
        }
        let swatch = match held {
            Held::Areas => Swatch::Area(paint),
            Held::Settlements(_) => {
                let (whole, half) = held::colours_of(&class, zones, set);
                Swatch::Disc(whole, half)
            }
            Held::Roads(_) => {
                let (whole, half) = held::colours_of(&class, zones, set);
                let hatch = half.map(|h| (h, Slope::Up));
                Swatch::Area(Paint { fill: Some(whole), hatch, edge: None })
            }
        };
        // In the layers' own language, their own words for what nobody reports.
        let own = map.holders.iter().find(|h| h.id == "unknown").filter(|_| set.tongue == Tongue::English);
        let label = match (&class, own) {
            (Class::Unknown, Some(own)) => own.label.clone(),
            _ => class.label(words, &name, since.as_deref()),
        };
        let row = Row { swatch, words: label };
        if !rows.contains(&row) {
            rows.push(row);
        }
    }
    let c = &style.colours;
    one_row_a_word(&mut rows, words, held.is_areas().then_some(c.focus));
    if held.is_areas() && !zones.fronts.is_empty() {
        rows.push(Row {
            swatch: Swatch::Line { color: c.front, rim: Some(c.halo), width: set.length(1.7), dash: Vec::new() },
            words: words.front.to_owned(),
        });
    }
    if map.layers.iter().any(|l| l.kind == LayerKind::Distances && !l.features.is_empty()) {
        rows.push(Row {
            swatch: Swatch::Line {
                color: c.distance,
                rim: None,
                width: set.length(1.5),
                dash: story::DISTANCE_DASH.iter().map(|d| set.length(*d)).collect(),
            },
            words: words.straight.to_owned(),
        });
    }
    let mut arrow_sides: Vec<(String, Rgb)> = Vec::new();
    for f in map.layers.iter().filter(|l| l.kind == LayerKind::Advance).flat_map(|l| &l.features) {
        if let Some(side) = f.text("actor").or_else(|| f.text("holder")).or_else(|| f.text("gained_by")) {
            let listed = map.holders.iter().find(|h| h.id == side);
            let color = zones.palette.pure(side).or(listed.and_then(|h| h.color)).unwrap_or(c.accent);
            // By the name its land has in the key, where it holds any.
            let short = zones.sides.iter().find(|s| s.id == side).map(|s| s.name.clone());
            let name = short.or_else(|| listed.map(|h| h.label.clone()));
            let entry = (name.unwrap_or_else(|| side.to_owned()), color);
            if !arrow_sides.contains(&entry) {
                arrow_sides.push(entry);
            }
        }
    }
    for (side, color) in arrow_sides {
        rows.push(Row { swatch: Swatch::Arrow(story::arrow_color(color, set)), words: fill(words.advance, &[&side]) });
    }
    // A line that bears its length needs no key of its own.
    if !rows.is_empty() && rows.iter().all(|r| r.words == words.straight) {
        rows.clear();
    }
    if disputed && !rows.is_empty() {
        rows.push(Row {
            swatch: Swatch::Line {
                color: c.border,
                rim: None,
                width: set.length(1.1),
                dash: vec![set.length(4.0), set.length(3.0)],
            },
            words: words.disputed.to_owned(),
        });
    }
    rows
}

/// Rows that say the same become one: land fought over is told by its stripes, whoever's colour lies below them. So do pairs of
/// sides where there are too many of them to read.
fn one_row_a_word(rows: &mut Vec<Row>, words: &Phrases, land: Option<Rgb>) {
    let contested =
        |r: &Row| r.words.strip_prefix(words.contested).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'));
    if rows.iter().filter(|r| contested(r)).count() > 3 {
        rows.iter_mut().filter(|r| contested(r)).for_each(|r| r.words = words.contested.to_owned());
    }
    let mut at = 0;
    while at < rows.len() {
        let (first, same) = (rows[at].words.clone(), at + 1);
        let before = rows.len();
        let mut n = 0;
        rows.retain(|r| {
            n += 1;
            n <= same || r.words != first
        });
        if rows.len() < before
            && let Swatch::Area(paint) = &mut rows[at].swatch
            && paint.hatch.is_some()
            && land.is_some()
        {
            paint.fill = land;
        }
        at += 1;
    }
}
