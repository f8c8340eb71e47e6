//! `backstitch doctor`: whether records would get through, and if not, what to do.

use std::io::Write as _;
use std::time::{Duration, SystemTime};

use anyhow::bail;
use backstitch::api::{endpoints, limits, regions};
use backstitch::{BodyError, Client, ClientError, PushBody, Row, Sequences, Table};

use crate::account::{Account, Settings};
use crate::terminal::{BAD, GOOD};

/// A clock that differs less may be right: a `Date` has whole seconds, and was on its way.
const MOST_SKEW: Duration = Duration::from_secs(30);

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    account: Account,
}

/// What was found of one thing: it is well, or what is wrong with it and what to do.
type Found = Result<String, String>;

pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let settings = arguments.account.settings()?;
    let mut wrong = 0;
    let mut tell = |what: &str, found: Found| {
        let (style, mark, text) = match &found {
            Ok(text) => (GOOD, "ok   ", text),
            Err(text) => (BAD, "WRONG", text),
        };
        wrong += u32::from(found.is_err());
        let _ = writeln!(anstream::stdout(), "{style}{mark}{style:#}  {what:9}  {text}");
    };
    tell("account", account(&settings));
    // An address that is none may have what nobody else is to see.
    let stranger = settings.stranger().map_err(|error| error.to_string());
    tell("region", stranger.as_ref().map(|client| region(client.base_url())).map_err(Clone::clone));
    if let Ok(stranger) = stranger {
        let reached = reach(&stranger).await;
        let server_time = reached.as_ref().ok().and_then(|(_, time)| *time);
        let is_reached = reached.is_ok();
        tell("status", reached.map(|(text, _)| text));
        if is_reached {
            tell("clock", clock(server_time, SystemTime::now()));
        }
        if is_reached && settings.client_id.is_some() && settings.token.is_some() {
            let token = match settings.client(Sequences::new()) {
                Ok(client) => token(&client).await.map(|text| (client, text)),
                Err(error) => Err(error.to_string()),
            };
            tell("token", token.as_ref().map(|(_, text)| text.clone()).map_err(Clone::clone));
            if let Ok((client, _)) = token {
                tell("limits", request(&client).await);
            }
        }
    }
    match wrong {
        0 => Ok(()),
        1 => bail!("one thing is wrong"),
        _ => bail!("{wrong} things are wrong"),
    }
}

fn account(settings: &Settings) -> Found {
    let client_id = settings.client_id().map_err(|error| error.to_string())?;
    settings.token().map_err(|error| error.to_string())?;
    Ok(format!("client {client_id}, with a token"))
}

fn region(base_url: &str) -> String {
    match base_url.trim_end_matches('/') {
        regions::US => format!("us: {base_url}"),
        regions::EU => format!("eu: {base_url}"),
        _ => format!("none: {base_url} is an address of its own, as a gate has"),
    }
}

/// Whether the API answers, and what time it is there.
async fn reach(client: &Client) -> Result<(String, Option<SystemTime>), String> {
    let status = client.status().await.map_err(|error| error.to_string())?;
    let http =
        reqwest::Client::builder().timeout(Duration::from_secs(30)).build().map_err(|error| error.to_string())?;
    let answer = http.get(format!("{}{}", client.base_url(), endpoints::STATUS.path)).send().await;
    let time = answer.ok().and_then(|answer| {
        let date = answer.headers().get(reqwest::header::DATE)?.to_str().ok()?;
        httpdate::parse_http_date(date).ok()
    });
    if status.status == "OK" {
        Ok((format!("the API takes requests ({} {})", status.name, status.version), time))
    } else {
        Err("the API says that it can't take requests now: try again later".to_owned())
    }
}

fn clock(there: Option<SystemTime>, here: SystemTime) -> Found {
    let Some(there) = there else { return Ok("not compared: the answer has no date".to_owned()) };
    let (skew, side) = match here.duration_since(there) {
        Ok(ahead) => (ahead, "ahead of"),
        Err(behind) => (behind.duration(), "behind"),
    };
    if skew <= MOST_SKEW {
        return Ok("that of this machine and that of the API agree".to_owned());
    }
    Err(format!(
        "this machine is {} s {side} the API: records that are the newer have their sequences from the clock; set it, or let \
         it be set (NTP)",
        skew.as_secs()
    ))
}

/// Has the API check a record, which stores nothing.
async fn token(client: &Client) -> Found {
    let body = body(client, 1).ok_or("no record can be written")?;
    match client.validate_body(body).await {
        Ok(_) => Ok("the API takes it for this client".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// Has the API check a request as long as they are made.
async fn request(client: &Client) -> Found {
    let body = body(client, limits::RECORDS_PER_REQUEST).ok_or("no record can be written")?;
    let (bytes, records) = (body.bytes(), body.records());
    match client.validate_body(body).await {
        Ok(_) => Ok(format!("a request of {bytes} bytes and {records} records gets through")),
        Err(error @ ClientError::Refused(_)) => Err(error.to_string()),
        Err(error) => {
            Err(format!("a request of {bytes} bytes does not get through ({error}): does a proxy on the way limit it?"))
        }
    }
}

/// So many records, or as many as a request takes.
fn body(client: &Client, records: usize) -> Option<PushBody> {
    let table = Table::new("backstitch_doctor").keys(["id"]);
    let sequences = Sequences::new();
    let mut body = PushBody::json(client.client_id()).limit_bytes(limits::DEFAULT_CLIENT_BYTES);
    for id in 0..records {
        let text = format!("{{\"id\":{id},\"note\":\"{}\"}}", "a record that is checked and not stored ".repeat(2));
        let row = Row::read(&text).ok()?;
        let raw = serde_json::from_str(row.text()).ok()?;
        match body.push_json(&table, sequences.take(1)?.first(), raw) {
            Ok(()) => {}
            Err(BodyError::Full { .. }) => break,
            Err(_) => return None,
        }
    }
    Some(body)
}

#[cfg(test)]
mod tests {
    use super::{Duration, SystemTime, clock};

    #[test]
    fn a_clock_that_is_wrong_is_told_with_its_side() {
        let there = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        assert!(clock(Some(there), there + Duration::from_secs(20)).is_ok());
        assert!(clock(Some(there), there + Duration::from_secs(90)).unwrap_err().contains("90 s ahead"));
        assert!(clock(Some(there), there - Duration::from_secs(3600)).unwrap_err().contains("3600 s behind"));
    }
}
