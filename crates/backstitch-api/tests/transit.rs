//! Reading Transit+JSON: every form, and what is none.

use backstitch_api::transit::{Transit, read};
use proptest::prelude::*;

fn text(text: &str) -> Transit {
    Transit::Text(text.to_owned())
}

fn found(json: &str) -> Transit {
    read(json.as_bytes()).unwrap_or_else(|error| panic!("{json}: {error}"))
}

#[test]
fn scalars_of_every_type() {
    for (json, expected) in [
        ("null", Transit::Null),
        (r#""~_""#, Transit::Null),
        ("true", Transit::Boolean(true)),
        (r#""~?f""#, Transit::Boolean(false)),
        ("-7", Transit::Integer(-7)),
        ("18446744073709551615", Transit::BigInteger("18446744073709551615".into())),
        (r#""~i9007199254740993""#, Transit::Integer(9_007_199_254_740_993)),
        (r#""~n9223372036854775807""#, Transit::Integer(i64::MAX)),
        (r#""~n-9223372036854775809""#, Transit::BigInteger("-9223372036854775809".into())),
        ("1.5", Transit::Double(1.5)),
        (r#""~d1.5""#, Transit::Double(1.5)),
        (r#""~zINF""#, Transit::Double(f64::INFINITY)),
        (r#""~z-INF""#, Transit::Double(f64::NEG_INFINITY)),
        (r#""~f1.10""#, Transit::Decimal("1.10".into())),
        (r#""~f-1E+30""#, Transit::Decimal("-1E+30".into())),
        (r#""~f.5""#, Transit::Decimal(".5".into())),
        (r#""~m-1""#, Transit::Instant(-1)),
        (r#""~t2020-01-13T21:25:03.250Z""#, Transit::Instant(1_578_950_703_250)),
        (r#""~u67e55044-10b1-426f-9247-bb680e5fe0c8""#, Transit::Uuid("67e55044-10b1-426f-9247-bb680e5fe0c8".into())),
        (r#""~rhttp://example.com""#, Transit::Uri("http://example.com".into())),
        (r#""~:name""#, Transit::Keyword("name".into())),
        (r#""~$name""#, Transit::Symbol("name".into())),
        (r#""~bYQ==""#, Transit::Bytes("YQ==".into())),
        (r#""~ca""#, text("a")),
        (r#""~~a""#, text("~a")),
        (r#""~^a""#, text("^a")),
        (r#""~`a""#, text("`a")),
        (r#""~""#, text("~")),
        (r#""^ ""#, text("^ ")),
        (r#""2020-01-13T21:25:03Z""#, text("2020-01-13T21:25:03Z")),
        (r#""~Xa""#, Transit::Tagged("X".into(), Box::new(text("a")))),
    ] {
        assert_eq!(found(json), expected, "{json}");
    }
    assert!(matches!(found(r#""~zNaN""#), Transit::Double(value) if value.is_nan()));
}

#[test]
fn arrays_maps_and_tags() {
    let one = || vec![Transit::Integer(1), text("a")];
    let map = || Transit::Map(vec![(text("key"), Transit::Integer(1)), (text("other"), Transit::Null)]);
    for (json, expected) in [
        ("[]", Transit::Array(vec![])),
        (r#"[1,"a"]"#, Transit::Array(one())),
        (r#"["a","^ "]"#, Transit::Array(vec![text("a"), text("^ ")])),
        (r#"["~#list",[1,"a"]]"#, Transit::Array(one())),
        (r#"["~#set",[1,"a"]]"#, Transit::Set(one())),
        (r#"["^ "]"#, Transit::Map(vec![])),
        (r#"["^ ","key",1,"other",null]"#, map()),
        (r#"{"key":1,"other":null}"#, map()),
        (r#"["~#cmap",["key",1,"other",null]]"#, map()),
        (r#"["~#cmap",[["^ ","a",1],"~i2"]]"#, {
            Transit::Map(vec![(Transit::Map(vec![(text("a"), Transit::Integer(1))]), Transit::Integer(2))])
        }),
        (r#"["^ ","~i1","one"]"#, Transit::Map(vec![(Transit::Integer(1), text("one"))])),
        (r#"["~#'","a"]"#, text("a")),
        (r#"{"~#'":"~:a"}"#, Transit::Keyword("a".into())),
        (r#"{"~#set":[1,"a"]}"#, Transit::Set(one())),
        (r#"["~#m",0]"#, Transit::Instant(0)),
        (r#"{"~#t":"1970-01-01T00:00:00Z"}"#, Transit::Instant(0)),
        (r#"["~#ratio",["~n1","~n3"]]"#, {
            Transit::Tagged("ratio".into(), Box::new(Transit::Array(vec![Transit::Integer(1), Transit::Integer(3)])))
        }),
    ] {
        assert_eq!(found(json), expected, "{json}");
    }
}

#[test]
fn halves_of_a_uuid_are_its_digits() {
    let half = |digits: u64| digits.cast_signed();
    let (upper, lower) = (half(0x67e5_5044_10b1_426f), half(0x9247_bb68_0e5f_e0c8));
    let uuid = Transit::Uuid("67e55044-10b1-426f-9247-bb680e5fe0c8".into());
    assert_eq!(found(&format!(r#"["~#u",["~i{upper}","~i{lower}"]]"#)), uuid);
}

#[test]
fn codes_stand_for_keys_tags_and_keywords() {
    let record = |key: &str, value: Transit| Transit::Map(vec![(text(key), value)]);
    assert_eq!(
        found(r#"[["^ ","name",1],["^ ","^0",2],["^ ","abc",3],["^ ","abc",4]]"#),
        Transit::Array(vec![
            record("name", Transit::Integer(1)),
            record("name", Transit::Integer(2)),
            record("abc", Transit::Integer(3)),
            record("abc", Transit::Integer(4)),
        ])
    );
    // Characters count, not bytes; the escape is one of them.
    assert_eq!(
        found(r#"[["^ ","äöü",1,"~~ab",2],["^ ","^0",3]]"#),
        Transit::Array(vec![
            Transit::Map(vec![(text("äöü"), Transit::Integer(1)), (text("~ab"), Transit::Integer(2))]),
            record("~ab", Transit::Integer(3)),
        ])
    );
    assert_eq!(
        found(r#"["~:word","^0",["~#set",[1]],["^1",[2]],"texts have none","texts have none"]"#),
        Transit::Array(vec![
            Transit::Keyword("word".into()),
            Transit::Keyword("word".into()),
            Transit::Set(vec![Transit::Integer(1)]),
            Transit::Set(vec![Transit::Integer(2)]),
            text("texts have none"),
            text("texts have none"),
        ])
    );
}

#[test]
fn after_the_last_code_comes_the_first() {
    let keys: Vec<String> = (0..1_937).map(|number| format!("key {number}")).collect();
    let entries: Vec<String> = keys.iter().map(|key| format!("{key:?},0")).collect();
    let Transit::Array(maps) = found(&format!(r#"[["^ ",{}],["^ ","^0",1,"^1",2,"^[[",3]]"#, entries.join(","))) else {
        panic!("an array")
    };
    let expected = [("key 1936", 1), ("key 1", 2), ("key 1935", 3)];
    assert_eq!(maps[1], Transit::Map(expected.map(|(key, value)| (text(key), Transit::Integer(value))).into()));
}

#[test]
fn what_is_no_transit_is_told_with_its_place() {
    for (json, told) in [
        ("", "EOF"),
        ("[1,", "EOF"),
        ("[1] 2", "trailing characters"),
        (r#"["^0"]"#, "the code `^0` stands for nothing so far"),
        (r#"["^"]"#, "the code `^` stands for nothing"),
        (r#"["^abc"]"#, "the code `^abc`"),
        (r#"["^é"]"#, "the code `^é`"),
        (r#"["^ ","key"]"#, "a value after each key"),
        (r#"["~#set"]"#, "the tag `~#set` must have a value after it"),
        (r#"["~#set",[],[]]"#, "one value after it, and no other"),
        (r#"["~#set",1]"#, "`~#set` must have an array"),
        (r#"["~#cmap",[1]]"#, "a key without a value"),
        (r#"[1,"~#set"]"#, "must be the first of two elements"),
        (r#""~#set""#, "must be the first of two elements"),
        (r#"{"~#set":[],"a":1}"#, "must be the only key"),
        (r#"{"a":1,"~#set":[]}"#, "must be the only key"),
        (r#""~iabc""#, "`~iabc` must be an integer"),
        (r#""~n""#, "must be an integer"),
        (r#""~f1.2.3""#, "must be a number"),
        (r#""~f1e""#, "must be a number"),
        (r#""~m1.5""#, "milliseconds since 1970"),
        (r#""~m+5""#, "milliseconds since 1970"),
        (r#""~i+5""#, "must be an integer"),
        (r#""~dNaN""#, "must be a number"),
        (r#""~t2020-01-13""#, "RFC 3339"),
        (r#""~zero""#, "`~zNaN`"),
        (r#"["~#u",[1]]"#, "two halves"),
        ("\"\u{1}\"", "control character"),
    ] {
        let error = read(json.as_bytes()).expect_err(json);
        assert!(error.to_string().contains(told), "{json}: {error}");
        assert!(error.line() <= 1, "{json}: {error}");
    }
    assert!(read(b"\"\xff\"").is_err());
    let error = read(b"[\n  1,\n  \"^0\"]").expect_err("a code of nothing");
    assert_eq!(error.line(), 3, "{error}");
    for depth in [127, 128, 100_000] {
        let json = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(read(json.as_bytes()).is_ok(), depth <= 127, "{depth}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..64),
        pieces in prop::collection::vec(prop::sample::select(vec![
            "[", "]", "{", "}", ",", ":", "\"", "\"^ \"", "\"^0\"", "\"~#cmap\"", "\"~#set\"", "\"~m1\"", "\"~t\"", "\"name\"", "1", "-", "e", "\\u", "null",
        ]), 0..24),
    ) {
        let _ = read(&bytes);
        let _ = read(pieces.concat().as_bytes());
    }
}

#[test]
fn codes_of_a_long_key_take_no_more_memory_than_a_few_times_the_text() {
    let text = |length: usize, codes: usize| {
        format!(r#"[["^ ","{}",1]{}]"#, "k".repeat(length), r#",["^ ","^0",1]"#.repeat(codes))
    };
    let error = read(text(100_000, 1_000).as_bytes()).unwrap_err();
    assert!(error.to_string().contains("write shorter keys"), "{error}");
    assert!(read(text(100, 100_000).as_bytes()).is_ok());
    assert!(read(text(10_000, 5).as_bytes()).is_ok());
}

#[test]
fn elements_are_handed_over_one_by_one_and_all_else_whole() {
    for text in [
        r#"[["^ ","name",1],["^ ","^0","~m5"],"^0",[],1.5]"#,
        r#"[["~#set",["a"]],"~:name",null,"^ "]"#,
        "[]",
        r#"["^ ","name",["^ ","^0",2]]"#,
        r#"["~#set",[1,2]]"#,
        r#"["~#'","text"]"#,
        r#"{"~:name":[1]}"#,
        r#"{"~#set":[1]}"#,
        r#""~i5""#,
        "18446744073709551616",
        "true",
        "null",
        "-7",
        r#"["^ ","a"]"#,
        r#"[["^0"]]"#,
        r#"["~#set"]"#,
        "[1,]",
        "[1] 2",
    ] {
        let mut elements = Vec::new();
        let each = backstitch_api::transit::read_each(text.as_bytes(), |element| elements.push(element));
        let read = read(text.as_bytes());
        match (each, read) {
            (Ok(None), Ok(value)) => assert_eq!(Transit::Array(elements), value, "{text}"),
            (Ok(Some(whole)), Ok(value)) => assert_eq!(whole, value, "{text}"),
            (Err(error), Err(expected)) => assert_eq!(error.to_string(), expected.to_string(), "{text}"),
            (each, read) => panic!("{text}: {each:?}, {read:?}"),
        }
    }
}
