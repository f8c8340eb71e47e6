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
    ] {
        let said = run(arguments);
        assert_eq!(said.code, Some(2), "{arguments}: {said:?}");
        assert!(said.stderr.contains(told), "{arguments}: {told}: {said:?}");
    }
}
