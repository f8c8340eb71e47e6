//! Whose tables, requests and faults somebody may see.

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

    /// The id of that client.
    pub(crate) fn client_id(self, shared: &Shared) -> Option<i64> {
        shared.tokens.clients().get(self.client(shared)?).copied()
    }
}
