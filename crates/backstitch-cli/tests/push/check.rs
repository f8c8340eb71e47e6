//! `backstitch validate`, `doctor` and `completions`.

use crate::{CLIENT_ID, Place, backstitch, said};

#[tokio::test(flavor = "multi_thread")]
async fn records_are_checked_without_being_sent() {
    let place = Place::new().await;
    place.write("orders.jsonl", "{\"id\":1}\n{\"id\":[2]}\n{\"id\":3,\"a\":NaN}\n");
    for remote in ["", "--remote"] {
        let said = place.run(&format!("validate orders.jsonl -t orders -k id {remote}"));
        assert_eq!((said.code, said.stdout.as_str()), (Some(3), "1 record valid, 2 not\n"), "{said:?}");
        assert!(said.stderr.contains("orders.jsonl:2: /data/id must be a scalar"), "{said:?}");
        assert!(said.stderr.contains("orders.jsonl:3:13: JSON has no NaN"), "{said:?}");
    }
    assert_eq!(place.count("orders").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_remote_no_account_is_needed() {
    let said = said(backstitch().args(["validate", "-", "-t", "orders", "-k", "id"]), b"{\"id\":1}");
    assert_eq!((said.code, said.stdout.as_str()), (Some(0), "1 record valid, 0 not\n"), "{said:?}");
}

#[test]
fn a_schema_is_checked_too() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("schema.json"), r#"{"properties":{"id":{"type":"integer"}}}"#).unwrap();
    let mut command = backstitch();
    command.current_dir(&folder).args("validate - -t orders -k id --endpoint batch --schema schema.json".split(' '));
    let said = said(&mut command, b"{\"id\":1}\n{\"id\":\"2\"}\n");
    assert_eq!(said.code, Some(3), "{said:?}");
    assert!(said.stderr.contains("standard input:2: /data/id: \"2\" is not of type"), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_doctor_finds_all_well() {
    let place = Place::new().await;
    let said = place.run("doctor");
    assert_eq!(said.code, Some(0), "{said:?}");
    for what in ["account", "region", "status", "clock", "token", "limits"] {
        assert!(said.stdout.contains(&format!("ok     {what}")), "{what}: {said:?}");
    }
    assert_eq!(place.count("backstitch_doctor").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_doctor_says_what_is_wrong_and_what_to_do() {
    let place = Place::new().await;
    let told = said(place.command("doctor").env("STITCH_TOKEN", "at_other"), b"");
    assert_eq!(told.code, Some(1), "{told:?}");
    assert!(told.stdout.contains("WRONG  token") && told.stdout.contains("check the access token"), "{told:?}");
    let told = said(place.command("doctor").env_remove("STITCH_TOKEN"), b"");
    assert!(told.stdout.contains("WRONG  account    no access token: set STITCH_TOKEN"), "{told:?}");
    let told = said(place.command("doctor").env("STITCH_URL", "http://127.0.0.1:1"), b"");
    assert!(told.stdout.contains("WRONG  status     can't reach http://127.0.0.1:1"), "{told:?}");
    let told = said(place.command("doctor").env("STITCH_CLIENT_ID", (CLIENT_ID + 1).to_string()), b"");
    assert!(told.stdout.contains("WRONG  token") && told.stdout.contains("403"), "{told:?}");
}

#[test]
fn shells_are_told_the_arguments() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let said = said(backstitch().args(["completions", shell]), b"");
        assert_eq!(said.code, Some(0), "{said:?}");
        assert!(said.stdout.contains("sequence-field"), "{shell}");
    }
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn what_was_asked_for_and_can_not_be_written_is_an_error() {
    let place = Place::new().await;
    place.write("orders.jsonl", "{\"id\":1}\n");
    place.write("schema.json", "{}");
    for arguments in [
        "completions bash",
        "schema orders.jsonl",
        "push orders.jsonl -t orders -k id --dry-run",
        "push orders.jsonl -t orders --endpoint batch --schema schema.json --dry-run",
    ] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = place.command(arguments).stdout(full).output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments}: {told}");
        assert!(told.contains("the standard output can't be written: No space left"), "{arguments}: {told}");
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_has_enough_is_no_error() {
    let place = Place::new().await;
    place.write("orders.jsonl", "{\"id\":1}\n".repeat(20_000));
    for arguments in ["completions bash", "schema orders.jsonl", "push orders.jsonl -t orders -k id --dry-run"] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = place.command(arguments).stdout(writer).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments}: {output:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_with_a_password_is_not_shown_by_the_doctor() {
    let place = Place::new().await;
    let told = place.run("doctor --url http://u:pw@127.0.0.1:1");
    assert_eq!(told.code, Some(1), "{told:?}");
    assert!(told.stdout.contains("WRONG  region") && !told.stdout.contains("pw"), "{told:?}");
}
