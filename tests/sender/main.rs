//! A sender, the gate and its database, over real sockets and real files.

mod dead_letters;
mod delivery;
mod spool;
mod statuses;

use std::path::PathBuf;
use std::time::Duration;

use backstitch::{Client, Push, SenderBuilder};
use backstitch_gate::Gate;
use tempfile::TempDir;

const CLIENT_ID: i64 = 7723;

#[derive(Clone, Push)]
#[push(table = "orders", key = "id", doc_test = false)]
struct Order {
    id: i64,
    note: String,
}

fn order(id: i64) -> Order {
    Order { id, note: format!("note {id}") }
}

fn client(url: impl Into<String>) -> Client {
    Client::builder().client_id(CLIENT_ID).token("at_good").base_url(url).build().unwrap()
}

/// A folder with a gate's database and a spool.
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

    fn spool(&self) -> PathBuf {
        self.path("spool.redb")
    }

    async fn gate(&self) -> Gate {
        self.gate_at("127.0.0.1:0").await
    }

    async fn gate_at(&self, address: &str) -> Gate {
        let database = format!("sqlite://{}", self.path("gate.db").display());
        Gate::builder().database(database).token("at_good", CLIENT_ID).listen(address).start().await.unwrap()
    }
}

fn sender(url: impl Into<String>) -> SenderBuilder {
    client(url).sender().linger(Duration::from_millis(20))
}

/// An address at which nobody answers.
fn nowhere() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}
