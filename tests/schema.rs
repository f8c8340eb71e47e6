//! The generated JSON Schemas and the generated validators say the same of every value; a library for JSON
//! Schema is the referee.

use std::path::Path;

use backstitch_spec::{Options, load};
use backstitch_tests::{odd, tree, vendor};
use jsonschema::{Draft, Validator};
use proptest::prelude::{ProptestConfig, any, proptest};
use serde_json::{Map, Number, Value, json};

/// Says why a value is not such an object.
type Check = fn(&Value) -> Result<(), String>;

/// Every object of every tree: where it is from, its title, its schema, its type's own check.
fn objects() -> Vec<(&'static str, &'static str, &'static str, Check)> {
    let mut all = Vec::new();
    macro_rules! add {
        ($name:literal, $tree:path) => {{
            use $tree as all_of_them;
            all.extend(all_of_them::ALL.iter().map(|object| ($name, object.title, object.json_schema, object.check)));
        }};
    }
    add!("../spec", backstitch_api::generated::objects);
    add!("definitions/tree/spec", tree::objects);
    add!("definitions/odd/spec", odd::objects);
    add!("definitions/vendor/spec", vendor::objects);
    all
}

fn referee(schema: &str) -> Validator {
    let schema: Value = serde_json::from_str(schema).expect("a schema is JSON");
    jsonschema::options()
        .with_draft(Draft::Draft4)
        .should_validate_formats(true)
        .build(&schema)
        .unwrap_or_else(|error| panic!("{error}: {schema}"))
}

/// Numbers from a seed, for values that are made to fit a schema more often than not.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit.max(1) as u64).unwrap_or_default()
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len()))
    }
}

const TEXTS: &[&str] = &[
    "",
    "a",
    "upsert",
    "OK",
    "Finn",
    "ä€𝄞",
    "2020-01-13T21:25:03Z",
    "2020-02-29t23:59:60.5+00:00",
    "2021-02-29T00:00:00Z",
    "2020-01-13T21:25:03+0000",
    "2020-01-13 21:25:03Z",
    "2016-12-31T23:59:60Z",
    "2016-12-31T22:59:60Z",
    "2016-12-31T15:59:60-08:00",
    "1-1-1",
    "a text that is rather long, longer than most limits of the definitions, which are short",
];

/// Any JSON.
fn anything(random: &mut Random, depth: usize) -> Value {
    match random.below(if depth > 2 { 9 } else { 11 }) {
        0 => Value::Null,
        1 => Value::Bool(random.one_in(2)),
        2 => json!(random.next().cast_signed()),
        3 => json!(random.next()),
        4 => json!(random.below(40)),
        5 => Number::from_f64(random.below(2_000) as f64 / 8.0 - 100.0).map_or(Value::Null, Value::Number),
        6 => json!(1.0),
        7 | 8 => json!(random.pick(TEXTS)),
        9 => (0..random.below(4)).map(|_| anything(random, depth + 1)).collect(),
        _ => Value::Object((0..random.below(3)).map(|n| (format!("k{n}"), anything(random, depth + 1))).collect()),
    }
}

/// A value that is likely to fit `schema`, and is something else now and then.
fn likely(random: &mut Random, schema: &Value, root: &Value, depth: usize) -> Value {
    if random.one_in(30) {
        return anything(random, depth);
    }
    if let Some(path) = schema["$ref"].as_str() {
        let found = root.pointer(path.trim_start_matches('#')).unwrap_or(root);
        return likely(random, found, root, depth + 1);
    }
    if let Some(choices) = schema["anyOf"].as_array() {
        let last = choices.len() - 1;
        let choice = if depth > 4 { last } else { random.below(choices.len()) };
        return likely(random, &choices[choice], root, depth);
    }
    if let Some(constants) = schema["enum"].as_array() {
        // What some readers take for one of several words.
        if random.one_in(12) {
            let word = constants.first().and_then(Value::as_str).unwrap_or_default();
            return json!({ word: null });
        }
        return random.pick(constants).cloned().unwrap_or_default();
    }
    let kind = match &schema["type"] {
        Value::Array(types) => random.pick(types).and_then(Value::as_str).unwrap_or("null"),
        Value::String(name) => name,
        _ => return anything(random, depth),
    };
    match kind {
        "null" => Value::Null,
        "boolean" => Value::Bool(random.one_in(2)),
        "integer" | "number" => number(random, schema, kind),
        "string" => match schema["format"].as_str() {
            Some(_) if !random.one_in(4) => json!(TEXTS[6]),
            _ => text(random, schema),
        },
        "array" => {
            let least = schema["minItems"].as_u64().unwrap_or(0);
            let most = schema["maxItems"].as_u64().unwrap_or(least + 2);
            let count = around(random, least, most).min(6);
            let count = if depth > 4 { count.min(1) } else { count };
            (0..count).map(|_| likely(random, &schema["items"], root, depth + 1)).collect()
        }
        _ => object(random, schema, root, depth),
    }
}

/// A count within its limits, or just beside them.
fn around(random: &mut Random, least: u64, most: u64) -> u64 {
    match random.below(12) {
        0 => least.saturating_sub(1),
        1 => most + 1,
        2 => most,
        3 => least,
        _ => least + random.next() % (most - least + 1),
    }
}

