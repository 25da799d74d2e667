//! The map's own words (key, scale bar, "as of", source line, notes of events) in the languages a desk publishes in.
//!
//! English, French, German, Spanish, Arabic, Russian and Turkish; other languages fall back to English. Names of places come with
//! the layers, not from here.

use crate::model::{Action, Certainty};
use crate::time::Date;

/// A language the furniture is set in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tongue {
    /// English.
    #[default]
    English,
    /// French.
    French,
    /// German.
    German,
    /// Spanish.
    Spanish,
    /// Arabic.
    Arabic,
    /// Russian.
    Russian,
    /// Turkish.
    Turkish,
}

const TONGUES: [(&str, Tongue); 7] = [
    ("en", Tongue::English),
    ("fr", Tongue::French),
    ("de", Tongue::German),
    ("es", Tongue::Spanish),
    ("ar", Tongue::Arabic),
    ("ru", Tongue::Russian),
    ("tr", Tongue::Turkish),
];

/// Phrases of the furniture; `{}` stands for a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Phrases {
    /// Before the day the map speaks of.
    pub as_of: &'static str,
    /// Before the sources.
    pub source: &'static str,
    /// Before the data credits.
    pub data: &'static str,
    /// Before the method.
    pub method: &'static str,
    /// Abbreviation of kilometre.
    pub km: &'static str,
    /// Abbreviation of metre.
    pub metre: &'static str,
    /// Miles.
    pub miles: &'static str,
    /// Contested land.
    pub contested: &'static str,
    /// Land claimed by a side.
    pub claimed: &'static str,
    /// Land gained by a side.
    pub gained: &'static str,
    /// Land gained by a side since a day: name, day.
    pub gained_since: &'static str,
    /// Land that a side lost to nobody.
    pub vacated: &'static str,
    /// A besieged area of a side.
    pub besieged: &'static str,
    /// Land about which nothing is known.
    pub unknown: &'static str,
    /// Land beyond reach of any known place.
    pub beyond: &'static str,
    /// A front line.
    pub front: &'static str,
    /// A straight-line distance.
    pub straight: &'static str,
    /// An advance of a side.
    pub advance: &'static str,
    /// A disputed border.
    pub disputed: &'static str,
    /// The letter at the north arrow.
    pub north: &'static str,
}

const ENGLISH: Phrases = Phrases {
    as_of: "As of {}",
    source: "Source: {}",
    data: "Map data: {}",
    method: "Areas: {}",
    km: "km",
    metre: "m",
    miles: "miles",
    contested: "Contested",
    claimed: "Claimed by {}",
    gained: "Gained by {}",
    gained_since: "Gained by {} since {}",
    vacated: "Vacated, not yet taken",
    besieged: "{}, besieged",
    unknown: "Not reported",
    beyond: "Far from any known place",
    front: "Front line",
    straight: "Straight-line distance",
    advance: "Advance of {}",
    disputed: "Disputed border",
    north: "N",
};

const FRENCH: Phrases = Phrases {
    as_of: "Situation au {}",
    source: "Source : {}",
    data: "Données : {}",
    method: "Zones : {}",
    km: "km",
    metre: "m",
    miles: "miles",
    contested: "Zone disputée",
    claimed: "Revendiqué : {}",
    gained: "Gains : {}",
    gained_since: "Gains : {}, depuis le {}",
    vacated: "Abandonné, pas encore repris",
    besieged: "{}, assiégé",
    unknown: "Non renseigné",
    beyond: "Loin de tout lieu connu",
    front: "Ligne de front",
    straight: "Distance à vol d’oiseau",
    advance: "Avancée : {}",
    disputed: "Frontière contestée",
    north: "N",
};

const GERMAN: Phrases = Phrases {
    as_of: "Stand: {}",
    source: "Quelle: {}",
    data: "Kartendaten: {}",
    method: "Flächen: {}",
    km: "km",
    metre: "m",
    miles: "Meilen",
    contested: "Umkämpft",
    claimed: "Beansprucht: {}",
    gained: "Erobert: {}",
    gained_since: "Erobert: {}, seit {}",
    vacated: "Geräumt, nicht eingenommen",
    besieged: "{}, belagert",
    unknown: "Nicht gemeldet",
    beyond: "Fern von bekannten Orten",
    front: "Frontlinie",
    straight: "Luftlinie",
    advance: "Vorstoß: {}",
    disputed: "Umstrittene Grenze",
    north: "N",
};

