//! How much memory a gate takes, measured on its process.
#![cfg(target_os = "linux")]

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

/// What the gate's process may take.
const MOST: u64 = 150_000_000;

/// How many clients send at once, and how often each.
const CLIENTS: usize = 4;
const TIMES: usize = 2;

/// The length of their bodies, about.
const BYTES: usize = 20_000_000;

const RECORDS: usize = 20_000;

struct Gate {
    process: Child,
    address: String,
    _folder: tempfile::TempDir,
}

impl Gate {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = format!("sqlite://{}", folder.path().join("gate.db").display());
        let mut command = Command::new(env!("CARGO_BIN_EXE_backstitch"));
        command.args(["gate", "--listen", "127.0.0.1:0", "--database", &database, "--token", "at_good=7723"]);
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit("http://").next().unwrap().to_owned();
        Gate { process, address, _folder: folder }
    }

    /// The most memory that its process had.
    fn peak(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap() * 1024
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Posts a body; the answer's head.
fn post(address: &str, content_type: &str, body: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let length = body.len();
    write!(
        stream,
        "POST /v2/import/push HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer at_good\r\nContent-Type: \
         {content_type}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    stream.write_all(body).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.lines().next().unwrap_or_default().to_owned()
}

/// The most memory of a gate that is sent the bodies of several clients at once. The records of each have keys of their
/// own, and are sent again, so that they are inserted first and updated then.
fn peak_of(content_type: &'static str, body: fn(usize) -> Vec<u8>) -> u64 {
    let gate = Arc::new(Gate::start());
    let clients = (0..CLIENTS).map(|client| {
        let gate = Arc::clone(&gate);
        std::thread::spawn(move || {
            let body = body(client);
            assert!(body.len() > BYTES / 10 * 9 && body.len() < BYTES / 10 * 11, "{} bytes", body.len());
            for _ in 0..TIMES {
                assert_eq!(post(&gate.address, content_type, &body), "HTTP/1.1 201 Created");
            }
        })
    });
    let clients: Vec<_> = clients.collect();
    clients.into_iter().for_each(|client| client.join().unwrap());
    let peak = gate.peak();
    println!("{content_type}: the gate took {peak} bytes at most");
    peak
}

/// Twelve fields, one of which is long.
fn plain(client: usize) -> Vec<u8> {
    let mut body = "[".to_owned();
    for id in client * RECORDS..(client + 1) * RECORDS {
        let note = "leave it with the neighbour ".repeat(22);
        let _ = write!(
            body,
            r#"{{"client_id":7723,"table_name":"orders","sequence":1565880017,"action":"upsert","key_names":["id"],"data":{{"id":{id},"customer_id":{id},"status":"shipped","note":"{note}","total":12.5,"rate":0.05,"paid":true,"currency":"EUR","country":"Germany","email":"buyer.{id}@example.com","created_at":"2026-02-28T12:34:56.789Z","lines":12}}}},"#
        );
    }
    body.pop();
    body.push(']');
    body.into_bytes()
}

/// Hundreds of small numbers, which take more memory than their text.
fn numbers(client: usize) -> Vec<u8> {
    let fields: String = (0..104).fold(String::new(), |mut fields, n| {
        let _ = write!(fields, r#","f{n:03}":1"#);
        fields
    });
    let mut body = "[".to_owned();
    for id in client * RECORDS..(client + 1) * RECORDS {
        let _ = write!(
            body,
            r#"{{"client_id":7723,"table_name":"numbers","sequence":1,"action":"upsert","key_names":["id"],"data":{{"id":{id}{fields}}}}},"#
        );
    }
    body.pop();
    body.push(']');
    body.into_bytes()
}

/// Transit, with codes for the names after the first record.
fn transit(client: usize) -> Vec<u8> {
    let mut body = "[".to_owned();
    for id in client * RECORDS..(client + 1) * RECORDS {
        let names = match id % RECORDS {
            0 => ["client_id", "table_name", "sequence", "action", "key_names", "data", "created_at", "note"],
            _ => ["^0", "^1", "^2", "^3", "^4", "^5", "^6", "^7"],
        };
        let [client_id, table, sequence, action, keys, data, created, note] = names;
        let text = "leave it with the neighbour ".repeat(30);
        let _ = write!(
            body,
            r#"["^ ","{client_id}",7723,"{table}","visits","{sequence}",1,"{action}","upsert","{keys}",["id"],"{data}",["^ ","id",{id},"{created}","~m1565880017000","{note}","{text}"]],"#
        );
    }
    body.pop();
    body.push(']');
    body.into_bytes()
}

#[test]
fn large_bodies_of_several_clients_take_little_memory() {
    let peak = peak_of("application/json", plain);
    assert!(peak < MOST, "{peak} bytes");
}

#[test]
fn so_do_bodies_of_many_small_values() {
    let peak = peak_of("application/json", numbers);
    assert!(peak < MOST, "{peak} bytes");
}

#[test]
fn so_do_bodies_of_transit() {
    let peak = peak_of("application/transit+json", transit);
    assert!(peak < MOST, "{peak} bytes");
}
