//! How a client is configured.

use std::time::Duration;

use super::Client;
use crate::body::WireFormat;
use crate::client::{ClientError, Region};
use crate::sequence::{ClientId, Sequences};

/// Configures a [`Client`], as [`backstitch::ClientBuilder`](crate::ClientBuilder) does.
#[derive(Debug, Default)]
pub struct ClientBuilder(crate::ClientBuilder);

macro_rules! settings {
    ($($(#[doc = $doc:literal])* $name:ident($value:ident: $type:ty);)*) => {
        impl ClientBuilder {
            $(
                $(#[doc = $doc])*
                #[must_use]
                pub fn $name(self, $value: $type) -> Self {
                    ClientBuilder(self.0.$name($value))
                }
            )*
        }
    };
}

settings! {
    /// The id of the client that the records belong to.
    client_id(client_id: impl Into<ClientId>);
    /// The access token. It must belong to the client id.
    token(token: impl Into<String>);
    /// The data pipeline region of the account.
    region(region: Region);
    /// Another address than a region's, such as that of a local gate.
    base_url(url: impl Into<String>);
    /// The most bytes in one request: 4,000,000 unless set, at most 20,000,000.
    body_bytes(bytes: usize);
    /// The format of records that are pushed or validated: JSON unless set.
    format(format: WireFormat);
    /// How long a request may take: 30 seconds unless set. A second is added for each 100 kB of body.
    timeout(timeout: Duration);
    /// Where sequences come from: nanoseconds of the system's clock unless set.
    sequences(sequences: Sequences);
    /// Another HTTP client than the default one, with its own proxies, roots and connect timeout.
    http(http: reqwest::Client);
}

impl ClientBuilder {
    /// The client.
    ///
    /// # Errors
    ///
    /// [`ClientError::Config`] when the client id or the token is missing, something can't be used, or the system gives
    /// no thread.
    pub fn build(self) -> Result<Client, ClientError> {
        Client::of(self.0.build()?)
    }
}
