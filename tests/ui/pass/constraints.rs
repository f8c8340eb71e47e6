//! Rules of a field, in the words of JSON Schema.

use backstitch::Push;

#[derive(Push)]
#[push(table = "customers", key = "id")]
struct Customer {
    #[push(minimum = 1, maximum = 99, example = 5)]
    id: i64,
    #[push(min_length = 2, max_length = 4, example = "Finn")]
    name: String,
    #[push(format = "date-time", example = "2020-01-13T21:25:03Z")]
    since: String,
    #[push(max_items = 1)]
    tags: Option<Vec<String>>,
    #[push(minimum = -5)]
    balance: Option<f64>,
}

fn main() {
    assert!(Customer::example().validate().is_ok());
    let bad = Customer {
        id: 100,
        name: "F".into(),
        since: "yesterday".into(),
        tags: Some(vec![String::new(), String::new()]),
        balance: Some(-5.5),
    };
    let told: Vec<String> = bad.validate().unwrap_err().into_iter().map(|violation| violation.to_string()).collect();
    assert_eq!(
        told,
        [
            "/data/id must be at most 99 (maximum)",
            "/data/name must have at least 2 characters (min_length)",
            "/data/since must be a date-time (format)",
            "/data/tags must have at most 1 element (max_items)",
            "/data/balance must be at least -5 (minimum)",
        ]
    );
    assert_eq!(Customer::schema()["properties"]["id"], serde_json::json!({"type": "integer", "minimum": 1, "maximum": 99}));
}
