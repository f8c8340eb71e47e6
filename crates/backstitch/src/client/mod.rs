//! The Import API over HTTP.

mod builder;
#[cfg(feature = "sender")]
mod chunks;
mod error;
mod pool;
mod push;
mod refusal;
mod response;
mod retry_after;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use backstitch_api::endpoints::{self, Endpoint};
use backstitch_api::generated::{ApiStatus, BatchStatus};
use backstitch_api::responses;

use crate::batch::BatchBody;
use crate::body::{PushBody, WireFormat};
use crate::push::Push;
use crate::sequence::{ClientId, Sequences};

#[cfg(feature = "sender")]
pub(crate) use chunks::Answer;
pub(crate) use pool::Pool;
#[cfg(feature = "sender")]
pub(crate) use retry_after::retry_after;

pub use builder::{ClientBuilder, Region};
pub use error::{ClientError, PushError};
pub use refusal::{Reason, Refusal};

/// A client of the Import API. Cloning it is cheap; the clones share connections and sequences.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    http: reqwest::Client,
    client_id: ClientId,
    token: Token,
    /// The base URL, without a slash at its end.
    base_url: String,
    /// Where batches go instead.
    batch_url: Option<String>,
    body_bytes: usize,
    format: WireFormat,
    bodies: Pool,
    timeout: Duration,
    sequences: Sequences,
}

