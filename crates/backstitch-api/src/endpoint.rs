//! Where the API is, and what it takes and gives there.

/// The path of the push endpoint. Method `POST`; a body of one array of Push records.
pub const PUSH: &str = "/v2/import/push";

/// The path of the validate endpoint. Method `POST`; a body as for [`PUSH`], of which nothing is
/// stored.
pub const VALIDATE: &str = "/v2/import/validate";

/// The path of the status endpoint. Method `GET`; no token is needed.
pub const STATUS: &str = "/v2/import/status";

/// The content type of JSON.
pub const JSON: &str = "application/json";

/// The base URL of the data pipeline region in North America.
pub const US: &str = "https://api.stitchdata.com";

/// The base URL of the data pipeline region in Europe.
pub const EU: &str = "https://api.eu-central-1.stitchdata.com";
