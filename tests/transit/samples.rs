//! Bodies that another client sent: what they mean, and how we write the same.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::{fs, str};

use backstitch::__private::{Best, BodyFormat as _, TransitEncoder};
use backstitch::{Check, Encoder, RawValue, Value};
use backstitch_api::transit::{Transit, read};

fn samples() -> Vec<(String, Vec<u8>, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/transit");
    let mut samples = Vec::new();
    for entry in fs::read_dir(&folder).expect("the samples") {
        let path = entry.expect("a file").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
        let Some(stem) = name.strip_suffix(".transit.json") else { continue };
        let decoded = fs::read_to_string(folder.join(format!("{stem}.decoded.json"))).expect("what it means");
        samples.push((stem.to_owned(), fs::read(&path).expect("a body"), decoded));
    }
    samples.sort();
    assert_eq!(samples.len(), 5, "samples in {}", folder.display());
    samples
}

/// A value in one form, whatever it was read from: numbers as what they are, marks as the decoded files have them.
fn told(value: &Transit) -> String {
    let marked = |mark: &str, text: &str| format!("{{{mark}:{text}}}");
    match value {
        Transit::Null => "null".to_owned(),
        Transit::Boolean(value) => value.to_string(),
        Transit::Integer(value) => value.to_string(),
        Transit::BigInteger(digits) => digits.clone(),
        Transit::Double(value) if value.is_nan() => marked("~z", "NaN"),
        Transit::Double(value) if value.is_infinite() => marked("~z", if *value > 0.0 { "INF" } else { "-INF" }),
        Transit::Double(value) => format!("{value:?}"),
        Transit::Decimal(digits) => marked("~f", digits),
        Transit::Instant(milliseconds) => marked("~m", &milliseconds.to_string()),
        Transit::Text(text) => format!("{text:?}"),
        Transit::Array(values) => format!("[{}]", values.iter().map(told).collect::<Vec<_>>().join(",")),
        Transit::Map(entries) => {
            let entries = entries.iter().map(|(key, value)| format!("{}:{}", told(key), told(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(","))
        }
        other => panic!("not in the samples: {other:?}"),
    }
}

/// The same of JSON, in which numbers keep their digits.
fn told_json(text: &str) -> String {
    match text.as_bytes().first() {
        Some(b'{') => {
            let entries: Entries = serde_json::from_str(text).expect("an object");
            if let [(mark, value)] = entries.0.as_slice()
                && mark.starts_with('~')
            {
                let value: String = serde_json::from_str(value.get()).expect("a string");
                return format!("{{{mark}:{value}}}");
            }
            let entries = entries.0.iter().map(|(key, value)| format!("{key:?}:{}", told_json(value.get())));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(","))
        }
        Some(b'[') => {
            let values: Vec<Box<RawValue>> = serde_json::from_str(text).expect("an array");
            format!("[{}]", values.iter().map(|value| told_json(value.get())).collect::<Vec<_>>().join(","))
        }
        Some(b'"') => format!("{:?}", serde_json::from_str::<String>(text).expect("a string")),
        Some(b'-' | b'0'..=b'9') if text.contains(['.', 'e']) => {
            format!("{:?}", text.parse::<f64>().expect("a number"))
        }
        _ => text.to_owned(),
    }
}

/// Entries in their order.
struct Entries(Vec<(String, Box<RawValue>)>);

impl<'de> serde::Deserialize<'de> for Entries {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Entries;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }

        deserializer.deserialize_map(Visitor)
    }
}

#[test]
fn they_mean_what_their_client_meant() {
    for (name, body, decoded) in samples() {
        let value = read(&body).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(told(&value), told_json(decoded.trim()), "{name}");
    }
}

/// A value that was read, to be written again.
struct Again<'a>(&'a Transit);

impl Value for Again<'_> {
    fn write<E: Encoder>(&self, encoder: &mut E) {
        match self.0 {
            Transit::Null => encoder.null(),
            Transit::Boolean(value) => encoder.boolean(*value),
            Transit::Integer(value) => encoder.integer(*value),
            Transit::BigInteger(digits) => encoder.raw_json(&RawValue::from_string(digits.clone()).expect("a number")),
            Transit::Double(value) => encoder.double(*value),
            Transit::Decimal(digits) => encoder.decimal(digits),
            Transit::Instant(milliseconds) => encoder.instant("", *milliseconds),
            Transit::Text(text) => encoder.string(text),
            Transit::Array(values) => {
                encoder.begin_array();
                for value in values {
                    encoder.element();
                    Again(value).write(encoder);
                }
                encoder.end_array();
            }
            Transit::Map(entries) => {
                encoder.begin_object();
                for (key, value) in entries {
                    let Transit::Text(key) = key else { panic!("a key that is no string: {key:?}") };
                    encoder.key_text(key);
                    Again(value).write(encoder);
                }
                encoder.end_object();
            }
            other => panic!("not in the samples: {other:?}"),
        }
    }

    fn check(&self, check: &mut Check) {
        check.data_point();
    }

    fn sample() -> Self {
        Again(&Transit::Null)
    }
}

#[test]
fn written_again_they_are_the_same_bytes() {
    // What the other client chose: exponents of two digits, and numbers that are none, which no record of ours has.
    let choices: BTreeMap<&str, &str> =
        [("e-07", "e-7"), ("\"~zNaN\"", "null"), ("\"~zINF\"", "null"), ("\"~z-INF\"", "null")].into();
    for (name, body, _) in samples() {
        let value = read(&body).unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut encoder = TransitEncoder::<Best>::with_codes(Vec::new());
        Again(&value).write(&mut encoder);
        let written = encoder.into_written();
        let mut expected = String::new();
        write!(expected, "{}", str::from_utf8(&body).expect("UTF-8").trim_end()).expect("a string takes all");
        for (theirs, ours) in &choices {
            expected = expected.replace(theirs, ours);
        }
        assert_eq!(str::from_utf8(&written), Ok(expected.as_str()), "{name}");
    }
}
