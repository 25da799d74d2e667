//! All names of a map: what is named, how it is set, which wins. The search itself is in [`super::labels`].

mod divisions;
mod lands;
mod parts;
mod spots;
mod waters;

pub use divisions::division_names;

use super::display::{Group, Halo, Item, Outline, Path, Placement, Point, Rect, Stroke, Text, px, units};
use super::explain::LabelNote;
use super::frame::Frame;
use super::furniture::Setting;
use super::ground::Ground;
use super::held::Disc;
use super::labels::block::{Align, Block};
use super::labels::point::PointLabel;
use super::labels::room::{Candidate, Dot, Pose, Room};
use super::labels::solve::{self, Choice, Reserve, Wanted, solve};
use super::story::{Arrow, DistanceLine, Own, Part, Spot};
use super::text::Shaped;
use super::zones::Zones;
use crate::model::Rgb;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is named on a map.
pub struct Subject<'a> {
    /// Ground with its raster.
    pub ground: &'a Ground,
    /// Zones.
    pub zones: &'a Zones,
    /// Places, story first.
    pub spots: &'a [Spot],
    /// Distances.
    pub distances: &'a [DistanceLine],
    /// Advances.
    pub arrows: &'a [Arrow],
    /// Areas and lines of the user's own.
    pub own: &'a [Own],
    /// Names of divisions, by their place in the ground's list.
    pub divisions: &'a [(usize, String)],
    /// The frame.
    pub frame: &'a Frame,
    /// Furniture that names keep clear of.
    pub taken: Vec<Rect>,
    /// In a series: where every label stands in all its pictures.
    pub fixed: Option<&'a [LabelNote]>,
    /// Whether zones are named on the map.
    pub zone_names: bool,
    /// Settlements drawn as discs, which names had better not cover.
    pub discs: &'a [Disc],
}

/// A label on its way through the search.
#[derive(Debug, Clone)]
struct Entry {
    text: String,
    kind: &'static str,
    blocks: Vec<Block>,
    /// What is drawn in the room of `blocks`, where that is kept for a wider note.
    drawn: Option<Vec<Block>>,
    along: Option<Arc<Shaped>>,
    candidates: Vec<Candidate>,
    /// Who knows further candidates, with leader lines.
    far: Option<PointLabel>,
    drop: Option<i32>,
    halo: Option<(Rgb, f64)>,
    color: Rgb,
    spot: Option<usize>,
    /// Which group it is drawn in.
    group: usize,
}

/// The result: names and dots in groups, and the record.
pub struct Named {
    /// Groups in drawing order.
    pub groups: Vec<Group>,
    /// What became of every label.
    pub notes: Vec<LabelNote>,
    /// Story places that could not be named without overlapping.
    pub crowded: Vec<String>,
    /// Characters that no font has.
    pub missing: Vec<char>,
}

const GROUPS: [(&str, &str); 6] = [
    ("water-names", "Names of waters"),
    ("country-names", "Names of countries"),
    ("zone-names", "Names of zones"),
    ("city-names", "Names of other places"),
    ("distance-figures", "Figures of distances"),
    ("story-names", "Names of the story"),
];

