//! The API is described whole: its objects, its calls, and every documented answer, byte for byte.

use std::path::Path;

use backstitch_api::generated::objects;
use backstitch_api::generated::{Error, ErrorReason, push_record};
use backstitch_api::responses::{self, Response};
use backstitch_api::{Attribute, Presence, endpoints, limits};
use serde_json::Value;

/// The answers of each call, and those of none.
fn all_answers() -> impl Iterator<Item = (String, &'static [Response])> {
    let calls = responses::ALL.iter().map(|(title, answers)| (title.to_lowercase(), *answers));
    calls.chain([("no call".to_owned(), responses::OF_NO_CALL)])
}

#[test]
fn the_whole_api_is_described() {
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/api");
    let titles: Vec<&str> = objects::ALL.iter().map(|object| object.title).collect();
    println!("{} objects and structures: {}", titles.len(), titles.join(", "));
    for known in
        ["API Status", "Batch", "Batch Status", "Error Reason", "Error", "Message", "Push", "Schema", "Validate"]
    {
        assert!(titles.contains(&known), "{known}");
    }
    for object in objects::ALL {
        let schema: Value = serde_json::from_str(object.json_schema).unwrap();
        assert_eq!(schema["title"], object.title);
        assert_eq!(schema["properties"].as_object().unwrap().len(), object.attributes.len(), "{}", object.title);
        let required = schema["required"].as_array().is_some_and(|names| !names.is_empty());
        assert_eq!((object.check)(&serde_json::json!({})).is_err(), required, "{}", object.title);
        let stated = |attribute: &Attribute| attribute.presence == Presence::Required;
        assert!(required || !object.attributes.iter().any(stated), "{}", object.title);
        let page = pages.join(format!("{}.md", object.title.to_lowercase().replace(' ', "_")));
        let page = std::fs::read_to_string(page).unwrap();
        assert!(page.contains(object.json_schema), "{}", object.title);
    }

    let calls: Vec<_> = endpoints::ALL.iter().map(|call| format!("{} {}", call.method, call.path)).collect();
    println!("{} endpoints: {}", calls.len(), calls.join(", "));
    for known in ["POST /v2/import/batch", "POST /v2/import/push", "GET /v2/import/status", "POST /v2/import/validate"]
    {
        assert!(calls.iter().any(|call| call == known), "{known}");
    }
    assert_eq!(endpoints::PUSH.arguments, push_record::ATTRIBUTES);
    assert_eq!(endpoints::VALIDATE.arguments, push_record::ATTRIBUTES, "what is checked is what can be pushed");

    let counts: Vec<_> = all_answers().map(|(call, answers)| (call, answers.len())).collect();
    println!("answers: {counts:?}");
    for known in ["push", "validate", "batch", "status", "no call"] {
        assert!(counts.iter().any(|(call, count)| call == known && *count > 0), "{known}");
    }
}

#[test]
fn every_call_answers_success_with_its_status() {
    for (call, answers) in [
        (endpoints::PUSH, responses::push::ALL),
        (endpoints::VALIDATE, responses::validate::ALL),
        (endpoints::BATCH, responses::batch::ALL),
        (endpoints::STATUS, responses::status::ALL),
    ] {
        assert_eq!(answers[0].status, call.success, "{}", call.path);
    }
}

#[test]
fn every_answer_is_the_object_that_it_should_be() {
    for (call, answers) in all_answers() {
        for answer in answers.iter().filter(|answer| answer.is_json) {
            let context = format!("{call} {} {}", answer.status, answer.body);
            if answer.status >= 400 {
                let error: Error = serde_json::from_str(answer.body).expect(&context);
                error.validate().expect(&context);
                let value = serde_json::to_value(&error).unwrap();
                assert_eq!(
                    value,
                    serde_json::from_str::<Value>(answer.body).unwrap(),
                    "nothing is left out: {context}"
                );
                for reason in error.errors.iter().filter_map(Value::as_array).flatten() {
                    serde_json::from_value::<ErrorReason>(reason.clone()).expect(&context);
                }
            } else {
                let value = serde_json::from_str(answer.body).expect(&context);
                let is = |title: &str| {
                    objects::ALL.iter().any(|object| object.title == title && (object.check)(&value).is_ok())
                };
                let is_right = match call.as_str() {
                    "status" => is("API Status"),
                    "push" | "validate" | "batch" => is("Batch Status"),
                    _ => objects::ALL.iter().any(|object| is(object.title)),
                };
                assert!(is_right, "{context}");
            }
        }
    }
}

