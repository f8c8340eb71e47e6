//! Codes of names: of objects, of attributes, of what becomes an item in Rust.

use super::{EITHER, ERROR, Entry, Example, File, WARNING, text};
use crate::diagnostic::Code;

/// The object that the examples of sub-types name.
const LABEL: File = text(
    "label.md",
    r#"---
content-type: "api-object"
title: "Label"
object-attributes: []
---
"#,
);

pub(super) const UNKNOWN_SUB_TYPE: Entry = Entry {
    code: Code::UnknownSubType,
    severities: WARNING,
    headline: "an object is named that no definition describes",
    explanation: "\
The value is held as any JSON, and nothing of it is checked. Write the title or the `key` of a definition, or add one.",
    bad: Example(&[
        LABEL,
        text(
            "thing.md",
            r#"---
content-type: "api-object"
title: "Thing"
object-attributes:
  - name: "label"
    type: "object"
    sub-type: "lable"
---
"#,
        ),
    ]),
    good: Example(&[
        LABEL,
        text(
            "thing.md",
            r#"---
content-type: "api-object"
title: "Thing"
object-attributes:
  - name: "label"
    type: "object"
    sub-type: "label"
---
"#,
        ),
    ]),
};

pub(super) const UNKNOWN_ENDPOINT: Entry = Entry {
    code: Code::UnknownEndpoint,
    severities: WARNING,
    headline: "a call of an endpoint that nothing belongs to",
    explanation: "\
The `endpoint` of a call leads to the object of the same product that has the same `endpoint`, and to the answers in \
`response-codes/<endpoint>.yml`. It is told where neither is there and a near name has one.",
    bad: Example(&[
        text("thing.md", THING),
        text(
            "call.md",
            r#"---
content-type: "api-endpoint"
endpoint: "thigns"
title: "Get"
method: "get"
short-url: "/things"
---
"#,
        ),
    ]),
    good: Example(&[
        text("thing.md", THING),
        text(
            "call.md",
            r#"---
content-type: "api-endpoint"
endpoint: "things"
title: "Get"
method: "get"
short-url: "/things"
---
"#,
        ),
    ]),
};

/// An object that calls belong to.
const THING: &str = r#"---
content-type: "api-object"
endpoint: "things"
title: "Thing"
object-attributes: []
---
"#;

pub(super) const PATH_MISMATCH: Entry = Entry {
    code: Code::PathMismatch,
    severities: WARNING,
    headline: "a path whose parameters are not those of its call",
    explanation: "\
What stands in braces in `short-url` is put in by whoever calls. Each has an argument of the type `path parameter` that \
is called the same, and each such argument stands in the path.",
    bad: Example(&[text(
        "call.md",
        r#"---
content-type: "api-endpoint"
title: "Get"
method: "get"
short-url: "/things/{thing-id}"
arguments:
  - name: "thing_id"
    type: "path parameter"
---
"#,
    )]),
    good: Example(&[text(
        "call.md",
        r#"---
content-type: "api-endpoint"
title: "Get"
method: "get"
short-url: "/things/{thing_id}"
arguments:
  - name: "thing_id"
    type: "path parameter"
---
"#,
    )]),
};

pub(super) const ENDLESS_OBJECT: Entry = Entry {
    code: Code::EndlessObject,
    severities: ERROR,
    headline: "an object that must hold itself",
    explanation: "\
An object that must hold another of its own kind has no value: every one would need one more, without end. The same \
holds for objects that must hold one another in a circle. Say of one of the attributes that it need not be there, that \
it can be `null`, or that it is an array.",
    bad: Example(&[
        text(
            "branch.md",
            r#"---
content-type: "api-object"
title: "Branch"
object-attributes:
  - name: "leaf"
    type: "object"
    sub-type: "Leaf"
    required: true
---
"#,
        ),
        text(
            "leaf.md",
            r#"---
content-type: "api-object"
title: "Leaf"
object-attributes:
  - name: "branch"
    type: "object"
    sub-type: "Branch"
    required: true
---
"#,
        ),
    ]),
    good: Example(&[
        text(
            "branch.md",
            r#"---
content-type: "api-object"
title: "Branch"
object-attributes:
  - name: "leaf"
    type: "object"
    sub-type: "Leaf"
    required: true
---
"#,
        ),
        text(
            "leaf.md",
            r#"---
content-type: "api-object"
title: "Leaf"
object-attributes:
  - name: "branch"
    type: "object"
    sub-type: "Branch"
    required: false
---
"#,
        ),
    ]),
};

pub(super) const DUPLICATE_NAME: Entry = Entry {
    code: Code::DuplicateName,
    severities: EITHER,
    headline: "two things of one name",
    explanation: "\
Two attributes of an object, two objects, calls, limits, data files or destinations can't have one name, since each \
becomes an item of its own; nor can two attributes have one role. A word that a list has twice is a warning.",
    bad: Example(&[text(
        "thing.md",
        r#"---
content-type: "api-object"
title: "Thing"
object-attributes:
  - name: "id"
    type: "integer"
  - name: "id"
    type: "string"
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
  - name: "name"
    type: "string"
---
"#,
    )]),
};

pub(super) const NAME_COLLISION: Entry = Entry {
    code: Code::NameCollision,
    severities: ERROR,
    headline: "two names become one in Rust",
    explanation: "\
Names lose their case and their separators when they become fields, modules and variants. An object's title must not \
become a module that the output has already, either, such as `rules`.",
    bad: Example(&[text(
        "thing.md",
        r#"---
content-type: "api-object"
title: "Thing"
object-attributes:
  - name: "created_at"
    type: "timestamp"
  - name: "createdAt"
    type: "timestamp"
---
"#,
    )]),
    good: Example(&[text(
        "thing.md",
        r#"---
content-type: "api-object"
title: "Thing"
object-attributes:
  - name: "created_at"
    type: "timestamp"
---
"#,
    )]),
};
