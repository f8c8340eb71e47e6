//! Whatever a file holds, reading it ends with a report.

use backstitch_spec::{Options, load_files};
use proptest::prelude::{any, proptest};
use proptest::sample::Index;

const DOCUMENT: &str = r#"---
content-type: "api-object"
product-type: "p"
title: "Thing {{ a.b }}"
description: |
  {% capture x %}{{ a.c | flatify | append: "é" }}{% endcapture %}{{ x }}
  {% include n.html k=x %}{% for y in a.l %}{{ y }}{% endfor %}
object-attributes:
  - &first
    name: "id"
    type: "string/integer, null"
    required: true
    role: client
    minimum: -9
  - <<: *first
    name: 'na''me'
    const: "\u00e9\n"
examples:
  - code: |
      { "id": [1, {"é": null}], "na'me": "x" }
---
text
"#;

const DATA: &str = "b: B {{ p.q }}\nc: \"{{ a.b | flatify }}\"\nl: [1, two]\n";

/// Takes out, puts in or repeats a piece; the result may be no UTF-8.
fn mutate(text: &str, edits: &[(Index, Index, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for (start, length, piece) in edits {
        if bytes.is_empty() {
            break;
        }
        let start = start.index(bytes.len());
        let end = (start + length.index(24)).min(bytes.len());
        bytes.splice(start..end, piece.iter().copied());
    }
    bytes
}

/// Pieces that mean something to one of the readers.
fn pieces() -> impl proptest::strategy::Strategy<Value = Vec<u8>> {
    use proptest::strategy::Strategy as _;
    let known = [
        "{{",
        "}}",
        "{%",
        "%}",
        "{% raw %}",
        "---\n",
        "\n",
        "\t",
        "\"",
        "'",
        ": ",
        "- ",
        "&a ",
        "*a",
        "<<: ",
        "|",
        ">",
        "{",
        "}",
        "[",
        "]",
        "\r\n",
        "\u{feff}",
        "é",
        "#",
        "!!int ",
        "0x1f",
        ".inf",
        "~",
        "{% include n.html %}",
        "| flatify",
    ];
    proptest::prop_oneof![
        proptest::sample::select(known.to_vec()).prop_map(|piece| piece.as_bytes().to_vec()),
        proptest::collection::vec(any::<u8>(), 0..6),
    ]
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(
        document in proptest::collection::vec((any::<Index>(), any::<Index>(), pieces()), 0..5),
        data in proptest::collection::vec((any::<Index>(), any::<Index>(), pieces()), 0..3),
        lenient in any::<bool>(),
    ) {
        let include = mutate("{{ include.k }}", &data);
        let (document, data) = (mutate(DOCUMENT, &document), mutate(DATA, &data));
        let files = [("thing.md", &document), ("_data/a.yml", &data), ("_includes/n.html", &include)];
        let loaded = load_files(files.map(|(path, bytes)| (path, bytes.as_slice())), Options { lenient });
        // Every way to tell it, too.
        let lines = loaded.report.to_github().lines().count();
        assert_eq!(lines, loaded.report.diagnostics().len());
        assert!(loaded.report.to_text(false).is_empty() == loaded.report.diagnostics().is_empty());
        assert!(loaded.report.to_json().starts_with('['));
    }
}