/// Places all names.
pub fn name(subject: &Subject<'_>, set: &Setting<'_>) -> Named {
    let Subject { ground, frame, spots, .. } = *subject;
    let grid = &ground.grid;
    let panel = &frame.panel;
    let inner = Rect::px(panel.x0, panel.y0, panel.x1, panel.y1).grown(-units(6.5));
    let owner_of = |spot: &Spot| -> Option<u16> {
        let here = grid.owner_at(spot.at).filter(|o| *o != 0);
        here.or_else(|| {
            let code = spot.country.as_deref()?;
            ground.countries.iter().find(|c| c.code == code).map(|c| c.owner)
        })
    };
    let shown = shown_spots(subject, set);
    let owners = shown.iter().filter_map(|&i| owner_of(&spots[i]));
    let mut room = Room::new(inner, subject.taken.clone(), ground, owners);
    room.keep_off(subject.discs.iter().map(|d| (d.at, d.radius)));

    // Dots of the story stay whatever happens; those of context come and go with their names.
    let mut label_of: BTreeMap<usize, usize> = BTreeMap::new();
    let fixed = shown.iter().filter(|&&i| spots[i].part != Part::Context && spots[i].radius() > 0.0);
    for (n, &i) in fixed.enumerate() {
        let r = spots[i].reach(set);
        let at = spots[i].at;
        room.dots.push(Dot { rect: Rect::px(at[0] - r, at[1] - r, at[0] + r, at[1] + r), label: usize::MAX - n });
        label_of.insert(i, usize::MAX - n);
    }

    let mut entries: Vec<Entry> = Vec::new();
    for &i in &shown {
        let id = label_of.get(&i).copied().unwrap_or(entries.len());
        let entry = match spots[i].water {
            true => spots::water(&spots[i], i, entries.len(), ground, set, &room),
            false => spots::place(&spots[i], i, id, owner_of(&spots[i]), set, &room),
        };
        entries.push(entry);
    }
    spots::distances(subject, set, &room, &mut entries);
    spots::arrows(subject, set, &room, &mut entries);
    spots::own(subject, set, &room, &mut entries);
    let lettering = lettering(subject, set, &room);
    let before = entries.len();
    entries.extend(lettering.countries.iter().cloned());
    lands::keep_off_fronts(subject, &room, &mut entries[before..]);
    lands::keep_off_places(subject, set, &mut entries[before..]);
    if subject.zone_names {
        lands::zones(subject, set, &room, &mut entries);
    }
    // A water of the story is named by the story.
    let told = |e: &&Entry| e.kind == "water" && spots.iter().any(|s| s.water && s.name == e.text);
    entries.extend(lettering.waters.iter().filter(|e| !told(e)).cloned());
    // Nor does a river of the story give way to a town.
    let of_story = |e: &Entry| e.kind == "river" && spots.iter().any(|s| s.water && s.name.contains(e.text.as_str()));
    entries.iter_mut().filter(|e| of_story(e)).for_each(|e| e.drop = Some(1600));

    lands::keep_off_lines(subject, &room, &mut entries);

    if let Some(fixed) = subject.fixed {
        // The same places and furniture give the same candidates: each label keeps the one it was given for the series.
        for e in entries.iter_mut().filter(|e| e.kind != "zone") {
            // What the series does not know, as a user's own features, finds its place anew.
            let Some(known) = fixed.iter().find(|n| n.text == e.text && n.kind == e.kind) else { continue };
            let same = |c: &Candidate| known.bounds == Some(bounds(&c.spot.rects[0]));
            let near = e.candidates.drain(..).find(same);
            let far = e.far.take();
            e.candidates.extend(near.or_else(|| far?.far(&room).into_iter().find(same)));
        }
    }
    let wanted: Vec<Wanted> = entries
        .iter_mut()
        .map(|e| Wanted {
            spots: e.candidates.iter_mut().map(boxes).collect(),
            drop: e.drop,
            reserve: if e.far.is_some() { Reserve::Waiting } else { Reserve::None },
        })
        .collect();
    let (choice, far) = choose(wanted, ground, |l| entries[l].far.as_ref().map(|e| e.far(&room)).unwrap_or_default());
    for (l, more) in far {
        entries[l].candidates.extend(more);
    }
    draw(subject, set, entries, &choice)
}

/// A candidate's boxes, which the search takes; drawing needs the first of them only.
fn boxes(c: &mut Candidate) -> solve::Spot {
    let first = c.spot.rects.first().copied().into_iter().collect();
    solve::Spot { rects: std::mem::replace(&mut c.spot.rects, first), cost: c.spot.cost }
}

/// Labels that were placed on a ground, and where.
#[derive(Debug)]
pub struct Solved {
    /// As they were found in the end, with every reserve that was looked at.
    wanted: Vec<Wanted>,
    choice: Choice,
}

