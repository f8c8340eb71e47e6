//! A PostgreSQL server of a test's own, which it can end as a crash would.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

const PROGRAMS: &str = "BACKSTITCH_TEST_POSTGRES_PROGRAMS";

/// Where Debian has the programs, a folder for each version.
const DEBIAN: &str = "/usr/lib/postgresql";

/// The user that runs the server where the test is run by root, which the server refuses.
const USER: &str = "postgres";

pub(crate) struct Server {
    programs: PathBuf,
    folder: TempDir,
    port: u16,
    has_tls: bool,
    is_root: bool,
}

impl Server {
    /// None where the programs are not there.
    pub(crate) fn start() -> Option<Self> {
        Self::start_as(false)
    }

    /// The same, with a certificate that it has signed itself.
    #[cfg(feature = "tls")]
    pub(crate) fn start_with_tls() -> Option<Self> {
        Self::start_as(true)
    }

    fn start_as(has_tls: bool) -> Option<Self> {
        let Some(programs) = programs() else {
            assert!(std::env::var_os("CI").is_none(), "{PROGRAMS} is not set: write the folder of `initdb` into it");
            let how = format!("SKIPPED: restarts of PostgreSQL. To run them: {PROGRAMS}=$(pg_config --bindir)");
            let _ = writeln!(std::io::stderr(), "{how}");
            return None;
        };
        let folder = tempfile::tempdir().expect("a folder");
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .expect("a port")
            .port();
        let id = Command::new("id").arg("-u").output().expect("a user");
        let server = Server { programs, folder, port, has_tls, is_root: id.stdout == b"0\n" };
        if has_tls {
            server.sign();
        }
        if server.is_root {
            let owner = Command::new("chown").arg("-R").arg(USER).arg(server.folder.path()).status().expect("an owner");
            assert!(owner.success());
        }
        server.run("initdb", &["-A", "trust", "-U", "gate", "-E", "UTF8", "--no-instructions"]);
        server.begin();
        Some(server)
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://gate@127.0.0.1:{}/postgres", self.port)
    }

    pub(crate) fn certificate(&self) -> PathBuf {
        self.folder.path().join("server.crt")
    }

    fn key(&self) -> PathBuf {
        self.folder.path().join("server.key")
    }

    fn sign(&self) {
        let mut openssl = Command::new("openssl");
        openssl.args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]);
        openssl.args(["-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE"]);
        openssl.arg("-keyout").arg(self.key()).arg("-out").arg(self.certificate());
        let status = openssl.stdout(Stdio::null()).stderr(Stdio::null()).status();
        assert!(status.expect("openssl is there").success(), "{openssl:?}");
    }

    fn begin(&self) {
        let folder = self.folder.path().display();
        let mut options = format!("-p {} -k {folder} -c listen_addresses=127.0.0.1", self.port);
        if self.has_tls {
            let (key, certificate) = (self.key().display().to_string(), self.certificate().display().to_string());
            options.push_str(&format!(" -c ssl=on -c ssl_key_file={key} -c ssl_cert_file={certificate}"));
        }
        let log = self.folder.path().join("log").display().to_string();
        self.run("pg_ctl", &["-w", "-l", &log, "-o", &options, "start"]);
    }

    /// Ends the server at once, without a checkpoint, and starts it again.
    pub(crate) fn crash(&self) {
        self.run("pg_ctl", &["-w", "-m", "immediate", "stop"]);
        self.begin();
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let (command, done) = self.command(program, arguments);
        assert!(done, "{command}");
    }

    /// Runs a program; whether it succeeded.
    fn command(&self, program: &str, arguments: &[&str]) -> (String, bool) {
        let program = self.programs.join(program);
        let mut command = if self.is_root {
            let mut command = Command::new("runuser");
            command.args(["-u", USER, "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        // The server has these for as long as it runs.
        command.arg("-D").arg(self.folder.path().join("data")).args(arguments);
        let status = command.current_dir("/").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
        (format!("{command:?}"), status.is_ok_and(|status| status.success()))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.command("pg_ctl", &["-w", "-m", "immediate", "stop"]);
    }
}

fn programs() -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os(PROGRAMS) {
        return Some(folder.into());
    }
    let versions = std::fs::read_dir(DEBIAN).ok()?.filter_map(|entry| Some(entry.ok()?.path().join("bin")));
    versions.filter(|folder| Path::new(&folder.join("initdb")).exists()).max()
}
