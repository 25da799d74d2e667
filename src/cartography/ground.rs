//! The ground of a map: land, water, borders and rivers of the basemap, projected once on shared arcs and thinned in pixel space.

use super::arcs::{Arcs, area2, joined, to_px};
use super::clip::{Pt, Window};
use super::country::{Country, Lands};
use super::display::{Cap, Group, Item, Join, Outline, Path, Stroke, units};
use super::frame::Frame;
use super::grid::{CELL, Extent, Grid, Sums};
use super::names::{Lettering, Solved};
use super::outline::Vertex;
use super::planar::Family;
use super::project::{BLEED, lines_outline, rings_outline};
use super::theme::Style;
use crate::basemap::{ArcRef, Basemap, BoundaryClass, Feature, LayerId, Scale, WaterKind};
use crate::geodesy::{BBox, LonLat};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// A river long enough to be named.
#[derive(Debug, Clone)]
pub struct River {
    /// Name in the map's language.
    pub name: String,
    /// Scale rank, 0 the greatest.
    pub rank: u8,
    /// Its course in CSS pixels, the longest visible piece.
    pub line: Vec<Pt>,
}

/// A lake large enough to be named.
#[derive(Debug, Clone)]
pub struct Lake {
    /// Name in the map's language.
    pub name: String,
    /// Its outer ring, CSS pixels.
    pub ring: Vec<Pt>,
}

/// A first-order division of a story's country, large enough on the map to bear its name.
#[derive(Debug, Clone)]
pub struct Division {
    /// Its GeoNames id.
    pub geonameid: i64,
    /// What it is called in English where nobody knows better; empty where the source's name is not fit to print.
    pub name: String,
    /// Its visible rings, CSS pixels.
    pub rings: Vec<Vec<Pt>>,
}

/// The ground, ready to be drawn, and what labels want to know about it.
#[derive(Debug, Clone)]
pub struct Ground {
    /// Countries in sight.
    pub countries: Vec<Country>,
    /// Rivers in sight.
    pub rivers: Vec<River>,
    /// Named lakes in sight.
    pub lakes: Vec<Lake>,
    /// Second language of names.
    pub second: Option<String>,
    /// Divisions in sight that are large enough to be named.
    pub large: Vec<Division>,
    /// Groups below the zones: water, land.
    pub below: Vec<Group>,
    /// Groups above the zones: lakes, rivers, division lines, coast, borders.
    pub above: Vec<Group>,
    /// Owners of cells and weight of lines.
    pub grid: Grid,
    /// Whether a disputed border is drawn.
    pub disputed: bool,
    /// The scale of the basemap that was used.
    pub scale: Scale,
    /// Weight of lines, summed.
    pub ink: Sums,
    /// Cells of water, summed.
    pub water: Sums,
    /// Where the cells of every owner lie.
    pub extents: Vec<Option<Extent>>,
    /// Cells of single owners, summed when they are asked for.
    owners: Arc<Mutex<FxHashMap<u16, Arc<Sums>>>>,
    /// Names of countries and waters, as they were last worked out.
    pub(super) lettering: Arc<Mutex<Option<Arc<Lettering>>>>,
    /// Labels that were last placed on it.
    pub(super) solved: Arc<Mutex<Option<Solved>>>,
}

/// What to draw of the ground.
#[derive(Debug, Clone)]
pub struct Wanted<'a> {
    /// Language of names.
    pub lang: &'a str,
    /// Second language of names.
    pub second: Option<&'a str>,
    /// Codes of the story's countries.
    pub focus: &'a [String],
    /// Whose view of disputed borders.
    pub worldview: Option<&'a str>,
    /// Whether names are wanted at all: not in a locator.
    pub named: bool,
    /// The resolution that decides how much detail is drawn, ground metres to a pixel; the frame's own where not given. Sheets of one
    /// zoom share one, so that they meet.
    pub metres: Option<f64>,
}

