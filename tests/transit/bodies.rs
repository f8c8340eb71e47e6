//! Bodies of records, read back by our own reader.

use std::collections::BTreeMap;

use backstitch::__private::{Best, Records, TransitEncoder};
use backstitch::{BodyError, Push, PushBody, PushRecord as _, RawValue, Table};
use backstitch_api::transit::{Transit, read};
use proptest::prelude::*;

use crate::tree::{Tree, texts, trees};

/// Fields with and without codes, which are not in every record.
#[derive(Clone, Debug, Push)]
#[push(table = "records", key = "id")]
pub(crate) struct Carrier {
    pub(crate) id: i64,
    pub(crate) name: String,
    #[push(rename = "~home", skip_if = "Option::is_none")]
    pub(crate) home: Option<Home>,
    #[push(example = Tree::Null)]
    pub(crate) tree: Tree,
    pub(crate) homes: Vec<Home>,
    #[push(flatten)]
    pub(crate) more: BTreeMap<String, i32>,
}

#[derive(Clone, Debug, Push)]
pub(crate) struct Home {
    pub(crate) street: String,
    #[push(rename = "🦀🦀", skip_if = "Option::is_none")]
    pub(crate) disputed: Option<u8>,
}

impl Carrier {
    /// The data as it was handed over.
    pub(crate) fn tree(&self) -> Tree {
        let text = |text: &str| Tree::Text(text.to_owned());
        let home = |home: &Home| {
            let mut entries = vec![("street".to_owned(), text(&home.street))];
            entries.extend(home.disputed.map(|number| ("🦀🦀".to_owned(), Tree::Integer(number.into()))));
            Tree::Object(entries)
        };
        let mut entries = vec![("id".to_owned(), Tree::Integer(self.id.into())), ("name".to_owned(), text(&self.name))];
        entries.extend(self.home.as_ref().map(|found| ("~home".to_owned(), home(found))));
        entries.push(("tree".to_owned(), self.tree.clone()));
        entries.push(("homes".to_owned(), Tree::Array(self.homes.iter().map(home).collect())));
        entries.extend(self.more.iter().map(|(name, number)| (name.clone(), Tree::Integer((*number).into()))));
        Tree::Object(entries)
    }

    /// The whole record as it was handed over.
    pub(crate) fn record(&self, sequence: i64) -> Tree {
        let text = |text: &str| Tree::Text(text.to_owned());
        Tree::Object(
            [
                ("client_id", Tree::Integer(7723)),
                ("table_name", text("records")),
                ("sequence", Tree::Integer(sequence.into())),
                ("data", self.tree()),
                ("key_names", Tree::Array(vec![text("id")])),
                ("action", text("upsert")),
            ]
            .map(|(name, value)| (name.to_owned(), value))
            .into(),
        )
    }
}

fn homes() -> impl Strategy<Value = Home> {
    (texts(), any::<Option<u8>>()).prop_map(|(street, disputed)| Home { street, disputed })
}

pub(crate) fn carriers() -> impl Strategy<Value = Carrier> {
    let more = prop::collection::btree_map("[x-z]{3,5}", any::<i32>(), 0..3);
    let fields =
        (any::<i64>(), texts(), prop::option::of(homes()), trees(), prop::collection::vec(homes(), 0..3), more);
    fields.prop_map(|(id, name, home, tree, homes, more)| Carrier { id, name, home, tree, homes, more })
}

/// Sequences that are neighbours, and others.
pub(crate) fn sequences() -> impl Strategy<Value = Vec<i64>> {
    (any::<i64>(), prop::collection::vec(prop_oneof![0..3_i64, any::<i64>()], 8))
        .prop_map(|(first, steps)| steps.into_iter().map(|step| first.wrapping_add(step)).collect())
}

pub(crate) fn body(carriers: &[Carrier], sequences: &[i64]) -> Vec<u8> {
    let mut body = PushBody::transit(7723);
    for (carrier, sequence) in carriers.iter().zip(sequences) {
        body.push(carrier, *sequence).expect("a valid record");
    }
    body.finish()
}

