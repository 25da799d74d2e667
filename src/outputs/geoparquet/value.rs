//! Parquet's values as attributes.

use crate::model::Value;
use crate::time::Date;
use parquet::basic::{LogicalType, TimeUnit};
use parquet::record::{Field, Row};
use parquet::schema::types::Type;
use serde_json::Value as Json;

const EPOCH: Date = Date::constant(1970, 1, 1);
const SECONDS: i64 = 86_400;

/// Days since 1 January 1970.
pub(super) fn days(day: Date) -> i32 {
    (day.duration_since(EPOCH).as_secs() / SECONDS) as i32
}

/// The calendar day so many days after 1 January 1970; `None` outside the years that dates have.
fn day(days: i64) -> Option<Date> {
    EPOCH.checked_add(jiff::SignedDuration::from_hours(days.checked_mul(24)?)).ok()
}

/// Nanoseconds since 1970 as `YYYY-MM-DDTHH:MM:SS`, with as much of a fraction as there is.
fn moment(nanos: i128, zone: &str) -> Option<String> {
    let (seconds, fraction) = (nanos.div_euclid(1_000_000_000), nanos.rem_euclid(1_000_000_000));
    let seconds = i64::try_from(seconds).ok()?;
    let day = day(seconds.div_euclid(SECONDS))?;
    let rest = seconds.rem_euclid(SECONDS);
    let mut text = format!("{day}T{:02}:{:02}:{:02}", rest / 3600, rest / 60 % 60, rest % 60);
    if fraction > 0 {
        text.push_str(format!(".{fraction:09}").trim_end_matches('0'));
    }
    Some(text + zone)
}

/// A value as an attribute; `None` where the model has no such value (bytes). `column` says what a bare number stands for.
pub(super) fn attribute(field: Field, column: &Type) -> Option<Value> {
    let zone = match stamp(column) {
        Some((true, _)) => "Z",
        _ => "",
    };
    let text = |t: Option<String>| Value::from(t);
    Some(match field {
        Field::Null => Value::Null,
        Field::Bool(v) => Value::Bool(v),
        Field::Byte(v) => Value::Int(v.into()),
        Field::Short(v) => Value::Int(v.into()),
        Field::Int(v) => Value::Int(v.into()),
        Field::Long(v) => match stamp(column) {
            Some((_, TimeUnit::NANOS)) => text(moment(v.into(), zone)),
            _ => Value::Int(v),
        },
        Field::UByte(v) => Value::Int(v.into()),
        Field::UShort(v) => Value::Int(v.into()),
        Field::UInt(v) => Value::Int(v.into()),
        Field::ULong(v) => i64::try_from(v).map_or(Value::Float(v as f64), Value::Int),
        Field::Float16(v) => Value::Float(v.into()),
        // A table has no other way to say that a number is missing.
        Field::Float(v) if !v.is_finite() => Value::Null,
        Field::Double(v) if !v.is_finite() => Value::Null,
        // The shortest decimal that is this number, so that 0.1 stays 0.1.
        Field::Float(v) => Value::Float(v.to_string().parse().unwrap_or(v.into())),
        Field::Double(v) => Value::Float(v),
        Field::Decimal(_) => {
            let text = field.to_string();
            text.parse::<f64>().map_or_else(|_| Value::from(text), Value::Float)
        }
        Field::Str(v) => Value::from(v),
        Field::Date(v) => day(v.into()).map_or(Value::Null, Value::Date),
        Field::TimeMillis(_) | Field::TimeMicros(_) => Value::from(field.to_string()),
        Field::TimestampMillis(v) => text(moment(i128::from(v) * 1_000_000, zone)),
        Field::TimestampMicros(v) => text(moment(i128::from(v) * 1_000, zone)),
        Field::ListInternal(list) => {
            let texts = |f: &Field| if let Field::Str(t) = f { Some(t.clone()) } else { None };
            match list.elements().iter().map(texts).collect::<Option<Vec<String>>>() {
                Some(all) => Value::from(all),
                None => Value::from(Json::Array(list.elements().iter().map(json).collect()).to_string()),
            }
        }
        Field::Group(_) | Field::MapInternal(_) => Value::from(json(&field).to_string()),
        Field::Bytes(_) => return None,
    })
}

/// Whether a column holds moments: whether they are in universal time, and their unit.
pub(super) fn stamp(column: &Type) -> Option<(bool, &TimeUnit)> {
    match column.get_basic_info().logical_type_ref() {
        Some(LogicalType::Timestamp(t)) => Some((t.is_adjusted_to_u_t_c, &t.unit)),
        _ => None,
    }
}

/// A nested value as JSON.
fn json(field: &Field) -> Json {
    let object = |row: &Row| {
        let mut members = serde_json::Map::new();
        for (name, value) in row.get_column_iter() {
            members.insert(name.clone(), json(value));
        }
        Json::Object(members)
    };
    match field {
        Field::Null | Field::Bytes(_) => Json::Null,
        Field::Bool(v) => Json::from(*v),
        Field::Byte(v) => Json::from(*v),
        Field::Short(v) => Json::from(*v),
        Field::Int(v) => Json::from(*v),
        Field::Long(v) => Json::from(*v),
        Field::UByte(v) => Json::from(*v),
        Field::UShort(v) => Json::from(*v),
        Field::UInt(v) => Json::from(*v),
        Field::ULong(v) => Json::from(*v),
        Field::Float(v) => v.to_string().parse::<f64>().map_or(Json::Null, Json::from),
        Field::Double(v) => Json::from(*v),
        Field::Str(v) => Json::from(v.as_str()),
        Field::Group(row) => object(row),
        Field::ListInternal(list) => Json::Array(list.elements().iter().map(json).collect()),
        Field::MapInternal(map) => {
            let key = |k: &Field| if let Field::Str(t) = k { t.clone() } else { k.to_string() };
            Json::Object(map.entries().iter().map(|(k, v)| (key(k), json(v))).collect())
        }
        other => Json::from(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_moments() {
        let date = |t: &str| crate::time::parse_day(t).expect("a day");
        for (text, n) in [("1970-01-01", 0), ("2024-12-05", 20_062), ("1969-12-31", -1), ("0001-01-01", -719_162)] {
            assert_eq!(days(date(text)), n, "{text}");
            assert_eq!(day(n.into()), Some(date(text)), "{text}");
        }
        assert_eq!(day(i64::MAX), None);
        assert_eq!(moment(-1, "Z").as_deref(), Some("1969-12-31T23:59:59.999999999Z"));
        assert_eq!(moment(1_733_409_000_500_000_000, "").as_deref(), Some("2024-12-05T14:30:00.5"));
        assert_eq!(moment(i128::from(i64::MAX) * 1_000_000, ""), None);
    }
}
