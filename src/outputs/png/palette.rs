//! From true colour to a palette of at most 256: style colours and the most frequent ones exact, the rest farthest-first.
//!
//! A map has few colours of its own and many blends along its edges. The blends are spread out as seen: each further entry
//! is the colour that is farthest from all entries so far, so no edge is left without a near shade. No dithering: flat areas
//! stay flat.

use crate::model::Rgb;
use crate::outputs::raster::Bitmap;

/// Pixels as entries of a palette.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Indexed {
    /// At most 256 colours.
    pub palette: Vec<Rgb>,
    /// An entry of the palette for each pixel, row by row.
    pub indices: Vec<u8>,
    /// Whether every pixel has exactly its colour.
    pub exact: bool,
}

/// At most 256 equal pixels side by side: the number of their colour, of which there are 2²⁴, and one less than how many.
#[derive(Clone, Copy)]
struct Run(u32);

impl Run {
    fn new(number: u32, length: usize) -> Self {
        Self(number << 8 | (length - 1) as u32)
    }
    fn number(self) -> usize {
        (self.0 >> 8) as usize
    }
    fn length(self) -> usize {
        (self.0 & 255) as usize + 1
    }
}

/// The colours of a picture with how many pixels they have, and its runs of equal pixels, none beyond the end of a row.
#[derive(Default)]
pub(in crate::outputs) struct Histogram {
    width: usize,
    pixels: usize,
    /// Colour, pixels; in order of first appearance.
    colors: Vec<(u32, u32)>,
    runs: Vec<Run>,
    table: Table,
}

const EMPTY: u32 = u32::MAX;

/// A table from 24-bit colours to numbers.
#[derive(Default)]
struct Table {
    slots: Vec<[u32; 2]>,
    shift: u32,
    len: usize,
}

impl Table {
    /// Forgets all colours.
    fn clear(&mut self) {
        self.slots.clear();
        self.slots.resize(1 << 14, [EMPTY, 0]);
        (self.shift, self.len) = (32 - 14, 0);
    }
    /// The slot of a colour, free or its own.
    fn slot(&self, color: u32) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = (color.wrapping_mul(0x9E37_79B1) >> self.shift) as usize;
        while self.slots[at][0] != color && self.slots[at][0] != EMPTY {
            at = (at + 1) & mask;
        }
        at
    }
    fn grow(&mut self) {
        let old = std::mem::take(&mut self.slots);
        self.slots = vec![[EMPTY, 0]; old.len() * 2];
        self.shift -= 1;
        for entry in old.into_iter().filter(|e| e[0] != EMPTY) {
            let at = self.slot(entry[0]);
            self.slots[at] = entry;
        }
    }
    /// The number of a colour; `next` where it is new.
    fn number(&mut self, color: u32, next: u32) -> u32 {
        if self.len * 2 > self.slots.len() {
            self.grow();
        }
        let at = self.slot(color);
        if self.slots[at][0] == EMPTY {
            self.slots[at] = [color, next];
            self.len += 1;
        }
        self.slots[at][1]
    }
}

impl Histogram {
    pub(in crate::outputs) fn of(bitmap: &Bitmap) -> Self {
        let mut made = Self::default();
        made.read(bitmap);
        // What is only needed for reading.
        made.table = Table::default();
        made
    }

