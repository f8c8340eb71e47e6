//! A gate in a process of its own, of which what it tells is kept.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, RequestBuilder, StatusCode, Url};
use serde_json::Value as Json;
use tempfile::TempDir;

use crate::messages::Body;

/// A gate with a database in a folder that goes with it.
pub(crate) struct Served {
    child: Child,
    url: Url,
    client: Client,
    told: PathBuf,
    _folder: TempDir,
}

impl Served {
    pub(crate) fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let told = folder.path().join("told.txt");
        let mut command = Command::new(env!("CARGO_BIN_EXE_serve"));
        command.arg(&address).arg(format!("sqlite://{}", folder.path().join("gate.db").display()));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(File::create(&told).unwrap());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "ready\n", "the gate does not start");
        let client = Client::builder().no_proxy().timeout(Duration::from_secs(120)).build().unwrap();
        let url = Url::parse(&format!("http://{address}")).unwrap();
        Served { child, url, client, told, _folder: folder }
    }

    /// What it wrote to its standard error: a panic, wherever it was.
    pub(crate) fn told(&self) -> String {
        fs::read_to_string(&self.told).unwrap()
    }

    /// The most memory that it had so far.
    #[cfg(target_os = "linux")]
    pub(crate) fn peak_bytes(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1_024
    }

    pub(crate) async fn send(&self, path: &str, body: &Body) -> Result<(StatusCode, String), String> {
        let request = self.client.post(self.url.join(path).unwrap()).bearer_auth("at_good");
        answer(request.header(CONTENT_TYPE, body.content_type).body(body.bytes.clone())).await
    }

    /// All tables can be looked at, whatever their names and values are.
    pub(crate) async fn check_tables(&self, seed: u64) {
        let tables: Json = self.get(&["_gate", "tables"], seed).await;
        for table in tables.as_array().or_else(|| tables["tables"].as_array()).expect("a list") {
            let name = table["name"].as_str().expect("a name");
            // What such a segment stands for is another path.
            if matches!(name, "." | "..") {
                continue;
            }
            let shown = self.get(&["_gate", "tables", name], seed).await;
            assert_eq!(shown["name"], name, "seed {seed}");
            let rows = shown["rows"].as_array().map_or(0, Vec::len) as u64;
            assert_eq!(Some(rows), shown["count"].as_u64().map(|count| count.min(100)), "seed {seed}: {name}");
        }
    }

    async fn get(&self, path: &[&str], seed: u64) -> Json {
        let mut url = self.url.clone();
        url.path_segments_mut().unwrap().extend(path);
        let (status, text) = answer(self.client.get(url)).await.unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        assert_eq!(status, StatusCode::OK, "seed {seed}: {path:?} {text}\n{}", self.told());
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("seed {seed}: {path:?} {error}"))
    }

    pub(crate) async fn reset(&self, seed: u64) {
        let request = self.client.post(self.url.join("/_gate/reset").unwrap());
        let (status, text) = answer(request).await.unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        assert_eq!(status, StatusCode::NO_CONTENT, "seed {seed}: {text}\n{}", self.told());
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The status and the text of an answer; the reason where there was none.
async fn answer(request: RequestBuilder) -> Result<(StatusCode, String), String> {
    let answer = request.send().await.map_err(|error| format!("no answer: {error:?}"))?;
    let status = answer.status();
    let bytes = answer.bytes().await.map_err(|error| format!("half an answer: {error:?}"))?;
    Ok((status, String::from_utf8(bytes.into()).map_err(|error| error.to_string())?))
}
