//! Schemas: sound ones, and those that lead back to themselves, know no type or have patterns that take long.

use fastrand::Rng;

use crate::data::{is_rare, name, number, quoted, value};

const TYPES: [&str; 14] = [
    r#""object""#,
    r#""array""#,
    r#""string""#,
    r#""integer""#,
    r#""number""#,
    r#""boolean""#,
    r#""null""#,
    r#"["null","string"]"#,
    r#"["integer","string"]"#,
    r#"["number","null","object"]"#,
    r#"["array","object","null"]"#,
    r#""text""#,
    "[]",
    "5",
];

/// Those that every schema of records has come first.
const REFERENCES: [&str; 14] = [
    "#",
    "#/definitions/a",
    "#/definitions/b",
    "#/properties/id",
    "#/",
    "#/properties/a",
    "#/properties/a/items",
    "#/definitions/a%25/b~1c~0d",
    "#/definitions/none",
    "#a",
    "other.json#/a",
    "http://127.0.0.1:1/schema.json",
    "file:///etc/passwd",
    "json-schema:///#",
];

/// Those that are none come last.
const PATTERNS: [&str; 9] = [
    "^a*$",
    "(a+)+$",
    "(a|aa)*b",
    "(?=a)a",
    "\\p{Greek}",
    "[",
    "(?<n>a)\\k<n>",
    "x{1000000}",
    "((((((((((x{99}){99}){99}){99}))))))",
];

const FORMATS: [&str; 6] = ["date-time", "date-time", "date", "email", "uri", "singer.decimal"];

/// Any schema, at most so deep.
pub(crate) fn schema(random: &mut Rng, depth: usize) -> String {
    let keywords = random.usize(1..4);
    let keywords: Vec<String> = (0..keywords).map(|_| keyword(random, depth)).collect();
    format!("{{{}}}", keywords.join(","))
}

