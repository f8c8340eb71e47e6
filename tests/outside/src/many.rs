//! A private module whose every public type the root shows.

use backstitch::Push;

/// Shown at the root.
#[derive(Push)]
#[push(table = "shown", key = "id")]
pub struct Shown {
    /// The number.
    pub id: i64,
}