pub(crate) fn whole(carriers: &[Carrier], sequences: &[i64]) -> Tree {
    Tree::Array(carriers.iter().zip(sequences).map(|(carrier, sequence)| carrier.record(*sequence)).collect())
}

proptest! {
    #[test]
    fn bodies_are_read_back(carriers in prop::collection::vec(carriers(), 0..6), sequences in sequences()) {
        let body = body(&carriers, &sequences);
        prop_assert_eq!(read(&body).expect("Transit"), whole(&carriers, &sequences).read_back());
    }

    #[test]
    fn what_is_written_without_codes_is_read_back_anywhere(
        carriers in prop::collection::vec(carriers(), 1..6), sequences in sequences(),
    ) {
        // Frames of their own, joined afterwards.
        let frames: Vec<_> = carriers
            .iter()
            .zip(&sequences)
            .map(|(carrier, sequence)| {
                let mut frame = Records::<TransitEncoder<Best>>::without_codes(7723.into(), Vec::new());
                frame.push(carrier, (*sequence).into()).expect("a valid record");
                let frame = String::from_utf8(frame.finish()).expect("UTF-8");
                frame[1..frame.len() - 1].to_owned()
            })
            .collect();
        let body = format!("[{}]", frames.join(","));
        prop_assert_eq!(read(body.as_bytes()).expect("Transit"), whole(&carriers, &sequences).read_back());
    }

    #[test]
    fn a_record_that_is_not_taken_leaves_no_code(
        carriers in prop::collection::vec(carriers(), 1..8), sequences in sequences(), limit in 100..3_000_usize,
    ) {
        let mut body = PushBody::transit(7723).limit_bytes(limit);
        let mut taken = Vec::new();
        for (carrier, sequence) in carriers.iter().zip(&sequences) {
            match body.push(carrier, *sequence) {
                Ok(()) => taken.push(carrier.record(*sequence)),
                Err(BodyError::Full { .. } | BodyError::TooLarge { .. }) => {}
                Err(error) => panic!("{error}"),
            }
        }
        let expected = body.bytes();
        let body = body.finish();
        prop_assert_eq!(body.len(), expected);
        prop_assert!(body.len() <= limit || taken.is_empty());
        prop_assert_eq!(read(&body).expect("Transit"), Tree::Array(taken).read_back());
    }
}

#[test]
fn keys_are_codes_from_the_second_record_on() {
    let carrier = Carrier {
        id: 1,
        name: "~n".to_owned(),
        home: Some(Home { street: "Main".to_owned(), disputed: None }),
        tree: Tree::Decimal("1.10".to_owned()),
        homes: vec![],
        more: BTreeMap::new(),
    };
    let body = body(&[carrier.clone(), carrier], &[1_795_457_147_263_348_200, 1_795_457_147_263_348_201]);
    assert_eq!(
        String::from_utf8_lossy(&body),
        r#"[["^ ","client_id",7723,"table_name","records","sequence","~i1795457147263348200","data",["^ ","id",1,"name","~~n","~~home",["^ ","street","Main"],"tree","~f1.10","homes",[]],"key_names",["id"],"action","upsert"],["^ ","^0",7723,"^1","records","^2","~i1795457147263348201","^3",["^ ","id",1,"^4","~~n","^5",["^ ","^6","Main"],"^7","~f1.10","^8",[]],"^9",["id"],"^:","upsert"]]"#
    );
}