/// The box of a frame in degrees within ±180, across the antimeridian where need be.
pub fn frame_box(degrees: &Window) -> BBox {
    let wrap = |x: f64| if (-180.0..=180.0).contains(&x) { x } else { (x + 180.0).rem_euclid(360.0) - 180.0 };
    if degrees.width() >= 359.0 {
        return BBox { west: -180.0, south: degrees.y0, east: 180.0, north: degrees.y1 };
    }
    BBox { west: wrap(degrees.x0), south: degrees.y0, east: wrap(degrees.x1), north: degrees.y1 }
}

impl Ground {
    /// The ground of a frame.
    pub fn read(frame: &Frame, style: &Style, scale_of_words: f64, wanted: &Wanted<'_>) -> Self {
        let metres = frame.metres_per_px();
        let detail = wanted.metres.unwrap_or(metres);
        let scale = if wanted.named { Scale::for_resolution(detail / 1000.0) } else { coarser(detail) };
        // A sheet is part of a larger map, as wide as a still of its resolution would be.
        let width_km = wanted.metres.map_or(frame.ground_width(), |m| m * 1200.0) / 1000.0;
        // A locator shows the shapes of countries and nothing else.
        let mut layers = vec![LayerId::Countries];
        if wanted.named {
            layers.extend([LayerId::Boundaries, LayerId::Lakes, LayerId::Rivers]);
        }
        if wanted.named && scale == Scale::M10 && width_km < 2600.0 {
            layers.push(LayerId::DivisionLines);
        }
        let view = Basemap::embedded().query(frame_box(&frame.degrees), scale, &layers);
        let nudge = (0.75 * metres / 111_000.0).min(0.3);
        let mut arcs = Arcs::new(frame, &view, nudge);
        let keep = frame.panel.grown(BLEED);
        let panel = &frame.panel;
        let mut grid = Grid::new(panel.x0, panel.y0, panel.width(), panel.height());
        // Web map zoom with the same detail, by which Natural Earth ranks its features.
        let zoom = match frame.planar.family() {
            Family::Tiles => (156_543.034 * frame.scale).log2(),
            _ => {
                (156_543.0 * frame.at(panel.centre()).map_or(1.0, |p| p[1].to_radians().cos().max(0.1)) / metres).log2()
            }
        };

        let c = &style.colours;
        let weight = style.line_weight * scale_of_words;
        let mut rivers: Vec<River> = Vec::new();
        let mut lakes: Vec<Lake> = Vec::new();
        let mut lake_rings: Vec<Vec<Vertex>> = Vec::new();
        let mut river_lines: [Vec<Vec<Vertex>>; 3] = Default::default();
        let mut borders: Vec<Vec<Vertex>> = Vec::new();
        let mut disputed: Vec<Vec<Vertex>> = Vec::new();
        let mut divisions: Vec<Vec<Vertex>> = Vec::new();
        let mut disputed_arcs: BTreeSet<u32> = BTreeSet::new();
        let focus_a3: Vec<String> = view
            .features(LayerId::Countries)
            .filter(|f| f.iso_a2().is_some_and(|a| wanted.focus.iter().any(|w| w == a)))
            .filter_map(|f| f.attribute("adm0_a3").map(str::to_owned))
            .collect();

        // On a sheet the story's countries may lie outside; on a still they do not.
        let nowhere = focus_a3.is_empty() && (wanted.metres.is_none() || wanted.focus.is_empty());

        let mut large = Vec::new();
        if wanted.named && wanted.metres.is_none() {
            let ours: Vec<u16> = view
                .features(LayerId::Countries)
                .filter(|f| f.iso_a2().is_some_and(|a| wanted.focus.iter().any(|w| w == a)))
                .map(|f| f.number())
                .collect();
            let seen = Divisions::seen(frame, scale_of_words, &ours);
            large = seen.large(frame, nudge, &keep);
            if scale == Scale::M50 && width_km < 6_000.0 && seen.are_wide(scale_of_words) {
                seen.lines(frame, nudge, &keep, &focus_a3, &mut divisions);
            }
        }

        let border_arcs: BTreeSet<u32> = view.borders().collect();
        let lands = Lands::read(&view, wanted, &mut arcs, &keep);
        if wanted.named {
            for country in &lands.countries {
                let px: Vec<Vec<Pt>> = country.rings.iter().map(|r| to_px(r)).collect();
                grid.fill(&px, country.owner);
            }
        }
        for (n, feature) in view.iter() {
            let parts = view.rings(n);
            match feature.layer() {
                LayerId::Boundaries => {
                    let class = feature.boundary_class_for(wanted.worldview);
                    if class == BoundaryClass::Division && layers.contains(&LayerId::DivisionLines) {
                        parts.iter().flatten().for_each(|line| arcs.lines(line, &keep, &mut divisions));
                    }
                    if !class.is_drawn() {
                        // Where a country of the story ends there all the same, it is not by an agreed border.
                        disputed_arcs.extend(parts.iter().flatten().flatten().map(|r| r.arc));
                        continue;
                    }
                    let doubtful = dashed(class);
                    let to = if doubtful { &mut disputed } else { &mut borders };
                    for line in parts.iter().flatten() {
                        if doubtful {
                            arcs.lines(line, &keep, to);
                        } else {
                            // Agreed borders are drawn on land; at sea Natural Earth runs them on as far as they were agreed.
                            for r in line.iter().filter(|r| border_arcs.contains(&r.arc)) {
                                arcs.lines(std::slice::from_ref(r), &keep, to);
                            }
                        }
                        if doubtful {
                            disputed_arcs.extend(line.iter().map(|r| r.arc));
                        }
                    }
                }
                LayerId::DivisionLines => {
                    let ours = feature.attribute("adm0_a3").is_some_and(|a| focus_a3.iter().any(|f| f == a));
                    if feature.division_order() == 1 && (ours || (nowhere && width_km < 1400.0)) {
                        for line in parts.iter().flatten() {
                            arcs.lines(line, &keep, &mut divisions);
                        }
                    }
                }
                LayerId::Lakes => {
                    if feature.min_zoom() > zoom + 1.0 {
                        continue;
                    }
                    let mut rings = Vec::new();
                    for part in parts {
                        for (k, ring) in part.iter().enumerate() {
                            arcs.rings(ring, k == 0, &keep, &mut rings);
                        }
                    }
                    // Specks below some ten square pixels are noise.
                    if rings.iter().map(|r| area2(r).abs()).max().unwrap_or(0) < 2 * 10 * 64 * 64 {
                        continue;
                    }
                    if wanted.named {
                        let px: Vec<Vec<Pt>> = rings.iter().map(|r| to_px(r)).collect();
                        grid.fill(&px, 0);
                        let name = lake_name(feature, wanted.lang);
                        if !name.is_empty()
                            && let Some(ring) = px.into_iter().max_by_key(|r| r.len())
                        {
                            lakes.push(Lake { name: name.to_owned(), ring });
                        }
                    }
                    lake_rings.extend(rings);
                }
                LayerId::Rivers => {
                    if feature.water_kind() == WaterKind::LakeCentreline
                        || feature.min_zoom() > zoom + 0.8
                        || !wanted.named
                    {
                        continue;
                    }
                    let mut lines = Vec::new();
                    for line in parts.iter().flatten() {
                        arcs.lines(line, &keep, &mut lines);
                    }
                    let width = match feature.rank() {
                        0..=3 => 0,
                        4..=6 => 1,
                        _ => 2,
                    };
                    let name = river_name(feature.name("en"), feature.bbox().centre(), wanted.lang);
                    if !name.is_empty() {
                        for line in &lines {
                            rivers.push(River { name: name.to_owned(), rank: feature.rank(), line: to_px(line) });
                        }
                    }
                    river_lines[width].extend(lines);
                }
                LayerId::Countries | LayerId::Divisions => {}
            }
        }
        let mut coast = Vec::new();
        for arc in view.coast().filter(|_| wanted.named) {
            arcs.lines(&[ArcRef { arc, backwards: false }], &keep, &mut coast);
        }
        let (mut focus_borders, mut focus_disputed) = (Vec::new(), Vec::new());
        for r in lands.around_focus().into_iter().filter(|r| wanted.named && border_arcs.contains(&r.arc)) {
            let to = if disputed_arcs.contains(&r.arc) { &mut focus_disputed } else { &mut focus_borders };
            arcs.lines(&[r], &keep, to);
        }

        for (lines, ink) in
            [(&borders, 5), (&disputed, 5), (&coast, 4), (&divisions, 2), (&river_lines[0], 2), (&river_lines[1], 1)]
        {
            if wanted.named {
                for line in lines {
                    grid.draw(&to_px(line), ink);
                }
            }
        }

        let countries = lands.countries;
        let mut below = Vec::new();
        let mut land = Group::new("land", "Land");
        let others = countries.iter().filter(|c| !c.focus).flat_map(|c| c.rings.iter().map(Vec::as_slice));
        let outline = rings_outline(others);
        if !outline.is_empty() {
            land.items.push(Item::Path(Path::filled(outline, c.land)));
        }
        for country in countries.iter().filter(|c| c.focus) {
            let mut path = Path::filled(rings_outline(country.rings.iter().map(Vec::as_slice)), c.focus);
            path.title = Some(country.name.clone());
            land.items.push(Item::Path(path));
        }
        below.push(land);

        let mut above = Vec::new();
        let mut line_group = |id: &str, label: &str, items: Vec<Item>| {
            if !items.is_empty() {
                let mut group = Group::new(id, label);
                group.items = items;
                above.push(group);
            }
        };
        let stroke = |lines: &[Vec<Vertex>], color, width: f64| -> Vec<Item> {
            let outline = lines_outline(joined(lines).iter().map(Vec::as_slice));
            if outline.is_empty() {
                Vec::new()
            } else {
                vec![Item::Path(Path::stroked(outline, color, width * weight))]
            }
        };
        line_group("divisions", "Division lines", {
            let mut items = stroke(&divisions, c.admin, 0.9);
            dash(&mut items, &[3.0 * weight, 2.0 * weight]);
            items
        });
        let lake_outline: Outline = rings_outline(lake_rings.iter().map(Vec::as_slice));
        if !lake_outline.is_empty() {
            let mut path = Path::filled(lake_outline, c.water);
            path.stroke = Some(Stroke::solid(c.coast, 0.7 * weight));
            line_group("lakes", "Lakes", vec![Item::Path(path)]);
        }
        let mut river_items = Vec::new();
        for (lines, width) in river_lines.iter().zip([1.5, 1.1, 0.8]) {
            river_items.extend(stroke(lines, c.river, width));
        }
        line_group("rivers", "Rivers", river_items);
        line_group("coast", "Coast", stroke(&coast, c.coast, 0.9));
        let mut border_items = stroke(&borders, c.border, 1.1);
        let mut disputed_items = stroke(&disputed, c.border, 1.1);
        dash(&mut disputed_items, &[4.0 * weight, 3.0 * weight]);
        border_items.extend(disputed_items);
        border_items.extend(stroke(&focus_borders, c.focus_border, 1.5));
        let mut focus_items = stroke(&focus_disputed, c.focus_border, 1.5);
        dash(&mut focus_items, &[4.0 * weight, 3.0 * weight]);
        border_items.extend(focus_items);
        line_group("borders", "Borders", border_items);

        // A locator asks no such questions.
        let (ink, water, extents) = if wanted.named {
            let most = countries.iter().map(|c| usize::from(c.owner)).max().unwrap_or(0);
            (grid.ink_sums(), grid.owner_sums(0), grid.extents(most))
        } else {
            (Sums::default(), Sums::default(), Vec::new())
        };
        Self {
            countries,
            rivers,
            lakes,
            second: wanted.second.map(str::to_owned),
            large,
            below,
            above,
            grid,
            disputed: !disputed.is_empty(),
            scale,
            ink,
            water,
            extents,
            owners: Arc::default(),
            lettering: Arc::default(),
            solved: Arc::default(),
        }
    }

