//! What the environment says. An empty variable is one that is not set, as where a file of settings was not filled in.

use std::env::{self, VarError};

use crate::exit::usage;

/// The text of a variable.
pub(crate) fn variable(name: &str) -> anyhow::Result<Option<String>> {
    match env::var(name) {
        Ok(text) => Ok(Some(text).filter(|text| !text.trim().is_empty())),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(usage(format!("{name} is not UTF-8"))),
    }
}

/// The id of the client that records belong to.
pub(crate) fn client_id() -> anyhow::Result<Option<i64>> {
    const NAME: &str = "STITCH_CLIENT_ID";
    let Some(text) = variable(NAME)? else { return Ok(None) };
    let id = text.trim().parse();
    id.map(Some).map_err(|_| usage(format!("{NAME} is no integer: write it as in 7723")))
}

/// An access token.
pub(crate) fn token() -> anyhow::Result<Option<String>> {
    variable("STITCH_TOKEN")
}
