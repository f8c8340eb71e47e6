//! Values in JSON, as text: a reader's number has no digits more or fewer than it.

use fastrand::Rng;
use serde_json::json;

/// Numbers at the ends of what some reader, column or type holds.
const NUMBERS: [&str; 26] = [
    "0",
    "-0",
    "1",
    "-1",
    "7",
    "0.0",
    "-0.0",
    "1.0",
    "1.5",
    "19.90",
    "1e5",
    "1E+5",
    "1e-7",
    "2147483648",
    "9007199254740993",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "-9223372036854775809",
    "18446744073709551616",
    "1e308",
    "1.7976931348623157e308",
    "5e-324",
    "1e-400",
    "1e-16384",
    "123456789012345678901234567890.123456789012345678901234567890",
];

/// Numbers that are no double.
const REFUSED: [&str; 6] = ["1.8e308", "1e400", "-1e400", "1e131071", "1e131073", "1e999999999999"];

/// Names of fields: usual ones, those that become others' or the system's, and those that are hard to quote.
const NAMES: [&str; 46] = [
    "a",
    "a",
    "b",
    "c",
    "A",
    "a__b",
    "a-b",
    "a b",
    "ab",
    "1a",
    "__a",
    "a__bi",
    "a__st",
    "a__b__st",
    "b__TI",
    "",
    " ",
    "-",
    "é",
    "É",
    "ß",
    "ｆｕｌｌ",
    "🧵",
    "a\u{301}",
    "\u{0}",
    "a\u{0}b",
    "\u{feff}a",
    "\u{202e}a",
    "\"",
    "a\"b",
    "'; drop table t; --",
    "a]b",
    "`a`",
    "%s",
    "a.b",
    "a/b~c",
    "select",
    "rowid",
    "oid",
    "_sdc_sequence",
    "_SDC_x",
    "_sdc_deleted_at",
    "_sdc_value",
    "_sdc_source_key_id",
    "_sdc_level_0_id",
    "__sdc_primary_key",
];

const TEXTS: [&str; 18] = [
    "",
    "x",
    "north",
    "~",
    "^",
    "~i5",
    "^0",
    "^ ",
    "2026-01-13T21:25:03Z",
    "2026-01-13 21:25:03.123456789012+0530",
    "0000-01-01T00:00:00Z",
    "9999-12-31T23:59:60-23:59",
    "2026-02-30T00:00:00Z",
    "\u{0}",
    "a\u{0}",
    "\u{ffff}\u{10ffff}",
    "' or 1=1 --",
    "NaN",
];

/// Whether something is to be there that has the whole body refused: a body holds so many values that most would be.
pub(crate) fn is_rare(random: &mut Rng) -> bool {
    random.u16(..500) == 0
}

pub(crate) fn name(random: &mut Rng) -> String {
    match random.u8(..24) {
        // As long as a column's or a table's may be, and a little longer.
        0 => "n".repeat(random.usize(56..67)),
        1 => "é".repeat(random.usize(25..35)),
        2 => "n".repeat(random.usize(1_000..3_000)),
        3 => (0..random.usize(1..6)).map(|_| random.char('\0'..=char::MAX)).collect(),
        _ => NAMES[random.usize(..NAMES.len())].to_owned(),
    }
}

pub(crate) fn table(random: &mut Rng) -> String {
    match random.u8(..16) {
        0 => name(random),
        1 => ["_sdc_rejected", "_backstitch_gate", "sqlite_master", "t__a", "T", "_backstitch_v5_t"][random.usize(..6)]
            .to_owned(),
        2 => "t".repeat(random.usize(60..66)),
        _ => ["t", "t", "u", "t__b"][random.usize(..4)].to_owned(),
    }
}

pub(crate) fn text(random: &mut Rng) -> String {
    match random.u8(..12) {
        0 => (0..random.usize(1..20)).map(|_| random.char('\0'..=char::MAX)).collect(),
        1 => "long ".repeat(random.usize(1..400)),
        _ => TEXTS[random.usize(..TEXTS.len())].to_owned(),
    }
}

