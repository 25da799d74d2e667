//! Draws every map of `tests/golden/maps.csv` into a folder, for looking at.
//!
//! `cargo run --example gallery -- FOLDER [SLUG…]`
#![expect(clippy::print_stderr, reason = "an example talks to whoever runs it")]

use mapdesk::cartography::{Artboard, Options, compose};
use mapdesk::outputs::{png, raster::Painter};
use std::error::Error;

#[path = "../tests/golden/maps.rs"]
mod maps;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let folder = args.first().cloned().unwrap_or_else(|| "gallery".into());
    std::fs::create_dir_all(&folder)?;
    let mut painter = Painter::default();
    let control = ["light", "dark", "mono"].map(|theme| {
        let mut map = maps::control();
        map.slug = format!("control-{theme}");
        map.view.theme = theme.parse().unwrap_or_default();
        maps::Case { map, board: "desktop".into() }
    });
    for case in maps::all().into_iter().chain(control) {
        if args.len() > 1 && !args[1..].contains(&case.map.slug) {
            continue;
        }
        let board: Artboard = case.board.parse()?;
        let composed = compose(&case.map, &board, &Options::default());
        for note in &composed.notes {
            eprintln!("{}: {}", case.map.slug, note.message);
        }
        let bytes = png::encode(&mut painter, &composed.value.display, 1, false)?;
        eprintln!("{} {} KB, {}", case.map.slug, bytes.len() / 1024, composed.value.explain.projection);
        std::fs::write(format!("{folder}/{}.png", case.map.slug), bytes)?;
    }
    Ok(())
}
