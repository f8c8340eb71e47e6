//! How large a request and a record may be, as the API documents it.

/// The most records in one request.
pub const RECORDS_PER_REQUEST: usize = 20_000;

/// The most bytes in the body of a request that the API takes: 20 MiB.
pub const REQUEST_BYTES: usize = 20 * 1024 * 1024;

/// The most bytes that a client sends in one request unless it is told otherwise.
pub const DEFAULT_CLIENT_BYTES: usize = 4_000_000;

/// The most bytes that a client can be told to send in one request.
pub const GREATEST_CLIENT_BYTES: usize = 20_000_000;

/// The most data points in the data of one record: scalar values, counted through objects and
/// arrays, null included.
pub const DATA_POINTS_PER_RECORD: usize = 10_000;

/// The most characters of a string in a key field that the API takes. Its guide advises fewer than
/// [`ADVISED_KEY_CHARACTERS`].
pub const KEY_CHARACTERS: usize = 1_024;

/// From this many characters on, the API's guide advises against a string in a key field.
pub const ADVISED_KEY_CHARACTERS: usize = 256;

/// The greatest depth of objects and arrays within one another that readers of JSON commonly take.
pub const JSON_DEPTH: usize = 127;
