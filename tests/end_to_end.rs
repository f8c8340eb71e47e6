//! A derived struct, the client, the gate and its database, over real sockets.

#![allow(clippy::single_range_in_vec_init, reason = "the ranges of an error are a list of ranges")]

use backstitch::{BatchBody, Client, ClientError, Push, PushBody, RawValue, Reason, Table, WireFormat};
use backstitch_gate::{Cell, Gate};
use backstitch_tests::{Address, Customer};

const CLIENT_ID: i64 = 7723;

fn customer(id: i64) -> Customer {
    Customer {
        id,
        name: format!("Finn {id}"),
        email: (id % 2 == 0).then(|| format!("finn{id}@example.com")),
        active: true,
        balance: 0.5,
        address: Some(Address { street: "Main".into(), number: 7 }),
        tags: Vec::new(),
        cached: Some(1),
    }
}

async fn gate(folder: &tempfile::TempDir) -> Gate {
    let database = format!("sqlite://{}", folder.path().join("gate.db").display());
    Gate::builder().database(database).token("at_good", CLIENT_ID).start().await.unwrap()
}

fn client(url: impl Into<String>, token: &str) -> Client {
    Client::builder().client_id(CLIENT_ID).token(token).base_url(url).build().unwrap()
}

#[tokio::test]
async fn records_become_rows() {
    let folder = tempfile::tempdir().unwrap();
    let gate = gate(&folder).await;
    let client = client(gate.url(), "at_good");
    let customers: Vec<Customer> = (1..=2_500).map(customer).collect();
    let status = client.push(&customers).await.unwrap();
    assert_eq!((status.status.as_str(), status.message.as_str()), ("OK", "Batch Accepted!"));
    let table = gate.table("customers", 10).await.unwrap();
    assert_eq!(table.count, 2_500);
    assert_eq!(table.cell(0, "id"), Some(&Cell::from(1)));
    assert_eq!(table.cell(1, "email"), Some(&Cell::from("finn2@example.com")));
    assert_eq!(table.cell(0, "address__street"), Some(&Cell::from("Main")));
    assert_eq!(table.cell(0, "cached"), None, "a skipped field is not sent");
    gate.shutdown().await;
}

#[tokio::test]
async fn a_later_push_replaces_a_row_and_an_older_sequence_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let gate = gate(&folder).await;
    let client = client(gate.url(), "at_good");
    client.push(&[customer(1)]).await.unwrap();
    client.push(&[Customer { name: "Jake".into(), ..customer(1) }]).await.unwrap();
    let mut old = PushBody::json(CLIENT_ID);
    old.push(&Customer { name: "Simon".into(), ..customer(1) }, 1).unwrap();
    client.push_body(old).await.unwrap();
    let table = gate.table("customers", 10).await.unwrap();
    assert_eq!((table.count, table.cell(0, "name")), (1, Some(&Cell::from("Jake"))));
    gate.shutdown().await;
}

#[tokio::test]
async fn records_in_transit_become_the_same_rows() {
    let folder = tempfile::tempdir().unwrap();
    let gate = gate(&folder).await;
    let client = Client::builder().client_id(CLIENT_ID).token("at_good").base_url(gate.url());
    let client = client.format(WireFormat::Transit).build().unwrap();
    let customers: Vec<Customer> = (1..=2_500).map(customer).collect();
    client.validate(&customers).await.unwrap();
    let status = client.push(&customers).await.unwrap();
    assert_eq!((status.status.as_str(), status.message.as_str()), ("OK", "Batch Accepted!"));
    let table = gate.table("customers", 10).await.unwrap();
    assert_eq!(table.count, 2_500);
    assert_eq!(table.cell(1, "email"), Some(&Cell::from("finn2@example.com")));
    assert_eq!(table.cell(0, "address__street"), Some(&Cell::from("Main")));
    assert_eq!(table.cell(0, "balance"), Some(&Cell::from(0.5)));
    gate.shutdown().await;
}

#[tokio::test]
async fn batches_become_rows() {
    let folder = tempfile::tempdir().unwrap();
    let gate = gate(&folder).await;
    let client = client(gate.url(), "at_good");
    let customers: Vec<Customer> = (1..=2_500).map(customer).collect();
    let status = client.batch(&customers).await.unwrap();
    assert_eq!((status.status.as_str(), status.message.as_str()), ("OK", "Batch Accepted!"));
    client.table("customers_eu").batch(&customers[..1]).await.unwrap();
    let table = gate.table("customers", 10).await.unwrap();
    assert_eq!(table.count, 2_500);
    assert_eq!(table.cell(1, "email"), Some(&Cell::from("finn2@example.com")));
    assert_eq!(gate.table("customers_eu", 1).await.unwrap().count, 1);
    gate.shutdown().await;
}

