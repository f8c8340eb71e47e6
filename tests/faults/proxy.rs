//! What stands between a sender and the gate: it speaks HTTP as far as it has to, and misbehaves byte by byte.

use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use backstitch_api::responses::push;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::fault::{Cap, Fault, Naming};
use crate::plan::{MARKER, Plan};

const HTML: &str = "<html><body><h1>something in between</h1></body></html>";

/// How long a stalled connection stays open, where the client does not close it.
const STALL: Duration = Duration::from_secs(60);

/// A proxy that runs until it is dropped.
pub(crate) struct Proxy {
    address: SocketAddr,
    plan: Arc<Mutex<Plan>>,
    task: JoinHandle<()>,
}

impl Proxy {
    pub(crate) async fn start(gate: SocketAddr, plan: Plan) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let plan = Arc::new(Mutex::new(plan));
        let of_task = Arc::clone(&plan);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                if locked(&of_task).cuts_on_accept() {
                    drop(stream);
                    continue;
                }
                let connection = Connection { stream, gate, plan: Arc::clone(&of_task), read: Vec::new() };
                tokio::spawn(connection.serve());
            }
        });
        Proxy { address, plan, task }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn plan(&self) -> MutexGuard<'_, Plan> {
        locked(&self.plan)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn locked(plan: &Mutex<Plan>) -> MutexGuard<'_, Plan> {
    plan.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether the connection goes on.
enum Then {
    NextRequest,
    Close,
    Reset,
}

/// A connection of the sender's.
struct Connection {
    stream: TcpStream,
    gate: SocketAddr,
    plan: Arc<Mutex<Plan>>,
    /// What was read of the next request.
    read: Vec<u8>,
}

impl Connection {
    async fn serve(mut self) {
        loop {
            match self.request().await {
                Ok(Then::NextRequest) => {}
                Ok(Then::Close) => return self.close().await,
                Ok(Then::Reset) => {
                    let _ = self.stream.set_zero_linger();
                    return;
                }
                // The client is gone.
                Err(_) => return,
            }
        }
    }

    /// Closes the connection in order: were it dropped with something unread, it would be reset.
    async fn close(mut self) {
        let _ = self.stream.shutdown().await;
        self.stall().await;
    }

    /// Waits until the client has gone.
    async fn stall(&mut self) {
        let mut rest = [0; 4096];
        let gone = async { while matches!(self.stream.read(&mut rest).await, Ok(1..)) {} };
        let _ = tokio::time::timeout(STALL, gone).await;
    }

    /// One request, and what becomes of it.
    async fn request(&mut self) -> Result<Then> {
        let head = read_head(&mut self.stream, &mut self.read).await?;
        let length = content_length(&head)?;
        let fault = locked(&self.plan).next();
        match fault {
            Fault::CutBeforeBody => return Ok(Then::Close),
            Fault::ResetBeforeBody => return Ok(Then::Reset),
            Fault::CutInBody => return self.half_of(length).await.map(|()| Then::Close),
            Fault::ResetInBody => return self.half_of(length).await.map(|()| Then::Reset),
            _ => {}
        }
        let cap = if goes_nowhere(fault) { None } else { locked(&self.plan).too_large(length) };
        match cap {
            Some(Cap::HtmlAtOnce(_)) => {
                self.answer("413 Payload Too Large", "content-type: text/html\r\nconnection: close\r\n", HTML).await?;
                return Ok(Then::Close);
            }
            Some(Cap::Reset(_)) => return self.half_of(length).await.map(|()| Then::Reset),
            _ => {}
        }
        let body = self.body(length).await?;
        if cap.is_some() {
            return self.answer("413 Payload Too Large", "content-type: text/html\r\n", HTML).await;
        }
        match fault {
            Fault::CutAfterBody => return Ok(Then::Close),
            Fault::ResetAfterBody => return Ok(Then::Reset),
            Fault::Stall => {
                self.stall().await;
                return Ok(Then::Close);
            }
            _ if goes_nowhere(fault) => return self.instead(fault).await,
            _ => {}
        }
        let places = marked(&body);
        if let Some(first) = places.marked {
            return self.refuse(first, places.records).await;
        }
        let Ok(answer) = forward(self.gate, &head, &body).await else {
            return self.answer("502 Bad Gateway", "", HTML).await;
        };
        match fault {
            Fault::DropReply => Ok(Then::Close),
            Fault::ResetReply => Ok(Then::Reset),
            Fault::StallReply => {
                self.stall().await;
                Ok(Then::Close)
            }
            Fault::CutInReply => {
                self.stream.write_all(answer.get(..answer.len() - 5).unwrap_or_default()).await?;
                Ok(Then::Close)
            }
            Fault::LateReply => self.answer("504 Gateway Timeout", "content-type: text/html\r\n", HTML).await,
            Fault::Text => self.answer("201 Created", "content-type: text/plain\r\n", "thank you").await,
            Fault::Queued => self.answer("202 Accepted", "", "").await,
            _ => {
                self.stream.write_all(&answer).await?;
                Ok(Then::NextRequest)
            }
        }
    }