pub(crate) fn number(random: &mut Rng) -> String {
    if is_rare(random) {
        return REFUSED[random.usize(..REFUSED.len())].to_owned();
    }
    match random.u8(..24) {
        0 => "9".repeat(random.usize(1..300)),
        1 => format!("0.{}", "1".repeat(random.usize(1..400))),
        2 => random.i64(..).to_string(),
        3 => format!("{:e}", f64::from_bits(random.u64(..) & !(0x7ff << 52) | random.u64(..0x7ff) << 52)),
        _ => NUMBERS[random.usize(..NUMBERS.len())].to_owned(),
    }
}

/// A text with its quotes.
pub(crate) fn quoted(text: &str) -> String {
    json!(text).to_string()
}

fn scalar(random: &mut Rng) -> String {
    match random.u8(..8) {
        0 => "null".to_owned(),
        1 => "true".to_owned(),
        2 => "false".to_owned(),
        3 | 4 => quoted(&text(random)),
        // Half of a pair is no text.
        5 if is_rare(random) => r#""\ud83d""#.to_owned(),
        _ => number(random),
    }
}

/// Any value, at most so deep.
pub(crate) fn value(random: &mut Rng, depth: usize) -> String {
    if depth == 0 {
        return scalar(random);
    }
    match random.u8(..10) {
        0 | 1 => {
            let values: Vec<String> = (0..random.usize(..5)).map(|_| value(random, depth - 1)).collect();
            format!("[{}]", values.join(","))
        }
        2..=4 => object(random, depth - 1),
        _ => scalar(random),
    }
}

pub(crate) fn object(random: &mut Rng, depth: usize) -> String {
    let fields: Vec<String> =
        (0..random.usize(..6)).map(|_| format!("{}:{}", quoted(&name(random)), value(random, depth))).collect();
    format!("{{{}}}", fields.join(","))
}

/// The data of a record, mostly with its key.
pub(crate) fn data(random: &mut Rng) -> String {
    let rest = match random.u8(..100) {
        0 => nested(random),
        1 => wide(random),
        _ => object(random, 4),
    };
    let key = match random.u8(..40) {
        0 => return rest,
        1..=3 => quoted(&text(random)),
        4..=6 => number(random),
        7 => scalar(random),
        _ => random.u8(..4).to_string(),
    };
    match rest.strip_prefix('{') {
        Some("}") => format!(r#"{{"id":{key}}}"#),
        Some(fields) => format!(r#"{{"id":{key},{fields}"#),
        None => rest,
    }
}

/// Arrays or objects within one another: as deep as they may be, a little deeper, or far too deep.
fn nested(random: &mut Rng) -> String {
    let depth = [random.usize(1..30), random.usize(110..130), random.usize(1_000..40_000)][random.usize(..3)];
    let (open, close) = [("[", "]"), (r#"{"a":"#, "}"), (r#"[{"a":"#, "}]")][random.usize(..3)];
    format!(r#"{{"deep":{}1{}}}"#, open.repeat(depth), close.repeat(depth))
}

/// More fields than a table has columns, or data points than a record may have; or many elements.
fn wide(random: &mut Rng) -> String {
    let count = [random.usize(1_500..1_700), random.usize(9_990..10_010)][random.usize(..2)];
    let values: Vec<String> = (0..count).map(|place| format!(r#""f{place}":{}"#, place % 3)).collect();
    match random.u8(..3) {
        0 => format!(r#"{{"wide":[{}]}}"#, vec!["1"; count].join(",")),
        1 => format!(
            r#"{{"wide":[{}]}}"#,
            (0..count).map(|place| format!(r#"{{"f{}":[1]}}"#, place % 300)).collect::<Vec<_>>().join(",")
        ),
        _ => format!("{{{}}}", values.join(",")),
    }
}
