//! Writing the layers of `mapdesk control`.

use super::inputs::Land;
use super::picture;
use super::series::Series;
use crate::cli::{Failure, printer::Printer};
use crate::control::picture::{Drawing, Picture};
use crate::control::state::{PlaceState, Policy};
use crate::control::stats::{self, Stats};
use crate::control::timeline::Timeline;
use crate::layers::{self, Scene, history};
use crate::model::{Feature, Layer};
use crate::outputs::{files, geojson};
use crate::time::Date;
use rayon::prelude::*;
use std::path::Path;

/// What is to be drawn, and where it goes.
pub(super) struct Job<'a> {
    pub timeline: &'a Timeline<'a>,
    pub land: &'a Land,
    pub policy: &'a Policy,
    pub drawing: Drawing<'a>,
    pub out: &'a Path,
}

impl Job<'_> {
    fn scene<'s>(&'s self, picture: &'s Picture) -> Scene<'s> {
        let mut scene = Scene::new(self.timeline, &self.land.cells, picture);
        scene.zones = &self.land.zones;
        scene.known_on = self.policy.known_on;
        scene.boundary = self.land.boundary.as_str().into();
        scene
    }

    fn write(&self, layer: &Layer, printer: &mut Printer) -> Result<(), Failure> {
        let path = self.out.join(format!("{}.geojson", layer.name));
        geojson::write_file(layer, &path)?;
        printer.talk(&format!("{} ({} features)", path.display(), layer.features.len()));
        Ok(())
    }

    /// The layers and figures of one day, changes counted from the end of `from`, or from the baseline.
    pub(super) fn day(
        &self,
        from: Option<Date>,
        date: Date,
        arrows: bool,
        printer: &mut Printer,
    ) -> Result<Stats, Failure> {
        let theatre = self.timeline.theatre;
        let cells = &self.land.cells;
        let states = |day: Option<Date>, policy: &Policy| match day {
            Some(day) => self.timeline.at(day, policy),
            None => theatre.baseline.states.clone(),
        };
        let after = picture(theatre, self.land, states(Some(date), self.policy), date, &self.drawing);
        let base = from.or(theatre.baseline.date).unwrap_or(date);
        let before = picture(theatre, self.land, states(from, self.policy), base, &self.drawing);
        let turns = self.timeline.turns(date, self.policy);
        let scene = self.scene(&after);
        let (fronts, control) = rayon::join(|| stats::fronts(cells, &after), || layers::control(&scene));
        self.write(&control, printer)?;
        drop(control);
        self.write(&layers::change(&scene, &before, from, &turns), printer)?;
        self.write(&layers::frontline(&scene, &fronts), printer)?;
        self.write(&layers::cells(&scene), printer)?;
        for (layer, why) in [
            (layers::contested(&scene), "nothing is fought over, besieged or claimed"),
            (layers::beyond(&scene), "no land lies beyond reach, or no --reach was given"),
        ] {
            if layer.features.is_empty() {
                printer.talk(&format!("no {}.geojson: {why}", layer.name));
            } else {
                self.write(&layer, printer)?;
            }
        }
        if arrows {
            self.write(&layers::advance(&scene, &before, from, 10.0), printer)?;
        }
        let mut figures = stats::stats(cells, &after, &fronts);
        figures.changes = stats::changes(cells, &before, &after);
        figures.date_from = from;
        figures.known_on = self.policy.known_on;
        figures.caption = stats::caption(theatre, &after, &figures);
        if self.policy.known_on.is_some() {
            let all = Policy { known_on: None, ..self.policy.clone() };
            let known_now = picture(theatre, self.land, states(Some(date), &all), date, &self.drawing);
            figures.known_wrongly = stats::changes(cells, &after, &known_now);
            let mut scene = self.scene(&known_now);
            scene.known_on = None;
            let mut layer = layers::change(&scene, &after, None, &self.timeline.turns(date, &all));
            "known_wrongly".clone_into(&mut layer.name);
            for feature in &mut layer.features {
                wrongly(feature, date, self.policy.known_on);
            }
            self.write(&layer, printer)?;
        }
        self.table("places.csv", &history::COLUMNS, history::history(self.timeline, &turns))?;
        let text = serde_json::to_string_pretty(&figures).map_err(|e| crate::cli::failure(&e))?;
        files::write_bytes(&self.out.join("stats.json"), format!("{text}\n").as_bytes())?;
        self.table("stats.csv", &["date", "kind", "a", "b", "km2", "places", "km"], figure_rows(&figures))?;
        printer.talk(&figures.caption);
        Ok(figures)
    }

    /// A map for every `step` days up to the last, in one file with dates and in one file a day, with a table of figures.
    pub(super) fn series(&self, first: Date, last: Date, step: i64, printer: &mut Printer) -> Result<(), Failure> {
        let mut walk = self.timeline.walk(self.policy);
        let mut rows = Vec::new();
        let mut next = Some(first);
        let (mut days, mut features) = (0, 0);
        let path = self.out.join("control_series.geojson");
        // Days follow from each other; what they look like does not, so a handful is drawn side by side and nothing is kept.
        files::write_atomically(&path, |out| {
            let mut series = Series::begin(out)?;
            loop {
                let mut batch = Vec::new();
                while let Some(day) = next.filter(|d| *d <= last && batch.len() < 16) {
                    walk.to(day, |_| {});
                    batch.push((day, walk.states.clone()));
                    next = day.checked_add(jiff::Span::new().days(step)).ok();
                }
                if batch.is_empty() {
                    break;
                }
                let drawn: Vec<(Date, String, Vec<Vec<String>>)> =
                    batch.into_par_iter().map(|(day, states)| self.one_of_series(day, states)).collect();
                for (day, text, mut figures) in drawn {
                    files::write_bytes(&self.out.join(format!("days/control-{day}.geojson")), text.as_bytes())
                        .map_err(std::io::Error::other)?;
                    features += series.day(day, &text)?;
                    rows.append(&mut figures);
                    days += 1;
                }
            }
            series.end()
        })?;
        printer.talk(&format!("{} ({features} features)", path.display()));
        self.table("series.csv", &["date", "kind", "a", "b", "km2", "places", "km"], rows)?;
        printer.talk(&format!("{} ({days} days)", self.out.join("days").display()));
        Ok(())
    }

    /// The control layer of a day as GeoJSON, and its figures.
    fn one_of_series(&self, day: Date, states: Vec<PlaceState>) -> (Date, String, Vec<Vec<String>>) {
        let today = picture(self.timeline.theatre, self.land, states, day, &self.drawing);
        let text = geojson::to_string(&layers::control(&self.scene(&today)));
        let fronts = stats::fronts(&self.land.cells, &today);
        (day, text, figure_rows(&stats::stats(&self.land.cells, &today, &fronts)))
    }

    fn table<const N: usize>(&self, name: &str, columns: &[&str; N], rows: Vec<Vec<String>>) -> Result<(), Failure> {
        files::write_atomically(&self.out.join(name), |out| {
            let mut csv = csv::WriterBuilder::new().from_writer(out);
            csv.write_record(columns).map_err(std::io::Error::other)?;
            for row in &rows {
                csv.write_record(row).map_err(std::io::Error::other)?;
            }
            csv.flush()
        })?;
        Ok(())
    }
}

