//! Where a gate listens, as it is written, and as it is reached.

use std::net::SocketAddr;

/// Checks that an address is one, whether or not it is free: that is told before all else that is amiss.
pub(crate) fn parse(text: &str) -> Result<String, String> {
    let (host, port) = text.rsplit_once(':').unwrap_or(("", text));
    let port: Option<u16> = port.parse().ok();
    let is_host = !host.is_empty() && (!host.contains(':') || host.starts_with('[') && host.ends_with(']'));
    match port {
        Some(_) if is_host => Ok(text.to_owned()),
        Some(port) if host.is_empty() => Err(format!("an address is HOST:PORT: write --listen 127.0.0.1:{port}")),
        _ => Err("an address is HOST:PORT, as in --listen 127.0.0.1:8080 or --listen [::1]:8080".to_owned()),
    }
}

/// The URL to send to from this machine, and what else there is to say of it, if anything. An address that stands for all of a machine's
/// is none that every client goes to.
pub(crate) fn reached(address: SocketAddr) -> (String, String) {
    if !address.ip().to_canonical().is_unspecified() {
        return (format!("http://{address}"), String::new());
    }
    let port = address.port();
    let more = format!("from other machines it is at http://ADDRESS:{port}, with any address or --name of this one");
    (format!("http://localhost:{port}"), more)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_host_and_a_port() {
        for text in ["127.0.0.1:0", "localhost:8080", "[::1]:80", "0.0.0.0:1"] {
            assert_eq!(parse(text).as_deref(), Ok(text));
        }
        for text in ["28132", ":28132", "127.0.0.1", "127.0.0.1:", "::1:80", "127.0.0.1:99999", "", "http://localhost"]
        {
            assert!(parse(text).is_err_and(|told| told.contains("HOST:PORT")), "{text}");
        }
        assert!(parse("28132").is_err_and(|told| told.ends_with("--listen 127.0.0.1:28132")));
    }

    #[test]
    fn an_address_that_stands_for_all_is_not_where_to_send() {
        for (address, url) in [
            ("0.0.0.0:80", "http://localhost:80"),
            ("[::]:80", "http://localhost:80"),
            ("127.0.0.1:80", "http://127.0.0.1:80"),
            ("[::1]:80", "http://[::1]:80"),
        ] {
            let address = address.parse().expect("an address");
            assert_eq!(reached(address).0, url);
            assert_eq!(reached(address).1.is_empty(), url != "http://localhost:80");
        }
    }
}