    /// Whether each CSS pixel of a panel is land, row by row.
    pub fn dry(&self, panel: &Window) -> Vec<bool> {
        // A raster of single pixels is one of cells on a map so many times as large.
        let large = |v: f64| v * CELL;
        let mut fine = Grid::new(large(panel.x0), large(panel.y0), large(panel.width()), large(panel.height()));
        for country in &self.countries {
            let rings: Vec<Vec<Pt>> =
                country.rings.iter().map(|r| to_px(r).into_iter().map(|p| p.map(large)).collect()).collect();
            fine.fill(&rings, 1);
        }
        fine.owner.iter().map(|o| *o == 1).collect()
    }

    /// Where the cells of an owner lie; `None` where it has none.
    pub fn extent(&self, owner: u16) -> Option<Extent> {
        self.extents.get(usize::from(owner)).copied().flatten()
    }

    /// The table of cells that belong to an owner.
    pub fn sums_of(&self, owner: u16) -> Arc<Sums> {
        let mut known = self.owners.lock().unwrap_or_else(PoisonError::into_inner);
        let make = || self.extent(owner).map_or_else(Sums::default, |e| self.grid.owner_sums_in(owner, &e));
        known.entry(owner).or_insert_with(|| Arc::new(make())).clone()
    }
}

/// A lake's name: in English with the word "Lake" that the source leaves out where it translates.
pub fn lake_name<'a>(feature: &Feature<'a>, lang: &str) -> &'a str {
    let translated = feature.name(lang);
    let own = feature.attribute("name").unwrap_or_default();
    let waters = ["Lake", "Reservoir", "Lough", "Sea", "Bay", "Lagoon"];
    if lang == "en" && own.split(' ').any(|word| waters.contains(&word)) { own } else { translated }
}

