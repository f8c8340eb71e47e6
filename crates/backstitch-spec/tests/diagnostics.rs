//! What is told of a definition that is not sound: the kind, the place, the help.

use std::fs;

use backstitch_spec::{Code, Loaded, Options, Severity, load};

/// A definition in which nothing is wrong.
const SOUND: &str = r#"---
content-type: "api-object"
title: "Thing"
description: "About {{ words.thing }}."
object-attributes:
  - name: "id"
    type: "integer"
    minimum: 0
    maximum: 9
    required: true
  - name: "name"
    type: "string"
    value: "Finn"
    maxLength: 20
examples:
  - code: |
      {
        "id": 1,
        "name": "Finn"
      }
---
"#;

const WORDS: &str = "thing: \"a thing\"\n";

fn read(files: &[(&str, &[u8])]) -> Loaded {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    load(folder.path(), Options::default())
}

/// Reads [`SOUND`] with `from` replaced by `to`.
fn changed(from: &str, to: &str) -> Loaded {
    assert!(SOUND.contains(from), "{from}");
    read(&[("thing.md", SOUND.replace(from, to).as_bytes()), ("_data/words.yml", WORDS.as_bytes())])
}

#[test]
fn a_sound_definition_leaves_nothing_to_tell() {
    let loaded = changed("Finn", "Finn");
    assert_eq!(loaded.report.to_text(false), "");
    assert_eq!(loaded.api.objects.len(), 1);
    assert_eq!(loaded.api.objects[0].description, "About a thing.");
    assert!(loaded.api.objects[0].examples[0].checked);
}

#[test]
fn line_ends_a_byte_order_mark_and_a_missing_last_newline_change_nothing() {
    let windows = format!("\u{feff}{}", SOUND.replace('\n', "\r\n"));
    for text in [windows.as_str(), SOUND.trim_end(), &format!("{SOUND}\n# Text\n")] {
        let loaded = read(&[("thing.md", text.as_bytes()), ("_data/words.yml", WORDS.as_bytes())]);
        assert_eq!(loaded.report.to_text(false), "");
        assert_eq!(loaded.api.objects.len(), 1);
    }
}

/// What is changed and into what, the code, its line and column, the text that is marked, a word of
/// the help.
type Case = (&'static str, &'static str, Code, (usize, usize), &'static str, &'static str);