/// Places labels; the ground remembers the last ones, so a map that wants the same has them at once.
///
/// `reserve` makes the further candidates of a label; those that were looked at come back with the choice.
fn choose(
    mut wanted: Vec<Wanted>,
    ground: &Ground,
    reserve: impl Fn(usize) -> Vec<Candidate>,
) -> (Choice, BTreeMap<usize, Vec<Candidate>>) {
    let mut kept = ground.solved.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut made: BTreeMap<usize, (Vec<Candidate>, Vec<solve::Spot>)> = BTreeMap::new();
    let mut make = |l: usize| {
        let both = || {
            let mut candidates = reserve(l);
            let spots = candidates.iter_mut().map(boxes).collect();
            (candidates, spots)
        };
        made.entry(l).or_insert_with(both).1.clone()
    };
    let near = |a: &Wanted, b: &Wanted| {
        a.spots == b.spots && a.drop == b.drop && (a.reserve == Reserve::None) == (b.reserve == Reserve::None)
    };
    let known = kept.take().filter(|k| {
        k.wanted.len() == wanted.len()
            && k.wanted.iter().zip(&wanted).all(|(a, b)| near(a, b))
            && k.wanted.iter().enumerate().all(|(l, w)| match &w.reserve {
                Reserve::Made(far) => make(l) == *far,
                _ => true,
            })
    });
    let solved = known.unwrap_or_else(|| {
        let choice = solve(&mut wanted, 10, make);
        Solved { wanted, choice }
    });
    let looked_at = |l: usize| matches!(solved.wanted[l].reserve, Reserve::Made(_));
    let far = made.into_iter().filter(|(l, _)| looked_at(*l)).map(|(l, (candidates, _))| (l, candidates)).collect();
    let choice = solved.choice.clone();
    *kept = Some(solved);
    (choice, far)
}

/// Which places are shown: all of the story, and as much context as leaves the story in front.
fn shown_spots(subject: &Subject<'_>, set: &Setting<'_>) -> Vec<usize> {
    let spots = subject.spots;
    let panel = &subject.frame.panel;
    // A river is named along its course.
    let river = |s: &Spot| s.water && subject.ground.rivers.iter().any(|r| s.name.contains(r.name.as_str()));
    let story: Vec<usize> = (0..spots.len()).filter(|&i| spots[i].part != Part::Context && !river(&spots[i])).collect();
    let side = set.length(if set.board.is_narrow() { 125.0 } else { 145.0 });
    let most = (panel.width() * panel.height() / (side * side)).round() as usize;
    let most = most.saturating_sub(story.len());
    // Of two towns of a size the one that more languages have a name for.
    let weight = |s: &Spot| {
        let focus = subject.ground.countries.iter().any(|c| c.focus && Some(c.code.as_str()) == s.country.as_deref());
        (s.population.max(1_000) as f64)
            * f64::from(s.names.max(1)).powf(0.75)
            * if s.capital { 8.0 } else { 1.0 }
            * if focus { 6.0 } else { 1.0 }
    };
    // On a map of an ocean a village is no landmark, be it the seat of a dependency.
    let least = match subject.frame.ground_width() / 1000.0 {
        w if w > 3_000.0 => 20_000,
        w if w > 1_500.0 => 5_000,
        _ => 0,
    };
    let orients = |s: &Spot| s.part == Part::Context && (s.capital || s.population >= least);
    let mut context: Vec<usize> = (0..spots.len()).filter(|&i| orients(&spots[i])).collect();
    context.sort_by(|&a, &b| weight(&spots[b]).total_cmp(&weight(&spots[a])).then(spots[a].name.cmp(&spots[b].name)));
    let mut chosen: Vec<usize> = Vec::new();
    for i in context {
        if chosen.len() >= most {
            break;
        }
        let apart = |j: &usize, least: f64| {
            let d = [spots[i].at[0] - spots[*j].at[0], (spots[i].at[1] - spots[*j].at[1]) * 1.6];
            d[0].hypot(d[1]) >= set.length(least)
        };
        let covered = subject.taken.iter().any(|t| {
            t.grown(units(4.0)).overlaps(&Rect::px(
                spots[i].at[0] - 1.0,
                spots[i].at[1] - 1.0,
                spots[i].at[0] + 1.0,
                spots[i].at[1] + 1.0,
            ))
        });
        if !covered && chosen.iter().all(|j| apart(j, 46.0)) && story.iter().all(|j| apart(j, 34.0)) {
            chosen.push(i);
        }
    }
    story.into_iter().chain(chosen).collect()
}

