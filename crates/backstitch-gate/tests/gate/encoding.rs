//! Bodies that are compressed.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::client::{ACCEPTED, Answer, Fixture, PUSH, TOKEN, exchange, record, with_headers};

fn gzipped(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body).expect("written");
    encoder.finish().expect("finished")
}

async fn send(it: &Fixture, encoding: &str, body: &[u8]) -> Answer {
    let headers =
        format!("Authorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\nContent-Encoding: {encoding}\r\n");
    exchange(&it.gate, &with_headers(PUSH, &headers, body)).await
}

fn good() -> Vec<u8> {
    format!("[{}]", record(1, r#"{"id":1}"#)).into_bytes()
}

#[tokio::test]
async fn a_body_in_gzip_is_taken() {
    let it = Fixture::start().await;
    for encoding in ["gzip", "GZIP", "x-gzip"] {
        send(&it, encoding, &gzipped(&good())).await.is(201, ACCEPTED);
    }
    send(&it, "identity", &good()).await.is(201, ACCEPTED);
    let parts: Vec<u8> = good().chunks(7).flat_map(gzipped).collect();
    send(&it, "gzip", &parts).await.is(201, ACCEPTED);
}

#[tokio::test]
async fn a_body_in_gzip_and_in_chunks_is_taken() {
    let it = Fixture::start().await;
    let body = gzipped(&good());
    let head = format!(
        "POST {PUSH} HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    let chunks =
        body.chunks(10).flat_map(|chunk| [format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat());
    let bytes = [head.as_bytes(), &chunks.collect::<Vec<u8>>(), b"0\r\n\r\n"].concat();
    exchange(&it.gate, &bytes).await.is(201, ACCEPTED);
}

#[tokio::test]
async fn a_small_body_that_stands_for_a_large_one_is_413() {
    let it = Fixture::start().await;
    // A gigabyte of white space in a megabyte.
    let mebibyte = vec![b' '; 1 << 20];
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    for _ in 0..1_024 {
        encoder.write_all(&mebibyte).expect("written");
    }
    let answer = send(&it, "gzip", &encoder.finish().expect("finished")).await;
    answer.is(
        413,
        r#"{"status":"ERROR","message":"Request rejected: request size (20971521s bytes) exceeds the maximum"}"#,
    );
}

#[tokio::test]
async fn what_is_no_gzip_to_its_end_is_400() {
    let it = Fixture::start().await;
    let whole = gzipped(&good());
    for body in [&good()[..], &whole[..whole.len() - 1], b"", &[&whole[..], b"rest"].concat()] {
        send(&it, "gzip", body)
            .await
            .is(400, r#"{"status":"ERROR","message":"The body of the request is no complete gzip data"}"#);
    }
}

#[tokio::test]
async fn another_encoding_is_415() {
    let it = Fixture::start().await;
    for encoding in ["br", "deflate", "zstd", "gzip, gzip", "Snappy"] {
        let named = encoding.to_ascii_lowercase();
        send(&it, encoding, &good()).await.is(
            415,
            &format!(
                r#"{{"status":"ERROR","message":"Unsupported content-encoding {named}. Please send gzip, or no content-encoding"}}"#
            ),
        );
    }
}
