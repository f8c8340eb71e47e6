//! One struct with a field of every type, and examples as text.

use std::borrow::Cow;
use std::collections::{BTreeSet, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::num::{NonZero, Wrapping};
use std::sync::Arc;

use backstitch::{BodyError, Code, Push, PushBody};
use bigdecimal::BigDecimal;
use bytes::Bytes;
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

#[derive(Push)]
#[push(table = "everything", key("id", "day", "price", "moment", "host", "count"))]
struct Everything {
    #[push(example = "67e55044-10b1-426f-9247-bb680e5fe0c8")]
    id: Uuid,
    #[push(example = "2026-01-31")]
    day: NaiveDate,
    #[push(example = "1234567890123456789.10")]
    price: Decimal,
    #[push(example = "2026-01-31T12:30:00.25+01:00")]
    moment: DateTime<FixedOffset>,
    #[push(example = "2001:db8::1")]
    host: IpAddr,
    count: NonZero<u32>,
    #[push(example = "98765432109876543210987654321098765432.1")]
    big: BigDecimal,
    #[push(example = "2026-01-31T12:30:00Z")]
    utc: DateTime<Utc>,
    #[push(example = "2026-01-31T12:30:00")]
    civil: NaiveDateTime,
    #[push(example = "12:30:00.5")]
    hour: Option<NaiveTime>,
    #[push(example = "2026-01-31T12:30:00Z")]
    timestamp: jiff::Timestamp,
    #[push(example = "2026-01-31T12:30:00+01:00[+01:00]")]
    zoned: jiff::ZonedDateTime,
    #[push(example = "2026-01-31")]
    jiff_day: jiff::civil::Date,
    jiff_time: jiff::civil::Time,
    jiff_civil: jiff::civil::DateTime,
    #[push(example = "2026-01-31T12:30:00+05:30")]
    offset: time::OffsetDateTime,
    #[push(example = "2026-01-31T12:30:00")]
    plain: time::PlainDateTime,
    #[push(example = "2026-01-31")]
    date: time::Date,
    #[push(example = "12:30:00")]
    clock: time::Time,
    #[push(example = "raw bytes")]
    bytes: Bytes,
    #[push(example = serde_json::json!({"a": [1, 2.5, null]}))]
    json: serde_json::Value,
    raw: Box<backstitch::RawValue>,
    #[push(example = "192.0.2.1:8080")]
    socket: SocketAddr,
    tuple: (i32, Option<Uuid>),
    set: BTreeSet<Decimal>,
    queue: VecDeque<NaiveDate>,
    shared: Arc<[u8]>,
    either: Cow<'static, [Wrapping<u8>]>,
    nothing: (),
}

#[test]
fn a_record_of_every_type_is_sent() {
    let example = Everything::example();
    example.validate().unwrap();
    let mut body = PushBody::json(7723);
    body.push(&example, 1).unwrap();
    let body = String::from_utf8(body.finish()).unwrap();
    let expected = r#"{"id":"67e55044-10b1-426f-9247-bb680e5fe0c8","day":"2026-01-31","price":1234567890123456789.10,"moment":"2026-01-31T12:30:00.250+01:00","host":"2001:db8::1","count":1,"big":98765432109876543210987654321098765432.1,"utc":"2026-01-31T12:30:00Z","civil":"2026-01-31T12:30:00","hour":"12:30:00.500","timestamp":"2026-01-31T12:30:00Z","zoned":"2026-01-31T12:30:00+01:00","jiff_day":"2026-01-31","jiff_time":"12:30:00","jiff_civil":"2026-01-31T12:30:00","offset":"2026-01-31T12:30:00+05:30","plain":"2026-01-31 12:30:00.0","date":"2026-01-31","clock":"12:30:00.0","bytes":"cmF3IGJ5dGVz","json":{"a":[1,2.5,null]},"raw":null,"socket":"192.0.2.1:8080","tuple":[1,null],"set":[],"queue":[],"shared":[],"either":[],"nothing":null}"#;
    assert!(body.contains(&format!("\"data\":{expected},")), "{body}");

    let record = serde_json::from_str(expected).unwrap();
    let referee = jsonschema::draft4::options().should_validate_formats(true).build(Everything::schema()).unwrap();
    assert!(referee.is_valid(&record));
}

#[test]
fn a_key_of_bytes_is_as_long_as_its_text() {
    #[derive(Push)]
    #[push(table = "files", key = "hash")]
    struct File {
        hash: Bytes,
    }
    assert!(File { hash: vec![0; 768].into() }.validate().is_ok());
    let error = PushBody::json(1).push(&File { hash: vec![0; 769].into() }, 1).unwrap_err();
    let BodyError::Invalid(violations) = error else { panic!("{error}") };
    assert_eq!(violations.as_slice()[0].code, Code::KeyLength);
}

#[test]
#[should_panic(expected = "the example `today` must be a date as in `2026-01-31`")]
fn an_example_that_is_no_date_says_so() {
    #[derive(Push)]
    #[push(table = "days", key = "day")]
    struct Day {
        #[push(example = "today")]
        day: NaiveDate,
    }
    // Its own unit test would panic as this does, so there is none: types in functions have none.
    let _ = Day::example();
}

#[test]
fn new_types_have_limits_and_fields_among_others() {
    #[derive(Push)]
    #[push(table = "prices", key = "id")]
    struct Price {
        id: NonZero<u8>,
        #[push(minimum = 0, maximum = 100, example = "99.99")]
        price: Decimal,
        #[push(flatten)]
        rest: serde_json::Map<String, serde_json::Value>,
    }
    let mut row = Price::example();
    row.rest.insert("list".to_owned(), serde_json::json!([1, 2]));
    let mut body = PushBody::json(1);
    body.push(&row, 1).unwrap();
    let body = String::from_utf8(body.finish()).unwrap();
    assert!(body.contains(r#""data":{"id":1,"price":99.99,"list":[1,2]}"#), "{body}");
    row.price = "100.01".parse().unwrap();
    assert_eq!(row.validate().unwrap_err().as_slice()[0].code, Code::Maximum);
    row.price = "-0.01".parse().unwrap();
    assert_eq!(row.validate().unwrap_err().as_slice()[0].code, Code::Minimum);
}
