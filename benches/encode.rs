//! Encoding a body of records, against `serde_json` with envelopes written by hand, and against `sonic-rs`.

use std::cell::RefCell;

use backstitch::__private::{Fast, JsonEncoder, Records, Safe, TransitEncoder};
use backstitch::Push;
use backstitch_benches::shapes::{Envelope, medium, small, wide};
use backstitch_benches::{Variant, interleaved, print};
use serde::Serialize;

const FIRST: i64 = 1_795_457_147_263_348_200;
const CLIENT: i64 = 7723;

/// A body of all records in the memory of a buffer.
macro_rules! body {
    ($format:ty, $push:ident, $buffer:expr, $records:expr) => {{
        let mut body = Records::<$format>::within(CLIENT.into(), std::mem::take($buffer));
        for (record, sequence) in $records.iter().zip(FIRST..) {
            if let Err(error) = body.$push(record, sequence.into()) {
                panic!("{error}");
            }
        }
        body.finish()
    }};
}

fn envelopes<T: Push>(records: &[T]) -> Vec<Envelope<'_, T>> {
    records.iter().zip(FIRST..).map(|(data, sequence)| Envelope::new(data, sequence)).collect()
}

fn compare<T: Push + Serialize>(title: &str, make: fn(i64) -> T, count: i64) {
    let records: Vec<T> = (1..=count).map(|id| make(id * 7)).collect();
    let records = records.as_slice();
    let expected = serde_json::to_vec(&envelopes(records)).unwrap_or_default();
    // One buffer for all: what a body was just written to is where the next one goes, as in a pool.
    let buffer = RefCell::new(Vec::new());
    let reused = |write: &dyn Fn(&mut Vec<u8>)| {
        let mut buffer = buffer.borrow_mut();
        write(&mut buffer);
        buffer.len()
    };
    for body in [
        body!(JsonEncoder<Fast>, push, &mut Vec::new(), records),
        body!(JsonEncoder<Safe>, push, &mut Vec::new(), records),
    ] {
        assert!(body == expected, "both write the same bytes");
    }
    let mut variants = [
        Variant::new("serde_json::to_vec", || serde_json::to_vec(&envelopes(records)).unwrap_or_default().len()),
        Variant::new("serde_json, reused buffer", || {
            reused(&|buffer| {
                buffer.clear();
                let _ = serde_json::to_writer(buffer, &envelopes(records));
            })
        }),
        Variant::new("sonic-rs, reused buffer", || {
            reused(&|buffer| {
                buffer.clear();
                let _ = sonic_rs::to_writer(buffer, &envelopes(records));
            })
        }),
        Variant::new("Backstitch", || reused(&|buffer| *buffer = body!(JsonEncoder<Fast>, append, buffer, records))),
        Variant::new("Backstitch, validated", || {
            reused(&|buffer| *buffer = body!(JsonEncoder<Fast>, push, buffer, records))
        }),
        Variant::new("Backstitch, safe", || {
            reused(&|buffer| *buffer = body!(JsonEncoder<Safe>, append, buffer, records))
        }),
        Variant::new("Backstitch, Transit", || {
            reused(&|buffer| *buffer = body!(TransitEncoder<Fast>, append, buffer, records))
        }),
        Variant::new("the body copied", || {
            reused(&|buffer| {
                buffer.clear();
                buffer.extend_from_slice(std::hint::black_box(&expected));
            })
        }),
    ];
    let each = expected.len() / records.len();
    print(&format!("{title}, {} records of {each} bytes", records.len()), &interleaved(&mut variants, 31));
}

fn main() {
    compare("small: 2 fields", small, 20_000);
    compare("medium: 12 fields", medium, 20_000);
    compare("wide: 60 fields", wide, 9_000);
}
