//! Reading a body, within limits of size and time.

use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::http::HeaderMap;
use axum::http::header::EXPECT;
use backstitch_api::limits;
use http_body_util::BodyExt;
use tokio::time::timeout;

use super::held::{Held, Room};
use crate::refusal::Refusal;

/// The most bytes taken from a client that was refused already, and for how long.
const DRAINED_BYTES: usize = 2 * limits::REQUEST_BYTES;
const DRAIN_TIME: Duration = Duration::from_secs(5);

/// The size that a request states beforehand, where it is more than is taken.
pub(crate) fn stated_excess(body: &Body) -> Option<u64> {
    let stated = body.size_hint().exact()?;
    (stated > limits::REQUEST_BYTES as u64).then_some(stated)
}

/// Reads a body whole.
///
/// # Errors
/// Where it is too large, stops coming for as long as `pause`, breaks off, or there is no room for it anywhere.
pub(crate) async fn read(body: &mut Body, room: &Room, pause: Duration) -> Result<Held, Refusal> {
    let stated = body.size_hint().exact().unwrap_or(0);
    let mut held = Held::new(room, usize::try_from(stated).unwrap_or(0));
    loop {
        let frame = match timeout(pause, body.frame()).await {
            Err(_) => return Err(Refusal::TimedOut),
            Ok(None) => return Ok(held),
            Ok(Some(Err(_))) => return Err(Refusal::Interrupted),
            Ok(Some(Ok(frame))) => frame,
        };
        // Trailers say nothing that the API knows.
        let Ok(data) = frame.into_data() else { continue };
        if held.len() + data.len() > limits::REQUEST_BYTES {
            return Err(Refusal::TooLarge((held.len() + data.len()) as u64));
        }
        held.add(&data).await.map_err(|_| Refusal::Unavailable)?;
    }
}

/// Takes what is left of the body of a refused request while the answer goes out. Closing the connection
/// on a client that is still sending would reset it, and the client would never see the answer.
pub(crate) fn drain(headers: &HeaderMap, mut body: Body) {
    // Who asked first sends nothing after a refusal; reading would tell it to go on.
    if body.is_end_stream() || headers.contains_key(EXPECT) {
        return;
    }
    tokio::spawn(timeout(DRAIN_TIME, async move {
        let mut drained = 0;
        while let Some(Ok(frame)) = body.frame().await {
            drained += frame.data_ref().map_or(0, Bytes::len);
            if drained > DRAINED_BYTES {
                return;
            }
        }
    }));
}