#[test]
fn every_mistake_is_told_at_its_place() {
    #[rustfmt::skip]
    let cases: &[Case] = &[
        ("title: \"Thing\"\n", "", Code::MissingKey, (1, 1), "---", "title"),
        ("content-type: \"api-object\"\n", "", Code::MissingKey, (1, 1), "---", "api-object"),
        ("\"api-object\"", "api-objekt", Code::UnknownContentType, (2, 15), "api-objekt", "`api-object`"),
        ("title:", "titel:", Code::UnknownKey, (3, 1), "titel", "`title`"),
        ("words.thing", "words.thin", Code::UnknownPlaceholder, (4, 24), "words.thin", "`thing`"),
        ("words.thing", "word.thing", Code::MissingDataFile, (4, 24), "word.thing", "`words`"),
        ("{{ words.thing }}", "{{ words.thing", Code::OpenTag, (4, 21), "{{", "close"),
        ("{{ words.thing }}", "{% include note.html %}", Code::UnknownInclude, (4, 32), "note.html", "_includes"),
        ("{{ words.thing }}", "{{ words.thing | flatfy }}", Code::UnknownFilter, (4, 38), "flatfy", "`flatify`"),
        ("{{ words.thing }}", "{{ words.thing | append: 1, 2 }}", Code::Template, (4, 38), "append: 1, 2", "filters"),
        ("- name: \"id\"", "- name: \"\"", Code::WrongKind, (6, 11), "\"\"", "wire"),
        ("minimum: 0", "items: string", Code::MisplacedConstraint, (8, 12), "string", "array"),
        ("title: \"Thing\"", "title: \"…\"", Code::WrongKind, (3, 8), "\"…\"", "letters"),
        ("---\ncontent", "content", Code::OpenFrontMatter, (1, 1), "content-type", "`---`"),
        ("- code: |", "- cod: |", Code::MissingKey, (16, 5), "cod", "write `code`"),
        ("\"id\": 1,", "\"id\": 10,", Code::ExampleMismatch, (18, 15), "10", "example"),
        ("\"id\": 1,", "\"id\": 1, \"id\": 2,", Code::ExampleMismatch, (18, 18), "\"id\"", "example"),
        ("required: true", "role: client", Code::MissingKey, (6, 11), "\"id\"", "role: table"),
        ("- name: \"id\"\n    type", "- type", Code::MissingKey, (6, 5), "", "name"),
        ("    type: \"string\"\n", "", Code::MissingKey, (11, 11), "\"name\"", "type"),
        ("\"integer\"", "\"integr\"", Code::UnknownType, (7, 11), "\"integr\"", "`integer`"),
        ("maximum:", "maximun:", Code::UnknownKey, (9, 5), "maximun", "`maximum`"),
        ("maximum: 9", "maximum: -1", Code::EmptyRange, (9, 14), "-1", "greatest"),
        ("maximum: 9", "maximum: nine", Code::WrongKind, (9, 14), "nine", "whole number"),
        ("maxLength: 20", "maxItems: 20", Code::MisplacedConstraint, (14, 15), "20", "array"),
        ("required: true", "required: 1", Code::WrongKind, (10, 15), "1", "true or false"),
        ("required: true", "role: owner", Code::UnknownRole, (10, 11), "owner", "keys"),
        ("required: true", "role: [owner]", Code::WrongKind, (10, 11), "[owner", "the name of a role"),
        ("required: true", "widget: 1", Code::UnknownKey, (10, 5), "widget", "remove it"),
        ("required: true", "role: sequenc", Code::UnknownRole, (10, 11), "sequenc", "`sequence`"),
        ("- name: \"name\"", "- name: \"id\"", Code::DuplicateName, (11, 11), "\"id\"", "rename"),
        ("- name: \"name\"", "- name: \"ID\"", Code::NameCollision, (11, 11), "\"ID\"", "rename"),
        ("value: \"Finn\"", "const: [1]", Code::WrongKind, (13, 12), "[1", "string"),
        ("maximum: 9", "value: \"x\"", Code::ValueMismatch, (9, 12), "\"x\"", "value"),
        ("\"id\": 1,", "\"id\": 1", Code::ExampleSyntax, (19, 9), "\"", "mend"),
        ("\"id\": 1,", "\"id\": \"1\",", Code::ExampleMismatch, (18, 15), "\"1\"", "example"),
        ("\"id\": 1,", "\"ib\": 1,", Code::ExampleMismatch, (17, 7), "{", "required: false"),
        ("object-attributes:", "object-attributes: none\nmore:", Code::WrongKind, (5, 20), "none", "list"),
        ("  - name: \"id\"\n", "  - just text\n  - name: \"id\"\n", Code::WrongKind, (6, 5), "just text", "attribute"),
        ("title: \"Thing\"", "title: \"Rules\"", Code::NameCollision, (3, 8), "\"Rules\"", "title"),
        ("title:", "title: x\ntitle:", Code::DuplicateKey, (4, 1), "title", "take one"),
        ("title:", "\ttitle:", Code::Tab, (3, 1), "", "spaces"),
        ("\"Thing\"", "*thing", Code::UnknownAlias, (3, 8), "*thing", "`&thing`"),
        ("\n---\n", "\n", Code::OpenFrontMatter, (1, 1), "---", "---"),
    ];
    for (from, to, code, place, marked, help) in cases {
        let loaded = changed(from, to);
        let told = loaded.report.to_text(false);
        let found = loaded.report.diagnostics().iter().find(|diagnostic| diagnostic.code == *code);
        let diagnostic = found.unwrap_or_else(|| panic!("`{from}` as `{to}`: no {code} in\n{told}"));
        let mark = &diagnostic.marks[0];
        if *place != (0, 0) {
            assert_eq!((mark.line_column(), mark.text().trim_end()), (*place, *marked), "`{from}` as `{to}`\n{told}");
        }
        assert!(diagnostic.help.as_ref().is_some_and(|text| text.contains(help)), "`{from}` as `{to}`\n{told}");
        let sound = loaded.api.objects.len() == 1;
        assert_eq!(sound, loaded.report.errors() == 0, "`{from}` as `{to}`\n{told}");
        assert!(told.contains(&format!("[{code}]")), "{told}");
    }
}

