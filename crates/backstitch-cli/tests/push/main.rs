//! `backstitch push` and its neighbours, with files, and a gate or a server that answers as a rule says.

mod bad;
mod batch;
mod check;
mod compressed;
mod csv;
mod delivery;
mod json;
mod pages;
mod parquet;
#[cfg(unix)]
mod pipes;
mod resume;
#[path = "../spool/server.rs"]
mod server;
mod settings;
#[cfg(unix)]
mod terminal;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use backstitch_gate::{Cell, Gate};
use tempfile::TempDir;

const CLIENT_ID: i64 = 7723;
const TOKEN: &str = "at_secret1";

/// What a command said.
#[derive(Debug)]
struct Said {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

/// The command, in an environment that says nothing of an account.
fn backstitch() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_backstitch"));
    for name in ["STITCH_URL", "STITCH_REGION", "STITCH_CLIENT_ID", "STITCH_TOKEN", "BACKSTITCH_CONFIG"] {
        command.env_remove(name);
    }
    command
}

fn said(command: &mut Command, input: &[u8]) -> Said {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // One that ends before it has read all is no mistake of the test's.
    let writing = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writing.join().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let said = Said { code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) };
    assert!(!format!("{said:?}").contains(TOKEN), "{said:?}");
    assert!(!said.stderr.contains("panicked"), "{said:?}");
    said
}

/// A folder with files, and a gate.
struct Place {
    folder: TempDir,
    gate: Gate,
}

impl Place {
    async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let database = format!("sqlite://{}", folder.path().join("gate.db").display());
        let gate =
            Gate::builder().database(database).token(TOKEN, CLIENT_ID).listen("127.0.0.1:0").start().await.unwrap();
        Place { folder, gate }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// The command with the account of the gate, in the folder.
    fn command(&self, arguments: &str) -> Command {
        let mut command = backstitch();
        command
            .env("STITCH_URL", self.gate.url())
            .env("STITCH_CLIENT_ID", CLIENT_ID.to_string())
            .env("STITCH_TOKEN", TOKEN)
            .current_dir(self.folder.path())
            .args(arguments.split_whitespace());
        command
    }

    fn run(&self, arguments: &str) -> Said {
        self.run_with(arguments, b"")
    }

    fn run_with(&self, arguments: &str, input: &[u8]) -> Said {
        said(&mut self.command(arguments), input)
    }

    /// Some columns of the rows of a table, as text, sorted.
    async fn rows(&self, table: &str, columns: &[&str]) -> Vec<String> {
        let view = self.gate.table(table, 10_000).await.unwrap();
        let index = |name: &&str| view.columns.iter().position(|column| column == name);
        let at: Vec<Option<usize>> = columns.iter().map(index).collect();
        let text = |row: &Vec<Cell>, at: Option<usize>| match at.map(|at| &row[at]) {
            None => "-".to_owned(),
            Some(Cell::Null) => "NULL".to_owned(),
            Some(cell) => cell.to_string(),
        };
        let mut rows: Vec<String> =
            view.rows.iter().map(|row| at.iter().map(|at| text(row, *at)).collect::<Vec<_>>().join(" ")).collect();
        rows.sort();
        rows
    }

    async fn count(&self, table: &str) -> u64 {
        self.gate.table(table, 1).await.map_or(0, |view| view.count)
    }
}
