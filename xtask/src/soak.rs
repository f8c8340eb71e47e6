//! `cargo xtask soak`: the checks that CI runs in small numbers, in full.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, ExitCode};

/// A check that fails prints the input that it failed for, or the seed that leads to it
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Which checks; without it, all
    names: Vec<Name>,
    /// How long each fuzz target runs
    #[arg(long, value_name = "MINUTES", default_value_t = 60)]
    minutes: u64,
    /// How many cases each property test tries
    #[arg(long, value_name = "CASES", default_value_t = 100_000)]
    cases: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Name {
    /// Fuzz the reading of documents; needs the nightly toolchain and cargo-fuzz
    Documents,
    /// Property test: no bytes make the reader of documents panic
    Bytes,
    /// Property test: generated schemas and validators agree
    Schema,
    /// Fuzz the writing of records, in every format; needs the nightly toolchain and cargo-fuzz
    Encode,
    /// Property test: Transit is read back as it was written
    Transit,
    /// Property test: records are encoded as `serde_json` encodes them
    Encoding,
    /// Property test: every attribute and type of the derive, on any value
    Derive,
    /// Deliveries at random through a proxy that fails in every known way
    Faults,
    /// Processes that send, and gates, that are killed
    Kills,
    /// Clients that send to a gate all at once, and while it is killed; also to `BACKSTITCH_TEST_POSTGRES`
    Accepted,
    /// Random streams of records into SQLite and PostgreSQL, which `BACKSTITCH_TEST_POSTGRES` names, and crashes of a PostgreSQL
    Stores,
    /// A push of a million lines that is killed again and again
    Resume,
    /// Bodies that nobody would send in good faith, to a gate
    Hostile,
    /// Fuzz the gate's requests; needs the nightly toolchain and cargo-fuzz
    Requests,
}

const ALL: [Name; 14] = [
    Name::Bytes,
    Name::Schema,
    Name::Encoding,
    Name::Transit,
    Name::Derive,
    Name::Faults,
    Name::Kills,
    Name::Accepted,
    Name::Stores,
    Name::Resume,
    Name::Hostile,
    Name::Requests,
    Name::Encode,
    Name::Documents,
];

/// How many deliveries at random.
const SCHEDULES: u64 = 5_000;

/// How often a process that sends is killed, a gate, and one of them or both.
const KILLS: u64 = 300;

/// How many requests each of the clients sends that send at once.
const ROUNDS: u64 = 2_000;

/// How many streams of records are loaded into both databases, and how often PostgreSQL is restarted.
const STREAMS: u64 = 500;
const RESTARTS: u64 = 50;
/// How many lines a push sends that is killed, and how often it is.
const LINES: u64 = 1_000_000;
const KILLS_OF_A_PUSH: u64 = 10;

/// How often an empty gate is sent a few hostile bodies.
const CASES: u64 = 20_000;

pub(crate) fn run(arguments: &Arguments, workspace: &Path) -> ExitCode {
    let names = if arguments.names.is_empty() { &ALL[..] } else { &arguments.names };
    let mut failed = Vec::new();
    for name in names {
        let passed = match name {
            Name::Documents => {
                fuzz("documents", &["-dict=fuzz/dictionary", "-max_len=20000"], arguments.minutes, workspace)
            }
            Name::Resume => {
                let times = [("BACKSTITCH_LINES", LINES), ("BACKSTITCH_KILLS", KILLS_OF_A_PUSH)];
                repeated_of("backstitch-cli", &["--test", "push"], "that_is_killed", &times, workspace)
            }
            Name::Hostile => repeated("hostile", &[("BACKSTITCH_CASES", CASES)], workspace),
            // A body is small, and what it takes is to be small too.
            Name::Requests => fuzz(
                "requests",
                &["-dict=fuzz/requests.dictionary", "-max_len=8000", "-rss_limit_mb=1000", "-malloc_limit_mb=100"],
                arguments.minutes,
                workspace,
            ),
            Name::Encode => fuzz("encode", &["-max_len=4000"], arguments.minutes, workspace),
            Name::Transit => property("backstitch-tests", "transit", arguments.cases, workspace),
            Name::Bytes => property("backstitch-spec", "any_bytes", arguments.cases, workspace),
            Name::Schema => property("backstitch-tests", "schema", arguments.cases, workspace),
            Name::Encoding => property("backstitch-tests", "encoding", arguments.cases, workspace),
            Name::Derive => property("backstitch-tests", "derive", arguments.cases, workspace),
            Name::Faults => repeated("faults", &[("BACKSTITCH_SCHEDULES", SCHEDULES)], workspace),
            Name::Kills => repeated("kills", &[("BACKSTITCH_KILLS", KILLS)], workspace),
            Name::Accepted => {
                let times = [("BACKSTITCH_KILLS", KILLS), ("BACKSTITCH_ROUNDS", ROUNDS)];
                repeated("accepted", &times, workspace)
            }
            Name::Stores => {
                let gate =
                    |target: &[&str], filter, times| repeated_of("backstitch-gate", target, filter, times, workspace);
                let streams = gate(&["--lib"], "both", &[("BACKSTITCH_STREAMS", STREAMS)]);
                gate(&["--test", "gate"], "restarts", &[("BACKSTITCH_RESTARTS", RESTARTS)]) && streams
            }
        };
        if !passed {
            failed.push(format!("{name:?}").to_lowercase());
        }
    }
    if failed.is_empty() {
        return ExitCode::SUCCESS;
    }
    let _ = writeln!(std::io::stderr(), "error: failed: {}", failed.join(", "));
    ExitCode::FAILURE
}

