//! Bodies of requests, sent to a gate over a connection that stays open: whatever they hold, each has an answer that is
//! the API's, nothing panics, and what was accepted can be looked at.
//!
//! An input is several requests, one after the other with a line `=====` between them. The first byte of each says which
//! kind it is. All go to the same gate, which is empty again after an input of which anything was accepted.

#![no_main]

use std::sync::{LazyLock, Mutex};

use backstitch_gate::Gate;
use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;

/// How many requests of an input are sent.
const REQUESTS: usize = 4;

struct Gates {
    runtime: Runtime,
    gate: Gate,
    stream: TcpStream,
    _folder: TempDir,
}

static GATES: LazyLock<Mutex<Gates>> = LazyLock::new(|| {
    // One thread beside this one, so that a panic of it is seen in time.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    // In memory where there is such a folder: nothing here is about the disk.
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let database = format!("sqlite://{}", folder.path().join("gate.db").display());
    let builder = Gate::builder().database(database).token("at_good", 7723).journal(10);
    let (gate, stream) = runtime.block_on(async {
        let gate = builder.start().await.unwrap();
        let stream = TcpStream::connect(gate.address()).await.unwrap();
        (gate, stream)
    });
    Mutex::new(Gates { runtime, gate, stream, _folder: folder })
});

/// Sends a body; the status of the answer.
async fn send(stream: &mut TcpStream, path: &str, content_type: &str, body: &[u8]) -> u16 {
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer at_good\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(&[head.as_bytes(), body].concat()).await.expect("sent");
    let mut bytes = Vec::new();
    loop {
        assert!(stream.read_buf(&mut bytes).await.expect("an answer") > 0, "the connection was closed");
        let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("a length");
        let body_end = end + 4 + length.parse::<usize>().expect("a number");
        if bytes.len() < body_end {
            continue;
        }
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        let text = &bytes[end + 4..body_end];
        assert!(serde_json::from_slice::<serde::de::IgnoredAny>(text).is_ok(), "{}", String::from_utf8_lossy(text));
        return status;
    }
}

fuzz_target!(|input: &[u8]| {
    let mut gates = GATES.lock().expect("no panic before");
    let Gates { runtime, gate, stream, .. } = &mut *gates;
    runtime.block_on(async {
        let mut is_changed = false;
        let mut rest = input;
        for _ in 0..REQUESTS {
            let end = rest.windows(6).position(|window| window == b"=====\n");
            let (request, after) = end.map_or((rest, &[][..]), |end| (&rest[..end], &rest[end + 6..]));
            rest = after;
            let Some((kind, body)) = request.split_first() else { break };
            let (path, content_type) = match kind {
                b'b' => ("/v2/import/batch", "application/json"),
                b't' => ("/v2/import/push", "application/transit+json"),
                b'v' => ("/v2/import/validate", "application/transit+json"),
                _ => ("/v2/import/push", "application/json"),
            };
            let status = send(stream, path, content_type, body).await;
            assert!(matches!(status, 200 | 201 | 400 | 401 | 403 | 422), "{status}");
            is_changed |= status == 201;
        }
        if is_changed {
            for table in gate.tables().await.expect("tables") {
                let view = gate.table(&table.name, 10).await.expect("a table");
                assert!(view.rows.iter().all(|row| row.len() == view.columns.len()));
            }
            gate.reset().await.expect("empty again");
        }
    });
});
