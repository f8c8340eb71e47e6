//! Who may send.

use std::collections::HashMap;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

use crate::GateError;

const SCHEME: &[u8] = b"bearer";

/// The tokens that a gate takes, each of one client.
pub(crate) struct Tokens {
    /// Each with the index of its client.
    tokens: Vec<(Vec<u8>, u64)>,
    clients: Vec<i64>,
    /// The index of the client that any other token is taken for.
    any: Option<u64>,
}

impl Tokens {
    /// The tokens, each with its client; and the client that any other token is taken for, if one is.
    ///
    /// # Errors
    /// Where there is none, one is blank, or one is of two clients.
    pub(crate) fn new(given: Vec<(String, i64)>, any: Option<i64>) -> Result<Self, GateError> {
        if given.is_empty() && any.is_none() {
            return Err(GateError::NoToken);
        }
        let mut tokens = Tokens { tokens: Vec::with_capacity(given.len()), clients: Vec::new(), any: None };
        let mut known: HashMap<String, i64> = HashMap::new();
        for (token, client_id) in given {
            if token.trim().is_empty() {
                return Err(GateError::BlankToken);
            }
            let index = tokens.index(client_id);
            tokens.tokens.push((token.clone().into_bytes(), index));
            if let Some(first) = known.insert(token, client_id).filter(|first| *first != client_id) {
                return Err(GateError::TokenOfTwoClients { first, second: client_id });
            }
        }
        tokens.any = any.map(|client_id| tokens.index(client_id));
        Ok(tokens)
    }

    fn index(&mut self, client_id: i64) -> u64 {
        let known = self.clients.iter().position(|known| *known == client_id);
        known.unwrap_or_else(|| {
            self.clients.push(client_id);
            self.clients.len() - 1
        }) as u64
    }

    /// The clients, in the order in which their tokens were given.
    pub(crate) fn clients(&self) -> &[i64] {
        &self.clients
    }

    /// The index of the client whose token a request has. It takes as long for the first token as for the last, and for
    /// one that differs in its first byte as for one that differs in its last.
    pub(crate) fn admit(&self, headers: &HeaderMap) -> Option<usize> {
        let token = headers.get(AUTHORIZATION).and_then(|value| bearer(value.as_bytes()))?;
        let mut known = Choice::from(0);
        let mut client = self.any.unwrap_or_default();
        for (other, index) in &self.tokens {
            let is_it = other.as_slice().ct_eq(token);
            known |= is_it;
            client.conditional_assign(index, is_it);
        }
        (bool::from(known) || self.any.is_some()).then(|| usize::try_from(client).unwrap_or_default())
    }
}

/// The token in `Bearer <token>`, or in `Bearer: <token>`, which one page of the API's guide writes.
fn bearer(value: &[u8]) -> Option<&[u8]> {
    let (scheme, rest) = value.split_at_checked(SCHEME.len())?;
    if !scheme.eq_ignore_ascii_case(SCHEME) {
        return None;
    }
    let rest = rest.strip_prefix(b":").unwrap_or(rest);
    let token = rest.strip_prefix(b" ")?.trim_ascii();
    (!token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_follows_its_scheme() {
        assert_eq!(bearer(b"Bearer at_1"), Some(&b"at_1"[..]));
        assert_eq!(bearer(b"Bearer: at_1"), Some(&b"at_1"[..]));
        assert_eq!(bearer(b"bearer   at_1 "), Some(&b"at_1"[..]));
        for other in ["", "Bearer", "Bearer ", "Bearer:", "Bearerat_1", "Basic at_1", "at_1"] {
            assert_eq!(bearer(other.as_bytes()), None, "{other}");
        }
    }
}
