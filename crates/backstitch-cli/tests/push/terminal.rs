//! What is on a terminal, and what elsewhere.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use nix::pty::{Winsize, openpty};

use crate::server::{ACCEPTED, Server};
use crate::{CLIENT_ID, TOKEN};

/// The command, in an environment that says nothing of colours.
fn backstitch(url: &str) -> Command {
    let mut command = crate::backstitch();
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "CI"] {
        command.env_remove(name);
    }
    command.env("TERM", "xterm-256color");
    command.env("STITCH_URL", url).env("STITCH_CLIENT_ID", CLIENT_ID.to_string()).env("STITCH_TOKEN", TOKEN);
    command
}

/// What a command writes to a terminal, of both its outputs.
fn on_a_terminal(command: &mut Command) -> String {
    let size = Winsize { ws_row: 24, ws_col: 120, ws_xpixel: 0, ws_ypixel: 0 };
    let terminal = openpty(Some(&size), None).unwrap();
    let side = || Stdio::from(terminal.slave.try_clone().unwrap());
    let mut child = command.stdin(Stdio::null()).stdout(side()).stderr(side()).spawn().unwrap();
    // The command has the last one that is open: the terminal ends with it.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    drop(terminal.slave);
    let mut written = Vec::new();
    let mut reader = File::from(terminal.master);
    let mut piece = [0; 4096];
    // Linux tells the end as an error.
    while let Ok(read @ 1..) = reader.read(&mut piece) {
        written.extend_from_slice(&piece[..read]);
    }
    child.wait().unwrap();
    String::from_utf8(written).unwrap()
}

fn elsewhere(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
}

/// A push of 45,000 records and a line that is none, to a server that takes its time.
fn push(folder: &Path, url: &str) -> Command {
    let lines: String = (1..=45_000).map(|id| format!("{{\"id\":{id}}}\n")).collect();
    std::fs::write(folder.join("orders.jsonl"), format!("none\n{lines}")).unwrap();
    let mut command = backstitch(url);
    command.current_dir(folder);
    command.args("push orders.jsonl -t orders -k id --max-rejects 1 --concurrency 1".split(' '));
    command
}

fn slow() -> Server {
    Server::start(|_| {
        std::thread::sleep(Duration::from_millis(400));
        ACCEPTED
    })
}

#[test]
fn on_a_terminal_a_bar_shows_how_far_a_push_is() {
    let folder = tempfile::tempdir().unwrap();
    let told = on_a_terminal(&mut push(folder.path(), &slow().url));
    assert!(told.contains("20,000 records, "), "{told:?}");
    assert!(told.contains(", 1 rejected"), "{told}");
    assert!(told.contains("] 560.45 KiB/560.45 KiB "), "{told}");
    assert!(told.contains("orders.jsonl:1:2: "), "{told}");
    // The bar is gone in the end.
    let last = told.rsplit("\u{1b}[2K").next().unwrap();
    assert!(last.contains("45000 records accepted, 1 rejected") && !last.contains("KiB"), "{told:?}");
}

#[test]
fn elsewhere_there_are_lines_alone() {
    let folder = tempfile::tempdir().unwrap();
    let told = elsewhere(&mut push(folder.path(), &slow().url));
    assert!(told.starts_with("45000 records accepted, 1 rejected\n"), "{told}");
    assert!(!told.contains(['\u{1b}', '\r']), "{told:?}");
}

#[test]
fn colours_are_on_terminals_alone_and_only_where_they_are_wanted() {
    let doctor = || {
        // Nothing listens there.
        let mut command = backstitch("http://127.0.0.1:1");
        command.arg("doctor");
        command
    };
    let told = on_a_terminal(&mut doctor());
    assert!(told.contains("\u{1b}[32mok   \u{1b}[0m  account"), "{told:?}");
    assert!(told.contains("WRONG\u{1b}[0m  status") && told.contains("error:\u{1b}[0m one thing is wrong"), "{told:?}");
    let plain = elsewhere(&mut doctor());
    assert!(plain.contains("ok     account") && plain.contains("error: one thing is wrong"), "{plain:?}");
    for (name, value) in [("NO_COLOR", "1"), ("TERM", "dumb")] {
        let told = on_a_terminal(doctor().env(name, value));
        assert_eq!(told.replace("\r\n", "\n"), plain, "{name}={value}");
        let help = on_a_terminal(backstitch("http://127.0.0.1:1").args(["push", "--help"]).env(name, value));
        assert!(help.contains("Usage:") && !help.contains('\u{1b}'), "{help:?}");
    }
    assert!(elsewhere(doctor().env("CLICOLOR_FORCE", "1")).contains('\u{1b}'));
}
