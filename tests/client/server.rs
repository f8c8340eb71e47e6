//! A server that keeps what it is sent, and answers what it was told to.

use backstitch_api::responses::Response;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What was sent.
pub(crate) struct Request {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// Whether the head has this line, whatever the case of its letters.
    pub(crate) fn has(&self, line: &str) -> bool {
        self.head.lines().any(|found| found.eq_ignore_ascii_case(line))
    }
}

/// A documented answer, with words of its own in place of what stands in angle brackets.
pub(crate) fn documented(response: &Response, words: &[(&str, &str)]) -> String {
    let body = words.iter().fold(response.body.to_owned(), |body, (stand_in, word)| body.replace(stand_in, word));
    answer(response.status, &body)
}

pub(crate) fn answer(status: u16, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status} Told\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")
}

/// Answers one request after the other, and gives all of them in the end.
pub(crate) async fn answering(answers: Vec<String>) -> (String, JoinHandle<Vec<Request>>) {
    let (listener, url) = listen().await;
    let server = tokio::spawn(async move {
        let mut requests = Vec::new();
        for answer in answers {
            let (mut socket, _) = listener.accept().await.unwrap();
            requests.push(read(&mut socket).await);
            socket.write_all(answer.as_bytes()).await.unwrap();
        }
        requests
    });
    (url, server)
}

/// Answers one request with this, and then with as much as the client reads; gives the number of bytes.
pub(crate) async fn never_ending(start: String) -> (String, JoinHandle<usize>) {
    let (listener, url) = listen().await;
    let server = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        read(&mut socket).await;
        socket.write_all(start.as_bytes()).await.unwrap();
        let more = [b'x'; 4096];
        let mut written = 0;
        while let Ok(count) = socket.write(&more).await {
            written += count;
        }
        written
    });
    (url, server)
}

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

async fn read(socket: &mut TcpStream) -> Request {
    let mut bytes = Vec::new();
    loop {
        let count = socket.read_buf(&mut bytes).await.unwrap();
        assert!(count > 0, "the request breaks off: {}", String::from_utf8_lossy(&bytes));
        let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let length =
            head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
        let body = &bytes[end + 4..];
        if body.len() == length.unwrap_or(0) {
            return Request { head, body: body.to_vec() };
        }
    }
}
