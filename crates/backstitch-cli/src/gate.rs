//! `backstitch gate`: a local Import API.

use anyhow::Context as _;
use backstitch_gate::{Gate, GateError};

use crate::terminal::say;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The address to listen on; port 0 takes any that is free
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: String,
    /// The database
    #[arg(long, value_name = "URL", default_value = "sqlite://gate.db")]
    database: String,
    /// A token that requests may carry, and the client that it belongs to; several are separated by
    /// commas
    #[arg(
        long = "token",
        value_name = "TOKEN=CLIENT_ID",
        env = "BACKSTITCH_GATE_TOKENS",
        hide_env_values = true,
        value_delimiter = ',',
        required = true
    )]
    tokens: Vec<String>,
}

/// A token and its client. It is read here and not by the parser of the arguments, whose errors repeat
/// what they are about: a token is a secret.
fn token(text: &str) -> anyhow::Result<(&str, i64)> {
    let (token, client_id) =
        text.rsplit_once('=').context("a --token is not TOKEN=CLIENT_ID: write it as at_secret=7723")?;
    let client_id =
        client_id.parse().ok().context("what follows `=` in a --token is no client id: write a number, as in =7723")?;
    Ok((token, client_id))
}

pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let mut builder = Gate::builder().listen(arguments.listen).database(arguments.database.as_str());
    for text in &arguments.tokens {
        let (token, client_id) = token(text)?;
        builder = builder.token(token, client_id);
    }
    let gate = builder.start().await.map_err(|error| match error {
        GateError::Listen { .. } => {
            anyhow::Error::new(error).context("choose an address that is free, as in --listen 127.0.0.1:8080")
        }
        other => other.into(),
    })?;
    say!("the Import API of client {} is at {}", gate.client_id(), gate.url());
    say!("its tables are in {}; stop it with Ctrl-C", arguments.database);
    interrupted().await;
    let rejected = rejected(&gate).await;
    gate.shutdown().await;
    say!("stopped; everything that was accepted is in {}", arguments.database);
    if rejected > 0 {
        say!("of that, {rejected} records could not be loaded: see the column `reason` of the table {REJECTED}");
    }
    Ok(())
}

/// The table of the records that were accepted and could not be loaded.
const REJECTED: &str = "_sdc_rejected";

/// How many records could not be loaded.
async fn rejected(gate: &Gate) -> u64 {
    gate.table(REJECTED, 0).await.map_or(0, |table| table.count)
}

/// Waits for Ctrl-C, or for the signal that a service manager stops a service with.
async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
