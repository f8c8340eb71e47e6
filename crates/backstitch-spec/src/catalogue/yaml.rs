//! Codes of YAML, in front matter and in data.

use super::{ERROR, Entry, Example, text};
use crate::diagnostic::Code;

pub(super) const YAML: Entry = Entry {
    code: Code::Yaml,
    severities: ERROR,
    headline: "the YAML is not valid",
    explanation: "\
The place is where the reader could not go on; the mistake is there or before: a quote or a bracket that is not closed, \
or a text with a colon that needs quotes. The rest of the file was not checked.",
    bad: Example(&[text(
        "thing.md",
        r#"---
content-type: "api-object"
title: "Thing"
description: Note: it is small.
object-attributes: []
---
"#,
    )]),
    good: Example(&[text(
        "thing.md",
        r#"---
content-type: "api-object"
title: "Thing"
description: "Note: it is small."
object-attributes: []
---
"#,
    )]),
};

pub(super) const TAB: Entry = Entry {
    code: Code::Tab,
    severities: ERROR,
    headline: "a tab where YAML takes none",
    explanation: "\
YAML is indented with spaces. The rest of the file was not checked.",
    bad: Example(&[text(
        "thing.md",
        "---
content-type: \"api-object\"
title: \"Thing\"
object-attributes:
\t- name: \"id\"
\t  type: \"integer\"
---
",
    )]),
    good: Example(&[text(
        "thing.md",
        r#"---
content-type: "api-object"
title: "Thing"
object-attributes:
  - name: "id"
    type: "integer"
---
"#,
    )]),
};

pub(super) const DUPLICATE_KEY: Entry = Entry {
    code: Code::DuplicateKey,
    severities: ERROR,
    headline: "a mapping that has a key twice",
    explanation: "\
Only one of the two can be meant, and readers of YAML do not agree which of them they take. The rest of the file was \
not checked.",
    bad: Example(&[text(
        "thing.md",
        r#"---
content-type: "api-object"
title: "Thing"
title: "Other Thing"
object-attributes: []
---
"#,
    )]),
    good: Example(&[text(
        "thing.md",
        r#"---
content-type: "api-object"
title: "Thing"
object-attributes: []
---
"#,
    )]),
};

pub(super) const UNKNOWN_ALIAS: Entry = Entry {
    code: Code::UnknownAlias,
    severities: ERROR,
    headline: "an alias of an anchor that is not there",
    explanation: "\
`*name` stands for the value that has the anchor `&name`, further up in the same file. A text that starts with an \
asterisk needs quotes. The rest of the file was not checked.",
    bad: Example(&[text(
        "thing.md",
        r#"---
content-type: "api-object"
title: &title "Thing"
description: *titel
object-attributes: []
---
"#,
    )]),
    good: Example(&[text(
        "thing.md",
        r#"---
content-type: "api-object"
title: &title "Thing"
description: *title
object-attributes: []
---
"#,
    )]),
};
