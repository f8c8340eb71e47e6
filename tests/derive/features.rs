//! The types of other crates: where their serde form is ours, against serde; where it is another, against the documented
//! form, which is made here in another way, and with `#[push(serde)]` against serde too.

use backstitch::{Push, RawValue};
use proptest::prelude::{Just, Strategy, any, proptest};
use proptest::prop_oneof;
use serde::{Serialize, Serializer};

use crate::judge::{as_serde, cases, judge_valid};

/// A moment within the years that can be written, and an offset from Greenwich in seconds.
#[derive(Clone, Copy, Debug)]
struct Moment {
    seconds: i64,
    nanoseconds: i32,
    offset: i32,
}

impl Moment {
    fn timestamp(self) -> jiff::Timestamp {
        jiff::Timestamp::new(self.seconds, self.nanoseconds).unwrap()
    }

    fn chrono(self) -> chrono::DateTime<chrono::Utc> {
        chrono::DateTime::from_timestamp(self.seconds, self.nanoseconds.cast_unsigned()).unwrap()
    }

    fn chrono_there(self) -> chrono::DateTime<chrono::FixedOffset> {
        self.chrono().with_timezone(&chrono::FixedOffset::east_opt(self.offset).unwrap())
    }

    fn zoned(self) -> jiff::ZonedDateTime {
        let offset = jiff::tz::Offset::from_seconds(self.offset).unwrap();
        self.timestamp().to_zoned_datetime(jiff::tz::TimeZone::fixed(offset))
    }

    fn civil(self) -> jiff::civil::DateTime {
        jiff::tz::Offset::from_seconds(self.offset).unwrap().to_datetime(self.timestamp())
    }

    fn time(self) -> time::UtcDateTime {
        let moment = time::UtcDateTime::from_unix_timestamp(self.seconds).unwrap();
        moment.replace_nanosecond(self.nanoseconds.cast_unsigned()).unwrap()
    }

    fn time_there(self) -> time::OffsetDateTime {
        self.time().to_offset(time::UtcOffset::from_whole_seconds(self.offset).unwrap())
    }

    /// The documented form: with its offset, in UTC where there is none, or one that RFC 3339 can't write.
    fn text(self) -> String {
        if self.offset == 0 || self.offset % 60 != 0 {
            return self.timestamp().to_string();
        }
        let offset = jiff::tz::Offset::from_seconds(self.offset).unwrap();
        self.timestamp().display_with_offset(offset).to_string()
    }
}

/// The years from 0 to 9999, less a day for offsets: a schema says nothing of years.
fn moments() -> impl Strategy<Value = Moment> {
    let nanoseconds =
        prop_oneof![Just(0), (0..1_000).prop_map(|milliseconds| milliseconds * 1_000_000), 0..1_000_000_000];
    let minutes = prop_oneof![Just(0), -1_439..1_440];
    (-62_167_132_800_i64..253_402_214_400, nanoseconds, minutes).prop_map(|(seconds, nanoseconds, minutes)| Moment {
        seconds,
        nanoseconds,
        offset: minutes * 60,
    })
}

/// Keys, all of them, and as serde has them.
#[derive(Debug, Push, Serialize)]
#[push(table = "moments", key("utc", "there", "day", "hour", "civil", "uuid"))]
struct Chrono {
    utc: chrono::DateTime<chrono::Utc>,
    there: chrono::DateTime<chrono::FixedOffset>,
    day: chrono::NaiveDate,
    hour: chrono::NaiveTime,
    civil: chrono::NaiveDateTime,
    uuid: uuid::Uuid,
    optional: Option<chrono::NaiveDate>,
}

#[derive(Debug, Push, Serialize)]
#[push(table = "moments", key("timestamp", "day", "hour", "civil"))]
struct Jiff {
    timestamp: jiff::Timestamp,
    day: jiff::civil::Date,
    hour: jiff::civil::Time,
    civil: jiff::civil::DateTime,
    several: Vec<jiff::Timestamp>,
}

#[derive(Debug, Push, Serialize)]
#[push(table = "moments", key("day", "hour", "plain", "primitive"))]
struct Time {
    day: time::Date,
    hour: time::Time,
    plain: time::PlainDateTime,
    primitive: time::PrimitiveDateTime,
    several: [time::Date; 2],
}

/// Forms that are not serde's.
#[derive(Push)]
#[push(table = "own", key("zoned", "offset", "utc", "chrono", "decimal", "big", "bytes", "bytes_mut"))]
struct Own {
    zoned: jiff::ZonedDateTime,
    offset: time::OffsetDateTime,
    utc: time::UtcDateTime,
    chrono: chrono::DateTime<chrono::FixedOffset>,
    decimal: rust_decimal::Decimal,
    big: bigdecimal::BigDecimal,
    bytes: bytes::Bytes,
    bytes_mut: bytes::BytesMut,
    optional: Option<rust_decimal::Decimal>,
}

/// The documented forms of the same.
#[derive(Serialize)]
struct OwnPeer<'a> {
    zoned: &'a str,
    offset: &'a str,
    utc: &'a str,
    chrono: chrono::DateTime<chrono::FixedOffset>,
    #[serde(serialize_with = "as_it_stands")]
    decimal: &'a str,
    #[serde(serialize_with = "as_it_stands")]
    big: &'a str,
    #[serde(serialize_with = "base64")]
    bytes: &'a [u8],
    #[serde(serialize_with = "base64")]
    bytes_mut: &'a [u8],
    optional: Option<Box<RawValue>>,
}

