//! Configs, arguments, and what is written where nothing is sent.

use std::process::Stdio;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::messages::{apart, record, row, schema, state};
use crate::running::{TOKEN, config, run, singer};
use crate::server::Server;

/// The code, and what was told, where the command has these arguments and no input.
fn told(arguments: &[&str]) -> (Option<i32>, String) {
    let output = singer().args(arguments).stdin(Stdio::null()).output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_plain_config_has_a_token_and_a_client_id() {
    let server = Server::start([]);
    let config = json!({ "client_id": 3, "token": TOKEN });
    run(&config, &["--url", &server.url], &apart(&[1])).is(0, &["1"]);
    let request = &server.requests()[0];
    assert_eq!((request.path(), request.header("authorization")), ("/v2/import/batch", Some("Bearer at_secret1")));
}

#[test]
fn an_address_on_the_command_line_is_taken_before_that_of_the_config() {
    let (server, other) = (Server::start([]), Server::start([]));
    run(&config(&other), &["--url", &server.url], &apart(&[1])).is(0, &["1"]);
    assert_eq!((server.requests().len(), other.requests().len()), (1, 0));
}

/// What the command with a config and arguments says of a record that it is to send.
fn sending(config: &Value, environment: &[(&str, &str)], arguments: &[&str]) -> (Option<i32>, String) {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("config.json");
    std::fs::write(&file, config.to_string()).unwrap();
    let input = folder.path().join("input");
    std::fs::write(&input, apart(&[1]).join("\n")).unwrap();
    let mut command = singer();
    command.envs(environment.iter().copied()).arg("-c").arg(file).args(arguments);
    let output = command.stdin(std::fs::File::open(input).unwrap()).output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn an_address_on_the_command_line_counts_whatever_the_environment_says() {
    let (server, other) = (Server::start([]), Server::start([]));
    let same = [("STITCH_URL", server.url.as_str()), ("STITCH_REGION", "")];
    assert_eq!(sending(&config(&other), &same, &["--url", &server.url]).0, Some(0));
    assert_eq!((server.requests().len(), other.requests().len()), (1, 0));
    // That of the environment may be meant for others.
    assert_eq!(sending(&config(&other), &same, &[]).0, Some(0));
    assert_eq!((server.requests().len(), other.requests().len()), (1, 1));
}

#[test]
fn a_region_on_the_command_line_is_taken_before_the_addresses_of_the_config() {
    let other = Server::start([]);
    // A proxy that is none keeps it from the real address.
    let nowhere = [("HTTPS_PROXY", "http://127.0.0.1:1")];
    let (code, told) = sending(&config(&other), &nowhere, &["--region", "eu", "--retry-seconds", "0"]);
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("can't reach https://api.eu-central-1.stitchdata.com"), "{told}");
    assert_eq!(other.requests().len(), 0);
}

#[test]
fn a_config_without_what_is_needed() {
    for (config, expected) in [
        (json!({ "client_id": 3 }), "the config has no `token`"),
        (json!({ "client_id": 3, "token": "" }), "the config has no `token`"),
        (json!({ "client_id": 3, "token": null }), "the config has no `token`"),
        (json!({ "token": TOKEN }), "the config has no `client_id`"),
        (json!({ "client_id": "me", "token": TOKEN }), "the config has no `client_id`, or one that is no integer"),
        (json!({ "client_id": 3, "token": "two words" }), "the access token"),
        (json!({ "client_id": 3, "token": TOKEN, "small_batch_url": "nowhere" }), "the batch URL is no address"),
        (json!({ "client_id": 3, "token": TOKEN, "turbo_boost_factor": "x" }), "`turbo_boost_factor`"),
        (json!({ "client_id": [3], "token": TOKEN }), "is not what it should be"),
        (Value::from(5), "is not what it should be"),
    ] {
        run(&config, &[], &apart(&[1])).is(2, &[]).tells(expected);
    }
}

#[test]
fn a_token_is_not_told_where_it_is_no_text() {
    let ended = run(&json!({ "client_id": 3, "token": 918_273_645 }), &[], &apart(&[1]));
    ended.is(2, &[]).tells("`token` is no text");
    assert!(!ended.told.contains("918273645"), "{}", ended.told);
}

#[test]
fn flags_are_taken_as_python_takes_them() {
    let server = Server::start([]);
    let both = run(&config(&server), &["-v", "-q", "--max-batch-rec", "1"], &apart(&[1]));
    both.is(0, &["1"]).tells("DEBUG sending ");
    let ended = run(&config(&server), &["--dry", "-o", "-"], &apart(&[1]));
    assert_eq!(ended.code, Some(0), "{}", ended.told);
    let [body, state] = ended.states.as_slice() else { panic!("{ended:?}") };
    assert!(body.starts_with(r#"{"table_name": "users""#) && state == "1", "{ended:?}");
}

#[test]
fn a_config_that_is_not_there_is_bad_usage() {
    let (code, told) = told(&["-c", "nowhere/config.json"]);
    assert_eq!(code, Some(2));
    assert!(told.contains("the config nowhere/config.json can't be read"), "{told}");
}

#[test]
fn without_a_config_nothing_can_be_sent() {
    let (code, told) = told(&[]);
    assert_eq!(code, Some(2));
    assert!(told.contains("--config <FILE>"), "{told}");
}

#[test]
fn arguments_that_are_none_are_bad_usage() {
    for arguments in [
        &["-n", "--batch-delay-seconds", "soon"][..],
        &["-n", "--batch-delay-seconds", "-1"],
        &["-n", "--max-batch-records", "many"],
        &["-n", "--timeout", "0"],
        &["-n", "-o", "nowhere/bodies"],
    ] {
        assert_eq!(told(arguments).0, Some(2), "{arguments:?}");
    }
}

#[test]
fn a_dry_run_sends_nothing_and_writes_states() {
    let server = Server::start([]);
    run(&config(&server), &["-n"], &apart(&[1, 2])).is(0, &["1", "2"]).tells("users (1): the batch is valid");
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn a_dry_run_checks_records_against_their_schema() {
    let server = Server::start([]);
    let lines = [schema("users"), row("users", 1), record("users", r#"{"id": "two"}"#), state("2")];
    let ended = run(&config(&server), &["--dry-run"], &lines);
    ended.is(1, &[]).tells("line 3: a record of the stream `users` is not valid");
    ended.tells(r##"#/id: "two" is not of type "integer""##);
}

#[test]
fn a_dry_run_takes_times_as_the_api_does() {
    let server = Server::start([]);
    let at = |time: &str| record("users", &format!(r#"{{"id": 1, "at": "{time}"}}"#));
    let schema = schema("users").replace(r#""id": {"#, r#""at": {"type": "string", "format": "date-time"}, "id": {"#);
    let good = [schema.clone(), at("2026-01-14T00:00:00Z"), at("2026-01-14 00:00:00+0200")];
    run(&config(&server), &["-n"], &good).is(0, &[]);
    run(&config(&server), &["-n"], &[schema, at("yesterday")]).is(1, &[]).tells("line 2: ").tells("#/at: ");
}

#[test]
fn a_dry_run_tells_of_a_schema_that_is_none() {
    let server = Server::start([]);
    let schema = schema("users").replace(r#""integer""#, r#""whole""#);
    run(&config(&server), &["-n"], &[schema]).is(1, &[]).tells("line 1: the schema is none of JSON Schema, draft 4");
}

#[test]
fn bodies_are_written_to_a_file() {
    let server = Server::start([]);
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("bodies");
    let lines = apart(&[1, 2]);
    for arguments in [&["-n", "-o"][..], &["--output-file"]] {
        let arguments = [arguments, &[path.to_str().unwrap()]].concat();
        run(&config(&server), &arguments, &lines).is(0, &["1", "2"]);
        let written = std::fs::read_to_string(&path).unwrap();
        let ids: Vec<i64> = written
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap()["messages"][0]["data"]["id"].as_i64().unwrap())
            .collect();
        assert_eq!(ids, [1, 2]);
    }
    let written: Vec<String> = std::fs::read_to_string(&path).unwrap().lines().map(str::to_owned).collect();
    let sent: Vec<String> = server.requests().into_iter().map(|request| request.body).collect();
    assert_eq!(sent, written, "what was sent is what was written");
}

#[test]
fn it_is_told_what_was_accepted_unless_it_shall_be_quiet() {
    let server = Server::start([]);
    run(&config(&server), &[], &apart(&[1])).is(0, &["1"]).tells(r#"INFO METRIC: {"type": "counter""#);
    run(&config(&server), &["-v"], &apart(&[1])).is(0, &["1"]).tells("DEBUG sending ");
    let quiet = run(&config(&server), &["-q"], &apart(&[1]));
    assert_eq!(quiet.is(0, &["1"]).told, "");
}

#[test]
fn a_reader_of_states_that_went_away_ends_the_run() {
    let folder = TempDir::new().unwrap();
    let server = Server::start([]);
    let path = folder.path().join("config.json");
    std::fs::write(&path, config(&server).to_string()).unwrap();
    let input = folder.path().join("input");
    std::fs::write(&input, apart(&[1]).join("\n")).unwrap();
    let mut process = singer()
        .arg("-c")
        .arg(path)
        .stdin(std::fs::File::open(input).unwrap())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(process.stdout.take());
    let output = process.wait_with_output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("a STATE can't be written to the standard output"), "{told}");
}