#[test]
fn an_example_that_contradicts_the_attributes_is_shown_and_is_no_test() {
    let loaded = changed("\"id\": 1,", "\"id\": \"1\",");
    let diagnostic = &loaded.report.diagnostics()[0];
    assert_eq!((diagnostic.severity, diagnostic.marks.len()), (Severity::Warning, 2));
    assert_eq!(diagnostic.marks[1].line_column(), (6, 11), "the attribute");
    assert!(!loaded.api.objects[0].examples[0].checked);
}

#[test]
fn the_line_of_invalid_yaml_is_that_of_the_file() {
    let loaded = changed("    maximum: 9\n", "    maximum: [9\n");
    let diagnostic = &loaded.report.diagnostics()[0];
    assert_eq!(diagnostic.code, Code::Yaml);
    let (line, _) = diagnostic.marks[0].line_column();
    assert!((9..=11).contains(&line), "{}", loaded.report.to_text(false));
}

#[test]
fn all_mistakes_of_all_files_are_told_in_one_run_in_a_stable_order() {
    let bad = SOUND.replace("\"integer\"", "\"integr\"").replace("\"string\"", "\"strnig\"");
    let files: [(&str, &[u8]); 4] = [
        ("b.md", bad.as_bytes()),
        ("a.md", b"---\nfoo: [\n---\n"),
        ("c.md", &[b'-', b'-', b'-', b'\n', 0xff]),
        ("_data/words.yml", WORDS.as_bytes()),
    ];
    let loaded = read(&files);
    let codes: Vec<Code> = loaded.report.diagnostics().iter().map(|diagnostic| diagnostic.code).collect();
    assert_eq!(codes, [Code::Yaml, Code::UnknownType, Code::UnknownType, Code::NotUtf8]);
    assert_eq!(loaded.report.diagnostics()[3].marks[0].line_column(), (2, 1));
}

#[test]
fn two_definitions_of_one_title_are_told_with_both_places() {
    let loaded = read(&[("a.md", SOUND.as_bytes()), ("b.md", SOUND.as_bytes()), ("_data/words.yml", WORDS.as_bytes())]);
    let diagnostic = &loaded.report.diagnostics()[0];
    assert_eq!(diagnostic.code, Code::DuplicateName);
    let paths: Vec<&str> = diagnostic.marks.iter().map(|mark| mark.source().path.as_str()).collect();
    assert_eq!(paths, ["b.md", "a.md"]);
}

#[test]
fn two_data_files_of_one_name_are_told_with_both_places() {
    let files: [(&str, &[u8]); 3] = [
        ("thing.md", SOUND.as_bytes()),
        ("_data/words.yml", WORDS.as_bytes()),
        ("_data/words.json", b"{\"thing\": \"x\"}"),
    ];
    let loaded = read(&files);
    let diagnostic = &loaded.report.diagnostics()[0];
    assert_eq!(diagnostic.code, Code::DuplicateName);
    let paths: Vec<&str> = diagnostic.marks.iter().map(|mark| mark.source().path.as_str()).collect();
    assert_eq!(paths, ["_data/words.yml", "_data/words.json"]);
}

#[test]
fn an_unknown_tag_is_told_and_what_it_would_have_made_is_not() {
    let loaded = changed("{{ words.thing }}", "{% asign size = words.thing %}{{ size }}");
    let codes: Vec<Code> = loaded.report.diagnostics().iter().map(|diagnostic| diagnostic.code).collect();
    assert_eq!(codes, [Code::UnknownTag], "{}", loaded.report.to_text(false));
}

#[test]
fn a_placeholder_within_data_is_told_in_the_data_file() {
    let loaded = read(&[
        ("thing.md", SOUND.replace("words.thing", "words.thing | flatify").as_bytes()),
        ("_data/words.yml", b"thing: \"a {{ words.other }}\"\n"),
    ]);
    let diagnostic = &loaded.report.diagnostics()[0];
    assert_eq!(diagnostic.code, Code::UnknownPlaceholder);
    let mark = &diagnostic.marks[0];
    assert_eq!((mark.source().path.as_str(), mark.line_column()), ("_data/words.yml", (1, 14)));
}

#[test]
fn a_text_that_includes_itself_is_an_error_and_no_overflow() {
    let loaded = read(&[
        ("thing.md", SOUND.replace("words.thing", "words.thing | flatify").as_bytes()),
        ("_data/words.yml", b"thing: \"a {{ words.thing | flatify }}\"\n"),
    ]);
    assert_eq!(loaded.report.diagnostics()[0].code, Code::PlaceholderCycle);
}

