//! Values in Transit: every tag with what it may hold and what not, codes of the cache, and maps of all forms.

use fastrand::Rng;

use crate::data::{is_rare, name, number, quoted, text};

/// Texts with a tag.
const SCALARS: [&str; 23] = [
    "~_",
    "~?t",
    "~i5",
    "~i9223372036854775807",
    "~n99999999999999999999999999",
    "~n-9223372036854775809",
    "~f1.10",
    "~f1E+400",
    "~f-0",
    "~d1.5",
    "~zNaN",
    "~zINF",
    "~z-INF",
    "~m0",
    "~m-62135596800001",
    "~m253402300800000",
    "~t2026-01-13T21:25:03.000Z",
    "~u0f8fad5b-d9cb-469f-a165-70867728950e",
    "~rhttps://example.com/",
    "~:word",
    "~$sign",
    "~bAAE=",
    "~xunknown",
];

/// Those that are none.
const REFUSED: [&str; 18] = [
    "~?x",
    "~i9223372036854775808",
    "~i",
    "~i1.5",
    "~n1e5",
    "~n",
    "~f1e999999999",
    "~fNaN",
    "~f",
    "~dx",
    "~zx",
    "~m9223372036854775807",
    "~m99999999999999999999999",
    "~mx",
    "~t2026",
    "~ux",
    "~cx",
    "~bAA",
];

/// Those that take any array come first.
const TAGS: [&str; 12] = ["set", "list", "array", "ratio", "point", "\u{1f9f5}", "cmap", "m", "u", "i", "f", "link"];

/// Any value, at most so deep.
pub(crate) fn value(random: &mut Rng, depth: usize) -> String {
    if depth > 0 {
        match random.u8(..10) {
            0 => {
                let values: Vec<String> = (0..random.usize(..5)).map(|_| value(random, depth - 1)).collect();
                return format!("[{}]", values.join(","));
            }
            1 | 2 => return map(random, depth - 1),
            3 => {
                let known = if is_rare(random) { TAGS.len() } else { 6 };
                let tag = TAGS[random.usize(..known)];
                let values: Vec<String> = (0..random.usize(..4)).map(|_| value(random, depth - 1)).collect();
                return match random.u8(..6) {
                    0 if is_rare(random) => format!(r#"["~#{tag}",{}]"#, value(random, depth - 1)),
                    1 => format!(r#"{{"~#{tag}":[{}]}}"#, values.join(",")),
                    _ => format!(r#"["~#{tag}",[{}]]"#, values.join(",")),
                };
            }
            _ => {}
        }
    }
    match random.u8(..10) {
        0 => ["null", "true", "false"][random.usize(..3)].to_owned(),
        1 | 2 => number(random),
        3 | 4 => quoted(&escaped(&text(random))),
        5 if is_rare(random) => code(random),
        6 if is_rare(random) => quoted(REFUSED[random.usize(..REFUSED.len())]),
        _ => quoted(SCALARS[random.usize(..SCALARS.len())]),
    }
}

/// A code of the cache, which may stand for nothing.
fn code(random: &mut Rng) -> String {
    match random.u8(..4) {
        0 => quoted(&format!("^{}", random.char('0'..='['))),
        1 => quoted(&format!("^{}{}", random.char('0'..='['), random.char('0'..='['))),
        2 => quoted(&text(random)),
        _ => r#""^0""#.to_owned(),
    }
}

fn escaped(text: &str) -> String {
    if text.starts_with(['~', '^', '`']) { format!("~{text}") } else { text.to_owned() }
}

fn key(random: &mut Rng) -> String {
    match random.u8(..20) {
        0 if is_rare(random) => code(random),
        1 if is_rare(random) => value(random, 0),
        // The first name of a body that is long enough for a code.
        2 => r#""^0""#.to_owned(),
        3 => quoted(&format!("~:{}", name(random))),
        _ => quoted(&escaped(&name(random))),
    }
}

fn entries(random: &mut Rng, depth: usize) -> String {
    (0..random.usize(..6)).map(|_| format!(",{},{}", key(random), value(random, depth))).collect()
}

fn map(random: &mut Rng, depth: usize) -> String {
    let entries = entries(random, depth);
    if random.u8(..12) > 0 {
        return format!(r#"["^ "{entries}]"#);
    }
    // The verbose form.
    format!("{{{}:{}}}", key(random), value(random, depth))
}

/// The data of a record, mostly with its key.
pub(crate) fn data(random: &mut Rng) -> String {
    if random.u8(..100) == 0 {
        let depth = [random.usize(100..130), random.usize(1_000..20_000)][random.usize(..2)];
        let (open, close) = [("[", "]"), (r#"["~#set",["#, "]]"), (r#"["^ ","a","#, "]")][random.usize(..3)];
        return format!(r#"["^ ","id",1,"deep",{}1{}]"#, open.repeat(depth), close.repeat(depth));
    }
    let entries = entries(random, 4);
    match random.u8(..40) {
        0 => map(random, 3),
        1 | 2 => format!(r#"["^ ","id",{}{entries}]"#, value(random, 1)),
        _ => format!(r#"["^ ","id",{}{entries}]"#, random.u8(..4)),
    }
}
