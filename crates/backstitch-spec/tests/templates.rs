//! Texts with placeholders: what they become, and what is told where they can't be followed.

use std::fs;

use backstitch_spec::{Code, Loaded, Options, load};

/// The files beside the definition of every test.
const FILES: &[(&str, &str)] = &[
    ("_config.yml", "baseurl: \"/docs\"\nmail: \"a@b.example\"\n"),
    (
        "backstitch.yml",
        "roots:\n  core: \"site.data.{product-type}.objects\"\n  deep: \"site.data.lib.objects.thing\"\n",
    ),
    ("_data/words.yml", "thing: \"a thing\"\nnested: \"of {{ site.mail }}\"\ntwice: \"{{ words.nested }}\"\n"),
    ("_data/urls.yml", "guides:\n  one: \"/one\"\n"),
    ("_data/lib/objects.yml", "thing:\n  name: \"Thing\"\n  object: \"The {{ page.title }}\"\n"),
    (
        "_data/lib/list.yml",
        "all:\n  - name: \"one\"\n    note: \"first\"\n  - name: \"two\"\n  - name: \"three\"\n    note: \"{{ loud }}\"\n",
    ),
    ("_includes/note.html", "{% if include.title %}{{ include.title }}: {% endif %}{{ include.text }}"),
    ("_includes/misc/names.html", "{% assign link = site.data.urls %}{% assign loud = \"!\" %}\n"),
    ("_includes/outer.html", "<{% include note.html text=include.inner %}>"),
];

