//! Whether a gate is well: `GET /_gate/health`.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde_json::json;

use super::parameters::Parameters;
use super::reply::{self, Trouble};
use crate::http::routes::Shared;

/// 200 where every database can be read, and has its writer.
pub(crate) async fn show(State(shared): State<Arc<Shared>>, parameters: Parameters) -> Result<Response, Trouble> {
    parameters.only(&[])?;
    // What exactly is wrong is for those who may see the databases.
    let unwell = || Trouble::Store("a database does not answer".to_owned());
    if !shared.intakes.iter().all(crate::store::intake::Intake::is_open) {
        return Err(unwell());
    }
    for reader in &shared.readers {
        reader.check().await.map_err(|_| unwell())?;
    }
    Ok(reply::json(&json!({ "status": "OK" })))
}
