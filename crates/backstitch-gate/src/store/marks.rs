//! What a database says of itself.

use crate::GateError;

/// What a database says of itself.
pub(crate) struct Marks {
    /// The format of the gate's own tables.
    pub(crate) format: i64,
    /// Whose tables it holds.
    pub(crate) client_id: i64,
}

impl Marks {
    /// That the database is one that this gate can use for a client.
    ///
    /// # Errors
    /// Where it is of another format, or another client's.
    pub(crate) fn check(&self, database: &str, format: i64, client_id: i64) -> Result<(), GateError> {
        if self.format != format {
            return Err(GateError::Format { database: database.to_owned(), found: self.format, expected: format });
        }
        if self.client_id != client_id {
            let (found, expected) = (self.client_id, client_id);
            return Err(GateError::OtherClient { database: database.to_owned(), found, expected });
        }
        Ok(())
    }
}
