//! A server that answers as a script says, also late, never, or in another order than requests came in.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

/// Longer than anything here takes: where it is over, a test fails instead of standing still.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) const ACCEPTED: &str = r#"{"status":"OK","message":"Batch Accepted!"}"#;

/// A request that came.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// The first line.
    pub(crate) line: String,
    pub(crate) headers: Vec<String>,
    pub(crate) body: String,
    /// How many requests were answered before it came.
    pub(crate) answered_before: usize,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find_map(|header| {
            let (found, value) = header.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// The ids of its records.
    pub(crate) fn ids(&self) -> Vec<i64> {
        let messages = self.json()["messages"].as_array().unwrap().clone();
        messages.iter().filter_map(|message| message["data"]["id"].as_i64()).collect()
    }

    pub(crate) fn path(&self) -> &str {
        self.line.split(' ').nth(1).unwrap()
    }
}

/// What a request is answered with, and when.
#[derive(Clone, Debug)]
pub(crate) struct Act {
    what: What,
    /// After how many answers.
    answers: usize,
    /// Once how many requests have come.
    requests: usize,
    /// And then after so long.
    pause: Duration,
}

#[derive(Clone, Debug)]
enum What {
    Answer(u16, &'static str, &'static str),
    /// The connection ends without an answer.
    Cut,
    /// The connection stays, and nothing is said.
    Silence,
}

impl Act {
    fn of(what: What) -> Self {
        Act { what, answers: 0, requests: 0, pause: Duration::ZERO }
    }

    pub(crate) fn after_answers(self, answers: usize) -> Self {
        Act { answers, ..self }
    }

    pub(crate) fn once_requests(self, requests: usize) -> Self {
        Act { requests, ..self }
    }

    pub(crate) fn after(self, pause: Duration) -> Self {
        Act { pause, ..self }
    }
}

pub(crate) fn answer(status: u16, body: &'static str) -> Act {
    Act::of(What::Answer(status, body, ""))
}

/// An answer that asks for a time.
pub(crate) fn busy(status: u16, headers: &'static str) -> Act {
    Act::of(What::Answer(status, r#"{"status":"ERROR"}"#, headers))
}

pub(crate) fn ok() -> Act {
    answer(201, ACCEPTED)
}

pub(crate) fn bad() -> Act {
    answer(400, r#"{"error":"it is bad"}"#)
}

pub(crate) fn down() -> Act {
    busy(503, "")
}

pub(crate) fn cut() -> Act {
    Act::of(What::Cut)
}

pub(crate) fn silence() -> Act {
    Act::of(What::Silence)
}

#[derive(Default)]
struct Seen {
    requests: Vec<Request>,
    answers: usize,
}

/// What the server knows.
#[derive(Default)]
struct Shared {
    seen: Mutex<Seen>,
    changed: Condvar,
    script: Vec<Act>,
}

impl Shared {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap()
    }

    fn until(&self, is_so: impl Fn(&Seen) -> bool) -> bool {
        let (_seen, waited) = self.changed.wait_timeout_while(self.seen(), PATIENCE, |seen| !is_so(seen)).unwrap();
        !waited.timed_out()
    }
}

pub(crate) struct Server {
    pub(crate) url: String,
    shared: Arc<Shared>,
}

impl Server {
    /// Answers the nth request with the nth of these; those that come after with 201.
    pub(crate) fn start(script: impl Into<Vec<Act>>) -> Self {
        Server::at("127.0.0.1:0", script)
    }

    pub(crate) fn at(address: &str, script: impl Into<Vec<Act>>) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared { script: script.into(), ..Shared::default() });
        let of_thread = Arc::clone(&shared);
        std::thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                let shared = Arc::clone(&of_thread);
                std::thread::spawn(move || while answer_one(&socket, &shared).is_some() {});
            }
        });
        Server { url, shared }
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.shared.seen().requests.clone()
    }

    /// The ids of the records of each request.
    pub(crate) fn ids(&self) -> Vec<Vec<i64>> {
        self.requests().iter().map(Request::ids).collect()
    }

    /// Waits until so many requests were answered.
    #[cfg(unix)]
    pub(crate) fn until_answers(&self, count: usize) {
        assert!(self.shared.until(|seen| seen.answers >= count), "{:?}", self.requests());
    }

    /// Waits until so many requests have come.
    pub(crate) fn until_requests(&self, count: usize) {
        assert!(self.shared.until(|seen| seen.requests.len() >= count), "{:?}", self.requests());
    }
}

/// Reads a request and does what the script says; none where the connection is over.
fn answer_one(socket: &TcpStream, shared: &Shared) -> Option<()> {
    let mut request = read(socket)?;
    let mut seen = shared.seen();
    request.answered_before = seen.answers;
    let act = shared.script.get(seen.requests.len()).cloned().unwrap_or_else(ok);
    seen.requests.push(request);
    drop(seen);
    shared.changed.notify_all();
    let is_time = shared.until(|seen| seen.answers >= act.answers && seen.requests.len() >= act.requests);
    assert!(is_time, "it never was time for {act:?}");
    std::thread::sleep(act.pause);
    match act.what {
        What::Answer(status, body, headers) => {
            let length = body.len();
            let kind = "Content-Type: application/json";
            let text = format!("HTTP/1.1 {status} Told\r\n{kind}\r\n{headers}Content-Length: {length}\r\n\r\n{body}");
            // Counted before it is read, so that who waits for the count sees what was answered.
            shared.seen().answers += 1;
            let written = (&*socket).write_all(text.as_bytes());
            shared.changed.notify_all();
            written.ok()
        }
        What::Cut => None,
        What::Silence => {
            let _ = (&*socket).read(&mut [0]);
            None
        }
    }
}

fn read(socket: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(socket);
    let mut line = || {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|bytes| *bytes > 0)?;
        Some(line.trim_end().to_owned())
    };
    let first = line()?;
    let headers: Vec<String> = std::iter::from_fn(line).take_while(|line| !line.is_empty()).collect();
    let mut request = Request { line: first, headers, body: String::new(), answered_before: 0 };
    let length = request.header("content-length")?.parse().ok()?;
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    request.body = String::from_utf8(body).unwrap();
    Some(request)
}
