//! What the two attributes say is not the same.

use backstitch::Push;

#[derive(Push, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[push(table = "customers", key = "ID", rename_all = "UPPERCASE")]
struct Customer {
    id: i64,
    #[serde(rename = "mail")]
    #[push(rename = "e-mail")]
    address: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[push(skip_if = Option::is_some)]
    nick: Option<String>,
}

fn main() {}
