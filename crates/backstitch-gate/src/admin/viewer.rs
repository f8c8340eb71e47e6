//! Whose tables, requests and faults somebody may see.

use super::reply::Trouble;
use crate::http::routes::Shared;

/// Somebody who was let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Viewer {
    /// The index of the client, where they came with a token that they needed.
    client: Option<usize>,
}

impl Viewer {
    /// Who may see everything.
    pub(crate) fn everything() -> Self {
        Viewer { client: None }
    }

    /// Who has the token of the client of this index.
    pub(crate) fn of(client: usize) -> Self {
        Viewer { client: Some(client) }
    }

    /// The index of the client whose things these are; `None` for all that there are.
    pub(crate) fn client(self, shared: &Shared) -> Option<usize> {
        // Where there is one client, what no client sent can only be about this one.
        self.client.filter(|_| shared.tokens.clients().len() > 1)
    }

    /// The same where the client of this id alone is asked for.
    pub(crate) fn narrowed(self, shared: &Shared, client_id: Option<i64>) -> Result<Option<usize>, Trouble> {
        let seen = self.client(shared);
        let Some(client_id) = client_id else { return Ok(seen) };
        let clients = shared.tokens.clients();
        let found = clients.iter().position(|known| *known == client_id);
        // Whether there is another client is nobody's business who may not see it.
        let found = found.filter(|index| seen.is_none_or(|seen| seen == *index));
        let found = found.ok_or_else(|| Trouble::Missing(format!("there is no client {client_id}")))?;
        Ok((clients.len() > 1).then_some(found))
    }

    /// The index of the client whose tables are asked for: that of this id, or the first that the viewer may see.
    pub(crate) fn chosen(self, shared: &Shared, client_id: Option<i64>) -> Result<usize, Trouble> {
        Ok(self.narrowed(shared, client_id)?.unwrap_or_default())
    }

    /// The id of the client whose things these are.
    pub(crate) fn client_id(self, shared: &Shared) -> Option<i64> {
        shared.tokens.clients().get(self.client(shared)?).copied()
    }
}
