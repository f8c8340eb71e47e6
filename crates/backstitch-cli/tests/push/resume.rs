//! Runs that are interrupted, and go on where they were.

use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch};

use crate::server::{ACCEPTED, REFUSED, Server};
use crate::{Place, said};

/// Of an environment variable, for the full run of `cargo xtask soak`.
fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// Where the position file says the next run goes on, in bytes; all of it where all was sent.
fn offset(file: &Path) -> u64 {
    let Ok(text) = std::fs::read(file) else { return 0 };
    let position: serde_json::Value = serde_json::from_slice(&text).unwrap();
    if position["file"] == 0 { position["position"]["offset"].as_u64().unwrap() } else { u64::MAX }
}

/// Kills a push again and again; then the gate has each key once, with the value of its last line.
async fn killed(options: &str) {
    let (lines, kills) = (number("BACKSTITCH_LINES", 60_000), number("BACKSTITCH_KILLS", 3));
    let place = Place::new().await;
    let keys = lines * 2 / 3;
    let mut file = std::io::BufWriter::new(std::fs::File::create(place.path("orders.jsonl")).unwrap());
    for line in 0..lines {
        writeln!(file, "{{\"id\":{},\"line\":{line},\"note\":\"a note that makes the line longer\"}}", line % keys)
            .unwrap();
    }
    drop(file.into_inner().unwrap());
    let bytes = std::fs::metadata(place.path("orders.jsonl")).unwrap().len();
    let arguments = format!("push orders.jsonl -t orders -k id --resume position.json --concurrency 2 {options}");
    let mut killed = 0;
    while killed < kills {
        let mut process = place.command(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let goal = bytes * (killed + 1) / (kills + 1);
        let has_ended = loop {
            if process.try_wait().unwrap().is_some() {
                break true;
            }
            if offset(&place.path("position.json")) >= goal {
                break false;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        };
        if has_ended {
            break;
        }
        process.kill().unwrap();
        process.wait().unwrap();
        killed += 1;
    }
    println!("killed {killed} times of {kills}, with {lines} lines");
    assert!(killed > 0, "it was never killed");
    let said = place.run(&arguments);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_eq!(offset(&place.path("position.json")), u64::MAX);
    let database = rusqlite::Connection::open(place.path("gate.db")).unwrap();
    let query = "SELECT count(*), sum(line), sum(id) FROM orders";
    let found: (i64, i64, i64) =
        database.query_row(query, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
    let last = |key: u64| if key < lines - keys { key + keys } else { key };
    assert_eq!(
        found,
        (keys as i64, (0..keys).map(last).sum::<u64>() as i64, (0..keys).sum::<u64>() as i64),
        "killed {killed} times"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_that_is_killed_goes_on_without_loss() {
    killed("").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_with_a_spool_that_is_killed_goes_on_without_loss() {
    killed("--spool spool.redb").await;
}

const ROWS: i64 = 30_000;
const BAD: i64 = 25_000;

/// A run ends at a bad record in the midst of a file; the next one goes on before it.
async fn goes_on(file: &str, bytes: impl AsRef<[u8]>, options: &str) {
    let place = Place::new().await;
    place.write(file, bytes);
    let arguments = format!("push {file} -t orders -k id --resume position.json {options}");
    let said = place.run(&arguments);
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.stderr.contains("start it again to go on where it was"), "{said:?}");
    assert!(offset(&place.path("position.json")) > 0);
    let said = place.run(&format!("{arguments} --max-rejects 1"));
    assert_eq!(said.code, Some(3), "{said:?}");
    assert!(said.stderr.contains(&format!("going on in {file} after line ")), "{said:?}");
    let sent: i64 = said.stdout.split(' ').next().unwrap().parse().unwrap();
    assert!(sent < ROWS / 2, "{said:?}");
    assert_eq!(place.count("orders").await, ROWS as u64 - 1);
    let said = place.run(&arguments);
    let told = "all of it was sent before, but for 1 record rejected: nothing is to be done\n";
    assert_eq!((said.code, said.stdout.as_str()), (Some(3), told));
}

fn lines(before: &str, bad: &str, between: &str) -> String {
    let line = |id| match id {
        BAD => bad.to_owned(),
        _ => format!("{before}{id}{}", "a note that makes the line longer, ".len()),
    };
    (1..=ROWS).map(line).collect::<Vec<_>>().join(between)
}

fn objects(between: &str) -> String {
    lines("{\"note\":\"a note that makes the line longer than it was\",\"id\":", "x", &format!("}}{between}"))
        .replace(&format!("{between}x}}"), &format!("{between}x"))
        + "}"
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_go_on_at_a_byte() {
    goes_on("orders.jsonl", objects("\n"), "").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_array_goes_on_after_an_element() {
    goes_on("orders.json", format!("[{}]", objects(",\n")), "").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn objects_over_several_lines_go_on_after_one() {
    goes_on("orders.json", objects("\n").replace("\nx\n", "\n{\nNaN}\n").replace("{\"", "{\n\""), "").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn csv_goes_on_at_a_row() {
    let rows = lines("a note that makes the line longer than it was,", "a,b,c", "\n");
    goes_on("orders.csv", format!("note,id\n{rows}"), "").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_compressed_goes_on_at_a_byte_of_what_it_was() {
    goes_on("orders.jsonl.zst", zstd::encode_all(objects("\n").as_bytes(), 1).unwrap(), "").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn parquet_goes_on_at_a_row() {
    let ids: ArrayRef = Arc::new(Int64Array::from_iter_values(1..=ROWS));
    let totals = (1..=ROWS).map(|id| if id == BAD { f64::NAN } else { 0.5 });
    let totals: ArrayRef = Arc::new(Float64Array::from_iter_values(totals));
    let batch = RecordBatch::try_from_iter([("id", ids), ("total", totals)]).unwrap();
    let mut writer = parquet::arrow::ArrowWriter::try_new(Vec::new(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    goes_on("orders.parquet", writer.into_inner().unwrap(), "").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sequences_grow_from_run_to_run() {
    let place = Place::new().await;
    place.write("orders.jsonl", "{\"id\":1}\n");
    place.run("push orders.jsonl -t orders -k id --resume position.json");
    let position: serde_json::Value = serde_json::from_str(&place.read("position.json")).unwrap();
    let sequence = place.rows("orders", &["_sdc_sequence"]).await;
    assert_eq!(sequence, [position["sequence"].to_string()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_position_in_another_file_or_with_other_options_is_refused() {
    let place = Place::new().await;
    place.write("orders.jsonl", "{\"id\":1}\n");
    assert_eq!(place.run("push orders.jsonl -t orders -k id --resume position.json").code, Some(0));
    let refused = |arguments: &str, told: &str| {
        let said = place.run(&format!("push {arguments} --resume position.json"));
        assert_eq!(said.code, Some(2), "{said:?}");
        assert!(said.stderr.contains(told) && said.stderr.contains("remove position.json"), "{told}: {said:?}");
    };
    refused("orders.jsonl -t other -k id", "--table `orders`, not `other`");
    refused("orders.jsonl -t orders -k id --sequence-field id", "--sequence-field");
    refused("orders.jsonl -t orders -k id --spool spool.redb", "--spool");
    refused("orders.jsonl -t orders -k id --endpoint batch", "--endpoint");
    refused("orders.jsonl orders.jsonl -t orders -k id", "is of 1 files, not of 2");
    place.write("orders.jsonl", "{\"id\":2}\n");
    refused("orders.jsonl -t orders -k id", "begins otherwise now");
    place.write("orders.jsonl", "{\"id\":1}\n{\"id\":2}\n");
    refused("orders.jsonl -t orders -k id", "when it had 9 bytes; it has 18 now");
    place.write("position.json", "{}");
    refused("orders.jsonl -t orders -k id", "is no position file");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_where_the_position_can_not_be_written() {
    let place = Place::new().await;
    place.write("orders.jsonl", "{\"id\":1}\n");
    let said = place.run("push orders.jsonl -t orders -k id --resume none/position.json");
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(
        said.stderr.contains("the position file none/position.json can't be written: nothing more is sent"),
        "{said:?}"
    );
    assert_eq!(place.count("orders").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_standard_input_has_no_position() {
    let place = Place::new().await;
    let said = place.run("push - -t orders -k id --resume position.json");
    assert_eq!(said.code, Some(2), "{said:?}");
    assert!(said.stderr.contains("write it to a file"), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_that_earlier_runs_went_beyond_is_one_for_what_comes() {
    static IS_UP: AtomicBool = AtomicBool::new(false);
    let place = Place::new().await;
    // A request, and then another.
    let lines: String = (1..=20_000).map(|id| format!("{{\"id\":{id}}}\n")).collect();
    place.write("a.jsonl", format!("{{}}\n{{}}\n{lines}"));
    place.write("b.jsonl", "{\"id\":99999}\n");
    let server = Server::start(|request| {
        let is_refused = request.body.contains("99999}") && !IS_UP.load(Ordering::SeqCst);
        if is_refused { (401, "no") } else { ACCEPTED }
    });
    let push = |most: u32| {
        let push = format!("push a.jsonl b.jsonl -t t -k id --resume p --concurrency 1 --max-rejects {most}");
        said(place.command(&push).env("STITCH_URL", &server.url), b"")
    };
    assert_eq!(push(2).code, Some(1));
    IS_UP.store(true, Ordering::SeqCst);
    let said = push(1);
    assert_eq!((said.code, said.stdout.as_str()), (Some(3), "1 record accepted\n"), "{said:?}");
    assert!(said.stderr.contains("2 records rejected by the runs before"), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_position_is_bound_to_the_schema() {
    let place = Place::new().await;
    place.write("orders.jsonl", "{\"id\":1}\n");
    let push = "push orders.jsonl -t orders -k id --endpoint batch --resume position.json";
    place.write("schema.json", r#"{"properties":{"id":{"type":"integer"}}}"#);
    assert_eq!(place.run(&format!("{push} --schema schema.json")).code, Some(0));
    // The file may have another name, or other spaces; but not say something else.
    place.write("same.json", r#"{ "properties": {"id": {"type": "integer"}} }"#);
    assert_eq!(place.run(&format!("{push} --schema same.json")).code, Some(0));
    place.write("schema.json", r#"{"properties":{"id":{"type":"string"}}}"#);
    let said = place.run(&format!("{push} --schema schema.json"));
    assert_eq!(said.code, Some(2), "{said:?}");
    assert!(said.stderr.contains("is of a run with another --schema; give it as it was"), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn records_that_were_rejected_count_in_the_next_run_too() {
    let place = Place::new().await;
    place.write("a.jsonl", "{\"id\":1}\nx\n");
    place.write("b.jsonl", "{\"id\":2}\ny\n{\"id\":3}\n");
    let push = "push a.jsonl b.jsonl -t orders -k id --resume position.json --max-rejects";
    let said = place.run(&format!("{push} 1"));
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.stderr.contains("2 records rejected"), "{said:?}");
    let said = place.run(&format!("{push} 1"));
    assert_eq!(said.code, Some(1), "the count begins anew: {said:?}");
    let said = place.run(&format!("{push} 2"));
    assert_eq!(said.code, Some(3), "{said:?}");
    let said = place.run(&format!("{push} 2"));
    assert_eq!(said.code, Some(3), "{said:?}");
    assert!(said.stdout.contains("all of it was sent before, but for 2 records rejected"), "{said:?}");
    assert_eq!(place.rows("orders", &["id"]).await, ["1", "2", "3"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_spool_what_the_api_rejects_counts_too() {
    let place = Place::new().await;
    let server = Server::start(|request| if request.body.contains("\"id\":2}") { REFUSED } else { ACCEPTED });
    place.write("orders.jsonl", "{\"id\":1}\n{\"id\":2}\nx\n");
    let mut command = place.command("push orders.jsonl -t orders -k id --resume position.json --spool spool.redb");
    let first = said(command.env("STITCH_URL", &server.url), b"");
    assert_eq!((first.code, first.stdout.as_str()), (Some(3), "1 record accepted, 2 rejected\n"), "{first:?}");
    let again = said(command.env("STITCH_URL", &server.url), b"");
    assert_eq!(again.code, Some(3), "{again:?}");
    assert!(again.stderr.contains("2 records rejected by the runs before"), "{again:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_runs_with_one_position_the_second_is_refused() {
    let place = Place::new().await;
    place.write("orders.jsonl", "{\"id\":1}\n");
    let push = "push orders.jsonl -t orders -k id --resume position.json";
    // Nothing answers there, so that it waits.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut command = place.command(push);
    command.env("STITCH_URL", format!("http://{}", silent.local_addr().unwrap()));
    let mut first = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let arrived = silent.accept().unwrap();
    let second = said(&mut command, b"");
    first.kill().unwrap();
    first.wait().unwrap();
    drop(arrived);
    assert_eq!(second.code, Some(1), "{second:?}");
    assert!(second.stderr.contains("another run goes on with the position file position.json"), "{second:?}");
    std::fs::remove_file(place.path("position.json")).unwrap();
    assert_eq!(place.run(push).code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_in_an_address_is_not_written_to_the_position_file() {
    let place = Place::new().await;
    place.write("orders.jsonl", "{\"id\":1}\n");
    let said = place.run("push orders.jsonl -t orders -k id --resume position.json --url http://u:pw@127.0.0.1:1");
    assert_eq!(said.code, Some(2), "{said:?}");
    assert!(said.stderr.contains("has a user name or a password") && !said.stderr.contains("pw@"), "{said:?}");
    assert!(!place.path("position.json").exists());
}
