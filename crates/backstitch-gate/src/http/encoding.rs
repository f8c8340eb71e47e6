//! Bodies that are compressed.

use std::io::Read;

use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_ENCODING;
use backstitch_api::limits;
use flate2::read::MultiGzDecoder;

use crate::refusal::Refusal;

/// How a body is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Plain,
    Gzip,
}

impl Encoding {
    /// What the headers of a request name.
    ///
    /// # Errors
    /// Where it is not taken, or is more than one.
    pub(crate) fn of(headers: &HeaderMap) -> Result<Self, Refusal> {
        let named: Vec<String> = headers
            .get_all(CONTENT_ENCODING)
            .iter()
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into())
            .collect();
        let named = named.join(", ").trim().to_ascii_lowercase();
        match named.as_str() {
            "" | "identity" => Ok(Encoding::Plain),
            "gzip" | "x-gzip" => Ok(Encoding::Gzip),
            _ => Err(Refusal::ContentEncoding(named)),
        }
    }

    /// The body as it was before it was compressed.
    ///
    /// # Errors
    /// Where it is more than a body may be, or is not compressed as was said.
    pub(crate) fn decoded(self, bytes: Bytes) -> Result<Bytes, Refusal> {
        match self {
            Encoding::Plain => Ok(bytes),
            Encoding::Gzip => gunzipped(&bytes),
        }
    }
}

/// The decoder stops at the limit, so that a few bytes which stand for gigabytes take no memory.
fn gunzipped(bytes: &[u8]) -> Result<Bytes, Refusal> {
    let most = limits::REQUEST_BYTES as u64 + 1;
    let mut decoded = Vec::new();
    MultiGzDecoder::new(bytes).take(most).read_to_end(&mut decoded).map_err(|_| Refusal::NotGzip)?;
    match decoded.len() {
        length if length > limits::REQUEST_BYTES => Err(Refusal::TooLarge(length as u64)),
        _ => Ok(decoded.into()),
    }
}
