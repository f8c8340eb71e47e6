//! Fields that must be there, or may not be null.

use serde::{Deserialize, Deserializer};

/// Reads a value that may be left out: where it is there, it is read as it is, null or not.
#[allow(dead_code)]
pub(super) fn optional<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}

/// Reads a value that may be null and may not be left out.
#[allow(dead_code)]
pub(super) fn nullable<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(deserializer)
}
