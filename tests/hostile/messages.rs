//! Bodies of requests: most are sound but for the data, in some an attribute is amiss, and some are broken.

use fastrand::Rng;

use crate::data::{data, name, number, quoted, table, text, value};
use crate::mutation::mutated;
use crate::{schemas, transit};

pub(crate) struct Body {
    pub(crate) path: &'static str,
    pub(crate) content_type: &'static str,
    pub(crate) bytes: Vec<u8>,
}

impl Body {
    pub(crate) fn new(random: &mut Rng) -> Self {
        let (path, content_type, text) = match random.u8(..3) {
            0 => ("/v2/import/push", "application/json", pushed(random)),
            1 => ("/v2/import/push", "application/transit+json", pushed_in_transit(random)),
            _ => ("/v2/import/batch", "application/json", batch(random)),
        };
        let bytes = if random.u8(..8) == 0 { mutated(random, text.into_bytes()) } else { text.into_bytes() };
        Body { path, content_type, bytes }
    }
}

/// How many records: mostly few.
fn count(random: &mut Rng) -> usize {
    if random.u8(..10) == 0 { random.usize(..80) } else { random.usize(1..5) }
}

fn sequence(random: &mut Rng) -> String {
    if random.u8(..100) == 0 { number(random) } else { random.i64(-3..10).to_string() }
}

/// An object of these attributes, one of which may be missing, twice there, or something else.
fn object(random: &mut Rng, mut attributes: Vec<(String, String)>) -> String {
    if random.u8(..80) == 0 {
        let place = random.usize(..attributes.len());
        match random.u8(..4) {
            0 => drop(attributes.remove(place)),
            1 => attributes.push((attributes[place].0.clone(), value(random, 2))),
            2 => attributes[place].1 = value(random, 2),
            _ => attributes.push((name(random), value(random, 2))),
        }
    }
    if random.bool() {
        random.shuffle(&mut attributes);
    }
    let attributes: Vec<String> = attributes.iter().map(|(name, value)| format!("{}:{value}", quoted(name))).collect();
    format!("{{{}}}", attributes.join(","))
}

fn keys(random: &mut Rng) -> String {
    match random.u8(..40) {
        0 => format!(r#"["id",{}]"#, quoted(&name(random))),
        1 => format!("[{}]", quoted(&name(random))),
        2 => r#"["id","id"]"#.to_owned(),
        _ => r#"["id"]"#.to_owned(),
    }
}

fn owned(attributes: Vec<(&str, String)>) -> Vec<(String, String)> {
    attributes.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn pushed(random: &mut Rng) -> String {
    let (table, keys) = (table(random), keys(random));
    let count = count(random);
    let records: Vec<String> = (0..count)
        .map(|_| {
            let mut attributes = vec![
                ("client_id", "7723".to_owned()),
                ("table_name", quoted(&table)),
                ("sequence", sequence(random)),
                ("action", r#""upsert""#.to_owned()),
                ("key_names", keys.clone()),
                ("data", data(random)),
            ];
            if random.u8(..6) == 0 {
                attributes.push(("table_version", random.u8(..4).to_string()));
            }
            if random.u8(..20) == 0 {
                attributes[3].1 = r#""switch_view""#.to_owned();
                attributes.push(("table_version", random.u8(..4).to_string()));
            }
            object(random, owned(attributes))
        })
        .collect();
    format!("[{}]", records.join(","))
}

fn pushed_in_transit(random: &mut Rng) -> String {
    let (table, keys) = (table(random), keys(random));
    let escaped = if table.starts_with(['~', '^', '`']) { format!("~{table}") } else { table };
    let (table, count) = (quoted(&escaped), count(random));
    let records: Vec<String> = (0..count)
        .map(|_| {
            let (sequence, data) = (sequence(random), transit::data(random));
            let more = if random.u8(..8) == 0 { r#","table_version",3"# } else { "" };
            let sequence = if random.bool() { quoted(&format!("~i{sequence}")) } else { sequence };
            format!(
                r#"["^ ","client_id",7723,"table_name",{table},"sequence",{sequence},"action","upsert","key_names",{keys},"data",{data}{more}]"#
            )
        })
        .collect();
    format!("[{}]", records.join(","))
}

fn batch(random: &mut Rng) -> String {
    let count = count(random);
    let messages: Vec<String> = (0..count)
        .map(|_| {
            let mut attributes =
                vec![("action", r#""upsert""#.to_owned()), ("sequence", sequence(random)), ("data", data(random))];
            if random.u8(..10) == 0 {
                let time = if random.u8(..10) == 0 { text(random) } else { "2026-01-14 00:00:00+0100".to_owned() };
                attributes.push(("time_extracted", quoted(&time)));
            }
            if random.u8(..20) == 0 {
                attributes.truncate(2);
                attributes[0].1 = r#""activate_version""#.to_owned();
            }
            object(random, owned(attributes))
        })
        .collect();
    let mut attributes = vec![
        ("table_name", quoted(&table(random))),
        ("schema", schemas::of_records(random)),
        ("messages", format!("[{}]", messages.join(","))),
    ];
    if random.u8(..8) > 0 {
        attributes.push(("key_names", keys(random)));
    }
    if random.u8(..6) == 0 {
        attributes.push(("table_version", random.u8(..4).to_string()));
    }
    object(random, owned(attributes))
}