    /// Reads a picture; what was read before is forgotten.
    pub(super) fn read(&mut self, bitmap: &Bitmap) {
        self.width = bitmap.width as usize;
        self.pixels = bitmap.rgba.len() / 4;
        self.colors.clear();
        self.runs.clear();
        self.table.clear();
        let (pixels, _) = bitmap.rgba.as_chunks::<4>();
        for row in pixels.chunks_exact(self.width.max(1)) {
            let mut at = 0;
            while at < row.len() {
                let pixel = row[at];
                let start = at;
                at += 1;
                if row.get(at) == Some(&pixel) {
                    // Long runs, as flat land and sea are, in strides.
                    while row.get(at..at + 16).is_some_and(|p| p.iter().all(|q| *q == pixel)) {
                        at += 16;
                    }
                    while row.get(at) == Some(&pixel) {
                        at += 1;
                    }
                }
                let length = at - start;
                let color = u32::from_be_bytes([0, pixel[0], pixel[1], pixel[2]]);
                let number = self.table.number(color, self.colors.len() as u32);
                match self.colors.get_mut(number as usize) {
                    Some(known) => known.1 += length as u32,
                    None => self.colors.push((color, length as u32)),
                }
                let mut rest = length;
                while rest > 256 {
                    self.runs.push(Run::new(number, 256));
                    rest -= 256;
                }
                self.runs.push(Run::new(number, rest));
            }
        }
    }
}

impl Histogram {
    /// At most so many colours for the picture.
    pub(super) fn palette(&self, style: &[Rgb], most: usize) -> Palette {
        Palette::of(std::slice::from_ref(self), style, most)
    }
}

fn parts(color: u32) -> [i32; 3] {
    [(color >> 16) as i32 & 255, (color >> 8) as i32 & 255, color as i32 & 255]
}

/// Squared distance with the weights of the eye's sensitivity, green first.
fn distance(a: [i32; 3], b: [i32; 3]) -> i32 {
    let d = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
    3 * d[0] * d[0] + 6 * d[1] * d[1] + 2 * d[2] * d[2]
}

/// The picture in at most 256 colours; colours of `style` that occur in it are kept exact.
pub fn index(bitmap: &Bitmap, style: &[Rgb]) -> Indexed {
    let histogram = Histogram::of(bitmap);
    let palette = histogram.palette(style, 256);
    Indexed { indices: palette.indices(&histogram), exact: palette.exact, palette: palette.rgb() }
}

/// Colours that stand for all colours of one or several pictures.
pub(in crate::outputs) struct Palette {
    colors: Vec<u32>,
    nearest: Nearest,
    /// Whether every colour of the pictures is in it.
    pub exact: bool,
}

impl Palette {
    /// At most `most` colours for some pictures together.
    pub(in crate::outputs) fn of(pictures: &[Histogram], style: &[Rgb], most: usize) -> Self {
        let mut all: Vec<(u32, u32)> = match pictures {
            [one] => one.colors.clone(),
            many => {
                let mut sums = std::collections::BTreeMap::<u32, u32>::new();
                for &(color, count) in many.iter().flat_map(|h| &h.colors) {
                    let sum = sums.entry(color).or_default();
                    *sum = sum.saturating_add(count);
                }
                sums.into_iter().collect()
            }
        };
        let exact = all.len() <= most;
        let colors = if exact {
            all.sort_unstable_by_key(|&(color, count)| (std::cmp::Reverse(count), color));
            all.into_iter().map(|c| c.0).collect()
        } else {
            choose(all, style, most)
        };
        Self { nearest: Nearest::new(&colors), colors, exact }
    }

    /// How many colours it has.
    pub(super) fn len(&self) -> usize {
        self.colors.len()
    }

    /// The palette's colours.
    pub(in crate::outputs) fn rgb(&self) -> Vec<Rgb> {
        self.colors.iter().map(|&c| parts(c)).map(|[r, g, b]| Rgb(r as u8, g as u8, b as u8)).collect()
    }

    /// The nearest entry for each pixel of a picture.
    pub(in crate::outputs) fn indices(&self, picture: &Histogram) -> Vec<u8> {
        let mut indices = vec![0; picture.pixels];
        self.rows(picture, &[], &mut indices);
        indices
    }

