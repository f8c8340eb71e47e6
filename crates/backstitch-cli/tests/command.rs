//! The command as a person or a script runs it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use backstitch::{Client, Push, PushBody};

fn backstitch() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_backstitch"));
    for name in ["BACKSTITCH_GATE_TOKENS", "STITCH_URL", "STITCH_REGION"] {
        command.env_remove(name);
    }
    command
}

fn text(output: &Output) -> (String, String) {
    (String::from_utf8_lossy(&output.stdout).into_owned(), String::from_utf8_lossy(&output.stderr).into_owned())
}

fn count(database: &Path, query: &str) -> i64 {
    let connection = rusqlite::Connection::open(database).unwrap();
    connection.query_row(query, [], |row| row.get(0)).unwrap()
}

#[test]
fn the_demo_ends_with_rows_in_a_database() {
    let temporary = tempfile::tempdir().unwrap();
    let output = backstitch().args(["demo", "--keep"]).env("TMPDIR", temporary.path()).output().unwrap();
    let (stdout, stderr) = text(&output);
    assert!(output.status.success(), "{stderr}");
    // The keys of the API's own example, in its order.
    let keys = ["client_id", "table_name", "sequence", "data", "key_names", "action"];
    let at: Vec<usize> = keys.iter().map(|key| stdout.find(&format!("\"{key}\":")).unwrap()).collect();
    assert!(at.is_sorted(), "{stdout}");
    assert!(stdout.contains("Sent:      7666 records in 16 requests"), "{stdout}");
    assert!(stdout.contains("│ 1    Jake 1"), "{stdout}");
    assert!(stdout.contains("Authorization: Bearer [hidden]") && !stdout.contains("at_demo"), "{stdout}");
    let database = stdout.lines().find_map(|line| line.strip_prefix("The database is ")).unwrap();
    let database = Path::new(database);
    assert!(!database.with_extension("db-wal").exists(), "all of it is in the one file");
    assert_eq!(count(database, "SELECT count(*) FROM customers"), 5_000);
    assert_eq!(count(database, "SELECT count(*) FROM customers WHERE plan = 'paid'"), 1_000);
    assert_eq!(count(database, "SELECT count(*) FROM customers WHERE plan = 'stale'"), 0);
}

#[test]
fn the_demo_leaves_nothing_behind() {
    let temporary = tempfile::tempdir().unwrap();
    let output = backstitch().args(["demo", "--records", "20"]).env("TMPDIR", temporary.path()).output().unwrap();
    assert!(output.status.success(), "{}", text(&output).1);
    assert_eq!(std::fs::read_dir(temporary.path()).unwrap().count(), 0);
}

/// A gate as a process of its own.
struct Gate {
    process: Child,
    url: String,
}

impl Gate {
    fn start(database: &Path) -> Gate {
        Gate::start_with(database, &[])
    }

    fn start_with(database: &Path, arguments: &[&str]) -> Gate {
        let mut process = backstitch()
            .args(["gate", "--listen", "127.0.0.1:0", "--token", "at_test=7723"])
            .args(arguments)
            .args(["--database", &format!("sqlite://{}", database.display())])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().rsplit(' ').next().unwrap().to_owned();
        assert!(url.starts_with("http://127.0.0.1:"), "{line}");
        Gate { process, url }
    }

    fn client(&self) -> Client {
        self.client_with("at_test")
    }

    fn client_with(&self, token: &str) -> Client {
        Client::builder().client_id(7723).token(token).base_url(&self.url).build().unwrap()
    }

