//! Bodies read by readers that others wrote: `transit-js`, which counts a key's length in UTF-16 units, and
//! `transit-python2`, which counts characters.
//!
//! They are not on every machine. `.ci/run` installs them; by hand:
//!
//! ```text
//! mkdir -p target/readers && cp tests/readers/package*.json target/readers/ && npm ci --prefix target/readers
//! python3 -m venv target/readers/venv && target/readers/venv/bin/pip install -r tests/readers/requirements.txt
//! ```

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value as Json;

use crate::bodies::{body, carriers, sequences, whole};

/// How many bodies are read.
const BODIES: usize = 300;

struct Reader {
    name: &'static str,
    program: PathBuf,
    script: PathBuf,
    /// What is there where it is installed.
    installed: PathBuf,
}

/// Where what the readers need is installed.
fn packages() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("readers")
}

fn readers() -> [Reader; 2] {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("readers");
    let packages = packages();
    let python = packages.join("venv/bin/python");
    [
        Reader {
            name: "transit-js",
            program: "node".into(),
            script: scripts.join("read.js"),
            installed: packages.join("node_modules/transit-js"),
        },
        Reader { name: "transit-python2", program: python.clone(), script: scripts.join("read.py"), installed: python },
    ]
}

/// What a reader prints of each body.
fn read_all(reader: &Reader, bodies: &[Vec<u8>]) -> Vec<Json> {
    let mut child = Command::new(&reader.program)
        .arg(&reader.script)
        .env("NODE_PATH", packages().join("node_modules"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{}: {error}", reader.program.display()));
    let mut input = child.stdin.take().expect("its input");
    let lines = bodies.join(&b'\n');
    let writer = thread::spawn(move || input.write_all(&lines));
    let mut output = String::new();
    child.stdout.take().expect("its output").read_to_string(&mut output).expect("UTF-8");
    writer.join().expect("no panic").expect("all is taken");
    assert!(child.wait().expect("an end").success(), "{} failed", reader.name);
    output.lines().map(|line| in_order(serde_json::from_str(line).expect("JSON"))).collect()
}

/// The same with maps in the order of their keys, numbers as doubles.
fn in_order(value: Json) -> Json {
    match value {
        Json::Object(mut object) => {
            if let Some(Json::Array(entries)) = object.get_mut("map") {
                entries.sort_by_key(|entry| entry[0].as_str().map(str::to_owned));
            }
            object.into_iter().map(|(key, value)| (key, in_order(value))).collect()
        }
        Json::Array(values) => values.into_iter().map(in_order).collect(),
        Json::Number(number) => number.as_f64().map_or(Json::Null, |number| {
            // No reader of JavaScript's tells zero from negative zero.
            Json::from(if number == 0.0 { 0.0 } else { number })
        }),
        value => value,
    }
}

#[test]
fn other_readers_read_the_same() {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[26; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let strategy = (proptest::collection::vec(carriers(), 1..7), sequences());
    let (mut bodies, mut expected) = (Vec::new(), Vec::new());
    for _ in 0..BODIES {
        let (carriers, sequences) = strategy.new_tree(&mut runner).expect("a value").current();
        bodies.push(body(&carriers, &sequences));
        expected.push(in_order(whole(&carriers, &sequences).shown()));
    }
    for reader in readers() {
        if !reader.installed.exists() {
            assert!(std::env::var_os("CI").is_none(), "{} is not installed, and is to be in CI", reader.name);
            eprintln!("SKIPPED: {} is not installed. To run it: see the head of tests/transit/readers.rs", reader.name);
            continue;
        }
        let found = read_all(&reader, &bodies);
        assert_eq!(found.len(), expected.len(), "{}", reader.name);
        for ((found, expected), body) in found.iter().zip(&expected).zip(&bodies) {
            assert_eq!(found, expected, "{}: {}", reader.name, String::from_utf8_lossy(body));
        }
        println!("{}: {BODIES} bodies are read alike", reader.name);
    }
}
