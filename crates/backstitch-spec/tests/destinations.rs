//! What is read from definitions of destinations, and what is told of those that are not sound.

use std::fs;

use backstitch_codegen::destination::{Case, Class, Length, Matching, Nested, Split, Step, StitchType, transform};
use backstitch_codegen::model::Destination;
use backstitch_spec::{Code, Loaded, Options, Severity, load};
use proptest::collection::vec;
use proptest::prelude::{any, proptest};
use proptest::sample::{Index, select};

/// A definition in which nothing is wrong.
const SOUND: &str = r#"---
content-type: "destination"
key: "lake"
title: "A Lake"
description: "Water."
table-name: 63
column-name: "1,024 bytes"
columns: "-"
record: "2 MB"
case: "lower"
split-renames-original: false
nested: "json"
reserved-column-suffixes: ["__it"]
types:
  integer: { type: "int", suffix: "it" }
  double: { type: "real", suffix: "do", note: "rounded" }
  bigint: "unsupported"
name-steps:
  - "lower-case"
  - remove-others: ["letters", "_"]
transforms:
  - { kind: "letters become lower case", from: "Ab_1", to: "ab_" }
---
"#;

const RULES: &str = r#"---
content-type: "destinations"
title: "Destinations"
reserved-prefixes: ["_sys"]
allowed-columns: ["_sys_id"]
reserved-words-are-case-insensitive: true
type-fallbacks: { float: "double" }
---
"#;

/// The same as the first, under another key.
const SAME: &str = r#"---
content-type: "destination"
key: "pond"
title: "A Pond"
same-as: "lake"
---
"#;

fn read(files: &[(&str, &str)]) -> Loaded {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        fs::write(folder.path().join(path), text).unwrap();
    }
    load(folder.path(), Options::default())
}

/// Reads the three definitions with `from` replaced by `to` in one of them.
fn changed(file: &str, from: &str, to: &str) -> Loaded {
    let files = [("lake.md", SOUND), ("pond.md", SAME), ("rules.md", RULES)].map(|(path, text)| match path == file {
        true => {
            assert!(text.contains(from), "{from}");
            (path, text.replace(from, to))
        }
        false => (path, text.to_owned()),
    });
    read(&files.each_ref().map(|(path, text)| (*path, text.as_str())))
}

fn sound() -> Loaded {
    let loaded = read(&[("lake.md", SOUND), ("pond.md", SAME), ("rules.md", RULES)]);
    assert_eq!(loaded.report.to_text(false), "");
    loaded
}

#[test]
fn a_destination_is_read_whole() {
    let loaded = sound();
    let lake: &Destination = &loaded.api.destinations[0];
    assert_eq!((lake.key.as_str(), lake.title.as_str(), lake.source.as_str()), ("lake", "A Lake", "lake.md"));
    assert_eq!((lake.table_name, lake.column_name), (Length::Characters(63), Length::Bytes(1_024)));
    assert_eq!((lake.columns, lake.record_bytes), (None, Some(2_000_000)));
    assert_eq!((lake.case, lake.split, lake.nested), (Case::Lower, Split::KeepsOriginal, Nested::Json));
    assert_eq!(lake.reserved_column_suffixes, ["__it"]);
    assert_eq!(lake.unsupported, [StitchType::Bigint]);
    let steps = [Step::LowerCase, Step::RemoveOthers(vec![Class::Letters, Class::Character('_')])];
    assert_eq!(lake.steps, steps);
    assert_eq!(transform(&lake.steps, "Ä 1_"), "ä_");
    assert_eq!(lake.transforms.len(), 1);
    let rules = &loaded.api.destination_rules;
    assert_eq!((rules.reserved_prefixes.join(""), rules.allowed_columns.join("")), ("_sys".into(), "_sys_id".into()));
    assert_eq!(rules.matching, Matching::AnyCase);
}

#[test]
fn a_type_without_a_column_is_stored_as_its_fallback() {
    let loaded = sound();
    let float = loaded.api.destinations[0].types.iter().find(|column| column.of == StitchType::Float).unwrap();
    assert_eq!((float.name.as_str(), float.suffix.as_str(), float.note.as_str()), ("real", "do", "rounded"));
    let refused =
        changed("lake.md", "double: { type: \"real\", suffix: \"do\", note: \"rounded\" }", "double: unsupported");
    let unsupported = &refused.api.destinations[0].unsupported;
    assert_eq!(unsupported, &[StitchType::Double, StitchType::Bigint, StitchType::Float]);
}

