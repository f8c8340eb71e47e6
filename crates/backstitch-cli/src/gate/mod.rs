//! `backstitch gate`: a local Import API.

mod listen;
mod tokens;

use std::io::Write as _;
use std::path::PathBuf;

use backstitch_gate::{Gate, GateBuilder, GateError};

use self::tokens::Token;
use crate::interrupt::interrupted;
use crate::terminal::say;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The address to listen on; port 0 takes any that is free
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080", value_parser = listen::parse)]
    listen: String,
    /// The database of the first client, `sqlite://PATH` or `postgres://USER:PASSWORD@HOST/DATABASE`; each
    /// other has one beside it, with its id in the name
    #[arg(
        long,
        value_name = "URL",
        env = "BACKSTITCH_GATE_DATABASE",
        hide_env_values = true,
        default_value = "sqlite://gate.db"
    )]
    database: String,
    /// A token that requests may carry, and the client that it belongs to; several are separated by
    /// commas
    #[arg(
        long = "token",
        value_name = "TOKEN=CLIENT_ID",
        env = "BACKSTITCH_GATE_TOKENS",
        hide_env_values = true,
        value_delimiter = ','
    )]
    tokens: Vec<String>,
    /// A file of such tokens, one a line; one followed by `inactive` is as an --inactive-token, and a
    /// line `TOKEN other-region` as an --other-region-token; a line that starts with # is a comment
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// A token of a client whose integration is paused or deleted: it is refused with 401, `Connection
    /// is not active.`
    #[arg(long = "inactive-token", value_name = "TOKEN=CLIENT_ID", value_delimiter = ',')]
    inactive_tokens: Vec<String>,
    /// A token of another region: it is refused with 401, `Invalid region.`
    #[arg(long = "other-region-token", value_name = "TOKEN", value_delimiter = ',')]
    other_region_tokens: Vec<String>,
    /// Takes any other token for one of this client: for tests only
    #[arg(long, value_name = "CLIENT_ID")]
    allow_any_token: Option<i64>,
    /// A name by which the gate is known besides its address, such as that of a container: the page and
    /// what is under /_gate are shown to those who ask by it
    #[arg(long = "name", value_name = "HOST")]
    names: Vec<String>,
    /// How many requests the page and /_gate/requests show
    #[arg(long, value_name = "REQUESTS", default_value_t = 1_000)]
    journal: usize,
}

/// All ways to a token, for whoever starts a gate that would take none.
const WAYS: &str = "give it --token TOKEN=CLIENT_ID, the same in the variable BACKSTITCH_GATE_TOKENS, --token-file FILE, \
                    --inactive-token TOKEN=CLIENT_ID, or, for tests only, --allow-any-token CLIENT_ID";

impl Arguments {
    fn builder(&self) -> anyhow::Result<GateBuilder> {
        let mut builder = Gate::builder().listen(&self.listen).database(&self.database).journal(self.journal);
        for text in &self.tokens {
            builder = Token::parse(text).map_err(|problem| problem.of("a --token"))?.add_to(builder);
        }
        for text in &self.inactive_tokens {
            builder = Token::inactive(text).map_err(|problem| problem.of("an --inactive-token"))?.add_to(builder);
        }
        for token in &self.other_region_tokens {
            builder = Token::OtherRegion(token.trim()).add_to(builder);
        }
        if let Some(file) = &self.token_file {
            builder = tokens::add_file(file, builder)?;
        }
        for name in &self.names {
            builder = builder.name(name);
        }
        Ok(match self.allow_any_token {
            Some(client_id) => builder.allow_any_token(client_id),
            None => builder,
        })
    }
}

pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let gate = arguments.builder()?.start().await.map_err(|error| match error {
        GateError::Listen { .. } => {
            anyhow::Error::new(error).context("choose an address that is free, as in --listen 127.0.0.1:8080")
        }
        GateError::NoToken => anyhow::Error::new(error).context(WAYS),
        other => other.into(),
    })?;
    let (url, reach) = listen::reached(gate.address());
    say!("the Import API of client {} is at {url}", gate.client_id());
    if !reach.is_empty() {
        say!("{reach}");
    }
    if let Some(client_id) = arguments.allow_any_token {
        warn(&format!(
            "ANY TOKEN IS TAKEN, for one of client {client_id}: whoever reaches {url} can send records. For tests only."
        ));
    }
    let token = if gate.address().ip().to_canonical().is_loopback() { "" } else { " (with one of its tokens)" };
    say!("its page is at {url}/{token}");
    // The place, not the URL, which may have a password.
    let place = gate.databases().next().map(|(_, place)| place.to_owned()).unwrap_or_default();
    say!("its tables are in {place}; stop it with Ctrl-C");
    for (client_id, place) in gate.databases().skip(1) {
        say!("those of client {client_id} are in {place}");
    }
    interrupted().await;
    say!("stopping: requests that are under way have 30 seconds; Ctrl-C again stops at once");
    let several = gate.databases().nth(1).is_some();
    let rejected = rejected(&gate).await;
    tokio::select! {
        () = gate.shutdown() => {}
        () = interrupted() => anyhow::bail!("stopped at once; everything that was answered with 201 or 202 is in {place}"),
    }
    let databases = if several { "these databases" } else { place.as_str() };
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