#[test]
fn keys_on_whose_length_readers_differ_have_no_codes() {
    let carrier = Carrier {
        id: 1,
        name: String::new(),
        home: Some(Home { street: "Main".to_owned(), disputed: Some(1) }),
        tree: Tree::Null,
        homes: vec![],
        more: BTreeMap::new(),
    };
    let body = String::from_utf8(body(&[carrier], &[1])).expect("UTF-8");
    // The mark of such an object has a code itself.
    assert!(body.contains(r#""data",["~#cmap",["id",1,"#), "{body}");
    assert!(body.contains(r#""~~home",["^4",["street","Main","🦀🦀",1]]"#), "{body}");
}

#[test]
fn more_keys_than_there_are_codes() {
    let table = Table::new("prices").keys(["id"]);
    let row = |from: usize, to: usize| {
        let entries: Vec<_> = (from..to).map(|number| format!("\"key {number}\":{number}")).collect();
        RawValue::from_string(format!("{{\"id\":1,{}}}", entries.join(","))).expect("JSON")
    };
    let mut body = PushBody::transit(7723);
    let mut expected = Vec::new();
    for (from, to) in [(0, 1_900), (0, 1_900), (1_890, 1_990), (0, 100), (1_950, 2_100), (0, 10)] {
        body.push_json(&table, 1, &row(from, to)).expect("a valid record");
        expected.push((from..to).map(|number| (format!("key {number}"), number as i64)).collect::<Vec<_>>());
    }
    let body = body.finish();
    let Transit::Array(records) = read(&body).expect("Transit") else { panic!("an array") };
    assert_eq!(records.len(), expected.len());
    for (record, expected) in records.iter().zip(expected) {
        let data = record.get("data").expect("data");
        assert_eq!(data.get("id"), Some(&Transit::Integer(1)));
        for (key, number) in expected {
            assert_eq!(data.get(&key), Some(&Transit::Integer(number)), "{key}");
        }
    }
    let text = String::from_utf8(body).expect("UTF-8");
    assert!(text.contains("\"^1\""), "keys have codes as long as there are some");
    assert!(text.ends_with("\"action\",\"upsert\"]]"), "and none when there are more keys");
}

#[test]
fn json_at_hand_keeps_what_its_numbers_say() {
    let table = Table::new("prices").keys(["id"]);
    let row = r#" { "id" : 9007199254740993 , "a\"b" : [ 1.10 , -0 , 1e400, 0.30000000000000004, 12345678901234567890123, 1.2345678901234567890 ] ,
        "text" : "~x\u00e9" , "none" : null , "yes" : true, "empty": {}, "within": [ [ ] , { "a" : [ {} ] } ] } "#;
    let row = RawValue::from_string(row.trim().to_owned()).expect("JSON");
    let mut body = PushBody::transit(7723);
    body.push_json(&table, -7, &row).expect("a valid record");
    let text = String::from_utf8(body.finish()).expect("UTF-8");
    let data = r#"["^ ","id","~i9007199254740993","a\"b",[1.1,-0.0,"~f1e400",0.30000000000000004,"~n12345678901234567890123","~f1.2345678901234567890"],"text","~~xé","none",null,"yes",true,"empty",["^ "],"within",[[],["^ ","a",[["^ "]]]]]"#;
    assert!(text.contains(data), "{text}");
    assert!(text.contains("\"sequence\",-7,"), "{text}");
}

#[test]
fn a_body_that_is_cleared_begins_anew() {
    let carrier = Carrier::example();
    let mut body = PushBody::transit(7723);
    body.push(&carrier, 1).expect("a valid record");
    let first = body.clone().finish();
    for _ in 0..3 {
        body.push(&carrier, 2).expect("a valid record");
        body.clear();
        assert!(body.is_empty());
        body.push(&carrier, 1).expect("a valid record");
        assert_eq!(body.clone().finish(), first);
    }
    let record = CarrierPush::new(7723, 1, carrier);
    assert!(record.validate().is_ok());
    body.clear();
    body.push_record(&record).expect("a valid record");
    assert_eq!(body.finish(), first, "a typed record is written as others");
}

#[test]
fn a_key_that_is_written_as_a_mark_is_not_taken_for_one() {
    let table = Table::new("prices").keys(["id"]);
    for order in [[0, 1, 0, 1], [1, 0, 1, 0]] {
        let mut body = PushBody::transit(7723);
        let mut expected = Vec::new();
        for which in order {
            let key = ["~#cmap", "🦀🦀"][which];
            let row = RawValue::from_string(format!("{{\"id\":1,\"{key}\":2}}")).expect("JSON");
            body.push_json(&table, 1, &row).expect("a valid record");
            expected.push(key);
        }
        let Transit::Array(records) = read(&body.finish()).expect("Transit") else { panic!("an array") };
        for (record, key) in records.iter().zip(expected) {
            assert_eq!(record.get("data").and_then(|data| data.get(key)), Some(&Transit::Integer(2)), "{key}");
        }
    }
}

#[test]
fn half_of_a_surrogate_pair_is_told_and_never_lost() {
    let table = Table::new("prices").keys(["id"]);
    for (row, pointer) in [
        (r#"{"id":"\ud800","n":1}"#, "/0/data/id"),
        (r#"{"id":1,"n":[1,{"a":"x\udc00"}]}"#, "/0/data/n/1/a"),
        (r#"{"id":1,"n":{"\ud800":1}}"#, "/0/data/n"),
        (r#"{"id":1,"\ud800":1}"#, "/0/data"),
    ] {
        let row = RawValue::from_string(row.to_owned()).expect("JSON");
        for mut body in [PushBody::json(7723), PushBody::transit(7723)] {
            let Err(BodyError::Invalid(found)) = body.push_json(&table, 1, &row) else { panic!("{row} is refused") };
            assert_eq!(found.as_slice()[0].pointer, pointer);
            assert!(found.to_string().contains("half of a character"), "{found}");
            assert!(body.is_empty());
        }
    }
    let whole = RawValue::from_string(r#"{"id":"\ud83e\udd80"}"#.to_owned()).expect("JSON");
    PushBody::transit(7723).push_json(&table, 1, &whole).expect("a whole character");
}

#[test]
fn a_record_with_too_many_keys_that_is_not_taken_leaves_the_codes() {
    let table = Table::new("prices").keys(["id"]);
    let row = |count: usize| {
        let entries: Vec<_> = (0..count).map(|number| format!("\"key {number}\":{number}")).collect();
        RawValue::from_string(format!("{{\"id\":1,{}}}", entries.join(","))).expect("JSON")
    };
    let mut body = PushBody::transit(7723).limit_bytes(2_000);
    body.push_json(&table, 1, &row(3)).expect("a valid record");
    let error = body.push_json(&table, 1, &row(2_500)).expect_err("a record that does not fit");
    assert!(matches!(error, BodyError::Full { records: 1, .. }), "after others only a body of its own tells: {error}");
    body.push_json(&table, 1, &row(3)).expect("a valid record");
    let text = String::from_utf8(body.finish()).expect("UTF-8");
    assert!(text.contains(r#"["^ ","id",1,"^4",0,"^5",1,"^6",2]"#), "{text}");
    let mut alone = PushBody::transit(7723).limit_bytes(2_000);
    let error = alone.push_json(&table, 1, &row(2_500)).expect_err("a record that does not fit");
    assert!(matches!(error, BodyError::TooLarge { limit: 2_000, .. }), "{error}");
}

#[test]
fn objects_as_deep_as_readers_go_are_read_back_with_any_key() {
    let table = Table::new("prices").keys(["id"]);
    let mut refused = 0;
    for levels in 50..130 {
        let row = format!("{{\"id\":1,\"a\":{}0{}}}", r#"{"🦀🦀":"#.repeat(levels), "}".repeat(levels));
        let row = RawValue::from_string(row).expect("JSON");
        let mut body = PushBody::transit(7723);
        match body.push_json(&table, 1, &row) {
            Ok(()) => drop(read(&body.finish()).unwrap_or_else(|error| panic!("{levels}: {error}"))),
            Err(_) => refused += 1,
        }
    }
    assert!((3..10).contains(&refused), "what no reader takes is refused, and nothing else: {refused}");
}

#[test]
fn arrays_and_objects_with_nothing_in_them_are_levels_as_others() {
    let table = Table::new("prices").keys(["id"]);
    for levels in 118..130 {
        for innermost in ["[]", "{}", "[1]"] {
            let row = format!("{{\"id\":1,\"d\":{}{innermost}{}}}", "[".repeat(levels), "]".repeat(levels));
            let row = RawValue::from_string(row).expect("JSON");
            let mut body = PushBody::json(7723);
            let is_taken = body.push_json(&table, 1, &row).is_ok();
            let is_read = serde_json::from_str::<serde_json::Value>(&format!("[{{\"data\":{row}}}]")).is_ok();
            assert_eq!(is_taken, is_read, "{innermost} within {levels}");
        }
    }
}
