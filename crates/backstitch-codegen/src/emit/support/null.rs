//! Attributes that may be absent, and may be null where they are there.

use serde::{Deserialize, Deserializer};

/// Reads a value that is there, null or not.
pub(super) fn present<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}
