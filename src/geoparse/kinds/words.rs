//! The words that tell a government from its country, as sets.

use crate::geoparse::words::words;

words! {
    /// What governments, not places, do. Other words in -ed count as well, but for [`ENDURED`].
    DEEDS: "said says say announces warns told claims denies accuses urges urging calls rejects agrees vows insists demands condemns \
        blames refuses declares signs imposes offers backs supports threatens hopes wants believes confirms admits votes pledges \
        promises responds expels recognises recognizes invades overran attacks launches annexes sent sends asks asserts argues \
        considers decides orders sees plans intends closes bombs deploys withdrew withdraws defeats beat won wins drew joins left \
        ratifies vetoes bans suspends cut expects hosts seeks sought opposes defends insisting saying reiterates denying took takes \
        retook gave gives made makes keeps kept chose chooses knew knows thinks thought fought fights bought sold sells spent put \
        broke built withheld withdraws withdrawn holds held controls seizes captures abandons captured fears wishes tries talks spoke \
        hopes appears hit struck struggles intervenes mediates celebrates mourns";
    /// What a place itself may do or suffer in a word in -ed.
    ENDURED: "remained suffered experienced changed looked seemed appeared located situated based surrounded ruined destroyed bombed \
        besieged captured freed liberated occupied covered named called known need happened opened closed reopened reported recorded \
        registered lasted numbered counted stayed surged rioted burned smouldered shared capitulated surrendered yielded";
    /// May stand between the name and the deed.
    AUXILIARIES: "has have had will would may might could can should must did does do also then later never not both immediately again \
        now no longer repeatedly strongly reportedly officially formally still already initially yesterday itself alone publicly quickly \
        quietly flatly swiftly";
    /// What befalls a place after "has", "may", "will".
    BEFALLS: "seen become suffered fallen changed remained remain fall been be also not experienced reported recorded surrendered \
        grown lost had have look looked seem lie lain surrender confirmed";
    /// Forms of "to be".
    BEING: "is was are were has had be been";
    /// What a government, not a place, is or was.
    STATES: "represented invited informed consulted willing ready determined right angry furious silent reluctant keen concerned worried \
        responsible opposed committed prepared slow eager unwilling accused blamed warned asked urged aware wrong confident adamant \
        cautious alarmed embarrassed trying seeking planning considering demanding asking urging threatening supplying arming sending \
        negotiating backing supporting helping pushing pressing hoping expecting refusing insisting accusing blaming waging fighting \
        mediating lying providing offering";
    /// What only a government has or is, after "Damascus'" or "US".
    INSTITUTIONS: "government army military forces force troops soldiers president minister ministers ministry allies ally parliament \
        leadership leaders leader officials official diplomacy diplomat diplomats policy ambassador embassy consulate authorities regime \
        navy police intelligence secretary officers administration congress senate prime foreign defence defense sanctions support \
        backing aid jets warplanes commitment position stance envoy spokesman spokeswoman rulers generals decision invasion response \
        offer demand demands tanks air special commander commanders commander-in-chief efforts interests role claim claims dollars \
        representative delegation team marines strategy general senator lawmakers drone drones junta radio television tv media \
        newspapers offensive counter-offensive counteroffensive garrison proxy proxies protectorate veto threat threats warning plan \
        plans help intervention involvement assistance";
    /// Behind a hyphen: "Moscow-backed".
    BACKED: "backed led aligned appointed installed controlled supported allied trained funded brokered sponsored friendly mediated armed \
        run dominated drafted imposed";
    /// After these a name is an actor, not a place.
    ACTED_ON: "against told asked urged accused blamed warned backed supported thanked urging accusing blaming warning backing supporting \
        telling asking accuse accuses blame blames urge urges thank thanks persuade persuaded pressed pressing";
    /// Before "with", "between", "by": what governments do with each other.
    DEALINGS: "talks talk deal deals ties relations relationship war agreement treaty alliance peace negotiations trade allied sided side \
        cooperation pact ceasefire cease-fire truce dispute tensions conflict contact contacts negotiate negotiated negotiating agreed \
        signed fighting fought accord summit row standoff exchange partnership accord coordination friendship diplomacy hostilities \
        rapprochement split struggle rivalry clash quarrel";
    /// Before "from", "on", "to": what comes from governments or is put on them.
    OWED: "back wrested independence orders order support backing pressure permission arms weapons help funding secede seceded \
        instructions approval statement response reaction criticism sanctions comment protests protest condemnation tariffs embargo \
        blame war loyal allied ceded belonged opposition subordinate message appeal threat answerable called calls calling \
        concessions guarantees loans money influence";
    /// Before "Russia to withdraw": what makes a government act.
    MADE_TO: "forced forcing forces urged urging asked told ordered pressed allow allowed allows compelled compel persuade persuaded invited \
        warned enabled expects expected pushing push wants wanted help helped prompted led forbade";
    /// Before "of": a government, not a place.
    GOVERNMENT_OF: "government governments regime junta parliament authorities leadership allies ally enemies enemy";
    /// What a government is to another.
    ALLIES: "ally allies supporter supporters backer backers patron sponsor sponsors";
    /// Before a place, mostly.
    PREPOSITIONS: "in near from to at outside around across into through throughout toward towards inside of over within on off for via \
        leaving enter entered entering reached reach reaching left leave between beyond behind under above along";
}
