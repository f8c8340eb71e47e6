//! A browser with the page of a gate in it.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use backstitch_gate::{Gate, GateBuilder};
use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::{CapabilitiesHelper as _, ChromiumLikeCapabilities as _, DesiredCapabilities, WebDriver};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

pub(crate) const TOKEN: &str = "at_console";
pub(crate) const CLIENT: i64 = 7723;
pub(crate) const PUSH: &str = "/v2/import/push";

/// What a busy machine may take to show one thing, and for a whole test.
const PATIENCE: Duration = Duration::from_secs(60);
const OVERALL: Duration = Duration::from_secs(240);

/// How often the page is asked.
const PAUSE: Duration = Duration::from_millis(50);

/// Chromium as it is in a container: it draws on no screen, shares no memory by files, and asks nobody for anything that
/// the page does not ask for.
const ARGUMENTS: [&str; 11] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--window-size=1280,900",
];

/// Runs a test with the page of a gate of its own, where there is a browser.
pub(crate) async fn browse(test: impl AsyncFnOnce(&Page)) {
    browse_with(|builder| builder, test).await;
}

/// The same with a gate that is started so.
pub(crate) async fn browse_with(set: impl FnOnce(GateBuilder) -> GateBuilder, test: impl AsyncFnOnce(&Page)) {
    let Some(process) = Process::start() else { return };
    timeout(OVERALL, async {
        let page = Page::open(&process, set).await;
        test(&page).await;
        page.driver.quit().await.expect("the browser ends");
    })
    .await
    .expect("a test that ends");
}

/// A `chromedriver`, which is gone with this.
struct Process {
    child: Child,
    port: u16,
}

impl Process {
    /// Starts one; none where it is not installed, which is said.
    fn start() -> Option<Self> {
        let mut command = Command::new("chromedriver");
        let child = match command.arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn() {
            Ok(child) => child,
            Err(error) => {
                assert!(std::env::var_os("CI").is_none(), "chromedriver is to be in CI: {error}");
                eprintln!("SKIPPED: no chromedriver ({error}). To run it: see the head of tests/console/main.rs");
                return None;
            }
        };
        let mut process = Process { child, port: 0 };
        let output = process.child.stdout.take().expect("its output");
        let port = BufReader::new(output).lines().map_while(Result::ok).find_map(|line| {
            let port = line.strip_suffix('.')?.rsplit_once(" on port ")?.1;
            port.parse().ok()
        });
        process.port = port.expect("chromedriver says its port");
        Some(process)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The browser was told to end before, also where a test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The page of a gate.
pub(crate) struct Page {
    pub(crate) driver: WebDriver,
    pub(crate) gate: Gate,
    /// The gate's database, and what the browser keeps.
    _folder: TempDir,
}

impl Page {
    async fn open(process: &Process, set: impl FnOnce(GateBuilder) -> GateBuilder) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let database = format!("sqlite://{}", folder.path().join("gate.db").display());
        let gate = set(Gate::builder().database(database).token(TOKEN, CLIENT)).start().await.expect("a gate");
        let mut wanted = DesiredCapabilities::chrome();
        for argument in ARGUMENTS {
            wanted.add_arg(argument).expect("an argument");
        }
        wanted.add_arg(&format!("--user-data-dir={}", folder.path().join("browser").display())).expect("an argument");
        wanted.set("goog:loggingPrefs", json!({ "performance": "ALL", "browser": "ALL" })).expect("a preference");
        let driver = WebDriver::new(format!("http://127.0.0.1:{}", process.port), wanted).await.expect("a browser");
        let page = Page { driver, gate, _folder: folder };
        page.go("").await;
        page
    }

    /// The address of the page. A gate that listens to all addresses is asked at one of them.
    pub(crate) fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.gate.address().port())
    }

    /// Opens the page, with this after its address.
    pub(crate) async fn go(&self, fragment: &str) {
        self.driver.goto(format!("{}/{fragment}", self.origin())).await.expect("the page");
        self.until("document.readyState === 'complete' && document.getElementById('health').dataset.state").await;
    }

    /// The value of an expression of JavaScript.
    pub(crate) async fn value(&self, expression: &str) -> Value {
        let result = self.driver.execute(format!("return ({expression});"), Vec::new()).await;
        result.unwrap_or_else(|error| panic!("{expression}: {error}")).json().clone()
    }

    /// The text of an expression of JavaScript.
    pub(crate) async fn text(&self, expression: &str) -> String {
        self.value(expression).await.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until an expression of JavaScript is true.
    pub(crate) async fn until(&self, expression: &str) {
        let truth = format!("Boolean({expression})");
        let shown = async {
            while self.value(&truth).await != json!(true) {
                sleep(PAUSE).await;
            }
        };
        if timeout(PATIENCE, shown).await.is_err() {
            panic!("not so: {expression}\n{}", self.text("document.body.innerText").await);
        }
    }

    /// Presses keys, one after the other.
    pub(crate) async fn press(&self, keys: impl AsRef<str>) {
        self.driver.action_chain().send_keys(keys.as_ref()).perform().await.expect("keys");
    }

    /// Presses the tab key until what has the focus is as this says of `it`.
    pub(crate) async fn tab_to(&self, expression: &str) {
        for _ in 0..60 {
            self.press(thirtyfour::Key::Tab.value().to_string()).await;
            if self.value(&format!("((it) => Boolean({expression}))(document.activeElement)")).await == json!(true) {
                return;
            }
        }
        panic!("no tab key leads to it: {expression}");
    }

    /// Sends records of a table with the key `id`; the status of the answer.
    pub(crate) async fn push(&self, table: &str, data: &[Value]) -> u16 {
        let records: Vec<Value> = data
            .iter()
            .enumerate()
            .map(|(sequence, data)| {
                json!({
                    "client_id": CLIENT, "table_name": table, "sequence": sequence, "action": "upsert",
                    "key_names": ["id"], "data": data,
                })
            })
            .collect();
        self.send(PUSH, &json!(records).to_string()).await
    }

    /// Sends a body; the status of the answer.
    pub(crate) async fn send(&self, path: &str, body: &str) -> u16 {
        self.send_as(&format!("Bearer {TOKEN}"), path, body).await
    }

    /// Sends a body with this authorization; the status of the answer.
    pub(crate) async fn send_as(&self, authorization: &str, path: &str, body: &str) -> u16 {
        let mut stream = TcpStream::connect(("127.0.0.1", self.gate.address().port())).await.expect("a connection");
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: gate\r\nConnection: close\r\nAuthorization: {authorization}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await.expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("an answer");
        answer.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status")
    }
}