/// The attributes of a change as those of an error: from what was known to what is known now.
fn wrongly(feature: &mut Feature, date: Date, known_on: Option<Date>) {
    for (key, value) in &mut feature.properties {
        match key.as_str() {
            "layer" => *value = "known_wrongly".into(),
            "date_from" => *value = date.into(),
            "known_on" => *value = known_on.into(),
            "lost_by" => *key = "known_holder".into(),
            "lost_by_name" => *key = "known_holder_name".into(),
            "gained_by" => *key = "true_holder".into(),
            "gained_by_name" => *key = "true_holder_name".into(),
            _ => {}
        }
    }
}

fn figure_rows(f: &Stats) -> Vec<Vec<String>> {
    let row = |kind: &str, a: &str, b: &str, km2: Option<f64>, places: Option<usize>, km: Option<f64>| {
        let text = |v: Option<String>| v.unwrap_or_default();
        vec![
            f.date.to_string(),
            kind.to_owned(),
            a.to_owned(),
            b.to_owned(),
            text(km2.map(|v| v.to_string())),
            text(places.map(|v| v.to_string())),
            text(km.map(|v| v.to_string())),
        ]
    };
    let mut rows = vec![row("total", "", "", Some(f.total_km2), None, None)];
    rows.extend(f.holders.iter().map(|h| row("holder", &h.actor, "", Some(h.km2), Some(h.places), None)));
    rows.extend(f.changes.iter().map(|c| row("change", &c.lost_by, &c.gained_by, Some(c.km2), Some(c.places), None)));
    rows.extend(f.frontlines.iter().map(|l| row("front", &l.a, &l.b, None, None, Some(l.km))));
    if f.beyond_km2 > 0.0 {
        rows.push(row("beyond", "", "", Some(f.beyond_km2), None, None));
    }
    rows
}
