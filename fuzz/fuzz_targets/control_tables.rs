//! Any bytes as the tables of control: actors, places, baseline, sources and events; rows are refused by name, never by a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mapdesk::control::baseline::Baseline;
use mapdesk::control::certainty::Leanings;
use mapdesk::control::log::Log;
use mapdesk::control::roster::Roster;
use mapdesk::control::sites::Sites;
use mapdesk::control::state::Policy;
use mapdesk::control::timeline::{Theatre, Timeline};

const ACTORS: &[u8] = b"id,alliance,aliases\ngov,gov,army\nreb,rebels,rebels\n";
const PLACES: &[u8] = b"geonameid,name,lat,lon,admin1\n1,A,35,36,01\n2,B,35.5,36,01\n";

fuzz_target!(|bytes: &[u8]| {
    let _ = Roster::read("actors.csv", bytes);
    let _ = Sites::read("places.csv", bytes);
    let roster = Roster::read("actors.csv", ACTORS).expect("actors").value;
    let sites = Sites::read("places.csv", PLACES).expect("places").value;
    let leanings = Leanings::read("sources.csv", bytes, &roster).map_or_else(|_| Leanings::default(), |l| l.value);
    let baseline = match Baseline::read("baseline.csv", bytes, &roster, &sites) {
        Ok(read) => read.value,
        Err(_) => Baseline::unknown(sites.list.len()),
    };
    if let Ok(log) = Log::read("events.csv", bytes, &roster, &leanings) {
        let theatre = Theatre { roster, sites, baseline, log: log.value, polygons: Vec::new() };
        let timeline = Timeline::new(&theatre).value;
        if let Some((_, last)) = timeline.span() {
            let _ = timeline.at(last, &Policy::default());
        }
    }
});
