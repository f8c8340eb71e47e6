//! Encoding a body of records, against `serde_json` with envelopes written by hand.

use backstitch::{Push, PushBody};
use backstitch_benches::{Variant, interleaved, print};
use serde::Serialize;

#[derive(Push, Serialize)]
#[push(table = "customers", key = "id")]
struct Small {
    id: i64,
    name: String,
}

#[derive(Push, Serialize)]
#[push(table = "orders", key = "id")]
struct Medium {
    id: i64,
    customer: u64,
    status: &'static str,
    note: Option<String>,
    total: f64,
    discount: f64,
    paid: bool,
    currency: &'static str,
    country: &'static str,
    email: String,
    created: String,
    lines: u16,
}

#[derive(Serialize)]
struct Envelope<'a, T> {
    client_id: i64,
    table_name: &'a str,
    sequence: i64,
    data: &'a T,
    key_names: &'a [&'a str],
    action: &'a str,
}

const RECORDS: i64 = 10_000;
const FIRST: i64 = 1_795_457_147_263_348_200;

fn small(id: i64) -> Small {
    Small { id, name: format!("Finn the customer {id}") }
}

fn medium(id: i64) -> Medium {
    Medium {
        id,
        customer: id.unsigned_abs() * 7,
        status: "shipped",
        note: (id % 2 == 0).then(|| format!("leave it with the neighbour at number {id}")),
        total: f64::from(i32::try_from(id % 10_000).unwrap_or_default()) * 0.25,
        discount: 0.05,
        paid: id % 3 == 0,
        currency: "EUR",
        country: "Germany",
        email: format!("customer.{id}@example.com"),
        created: "2026-02-29T12:34:56.789Z".to_owned(),
        lines: 12,
    }
}

fn compare<T: Push + Serialize>(title: &str, records: &[T]) {
    let push = || {
        let mut body = PushBody::json(7723);
        for (record, sequence) in records.iter().zip(FIRST..) {
            if let Err(error) = body.push(record, sequence) {
                panic!("{error}");
            }
        }
        body.finish()
    };
    let serde = || {
        let envelopes: Vec<_> = records
            .iter()
            .zip(FIRST..)
            .map(|(data, sequence)| Envelope {
                client_id: 7723,
                table_name: T::TABLE_NAME,
                sequence,
                data,
                key_names: T::KEY_NAMES,
                action: "upsert",
            })
            .collect();
        serde_json::to_vec(&envelopes).unwrap_or_default()
    };
    assert!(push() == serde(), "both write the same bytes");
    let mut variants =
        [Variant::new("serde_json::to_vec", || serde().len()), Variant::new("PushBody, validated", || push().len())];
    print(title, &interleaved(&mut variants, 31));
}

fn main() {
    compare("small: 2 fields", &(0..RECORDS).map(small).collect::<Vec<_>>());
    compare("medium: 12 fields", &(0..RECORDS).map(medium).collect::<Vec<_>>());
}
