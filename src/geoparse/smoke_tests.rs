//! Whatever stands in a text, reading it ends, nothing panics and every offset is right: seeded mutations of good texts, and the
//! texts that readers fear.
//!
//! Some hundred rounds run with the suite; `MAPDESK_SMOKE=100000 cargo test --release --lib geoparse::smoke` runs longer. The
//! reader has a fuzz target too, `fuzz/fuzz_targets/parse.rs`.

use super::*;
use crate::text::CHAPTER;

const ARTICLE: &str = include_str!("../../examples/hama-2024-12-05.txt");
const OTHERS: [&str; 4] = [
    "<div class=\"story\"><h1>Rebels take Goma</h1><p>GOMA, Congo (AP) &mdash; M23 rebels captured the city of Goma on Monday, the army \
     said.</p><script>var a = 1 < 2;</script><p>The town lies 25 km (16 miles) north of Sake.<br>They fled to Bukavu &amp; Gisenyi.</div>",
    "دخلت قوات المعارضة مدينة حماة يوم الخميس، وانسحب الجيش السوري إلى حمص جنوب المدينة.",
    "Российские войска вошли в Изюм под Харьковом 1 апреля, сообщили в Киеве. Українські війська звільнили Балаклію.",
    "L'armée a repris Alep dans la nuit. Die Stadt Homs liegt 40 km südlich von Hama. El ejército entró en Alepo el 3 de mayo.",
];
const SPICE: [&str; 32] = [
    "\u{200f}",
    "\u{202e}",
    "\u{202c}",
    "\u{200d}",
    "\u{feff}",
    "\0",
    "\u{7}",
    "\u{fffd}",
    "\r\n",
    "\u{2028}",
    "\u{2029}",
    "\n\n",
    "<",
    "</p>",
    "<!--",
    "<script>",
    "&nbsp;",
    "&#8217;",
    "’s",
    "\"",
    "(HTS)",
    ",",
    " - ",
    "…",
    "e\u{301}",
    "İ",
    "ß",
    "北京",
    "𐍈🏳️‍🌈",
    " 99,999 km north of ",
    " on 31 February 2023 ",
    " 0 miles from the capital ",
];

struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n.max(1)
    }

    /// Some sentences of the article or another text, with bytes flipped, taken out, doubled or put in.
    fn spoilt(&mut self) -> String {
        let good = match self.below(4) {
            0 => OTHERS[self.below(OTHERS.len())],
            _ => {
                let from = ARTICLE.floor_char_boundary(self.below(ARTICLE.len()));
                &ARTICLE[from..ARTICLE.floor_char_boundary((from + 900).min(ARTICLE.len()))]
            }
        };
        let mut bytes = good.as_bytes().to_vec();
        for _ in 0..1 + self.below(12) {
            let at = self.below(bytes.len());
            match self.below(6) {
                0 => bytes.iter_mut().skip(at).take(1).for_each(|b| *b ^= 1 << (at % 8)),
                1 => drop(bytes.drain(at..(at + 1 + self.below(20)).min(bytes.len()))),
                2 => {
                    let piece = bytes[at..(at + 1 + self.below(80)).min(bytes.len())].to_vec();
                    let to = self.below(bytes.len());
                    bytes.splice(to..to, piece);
                }
                _ => drop(bytes.splice(at..at, SPICE[self.below(SPICE.len())].bytes())),
            }
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// Asserts that a reading keeps to its text.
fn check(text: &str, reading: &Reading) {
    let index = CharIndex::new(text);
    let mut last = 0;
    for mention in &reading.mentions {
        assert!(mention.span.start >= last && !mention.span.is_empty(), "{:?} of {text:?}", mention.span);
        assert_eq!(index.slice(text, mention.span), mention.text, "{text:?}");
        assert!((0.0..=1.0).contains(&mention.score), "{mention:?}");
        last = mention.span.end;
    }
    let within = |span: Span| span.start <= span.end && span.end <= index.chars();
    assert!(reading.events.iter().all(|e| within(e.evidence) && e.mention < reading.mentions.len()), "{text:?}");
    assert!(reading.distances.iter().all(|d| within(d.evidence) && d.stated.0.is_finite()), "{text:?}");
    assert!(reading.background.iter().all(|b| within(b.evidence.span)), "{text:?}");
}

fn options(published: bool) -> Options {
    Options { published: published.then(|| Date::constant(2024, 12, 5)), ..Options::default() }
}

#[test]
fn spoilt_texts() {
    let rounds = std::env::var("MAPDESK_SMOKE").ok().and_then(|t| t.parse().ok()).unwrap_or(300);
    for seed in 0..rounds {
        let mut dice = Dice(seed);
        let text = dice.spoilt();
        check(&text, &read(&text, &options(seed % 4 > 0)).value);
        // Names given anywhere, in any order, beyond the text and back to front.
        let length = text.chars().count() + 10;
        let spans: Vec<Span> = (0..dice.below(6)).map(|_| Span::new(dice.below(length), dice.below(length))).collect();
        let given = read_given(&text, &spans, &options(true)).value;
        assert_eq!(given.mentions.iter().map(|m| m.span).collect::<Vec<_>>(), spans);
        assert!(given.events.iter().all(|e| e.mention < spans.len()));
    }
}

/// Texts that no reader should be slow at: each is read in a second or so even without optimisation.
#[test]
fn texts_that_readers_fear() {
    let names = "Hama Homs Saint-Denis Springfield Al Bab U.S. Paris, Texas Lake Victoria New York ";
    for text in [
        ",".repeat(1_000_000),
        ", ".repeat(20_000),
        "(".repeat(10_000) + &")".repeat(10_000),
        names.repeat(500),
        "(HTS) ".repeat(5_000),
        "St. ".repeat(10_000),
        "Paris ".repeat(5_000),
        "A ".repeat(10_000),
        "a".repeat(300_000),
        "Aa".repeat(30_000),
        "<".repeat(100_000),
        "<p>Hama</p>".repeat(2_000),
        "<script>".repeat(5_000),
        "&amp;".repeat(20_000),
        "\u{200f}\u{202e}حماة ".repeat(3_000),
        "\0\u{1}\u{7f}".repeat(20_000),
        "\n".repeat(200_000),
        "the rebels captured it and ".repeat(2_000),
        "北京市".repeat(5_000),
        "\u{fffd}".repeat(50_000),
        "10 km from Hama ".repeat(2_000),
        "'s ".repeat(20_000),
    ] {
        check(&text, &read(&text, &options(true)).value);
    }
}

#[test]
fn a_long_text_is_its_chapters() {
    let (first, second) = ("Rebels entered Ḩamāh on Thursday. ", "The army left Homs, 40 km south of Ḩamāh. ");
    // A line of another script fills the first chapter: it names nothing, and counts fewer code points than bytes.
    let text = format!("{first}\n\n{}\n\n{second}", "łąka ".repeat(CHAPTER / 7));
    let reading = read(&text, &Options { lang: Some("en".to_owned()), ..options(true) }).value;
    check(&text, &reading);
    let names: Vec<&str> = reading.mentions.iter().map(|m| m.text.as_str()).collect();
    assert_eq!(names, ["Ḩamāh", "Homs", "Ḩamāh"]);
    let told: Vec<&str> = reading.events.iter().map(|e| reading.mentions[e.mention].text.as_str()).collect();
    assert_eq!(told, ["Ḩamāh", "Homs"]);
    assert_eq!(reading.distances.len(), 1);
    // Given names are placed the same, a span over the cut between two chapters with the text of both.
    let mut spans: Vec<Span> = reading.mentions.iter().map(|m| m.span).collect();
    let cut = text[..crate::text::first_chapter(&text)].chars().count();
    spans.insert(0, Span::new(cut - 2, cut + 2));
    let given = resolve(&text, &spans, &Options::default());
    assert_eq!(given[0].text.chars().count(), 4);
    let ids = |m: &[Mention]| m.iter().map(|m| m.place.as_ref().and_then(|p| p.geonameid)).collect::<Vec<_>>();
    assert_eq!(ids(&given[1..]), ids(&reading.mentions));
}
