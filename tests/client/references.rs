//! References to records.

use backstitch::{BatchBody, Destination, Push, PushBody};
use backstitch_api::responses::push as answers;
use backstitch_tests::Customer;

use crate::server::{self, documented};
use crate::{CLIENT_ID, client, customer};

#[tokio::test]
async fn a_part_of_a_list_is_sent_without_a_copy() {
    let (url, server) = server::answering(vec![documented(&answers::ACCEPTED, &[]); 2]).await;
    let customers: Vec<Customer> = (0..10).map(customer).collect();
    let even: Vec<&Customer> = customers.iter().filter(|customer| customer.id % 2 == 0).collect();
    let client = client(url);
    client.push(&even).await.unwrap();
    client.batch(&[&customers[3]]).await.unwrap();
    let requests = server.await.unwrap();
    let records: serde_json::Value = serde_json::from_slice(&requests[0].body).unwrap();
    let ids: Vec<_> = records.as_array().unwrap().iter().map(|record| record["data"]["id"].as_i64()).collect();
    assert_eq!(ids, [0, 2, 4, 6, 8].map(Some));
    assert!(String::from_utf8_lossy(&requests[1].body).contains(r#""data":{"id":3,"#));
}

#[test]
fn a_reference_is_in_all_what_its_record_is() {
    let record = customer(1);
    let bodies = |format: fn(i64) -> PushBody| {
        let (mut one, mut other) = (format(CLIENT_ID), format(CLIENT_ID));
        one.push(&record, 1).unwrap();
        other.push(&&record, 1).unwrap();
        (one.finish(), other.finish())
    };
    for (one, other) in [bodies(PushBody::json), bodies(PushBody::transit)] {
        assert_eq!(one, other);
    }
    let mut mixed = BatchBody::of::<Customer>();
    mixed.push(&&record, 1).expect("the type is the same");
    mixed.push(&record, 2).expect("the type is the same");
    assert_eq!(<&Customer>::schema(), Customer::schema());
    assert_eq!(<&Customer>::columns(Destination::Postgres), Customer::columns(Destination::Postgres));
    assert_eq!((<&Customer>::TABLE_NAME, <&Customer>::KEY_NAMES), ("customers", &["id"][..]));
    let bad = Customer { balance: f64::NAN, ..customer(1) };
    assert_eq!(Push::validate(&&bad), Push::validate(&bad));
    assert!(Push::validate(&&bad).is_err());
}