    /// The same row by row, each after some first bytes of its own; `out` has room for exactly that.
    pub(super) fn rows(&self, picture: &Histogram, first: &[u8], out: &mut [u8]) {
        let entries: Vec<u8> = picture.colors.iter().map(|&(color, _)| self.nearest.entry(color)).collect();
        let width = picture.width.max(1);
        let (mut at, mut column) = (0, 0);
        for run in &picture.runs {
            if column == 0 {
                out[at..at + first.len()].copy_from_slice(first);
                at += first.len();
            }
            let (end, entry) = (at + run.length(), entries[run.number()]);
            // Most runs are of a single pixel; only the long ones are worth a fill.
            if run.length() == 1 {
                out[at] = entry;
            } else {
                out[at..end].fill(entry);
            }
            column += run.length();
            if column == width {
                column = 0;
            }
            at = end;
        }
    }
}

/// How many of the most frequent colours are taken as they are.
const FREQUENT: usize = 96;

/// `most` colours out of more.
fn choose(mut all: Vec<(u32, u32)>, style: &[Rgb], most: usize) -> Vec<u32> {
    let rank = |&(color, count): &(u32, u32)| (std::cmp::Reverse(count), color);
    let wanted: std::collections::BTreeSet<u32> =
        style.iter().map(|c| u32::from_be_bytes([0, c.0, c.1, c.2])).collect();
    let mut own: Vec<(u32, u32)> = all.iter().filter(|c| c.1 >= 8 && wanted.contains(&c.0)).copied().collect();
    own.sort_unstable_by_key(rank);
    let frequent = FREQUENT.min(most * 3 / 4);
    own.truncate(frequent);
    // Only the head of the list has to be in order.
    let head = (2 * frequent).min(all.len() - 1);
    all.select_nth_unstable_by_key(head, rank);
    all[..head].sort_unstable_by_key(rank);
    let mut palette: Vec<u32> = own.iter().map(|c| c.0).collect();
    let others = all[..head].iter().filter(|c| !own.contains(c)).map(|c| c.0);
    palette.extend(others.take(frequent.saturating_sub(own.len())));
    // The most frequent colour of each of 32³ boxes speaks for the box.
    let cell = |color: u32| {
        let [r, g, b] = parts(color).map(|v| (v >> 3) as usize);
        r << 10 | g << 5 | b
    };
    let mut speaks: Vec<(u32, u32)> = Vec::new();
    // Where in that list the box's colour stands, from 1 on; most boxes are never touched.
    let mut found = vec![0_u16; 1 << 15];
    for entry in &all {
        let at = &mut found[cell(entry.0)];
        if *at == 0 {
            speaks.push(*entry);
            *at = speaks.len() as u16;
        } else if rank(entry) < rank(&speaks[usize::from(*at) - 1]) {
            speaks[usize::from(*at) - 1] = *entry;
        }
    }
    let mut open = Open::of(speaks.into_iter().map(|s| s.0).collect());
    for &color in &palette {
        open.narrow(color);
    }
    while palette.len() < most {
        let Some(color) = open.farthest() else { break };
        palette.push(color);
        open.narrow(color);
    }
    palette
}

/// Colours that may still become entries, channel by channel so that several are worked at once. The numbers are whole and small
/// enough to be exact.
struct Open {
    colors: Vec<u32>,
    channels: [Vec<f32>; 3],
    /// Squared distance to the nearest entry.
    far: Vec<f32>,
}

impl Open {
    fn of(mut colors: Vec<u32>) -> Self {
        colors.sort_unstable();
        let channel = |k: usize| colors.iter().map(|c| parts(*c)[k] as f32).collect();
        Self { channels: [channel(0), channel(1), channel(2)], far: vec![f32::MAX; colors.len()], colors }
    }

    /// Takes a new entry into account in everybody's distance to the nearest one.
    fn narrow(&mut self, color: u32) {
        let entry = parts(color).map(|v| v as f32);
        let [red, green, blue] = &self.channels;
        for (((far, r), g), b) in self.far.iter_mut().zip(red).zip(green).zip(blue) {
            let d = [r - entry[0], g - entry[1], b - entry[2]];
            *far = far.min(3.0 * d[0] * d[0] + 6.0 * d[1] * d[1] + 2.0 * d[2] * d[2]);
        }
    }

