//! Sizes, times, and clients that misbehave.

use std::time::Duration;

use backstitch_gate::Gate;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::{ACCEPTED, BATCH, Fixture, PUSH, TOKEN, answer, builder, exchange, record, request, with_headers};

const LIMIT: usize = 20 * 1024 * 1024;

fn head(headers: &str) -> String {
    format!(
        "POST {PUSH} HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\n{headers}\r\n"
    )
}

/// A body of exactly this many bytes with one good record.
fn padded(length: usize) -> Vec<u8> {
    let mut body = format!("[{}]", record(1, r#"{"id":1}"#)).into_bytes();
    body.resize(length, b' ');
    body
}

#[tokio::test]
async fn a_body_that_states_too_great_a_length_is_413_at_once() {
    let it = Fixture::start().await;
    // Not one byte of the body is sent.
    let answer = exchange(&it.gate, head(&format!("Content-Length: {}\r\n", LIMIT + 1)).as_bytes()).await;
    answer.is(
        413,
        r#"{"status":"ERROR","message":"Request rejected: request size (20971521s bytes) exceeds the maximum"}"#,
    );
    assert_eq!(answer.header("content-type"), Some("application/json"));
}

#[tokio::test]
async fn a_client_that_sends_too_much_still_reads_its_413() {
    let it = Fixture::start().await;
    let answer = exchange(&it.gate, &request(PUSH, &padded(LIMIT + 1_000_000))).await;
    assert_eq!(answer.status, 413);
}

#[tokio::test]
async fn a_chunked_body_is_413_once_it_is_too_large() {
    let it = Fixture::start().await;
    let mut stream = TcpStream::connect(it.gate.address()).await.expect("connected");
    stream.write_all(head("Transfer-Encoding: chunked\r\n").as_bytes()).await.expect("sent");
    let chunk = [b"100000\r\n".as_slice(), &vec![b' '; 0x10_0000], b"\r\n"].concat();
    for _ in 0..21 {
        stream.write_all(&chunk).await.expect("sent");
    }
    let answer = answer(&mut stream).await;
    assert_eq!(answer.status, 413);
    let bytes = answer
        .body
        .strip_prefix(r#"{"status":"ERROR","message":"Request rejected: request size ("#)
        .and_then(|rest| rest.strip_suffix(r#"s bytes) exceeds the maximum"}"#))
        .expect("the documented words");
    assert!(bytes.parse::<usize>().expect("a number") > LIMIT);
}

#[tokio::test]
async fn a_body_of_the_greatest_size_is_taken() {
    let it = Fixture::start().await;
    exchange(&it.gate, &request(PUSH, &padded(LIMIT))).await.is(201, ACCEPTED);
}

#[tokio::test]
async fn a_chunked_body_is_taken() {
    let it = Fixture::start().await;
    let body = format!("[{}]", record(1, r#"{"id":1}"#));
    let (first, second) = body.split_at(20);
    let chunks = format!("{:x}\r\n{first}\r\n{:x}\r\n{second}\r\n0\r\n\r\n", first.len(), second.len());
    let bytes = format!("{}{chunks}", head("Transfer-Encoding: chunked\r\n"));
    exchange(&it.gate, bytes.as_bytes()).await.is(201, ACCEPTED);
}

#[tokio::test]
async fn a_refusal_leaves_the_connection_usable() {
    let it = Fixture::start().await;
    let mut stream = TcpStream::connect(it.gate.address()).await.expect("connected");
    stream.write_all(&with_headers(PUSH, "", &padded(100_000))).await.expect("sent");
    assert_eq!(answer(&mut stream).await.status, 401);
    stream.write_all(&request(PUSH, b"[]")).await.expect("sent");
    assert_eq!(answer(&mut stream).await.status, 400);
    stream.write_all(&request(PUSH, &padded(1_000))).await.expect("sent");
    answer(&mut stream).await.is(201, ACCEPTED);
}

#[tokio::test]
async fn a_refused_client_that_asks_first_is_not_told_to_go_on() {
    let it = Fixture::start().await;
    let bytes = head(&format!("Expect: 100-continue\r\nContent-Length: {}\r\n", LIMIT + 1));
    assert_eq!(exchange(&it.gate, bytes.as_bytes()).await.status, 413);
    let mut stream = TcpStream::connect(it.gate.address()).await.expect("connected");
    let body = padded(1_000);
    let bytes = head(&format!("Expect: 100-continue\r\nContent-Length: {}\r\n", body.len()));
    stream.write_all(bytes.as_bytes()).await.expect("sent");
    let mut go_on = [0; 25];
    stream.read_exact(&mut go_on).await.expect("an interim answer");
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(&body).await.expect("sent");
    answer(&mut stream).await.is(201, ACCEPTED);
}

async fn impatient() -> (Gate, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let gate = builder(&folder).read_timeout(Duration::from_millis(200)).start().await.expect("a gate");
    (gate, folder)
}

#[tokio::test]
async fn a_body_that_stops_coming_is_408_and_the_connection_closes() {
    let (gate, _folder) = impatient().await;
    let mut stream = TcpStream::connect(gate.address()).await.expect("connected");
    stream.write_all(head("Content-Length: 100\r\n").as_bytes()).await.expect("sent");
    stream.write_all(b"[").await.expect("sent");
    let answer = answer(&mut stream).await;
    answer.is(408, r#"{"status":"ERROR","message":"The body of the request stopped coming"}"#);
    assert_eq!(answer.header("connection"), Some("close"));
    let mut rest = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut rest)).await.expect("closed");
    assert!(matches!(read, Ok(0) | Err(_)));
}

#[tokio::test]
async fn a_slow_body_that_keeps_coming_is_taken() {
    // No pause is near the limit, and all of them together are beyond it.
    let folder = tempfile::tempdir().expect("a folder");
    let gate = builder(&folder).read_timeout(Duration::from_secs(2)).start().await.expect("a gate");
    let bytes = request(PUSH, &padded(300));
    let mut stream = TcpStream::connect(gate.address()).await.expect("connected");
    for part in bytes.chunks(bytes.len().div_ceil(12)) {
        stream.write_all(part).await.expect("sent");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    answer(&mut stream).await.is(201, ACCEPTED);
}

#[tokio::test]
async fn clients_that_leave_do_no_harm() {
    let it = Fixture::start().await;
    let bytes = request(PUSH, &padded(100_000));
    for length in [1, 20, 200, 50_000, bytes.len()] {
        let mut stream = TcpStream::connect(it.gate.address()).await.expect("connected");
        stream.write_all(&bytes[..length]).await.expect("sent");
        drop(stream);
    }
    it.push(&format!("[{}]", record(2, r#"{"id":2}"#))).await.is(201, ACCEPTED);
}

#[tokio::test]
async fn a_client_that_closes_its_side_still_gets_its_answer() {
    let it = Fixture::start().await;
    let mut stream = TcpStream::connect(it.gate.address()).await.expect("connected");
    stream.write_all(&request(PUSH, &padded(1_000))).await.expect("sent");
    stream.shutdown().await.expect("closed");
    answer(&mut stream).await.is(201, ACCEPTED);
}

/// Requests with a good body in which bytes were replaced, and no good any more, mostly.
async fn no_bytes_make_a_500(path: &str, content_type: &str, good: &str, pieces: &[&[u8]]) {
    let it = Fixture::start().await;
    let headers = format!("Authorization: Bearer {TOKEN}\r\nContent-Type: {content_type}\r\n");
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).expect("small")
    };
    let mut stream = TcpStream::connect(it.gate.address()).await.expect("connected");
    let mut accepted = 0;
    for _ in 0..1_500 {
        let mut body = good.to_owned().into_bytes();
        for _ in 0..=random(2) {
            let at = random(body.len());
            let piece = pieces[random(pieces.len())];
            let cut = random(4).min(body.len() - at);
            body.splice(at..at + cut, piece.iter().copied());
        }
        stream.write_all(&with_headers(path, &headers, &body)).await.expect("sent");
        let answer = answer(&mut stream).await;
        accepted += usize::from(answer.status == 201);
        assert!(
            matches!(answer.status, 201 | 400 | 401 | 403 | 422),
            "{} {:?}",
            answer.status,
            String::from_utf8_lossy(&body)
        );
    }
    assert!(accepted > 0, "some were good");
}

const JSON_PIECES: [&[u8]; 14] =
    [b"\"", b"\\", b"{", b"}", b"[", b"]", b",", b":", b"null", b"1e999", b"\\ud800", b"\xff", b"\0", b"__bi"];

#[tokio::test]
async fn no_json_makes_a_500() {
    let data = r#"{"id":1,"a":{"b":[1,-2.5e3,null,"\u00e9\ud83d\ude00"]},"c":"x","a__d":true}"#;
    no_bytes_make_a_500(PUSH, "application/json", &format!("[{}]", record(1, data)), &JSON_PIECES).await;
}

#[tokio::test]
async fn no_transit_makes_a_500() {
    let good = r#"[["^ ","client_id",7723,"table_name","t","sequence","~i1","action","upsert","key_names",["id"],"data",["^ ","id",1,"a","~m0","b","~f1.5","nested",["^ ","x",[1,null]],"c",["~#set",["~:k"]]]],["^ ","^0",7723,"^1","t","^2",2,"^3","upsert","^4",["id"],"^5",["^ ","id",2]]]"#;
    let pieces: [&[u8]; 16] = [
        b"\"", b"~", b"^", b"^0", b"[", b"]", b",", b"~n", b"null", b"1e999", b"~#", b"\xff", b"{", b"}", b"~m", b"~z",
    ];
    no_bytes_make_a_500(PUSH, "application/transit+json", good, &pieces).await;
}

#[tokio::test]
async fn no_batch_makes_a_500() {
    let good = r##"{"table_name":"t","schema":{"type":"object","properties":{"id":{"type":"integer"},"a":{"type":["null","string"],"format":"date-time"},"b":{"$ref":"#/definitions/x"},"c":{"pattern":"^a+$","maxLength":3},"d":{"items":{"anyOf":[{"type":"number"},{"enum":["x"]}]}}},"definitions":{"x":{"minimum":1}},"required":["id"]},"key_names":["id"],"table_version":1,"messages":[{"action":"upsert","sequence":1,"data":{"id":1,"b":2,"c":"aa","d":[1.5,"x"]},"time_extracted":"2020-01-13T21:25:03Z"},{"action":"activate_version","sequence":2}]}"##;
    let mut pieces = JSON_PIECES.to_vec();
    pieces.extend([&b"#"[..], b"object", b"$ref", b"type", b"-1"]);
    no_bytes_make_a_500(BATCH, "application/json", good, &pieces).await;
}
