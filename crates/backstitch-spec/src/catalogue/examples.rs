//! Codes of examples, and of values that are hints.

use super::{ERROR, Entry, Example, WARNING, text};
use crate::diagnostic::Code;

pub(super) const VALUE_MISMATCH: Entry = Entry {
    code: Code::ValueMismatch,
    severities: WARNING,
    headline: "a value that does not fit its attribute",
    explanation: "\
`value` is a hint that the documentation shows. It is always written as a text and read by the attribute's type and \
constraints. A stand-in such as `<id>` fits any type.",
    bad: Example(&[text(
        "thing.md",
        r#"---
content-type: "api-object"
title: "Thing"
object-attributes:
  - name: "id"
    type: "integer"
    value: "one"
---
"#,
    )]),
    good: Example(&[text(
        "thing.md",
        r#"---
content-type: "api-object"
title: "Thing"
object-attributes:
  - name: "id"
    type: "integer"
    value: "1"
---
"#,
    )]),
};

pub(super) const EXAMPLE_SYNTAX: Entry = Entry {
    code: Code::ExampleSyntax,
    severities: ERROR,
    headline: "an example that looks like JSON and is not",
    explanation: "\
Examples become tests of the types that are generated. Text that starts with `{` or `[` is read as JSON, with comments \
allowed; one with stand-ins, such as `<id>`, is shown and is no test.",
    bad: Example(&[text(
        "thing.md",
        r#"---
content-type: "api-object"
title: "Thing"
object-attributes:
  - name: "id"
    type: "integer"
examples:
  - code: |
      {"id": 1,}
---
"#,
    )]),
    good: Example(&[text(
        "thing.md",
        r#"---
content-type: "api-object"
title: "Thing"
object-attributes:
  - name: "id"
    type: "integer"
examples:
  - code: |
      {"id": 1}
---
"#,
    )]),
};

pub(super) const EXAMPLE_MISMATCH: Entry = Entry {
    code: Code::ExampleMismatch,
    severities: WARNING,
    headline: "an example that contradicts the attributes",
    explanation: "\
Either the example or the attribute is wrong, and only the author knows which. Until it is mended the documentation \
shows the example, and it is no test.",
    bad: Example(&[text(
        "thing.md",
        r#"---
content-type: "api-object"
title: "Thing"
object-attributes:
  - name: "id"
    type: "integer"
examples:
  - code: |
      {"id": "one"}
---
"#,
    )]),
    good: Example(&[text(
        "thing.md",
        r#"---
content-type: "api-object"
title: "Thing"
object-attributes:
  - name: "id"
    type: "integer"
examples:
  - code: |
      {"id": 1}
---
"#,
    )]),
};
