use backstitch::Push;

/// One of two.
#[derive(Push)]
#[push(table = "twins", key = "id")]
pub struct Twin {
    /// The number.
    pub id: i64,
}
