//! A type that holds itself.

use backstitch::Push;

#[derive(Push)]
struct Node {
    name: String,
    next: Option<Box<Node>>,
    others: Vec<Node>,
}

// Through an alias, each other, and a record with destinations.
type Link = Option<Box<Chain>>;

#[derive(Push)]
struct Chain {
    next: Link,
}

#[derive(Push)]
struct Left {
    rights: Vec<Right>,
}

#[derive(Push)]
struct Right {
    left: Option<Box<Left>>,
    chain: Chain,
}

#[derive(Push)]
#[push(table = "customers", key = "id", destination("postgres", "bigquery"))]
struct Customer {
    id: i64,
    referral: Option<Box<Referral>>,
    referrals: Vec<Referral>,
    right: Right,
}

#[derive(Push)]
struct Referral {
    customer: Option<Box<Customer>>,
}

#[derive(Push)]
#[push(table = "trees", key = "id")]
struct Tree {
    id: i64,
    root: Node,
}

fn main() {
    let schema = &Tree::schema()["properties"]["root"]["properties"];
    assert_eq!(schema["next"], serde_json::json!({}));
    assert_eq!(schema["others"], serde_json::json!({"type": "array", "items": {}}));
    assert_eq!(Tree::schema()["required"], serde_json::json!(["id"]));
}
