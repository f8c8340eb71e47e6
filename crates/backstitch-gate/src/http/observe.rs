//! Keeps account of every request of the API: in the journal, in the metrics.

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use super::note::{Note, Noted, Said, Unanswered};
use super::routes::Shared;
use super::token::{Standing, Tokens};
use crate::journal::JournalEntry;
use crate::metrics::Count;

/// Lets a request through and writes down what became of it.
pub(crate) async fn observe(State(shared): State<Arc<Shared>>, mut request: Request, next: Next) -> Response {
    let (time, started) = (SystemTime::now(), Instant::now());
    let note = Note::default();
    request.extensions_mut().insert(note.clone());
    let method = request.method().to_string();
    let path = request.uri().path().to_owned();
    let secrets = shared.tokens.secrets(request.headers());
    let authorization = Tokens::warning(request.headers());
    let client = shared.tokens.find(request.headers()).and_then(Standing::client);
    let mut response = next.run(request).await;
    let Noted { bytes, body, records, rejected, warnings, fault } = note.take();
    let warnings = authorization.map(str::to_owned).into_iter().chain(warnings).map(|text| secrets.hide(text));
    let is_answered = response.extensions().get::<Unanswered>().is_none();
    let status = is_answered.then(|| response.status().as_u16());
    let said = response.extensions_mut().remove::<Said>().filter(|_| is_answered);
    let answer = said.map(|Said(text)| secrets.hide(text));
    // Also where nobody was told: what was kept is kept.
    let is_accepted = response.status().is_success();
    let (body, body_is_cut) = body.map_or((None, false), |(body, is_cut)| (Some(body), is_cut));
    let duration = started.elapsed();
    shared.metrics.count(&Count { path: &path, status, is_accepted, bytes, records, rejected, duration });
    shared.journal.add(JournalEntry {
        id: 0,
        time,
        method,
        path: secrets.hide(path),
        status,
        bytes,
        records,
        rejected,
        duration,
        client_id: client.and_then(|client| shared.tokens.clients().get(client).copied()),
        reason: answer.clone().filter(|_| !is_accepted),
        answer,
        warnings: warnings.collect(),
        fault,
        body: body.map(|body| secrets.hide_in(&body, body_is_cut).into()),
        body_is_cut,
    });
    response
}
