//! How a client is configured.

use std::sync::Arc;
use std::time::Duration;

use backstitch_api::limits::{DEFAULT_CLIENT_BYTES, GREATEST_CLIENT_BYTES};
use backstitch_api::regions;

use super::pool::Pool;
use super::{Client, ClientError, Inner, Token};
use crate::body::WireFormat;
use crate::sequence::{ClientId, Sequences};

/// A data pipeline region.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Region {
    /// North America: `https://api.stitchdata.com`.
    #[default]
    Us,
    /// Europe: `https://api.eu-central-1.stitchdata.com`.
    Eu,
}

impl Region {
    /// The base URL of the region.
    #[must_use]
    pub const fn base_url(self) -> &'static str {
        match self {
            Region::Us => regions::US,
            Region::Eu => regions::EU,
        }
    }
}

/// Configures a [`Client`]. A client id and a token are needed; the region is [`Region::Us`] unless
/// it or a base URL is set.
#[derive(Debug)]
pub struct ClientBuilder {
    client_id: Option<ClientId>,
    token: Option<Token>,
    base_url: String,
    batch_url: Option<String>,
    body_bytes: usize,
    format: WireFormat,
    timeout: Duration,
    http: Option<reqwest::Client>,
    sequences: Sequences,
}

impl Default for ClientBuilder {
    fn default() -> Self {
        ClientBuilder {
            client_id: None,
            token: None,
            base_url: Region::default().base_url().to_owned(),
            batch_url: None,
            body_bytes: DEFAULT_CLIENT_BYTES,
            format: WireFormat::default(),
            timeout: Duration::from_secs(30),
            http: None,
            sequences: Sequences::new(),
        }
    }
}

impl ClientBuilder {
    pub(super) fn from_env() -> Result<Self, ClientError> {
        let variable = |name: &'static str| match std::env::var(name) {
            // An empty one is one that is not set, as in a file of settings that nobody filled in.
            Ok(value) => Ok(Some(value).filter(|value| !value.trim().is_empty())),
            Err(std::env::VarError::NotPresent) => Ok(None),
            Err(std::env::VarError::NotUnicode(_)) => Err(ClientError::Config(format!("{name} is not UTF-8"))),
        };
        let needed = |name: &'static str| match variable(name)? {
            Some(value) => Ok(value),
            None => Err(ClientError::Config(format!("{name} is not set: set it, or use Client::builder()"))),
        };
        let id = needed("STITCH_CLIENT_ID")?;
        let id: i64 = id
            .trim()
            .parse()
            .map_err(|_| ClientError::Config("STITCH_CLIENT_ID is not an integer: write it as in 7723".to_owned()))?;
        let mut builder = ClientBuilder::default().client_id(id).token(needed("STITCH_TOKEN")?);
        if let Some(region) = variable("STITCH_REGION")? {
            builder = builder.region(match region.trim().to_ascii_lowercase().as_str() {
                "us" => Region::Us,
                "eu" => Region::Eu,
                _ => return Err(ClientError::Config("STITCH_REGION is neither `us` nor `eu`".to_owned())),
            });
        }
        if let Some(url) = variable("STITCH_URL")? {
            builder = builder.base_url(url);
        }
        Ok(builder)
    }

    /// The id of the client that the records belong to.
    #[must_use]
    pub fn client_id(mut self, client_id: impl Into<ClientId>) -> Self {
        self.client_id = Some(client_id.into());
        self
    }

    /// The access token. It must belong to the client id.
    #[must_use]
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(Token(token.into()));
        self
    }

    /// The data pipeline region of the account.
    #[must_use]
    pub fn region(mut self, region: Region) -> Self {
        region.base_url().clone_into(&mut self.base_url);
        self
    }

    /// Another address than a region's, such as that of a local gate.
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into();
        self
    }

    /// The whole address of the Batch endpoint, where it is not the documented path after the base URL: Singer's targets
    /// are told such addresses.
    #[must_use]
    pub fn batch_url(mut self, url: impl Into<String>) -> Self {
        self.batch_url = Some(url.into());
        self
    }

    /// The most bytes in one request: 4,000,000 unless set, at most 20,000,000.
    #[must_use]
    pub fn body_bytes(mut self, bytes: usize) -> Self {
        self.body_bytes = bytes.min(GREATEST_CLIENT_BYTES);
        self
    }

    /// The format of records that are pushed or validated: JSON unless set.
    #[must_use]
    pub fn format(mut self, format: WireFormat) -> Self {
        self.format = format;
        self
    }

    /// How long a request may take: 30 seconds unless set. A second is added for each 100 kB of body.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Where sequences come from: nanoseconds of the system's clock unless set.
    #[must_use]
    pub fn sequences(mut self, sequences: Sequences) -> Self {
        self.sequences = sequences;
        self
    }

    /// Another HTTP client than the default one, with its own proxies, roots and connect timeout.
    #[must_use]
    pub fn http(mut self, http: reqwest::Client) -> Self {
        self.http = Some(http);
        self
    }

    /// The client.
    ///
    /// # Errors
    ///
    /// [`ClientError::Config`] when the client id or the token is missing, or something can't be
    /// used.
    pub fn build(self) -> Result<Client, ClientError> {
        let Some(client_id) = self.client_id else {
            return Err(ClientError::Config("no client id: call client_id(…) with the number of your client".into()));
        };
        let Some(token) = self.token else {
            return Err(ClientError::Config("no access token: call token(…) with a token of your client".into()));
        };
        if token.0.trim().is_empty() || token.0.contains(|c: char| !c.is_ascii_graphic()) {
            return Err(ClientError::Config(
                "the access token is empty, or has spaces or other characters that no token has".into(),
            ));
        }
        let base_url = self.base_url.trim().trim_end_matches('/').to_owned();
        let url = check("base URL", &base_url)?;
        if url.query().is_some() {
            return Err(ClientError::Config("the base URL has a `?`: end it after the path".into()));
        }
        if url.path().split('/').any(|part| part == "v2") {
            return Err(ClientError::Config("the base URL has `/v2` in it: end it before that, it is added".into()));
        }
        let batch_url = self.batch_url.map(|url| url.trim().to_owned());
        if let Some(url) = &batch_url {
            check("batch URL", url)?;
        }
        let http = match self.http {
            Some(http) => http,
            None => reqwest::Client::builder()
                .connect_timeout(Duration::from_secs(10))
                .user_agent(concat!("backstitch/", env!("CARGO_PKG_VERSION")))
                .redirect(reqwest::redirect::Policy::none())
                .build()
                .map_err(|error| ClientError::Config(format!("HTTP can't be set up: {error}")))?,
        };
        Ok(Client {
            inner: Arc::new(Inner {
                http,
                client_id,
                token,
                base_url,
                batch_url,
                body_bytes: self.body_bytes,
                format: self.format,
                bodies: Pool::default(),
                timeout: self.timeout,
                sequences: self.sequences,
            }),
        })
    }
}

/// An address that requests can be sent to; what it is called in the error, where it is none.
fn check(name: &str, url: &str) -> Result<reqwest::Url, ClientError> {
    let problem = match reqwest::Url::parse(url) {
        // The address shows in errors: what may be a secret has no place in it.
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            "has a user name or a password: take it out, the API takes tokens only"
        }
        Ok(url) if url.fragment().is_some() => "has a `#`: end it before that",
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => return Ok(url),
        _ => "is no address: write it as in `https://api.stitchdata.com`",
    };
    Err(ClientError::Config(format!("the {name} {problem}")))
}
