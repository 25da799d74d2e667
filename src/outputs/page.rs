//! The page: one self-contained HTML file, no script, that an editor can open and check in a minute.
//!
//! It shows the map as inline SVG and beside it every guess with its evidence: places with their other readings, events with
//! the sentence they rest on, distances said and measured.

use crate::diag::Note;
use crate::model::{ActorId, Evidence, Map, Story, StoryPlace};
use std::fmt::Write as _;

const STYLE: &str = include_str!("page.css");

/// A file that lies beside the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileLink {
    /// Its name, relative to the page.
    pub name: String,
    /// What it is, in a few words.
    pub what: String,
}

/// The page as HTML. `svgs` are the maps with their captions; `alt` is the alternative text of the first.
pub fn page(
    map: &Map,
    story: &Story,
    svgs: &[(String, String)],
    alt: &str,
    files: &[FileLink],
    notes: &[Note],
) -> String {
    let mut out = String::with_capacity(64 << 10);
    let lang = map.view.langs.first().map_or("en", String::as_str);
    let _ = write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n<meta name=\"description\" content=\"{}\">\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<header><h1>{}</h1>",
        escape(lang),
        escape(&map.title),
        escape(alt),
        escape(&map.title)
    );
    if let Some(subtitle) = &map.subtitle {
        let _ = write!(out, "<p class=\"lead\">{}</p>", escape(subtitle));
    }
    out.push_str("</header>\n");
    for (n, (caption, svg)) in svgs.iter().enumerate() {
        out.push_str("<figure>\n");
        out.push_str(inline(svg));
        let words = if n == 0 { alt } else { caption };
        let _ = write!(out, "\n<figcaption>{}</figcaption>\n</figure>\n", escape(words));
    }
    if !story.events.is_empty() {
        events(&mut out, story);
    }
    if !story.distances.is_empty() {
        distances(&mut out, story);
    }
    if !story.places.is_empty() {
        places(&mut out, story);
    }
    if !story.background.is_empty() {
        background(&mut out, story);
    }
    if !notes.is_empty() {
        out.push_str("<section><h2>To check</h2><ul>\n");
        for note in notes {
            let hint = note.hint.as_ref().map(|h| format!(" <small>{}</small>", escape(h))).unwrap_or_default();
            let _ = writeln!(out, "<li>{}{hint}</li>", escape(&note.message));
        }
        out.push_str("</ul></section>\n");
    }
    out.push_str("<section><h2>Files</h2><ul class=\"files\">\n");
    for file in files {
        let name = escape(&file.name);
        let _ = writeln!(out, "<li><a href=\"{name}\">{name}</a> <small>{}</small></li>", escape(&file.what));
    }
    out.push_str("</ul></section>\n<footer>");
    let credits: Vec<String> =
        map.credits.iter().map(|c| format!("{} ({})", escape(&c.name), escape(&c.licence))).collect();
    if !map.sources.is_empty() {
        let _ = write!(out, "<p>Source: {}.</p>", escape(&map.sources.join("; ")));
    }
    if let Some(method) = &map.method {
        let _ = write!(out, "<p>Method: {}.</p>", escape(method));
    }
    let _ =
        write!(out, "<p>Data: {}. Made with mapdesk.</p></footer>\n</main>\n</body>\n</html>\n", credits.join("; "));
    out
}

fn events(out: &mut String, story: &Story) {
    out.push_str("<section><h2>Events</h2><table><thead><tr><th>When</th><th>Where</th><th>What</th><th>On whose word</th><th>The words</th></tr></thead><tbody>\n");
    let name = |id: &Option<ActorId>| {
        id.as_ref().and_then(|id| story.actors.iter().find(|a| a.id == *id)).map(|a| a.short.as_str())
    };
    for e in &story.events {
        let place = story.places.iter().find(|p| p.id == e.place).map_or(e.place.as_str(), |p| p.place.name.as_str());
        let place = match &e.facility {
            Some(facility) => format!("{place} <small>({})</small>", escape(facility)),
            None => escape(place),
        };
        let what = match (name(&e.actor), name(&e.from)) {
            (Some(a), Some(f)) => format!("{} <small>by {}, from {}</small>", e.action.past(), escape(a), escape(f)),
            (Some(a), None) => format!("{} <small>by {}</small>", e.action.past(), escape(a)),
            _ => e.action.past().to_owned(),
        };
        let word = e.attribution.as_deref().map(|a| format!("<br><small>{}</small>", escape(a))).unwrap_or_default();
        let _ = writeln!(
            out,
            "<tr><td>{}</td><td>{place}</td><td>{what}</td><td><b class=\"{c}\">{c}</b>{word}<br><small>{}</small></td><td>{}</td></tr>",
            e.date.map(|d| d.to_string()).unwrap_or_default(),
            escape(&e.reason),
            quotes(&e.evidence),
            c = e.certainty.word(),
        );
    }
    out.push_str("</tbody></table></section>\n");
}