/// Reads a definition whose description is `text`, as a block.
fn read(text: &str, lenient: bool) -> Loaded {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in FILES {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let block = text.replace('\n', "\n  ");
    let definition = format!(
        "---\ncontent-type: api-structure\nproduct-type: lib\ntitle: Odd One\nversion: \"2\"\ndescription: |\n  \
         {block}\nobject-attributes: []\n---\n"
    );
    fs::write(folder.path().join("thing.md"), definition).unwrap();
    load(folder.path(), Options { lenient })
}

#[test]
fn texts_are_rendered() {
    #[rustfmt::skip]
    let cases: &[(&str, &str)] = &[
        ("{{ words.thing | upcase }}", "A THING"),
        ("{{ site.data.words.thing | prepend: site.baseurl | append: \"#x\" }}", "/docsa thing#x"),
        ("{{ page.title }} {{ object.version }}", "Odd One 2"),
        ("{{ core.thing.name }} {{ deep.name }} {{ objects.thing.name }}", "Thing Thing Thing"),
        ("{{ core.thing.object | flatify }}", "The Odd One"),
        ("{{ words.nested | flatify }}", "of a@b.example"),
        ("{{ words.twice | flatify | flatify }}", "of a@b.example"),
        ("{{ link.guides.one }}", "/one"),
        ("{% include misc/names.html %}{{ link.guides.one | append: loud }}", "/one!"),
        ("{% include note.html text=words.thing %}", "a thing"),
        ("{% include note.html title=\"See\" text=\"it\" %}", "See: it"),
        ("{% include outer.html inner=\"x\" %}", "<x>"),
        ("{% for x in list.all %}{{ x.name }}{{ x.missing_here | default: \"\" }}{% endfor %}", ""),
        ("{% for x in list.all %}{{ x.name }}({{ x.note | strip }}){% unless forloop.last %}, {% endunless %}{% endfor %}", ""),
        ("{% assign loud = \"!\" %}{% for x in list.all %}{{ x.name }}({{ x.note | flatify }}) {% endfor %}", "one(first) two() three(!)"),
        ("{% assign some = list.all | where: \"name\", \"two\" %}{% for x in some %}{{ x.name }}{% endfor %}", "two"),
        ("{% assign first = list.all | first %}{{ first.name }}", "one"),
        ("{{ list.all[1].name }} {{ list.all.first.name }}", "two one"),
        ("{% assign all = list.all | concat: list.all %}{% for x in all %}{{ x.name }} {% endfor %}", "one two three one two three"),
        ("{% capture x %}<{{ words.thing }}>{% endcapture %}{{ x | strip }}", "<a thing>"),
        ("{% raw %}{{ not.data }}{% endraw %}", "{{ not.data }}"),
        ("{% comment %}{{ not.data }}{% endcomment %}x", "x"),
        ("{% if page.version == \"2\" %}two{% else %}other{% endif %}", "two"),
        ("{% case page.version %}{% when \"1\" %}one{% when \"2\" %}two{% endcase %}", "two"),
        ("{% if page.note %}{{ page.note }}{% else %}none{% endif %} {{ page.extra | default: \"x\" }}", "none x"),
        ("{% if page.note == \"y\" %}y{% else %}n{% endif %}", "n"),
        ("{{ \"a (b)\" | replace_regex: \"^[^(]*\",\"\" | remove: \"(\" }}", "b)"),
        ("{{ \"**x**\" | markdownify }} [a](b){:target=\"new\"}", "**x** [a](b){:target=\"new\"}"),
    ];
    for (text, expected) in cases {
        let loaded = read(text, false);
        if expected.is_empty() {
            // What no element has is told; what some have is empty for the others.
            let told: Vec<Code> = loaded.report.diagnostics().iter().map(|diagnostic| diagnostic.code).collect();
            assert!(
                told.iter().all(|code| matches!(code, Code::UnknownPlaceholder | Code::UnrenderedPlaceholder)),
                "{text}: {told:?}"
            );
            assert!(!told.is_empty(), "{text}");
            continue;
        }
        assert_eq!(loaded.report.to_text(false), "", "{text}");
        assert_eq!(loaded.api.objects[0].description, *expected, "{text}");
    }
}

#[test]
fn locals_have_their_scope() {
    #[rustfmt::skip]
    let cases: &[(&str, Code, &str)] = &[
        ("{% for x in list.all %}{% endfor %}{{ x.name }}", Code::MissingDataFile, "x.name"),
        ("{{ later }}{% assign later = 1 %}", Code::UnknownPlaceholder, "later"),
        ("{% capture x %}{{ x }}{% endcapture %}", Code::UnknownPlaceholder, "x"),
        ("{{ include.text }}", Code::MissingDataFile, "include.text"),
        ("{{ forloop.index }}", Code::MissingDataFile, "forloop.index"),
        ("{% assign one = list.all | first %}{{ one.nam }}", Code::UnknownPlaceholder, "one.nam"),
        ("{% for x in list.all %}{{ x.nome }}{% endfor %}", Code::UnknownPlaceholder, "x.nome"),
        ("{% for x in lists.all %}{{ x.nome }}{% endfor %}", Code::MissingDataFile, "lists.all"),
        ("{{ page.titel }}", Code::UnknownPlaceholder, "page.titel"),
        ("{{ site.mails }}", Code::UnknownPlaceholder, "site.mails"),
        ("{{ core.thin.name }}", Code::UnknownPlaceholder, "core.thin.name"),
        ("{% include misc/name.html %}", Code::UnknownInclude, "misc/name.html"),
        ("{% unknown x %}", Code::UnknownTag, "unknown"),
        ("{% endfor %}", Code::OpenTag, "endfor"),
        ("{% for x in list.all %}", Code::OpenTag, "{% for x in list.all %}"),
        ("{% if page.title %}{% for x in list.all %}{% endif %}{% endfor %}", Code::OpenTag, "{% for x in list.all %}"),
        ("{% for x in (1..most) %}{% endfor %}", Code::UnknownPlaceholder, "most"),
        ("{{ words.nested }}", Code::UnrenderedPlaceholder, "words.nested"),
        ("{{ words.thing | append: }}", Code::Template, ""),
    ];
    for (text, code, marked) in cases {
        let loaded = read(text, false);
        let told = loaded.report.to_text(false);
        let found = loaded.report.diagnostics().iter().find(|diagnostic| diagnostic.code == *code);
        let diagnostic = found.unwrap_or_else(|| panic!("{text}: no {code} in\n{told}"));
        assert!(marked.is_empty() || diagnostic.marks[0].text() == *marked, "{text}:\n{told}");
        assert!(diagnostic.help.is_some(), "{text}");
    }
}

#[test]
fn what_can_not_be_resolved_is_kept_whole_when_that_is_asked_for() {
    let cases = [
        ("a {{ no.data }} b {{ words.thing }}", "a {{ no.data }} b a thing"),
        (
            "{% for x in no.list %}{{ x.y }}{% endfor %}{{ words.thing }}",
            "{% for x in no.list %}{{ x.y }}{% endfor %}a thing",
        ),
        (
            "{% if no.data %}{% if page.title %}x{% endif %}{% endif %}y",
            "{% if no.data %}{% if page.title %}x{% endif %}{% endif %}y",
        ),
        ("{% assign x = no.data %}{{ x | upcase }}", "{% assign x = no.data %}{{ x | upcase }}"),
        ("{% include no.html %}{{ words.thing }}", "{% include no.html %}a thing"),
        ("{% if page.title %}{{ no.data }}{% endif %}", "{{ no.data }}"),
    ];
    for (text, expected) in cases {
        let loaded = read(text, true);
        assert_eq!(loaded.report.errors(), 0, "{text}\n{}", loaded.report.to_text(false));
        assert!(loaded.report.warnings() > 0, "{text}");
        assert_eq!(loaded.api.objects[0].description, expected, "{text}");
    }
}

#[test]
fn loops_and_includes_without_end_are_an_error_and_no_hang() {
    let long =
        "{% for a in (1..9999) %}{% for b in (1..9999) %}{% for c in (1..9999) %}x{% endfor %}{% endfor %}{% endfor %}";
    let loaded = read(long, false);
    assert_eq!(loaded.report.diagnostics()[0].code, Code::Template, "{}", loaded.report.to_text(false));
    let nested = "{% if page.title %}".repeat(200) + &"{% endif %}".repeat(200);
    assert_eq!(read(&nested, false).report.diagnostics()[0].code, Code::Template);
    let raw = read("{% raw %}{{ x }}", false);
    assert_eq!(raw.report.diagnostics()[0].code, Code::OpenTag, "{}", raw.report.to_text(false));
    let empty = read("{% for a in (1..999999999999) %}{% endfor %}", false);
    assert_eq!(empty.report.diagnostics()[0].code, Code::Template, "{}", empty.report.to_text(false));
}