#[test]
fn files_that_include_each_other_are_an_error_and_no_overflow() {
    let loaded = read(&[
        ("thing.md", SOUND.replace("{{ words.thing }}", "{% include a.html %}").as_bytes()),
        ("_includes/a.html", b"a {% include b.html %}"),
        ("_includes/b.html", b"b {% include a.html %}"),
    ]);
    let diagnostic = &loaded.report.diagnostics()[0];
    assert_eq!(diagnostic.code, Code::IncludeCycle, "{}", loaded.report.to_text(false));
    assert_eq!(diagnostic.marks[0].source().path, "_includes/b.html");
}

#[test]
fn texts_whose_quotes_are_escaped_are_read_as_they_are_meant() {
    for text in ["'{{ words.thing | append: ''tail'' }}'", "\"{{ words.thing | append: \\\"tail\\\" }}\""] {
        let loaded = changed("\"About {{ words.thing }}.\"", text);
        assert_eq!(loaded.report.to_text(false), "");
        assert_eq!(loaded.api.objects[0].description, "a thingtail");
    }
    let text = SOUND.replace("\"About {{ words.thing }}.\"", "\"{{ no.data | append: \\\"x\\\" }}\"");
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("thing.md"), text).unwrap();
    let loaded = load(folder.path(), Options { lenient: true });
    assert_eq!((loaded.report.errors(), loaded.report.warnings()), (0, 1), "{}", loaded.report.to_text(false));
    assert_eq!(loaded.api.objects[0].description, "{{ no.data | append: \"x\" }}");
}

#[test]
fn merge_keys_fill_what_a_mapping_lacks() {
    let loaded = changed(
        "  - name: \"name\"\n    type: \"string\"",
        "  - &base\n    name: \"base\"\n    type: \"string\"\n  - <<: *base\n    name: \"name\"",
    );
    assert_eq!(loaded.report.errors(), 0, "{}", loaded.report.to_text(false));
    let attributes = &loaded.api.objects[0].attributes;
    assert_eq!(attributes.iter().map(|a| a.name.as_str()).collect::<Vec<_>>(), ["id", "base", "name"]);
}

/// The six roles, with `more` for one attribute more.
fn push(more: &str) -> Loaded {
    let roles = ["client", "table", "sequence", "action", "keys", "data"];
    let attributes: String = roles
        .iter()
        .map(|role| {
            let kind = match *role {
                "client" | "sequence" => "integer",
                "keys" => "array",
                "data" => "object",
                _ => "string",
            };
            let fixed = if *role == "action" { "\n    const: go" } else { "" };
            format!("  - name: {role}\n    type: {kind}\n    role: {role}{fixed}\n")
        })
        .collect();
    let text = format!("---\ncontent-type: api-object\ntitle: Sent\nobject-attributes:\n{attributes}{more}---\n");
    read(&[("push.md", text.as_bytes())])
}

#[test]
fn a_push_record_that_nothing_fills_is_told() {
    assert_eq!(push("").report.to_text(false), "");
    assert!(push("").api.push_object().is_some(), "whatever its title");
    let optional = push("  - name: more\n    type: string\n    required: false\n");
    assert_eq!(optional.report.to_text(false), "");
    let fixed = push("  - name: more\n    type: string\n    required: true\n    const: x\n");
    assert_eq!(fixed.report.to_text(false), "");
    let unfilled = push("  - name: more\n    type: string\n    required: true\n");
    assert_eq!(unfilled.report.diagnostics()[0].code, Code::MissingKey);
}

#[test]
fn a_long_file_with_very_many_mistakes_is_told_soon() {
    let attributes: String = (0..3_000).map(|n| format!("  - name: a{n}\n    type: strng\n")).collect();
    let text = format!("---\ncontent-type: api-object\ntitle: Many\nobject-attributes:\n{attributes}---\n");
    let loaded = read(&[("many.md", text.as_bytes())]);
    assert_eq!(loaded.report.errors(), 3_000);
    assert!(loaded.report.to_text(false).lines().count() > 3_000);
}

