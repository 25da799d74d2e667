//! Names of seas and oceans with a place for each label: a table of facts in `basemap/seas.csv`.

use crate::geodesy::{BBox, LonLat, distance};
use std::sync::OnceLock;

/// A sea, gulf, strait or ocean.
#[derive(Debug, Clone, PartialEq)]
pub struct Sea {
    /// Where the name stands; an ocean has several.
    pub label: LonLat,
    /// 0 ocean, 1 great sea, 2 sea, 3 gulf or strait.
    pub rank: u8,
    /// For a sea that land or straits close in, the box beyond which no water bears its name.
    pub limits: Option<BBox>,
    names: Vec<(&'static str, &'static str)>,
}

impl Sea {
    /// Whether water at a position may bear its name, as far as its limits are known.
    pub fn may_reach(&self, p: LonLat) -> bool {
        self.limits.is_none_or(|limits| limits.contains(p))
    }

    /// Its name in a language, else in English.
    pub fn name(&self, lang: &str) -> &'static str {
        let find = |l: &str| self.names.iter().find(|(tag, name)| *tag == l && !name.is_empty()).map(|(_, name)| *name);
        find(lang).or_else(|| find("en")).unwrap_or_default()
    }
}

/// All seas in the order of the table.
pub fn seas() -> &'static [Sea] {
    static SEAS: OnceLock<Vec<Sea>> = OnceLock::new();
    SEAS.get_or_init(|| {
        let mut lines = include_str!("../../basemap/seas.csv").lines();
        let head: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
        lines
            .map(|line| {
                let cells: Vec<&str> = line.split(',').collect();
                let number = |n: usize| cells.get(n).and_then(|c| c.parse::<f64>().ok()).unwrap_or(f64::NAN);
                let limits: Vec<f64> =
                    cells.get(3).map_or("", |c| c).split(' ').filter_map(|v| v.parse().ok()).collect();
                Sea {
                    label: LonLat::wrapped(number(0), number(1)),
                    rank: number(2) as u8,
                    limits: match limits[..] {
                        [west, south, east, north] => Some(BBox { west, south, east, north }),
                        _ => None,
                    },
                    names: head.iter().copied().zip(cells.iter().copied()).skip(4).collect(),
                }
            })
            .collect()
    })
}

/// The seas of the table with no two places of one name nearer to each other than so many kilometres: for maps that show all of
/// them at once.
pub fn seas_apart(km: f64) -> Vec<&'static Sea> {
    let mut out: Vec<&Sea> = Vec::new();
    for sea in seas() {
        let near = |o: &&Sea| o.name("en") == sea.name("en") && distance(o.label, sea.label).km() < km;
        if !out.iter().any(near) {
            out.push(sea);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basemap::Basemap;

    #[test]
    fn every_sea_is_named_and_lies_at_sea() {
        let map = Basemap::embedded();
        assert!(seas().len() > 60);
        for sea in seas() {
            assert!(!sea.name("en").is_empty() && !sea.name("ar").is_empty());
            assert!(map.is_sea(sea.label), "{}", sea.name("en"));
            assert!(sea.may_reach(sea.label), "{}", sea.name("en"));
        }
        // The bay west of Perekop is nearer to the middle of the Sea of Azov than to that of the Black Sea.
        let bay = LonLat::wrapped(33.2, 46.0);
        let reaching = |name: &str| seas().iter().any(|s| s.name("en") == name && s.may_reach(bay));
        assert!(reaching("Black Sea") && !reaching("Sea of Azov"));
        // Nor does one sea's name run over into the next.
        for (name, lon, lat) in
            [("North Sea", -9.0, 61.5), ("Caribbean Sea", -72.0, 23.0), ("Thermaic Gulf", 24.5, 39.3)]
        {
            assert!(
                seas().iter().filter(|s| s.name("en") == name).all(|s| !s.may_reach(LonLat::wrapped(lon, lat))),
                "{name}"
            );
        }
        let pacific = |list: Vec<&Sea>| list.iter().filter(|s| s.name("en") == "Pacific Ocean").count();
        assert!(pacific(seas().iter().collect()) > 8 && pacific(seas_apart(4_000.0)) < 8);
        let med = seas().iter().find(|s| s.name("en") == "Mediterranean Sea").expect("the Mediterranean");
        assert_eq!(med.name("ar"), "البحر الأبيض المتوسط");
        assert_eq!(med.name("xx"), "Mediterranean Sea");
    }
}