    /// What is at a path, as the gate shows it to somebody who asks by this name.
    fn shows(&self, host: &str, path: &str) -> String {
        let mut stream = TcpStream::connect(self.url.trim_start_matches("http://")).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

#[derive(Push)]
#[push(table = "rows", key = "id")]
struct Row {
    id: i64,
}

async fn push(client: &Client, id: i64) -> bool {
    let mut body = PushBody::json(7723);
    body.push(&Row { id }, id).unwrap();
    client.push_body(body).await.is_ok()
}

/// Pushes row after row until the gate is gone; the last that was accepted.
async fn push_until_gone(client: Client, first: i64) -> i64 {
    let mut id = first;
    while push(&client, id).await {
        id += 1;
    }
    id - 1
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_gate_accepted_survives_kill_9() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("gate.db");
    let mut accepted = 0;
    for round in 1..=5 {
        let mut gate = Gate::start(&database);
        let pushing = tokio::spawn(push_until_gone(gate.client(), accepted + 1));
        tokio::time::sleep(Duration::from_millis(70 * round)).await;
        // The signal that no process can catch, in the midst of a request.
        gate.process.kill().unwrap();
        gate.process.wait().unwrap();
        let last = pushing.await.unwrap();
        assert!(last > accepted, "nothing was accepted in round {round}");
        // The request that was under way may be there too; its row is pushed again in the next round.
        let rows = count(&database, "SELECT count(*) FROM rows");
        assert!(rows == last || rows == last + 1, "{rows} rows, {last} accepted");
        accepted = last;
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_gate_that_is_told_to_stop_ends_well() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("gate.db");
    let mut gate = Gate::start(&database);
    assert!(push(&gate.client(), 1).await);
    let killed = Command::new("kill").arg(gate.process.id().to_string()).status().unwrap();
    assert!(killed.success());
    assert!(gate.process.wait().unwrap().success());
    assert_eq!(count(&database, "SELECT count(*) FROM rows"), 1);
}

#[tokio::test]
async fn the_status_of_a_gate_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut gate = Gate::start(&folder.path().join("gate.db"));
    let output = backstitch().args(["status", "--url", &gate.url]).output().unwrap();
    gate.process.kill().unwrap();
    gate.process.wait().unwrap();
    let (stdout, stderr) = text(&output);
    assert!(output.status.success(), "{stderr}");
    assert!(stdout.contains("OK (pipeline.gate"), "{stdout}");
}

#[test]
fn tokens_come_from_a_file_and_any_is_taken_only_with_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let tokens = folder.path().join("tokens");
    std::fs::write(&tokens, "# ours\nat_one=1\n\n  at_two = 2\n").unwrap();
    let mut process = backstitch()
        .args(["gate", "--listen", "127.0.0.1:0", "--allow-any-token", "3", "--token-file"])
        .arg(&tokens)
        .args(["--database", &format!("sqlite://{}", folder.path().join("gate.db").display())])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines: Vec<String> =
        BufReader::new(process.stdout.take().unwrap()).lines().take(5).map(Result::unwrap).collect();
    process.kill().unwrap();
    let (_, stderr) = text(&process.wait_with_output().unwrap());
    assert!(stderr.contains("WARNING: ANY TOKEN IS TAKEN, for one of client 3"), "{stderr}");
    let address = lines[0].strip_prefix("the Import API of client 1 is at ").expect("an address");
    assert_eq!(lines[1], format!("its page is at {address}/"));
    assert!(lines[3].contains("client 2 ") && lines[3].ends_with("gate-2.db"), "{lines:?}");
    assert!(lines[4].contains("client 3 ") && lines[4].ends_with("gate-3.db"), "{lines:?}");
    assert!(!stderr.contains("at_one") && !lines.concat().contains("at_one"));
    std::fs::write(&tokens, "at_one=1\nat_secret2\n").unwrap();
    let output = backstitch().args(["gate", "--token-file"]).arg(&tokens).output().unwrap();
    let (_, stderr) = text(&output);
    assert!(stderr.contains("line 2 of ") && stderr.contains("TOKEN=CLIENT_ID"), "{stderr}");
    assert!(!stderr.contains("at_secret2"), "{stderr}");
    std::fs::write(&tokens, "at_one=1\nat_secret2=2 paused\n").unwrap();
    let output = backstitch().args(["gate", "--token-file"]).arg(&tokens).output().unwrap();
    let (_, stderr) = text(&output);
    assert!(stderr.contains("`paused` means nothing in line 2 of ") && stderr.contains("`inactive`"), "{stderr}");
    assert!(!stderr.contains("at_secret2"), "{stderr}");
}

#[test]
fn a_gate_that_listens_everywhere_says_where_to_send() {
    let folder = tempfile::tempdir().unwrap();
    let mut process = backstitch()
        .args(["gate", "--listen", "0.0.0.0:0", "--token", "at_one=1"])
        .args(["--database", &format!("sqlite://{}", folder.path().join("gate.db").display())])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines: Vec<String> =
        BufReader::new(process.stdout.take().unwrap()).lines().take(3).map(Result::unwrap).collect();
    process.kill().unwrap();
    process.wait().unwrap();
    let port = lines[0].strip_prefix("the Import API of client 1 is at http://localhost:").expect("an address");
    assert!(lines[1].contains(&format!("http://ADDRESS:{port}")), "{lines:?}");
    assert_eq!(lines[2], format!("its page is at http://localhost:{port}/ (with one of its tokens)"));
}

async fn refusal(gate: &Gate, token: &str) -> String {
    format!("{:?}", gate.client_with(token).push(&[Row { id: 1 }]).await.expect_err("refused"))
}

#[tokio::test]
async fn tokens_that_are_refused_are_said_on_the_command_line_and_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tokens");
    std::fs::write(&file, "at_paused_too = 7723  inactive\nat_us other-region\n").unwrap();
    let arguments = ["--inactive-token", "at_paused=7723", "--other-region-token", "at_eu", "--token-file"];
    let arguments = [arguments.as_slice(), &[file.to_str().unwrap()]].concat();
    let mut gate = Gate::start_with(&folder.path().join("gate.db"), &arguments);
    for token in ["at_paused", "at_paused_too"] {
        let told = refusal(&gate, token).await;
        assert!(told.contains("Connection is not active."), "{token}: {told}");
    }
    for token in ["at_eu", "at_us"] {
        let told = refusal(&gate, token).await;
        assert!(told.contains("Invalid region."), "{token}: {told}");
    }
    assert!(push(&gate.client(), 1).await);
    gate.process.kill().unwrap();
    gate.process.wait().unwrap();
}

