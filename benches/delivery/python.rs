//! The Python client.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use backstitch_benches::python;
use tempfile::TempDir;

use crate::records::chunk;

/// How many records it delivers: more would take minutes. With fewer, its first batch would count for more, which it
/// encodes twice to find how many records are a request.
const RECORDS: usize = 200_000;

/// Python with the client that `requirements.txt` names.
pub(crate) struct Python {
    program: PathBuf,
    /// Where the records are, as lines of JSON.
    folder: TempDir,
}

/// The folder of this benchmark.
fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("delivery")
}

impl Python {
    /// Installs the client, or finds it installed. Where that is not possible, says so: the rest is measured anyway.
    pub(crate) fn install() -> Option<Python> {
        let told = |error| eprintln!("SKIPPED: the Python client can't be installed, and is not measured: {error:#}");
        Python::try_install().map_err(told).ok()
    }

    fn try_install() -> anyhow::Result<Python> {
        let environment = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("python-client");
        let program = python::environment(&environment, &sources().join("requirements.txt"), &[])?.join("python");
        let folder = tempfile::tempdir()?;
        let mut lines = Vec::new();
        for record in chunk() {
            serde_json::to_writer(&mut lines, &record)?;
            lines.push(b'\n');
        }
        fs::write(folder.path().join("records.jsonl"), lines)?;
        Ok(Python { program, folder })
    }

    /// The client, but for the address that it is given.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.arg(sources().join("push.py")).arg(self.folder.path().join("records.jsonl"));
        command.arg(RECORDS.to_string()).stdin(Stdio::null());
        // It would go through a proxy of the environment, where the others go straight.
        command.env("NO_PROXY", "127.0.0.1").env("no_proxy", "127.0.0.1");
        command
    }
}
