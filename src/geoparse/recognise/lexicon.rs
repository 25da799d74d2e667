//! Word lists: given names, surnames, titles, and the words that make a name a force, an organisation, a facility or a region.
//!
//! Given names and surnames are the most frequent of the United States census of 1990 (public domain) with a few hundred from
//! the rest of the world added by hand; the other lists were written for this project.

use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// What a word is apart from its use in a text; several may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lexical(pub u16);

impl Lexical {
    /// A given name.
    pub const GIVEN: Self = Self(1);
    /// A surname.
    pub const SURNAME: Self = Self(2);
    /// Stands before a person's name: Mr, President, General.
    pub const TITLE: Self = Self(4);
    /// Ends or is in the name of an organisation: University, Inc, Ministry.
    pub const ORGANISATION: Self = Self(8);
    /// Ends the name of a facility: airport, prison, dam.
    pub const FACILITY: Self = Self(16);
    /// Makes a region or division of a place's name: province, countryside, county.
    pub const REGION: Self = Self(32);
    /// Stands before places: in, near, from.
    pub const PLACE_PREPOSITION: Self = Self(64);
    /// What people and governments do: said, announced.
    pub const SPEECH: Self = Self(128);
    /// Armed force: troops, army, rebels.
    pub const FORCE: Self = Self(256);
    /// Begins the name of water or height: River, Lake, Mount.
    pub const FEATURE: Self = Self(512);
    /// A month or day.
    pub const CALENDAR: Self = Self(1024);
    /// A compass word: north, southern, central.
    pub const COMPASS: Self = Self(2048);
    /// May stand in lower case inside a name: de, of, al.
    pub const CONNECTOR: Self = Self(4096);

    /// Whether all of the other's marks are in this one.
    pub fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

const TITLES: &str = "mr mrs ms miss dr prof professor president vice premier chancellor minister secretary senator sen rep \
    representative congressman congresswoman governor gov mayor king queen prince princess pope bishop archbishop cardinal rev reverend \
    father sister brother sheikh sheik imam ayatollah sultan emir general gen colonel col major maj captain capt lieutenant lt sergeant \
    sgt corporal cpl admiral adm brigadier commander cmdr marshal private pvt judge justice attorney chief director chairman chairwoman \
    spokesman spokeswoman spokesperson officer deputy sheriff coach sir lord lady dame baron count duke ambassador envoy leader lawyer \
    analyst author actor actress singer director detective inspector constable councillor councilman officer trooper coordinator";
const ORGANISATIONS: &str = "university college school institute institution academy inc corp corporation company co ltd llc plc gmbh \
    group holdings bank ministry department dept agency office bureau commission committee council organization organisation association \
    federation union party congress parliament senate assembly court army navy force forces corps brigade division battalion regiment \
    police guard guards airlines airways air times post news journal tribune herald gazette press magazine radio television tv \
    observatory foundation fund society club league team fc united city athletic museum library hospital church center centre \
    authority board service services administration network systems technologies industries international front movement coalition \
    alliance brotherhood watch crescent cross nations state states department treasury reuters associated media hotel theatre theater \
    orchestra band records studios entertainment pharmaceuticals laboratories labs energy oil gas motors electric insurance fc afc \
    hotspur rovers wanderers lakers yankees giants bulldogs wildcats tigers bears lions eagles hawks cowboys rangers devils";
const FACILITIES: &str = "airport airbase airfield base prison jail dam bridge port harbour harbor station terminal refinery plant mosque \
    church cathedral castle fort camp hospital barracks crossing checkpoint palace stadium park square street road avenue highway \
    boulevard mall hotel university school factory mine oilfield gasfield power reactor cemetery museum monastery tower gate tunnel \
    canal zoo garden gardens arena hall house building";
const REGIONS: &str = "province governorate oblast region district county countryside state prefecture canton department raion rayon \
    municipality parish borough shire territory area valley peninsula island islands isles coast plains plateau basin strip suburb \
    suburbs outskirts city town village township metropolis neighborhood neighbourhood kingdom republic emirate division krai okrug \
    voivodeship subdistrict ward enclave corridor axis front sector";
const PREPOSITIONS: &str = "in near from outside around across throughout at towards toward to into through inside above via \
    between within beyond off along reached entered left visited invaded captured of";
const SPEECH: &str = "said says say announced warned told claimed denied accused urged called rejected agreed vowed insisted demanded \
    condemned blamed refused declared signed imposed offered backed supports threatened hopes wants believes has had will would is was \
    condemns warns denies announces accuses confirmed admitted voted pledged promised asked responded expelled recognised recognized";
const FORCES: &str = "troops army forces soldiers rebels militia militias fighters insurgents militants guerrillas navy airforce \
    commandos paratroopers units brigade division battalion regiment jets warplanes tanks gunmen separatists jihadists peacekeepers";
const FEATURES: &str = "river lake mount mountain mountains mt mts sea ocean gulf bay strait straits desert forest creek canyon cape \
    point springs falls hills hill heights beach fort port island islands isle valley peak range delta glacier volcano waterfall \
    san santa saint st los las el la le les north south east west new old upper lower great central";
const CALENDAR: &str = "january february march april may june july august september october november december monday tuesday wednesday \
    thursday friday saturday sunday jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun";
const COMPASS: &str = "north south east west northern southern eastern western central northeast northwest southeast southwest \
    northeastern northwestern southeastern southwestern upper lower mid greater inner outer";
const CONNECTORS: &str = "de del della di du des da do dos das la le les lo of the al el ul an ar as ash at ad az ez er el-sur sur en y e i \
    und zu zum am an im in on upon under sous van von der den ter ten bin ibn ben bint ould aan op bei ob over les lès l d";

static WORDS: LazyLock<FxHashMap<u32, Lexical>> = LazyLock::new(|| {
    let mut words: FxHashMap<u32, Lexical> = FxHashMap::default();
    let lists = [
        (include_str!("given_names.txt"), Lexical::GIVEN),
        (include_str!("surnames.txt"), Lexical::SURNAME),
        (TITLES, Lexical::TITLE),
        (ORGANISATIONS, Lexical::ORGANISATION),
        (FACILITIES, Lexical::FACILITY),
        (REGIONS, Lexical::REGION),
        (PREPOSITIONS, Lexical::PLACE_PREPOSITION),
        (SPEECH, Lexical::SPEECH),
        (FORCES, Lexical::FORCE),
        (FEATURES, Lexical::FEATURE),
        (CALENDAR, Lexical::CALENDAR),
        (COMPASS, Lexical::COMPASS),
        (CONNECTORS, Lexical::CONNECTOR),
    ];
    for (list, mark) in lists {
        for word in list.split_whitespace() {
            words.entry(super::forms::word_hash(word)).or_default().0 |= mark.0;
        }
    }
    words
});

/// What a word is, by the hash of its lower-case form.
pub fn lexical(hash: u32) -> Lexical {
    WORDS.get(&hash).copied().unwrap_or_default()
}
