//! Who may send.

use std::collections::HashMap;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

use super::secrets::Secrets;
use crate::GateError;

const SCHEME: &[u8] = b"bearer";

/// What is said of a token that follows `Bearer:`.
const COLON: &str = "Authorization is `Bearer: <token>`: taken, though the header is `Bearer <token>`, without a colon";

/// A token that a gate knows, as it is given.
#[derive(Clone)]
pub(crate) enum Given {
    /// Of a client, whose records it may send.
    Good(String, i64),
    /// Of a client whose integration is paused or deleted.
    Inactive(String, i64),
    /// Of another region.
    Foreign(String),
}

impl Given {
    fn token(&self) -> &str {
        match self {
            Given::Good(token, _) | Given::Inactive(token, _) | Given::Foreign(token) => token,
        }
    }

    /// The client that it belongs to; of a token of another region nothing is known.
    pub(crate) fn client_id(&self) -> Option<i64> {
        match self {
            Given::Good(_, client_id) | Given::Inactive(_, client_id) => Some(*client_id),
            Given::Foreign(_) => None,
        }
    }
}

/// What becomes of a request with a token that the gate knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The client of this index may send.
    Good(usize),
    /// The integration of the client of this index is paused or deleted.
    Inactive(usize),
    /// It is good in another region.
    Foreign,
}

impl Standing {
    /// The index of the client that may send.
    pub(crate) fn good(self) -> Option<usize> {
        match self {
            Standing::Good(client) => Some(client),
            Standing::Inactive(_) | Standing::Foreign => None,
        }
    }

    /// The index of the client whose token it is.
    pub(crate) fn client(self) -> Option<usize> {
        match self {
            Standing::Good(client) | Standing::Inactive(client) => Some(client),
            Standing::Foreign => None,
        }
    }
}

/// The tokens that a gate knows.
pub(crate) struct Tokens {
    /// Each with the index of its standing, apart, since it is the index that is chosen in constant time.
    tokens: Vec<(Vec<u8>, u64)>,
    standings: Vec<Standing>,
    clients: Vec<i64>,
    /// The standing of any other token, where one is taken.
    any: Option<u64>,
}

impl Tokens {
    /// The tokens; and the client that any other token is taken for, if one is. A token that is given as several things
    /// is refused for the first of the reasons that the API checks.
    ///
    /// # Errors
    /// Where there is none, one is blank, or one is of two clients.
    pub(crate) fn new(given: Vec<Given>, any: Option<i64>) -> Result<Self, GateError> {
        if any.is_none() && given.iter().all(|given| given.client_id().is_none()) {
            return Err(GateError::NoToken);
        }
        let mut tokens = Tokens { tokens: Vec::new(), standings: Vec::new(), clients: Vec::new(), any: None };
        let mut known: HashMap<String, i64> = HashMap::new();
        // The last that fits is chosen: those that are refused come after those that are not.
        let (good, refused): (Vec<_>, Vec<_>) = given.into_iter().partition(|given| matches!(given, Given::Good(..)));
        let (inactive, foreign): (Vec<_>, Vec<_>) =
            refused.into_iter().partition(|given| matches!(given, Given::Inactive(..)));
        for given in good.into_iter().chain(inactive).chain(foreign) {
            if given.token().trim().is_empty() {
                return Err(GateError::BlankToken);
            }
            if let Some(second) = given.client_id()
                && let Some(first) = known.insert(given.token().to_owned(), second).filter(|first| *first != second)
            {
                return Err(GateError::TokenOfTwoClients { first, second });
            }
            let standing = match &given {
                Given::Good(_, client_id) => Standing::Good(tokens.client(*client_id)),
                Given::Inactive(_, client_id) => Standing::Inactive(tokens.client(*client_id)),
                Given::Foreign(_) => Standing::Foreign,
            };
            let standing = tokens.standing(standing);
            tokens.tokens.push((given.token().as_bytes().to_vec(), standing));
        }
        tokens.any = any.map(|client_id| {
            let client = tokens.client(client_id);
            tokens.standing(Standing::Good(client))
        });
        Ok(tokens)
    }

    /// The index of a client.
    fn client(&mut self, client_id: i64) -> usize {
        let known = self.clients.iter().position(|known| *known == client_id);
        known.unwrap_or_else(|| {
            self.clients.push(client_id);
            self.clients.len() - 1
        })
    }

    /// The index of a standing.
    fn standing(&mut self, standing: Standing) -> u64 {
        self.standings.push(standing);
        (self.standings.len() - 1) as u64
    }

    /// The clients, in the order in which their tokens were given, those that may send first.
    pub(crate) fn clients(&self) -> &[i64] {
        &self.clients
    }

    /// What a request with these headers must not be shown with: the gate's tokens, and its own.
    pub(crate) fn secrets(&self, headers: &HeaderMap) -> Secrets {
        let own = bearer_of(headers).map(|bearer| bearer.token);
        let known = self.tokens.iter().map(|(token, _)| token.as_slice());
        Secrets::new(known.chain(own).map(|token| String::from_utf8_lossy(token).into_owned()))
    }

    /// What a request with these headers may be told about its token, though it is taken.
    pub(crate) fn warning(headers: &HeaderMap) -> Option<&'static str> {
        bearer_of(headers).filter(|bearer| bearer.has_colon).map(|_| COLON)
    }

    /// What becomes of a request with these headers; none where its token is not known. It takes as long for the first
    /// token as for the last, and for one that differs in its first byte as for one that differs in its last.
    pub(crate) fn find(&self, headers: &HeaderMap) -> Option<Standing> {
        let token = bearer_of(headers)?.token;
        let mut known = Choice::from(0);
        let mut standing = self.any.unwrap_or_default();
        for (other, index) in &self.tokens {
            let is_it = other.as_slice().ct_eq(token);
            known |= is_it;
            standing.conditional_assign(index, is_it);
        }
        let standing = self.standings.get(usize::try_from(standing).ok()?).copied();
        standing.filter(|_| bool::from(known) || self.any.is_some())
    }
}

/// What a request says of its token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Bearer<'a> {
    token: &'a [u8],
    has_colon: bool,
}

fn bearer_of(headers: &HeaderMap) -> Option<Bearer<'_>> {
    headers.get(AUTHORIZATION).and_then(|value| bearer(value.as_bytes()))
}

/// The token in `Bearer <token>`, or in `Bearer: <token>`, which one page of the API's guide writes.
fn bearer(value: &[u8]) -> Option<Bearer<'_>> {
    let (scheme, rest) = value.split_at_checked(SCHEME.len())?;
    if !scheme.eq_ignore_ascii_case(SCHEME) {
        return None;
    }
    let after_colon = rest.strip_prefix(b":");
    let token = after_colon.unwrap_or(rest).strip_prefix(b" ")?.trim_ascii();
    (!token.is_empty()).then_some(Bearer { token, has_colon: after_colon.is_some() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_follows_its_scheme() {
        let at_1 = |has_colon| Some(Bearer { token: b"at_1", has_colon });
        assert_eq!(bearer(b"Bearer at_1"), at_1(false));
        assert_eq!(bearer(b"Bearer: at_1"), at_1(true));
        assert_eq!(bearer(b"bearer   at_1 "), at_1(false));
        for other in ["", "Bearer", "Bearer ", "Bearer:", "Bearerat_1", "Basic at_1", "at_1"] {
            assert_eq!(bearer(other.as_bytes()), None, "{other}");
        }
    }
}