/// Some answer of the call, with these values put in, has this status and this body.
#[track_caller]
fn answers(of: &str, status: u16, body: &str) {
    let values = [
        ("<BYTE>", "20971521"),
        ("<TEXT>", "a \"text\""),
        ("<TYPE>", "application/xml"),
        ("<ID>", "7723"),
        ("<INDEX>", "0"),
        ("<FIELD>", "age"),
        ("<KEY>", "id"),
        ("<MAXIMUM>", "9223372036854775807"),
        ("<CHARACTERS>", &limits::KEY_CHARACTERS.to_string()),
        ("<DATA-POINTS>", &limits::DATA_POINTS_PER_RECORD.to_string()),
        ("<RECORDS>", &limits::RECORDS_PER_REQUEST.to_string()),
        ("<EXPECTED>", "String"),
        ("<FOUND>", "Integer"),
        ("<VERSION>", "1.0"),
        ("<REVISION>", "1"),
    ];
    let (_, known) = all_answers().find(|(call, _)| call == of).unwrap();
    let arguments = ["table_name", "sequence", "data", "key_names", "client_id", "schema"];
    let found = known.iter().any(|answer| {
        arguments.iter().any(|argument| {
            let values: Vec<_> = [("<ARGUMENT>", *argument)].into_iter().chain(values).collect();
            answer.status == status && answer.fill(&values) == body
        })
    });
    assert!(
        found,
        "{of} no longer answers {status} {body}\nThis list holds what the vendor documents, byte for byte. If that, or a \
         limit, is another now, change this line of crates/backstitch-api/tests/api.rs; if not, mend \
         spec/_data/import-api/response-codes/, and run `cargo xtask regenerate`."
    );
}

