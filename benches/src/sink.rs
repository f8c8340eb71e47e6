//! A server that takes whatever it is posted, as fast as it can.

use std::convert::Infallible;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context as _, bail, ensure};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::process;

/// What each record has once, in JSON and in Transit, where keys are not written again.
const MARK: &[u8] = br#""upsert""#;

/// What a sink says at its end, in a line of JSON.
#[derive(Debug, Deserialize, Serialize)]
pub struct Received {
    /// How many requests came.
    pub requests: u64,
    /// The bytes of all bodies.
    pub bytes: u64,
    /// The records in them; none where they were not counted.
    pub records: u64,
    /// The processor's time that it took.
    pub cpu_seconds: f64,
}

#[derive(Default)]
struct Counts {
    requests: AtomicU64,
    bytes: AtomicU64,
    records: AtomicU64,
}

/// Counts marks in a text that comes in pieces.
#[derive(Default)]
struct Marks {
    /// The end of what was read, where a mark may have begun.
    rest: Vec<u8>,
    found: u64,
}

impl Marks {
    fn read(&mut self, piece: &[u8]) {
        self.rest.extend_from_slice(piece);
        self.found += self.rest.windows(MARK.len()).filter(|window| *window == MARK).count() as u64;
        self.rest.drain(..self.rest.len().saturating_sub(MARK.len() - 1));
    }
}

async fn take(
    request: Request<Incoming>,
    counts: Arc<Counts>,
    counts_records: bool,
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let mut body = request.into_body();
    let (mut bytes, mut marks) = (0, Marks::default());
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame?.into_data() {
            bytes += data.len() as u64;
            if counts_records {
                marks.read(&data);
            }
        }
    }
    counts.requests.fetch_add(1, Ordering::Relaxed);
    counts.bytes.fetch_add(bytes, Ordering::Relaxed);
    counts.records.fetch_add(marks.found, Ordering::Relaxed);
    let mut response = Response::new(Full::new(Bytes::from_static(br#"{"status":"OK","message":"Batch Accepted!"}"#)));
    *response.status_mut() = StatusCode::CREATED;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}

async fn serve(counts: Arc<Counts>, counts_records: bool) -> anyhow::Result<Infallible> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let mut output = std::io::stdout();
    writeln!(output, "{}", listener.local_addr()?.port())?;
    output.flush()?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let counts = counts.clone();
        tokio::spawn(async move {
            let service = service_fn(|request| take(request, counts.clone(), counts_records));
            if let Err(error) = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await {
                eprintln!("sink: a connection ended: {error}");
            }
        });
    }
}

/// Prints its port, serves until its standard input ends, and prints what it received. It has one thread, so that a
/// core is left for the client.
///
/// # Errors
///
/// When it can't listen, or nobody listens to it.
pub fn run(counts_records: bool) -> anyhow::Result<()> {
    let counts = Arc::new(Counts::default());
    let (end, ended) = oneshot::channel();
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        let _ = end.send(());
    });
    tokio::runtime::Builder::new_current_thread().enable_io().build()?.block_on(async {
        tokio::select! {
            never = serve(counts.clone(), counts_records) => never.map(|never| match never {}),
            _ = ended => Ok(()),
        }
    })?;
    process::print(&Received {
        requests: counts.requests.load(Ordering::Relaxed),
        bytes: counts.bytes.load(Ordering::Relaxed),
        records: counts.records.load(Ordering::Relaxed),
        cpu_seconds: process::usage()?.cpu_seconds,
    })
}

/// A sink in a process of its own.
pub struct Sink {
    process: Child,
    /// The sink ends when this does.
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    /// Where it is.
    pub url: String,
}

impl Sink {
    /// Starts one with a command that has it [run].
    ///
    /// # Errors
    ///
    /// When it can't be started.
    pub fn start(command: &mut Command) -> anyhow::Result<Sink> {
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let (Some(input), Some(output)) = (process.stdin.take(), process.stdout.take()) else {
            bail!("a process without pipes");
        };
        let mut output = BufReader::new(output);
        let mut port = String::new();
        output.read_line(&mut port)?;
        let port: u16 = port.trim().parse().context("the sink's port")?;
        Ok(Sink { process, input, output, url: format!("http://127.0.0.1:{port}") })
    }

    /// Ends it; what it received.
    ///
    /// # Errors
    ///
    /// When it had one.
    pub fn finish(mut self) -> anyhow::Result<Received> {
        drop(self.input);
        let mut told = String::new();
        self.output.read_to_string(&mut told)?;
        ensure!(self.process.wait()?.success(), "the sink ended with an error");
        serde_json::from_str(&told).context("what the sink received")
    }
}
