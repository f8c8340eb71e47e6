//! Encoding a body of records, against `serde_json` with envelopes written by hand, and against `sonic-rs`. What is measured
//! goes into `docs/benchmarks.md`.

use std::cell::RefCell;
use std::io;

use backstitch::__private::{Fast, JsonEncoder, Records, Safe, TransitEncoder};
use backstitch::Push;
use backstitch_benches::shapes::{Envelope, medium, small, wide};
use backstitch_benches::{Variant, interleaved, page};
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

/// The rows that others are held against.
const TO_VEC: &str = "serde_json::to_vec";
const SONIC: &str = "sonic-rs, reused buffer";
const PLAIN: &str = "Backstitch";
const COPIED: &str = "the body copied";

/// Measures a shape; gives its part of the page.
fn compare<T: Push + Serialize>(title: &str, make: fn(i64) -> T, count: i64) -> String {
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
        Variant::new(TO_VEC, || serde_json::to_vec(&envelopes(records)).unwrap_or_default().len()),
        Variant::new("serde_json, reused buffer", || {
            reused(&|buffer| {
                buffer.clear();
                let _ = serde_json::to_writer(buffer, &envelopes(records));
            })
        }),
        Variant::new(SONIC, || {
            reused(&|buffer| {
                buffer.clear();
                let _ = sonic_rs::to_writer(buffer, &envelopes(records));
            })
        }),
        Variant::new(PLAIN, || reused(&|buffer| *buffer = body!(JsonEncoder<Fast>, append, buffer, records))),
        Variant::new("Backstitch, validated", || {
            reused(&|buffer| *buffer = body!(JsonEncoder<Fast>, push, buffer, records))
        }),
        Variant::new("Backstitch, safe", || {
            reused(&|buffer| *buffer = body!(JsonEncoder<Safe>, append, buffer, records))
        }),
        Variant::new("Backstitch, Transit", || {
            reused(&|buffer| *buffer = body!(TransitEncoder<Fast>, append, buffer, records))
        }),
        Variant::new(COPIED, || {
            reused(&|buffer| {
                buffer.clear();
                buffer.extend_from_slice(std::hint::black_box(&expected));
            })
        }),
    ];
    let each = expected.len() / records.len();
    let measured = interleaved(&mut variants, 31);
    let transit = body!(TransitEncoder<Fast>, push, &mut Vec::new(), records).len();
    format!(
        "### {title}: {} records of {each} bytes\n\n{}\nTransit: {:.2} of the bytes that JSON has.\n\n",
        records.len(),
        page::table(&measured, &[TO_VEC, SONIC, PLAIN, COPIED]),
        transit as f64 / expected.len() as f64,
    )
}

fn main() -> io::Result<()> {
    let mut text = format!("\nOn {}; the median of 31 rounds.\n\n", page::machine());
    text += &compare("Small, 2 fields", small, 20_000);
    text += &compare("Medium, 12 fields", medium, 20_000);
    text += &compare("Wide, 60 fields", wide, 9_000);
    println!("{text}");
    println!("written to {}", page::write_section("encode", &text)?.display());
    Ok(())
}