#[test]
fn calls_limits_and_regions_are_read_and_checked() {
    const API: &str = "---\ncontent-type: api\nlimits:\n  - name: most-things\n    value: \"1_000\"\nbase-urls:\n  - id: us\n    url: http://us\n---\n";
    const CALL: &str =
        "---\ncontent-type: api-endpoint\nversion: 2\ntitle: Do it\nmethod: post\nshort-url: /do\nsuccess: 201\n---\n";
    let loaded = read(&[("api.md", API.as_bytes()), ("call.md", CALL.as_bytes())]);
    assert_eq!(loaded.report.to_text(false), "");
    let (call, limit) = (&loaded.api.endpoints[0], &loaded.api.limits[0]);
    assert_eq!((call.method.as_str(), call.path.as_str(), call.authorization), ("POST", "/v2/do", true));
    assert_eq!((limit.name.as_str(), limit.value, loaded.api.regions[0].id.as_str()), ("most-things", 1_000, "us"));

    let cases = [
        ("1_000", "none", Code::WrongKind),
        ("1_000", "0", Code::WrongKind),
        ("  - name: most-things\n    value", "  - value", Code::MissingKey),
        ("base-urls", "  - name: most_things\n    value: 1\nbase-urls", Code::DuplicateName),
        ("    url: http://us\n", "", Code::MissingKey),
        ("method: post\n", "", Code::MissingKey),
        ("success: 201", "success: 404", Code::WrongKind),
        ("method: post", "authorization: basic\nmethod: post", Code::WrongKind),
        ("method: post", "methd: post", Code::UnknownKey),
    ];
    for (from, to, code) in cases {
        let [api, call] = [API, CALL].map(|text| text.replace(from, to));
        let loaded = read(&[("api.md", api.as_bytes()), ("call.md", call.as_bytes())]);
        let told = loaded.report.to_text(false);
        let found = loaded.report.diagnostics().iter().any(|diagnostic| diagnostic.code == code);
        assert!(found && loaded.report.errors() > 0, "`{from}` as `{to}`\n{told}");
    }
    let twice = read(&[("a.md", CALL.as_bytes()), ("b.md", CALL.as_bytes())]);
    assert_eq!(twice.report.diagnostics()[0].code, Code::DuplicateName);
}

#[test]
fn a_folder_without_definitions_is_an_error() {
    let loaded = read(&[("README.md", b"# No front matter\n")]);
    assert_eq!(loaded.report.diagnostics()[0].code, Code::NoDefinition);
    let missing = load(std::path::Path::new("no/such/folder"), Options::default());
    assert_eq!(missing.report.diagnostics()[0].code, Code::Unreadable);
}

#[test]
fn a_report_can_be_read_by_programs() {
    let loaded = changed("\"integer\"", "\"integr\"");
    let json: serde_json::Value = serde_json::from_str(&loaded.report.to_json()).unwrap();
    assert_eq!(json.as_array().unwrap().len(), 1);
    assert_eq!(json[0]["code"], "unknown-type");
    assert_eq!(json[0]["severity"], "error");
    let mark = &json[0]["marks"][0];
    assert_eq!((&mark["line"], &mark["column"], &mark["end_column"]), (&7.into(), &11.into(), &19.into()));
    assert!(mark["file"].as_str().unwrap().ends_with("/thing.md"));
}

#[test]
fn a_report_can_be_shown_by_a_hosted_build() {
    let github = changed("\"integer\"", "\"50%: a,b\"").report.to_github();
    let (properties, message) = github.lines().next().unwrap().split_once("::unknown type").unwrap();
    assert!(properties.starts_with("::error file=") && properties.ends_with("title=unknown-type"), "{github}");
    assert!(properties.contains(",line=7,endLine=7,col=11,endColumn=21,"), "{github}");
    assert!(message.contains("50%25: a"), "{github}");
    assert_eq!(github.lines().count(), 2, "a line a diagnostic: {github}");
}

