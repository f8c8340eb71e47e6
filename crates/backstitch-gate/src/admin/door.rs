//! Who may look, and from where.
//!
//! A page of somebody else's in the browser of whoever runs a gate can send requests to it. It cannot read the answers,
//! unless a name of its own leads to the gate's address: so the `Host` must be one of the gate's. Nor may it change
//! anything: a browser says where a request comes from. Who can reach a gate that listens to more than its own machine needs a token.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{HOST, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::console;
use super::reply::{self, Trouble};
use super::viewer::Viewer;
use crate::http::routes::Shared;
use crate::http::token::Standing;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Paths that tell nothing of requests or tables: whether the gate is well, and the page, which asks for a token.
const OPEN: [&str; 2] = ["/", "/_gate/health"];

fn is_open(path: &str) -> bool {
    OPEN.contains(&path) || path.starts_with(console::PREFIX)
}

/// Where a gate listens, and by which names it is known.
#[derive(Debug, Clone)]
pub(crate) struct Door {
    ip: IpAddr,
    names: Vec<String>,
}

impl Door {
    /// Of a gate at this address, which was told to listen on `listen` and is also known by other names.
    pub(crate) fn new(address: SocketAddr, listen: &str, names: &[String]) -> Self {
        let listen = listen.rsplit_once(':').map_or(listen, |(host, _)| host);
        let names = names.iter().map(String::as_str).chain([listen]).map(str::to_owned).collect();
        Door { ip: address.ip().to_canonical(), names }
    }

    /// Whether only the gate's own machine can reach it.
    pub(crate) fn is_local(&self) -> bool {
        self.ip.is_loopback()
    }

    /// Whether a `Host` is the gate's. The port is not looked at: it may be another one from where the request comes.
    fn knows(&self, host: &str) -> bool {
        let Ok(authority) = host.parse::<Authority>() else { return false };
        let host = authority.host();
        if let Ok(ip) = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
            // No name leads to an address that was written as one.
            return ip.to_canonical() == self.ip || ip.to_canonical().is_loopback() || self.ip.is_unspecified();
        }
        host.eq_ignore_ascii_case("localhost") || self.names.iter().any(|name| name.eq_ignore_ascii_case(host))
    }
}

/// Lets a request through to what is under `/_gate`, with its [`Viewer`].
pub(crate) async fn guard(State(shared): State<Arc<Shared>>, mut request: Request, next: Next) -> Response {
    let mut response = match admit(&shared, &request) {
        Ok(viewer) => {
            request.extensions_mut().insert(viewer);
            next.run(request).await
        }
        Err(trouble) => trouble.into_response(),
    };
    reply::seal(response.headers_mut());
    response
}

fn admit(shared: &Shared, request: &Request) -> Result<Viewer, Trouble> {
    let headers = request.headers();
    let host = only(headers, &HOST).filter(|host| shared.door.knows(host)).ok_or(Trouble::Host)?;
    if !matches!(*request.method(), Method::GET | Method::HEAD) && !is_same_origin(headers, host) {
        return Err(Trouble::Origin);
    }
    if shared.door.is_local() || is_open(request.uri().path()) {
        return Ok(Viewer::everything());
    }
    shared.tokens.find(headers).and_then(Standing::good).map(Viewer::of).ok_or(Trouble::Token)
}

/// Whether a request comes from no page at all, or from one of the gate's.
fn is_same_origin(headers: &HeaderMap, host: &str) -> bool {
    if headers.contains_key(SEC_FETCH_SITE) {
        let site = only(headers, &SEC_FETCH_SITE);
        if !matches!(site, Some("same-origin" | "none")) {
            return false;
        }
    }
    if !headers.contains_key(ORIGIN) {
        return true;
    }
    // `null`, which a page in a sandbox has, is no origin of the gate's.
    let origin = only(headers, &ORIGIN).and_then(|origin| origin.split_once("://"));
    origin.is_some_and(|(_, authority)| authority.eq_ignore_ascii_case(host))
}

/// The value of a header that is there once.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn door(address: &str, listen: &str) -> Door {
        Door::new(address.parse().expect("an address"), listen, &["gate.test".to_owned()])
    }

    #[test]
    fn a_gate_knows_its_own_names() {
        let here = door("127.0.0.1:8080", "127.0.0.1:8080");
        for host in ["localhost", "LOCALHOST:1", "127.0.0.1:8080", "127.0.0.2", "[::1]:8080", "gate.test:80"] {
            assert!(here.knows(host), "{host}");
        }
        for host in ["", "gate", "evil.test", "127.0.0.1.evil.test", "10.0.0.1", "localhost.evil.test", "a b", "[::2]"]
        {
            assert!(!here.knows(host), "{host}");
        }
    }

    #[test]
    fn a_gate_that_listens_to_others_knows_the_address_it_was_given() {
        assert!(door("10.0.0.1:80", "inner.test:80").knows("inner.test"));
        assert!(door("10.0.0.1:80", "10.0.0.1:80").knows("10.0.0.1"));
        assert!(!door("10.0.0.1:80", "10.0.0.1:80").knows("10.0.0.2"));
        assert!(door("0.0.0.0:80", "0.0.0.0:80").knows("10.0.0.2"));
        assert!(!door("0.0.0.0:80", "0.0.0.0:80").knows("evil.test"));
    }

    #[test]
    fn only_the_machine_itself_reaches_a_loopback_address() {
        for (address, local) in [
            ("127.0.0.1:1", true),
            ("[::1]:1", true),
            ("[::ffff:127.0.0.1]:1", true),
            ("0.0.0.0:1", false),
            ("10.0.0.1:1", false),
        ] {
            assert_eq!(door(address, address).is_local(), local, "{address}");
        }
    }
}
