//! Names of seas and oceans with a place for each label: a table of facts in `basemap/seas.csv`.

use crate::geodesy::LonLat;
use std::sync::OnceLock;

/// A sea, gulf, strait or ocean.
#[derive(Debug, Clone, PartialEq)]
pub struct Sea {
    /// Where the name stands; an ocean has several.
    pub label: LonLat,
    /// 0 ocean, 1 great sea, 2 sea, 3 gulf or strait.
    pub rank: u8,
    names: Vec<(&'static str, &'static str)>,
}

impl Sea {
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
                Sea {
                    label: LonLat::wrapped(number(0), number(1)),
                    rank: number(2) as u8,
                    names: head.iter().copied().zip(cells.iter().copied()).skip(3).collect(),
                }
            })
            .collect()
    })
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
        }
        let med = seas().iter().find(|s| s.name("en") == "Mediterranean Sea").expect("the Mediterranean");
        assert_eq!(med.name("ar"), "البحر الأبيض المتوسط");
        assert_eq!(med.name("xx"), "Mediterranean Sea");
    }
}
