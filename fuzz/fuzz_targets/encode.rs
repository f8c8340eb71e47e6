//! Records of any values: what is written in JSON is what `serde_json` writes, both forms of the output write the same in
//! every format, and what is written in Transit says the same when it is read.

#![no_main]

use std::collections::BTreeMap;

use backstitch::__private::{Fast, JsonEncoder, Records, Safe, TransitEncoder};
use backstitch::Push;
use backstitch_api::transit::{self, Transit};
use libfuzzer_sys::fuzz_target;
use serde::Serialize;
use serde_json::Value as Json;

#[derive(Push, Serialize)]
#[push(table = "records", key = "id", doc_test = false)]
struct Record {
    id: i64,
    name: String,
    a_name_that_is_longer_than_a_step: Option<String>,
    double: f64,
    single: f32,
    unsigned: u64,
    flag: bool,
    texts: Vec<String>,
    doubles: Vec<f64>,
    #[push(skip_if = "BTreeMap::is_empty")]
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    map: BTreeMap<String, Option<i64>>,
    within: Vec<Within>,
}

#[derive(Push, Serialize)]
struct Within {
    text: String,
    optional: Option<u32>,
}

#[derive(Serialize)]
struct Envelope<'a> {
    client_id: i64,
    table_name: &'a str,
    sequence: i64,
    data: &'a Record,
    key_names: &'a [&'a str],
    action: &'a str,
}

/// What is left of the input.
struct Input<'a>(&'a [u8]);

impl Input<'_> {
    fn byte(&mut self) -> u8 {
        let (first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        *first
    }

    /// A number, of few bytes as often as of many.
    fn number(&mut self) -> u64 {
        let bytes = self.byte() % 9;
        (0..bytes).fold(0, |number, _| number << 8 | u64::from(self.byte()))
    }

    fn signed(&mut self) -> i64 {
        let number = self.number().cast_signed();
        if self.byte() % 2 == 0 { number } else { number.wrapping_neg() }
    }

    /// Any double, or a decimal of some places.
    fn double(&mut self) -> f64 {
        match self.byte() % 4 {
            0 => f64::from_bits(self.number()),
            places => self.signed() as f64 / 10_f64.powi(i32::from(places) * 2),
        }
    }

    fn text(&mut self) -> String {
        let len = usize::from(self.byte()).min(self.0.len());
        let (text, rest) = self.0.split_at(len);
        self.0 = rest;
        String::from_utf8_lossy(text).into_owned()
    }

    fn several<T>(&mut self, mut one: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.byte() % 5).map(|_| one(self)).collect()
    }

    fn maybe<T>(&mut self, one: impl FnOnce(&mut Self) -> T) -> Option<T> {
        (self.byte() % 2 == 0).then(|| one(self))
    }

    fn record(&mut self) -> Record {
        Record {
            id: self.signed(),
            name: self.text(),
            a_name_that_is_longer_than_a_step: self.maybe(Self::text),
            double: self.double(),
            single: self.double() as f32,
            unsigned: self.number(),
            flag: self.byte() % 2 == 0,
            texts: self.several(Self::text),
            doubles: self.several(Self::double),
            map: self.several(|input| (input.text(), input.maybe(Self::signed))).into_iter().collect(),
            within: self
                .several(|input| Within { text: input.text(), optional: input.maybe(|input| input.number() as u32) }),
        }
    }
}

macro_rules! body {
    ($format:ty, $records:expr) => {{
        let mut body = Records::<$format>::within(7_723.into(), Vec::new());
        for (record, sequence) in $records {
            body.append(*record, (**sequence).into()).expect("room for a few records");
        }
        body.finish()
    }};
}

/// Whether both formats say the same.
fn is_same(transit: &Transit, json: &Json) -> bool {
    match (transit, json) {
        (Transit::Null, Json::Null) => true,
        (Transit::Boolean(one), Json::Bool(other)) => one == other,
        (Transit::Integer(one), Json::Number(other)) => Some(*one) == other.as_i64(),
        (Transit::BigInteger(one), Json::Number(other)) => *one == other.to_string(),
        (Transit::Double(one), Json::Number(other)) => Some(*one) == other.as_f64(),
        (Transit::Text(one), Json::String(other)) => one == other,
        (Transit::Array(one), Json::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_same(one, other))
        }
        (Transit::Map(one), Json::Object(other)) => {
            one.len() == other.len()
                && other.iter().all(|(key, other)| transit.get(key).is_some_and(|one| is_same(one, other)))
        }
        _ => false,
    }
}

fuzz_target!(|bytes: &[u8]| {
    let mut input = Input(bytes);
    let records: Vec<(Record, i64)> = (0..1 + input.byte() % 4).map(|_| (input.record(), input.signed())).collect();
    let records: Vec<(&Record, &i64)> = records.iter().map(|(record, sequence)| (record, sequence)).collect();
    let envelopes: Vec<_> = records
        .iter()
        .map(|(data, sequence)| Envelope {
            client_id: 7_723,
            table_name: Record::TABLE_NAME,
            sequence: **sequence,
            data,
            key_names: Record::KEY_NAMES,
            action: "upsert",
        })
        .collect();
    let expected = serde_json::to_vec(&envelopes).expect("values that have JSON");
    assert_eq!(body!(JsonEncoder<Fast>, &records), expected);
    assert_eq!(body!(JsonEncoder<Safe>, &records), expected);
    let transit = body!(TransitEncoder<Fast>, &records);
    assert_eq!(body!(TransitEncoder<Safe>, &records), transit);
    let read = transit::read(&transit).expect("Transit");
    let json: Json = serde_json::from_slice(&expected).expect("JSON");
    assert!(is_same(&read, &json), "{}", String::from_utf8_lossy(&transit));
});