fn within(random: &mut Rng, depth: usize) -> String {
    match (random.u8(..30), depth) {
        (0, _) if is_rare(random) => value(random, 2),
        (_, 0) => format!(r#"{{"type":{}}}"#, TYPES[random.usize(..10)]),
        _ => schema(random, depth - 1),
    }
}

fn several(random: &mut Rng, depth: usize) -> String {
    let schemas: Vec<String> = (0..random.usize(1..4)).map(|_| within(random, depth)).collect();
    format!("[{}]", schemas.join(","))
}

fn by_name(random: &mut Rng, depth: usize) -> String {
    let schemas: Vec<String> =
        (0..random.usize(..5)).map(|_| format!("{}:{}", quoted(&name(random)), within(random, depth))).collect();
    format!("{{{}}}", schemas.join(","))
}

fn keyword(random: &mut Rng, depth: usize) -> String {
    match random.u8(..32) {
        0..=7 => {
            // Those at the end are none.
            let known = if is_rare(random) { TYPES.len() } else { TYPES.len() - 3 };
            format!(r#""type":{}"#, TYPES[random.usize(..known)])
        }
        8..=11 => format!(r#""properties":{}"#, by_name(random, depth)),
        12 | 13 => format!(r#""items":{}"#, within(random, depth)),
        14 => format!(r#""items":{},"additionalItems":{}"#, several(random, depth), within(random, depth)),
        15 => format!(r#""{}":{}"#, ["anyOf", "oneOf", "allOf"][random.usize(..3)], several(random, depth)),
        16 => format!(r#""not":{}"#, within(random, depth)),
        17 | 18 => {
            let known = if is_rare(random) { REFERENCES.len() } else { 4 };
            format!(r#""$ref":{}"#, quoted(REFERENCES[random.usize(..known)]))
        }
        19 => format!(r#""definitions":{{"a":{},"b":{}}}"#, within(random, depth), within(random, depth)),
        20 => format!(r#""pattern":{}"#, pattern(random)),
        21 | 22 => format!(r#""format":{}"#, quoted(FORMATS[random.usize(..FORMATS.len())])),
        23 => format!(r#""{}":{}"#, ["minimum", "maximum", "multipleOf"][random.usize(..3)], number(random)),
        24 => format!(
            r#""{}":{}"#,
            ["minLength", "maxLength", "minItems", "maxProperties"][random.usize(..4)],
            if is_rare(random) { number(random) } else { random.u8(..100).to_string() }
        ),
        25 => format!(r#""enum":[{},{}]"#, value(random, 1), value(random, 1)),
        26 => format!(r#""required":[{}]"#, quoted(&name(random))),
        27 => format!(r#""additionalProperties":{}"#, [within(random, depth), "false".to_owned()][random.usize(..2)]),
        28 => format!(r#""patternProperties":{{{}:{}}}"#, pattern(random), within(random, depth)),
        29 => format!(r#""dependencies":{{{}:{}}}"#, quoted(&name(random)), within(random, depth)),
        30 => r#""uniqueItems":true,"minimum":1.5,"exclusiveMinimum":true"#.to_owned(),
        _ => {
            let known = if is_rare(random) { REFERENCES.len() } else { 4 };
            let said = if is_rare(random) {
                value(random, 0)
            } else {
                r#""http://json-schema.org/draft-07/schema#""#.to_owned()
            };
            format!(r#""id":{},"$schema":{said}"#, quoted(REFERENCES[random.usize(..known)]))
        }
    }
}

fn pattern(random: &mut Rng) -> String {
    let known = if is_rare(random) { PATTERNS.len() } else { 5 };
    quoted(PATTERNS[random.usize(..known)])
}

/// A schema of records, mostly with their key.
pub(crate) fn of_records(random: &mut Rng) -> String {
    match random.u8(..60) {
        0 => schema(random, 3),
        1 => doubling(random),
        2 => value(random, 2),
        3 => deep(random),
        4 => leading_back(random),
        // What knows few fields has others pass.
        _ => {
            let id =
                ["{}", r#"{"type":"integer"}"#, r#"{"type":["string","number"]}"#, r##"{"$ref":"#/definitions/a"}"##];
            let id = id[random.usize(..4)];
            let (others, a, b) = (by_name(random, 3), within(random, 3), within(random, 3));
            let others = others.strip_prefix('{').map_or("}", |fields| fields);
            let comma = if others == "}" { "" } else { "," };
            format!(r#"{{"type":"object","properties":{{"id":{id}{comma}{others},"definitions":{{"a":{a},"b":{b}}}}}"#)
        }
    }
}

/// Each definition twice in the one before it.
fn doubling(random: &mut Rng) -> String {
    let count = random.usize(2..60);
    let word = ["allOf", "anyOf", "oneOf"][random.usize(..3)];
    let definition = |place: usize| {
        let next = format!(r##"{{"$ref":"#/definitions/d{}"}}"##, (place + 1) % count.max(place + 2));
        format!(r#""d{place}":{{"{word}":[{next},{next}]}}"#)
    };
    let definitions: Vec<String> = (0..count).map(definition).collect();
    format!(
        r##"{{"properties":{{"id":{{}},"a":{{"$ref":"#/definitions/d0"}}}},"definitions":{{{},"d{count}":{{"type":"integer"}}}}}}"##,
        definitions.join(",")
    )
}

fn deep(random: &mut Rng) -> String {
    let depth = [random.usize(1..100), random.usize(100..130), random.usize(1_000..10_000)][random.usize(..3)];
    let (open, close) =
        [(r#"{"items":"#, "}"), (r#"{"not":"#, "}"), (r#"{"properties":{"a":"#, "}}"), (r#"{"allOf":["#, "]}")]
            [random.usize(..4)];
    format!(r#"{{"properties":{{"id":{{}},"a":{}{{}}{}}}}}"#, open.repeat(depth), close.repeat(depth))
}

/// References that lead back, at once or within what they are of.
fn leading_back(random: &mut Rng) -> String {
    let a = [
        r##"{"$ref":"#/properties/a"}"##,
        r##"{"$ref":"#"}"##,
        r##"{"items":{"$ref":"#/properties/a"}}"##,
        r##"{"properties":{"a":{"$ref":"#/properties/a"},"b":{"$ref":"#"}}}"##,
        r##"{"not":{"$ref":"#/properties/a"}}"##,
        r##"{"anyOf":[{"$ref":"#/properties/b"},{"type":"integer"}]}"##,
        r##"{"additionalProperties":{"$ref":"#"},"additionalItems":{"$ref":"#/properties/a"},"items":[{"$ref":"#"}]}"##,
    ];
    let b = [
        r##"{"$ref":"#/properties/a"}"##,
        r##"{"oneOf":[{"$ref":"#/properties/a"},{"$ref":"#/properties/b"}]}"##,
        "{}",
    ];
    format!(r#"{{"properties":{{"id":{{}},"a":{},"b":{}}}}}"#, a[random.usize(..a.len())], b[random.usize(..b.len())])
}