const SPANISH: Phrases = Phrases {
    as_of: "Situación al {}",
    source: "Fuente: {}",
    data: "Datos: {}",
    method: "Áreas: {}",
    km: "km",
    metre: "m",
    miles: "millas",
    contested: "En disputa",
    claimed: "Reivindicado: {}",
    gained: "Ganado: {}",
    gained_since: "Ganado: {}, desde el {}",
    vacated: "Abandonado, aún sin tomar",
    besieged: "{}, sitiado",
    unknown: "Sin datos",
    beyond: "Lejos de todo lugar conocido",
    front: "Línea del frente",
    straight: "Distancia en línea recta",
    advance: "Avance: {}",
    disputed: "Frontera en disputa",
    north: "N",
};

const ARABIC: Phrases = Phrases {
    as_of: "الوضع في {}",
    source: "المصدر: {}",
    data: "بيانات الخريطة: {}",
    method: "المساحات: {}",
    km: "كم",
    metre: "م",
    miles: "ميل",
    contested: "منطقة متنازع عليها",
    claimed: "تقول {} إنها سيطرت عليها",
    gained: "مكاسب {}",
    gained_since: "مكاسب {} منذ {}",
    vacated: "أُخليت ولم يُسيطر عليها بعد",
    besieged: "{} (محاصرة)",
    unknown: "لا معلومات",
    beyond: "بعيدة عن أي مكان معروف",
    front: "خط الجبهة",
    straight: "المسافة المستقيمة",
    advance: "تقدم {}",
    disputed: "حدود متنازع عليها",
    north: "ش",
};

const RUSSIAN: Phrases = Phrases {
    as_of: "По состоянию на {}",
    source: "Источник: {}",
    data: "Данные: {}",
    method: "Зоны: {}",
    km: "км",
    metre: "м",
    miles: "миль",
    contested: "Идут бои",
    claimed: "Заявлено: {}",
    gained: "Занято: {}",
    gained_since: "Занято: {}, с {}",
    vacated: "Оставлено, не занято",
    besieged: "{}, в осаде",
    unknown: "Нет сведений",
    beyond: "Вдали от известных мест",
    front: "Линия фронта",
    straight: "Расстояние по прямой",
    advance: "Наступление: {}",
    disputed: "Спорная граница",
    north: "С",
};

const TURKISH: Phrases = Phrases {
    as_of: "{} itibarıyla",
    source: "Kaynak: {}",
    data: "Harita verisi: {}",
    method: "Alanlar: {}",
    km: "km",
    metre: "m",
    miles: "mil",
    contested: "Çatışmalı",
    claimed: "İddia: {}",
    gained: "Ele geçirilen: {}",
    gained_since: "Ele geçirilen: {}, {} tarihinden beri",
    vacated: "Boşaltıldı, henüz alınmadı",
    besieged: "{}, kuşatma altında",
    unknown: "Bildirilmedi",
    beyond: "Bilinen yerlerden uzak",
    front: "Cephe hattı",
    straight: "Kuş uçuşu mesafe",
    advance: "İlerleme: {}",
    disputed: "Tartışmalı sınır",
    north: "K",
};

