//! Whose records are sent, and where: from the command line, the environment, or a file, in that order.

use std::path::{Path, PathBuf};

use backstitch::api::limits::DEFAULT_CLIENT_BYTES;
use backstitch::{Client, Region, Sequences};
use serde::Deserialize;

use crate::address::{Address, region};
use crate::environment;
use crate::exit::usage;

#[derive(clap::Args)]
#[command(next_help_heading = "Account")]
pub(crate) struct Account {
    /// The id of the client that the records belong to [env: STITCH_CLIENT_ID]
    #[arg(long, value_name = "NUMBER")]
    client_id: Option<i64>,
    /// The access token; in the environment or the file others can't see it [env: STITCH_TOKEN]
    #[arg(long)]
    token: Option<String>,
    #[command(flatten)]
    address: Address,
    /// A file in TOML with `client_id`, `token`, `url`, `region`, for what neither the command line nor the environment says
    /// [env: BACKSTITCH_CONFIG]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// What a file says.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    client_id: Option<i64>,
    token: Option<String>,
    url: Option<String>,
    region: Option<String>,
}

/// What is known of the account, wherever it was said.
pub(crate) struct Settings {
    pub(crate) client_id: Option<i64>,
    pub(crate) token: Option<String>,
    pub(crate) base_url: String,
    /// The file that was read.
    pub(crate) config: Option<PathBuf>,
}

impl Account {
    /// The address that was asked for on the command line.
    pub(crate) fn asked(&self) -> Option<&str> {
        self.address.asked()
    }

    pub(crate) fn settings(&self) -> anyhow::Result<Settings> {
        let config = match &self.config {
            Some(config) => Some(config.clone()),
            None => environment::variable("BACKSTITCH_CONFIG")?.map(PathBuf::from),
        };
        let file = config.as_deref().map(read).transpose()?.unwrap_or_default();
        let given = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        let of_file = match &file.region {
            Some(name) => Some(region(name).map_err(|help| {
                let path = config.clone().unwrap_or_default();
                usage(format!("{}: `region` is `{name}`: {help}", path.display()))
            })?),
            None => None,
        };
        let of_file = given(file.url).or_else(|| of_file.map(|region| region.base_url().to_owned()));
        let client_id = match self.client_id {
            Some(id) => Some(id),
            None => environment::client_id()?.or(file.client_id),
        };
        let token = match given(self.token.clone()) {
            Some(token) => Some(token),
            None => environment::token()?.or(given(file.token)),
        };
        let base_url = self.address.said()?.or(of_file).unwrap_or_else(|| Region::default().base_url().to_owned());
        Ok(Settings { client_id, token, base_url, config })
    }
}

fn read(path: &Path) -> anyhow::Result<File> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| usage(format!("the config {} can't be read: {error}", path.display())))?;
    toml::from_str(&text).map_err(|error| {
        let place = error.span().map(|span| place(&text, span.start)).unwrap_or_default();
        usage(format!(
            "{}{place}: {}; the config has `client_id`, `token`, `url` and `region`",
            path.display(),
            error.message()
        ))
    })
}

/// `:LINE:COLUMN` of a byte.
fn place(text: &str, at: usize) -> String {
    let before = text.get(..at).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
    format!(":{line}:{column}")
}

impl Settings {
    /// A client id, where there is one; otherwise what to do.
    pub(crate) fn client_id(&self) -> anyhow::Result<i64> {
        self.client_id.ok_or_else(|| usage(self.missing("client id", "STITCH_CLIENT_ID", "--client-id", "client_id")))
    }

    /// A token, where there is one; otherwise what to do.
    pub(crate) fn token(&self) -> anyhow::Result<&str> {
        self.token.as_deref().ok_or_else(|| usage(self.missing("access token", "STITCH_TOKEN", "--token", "token")))
    }

    fn missing(&self, what: &str, variable: &str, flag: &str, key: &str) -> String {
        let file = match &self.config {
            Some(config) => format!("add `{key}` to {}", config.display()),
            None => "name a file that has it with --config".to_owned(),
        };
        format!("no {what}: set {variable}, give {flag}, or {file}")
    }

    pub(crate) fn client(&self, sequences: Sequences) -> anyhow::Result<Client> {
        self.client_of(sequences, DEFAULT_CLIENT_BYTES)
    }

    /// A client whose requests have at most so many bytes.
    pub(crate) fn client_of(&self, sequences: Sequences, bytes: usize) -> anyhow::Result<Client> {
        let client = Client::builder().client_id(self.client_id()?).token(self.token()?).base_url(&self.base_url);
        // An address or a token that is none.
        client.sequences(sequences).body_bytes(bytes).build().map_err(|error| usage(error.to_string()))
    }

    /// A client for what needs no token: none is sent.
    pub(crate) fn stranger(&self) -> anyhow::Result<Client> {
        let client = Client::builder().client_id(0).token("none").base_url(&self.base_url);
        client.build().map_err(|error| usage(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn places_are_counted_from_one() {
        assert_eq!(place("a = 1\nbb = x\n", 11), ":2:6");
        assert_eq!(place("", 0), ":1:1");
    }
}
