//! The API's documented refusals, read into types.

use std::fmt;
use std::time::Duration;

use backstitch_api::generated::error::ATTRIBUTES;
use backstitch_api::generated::{Error, ErrorReason};
use backstitch_api::responses::{Response, push};
use backstitch_api::{JsonType, regions};
use serde::Deserialize as _;

use super::ClientError;

/// Why the API refused a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// 400: the body is not an array of records.
    NotAnArray,
    /// 400: the body can't be parsed.
    Malformed,
    /// 400: too many records, or none, or another mistake of the request as a whole.
    BadRequest,
    /// 401: the token is missing or not known.
    NotAuthorized,
    /// 401: the token belongs to another region.
    WrongRegion,
    /// 401: the records have no client id.
    NotAuthenticated,
    /// 401: the integration is paused or deleted.
    Inactive,
    /// 403: the token does not belong to the client id.
    Forbidden,
    /// 404: nothing is at this address.
    NotFound,
    /// 405: the server takes no such call at this address.
    MethodNotAllowed,
    /// 413: the request is too large.
    TooLarge,
    /// 415: the content type is not taken.
    ContentType,
    /// 422: the API found records that are not valid; see [`Refusal::reasons`].
    InvalidRecords,
    /// 408, 425 or 429: too many requests, or too early; try again later.
    Busy,
    /// 5xx: the API has trouble; try again later.
    Unavailable,
    /// Any other status.
    Other,
}

/// The API's answer to a request that it refused. Where the status is less than 500, nothing of the
/// request was stored; a 5xx may come from a front end, and says nothing about that.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// What it means.
    pub reason: Reason,
    /// The API's own words, as far as it gave any.
    pub message: String,
    /// For records that are not valid: what is wrong, by attribute where the API says so.
    pub reasons: Vec<(Option<String>, String)>,
    /// What to do, where something can be done.
    pub help: Option<String>,
    /// How long the API asks to be left alone. The calls of a `Client` tell it; a `Sender` waits that long itself.
    pub retry_after: Option<Duration>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outcome = if self.status < 500 { "refused the request" } else { "failed, the outcome is not known," };
        write!(f, "the API {outcome} with status {}", self.status)?;
        if !self.message.is_empty() {
            write!(f, ": {}", self.message)?;
        }
        for (index, (attribute, reason)) in self.reasons.iter().enumerate() {
            f.write_str(if index == 0 { " " } else { ", " })?;
            match attribute {
                Some(attribute) => write!(f, "{attribute}: {reason}")?,
                None => f.write_str(reason)?,
            }
        }
        match &self.help {
            Some(help) => write!(f, "; {help}"),
            None => Ok(()),
        }
    }
}

/// The documented answers that are told apart by what they say. All others are by their status alone.
const TOLD_BY_WORDS: &[(&Response, Reason)] = &[
    (&push::NOT_AN_ARRAY, Reason::NotAnArray),
    (&push::MALFORMED, Reason::Malformed),
    (&push::INVALID_REGION, Reason::WrongRegion),
    (&push::INVALID_REGION_WITH_STATUS, Reason::WrongRegion),
    (&push::NOT_ACTIVE, Reason::Inactive),
    (&push::NO_CLIENT_ID, Reason::NotAuthenticated),
];

/// The error for an answer that is not 2xx.
pub(super) fn of(status: u16, body: &[u8], base_url: &str) -> ClientError {
    ClientError::Refused(refusal(status, body, base_url))
}

/// The refusal that an answer is.
pub(super) fn refusal(status: u16, body: &[u8], base_url: &str) -> Refusal {
    let error = read(body);
    let message = match &error {
        Some(error) => plain(&words(error).join(": ")),
        None => first_line(body),
    };
    let reason = reason(status, &message);
    let reasons = error.as_ref().map(reasons).unwrap_or_default();
    Refusal { status, reason, reasons, help: help(reason, base_url), message, retry_after: None }
}

/// The Error that a body is. What does not fit its attribute is left out: whatever stands in front of the API may use
/// the same names in its own way.
fn read(body: &[u8]) -> Option<Error> {
    let mut object: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(body).ok()?;
    object.retain(|name, value| {
        let found = JsonType::of(&value.to_string());
        ATTRIBUTES.iter().any(|attribute| attribute.name == name && attribute.accepts(found))
    });
    serde_json::from_value(object.into()).ok()
}

