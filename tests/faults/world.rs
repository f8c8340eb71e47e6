//! A gate with its database, a proxy before it, and senders that go through the proxy.

use std::path::{Path, PathBuf};
use std::time::Duration;

use backstitch::{Client, Push, Retry, SenderBuilder, Sequences};
use backstitch_gate::Gate;
use tempfile::TempDir;

use crate::plan::Plan;
use crate::proxy::Proxy;

pub(crate) const CLIENT_ID: i64 = 7723;
const TOKEN: &str = "at_good";

/// A version of a row.
#[derive(Clone, Debug, Push)]
#[push(table = "events", key = "id", doc_test = false)]
pub(crate) struct Event {
    pub(crate) id: i64,
    /// Each record of a world has another one.
    pub(crate) version: i64,
    pub(crate) note: String,
}

/// A gate, and what stands before it.
pub(crate) struct World {
    pub(crate) gate: Gate,
    pub(crate) proxy: Proxy,
    folder: TempDir,
}

impl World {
    pub(crate) async fn new(plan: Plan) -> Self {
        let folder = TempDir::new().unwrap();
        let database = format!("sqlite://{}", folder.path().join("gate.db").display());
        let gate = Gate::builder().database(database).token(TOKEN, CLIENT_ID).start().await.unwrap();
        let proxy = Proxy::start(gate.address(), plan).await;
        World { gate, proxy, folder }
    }

    /// Another process, as far as a sender can tell: its sequences start anew.
    pub(crate) fn sender(&self) -> SenderBuilder {
        self.sender_with(Sequences::new())
    }

    /// The same, with another source of sequences.
    pub(crate) fn sender_with(&self, sequences: Sequences) -> SenderBuilder {
        let client = Client::builder().client_id(CLIENT_ID).token(TOKEN).base_url(self.proxy.url());
        let client = client.sequences(sequences);
        let retry = Retry::default().base(Duration::from_millis(2)).cap(Duration::from_millis(20));
        let client = client.timeout(Duration::from_millis(400)).build().unwrap();
        client.sender().linger(Duration::from_millis(5)).retry(retry.pause(Duration::from_millis(10)))
    }

    pub(crate) fn spool(&self) -> PathBuf {
        self.folder.path().join("spool.redb")
    }

    /// Where dead letters are, with a spool or without one.
    pub(crate) fn dead_letters(&self) -> PathBuf {
        self.folder.path().join("spool.redb.rejected.jsonl")
    }

    /// The lines of the file of dead letters, if there is one.
    pub(crate) fn letters(&self) -> Vec<serde_json::Value> {
        let lines = |path: &Path| std::fs::read_to_string(path).unwrap_or_default();
        lines(&self.dead_letters()).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}
