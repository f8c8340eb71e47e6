//! What is done to a table, and the records of it.

use std::collections::BTreeMap;

use anyhow::Context as _;
use backstitch::PushBody;
use backstitch_benches::shapes::medium;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub(crate) const CLIENT_ID: i64 = 7723;

/// The rows of the table once all are inserted.
pub(crate) const ROWS: i64 = 1_000_000;

/// How many of them are updated.
const UPDATED: usize = 500_000;

/// The records of a request, or of a transaction.
pub(crate) const BATCH: usize = 20_000;

/// The records of a phase for those that would take minutes.
pub(crate) const FEW: usize = 10_000;

/// A part of a round. The phases follow one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) enum Phase {
    /// Into an empty table.
    Insert,
    /// Each row in the order of the keys.
    InOrder,
    /// Rows anywhere in the table.
    Random,
}

impl Phase {
    pub(crate) const ALL: [Phase; 3] = [Phase::Insert, Phase::InOrder, Phase::Random];

    /// The keys of its records, in the order in which they come.
    pub(crate) fn keys(self) -> Vec<i64> {
        match self {
            Phase::Insert => (1..=ROWS).collect(),
            Phase::InOrder => (1..=ROWS).take(UPDATED).collect(),
            Phase::Random => {
                let mut keys: Vec<i64> = (1..=ROWS).collect();
                fastrand::Rng::with_seed(7723).shuffle(&mut keys);
                keys.truncate(UPDATED);
                keys
            }
        }
    }

    /// The sequence of its records: greater than that of all before.
    pub(crate) const fn sequence(self) -> i64 {
        1_795_457_147_263_348_200 + self as i64
    }

    /// Its records as bodies of requests.
    pub(crate) fn bodies(self) -> anyhow::Result<Vec<Bytes>> {
        let body = |keys: &[i64]| {
            let mut body = PushBody::json(CLIENT_ID);
            for &key in keys {
                body.push(&medium(key), self.sequence()).context("a record of the benchmark")?;
            }
            Ok(Bytes::from(body.finish()))
        };
        self.keys().chunks(BATCH).map(body).collect()
    }
}

/// The columns of a record, in the order of their names.
pub(crate) fn columns() -> anyhow::Result<Vec<String>> {
    Ok(record(1)?.into_keys().collect())
}

/// The system columns of the gate.
pub(crate) const SYSTEM: [(&str, &str); 5] = [
    ("_sdc_received_at", "TEXT"),
    ("_sdc_batched_at", "TEXT"),
    ("_sdc_sequence", "BIGINT"),
    ("_sdc_table_version", "BIGINT"),
    ("_sdc_extracted_at", "TEXT"),
];

/// The fields of a record by their names.
pub(crate) fn record(key: i64) -> anyhow::Result<BTreeMap<String, Value>> {
    Ok(serde_json::from_value(serde_json::to_value(medium(key))?)?)
}

/// A record as a line of CSV. None of its texts has a quotation mark or a comma.
pub(crate) fn csv(key: i64) -> anyhow::Result<String> {
    let text = |value: Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text,
        other => other.to_string(),
    };
    let values: Vec<String> = record(key)?.into_values().map(text).collect();
    Ok(values.join(","))
}

/// What a phase took.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Measured {
    pub(crate) phase: Phase,
    pub(crate) records: usize,
    /// The bytes of its bodies, where it has any.
    pub(crate) bytes: usize,
    pub(crate) seconds: f64,
    /// Of the process that writes, as far as that is known.
    pub(crate) cpu_seconds: Option<f64>,
    /// The most memory of that process until then.
    pub(crate) peak_bytes: Option<u64>,
}
