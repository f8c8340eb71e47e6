//! Definitions in, generated files out, and what a changed definition changes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use backstitch_codegen::emit::{Files, GENERATORS};
use backstitch_codegen::model::ExampleKind;
use backstitch_spec::{Code, Loaded, Options, load, load_files};
use backstitch_tests::{odd, tree, vendor};

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn standalone(loaded: &Loaded) -> Files {
    let generator = GENERATORS.iter().find(|generator| generator.standalone).expect("one generator stands alone");
    (generator.emit)(&loaded.api)
}

/// Copies what is under `from`, but for what git and cargo keep there.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name();
        if name == ".git" || name == "target" {
            continue;
        }
        let target = to.join(&name);
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Holds what the definitions of `name` become against what is expected. Set `BACKSTITCH_BLESS` to
/// write that anew.
fn becomes_what_is_expected(name: &str) {
    let loaded = load(&here(&format!("definitions/{name}/spec")), Options::default());
    assert_eq!(loaded.report.to_text(false), "");
    let files = standalone(&loaded);
    let expected = here(&format!("definitions/{name}/expected"));
    if std::env::var_os("BACKSTITCH_BLESS").is_some() {
        for (name, text) in &files {
            fs::write(expected.join(name), text).unwrap();
        }
    }
    let found: Vec<String> = {
        let entries = fs::read_dir(&expected).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    };
    assert_eq!(found, files.keys().cloned().collect::<Vec<_>>());
    for (name, text) in &files {
        assert!(&fs::read_to_string(expected.join(name)).unwrap() == text, "{name} is another");
    }
}

#[test]
fn a_definition_as_the_vendor_writes_them_becomes_this_module() {
    becomes_what_is_expected("vendor");
}

#[test]
fn definitions_with_odd_names_and_every_type_become_this_module() {
    becomes_what_is_expected("odd");
}

#[test]
fn a_tree_with_every_feature_of_the_format_becomes_these_modules() {
    becomes_what_is_expected("tree");
    let loaded = load(&here("definitions/tree/spec"), Options::default());
    let api = &loaded.api;
    let of_objects = api.objects.iter().flat_map(|object| &object.examples);
    let examples: Vec<_> = of_objects.chain(api.endpoints.iter().flat_map(|endpoint| &endpoint.examples)).collect();
    let tests = examples.iter().filter(|example| example.checked).count();
    println!(
        "{} definitions: {} objects, {} calls, {} examples, of which {tests} are tests",
        loaded.definitions,
        api.objects.len(),
        api.endpoints.len(),
        examples.len()
    );
    assert!(loaded.definitions >= 40 && api.endpoints.len() >= 10, "the tree is a large one");
    assert_eq!(api.objects.len(), tree::objects::ALL.len());
    for kind in [ExampleKind::Json, ExampleKind::Commented, ExampleKind::Shell] {
        assert!(examples.iter().any(|example| example.checked && example.kind == kind), "{kind:?}");
    }
    for kind in [ExampleKind::Template, ExampleKind::Text] {
        assert!(examples.iter().any(|example| !example.checked && example.kind == kind), "{kind:?}");
    }
}

