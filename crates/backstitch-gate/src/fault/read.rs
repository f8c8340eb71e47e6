//! Reads faults from JSON, and says in the gate's words what is wrong with it.

use serde_json::Value;

use super::{Fault, Then};

const FIELDS: [&str; 4] = ["path", "times", "delay_ms", "then"];

/// The forms of `then`, for whoever wrote another.
const FORMS: &str = r#""pass", "html_413", "drop_reply", {"answer": {"status": 503, "headers": {}, "body": ""}}, {"too_many_requests": {"retry_after": 1}}, {"reset": "before_body"}, {"reset": "within_body"} or {"reset": "after_body"}"#;

/// A list of faults.
///
/// # Errors
/// What is wrong with the text, or with the first fault that is none.
pub(crate) fn read(text: &[u8]) -> Result<Vec<Fault>, String> {
    let list: Value = serde_json::from_slice(text)
        .map_err(|error| format!("the body is no JSON: see line {}, column {}", error.line(), error.column()))?;
    let Value::Array(list) = list else {
        return Err(r#"the body is a list of faults, such as [{"then": "drop_reply"}]"#.to_owned());
    };
    let faults = list.into_iter().enumerate();
    faults.map(|(index, value)| fault(value).map_err(|problem| format!("fault {index}: {problem}"))).collect()
}

fn fault(value: Value) -> Result<Fault, String> {
    let Value::Object(fields) = value else {
        return Err(r#"it is no object, such as {"then": "drop_reply"}"#.to_owned());
    };
    if let Some(name) = fields.keys().find(|name| !FIELDS.contains(&name.as_str())) {
        return Err(format!("there is no field {name:?}; there are {}", FIELDS.join(", ")));
    }
    let mut fault = Fault::none();
    for (name, value) in fields {
        match name.as_str() {
            "path" => fault.path = of(value).ok_or("path is text, such as \"/v2/import/push\"")?,
            "times" => fault.times = of(value).ok_or("times is a whole number")?,
            "delay_ms" => fault.delay_ms = of(value).ok_or("delay_ms is a whole number of milliseconds")?,
            _ => fault.then = of::<Then>(value).ok_or_else(|| format!("then is one of {FORMS}"))?,
        }
    }
    Ok(fault)
}

fn of<T: serde::de::DeserializeOwned>(value: Value) -> Option<T> {
    serde_json::from_value(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_said_in_words_of_the_gate() {
        for (text, told) in [
            ("[{}", "the body is no JSON: see line 1, column 3"),
            ("{}", "the body is a list of faults"),
            ("[{}, 7]", "fault 1: it is no object"),
            (r#"[{"than": "pass"}]"#, r#"fault 0: there is no field "than"; there are path, times, delay_ms, then"#),
            (r#"[{"times": -1}]"#, "fault 0: times is a whole number"),
            (r#"[{"delay_ms": "1"}]"#, "fault 0: delay_ms is a whole number of milliseconds"),
            (r#"[{"path": 1}]"#, "fault 0: path is text"),
            (r#"[{"then": "explode"}]"#, r#"fault 0: then is one of "pass", "#),
        ] {
            let error = read(text.as_bytes()).expect_err("refused");
            assert!(error.starts_with(told), "{text}: {error}");
        }
    }

    #[test]
    fn every_form_that_is_named_is_one() {
        for then in [
            r#""pass""#,
            r#""html_413""#,
            r#""drop_reply""#,
            r#"{"answer": {"status": 503, "headers": {}, "body": ""}}"#,
            r#"{"too_many_requests": {"retry_after": 1}}"#,
            r#"{"reset": "before_body"}"#,
            r#"{"reset": "within_body"}"#,
            r#"{"reset": "after_body"}"#,
        ] {
            assert!(FORMS.contains(then), "{then}");
            assert_eq!(read(format!(r#"[{{"then": {then}}}]"#).as_bytes()).map(|faults| faults.len()), Ok(1), "{then}");
        }
    }
}
