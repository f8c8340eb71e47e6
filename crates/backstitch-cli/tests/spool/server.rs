//! A server that keeps what it is sent, and answers as a rule says.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A request that came.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) path: String,
    pub(crate) content_type: String,
    pub(crate) body: String,
}

/// What a request is answered with: a status and a body.
type Rule = fn(&Request) -> (u16, &'static str);

pub(crate) struct Server {
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<Request>>>,
}

pub(crate) const ACCEPTED: (u16, &str) = (201, r#"{"status":"OK","message":"Batch Accepted!"}"#);
pub(crate) const REFUSED: (u16, &str) = (400, r#"{"status":"ERROR","error":"it is bad"}"#);

impl Server {
    /// Answers until the test ends.
    pub(crate) fn start(rule: Rule) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let of_thread = Arc::clone(&seen);
        std::thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                answer(socket, rule, &of_thread);
            }
        });
        Server { url, seen }
    }

    pub(crate) fn seen(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }
}

fn answer(socket: TcpStream, rule: Rule, seen: &Mutex<Vec<Request>>) {
    let mut reader = BufReader::new(socket);
    let mut line = || -> Option<String> {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|bytes| *bytes > 0)?;
        Some(line.trim_end().to_owned())
    };
    let Some(first) = line() else { return };
    let head: Vec<String> = std::iter::from_fn(line).take_while(|line| !line.is_empty()).collect();
    let header = |name: &str| -> String {
        let found =
            head.iter().find_map(|line| line.split_once(": ").filter(|(found, _)| found.eq_ignore_ascii_case(name)));
        found.map_or(String::new(), |(_, value)| value.to_owned())
    };
    let mut body = vec![0; header("content-length").parse().unwrap_or(0)];
    reader.read_exact(&mut body).unwrap();
    let request = Request {
        path: first.split(' ').nth(1).unwrap_or_default().to_owned(),
        content_type: header("content-type"),
        body: String::from_utf8(body).unwrap(),
    };
    let (status, body) = rule(&request);
    seen.lock().unwrap().push(request);
    let length = body.len();
    let answer = format!("HTTP/1.1 {status} Told\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}");
    let _ = reader.get_mut().write_all(answer.as_bytes());
}
