//! The command while it runs: it is fed, listened to, and ended.

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::messages::{apart, schema};
use crate::server::{PATIENCE, Server};

pub(crate) const TOKEN: &str = "at_secret1";

/// The config of `target-stitch` for a server.
pub(crate) fn config(server: &Server) -> Value {
    json!({
        "client_id": 3,
        "token": TOKEN,
        "small_batch_url": format!("{}/v2/import/batch", server.url),
        "big_batch_url": format!("{}/v2/import/batch-big", server.url),
        "batch_size_preferences": {},
        "disable_collection": true,
    })
}

/// The same, with so many requests at once.
pub(crate) fn config_at_once(server: &Server, requests: u32) -> Value {
    let mut config = config(server);
    config["turbo_boost_factor"] = requests.into();
    config
}

/// The command, told nothing by the environment.
pub(crate) fn singer() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_backstitch"));
    for name in ["STITCH_URL", "STITCH_REGION", "STITCH_CLIENT_ID", "STITCH_TOKEN"] {
        command.env_remove(name);
    }
    command.env("NO_PROXY", "127.0.0.1").arg("singer");
    command
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) states: Vec<String>,
    pub(crate) told: String,
}

impl Ended {
    /// Whether it ended with this code and these states.
    #[track_caller]
    pub(crate) fn is(&self, code: i32, states: &[&str]) -> &Self {
        assert_eq!((self.code, self.states.as_slice()), (Some(code), states.map_owned().as_slice()), "{}", self.told);
        assert!(!self.told.contains("panicked") && !self.told.contains(TOKEN), "{}", self.told);
        self
    }

    /// Whether it told of this.
    #[track_caller]
    pub(crate) fn tells(&self, text: &str) -> &Self {
        assert!(self.told.contains(text), "{text:?} is not in: {}", self.told);
        self
    }
}

trait MapOwned {
    fn map_owned(&self) -> Vec<String>;
}

impl MapOwned for [&str] {
    fn map_owned(&self) -> Vec<String> {
        self.iter().map(|text| (*text).to_owned()).collect()
    }
}

/// Lines that come, for whoever waits for one.
#[derive(Default)]
struct Lines {
    lines: Mutex<Vec<String>>,
    changed: Condvar,
}

impl Lines {
    fn listen(self: &Arc<Self>, output: impl Read + Send + 'static) -> JoinHandle<()> {
        let lines = Arc::clone(self);
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines() {
                lines.lines.lock().unwrap().push(line.unwrap());
                lines.changed.notify_all();
            }
        })
    }

    fn until(&self, is_so: impl Fn(&[String]) -> bool) {
        let lines = self.lines.lock().unwrap();
        let (lines, waited) = self.changed.wait_timeout_while(lines, PATIENCE, |lines| !is_so(lines)).unwrap();
        assert!(!waited.timed_out(), "{lines:?}");
    }
}

pub(crate) struct Running {
    process: Child,
    input: Option<ChildStdin>,
    states: Arc<Lines>,
    told: Arc<Lines>,
    listeners: [JoinHandle<()>; 2],
    /// Where the config is.
    _folder: TempDir,
}

impl Running {
    pub(crate) fn start(config: &Value, arguments: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("config.json");
        std::fs::write(&path, config.to_string()).unwrap();
        let mut command = singer();
        command.arg("-c").arg(path).args(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let (states, told) = (Arc::<Lines>::default(), Arc::<Lines>::default());
        let listeners = [states.listen(process.stdout.take().unwrap()), told.listen(process.stderr.take().unwrap())];
        let input = process.stdin.take();
        Running { process, input, states, told, listeners, _folder: folder }
    }

    /// Writes lines to its input. Where it failed it reads no more.
    pub(crate) fn feed(&mut self, lines: &[String]) {
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        self.feed_bytes(text.as_bytes());
    }

    pub(crate) fn feed_bytes(&mut self, bytes: &[u8]) {
        let _ = self.input.as_mut().unwrap().write_all(bytes);
    }

    pub(crate) fn until_states(&self, count: usize) {
        self.states.until(|lines| lines.len() >= count);
    }

    pub(crate) fn until_told(&self, text: &str) {
        self.told.until(|lines| lines.iter().any(|line| line.contains(text)));
    }

    /// The most memory that it had.
    #[cfg(target_os = "linux")]
    pub(crate) fn most_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap() * 1024
    }

    /// Sends it a signal, by its name.
    #[cfg(unix)]
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.process.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits until it ends by itself, its input still open.
    pub(crate) fn ended(mut self) -> Ended {
        let code = self.process.wait().unwrap().code();
        for listener in self.listeners {
            listener.join().unwrap();
        }
        let lines = |of: &Lines| of.lines.lock().unwrap().clone();
        Ended { code, states: lines(&self.states), told: lines(&self.told).join("\n") }
    }

    /// Ends its input, and waits until it ends.
    pub(crate) fn end(mut self) -> Ended {
        self.input = None;
        self.ended()
    }
}

/// Runs the command with these messages, one a line.
pub(crate) fn run(config: &Value, arguments: &[&str], lines: &[String]) -> Ended {
    let mut running = Running::start(config, arguments);
    running.feed(lines);
    running.end()
}

/// Has users with these ids sent, each alone with the state that is its id behind it, and each once the one before has
/// come to the server: otherwise requests at once come in any order.
pub(crate) fn feed_in_turn(server: &Server, config: &Value, ids: &[i64]) -> Running {
    let mut running = Running::start(config, &[]);
    for (count, id) in (1..).zip(ids) {
        running.feed(&apart(&[*id]));
        // This has all before it sent.
        running.feed(&[schema("users")]);
        server.until_requests(count);
    }
    running
}

/// The same, to its end.
pub(crate) fn run_in_turn(server: &Server, config: &Value, ids: &[i64]) -> Ended {
    feed_in_turn(server, config, ids).end()
}
