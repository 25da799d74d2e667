//! Packs the merged table of `gazetteer/rebuild` into the embedded file: `build_gazetteer TABLE DEMONYMS OUT`.

use mapdesk::gazetteer::{Builder, read_table};
use std::error::Error;
use std::io::BufReader;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [table, demonyms, out] = &args[..] else { return Err("usage: build_gazetteer TABLE DEMONYMS OUT".into()) };
    let mut builder = Builder::new();
    for entry in read_table(BufReader::new(std::fs::File::open(table)?), table)? {
        builder.push(entry);
    }
    for line in std::fs::read_to_string(demonyms)?.lines() {
        let mut cells = line.split('\t');
        if let (Some(word), Some(id)) = (cells.next(), cells.next()) {
            builder.demonym(word, id.parse()?, cells.next().unwrap_or(""));
        }
    }
    builder.about("source", "GeoNames (geonames.org), CC BY 4.0; Natural Earth, public domain; mapdesk's own tables");
    builder.about("country points", "conventional rounded label points, not centroids");
    std::fs::write(out, builder.finish()?)?;
    Ok(())
}