fn number(random: &mut Random, schema: &Value, kind: &str) -> Value {
    let (least, most) = (schema["minimum"].as_i64(), schema["maximum"].as_i64());
    match (random.below(10), least, most) {
        (0, Some(least), _) => json!(least),
        (1, Some(least), _) => json!(least.saturating_sub(1)),
        (2, _, Some(most)) => json!(most),
        (3, _, Some(most)) => json!(most.saturating_add(1)),
        // An integer is written without a fraction in this draft; of floats beyond 2^53 the referee takes some for one.
        (4, _, Some(most)) if kind == "number" || most < 1 << 53 => json!(most as f64),
        (5, Some(least), _) if least > -(1 << 53) => json!(least as f64 - 0.5),
        (6, ..) if kind == "number" => json!(random.below(64) as f64 / 4.0),
        _ => {
            let (least, most) = (least.unwrap_or(-9).max(-1_000_000), most.unwrap_or(99).min(1_000_000));
            json!(least.saturating_add(i64::try_from(random.below(100)).unwrap_or(0)).min(most.max(least)))
        }
    }
}

fn text(random: &mut Random, schema: &Value) -> Value {
    let least = schema["minLength"].as_u64().unwrap_or(0);
    let Some(most) = schema["maxLength"].as_u64().or((least > 0).then_some(least + 2)) else {
        return json!(random.pick(TEXTS));
    };
    let count = usize::try_from(around(random, least, most.min(5_000))).unwrap_or(0);
    let letter = random.pick(&["a", "é", "𝄞"]).copied().unwrap_or("a");
    json!(letter.repeat(count))
}

fn object(random: &mut Random, schema: &Value, root: &Value, depth: usize) -> Value {
    let mut object = Map::new();
    let none = Map::new();
    let properties = schema["properties"].as_object().unwrap_or(&none);
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for (name, property) in properties {
        let is_required = required.contains(&name.as_str());
        let is_there = if is_required { !random.one_in(40) } else { depth < 5 && random.one_in(2) };
        if is_there {
            object.insert(name.clone(), likely(random, property, root, depth + 1));
        }
    }
    if random.one_in(12) {
        object.insert("no such key".to_owned(), anything(random, depth + 1));
    }
    Value::Object(object)
}

/// Whether the schema and the type agree on a value; whether both take it.
fn agree(title: &str, referee: &Validator, check: Check, value: &Value) -> bool {
    let theirs = referee.validate(value);
    let ours = check(value);
    assert!(
        theirs.is_ok() == ours.is_ok(),
        "{title}: the schema says {:?}, the type says {ours:?} of {value}",
        theirs.map_err(|error| error.to_string())
    );
    ours.is_ok()
}

#[test]
fn schemas_and_validators_take_every_example() {
    let objects = objects();
    let mut examples = 0;
    let mut trees: Vec<&str> = objects.iter().map(|(tree, ..)| *tree).collect();
    trees.dedup();
    for tree in trees {
        let loaded = load(&Path::new(env!("CARGO_MANIFEST_DIR")).join(tree), Options::default());
        assert_eq!(loaded.report.errors(), 0);
        let own = loaded
            .api
            .objects
            .iter()
            .flat_map(|object| object.examples.iter().map(move |example| (object.title.as_str(), example)));
        let of_calls = loaded.api.endpoints.iter().flat_map(|endpoint| {
            endpoint.examples.iter().filter_map(|example| Some((example.of.as_deref()?, example)))
        });
        for (title, example) in own.chain(of_calls).filter(|(_, example)| example.checked) {
            let (.., schema, check) = objects.iter().find(|known| known.0 == tree && known.1 == title).expect("a type");
            let whole: Value = serde_json::from_str(&example.json).unwrap();
            let inner = example.wrapper.as_ref().map_or(&whole, |key| &whole[key]);
            let values = if example.is_array { inner.as_array().unwrap().clone() } else { vec![inner.clone()] };
            for value in values {
                assert!(agree(title, &referee(schema), *check, &value), "{title}: {value}");
                examples += 1;
            }
        }
    }
    println!("{examples} examples of {} objects", objects.len());
    assert!(examples > 80, "{examples}");
}

/// How many cases are tried: few, unless more are asked for, since each of them is one for every object.
fn cases() -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(asked.unwrap_or(48)) }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn schemas_and_validators_agree_on_any_value(seed in any::<u64>()) {
        let mut random = Random(seed);
        for (_, title, schema, check) in objects() {
            let referee = referee(schema);
            let schema: Value = serde_json::from_str(schema).unwrap();
            for _ in 0..4 {
                let value = likely(&mut random, &schema, &schema, 0);
                agree(title, &referee, check, &value);
            }
            let value = anything(&mut random, 0);
            agree(title, &referee, check, &value);
        }
    }
}

#[test]
fn the_values_that_are_tried_are_of_both_kinds() {
    let mut random = Random(1);
    for (_, title, schema, check) in objects() {
        let schema: Value = serde_json::from_str(schema).unwrap();
        let mut taken = 0;
        for _ in 0..400 {
            taken += usize::from(check(&likely(&mut random, &schema, &schema, 0)).is_ok());
        }
        assert!((4..400).contains(&taken), "{title}: {taken} of 400 are taken");
    }
}
