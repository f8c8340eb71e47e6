//! A gate as it was at first: `POST /_gate/reset`.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;

use super::parameters::{CLIENT, Parameters};
use super::reply::Trouble;
use super::viewer::Viewer;
use crate::GateError;
use crate::http::routes::Shared;

/// Empties what is of the client that is asked for; otherwise all that the viewer may see.
pub(crate) async fn reset(
    State(shared): State<Arc<Shared>>,
    Extension(viewer): Extension<Viewer>,
    parameters: Parameters,
) -> Result<StatusCode, Trouble> {
    parameters.only(&[CLIENT])?;
    let client = viewer.narrowed(&shared, parameters.client()?)?;
    shared.reset(client).await.map_err(|error| Trouble::Store(error.to_string()))?;
    Ok(StatusCode::NO_CONTENT)
}

impl Shared {
    /// Empties the tables, the faults and the journal of the client of this index, or of all.
    pub(crate) async fn reset(&self, client: Option<usize>) -> Result<(), GateError> {
        let known = self.intakes.iter().zip(self.tokens.clients()).enumerate();
        for (_, (intake, &client_id)) in known.filter(|(index, _)| client.is_none_or(|client| client == *index)) {
            intake.reset().await.map_err(|_| GateError::Reset { client_id })?;
        }
        self.faults.clear(client);
        self.magnitudes.clear(client);
        self.journal.clear(client.and_then(|client| self.tokens.clients().get(client).copied()));
        Ok(())
    }
}