/// An access token. It is never shown.
#[derive(Clone)]
pub(crate) struct Token(String);

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[hidden]")
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("client_id", &self.inner.client_id)
            .field("base_url", &self.inner.base_url)
            .field("token", &self.inner.token)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// A client to be configured.
    #[must_use]
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// A client from the environment: `STITCH_CLIENT_ID`, `STITCH_TOKEN`, and either `STITCH_URL` or
    /// `STITCH_REGION` (`us`, the default, or `eu`).
    ///
    /// # Errors
    ///
    /// When a variable is missing or can't be read; the error names it.
    pub fn from_env() -> Result<Self, ClientError> {
        ClientBuilder::from_env()?.build()
    }

    /// The id of the client that the records belong to.
    #[must_use]
    pub fn client_id(&self) -> ClientId {
        self.inner.client_id
    }

    /// Where the API is.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.inner.base_url
    }

    /// Sends records, in one request or in as many as the limits need: all are checked first, and
    /// nothing is sent if one of them is not valid. Their sequences are neighbours, in the order of
    /// the records, and greater than any this client used before.
    ///
    /// # Errors
    ///
    /// [`PushError`] holds the ranges of the records that were accepted, refused and unknown, and the
    /// sequences. A request of many records is accepted or refused as a whole.
    pub async fn push<T: Push>(&self, records: &[T]) -> Result<BatchStatus, PushError> {
        push::push(self, T::TABLE_NAME, records).await
    }

    /// Sends records through the Batch endpoint, with the schema of their type, so that the columns have the types of
    /// the fields: a moment is a timestamp, and a decimal stays one. Otherwise as [`push`](Client::push): all are
    /// checked first, and go in one request or in as many as the limits need. They are sent in JSON, whatever the
    /// format of the client.
    ///
    /// A table without keys is only ever appended to: there a record that is sent again, since no answer came, may be
    /// there twice.
    ///
    /// ```no_run
    /// use backstitch::{Client, Push};
    ///
    /// #[derive(Push)]
    /// #[push(table = "customers", key = "id")]
    /// struct Customer {
    ///     id: i64,
    /// }
    ///
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let client = Client::from_env()?;
    /// client.batch(&[Customer { id: 1 }]).await?;
    /// client.table("customers_eu").batch(&[Customer { id: 1 }]).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`push`](Client::push). Where the API tells of a `Record 2`, it counts within the request, which starts
    /// where the range of the refused records does.
    pub async fn batch<T: Push>(&self, records: &[T]) -> Result<BatchStatus, PushError> {
        push::batch(self, T::TABLE_NAME, records).await
    }

    /// The same for records that go to another table than their type's.
    pub fn table(&self, name: impl Into<String>) -> TableClient<'_> {
        TableClient { client: self, name: name.into() }
    }

    /// Sends a body as it is.
    ///
    /// # Errors
    ///
    /// When the API is not reached, or does not take the body.
    pub async fn push_body(&self, body: PushBody) -> Result<BatchStatus, ClientError> {
        self.send(&endpoints::PUSH, body.format().content_type(), body.finish()).await
    }

    /// Sends the body of a batch as it is: that of a table known at run time, for one.
    ///
    /// # Errors
    ///
    /// When the API is not reached, or does not take the body.
    pub async fn batch_body(&self, body: BatchBody) -> Result<BatchStatus, ClientError> {
        self.send(&endpoints::BATCH, backstitch_api::JSON, body.finish()).await
    }

    /// Sends the body of a batch that something else wrote. Nothing of it is checked here. Who keeps a clone of the bytes,
    /// which copies nothing, can send them again.
    ///
    /// # Errors
    ///
    /// When the API is not reached, or does not take the body.
    pub async fn batch_bytes(&self, body: bytes::Bytes) -> Result<BatchStatus, ClientError> {
        self.send_bytes(&endpoints::BATCH, backstitch_api::JSON, body).await
    }

    /// Has the API check records without storing anything. They are checked here first, and sent in
    /// as many requests as the limits need.
    ///
    /// # Errors
    ///
    /// As [`push`](Client::push), where "accepted" means found valid.
    pub async fn validate<T: Push>(&self, records: &[T]) -> Result<BatchStatus, PushError> {
        push::validate(self, T::TABLE_NAME, records).await
    }

    /// Has the API check a body as it is, without storing anything.
    ///
    /// # Errors
    ///
    /// When the API is not reached, or finds a record that is not valid.
    pub async fn validate_body(&self, body: PushBody) -> Result<BatchStatus, ClientError> {
        self.send(&endpoints::VALIDATE, body.format().content_type(), body.finish()).await
    }

    /// A sender, to be configured: it takes records, and delivers them in the background until they are accepted.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// # use backstitch::{Client, Push};
    /// # #[derive(Push)]
    /// # #[push(table = "customers", key = "id")]
    /// # struct Customer { id: i64 }
    /// # let client = Client::from_env()?;
    /// let sender = client.sender().start().await?;
    /// let receipt = sender.send(Customer { id: 1 }).await?;
    /// receipt.await?;
    /// let summary = sender.close().await?;
    /// assert_eq!(summary.accepted, 1);
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "sender")]
    pub fn sender(&self) -> crate::SenderBuilder {
        crate::SenderBuilder::new(self.clone())
    }

    /// Asks how the API is doing. No token is sent.
    ///
    /// # Errors
    ///
    /// When the API is not reached, or its answer is no status.
    pub async fn status(&self) -> Result<ApiStatus, ClientError> {
        let url = self.url(&endpoints::STATUS);
        let request = self.inner.http.get(&url).timeout(self.inner.timeout);
        let response = request.send().await.map_err(|error| error::transport(error, &self.inner.base_url))?;
        let status = response.status();
        let (body, ended) = response::head(response).await;
        if !status.is_success() {
            return Err(refusal::of(status.as_u16(), &body, &self.inner.base_url));
        }
        ended.map_err(|error| error::transport(error, &self.inner.base_url))?;
        serde_json::from_slice(&body).map_err(|_| ClientError::NotTheApi { url, status: status.as_u16() })
    }

    fn url(&self, endpoint: &Endpoint) -> String {
        match self.batch_url(endpoint) {
            Some(url) => url.to_owned(),
            None => format!("{}{}", self.inner.base_url, endpoint.path),
        }
    }

    /// The address of batches that is not the documented one.
    fn batch_url(&self, endpoint: &Endpoint) -> Option<&str> {
        self.inner.batch_url.as_deref().filter(|_| endpoint.path == endpoints::BATCH.path)
    }

    /// The address that is told where a call fails.
    fn told_url(&self, endpoint: &Endpoint) -> &str {
        self.batch_url(endpoint).unwrap_or(&self.inner.base_url)
    }

    /// A request with a body of so many bytes.
    fn request(&self, endpoint: &Endpoint, content_type: &str, bytes: usize) -> reqwest::RequestBuilder {
        // A second for each 100 kB on top, so that a slow line does not end a large body.
        let timeout = self.inner.timeout.saturating_add(Duration::from_millis(bytes as u64 / 100));
        self.inner
            .http
            .post(self.url(endpoint))
            .bearer_auth(&self.inner.token.0)
            .header(reqwest::header::CONTENT_TYPE, content_type)
            .timeout(timeout)
    }

    /// The format of records that are pushed.
    #[cfg(feature = "sender")]
    pub(crate) fn format(&self) -> WireFormat {
        self.inner.format
    }

    /// The most bytes in one request.
    #[cfg(feature = "sender")]
    pub(crate) fn body_bytes(&self) -> usize {
        self.inner.body_bytes
    }

    /// Where sequences come from.
    #[cfg(feature = "sender")]
    pub(crate) fn sequences(&self) -> &Sequences {
        &self.inner.sequences
    }

    /// The error for an answer that is not 2xx.
    #[cfg(feature = "sender")]
    pub(crate) fn refusal(&self, answer: &Answer) -> Refusal {
        refusal::refusal(answer.status, &answer.body, &self.inner.base_url)
    }

    /// Sends a request that carries records. Any 2xx means that they were accepted, whatever its body.
    async fn send(&self, endpoint: &Endpoint, content_type: &str, body: Vec<u8>) -> Result<BatchStatus, ClientError> {
        self.send_bytes(endpoint, content_type, self.inner.bodies.lend(body)).await
    }

    async fn send_bytes(
        &self,
        endpoint: &Endpoint,
        content_type: &str,
        body: bytes::Bytes,
    ) -> Result<BatchStatus, ClientError> {
        let told_url = self.told_url(endpoint);
        let request = self.request(endpoint, content_type, body.len()).body(body);
        let response = request.send().await.map_err(|error| error::transport(error, told_url))?;
        let status = response.status();
        let asked = response.headers().get(reqwest::header::RETRY_AFTER).and_then(|value| value.to_str().ok());
        let retry_after = asked.and_then(|asked| retry_after::retry_after(asked, SystemTime::now()));
        // The status alone says what became of the request: its body is a courtesy, even where it breaks off.
        let (body, _) = response::head(response).await;
        if !status.is_success() {
            let refusal = refusal::refusal(status.as_u16(), &body, told_url);
            return Err(ClientError::Refused(Refusal { retry_after, ..refusal }));
        }
        Ok(serde_json::from_slice(&body)
            .unwrap_or_else(|_| stored(format!("accepted with status {}", status.as_u16()))))
    }
}

