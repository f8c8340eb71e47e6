//! A PostgreSQL in which something is amiss: what has nothing to do with it goes on.

use std::time::Duration;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::client::{ACCEPTED, Fixture, PUSH, builder_at, exchange, record, record_of, request};
use crate::queue::{QUEUED, rows, run, unlock};

/// Far more than anything here takes, and less than for ever.
const LONG: Duration = Duration::from_secs(90);

/// Pushes a record of a table; the status of the answer.
async fn push(it: &Fixture, table: &str, id: i64) -> u16 {
    let body = format!("[{}]", record_of(table, "[\"id\"]", id, &format!(r#"{{"id":{id}}}"#)));
    tokio::time::timeout(LONG, it.push(&body)).await.expect("an answer").status
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_is_free_again_is_loaded_past_others_that_are_not() {
    let Some(it) = Fixture::start_on_postgres().await else { return };
    let locked = ["t1", "t2", "t3", "t4", "t5", "t6"];
    for table in locked.into_iter().chain(["u"]) {
        assert_eq!(push(&it, table, 1).await, 201);
    }
    let all = run(&it, "BEGIN; LOCK TABLE t1, t2, t3, t4, t5, t6").await;
    let u = run(&it, "BEGIN; LOCK TABLE u").await;
    for table in locked.into_iter().chain(["u"]) {
        assert_eq!(push(&it, table, 2).await, 202);
    }
    unlock(u).await;
    rows(&it, "u", 2).await;
    unlock(all).await;
    rows(&it, "t6", 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_constraint_refuses_at_the_commit_is_rejected_alone() {
    let Some(it) = Fixture::start_on_postgres().await else { return };
    for table in ["a", "b", "c"] {
        assert_eq!(push(&it, table, 1).await, 201);
    }
    it.execute("ALTER TABLE b ADD FOREIGN KEY (id) REFERENCES a (id) DEFERRABLE INITIALLY DEFERRED").await;
    assert_eq!(push(&it, "b", 7).await, 201);
    let locked = run(&it, "BEGIN; LOCK TABLE b, c").await;
    assert_eq!(push(&it, "b", 8).await, 202);
    assert_eq!(push(&it, "c", 2).await, 202);
    unlock(locked).await;
    rows(&it, "c", 2).await;
    rows(&it, "_sdc_rejected", 2).await;
    assert!(it.reasons().await.iter().all(|reason| reason.contains("foreign key")), "{:?}", it.reasons().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_is_locked_is_an_outage_and_no_hang() {
    let Some(it) = Fixture::start_on_postgres().await else { return };
    assert_eq!(push(&it, "a", 1).await, 201);
    // The log is looked into once, and found empty.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let locked = run(&it, "BEGIN; LOCK TABLE _backstitch_log").await;
    assert_eq!(push(&it, "a", 2).await, 503);
    unlock(locked).await;
    assert_eq!(push(&it, "a", 3).await, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_that_somebody_holds_is_waited_for_once() {
    let Some(it) = Fixture::start_on_postgres().await else { return };
    assert_eq!(push(&it, "t", 1).await, 201);
    let lease = run(&it, "BEGIN; SELECT FROM _backstitch_roots WHERE table_name = 't' FOR UPDATE").await;
    for id in 2..40 {
        assert_eq!(push(&it, "t", id).await, 202);
    }
    assert_eq!(push(&it, "u", 1).await, 201);
    unlock(lease).await;
    rows(&it, "t", 39).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_limit_that_an_operator_set_ends_no_request() {
    let Some(it) = Fixture::start_on_postgres().await else { return };
    assert_eq!(push(&it, "a", 1).await, 201);
    let url = it.place.url().replace("options=", "options=-c%20statement_timeout%3D300%20");
    let second = builder_at(&url).start().await.expect("a second gate");
    let locked = run(&it, "BEGIN; LOCK TABLE a").await;
    let body = format!("[{}]", record_of("a", "[\"id\"]", 2, r#"{"id":2}"#));
    exchange(&second, &request(PUSH, body.as_bytes())).await.is(202, QUEUED);
    unlock(locked).await;
    rows(&it, "a", 2).await;
    second.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_in_the_log_is_loaded_while_more_comes() {
    let Some(it) = Fixture::start_on_postgres().await else { return };
    assert_eq!(push(&it, "t", 1).await, 201);
    let locked = run(&it, "BEGIN; LOCK TABLE t").await;
    assert_eq!(push(&it, "t", 2).await, 202);
    unlock(locked).await;
    // A client that never pauses.
    let loaded = async {
        for id in 3.. {
            if push(&it, "t", id).await == 201 {
                return id;
            }
        }
        0
    };
    let last = tokio::time::timeout(LONG, loaded).await.expect("the log is empty some day");
    rows(&it, "t", u64::try_from(last).expect("positive")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_silent_is_given_up() {
    let Some(it) = Fixture::start_on_postgres().await else { return };
    let url = it.place.url();
    let server = url.split_once('@').and_then(|(_, rest)| rest.split_once('/')).expect("a host").0.to_owned();
    let proxy = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let proxied = url.replace(&server, &proxy.local_addr().expect("an address").to_string());
    let (quiet, is_quiet) = watch::channel(false);
    tokio::spawn(async move {
        while let Ok((mut near, _)) = proxy.accept().await {
            let (server, mut is_quiet) = (server.clone(), is_quiet.clone());
            tokio::spawn(async move {
                if !*is_quiet.borrow() {
                    let Ok(mut far) = TcpStream::connect(server).await else { return };
                    tokio::select! {
                        _ = copy_bidirectional(&mut near, &mut far) => return,
                        _ = is_quiet.wait_for(|quiet| *quiet) => {}
                    }
                }
                // The connection stays open.
                std::future::pending::<()>().await;
            });
        }
    });
    let gate = builder_at(&proxied).start().await.expect("a gate");
    let body = request(PUSH, format!("[{}]", record(1, r#"{"id":1}"#)).as_bytes());
    exchange(&gate, &body).await.is(201, ACCEPTED);
    quiet.send(true).expect("a proxy");
    let answer = tokio::time::timeout(LONG, exchange(&gate, &body)).await.expect("an answer");
    assert_eq!(answer.status, 503);
    tokio::time::timeout(LONG, gate.shutdown()).await.expect("stopped");
    tokio::time::timeout(LONG, builder_at(&proxied).start()).await.expect("an answer").expect_err("nobody there");
}
