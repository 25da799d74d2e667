//! What some countries are called in scripts of which the gazetteer has no name for them.

use crate::text::fold;

/// Name and ISO 3166-1 alpha-2 code.
const TABLE: [(&str, &str); 40] = [
    ("中国", "CN"),
    ("中國", "CN"),
    ("中国大陆", "CN"),
    ("中国大陸", "CN"),
    ("中华人民共和国", "CN"),
    ("중국", "CN"),
    ("Китай", "CN"),
    ("조선", "KP"),
    ("북한", "KP"),
    ("朝鲜", "KP"),
    ("北朝鮮", "KP"),
    ("한국", "KR"),
    ("韩国", "KR"),
    ("韓國", "KR"),
    ("台湾", "TW"),
    ("臺灣", "TW"),
    ("대만", "TW"),
    ("Қазақстан", "KZ"),
    ("Србија", "RS"),
    ("Северна Македонија", "MK"),
    ("Македонија", "MK"),
    ("Црна Гора", "ME"),
    ("Босна и Херцеговина", "BA"),
    ("Косово", "XK"),
    ("الإمارات", "AE"),
    ("البحرين", "BH"),
    ("الأردن", "JO"),
    ("لبنان", "LB"),
    ("ශ්‍රී ලංකාව", "LK"),
    ("இலங்கை", "LK"),
    ("இந்தியா", "IN"),
    ("မြန်မာ", "MM"),
    ("ประเทศไทย", "TH"),
    ("ไทย", "TH"),
    ("ປະເທດລາວ", "LA"),
    ("ລາວ", "LA"),
    ("འབྲུག་ཡུལ", "BT"),
    ("ދިވެހިރާއްޖެ", "MV"),
    ("ኢትዮጵያ", "ET"),
    ("ኤርትራ", "ER"),
];

/// The code of the country with this folded name; names in Latin letters are the gazetteer's.
pub(super) fn country(key: &str) -> Option<&'static str> {
    if key.is_ascii() {
        return None;
    }
    TABLE.iter().find(|(name, _)| fold(name) == key).map(|(_, code)| *code)
}