fn entry(text: &str, kind: &'static str, blocks: Vec<Block>, color: Rgb, drop: Option<i32>, group: usize) -> Entry {
    Entry {
        text: text.to_owned(),
        kind,
        blocks,
        drawn: None,
        along: None,
        candidates: Vec::new(),
        far: None,
        drop,
        halo: None,
        color,
        spot: None,
        group,
    }
}

/// A name in capitals as its language writes them: Turkish keeps the dot of its i, Greek drops accents.
fn capitals(name: &str, lang: &str) -> String {
    match lang.split(['-', '_']).next() {
        Some("tr" | "az") => name.replace('i', "İ").to_uppercase(),
        Some("el") => {
            let plain = |c| "ΆΑΈΕΉΗΊΙΌΟΎΥΏΩ".chars().skip_while(|a| *a != c).nth(1);
            name.to_uppercase().chars().map(|c| if "ΆΈΉΊΌΎΏ".contains(c) { plain(c).unwrap_or(c) } else { c }).collect()
        }
        _ => name.to_uppercase(),
    }
}

/// A colour dark (or pale) enough to read on a ground.
pub fn readable(color: Rgb, ground: Rgb) -> Rgb {
    use super::colour::{contrast, luminance, over};
    let towards = if luminance(ground) > 0.4 { Rgb(0, 0, 0) } else { Rgb(255, 255, 255) };
    (0..=20).map(|k| over(towards, f64::from(k) * 0.05, color)).find(|c| contrast(*c, ground) >= 4.6).unwrap_or(towards)
}

/// Names of countries and waters with their candidates, and what the candidates depend on besides the ground.
#[derive(Debug)]
pub struct Lettering {
    taken: Vec<Rect>,
    dots: Vec<Rect>,
    divisions: Vec<(usize, String)>,
    countries: Vec<Entry>,
    waters: Vec<Entry>,
}

/// The names of a ground; the ground remembers them for the next map that leaves them the same room.
fn lettering(subject: &Subject<'_>, set: &Setting<'_>, room: &Room<'_>) -> Arc<Lettering> {
    let mut kept = subject.ground.lettering.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let dots = || room.dots.iter().map(|d| d.rect);
    let same = |k: &&Arc<Lettering>| {
        k.taken == room.taken && k.divisions == subject.divisions && k.dots.iter().copied().eq(dots())
    };
    if let Some(known) = kept.as_ref().filter(same) {
        return known.clone();
    }
    let (mut countries, mut waters) = (Vec::new(), Vec::new());
    lands::countries(subject, set, room, &mut countries);
    lands::divisions(subject, set, room, &mut countries);
    waters::seas_and_lakes(subject, set, room, &mut waters);
    waters::rivers(subject, set, room, &mut waters);
    let made = Arc::new(Lettering {
        taken: room.taken.clone(),
        dots: dots().collect(),
        divisions: subject.divisions.to_vec(),
        countries,
        waters,
    });
    *kept = Some(made.clone());
    made
}

/// A colour that differs from a ground by a contrast, moved away from the rim's lightness.
pub(super) fn set_off(color: Rgb, ground: Rgb, least: f64, rim: Rgb) -> Rgb {
    use super::colour::{contrast, luminance, over};
    let towards = if luminance(rim) > 0.4 { Rgb(0, 0, 0) } else { Rgb(255, 255, 255) };
    let mut steps = (0..=12).map(|k| over(towards, f64::from(k) * 0.05, color));
    steps.find(|c| contrast(*c, ground) >= least).unwrap_or(color)
}

fn bounds(r: &Rect) -> [f64; 4] {
    [px(r.left), px(r.top), px(r.right), px(r.bottom)]
}

