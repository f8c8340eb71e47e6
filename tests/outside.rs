//! The tests that the derive writes, in a crate of a user's: `tests/outside/`, copied out of the repository's folders.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Copies what is under `from`, but for what cargo keeps there.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (name, target) = (entry.file_name(), to.join(entry.file_name()));
        if name == "target" || name == "Cargo.lock" {
            continue;
        }
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A copy of the crate that depends on this repository's runtime, in the versions that the workspace has.
fn copied(folder: &Path) -> PathBuf {
    let crate_folder = folder.join("outside");
    if crate_folder.exists() {
        fs::remove_dir_all(&crate_folder).unwrap();
    }
    copy(&here("outside"), &crate_folder);
    fs::copy(here("../Cargo.lock"), crate_folder.join("Cargo.lock")).unwrap();
    let manifest = crate_folder.join("Cargo.toml");
    let text = fs::read_to_string(&manifest).unwrap();
    let runtime = fs::canonicalize(here("../crates/backstitch")).unwrap();
    let absolute = text.replace("\"../../crates/backstitch\"", &format!("'{}'", runtime.display()));
    assert_ne!(absolute, text, "the path of the runtime is there to be replaced");
    fs::write(manifest, absolute).unwrap();
    crate_folder
}

/// Runs `cargo test` without a network, which what compiled this test needs no more; with one, where that fails.
fn tested(crate_folder: &Path, target: &Path) -> Output {
    let run = |flags: &[&str]| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(crate_folder).args(["test", "--no-fail-fast"]).args(flags);
        cargo.env("CARGO_TARGET_DIR", target).env_remove("RUSTFLAGS").env_remove("RUSTDOCFLAGS");
        cargo.env("CARGO_PROFILE_DEV_DEBUG", "0").env("CARGO_PROFILE_TEST_DEBUG", "0").env("CARGO_TERM_COLOR", "never");
        cargo.output().unwrap()
    };
    let offline = run(&["--offline"]);
    // Cargo says so where it would have asked the registry.
    if !offline.status.success() && String::from_utf8_lossy(&offline.stderr).contains("--offline") {
        return run(&[]);
    }
    offline
}

/// The tests by name, without their lines, each with what became of it and how often it was run.
fn outcomes(output: &Output) -> BTreeMap<String, Vec<String>> {
    let mut outcomes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let Some((name, outcome)) = line.strip_prefix("test ").and_then(|line| line.split_once(" ... ")) else {
            continue;
        };
        let name = name.split(" (line ").next().unwrap_or(name);
        outcomes.entry(name.to_owned()).or_default().push(outcome.to_owned());
    }
    outcomes
}

/// The public structs of the library that have an example, each with the file of its typed record.
const PUBLIC: [(&str, &str, &str); 12] = [
    ("src/lib.rs", "", "Customer"),
    ("src/lib.rs", "", "Borrowed"),
    ("src/by_a_macro.rs", "by_a_macro::narrow::", "Counter"),
    ("src/by_a_macro.rs", "by_a_macro::wide::", "Counter"),
    ("src/hidden.rs", "hidden::", "Renamed"),
    ("src/hidden/deeper.rs", "hidden::deeper::", "Deep"),
    ("src/many.rs", "many::", "Shown"),
    ("src/nobody.rs", "nobody::", "Unreachable"),
    ("src/orders.rs", "orders::", "Order"),
    ("src/orders.rs", "orders::lines::", "Line"),
    ("src/twins/left.rs", "twins::left::", "Twin"),
    ("src/twins/right.rs", "twins::right::", "Twin"),
];

/// The private ones: of the library, and of the program.
const PRIVATE: [(&str, &str); 10] = [
    ("", "Secret"),
    ("hidden::", "OfTheCrate"),
    ("hidden::", "OfTheModule"),
    ("hidden::deeper::", "OfTheParent"),
    ("hidden::deeper::", "Alone"),
    ("nobody::within::", "Within"),
    ("orders::", "Draft"),
    ("orders::lines::inner::", "Unused"),
    ("", "OfTheProgram"),
    ("inner::", "Inner"),
];

/// Public, where there are no documentation tests: in the program, and in the test of the crate.
const PUBLIC_ELSEWHERE: [(&str, &str); 2] = [("", "Shouted"), ("", "OfATest")];

#[test]
fn a_crate_outside_runs_a_test_of_every_example() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("outside");
    let output = tested(&copied(&folder), &folder.join("target"));
    let told = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{told}");

    let unit_test = |module: &str, name: &str| format!("{module}backstitch_example_of_{name}::is_valid");
    let mut expected: Vec<String> = vec!["records_are_sent_under_every_name".to_owned()];
    for (file, module, name) in PUBLIC {
        expected.push(unit_test(module, name));
        let record = if name == "Order" { "OrderRecord".to_owned() } else { format!("{name}Push") };
        expected.push(format!("{file} - {module}{record}"));
    }
    expected.extend(PRIVATE.iter().chain(&PUBLIC_ELSEWHERE).map(|(module, name)| unit_test(module, name)));
    expected.sort();

    let outcomes = outcomes(&output);
    assert_eq!(outcomes.keys().cloned().collect::<Vec<_>>(), expected, "{told}");
    for (name, outcome) in &outcomes {
        assert_eq!(outcome, &["ok"], "{name}: {told}");
    }
}
