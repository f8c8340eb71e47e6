//! Codes of files as a whole.

use super::{EITHER, ERROR, Entry, Example, File, text};
use crate::diagnostic::Code;

/// A definition in which nothing is wrong.
const THING: File = text(
    "thing.md",
    r#"---
content-type: "api-object"
title: "Thing"
object-attributes:
  - name: "id"
    type: "integer"
---
"#,
);

pub(super) const UNREADABLE: Entry = Entry {
    code: Code::Unreadable,
    severities: ERROR,
    headline: "a file or a folder can't be read",
    explanation: "\
What a definition, its data or its includes say can't be known, so nothing is generated. Check the path that was given \
and the permissions of the file.",
    bad: Example(&[THING, File { path: "notes.md", bytes: None }]),
    good: Example(&[THING, text("notes.md", "# Notes\n")]),
};

pub(super) const NOT_UTF_8: Entry = Entry {
    code: Code::NotUtf8,
    severities: ERROR,
    headline: "a file is not UTF-8",
    explanation: "\
Any other encoding would have to be guessed. Save the file as UTF-8. The first byte that does not belong there is \
marked.",
    bad: Example(&[File {
        path: "thing.md",
        bytes: Some(
            b"---
content-type: \"api-object\"
title: \"Thing\"
description: \"A caf\xe9.\"
object-attributes: []
---
",
        ),
    }]),
    good: Example(&[text(
        "thing.md",
        r#"---
content-type: "api-object"
title: "Thing"
description: "A café."
object-attributes: []
---
"#,
    )]),
};

pub(super) const NO_DEFINITION: Entry = Entry {
    code: Code::NoDefinition,
    severities: ERROR,
    headline: "there is no definition in the folder",
    explanation: "\
A definition is a file that ends in `.md` and whose front matter has a `content-type`. Where there is none, the path is \
likely another than the one that was meant.",
    bad: Example(&[text("README.md", "# Things\n")]),
    good: Example(&[text("README.md", "# Things\n"), THING]),
};

pub(super) const OPEN_FRONT_MATTER: Entry = Entry {
    code: Code::OpenFrontMatter,
    severities: EITHER,
    headline: "front matter that is never closed, or never opened",
    explanation: "\
The definition is what stands between two lines `---`, the first of them at the very start of the file. A file with \
the first and without the second is an error; one with neither that has a `content-type:` is not read, with a warning.",
    bad: Example(&[text(
        "thing.md",
        r#"---
content-type: "api-object"
title: "Thing"
object-attributes: []
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

pub(super) const CONFIGURATION: Entry = Entry {
    code: Code::Configuration,
    severities: ERROR,
    headline: "a configuration that can't be followed",
    explanation: "\
`backstitch.yml` says under `roots` where names of placeholders lead that are no data file: each to a path that starts \
with `site.data.`, in which a key of the definition may stand in braces, such as `site.data.{product-type}.api`.",
    bad: Example(&[THING, text("backstitch.yml", "roots:\n  link: \"urls\"\n")]),
    good: Example(&[THING, text("backstitch.yml", "roots:\n  link: \"site.data.urls\"\n")]),
};
