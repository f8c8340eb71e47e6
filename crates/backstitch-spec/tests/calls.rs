//! Slips in calls, in answers and in what the API says of itself: what is told of each, and where.

use backstitch_spec::{Code, Loaded, Options, Severity, load_files};

const THING: &str = r#"---
content-type: api-object
product-type: shop
endpoint: things
title: Thing
available-methods:
  - title: Get
    method: get
object-attributes:
  - name: size
    type: integer
    required: true
---
"#;

const CALL: &str = r#"---
content-type: api-endpoint
product-type: shop
endpoint: things
title: Get
method: get
short-url: /things/{id}
arguments:
  - name: id
    type: path parameter
returns-object: Thing
examples:
  - type: Response
    code: |
      {"size": 1}
  - type: Anything at all
    code: curl
---
"#;

const API: &str = r#"---
content-type: api
limits:
  - name: most-things
    value: 1
base-urls:
  - id: us
    url: https://us.example
---
"#;

const ANSWERS: &str = r#"all:
  - code: "200"
    responses:
      - key: found
        condition: It is there
        response-body: |
          ```json
          {
            "size": 1
          }
          ```
      - key: queued
        response-body: '{"size": "<SIZE>"}'
"#;

/// Reads the files with `from` replaced by `to` in each.
fn changed(from: &str, to: &str) -> Loaded {
    let files =
        [("thing.md", THING), ("call.md", CALL), ("api.md", API), ("_data/shop/response-codes/things.yml", ANSWERS)];
    assert!(files.iter().any(|(_, text)| text.contains(from)), "{from}");
    let texts = files.map(|(path, text)| (path, text.replace(from, to)));
    load_files(texts.iter().map(|(path, text)| (*path, text.as_bytes())), Options::default())
}

#[test]
fn sound_calls_leave_nothing_to_tell() {
    assert_eq!(changed("Get", "Get").report.to_text(false), "");
}

/// What is changed and into what, the code, how grave it is, the text that is marked, a word of the help.
type Case = (&'static str, &'static str, Code, Severity, &'static str, &'static str);

#[test]
fn a_slip_in_a_call_is_told_once_at_its_place() {
    use Severity::{Error, Warning};
    #[rustfmt::skip]
    let cases: &[Case] = &[
        ("method: get\nshort", "method: gte\nshort", Code::WrongKind, Error, "gte", "`get`"),
        ("method: get\nshort", "method: acquire\nshort", Code::WrongKind, Error, "acquire", "options"),
        ("short-url: /", "short-url: ", Code::WrongKind, Error, "things/{id}", "`/`"),
        ("{id}", "{id}/{part}", Code::PathMismatch, Warning, "{part}", "add an argument"),
        ("{id}", "{thing}", Code::PathMismatch, Warning, "{thing}", "`{id}`"),
        ("path parameter", "string", Code::PathMismatch, Warning, "{id}", "`path parameter`"),
        ("path parameter", "path paramter", Code::UnknownType, Error, "path paramter", "`path parameter`"),
        ("{id}", "{ids}", Code::PathMismatch, Warning, "{ids}", "`{id}`"),
        ("/{id}", "", Code::PathMismatch, Warning, "id", "`{id}`"),
        ("type: Response", "type: Respnse", Code::WrongKind, Warning, "Respnse", "`Response`"),
        ("    code: curl", "    code: curl\n    titel: x", Code::UnknownKey, Warning, "titel", "`title`"),
        ("    code: curl", "    codes: curl", Code::MissingKey, Error, "codes", "`code`"),
        ("endpoint: things\ntitle: Get", "endpoint: thigns\ntitle: Get", Code::UnknownEndpoint, Warning, "thigns", "`things`"),
        ("    method: get", "    method: get\n    shrt: x", Code::UnknownKey, Warning, "shrt", "`short`"),
        ("    value: 1", "    value: 1\n    vlaue: 2", Code::UnknownKey, Warning, "vlaue", "`value`"),
        ("    url:", "    ulr: x\n    url:", Code::UnknownKey, Warning, "ulr", "`url`"),
        ("https://us", "us", Code::WrongKind, Error, "us.example", "https://"),
        ("        response-body: '", "        respnse-body: '", Code::UnknownKey, Warning, "respnse-body", "`response-body`"),
        ("        response-body: '{\"size\": \"<SIZE>\"}'\n", "", Code::MissingKey, Warning, "", "`response-body:"),
        ("- key: queued", "- condtion: queued", Code::MissingKey, Error, "condtion", "`condition`"),
        ("  \"size\": 1\n", "  \"size\": 1,\n", Code::ExampleSyntax, Error, "}", "mend"),
        ("  \"size\": 1\n", "  \"size\": \"x\"\n", Code::ExampleMismatch, Warning, "\"x\"", "example"),
        ("\"<SIZE>\"", "true", Code::ExampleMismatch, Warning, "true", "example"),
        ("method: get\nshort", "method: get\narguments-objct: thing\nshort", Code::UnknownKey, Warning, "arguments-objct", "`arguments-object`"),
    ];
    for (from, to, code, severity, marked, help) in cases {
        let loaded = changed(from, to);
        let told = loaded.report.to_text(false);
        let [diagnostic] = loaded.report.diagnostics() else { panic!("`{from}` as `{to}`: one thing is told\n{told}") };
        let mark = diagnostic.marks[0].text();
        assert_eq!((diagnostic.code, diagnostic.severity, mark), (*code, *severity, *marked), "{told}");
        assert!(diagnostic.help.as_ref().is_some_and(|text| text.contains(help)), "`{from}` as `{to}`\n{told}");
    }
}
