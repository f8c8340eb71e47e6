//! The records, and the requests that they are sent in.

use backstitch::{BatchBody, Push, PushBody, RawValue, Table};
use fastrand::Rng;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, StatusCode};
use serde_json::json;

use crate::database::{CLIENT_ID, TOKEN};

/// A row with rows of its own. All of it follows from its key and its nonce.
#[derive(Clone, Debug, PartialEq, Push)]
#[push(table = "accounts", key("region", "id"), doc_test = false)]
pub(crate) struct Account {
    pub(crate) region: String,
    pub(crate) id: i64,
    pub(crate) nonce: i64,
    pub(crate) note: String,
    pub(crate) home: Home,
    pub(crate) lines: Vec<Line>,
}

#[derive(Clone, Debug, PartialEq, Push)]
pub(crate) struct Home {
    /// Not in every record, so that there is something to become null again.
    #[push(skip_if = "Option::is_none")]
    pub(crate) street: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Push)]
pub(crate) struct Line {
    pub(crate) amount: i64,
    pub(crate) tags: Vec<String>,
}

impl Account {
    pub(crate) fn new(key: i64, nonce: i64) -> Self {
        let (region, id) = if key % 2 == 0 { ("north", key / 2) } else { ("south", key / 2) };
        let line = |place: i64| Line { amount: nonce + place, tags: vec![format!("t{nonce}"); (place % 3) as usize] };
        Account {
            region: region.to_owned(),
            id,
            nonce,
            note: "n".repeat((nonce % 50) as usize),
            home: Home { street: (nonce % 3 != 0).then(|| format!("street {nonce}")) },
            lines: (0..nonce % 4).map(line).collect(),
        }
    }

    pub(crate) fn key(&self) -> i64 {
        2 * self.id + i64::from(self.region == "south")
    }
}

/// A request that can be sent again.
#[derive(Clone)]
pub(crate) struct Request {
    path: &'static str,
    content_type: &'static str,
    body: Vec<u8>,
}

impl Request {
    /// Accounts with their sequences, in a push in JSON or Transit, or in a batch.
    pub(crate) fn of_accounts(random: &mut Rng, accounts: &[(Account, i64)]) -> Self {
        if random.u8(..3) == 0 {
            let mut body = BatchBody::of::<Account>();
            for (account, sequence) in accounts {
                body.push(account, *sequence).unwrap();
            }
            return Request::batch(body);
        }
        let is_transit = random.bool();
        let mut body = if is_transit { PushBody::transit(CLIENT_ID) } else { PushBody::json(CLIENT_ID) };
        for (account, sequence) in accounts {
            body.push(account, *sequence).unwrap();
        }
        let content_type = if is_transit { "application/transit+json" } else { "application/json" };
        Request { path: "/v2/import/push", content_type, body: body.finish() }
    }

    /// Rows of the table `visits`, which has no keys. Each has a number.
    pub(crate) fn of_visits(numbers: &[i64]) -> Self {
        let schema = json!({"type": "object", "properties": {"number": {"type": "integer"}}});
        let mut body = BatchBody::new(&Table::new("visits"), &schema);
        for number in numbers {
            let data = RawValue::from_string(format!(r#"{{"number":{number}}}"#)).unwrap();
            body.push_json(*number, &data).unwrap();
        }
        Request::batch(body)
    }

    fn batch(body: BatchBody) -> Self {
        Request { path: "/v2/import/batch", content_type: "application/json", body: body.finish() }
    }

    /// The same with a record more, which lacks its key: all of it is to be refused.
    pub(crate) fn spoiled(mut self) -> Self {
        let body = String::from_utf8(self.body).unwrap();
        let body = match (self.path, self.content_type) {
            ("/v2/import/batch", _) => {
                body.replacen(r#""messages":["#, r#""messages":[{"action":"upsert","sequence":1,"data":{}},"#, 1)
            }
            (_, "application/json") => format!(r#"{},{{"client_id":7723}}]"#, body.strip_suffix(']').unwrap()),
            _ => format!(r#"{},["^ ","client_id",7723]]"#, body.strip_suffix(']').unwrap()),
        };
        self.body = body.into_bytes();
        self
    }

    /// The status of the answer; an error where there was none.
    pub(crate) async fn send(&self, client: &Client, url: &str) -> reqwest::Result<StatusCode> {
        let request = client.post(format!("{url}{}", self.path)).bearer_auth(TOKEN);
        let answer = request.header(CONTENT_TYPE, self.content_type).body(self.body.clone()).send().await?;
        let status = answer.status();
        // Only then is the connection free for the next.
        answer.bytes().await?;
        Ok(status)
    }
}

/// A client with connections of its own.
pub(crate) fn client() -> Client {
    Client::builder().no_proxy().timeout(std::time::Duration::from_secs(60)).build().unwrap()
}
