//! Whatever bytes the tables and polygons are made of, reading them ends and nothing panics: seeded mutations of good files.
//!
//! A few hundred rounds run with the suite; `MAPDESK_SMOKE=100000 cargo test --release --lib control::smoke` runs longer. The same readers
//! have fuzz targets under `fuzz/`.

use super::baseline::Baseline;
use super::cells::tessellate;
use super::certainty::Leanings;
use super::lint::lint;
use super::log::Log;
use super::polygons::{Outline, middle_meridian, polygons_of};
use super::roster::Roster;
use super::sites::Sites;
use super::state::Policy;
use super::timeline::{Theatre, Timeline};
use crate::geodesy::LonLat;
use crate::outputs::geojson;

fn rounds(usual: u64) -> u64 {
    std::env::var("MAPDESK_SMOKE").ok().and_then(|t| t.parse().ok()).unwrap_or(usual)
}

struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n.max(1)
    }

    /// A good file with a few bytes changed, taken out, doubled or put in.
    fn spoil(&mut self, good: &[u8], spice: &[&[u8]]) -> Vec<u8> {
        let mut bytes = good.to_vec();
        for _ in 0..1 + self.below(8) {
            let at = self.below(bytes.len());
            match self.below(5) {
                0 => bytes[at] = self.below(256) as u8,
                1 => drop(bytes.drain(at..(at + 1 + self.below(12)).min(bytes.len()))),
                2 => {
                    let piece = bytes[at..(at + 1 + self.below(60)).min(bytes.len())].to_vec();
                    let to = self.below(bytes.len());
                    bytes.splice(to..to, piece);
                }
                _ => {
                    let piece = spice[self.below(spice.len())].to_vec();
                    bytes.splice(at..at, piece);
                }
            }
            if bytes.is_empty() {
                bytes.push(b',');
            }
        }
        bytes
    }
}

const ACTORS: &[u8] =
    b"id,name,short,alliance,color,aliases,since,until\ngov,Government,Gov,gov,#C8553D,army|regime,,\nreb,Rebels,Reb,rebels,#4C956C,HTS,2024-01-01,2024-12-31\n";
const PLACES: &[u8] = b"geonameid,name,lat,lon,admin1,admin2,country,population\n1,Hama,35.1,36.7,10,a,SY,5\n2,\"Suran, north\",35.3,36.7,10,a,SY,6\n3,Suran,36.4,37.2,09,b,SY,7\n";
const BASELINE: &[u8] =
    b"geonameid,actor,status,contested_by,date\n1,gov,held,,2024-11-26\n2,gov,contested,reb,\n3,,vacated,,\n";
const SOURCES: &[u8] = b"source,leaning\nsana,gov\nreuters,neutral\n\"moc, channel\",rebels\n";
const EVENTS: &[u8] =
    b"event_id,date,seq,scope,place,geonameid,action,actor,from_actor,certainty,reported,phrase,sources,url,note\n\
    a,2024-12-01,1,place,Hama,1,entered,reb,gov,reported,2024-12-01,\"they said \"\"in\"\"\",sana ; reuters,,\n\
    b,2024-12-02,1,place,Suran,,captured,HTS,army,,2024-12-03,claimed it,moc,,x\n\
    c,2024-12,2,admin1,10,,captured,reb,gov,confirmed,,,,http://a.example/,\n\
    d,2024-12-04,1,country,SY,,withdrew,gov,,confirmed,,,,,\n";

#[test]
fn spoilt_tables_are_refused_by_name_and_never_stop_the_run() {
    let spice: [&[u8]; 14] = [
        b",",
        b"\"",
        b"\n",
        b"\r\n",
        b"\"\"",
        b";",
        b"\t",
        b"\xFF",
        b"2024-02-30",
        b"-1",
        b"4294967296",
        b"NaN",
        b"|",
        b"\xEF\xBB\xBF",
    ];
    let mut dice = Dice(3);
    let good_roster = Roster::read("actors.csv", ACTORS).expect("actors").value;
    let good_sites = Sites::read("places.csv", PLACES).expect("places").value;
    for _ in 0..rounds(400) {
        let roster = Roster::read("actors.csv", &dice.spoil(ACTORS, &spice)).map_or(good_roster.clone(), |r| r.value);
        let sites = Sites::read("places.csv", &dice.spoil(PLACES, &spice)).map_or(good_sites.clone(), |s| s.value);
        let leanings = Leanings::read("sources.csv", &dice.spoil(SOURCES, &spice), &roster);
        let leanings = leanings.map_or(Leanings::default(), |l| l.value);
        let baseline = Baseline::read("baseline.csv", &dice.spoil(BASELINE, &spice), &roster, &sites);
        let baseline = baseline.map_or(Baseline::unknown(sites.list.len()), |b| b.value);
        let Ok(log) = Log::read("events.csv", &dice.spoil(EVENTS, &spice), &roster, &leanings) else { continue };
        let mut notes = log.notes;
        for note in &notes {
            assert!(note.at.as_ref().is_some_and(|p| p.file == "events.csv" && p.line.is_some()), "{note:?}");
        }
        let theatre = Theatre { roster, sites, baseline, log: log.value, polygons: Vec::new() };
        let timeline = Timeline::new(&theatre).unwarn(&mut notes);
        if let Some((_, last)) = timeline.span() {
            assert_eq!(timeline.at(last, &Policy::default()).len(), theatre.sites.list.len());
        }
        let _ = lint(&timeline, None, &notes);
    }
}

#[test]
fn spoilt_polygons_are_cleaned_or_refused() {
    let good = br#"{"type":"FeatureCollection","features":[
        {"type":"Feature","properties":{"holder":"a"},"geometry":{"type":"Polygon","coordinates":[[[36,35],[37,35],[37,36],[36,36],[36,35]],[[36.2,35.2],[36.2,35.4],[36.4,35.4],[36.2,35.2]]]}},
        {"type":"Feature","properties":{"holder":"b"},"geometry":{"type":"MultiPolygon","coordinates":[[[[179,-18],[181,-18],[181,-16],[179,-16],[179,-18]]],[[[-180,-15],[-179,-15],[-179,-14],[-180,-15]]]]}}]}"#;
    let spice: [&[u8]; 12] = [
        b"[36.5,35.5],",
        b"[37,36],[36,35],",
        b"[-180,90],",
        b"[540,-90],",
        b"1e9",
        b"0.0000004",
        b"],[",
        b"-",
        b".",
        b"[36,35],[36,35],",
        b"[36.3,34],[36.3,37],",
        b"null",
    ];
    let seeds = [LonLat::wrapped(36.5, 35.5), LonLat::wrapped(179.5, -17.0), LonLat::wrapped(-179.5, -14.5)];
    let mut dice = Dice(9);
    for _ in 0..rounds(400) {
        let Ok(read) = geojson::read(&dice.spoil(good, &spice), "spoilt.geojson") else { continue };
        for geometry in read.value.iter().filter_map(|f| f.geometry.as_ref()) {
            let polygons = polygons_of(geometry);
            let outline = Outline::new(&polygons, middle_meridian(&polygons));
            assert!(outline.area() >= 0.0);
            // Land of hundreds of degrees is no area of one plane: an error will do.
            let _ = tessellate(&outline, &seeds);
        }
    }
}