#[tokio::test]
async fn a_gate_has_a_page_a_name_and_a_journal_of_a_length() {
    let folder = tempfile::tempdir().unwrap();
    let mut gate = Gate::start_with(&folder.path().join("gate.db"), &["--name", "gate.test", "--journal", "1"]);
    assert!(push(&gate.client(), 1).await && push(&gate.client(), 2).await);
    assert!(gate.shows("gate.test", "/").contains("<title>"));
    assert!(gate.shows("other.test", "/").starts_with("HTTP/1.1 403 "));
    assert_eq!(gate.shows("gate.test", "/_gate/requests").matches("\"id\":").count(), 1);
    gate.process.kill().unwrap();
    gate.process.wait().unwrap();
}

#[test]
fn mistakes_are_told_with_what_to_do_and_without_secrets() {
    let cases: [(&[&str], &str); 13] = [
        (&["status", "--url", "http://127.0.0.1:1"], "can't reach http://127.0.0.1:1"),
        (&["status", "--url", "nonsense"], "is no address"),
        (&["gate"], "--token TOKEN=CLIENT_ID, "),
        (&["gate"], "--allow-any-token CLIENT_ID"),
        (&["gate", "--other-region-token", "at_secret1"], "BACKSTITCH_GATE_TOKENS"),
        (&["gate", "--listen", "28132"], "--listen 127.0.0.1:28132"),
        (&["gate", "--token", "at_secret1=1", "--listen", "192.0.2.1:8080"], "an address that is free"),
        (&["gate", "--token", "at_secret1=1", "--listen", "localhost"], "--listen 127.0.0.1:8080"),
        (&["gate", "--token", "at_secret1"], "TOKEN=CLIENT_ID"),
        (&["gate", "--token", "at_secret1:5=x"], "write a number"),
        (&["gate", "--inactive-token", "at_secret1"], "an --inactive-token is not TOKEN=CLIENT_ID"),
        (&["status", "--url", "http://user:hunter2@127.0.0.1:1"], "user name"),
        (&["gate", "--token", "at_secret1=1", "--listen", "127.0.0.1:0", "--database", "mysql://x"], "sqlite://"),
    ];
    for (arguments, expected) in cases {
        let output = backstitch().args(arguments).output().unwrap();
        let (stdout, stderr) = text(&output);
        assert!(!output.status.success(), "{arguments:?}: {stdout}");
        assert!(stderr.contains(expected), "{arguments:?}: {stderr}");
        assert!(!stderr.contains("at_secret1") && !stderr.contains("hunter2"), "{arguments:?}: {stderr}");
    }
}