#[tokio::test]
async fn a_batch_that_does_not_conform_to_its_schema_is_refused_in_the_words_of_the_api() {
    let folder = tempfile::tempdir().unwrap();
    let gate = gate(&folder).await;
    let client = client(gate.url(), "at_good");
    let schema = serde_json::json!({ "properties": { "id": { "type": "integer" } } });
    let mut body = BatchBody::new(&Table::new("t").keys(["id"]), &schema);
    body.push_json(1, &RawValue::from_string(r#"{"id":"x"}"#.into()).unwrap()).unwrap();
    let error = client.batch_body(body).await.unwrap_err();
    let ClientError::Refused(refusal) = &error else { panic!("{error}") };
    assert_eq!((refusal.status, refusal.reason), (400, Reason::BadRequest));
    assert_eq!(refusal.message, "Record 0 did not conform to schema: #/id: expected: Integer, found: String");
    gate.shutdown().await;
}

#[tokio::test]
async fn another_table_takes_the_same_struct() {
    let folder = tempfile::tempdir().unwrap();
    let gate = gate(&folder).await;
    let client = client(gate.url(), "at_good");
    client.table("customers_eu").push(&[customer(1)]).await.unwrap();
    assert_eq!(gate.table("customers_eu", 1).await.unwrap().count, 1);
    assert!(gate.table("customers", 1).await.is_err());
    gate.shutdown().await;
}

#[tokio::test]
async fn many_records_go_in_as_many_requests_as_the_limit_needs() {
    let folder = tempfile::tempdir().unwrap();
    let gate = gate(&folder).await;
    let client = Client::builder()
        .client_id(CLIENT_ID)
        .token("at_good")
        .base_url(gate.url())
        .body_bytes(10_000)
        .build()
        .unwrap();
    let customers: Vec<Customer> = (1..=500).map(customer).collect();
    client.push(&customers).await.unwrap();
    assert_eq!(gate.table("customers", 1).await.unwrap().count, 500);
    gate.shutdown().await;
}

#[tokio::test]
async fn validate_stores_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let gate = gate(&folder).await;
    let client = client(gate.url(), "at_good");
    let status = client.validate(&[customer(1)]).await.unwrap();
    assert_eq!(status.message, "Batch is valid!");
    assert!(gate.tables().await.unwrap().iter().all(|table| table.count == 0));
    gate.shutdown().await;
}

#[tokio::test]
async fn the_status_needs_no_token() {
    let folder = tempfile::tempdir().unwrap();
    let gate = gate(&folder).await;
    let status = client(gate.url(), "at_wrong").status().await.unwrap();
    assert_eq!((status.name.as_str(), status.status.as_str(), status.reason), ("pipeline.gate", "OK", None));
    gate.shutdown().await;
}

#[tokio::test]
async fn a_wrong_token_is_told_without_showing_it() {
    let folder = tempfile::tempdir().unwrap();
    let gate = gate(&folder).await;
    let client = client(gate.url(), "at_wrong");
    let error = client.push(&[customer(1), customer(2)]).await.unwrap_err();
    let ClientError::Refused(refusal) = &error.cause else { panic!("{error}") };
    assert_eq!((refusal.status, refusal.reason), (401, Reason::NotAuthorized));
    assert_eq!(error.refused, [0..2]);
    assert!(error.accepted.is_empty() && error.unknown.is_empty() && error.unsent.is_empty());
    let shown = format!("{error} {error:?} {client:?}");
    assert!(!shown.contains("at_wrong"), "{shown}");
    assert!(error.to_string().contains("check the access token"), "{error}");
    gate.shutdown().await;
}

#[tokio::test]
async fn a_token_of_another_client_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let gate = gate(&folder).await;
    let client = Client::builder().client_id(1).token("at_good").base_url(gate.url()).build().unwrap();
    let error = client.push(&[customer(1)]).await.unwrap_err();
    let ClientError::Refused(refusal) = &error.cause else { panic!("{error}") };
    assert_eq!((refusal.status, refusal.reason), (403, Reason::Forbidden));
    gate.shutdown().await;
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_and_nothing_was_sent() {
    // A port that was free a moment ago.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = client(&url, "at_good").push(&[customer(1)]).await.unwrap_err();
    assert!(matches!(error.cause, ClientError::Unreachable { .. }), "{error:?}");
    assert_eq!(error.unsent, [0..1]);
    let message = error.to_string();
    assert!(message.contains(&url) && message.contains("check the address"), "{message}");
}

#[tokio::test]
async fn a_record_that_is_not_valid_keeps_all_from_being_sent() {
    let folder = tempfile::tempdir().unwrap();
    let gate = gate(&folder).await;
    let client = client(gate.url(), "at_good");
    let bad = Customer { balance: f64::NAN, ..customer(3) };
    let error = client.push(&[customer(1), customer(2), bad]).await.unwrap_err();
    let ClientError::Invalid(violations) = &error.cause else { panic!("{error}") };
    assert_eq!(violations.as_slice()[0].pointer, "/2/data/balance");
    assert_eq!(error.unsent, [0..3]);
    assert_eq!(error.sequences, None);
    assert!(gate.tables().await.unwrap().iter().all(|table| table.count == 0));
    gate.shutdown().await;
}

#[tokio::test]
async fn a_record_that_fits_no_request_keeps_all_from_being_sent() {
    let folder = tempfile::tempdir().unwrap();
    let gate = gate(&folder).await;
    let client = client(gate.url(), "at_good");
    let large = Customer { name: "n".repeat(5_000_000), ..customer(2) };
    let error = client.push(&[customer(1), large]).await.unwrap_err();
    assert!(matches!(error.cause, ClientError::TooLarge { index: 1, limit: 4_000_000, .. }), "{error:?}");
    assert_eq!(error.unsent, [0..2]);
    assert!(gate.tables().await.unwrap().iter().all(|table| table.count == 0));
    gate.shutdown().await;
}

#[tokio::test]
async fn what_was_accepted_before_a_failure_is_told_apart() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    // A server that accepts one request and then closes without an answer.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        for answer in [&b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"[..], b""] {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            let mut piece = [0; 65_536];
            while !request.ends_with(b"}]") {
                let count = socket.read(&mut piece).await.unwrap();
                request.extend_from_slice(&piece[..count]);
            }
            socket.write_all(answer).await.unwrap();
        }
    });
    let client = Client::builder().client_id(1).token("t").base_url(url).body_bytes(1_000).build().unwrap();
    let customers: Vec<Customer> = (0..20).map(customer).collect();
    let error = client.push(&customers).await.unwrap_err();
    server.await.unwrap();
    assert!(matches!(error.cause, ClientError::NoAnswer { .. }), "{error:?}");
    let [accepted] = error.accepted.as_slice() else { panic!("{error:?}") };
    let [unknown] = error.unknown.as_slice() else { panic!("{error:?}") };
    let [unsent] = error.unsent.as_slice() else { panic!("{error:?}") };
    assert_eq!((accepted.start, accepted.end, unknown.end, unsent.end), (0, unknown.start, unsent.start, 20));
    let sequences = error.sequences.unwrap();
    assert_eq!(sequences.len(), 20);
}