    /// Answers in the server's place.
    async fn instead(&mut self, fault: Fault) -> Result<Then> {
        let after = |wait: i64| {
            let now = SystemTime::now();
            let then = match u64::try_from(wait) {
                Ok(wait) => now + Duration::from_secs(wait),
                Err(_) => now - Duration::from_secs(wait.unsigned_abs()),
            };
            format!("retry-after: {}\r\n", httpdate::fmt_http_date(then))
        };
        let (status, head, body) = match fault {
            Fault::Busy => ("429 Too Many Requests", "retry-after: 0\r\n".to_owned(), ""),
            Fault::BusyForASecond => ("429 Too Many Requests", "retry-after: 1\r\n".to_owned(), ""),
            // A date has whole seconds.
            Fault::BusyUntil => ("429 Too Many Requests", after(2), ""),
            Fault::BusyUntilThen => ("429 Too Many Requests", after(-60), ""),
            Fault::Failure => ("500 Internal Server Error", String::new(), r#"{"status":"ERROR"}"#),
            Fault::Unavailable => ("503 Service Unavailable", String::new(), push::UNAVAILABLE.body),
            Fault::NotAuthorized => ("401 Unauthorized", String::new(), push::NOT_AUTHORIZED.body),
            _ => ("504 Gateway Timeout", "content-type: text/html\r\n".to_owned(), HTML),
        };
        self.answer(status, &head, body).await
    }

    /// Refuses a request with a record that is not taken.
    async fn refuse(&mut self, first: usize, records: usize) -> Result<Then> {
        let (naming, any) = {
            let mut plan = locked(&self.plan);
            (plan.naming(), plan.any_place(records))
        };
        let status = |message: String| format!(r#"{{"status":"ERROR","message":"{message}"}}"#);
        let of_schema = "did not conform to schema: #/note: expected: other, found: text";
        match naming {
            Naming::Envelope => {
                let body = push::KEY_NULL.fill(&[("<ARGUMENT>", "data")]);
                self.answer("422 Unprocessable Entity", "content-type: application/json\r\n", &body).await
            }
            Naming::Right => self.answer("400 Bad Request", "", &status(format!("Record {first} {of_schema}"))).await,
            Naming::Pointer => {
                let message = format!("Request failed validation:#/messages/{first}: #: 0 subschemas matched");
                self.answer("422 Unprocessable Entity", "", &status(message)).await
            }
            Naming::Wrong => self.answer("400 Bad Request", "", &status(format!("Record {any} {of_schema}"))).await,
        }
    }

    async fn half_of(&mut self, length: usize) -> Result<()> {
        while self.read.len() < length / 2 {
            fill(&mut self.stream, &mut self.read).await?;
        }
        Ok(())
    }

    async fn body(&mut self, length: usize) -> Result<Vec<u8>> {
        while self.read.len() < length {
            fill(&mut self.stream, &mut self.read).await?;
        }
        let rest = self.read.split_off(length);
        Ok(std::mem::replace(&mut self.read, rest))
    }

    async fn answer(&mut self, status: &str, head: &str, body: &str) -> Result<Then> {
        let answer = format!("HTTP/1.1 {status}\r\n{head}content-length: {}\r\n\r\n{body}", body.len());
        self.stream.write_all(answer.as_bytes()).await?;
        Ok(Then::NextRequest)
    }
}

/// Whether the gate never sees the request.
fn goes_nowhere(fault: Fault) -> bool {
    !matches!(
        fault,
        Fault::None
            | Fault::DropReply
            | Fault::ResetReply
            | Fault::StallReply
            | Fault::CutInReply
            | Fault::LateReply
            | Fault::Text
            | Fault::Queued
    )
}

/// Where the first record is that is not taken, and how many records there are.
struct Places {
    marked: Option<usize>,
    records: usize,
}

fn marked(body: &[u8]) -> Places {
    let is_marked = body.windows(MARKER.len()).any(|window| window == MARKER.as_bytes());
    if !is_marked {
        return Places { marked: None, records: 0 };
    }
    let records: Vec<&serde_json::value::RawValue> = serde_json::from_slice(body).unwrap();
    Places { marked: records.iter().position(|record| record.get().contains(MARKER)), records: records.len() }
}

/// Has the gate answer a request, over a connection of its own.
async fn forward(gate: SocketAddr, head: &[u8], body: &[u8]) -> Result<Vec<u8>> {
    let mut stream = TcpStream::connect(gate).await?;
    stream.write_all(head).await?;
    stream.write_all(body).await?;
    let mut read = Vec::new();
    let mut answer = read_head(&mut stream, &mut read).await?;
    let length = content_length(&answer)?;
    while read.len() < length {
        fill(&mut stream, &mut read).await?;
    }
    answer.extend_from_slice(&read);
    Ok(answer)
}

/// Reads up to the empty line, and this one too.
async fn read_head(stream: &mut TcpStream, read: &mut Vec<u8>) -> Result<Vec<u8>> {
    loop {
        if let Some(end) = read.windows(4).position(|window| window == b"\r\n\r\n") {
            let rest = read.split_off(end + 4);
            return Ok(std::mem::replace(read, rest));
        }
        fill(stream, read).await?;
    }
}

async fn fill(stream: &mut TcpStream, read: &mut Vec<u8>) -> Result<()> {
    match stream.read_buf(read).await? {
        0 => Err(ErrorKind::UnexpectedEof.into()),
        _ => Ok(()),
    }
}

fn content_length(head: &[u8]) -> Result<usize> {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let value = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    value.and_then(|value| value.trim().parse().ok()).ok_or_else(|| Error::other("the length of a body is not stated"))
}
