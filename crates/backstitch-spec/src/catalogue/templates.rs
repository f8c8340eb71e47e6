//! Codes of placeholders, tags, filters and includes.

use super::{EITHER, ERROR, Entry, Example, File, WARNING, text};
use crate::diagnostic::Code;

/// Data that the examples name.
const WORDS: File = text("_data/words.yml", "thing: \"a thing\"\n");

/// A definition whose description is the rest.
macro_rules! described {
    ($description:literal) => {
        text(
            "thing.md",
            concat!(
                "---\ncontent-type: \"api-object\"\ntitle: \"Thing\"\ndescription: \"",
                $description,
                "\"\nobject-attributes: []\n---\n"
            ),
        )
    };
}

pub(super) const UNKNOWN_PLACEHOLDER: Entry = Entry {
    code: Code::UnknownPlaceholder,
    severities: EITHER,
    headline: "a placeholder without data",
    explanation: "\
The file or the folder is there that the name leads to, and the rest of the name is not in it. With `--lenient` it is a \
warning, and the raw text is kept.",
    bad: Example(&[described!("It is {{ words.thin }}."), WORDS]),
    good: Example(&[described!("It is {{ words.thing }}."), WORDS]),
};

pub(super) const MISSING_DATA_FILE: Entry = Entry {
    code: Code::MissingDataFile,
    severities: EITHER,
    headline: "a data file is not there",
    explanation: "\
A placeholder, or the answers of a call, lead to a file that the folder `_data` does not have; the help says which. \
With `--lenient` a placeholder without its file is a warning, and its raw text is kept.",
    bad: Example(&[described!("It is {{ word.thing }}."), WORDS]),
    good: Example(&[described!("It is {{ words.thing }}."), WORDS]),
};

pub(super) const UNRENDERED_PLACEHOLDER: Entry = Entry {
    code: Code::UnrenderedPlaceholder,
    severities: WARNING,
    headline: "a placeholder in data that nothing renders",
    explanation: "\
A text of the data is put in as it is, so its own placeholders would be shown raw. The filter `flatify` renders it.",
    bad: Example(&[
        described!("It is {{ words.whole }}."),
        text("_data/words.yml", "thing: \"thing\"\nwhole: \"a {{ words.thing }}\"\n"),
    ]),
    good: Example(&[
        described!("It is {{ words.whole | flatify }}."),
        text("_data/words.yml", "thing: \"thing\"\nwhole: \"a {{ words.thing }}\"\n"),
    ]),
};

pub(super) const PLACEHOLDER_CYCLE: Entry = Entry {
    code: Code::PlaceholderCycle,
    severities: ERROR,
    headline: "texts that lead to each other without end",
    explanation: "\
A text that is rendered again names itself, or another text that names it, so it would never be whole.",
    bad: Example(&[
        described!("It is {{ words.thing | flatify }}."),
        text(
            "_data/words.yml",
            "thing: \"not {{ words.other | flatify }}\"\nother: \"not {{ words.thing | flatify }}\"\n",
        ),
    ]),
    good: Example(&[
        described!("It is {{ words.thing | flatify }}."),
        text("_data/words.yml", "thing: \"not {{ words.other | flatify }}\"\nother: \"another\"\n"),
    ]),
};

pub(super) const UNKNOWN_INCLUDE: Entry = Entry {
    code: Code::UnknownInclude,
    severities: EITHER,
    headline: "an included file is not there",
    explanation: "\
Included files stand in a folder `_includes`, in the folder of the definitions or beside it. With `--lenient` it is a \
warning, and the raw text is kept.",
    bad: Example(&[described!("{% include not.html %} It is small."), text("_includes/note.html", "Note:\n")]),
    good: Example(&[described!("{% include note.html %} It is small."), text("_includes/note.html", "Note:\n")]),
};

pub(super) const INCLUDE_CYCLE: Entry = Entry {
    code: Code::IncludeCycle,
    severities: ERROR,
    headline: "files that include each other without end",
    explanation: "\
A file includes itself, or another file that includes it, so it would never be whole.",
    bad: Example(&[
        described!("{% include note.html %}"),
        text("_includes/note.html", "Note: {% include small.html %}\n"),
        text("_includes/small.html", "small, {% include note.html %}\n"),
    ]),
    good: Example(&[
        described!("{% include note.html %}"),
        text("_includes/note.html", "Note: {% include small.html %}\n"),
        text("_includes/small.html", "small.\n"),
    ]),
};

pub(super) const UNKNOWN_FILTER: Entry = Entry {
    code: Code::UnknownFilter,
    severities: ERROR,
    headline: "a filter that nothing knows",
    explanation: "\
The filters are those of Liquid and of Jekyll, and `flatify`, which renders its input again.",
    bad: Example(&[described!("It is {{ words.thing | upcas }}."), WORDS]),
    good: Example(&[described!("It is {{ words.thing | upcase }}."), WORDS]),
};

pub(super) const UNKNOWN_TAG: Entry = Entry {
    code: Code::UnknownTag,
    severities: ERROR,
    headline: "a tag that nothing knows",
    explanation: "\
The tags are those of Liquid, and Jekyll's `include`. A text that is to have `{%` stands between `{% raw %}` and \
`{% endraw %}`.",
    bad: Example(&[described!("{% asign size = 'small' %}It is {{ size }}.")]),
    good: Example(&[described!("{% assign size = 'small' %}It is {{ size }}.")]),
};

pub(super) const OPEN_TAG: Entry = Entry {
    code: Code::OpenTag,
    severities: ERROR,
    headline: "a tag that nothing closes, or that closes nothing",
    explanation: "\
`{{` ends with `}}`, `{%` with `%}`, and a block such as `{% if … %}` with its `{% endif %}`. A text that is to have \
them raw stands between `{% raw %}` and `{% endraw %}`.",
    bad: Example(&[described!("It is {{ words.thing."), WORDS]),
    good: Example(&[described!("It is {{ words.thing }}."), WORDS]),
};

pub(super) const TEMPLATE: Entry = Entry {
    code: Code::Template,
    severities: ERROR,
    headline: "a template can't be read or rendered",
    explanation: "\
All its names, tags and filters are known, and the engine still refuses it: a filter has too many arguments or a value \
that it can't take, a tag is not as Liquid writes it, or the text becomes too long.",
    bad: Example(&[described!("It is {{ words.thing | append: '!', '?' }}."), WORDS]),
    good: Example(&[described!("It is {{ words.thing | append: '!' }}."), WORDS]),
};