/// The status that the API gives records that it stored, with another message.
fn stored(message: impl Into<String>) -> BatchStatus {
    let documented = serde_json::from_str(responses::push::ACCEPTED.body);
    let status = documented.map(|documented: BatchStatus| documented.status).unwrap_or_default();
    BatchStatus { status, message: message.into() }
}

/// A client whose records go to one table, whatever their type says.
#[derive(Clone, Debug)]
pub struct TableClient<'a> {
    client: &'a Client,
    name: String,
}

impl TableClient<'_> {
    /// Sends records to the table, as [`Client::push`] does.
    ///
    /// # Errors
    ///
    /// As [`Client::push`].
    pub async fn push<T: Push>(&self, records: &[T]) -> Result<BatchStatus, PushError> {
        push::push(self.client, &self.name, records).await
    }

    /// Sends records to the table through the Batch endpoint, as [`Client::batch`] does.
    ///
    /// # Errors
    ///
    /// As [`Client::batch`].
    pub async fn batch<T: Push>(&self, records: &[T]) -> Result<BatchStatus, PushError> {
        push::batch(self.client, &self.name, records).await
    }

    /// Has the API check records for the table, as [`Client::validate`] does.
    ///
    /// # Errors
    ///
    /// As [`Client::validate`].
    pub async fn validate<T: Push>(&self, records: &[T]) -> Result<BatchStatus, PushError> {
        push::validate(self.client, &self.name, records).await
    }
}