/// A river's name as newsrooms write it: one name for a river that changes its name at a border; empty for names that the source
/// has damaged. `at` is where the river is: the source knows several by the name of another.
pub fn river_name<'a>(source: &'a str, at: LonLat, lang: &str) -> &'a str {
    struct Row {
        limits: Option<BBox>,
        names: [&'static str; 6],
        /// In Russian and in Turkish; empty where not listed.
        more: [&'static str; 2],
    }
    static TABLE: OnceLock<Vec<Row>> = OnceLock::new();
    let rows = TABLE.get_or_init(|| {
        let row = |line: &'static str| {
            let cells: Vec<&str> = line.split(',').collect();
            let edges: Vec<f64> = cells.get(6)?.split(' ').filter_map(|v| v.parse().ok()).collect();
            let limits = match edges[..] {
                [west, south, east, north] => Some(BBox { west, south, east, north }),
                _ => None,
            };
            Some(Row { limits, names: cells[..6].try_into().ok()?, more: cells[7..9].try_into().ok()? })
        };
        include_str!("rivers.csv").lines().skip(1).filter_map(row).collect()
    });
    // "Local (Other)": either may be the name that is listed.
    let (plain, other) = source.split_once('(').unwrap_or((source, ""));
    let both = [plain.trim(), other.trim_end_matches([')', ' '])];
    let known = |name: &str, row: &Row| {
        !name.is_empty() && (row.names[0] == name || row.names[1].split(';').any(|local| local == name))
    };
    let mut named = both.iter().flat_map(|name| rows.iter().filter(|r| known(name, r))).peekable();
    let listed = named.peek().is_some();
    let row = named.find(|r| r.limits.is_none_or(|l| l.contains(at)));
    match row {
        Some(Row { names: r, more, .. }) => match lang.split(['-', '_']).next() {
            Some("ar") => r[2],
            Some("fr") => r[3],
            Some("de") => r[4],
            Some("es") => r[5],
            Some("ru") if !more[0].is_empty() => more[0],
            Some("tr") if !more[1].is_empty() => more[1],
            _ => r[0],
        },
        // Listed for another place: the name is a mistake here.
        None if listed => "",
        None if source.contains('?') || both[0].chars().count() < 3 => "",
        None => both[0],
    }
}

