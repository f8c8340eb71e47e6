//! Compiling the crates, and what that takes.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{fs, io};

use tempfile::TempDir;

use crate::sources::Variant;

/// How a crate is compiled.
#[derive(Clone, Copy)]
pub(crate) enum Action {
    Build,
    Check,
}

impl Action {
    /// The name of cargo's command.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Action::Build => "build",
            Action::Check => "check",
        }
    }
}

/// The crates on disk: a workspace of their own, in a folder that goes when they do.
pub(crate) struct Crates {
    folder: TempDir,
}

impl Crates {
    /// Writes all crates, and finds the versions of their dependencies.
    pub(crate) fn write() -> io::Result<Crates> {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize()?;
        let crates = Crates { folder: tempfile::tempdir()? };
        let root = crates.folder.path();
        fs::write(root.join("Cargo.toml"), "[workspace]\nresolver = \"3\"\nmembers = [\"crates/*\"]\n")?;
        // The versions that Backstitch itself is tested with.
        fs::copy(workspace.join("Cargo.lock"), root.join("Cargo.lock"))?;
        for variant in Variant::ALL {
            let package = root.join("crates").join(variant.package());
            fs::create_dir_all(package.join("src"))?;
            fs::write(package.join("Cargo.toml"), variant.manifest(&workspace))?;
            crates.touch(variant)?;
        }
        run(crates.cargo("fetch").arg("--quiet"))?;
        Ok(crates)
    }

    /// Writes the source of a crate, so that it is compiled anew.
    pub(crate) fn touch(&self, variant: Variant) -> io::Result<()> {
        fs::write(self.source(variant), variant.source())
    }

    /// Compiles a crate; the user seconds of cargo and of all that it starts.
    pub(crate) fn compile(&self, variant: Variant, action: Action) -> io::Result<f64> {
        let mut command = self.cargo(action.name());
        command.args(["--offline", "--quiet", "--jobs", "1", "--package", variant.package()]);
        let before = user_seconds_of_children()?;
        run(&mut command)?;
        Ok(user_seconds_of_children()? - before)
    }

    /// The bytes of a crate's source after all macros, without the attributes that the derives read.
    pub(crate) fn expand(&self, variant: Variant) -> io::Result<usize> {
        self.touch(variant)?;
        let mut command = self.cargo("rustc");
        command.args(["--offline", "--quiet", "--package", variant.package(), "--", "-Zunpretty=expanded"]);
        let output = command.env("RUSTC_BOOTSTRAP", "1").stderr(Stdio::inherit()).output()?;
        succeed(&command, output.status.success())?;
        let is_read_by_derive =
            |line: &&str| ["#[push(", "#[garde("].iter().any(|start| line.trim().starts_with(start));
        let text = String::from_utf8_lossy(&output.stdout);
        Ok(text.lines().filter(|line| !is_read_by_derive(line)).map(|line| line.trim_start().len() + 1).sum())
    }

    fn source(&self, variant: Variant) -> PathBuf {
        self.folder.path().join("crates").join(variant.package()).join("src/lib.rs")
    }

    fn cargo(&self, name: &str) -> Command {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.arg(name).current_dir(self.folder.path());
        cargo.env("CARGO_TARGET_DIR", self.folder.path().join("target"));
        // What an earlier measurement left behind would make the next one shorter.
        cargo.env("CARGO_INCREMENTAL", "0");
        cargo
    }
}

fn run(command: &mut Command) -> io::Result<()> {
    let status = command.status()?;
    succeed(command, status.success())
}

fn succeed(command: &Command, is_success: bool) -> io::Result<()> {
    if is_success { Ok(()) } else { Err(io::Error::other(format!("failed: {command:?}"))) }
}

/// The user seconds of all processes that this one started and that ended, and of those that they started.
#[cfg(unix)]
fn user_seconds_of_children() -> io::Result<f64> {
    let usage = nix::sys::resource::getrusage(nix::sys::resource::UsageWho::RUSAGE_CHILDREN)?;
    let time = usage.user_time();
    Ok(time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6)
}

#[cfg(not(unix))]
fn user_seconds_of_children() -> io::Result<f64> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "what processes take is measured on Unix alone"))
}