#[test]
fn a_value_outside_a_limit_is_shown_with_the_limit() {
    let cases = [
        ("minimum: 0", "value: \"12\"\n    minimum: 0", "must be at most 9", "maximum: 9"),
        ("\"Finn\"\n    maxLength: 20", "Finn\n    maxLength: 2", "must have at most 2 characters", "maxLength: 2"),
        ("minimum: 0", "value: \"x\"\n    minimum: 0", "is not an integer", "\"integer\""),
        ("type: \"string\"", "type: date-time", "is not a date-time", "date-time"),
        ("type: \"string\"", "type: number or boolean", "is not a number or a boolean", "number or boolean"),
        ("maxLength: 20", "const: Flint", "is not `Flint`", "const: Flint"),
    ];
    for (from, to, message, second) in cases {
        let text = SOUND.replace(from, to).replace("    maxLength: 20\n", "");
        let text = text.split("examples:").next().unwrap().to_owned() + "---\n";
        let loaded = read(&[("thing.md", text.as_bytes()), ("_data/words.yml", WORDS.as_bytes())]);
        let told = loaded.report.to_text(false);
        let [diagnostic] = loaded.report.diagnostics() else { panic!("`{to}`: one thing is told\n{told}") };
        assert_eq!(diagnostic.code, Code::ValueMismatch, "{told}");
        assert!(diagnostic.message.ends_with(message), "{told}");
        assert_eq!(diagnostic.marks[1].text(), second, "{told}");
    }
}

#[test]
fn a_type_by_the_name_of_another_language_is_told_with_the_one_that_is_meant() {
    let cases = [
        ("bool", "boolean"),
        ("int", "integer"),
        ("float", "number"),
        ("numeric", "number"),
        ("text", "string"),
        ("list", "array"),
        ("map", "object"),
        ("dict", "object"),
        ("datetime", "date-time"),
        ("Date", "date-time"),
        ("array of ints, bools", "boolean"),
    ];
    for (name, meant) in cases {
        let loaded = changed("type: \"integer\"\n    minimum: 0\n    maximum: 9", &format!("type: {name}"));
        let diagnostic = &loaded.report.diagnostics()[0];
        assert_eq!(diagnostic.code, Code::UnknownType, "{name}");
        assert_eq!(diagnostic.help, Some(format!("write `{meant}`")), "{name}");
    }
}

#[test]
fn a_stray_role_is_told_once() {
    let loaded = changed("value: \"Finn\"", "role: client\n    required: true");
    let told = loaded.report.to_text(false);
    let [diagnostic] = loaded.report.diagnostics() else { panic!("one thing is told\n{told}") };
    assert_eq!((diagnostic.code, diagnostic.marks[0].text()), (Code::MissingKey, "\"name\""), "{told}");
    assert!(diagnostic.message.starts_with("`name` has a role"), "{told}");
    assert!(diagnostic.help.as_ref().is_some_and(|help| help.starts_with("remove the role")), "{told}");
}

#[test]
fn what_an_example_contradicts_in_an_object_within_is_told_with_its_title_in_the_order_of_the_definition() {
    let outer = "---\ncontent-type: api-object\ntitle: Outer\nobject-attributes:\n  - name: inner\n    type: object\n    \
                 sub-type: Label\nexamples:\n  - code: |\n      {\"inner\": {\"size\": \"x\", \"more\": 1}}\n---\n";
    let label = "---\ncontent-type: api-object\ntitle: Label\nobject-attributes:\n  - {name: size, type: integer}\n  - \
                 {name: z, type: string, required: true}\n  - {name: a, type: string, required: true}\n---\n";
    let loaded = read(&[("a.md", outer.as_bytes()), ("b.md", label.as_bytes())]);
    let told = loaded.report.to_text(false);
    let messages: Vec<&str> = loaded.report.diagnostics().iter().map(|told| told.message.as_str()).collect();
    let expected = [
        "the example lacks `z`",
        "the example lacks `a`",
        "the example's `size` does not fit its attribute",
        "the example has `more`, which is no attribute of `Label`",
    ];
    assert_eq!(messages, expected, "{told}");
    assert_eq!(loaded.report.diagnostics()[0].marks[1].label, "which every `Label` must have");
    assert_eq!(loaded.report.diagnostics()[2].marks[1].label, "declared as integer, in `Label`");
}

/// A definition with an error, a sub-type that nothing describes, an example that contradicts it, and one of another.
const BROKEN: &str = r#"---
content-type: api-object
title: Broken
description: "{{ no.such }}"
object-attributes:
  - name: id
    type: integr
  - name: size
    type: integer
    required: true
    description: "{{ no.such }}"
  - name: inner
    type: object
    sub-type: Nowhere
  - name: label
    type: object
    sub-type: Label
    required: false
examples:
  - code: |
      {"id": "any", "size": "x", "label": {"text": 1}}
