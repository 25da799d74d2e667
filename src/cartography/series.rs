//! Series: several maps as one, with the same frame, scale, key, colours and label positions. For animation and for small
//! multiples.

use super::artboard::Artboard;
use super::clip::Window;
use super::compose::{Composed, Options, Shared, picture, plan, setting};
use super::display::{DisplayList, Group, Item, Outline, Path, Placement, Point, Rect, Text};
use super::fit::{fit, focus_countries};
use super::frame::Frame;
use super::furniture::key::{Key, Row};
use super::furniture::page;
use super::story::{self, Part};
use super::theme::Style;
use crate::diag::Warned;
use crate::model::{Layer, LayerKind, Map};
use std::sync::Arc;

/// All the maps of a series in one: every layer of every picture, the places of the later ones before those of the earlier.
fn union(maps: &[Map]) -> Map {
    let Some(last) = maps.last() else { return Map::default() };
    let mut all = Map { layers: Vec::new(), ..last.clone() };
    for map in maps {
        for holder in &map.holders {
            if !all.holders.iter().any(|h| h.id == holder.id) {
                all.holders.push(holder.clone());
            }
        }
    }
    let context = maps.iter().rev().flat_map(|m| &m.layers).find(|l| l.name == "context");
    for map in maps.iter().rev() {
        for layer in map.layers.iter().filter(|l| l.name != "context") {
            let mut layer: Layer = layer.clone();
            if matches!(layer.kind, LayerKind::Distances) {
                // The same distance in every picture is one distance.
                let known: Vec<_> =
                    all.layers.iter().filter(|l| l.kind == layer.kind).flat_map(|l| l.features.clone()).collect();
                layer.features.retain(|f| !known.contains(f));
            }
            if !layer.features.is_empty() {
                all.layers.push(layer);
            }
        }
    }
    all.layers.extend(context.cloned());
    all
}

/// What a picture's bands are laid out from: its own words with the sources of all pictures, so that the line below them does not
/// change from one to the next.
fn headed(map: &Map, all: &[Map]) -> Map {
    let mut sources: Vec<String> = Vec::new();
    for source in all.iter().flat_map(|m| &m.sources) {
        if !sources.contains(source) {
            sources.push(source.clone());
        }
    }
    // More than a few names are no source line any more.
    sources.truncate(all.iter().map(|m| m.sources.len()).max().unwrap_or(0).max(4));
    Map {
        slug: map.slug.clone(),
        title: map.title.clone(),
        subtitle: map.subtitle.clone(),
        as_of: map.as_of,
        sources,
        method: map.method.clone().or_else(|| all.iter().find_map(|m| m.method.clone())),
        byline: map.byline.clone(),
        credits: map.credits.clone(),
        view: map.view.clone(),
        ..Map::default()
    }
}

/// Composes a series on one artboard: frame, scale, key and names stand still, only what they show changes.
pub fn compose_series(maps: &[Map], board: &Artboard, options: &Options) -> Warned<Vec<Composed>> {
    let Some(last) = maps.last() else { return Warned::silent(Vec::new()) };
    let whole = union(maps);
    let style = options.style.clone().unwrap_or_else(|| Style::of(last.view.theme));
    let set = setting(last, board, options, &style);
    // The tallest header and footer of all pictures: the panel does not jump.
    let panel = maps
        .iter()
        .map(|m| page::lay_out(&headed(m, maps), &set, true, None).panel)
        .reduce(|a, b| Window { x0: a.x0, x1: a.x1, y0: a.y0.max(b.y0), y1: a.y1.min(b.y1) })
        .unwrap_or(Window { x0: 0.0, y0: 0.0, x1: f64::from(board.width), y1: f64::from(board.height) });
    let plan = plan(&whole, panel, options, &set);
    let second = whole.view.langs.get(1).map(String::as_str);
    let mut spots = story::spots(&whole, &plan.frame, &plan.zones, &set, second, &mut Vec::new());
    // Room for the widest note that a place has in any picture.
    for map in maps {
        for own in story::spots(map, &plan.frame, &plan.zones, &set, second, &mut Vec::new()) {
            let width = |n: &Option<String>| n.as_ref().map_or(0, |n| set.regular(n, 12.0).width);
            if let Some(s) = spots.iter_mut().find(|s| s.name == own.name && s.part != Part::Context) {
                if width(&own.note) > width(&s.widest) {
                    s.widest.clone_from(&own.note);
                }
                s.part = s.part.min(own.part);
            }
        }
    }
    let mut own: Vec<story::Own> = Vec::new();
    for map in maps.iter().rev() {
        let overlay = story::overlay(map, &plan.frame, &set);
        for point in overlay.spots {
            if !spots.iter().any(|s| s.own && s.is(&point)) {
                spots.push(point);
            }
        }
        for area in overlay.own {
            if !own.iter().any(|o| o.name == area.name && o.rings.is_empty() == area.rings.is_empty()) {
                own.push(area);
            }
        }
    }
    spots.sort_by_key(|s| s.part);
    let mut notes = Vec::new();
    // The search runs once, over the places of all pictures with all their notes.
    let page_of = |m: &Map| page::lay_out(&headed(m, maps), &set, true, Some(panel));
    let all = Shared { plan: &plan, labels: &[], spots: &spots, own: &own };
    let labels = super::compose::labels_of(&whole, &set, &all);
    let shared = Shared { labels: &labels, ..all };
    let composed = maps
        .iter()
        .map(|map| {
            let mut made = picture(map, options, &set, page_of(map), &plan, Some(&shared));
            made.notes.retain(|n| !notes.contains(n));
            made.unwarn(&mut notes)
        })
        .collect();
    Warned::new(composed, notes)
}

