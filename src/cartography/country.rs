//! Countries of a ground: whose land is whose in the wanted view, and what they are called.

use super::arcs::Arcs;
use super::clip::Window;
use super::ground::Wanted;
use super::outline::Vertex;
use crate::basemap::{ArcRef, Basemap, Feature, LayerId, View};
use std::collections::BTreeMap;

/// A country as it is seen.
#[derive(Debug, Clone)]
pub struct Country {
    /// Number in the raster: its number in the basemap and one.
    pub owner: u16,
    /// ISO 3166-1 alpha-2 code; empty where it has none.
    pub code: String,
    /// Name in the map's language.
    pub name: String,
    /// Name in the second language, where one is asked for.
    pub second: Option<String>,
    /// Visible rings, 1/64 px; the outer ones wind one way, holes the other.
    pub rings: Vec<Vec<Vertex>>,
    /// Label rank in the basemap, 0 the most important.
    pub rank: u8,
    /// Whether the story plays there.
    pub focus: bool,
    /// Whether it belongs to another country.
    pub dependency: bool,
}

/// All countries in sight.
pub struct Lands {
    /// Those of which something is seen.
    pub countries: Vec<Country>,
    /// Arcs around the parts of the story's countries, with the number of the country.
    focus: Vec<(ArcRef, u16)>,
}

impl Lands {
    /// The countries of a view of the basemap, projected.
    pub fn read(view: &View<'_>, wanted: &Wanted<'_>, arcs: &mut Arcs<'_>, keep: &Window) -> Self {
        let map = Basemap::embedded();
        let named = |feature: &Feature<'_>| {
            let code = feature.iso_a2().unwrap_or_default();
            Country {
                owner: feature.number() + 1,
                code: code.to_owned(),
                name: country_name(feature, wanted.lang),
                second: wanted.second.map(|l| country_name(feature, l)),
                rings: Vec::new(),
                rank: feature.rank(),
                focus: !code.is_empty() && wanted.focus.iter().any(|w| w == code),
                dependency: feature.is_dependency(),
            }
        };
        let territory = wanted.worldview.map(|w| map.territory(view.scale(), w)).unwrap_or_default();
        let mut countries: Vec<Country> = Vec::new();
        // Land that is another country's in the wanted view.
        let mut moved: BTreeMap<u16, Country> = BTreeMap::new();
        let mut focus: Vec<(ArcRef, u16)> = Vec::new();
        for (n, feature) in view.iter().filter(|(_, f)| f.layer() == LayerId::Countries) {
            let mut country = named(feature);
            for part in view.rings(n) {
                let owner = territory.owner(feature, part);
                let to = if owner == feature.number() {
                    &mut country
                } else {
                    moved.entry(owner).or_insert_with(|| {
                        let mut all = map.features(view.scale(), LayerId::Countries);
                        named(&all.find(|f| f.number() == owner).unwrap_or(*feature))
                    })
                };
                for (k, ring) in part.iter().enumerate() {
                    arcs.rings(ring, k == 0, keep, &mut to.rings);
                    if to.focus {
                        focus.extend(ring.iter().map(|r| (*r, owner)));
                    }
                }
            }
            countries.push(country);
        }
        for (_, land) in moved {
            match countries.iter_mut().find(|c| c.owner == land.owner) {
                Some(country) => country.rings.extend(land.rings),
                None => countries.push(land),
            }
        }
        countries.retain(|c| !c.rings.is_empty());
        Self { countries, focus }
    }

    /// Arcs around the story's countries, each once; what lies between two parts of one country is not among them.
    pub fn around_focus(&self) -> Vec<ArcRef> {
        let mut uses: BTreeMap<u32, Vec<(ArcRef, u16)>> = BTreeMap::new();
        for (r, owner) in &self.focus {
            uses.entry(r.arc).or_default().push((*r, *owner));
        }
        let inner = |sides: &[(ArcRef, u16)]| matches!(sides, [(_, a), (_, b)] if a == b);
        uses.into_values().filter(|sides| !inner(sides)).map(|sides| sides[0].0).collect()
    }
}

/// A country's name as newsrooms write it.
pub fn country_name(feature: &Feature<'_>, lang: &str) -> String {
    let name = feature.name(lang);
    match name {
        "United States of America" => "United States".to_owned(),
        "Dem. Rep. Congo" | "Democratic Republic of the Congo" => "DR Congo".to_owned(),
        "Central African Rep." => "Central African Republic".to_owned(),
        "Dominican Rep." => "Dominican Republic".to_owned(),
        _ if lang == "tr" && feature.iso_a2() == Some("CY") => "Kıbrıs".to_owned(),
        _ if lang == "en" && feature.iso_a2() == Some("FO") => "Faroe Islands".to_owned(),
        // The long form only where the short one is abbreviated: elsewhere it is the official one ("Russian Federation").
        _ if name.contains('.') && lang == "en" => {
            let long = feature.attribute("name_long").unwrap_or(name);
            // Where a name is disputed, the one that those use who live there.
            long.split(" / ").next().unwrap_or(long).to_owned()
        }
        _ => name.to_owned(),
    }
}