type Months = [&'static str; 12];
const MONTHS: [Months; 7] = [
    [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    ["يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"],
    [
        "января",
        "февраля",
        "марта",
        "апреля",
        "мая",
        "июня",
        "июля",
        "августа",
        "сентября",
        "октября",
        "ноября",
        "декабря",
    ],
    ["Ocak", "Şubat", "Mart", "Nisan", "Mayıs", "Haziran", "Temmuz", "Ağustos", "Eylül", "Ekim", "Kasım", "Aralık"],
];
const SHORT: [Months; 4] = [
    ["Jan", "Feb", "March", "April", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec"],
    ["janv.", "févr.", "mars", "avril", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."],
    ["Jan.", "Feb.", "März", "April", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."],
    ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"],
];

impl Tongue {
    /// The language of a tag such as `ar` or `fr-CA`; English where there are no words for it.
    pub fn of(tag: &str) -> Self {
        let main = tag.split(['-', '_']).next().unwrap_or(tag);
        TONGUES.iter().find(|(t, _)| *t == main).map_or(Self::English, |(_, tongue)| *tongue)
    }

    /// Its tag.
    pub fn tag(self) -> &'static str {
        TONGUES.iter().find(|(_, t)| *t == self).map_or("en", |(tag, _)| tag)
    }

    /// Whether it reads from right to left.
    pub fn is_rtl(self) -> bool {
        self == Self::Arabic
    }

    /// Its phrases.
    pub fn phrases(self) -> &'static Phrases {
        match self {
            Self::English => &ENGLISH,
            Self::French => &FRENCH,
            Self::German => &GERMAN,
            Self::Spanish => &SPANISH,
            Self::Arabic => &ARABIC,
            Self::Russian => &RUSSIAN,
            Self::Turkish => &TURKISH,
        }
    }

    /// A day in full: `5 December 2024`.
    pub fn date(self, day: Date) -> String {
        let month = MONTHS[self as usize][usize::from(day.month().unsigned_abs()) - 1];
        match self {
            Self::German => format!("{}. {month} {}", day.day(), day.year()),
            Self::Spanish => format!("{} de {month} de {}", day.day(), day.year()),
            Self::Russian => format!("{} {month} {} г.", day.day(), day.year()),
            _ => format!("{} {month} {}", day.day(), day.year()),
        }
    }

    /// A day without its year: `5 Dec`.
    pub fn short_date(self, day: Date) -> String {
        let at = usize::from(day.month().unsigned_abs()) - 1;
        let month = SHORT.get(self as usize).unwrap_or(&MONTHS[self as usize])[at];
        match self {
            Self::German => format!("{}. {month}", day.day()),
            _ => format!("{} {month}", day.day()),
        }
    }

    /// What happened to a place, short enough to stand under its name: `captured 5 Dec`.
    pub fn happened(self, action: Action, certainty: Certainty, day: Option<Date>) -> String {
        let i = self as usize;
        let word = match action {
            Action::Captured => ["captured", "pris", "erobert", "tomada", "السيطرة عليها", "взят", "ele geçirildi"],
            Action::Recaptured => {
                ["retaken", "repris", "zurückerobert", "recuperada", "استعادتها", "отбит", "geri alındı"]
            }
            Action::Entered => [
                "entered",
                "combats en ville",
                "Kämpfe in der Stadt",
                "combates dentro",
                "اقتحامها",
                "бои в городе",
                "girildi",
            ],
            Action::Contested => ["fighting", "combats", "Kämpfe", "combates", "اشتباكات", "бои", "çatışma"],
            Action::Besieged => ["besieged", "assiégé", "belagert", "sitiada", "حصارها", "в осаде", "kuşatıldı"],
            Action::Relieved => {
                ["siege broken", "siège levé", "entsetzt", "cerco roto", "فك حصارها", "осада снята", "kuşatma kalktı"]
            }
            Action::Withdrew => {
                ["vacated", "évacué", "geräumt", "abandonada", "الانسحاب منها", "оставлен", "boşaltıldı"]
            }
            Action::HandedOver => {
                ["handed over", "remis", "übergeben", "entregada", "تسليمها", "передан", "devredildi"]
            }
            Action::Repelled => [
                "attack repelled",
                "attaque repoussée",
                "Angriff abgewehrt",
                "ataque repelido",
                "صدّ هجوم",
                "атака отбита",
                "saldırı püskürtüldü",
            ],
            Action::Denied => [
                "loss denied",
                "perte démentie",
                "Verlust bestritten",
                "pérdida negada",
                "نفي",
                "отрицается",
                "yalanlandı",
            ],
            Action::None => ["", "", "", "", "", "", ""],
        }[i];
        let claimed = [
            "claimed",
            "revendiqué",
            "nach eigenen Angaben",
            "según sus autores",
            "وفق ما أُعلن",
            "по заявлению",
            "iddia",
        ][i];
        let comma = if self.is_rtl() { "،" } else { "," };
        let mut out = word.to_owned();
        if certainty == Certainty::Claimed && !word.is_empty() {
            out = format!("{word}{comma} {claimed}");
        }
        if let Some(day) = day {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(&self.short_date(day));
        }
        out
    }
}

/// A phrase with its gaps filled, in order.
pub fn fill(phrase: &str, words: &[&str]) -> String {
    let mut out = String::with_capacity(phrase.len() + 16);
    let mut words = words.iter();
    let mut rest = phrase;
    while let Some((before, after)) = rest.split_once("{}") {
        out.push_str(before);
        out.push_str(words.next().copied().unwrap_or(""));
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_notes() {
        let day: Date = "2024-12-05".parse().expect("a day");
        assert_eq!(Tongue::English.date(day), "5 December 2024");
        assert_eq!(Tongue::of("fr-CA").date(day), "5 décembre 2024");
        assert_eq!(Tongue::of("ar").date(day), "5 ديسمبر 2024");
        assert_eq!(Tongue::of("xx"), Tongue::English);
        assert_eq!(
            Tongue::English.happened(Action::Captured, Certainty::Claimed, Some(day)),
            "captured, claimed 5 Dec"
        );
        assert_eq!(fill(ENGLISH.gained_since, &["rebels", "1 Dec"]), "Gained by rebels since 1 Dec");
    }
}