#[tokio::test]
async fn any_2xx_is_accepted_json_or_not() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut piece = [0; 65_536];
        let mut request = Vec::new();
        while !request.ends_with(b"}]") {
            let count = socket.read(&mut piece).await.unwrap();
            request.extend_from_slice(&piece[..count]);
        }
        socket.write_all(b"HTTP/1.1 202 Accepted\r\nContent-Length: 4\r\n\r\nfine").await.unwrap();
    });
    client(url, "t").push(&[customer(1)]).await.unwrap();
}

#[test]
fn a_client_that_lacks_something_says_what() {
    let cases = [
        (Client::builder().token("t").build(), "client_id"),
        (Client::builder().client_id(1).build(), "token"),
        (Client::builder().client_id(1).token(" ").build(), "token"),
        (Client::builder().client_id(1).token("t").base_url("localhost:8080").build(), "base URL"),
    ];
    for (built, word) in cases {
        let message = built.map(|_| ()).unwrap_err().to_string();
        assert!(message.contains(word), "{message}");
    }
    assert_eq!(Customer::TABLE_NAME, "customers");
}

#[tokio::test]
async fn a_client_sends_the_format_that_it_is_set_to() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let mut requests = Vec::new();
        for _ in 0..2 {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            let mut piece = [0; 65_536];
            while !request.ends_with(b"\"upsert\"}]") && !request.ends_with(b"\"upsert\"]]") {
                let count = socket.read(&mut piece).await.unwrap();
                request.extend_from_slice(&piece[..count]);
            }
            socket.write_all(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").await.unwrap();
            requests.push(String::from_utf8(request).unwrap());
        }
        requests
    });
    for format in [backstitch::WireFormat::Json, backstitch::WireFormat::Transit] {
        let client = Client::builder().client_id(1).token("t").base_url(&url).format(format).build().unwrap();
        client.push(&[customer(1), customer(2)]).await.unwrap();
    }
    let requests = server.await.unwrap();
    assert!(requests[0].contains("content-type: application/json\r\n"), "{}", requests[0]);
    assert!(requests[1].contains("content-type: application/transit+json\r\n"), "{}", requests[1]);
    let body = requests[1].split_once("\r\n\r\n").unwrap().1;
    let backstitch_api::transit::Transit::Array(records) = backstitch_api::transit::read(body.as_bytes()).unwrap()
    else {
        panic!("{body}")
    };
    assert_eq!(records.len(), 2);
    assert!(body.contains(r#"["^ ","^0",1,"#), "keys of the second record are codes: {body}");
}
