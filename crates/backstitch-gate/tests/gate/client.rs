//! A gate in a folder of its own, and a client that shows an answer's bytes.

use std::path::PathBuf;

use backstitch_gate::{Cell, Gate, GateBuilder, TableView};
use tempfile::TempDir;

use crate::store::{Place, Schema};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub(crate) const TOKEN: &str = "at_0123456789abcdef";
pub(crate) const CLIENT: i64 = 7723;
pub(crate) const PUSH: &str = "/v2/import/push";
pub(crate) const VALIDATE: &str = "/v2/import/validate";
pub(crate) const BATCH: &str = "/v2/import/batch";
pub(crate) const ACCEPTED: &str = r#"{"status":"OK","message":"Batch Accepted!"}"#;

/// An HTTP answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    /// The value of a header, by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    #[track_caller]
    pub(crate) fn is(&self, status: u16, body: &str) {
        assert_eq!((self.status, self.body.as_str()), (status, body));
    }

    /// The errors of a 422.
    #[track_caller]
    pub(crate) fn refuses(&self, errors: &str) {
        self.is(
            422,
            &format!(r#"{{"status":"ERROR","error":"Request cannot be processed; see errors.","errors":{errors}}}"#),
        );
    }
}

/// Sends bytes as they are and reads one answer.
pub(crate) async fn exchange(gate: &Gate, bytes: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(gate.address()).await.expect("connected");
    stream.write_all(bytes).await.expect("sent");
    answer(&mut stream).await
}

/// Reads one answer.
pub(crate) async fn answer(stream: &mut TcpStream) -> Answer {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        let read = stream.read_buf(&mut bytes).await.expect("an answer");
        assert!(read > 0, "closed after {:?}", String::from_utf8_lossy(&bytes));
    };
    let head = String::from_utf8(bytes[..end].to_vec()).expect("text");
    let mut answer = Answer {
        status: head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status"),
        body: String::new(),
        head,
    };
    let length: usize = match answer.status {
        204 => 0,
        _ => answer.header("content-length").expect("a length").parse().expect("a number"),
    };
    while bytes.len() < end + length {
        let read = stream.read_buf(&mut bytes).await.expect("a body");
        assert!(read > 0, "closed within the body");
    }
    answer.body = String::from_utf8(bytes[end..].to_vec()).expect("text");
    answer
}

/// A request with a JSON body and the right token.
pub(crate) fn request(path: &str, body: &[u8]) -> Vec<u8> {
    with_headers(path, &format!("Authorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\n"), body)
}

/// A request with these headers, and its length.
pub(crate) fn with_headers(path: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("POST {path} HTTP/1.1\r\nHost: gate\r\n{headers}Content-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// A gate with a database that goes with it.
pub(crate) struct Fixture {
    pub(crate) gate: Gate,
    pub(crate) place: Place,
}

impl Fixture {
    pub(crate) async fn start() -> Self {
        Self::start_in(Place::Folder(tempfile::tempdir().expect("a folder"))).await
    }

    /// None where there is no server to run on.
    pub(crate) async fn start_on_postgres() -> Option<Self> {
        Some(Self::start_in(Place::Schema(Schema::new().await?)).await)
    }

    async fn start_in(place: Place) -> Self {
        let gate = builder_at(&place.url()).start().await.expect("a gate");
        Fixture { gate, place }
    }

    /// Stops the gate and starts another on the same database.
    pub(crate) async fn restart(self) -> Self {
        let Fixture { gate, place } = self;
        gate.shutdown().await;
        Self::start_in(place).await
    }

    pub(crate) async fn push(&self, body: &str) -> Answer {
        exchange(&self.gate, &request(PUSH, body.as_bytes())).await
    }

    /// Pushes records that must be accepted.
    pub(crate) async fn load(&self, records: &[String]) {
        self.push(&format!("[{}]", records.join(","))).await.is(201, ACCEPTED);
    }

    pub(crate) async fn table(&self, name: &str) -> TableView {
        self.gate.table(name, 100).await.expect("a table")
    }

    /// The columns of a table without the system's, and its rows, as text.
    pub(crate) async fn shows(&self, name: &str) -> (Vec<String>, Vec<String>) {
        let view = self.table(name).await;
        let width = view.columns.iter().filter(|name| !name.starts_with("_sdc_")).count();
        let row = |row: &Vec<Cell>| {
            let cells: Vec<String> = row[..width].iter().map(|cell| format!("{cell:?}")).collect();
            cells.join(" ")
        };
        (view.columns[..width].to_vec(), view.rows.iter().map(row).collect())
    }

    /// The folder of a SQLite database.
    pub(crate) fn folder(&self) -> &TempDir {
        match &self.place {
            Place::Folder(folder) => folder,
            Place::Schema(_) => panic!("the database is in no folder"),
        }
    }

    pub(crate) fn path(&self) -> PathBuf {
        database(self.folder())
    }

    /// Runs statements on the database as somebody beside the gate.
    pub(crate) async fn execute(&self, sql: &str) {
        self.place.execute(sql).await;
    }

    /// The reasons of rejected records, in order.
    pub(crate) async fn reasons(&self) -> Vec<String> {
        let view = self.table("_sdc_rejected").await;
        (0..view.rows.len()).map(|row| view.cell(row, "reason").map(ToString::to_string).unwrap_or_default()).collect()
    }

    /// A connection to the database beside the gate's.
    pub(crate) fn sqlite(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.path()).expect("the database")
    }
}

pub(crate) fn database(folder: &TempDir) -> PathBuf {
    folder.path().join("gate.db")
}

pub(crate) fn builder(folder: &TempDir) -> GateBuilder {
    builder_at(&format!("sqlite://{}", database(folder).display()))
}

pub(crate) fn builder_at(database: &str) -> GateBuilder {
    Gate::builder().database(database).token(TOKEN, CLIENT)
}

/// A record of the table `t` with the key `id`.
pub(crate) fn record(sequence: i64, data: &str) -> String {
    record_of("t", "[\"id\"]", sequence, data)
}

pub(crate) fn record_of(table: &str, keys: &str, sequence: i64, data: &str) -> String {
    let table = table.replace('\\', "\\\\").replace('"', "\\\"").replace('\0', "\\u0000");
    format!(
        r#"{{"client_id":{CLIENT},"table_name":"{table}","sequence":{sequence},"action":"upsert","key_names":{keys},"data":{data}}}"#
    )
}
