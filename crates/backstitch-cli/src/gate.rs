//! `backstitch gate`: a local Import API.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use backstitch_gate::{Gate, GateBuilder, GateError};

use crate::terminal::say;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The address to listen on; port 0 takes any that is free
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: String,
    /// The database of the first client; each other has one beside it, with its id in the name
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
        required_unless_present_any = ["token_file", "allow_any_token"]
    )]
    tokens: Vec<String>,
    /// A file of such tokens, one a line; a line that starts with # is a comment
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Takes any other token for one of this client: for tests only
    #[arg(long, value_name = "CLIENT_ID")]
    allow_any_token: Option<i64>,
}

impl Arguments {
    fn builder(&self) -> anyhow::Result<GateBuilder> {
        let mut builder = Gate::builder().listen(&self.listen).database(&self.database);
        for text in &self.tokens {
            let (token, client_id) = token(text).map_err(|problem| problem.of("a --token"))?;
            builder = builder.token(token, client_id);
        }
        if let Some(file) = &self.token_file {
            for (token, client_id) in tokens_in(file)? {
                builder = builder.token(token, client_id);
            }
        }
        Ok(match self.allow_any_token {
            Some(client_id) => builder.allow_any_token(client_id),
            None => builder,
        })
    }
}

/// Why a text is no token with its client. It does not repeat the text: a token is a secret.
enum Problem {
    NoClient,
    NoNumber,
}

impl Problem {
    fn of(&self, what: &str) -> anyhow::Error {
        match self {
            Problem::NoClient => anyhow::anyhow!("{what} is not TOKEN=CLIENT_ID: write it as at_secret=7723"),
            Problem::NoNumber => {
                anyhow::anyhow!("what follows `=` in {what} is no client id: write a number, as in =7723")
            }
        }
    }
}

/// A token and its client. It is read here and not by the parser of the arguments, whose errors repeat
/// what they are about.
fn token(text: &str) -> Result<(&str, i64), Problem> {
    let (token, client_id) = text.rsplit_once('=').ok_or(Problem::NoClient)?;
    Ok((token.trim(), client_id.trim().parse().map_err(|_| Problem::NoNumber)?))
}

/// The tokens in a file.
fn tokens_in(file: &Path) -> anyhow::Result<Vec<(String, i64)>> {
    let text =
        std::fs::read_to_string(file).with_context(|| format!("cannot read the tokens in {}", file.display()))?;
    let lines = text.lines().map(str::trim).enumerate();
    let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|(index, line)| {
            let (token, client_id) =
                token(line).map_err(|problem| problem.of(&format!("line {} of {}", index + 1, file.display())))?;
            Ok((token.to_owned(), client_id))
        })
        .collect()
}

pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let gate = arguments.builder()?.start().await.map_err(|error| match error {
        GateError::Listen { .. } => {
            anyhow::Error::new(error).context("choose an address that is free, as in --listen 127.0.0.1:8080")
        }
        other => other.into(),
    })?;
    say!("the Import API of client {} is at {}", gate.client_id(), gate.url());
    if let Some(client_id) = arguments.allow_any_token {
        warn(&format!(
            "ANY TOKEN IS TAKEN, for one of client {client_id}: whoever reaches {} can send records. For tests only.",
            gate.url()
        ));
    }
    say!("its tables are in {}; stop it with Ctrl-C", arguments.database);
    for (client_id, path) in gate.databases().skip(1) {
        say!("those of client {client_id} are in {}", path.display());
    }
    interrupted().await;
    let several = gate.databases().nth(1).is_some();
    let rejected = rejected(&gate).await;
    gate.shutdown().await;
    let databases = if several { "these databases" } else { arguments.database.as_str() };
    say!("stopped; everything that was accepted is in {databases}");
    if rejected > 0 {
        say!("of that, {rejected} records could not be loaded: see the column `reason` of the table {REJECTED}");
    }
    Ok(())
}

/// Writes a warning that nobody overlooks. A reader that went away is no reason to stop.
fn warn(text: &str) {
    let _ = writeln!(std::io::stderr(), "\nWARNING: {text}\n");
}

/// The table of the records that were accepted and could not be loaded.
const REJECTED: &str = "_sdc_rejected";

/// How many records of all clients could not be loaded.
async fn rejected(gate: &Gate) -> u64 {
    let mut rejected = 0;
    for (client_id, _) in gate.databases() {
        rejected += gate.table_of(client_id, REJECTED, 0).await.map_or(0, |table| table.count);
    }
    rejected
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
