//! Codes of the keys of a definition, and of their values.

use super::{EITHER, ERROR, Entry, Example, WARNING, text};
use crate::diagnostic::Code;

pub(super) const MISSING_KEY: Entry = Entry {
    code: Code::MissingKey,
    severities: EITHER,
    headline: "a key that must be there is missing",
    explanation: "\
Without it something has no name, no type or no place in the output. The help says what to add. Of a Push record it is \
also told where a role is missing, or where an attribute is required and nothing fills it.",
    bad: Example(&[text(
        "thing.md",
        r#"---
content-type: "api-object"
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

pub(super) const UNKNOWN_KEY: Entry = Entry {
    code: Code::UnknownKey,
    severities: WARNING,
    headline: "a key that nothing knows",
    explanation: "\
What it says is not read, so a rule that is misspelt holds for nothing. In attributes, in other elements of lists and \
in destinations it is told of every unknown key; elsewhere in front matter, where a site has keys of its own, of slips of the pen alone.",
    bad: Example(&[text(
        "thing.md",
        r#"---
content-type: "api-object"
title: "Thing"
object-attributes:
  - name: "id"
    type: "integer"
    maximun: 9
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
    maximum: 9
---
"#,
    )]),
};

pub(super) const WRONG_KIND: Entry = Entry {
    code: Code::WrongKind,
    severities: EITHER,
    headline: "a value of another kind than its key asks for",
    explanation: "\
A list where a text belongs, a text where `true` or `false` does, a number that is none. In quotes everything is a \
text.",
    bad: Example(&[text(
        "thing.md",
        r#"---
content-type: "api-object"
title: "Thing"
object-attributes:
  - name: "id"
    type: "integer"
    required: "yes"
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
    required: true
---
"#,
    )]),
};

pub(super) const UNKNOWN_CONTENT_TYPE: Entry = Entry {
    code: Code::UnknownContentType,
    severities: ERROR,
    headline: "a content type that nothing knows",
    explanation: "\
The content type says what a file defines, so nothing else of the file was checked. It is told where the file has keys \
that only definitions have, or where the type is misspelt; other pages of a site are left alone.",
    bad: Example(&[text(
        "thing.md",
        r#"---
content-type: "api-objekt"
title: "Thing"
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

pub(super) const UNKNOWN_TYPE: Entry = Entry {
    code: Code::UnknownType,
    severities: ERROR,
    headline: "a type that nothing knows",
    explanation: "\
The types of attributes are those of JSON, and `timestamp`; several may stand in one text, such as `string, null`. \
`object` and `array` may name what they hold: `label object`, `array of strings`. The types of destinations are those \
of Stitch.",
    bad: Example(&[text(
        "thing.md",
        r#"---
content-type: "api-object"
title: "Thing"
object-attributes:
  - name: "id"
    type: "integr"
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
---
"#,
    )]),
};

pub(super) const UNKNOWN_ROLE: Entry = Entry {
    code: Code::UnknownRole,
    severities: ERROR,
    headline: "a role that nothing knows",
    explanation: "\
A role says which part of a Push record an attribute is, so that the client can fill it. There are six: `client`, \
`table`, `sequence`, `action`, `keys`, `data`, and an object has all of them or none.",
    bad: Example(&[text(
        "record.md",
        r#"---
content-type: "api-object"
title: "Record"
object-attributes:
  - { name: "client_id", type: "integer", role: "client" }
  - { name: "table_name", type: "string", role: "table" }
  - { name: "sequence", type: "integer", role: "sequnce" }
  - { name: "action", type: "string", role: "action", const: "upsert" }
  - { name: "key_names", type: "array", role: "keys" }
  - { name: "data", type: "object", role: "data" }
---
"#,
    )]),
    good: Example(&[text(
        "record.md",
        r#"---
content-type: "api-object"
title: "Record"
object-attributes:
  - { name: "client_id", type: "integer", role: "client" }
  - { name: "table_name", type: "string", role: "table" }
  - { name: "sequence", type: "integer", role: "sequence" }
  - { name: "action", type: "string", role: "action", const: "upsert" }
  - { name: "key_names", type: "array", role: "keys" }
  - { name: "data", type: "object", role: "data" }
---
"#,
    )]),
};

pub(super) const MISPLACED_CONSTRAINT: Entry = Entry {
    code: Code::MisplacedConstraint,
    severities: ERROR,
    headline: "a constraint that its attribute's type does not have",
    explanation: "\
Each constraint speaks of one type: `minimum` and `maximum` of numbers, `minLength`, `maxLength` and `const` of strings, \
`minItems`, `maxItems` and `items` of arrays. On another type it would hold for nothing.",
    bad: Example(&[text(
        "thing.md",
        r#"---
content-type: "api-object"
title: "Thing"
object-attributes:
  - name: "id"
    type: "integer"
    maxLength: 20
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
    maximum: 20
---
"#,
    )]),
};

pub(super) const EMPTY_RANGE: Entry = Entry {
    code: Code::EmptyRange,
    severities: ERROR,
    headline: "a range that no value is in",
    explanation: "\
The least is greater than the greatest, so every value would be refused.",
    bad: Example(&[text(
        "thing.md",
        r#"---
content-type: "api-object"
title: "Thing"
object-attributes:
  - name: "id"
    type: "integer"
    minimum: 9
    maximum: 1
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
    minimum: 1
    maximum: 9
---
"#,
    )]),
};
