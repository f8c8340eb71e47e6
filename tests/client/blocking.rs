//! The client for programs without a runtime.

use std::time::Duration;

use backstitch::blocking::Client;
use backstitch::{BatchBody, PushBody, Row, Table, Undelivered};
use backstitch_api::responses::batch as answers;
use backstitch_gate::Gate;
use backstitch_tests::Customer;
use tokio::runtime::Runtime;

use crate::server::{self, documented};
use crate::{CLIENT_ID, customer};

fn client(url: impl Into<String>) -> Client {
    Client::builder().client_id(CLIENT_ID).token("at_good").base_url(url).build().unwrap()
}

/// A gate, and the runtime that it runs in.
fn gate(folder: &tempfile::TempDir) -> (Runtime, Gate) {
    let runtime = Runtime::new().unwrap();
    let database = format!("sqlite://{}", folder.path().join("gate.db").display());
    let gate = runtime.block_on(Gate::builder().database(database).token("at_good", CLIENT_ID).start()).unwrap();
    (runtime, gate)
}

#[test]
fn records_become_rows() {
    let folder = tempfile::tempdir().unwrap();
    let (runtime, gate) = gate(&folder);
    let client = client(gate.url());
    assert_eq!(client.status().unwrap().status, "OK");
    assert_eq!(client.validate(&[customer(1)]).unwrap().message, "Batch is valid!");
    assert_eq!(client.push(&[customer(1), customer(2)]).unwrap().message, "Batch Accepted!");
    let mut body = PushBody::json(CLIENT_ID);
    body.push(&customer(3), 1).unwrap();
    client.push_body(body).unwrap();
    let europe = client.table("customers_eu");
    europe.validate(&[customer(1)]).unwrap();
    europe.push(&[customer(1)]).unwrap();
    let rows = |table| runtime.block_on(gate.table(table, 1)).unwrap().count;
    assert_eq!((rows("customers"), rows("customers_eu")), (3, 1));
    let error = client.push(&[customer(1), Customer { balance: f64::NAN, ..customer(2) }]).unwrap_err();
    assert_eq!((error.unsent.as_slice(), rows("customers")), (&[0..2][..], 3));
    runtime.block_on(gate.shutdown());
}

#[test]
fn threads_share_a_client() {
    let folder = tempfile::tempdir().unwrap();
    let (runtime, gate) = gate(&folder);
    let client = client(gate.url());
    let threads: Vec<_> = (0..4)
        .map(|thread| {
            let client = client.clone();
            std::thread::spawn(move || {
                for id in 0..5 {
                    client.push(&[customer(thread * 5 + id)]).unwrap();
                }
            })
        })
        .collect();
    drop(client);
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(runtime.block_on(gate.table("customers", 1)).unwrap().count, 20);
    runtime.block_on(gate.shutdown());
}

#[test]
fn batches_are_sent() {
    let runtime = Runtime::new().unwrap();
    let (url, server) = runtime.block_on(server::answering(vec![documented(&answers::ACCEPTED, &[]); 3]));
    let client = client(url);
    client.batch(&[customer(1)]).unwrap();
    client.table("customers_eu").batch(&[customer(2)]).unwrap();
    let mut body = BatchBody::of::<Customer>();
    body.push(&customer(3), 1).unwrap();
    client.batch_body(body).unwrap();
    let tables: Vec<_> = runtime
        .block_on(server)
        .unwrap()
        .iter()
        .map(|request| serde_json::from_slice::<backstitch_api::generated::Batch>(&request.body).unwrap().table_name)
        .collect();
    assert_eq!(tables, ["customers", "customers_eu", "customers"]);
}

#[tokio::test]
async fn within_a_runtime_a_call_is_an_error_and_sends_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}", folder.path().join("gate.db").display());
    let gate = Gate::builder().database(database).token("at_good", CLIENT_ID).start().await.unwrap();
    let client = client(gate.url());
    let error = client.push(&[customer(1), customer(2)]).unwrap_err();
    assert_eq!(error.unsent, [0..2]);
    let told = [
        error.to_string(),
        client.batch(&[customer(1)]).unwrap_err().to_string(),
        client.table("customers").validate(&[customer(1)]).unwrap_err().to_string(),
        client.status().unwrap_err().to_string(),
    ];
    for told in told {
        assert!(told.contains("use `backstitch::Client` there"), "{told}");
    }
    assert!(gate.tables().await.unwrap().iter().all(|table| table.count == 0));
    // What the error says to do.
    let waiting = client.clone();
    tokio::task::spawn_blocking(move || waiting.push(&[customer(1)]).unwrap()).await.unwrap();
    assert_eq!(gate.table("customers", 1).await.unwrap().count, 1);
    // The last one of its runtime: it ends here.
    drop(client);
    gate.shutdown().await;
}