/// First-order divisions of the story's countries in a frame, by their boxes.
struct Divisions {
    around: BBox,
    seen: Vec<Seen>,
    /// From how many square pixels on one may be named.
    least: f64,
}

/// A division in sight.
struct Seen {
    number: u16,
    country: u16,
    /// Square pixels of its box on the panel.
    size: f64,
}

impl Divisions {
    fn seen(frame: &Frame, scale_of_words: f64, countries: &[u16]) -> Self {
        let shown = &frame.degrees;
        let panel = frame.panel.width() * frame.panel.height();
        let overlap = |a: f64, b: f64, c: f64, d: f64| (b.min(d) - a.max(c)).max(0.0);
        let share = |f: &Feature<'_>| {
            let b = f.bbox();
            let wide = [-360.0, 0.0, 360.0].map(|by| overlap(b.west + by, b.east + by, shown.x0, shown.x1));
            let wide = wide.into_iter().fold(0.0, f64::max);
            wide * overlap(b.south, b.north, shown.y0, shown.y1) / (shown.width() * shown.height())
        };
        let all = Basemap::embedded().features(Scale::M10, LayerId::Divisions);
        let ours = all.filter(|f| countries.contains(&f.country_number()));
        let seen = ours.map(|f| Seen { number: f.number(), country: f.country_number(), size: share(&f) * panel });
        Self {
            around: frame_box(shown),
            seen: seen.filter(|s| s.size > 0.0).collect(),
            least: LARGE * scale_of_words.powi(2),
        }
    }

    /// Numbers of those that may be named: where most of a country's in sight are large. A few names among many small divisions
    /// would tell nothing.
    fn named(&self) -> Vec<u16> {
        let inside = |country: u16| {
            let of = |least: f64| self.seen.iter().filter(|s| s.country == country && s.size >= least).count();
            of(self.least) * 5 >= of(self.least / 6.0) * 3
        };
        self.seen.iter().filter(|s| s.size >= self.least && inside(s.country)).map(|s| s.number).collect()
    }

    /// Those that may be named, projected.
    fn large(&self, frame: &Frame, nudge: f64, keep: &Window) -> Vec<Division> {
        let large = self.named();
        if large.is_empty() {
            return Vec::new();
        }
        let view = Basemap::embedded()
            .query_where(self.around, Scale::M10, &[LayerId::Divisions], |f| large.contains(&f.number()));
        let mut arcs = Arcs::new(frame, &view, nudge);
        let division = |(n, feature): (usize, &Feature<'_>)| {
            let mut rings = Vec::new();
            for part in view.rings(n) {
                for (k, ring) in part.iter().enumerate() {
                    arcs.rings(ring, k == 0, keep, &mut rings);
                }
            }
            // Where two sources agree on a name, it is the usual one in English and of our time.
            let name = feature.attribute("name").unwrap_or_default();
            let agreed = feature.attribute("natural_earth") == Some(name);
            Division {
                geonameid: feature.attribute("geonameid").and_then(|id| id.parse().ok()).unwrap_or(0),
                name: if agreed { name.to_owned() } else { String::new() },
                rings: rings.iter().map(|r| to_px(r)).collect(),
            }
        };
        // A polygon of several divisions has no name.
        let whole = view.iter().filter(|(_, f)| f.attribute("mixed").is_none());
        whole.map(division).filter(|d| !d.rings.is_empty()).collect()
    }

    /// Whether lines between them would leave room for what else is on the map.
    fn are_wide(&self, scale_of_words: f64) -> bool {
        let sum: f64 = self.seen.iter().map(|s| s.size).sum();
        self.seen.len() > 1 && sum / self.seen.len() as f64 > 5_000.0 * scale_of_words.powi(2)
    }

    /// The lines between them, on a map that is drawn with less detail than they have.
    fn lines(&self, frame: &Frame, nudge: f64, keep: &Window, countries: &[String], out: &mut Vec<Vec<Vertex>>) {
        let ours = |f: &Feature<'_>| {
            f.division_order() == 1 && f.attribute("adm0_a3").is_some_and(|a| countries.iter().any(|c| c == a))
        };
        let view = Basemap::embedded().query_where(self.around, Scale::M10, &[LayerId::DivisionLines], ours);
        let mut arcs = Arcs::new(frame, &view, nudge);
        for (n, _) in view.iter() {
            view.rings(n).iter().flatten().for_each(|line| arcs.lines(line, keep, out));
        }
    }
}

