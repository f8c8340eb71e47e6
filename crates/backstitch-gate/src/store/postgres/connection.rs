//! Connections to the server: encrypted where the URL asks for it, which it does with `sslmode=require`.
//!
//! Whoever is on the other side must have a certificate of the server's name, by the roots that the system has. Where the
//! URL does not ask, the connection is plain: a server on the same machine mostly has a certificate that nobody signed.

use std::time::Duration;

use tokio_postgres::config::SslMode;
use tokio_postgres::{Client, Config, NoTls};

use crate::error::Cause;

/// What every connection is told: points in time are read and written in UTC.
const SETTINGS: &str = "SET TimeZone = 'UTC'; SET DateStyle = 'ISO'";

fn asks_for_tls(config: &Config) -> bool {
    config.get_ssl_mode() == SslMode::Require
}

/// How long a server has for what it does at once.
pub(super) const SOON: Duration = Duration::from_secs(10);

/// Connects; the connection lives as long as the client.
pub(crate) async fn connect(config: &Config) -> Result<Client, Cause> {
    let connected = async {
        let client = if asks_for_tls(config) { encrypted(config).await? } else { plain(config).await? };
        client.batch_execute(SETTINGS).await?;
        Ok(client)
    };
    // A server, or what stands before it, can take a connection and then be silent.
    tokio::time::timeout(SOON, connected).await.unwrap_or_else(|_| Err(SILENT.into()))
}

/// What is said of a server that does not answer.
pub(super) const SILENT: &str = "the server does not answer";

async fn plain(config: &Config) -> Result<Client, Cause> {
    let (client, connection) = config.connect(NoTls).await?;
    // What it ends with is told to whoever uses the client.
    tokio::spawn(connection);
    Ok(client)
}

#[cfg(feature = "tls")]
async fn encrypted(config: &Config) -> Result<Client, Cause> {
    let (client, connection) = config.connect(tls()?).await?;
    tokio::spawn(connection);
    Ok(client)
}

#[cfg(feature = "tls")]
fn tls() -> Result<tokio_postgres_rustls::MakeRustlsConnect, Cause> {
    use rustls_platform_verifier::BuilderVerifierExt as _;
    let provider = std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(tokio_postgres_rustls::MakeRustlsConnect::new(config.with_platform_verifier()?.with_no_client_auth()))
}

#[cfg(not(feature = "tls"))]
const NO_TLS: &str =
    "`sslmode=require` asks for an encrypted connection: this gate was built without the feature `tls`";

#[cfg(not(feature = "tls"))]
async fn encrypted(_: &Config) -> Result<Client, Cause> {
    Err(NO_TLS.into())
}