#[test]
fn every_type_is_checked_by_its_rules() {
    let sound = r#"{"2nd-value": 1, "reason": null, "type": "ab", "self": 0}"#;
    let broken = [
        (r#""type": "a""#, "/type"),
        (r#""self": 6"#, "/self"),
        (r#""note": "long""#, "/note"),
        (r#""either": true"#, "/either"),
        (r#""either": []"#, "/either"),
        (r#""either": "long""#, "/either"),
        (r#""either": [1, "x"]"#, "/either/1"),
        (r#""flags": [true, true, false]"#, "/flags"),
    ];
    let read = |text: &str| serde_json::from_str::<odd::Attribute>(text).unwrap();
    read(sound).validate().unwrap();
    assert_eq!(read(sound).note, None);
    assert_eq!(read(&sound.replace('}', r#", "note": null}"#)).note, Some(None), "null is another thing than nothing");
    for (change, pointer) in broken {
        // The first of two entries of one name is the sound one: take it out.
        let mut entries: serde_json::Map<String, serde_json::Value> = serde_json::from_str(sound).unwrap();
        let change: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(&format!("{{{change}}}")).unwrap();
        entries.extend(change);
        let value: odd::Attribute = serde_json::from_value(entries.into()).unwrap();
        let violations = value.validate().unwrap_err();
        assert_eq!(violations.as_slice()[0].pointer, pointer);
    }
}

#[test]
fn the_module_reads_checks_and_writes_its_example() {
    let text = r#"{"client_id":7723,"table_name":"customers","sequence":1565880017,"data":{"id":1,"name":"Finn"},"key_names":["id"],"action":"upsert"}"#;
    let push: vendor::Push = serde_json::from_str(text).unwrap();
    push.validate().unwrap();
    assert_eq!(serde_json::to_string(&push).unwrap(), text, "in the order of the example");
    let other = text.replace("upsert", "delete");
    assert!(serde_json::from_str::<vendor::Push>(&other).is_err(), "the description says what the action always is");
}

#[test]
fn a_placeholder_without_data_is_told_at_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let document = fs::read_to_string(here("definitions/vendor/spec/push-object.md")).unwrap();
    fs::write(folder.path().join("push-object.md"), &document).unwrap();
    let loaded = load(folder.path(), Options::default());
    assert!(loaded.api.objects.is_empty(), "nothing is generated from half a definition");
    let mut told = Vec::new();
    for diagnostic in loaded.report.diagnostics() {
        let mark = &diagnostic.marks[0];
        let (line, column) = mark.line_column();
        let at = document.lines().nth(line - 1).unwrap();
        assert_eq!(at.chars().skip(column - 1).take(mark.text().chars().count()).collect::<String>(), mark.text());
        assert_eq!(mark.source().path, "push-object.md");
        told.push((diagnostic.code, mark.text().to_owned()));
    }
    let names = [
        "site.data.import-api.core-objects.push.object",
        "link.import-api.guides.structure-data",
        "site.data.import-api.core-objects.push.object",
        "site.data.import-api.core-objects.push.description",
        "general.attributes.client-id",
        "general.attributes.table-name",
        "general.attributes.sequence",
        "general.attributes.key-names",
        "general.attributes.data",
    ];
    let mut expected: Vec<_> = names.iter().map(|name| (Code::MissingDataFile, (*name).to_owned())).collect();
    expected.insert(2, (Code::UnknownInclude, "note.html".to_owned()));
    assert_eq!(told, expected);

    let lenient = load(folder.path(), Options { lenient: true });
    assert_eq!((lenient.report.errors(), lenient.report.warnings()), (0, expected.len()));
    assert!(standalone(&lenient)["push.rs"].contains("{{ general.attributes.data | flatify }}"));
}

/// The files below a folder, by their paths within it.
fn files_of(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut open = vec![(folder.to_owned(), String::new())];
    while let Some((path, name)) = open.pop() {
        for entry in fs::read_dir(path).unwrap() {
            let entry = entry.unwrap();
            let name = format!("{name}{}", entry.file_name().to_string_lossy());
            if entry.file_type().unwrap().is_dir() {
                open.push((entry.path(), format!("{name}/")));
            } else {
                files.push((name, fs::read(entry.path()).unwrap()));
            }
        }
    }
    files
}

#[test]
fn the_order_in_which_files_are_found_changes_nothing() {
    for tree in ["../spec", "definitions/tree/spec", "definitions/odd/spec"] {
        let mut files = files_of(&here(tree));
        files.sort();
        let read = |files: &[(String, Vec<u8>)]| {
            let files = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
            load_files(files, Options::default())
        };
        let first = read(&files);
        assert_eq!(first.report.to_text(false), "");
        // Each step of a stride that has no divisor in common with the count is another order.
        let orders = [1, 7, 31].map(|stride| {
            let mut order: Vec<_> = (0..files.len()).map(|index| (index * stride % 1_009, index)).collect();
            order.sort_unstable();
            order.into_iter().rev().map(|(_, index)| files[index].clone()).collect::<Vec<_>>()
        });
        for order in &orders {
            assert_ne!(*order, files);
            let second = read(order);
            for generator in GENERATORS {
                // The files are long: their names are enough to tell which differ.
                let (first, second) = ((generator.emit)(&first.api), (generator.emit)(&second.api));
                let differ: Vec<&String> = first.keys().filter(|name| first.get(*name) != second.get(*name)).collect();
                assert!(differ.is_empty() && first.len() == second.len(), "{tree}, {}: {differ:?}", generator.title);
            }
        }
    }
}

#[test]
fn changes_are_told_and_classed() {
    let old = load(&here("../spec"), Options::default()).api;
    assert_eq!(backstitch_codegen::diff::changes(&old, &old), []);
    let folder = tempfile::tempdir().unwrap();
    let copied = folder.path().join("spec");
    copy(&here("../spec"), &copied);
    let rewrite = |path: &str, from: &str, to: &str| {
        let path = copied.join("import-api").join(path);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{from}");
        fs::write(&path, text.replacen(from, to, 1)).unwrap();
    };
    let added = "  - name: \"table_version\"\n    type: \"integer\"\n    required: false\n\n  - name: \"sequence\"\n";
    rewrite("push-object.md", "  - name: \"sequence\"\n", added);
    rewrite("push-object.md", "maximum: 9223372036854775807", "maximum: 1999999999");
    rewrite("push-object.md", "value: \"1550702340229\"", "value: \"1565880017\"");
    rewrite("push-object.md", "minLength: 1", "minLength: 0");
    rewrite("api-status-object.md", "type: \"string, null\"", "type: \"string\"");
    rewrite("api-status-object.md", "        \"reason\":null\n", "        \"reason\":\"none\"\n");
    rewrite("../_data/import-api/response-codes/status.yml", "\"reason\":null", "\"reason\":\"none\"");
    rewrite("api.md", "value: \"20000\"", "value: \"30000\"");
    rewrite("endpoints/push.md", ", \"application/transit+json\"", "");
    rewrite("../_data/import-api/response-codes/general.yml", "code: \"404\"", "code: \"410\"");
    fs::remove_file(copied.join("import-api/endpoints/batch.md")).unwrap();
    let loaded = load(&copied, Options::default());
    assert_eq!(loaded.report.to_text(false), "");
    let told: Vec<String> = backstitch_codegen::diff::changes(&old, &loaded.api)
        .into_iter()
        .map(|change| format!("{} {}: {}", if change.breaking { "!" } else { "-" }, change.what, change.how))
        .collect();
    assert_eq!(
        told,
        [
            "! API Status.reason: type: `null or string` became `string`",
            "! Push.sequence: maximum: `9223372036854775807` became `1999999999`",
            "- Push.table_name: minLength: `1` became `0`",
            "- Push.table_version: added",
            "! endpoint Batch: removed",
            "! endpoint Push: content type `application/transit+json` is gone",
            concat!(
                "- endpoint Status answer running: body: ",
                r#"`{"name":"pipeline.gate","version":"<VERSION>","revision":"<REVISION>","status":"OK","reason":null}` became "#,
                r#"`{"name":"pipeline.gate","version":"<VERSION>","revision":"<REVISION>","status":"OK","reason":"none"}`"#,
            ),
            "! no call answer not-found: status: `404` became `410`",
            "- limit records-per-request: `20000` became `30000`",
        ]
    );
}

#[test]
fn changes_of_destinations_are_told_and_classed() {
    let old = load(&here("../spec"), Options::default()).api;
    let folder = tempfile::tempdir().unwrap();
    let copied = folder.path().join("spec");
    copy(&here("../spec"), &copied);
    let rewrite = |path: &str, from: &str, to: &str| {
        let path = copied.join("destinations").join(path);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{from}");
        fs::write(&path, text.replacen(from, to, 1)).unwrap();
    };
    rewrite("destinations.md", "\"_rjm\"", "\"_own\"");
    rewrite("destinations.md", "  - \"_sdc_extra\"\n", "");
    rewrite("amazon-s3.md", "1024 bytes", "1024");
    rewrite("bigquery.md", "replace-others", "remove-others");
    rewrite("bigquery.md", "from: \"customer#id\", to: \"customer_id\"", "from: \"customer#id\", to: \"customerid\"");
    rewrite("bigquery.md", "from: \"!customerid\", to: \"_customerid\"", "from: \"!customerid\", to: \"customerid\"");
    rewrite("databricks-delta.md", "bigint: \"unsupported\"", "bigint: { type: \"long\", suffix: \"lg\" }");
    rewrite("mysql.md", "column-name: 64", "column-name: \"-\"");
    rewrite("mysql.md", "columns: 1017", "columns: 1000");
    rewrite("mysql.md", ", \"__dt\"", "");
    rewrite("mysql.md", "suffix: \"dt\"", "suffix: \"ti\"");
    rewrite("snowflake.md", "split-renames-original: false", "split-renames-original: true");
    fs::remove_file(copied.join("destinations/panoply.md")).unwrap();
    let loaded = load(&copied, Options::default());
    assert_eq!(loaded.report.to_text(false), "");
    let told: Vec<String> = backstitch_codegen::diff::changes(&old, &loaded.api)
        .into_iter()
        .map(|change| format!("{} {}: {}", if change.breaking { "!" } else { "-" }, change.what, change.how))
        .collect();
    let steps = |others: &str| {
        format!(
            "letters become lower case; spaces become underscores; all but letters, digits and `_` {others}; \
             digits at the start become one underscore"
        )
    };
    assert_eq!(
        told,
        [
            "- destinations: reserved prefix `_rjm` is gone",
            "! destinations: reserved prefix `_own` is new",
            "! destinations: allowed column `_sdc_extra` is gone",
            "- destination amazon-s3: table name: `1024 bytes` became `1024 characters`",
            &format!(
                "! destination bigquery: steps: `{}` became `{}`",
                steps("become underscores"),
                steps("are removed")
            ),
            "- destination bigquery: examples of names changed",
            "- destination databricks-delta.bigint: added",
            "- destination databricks-delta.bigint: not rejected any more",
            "- destination mysql: column name: `64 characters` became `no limit`",
            "! destination mysql: columns: `1017` became `1000`",
            "- destination mysql: reserved column suffix `__dt` is gone",
            "! destination mysql.date: suffix: `dt` became `ti`",
            "! destination panoply: removed",
            "! destination snowflake: a split renames the first column: `no` became `yes`",
        ]
    );
}

fn xtask(workspace: &Path, target: &Path, arguments: &[&str]) -> Output {
    cargo(workspace, target).args(["run", "--quiet", "--package", "xtask", "--"]).args(arguments).output().unwrap()
}

fn cargo(workspace: &Path, target: &Path) -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(workspace).env("CARGO_TARGET_DIR", target).env_remove("RUSTFLAGS");
    // The sooner it is compiled the better: nothing here is run for long, and nobody debugs it.
    cargo.env("CARGO_PROFILE_DEV_DEBUG", "0").env("CARGO_PROFILE_TEST_DEBUG", "0");
    cargo
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A copy of the workspace, a limit, a path and an answer changed, the object and one of its attributes renamed and one added in the definition, one of
/// Batch's made required, then nothing but
/// `cargo xtask regenerate`: the derive, its documentation, the bytes and the gate all follow.
#[test]
fn a_changed_definition_changes_the_derive_its_documentation_and_the_gate() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("changed-definition");
    let (workspace, target) = (folder.join("workspace"), folder.join("target"));
    if workspace.exists() {
        fs::remove_dir_all(&workspace).unwrap();
    }
    copy(&here(".."), &workspace);

    let definition = workspace.join("spec/import-api/push-object.md");
    let before = fs::read_to_string(&definition).unwrap();
    let added = "  - name: \"table_version\"\n    type: \"integer\"\n    description: \"Which version of the table the \
                 record belongs to.\"\n    required: false\n    minimum: 0\n\n";
    let after = before
        .replace("name: \"table_name\"", "name: \"destination_table\"")
        .replace("title: \"Push\"", "title: \"Upsert\"")
        .replace("\"table_name\":", "\"destination_table\":")
        .replace("  - name: \"sequence\"\n", &format!("{added}  - name: \"sequence\"\n"));
    fs::write(&definition, after).unwrap();

    let rewrite = |path: &str, from: &str, to: &str| {
        let path = workspace.join("spec/import-api").join(path);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{from}");
        fs::write(&path, text.replace(from, to)).unwrap();
    };
    rewrite("api.md", "value: \"1024\"", "value: \"8\"");
    rewrite("endpoints/push.md", "/import/push", "/import/records");
    rewrite("batch-object.md", "value: \"id\"\n    required: false", "value: \"id\"\n    required: true");
    let answers = "../_data/import-api/response-codes/push.yml";
    rewrite(answers, "An array of records is expected", "A list of records is expected");
    rewrite(answers, "code: \"403\"", "code: \"409\"");
    rewrite(answers, "can't be blank", "must be there");

    let stale = xtask(&workspace, &target, &["regenerate", "--check"]);
    let told = text(&stale);
    assert!(!stale.status.success(), "{told}");
    assert!(told.contains("crates/backstitch-api/src/generated/upsert.rs"), "{told}");
    assert!(told.contains("crates/backstitch-derive/src/generated.rs"), "{told}");
    assert!(told.contains("run `cargo xtask regenerate`"), "{told}");
    let written = xtask(&workspace, &target, &["regenerate"]);
    assert!(written.status.success(), "{}", text(&written));
    let fresh = xtask(&workspace, &target, &["regenerate", "--check"]);
    assert!(fresh.status.success(), "{}", text(&fresh));

    // A crate of a user's that fails to compile, or fails its tests, unless everything followed.
    let user = workspace.join("changed");
    copy(&here("definitions/changed"), &user);
    fs::rename(user.join("Cargo.toml.in"), user.join("Cargo.toml")).unwrap();
    let root = workspace.join("Cargo.toml");
    let manifest = fs::read_to_string(&root).unwrap();
    fs::write(
        &root,
        manifest.replace("members = [", "members = [\"changed\", ").replace("opt-level = 3", "opt-level = 0"),
    )
    .unwrap();
    let tested = cargo(&workspace, &target).args(["test", "--package", "changed"]).output().unwrap();
    let told = text(&tested);
    assert!(tested.status.success(), "{told}");
    assert!(told.contains("the_gate_checks_what_the_definition_says ... ok"), "{told}");
    assert!(told.contains("CustomerUpsert (line"), "the documentation test ran: {told}");
}
