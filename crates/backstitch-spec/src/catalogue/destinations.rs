//! Codes of destinations.

use super::{EITHER, ERROR, Entry, Example, File, text};
use crate::diagnostic::Code;

/// A destination that others are the same as.
const LAKE: File = text(
    "lake.md",
    r#"---
content-type: "destination"
key: "lake"
title: "Lake"
table-name: 63
column-name: 63
columns: "-"
---
"#,
);

pub(super) const UNKNOWN_STEP: Entry = Entry {
    code: Code::UnknownStep,
    severities: ERROR,
    headline: "a step of names, or characters of one, that nothing knows",
    explanation: "\
`name-steps` says what a destination makes of the names of columns. Each step has a name that the generator has an \
expression for; some of them leave alone `letters`, `digits` or single characters.",
    bad: Example(&[text(
        "lake.md",
        r#"---
content-type: "destination"
key: "lake"
title: "Lake"
table-name: 63
column-name: 63
columns: "-"
case: "lower"
name-steps: ["lowr-case"]
---
"#,
    )]),
    good: Example(&[text(
        "lake.md",
        r#"---
content-type: "destination"
key: "lake"
title: "Lake"
table-name: 63
column-name: 63
columns: "-"
case: "lower"
name-steps: ["lower-case"]
---
"#,
    )]),
};

pub(super) const TRANSFORM_MISMATCH: Entry = Entry {
    code: Code::TransformMismatch,
    severities: EITHER,
    headline: "a destination whose steps contradict its examples, its case or one another",
    explanation: "\
The steps are run on every documented example of a name and must lead to the name that the documentation shows. A \
change of case that comes after a step which takes characters out is a warning: a letter can become several characters, \
and not all of them are letters.",
    bad: Example(&[text(
        "lake.md",
        r#"---
content-type: "destination"
key: "lake"
title: "Lake"
table-name: 63
column-name: 63
columns: "-"
name-steps: ["trim-spaces"]
transforms:
  - { from: " order id", to: "order_id" }
---
"#,
    )]),
    good: Example(&[text(
        "lake.md",
        r#"---
content-type: "destination"
key: "lake"
title: "Lake"
table-name: 63
column-name: 63
columns: "-"
name-steps: ["trim-spaces", "spaces-to-underscores"]
transforms:
  - { from: " order id", to: "order_id" }
---
"#,
    )]),
};

pub(super) const SAME_AS: Entry = Entry {
    code: Code::SameAs,
    severities: ERROR,
    headline: "a destination that is the same as none, as itself, or as one that it differs from",
    explanation: "\
`same-as` names the destination that all facts are taken from: one that has a definition with facts of its own. Beside \
it there are only `key`, `title` and `description`.",
    bad: Example(&[
        LAKE,
        text(
            "pond.md",
            r#"---
content-type: "destination"
key: "pond"
title: "Pond"
same-as: "lak"
---
"#,
        ),
    ]),
    good: Example(&[
        LAKE,
        text(
            "pond.md",
            r#"---
content-type: "destination"
key: "pond"
title: "Pond"
same-as: "lake"
---
"#,
        ),
    ]),
};