#[test]
fn a_destination_that_is_the_same_as_another_has_all_but_its_name() {
    let loaded = sound();
    let [lake, pond] = loaded.api.destinations.as_slice() else { panic!("two destinations") };
    assert_eq!((pond.key.as_str(), pond.title.as_str(), pond.source.as_str()), ("pond", "A Pond", "pond.md"));
    assert_eq!(pond.same_as.as_deref(), Some("lake"));
    assert_eq!((pond.table_name, pond.case, &pond.types), (lake.table_name, lake.case, &lake.types));
    assert_eq!((&pond.steps, &pond.transforms), (&lake.steps, &lake.transforms));
}

#[test]
fn without_rules_nothing_is_reserved_everywhere() {
    let loaded = read(&[("lake.md", SOUND)]);
    assert_eq!(loaded.report.to_text(false), "");
    assert!(loaded.api.destination_rules.reserved_prefixes.is_empty());
}

/// The file, what is changed and into what, the code, its line and column, the text that is marked, a
/// word of the help.
type Mistake = (&'static str, &'static str, &'static str, Code, (usize, usize), &'static str, &'static str);

#[test]
fn every_mistake_is_told_at_its_place() {
    #[rustfmt::skip]
    let cases: &[Mistake] = &[
        ("lake.md", "key: \"lake\"\n", "", Code::MissingKey, (1, 1), "---", "key"),
        ("lake.md", "title: \"A Lake\"\n", "", Code::MissingKey, (1, 1), "---", "title"),
        ("lake.md", "\"lake\"", "\"The Lake\"", Code::WrongKind, (3, 6), "\"The Lake\"", "hyphens"),
        ("lake.md", "title: \"A Lake\"", "title: []", Code::WrongKind, (4, 8), "[", "text"),
        ("lake.md", "table-name: 63\n", "", Code::MissingKey, (1, 1), "---", "table-name: 63"),
        ("lake.md", "columns: \"-\"\n", "", Code::MissingKey, (1, 1), "---", "columns: 1600"),
        ("lake.md", "table-name: 63", "table-name: 0", Code::WrongKind, (6, 13), "0", "no limit"),
        ("lake.md", "1,024 bytes", "1,024 lines", Code::WrongKind, (7, 14), "\"1,024 lines\"", "bytes"),
        ("lake.md", "columns: \"-\"", "columns: many", Code::WrongKind, (8, 10), "many", "whole number"),
        ("lake.md", "2 MB", "2 M", Code::WrongKind, (9, 9), "\"2 M\"", "1 MB"),
        ("lake.md", "2 MB", "99999999999999999 MB", Code::WrongKind, (9, 9), "\"99999999999999999 MB\"", "1 MB"),
        ("lake.md", "case: \"lower\"", "case: \"lowr\"", Code::WrongKind, (10, 7), "\"lowr\"", "`lower`"),
        ("lake.md", "case: \"lower\"", "case: \"upper\"", Code::TransformMismatch, (10, 7), "\"upper\"", "`upper-case`"),
        ("lake.md", "case: \"lower\"", "case: \"kept\"", Code::TransformMismatch, (10, 7), "\"kept\"", "remove the step"),
        ("lake.md", "original: false", "original: no-one", Code::WrongKind, (11, 25), "no-one", "true or false"),
        ("lake.md", "nested: \"json\"", "nested: \"jsn\"", Code::WrongKind, (12, 9), "\"jsn\"", "`json`"),
        ("lake.md", "nested: \"json\"", "nested: \"lost\"", Code::WrongKind, (12, 9), "\"lost\"", "flattened"),
        ("lake.md", "[\"__it\"]", "[\"\"]", Code::WrongKind, (13, 28), "\"\"", "word"),
        ("lake.md", "[\"__it\"]", "[\"__it\", \"__it\"]", Code::DuplicateName, (13, 36), "\"__it\"", "remove"),
        ("lake.md", "[\"__it\"]", "__it", Code::WrongKind, (13, 27), "__it", "list"),
        ("lake.md", "  integer:", "  integr:", Code::UnknownType, (15, 3), "integr", "`integer`"),
        ("lake.md", "  integer:", "  money:", Code::UnknownType, (15, 3), "money", "bigint"),
        ("lake.md", "type: \"int\", ", "", Code::MissingKey, (15, 3), "integer", "type"),
        ("lake.md", ", suffix: \"it\"", "", Code::MissingKey, (15, 3), "integer", "suffix"),
        ("lake.md", "note: \"r", "nota: \"r", Code::UnknownKey, (16, 41), "nota", "`note`"),
        ("lake.md", "\"unsupported\"", "\"unsuported\"", Code::WrongKind, (17, 11), "\"unsuported\"", "unsupported"),
        ("lake.md", "\"lower-case\"", "\"lowercase\"", Code::UnknownStep, (19, 5), "\"lowercase\"", "`lower-case`"),
        ("lake.md", "\"lower-case\"", "\"shout\"", Code::UnknownStep, (19, 5), "\"shout\"", "trim-spaces"),
        ("lake.md", "- \"lower-case\"", "- lower-case: [\"_\"]", Code::WrongKind, (19, 17), "[\"_\"", "lower-case"),
        ("lake.md", "- \"lower-case\"", "- []", Code::WrongKind, (19, 5), "[", "one step"),
        ("lake.md", "remove-others: [\"letters\", \"_\"]", "remove-others", Code::WrongKind, (20, 5), "remove-others", "letters"),
        ("lake.md", "[\"letters\", \"_\"]", "[]", Code::WrongKind, (20, 20), "[", "list of characters"),
        ("lake.md", "\"letters\"", "\"lettres\"", Code::UnknownStep, (20, 21), "\"lettres\"", "`letters`"),
        ("lake.md", "\"letters\"", "\"@#\"", Code::UnknownStep, (20, 21), "\"@#\"", "single character"),
        ("lake.md", "to: \"ab_\"", "to: \"ab_1\"", Code::TransformMismatch, (22, 60), "\"ab_1\"", "steps"),
        ("lake.md", "from: \"Ab_1\", ", "", Code::WrongKind, (22, 5), "{ kind: \"letters become lower case\", to: \"ab_\"", "from"),
        ("lake.md", "columns: \"-\"", "column: \"-\"", Code::UnknownKey, (8, 1), "column", "`columns`"),
        ("lake.md", "record:", "whatever-else:", Code::UnknownKey, (9, 1), "whatever-else", "record"),
        ("pond.md", "\"lake\"", "\"laek\"", Code::SameAs, (5, 10), "\"laek\"", "`lake`"),
        ("pond.md", "\"lake\"", "\"sea-of-sand\"", Code::SameAs, (5, 10), "\"sea-of-sand\"", "definition"),
        ("pond.md", "\"lake\"", "\"pond\"", Code::SameAs, (5, 10), "\"pond\"", "another"),
        ("pond.md", "\"lake\"", "[lake]", Code::WrongKind, (5, 10), "[lake", "key"),
        ("pond.md", "same-as", "columns: 9\nsame-as", Code::SameAs, (5, 1), "columns", "remove"),
        ("pond.md", "\"pond\"", "\"lake\"", Code::DuplicateName, (3, 6), "\"lake\"", "another key"),
        ("rules.md", "float: \"double\"", "flaot: \"double\"", Code::UnknownType, (7, 19), "flaot", "`float`"),
        ("rules.md", "float: \"double\"", "float: \"duoble\"", Code::UnknownType, (7, 26), "\"duoble\"", "`double`"),
        ("rules.md", "{ float: \"double\" }", "float", Code::WrongKind, (7, 17), "float", "mapping"),
        ("rules.md", "allowed-columns", "allow-columns", Code::UnknownKey, (5, 1), "allow-columns", "`allowed-columns`"),
        ("rules.md", "\"destinations\"", "\"destinatons\"", Code::UnknownContentType, (2, 15), "\"destinatons\"", "`destinations`"),
    ];
    for (file, from, to, code, place, marked, help) in cases {
        let loaded = changed(file, from, to);
        let told = loaded.report.to_text(false);
        let found = loaded.report.diagnostics().iter().find(|diagnostic| diagnostic.code == *code);
        let diagnostic = found.unwrap_or_else(|| panic!("`{from}` as `{to}`: no {code} in\n{told}"));
        let mark = &diagnostic.marks[0];
        let at = (mark.source().path.as_str(), mark.line_column(), mark.text().trim_end());
        assert_eq!(at, (*file, *place, *marked), "`{from}` as `{to}`\n{told}");
        assert!(diagnostic.help.as_ref().is_some_and(|text| text.contains(help)), "`{from}` as `{to}`\n{told}");
        let is_whole = loaded.api.destinations.len() == 2;
        assert!(is_whole || loaded.report.errors() > 0, "`{from}` as `{to}`: left out without a word\n{told}");
        assert!(told.contains(&format!("[{code}]")), "{told}");
    }
}

#[test]
fn an_example_that_the_steps_contradict_is_told_with_the_steps() {
    let loaded = changed("lake.md", "to: \"ab_\"", "to: \"AB\"");
    let [diagnostic] = loaded.report.diagnostics() else { panic!("{}", loaded.report.to_text(false)) };
    assert_eq!(diagnostic.severity, Severity::Error);
    assert_eq!(diagnostic.message, "the steps make `ab_` of `Ab_1`, not `AB`");
    assert_eq!(diagnostic.marks[1].line_column().0, 19);
    assert!(loaded.api.destinations.is_empty(), "nor is the destination that is the same as this one sound");
}

#[test]
fn a_change_of_case_after_characters_were_taken_out_is_told() {
    let steps = "  - \"lower-case\"\n  - remove-others: [\"letters\", \"_\"]\n";
    let loaded = changed("lake.md", steps, "  - remove-others: [\"letters\", \"_\"]\n  - \"lower-case\"\n");
    let [diagnostic] = loaded.report.diagnostics() else { panic!("{}", loaded.report.to_text(false)) };
    assert_eq!((diagnostic.code, diagnostic.severity), (Code::TransformMismatch, Severity::Warning));
    assert_eq!(diagnostic.marks[0].line_column(), (20, 5));
}

#[test]
fn a_suffix_that_is_not_reserved_is_allowed() {
    // The vendor's list of reserved suffixes is not always that of its types.
    let loaded = changed("lake.md", "[\"__it\"]", "[\"__xx\"]");
    assert_eq!(loaded.report.to_text(false), "");
}

#[test]
fn a_destination_that_is_the_same_as_one_that_is_so_itself_is_told() {
    let puddle = SAME.replace("\"pond\"", "\"puddle\"").replace("\"lake\"", "\"pond\"");
    let loaded = read(&[("lake.md", SOUND), ("pond.md", SAME), ("puddle.md", &puddle)]);
    let [diagnostic] = loaded.report.diagnostics() else { panic!("{}", loaded.report.to_text(false)) };
    assert_eq!((diagnostic.code, diagnostic.help.as_deref()), (Code::SameAs, Some("write `lake`")));
}

#[test]
fn two_keys_that_become_one_variant_are_told_with_both_places() {
    let text = |key: &str| SOUND.replace("\"lake\"", key);
    let loaded = read(&[("a.md", &text("a1")), ("b.md", &text("a-1"))]);
    let [diagnostic] = loaded.report.diagnostics() else { panic!("{}", loaded.report.to_text(false)) };
    assert_eq!(diagnostic.code, Code::NameCollision);
    let paths: Vec<&str> = diagnostic.marks.iter().map(|mark| mark.source().path.as_str()).collect();
    assert_eq!(paths, ["b.md", "a.md"]);
}

#[test]
fn what_holds_for_all_destinations_is_defined_once() {
    let loaded = read(&[("a.md", RULES), ("b.md", RULES), ("lake.md", SOUND)]);
    let [diagnostic] = loaded.report.diagnostics() else { panic!("{}", loaded.report.to_text(false)) };
    assert_eq!(diagnostic.code, Code::DuplicateName);
    assert_eq!(diagnostic.marks[1].source().path, "a.md");
}

#[test]
fn what_is_missing_is_told_after_a_byte_order_mark() {
    let loaded = read(&[("lake.md", &format!("\u{feff}{}", SOUND.replace("columns:", "colums:")))]);
    let missing = loaded.report.diagnostics().iter().find(|told| told.code == Code::MissingKey);
    let Some(missing) = missing else { panic!("{}", loaded.report.to_text(false)) };
    assert_eq!(missing.marks[0].text(), "---");
}

#[test]
fn keys_of_destinations_are_no_slips_of_the_pen_elsewhere() {
    let object = "---\ncontent-type: api-object\ntitle: Thing\ntype: x\ncase: y\nobject-attributes:\n  - name: id\n    type: integer\n---\n";
    assert_eq!(read(&[("thing.md", object)]).report.to_text(false), "");
}

/// Pieces that mean something to a reader of these definitions.
const PIECES: &[&str] = &[
    "[",
    "]",
    "{",
    "}",
    "-",
    ": ",
    "\"",
    "~",
    "é",
    "\u{1F9F5}",
    "\n",
    "  ",
    "lake",
    "pond",
    "same-as: ",
    "0",
    "{{",
    "_",
];

proptest! {
    #[test]
    fn no_text_makes_it_panic(edits in vec((any::<Index>(), any::<Index>(), select(PIECES)), 0..6), which in 0..3_usize) {
        let mut texts = [SOUND, SAME, RULES].map(str::to_owned);
        for (start, length, piece) in edits {
            let text = &mut texts[which];
            let at = |text: &str, at: usize| (at..).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
            let start = at(text, start.index(text.len() + 1));
            let end = at(text, (start + length.index(16)).min(text.len()));
            text.replace_range(start..end, piece);
        }
        let [lake, pond, rules] = &texts;
        let loaded = read(&[("lake.md", lake), ("pond.md", pond), ("rules.md", rules)]);
        assert_eq!(loaded.report.to_github().lines().count(), loaded.report.diagnostics().len());
    }
}