#[test]
fn a_client_that_lacks_something_says_what() {
    let message = Client::builder().client_id(1).build().unwrap_err().to_string();
    assert!(message.contains("token"), "{message}");
    let client = client("http://127.0.0.1:9/");
    assert_eq!((client.client_id().get(), client.base_url()), (CLIENT_ID, "http://127.0.0.1:9"));
    assert!(!format!("{client:?}").contains("at_good"));
}

#[test]
fn a_sender_delivers_without_a_runtime_of_the_users() {
    let folder = tempfile::tempdir().unwrap();
    let (runtime, gate) = gate(&folder);
    let client = client(gate.url());
    let sender = client.sender().linger(Duration::from_millis(10)).spool(folder.path().join("spool.redb"));
    let sender = sender.start().unwrap();
    let other = sender.clone();
    let thread = std::thread::spawn(move || other.send(customer(1)).unwrap().wait().unwrap());
    let receipts = sender.send_all((2..=100).map(customer)).unwrap();
    assert_eq!(receipts.accepted().unwrap(), 99);
    assert_eq!(thread.join().unwrap().status, 201);
    let last = sender.send(customer(101)).unwrap();
    assert!(last.is_spooled());
    let summary = sender.close().unwrap();
    assert_eq!((summary.taken, summary.accepted, summary.lost), (101, 101, 0));
    assert!(last.outcome().unwrap().is_ok());
    assert_eq!(runtime.block_on(gate.table("customers", 1)).unwrap().count, 101);
    // Within a runtime it says what to do instead.
    runtime.block_on(async {
        let error = client.sender().start().unwrap_err();
        assert!(error.to_string().contains("spawn_blocking"), "{error}");
        let error = sender.send(customer(1)).unwrap_err();
        assert!(error.to_string().contains("spawn_blocking"), "{error}");
    });
}

#[test]
fn rows_at_hand_are_handed_over_together() {
    let folder = tempfile::tempdir().unwrap();
    let (runtime, gate) = gate(&folder);
    let client = client(gate.url());
    let sender = client.sender().linger(Duration::from_millis(10)).start().unwrap();
    let table = Table::new("orders").keys(["id"]);
    let texts = [r#"{"id":1,"total":12.50}"#, r#"{"total":1}"#, r#"{"id":2,"total":0.10}"#];
    let rows = texts.iter().map(|text| (Row::read(text).unwrap(), None));
    let receipts = sender.send_rows(&table, rows).unwrap();
    let summary = sender.close().unwrap();
    assert_eq!((summary.accepted, summary.rejected), (2, 1));
    let outcomes: Vec<_> = receipts.iter().map(backstitch::blocking::Receipt::wait).collect();
    assert!(matches!(outcomes.as_slice(), [Ok(_), Err(Undelivered::Rejected(_)), Ok(_)]), "{outcomes:?}");
    assert_eq!(runtime.block_on(gate.table("orders", 1)).unwrap().count, 2);
    // Within a runtime nothing is taken.
    runtime.block_on(async {
        let error = sender.send_rows(&table, []).unwrap_err();
        assert!(error.receipts.is_empty() && error.to_string().contains("spawn_blocking"), "{error}");
    });
}

#[test]
fn bodies_are_checked_and_texts_of_batches_sent() {
    let folder = tempfile::tempdir().unwrap();
    let (runtime, gate) = gate(&folder);
    let client = client(gate.url());
    let mut body = PushBody::json(CLIENT_ID);
    body.push(&customer(1), 1).unwrap();
    assert_eq!(client.validate_body(body).unwrap().message, "Batch is valid!");
    let batch = r#"{"table_name":"orders","key_names":["id"],"schema":{"properties":{"id":{"type":"integer"}}},
        "messages":[{"action":"upsert","sequence":1,"data":{"id":1}}]}"#;
    client.batch_bytes(batch.into()).unwrap();
    let tables = runtime.block_on(gate.tables()).unwrap();
    let found: Vec<_> = tables.iter().filter(|table| table.count > 0).map(|table| table.name.as_str()).collect();
    assert_eq!(found, ["orders"]);
}