    /// The colour that is farthest from all entries, the smallest of several; `None` where all are entries.
    fn farthest(&self) -> Option<u32> {
        let most = self.far.iter().copied().fold(0.0, f32::max);
        let at = self.far.iter().position(|f| *f == most && most > 0.0)?;
        Some(self.colors[at])
    }
}

/// Finds the entry nearest to a colour: entries by green, outwards from the colour's own green until green alone is too far.
struct Nearest {
    sorted: Vec<([i32; 3], u8)>,
    /// First entry with at least this green.
    from: [usize; 257],
}

impl Nearest {
    fn new(palette: &[u32]) -> Self {
        let mut sorted: Vec<([i32; 3], u8)> = palette.iter().map(|&c| parts(c)).zip(0..=255).collect();
        sorted.sort_unstable_by_key(|(c, entry)| (c[1], *entry));
        let mut from = [sorted.len(); 257];
        for green in (0..256).rev() {
            from[green] = sorted.partition_point(|(c, _)| c[1] < green as i32);
        }
        Self { sorted, from }
    }

    fn entry(&self, color: u32) -> u8 {
        let color = parts(color);
        let start = self.from[color[1] as usize];
        let (mut best, mut entry) = (i32::MAX, 0_u8);
        let mut look = |(c, e): &([i32; 3], u8)| {
            let green = c[1] - color[1];
            if 6 * green * green > best {
                return false;
            }
            let d = distance(*c, color);
            if d < best || (d == best && *e < entry) {
                (best, entry) = (d, *e);
            }
            true
        };
        let (mut up, mut down) = (self.sorted[start..].iter(), self.sorted[..start].iter().rev());
        let (mut rising, mut falling) = (true, true);
        while rising || falling {
            rising = rising && up.next().is_some_and(&mut look);
            falling = falling && down.next().is_some_and(&mut look);
        }
        entry
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(colors: impl IntoIterator<Item = u32>) -> Bitmap {
        let rgba: Vec<u8> = colors.into_iter().flat_map(|c| [(c >> 16) as u8, (c >> 8) as u8, c as u8, 255]).collect();
        Bitmap { width: (rgba.len() / 4) as u32, height: 1, rgba: rgba.into() }
    }

    #[test]
    fn few_colours_are_all_exact() {
        let found = index(&picture([0x102030, 0x102030, 0xFFFFFF, 0x000000, 0xFFFFFF, 0x102030]), &[]);
        assert!(found.exact);
        assert_eq!(found.palette, [Rgb(0x10, 0x20, 0x30), Rgb(255, 255, 255), Rgb(0, 0, 0)]);
        assert_eq!(found.indices, [0, 0, 1, 2, 1, 0]);
    }

    #[test]
    fn style_colours_stay_exact_among_thousands() {
        let style = [Rgb(0xC8, 0x55, 0x3D), Rgb(1, 2, 3)];
        let noise = (0..40_000_u32).map(|i| i.wrapping_mul(0x9E37_79B1) >> 8);
        let own = std::iter::repeat_n(0x00C8_553D, 9).chain(std::iter::repeat_n(0x0001_0203, 9));
        let found = index(&picture(noise.chain(own)), &style);
        assert!(!found.exact && found.palette.len() == 256);
        for color in style {
            assert!(found.palette.contains(&color));
        }
        assert_eq!(found.palette[usize::from(found.indices[40_000])], style[0]);
    }

    #[test]
    fn the_nearest_entry_is_found() {
        let palette: Vec<u32> = (0..256_u32).map(|i| i.wrapping_mul(0x9E37_79B1) >> 8).collect();
        let nearest = Nearest::new(&palette);
        for i in 0..3000_u32 {
            let color = i.wrapping_mul(0x85EB_CA6B) >> 8;
            let best = palette.iter().map(|c| distance(parts(*c), parts(color))).min().expect("entries");
            let entry = nearest.entry(color);
            assert_eq!(distance(parts(palette[usize::from(entry)]), parts(color)), best);
        }
    }
}
