//! The account: from the command line, the environment, or a file, in that order.

use crate::{CLIENT_ID, Place, TOKEN, backstitch, said};

#[tokio::test(flavor = "multi_thread")]
async fn a_file_says_what_nothing_else_does() {
    let place = Place::new().await;
    place.write("orders.jsonl", "{\"id\":1}\n");
    let url = place.gate.url();
    place.write("backstitch.toml", format!("client_id = {CLIENT_ID}\ntoken = \"{TOKEN}\"\nurl = \"{url}\"\n"));
    let push = ["push", "orders.jsonl", "-t", "orders", "-k", "id", "--config", "backstitch.toml"];
    let run = |environment: &[(&str, &str)], more: &[&str]| {
        said(backstitch().current_dir(&place.folder).envs(environment.iter().copied()).args(push).args(more), b"")
    };
    assert_eq!(run(&[], &[]).code, Some(0));
    // An empty variable is one that is not set.
    assert_eq!(run(&[("STITCH_TOKEN", "")], &[]).code, Some(0));
    assert_eq!(run(&[("STITCH_TOKEN", "at_wrong")], &[]).code, Some(1));
    assert_eq!(run(&[("STITCH_URL", "http://127.0.0.1:1")], &["--url", &url]).code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_without_a_token_is_told() {
    let place = Place::new().await;
    place.write("orders.jsonl", "{\"id\":1}\n");
    place.write("backstitch.toml", "client_id = 7723\n");
    let mut command = place.command("push orders.jsonl -t orders -k id --config backstitch.toml");
    let said = said(command.env_remove("STITCH_TOKEN"), b"");
    assert_eq!(said.code, Some(2), "{said:?}");
    assert!(
        said.stderr.contains("no access token: set STITCH_TOKEN, give --token, or add `token` to backstitch.toml"),
        "{said:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_in_a_file_is_told_with_its_place() {
    let place = Place::new().await;
    for (text, told) in [
        ("client_id = 7723\ntokn = \"x\"\n", "backstitch.toml:2:1: unknown field `tokn`"),
        ("client_id = \"x\"\n", "backstitch.toml:1:13: "),
        ("token = \n", "backstitch.toml:1:"),
        ("region = \"asia\"\n", "`region` is `asia`: write `us` or `eu`"),
    ] {
        place.write("backstitch.toml", text);
        let said = place.run("push - -t orders -k id --config backstitch.toml");
        assert_eq!(said.code, Some(2), "{said:?}");
        assert!(said.stderr.contains(told), "{told}: {said:?}");
    }
}

#[test]
fn wrong_use_is_told_with_what_is_right() {
    let run = |arguments: &str| said(backstitch().env("STITCH_TOKEN", "x").args(arguments.split(' ')), b"");
    for (arguments, told) in [
        ("push", "<FILE>"),
        ("push - -k id", "--table"),
        ("push - -t orders", "name the field of the primary key with --key"),
        ("push - -t orders -k id", "no client id: set STITCH_CLIENT_ID"),
        ("push - - -t orders -k id --client-id 1", "named twice"),
        ("push - -t orders -k id --client-id 1 --rename ab", "OLD=NEW"),
        ("push - -t orders -k id --client-id 1 --types a=date", "`a=date` is no type of a field"),
        ("push - -t orders -k id --client-id 1 --schema x", "is for --endpoint batch"),
        ("push - -t orders --client-id 1 --endpoint batch", "give its schema with --schema FILE"),
        ("push - -t orders -k id --client-id 1 --types infer --format csv", "can't be read twice"),
        ("push - -t orders -k id --concurrency 0", "1..=256"),
        ("push - -t orders -k id --timeout 0", "0 is not in 1.."),
        ("push - -t orders -k id --config missing.toml", "the config missing.toml can't be read"),
        ("push - -t orders -k id --client-id 1 --url foo", "the base URL is no address"),
        ("push - -t orders -k id --client-id 1 --endpoint batch --schema missing", "the schema missing can't be read"),
        ("push - -k id --client-id 1 --table=", "--table `` must"),
        ("push - -t orders --client-id 1 --key=", "--key names no field"),
        ("validate - -t orders -k id --client-id 1 --remote --url foo", "the base URL is no address"),
        ("status --url foo", "the base URL is no address"),
    ] {
        let said = run(arguments);
        assert_eq!(said.code, Some(2), "{arguments}: {said:?}");
        assert!(said.stderr.contains(told), "{arguments}: {told}: {said:?}");
    }
}

#[test]
fn a_token_that_is_none_is_wrong_use() {
    let mut command = backstitch();
    command.args("push - -t orders -k id --client-id 1".split(' ')).env("STITCH_TOKEN", "a b");
    let said = said(&mut command, b"{\"id\":1}");
    assert_eq!(said.code, Some(2), "{said:?}");
    assert!(said.stderr.contains("the access token is empty, or has spaces"), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_variable_is_one_that_is_not_set() {
    let place = Place::new().await;
    place.write("orders.jsonl", "{\"id\":1}\n");
    let url = place.gate.url();
    place.write("backstitch.toml", format!("client_id = {CLIENT_ID}\ntoken = \"{TOKEN}\"\nurl = \"{url}\"\n"));
    let empty = ["STITCH_URL", "STITCH_REGION", "STITCH_CLIENT_ID", "STITCH_TOKEN"].map(|name| (name, ""));
    let push = "push orders.jsonl -t orders -k id";
    let told = said(place.command(&format!("{push} --config backstitch.toml")).envs(empty), b"");
    assert_eq!(told.code, Some(0), "{told:?}");
    let told = said(place.command(push).env("STITCH_REGION", "").env("BACKSTITCH_CONFIG", ""), b"");
    assert_eq!(told.code, Some(0), "{told:?}");
    let told = said(place.command(&format!("status --url {url}")).envs(empty), b"");
    assert_eq!(told.code, Some(0), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_environment_says_wrongly_is_told() {
    let place = Place::new().await;
    for (name, value, expected) in [
        ("STITCH_CLIENT_ID", "x", "STITCH_CLIENT_ID is no integer"),
        ("BACKSTITCH_CONFIG", "missing.toml", "the config missing.toml can't be read"),
    ] {
        let told = said(place.command("push - -t orders -k id").env(name, value), b"");
        assert_eq!(told.code, Some(2), "{told:?}");
        assert!(told.stderr.contains(expected), "{told:?}");
    }
    let told = said(place.command("status").env_remove("STITCH_URL").env("STITCH_REGION", "asia"), b"");
    assert_eq!(told.code, Some(2), "{told:?}");
    assert!(told.stderr.contains("STITCH_REGION is `asia`: write `us` or `eu`"), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_region_on_the_command_line_counts_more_than_an_address_of_the_environment() {
    let place = Place::new().await;
    place.write("orders.jsonl", "{\"id\":1}\n");
    // A proxy keeps it from the real address.
    let mut command = place.command("push orders.jsonl -t orders -k id --region eu --timeout 1");
    let told = said(command.env("HTTPS_PROXY", "http://127.0.0.1:1"), b"");
    assert_eq!(told.code, Some(1), "{told:?}");
    assert!(told.stderr.contains("can't reach https://api.eu-central-1.stitchdata.com"), "{told:?}");
}

#[test]
fn a_proxy_that_is_not_reached_is_named() {
    let status = |no_proxy: &str| {
        let mut command = backstitch();
        for name in ["http_proxy", "all_proxy", "no_proxy"] {
            command.env_remove(name);
        }
        command.env("HTTP_PROXY", "http://user:word@127.0.0.1:1").env("NO_PROXY", no_proxy);
        said(command.args(["status", "--url", "http://127.0.0.2:1"]), b"")
    };
    let told = status("");
    assert_eq!(told.code, Some(1), "{told:?}");
    assert!(told.stderr.contains("can't reach http://127.0.0.2:1: "), "{told:?}");
    assert!(told.stderr.contains(", through the proxy 127.0.0.1:1 (HTTP_PROXY"), "{told:?}");
    assert!(!told.stderr.contains("word"), "{told:?}");
    let told = status("127.0.0.2");
    assert!(told.stderr.contains("can't reach http://127.0.0.2:1: ") && !told.stderr.contains("proxy"), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_written_is_for_one_thing() {
    let place = Place::new().await;
    place.write("orders.jsonl", "{\"id\":1}\n");
    place.write("position.json", "");
    for (options, by) in [
        ("--dead-letter orders.jsonl", "what is read and by --dead-letter"),
        ("--dead-letter ./orders.jsonl", "what is read and by --dead-letter"),
        ("--spool orders.jsonl", "what is read and by --spool"),
        ("--resume position.json --dead-letter position.json", "--resume and by --dead-letter"),
        ("--spool new.redb --dead-letter new.redb", "--spool and by --dead-letter"),
        ("--spool new.redb --resume new.redb.rejected.jsonl", "--resume and by the dead letters of --spool"),
    ] {
        let told = place.run(&format!("push orders.jsonl -t orders -k id {options}"));
        assert_eq!(told.code, Some(2), "{options}: {told:?}");
        assert!(told.stderr.contains(&format!("is named by {by}")), "{options}: {told:?}");
    }
    assert_eq!(place.read("orders.jsonl"), "{\"id\":1}\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn all_commands_that_ask_an_api_know_the_file() {
    let place = Place::new().await;
    place.write("b.toml", format!("client_id = 7723\ntoken = \"{TOKEN}\"\nurl = \"{}\"\n", place.gate.url()));
    place.write("orders.jsonl", "{\"id\":1}\n");
    let run = |arguments: &str| {
        let mut command = backstitch();
        command.current_dir(place.folder.path()).env("BACKSTITCH_CONFIG", "b.toml");
        said(command.args(arguments.split_whitespace()), b"")
    };
    let told = run("status");
    assert_eq!((told.code, told.stdout.contains(&place.gate.url())), (Some(0), true), "{told:?}");
    assert_eq!(run("doctor").code, Some(0));
    let export = run("push orders.jsonl -t orders -k id --dry-run");
    place.write("lines.jsonl", export.stdout.lines().next().unwrap());
    let told = run("spool replay lines.jsonl");
    assert_eq!(told.code, Some(0), "{told:?}");
    assert_eq!(place.count("orders").await, 1);
    place.write("singer.json", format!(r#"{{"client_id": 7723, "token": "{TOKEN}", "url": "{}"}}"#, place.gate.url()));
    place.write(
        "tap.jsonl",
        "{\"type\": \"SCHEMA\", \"stream\": \"visits\", \"key_properties\": [\"id\"], \"schema\": {\"properties\": {\"id\": {\"type\": \"integer\"}}}}\n\
         {\"type\": \"RECORD\", \"stream\": \"visits\", \"record\": {\"id\": 1}}\n",
    );
    let mut singer = backstitch();
    let told = said(
        singer.current_dir(place.folder.path()).args(["singer", "-c", "singer.json"]),
        place.read("tap.jsonl").as_bytes(),
    );
    assert_eq!((told.code, place.count("visits").await), (Some(0), 1), "{told:?}");
}
