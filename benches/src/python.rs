//! Environments of Python, with programs that others wrote.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use anyhow::{Context as _, ensure};

fn run(command: &mut Command) -> anyhow::Result<()> {
    // What it prints is no part of what is measured.
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("can't start {command:?}"))?;
    ensure!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr).trim());
    Ok(())
}

/// The folder of the programs of an environment, at `place`, with what a file names, and what `pip` is told besides.
/// What is installed is kept, until the file asks for something else.
///
/// # Errors
///
/// Where something can't be installed.
pub fn environment(place: &Path, requirements: &Path, pip: &[&str]) -> anyhow::Result<PathBuf> {
    let programs = place.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let installed = place.join("installed.txt");
    let wanted = fs::read(requirements)?;
    if fs::read(&installed).ok().as_ref() != Some(&wanted) {
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(place))?;
        let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
        let python = programs.join("python").with_extension(env::consts::EXE_EXTENSION);
        run(Command::new(python).args(install).args(pip).arg("-r").arg(requirements))?;
        fs::write(&installed, &wanted)?;
    }
    Ok(programs)
}