---
"#;

const LABEL: &str = "---\ncontent-type: api-object\ntitle: Label\nobject-attributes:\n  - {name: text, type: string}\n  \
                     - {name: of, type: object, sub-type: Broken, required: false}\nexamples:\n  - code: |\n      {\"text\": \"x\", \
                     \"of\": {\"size\": \"y\"}}\n---\n";

#[test]
fn sub_types_and_examples_are_checked_where_definitions_have_errors() {
    let loaded = read(&[("broken.md", BROKEN.as_bytes()), ("label.md", LABEL.as_bytes())]);
    let told = loaded.report.diagnostics().iter();
    let found: Vec<(Code, &str)> = told.map(|told| (told.code, told.marks[0].text())).collect();
    let expected = [
        (Code::MissingDataFile, "no.such"),
        (Code::UnknownType, "integr"),
        (Code::MissingDataFile, "no.such"),
        (Code::UnknownSubType, "Nowhere"),
        (Code::ExampleMismatch, "\"x\""),
        (Code::ExampleMismatch, "1"),
        (Code::ExampleMismatch, "\"y\""),
    ];
    assert_eq!(found, expected, "{}", loaded.report.to_text(false));
    assert!(loaded.is_partly_checked, "the values of `id` are not");
    // Nothing of what is sound refers to what is not.
    assert_eq!(loaded.api.objects.len(), 1);
    assert_eq!(loaded.api.objects[0].attributes[1].object, None);
}

#[test]
fn nothing_follows_of_an_error_in_a_definition() {
    let more = [
        // Which of the two is meant is not known, nor what is in them.
        (
            "  - name: size\n",
            "  - {name: sizes, type: object, subattributes: [{name: a, type: strng}]}\n  - {name: sizes, type: object, subattributes: [{name: a, type: string}]}\n  - name: size\n",
            &[Code::UnknownType, Code::DuplicateName][..],
        ),
        ("  - name: size\n", "  - {type: string}\n  - name: size\n", &[Code::MissingKey]),
        ("title: Broken\n", "", &[Code::MissingKey]),
        ("title: Broken\n", "title: \"{{ no.such }}\"\n", &[Code::MissingDataFile]),
        ("title: Broken\n", "title: Broken\nfoo: [\n", &[Code::Yaml]),
        ("{\"size\": 1}", "{\"size\": \"{{ no.such }}\"}", &[Code::MissingDataFile]),
    ];
    let sound = "---\ncontent-type: api-object\ntitle: Broken\nobject-attributes:\n  - name: size\n    type: integer\n    \
                 required: true\nexamples:\n  - code: |\n      {\"size\": 1}\n---\n";
    for (from, to, codes) in more {
        // Without a title nobody can name it.
        let is_named = !from.starts_with("title") || to.contains("title: Broken");
        let mut label = LABEL.replace("\"y\"", "1");
        if !is_named {
            label = label.replace(", sub-type: Broken", "");
        }
        let broken = sound.replace(from, to);
        let loaded = read(&[("broken.md", broken.as_bytes()), ("label.md", label.as_bytes())]);
        let found: Vec<Code> = loaded.report.diagnostics().iter().map(|told| told.code).collect();
        assert_eq!(found, codes, "`{to}`\n{}", loaded.report.to_text(false));
    }
}

#[test]
fn an_object_that_must_hold_itself_is_told_and_one_that_may_is_not() {
    let codes = |attribute: &str| {
        let text = format!(
            "---\ncontent-type: api-object\ntitle: Thing\nobject-attributes:\n  - {{name: inner, sub-type: Thing, {attribute}}}\n---\n"
        );
        let loaded = read(&[("thing.md", text.as_bytes())]);
        let told: Vec<Code> = loaded.report.diagnostics().iter().map(|diagnostic| diagnostic.code).collect();
        (told, loaded.api.objects.len())
    };
    for endless in ["type: object, required: true", "type: array, required: true, minItems: 1"] {
        assert_eq!(codes(endless), (vec![Code::EndlessObject], 0), "{endless}");
    }
    for sound in [
        "type: object",
        "type: object, required: false",
        "type: 'object, null', required: true",
        "type: 'object, string', required: true",
        "type: array, required: true",
    ] {
        assert_eq!(codes(sound), (Vec::new(), 1), "{sound}");
    }
}
