//! The processes.

use std::io::BufReader;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// A process that runs; it is killed when it is dropped.
pub(crate) struct Process {
    child: Child,
    lines: Receiver<String>,
}

impl Process {
    /// A gate that listens already.
    pub(crate) fn gate(address: &str, folder: &Path) -> Self {
        let database = format!("sqlite://{}", folder.join("gate.db").display());
        let gate = Process::start(Command::new(env!("CARGO_BIN_EXE_serve")).arg(address).arg(database));
        let ready = gate.lines.recv_timeout(Duration::from_secs(60));
        assert_eq!(ready.as_deref(), Ok("ready"), "the gate does not start");
        gate
    }

    /// A sender, whose clock may stand.
    pub(crate) fn sender(address: &str, folder: &Path, first_version: i64, is_clock_still: bool) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_deliver"));
        command.arg(format!("http://{address}")).arg(folder.join("spool.redb")).arg(first_version.to_string());
        command.arg(if is_clock_still { "still" } else { "system" });
        Process::start(&mut command)
    }

    fn start(command: &mut Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || read(output, &sender));
        Process { child, lines }
    }

    /// The lines that it writes until then, or until there are so many.
    pub(crate) fn lines_until(&self, until: Instant, most: usize) -> Vec<String> {
        let mut lines = Vec::new();
        while lines.len() < most {
            match self.lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(line) => lines.push(line),
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => panic!("a process ended by itself"),
            }
        }
        lines
    }

    /// Kills it as `kill -9` does; returns the lines that it wrote.
    pub(crate) fn kill(mut self) -> Vec<String> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.lines.iter().collect()
    }

    /// Has it finish; returns the lines that it wrote.
    pub(crate) fn finish(mut self, time: Duration) -> Vec<String> {
        drop(self.child.stdin.take());
        let until = Instant::now() + time;
        let mut lines = Vec::new();
        loop {
            match self.lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(line) => lines.push(line),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("a process does not end; its last lines: {lines:?}"),
            }
        }
        let status = self.child.wait().unwrap();
        assert!(status.success(), "a process ended with {status}; its last lines: {lines:?}");
        lines
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads whole lines; the last one may have been cut.
fn read(mut output: impl std::io::BufRead, lines: &std::sync::mpsc::Sender<String>) {
    let mut line = String::new();
    while matches!(output.read_line(&mut line), Ok(1..)) {
        let Some(whole) = line.strip_suffix('\n') else { return };
        if lines.send(whole.to_owned()).is_err() {
            return;
        }
        line.clear();
    }
}