/// The forms of serde, by the attribute. What is written so is no key.
#[derive(Debug, Push, Serialize)]
#[push(table = "by_serde", key = "id")]
struct BySerde {
    id: u8,
    #[push(serde, example = jiff::Timestamp::UNIX_EPOCH.to_zoned_datetime(jiff::tz::TimeZone::UTC))]
    zoned: jiff::ZonedDateTime,
    #[push(serde, example = time::OffsetDateTime::UNIX_EPOCH)]
    offset: time::OffsetDateTime,
    #[push(serde, example = time::UtcDateTime::UNIX_EPOCH)]
    utc: time::UtcDateTime,
    #[push(serde, example = chrono::DateTime::UNIX_EPOCH.fixed_offset())]
    chrono: chrono::DateTime<chrono::FixedOffset>,
    #[push(serde, example = "1.50")]
    decimal: rust_decimal::Decimal,
    #[push(serde, example = "1.50")]
    big: bigdecimal::BigDecimal,
    #[push(serde, example = "bytes")]
    bytes: bytes::Bytes,
    #[push(serde, example = bytes::BytesMut::new())]
    bytes_mut: bytes::BytesMut,
    #[push(serde, example = std::time::Duration::from_secs(1))]
    lasted: std::time::Duration,
    #[push(serde, example = Ok(1))]
    outcome: Result<u8, String>,
}

/// Text that is JSON already.
fn as_it_stands<S: Serializer>(text: &&str, serializer: S) -> Result<S::Ok, S::Error> {
    let raw: &RawValue = serde_json::from_str(text).map_err(serde::ser::Error::custom)?;
    raw.serialize(serializer)
}

/// Bytes in base64, six bits at a time.
fn base64<S: Serializer>(bytes: &&[u8], serializer: S) -> Result<S::Ok, S::Error> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits: Vec<u8> = bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect();
    let mut text: String = bits
        .chunks(6)
        .map(|bits| {
            let digit = (0..6).fold(0, |digit, index| digit << 1 | bits.get(index).copied().unwrap_or_default());
            char::from(ALPHABET[usize::from(digit)])
        })
        .collect();
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    serializer.serialize_str(&text)
}

/// Digits with a point before the last `scale` of them, as a decimal of that scale is written.
fn pointed(digits: i64, scale: usize) -> String {
    let sign = if digits < 0 { "-" } else { "" };
    let digits = format!("{:0>1$}", digits.unsigned_abs(), scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn chrono_and_uuid_are_as_serde(moment in moments(), number in any::<u128>(), optional in any::<bool>()) {
        let (utc, there) = (moment.chrono(), moment.chrono_there());
        as_serde(&Chrono {
            utc,
            there,
            day: there.date_naive(),
            hour: utc.time(),
            civil: there.naive_local(),
            uuid: uuid::Uuid::from_u128(number),
            optional: optional.then(|| utc.date_naive()),
        });
    }

    #[test]
    fn jiff_is_as_serde(moment in moments()) {
        let (timestamp, civil) = (moment.timestamp(), moment.civil());
        as_serde(&Jiff { timestamp, day: civil.date(), hour: civil.time(), civil, several: vec![timestamp] });
    }

    #[test]
    fn time_is_as_serde(moment in moments()) {
        let there = moment.time_there();
        let plain = time::PlainDateTime::new(there.date(), there.time());
        let (day, hour) = (there.date(), there.time());
        as_serde(&Time { day, hour, plain, primitive: plain, several: [day, moment.time().date()] });
    }

    #[test]
    fn forms_of_our_own_are_as_documented(
        moment in moments(),
        seconds in -86_399_i32..86_400,
        (digits, scale) in (any::<i64>(), 0..=28_usize),
        bytes in any::<Vec<u8>>(),
    ) {
        // Where an offset has seconds, chrono's serde rounds it.
        let odd = Moment { offset: seconds, ..moment };
        let own = Own {
            zoned: odd.zoned(),
            offset: odd.time_there(),
            utc: odd.time(),
            chrono: odd.chrono_there(),
            decimal: rust_decimal::Decimal::new(digits, u32::try_from(scale).unwrap()),
            big: bigdecimal::BigDecimal::from_bigint(digits.into(), i64::try_from(scale).unwrap()),
            bytes: bytes.clone().into(),
            bytes_mut: bytes.as_slice().into(),
            optional: (scale > 3).then(|| rust_decimal::Decimal::new(digits, 3)),
        };
        let (text, utc) = (odd.text(), odd.timestamp().to_string());
        let decimal = pointed(digits, scale);
        let peer = OwnPeer {
            zoned: &text,
            offset: &text,
            utc: &utc,
            chrono: if seconds % 60 == 0 { odd.chrono_there() } else { odd.chrono().fixed_offset() },
            decimal: &decimal,
            big: &decimal,
            bytes: &bytes,
            bytes_mut: &bytes,
            optional: own.optional.map(|_| RawValue::from_string(pointed(digits, 3)).unwrap()),
        };
        judge_valid(&own, &peer);
    }

    #[test]
    fn what_serde_writes_is_as_serde(
        moment in moments(),
        (digits, scale) in (any::<i64>(), 0..=28_u32),
        (bytes, milliseconds) in any::<(Vec<u8>, u64)>(),
        outcome in any::<Result<u8, String>>(),
    ) {
        as_serde(&BySerde {
            id: 1,
            zoned: moment.zoned(),
            offset: moment.time_there(),
            utc: moment.time(),
            chrono: moment.chrono_there(),
            decimal: rust_decimal::Decimal::new(digits, scale),
            big: bigdecimal::BigDecimal::from_bigint(digits.into(), scale.into()),
            bytes: bytes.clone().into(),
            bytes_mut: bytes.as_slice().into(),
            lasted: std::time::Duration::from_millis(milliseconds),
            outcome,
        });
    }
}