fn draw(subject: &Subject<'_>, set: &Setting<'_>, entries: Vec<Entry>, choice: &[Option<usize>]) -> Named {
    let c = &set.style.colours;
    let mut groups: Vec<Group> = GROUPS.iter().map(|(id, label)| Group::new(*id, *label)).collect();
    let mut dots = Group::new("places", "Places");
    let mut leaders = Group::new("leaders", "Leader lines");
    let mut notes = Vec::with_capacity(entries.len());
    let mut crowded = Vec::new();
    let mut missing: Vec<char> = Vec::new();
    let mut taken: Vec<(Rect, bool)> = Vec::new();
    for (e, chosen) in entries.into_iter().zip(choice) {
        // What this picture of a series does not have keeps its room and shows nothing.
        if e.spot.is_some_and(|i| subject.spots[i].absent) {
            continue;
        }
        for s in e.blocks.iter().flat_map(|b| b.lines().map(|l| &l.shaped)).chain(e.along.as_ref()) {
            missing.extend(&s.missing);
        }
        let picked = chosen.and_then(|k| e.candidates.get(k));
        let required = e.drop.is_none();
        if let Some(i) = e.spot
            && (picked.is_some() || subject.spots[i].part != Part::Context)
        {
            subject.spots[i].draw(set, &mut dots.items);
        }
        let reason = match picked {
            Some(_) => None,
            None if e.candidates.is_empty() => {
                Some("no room: too small an area, too near the edge, or under furniture")
            }
            None => Some("left out for more important names"),
        };
        let mut note = LabelNote {
            text: e.text.clone(),
            kind: e.kind,
            placed: picked.is_some(),
            position: reason.unwrap_or_default().to_owned(),
            bounds: None,
            cost: picked.map(|p| p.spot.cost),
            candidates: e.candidates.len(),
        };
        if let Some(p) = picked {
            let r = p.spot.rects[0];
            note.bounds = Some(bounds(&r));
            if required && taken.iter().any(|(t, _)| t.overlaps(&r)) {
                crowded.push(e.text.clone());
            }
            taken.push((r, required));
            match &p.pose {
                Pose::Block { block, left, top, align, leader, position } => {
                    note.position = (*position).to_owned();
                    if let Some((a, b)) = leader {
                        let mut line = Outline::new();
                        line.line(&[Point::px(a[0], a[1]), Point::px(b[0], b[1])]);
                        let line = Arc::new(line);
                        leaders.items.push(Item::Path(Path::stroked(line.clone(), c.halo, set.length(2.6))));
                        let mut path = Path::stroked(line, c.text, set.length(0.9));
                        path.stroke = Some(Stroke::solid(c.text, set.length(0.9)));
                        leaders.items.push(Item::Path(path));
                    }
                    let room = &e.blocks[*block];
                    let shown = e.drawn.as_ref().and_then(|d| d.get(*block)).unwrap_or(room);
                    let spare = room.width - shown.width;
                    let left = left
                        + match align {
                            Align::Left => 0,
                            Align::Middle => spare / 2,
                            Align::Right => spare,
                        };
                    groups[e.group].items.extend(shown.items(left, *top, *align, e.halo));
                }
                Pose::Along { path, start } => {
                    note.position = "along the line".to_owned();
                    if let Some(shaped) = &e.along {
                        let mut line = Outline::new();
                        line.line(&path.iter().map(|p| Point::px(p[0], p[1])).collect::<Vec<_>>());
                        groups[e.group].items.push(Item::Text(Text {
                            shaped: shaped.clone(),
                            place: Placement::Along { path: Arc::new(line), start: units(*start) },
                            color: e.color,
                            alpha: 255,
                            halo: e.halo.map(|(color, width)| Halo { color, alpha: 255, width: units(width) }),
                        }));
                    }
                }
            }
        } else if required {
            crowded.push(e.text.clone());
        }
        notes.push(note);
    }
    missing.sort_unstable();
    missing.dedup();
    let mut out: Vec<Group> = Vec::new();
    let names = groups.split_off(3);
    out.extend(groups);
    out.push(leaders);
    out.push(dots);
    out.extend(names);
    out.retain(|g| !g.items.is_empty());
    Named { groups: out, notes, crowded, missing }
}

#[cfg(test)]
mod tests {
    use super::capitals;

    #[test]
    fn capitals_are_those_of_the_language() {
        assert_eq!(capitals("Suriye", "tr"), "SURİYE");
        assert_eq!(capitals("Kıbrıs", "tr"), "KIBRIS");
        assert_eq!(capitals("Ελλάδα", "el"), "ΕΛΛΑΔΑ");
        assert_eq!(capitals("Österreich", "de"), "ÖSTERREICH");
    }
}
