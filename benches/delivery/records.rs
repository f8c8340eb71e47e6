//! The records that are delivered. They are made before the clock starts, in every variant.

use anyhow::Context as _;
use backstitch::PushBody;
use backstitch_benches::shapes::{Medium, medium};

pub(crate) const CLIENT_ID: i64 = 7723;

/// Like the sequences that the client takes from the clock, so that records have the same bytes whoever numbers them.
pub(crate) const FIRST_SEQUENCE: i64 = 1_795_457_147_263_348_200;

/// How many there are. They are delivered again and again, since what takes time is not their making.
pub(crate) const CHUNK: usize = 10_000;

/// How often they are delivered.
pub(crate) const CHUNKS: usize = 200;

/// How many records that is.
pub(crate) const RECORDS: u64 = (CHUNK * CHUNKS) as u64;

/// How many requests are in flight at once.
pub(crate) const IN_FLIGHT: usize = 4;

/// How long a body is at most.
pub(crate) const BODY_BYTES: usize = 4_000_000;

/// One chunk of records.
pub(crate) fn chunk() -> Vec<Medium> {
    (1..=CHUNK as i64).map(|id| medium(id * 7)).collect()
}

/// The bytes of all [`RECORDS`], each with the comma or the bracket behind it.
pub(crate) fn bytes(chunk: &[Medium]) -> anyhow::Result<u64> {
    let mut body = PushBody::json(CLIENT_ID);
    for (record, sequence) in chunk.iter().zip(FIRST_SEQUENCE..) {
        body.push(record, sequence).context("a record of the benchmark")?;
    }
    Ok((body.finish().len() as u64 - 1) * CHUNKS as u64)
}
