//! A gate in a process of its own.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

/// A gate that listens; it is killed as `kill -9` does when it is dropped.
pub(crate) struct Served(Child);

impl Served {
    pub(crate) fn start(address: &str, database: &str) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_serve"));
        command.args([address, database]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut served = Served(command.spawn().unwrap());
        let mut line = String::new();
        BufReader::new(served.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "ready\n", "the gate does not start");
        served
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
