//! `backstitch spool`, with spools that a sender left, and a gate.

mod damage;
mod export;
mod inspect;
mod lines;
mod replay;
mod server;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use backstitch::{Client, Push, Sender};
use backstitch_gate::Gate;
use tempfile::TempDir;

const CLIENT_ID: i64 = 7723;
const TOKEN: &str = "at_secret1";

#[derive(Clone, Push)]
#[push(table = "orders", key = "id", doc_test = false)]
struct Order {
    id: i64,
    note: String,
}

#[derive(Clone, Push)]
#[push(table = "visits", key = "id", doc_test = false)]
struct Visit {
    id: i64,
}

fn order(id: i64) -> Order {
    Order { id, note: format!("note {id}.") }
}

fn client(url: &str) -> Client {
    Client::builder().client_id(CLIENT_ID).token(TOKEN).base_url(url).build().unwrap()
}

/// What a command said.
#[derive(Debug)]
struct Said {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

/// Runs `backstitch spool` with a token and whatever the environment is told to have.
fn spool_with(environment: &[(&str, &str)], arguments: &[&str]) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_backstitch"));
    for name in ["STITCH_URL", "STITCH_REGION", "STITCH_CLIENT_ID", "STITCH_TOKEN"] {
        command.env_remove(name);
    }
    let output = command.envs(environment.iter().copied()).arg("spool").args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let said = Said { code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) };
    assert!(!format!("{said:?}").contains(TOKEN), "{said:?}");
    assert!(!said.stderr.contains("panicked"), "{said:?}");
    said
}

fn spool(arguments: &[&str]) -> Said {
    spool_with(&[("STITCH_TOKEN", TOKEN)], arguments)
}

/// A folder with a spool, and a gate's database.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        Place { folder: TempDir::new().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    fn spool(&self) -> String {
        self.text("spool.redb")
    }

    async fn gate(&self, address: &str) -> Gate {
        let database = format!("sqlite://{}", self.path("gate.db").display());
        Gate::builder().database(database).token(TOKEN, CLIENT_ID).listen(address).start().await.unwrap()
    }

    /// The address of a gate that was there.
    async fn address(&self) -> String {
        let gate = self.gate("127.0.0.1:0").await;
        let address = gate.address().to_string();
        gate.shutdown().await;
        address
    }

    async fn sender(&self, url: &str) -> Sender {
        client(url).sender().spool(self.path("spool.redb")).start().await.unwrap()
    }

    /// Leaves orders in the spool; says where they are to be sent.
    async fn fill(&self, ids: std::ops::Range<i64>) -> String {
        let address = self.address().await;
        let sender = self.sender(&format!("http://{address}")).await;
        let count = (ids.end - ids.start) as u64;
        let receipts = sender.send_all(ids.map(order)).await.unwrap();
        assert_eq!(sender.close_within(Duration::ZERO).await.unwrap().spooled, count);
        drop(receipts);
        address
    }
}

async fn rows(gate: &Gate, table: &str) -> u64 {
    gate.table(table, 1).await.unwrap().count
}

/// Changes the bytes where `text` is in a file.
fn damage(file: &Path, text: &str) {
    let mut bytes = std::fs::read(file).unwrap();
    let places: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at..].starts_with(text.as_bytes())).collect();
    assert!(!places.is_empty());
    for place in places {
        bytes[place] ^= 0x20;
    }
    std::fs::write(file, bytes).unwrap();
}
