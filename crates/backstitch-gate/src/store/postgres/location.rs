//! Where a PostgreSQL database is.

use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::Host;

use crate::GateError;

/// How long to wait for a connection, where the URL does not say it.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// After how long a server that is silent is taken for gone: its answers to what was sent, and those to a question whether
/// it is still there.
const SILENCE: Duration = Duration::from_secs(15);

/// The longest name that PostgreSQL has, in bytes; it cuts longer ones.
pub(super) const NAME_BYTES: usize = 63;

/// The settings that a database URL has.
///
/// # Errors
/// Where it cannot be read.
pub(super) fn parse(url: &str) -> Result<Config, GateError> {
    // What the parser says can quote the URL, and with it the password.
    let mut config: Config = url.parse().map_err(|_| GateError::DatabaseUrl { problem: "cannot be read" })?;
    if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
        return Err(GateError::DatabaseUrl { problem: "names no host" });
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(CONNECT_TIMEOUT);
    }
    if config.get_application_name().is_none() {
        config.application_name("backstitch-gate");
    }
    config.keepalives_idle(SILENCE).tcp_user_timeout(SILENCE);
    Ok(config)
}

/// The server and the database, without user and password.
pub(super) fn address(config: &Config) -> String {
    let hosts = config.get_hosts().iter().enumerate().map(|(index, host)| {
        let host = match host {
            Host::Tcp(name) => name.clone(),
            #[cfg(unix)]
            Host::Unix(path) => path.display().to_string(),
        };
        match config.get_ports().get(index).or(config.get_ports().first()) {
            Some(port) => format!("{host}:{port}"),
            None => host,
        }
    });
    let hosts: Vec<String> = hosts.collect();
    let database = config.get_dbname().or(config.get_user()).unwrap_or_default();
    format!("postgres://{}/{database}", hosts.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_no_password() {
        let config = parse("postgres://user:secret@db.example:5433/gate").expect("settings");
        assert_eq!(address(&config), "postgres://db.example:5433/gate");
        let config = parse("postgresql://user:secret@localhost").expect("settings");
        assert_eq!(address(&config), "postgres://localhost:5432/user");
    }

    #[test]
    fn what_is_wrong_with_a_url_is_said_without_it() {
        for url in ["postgres://user:secret@host:port/db", "postgres://user:secret@host/db?secret=1", "postgres://"] {
            let error = parse(url).expect_err("refused");
            assert!(matches!(error, GateError::DatabaseUrl { .. }), "{error}");
            assert!(!format!("{error}{error:?}").contains("secret"), "{error:?}");
        }
    }
}