/// Composes a series as small multiples on one artboard: one frame, one scale, one key; each picture under its day.
pub fn compose_multiples(maps: &[Map], board: &Artboard, options: &Options) -> Warned<Composed> {
    let Some(last) = maps.last() else { return super::compose::compose(&Map::default(), board, options) };
    let style = options.style.clone().unwrap_or_else(|| Style::of(last.view.theme));
    // The key lies flat below the headline; how high it is shows when the pictures' rows are known.
    let mut rows: Vec<Row> = Vec::new();
    let mut made = multiples(maps, board, options, &style, &rows);
    for _ in 0..2 {
        let found = made.value.key.clone();
        if !options.key || found == rows {
            break;
        }
        rows = found;
        made = multiples(maps, board, options, &style, &rows);
    }
    made
}

/// Small multiples under a key of some rows.
fn multiples(maps: &[Map], board: &Artboard, options: &Options, style: &Style, rows: &[Row]) -> Warned<Composed> {
    let Some(last) = maps.last() else { return super::compose::compose(&Map::default(), board, options) };
    let set = setting(last, board, options, style);
    let page = page::lay_out(&headed(last, maps), &set, false, None);
    let mut panel = page.panel;
    let gap = set.length(10.0);
    let edge = set.length(16.0);
    let key = Key::flat(rows, panel.width() - 2.0 * edge, &set);
    let key_at = [edge, panel.y0];
    panel.y0 += key.as_ref().map_or(0.0, |k| k.height);
    let side = |whole: f64, n: usize| ((whole - gap * (n as f64 + 1.0)) / n as f64).floor();
    // As many columns as give the largest maps, in which the headline of each takes a line.
    let all = union(maps);
    let shown = fit(&all, options.projection, options.true_areas, &focus_countries(&all));
    let (columns, rows) = grid(maps.len(), |columns, rows| {
        let cell = Window {
            x0: 0.0,
            y0: 0.0,
            x1: side(panel.width(), columns),
            y1: side(panel.height(), rows) - set.length(36.0),
        };
        let small = cell.width() < set.length(130.0) || cell.height() < set.length(100.0);
        if small { 0.0 } else { Frame::fit(&shown, cell, [set.length(25.0); 4]).scale }
    });
    let cell = [side(panel.width(), columns), side(panel.height(), rows)];
    // Words are a little smaller in a small picture, but never below the least.
    let small = Artboard {
        name: "multiple",
        width: cell[0] as u32,
        height: cell[1] as u32,
        scale: board.scale * 0.85,
        least_text: board.least_text,
    };
    let titled: Vec<Map> = maps
        .iter()
        .map(|m| {
            let day = m.as_of.map(|d| set.tongue.date(d));
            let title = day.or_else(|| m.subtitle.clone()).unwrap_or_else(|| m.title.clone());
            Map {
                title,
                subtitle: None,
                as_of: None,
                sources: Vec::new(),
                method: None,
                byline: None,
                credits: Vec::new(),
                ..m.clone()
            }
        })
        .collect();
    let desk = Style { title_size: 15.0, credit: None, ..style.clone() };
    let bare = Options { locator: false, key: false, style: Some(desk), ..options.clone() };
    let mut notes = Vec::new();
    let pictures = compose_series(&titled, &small, &bare).unwarn(&mut notes);
    let mut groups: Vec<Group> = Vec::new();
    let mut whole: Option<Composed> = None;
    for (n, made) in pictures.into_iter().enumerate() {
        let x = panel.x0 + gap + (n % columns) as f64 * (cell[0] + gap);
        let y = panel.y0 + gap + (n / columns) as f64 * (cell[1] + gap);
        let by = Point::px(x, y);
        let area = Arc::new(Outline::rect(Rect::px(x, y, x + cell[0], y + cell[1])));
        for group in &made.display.groups {
            // One scale bar is enough.
            if n > 0 && matches!(group.id.as_str(), "scale" | "north") {
                continue;
            }
            let mut moved = Group::new(format!("{}-{}", group.id, n + 1), format!("{} {}", group.label, n + 1));
            moved.alpha = group.alpha;
            moved.items = group.items.iter().map(|i| shifted(i, by, &area)).collect();
            groups.push(moved);
        }
        whole = whole.or(Some(made));
    }
    groups.extend(key.map(|k| k.draw(key_at[0], key_at[1], &set)));
    groups.push(page.header);
    groups.push(page.footer);
    let Some(mut whole) = whole else { return super::compose::compose(last, board, options) };
    let metadata = super::display::Metadata { source: page.source, ..whole.display.metadata.clone() };
    whole.display = DisplayList {
        width: board.width,
        height: board.height,
        groups,
        title: last.title.clone(),
        metadata,
        ..whole.display
    };
    whole.alt_text = super::alt::alt_text(last, &[], &[], &[], set.tongue);
    whole.display.description.clone_from(&whole.alt_text);
    Warned::new(whole, notes)
}