/// From how many square pixels on, at words of scale 1, a division may be named: some 170 px by 150 px.
const LARGE: f64 = 25_000.0;

fn coarser(metres: f64) -> Scale {
    if metres < 3_000.0 { Scale::M50 } else { Scale::M110 }
}

fn dash(items: &mut [Item], pattern: &[f64]) {
    for item in items {
        if let Item::Path(Path { stroke: Some(s), .. }) = item {
            s.dash = pattern.iter().map(|v| units(*v)).collect();
            s.cap = Cap::Butt;
            s.join = Join::Round;
        }
    }
}

/// Borders drawn dashed: those that somebody disputes, not those that are merely unmarked on the ground.
pub fn dashed(class: BoundaryClass) -> bool {
    class.is_disputed() && class != BoundaryClass::Indefinite
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rivers_have_the_names_that_newsrooms_write() {
        let name = |source, lon, lat, lang| river_name(source, LonLat::wrapped(lon, lat), lang);
        assert_eq!(name("El Bahr el Azraq  (Blue Nile)", 34.0, 13.0, "en"), "Blue Nile");
        assert_eq!(name("Lancang (Mekong)", 99.0, 25.0, "fr"), "Mékong");
        assert_eq!(name("Al Furat", 40.0, 35.0, "ru"), "Евфрат");
        assert_eq!(name("Al Furat", 40.0, 35.0, "tr"), "Fırat");
        assert_eq!(name("Glomma (Glma)", 11.0, 61.0, "en"), "Glomma");
        // Not in the table: the name before the brackets.
        assert_eq!(name("Yanisyoki (Janisjoki)", 31.0, 62.0, "en"), "Yanisyoki");
        // One name in the source, three rivers.
        assert_eq!(name("Drau", 14.0, 46.6, "en"), "Drava");
        assert_eq!(name("Drau", -19.0, 64.5, "en"), "Þjórsá");
        assert_eq!(name("Drau", 0.5, 44.0, "en"), "Garonne");
        assert_eq!(name("Drau", 100.0, 10.0, "en"), "");
        assert_eq!(name("Amgun?", 136.0, 52.0, "en"), "");
    }

    #[test]
    fn lakes_are_called_lakes_in_english() {
        let map = Basemap::embedded();
        let lakes = || map.features(Scale::M10, LayerId::Lakes);
        let named = |lang: &str| lakes().map(|f| lake_name(&f, lang)).collect::<BTreeSet<_>>();
        let english = named("en");
        for name in ["Lake Victoria", "Lake Superior", "Dead Sea", "Great Salt Lake", "Sea of Galilee", "Vänern"] {
            assert!(english.contains(name), "{name}");
        }
        assert!(!english.contains("Nyanza") && !english.contains("Superior"));
        assert!(named("fr").contains("Supérieur"));
    }
}
