//! Every code of the catalogue: what is told of its bad example is held against a file in `tests/ui`, and of its good
//! example nothing is told. `BACKSTITCH_BLESS=1` writes the files anew.

use std::fs;
use std::path::{Path, PathBuf};

use backstitch_spec::catalogue::{entry, page};
use backstitch_spec::{Code, Options, Severity, load};

/// The file of what is told of a code's bad example.
fn expected(code: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui").join(format!("{code}.stderr"))
}

/// What every diagnostic of the catalogue holds to.
fn check(name: &str) {
    let code = Code::called(name).unwrap_or_else(|| panic!("no code is called {name}"));
    let entry = entry(code);
    assert_eq!(entry.code, code);

    let report = entry.bad.load().report;
    let told = report.to_text(false);
    let codes: Vec<Code> = report.diagnostics().iter().map(|diagnostic| diagnostic.code).collect();
    assert_eq!(codes, [code], "exactly this one\n{told}");
    let diagnostic = &report.diagnostics()[0];
    assert!(entry.severities.contains(&diagnostic.severity), "{told}");
    let help = diagnostic.help.as_deref().unwrap_or_else(|| panic!("no help\n{told}"));
    let labels = diagnostic.marks.iter().map(|mark| mark.label.as_str()).filter(|label| !label.is_empty());
    for wording in [diagnostic.message.as_str(), help, entry.headline].into_iter().chain(labels) {
        // Abbreviations such as YAML have a second capital.
        let is_sentence = wording.starts_with(char::is_uppercase) && !wording[1..].starts_with(char::is_uppercase);
        assert!(!is_sentence && !wording.ends_with('.') && !wording.contains("failed to"), "{wording}");
    }

    let path = expected(name);
    if std::env::var_os("BACKSTITCH_BLESS").is_some() {
        fs::write(&path, &told).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}\n{told}", path.display()));
    assert_eq!(written, told, "`BACKSTITCH_BLESS=1` writes {} anew", path.display());

    let told = entry.good.load().report.to_text(false);
    assert_eq!(told, "", "nothing is told of the good example");
}

/// A test for each code, named as the code is.
macro_rules! codes {
    ($($name:ident),* $(,)?) => {
        $(
            #[test]
            fn $name() {
                check(&stringify!($name).replace('_', "-"));
            }
        )*

        const TESTED: &[&str] = &[$(stringify!($name)),*];
    };
}

codes! {
    unreadable,
    not_utf_8,
    no_definition,
    open_front_matter,
    yaml,
    tab,
    duplicate_key,
    unknown_alias,
    configuration,
    missing_key,
    unknown_key,
    wrong_kind,
    unknown_content_type,
    unknown_type,
    unknown_role,
    unknown_sub_type,
    unknown_endpoint,
    path_mismatch,
    endless_object,
    duplicate_name,
    name_collision,
    misplaced_constraint,
    empty_range,
    unknown_placeholder,
    missing_data_file,
    unrendered_placeholder,
    placeholder_cycle,
    unknown_include,
    include_cycle,
    unknown_filter,
    unknown_tag,
    open_tag,
    template,
    value_mismatch,
    example_syntax,
    example_mismatch,
    unknown_step,
    transform_mismatch,
    same_as,
}

#[test]
fn every_code_has_a_test_and_every_file_a_code() {
    let codes: Vec<String> = Code::ALL.iter().map(|code| code.as_str().replace('-', "_")).collect();
    assert_eq!(TESTED, codes, "the list in this file is that of `Code`, in its order");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui");
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(Code::called(&name).is_some() && path == expected(&name), "{} belongs to no code", path.display());
    }
}

#[test]
fn the_page_has_a_section_for_every_code_and_closes_its_fences() {
    let page = page();
    let sections: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    let codes: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(sections, codes);
    let mut is_open = false;
    for line in page.lines().filter(|line| line.contains("```")) {
        assert_eq!(line == "```", is_open, "{line}");
        is_open = !is_open;
    }
}

#[test]
fn a_folder_is_read_as_its_files_are() {
    for code in Code::ALL {
        let entry = entry(*code);
        for example in [entry.bad, entry.good] {
            // Whose permissions count depends on who runs the test.
            if example.files().iter().any(|file| file.bytes.is_none()) {
                continue;
            }
            let temporary = tempfile::tempdir().unwrap();
            // Nothing that others leave in the folder of temporary files is beside it.
            let folder = temporary.path().join("definitions");
            for file in example.files() {
                let path = folder.join(file.path);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, file.bytes.unwrap()).unwrap();
            }
            let report = load(&folder, Options::default()).report;
            let root = folder.to_string_lossy().replace('\\', "/");
            let from_disk: Vec<_> = report
                .diagnostics()
                .iter()
                .map(|diagnostic| {
                    let places: Vec<_> =
                        diagnostic.marks.iter().map(|mark| (mark.source().path.clone(), mark.line_column())).collect();
                    (diagnostic.code, diagnostic.message.replace(&root, "the folder"), places)
                })
                .collect();
            let from_memory: Vec<_> = example
                .load()
                .report
                .diagnostics()
                .iter()
                .map(|diagnostic| {
                    let places: Vec<_> =
                        diagnostic.marks.iter().map(|mark| (mark.source().path.clone(), mark.line_column())).collect();
                    (diagnostic.code, diagnostic.message.clone(), places)
                })
                .collect();
            assert_eq!(from_disk, from_memory);
        }
    }
}

#[test]
fn what_can_be_lenient_is_a_warning_then() {
    for code in [Code::UnknownPlaceholder, Code::MissingDataFile, Code::UnknownInclude] {
        let files = entry(code).bad.files().iter().map(|file| (file.path, file.bytes.unwrap()));
        let report = backstitch_spec::load_files(files, Options { lenient: true }).report;
        let told: Vec<_> = report.diagnostics().iter().map(|told| (told.code, told.severity)).collect();
        assert_eq!(told, [(code, Severity::Warning)]);
    }
}