/// Runs a property test with many cases.
fn property(package: &str, test: &str, cases: u64, workspace: &Path) -> bool {
    let mut command = cargo(workspace);
    command.args(["test", "--release", "--package", package, "--test", test]);
    command.env("PROPTEST_CASES", cases.to_string());
    tell(&format!("{cases} cases of `{test}`"));
    succeeds(&mut command)
}

/// Runs a test that does what these variables count so many times, and shows what it tells.
fn repeated(test: &str, times: &[(&str, u64)], workspace: &Path) -> bool {
    repeated_of("backstitch-tests", &["--test", test], "", times, workspace)
}

/// The same of those tests of a package's target that have this in their names. What they need must be there.
fn repeated_of(package: &str, target: &[&str], filter: &str, times: &[(&str, u64)], workspace: &Path) -> bool {
    let mut command = cargo(workspace);
    command.args(["test", "--release", "--package", package]).args(target).args(["--", "--nocapture", filter]);
    command.env("CI", "true");
    for (variable, times) in times {
        command.env(variable, times.to_string());
    }
    let times: Vec<String> = times.iter().map(|(variable, times)| format!("{variable}={times}")).collect();
    tell(&format!(
        "`{}` with {}",
        target.iter().chain([&filter]).copied().collect::<Vec<_>>().join(" "),
        times.join(" ")
    ));
    succeeds(&mut command)
}

/// Runs a fuzz target from the seeds that are kept with it.
fn fuzz(target: &str, options: &[&str], minutes: u64, workspace: &Path) -> bool {
    let seeds = workspace.join("fuzz/seeds").join(target);
    let corpus = workspace.join("fuzz/corpus").join(target);
    if let Err(error) = std::fs::create_dir_all(&corpus) {
        tell(&format!("error: can't make {}: {error}", corpus.display()));
        return false;
    }
    let mut command = Command::new("cargo");
    command.current_dir(workspace).args(["+nightly", "fuzz", "run", target]).arg(corpus).arg(seeds).arg("--");
    command.args(options).arg("-len_control=0").arg("-timeout=25");
    command.arg(format!("-max_total_time={}", minutes * 60)).arg("-print_final_stats=1");
    tell(&format!("{minutes} minutes of the fuzz target `{target}`"));
    let passed = succeeds(&mut command);
    if !passed {
        tell(
            "what it failed for is in fuzz/artifacts; if it did not start: `rustup toolchain install nightly` and \
             `cargo install cargo-fuzz`",
        );
    }
    passed
}

fn cargo(workspace: &Path) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(workspace);
    cargo
}

fn succeeds(command: &mut Command) -> bool {
    match command.status() {
        Ok(status) => status.success(),
        Err(error) => {
            tell(&format!("error: can't start cargo: {error}"));
            false
        }
    }
}

fn tell(text: &str) {
    let _ = writeln!(std::io::stderr(), "soak: {text}");
}
