//! Encrypted connections to PostgreSQL. Which roots a process trusts is said by its environment, so that the test starts
//! itself again.

use std::process::Command;

use backstitch_gate::GateError;

use crate::client::{ACCEPTED, PUSH, builder_at, exchange, record, request};
use crate::server::Server;
use crate::store::connect;

const URL: &str = "BACKSTITCH_TEST_TLS";
const NAME: &str = "tls::a_connection_is_encrypted_where_the_url_asks_for_it";

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_is_encrypted_where_the_url_asks_for_it() {
    if let Ok(url) = std::env::var(URL) {
        return with_its_root(&url).await;
    }
    let Some(server) = tokio::task::spawn_blocking(Server::start_with_tls).await.expect("a server") else { return };
    let url = server.url().replace("127.0.0.1", "localhost");
    // Nobody has signed its certificate.
    let error = builder_at(&format!("{url}?sslmode=require")).start().await.expect_err("an unknown root");
    let GateError::Open { source, .. } = &error else { panic!("{error}") };
    let mut text = source.to_string();
    let mut next = source.source();
    while let Some(error) = next {
        text.push_str(&error.to_string());
        next = error.source();
    }
    assert!(text.contains("certificate"), "{text}");
    let root = server.certificate();
    let child = Command::new(std::env::current_exe().expect("this program"))
        .args([NAME, "--exact", "--nocapture"])
        .env(URL, &url)
        .env("SSL_CERT_FILE", root)
        .output()
        .expect("started");
    assert!(
        child.status.success(),
        "{}{}",
        String::from_utf8_lossy(&child.stdout),
        String::from_utf8_lossy(&child.stderr)
    );
    tokio::task::spawn_blocking(move || drop(server)).await.expect("stopped");
}

async fn with_its_root(url: &str) {
    let gate = builder_at(&format!("{url}?sslmode=require")).start().await.expect("a gate");
    let body = format!("[{}]", record(1, r#"{"id":1}"#));
    exchange(&gate, &request(PUSH, body.as_bytes())).await.is(201, ACCEPTED);
    assert_eq!(gate.table("t", 1).await.expect("a table").count, 1);
    let url = url.to_owned();
    let encrypted =
        "SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'backstitch-gate'";
    let encrypted = move || connect(&url).query(encrypted, &[]).expect("rows").iter().map(|row| row.get(0)).collect();
    let encrypted: Vec<bool> = tokio::task::spawn_blocking(encrypted).await.expect("connections");
    assert_eq!(encrypted, [true, true]);
    gate.shutdown().await;
}
