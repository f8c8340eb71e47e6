//! What is read of an answer.

/// How many bytes of an answer's body are read: the documented ones have a few hundred, and what a server sends without
/// an end is not to fill the memory.
const MOST: usize = 64 << 10;

/// The first bytes of an answer's body, and the error that it broke off with.
pub(super) async fn head(mut response: reqwest::Response) -> (Vec<u8>, Result<(), reqwest::Error>) {
    let mut head = Vec::new();
    while head.len() < MOST {
        match response.chunk().await {
            Ok(Some(chunk)) => head.extend_from_slice(&chunk[..chunk.len().min(MOST - head.len())]),
            Ok(None) => break,
            Err(error) => return (head, Err(error)),
        }
    }
    (head, Ok(()))
}
