//! What the client sends, and what it makes of answers, over sockets: a server that was told what to answer, and the gate.

#![allow(clippy::single_range_in_vec_init, reason = "the ranges of an error are a list of ranges")]

mod answers;
mod batch;
mod blocking;
mod references;
mod server;

use backstitch::Client;
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
        tags: vec!["a".into()],
        cached: None,
    }
}

fn client(url: impl Into<String>) -> Client {
    Client::builder().client_id(CLIENT_ID).token("at_good").base_url(url).build().unwrap()
}