fn distances(out: &mut String, story: &Story) {
    out.push_str("<section><h2>Distances</h2><table><thead><tr><th>From</th><th>To</th><th>Said</th><th>Measured</th><th>Verdict</th><th>The words</th></tr></thead><tbody>\n");
    let name =
        |id: &str| story.places.iter().find(|p| p.id == id).map_or_else(|| escape(id), |p| escape(&p.place.name));
    for d in &story.distances {
        let bearing = d.bearing.map(|b| format!(" {}", b.word())).unwrap_or_default();
        let _ = writeln!(
            out,
            "<tr><td>{}</td><td>{}</td><td>{:.0} km{bearing}</td><td>{:.1} km</td><td>{}</td><td>{}</td></tr>",
            name(&d.from),
            name(&d.to),
            d.stated.km(),
            d.measured.km(),
            d.verdict.phrase(),
            quotes(std::slice::from_ref(&d.evidence)),
        );
    }
    out.push_str("</tbody></table></section>\n");
}

fn places(out: &mut String, story: &Story) {
    out.push_str("<section><h2>Places</h2><table><thead><tr><th>Place</th><th>Position</th><th>Score</th><th>Could also be</th><th>The words</th></tr></thead><tbody>\n");
    for p in &story.places {
        let _ = writeln!(
            out,
            "<tr><td>{} <small>{}</small></td><td>{:.4}, {:.4}</td><td>{:.2}</td><td>{}</td><td>{}</td></tr>",
            escape(&p.place.label),
            p.place.geonameid.map(|id| format!("GeoNames {id}")).unwrap_or_default(),
            p.place.at.lat(),
            p.place.at.lon(),
            p.score,
            runners_up(p),
            mentions(p),
        );
    }
    out.push_str("</tbody></table></section>\n");
}

fn runners_up(p: &StoryPlace) -> String {
    if p.runners_up.is_empty() {
        return "<small>nothing else</small>".to_owned();
    }
    let rows: Vec<String> =
        p.runners_up.iter().map(|r| format!("{} <small>{:.2}</small>", escape(&r.place.label), r.score)).collect();
    rows.join("<br>")
}

fn mentions(p: &StoryPlace) -> String {
    let times = p.mentions.len();
    p.mentions.first().map_or_else(String::new, |first| {
        let more = if times > 1 { format!(" <small>and {} more</small>", times - 1) } else { String::new() };
        format!("“{}” <small>at {}</small>{more}", escape(&first.text), first.span.start)
    })
}

fn background(out: &mut String, story: &Story) {
    out.push_str("<section><h2>Background</h2><table><tbody>\n");
    for b in &story.background {
        let date = b.date.map(|d| d.to_string()).unwrap_or_default();
        let _ = writeln!(out, "<tr><td>{date}</td><td>{}</td></tr>", quotes(std::slice::from_ref(&b.evidence)));
    }
    out.push_str("</tbody></table></section>\n");
}

fn quotes(evidence: &[Evidence]) -> String {
    evidence
        .iter()
        .filter(|e| !e.is_empty())
        .map(|e| format!("<q>{}</q>", escape(&e.text)))
        .collect::<Vec<_>>()
        .join("<br>")
}

/// An SVG document as an element: without its XML declaration.
fn inline(svg: &str) -> &str {
    svg.find("<svg").map_or(svg, |at| &svg[at..])
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() && c != '\n' && c != '\t' => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_text_says_cannot_become_markup() {
        let story = Story {
            background: vec![crate::model::Background {
                date: None,
                place: None,
                evidence: Evidence { text: "<script>alert(1)</script>".to_owned(), ..Evidence::default() },
            }],
            ..Story::default()
        };
        let map = Map { title: "A & B <i>".to_owned(), ..Map::default() };
        let html =
            page(&map, &story, &[(String::new(), "<?xml version=\"1.0\"?><svg></svg>".to_owned())], "alt", &[], &[]);
        assert!(!html.contains("<script>") && html.contains("&lt;script&gt;"));
        assert!(html.contains("<h1>A &amp; B &lt;i&gt;</h1>") && !html.contains("<?xml"));
    }
}
