//! A type that holds itself.

use backstitch::Push;

#[derive(Push)]
struct Node {
    name: String,
    next: Option<Box<Node>>,
    others: Vec<Node>,
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
