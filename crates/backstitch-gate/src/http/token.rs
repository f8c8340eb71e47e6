//! Who may send.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use subtle::{Choice, ConstantTimeEq};

use crate::GateError;

const SCHEME: &[u8] = b"bearer";

/// The tokens that a gate takes, all of one client.
pub(crate) struct Tokens {
    tokens: Vec<Vec<u8>>,
    client_id: i64,
}

impl Tokens {
    /// The tokens, each with its client.
    ///
    /// # Errors
    /// Where there is none, one is blank, or they are of several clients.
    pub(crate) fn new(given: Vec<(String, i64)>) -> Result<Self, GateError> {
        let Some(&(_, client_id)) = given.first() else {
            return Err(GateError::NoToken);
        };
        if let Some(&(_, second)) = given.iter().find(|(_, other)| *other != client_id) {
            return Err(GateError::SeveralClients { first: client_id, second });
        }
        if given.iter().any(|(token, _)| token.trim().is_empty()) {
            return Err(GateError::BlankToken);
        }
        Ok(Tokens { tokens: given.into_iter().map(|(token, _)| token.into_bytes()).collect(), client_id })
    }

    /// The client of the tokens.
    pub(crate) fn client_id(&self) -> i64 {
        self.client_id
    }

    /// Whether a request has one of the tokens. It takes as long for the first as for the last, and for
    /// one that differs in its first byte as for one that differs in its last.
    pub(crate) fn admit(&self, headers: &HeaderMap) -> bool {
        let Some(token) = headers.get(AUTHORIZATION).and_then(|value| bearer(value.as_bytes())) else {
            return false;
        };
        let known = self.tokens.iter().fold(Choice::from(0), |known, other| known | other.as_slice().ct_eq(token));
        known.into()
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