/// Columns and rows for so many pictures: those whose pictures have the largest scale, less a little for cells that stay empty.
fn grid(count: usize, scale: impl Fn(usize, usize) -> f64) -> (usize, usize) {
    let count = count.max(1);
    let worth = |&(c, r): &(usize, usize)| scale(c, r) * (1.0 - 0.25 * (c * r - count) as f64 / (c * r) as f64);
    (1..=count).map(|c| (c, count.div_ceil(c))).max_by(|a, b| worth(a).total_cmp(&worth(b))).unwrap_or((1, 1))
}

/// An item moved into its cell and cut to it.
fn shifted(item: &Item, by: Point, area: &Arc<Outline>) -> Item {
    match item {
        Item::Path(path) => {
            let clip = path.clip.as_ref().map_or_else(|| area.clone(), |c| Arc::new(c.moved(by)));
            Item::Path(Path { outline: Arc::new(path.outline.moved(by)), clip: Some(clip), ..path.clone() })
        }
        Item::Text(text) => {
            let place = match &text.place {
                Placement::Straight { origin, anchor, angle } => Placement::Straight {
                    origin: Point::new(origin.x + by.x, origin.y + by.y),
                    anchor: *anchor,
                    angle: *angle,
                },
                Placement::Along { path, start } => Placement::Along { path: Arc::new(path.moved(by)), start: *start },
            };
            Item::Text(Text { place, ..text.clone() })
        }
        Item::Image(image) => {
            let mut image = image.clone();
            image.rect = image.rect.moved(by);
            Item::Image(image)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn multiples_fill_the_board() {
        // Land as wide as it is high, on panels of several shapes.
        let square = |width: f64, height: f64| move |c: usize, r: usize| (width / c as f64).min(height / r as f64);
        assert_eq!(grid(1, square(1.7, 1.0)), (1, 1));
        assert_eq!(grid(2, square(1.7, 1.0)), (2, 1));
        assert_eq!(grid(4, square(1.7, 1.0)), (2, 2));
        assert_eq!(grid(6, square(1.7, 1.0)), (3, 2));
        assert_eq!(grid(2, square(0.8, 1.0)), (1, 2));
        // Three side by side rather than two above one, where they lose little by it; wide land below each other.
        assert_eq!(grid(3, square(1.7, 1.0)), (3, 1));
        assert_eq!(grid(3, |c, r| (1.7 / c as f64 / 3.0).min(1.0 / r as f64)), (1, 3));
    }
}