#[test]
fn documented_answers_are_in_the_tables_byte_for_byte() {
    let envelope = |reason: &str| {
        format!(
            r#"{{"status":"ERROR","error":"Request cannot be processed; see errors.","errors":[{{"reason":{reason}}}]}}"#
        )
    };
    for call in ["push", "batch"] {
        answers(call, 201, r#"{"status":"OK","message":"Batch Accepted!"}"#);
        answers(call, 202, r#"{"status":"Accepted","message":"The batch is queued to be processed."}"#);
        answers(
            call,
            503,
            r#"{"status":"ERROR","message":"The Import API is experiencing problems. Try again later."}"#,
        );
    }
    answers("validate", 200, r#"{"status":"OK","message":"Batch is valid!"}"#);
    answers("status", 200, r#"{"name":"pipeline.gate","version":"1.0","revision":"1","status":"OK","reason":null}"#);
    answers("no call", 404, r#"{"status":"ERROR","message":"Not found"}"#);
    for call in ["push", "validate", "batch"] {
        answers(call, 401, r#"{"message":"Not Authorized"}"#);
        answers(call, 401, r#"{"message":"Invalid region."}"#);
        answers(call, 401, r#"{"error":"Forbidden","errors":{"error":"Connection is not active."}}"#);
        answers(call, 405, "Method not allowed.");
        answers(
            call,
            413,
            r#"{"status":"ERROR","message":"Request rejected: request size (20971521s bytes) exceeds the maximum"}"#,
        );
    }
    for call in ["push", "validate"] {
        answers(call, 400, r#"{"status":"ERROR","message":"An array of records is expected"}"#);
        answers(
            call,
            400,
            r#"{"status":"ERROR","message":"Malformed json in the body!","error":"a \"text\"","input":null}"#,
        );
        answers(call, 400, r#"{"status":"ERROR","message":"An array of 1 to 20000 records is expected"}"#);
        answers(call, 401, r#"{"status":"ERROR","error":"Invalid region.","errors":"Invalid region."}"#);
        answers(call, 401, r#"{"status":"ERROR","error":"Not Authenticated.","errors":null}"#);
        answers(
            call,
            403,
            r#"{"status":"ERROR","error":"Forbidden","errors":{"error":"Access token is not associated with this client."}}"#,
        );
        answers(
            call,
            415,
            r#"{"status":"ERROR","message":"Unsupported content-type application/xml. Please send application/json or application/transit+json"}"#,
        );
        for reason in [
            r#""The batch contains data points for multiple clients. Only client_id 7723 is allowed""#,
            r#"{"table_name":["can't be blank"]}"#,
            r#"{"sequence":["should be an integer","should be a number"]}"#,
            r#"{"data":["data must be an object"]}"#,
            r#"{"data":["data must include keys"]}"#,
            r#"{"data":["keys cannot not be null in data"]}"#,
            r#"{"key_names":["can't be blank"],"key_properties":["unknown key"]}"#,
            r#"{"data":["String keys cannot be longer than 1024 characters"]}"#,
            r#"{"data":["data cannot have more than 10000 data points"]}"#,
            r#"{"sequence":["sequence can not be above 9223372036854775807"]}"#,
        ] {
            answers(call, 422, &envelope(reason));
        }
    }
    for error in [
        "Request failed validation:#: required key [schema] not found",
        "Request failed validation:#: extraneous key [data] is not permitted",
        "Request failed validation:#/table_name: expected type: String, found: Integer",
        "Request failed validation:#/messages/0: #: 0 subschemas matched instead of one #/messages/0: 2 schema violations found #/messages/0: required key [sequence] not found #/messages/0: extraneous key [data] is not permitted #/messages/0: required key [sequence] not found",
        "Record 0 did not conform to schema: #/age: expected: String, found: Integer",
        "Record is missing key property id",
        "Invalid JSON schema: unknown type: [application/xml]",
        "Request failed validation:#: sequence can not be above 9223372036854775807",
        "Request failed validation:#/schema: expected type: JSONObject, found: JSONArray",
        "Request failed validation:#/messages: expected minimum item count: 1, found: 0",
        "Request failed validation:#/messages: expected maximum item count: 20000, found: Integer",
        "Record 0 has more than 10000 data points",
    ] {
        answers("batch", 400, &format!(r#"{{"error":"{error}"}}"#));
    }
    answers("batch", 415, "Content-Type must be application/json");
}

#[test]
fn a_batch_has_no_other_keys_but_a_client_id_that_is_ignored() {
    let check = |more: &str| {
        let text = format!(
            r#"{{"table_name":"t","schema":{{"properties":{{}}}},"messages":[{{"action":"upsert","sequence":1,"data":{{}}}}]{more}}}"#
        );
        let batch = objects::ALL.iter().find(|object| object.title == "Batch").unwrap();
        (batch.check)(&serde_json::from_str(&text).unwrap())
    };
    for more in
        ["", r#","client_id":7723"#, r#","client_id":{"any":[null]}"#, r#","key_names":null"#, r#","key_names":[]"#]
    {
        check(more).unwrap();
    }
    for more in [r#","key_names":"id""#, r#","clientid":1"#, r#","table_version":"1""#] {
        assert!(check(more).is_err(), "{more}");
    }
}

/// A number as sentences have it.
fn in_words(number: usize) -> String {
    let digits = number.to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(|group| String::from_utf8_lossy(group)).collect();
    groups.join(",")
}

#[test]
fn sentences_say_the_limits_as_they_are() {
    let says = |page: &str, sentence: String| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/api").join(page);
        let text = std::fs::read_to_string(path).unwrap();
        assert!(text.contains(&sentence), "{page} does not say `{sentence}`: see spec/_data/import-api/general.yml");
    };
    let records = in_words(limits::RECORDS_PER_REQUEST);
    says("push.md", format!("up to {records},"));
    says("batch.md", format!("up to {records} messages"));
    says("message.md", format!("at most {} data points", in_words(limits::DATA_POINTS_PER_RECORD)));
}
