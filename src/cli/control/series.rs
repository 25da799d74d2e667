//! A series of days in one GeoJSON file, written as the days come.

use crate::geodesy::{BBox, LonLat};
use crate::time::Date;
use std::io::{self, Write};

/// A file of the control layers of several days; its features carry their `date` for time sliders.
pub(super) struct Series<'a, W: Write> {
    out: &'a mut W,
    first: bool,
    corners: Vec<LonLat>,
}

impl<'a, W: Write> Series<'a, W> {
    pub(super) fn begin(out: &'a mut W) -> io::Result<Self> {
        out.write_all(b"{\"type\":\"FeatureCollection\",\"name\":\"control_series\",\"features\":[")?;
        Ok(Self { out, first: true, corners: Vec::new() })
    }

    /// Adds the features of a day's own file, their ids led by the day; returns how many.
    pub(super) fn day(&mut self, day: Date, text: &str) -> io::Result<usize> {
        let mut count = 0;
        // Our own writer puts a feature on each line after the first, its id in front.
        for line in text.lines().skip(1) {
            let Some(feature) = line.strip_prefix("{\"type\":\"Feature\",\"id\":\"") else { continue };
            self.out.write_all(if self.first { b"\n" } else { b",\n" })?;
            self.first = false;
            write!(self.out, "{{\"type\":\"Feature\",\"id\":\"{day}-{}", feature.strip_suffix(',').unwrap_or(feature))?;
            count += 1;
        }
        self.corners.extend(text.lines().next().and_then(bounds).into_iter().flatten());
        Ok(count)
    }

    /// Closes the file; the box around all days stands at its end.
    pub(super) fn end(self) -> io::Result<()> {
        self.out.write_all(b"\n]")?;
        if let Some(b) = BBox::around(self.corners) {
            write!(self.out, ",\"bbox\":[{},{},{},{}]", b.west, b.south, b.east, b.north)?;
        }
        self.out.write_all(b"}\n")
    }
}

/// Positions along the box that a file's first line tells, close enough together not to be taken for its complement.
fn bounds(line: &str) -> Option<Vec<LonLat>> {
    let numbers = line.split_once("\"bbox\":[")?.1.split_once(']')?.0;
    let ends: Vec<f64> = numbers.split(',').filter_map(|n| n.parse().ok()).collect();
    let [west, south, east, north] = ends.try_into().ok()?;
    let width = (east - west).rem_euclid(360.0);
    let steps = (width / 60.0).ceil().max(1.0);
    let along = (0..=steps as i32).map(|i| LonLat::wrapped(west + width * f64::from(i) / steps, south));
    Some(along.chain([LonLat::wrapped(east, north)]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Feature, Layer, LayerKind};
    use crate::outputs::geojson;
    use crate::time::parse_day;

    #[test]
    fn days_stand_one_after_another_with_a_box_around_all() {
        let mut out = Vec::new();
        let mut series = Series::begin(&mut out).expect("memory");
        for (day, x) in [("2024-12-01", 179.0), ("2024-12-02", -179.5)] {
            let square = geo::Rect::new((x, 1.0), (x + 0.5, 2.0)).to_polygon();
            let layer =
                Layer::new(LayerKind::Control, vec![Feature::new(square).with_id("control-1").with("date", day)]);
            assert_eq!(series.day(parse_day(day).expect("a day"), &geojson::to_string(&layer)).expect("memory"), 1);
        }
        series.end().expect("memory");
        let text = String::from_utf8(out).expect("text");
        assert!(text.ends_with("\n],\"bbox\":[179,1,-179,2]}\n"), "{text}");
        let read = geojson::read(text.as_bytes(), "series.geojson").expect("GeoJSON").value;
        let ids: Vec<_> = read.iter().filter_map(|f| f.id.as_deref()).collect();
        assert_eq!(ids, ["2024-12-01-control-1", "2024-12-02-control-1"]);
    }
}