/// What an Error says in sentences, each once.
fn words(error: &Error) -> Vec<&str> {
    let inner = error.errors.as_ref().and_then(|errors| errors.get("error")?.as_str());
    let mut words: Vec<&str> = Vec::new();
    for word in [error.message.as_deref(), error.error.as_deref(), inner].into_iter().flatten() {
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

/// Whether a message says all that a documented answer says.
fn says(message: &str, answer: &Response) -> bool {
    let Some(error) = read(answer.body.as_bytes()) else { return false };
    // What stands in angle brackets is another text each time.
    let mut words = words(&error).into_iter().filter(|word| !word.contains('<')).peekable();
    words.peek().is_some() && words.all(|word| message.contains(word.trim_end_matches('.')))
}

fn reason(status: u16, message: &str) -> Reason {
    let told = TOLD_BY_WORDS.iter().find(|(answer, _)| answer.status == status && says(message, answer));
    if let Some((_, reason)) = told {
        return *reason;
    }
    match status {
        400 => Reason::BadRequest,
        401 => Reason::NotAuthorized,
        403 => Reason::Forbidden,
        404 => Reason::NotFound,
        405 => Reason::MethodNotAllowed,
        413 => Reason::TooLarge,
        415 => Reason::ContentType,
        422 => Reason::InvalidRecords,
        408 | 425 | 429 => Reason::Busy,
        500..=599 => Reason::Unavailable,
        _ => Reason::Other,
    }
}

fn help(reason: Reason, base_url: &str) -> Option<String> {
    let help = match reason {
        Reason::NotAuthorized => "check the access token".to_owned(),
        Reason::WrongRegion => {
            let other = if base_url == regions::EU { regions::US } else { regions::EU };
            format!("the account is in another region: try {other}")
        }
        Reason::Inactive => "the integration is paused or deleted: turn it on in Stitch".to_owned(),
        Reason::Forbidden | Reason::NotAuthenticated => "check that the token belongs to the client id".to_owned(),
        Reason::NotFound | Reason::MethodNotAllowed => format!("check that {base_url} is the Import API"),
        Reason::TooLarge => "send fewer bytes in a request".to_owned(),
        Reason::ContentType => {
            "send another format: `.format(WireFormat::Json)` on the builder is what every server takes".to_owned()
        }
        Reason::Busy | Reason::Unavailable => "try again later".to_owned(),
        _ => return None,
    };
    Some(help)
}

/// What the elements of `errors` say: each has a `reason`, a text or an object of lists by attribute.
fn reasons(error: &Error) -> Vec<(Option<String>, String)> {
    let mut found = Vec::new();
    let errors = error.errors.as_ref().and_then(serde_json::Value::as_array);
    for error in errors.into_iter().flatten().filter_map(|error| ErrorReason::deserialize(error).ok()) {
        match error.reason {
            serde_json::Value::String(text) => found.push((None, plain(&text))),
            serde_json::Value::Object(attributes) => {
                for (attribute, texts) in attributes {
                    let texts = texts.as_array().map_or(std::slice::from_ref(&texts), Vec::as_slice);
                    for text in texts.iter().filter_map(serde_json::Value::as_str) {
                        found.push((Some(plain(&attribute)), plain(text)));
                    }
                }
            }
            _ => {}
        }
    }
    found
}

/// A body that is no JSON, cut to a line: a front end may answer with a page.
fn first_line(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    plain(text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default())
}

/// A server's words as they can be shown: short, and without what a terminal would take for a command.
fn plain(text: &str) -> String {
    const LONGEST: usize = 500;
    text.chars().take(LONGEST).map(|character| if character.is_control() { ' ' } else { character }).collect()
}

#[cfg(test)]
mod tests {
    use backstitch_api::responses::batch;

    use super::{ClientError, Reason, Refusal, TOLD_BY_WORDS, of, push};

    fn refusal(status: u16, body: &str) -> Refusal {
        match of(status, body.as_bytes(), "http://gate") {
            ClientError::Refused(refusal) => refusal,
            other => panic!("{other}"),
        }
    }

    #[test]
    fn documented_bodies_become_reasons() {
        let cases = [
            (400, r#"{"status":"ERROR","message":"An array of records is expected"}"#, Reason::NotAnArray),
            (
                400,
                r#"{"status":"ERROR","message":"Malformed json in the body!","error":"x","input":null}"#,
                Reason::Malformed,
            ),
            (401, r#"{"message":"Invalid region."}"#, Reason::WrongRegion),
            (401, r#"{"status":"ERROR","error":"Invalid region.","errors":"Invalid region."}"#, Reason::WrongRegion),
            (401, r#"{"status":"ERROR","error":"Not Authenticated.","errors":null}"#, Reason::NotAuthenticated),
            (401, r#"{"error":"Forbidden","errors":{"error":"Connection is not active."}}"#, Reason::Inactive),
            (
                403,
                r#"{"status":"ERROR","error":"Forbidden","errors":{"error":"Access token is not associated with this client."}}"#,
                Reason::Forbidden,
            ),
            (401, r#"{"message":"Not Authorized"}"#, Reason::NotAuthorized),
            (405, "Method not allowed.", Reason::MethodNotAllowed),
            (413, "<html><body>413 Request Entity Too Large</body></html>", Reason::TooLarge),
            (503, "", Reason::Unavailable),
            (429, "", Reason::Busy),
        ];
        for (status, body, reason) in cases {
            assert_eq!(refusal(status, body).reason, reason, "{status} {body}");
        }
    }

    #[test]
    fn documented_answers_are_told_apart() {
        for (answer, reason) in TOLD_BY_WORDS {
            assert_eq!(refusal(answer.status, answer.body).reason, *reason, "{}", answer.body);
        }
        let others = [
            (&push::RECORD_COUNT, Reason::BadRequest),
            (&push::NOT_AUTHORIZED, Reason::NotAuthorized),
            (&push::OTHER_CLIENT, Reason::Forbidden),
            (&push::METHOD, Reason::MethodNotAllowed),
            (&push::UNAVAILABLE, Reason::Unavailable),
            (&push::BLANK, Reason::InvalidRecords),
        ];
        for (answer, reason) in others {
            assert_eq!(refusal(answer.status, answer.body).reason, reason, "{}", answer.body);
        }
    }

    #[test]
    fn documented_refusals_of_batches_show_their_words() {
        for answer in batch::ALL.iter().filter(|answer| answer.status >= 400) {
            let refusal = refusal(answer.status, answer.body);
            let documented: serde_json::Value = serde_json::from_str(answer.body).unwrap_or(answer.body.into());
            let words = [&documented["message"], &documented["error"], &documented].map(serde_json::Value::as_str);
            let words: Vec<&str> = words.into_iter().flatten().collect();
            assert!(!words.is_empty() && words.iter().all(|word| refusal.to_string().contains(word)), "{refusal}");
        }
        let record =
            refusal(400, r#"{"error":"Record 0 did not conform to schema: #/id: expected: Integer, found: String"}"#);
        assert_eq!(
            record.to_string(),
            "the API refused the request with status 400: Record 0 did not conform to schema: #/id: expected: Integer, \
             found: String"
        );
        assert_eq!(refusal(401, batch::NOT_ACTIVE.body).reason, Reason::Inactive);
        assert_eq!(refusal(401, batch::INVALID_REGION.body).reason, Reason::WrongRegion);
        assert_eq!(refusal(415, batch::CONTENT_TYPE.body).message, batch::CONTENT_TYPE.body);
    }

    #[test]
    fn attributes_of_other_types_are_left_out() {
        let refusal = refusal(404, r#"{"status":404,"error":"Not Found","message":null,"errors":5,"path":"/"}"#);
        assert_eq!((refusal.message.as_str(), refusal.reason), ("Not Found", Reason::NotFound));
        assert_eq!(self::refusal(502, "[1]").message, "[1]");
    }

    #[test]
    fn reasons_of_records_are_told_by_attribute() {
        let refusal = refusal(
            422,
            r#"{"status":"ERROR","error":"Request cannot be processed; see errors.","errors":[{"reason":{"sequence":["should be an integer","should be a number"]}},{"reason":"plain"}]}"#,
        );
        assert_eq!(
            refusal.reasons,
            [
                (Some("sequence".to_owned()), "should be an integer".to_owned()),
                (Some("sequence".to_owned()), "should be a number".to_owned()),
                (None, "plain".to_owned()),
            ]
        );
        assert_eq!(
            refusal.to_string(),
            "the API refused the request with status 422: Request cannot be processed; see errors. sequence: should \
             be an integer, sequence: should be a number, plain"
        );
    }
}
