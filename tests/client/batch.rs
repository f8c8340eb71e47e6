//! Records through the Batch endpoint.

use std::cell::Cell;
use std::time::Duration;

use backstitch::{
    BatchBody, Check, Client, ClientError, Encoder, Push, PushError, RawValue, Reason, Table, Value, WireFormat,
};
use backstitch_api::generated::Batch;
use backstitch_api::responses::batch as answers;
use backstitch_tests::Customer;
use serde_json::json;

use crate::server::{self, Request, documented};
use crate::{client, customer};

fn batch(request: &Request) -> Batch {
    serde_json::from_slice(&request.body).unwrap()
}

fn ids(batch: &Batch) -> Vec<i64> {
    batch.messages.iter().map(|message| message.data.as_ref().unwrap()["id"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn records_go_with_the_schema_of_their_type() {
    let (url, server) = server::answering(vec![documented(&answers::ACCEPTED, &[])]).await;
    let client = Client::builder().client_id(1).token("at_good").base_url(url).format(WireFormat::Transit);
    let status = client.build().unwrap().batch(&[customer(1), customer(2)]).await.unwrap();
    assert_eq!((status.status.as_str(), status.message.as_str()), ("OK", "Batch Accepted!"));
    let requests = server.await.unwrap();
    let [request] = requests.as_slice() else { panic!("{}", requests.len()) };
    assert!(request.head.starts_with("POST /v2/import/batch HTTP/1.1\r\n"), "{}", request.head);
    assert!(request.has("content-type: application/json"), "the endpoint takes no other: {}", request.head);
    assert!(request.has("authorization: Bearer at_good"), "{}", request.head);
    let batch = batch(request);
    assert_eq!(batch.table_name, "customers");
    assert_eq!(batch.key_names, Some(Some(vec!["id".to_owned()])));
    assert_eq!(serde_json::to_value(&batch.schema).unwrap(), *Customer::schema());
    assert_eq!(ids(&batch), [1, 2]);
    assert!(batch.messages[0].sequence < batch.messages[1].sequence);
}

#[tokio::test]
async fn another_table_takes_the_same_struct() {
    let (url, server) = server::answering(vec![documented(&answers::QUEUED, &[])]).await;
    let status = client(url).table("customers_eu").batch(&[customer(1)]).await.unwrap();
    assert_eq!(status.status, "Accepted");
    let batch = batch(&server.await.unwrap()[0]);
    assert_eq!((batch.table_name.as_str(), ids(&batch)), ("customers_eu", vec![1]));
}

#[tokio::test]
async fn many_records_go_in_as_many_requests_as_the_limit_needs() {
    let records: Vec<Customer> = (0..40).map(customer).collect();
    let (url, server) = server::answering(vec![documented(&answers::ACCEPTED, &[]); 3]).await;
    let schema = Customer::schema().to_string().len();
    let limit = schema + 2_800;
    let client = Client::builder().client_id(1).token("t").base_url(url).body_bytes(limit).build().unwrap();
    client.batch(&records).await.unwrap();
    let requests = server.await.unwrap();
    assert!(requests.iter().all(|request| request.body.len() <= limit));
    let batches: Vec<Batch> = requests.iter().map(batch).collect();
    assert_eq!(batches.iter().flat_map(ids).collect::<Vec<i64>>(), (0..40).collect::<Vec<i64>>());
    assert!(batches.iter().all(|batch| serde_json::to_value(&batch.schema).unwrap() == *Customer::schema()));
    let sequences: Vec<i64> =
        batches.iter().flat_map(|batch| &batch.messages).map(|message| message.sequence).collect();
    assert!(sequences.is_sorted_by(|one, next| one < next));
}

#[tokio::test]
async fn a_refusal_tells_the_words_of_the_api_and_which_records() {
    let refused = documented(&answers::RECORD_TYPE, &[("<INDEX>", "0"), ("<FIELD>", "id")]);
    let (url, server) = server::answering(vec![documented(&answers::ACCEPTED, &[]), refused]).await;
    let limit = Customer::schema().to_string().len() + 1_000;
    let client = Client::builder().client_id(1).token("t").base_url(url).body_bytes(limit).build().unwrap();
    let records: Vec<Customer> = (0..20).map(customer).collect();
    let error = client.batch(&records).await.unwrap_err();
    let sent: Vec<Vec<i64>> = server.await.unwrap().iter().map(|request| ids(&batch(request))).collect();
    let ClientError::Refused(refusal) = &error.cause else { panic!("{error}") };
    assert_eq!((refusal.status, refusal.reason), (400, Reason::BadRequest));
    assert!(refusal.message.starts_with("Record 0 did not conform to schema: #/"), "{refusal}");
    assert!(error.to_string().contains(&refusal.message), "{error}");
    let (first, second) = (sent[0].len(), sent[0].len() + sent[1].len());
    let PushError { accepted, refused, unknown, unsent, .. } = error;
    assert_eq!((accepted, refused, unsent), (vec![0..first], vec![first..second], vec![second..20]));
    assert!(unknown.is_empty());
}

#[tokio::test]
async fn what_is_not_valid_or_too_large_keeps_all_from_being_sent() {
    // Nobody listens: what is sent would be told.
    let client = client("http://127.0.0.1:9");
    let bad = Customer { balance: f64::NAN, ..customer(2) };
    let error = client.batch(&[customer(0), customer(1), bad]).await.unwrap_err();
    let ClientError::Invalid(violations) = &error.cause else { panic!("{error}") };
    assert_eq!(violations.as_slice()[0].pointer, "/2/data/balance");
    assert_eq!((error.unsent, error.sequences.is_none()), (vec![0..3], true));
    let large = Customer { name: "n".repeat(4_000_000), ..customer(1) };
    let error = client.batch(&[customer(0), large]).await.unwrap_err();
    assert!(matches!(error.cause, ClientError::TooLarge { index: 1, limit: 4_000_000, .. }), "{error:?}");
    let error = client.table("").batch(&[customer(0)]).await.unwrap_err();
    assert!(error.to_string().contains("the name of the table is empty"), "{error}");
    let status = client.batch::<Customer>(&[]).await.unwrap();
    assert_eq!(status.message, "no records to send");
}

/// Rows of a table that is only appended to.
#[derive(Push)]
struct Visit {
    page: String,
}

impl Push for Visit {
    const TABLE_NAME: &'static str = "visits";
    const KEY_NAMES: &'static [&'static str] = &[];

    fn check_keys(&self, _check: &mut Check) {}
}

#[tokio::test]
async fn a_table_without_keys_has_none_in_its_batch() {
    let (url, server) = server::answering(vec![documented(&answers::ACCEPTED, &[]); 2]).await;
    let client = client(url);
    client.batch(&[Visit { page: "/".into() }]).await.unwrap();
    let schema = json!({ "properties": { "page": { "type": "string" } } });
    let mut body = BatchBody::new(&Table::new("visits"), &schema);
    body.push_json(1, &RawValue::from_string(r#"{"page":"/"}"#.into()).unwrap()).unwrap();
    client.batch_body(body).await.unwrap();
    for request in server.await.unwrap() {
        let batch = batch(&request);
        assert_eq!((batch.table_name.as_str(), batch.key_names), ("visits", None));
        assert_eq!(batch.messages[0].data.as_ref().unwrap()["page"], "/");
    }
}

/// Is written once, and refused from then on.
struct Once(Cell<bool>);

impl Value for Once {
    fn write<E: Encoder>(&self, encoder: &mut E) {
        if self.0.replace(true) {
            encoder.refuse();
        }
        encoder.null();
    }

    fn check(&self, check: &mut Check) {
        check.data_point();
    }

    fn sample() -> Self {
        Once(Cell::new(false))
    }
}

#[derive(Push)]
#[push(table = "changing", key = "id")]
struct Changing {
    id: i64,
    once: Option<Once>,
}

#[tokio::test]
async fn a_record_that_changes_after_its_check_is_told_by_its_place_among_all() {
    let (url, server) = server::answering(vec![documented(&answers::ACCEPTED, &[])]).await;
    let mut records: Vec<Changing> = (0..20_005).map(|id| Changing { id, once: None }).collect();
    records[20_003].once = Some(Once::sample());
    let error = client(url).batch(&records).await.unwrap_err();
    assert_eq!(batch(&server.await.unwrap()[0]).messages.len(), 20_000, "the first request is full");
    let ClientError::Invalid(violations) = &error.cause else { panic!("{error}") };
    assert_eq!(violations.as_slice()[0].pointer, "/20003/data");
    assert_eq!((error.accepted, error.unsent), (vec![0..20_000], vec![20_000..20_005]));
}

#[tokio::test]
async fn bytes_of_others_go_as_they_are_to_an_address_of_their_own() {
    let (url, server) = server::answering(vec![documented(&answers::ACCEPTED, &[]); 2]).await;
    let client = Client::builder().client_id(1).token("at_good").base_url(&url).batch_url(format!("{url}/big?a=1"));
    let client = client.build().unwrap();
    let bytes: &[u8] = br#"{"table_name": "customers"}"#;
    client.batch_bytes(bytes.into()).await.unwrap();
    client.push(&[customer(1)]).await.unwrap();
    let requests = server.await.unwrap();
    assert!(requests[0].head.starts_with("POST /big?a=1 HTTP/1.1\r\n"), "{}", requests[0].head);
    assert!(requests[0].has("authorization: Bearer at_good") && requests[0].has("content-type: application/json"));
    assert_eq!(requests[0].body, bytes);
    assert!(requests[1].head.starts_with("POST /v2/import/push "), "all else goes where it did: {}", requests[1].head);
}

#[test]
fn an_address_for_batches_is_one() {
    for (url, expected) in [
        ("nowhere", "the batch URL is no address"),
        ("http://user:hunter2@x/", "the batch URL has a user name or a password"),
        ("http://x/#a", "the batch URL has a `#`"),
    ] {
        let error = Client::builder().client_id(1).token("t").batch_url(url).build().unwrap_err().to_string();
        assert!(error.starts_with(expected) && !error.contains("hunter2"), "{error}");
    }
}

#[tokio::test]
async fn a_refusal_says_how_long_the_api_wants_to_be_left_alone() {
    let busy = server::answer(429, "").replace("Connection:", "Retry-After: 7\r\nConnection:");
    let (url, server) = server::answering(vec![busy, server::answer(503, "")]).await;
    let client = client(url);
    for expected in [Some(Duration::from_secs(7)), None] {
        let error = client.batch(&[customer(1)]).await.unwrap_err();
        let ClientError::Refused(refusal) = &error.cause else { panic!("{error}") };
        assert_eq!(refusal.retry_after, expected);
    }
    server.await.unwrap();
}
